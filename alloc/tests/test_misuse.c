// SPDX-License-Identifier: MIT
/*
 * test_misuse.c - the reports: DESIGN.md's table of page frames row by row,
 * with the order of its checks, and that a report changes nothing else.
 * Those of bootmem are in test_bootmem.c.
 */
#include "pc.h"

#define GFP_BOTH (__GFP_DMA | __GFP_HIGHMEM)
#define HIGH_MEMORY (PAGE_OFFSET + (20u << 20))

/* What the calls are made with. */
struct scene {
	struct machine *m;
	struct page *one, *four, *compound; /* of orders 0, 2 and 2 */
	struct page *shared;		    /* of order 1, two references */
	struct page *freed;		    /* on a per-CPU list */
	struct page *freed_block;	    /* in the buddy, of order 5 */
	struct page *high;
	struct page *reserved;
	struct page *never; /* free, and no allocation returned it */
};

/* A free frame that no one ever had: the last of a free block. */
static struct page *never_returned(struct machine *m)
{
	struct frame_view frame;
	pfn_t pfn = 1024;

	do
		mm_frame_view(m, ++pfn, &frame);
	while (frame.state != FRAME_BUDDY || frame.head);
	return mm_pfn_to_page(m, pfn);
}

static struct scene scene_set(void)
{
	struct scene s = { .m = pc_on(SMALL_PC) };
	struct page *stock[5];

	for (u32 i = 0; i < ARRAY_SIZE(stock); i++)
		stock[i] = pc_alloc(s.m, GFP_KERNEL, 0);
	s.one = pc_alloc(s.m, GFP_KERNEL, 0);
	s.four = pc_alloc(s.m, GFP_KERNEL, 2);
	s.compound = pc_alloc(s.m, GFP_KERNEL | __GFP_COMP, 2);
	s.shared = pc_alloc(s.m, GFP_KERNEL, 1);
	mm_get_page(s.m, s.shared);
	s.high = pc_alloc(s.m, GFP_HIGHUSER, 0);
	/* a hot list that is not low: the shortest way is open */
	for (u32 i = 0; i < ARRAY_SIZE(stock); i++)
		pc_free(s.m, stock[i], 0);
	s.freed = pc_alloc(s.m, GFP_KERNEL, 0);
	pc_free(s.m, s.freed, 0);
	s.freed_block = pc_alloc(s.m, GFP_KERNEL, 5);
	pc_free(s.m, s.freed_block, 5);
	s.reserved = mm_pfn_to_page(s.m, pc_reserved_pfn());
	s.never = never_returned(s.m);
	return s;
}

static vaddr_t address(const struct scene *s, const struct page *page)
{
	return PAGE_OFFSET + mm_page_to_pfn(s->m, page) * PAGE_SIZE;
}

static struct page *spare(const struct scene *s)
{
	return mm_pfn_to_page(s->m, 6144);
}

static void *between(const struct page *page)
{
	return (char *)(uintptr_t)page + 4;
}

/* --- the table ------------------------------------------------------------ */

struct misuse {
	const char *name;
	enum report_kind report;
	u8 flags; /* enum task_flags */
	void (*call)(const struct scene *s);
	struct misuse *next;
};

static struct misuse *misuses;

#define MISUSE(id, kind, task_flags)                                           \
	static void misuse_##id(const struct scene *s);                        \
	__attribute__((constructor)) static void add_##id(void)                \
	{                                                                      \
		static struct misuse row = { #id, REPORT_##kind, task_flags,   \
					     misuse_##id, NULL };              \
		row.next = misuses;                                            \
		misuses = &row;                                                \
	}                                                                      \
	static void misuse_##id(const struct scene *s)

/* order 11 first of all: silence */

MISUSE(alloc_order_too_large, none, TASK_IRQ)
{
	EXPECT(!mm_alloc_pages(s->m, GFP_KERNEL | GFP_BOTH, MAX_ORDER));
	EXPECT(!mm_alloc_pages(s->m, GFP_KERNEL, 0xFFFFFFFF));
	EXPECT(!mm__get_free_pages(s->m, GFP_KERNEL, MAX_ORDER));
	EXPECT(!mm__get_dma_pages(s->m, GFP_KERNEL, MAX_ORDER));
}

MISUSE(alloc_both_zones, bad_zone_bits, TASK_IRQ)
{
	EXPECT(!mm_alloc_pages(s->m, GFP_KERNEL | GFP_BOTH | __GFP_ZERO, 0));
}

MISUSE(alloc_sleeps_under_a_lock, sleep_in_atomic, TASK_ATOMIC)
{
	EXPECT(!mm_alloc_pages(s->m, GFP_KERNEL, 0));
}

MISUSE(alloc_sleeps_in_an_interrupt, sleep_in_atomic, TASK_IRQ)
{
	EXPECT(!mm_alloc_pages(s->m, GFP_HIGHUSER | __GFP_ZERO, 0));
}

MISUSE(alloc_of_a_frame_sleeps_in_an_interrupt, sleep_in_atomic, TASK_IRQ)
{
	EXPECT(!mm_alloc_pages(s->m, GFP_KERNEL, 0));
}

MISUSE(alloc_of_a_frame_from_both_zones, bad_zone_bits, 0)
{
	EXPECT(!mm_alloc_pages(s->m, GFP_KERNEL | GFP_BOTH, 0));
}

MISUSE(zeroes_high_memory_in_an_interrupt, zero_highmem_irq, TASK_IRQ)
{
	EXPECT(!mm_alloc_pages(s->m, __GFP_HIGHMEM | __GFP_ZERO, 0));
}

MISUSE(asks_an_address_of_high_memory, highmem_no_address, TASK_IRQ)
{
	EXPECT(!mm__get_free_pages(s->m, GFP_HIGHUSER | GFP_BOTH, MAX_ORDER));
}

MISUSE(zeroed_page_of_high_memory, highmem_no_address, 0)
{
	EXPECT(!mm_get_zeroed_page(s->m, GFP_HIGHUSER));
}

MISUSE(dma_pages_of_high_memory, highmem_no_address, 0)
{
	EXPECT(!mm__get_dma_pages(s->m, GFP_HIGHUSER, 0));
}

/* freeing: bad_page, order_too_large, free_reserved, then by state */

MISUSE(free_null, bad_page, 0)
{
	mm__free_pages(s->m, NULL, MAX_ORDER);
}

MISUSE(free_the_spare_element, bad_page, 0)
{
	mm__free_pages(s->m, spare(s), 0);
}

MISUSE(free_between_two_pages, bad_page, 0)
{
	mm__free_pages(s->m, between(s->one), 0);
}

MISUSE(free_before_mem_map, bad_page, 0)
{
	mm__free_pages(s->m, between(mm_pfn_to_page(s->m, 0)) - 36, 0);
}

MISUSE(free_cold_of_no_page, bad_page, 0)
{
	mm_free_cold_page(s->m, spare(s));
}

MISUSE(free_order_too_large, order_too_large, 0)
{
	mm__free_pages(s->m, s->reserved, MAX_ORDER);
}

MISUSE(free_order_of_16, order_too_large, 0)
{
	mm__free_pages(s->m, s->one, 16);
}

MISUSE(free_order_of_all_ones, order_too_large, 0)
{
	mm__free_pages(s->m, s->one, 0xFFFFFFFF);
}

MISUSE(free_a_reserved_frame, free_reserved, 0)
{
	mm__free_pages(s->m, s->reserved, 3);
}

MISUSE(free_cold_of_a_reserved_frame, free_reserved, 0)
{
	mm_free_cold_page(s->m, s->reserved);
}

MISUSE(free_too_much, wrong_order, 0)
{
	mm__free_pages(s->m, s->one, 1);
}

MISUSE(free_too_little, wrong_order, 0)
{
	mm__free_pages(s->m, s->four, 1);
}

/* with any count: here it is 2 */
MISUSE(free_shared_with_another_order, wrong_order, 0)
{
	mm__free_pages(s->m, s->shared, 0);
}

MISUSE(free_cold_of_a_block, wrong_order, 0)
{
	mm_free_cold_page(s->m, s->four);
}

MISUSE(free_a_tail, free_tail, 0)
{
	mm__free_pages(s->m, s->four + 1, 0);
}

MISUSE(free_the_upper_half, free_tail, 0)
{
	mm__free_pages(s->m, s->four + 2, 1);
}

MISUSE(free_a_compound_tail, free_tail, 0)
{
	mm__free_pages(s->m, s->compound + 3, 0);
}

MISUSE(free_again_from_a_list, double_free, 0)
{
	mm__free_pages(s->m, s->freed, 0);
}

MISUSE(free_again_with_another_order, double_free, 0)
{
	mm__free_pages(s->m, s->freed_block, 2);
}

MISUSE(free_cold_again, double_free, 0)
{
	mm_free_cold_page(s->m, s->freed);
}

MISUSE(free_what_no_one_had, never_allocated, 0)
{
	mm__free_pages(s->m, s->never, 0);
}

/* inside a block that was handed out, but never a head itself */
MISUSE(free_a_free_blocks_tail, never_allocated, 0)
{
	mm__free_pages(s->m, s->freed_block + 17, 0);
}

MISUSE(free_address_0, none, 0)
{
	mm_free_pages(s->m, 0, MAX_ORDER);
}

MISUSE(free_a_user_address, bad_address, 0)
{
	mm_free_pages(s->m, PAGE_OFFSET - 1, 0);
}

/* before order_too_large */
MISUSE(free_at_high_memory, bad_address, 0)
{
	mm_free_pages(s->m, HIGH_MEMORY, MAX_ORDER);
}

MISUSE(free_a_vmalloc_address, bad_address, 0)
{
	mm_free_pages(s->m, 0xF8800000, 0);
}

MISUSE(free_the_last_address, bad_address, 0)
{
	mm_free_pages(s->m, 0xFFFFFFFF, 0);
}

MISUSE(free_an_address_with_a_large_order, order_too_large, 0)
{
	mm_free_pages(s->m, address(s, s->one), MAX_ORDER);
}

MISUSE(free_an_address_inside_a_block, free_tail, 0)
{
	mm_free_pages(s->m, address(s, s->four) + PAGE_SIZE, 0);
}

MISUSE(free_an_address_again, double_free, 0)
{
	mm_free_pages(s->m, address(s, s->freed) + 0xFFF, 0);
}

/* references */

MISUSE(get_no_page, bad_page, 0)
{
	mm_get_page(s->m, NULL);
}

MISUSE(put_no_page, bad_page, 0)
{
	mm_put_page(s->m, spare(s));
}

MISUSE(put_between_two_pages, bad_page, 0)
{
	mm_put_page(s->m, between(s->one));
}

MISUSE(get_a_tail, ref_tail, 0)
{
	mm_get_page(s->m, s->four + 3);
}

MISUSE(put_a_tail, ref_tail, 0)
{
	mm_put_page(s->m, s->four + 1);
}

MISUSE(get_a_free_frame, ref_free, 0)
{
	mm_get_page(s->m, s->never);
}

MISUSE(get_a_freed_frame, ref_free, 0)
{
	mm_get_page(s->m, s->freed);
}

MISUSE(put_a_free_frame, ref_underflow, 0)
{
	mm_put_page(s->m, s->freed_block);
}

MISUSE(put_a_listed_frame, ref_underflow, 0)
{
	mm_put_page(s->m, s->freed);
}

MISUSE(put_a_reserved_frame, none, 0)
{
	mm_put_page(s->m, s->reserved);
}

/* 2.6.12 would free one frame of it */
MISUSE(put_a_block_not_compound, wrong_order, 0)
{
	mm_put_page(s->m, s->four);
}

/* addresses */

MISUSE(address_of_no_page, bad_page, 0)
{
	EXPECT_EQ(0, mm_page_address(s->m, spare(s)));
}

MISUSE(address_of_null, bad_page, 0)
{
	EXPECT_EQ(0, mm_page_address(s->m, NULL));
}

MISUSE(address_of_a_high_page, none, 0)
{
	EXPECT_EQ(0, mm_page_address(s->m, s->high));
}

MISUSE(page_of_a_user_address, bad_address, 0)
{
	EXPECT(!mm_virt_to_page(s->m, PAGE_OFFSET - 1));
}

MISUSE(page_of_address_0, bad_address, 0)
{
	EXPECT(!mm_virt_to_page(s->m, 0));
}

MISUSE(page_of_high_memory, bad_address, 0)
{
	EXPECT(!mm_virt_to_page(s->m, HIGH_MEMORY));
}

/* --- the tests ------------------------------------------------------------ */

TEST(each_misuse_draws_its_report_and_changes_nothing)
{
	for (const struct misuse *row = misuses; row; row = row->next) {
		const struct scene s = scene_set();
		const u64 view = machine_view(s.m);
		const u64 digest = machine_digest(s.m);
		u32 events;

		mm_set_current(s.m, (struct task){ .flags = row->flags });
		row->call(&s);
		if (mm_report(s.m) != row->report)
			TEST_FAIL("%s: report %u, and not %u", row->name,
				  mm_report(s.m), row->report);
		mm_trace(s.m, &events);
		if (machine_view(s.m) != view ||
		    machine_digest(s.m) != digest || events || mm_oom(s.m))
			TEST_FAIL("%s: more than a report", row->name);
		EXPECT_SOUND(s.m);
		machine_delete(s.m);
	}
}

/* All of abi.h but those of bootmem, which are its last. */
TEST(no_report_is_without_a_row)
{
	static const char *const name[] = {
#define X(name, doc) #name,
		REPORT_KINDS(X)
#undef X
	};

	for (u32 kind = 0; kind < REPORT_bootmem_late; kind++) {
		const struct misuse *row = misuses;

		while (row && row->report != kind)
			row = row->next;
		if (!row)
			TEST_FAIL("no row for %s", name[kind]);
	}
}

/* The first one counts until mm_set_current(). */
TEST(the_first_report_counts)
{
	const struct scene s = scene_set();

	mm_set_current(s.m, task_plain);
	mm__free_pages(s.m, s.freed, 0);
	mm__free_pages(s.m, s.reserved, 0);
	EXPECT_EQ(REPORT_double_free, mm_report(s.m));
	mm_set_current(s.m, task_plain);
	EXPECT_EQ(REPORT_none, mm_report(s.m));
	machine_delete(s.m);
}

/* What looks like misuse in the table's neighbourhood, and is none. */
TEST(no_misuse)
{
	const struct scene s = scene_set();
	struct frame_view frame;

	mm_set_current(s.m, task_plain);
	mm_put_page(s.m, s.shared);
	mm_free_pages(s.m, address(&s, s.shared) | 0xFFF, 1);
	mm_get_page(s.m, s.reserved);
	mm_frame_view(s.m, pc_reserved_pfn(), &frame);
	EXPECT_EQ(1, frame.count);
	mm_put_page(s.m, s.reserved);
	mm_frame_view(s.m, pc_reserved_pfn(), &frame);
	EXPECT_EQ(1, frame.count);
	EXPECT(mm_virt_to_page(s.m, HIGH_MEMORY - 1));
	EXPECT_EQ(0, mm_page_address(s.m, s.high));
	EXPECT_EQ(REPORT_none, mm_report(s.m));
	EXPECT_SOUND(s.m);
	mm_set_current(s.m, (struct task){ .flags = TASK_ATOMIC });
	EXPECT(mm_alloc_pages(s.m, __GFP_HIGHMEM | __GFP_ZERO, 0));
	EXPECT(mm_alloc_pages(s.m, GFP_ATOMIC | 0x80000008, 0));
	EXPECT_EQ(REPORT_none, mm_report(s.m));
	machine_delete(s.m);
}
