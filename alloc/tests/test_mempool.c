// SPDX-License-Identifier: MIT
/*
 * test_mempool.c - pools: making them, taking and giving back, row by row of
 * DESIGN.md's table.  Their other numbers and their end are in
 * test_mempool_resize.c, who sleeps in test_mempool_wait.c, which pools there
 * are in test_mempool_table.c.
 */
#include "pools.h"

/* What mempool_alloc always adds, and what it first leaves out. */
#define ADDED (__GFP_NOMEMALLOC | __GFP_NORETRY | __GFP_NOWARN)
#define FIRST_TRY(gfp) (((gfp) | ADDED) & ~(__GFP_WAIT | __GFP_IO))

TEST(layout)
{
	EXPECT_EQ(40, sizeof(struct mempool));
	EXPECT_EQ(4, offsetof(struct mempool, min_nr));
	EXPECT_EQ(8, offsetof(struct mempool, curr_nr));
	EXPECT_EQ(12, offsetof(struct mempool, elements));
	EXPECT_EQ(16, offsetof(struct mempool, pool_data));
	EXPECT_EQ(28, offsetof(struct mempool, wait));
}

/* --- create --------------------------------------------------------------- */

TEST(create_fills_the_reserve)
{
	struct machine *m = pools_on(5);
	struct mempool *pool = create(m, 4);

	expect_reserve(m, pool, 4, 4);
	EXPECT_EQ(4, g.asked);
	for (u32 i = 0; i < 4; i++) {
		EXPECT_EQ(GFP_KERNEL, g.gfp[i]);
		EXPECT_EQ(mm_vaddr(g.given[i]), pool_info(m, pool).elements[i]);
	}
	destroy(m, pool);
	expect_taken_in_reverse(4, 3);
	machine_delete(m);
}

TEST(create_of_none)
{
	struct machine *m = pools_on(1);
	u64 view = machine_view(m);
	struct mempool *pool = create(m, 0);
	void *element;

	EXPECT_EQ(0, g.asked);
	expect_reserve(m, pool, 0, 0);
	element = element_new(m, pool, GFP_ATOMIC);
	EXPECT(element != NULL);
	element_free(m, pool, element);
	EXPECT_EQ(1, g.freed);
	destroy(m, pool);
	EXPECT_EQ(view, machine_view(m));
	machine_delete(m);
}

TEST(create_misused)
{
	struct machine *m = pools_on(9);
	u64 view = machine_view(m);

	EXPECT_REPORT(m, mempool_nr, EXPECT(!create(m, -1)));
	EXPECT_REPORT(m, mempool_nr, EXPECT(!create(m, INT32_MIN)));
	for (u32 flags = TASK_ATOMIC; flags <= TASK_IRQ; flags++) {
		as_task(m, flags);
		EXPECT(!create(m, -1));
		EXPECT_EQ(REPORT_sleep_in_atomic, mm_report(m));
	}
	EXPECT_EQ(0, g.asked);
	EXPECT_EQ(view, machine_view(m));
	machine_delete(m);
}

/* 4 * min_nr is kmalloc's to refuse, and must not wrap. */
TEST(create_of_too_many)
{
	static const s32 nr[] = { 32769, 0x3FFFFFFF, 0x40000000, 0x40000001,
				  INT32_MAX };
	struct machine *m = pools_on(9);
	u64 view = machine_view(m);

	for (u32 i = 0; i < ARRAY_SIZE(nr); i++) {
		as_task(m, 0);
		EXPECT(!create(m, nr[i]));
		EXPECT_EQ(REPORT_none, mm_report(m));
	}
	EXPECT_EQ(0, g.asked);
	EXPECT_EQ(view, machine_view(m));
	machine_delete(m);
}

TEST(create_without_elements_enough)
{
	struct machine *m = pools_on(0);
	u64 view = machine_view(m);

	for (u32 left = 0; left < 4; left++) {
		giver_again(&g, left);
		as_task(m, 0);
		EXPECT(!create(m, 4));
		EXPECT_EQ(left + 1, g.asked);
		if (left)
			expect_taken_in_reverse(left, left - 1);
		EXPECT_EQ(view, machine_view(m));
	}
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(create_whose_allocator_draws)
{
	struct machine *m = pools_on(9);
	u64 view = machine_view(m);

	g.draws = REPORT_object_gfp;
	EXPECT(!create(m, 4));
	EXPECT_EQ(REPORT_object_gfp, mm_report(m));
	g.draws = REPORT_none;
	g.oom = true;
	as_task(m, 0);
	EXPECT(!create(m, 4));
	EXPECT(mm_oom(m));
	EXPECT_EQ(view, machine_view(m));
	machine_delete(m);
}

/* Each page allocation of a create fails once: nothing is kept. */
TEST(create_under_faults)
{
	struct machine *m = pools_on(0);
	u64 view = machine_view(m);
	struct mempool *pool = NULL;
	u32 nth;

	for (nth = 1; nth < 255 && !pool; nth++) {
		giver_again(&g, 1000);
		failing(m, nth);
		pool = create(m, 1000);
		EXPECT(pool || machine_view(m) == view);
		EXPECT_EQ(REPORT_none, mm_report(m));
		EXPECT_SOUND(m);
	}
	/* 33 slabs of elements, of which the cache has kept a few */
	EXPECT(nth > 25);
	destroy(m, pool);
	EXPECT_EQ(view, machine_view(m));
	machine_delete(m);
}

/* --- alloc and free ------------------------------------------------------- */

TEST(the_allocator_is_asked_first)
{
	static const gfp_t gfps[] = { GFP_KERNEL, GFP_NOFS, GFP_NOIO,
				      GFP_ATOMIC, 0 };
	struct machine *m = pools_on(0);
	struct mempool *pool = pool_of(&g, 2);

	for (u32 i = 0; i < ARRAY_SIZE(gfps); i++) {
		void *element;

		giver_again(&g, 1);
		element = element_new(m, pool, gfps[i]);
		EXPECT(element == g.given[0]);
		EXPECT_EQ(FIRST_TRY(gfps[i]), g.gfp[0]);
		expect_reserve(m, pool, 2, 2);
		element_free(m, pool, element);
		EXPECT(g.taken[0] == element);
	}
	machine_delete(m);
}

TEST(then_the_reserve_last_in_first_out)
{
	struct machine *m = pools_on(0);
	struct mempool *pool = pool_of(&g, 3);
	void *e[3];

	for (u32 i = 0; i < 3; i++) {
		e[i] = element_new(m, pool, GFP_KERNEL);
		EXPECT(e[i] == g.given[2 - i]);
		expect_reserve(m, pool, (s32)(2 - i), 3);
	}
	EXPECT(!element_new(m, pool, GFP_ATOMIC));
	EXPECT_EQ(0, mm_blocked(m));
	EXPECT(!mm_oom(m));
	for (u32 i = 0; i < 3; i++) {
		element_free(m, pool, e[i]);
		EXPECT_EQ(0, g.freed);
		expect_reserve(m, pool, (s32)(i + 1), 3);
		EXPECT_EQ(mm_vaddr(e[i]), pool_info(m, pool).elements[i]);
	}
	machine_delete(m);
}

/* It is as its last owner left it. */
TEST(an_element_of_the_reserve_is_not_wiped)
{
	struct machine *m = pools_on(0);
	struct mempool *pool = pool_of(&g, 1);
	u8 *element = element_new(m, pool, GFP_KERNEL);

	memset(element, 0x3C, ELEMENT_BYTES);
	element_free(m, pool, element);
	EXPECT(element == element_new(m, pool, GFP_KERNEL));
	EXPECT_EQ(0x3C, element[0]);
	EXPECT_EQ(0x3C, element[ELEMENT_BYTES - 1]);
	machine_delete(m);
}

TEST(free_of_what_is_too_much)
{
	struct machine *m = pools_on(0);
	struct mempool *pool = pool_of(&g, 1);
	void *of_reserve = element_new(m, pool, GFP_ATOMIC), *of_giver;

	g.left = 1;
	of_giver = element_new(m, pool, GFP_ATOMIC);
	element_free(m, pool, of_giver);
	EXPECT_EQ(0, g.freed);
	element_free(m, pool, of_reserve);
	EXPECT_EQ(1, g.freed);
	EXPECT(g.taken[0] == of_reserve);
	expect_reserve(m, pool, 1, 1);
	machine_delete(m);
}

TEST(free_of_nothing)
{
	struct machine *m = pools_on(0);
	struct mempool *pool = pool_of(&g, 1);

	element_new(m, pool, GFP_ATOMIC);
	element_free(m, pool, NULL);
	element_free(m, pool, mm_ptr(m, 0));
	element_free(m, NULL, NULL);
	expect_reserve(m, pool, 0, 1);
	EXPECT_EQ(0, g.freed);
	machine_delete(m);
}

TEST(free_of_what_is_in_the_reserve)
{
	struct machine *m = pools_on(0);
	struct mempool *pool = pool_of(&g, 3);
	void *first = g.given[0], *last = element_new(m, pool, GFP_ATOMIC);

	EXPECT_REPORT(m, mempool_element, mm_mempool_free(m, pool, first));
	expect_reserve(m, pool, 2, 3);
	element_free(m, pool, last);
	for (u32 i = 0; i < 3; i++)
		EXPECT_REPORT(m, mempool_element,
			      mm_mempool_free(m, pool, g.given[i]));
	EXPECT_EQ(0, g.freed);
	expect_reserve(m, pool, 3, 3);
	machine_delete(m);
}

/* With a full reserve it is for the free function to say. */
TEST(free_of_what_is_free)
{
	struct machine *m = pools_on(0);
	struct mempool *pool = pool_of(&g, 1);
	void *element;

	g.left = 1;
	element = element_new(m, pool, GFP_KERNEL);
	element_free(m, pool, element);
	EXPECT_REPORT(m, object_double_free, mm_mempool_free(m, pool, element));
	expect_reserve(m, pool, 1, 1);
	machine_delete(m);
}

/* RAM has no room for a pointer that is no address in it. */
TEST(an_element_outside_the_machine)
{
	struct machine *m = pools_on(0);
	struct mempool *pool = pool_of(&g, 1);
	static u8 elsewhere[64];

	if (HOST_32BIT)
		return machine_delete(m);
	element_new(m, pool, GFP_ATOMIC);
	EXPECT_REPORT(m, bad_address, mm_mempool_free(m, pool, elsewhere));
	expect_reserve(m, pool, 0, 1);
	machine_delete(m);
}

TEST(alloc_misused)
{
	struct machine *m = pools_on(0);
	struct mempool *pool = pool_of(&g, 1);

	for (u32 flags = TASK_ATOMIC; flags <= TASK_IRQ; flags++) {
		as_task(m, flags);
		EXPECT(!mm_mempool_alloc(m, pool, GFP_NOIO));
		EXPECT_EQ(REPORT_sleep_in_atomic, mm_report(m));
		as_task(m, flags);
		EXPECT(!mm_mempool_alloc(m, NULL, GFP_NOIO));
		EXPECT_EQ(REPORT_mempool_bad, mm_report(m));
	}
	EXPECT_EQ(0, g.asked);
	as_task(m, TASK_IRQ);
	EXPECT(mm_mempool_alloc(m, pool, GFP_ATOMIC) == g.given[0]);
	machine_delete(m);
}

/* Neither reserve nor sleep: the call is over. */
TEST(alloc_whose_allocator_draws)
{
	struct machine *m = pools_on(0);
	struct mempool *pool = pool_of(&g, 1);

	g.draws = REPORT_object_dma;
	EXPECT(!element_new(m, pool, GFP_KERNEL));
	EXPECT_EQ(REPORT_object_dma, mm_report(m));
	EXPECT_EQ(0, mm_blocked(m));
	expect_reserve(m, pool, 1, 1);
	g.draws = REPORT_none;
	g.oom = true;
	EXPECT(!element_new(m, pool, GFP_KERNEL));
	EXPECT(mm_oom(m));
	EXPECT_EQ(0, mm_blocked(m));
	expect_reserve(m, pool, 1, 1);
	machine_delete(m);
}

/* What the task did before is not the allocator's. */
TEST(an_earlier_report_is_another_call_s)
{
	struct machine *m = pools_on(0);
	struct mempool *pool = pool_of(&g, 1);

	as_task(m, 0);
	mm_mempool_destroy(m, NULL);
	m->oom = true;
	EXPECT(mm_mempool_alloc(m, pool, GFP_KERNEL) != NULL);
	EXPECT(mm_oom(m));
	EXPECT_EQ(REPORT_mempool_bad, mm_report(m));
	g.draws = REPORT_object_gfp;
	EXPECT(!mm_mempool_alloc(m, pool, GFP_KERNEL));
	EXPECT_EQ(0, mm_blocked(m));
	EXPECT_EQ(REPORT_mempool_bad, mm_report(m));
	machine_delete(m);
}
