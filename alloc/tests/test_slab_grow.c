// SPDX-License-Identifier: MIT
/*
 * test_slab_grow.c - a slab's life: its frames and their flags, colours,
 * constructors and destructors, what a failure leaves (nothing), DMA, RCU,
 * RECLAIM_ACCOUNT.  With debugging: test_slab_debug.c.
 */
#include "objects.h"

/* --- what constructors are called with ------------------------------------ */

#define CALLS_MAX 1024u

static struct {
	struct ctor_call call[CALLS_MAX];
	u32 nr;
	struct machine *m;
	gfp_t nested_gfp;
	void *nested[CALLS_MAX]; /* what the constructor got */
	u32 nr_nested;
} calls;

static void log_call(void *object, struct kmem_cache *cache,
		     unsigned long flags, bool dtor)
{
	if (calls.nr == CALLS_MAX)
		pc_end("log_call", "too many calls");
	calls.call[calls.nr++] = (struct ctor_call){
		.object = mm_vaddr(object),
		.cache = mm_vaddr(cache),
		.flags = (u8)flags,
		.dtor = dtor,
	};
}

static void ctor(void *object, struct kmem_cache *cache, unsigned long flags)
{
	log_call(object, cache, flags, false);
	*(u32 *)object = CTOR_PATTERN;
}

static void dtor(void *object, struct kmem_cache *cache, unsigned long flags)
{
	log_call(object, cache, flags, true);
}

static void ctor_nested(void *object, struct kmem_cache *cache,
			unsigned long flags)
{
	void *got = mm_kmalloc(calls.m, NESTED_BYTES, calls.nested_gfp);

	log_call(object, cache, flags, false);
	*(u32 *)object = mm_vaddr(got);
	calls.nested[calls.nr_nested++] = got;
}

static void dtor_nested(void *object, struct kmem_cache *cache,
			unsigned long flags)
{
	log_call(object, cache, flags, true);
	mm_kfree(calls.m, mm_ptr(calls.m, *(u32 *)object));
}

static void log_clear(struct machine *m)
{
	calls.nr = 0;
	calls.nr_nested = 0;
	calls.m = m;
	calls.nested_gfp = GFP_KERNEL;
}

static struct kmem_cache *constructed(struct machine *m, const char *name,
				      u32 size, u32 flags)
{
	struct kmem_cache *cache;

	log_clear(m);
	as_task(m, 0);
	cache = mm_kmem_cache_create(m, name, size, 0, flags, ctor, dtor);
	EXPECT_EQ(0, calls.nr);
	return cache;
}

/* All objects of a slab, object 0 first. */
static void expect_calls(struct machine *m, struct kmem_cache *cache, u32 s_mem,
			 u32 flags, bool is_dtor)
{
	const struct cache_info info = info_of(m, cache);

	EXPECT_EQ(info.num, calls.nr);
	for (u32 i = 0; i < calls.nr; i++) {
		EXPECT_EQ(s_mem + i * info.objsize, calls.call[i].object);
		EXPECT_EQ(mm_vaddr(cache), calls.call[i].cache);
		EXPECT_EQ(flags, calls.call[i].flags);
		EXPECT_EQ(is_dtor, calls.call[i].dtor);
	}
}

static void expect_constructors(u32 size)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache = constructed(m, "made", size, 0);
	const u32 num = info_of(m, cache).num;
	void *object[128];
	u32 s_mem;

	object[0] = object_new(m, cache, 0);
	s_mem = slab_at(m, cache, num > 16 ? SLABS_PARTIAL : SLABS_FULL, 0)
			.s_mem;
	expect_calls(m, cache, s_mem, SLAB_CTOR_CONSTRUCTOR, false);
	EXPECT_EQ(CTOR_PATTERN, *(u32 *)object[0]);
	/* and no more, for as long as the slab lives */
	log_clear(m);
	objects_new(m, cache, 0, object + 1, num - 1);
	objects_free(m, cache, 0, object, num);
	objects_new(m, cache, 0, object, num);
	EXPECT_EQ(0, calls.nr);
	for (u32 i = 0; i < num; i++)
		EXPECT_EQ(CTOR_PATTERN, *(u32 *)object[i]);
	objects_free(m, cache, 0, object, num);
	EXPECT_EQ(0, cache_shrink(m, cache));
	expect_calls(m, cache, s_mem, 0, true);
	/* the next slab's may not sleep */
	log_clear(m);
	as_task(m, TASK_ATOMIC);
	object[0] = mm_kmem_cache_alloc(m, cache, GFP_ATOMIC);
	s_mem = slab_at(m, cache, num > 16 ? SLABS_PARTIAL : SLABS_FULL, 0)
			.s_mem;
	expect_calls(m, cache, s_mem, SLAB_CTOR_CONSTRUCTOR | SLAB_CTOR_ATOMIC,
		     false);
	expect_objects_sound(m);
	machine_delete(m);
}

TEST(constructors_and_destructors)
{
	expect_constructors(64);
	expect_constructors(512);
	expect_constructors(4096);
	expect_constructors(20000);
}

/* A constructor may allocate, from other caches. */
TEST(nested)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *size_64 = cache_named(m, "size-64");
	const u32 before = nr_live(m, size_64);
	struct kmem_cache *cache;
	void *object;

	log_clear(m);
	as_task(m, 0);
	cache = mm_kmem_cache_create(m, "nested", 256, 0, 0, ctor_nested,
				     dtor_nested);
	object = object_new(m, cache, 0);
	EXPECT_EQ(15, calls.nr_nested);
	EXPECT_EQ(before + 15, nr_live(m, size_64));
	for (u32 i = 0; i < 15; i++) {
		EXPECT(calls.nested[i]);
		EXPECT_EQ(64, mm_ksize(m, calls.nested[i]));
	}
	expect_objects_sound(m);
	object_free(m, cache, object, 0);
	EXPECT_EQ(0, cache_destroy(m, cache));
	EXPECT_EQ(30, calls.nr);
	EXPECT_EQ(before, nr_live(m, size_64));
	expect_objects_sound(m);
	machine_delete(m);
}

/* It is judged as any call of the task: here it may not sleep. */
TEST(nested_sleep)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache;

	log_clear(m);
	as_task(m, 0);
	cache = mm_kmem_cache_create(m, "nested", 4096, 0, 0, ctor_nested,
				     NULL);
	as_task(m, TASK_ATOMIC);
	mm_kmem_cache_alloc(m, cache, GFP_ATOMIC);
	EXPECT_EQ(REPORT_sleep_in_atomic, mm_report(m));
	EXPECT_EQ(1, calls.nr_nested);
	EXPECT(!calls.nested[0]);
	calls.nested_gfp = GFP_ATOMIC;
	as_task(m, TASK_ATOMIC);
	EXPECT(mm_kmem_cache_alloc(m, cache, GFP_ATOMIC));
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT(calls.nested[1]);
	expect_objects_sound(m);
	machine_delete(m);
}

/* --- frames --------------------------------------------------------------- */

static void expect_frames(struct machine *m, u32 addr, u32 order)
{
	addr &= ~(PAGE_SIZE - 1);
	for (u32 i = 0; i < 1u << order; i++) {
		const struct frame_view f =
			frame_of(m, mm_ptr(m, addr + i * PAGE_SIZE));

		EXPECT_EQ(i ? FRAME_TAIL : FRAME_ALLOCATED, f.state);
		EXPECT_EQ(1, f.slab);
		EXPECT_EQ(0, f.compound);
		EXPECT_EQ(i ? 0 : 1, f.count);
		EXPECT_EQ(i ? 0 : order, f.order);
	}
}

/* Its frames bear the mark, from first to last, until they are given back. */
TEST(frames)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache = cache_new(m, "frames", 20000, 0, 0);
	const u32 before = counts_of(m).nr_slab;
	void *object = object_new(m, cache, 0);
	const u32 slab = slab_at(m, cache, SLABS_FULL, 0).slab;

	EXPECT_EQ(before + 8, counts_of(m).nr_slab);
	EXPECT_EQ(0, counts_of(m).slab_reclaim_pages);
	expect_frames(m, slab, 3);
	EXPECT_EQ(slab & ~(PAGE_SIZE - 1), slab);
	EXPECT_EQ(slab + 28, mm_vaddr(object));
	object_free(m, cache, object, 0);
	cache_shrink(m, cache);
	EXPECT_EQ(before, counts_of(m).nr_slab);
	EXPECT_EQ(0, frame_of(m, mm_ptr(m, slab)).slab);
	EXPECT_EQ(FRAME_BUDDY, frame_of(m, mm_ptr(m, slab + 4096)).state);
	expect_objects_sound(m);
	machine_delete(m);
}

TEST(reclaim_account)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *small =
		cache_new(m, "small", 256, 0, SLAB_RECLAIM_ACCOUNT);
	struct kmem_cache *large =
		cache_new(m, "large", 20000, 0, SLAB_RECLAIM_ACCOUNT);
	struct kmem_cache *other = cache_new(m, "other", 4000, 0, 0);
	void *a = object_new(m, small, 0), *b;

	EXPECT_EQ(1, counts_of(m).slab_reclaim_pages);
	b = object_new(m, large, 0);
	object_new(m, other, 0);
	EXPECT_EQ(9, counts_of(m).slab_reclaim_pages);
	object_free(m, small, a, 0);
	object_free(m, large, b, 0);
	EXPECT_EQ(9, counts_of(m).slab_reclaim_pages);
	cache_shrink(m, large);
	EXPECT_EQ(1, counts_of(m).slab_reclaim_pages);
	EXPECT_EQ(0, cache_destroy(m, small));
	EXPECT_EQ(0, counts_of(m).slab_reclaim_pages);
	machine_delete(m);
}

/* Slab after slab begins one colour further: 0, 1, .., colour - 1, 0, .. */
TEST(colours)
{
	static const struct {
		const char *name;
		u32 size, flags, colour, first;
	} row[] = {
		{ "256", 256, SLAB_HWCACHE_ALIGN, 6, 64 }, /* on slab */
		{ "100", 100, 0, 2, 104 },
		{ "252", 252, 0, 0, 56 },
		{ "64", 64, SLAB_HWCACHE_ALIGN, 1, 160 },
		{ "580", 580, 0, 1, 0 }, /* off slab */
		{ "1024", 1024, 0, 0, 0 },
		{ "4000", 4000, 0, 2, 28 },
	};
	struct machine *m = objects_on(UP_PC);

	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		struct kmem_cache *cache =
			cache_new(m, row[i].name, row[i].size, 0, row[i].flags);
		const u32 cycle = row[i].colour ? row[i].colour : 1;
		const u32 num = info_of(m, cache).num;

		EXPECT_EQ(row[i].colour, info_of(m, cache).colour);
		for (u32 slab = 0; slab < 2 * cycle + 1; slab++) {
			/* the youngest full slab is the head */
			for (u32 j = 0; j < num; j++)
				object_new(m, cache, 0);
			EXPECT_EQ(slab % cycle * 32 + row[i].first,
				  slab_at(m, cache, SLABS_FULL, 0).s_mem &
					  (PAGE_SIZE - 1));
			EXPECT_EQ((slab + 1) % cycle,
				  info_of(m, cache).colour_next);
		}
	}
	expect_objects_sound(m);
	machine_delete(m);
}

/* The colour moves when a slab is begun, whatever becomes of it. */
TEST(colours_of_failures)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache = cache_new(m, "coloured", 4000, 0, 0);

	failing(m, 1);
	EXPECT(!mm_kmem_cache_alloc(m, cache, GFP_KERNEL));
	EXPECT_EQ(1, info_of(m, cache).colour_next);
	EXPECT_REPORT(m, object_gfp,
		      mm_kmem_cache_alloc(m, cache, __GFP_HIGHMEM));
	EXPECT_REPORT(m, object_dma, mm_kmem_cache_alloc(m, cache, GFP_DMA));
	as_task(m, 0);
	EXPECT(!mm_kmem_cache_alloc(m, cache, __GFP_NO_GROW));
	EXPECT_EQ(1, info_of(m, cache).colour_next);
	object_new(m, cache, 0);
	EXPECT_EQ(0, info_of(m, cache).colour_next);
	EXPECT_EQ(32 + 28,
		  slab_at(m, cache, SLABS_FULL, 0).s_mem & (PAGE_SIZE - 1));
	machine_delete(m);
}

/* --- flags ---------------------------------------------------------------- */

/* The arg of the i-th mm_page_alloc of the call. */
static u32 page_gfp(struct machine *m, u32 i)
{
	const struct trace_record *trace;
	u32 nr;

	trace = mm_trace(m, &nr);
	for (u32 at = 0; at < nr; at++)
		if (trace[at].event == TRACE_mm_page_alloc && !i--)
			return trace[at].arg;
	return 0xDEAD;
}

/*
 * The slab's frames are asked for as the caller asks, in its cache's zone;
 * its management as far as GFP_LEVEL_MASK goes.
 */
TEST(flags_of_growing)
{
	static const gfp_t more = __GFP_COLD | __GFP_REPEAT | __GFP_NOWARN;
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache =
		cache_new(m, "grown", 4096, 0, SLAB_CACHE_DMA);
	struct kmem_cache *slabp = mm_ptr(m, info_of(m, cache).slabp_cache);

	cache_exhaust(m, slabp);
	as_task(m, 0);
	EXPECT(mm_kmem_cache_alloc(m, cache, GFP_ATOMIC | GFP_DMA | more));
	EXPECT_EQ(2, pc_events(m, TRACE_mm_page_alloc));
	EXPECT_EQ(GFP_ATOMIC | GFP_DMA | more, page_gfp(m, 0));
	EXPECT_EQ(GFP_ATOMIC | more, page_gfp(m, 1));
	machine_delete(m);
}

static bool is_dma(const void *object)
{
	return mm_vaddr(object) - PAGE_OFFSET < 16u << 20;
}

/* All objects of a DMA cache are below 16 MiB, and others need not be. */
TEST(dma_caches)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache =
		cache_new(m, "low", 20000, 0, SLAB_CACHE_DMA);
	struct kmem_cache *other = cache_new(m, "any", 20000, 0, 0);

	for (u32 i = 0; i < 20; i++) {
		as_task(m, 0);
		EXPECT(is_dma(
			mm_kmem_cache_alloc(m, cache, GFP_KERNEL | GFP_DMA)));
		EXPECT_EQ(REPORT_none, mm_report(m));
		EXPECT(!is_dma(object_new(m, other, 0)));
	}
	machine_delete(m);
}

/* Flags are looked at when the cache must grow, and not before. */
TEST(lazy_checks)
{
	static const struct {
		gfp_t gfp;
		u32 report;
	} row[] = {
		{ GFP_KERNEL | __GFP_HIGHMEM, REPORT_object_gfp },
		{ GFP_KERNEL | __GFP_ZERO, REPORT_object_gfp },
		{ GFP_KERNEL | 0x04, REPORT_object_gfp },
		{ GFP_KERNEL | 0x20000, REPORT_object_gfp },
		{ GFP_KERNEL | 0x80000000, REPORT_object_gfp },
		{ __GFP_HIGHMEM | __GFP_NO_GROW, REPORT_object_gfp },
		{ __GFP_ZERO | GFP_DMA, REPORT_object_gfp },
		{ GFP_KERNEL | GFP_DMA, REPORT_object_dma },
		/* silent, but it has looked for free slabs */
		{ GFP_ATOMIC | __GFP_NO_GROW, REPORT_none },
		{ GFP_DMA | __GFP_NO_GROW, REPORT_none },
	};
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache = cache_new(m, "lazy", 256, 0, 0);
	void *object[25];

	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		const u64 picture = objects_picture(m);

		as_task(m, 0);
		EXPECT(!mm_kmem_cache_alloc(m, cache, row[i].gfp));
		EXPECT_EQ(row[i].report, mm_report(m));
		EXPECT(!mm_oom(m));
		if (row[i].report)
			EXPECT_EQ(picture, objects_picture(m));
		EXPECT_EQ(!row[i].report, info_of(m, cache).free_touched);
	}
	object_new(m, cache, 0);
	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		as_task(m, 0);
		EXPECT(mm_kmem_cache_alloc(m, cache, row[i].gfp));
		EXPECT_EQ(REPORT_none, mm_report(m));
	}
	/* what the slabs have not the shared array may have */
	machine_delete(m);
	m = objects_on(SMALL_PC);
	cache = cache_new(m, "shared", 4096, 0, 0);
	objects_new(m, cache, 0, object, 25);
	objects_free(m, cache, 0, object, 25);
	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		on_cpu(m, 1);
		EXPECT(mm_kmem_cache_alloc(m, cache, row[i].gfp));
		EXPECT_EQ(REPORT_none, mm_report(m));
	}
	/* a DMA cache's is the reverse */
	cache = cache_new(m, "lazy-dma", 256, 0, SLAB_CACHE_DMA);
	EXPECT_REPORT(m, object_dma, mm_kmem_cache_alloc(m, cache, GFP_KERNEL));
	as_task(m, 0);
	EXPECT(mm_kmem_cache_alloc(m, cache, GFP_KERNEL | GFP_DMA));
	as_task(m, 0);
	EXPECT(mm_kmem_cache_alloc(m, cache, GFP_KERNEL));
	EXPECT_EQ(REPORT_none, mm_report(m));
	machine_delete(m);
}

/* That a call may sleep is known before it has to; a bad cache before that. */
TEST(order_of_checks_of_alloc)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache = cache_new(m, "checked", 256, 0, 0);

	object_new(m, cache, 0);
	for (u32 flags = TASK_ATOMIC; flags <= (TASK_ATOMIC | TASK_IRQ);
	     flags++) {
		as_task(m, flags);
		EXPECT(!mm_kmem_cache_alloc(m, cache, GFP_NOIO));
		EXPECT_EQ(REPORT_sleep_in_atomic, mm_report(m));
		as_task(m, flags);
		EXPECT(!mm_kmem_cache_alloc(m, NULL, GFP_NOIO));
		EXPECT_EQ(REPORT_cache_bad, mm_report(m));
		as_task(m, flags);
		EXPECT(mm_kmem_cache_alloc(m, cache, GFP_ATOMIC));
		EXPECT_EQ(REPORT_none, mm_report(m));
	}
	cache = cache_new(m, "empty", 256, 0, 0);
	as_task(m, TASK_IRQ);
	EXPECT(!mm_kmem_cache_alloc(m, cache, GFP_KERNEL | __GFP_ZERO));
	EXPECT_EQ(REPORT_sleep_in_atomic, mm_report(m));
	machine_delete(m);
}
