/* SPDX-License-Identifier: MIT */
/*
 * front.h - arrays at hand: where the calls that nearly always happen find a
 * cache's array, without a look at the cache, the slab or the struct page.
 *
 *     kmalloc            size  \
 *     kmem_cache_alloc   cache  > number of a cache -> the CPU's array
 *     kfree              frame /
 *
 * A number is a byte: 1 .. 30 are the general caches, 1 + 2 * size + DMA,
 * since boot makes them first, and others have the lowest that is free.  What
 * has no number has 0: whatever is no cache or no slab's frame; cache_cache;
 * caches that are debugged, or of objects less than 32 bytes apart; those
 * that find all numbers taken.
 *
 * An array without objects and without room stands where a call must be
 * looked at twice: for number 0, for caches that a snapshot has left
 * untouched (golden.h), and for all of them under debugging and in contexts
 * that matter.  So who finds an object or room has nothing more to ask.
 *
 * All of it is beside RAM, and follows from it.  Validators:
 * cache_validate(), C8; slab_validate(), S3.
 */
#ifndef ALLOC_FRONT_H
#define ALLOC_FRONT_H

#include "owner.h"

_Static_assert(__GFP_DMA == 1, "part of a number");

#define FRONT_GENERAL 1u /* that of the smallest general cache */

/* The tables, for as much low memory as there is; false: no host memory. */
bool front_init(struct machine *m);
void front_exit(struct machine *m);

/* A cache that has no slabs yet gets a number; one that has none loses it. */
void front_new(struct machine *m, const struct kmem_cache *cache);
void front_delete(struct machine *m, const struct kmem_cache *cache);
/* It is in the chain and touched: its arrays are at hand, as they are now. */
void front_add(struct machine *m, const struct kmem_cache *cache);
/* They are no more; it keeps its number. */
void front_hide(struct machine *m, const struct kmem_cache *cache);
/* No arrays are at hand. */
void front_clear(struct machine *m);
/* The numbers as they are, and again as they were. */
void front_snapshot(struct machine *m);
void front_reset(struct machine *m);

/* --- numbers -------------------------------------------------------------- */

/* Of a frame of low memory, by a linear address in it. */
static force_inline u8 *front_of_frame(const struct machine *m, u32 link)
{
	return &m->objects.frame_front[link >> PAGE_SHIFT];
}

/* Of a cache. */
static force_inline u8 *front_number(const struct machine *m, u32 link)
{
	return &m->objects.cache_front[(link - PAGE_OFFSET) >> 5];
}

/* Of what may be none. */
static force_inline u32 front_of_cache(const struct machine *m,
				       const struct kmem_cache *cache)
{
	size_t at = ror_size((uintptr_t)cache - m->objects.low_start, 5);

	return at < m->objects.low_lines ? m->objects.cache_front[at] : 0;
}

/* The current CPU's array. */
static force_inline struct array_cache *front_array(const struct machine *m,
						    u32 number)
{
	return m->objects.front->array[number];
}

#endif
