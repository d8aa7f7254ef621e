// SPDX-License-Identifier: MIT
/*
 * test_minimize.c - the minimiser by a table of (text, predicate, expected
 * text): the predicates are small facts about a program, so that what is
 * smallest can be said by hand.
 */
#include "minimize_rows.h"

/* --- predicates ----------------------------------------------------------- */

static u32 calls;

static bool always(void *arg, const struct program *p)
{
	(void)arg;
	(void)p;
	calls++;
	return true;
}

static bool big_atomic(void *arg, const struct program *p)
{
	(void)arg;
	for (u32 i = 0; i < p->nr; i++) {
		const struct op *op = &p->op[i];

		if (op->code == OP_alloc_pages && op->arg[0] >= 3 &&
		    op->arg[1] & __GFP_HIGH)
			return true;
	}
	return false;
}

/* A block is allocated, freed, and freed again. */
static bool double_free(void *arg, const struct program *p)
{
	u32 state[SLOTS_WIRE] = { 0 };

	(void)arg;
	for (u32 i = 0; i < p->nr; i++) {
		const struct op *op = &p->op[i];

		if (op->out != SLOT_NONE)
			state[op->out % SLOTS_WIRE] = 1;
		else if (op->code == OP___free_pages &&
			 state[op->arg[0] % SLOTS_WIRE] &&
			 ++state[op->arg[0] % SLOTS_WIRE] == 3)
			return true;
	}
	return false;
}

/*
 * As a bug that needs an allocation at the end, and as many frees as
 * allocations before it: no single op can go.
 */
static bool balanced(void *arg, const struct program *p)
{
	(void)arg;
	return p->nr && p->op[p->nr - 1].code == OP_nr_free_pages &&
	       count(p, OP_alloc_page) == count(p, OP___free_page) &&
	       count(p, OP_alloc_page) >= 1;
}

/* Pairs that stand apart: ops i and i + 2 only go together. */
static bool apart(void *arg, const struct program *p)
{
	(void)arg;
	return count(p, OP_get_page) == count(p, OP_put_page) &&
	       find(p, OP_drain_local_pages);
}

static bool from_1000(void *arg, const struct program *p)
{
	const struct op *op = find(p, OP_min_free_kbytes);

	(void)arg;
	return op && op->arg[0] >= 3000;
}

static bool on_cpu_2_irq(void *arg, const struct program *p)
{
	const struct op *op = find(p, OP_alloc_page);

	(void)arg;
	return op && op->cpu >= 2 && op->flags & TASK_IRQ;
}

static bool second_fails(void *arg, const struct program *p)
{
	const struct op *op = find(p, OP_alloc_page);

	(void)arg;
	return op && op->fail_nth >= 2 && op->expect == EXPECT_NULL;
}

static bool smp(void *arg, const struct program *p)
{
	(void)arg;
	return p->profile == 5 || p->profile == 7 ||
	       (p->profile == PROFILE_FREE && p->boot.nr >= 2);
}

static bool two_words(void *arg, const struct program *p)
{
	bool mem = false, ram = false;

	(void)arg;
	for (u32 i = 0; p->profile == PROFILE_FREE && i < p->boot.nr; i++) {
		mem |= p->boot.word[i].kind == BOOT_MEM;
		ram |= p->boot.word[i].kind == BOOT_RAM;
	}
	return mem && ram;
}

static bool any_write(void *arg, const struct program *p)
{
	(void)arg;
	return find(p, OP_write);
}

/* Of the lowest bits of a size, only that it is odd. */
static bool odd(void *arg, const struct program *p)
{
	const struct op *op = find(p, OP_write);

	(void)arg;
	return op && op->arg[2] & 1 && op->arg[2] > 100;
}

/* As what uses up memory: one op can do it on profile 3 only. */
static bool uses_up(void *arg, const struct program *p)
{
	u32 order = 0;

	(void)arg;
	if (!p->nr || p->op[p->nr - 1].code != OP_alloc_pages)
		return false;
	for (u32 i = 0; i < p->nr; i++)
		if (p->op[i].code == OP_alloc_pages)
			order += p->op[i].arg[0];
	return order >= 7 && (p->nr > 1 || p->profile == 3);
}

static u32 pages(const struct program *p)
{
	u32 n = 0;

	for (u32 i = 0; i < p->nr; i++) {
		const struct op *op = &p->op[i];

		if (op->code == OP_alloc_pages && op->arg[0] < MAX_ORDER)
			n += 1u << op->arg[0];
		n += op->code == OP_alloc_page;
	}
	return n;
}

static bool uses_64_pages(void *arg, const struct program *p)
{
	(void)arg;
	return pages(p) >= 64;
}

/* As a fault at a watermark: one figure exactly, and an allocation last. */
static bool at_the_mark(void *arg, const struct program *p)
{
	const struct op *op = find(p, OP_min_free_kbytes);

	(void)arg;
	return p->nr && p->op[p->nr - 1].code == OP_alloc_page &&
	       pages(p) + (op ? op->arg[0] / 4 : 0) == 366;
}

/* Two allocations do on profile 9, and on profile 3 it takes five. */
static bool sooner_on_9(void *arg, const struct program *p)
{
	(void)arg;
	return count(p, OP_drain_local_pages) >= (p->profile == 9   ? 2
						  : p->profile == 3 ? 5
								    : 1000);
}

/* --- the table ------------------------------------------------------------ */

static const struct row rows[] = {
	{ "nothing is needed",
	  "r1 = alloc_pages order=3 gfp=GFP_KERNEL\n__free_pages r1\n", always,
	  "" },
	{ "the tail and what is unrelated",
	  "r1 = alloc_page gfp=GFP_KERNEL\n"
	  "r2 = alloc_page gfp=GFP_KERNEL\n"
	  "write r2 off=0x10 len=0x20\n"
	  "r9 = alloc_pages order=7 gfp=GFP_KERNEL|__GFP_HIGH|__GFP_COLD\n"
	  "__free_page r2\n__free_page r1\nnr_free_pages\n",
	  big_atomic, "r1 = alloc_pages order=3 gfp=__GFP_HIGH\n" },
	{ "three ops of one slot among others",
	  "r4 = alloc_pages order=2 gfp=GFP_ATOMIC\n"
	  "r5 = alloc_pages order=0\n__free_pages r5\n"
	  "__free_pages r4 order=2\nr6 = alloc_page\n"
	  "__free_pages r4 order=3\n__free_page r6\n",
	  double_free,
	  "r1 = alloc_pages order=0\n__free_pages r1\n__free_pages r1\n" },
	{ "create, drop, create: a slot that is used again",
	  "r1 = alloc_pages\n__free_pages r1\nr1 = alloc_pages\n"
	  "__free_pages r1\nr1 = alloc_pages\n__free_pages r1\n"
	  "__free_pages r1\n",
	  double_free, "r1 = alloc_pages\n__free_pages r1\n__free_pages r1\n" },
	{ "pairs of one slot each",
	  "r1 = alloc_page\n__free_page r1\nr2 = alloc_page\n"
	  "r3 = alloc_page\n__free_page r3\n__free_page r2\nnr_free_pages\n",
	  balanced, "r1 = alloc_page\n__free_page r1\nnr_free_pages\n" },
	{ "pairs of two slots",
	  "get_page r1\nget_page r2\nput_page r3\ndrain_local_pages\n"
	  "put_page r4\n",
	  apart, "drain_local_pages\n" },
	{ "a number falls to its bound", "min_free_kbytes kb=65000\n",
	  from_1000, "min_free_kbytes kb=3000\n" },
	{ "a number takes its default where that will do",
	  "write r1 off=0x123 len=0x777\n", any_write,
	  "write r1 off=0x0 len=0x40\n" },
	{ "a number with holes in its range", "write r1 off=0x3 len=0x777\n",
	  odd, NULL },
	{ "attributes: only what matters",
	  "r1 = alloc_page gfp=GFP_ATOMIC cpu=6 irq rt memalloc fail_nth=3\n",
	  on_cpu_2_irq, "r1 = alloc_page cpu=2 irq\n" },
	{ "fail_nth and the expectation",
	  "r1 = alloc_page cpu=1 fail_nth=9 => null\n", second_fails,
	  "r1 = alloc_page fail_nth=2 => null\n" },
	{ "expectations go where they do not matter",
	  "write r1 off=0x0 len=0x40 => ok\n", any_write, "write r1\n" },
	{ "one large block for many small ones",
	  "r1 = alloc_pages order=3\nr2 = alloc_page\n"
	  "r3 = alloc_pages order=4\nr4 = alloc_pages order=2\n"
	  "r5 = alloc_pages order=3\nr6 = alloc_pages order=4\n"
	  "r7 = alloc_pages order=4\n",
	  uses_64_pages, "r1 = alloc_pages order=6\n" },
	{ "a watermark that comes up for memory that is used up",
	  "r1 = alloc_pages order=8\nr2 = alloc_pages order=6\n"
	  "r3 = alloc_pages order=5\nr4 = alloc_pages order=3\n"
	  "r5 = alloc_pages order=2\nr6 = alloc_page\nr7 = alloc_page\n",
	  at_the_mark, "min_free_kbytes kb=1460\nr1 = alloc_page\n" },
	{ "the last op alone, on another machine",
	  "r1 = alloc_pages order=4\nr2 = alloc_pages order=4\n", uses_up,
	  "boot profile=3\nr1 = alloc_pages order=7\n" },
	{ "a higher profile where that makes it shorter",
	  "boot profile=3\ndrain_local_pages\ndrain_local_pages\n"
	  "drain_local_pages\ndrain_local_pages\ndrain_local_pages\ntick\n",
	  sooner_on_9,
	  "boot profile=9\ndrain_local_pages\ndrain_local_pages\n" },
	{ "the lowest profile that will do", "boot profile=7\n", smp,
	  "boot profile=5\n" },
	{ "a boot line of one's own for a profile",
	  "boot ram=64M cpus=2 vmalloc=900M\n", smp, "boot profile=5\n" },
	{ "words of a boot line", "boot ram=64M cpus=2 vmalloc=900M mem=32M\n",
	  two_words, "boot ram=64M mem=32M\n" },
};

TEST(the_table)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		try_row(&rows[i]);
}

TEST(the_predicate_is_called_as_often_as_said)
{
	struct program p;
	u32 tries;

	if (!read_text(&p, rows[0].text))
		return;
	calls = 0;
	tries = minimize(&p, always, NULL, 0);
	EXPECT_EQ(tries, calls);
	EXPECT_EQ(0, p.nr);
	program_free(&p);
}

static bool grows(void *arg, const struct program *p)
{
	u32 *limit = arg;

	(*limit)++;
	return big_atomic(NULL, p);
}

TEST(it_stops_after_tries_max)
{
	struct program p;
	u32 seen = 0;

	if (!read_text(&p, rows[1].text))
		return;
	EXPECT_EQ(3, minimize(&p, grows, &seen, 3));
	EXPECT_EQ(3, seen);
	EXPECT(big_atomic(NULL, &p));
	program_free(&p);
}

static bool never(void *arg, const struct program *p)
{
	(void)arg;
	(void)p;
	calls++;
	return false;
}

TEST(a_check_stops_after_tries_max)
{
	struct program p;
	const char *why;

	if (!read_text(&p, "r1 = alloc_page cpu=1\nr2 = alloc_page cpu=1\n"))
		return;
	calls = 0;
	EXPECT(minimize_check(&p, never, NULL, 3, &why));
	EXPECT_EQ(3, calls);
	EXPECT(minimize_check(&p, never, NULL, 0, &why));
	EXPECT(calls > 6);
	calls = 0;
	EXPECT(!minimize_check(&p, always, NULL, 1, &why) && why);
	program_free(&p);
}

static bool two_ops(void *arg, const struct program *p)
{
	(void)arg;
	return p->nr == 2;
}

/* Where few are left, other machines for the last op do not use them up. */
TEST(few_tries_are_for_every_pass)
{
	struct program p;

	if (!read_text(&p, "r1 = alloc_page cpu=1\nr2 = alloc_page cpu=1\n"))
		return;
	EXPECT(minimize(&p, two_ops, NULL, 100) < 100);
	EXPECT_EQ(0, p.op[0].cpu);
	program_free(&p);
}

/* A predicate that never sees a program twice. */
struct memory {
	struct program seen[4096];
	u32 nr;
	bool twice;
};

static bool remembers(void *arg, const struct program *p)
{
	struct memory *m = arg;

	for (u32 i = 0; i < m->nr; i++)
		m->twice |= program_equal(&m->seen[i], p);
	program_init(&m->seen[m->nr]);
	program_copy(&m->seen[m->nr++], p);
	return double_free(NULL, p);
}

TEST(no_program_is_tried_twice)
{
	static struct memory m;
	struct program p;

	if (!read_text(&p, rows[2].text))
		return;
	minimize(&p, remembers, &m, 4000);
	EXPECT(m.nr > 10);
	EXPECT(!m.twice);
	for (u32 i = 0; i < m.nr; i++)
		program_free(&m.seen[i]);
	program_free(&p);
}

/* 2000 ops of which two matter: halving, not one try an op. */
TEST(long_programs_take_few_tries)
{
	struct program p;
	struct op op = op_default(OP_alloc_page);
	u32 tries;

	program_init(&p);
	for (u32 i = 0; i < 2000; i++) {
		op.out = i % 100;
		op.arg[0] = GFP_KERNEL;
		program_append(&p, &op);
	}
	op = op_default(OP_alloc_pages);
	op.out = 3;
	op.arg[0] = 5;
	op.arg[1] = GFP_ATOMIC;
	program_insert(&p, 700, &op);
	tries = minimize(&p, big_atomic, NULL, 0);
	EXPECT_EQ(1, p.nr);
	EXPECT(tries < 200);
	program_free(&p);
}
