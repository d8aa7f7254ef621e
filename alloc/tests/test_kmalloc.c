// SPDX-License-Identifier: MIT
/*
 * test_kmalloc.c - kmalloc and its kin: which cache a size takes, what is
 * zeroed, what comes back.  Objects in wrong hands: test_slab_misuse.c.
 */
#include "objects.h"

static const u32 kmalloc_bytes[] = { 32,   64,	  96,	 128,	192,
				     256,  512,	  1024,	 2048,	4096,
				     8192, 16384, 32768, 65536, 131072 };

static void *kmalloc(struct machine *m, u32 size, gfp_t gfp)
{
	void *object;

	as_task(m, 0);
	object = mm_kmalloc(m, size, gfp);
	EXPECT_EQ(REPORT_none, mm_report(m));
	return object;
}

static u32 ksize(struct machine *m, const void *object)
{
	u32 size;

	as_task(m, 0);
	size = mm_ksize(m, object);
	EXPECT_EQ(REPORT_none, mm_report(m));
	return size;
}

static void kfree(struct machine *m, const void *object)
{
	as_task(m, 0);
	mm_kfree(m, object);
	EXPECT_EQ(REPORT_none, mm_report(m));
}

/* --- sizes ---------------------------------------------------------------- */

static const char *const lines[] = {
	UP_PC,	  SMALL_PC " line=64", LARGE_PC " line=128",
	DEBUG_PC, DEBUG_PC " line=64",
};

/* The least size of a cache that is enough. */
static u32 size_for(u32 size)
{
	for (u32 i = 0; i < ARRAY_SIZE(kmalloc_bytes); i++)
		if (kmalloc_bytes[i] >= size)
			return kmalloc_bytes[i];
	return 0;
}

/* What an object of size-96 takes, of lines of 64, if nobody debugs. */
static u32 usable(const struct machine *m, u32 size)
{
	struct mm_layout l;

	mm_layout(m, &l);
	if (size == 32 || l.slab_debug)
		return size;
	if (size == 64 && l.cache_line == 128)
		return size;
	return (size + l.cache_line - 1) & ~(l.cache_line - 1);
}

static void expect_size(struct machine *m, u32 size, gfp_t gfp)
{
	const u32 want = size_for(size), bytes = usable(m, want);
	struct kmem_cache *cache;
	char name[32];
	void *object;
	u32 live;

	snprintf(name, sizeof(name), "size-%u%s", want,
		 gfp & GFP_DMA ? "(DMA)" : "");
	cache = cache_named(m, name);
	EXPECT(mm_kmem_find_general_cachep(m, size, gfp) == cache);
	live = nr_live(m, cache);
	object = kmalloc(m, size, gfp);
	if (!EXPECT(object))
		return;
	EXPECT_EQ(live + 1, nr_live(m, cache));
	EXPECT_EQ(bytes, ksize(m, object));
	EXPECT_EQ(1, frame_of(m, object).slab);
	if (gfp & GFP_DMA)
		EXPECT(mm_vaddr(object) - PAGE_OFFSET < 16u << 20);
	memset(object, 0xA5, bytes);
	kfree(m, object);
	EXPECT_EQ(live, nr_live(m, cache));
}

TEST(sizes)
{
	for (u32 i = 0; i < ARRAY_SIZE(lines); i++) {
		struct machine *m = objects_on(lines[i]);

		for (u32 dma = 0; dma < 2; dma++) {
			const gfp_t gfp = GFP_KERNEL | (dma ? GFP_DMA : 0);

			expect_size(m, 0, gfp);
			expect_size(m, 1, gfp);
			for (u32 j = 0; j < ARRAY_SIZE(kmalloc_bytes); j++) {
				const u32 size = kmalloc_bytes[j];

				expect_size(m, size - 1, gfp);
				expect_size(m, size, gfp);
				if (size < KMALLOC_MAX)
					expect_size(m, size + 1, gfp);
			}
		}
		expect_objects_sound(m);
		machine_delete(m);
	}
}

/* NULL, silently, before anything else; nothing is changed. */
TEST(too_large)
{
	static const u32 size[] = { 131073, 131074, 262144, 0x80000000,
				    0xFFFFFFFF };
	struct machine *m = objects_on(UP_PC);
	const u64 picture = objects_picture(m), digest = machine_digest(m);

	for (u32 i = 0; i < ARRAY_SIZE(size); i++) {
		as_task(m, TASK_ATOMIC);
		EXPECT(!mm_kmalloc(m, size[i], GFP_KERNEL));
		EXPECT(!mm_kzalloc(m, size[i], GFP_KERNEL));
		EXPECT(!mm_kcalloc(m, 1, size[i], GFP_KERNEL));
		EXPECT(!mm_kcalloc(m, size[i], 1, GFP_DMA));
		EXPECT(!mm_kmem_find_general_cachep(m, size[i], GFP_KERNEL));
		EXPECT_EQ(REPORT_none, mm_report(m));
		EXPECT(!mm_oom(m));
	}
	as_task(m, 0);
	EXPECT_EQ(picture, objects_picture(m));
	EXPECT_EQ(digest, machine_digest(m));
	machine_delete(m);
}

/* Objects of 32 bytes begin at 32, all others at a line; pages at a page. */
TEST(alignment)
{
	static const u32 line[] = { 32, 64, 128 };
	char boot[64];

	for (u32 i = 0; i < ARRAY_SIZE(line); i++) {
		struct machine *m;

		snprintf(boot, sizeof(boot), UP_PC " line=%u", line[i]);
		m = objects_on(boot);
		for (u32 j = 0; j < ARRAY_SIZE(kmalloc_bytes); j++) {
			const u32 size = kmalloc_bytes[j];
			const u32 align = size >= 4096	   ? 4096
					  : size < line[i] ? size & -size
							   : line[i];
			void *object = kmalloc(m, size, GFP_KERNEL);

			EXPECT_EQ(0, mm_vaddr(object) & (align - 1));
		}
		machine_delete(m);
	}
}

/* --- zeroes --------------------------------------------------------------- */

static UNSANITIZED u32 bytes_that_are(const u8 *object, u32 from, u32 to,
				      u8 byte)
{
	u32 found = 0;

	for (u32 i = from; i < to; i++)
		found += object[i] == byte;
	return found;
}

/* A dirty object of this size is what the next allocation gets. */
static void *dirty(struct machine *m, u32 size)
{
	u8 *object = kmalloc(m, size, GFP_KERNEL);

	memset(object, 0xAA, ksize(m, object));
	kfree(m, object);
	return object;
}

/* Zeroes of the size asked for; the slack is as it was. */
TEST(kzalloc)
{
	static const u32 size[] = {
		1, 4, 31, 33, 100, 511, 4095, 5000, 131071
	};
	struct machine *m = objects_on(UP_PC);

	for (u32 i = 0; i < ARRAY_SIZE(size); i++) {
		u8 *was = dirty(m, size[i]), *object;

		as_task(m, 0);
		object = mm_kzalloc(m, size[i], GFP_KERNEL);
		EXPECT(object == was);
		EXPECT_EQ(size[i], bytes_that_are(object, 0, size[i], 0));
		EXPECT_EQ(ksize(m, object) - size[i],
			  bytes_that_are(object, size[i], ksize(m, object),
					 0xAA));
		kfree(m, object);
	}
	EXPECT(kmalloc(m, 64, GFP_KERNEL));
	machine_delete(m);
}

TEST(kcalloc)
{
	struct machine *m = objects_on(UP_PC);
	u8 *was = dirty(m, 140), *object;

	as_task(m, 0);
	object = mm_kcalloc(m, 7, 20, GFP_KERNEL);
	EXPECT(object == was);
	EXPECT_EQ(140, bytes_that_are(object, 0, 140, 0));
	EXPECT_EQ(52, bytes_that_are(object, 140, 192, 0xAA));
	EXPECT_EQ(192, ksize(m, object));
	as_task(m, 0);
	EXPECT_EQ(131072, ksize(m, mm_kcalloc(m, 131072, 1, GFP_KERNEL)));
	machine_delete(m);
}

/* n * size is more than INT_MAX: NULL, though 32 bits of it would be had. */
TEST(kcalloc_overflow)
{
	static const struct {
		u32 n, size;
	} none[] = {
		{ 0x10001, 0x10000 },	{ 2, 0x80000001 },
		{ 0x80000001, 2 },	{ 0x80000000, 2 },
		{ 0x40000000, 4 },	{ 0x10000, 0x10000 },
		{ 0xFFFFFFFF, 0xFFFFFFFF }, { 3, 0x55555556 },
		{ 1, 0x80000000 },	{ 2, 0x40000000 },
	}, of_32[] = {
		{ 0, 0 },    { 0, 20 },	 { 20, 0 }, { 0, 0xFFFFFFFF },
		{ 0xFFFFFFFF, 0 }, { 1, 32 }, { 32, 1 },
	};
	struct machine *m = objects_on(UP_PC);
	const u64 picture = objects_picture(m);

	for (u32 i = 0; i < ARRAY_SIZE(none); i++) {
		/* that it may not sleep is not looked at */
		as_task(m, TASK_ATOMIC);
		EXPECT(!mm_kcalloc(m, none[i].n, none[i].size, GFP_KERNEL));
		EXPECT_EQ(REPORT_none, mm_report(m));
	}
	as_task(m, 0);
	EXPECT_EQ(picture, objects_picture(m));
	for (u32 i = 0; i < ARRAY_SIZE(of_32); i++) {
		as_task(m, 0);
		EXPECT_EQ(32, ksize(m, mm_kcalloc(m, of_32[i].n, of_32[i].size,
						  GFP_KERNEL)));
	}
	machine_delete(m);
}

/* --- flags ---------------------------------------------------------------- */

/* It may not sleep, even where it would not have to. */
TEST(sleep_in_atomic)
{
	struct machine *m = objects_on(UP_PC);
	static const u32 flags[] = { TASK_ATOMIC, TASK_IRQ,
				     TASK_IRQ | TASK_RT };
	u64 picture;

	kfree(m, kmalloc(m, 20, GFP_KERNEL));
	picture = objects_picture(m);
	for (u32 i = 0; i < ARRAY_SIZE(flags); i++) {
		as_task(m, flags[i]);
		EXPECT(!mm_kmalloc(m, 20, GFP_NOIO));
		EXPECT_EQ(REPORT_sleep_in_atomic, mm_report(m));
		as_task(m, flags[i]);
		EXPECT(!mm_kzalloc(m, 20, GFP_KERNEL));
		EXPECT_EQ(REPORT_sleep_in_atomic, mm_report(m));
		as_task(m, flags[i]);
		EXPECT(!mm_kcalloc(m, 4, 5, GFP_KERNEL | __GFP_ZERO));
		EXPECT_EQ(REPORT_sleep_in_atomic, mm_report(m));
	}
	as_task(m, 0);
	EXPECT_EQ(picture, objects_picture(m));
	for (u32 i = 0; i < ARRAY_SIZE(flags); i++) {
		as_task(m, flags[i]);
		EXPECT(mm_kmalloc(m, 20, GFP_ATOMIC));
		EXPECT_EQ(REPORT_none, mm_report(m));
	}
	machine_delete(m);
}

/* High memory and zeroes cannot be had of a slab: found when it must grow. */
TEST(lazy_flags)
{
	struct machine *m = objects_on(SMALL_PC);
	const gfp_t bad[] = { __GFP_HIGHMEM, __GFP_ZERO, 0x20000, 0x80000000 };

	for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
		cache_exhaust(m, cache_named(m, "size-4096"));
		EXPECT_REPORT(
			m, object_gfp,
			EXPECT(!mm_kmalloc(m, 4000, GFP_KERNEL | bad[i])));
		kfree(m, kmalloc(m, 4000, GFP_KERNEL));
		EXPECT(kmalloc(m, 4000, GFP_KERNEL | bad[i]));
		cache_exhaust(m, cache_named(m, "size-4096(DMA)"));
		EXPECT_REPORT(m, object_gfp,
			      EXPECT(!mm_kmalloc(m, 4000, GFP_DMA | bad[i])));
	}
	machine_delete(m);
}

/* The twin is taken by the flag, and grows with it. */
TEST(dma)
{
	struct machine *m = objects_on(UP_PC);

	for (u32 i = 0; i < 60; i++) {
		void *object = kmalloc(m, 60000, GFP_KERNEL | GFP_DMA);

		if (!object) {
			EXPECT(mm_oom(m));
			break;
		}
		EXPECT(mm_vaddr(object) - PAGE_OFFSET < 16u << 20);
	}
	EXPECT(nr_slabs(m, cache_named(m, "size-65536(DMA)"), SLABS_FULL) > 20);
	machine_delete(m);
}

/* --- events --------------------------------------------------------------- */

static struct trace_record last_event(struct machine *m)
{
	const struct trace_record *trace;
	u32 nr;

	trace = mm_trace(m, &nr);
	return nr ? trace[nr - 1] : (struct trace_record){ 0 };
}

static void expect_event(struct machine *m, enum trace_event event,
			 const void *object, gfp_t gfp)
{
	const struct trace_record last = last_event(m);

	EXPECT_EQ(event, last.event);
	EXPECT_EQ(mm_vaddr(object), last.pfn);
	EXPECT_EQ(gfp, last.arg);
	EXPECT_EQ(1, pc_events(m, event));
}

TEST(events)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache = cache_new(m, "traced", 100, 0, 0);
	void *object;

	object = kmalloc(m, 100, GFP_KERNEL);
	expect_event(m, TRACE_kmalloc, object, GFP_KERNEL);
	as_task(m, 0);
	mm_kfree(m, object);
	EXPECT_EQ(1, pc_events(m, TRACE_kfree));
	as_task(m, 0);
	object = mm_kzalloc(m, 100, GFP_ATOMIC);
	expect_event(m, TRACE_kmalloc, object, GFP_ATOMIC);
	as_task(m, 0);
	object = mm_kcalloc(m, 10, 10, GFP_NOFS);
	expect_event(m, TRACE_kmalloc, object, GFP_NOFS);
	as_task(m, 0);
	object = mm_kmem_cache_alloc(m, cache, GFP_NOIO);
	expect_event(m, TRACE_kmem_cache_alloc, object, GFP_NOIO);
	as_task(m, 0);
	mm_kmem_cache_free(m, cache, object);
	EXPECT_EQ(1, pc_events(m, TRACE_kmem_cache_free));
	/* a failure is none */
	as_task(m, TASK_IRQ);
	EXPECT(!mm_kmalloc(m, 20, GFP_KERNEL));
	EXPECT_EQ(0, pc_events(m, TRACE_kmalloc));
	as_task(m, 0);
	mm_kfree(m, mm_ptr(m, mm_vaddr(object)));
	EXPECT_EQ(REPORT_object_double_free, mm_report(m));
	EXPECT_EQ(0, pc_events(m, TRACE_kfree));
	machine_delete(m);
}

/* --- giving back ---------------------------------------------------------- */

TEST(null)
{
	struct machine *m = objects_on(UP_PC);
	const u64 digest = machine_digest(m);

	kfree(m, NULL);
	EXPECT_EQ(0, ksize(m, NULL));
	EXPECT_EQ(digest, machine_digest(m));
	machine_delete(m);
}

/* A cache's own object may be kfree'd: it goes where it came from. */
TEST(kfree_of_a_caches_object)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache = cache_new(m, "mine", 100, 0, 0);
	void *object = object_new(m, cache, 0);

	EXPECT_EQ(100, ksize(m, object));
	kfree(m, object);
	EXPECT_EQ(0, nr_live(m, cache));
	EXPECT(object_new(m, cache, 0) == object);
	kfree(m, object);
	EXPECT_EQ(0, cache_destroy(m, cache));
	machine_delete(m);
}

/* What is taken touches the array, so that the next reap leaves it alone. */
TEST(touched)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache = mm_kmem_find_general_cachep(m, 600, 0);
	void *object = kmalloc(m, 600, GFP_KERNEL);

	ticks(m, 1000);
	EXPECT_EQ(0, array_of(m, cache, 0).touched);
	kfree(m, object);
	EXPECT_EQ(0, array_of(m, cache, 0).touched);
	EXPECT(kmalloc(m, 600, GFP_KERNEL) == object);
	EXPECT_EQ(1, array_of(m, cache, 0).touched);
	machine_delete(m);
}

/* And what kmalloc gave may go back to its general cache by name. */
TEST(kmem_cache_free_of_a_general_cache)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache = mm_kmem_find_general_cachep(m, 50, 0);
	void *object = kmalloc(m, 50, GFP_KERNEL);

	object_free(m, cache, object, 0);
	EXPECT(object_new(m, cache, 0) == object);
	kfree(m, object);
	expect_objects_sound(m);
	machine_delete(m);
}
