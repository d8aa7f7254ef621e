/* SPDX-License-Identifier: MIT */
/*
 * minimize.h - (program, predicate) -> the smallest program that we find for
 * which the predicate still holds.  A pure function: it knows neither
 * machine nor model.
 */
#ifndef FUZZ_MINIMIZE_H
#define FUZZ_MINIMIZE_H

#include "op.h"

/* Does the program still show what is wanted? */
typedef bool (*min_predicate)(void *arg, const struct program *p);

/*
 * Shrinks p in place: tail, unrelated slots, groups, pairs, single ops,
 * arguments towards their simplest value, attributes, boot line.  p must
 * hold at the start.  Stops at a fixed point, or after `tries_max` calls of
 * the predicate (0: no limit).  Returns the number of calls.
 */
u32 minimize(struct program *p, min_predicate holds, void *arg, u32 tries_max);

/*
 * The start of it: tail, families and lifetimes of slots, groups and single
 * ops, each once.  What an engine trims is smaller then, and not simpler.
 */
u32 minimize_trim(struct program *p, min_predicate holds, void *arg,
		  u32 tries_max);

/*
 * True if no single op, no pair of ops and no argument of p can be
 * simplified any more, as far as tries_max calls of the predicate tell
 * (0: no limit); what can is said in *why, with its op (static storage).
 */
bool minimize_check(const struct program *p, min_predicate holds, void *arg,
		    u32 tries_max, const char **why);

#endif
