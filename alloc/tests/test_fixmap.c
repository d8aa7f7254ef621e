// SPDX-License-Identifier: MIT
/*
 * test_fixmap.c - kmap_atomic, how high memory is zeroed, and each clause of
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

/* --- kmap_atomic -----------------------------------------------------------
 */

TEST(a_low_page_has_its_address)
{
	struct machine *m = setup();
	vaddr_t addr = kmap_atomic(m, pfn_to_page(m, 4999), KM_USER0);

	EXPECT_EQ(PAGE_OFFSET + 4999 * 4096, addr);
	kunmap_atomic(m, addr, KM_USER0);
	EXPECT_EQ(0, user0(m, 0)->word);
	machine_delete(m);
}

TEST(a_high_page_has_its_cpus_slot)
{
	struct machine *m = setup();
	const struct page *page = pfn_to_page(m, HIGH_PFN + 7);

	for (u8 cpu = 0; cpu < 2; cpu++) {
		vaddr_t addr;

		mm_set_current(m, (struct task){ .cpu = cpu });
		addr = kmap_atomic(m, (struct page *)page, KM_USER0);
		EXPECT_EQ(0xFFFFF000u - (5 + 13 * cpu) * 4096, addr);
		EXPECT_EQ((HIGH_PFN + 7) << 12 | 0x163, user0(m, cpu)->word);
		EXPECT(mmu_kernel_ptr(m, addr) ==
		       ram_frame(mm_ram(m), HIGH_PFN + 7));
		/* 2.6.12 leaves the slot as it is ... */
		kunmap_atomic(m, addr, KM_USER0);
		EXPECT_EQ((HIGH_PFN + 7) << 12 | 0x163, user0(m, cpu)->word);
	}
	/* ... and the next one overwrites it */
	kmap_atomic(m, pfn_to_page(m, HIGH_PFN), KM_USER0);
	EXPECT_EQ(HIGH_PFN << 12 | 0x163, user0(m, 1)->word);
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* Until it is dropped, the TLB believes in the frame that the slot had. */
TEST(a_slots_new_page_is_seen)
{
	struct machine *m = setup();
	struct page *page = pfn_to_page(m, HIGH_PFN);

	for (u32 i = 0; i < 3; i++) {
		vaddr_t addr = kmap_atomic(m, page + i, KM_USER0);

		EXPECT(mmu_kernel_ptr(m, addr) ==
		       ram_frame(mm_ram(m), HIGH_PFN + i));
		EXPECT_EQ((HIGH_PFN + i) << 12 |
				  (TLB_VALID | TLB_RW | TLB_DIRTY | TLB_GLOBAL),
			  mm_tlb_entry(m, 0, addr, false));
	}
	machine_delete(m);
}

/* --- zeroing ---------------------------------------------------------------
 */

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

/* --- clauses ---------------------------------------------------------------
 */

#define F1 "F1: the slots in use are KM_USER0's of CPUs that run"
#define F2 "F2: a kmap slot maps a high frame"

NEGATIVE(a_slot_of_no_cpu, FULL, F1)
{
	user0(m, 8)->word = HIGH_PFN << 12 | PAGE_KERNEL;
}

NEGATIVE(a_slot_of_a_cpu_that_is_not_there, FULL, F1)
{
	user0(m, 2)->word = HIGH_PFN << 12 | PAGE_KERNEL;
}

NEGATIVE(a_slot_of_another_type, FULL, F1)
{
	user0(m, 0)[-1].word = HIGH_PFN << 12 | PAGE_KERNEL;
}

NEGATIVE(a_slot_before_the_first_cpus, FULL, F1)
{
	user0(m, 0)[1].word = HIGH_PFN << 12 | PAGE_KERNEL;
}

NEGATIVE(the_hole_mapped, FULL, F1)
{
	m->fixmap_pt[1023].word = HIGH_PFN << 12 | PAGE_KERNEL;
}

NEGATIVE(a_slot_that_was_used, QUICK, F2)
{
	kmap_atomic(m, pfn_to_page(m, HIGH_PFN), KM_USER0);
	user0(m, 0)->word |= PAGE_USER;
}

NEGATIVE(a_slot_with_other_bits, FULL, F2)
{
	user0(m, 0)->word = HIGH_PFN << 12 | PTE_PRESENT;
}

NEGATIVE(a_slot_of_a_low_frame, FULL, F2)
{
	user0(m, 0)->word = (HIGH_PFN - 1) << 12 | PAGE_KERNEL;
}

NEGATIVE(a_slot_past_ram, FULL, F2)
{
	user0(m, 0)->word = 6144u << 12 | PAGE_KERNEL;
}

CLAUSES("fixmap.c", NULL, setup)
