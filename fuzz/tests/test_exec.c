// SPDX-License-Identifier: MIT
/*
 * test_exec.c - the executor: what is a finding and of which layer, that one
 * execution leaves nothing to the next, and boot lines that boot nothing.
 *
 * A machine is broken behind its back, by writing to its mem_map.
 */
#include "../codec.h"
#include "../exec_state.h"
#include "../gen.h"
#include "../../ci/test.h"

#include <stdlib.h>

static const struct exec_options fuzzing = { .digest = true };
static const struct exec_options replay = { .paint_whole = true,
					    .validate_full = true,
					    .digest = true };

static struct exec *x;
static struct program program;
static struct exec_stats stats;
static struct finding finding;

static void start(const struct exec_options *options)
{
	x = exec_new(options);
	program_init(&program);
	stats = (struct exec_stats){ 0 };
}

static void stop(void)
{
	exec_delete(x);
	program_free(&program);
}

static enum exec_status run(const struct program *p)
{
	finding = (struct finding){
		.layer = "none", .clause = "none", .doc = "", .field = "none"
	};
	return exec_run(x, p, &stats, &finding);
}

static enum exec_status run_text(const char *text)
{
	struct text_error err;

	if (!text_read(&program, text, strlen(text), &err)) {
		TEST_FAIL("%s: line %u: %s", text, err.line, err.reason);
		program.nr = 0;
	}
	return run(&program);
}

/* --- what is a finding --------------------------------------------------- */

static void expect_finding(const char *layer, const char *clause,
			   const char *field, u32 op, const char *signature)
{
	EXPECT_STR(layer, finding.layer);
	EXPECT_STR(clause, finding.clause);
	EXPECT_STR(field, finding.field);
	EXPECT_EQ(op, finding.op);
	EXPECT_STR(signature, finding.signature);
}

struct mismatch {
	const char *text, *came;
};

TEST(what_a_program_expects_is_checked)
{
	static const struct mismatch rows[] = {
		{ "alloc_page => null", "ok" },
		{ "alloc_page => oom", "ok" },
		{ "alloc_page => BUG double_free", "ok" },
		{ "alloc_page fail_nth=1 => ok", "null" },
		{ "alloc_page => null", "oom" },
		{ "alloc_page gfp=GFP_KERNEL|__GFP_NOFAIL => null", "oom" },
		{ "alloc_page irq => ok", "BUG sleep_in_atomic" },
		{ "alloc_page irq => BUG bad_zone_bits",
		  "BUG sleep_in_atomic" },
	};
	char text[160];

	start(&replay);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(text, sizeof(text), "min_free_kbytes kb=%s\nr1 = %s\n",
			 strcmp(rows[i].came, "oom") ? "128" : "1000000",
			 rows[i].text);
		EXPECT_EQ(EXEC_FINDING, run_text(text));
		expect_finding("expect", "E1", "result", 1,
			       "alloc_page-e1-result");
		EXPECT(strstr(finding.doc, rows[i].came));
	}
	EXPECT_EQ(sizeof(rows) / sizeof(rows[0]), stats.findings);
	stop();
}

TEST(what_is_expected_and_comes_is_none)
{
	start(&replay);
	EXPECT_EQ(EXEC_AGREES, run_text("r1 = alloc_page => ok\n"
					"r2 = alloc_page fail_nth=1 => null\n"
					"r2 = alloc_page irq => BUG "
					"sleep_in_atomic\n"
					"__free_page r1 => ok\n"
					"__free_page r1 => BUG double_free\n"));
	EXPECT_EQ(5, stats.ops);
	EXPECT_EQ(0, stats.findings);
	EXPECT_EQ(0, stats.skipped);
	EXPECT_EQ(1, stats.programs);
	stop();
}

/* --- a machine that is broken -------------------------------------------- */

/* Words of a struct page: see alloc/page.h. */
enum { FLAGS, COUNT, LRU_PREV = 7, PAGE_WORDS };
#define PG_LOCKED 1u
#define PG_RESERVED (1u << 11)
#define PG_PRIVATE (1u << 12)

/* The mem_map of the machine that ran profile 0. */
static u32 (*mem_map(u32 *nr))[PAGE_WORDS]
{
	const struct unit *u = &x->unit[0];
	const struct boot_claim *claim = mm_boot_claims(u->m, nr);
	u32 i = 0;

	while (i + 1 < *nr && claim[i].label != CLAIM_mem_map)
		i++;
	*nr = u->layout.max_mapnr;
	return (void *)(mm_ram(u->m)->low + claim[i].start);
}

static void lock_all_pages(void)
{
	u32 nr, (*page)[PAGE_WORDS] = mem_map(&nr);

	for (u32 i = 0; i < nr; i++)
		page[i][FLAGS] |= PG_LOCKED;
}

/* The first head of a free block. */
static u32 *free_head(void)
{
	u32 nr, (*page)[PAGE_WORDS] = mem_map(&nr);

	for (u32 i = 0; i < nr; i++)
		if (page[i][FLAGS] & PG_PRIVATE)
			return page[i];
	abort();
}

TEST(a_check_that_fails_is_a_finding)
{
	u64 digest;

	start(&replay);
	EXPECT_EQ(EXEC_AGREES, run_text("nr_free_pages\nr1 = alloc_page\n"));
	digest = stats.digest;
	lock_all_pages();
	EXPECT_EQ(EXEC_FINDING, run(&program));
	expect_finding("machine", "page_alloc", "check", 1,
		       "alloc_page-page_alloc-check");
	EXPECT_EQ(1, stats.findings);
	/* and the executor can be used on, on a machine that is not broken */
	stats.digest = 0;
	EXPECT_EQ(EXEC_AGREES, run(&program));
	EXPECT_EQ(digest, stats.digest);
	EXPECT_EQ(3, stats.programs);
	stop();
}

TEST(a_clause_that_does_not_hold_is_a_finding)
{
	start(&fuzzing);
	EXPECT_EQ(EXEC_AGREES, run_text("nr_free_pages\n"));
	free_head()[LRU_PREV] ^= PAGE_SIZE;
	EXPECT_EQ(EXEC_FINDING, run(&program));
	expect_finding("machine", "B1", "validate", 1, "end-b1-validate");
	EXPECT_EQ(EXEC_AGREES, run(&program));
	stop();
}

/* --- a failed op leaves the view as it was ------------------------------- */

/* The trace of an op is written while it is judged: a time to break things. */
static ssize_t break_machine(void *cookie, const char *buf, size_t size)
{
	(void)cookie;
	(void)buf;
	free_head()[COUNT] = 0;
	return (ssize_t)size;
}

static ssize_t drop(void *cookie, const char *buf, size_t size)
{
	(void)cookie;
	(void)buf;
	return (ssize_t)size;
}

static enum exec_status run_traced(cookie_write_function_t *write,
				   const char *text)
{
	struct exec_options options = replay;
	enum exec_status status;

	options.trace = fopencookie(NULL, "w",
				    (cookie_io_functions_t){ .write = write });
	if (!options.trace)
		abort();
	setvbuf(options.trace, NULL, _IONBF, 0);
	start(&options);
	status = run_text(text);
	fclose(options.trace);
	return status;
}

TEST(a_failed_op_leaves_the_view)
{
	static const char text[] =
		"r1 = alloc_pages order=10 gfp=0 fail_nth=2 => null\n";

	EXPECT_EQ(EXEC_AGREES, run_traced(drop, text));
	stop();
	EXPECT_EQ(EXEC_FINDING, run_traced(break_machine, text));
	expect_finding("machine", "V1", "view", 0, "alloc_pages-v1-view");
	stop();
}

/* The first frame that has an owner: some bytes of it are others. */
static ssize_t scribble(void *cookie, const char *buf, size_t size)
{
	u32 nr, (*page)[PAGE_WORDS] = mem_map(&nr);

	for (pfn_t pfn = 0; pfn < nr; pfn++)
		if (page[pfn][COUNT] == 0 &&
		    !(page[pfn][FLAGS] & PG_RESERVED)) {
			memset(ram_frame(mm_ram(x->unit[0].m), pfn) + 1234,
			       0xEE, 16);
			break;
		}
	return drop(cookie, buf, size);
}

TEST(contents_are_the_oracles_to_judge)
{
	static const char text[] = "r1 = alloc_page\n";

	EXPECT_EQ(EXEC_AGREES, run_traced(drop, text));
	stop();
	EXPECT_EQ(EXEC_FINDING, run_traced(scribble, text));
	expect_finding("oracle", "C5", finding.field, 1, finding.signature);
	EXPECT_EQ(0, strncmp("end-c5-", finding.signature, 7));
	EXPECT_STR(rule_doc(RULE_C5), finding.doc);
	stop();
}

/* --- nothing survives ----------------------------------------------------- */

static void generate(struct program *p, u64 seed, u8 profile)
{
	const struct gen_options options = { .groups = GROUP_PAGES, .ops = 60 };
	struct prng r;

	prng_seed(&r, seed);
	if (!gen_program(p, &r, &options))
		abort();
	p->profile = profile;
}

static u64 digest_of(const struct program *p)
{
	stats.digest = 0;
	EXPECT_EQ(EXEC_AGREES, run(p));
	return stats.digest;
}

/* A, B, A: on each profile, and with a finding in between. */
TEST(a_digest_does_not_depend_on_what_ran_before)
{
	struct program a, b;

	start(&fuzzing);
	program_init(&a);
	program_init(&b);
	for (u8 profile = 0; profile < NR_PROFILES; profile++) {
		u64 digest;

		/* too large for a 32-bit host */
		if (profile == WINDOW_PROFILE && UINTPTR_MAX == UINT32_MAX)
			continue;
		generate(&a, profile, profile);
		generate(&b, 100u + profile, profile);
		digest = digest_of(&a);
		EXPECT(digest != 0);
		EXPECT(digest != digest_of(&b));
		EXPECT_EQ(digest, digest_of(&a));
		b.op[b.nr - 1].expect = EXPECT_BLOCKS;
		run(&b);
		EXPECT_EQ(digest, digest_of(&a));
	}
	program_free(&a);
	program_free(&b);
	stop();
}

TEST(a_digest_does_not_depend_on_the_options)
{
	struct exec_options often = replay;
	const struct exec_options *options[] = { &fuzzing, &replay, &often };
	u64 digest[3];

	often.every = 3;
	for (u32 i = 0; i < 3; i++) {
		start(options[i]);
		generate(&program, 7, 9);
		digest[i] = digest_of(&program);
		stop();
	}
	EXPECT_EQ(digest[0], digest[1]);
	EXPECT_EQ(digest[0], digest[2]);
}

TEST(slots_are_empty_when_a_program_begins)
{
	start(&replay);
	EXPECT_EQ(EXEC_AGREES, run_text("r900 = alloc_page\n"
					"__free_page r900 => ok\n"));
	EXPECT_EQ(0, stats.skipped);
	EXPECT_EQ(EXEC_AGREES, run_text("__free_page r900\nread r3\n"
					"r900 = alloc_page\n"));
	EXPECT_EQ(2, stats.skipped);
	EXPECT_EQ(3, stats.ops);
	stop();
}

TEST(until_stops_before_an_op)
{
	struct exec_options options = replay;

	options.until = 2;
	start(&options);
	EXPECT_EQ(EXEC_AGREES, run_text("r1 = alloc_page\n__free_page r1\n"
					"__free_page r1 => ok\n"));
	EXPECT_EQ(2, stats.ops);
	stop();
}

/* --- boot ----------------------------------------------------------------- */

TEST(boot_ops_come_before_mem_init)
{
	static const char text[] =
		"boot ram=8M cpus=2\n"
		"r1 = alloc_bootmem size=100 => ok\n"
		"reserve_bootmem addr=0x700000 size=0x2000 => ok\n"
		"r2 = alloc_page cpu=1 => ok\n"
		"r3 = alloc_bootmem size=100 => BUG bootmem_late\n"
		"free_pfn pfn=0x701 => BUG free_reserved\n";
	u64 digest;

	start(&replay);
	EXPECT_EQ(EXEC_AGREES, run_text(text));
	digest = stats.digest;
	EXPECT_EQ(EXEC_AGREES, run_text("boot ram=8M cpus=2\n"
					"free_pfn pfn=0x701 => "
					"BUG never_allocated\n"));
	EXPECT(digest != stats.digest);
	EXPECT_EQ(EXEC_AGREES, run_text(text));
	EXPECT_EQ(digest, stats.digest);
	EXPECT_EQ(EXEC_AGREES, run_text("r1 = alloc_bootmem size=100 => ok\n"));
	EXPECT_EQ(EXEC_AGREES, run_text("r1 = alloc_bootmem size=0 => "
					"BUG bootmem_range\n"
					"nr_free_pages\n"));
	stop();
}

TEST(a_line_that_boots_nothing_is_no_finding)
{
	static const char *const lines[] = {
		"boot ram=1M\n",
		"boot cpus=1\n",
		"boot ram=16M cpus=9\n",
		"boot ram=16M vmalloc=3M\n",
		"boot e820=0-9f000,100000-300000\n",
		"boot ram=16M\nr1 = alloc_page\n",
	};
	struct exec_options options = replay;

	options.small_boot = true;
	start(&options);
	for (u32 i = 0; i < 5; i++) {
		EXPECT_EQ(EXEC_UNBOOTABLE, run_text(lines[i]));
		EXPECT(exec_why(x) != NULL);
		EXPECT_EQ(EXEC_AGREES, run_text(lines[5]));
		EXPECT(exec_why(x) == NULL);
	}
	EXPECT_EQ(5, stats.programs);
	EXPECT_EQ(EXEC_UNBOOTABLE, run_text("boot ram=65M\n"));
	EXPECT_EQ(EXEC_AGREES, run_text("boot ram=64M\n"));
	/* its end is past 2^64, and not a small number */
	EXPECT_EQ(EXEC_UNBOOTABLE,
		  run_text("boot ram=16M "
			   "memmap=18446744073709547520@0x2000\n"));
	EXPECT_STR("too much memory for a program that is only fuzzed",
		   exec_why(x) ? exec_why(x) : "");
	stop();
}

/* --- telling -------------------------------------------------------------- */

static void expect_told(const char *expected, const char *replay_path)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		abort();
	finding_print(f, &finding, &program, replay_path);
	fclose(f);
	EXPECT_STR(expected, text);
	free(text);
}

TEST(a_finding_is_told_with_its_story)
{
	start(&replay);
	run_text("drain_local_pages\ndrain_local_pages cpu=1\n"
		 "nr_free_pages\nnr_free_pages\nnr_free_pages\n"
		 "r1 = alloc_page\nr2 = alloc_page => null\nnr_free_pages\n");
	expect_told("FINDING alloc_page-e1-result\n"
		    "  expect, E1: the op ends as the program says behind "
		    "=>: it ended with ok\n"
		    "  field result\n"
		    "    op 2: drain_local_pages cpu=1\n"
		    "    op 3: nr_free_pages\n"
		    "    op 4: nr_free_pages\n"
		    "    op 5: nr_free_pages\n"
		    "    op 6: r1 = alloc_page gfp=GFP_KERNEL\n"
		    "  > op 7: r2 = alloc_page gfp=GFP_KERNEL   => null\n"
		    "  replay: mmtwin run some/file.ops\n",
		    "some/file.ops");
	finding.layer = "oracle";
	finding.clause = "W2";
	finding.doc = NULL;
	finding.field = "free[1]";
	finding.expected = 16;
	finding.actual = 17;
	finding.op = program.nr;
	program.nr = 0;
	finding.op = 0;
	expect_told("FINDING alloc_page-e1-result\n"
		    "  oracle, W2: \n"
		    "  field free[1]: expected 16 (0x10), actual 17 (0x11)\n"
		    "  > at the end of the program\n",
		    NULL);
	stop();
}

TEST(what_runs_can_be_asked)
{
	u32 at = 9;

	start(&replay);
	EXPECT_EQ(EXEC_AGREES, run_text("r1 = alloc_page\n"));
	EXPECT_STR("none", exec_current_op(&at));
	EXPECT_EQ(0, at);
	stop();
}

static void is_booting(void *arg, struct exec *paused)
{
	*(bool *)arg = paused->booting;
}

TEST(a_pause_at_the_end_is_before_the_end_of_boot)
{
	bool booting = false;
	const struct exec_options options = { .pause = is_booting,
					      .pause_arg = &booting,
					      .pause_at = 1 };

	start(&options);
	EXPECT_EQ(EXEC_AGREES, run_text("r1 = alloc_bootmem\n"));
	EXPECT(booting);
	stop();
}
