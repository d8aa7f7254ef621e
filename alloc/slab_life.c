// SPDX-License-Identifier: MIT
/*
 * slab_life.c - constructors and destructors: the caller's code, called in
 * the middle of the allocator's.
 *
 *     a slab is made        constructor          with SLAB_POISON: never
 *     a slab is destroyed   destructor           likewise
 *     alloc, free           constructor,         with SLAB_POISON: each time
 *                           destructor
 *     free                  constructor, VERIFY  with SLAB_DEBUG_INITIAL
 *
 * They may call the allocator, but not for objects of the same cache.  Those
 * of the cache "pgd" are the machine's, and are told which.  It has no state.
 */
#include "slab.h"

static void call(struct machine *m, struct kmem_cache *cache, u32 which,
		 void *object, unsigned long flags)
{
	u32 handle = which ? cache->dtor : cache->ctor;

	if (unlikely(handle && ptr_link(cache) == m->data->pgd_cache))
		((own_ctor_t)handle_at(m, handle)->fn[which])(m, object);
	else if (handle)
		((kmem_ctor_t)handle_at(m, handle)->fn[which])(object, cache,
							       flags);
}

void object_construct(struct machine *m, struct kmem_cache *cache, void *object,
		      gfp_t gfp)
{
	call(m, cache, 0, object,
	     gfp & __GFP_WAIT ? SLAB_CTOR_CONSTRUCTOR
			      : SLAB_CTOR_CONSTRUCTOR | SLAB_CTOR_ATOMIC);
}

void object_verify(struct machine *m, struct kmem_cache *cache, void *object)
{
	call(m, cache, 0, object, SLAB_CTOR_CONSTRUCTOR | SLAB_CTOR_VERIFY);
}

void object_destruct(struct machine *m, struct kmem_cache *cache, void *object)
{
	call(m, cache, 1, object, 0);
}
