// SPDX-License-Identifier: MIT
/*
 * kmalloc.c - memory of any size up to 128 KiB, from the general caches
 * [include/linux/slab.h, mm/slab.c].
 *
 *     malloc_sizes   32 64 96 128 192 256 512 1024 ... 131072, and for each
 *                    a twin of DMA memory
 *     size_front     (size + 31) / 32 -> the number of its cache: front.h
 *
 * The calls begin with what happens nearly always: see kmem_cache.c.
 * Validator: cache_validate(), C.
 */
#include "object_poison.h"

#define NOINLINE __attribute__((noinline))

/* --- which cache ---------------------------------------------------------- */

/* The number of the cache that is not for DMA; size is at most KMALLOC_MAX. */
static force_inline u32 general_front(const struct machine *m, u32 size)
{
	return m->objects.size_front[(size + 31) / 32];
}

struct kmem_cache *general_cache(const struct machine *m, u32 size, bool dma)
{
	const struct cache_sizes *sizes =
		&m->data->malloc_sizes[general_front(m, size) / 2];
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
	return cache == &m->data->cache_cache ||
	       ptr_link(cache) == m->data->pgd_cache;
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

	for (u32 n = 0; n <= KMALLOC_MAX / 32; n++) {
		while (sizes[i].cs_size < n * 32)
			i++;
		m->objects.size_front[n] = (u8)(FRONT_GENERAL + 2 * i);
	}
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

void *mm_kmalloc(struct machine *m, u32 size, gfp_t gfp)
{
	struct array_cache *ac;
	void *object;

	if (unlikely(size > KMALLOC_MAX))
		return NULL;
	ac = front_array(m, general_front(m, size) + (gfp & GFP_DMA));
	if (unlikely(!ac->avail))
		return kmalloc_generally(m, size, gfp);
	object = array_pop(m, ac);
	object_unpoison(m, object, size);
	trace_object(&m->trace, TRACE_kmalloc, ptr_link(object), gfp);
	return object;
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

void mm_kfree(struct machine *m, const void *object)
{
	u8 *owner = owner_given(m, object);
	struct array_cache *ac;

	if (unlikely(!owner)) {
		kfree_generally(m, object);
		return;
	}
	ac = front_array(m, *front_of_frame(m, ptr_link(object)));
	if (unlikely(ac->avail >= ac->limit)) {
		kfree_generally(m, object);
		return;
	}
	array_push(m, ac, object);
	*owner = 0;
	trace_object(&m->trace, TRACE_kfree, ptr_link(object), 0);
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
