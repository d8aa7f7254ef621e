/* SPDX-License-Identifier: MIT */
/*
 * object_poison.h - free objects are no one's: in sanitized builds ASan
 * reports who touches one, or what lies between objects.
 *
 *     a slab   | ####### | struct slab, bufctls | ## | object | ... | #### |
 *     free     ################################
 *     in use   ## | the bytes that were asked for | #### slack, debugging ##
 *
 * Whatever else a slab's frames hold is poisoned, from the moment when its
 * constructors are done until its destructors are called.
 */
#ifndef ALLOC_OBJECT_POISON_H
#define ALLOC_OBJECT_POISON_H

#include "slab.h"

static force_inline bool objects_poisoned(const struct machine *m)
{
	return PLATFORM_POISON && m->poison != POISON_NONE;
}

/* Its owner may use so many bytes of it, and nobody any others. */
static force_inline void object_unpoison(const struct machine *m,
					 const void *object, u32 size)
{
	if (objects_poisoned(m))
		platform_unpoison(object, size);
}

/* An object, by its slot. */
static force_inline void slot_poison(const struct machine *m,
				     const struct kmem_cache *cache,
				     const void *objp)
{
	if (objects_poisoned(m))
		platform_poison(objp, cache->objsize);
}

static force_inline void slot_unpoison(const struct machine *m,
				       const struct kmem_cache *cache,
				       const void *objp)
{
	if (objects_poisoned(m))
		platform_unpoison(objp, cache->objsize);
}

/* All objects of a slab are free, ... */
static inline void slab_poison(const struct machine *m,
			       const struct kmem_cache *cache,
			       const struct slab *slab)
{
	if (!objects_poisoned(m))
		return;
	platform_poison(slab_block(m, slab), PAGE_SIZE << cache->gfporder);
	platform_unpoison(slab, SLAB_BYTES + cache->num * BUFCTL_BYTES);
}

/* ... are accessible. */
static inline void slab_unpoison(const struct machine *m,
				 const struct kmem_cache *cache,
				 const struct slab *slab)
{
	if (objects_poisoned(m))
		platform_unpoison(slab_block(m, slab),
				  PAGE_SIZE << cache->gfporder);
}

#endif
