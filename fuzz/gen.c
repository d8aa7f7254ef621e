// SPDX-License-Identifier: MIT
/*
 * gen.c - makes programs that a kernel could have run, and some that it had
 * better not.
 *
 * Swarm: each program draws its own subset of the ops, its own mixes of GFP
 * flags, its own contexts, and its taste in orders and slots.  It then lives
 * in phases: it grows, churns, shrinks; it drives a zone dry down a ladder
 * of orders, and stays at the watermark with small blocks.
 * gen_map.c keeps track of what is live; gen_value.c draws the arguments.
 * Validator: fuzz/tests/test_gen.c.
 */
#include "gen_state.h"

#include <string.h>

#define LADDER_OPS_MAX 48

/* Which kinds of arguments each op has, as bits: roles follow from them. */
enum {
#define ARG(name, bytes, base, low, high, doc) HAS_##name = 1 << ARG_##name,
#include "args.def"
#undef ARG
};

#define A(kind, name, deflt) | HAS_##kind
static const u32 op_has[NR_OPS] = {
#define OP(name, code, weight, group, result, doc, ...) [code] = 0 __VA_ARGS__,
#include "ops.def"
#undef OP
};
#undef A

_Static_assert(NR_ARG_KINDS <= 31, "a kind of argument is a bit of an int");

enum gen_role gen_role_of(enum op_code code)
{
	u32 has = op_has[code];

	if (op_info[code].group == GROUP_BOOT)
		return ROLE_BOOT;
	if (op_info[code].result == RES_PAGES)
		return ROLE_ALLOC;
	if (has & HAS_PAGES_FREED)
		return ROLE_FREE;
	if (has & (HAS_PFN | HAS_VADDR | HAS_ORDER))
		return ROLE_WILD;
	if (has & HAS_FRAME)
		return ROLE_REF;
	return has & (HAS_KB | HAS_RATIO) ? ROLE_KNOB : ROLE_LOOK;
}

/* How much each phase likes each role; 8 is as the table has it. */
static const u8 liking[NR_PHASES][NR_ROLES] = {
	[PHASE_GROW] = { 24, 6, 8, 8, 6, 16, 0 },
	[PHASE_CHURN] = { 12, 12, 8, 8, 6, 20, 1 },
	[PHASE_SHRINK] = { 3, 24, 8, 8, 8, 20, 0 },
	[PHASE_EXHAUST] = { 20, 1, 2, 2, 1, 4, 0 },
	[PHASE_EDGE] = { 20, 10, 2, 2, 3, 8, 0 },
};

/* --- the swarm
 * ---------------------------------------------------------------- */

static bool has_role(const struct gen *g, enum gen_role role)
{
	u32 i;

	for (i = 0; i < NR_OP_CODES; i++)
		if (g->weight[i] && gen_role_of(op_codes[i]) == role)
			return true;
	return false;
}

/* Without these two, nothing ever happens. */
static void swarm_needs(struct gen *g, enum op_code code)
{
	u32 i;

	if (has_role(g, gen_role_of(code)))
		return;
	for (i = 0; i < NR_OP_CODES; i++)
		if (op_codes[i] == code)
			g->weight[i] = op_info[code].weight;
}

static void swarm_ops(struct gen *g)
{
	static const u8 factor[] = { 0, 0, 0, 1, 1, 1, 2, 4 };
	u32 i;

	for (i = 0; i < NR_OP_CODES; i++) {
		const struct op_info *info = &op_info[op_codes[i]];
		u32 f = factor[prng_below(g->r, sizeof(factor))];

		if (!(info->group & g->options->groups))
			f = 0;
		if (gen_role_of(op_codes[i]) == ROLE_WILD && g->clean)
			f = 0;
		g->weight[i] = (u16)(info->weight * f);
	}
	if (!(g->options->groups & GROUP_PAGES))
		return;
	swarm_needs(g, OP_alloc_pages);
	swarm_needs(g, OP___free_pages);
}

void gen_begin(struct gen *g, struct prng *r, const struct gen_options *options,
	       const struct program *p)
{
	memset(g, 0, sizeof(*g));
	g->r = r;
	g->options = options;
	gen_map_init(g, p);
	gen_swarm_values(g);
	swarm_ops(g);
}

/* --- phases
 * ------------------------------------------------------------------- */

static void phase_sums(struct gen *g)
{
	u32 i, sum = 0;

	for (i = 0; i < NR_OP_CODES; i++) {
		enum gen_role role = gen_role_of(op_codes[i]);

		sum += (u32)g->weight[i] * liking[g->phase][role];
		g->sum[i] = sum;
	}
}

/* Frames that a caller with these flags may have, at most. */
static u32 frames_for(const struct gen *g, u32 gfp)
{
	u32 low = g->zone[ZONE_DMA].free + g->zone[ZONE_NORMAL].free;

	if (gfp & __GFP_DMA)
		return g->zone[ZONE_DMA].free;
	return gfp & __GFP_HIGHMEM ? low + g->zone[ZONE_HIGHMEM].free : low;
}

/* The topmost rung is such that some eight blocks are all there is. */
static void ladder_begin(struct gen *g)
{
	g->ladder_gfp = gen_gfp(g) & ~(__GFP_ZERO | __GFP_NOFAIL);
	g->ladder_order = 0;
	while (g->ladder_order < MAX_ORDER - 1 &&
	       frames_for(g, g->ladder_gfp) >> g->ladder_order > 8)
		g->ladder_order++;
	g->ladder_fails = 0;
	g->ladder_flags = 0;
	if (g->task_rate && prng_below(g->r, 2))
		g->ladder_flags = g->task_flags & (TASK_RT | TASK_MEMALLOC);
	g->left = LADDER_OPS_MAX;
}

static void phase_next(struct gen *g)
{
	static const u8 first[] = { PHASE_GROW, PHASE_GROW, PHASE_CHURN,
				    PHASE_EXHAUST, PHASE_EXHAUST };
	static const u8 later[] = { PHASE_GROW,	  PHASE_CHURN,	PHASE_CHURN,
				    PHASE_SHRINK, PHASE_SHRINK, PHASE_EXHAUST };
	bool begun = g->left || g->named;

	if (g->phase == PHASE_EXHAUST && begun)
		g->phase = PHASE_EDGE;
	else if (g->phase == PHASE_EDGE)
		g->phase = prng_below(g->r, 4) ? PHASE_SHRINK : PHASE_CHURN;
	else if (begun)
		g->phase = later[prng_below(g->r, sizeof(later))];
	else
		g->phase = first[prng_below(g->r, sizeof(first))];
	g->left = 4 + prng_below(g->r, 24);
	if (g->phase == PHASE_EXHAUST)
		ladder_begin(g);
	phase_sums(g);
}

/* --- ops
 * ------------------------------------------------------------------------ */

static enum op_code pick_op(struct gen *g)
{
	u32 total = g->sum[NR_OP_CODES - 1], at, i = 0;

	if (total == 0)
		return OP_end;
	at = prng_below(g->r, total);
	while (g->sum[i] <= at)
		i++;
	return op_codes[i];
}

/* A slot that holds no block, if there is one; else any. */
static u32 free_slot(struct gen *g)
{
	u32 i;

	for (i = 0; i < SLOTS_WIRE; i++) {
		u32 slot = (g->next + i) % SLOTS_WIRE;

		if (g->slot[slot].state == SLOT_LIVE)
			continue;
		g->next = slot + 1;
		return slot;
	}
	return prng_below(g->r, SLOTS_WIRE);
}

void gen_fill(struct gen *g, struct op *op)
{
	const struct op_info *info = &op_info[op->code];
	u32 i;

	for (i = 0; info->arg[i].kind != ARG_END; i++)
		op->arg[i] = gen_value(g, op, i);
	op->out = info->result == RES_NONE ? SLOT_NONE : free_slot(g);
	gen_context(g, op);
}

/* One step down the ladder: the order that still succeeds, then the next. */
static void ladder_op(struct gen *g, struct op *op)
{
	*op = op_default(OP_alloc_pages);
	op->arg[0] = g->ladder_order;
	op->arg[1] = g->ladder_gfp;
	op->out = free_slot(g);
	gen_context(g, op);
	op->flags |= g->ladder_flags;
	if (!gen_fails(g, op))
		return;
	if (++g->ladder_fails < 1 + prng_below(g->r, 3))
		return;
	g->ladder_fails = 0;
	if (g->ladder_order == 0)
		g->left = 1;
	else
		g->ladder_order -= 1 + prng_below(g->r, g->ladder_order) / 2;
}

/* Small blocks and other callers, where a zone's last frames go. */
static void edge_op(struct gen *g, struct op *op)
{
	int order = op_arg_of_kind(&op_info[op->code], ARG_ORDER);
	int gfp = op_arg_of_kind(&op_info[op->code], ARG_GFP);

	if (order >= 0 && op->arg[order] > 3)
		op->arg[order] = prng_below(g->r, 4);
	if (gfp >= 0 && prng_below(g->r, 2))
		op->arg[gfp] = g->ladder_gfp;
	gen_suit(g, op);
}

/* Slots all empty or all full: other ops than the one that was drawn. */
static enum op_code code_for(struct gen *g)
{
	enum op_code code = pick_op(g);
	enum gen_role role = gen_role_of(code);
	bool slot = role == ROLE_FREE || op_has[code] & HAS_PAGES;

	if (slot && g->nr_live == 0 && (g->clean || prng_below(g->r, 16)))
		return OP_alloc_pages;
	if (role == ROLE_ALLOC && g->nr_live > SLOTS_WIRE - 8)
		return OP___free_pages;
	return code;
}

/* Blocks of several frames go by a call that names their order. */
static void suit_free(const struct gen *g, struct op *op)
{
	u32 slot = op->arg[0] % SLOTS_WIRE;
	bool sized = op_arg_of_kind(&op_info[op->code], ARG_FORDER) >= 0;

	if (g->slot[slot].state != SLOT_LIVE || !g->slot[slot].order || sized)
		return;
	op->code = OP___free_pages;
	op->arg[1] = 0;
}

void gen_op(struct gen *g, struct op *op)
{
	if (g->left == 0)
		phase_next(g);
	g->left--;
	if (g->phase == PHASE_EXHAUST && prng_below(g->r, 8)) {
		ladder_op(g, op);
	} else {
		enum op_code code = code_for(g);

		*op = op_default(code == OP_end ? OP_nr_free_pages : code);
		gen_fill(g, op);
		if (gen_role_of(code) == ROLE_FREE &&
		    (g->clean || prng_below(g->r, 32)))
			suit_free(g, op);
		if (g->phase == PHASE_EDGE)
			edge_op(g, op);
	}
	gen_follow(g, op);
}

/* --- programs ---------------------------------------------------------------
 */

void gen_boot_op(struct gen *g, struct op *op)
{
	static const u8 code[] = { OP_alloc_bootmem,   OP_alloc_bootmem,
				   OP_alloc_bootmem,   OP_reserve_bootmem,
				   OP_reserve_bootmem, OP_free_bootmem };

	*op = op_default((enum op_code)PICK(g, code));
	gen_fill(g, op);
	gen_follow(g, op);
}

static bool gen_boot_ops(struct gen *g, struct program *p, u32 n)
{
	struct op op;

	while (n--) {
		gen_boot_op(g, &op);
		if (!program_append(p, &op))
			return false;
	}
	return true;
}

static u32 length_for(struct prng *r, u32 max)
{
	return prng_below(r, 4) ? max : 1 + prng_below(r, max);
}

bool gen_run(struct gen *g, struct program *p, u32 n)
{
	struct op op;

	while (n--) {
		gen_op(g, &op);
		if (!program_append(p, &op))
			return false;
	}
	return true;
}

bool gen_program(struct program *p, struct prng *r,
		 const struct gen_options *options)
{
	bool boot = options->groups & GROUP_BOOT;
	bool pages = options->groups & GROUP_PAGES;
	u32 n, boot_ops = 0;
	struct gen g;

	p->nr = 0;
	p->profile = gen_profile(r);
	if (options->free_boot && prng_below(r, 16)) {
		p->profile = PROFILE_FREE;
		gen_boot_line(r, &p->boot);
	}
	if (options->ops == 0 || !(boot || pages))
		return true;
	n = length_for(r, options->ops);
	if (boot && (!pages || prng_below(r, 4)))
		boot_ops = pages ? 1 + prng_below(r, n < 16 ? n : 16) : n;
	gen_begin(&g, r, options, p);
	return gen_boot_ops(&g, p, boot_ops) &&
	       gen_run(&g, p, pages ? n - boot_ops : 0);
}
