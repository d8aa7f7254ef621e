// SPDX-License-Identifier: MIT
/*
 * minimize_share.c - the pass of the minimiser that lets one slot do the work
 * of two.
 *
 *	r2 = alloc_page				r2 = alloc_page
 *	r3 = alloc_page			->	map_page r1 page=r2
 *	map_page r1 page=r2			map_page r1 page=r2
 *	map_page r1 page=r3
 *
 * Often two pages, objects or areas need not be two: an op that fills a slot
 * goes, and what was done with its slot is done with one that was filled
 * before.  The number of ops falls, so that this ends.
 * Tested by tests/test_minimize_access.c.
 */
#include "minimize_state.h"

#define SHARES_TRIED 16u /* slots filled before, the nearest first */

static enum res_kind result_of(const struct op *op)
{
	return op->out == SLOT_NONE ? RES_NONE
				    : (enum res_kind)op_info[op->code].result;
}

/* From op `at` on, until `slot` is filled again, it is called `other`. */
static void rename_from(struct program *p, u32 at, u32 slot, u32 other)
{
	for (; at < p->nr; at++) {
		struct op *op = &p->op[at];
		const struct op_arg *a = op_info[op->code].arg;

		for (u32 i = 0; i < OP_ARGS_MAX && a[i].kind != ARG_END; i++)
			if (arg_slot_kind((enum arg_kind)a[i].kind) !=
				    RES_NONE &&
			    op->arg[i] == slot)
				op->arg[i] = other;
		if (op->out == slot)
			break;
	}
}

static bool try_share(struct min *m, u32 at, u32 other)
{
	u32 slot = m->p->op[at].out;

	if (!min_trial_begin(m))
		return false;
	program_remove(&m->trial, at, 1);
	rename_from(&m->trial, at, slot, other);
	return min_trial_end(m);
}

static bool share(struct min *m, u32 at)
{
	enum res_kind kind = result_of(&m->p->op[at]);
	u32 tried = 0;

	if (kind == RES_NONE)
		return false;
	for (u32 i = at; i-- && tried < SHARES_TRIED && !m->stop;) {
		if (result_of(&m->p->op[i]) != kind ||
		    m->p->op[i].out == m->p->op[at].out)
			continue;
		tried++;
		if (try_share(m, at, m->p->op[i].out))
			return true;
	}
	return false;
}

bool min_pass_share(struct min *m)
{
	return min_each_op(m, "one slot can do the work of two", share);
}
