// SPDX-License-Identifier: MIT
/*
 * minimize_instead.c - the pass of the minimiser that has an op replaced by
 * another which needs no slot and fills the same kind of slot.
 *
 *	r1 = alloc_page				r1 = alloc_page
 *	r2 = vmap r1			->	r2 = vmalloc
 *	vfree r2				vfree r2
 *
 * Often it matters that there is an area, and not whose pages are in it; then
 * the op that made the page can go too.  The number of uses of slots falls,
 * so that this ends.
 * Tested by tests/test_minimize_access.c.
 */
#include "minimize_state.h"

static bool try_instead(struct min *m, u32 at, enum op_code code)
{
	const struct op *now = &m->p->op[at];
	struct op op = op_default(code);

	if (op_info[code].result != op_info[now->code].result ||
	    min_uses_slots(&op) || !min_trial_begin(m))
		return false;
	op.out = now->out;
	op.cpu = now->cpu;
	op.flags = now->flags;
	m->trial.op[at] = op;
	return min_trial_end(m);
}

static bool instead(struct min *m, u32 at)
{
	if (m->p->op[at].out == SLOT_NONE || !min_uses_slots(&m->p->op[at]))
		return false;
	for (u32 i = 0; i < NR_OP_CODES && !m->stop; i++)
		if (try_instead(m, at, (enum op_code)op_codes[i]))
			return true;
	return false;
}

bool min_pass_instead(struct min *m)
{
	return min_each_op(m, "an op that needs less can do the same", instead);
}
