// SPDX-License-Identifier: MIT
/*
 * test_cache_validate.c - each clause of cache_validate(), on a machine with
 * a cache on slab and one off slab, both with live objects.
 */
#include "clauses.h"
#include "objects.h"
#include "../slab.h"

static struct kmem_cache *on, *off;

static void ctor_nop(void *object, struct kmem_cache *cache, unsigned long f)
{
	(void)object;
	(void)cache;
	(void)f;
}

static struct machine *setup(void)
{
	struct machine *m = objects_on(SMALL_PC);

	as_task(m, 0);
	on = mm_kmem_cache_create(m, "on", 256, 0, 0, ctor_nop, ctor_nop);
	off = cache_new(m, "off", 512, 0, 0);
	object_new(m, on, 0);
	object_new(m, off, 0);
	return m;
}

#define C1_NR "C1: nr_caches is the length of the chain"
#define C1_CACHE "C1: the chain leads to caches"
#define C1_OWN "C1: a descriptor is the allocator's own"
#define C1 "C1: the chain's links agree"
#define C2_NUM "C2: a slab has an order that exists, and objects"
#define C2_COLOUR "C2: what objects and management leave, is for colours"
#define C2_NEXT "C2: the next colour is one of them"
#define C2_ROOM "C2: management has room for a bufctl an object"
#define C2_OFF "C2: off slab, it fits its cache's objects"
#define C3 "C3: the caller's bytes are between the red zones"
#define C4 "C4: batch and free_limit follow from the limit"
#define C5 "C5: each CPU has an array, and no other"
#define C5_LIMIT "C5: an array has its cache's limit and batch"
#define C5_SHARED "C5: a shared array is the allocator's own"
#define C6 "C6: a cache has a name"
#define C6_CTOR "C6: constructor and destructor are its name's"
#define C7 "C7: malloc_sizes leads to general caches"
#define C8 "C8: the arrays at hand are those of touched caches"
#define C8_NUMBER "C8: a number and its cache belong together"
#define C8_GENERAL "C8: the numbers of general caches follow from their sizes"

NEGATIVE(a_cache_too_few, QUICK, C1_NR)
{
	m->data->nr_caches--;
}

NEGATIVE(a_cache_too_many, QUICK, C1_NR)
{
	m->data->nr_caches++;
}

NEGATIVE(a_cache_that_is_dead, QUICK, C1_CACHE)
{
	*cache_byte(m, on) = 0;
}

NEGATIVE(a_chain_to_anywhere, QUICK, C1_CACHE)
{
	off->next.next =
		PAGE_OFFSET + KERNEL_START + offsetof(struct kmem_cache, next);
}

NEGATIVE(a_descriptor_in_nobodys_hands, QUICK, C1_OWN)
{
	owner_take(m, on, KMEM_CACHE_BYTES);
}

NEGATIVE(a_link_back, QUICK, C1)
{
	on->next.prev = ptr_link(&on->next);
}

NEGATIVE(the_heads_link_back, QUICK, C1)
{
	m->data->cache_chain.prev = ptr_link(&on->next);
}

NEGATIVE(no_objects, QUICK, C2_NUM)
{
	on->num = 0;
}

NEGATIVE(an_order_too_large, QUICK, C2_NUM)
{
	on->gfporder = 6;
}

NEGATIVE(a_size_that_is_no_words, QUICK, C2_NUM)
{
	on->objsize++;
}

NEGATIVE(a_colour_too_many, QUICK, C2_COLOUR)
{
	on->colour++;
}

NEGATIVE(objects_that_do_not_fit, QUICK, C2_COLOUR)
{
	on->num += 2;
}

NEGATIVE(a_next_colour_that_there_is_not, QUICK, C2_NEXT)
{
	on->colour_next = on->colour;
}

NEGATIVE(management_without_room, QUICK, C2_ROOM)
{
	off->slab_size = SLAB_BYTES + 7 * BUFCTL_BYTES;
}

NEGATIVE(management_of_no_cache, QUICK, C2_OFF)
{
	off->slabp_cache = 0;
}

NEGATIVE(management_of_a_small_cache, QUICK, C2_OFF)
{
	off->slabp_cache = mm_vaddr(cache_named(m, "size-32"));
}

NEGATIVE(management_twice, QUICK, C2_OFF)
{
	on->slabp_cache = off->slabp_cache;
}

NEGATIVE(a_red_zone_that_there_is_not, QUICK, C3)
{
	on->dbghead = 4;
}

NEGATIVE(less_than_an_object, QUICK, C3)
{
	on->reallen = 252;
}

NEGATIVE(a_batch, QUICK, C4)
{
	on->batchcount--;
}

NEGATIVE(a_free_limit, QUICK, C4)
{
	on->free_limit++;
}

NEGATIVE(an_array_too_many, QUICK, C5)
{
	on->array[2] = on->array[1];
}

NEGATIVE(an_array_too_few, QUICK, C5)
{
	on->array[1] = 0;
}

NEGATIVE(an_arrays_limit, QUICK, C5_LIMIT)
{
	array_at(m, on->array[1])->limit--;
}

NEGATIVE(an_arrays_batch, QUICK, C5_LIMIT)
{
	array_at(m, on->array[0])->batchcount++;
}

NEGATIVE(an_array_in_nobodys_hands, QUICK, C5_LIMIT)
{
	owner_take(m, array_at(m, on->array[0]), 512);
}

NEGATIVE(a_shared_array_in_nobodys_hands, QUICK, C5_SHARED)
{
	owner_take(m, array_at(m, on->lists.shared), 2048);
}

NEGATIVE(no_name, QUICK, C6)
{
	on->name = 0;
}

NEGATIVE(a_constructor_of_another, QUICK, C6_CTOR)
{
	off->ctor = on->name;
}

NEGATIVE(a_destructor_that_there_is_not, QUICK, C6_CTOR)
{
	off->dtor = off->name;
}

NEGATIVE(a_size_of_no_cache, QUICK, C7)
{
	m->data->malloc_sizes[3].cs_cachep = ptr_link(off) + 4;
}

NEGATIVE(a_size_of_a_smaller_cache, QUICK, C7)
{
	m->data->malloc_sizes[3].cs_cachep = m->data->malloc_sizes[2].cs_cachep;
}

NEGATIVE(twins_that_were_exchanged, QUICK, C7)
{
	m->data->malloc_sizes[3].cs_cachep =
		m->data->malloc_sizes[3].cs_dmacachep;
}

NEGATIVE(an_array_at_hand_of_another_cpu, QUICK, C8)
{
	m->objects.fronts[0].array[5] = m->objects.fronts[1].array[5];
}

NEGATIVE(no_array_at_hand, QUICK, C8)
{
	m->objects.fronts[1].array[12] = &m->objects.no_array;
}

NEGATIVE(an_array_without_a_cache, QUICK, C8)
{
	m->objects.fronts[1].array[0] = m->objects.fronts[1].array[5];
}

NEGATIVE(a_number_of_another_cache, QUICK, C8_NUMBER)
{
	m->objects.front_cache[40] = on;
}

NEGATIVE(a_general_cache_without_its_number, QUICK, C8_GENERAL)
{
	front_delete(m, cache_at(m, m->data->malloc_sizes[3].cs_cachep));
}

static const char *validate(const struct machine *m)
{
	return cache_validate(m, VALIDATE_FULL);
}

CLAUSES("cache_validate.c", validate, setup)
