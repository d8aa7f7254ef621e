// SPDX-License-Identifier: MIT
/*
 * mutate.c - varies programs: one to a few edits of one, or a child of two.
 *
 * An edit works on ops and arguments, never on bytes: it inserts, deletes,
 * repeats, moves and swaps runs of ops, makes a run of one op, points an op
 * at another slot, takes a value to an edge or a little aside, flips a flag.
 * Where it needs to know what is live, it follows the ops before it as the
 * generator does.
 * A child keeps its parents' slots.  Expectations do not survive: they were
 * about another program.
 * Validator: fuzz/tests/test_mutate.c.
 */
#include "gen_state.h"

#include <string.h>

#define RUN_MAX 8 /* ops that one edit moves */
#define SPLICE_MAX 16

struct edit {
	struct program *p;
	struct prng *r;
	const struct gen_options *options;
};

/* The generator's state as it is before op `at`. */
static void state_at(struct gen *g, const struct edit *e, u32 at)
{
	u32 i;

	gen_begin(g, e->r, e->options, e->p);
	for (i = 0; i < at; i++)
		gen_follow(g, &e->p->op[i]);
}

static u32 any_op(const struct edit *e)
{
	return prng_below(e->r, e->p->nr);
}

static u32 any_place(const struct edit *e)
{
	return prng_below(e->r, e->p->nr + 1);
}

/* A run of ops from `at`: mostly one. */
static u32 run_length(const struct edit *e, u32 at)
{
	u32 n = prng_below(e->r, 2) ? 1 : 1 + prng_below(e->r, RUN_MAX);

	return n < e->p->nr - at ? n : e->p->nr - at;
}

/* Turns op[first, last) so that op[middle] comes first. */
static void rotate(struct op *op, u32 first, u32 middle, u32 last)
{
	u32 next = middle;

	while (first != next) {
		struct op held = op[first];

		op[first++] = op[next];
		op[next++] = held;
		if (next == last)
			next = middle;
		else if (first == middle)
			middle = next;
	}
}

/* --- edits of the list ---------------------------------------------------- */

static bool in_boot_phase(const struct edit *e, u32 at)
{
	return at == 0 || op_info[e->p->op[at - 1].code].group == GROUP_BOOT;
}

static bool edit_insert(struct edit *e)
{
	u32 at = any_place(e);
	bool boot = e->options->groups & GROUP_BOOT;
	bool run = e->options->groups & GROUPS_RUN;
	struct gen g;
	struct op op;

	state_at(&g, e, at);
	if (boot && (!run || (in_boot_phase(e, at) && prng_below(e->r, 2))))
		gen_boot_op(&g, &op);
	else
		gen_op(&g, &op);
	return program_insert(e->p, at, &op);
}

static bool edit_splice(struct edit *e)
{
	u32 at = any_place(e), from = e->p->nr;
	struct gen g;

	if (!(e->options->groups & GROUPS_RUN))
		return edit_insert(e);
	state_at(&g, e, at);
	if (!gen_run(&g, e->p, 2 + prng_below(e->r, SPLICE_MAX - 1)))
		return false;
	rotate(e->p->op, at, from, e->p->nr);
	return true;
}

static bool edit_delete(struct edit *e)
{
	u32 at = any_op(e);

	program_remove(e->p, at, run_length(e, at));
	return true;
}

static bool edit_duplicate(struct edit *e)
{
	u32 at = any_op(e), n = run_length(e, at), to = any_place(e);
	u32 from = e->p->nr;

	if (!program_reserve(e->p, n))
		return false;
	memcpy(e->p->op + from, e->p->op + at, n * sizeof(*e->p->op));
	e->p->nr += n;
	rotate(e->p->op, to, from, e->p->nr);
	return true;
}

/* The index of the argument that gives something back, or -1. */
static int freed_arg(const struct op_info *info)
{
	int i;

	for (i = 0; info->arg[i].kind != ARG_END; i++)
		if (arg_frees_slot((enum arg_kind)info->arg[i].kind))
			return i;
	return -1;
}

/* The same op again, on the next slot: into an empty one, or of a full one. */
static void next_of_run(struct gen *g, struct op *op)
{
	const struct op_info *info = &op_info[op->code];
	int freed = freed_arg(info);

	if (info->result != RES_NONE)
		op->out = gen_free_slot(g);
	if (freed >= 0)
		op->arg[freed] = gen_value(g, op, (u32)freed);
	gen_follow(g, op);
}

/* Arrays and slabs fill by runs of one op, or of two in turn. */
static bool edit_burst(struct edit *e)
{
	static const u8 length[] = { 2, 4, 8, 8, 12, 16, 24, 32 };
	u32 at = any_op(e), from = e->p->nr, n = PICK_OF(e->r, length), i;
	u32 turn = at + 1 < from && prng_one_in(e->r, 4) ? 2 : 1;
	struct gen g;

	state_at(&g, e, at + turn);
	for (i = 0; i < n; i++) {
		struct op op = e->p->op[at + i % turn];

		next_of_run(&g, &op);
		if (!program_append(e->p, &op))
			return false;
	}
	rotate(e->p->op, at + turn, from, e->p->nr);
	return true;
}

static bool edit_move(struct edit *e)
{
	u32 at = any_op(e), n = run_length(e, at), to = any_op(e);

	if (to < at)
		rotate(e->p->op, to, at, at + n);
	else if (to >= at + n)
		rotate(e->p->op, at, at + n, to + 1);
	return true;
}

static bool edit_swap(struct edit *e)
{
	struct op *a = &e->p->op[any_op(e)], *b = &e->p->op[any_op(e)];
	struct op held = *a;

	*a = *b;
	*b = held;
	return true;
}

static bool edit_truncate(struct edit *e)
{
	u32 half = e->p->nr / 2;

	e->p->nr = half + prng_below(e->r, e->p->nr - half) + 1;
	return true;
}

/* --- edits of one op ------------------------------------------------------ */

/* Mostly a slot that is live where the op stands; or where a result goes. */
static bool edit_retarget(struct edit *e)
{
	u32 at = any_op(e), i;
	struct op *op = &e->p->op[at];
	const struct op_info *info = &op_info[op->code];
	struct gen g;

	if (op->out != SLOT_NONE)
		op->out = prng_below(e->r, SLOTS_WIRE);
	for (i = 0; info->arg[i].kind != ARG_END; i++) {
		enum arg_kind kind = (enum arg_kind)info->arg[i].kind;

		if (arg_slot_kind(kind) == RES_NONE)
			continue;
		state_at(&g, e, at);
		op->arg[i] = gen_value(&g, op, i);
	}
	return true;
}

/* One more or less, or a bit flipped. */
static u32 near(struct prng *r, u32 value)
{
	switch (prng_below(r, 4)) {
	case 0:
		return value + 1;
	case 1:
		return value - 1;
	case 2:
		return value + PAGE_SIZE * (prng_below(r, 3) - 1);
	default:
		return value ^ 1u << prng_below(r, 32);
	}
}

/* Flags and powers of two: a bit flipped, the next power; else as it was. */
static u32 near_bits(struct prng *r, enum arg_kind kind, u32 value)
{
	switch (kind) {
	case ARG_GFP:
		return value ^ 1u << prng_below(r, 17);
	case ARG_SFLAGS:
		return value ^ SLAB_DEBUG_FREE << prng_below(r, 12);
	case ARG_LIFE:
		return value ^ 1u << prng_below(r, 3);
	case ARG_SELECTOR: /* its privilege, its table, the entry beside */
		return prng_below(r, 2) ? value ^ 1u << prng_below(r, 3)
					: value + 8 - 16 * prng_below(r, 2);
	case ARG_PTEBITS:
		return value ^ 1u << prng_below(r, 9);
	case ARG_DESCHIGH: /* type, S, DPL, P; G and B */
		return value ^ 1u << (prng_below(r, 4) ? 8 + prng_below(r, 8)
						       : 22 + prng_below(r, 2));
	case ARG_DESCLOW:
		return (value & ~0xFFFFu) |
		       ((value + 2 * prng_below(r, 2) - 1) & 0xFFFF);
	case ARG_MODE:
	case ARG_FLAG:
		return value ^ 1;
	case ARG_SEGREG:
		return prng_below(r, NR_SEG_REGS);
	case ARG_UPROT:
		return prng_below(r, 4);
	case ARG_KMTYPE:
		return prng_below(r, KM_TYPE_NR);
	case ARG_VMFLAGS:
		return value ^ 1u << prng_below(r, 3);
	case ARG_VSIZE: /* a page more or less, twice, half of it */
	case ARG_DSIZE:
		return prng_below(r, 2)
			       ? value + PAGE_SIZE -
					 2 * PAGE_SIZE * prng_below(r, 2)
		       : prng_below(r, 2) ? value * 2
					  : value / 2;
	case ARG_STRIDE:
		return prng_below(r, 4);
	case ARG_OALIGN:
		return prng_below(r, 2) ? value / 2 : value ? value * 2 : 8;
	default:
		return value;
	}
}

static u32 varied(struct edit *e, u32 at, u32 i)
{
	const struct op *op = &e->p->op[at];
	enum arg_kind kind = (enum arg_kind)op_info[op->code].arg[i].kind;
	u32 value = near_bits(e->r, kind, op->arg[i]);
	struct gen g;

	if (value != op->arg[i] && prng_below(e->r, 4))
		return value;
	if (prng_one_in(e->r, 3))
		return near(e->r, op->arg[i]);
	state_at(&g, e, at);
	return prng_below(e->r, 3) ? gen_value(&g, op, i)
				   : gen_boundary(&g, kind);
}

static bool edit_value(struct edit *e)
{
	u32 at = any_op(e), n = 0, i;
	struct op *op = &e->p->op[at];
	const struct op_info *info = &op_info[op->code];
	enum arg_kind kind;

	while (info->arg[n].kind != ARG_END)
		n++;
	if (n == 0)
		return true;
	i = prng_below(e->r, n);
	kind = (enum arg_kind)info->arg[i].kind;
	if (arg_slot_kind(kind) != RES_NONE)
		return edit_retarget(e);
	op->arg[i] = varied(e, at, i) &
		     UINT32_MAX >> (32 - 8 * arg_info[kind].bytes);
	return true;
}

static bool edit_context(struct edit *e)
{
	struct op *op = &e->p->op[any_op(e)];
	bool slabs = e->options->groups & GROUPS_SLABS;

	switch (prng_below(e->r, 4)) {
	case 0:
		op->cpu = (u8)prng_below(e->r, NR_CPUS);
		break;
	case 1:
		if (op->fail_nth || !slabs)
			op->fail_nth = op->fail_nth	     ? 0
				       : prng_below(e->r, 8) ? 1
							     : 2;
		else /* a call may take many blocks */
			op->fail_nth = (u8)(1 + prng_below(e->r, 4));
		break;
	default:
		op->flags ^= (u8)(1u << prng_below(e->r, 5));
	}
	return true;
}

/* --- a mutation ----------------------------------------------------------- */

/* The last ones are for slabs: pages fill no arrays. */
static bool (*const edits[])(struct edit *e) = {
	edit_insert, edit_insert,   edit_insert,    edit_splice,    edit_splice,
	edit_delete, edit_delete,   edit_duplicate, edit_duplicate, edit_move,
	edit_swap,   edit_retarget, edit_retarget,  edit_value,	    edit_value,
	edit_value,  edit_value,    edit_truncate,  edit_context,   edit_burst,
	edit_burst,  edit_burst,    edit_splice,
};
#define NR_EDITS_PAGES (COUNT(edits) - 4)

static void edit_boot(struct edit *e)
{
	struct program *p = e->p;

	if (p->profile == PROFILE_FREE && !e->options->free_boot)
		p->profile = gen_profile(e->r, e->options);
	if (p->profile == PROFILE_FREE && prng_one_in(e->r, 4))
		gen_boot_mutate(e->r, &p->boot);
	if (!prng_one_in(e->r, 64))
		return;
	p->profile = gen_profile(e->r, e->options);
	if (e->options->free_boot && prng_below(e->r, 8)) {
		p->profile = PROFILE_FREE;
		gen_boot_line(e->r, &p->boot);
	}
}

/* Only what the options allow, and nothing of the text it came from. */
static void settle(struct program *p, const struct gen_options *options)
{
	u32 i, kept = 0;

	for (i = 0; i < p->nr && kept < options->ops; i++) {
		struct op op = p->op[i];

		if (!(op_info[op.code].group & options->groups))
			continue;
		op.expect = EXPECT_NOTHING;
		op.expect_report = REPORT_none;
		op.line = 0;
		p->op[kept++] = op;
	}
	p->nr = kept;
}

bool mutate_program(struct program *p, struct prng *r,
		    const struct gen_options *options)
{
	struct edit e = { p, r, options };
	u32 n = 1, kinds = COUNT(edits);

	settle(p, options);
	edit_boot(&e);
	if (options->ops == 0 || !(options->groups & (GROUP_BOOT | GROUPS_RUN)))
		return true;
	if (!(options->groups & GROUPS_SLABS))
		kinds = NR_EDITS_PAGES;
	while (n < 6 && prng_below(r, 2))
		n++;
	while (n--) {
		bool (*edit)(struct edit *) = edits[prng_below(r, kinds)];

		if (!(p->nr ? edit : edit_insert)(&e))
			return false;
	}
	settle(p, options);
	return true;
}

/* --- a child -------------------------------------------------------------- */

static bool append_run(struct program *to, const struct program *from, u32 at,
		       u32 end)
{
	u32 n = end - at;

	if (n == 0)
		return true;
	if (!program_reserve(to, n))
		return false;
	memcpy(to->op + to->nr, from->op + at, n * sizeof(*to->op));
	to->nr += n;
	return true;
}

bool cross_programs(struct program *child, const struct program *a,
		    const struct program *b, struct prng *r,
		    const struct gen_options *options)
{
	u32 head = prng_below(r, a->nr + 1), from = prng_below(r, b->nr + 1);
	u32 to = b->nr, tail = a->nr;

	child->nr = 0;
	child->profile = a->profile;
	child->boot = a->boot;
	if (child->profile == PROFILE_FREE && !options->free_boot)
		child->profile = gen_profile(r, options);
	if (prng_below(r, 2)) { /* two points: b's run stands inside a */
		to = from + prng_below(r, b->nr - from + 1);
		tail = head + prng_below(r, a->nr - head + 1);
	}
	if (!append_run(child, a, 0, head) || !append_run(child, b, from, to) ||
	    !append_run(child, a, tail, a->nr))
		return false;
	settle(child, options);
	return true;
}
