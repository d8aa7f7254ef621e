// SPDX-License-Identifier: MIT
/*
 * exec_mempool.c - the handlers of the memory pools' ops.
 *
 * An op that falls asleep on a pool is parked.  [exec_sleep.c]
 */
#include "exec_callbacks.h"

static const struct slot *pool_of(struct exec *x, u32 index)
{
	const struct slot *s = exec_slot(x, index);

	return s->kind == RES_POOL ? s : NULL;
}

/* --- pools ---------------------------------------------------------------- */

static enum step create(struct exec *x, const struct op *op,
			enum pool_kind kind, u32 value)
{
	s32 min_nr = (s32)op->arg[0];
	u32 pool;

	exec_begin(x, op);
	if (kind == POOL_SLAB)
		pool = mm_vaddr(mm_mempool_create(
			x->m, min_nr, exec_pool_alloc_slab, exec_pool_free_slab,
			mm_ptr(x->m, value)));
	else
		pool = mm_vaddr(mm_mempool_create(
			x->m, min_nr, exec_pool_alloc_kmalloc,
			exec_pool_free_kmalloc, (void *)(uintptr_t)value));
	exec_collect_object(x);
	if (!model_mempool_create(x->o, &x->out, min_nr, kind, value, pool,
				  &x->d))
		return exec_diverged(x);
	if (!pool)
		return STEP_NULL;
	exec_slot_set(x, op->out, RES_POOL, pool, 0);
	return STEP_OK;
}

enum step exec_mempool_create(struct exec *x, const struct op *op)
{
	const struct slot *s = exec_slot(x, op->arg[1]);

	return s->kind == RES_CACHE ? create(x, op, POOL_SLAB, s->addr)
				    : STEP_SKIPPED;
}

enum step exec_mempool_create_kmalloc(struct exec *x, const struct op *op)
{
	return create(x, op, POOL_KMALLOC, op->arg[1]);
}

enum step exec_mempool_resize(struct exec *x, const struct op *op)
{
	const struct slot *s = pool_of(x, op->arg[0]);
	s32 min_nr = (s32)op->arg[1];
	int answer;

	if (!s)
		return STEP_SKIPPED;
	exec_begin(x, op);
	answer = mm_mempool_resize(x->m, mm_ptr(x->m, s->addr), min_nr,
				   op->arg[2]);
	exec_collect_object(x);
	if (!model_mempool_resize(x->o, &x->out, s->addr, min_nr, op->arg[2],
				  answer, &x->d))
		return exec_diverged(x);
	return answer ? STEP_ENOMEM : STEP_OK;
}

enum step exec_mempool_destroy(struct exec *x, const struct op *op)
{
	const struct slot *s = pool_of(x, op->arg[0]);

	if (!s)
		return STEP_SKIPPED;
	exec_begin(x, op);
	mm_mempool_destroy(x->m, mm_ptr(x->m, s->addr));
	exec_collect_object(x);
	return exec_judge(x,
			  model_mempool_destroy(x->o, &x->out, s->addr, &x->d));
}

/* --- elements ------------------------------------------------------------- */

enum step exec_mempool_alloc(struct exec *x, const struct op *op)
{
	const struct slot *s = pool_of(x, op->arg[0]);
	u32 element;

	if (!s)
		return STEP_SKIPPED;
	exec_begin(x, op);
	element = mm_vaddr(
		mm_mempool_alloc(x->m, mm_ptr(x->m, s->addr), op->arg[1]));
	exec_collect_object(x);
	if (!model_mempool_alloc(x->o, &x->out, s->addr, op->arg[1], element,
				 &x->d))
		return exec_diverged(x);
	if (x->out.blocked) {
		exec_park(x, op);
		return STEP_BLOCKS;
	}
	if (!element)
		return STEP_NULL;
	exec_slot_set(x, op->out, RES_ELEMENT, element, 0);
	return STEP_OK;
}

enum step exec_mempool_free(struct exec *x, const struct op *op)
{
	const struct slot *s = pool_of(x, op->arg[0]);
	const struct slot *e = exec_slot(x, op->arg[1]);

	if (!s || e->kind != RES_ELEMENT)
		return STEP_SKIPPED;
	if (!model_before_object_free(x->o, e->addr, &x->d))
		return exec_diverged(x);
	exec_begin(x, op);
	mm_mempool_free(x->m, mm_ptr(x->m, s->addr), mm_ptr(x->m, e->addr));
	exec_collect_object(x);
	return exec_judge(
		x, model_mempool_free(x->o, &x->out, s->addr, e->addr, &x->d));
}

enum step exec_mempool_free_null(struct exec *x, const struct op *op)
{
	const struct slot *s = pool_of(x, op->arg[0]);

	if (!s)
		return STEP_SKIPPED;
	exec_begin(x, op);
	mm_mempool_free(x->m, mm_ptr(x->m, s->addr), NULL);
	exec_collect_object(x);
	return exec_judge(x,
			  model_mempool_free(x->o, &x->out, s->addr, 0, &x->d));
}
