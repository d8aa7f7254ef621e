// SPDX-License-Identifier: MIT
/*
 * test_pageattr.c - change_page_attr: large pages are split and come back, the
 * odd words are counted, every directory learns of it; and each clause of
 * pageattr_validate().
 */
#include "clauses.h"
#include "tables.h"
#include "../pageattr.h"

#define READONLY 0x161u
#define PIECE 2048u /* a frame that begins 4 MiB: PDE 770 */

static struct machine *setup(void)
{
	struct machine *m = objects_on(SMALL_PC);

	machine_snapshot(m);
	return m;
}

static int change(struct machine *m, pfn_t pfn, u32 nr, u32 prot)
{
	return mm_change_page_attr(m, pfn_to_page(m, pfn), nr, prot);
}

static struct page *table_of(struct machine *m, pfn_t pfn)
{
	return pfn_to_page(m, pte_pfn(m->swapper_pg_dir[768 + pfn / 1024]));
}

static u32 pte_of(struct machine *m, pfn_t pfn)
{
	return kernel_word(m, PAGE_OFFSET + (pfn << PAGE_SHIFT));
}

static u32 waiting(struct machine *m)
{
	const struct list_head *df = &m->data->df_list;
	u32 nr = 0;

	for (u32 at = df->next; at != ptr_link(df); nr++)
		at = list_at(m->base, at)->next;
	return nr;
}

/* --- splitting and reverting ---------------------------------------------- */

TEST(a_split)
{
	struct machine *m = setup();
	struct pgd *used = pgd_new(m), *freed = pgd_new(m);
	struct page *table;

	EXPECT_EQ(0, mm_pgd_free(m, freed));
	EXPECT_TRIES(m, 1, change(m, PIECE + 7, 1, READONLY));
	table = table_of(m, PIECE);
	EXPECT_EQ(frame_word(m, table, 0x163), m->swapper_pg_dir[770].word);
	for (pfn_t pfn = PIECE; pfn < PIECE + 1024; pfn++)
		EXPECT_EQ(pfn << 12 | (pfn == PIECE + 7 ? READONLY : 0x163),
			  pte_of(m, pfn));
	EXPECT_EQ(1, page_odd(table));
	EXPECT(frame_seen(m, table).table);
	EXPECT_EQ(m->swapper_pg_dir[770].word, pgd_words(used)[770].word);
	EXPECT_SOUND(m);
	/* the free one stayed constructed, and is given out again */
	EXPECT(pgd_new(m) == freed);
	EXPECT_EQ(m->swapper_pg_dir[770].word, pgd_words(freed)[770].word);
	machine_delete(m);
}

TEST(odd_words_are_counted)
{
	struct machine *m = setup();
	struct page *table;

	EXPECT_EQ(0, change(m, PIECE, 3, READONLY));
	table = table_of(m, PIECE);
	EXPECT_EQ(3, page_odd(table));
	EXPECT_EQ(0, change(m, PIECE + 1, 1, 0)); /* not present */
	EXPECT_EQ((PIECE + 1) << 12 | 0x060, pte_of(m, PIECE + 1));
	EXPECT_EQ(0, change(m, PIECE + 1, 1, 0xFFF));
	EXPECT_EQ((PIECE + 1) << 12 | 0x17F, pte_of(m, PIECE + 1));
	EXPECT_EQ(3, page_odd(table));
	EXPECT_EQ(0, change(m, PIECE + 2, 1, 0x103)); /* A and D are added */
	EXPECT_EQ(0, change(m, PIECE + 2, 500, 0x163));
	EXPECT_EQ(2, page_odd(table));
	EXPECT_EQ(0, change(m, PIECE, 1, 0x163));
	EXPECT_EQ(0, change(m, PIECE, 1, 0x163));
	EXPECT_EQ(1, page_odd(table));
	EXPECT_SOUND(m);
	/* the last one: back to a large page, and the table waits */
	EXPECT_EQ(0, change(m, PIECE + 1, 1, 0x163));
	EXPECT_EQ(PIECE << 12 | 0x1E3, m->swapper_pg_dir[770].word);
	EXPECT_EQ(1, waiting(m));
	EXPECT(frame_seen(m, table).table);
	EXPECT_REPORT(m, free_table, (mm__free_pages(m, table, 0), 0));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* Frames of three pieces; the first has a table already. */
TEST(each_table_may_be_missing)
{
	struct machine *m = setup();

	EXPECT_EQ(0, change(m, PIECE, 1, READONLY));
	EXPECT_TRIES(m, 2, change(m, PIECE + 1023, 1026, 0x173));
	EXPECT_EQ(2, page_odd(table_of(m, PIECE)));
	EXPECT_EQ(1024, page_odd(table_of(m, PIECE + 1024)));
	EXPECT_EQ(1, page_odd(table_of(m, PIECE + 2048)));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* The head is the table that came last; a reference keeps one allocated. */
TEST(flushing_frees_what_waits)
{
	struct machine *m = setup();
	u32 free, nr, freed = 0;
	const struct trace_record *trace;
	struct page *table[2];
	struct fault f;
	u32 paddr;

	on_cpu(m, 0);
	mm_drain_local_pages(m);
	free = mm_nr_free_pages(m);
	EXPECT_EQ(0, change(m, PIECE, 1025, READONLY));
	for (u32 i = 0; i < 2; i++)
		table[i] = table_of(m, PIECE + 1024 * i);
	EXPECT(touch_byte(m, ACCESS_READ, 0xC0801000, &paddr, &f));
	EXPECT_EQ(0, change(m, PIECE, 1025, 0x163));
	EXPECT_EQ(2, waiting(m));
	EXPECT(mm_tlb_entry(m, 0, 0xC0801000, false));
	as_task(m, TASK_IRQ);
	mm_global_flush_tlb(m);
	EXPECT_EQ(REPORT_sleep_in_atomic, mm_report(m));
	EXPECT_EQ(2, waiting(m));
	EXPECT(mm_tlb_entry(m, 0, 0xC0801000, false));
	mm_get_page(m, table[0]);
	as_task(m, TASK_ATOMIC);
	mm_global_flush_tlb(m);
	EXPECT_EQ(0, mm_tlb_entry(m, 0, 0xC0801000, false));
	EXPECT_EQ(0, waiting(m));
	trace = mm_trace(m, &nr);
	for (u32 i = 0; i < nr; i++)
		if (trace[i].event == TRACE_mm_page_free)
			EXPECT_EQ(page_to_pfn(m, table[1 - freed++]),
				  trace[i].pfn);
	EXPECT_EQ(1, freed); /* the other one is somebody's */
	EXPECT(!frame_seen(m, table[0]).table);
	EXPECT_SOUND(m);
	pc_free(m, table[0], 0);
	mm_drain_local_pages(m);
	EXPECT_EQ(free, mm_nr_free_pages(m));
	machine_delete(m);
}

/* --- tables of boot ------------------------------------------------------- */

TEST(tables_of_boot_stay)
{
	struct machine *m = objects_on(SMALL_PTES);
	u64 digest = machine_digest(m);
	u32 pde = m->swapper_pg_dir[770].word;

	machine_snapshot(m);
	failing(m, 1);
	EXPECT_EQ(0, change(m, 0, LOW_PFNS, READONLY));
	EXPECT_EQ((PIECE + 9) << 12 | READONLY, pte_of(m, PIECE + 9));
	EXPECT_EQ(pde, m->swapper_pg_dir[770].word);
	EXPECT_SOUND(m);
	EXPECT_EQ(0, change(m, 1, LOW_PFNS - 1, 0x163));
	EXPECT_EQ(pde, m->swapper_pg_dir[770].word);
	EXPECT_EQ(0, waiting(m));
	EXPECT_SOUND(m);
	machine_reset(m);
	EXPECT_EQ(digest, machine_digest(m));
	machine_delete(m);
}

/* --- misuse --------------------------------------------------------------- */

TEST(attributes_misused)
{
	struct machine *m = setup();
	struct page *page = pfn_to_page(m, PIECE);

	EXPECT_MISUSE(m, attr_high, change(m, LOW_PFNS, 1, READONLY));
	EXPECT_MISUSE(m, attr_high, change(m, LOW_PFNS - 1, 2, READONLY));
	EXPECT_MISUSE(m, attr_high, change(m, PIECE, ~0u, 0x163));
	EXPECT_MISUSE(m, attr_high, mm_change_page_attr(m, NULL, 1, READONLY));
	EXPECT_MISUSE(
		m, attr_high,
		mm_change_page_attr(m, (void *)((u8 *)page + 4), 1, READONLY));
	on_cpu(m, 0);
	EXPECT_EQ(0, mm_change_page_attr(m, NULL, 0, READONLY));
	as_task(m, TASK_ATOMIC);
	EXPECT_EQ(0, change(m, PIECE, 4, 0x163));
	EXPECT_EQ(-22, change(m, PIECE, 4, READONLY));
	EXPECT_EQ(REPORT_sleep_in_atomic, mm_report(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* --- reset ---------------------------------------------------------------- */

TEST(a_reset_of_attributes)
{
	struct machine *m = setup();
	u64 digest = machine_digest(m), view = machine_view(m);

	for (u32 round = 0; round < 3; round++) {
		pgd_new(m);
		EXPECT_EQ(0, change(m, PIECE, 1500, READONLY));
		if (round)
			EXPECT_EQ(0, change(m, PIECE, 1024, 0x163));
		if (round > 1)
			mm_global_flush_tlb(m);
		EXPECT(machine_view(m) != view);
		machine_reset(m);
		EXPECT_EQ(digest, machine_digest(m));
		EXPECT_EQ(view, machine_view(m));
		EXPECT_SOUND(m);
	}
	machine_delete(m);
}

/* A snapshot in the middle has tables, a directory, and one that waits. */
TEST(a_snapshot_with_tables)
{
	struct machine *m = setup();
	struct pgd *pgd = pgd_new(m);
	u64 digest;

	EXPECT_EQ(0, change(m, PIECE, 1025, READONLY));
	EXPECT_EQ(0, change(m, PIECE + 1024, 1, 0x163));
	EXPECT_EQ(0, mm_map_page(m, pgd, 0, pc_alloc(m, GFP_KERNEL, 0), 3));
	machine_snapshot(m);
	digest = machine_digest(m);
	for (u32 round = 0; round < 2; round++) {
		EXPECT_EQ(0, change(m, PIECE, 2048, 0x173));
		mm_global_flush_tlb(m);
		EXPECT_EQ(0, mm_exit_mmap(m, pgd));
		EXPECT(machine_digest(m) != digest);
		machine_reset(m);
		EXPECT_EQ(digest, machine_digest(m));
		EXPECT_SOUND(m);
	}
	machine_delete(m);
}

/* --- clauses -------------------------------------------------------------- */

#define E1 "E1: a table counts its odd words"
#define E2 "E2: a table without odd words gives way to a large page"
#define E3 "E3: df_list has tables that nobody needs"
#define E3_END "E3: df_list has an end, in mem_map"
#define E3_LINKS "E3: df_list is linked both ways"

/* One piece is split, and a table waits. */
static struct machine *with_tables(void)
{
	struct machine *m = setup();

	if (change(m, PIECE, 1026, READONLY) || change(m, PIECE, 1024, 0x163))
		pc_end("tables", "none");
	return m;
}

NEGATIVE(an_odd_word_more, FULL, E1)
{
	pgtable_pte(m, m->swapper_pg_dir, 0xC0C80000)->word ^= PAGE_RW;
}

NEGATIVE(a_count_too_high, FULL, E1)
{
	table_of(m, PIECE + 1024)->private ++;
}

NEGATIVE(a_table_that_should_have_gone, FULL, E2)
{
	for (u32 i = 0; i < 2; i++)
		pgtable_pte(m, m->swapper_pg_dir, 0xC0C00000 + i * 4096)
			->word |= PAGE_RW;
	table_of(m, PIECE + 1024)->private = 0;
}

NEGATIVE(one_that_waits_and_is_none, FULL, E3)
{
	page_of_link(m, m->data->df_list.next)->flags &= ~PAGE_FLAG(table);
}

NEGATIVE(one_that_waits_and_is_needed, FULL, E3)
{
	page_of_link(m, m->data->df_list.next)->private = 1;
}

NEGATIVE(a_list_into_the_image, FULL, E3_END)
{
	m->data->df_list.next = ptr_link(&m->data->cache_chain);
}

NEGATIVE(a_list_that_lost_its_tail, FULL, E3_LINKS)
{
	m->data->df_list.prev = ptr_link(&m->data->df_list);
}

CLAUSES("pageattr.c", pageattr_validate, with_tables)
