// SPDX-License-Identifier: MIT
/* exec_locate_caches.c - findings in caches, slabs and pools: exec_locate.h. */
#include "exec_locate.h"

#include <string.h>

/* --- caches --------------------------------------------------------------- */

static bool in_info(struct locate *l, const struct kmem_cache *cache, u32 i)
{
	char look[LOOK_MAX], value[LOOK_MAX];
	struct cache_info info;
	u32 cpu = 0;

	mm_cache_info(l->x->m, cache, &info);
	if (!locate_same(l, model_check_cache(l->x->o, mm_vaddr(cache), &info,
					      &l->again)))
		return false;
	snprintf(look, LOOK_MAX,
		 "mm_cache_info(" M ", mm_cache_at(" M ", %u), &cache);", i);
	snprintf(value, LOOK_MAX, "cache.%s", l->d.field);
	while (cpu + 1 < NR_CPUS && info.array[cpu] != l->d.actual)
		cpu++;
	if (locate_is(l, "array"))
		snprintf(value, LOOK_MAX, "cache.array[%u]", cpu);
	locate_say(l, "struct cache_info cache;", look, value);
	return true;
}

static bool in_array(struct locate *l, const struct kmem_cache *cache, u32 i,
		     u32 cpu)
{
	char look[LOOK_MAX], value[LOOK_MAX];
	struct array_view v;
	u32 at = 0;

	mm_cache_array(l->x->m, cache, cpu, &v);
	if (!locate_same(l, model_check_array(l->x->o, mm_vaddr(cache), cpu, &v,
					      &l->again)))
		return false;
	snprintf(look, LOOK_MAX,
		 "mm_cache_array(" M ", mm_cache_at(" M ", %u), %u, &array);",
		 i, cpu);
	snprintf(value, LOOK_MAX, "array.%s", locate_member(l, "array"));
	while (at + 1 < v.avail && v.entry[at] != l->d.actual)
		at++;
	if (locate_is(l, "array.entry"))
		snprintf(value, LOOK_MAX, "array.entry[%u]", at);
	locate_say(l, "struct array_view array;", look, value);
	return true;
}

static u32 word_of(const struct slab_view *v, const char *name)
{
	return strcmp(name, "s_mem") == 0   ? v->s_mem
	       : strcmp(name, "inuse") == 0 ? v->inuse
	       : strcmp(name, "free") == 0  ? v->free
					    : v->slab;
}

static bool in_slabs(struct locate *l, const struct kmem_cache *cache, u32 i,
		     enum slab_list list)
{
	static const char *const name[] = { "SLABS_FULL", "SLABS_PARTIAL",
					    "SLABS_FREE" };
	u32 nr = exec_slabs(l->x, cache, list), at = 0;
	char declaration[LOOK_MAX], look[LOOK_MAX], value[LOOK_MAX];

	if (!locate_same(l, model_check_slabs(l->x->o, mm_vaddr(cache), list,
					      l->x->slabs, nr, &l->again)))
		return false;
	if (locate_is(l, "slabs.nr")) {
		snprintf(value, LOOK_MAX,
			 "mm_cache_slabs(" M ", mm_cache_at(" M ", %u), %s, "
			 "NULL, 0)",
			 i, name[list]);
		locate_say(l, "", "", value);
		return true;
	}
	while (at + 1 < nr && word_of(&l->x->slabs[at],
				      locate_member(l, "slab")) != l->d.actual)
		at++;
	snprintf(declaration, LOOK_MAX, "struct slab_view slabs[%u];", at + 1);
	snprintf(look, LOOK_MAX,
		 "mm_cache_slabs(" M ", mm_cache_at(" M ", %u), %s, slabs, "
		 "%u);",
		 i, name[list], at + 1);
	snprintf(value, LOOK_MAX, "slabs[%u].%s", at, locate_member(l, "slab"));
	locate_say(l, declaration, look, value);
	return true;
}

bool locate_in_caches(struct locate *l)
{
	struct kmem_cache *cache;

	for (u32 i = 0; (cache = mm_cache_at(l->x->m, i)); i++) {
		if (in_info(l, cache, i))
			return true;
		for (u32 cpu = 0; cpu < l->x->u->layout.nr_cpus; cpu++)
			if (in_array(l, cache, i, cpu))
				return true;
		if (in_array(l, cache, i, NR_CPUS))
			return true;
		for (u32 list = 0; list < NR_SLAB_LISTS; list++)
			if (in_slabs(l, cache, i, (enum slab_list)list))
				return true;
	}
	return false;
}

/* The list of caches, or of areas: who is at a place. */
bool locate_in_chain(struct locate *l)
{
	char value[LOOK_MAX];
	u32 i = 0;

	if (!locate_is(l, "chain"))
		return false;
	while (model_cache_at(l->x->o, i) == mm_vaddr(mm_cache_at(l->x->m, i)))
		i++;
	snprintf(value, LOOK_MAX, "mm_vaddr(mm_cache_at(" M ", %u))", i);
	locate_say(l, "", "", value);
	return true;
}

bool locate_in_pools(struct locate *l)
{
	char look[LOOK_MAX], value[LOOK_MAX];
	struct mempool_info info;
	u32 addr;

	for (u32 i = 0; (addr = model_mempool_at(l->x->o, i)); i++) {
		s32 at = 0;

		mm_mempool_info(l->x->m, mm_ptr(l->x->m, addr), &info);
		if (!locate_same(l, model_check_mempool(l->x->o, addr, &info,
							&l->again)))
			continue;
		snprintf(look, LOOK_MAX,
			 "mm_mempool_info(" M ", at(%#x), &pool);", addr);
		snprintf(value, LOOK_MAX, "pool.%s", l->d.field);
		while (at + 1 < info.curr_nr &&
		       info.elements[at] != l->d.actual)
			at++;
		if (locate_is(l, "element"))
			snprintf(value, LOOK_MAX, "pool.elements[%d]", at);
		else if (locate_is(l, "curr_nr + outstanding"))
			snprintf(value, LOOK_MAX, "pool.curr_nr + %d",
				 (int)l->d.actual - info.curr_nr);
		locate_say(l, "struct mempool_info pool;", look, value);
		return true;
	}
	return false;
}
