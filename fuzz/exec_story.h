/* SPDX-License-Identifier: MIT */
/*
 * exec_story.h - what happened in an execution, op by op, and where its
 * finding stands: for those who retell it (repro*.c, cmd_story.c).
 *
 * A story is asked for by exec_options.story, and told by exec.c as it goes.
 * What machine and model agree on is told once.
 */
#ifndef FUZZ_EXEC_STORY_H
#define FUZZ_EXEC_STORY_H

#include "exec.h"

struct told_move {
	char text[96]; /* "mm_page_alloc pfn=0x3f order=2 arg=0xd0" */
};

/* One op, as both sides saw it; of the last one of a finding: the machine. */
struct told_op {
	bool skipped, diverged;
	bool entered;	/* a store was skipped, but not its mode and selector */
	bool filled;	/* its slot got a result */
	bool blocked;	/* it fell asleep */
	u32 resumed_by; /* ... and went on right behind this op; 0: never */
	bool oom;
	u8 report;	 /* enum report_kind */
	u8 order;	 /* of a result that is a block */
	u32 value;	 /* the result: a frame number, or an address */
	const char *end; /* "ok", "null", "PF" ... */
	u8 *stored;	 /* of a store: the bytes that were there, malloc'ed */
	u32 nr_moves;
	struct told_move *move; /* malloc'ed */
};

#define LOOK_MAX 320

struct story {
	struct told_op *op; /* malloc'ed */
	u32 nr, room;
	u32 nr_asleep; /* ops that fell asleep, and that nobody woke yet */
	u32 max_low_pfn, nr_cpus;
	bool incomplete; /* no memory */
	/*
	 * Where the finding stands, as C over mm.h: a declaration, a statement
	 * that looks (both may be empty), and the machine's value.  value[0]
	 * 0: it is nowhere to be looked at.
	 */
	char declaration[LOOK_MAX], look[LOOK_MAX], value[LOOK_MAX];
	bool of_call; /* the last call was being judged */
};

void story_free(struct story *s);

struct exec;
/* For exec.c: an op has ended, or found something; a finding was made. */
void story_tell(struct exec *x, int step);
void story_locate(struct exec *x);

#endif
