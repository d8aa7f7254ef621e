/* SPDX-License-Identifier: MIT */
/*
 * report.h - the three prices of a mistake.
 *
 * A report is the caller's misuse: noted, and the call has no other effect.
 * CHECK is our own bug: constant time, never compiled out; it ends in the
 * panic handler, which does not return.  What is wrong with the environment
 * is an ordinary return value and has nothing to do with this file.
 */
#ifndef ALLOC_REPORT_H
#define ALLOC_REPORT_H

#include "types.h"

struct faults {
	void (*panic)(void *arg, const char *clause); /* never NULL */
	void *arg;
	u8 report; /* enum report_kind: the first one since it was cleared */
};

/* Notes a misuse; the first one of a call is the one that counts. */
void report(struct faults *f, enum report_kind kind);

_Noreturn void check_failed(const struct faults *f, const char *clause);

/* For whatever has a member `faults`: a machine. */
#define CHECK(m, cond, clause)                                                 \
	do {                                                                   \
		if (unlikely(!(cond)))                                         \
			check_failed(&(m)->faults, clause);                    \
	} while (0)

/* In a validator: where it does not hold, the clause is the answer. */
#define CLAUSE(cond, clause)                                                   \
	do {                                                                   \
		if (unlikely(!(cond)))                                         \
			return clause;                                         \
	} while (0)

#endif
