// SPDX-License-Identifier: MIT
/*
 * cache_validate.c - the chain of caches, and what each of them says of
 * itself: sizes that fit, limits that follow, arrays and names that exist.
 * It has no state: cache_validate(), C.
 */
#include "slab.h"

static UNSANITIZED const char *validate_chain(const struct machine *m)
{
	const struct list_head *chain = &m->data->cache_chain;
	u32 prev = ptr_link(chain), nr = 0;

	for (u32 at = chain->next; at != ptr_link(chain); nr++) {
		const struct kmem_cache *cache = cache_of_chain(m, at);

		CLAUSE(nr < m->data->nr_caches,
		       "C1: nr_caches is the length of the chain");
		CLAUSE(cache_valid(m, cache), "C1: the chain leads to caches");
		CLAUSE(cache == &m->data->cache_cache ||
			       owner_has_own(m, cache),
		       "C1: a descriptor is the allocator's own");
		CLAUSE(cache->next.prev == prev, "C1: the chain's links agree");
		prev = at;
		at = cache->next.next;
	}
	CLAUSE(chain->prev == prev, "C1: the chain's links agree");
	CLAUSE(nr == m->data->nr_caches,
	       "C1: nr_caches is the length of the chain");
	return NULL;
}

/* Management, objects and all but the last colour fill a slab. */
static UNSANITIZED const char *validate_geometry(const struct machine *m,
						 const struct kmem_cache *cache)
{
	const u32 bytes = PAGE_SIZE << cache->gfporder;
	const bool off = off_slab(cache);
	u64 used = (u64)cache->num * cache->objsize;

	CLAUSE(cache->num && cache->gfporder <= 5 && cache->objsize &&
		       !(cache->objsize % 4),
	       "C2: a slab has an order that exists, and objects");
	used += off ? 0 : cache->slab_size;
	CLAUSE(used <= bytes &&
		       (bytes - used) / cache->colour_off == cache->colour,
	       "C2: what objects and management leave, is for colours");
	CLAUSE(cache->colour_next <= (cache->colour ? cache->colour - 1 : 0),
	       "C2: the next colour is one of them");
	CLAUSE(cache->slab_size >= SLAB_BYTES + cache->num * BUFCTL_BYTES,
	       "C2: management has room for a bufctl an object");
	CLAUSE(off == !!cache->slabp_cache &&
		       (!off || cache_at(m, cache->slabp_cache)->reallen >=
					cache->slab_size),
	       "C2: off slab, it fits its cache's objects");
	return NULL;
}

static UNSANITIZED const char *validate_debug(const struct machine *m,
					      const struct kmem_cache *cache)
{
	u32 size = cache->objsize, flags = cache->flags;

	size -= flags & SLAB_RED_ZONE ? 8 : 0;
	size -= flags & SLAB_STORE_USER ? 4 : 0;
	CLAUSE(cache->dbghead == (flags & SLAB_RED_ZONE ? 4 : 0) &&
		       (m->objects.debug ? cache->reallen <= size
					 : cache->reallen == size),
	       "C3: the caller's bytes are between the red zones");
	return NULL;
}

static UNSANITIZED const char *validate_limits(const struct machine *m,
					       const struct kmem_cache *cache)
{
	CLAUSE(cache->batchcount == (cache->limit + 1) / 2 &&
		       cache->free_limit ==
			       (1 + m->setup.nr_cpus) * cache->batchcount +
				       cache->num,
	       "C4: batch and free_limit follow from the limit");
	for (u32 cpu = 0; cpu < NR_CPUS; cpu++) {
		const struct array_cache *ac = array_at(m, cache->array[cpu]);

		CLAUSE(!cache->array[cpu] == (cpu >= m->setup.nr_cpus),
		       "C5: each CPU has an array, and no other");
		CLAUSE(!cache->array[cpu] ||
			       (owner_has_own(m, ac) &&
				ac->limit == cache->limit &&
				ac->batchcount == cache->batchcount),
		       "C5: an array has its cache's limit and batch");
	}
	CLAUSE(!cache->lists.shared ||
		       owner_has_own(m, array_at(m, cache->lists.shared)),
	       "C5: a shared array is the allocator's own");
	return NULL;
}

static UNSANITIZED const char *validate_name(const struct machine *m,
					     const struct kmem_cache *cache)
{
	u32 handle = cache->name;

	CLAUSE(handle - 1 < m->objects.handles.nr && cache_name(m, cache),
	       "C6: a cache has a name");
	CLAUSE((!cache->ctor ||
		(cache->ctor == handle && handle_at(m, handle)->fn[0])) &&
		       (!cache->dtor ||
			(cache->dtor == handle && handle_at(m, handle)->fn[1])),
	       "C6: constructor and destructor are its name's");
	return NULL;
}

static UNSANITIZED const char *validate_cache(const struct machine *m,
					      const struct kmem_cache *cache)
{
	const char *broken = validate_geometry(m, cache);

	if (!broken)
		broken = validate_debug(m, cache);
	if (!broken)
		broken = validate_limits(m, cache);
	return broken ? broken : validate_name(m, cache);
}

static UNSANITIZED const char *validate_sizes(const struct machine *m, u32 i,
					      u32 dma)
{
	const struct cache_sizes *sizes = &m->data->malloc_sizes[i];
	u32 link = dma ? sizes->cs_dmacachep : sizes->cs_cachep;
	const struct kmem_cache *cache = cache_at(m, link);

	CLAUSE(cache_valid(m, cache) && cache->reallen >= sizes->cs_size &&
		       cache->gfpflags == (dma ? GFP_DMA : 0),
	       "C7: malloc_sizes leads to general caches");
	CLAUSE(m->objects.debug ||
		       front_of_cache(m, cache) == FRONT_GENERAL + 2 * i + dma,
	       "C8: the numbers of general caches follow from their sizes");
	return NULL;
}

/* The arrays that go by a number. */
static UNSANITIZED const char *validate_front(const struct machine *m, u32 n)
{
	const struct kmem_cache *cache = m->objects.front_cache[n];
	const bool at_hand =
		cache && cache_state(m, cache) == (CACHE_LIVE | CACHE_TOUCHED);

	CLAUSE(!cache || front_of_cache(m, cache) == n,
	       "C8: a number and its cache belong together");
	for (u32 cpu = 0; cpu < m->setup.nr_cpus; cpu++)
		CLAUSE(m->objects.fronts[cpu].array[n] ==
			       (at_hand ? array_at(m, cache->array[cpu])
					: &m->objects.no_array),
		       "C8: the arrays at hand are those of touched caches");
	return NULL;
}

/*
 * C1  the chain's links agree, and lead to nr_caches live descriptors
 * C2  geometry: objects, management and colours fill a slab of the order
 * C3  red zones and the caller's word are around the caller's bytes
 * C4  batch and free_limit follow from limit, CPUs and objects a slab
 * C5  each CPU has an array of that limit, which is the allocator's own
 * C6  name, constructor and destructor are one handle that exists
 * C7  malloc_sizes leads to caches of those sizes, and their twins
 * C8  the arrays at hand are those of caches that are touched, by numbers
 *
 * Quick is for caches that were touched since the snapshot alone, in C2 to C6,
 * and for numbers that were ever given.
 */
UNSANITIZED const char *cache_validate(const struct machine *m,
				       enum validate_depth depth)
{
	const bool quick = depth == VALIDATE_QUICK;
	struct kmem_cache *cache = NULL;
	const char *broken;
	u32 nr = 0;

	if (m->data->g_cpucache_up != CPUCACHE_FULL)
		return NULL;
	broken = validate_chain(m);
	CLAUSE(!broken, broken);
	while ((cache = cache_next(m, cache, &nr))) {
		if (quick && !(cache_state(m, cache) & CACHE_TOUCHED))
			continue;
		broken = validate_cache(m, cache);
		CLAUSE(!broken, broken);
	}
	for (u32 i = 0; i < 2 * NR_GENERAL; i++) {
		broken = validate_sizes(m, i / 2, i & 1);
		CLAUSE(!broken, broken);
	}
	for (u32 n = 0; n < FRONT_NUMBERS; n++) {
		if (quick && n >= m->objects.nr_fronts &&
		    !m->objects.front_cache[n])
			continue;
		broken = validate_front(m, n);
		CLAUSE(!broken, broken);
	}
	return NULL;
}
