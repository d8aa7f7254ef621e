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

/* [include/linux/wait.h] */
struct wait_queue_head {
	u32 lock;
	struct list_head task_list;
};
_Static_assert(sizeof(struct wait_queue_head) == 12, "i386 layout");

void wait_queue_init(struct wait_queue_head *queue);

/*
 * The current call's task falls asleep, behind all others: mm_blocked() is
 * its ticket, a new one where `ticket` is 0.  It will go on with `queue` and
 * `gfp`.  False: too many sleep already, and mm_oom() says so.
 */
bool wait_sleep(struct machine *m, const struct wait_queue_head *queue,
		gfp_t gfp, u32 ticket);

/*
 * A call that the task made on its way has put it to sleep: it is still
 * woken with those of that inner queue, but what goes on is this call.
 */
void wait_adopt(struct machine *m, const struct wait_queue_head *queue,
		gfp_t gfp, u32 ticket);

/* A call that cannot be parked was put to sleep: it ends, with mm_oom(). */
void wait_give_up(struct machine *m);

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
