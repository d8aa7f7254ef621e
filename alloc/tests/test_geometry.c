// SPDX-License-Identifier: MIT
/*
 * test_geometry.c - how slabs are cut: rows worked out by hand for
 * kmem_cache_create() [section 7.2].  The general caches: test_general.c;
 * with debugging: test_slab_debug.c.
 */
#include "objects.h"

struct cut {
	u32 size, align, flags;
	u32 objsize, num, order, off, slab_size, colour, colour_off, limit;
};

#define HWCACHE SLAB_HWCACHE_ALIGN
#define ACCOUNT SLAB_RECLAIM_ACCOUNT

static void expect_cut(struct machine *m, const struct cut *row)
{
	const u32 batch = (row->limit + 1) / 2;
	struct kmem_cache *cache;
	struct cache_info info;
	u32 before = test_failures;

	cache = cache_new(m, "cut", row->size, row->align, row->flags);
	info = info_of(m, cache);
	EXPECT_EQ(row->objsize, info.objsize);
	EXPECT_EQ(row->objsize, info.user_size);
	EXPECT_EQ(row->num, info.num);
	EXPECT_EQ(row->order, info.order);
	EXPECT_EQ(row->off, info.off_slab);
	EXPECT_EQ(row->off, info.slabp_cache != 0);
	EXPECT_EQ(row->slab_size, info.slab_size);
	EXPECT_EQ(row->colour, info.colour);
	EXPECT_EQ(row->colour_off, info.colour_off);
	EXPECT_EQ(row->limit, info.limit);
	EXPECT_EQ(batch, info.batch);
	EXPECT_EQ(2 * batch + row->num, info.free_limit);
	EXPECT_EQ(row->flags, info.flags);
	if (test_failures != before)
		TEST_FAIL("that was size=%u align=%u flags=0x%x", row->size,
			  row->align, row->flags);
	EXPECT_EQ(0, cache_destroy(m, cache));
}

static void expect_cuts(const char *line, const struct cut *row, u32 nr)
{
	struct machine *m = objects_on(line);

	for (u32 i = 0; i < nr; i++)
		expect_cut(m, &row[i]);
	expect_objects_sound(m);
	machine_delete(m);
}

/* Where the break order does not matter: order 0 wastes little enough. */
TEST(sizes)
{
	static const struct cut row[] = {
		{ 4, 0, 0, 4, 678, 0, 0, 1380, 0, 32, 120 },
		{ 5, 0, 0, 8, 407, 0, 0, 840, 0, 32, 120 },
		{ 8, 0, 0, 8, 407, 0, 0, 840, 0, 32, 120 },
		{ 12, 0, 0, 12, 290, 0, 0, 604, 0, 32, 120 },
		{ 28, 0, 0, 28, 135, 0, 0, 296, 0, 32, 120 },
		{ 31, 0, 0, 32, 119, 0, 0, 264, 0, 32, 120 },
		{ 32, 0, 0, 32, 119, 0, 0, 264, 0, 32, 120 },
		{ 33, 0, 0, 36, 107, 0, 0, 240, 0, 32, 120 },
		{ 100, 0, 0, 100, 39, 0, 0, 104, 2, 32, 120 },
		{ 100, 0, SLAB_MUST_HWCACHE_ALIGN, 100, 39, 0, 0, 104, 2, 32,
		  120 },
		{ 256, 0, 0, 256, 15, 0, 0, 56, 6, 32, 120 },
		/* arrays of 54 from here */
		{ 257, 0, 0, 260, 15, 0, 0, 56, 4, 32, 54 },
		{ 504, 0, 0, 504, 8, 0, 0, 40, 0, 32, 54 },
		{ 508, 0, 0, 508, 7, 0, 0, 40, 15, 32, 54 },
		/* off slab from here, unless its place is left over */
		{ 509, 0, 0, 512, 8, 0, 1, 40, 0, 32, 54 },
		{ 512, 0, 0, 512, 8, 0, 1, 40, 0, 32, 54 },
		{ 516, 0, 0, 516, 7, 0, 0, 40, 13, 32, 54 },
		{ 568, 0, 0, 568, 7, 0, 0, 40, 2, 32, 54 },
		/* left over: 36 of the 40 (38, in words) that it takes */
		{ 580, 0, 0, 580, 7, 0, 1, 38, 1, 32, 54 },
		{ 816, 0, 0, 816, 5, 0, 1, 34, 0, 32, 54 },
		{ 1016, 0, 0, 1016, 4, 0, 0, 32, 0, 32, 54 },
		{ 1020, 0, 0, 1020, 4, 0, 1, 32, 0, 32, 54 },
		{ 1024, 0, 0, 1024, 4, 0, 1, 32, 0, 32, 54 },
		{ 1300, 0, 0, 1300, 3, 0, 0, 32, 5, 32, 24 },
		{ 2048, 0, 0, 2048, 2, 0, 1, 28, 0, 32, 24 },
		{ 4064, 0, 0, 4064, 1, 0, 0, 28, 0, 32, 24 },
		{ 4096, 0, 0, 4096, 1, 0, 1, 26, 0, 32, 24 },
		/* no object in order 0; one in order 1, on slab again */
		{ 4097, 0, 0, 4100, 1, 1, 0, 28, 127, 32, 8 },
		{ 8192, 0, 0, 8192, 1, 1, 1, 26, 0, 32, 8 },
		{ 8193, 0, 0, 8196, 1, 2, 0, 28, 255, 32, 8 },
		{ 32768, 0, 0, 32768, 1, 3, 1, 26, 0, 32, 8 },
		{ 65537, 0, 0, 65540, 1, 5, 0, 28, 2047, 32, 8 },
		{ 131068, 0, 0, 131068, 1, 5, 1, 26, 0, 32, 8 },
		{ 131069, 0, 0, 131072, 1, 5, 1, 26, 0, 32, 8 },
		{ 131072, 0, 0, 131072, 1, 5, 1, 26, 0, 32, 8 },
	};

	expect_cuts(UP_PC, row, ARRAY_SIZE(row));
	expect_cuts(LARGE_PC, row, ARRAY_SIZE(row));
}

/* An eighth of order 0 would be wasted: the next order, if it may be taken. */
TEST(break_order)
{
	static const struct cut small[] = {
		{ 584, 0, 0, 584, 7, 0, 1, 38, 0, 32, 54 },
		{ 588, 0, 0, 588, 6, 0, 0, 36, 16, 32, 54 },
		{ 700, 0, 0, 700, 5, 0, 0, 36, 17, 32, 54 },
		{ 1025, 0, 0, 1028, 3, 0, 0, 32, 30, 32, 24 },
		{ 2049, 0, 0, 2052, 1, 0, 0, 28, 63, 32, 24 },
		{ 3000, 0, 0, 3000, 1, 0, 0, 28, 33, 32, 24 },
	};
	static const struct cut large[] = {
		{ 584, 0, 0, 584, 7, 0, 1, 38, 0, 32, 54 },
		{ 588, 0, 0, 588, 13, 1, 0, 52, 15, 32, 54 },
		{ 600, 0, 0, 600, 6, 0, 0, 36, 14, 32, 54 },
		{ 700, 0, 0, 700, 11, 1, 0, 48, 13, 32, 54 },
		{ 1025, 0, 0, 1028, 7, 1, 0, 40, 29, 32, 24 },
		{ 2049, 0, 0, 2052, 3, 1, 0, 32, 62, 32, 24 },
		/* an eighth, exactly, is little enough */
		{ 1792, 0, 0, 1792, 2, 0, 0, 28, 15, 32, 24 },
		{ 3584, 0, 0, 3584, 1, 0, 0, 28, 15, 32, 24 },
		/* a quarter of order 1 is wasted, and it stops there */
		{ 3000, 0, 0, 3000, 2, 1, 0, 28, 67, 32, 24 },
	};

	expect_cuts(UP_PC, small, ARRAY_SIZE(small));
	expect_cuts("ram=32M vmalloc=1000M", small, ARRAY_SIZE(small));
	expect_cuts("ram=32776K vmalloc=1000M", large, ARRAY_SIZE(large));
	/* highend_pfn counts, not the memory there is */
	expect_cuts("e820=0-9f000,100000-600000,3fc0000-4000000", large,
		    ARRAY_SIZE(large));
}

TEST(reclaim_account_has_order_0)
{
	static const struct cut row[] = {
		{ 700, 0, ACCOUNT, 700, 5, 0, 0, 36, 17, 32, 54 },
		{ 1025, 0, ACCOUNT, 1028, 3, 0, 0, 32, 30, 32, 24 },
		{ 2049, 0, ACCOUNT, 2052, 1, 0, 0, 28, 63, 32, 24 },
		{ 4093, 0, ACCOUNT, 4096, 1, 0, 1, 26, 0, 32, 24 },
		{ 4097, 0, ACCOUNT, 4100, 1, 1, 0, 28, 127, 32, 8 },
	};

	expect_cuts(LARGE_PC, row, ARRAY_SIZE(row));
}

/* Halved while two objects fit into it: 16 bytes share a line, 17 do not. */
TEST(hwcache_align)
{
	static const struct cut row_32[] = {
		{ 4, 0, HWCACHE, 4, 678, 0, 0, 1380, 0, 32, 120 },
		{ 8, 0, HWCACHE, 8, 407, 0, 0, 840, 0, 32, 120 },
		{ 9, 0, HWCACHE, 16, 226, 0, 0, 480, 0, 32, 120 },
		{ 16, 0, HWCACHE, 16, 226, 0, 0, 480, 0, 32, 120 },
		{ 17, 0, HWCACHE, 32, 119, 0, 0, 288, 0, 32, 120 },
		{ 33, 0, HWCACHE, 64, 61, 0, 0, 160, 1, 32, 120 },
		{ 65, 0, HWCACHE, 96, 41, 0, 0, 128, 1, 32, 120 },
		{ 129, 0, HWCACHE, 160, 25, 0, 0, 96, 0, 32, 120 },
		/* on slab: it is the size before rounding that counts */
		{ 500, 0, HWCACHE, 512, 7, 0, 0, 64, 14, 32, 54 },
		{ 513, 0, HWCACHE, 544, 7, 0, 0, 64, 7, 32, 54 },
		{ 1000, 0, HWCACHE, 1024, 4, 0, 1, 32, 0, 32, 54 },
	};
	static const struct cut row_64[] = {
		{ 16, 0, HWCACHE, 16, 226, 0, 0, 480, 0, 64, 120 },
		{ 17, 0, HWCACHE, 32, 119, 0, 0, 288, 0, 64, 120 },
		{ 33, 0, HWCACHE, 64, 61, 0, 0, 192, 0, 64, 120 },
		{ 65, 0, HWCACHE, 128, 31, 0, 0, 128, 0, 64, 120 },
		{ 129, 0, HWCACHE, 192, 20, 0, 0, 64, 3, 64, 120 },
		{ 513, 0, HWCACHE, 576, 7, 0, 0, 64, 0, 64, 54 },
		{ 100, 16, HWCACHE, 128, 31, 0, 0, 128, 0, 64, 120 },
	};
	static const struct cut row_128[] = {
		{ 33, 0, HWCACHE, 64, 61, 0, 0, 192, 0, 128, 120 },
		{ 65, 0, HWCACHE, 128, 31, 0, 0, 128, 0, 128, 120 },
		{ 129, 0, HWCACHE, 256, 15, 0, 0, 128, 1, 128, 120 },
		{ 500, 0, HWCACHE, 512, 7, 0, 0, 128, 3, 128, 54 },
		{ 513, 0, HWCACHE, 640, 6, 0, 0, 128, 1, 128, 54 },
		{ 100, 256, HWCACHE, 256, 15, 0, 0, 256, 0, 256, 120 },
	};

	expect_cuts(UP_PC " line=32", row_32, ARRAY_SIZE(row_32));
	expect_cuts(UP_PC " line=64", row_64, ARRAY_SIZE(row_64));
	expect_cuts(UP_PC " line=128", row_128, ARRAY_SIZE(row_128));
}

TEST(alignments)
{
	static const struct cut row[] = {
		{ 4, 1, 0, 4, 678, 0, 0, 1380, 0, 32, 120 },
		{ 4, 2, 0, 4, 678, 0, 0, 1380, 0, 32, 120 },
		{ 4, 4, 0, 4, 678, 0, 0, 1380, 0, 32, 120 },
		{ 4, 8, 0, 8, 407, 0, 0, 840, 0, 32, 120 },
		{ 20, 64, 0, 64, 61, 0, 0, 192, 0, 64, 120 },
		{ 300, 512, 0, 512, 7, 0, 0, 512, 0, 512, 54 },
		{ 511, 256, 0, 512, 8, 0, 1, 40, 0, 256, 54 },
		{ 1000, 1024, 0, 1024, 4, 0, 1, 32, 0, 1024, 54 },
		{ 4, 2048, 0, 2048, 1, 0, 0, 2048, 0, 2048, 24 },
		/* on slab, each has its page: one, and one for management */
		{ 4, 4096, 0, 4096, 1, 1, 0, 4096, 0, 4096, 24 },
		{ 512, 4096, 0, 4096, 1, 0, 1, 26, 0, 4096, 24 },
		{ 4, 8192, 0, 8192, 1, 2, 0, 8192, 0, 8192, 8 },
		{ 4, 65536, 0, 65536, 1, 5, 0, 65536, 0, 65536, 8 },
		{ 4096, 131072, 0, 131072, 1, 5, 1, 26, 0, 131072, 8 },
		{ 131069, 131072, 0, 131072, 1, 5, 1, 26, 0, 131072, 8 },
		{ 20, 8, HWCACHE, 32, 119, 0, 0, 288, 0, 32, 120 },
		{ 20, 64, HWCACHE, 64, 61, 0, 0, 192, 0, 64, 120 },
		{ 8, 16, HWCACHE, 16, 226, 0, 0, 480, 0, 32, 120 },
	};

	expect_cuts(LARGE_PC, row, ARRAY_SIZE(row));
}

/* NULL, no report, and nothing is changed; sums that wrap do not fit. */
TEST(nothing_fits)
{
	static const u32 row[][2] = {
		{ 4, 131072 },	     { 508, 131072 },
		{ 4096, 262144 },    { 4, 0x80000000 },
		{ 512, 0x80000000 }, { 131072, 0x40000000 },
		{ 131072, 0x40000 }, { 4, 0x40000000 },
		{ 511, 0x20000000 },
	};
	struct machine *m = objects_on(LARGE_PC);
	const u32 live = nr_live(m, cache_named(m, "kmem_cache"));
	const u64 view = machine_view(m);

	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		on_cpu(m, 0);
		EXPECT(!mm_kmem_cache_create(m, "none", row[i][0], row[i][1], 0,
					     NULL, NULL));
		EXPECT_EQ(REPORT_none, mm_report(m));
		EXPECT(!mm_oom(m));
		EXPECT_EQ(view, machine_view(m));
		EXPECT_EQ(32, counts_of(m).nr_caches);
	}
	EXPECT_EQ(live, nr_live(m, cache_named(m, "kmem_cache")));
	expect_objects_sound(m);
	machine_delete(m);
}

/* The smallest general cache that has room for 24 + 2 * num. */
TEST(management_off_slab)
{
	static const struct {
		u32 size, bytes;
		const char *name;
	} row[] = {
		{ 512, 40, "size-64" },	   { 584, 38, "size-64" },
		{ 680, 36, "size-64" },	   { 816, 34, "size-64" },
		{ 1024, 32, "size-32" },   { 1364, 30, "size-32" },
		{ 131072, 26, "size-32" },
	};
	struct machine *m = objects_on(UP_PC);

	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		struct kmem_cache *cache =
			cache_new(m, "off", row[i].size, 0, SLAB_CACHE_DMA);
		const struct cache_info info = info_of(m, cache);

		EXPECT_EQ(row[i].bytes, info.slab_size);
		EXPECT_EQ(mm_vaddr(cache_named(m, row[i].name)),
			  info.slabp_cache);
		EXPECT_EQ(0, cache_destroy(m, cache));
	}
	machine_delete(m);
}
