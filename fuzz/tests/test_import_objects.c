// SPDX-License-Identifier: MIT
/*
 * test_import_objects.c - object events by a table of (lines, expected ops),
 * the summary's figures, and what must be an error.
 */
#include "import_text.h"

#define OBJECT(event, site, ptr, req, bytes, gfp)                              \
	EVENT(event, "call_site=" site " ptr=" ptr " bytes_req=" req           \
		     " bytes_alloc=" bytes " gfp_flags=" gfp                   \
		     " node=-1 accounted=false")
#define KMALLOC(ptr, req, gfp)                                                 \
	OBJECT("kmalloc", "f+0x1/0x2", ptr, req, "0", gfp)
#define KFREE(ptr) EVENT("kfree", "call_site=g+0x0/0x9 ptr=" ptr)
#define CACHE_ALLOC(site, ptr, bytes, gfp)                                     \
	OBJECT("kmem_cache_alloc", site, ptr, "4", bytes, gfp)
#define CACHE_FREE(ptr)                                                        \
	EVENT("kmem_cache_free", "call_site=g+0x0/0x9 ptr=" ptr " name=x")

static const struct row rows[] = {
	{ "kmalloc, zeroed too, and kfree",
	  KMALLOC("cae25fa0", "30", "GFP_ATOMIC")
		  KMALLOC("cae25fc0", "131072", "GFP_DMA|__GFP_ZERO")
			  KFREE("cae25fa0") KFREE("cae25fc0"),
	  "r1 = kmalloc size=30 gfp=GFP_ATOMIC\n"
	  "r2 = kzalloc size=131072 gfp=GFP_DMA\n"
	  "kfree r1\nkfree r2\n" },
	{ "kfree(NULL)", KFREE("00000000") KFREE("(null)"),
	  "kfree_addr addr=0\nkfree_addr addr=0\n" },
	{ "a cache for each call site and size",
	  CACHE_ALLOC("f+0x1/0x2", "c1000000", "40", "GFP_KERNEL") CACHE_ALLOC(
		  "f+0x1/0x2 [xfs]", "c1000040", "40", "GFP_KERNEL")
		  CACHE_ALLOC("f+0x1/0x2", "c1000080", "48", "GFP_KERNEL")
			  CACHE_FREE("c1000000") CACHE_ALLOC(
				  "f+0x1/0x2", "c10000c0", "40", "GFP_NOFS"),
	  "r1 = kmem_cache_create name=0 size=40 align=0 flags=0 life=0\n"
	  "r2 = kmem_cache_alloc r1 gfp=GFP_KERNEL\n"
	  "r3 = kmem_cache_create name=1 size=40 align=0 flags=0 life=0\n"
	  "r4 = kmem_cache_alloc r3 gfp=GFP_KERNEL\n"
	  "r5 = kmem_cache_create name=2 size=48 align=0 flags=0 life=0\n"
	  "r6 = kmem_cache_alloc r5 gfp=GFP_KERNEL\n"
	  "kmem_cache_free r1 object=r2\n"
	  "r2 = kmem_cache_alloc r1 gfp=GFP_NOFS\n" },
	{ "flags that a slab refuses",
	  CACHE_ALLOC("f", "c1000000", "2", "GFP_DMA|GFP_HIGHUSER|__GFP_ZERO")
		  KMALLOC("c1000004", "4", "GFP_HIGHUSER|GFP_DMA"),
	  "r1 = kmem_cache_create name=0 size=4 align=0 flags=0 life=0\n"
	  "r2 = kmem_cache_alloc r1 gfp=GFP_KERNEL\n"
	  "r3 = kmalloc size=4 gfp=GFP_KERNEL|__GFP_DMA\n" },
	{ "events of a node, as older kernels have them",
	  OBJECT("kmalloc_node", "f", "0xffff888003c00000", "8", "8", "none")
		  OBJECT("kmem_cache_alloc_node", "f", "ffff888003c00008", "8",
			 "8", "none") KFREE("ffff888003c00000"),
	  "r1 = kmalloc size=8 gfp=0\n"
	  "r2 = kmem_cache_create name=0 size=8 align=0 flags=0 life=0\n"
	  "r3 = kmem_cache_alloc r2 gfp=0\n"
	  "kfree r1\n" },
	{ "frees that cross: kmem_cache_free() would be the wrong cache's",
	  CACHE_ALLOC("f", "c1000000", "8", "GFP_KERNEL")
		  KMALLOC("c1000008", "8", "GFP_KERNEL") KFREE("c1000000")
			  CACHE_FREE("c1000008"),
	  "r1 = kmem_cache_create name=0 size=8 align=0 flags=0 life=0\n"
	  "r2 = kmem_cache_alloc r1 gfp=GFP_KERNEL\n"
	  "r3 = kmalloc size=8 gfp=GFP_KERNEL\n"
	  "kfree r2\nkfree r3\n" },
	{ "objects that nobody was seen to take",
	  KFREE("c1000000") CACHE_FREE("c1000000") CACHE_FREE("00000000")
		  KMALLOC("c1000000", "8", "GFP_KERNEL") KFREE("c1000000")
			  KFREE("c1000000"),
	  "r1 = kmalloc size=8 gfp=GFP_KERNEL\nkfree r1\n" },
	{ "addresses that come back without a free",
	  KMALLOC("c1000000", "8", "GFP_KERNEL") CACHE_ALLOC("f", "c1000000",
							     "8", "GFP_KERNEL")
		  KMALLOC("c1000000", "131073", "GFP_KERNEL") KFREE("c1000000"),
	  "r1 = kmalloc size=8 gfp=GFP_KERNEL\n"
	  "kfree r1\n"
	  "r1 = kmem_cache_create name=0 size=8 align=0 flags=0 life=0\n"
	  "r2 = kmem_cache_alloc r1 gfp=GFP_KERNEL\n"
	  "kmem_cache_free r1 object=r2\n" },
	{ "what failed, is too large, or hidden",
	  KMALLOC("00000000", "8", "GFP_KERNEL")
		  KMALLOC("(____ptrval____)", "8", "GFP_KERNEL")
			  KFREE("(____ptrval____)")
				  KMALLOC("c1000000", "131073", "GFP_KERNEL")
					  KFREE("c1000000"),
	  "" },
	{ "pages and objects share the slots, in the trace's order",
	  ALLOC("0x10", "0", "GFP_KERNEL")
		  KMALLOC("c0010000", "64", "GFP_KERNEL") FREE("0x10", "0")
			  KMALLOC("c0010040", "64", "GFP_KERNEL"),
	  "r1 = alloc_pages order=0 gfp=GFP_KERNEL\n"
	  "r2 = kmalloc size=64 gfp=GFP_KERNEL\n"
	  "__free_pages r1 order=own\n"
	  "r1 = kmalloc size=64 gfp=GFP_KERNEL\n" },
};

TEST(the_table)
{
	import_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

TEST(the_summary_counts_objects)
{
	static const char trace[] = KMALLOC("c1", "8", "GFP_KERNEL|__GFP_ZERO")
		CACHE_ALLOC("f", "c2", "8", "GFP_KERNEL|__GFP_ZERO")
			CACHE_ALLOC("f", "c3", "8", "GFP_HIGHUSER")
				CACHE_ALLOC("f", "c3", "9", "GFP_KERNEL")
					KMALLOC("c4", "131073", "GFP_KERNEL")
						KFREE("c4") KFREE("c4")
							KFREE("0") KFREE("c1")
								KFREE("c2");
	struct text_error err;
	char *ops = import_ops(trace, &err);

	EXPECT(ops != NULL);
	free(ops);
	EXPECT_EQ(10, sum.events);
	EXPECT_EQ(7, sum.imported);
	EXPECT_EQ(2, sum.caches);
	EXPECT_EQ(4, sum.object_alloc);
	EXPECT_EQ(2, sum.object_free);
	EXPECT_EQ(1, sum.object_free_implied);
	EXPECT_EQ(1, sum.kfree_null);
	EXPECT_EQ(1, sum.object_large);
	EXPECT_EQ(1, sum.object_free_large);
	EXPECT_EQ(1, sum.object_free_unknown);
	EXPECT_EQ(3, sum.object_live_max);
	EXPECT_EQ(1, sum.object_live);
	EXPECT_EQ(2, sum.refused.nr);
	EXPECT_STR("__GFP_ZERO", sum.refused.of[0].name);
	EXPECT_EQ(1, sum.refused.of[0].n);
}

/* Tables that have grown, and entries that have moved, are found again. */
TEST(many_objects_and_caches)
{
	enum { OBJECTS = 3000, ROUNDS = 4 };
	static char trace[OBJECTS * ROUNDS * 2 * 160];
	struct text_error err;
	size_t size = 0;
	char *ops;

	for (u32 round = 0; round < ROUNDS; round++) {
		for (u32 i = 0; i < OBJECTS; i++)
			size += (size_t)sprintf(
				trace + size,
				" x-1 [000] 1.0: kmem_cache_alloc: "
				"call_site=f+%u ptr=%x bytes_req=8 "
				"bytes_alloc=%u gfp_flags=GFP_KERNEL\n",
				i % 700, (i * 64 + 1) << round, 8 + i % 2);
		for (u32 i = 0; i < OBJECTS; i++)
			size += (size_t)sprintf(
				trace + size,
				" x-1 [000] 1.0: kmem_cache_free: "
				"call_site=g ptr=%x name=x\n",
				((i * 7 % OBJECTS) * 64 + 1) << round);
	}
	ops = import_ops(trace, &err);
	EXPECT(ops != NULL);
	EXPECT_EQ(700, sum.caches);
	EXPECT_EQ(ROUNDS * OBJECTS, sum.object_alloc);
	EXPECT_EQ(ROUNDS * OBJECTS, sum.object_free);
	EXPECT_EQ(OBJECTS, sum.object_live_max);
	EXPECT_EQ(0, sum.object_live);
	/* slots of what was freed are used again */
	EXPECT(ops && strstr(ops, "r3700 = "));
	EXPECT(ops && !strstr(ops, "r3701"));
	free(ops);
}

TEST(errors_have_a_line)
{
	static const struct bad bad[] = {
		{ EVENT("kmalloc", "call_site=f"), 1, "without ptr=" },
		{ EVENT("kfree", "call_site=f ptr=xyz"), 1, "readable ptr=" },
		{ OBJECT("kmalloc", "f", "c1", "-1", "8", "none"), 1,
		  "bytes_req=" },
		{ OBJECT("kmem_cache_alloc", "f", "c1", "8", "x", "none"), 1,
		  "bytes_alloc=" },
		{ EVENT("kmalloc", "ptr=c1 bytes_req=8 bytes_alloc=8"), 1,
		  "gfp_flags=" },
	};

	import_fails(bad, sizeof(bad) / sizeof(bad[0]));
}
