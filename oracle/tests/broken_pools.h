/* SPDX-License-Identifier: MIT */
/*
 * broken_pools.h - rules N, and R of pools: false elements, false sleepers.
 * Included by test_rules.c.
 */
#ifndef ORACLE_BROKEN_POOLS_H
#define ORACLE_BROKEN_POOLS_H

#include "broken.h"
#include "stocked.h"

/* A pool of kmalloc(60)s, min_nr of them in its reserve. */
static struct stock pooled(s32 min_nr, u32 *pool)
{
	struct stock s = stocked(false, 0, 0);

	*pool = next_of(&s, s.size64, 0);
	begin(s.p);
	for (s32 i = 0; i < min_nr; i++)
		tell(&s, TRACE_kmalloc, next_of(&s, s.size64, 1 + (u32)i),
		     GFP_KERNEL);
	EXPECT(model_mempool_create(s.p->o, &s.p->out, min_nr, POOL_KMALLOC, 60,
				    *pool, &s.p->d));
	return s;
}

static bool pool_alloc_told(struct stock *s, u32 pool, u32 got)
{
	return model_mempool_alloc(s->p->o, &s->p->out, pool, GFP_KERNEL, got,
				   &s->p->d);
}

/* The allocator has none. */
static bool short_alloc_told(struct stock *s, u32 pool, u32 got, u32 ticket)
{
	run_dry(s, s->size64);
	begin(s->p);
	s->p->out.task.fail_nth = 1;
	s->p->out.blocked = ticket;
	return pool_alloc_told(s, pool, got);
}

static u32 last_reserved(struct stock *s, u32 pool)
{
	const struct pool *has = pools_find(&s->p->o->pools, pool);

	return pool_elements(&s->p->o->pools, has)[has->curr_nr - 1];
}

/* --- R ------------------------------------------------------------------ */

BROKEN(R41)
{
	u32 pool;
	struct stock s = pooled(1, &pool);
	struct pair *p = s.p;

	silent(p);
	names(p, RULE_R41, pool_alloc_told(&s, pool + 32, 0));
	names(p, RULE_R41, model_mempool_free(p->o, &p->out, 0, pool, &p->d));
	names(p, RULE_R41,
	      model_mempool_resize(p->o, &p->out, 9, 1, GFP_KERNEL, 0, &p->d));
	names(p, RULE_R41, model_mempool_destroy(p->o, &p->out, 9, &p->d));
	pair_delete(p);
}

BROKEN(R42)
{
	u32 pool;
	struct stock s = pooled(1, &pool);
	struct pair *p = s.p;

	silent(p);
	names(p, RULE_R42,
	      model_mempool_create(p->o, &p->out, -1, POOL_KMALLOC, 60, 0,
				   &p->d));
	names(p, RULE_R42,
	      model_mempool_resize(p->o, &p->out, pool, 0, GFP_KERNEL, 0,
				   &p->d));
	pair_delete(p);
}

BROKEN(R43)
{
	u32 pool;
	struct stock s = pooled(2, &pool);

	silent(s.p);
	names(s.p, RULE_R43,
	      model_mempool_free(s.p->o, &s.p->out, pool,
				 last_reserved(&s, pool), &s.p->d));
	pair_delete(s.p);
}

BROKEN(R44)
{
	u32 pool;
	struct stock s = pooled(1, &pool);

	EXPECT(short_alloc_told(&s, pool, last_reserved(&s, pool), 0));
	silent(s.p);
	names(s.p, RULE_R44,
	      model_mempool_destroy(s.p->o, &s.p->out, pool, &s.p->d));
	pair_delete(s.p);
}

BROKEN(R45)
{
	u32 pool;
	struct stock s = pooled(0, &pool);

	EXPECT(short_alloc_told(&s, pool, 0, 1));
	silent(s.p);
	names(s.p, RULE_R45,
	      model_mempool_destroy(s.p->o, &s.p->out, pool, &s.p->d));
	pair_delete(s.p);
}

/* --- N ------------------------------------------------------------------ */

BROKEN(N1)
{
	struct stock s = stocked(false, 0, 0);
	u32 pool = next_of(&s, s.size64, 0);

	silent(s.p);
	names(s.p, RULE_N1,
	      model_mempool_create(s.p->o, &s.p->out, 0, POOL_KMALLOC, 60,
				   pool + 64, &s.p->d));
	pair_delete(s.p);
}

BROKEN(N2)
{
	u32 pool;
	struct stock s = pooled(2, &pool);
	u32 element = next_of(&s, s.size64, 0);

	begin(s.p);
	tell(&s, TRACE_kmalloc, element,
	     __GFP_FS | __GFP_NOMEMALLOC | __GFP_NORETRY | __GFP_NOWARN);
	names(s.p, RULE_N2, pool_alloc_told(&s, pool, element + 64));
	/* the reserve's first instead of its last */
	names(s.p, RULE_N2,
	      short_alloc_told(&s, pool, last_reserved(&s, pool) + 64, 0));
	pair_delete(s.p);
}

BROKEN(N3)
{
	u32 pool;
	struct stock s = pooled(0, &pool);

	names(s.p, RULE_N3, short_alloc_told(&s, pool, 0, 0));
	names(s.p, RULE_N3, short_alloc_told(&s, pool, 0, 1));
	pair_delete(s.p);
}

BROKEN(N4)
{
	u32 pool;
	struct stock s = pooled(1, &pool);
	struct pair *p = s.p;
	u32 element = last_reserved(&s, pool);

	EXPECT(short_alloc_told(&s, pool, element, 0));
	EXPECT(short_alloc_told(&s, pool, 0, 1));
	names(p, RULE_N4, model_check_woken(p->o, 1, &p->d));
	EXPECT(model_mempool_free(p->o, silent(p), pool, element, &p->d));
	names(p, RULE_N4, model_check_woken(p->o, 0, &p->d));
	names(p, RULE_N4,
	      model_mempool_resume(p->o, silent(p), 2, element, &p->d));
	pair_delete(p);
}

BROKEN(N5)
{
	u32 pool;
	struct stock s = pooled(1, &pool);
	struct pair *p = s.p;

	names(p, RULE_N5,
	      model_mempool_resize(p->o, silent(p), pool, 40000, GFP_KERNEL, 0,
				   &p->d));
	names(p, RULE_N5,
	      model_mempool_resize(p->o, silent(p), pool, 1, GFP_KERNEL, -12,
				   &p->d));
	pair_delete(p);
}

static struct mempool_info told_of(struct stock *s, u32 pool)
{
	const struct pool *has = pools_find(&s->p->o->pools, pool);

	return (struct mempool_info){
		.min_nr = has->min_nr,
		.curr_nr = has->curr_nr,
		.elements = pool_elements(&s->p->o->pools, has),
	};
}

static bool pool_told(struct stock *s, u32 pool, const struct mempool_info *i)
{
	return model_check_mempool(s->p->o, pool, i, &s->p->d);
}

BROKEN(N6)
{
	u32 pool;
	struct stock s = pooled(2, &pool);
	struct mempool_info info = told_of(&s, pool);

	EXPECT(pool_told(&s, pool, &info));
	info.curr_nr++;
	names(s.p, RULE_N6, pool_told(&s, pool, &info));
	info.curr_nr--;
	info.min_nr--;
	names(s.p, RULE_N6, pool_told(&s, pool, &info));
	pair_delete(s.p);
}

BROKEN(N7)
{
	u32 pool;
	struct stock s = pooled(2, &pool);
	struct mempool_info info = told_of(&s, pool);
	u32 elements[2] = { info.elements[1], info.elements[0] };

	info.elements = elements;
	names(s.p, RULE_N7, pool_told(&s, pool, &info));
	pair_delete(s.p);
}

/* One of the reserve is gone, and nobody has it. */
BROKEN(N8)
{
	u32 pool;
	struct stock s = pooled(2, &pool);
	struct mempool_info info = told_of(&s, pool);

	info.curr_nr--;
	names(s.p, RULE_N8, pool_told(&s, pool, &info));
	pair_delete(s.p);
}

#endif
