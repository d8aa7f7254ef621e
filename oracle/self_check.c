// SPDX-License-Identifier: MIT
/*
 * self_check.c - the model's own bookkeeping, recounted naively.
 *
 * Validator: model_self_check().  Its clauses are the strings it returns.
 * First every frame is placed: what lies in the buddy, on lists, in blocks.
 * Then the free blocks must be the maximal aligned ranges of what lies in the
 * buddy, and lists and counts must say the same.  Caches and what is in them
 * follow, in object_self_check.c.
 */
#include "model.h"

struct tally {
	u32 free_pages[NR_ZONES];
	u32 nr_free[NR_ZONES][MAX_ORDER];
	u32 pcp[NR_ZONES];
};

static bool in_buddy(const struct model *o, pfn_t pfn)
{
	pfn_t head = block_of(o, pfn);

	return head != PFN_NONE && o->frame[head].is == IS_FREE &&
	       pfn - head < 1u << o->frame[head].order;
}

static pfn_t zone_end(const struct model *o, unsigned int zone)
{
	const struct zone_layout *z = &o->now.layout.zone[zone];

	return z->start_pfn + z->spanned_pages;
}

/* The order of the greatest aligned range from pfn that is all free. */
static unsigned int maximal_order(const struct model *o, pfn_t pfn, pfn_t end)
{
	unsigned int order = 0;
	pfn_t run = pfn + 1;

	while (order < MAX_ORDER - 1) {
		u32 size = 2u << order;

		if (pfn % size || pfn + size > end)
			break;
		while (run < pfn + size && in_buddy(o, run))
			run++;
		if (run < pfn + size)
			break;
		order++;
	}
	return order;
}

static const char *check_inside(const struct model *o, pfn_t pfn)
{
	const struct frame *f = &o->frame[pfn];

	for (u32 i = 1; i < 1u << f->order; i++) {
		if (pfn + i >= o->now.layout.max_mapnr)
			return "a block ends past mem_map";
		if (o->frame[pfn + i].is != IS_INSIDE)
			return "a frame behind a head is not inside its block";
	}
	return NULL;
}

/* One zone's frames; *t collects what is found. */
static const char *check_zone(const struct model *o, unsigned int zone,
			      struct tally *t)
{
	pfn_t end = zone_end(o, zone), pfn = o->now.layout.zone[zone].start_pfn;

	while (pfn < end) {
		const struct frame *f = &o->frame[pfn];
		const char *why;

		if (f->is == IS_INSIDE)
			return "a frame is inside no block";
		if (f->is == IS_ALLOCATED ? !f->count
					  : f->count && f->is != IS_RESERVED)
			return "a count does not suit the frame's state";
		t->pcp[zone] += f->is == IS_PCP;
		if (f->is != IS_FREE && f->is != IS_ALLOCATED) {
			pfn++;
			continue;
		}
		why = check_inside(o, pfn);
		if (why)
			return why;
		if (f->is == IS_FREE) {
			if (f->order != maximal_order(o, pfn, end))
				return "a free block is not maximal";
			t->nr_free[zone][f->order]++;
			t->free_pages[zone] += 1u << f->order;
		}
		pfn += 1u << f->order;
	}
	return pfn == end ? NULL : "a block crosses the end of its zone";
}

static const char *check_list(const struct model *o, unsigned int zone,
			      unsigned int order)
{
	pfn_t prev = PFN_NONE, pfn = o->now.list[zone][order];
	u32 nr = o->now.counts.nr_free[zone][order];

	for (; nr && pfn != PFN_NONE; nr--) {
		const struct frame *f = &o->frame[pfn];

		if (f->is != IS_FREE || f->order != order)
			return "a buddy list holds what is no such block";
		if (zone_of(o, pfn) != zone)
			return "a buddy list holds another zone's block";
		if (f->prev != prev)
			return "a buddy list's links disagree";
		prev = pfn;
		pfn = f->next;
	}
	return nr || pfn != PFN_NONE ? "a buddy list is not as long as nr_free"
				     : NULL;
}

static const char *check_rings(const struct model *o, unsigned int zone,
			       u32 found)
{
	u32 sum = 0;

	for (u32 ring = 0; ring < NR_RINGS; ring++) {
		const struct ring *r = &o->pcp[ring];
		u32 nr = o->now.pcp[ring];

		if (ring_zone(ring) != zone)
			continue;
		if (nr > o->now.layout.zone[zone].pcp[ring_temp(ring)].high)
			return "a per-CPU list is longer than its limit";
		for (u32 i = 0; i < nr; i++) {
			pfn_t pfn = r->slot[(r->first + i) % RING];

			if (zone_of(o, pfn) != zone ||
			    o->frame[pfn].is != IS_PCP)
				return "a per-CPU list holds another's frame";
		}
		sum += nr;
	}
	return sum == found ? NULL : "per-CPU lists and frames disagree";
}

static bool is_own(const struct model *o, u32 address)
{
	struct place p;

	return place_of(o, address, &p) && p.object->is == OBJECT_OWN;
}

static const char *check_pools(const struct model *o)
{
	const struct pools *p = &o->pools;

	for (u32 i = 0; i < p->nr; i++)
		if (!is_own(o, p->pool[i].addr) || !is_own(o, p->pool[i].array))
			return "a pool's own memory is not the allocator's";
	return pools_check(p);
}

const char *model_self_check(const struct model *o)
{
	struct tally t = { .free_pages = { 0 } };
	const char *why;

	if (o->now.phase != PHASE_RUNNING)
		return NULL;
	for (unsigned int zone = 0; zone < NR_ZONES; zone++) {
		why = check_zone(o, zone, &t);

		for (unsigned int order = 0; !why && order < MAX_ORDER;
		     order++) {
			why = check_list(o, zone, order);
			if (!why && t.nr_free[zone][order] !=
					    o->now.counts.nr_free[zone][order])
				why = "nr_free is not the blocks' number";
		}
		if (!why)
			why = check_rings(o, zone, t.pcp[zone]);
		if (!why &&
		    t.free_pages[zone] != o->now.counts.free_pages[zone])
			why = "free_pages is not the blocks' sum";
		if (why)
			return why;
	}
	why = objects_self_check(o);
	if (!why)
		why = check_pools(o);
	if (!why)
		why = kmap_self_check(o);
	if (!why)
		why = areas_self_check(o);
	return why ? why : translation_self_check(o);
}
