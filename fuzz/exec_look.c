// SPDX-License-Identifier: MIT
/*
 * exec_look.c - caches and pools as they stand, machine beside model: the
 * chain, each cache's figures, arrays and slabs, each pool's reserve.
 *
 * When fuzzing, only the caches to which something happened are looked at.
 */
#include "cover.h"
#include "exec_state.h"

#include <stdlib.h>

#define SLABS_FIRST 512u

static enum step check_arrays(struct exec *x, const struct kmem_cache *cache,
			      u32 addr, const struct cache_info *info)
{
	for (u32 i = 0; i <= x->u->layout.nr_cpus; i++) {
		u32 cpu = i < x->u->layout.nr_cpus ? i : NR_CPUS;
		struct array_view v;

		mm_cache_array(x->m, cache, cpu, &v);
		cover_array(info, cpu == NR_CPUS, &v);
		if (!model_check_array(x->o, addr, cpu, &v, &x->d))
			return exec_diverged(x);
	}
	return STEP_OK;
}

bool exec_slabs_begin(struct exec *x)
{
	struct slab_view *slabs;

	if (x->room_slabs == SLABS_FIRST)
		return true;
	slabs = realloc(x->slabs, SLABS_FIRST * sizeof(*slabs));
	if (!slabs)
		return false;
	x->slabs = slabs;
	x->room_slabs = SLABS_FIRST;
	return true;
}

u32 exec_slabs(struct exec *x, const struct kmem_cache *cache,
	       enum slab_list list)
{
	for (;;) {
		u32 nr = mm_cache_slabs(x->m, cache, list, x->slabs,
					x->room_slabs);
		struct slab_view *slabs;

		if (nr <= x->room_slabs)
			return nr;
		slabs = realloc(x->slabs, 2 * nr * sizeof(*slabs));
		if (!slabs)
			exec_on_panic(x, "host: no memory for a look at slabs");
		x->slabs = slabs;
		x->room_slabs = 2 * nr;
	}
}

static enum step check_slabs(struct exec *x, const struct kmem_cache *cache,
			     u32 addr, const struct cache_info *info)
{
	u32 nr[NR_SLAB_LISTS];

	for (u32 list = 0; list < NR_SLAB_LISTS; list++) {
		nr[list] = exec_slabs(x, cache, (enum slab_list)list);
		if (!model_check_slabs(x->o, addr, (enum slab_list)list,
				       x->slabs, nr[list], &x->d))
			return exec_diverged(x);
	}
	cover_slabs(info, nr);
	return STEP_OK;
}

static enum step check_cache(struct exec *x, const struct kmem_cache *cache,
			     u32 addr)
{
	struct cache_info info;

	mm_cache_info(x->m, cache, &info);
	if (!model_check_cache(x->o, addr, &info, &x->d))
		return exec_diverged(x);
	if (check_arrays(x, cache, addr, &info) != STEP_OK)
		return STEP_DIVERGED;
	return check_slabs(x, cache, addr, &info);
}

/* Both chains are at this place; addr is the model's, 0: its end. */
static enum step check_place(struct exec *x, const struct kmem_cache *cache,
			     u32 addr)
{
	if (mm_vaddr(cache) == addr)
		return STEP_OK;
	x->d.expected = addr;
	x->d.actual = mm_vaddr(cache);
	return exec_find(x, "oracle", "E3",
			 "both chains of caches are the same, in order",
			 "chain");
}

static enum step check_caches(struct exec *x, bool all)
{
	const struct kmem_cache *cache = mm_cache_next(x->m, NULL);

	for (u32 i = 0;; i++) {
		u32 addr = model_cache_at(x->o, i);

		if (check_place(x, cache, addr) != STEP_OK)
			return STEP_DIVERGED;
		if (!cache)
			return STEP_OK;
		if ((all || model_cache_touched_at(x->o, i)) &&
		    check_cache(x, cache, addr) != STEP_OK)
			return STEP_DIVERGED;
		cache = mm_cache_next(x->m, cache);
	}
}

static enum step check_pools(struct exec *x)
{
	u32 addr, sleepers = 0;

	for (u32 i = 0; i < x->nr_parked; i++)
		sleepers += x->parked[i].ticket != 0;
	for (u32 i = 0; (addr = model_mempool_at(x->o, i)); i++) {
		struct mempool_info info;

		mm_mempool_info(x->m, mm_ptr(x->m, addr), &info);
		cover_pool(&info, sleepers);
		if (!model_check_mempool(x->o, addr, &info, &x->d))
			return exec_diverged(x);
	}
	return STEP_OK;
}

enum step exec_check_objects(struct exec *x, bool all)
{
	if (check_caches(x, all) != STEP_OK)
		return STEP_DIVERGED;
	return check_pools(x);
}
