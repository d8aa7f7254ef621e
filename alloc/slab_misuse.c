// SPDX-License-Identifier: MIT
/*
 * slab_misuse.c - which report the free of an object draws.  It has no state.
 *
 * The question was "does the caller have this object?"; the answer was no.
 * 2.6.12 does not ask: it takes the cache from any struct page, and puts the
 * object into an array once more.  DESIGN.md has the table and the order.
 */
#include "slab.h"

/* True if an object of that slab begins there, as a caller has it. */
static bool is_object(const struct kmem_cache *cache, const struct slab *slab,
		      u32 addr)
{
	u32 offset = addr - cache->dbghead - slab->s_mem;

	return offset % cache->objsize == 0 &&
	       offset / cache->objsize < cache->num;
}

static enum report_kind object_kind(const struct machine *m,
				    const struct kmem_cache *cache,
				    const void *object)
{
	const struct kmem_cache *own;
	const struct page *page;

	if ((uintptr_t)object - m->objects.low_start >= m->objects.low_bytes)
		return REPORT_bad_address;
	page = page_of_ptr(m, object);
	if (!page_in_slab(page))
		return REPORT_object_foreign;
	own = page_cache(m, page);
	if (cache && cache != own)
		return REPORT_object_wrong_cache;
	if (!is_object(own, page_slab(m, page), mm_vaddr(object)))
		return REPORT_object_interior;
	CHECK(m, !owner_has(m, object, own->objsize),
	      "misuse: an object neither good nor bad");
	return REPORT_object_double_free;
}

void object_misused(struct machine *m, const struct kmem_cache *cache,
		    const void *object)
{
	report(&m->faults, object_kind(m, cache, object));
}
