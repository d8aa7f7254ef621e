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

/* --- arrays at hand: front.h ---------------------------------------------- */

/*
 * The newest object is a caller's.  Of the two stores, the one that is nearly
 * always needless is the dearer: who works on many objects waits for stores.
 */
static force_inline void *array_pop(const struct machine *m,
				    struct array_cache *ac)
{
	u32 link = array_entry(ac)[--ac->avail];

	if (unlikely(!ac->touched))
		ac->touched = 1;
	*owner_of_link(m, link) = owner_mark(link);
	return link_ptr(m->base, link);
}

/* It is nobody's, and the next caller will write to it first of all. */
static force_inline void array_push(const struct machine *m,
				    struct array_cache *ac, const void *object)
{
	slot_poison(m, page_cache(m, page_of_ptr(m, object)), object);
	prefetchw(object);
	array_entry(ac)[ac->avail++] = ptr_link(object);
}

/* --- slabs ---------------------------------------------------------------- */

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
