/* SPDX-License-Identifier: MIT */
/*
 * wait.h - tasks that sleep: who waits where, and in which order they go on.
 *
 *	sleeper[]   | woken, first to last | asleep, first to last |
 *	            0                  nr_woken                    nr
 *
 * One thread runs a machine, so that a task which 2.6.12 would put to sleep
 * leaves its call (NULL, and mm_blocked() says so) and is remembered here.
 * Waking makes it runnable; whoever drives the machine then calls what goes
 * on with it.  A queue is a wait_queue_head in simulated RAM.  Its list stays
 * empty: in Linux the entries hang there, on the sleepers' stacks.
 *
 * Left out: time limits, signals, exclusive waiters.  wait_validate(), W.
 */
#ifndef ALLOC_WAIT_H
#define ALLOC_WAIT_H

#include "state.h"

void wait_queue_init(struct wait_queue_head *queue);

/*
 * A call begins that may fall asleep, however deep inside: what then goes on
 * is the outermost one, with `queue`, `gfp`, `subject` and, unless it is 0, its
 * old ticket.  A call without __GFP_WAIT cannot be parked.  wait_end() takes
 * what wait_begin() returned.
 */
struct waiter wait_begin(struct machine *m, const struct wait_queue_head *queue,
			 gfp_t gfp, u32 ticket, u32 subject);
void wait_end(struct machine *m, struct waiter was);

/*
 * The task of the current call falls asleep, behind all others: mm_blocked()
 * is its ticket.  Where the call cannot be parked, or too many sleep already,
 * it ends instead, and mm_oom() says so.
 */
void wait_sleep(struct machine *m, const struct wait_queue_head *queue);

/* All who sleep on the queue can go on, in their order [wake_up()]. */
void wait_wake_all(struct machine *m, const struct wait_queue_head *queue);

/* Somebody waits on it, or was woken and will come back to it. */
bool waitqueue_active(const struct machine *m,
		      const struct wait_queue_head *queue);

/* The woken sleeper of that ticket leaves the table, to go on. */
struct sleeper wait_go_on(struct machine *m, u32 ticket);

/* The i-th sleeper, woken ones first, or NULL. */
const struct sleeper *wait_sleeper(const struct machine *m, u32 i);

void wait_snapshot(struct machine *m);
void wait_reset(struct machine *m);
void wait_power_off(struct machine *m);
const char *wait_validate(const struct machine *m);

#endif
