// SPDX-License-Identifier: MIT
/*
 * test_import.c - ftrace text by a table of (lines, expected ops), the
 * summary's figures, and what must be an error.
 */
#include "../import.h"
#include "../../ci/test.h"

#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#define EVENT(name, rest)                                                      \
	"  init-1  [000] d..1.  19.263217: " name ": " rest "\n"
#define ALLOC(pfn, order, gfp)                                                 \
	EVENT("mm_page_alloc", "page=de96adc0 pfn=" pfn " order=" order        \
			       " migratetype=0 gfp_flags=" gfp)
#define FREE(pfn, order)                                                       \
	EVENT("mm_page_free", "page=de96adc0 pfn=" pfn " order=" order)
#define BATCHED(pfn)                                                           \
	EVENT("mm_page_free_batched", "page=de96adc0 pfn=" pfn " order=0")

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

static struct import_summary sum;

/* The ops as text, the boot line apart. */
static char *ops_text(const struct program *p)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	char line[640];

	for (u32 i = 0; f && i < p->nr; i++) {
		text_op(line, sizeof(line), &p->op[i]);
		fprintf(f, "%s\n", line);
	}
	if (f)
		fclose(f);
	return text;
}

static char *import_ops(const char *trace, struct text_error *err)
{
	struct program p;
	char *text = NULL;

	program_init(&p);
	err->line = 0;
	err->reason[0] = '\0';
	if (import_trace(&p, trace, strlen(trace), &sum, err))
		text = ops_text(&p);
	program_free(&p);
	return text;
}

struct row {
	const char *name, *trace, *ops;
};

static const struct row rows[] = {
	{ "alloc and free",
	  ALLOC("0x2e58", "1", "GFP_KERNEL|__GFP_ZERO") FREE("0x2e58", "1"),
	  "r1 = alloc_pages order=1 gfp=GFP_KERNEL|__GFP_ZERO\n"
	  "__free_pages r1 order=own\n" },
	{ "slots are used again",
	  ALLOC("0x10", "0", "GFP_KERNEL") ALLOC("0x11", "0", "GFP_KERNEL")
		  FREE("0x10", "0") ALLOC("0x12", "0", "GFP_KERNEL"),
	  "r1 = alloc_pages order=0 gfp=GFP_KERNEL\n"
	  "r2 = alloc_pages order=0 gfp=GFP_KERNEL\n"
	  "__free_pages r1 order=own\n"
	  "r1 = alloc_pages order=0 gfp=GFP_KERNEL\n" },
	{ "a free without an alloc", FREE("0x10", "0") BATCHED("0x10"), "" },
	{ "a batched free repeats",
	  ALLOC("0x10", "0", "GFP_ATOMIC") FREE("0x10", "0") BATCHED("0x10"),
	  "r1 = alloc_pages order=0 gfp=GFP_ATOMIC\n"
	  "__free_pages r1 order=own\n" },
	{ "a frame that comes back without a free",
	  ALLOC("0x10", "0", "GFP_KERNEL") ALLOC("0x10", "0", "GFP_KERNEL"),
	  "r1 = alloc_pages order=0 gfp=GFP_KERNEL\n"
	  "__free_pages r1 order=own\n"
	  "r1 = alloc_pages order=0 gfp=GFP_KERNEL\n" },
	{ "... as a part of a larger block, and its other frames",
	  ALLOC("0x10", "2", "GFP_KERNEL") ALLOC("0x12", "0", "GFP_KERNEL")
		  FREE("0x11", "0") FREE("0x12", "0"),
	  "r1 = alloc_pages order=2 gfp=GFP_KERNEL\n"
	  "__free_pages r1 order=own\n"
	  "r1 = alloc_pages order=0 gfp=GFP_KERNEL\n"
	  "__free_pages r1 order=own\n" },
	{ "a block that is freed in parts goes with the last",
	  ALLOC("0x10", "1", "GFP_KERNEL") FREE("0x11", "0") FREE("0x11", "0")
		  FREE("0x10", "0"),
	  "r1 = alloc_pages order=1 gfp=GFP_KERNEL\n"
	  "__free_pages r1 order=own\n" },
	{ "two blocks that are freed as one",
	  ALLOC("0x10", "0", "GFP_KERNEL") ALLOC("0x11", "0", "GFP_KERNEL")
		  FREE("0x10", "1"),
	  "r1 = alloc_pages order=0 gfp=GFP_KERNEL\n"
	  "r2 = alloc_pages order=0 gfp=GFP_KERNEL\n"
	  "__free_pages r1 order=own\n__free_pages r2 order=own\n" },
	{ "an allocation that failed",
	  EVENT("mm_page_alloc", "page=(null) pfn=0x0 order=4 migratetype=0 "
				 "gfp_flags=GFP_KERNEL"),
	  "" },
	{ "an order that 2.6.12 has not", ALLOC("0x1000", "11", "GFP_KERNEL"),
	  "" },
	{ "names with brackets, colons and spaces; perf's names; decimal",
	  "  a [x] 1: b-7 [003] ..s1. 7.000001: mm_page_alloc: page=1 pfn=16 "
	  "order=0 migratetype=1 gfp_flags=GFP_USER\n"
	  " swapper     0 [002]   101.5: kmem:mm_page_free: page=0x1 pfn=0x10 "
	  "order=0\r\n",
	  "r1 = alloc_pages order=0 gfp=GFP_KERNEL cpu=3\n"
	  "__free_pages r1 order=own cpu=2\n" },
	{ "a last line without its end",
	  " x-1 [000] ..... 1.0: mm_page_alloc: page=1 pfn=0x10 order=0 "
	  "migratetype=1 gfp_flags=none",
	  "r1 = alloc_pages order=0 gfp=0\n" },
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
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct text_error err;
		char *ops = import_ops(rows[i].trace, &err);

		if (!ops)
			TEST_FAIL("%s: line %u: %s", rows[i].name, err.line,
				  err.reason);
		else if (strcmp(ops, rows[i].ops) != 0)
			TEST_FAIL("%s: expected\n%sgot\n%s", rows[i].name,
				  rows[i].ops, ops);
		if (sum.imported + import_left_out(&sum) != sum.events)
			TEST_FAIL("%s: the summary does not add up",
				  rows[i].name);
		free(ops);
	}
}

struct flags {
	const char *name;
	gfp_t gfp;
	const char *dropped;
};

TEST(flags_by_name)
{
	static const struct flags flags[] = {
		{ "GFP_KERNEL", GFP_KERNEL, NULL },
		{ "GFP_ATOMIC", GFP_ATOMIC, NULL },
		{ "GFP_NOWAIT|__GFP_NOWARN", __GFP_NOWARN, NULL },
		{ "GFP_NOFS", GFP_NOFS, NULL },
		{ "GFP_NOIO", GFP_NOIO, NULL },
		{ "GFP_USER", GFP_USER, NULL },
		{ "GFP_HIGHUSER|__GFP_ACCOUNT", GFP_HIGHUSER, "__GFP_ACCOUNT" },
		{ "GFP_HIGHUSER_MOVABLE|__GFP_COMP", GFP_HIGHUSER | __GFP_COMP,
		  "__GFP_MOVABLE" },
		{ "GFP_KERNEL_ACCOUNT", GFP_KERNEL, "__GFP_ACCOUNT" },
		{ "GFP_TRANSHUGE",
		  GFP_HIGHUSER | __GFP_COMP | __GFP_NOWARN | __GFP_NOMEMALLOC,
		  "__GFP_MOVABLE" },
		{ "__GFP_RECLAIM", __GFP_WAIT, NULL },
		{ "__GFP_KSWAPD_RECLAIM", 0, "__GFP_KSWAPD_RECLAIM" },
		{ "__GFP_RETRY_MAYFAIL", __GFP_REPEAT, NULL },
		{ "GFP_DMA|0x8000000", GFP_DMA, "0x8000000" },
		{ "none", 0, NULL },
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		const struct flags *f = &flags[i];
		struct import_names dropped = { 0 };

		EXPECT_EQ(f->gfp,
			  import_gfp(f->name, strlen(f->name), &dropped));
		EXPECT_EQ(f->dropped != NULL, dropped.nr);
		if (f->dropped)
			EXPECT_STR(f->dropped, dropped.of[0].name);
	}
}

TEST(the_summary_counts)
{
	static const char trace[] = "# tracer: nop\n\n" ALLOC(
		"0x20", "3", "GFP_KERNEL_ACCOUNT") ALLOC("0x30", "0",
							 "GFP_KERNEL_ACCOUNT")
		FREE("0x30", "0") BATCHED("0x30") FREE("0x7f", "0") ALLOC(
			"0x20", "0", "GFP_KERNEL") FREE("0x30", "1")
			EVENT("rss_stat", "x") EVENT("rss_stat", "x") EVENT(
				"sched_switch",
				"x") "CPU:1 [LOST 128 EVENTS]\nwhat is this\n";
	struct text_error err;
	char *ops = import_ops(trace, &err);

	EXPECT(ops != NULL);
	free(ops);
	EXPECT_EQ(14, sum.lines);
	EXPECT_EQ(10, sum.events);
	EXPECT_EQ(3, sum.alloc);
	EXPECT_EQ(1, sum.free);
	EXPECT_EQ(1, sum.free_batched);
	EXPECT_EQ(2, sum.free_unknown);
	EXPECT_EQ(1, sum.free_implied);
	EXPECT_EQ(1, sum.live);
	EXPECT_EQ(2, sum.live_max);
	EXPECT_EQ(128, sum.lost);
	EXPECT_EQ(1, sum.no_event);
	EXPECT_EQ(0x7f, sum.pfn_max);
	EXPECT_EQ(2, sum.skipped.nr);
	EXPECT_STR("rss_stat", sum.skipped.of[0].name);
	EXPECT_EQ(2, sum.skipped.of[0].n);
	EXPECT_EQ(1, sum.dropped.nr);
	EXPECT_EQ(2, sum.dropped.of[0].n);
	EXPECT_EQ(4, sum.imported);
	EXPECT_EQ(6, import_left_out(&sum));
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

static u64 ram_for(const char *pfn, u32 *cpus)
{
	char line[200];
	struct text_error err;
	struct program p;
	u64 ram;

	snprintf(line, sizeof(line),
		 "x-1 [009] ..... 1.0: mm_page_free: page=1 pfn=%s order=0\n",
		 pfn);
	program_init(&p);
	EXPECT(import_trace(&p, line, strlen(line), &sum, &err));
	EXPECT_EQ(PROFILE_FREE, p.profile);
	EXPECT_EQ(2, p.boot.nr);
	EXPECT_EQ(BOOT_RAM, p.boot.word[0].kind);
	ram = p.boot.word[0].size;
	*cpus = (u32)p.boot.word[1].size;
	EXPECT_EQ(ram, sum.ram_bytes);
	program_free(&p);
	return ram >> 20;
}

TEST(ram_is_as_the_frames_need)
{
	u32 cpus;

	EXPECT_EQ(16, ram_for("0x1", &cpus));
	EXPECT_EQ(8, cpus); /* of ten: no more than NR_CPUS */
	EXPECT_EQ(512, ram_for("0x1ffff", &cpus));
	EXPECT_EQ(1024, ram_for("0x20000", &cpus));
	EXPECT_EQ(4096, ram_for("0xfffff", &cpus));
	EXPECT_EQ(4096, ram_for("0x800000", &cpus));
}

struct bad {
	const char *trace;
	u32 line;
	const char *reason;
};

TEST(errors_have_a_line)
{
	static const struct bad bad[] = {
		{ "", 1, "no trace event" },
		{ "hello\nworld\n", 2, "no trace event" },
		{ "# x\n" EVENT("mm_page_alloc", "page=1 order=0"), 2, "pfn=" },
		{ EVENT("mm_page_alloc", "pfn=0x1g order=0"), 1, "pfn=" },
		{ EVENT("mm_page_alloc", "pfn=0x10"), 1, "order=" },
		{ EVENT("mm_page_alloc", "pfn=0x10 order=0"), 1, "gfp_flags=" },
		{ EVENT("mm_page_free", "pfn=0x10 order=-1"), 1, "order=" },
		{ EVENT("mm_page_free", "pfn=0x1000000 order=0"), 1, "64 GiB" },
		{ EVENT("mm_page_free", "pfn=0xffffffffffffffff order=0"), 1,
		  "64 GiB" },
		{ EVENT("kmalloc", "call_site=f"), 1, "without ptr=" },
		{ EVENT("kfree", "call_site=f ptr=xyz"), 1, "readable ptr=" },
		{ OBJECT("kmalloc", "f", "c1", "-1", "8", "none"), 1,
		  "bytes_req=" },
		{ OBJECT("kmem_cache_alloc", "f", "c1", "8", "x", "none"), 1,
		  "bytes_alloc=" },
		{ EVENT("kmalloc", "ptr=c1 bytes_req=8 bytes_alloc=8"), 1,
		  "gfp_flags=" },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct text_error err;
		char *ops = import_ops(bad[i].trace, &err);

		EXPECT(!ops);
		free(ops);
		EXPECT_EQ(bad[i].line, err.line);
		if (!strstr(err.reason, bad[i].reason))
			TEST_FAIL("expected ...%s..., got %s", bad[i].reason,
				  err.reason);
	}
}

TEST(lines_have_a_bound)
{
	const size_t size = 70000;
	char *line = malloc(size + 2);
	struct text_error err;

	memset(line, 'x', size);
	strcpy(line + size, "\n");
	EXPECT(!import_ops(line, &err));
	EXPECT(strstr(err.reason, "65536"));
	line[size] = '\0';
	EXPECT(!import_ops(line, &err));
	EXPECT(strstr(err.reason, "65536"));
	free(line);
}

/* However the text is cut into pieces, the program is the same. */
TEST(pieces_of_any_size)
{
	static const char trace[] =
		ALLOC("0x10", "0", "GFP_KERNEL") "# c\n" FREE("0x10", "0")
			ALLOC("0x11", "1", "GFP_ATOMIC") FREE("0x11", "1");
	struct program whole, p;
	struct text_error err;

	program_init(&whole);
	EXPECT(import_trace(&whole, trace, strlen(trace), &sum, &err));
	for (size_t piece = 1; piece < sizeof(trace); piece += 3) {
		struct importer *im;

		program_init(&p);
		im = importer_new(&p, NULL, &sum);
		for (size_t at = 0; at < strlen(trace); at += piece) {
			size_t left = strlen(trace) - at;

			EXPECT(importer_feed(im, trace + at,
					     left < piece ? left : piece,
					     &err));
		}
		EXPECT(importer_end(im, &err));
		EXPECT(program_equal(&whole, &p));
		importer_delete(im);
		program_free(&p);
	}
	program_free(&whole);
}

static bool write_gz(const char *path, const char *text, u32 times)
{
	gzFile f = gzopen(path, "wb");
	bool ok = f != NULL;

	for (u32 i = 0; ok && i < times; i++)
		ok = gzputs(f, text) > 0;
	return gzclose(f) == Z_OK && ok;
}

static void cut_file(const char *path, long by)
{
	FILE *f = fopen(path, "rb");
	long size;

	fseek(f, 0, SEEK_END);
	size = ftell(f);
	fclose(f);
	EXPECT(truncate(path, size - by) == 0);
}

static void flip_byte(const char *path, long from_end)
{
	FILE *f = fopen(path, "r+b");
	int c;

	fseek(f, -from_end, SEEK_END);
	c = fgetc(f);
	fseek(f, -from_end, SEEK_END);
	fputc(c ^ 0x55, f);
	fclose(f);
}

TEST(files_gzipped_or_not)
{
	static const char trace[] =
		ALLOC("0x10", "0", "GFP_KERNEL") FREE("0x10", "0");
	char path[] = "/tmp/mmtwin_test_import.XXXXXX";
	struct text_error err;
	struct program p;

	close(mkstemp(path));
	program_init(&p);
	EXPECT(write_gz(path, trace, 1000));
	EXPECT(import_file(&p, path, NULL, &sum, &err));
	EXPECT_EQ(2000, p.nr);
	program_free(&p);
	cut_file(path, 9);
	EXPECT(!import_file(&p, path, NULL, &sum, &err));
	EXPECT_EQ(0, err.line);
	EXPECT_STR("the gzip file ends too early", err.reason);
	program_free(&p);
	EXPECT(write_gz(path, trace, 1000));
	flip_byte(path, 6); /* of its check sum */
	EXPECT(!import_file(&p, path, NULL, &sum, &err));
	EXPECT(strstr(err.reason, "corrupt gzip"));
	program_free(&p);
	unlink(path);
	EXPECT(!import_file(&p, path, NULL, &sum, &err));
	EXPECT_STR("No such file or directory", err.reason);
	program_free(&p);
}
