// SPDX-License-Identifier: MIT
/*
 * test_mempool.c - memory pools: each call against what section 8 says it
 * comes to.
 */
#include "stocked.h"

#define POOL_GFP(gfp)                                                          \
	(((gfp) | __GFP_NOMEMALLOC | __GFP_NORETRY | __GFP_NOWARN) &           \
	 ~(__GFP_WAIT | __GFP_IO))
#define FULL_GFP(gfp) ((gfp) | __GFP_NOMEMALLOC | __GFP_NORETRY | __GFP_NOWARN)

/* --- creating ----------------------------------------------------------- */

/* A pool of 60-byte objects, honestly; its elements are size64's next. */
static u32 pool_of(struct stock *s, s32 min_nr)
{
	u32 pool = next_of(s, s->size64, 0);

	begin(s->p);
	for (s32 i = 0; i < min_nr; i++)
		tell(s, TRACE_kmalloc, next_of(s, s->size64, 1 + (u32)i),
		     GFP_KERNEL);
	EXPECT(model_mempool_create(s->p->o, &s->p->out, min_nr, POOL_KMALLOC,
				    60, pool, &s->p->d));
	return pool;
}

TEST(create)
{
	struct stock s = stocked(false, 0, 0);
	u32 array = next_of(&s, s.size32, 0), first = next_of(&s, s.size64, 1);
	struct pair *p = s.p;
	u32 pool = pool_of(&s, 4);
	const struct pool *has = pools_find(&p->o->pools, pool);

	EXPECT(has && has->array == array && has->curr_nr == 4);
	EXPECT_EQ(pool_elements(&p->o->pools, has)[0], first);
	EXPECT_EQ(pool_elements(&p->o->pools, has)[3], first - 3 * 64);
	EXPECT(!pools_check(&p->o->pools));
	EXPECT_EQ(model_mempool_at(p->o, 0), pool);
	EXPECT_EQ(model_mempool_at(p->o, 1), 0);
	/* nobody can free a pool's own memory */
	EXPECT(model_kfree(p->o, reported(p, REPORT_object_double_free), pool,
			   &p->d));
	model_reset(p->o);
	EXPECT_EQ(model_mempool_at(p->o, 0), 0);
	pair_delete(p);
}

/* The third element is not to be had: the others back, last first. */
TEST(create_that_fails)
{
	struct stock s = stocked(false, 0, 0);
	struct pair *p = s.p;
	u32 a = next_of(&s, s.own, 0), b = next_of(&s, s.own, 1);
	u32 avail = s.size64->array[0].avail;

	while (s.own->array[0].avail > 2)
		place_of_slot(p->o, array_entries(p->o, s.own,
						  0)[--s.own->array[0].avail])
			.object->is = OBJECT_OWN;
	a = next_of(&s, s.own, 0);
	b = next_of(&s, s.own, 1);
	begin(p);
	p->out.task.fail_nth = 1;
	tell(&s, TRACE_kmem_cache_alloc, a, GFP_KERNEL);
	tell(&s, TRACE_kmem_cache_alloc, b, GFP_KERNEL);
	tell(&s, TRACE_kmem_cache_free, b, 0);
	tell(&s, TRACE_kmem_cache_free, a, 0);
	EXPECT(model_mempool_create(p->o, &p->out, 3, POOL_SLAB, s.own->address,
				    0, &p->d));
	EXPECT_EQ(p->o->pools.nr, 0);
	EXPECT_EQ(s.size64->array[0].avail, avail);
	EXPECT_EQ(next_of(&s, s.own, 0), a);
	pair_delete(p);
}

TEST(create_misuse)
{
	struct stock s = stocked(false, 0, 0);
	struct pair *p = s.p;
	struct divergence *d = &p->d;

	EXPECT(model_mempool_create(p->o, reported(p, REPORT_mempool_nr), -1,
				    POOL_KMALLOC, 64, 0, d));
	p->out.task.flags = TASK_IRQ;
	EXPECT(model_mempool_create(p->o, reported(p, REPORT_sleep_in_atomic),
				    -1, POOL_KMALLOC, 64, 0, d));
	p->out.task.flags = 0;
	/* 4 * 2^30 overflows; more than kmalloc has; no such size */
	EXPECT(model_mempool_create(p->o, silent(p), 1 << 30, POOL_KMALLOC, 64,
				    0, d));
	EXPECT(model_mempool_create(p->o, silent(p), 32769, POOL_KMALLOC, 64, 0,
				    d));
	EXPECT(model_mempool_create(p->o, silent(p), 1, POOL_KMALLOC,
				    KMALLOC_MAX + 1, 0, d));
	/* a cache that is none is found when an element is asked for */
	EXPECT(model_mempool_create(p->o, reported(p, REPORT_cache_bad), 1,
				    POOL_SLAB, 77, 0, d));
	EXPECT(model_mempool_create(p->o, silent(p), 0, POOL_SLAB, 77,
				    next_of(&s, s.size64, 0), d));
	pair_delete(p);
}

/* --- allocating --------------------------------------------------------- */

static bool alloc_tells(struct stock *s, u32 pool, gfp_t gfp, u32 got)
{
	return model_mempool_alloc(s->p->o, &s->p->out, pool, gfp, got,
				   &s->p->d);
}

/* From the allocator, with the gfp that section 8 gives. */
static u32 good_element(struct stock *s, u32 pool, gfp_t gfp)
{
	u32 element = next_of(s, s->size64, 0);

	begin(s->p);
	tell(s, TRACE_kmalloc, element, POOL_GFP(gfp));
	EXPECT(alloc_tells(s, pool, gfp, element));
	return element;
}

static u32 reserved(struct stock *s, u32 pool)
{
	const struct pools *p = &s->p->o->pools;
	const struct pool *has = pools_find(&s->p->o->pools, pool);

	return pool_elements(p, has)[has->curr_nr - 1];
}

/* The allocator has none. */
static void good_from_reserve(struct stock *s, u32 pool)
{
	u32 element = reserved(s, pool);

	begin(s->p);
	s->p->out.task.fail_nth = 1;
	EXPECT(alloc_tells(s, pool, GFP_KERNEL, element));
	s->p->out.task.fail_nth = 0;
}

static void good_sleep(struct stock *s, u32 pool, gfp_t gfp, u32 ticket)
{
	begin(s->p);
	s->p->out.task.fail_nth = 1;
	s->p->out.blocked = ticket;
	EXPECT(alloc_tells(s, pool, gfp, 0));
	s->p->out.task.fail_nth = 0;
}

static void good_return(struct stock *s, u32 pool, u32 element)
{
	EXPECT(model_mempool_free(s->p->o, silent(s->p), pool, element,
				  &s->p->d));
}

TEST(allocator_first)
{
	struct stock s = stocked(false, 0, 0);
	u32 pool = pool_of(&s, 2);

	good_element(&s, pool, GFP_KERNEL);
	good_element(&s, pool, GFP_ATOMIC);
	EXPECT_EQ(pools_find(&s.p->o->pools, pool)->curr_nr, 2);
	EXPECT_EQ(pools_find(&s.p->o->pools, pool)->outstanding, 2);
	pair_delete(s.p);
}

TEST(reserve_then_null_or_sleep)
{
	struct stock s = stocked(false, 0, 0);
	u32 pool = pool_of(&s, 2);

	run_dry(&s, s.size64);
	good_from_reserve(&s, pool);
	good_from_reserve(&s, pool);
	begin(s.p);
	s.p->out.task.fail_nth = 1;
	EXPECT(alloc_tells(&s, pool, GFP_ATOMIC, 0));
	good_sleep(&s, pool, GFP_KERNEL, 1);
	good_sleep(&s, pool, GFP_NOIO, 2);
	EXPECT(!pools_check(&s.p->o->pools));
	pair_delete(s.p);
}

TEST(wake_and_resume)
{
	struct stock s = stocked(false, 0, 0);
	struct pair *p = s.p;
	struct divergence *d = &p->d;
	u32 pool = pool_of(&s, 1), element = reserved(&s, pool);

	run_dry(&s, s.size64);
	good_from_reserve(&s, pool);
	good_sleep(&s, pool, GFP_KERNEL, 1);
	good_sleep(&s, pool, GFP_KERNEL, 2);
	EXPECT(model_check_woken(p->o, 0, d));
	good_return(&s, pool, element);
	EXPECT(model_check_woken(p->o, 1, d));
	/* the full mask is tried first; then the reserve has one */
	begin(p);
	p->out.task.fail_nth = 1;
	EXPECT(model_mempool_resume(p->o, &p->out, 1, element, d));
	EXPECT(model_check_woken(p->o, 2, d));
	/* and now none: the same ticket, behind whoever sleeps since */
	good_sleep(&s, pool, GFP_KERNEL, 3);
	begin(p);
	p->out.task.fail_nth = 1;
	p->out.blocked = 2;
	EXPECT(model_mempool_resume(p->o, &p->out, 2, 0, d));
	EXPECT(model_check_woken(p->o, 0, d));
	good_return(&s, pool, element);
	EXPECT(model_check_woken(p->o, 3, d));
	EXPECT(model_mempool_destroy(p->o, reported(p, REPORT_mempool_waited),
				     pool, d));
	model_reset(p->o);
	EXPECT(model_check_woken(p->o, 0, d));
	pair_delete(p);
}

TEST(one_sleeper_too_many)
{
	struct stock s = stocked(false, 0, 0);
	u32 pool = pool_of(&s, 0);

	run_dry(&s, s.size64);
	for (u32 i = 1; i <= SLEEPERS_MAX; i++)
		good_sleep(&s, pool, GFP_KERNEL, i);
	begin(s.p);
	s.p->out.task.fail_nth = 1;
	s.p->out.oom = true;
	EXPECT(alloc_tells(&s, pool, GFP_KERNEL, 0));
	pair_delete(s.p);
}

TEST(alloc_misuse)
{
	struct stock s = stocked(false, 0, 0);
	struct pair *p = s.p;
	u32 pool = pool_of(&s, 0);

	reported(p, REPORT_mempool_bad);
	EXPECT(alloc_tells(&s, pool + 4, GFP_KERNEL, 0));
	p->out.task.flags = TASK_ATOMIC;
	reported(p, REPORT_sleep_in_atomic);
	EXPECT(alloc_tells(&s, pool, GFP_KERNEL, 0));
	p->out.task.flags = 0;
	/* a report inside: nobody sleeps */
	run_dry(&s, s.size64);
	reported(p, REPORT_object_gfp);
	EXPECT(alloc_tells(&s, pool, GFP_KERNEL | __GFP_ZERO, 0));
	EXPECT_EQ(p->o->pools.asleep, 0);
	pair_delete(p);
}

/* --- giving back -------------------------------------------------------- */

TEST(free_into_the_reserve)
{
	struct stock s = stocked(false, 0, 0);
	struct pair *p = s.p;
	struct divergence *d = &p->d;
	u32 pool = pool_of(&s, 2), a = good_element(&s, pool, GFP_KERNEL), b;

	run_dry(&s, s.size64);
	b = reserved(&s, pool);
	good_from_reserve(&s, pool);
	good_return(&s, pool, a);
	EXPECT_EQ(reserved(&s, pool), a);
	EXPECT(model_mempool_free(p->o, reported(p, REPORT_mempool_element),
				  pool, a, d));
	/* it is full: the free function */
	begin(p);
	tell(&s, TRACE_kfree, b, 0);
	EXPECT(model_mempool_free(p->o, &p->out, pool, b, d));
	EXPECT(model_mempool_free(p->o, reported(p, REPORT_object_double_free),
				  pool, b, d));
	EXPECT(model_mempool_free(p->o, reported(p, REPORT_mempool_bad), 1, b,
				  d));
	EXPECT(model_mempool_free(p->o, silent(p), 1, 0, d));
	run_dry(&s, s.size64);
	good_from_reserve(&s, pool);
	EXPECT(model_mempool_free(p->o, reported(p, REPORT_bad_address), pool,
				  PAGE_OFFSET - 32, d));
	pair_delete(p);
}

/* --- resizing, destroying ----------------------------------------------- */

static bool resize_tells(struct stock *s, u32 pool, s32 nr, int got)
{
	return model_mempool_resize(s->p->o, &s->p->out, pool, nr, GFP_KERNEL,
				    got, &s->p->d);
}

TEST(resize_down)
{
	struct stock s = stocked(false, 0, 0);
	u32 pool = pool_of(&s, 4), last = reserved(&s, pool);

	begin(s.p);
	tell(&s, TRACE_kfree, last, 0);
	tell(&s, TRACE_kfree, last + 64, 0);
	EXPECT(resize_tells(&s, pool, 2, 0));
	EXPECT_EQ(reserved(&s, pool), last + 2 * 64);
	silent(s.p);
	EXPECT(resize_tells(&s, pool, 2, 0));
	pair_delete(s.p);
}

/* A new array from size-32, the old one back behind it. */
TEST(resize_up)
{
	struct stock s = stocked(false, 0, 0);
	u32 pool = pool_of(&s, 2);
	struct pool *has = pools_find(&s.p->o->pools, pool);
	u32 old = has->array, new = next_of(&s, s.size32, 0);

	begin(s.p);
	for (u32 i = 0; i < 3; i++)
		tell(&s, TRACE_kmalloc, next_of(&s, s.size64, i), GFP_KERNEL);
	EXPECT(resize_tells(&s, pool, 5, 0));
	EXPECT(has->array == new && has->curr_nr == 5);
	EXPECT_EQ(next_of(&s, s.size32, 0), old);
	EXPECT(!pools_check(&s.p->o->pools));
	pair_delete(s.p);
}

/* What cannot be filled is not missed by the guarantee. */
TEST(resize_that_is_short)
{
	struct stock s = stocked(false, 0, 0);
	u32 pool = pool_of(&s, 2);
	struct pool *has = pools_find(&s.p->o->pools, pool);
	struct mempool_info info = { .min_nr = 6, .curr_nr = 2 };

	run_dry(&s, s.size64);
	begin(s.p);
	s.p->out.task.fail_nth = 1;
	EXPECT(resize_tells(&s, pool, 6, 0));
	EXPECT(has->min_nr == 6 && has->unfilled == 4);
	info.elements = pool_elements(&s.p->o->pools, has);
	EXPECT(model_check_mempool(s.p->o, pool, &info, &s.p->d));
	EXPECT(model_mempool_destroy(
		s.p->o, reported(s.p, REPORT_mempool_short), pool, &s.p->d));
	pair_delete(s.p);
}

TEST(resize_misuse)
{
	struct stock s = stocked(false, 0, 0);
	struct pair *p = s.p;
	u32 pool = pool_of(&s, 2);

	reported(p, REPORT_mempool_nr);
	EXPECT(resize_tells(&s, pool, 0, -22));
	reported(p, REPORT_mempool_bad);
	EXPECT(resize_tells(&s, 0, 4, -22));
	p->out.task.flags = TASK_IRQ;
	reported(p, REPORT_sleep_in_atomic);
	EXPECT(resize_tells(&s, pool, -4, -22));
	p->out.task.flags = 0;
	/* no array: too large, too large for 32 bits */
	silent(p);
	EXPECT(resize_tells(&s, pool, 40000, -12));
	EXPECT(resize_tells(&s, pool, 1 << 30, -12));
	EXPECT_EQ(pools_find(&p->o->pools, pool)->min_nr, 2);
	pair_delete(p);
}

TEST(destroy)
{
	struct stock s = stocked(false, 0, 0);
	struct pair *p = s.p;
	u32 own = next_of(&s, s.size64, 0), array = next_of(&s, s.size32, 0);
	u32 pool = pool_of(&s, 2), last = reserved(&s, pool);

	begin(p);
	tell(&s, TRACE_kfree, last, 0);
	tell(&s, TRACE_kfree, last + 64, 0);
	EXPECT(model_mempool_destroy(p->o, &p->out, pool, &p->d));
	EXPECT_EQ(next_of(&s, s.size64, 0), own);
	EXPECT_EQ(next_of(&s, s.size32, 0), array);
	EXPECT(model_mempool_destroy(p->o, reported(p, REPORT_mempool_bad),
				     pool, &p->d));
	pair_delete(p);
}

/* A cache's elements by the helpers. */
TEST(slab_backed)
{
	struct stock s = stocked(false, 0, 0);
	struct pair *p = s.p;
	u32 a = next_of(&s, s.own, 0), pool = next_of(&s, s.size64, 0);

	begin(p);
	tell(&s, TRACE_kmem_cache_alloc, a, GFP_KERNEL);
	EXPECT(model_mempool_create(p->o, &p->out, 1, POOL_SLAB, s.own->address,
				    pool, &p->d));
	begin(p);
	tell(&s, TRACE_kmem_cache_free, a, 0);
	EXPECT(model_mempool_destroy(p->o, &p->out, pool, &p->d));
	pair_delete(p);
}
