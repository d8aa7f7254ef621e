// SPDX-License-Identifier: MIT
/*
 * exec_highmem.c - the handlers of kmap and kmap_atomic.
 *
 * A slot holds the address that they gave.  kunmap goes by the page, as in
 * Linux, kunmap_atomic by the address.  A kmap that finds no slot free is
 * parked.  [exec_sleep.c]  An op of many frames is that many calls.
 */
#include "exec_state.h"

/* --- kmap ----------------------------------------------------------------- */

static enum step kmap(struct exec *x, const struct op *op, pfn_t pfn)
{
	vaddr_t addr;

	exec_begin(x, op);
	addr = mm_kmap(x->m, mm_pfn_to_page(x->m, pfn));
	exec_collect_object(x);
	if (!model_kmap(x->o, &x->out, pfn, addr, &x->d))
		return exec_diverged(x);
	if (x->out.blocked) {
		exec_park(x, op);
		return STEP_BLOCKS;
	}
	return exec_got_map(x, op, addr, true);
}

static enum step kunmap(struct exec *x, const struct op *op, pfn_t pfn)
{
	exec_begin(x, op);
	mm_kunmap(x->m, mm_pfn_to_page(x->m, pfn));
	exec_collect_object(x);
	return exec_judge(x, model_kunmap(x->o, &x->out, pfn, &x->d));
}

enum step exec_kmap(struct exec *x, const struct op *op)
{
	const struct slot *s = exec_slot(x, op->arg[0]);

	return s->kind == RES_PAGES ? kmap(x, op, s->pfn + op->arg[1])
				    : STEP_SKIPPED;
}

enum step exec_kunmap(struct exec *x, const struct op *op)
{
	const struct slot *s = exec_slot(x, op->arg[0]);

	return s->kind == RES_PAGES ? kunmap(x, op, s->pfn + op->arg[1])
				    : STEP_SKIPPED;
}

/* The op's last call is told and done: a failure is now of a part only. */
static void next_call(struct exec *x)
{
	if (x->opt.trace)
		exec_trace(x);
	x->partly = true;
}

/* nr frames from `frame' on, up to the block's end: the first and the last. */
static enum step each_frame(struct exec *x, const struct op *op,
			    enum step (*call)(struct exec *, const struct op *,
					      pfn_t))
{
	const struct slot *s = exec_slot(x, op->arg[0]);
	u32 first = op->arg[1], nr = op->arg[2], size = 1u << s->order;

	if (s->kind != RES_PAGES || first >= size || nr == 0)
		return STEP_SKIPPED;
	if (nr > size - first)
		nr = size - first;
	for (u32 i = 0; i < nr; i++) {
		enum step step;

		if (i)
			next_call(x);
		step = call(x, op, s->pfn + first + i);
		if (step != STEP_OK || x->out.report != REPORT_none)
			return step;
	}
	return STEP_OK;
}

enum step exec_kmap_block(struct exec *x, const struct op *op)
{
	return each_frame(x, op, kmap);
}

enum step exec_kunmap_block(struct exec *x, const struct op *op)
{
	return each_frame(x, op, kunmap);
}

enum step exec_kmap_pfn(struct exec *x, const struct op *op)
{
	return kmap(x, op, op->arg[0]);
}

enum step exec_kunmap_pfn(struct exec *x, const struct op *op)
{
	return kunmap(x, op, op->arg[0]);
}

/* The page that an area has there; where it has none the op ends. */
static enum step area_page(struct exec *x, const struct op *op,
			   enum step (*call)(struct exec *, const struct op *,
					     pfn_t))
{
	const struct slot *s = exec_map(x, op->arg[0]);
	enum step step;
	pfn_t pfn;

	if (!s)
		return STEP_SKIPPED;
	step = exec_area_pfn(x, op, s->addr + op->arg[1], &pfn);
	return step == STEP_OK ? call(x, op, pfn) : step;
}

enum step exec_kmap_area(struct exec *x, const struct op *op)
{
	return area_page(x, op, kmap);
}

enum step exec_kunmap_area(struct exec *x, const struct op *op)
{
	return area_page(x, op, kunmap);
}

/* --- kmap_atomic ---------------------------------------------------------- */

static enum step kmap_atomic(struct exec *x, const struct op *op, pfn_t pfn,
			     u32 type)
{
	vaddr_t addr;

	exec_begin(x, op);
	addr = mm_kmap_atomic(x->m, mm_pfn_to_page(x->m, pfn), type);
	exec_collect_object(x);
	return exec_got_map(
		x, op, addr,
		model_kmap_atomic(x->o, &x->out, pfn, type, addr, &x->d));
}

enum step exec_kmap_atomic(struct exec *x, const struct op *op)
{
	const struct slot *s = exec_slot(x, op->arg[0]);

	if (s->kind != RES_PAGES)
		return STEP_SKIPPED;
	return kmap_atomic(x, op, s->pfn + op->arg[1], op->arg[2]);
}

enum step exec_kmap_atomic_pfn(struct exec *x, const struct op *op)
{
	return kmap_atomic(x, op, op->arg[0], op->arg[1]);
}

static enum step kunmap_atomic(struct exec *x, const struct op *op,
			       vaddr_t addr)
{
	u32 type = op->arg[1];

	exec_begin(x, op);
	mm_kunmap_atomic(x->m, addr, type);
	exec_collect_object(x);
	return exec_judge(
		x, model_kunmap_atomic(x->o, &x->out, addr, type, &x->d));
}

enum step exec_kunmap_atomic(struct exec *x, const struct op *op)
{
	const struct slot *s = exec_map(x, op->arg[0]);

	return s ? kunmap_atomic(x, op, s->addr) : STEP_SKIPPED;
}

enum step exec_kunmap_atomic_addr(struct exec *x, const struct op *op)
{
	return kunmap_atomic(x, op, op->arg[0]);
}

static enum step to_page(struct exec *x, const struct op *op, vaddr_t addr)
{
	pfn_t got;

	exec_begin(x, op);
	got = mm_page_to_pfn(x->m, mm_kmap_atomic_to_page(x->m, addr));
	exec_collect_object(x);
	if (!model_kmap_atomic_to_page(x->o, &x->out, addr, got, &x->d))
		return exec_diverged(x);
	return got == PFN_NONE ? STEP_NULL : STEP_OK;
}

enum step exec_kmap_atomic_to_page(struct exec *x, const struct op *op)
{
	const struct slot *s = exec_map(x, op->arg[0]);

	return s ? to_page(x, op, s->addr + op->arg[1]) : STEP_SKIPPED;
}

enum step exec_kmap_atomic_to_page_addr(struct exec *x, const struct op *op)
{
	return to_page(x, op, op->arg[0]);
}

enum step exec_virt_addr_valid(struct exec *x, const struct op *op)
{
	bool got;

	exec_begin(x, op);
	got = mm_virt_addr_valid(x->m, op->arg[0]);
	exec_collect_object(x);
	if (!model_virt_addr_valid(x->o, &x->out, op->arg[0], got, &x->d))
		return exec_diverged(x);
	return got ? STEP_OK : STEP_NULL;
}
