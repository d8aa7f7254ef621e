// SPDX-License-Identifier: MIT
/*
 * test_slab_fail.c - memory runs out, at each page that a call asks for: it
 * answers NULL, the view is what it was, and nothing stays behind.  And what
 * comes back late: slabs that wait for a grace period.
 */
#include "objects.h"

/* What somebody holds of each cache; its sum is compared. */
static u64 held(struct machine *m)
{
	const struct kmem_cache *cache;
	u64 hash = 0;

	for (u32 i = 0; (cache = mm_cache_at(m, i)); i++) {
		const u32 pair[] = { i, nr_live(m, cache) };

		hash = picture_add(hash, pair, sizeof(pair));
	}
	return hash;
}

/* --- fail_nth ------------------------------------------------------------- */

/* The general caches have nothing left, and cache_cache neither. */
static void exhaust_all(struct machine *m)
{
	struct kmem_cache *cache;

	for (u32 i = 0; (cache = mm_cache_at(m, i)); i++)
		if (info_of(m, cache).order == 0 &&
		    !(info_of(m, cache).flags & SLAB_CACHE_DMA))
			cache_exhaust(m, cache);
}

/* At the first, second, .. page; returns how many it takes. */
static u32 create_failing(struct machine *m, u32 size, u32 flags)
{
	struct kmem_cache *cache;
	u32 nth = 0;

	do {
		const u64 view = machine_view(m), was = held(m);
		const u32 caches = counts_of(m).nr_caches;

		failing(m, ++nth);
		cache = mm_kmem_cache_create(m, "failing", size, 0, flags, NULL,
					     NULL);
		EXPECT_EQ(REPORT_none, mm_report(m));
		if (cache)
			break;
		EXPECT_EQ(view, machine_view(m));
		EXPECT_EQ(was, held(m));
		EXPECT_EQ(caches, counts_of(m).nr_caches);
		expect_objects_sound(m);
		exhaust_all(m);
	} while (nth < 50);
	EXPECT_EQ(0, cache_destroy(m, cache));
	return nth - 1;
}

/*
 * A frame for the descriptor, one for the arrays, and one for management
 * where these are of size-512: 496 bytes each.  Without debugging arrays of
 * 24 are of 112 bytes, and eight share a frame; with it arrays of 32 are of
 * 144.  The shared array is no condition.
 */
TEST(create_fails)
{
	static const struct {
		const char *line;
		u32 size, flags, frames;
	} row[] = {
		{ UP_PC, 64, 0, 3 },
		{ SMALL_PC, 64, 0, 3 },
		{ "ram=24M vmalloc=1004M cpus=8", 4096, SLAB_CACHE_DMA, 2 },
		{ DEBUG_PC, 500, 0, 2 },
	};

	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		struct machine *m = objects_on(row[i].line);

		exhaust_all(m);
		EXPECT_EQ(row[i].frames,
			  create_failing(m, row[i].size, row[i].flags));
		expect_objects_sound(m);
		machine_delete(m);
	}
}

/* Without the shared array: a cache all the same. */
TEST(create_without_shared_array)
{
	struct machine *m = objects_on(SMALL_PC);
	struct kmem_cache *size_2048 = cache_named(m, "size-2048");
	struct kmem_cache *cache;
	void *object[121];

	/* 16 + 4 * 480 bytes of the shared array */
	cache_exhaust(m, size_2048);
	cache_exhaust(m, cache_named(m, "size-64"));
	cache_exhaust(m, cache_named(m, "size-32"));
	for (u32 nth = 1; nth < 20; nth++) {
		failing(m, nth);
		cache = mm_kmem_cache_create(m, "unshared", 256, 0, 0, NULL,
					     NULL);
		if (cache)
			break;
	}
	EXPECT(cache);
	EXPECT_EQ(0, info_of(m, cache).shared);
	EXPECT_EQ(0, info_of(m, cache).shared_limit);
	EXPECT_EQ(0, array_of(m, cache, NR_CPUS).limit);
	/* a flush goes to the slabs */
	objects_new(m, cache, 0, object, 121);
	objects_free(m, cache, 1, object, 121);
	EXPECT_EQ(61, avail_of(m, cache, 1));
	EXPECT_EQ(0, avail_of(m, cache, NR_CPUS));
	expect_objects_sound(m);
	EXPECT_EQ(0, cache_destroy(m, cache));
	expect_objects_sound(m);
	machine_delete(m);
}

/* The frames of a slab whose management cannot be had go back, unmarked. */
TEST(alloc_fails)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *on = cache_new(m, "on", 256, 0, 0);
	struct kmem_cache *off =
		cache_new(m, "off", 65536, 0, SLAB_RECLAIM_ACCOUNT);
	const u32 nr_slab = counts_of(m).nr_slab;
	u64 view = machine_view(m);

	failing(m, 1);
	EXPECT(!mm_kmem_cache_alloc(m, on, GFP_KERNEL));
	EXPECT_EQ(view, machine_view(m));
	failing(m, 2);
	EXPECT(mm_kmem_cache_alloc(m, on, GFP_KERNEL));
	EXPECT_EQ(nr_slab + 1, counts_of(m).nr_slab);
	cache_exhaust(m, cache_named(m, "size-32"));
	view = machine_view(m);
	for (u32 nth = 1; nth < 3; nth++) {
		const u32 slabs = counts_of(m).nr_slab;

		failing(m, nth);
		EXPECT(!mm_kmem_cache_alloc(m, off, GFP_KERNEL));
		EXPECT_EQ(REPORT_none, mm_report(m));
		EXPECT(!mm_oom(m));
		EXPECT_EQ(view, machine_view(m));
		EXPECT_EQ(slabs, counts_of(m).nr_slab);
		EXPECT_EQ(0, counts_of(m).slab_reclaim_pages);
		EXPECT_EQ(0, info_of(m, off).free_objects);
		expect_objects_sound(m);
	}
	failing(m, 3);
	EXPECT(mm_kmem_cache_alloc(m, off, GFP_KERNEL));
	EXPECT_EQ(16, counts_of(m).slab_reclaim_pages);
	machine_delete(m);
}

/* GFP_KERNEL never gives up in 2.6.12: oom, and nothing is changed. */
TEST(memory_runs_out)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache = cache_new(m, "greedy", 4000, 0, 0);
	u64 view;

	do
		as_task(m, 0);
	while (mm_kmem_cache_alloc(m, cache, GFP_KERNEL));
	EXPECT(mm_oom(m));
	EXPECT_EQ(REPORT_none, mm_report(m));
	view = machine_view(m);
	as_task(m, 0);
	EXPECT(!mm_kmem_cache_alloc(m, cache, GFP_KERNEL | __GFP_NORETRY));
	EXPECT(!mm_oom(m));
	EXPECT_EQ(view, machine_view(m));
	as_task(m, 0);
	EXPECT(!mm_kmem_cache_create(m, "other", 4000, 0, 0, NULL, NULL) ||
	       !mm_oom(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* Its constructors' failures are their own; nothing of theirs is undone. */
static void *nested_last;
static struct machine *nested_machine;

static void ctor_nested(void *object, struct kmem_cache *cache,
			unsigned long flags)
{
	(void)object;
	(void)cache;
	(void)flags;
	nested_last = mm_kmalloc(nested_machine, 4096, GFP_KERNEL);
}

TEST(nested_failure)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache;

	nested_machine = m;
	as_task(m, 0);
	cache = mm_kmem_cache_create(m, "nested", 4000, 0, 0, ctor_nested,
				     NULL);
	cache_exhaust(m, cache_named(m, "size-4096"));
	failing(m, 2);
	EXPECT(mm_kmem_cache_alloc(m, cache, GFP_KERNEL));
	EXPECT(!nested_last);
	failing(m, 3);
	EXPECT(mm_kmem_cache_alloc(m, cache, GFP_KERNEL));
	EXPECT(nested_last);
	expect_objects_sound(m);
	machine_delete(m);
}

/* --- the view ------------------------------------------------------------- */

/* What a caller has is seen, and how he got it is not. */
TEST(what_the_view_shows)
{
	struct machine *m = objects_on(SMALL_PC);
	struct kmem_cache *cache = cache_new(m, "seen", 256, 0, 0), *other;
	const u64 view = machine_view(m);
	void *a, *b;
	u64 one;

	a = object_new(m, cache, 0);
	one = machine_view(m);
	EXPECT(view != one);
	b = object_new(m, cache, 0);
	EXPECT(one != machine_view(m));
	object_free(m, cache, b, 1);
	EXPECT_EQ(one, machine_view(m));
	object_free(m, cache, a, 0);
	EXPECT_EQ(view, machine_view(m));
	ticks(m, 20000);
	cache_shrink(m, cache);
	EXPECT_EQ(view, machine_view(m));
	other = cache_new(m, "too", 256, 0, 0);
	EXPECT(view != machine_view(m));
	EXPECT_EQ(0, cache_destroy(m, other));
	EXPECT_EQ(view, machine_view(m));
	as_task(m, 0);
	a = mm_kmalloc(m, 100, GFP_KERNEL);
	EXPECT(view != machine_view(m));
	as_task(m, 0);
	mm_kfree(m, a);
	EXPECT_EQ(view, machine_view(m));
	machine_delete(m);
}

/* --- RCU ------------------------------------------------------------------ */

static void *rcu_slab_waits(struct machine *m, struct kmem_cache *cache)
{
	void *object = object_new(m, cache, 0);

	object_free(m, cache, object, 0);
	EXPECT_EQ(0, cache_shrink(m, cache));
	EXPECT_EQ(0, nr_slabs(m, cache, SLABS_FREE));
	return object;
}

/* The frames stay a slab's, and off slab its management too, until a tick. */
static void expect_grace(const char *line, u32 size, u32 frames)
{
	struct machine *m = objects_on(line);
	struct kmem_cache *cache =
		cache_new(m, "rcu", size, 0, SLAB_DESTROY_BY_RCU);
	const u32 before = counts_of(m).nr_slab;
	const u64 was = held(m);
	const u64 view = machine_view(m);
	void *object = rcu_slab_waits(m, cache);

	EXPECT_EQ(1, counts_of(m).nr_rcu);
	EXPECT(counts_of(m).nr_slab >= before + frames);
	EXPECT_EQ(1, frame_of(m, object).slab);
	EXPECT(FRAME_BUDDY != frame_of(m, object).state);
	EXPECT_SOUND(m);
	EXPECT_REPORT(m, object_double_free,
		      mm_kmem_cache_free(m, cache, object));
	ticks(m, 0);
	EXPECT_EQ(1, counts_of(m).nr_rcu);
	ticks(m, 1);
	EXPECT_EQ(0, counts_of(m).nr_rcu);
	EXPECT_EQ(was, held(m));
	EXPECT_EQ(view, machine_view(m));
	EXPECT_EQ(0, frame_of(m, object).slab);
	EXPECT_REPORT(m, object_foreign, mm_kmem_cache_free(m, cache, object));
	expect_objects_sound(m);
	machine_delete(m);
}

TEST(grace_period)
{
	expect_grace(UP_PC, 256, 1);
	expect_grace(SMALL_PC, 4096, 1);
	expect_grace(UP_PC, 20000, 8);
	expect_grace(UP_PC, 65536, 16);
	expect_grace(DEBUG_PC, 65536, 16);
}

/* On CPU 0, whoever calls: there go the frames. */
TEST(grace_period_on_cpu_0)
{
	struct machine *m = objects_on(SMALL_PC);
	struct kmem_cache *cache =
		cache_new(m, "rcu", 4096, 0, SLAB_DESTROY_BY_RCU);
	struct mm_counts before, after;

	rcu_slab_waits(m, cache);
	mm_counts(m, 1, &before);
	on_cpu(m, 1);
	mm_tick(m, 1);
	mm_counts(m, 1, &after);
	EXPECT(!memcmp(before.pcp, after.pcp, sizeof(before.pcp)));
	machine_delete(m);
}

/* Destroying an RCU cache waits for all who wait, of all caches. */
TEST(grace_period_of_destroy)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *a = cache_new(m, "a", 4096, 0, SLAB_DESTROY_BY_RCU);
	struct kmem_cache *b = cache_new(m, "b", 256, 0, SLAB_DESTROY_BY_RCU);
	struct kmem_cache *c = cache_new(m, "c", 256, 0, 0);
	const u64 view = machine_view(m);
	void *object;

	object = rcu_slab_waits(m, a);
	rcu_slab_waits(m, b);
	EXPECT_EQ(2, counts_of(m).nr_rcu);
	EXPECT_EQ(0, cache_destroy(m, c));
	EXPECT_EQ(2, counts_of(m).nr_rcu);
	EXPECT_EQ(0, cache_destroy(m, b));
	EXPECT_EQ(0, counts_of(m).nr_rcu);
	EXPECT_EQ(0, frame_of(m, object).slab);
	/* one with live objects waits for nobody */
	rcu_slab_waits(m, a);
	object_new(m, a, 0);
	EXPECT_EQ(1, cache_destroy(m, a));
	EXPECT_EQ(1, counts_of(m).nr_rcu);
	(void)view;
	expect_objects_sound(m);
	machine_delete(m);
}

/* Slabs that a tick's reaping takes wait for the next tick. */
TEST(grace_period_and_reaping)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache =
		cache_new(m, "rcu", 4096, 0, SLAB_DESTROY_BY_RCU);
	void *object[40];
	u32 waiting;

	objects_new(m, cache, 0, object, 40);
	objects_free(m, cache, 0, object, 40);
	/* arrays are touched, then drained; lists are reaped every 4 s */
	ticks(m, 20000);
	waiting = counts_of(m).nr_rcu;
	EXPECT(waiting > 0);
	ticks(m, 1);
	EXPECT_EQ(0, counts_of(m).nr_rcu);
	expect_objects_sound(m);
	machine_delete(m);
}
