// SPDX-License-Identifier: MIT
/*
 * gen_pool.c - the generator's guess at memory pools: how full the reserve
 * is, which slots hold which pool's elements, who sleeps.
 *
 * A sleeper's slot is filled when an element comes back.  All sleepers of a
 * pool are woken at once, and all but the first fall asleep again.
 * Validator: fuzz/tests/test_gen.c counts how often a guess leads astray.
 */
#include "gen_state.h"

#include <string.h>

#define MIN_NR_MAX (KMALLOC_MAX / 4)

static struct gen_pool *pool_of(struct gen *g, const struct op *op)
{
	const struct gen_slot *s = &g->slot[op->arg[0] % SLOTS_WIRE];

	if (s->state != SLOT_LIVE || s->kind != RES_POOL)
		return NULL;
	return &g->pool[s->owner];
}

static u32 pool_place(const struct gen *g)
{
	u32 i;

	for (i = 0; i < GEN_POOLS; i++)
		if (g->pool[i].state == SLOT_EMPTY)
			return i;
	for (i = 0; i < GEN_POOLS; i++)
		if (g->pool[i].state == SLOT_FREED)
			return i;
	return GEN_NONE;
}

static u32 pool_cache(const struct gen *g, const struct op *op)
{
	const struct gen_slot *s = &g->slot[op->arg[1] % SLOTS_WIRE];

	if (op->code == OP_mempool_create_kmalloc)
		return gen_general(g, op->arg[1], 0);
	return s->state == SLOT_LIVE && s->kind == RES_CACHE ? s->owner
							     : GEN_NONE;
}

static void follow_create(struct gen *g, const struct op *op)
{
	struct gen_slot s = { .state = SLOT_LIVE, .kind = RES_POOL };
	u32 at = pool_place(g), cache = pool_cache(g, op), got;
	struct gen_pool pool = { .state = SLOT_LIVE };

	if (op->out >= SLOTS_WIRE || at == GEN_NONE || cache == GEN_NONE ||
	    op->arg[0] > MIN_NR_MAX || op->flags & (TASK_ATOMIC | TASK_IRQ))
		return;
	if (!gen_cache_take(g, gen_general(g, MEMPOOL_BYTES, 0), op, GFP_KERNEL,
			    1) ||
	    !gen_cache_take(g, gen_general(g, 4 * op->arg[0], 0), op,
			    GFP_KERNEL, 1))
		return;
	got = gen_cache_take(g, cache, op, GFP_KERNEL, op->arg[0]);
	if (got < op->arg[0]) {
		gen_cache_give(g, cache, got);
		return;
	}
	pool.slot = (u8)op->out;
	pool.cache = (u8)cache;
	pool.min_nr = pool.curr_nr = got;
	g->pool[at] = pool;
	s.owner = (u8)at;
	gen_slot_fill(g, op->out, &s);
}

static void element_made(struct gen *g, struct gen_pool *p, u32 slot)
{
	struct gen_slot s = { .state = SLOT_LIVE, .kind = RES_ELEMENT };

	s.owner = (u8)(p - g->pool);
	p->live++;
	gen_slot_fill(g, slot, &s);
}

/* The first try leaves the emergency reserves to others. */
static bool pool_take(struct gen *g, struct gen_pool *p, const struct op *op)
{
	u32 gfp = op->arg[1] | __GFP_NOMEMALLOC | __GFP_NORETRY;

	if (gen_cache_take(g, p->cache, op, gfp & ~(__GFP_WAIT | __GFP_IO), 1))
		return true;
	if (!p->curr_nr)
		return false;
	p->curr_nr--;
	return true;
}

static void follow_alloc(struct gen *g, const struct op *op)
{
	struct gen_pool *p = pool_of(g, op);
	bool atomic = op->flags & (TASK_ATOMIC | TASK_IRQ);
	bool wait = op->arg[1] & __GFP_WAIT;

	if (!p || op->out >= SLOTS_WIRE || (atomic && wait))
		return;
	if (pool_take(g, p, op)) {
		element_made(g, p, op->out);
	} else if (wait && p->nr_sleepers < GEN_SLEEPERS &&
		   g->slot[op->out].state != SLOT_LIVE) {
		p->sleeper[p->nr_sleepers++] = (u8)op->out;
		g->slot[op->out].state = SLOT_WAITED;
	}
}

static void wake(struct gen *g, struct gen_pool *p)
{
	u32 slot = p->sleeper[0];

	if (!p->nr_sleepers || !p->curr_nr)
		return;
	p->nr_sleepers--;
	memmove(p->sleeper, p->sleeper + 1, p->nr_sleepers);
	p->curr_nr--;
	element_made(g, p, slot);
}

static void follow_free(struct gen *g, const struct op *op)
{
	u32 slot = op->arg[1] % SLOTS_WIRE;
	struct gen_slot *s = &g->slot[slot];
	struct gen_pool *p = pool_of(g, op);

	if (!p || s->state != SLOT_LIVE || s->kind != RES_ELEMENT)
		return;
	gen_slot_freed(g, slot);
	if (g->pool[s->owner].live)
		g->pool[s->owner].live--;
	if (p->curr_nr >= p->min_nr) {
		gen_cache_give(g, p->cache, 1);
		return;
	}
	p->curr_nr++;
	wake(g, p);
}

static void follow_resize(struct gen *g, const struct op *op)
{
	struct gen_pool *p = pool_of(g, op);
	u32 n = op->arg[1], gfp = op->arg[2];

	if (!p || n == 0 || n > MIN_NR_MAX)
		return;
	if (op->flags & (TASK_ATOMIC | TASK_IRQ) && gfp & __GFP_WAIT)
		return;
	p->min_nr = n;
	if (p->curr_nr > n) {
		gen_cache_give(g, p->cache, p->curr_nr - n);
		p->curr_nr = n;
	} else {
		p->curr_nr +=
			gen_cache_take(g, p->cache, op, gfp, n - p->curr_nr);
	}
}

static void follow_destroy(struct gen *g, const struct op *op)
{
	struct gen_pool *p = pool_of(g, op);

	if (!p || p->nr_sleepers || p->curr_nr != p->min_nr)
		return;
	gen_cache_give(g, p->cache, p->curr_nr);
	p->state = SLOT_FREED;
	gen_slot_freed(g, op->arg[0] % SLOTS_WIRE);
}

void gen_follow_pool(struct gen *g, const struct op *op)
{
	switch (op->code) {
	case OP_mempool_create:
	case OP_mempool_create_kmalloc:
		follow_create(g, op);
		break;
	case OP_mempool_alloc:
		follow_alloc(g, op);
		break;
	case OP_mempool_free:
		follow_free(g, op);
		break;
	case OP_mempool_resize:
		follow_resize(g, op);
		break;
	case OP_mempool_destroy:
		follow_destroy(g, op);
		break;
	default:
		break;
	}
}
