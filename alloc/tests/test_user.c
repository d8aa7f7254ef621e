// SPDX-License-Identifier: MIT
/*
 * test_user.c - user pages: mapped, protected, unmapped, and all of them at
 * the end; what each call leaves in TLBs; what fails leaves nothing.
 */
#include "tables.h"

static struct machine *setup(void)
{
	struct machine *m = objects_on(SMALL_PC);

	machine_snapshot(m);
	return m;
}

static struct page *new_page(struct machine *m)
{
	return pc_alloc(m, GFP_HIGHUSER, 0);
}

static u32 count(struct machine *m, const struct page *page)
{
	return frame_seen(m, page).count;
}

static u32 mapcount(struct machine *m, const struct page *page)
{
	return frame_seen(m, page).mapcount;
}

/* --- mapping -------------------------------------------------------------- */

TEST(a_page)
{
	static const u32 bits[] = { 0x0A0, 0x025, 0x025, 0x027 };
	struct machine *m = setup();
	struct pgd *pgd = pgd_new(m);
	struct page *page = new_page(m), *table;

	EXPECT_TRIES(m, 1, mm_map_page(m, pgd, 0x1FFF, page, USER_NONE));
	EXPECT_EQ(frame_word(m, page, 0x0A0), word_at(m, pgd, 0x1000));
	EXPECT_EQ(0x067, pgd_words(pgd)[0].word & 0xFFF);
	table = pfn_to_page(m, pte_pfn(pgd_words(pgd)[0]));
	EXPECT(frame_seen(m, table).table);
	EXPECT_EQ(2, count(m, page));
	EXPECT_EQ(1, mapcount(m, page));
	for (u32 i = 0; i < 8; i++) {
		failing(m, 1);
		EXPECT_EQ(0, mm_map_page(m, pgd, i << 12, page, i));
		EXPECT_EQ(frame_word(m, page, bits[i & 3]),
			  word_at(m, pgd, i << 12));
	}
	EXPECT_EQ(9, count(m, page));
	EXPECT_EQ(8, mapcount(m, page));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* The old page goes, from TLBs too; the same one anew keeps its frame. */
TEST(a_page_in_anothers_place)
{
	struct machine *m = setup();
	struct pgd *pgd = pgd_new(m);
	struct page *old = new_page(m), *new = new_page(m);
	struct fault f;
	u32 paddr;

	EXPECT_EQ(0, mm_map_page(m, pgd, 0x7000, old, USER_SHARED));
	mm_put_page(m, old);
	for (u8 cpu = 0; cpu < 2; cpu++) {
		on_cpu(m, cpu);
		EXPECT_EQ(0, mm_switch_mm(m, pgd));
		EXPECT(touch_byte(m, ACCESS_READ, 0x7000, &paddr, &f));
	}
	on_cpu(m, 0);
	EXPECT_EQ(0, mm_map_page(m, pgd, 0x7000, old, USER_READ));
	EXPECT_EQ(1, count(m, old));
	EXPECT_EQ(frame_word(m, old, 0x025), word_at(m, pgd, 0x7000));
	EXPECT_EQ(0, mm_map_page(m, pgd, 0x7000, new, USER_READ));
	EXPECT_EQ(1, pc_events(m, TRACE_mm_page_free));
	EXPECT_EQ(0, count(m, old));
	EXPECT_EQ(2, count(m, new));
	for (u32 cpu = 0; cpu < 2; cpu++)
		EXPECT_EQ(0, mm_tlb_entry(m, cpu, 0x7000, false));
	/* PDE or PTE without P, but not none: it is in use */
	EXPECT_EQ(0, mm_set_pte(m, pgd, 0x7000, 0));
	EXPECT_EQ(0, mm_set_pde(m, pgd, 0x7000, 0));
	failing(m, 1);
	EXPECT_EQ(0, mm_map_page(m, pgd, 0x7000, new, USER_READ));
	EXPECT_EQ(2, count(m, new));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* --- unmapping ------------------------------------------------------------ */

TEST(unmapping)
{
	struct machine *m = setup();
	struct pgd *pgd = pgd_new(m);
	struct page *page[150];
	struct fault f;
	u32 paddr;

	for (u32 i = 0; i < 150; i++) {
		page[i] = new_page(m);
		EXPECT_EQ(0, mm_map_page(m, pgd, (i + 950) << 12, page[i],
					 USER_SHARED));
		mm_put_page(m, page[i]);
	}
	EXPECT_EQ(0, mm_switch_mm(m, pgd));
	EXPECT(touch_byte(m, ACCESS_READ, 960 << 12, &paddr, &f));
	/* nothing there: no flush */
	EXPECT_EQ(0, mm_unmap(m, pgd, 0x10000000, 5));
	EXPECT(mm_tlb_entry(m, 0, 960 << 12, false));
	on_cpu(m, 0);
	EXPECT_EQ(0, mm_unmap(m, pgd, 951 << 12, 148));
	EXPECT_EQ(148, pc_events(m, TRACE_mm_page_free));
	EXPECT_EQ(0, mm_tlb_entry(m, 0, 960 << 12, false));
	EXPECT_EQ(1, count(m, page[0]) & count(m, page[149]));
	for (u32 i = 1; i < 149; i++)
		EXPECT_EQ(0, count(m, page[i]) + mapcount(m, page[i]));
	EXPECT_EQ(0, mm_unmap(m, pgd, 950 << 12, 0));
	EXPECT_EQ(0, count(m, page[0]));
	EXPECT(pgd_words(pgd)[0].word); /* tables stay */
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* A table that is left behind is nobody's business. */
TEST(what_is_seen_of_a_page)
{
	struct machine *m = setup();
	struct pgd *pgd = pgd_new(m);
	struct page *page = new_page(m);
	const u64 view = machine_view(m);
	u64 mapped;

	EXPECT_EQ(0, mm_map_page(m, pgd, 0, page, USER_SHARED));
	mapped = machine_view(m);
	EXPECT(mapped != view);
	EXPECT_EQ(0, mm_protect(m, pgd, 0, 1, USER_READ));
	EXPECT(machine_view(m) != mapped);
	EXPECT_EQ(0, mm_unmap(m, pgd, 0, 1));
	EXPECT_EQ(view, machine_view(m));
	machine_delete(m);
}

/* They go in ascending order, pages, then tables, then the directory. */
TEST(exit_mmap)
{
	static const vaddr_t addr[] = { 0xBFFFF000, 0, 0x00400000 };
	struct machine *m = setup();
	struct pgd *pgd = pgd_new(m);
	const struct trace_record *trace;
	struct page *page[3], *table[3];
	u64 view;
	u32 nr, n = 0;

	EXPECT_EQ(0, mm_pgd_free(m, pgd));
	view = machine_view(m);
	EXPECT(pgd_new(m) == pgd);
	for (u32 i = 0; i < 3; i++) {
		page[i] = new_page(m);
		EXPECT_EQ(0, mm_map_page(m, pgd, addr[i], page[i], i));
		mm_put_page(m, page[i]);
		table[i] = pfn_to_page(
			m, pte_pfn(pgd_words(pgd)[pgd_index(addr[i])]));
	}
	EXPECT_EQ(0, mm_set_pde(m, pgd, 0, 0));
	on_cpu(m, 0);
	EXPECT_EQ(0, mm_exit_mmap(m, pgd));
	trace = mm_trace(m, &nr);
	for (u32 i = 0; i < nr; i++) {
		const struct page *want;

		if (trace[i].event != TRACE_mm_page_free)
			continue;
		want = n < 3 ? page[(n + 1) % 3] : table[(n + 1) % 3];
		EXPECT_EQ(page_to_pfn(m, want), trace[i].pfn);
		n++;
	}
	EXPECT_EQ(6, n);
	EXPECT_EQ(view, machine_view(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* --- attributes ----------------------------------------------------------- */

TEST(protecting)
{
	struct machine *m = setup();
	struct pgd *pgd = pgd_new(m);
	struct page *page = new_page(m);
	struct fault f;
	u32 paddr;

	EXPECT_EQ(0, mm_map_page(m, pgd, 0x3FF000, page, USER_SHARED));
	EXPECT_EQ(0, mm_map_page(m, pgd, 0x400000, page, USER_NONE));
	EXPECT_EQ(0, mm_map_page(m, pgd, 0x401000, page, USER_READ));
	EXPECT_EQ(0, mm_map_page(m, pgd, 0x1000000, page, USER_READ));
	EXPECT_EQ(0, mm_set_pte(m, pgd, 0x401000, 0x026));
	EXPECT_EQ(0, mm_switch_mm(m, pgd));
	EXPECT(touch_byte(m, ACCESS_WRITE, 0x3FF000, &paddr, &f));
	EXPECT(touch_byte(m, ACCESS_READ, 0x1000000, &paddr, &f));
	EXPECT_EQ(0, mm_protect(m, pgd, 0x3FF000, 0xC00, USER_READ));
	EXPECT_EQ(frame_word(m, page, 0x065), word_at(m, pgd, 0x3FF000));
	EXPECT_EQ(frame_word(m, page, 0x025), word_at(m, pgd, 0x400000));
	EXPECT_EQ(frame_word(m, page, 0x026), word_at(m, pgd, 0x401000));
	EXPECT_EQ(0, mm_tlb_entry(m, 0, 0x3FF000, false));
	EXPECT_EQ(0, mm_tlb_entry(m, 0, 0x1000000, false));
	/* also where there is nothing to protect */
	EXPECT(touch_byte(m, ACCESS_READ, 0x1000000, &paddr, &f));
	EXPECT_EQ(0, mm_protect(m, pgd, 0x3000000, 0, USER_NONE));
	EXPECT_EQ(0, mm_tlb_entry(m, 0, 0x1000000, false));
	EXPECT_EQ(0, mm_protect(m, pgd, 0, 0xC0000, USER_NONE));
	EXPECT_EQ(frame_word(m, page, 0x0E0), word_at(m, pgd, 0x3FF000));
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(words_as_they_are_set)
{
	struct machine *m = setup();
	struct pgd *pgd = pgd_new(m), *other = pgd_new(m);
	struct page *page = new_page(m), *table;

	EXPECT_EQ(0, mm_map_page(m, pgd, 0x5000, page, USER_SHARED));
	EXPECT_EQ(0, mm_set_pte(m, pgd, 0x5FFF, 0xFFFFFF98));
	EXPECT_EQ(frame_word(m, page, 0xF98), word_at(m, pgd, 0x5000));
	table = pfn_to_page(m, pte_pfn(pgd_words(pgd)[0]));
	EXPECT_EQ(0, mm_set_pde(m, pgd, 0x3FFFFF, 0xFFF));
	EXPECT_EQ(frame_word(m, table, 0xFFF), pgd_words(pgd)[0].word);
	EXPECT_EQ(0, mm_set_pde(m, NULL, 0xC0800000, 0xE05));
	EXPECT_EQ(2u << 22 | 0x085, m->swapper_pg_dir[770].word);
	EXPECT_EQ(2u << 22 | 0x085, pgd_words(pgd)[770].word);
	EXPECT_EQ(2u << 22 | 0x085, pgd_words(other)[770].word);
	EXPECT_SOUND(m);
	EXPECT_MISUSE(m, map_empty, mm_set_pde(m, pgd, 0xFFFFFFFF, 7));
	EXPECT_MISUSE(m, map_empty, mm_set_pde(m, pgd, VMALLOC, 7));
	EXPECT_MISUSE(m, map_empty, mm_set_pde(m, pgd, 0x400000, 7));
	EXPECT_MISUSE(m, map_empty, mm_set_pte(m, pgd, 0x400000, 7));
	EXPECT_MISUSE(m, map_empty, mm_set_pte(m, pgd, 0x6000, 7));
	machine_delete(m);
	m = objects_on(SMALL_PTES);
	EXPECT_MISUSE(m, map_empty, mm_set_pde(m, NULL, 0xC0800000, 7));
	machine_delete(m);
}

/* --- misuse --------------------------------------------------------------- */

TEST(user_pages_misused)
{
	struct machine *m = setup();
	struct pgd *pgd = pgd_new(m);
	struct page *page = new_page(m);

	EXPECT_MISUSE(m, pgd_bad, mm_map_page(m, NULL, 0xC0000000, NULL, 0));
	EXPECT_MISUSE(m, pgd_bad, mm_unmap(m, NULL, 0xC0000000, 1));
	EXPECT_MISUSE(m, pgd_bad, mm_protect(m, NULL, 0xC0000000, 1, 0));
	EXPECT_MISUSE(m, pgd_bad, mm_set_pte(m, NULL, 0xC0000000, 0));
	EXPECT_MISUSE(m, pgd_bad, mm_set_pde(m, NULL, 0, 0));
	EXPECT_MISUSE(m, map_address, mm_map_page(m, pgd, 0xC0000000, NULL, 0));
	EXPECT_MISUSE(m, map_address, mm_unmap(m, pgd, 0xBFFFF000, 2));
	EXPECT_MISUSE(m, map_address, mm_unmap(m, pgd, 0, ~0u));
	EXPECT_MISUSE(m, map_address, mm_protect(m, pgd, 0x1000, 0xC0000, 0));
	EXPECT_MISUSE(m, map_address, mm_set_pte(m, pgd, 0xC0000000, 0));
	EXPECT_MISUSE(m, bad_page, mm_map_page(m, pgd, 0, NULL, 0));
	EXPECT_MISUSE(m, map_frame, mm_map_page(m, pgd, 0, m->mem_map, 0));
	as_task(m, TASK_ATOMIC);
	EXPECT_EQ(-22, mm_map_page(m, pgd, 0, page, 0));
	EXPECT_EQ(REPORT_sleep_in_atomic, mm_report(m));
	EXPECT_EQ(0, pgd_words(pgd)[0].word);
	EXPECT_EQ(1, count(m, page));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* A mapping's reference is the mapping's: it takes no other to free. */
TEST(a_mapped_frame_stays)
{
	struct machine *m = setup();
	struct pgd *pgd = pgd_new(m);
	struct page *page = new_page(m);

	EXPECT_EQ(0, mm_map_page(m, pgd, 0, page, 0));
	EXPECT_EQ(0, mm_map_page(m, pgd, 0x1000, page, 0));
	mm_get_page(m, page);
	EXPECT_REPORT(m, none, (mm__free_pages(m, page, 0), 0));
	EXPECT_REPORT(m, none, (mm_put_page(m, page), 0));
	EXPECT_REPORT(m, free_mapped, (mm__free_pages(m, page, 0), 0));
	EXPECT_REPORT(m, free_mapped, (mm_put_page(m, page), 0));
	EXPECT_REPORT(m, free_mapped, (mm_free_cold_page(m, page), 0));
	EXPECT_EQ(2, count(m, page));
	EXPECT_SOUND(m);
	EXPECT_EQ(0, mm_unmap(m, pgd, 0, 1));
	EXPECT_REPORT(m, free_mapped, (mm_put_page(m, page), 0));
	EXPECT_EQ(0, mm_unmap(m, pgd, 0, 2));
	EXPECT_EQ(0, count(m, page));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* --- reset ---------------------------------------------------------------- */

TEST(a_reset_of_processes)
{
	static const char *const lines[] = { SMALL_PC, SMALL_PTES,
					     SMALL_PC " slab_debug" };

	for (u32 i = 0; i < 3; i++) {
		struct machine *m = objects_on(lines[i]);
		u64 digest = machine_digest(m), view = machine_view(m);

		machine_snapshot(m);
		for (u32 round = 0; round < 4; round++) {
			struct pgd *pgd = pgd_new(m);
			struct page *page = new_page(m);
			struct fault f;
			u32 paddr;

			mm_map_page(m, pgd, 0x5000, page, USER_SHARED);
			mm_map_page(m, pgd, 0x5000000, page, USER_READ);
			mm_switch_mm(m, pgd);
			touch_byte(m, ACCESS_WRITE, 0x5000, &paddr, &f);
			mm_switch_mm(m, round & 1 ? NULL : pgd);
			if (round == 1)
				mm_exit_mmap(m, pgd);
			EXPECT(machine_digest(m) != digest);
			EXPECT_SOUND(m);
			machine_reset(m);
			EXPECT_EQ(digest, machine_digest(m));
			EXPECT_EQ(view, machine_view(m));
			EXPECT_SOUND(m);
		}
		machine_delete(m);
	}
}

/* What was mapped at the snapshot is mapped again, word for word. */
TEST(a_snapshot_with_processes)
{
	struct machine *m = setup();
	struct pgd *pgd = pgd_new(m), *other = pgd_new(m);
	struct page *page = new_page(m);
	u64 digest, view;

	EXPECT_EQ(0, mm_map_page(m, pgd, 0x5000, page, USER_SHARED));
	EXPECT_EQ(0, mm_switch_mm(m, pgd));
	EXPECT_EQ(0, mm_pgd_free(m, other));
	machine_snapshot(m);
	digest = machine_digest(m);
	view = machine_view(m);
	for (u32 round = 0; round < 3; round++) {
		EXPECT_EQ(0, mm_set_pte(m, pgd, 0x5000, 0x025));
		EXPECT_EQ(0, mm_set_pde(m, pgd, 0xC0800000, 0));
		EXPECT_EQ(0, mm_map_page(m, pgd, 0x6000, page, 0));
		EXPECT_EQ(0, mm_switch_mm(m, NULL));
		if (round)
			EXPECT_EQ(0, mm_exit_mmap(m, pgd));
		machine_reset(m);
		EXPECT_EQ(digest, machine_digest(m));
		EXPECT_EQ(view, machine_view(m));
		EXPECT_EQ(frame_word(m, page, 0x027), word_at(m, pgd, 0x5000));
		EXPECT_SOUND(m);
	}
	machine_delete(m);
}
