/* SPDX-License-Identifier: MIT */
/*
 * trace.h - the machine's moves, in the order in which it makes them.
 *
 * One buffer a machine, emptied when the current task is set.  It holds the
 * longest call: vmalloc() of a whole window, up to 256,000 frames, where the
 * last one is not to be had.  There are four moves to take a frame at low marks
 * and two to give it back.  A pool of 32,768 elements, each on a frame of its
 * own and with a constructor that allocates, needs less.  Untouched, it costs
 * nothing.
 * What does not fit is lost: a reader of the trace checks that it has a record
 * to spare, and who never reads it pays a compare a move.
 */
#ifndef ALLOC_TRACE_H
#define ALLOC_TRACE_H

#include "types.h"

#define TRACE_RECORDS (1u << 21)

struct trace {
	struct trace_record *next;
	struct trace_record *end; /* `next` where nothing is announced */
	struct trace_record record[TRACE_RECORDS + 1];
};

static force_inline void trace_clear(struct trace *t)
{
	t->next = t->record;
	t->end = t->record + TRACE_RECORDS + 1;
}

static force_inline void trace_mute(struct trace *t)
{
	t->next = t->record;
	t->end = t->record;
}

static force_inline u32 trace_nr(const struct trace *t)
{
	return (u32)(t->next - t->record);
}

/*
 * Eight bytes in one store: compilers make five of a struct's, and a load that
 * has to wait for them.
 */
static force_inline void trace_add(struct trace *t, u32 head, pfn_t pfn,
				   u32 arg)
{
	struct trace_record *record = t->next;
	const u64 first = head | (u64)pfn << 32;

	if (record == t->end)
		return;
	t->next = record + 1;
	__builtin_memcpy(record, &first, sizeof(first));
	record->arg = arg;
}

/* The first four members of a record; i386 is little-endian. */
static force_inline u32 trace_head(enum trace_event event, u32 order, u32 zone,
				   u32 temp)
{
	return event | order << 8 | zone << 16 | temp << 24;
}

_Static_assert(offsetof(struct trace_record, order) == 1 &&
		       offsetof(struct trace_record, zone) == 2 &&
		       offsetof(struct trace_record, temp) == 3,
	       "trace_head");

/* --- the events, by the kernel's names ------------------------------------ */

static force_inline void trace_mm_page_alloc(struct trace *t, pfn_t pfn,
					     u32 order, u32 zone, gfp_t gfp)
{
	trace_add(t, trace_head(TRACE_mm_page_alloc, order, zone, 0), pfn, gfp);
}

static force_inline void trace_mm_page_free(struct trace *t, pfn_t pfn,
					    u32 order, u32 zone, u32 temp)
{
	trace_add(t, trace_head(TRACE_mm_page_free, order, zone, temp), pfn, 0);
}

static force_inline void trace_mm_page_alloc_zone_locked(struct trace *t,
							 pfn_t pfn, u32 order,
							 u32 zone, u32 temp,
							 bool refill)
{
	u32 head =
		trace_head(TRACE_mm_page_alloc_zone_locked, order, zone, temp);

	trace_add(t, head, pfn, refill);
}

static force_inline void trace_mm_page_pcpu_drain(struct trace *t, pfn_t pfn,
						  u32 zone, u32 temp)
{
	trace_add(t, trace_head(TRACE_mm_page_pcpu_drain, 0, zone, temp), pfn,
		  0);
}

static force_inline void trace_mm_vmscan_wakeup_kswapd(struct trace *t,
						       u32 zone, u32 order)
{
	trace_add(t, trace_head(TRACE_mm_vmscan_wakeup_kswapd, order, zone, 0),
		  0, 0);
}

static force_inline void
trace_mm_vmscan_direct_reclaim_begin(struct trace *t, u32 order, gfp_t gfp)
{
	u32 head =
		trace_head(TRACE_mm_vmscan_direct_reclaim_begin, order, 0, 0);

	trace_add(t, head, 0, gfp);
}

/* kmalloc, kfree and their kin: what moves is at a linear address. */
static force_inline void trace_object(struct trace *t, enum trace_event event,
				      u32 addr, gfp_t gfp)
{
	trace_add(t, trace_head(event, 0, 0, 0), addr, gfp);
}

static force_inline void trace_alloc_vmap_area(struct trace *t, vaddr_t addr,
					       u32 kind, u32 bytes)
{
	trace_add(t, trace_head(TRACE_alloc_vmap_area, kind, 0, 0), addr,
		  bytes);
}

static force_inline void trace_free_vmap_area(struct trace *t, vaddr_t addr,
					      u32 kind)
{
	trace_add(t, trace_head(TRACE_free_vmap_area, kind, 0, 0), addr, 0);
}

static force_inline void trace_kmap_high(struct trace *t, pfn_t pfn, u32 slot)
{
	trace_add(t, trace_head(TRACE_kmap_high, 0, 0, 0), pfn, slot);
}

static force_inline void trace_kmap_flush(struct trace *t, u32 nr)
{
	trace_add(t, trace_head(TRACE_kmap_flush, 0, 0, 0), 0, nr);
}

static force_inline void trace_oom_kill(struct trace *t, u32 order, gfp_t gfp)
{
	trace_add(t, trace_head(TRACE_oom_kill, order, 0, 0), 0, gfp);
}

#endif
