// SPDX-License-Identifier: MIT
/*
 * test_slab_validate.c - each clause of slab_validate(), on a machine with
 * slabs of each list, on and off slab, arrays that hold something, and a slab
 * that waits.
 */
#include "clauses.h"
#include "objects.h"
#include "../slab.h"

/*
 * Slabs of 15: two full, one partial, one free; a live object in each CPU's
 * array.  Off slab: one of 8.  One slab waits.
 */
static struct kmem_cache *on, *off, *rcu;
static void *live[60], *off_live;

static struct machine *setup(void)
{
	struct machine *m = objects_on(SMALL_PC);

	on = cache_new(m, "on", 256, 0, SLAB_RECLAIM_ACCOUNT);
	off = cache_new(m, "off", 512, 0, SLAB_NO_REAP);
	rcu = cache_new(m, "rcu", 4096, 0, SLAB_DESTROY_BY_RCU);
	off_live = object_new(m, off, 0);
	objects_new(m, on, 0, live, 60);
	objects_free(m, on, 0, live + 36, 24);
	/* not touched any more; then a fifth of the limit goes to the slabs */
	ticks(m, 1000);
	ticks(m, 2000);
	object_free(m, on, live[35], 0);
	object_free(m, on, live[34], 1);
	object_free(m, rcu, object_new(m, rcu, 0), 0);
	cache_shrink(m, rcu);
	return m;
}

static struct slab *first(struct machine *m, enum slab_list list)
{
	return mm_ptr(m, slab_at(m, on, list, 0).slab);
}

static struct slab *slab_off(struct machine *m)
{
	return mm_ptr(m, slab_at(m, off, SLABS_FULL, 0).slab);
}

static struct array_cache *array(struct machine *m, u32 cpu)
{
	return mm_ptr(m, on->array[cpu]);
}

static const char *validate(const struct machine *m)
{
	return slab_validate(m, VALIDATE_FULL);
}

#define S1 "S1: a list's links agree, all of them slabs'"
#define S1_NR "S1: a list has no more slabs than there are"
#define S2 "S2: a slab is in the list for what is in use of it"
#define S3_BEGIN "S3: a slab begins where a frame begins"
#define S3_ORDER "S3: a slab is a block of its cache's order"
#define S3 "S3: each frame of a slab leads to cache and slab"
#define S3_NUMBER "S3: each frame of a slab has its cache's number"
#define S4_OFF "S4: management off slab is the allocator's own"
#define S4_ON "S4: management on slab is in front of the objects"
#define S4 "S4: a slab has one of its cache's colours"
#define S5_TWICE "S5: no object is twice on the free chain"
#define S5 "S5: the free chain has all that is not in use"
#define S6 "S6: what is on the free chain is in nobody's hands"
#define S7 "S7: an array has objects of its cache"
#define S7_BEGIN "S7: an array's entry is where an object begins"
#define S7_LIMIT "S7: an array has no more than its limit"
#define S8 "S8: what is in an array is in nobody's hands"
#define S8_TWICE "S8: no object is in the arrays twice"
#define S9 "S9: what is in use is in arrays or in hands"
#define S10 "S10: free_objects counts what the slabs have"
#define S11_NR "S11: nr_rcu is the length of its list"
#define S11 "S11: what waits is an empty slab of an RCU cache"
#define S12 "S12: nr_slab and slab_reclaim_pages count the slabs' frames"
#define S12_MARK "S12: nr_slab counts PG_slab"
#define S13 "S13: only in slabs there are objects in hands"

NEGATIVE(a_link_back, QUICK, S1)
{
	first(m, SLABS_PARTIAL)->list.prev = ptr_link(off_live);
}

NEGATIVE(a_link_to_nowhere, QUICK, S1)
{
	first(m, SLABS_FULL)->list.next = 0;
}

NEGATIVE(a_link_to_what_is_no_slab, QUICK, S1)
{
	on->lists.slabs_free.next = PAGE_OFFSET + KERNEL_START;
}

NEGATIVE(a_head_back, QUICK, S1)
{
	on->lists.slabs_free.prev = ptr_link(first(m, SLABS_PARTIAL));
}

NEGATIVE(more_slabs_than_frames, QUICK, S1_NR)
{
	m->data->nr_slab = 0;
}

NEGATIVE(a_full_slab_that_is_not, QUICK, S2)
{
	first(m, SLABS_FULL)->inuse--;
}

NEGATIVE(a_partial_slab_that_is_full, QUICK, S2)
{
	first(m, SLABS_PARTIAL)->inuse = on->num;
}

NEGATIVE(a_partial_slab_that_is_empty, QUICK, S2)
{
	first(m, SLABS_PARTIAL)->inuse = 0;
}

NEGATIVE(a_free_slab_in_use, QUICK, S2)
{
	first(m, SLABS_FREE)->inuse = 1;
}

NEGATIVE(a_begin_inside_a_frame, QUICK, S3_BEGIN)
{
	first(m, SLABS_FULL)->colouroff += 4;
}

NEGATIVE(an_order, BELOW, S3_ORDER)
{
	on->gfporder = 1;
}

NEGATIVE(a_frame_of_another_slab, QUICK, S3)
{
	page_under(m, live[0])->lru.prev = ptr_link(slab_off(m));
}

NEGATIVE(a_frame_of_another_cache, QUICK, S3)
{
	page_under(m, live[0])->lru.next = ptr_link(off);
}

NEGATIVE(a_frame_without_its_mark, QUICK, S3)
{
	page_clear_slab(m, page_under(m, off_live));
}

NEGATIVE(a_frame_without_a_number, QUICK, S3_NUMBER)
{
	*front_of_frame(m, ptr_link(live[0])) = 0;
}

NEGATIVE(management_in_nobodys_hands, QUICK, S4_OFF)
{
	owner_take(m, slab_off(m), 64);
}

NEGATIVE(management_somewhere, QUICK, S4_ON)
{
	first(m, SLABS_FULL)->colouroff += 32;
	first(m, SLABS_FULL)->s_mem += 32;
}

NEGATIVE(a_colour_that_there_is_not, QUICK, S4)
{
	slab_off(m)->colouroff += 32;
	slab_off(m)->s_mem += 32;
}

NEGATIVE(a_chain_that_is_a_circle, QUICK, S5_TWICE)
{
	struct slab *slab = first(m, SLABS_PARTIAL);

	slab_bufctl(slab)[slab->free] = slab->free;
}

NEGATIVE(a_chain_too_short, QUICK, S5)
{
	struct slab *slab = first(m, SLABS_FREE);

	slab_bufctl(slab)[slab->free] = BUFCTL_END;
}

NEGATIVE(a_chain_without_end, QUICK, S5)
{
	first(m, SLABS_FULL)->free = 0xFFFD;
}

NEGATIVE(free_and_in_hands, QUICK, S6)
{
	struct slab *slab = first(m, SLABS_FREE);

	owner_give(m, mm_ptr(m, slab->s_mem), on->objsize);
}

NEGATIVE(free_and_the_allocators_own, QUICK, S6)
{
	struct slab *slab = first(m, SLABS_FREE);

	owner_give_own(m, mm_ptr(m, slab->s_mem));
}

NEGATIVE(an_entry_of_another_cache, QUICK, S7)
{
	array_entry(array(m, 0))[0] = ptr_link(off_live);
}

NEGATIVE(an_entry_of_no_slab, QUICK, S7)
{
	array_entry(array(m, 0))[0] = PAGE_OFFSET + KERNEL_START;
}

NEGATIVE(an_entry_outside_low_memory, QUICK, S7)
{
	array_entry(array(m, 1))[0] = 0xFFFFF000;
}

NEGATIVE(an_entry_inside_an_object, QUICK, S7_BEGIN)
{
	array_entry(array(m, 1))[0] += 4;
}

NEGATIVE(an_array_too_full, QUICK, S7_LIMIT)
{
	array(m, 1)->avail = array(m, 1)->limit + 1;
}

NEGATIVE(in_an_array_and_in_hands, QUICK, S8)
{
	owner_give(m, live[35], on->objsize);
}

NEGATIVE(in_two_arrays, QUICK, S8_TWICE)
{
	array_entry(array(m, 1))[0] = array_entry(array(m, 0))[0];
}

NEGATIVE(lost, QUICK, S9)
{
	owner_take(m, live[0], on->objsize);
}

NEGATIVE(forgotten_by_its_array, QUICK, S9)
{
	array(m, 0)->avail = 0;
}

NEGATIVE(a_free_object_too_many, QUICK, S10)
{
	on->lists.free_objects++;
}

NEGATIVE(one_more_waits, QUICK, S11_NR)
{
	m->data->nr_rcu++;
}

NEGATIVE(nobody_waits, QUICK, S11_NR)
{
	m->data->nr_rcu = 0;
}

NEGATIVE(a_waiting_slab_in_use, QUICK, S11)
{
	slab_of_list(m, m->data->rcu_list.next)->inuse = 1;
}

NEGATIVE(a_waiting_slab_of_another_cache, QUICK, S11)
{
	rcu->flags &= ~SLAB_DESTROY_BY_RCU;
}

NEGATIVE(a_slab_page_too_many, FULL, S12)
{
	m->data->nr_slab++;
}

NEGATIVE(a_reclaimable_page_too_few, FULL, S12)
{
	m->data->slab_reclaim_pages--;
}

NEGATIVE(a_mark_too_many, FULL, S12_MARK)
{
	pfn_to_page(m, pc_reserved_pfn())->flags |= PAGE_FLAG(slab);
}

NEGATIVE(an_object_outside, FULL, S13)
{
	owner_give(m, mm_ptr(m, PAGE_OFFSET + KERNEL_START), 32);
}

CLAUSES("slab_validate.c", validate, setup)
