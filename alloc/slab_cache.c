// SPDX-License-Identifier: MIT
/*
 * slab_cache.c - caches are made, tuned, shrunk and destroyed
 * [kmem_cache_create(), do_tune_cpucache(), __cache_shrink(),
 * kmem_cache_destroy() of mm/slab.c].
 *
 *     make      descriptor -> geometry -> arrays -> the chain's head
 *     destroy   out of the chain -> shrunk -> grace -> arrays -> descriptor
 *
 * What fails on the way is undone.  A cache with objects in hands stays, and
 * goes to the chain's head.  Validator: cache_validate(), C.
 */
#include "golden.h"

#define SHARED_FACTOR 8u
#define SHARED_BATCH 0xBAADF00Du /* a shared array has no use for one */

/* --- the chain ------------------------------------------------------------ */

void cache_join_chain(struct machine *m, struct kmem_cache *cache)
{
	struct list_head *chain = &m->data->cache_chain;

	cache_touch(m, &m->data->cache_cache); /* the neighbour's descriptor */
	list_insert(m->base, &cache->next, ptr_link(chain), chain->next);
	m->data->nr_caches++;
	*cache_byte(m, cache) |= CACHE_LIVE;
	front_add(m, cache);
}

static void leave_chain(struct machine *m, struct kmem_cache *cache)
{
	cache_touch(m, &m->data->cache_cache);
	list_remove(m->base, &cache->next);
	m->data->nr_caches--;
	*cache_byte(m, cache) &= (u8)~CACHE_LIVE;
	front_hide(m, cache);
}

/* --- making --------------------------------------------------------------- */

void cache_begin(struct machine *m, struct kmem_cache *cache)
{
	struct kmem_list3 *l3 = &cache->lists;

	list_init(&l3->slabs_partial);
	list_init(&l3->slabs_full);
	list_init(&l3->slabs_free);
	l3->next_reap = m->data->jiffies + REAPTIMEOUT_LIST3 +
			ptr_link(cache) % REAPTIMEOUT_LIST3;
	m->objects.golden.touched = true;
	*cache_byte(m, cache) = CACHE_TOUCHED;
}

static void set_batch(const struct machine *m, struct kmem_cache *cache,
		      u32 limit, u32 batch)
{
	cache->limit = limit;
	cache->batchcount = batch;
	cache->free_limit = (1 + m->setup.nr_cpus) * batch + cache->num;
}

bool cache_bootstrap(struct machine *m, struct kmem_cache *cache,
		     struct arraycache_init *init)
{
	if (!init)
		init = kmalloc_own(m, sizeof(*init), GFP_KERNEL);
	if (!init)
		return false;
	init->cache = (struct array_cache){ .limit = 1, .batchcount = 1 };
	cache->array[m->task.cpu] = ptr_link(init);
	set_batch(m, cache, 1, 1);
	return true;
}

static u32 limit_for(const struct machine *m, u32 objsize)
{
	u32 limit = 120;

	if (objsize > PAGE_SIZE)
		limit = 8;
	else if (objsize > 1024)
		limit = 24;
	else if (objsize > 256)
		limit = 54;
	return m->objects.debug && limit > 32 ? 32 : limit;
}

/* One array a CPU, or none at all. */
static bool make_arrays(struct machine *m, u32 limit, u32 batch,
			struct array_cache **ac)
{
	for (u32 cpu = 0; cpu < m->setup.nr_cpus; cpu++) {
		ac[cpu] = array_cache_new(m, limit, batch);
		if (ac[cpu])
			continue;
		while (cpu)
			kfree_own(m, ac[--cpu]);
		return false;
	}
	return true;
}

/* A new array takes its place; the old one's entries go to the slabs. */
static void replace_arrays(struct machine *m, struct kmem_cache *cache,
			   u32 limit, u32 batch, struct array_cache **ac)
{
	u32 old[NR_CPUS];

	for (u32 cpu = 0; cpu < m->setup.nr_cpus; cpu++) {
		old[cpu] = cache->array[cpu];
		cache->array[cpu] = ptr_link(ac[cpu]);
	}
	set_batch(m, cache, limit, batch);
	for (u32 cpu = 0; cpu < m->setup.nr_cpus; cpu++) {
		if (!old[cpu])
			continue;
		array_drain(m, cache, array_at(m, old[cpu]));
		kfree_own(m, array_at(m, old[cpu]));
	}
}

bool cache_tune(struct machine *m, struct kmem_cache *cache)
{
	const u32 limit = limit_for(m, cache->objsize), batch = (limit + 1) / 2;
	const bool smp = m->setup.nr_cpus > 1;
	struct array_cache *ac[NR_CPUS], *shared;
	u32 factor = smp && cache->objsize <= PAGE_SIZE ? SHARED_FACTOR : 0;

	if (!make_arrays(m, limit, batch, ac))
		return false;
	replace_arrays(m, cache, limit, batch, ac);
	shared = array_cache_new(m, batch * factor, SHARED_BATCH);
	if (shared)
		cache->lists.shared = ptr_link(shared);
	return true;
}

/* What a cache has besides its descriptor. */
static bool furnish(struct machine *m, struct kmem_cache *cache,
		    const char *name, kmem_ctor_t ctor, kmem_ctor_t dtor)
{
	struct kernel_data *data = m->data;
	u32 handle = handle_new(m, (handle_fn)ctor, (handle_fn)dtor, name);
	bool done;

	if (!handle)
		return false; /* unreachable: a host without memory */
	cache->name = handle;
	cache->ctor = ctor ? handle : 0;
	cache->dtor = dtor ? handle : 0;
	if (off_slab(cache))
		cache->slabp_cache =
			ptr_link(general_cache(m, cache->slab_size, 0));
	cache_begin(m, cache);
	if (data->g_cpucache_up == CPUCACHE_FULL)
		done = cache_tune(m, cache);
	else if (data->g_cpucache_up == CPUCACHE_PARTIAL)
		done = cache_bootstrap(m, cache, NULL);
	else
		done = cache_bootstrap(m, cache, &data->initarray_generic);
	if (!done)
		handle_free(m, handle);
	return done;
}

struct kmem_cache *cache_make(struct machine *m, const char *name, u32 size,
			      u32 align, u32 flags, kmem_ctor_t ctor,
			      kmem_ctor_t dtor)
{
	struct kmem_cache *cache_cache = &m->data->cache_cache, *cache;

	cache = cache_alloc_own(m, cache_cache, GFP_KERNEL, KMEM_CACHE_BYTES);
	if (!cache)
		return NULL;
	*cache = (struct kmem_cache){ 0 };
	if (cache_geometry(m, cache, size, align, flags) &&
	    furnish(m, cache, name, ctor, dtor)) {
		front_new(m, cache);
		cache_join_chain(m, cache);
		return cache;
	}
	*cache_byte(m, cache) = 0;
	cache_free_own(m, cache_cache, cache);
	return NULL;
}

/* --- kmem_cache_create() -------------------------------------------------- */

static bool same_name(const char *a, const char *b)
{
	for (; *a && *a == *b; a++, b++)
		;
	return *a == *b;
}

static bool name_is_taken(const struct machine *m, const char *name)
{
	const struct kmem_cache *cache = NULL;
	u32 nr = 0;

	while ((cache = cache_next(m, cache, &nr)))
		if (same_name(name, cache_name(m, cache)))
			return true;
	return false;
}

static bool flags_are_legal(const struct machine *m, u32 flags)
{
	u32 legal = SLAB_NO_REAP | SLAB_HWCACHE_ALIGN | SLAB_CACHE_DMA |
		    SLAB_MUST_HWCACHE_ALIGN | SLAB_RECLAIM_ACCOUNT |
		    SLAB_PANIC | SLAB_DESTROY_BY_RCU;

	if (m->objects.debug)
		legal |= SLAB_DEBUG_INITIAL | SLAB_RED_ZONE | SLAB_POISON |
			 SLAB_STORE_USER;
	return !(flags & ~legal) &&
	       (flags & (SLAB_POISON | SLAB_DESTROY_BY_RCU)) !=
		       (SLAB_POISON | SLAB_DESTROY_BY_RCU);
}

/* In the order of DESIGN.md's table. */
static enum report_kind create_kind(const struct machine *m, const char *name,
				    u32 size, u32 align, u32 flags, bool ctor,
				    bool dtor)
{
	if (!name)
		return REPORT_cache_name;
	if (m->task.flags & TASK_IRQ)
		return REPORT_cache_interrupt;
	if (m->task.flags & (TASK_ATOMIC | TASK_HELD))
		return REPORT_sleep_in_atomic;
	if (size < 4 || size > KMALLOC_MAX)
		return REPORT_cache_size;
	if (dtor && !ctor)
		return REPORT_cache_dtor;
	if (!flags_are_legal(m, flags))
		return REPORT_cache_flags;
	if (dtor && flags & SLAB_DESTROY_BY_RCU)
		return REPORT_cache_dtor;
	if (!is_power_of_2(align))
		return REPORT_cache_align;
	return name_is_taken(m, name) ? REPORT_cache_duplicate : REPORT_none;
}

struct kmem_cache *mm_kmem_cache_create(struct machine *m, const char *name,
					u32 size, u32 align, u32 flags,
					kmem_ctor_t ctor, kmem_ctor_t dtor)
{
	enum report_kind kind =
		create_kind(m, name, size, align, flags, ctor, dtor);
	struct kmem_cache *cache;

	if (kind != REPORT_none) {
		report(&m->faults, kind);
		return NULL;
	}
	CHECK(m, m->data->g_cpucache_up == CPUCACHE_FULL, "slab: not booted");
	if (!ctor)
		flags &= ~SLAB_DEBUG_INITIAL;
	flags = cache_forced_flags(m, size, flags);
	cache = cache_make(m, name, size, align, flags, ctor, dtor);
	if (!cache && flags & SLAB_PANIC)
		report(&m->faults, REPORT_cache_panic);
	return cache;
}

/* --- shrinking and destroying --------------------------------------------- */

/* do_drain(), which interrupts that CPU. */
static void drain_cpu(struct machine *m, struct kmem_cache *cache, u32 cpu)
{
	const struct task was = current_switch(m, cpu, TASK_IRQ);

	array_drain(m, cache, array_of_cpu(m, cache));
	current_change(m, was);
}

/* True if no slab is left. */
static bool shrink(struct machine *m, struct kmem_cache *cache)
{
	const struct kmem_list3 *l3 = &cache->lists;
	const u32 own = m->task.cpu;

	cache_touch(m, cache);
	drain_cpu(m, cache, own);
	for (u32 cpu = 0; cpu < m->setup.nr_cpus; cpu++)
		if (cpu != own)
			drain_cpu(m, cache, cpu);
	if (l3->shared)
		array_drain(m, cache, array_at(m, l3->shared));
	slab_free_slabs(m, cache, UINT32_MAX, true);
	return list_empty(&l3->slabs_full) && list_empty(&l3->slabs_partial);
}

static bool shrink_misused(struct machine *m, const struct kmem_cache *cache)
{
	if (!cache_valid(m, cache))
		report(&m->faults, REPORT_cache_bad);
	else if (m->task.flags & TASK_IRQ)
		report(&m->faults, REPORT_cache_interrupt);
	else
		return false;
	return true;
}

int mm_kmem_cache_shrink(struct machine *m, struct kmem_cache *cache)
{
	if (shrink_misused(m, cache))
		return 1;
	return !shrink(m, cache);
}

static bool destroy_misused(struct machine *m, const struct kmem_cache *cache)
{
	if (shrink_misused(m, cache))
		return true;
	if (m->task.flags & (TASK_ATOMIC | TASK_HELD))
		report(&m->faults, REPORT_sleep_in_atomic);
	else if (cache_is_own(m, cache))
		report(&m->faults, REPORT_cache_own);
	else
		return false;
	return true;
}

static void free_cache(struct machine *m, struct kmem_cache *cache)
{
	for (u32 cpu = 0; cpu < m->setup.nr_cpus; cpu++)
		kfree_own(m, array_at(m, cache->array[cpu]));
	if (cache->lists.shared)
		kfree_own(m, array_at(m, cache->lists.shared));
	handle_free(m, cache->name);
	front_delete(m, cache);
	*cache_byte(m, cache) = 0;
	cache_free_own(m, &m->data->cache_cache, cache);
}

int mm_kmem_cache_destroy(struct machine *m, struct kmem_cache *cache)
{
	if (destroy_misused(m, cache))
		return 1;
	leave_chain(m, cache);
	if (!shrink(m, cache)) {
		cache_join_chain(m, cache);
		return 1;
	}
	if (cache->flags & SLAB_DESTROY_BY_RCU)
		rcu_run(m);
	free_cache(m, cache);
	return 0;
}
