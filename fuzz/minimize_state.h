/* SPDX-License-Identifier: MIT */
/*
 * minimize_state.h - what the two halves of the minimiser share: passes over
 * ops (minimize.c), and over what stands in them (minimize_fields.c).
 *
 * Every edit is made on m->trial, between min_trial_begin() and
 * min_trial_end().  A pass returns whether it changed anything.
 */
#ifndef FUZZ_MINIMIZE_STATE_H
#define FUZZ_MINIMIZE_STATE_H

#include "minimize.h"

struct min {
	struct program *p;    /* the best so far */
	struct program trial; /* p with an edit */
	min_predicate holds;
	void *arg;
	u32 tries, tries_max;
	bool checking; /* look for an edit, apply none */
	bool stop;     /* found one (checking), out of tries or of memory */
	const char *pass, *found;
	u64 *seen; /* open addressing; 0 is an empty place */
	u32 nr_seen, room_seen;
	u32 *unit; /* of each op: what is removed together */
	u32 room_units;
};

/* The trial starts as a copy of the program.  false: stop. */
bool min_trial_begin(struct min *m);
/* Judges the trial; true: it is the program now (or would be: checking). */
bool min_trial_end(struct min *m);

/* The slot that an op is about: its result's, or the first that it uses. */
u32 min_op_slot(const struct op *op);
/* One past the highest slot that an op is about. */
u32 min_slots_used(const struct program *p);

/* minimize_merge.c: one op for several */
bool min_pass_merge(struct min *m);
bool min_pass_pressure(struct min *m);
/* minimize_fields.c */
bool min_pass_args(struct min *m);
bool min_pass_attributes(struct min *m);
bool min_pass_boot(struct min *m);
/* r1, r2, ... in the order in which the slots first appear. */
void min_renumber(struct min *m);

#endif
