// SPDX-License-Identifier: MIT
/*
 * exec_tables.c - the handlers of the kernel's page tables: the attributes of
 * the direct map.
 *
 * A slot names the block that a page is of; a page number names any.
 */
#include "exec_state.h"

#define ENOMEM_ANSWER (-12)

static enum step answered(struct exec *x, int answer, bool accepted)
{
	if (!accepted)
		return exec_diverged(x);
	return answer == ENOMEM_ANSWER ? STEP_ENOMEM : STEP_OK;
}

static enum step change_attr(struct exec *x, const struct op *op, pfn_t pfn,
			     u32 nr, u32 prot)
{
	int answer;

	exec_begin(x, op);
	answer = mm_change_page_attr(x->m, mm_pfn_to_page(x->m, pfn), nr, prot);
	exec_collect_object(x);
	return answered(x, answer,
			model_change_page_attr(x->o, &x->out, pfn, nr, prot,
					       answer, &x->d));
}

enum step exec_change_page_attr(struct exec *x, const struct op *op)
{
	const struct slot *s = exec_slot(x, op->arg[0]);

	if (s->kind != RES_PAGES)
		return STEP_SKIPPED;
	return change_attr(x, op, s->pfn + op->arg[1], op->arg[2], op->arg[3]);
}

enum step exec_change_pfn_attr(struct exec *x, const struct op *op)
{
	return change_attr(x, op, op->arg[0], op->arg[1], op->arg[2]);
}

enum step exec_global_flush_tlb(struct exec *x, const struct op *op)
{
	exec_begin(x, op);
	mm_global_flush_tlb(x->m);
	exec_collect_object(x);
	return exec_judge(x, model_global_flush_tlb(x->o, &x->out, &x->d));
}
