// SPDX-License-Identifier: MIT
/*
 * kmalloc.c - memory of any size up to 128 KiB, from the general caches
 * [include/linux/slab.h, mm/slab.c].
 *
 *     malloc_sizes   32 64 96 128 192 256 512 1024 ... 131072, and for each
 *                    a twin of DMA memory
 *     size_index     (size + 31) / 32 -> the size's number, up to 4096
 *
 * The calls begin with what happens nearly always: see kmem_cache.c.  The
 * arrays they pop are at hand in `front', which has those of touched caches
 * only, and an empty one else.  Validator: cache_validate(), C.
 */
#include "object_poison.h"

#define NOINLINE __attribute__((noinline))
#define INDEXED_MAX 4096u

/* --- which cache ---------------------------------------------------------- */

/* size is at most KMALLOC_MAX; above 4096 the sizes are powers of two. */
static force_inline u32 general_index(const struct machine *m, u32 size)
{
	if (likely(size <= INDEXED_MAX))
		return m->objects.size_index[(size + 31) / 32];
	return fls(size - 1) - fls(INDEXED_MAX) +
	       m->objects.size_index[INDEXED_MAX / 32] + 1;
}

struct kmem_cache *general_cache(const struct machine *m, u32 size, bool dma)
{
	const struct cache_sizes *sizes =
		&m->data->malloc_sizes[general_index(m, size)];
	u32 link = dma ? sizes->cs_dmacachep : sizes->cs_cachep;

	CHECK(m, link && size <= sizes->cs_size,
	      "kmalloc: there is no cache of that size");
	return cache_at(m, link);
}

bool cache_is_own(const struct machine *m, const struct kmem_cache *cache)
{
	const struct cache_sizes *sizes = m->data->malloc_sizes;

	for (; sizes->cs_size; sizes++)
		if (ptr_link(cache) == sizes->cs_cachep ||
		    ptr_link(cache) == sizes->cs_dmacachep)
			return true;
	return cache == &m->data->cache_cache;
}

struct kmem_cache *mm_kmem_find_general_cachep(struct machine *m, u32 size,
					       gfp_t gfp)
{
	return size <= KMALLOC_MAX ? general_cache(m, size, gfp & GFP_DMA)
				   : NULL;
}

/* malloc_sizes has its sizes. */
void kmalloc_init(struct machine *m)
{
	const struct cache_sizes *sizes = m->data->malloc_sizes;
	u8 i = 0;

	for (u32 n = 0; n <= INDEXED_MAX / 32; n++) {
		while (sizes[i].cs_size < n * 32)
			i++;
		m->objects.size_index[n] = i;
	}
}

/* --- the arrays at hand --------------------------------------------------- */

void kmalloc_fronts_add(struct machine *m, const struct kmem_cache *cache)
{
	const struct cache_sizes *sizes = m->data->malloc_sizes;
	u32 i = 0, dma;

	if (m->objects.debug)
		return;
	while (sizes[i].cs_size && sizes[i].cs_cachep != ptr_link(cache) &&
	       sizes[i].cs_dmacachep != ptr_link(cache))
		i++;
	if (!sizes[i].cs_size)
		return;
	dma = sizes[i].cs_dmacachep == ptr_link(cache);
	for (u32 cpu = 0; cpu < m->setup.nr_cpus; cpu++)
		m->objects.fronts[cpu].array[dma][i] =
			array_at(m, cache->array[cpu]);
}

static UNSANITIZED void clear_front(struct machine *m,
				    struct kmalloc_front *front)
{
	for (u32 i = 0; i < 2 * NR_GENERAL; i++)
		front->array[i & 1][i / 2] = &m->objects.no_array;
}

void kmalloc_fronts_clear(struct machine *m)
{
	for (u32 cpu = 0; cpu < NR_CPUS; cpu++)
		clear_front(m, &m->objects.fronts[cpu]);
	clear_front(m, &m->objects.no_front);
}

/* --- kmalloc -------------------------------------------------------------- */

static NOINLINE void *kmalloc_generally(struct machine *m, u32 size, gfp_t gfp)
{
	void *object =
		object_get(m, general_cache(m, size, gfp & GFP_DMA), gfp, size);

	if (object)
		trace_object(&m->trace, TRACE_kmalloc, ptr_link(object), gfp);
	return object;
}

/*
 * An object of the i-th size, if the array at hand has one.  Undebugged,
 * objects of general caches lie at multiples of 32, so that their mark is
 * always the same.
 */
static force_inline void *kmalloc_at_hand(struct machine *m, u32 size,
					  gfp_t gfp, u32 i)
{
	struct array_cache *ac = m->objects.front->array[gfp & GFP_DMA][i];
	void *object;

	if (unlikely(!ac->avail))
		return kmalloc_generally(m, size, gfp);
	object = link_ptr(m->base, array_entry(ac)[--ac->avail]);
	ac->touched = 1;
	*owner_byte(m, object) = 1;
	object_unpoison(m, object, size);
	trace_object(&m->trace, TRACE_kmalloc, ptr_link(object), gfp);
	return object;
}

static NOINLINE void *kmalloc_large(struct machine *m, u32 size, gfp_t gfp)
{
	if (size > KMALLOC_MAX)
		return NULL;
	return kmalloc_at_hand(m, size, gfp, general_index(m, size));
}

void *mm_kmalloc(struct machine *m, u32 size, gfp_t gfp)
{
	if (unlikely(size > INDEXED_MAX))
		return kmalloc_large(m, size, gfp);
	return kmalloc_at_hand(m, size, gfp,
			       m->objects.size_index[(size + 31) / 32]);
}

static void *zeroed(void *object, u32 size)
{
	if (object)
		memset(object, 0, size);
	return object;
}

void *mm_kzalloc(struct machine *m, u32 size, gfp_t gfp)
{
	return zeroed(mm_kmalloc(m, size, gfp), size);
}

void *mm_kcalloc(struct machine *m, u32 n, u32 size, gfp_t gfp)
{
	if (n && size > (u32)INT32_MAX / n)
		return NULL;
	return mm_kzalloc(m, n * size, gfp);
}

void *kmalloc_own(struct machine *m, u32 size, gfp_t gfp)
{
	return cache_alloc_own(m, general_cache(m, size, gfp & GFP_DMA), gfp,
			       size);
}

/* --- kfree ---------------------------------------------------------------- */

static NOINLINE void kfree_generally(struct machine *m, const void *object)
{
	struct kmem_cache *cache;

	if (!object)
		return;
	cache = object_cache(m, NULL, object);
	if (!cache || !object_intact(m, cache, object))
		return;
	trace_object(&m->trace, TRACE_kfree, ptr_link(object), 0);
	owner_take(m, object, cache->objsize);
	cache_free(m, cache, link_ptr(m->base, ptr_link(object)));
}

/*
 * An object at a multiple of 32 that has its mark alone: then it is one, of
 * whatever cache, and the mark need not be computed.
 */
void mm_kfree(struct machine *m, const void *object)
{
	size_t line = ror_size((uintptr_t)object - m->objects.low_start, 5);
	const struct kmem_cache *cache;
	struct array_cache *ac;

	if (unlikely(line >= m->objects.fast_lines) ||
	    unlikely(m->objects.owned[line] != 1)) {
		kfree_generally(m, object);
		return;
	}
	cache = page_cache(m, m->mem_map + (line >> (PAGE_SHIFT - 5)));
	ac = array_of_cpu(m, cache);
	if (unlikely(ac->avail >= ac->limit)) {
		kfree_generally(m, object);
		return;
	}
	m->objects.owned[line] = 0;
	trace_object(&m->trace, TRACE_kfree, ptr_link(object), 0);
	slot_poison(m, cache, object);
	array_entry(ac)[ac->avail++] = ptr_link(object);
}

void kfree_own(struct machine *m, void *object)
{
	cache_free_own(m, page_cache(m, page_of_ptr(m, object)), object);
}

u32 mm_ksize(struct machine *m, const void *object)
{
	const struct kmem_cache *cache;

	cache = object ? object_cache(m, NULL, object) : NULL;
	if (!cache)
		return 0;
	object_unpoison(m, object, cache->reallen);
	return cache->reallen;
}
