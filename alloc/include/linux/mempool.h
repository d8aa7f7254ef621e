/* SPDX-License-Identifier: MIT */
/*
 * linux/mempool.h - memory pools by the names of 2.6.12, over the thread's
 * current machine: see gfp.h.
 *
 * mempool_alloc() of a task that may sleep is never NULL in Linux.  Here one
 * thread runs the machine: where the task would sleep it is NULL, and
 * mm_blocked() says so; code that is to run unchanged must not be made to.
 */
#ifndef _LINUX_MEMPOOL_H
#define _LINUX_MEMPOOL_H

#include "slab.h"

/* mempool_alloc_t and mempool_free_t are mm.h's, and are Linux's */
typedef struct mempool mempool_t;

static inline mempool_t *mempool_create(int min_nr, mempool_alloc_t *alloc_fn,
					mempool_free_t *free_fn,
					void *pool_data)
{
	return mm_mempool_create(mmtwin_machine, min_nr, alloc_fn, free_fn,
				 pool_data);
}

static inline int mempool_resize(mempool_t *pool, int new_min_nr,
				 unsigned int gfp_mask)
{
	return mm_mempool_resize(mmtwin_machine, pool, new_min_nr, gfp_mask);
}

static inline void mempool_destroy(mempool_t *pool)
{
	mm_mempool_destroy(mmtwin_machine, pool);
}

static inline void *mempool_alloc(mempool_t *pool, unsigned int gfp_mask)
{
	return mm_mempool_alloc(mmtwin_machine, pool, gfp_mask);
}

static inline void mempool_free(void *element, mempool_t *pool)
{
	mm_mempool_free(mmtwin_machine, pool, element);
}

/* For a pool whose pool_data is a cache. */
static inline void *mempool_alloc_slab(unsigned int gfp_mask, void *pool_data)
{
	return kmem_cache_alloc((kmem_cache_t *)pool_data, gfp_mask);
}

static inline void mempool_free_slab(void *element, void *pool_data)
{
	kmem_cache_free((kmem_cache_t *)pool_data, element);
}

#endif
