// SPDX-License-Identifier: MIT
/*
 * test_front.c - numbers of caches: who has one, who gets it next, and that
 * no call can tell a cache that has one from a cache that has none.
 */
#include "objects.h"
#include "../slab.h"

#define MANY 300u /* more than there are numbers */

static char names[MANY][8];

static struct kmem_cache *numbered(struct machine *m, u32 i, u32 size)
{
	snprintf(names[i], sizeof(names[i]), "c%u", i);
	return cache_new(m, names[i], size, 0, 0);
}

static u32 number(const struct machine *m, const struct kmem_cache *cache)
{
	return front_of_cache(m, cache);
}

TEST(general_caches_have_the_first)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache;

	for (u32 i = 0; i < NR_GENERAL; i++) {
		u32 size = m->data->malloc_sizes[i].cs_size;

		cache = mm_kmem_find_general_cachep(m, size, GFP_KERNEL);
		EXPECT_EQ(FRONT_GENERAL + 2 * i, number(m, cache));
		cache = mm_kmem_find_general_cachep(m, size, GFP_DMA);
		EXPECT_EQ(FRONT_GENERAL + 2 * i + 1, number(m, cache));
	}
	EXPECT_EQ(0, number(m, &m->data->cache_cache));
	EXPECT_EQ(0, number(m, NULL));
	EXPECT_EQ(0, number(m, (void *)((u8 *)cache + 4)));
	EXPECT_EQ(0, number(m, mm_ptr(m, 0xFFFFFFE0)));
	machine_delete(m);
}

TEST(the_lowest_that_is_free)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *a = numbered(m, 0, 64), *b = numbered(m, 1, 32);
	u32 first = FRONT_GENERAL + 2 * NR_GENERAL + 1; /* "pgd" */

	EXPECT_EQ(first, number(m, a));
	EXPECT_EQ(first + 1, number(m, b));
	EXPECT_EQ(0, number(m, numbered(m, 2, 28)));
	EXPECT_EQ(0, cache_destroy(m, a));
	EXPECT_EQ(0, number(m, a));
	EXPECT_EQ(first, number(m, numbered(m, 3, 100)));
	machine_delete(m);
	m = objects_on(DEBUG_PC);
	EXPECT_EQ(0, number(m, numbered(m, 0, 64)));
	machine_delete(m);
}

/* Each cache gives, takes, and knows its own from all others'. */
TEST(caches_without_a_number)
{
	struct machine *m = objects_on("ram=64M cpus=1");
	static struct kmem_cache *cache[MANY];
	static void *object[MANY];
	u32 without = 0;

	for (u32 i = 0; i < MANY; i++) {
		cache[i] = numbered(m, i, 256);
		object[i] = object_new(m, cache[i], 0);
		without += !number(m, cache[i]);
	}
	EXPECT_EQ(MANY - (FRONT_NUMBERS - FRONT_GENERAL - 2 * NR_GENERAL - 1),
		  without);
	for (u32 i = 0; i < MANY; i++) {
		struct kmem_cache *other = cache[(i + 150) % MANY];

		EXPECT_REPORT(m, object_wrong_cache,
			      (mm_kmem_cache_free(m, other, object[i]), 0));
		object_free(m, cache[i], object[i], 0);
		EXPECT_REPORT(m, object_double_free,
			      (mm_kmem_cache_free(m, cache[i], object[i]), 0));
		EXPECT(object_new(m, cache[i], 0) == object[i]);
	}
	EXPECT(!machine_validate(m, VALIDATE_FULL));
	machine_delete(m);
}

/* One that cannot be destroyed is as before, with a number or without. */
TEST(what_is_in_use_stays)
{
	struct machine *m = objects_on("ram=64M cpus=1");
	struct kmem_cache *first = numbered(m, 0, 64), *last = NULL;
	void *a, *b;

	for (u32 i = 1; i < MANY; i++)
		last = numbered(m, i, 64);
	a = object_new(m, first, 0);
	b = object_new(m, last, 0);
	EXPECT_EQ(1, cache_destroy(m, first));
	EXPECT(number(m, first) && !number(m, last));
	object_free(m, first, a, 0);
	EXPECT_EQ(0, cache_destroy(m, first));
	EXPECT_EQ(1, cache_destroy(m, last)); /* a number is free */
	EXPECT_EQ(0, number(m, last));
	EXPECT(!machine_validate(m, VALIDATE_FULL));
	object_free(m, last, b, 0);
	EXPECT_EQ(0, cache_destroy(m, last));
	EXPECT(!machine_validate(m, VALIDATE_FULL));
	machine_delete(m);
}

TEST(kfree_of_a_caches_object)
{
	struct machine *m = objects_on(UP_PC);
	const u32 sizes[] = { 8, 36, 64 };

	for (u32 i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct kmem_cache *cache = numbered(m, i, sizes[i]);
		u8 *object = object_new(m, cache, 0);

		EXPECT_REPORT(m, object_interior, (mm_kfree(m, object + 1), 0));
		EXPECT_REPORT(m, none, (mm_kfree(m, object), 0));
		EXPECT_REPORT(m, object_double_free, (mm_kfree(m, object), 0));
	}
	EXPECT(!machine_validate(m, VALIDATE_FULL));
	machine_delete(m);
}

/* Two caches have exchanged their numbers since the snapshot. */
TEST(reset_gives_numbers_back)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *a = numbered(m, 0, 64), *b = numbered(m, 1, 96);
	u32 number_a = number(m, a), number_b = number(m, b);

	machine_snapshot(m);
	for (u32 round = 0; round < 3; round++) {
		EXPECT_EQ(0, cache_destroy(m, a));
		EXPECT_EQ(0, cache_destroy(m, b));
		object_new(m, numbered(m, 2, 128), 0);
		object_new(m, numbered(m, 3, 256), 0);
		machine_reset(m);
		EXPECT_EQ(number_a, number(m, a));
		EXPECT_EQ(number_b, number(m, b));
		EXPECT(!machine_validate(m, VALIDATE_FULL));
		object_free(m, a, object_new(m, a, 0), 0);
		object_free(m, b, object_new(m, b, 0), 0);
		EXPECT(!machine_validate(m, VALIDATE_FULL));
	}
	machine_delete(m);
}

/* Where calls must be looked at twice, nothing is at hand. */
TEST(contexts_and_untouched_caches)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache = numbered(m, 0, 64);
	u32 n = number(m, cache);

	object_free(m, cache, object_new(m, cache, 0), 0);
	EXPECT(front_array(m, n)->avail);
	as_task(m, TASK_IRQ);
	EXPECT(!front_array(m, n)->avail && !front_array(m, n)->limit);
	failing(m, 1);
	EXPECT(!front_array(m, n)->avail);
	machine_snapshot(m);
	as_task(m, 0);
	EXPECT(!front_array(m, n)->avail);
	EXPECT_EQ(0, front_array(m, 0)->avail + front_array(m, 0)->limit);
	object_free(m, cache, object_new(m, cache, 0), 0);
	EXPECT(front_array(m, n)->avail);
	machine_delete(m);
}
