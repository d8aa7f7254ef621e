// SPDX-License-Identifier: MIT
/*
 * gen_value.c - where the generator's values come from: orders, GFP flags,
 * slots, addresses, sizes, contexts.
 *
 * Most values are such as a kernel would use; some stand at an edge (of the
 * block, of a zone, of the type), and few are noise.  Most slots are live
 * ones: a program that errs at each step explores errors only.
 * Validator: fuzz/tests/test_gen.c.
 */
#include "gen_state.h"

/* --- GFP flags ------------------------------------------------------------ */

static u32 gfp_base(struct gen *g)
{
	static const u32 base[] = {
		GFP_KERNEL,
		GFP_KERNEL,
		GFP_KERNEL,
		GFP_KERNEL,
		GFP_ATOMIC,
		GFP_ATOMIC,
		GFP_ATOMIC,
		GFP_HIGHUSER,
		GFP_HIGHUSER,
		GFP_HIGHUSER,
		GFP_HIGHUSER,
		GFP_KERNEL | GFP_DMA,
		GFP_KERNEL | GFP_DMA,
		GFP_ATOMIC | GFP_DMA,
		GFP_NOFS,
		GFP_NOIO,
		GFP_NOFS,
		__GFP_HIGHMEM | __GFP_HIGH,
		__GFP_HIGHMEM,
		0,
	};

	return PICK(g, base);
}

static u32 gfp_modifier(struct gen *g)
{
	static const u32 flag[] = {
		__GFP_ZERO,	  __GFP_ZERO,	 __GFP_COLD,
		__GFP_COLD,	  __GFP_COLD,	 __GFP_COMP,
		__GFP_COMP,	  __GFP_COMP,	 __GFP_NOWARN,
		__GFP_REPEAT,	  __GFP_NOFAIL,	 __GFP_NORETRY,
		__GFP_NORETRY,	  __GFP_NO_GROW, __GFP_NOMEMALLOC,
		__GFP_NOMEMALLOC,
	};

	return PICK(g, flag);
}

u32 gen_gfp(struct gen *g)
{
	u32 gfp = gfp_base(g);

	while (prng_one_in(g->r, 3))
		gfp |= gfp_modifier(g);
	return gfp;
}

/* One of the program's own mixes; rarely with a bit flipped. */
static u32 value_gfp(struct gen *g, const struct op *op)
{
	u32 gfp = PICK(g, g->gfp);
	int order = op_arg_of_kind(&op_info[op->code], ARG_ORDER);

	if (prng_one_in(g->r, 16))
		gfp |= gfp_modifier(g);
	if (prng_one_in(g->r, g->clean ? 256 : 32))
		gfp ^= 1u << prng_below(g->r, 17);
	if (!g->clean && prng_one_in(g->r, 128))
		gfp |= GFP_ZONEMASK;
	/* zeroing a large block takes longer than all of the program */
	if (order >= 0 && op->arg[order] > 4 && !prng_one_in(g->r, 16))
		gfp &= ~__GFP_ZERO;
	/* high memory has no address: a report */
	if (op->code != OP_alloc_pages && op->code != OP_alloc_page &&
	    !prng_one_in(g->r, g->clean ? 256 : 32))
		gfp &= ~__GFP_HIGHMEM;
	if (op->code == OP_get_zeroed_page)
		gfp &= ~__GFP_COMP;
	return gfp;
}

/* --- who calls ------------------------------------------------------------ */

/* What a driver must not ask for in this context. */
static u32 gfp_unsuitable(struct gen *g, const struct op *op, u32 gfp)
{
	if (op->flags & TASK_IRQ && prng_below(g->r, 2))
		return (gfp & ~(GFP_KERNEL | __GFP_DMA)) | __GFP_HIGHMEM |
		       __GFP_ZERO;
	return gfp | __GFP_WAIT;
}

/* Calls that make and drop caches and pools have no flags to ask with. */
static bool must_sleep(const struct op *op)
{
	enum gen_role role = gen_role_of((enum op_code)op->code);

	switch (op->code) { /* that are there for those who may not */
	case OP_kmap_atomic:
	case OP_kmap_atomic_pfn:
	case OP_kunmap_atomic:
	case OP_kunmap_atomic_addr:
		return false;
	default:
		return role == ROLE_MAKE || role == ROLE_DROP ||
		       op_info[op->code].group & GROUP_ACCESS ||
		       op->code == OP_kmem_cache_shrink;
	}
}

/* A CPU that holds no kmap_atomic, if there is one. */
static void off_held_cpu(struct gen *g, struct op *op)
{
	u32 i, from = prng_below(g->r, g->cpus);

	for (i = 0; i < g->cpus; i++)
		if (!g->vm.held[(from + i) % g->cpus]) {
			op->cpu = (u8)((from + i) % g->cpus);
			return;
		}
}

/* A context that may not sleep asks without __GFP_WAIT, as drivers do. */
void gen_suit(struct gen *g, struct op *op)
{
	int i = op_arg_of_kind(&op_info[op->code], ARG_GFP);

	bool held = g->vm.held[op->cpu % g->cpus];

	if (must_sleep(op) && !prng_one_in(g->r, g->clean ? 128 : 12)) {
		op->flags &= (u8) ~(TASK_ATOMIC | TASK_IRQ);
		if (held)
			off_held_cpu(g, op);
	}
	if (i < 0 || !(held || op->flags & (TASK_ATOMIC | TASK_IRQ)))
		return;
	if (prng_one_in(g->r, g->clean ? 128 : 12)) {
		op->arg[i] = gfp_unsuitable(g, op, op->arg[i]);
		return;
	}
	if (op->arg[i] & __GFP_WAIT)
		op->arg[i] = (op->arg[i] & ~GFP_KERNEL) | __GFP_HIGH;
	if (op->flags & TASK_IRQ && op->arg[i] & __GFP_HIGHMEM)
		op->arg[i] &= ~__GFP_ZERO;
}

static bool may_allocate(const struct op *op)
{
	return op_info[op->code].result != RES_NONE ||
	       op->code == OP_map_page || op->code == OP_change_page_attr ||
	       op->code == OP_change_pfn_attr;
}

void gen_context(struct gen *g, struct op *op)
{
	op->cpu = g->cpu < g->cpus ? g->cpu : 0;
	if (g->cpus > 1 && g->cpu_rate && prng_one_in(g->r, g->cpu_rate))
		op->cpu = (u8)prng_below(g->r, g->cpus);
	if (g->task_rate && prng_one_in(g->r, g->task_rate))
		op->flags =
			(u8)prng_below(g->r, TASK_FLAGS + 1) & g->task_flags;
	if (may_allocate(op) && g->fail_rate &&
	    op_info[op->code].group & GROUPS_RUN &&
	    prng_one_in(g->r, g->fail_rate))
		op->fail_nth =
			prng_below(g->r, 4) ? 1 : (u8)prng_below(g->r, 16);
	gen_suit(g, op);
}

/* The part of the swarm that is about values. */
void gen_swarm_values(struct gen *g)
{
	static const u8 task_rate[] = { 0, 0, 0, 0, 0, 32, 16, 4 };
	static const u8 fail_rate[] = { 0, 0, 0, 0, 0, 0, 16, 8 };
	static const u8 cpu_rate[] = { 0, 0, 32, 8, 8, 2 };
	u32 i, kinds = 1 + prng_below(g->r, GEN_GFPS);

	for (i = 0; i < GEN_GFPS; i++)
		g->gfp[i] = i < kinds ? gen_gfp(g) : g->gfp[i % kinds];
	g->task_flags = (u8)prng_below(g->r, TASK_FLAGS + 1);
	g->task_rate = PICK(g, task_rate);
	g->fail_rate = PICK(g, fail_rate);
	g->cpu_rate = PICK(g, cpu_rate);
	g->order_style = (u8)prng_below(g->r, 5);
	g->pick_style = (u8)prng_below(g->r, 4);
	g->clean = prng_below(g->r, 2);
	g->cpu = prng_one_in(g->r, 4) ? (u8)prng_below(g->r, g->cpus) : 0;
}

/* --- orders --------------------------------------------------------------- */

/* 0 in half of all cases, 1 in a quarter, ... */
static u32 geometric(struct gen *g)
{
	u64 bits = prng_u64(g->r) | 1ull << (MAX_ORDER - 1);

	return (u32)__builtin_ctzll(bits);
}

static u32 value_order(struct gen *g)
{
	if (prng_one_in(g->r, 256))
		return prng_one_in(g->r, 4) ? 255 : MAX_ORDER;
	switch (g->order_style) {
	case 0:
		return prng_below(g->r, 8) ? 0 : geometric(g);
	case 1:
	case 2:
		return geometric(g);
	case 3:
		return prng_below(g->r, MAX_ORDER);
	default:
		return prng_below(g->r, 2) ? MAX_ORDER - 1 - geometric(g) / 2
					   : geometric(g);
	}
}

static u32 value_forder(struct gen *g, const struct gen_slot *s)
{
	if (g->clean || prng_below(g->r, 12))
		return prng_below(g->r, 8) ? 0 : s->order + 1u;
	switch (prng_below(g->r, 6)) {
	case 0:
		return 1 + prng_below(g->r, MAX_ORDER);
	case 1:
		return 1 + MAX_ORDER + prng_below(g->r, 2);
	default: /* one less, its own, one more */
		return s->order + prng_below(g->r, 3);
	}
}

/* --- slots ---------------------------------------------------------------- */

u32 gen_pick_live(struct gen *g, u32 n)
{
	u32 i = prng_below(g->r, n);

	if (g->pick_style == 0) /* the youngest */
		return n - 1 - (prng_below(g->r, 8) ? 0 : i);
	if (g->pick_style == 1) /* the oldest */
		return prng_below(g->r, 8) ? 0 : i;
	return i;
}

/* Would op on that slot be misuse? */
static bool slot_suits(const struct op *op, const struct gen_slot *s)
{
	const struct op_info *info = &op_info[op->code];

	if (op_arg_of_kind(info, ARG_PAGES_FREED) < 0)
		return op->code != OP_put_page || s->order == 0 || s->comp ||
		       s->refs > 1;
	if (s->kmaps && s->refs == 1)
		return false;
	if (s->order && op_arg_of_kind(info, ARG_FORDER) < 0)
		return false;
	return s->zone != ZONE_HIGHMEM ||
	       (op->code != OP_free_pages && op->code != OP_free_page);
}

u32 gen_slot_for(struct gen *g, const struct op *op)
{
	const struct gen_list *list = &g->list[RES_PAGES];
	u32 tries, slot = 0;
	bool stray = prng_one_in(g->r, g->clean ? 256 : 12);

	if (list->nr == 0 || (stray && g->named)) {
		slot = g->named ? prng_below(g->r, g->named) : 0;
		if (list->nr == 0 || !gen_objects(g) ||
		    g->slot[slot].kind == RES_PAGES)
			return slot;
	}
	for (tries = 0; tries < 6; tries++) {
		slot = list->slot[tries ? prng_below(g->r, list->nr)
					: gen_pick_live(g, list->nr)];
		if (slot_suits(op, &g->slot[slot]))
			break;
	}
	return slot;
}

static const struct gen_slot *slot_of(const struct gen *g, const struct op *op)
{
	return &g->slot[op->arg[0] % SLOTS_WIRE];
}

/* A frame of the block: head, last, inside; misuse is to go past it. */
static u32 value_frame(struct gen *g, const struct op *op)
{
	const struct gen_slot *s = slot_of(g, op);
	u32 n = 1u << s->order;
	bool any = s->comp || op->code == OP_page_address;

	if (op->code == OP_free_tail)
		return prng_below(g->r, 2 * n);
	if (!any && (g->clean || prng_below(g->r, 16)))
		return 0;
	switch (prng_below(g->r, 16)) {
	case 0:
		return g->clean ? 0 : n;
	case 1:
		return n - 1;
	default:
		return prng_below(g->r, n);
	}
}

static u32 value_off(struct gen *g, const struct op *op)
{
	u32 bytes = PAGE_SIZE << slot_of(g, op)->order;
	u32 off = prng_below(g->r, bytes);

	switch (prng_below(g->r, 8)) {
	case 0:
		return 0;
	case 1:
		return bytes - 1 - prng_below(g->r, 128);
	case 2:
		return off & ~(PAGE_SIZE - 1);
	case 3:
		return off | (PAGE_SIZE - 1);
	default:
		return off;
	}
}

static u32 value_len(struct gen *g)
{
	static const u32 len[] = { 0, 1, 4, 64, 64, 128, 4095, 4096, 4097 };

	return prng_below(g->r, 4) ? PICK(g, len) : prng_below(g->r, 8192);
}

/* --- all kinds ------------------------------------------------------------ */

/* What free_bootmem gives back is best what was reserved before. */
static bool value_of_range(struct gen *g, const struct op *op, u32 i,
			   u32 *value)
{
	u32 n = g->nr_ranges < GEN_RANGES ? g->nr_ranges : GEN_RANGES;
	u32 k;

	if (op->code != OP_free_bootmem || n == 0)
		return false;
	if (i == 0) {
		*value = g->range[prng_below(g->r, n)].start;
		return prng_below(g->r, 4) != 0;
	}
	for (k = 0; k < n; k++) {
		*value = g->range[k].size;
		if (g->range[k].start == op->arg[0])
			return prng_below(g->r, 4) != 0;
	}
	return false;
}

u32 gen_value(struct gen *g, const struct op *op, u32 i)
{
	enum arg_kind kind = (enum arg_kind)op_info[op->code].arg[i].kind;
	u32 value;

	if (op_info[op->code].group & GROUPS_SLABS)
		return gen_object_value(g, op, i);
	if (op_info[op->code].group & GROUP_MAPPING)
		return gen_vm_value(g, op, i);
	if (op_info[op->code].group & GROUP_ACCESS)
		return gen_access_value(g, op, i);
	switch (kind) {
	case ARG_ORDER:
		return op->code == OP_free_tail && prng_below(g->r, 4)
			       ? slot_of(g, op)->order
			       : value_order(g);
	case ARG_FORDER:
		return value_forder(g, slot_of(g, op));
	case ARG_GFP:
		return value_gfp(g, op);
	case ARG_PAGES:
	case ARG_PAGES_FREED:
		return gen_slot_for(g, op);
	case ARG_FRAME:
		return value_frame(g, op);
	case ARG_OFF:
		return value_off(g, op);
	case ARG_LEN:
		return value_len(g);
	case ARG_PHYS:
	case ARG_SIZE:
		if (value_of_range(g, op, i, &value))
			return value;
		return gen_number(g, kind);
	default:
		return gen_number(g, kind);
	}
}
