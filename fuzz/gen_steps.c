// SPDX-License-Identifier: MIT
/*
 * gen_steps.c - the ops of each step of a script; those of pools, of
 * misuse, of memory and time are in gen_step_pool.c and its like.
 *
 * A step is about one cache or one pool, by the guess of what is live.  What
 * it leaves open is drawn as for any op; a step whose op the options do not
 * have, or whose cache is not there, has no op.
 * Validator: fuzz/tests/test_gen.c.
 */
#include "gen_steps.h"

#define TAKEN_MAX 30u

enum give_order { GIVE_LAST, GIVE_FIRST, GIVE_RANDOM, GIVE_OTHER, NR_GIVES };

struct gen_cache *gen_cache_now(struct gen *g)
{
	u32 at = g->plan.cache;

	if (at == GEN_NONE || g->cache[at].state != SLOT_LIVE)
		return NULL;
	return &g->cache[at];
}

struct gen_pool *gen_pool_now(struct gen *g)
{
	u32 at = g->plan.pool;

	if (at == GEN_NONE || g->pool[at].state != SLOT_LIVE)
		return NULL;
	return &g->pool[at];
}

static bool is_general(const struct gen *g, const struct gen_cache *c)
{
	return c < g->cache + GEN_GENERAL;
}

bool gen_complete(struct gen *g, struct op *op)
{
	u8 result = op_info[op->code].result;

	op->out = result == RES_NONE ? SLOT_NONE : gen_free_slot(g);
	gen_context(g, op);
	if (g->plan.fail_nth)
		op->fail_nth = g->plan.fail_nth;
	g->plan.fail_nth = 0;
	if (result == RES_CACHE || result == RES_POOL)
		g->plan.made = (u8)op->out;
	return true;
}

bool gen_draw(struct gen *g, struct op *op, enum op_code code)
{
	const struct op_info *info = &op_info[code];
	u32 i;

	if (!gen_usable(g, code))
		return false;
	*op = op_default(code);
	for (i = 0; info->arg[i].kind != ARG_END; i++)
		op->arg[i] = gen_value(g, op, i);
	return true;
}

bool gen_drawn(struct gen *g, struct op *op, enum op_code code)
{
	return gen_draw(g, op, code) && gen_complete(g, op);
}

/* --- caches --------------------------------------------------------------- */

/* Mostly of some hundred objects a slab. */
static void make_nested(struct gen *g, struct op *op)
{
	op->arg[1] = 4 + prng_below(g->r, prng_below(g->r, 3) ? 12 : 60);
	op->arg[2] = 0;
	op->arg[3] &= SLAB_RECLAIM_ACCOUNT | SLAB_POISON;
	op->arg[4] = OBJECT_NESTED | OBJECT_CTOR;
	if (prng_below(g->r, 8))
		op->arg[4] |= OBJECT_DTOR;
}

static bool step_new(struct gen *g, struct op *op, u32 style)
{
	static const u8 size[] = {
		[NEW_SHARED] = SIZE_SHARED,
		[NEW_LARGE] = SIZE_LARGE,
		[NEW_SEVERAL] = SIZE_SEVERAL,
		[NEW_RCU] = SIZE_SEVERAL,
	};

	if (!gen_draw(g, op, OP_kmem_cache_create))
		return false;
	if (style == NEW_NESTED)
		make_nested(g, op);
	else if (style < sizeof(size) && size[style])
		op->arg[1] = gen_size_like(g, (enum size_style)size[style]);
	if (style == NEW_SHARED || style == NEW_LARGE)
		op->arg[2] &= 15;
	if (style == NEW_RCU) {
		op->arg[3] |= SLAB_DESTROY_BY_RCU;
		op->arg[3] &= ~SLAB_POISON;
		op->arg[4] &= ~OBJECT_DTOR;
	}
	if (style == NEW_DEBUG) {
		op->arg[1] = 4 + prng_below(g->r, 184);
		op->arg[2] = 0;
		op->arg[3] |= prng_below(g->r, 8) ? SLAB_POISON : 0;
	}
	return gen_complete(g, op);
}

/* One that a slot names, or a general one. */
static u32 any_cache(struct gen *g)
{
	const struct gen_list *list = &g->list[RES_CACHE];

	if (list->nr && prng_below(g->r, 4))
		return g->slot[list->slot[prng_below(g->r, list->nr)]].owner;
	return gen_general(g,
			   g->object_size[prng_below(g->r, GEN_OBJECT_SIZES)],
			   prng_one_in(g->r, 8) ? __GFP_DMA : 0);
}

static u32 general_cache(struct gen *g, u32 size)
{
	static const u16 tight[] = {
		2048, 4096, 4096, 8192, 8192, 8192, 16384, 32768,
	};

	if (!size)
		size = prng_below(g->r, 3) ? PICK(g, tight)
					   : gen_size_like(g, SIZE_ANY);
	return gen_general(g, size, prng_one_in(g->r, 6) ? __GFP_DMA : 0);
}

static bool step_find(struct gen *g, struct op *op, u32 size)
{
	if (!gen_draw(g, op, OP_kmem_find_general_cachep))
		return false;
	op->arg[0] = size ? size : op->arg[0];
	if (prng_below(g->r, 4))
		op->arg[1] &= ~__GFP_DMA;
	return gen_complete(g, op);
}

/* An op whose first argument is the cache's slot. */
static bool step_cache(struct gen *g, struct op *op, enum op_code code)
{
	const struct gen_cache *c = gen_cache_now(g);

	if (!c || c->slot == GEN_NONE)
		return false;
	if (code == OP_kmem_cache_destroy && is_general(g, c) &&
	    (g->clean || prng_below(g->r, 2)))
		return false;
	if (!gen_draw(g, op, code))
		return false;
	op->arg[0] = c->slot;
	return gen_complete(g, op);
}

/* --- objects -------------------------------------------------------------- */

static bool take_general(struct gen *g, struct op *op,
			 const struct gen_cache *c)
{
	static const u8 code[] = { OP_kmalloc, OP_kmalloc, OP_kmalloc,
				   OP_kzalloc, OP_kcalloc };
	u32 size = c->size, n;

	if (prng_below(g->r, 4))
		size -= prng_below(g->r, size / 4);
	if (!gen_draw(g, op, (enum op_code)PICK(g, code)))
		return false;
	if (op->code == OP_kcalloc) {
		n = 1 + prng_below(g->r, 4);
		op->arg[0] = n;
		op->arg[1] = c->size / n;
	} else {
		op->arg[0] = size;
	}
	n = (u32)op_arg_of_kind(&op_info[op->code], ARG_GFP);
	op->arg[n] &= ~__GFP_DMA;
	op->arg[n] |= c->flags & SLAB_CACHE_DMA ? __GFP_DMA : 0;
	return gen_complete(g, op);
}

static bool step_take(struct gen *g, struct op *op)
{
	const struct gen_cache *c = gen_cache_now(g);

	if (!c) {
		g->plan.cache = (u8)any_cache(g);
		c = gen_cache_now(g);
	}
	if (!c)
		return false;
	if (is_general(g, c) && (c->slot == GEN_NONE || prng_below(g->r, 4)))
		return take_general(g, op, c);
	if (c->slot == GEN_NONE || !gen_usable(g, OP_kmem_cache_alloc))
		return false;
	*op = op_default(OP_kmem_cache_alloc);
	op->arg[0] = c->slot;
	op->arg[1] = gen_object_gfp(g, op);
	return gen_complete(g, op);
}

u32 gen_pick_given(struct gen *g, enum res_kind kind, u32 owner)
{
	const struct gen_list *list = &g->list[kind];
	u8 held[SLOTS_WIRE];
	u32 i, n = 0;

	for (i = 0; i < list->nr; i++)
		if (g->slot[list->slot[i]].owner == owner)
			held[n++] = list->slot[i];
	if (n == 0)
		return GEN_NONE;
	switch (g->plan.give) {
	case GIVE_LAST:
		return held[n - 1];
	case GIVE_FIRST:
		return held[0];
	case GIVE_RANDOM:
		return held[prng_below(g->r, n)];
	default:
		return held[g->plan.cursor++ % n];
	}
}

static bool step_give(struct gen *g, struct op *op)
{
	const struct gen_cache *c = gen_cache_now(g);
	u32 slot = c ? gen_pick_given(g, RES_OBJECT, g->plan.cache) : GEN_NONE;
	bool named;

	if (slot == GEN_NONE)
		return false;
	if (g->plan.now->arg == GIVE_SPREAD)
		g->cpu = (u8)prng_below(g->r, g->cpus);
	named = c->slot != GEN_NONE && gen_usable(g, OP_kmem_cache_free);
	if (gen_usable(g, OP_kfree) &&
	    (!named || prng_one_in(g->r, is_general(g, c) ? 2 : 12))) {
		*op = op_default(OP_kfree);
		op->arg[0] = slot;
	} else if (named) {
		*op = op_default(OP_kmem_cache_free);
		op->arg[0] = c->slot;
		op->arg[1] = slot;
	} else {
		return false;
	}
	return gen_complete(g, op);
}

static bool step_look(struct gen *g, struct op *op)
{
	static const u8 code[] = {
		OP_write_object,    OP_read_object, OP_ksize,
		OP_write_object,    OP_read_object, OP_kmem_cache_size,
		OP_kmem_cache_name,
	};
	enum op_code look = (enum op_code)PICK(g, code);
	bool cache = look == OP_kmem_cache_size || look == OP_kmem_cache_name;

	return g->list[cache ? RES_CACHE : RES_OBJECT].nr &&
	       gen_drawn(g, op, look);
}

static bool step_kmalloc(struct gen *g, struct op *op)
{
	static const u8 code[] = { OP_kmalloc, OP_kmalloc, OP_kzalloc,
				   OP_kcalloc };

	return gen_drawn(g, op, (enum op_code)PICK(g, code));
}

/* --- steps ---------------------------------------------------------------- */

void gen_step_settle(struct gen *g)
{
	u32 made = g->plan.made;
	const struct gen_slot *s = &g->slot[made % SLOTS_WIRE];

	g->plan.made = GEN_NONE;
	if (made == GEN_NONE || s->state != SLOT_LIVE)
		return;
	if (s->kind == RES_CACHE) {
		g->plan.back = g->plan.cache;
		g->plan.cache = s->owner;
	}
	if (s->kind == RES_POOL)
		g->plan.pool = s->owner;
}

static u32 taken(u32 n)
{
	return n < TAKEN_MAX ? n : TAKEN_MAX;
}

static u32 count_of_cache(struct gen *g, u32 count)
{
	const struct gen_cache *c = gen_cache_now(g);
	u32 num = c ? c->num : 1, limit = c ? c->limit : 8;

	if (count == SLABS)
		return num > 12 ? 1 + prng_below(g->r, 12)
				: taken(num + 1 + prng_below(g->r, num + 3));
	if (limit > 32) /* no program has so many ops */
		return 3 + prng_below(g->r, 8);
	if (count == BATCH && g->cpus == 2 && prng_below(g->r, 4))
		return limit / 2 * 2; /* leaves the taker's array empty */
	if (count == BATCH)
		return taken(limit / 2 + 2 + prng_below(g->r, 4));
	if (count == FLOOD && limit == 8)
		return 16 + prng_below(g->r, 13);
	return taken(limit + 1 + prng_below(g->r, 5));
}

static u32 count_of(struct gen *g, const struct gen_step *step)
{
	const struct gen_cache *c = gen_cache_now(g);
	const struct gen_pool *p = gen_pool_now(g);

	switch (step->count) {
	case ONE:
		return 1;
	case FEW:
		return 1 + prng_below(g->r, 4);
	case MANY:
		return 4 + prng_below(g->r, 14);
	case LOTS:
		return 16 + prng_below(g->r, 16);
	case ALL:
		return SLOTS_WIRE;
	case HALF:
		if (step->code == STEP_PGIVE)
			return p ? (p->live + 1) / 2 : 0;
		return c ? (c->live + 1) / 2 : 0;
	case RESERVE:
		return p ? taken((p->min_nr < 9 ? p->min_nr : 8) + 1 +
				 prng_below(g->r, 3))
			 : 0;
	case DOWN:
		return 40;
	default:
		return count_of_cache(g, step->count);
	}
}

u32 gen_step_begin(struct gen *g, const struct gen_step *step)
{
	static const u8 nth[] = { 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 7, 15 };
	u32 code = step->code;

	if (code == STEP_NEW && !gen_usable(g, OP_kmem_cache_create))
		code = STEP_GENERAL;
	g->plan.now = step;
	switch (code) {
	case STEP_OLD:
		g->plan.cache = (u8)any_cache(g);
		return 0;
	case STEP_GENERAL:
		g->plan.cache = (u8)general_cache(g, 32 * step->arg);
		return 0;
	case STEP_BACK:
		g->plan.cache = g->plan.back;
		return 0;
	case STEP_CPU: /* another one, if there is one */
		if (g->cpus > 1)
			g->plan.cpu = (u8)((g->plan.cpu + 1 +
					    prng_below(g->r, g->cpus - 1)) %
					   g->cpus);
		return 0;
	case STEP_FAIL:
		g->plan.fail_nth = PICK(g, nth);
		return 0;
	case STEP_GIVE:
	case STEP_PGIVE:
		g->plan.give = (u8)prng_below(g->r, NR_GIVES);
		g->plan.cursor = 0;
		break;
	case STEP_DRY:
		gen_ladder_begin(g);
		break;
	default:
		break;
	}
	return count_of(g, step);
}

static bool step_of_objects(struct gen *g, struct op *op)
{
	u32 arg = g->plan.now->arg;

	switch (g->plan.now->code) {
	case STEP_NEW:
		return step_new(g, op, arg);
	case STEP_FIND:
		return step_find(g, op, 32 * arg);
	case STEP_TAKE:
		return step_take(g, op);
	case STEP_GIVE:
		return step_give(g, op);
	case STEP_LOOK:
		return step_look(g, op);
	case STEP_SHRINK:
		return step_cache(g, op, OP_kmem_cache_shrink);
	case STEP_DESTROY:
		return step_cache(g, op, OP_kmem_cache_destroy);
	case STEP_KMALLOC:
		return step_kmalloc(g, op);
	case STEP_KFREE:
		return g->list[RES_OBJECT].nr && gen_drawn(g, op, OP_kfree);
	default:
		return false;
	}
}

bool gen_step_op(struct gen *g, struct op *op)
{
	g->cpu = g->plan.cpu;
	if (g->plan.now->code == STEP_ANY) {
		gen_any_op(g, op);
		return true;
	}
	return step_of_objects(g, op) || gen_machine_step(g, op) ||
	       gen_misuse_step(g, op) || gen_pool_step(g, op);
}
