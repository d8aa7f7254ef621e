// SPDX-License-Identifier: MIT
/*
 * test_reap.c - time goes by: when each CPU reaps, how much of its array,
 * when the shared array and the free slabs are looked at and what they lose,
 * across the wrap of jiffies.  Grace periods: test_slab_fail.c.
 */
#include "objects.h"

static u32 now(const struct machine *m)
{
	return counts_of(m).jiffies;
}

/* To the jiffy that is `since` after boot. */
static void until(struct machine *m, u32 since)
{
	ticks(m, INITIAL_JIFFIES + since - now(m));
}

TEST(jiffies)
{
	struct machine *m = objects_on(UP_PC);
	const u64 digest = machine_digest(m);

	EXPECT_EQ(0xFFFB6C20, now(m));
	ticks(m, 0);
	EXPECT_EQ(digest, machine_digest(m));
	ticks(m, 1);
	EXPECT_EQ(0xFFFB6C21, now(m));
	ticks(m, 299998);
	EXPECT_EQ(0xFFFFFFFF, now(m));
	ticks(m, 2);
	EXPECT_EQ(1, now(m));
	expect_objects_sound(m);
	machine_delete(m);
}

/* --- a CPU's array -------------------------------------------------------- */

/*
 * CPU k: 1000 + 3k after boot, then every 2000 + k.  The first time the array
 * was touched; then half of the 15 go, 8, and half of the 7, 4.
 */
TEST(when_each_cpu_reaps)
{
	struct machine *m = objects_on("ram=24M vmalloc=1004M cpus=8");
	struct kmem_cache *cache = cache_new(m, "timed", 8, 0, 0);

	for (u32 cpu = 0; cpu < 8; cpu++) {
		object_new(m, cache, cpu);
		EXPECT_EQ(15, avail_of(m, cache, cpu));
	}
	for (u32 cpu = 0; cpu < 8; cpu++) {
		until(m, 1000 + 3 * cpu - 1);
		EXPECT_EQ(1, array_of(m, cache, cpu).touched);
		until(m, 1000 + 3 * cpu);
		EXPECT_EQ(0, array_of(m, cache, cpu).touched);
		EXPECT_EQ(15, avail_of(m, cache, cpu));
	}
	for (u32 cpu = 0; cpu < 8; cpu++) {
		until(m, 3000 + 4 * cpu - 1);
		EXPECT_EQ(15, avail_of(m, cache, cpu));
		until(m, 3000 + 4 * cpu);
		EXPECT_EQ(7, avail_of(m, cache, cpu));
	}
	for (u32 cpu = 0; cpu < 8; cpu++) {
		until(m, 5000 + 5 * cpu - 1);
		EXPECT_EQ(7, avail_of(m, cache, cpu));
		until(m, 5000 + 5 * cpu);
		EXPECT_EQ(3, avail_of(m, cache, cpu));
	}
	expect_objects_sound(m);
	machine_delete(m);
}

/* The oldest go, a fifth of the limit; or half of what is there, rounded up. */
static void expect_drains(u32 size, u32 objects, const u32 *left)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache = cache_new(m, "drained", size, 0, 0);
	static void *object[240];
	struct array_view a;

	objects_new(m, cache, 0, object, objects);
	while (avail_of(m, cache, 0))
		object_new(m, cache, 0);
	objects_free(m, cache, 0, object, objects);
	EXPECT_EQ(objects, avail_of(m, cache, 0));
	until(m, 1000);
	EXPECT_EQ(objects, avail_of(m, cache, 0));
	for (u32 i = 0; left[i] != objects; i++) {
		until(m, 3000 + 2000 * i);
		a = array_of(m, cache, 0);
		EXPECT_EQ(left[i], a.avail);
		for (u32 j = 0; j < a.avail; j++)
			EXPECT_EQ(mm_vaddr(object[objects - a.avail + j]),
				  a.entry[j]);
		expect_objects_sound(m);
	}
	machine_delete(m);
}

TEST(what_a_drain_takes)
{
	static const u32 of_120[] = { 96, 72, 48, 24, 0, 0, 120 };
	static const u32 of_30[] = { 6, 3, 1, 0, 30 };
	static const u32 of_54[] = { 43, 32, 21, 10, 5, 54 };
	static const u32 of_24[] = { 19, 14, 9, 4, 2, 1, 0, 24 };
	static const u32 of_8[] = { 6, 4, 2, 0, 8 };
	static const u32 of_1[] = { 0, 1 };

	expect_drains(64, 120, of_120);
	expect_drains(64, 30, of_30);
	expect_drains(400, 54, of_54);
	expect_drains(2000, 24, of_24);
	expect_drains(8192, 8, of_8);
	expect_drains(64, 1, of_1);
}

/* An allocation touches; a free does not. */
TEST(touched)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache = cache_new(m, "touched", 64, 0, 0);
	void *object[120];

	objects_new(m, cache, 0, object, 120);
	until(m, 1000);
	EXPECT_EQ(0, array_of(m, cache, 0).touched);
	objects_free(m, cache, 0, object, 100);
	EXPECT_EQ(0, array_of(m, cache, 0).touched);
	object[0] = object_new(m, cache, 0);
	EXPECT_EQ(1, array_of(m, cache, 0).touched);
	object_free(m, cache, object[0], 0);
	until(m, 3000);
	EXPECT_EQ(0, array_of(m, cache, 0).touched);
	/* 100, and what was left of a refill of 60 */
	EXPECT_EQ(101, avail_of(m, cache, 0));
	until(m, 5000);
	EXPECT_EQ(77, avail_of(m, cache, 0));
	machine_delete(m);
}

/* NO_REAP: nothing of it, whatever the time. */
TEST(no_reap)
{
	struct machine *m = objects_on(SMALL_PC);
	struct kmem_cache *cache = cache_new(m, "kept", 64, 0, SLAB_NO_REAP);
	struct cache_info info, after;
	void *object[200];

	objects_new(m, cache, 0, object, 200);
	objects_free(m, cache, 1, object, 200);
	info = info_of(m, cache);
	until(m, 50000);
	after = info_of(m, cache);
	EXPECT(!memcmp(&info, &after, sizeof(info)));
	EXPECT_EQ(1, array_of(m, cache, 0).touched);
	EXPECT_EQ(80, avail_of(m, cache, 1));
	EXPECT_EQ(120, avail_of(m, cache, NR_CPUS));
	machine_delete(m);
}

/* --- lists ---------------------------------------------------------------- */

/*
 * At a reap, if next_reap is not in the future: 4000 from then.  A second of
 * jiffies wraps to the next: 400 s and more, on one CPU and on three.
 */
static void expect_next_reaps(const char *line, u32 cpus)
{
	struct machine *m = objects_on(line);
	u32 due[NR_CPUS], want[64], nr = counts_of(m).nr_caches;

	for (u32 i = 0; i < nr; i++)
		want[i] = info_of(m, mm_cache_at(m, i)).next_reap;
	for (u32 cpu = 0; cpu < cpus; cpu++)
		due[cpu] = 1000 + 3 * cpu;
	for (u32 reaps = 0; reaps < 210 * cpus; reaps++) {
		u32 cpu = 0;

		for (u32 other = 1; other < cpus; other++)
			if (due[other] < due[cpu])
				cpu = other;
		until(m, due[cpu]);
		due[cpu] += 2000 + cpu;
		for (u32 i = 0; i < nr; i++) {
			const struct cache_info info =
				info_of(m, mm_cache_at(m, i));

			if (!(info.flags & SLAB_NO_REAP) &&
			    (s32)(want[i] - now(m)) <= 0)
				want[i] = now(m) + 4000;
			EXPECT_EQ(want[i], info.next_reap);
		}
	}
	EXPECT(now(m) < 0x80000000);
	expect_objects_sound(m);
	machine_delete(m);
}

TEST(next_reap)
{
	expect_next_reaps(UP_PC, 1);
	expect_next_reaps("ram=24M vmalloc=1004M cpus=3", 3);
}

/* The i-th time from now that this cache's lists are reaped. */
static void until_lists(struct machine *m, const struct kmem_cache *cache)
{
	const u32 next = info_of(m, cache).next_reap;

	while (info_of(m, cache).next_reap == next)
		ticks(m, 1);
	EXPECT_EQ(now(m) + 4000, info_of(m, cache).next_reap);
}

/*
 * Many free slabs, the array empty: (free_limit + 5 * num - 1) / (5 * num)
 * go at a time, from the head, once free_touched is cleared.
 */
static void expect_list_reaps(u32 size, u32 objects, u32 slabs, u32 tofree)
{
	static struct slab_view before[SLABS_MAX], after[SLABS_MAX];
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache = cache_new(m, "reaped", size, 0, 0);
	const u32 num = info_of(m, cache).num;
	static void *object[1000];
	u32 nr;

	objects_new(m, cache, 0, object, objects);
	objects_free(m, cache, 0, object, objects);
	for (u32 left = avail_of(m, cache, 0); left; left--)
		object_new(m, cache, 0);
	EXPECT_EQ(0, avail_of(m, cache, 0));
	nr = mm_cache_slabs(m, cache, SLABS_FREE, before, SLABS_MAX);
	EXPECT_EQ(slabs, nr);
	EXPECT_EQ(1, info_of(m, cache).free_touched);
	until_lists(m, cache);
	EXPECT_EQ(0, info_of(m, cache).free_touched);
	EXPECT_EQ(slabs, nr_slabs(m, cache, SLABS_FREE));
	while (nr) {
		const u32 gone = tofree < nr ? tofree : nr;
		const u32 loose = info_of(m, cache).free_objects - nr * num;

		until_lists(m, cache);
		EXPECT_EQ(nr - gone, mm_cache_slabs(m, cache, SLABS_FREE, after,
						    SLABS_MAX));
		EXPECT(!memcmp(before + gone, after,
			       (nr - gone) * sizeof(*after)));
		memmove(before, before + gone, (nr - gone) * sizeof(*after));
		nr -= gone;
		EXPECT_EQ(nr * num + loose, info_of(m, cache).free_objects);
		expect_objects_sound(m);
	}
	until_lists(m, cache);
	machine_delete(m);
}

TEST(what_a_reap_takes)
{
	expect_list_reaps(256, 300, 9, 2);  /* (135 + 74) / 75 */
	expect_list_reaps(4096, 40, 24, 5); /* (25 + 4) / 5 */
	expect_list_reaps(8192, 20, 9, 2);  /* (9 + 4) / 5 */
	expect_list_reaps(512, 248, 7, 2);  /* (62 + 39) / 40 */
	expect_list_reaps(32, 714, 1, 1);   /* (239 + 594) / 595 */
	expect_list_reaps(20000, 20, 9, 2);
}

/* The shared array loses a fifth of its limit too, if nobody refilled. */
TEST(shared_array)
{
	struct machine *m = objects_on(SMALL_PC);
	struct kmem_cache *cache = cache_new(m, "shared", 64, 0, 0);
	static void *object[610];
	struct array_view a;

	objects_new(m, cache, 0, object, 610);
	objects_free(m, cache, 0, object, 301);
	EXPECT_EQ(240, avail_of(m, cache, NR_CPUS));
	until_lists(m, cache);
	a = array_of(m, cache, NR_CPUS);
	EXPECT_EQ(144, a.avail);
	for (u32 i = 0; i < a.avail; i++)
		EXPECT_EQ(mm_vaddr(object[96 + i]), a.entry[i]);
	/* now CPU 1 takes 16 */
	object_new(m, cache, 1);
	EXPECT_EQ(1, array_of(m, cache, NR_CPUS).touched);
	until_lists(m, cache);
	EXPECT_EQ(0, array_of(m, cache, NR_CPUS).touched);
	EXPECT_EQ(128, avail_of(m, cache, NR_CPUS));
	until_lists(m, cache);
	EXPECT_EQ(32, avail_of(m, cache, NR_CPUS));
	until_lists(m, cache);
	EXPECT_EQ(16, avail_of(m, cache, NR_CPUS));
	expect_objects_sound(m);
	machine_delete(m);
}

static pfn_t pfn_of(const void *object)
{
	return (mm_vaddr(object) - PAGE_OFFSET) >> PAGE_SHIFT;
}

/* True if these frames were freed in this order. */
static bool freed_in_order(struct machine *m, pfn_t first, pfn_t second)
{
	const struct trace_record *trace;
	u32 nr, found = 0;

	trace = mm_trace(m, &nr);
	for (u32 i = 0; i < nr; i++)
		if (trace[i].event == TRACE_mm_page_free &&
		    trace[i].pfn == (found ? second : first))
			found++;
	return found == 2;
}

/*
 * From the chain's head: the youngest cache's frames are the first to go.  Of
 * three caches two are due at the same time.
 */
TEST(caches_are_reaped_in_the_chains_order)
{
	struct machine *m = objects_on(UP_PC);
	static const char *const name[] = { "a", "b", "c" };
	struct kmem_cache *cache[3];
	void *object[3];
	u32 due[3], old = 0, young = 1;

	for (u32 i = 0; i < 3; i++)
		cache[i] = cache_new(m, name[i], 4000, 0, 0);
	until(m, 9000);
	for (u32 i = 0; i < 3; i++) {
		object[i] = object_new(m, cache[i], 0);
		object_free(m, cache[i], object[i], 0);
		due[i] = info_of(m, cache[i]).next_reap;
	}
	if (due[old] != due[young])
		old = due[0] == due[2] ? 0 : 1, young = 2;
	/* the first time free_touched is cleared; then goes what was drained */
	ticks(m, due[old] + 3999 - now(m));
	EXPECT_EQ(due[old], due[young]);
	EXPECT_EQ(1, nr_slabs(m, cache[old], SLABS_FREE));
	EXPECT_EQ(1, nr_slabs(m, cache[young], SLABS_FREE));
	ticks(m, 1);
	EXPECT_EQ(0, nr_slabs(m, cache[old], SLABS_FREE));
	EXPECT(freed_in_order(m, pfn_of(object[young]), pfn_of(object[old])));
	machine_delete(m);
}

/* --- as a task of its own ------------------------------------------------- */

static struct machine *dtor_machine;
static u32 dtor_given;

static void ctor_nop(void *object, struct kmem_cache *cache, unsigned long f)
{
	(void)object;
	(void)cache;
	(void)f;
}

static void dtor_asks(void *object, struct kmem_cache *cache, unsigned long f)
{
	(void)object;
	(void)cache;
	(void)f;
	dtor_given += mm_kmalloc(dtor_machine, 20, GFP_KERNEL) != NULL;
}

static u32 hot_pages(struct machine *m, u32 cpu)
{
	struct mm_counts counts;
	u32 pages = 0;

	mm_counts(m, cpu, &counts);
	for (u32 zone = 0; zone < NR_ZONES; zone++)
		pages += counts.pcp[zone][PCP_HOT];
	return pages;
}

/*
 * On its CPU and without flags, whoever calls: what destructors ask for comes
 * out of that CPU's array, what is destroyed goes to its per-CPU pages.  Of
 * free objects there may be 37; 5 come to 36, so that 4 slabs are too many.
 */
TEST(who_reaps)
{
	struct machine *m = objects_on(SMALL_PC);
	struct kmem_cache *size_32 = cache_named(m, "size-32"), *cache;
	static void *object[180];
	u32 avail[2];

	dtor_machine = m;
	as_task(m, 0);
	cache = mm_kmem_cache_create(m, "asks", 4000, 0, 0, ctor_nop,
				     dtor_asks);
	objects_new(m, cache, 0, object, 180);
	objects_free(m, cache, 0, object, 156);
	objects_free(m, cache, 1, object + 156, 24);
	EXPECT_EQ(36, info_of(m, cache).free_objects);
	EXPECT_EQ(37, info_of(m, cache).free_limit);
	for (u32 cpu = 0; cpu < 2; cpu++) {
		object_free(m, size_32, object_new(m, size_32, cpu), cpu);
		avail[cpu] = avail_of(m, size_32, cpu);
		mm_drain_local_pages(m);
	}
	until(m, 1002);
	dtor_given = 0;
	as_task(m, TASK_ATOMIC);
	mm_tick(m, 1);
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_EQ(4, dtor_given);
	EXPECT_EQ(19, avail_of(m, cache, 1));
	EXPECT_EQ(avail[0], avail_of(m, size_32, 0));
	EXPECT_EQ(avail[1] - 4, avail_of(m, size_32, 1));
	EXPECT_EQ(0, hot_pages(m, 0));
	EXPECT_EQ(4, hot_pages(m, 1));
	expect_objects_sound(m);
	machine_delete(m);
}

/* --- a tick is a tick ----------------------------------------------------- */

static u64 played(u32 step, u32 jiffies)
{
	struct machine *m = objects_on("ram=24M vmalloc=1004M cpus=3");
	struct kmem_cache *cache = cache_new(m, "played", 100, 0, 0);
	static void *object[900];
	u64 picture;

	objects_new(m, cache, 0, object, 900);
	for (u32 i = 0; i < 900; i++)
		object_free(m, cache, object[i], i % 3);
	for (u32 done = 0; done < jiffies; done += step)
		ticks(m, step);
	picture = objects_picture(m);
	expect_objects_sound(m);
	machine_delete(m);
	return picture;
}

/* In one step or in many: the same. */
TEST(steps)
{
	const u64 picture = played(30000, 30000);

	EXPECT_EQ(picture, played(1000, 30000));
	EXPECT_EQ(picture, played(7500, 30000));
	EXPECT_EQ(picture, played(1, 30000));
}

/* Whoever calls: what reaps is a task of its own, on its own CPU. */
TEST(who_calls)
{
	struct machine *m = objects_on(SMALL_PC);
	struct kmem_cache *cache = cache_new(m, "called", 64, 0, 0);

	object_new(m, cache, 0);
	mm_set_current(m, (struct task){ .cpu = 1,
					 .flags = TASK_IRQ | TASK_ATOMIC,
					 .fail_nth = 1 });
	mm_tick(m, 3000);
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_EQ(7, avail_of(m, cache, 0));
	machine_delete(m);
}

/* ... and the caller goes on as who it was: the next object is its CPU's. */
TEST(the_caller_goes_on)
{
	struct machine *m = objects_on(SMALL_PC);
	struct kmem_cache *cache = cache_new(m, "goes-on", 64, 0, 0);
	struct kmem_cache *rcu =
		cache_new(m, "grace", 3000, 0, SLAB_DESTROY_BY_RCU);

	object_free(m, rcu, object_new(m, rcu, 0), 0);
	cache_shrink(m, rcu);
	object_new(m, cache, 0);
	object_new(m, cache, 1);
	for (u32 jiffies = 1; jiffies <= 1000; jiffies += 999) {
		on_cpu(m, 1); /* a grace period ends; CPU 0 reaps */
		mm_tick(m, jiffies);
		mm_kmem_cache_alloc(m, cache, GFP_KERNEL);
	}
	EXPECT_EQ(0, counts_of(m).nr_rcu);
	EXPECT_EQ(15, avail_of(m, cache, 0));
	EXPECT_EQ(13, avail_of(m, cache, 1));
	expect_objects_sound(m);
	machine_delete(m);
}
