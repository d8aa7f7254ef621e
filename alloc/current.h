/* SPDX-License-Identifier: MIT */
/*
 * current.h - the task on whose behalf a call is made, the short cuts that
 * belong to its CPU, and what it must not do.
 *
 * A machine is one thread: where 2.6.12 has work done on another CPU, the
 * call becomes that CPU's for a moment.
 */
#ifndef ALLOC_CURRENT_H
#define ALLOC_CURRENT_H

#include "state.h"

static force_inline void current_set(struct machine *m, struct task task)
{
	if (task.cpu != m->task.cpu)
		m->front = m->fronts[task.cpu];
	m->task = task;
	m->careful = m->phase != PHASE_RUNNING || task.fail_nth ||
		     task.flags & TASK_MAY_NOT_SLEEP;
	m->objects.front = (m->careful | m->objects.debug)
				   ? &m->objects.no_front
				   : &m->objects.fronts[task.cpu];
}

/* The same where nobody hurries. */
void current_change(struct machine *m, struct task task);

/* A call begins. */
static force_inline void current_begin(struct machine *m, struct task task)
{
	if (unlikely(m->cpu[task.cpu].preempt_count))
		task.flags |= TASK_HELD;
	current_set(m, task);
}

/*
 * The same call goes on, as another task, which holds nothing; returns the one
 * to go back to.
 */
static inline struct task current_switch(struct machine *m, u32 cpu, u32 flags)
{
	const struct task was = m->task;

	current_change(m, (struct task){ .cpu = (u8)cpu,
					 .flags = (u8)flags,
					 .fail_nth = was.fail_nth });
	return was;
}

/* A sleeper goes on: what its CPU holds is not its. */
static inline struct task current_resume(struct machine *m)
{
	return current_switch(m, m->task.cpu, m->task.flags & ~TASK_HELD);
}

/* The current CPU holds so many kmap_atomics now. */
static inline void current_set_preempt(struct machine *m, u32 count)
{
	struct task task = m->task;

	m->cpu[task.cpu].preempt_count = count;
	task.flags &= (u8)~TASK_HELD;
	if (count)
		task.flags |= TASK_HELD;
	current_change(m, task);
}

/* In enum task_flags: whose CPU holds kmap_atomics is atomic. */
static inline u32 current_task_flags(const struct machine *m)
{
	return (m->task.flags & TASK_FLAGS) |
	       (m->task.flags & TASK_HELD ? TASK_ATOMIC : 0);
}

/* True, with a report: it is so, and the caller's misuse. */
static inline bool misused(struct machine *m, bool is, enum report_kind kind)
{
	if (is)
		report(&m->faults, kind);
	return is;
}

/* True, with a report: the call may sleep, and its task may not. */
static force_inline bool current_may_not_sleep(struct machine *m, gfp_t gfp)
{
	if (likely(!(gfp & __GFP_WAIT)) ||
	    likely(!(m->task.flags & TASK_MAY_NOT_SLEEP)))
		return false;
	report(&m->faults, REPORT_sleep_in_atomic);
	return true;
}

#endif
