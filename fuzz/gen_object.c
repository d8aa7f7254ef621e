// SPDX-License-Identifier: MIT
/*
 * gen_object.c - where the arguments of object ops come from, sizes apart:
 * slots, GFP flags, offsets, addresses, times.
 *
 * Most frees name the cache or pool that the object came from, and most
 * slots are live ones.  Misuse is a freed slot, another cache's object, an
 * address that nobody handed out; programs that are clean have almost none.
 * Validator: fuzz/tests/test_gen.c.
 */
#include "gen_state.h"

static bool misuse(struct gen *g, u32 rate)
{
	return prng_one_in(g->r, g->clean ? 32 * rate : rate);
}

/* --- GFP flags ------------------------------------------------------------ */

static u32 object_gfp(struct gen *g)
{
	static const u32 base[] = {
		GFP_KERNEL, GFP_KERNEL, GFP_KERNEL, GFP_KERNEL,
		GFP_KERNEL, GFP_ATOMIC, GFP_ATOMIC, GFP_ATOMIC,
		GFP_NOFS,   GFP_NOIO,	0,	    GFP_KERNEL | __GFP_HIGH,
	};
	static const u32 modifier[] = {
		__GFP_COLD,	  __GFP_NOWARN,	 __GFP_REPEAT,
		__GFP_NOFAIL,	  __GFP_NORETRY, __GFP_NORETRY,
		__GFP_NOMEMALLOC, __GFP_COMP,	 __GFP_NO_GROW,
	};
	u32 gfp = PICK(g, base);

	while (prng_one_in(g->r, 5))
		gfp |= PICK(g, modifier);
	return gfp;
}

/* Flags that a slab cannot be grown with: found out when one is. */
static u32 gfp_misused(struct gen *g, u32 gfp)
{
	switch (prng_below(g->r, 6)) {
	case 0:
		return gfp | __GFP_HIGHMEM;
	case 1:
		return gfp | __GFP_ZERO;
	case 2:
		return gfp | __GFP_NO_GROW;
	case 3:
		return gfp ^ __GFP_DMA;
	case 4:
		return gfp | GFP_ZONEMASK;
	default:
		return gfp ^ 1u << prng_below(g->r, 24);
	}
}

static bool cache_wants_dma(const struct gen *g, const struct op *op)
{
	const struct gen_slot *s = &g->slot[op->arg[0] % SLOTS_WIRE];

	if (s->kind == RES_POOL)
		s = &g->slot[g->cache[g->pool[s->owner].cache].slot %
			     SLOTS_WIRE];
	return s->kind == RES_CACHE && s->state == SLOT_LIVE &&
	       g->cache[s->owner].flags & SLAB_CACHE_DMA;
}

u32 gen_object_gfp(struct gen *g, const struct op *op)
{
	bool by_size = op_arg_of_kind(&op_info[op->code], ARG_KSIZE) >= 0;
	u32 gfp = PICK(g, g->object_gfp);

	if (prng_one_in(g->r, 24))
		gfp = object_gfp(g);
	if (by_size ? prng_one_in(g->r, 10) : cache_wants_dma(g, op))
		gfp |= __GFP_DMA;
	if (prng_one_in(g->r, 48))
		gfp |= __GFP_NO_GROW;
	return misuse(g, 40) ? gfp_misused(g, gfp) : gfp;
}

void gen_swarm_objects(struct gen *g)
{
	static const u8 noise_rate[] = { 0, 0, 32, 16, 8, 4 };
	u32 i, kinds = 1 + prng_below(g->r, GEN_GFPS);

	for (i = 0; i < GEN_GFPS; i++)
		g->object_gfp[i] =
			i < kinds ? object_gfp(g) : g->object_gfp[i % kinds];
	g->noise_rate = PICK(g, noise_rate);
	g->nested = prng_one_in(g->r, 4);
	gen_swarm_sizes(g);
}

/* --- slots ---------------------------------------------------------------- */

u32 gen_stale_slot(struct gen *g, enum res_kind kind)
{
	u32 i, slot;

	for (i = 0; i < 12 && g->named; i++) {
		slot = prng_below(g->r, g->named);
		if (g->slot[slot].kind == kind &&
		    g->slot[slot].state == SLOT_FREED)
			return slot;
	}
	return GEN_NONE;
}

/* May op, its first argument chosen, act on this slot? */
static bool slot_suits(const struct gen *g, const struct op *op, u32 i,
		       const struct gen_slot *s)
{
	const struct gen_slot *first = &g->slot[op->arg[0] % SLOTS_WIRE];

	switch (op->code) {
	case OP_kmem_cache_free: /* a cache with objects; then one of them */
		return i ? s->owner == first->owner
			 : g->cache[s->owner].live != 0;
	case OP_mempool_free:
		return i ? s->owner == first->owner
			 : g->pool[s->owner].live != 0;
	case OP_kmem_cache_destroy:
		return s->owner >= GEN_GENERAL && !g->cache[s->owner].live;
	case OP_mempool_destroy:
		return g->pool[s->owner].curr_nr == g->pool[s->owner].min_nr;
	case OP_kfree: /* others have a cache to name */
		return s->owner < GEN_GENERAL ||
		       g->cache[s->owner].slot == GEN_NONE;
	default:
		return true;
	}
}

u32 gen_object_slot(struct gen *g, const struct op *op, u32 i)
{
	enum arg_kind arg = (enum arg_kind)op_info[op->code].arg[i].kind;
	enum res_kind kind = arg_slot_kind(arg);
	const struct gen_list *list = &g->list[kind];
	u32 tries, slot = GEN_NONE;

	if (list->nr == 0 || misuse(g, 24))
		slot = gen_stale_slot(g, kind);
	if (slot != GEN_NONE)
		return slot;
	if (list->nr == 0)
		return g->named ? prng_below(g->r, g->named) : 0;
	if (misuse(g, 32))
		return list->slot[prng_below(g->r, list->nr)];
	for (tries = 0; tries < 8; tries++) {
		slot = list->slot[tries ? prng_below(g->r, list->nr)
					: gen_pick_live(g, list->nr)];
		if (slot_suits(g, op, i, &g->slot[slot]))
			return slot;
	}
	for (tries = 0; tries < list->nr; tries++)
		if (slot_suits(g, op, i, &g->slot[list->slot[tries]]))
			return list->slot[tries];
	return slot;
}

/* --- inside and outside objects ------------------------------------------- */

/* Some objects on: what is behind a slab's last one is an edge. */
static u32 off_in_slab(struct gen *g, const struct gen_slot *s)
{
	const struct gen_cache *c = &g->cache[s->owner % GEN_CACHES];
	u32 n = c->num ? c->num : 1;

	switch (prng_below(g->r, 4)) {
	case 0:
		n = 1 + prng_below(g->r, n);
		break;
	case 1:
		n = n > 4 ? n - prng_below(g->r, 4) : n;
		break;
	default: /* the first of a slab, likely */
		break;
	}
	return n * c->each + (prng_one_in(g->r, 4) ? prng_below(g->r, 64) : 0);
}

static u32 value_off(struct gen *g, const struct op *op)
{
	const struct gen_slot *s = &g->slot[op->arg[0] % SLOTS_WIRE];
	u32 size = s->size ? s->size : 1, off = prng_below(g->r, size);

	if (op->code == OP_kfree_inside && prng_one_in(g->r, 8))
		return prng_below(g->r, 2 * PAGE_SIZE);
	if (op->code == OP_kfree_inside && prng_below(g->r, 2))
		return off_in_slab(g, s);
	switch (prng_below(g->r, 6)) {
	case 0:
		return op->code == OP_kfree_inside ? 4 : 0;
	case 1:
		return size - 1;
	case 2:
		return size - prng_below(g->r, size < 8 ? size : 8);
	case 3:
		return off & ~3u;
	default:
		return off;
	}
}

static u32 value_len(struct gen *g)
{
	static const u32 len[] = { 0, 1, 4, 32, 64, 128, 4095, 4096, 0xFFFF };

	return prng_below(g->r, 3) ? PICK(g, len) : prng_below(g->r, 512);
}

/*
 * 64 is the object's first byte.  A red zone of 4 bytes stands before it and
 * another behind it; what is farther away is a neighbour's.
 */
static u32 value_reach(struct gen *g, const struct op *op)
{
	const struct gen_slot *s = &g->slot[op->arg[0] % SLOTS_WIRE];
	u32 size = s->kind == RES_OBJECT ? g->cache[s->owner].size : 64;
	u32 behind = 64 + ((size + 3) & ~3u), reach;

	if (s->state == SLOT_LIVE) {
		reach = 60 + prng_below(g->r, 4);
		if (prng_below(g->r, 2) && behind < 252)
			reach = behind + prng_below(g->r, 4);
	} else {
		reach = 64 + prng_below(g->r, size < 192 ? size : 192);
		if (prng_one_in(g->r, 4)) /* its red zones */
			reach = prng_below(g->r, 2) ? 60 : behind & 0xFF;
	}
	return prng_one_in(g->r, 16) ? prng_below(g->r, 256) : reach;
}

static u32 value_jiffies(struct gen *g)
{
	static const u32 jiffies[] = {
		2000, 2000, 2000, 2000, 4000, 4000, 8000, 8000, 1000, 1000,
		1003, 2001, 3999, 9000, 999,  1,    1,	  0,	3,
	};

	if (prng_one_in(g->r, 256))
		return 65535 - prng_below(g->r, 3);
	return prng_below(g->r, 4) ? PICK(g, jiffies) : prng_below(g->r, 9001);
}

/* Colour and management are at a slab's beginning, slack is at its end. */
static u32 slab_edge(struct gen *g)
{
	u32 addr = PAGE_OFFSET + (gen_slab_pfn(g) << PAGE_SHIFT);
	u32 off = 4 * prng_below(g->r, 64);

	return prng_below(g->r, 3) ? addr + off : addr + PAGE_SIZE - off;
}

static u32 value_addr(struct gen *g)
{
	u32 align = 1u << (4 + prng_below(g->r, 9));

	if (prng_one_in(g->r, 4))
		return 0;
	if (prng_one_in(g->r, 4))
		return slab_edge(g);
	if (prng_below(g->r, 2))
		return gen_number(g, ARG_VADDR);
	return gen_number(g, ARG_VADDR) & ~(align - 1);
}

u32 gen_object_value(struct gen *g, const struct op *op, u32 i)
{
	enum arg_kind kind = (enum arg_kind)op_info[op->code].arg[i].kind;

	if (arg_slot_kind(kind) != RES_NONE)
		return gen_object_slot(g, op, i);
	switch (kind) {
	case ARG_GFP:
		return gen_object_gfp(g, op);
	case ARG_OFF:
		return value_off(g, op);
	case ARG_LEN:
		return value_len(g);
	case ARG_REACH:
		return value_reach(g, op);
	case ARG_JIFFIES:
		return value_jiffies(g);
	case ARG_VADDR:
		return value_addr(g);
	default:
		return gen_size(g, op, i);
	}
}
