/* SPDX-License-Identifier: MIT */
/*
 * slab.h - what the files of the object layer share; its calls are in mm.h.
 *
 *     kmem_cache_alloc        kmem_cache_free        slab_array.c
 *             |   array of the CPU   |
 *          refill <- shared array <- flush
 *             |                      |
 *        slab_take_objects    slab_free_block        slab.c
 *             |  partial, free, full |
 *         slab_grow            slab_destroy          slab_grow.c
 *             |                      |
 *        alloc_pages            free_pages
 *
 * An object's address is that of its slot, `objp', inside; callers have the
 * object behind the first red zone, `object'.
 */
#ifndef ALLOC_SLAB_H
#define ALLOC_SLAB_H

#include "current.h"
#include "handle.h"
#include "mm.h"
#include "front.h"

#define OFF_SLAB 0x80000000u /* a flag of the allocator's own */
#define REAPTIMEOUT_CPUC (2 * HZ)
#define REAPTIMEOUT_LIST3 (4 * HZ)

/* --- for those above: memory of the machine's own ------------------------- */

/*
 * As kmalloc() and kfree() of what a machine keeps for itself in RAM: it is
 * in nobody's hands, so that who frees it draws object_double_free; nothing
 * is announced.  size is at most KMALLOC_MAX; the context is the caller's to
 * judge.  NULL: no memory; or a report, of flags that no slab can be grown
 * with, or of damage that a caller did before.
 */
void *kmalloc_own(struct machine *m, u32 size, gfp_t gfp);
void kfree_own(struct machine *m, void *object);

/* --- vocabulary ----------------------------------------------------------- */

static force_inline struct kmem_cache *cache_at(const struct machine *m,
						u32 link)
{
	return link_ptr(m->base, link);
}

static force_inline struct array_cache *array_at(const struct machine *m,
						 u32 link)
{
	return link_ptr(m->base, link);
}

static force_inline u32 *array_entry(struct array_cache *ac)
{
	return (u32 *)(ac + 1);
}

/* The current CPU's. */
static force_inline struct array_cache *
array_of_cpu(const struct machine *m, const struct kmem_cache *cache)
{
	return array_at(m, cache->array[m->task.cpu]);
}

static force_inline u16 *slab_bufctl(struct slab *slab)
{
	return (u16 *)(slab + 1);
}

static force_inline struct slab *slab_of_list(const struct machine *m, u32 link)
{
	return container_of(list_at(m->base, link), struct slab, list);
}

static force_inline bool off_slab(const struct kmem_cache *cache)
{
	return cache->flags & OFF_SLAB;
}

static force_inline void *slab_objp(const struct machine *m,
				    const struct kmem_cache *cache,
				    const struct slab *slab, u32 i)
{
	return link_ptr(m->base, slab->s_mem + i * cache->objsize);
}

/* The first byte of a slab's frames. */
static force_inline void *slab_block(const struct machine *m,
				     const struct slab *slab)
{
	return link_ptr(m->base, slab->s_mem - slab->colouroff);
}

/* The page of a pointer into low memory. */
static force_inline struct page *page_of_ptr(const struct machine *m,
					     const void *ptr)
{
	return m->mem_map +
	       (((uintptr_t)ptr - m->objects.low_start) >> PAGE_SHIFT);
}

/* Of a slab's frame. */
static force_inline struct kmem_cache *page_cache(const struct machine *m,
						  const struct page *page)
{
	return cache_at(m, page->lru.next);
}

static force_inline struct slab *page_slab(const struct machine *m,
					   const struct page *page)
{
	return link_ptr(m->base, page->lru.prev);
}

/* --- geometry [slab_geometry.c] ------------------------------------------- */

/*
 * Fills in what is computed of a cache: sizes, number, order, colours.  The
 * flags are legal and with those that debugging forces.  False: nothing of
 * that size and alignment fits into a slab.
 */
bool cache_geometry(const struct machine *m, struct kmem_cache *cache, u32 size,
		    u32 align, u32 flags);
/* The flags that debugging forces upon a cache of this size (as asked). */
u32 cache_forced_flags(const struct machine *m, u32 size, u32 flags);

/* --- slabs [slab_grow.c, slab.c] ------------------------------------------ */

/* True, with a report: a slab cannot be grown with these flags. */
bool grow_misused(struct machine *m, const struct kmem_cache *cache, gfp_t gfp);
/* One more slab, in the free list; gfp has been judged. */
bool slab_grow(struct machine *m, struct kmem_cache *cache, gfp_t gfp);
/* It is in no list any more, and free_objects does not count it. */
void slab_destroy(struct machine *m, struct kmem_cache *cache,
		  struct slab *slab);
/* The second half of it: frames and management. */
void slab_release(struct machine *m, struct kmem_cache *cache,
		  struct slab *slab);

/* Up to `max' objects, from partial slabs, then free ones, into the array. */
void slab_take_objects(struct machine *m, struct kmem_cache *cache,
		       struct array_cache *ac, u32 max);
/* The objects go back into their slabs; what is too much is destroyed. */
void slab_free_block(struct machine *m, struct kmem_cache *cache,
		     const u32 *entry, u32 nr);
/* Free slabs from the head (or the tail) are destroyed, up to `max'. */
void slab_free_slabs(struct machine *m, struct kmem_cache *cache, u32 max,
		     bool tail);

/* --- objects [slab_array.c] ----------------------------------------------- */

/*
 * An object of which `size' bytes will be used, or NULL.  All checks of the
 * call are done; it is in nobody's hands yet.
 */
void *cache_alloc(struct machine *m, struct kmem_cache *cache, gfp_t gfp,
		  u32 size);
/* It is in nobody's hands any more. */
void cache_free(struct machine *m, struct kmem_cache *cache, void *object);
/* The allocator's own object, of a general cache or cache_cache. */
void *cache_alloc_own(struct machine *m, struct kmem_cache *cache, gfp_t gfp,
		      u32 size);
void cache_free_own(struct machine *m, struct kmem_cache *cache, void *object);

/* An array with room for `limit' entries, in kmalloc's memory; or NULL. */
struct array_cache *array_cache_new(struct machine *m, u32 limit, u32 batch);
/* All entries go to the slabs; [drain_array_locked()] for reaping. */
void array_drain(struct machine *m, struct kmem_cache *cache,
		 struct array_cache *ac);
void array_reap(struct machine *m, struct kmem_cache *cache,
		struct array_cache *ac);

/* --- caches [slab_cache.c, slab_tick.c] ----------------------------------- */

static force_inline struct kmem_cache *cache_of_chain(const struct machine *m,
						      u32 link)
{
	return container_of(list_at(m->base, link), struct kmem_cache, next);
}

/*
 * The chain from its head: the one behind `cache' (NULL: the first), or NULL.
 * *nr is how many there were before, to see that there is an end.
 */
static force_inline struct kmem_cache *
cache_next(const struct machine *m, const struct kmem_cache *cache, u32 *nr)
{
	const struct list_head *chain = &m->data->cache_chain;
	u32 link = cache ? cache->next.next : chain->next;

	if (link == ptr_link(chain))
		return NULL;
	CHECK(m, (*nr)++ < m->data->nr_caches, "slab: a chain without an end");
	return cache_of_chain(m, link);
}

static force_inline const char *cache_name(const struct machine *m,
					   const struct kmem_cache *cache)
{
	return handle_at(m, cache->name)->data;
}

/*
 * kmem_cache_create() without its checks; NULL: no memory, or nothing of that
 * size and alignment fits.
 */
struct kmem_cache *cache_make(struct machine *m, const char *name, u32 size,
			      u32 align, u32 flags, kmem_ctor_t ctor,
			      kmem_ctor_t dtor);
/* Empty lists, next_reap: what every cache begins with. */
void cache_begin(struct machine *m, struct kmem_cache *cache);
/* An array of one entry: this one, or a new one (NULL).  False: no memory. */
bool cache_bootstrap(struct machine *m, struct kmem_cache *cache,
		     struct arraycache_init *init);
/* Arrays of their final size [enable_cpucache()].  False: no memory. */
bool cache_tune(struct machine *m, struct kmem_cache *cache);
/* At its head; callers may use it. */
void cache_join_chain(struct machine *m, struct kmem_cache *cache);
/* The grace period of all slabs that wait is over. */
void rcu_run(struct machine *m);

/* --- calls [kmem_cache.c] ------------------------------------------------- */

/* An object for a caller, of which it will use `size' bytes; or NULL. */
void *object_get(struct machine *m, struct kmem_cache *cache, gfp_t gfp,
		 u32 size);
/*
 * The cache of what a caller wants to give back to `cache', or to any (NULL);
 * NULL, with a report: it cannot be.
 */
struct kmem_cache *object_cache(struct machine *m,
				const struct kmem_cache *cache,
				const void *object);
/* False, with a report: a red zone around it was overwritten. */
bool object_intact(struct machine *m, const struct kmem_cache *cache,
		   const void *object);

/* --- general caches [kmalloc.c] ------------------------------------------- */

/* The cache for that many bytes; size is at most KMALLOC_MAX. */
struct kmem_cache *general_cache(const struct machine *m, u32 size, bool dma);
/* cache_cache, a general cache, or that of directories. */
bool cache_is_own(const struct machine *m, const struct kmem_cache *cache);
void kmalloc_init(struct machine *m);
/* A cache is touched: the arrays of a general one are at hand, undebugged. */

/* --- debugging [slab_debug.c] --------------------------------------------- */

/* The slot's bytes are accessible, but for debug_redzones(). */
void debug_new_object(const struct kmem_cache *cache, void *objp);
/* False, with a report: somebody wrote to it while it was free. */
bool debug_intact(struct machine *m, const struct kmem_cache *cache,
		  void *objp);
void debug_alloc(const struct machine *m, const struct kmem_cache *cache,
		 void *objp);
void debug_free(const struct machine *m, const struct kmem_cache *cache,
		void *objp);
/* True if both red zones are as those of an object in use. */
bool debug_redzones(const struct kmem_cache *cache, const void *object);

/* --- constructors [slab_life.c] ------------------------------------------- */

/* Those of the machine's own cache of directories: pgd.c. */
typedef void (*own_ctor_t)(struct machine *m, void *object);

void object_construct(struct machine *m, struct kmem_cache *cache, void *object,
		      gfp_t gfp);
void object_verify(struct machine *m, struct kmem_cache *cache, void *object);
void object_destruct(struct machine *m, struct kmem_cache *cache, void *object);

/* --- misuse [slab_misuse.c] ----------------------------------------------- */

/* A report says why object_cache() has found none. */
void object_misused(struct machine *m, const struct kmem_cache *cache,
		    const void *object);

/* --- validating [slab_validate.c, cache_validate.c] ----------------------- */

const char *cache_validate(const struct machine *m, enum validate_depth depth);
const char *slab_validate(const struct machine *m, enum validate_depth depth);

#endif
