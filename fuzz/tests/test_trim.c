// SPDX-License-Identifier: MIT
/* test_trim.c - the minimiser inside out: it ends, and keeps what it must. */
#include "../minimize.h"
#include "../trim.h"

#include "../../ci/test.h"

/* n ops, each fifth of which frees what the one before it has allocated. */
static void build(struct program *p, u32 n)
{
	program_init(p);
	for (u32 i = 0; i < n; i++) {
		struct op op =
			op_default(i % 5 == 4 ? OP___free_page : OP_alloc_page);

		if (op.code == OP_alloc_page)
			op.out = i;
		else
			op.arg[0] = i - 1;
		EXPECT(program_append(p, &op) != NULL);
	}
}

/* The puppet: it wants this slot to be filled, and one free of any. */
static bool wanted(void *arg, const struct program *p)
{
	const u32 *slot = arg;
	bool filled = false, freed = false;

	for (u32 i = 0; i < p->nr; i++) {
		filled |= p->op[i].out == *slot;
		freed |= p->op[i].code == OP___free_page;
	}
	return filled && freed;
}

static u32 drive(struct trim *t, u32 slot, struct program *best)
{
	const struct program *q;
	u32 tries = 0;

	while ((q = trim_next(t))) {
		bool holds = wanted(&slot, q);

		EXPECT(q->nr < best->nr);
		if (holds)
			EXPECT(program_copy(best, q));
		trim_answer(t, holds);
		tries++;
	}
	return tries;
}

TEST(it_leaves_what_the_puppet_wants)
{
	struct trim *t = trim_new();
	struct program p, best;
	u32 slot = 12, tries;

	build(&p, 40);
	build(&best, 40);
	EXPECT(trim_next(t) == NULL);
	EXPECT(trim_begin(t, &p, 1000));
	tries = drive(t, slot, &best);
	EXPECT(tries < 300);
	EXPECT(wanted(&slot, &best));
	EXPECT_EQ(2, best.nr);
	trim_free(t);
	program_free(&p);
	program_free(&best);
}

TEST(it_is_what_the_minimiser_does)
{
	struct trim *t = trim_new();
	struct program p, best;
	u32 slot = 7, tries;

	build(&p, 33);
	build(&best, 33);
	EXPECT(trim_begin(t, &p, 1000));
	tries = drive(t, slot, &best);
	/* it tries no op at all, of which nobody is asked */
	EXPECT_EQ(minimize_trim(&p, wanted, &slot, 1000), tries + 1);
	EXPECT(program_equal(&p, &best));
	trim_free(t);
	program_free(&p);
	program_free(&best);
}

TEST(tries_are_counted)
{
	struct trim *t = trim_new();
	struct program p, best;

	build(&p, 64);
	build(&best, 64);
	EXPECT(trim_begin(t, &p, 9));
	EXPECT_EQ(9 - 1, drive(t, 12, &best));
	trim_free(t);
	program_free(&p);
	program_free(&best);
}

TEST(what_is_abandoned_leaves_nothing)
{
	struct trim *t = trim_new();
	struct program p, best;
	u32 slot = 3;

	build(&p, 20);
	build(&best, 20);
	EXPECT(trim_begin(t, &p, 1000));
	trim_answer(t, true);
	EXPECT(trim_begin(t, &p, 1000));
	drive(t, slot, &best);
	EXPECT_EQ(2, best.nr);
	EXPECT(trim_begin(t, &p, 1000));
	trim_free(t); /* in the middle */
	program_free(&p);
	program_free(&best);
}

TEST(an_empty_program_is_the_end)
{
	struct trim *t = trim_new();
	struct program p;

	program_init(&p);
	EXPECT(trim_begin(t, &p, 1000));
	EXPECT(trim_next(t) == NULL);
	trim_free(t);
}
