// SPDX-License-Identifier: MIT
/*
 * test_kmap_validate.c - each clause of kmap_validate().
 */
#include "clauses.h"
#include "highmem.h"
#include "../wait.h"

static struct machine *setup(void)
{
	return high_on(HIGH_PC);
}

#define K1 "K1: a slot has a PTE if its count is not 0"
#define K2 "K2: a slot in use maps a high frame"
#define K3 "K3: a slot in use is its page's address"
#define K4 "K4: a slot with users maps a live frame that knows of it"
#define K5 "K5: the hash has as many pages as slots"
#define K6 "K6: slots and users are counted"
#define K7 "K7: the last slot taken is one"
#define K8 "K8: nobody sleeps while a slot is without users"
#define K9 "K9: where the direct map is no slot is in use"

static struct page *kmapped(struct machine *m)
{
	struct page *page = high_page(m);

	do_kmap(m, page);
	return page;
}

static s32 *count(struct machine *m, u32 slot)
{
	return &m->highmem.data->pkmap_count[slot];
}

NEGATIVE(a_pte_without_a_count, QUICK, K1)
{
	kmap_once(m, high_page(m));
	*count(m, 1) = 0;
}

NEGATIVE(a_count_without_a_pte, FULL, K1)
{
	*count(m, 700) = 1;
}

NEGATIVE(a_count_below_0, QUICK, K1)
{
	kmapped(m);
	*count(m, 1) = -1;
}

NEGATIVE(a_slot_of_a_low_frame, QUICK, K2)
{
	kmapped(m);
	m->pkmap_pt[1].word = 0x1000163;
}

NEGATIVE(a_slot_past_mem_map, QUICK, K2)
{
	kmapped(m);
	m->pkmap_pt[1].word = 8192u << 12 | 0x163;
}

NEGATIVE(a_slot_with_other_bits, QUICK, K2)
{
	kmapped(m);
	m->pkmap_pt[1].word ^= PAGE_GLOBAL;
}

NEGATIVE(a_page_with_two_slots, QUICK, K3)
{
	kmapped(m);
	kmapped(m);
	m->pkmap_pt[2] = m->pkmap_pt[1];
}

NEGATIVE(a_slot_that_its_page_does_not_know, QUICK, K3)
{
	page_address_clear(m, kmapped(m));
}

NEGATIVE(a_slot_of_a_frame_that_does_not_know, QUICK, K4)
{
	page_kmap_dec(m, kmapped(m));
}

NEGATIVE(users_of_a_free_frame, QUICK, K4)
{
	struct page *page = high_page(m);

	kmap_once(m, page);
	pc_free(m, page, 0);
	*count(m, 1) = 2;
}

NEGATIVE(a_page_that_has_no_slot, FULL, K5)
{
	page_address_set(m, high_page(m), slot_at(5));
}

NEGATIVE(a_slot_that_is_not_counted, FULL, K6)
{
	kmapped(m);
	m->highmem.sums.slots--;
}

NEGATIVE(a_user_that_is_not_counted, FULL, K6)
{
	kmapped(m);
	m->highmem.sums.users--;
}

NEGATIVE(a_last_slot_past_the_last, FULL, K7)
{
	m->highmem.data->last_pkmap_nr = 1024;
}

NEGATIVE(a_sleeper_for_nothing, FULL, K8)
{
	const struct wait_queue_head *queue = &m->highmem.data->pkmap_map_wait;
	struct waiter was = wait_begin(m, queue, __GFP_WAIT, 0, 0);

	wait_sleep(m, queue);
	wait_end(m, was);
}

NEGATIVE(a_slot_behind_the_direct_map, BELOW, K9)
{
	kmapped(m);
	m->setup.max_low_pfn = 1020 * 256;
}

static const char *validate(const struct machine *m)
{
	return kmap_validate(m, VALIDATE_FULL);
}

CLAUSES("highmem.c", validate, setup)
