// SPDX-License-Identifier: MIT
/*
 * exec_user.c - the handlers of processes' page directories and of the user
 * pages in them.
 *
 * A slot holds a directory's linear address, and keeps it when the directory
 * is freed, so that a program can misuse what it once had.
 */
#include "exec_state.h"

#define ENOMEM_ANSWER (-12)

static const struct slot *pgd_of(struct exec *x, u32 index)
{
	const struct slot *s = exec_slot(x, index);

	return s->kind == RES_PGD ? s : NULL;
}

static struct pgd *pgd_at(const struct exec *x, const struct slot *s)
{
	return mm_ptr(x->m, s->addr);
}

static enum step answered(struct exec *x, int answer, bool accepted)
{
	if (!accepted)
		return exec_diverged(x);
	return answer == ENOMEM_ANSWER ? STEP_ENOMEM : STEP_OK;
}

/* --- directories ---------------------------------------------------------- */

enum step exec_pgd_alloc(struct exec *x, const struct op *op)
{
	u32 pgd;

	exec_begin(x, op);
	pgd = mm_vaddr(mm_pgd_alloc(x->m));
	exec_collect_object(x);
	if (!model_pgd_alloc(x->o, &x->out, pgd, &x->d))
		return exec_diverged(x);
	if (!pgd)
		return STEP_NULL;
	exec_slot_set(x, op->out, RES_PGD, pgd, 0);
	return STEP_OK;
}

static enum step pgd_free(struct exec *x, const struct op *op, u32 addr)
{
	int answer;

	exec_begin(x, op);
	answer = mm_pgd_free(x->m, mm_ptr(x->m, addr));
	exec_collect_object(x);
	return answered(x, answer,
			model_pgd_free(x->o, &x->out, addr, answer, &x->d));
}

enum step exec_pgd_free(struct exec *x, const struct op *op)
{
	const struct slot *s = pgd_of(x, op->arg[0]);

	return s ? pgd_free(x, op, s->addr) : STEP_SKIPPED;
}

enum step exec_pgd_free_addr(struct exec *x, const struct op *op)
{
	return pgd_free(x, op, op->arg[0]);
}

enum step exec_exit_mmap(struct exec *x, const struct op *op)
{
	const struct slot *s = pgd_of(x, op->arg[0]);
	int answer;

	if (!s)
		return STEP_SKIPPED;
	exec_begin(x, op);
	answer = mm_exit_mmap(x->m, pgd_at(x, s));
	exec_collect_object(x);
	return answered(x, answer,
			model_exit_mmap(x->o, &x->out, s->addr, answer, &x->d));
}

static enum step switch_mm(struct exec *x, const struct op *op, u32 addr)
{
	int answer;

	exec_begin(x, op);
	answer = mm_switch_mm(x->m, addr ? mm_ptr(x->m, addr) : NULL);
	exec_collect_object(x);
	return answered(x, answer,
			model_switch_mm(x->o, &x->out, addr, answer, &x->d));
}

enum step exec_switch_mm(struct exec *x, const struct op *op)
{
	const struct slot *s = pgd_of(x, op->arg[0]);

	return s ? switch_mm(x, op, s->addr) : STEP_SKIPPED;
}

enum step exec_leave_mm(struct exec *x, const struct op *op)
{
	return switch_mm(x, op, 0);
}

/* --- user pages ----------------------------------------------------------- */

static enum step map_page(struct exec *x, const struct op *op, pfn_t pfn)
{
	const struct slot *s = pgd_of(x, op->arg[0]);
	u32 addr = op->arg[2], prot = op->arg[3];
	int answer;

	if (!s)
		return STEP_SKIPPED;
	exec_begin(x, op);
	answer = mm_map_page(x->m, pgd_at(x, s), addr,
			     mm_pfn_to_page(x->m, pfn), prot);
	exec_collect_object(x);
	return answered(x, answer,
			model_map_page(x->o, &x->out, s->addr, addr, pfn, prot,
				       answer, &x->d));
}

enum step exec_map_page(struct exec *x, const struct op *op)
{
	const struct slot *s = exec_slot(x, op->arg[1]);

	return s->kind == RES_PAGES ? map_page(x, op, s->pfn) : STEP_SKIPPED;
}

enum step exec_map_pfn(struct exec *x, const struct op *op)
{
	return map_page(x, op, op->arg[1]);
}

enum step exec_unmap(struct exec *x, const struct op *op)
{
	const struct slot *s = pgd_of(x, op->arg[0]);
	u32 addr = op->arg[1], nr = op->arg[2];
	int answer;

	if (!s)
		return STEP_SKIPPED;
	exec_begin(x, op);
	answer = mm_unmap(x->m, pgd_at(x, s), addr, nr);
	exec_collect_object(x);
	return answered(
		x, answer,
		model_unmap(x->o, &x->out, s->addr, addr, nr, answer, &x->d));
}

enum step exec_protect(struct exec *x, const struct op *op)
{
	const struct slot *s = pgd_of(x, op->arg[0]);
	u32 addr = op->arg[1], nr = op->arg[2], prot = op->arg[3];
	int answer;

	if (!s)
		return STEP_SKIPPED;
	exec_begin(x, op);
	answer = mm_protect(x->m, pgd_at(x, s), addr, nr, prot);
	exec_collect_object(x);
	return answered(x, answer,
			model_protect(x->o, &x->out, s->addr, addr, nr, prot,
				      answer, &x->d));
}

enum step exec_set_pte(struct exec *x, const struct op *op)
{
	const struct slot *s = pgd_of(x, op->arg[0]);
	u32 addr = op->arg[1], bits = op->arg[2];
	int answer;

	if (!s)
		return STEP_SKIPPED;
	exec_begin(x, op);
	answer = mm_set_pte(x->m, pgd_at(x, s), addr, bits);
	exec_collect_object(x);
	return answered(x, answer,
			model_set_pte(x->o, &x->out, s->addr, addr, bits,
				      answer, &x->d));
}

enum step exec_set_pde(struct exec *x, const struct op *op)
{
	const struct slot *s = pgd_of(x, op->arg[0]);
	u32 addr = op->arg[1], bits = op->arg[2];
	int answer;

	if (!s)
		return STEP_SKIPPED;
	exec_begin(x, op);
	answer = mm_set_pde(x->m, pgd_at(x, s), addr, bits);
	exec_collect_object(x);
	return answered(x, answer,
			model_set_pde(x->o, &x->out, s->addr, addr, bits,
				      answer, &x->d));
}
