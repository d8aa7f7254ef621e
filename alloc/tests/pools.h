/* SPDX-License-Identifier: MIT */
/*
 * pools.h - what the tests of memory pools share: a giver, that is the
 * allocator of a pool's elements, which does as it is told and remembers what
 * it was asked, and a pool over one.
 */
#ifndef ALLOC_TESTS_POOLS_H
#define ALLOC_TESTS_POOLS_H

#include "objects.h"
#include "../mempool.h"

#define POOL_PC "ram=24M vmalloc=1004M cpus=1"
#define GIVER_CALLS 64u
#define ELEMENT_BYTES 128u

struct giver {
	struct machine *m;
	struct kmem_cache *cache;
	u32 left;		/* elements that it will give */
	enum report_kind draws; /* instead of giving, or none */
	bool oom;		/* likewise */
	u32 asked, nr_given, freed;
	gfp_t gfp[GIVER_CALLS];	  /* of each asking */
	void *given[GIVER_CALLS]; /* in that order, and ... */
	void *taken[GIVER_CALLS]; /* ... back, in that one */
};

static inline void *giver_alloc(gfp_t gfp, void *pool_data)
{
	struct giver *g = pool_data;
	void *element = NULL;

	if (g->asked < GIVER_CALLS)
		g->gfp[g->asked] = gfp;
	g->asked++;
	if (g->draws)
		report(&g->m->faults, g->draws);
	else if (g->oom)
		g->m->oom = true;
	else if (g->left && g->left--)
		element = mm_kmem_cache_alloc(g->m, g->cache, gfp);
	if (element && g->nr_given < GIVER_CALLS)
		g->given[g->nr_given++] = element;
	return element;
}

static inline void giver_free(void *element, void *pool_data)
{
	struct giver *g = pool_data;

	if (g->freed < GIVER_CALLS)
		g->taken[g->freed] = element;
	g->freed++;
	mm_kmem_cache_free(g->m, g->cache, element);
}

/* A giver of `left` elements, in a cache of its own. */
static inline struct giver giver_of(struct machine *m, u32 left)
{
	return (struct giver){
		.m = m,
		.left = left,
		.cache = cache_new(m, "element", ELEMENT_BYTES, 0, 0),
	};
}

/* What it was asked so far is forgotten, and it will give so many more. */
static inline void giver_again(struct giver *g, u32 left)
{
	g->left = left;
	g->asked = 0;
	g->nr_given = 0;
	g->freed = 0;
}

/* A pool of `min_nr`, the last elements given; the giver has none left. */
static inline struct mempool *pool_of(struct giver *g, s32 min_nr)
{
	struct mempool *pool;

	giver_again(g, (u32)min_nr);
	as_task(g->m, 0);
	pool = mm_mempool_create(g->m, min_nr, giver_alloc, giver_free, g);
	if (!pool)
		pc_end("pool_of", "no pool");
	g->left = 0;
	g->asked = 0;
	return pool;
}

static inline struct mempool_info pool_info(const struct machine *m,
					    const struct mempool *pool)
{
	struct mempool_info info;

	mm_mempool_info(m, pool, &info);
	return info;
}

static inline s32 reserve_of(const struct machine *m,
			     const struct mempool *pool)
{
	return pool_info(m, pool).curr_nr;
}

/* By a task of no flags. */
static inline void *element_new(struct machine *m, struct mempool *pool,
				gfp_t gfp)
{
	as_task(m, 0);
	return mm_mempool_alloc(m, pool, gfp);
}

static inline void element_free(struct machine *m, struct mempool *pool,
				void *element)
{
	as_task(m, 0);
	mm_mempool_free(m, pool, element);
	EXPECT_EQ(REPORT_none, mm_report(m));
}

/* The ticket of a task that falls asleep. */
static inline u32 sleeper_new(struct machine *m, struct mempool *pool)
{
	EXPECT(!element_new(m, pool, GFP_KERNEL));
	EXPECT(mm_blocked(m) != 0);
	return mm_blocked(m);
}

static inline void *resume(struct machine *m, u32 ticket)
{
	as_task(m, 0);
	return mm_mempool_resume(m, ticket);
}

/* --- the giver of most tests ---------------------------------------------- */

static struct giver g;

static inline struct machine *pools_on(u32 left)
{
	struct machine *m = objects_on(POOL_PC);

	g = giver_of(m, left);
	as_task(m, 0);
	return m;
}

static inline struct mempool *create(struct machine *m, s32 min_nr)
{
	return mm_mempool_create(m, min_nr, giver_alloc, giver_free, &g);
}

static inline int resize_to(struct machine *m, struct mempool *pool, s32 nr)
{
	as_task(m, 0);
	return mm_mempool_resize(m, pool, nr, GFP_KERNEL);
}

static inline void destroy(struct machine *m, struct mempool *pool)
{
	as_task(m, 0);
	mm_mempool_destroy(m, pool);
	EXPECT_EQ(REPORT_none, mm_report(m));
}

static inline void expect_reserve(struct machine *m, const struct mempool *pool,
				  s32 curr_nr, s32 min_nr)
{
	EXPECT_EQ(curr_nr, pool_info(m, pool).curr_nr);
	EXPECT_EQ(min_nr, pool_info(m, pool).min_nr);
	EXPECT_SOUND(m);
}

/* Objects of all caches that are neither in slabs nor in arrays. */
static inline u32 objects_out(const struct machine *m)
{
	const struct kmem_cache *cache;
	u32 sum = 0;

	for (u32 i = 0; (cache = mm_cache_at(m, i)); i++)
		sum += nr_live(m, cache);
	return sum;
}

/* The giver got back what it had given, the last `nr` in reverse. */
static inline void expect_taken_in_reverse(u32 nr, u32 last)
{
	EXPECT_EQ(nr, g.freed);
	for (u32 i = 0; i < nr; i++)
		EXPECT(g.taken[i] == g.given[last - i]);
}

#endif
