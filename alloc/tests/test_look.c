// SPDX-License-Identifier: MIT
/*
 * test_look.c - what the machine shows of itself; layouts: test_layout.c.
 */
#include "pc.h"

TEST(counts)
{
	struct machine *m = pc_on(SMALL_PC);
	struct mm_counts before, after;

	mm_set_current(m, task_plain);
	mm_drain_local_pages(m);
	mm_counts(m, 1, &before);
	mm_set_current(m, (struct task){ .cpu = 1 });
	/* batch 1: the cold list is empty again when its frame is taken */
	EXPECT(mm_alloc_pages(m, GFP_KERNEL, 0));
	EXPECT(mm_alloc_pages(m, GFP_KERNEL, 4));
	mm_free_cold_page(m, mm_alloc_pages(m, GFP_KERNEL | GFP_DMA, 0));
	mm_counts(m, 1, &after);
	for (u32 i = 0; i < NR_ZONES; i++) {
		u32 sum = 0;

		for (u32 order = 0; order < MAX_ORDER; order++)
			sum += after.nr_free[i][order] << order;
		EXPECT_EQ(sum, after.free_pages[i]);
	}
	EXPECT_EQ(before.free_pages[ZONE_NORMAL] - 17,
		  after.free_pages[ZONE_NORMAL]);
	EXPECT_EQ(before.free_pages[ZONE_DMA] - 1, after.free_pages[ZONE_DMA]);
	EXPECT_EQ(1, after.pcp[ZONE_DMA][PCP_COLD]);
	mm_counts(m, 0, &after);
	EXPECT_EQ(0, after.pcp[ZONE_DMA][PCP_COLD]);
	machine_delete(m);
}

/* Past the end there is the spare element, which is no frame. */
TEST(frame_numbers)
{
	struct machine *m = pc_on(SMALL_PC);

	for (pfn_t pfn = 0; pfn < 6144; pfn++)
		EXPECT_EQ(pfn, mm_page_to_pfn(m, mm_pfn_to_page(m, pfn)));
	EXPECT(mm_pfn_to_page(m, 6144) == mm_pfn_to_page(m, 6143) + 1);
	EXPECT(mm_pfn_to_page(m, PFN_NONE) == mm_pfn_to_page(m, 6144));
	EXPECT_EQ(PFN_NONE, mm_page_to_pfn(m, NULL));
	machine_delete(m);
}

/* Looking changes nothing. */
TEST(looking_changes_nothing)
{
	struct machine *m = pc_on(SMALL_PC);
	const u64 digest = machine_digest(m);
	struct mm_layout l;
	struct mapping_counts mappings;
	struct kmap_view kmaps;
	struct mm_counts counts;
	struct frame_view frame;
	u32 nr;

	mm_layout(m, &l);
	mm_counts(m, NR_CPUS - 1, &counts);
	mm_mapping_counts(m, &mappings);
	mm_kmap_view(m, &kmaps);
	for (pfn_t pfn = 0; pfn < 6200; pfn++)
		mm_frame_view(m, pfn, &frame);
	mm_frame_view(m, PFN_NONE, &frame);
	EXPECT_EQ(FRAME_RESERVED, frame.state);
	EXPECT(mm_boot_claims(m, &nr) && nr == 9);
	EXPECT_SOUND(m);
	EXPECT_EQ(digest, machine_digest(m));
	EXPECT_EQ(REPORT_none, mm_report(m));
	machine_delete(m);
}
