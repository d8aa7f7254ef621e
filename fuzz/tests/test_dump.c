// SPDX-License-Identifier: MIT
/*
 * test_dump.c - what `run --dump` shows: the same on both sides wherever
 * machine and model agree, and marked where one of them was changed behind
 * the other's back.
 */
#include "../exec_dump.h"
#include "../gen.h"
#include "lockstep.h"

#include <stdlib.h>

static u32 dumps, differ;
static void (*meddle)(struct exec *x);
static char *text;

static void look(void *arg, struct exec *paused)
{
	size_t size;
	FILE *to = open_memstream(&text, &size);

	(void)arg;
	if (meddle)
		meddle(paused);
	differ = exec_dump(paused, to);
	fclose(to);
	dumps++;
}

static void start_looking(u32 pause_at)
{
	const struct exec_options options = {
		.pause = look,
		.pause_at = pause_at,
	};

	dumps = 0;
	start(&options);
}

static void expect_same(const char *what)
{
	if (differ)
		TEST_FAIL("%s: %s", what, text);
	free(text);
	text = NULL;
}

TEST(all_is_the_same_where_both_agree)
{
	const struct gen_options options = {
		.groups = GROUP_PAGES | GROUP_OBJECTS | GROUP_MEMPOOL |
			  GROUP_ACCESS | GROUP_MAPPING,
		.ops = 64,
	};
	struct prng r;

	start_looking(UINT32_MAX);
	prng_seed(&r, 6);
	for (u32 i = 0; i < 200; i++) {
		EXPECT(gen_program(&program, &r, &options));
		x->opt.pause_at = i % 64;
		if (exec_run(x, &program, &stats, &finding) == EXEC_AGREES)
			expect_same("a program");
	}
	EXPECT(dumps > 150);
	stop();
}

/* Before each op, and behind the last; in the time of bootmem, too. */
TEST(every_place_can_be_looked_at)
{
	static const char *const p = "boot ram=24M cpus=2\n"
				     "r1 = alloc_bootmem size=100\n"
				     "r2 = kmalloc size=100 gfp=GFP_KERNEL\n";

	for (u32 at = 0; at < 3; at++) {
		start_looking(at);
		EXPECT_EQ(EXEC_AGREES, run_text(p));
		EXPECT_EQ(1, dumps);
		EXPECT((strstr(text, "\nbootmem") != NULL) == (at < 2));
		EXPECT((strstr(text, "next op") != NULL) == (at < 2));
		expect_same(p);
		stop();
	}
}

/* --- and what differs is marked ------------------------------------------- */

static void take_a_frame(struct exec *e)
{
	mm_set_current(e->m, (struct task){ 0 });
	mm_alloc_pages(e->m, GFP_KERNEL, 0);
}

static void take_an_object(struct exec *e)
{
	mm_set_current(e->m, (struct task){ 0 });
	mm_kmalloc(e->m, 100, GFP_KERNEL);
}

static void take_an_area(struct exec *e)
{
	mm_set_current(e->m, (struct task){ 0 });
	mm_vmalloc(e->m, PAGE_SIZE);
}

static void move_the_clock(struct exec *e)
{
	mm_tick(e->m, 1);
}

static void write_protect(struct exec *e)
{
	mm_set_current(e->m, (struct task){ 0 });
	mm_write_cr0(e->m, false);
}

static void expect_marked(void (*how)(struct exec *), const char *row)
{
	const char *at;

	meddle = how;
	start_looking(UINT32_MAX);
	run_text("boot ram=24M vmalloc=1004M cpus=2\nr1 = alloc_page\n");
	meddle = NULL;
	EXPECT(differ);
	at = strstr(text, row);
	if (!at || !strstr(at, "<-- differs") ||
	    strstr(at, "<-- differs") > strchr(at, '\n'))
		TEST_FAIL("%s is not marked in %s", row, text);
	free(text);
	text = NULL;
	stop();
}

TEST(what_differs_is_marked)
{
	expect_marked(take_a_frame, "Normal free");
	expect_marked(take_an_object, "array, CPU 0");
	expect_marked(take_an_area, "nr_areas");
	expect_marked(take_an_area, "area ");
	expect_marked(move_the_clock, "jiffies");
	expect_marked(write_protect, "CR0");
}
