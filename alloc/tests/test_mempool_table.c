// SPDX-License-Identifier: MIT
/*
 * test_mempool_table.c - which pointers are pools, what a reset and a boot
 * make of them, what digest and view say, and each clause of
 * mempool_validate().
 */
#include "clauses.h"
#include "pools.h"

/* --- which pointers are pools --------------------------------------------- */

static void expect_bad(struct machine *m, void *pointer)
{
	struct mempool *pool = pointer;
	static u32 element;

	EXPECT_REPORT(m, mempool_bad,
		      EXPECT(!mm_mempool_alloc(m, pool, GFP_KERNEL)));
	EXPECT_REPORT(m, mempool_bad, mm_mempool_free(m, pool, &element));
	EXPECT_REPORT(
		m, mempool_bad,
		EXPECT_EQ(-22, mm_mempool_resize(m, pool, 3, GFP_KERNEL)));
	EXPECT_REPORT(m, mempool_bad, mm_mempool_destroy(m, pool));
	EXPECT_EQ(0, pool_info(m, pool).min_nr);
	EXPECT(!pool_info(m, pool).elements);
}

static void expect_bad_addresses(struct machine *m)
{
	static const u32 addr[] = {
		0,	    1,		4,	    0x1000,
		0xBFFFFFFC, 0xC0000000, 0xC0001002, 0xC13FFFD8,
		0xC13FFFDC, 0xC13FFFFC, 0xC1400000, 0xC1400004,
		0xC2000000, 0xFFFFFFD8, 0xFFFFFFFC, 0xFFFFFFFF,
	};

	for (u32 i = 0; i < ARRAY_SIZE(addr); i++)
		expect_bad(m, mm_ptr(m, addr[i]));
	expect_bad(m, NULL);
	expect_bad(m, &g);
}

TEST(no_pools)
{
	struct machine *m = pools_on(0);

	expect_bad_addresses(m);
	machine_delete(m);
}

TEST(what_is_no_pool)
{
	struct machine *m = pools_on(0);
	struct mempool *pool = pool_of(&g, 2), *other = pool_of(&g, 1), *copy;

	expect_bad_addresses(m);
	expect_bad(m, (u8 *)pool + 4);
	expect_bad(m, (u8 *)pool + 2);
	expect_bad(m, (u8 *)pool - 4);
	expect_bad(m, g.given[0]);
	/* the very bytes of a pool, elsewhere */
	as_task(m, 0);
	copy = mm_kmalloc(m, sizeof(*copy), GFP_KERNEL);
	memcpy(copy, pool, sizeof(*copy));
	expect_bad(m, copy);
	/* what was one */
	destroy(m, other);
	expect_bad(m, other);
	memcpy(copy, pool, sizeof(*copy));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* More than the first table holds; numbers and memory are used again. */
TEST(many)
{
	enum { POOLS = 300 };
	struct machine *m = pools_on(0);
	static struct mempool *pool[POOLS];
	u64 view = machine_view(m);

	for (u32 round = 0; round < 2; round++) {
		for (u32 i = 0; i < POOLS; i++)
			pool[i] = pool_of(&g, (s32)(i % 3));
		for (u32 i = 0; i < POOLS; i++)
			EXPECT_EQ(i % 3, pool_info(m, pool[i]).min_nr);
		EXPECT_SOUND(m);
		EXPECT_EQ(POOLS, m->pools.nr);
		for (u32 i = 0; i < POOLS; i++)
			destroy(m, pool[i * 7 % POOLS]);
		EXPECT_SOUND(m);
		EXPECT_EQ(view, machine_view(m));
	}
	machine_delete(m);
}

/* --- digest, view, reset -------------------------------------------------- */

TEST(a_pool_and_its_reserve_are_visible)
{
	struct machine *m = pools_on(0);
	u64 none = machine_view(m), one, digest;
	struct mempool *pool = pool_of(&g, 1);
	void *element;

	one = machine_view(m);
	EXPECT(one != none);
	digest = machine_digest(m);
	element = element_new(m, pool, GFP_ATOMIC);
	EXPECT(one != machine_view(m));
	EXPECT(digest != machine_digest(m));
	element_free(m, pool, element);
	EXPECT_EQ(one, machine_view(m));
	EXPECT_EQ(digest, machine_digest(m));
	/* 0, 1: the same reserve of a pool that promises less */
	element_new(m, pool, GFP_ATOMIC);
	one = machine_view(m);
	g.left = 0;
	EXPECT_EQ(0, resize_to(m, pool, 2));
	EXPECT(one != machine_view(m));
	/* who sleeps is in the digest alone */
	one = machine_view(m);
	digest = machine_digest(m);
	sleeper_new(m, pool);
	EXPECT_EQ(one, machine_view(m));
	EXPECT(digest != machine_digest(m));
	machine_delete(m);
}

TEST(a_reset_forgets_pools)
{
	struct machine *m = objects_on(POOL_PC);
	struct mempool *pool, *gone;
	u64 digest, used = 0;

	machine_snapshot(m);
	digest = machine_digest(m);
	for (u32 i = 0; i < 3; i++) {
		g = giver_of(m, 0);
		pool_of(&g, 5);
		gone = pool_of(&g, 2);
		pool = pool_of(&g, 3);
		element_new(m, pool, GFP_KERNEL);
		destroy(m, gone);
		EXPECT_SOUND(m);
		EXPECT(!used || used == machine_digest(m));
		used = machine_digest(m);
		machine_reset(m);
		EXPECT_EQ(digest, machine_digest(m));
		expect_bad(m, pool);
		EXPECT_SOUND(m);
	}
	machine_delete(m);
}

TEST(a_boot_forgets_pools)
{
	struct machine *m = pools_on(0);
	struct mempool *pool = pool_of(&g, 5);

	EXPECT(!pc_boot_why(m, POOL_PC));
	machine_mem_init(m);
	EXPECT(!machine_kmem_cache_init(m));
	expect_bad(m, pool);
	g = giver_of(m, 0);
	EXPECT_EQ(1, pool_of(&g, 1)->pool_data);
	EXPECT_SOUND(m);
	machine_delete(m);
}

static void snapshot_with_a_pool(struct machine *m)
{
	pool_of(&g, 1);
	machine_snapshot(m);
}

TEST(no_pool_at_a_snapshot)
{
	struct machine *m = pools_on(0);

	EXPECT_STR("mempool: a pool at the snapshot",
		   pc_panic_of(m, snapshot_with_a_pool));
	machine_delete(m);
}

/* --- clauses -------------------------------------------------------------- */

static struct mempool *pool;

/*
 * Elements have come and gone: one of the pool's allocator, one of the
 * reserve.  Nothing is outstanding, so that nothing excuses a lack.
 */
static void use(struct machine *m, struct mempool *used)
{
	g.left = 1;
	element_free(m, used, element_new(m, used, GFP_KERNEL));
	element_free(m, used, element_new(m, used, GFP_KERNEL));
}

/* Two pools, of which one is short and waited for, and a record between. */
static struct machine *setup(void)
{
	struct machine *m = pools_on(0);
	struct mempool *gone, *other;

	pool = pool_of(&g, 3);
	use(m, pool);
	gone = pool_of(&g, 2);
	other = pool_of(&g, 1);
	element_new(m, other, GFP_KERNEL);
	sleeper_new(m, other);
	destroy(m, gone);
	return m;
}

static const char *own(const struct machine *m)
{
	return mempool_validate(m, VALIDATE_FULL);
}

NEGATIVE(a_pool_with_another_handle, QUICK,
	 "R1: a pool and its record lead to each other")
{
	pool->pool_data++;
}

NEGATIVE(a_pool_with_another_function, QUICK,
	 "R1: a pool and its record lead to each other")
{
	pool->free = 0;
}

NEGATIVE(a_record_of_another_pool, QUICK,
	 "R1: a pool and its record lead to each other")
{
	m->pools.record[0].link = m->pools.record[2].link;
}

NEGATIVE(more_than_it_promises, QUICK, "R2: a reserve has 0 to min_nr elements")
{
	pool->curr_nr++;
}

NEGATIVE(less_than_none, QUICK, "R2: a reserve has 0 to min_nr elements")
{
	pool->curr_nr = -1;
}

NEGATIVE(an_element_that_is_null, FULL, "R3: no element of a reserve is NULL")
{
	mempool_elements(m, pool)[1] = 0;
}

NEGATIVE(an_element_that_is_lost, QUICK,
	 "R4: a pool that is short has given elements away")
{
	pool->curr_nr--;
}

NEGATIVE(a_promise_too_many, QUICK,
	 "R4: a pool that is short has given elements away")
{
	pool->min_nr++;
}

NEGATIVE(a_lock_that_is_held, QUICK,
	 "R5: nobody holds a lock, nobody hangs in the queue")
{
	pool->lock = 1;
}

NEGATIVE(a_queue_that_is_not_empty, QUICK,
	 "R5: nobody holds a lock, nobody hangs in the queue")
{
	pool->wait.task_list.prev = ptr_link(&pool->wait);
}

NEGATIVE(a_free_record_that_is_a_pool_s, QUICK,
	 "R6: a free record is no pool's")
{
	m->pools.free = 1;
}

NEGATIVE(a_record_that_is_lost, QUICK, "R6: a record is a pool's or free")
{
	m->pools.free = 0;
}

NEGATIVE(a_sleeper_on_nothing, QUICK,
	 "R7: who sleeps sleeps on a queue that exists")
{
	m->sleepers.sleeper[0].queue += 4;
}

NEGATIVE(a_sleeper_who_goes_on_nowhere, QUICK,
	 "R7: who sleeps sleeps on a queue that exists")
{
	m->sleepers.sleeper[0].call = 0;
}

NEGATIVE(an_array_that_is_a_caller_s, QUICK,
	 "R8: a pool and its array are the allocator's own")
{
	pool->elements = ptr_link(g.given[0]);
}

CLAUSES("mempool_table.c", own, setup)
