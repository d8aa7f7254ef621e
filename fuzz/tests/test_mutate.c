// SPDX-License-Identifier: MIT
/* test_mutate.c - mutations and children: varied, legal, small steps. */
#include "../codec.h"
#include "../gen.h"

#include "../../ci/test.h"

#include <string.h>

static const struct gen_options pages = { GROUP_PAGES, 64, false };
static const struct gen_options boot = { GROUP_BOOT | GROUP_PAGES, 40, true };

static const struct gen_options objects = {
	GROUP_SLAB | GROUP_KMALLOC | GROUP_MEMPOOL | GROUP_PAGES, 64, false
};

static void legal(const struct program *p, const struct gen_options *o)
{
	static u8 bytes[WIRE_HEADER + 200 * WIRE_RECORD];
	const char *why = "";

	EXPECT(p->nr <= o->ops);
	EXPECT(p->profile < NR_PROFILES || o->free_boot);
	for (u32 i = 0; i < p->nr; i++) {
		EXPECT(op_info[p->op[i].code].group & o->groups);
		EXPECT_EQ(EXPECT_NOTHING, p->op[i].expect);
		EXPECT_EQ(0, p->op[i].line);
	}
	if (wire_encode(p, bytes, sizeof(bytes), &why, NULL) == 0)
		TEST_FAIL("%s", why);
}

TEST(long_chains_of_mutations_stay_legal)
{
	static const struct gen_options *const options[] = { &pages, &boot,
							     &objects };
	struct program p;
	struct prng r;

	program_init(&p);
	for (u32 i = 0; i < 3; i++) {
		prng_seed(&r, i);
		p.nr = 0;
		p.profile = 0;
		for (u32 step = 0; step < 4000; step++) {
			EXPECT(mutate_program(&p, &r, options[i]));
			legal(&p, options[i]);
		}
		EXPECT(p.nr > 5);
	}
	program_free(&p);
}

TEST(a_seed_gives_one_mutation)
{
	struct program p, q;
	struct prng r, s;
	u32 same = 0;

	program_init(&p);
	program_init(&q);
	for (u32 seed = 0; seed < 300; seed++) {
		prng_seed(&r, seed);
		EXPECT(gen_program(&p, &r, &pages));
		EXPECT(program_copy(&q, &p));
		s = r;
		EXPECT(mutate_program(&p, &r, &pages));
		same += program_equal(&p, &q);
		EXPECT(mutate_program(&q, &s, &pages));
		EXPECT(program_equal(&p, &q));
	}
	EXPECT(same < 60); /* an edit may happen to change nothing */
	program_free(&p);
	program_free(&q);
}

TEST(the_profile_changes_once_in_64_times)
{
	struct program p;
	struct prng r;
	u32 changes = 0;

	program_init(&p);
	prng_seed(&r, 7);
	for (u32 i = 0; i < 6400; i++) {
		u8 was = p.profile;

		EXPECT(mutate_program(&p, &r, &pages));
		changes += p.profile != was;
	}
	EXPECT(changes > 40);
	EXPECT(changes <= 6400 / 64 + 25); /* two sigmas and a half */
	program_free(&p);
}

TEST(a_free_boot_line_is_not_for_all)
{
	struct program p;
	struct prng r;
	u32 tries = 0;

	program_init(&p);
	prng_seed(&r, 1);
	do
		EXPECT(gen_program(&p, &r, &boot));
	while (p.profile != PROFILE_FREE && ++tries < 100);
	EXPECT_EQ(PROFILE_FREE, p.profile);
	EXPECT(mutate_program(&p, &r, &pages));
	EXPECT(p.profile < NR_PROFILES);
	legal(&p, &pages);
	program_free(&p);
}

/* Of 1 GiB of low memory: such a line boots no machine, and is mutated. */
TEST(a_boot_line_may_leave_no_window_for_areas)
{
	static const char text[] = "boot ram=2G vmalloc=4K\n"
				   "r1 = ioremap phys=0xf0000000 size=8192\n";
	static const struct gen_options areas = {
		GROUP_BOOT | GROUP_PAGES | GROUP_MAPPING, 64, true
	};
	struct text_error err;
	struct program p;
	struct prng r;

	program_init(&p);
	for (u32 seed = 0; seed < 400; seed++) {
		prng_seed(&r, seed);
		if (!text_read(&p, text, strlen(text), &err))
			TEST_FAIL("%u: %s", err.line, err.reason);
		for (u32 step = 0; step < 8; step++)
			EXPECT(mutate_program(&p, &r, &areas));
		legal(&p, &areas);
	}
	program_free(&p);
}

TEST(boot_lines_are_mutated_too)
{
	struct program p, q;
	struct prng r;
	u32 changes = 0;

	program_init(&p);
	program_init(&q);
	prng_seed(&r, 2);
	EXPECT(gen_program(&p, &r, &boot));
	for (u32 i = 0; i < 400; i++) {
		EXPECT(program_copy(&q, &p));
		EXPECT(mutate_program(&p, &r, &boot));
		q.nr = p.nr = 0;
		changes += !program_equal(&p, &q);
	}
	EXPECT(changes > 40);
	EXPECT(changes < 200);
	program_free(&p);
	program_free(&q);
}

/* Parents whose ops can be told apart: out slots 0..9 and 50..59. */
static void parent(struct program *p, u32 first)
{
	program_init(p);
	for (u32 i = 0; i < 10; i++) {
		struct op op = op_default(OP_alloc_page);

		op.out = first + i;
		op.expect = EXPECT_OK;
		EXPECT(program_append(p, &op) != NULL);
	}
}

TEST(children_have_both_parents_ops_and_slots)
{
	const struct gen_options few = { GROUP_PAGES, 12, false };
	struct program a, b, child;
	struct prng r;
	u32 mixed = 0, cut = 0;

	parent(&a, 0);
	parent(&b, 50);
	a.profile = 3;
	program_init(&child);
	for (u32 seed = 0; seed < 500; seed++) {
		u32 of_a = 0, of_b = 0;

		prng_seed(&r, seed);
		EXPECT(cross_programs(&child, &a, &b, &r, &few));
		EXPECT_EQ(3, child.profile);
		legal(&child, &few);
		for (u32 i = 0; i < child.nr; i++) {
			u32 out = child.op[i].out;

			EXPECT(out < 10 || (out >= 50 && out < 60));
			of_a += out < 10;
			of_b += out >= 50;
			if (i && out != 0)
				EXPECT(child.op[i - 1].out < out ||
				       child.op[i - 1].out >= 50);
		}
		mixed += of_a && of_b;
		cut += child.nr == 12;
	}
	EXPECT(mixed > 300);
	EXPECT(cut > 10);
	program_free(&a);
	program_free(&b);
	program_free(&child);
}

TEST(ops_of_other_groups_go)
{
	struct program p;
	struct prng r;
	u32 boots = 0;

	program_init(&p);
	prng_seed(&r, 5);
	for (u32 i = 0; i < 50; i++) {
		EXPECT(gen_program(&p, &r, &boot));
		boots += op_info[p.op[0].code].group == GROUP_BOOT;
		EXPECT(mutate_program(&p, &r, &pages));
		legal(&p, &pages);
	}
	EXPECT(boots > 10);
	program_free(&p);
}

/* Two caches with eight objects each, then the frees of all. */
static void two_caches(struct program *p)
{
	struct op op = op_default(OP_kmem_cache_create);

	p->nr = 0;
	p->profile = 0;
	for (u32 i = 0; i < 2; i++) {
		op.arg[0] = i;
		op.out = i;
		EXPECT(program_append(p, &op) != NULL);
	}
	for (u32 i = 0; i < 16; i++) {
		op = op_default(OP_kmem_cache_alloc);
		op.arg[0] = i % 2;
		op.out = 10 + i;
		EXPECT(program_append(p, &op) != NULL);
	}
	for (u32 i = 0; i < 16; i++) {
		op = op_default(OP_kmem_cache_free);
		op.arg[0] = i % 2;
		op.arg[1] = 10 + i;
		EXPECT(program_append(p, &op) != NULL);
	}
}

/* Frees of a slot that holds another cache's object, of all frees. */
static void count_strangers(const struct program *p, u32 *frees, u32 *strange)
{
	u32 cache[SLOTS_WIRE] = { 0 };

	for (u32 i = 0; i < p->nr; i++) {
		const struct op *op = &p->op[i];

		if (op->code == OP_kmem_cache_alloc)
			cache[op->out] = op->arg[0] + 1;
		if (op->code != OP_kmem_cache_free)
			continue;
		*frees += 1;
		*strange += cache[op->arg[1]] != op->arg[0] + 1;
	}
}

TEST(a_free_goes_on_naming_its_cache)
{
	u32 frees = 0, strange = 0;
	struct program p;
	struct prng r;

	program_init(&p);
	prng_seed(&r, 3);
	for (u32 i = 0; i < 1500; i++) {
		two_caches(&p);
		EXPECT(mutate_program(&p, &r, &objects));
		count_strangers(&p, &frees, &strange);
	}
	EXPECT(frees > 15000);
	if (strange * 8 >= frees || strange * 500 < frees)
		TEST_FAIL("%u of %u frees name another cache", strange, frees);
	program_free(&p);
}

/* Ops of one code in a row, at most. */
static u32 longest(const struct program *p, enum op_code code)
{
	u32 run = 0, most = 0;

	for (u32 i = 0; i < p->nr; i++) {
		run = p->op[i].code == code ? run + 1 : 0;
		most = run > most ? run : most;
	}
	return most;
}

TEST(one_edit_makes_a_run)
{
	u32 allocs = 0, frees = 0;
	struct program p;
	struct prng r;

	program_init(&p);
	prng_seed(&r, 4);
	for (u32 i = 0; i < 2000; i++) {
		two_caches(&p);
		p.nr = 22; /* four frees */
		EXPECT(mutate_program(&p, &r, &objects));
		legal(&p, &objects);
		allocs += longest(&p, OP_kmem_cache_alloc) > 24;
		frees += longest(&p, OP_kmem_cache_free) > 8;
	}
	EXPECT(allocs > 60);
	EXPECT(frees > 10);
	program_free(&p);
}
