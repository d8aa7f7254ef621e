/* SPDX-License-Identifier: MIT */
/*
 * report_objects.h - cases of test_report.c: the CHECKs of the object layer,
 * each of which fires on what it is for.
 */
#ifndef ALLOC_TESTS_REPORT_OBJECTS_H
#define ALLOC_TESTS_REPORT_OBJECTS_H

#include "panics.h"
#include "../golden.h"

#define OFF_SLAB_BYTES 512u

/* Two slabs of 15 objects, with some in an array, and one in hands. */
static struct kmem_cache *cache_on(struct machine *m, u32 size, u32 flags)
{
	const char *why = machine_kmem_cache_init(m);
	struct kmem_cache *cache;

	if (why)
		pc_end("kmem_cache_init", why);
	mm_set_current(m, task_plain);
	cache = mm_kmem_cache_create(m, "checked", size, 0, flags, NULL, NULL);
	if (!cache || !mm_kmem_cache_alloc(m, cache, GFP_KERNEL))
		pc_end("checked", "no cache");
	return cache;
}

static struct array_cache *array(struct machine *m, struct kmem_cache *cache)
{
	return array_at(m, cache->array[0]);
}

static struct slab *partial(struct machine *m, const struct kmem_cache *cache)
{
	return slab_of_list(m, cache->lists.slabs_partial.next);
}

/* One slab in the free list, and nothing in arrays. */
static struct slab *free_slab(struct machine *m, struct kmem_cache *cache)
{
	struct array_cache *ac = array(m, cache);

	array_drain(m, cache, ac);
	if (!slab_grow(m, cache, GFP_KERNEL))
		pc_end("checked", "no slab");
	return slab_of_list(m, cache->lists.slabs_free.next);
}

static void exhaust_array(struct machine *m, struct kmem_cache *cache)
{
	array(m, cache)->avail = 0;
	mm_kmem_cache_alloc(m, cache, GFP_KERNEL);
}

/* --- what is not there ---------------------------------------------------- */

PANIC(no_such_handle, "handle: a number that was not given out")
{
	handle_at(m, 99);
}

PANIC(no_such_handle_to_free, "handle: giving back what is none")
{
	handle_free(m, 0);
}

PANIC(kmalloc_before_its_time, "kmalloc: there is no cache of that size")
{
	mm_kmalloc(m, 64, GFP_KERNEL);
}

PANIC(create_before_its_time, "slab: not booted")
{
	mm_kmem_cache_create(m, "early", 64, 0, 0, NULL, NULL);
}

PANIC(tick_before_its_time, "slab: not booted")
{
	mm_tick(m, 1);
}

PANIC(management_too_large, "slab: management that no general cache holds")
{
	cache_on(m, 64, 0);
	m->data->offslab_limit = 5; /* of 600 bytes 6 fit into a frame */
	mm_kmem_cache_create(m, "off", 600, 0, 0, NULL, NULL);
}

PANIC(init_twice, "slab: kmem_cache_init out of turn")
{
	machine_kmem_cache_init(m);
	machine_kmem_cache_init(m);
}

/* --- walks ---------------------------------------------------------------- */

PANIC(an_endless_chain, "slab: a chain without an end")
{
	cache_on(m, 64, 0);
	m->data->nr_caches--;
	mm_tick(m, 1000);
}

PANIC(an_endless_list, "look: a list without an end")
{
	struct kmem_cache *cache = cache_on(m, 64, 0);

	m->data->nr_slab = 0;
	mm_cache_slabs(m, cache, SLABS_PARTIAL, NULL, 0);
}

PANIC(an_endless_list_in_a_digest, "digest: a list without an end")
{
	cache_on(m, 64, 0);
	m->data->nr_slab = 0;
	machine_digest(m);
}

PANIC(endless_waiting_in_a_digest, "digest: slabs that wait without an end")
{
	struct kmem_cache *cache = cache_on(m, 64, SLAB_DESTROY_BY_RCU);

	free_slab(m, cache);
	mm_kmem_cache_shrink(m, cache);
	m->data->nr_rcu = 0;
	machine_digest(m);
}

PANIC(an_endless_golden_list, "golden: a list without an end")
{
	struct kmem_cache *cache = cache_on(m, 64, 0);

	machine_snapshot(m);
	/* what callers have is touched by then; what they have not, is not */
	cache = cache_at(m, m->data->malloc_sizes[0].cs_cachep);
	*cache_byte(m, cache) = CACHE_LIVE;
	m->data->nr_slab = 0;
	cache_touch(m, cache);
}

PANIC(a_list_that_leads_away, "slab: a list leads to what is in no slab")
{
	struct kmem_cache *cache = cache_on(m, 64, 0);

	cache->lists.slabs_partial.next = ptr_link(m->data);
	exhaust_array(m, cache);
}

/* --- slabs ---------------------------------------------------------------- */

PANIC(a_full_slab_among_the_partial,
      "slab: a full slab where there are free objects")
{
	struct kmem_cache *cache = cache_on(m, 64, 0);

	partial(m, cache)->inuse = cache->num;
	exhaust_array(m, cache);
}

PANIC(a_short_chain, "slab: a free chain that leads nowhere")
{
	struct kmem_cache *cache = cache_on(m, 64, 0);

	partial(m, cache)->free = BUFCTL_END;
	exhaust_array(m, cache);
}

PANIC(a_frame_without_its_mark, "slab: a frame of a slab that is not marked")
{
	struct kmem_cache *cache = cache_on(m, OFF_SLAB_BYTES, 0);
	struct slab *slab = free_slab(m, cache);

	page_clear_slab(m, page_of_ptr(m, slab_block(m, slab)));
	mm_kmem_cache_shrink(m, cache);
}

PANIC(a_free_slab_in_use, "slab: destroying what is in use")
{
	struct kmem_cache *cache = cache_on(m, 64, 0);

	free_slab(m, cache)->inuse = 1;
	mm_kmem_cache_shrink(m, cache);
}

PANIC(an_rcu_slab_without_its_mark,
      "slab: what waits for the grace period is no slab")
{
	struct kmem_cache *cache =
		cache_on(m, OFF_SLAB_BYTES, SLAB_DESTROY_BY_RCU);
	struct slab *slab = free_slab(m, cache);

	mm_kmem_cache_shrink(m, cache);
	page_clear_slab(m, page_of_ptr(m, slab_block(m, slab)));
	mm_tick(m, 1);
}

/* --- arrays --------------------------------------------------------------- */

PANIC(a_batch_of_none, "slab: a new slab without objects")
{
	struct kmem_cache *cache = cache_on(m, 64, 0);

	mm_kmem_cache_shrink(m, cache);
	array(m, cache)->batchcount = 0;
	list_init(&cache->lists.slabs_partial);
	mm_kmem_cache_alloc(m, cache, GFP_KERNEL);
}

PANIC(too_many_in_an_array, "slab: an array of too many objects")
{
	struct kmem_cache *cache = cache_on(m, 64, 0);
	void *object = mm_kmem_cache_alloc(m, cache, GFP_KERNEL);

	array(m, cache)->avail = cache->limit + 1;
	mm_kmem_cache_free(m, cache, object);
}

static void drain_with_entry(struct machine *m, struct kmem_cache *cache,
			     u32 entry)
{
	array_entry(array(m, cache))[0] = entry;
	mm_kmem_cache_shrink(m, cache);
}

PANIC(another_cache_s_object, "slab: an object of another cache in an array")
{
	struct kmem_cache *cache = cache_on(m, 64, 0);

	drain_with_entry(m, cache, ptr_link(mm_kmalloc(m, 64, GFP_KERNEL)));
}

PANIC(an_entry_inside_an_object,
      "slab: where no object begins, one is given back")
{
	struct kmem_cache *cache = cache_on(m, 64, 0);

	drain_with_entry(m, cache, array_entry(array(m, cache))[0] + 4);
}

PANIC(an_entry_in_front_of_the_objects,
      "slab: objects that are none of their slab's")
{
	struct kmem_cache *cache = cache_on(m, 64, 0);

	drain_with_entry(m, cache, ptr_link(partial(m, cache)));
}

PANIC(an_entry_twice, "slab: an object that is in its slab already")
{
	struct kmem_cache *cache;

	pc_boot_why(m, SMALL_PC " slab_debug");
	machine_mem_init(m);
	cache = cache_on(m, 64, 0);
	drain_with_entry(m, cache, array_entry(array(m, cache))[1]);
}

/* --- owners --------------------------------------------------------------- */

PANIC(a_caller_s_object_as_one_s_own,
      "slab: what the allocator gives back is not its own")
{
	cache_on(m, 64, 0);
	kfree_own(m, mm_kmalloc(m, 64, GFP_KERNEL));
}

PANIC(an_object_misused_without_fault, "misuse: an object neither good nor bad")
{
	cache_on(m, 64, 0);
	object_misused(m, NULL, mm_kmalloc(m, 64, GFP_KERNEL));
}

#endif
