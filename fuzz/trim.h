/* SPDX-License-Identifier: MIT */
/*
 * trim.h - the minimiser's first passes, turned inside out: for an engine
 * that asks for the next program to try, and says what came of it.
 *
 *	trim_begin(t, &p);
 *	while ((q = trim_next(t)))
 *		trim_answer(t, as_good_as(q));
 */
#ifndef FUZZ_TRIM_H
#define FUZZ_TRIM_H

#include "op.h"

struct trim;

/* NULL: no memory.  Owner: trim_free(). */
struct trim *trim_new(void);
void trim_free(struct trim *t);
/*
 * From here on it is about p, of which it keeps a copy; what was begun before
 * is abandoned.  At most tries_max programs will come.  false: no memory.
 */
bool trim_begin(struct trim *t, const struct program *p, u32 tries_max);
/* The program to try, the same one until it is answered; NULL: the end. */
const struct program *trim_next(const struct trim *t);
/* Will it do?  Then what comes next is a part of it. */
void trim_answer(struct trim *t, bool holds);

#endif
