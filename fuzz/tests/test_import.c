// SPDX-License-Identifier: MIT
/*
 * test_import.c - page events by a table of (lines, expected ops), the
 * summary's figures, and what must be an error.
 */
#include "import_text.h"

#include <unistd.h>
#include <zlib.h>

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
};

TEST(the_table)
{
	import_rows(rows, sizeof(rows) / sizeof(rows[0]));
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
	};

	import_fails(bad, sizeof(bad) / sizeof(bad[0]));
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
