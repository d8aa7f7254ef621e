// SPDX-License-Identifier: MIT
/*
 * test_buddy.c - blocks of free frames: splitting, merging, borders, order
 * of lists, and each clause of buddy_validate().
 *
 * Zone Normal of the small PC is frames 4096 .. 5119, of which mem_map has
 * the first 49 (6145 elements of 32 bytes).  Drained, the rest is blocks at
 * offsets 49, 50, 52, 56, 64, 128, 256 and 512.
 */
#include "clauses.h"
#include "../buddy.h"

#define NORMAL_START 4096u
#define NORMAL_FREE 975u

static const u32 normal_blocks[MAX_ORDER] = { 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0 };

static struct machine *setup(void)
{
	struct machine *m = pc_on(SMALL_PC);

	mm_drain_local_pages(m);
	return m;
}

static struct zone *normal(struct machine *m)
{
	return pc_zone(m, ZONE_NORMAL);
}

static struct free_area *area_of(struct machine *m, u32 order)
{
	return &normal(m)->free_area[order];
}

static struct page *first_of(struct machine *m, u32 order)
{
	return page_of_link(m, area_of(m, order)->free_list.next);
}

/* The frame's offset in zone Normal. */
static u32 offset(struct machine *m, const struct page *page)
{
	return page ? page_to_pfn(m, page) - NORMAL_START : PFN_NONE;
}

static void expect_blocks(struct machine *m, const u32 want[MAX_ORDER])
{
	u32 pages = 0;

	for (u32 o = 0; o < MAX_ORDER; o++) {
		if (area_of(m, o)->nr_free != want[o])
			TEST_FAIL("order %u: %u blocks, and not %u", o,
				  area_of(m, o)->nr_free, want[o]);
		pages += want[o] << o;
	}
	EXPECT_EQ(pages, normal(m)->free_pages);
}

/* --- splitting and merging ------------------------------------------------ */

TEST(what_boot_leaves)
{
	struct machine *m = setup();

	expect_blocks(m, normal_blocks);
	EXPECT_EQ(49, offset(m, first_of(m, 0)));
	EXPECT_EQ(50, offset(m, first_of(m, 1)));
	EXPECT_EQ(512, offset(m, first_of(m, 9)));
	machine_delete(m);
}

/* The lowest frames are kept, and each upper half becomes a block. */
TEST(split)
{
	static const u32 left[MAX_ORDER] = { 1, 1, 1, 1, 1, 1, 0, 1, 1, 1 };
	struct machine *m = setup();
	struct page *page = buddy_alloc(m, normal(m), 4);

	EXPECT_EQ(64, offset(m, page));
	expect_blocks(m, left);
	EXPECT_EQ(80, offset(m, first_of(m, 4)));
	EXPECT_EQ(96, offset(m, first_of(m, 5)));
	buddy_free(m, normal(m), page, 4);
	expect_blocks(m, normal_blocks);
	EXPECT_EQ(64, offset(m, first_of(m, 6)));
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(single_frames_come_out_ascending)
{
	struct machine *m = setup();

	for (u32 i = 49; i < 64; i++)
		EXPECT_EQ(i, offset(m, buddy_alloc(m, normal(m), 0)));
	for (u32 i = 64; i < 1024; i++)
		EXPECT_EQ(i, offset(m, buddy_alloc(m, normal(m), 0)));
	EXPECT(!buddy_alloc(m, normal(m), 0));
	EXPECT_EQ(0, normal(m)->free_pages);
	machine_delete(m);
}

TEST(last_in_first_out)
{
	static const u32 at[] = { 70, 100, 60, 90 };
	struct machine *m = setup();
	struct page *first = pfn_to_page(m, NORMAL_START);

	while (buddy_alloc(m, normal(m), 0))
		;
	for (u32 i = 0; i < ARRAY_SIZE(at); i++)
		buddy_free(m, normal(m), first + at[i], 0);
	for (u32 i = ARRAY_SIZE(at); i; i--)
		EXPECT_EQ(at[i - 1], offset(m, buddy_alloc(m, normal(m), 0)));
	machine_delete(m);
}

/* Freed in any order, the frames are the same blocks again. */
TEST(everything_merges_again)
{
	struct machine *m = setup();
	struct page *page[NORMAL_FREE];
	struct pc_dice dice = { 1 };

	for (u32 i = 0; i < NORMAL_FREE; i++)
		page[i] = buddy_alloc(m, normal(m), 0);
	for (u32 left = NORMAL_FREE; left; left--) {
		u32 i = pc_roll(&dice, left);

		buddy_free(m, normal(m), page[i], 0);
		page[i] = page[left - 1];
	}
	expect_blocks(m, normal_blocks);
	machine_delete(m);
}

/* Of the largest order, two buddies stay apart: frames 2048 and 3072. */
TEST(the_largest_do_not_merge)
{
	struct machine *m = setup();
	struct frame_view a, b;

	mm_frame_view(m, 2048, &a);
	mm_frame_view(m, 3072, &b);
	EXPECT_EQ(10, a.order);
	EXPECT_EQ(10, b.order);
	EXPECT(a.head && b.head);
	machine_delete(m);
}

/*
 * 80M with 12K of high memory: the border is at frame 20477, between two
 * frames that would be buddies.  The high zone's end is no border of a block
 * either: 20477 is alone, 20478 and 20479 are a pair.
 */
TEST(nothing_merges_across_a_border)
{
	static const u8 order[] = { 0, 0, 1 };
	struct machine *m = pc_on("ram=80M highmem=12K");

	mm_drain_local_pages(m);
	for (u32 i = 0; i < ARRAY_SIZE(order); i++) {
		struct frame_view frame;

		mm_frame_view(m, 20476 + i, &frame);
		EXPECT_EQ(FRAME_BUDDY, frame.state);
		EXPECT_EQ(1, frame.head);
		EXPECT_EQ(order[i], frame.order);
	}
	EXPECT_EQ(ZONE_NORMAL, page_zone_id(pfn_to_page(m, 20476)));
	EXPECT_EQ(ZONE_HIGHMEM, page_zone_id(pfn_to_page(m, 20477)));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* 513 high frames: the last one's buddy would be behind the end of RAM. */
TEST(nothing_merges_past_the_end)
{
	struct machine *m = pc_on("ram=22532K vmalloc=1004M");
	struct frame_view frame;

	mm_drain_local_pages(m);
	mm_frame_view(m, 5632, &frame);
	EXPECT_EQ(0, frame.order);
	EXPECT_EQ(1, frame.head);
	EXPECT_EQ(1, pc_zone(m, ZONE_HIGHMEM)->free_area[9].nr_free);
	EXPECT_EQ(513, pc_zone(m, ZONE_HIGHMEM)->free_pages);
	machine_delete(m);
}

/* --- clauses -------------------------------------------------------------- */

#define B1 "B1: a list's links agree, all of them pages'"
#define B2 "B2: a block in a list is marked with its order"
#define B3 "B3: a free block has no owner"
#define B4 "B4: a block is aligned, and inside its zone"
#define B5 "B5: free buddies are merged"
#define B6 "B6: nr_free is the length of its list"
#define B7 "B7: free_pages is the sum of the blocks"
#define B8 "B8: inside a free block nothing is marked"
#define B9 "B9: every block that is marked is in a list"

/* What area_add() and area_del() are in buddy.c, counters apart. */
static void put_in(struct machine *m, struct page *page, u32 order)
{
	struct list_head *list = &area_of(m, order)->free_list;

	page->flags |= PAGE_FLAG(private);
	page->private = order;
	list_insert(m->base, &page->lru, ptr_link(list), list->next);
}

static void take_out(struct machine *m, struct page *page)
{
	list_remove(m->base, &page->lru);
	page->flags &= ~PAGE_FLAG(private);
}

NEGATIVE(a_list_leads_into_the_image, QUICK, B1)
{
	area_of(m, 6)->free_list.next = ptr_link(m->data);
}

NEGATIVE(a_list_leads_between_two_pages, QUICK, B1)
{
	area_of(m, 6)->free_list.next += 4;
}

NEGATIVE(a_block_leads_back_elsewhere, QUICK, B1)
{
	first_of(m, 6)->lru.prev = ptr_link(&first_of(m, 7)->lru);
}

NEGATIVE(a_list_ends_elsewhere, QUICK, B1)
{
	area_of(m, 6)->free_list.prev = ptr_link(&area_of(m, 6)->free_list);
}

NEGATIVE(a_cyclic_list, QUICK, B1)
{
	first_of(m, 6)->lru.next = ptr_link(&first_of(m, 6)->lru);
}

NEGATIVE(a_head_of_another_order, QUICK, B2)
{
	first_of(m, 6)->private = 5;
}

NEGATIVE(a_head_without_its_mark, QUICK, B2)
{
	first_of(m, 6)->flags &= ~PAGE_FLAG(private);
}

NEGATIVE(a_head_with_an_owner, QUICK, B3)
{
	first_of(m, 6)->_count = 0;
}

NEGATIVE(a_head_that_is_reserved, QUICK, B3)
{
	first_of(m, 6)->flags |= PAGE_FLAG(reserved);
}

NEGATIVE(a_block_not_aligned, QUICK, B4)
{
	struct page *page = first_of(m, 3);

	take_out(m, page);
	put_in(m, page + 1, 3);
}

NEGATIVE(a_head_of_another_zone, QUICK, B4)
{
	first_of(m, 3)->flags ^= 1u << PG_zone;
}

NEGATIVE(a_block_over_the_border, QUICK, B4)
{
	first_of(m, 3)[7].flags ^= 3u << PG_zone;
}

NEGATIVE(two_buddies_apart, QUICK, B5)
{
	struct page *page = first_of(m, 6);

	take_out(m, page);
	area_of(m, 6)->nr_free--;
	put_in(m, page, 5);
	put_in(m, page + 32, 5);
	area_of(m, 5)->nr_free += 2;
}

NEGATIVE(nr_free_too_high, QUICK, B6)
{
	area_of(m, 4)->nr_free++;
}

NEGATIVE(nr_free_too_low, QUICK, B6)
{
	area_of(m, 6)->nr_free--;
}

NEGATIVE(free_pages_too_high, QUICK, B7)
{
	normal(m)->free_pages++;
}

NEGATIVE(a_mark_inside_a_block, FULL, B8)
{
	first_of(m, 6)[17].flags |= PAGE_FLAG(private);
}

NEGATIVE(an_owner_inside_a_block, FULL, B8)
{
	first_of(m, 6)[63]._count = 0;
}

NEGATIVE(a_reserved_frame_inside_a_block, FULL, B8)
{
	first_of(m, 6)[1].flags |= PAGE_FLAG(reserved);
}

NEGATIVE(a_mark_of_no_order, FULL, B8)
{
	page_set_free_head(m, pfn_to_page(m, NORMAL_START), MAX_ORDER);
}

NEGATIVE(a_mark_in_no_list, FULL, B9)
{
	page_set_free_head(m, pfn_to_page(m, NORMAL_START), 0);
}

CLAUSES("buddy.c", NULL, setup)
