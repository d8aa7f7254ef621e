// SPDX-License-Identifier: MIT
/*
 * test_pgd.c - directories of processes come and go, CR3 has one or none, and
 * each clause of pgd_validate().
 */
#include "clauses.h"
#include "tables.h"
#include "../slab.h"

#define DEBUG_LINE SMALL_PC " slab_debug"

static struct machine *setup(void)
{
	struct machine *m = objects_on(SMALL_PC);

	machine_snapshot(m);
	return m;
}

static u32 listed(struct machine *m)
{
	u32 nr = 0;

	for (const struct page *page = pgd_first(m); page;
	     page = pgd_next(m, page))
		nr++;
	return nr;
}

/* --- coming and going ----------------------------------------------------- */

TEST(a_new_directory)
{
	struct machine *m = setup();
	struct pgd *pgd;
	u32 nr;

	m->swapper_pg_dir[768].word |= PAGE_USER; /* as it is */
	as_task(m, 0);
	pgd = mm_pgd_alloc(m);
	EXPECT(pgd && !(ptr_link(pgd) & 4095));
	mm_trace(m, &nr);
	EXPECT_EQ(0, pc_events(m, TRACE_kmem_cache_alloc));
	for (u32 i = 0; i < 1024; i++)
		EXPECT_EQ(i < 768 ? 0 : m->swapper_pg_dir[i].word,
			  pgd_words(pgd)[i].word);
	EXPECT_EQ(1, listed(m));
	EXPECT_REPORT(m, object_double_free, (mm_kfree(m, pgd), 0));
	as_task(m, 0);
	EXPECT_EQ(0, mm_pgd_free(m, pgd));
	EXPECT_EQ(0, pc_events(m, TRACE_kmem_cache_free));
	EXPECT_EQ(1, listed(m)); /* it stays constructed */
	EXPECT(pgd_new(m) == pgd);
	machine_delete(m);
}

/* Newest first; the cache's shrinking takes those out that are free. */
TEST(the_list)
{
	struct machine *m = setup();
	struct pgd *pgd[5];

	for (u32 i = 0; i < 5; i++) {
		pgd[i] = pgd_new(m);
		EXPECT(pgd_first(m) == page_of_ptr(m, pgd[i]));
		EXPECT_SOUND(m);
	}
	EXPECT_EQ(0, mm_pgd_free(m, pgd[4]));
	EXPECT_EQ(0, mm_pgd_free(m, pgd[2]));
	EXPECT_EQ(5, listed(m));
	EXPECT_EQ(1, cache_shrink(m, cache_named(m, "pgd")));
	EXPECT_EQ(3, listed(m));
	EXPECT(pgd_first(m) == page_of_ptr(m, pgd[3]));
	EXPECT(pgd_next(m, pgd_first(m)) == page_of_ptr(m, pgd[1]));
	EXPECT_SOUND(m);
	for (u32 i = 0; i < 4; i++)
		if (i != 2)
			EXPECT_EQ(0, mm_pgd_free(m, pgd[i]));
	EXPECT_EQ(0, cache_shrink(m, cache_named(m, "pgd")));
	EXPECT_EQ(0, listed(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* Under POISON a free one is no directory. */
TEST(the_list_with_poison)
{
	struct machine *m = objects_on(DEBUG_LINE);
	struct pgd *a, *b;

	a = pgd_new(m);
	b = pgd_new(m);
	EXPECT_EQ(2, listed(m));
	EXPECT_EQ(0, mm_pgd_free(m, a));
	EXPECT_EQ(1, listed(m));
	EXPECT_SOUND(m);
	EXPECT(pgd_new(m) == a);
	EXPECT_EQ(2, listed(m));
	EXPECT_EQ(0, mm_pgd_free(m, b));
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(a_cache_of_the_allocators_own)
{
	struct machine *m = setup();

	EXPECT_REPORT(m, cache_own,
		      mm_kmem_cache_destroy(m, cache_named(m, "pgd")));
	EXPECT_REPORT(m, cache_duplicate,
		      mm_kmem_cache_create(m, "pgd", 64, 0, 0, NULL, NULL));
	machine_delete(m);
}

/* --- no memory, misuse ---------------------------------------------------- */

/* A frame, management in size-32 (there), each of them may be missing. */
TEST(a_directory_that_is_not_to_be_had)
{
	struct machine *m = setup();
	const u64 view = machine_view(m);
	struct pgd *pgd;

	cache_exhaust(m, cache_named(m, "size-32"));
	for (u8 nth = 1; nth < 3; nth++) {
		const u64 before = machine_view(m);

		failing(m, nth);
		EXPECT(!mm_pgd_alloc(m));
		EXPECT_EQ(REPORT_none, mm_report(m));
		EXPECT_EQ(before, machine_view(m));
		EXPECT_EQ(0, listed(m));
		EXPECT_SOUND(m);
	}
	failing(m, 3);
	pgd = mm_pgd_alloc(m);
	EXPECT(pgd);
	EXPECT(view != machine_view(m));
	/* also where one is free */
	EXPECT_EQ(0, mm_pgd_free(m, pgd));
	as_task(m, TASK_ATOMIC);
	EXPECT(!mm_pgd_alloc(m));
	EXPECT_EQ(REPORT_sleep_in_atomic, mm_report(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

static struct pgd *at(void *ptr, u32 offset)
{
	return (struct pgd *)((u8 *)ptr + offset);
}

TEST(directories_misused)
{
	struct machine *m = setup();
	struct pgd *pgd = pgd_new(m), *freed = pgd_new(m);
	void *object = mm_kmalloc(m, 4096, GFP_KERNEL);

	EXPECT_EQ(0, mm_pgd_free(m, freed));
	EXPECT_MISUSE(m, pgd_bad, mm_pgd_free(m, freed));
	EXPECT_MISUSE(m, pgd_bad, mm_pgd_free(m, NULL));
	EXPECT_MISUSE(m, pgd_bad, mm_pgd_free(m, at(pgd, 32)));
	EXPECT_MISUSE(m, pgd_bad, mm_pgd_free(m, at(pgd, 4)));
	EXPECT_MISUSE(m, pgd_bad, mm_pgd_free(m, at(pgd, 1)));
	EXPECT_MISUSE(m, pgd_bad, mm_pgd_free(m, object));
	EXPECT_MISUSE(m, pgd_bad, mm_pgd_free(m, at(m->swapper_pg_dir, 0)));
	EXPECT_MISUSE(m, pgd_bad, mm_pgd_free(m, mm_ptr(m, 0xFFFFF000)));
	EXPECT_MISUSE(m, pgd_bad, mm_exit_mmap(m, freed));
	EXPECT_MISUSE(m, pgd_bad, mm_switch_mm(m, freed));
	on_cpu(m, 1);
	EXPECT_EQ(0, mm_switch_mm(m, pgd));
	EXPECT_MISUSE(m, pgd_active, mm_pgd_free(m, pgd));
	EXPECT_MISUSE(m, pgd_active, mm_exit_mmap(m, pgd));
	on_cpu(m, 1);
	EXPECT_EQ(0, mm_switch_mm(m, NULL));
	EXPECT_EQ(0, mm_map_page(m, pgd, 0, pc_alloc(m, GFP_KERNEL, 0), 0));
	EXPECT_MISUSE(m, pgd_populated, mm_pgd_free(m, pgd));
	/* its table is enough */
	EXPECT_EQ(0, mm_unmap(m, pgd, 0, 0));
	EXPECT_MISUSE(m, pgd_populated, mm_pgd_free(m, pgd));
	EXPECT_EQ(0, mm_exit_mmap(m, pgd));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* --- CR3 ------------------------------------------------------------------ */

/* Loading it drops what is not global, and what it has is not loaded. */
TEST(switching)
{
	struct machine *m = setup();
	struct pgd *pgd = pgd_new(m), *other = pgd_new(m);
	struct page *page = pc_alloc(m, GFP_KERNEL, 0);
	struct cpu_view cpu;
	struct fault f;
	u32 paddr;

	EXPECT_EQ(0, mm_map_page(m, pgd, 0x5000, page, USER_SHARED));
	EXPECT_EQ(0, mm_switch_mm(m, pgd));
	mm_cpu_view(m, 0, &cpu);
	EXPECT_EQ(ptr_link(pgd) - PAGE_OFFSET, cpu.cr3);
	EXPECT(touch_byte(m, ACCESS_WRITE, 0x5000, &paddr, &f));
	EXPECT(touch_byte(m, ACCESS_READ, PAGE_OFFSET, &paddr, &f));
	EXPECT_EQ(0, mm_switch_mm(m, pgd));
	EXPECT(mm_tlb_entry(m, 0, 0x5000, false));
	EXPECT_EQ(0, mm_switch_mm(m, other));
	EXPECT_EQ(0, mm_tlb_entry(m, 0, 0x5000, false));
	EXPECT(mm_tlb_entry(m, 0, PAGE_OFFSET, true));
	EXPECT(!touch_byte(m, ACCESS_READ, 0x5000, &paddr, &f));
	EXPECT_EQ(0, mm_switch_mm(m, NULL));
	mm_cpu_view(m, 0, &cpu);
	EXPECT_EQ(SWAPPER_PG_DIR_PADDR, cpu.cr3);
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* --- clauses -------------------------------------------------------------- */

#define U1 "U1: pgd_list has the directories, each once"
#define U1_ALL "U1: pgd_list has all directories"
#define U2 "U2: a kernel PDE of a directory is as the template's"
#define U3 "U3: a free directory has no users"
#define U4 "U4: a CPU runs on a directory that is in use"

static struct pgd *in_use, *is_free;

/* Two directories, one of them free. */
static struct machine *with_directories(void)
{
	struct machine *m = setup();

	is_free = pgd_new(m);
	in_use = pgd_new(m);
	if (mm_pgd_free(m, is_free))
		pc_end("directories", "none");
	return m;
}

NEGATIVE(a_list_that_leads_out, FULL, U1)
{
	m->data->pgd_list = ptr_link(m->data);
}

NEGATIVE(a_way_back_to_nowhere, FULL, U1)
{
	page_of_ptr(m, is_free)->private = 0;
}

NEGATIVE(a_list_without_an_end, FULL, U1)
{
	page_of_ptr(m, is_free)->index = m->data->pgd_list;
}

NEGATIVE(a_list_that_has_lost_one, FULL, U1_ALL)
{
	page_of_ptr(m, in_use)->index = 0;
}

NEGATIVE(a_word_unlike_the_templates, FULL, U2)
{
	pgd_words(in_use)[770].word |= PAGE_USER;
}

NEGATIVE(a_word_that_the_template_has_not, FULL, U2)
{
	pgd_words(in_use)[900].word = 0x5067;
}

NEGATIVE(users_of_a_free_directory, FULL, U3)
{
	pte_t word = { 0x5067 };

	platform_unpoison(is_free, PAGE_SIZE);
	pgd_words(is_free)[5] = word;
}

NEGATIVE(a_cpu_on_a_free_directory, FULL, U4)
{
	m->cpu[1].r.cr3 = pgd_paddr(is_free);
}

CLAUSES("pgd.c", pgd_validate, with_directories)
