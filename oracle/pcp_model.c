// SPDX-License-Identifier: MIT
/*
 * pcp_model.c - the per-CPU lists: a ring of frame numbers for each CPU,
 * zone and temperature.
 *
 *	head: pushed by a free, taken by an allocation
 *	tail: appended by a refill, dropped by a drain
 *
 * When lists are refilled and drained is for accept_alloc.c and
 * accept_free.c to say. [mm/page_alloc.c: buffered_rmqueue,
 * free_hot_cold_page]
 */
#include "model.h"

static struct ring *ring_touch(struct model *o, u32 ring)
{
	o->pcp_dirty |= 1ull << ring;
	return &o->pcp[ring];
}

pfn_t pcp_head(const struct model *o, u32 ring)
{
	return o->pcp[ring].slot[o->pcp[ring].first];
}

pfn_t pcp_tail(const struct model *o, u32 ring)
{
	u32 last = o->pcp[ring].first + o->now.pcp[ring] - 1;

	return o->pcp[ring].slot[last % RING];
}

static void join(struct model *o, pfn_t pfn)
{
	struct frame *f = frame_touch(o, pfn);

	f->is = IS_PCP;
	f->order = 0;
}

void pcp_push(struct model *o, u32 ring, pfn_t pfn)
{
	struct ring *r = ring_touch(o, ring);

	join(o, pfn);
	r->first = (r->first + RING - 1) % RING;
	r->slot[r->first] = pfn;
	o->now.pcp[ring]++;
}

void pcp_append(struct model *o, u32 ring, pfn_t pfn)
{
	struct ring *r = ring_touch(o, ring);

	join(o, pfn);
	r->slot[(r->first + o->now.pcp[ring]) % RING] = pfn;
	o->now.pcp[ring]++;
}

void pcp_drop_head(struct model *o, u32 ring)
{
	struct ring *r = ring_touch(o, ring);

	r->first = (r->first + 1) % RING;
	o->now.pcp[ring]--;
}

void pcp_drop_tail(struct model *o, u32 ring)
{
	ring_touch(o, ring);
	o->now.pcp[ring]--;
}
