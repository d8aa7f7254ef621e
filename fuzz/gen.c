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

/* How much each phase likes each role; 8 is as the table has it. */
static const u8 liking[NR_PHASES][NR_ROLES] = {
	[PHASE_GROW] = { 24, 6, 8, 8, 6, 16, 0, 12, 2, 24, 6 },
	[PHASE_CHURN] = { 12, 12, 8, 8, 6, 20, 1, 8, 8, 12, 12 },
	[PHASE_SHRINK] = { 3, 24, 8, 8, 8, 20, 0, 2, 12, 3, 24 },
	[PHASE_EXHAUST] = { 20, 1, 2, 2, 1, 4, 0, 4, 1, 20, 1 },
	[PHASE_EDGE] = { 20, 10, 2, 2, 3, 8, 0, 8, 4, 20, 10 },
};

/* Among objects, page ops are there to use memory up. */
#define PAGES_SHARE 8

/* --- the swarm ------------------------------------------------------------ */

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
		if (op_codes[i] == OP_damage && !g->debug)
			f = 0;
		f *= info->weight;
		if ((gen_objects(g) || gen_translates(g)) &&
		    info->group == GROUP_PAGES)
			f = (f + PAGES_SHARE - 1) / PAGES_SHARE;
		g->weight[i] = (u16)f;
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
	if (gen_translates(g)) {
		gen_swarm_access(g);
		gen_swarm_vm(g);
		g->accesses = !gen_objects(g) || prng_below(r, 2);
	}
	if (gen_objects(g))
		gen_swarm_objects(g);
	if (g->accesses)
		gen_swarm_access_scripts(g, p->profile);
	else if (gen_objects(g))
		gen_swarm_scripts(g);
}

/* --- phases --------------------------------------------------------------- */

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

/* The topmost rung is such that some eight blocks, or two, are all there is. */
void gen_ladder_begin(struct gen *g)
{
	u32 blocks = gen_objects(g) ? 2 : 8;

	g->ladder_gfp = gen_gfp(g) & ~(__GFP_ZERO | __GFP_NOFAIL);
	if (gen_objects(g)) /* slabs are in low memory */
		g->ladder_gfp &= ~__GFP_HIGHMEM;
	g->ladder_order = 0;
	while (g->ladder_order < MAX_ORDER - 1 &&
	       frames_for(g, g->ladder_gfp) >> g->ladder_order > blocks)
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

	if (gen_objects(g) || gen_translates(g)) /* scripts exhaust memory */
		g->phase = (enum gen_phase)prng_below(g->r, PHASE_EXHAUST);
	else if (g->phase == PHASE_EXHAUST && begun)
		g->phase = PHASE_EDGE;
	else if (g->phase == PHASE_EDGE)
		g->phase = prng_below(g->r, 4) ? PHASE_SHRINK : PHASE_CHURN;
	else if (begun)
		g->phase = later[prng_below(g->r, sizeof(later))];
	else
		g->phase = first[prng_below(g->r, sizeof(first))];
	g->left = 4 + prng_below(g->r, 24);
	if (g->phase == PHASE_EXHAUST)
		gen_ladder_begin(g);
	phase_sums(g);
}

/* --- ops ------------------------------------------------------------------ */

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

u32 gen_free_slot(struct gen *g)
{
	u32 i;

	for (i = 0; i < SLOTS_WIRE; i++) {
		u32 slot = (g->next + i) % SLOTS_WIRE;
		u8 state = g->slot[slot].state;

		if (state == SLOT_LIVE || state == SLOT_WAITED)
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

	bool together = info->group & GROUPS_TRANSLATE;

	if (together) { /* arguments go by the CPU */
		gen_context(g, op);
		if (info->group & GROUP_MAPPING)
			gen_vm_fill(g, op);
		else
			gen_access_fill(g, op);
	}
	for (i = 0; !together && info->arg[i].kind != ARG_END; i++)
		op->arg[i] = gen_value(g, op, i);
	op->out = info->result == RES_NONE ? SLOT_NONE : gen_free_slot(g);
	if (!together)
		gen_context(g, op);
}

/* One step down the ladder: the order that still succeeds, then the next. */
bool gen_ladder_op(struct gen *g, struct op *op)
{
	*op = op_default(OP_alloc_pages);
	op->arg[0] = g->ladder_order;
	op->arg[1] = g->ladder_gfp;
	op->out = gen_free_slot(g);
	gen_context(g, op);
	op->flags |= g->ladder_flags;
	if (!gen_fails(g, op))
		return true;
	if (++g->ladder_fails < 1 + prng_below(g->r, 3))
		return true;
	g->ladder_fails = 0;
	if (g->ladder_order == 0)
		return false;
	g->ladder_order -= 1 + prng_below(g->r, g->ladder_order) / 2;
	return true;
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

/* What must be there before op can be, in turn. */
static enum op_code code_of_kind(const struct gen *g, enum res_kind kind)
{
	switch (kind) {
	case RES_CACHE:
		return OP_kmem_cache_create;
	case RES_OBJECT:
		return gen_usable(g, OP_kmalloc)    ? OP_kmalloc
		       : g->list[RES_CACHE].nr != 0 ? OP_kmem_cache_alloc
						    : OP_kmem_cache_create;
	case RES_POOL:
		return OP_mempool_create_kmalloc;
	case RES_PGD:
		return OP_pgd_alloc;
	case RES_MAP:
		return gen_usable(g, OP_vmalloc)    ? OP_vmalloc
		       : gen_usable(g, OP_ioremap)  ? OP_ioremap
		       : g->list[RES_PAGES].nr == 0 ? OP_alloc_pages
		       : gen_usable(g, OP_kmap)	    ? OP_kmap
						    : OP_vmap;
	case RES_ELEMENT:
		return g->list[RES_POOL].nr ? OP_mempool_alloc
					    : OP_mempool_create_kmalloc;
	default:
		return OP_alloc_pages;
	}
}

/* Is there an object of a cache that a slot names? */
static bool named_objects(const struct gen *g)
{
	const struct gen_list *list = &g->list[RES_CACHE];
	u32 i;

	for (i = 0; i < list->nr; i++)
		if (g->cache[g->slot[list->slot[i]].owner].live)
			return true;
	return false;
}

/* Slots all empty or all full: other ops than the one that was drawn. */
static enum op_code code_for(struct gen *g)
{
	enum op_code code = pick_op(g), other;
	enum gen_role role = gen_role_of(code);
	const struct op_arg *arg = op_info[code].arg;
	u32 i;

	for (i = 0; arg[i].kind != ARG_END; i++) {
		enum res_kind kind = arg_slot_kind((enum arg_kind)arg[i].kind);

		if (kind == RES_NONE || g->list[kind].nr)
			continue;
		other = code_of_kind(g, kind);
		if (g->clean || prng_below(g->r, 16))
			return gen_usable(g, other) ? other : OP_end;
		break;
	}
	if (role == ROLE_ALLOC && g->list[RES_PAGES].nr > SLOTS_WIRE - 8)
		return OP___free_pages;
	if (code == OP_kmem_cache_free && !named_objects(g) &&
	    gen_usable(g, OP_kfree) && (g->clean || prng_below(g->r, 16)))
		return OP_kfree;
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

void gen_any_op(struct gen *g, struct op *op)
{
	enum op_code code = code_for(g);

	if (code == OP_end)
		code = gen_usable(g, OP_nr_free_pages) ? OP_nr_free_pages
		       : gen_translates(g)	       ? OP_load
						       : OP_kmem_cache_create;
	*op = op_default(code);
	gen_fill(g, op);
	if (gen_role_of(code) == ROLE_FREE &&
	    (g->clean || prng_below(g->r, 32)))
		suit_free(g, op);
}

static void pages_op(struct gen *g, struct op *op)
{
	if (g->phase == PHASE_EXHAUST && prng_below(g->r, 8)) {
		if (!gen_ladder_op(g, op))
			g->left = 1;
		return;
	}
	gen_any_op(g, op);
	if (g->phase == PHASE_EDGE)
		edge_op(g, op);
}

void gen_op(struct gen *g, struct op *op)
{
	if (g->left == 0)
		phase_next(g);
	g->left--;
	if (g->accesses)
		gen_access_script_op(g, op);
	else if (gen_objects(g))
		gen_script_op(g, op);
	else
		pages_op(g, op);
	gen_follow(g, op);
}

/* --- programs ------------------------------------------------------------- */

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
	bool run = options->groups & GROUPS_RUN;
	struct gen_options own = *options;
	u32 n, boot_ops = 0;
	struct gen g;

	/* odd zones, too, want programs of page frames and nothing else */
	if (boot && prng_below(r, 2))
		own.groups &= (u16)~GROUP_MAPPING;
	p->nr = 0;
	p->profile = gen_profile(r, options);
	if (options->free_boot && prng_below(r, 16)) {
		p->profile = PROFILE_FREE;
		gen_boot_line(r, &p->boot);
	}
	if (options->ops == 0 || !(boot || run))
		return true;
	n = length_for(r, options->ops);
	if (boot && (!run || prng_below(r, 4)))
		boot_ops = run ? 1 + prng_below(r, n < 16 ? n : 16) : n;
	gen_begin(&g, r, &own, p);
	return gen_boot_ops(&g, p, boot_ops) &&
	       gen_run(&g, p, run ? n - boot_ops : 0);
}
