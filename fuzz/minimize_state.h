/* SPDX-License-Identifier: MIT */
/*
 * minimize_state.h - what the parts of the minimiser share: passes over ops
 * (minimize.c and its kin), and over what stands in them (minimize_fields.c).
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

/* An edit for each op, from the last; true: one of them was made. */
bool min_each_op(struct min *m, const char *pass,
		 bool (*edit)(struct min *m, u32 at));

/* minimize_say.c: what the trial has changed, in words (static storage). */
const char *min_say(const struct min *m);

/* minimize_units.c: what belongs together */
/* The slots of an op: those that it uses, then its result's; how many. */
u32 min_op_slots(const struct op *op, u32 slot[OP_ARGS_MAX + 1]);
/* Does it need a slot that another op has filled? */
bool min_uses_slots(const struct op *op);
/* The slot that an op is about: its result's, or the last that it uses. */
u32 min_op_slot(const struct op *op);
/* One past the highest slot that an op names. */
u32 min_slots_used(const struct program *p);
/* m->unit has room for nr numbers; false: no memory. */
bool min_units_room(struct min *m, u32 nr);
bool min_pass_slots(struct min *m);
bool min_pass_ops(struct min *m);
/* minimize_merge.c: one op for several */
bool min_pass_merge(struct min *m);
bool min_pass_alone(struct min *m);
bool min_pass_pressure(struct min *m);
bool min_pass_modes(struct min *m);
/* minimize_share.c: one slot for two */
bool min_pass_share(struct min *m);
/* minimize_instead.c: an op that needs no slot for one that does */
bool min_pass_instead(struct min *m);
/* minimize_bulk.c: a pool for many objects */
bool min_pass_bulk(struct min *m);
bool min_pass_kmalloc(struct min *m); /* ... and none for a cache */
/* minimize_fields.c */
bool min_pass_args(struct min *m);
bool min_pass_attributes(struct min *m);
bool min_pass_boot(struct min *m);
/* The same ops on another machine. */
bool min_try_profile(struct min *m, u8 profile);
/* r1, r2, ... in the order in which the slots first appear. */
void min_renumber(struct min *m);

#endif
