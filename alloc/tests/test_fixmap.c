// SPDX-License-Identifier: MIT
/*
 * test_fixmap.c - slots, how high memory is zeroed, and each clause of
 * fixmap_validate().
 */
#include "clauses.h"
#include "../fixmap.h"
#include "../mmu.h"

#define HIGH_PFN 5120u /* of the small PC: the first */

static struct machine *setup(void)
{
	struct machine *m = pc_on(SMALL_PC);

	machine_snapshot(m);
	return m;
}

/* The PTE of KM_USER0 of a CPU: slots grow downwards from 2, 13 a CPU. */
static pte_t *user0(struct machine *m, u32 cpu)
{
	vaddr_t addr = 0xFFFFF000u - (2 + 3 + 13 * cpu) * 4096;

	return &m->fixmap_pt[addr >> 12 & 1023];
}

static bool all_bytes(const u8 *bytes, u8 value, u32 nr)
{
	for (u32 i = 0; i < nr; i++)
		if (bytes[i] != value)
			return false;
	return true;
}

/* --- slots ---------------------------------------------------------------- */

TEST(which_slots_are_whose)
{
	static const struct {
		const char *line;
		u32 atomic_end, end;
	} pc[] = { { "ram=24M vmalloc=1004M cpus=1", 15, 32 },
		   { SMALL_PC, 106, 123 } };

	for (u32 i = 0; i < 2; i++) {
		struct machine *m = pc_on(pc[i].line);

		for (u32 slot = 0; slot < PTRS_PER_TABLE; slot++) {
			EXPECT_EQ(slot >= 2 && slot < pc[i].atomic_end,
				  fix_is_atomic(m, slot));
			EXPECT_EQ(slot == 1 || (slot >= pc[i].atomic_end &&
						slot < pc[i].end),
				  fix_is_free(m, slot));
			EXPECT_EQ(slot, virt_to_fix(fix_to_virt(slot) + 4095));
			EXPECT(&m->fixmap_pt[1023 - slot] == fix_pte(m, slot));
		}
		machine_delete(m);
	}
}

TEST(a_slot_stays_or_is_emptied_and_forgotten)
{
	for (u32 strict = 0; strict < 2; strict++) {
		struct machine *m =
			pc_on(strict ? SMALL_PC " kmap_strict" : SMALL_PC);
		const struct page *page = pfn_to_page(m, HIGH_PFN + 7);
		vaddr_t addr = fix_map_atomic(m, page, 9);

		EXPECT_EQ(0xFFFF6000, addr);
		EXPECT(mmu_kernel_ptr(m, addr) ==
		       ram_frame(mm_ram(m), HIGH_PFN + 7));
		fix_unmap_atomic(m, 9);
		EXPECT_EQ(strict ? 0 : (HIGH_PFN + 7) << 12 | 0x163,
			  fix_pte(m, 9)->word);
		EXPECT_EQ(!strict, mm_tlb_entry(m, 0, addr, false) != 0);
		machine_delete(m);
	}
}

/* --- zeroing -------------------------------------------------------------- */

/* A block of four: the slot is left with the last of its frames. */
TEST(high_memory_is_zeroed_through_the_slot)
{
	struct machine *m = setup();
	struct page *page = pc_alloc(m, GFP_HIGHUSER, 2);
	pfn_t pfn = page_to_pfn(m, page);

	EXPECT(pfn >= HIGH_PFN);
	memset(ram_frame(mm_ram(m), pfn), 0xAA, 4 * PAGE_SIZE);
	EXPECT_EQ(0, user0(m, 0)->word);
	pc_free(m, page, 2);
	mm_set_current(m, (struct task){ .cpu = 1 });
	EXPECT(page == mm_alloc_pages(m, GFP_HIGHUSER | __GFP_ZERO, 2));
	EXPECT_EQ((pfn + 3) << 12 | 0x163, user0(m, 1)->word);
	EXPECT_EQ(0, user0(m, 0)->word);
	EXPECT(all_bytes(ram_frame(mm_ram(m), pfn), 0, 4 * PAGE_SIZE));
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(low_memory_is_zeroed_in_place)
{
	struct machine *m = setup();
	struct page *page = pc_alloc(m, GFP_KERNEL, 1);
	u8 *bytes = ram_frame(mm_ram(m), page_to_pfn(m, page));

	memset(bytes, 0xAA, 2 * PAGE_SIZE);
	pc_free(m, page, 1);
	EXPECT(page == pc_alloc(m, GFP_KERNEL, 1));
	EXPECT(all_bytes(bytes, 0xAA, 2 * PAGE_SIZE));
	pc_free(m, page, 1);
	EXPECT(page == pc_alloc(m, GFP_KERNEL | __GFP_ZERO, 1));
	EXPECT(all_bytes(bytes, 0, 2 * PAGE_SIZE));
	for (u32 i = 0; i < PTRS_PER_TABLE; i++)
		EXPECT_EQ(0, m->fixmap_pt[i].word);
	machine_delete(m);
}

/* 2.6.19: the slot is left empty, and must not be in use. */
TEST(high_memory_is_zeroed_through_a_strict_slot)
{
	struct machine *m = pc_on(SMALL_PC " kmap_strict");
	struct page *page = pc_alloc(m, GFP_HIGHUSER, 1);
	u8 *bytes = ram_frame(mm_ram(m), page_to_pfn(m, page));

	memset(bytes, 0xAA, 2 * PAGE_SIZE);
	pc_free(m, page, 1);
	EXPECT(page == pc_alloc(m, GFP_HIGHUSER | __GFP_ZERO, 1));
	EXPECT(all_bytes(bytes, 0, 2 * PAGE_SIZE));
	EXPECT_EQ(0, user0(m, 0)->word);
	EXPECT_SOUND(m);
	mm_kmap_atomic(m, page, KM_USER0);
	EXPECT(!mm_alloc_pages(m, __GFP_HIGHMEM | __GFP_ZERO, 0));
	EXPECT_EQ(REPORT_kmap_busy, mm_report(m));
	/* whatever zone would serve; but not where low memory is asked for */
	mm_set_current(m, (struct task){ 0 });
	EXPECT(mm_alloc_pages(m, GFP_ATOMIC | __GFP_ZERO, 0) != NULL);
	/* in an interrupt that comes first, and another CPU has its own slot */
	mm_set_current(m, (struct task){ .flags = TASK_IRQ });
	EXPECT(!mm_alloc_pages(m, __GFP_HIGHMEM | __GFP_ZERO, 0));
	EXPECT_EQ(REPORT_zero_highmem_irq, mm_report(m));
	mm_set_current(m, (struct task){ .cpu = 1 });
	EXPECT(mm_alloc_pages(m, GFP_HIGHUSER | __GFP_ZERO, 0) != NULL);
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* As 2.6.12: what a program has in the slot is lost. */
TEST(zeroing_overwrites_the_slot_of_a_program)
{
	struct machine *m = setup();
	struct page *page = pc_alloc(m, GFP_HIGHUSER, 0);

	mm_kmap_atomic(m, page, KM_USER0);
	mm_set_current(m, (struct task){ 0 });
	page = mm_alloc_pages(m, __GFP_HIGHMEM | __GFP_ZERO, 0);
	EXPECT_EQ(page_to_pfn(m, page) << 12 | 0x163, user0(m, 0)->word);
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* --- clauses -------------------------------------------------------------- */

#define F1 "F1: only slots that exist are in use"
#define F2 "F2: an atomic slot in use is that of a CPU that runs"
#define F3 "F3: an atomic slot maps a high frame"
#define F4 "F4: a strict slot maps a live frame that knows of it"
#define F5 "F5: the other slots map what is no memory"

static struct page *strict_page(struct machine *m)
{
	struct page *page = pc_alloc(m, GFP_HIGHUSER, 0);

	m->setup.kmap_strict = true;
	mm_kmap_atomic(m, page, KM_USER0);
	return page;
}

NEGATIVE(the_hole_mapped, FULL, F1)
{
	m->fixmap_pt[1023].word = HIGH_PFN << 12 | PAGE_KERNEL;
}

NEGATIVE(a_slot_past_the_last, FULL, F1)
{
	fix_pte(m, 123)->word = 0xFEC00163;
}

NEGATIVE(a_slot_of_a_cpu_that_is_not_there, FULL, F2)
{
	user0(m, 2)->word = HIGH_PFN << 12 | PAGE_KERNEL;
}

NEGATIVE(a_slot_that_was_used, QUICK, F3)
{
	fix_map_atomic(m, pfn_to_page(m, HIGH_PFN), 5);
	user0(m, 0)->word |= PAGE_USER;
}

NEGATIVE(a_slot_with_other_bits, FULL, F3)
{
	user0(m, 0)->word = HIGH_PFN << 12 | PTE_PRESENT;
}

NEGATIVE(a_slot_of_a_low_frame, FULL, F3)
{
	user0(m, 0)->word = (HIGH_PFN - 1) << 12 | PAGE_KERNEL;
}

NEGATIVE(a_slot_past_ram, FULL, F3)
{
	user0(m, 0)->word = 6144u << 12 | PAGE_KERNEL;
}

NEGATIVE(a_strict_slot_of_a_frame_that_does_not_know, QUICK, F4)
{
	page_kmap_dec(m, strict_page(m));
}

NEGATIVE(a_strict_slot_of_a_free_frame, QUICK, F4)
{
	strict_page(m)->_count = -1;
}

NEGATIVE(a_fixed_slot_of_memory, QUICK, F5)
{
	mm_set_fixmap(m, 1, 0xFEC00000, true);
	fix_pte(m, 1)->word = HIGH_PFN << 12 | PAGE_KERNEL;
}

NEGATIVE(a_fixed_slot_with_other_bits, QUICK, F5)
{
	mm_set_fixmap(m, 1, 0xFEC00000, true);
	fix_pte(m, 1)->word |= PAGE_USER;
}

CLAUSES("fixmap.c", NULL, setup)
