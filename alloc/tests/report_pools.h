/* SPDX-License-Identifier: MIT */
/*
 * report_pools.h - cases of test_report.c: the CHECKs of pools and sleepers,
 * each of which fires on what it is for.
 */
#ifndef ALLOC_TESTS_REPORT_POOLS_H
#define ALLOC_TESTS_REPORT_POOLS_H

#include "panics.h"
#include "../mempool.h"

/* An allocator that has nothing, and a free function that loses the pool. */
static void *gives_none(gfp_t gfp, void *pool_data)
{
	(void)gfp;
	(void)pool_data;
	return NULL;
}

struct loser {
	struct machine *m;
	const struct mempool *pool;
};

static void loses_the_pool(void *element, void *pool_data)
{
	const struct loser *loser = pool_data;

	(void)element;
	mempool_record_free(loser->m, loser->pool->pool_data);
}

static struct mempool *pool_on(struct machine *m, mempool_free_t *release,
			       void *pool_data)
{
	const char *why = machine_kmem_cache_init(m);
	struct mempool *pool;

	if (why)
		pc_end("kmem_cache_init", why);
	mm_set_current(m, task_plain);
	pool = mm_mempool_create(m, 0, gives_none, release, pool_data);
	if (!pool)
		pc_end("checked", "no pool");
	return pool;
}

PANIC(a_task_that_nobody_woke, "wait: nobody woke that task")
{
	pool_on(m, loses_the_pool, NULL);
	mm_mempool_resume(m, 1);
}

PANIC(a_sleeper_at_the_snapshot, "wait: a task sleeps at the snapshot")
{
	mm_mempool_alloc(m, pool_on(m, loses_the_pool, NULL), GFP_KERNEL);
	wait_snapshot(m);
}

PANIC(a_pool_at_the_snapshot, "mempool: a pool at the snapshot")
{
	pool_on(m, loses_the_pool, NULL);
	mempools_snapshot(m);
}

PANIC(a_pool_without_its_record, "mempool: a pool has lost its record")
{
	struct loser loser = { m, NULL };
	struct mempool *pool = pool_on(m, loses_the_pool, &loser);

	loser.pool = pool;
	mm_mempool_free(m, pool, mm_kmalloc(m, 64, GFP_KERNEL));
}

#endif
