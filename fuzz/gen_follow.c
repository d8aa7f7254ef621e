// SPDX-License-Identifier: MIT
/*
 * gen_follow.c - the generator's guess at what a program's ops do: which
 * blocks leave the zones, and which slots hold a block.
 *
 * Freed blocks merge by chance.  The guess serves to make ops further on
 * refer to slots that hold something.  Left out: per-CPU lists, kswapd's
 * marks, fragmentation by place.  gen_cache.c and gen_pool.c guess what the
 * ops of objects do.
 * Validator: fuzz/tests/test_gen.c counts how often a guess leads astray.
 */
#include "gen_state.h"

#include <string.h>

/* --- allocation ----------------------------------------------------------- */

struct request {
	u32 gfp, order;
	bool address; /* wants an address: no high memory */
};

static struct request request_of(const struct op *op)
{
	const struct op_info *info = &op_info[op->code];
	int order = op_arg_of_kind(info, ARG_ORDER);
	int gfp = op_arg_of_kind(info, ARG_GFP);
	struct request q = { 0, 0, false };

	q.order = order >= 0 ? op->arg[order] : 0;
	q.gfp = gfp >= 0 ? op->arg[gfp] : 0;
	q.address = op->code != OP_alloc_pages && op->code != OP_alloc_page;
	if (op->code == OP___get_dma_pages)
		q.gfp |= __GFP_DMA;
	return q;
}

/* Calls that end in NULL whatever memory there is: misuse and injections. */
static bool request_refused(const struct request *q, const struct op *op)
{
	bool atomic = op->flags & (TASK_ATOMIC | TASK_IRQ);
	u32 zone = q->gfp & GFP_ZONEMASK;

	if (q->order >= MAX_ORDER || op->fail_nth == 1)
		return true;
	if (zone == GFP_ZONEMASK || (q->address && zone == __GFP_HIGHMEM))
		return true;
	if (atomic && q->gfp & __GFP_WAIT)
		return true;
	return op->flags & TASK_IRQ && q->gfp & __GFP_ZERO &&
	       zone == __GFP_HIGHMEM;
}

/* Frames that an allocation by this caller leaves free in a zone. */
static u32 zone_mark(const struct gen_zone *z, const struct request *q,
		     const struct op *op, u32 class)
{
	bool irq = op->flags & TASK_IRQ;
	u32 mark = z->min;

	if (!irq && op->flags & (TASK_MEMALLOC | TASK_MEMDIE) &&
	    !(q->gfp & __GFP_NOMEMALLOC))
		return 0;
	if (q->gfp & __GFP_HIGH)
		mark -= mark / 2;
	if (!(q->gfp & __GFP_WAIT) || (op->flags & TASK_RT && !irq))
		mark -= mark / 4;
	return q->gfp & __GFP_WAIT ? mark + z->reserve[class] : mark;
}

static u32 class_of(u32 gfp)
{
	return gfp & __GFP_DMA	     ? ZONE_DMA
	       : gfp & __GFP_HIGHMEM ? ZONE_HIGHMEM
				     : ZONE_NORMAL;
}

/* The zone that serves op, or NR_ZONES. */
static u32 zone_for(const struct gen *g, const struct op *op,
		    const struct request *q)
{
	u32 class = class_of(q->gfp), zone, order;

	if (request_refused(q, op))
		return NR_ZONES;
	for (zone = class + 1; zone-- > 0;) {
		const struct gen_zone *z = &g->zone[zone];

		if (z->free < zone_mark(z, q, op, class) + (1u << q->order))
			continue;
		for (order = q->order; order < MAX_ORDER; order++)
			if (z->nr[order])
				return zone;
	}
	return NR_ZONES;
}

bool gen_fails(const struct gen *g, const struct op *op)
{
	struct request q = request_of(op);

	return zone_for(g, op, &q) == NR_ZONES;
}

static void zone_take(struct gen_zone *z, u32 order)
{
	u32 from = order;

	while (!z->nr[from])
		from++;
	z->nr[from]--;
	while (from > order)
		z->nr[--from]++;
	z->free -= 1u << order;
}

/* A freed block finds its buddy free three times out of four. */
static void zone_give(struct gen *g, struct gen_zone *z, u32 order)
{
	z->free += 1u << order;
	while (order < MAX_ORDER - 1 && z->nr[order] && prng_below(g->r, 4)) {
		z->nr[order]--;
		order++;
	}
	z->nr[order]++;
}

static u32 take(struct gen *g, const struct op *op, struct request q)
{
	struct op as = *op;
	u32 zone;

	as.fail_nth = 0;
	zone = zone_for(g, &as, &q);
	if (g->fails && --g->fails == 0)
		return NR_ZONES;
	if (zone < NR_ZONES)
		zone_take(&g->zone[zone], q.order);
	return zone;
}

u32 gen_pages_take(struct gen *g, const struct op *op, u32 gfp, u32 order)
{
	return take(g, op, (struct request){ gfp, order, true });
}

u32 gen_frame_take(struct gen *g, const struct op *op, u32 gfp)
{
	return take(g, op, (struct request){ gfp, 0, false });
}

void gen_pages_give(struct gen *g, u32 zone, u32 order)
{
	zone_give(g, &g->zone[zone], order);
}

/* --- slots ---------------------------------------------------------------- */

static void slot_unlist(struct gen *g, u32 slot)
{
	struct gen_list *list = &g->list[g->slot[slot].kind];
	u8 *at = memchr(list->slot, (int)slot, list->nr);

	if (!at)
		return;
	list->nr--;
	memmove(at, at + 1, (size_t)(list->slot + list->nr - at));
}

/* What a slot named and names no more has no other name. */
static void slot_unname(struct gen *g, u32 slot)
{
	const struct gen_slot *s = &g->slot[slot];

	if (s->state != SLOT_LIVE)
		return;
	if (s->kind == RES_CACHE && g->cache[s->owner].slot == slot)
		g->cache[s->owner].slot = GEN_NONE;
	if (s->kind == RES_POOL && g->pool[s->owner].slot == slot)
		g->pool[s->owner].state = SLOT_FREED;
}

void gen_slot_fill(struct gen *g, u32 slot, const struct gen_slot *with)
{
	struct gen_list *list = &g->list[with->kind];

	slot_unname(g, slot);
	slot_unlist(g, slot);
	g->slot[slot] = *with;
	list->slot[list->nr++] = (u8)slot;
	if (slot >= g->named)
		g->named = slot + 1;
}

void gen_slot_freed(struct gen *g, u32 slot)
{
	g->slot[slot].state = SLOT_FREED;
	slot_unlist(g, slot);
}

static void slot_put(struct gen *g, u32 slot)
{
	struct gen_slot *s = &g->slot[slot];

	if (s->refs == 1 && s->kmaps) /* a report: it is mapped */
		return;
	if (--s->refs)
		return;
	zone_give(g, &g->zone[s->zone], s->order);
	gen_slot_freed(g, slot);
}

/* --- following an op ------------------------------------------------------ */

static void follow_alloc(struct gen *g, const struct op *op)
{
	struct request q = request_of(op);
	u32 zone = zone_for(g, op, &q);
	struct gen_slot s = { .state = SLOT_LIVE,
			      .kind = RES_PAGES,
			      .refs = 1 };

	if (zone == NR_ZONES || op->out >= SLOTS_WIRE)
		return;
	s.order = (u8)q.order;
	s.zone = (u8)zone;
	s.comp = q.order && q.gfp & __GFP_COMP;
	zone_take(&g->zone[zone], q.order);
	gen_slot_fill(g, op->out, &s);
}

static void follow_free(struct gen *g, const struct op *op)
{
	const struct op_info *info = &op_info[op->code];
	u32 slot = op->arg[op_arg_of_kind(info, ARG_PAGES_FREED)];
	int forder = op_arg_of_kind(info, ARG_FORDER);
	u32 order = forder >= 0 && op->arg[forder] ? op->arg[forder] - 1 : 0;
	bool by_address = op->code == OP_free_pages || op->code == OP_free_page;
	const struct gen_slot *s;

	if (slot >= SLOTS_WIRE)
		return;
	s = &g->slot[slot];
	if (s->state != SLOT_LIVE || s->kind != RES_PAGES)
		return;
	if (by_address && s->zone == ZONE_HIGHMEM)
		return;
	if (forder >= 0 && op->arg[forder] == 0)
		order = s->order;
	if (order == s->order)
		slot_put(g, slot);
}

void gen_page_unref(struct gen *g, u32 slot)
{
	if (slot < SLOTS_WIRE && g->slot[slot].kind == RES_PAGES &&
	    g->slot[slot].state == SLOT_LIVE)
		slot_put(g, slot);
}

static void follow_ref(struct gen *g, const struct op *op)
{
	u32 slot = op->arg[0], frame = op->arg[1];
	struct gen_slot *s = slot < SLOTS_WIRE ? &g->slot[slot] : NULL;

	if (!s || s->state != SLOT_LIVE || s->kind != RES_PAGES ||
	    (frame && !s->comp))
		return;
	if (op->code == OP_get_page)
		s->refs++;
	else if (op->code == OP_put_page &&
		 (s->order == 0 || s->comp || s->refs > 1))
		slot_put(g, slot);
}

static void follow_knob(struct gen *g, const struct op *op)
{
	if (op->code == OP_min_free_kbytes) {
		g->min_kb = op->arg[0];
	} else {
		g->ratio[ZONE_DMA] = op->arg[0];
		g->ratio[ZONE_NORMAL] = op->arg[1];
	}
	gen_map_watermarks(g);
}

static void follow_boot(struct gen *g, const struct op *op)
{
	struct gen_range range = { op->arg[0], op->arg[1] };

	/* what no machine would reserve need not be freed either */
	if (op->code == OP_reserve_bootmem &&
	    range.start < g->low_pfn * PAGE_SIZE)
		g->range[g->nr_ranges++ % GEN_RANGES] = range;
}

static void follow_pages(struct gen *g, const struct op *op)
{
	switch (gen_role_of((enum op_code)op->code)) {
	case ROLE_ALLOC:
		follow_alloc(g, op);
		break;
	case ROLE_FREE:
		follow_free(g, op);
		break;
	case ROLE_REF:
		follow_ref(g, op);
		break;
	case ROLE_KNOB:
		follow_knob(g, op);
		break;
	case ROLE_BOOT:
		follow_boot(g, op);
		break;
	default:
		break;
	}
}

void gen_follow(struct gen *g, const struct op *op)
{
	u32 group = op_info[op->code].group;

	g->fails = op->fail_nth;
	if (group & GROUP_OBJECTS)
		gen_follow_object(g, op);
	else if (group & GROUP_MEMPOOL)
		gen_follow_pool(g, op);
	else if (group & GROUP_MAPPING)
		gen_follow_vm(g, op);
	else if (group & GROUP_ACCESS)
		gen_follow_access(g, op);
	else
		follow_pages(g, op);
	g->fails = 0;
	g->cpu = op->cpu;
}
