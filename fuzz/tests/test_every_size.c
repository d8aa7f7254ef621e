// SPDX-License-Identifier: MIT
/*
 * test_every_size.c - kmem_cache_create() of every size from 1 to 131073 with
 * every alignment, judged by the model: what no fuzzer comes to in its life.
 *
 * On one machine, all of them; on machines of other cache lines, of little
 * memory, and with debugging, each 97th size with all alignments, and the
 * sizes about the edges.
 */
#include "../codec.h"
#include "../exec.h"
#include "../../ci/test.h"

#define SIZES 131073u
#define BATCH 16384u /* creates in a program */
#define STRIDE 97u
#define EDGE 600u

static const u32 flags[] = {
	0,
	SLAB_HWCACHE_ALIGN,
	SLAB_RECLAIM_ACCOUNT,
	SLAB_CACHE_DMA,
	SLAB_DESTROY_BY_RCU,
};

static struct exec *x;
static struct program program;
static u32 made;

/* Runs what is in the program, and empties it. */
static void run(void)
{
	struct exec_stats stats = { 0 };
	struct finding f;
	enum exec_status status = exec_run(x, &program, &stats, &f);

	if (status == EXEC_FINDING)
		TEST_FAIL("size=%u align=%u flags=0x%x: %s: expected %llu, "
			  "got %llu",
			  program.op[f.op & ~1u].arg[1],
			  program.op[f.op & ~1u].arg[2],
			  program.op[f.op & ~1u].arg[3], f.signature,
			  (unsigned long long)f.expected,
			  (unsigned long long)f.actual);
	else
		EXPECT_EQ(status, EXEC_AGREES);
	EXPECT_EQ(stats.skipped, 0);
	program.nr = 0;
}

static void append(u32 size, u32 align, u32 with)
{
	struct op create = op_default(OP_kmem_cache_create);
	struct op destroy = op_default(OP_kmem_cache_destroy);

	create.arg[1] = size;
	create.arg[2] = align;
	create.arg[3] = with;
	create.out = 0;
	if (!program_append(&program, &create) ||
	    !program_append(&program, &destroy))
		TEST_FAIL("no memory");
}

/* The cache goes at once; where none came, its destruction is a misuse. */
static void make(u32 size, u32 align, u32 with)
{
	if (!program.nr)
		append(32, 0, 0); /* the slot has held a cache */
	append(size, align, with);
	made++;
	if (program.nr >= 2 * BATCH)
		run();
}

static void begin(const char *boot)
{
	const struct exec_options quick = { 0 };
	struct text_error err;
	char text[160];

	x = exec_new(&quick);
	program_init(&program);
	made = 0;
	snprintf(text, sizeof(text), "boot %s\n", boot);
	EXPECT(text_read(&program, text, strlen(text), &err));
	program.nr = 0;
}

static void end(void)
{
	if (program.nr)
		run();
	exec_delete(x);
	program_free(&program);
}

/* 0, and each power of two that fits the language. */
static void make_all_alignments(u32 size, u32 with)
{
	make(size, 0, with);
	for (u32 align = 1; align <= 131072; align *= 2)
		make(size, align, with);
}

static void make_some_sizes(const char *boot)
{
	begin(boot);
	for (u32 i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		for (u32 size = 1; size <= EDGE; size++)
			make_all_alignments(size, flags[i]);
		for (u32 size = EDGE; size <= SIZES; size += STRIDE)
			make_all_alignments(size, flags[i]);
		make_all_alignments(SIZES - 1, flags[i]);
		make_all_alignments(SIZES, flags[i]);
	}
	end();
	EXPECT(made > 100000);
}

TEST(every_size_with_every_alignment)
{
	begin("ram=48M vmalloc=992M cpus=1");
	for (u32 size = 1; size <= SIZES; size++)
		make_all_alignments(size, 0);
	end();
	EXPECT_EQ(made, SIZES * 19);
}

TEST(a_line_of_64)
{
	make_some_sizes("ram=48M vmalloc=992M cpus=1 line=64");
}

TEST(a_line_of_128)
{
	make_some_sizes("ram=48M vmalloc=992M cpus=1 line=128");
}

TEST(slabs_of_one_frame)
{
	make_some_sizes("ram=24M vmalloc=1004M cpus=1");
}

TEST(debugged)
{
	make_some_sizes("ram=48M vmalloc=992M cpus=1 slab_debug");
}

TEST(two_cpus)
{
	make_some_sizes("ram=48M vmalloc=992M cpus=2");
}
