/* SPDX-License-Identifier: MIT */
/*
 * object.h - what the object layer keeps in RAM, byte for byte: caches, slabs
 * and arrays of objects [mm/slab.c].
 *
 *     struct kmem_cache    in an object of cache_cache, or cache_cache itself
 *     struct slab          at the slab's begin, or in a general cache's object;
 *                          its bufctls follow, one an object
 *     struct array_cache   in a general cache's object; its entries follow,
 *                          oldest first
 *
 * Addresses are links; ctor, dtor and name are handles (handle.h), 0 is none.
 */
#ifndef ALLOC_OBJECT_H
#define ALLOC_OBJECT_H

#include "list.h"

struct array_cache {
	u32 avail;
	u32 limit;
	u32 batchcount;
	u32 touched;
};

/* Of one entry, until there are general caches to take others from. */
struct arraycache_init {
	struct array_cache cache;
	u32 entries[1];
};

struct kmem_list3 {
	struct list_head slabs_partial;
	struct list_head slabs_full;
	struct list_head slabs_free;
	u32 free_objects; /* in slabs, not in arrays */
	u32 free_touched;
	u32 next_reap;
	u32 shared; /* struct array_cache */
};

struct kmem_cache {
	u32 array[NR_CPUS]; /* struct array_cache */
	u32 batchcount;
	u32 limit;
	struct kmem_list3 lists;
	u32 objsize; /* from one object to the next */
	u32 flags;
	u32 num; /* objects a slab */
	u32 free_limit;
	u32 spinlock;
	u32 gfporder;
	u32 gfpflags;
	u32 colour; /* how many offsets there are ... */
	u32 colour_off;
	u32 colour_next; /* ... and the next slab's */
	u32 slabp_cache; /* of management off slab */
	u32 slab_size;	 /* of one slab's management */
	u32 dflags;
	u32 ctor, dtor, name;
	struct list_head next; /* in cache_chain */
	u32 dbghead;	       /* bytes in front of the caller's */
	u32 reallen;	       /* kmem_cache_size(), debugging or not */
};

struct slab {
	struct list_head list;
	u32 colouroff; /* of object 0 */
	u32 s_mem;     /* its address */
	u32 inuse;
	u16 free; /* the first free object */
	u16 pad;
};

#define BUFCTL_END 0xFFFFu
#define BUFCTL_FREE 0xFFFEu /* debugging: an object that is out */

struct cache_sizes {
	u32 cs_size;
	u32 cs_cachep, cs_dmacachep;
};

#define NR_GENERAL 15u /* sizes of general caches */

_Static_assert(sizeof(struct array_cache) == ARRAY_CACHE_BYTES, "i386 layout");
_Static_assert(sizeof(struct arraycache_init) == 20, "i386 layout");
_Static_assert(sizeof(struct kmem_list3) == 40, "i386 layout");
_Static_assert(offsetof(struct kmem_cache, objsize) == 80, "i386 layout");
_Static_assert(offsetof(struct kmem_cache, next) == 144, "i386 layout");
_Static_assert(sizeof(struct kmem_cache) == KMEM_CACHE_BYTES, "i386 layout");
_Static_assert(offsetof(struct slab, free) == 20, "i386 layout");
_Static_assert(sizeof(struct slab) == SLAB_BYTES, "i386 layout");

#endif
