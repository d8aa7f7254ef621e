// SPDX-License-Identifier: MIT
/*
 * kmem_cache.c - objects of a caller's cache [kmem_cache_alloc(),
 * kmem_cache_free() of mm/slab.c].
 *
 * Each call begins with what happens nearly always: an array at hand that has
 * an object, or room (front.h).  All else goes the general way, which judges
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
	struct array_cache *ac = front_array(m, front_of_cache(m, cache));
	void *object;

	if (unlikely(!ac->avail))
		return alloc_generally(m, cache, gfp);
	object = array_pop(m, ac);
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
	u32 number = *front_of_frame(m, ptr_link(object));
	struct array_cache *ac = front_array(m, number);
	u8 *owner = owner_given(m, object);

	if (unlikely(!owner) ||
	    unlikely(m->objects.front_cache[number] != cache) ||
	    unlikely(ac->avail >= ac->limit)) {
		free_generally(m, cache, object);
		return;
	}
	array_push(m, ac, object);
	*owner = 0;
	trace_object(&m->trace, TRACE_kmem_cache_free, ptr_link(object), 0);
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
