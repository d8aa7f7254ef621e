// SPDX-License-Identifier: MIT
/*
 * test_page.c - what a frame is, told from mem_map: every condition, for
 * heads and for the frames inside.
 */
#include "play.h"

struct want {
	u8 state, order, head, compound;
	u32 count;
};

static void expect_frame(struct machine *m, pfn_t pfn, struct want want)
{
	struct frame_view got;

	mm_frame_view(m, pfn, &got);
	if (got.state != want.state || got.order != want.order ||
	    got.head != want.head || got.compound != want.compound ||
	    got.count != want.count)
		TEST_FAIL("frame %u: state %u order %u head %u compound %u "
			  "count %u",
			  pfn, got.state, got.order, got.head, got.compound,
			  got.count);
}

TEST(an_owned_block)
{
	struct machine *m = pc_on(SMALL_PC);

	for (u32 order = 0; order < MAX_ORDER; order++)
		for (u32 comp = 0; comp < 2; comp++) {
			gfp_t gfp = GFP_KERNEL | (comp ? __GFP_COMP : 0);
			struct page *page = pc_alloc(m, gfp, order);
			pfn_t pfn = mm_page_to_pfn(m, page);
			u8 member = comp && order;

			expect_frame(m, pfn,
				     (struct want){ FRAME_ALLOCATED, (u8)order,
						    1, member, 1 });
			for (u32 i = 1; i < 1u << order; i++)
				expect_frame(m, pfn + i,
					     (struct want){ FRAME_TAIL, 0, 0,
							    member, 0 });
			pc_free(m, page, order);
		}
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* Frame 2048 of the small PC is the head of a block of order 10. */
TEST(a_free_block)
{
	struct machine *m = pc_on(SMALL_PC);

	expect_frame(m, 2048, (struct want){ FRAME_BUDDY, 10, 1, 0, 0 });
	for (u32 i = 1; i < 1024; i++)
		expect_frame(m, 2048 + i,
			     (struct want){ .state = FRAME_BUDDY });
	machine_delete(m);
}

TEST(a_frame_on_a_list)
{
	struct machine *m = pc_on(SMALL_PC);
	struct page *page = pc_alloc(m, GFP_KERNEL, 0);
	pfn_t pfn = mm_page_to_pfn(m, page);

	mm_get_page(m, page);
	expect_frame(m, pfn, (struct want){ FRAME_ALLOCATED, 0, 1, 0, 2 });
	mm_put_page(m, page);
	pc_free(m, page, 0);
	expect_frame(m, pfn, (struct want){ .state = FRAME_PCP });
	mm_drain_local_pages(m);
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(a_reserved_frame)
{
	struct machine *m = pc_on(SMALL_PC);
	const pfn_t pfn = pc_reserved_pfn();

	expect_frame(m, pfn, (struct want){ .state = FRAME_RESERVED });
	mm_get_page(m, mm_pfn_to_page(m, pfn));
	expect_frame(m, pfn,
		     (struct want){ .state = FRAME_RESERVED, .count = 1 });
	expect_frame(m, 6144, (struct want){ .state = FRAME_RESERVED });
	machine_delete(m);
}

/*
 * Beside a block of each order stand others: no frame is taken for a member
 * of a block that ends before it.
 */
TEST(neighbours)
{
	struct machine *m = pc_on(SMALL_PC);
	struct page *page[64];

	for (u32 i = 0; i < ARRAY_SIZE(page); i++)
		page[i] = pc_alloc(m, GFP_KERNEL, i % 4);
	for (u32 i = 1; i < ARRAY_SIZE(page); i += 2)
		pc_free(m, page[i], i % 4);
	for (u32 i = 0; i < ARRAY_SIZE(page); i += 2) {
		pfn_t pfn = mm_page_to_pfn(m, page[i]);
		u32 order = i % 4;

		expect_frame(
			m, pfn,
			(struct want){ FRAME_ALLOCATED, (u8)order, 1, 0, 1 });
		for (u32 j = 1; j < 1u << order; j++)
			expect_frame(m, pfn + j,
				     (struct want){ .state = FRAME_TAIL });
	}
	for (pfn_t pfn = 0; pfn < 6144; pfn++) {
		struct frame_view got;

		mm_frame_view(m, pfn, &got);
		EXPECT(got.state != FRAME_ALLOCATED || got.head);
		EXPECT(got.head || !got.order);
	}
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* A frame is on a list if and only if it says so, whoever its neighbours. */
TEST(lists_and_frames_agree)
{
	struct machine *m = pc_on(SMALL_PC);
	struct play p = play_new(9, 2);
	bool listed[6144] = { false };

	play_on(&p, m, 3000);
	for (u32 i = 0; i < NR_ZONES * 2 * NR_PCP_TEMPS; i++) {
		const struct per_cpu_pages *pcp;
		struct page *page;
		u32 link;

		pcp = &pc_zone(m, i / 4)->pageset[i / 2 % 2].pcp[i % 2];
		link = pcp->list.next;
		for (u32 nr = pcp->count; nr; nr--) {
			page = page_of_link(m, link);
			listed[page_to_pfn(m, page)] = true;
			link = page->lru.next;
		}
	}
	for (pfn_t pfn = 0; pfn < 6144; pfn++) {
		struct frame_view got;

		mm_frame_view(m, pfn, &got);
		EXPECT_EQ(listed[pfn], got.state == FRAME_PCP);
	}
	machine_delete(m);
}
