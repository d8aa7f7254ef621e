// SPDX-License-Identifier: MIT
/*
 * kmem_cache.c - objects of a caller's cache [kmem_cache_alloc(),
 * kmem_cache_free() of mm/slab.c].
 *
 * Each call begins with what happens nearly always: an array with an object,
 * or with room, of a cache that is valid, touched and not debugged, in a
 * context that does not matter.  All else goes the general way, which judges
 * first.  A free asks one question, "does the caller have this object?";
 * slab_misuse.c says why not.  Who has what is in the table of owners.
 */
#include "object_poison.h"

#define NOINLINE __attribute__((noinline))

/* --- taking --------------------------------------------------------------- */

void *object_get(struct machine *m, struct kmem_cache *cache, gfp_t gfp,
		 u32 size)
{
	void *object;

	if (current_may_not_sleep(m, gfp))
		return NULL;
	if (m->objects.debug && (gfp & GFP_DMA) != cache->gfpflags) {
		report(&m->faults, REPORT_object_dma);
		return NULL;
	}
	object = cache_alloc(m, cache, gfp, size);
	if (object)
		owner_give(m, object, cache->objsize);
	return object;
}

static NOINLINE void *alloc_generally(struct machine *m,
				      struct kmem_cache *cache, gfp_t gfp)
{
	void *object;

	if (!cache_valid(m, cache)) {
		report(&m->faults, REPORT_cache_bad);
		return NULL;
	}
	object = object_get(m, cache, gfp, cache->reallen);
	if (object)
		trace_object(&m->trace, TRACE_kmem_cache_alloc,
			     ptr_link(object), gfp);
	return object;
}

void *mm_kmem_cache_alloc(struct machine *m, struct kmem_cache *cache,
			  gfp_t gfp)
{
	struct array_cache *ac;
	void *object;

	if (unlikely(!cache_fast(m, cache)) || unlikely(m->objects.careful))
		return alloc_generally(m, cache, gfp);
	ac = array_of_cpu(m, cache);
	if (unlikely(!ac->avail))
		return alloc_generally(m, cache, gfp);
	object = link_ptr(m->base, array_entry(ac)[--ac->avail]);
	ac->touched = 1;
	owner_give(m, object, cache->objsize);
	object_unpoison(m, object, cache->objsize);
	trace_object(&m->trace, TRACE_kmem_cache_alloc, ptr_link(object), gfp);
	return object;
}

/* --- giving back ---------------------------------------------------------- */

struct kmem_cache *object_cache(struct machine *m,
				const struct kmem_cache *cache,
				const void *object)
{
	if (owner_covers(m, object)) {
		const struct page *page = page_of_ptr(m, object);
		struct kmem_cache *own = page_cache(m, page);

		if (page_in_slab(page) && (!cache || cache == own) &&
		    owner_has(m, object, own->objsize))
			return own;
	}
	object_misused(m, cache, object);
	return NULL;
}

bool object_intact(struct machine *m, const struct kmem_cache *cache,
		   const void *object)
{
	if (debug_redzones(cache, object))
		return true;
	report(&m->faults, REPORT_object_redzone);
	return false;
}

static NOINLINE void free_generally(struct machine *m, struct kmem_cache *cache,
				    void *object)
{
	if (!cache_valid(m, cache)) {
		report(&m->faults, REPORT_cache_bad);
		return;
	}
	if (!object_cache(m, cache, object) || !object_intact(m, cache, object))
		return;
	trace_object(&m->trace, TRACE_kmem_cache_free, ptr_link(object), 0);
	owner_take(m, object, cache->objsize);
	cache_free(m, cache, object);
}

void mm_kmem_cache_free(struct machine *m, struct kmem_cache *cache,
			void *object)
{
	struct array_cache *ac;

	if (unlikely(!cache_fast(m, cache)) ||
	    unlikely(!owner_alone(m, object)) ||
	    unlikely(page_cache(m, page_of_ptr(m, object)) != cache)) {
		free_generally(m, cache, object);
		return;
	}
	ac = array_of_cpu(m, cache);
	if (unlikely(ac->avail >= ac->limit)) {
		free_generally(m, cache, object);
		return;
	}
	*owner_byte(m, object) = 0;
	trace_object(&m->trace, TRACE_kmem_cache_free, ptr_link(object), 0);
	slot_poison(m, cache, object);
	array_entry(ac)[ac->avail++] = ptr_link(object);
}

/* --- asking --------------------------------------------------------------- */

u32 mm_kmem_cache_size(struct machine *m, struct kmem_cache *cache)
{
	if (cache_valid(m, cache))
		return cache->reallen;
	report(&m->faults, REPORT_cache_bad);
	return 0;
}

const char *mm_kmem_cache_name(struct machine *m, struct kmem_cache *cache)
{
	if (cache_valid(m, cache))
		return cache_name(m, cache);
	report(&m->faults, REPORT_cache_bad);
	return NULL;
}
