// SPDX-License-Identifier: MIT
/*
 * test_page_free.c - pages in hand: counts, compound blocks, reserved frames,
 * addresses, and what is announced of their coming and going.
 */
#include "pc.h"

/* --- references ----------------------------------------------------------- */

static u32 count_of(struct machine *m, const struct page *page)
{
	struct frame_view frame;

	mm_frame_view(m, mm_page_to_pfn(m, page), &frame);
	return frame.count;
}

static u32 state_of(struct machine *m, const struct page *page)
{
	struct frame_view frame;

	mm_frame_view(m, mm_page_to_pfn(m, page), &frame);
	return frame.state;
}

/* Only the head of a block has a reference; stored, a free one is -1. */
TEST(counts)
{
	struct machine *m = pc_on(SMALL_PC);
	struct page *page = pc_alloc(m, GFP_KERNEL, 2);

	EXPECT_EQ(0, page->_count);
	EXPECT_EQ(1, count_of(m, page));
	for (u32 i = 1; i < 4; i++) {
		EXPECT_EQ(0, count_of(m, page + i));
		EXPECT_EQ(FRAME_TAIL, state_of(m, page + i));
	}
	mm_get_page(m, page);
	mm_get_page(m, page);
	EXPECT_EQ(3, count_of(m, page));
	mm_put_page(m, page);
	mm__free_pages(m, page, 2);
	EXPECT_EQ(1, count_of(m, page));
	EXPECT_EQ(FRAME_ALLOCATED, state_of(m, page));
	mm__free_pages(m, page, 2);
	EXPECT_EQ(0, count_of(m, page));
	EXPECT_EQ(-1, page->_count);
	EXPECT_EQ(FRAME_BUDDY, state_of(m, page));
	page = pc_alloc(m, GFP_KERNEL, 0);
	mm_put_page(m, page);
	EXPECT_EQ(FRAME_PCP, state_of(m, page));
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* Every member leads to the head, and a put of any frees all. */
TEST(compound)
{
	struct machine *m = pc_on(SMALL_PC);
	struct page *page = pc_alloc(m, GFP_KERNEL | __GFP_COMP, 3);
	struct frame_view frame;

	for (u32 i = 0; i < 8; i++) {
		EXPECT_EQ(ptr_link(page), page[i].private);
		mm_frame_view(m, mm_page_to_pfn(m, page + i), &frame);
		EXPECT_EQ(1, frame.compound);
		EXPECT_EQ(i ? FRAME_TAIL : FRAME_ALLOCATED, frame.state);
	}
	EXPECT_EQ(3, page[1].index);
	mm_get_page(m, page + 7);
	mm_get_page(m, page + 1);
	EXPECT_EQ(3, count_of(m, page));
	EXPECT_EQ(0, count_of(m, page + 7));
	mm_put_page(m, page + 2);
	mm__free_pages(m, page, 3);
	EXPECT_EQ(1, count_of(m, page));
	mm_put_page(m, page + 5);
	EXPECT_EQ(FRAME_BUDDY, state_of(m, page));
	for (u32 i = 0; i < 8; i++) {
		EXPECT(!page_compound(page + i));
		EXPECT_EQ(i ? 0 : page[0].private, page[i].private);
	}
	EXPECT_EQ(REPORT_none, mm_report(m));
	/* of order 0 there is nothing to be a compound of */
	page = pc_alloc(m, GFP_KERNEL | __GFP_COMP, 0);
	EXPECT(!page_compound(page));
	pc_free(m, page, 0);
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(reserved_frames_count_but_stay)
{
	struct machine *m = pc_on(SMALL_PC);
	struct page *page = mm_pfn_to_page(m, pc_reserved_pfn());

	EXPECT_EQ(0, count_of(m, page));
	mm_set_current(m, task_plain);
	mm_get_page(m, page);
	mm_get_page(m, page);
	mm_put_page(m, page);
	EXPECT_EQ(2, count_of(m, page));
	EXPECT_EQ(FRAME_RESERVED, state_of(m, page));
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* --- the trace ------------------------------------------------------------ */

static bool same_event(const struct trace_record *a,
		       const struct trace_record *b)
{
	return a->event == b->event && a->order == b->order &&
	       a->zone == b->zone && a->temp == b->temp && a->pfn == b->pfn &&
	       a->arg == b->arg;
}

/* A block straight from the buddy, and back; gfp with what is added. */
TEST(trace_of_a_block)
{
	struct machine *m = pc_on(SMALL_PC);
	struct trace_record want = { .order = 2, .zone = ZONE_NORMAL };
	const struct trace_record *trace;
	struct page *page = pc_alloc(m, GFP_KERNEL | __GFP_ZERO, 2);
	u32 nr;

	trace = mm_trace(m, &nr);
	EXPECT_EQ(2, nr);
	want.event = TRACE_mm_page_alloc_zone_locked;
	want.pfn = mm_page_to_pfn(m, page);
	EXPECT(same_event(&want, &trace[0]));
	want.event = TRACE_mm_page_alloc;
	want.arg = GFP_KERNEL | __GFP_ZERO;
	EXPECT(same_event(&want, &trace[1]));
	pc_free(m, page, 2);
	trace = mm_trace(m, &nr);
	EXPECT_EQ(1, nr);
	want.event = TRACE_mm_page_free;
	want.arg = 0;
	EXPECT(same_event(&want, &trace[0]));
	mm_set_current(m, task_plain);
	mm_get_zeroed_page(m, GFP_KERNEL);
	trace = mm_trace(m, &nr);
	EXPECT_EQ(GFP_KERNEL | __GFP_ZERO, trace[nr - 1].arg);
	machine_delete(m);
}

/* A reference that is not the last one is no one's business. */
TEST(trace_of_references)
{
	struct machine *m = pc_on(SMALL_PC);
	struct page *page = pc_alloc(m, GFP_KERNEL, 0);
	const struct trace_record *trace;
	u32 nr;

	mm_set_current(m, task_plain);
	mm_get_page(m, page);
	mm_put_page(m, page);
	mm_trace(m, &nr);
	EXPECT_EQ(0, nr);
	mm_free_cold_page(m, page);
	trace = mm_trace(m, &nr);
	EXPECT_EQ(1, nr);
	EXPECT_EQ(TRACE_mm_page_free, trace[0].event);
	EXPECT_EQ(PCP_COLD, trace[0].temp);
	EXPECT_EQ(ZONE_NORMAL, trace[0].zone);
	machine_delete(m);
}

/* Single frames, until there is none. */
static void take_everything(struct machine *m)
{
	do
		mm_set_current(m, (struct task){ .flags = TASK_MEMALLOC });
	while (mm_alloc_pages(m, __GFP_HIGHMEM, 0));
}

/* The order in which a failing request announces its way down. */
TEST(trace_of_a_failure)
{
	static const u8 want[] = {
		TRACE_mm_vmscan_wakeup_kswapd, /* HighMem, Normal, DMA */
		TRACE_mm_vmscan_wakeup_kswapd,
		TRACE_mm_vmscan_wakeup_kswapd,
		TRACE_mm_vmscan_direct_reclaim_begin,
		TRACE_oom_kill,
	};
	struct machine *m = pc_on(SMALL_PC);
	const struct trace_record *trace;
	u32 nr;

	take_everything(m);
	EXPECT(!pc_alloc(m, GFP_HIGHUSER, 1));
	trace = mm_trace(m, &nr);
	EXPECT_EQ(ARRAY_SIZE(want), nr);
	for (u32 i = 0; i < nr && i < ARRAY_SIZE(want); i++) {
		EXPECT_EQ(want[i], trace[i].event);
		EXPECT_EQ(1, trace[i].order);
		EXPECT_EQ(i < 3 ? ZONE_HIGHMEM - i : 0, trace[i].zone);
		EXPECT_EQ(i < 3 ? 0 : GFP_HIGHUSER, trace[i].arg);
	}
	machine_delete(m);
}

/* --- addresses ------------------------------------------------------------ */

TEST(addresses)
{
	struct machine *m = pc_on(SMALL_PC);
	vaddr_t addr = mm__get_free_pages(m, GFP_KERNEL, 1);
	struct page *page = mm_virt_to_page(m, addr);

	EXPECT_EQ(0, addr % (2 * PAGE_SIZE));
	EXPECT_EQ(addr, mm_page_address(m, page));
	EXPECT_EQ(addr, PAGE_OFFSET + mm_page_to_pfn(m, page) * PAGE_SIZE);
	EXPECT(page == mm_virt_to_page(m, addr + 0xFFF));
	EXPECT(page == mm_pfn_to_page(m, mm_page_to_pfn(m, page)));
	EXPECT_EQ(0, mm_page_address(m, mm_pfn_to_page(m, 5120)));
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_EQ(PFN_NONE, mm_page_to_pfn(m, NULL));
	mm_free_pages(m, addr + 0x123, 1);
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_EQ(FRAME_BUDDY, state_of(m, page));
	machine_delete(m);
}

TEST(nr_free_pages)
{
	struct machine *m = pc_on(SMALL_PC);
	u32 before;

	mm_drain_local_pages(m);
	before = mm_nr_free_pages(m);
	EXPECT(pc_alloc(m, GFP_HIGHUSER, 4));
	EXPECT(pc_alloc(m, GFP_KERNEL, 1));
	EXPECT_EQ(before - 18, mm_nr_free_pages(m));
	machine_delete(m);
}
