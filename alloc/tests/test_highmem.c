// SPDX-License-Identifier: MIT
/*
 * test_highmem.c - kmap and kunmap: which slot, what stays, what is misuse.
 * test_kmap_wait.c has those who sleep, test_kmap_validate.c the clauses.
 */
#include "highmem.h"
#include "../pgtable.h"

static struct machine *setup(void)
{
	return high_on(HIGH_PC);
}

static bool has_event(struct machine *m, enum trace_event event, pfn_t pfn,
		      u32 arg)
{
	const struct trace_record *trace;
	u32 nr;

	trace = mm_trace(m, &nr);
	for (u32 i = 0; i < nr; i++)
		if (trace[i].event == event && trace[i].pfn == pfn &&
		    trace[i].arg == arg)
			return true;
	return false;
}

static void expect_counts(struct machine *m, u32 users, u32 slots, u32 last)
{
	struct mapping_counts counts;

	mm_mapping_counts(m, &counts);
	EXPECT_EQ(users, counts.kmap_users);
	EXPECT_EQ(slots, counts.kmap_slots);
	EXPECT_EQ(last, counts.last_pkmap_nr);
}

/* --- slots ---------------------------------------------------------------- */

/* 2.6.12 counts before it looks: slot 0 is the last one of the first round. */
TEST(the_first_kmap_has_slot_1)
{
	struct machine *m = setup();
	struct page *page = high_page(m);
	u32 word = page_to_pfn(m, page) << PAGE_SHIFT | 0x163;

	EXPECT_EQ(0, mm_page_address(m, page));
	EXPECT_EQ(slot_at(1), do_kmap(m, page));
	EXPECT(has_event(m, TRACE_kmap_high, page_to_pfn(m, page), 1));
	EXPECT_EQ(0, pc_events(m, TRACE_kmap_flush));
	EXPECT_EQ(2, slot_count(m, 1));
	EXPECT_EQ(word, m->pkmap_pt[1].word);
	EXPECT_EQ(slot_at(1), mm_page_address(m, page));
	EXPECT_EQ(1, kmaps_of(m, page));
	expect_counts(m, 1, 1, 1);
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* Each user counts for the slot; the slot counts for the block, once. */
TEST(a_page_has_one_slot_whoever_kmaps_it)
{
	struct machine *m = setup();
	struct page *page = high_page(m);

	for (s32 i = 0; i < 3; i++) {
		EXPECT_EQ(slot_at(1), do_kmap(m, page));
		EXPECT_EQ(2 + i, slot_count(m, 1));
		EXPECT_EQ(!i, pc_events(m, TRACE_kmap_high));
		EXPECT_EQ(1, kmaps_of(m, page));
	}
	expect_counts(m, 3, 1, 1);
	for (s32 i = 2; i >= 0; i--) {
		do_kunmap(m, page);
		EXPECT_EQ(1 + i, slot_count(m, 1));
		EXPECT_EQ(i != 0, kmaps_of(m, page));
	}
	expect_counts(m, 0, 1, 1);
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(what_is_unmapped_keeps_its_slot_until_a_flush)
{
	struct machine *m = setup();
	struct page *page = high_page(m), *other = high_page(m);

	kmap_once(m, page);
	EXPECT_EQ(slot_at(1), mm_page_address(m, page));
	EXPECT(m->pkmap_pt[1].word);
	EXPECT_EQ(slot_at(2), do_kmap(m, other));
	/* without a flush it has its slot back */
	EXPECT_EQ(slot_at(1), do_kmap(m, page));
	EXPECT_EQ(0, pc_events(m, TRACE_kmap_high));
	do_kunmap(m, page);
	m->highmem.data->last_pkmap_nr = 1023;
	EXPECT_EQ(slot_at(0), do_kmap(m, high_page(m)));
	EXPECT(has_event(m, TRACE_kmap_flush, 0, 1));
	EXPECT_EQ(0, mm_page_address(m, page));
	EXPECT_EQ(0, m->pkmap_pt[1].word);
	EXPECT_EQ(0, slot_count(m, 1));
	EXPECT_EQ(2, slot_count(m, 2));
	expect_counts(m, 2, 2, 0);
	/* afterwards a new one; other's is passed over */
	EXPECT_EQ(slot_at(1), do_kmap(m, page));
	EXPECT_EQ(slot_at(3), do_kmap(m, high_page(m)));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* Round about: 1 .. 1023, a flush, 0, and on; one flush a wrap. */
TEST(slots_are_taken_round_about)
{
	struct machine *m = setup();

	for (u32 i = 1; i <= 2500; i++) {
		struct page *page = pfn_to_page(m, HIGH_PFN + i);

		page->_count = 0; /* somebody's */
		EXPECT_EQ(slot_at(i % 1024), do_kmap(m, page));
		EXPECT_EQ(i % 1024 == 0, pc_events(m, TRACE_kmap_flush));
		if (i == 1024)
			EXPECT(has_event(m, TRACE_kmap_flush, 0, 1023));
		if (i == 2048)
			EXPECT(has_event(m, TRACE_kmap_flush, 0, 1024));
		do_kunmap(m, page);
	}
	expect_counts(m, 0, 2500 - 2048 + 1, 2500 % 1024);
	machine_delete(m);
}

/* What all TLBs remember of a slot is gone when it has another page. */
TEST(no_tlb_remembers_a_slot_behind_a_flush)
{
	struct machine *m = setup();
	struct page *page = high_page(m), *other = high_page(m);
	const struct access a = { .kind = ACCESS_READ,
				  .seg = SEG_DS,
				  .offset = slot_at(1),
				  .len = 1 };
	struct access_pieces where;
	struct fault f;
	u8 byte;

	kmap_once(m, page);
	on_cpu(m, 1);
	EXPECT(mm_access(m, &a, &byte, &where, &f));
	EXPECT_EQ(page_to_pfn(m, page) << PAGE_SHIFT, where.piece[0].start);
	/* it may be remembered as long as the slot is not another's */
	EXPECT(mm_tlb_entry(m, 1, slot_at(1), false));
	m->highmem.data->last_pkmap_nr = 1023;
	do_kmap(m, high_page(m));
	EXPECT_EQ(0, mm_tlb_entry(m, 1, slot_at(1), false));
	EXPECT_EQ(slot_at(1), do_kmap(m, other));
	on_cpu(m, 1);
	EXPECT(mm_access(m, &a, &byte, &where, &f));
	EXPECT_EQ(page_to_pfn(m, other) << PAGE_SHIFT, where.piece[0].start);
	machine_delete(m);
}

TEST(a_tail_counts_for_its_blocks_head)
{
	struct machine *m = setup();
	const gfp_t gfp[2] = { GFP_HIGHUSER, GFP_HIGHUSER | __GFP_COMP };

	for (u32 i = 0; i < 2; i++) {
		struct page *page = pc_alloc(m, gfp[i], 2);

		do_kmap(m, page + 3);
		do_kmap(m, page + 1);
		EXPECT_EQ(2, kmaps_of(m, page));
		EXPECT_SOUND(m);
		as_task(m, 0);
		mm__free_pages(m, page, 2);
		EXPECT_EQ(REPORT_free_mapped, mm_report(m));
		do_kunmap(m, page + 3);
		do_kunmap(m, page + 1);
		pc_free(m, page, 2);
		EXPECT_EQ(REPORT_none, mm_report(m));
		EXPECT_SOUND(m);
	}
	machine_delete(m);
}

/* --- pages that come and go ----------------------------------------------- */

TEST(a_kmapped_page_is_not_given_up)
{
	struct machine *m = setup();
	struct page *page = high_page(m);

	do_kmap(m, page);
	as_task(m, 0);
	mm__free_pages(m, page, 0);
	EXPECT_EQ(REPORT_free_mapped, mm_report(m));
	as_task(m, 0);
	mm_put_page(m, page);
	EXPECT_EQ(REPORT_free_mapped, mm_report(m));
	EXPECT_EQ(2, slot_count(m, 1));
	do_kunmap(m, page);
	pc_free(m, page, 0);
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* The slot lingers, and its PTE maps what is nobody's, or somebody else's. */
TEST(a_freed_page_keeps_its_slot)
{
	struct machine *m = setup();
	struct page *page = high_page(m);

	kmap_once(m, page);
	pc_free(m, page, 0);
	EXPECT_EQ(1, slot_count(m, 1));
	EXPECT(m->pkmap_pt[1].word);
	EXPECT_EQ(slot_at(1), mm_page_address(m, page));
	EXPECT_SOUND(m);
	EXPECT_NOTHING(m, 0, ref_free, mm_kmap(m, page));
	as_task(m, 0);
	mm_kunmap(m, page);
	EXPECT_EQ(REPORT_kunmap_unmapped, mm_report(m));
	/* its next owner has it back */
	EXPECT(page == high_page(m));
	EXPECT_EQ(slot_at(1), do_kmap(m, page));
	EXPECT_EQ(0, pc_events(m, TRACE_kmap_high));
	EXPECT_EQ(1, kmaps_of(m, page));
	do_kunmap(m, page);
	pc_free(m, page, 0);
	/* a flush asks nobody whose the page is */
	m->highmem.data->last_pkmap_nr = 1023;
	do_kmap(m, pc_alloc(m, GFP_HIGHUSER, 1));
	EXPECT_EQ(0, mm_page_address(m, page));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* --- low pages, and machines without a window ----------------------------- */

TEST(low_pages_have_their_address)
{
	struct machine *m = setup();
	struct page *page = pc_alloc(m, GFP_KERNEL, 0);
	u64 digest = machine_digest(m);

	EXPECT_EQ(mm_page_address(m, page), do_kmap(m, page));
	EXPECT_EQ(digest, machine_digest(m));
	do_kunmap(m, page);
	do_kunmap(m, page); /* nothing is ever wrong about it */
	EXPECT_EQ(digest, machine_digest(m));
	/* whatever it is: free, the kernel's, ... */
	pc_free(m, page, 0);
	EXPECT_EQ(PAGE_OFFSET + 0x100000, do_kmap(m, pfn_to_page(m, 256)));
	EXPECT(do_kmap(m, page) != 0);
	machine_delete(m);
}

/* 1020 MiB of low memory: the direct map has the window's place. */
TEST(there_may_be_no_window)
{
	struct machine *m = pc_on_if_it_fits("ram=1032M vmalloc=4M cpus=1");
	struct page *page;

	if (!m)
		return;
	page = pc_alloc(m, GFP_HIGHUSER, 0);
	EXPECT(page_to_pfn(m, page) >= m->setup.max_low_pfn);
	EXPECT(!kmap_window(m));
	EXPECT_NOTHING(m, 0, kmap_window, mm_kmap(m, page));
	EXPECT(do_kmap(m, pc_alloc(m, GFP_KERNEL, 0)) != 0);
	as_task(m, 0);
	mm_kunmap(m, page);
	EXPECT_EQ(REPORT_kunmap_unmapped, mm_report(m));
	/* the fixmap stays */
	as_task(m, 0);
	EXPECT(mm_kmap_atomic(m, page, KM_USER0) != 0);
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(the_window_ends_where_the_direct_map_does)
{
	static const struct {
		const char *line;
		bool window;
	} pc[] = { { "ram=1032M vmalloc=12M cpus=1", true },
		   { "ram=1032M vmalloc=8M cpus=1", true },
		   { "ram=1014M vmalloc=4M cpus=1", true },
		   { "ram=1018M vmalloc=4M cpus=1", false } };

	for (u32 i = 0; i < sizeof(pc) / sizeof(*pc); i++) {
		struct machine *m = pc_on_if_it_fits(pc[i].line);

		if (!m)
			continue;
		EXPECT_EQ(pc[i].window, kmap_window(m));
		EXPECT_EQ(pc[i].window,
			  pde_table(m, m->swapper_pg_dir[0xFF800000 >> 22]) ==
				  m->pkmap_pt);
		machine_delete(m);
	}
}

/* --- misuse --------------------------------------------------------------- */

TEST(kmap_may_sleep_whatever_the_page)
{
	struct machine *m = setup();
	struct page *page = high_page(m), *low = pc_alloc(m, GFP_KERNEL, 0);

	for (u32 flags = TASK_ATOMIC; flags <= TASK_IRQ; flags++) {
		EXPECT_NOTHING(m, flags, sleep_in_atomic, mm_kmap(m, page));
		EXPECT_NOTHING(m, flags, sleep_in_atomic, mm_kmap(m, low));
		EXPECT_NOTHING(m, flags, sleep_in_atomic,
			       mm_kmap(m, mm_pfn_to_page(m, 99999)));
	}
	machine_delete(m);
}

TEST(what_cannot_be_kmapped)
{
	struct machine *m = setup();
	struct page *page = high_page(m), *block = pc_alloc(m, GFP_HIGHUSER, 1);

	EXPECT_NOTHING(m, 0, bad_page, mm_kmap(m, mm_pfn_to_page(m, 99999)));
	EXPECT_NOTHING(m, 0, bad_page, mm_kmap(m, NULL));
	pc_free(m, page, 0);  /* to a list */
	pc_free(m, block, 1); /* to the buddy */
	EXPECT_NOTHING(m, 0, ref_free, mm_kmap(m, page));
	EXPECT_NOTHING(m, 0, ref_free, mm_kmap(m, block));
	EXPECT_NOTHING(m, 0, ref_free, mm_kmap(m, block + 1));
	machine_delete(m);
}

TEST(kunmap_of_what_nobody_has)
{
	struct machine *m = setup();
	struct page *page = high_page(m);

	for (u32 i = 0; i < 2; i++) {
		u64 digest = machine_digest(m);

		/* first without a slot, then with one that nobody uses */
		as_task(m, 0);
		mm_kunmap(m, page);
		EXPECT_EQ(REPORT_kunmap_unmapped, mm_report(m));
		EXPECT_EQ(digest, machine_digest(m));
		kmap_once(m, page);
	}
	as_task(m, 0);
	mm_kunmap(m, mm_pfn_to_page(m, 99999));
	EXPECT_EQ(REPORT_bad_page, mm_report(m));
	machine_delete(m);
}

/* An interrupt must not, whatever the page; under a lock one may. */
TEST(kunmap_in_an_interrupt)
{
	struct machine *m = setup();
	struct page *page = high_page(m);

	do_kmap(m, page);
	as_task(m, TASK_IRQ);
	mm_kunmap(m, page);
	EXPECT_EQ(REPORT_kunmap_interrupt, mm_report(m));
	EXPECT_EQ(2, slot_count(m, 1));
	as_task(m, TASK_IRQ);
	mm_kunmap(m, pfn_to_page(m, 256));
	EXPECT_EQ(REPORT_kunmap_interrupt, mm_report(m));
	as_task(m, TASK_ATOMIC);
	mm_kunmap(m, page);
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_EQ(1, slot_count(m, 1));
	machine_delete(m);
}

/* --- reset ---------------------------------------------------------------- */

/* Few slots, then all of them; the pool's order comes back, too. */
TEST(a_reset_undoes_it_all)
{
	struct machine *m = setup();
	const u64 digest = machine_digest(m), view = machine_view(m);

	for (u32 nr = 1; nr <= 1100; nr += 1099) {
		for (u32 i = 0; i < nr; i++) {
			struct page *page = high_page(m);

			kmap_once(m, page);
			if (i % 7 == 0)
				do_kmap(m, page);
		}
		EXPECT_SOUND(m);
		EXPECT(digest != machine_digest(m));
		EXPECT(view != machine_view(m));
		machine_reset(m);
		EXPECT_EQ(digest, machine_digest(m));
		EXPECT_EQ(view, machine_view(m));
		expect_counts(m, 0, 0, 0);
		EXPECT_EQ(0, m->highmem.nr_dirty);
		EXPECT_SOUND(m);
	}
	machine_delete(m);
}

TEST(a_reset_goes_back_to_slots_in_use)
{
	struct machine *m = pc_on(HIGH_PC);
	struct page *page = high_page(m);
	u64 digest;

	do_kmap(m, page);
	machine_snapshot(m);
	digest = machine_digest(m);
	do_kunmap(m, page);
	kmap_once(m, high_page(m));
	machine_reset(m);
	EXPECT_EQ(digest, machine_digest(m));
	expect_counts(m, 1, 1, 1);
	EXPECT_SOUND(m);
	do_kunmap(m, page);
	machine_delete(m);
}

/* A view is of users; what a flush may do at any time is nobody's business. */
TEST(the_view_has_users_and_no_empty_slots)
{
	struct machine *m = setup();
	struct page *page = high_page(m);
	u64 view = machine_view(m), one;

	do_kmap(m, page);
	one = machine_view(m);
	EXPECT(view != one);
	do_kmap(m, page);
	EXPECT(one != machine_view(m));
	do_kunmap(m, page);
	EXPECT_EQ(one, machine_view(m));
	do_kunmap(m, page);
	EXPECT_EQ(view, machine_view(m));
	machine_delete(m);
}
