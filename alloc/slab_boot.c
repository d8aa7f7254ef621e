// SPDX-License-Identifier: MIT
/*
 * slab_boot.c - the allocator makes what it is made of [kmem_cache_init() of
 * mm/slab.c].
 *
 *     1  cache_cache, in the image, with an array in the image
 *     2  size-32, with an array in the image; then every array is an object
 *        of it
 *     3  the other general caches, each with its DMA twin
 *     4  the two arrays of the image move into objects
 *     5  each cache of the chain gets the arrays that it will keep
 *     6  directories have a cache
 *
 * 2.6.12 panics where memory runs out; here boot says why.
 */
#include "golden.h"
#include "pgd.h"

static const char *const no_memory = "low memory has no room for the caches";

static const struct {
	u32 size;
	const char *name, *dma_name;
} general[NR_GENERAL] = {
#define SIZE(n)                                                                \
	{                                                                      \
		n, "size-" #n, "size-" #n "(DMA)"                              \
	}
	SIZE(32),   SIZE(64),	 SIZE(96),    SIZE(128),   SIZE(192),
	SIZE(256),  SIZE(512),	 SIZE(1024),  SIZE(2048),  SIZE(4096),
	SIZE(8192), SIZE(16384), SIZE(32768), SIZE(65536), SIZE(131072),
#undef SIZE
};

static void begin(struct machine *m)
{
	struct kernel_data *data = m->data;

	data->slab_break_gfp_order = data->highend_pfn > 8192;
	data->offslab_limit = UINT32_MAX;
	data->jiffies = INITIAL_JIFFIES;
	for (u32 cpu = 0; cpu < m->setup.nr_cpus; cpu++)
		data->reap_due[cpu] = INITIAL_JIFFIES + HZ + 3 * cpu;
	for (u32 i = 0; i < NR_GENERAL; i++)
		data->malloc_sizes[i].cs_size = general[i].size;
	kmalloc_init(m);
}

/* Its size is rounded up to whole lines, so that it is no debugged one's. */
static bool make_cache_cache(struct machine *m)
{
	struct kmem_cache *cache = &m->data->cache_cache;
	const u32 line = m->setup.cache_line;

	cache_geometry(m, cache, KMEM_CACHE_BYTES, line, SLAB_NO_REAP);
	cache->reallen = m->objects.debug ? KMEM_CACHE_BYTES : cache->objsize;
	cache->name = handle_new(m, NULL, NULL, "kmem_cache");
	if (!cache->name)
		return false; /* unreachable: a host without memory */
	cache_begin(m, cache);
	cache_bootstrap(m, cache, &m->data->initarray_cache);
	cache_join_chain(m, cache);
	return true;
}

static struct kmem_cache *make_general(struct machine *m, const char *name,
				       u32 size, u32 more_flags)
{
	u32 flags = SLAB_HWCACHE_ALIGN | SLAB_PANIC | more_flags;

	return cache_make(m, name, size, 0, cache_forced_flags(m, size, flags),
			  NULL, NULL);
}

static bool make_general_caches(struct machine *m)
{
	struct kernel_data *data = m->data;

	for (u32 i = 0; i < NR_GENERAL; i++) {
		struct cache_sizes *sizes = &data->malloc_sizes[i];
		struct kmem_cache *cache, *dma;

		cache = make_general(m, general[i].name, sizes->cs_size, 0);
		if (!cache)
			return false;
		data->g_cpucache_up = CPUCACHE_PARTIAL;
		sizes->cs_cachep = ptr_link(cache);
		if (!off_slab(cache))
			data->offslab_limit =
				(sizes->cs_size - SLAB_BYTES) / BUFCTL_BYTES;
		dma = make_general(m, general[i].dma_name, sizes->cs_size,
				   SLAB_CACHE_DMA);
		if (!dma)
			return false;
		sizes->cs_dmacachep = ptr_link(dma);
	}
	return true;
}

/* The cache's array in the image becomes an object. */
static bool move_array(struct machine *m, struct kmem_cache *cache)
{
	struct arraycache_init *init =
		kmalloc_own(m, sizeof(*init), GFP_KERNEL);

	if (!init)
		return false; /* unreachable: size-32's first slab has more */
	memcpy(init, array_of_cpu(m, cache), sizeof(*init));
	cache->array[m->task.cpu] = ptr_link(init);
	return true;
}

static bool tune_chain(struct machine *m)
{
	struct kmem_cache *cache = NULL;
	u32 nr = 0;

	while ((cache = cache_next(m, cache, &nr)))
		if (!cache_tune(m, cache))
			return false;
	return true;
}

const char *machine_kmem_cache_init(struct machine *m)
{
	const struct cache_sizes *sizes = m->data->malloc_sizes;

	CHECK(m,
	      m->phase == PHASE_RUNNING &&
		      m->data->g_cpucache_up == CPUCACHE_NONE,
	      "slab: kmem_cache_init out of turn");
	mm_set_current(m, (struct task){ 0 });
	begin(m);
	if (!make_cache_cache(m) || !make_general_caches(m) ||
	    !move_array(m, &m->data->cache_cache) ||
	    !move_array(m, cache_at(m, sizes->cs_cachep)) || !tune_chain(m))
		return no_memory;
	m->data->g_cpucache_up = CPUCACHE_FULL;
	for (; sizes->cs_size; sizes++) {
		front_add(m, cache_at(m, sizes->cs_cachep));
		front_add(m, cache_at(m, sizes->cs_dmacachep));
	}
	return pgd_cache_init(m) ? NULL : no_memory;
}
