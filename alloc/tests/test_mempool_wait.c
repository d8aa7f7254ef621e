// SPDX-License-Identifier: MIT
/*
 * test_mempool_wait.c - who sleeps on a pool, who is woken, how they go on;
 * pools whose allocator is a pool; and the guarantee, when memory is gone.
 */
#include "pools.h"

#define ADDED (__GFP_NOMEMALLOC | __GFP_NORETRY | __GFP_NOWARN)

/* --- sleeping and waking -------------------------------------------------- */

TEST(who_finds_nothing_sleeps)
{
	struct machine *m = pools_on(0);
	struct mempool *pool = pool_of(&g, 1);
	u64 view;

	element_new(m, pool, GFP_KERNEL);
	view = machine_view(m);
	EXPECT(!element_new(m, pool, GFP_NOIO));
	EXPECT_EQ(1, mm_blocked(m));
	EXPECT(!mm_oom(m));
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_EQ(0, mm_woken(m));
	EXPECT_EQ(2, g.asked); /* once, with neither wait nor I/O */
	EXPECT_EQ(ADDED, g.gfp[1]);
	EXPECT_EQ(view, machine_view(m));
	/* the ticket is that call's */
	EXPECT(!element_new(m, pool, GFP_ATOMIC));
	EXPECT_EQ(0, mm_blocked(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(the_woken_goes_on_with_all_it_may)
{
	struct machine *m = pools_on(0);
	struct mempool *pool = pool_of(&g, 1);
	void *element = element_new(m, pool, GFP_KERNEL);
	u32 ticket = sleeper_new(m, pool);

	element_free(m, pool, element);
	EXPECT_EQ(ticket, mm_woken(m));
	EXPECT_EQ(1, reserve_of(m, pool));
	giver_again(&g, 0);
	EXPECT(resume(m, ticket) == element);
	EXPECT_EQ(1, g.asked);
	EXPECT_EQ(GFP_KERNEL | ADDED, g.gfp[0]);
	EXPECT_EQ(0, mm_blocked(m));
	EXPECT_EQ(0, mm_woken(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* The allocator is asked before the reserve, then too. */
TEST(the_woken_may_leave_the_reserve_alone)
{
	struct machine *m = pools_on(0);
	struct mempool *pool = pool_of(&g, 1);
	void *element = element_new(m, pool, GFP_KERNEL);
	u32 ticket = sleeper_new(m, pool);

	element_free(m, pool, element);
	giver_again(&g, 1);
	EXPECT(resume(m, ticket) == g.given[0]);
	EXPECT_EQ(1, reserve_of(m, pool));
	machine_delete(m);
}

/* One element, three who want it: one gets it, two are behind the fourth. */
TEST(all_wake_and_most_sleep_again)
{
	struct machine *m = pools_on(0);
	struct mempool *pool = pool_of(&g, 1);
	void *element = element_new(m, pool, GFP_KERNEL);

	for (u32 ticket = 1; ticket <= 3; ticket++)
		EXPECT_EQ(ticket, sleeper_new(m, pool));
	element_free(m, pool, element);
	EXPECT(resume(m, 1) == element);
	EXPECT_EQ(4, sleeper_new(m, pool));
	for (u32 ticket = 2; ticket <= 3; ticket++) {
		EXPECT_EQ(ticket, mm_woken(m));
		EXPECT(!resume(m, ticket));
		EXPECT_EQ(ticket, mm_blocked(m));
		EXPECT_SOUND(m);
	}
	EXPECT_EQ(0, mm_woken(m));
	element_free(m, pool, element);
	EXPECT_EQ(4, mm_woken(m));
	EXPECT(resume(m, 4) == element);
	EXPECT(!resume(m, 2));
	EXPECT(!resume(m, 3));
	element_free(m, pool, element);
	EXPECT(resume(m, 2) == element);
	machine_delete(m);
}

/* What goes to the free function wakes nobody, nor does a resize. */
TEST(only_the_reserve_wakes)
{
	struct machine *m = pools_on(0);
	struct mempool *pool = pool_of(&g, 1);

	element_new(m, pool, GFP_KERNEL);
	EXPECT_EQ(1, sleeper_new(m, pool));
	giver_again(&g, 4);
	EXPECT_EQ(0, resize_to(m, pool, 3));
	EXPECT_EQ(2, g.asked - g.left);
	EXPECT_EQ(0, mm_woken(m));
	EXPECT_EQ(3, reserve_of(m, pool));
	EXPECT(element_new(m, pool, GFP_KERNEL) == g.given[3]);
	element_free(m, pool, g.given[3]);
	EXPECT_EQ(1, g.freed);
	EXPECT_EQ(0, mm_woken(m));
	EXPECT_EQ(0, resize_to(m, pool, 2));
	EXPECT_EQ(0, mm_woken(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(each_pool_wakes_its_own)
{
	struct machine *m = pools_on(0);
	struct mempool *one = pool_of(&g, 1), *two = pool_of(&g, 1);
	void *of_one = element_new(m, one, GFP_KERNEL);
	void *of_two = element_new(m, two, GFP_KERNEL);

	EXPECT_EQ(1, sleeper_new(m, one));
	EXPECT_EQ(2, sleeper_new(m, two));
	element_free(m, two, of_two);
	EXPECT_EQ(2, mm_woken(m));
	EXPECT(resume(m, 2) == of_two);
	EXPECT_EQ(0, mm_woken(m));
	element_free(m, one, of_one);
	EXPECT_EQ(1, mm_woken(m));
	machine_delete(m);
}

TEST(destroying_what_is_waited_for)
{
	struct machine *m = pools_on(0);
	struct mempool *pool = pool_of(&g, 1);
	void *element = element_new(m, pool, GFP_KERNEL);
	u32 ticket = sleeper_new(m, pool);

	EXPECT_REPORT(m, mempool_waited, mm_mempool_destroy(m, pool));
	element_free(m, pool, element);
	/* woken, it will come back to the pool all the same */
	EXPECT_REPORT(m, mempool_waited, mm_mempool_destroy(m, pool));
	EXPECT(resume(m, ticket) == element);
	EXPECT_REPORT(m, mempool_short, mm_mempool_destroy(m, pool));
	element_free(m, pool, element);
	destroy(m, pool);
	machine_delete(m);
}

TEST(one_sleeper_too_many)
{
	struct machine *m = pools_on(0);
	struct mempool *pool = pool_of(&g, 0);

	for (u32 i = 1; i <= SLEEPERS_MAX; i++)
		EXPECT_EQ(i, sleeper_new(m, pool));
	EXPECT(!element_new(m, pool, GFP_KERNEL));
	EXPECT_EQ(0, mm_blocked(m));
	EXPECT(mm_oom(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* A resumed sleeper whose allocator draws a report is gone. */
TEST(a_report_ends_the_woken_too)
{
	struct machine *m = pools_on(0);
	struct mempool *pool = pool_of(&g, 1);
	void *element = element_new(m, pool, GFP_KERNEL);

	sleeper_new(m, pool);
	sleeper_new(m, pool);
	element_free(m, pool, element);
	g.draws = REPORT_object_gfp;
	EXPECT(!resume(m, 1));
	EXPECT_EQ(REPORT_object_gfp, mm_report(m));
	EXPECT_EQ(0, mm_blocked(m));
	g.draws = REPORT_none;
	g.oom = true;
	EXPECT(!resume(m, 2));
	EXPECT(mm_oom(m));
	EXPECT_EQ(0, mm_woken(m));
	EXPECT_EQ(1, reserve_of(m, pool));
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(nobody_goes_on_in_an_atomic_context)
{
	struct machine *m = pools_on(0);
	struct mempool *pool = pool_of(&g, 1);
	void *element = element_new(m, pool, GFP_KERNEL);
	u32 ticket = sleeper_new(m, pool);

	element_free(m, pool, element);
	as_task(m, TASK_ATOMIC);
	EXPECT(!mm_mempool_resume(m, ticket));
	EXPECT_EQ(REPORT_sleep_in_atomic, mm_report(m));
	EXPECT(resume(m, ticket) == element);
	machine_delete(m);
}

/* --- pools in pools ------------------------------------------------------- */

static struct mempool *inner;

static void *inner_alloc(gfp_t gfp, void *pool_data)
{
	return mm_mempool_alloc(pool_data, inner, gfp);
}

static void inner_free(void *element, void *pool_data)
{
	mm_mempool_free(pool_data, inner, element);
}

/* A pool of one, over a pool of one; the element of each is in hands. */
static struct mempool *outer_of(struct machine *m, void *element[2])
{
	struct mempool *outer;

	inner = pool_of(&g, 1);
	g.left = 1;
	as_task(m, 0);
	outer = mm_mempool_create(m, 1, inner_alloc, inner_free, m);
	element[0] = element_new(m, inner, GFP_KERNEL);
	element[1] = element_new(m, outer, GFP_KERNEL);
	EXPECT(element[0] && element[1]);
	EXPECT_EQ(0, reserve_of(m, inner) + reserve_of(m, outer));
	return outer;
}

/* The first try may not wait, so that the sleep is the outer pool's. */
TEST(a_first_try_does_not_sleep_inside)
{
	struct machine *m = pools_on(0);
	void *element[2];
	struct mempool *outer = outer_of(m, element);

	sleeper_new(m, outer);
	element_free(m, inner, element[0]);
	EXPECT_EQ(0, mm_woken(m));
	element_free(m, outer, element[1]);
	EXPECT_EQ(1, mm_woken(m));
	/* by way of the inner one, as its reserve is asked first */
	EXPECT(resume(m, 1) == element[0]);
	EXPECT_EQ(0, reserve_of(m, inner));
	EXPECT_EQ(1, reserve_of(m, outer));
	machine_delete(m);
}

/* A later one may: it sleeps on the inner pool, and goes on in the outer. */
TEST(a_later_try_sleeps_inside)
{
	struct machine *m = pools_on(0);
	void *element[2], *got;
	struct mempool *outer = outer_of(m, element);

	sleeper_new(m, outer);
	element_free(m, outer, element[1]);
	EXPECT(element_new(m, outer, GFP_ATOMIC) == element[1]);
	EXPECT(!resume(m, 1));
	EXPECT_EQ(1, mm_blocked(m));
	EXPECT_SOUND(m);
	EXPECT_REPORT(m, mempool_waited, mm_mempool_destroy(m, inner));
	EXPECT_REPORT(m, mempool_waited, mm_mempool_destroy(m, outer));
	element_free(m, outer, element[1]);
	EXPECT_EQ(0, mm_woken(m));
	element_free(m, inner, element[0]);
	EXPECT_EQ(1, mm_woken(m));
	got = resume(m, 1);
	EXPECT(got == element[0]);
	EXPECT_EQ(1, reserve_of(m, outer));
	element_free(m, outer, got);
	EXPECT_EQ(1, reserve_of(m, inner));
	destroy(m, outer);
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* Making a pool cannot be parked half-way. */
TEST(a_create_that_would_sleep_inside)
{
	struct machine *m = pools_on(0);
	void *element[2];
	struct mempool *outer = outer_of(m, element);
	u64 view = machine_view(m);

	as_task(m, 0);
	EXPECT(!mm_mempool_create(m, 3, inner_alloc, inner_free, m));
	EXPECT(mm_oom(m));
	EXPECT_EQ(0, mm_blocked(m));
	EXPECT(!wait_sleeper(m, 0));
	EXPECT_EQ(view, machine_view(m));
	EXPECT_EQ(0, resize_to(m, outer, 2));
	EXPECT(mm_oom(m));
	EXPECT_EQ(0, mm_blocked(m));
	EXPECT(!wait_sleeper(m, 0));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* An allocator that waits though it was told not to. */
static void *waiting_alloc(gfp_t gfp, void *pool_data)
{
	return mm_mempool_alloc(pool_data, inner, gfp | __GFP_WAIT);
}

TEST(a_call_that_may_not_sleep_inside)
{
	struct machine *m = pools_on(0);
	struct mempool *outer;
	void *element;

	inner = pool_of(&g, 1);
	as_task(m, 0);
	outer = mm_mempool_create(m, 0, waiting_alloc, inner_free, m);
	element = element_new(m, outer, GFP_ATOMIC);
	EXPECT(element != NULL);
	EXPECT(!element_new(m, outer, GFP_ATOMIC));
	EXPECT_EQ(0, mm_blocked(m));
	EXPECT(mm_oom(m));
	EXPECT(!element_new(m, outer, GFP_NOFS));
	EXPECT_EQ(1, mm_blocked(m));
	element_free(m, outer, element);
	EXPECT(resume(m, 1) == element);
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* --- the guarantee -------------------------------------------------------- */

static void *slab_alloc(gfp_t gfp, void *pool_data)
{
	return mm_kmem_cache_alloc(g.m, pool_data, gfp);
}

static void slab_free(void *element, void *pool_data)
{
	mm_kmem_cache_free(g.m, pool_data, element);
}

static struct mempool *slab_pool(struct machine *m, s32 min_nr)
{
	as_task(m, 0);
	return mm_mempool_create(m, min_nr, slab_alloc, slab_free, g.cache);
}

/* All of low memory, and what the cache still has. */
static void exhaust(struct machine *m)
{
	as_task(m, 0);
	while (mm_kmem_cache_alloc(m, g.cache, GFP_ATOMIC))
		;
}

TEST(min_nr_elements_when_memory_is_gone)
{
	struct machine *m = pools_on(0);
	struct mempool *pool = slab_pool(m, 8);
	void *element[8];

	exhaust(m);
	for (u32 round = 0; round < 3; round++) {
		for (u32 i = 0; i < 8; i++) {
			element[i] = element_new(m, pool, GFP_ATOMIC);
			EXPECT(element[i] != NULL);
		}
		EXPECT(!element_new(m, pool, GFP_ATOMIC));
		EXPECT_SOUND(m);
		for (u32 i = 0; i < 8; i++)
			element_free(m, pool, element[(i * 3 + round) % 8]);
	}
	/* who sleeps does not kill: the allocator was told not to retry */
	for (u32 i = 0; i < 8; i++)
		element[i] = element_new(m, pool, GFP_KERNEL);
	sleeper_new(m, pool);
	EXPECT(!mm_oom(m));
	element_free(m, pool, element[0]);
	EXPECT(resume(m, 1) == element[0]);
	EXPECT(!mm_oom(m));
	machine_delete(m);
}

/* The pages that the cache would grow by fail: the reserve serves. */
TEST(elements_under_faults)
{
	struct machine *m = pools_on(0);
	struct mempool *pool = slab_pool(m, 8);
	u32 short_of = 0;

	for (u32 i = 0; i < 200; i++) {
		failing(m, 1);
		if (!mm_mempool_alloc(m, pool, GFP_ATOMIC))
			short_of++;
		EXPECT_EQ(REPORT_none, mm_report(m));
		EXPECT(!mm_oom(m));
	}
	EXPECT(short_of > 0);
	EXPECT_EQ(0, reserve_of(m, pool));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* --- a game --------------------------------------------------------------- */

#define HELD_MAX 256u

struct game {
	struct pc_dice dice;
	struct mempool *pool;
	void *held[HELD_MAX];
	u32 nr;
};

static void game_hold(struct game *p, void *element)
{
	if (element && p->nr < HELD_MAX)
		p->held[p->nr++] = element;
	else if (element)
		element_free(g.m, p->pool, element);
}

static void game_step(struct game *p, struct machine *m)
{
	u32 ticket = mm_woken(m), roll = pc_roll(&p->dice, 16);

	if (ticket && roll < 12) {
		game_hold(p, resume(m, ticket));
	} else if (roll < 8) {
		game_hold(p, element_new(m, p->pool,
					 roll & 1 ? GFP_KERNEL : GFP_ATOMIC));
	} else if (roll < 15 && p->nr) {
		u32 i = pc_roll(&p->dice, p->nr);
		void *element = p->held[i];

		p->held[i] = p->held[--p->nr];
		element_free(m, p->pool, element);
	} else if (roll == 15) {
		failing(m, pc_roll(&p->dice, 3));
		mm_mempool_resize(m, p->pool, 1 + (s32)pc_roll(&p->dice, 40),
				  GFP_KERNEL);
	}
}

/* Whatever comes, all clauses hold, and at the end all is as it was. */
TEST(a_game_of_chance)
{
	for (u32 seed = 1; seed <= 4; seed++) {
		struct machine *m = pools_on(0);
		u64 view = machine_view(m);
		struct game p = { .dice = { seed } };

		p.pool = slab_pool(m, 4);
		if (seed & 1)
			exhaust(m);
		for (u32 i = 0; i < 600; i++) {
			game_step(&p, m);
			EXPECT_STR("sound", pc_broken(machine_validate(
						    m, VALIDATE_QUICK)));
		}
		while (p.nr || mm_woken(m)) {
			if (mm_woken(m))
				game_hold(&p, resume(m, mm_woken(m)));
			if (p.nr)
				element_free(m, p.pool, p.held[--p.nr]);
		}
		EXPECT(!wait_sleeper(m, 0));
		EXPECT_SOUND(m);
		/* filled, after what a resize could not have */
		resize_to(m, p.pool, 42);
		if (!(seed & 1) && EXPECT_EQ(reserve_of(m, p.pool),
					     pool_info(m, p.pool).min_nr)) {
			destroy(m, p.pool);
			EXPECT_EQ(view, machine_view(m));
		}
		machine_delete(m);
	}
}
