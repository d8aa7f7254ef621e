/* SPDX-License-Identifier: MIT */
/*
 * mempool.h - a pool's layout in simulated RAM, and what the top layer needs
 * of it; the calls are in mm.h.
 */
#ifndef ALLOC_MEMPOOL_H
#define ALLOC_MEMPOOL_H

#include "wait.h"

/* mempool_t [include/linux/mempool.h] */
struct mempool {
	u32 lock;
	s32 min_nr;   /* elements that the pool promises ... */
	s32 curr_nr;  /* ... and those in its reserve now */
	u32 elements; /* link of an array of links, the last one goes first */
	u32 pool_data, alloc, free; /* handles: the pool's own, see mempool.c */
	struct wait_queue_head wait;
};
_Static_assert(sizeof(struct mempool) == MEMPOOL_BYTES, "i386 layout");

static force_inline struct mempool_record *
mempool_record_at(const struct machine *m, u32 handle)
{
	return &m->pools.record[handle - 1];
}

/*
 * The record of a pointer that may be no pool's: NULL if it is none.  Constant
 * time, whatever the pointer.  [mempool_table.c, as all that follows]
 */
struct mempool_record *mempool_record(const struct machine *m,
				      const struct mempool *pool);
/* A handle whose record is to be written; 0: the host has no memory. */
u32 mempool_record_new(struct machine *m);
void mempool_record_free(struct machine *m, u32 handle);

/*
 * short = min - curr - outstanding: above 0 only after a resize whose
 * new elements could not all be had, and by no more than were missing then.
 */
static inline u32 mempool_short(const struct mempool_record *r,
				const struct mempool *pool)
{
	u32 lack = (u32)(pool->min_nr - pool->curr_nr);

	return lack > r->outstanding ? lack - r->outstanding : 0;
}

/* Links of the elements in the reserve, first in first. */
static inline u32 *mempool_elements(const struct machine *m,
				    const struct mempool *pool)
{
	return link_ptr(m->base, pool->elements);
}

/* The next pool from record *i on, in the order of records, or NULL. */
const struct mempool *mempool_next(const struct machine *m, u32 *i);

void mempools_snapshot(struct machine *m);
void mempools_reset(struct machine *m);
void mempools_power_off(struct machine *m);
const char *mempool_validate(const struct machine *m, enum validate_depth d)
	__attribute__((warn_unused_result));

#endif
