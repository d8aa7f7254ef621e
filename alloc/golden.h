/* SPDX-License-Identifier: MIT */
/*
 * golden.h - slabs and page tables back to the snapshot, at the cost of what
 * was touched.
 *
 * The snapshot copies every frame that is a slab's or a table, with owners and
 * poison: boot leaves few.  A cache's first operation since then marks what
 * it may change as dirty: the frames of its descriptor, arrays and slabs.  A
 * reset copies those back, and takes the marks of frames that became slabs'.
 */
#ifndef ALLOC_GOLDEN_H
#define ALLOC_GOLDEN_H

#include "slab.h"

/*
 * Around the moment of the snapshot: before it is taken (false: the host has
 * no memory), and behind it: where callers have objects, they may free them
 * before anything else happens.
 */
bool golden_snapshot(struct machine *m);
void golden_begin(struct machine *m);
void golden_exit(struct machine *m);

/*
 * While struct pages are restored: this frame is a slab's or a table, or was at
 * the snapshot; its struct page is still as it is now.
 */
void golden_reset_frame(struct machine *m, pfn_t pfn);
/* The rest, when image and struct pages are as they were. */
void golden_reset(struct machine *m);

void cache_touch_first(struct machine *m, struct kmem_cache *cache);

/* Before words of a cache's descriptor are written, and nothing else of it. */
void cache_touch_descriptor(struct machine *m, const struct kmem_cache *cache);

/* Before anything of a cache is written. */
static force_inline void cache_touch(struct machine *m,
				     struct kmem_cache *cache)
{
	if (unlikely(!(*cache_byte(m, cache) & CACHE_TOUCHED)))
		cache_touch_first(m, cache);
}

#endif
