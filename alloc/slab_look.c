// SPDX-License-Identifier: MIT
/*
 * slab_look.c - caches, slabs and arrays as they show themselves.  It changes
 * nothing, and has no state.
 */
#include "slab.h"

void *mm_ptr(const struct machine *m, vaddr_t addr)
{
	return addr ? link_ptr(m->base, addr) : NULL;
}

UNSANITIZED void mm_object_counts(const struct machine *m,
				  struct object_counts *out)
{
	const struct kernel_data *data = m->data;

	*out = (struct object_counts){ 0 };
	if (m->phase == PHASE_OFF)
		return; /* unreachable: no program looks before it boots */
	out->nr_slab = data->nr_slab;
	out->slab_reclaim_pages = data->slab_reclaim_pages;
	out->jiffies = data->jiffies;
	out->nr_caches = data->nr_caches;
	out->nr_rcu = data->nr_rcu;
}

static UNSANITIZED const struct array_cache *
array_for_look(const struct machine *m, const struct kmem_cache *cache,
	       unsigned int cpu)
{
	u32 link = cpu < NR_CPUS ? cache->array[cpu] : cache->lists.shared;

	return link ? array_at(m, link) : NULL;
}

UNSANITIZED void mm_cache_info(const struct machine *m,
			       const struct kmem_cache *cache,
			       struct cache_info *out)
{
	const struct array_cache *shared = array_for_look(m, cache, NR_CPUS);

	*out = (struct cache_info){
		.objsize = cache->objsize,
		.user_size = cache->reallen,
		.flags = cache->flags & ~OFF_SLAB,
		.num = cache->num,
		.order = cache->gfporder,
		.colour = cache->colour,
		.colour_off = cache->colour_off,
		.colour_next = cache->colour_next,
		.slab_size = cache->slab_size,
		.off_slab = off_slab(cache),
		.slabp_cache = cache->slabp_cache,
		.limit = cache->limit,
		.batch = cache->batchcount,
		.free_limit = cache->free_limit,
		.shared_limit = shared ? shared->limit : 0,
		.shared = cache->lists.shared,
		.next_reap = cache->lists.next_reap,
		.free_objects = cache->lists.free_objects,
		.free_touched = cache->lists.free_touched,
	};
	memcpy(out->array, cache->array, sizeof(out->array));
}

UNSANITIZED void mm_cache_array(const struct machine *m,
				const struct kmem_cache *cache,
				unsigned int cpu, struct array_view *out)
{
	const struct array_cache *ac = array_for_look(m, cache, cpu);

	*out = (struct array_view){ 0 };
	if (!ac)
		return;
	*out = (struct array_view){
		.avail = ac->avail,
		.limit = ac->limit,
		.batch = ac->batchcount,
		.touched = ac->touched,
		.entry = (const u32 *)(ac + 1),
	};
}

UNSANITIZED u32 mm_cache_slabs(const struct machine *m,
			       const struct kmem_cache *cache,
			       enum slab_list list, struct slab_view *out,
			       u32 max)
{
	const struct kmem_list3 *l3 = &cache->lists;
	const struct list_head *const heads[NR_SLAB_LISTS] = {
		[SLABS_FULL] = &l3->slabs_full,
		[SLABS_PARTIAL] = &l3->slabs_partial,
		[SLABS_FREE] = &l3->slabs_free,
	};
	const struct list_head *head = heads[list];
	u32 nr = 0;

	for (u32 at = head->next; at != ptr_link(head); nr++) {
		const struct slab *slab = slab_of_list(m, at);

		CHECK(m, nr < m->data->nr_slab, "look: a list without an end");
		if (nr < max)
			out[nr] = (struct slab_view){ .slab = ptr_link(slab),
						      .s_mem = slab->s_mem,
						      .inuse = slab->inuse,
						      .free = slab->free };
		at = slab->list.next;
	}
	return nr;
}

UNSANITIZED struct kmem_cache *mm_cache_at(const struct machine *m, u32 i)
{
	struct kmem_cache *cache = NULL;
	u32 nr = 0;

	if (m->phase == PHASE_OFF || i >= m->data->nr_caches)
		return NULL;
	do {
		cache = cache_next(m, cache, &nr);
	} while (nr <= i);
	return cache;
}

UNSANITIZED struct kmem_cache *mm_cache_next(const struct machine *m,
					     const struct kmem_cache *cache)
{
	u32 nr = 0;

	return m->phase == PHASE_OFF ? NULL : cache_next(m, cache, &nr);
}
