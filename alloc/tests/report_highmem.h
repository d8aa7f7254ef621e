/* SPDX-License-Identifier: MIT */
/*
 * report_highmem.h - cases of test_report.c: the CHECKs of kmap window, fixmap
 * and page_address's hash.
 */
#ifndef ALLOC_TESTS_REPORT_HIGHMEM_H
#define ALLOC_TESTS_REPORT_HIGHMEM_H

#include "panics.h"
#include "../fixmap.h"
#include "../wait.h"

PANIC(a_slot_in_use, "fixmap: a slot that is in use")
{
	m->setup.kmap_strict = true;
	fix_map_atomic(m, mm_pfn_to_page(m, 5120), 2);
	fix_map_atomic(m, mm_pfn_to_page(m, 5121), 2);
}

static struct page *kmapped(struct machine *m)
{
	struct page *page = pc_alloc(m, GFP_HIGHUSER, 0);

	mm_kmap(m, page);
	return page;
}

PANIC(a_bucket_that_goes_round, "page_address: a list without end")
{
	struct highmem_data *d = m->highmem.data;
	struct list_head *entry = &d->page_address_maps[0].list;

	for (u32 i = 0; i < 128; i++)
		d->page_address_htable[i].next = ptr_link(entry);
	entry->next = ptr_link(entry);
	kmapped(m);
}

PANIC(a_pool_that_has_run_out, "page_address: the pool is empty")
{
	list_init(&m->highmem.data->page_address_pool);
	kmapped(m);
}

PANIC(a_page_without_an_address, "page_address: a page that has none")
{
	page_address_clear(m, pfn_to_page(m, 5120));
}

PANIC(a_pool_that_leads_elsewhere, "page_address: what is not highmem's")
{
	m->highmem.data->page_address_pool.prev = ptr_link(m->data);
	page_address_clear(m, kmapped(m));
}

PANIC(an_address_outside_the_window, "highmem: there is no such slot")
{
	struct page *page = kmapped(m);

	for (u32 i = 0; i < LAST_PKMAP; i++)
		m->highmem.data->page_address_maps[i].virtual = PAGE_SIZE;
	mm_kunmap(m, page);
}

PANIC(a_pte_in_an_empty_slot, "highmem: an empty slot's PTE")
{
	m->pkmap_pt[1].word = PAGE_KERNEL;
	kmapped(m);
}

PANIC(another_sleeper_than_kmaps, "highmem: it was no kmap that slept")
{
	const struct wait_queue_head *queue = &m->highmem.data->pkmap_map_wait;
	struct waiter was = wait_begin(m, queue + 1, __GFP_WAIT, 0, 0);

	wait_sleep(m, queue);
	wait_end(m, was);
	wait_wake_all(m, queue);
	mm_kmap_resume(m, 1);
}

static void turn_off(struct machine *m)
{
	const struct boot_line none = { 0 };

	if (!machine_boot(m, &none))
		pc_end("", "it boots");
}

PANIC(slots_of_no_machine, "highmem: a view of no machine")
{
	struct kmap_view view;

	turn_off(m);
	mm_kmap_view(m, &view);
}

PANIC(mappings_of_no_machine, "look: mappings of no machine")
{
	struct mapping_counts counts;

	turn_off(m);
	mm_mapping_counts(m, &counts);
}

#endif
