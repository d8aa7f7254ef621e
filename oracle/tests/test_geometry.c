// SPDX-License-Identifier: MIT
/*
 * test_geometry.c - the table of section 7.2, cell by cell, and geometries
 * that were worked out on paper.
 */
#include "puppet.h"
#include "../geometry.h"

static struct geometry_rules rules(u32 line)
{
	return (struct geometry_rules){
		.line = line,
		.break_order = 1,
		.offslab_limit = 116,
	};
}

static struct geometry general(u32 size, u32 line)
{
	struct geometry_rules r = rules(line);
	struct geometry g;

	EXPECT(geometry_compute(&g, size, 0, SLAB_HWCACHE_ALIGN, &r));
	return g;
}

/* Of each size: objects, order, management elsewhere, limit. */
static const struct row {
	u32 size, num, order, off, limit;
} table[] = {
	{ 32, 119, 0, 0, 120 }, { 64, 61, 0, 0, 120 }, { 128, 31, 0, 0, 120 },
	{ 256, 15, 0, 0, 120 }, { 512, 8, 0, 1, 54 },  { 1024, 4, 0, 1, 54 },
	{ 2048, 2, 0, 1, 24 },	{ 4096, 1, 0, 1, 24 }, { 8192, 1, 1, 1, 8 },
	{ 16384, 1, 2, 1, 8 },	{ 32768, 1, 3, 1, 8 }, { 65536, 1, 4, 1, 8 },
	{ 131072, 1, 5, 1, 8 },
};

static void expect_row(const struct row *row, u32 line)
{
	struct geometry g = general(row->size, line);

	EXPECT_EQ(g.objsize, row->size);
	EXPECT_EQ(g.user_size, row->size);
	EXPECT_EQ(g.num, row->num);
	EXPECT_EQ(g.order, row->order);
	EXPECT_EQ(g.off_slab, row->off);
	EXPECT_EQ(array_limit(g.objsize, false), row->limit);
}

TEST(general_caches)
{
	static const u32 lines[] = { 32, 64, 128 };

	for (u32 i = 0; i < 3; i++)
		for (u32 k = 0; k < sizeof(table) / sizeof(table[0]); k++)
			expect_row(&table[k], lines[i]);
}

TEST(sizes_between_powers)
{
	EXPECT_EQ(general(96, 32).num, 41);
	EXPECT_EQ(general(96, 64).objsize, 128);
	EXPECT_EQ(general(192, 32).num, 20);
	EXPECT_EQ(general(192, 64).num, 20);
	EXPECT_EQ(general(192, 128).objsize, 256);
	EXPECT_EQ(general(192, 32).colour, 6);
	EXPECT_EQ(general(256, 32).colour, 6);
}

/* 119 * 32 + 24 + 238 rounded up to 32 is all of a page. */
TEST(management)
{
	struct geometry g = general(32, 32);

	EXPECT_EQ(g.slab_size, 288);
	EXPECT_EQ(g.colour, 0);
	EXPECT_EQ(general(512, 32).slab_size, 24 + 16);
	EXPECT_EQ(general(131072, 32).slab_size, 24 + 2);
}

TEST(limits_of_arrays)
{
	EXPECT_EQ(array_limit(4, false), 120);
	EXPECT_EQ(array_limit(256, false), 120);
	EXPECT_EQ(array_limit(257, false), 54);
	EXPECT_EQ(array_limit(1024, false), 54);
	EXPECT_EQ(array_limit(1025, false), 24);
	EXPECT_EQ(array_limit(4096, false), 24);
	EXPECT_EQ(array_limit(4097, false), 8);
	EXPECT_EQ(array_limit(131072, false), 8);
	EXPECT_EQ(array_limit(131073, false), 1);
	EXPECT_EQ(array_limit(4, true), 32);
	EXPECT_EQ(array_limit(4096, true), 24);
}

/* cache_cache: 160 bytes, rounded up to the line. */
TEST(cache_of_caches)
{
	static const struct {
		u32 line, objsize, num;
	} row[] = { { 32, 160, 25 }, { 64, 192, 20 }, { 128, 256, 15 } };

	for (u32 i = 0; i < 3; i++) {
		struct geometry_rules r = rules(row[i].line);
		struct geometry g;

		geometry_of_caches(&g, &r);
		EXPECT_EQ(g.objsize, row[i].objsize);
		EXPECT_EQ(g.num, row[i].num);
		EXPECT_EQ(g.off_slab, 0);
		EXPECT_EQ(g.order, 0);
	}
}

/* Step 2: a caller's alignment raises; below a word it is a word. */
TEST(alignment)
{
	struct geometry_rules r = rules(32);
	struct geometry g;

	EXPECT(geometry_compute(&g, 5, 1, 0, &r));
	EXPECT_EQ(g.objsize, 8);
	EXPECT(geometry_compute(&g, 5, 16, 0, &r));
	EXPECT_EQ(g.objsize, 16);
	EXPECT(geometry_compute(&g, 20, 0, SLAB_HWCACHE_ALIGN, &r));
	EXPECT_EQ(g.objsize, 32);
	EXPECT(geometry_compute(&g, 16, 0, SLAB_HWCACHE_ALIGN, &r));
	EXPECT_EQ(g.objsize, 16);
	EXPECT(geometry_compute(&g, 4, 4096, 0, &r));
	EXPECT_EQ(g.objsize, 4096);
	EXPECT_EQ(g.off_slab, 0); /* 4 bytes are no 512 */
	EXPECT_EQ(g.colour_off, 4096);
	EXPECT(!geometry_compute(&g, 4, 131072, 0, &r));
	EXPECT(!geometry_compute(&g, 4, 0x80000000, 0, &r));
}

/* Step 5: one page only, however little fits. */
TEST(reclaim_account)
{
	struct geometry_rules r = rules(32);
	struct geometry g;

	EXPECT(geometry_compute(&g, 2100, 0, SLAB_RECLAIM_ACCOUNT, &r));
	EXPECT_EQ(g.order, 0);
	EXPECT_EQ(g.num, 1);
	EXPECT_EQ(g.off_slab, 0); /* step 6 */
	EXPECT(geometry_compute(&g, 2100, 0, 0, &r));
	EXPECT_EQ(g.order, 1);
	EXPECT_EQ(g.num, 3);
	EXPECT(geometry_compute(&g, 5000, 0, SLAB_RECLAIM_ACCOUNT, &r));
	EXPECT_EQ(g.order, 1);
}

/* Break order 0: the first order at which anything fits. */
TEST(little_memory)
{
	struct geometry_rules r = rules(32);
	struct geometry g;

	r.break_order = 0;
	EXPECT(geometry_compute(&g, 2100, 0, 0, &r));
	EXPECT_EQ(g.order, 0);
	EXPECT_EQ(g.num, 1);
}

/* 7.7: zones and user unless 12 bytes more cross a power of two. */
TEST(debugging)
{
	struct geometry_rules r = rules(32);
	struct geometry g;
	u32 zones = SLAB_RED_ZONE | SLAB_STORE_USER, f;

	r.debug = true;
	f = forced_flags(32, SLAB_HWCACHE_ALIGN, false);
	EXPECT_EQ(f, SLAB_HWCACHE_ALIGN | zones | SLAB_POISON);
	EXPECT(geometry_compute(&g, 32, 0, f, &r));
	EXPECT_EQ(g.objsize, 44);
	EXPECT_EQ(g.user_size, 32);
	EXPECT_EQ(g.head, 4);
	EXPECT_EQ(g.num, 88); /* 88 * 44 + 24 + 176 = 4072 */
	EXPECT_EQ(forced_flags(4096, 0, false), SLAB_POISON);
	EXPECT_EQ(forced_flags(4097, 0, false), SLAB_POISON | zones);
	EXPECT_EQ(forced_flags(8192 - 12, 0, false), SLAB_POISON | zones);
	EXPECT_EQ(forced_flags(8192 - 11, 0, false), SLAB_POISON);
	EXPECT_EQ(forced_flags(64, SLAB_DESTROY_BY_RCU, false),
		  SLAB_DESTROY_BY_RCU | zones);
	EXPECT_EQ(forced_flags(4096, SLAB_DEBUG_INITIAL, false), SLAB_POISON);
	/* a caller's alignment takes zones and user away */
	EXPECT(geometry_compute(&g, 32, 8, forced_flags(32, 0, false), &r));
	EXPECT_EQ(g.flags, SLAB_POISON);
	EXPECT_EQ(g.objsize, 32);
	EXPECT_EQ(g.head, 0);
	EXPECT(geometry_compute(&g, 30, 8, f, &r));
	EXPECT_EQ(g.objsize, 44); /* the line's 32 are more than 8 */
}
