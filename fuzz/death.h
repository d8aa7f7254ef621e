/* SPDX-License-Identifier: MIT */
/*
 * death.h - the last words of a process that a program kills.
 *
 * A sanitizer's report, a signal or an alarm becomes a signature: the op
 * that was running, and the kind of death.  It links into builds without
 * sanitizers as well: what asks them is weak.
 */
#ifndef FUZZ_DEATH_H
#define FUZZ_DEATH_H

#include "exec.h"

#define DEATH_STATUS 77 /* of a watched process that died */

struct death {
	char signature[SIGNATURE_MAX]; /* empty: alive */
	u32 op;			       /* index in the program that ran */
};

/*
 * From now on a death of this process fills *d (memory that outlives it) and
 * ends it at once, silently, with DEATH_STATUS.
 */
void death_watch(struct death *d);
/*
 * From now on a sanitizer's report is preceded by the signature on stderr,
 * in the words by which the engines tell findings apart.
 */
void death_announce(void);
/*
 * ... and so is a signal, where no sanitizer sees it: for engines that have no
 * handlers of their own.  The process dies of it all the same.
 */
void death_announce_signals(void);
/* A hang is a death too: seconds from now, 0: never. */
void death_alarm(u32 seconds);
/* The signature of a process that a signal killed unseen (SIGKILL). */
void death_sign_unseen(struct death *d, int signal);

#endif
