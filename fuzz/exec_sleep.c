// SPDX-License-Identifier: MIT
/*
 * exec_sleep.c - those who sleep, on a pool or for a kmap slot.
 *
 * There is one thread: an op that falls asleep ends as `blocks` and is
 * parked.  When it was woken, by whatever op, it goes on right behind that
 * op, as its own task, and what it gets goes to its own slot.  Who sleeps at
 * the program's end is forgotten.
 */
#include "exec_state.h"

void exec_park(struct exec *x, const struct op *op)
{
	u32 at = 0;

	while (at < x->nr_parked && x->parked[at].ticket)
		at++;
	if (at == SLEEPERS_MAX)
		return; /* more than there may be: the model's to say */
	if (at == x->nr_parked)
		x->nr_parked++;
	x->parked[at] = (struct parked){
		.ticket = x->out.blocked,
		.out = op->out,
		.kind = op->code == OP_mempool_alloc ? RES_ELEMENT : RES_MAP,
		.task = x->out.task,
	};
	x->parked[at].task.fail_nth = 0;
}

/* The sleeper goes on, with whose call it slept in; *got is its result. */
static bool go_on(struct exec *x, const struct parked *p, u32 *got)
{
	bool pool = p->kind == RES_ELEMENT;

	exec_begin_as(x, p->task);
	*got = pool ? mm_vaddr(mm_mempool_resume(x->m, p->ticket))
		    : mm_kmap_resume(x->m, p->ticket);
	exec_collect_object(x);
	if (x->opt.trace)
		exec_trace(x);
	return pool ? model_mempool_resume(x->o, &x->out, p->ticket, *got,
					   &x->d)
		    : model_kmap_resume(x->o, &x->out, p->ticket, *got, &x->d);
}

static enum step resume(struct exec *x, struct parked *p)
{
	u32 got;

	if (!go_on(x, p, &got))
		return exec_diverged(x);
	if (!x->out.blocked)
		p->ticket = 0;
	if (got && p->out != SLOT_NONE)
		exec_slot_set(x, p->out, (enum res_kind)p->kind, got, 0);
	return exec_check_counts(x, x->out.task.cpu);
}

enum step exec_resume_woken(struct exec *x)
{
	for (;;) {
		u32 ticket = mm_woken(x->m), at = 0;

		if (!model_check_woken(x->o, ticket, &x->d))
			return exec_diverged(x);
		if (!ticket)
			return STEP_OK;
		while (at < x->nr_parked && x->parked[at].ticket != ticket)
			at++;
		if (at == x->nr_parked)
			return exec_find(x, "machine", "E2",
					 "who is woken had fallen asleep",
					 "ticket");
		if (resume(x, &x->parked[at]) != STEP_OK)
			return STEP_DIVERGED;
	}
}
