// SPDX-License-Identifier: MIT
/*
 * gen_step_pool.c - the steps of scripts that are about a memory pool.
 *
 * A pool falls back on its reserve only when its allocator has nothing: so
 * its elements are mostly large ones, of which no slab has any to spare, and
 * the marks are raised before.
 * Validator: fuzz/tests/test_gen.c.
 */
#include "gen_steps.h"

static bool step_pool(struct gen *g, struct op *op, u32 style)
{
	const struct gen_cache *c = gen_cache_now(g);
	bool named =
		c && c->slot != GEN_NONE && gen_usable(g, OP_mempool_create);

	if (named && (style == POOL_CACHE || prng_one_in(g->r, 3))) {
		if (!gen_draw(g, op, OP_mempool_create))
			return false;
		op->arg[1] = c->slot;
	} else {
		if (!gen_draw(g, op, OP_mempool_create_kmalloc))
			return false;
		if (style == POOL_LARGE)
			op->arg[1] = gen_size_like(g, prng_below(g->r, 4)
							      ? SIZE_LARGE
							      : SIZE_SHARED);
	}
	if ((style == POOL_LARGE || style == POOL_CACHE) && op->arg[0] > 16 &&
	    prng_below(g->r, 64))
		op->arg[0] = prng_below(g->r, 6);
	if (style == POOL_BIG) {
		op->arg[0] =
			10 + prng_below(g->r, prng_below(g->r, 4) ? 24 : 270);
		if (op->code == OP_mempool_create_kmalloc)
			op->arg[1] = gen_pool_ksize(g, op, op->arg[1]);
	}
	return gen_complete(g, op);
}

static bool step_pool_op(struct gen *g, struct op *op, enum op_code code)
{
	const struct gen_pool *p = gen_pool_now(g);

	if (!p || !gen_usable(g, code))
		return false;
	*op = op_default(code);
	op->arg[0] = p->slot;
	if (code == OP_mempool_resize) {
		op->arg[1] = gen_value(g, op, 1);
		op->arg[2] = gen_value(g, op, 2);
	}
	return gen_complete(g, op);
}

static bool step_pool_take(struct gen *g, struct op *op, bool sleep)
{
	const struct gen_pool *p = gen_pool_now(g);

	if (!p)
		return false;
	*op = op_default(OP_mempool_alloc);
	op->arg[0] = p->slot;
	op->arg[1] = gen_object_gfp(g, op);
	if (sleep && prng_below(g->r, 6))
		op->arg[1] |= GFP_KERNEL;
	return gen_complete(g, op);
}

static bool step_pool_give(struct gen *g, struct op *op)
{
	const struct gen_pool *p = gen_pool_now(g);
	u32 slot = p ? gen_pick_given(g, RES_ELEMENT, g->plan.pool) : GEN_NONE;

	if (slot == GEN_NONE)
		return false;
	*op = op_default(OP_mempool_free);
	op->arg[0] = p->slot;
	op->arg[1] = slot;
	return gen_complete(g, op);
}

bool gen_pool_step(struct gen *g, struct op *op)
{
	u32 arg = g->plan.now->arg;

	switch (g->plan.now->code) {
	case STEP_POOL:
		return step_pool(g, op, arg);
	case STEP_PTAKE:
		return step_pool_take(g, op, arg);
	case STEP_PGIVE:
		return step_pool_give(g, op);
	case STEP_RESIZE:
		return step_pool_op(g, op, OP_mempool_resize);
	case STEP_PDESTROY:
		return step_pool_op(g, op, OP_mempool_destroy);
	default:
		return false;
	}
}
