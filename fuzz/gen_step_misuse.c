// SPDX-License-Identifier: MIT
/*
 * gen_step_misuse.c - the steps of scripts that break the rules: damage to
 * red zones and free objects, addresses that nobody handed out, calls on
 * what was destroyed or freed.
 *
 * Programs that are clean have none but the first, which debugging is for.
 * Validator: fuzz/tests/test_gen.c.
 */
#include "gen_steps.h"

static bool step_damage(struct gen *g, struct op *op, bool live)
{
	u32 slot = GEN_NONE, tries = 0;

	if (!g->debug || !gen_usable(g, OP_damage))
		return false;
	if (live)
		slot = gen_pick_given(g, RES_OBJECT, g->plan.cache);
	while (!live && tries++ < 6) {
		slot = gen_stale_slot(g, RES_OBJECT);
		if (slot == GEN_NONE || g->slot[slot].owner == g->plan.cache)
			break;
	}
	if (slot == GEN_NONE)
		return false;
	*op = op_default(OP_damage);
	op->arg[0] = slot;
	op->arg[1] = gen_value(g, op, 1);
	return gen_complete(g, op);
}

static bool step_wild(struct gen *g, struct op *op)
{
	static const u8 code[] = {
		OP_kmem_cache_free_addr,
		OP_kmem_cache_free_addr,
		OP_kfree_addr,
		OP_kfree_addr,
		OP_ksize_addr,
		OP_kfree_inside,
		OP_kfree_inside,
		OP_free_pfn,
		OP_free_addr,
		OP_put_pfn,
	};
	enum op_code wild = (enum op_code)PICK(g, code);

	if (g->clean ||
	    (wild == OP_kmem_cache_free_addr && !g->list[RES_CACHE].nr) ||
	    (wild == OP_kfree_inside && !g->list[RES_OBJECT].nr))
		return false;
	return gen_drawn(g, op, wild);
}

static bool step_context(struct gen *g, struct op *op)
{
	static const u8 code[] = {
		OP_kmem_cache_create, OP_kmem_cache_destroy,
		OP_kmem_cache_shrink, OP_kmem_cache_alloc,
		OP_kmalloc,	      OP_kzalloc,
		OP_mempool_create,    OP_mempool_create_kmalloc,
		OP_mempool_resize,    OP_mempool_alloc,
	};
	enum op_code call = (enum op_code)PICK(g, code);
	enum arg_kind first = (enum arg_kind)op_info[call].arg[0].kind;
	int gfp = op_arg_of_kind(&op_info[call], ARG_GFP);

	if (g->clean || (arg_slot_kind(first) != RES_NONE &&
			 !g->list[arg_slot_kind(first)].nr))
		return false;
	if (!gen_drawn(g, op, call))
		return false;
	op->flags |= prng_below(g->r, 2) ? TASK_ATOMIC : TASK_IRQ;
	if (gfp >= 0)
		op->arg[gfp] |= __GFP_WAIT;
	return true;
}

static bool step_ref(struct gen *g, struct op *op, bool get)
{
	if (g->clean || !gen_usable(g, OP_get_pfn))
		return false;
	if (get)
		g->plan.pfn = gen_slab_pfn(g);
	*op = op_default(get ? OP_get_pfn : OP_put_pfn);
	if (!get && prng_one_in(g->r, 4))
		*op = op_default(OP_free_pfn);
	op->arg[0] = g->plan.pfn;
	return gen_complete(g, op);
}

/* Acts on what is gone: the last of its slot arguments that has such. */
static bool stale(struct gen *g, struct op *op, enum op_code code)
{
	const struct op_arg *arg = op_info[code].arg;
	bool found = false;
	u32 i;

	if (g->clean || !gen_draw(g, op, code))
		return false;
	for (i = 0; arg[i].kind != ARG_END; i++) {
		enum res_kind kind = arg_slot_kind((enum arg_kind)arg[i].kind);
		u32 slot = kind ? gen_stale_slot(g, kind) : GEN_NONE;

		if (kind && slot == GEN_NONE && !g->list[kind].nr)
			return false;
		if (slot == GEN_NONE || (found && prng_below(g->r, 2)))
			continue;
		op->arg[i] = slot;
		found = true;
	}
	return found && gen_complete(g, op);
}

static bool step_stale(struct gen *g, struct op *op)
{
	static const u8 code[] = {
		OP_kmem_cache_alloc,
		OP_kmem_cache_free,
		OP_kmem_cache_free,
		OP_kmem_cache_size,
		OP_kmem_cache_name,
		OP_kmem_cache_shrink,
		OP_kmem_cache_destroy,
		OP_kfree,
		OP_kfree,
		OP_ksize,
	};

	return stale(g, op, (enum op_code)PICK(g, code));
}

static bool step_pool_stale(struct gen *g, struct op *op)
{
	static const u8 code[] = {
		OP_mempool_alloc,  OP_mempool_free,    OP_mempool_free,
		OP_mempool_resize, OP_mempool_destroy,
	};

	return stale(g, op, (enum op_code)PICK(g, code));
}

bool gen_misuse_step(struct gen *g, struct op *op)
{
	switch (g->plan.now->code) {
	case STEP_DAMAGE:
		return step_damage(g, op, g->plan.now->arg);
	case STEP_WILD:
		return step_wild(g, op);
	case STEP_CONTEXT:
		return step_context(g, op);
	case STEP_REF:
		return step_ref(g, op, true);
	case STEP_UNREF:
		return step_ref(g, op, false);
	case STEP_STALE:
		return step_stale(g, op);
	case STEP_PSTALE:
		return step_pool_stale(g, op);
	default:
		return false;
	}
}
