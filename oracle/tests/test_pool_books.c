// SPDX-License-Identifier: MIT
/*
 * test_pool_books.c - the table of memory pools, what a reset makes of it,
 * and its validator, each clause of which is broken once.
 */
#include "stocked.h"

/* --- the table ---------------------------------------------------------- */

static struct pool *add(struct pools *p, u32 addr, s32 min_nr)
{
	struct pool pool = { .addr = addr, .array = addr, .min_nr = min_nr };

	return pools_add(p, &pool);
}

TEST(table)
{
	struct model *o = model_new();
	struct pools *p = &o->pools;
	const u32 nr = 300;

	for (u32 i = 0; i < nr; i++)
		EXPECT(add(p, PAGE_OFFSET + i * 64, (s32)i));
	for (u32 i = 0; i < nr; i++)
		pool_grow(p, pools_find(p, PAGE_OFFSET + i * 64), 1, 0);
	EXPECT(!pools_check(p));
	for (u32 i = 0; i < nr; i += 3)
		pools_remove(p, pools_find(p, PAGE_OFFSET + i * 64));
	EXPECT(!pools_check(p));
	for (u32 i = 0; i < nr; i++) {
		struct pool *pool = pools_find(p, PAGE_OFFSET + i * 64);

		EXPECT(i % 3 ? pool && pool->addr == PAGE_OFFSET + i * 64
			     : !pool);
	}
	model_delete(o);
}

/* What was given back is taken again: the cells do not grow. */
TEST(cells_are_used_again)
{
	struct model *o = model_new();
	struct pools *p = &o->pools;
	u32 cells;

	for (u32 i = 0; i < 20; i++)
		add(p, 64 * i, 100);
	cells = p->nr_cells;
	for (u32 round = 0; round < 50; round++) {
		for (u32 i = 0; i < 20; i++)
			pools_remove(p, pools_find(p, 64 * i));
		for (u32 i = 0; i < 20; i++)
			add(p, 64 * i, 100);
	}
	EXPECT_EQ(p->nr_cells, cells);
	model_delete(o);
}

TEST(sleepers_in_order)
{
	struct model *o = model_new();
	struct pools *p = &o->pools;
	struct pool *a = add(p, 64, 1);
	struct pool *b;

	add(p, 128, 1);
	a = pools_find(p, 64);
	b = pools_find(p, 128);
	pools_sleep(p, a, 1, 0);
	pools_sleep(p, b, 2, 0);
	pools_sleep(p, a, 3, 0);
	EXPECT_EQ(pools_woken(p), 0);
	pools_wake(p, b);
	EXPECT_EQ(pools_woken(p), 2);
	pools_wake(p, a);
	EXPECT_EQ(pools_woken(p), 1);
	pools_rise(p, pools_sleeper(p, 1));
	EXPECT_EQ(pools_woken(p), 2);
	pools_sleep(p, a, 1, 0);
	pools_rise(p, pools_sleeper(p, 2));
	EXPECT_EQ(pools_woken(p), 3);
	EXPECT(!pools_sleeper(p, 2));
	EXPECT(b->sleepers == 0 && a->sleepers == 2);
	model_delete(o);
}

/* --- a snapshot with pools ---------------------------------------------- */

/* Two pools with elements, and a sleeper on each. */
static struct model *with_pools(void)
{
	struct model *o = model_new();
	struct pools *p = &o->pools;

	for (u32 addr = 64; addr <= 128; addr += 64) {
		struct pool *pool = add(p, addr, 5);

		for (u32 i = 0; i < 5; i++)
			pool_push(p, pool, addr * 1000 + i);
		pools_sleep(p, pool, addr / 64, GFP_KERNEL);
	}
	EXPECT(!pools_check(p));
	return o;
}

TEST(reset_brings_pools_back)
{
	struct model *o = with_pools();
	struct pools *p = &o->pools;

	EXPECT(pools_snapshot(o));
	EXPECT_EQ(pool_pop(p, pools_find(p, 64)), 64004);
	pools_rise(p, pools_sleeper(p, 2));
	pools_remove(p, pools_find(p, 128));
	for (u32 i = 0; i < 200; i++)
		EXPECT(add(p, 10000 + 64 * i, 40));
	pools_reset(o);
	EXPECT(!pools_check(p));
	EXPECT_EQ(p->nr, 2);
	EXPECT_EQ(p->asleep, 2);
	EXPECT_EQ(pool_pop(p, pools_find(p, 64)), 64004);
	EXPECT_EQ(pool_pop(p, pools_find(p, 128)), 128004);
	EXPECT(!pools_find(p, 10000));
	model_delete(o);
}

/* --- the validator ------------------------------------------------------ */

static void finds(struct model *o, const char *clause)
{
	const char *why = pools_check(&o->pools);

	EXPECT_STR(clause, why ? why : "nothing");
	model_delete(o);
}

TEST(clause_more_than_min_nr)
{
	struct model *o = with_pools();

	o->pools.pool[1].min_nr = 4;
	finds(o, "a reserve holds more than min_nr");
}

TEST(clause_outside_its_cells)
{
	struct model *o = with_pools();

	o->pools.pool[0].class = 2;
	finds(o, "a reserve lies outside its cells");
}

TEST(clause_bucket)
{
	struct model *o = with_pools();

	o->pools.pool[0].addr += MEMPOOL_BYTES;
	finds(o, "a pool is not in its bucket");
}

TEST(clause_sleepers)
{
	struct model *o = with_pools();

	o->pools.pool[0].sleepers--;
	finds(o, "a pool's sleepers are not those of the list");
}

TEST(clause_guarantee)
{
	struct model *o = with_pools();

	o->pools.pool[0].curr_nr--;
	finds(o, "a reserve and what is outstanding are below min_nr");
}

TEST(clause_woken)
{
	struct model *o = with_pools();

	pools_sleep(&o->pools, pools_find(&o->pools, 128), 3, 0);
	pools_sleeper(&o->pools, 3)->woken = true;
	finds(o, "a sleeper was woken before an earlier one");
}

TEST(clause_cells_lost)
{
	struct model *o = with_pools();

	o->pools.nr_cells++;
	finds(o, "a reserve's cells are lost");
}

TEST(clause_free_cells)
{
	struct model *o = with_pools();
	struct pools *p = &o->pools;

	pools_remove(p, pools_find(p, 128));
	p->cell[p->cells_free[3] - 1] = p->cells_free[3];
	finds(o, "a list of free cells does not end");
}

/* The pool's own memory is the allocator's, and not anybody's. */
TEST(clause_own_memory)
{
	struct stock s = stocked(false, 0, 0);
	struct model *o = s.p->o;
	u32 pool = next_of(&s, s.size64, 0);
	struct place p = { 0 };

	begin(s.p);
	EXPECT(model_mempool_create(o, &s.p->out, 0, POOL_KMALLOC, 60, pool,
				    &s.p->d));
	EXPECT_STR("", model_self_check(o) ? model_self_check(o) : "");
	EXPECT(place_of(o, pool, &p));
	p.object->is = OBJECT_LIVE;
	EXPECT_STR("a pool's own memory is not the allocator's",
		   model_self_check(o) ? model_self_check(o) : "nothing");
	pair_delete(s.p);
}
