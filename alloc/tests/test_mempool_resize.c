// SPDX-License-Identifier: MIT
/*
 * test_mempool_resize.c - pools of another size, and of none: each row on
 * resizing and destroying of DESIGN.md's table.
 */
#include "pools.h"

/* --- resize --------------------------------------------------------------- */

TEST(resize_misused)
{
	struct machine *m = pools_on(0);
	struct mempool *pool = pool_of(&g, 2);

	EXPECT_REPORT(m, mempool_bad, EXPECT_EQ(-22, resize_to(m, NULL, 0)));
	EXPECT_REPORT(m, mempool_nr, EXPECT_EQ(-22, resize_to(m, pool, 0)));
	EXPECT_REPORT(m, mempool_nr, EXPECT_EQ(-22, resize_to(m, pool, -5)));
	as_task(m, TASK_ATOMIC);
	EXPECT_EQ(-22, mm_mempool_resize(m, pool, 0, GFP_NOIO));
	EXPECT_EQ(REPORT_sleep_in_atomic, mm_report(m));
	EXPECT_EQ(0, g.asked + g.freed);
	expect_reserve(m, pool, 2, 2);
	machine_delete(m);
}

TEST(resize_to_the_same)
{
	struct machine *m = pools_on(0);
	struct mempool *pool = pool_of(&g, 2);
	u64 digest = machine_digest(m);

	EXPECT_EQ(0, resize_to(m, pool, 2));
	EXPECT_EQ(digest, machine_digest(m));
	machine_delete(m);
}

TEST(resize_down)
{
	struct machine *m = pools_on(0);
	struct mempool *pool = pool_of(&g, 5);

	EXPECT_EQ(0, resize_to(m, pool, 2));
	expect_taken_in_reverse(3, 4);
	expect_reserve(m, pool, 2, 2);
	EXPECT(element_new(m, pool, GFP_ATOMIC) == g.given[1]);
	/* there is nothing surplus in a reserve that is short */
	EXPECT_EQ(0, resize_to(m, pool, 1));
	EXPECT_EQ(3, g.freed);
	expect_reserve(m, pool, 1, 1);
	destroy(m, pool);
	machine_delete(m);
}

TEST(resize_up)
{
	struct machine *m = pools_on(0);
	struct mempool *pool = pool_of(&g, 2);
	u32 had[2];

	memcpy(had, pool_info(m, pool).elements, sizeof(had));
	giver_again(&g, 40);
	as_task(m, 0);
	EXPECT_EQ(0, mm_mempool_resize(m, pool, 40, GFP_NOFS));
	EXPECT_EQ(38, g.asked);
	expect_reserve(m, pool, 40, 40);
	for (u32 i = 0; i < 40; i++)
		EXPECT_EQ(i < 2 ? had[i] : mm_vaddr(g.given[i - 2]),
			  pool_info(m, pool).elements[i]);
	EXPECT_EQ(GFP_NOFS, g.gfp[37]);
	destroy(m, pool);
	EXPECT_EQ(40, g.freed);
	machine_delete(m);
}

/* As many as there are; the pool is short from then on. */
TEST(resize_up_without_elements_enough)
{
	struct machine *m = pools_on(0);
	struct mempool *pool = pool_of(&g, 2);

	giver_again(&g, 3);
	EXPECT_EQ(0, resize_to(m, pool, 10));
	EXPECT_EQ(4, g.asked);
	expect_reserve(m, pool, 5, 10);
	EXPECT_REPORT(m, mempool_short, mm_mempool_destroy(m, pool));
	/* again: from where it is */
	giver_again(&g, 100);
	EXPECT_EQ(0, resize_to(m, pool, 11));
	EXPECT_EQ(6, g.asked);
	expect_reserve(m, pool, 11, 11);
	destroy(m, pool);
	machine_delete(m);
}

TEST(resize_up_whose_allocator_draws)
{
	struct machine *m = pools_on(0);
	struct mempool *pool = pool_of(&g, 2);

	g.draws = REPORT_object_gfp;
	EXPECT_EQ(0, resize_to(m, pool, 4));
	EXPECT_EQ(REPORT_object_gfp, mm_report(m));
	expect_reserve(m, pool, 2, 4);
	g.draws = REPORT_none;
	g.oom = true;
	EXPECT_EQ(0, resize_to(m, pool, 6));
	EXPECT(mm_oom(m));
	expect_reserve(m, pool, 2, 6);
	machine_delete(m);
}

TEST(resize_up_without_an_array)
{
	static const s32 nr[] = { 32769, 0x40000000, 0x40000002, INT32_MAX };
	struct machine *m = pools_on(0);
	struct mempool *pool = pool_of(&g, 2);
	u64 view = machine_view(m);

	giver_again(&g, 100);
	for (u32 i = 0; i < ARRAY_SIZE(nr); i++)
		EXPECT_EQ(-12, resize_to(m, pool, nr[i]));
	/* 16 KiB: a slab of its own, which cannot be had */
	failing(m, 1);
	EXPECT_EQ(-12, mm_mempool_resize(m, pool, 4096, GFP_KERNEL));
	EXPECT_EQ(REPORT_none, mm_report(m));
	/* zone bits that no slab can be grown with */
	EXPECT_REPORT(
		m, object_gfp,
		EXPECT_EQ(-12, mm_mempool_resize(m, pool, 4096, GFP_HIGHUSER)));
	EXPECT_EQ(0, g.asked);
	EXPECT_EQ(view, machine_view(m));
	expect_reserve(m, pool, 2, 2);
	machine_delete(m);
}

/* --- destroy -------------------------------------------------------------- */

TEST(destroy_misused)
{
	struct machine *m = pools_on(0);
	struct mempool *pool = pool_of(&g, 2);
	void *element = element_new(m, pool, GFP_ATOMIC);

	EXPECT_REPORT(m, mempool_bad, mm_mempool_destroy(m, NULL));
	EXPECT_REPORT(m, mempool_short, mm_mempool_destroy(m, pool));
	expect_reserve(m, pool, 1, 2);
	element_free(m, pool, element);
	destroy(m, pool);
	EXPECT_REPORT(m, mempool_bad, mm_mempool_destroy(m, pool));
	machine_delete(m);
}

/* Elements in the hands of users go unnoticed while the reserve is full. */
TEST(destroy_with_elements_out)
{
	struct machine *m = pools_on(0);
	struct mempool *pool = pool_of(&g, 2);
	void *element;

	g.left = 1;
	element = element_new(m, pool, GFP_KERNEL);
	destroy(m, pool);
	expect_taken_in_reverse(2, 1);
	object_free(m, g.cache, element, 0);
	machine_delete(m);
}

/* One of them was freed behind the pool's back: the others go all the same. */
TEST(destroy_of_a_pool_with_a_dead_element)
{
	struct machine *m = pools_on(0);
	struct mempool *pool = pool_of(&g, 3);

	object_free(m, g.cache, g.given[1], 0);
	EXPECT_REPORT(m, object_double_free, mm_mempool_destroy(m, pool));
	expect_taken_in_reverse(3, 2);
	EXPECT_REPORT(m, mempool_bad, mm_mempool_destroy(m, pool));
	EXPECT_EQ(0, cache_destroy(m, g.cache));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* --- what is left --------------------------------------------------------- */

/* Neither pools nor arrays; all of them in slabs with their management. */
TEST(nothing_is_left)
{
	static const s32 size[] = { 0, 1, 8, 9, 40, 60 };
	struct machine *m = pools_on(0);
	u32 out = objects_out(m), each = 2;

	for (u32 i = 0; i < ARRAY_SIZE(size); i++) {
		struct mempool *pool = pool_of(&g, size[i]);

		EXPECT_EQ(out + each + (u32)size[i], objects_out(m));
		giver_again(&g, 1000);
		for (u32 j = 1; j < ARRAY_SIZE(size); j++) {
			EXPECT_EQ(0, resize_to(m, pool, size[j]));
			EXPECT_EQ(out + each + (u32)size[j], objects_out(m));
		}
		destroy(m, pool);
		EXPECT_EQ(out, objects_out(m));
		/* a create that fails, at its elements or at once */
		giver_again(&g, (u32)size[i]);
		as_task(m, 0);
		EXPECT(!create(m, size[i] + 1));
		failing(m, 1);
		EXPECT(!create(m, 32768));
		EXPECT_EQ(out, objects_out(m));
	}
	EXPECT_SOUND(m);
	machine_delete(m);
}
