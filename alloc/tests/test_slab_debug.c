// SPDX-License-Identifier: MIT
/*
 * test_slab_debug.c - slab_debug: which caches get red zones, a user word and
 * poison, where these lie and what they hold; who writes where he must not is
 * told when the object is next taken or freed; constructors at every
 * allocation.
 */
#include "objects.h"

#define RED_INACTIVE 0x5A2CF071u
#define RED_ACTIVE 0x170FC2A5u
#define BOTH (SLAB_RED_ZONE | SLAB_STORE_USER)

/* --- geometry ------------------------------------------------------------- */

struct cut {
	u32 size, align, flags;
	u32 objsize, usable, num, order, off, slab_size, colour, limit;
	u32 debug; /* flags that came out */
};

static void expect_cut(struct machine *m, const struct cut *row)
{
	const u32 before = test_failures;
	struct kmem_cache *cache;
	struct cache_info info;

	cache = cache_new(m, "cut", row->size, row->align, row->flags);
	info = info_of(m, cache);
	EXPECT_EQ(row->objsize, info.objsize);
	EXPECT_EQ(row->usable, info.user_size);
	EXPECT_EQ(row->usable, mm_kmem_cache_size(m, cache));
	EXPECT_EQ(row->num, info.num);
	EXPECT_EQ(row->order, info.order);
	EXPECT_EQ(row->off, info.off_slab);
	EXPECT_EQ(row->slab_size, info.slab_size);
	EXPECT_EQ(row->colour, info.colour);
	EXPECT_EQ(row->limit, info.limit);
	EXPECT_EQ((row->limit + 1) / 2, info.batch);
	EXPECT_EQ((row->flags & ~BOTH) | row->debug, info.flags);
	if (test_failures != before)
		TEST_FAIL("that was size=%u align=%u flags=0x%x", row->size,
			  row->align, row->flags);
	EXPECT_EQ(0, cache_destroy(m, cache));
}

#define HWCACHE SLAB_HWCACHE_ALIGN
#define ALL (BOTH | SLAB_POISON)

TEST(forced_flags)
{
	static const struct cut row[] = {
		{ 4, 0, 0, 16, 4, 226, 0, 0, 476, 0, 32, ALL },
		{ 5, 0, 0, 20, 8, 185, 0, 0, 396, 0, 32, ALL },
		{ 100, 0, 0, 112, 100, 35, 0, 0, 96, 2, 32, ALL },
		{ 100, 0, HWCACHE, 112, 100, 35, 0, 0, 96, 2, 32, ALL },
		/* an alignment below the line's takes nothing away */
		{ 100, 4, 0, 112, 100, 35, 0, 0, 96, 2, 32, ALL },
		{ 100, 16, HWCACHE, 112, 100, 35, 0, 0, 96, 2, 32, ALL },
		{ 100, 32, HWCACHE, 112, 100, 35, 0, 0, 96, 2, 32, ALL },
		/* more than a line's, or without one above 4, does */
		{ 100, 64, HWCACHE, 128, 100, 31, 0, 0, 128, 0, 32,
		  SLAB_POISON },
		{ 100, 8, 0, 104, 100, 38, 0, 0, 104, 1, 32, SLAB_POISON },
		/* the line is halved to 32; 16 is not above that */
		{ 20, 16, HWCACHE, 32, 20, 119, 0, 0, 264, 0, 32, ALL },
		/* off slab by the size with its words */
		{ 496, 0, 0, 508, 496, 7, 0, 0, 40, 15, 32, ALL },
		{ 500, 0, 0, 512, 500, 8, 0, 1, 40, 0, 32, ALL },
		{ 512, 0, 0, 524, 512, 7, 0, 0, 40, 12, 32, ALL },
		{ 1024, 0, 0, 1036, 1024, 3, 0, 0, 32, 29, 24, ALL },
		{ 4084, 0, 0, 4096, 4084, 1, 0, 1, 26, 0, 24, ALL },
		/* below 4096 in any case; from there if 12 more bytes are of
		 * the same power of two */
		{ 4095, 0, 0, 4108, 4096, 1, 1, 0, 28, 126, 8, ALL },
		{ 4096, 0, 0, 4096, 4096, 1, 0, 1, 26, 0, 24, SLAB_POISON },
		{ 4097, 0, 0, 4112, 4100, 1, 1, 0, 28, 126, 8, ALL },
		{ 8180, 0, 0, 8192, 8180, 1, 1, 1, 26, 0, 8, ALL },
		{ 8181, 0, 0, 8184, 8184, 1, 1, 1, 26, 0, 8, SLAB_POISON },
		{ 8192, 0, 0, 8192, 8192, 1, 1, 1, 26, 0, 8, SLAB_POISON },
		{ 131060, 0, 0, 131072, 131060, 1, 5, 1, 26, 0, 8, ALL },
		{ 131072, 0, 0, 131072, 131072, 1, 5, 1, 26, 0, 8,
		  SLAB_POISON },
		/* as asked for, where nothing is forced */
		{ 4096, 0, SLAB_RED_ZONE, 4104, 4096, 1, 1, 0, 28, 126, 8,
		  SLAB_RED_ZONE | SLAB_POISON },
		{ 4096, 0, SLAB_STORE_USER, 4100, 4096, 1, 1, 0, 28, 127, 8,
		  SLAB_STORE_USER | SLAB_POISON },
		{ 4096, 0, SLAB_STORE_USER | HWCACHE, 4100, 4096, 1, 1, 0, 28,
		  127, 8, SLAB_STORE_USER | SLAB_POISON },
		{ 4096, 4096, BOTH, 4096, 4096, 1, 0, 1, 26, 0, 24,
		  SLAB_POISON },
		/* RCU's readers may look at what is free */
		{ 64, 0, SLAB_DESTROY_BY_RCU, 76, 64, 52, 0, 0, 128, 0, 32,
		  BOTH },
		{ 8192, 0, SLAB_DESTROY_BY_RCU, 8192, 8192, 1, 1, 1, 26, 0, 8,
		  0 },
		{ 2000, 0, SLAB_RECLAIM_ACCOUNT, 2012, 2000, 2, 0, 0, 28, 1, 24,
		  ALL },
	};
	struct machine *m = objects_on(DEBUG_PC);

	for (u32 i = 0; i < ARRAY_SIZE(row); i++)
		expect_cut(m, &row[i]);
	on_cpu(m, 0);
	EXPECT(!mm_kmem_cache_create(m, "none", 131072, 0, SLAB_RED_ZONE, NULL,
				     NULL));
	EXPECT_EQ(REPORT_none, mm_report(m));
	expect_objects_sound(m);
	machine_delete(m);
}

/* The general caches: management of 512 to 2048 bytes is on slab here. */
TEST(general_caches)
{
	static const struct {
		u32 size, objsize, num, order, off, slab_size, limit;
	} row[] = {
		{ 32, 44, 88, 0, 0, 200, 32 },
		{ 64, 76, 52, 0, 0, 128, 32 },
		{ 96, 108, 37, 0, 0, 100, 32 },
		{ 128, 140, 28, 0, 0, 80, 32 },
		{ 192, 204, 19, 0, 0, 64, 32 },
		{ 256, 268, 15, 0, 0, 56, 32 },
		{ 512, 524, 7, 0, 0, 40, 32 },
		{ 1024, 1036, 7, 1, 0, 40, 24 },
		{ 2048, 2060, 3, 1, 0, 32, 24 },
		{ 4096, 4096, 1, 0, 1, 26, 24 },
		{ 8192, 8192, 1, 1, 1, 26, 8 },
		{ 131072, 131072, 1, 5, 1, 26, 8 },
	};
	struct machine *m =
		objects_on("ram=40M vmalloc=992M cpus=2 slab_debug");
	struct cache_info info;
	struct mm_layout l;
	char name[32];

	mm_layout(m, &l);
	EXPECT_EQ(1, l.slab_debug);
	for (u32 i = 0; i < 2 * ARRAY_SIZE(row); i++) {
		const u32 r = i / 2, batch = row[r].limit / 2;

		snprintf(name, sizeof(name), "size-%u%s", row[r].size,
			 i % 2 ? "(DMA)" : "");
		info = info_of(m, cache_named(m, name));
		EXPECT_EQ(row[r].objsize, info.objsize);
		EXPECT_EQ(row[r].size, info.user_size);
		EXPECT_EQ(row[r].num, info.num);
		EXPECT_EQ(row[r].order, info.order);
		EXPECT_EQ(row[r].off, info.off_slab);
		EXPECT_EQ(row[r].slab_size, info.slab_size);
		EXPECT_EQ(row[r].limit, info.limit);
		EXPECT_EQ(3 * batch + row[r].num, info.free_limit);
		EXPECT_EQ(row[r].objsize <= 4096 ? 8 * batch : 0,
			  info.shared_limit);
		EXPECT_EQ(row[r].size < 4096 ? ALL : SLAB_POISON,
			  info.flags & ALL);
	}
	/* never debugged itself */
	info = info_of(m, cache_named(m, "kmem_cache"));
	EXPECT_EQ(160, info.objsize);
	EXPECT_EQ(160, info.user_size);
	EXPECT_EQ(0, info.flags & ALL);
	EXPECT_EQ(32, info.limit);
	machine_delete(m);
}

/* --- layout and values ---------------------------------------------------- */

static u32 bytes_that_are(struct machine *m, vaddr_t at, u32 nr, u8 byte)
{
	u32 found = 0;

	for (u32 i = 0; i < nr; i++)
		found += peek8(m, at + i) == byte;
	return found;
}

static void expect_pattern(struct machine *m, vaddr_t at, u32 nr, u8 byte)
{
	EXPECT_EQ(nr - 1, bytes_that_are(m, at, nr - 1, byte));
	EXPECT_EQ(0xA5, peek8(m, at + nr - 1));
}

static void expect_zones(struct machine *m, vaddr_t slot, u32 objsize,
			 u32 value, u32 user)
{
	EXPECT_EQ(value, peek32(m, slot));
	EXPECT_EQ(value, peek32(m, slot + objsize - 8));
	EXPECT_EQ(user, peek32(m, slot + objsize - 4));
}

static u32 peek16(struct machine *m, vaddr_t at)
{
	return peek8(m, at) | (u32)peek8(m, at + 1) << 8;
}

/* [red zone][100 bytes][red zone][user], in a slab of 35. */
TEST(layout)
{
	struct machine *m = objects_on(SMALL_PC " slab_debug");
	struct kmem_cache *cache = cache_new(m, "laid", 100, 0, 0);
	struct slab_view slab;
	vaddr_t slot;
	void *object;

	mm_set_current(m, (struct task){ .cpu = 1, .flags = TASK_IRQ });
	object = mm_kmem_cache_alloc(m, cache, GFP_ATOMIC);
	slab = slab_at(m, cache, SLABS_PARTIAL, 0);
	EXPECT_EQ(96, slab.s_mem & (PAGE_SIZE - 1));
	slot = slab.s_mem + 15 * 112;
	EXPECT_EQ(slot + 4, mm_vaddr(object));
	expect_zones(m, slot, 112, RED_ACTIVE, 0x80000102);
	expect_pattern(m, slot + 4, 100, 0x5A);
	/* the others are free, and nobody has had them */
	for (u32 i = 0; i < 35; i++) {
		if (i == 15)
			continue;
		expect_zones(m, slab.s_mem + i * 112, 112, RED_INACTIVE, 0);
		expect_pattern(m, slab.s_mem + i * 112 + 4, 100, 0x6B);
	}
	/* management: 16 are out, the free ones are a chain */
	for (u32 i = 0; i < 35; i++)
		EXPECT_EQ(i < 16   ? 0xFFFE
			  : i < 34 ? i + 1
				   : 0xFFFF,
			  peek16(m, slab.slab + SLAB_BYTES + 2 * i));
	/* arrays hold slots */
	EXPECT_EQ(slab.s_mem, array_of(m, cache, 1).entry[0]);
	mm_set_current(m, (struct task){ .flags = TASK_ATOMIC | TASK_RT });
	mm_kmem_cache_free(m, cache, object);
	EXPECT_EQ(slot, array_of(m, cache, 0).entry[0]);
	expect_zones(m, slot, 112, RED_INACTIVE, 0x80000005);
	expect_pattern(m, slot + 4, 100, 0x6B);
	EXPECT(object_new(m, cache, 0) == object);
	expect_zones(m, slot, 112, RED_ACTIVE, 0x80000000);
	expect_objects_sound(m);
	machine_delete(m);
}

/* Whose CPU holds a kmap_atomic is atomic, in the user word as elsewhere. */
TEST(the_user_word_says_atomic_under_a_kmap_atomic)
{
	struct machine *m = objects_on(SMALL_PC " slab_debug");
	struct kmem_cache *cache = cache_new(m, "held", 100, 0, 0);
	vaddr_t slot;

	mm_kmap_atomic(m, mm_pfn_to_page(m, 0), KM_USER0);
	mm_set_current(m, (struct task){ .flags = TASK_RT });
	slot = mm_vaddr(mm_kmem_cache_alloc(m, cache, GFP_ATOMIC)) - 4;
	expect_zones(m, slot, 112, RED_ACTIVE, 0x80000005);
	machine_delete(m);
}

/* One without the other: the first red zone moves the object, and where there
 * is no user word the second is the last word. */
TEST(layout_of_one_alone)
{
	struct machine *m = objects_on(DEBUG_PC);
	struct kmem_cache *red = cache_new(m, "red", 4096, 0, SLAB_RED_ZONE);
	struct kmem_cache *user =
		cache_new(m, "user", 4096, 0, SLAB_STORE_USER);
	struct kmem_cache *none = cache_new(m, "none", 100, 16, 0);
	void *object = object_new(m, red, 0);
	vaddr_t slot = slab_at(m, red, SLABS_FULL, 0).s_mem;

	EXPECT_EQ(slot + 4, mm_vaddr(object));
	EXPECT_EQ(RED_ACTIVE, peek32(m, slot));
	EXPECT_EQ(RED_ACTIVE, peek32(m, slot + 4100));
	expect_pattern(m, slot + 4, 4096, 0x5A);
	object = object_new(m, user, 0);
	slot = slab_at(m, user, SLABS_FULL, 0).s_mem;
	EXPECT_EQ(slot, mm_vaddr(object));
	EXPECT_EQ(0x80000000, peek32(m, slot + 4096));
	expect_pattern(m, slot, 4096, 0x5A);
	object = object_new(m, none, 0);
	EXPECT_EQ(0, mm_vaddr(object) & 15);
	expect_pattern(m, mm_vaddr(object), 100, 0x5A);
	machine_delete(m);
}

/* Rounded up to words, poison and all: 33 bytes are 36. */
TEST(the_size_that_is_usable)
{
	struct machine *m = objects_on(DEBUG_PC);
	struct kmem_cache *cache = cache_new(m, "odd", 33, 0, 0);
	u8 *object = object_new(m, cache, 0);

	as_task(m, 0);
	EXPECT_EQ(36, mm_ksize(m, object));
	expect_pattern(m, mm_vaddr(object), 36, 0x5A);
	memset(object, 1, 36);
	object_free(m, cache, object, 0);
	machine_delete(m);
}

/* --- damage --------------------------------------------------------------- */

/* This byte of a free object, and of its red zones, is damaged and mended. */
static void expect_told_at_alloc(struct machine *m, struct kmem_cache *cache,
				 vaddr_t at, u32 kind)
{
	const u32 avail = avail_of(m, cache, 0), live = nr_live(m, cache);
	const u8 was = poke8(m, at, (u8)(peek8(m, at) ^ 0x10));

	for (u32 again = 0; again < 2; again++) {
		as_task(m, 0);
		EXPECT(!mm_kmem_cache_alloc(m, cache, GFP_KERNEL));
		EXPECT_EQ(kind, mm_report(m));
		EXPECT_EQ(avail, avail_of(m, cache, 0));
		EXPECT_EQ(live, nr_live(m, cache));
	}
	poke8(m, at, was);
}

static void expect_told_at_free(struct machine *m, struct kmem_cache *cache,
				void *object, vaddr_t at, u32 kind)
{
	const u32 live = nr_live(m, cache);
	const u8 was = poke8(m, at, (u8)(peek8(m, at) ^ 0x10));

	as_task(m, 0);
	mm_kmem_cache_free(m, cache, object);
	EXPECT_EQ(kind, mm_report(m));
	as_task(m, 0);
	mm_kfree(m, object);
	EXPECT_EQ(kind, mm_report(m));
	EXPECT_EQ(live, nr_live(m, cache));
	as_task(m, 0);
	EXPECT_EQ(info_of(m, cache).user_size, mm_ksize(m, object));
	EXPECT_EQ(REPORT_none, mm_report(m));
	poke8(m, at, was);
}

TEST(damage)
{
	struct machine *m = objects_on(DEBUG_PC);
	struct kmem_cache *cache = cache_new(m, "hurt", 100, 0, 0);
	void *object = object_new(m, cache, 0);
	const vaddr_t at = mm_vaddr(object);

	for (u32 byte = 0; byte < 4; byte++) {
		expect_told_at_free(m, cache, object, at - 4 + byte,
				    REPORT_object_redzone);
		expect_told_at_free(m, cache, object, at + 100 + byte,
				    REPORT_object_redzone);
	}
	object_free(m, cache, object, 0);
	for (u32 byte = 0; byte < 100; byte++)
		expect_told_at_alloc(m, cache, at + byte, REPORT_object_poison);
	for (u32 byte = 0; byte < 4; byte++) {
		expect_told_at_alloc(m, cache, at - 4 + byte,
				     REPORT_object_redzone);
		expect_told_at_alloc(m, cache, at + 100 + byte,
				     REPORT_object_redzone);
	}
	/* mended, it is as good as new */
	EXPECT(object_new(m, cache, 0) == object);
	/* the user word is nobody's business */
	poke8(m, at + 104, 0);
	object_free(m, cache, object, 0);
	poke8(m, at + 104, 0);
	EXPECT(object_new(m, cache, 0) == object);
	expect_objects_sound(m);
	machine_delete(m);
}

/* Poison before red zones; a double free before its red zones. */
TEST(order_of_reports)
{
	struct machine *m = objects_on(DEBUG_PC);
	struct kmem_cache *cache = cache_new(m, "hurt", 100, 0, 0);
	void *object = object_new(m, cache, 0);
	const vaddr_t at = mm_vaddr(object);

	object_free(m, cache, object, 0);
	poke8(m, at + 50, 0);
	poke8(m, at - 1, 0);
	EXPECT_REPORT(m, object_poison, mm_kmem_cache_alloc(m, cache, 0));
	EXPECT_REPORT(m, object_double_free,
		      mm_kmem_cache_free(m, cache, object));
	poke8(m, at + 50, 0x6B);
	EXPECT_REPORT(m, object_redzone, mm_kmem_cache_alloc(m, cache, 0));
	/* a DMA flag that the cache has not is seen before either */
	EXPECT_REPORT(m, object_dma, mm_kmem_cache_alloc(m, cache, GFP_DMA));
	machine_delete(m);
}

/* A refill that came before the report stays; touched is not set. */
TEST(damage_in_a_slab)
{
	struct machine *m = objects_on(DEBUG_PC);
	struct kmem_cache *cache = cache_new(m, "hurt", 100, 0, 0);
	void *object[16];

	objects_new(m, cache, 0, object, 16);
	EXPECT_EQ(0, avail_of(m, cache, 0));
	ticks(m, 1000);
	EXPECT_EQ(0, array_of(m, cache, 0).touched);
	/* the next 16 of the slab: the last of them is hurt */
	poke8(m, slab_at(m, cache, SLABS_PARTIAL, 0).s_mem + 31 * 112 + 4, 0);
	EXPECT_REPORT(m, object_poison,
		      mm_kmem_cache_alloc(m, cache, GFP_KERNEL));
	EXPECT_EQ(16, avail_of(m, cache, 0));
	EXPECT_EQ(0, array_of(m, cache, 0).touched);
	EXPECT_EQ(32, slab_at(m, cache, SLABS_PARTIAL, 0).inuse);
	expect_objects_sound(m);
	machine_delete(m);
}

/* Destroying a slab looks at nothing. */
TEST(damage_that_goes_with_its_slab)
{
	struct machine *m = objects_on(DEBUG_PC);
	struct kmem_cache *cache = cache_new(m, "hurt", 100, 0, 0);
	void *object = object_new(m, cache, 0);

	object_free(m, cache, object, 0);
	poke8(m, mm_vaddr(object), 0);
	poke8(m, mm_vaddr(object) - 1, 0);
	EXPECT_EQ(0, cache_destroy(m, cache));
	EXPECT_EQ(REPORT_none, mm_report(m));
	expect_objects_sound(m);
	machine_delete(m);
}

/* The machine's own are guarded alike: kmalloc's red zone, a descriptor's
 * none. */
TEST(damage_of_kmalloc)
{
	struct machine *m = objects_on(DEBUG_PC);
	u8 *object;

	as_task(m, 0);
	object = mm_kmalloc(m, 100, GFP_KERNEL);
	EXPECT_EQ(RED_ACTIVE, peek32(m, mm_vaddr(object) - 4));
	EXPECT_EQ(RED_ACTIVE, peek32(m, mm_vaddr(object) + 128));
	expect_pattern(m, mm_vaddr(object), 128, 0x5A);
	poke8(m, mm_vaddr(object) + 128, 0);
	EXPECT_REPORT(m, object_redzone, mm_kfree(m, object));
	poke8(m, mm_vaddr(object) + 128, 0xA5);
	as_task(m, 0);
	mm_kfree(m, object);
	EXPECT_EQ(REPORT_none, mm_report(m));
	machine_delete(m);
}

/* In debugging a wrong DMA flag is told at once, growth or not. */
TEST(dma_is_not_lazy)
{
	struct machine *m = objects_on(DEBUG_PC);
	struct kmem_cache *cache = cache_new(m, "any", 100, 0, 0);
	struct kmem_cache *dma = cache_new(m, "low", 100, 0, SLAB_CACHE_DMA);

	object_new(m, cache, 0);
	EXPECT_REPORT(m, object_dma,
		      EXPECT(!mm_kmem_cache_alloc(m, cache, GFP_DMA)));
	as_task(m, 0);
	EXPECT(mm_kmem_cache_alloc(m, dma, GFP_KERNEL | GFP_DMA));
	EXPECT_REPORT(m, object_dma,
		      EXPECT(!mm_kmem_cache_alloc(m, dma, GFP_KERNEL)));
	as_task(m, TASK_ATOMIC);
	EXPECT(!mm_kmem_cache_alloc(m, cache, GFP_KERNEL | GFP_DMA));
	EXPECT_EQ(REPORT_sleep_in_atomic, mm_report(m));
	machine_delete(m);
}
