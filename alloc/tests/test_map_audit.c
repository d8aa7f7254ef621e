// SPDX-License-Identifier: MIT
/*
 * test_map_audit.c - each clause of map_validate(), on a machine with user
 * pages, kernel pages, a split of the direct map and a table that waits.
 */
#include "clauses.h"
#include "tables.h"
#include "../map_audit.h"

static struct pgd *pgd;
static struct page *page, *other;

static struct machine *setup(void)
{
	struct machine *m = objects_on(SMALL_PC);

	page = pc_alloc(m, GFP_HIGHUSER, 0);
	other = pc_alloc(m, GFP_HIGHUSER, 0);
	pgd = pgd_new(m);
	if (mm_map_page(m, pgd, 0x1000, page, USER_SHARED) ||
	    mm_map_page(m, pgd, 0x2000, page, USER_NONE) ||
	    mm_map_page(m, pgd, 0xBFFFF000, other, USER_READ) ||
	    vmap_one(m, page, PAGE_KERNEL) != VMALLOC ||
	    mm_change_page_attr(m, pfn_to_page(m, 2048), 1030, 0x161) ||
	    mm_change_page_attr(m, pfn_to_page(m, 2048), 1024, 0x163))
		pc_end("map_audit", "no pages");
	return m;
}

#define V1 "V1: a PTE leads to a frame"
#define V1_LIVE "V1: a PTE leads to a live frame that knows of it"
#define V2 "V2: a PDE leads to a marked table"
#define V3 "V3: a frame counts its mappings"
#define V5 "V5: a kernel PTE leads to a live frame that knows of it"
#define V6 "V6: a block counts the kernel's mappings"
#define V4 "V4: a marked frame is a table, in one place"

static pte_t *user_pte(struct machine *m, vaddr_t addr)
{
	return pgtable_pte(m, pgd_words(pgd), addr);
}

NEGATIVE(a_pte_past_ram, FULL, V1)
{
	user_pte(m, 0x1000)->word = 6144 << 12 | PAGE_PRESENT;
}

NEGATIVE(a_pte_to_a_frame_of_nobodys, FULL, V1_LIVE)
{
	user_pte(m, 0x3000)->word = 3000 << 12 | PAGE_PRESENT;
}

NEGATIVE(a_pte_to_a_frame_that_is_not_mapped, FULL, V1_LIVE)
{
	struct page *frame = pc_alloc(m, GFP_KERNEL, 0);

	user_pte(m, 0x3000)->word = frame_word(m, frame, PAGE_PRESENT);
}

static pte_t *kernel_pte(struct machine *m)
{
	return pgtable_pte(m, m->swapper_pg_dir, VMALLOC);
}

NEGATIVE(a_kernel_pte_to_a_frame_of_nobodys, FULL, V5)
{
	kernel_pte(m)->word = 3000 << 12 | PAGE_KERNEL;
}

NEGATIVE(a_kernel_pte_to_a_frame_that_is_not_mapped, FULL, V5)
{
	struct page *frame = pc_alloc(m, GFP_KERNEL, 0);

	kernel_pte(m)->word = frame_word(m, frame, PAGE_KERNEL);
}

NEGATIVE(a_kernel_mapping_that_is_gone, BELOW, V6)
{
	kernel_pte(m)->word = 0;
}

NEGATIVE(a_kernel_mapping_that_nobody_has, FULL, V6)
{
	page_kmap_inc(m, other);
}

/* Each by itself is sound: the sum says that one is counted twice. */
NEGATIVE(a_kmap_that_is_counted_twice, FULL, V6)
{
	as_task(m, 0);
	mm_kmap(m, other);
	page_kmap_inc(m, other);
}

NEGATIVE(a_strict_slot_that_is_counted_twice, FULL, V6)
{
	m->setup.kmap_strict = true;
	mm_kmap_atomic(m, other, KM_PTE0);
	page_kmap_inc(m, other);
}

/* kmap_validate() and fixmap_validate() see these first. */
NEGATIVE(a_kmap_of_a_frame_that_is_not_mapped, BELOW, V5)
{
	as_task(m, 0);
	mm_kmap(m, other);
	page_kmap_dec(m, other);
}

NEGATIVE(a_strict_slot_of_a_frame_of_nobodys, BELOW, V5)
{
	m->setup.kmap_strict = true;
	m->fixmap_pt[1023 - 5].word = 6000 << 12 | PAGE_KERNEL;
}

NEGATIVE(a_user_pde_to_no_table, FULL, V2)
{
	pgd_words(pgd)[7].word = frame_word(m, page, 0x67);
}

NEGATIVE(a_user_pde_to_a_table_of_boot, FULL, V2)
{
	pgd_words(pgd)[7].word = m->swapper_pg_dir[1023].word;
}

NEGATIVE(a_mapping_that_is_gone, FULL, V3)
{
	user_pte(m, 0x1000)->word = 0;
}

NEGATIVE(one_frames_mapping_is_anothers, FULL, V3)
{
	user_pte(m, 0x1000)->word = user_pte(m, 0xBFFFF000)->word;
}

NEGATIVE(a_count_too_low, FULL, V3)
{
	page->_mapcount--;
}

NEGATIVE(a_table_of_nobodys, FULL, V4)
{
	pc_alloc(m, GFP_KERNEL, 0)->flags |= PAGE_FLAG(table);
}

NEGATIVE(a_table_that_does_not_wait, FULL, V4)
{
	page_list_del(m, page_of_link(m, m->data->df_list.next));
}

NEGATIVE(a_table_that_was_forgotten, FULL, V4)
{
	struct page *table = pc_alloc(m, GFP_KERNEL, 0);

	page_set_table(m, table);
	pgd_words(pgd)[7].word = frame_word(m, table, 0x67);
	pgd_words(pgd)[8].word = frame_word(m, table, 0x67);
	memset(page_bytes(m, table), 0, PAGE_SIZE);
}

CLAUSES("map_audit.c", map_validate, setup)
