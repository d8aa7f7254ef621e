// SPDX-License-Identifier: MIT
/*
 * test_report.c - CHECK: each one of the machine fires on what it is for, and
 * is heard by the panic handler.  A corrupt list is a panic, and never a walk
 * without an end.
 *
 * As in clauses.h the sources are read: a CHECK that has no case here fails.
 */
#include "child.h"
#include "panics.h"
#include "report_cpu.h"
#include "report_devices.h"
#include "report_highmem.h"
#include "report_objects.h"
#include "report_pools.h"
#include "report_areas.h"
#include "report_tables.h"
#include "source.h"
#include "../page_alloc.h"

#include <dirent.h>

static struct free_area *area(struct machine *m, u32 order)
{
	return &pc_zone(m, ZONE_DMA)->free_area[order];
}

static struct page *first(struct machine *m, u32 order)
{
	return page_of_link(m, area(m, order)->free_list.next);
}

static struct per_cpu_pages *hot(struct machine *m)
{
	return &pc_zone(m, ZONE_DMA)->pageset[0].pcp[PCP_HOT];
}

static struct page *first_hot(struct machine *m)
{
	if (!hot(m)->count)
		pc_end(SMALL_PC, "an empty list");
	return page_of_link(m, hot(m)->list.next);
}

/* --- lists ---------------------------------------------------------------- */

PANIC(a_free_list_into_the_image, "page: a list leads out of mem_map")
{
	area(m, 10)->free_list.next = ptr_link(m->data);
	pc_alloc(m, GFP_DMA, 10);
}

PANIC(a_free_list_between_pages, "page: a list leads out of mem_map")
{
	area(m, 10)->free_list.next += 8;
	pc_alloc(m, GFP_DMA, 10);
}

PANIC(a_hot_list_past_mem_map, "page: a list leads out of mem_map")
{
	hot(m)->list.next = ptr_link(&mm_pfn_to_page(m, 6144)->lru);
	while (pc_alloc(m, GFP_DMA, 0))
		;
}

PANIC(a_hot_list_back_to_nothing, "page: a list leads out of mem_map")
{
	hot(m)->list.prev = 0;
	mm_drain_local_pages(m);
}

PANIC(a_block_that_leads_nowhere, "page: a list leads out of mem_map and image")
{
	first(m, 10)->lru.next = KERNEL_START + PAGE_OFFSET;
	pc_alloc(m, GFP_DMA, 10);
}

PANIC(a_block_that_leads_back_nowhere,
      "page: a list leads out of mem_map and image")
{
	first(m, 10)->lru.prev = 0;
	pc_alloc(m, GFP_DMA, 10);
}

/* round and round: the same block comes again, and is no longer free */
PANIC(a_cyclic_free_list, "buddy: the first of a list is no head of its order")
{
	first(m, 10)->lru.next = ptr_link(&first(m, 10)->lru);
	for (u32 i = 0; i < 10; i++)
		pc_alloc(m, GFP_DMA, 10);
}

PANIC(a_cyclic_hot_list,
      "page_alloc: a page that is not free was about to be given")
{
	first_hot(m)->lru.next = ptr_link(&first_hot(m)->lru);
	for (u32 i = 0; i < 10; i++)
		pc_alloc(m, GFP_DMA, 0);
}

/* the count bounds the drain; what it did to the buddy is seen then */
PANIC(a_cyclic_drain, "buddy: the first of a list is no head of its order")
{
	struct page *last = page_of_link(m, hot(m)->list.prev);

	last->lru.prev = ptr_link(&last->lru);
	mm_drain_local_pages(m);
	for (u32 i = 0; i < 10000; i++)
		pc_alloc(m, GFP_DMA, 0);
}

PANIC(an_empty_list_that_counts, "page: a list leads out of mem_map")
{
	struct per_cpu_pages *cold =
		&pc_zone(m, ZONE_DMA)->pageset[0].pcp[PCP_COLD];

	cold->count = 5;
	pc_alloc(m, GFP_DMA | __GFP_COLD, 0);
}

/* --- blocks --------------------------------------------------------------- */

PANIC(a_block_without_its_mark,
      "buddy: the first of a list is no head of its order")
{
	first(m, 10)->flags &= ~PAGE_FLAG(private);
	pc_alloc(m, GFP_DMA, 10);
}

PANIC(a_block_of_another_order,
      "buddy: the first of a list is no head of its order")
{
	first(m, 10)->private = 9;
	pc_alloc(m, GFP_DMA, 10);
}

PANIC(a_block_of_another_zone, "buddy: a free block of another zone")
{
	first(m, 10)->flags ^= 1u << PG_zone;
	pc_alloc(m, GFP_DMA, 10);
}

PANIC(a_block_not_aligned, "buddy: a block not aligned")
{
	struct page *page = pc_alloc(m, GFP_DMA, 3);

	buddy_free(m, pc_zone(m, ZONE_DMA), page + 1, 3);
}

PANIC(a_free_into_another_zone, "buddy: a page of another zone")
{
	struct page *page = pc_alloc(m, GFP_KERNEL, 3);

	buddy_free(m, pc_zone(m, ZONE_DMA), page, 3);
}

PANIC(a_drain_of_too_many, "pcp: draining more than there is")
{
	pcp_drain(m, pc_zone(m, ZONE_DMA), PCP_HOT, hot(m)->count + 1);
}

/* --- pages ---------------------------------------------------------------- */

PANIC(an_owned_page_given,
      "page_alloc: a page that is not free was about to be given")
{
	first_hot(m)->_count = 0;
	pc_alloc(m, GFP_DMA, 0);
}

PANIC(a_mapped_page_given,
      "page_alloc: a page that is not free was about to be given")
{
	first(m, 10)->_mapcount = 0;
	pc_alloc(m, GFP_DMA, 10);
}

PANIC(a_page_with_a_mapping_freed,
      "page_alloc: a bad page in a block that is freed")
{
	struct page *page = pc_alloc(m, GFP_DMA, 0);

	page->mapping = 8;
	pc_free(m, page, 0);
}

PANIC(a_tail_with_an_owner_freed,
      "page_alloc: a bad page in a block that is freed")
{
	struct page *page = pc_alloc(m, GFP_DMA, 2);

	page[3]._count = 0;
	pc_free(m, page, 2);
}

PANIC(a_compound_of_another_order, "page_alloc: a compound's order")
{
	struct page *page = pc_alloc(m, GFP_DMA | __GFP_COMP, 2);

	page[1].index = 3;
	pc_free(m, page, 2);
}

PANIC(a_deserter_of_a_compound,
      "page_alloc: a page that left its compound block")
{
	struct page *page = pc_alloc(m, GFP_DMA | __GFP_COMP, 2);

	page[2].flags &= ~PAGE_FLAG(compound);
	pc_free(m, page, 2);
}

PANIC(a_compound_page_without_a_head, "page: a compound page without a head")
{
	struct page *page = pc_alloc(m, GFP_DMA | __GFP_COMP, 2);

	page[2].private = ptr_link(m->data);
	mm_get_page(m, page + 2);
}

PANIC(a_good_free_called_misuse, "misuse: a free neither good nor bad")
{
	free_misused(m, pc_alloc(m, GFP_DMA, 2), 2);
}

/* --- the machine's calls out of turn -------------------------------------- */

PANIC(mem_init_twice, "machine: mem_init out of turn")
{
	machine_mem_init(m);
}

PANIC(a_snapshot_of_bootmem, "machine: snapshot before boot")
{
	pc_boot_why(m, SMALL_PC);
	machine_snapshot(m);
}

PANIC(a_reset_to_nothing, "machine: reset without a snapshot")
{
	machine_reset(m);
}

PANIC(a_reset_to_another_boot, "machine: reset without a snapshot")
{
	machine_snapshot(m);
	pc_boot_why(m, SMALL_PC);
	machine_mem_init(m);
	machine_reset(m);
}

PANIC(a_cpu_too_many, "machine: there is no such CPU")
{
	mm_set_current(m, (struct task){ .cpu = 2 });
}

PANIC(counts_of_no_cpu, "look: counts of a machine or CPU that is not there")
{
	struct mm_counts counts;

	mm_counts(m, NR_CPUS, &counts);
}

PANIC(counts_of_no_machine,
      "look: counts of a machine or CPU that is not there")
{
	struct mm_counts counts;

	pc_boot_why(m, "");
	mm_counts(m, 0, &counts);
}

PANIC(an_endless_zonelist, "look: a zonelist without an end")
{
	struct zonelist *list = &m->data->node_zonelists[2];
	struct mm_layout l;

	list->zone[3] = list->zone[0];
	mm_layout(m, &l);
}

PANIC(pages_before_mem_init, "page_alloc: not booted")
{
	pc_boot_why(m, SMALL_PC);
	pc_alloc(m, GFP_KERNEL, 0);
}

PANIC(a_trace_too_long, "trace: a move was lost")
{
	struct page *page = pc_alloc(m, GFP_KERNEL, 0);
	u32 nr;

	for (u32 i = 0; i <= TRACE_RECORDS / 2; i++) {
		mm__free_pages(m, page, 0);
		page = mm_alloc_pages(m, GFP_KERNEL, 0);
	}
	mm_trace(m, &nr);
}

/* --- the tests ------------------------------------------------------------ */

TEST(each_check_is_heard)
{
	for (const struct panic *p = panics; p; p = p->next) {
		struct machine *m = pc_on(SMALL_PC);
		const char *clause = pc_panic_of(m, p->act);

		if (strcmp(clause, p->clause) != 0)
			TEST_FAIL("%s: \"%s\", and not \"%s\"", p->name, clause,
				  p->clause);
		machine_delete(m);
	}
}

static void want_case(const char *clause, size_t length)
{
	for (const struct panic *p = panics; p; p = p->next)
		if (strlen(p->clause) == length &&
		    strncmp(p->clause, clause, length) == 0)
			return;
	TEST_FAIL("no case for \"%.*s\"", (int)length, clause);
}

/* The clause of a CHECK is the string before the end of its statement. */
static u32 want_cases(const char *file)
{
	char *source = source_read(file);
	u32 found = 0;

	for (char *at = source; (at = strstr(at, "CHECK(m,")); at++) {
		char *end = strchr(at, ';'), *quote = strchr(at, '"');

		if (!end || !quote || quote > end)
			continue;
		want_case(quote + 1, strcspn(quote + 1, "\""));
		found++;
	}
	free(source);
	return found;
}

TEST(no_check_is_without_a_case)
{
	DIR *folder = source_folder();
	struct dirent *entry;
	u32 found = 0;

	while ((entry = readdir(folder))) {
		const char *dot = strrchr(entry->d_name, '.');

		if (dot && (!strcmp(dot, ".c") || !strcmp(dot, ".h")))
			found += want_cases(entry->d_name);
	}
	closedir(folder);
	EXPECT(found > 20);
}

/* --- without a handler ---------------------------------------------------- */

static void says_so(struct machine *m)
{
	machine_reset(m);
}

static void handler_that_returns(void *arg, const char *clause)
{
	(void)arg;
	(void)clause;
}

static void goes_on(struct machine *m)
{
	machine_on_panic(m, handler_that_returns, NULL);
	machine_reset(m);
}

TEST(the_host_says_so_and_ends)
{
	struct machine *m = pc_on(SMALL_PC);

	EXPECT(strstr(child_last_words(m, says_so),
		      "machine: CHECK failed: machine: reset without a "
		      "snapshot\n"));
	EXPECT(strcmp(child_last_words(m, goes_on), "survived") != 0);
	machine_delete(m);
}
