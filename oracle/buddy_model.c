// SPDX-License-Identifier: MIT
/*
 * buddy_model.c - the free blocks of the zones, by frame numbers.
 *
 * A free block's head is marked IS_FREE with its order and is on the list of
 * its zone and order; the frames behind it are IS_INSIDE.  Lists are LIFO.
 *
 *	buddy of a block of order n at pfn:  pfn ^ 2^n
 *	the two together, of order n + 1:    pfn & ~2^n
 *
 * Numbers, not indices into a zone: zones that begin off a 4 MiB border (by
 * highmem=) have blocks aligned by pfn all the same. [mm/page_alloc.c:
 * __free_pages_bulk, __rmqueue, expand]
 */
#include "model.h"

static void push(struct model *o, unsigned int zone, unsigned int order,
		 pfn_t pfn)
{
	pfn_t *list = &o->now.list[zone][order];
	struct frame *f = frame_touch(o, pfn);

	f->is = IS_FREE;
	f->order = (u8)order;
	f->prev = PFN_NONE;
	f->next = *list;
	if (*list != PFN_NONE)
		frame_touch(o, *list)->prev = pfn;
	*list = pfn;
	o->now.counts.nr_free[zone][order]++;
}

/* The head becomes a frame inside of whatever comes of it. */
static void unlink(struct model *o, unsigned int zone, pfn_t pfn)
{
	struct frame *f = frame_touch(o, pfn);

	if (f->prev == PFN_NONE)
		o->now.list[zone][f->order] = f->next;
	else
		frame_touch(o, f->prev)->next = f->next;
	if (f->next != PFN_NONE)
		frame_touch(o, f->next)->prev = f->prev;
	o->now.counts.nr_free[zone][f->order]--;
	f->is = IS_INSIDE;
}

static bool is_free_block(const struct model *o, unsigned int zone, pfn_t pfn,
			  unsigned int order)
{
	const struct zone_layout *z = &o->now.layout.zone[zone];

	return pfn >= z->start_pfn && pfn < z->start_pfn + z->spanned_pages &&
	       o->frame[pfn].is == IS_FREE && o->frame[pfn].order == order;
}

void buddy_give(struct model *o, pfn_t pfn, unsigned int order)
{
	unsigned int zone = zone_of(o, pfn);

	o->now.counts.free_pages[zone] += 1u << order;
	frame_touch(o, pfn)->is = IS_INSIDE;
	while (order < MAX_ORDER - 1 &&
	       is_free_block(o, zone, pfn ^ (1u << order), order)) {
		unlink(o, zone, pfn ^ (1u << order));
		pfn &= ~(1u << order);
		order++;
	}
	push(o, zone, order, pfn);
}

pfn_t buddy_next(const struct model *o, unsigned int zone, unsigned int order)
{
	const pfn_t *list = o->now.list[zone];

	for (; order < MAX_ORDER; order++)
		if (list[order] != PFN_NONE)
			return list[order];
	return PFN_NONE;
}

pfn_t buddy_take(struct model *o, unsigned int zone, unsigned int order)
{
	pfn_t pfn = buddy_next(o, zone, order);
	unsigned int has;

	if (pfn == PFN_NONE)
		return PFN_NONE;
	has = o->frame[pfn].order;
	unlink(o, zone, pfn);
	while (has > order) {
		has--;
		push(o, zone, has, pfn + (1u << has));
	}
	o->now.counts.free_pages[zone] -= 1u << order;
	return pfn;
}

pfn_t block_of(const struct model *o, pfn_t pfn)
{
	switch (o->frame[pfn].is) {
	case IS_FREE:
	case IS_ALLOCATED:
		return pfn;
	case IS_INSIDE:
		break;
	default:
		return PFN_NONE;
	}
	for (unsigned int order = 1; order < MAX_ORDER; order++) {
		pfn_t head = pfn & ~((1u << order) - 1);
		const struct frame *f = &o->frame[head];

		if ((f->is == IS_FREE || f->is == IS_ALLOCATED) &&
		    f->order >= order)
			return head;
	}
	return PFN_NONE;
}
