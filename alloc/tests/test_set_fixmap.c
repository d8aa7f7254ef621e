// SPDX-License-Identifier: MIT
/*
 * test_set_fixmap.c - the fixmap's slots that are not kmap_atomic's.
 */
#include "highmem.h"

static u32 pte_at(struct machine *m, vaddr_t addr)
{
	return m->fixmap_pt[addr >> PAGE_SHIFT & 1023].word;
}

TEST(a_device_in_a_slot)
{
	struct machine *m = high_on(HIGH_PC);
	struct fault f;

	EXPECT_EQ(0xFFFFE000, mm_set_fixmap(m, 1, 0xFEC00ABC, false));
	EXPECT_EQ(0xFEC00163, pte_at(m, 0xFFFFE000));
	mm_load32(m, SEG_DS, 0xFFFFE000, &f);
	EXPECT(mm_tlb_entry(m, 0, 0xFFFFE000, false));
	on_cpu(m, 1);
	mm_load32(m, SEG_DS, 0xFFFFE000, &f);
	on_cpu(m, 0);
	EXPECT_EQ(0xFFFFE000, mm_set_fixmap(m, 1, 0xFEE00000, true));
	EXPECT_EQ(0xFEE00173, pte_at(m, 0xFFFFE000));
	/* the other CPU goes on with what it had */
	EXPECT_EQ(0, mm_tlb_entry(m, 0, 0xFFFFE000, false));
	EXPECT_EQ(0xFEC00000,
		  mm_tlb_entry(m, 1, 0xFFFFE000, false) & PTE_FRAME);
	EXPECT_SOUND(m);
	mm_clear_fixmap(m, 1);
	EXPECT_EQ(0, pte_at(m, 0xFFFFE000));
	EXPECT(mm_tlb_entry(m, 1, 0xFFFFE000, false));
	machine_delete(m);
}

TEST(which_slots_can_be_set)
{
	static const struct {
		const char *line;
		u32 first, end;
	} pc[] = { { "ram=24M vmalloc=1004M cpus=1", 15, 32 },
		   { HIGH_PC, 106, 123 } };

	for (u32 i = 0; i < 2; i++) {
		struct machine *m = high_on(pc[i].line);

		for (u32 slot = 0; slot < 200; slot++) {
			bool may = slot == 1 ||
				   (slot >= pc[i].first && slot < pc[i].end);

			if (!may)
				EXPECT_NOTHING(
					m, 0, fixmap_slot,
					mm_set_fixmap(m, slot, 0xFEC00000, 0));
			as_task(m, 0);
			EXPECT_EQ(may ? 0xFFFFF000 - slot * 4096 : 0,
				  mm_set_fixmap(m, slot, 0xFEC00000, 0));
			as_task(m, 0);
			mm_clear_fixmap(m, slot);
			EXPECT_EQ(may ? REPORT_none : REPORT_fixmap_slot,
				  mm_report(m));
		}
		EXPECT_NOTHING(m, 0, fixmap_slot,
			       mm_set_fixmap(m, 0xFFFFFFFF, 0xFEC00000, 0));
		EXPECT_SOUND(m);
		machine_delete(m);
	}
}

/* Reserved frames are no memory to give; all else below max_mapnr is. */
TEST(what_can_be_set)
{
	struct machine *m = high_on(HIGH_PC);
	const u32 memory[] = { HIGH_PFN << 12, (8192u << 12) - 1, 0x600000 };

	for (u32 i = 0; i < 3; i++)
		EXPECT_NOTHING(m, 0, map_frame,
			       mm_set_fixmap(m, 1, memory[i], 0));
	as_task(m, 0);
	EXPECT(mm_set_fixmap(m, 1, 8192u << 12, 0));
	EXPECT(mm_set_fixmap(m, 106, 0xF0000, 0));
	EXPECT(mm_set_fixmap(m, 107, KERNEL_START, 0));
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_SOUND(m);
	machine_reset(m);
	EXPECT_EQ(0, pte_at(m, 0xFFFFE000));
	machine_delete(m);
}
