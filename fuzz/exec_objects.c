// SPDX-License-Identifier: MIT
/*
 * exec_objects.c - the handlers of the cache and kmalloc ops.
 *
 * A slot holds the linear address of a cache or an object, and keeps it when
 * that is destroyed or freed, so that a program can misuse what it once had.
 * An op on a slot of another kind is skipped.
 */
#include "exec_callbacks.h"

static const struct slot *slot_of(struct exec *x, u32 index, enum res_kind kind)
{
	const struct slot *s = exec_slot(x, index);

	return s->kind == kind ? s : NULL;
}

static struct kmem_cache *cache_at(const struct exec *x, const struct slot *s)
{
	return mm_ptr(x->m, s->addr);
}

static enum step got(struct exec *x, const struct op *op, enum res_kind kind,
		     u32 addr, bool accepted)
{
	if (!accepted)
		return exec_diverged(x);
	if (!addr)
		return STEP_NULL;
	exec_slot_set(x, op->out, kind, addr, 0);
	return STEP_OK;
}

/* Answers 0, or 1: something is left. */
static enum step answered(struct exec *x, int answer, bool accepted)
{
	if (!accepted)
		return exec_diverged(x);
	return answer ? STEP_BUSY : STEP_OK;
}

/* --- caches --------------------------------------------------------------- */

enum step exec_kmem_cache_create(struct exec *x, const struct op *op)
{
	const struct cache_args args = {
		.name = exec_name_id(op->arg[0]),
		.size = op->arg[1],
		.align = op->arg[2],
		.flags = op->arg[3],
		.life = op->arg[4] & OBJECT_LIFE_MASK,
	};
	struct kmem_cache *cache;
	struct cache_info info;

	exec_begin(x, op);
	cache = mm_kmem_cache_create(
		x->m, exec_name(x, op->arg[0]), args.size, args.align,
		args.flags, exec_ctor(args.life), exec_dtor(args.life));
	exec_collect_object(x);
	if (cache) {
		exec_cache_asked(x, mm_vaddr(cache), args.size);
		mm_cache_info(x->m, cache, &info);
	}
	return got(x, op, RES_CACHE, mm_vaddr(cache),
		   model_kmem_cache_create(x->o, &x->out, &args,
					   mm_vaddr(cache),
					   cache ? &info : NULL, &x->d));
}

enum step exec_kmem_cache_destroy(struct exec *x, const struct op *op)
{
	const struct slot *s = slot_of(x, op->arg[0], RES_CACHE);
	int answer;

	if (!s)
		return STEP_SKIPPED;
	exec_begin(x, op);
	answer = mm_kmem_cache_destroy(x->m, cache_at(x, s));
	exec_collect_object(x);
	return answered(x, answer,
			model_kmem_cache_destroy(x->o, &x->out, s->addr, answer,
						 &x->d));
}

enum step exec_kmem_cache_shrink(struct exec *x, const struct op *op)
{
	const struct slot *s = slot_of(x, op->arg[0], RES_CACHE);
	int answer;

	if (!s)
		return STEP_SKIPPED;
	exec_begin(x, op);
	answer = mm_kmem_cache_shrink(x->m, cache_at(x, s));
	exec_collect_object(x);
	return answered(
		x, answer,
		model_kmem_cache_shrink(x->o, &x->out, s->addr, answer, &x->d));
}

enum step exec_kmem_cache_size(struct exec *x, const struct op *op)
{
	const struct slot *s = slot_of(x, op->arg[0], RES_CACHE);
	u32 size;

	if (!s)
		return STEP_SKIPPED;
	exec_begin(x, op);
	size = mm_kmem_cache_size(x->m, cache_at(x, s));
	exec_collect_object(x);
	return exec_judge(
		x, model_kmem_cache_size(x->o, &x->out, s->addr, size, &x->d));
}

enum step exec_kmem_cache_name(struct exec *x, const struct op *op)
{
	const struct slot *s = slot_of(x, op->arg[0], RES_CACHE);
	const char *name;

	if (!s)
		return STEP_SKIPPED;
	exec_begin(x, op);
	name = mm_kmem_cache_name(x->m, cache_at(x, s));
	exec_collect_object(x);
	return exec_judge(x, model_kmem_cache_name(x->o, &x->out, s->addr,
						   exec_name_id_of(x, name),
						   &x->d));
}

enum step exec_kmem_find_general_cachep(struct exec *x, const struct op *op)
{
	u32 cache;

	exec_begin(x, op);
	cache = mm_vaddr(
		mm_kmem_find_general_cachep(x->m, op->arg[0], op->arg[1]));
	exec_collect_object(x);
	return got(x, op, RES_CACHE, cache,
		   model_find_general_cachep(x->o, &x->out, op->arg[0],
					     op->arg[1], cache, &x->d));
}

enum step exec_tick(struct exec *x, const struct op *op)
{
	exec_begin(x, op);
	mm_tick(x->m, op->arg[0]);
	exec_collect_object(x);
	return exec_judge(x, model_tick(x->o, &x->out, op->arg[0], &x->d));
}

/* --- objects -------------------------------------------------------------- */

enum step exec_kmem_cache_alloc(struct exec *x, const struct op *op)
{
	const struct slot *s = slot_of(x, op->arg[0], RES_CACHE);
	u32 cache, object;

	if (!s)
		return STEP_SKIPPED;
	cache = s->addr;
	exec_begin(x, op);
	object =
		mm_vaddr(mm_kmem_cache_alloc(x->m, cache_at(x, s), op->arg[1]));
	exec_collect_object(x);
	return got(x, op, RES_OBJECT, object,
		   model_kmem_cache_alloc(x->o, &x->out, cache, op->arg[1],
					  object, &x->d));
}

static enum step cache_free(struct exec *x, const struct op *op, u32 addr)
{
	const struct slot *s = slot_of(x, op->arg[0], RES_CACHE);

	if (!s)
		return STEP_SKIPPED;
	if (!model_before_object_free(x->o, addr, &x->d))
		return exec_diverged(x);
	exec_begin(x, op);
	mm_kmem_cache_free(x->m, cache_at(x, s), mm_ptr(x->m, addr));
	exec_collect_object(x);
	return exec_judge(
		x, model_kmem_cache_free(x->o, &x->out, s->addr, addr, &x->d));
}

enum step exec_kmem_cache_free(struct exec *x, const struct op *op)
{
	const struct slot *s = slot_of(x, op->arg[1], RES_OBJECT);

	return s ? cache_free(x, op, s->addr) : STEP_SKIPPED;
}

enum step exec_kmem_cache_free_addr(struct exec *x, const struct op *op)
{
	return cache_free(x, op, op->arg[1]);
}

enum step exec_kmalloc(struct exec *x, const struct op *op)
{
	u32 object;

	exec_begin(x, op);
	object = mm_vaddr(mm_kmalloc(x->m, op->arg[0], op->arg[1]));
	exec_collect_object(x);
	return got(x, op, RES_OBJECT, object,
		   model_kmalloc(x->o, &x->out, op->arg[0], op->arg[1], object,
				 &x->d));
}

enum step exec_kzalloc(struct exec *x, const struct op *op)
{
	u32 object;

	exec_begin(x, op);
	object = mm_vaddr(mm_kzalloc(x->m, op->arg[0], op->arg[1]));
	exec_collect_object(x);
	return got(x, op, RES_OBJECT, object,
		   model_kzalloc(x->o, &x->out, op->arg[0], op->arg[1], object,
				 &x->d));
}

enum step exec_kcalloc(struct exec *x, const struct op *op)
{
	u32 object;

	exec_begin(x, op);
	object = mm_vaddr(mm_kcalloc(x->m, op->arg[0], op->arg[1], op->arg[2]));
	exec_collect_object(x);
	return got(x, op, RES_OBJECT, object,
		   model_kcalloc(x->o, &x->out, op->arg[0], op->arg[1],
				 op->arg[2], object, &x->d));
}

static enum step free_object(struct exec *x, const struct op *op, u32 addr)
{
	if (!model_before_object_free(x->o, addr, &x->d))
		return exec_diverged(x);
	exec_begin(x, op);
	mm_kfree(x->m, mm_ptr(x->m, addr));
	exec_collect_object(x);
	return exec_judge(x, model_kfree(x->o, &x->out, addr, &x->d));
}

enum step exec_kfree(struct exec *x, const struct op *op)
{
	const struct slot *s = slot_of(x, op->arg[0], RES_OBJECT);

	return s ? free_object(x, op, s->addr) : STEP_SKIPPED;
}

enum step exec_kfree_addr(struct exec *x, const struct op *op)
{
	return free_object(x, op, op->arg[0]);
}

enum step exec_kfree_inside(struct exec *x, const struct op *op)
{
	const struct slot *s = slot_of(x, op->arg[0], RES_OBJECT);

	return s ? free_object(x, op, s->addr + op->arg[1]) : STEP_SKIPPED;
}

static enum step size_of(struct exec *x, const struct op *op, u32 addr)
{
	u32 size;

	exec_begin(x, op);
	size = mm_ksize(x->m, mm_ptr(x->m, addr));
	exec_collect_object(x);
	return exec_judge(x, model_ksize(x->o, &x->out, addr, size, &x->d));
}

enum step exec_ksize(struct exec *x, const struct op *op)
{
	const struct slot *s = slot_of(x, op->arg[0], RES_OBJECT);

	return s ? size_of(x, op, s->addr) : STEP_SKIPPED;
}

enum step exec_ksize_addr(struct exec *x, const struct op *op)
{
	return size_of(x, op, op->arg[0]);
}

/* --- the owner, and somebody who is not ----------------------------------- */

enum step exec_write_object(struct exec *x, const struct op *op)
{
	const struct slot *s = slot_of(x, op->arg[0], RES_OBJECT);

	if (!s)
		return STEP_SKIPPED;
	return exec_judge(x, model_write_object(x->o, s->addr, op->arg[1],
						op->arg[2], &x->d));
}

enum step exec_read_object(struct exec *x, const struct op *op)
{
	const struct slot *s = slot_of(x, op->arg[0], RES_OBJECT);

	if (!s)
		return STEP_SKIPPED;
	return exec_judge(x, model_read_object(x->o, s->addr, op->arg[1],
					       op->arg[2], &x->d));
}

#define REACH_BEFORE 64

enum step exec_damage(struct exec *x, const struct op *op)
{
	const struct slot *s = slot_of(x, op->arg[0], RES_OBJECT);
	s32 off = (s32)op->arg[1] - REACH_BEFORE;

	return s && model_damage(x->o, s->addr, off) ? STEP_OK : STEP_SKIPPED;
}
