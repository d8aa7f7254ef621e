// SPDX-License-Identifier: MIT
/*
 * test_pgtable.c - the kernel's page tables: those of boot, kernel pages, the
 * kernel's answer to a fault, and each clause of pgtable_validate().
 */
#include "clauses.h"
#include "tables.h"
#include "../golden.h"

static struct machine *setup(void)
{
	struct machine *m = objects_on(SMALL_PC);

	machine_snapshot(m);
	return m;
}

static u32 claim_start(struct machine *m, enum boot_claim_label label, u32 nth)
{
	const struct boot_claim *claim;
	u32 nr;

	claim = mm_boot_claims(m, &nr);
	for (u32 i = 0; i < nr; i++)
		if (claim[i].label == label && !nth--)
			return claim[i].start;
	return 0;
}

/* --- boot ----------------------------------------------------------------- */

/* 4 MiB pages, the last of which over-maps; then kmap's and fixmap's tables. */
TEST(page_directory)
{
	struct machine *m = pc_on("e820=0-9f000,100000-1081000");

	for (u32 i = 0; i < 1024; i++) {
		u32 pde = m->swapper_pg_dir[i].word;

		if (i >= 768 && i < 773)
			EXPECT_EQ((i - 768) << 22 | 0x1E3, pde);
		else if (i == 1022)
			EXPECT_EQ(claim_start(m, CLAIM_pkmap_pt, 0) | 0x67,
				  pde);
		else if (i == 1023)
			EXPECT_EQ(claim_start(m, CLAIM_fixmap_pt, 0) | 0x67,
				  pde);
		else
			EXPECT_EQ(0, pde);
	}
	EXPECT_EQ(0, claim_start(m, CLAIM_direct_pt, 0));
	machine_delete(m);
}

/* head.S maps 8 MiB at both places, until mem_init ends. */
TEST(the_tables_of_head_s)
{
	struct machine *m = pc_bootmem(SMALL_PTES);
	u32 pg0 = claim_start(m, CLAIM_pg0, 0);
	const pte_t *pte = link_ptr(m->base, pg0 + PAGE_OFFSET);

	EXPECT_EQ(0x400000, pg0);
	for (u32 i = 0; i < 2; i++) {
		EXPECT_EQ((pg0 + i * 4096) | 7, m->swapper_pg_dir[i].word);
		EXPECT_EQ((pg0 + i * 4096) | 7,
			  m->swapper_pg_dir[768 + i].word);
	}
	for (u32 i = 0; i < 2048; i++)
		EXPECT_EQ(i << 12 | 0x163, pte[i].word);
	machine_mem_init(m);
	EXPECT_EQ(0, m->swapper_pg_dir[0].word | m->swapper_pg_dir[1].word);
	EXPECT_EQ((pg0 + 4096) | 7, m->swapper_pg_dir[769].word);
	EXPECT_SOUND(m);
	machine_delete(m);
	/* behind the direct map, pg0 keeps its words */
	m = pc_on("ram=6M mem=nopentium");
	pte = link_ptr(m->base, pg0 + PAGE_OFFSET);
	EXPECT_EQ(1535 << 12 | 0x163, pte[1535].word);
	EXPECT_EQ(1536 << 12 | 7, pte[1536].word);
	EXPECT_EQ(0, claim_start(m, CLAIM_direct_pt, 0));
	EXPECT_EQ(0, kernel_pde(m, 0xC0800000)->word);
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(a_direct_map_of_4_kib_pages)
{
	struct machine *m = pc_on("ram=18M mem=nopentium");
	struct mm_layout l;

	mm_layout(m, &l);
	EXPECT_EQ(0, l.pse);
	for (u32 i = 0; i < 3; i++)
		EXPECT_EQ(claim_start(m, CLAIM_direct_pt, i) | 0x67,
			  m->swapper_pg_dir[770 + i].word);
	EXPECT_EQ(0, claim_start(m, CLAIM_direct_pt, 3));
	for (pfn_t pfn = 0; pfn < 5 * 1024; pfn++)
		EXPECT_EQ(pfn < 18 * 256 ? pfn << 12 | 0x163 : 0,
			  kernel_word(m, PAGE_OFFSET + (pfn << 12)));
	EXPECT_SOUND(m);
	machine_delete(m);
	m = pc_on("ram=18M");
	mm_layout(m, &l);
	EXPECT_EQ(1, l.pse);
	machine_delete(m);
}

/* 1020 MiB of low memory: the direct map has the kmap window's place. */
TEST(a_direct_map_up_to_the_kmap_window)
{
	struct machine *m = pc_on_if_it_fits("ram=1G vmalloc=4M");
	struct zap z;

	if (!m)
		return;
	EXPECT_EQ((1022u - 768) << 22 | 0x1E3, m->swapper_pg_dir[1022].word);
	EXPECT_SOUND(m);
	/* and VMALLOC_START has wrapped */
	EXPECT(vmalloc_start(m->data->high_memory) < m->data->high_memory);
	EXPECT(pgtable_range(0, 1, &z));
	machine_delete(m);
}

TEST(every_direct_map_address_leads_to_its_frame)
{
	static const char *const lines[] = { SMALL_PC, SMALL_PTES };

	for (u32 i = 0; i < 2; i++) {
		struct machine *m = pc_on(lines[i]);

		for (pfn_t pfn = 0; pfn < LOW_PFNS; pfn++)
			EXPECT(mmu_kernel_ptr(m, PAGE_OFFSET + pfn * 4096) ==
			       ram_frame(mm_ram(m), pfn));
		EXPECT(mmu_kernel_ptr(m, PAGE_OFFSET + 0x1234567) ==
		       ram_frame(mm_ram(m), 0x1234) + 0x567);
		EXPECT_SOUND(m);
		machine_delete(m);
	}
}

/* --- kernel pages --------------------------------------------------------- */

TEST(a_kernel_page)
{
	struct machine *m = setup();
	struct page *page = pc_alloc(m, GFP_HIGHUSER, 0);
	struct page *table;
	struct frame_view seen;
	u32 paddr;
	struct fault f;

	EXPECT_EQ(VMALLOC, vmap_one(m, page, 0xFFF));
	EXPECT_EQ(frame_word(m, page, 0x17F), kernel_word(m, VMALLOC));
	EXPECT_EQ(0x67, kernel_pde(m, VMALLOC)->word & 0xFFF);
	table = pfn_to_page(m, pte_pfn(*kernel_pde(m, VMALLOC)));
	seen = frame_seen(m, table);
	EXPECT(seen.table && seen.count == 1 && !seen.mapcount);
	EXPECT_EQ(1, frame_seen(m, page).kmapcount);
	EXPECT_EQ(0, frame_seen(m, page).mapcount);
	EXPECT_EQ(1, frame_seen(m, page).count);
	EXPECT(touch_byte(m, ACCESS_WRITE, VMALLOC + 5, &paddr, &f));
	EXPECT_EQ(frame_word(m, page, 5), paddr);
	EXPECT_SOUND(m);
	EXPECT_REPORT(m, free_mapped, (mm__free_pages(m, page, 0), 0));
	EXPECT_REPORT(m, free_table, (mm__free_pages(m, table, 0), 0));
	EXPECT_REPORT(m, free_table, (mm_put_page(m, table), 0));
	EXPECT_REPORT(m, none, (mm_get_page(m, table), 0));
	EXPECT_REPORT(m, none, (mm_put_page(m, table), 0));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* --- faults --------------------------------------------------------------- */

/* A directory learns of the template's new table when it is asked for. */
TEST(a_directory_that_is_behind)
{
	struct machine *m = setup();
	struct pgd *pgd = pgd_new(m);
	struct page *page = pc_alloc(m, GFP_KERNEL, 0);
	u32 index = pgd_index(VMALLOC), paddr;
	struct fault f;

	EXPECT_EQ(0, mm_switch_mm(m, pgd));
	EXPECT_EQ(VMALLOC, vmap_one(m, page, 0x163));
	EXPECT_EQ(0, pgd_words(pgd)[index].word);
	EXPECT_SOUND(m);
	/* the table is there, the page is not: the PDE comes, the fault stays
	 */
	EXPECT(!touch_byte(m, ACCESS_READ, VMALLOC + 4096, &paddr, &f));
	EXPECT_EQ(FAULT_PF, f.vector);
	EXPECT_EQ(0, f.error);
	EXPECT_EQ(VMALLOC + 4096, f.cr2);
	EXPECT_EQ(kernel_pde(m, VMALLOC)->word, pgd_words(pgd)[index].word);
	pgd_words(pgd)[index].word = 0;
	EXPECT(touch_byte(m, ACCESS_READ, VMALLOC, &paddr, &f));
	EXPECT_EQ(frame_word(m, page, 0), paddr);
	EXPECT_EQ(kernel_pde(m, VMALLOC)->word, pgd_words(pgd)[index].word);
	/* no table in the template either */
	EXPECT(!touch_byte(m, ACCESS_READ, VMALLOC + PMD_SIZE, &paddr, &f));
	/* large pages are there: only a word that was lost brings it here */
	pgd_words(pgd)[768].word = 0;
	EXPECT(touch_byte(m, ACCESS_READ, PAGE_OFFSET, &paddr, &f));
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(faults_that_are_not_the_kernels)
{
	struct machine *m = setup();
	struct fault f = { FAULT_PF, 0, PAGE_OFFSET };

	EXPECT(pgtable_kernel_fault(m, &f));
	f.error = 1;
	EXPECT(!pgtable_kernel_fault(m, &f));
	f.error = 4;
	EXPECT(!pgtable_kernel_fault(m, &f));
	f.error = 2;
	EXPECT(pgtable_kernel_fault(m, &f));
	f.cr2 = TASK_SIZE - 1;
	EXPECT(!pgtable_kernel_fault(m, &f));
	machine_delete(m);
}

/* --- reset ---------------------------------------------------------------- */

/* Tables made since go, and those of boot are as they were, A and D too. */
TEST(a_reset_of_kernel_pages)
{
	static const char *const lines[] = { SMALL_PC, SMALL_PTES };
	static u8 before[2][PAGE_SIZE];

	for (u32 i = 0; i < 2; i++) {
		struct machine *m = objects_on(lines[i]);
		u64 digest = machine_digest(m);
		const u8 *pg0 = ram_frame(mm_ram(m), 0x400);
		struct fault f;
		u32 paddr;

		machine_snapshot(m);
		memcpy(before[0], m->swapper_pg_dir, PAGE_SIZE);
		memcpy(before[1], pg0, PAGE_SIZE);
		for (u32 round = 0; round < 2; round++) {
			struct page *page = pc_alloc(m, GFP_HIGHUSER, 0);
			u8 *table;

			vmap_one(m, page, 0x163);
			table = ram_frame(mm_ram(m),
					  pte_pfn(*kernel_pde(m, VMALLOC)));
			touch_byte(m, ACCESS_READ, VMALLOC, &paddr, &f);
			touch_byte(m, ACCESS_READ, PAGE_OFFSET, &paddr, &f);
			EXPECT(machine_digest(m) != digest);
			machine_reset(m);
			EXPECT_EQ(digest, machine_digest(m));
			EXPECT(!memcmp(before[0], m->swapper_pg_dir,
				       PAGE_SIZE));
			EXPECT(!memcmp(before[1], pg0, PAGE_SIZE));
			EXPECT_SOUND(m);
			EXPECT_EQ(0, mm_tlb_entry(m, 0, VMALLOC, false));
			for (u32 n = 0; n < PAGE_SIZE && !PLATFORM_POISON; n++)
				EXPECT_EQ(0, table[n]);
		}
		machine_delete(m);
	}
}

/* --- clauses -------------------------------------------------------------- */

#define D1 "D1: the direct map has no gap"
#define D2 "D2: a large page of the direct map is in its place"
#define D3 "D3: a split piece of the direct map has a table"
#define D4 "D4: a small page of the direct map is in its place"
#define D5 "D5: else the template has the vmalloc window alone"
#define D6 "D6: a PDE of the vmalloc window leads to a table"
#define D7 "D7: fixmap and kmap window have their page tables"

/* One table in the vmalloc window, and 4 MiB of the direct map split. */
static struct machine *with_tables(void)
{
	struct machine *m = setup();
	struct page *page = pc_alloc(m, GFP_KERNEL, 0);

	if (vmap_one(m, page, 0x163) != VMALLOC ||
	    mm_change_page_attr(m, pfn_to_page(m, 2048), 1, 0x161))
		pc_end("tables", "none");
	return m;
}

NEGATIVE(a_gap_in_the_direct_map, FULL, D1)
{
	m->swapper_pg_dir[771].word = 0;
}

NEGATIVE(a_direct_map_to_another_frame, FULL, D2)
{
	m->swapper_pg_dir[768].word += 4 << 20;
}

NEGATIVE(a_large_page_without_pse, FULL, D2)
{
	m->setup.pse = false;
}

NEGATIVE(a_split_without_a_table, FULL, D3)
{
	m->swapper_pg_dir[769].word = LOW_PFNS << 12 | PAGE_KERNEL;
}

NEGATIVE(a_split_into_no_table, FULL, D3)
{
	m->swapper_pg_dir[769].word = 5 << 12 | PAGE_KERNEL;
}

NEGATIVE(a_small_page_of_another_frame, FULL, D4)
{
	pgtable_pte(m, m->swapper_pg_dir, 0xC0801000)->word += 4096;
}

NEGATIVE(a_hole_in_a_split, FULL, D4)
{
	pgtable_pte(m, m->swapper_pg_dir, 0xC0801000)->word = 0;
}

NEGATIVE(the_identity_map_of_early_boot, FULL, D5)
{
	m->swapper_pg_dir[0].word = m->swapper_pg_dir[768].word;
}

NEGATIVE(a_direct_map_of_high_memory, FULL, D5)
{
	m->swapper_pg_dir[773].word = 5u << 22 | PAGE_KERNEL_PSE;
}

NEGATIVE(a_vmalloc_pde_with_other_bits, FULL, D6)
{
	kernel_pde(m, VMALLOC)->word &= ~PAGE_RW;
}

NEGATIVE(a_vmalloc_pde_to_a_table_of_boot, FULL, D6)
{
	kernel_pde(m, VMALLOC)->word = m->swapper_pg_dir[1023].word;
}

NEGATIVE(no_fixmap_table, FULL, D7)
{
	m->swapper_pg_dir[1023].word = 0;
}

NEGATIVE(a_fixmap_table_for_readers, FULL, D7)
{
	m->swapper_pg_dir[1023].word &= ~2u;
}

NEGATIVE(another_kmap_table, FULL, D7)
{
	m->swapper_pg_dir[1022].word += 4096;
}

CLAUSES("pgtable.c", NULL, with_tables)
