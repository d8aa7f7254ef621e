// SPDX-License-Identifier: MIT
/*
 * test_mem_init.c - from bootmem to the buddy: what becomes free, in which
 * order and by which way, and what does not.
 */
#include "pc.h"

static u32 state_at(struct machine *m, pfn_t pfn)
{
	struct frame_view frame;

	mm_frame_view(m, pfn, &frame);
	return frame.state;
}

/* Every low frame that bootmem has free, and the bitmap; each high RAM one. */
TEST(what_is_free_is_what_bootmem_had_free)
{
	struct machine *m = pc_bootmem("ram=22532K vmalloc=1004M cpus=2");
	struct mm_layout l;
	bool was_free[5120];
	u32 nr = 0;

	for (pfn_t pfn = 0; pfn < 5120; pfn++)
		was_free[pfn] = !(m->bootmem.map[pfn / 32] >> pfn % 32 & 1) ||
				pfn == 0x402;
	machine_mem_init(m);
	for (pfn_t pfn = 0; pfn < 5633; pfn++) {
		u32 state = state_at(m, pfn);
		bool is_free = state == FRAME_BUDDY || state == FRAME_PCP;

		EXPECT_EQ(pfn < 5120 ? was_free[pfn] : true, is_free);
		EXPECT(is_free || state == FRAME_RESERVED);
		nr += is_free;
	}
	mm_layout(m, &l);
	EXPECT_EQ(nr, l.totalram_pages);
	EXPECT_EQ(513, l.totalhigh_pages);
	EXPECT_EQ(FRAME_RESERVED, state_at(m, 5633));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/*
 * Zone DMA of 16M, UP: single frames are 36 .. 63 (behind mem_map), 128 ..
 * 158, and 1027 .. 1055, then the bitmap's, 1026.  Batch 1: the hot list
 * keeps the last six, and the last one freed is first.
 */
TEST(single_frames_go_through_the_hot_list)
{
	static const pfn_t want[] = { 1026, 1055, 1054, 1053, 1052, 1051 };
	struct machine *m = pc_on("ram=16M");
	const struct per_cpu_pages *pcp;
	u32 link;

	pcp = &pc_zone(m, ZONE_DMA)->pageset[0].pcp[PCP_HOT];
	link = pcp->list.next;
	EXPECT_EQ(ARRAY_SIZE(want), pcp->count);
	for (u32 i = 0; i < ARRAY_SIZE(want) && i < pcp->count; i++) {
		struct page *page = page_of_link(m, link);

		EXPECT_EQ(want[i], page_to_pfn(m, page));
		link = page->lru.next;
	}
	machine_delete(m);
}

/* 32 free frames that fill a word are a block at once, and no list's. */
TEST(whole_words_are_blocks)
{
	struct machine *m = pc_bootmem("e820=0-9f000,100000-1081000");
	struct mm_counts counts;

	/* 4225 frames: zone Normal is 129, mem_map has the first 34 */
	machine_mem_init(m);
	mm_counts(m, 0, &counts);
	/* frames 64 .. 127 at once; 34 .. 63 and the last one by and by */
	EXPECT_EQ(1, counts.nr_free[ZONE_NORMAL][6]);
	EXPECT_EQ(6, counts.pcp[ZONE_NORMAL][PCP_HOT]);
	EXPECT_EQ(129 - 34 - 6, counts.free_pages[ZONE_NORMAL]);
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* The marks come after, and so nobody hears of it. */
TEST(no_trace_and_no_task)
{
	struct machine *m = pc_bootmem(SMALL_PC);
	struct mm_layout l;
	u32 nr;

	mm_layout(m, &l);
	EXPECT_EQ(0, l.zone[ZONE_DMA].pages_low);
	EXPECT_EQ(0, l.min_free_kbytes);
	EXPECT_EQ(0, l.totalram_pages);
	mm_set_current(m, (struct task){ .cpu = 1, .flags = TASK_IRQ });
	mm_free_bootmem(m, 0, 0);
	machine_mem_init(m);
	mm_trace(m, &nr);
	EXPECT_EQ(0, nr);
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_EQ(0, pc_zone(m, ZONE_DMA)->pageset[1].pcp[PCP_HOT].count);
	EXPECT(pc_zone(m, ZONE_DMA)->pageset[0].pcp[PCP_HOT].count > 0);
	mm_layout(m, &l);
	EXPECT(l.zone[ZONE_DMA].pages_low > 0);
	machine_delete(m);
}

/* Only high memory's pages bear PG_highmem. */
TEST(pg_highmem)
{
	struct machine *m = pc_on(SMALL_PC);

	for (pfn_t pfn = 0; pfn < 6144; pfn++) {
		const struct page *page = mm_pfn_to_page(m, pfn);

		EXPECT_EQ(pfn >= 5120, !!(page->flags & PAGE_FLAG(highmem)));
		EXPECT_EQ(pfn < 4096   ? ZONE_DMA
			  : pfn < 5120 ? ZONE_NORMAL
				       : ZONE_HIGHMEM,
			  page_zone_id(page));
	}
	machine_delete(m);
}

/* Low memory below 16 MiB is all DMA's, and high memory is no one's. */
TEST(high_memory_without_a_zone)
{
	struct machine *m = pc_on("ram=24M vmalloc=1016M");
	struct mm_layout l;

	mm_layout(m, &l);
	EXPECT_EQ(2048, l.max_low_pfn);
	EXPECT_EQ(6144, l.highend_pfn);
	EXPECT_EQ(6144, l.max_mapnr);
	EXPECT_EQ(2048, l.zone[ZONE_DMA].present_pages);
	EXPECT_EQ(0, l.zone[ZONE_NORMAL].present_pages);
	EXPECT_EQ(0, l.zone[ZONE_HIGHMEM].present_pages);
	EXPECT_EQ(0, l.totalhigh_pages);
	EXPECT_EQ(1, l.nr_zonelist[2]);
	for (pfn_t pfn = 2048; pfn < 6144; pfn++)
		EXPECT_EQ(FRAME_RESERVED, state_at(m, pfn));
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}
