// SPDX-License-Identifier: MIT
/* test_gen.c - what the generator promises, counted over many programs. */
#include "../exec.h"
#include "../gen.h"

#include "generated.h"
#include "skipped.h"
#include "../../ci/test.h"

static const struct gen_options pages64 = { GROUP_PAGES, 64, false };
static const struct gen_options pages1000 = { GROUP_PAGES, 1000, false };
static const struct gen_options boot40 = {
	GROUP_BOOT | GROUP_PAGES | GROUP_MAPPING, 40, true
};
static const struct gen_options all64 = { GROUP_PAGES | GROUP_SLAB |
						  GROUP_KMALLOC |
						  GROUP_MEMPOOL | GROUP_ACCESS,
					  64, false };
static const struct gen_options map64 = { GROUP_MAPPING | GROUP_PAGES, 64,
					  false };
static const struct gen_options boot_only = { GROUP_BOOT, 20, true };

TEST(a_seed_gives_one_program)
{
	struct program p, q;
	u32 differ = 0;

	program_init(&p);
	program_init(&q);
	for (u32 seed = 0; seed < 200; seed++) {
		generate(&p, seed, &boot40);
		generate(&q, seed, &boot40);
		EXPECT(program_equal(&p, &q));
		generate(&q, seed + 1, &boot40);
		differ += !program_equal(&p, &q);
	}
	EXPECT(differ >= 199);
	program_free(&p);
	program_free(&q);
}

/* What was in the program before has no part in it. */
TEST(a_program_is_made_afresh)
{
	struct program p, q;

	program_init(&p);
	program_init(&q);
	generate(&p, 1, &boot40);
	generate(&p, 2, &pages64);
	generate(&q, 2, &pages64);
	EXPECT(program_equal(&p, &q));
	program_free(&p);
	program_free(&q);
}

static void check_op(const struct op *op, const struct gen_options *o)
{
	const struct op_info *info = &op_info[op->code];

	EXPECT(info->name != NULL);
	EXPECT(info->group & o->groups);
	EXPECT((info->result != RES_NONE) == (op->out != SLOT_NONE));
	EXPECT(op->out == SLOT_NONE || op->out < SLOTS_WIRE);
	EXPECT(op->cpu < NR_CPUS);
	EXPECT_EQ(0, op->flags & ~TASK_FLAGS);
	EXPECT(op->fail_nth < 16);
	EXPECT_EQ(EXPECT_NOTHING, op->expect);
	for (u32 i = 0; info->arg[i].kind != ARG_END; i++) {
		enum arg_kind kind = info->arg[i].kind;

		EXPECT_EQ(0, (u64)op->arg[i] >> (8 * arg_info[kind].bytes));
		if (arg_slot_kind(kind) != RES_NONE)
			EXPECT(op->arg[i] < SLOTS_WIRE);
	}
}

TEST(options_are_kept)
{
	static const struct gen_options *const options[] = {
		&pages64, &pages1000, &boot40, &boot_only, &all64,
	};
	struct program p;
	u32 full = 0;

	program_init(&p);
	for (u32 i = 0; i < 1000; i++) {
		const struct gen_options *o = options[i % 5];

		generate(&p, i, o);
		EXPECT(p.nr >= 1 && p.nr <= o->ops);
		EXPECT(p.profile < NR_PROFILES ||
		       (p.profile == PROFILE_FREE && o->free_boot));
		full += p.nr == o->ops;
		for (u32 k = 0; k < p.nr; k++)
			check_op(&p.op[k], o);
	}
	EXPECT(full > 500); /* most are as long as they may be */
	EXPECT(full < 940);
	program_free(&p);
}

TEST(no_ops_is_a_program_too)
{
	const struct gen_options none = { GROUP_PAGES, 0, false };
	const struct gen_options nothing = { 0, 10, false };
	struct program p;

	program_init(&p);
	generate(&p, 1, &none);
	EXPECT_EQ(0, p.nr);
	generate(&p, 1, &nothing);
	EXPECT_EQ(0, p.nr);
	program_free(&p);
}

/* Share, in percent, of slot arguments for which the slot is as `want`. */
struct slot_use {
	u64 uses, empty, freed;
};

static void count_slots(const struct program *p, struct slot_use *use)
{
	enum { EMPTY, LIVE, FREED };
	u8 slot[SLOTS_WIRE] = { EMPTY };

	for (u32 i = 0; i < p->nr; i++) {
		const struct op *op = &p->op[i];
		const struct op_info *info = &op_info[op->code];

		for (u32 k = 0; info->arg[k].kind != ARG_END; k++) {
			enum arg_kind kind = info->arg[k].kind;

			if (arg_slot_kind(kind) == RES_NONE)
				continue;
			use->uses++;
			use->empty += slot[op->arg[k]] == EMPTY;
			use->freed += slot[op->arg[k]] == FREED;
			if (kind == ARG_PAGES_FREED)
				slot[op->arg[k]] = FREED;
		}
		if (info->result == RES_PAGES && op->fail_nth != 1)
			slot[op->out] = LIVE;
	}
}

TEST(slots_mostly_hold_something)
{
	struct slot_use use = { 0 };
	struct program p;

	program_init(&p);
	for (u32 seed = 0; seed < 3000; seed++) {
		generate(&p, seed, &pages64);
		count_slots(&p, &use);
	}
	EXPECT(use.uses > 30000);
	EXPECT(use.empty * 100 < use.uses * 3);
	EXPECT(use.freed * 100 < use.uses * 10);
	EXPECT(use.freed * 500 > use.uses); /* misuse does occur */
	program_free(&p);
}

TEST(a_swarm_uses_subsets_and_all_of_the_table)
{
	static const struct gen_options *const options[] = { &pages64, &boot40,
							     &all64,   &all64,
							     &all64,   &map64 };
	u32 seen[NR_OPS] = { 0 }, distinct = 0;
	struct program p;

	program_init(&p);
	for (u32 seed = 0; seed < 3000; seed++) {
		u8 here[NR_OPS] = { 0 };

		generate(&p, seed, options[seed % 6]);
		for (u32 i = 0; i < p.nr; i++) {
			distinct += !here[p.op[i].code];
			here[p.op[i].code] = 1;
		}
		for (u32 code = 0; code < NR_OPS; code++)
			seen[code] += here[code];
	}
	for (u32 i = 0; i < NR_OP_CODES; i++) {
		u32 in = seen[op_codes[i]];

		if (in < 10 || in > 2970)
			TEST_FAIL("%s is in %u of 3000 programs",
				  op_info[op_codes[i]].name, in);
	}
	EXPECT(distinct < 3000 * NR_OP_CODES / 2);
	program_free(&p);
}

TEST(orders_and_contexts_reach_the_edges)
{
	u32 order[13] = { 0 }, flagged = 0, cpus = 0, failing = 0, zero = 0;
	u64 ops = 0;
	struct program p;

	program_init(&p);
	for (u32 seed = 0; seed < 2000; seed++) {
		generate(&p, seed, &pages64);
		for (u32 i = 0; i < p.nr; i++) {
			const struct op *op = &p.op[i];
			u32 n = op->arg[0] < 12 ? op->arg[0] : 12;

			ops++;
			flagged += op->flags != 0;
			cpus += op->cpu != 0;
			failing += op->fail_nth != 0;
			if (op->code != OP_alloc_pages)
				continue;
			order[n]++;
			zero += n > 4 && op->arg[1] & __GFP_ZERO;
		}
	}
	for (u32 i = 0; i < 13; i++)
		EXPECT(order[i] > 0);
	EXPECT(order[10] * 20 > order[0]);
	EXPECT((order[11] + order[12]) * 20 < order[0]);
	EXPECT(flagged * 100 > ops && flagged * 8 < ops);
	EXPECT(cpus * 50 > ops && cpus * 4 < ops);
	EXPECT(failing * 1000 > ops && failing * 50 < ops);
	EXPECT(zero * 300 < ops); /* clearing 4 MiB is slow */
	program_free(&p);
}

TEST(half_the_programs_of_boot_lines_have_mappings)
{
	struct program p;
	u32 nr = 0;

	program_init(&p);
	for (u64 seed = 0; seed < 100; seed++) {
		bool maps = false;

		generate(&p, seed, &boot40);
		for (u32 i = 0; i < p.nr; i++)
			maps |= (op_info[p.op[i].code].group & GROUP_MAPPING) &&
				!(op_info[p.op[i].code].group & GROUP_PAGES);
		nr += maps;
	}
	EXPECT(nr > 20 && nr < 60);
	program_free(&p);
}

TEST(boot_ops_come_first)
{
	u32 late = 0, early = 0;
	struct program p;

	program_init(&p);
	for (u32 seed = 0; seed < 500; seed++) {
		bool booted = false;

		generate(&p, seed, &boot40);
		for (u32 i = 0; i < p.nr; i++) {
			bool boot = op_info[p.op[i].code].group == GROUP_BOOT;

			booted |= !boot;
			late += boot && booted;
			early += boot && !booted;
		}
	}
	EXPECT(early > 1000);
	EXPECT(late > 0);
	EXPECT(late * 10 < early);
	program_free(&p);
}

/* Boot lines of the generator: what text and wire have a form for. */
TEST(boot_lines_are_varied)
{
	u32 kinds[NR_BOOT_WORDS] = { 0 }, free_lines = 0;
	struct program p;

	program_init(&p);
	for (u32 seed = 0; seed < 1000; seed++) {
		generate(&p, seed, &boot40);
		if (p.profile != PROFILE_FREE)
			continue;
		free_lines++;
		EXPECT(p.boot.nr >= 1 && p.boot.nr <= BOOT_WORDS_MAX);
		for (u32 i = 0; i < p.boot.nr; i++)
			kinds[p.boot.word[i].kind]++;
	}
	EXPECT(free_lines > 800);
	for (u32 i = 0; i < NR_BOOT_WORDS; i++)
		EXPECT(kinds[i] > 5);
	program_free(&p);
}

TEST(few_ops_are_skipped)
{
	EXPECT(skipped(&pages64, 300, 0) < 100);
	EXPECT(skipped(&pages1000, 300, 0) < 100);
	EXPECT(skipped(&boot40, 300, 0) < 100);
	EXPECT(skipped(&pages64, 300, 20) < 300);
}
