// SPDX-License-Identifier: MIT
/*
 * test_gen_objects.c - what the generator promises of caches, objects and
 * pools: edges that appear, runs that are long enough, frees that name the
 * right cache.  Counted over many programs with a map of the test's own.
 */
#include "../exec.h"
#include "../gen.h"

#include "skipped.h"
#include "../../ci/test.h"

#define SLAB (GROUP_SLAB | GROUP_KMALLOC | GROUP_PAGES)

static const struct gen_options slab = { SLAB, 64, false };
static const struct gen_options kmalloc = { GROUP_KMALLOC | GROUP_PAGES, 64,
					    false };
static const struct gen_options mempool = { SLAB | GROUP_MEMPOOL, 64, false };
static const struct gen_options *const targets[] = { &slab, &kmalloc,
						     &mempool };

static void generate(struct program *p, u64 seed, const struct gen_options *o)
{
	struct prng r;

	prng_seed(&r, seed);
	EXPECT(gen_program(p, &r, o));
}

/* Calls `look` with each op of n programs. */
static void each_op(const struct gen_options *o, u32 n,
		    void (*look)(const struct program *p, const struct op *op))
{
	struct program p;

	program_init(&p);
	for (u32 seed = 0; seed < n; seed++) {
		generate(&p, seed, o);
		for (u32 i = 0; i < p.nr; i++)
			look(&p, &p.op[i]);
	}
	program_free(&p);
}

/* --- slots ---------------------------------------------------------------- */

enum { EMPTY, LIVE, FREED };

static struct {
	u64 uses, empty, freed;
	u64 frees, strangers; /* objects and elements, of another owner */
} use;

struct map {
	u8 state[SLOTS_WIRE];
	u8 kind[SLOTS_WIRE];
	u32 owner[SLOTS_WIRE]; /* the op that made the cache or pool */
};

static void use_slots(struct map *m, const struct op *op)
{
	const struct op_info *info = &op_info[op->code];

	for (u32 k = 0; info->arg[k].kind != ARG_END; k++) {
		enum arg_kind kind = info->arg[k].kind;
		u32 slot = op->arg[k];
		bool held;

		if (arg_slot_kind(kind) == RES_NONE)
			continue;
		held = m->kind[slot] == arg_slot_kind(kind);
		use.uses++;
		use.empty += m->state[slot] == EMPTY || !held;
		use.freed += m->state[slot] == FREED && held;
		if (arg_frees_slot(kind) && held)
			m->state[slot] = FREED;
		if (k == 0 || !arg_frees_slot(kind))
			continue;
		use.frees++;
		use.strangers += m->owner[slot] != m->owner[op->arg[0]];
	}
}

static void count_slots(const struct program *p)
{
	struct map m = { 0 };

	for (u32 i = 0; i < p->nr; i++) {
		const struct op *op = &p->op[i];
		u8 kind = op_info[op->code].result;

		use_slots(&m, op);
		if (kind == RES_NONE || (op->fail_nth && kind != RES_OBJECT))
			continue;
		m.state[op->out] = LIVE;
		m.kind[op->out] = kind;
		m.owner[op->out] = op->code == OP_kmem_cache_alloc ||
						   op->code == OP_mempool_alloc
					   ? m.owner[op->arg[0]]
					   : i + 1;
	}
}

TEST(slots_mostly_hold_something_of_the_right_owner)
{
	struct program p;

	program_init(&p);
	for (u32 t = 0; t < 3; t++) {
		memset(&use, 0, sizeof(use));
		for (u32 seed = 0; seed < 2000; seed++) {
			generate(&p, seed, targets[t]);
			count_slots(&p);
		}
		EXPECT(use.uses > 20000);
		if (use.empty * 100 >= use.uses * 5)
			TEST_FAIL("%u: %llu of %llu slots are empty", t,
				  (unsigned long long)use.empty,
				  (unsigned long long)use.uses);
		EXPECT(use.freed * 100 < use.uses * 10);
		EXPECT(use.freed * 500 > use.uses); /* misuse does occur */
		if (targets[t] == &kmalloc)
			continue;
		EXPECT(use.strangers * 100 < use.frees * 12);
		EXPECT(use.strangers * 500 > use.frees);
	}
	program_free(&p);
}

/* --- what appears --------------------------------------------------------- */

static u32 seen_code[NR_OPS], pages_ops, object_ops;

static void see_code(const struct program *p, const struct op *op)
{
	(void)p;
	seen_code[op->code]++;
	if (op_info[op->code].group == GROUP_PAGES)
		pages_ops++;
	else
		object_ops++;
}

TEST(each_op_of_the_target_appears_and_page_ops_are_few)
{
	for (u32 t = 0; t < 3; t++) {
		memset(seen_code, 0, sizeof(seen_code));
		pages_ops = object_ops = 0;
		each_op(targets[t], 3000, see_code);
		for (u32 i = 0; i < NR_OP_CODES; i++) {
			const struct op_info *info = &op_info[op_codes[i]];
			u32 least = info->group == GROUP_PAGES ? 1 : 10;

			if (!(info->group & targets[t]->groups))
				EXPECT_EQ(0, seen_code[op_codes[i]]);
			else if (seen_code[op_codes[i]] < least)
				TEST_FAIL("target %u: %s %u times", t,
					  info->name, seen_code[op_codes[i]]);
		}
		EXPECT(pages_ops * 4 < object_ops);
		EXPECT(pages_ops * 50 > object_ops);
	}
}

static const u32 sizes[] = {
	0,    1,    2,	  3,	4,    5,    8,	  31,	  32,	  33,
	63,   64,   65,	  508,	511,  512,  513,  516,	  1024,	  1025,
	2048, 2049, 4095, 4096, 4097, 8192, 8193, 131071, 131072, 131073,
};
static u32 size_seen[30], align_seen[19], flag_seen[24], life_seen[8];
static u32 odd_align, null_name, same_name, no_flags;

static void see_create(const struct program *p, const struct op *op)
{
	if (op->code != OP_kmem_cache_create)
		return;
	for (u32 i = 0; i < 30; i++)
		size_seen[i] += op->arg[1] == sizes[i];
	for (u32 i = 0; i < 19; i++)
		align_seen[i] += op->arg[2] == 1u << i;
	odd_align += (op->arg[2] & (op->arg[2] - 1)) != 0;
	for (u32 i = 0; i < 24; i++)
		flag_seen[i] += op->arg[3] >> i & 1;
	no_flags += !op->arg[3];
	life_seen[op->arg[4] & 7]++;
	null_name += op->arg[0] == 0xFFFF;
	for (const struct op *before = p->op; before < op; before++)
		same_name += before->code == op->code &&
			     before->arg[0] == op->arg[0];
}

TEST(caches_are_made_at_every_edge)
{
	each_op(&slab, 10000, see_create);
	for (u32 i = 0; i < 30; i++)
		if (!size_seen[i])
			TEST_FAIL("size %u never appears", sizes[i]);
	for (u32 i = 0; i < 19; i++)
		if (!align_seen[i])
			TEST_FAIL("alignment %u never appears", 1u << i);
	for (u32 i = 0; i < 24; i++)
		if (!flag_seen[i])
			TEST_FAIL("flag 0x%x never appears", 1u << i);
	for (u32 i = 0; i < 8; i++)
		if (life_seen[i] < 10)
			TEST_FAIL("life %u: %u times", i, life_seen[i]);
	EXPECT(odd_align > 20 && odd_align * 20 < life_seen[0]);
	EXPECT(null_name > 20 && null_name * 20 < life_seen[0]);
	EXPECT(same_name > 100);
	EXPECT(no_flags * 10 > life_seen[0]);
}

static u32 class_seen[13][3], huge, zero, wraps, nulls;
static u32 jiffies_seen[3], nr_seen[6], sleeps, reach_seen[3];

static void see_kmalloc(const struct program *p, const struct op *op)
{
	u32 size = op->arg[op->code == OP_kcalloc];

	(void)p;
	switch (op->code) {
	case OP_kfree_addr:
		nulls += !op->arg[0];
		break;
	case OP_kcalloc:
		wraps += (u64)op->arg[0] * size >> 32 &&
			 op->arg[0] * size <= 131072;
		break;
	case OP_kmalloc:
	case OP_kzalloc:
		for (u32 i = 0; i < 13; i++)
			for (u32 k = 0; k < 3; k++)
				class_seen[i][k] += size == (32u << i) + k - 1;
		huge += size > 131073;
		zero += size == 0;
		break;
	default:
		break;
	}
}

TEST(kmalloc_is_asked_at_every_edge)
{
	each_op(&kmalloc, 4000, see_kmalloc);
	for (u32 i = 0; i < 13; i++)
		for (u32 k = 0; k < 3; k++)
			if (!class_seen[i][k])
				TEST_FAIL("kmalloc(%u) never appears",
					  (32u << i) + k - 1);
	EXPECT(huge > 10);
	EXPECT(zero > 10);
	EXPECT(wraps > 10);
	EXPECT(nulls > 10);
}

static void see_pool(const struct program *p, const struct op *op)
{
	static const u32 nr[] = { 0, 1, 8, 0x40000000, 0x7FFFFFFF, UINT32_MAX };
	bool resize = op->code == OP_mempool_resize;
	bool create = op->code == OP_mempool_create ||
		      op->code == OP_mempool_create_kmalloc;

	if (create || resize)
		for (u32 i = 0; i < 6; i++)
			nr_seen[i] += op->arg[resize] == nr[i];
	if (op->code == OP_mempool_alloc)
		sleeps += op->arg[1] & __GFP_WAIT && !op->flags;
	if (op->code == OP_tick) {
		jiffies_seen[0] += op->arg[0] == 2000;
		jiffies_seen[1] += op->arg[0] == 8000;
		jiffies_seen[2] += op->arg[0] == 0;
	}
	if (op->code != OP_damage)
		return;
	EXPECT(p->profile == 2 || p->profile == 13); /* slab_debug */
	reach_seen[0] += op->arg[1] >= 60 && op->arg[1] < 64;
	reach_seen[1] += op->arg[1] >= 64;
	reach_seen[2] += op->arg[1] < 60;
}

TEST(pools_times_and_damage_have_their_edges)
{
	each_op(&mempool, 6000, see_pool);
	for (u32 i = 0; i < 6; i++)
		if (nr_seen[i] < 5)
			TEST_FAIL("edge %u of min_nr: %u times", i, nr_seen[i]);
	EXPECT(sleeps > 1000);
	for (u32 i = 0; i < 3; i++)
		EXPECT(jiffies_seen[i] > 20);
	EXPECT(reach_seen[0] > 20);
	EXPECT(reach_seen[1] > 20);
	EXPECT(reach_seen[2] > 0);
}

/* --- a slab's edges ------------------------------------------------------- */

static u32 inside, beyond;

/* The object of that slot was made by the last op that filled it. */
static void see_inside(const struct program *p, const struct op *op)
{
	u32 i = (u32)(op - p->op);

	if (op->code != OP_kfree_inside)
		return;
	inside++;
	while (i-- > 0 && p->op[i].out != op->arg[0])
		;
	if (i < p->nr && p->op[i].code == OP_kmalloc)
		beyond += op->arg[1] >= p->op[i].arg[0];
}

TEST(frees_go_past_the_object_too)
{
	each_op(&kmalloc, 6000, see_inside);
	EXPECT(inside > 500);
	EXPECT(beyond * 5 > inside);
	EXPECT(beyond < inside * 3 / 4);
}

/* --- runs ----------------------------------------------------------------- */

/* The longest run of frees to one cache of at least `size` bytes. */
static u32 longest_run(const struct program *p, u32 from, u32 to)
{
	u32 size[SLOTS_WIRE] = { 0 }, run = 0, longest = 0, last = SLOT_NONE;

	for (u32 i = 0; i < p->nr; i++) {
		const struct op *op = &p->op[i];

		if (op->code == OP_kmem_cache_create)
			size[op->out] = op->arg[1];
		if (op->code == OP_kmem_cache_alloc)
			run = 0;
		if (op->code != OP_kmem_cache_free)
			continue;
		run = op->arg[0] == last ? run + 1 : 1;
		last = op->arg[0];
		if (size[last] >= from && size[last] <= to && run > longest)
			longest = run;
	}
	return longest;
}

TEST(runs_of_frees_overflow_arrays)
{
	u32 large = 0, wide = 0, flood = 0;
	struct program p;

	program_init(&p);
	for (u32 seed = 0; seed < 4000; seed++) {
		u32 run;

		generate(&p, seed, &slab);
		run = longest_run(&p, 4097, 131072);
		large += run > 8;
		flood += run > 16;
		wide += longest_run(&p, 1025, 4096) > 13;
	}
	if (large < 300 || flood < 40 || wide < 100)
		TEST_FAIL("%u runs past 8, %u past 16, %u past 13 of 24", large,
			  flood, wide);
	program_free(&p);
}

/* 797000 jiffies after boot CPUs 0 and 5 reap, and both have something. */
static bool comes_to_a_tie(const struct program *p)
{
	u32 jiffies = 0, freed = 0;

	for (u32 i = 0; i < p->nr; i++) {
		const struct op *op = &p->op[i];

		if (op->code == OP_kmem_cache_free && jiffies == 796999)
			freed |= 1u << op->cpu;
		if (op->code != OP_tick)
			continue;
		jiffies += op->arg[0];
		if (jiffies > 796999)
			return (freed & 0x21) == 0x21;
	}
	return false;
}

TEST(two_cpus_reap_at_once)
{
	struct program p;
	u32 ties = 0;

	program_init(&p);
	for (u32 seed = 0; seed < 16000; seed++) {
		generate(&p, seed, &slab);
		ties += comes_to_a_tie(&p);
	}
	if (ties < 2) /* each costs as much as a hundred programs */
		TEST_FAIL("%u ties", ties);
	program_free(&p);
}

/* --- on machine and model ------------------------------------------------- */

TEST(few_ops_are_skipped)
{
	for (u32 t = 0; t < 3; t++) {
		EXPECT(skipped(targets[t], 600, 0) < 100);
		EXPECT(skipped(targets[t], 600, 20) < 300);
	}
}
