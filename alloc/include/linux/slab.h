/* SPDX-License-Identifier: MIT */
/*
 * linux/slab.h - caches of objects and kmalloc by the names of 2.6.12, over
 * the thread's current machine: see gfp.h.  kzalloc is of 2.6.14.
 *
 * A size that does not fit into i386's 32 bits becomes the largest that does,
 * so as to be refused.
 */
#ifndef _LINUX_SLAB_H
#define _LINUX_SLAB_H

#include "gfp.h"

typedef struct kmem_cache kmem_cache_t;

/* flags of an allocation, by the names that they have here */
#define SLAB_NOFS GFP_NOFS
#define SLAB_NOIO GFP_NOIO
#define SLAB_ATOMIC GFP_ATOMIC
#define SLAB_USER GFP_USER
#define SLAB_KERNEL GFP_KERNEL
#define SLAB_DMA GFP_DMA
#define SLAB_LEVEL_MASK GFP_LEVEL_MASK
#define SLAB_NO_GROW __GFP_NO_GROW

static inline unsigned int mmtwin_size(unsigned long size)
{
	return size > 0xFFFFFFFFul ? 0xFFFFFFFFu : (unsigned int)size;
}

static inline kmem_cache_t *
kmem_cache_create(const char *name, size_t size, size_t align,
		  unsigned long flags,
		  void (*ctor)(void *, kmem_cache_t *, unsigned long),
		  void (*dtor)(void *, kmem_cache_t *, unsigned long))
{
	return mm_kmem_cache_create(mmtwin_machine, name, mmtwin_size(size),
				    mmtwin_size(align), mmtwin_size(flags),
				    ctor, dtor);
}

static inline int kmem_cache_destroy(kmem_cache_t *cachep)
{
	return mm_kmem_cache_destroy(mmtwin_machine, cachep);
}

static inline int kmem_cache_shrink(kmem_cache_t *cachep)
{
	return mm_kmem_cache_shrink(mmtwin_machine, cachep);
}

static inline unsigned int kmem_cache_size(kmem_cache_t *cachep)
{
	return mm_kmem_cache_size(mmtwin_machine, cachep);
}

static inline const char *kmem_cache_name(kmem_cache_t *cachep)
{
	return mm_kmem_cache_name(mmtwin_machine, cachep);
}

static inline void *kmem_cache_alloc(kmem_cache_t *cachep, unsigned int flags)
{
	return mm_kmem_cache_alloc(mmtwin_machine, cachep, flags);
}

static inline void kmem_cache_free(kmem_cache_t *cachep, void *objp)
{
	mm_kmem_cache_free(mmtwin_machine, cachep, objp);
}

static inline kmem_cache_t *kmem_find_general_cachep(size_t size, int gfpflags)
{
	return mm_kmem_find_general_cachep(mmtwin_machine, mmtwin_size(size),
					   (gfp_t)gfpflags);
}

static inline void *kmalloc(size_t size, unsigned int flags)
{
	return mm_kmalloc(mmtwin_machine, mmtwin_size(size), flags);
}

static inline void *kzalloc(size_t size, unsigned int flags)
{
	return mm_kzalloc(mmtwin_machine, mmtwin_size(size), flags);
}

static inline void *kcalloc(size_t n, size_t size, unsigned int flags)
{
	return mm_kcalloc(mmtwin_machine, mmtwin_size(n), mmtwin_size(size),
			  flags);
}

static inline void kfree(const void *objp)
{
	mm_kfree(mmtwin_machine, objp);
}

static inline unsigned int ksize(const void *objp)
{
	return mm_ksize(mmtwin_machine, objp);
}

#endif
