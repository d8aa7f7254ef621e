// SPDX-License-Identifier: MIT
/*
 * test_slab_order.c - in which order: lists, frames, arrays, CPUs.  What is
 * done is the same either way; but the next object, the next frame is another
 * one.  Constructors: test_slab_grow.c; reaping: test_reap.c.
 */
#include "objects.h"

static u32 pfn_of(u32 addr)
{
	return (addr - PAGE_OFFSET) >> PAGE_SHIFT;
}

/* --- lists ---------------------------------------------------------------- */

/* Slabs of 15, all of them free: nr of them, as a list from its head. */
static u32 free_slabs(struct machine *m, struct kmem_cache *cache, u32 nr,
		      u32 *slab)
{
	static struct slab_view view[SLABS_MAX];
	void *object[240];

	objects_new(m, cache, 0, object, 15 * nr + 120);
	objects_free(m, cache, 0, object, 15 * nr + 120);
	/* 120 are in the array, and stay there */
	nr = mm_cache_slabs(m, cache, SLABS_FREE, view, SLABS_MAX);
	for (u32 i = 0; i < nr; i++)
		slab[i] = view[i].slab;
	return nr;
}

/* A refill takes the free slab at the head, then the next. */
TEST(free_slabs_are_taken_from_the_head)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache = cache_new(m, "free", 256, 0, 0);
	u32 slab[16], nr = free_slabs(m, cache, 4, slab);
	const u32 loose = avail_of(m, cache, 0);

	EXPECT_EQ(4, nr);
	for (u32 i = 0; i < loose; i++)
		object_new(m, cache, 0);
	ticks(m, 1000); /* a refill of 16 */
	object_new(m, cache, 0);
	EXPECT_EQ(slab[0], slab_at(m, cache, SLABS_FULL, 0).slab);
	EXPECT_EQ(slab[1], slab_at(m, cache, SLABS_PARTIAL, 0).slab);
	EXPECT_EQ(slab[2], slab_at(m, cache, SLABS_FREE, 0).slab);
	machine_delete(m);
}

/* What a refill leaves of a slab stays at the head: the next goes on there. */
TEST(a_slab_is_used_up_first)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache = cache_new(m, "partial", 32, 0, 0);
	void *object[238];
	u32 head, tail;

	objects_new(m, cache, 0, object, 238);
	objects_free(m, cache, 0, object, 80);
	objects_free(m, cache, 0, object + 119, 80);
	cache_shrink(m, cache);
	head = slab_at(m, cache, SLABS_PARTIAL, 0).slab;
	tail = slab_at(m, cache, SLABS_PARTIAL, 1).slab;
	object_new(m, cache, 0);
	EXPECT_EQ(head, slab_at(m, cache, SLABS_PARTIAL, 0).slab);
	EXPECT_EQ(tail, slab_at(m, cache, SLABS_PARTIAL, 1).slab);
	EXPECT_EQ(39 + 60, slab_at(m, cache, SLABS_PARTIAL, 0).inuse);
	machine_delete(m);
}

/* --- frames --------------------------------------------------------------- */

/* The frames that the call gave back, in their order. */
static u32 frames_freed(struct machine *m, u32 *pfn, u32 max)
{
	const struct trace_record *trace;
	u32 nr, found = 0;

	trace = mm_trace(m, &nr);
	for (u32 i = 0; i < nr; i++)
		if (trace[i].event == TRACE_mm_page_free && found < max)
			pfn[found++] = trace[i].pfn;
	return found;
}

/* Shrink begins at the tail. */
TEST(shrink_begins_at_the_tail)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache = cache_new(m, "shrunk", 256, 0, 0);
	u32 slab[16], pfn[16], nr = free_slabs(m, cache, 4, slab);

	while (avail_of(m, cache, 0))
		object_new(m, cache, 0);
	EXPECT_EQ(1, cache_shrink(m, cache));
	EXPECT_EQ(nr, frames_freed(m, pfn, 16));
	for (u32 i = 0; i < nr; i++)
		EXPECT_EQ(pfn_of(slab[nr - 1 - i]), pfn[i]);
	machine_delete(m);
}

/* Who waits first for the grace period goes first. */
TEST(grace_periods_end_in_order)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache =
		cache_new(m, "rcu", 4000, 0, SLAB_DESTROY_BY_RCU);
	void *object[5];
	u32 want[5], pfn[8];

	objects_new(m, cache, 0, object, 5);
	for (u32 i = 0; i < 5; i++) {
		object_free(m, cache, object[i], 0);
		cache_shrink(m, cache);
		want[i] = pfn_of(mm_vaddr(object[i]));
	}
	EXPECT_EQ(5, counts_of(m).nr_rcu);
	ticks(m, 1);
	EXPECT_EQ(5, frames_freed(m, pfn, 8));
	EXPECT(!memcmp(want, pfn, sizeof(want)));
	machine_delete(m);
}

/*
 * A slab's frames go before its management.  That is seen where management
 * fills the array of its own cache: the flush empties a slab of size-32, whose
 * frame then follows the frame that the management belonged to.
 */
TEST(frames_go_before_management)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *size_32 = cache_named(m, "size-32");
	struct kmem_cache *cache[24];
	static char name[24][8];
	static void *object[24][24];
	static u32 pfn[2000];
	u32 nr, ours = 0, others = 0, until_flush;
	bool is_ours[8192] = { false };

	/* 24 slabs in each array, to be destroyed one after the other */
	for (u32 i = 0; i < 24; i++) {
		snprintf(name[i], sizeof(name[i]), "off-%u", i);
		cache[i] = cache_new(m, name[i], 4096, 0, 0);
	}
	cache_exhaust(m, size_32);
	for (u32 i = 0; i < 24; i++) {
		objects_new(m, cache[i], 0, object[i], 24);
		for (u32 j = 0; j < 24; j++)
			is_ours[pfn_of(mm_vaddr(object[i][j]))] = true;
	}
	for (u32 i = 0; i < 24; i++) {
		objects_free(m, cache[i], 0, object[i], 24);
		until_flush = 121 - avail_of(m, size_32, 0);
		cache_shrink(m, cache[i]);
		nr = frames_freed(m, pfn, ARRAY_SIZE(pfn));
		ours = 0;
		for (u32 j = 0; j < nr; j++) {
			if (is_ours[pfn[j]]) {
				ours++;
				continue;
			}
			EXPECT_EQ(until_flush, ours);
			others++;
		}
		EXPECT_EQ(24, ours);
	}
	EXPECT(others > 0);
	machine_delete(m);
}

/* --- CPUs ----------------------------------------------------------------- */

/* The current one's array first, then the others' as they are numbered. */
static void expect_drained(u32 current, const u32 *order)
{
	struct machine *m = objects_on("ram=24M vmalloc=1004M cpus=4");
	struct kmem_cache *cache = cache_new(m, "drained", 2000, 0, 0);
	void *object[8];

	/* two a slab: one of each to each CPU */
	objects_new(m, cache, 0, object, 8);
	for (u32 cpu = 0; cpu < 4; cpu++)
		object_free(m, cache, object[2 * cpu], cpu);
	on_cpu(m, current);
	mm_kmem_cache_shrink(m, cache);
	EXPECT_EQ(4, nr_slabs(m, cache, SLABS_PARTIAL));
	for (u32 i = 0; i < 4; i++)
		EXPECT_EQ(pfn_of(mm_vaddr(object[2 * order[i]])),
			  pfn_of(slab_at(m, cache, SLABS_PARTIAL, i).slab));
	machine_delete(m);
}

TEST(which_array_is_drained_first)
{
	static const u32 of_0[] = { 0, 1, 2, 3 }, of_2[] = { 2, 0, 1, 3 },
			 of_3[] = { 3, 0, 1, 2 };

	expect_drained(0, of_0);
	expect_drained(2, of_2);
	expect_drained(3, of_3);
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
 * Each as that CPU: what is destroyed then goes to its own per-CPU pages.
 * CPU 0's 24 become free slabs, of the 48 that CPU 1's make 11 are too many.
 */
TEST(arrays_are_drained_on_their_cpu)
{
	struct machine *m = objects_on(SMALL_PC);
	struct kmem_cache *cache = cache_new(m, "drained", 4000, 0, 0);
	void *object[48];

	EXPECT_EQ(37, info_of(m, cache).free_limit);
	objects_new(m, cache, 0, object, 48);
	objects_free(m, cache, 0, object, 24);
	objects_free(m, cache, 1, object + 24, 24);
	on_cpu(m, 0);
	mm_drain_local_pages(m);
	on_cpu(m, 1);
	mm_drain_local_pages(m);
	EXPECT_EQ(0, hot_pages(m, 0) + hot_pages(m, 1));
	on_cpu(m, 0);
	mm_kmem_cache_shrink(m, cache);
	EXPECT(hot_pages(m, 1) > 0);
	expect_objects_sound(m);
	machine_delete(m);
}

static struct machine *dtor_machine;
static u32 dtor_refused, dtor_given;

static void ctor_nop(void *object, struct kmem_cache *cache, unsigned long f)
{
	(void)object;
	(void)cache;
	(void)f;
}

static void dtor_asks(void *object, struct kmem_cache *cache, unsigned long f)
{
	void *got = mm_kmalloc(dtor_machine, 32, GFP_KERNEL);

	(void)object;
	(void)cache;
	(void)f;
	if (got)
		dtor_given++;
	else
		dtor_refused++;
	mm_kfree(dtor_machine, got);
}

/* In an interrupt, as long as arrays are drained; then as the task itself. */
TEST(arrays_are_drained_in_an_interrupt)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache;
	void *object[49];

	dtor_machine = m;
	dtor_refused = 0;
	dtor_given = 0;
	as_task(m, 0);
	cache = mm_kmem_cache_create(m, "asks", 4000, 0, 0, ctor_nop,
				     dtor_asks);
	objects_new(m, cache, 0, object, 49);
	objects_free(m, cache, 0, object, 49);
	EXPECT_EQ(25, info_of(m, cache).free_limit);
	EXPECT_EQ(25, info_of(m, cache).free_objects);
	EXPECT_EQ(13, avail_of(m, cache, 0));
	dtor_refused = 0;
	dtor_given = 0;
	EXPECT_EQ(0, cache_shrink(m, cache));
	EXPECT_EQ(REPORT_sleep_in_atomic, mm_report(m));
	/* those beyond the limit, and the limit's */
	EXPECT_EQ(13, dtor_refused);
	EXPECT_EQ(25, dtor_given);
	machine_delete(m);
}

/* --- arrays --------------------------------------------------------------- */

/* CPU 0's, CPU 1's, ..: all of size-512; the shared one is of size-2048. */
TEST(arrays_go_back_by_cpu)
{
	struct machine *m = objects_on("ram=24M vmalloc=1004M cpus=4");
	struct kmem_cache *size_512 = cache_named(m, "size-512");
	struct kmem_cache *cache = cache_new(m, "brief", 256, 0, 0);
	const struct cache_info info = info_of(m, cache);
	struct array_view a;

	EXPECT_EQ(0, cache_destroy(m, cache));
	a = array_of(m, size_512, 0);
	EXPECT(a.avail >= 4);
	for (u32 cpu = 0; cpu < 4; cpu++)
		EXPECT_EQ(info.array[cpu], a.entry[a.avail - 4 + cpu]);
	machine_delete(m);
}

/* A failure in the middle: last first, so that all is as it was. */
TEST(arrays_of_a_failure)
{
	struct machine *m = objects_on("ram=24M vmalloc=1004M cpus=8");
	struct kmem_cache *size_512 = cache_named(m, "size-512");
	void *object[3];
	struct array_view a;
	u32 was[3], live;

	cache_exhaust(m, size_512);
	objects_new(m, size_512, 0, object, 3);
	cache_exhaust(m, size_512);
	objects_free(m, size_512, 0, object, 3);
	live = nr_live(m, size_512);
	memcpy(was, array_of(m, size_512, 0).entry, sizeof(was));
	cache_exhaust(m, cache_named(m, "size-64"));
	for (u32 nth = 1; nth < 3; nth++) {
		failing(m, nth);
		EXPECT(!mm_kmem_cache_create(m, "eight", 256, 0, 0, NULL,
					     NULL));
		a = array_of(m, size_512, 0);
		EXPECT_EQ(3, a.avail);
		EXPECT(!memcmp(was, a.entry, sizeof(was)));
		EXPECT_EQ(live, nr_live(m, size_512));
	}
	expect_objects_sound(m);
	machine_delete(m);
}
