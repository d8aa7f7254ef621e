/* SPDX-License-Identifier: MIT */
/*
 * exec.h - runs a program on machine and model in lockstep.
 *
 * The only file that sees both sides.  An executor keeps a booted machine
 * and its model per boot profile, and resets them after each program, so
 * that nothing survives from one execution to the next.
 */
#ifndef FUZZ_EXEC_H
#define FUZZ_EXEC_H

#include "op.h"

#include <stdio.h>

#define SIGNATURE_MAX 80

struct exec;

/*
 * What went wrong, in a form that the same bug gives every time: op +
 * clause + field.  The signature is [a-z0-9_.-]+ and fits a file name.
 */
struct finding {
	char signature[SIGNATURE_MAX];
	u32 op;		    /* index into the program; nr: at its end */
	const char *layer;  /* "oracle", "machine", "expect", "sanitizer" */
	const char *clause; /* rule or validator clause: "W2", "B3" */
	const char *doc;    /* its sentence, or NULL */
	const char *field;
	u64 expected, actual;
};

enum exec_status {
	EXEC_AGREES,
	EXEC_FINDING,
	EXEC_UNBOOTABLE, /* the boot line boots no machine: exec_why() */
	EXEC_TOO_LARGE,	 /* ... of this size on a 32-bit host: to be skipped */
	EXEC_NO_MEMORY,
};

/* Of programs that fuzzing makes: the look costs as much as 30 of them. */
#define FULL_ONE_IN 512u

struct story;

struct exec_options {
	bool paint_whole;   /* whole frames (replay), or samples (fuzzing) */
	bool validate_full; /* scan mem_map and every frame at the end */
	u32 full_one_in;    /* ... of one program in so many; 0: of none */
	u32 every;	    /* ... and after every n ops; 0: never */
	bool digest;	    /* fill exec_stats.digest */
	FILE *trace;	    /* ftrace text of the machine's moves, or NULL */
	u32 until;	    /* stop before this op; 0: run all */
	/*
	 * Called in front of op pause_at, or where the program ends before it:
	 * behind the last op, at a divergence; but not at a CHECK that failed.
	 * One past the last op is in front of the end of boot, if that is due.
	 */
	void (*pause)(void *arg, struct exec *x);
	void *pause_arg;
	u32 pause_at;
	bool small_boot;     /* boot lines of one's own: of up to 64 MiB only */
	struct story *story; /* is filled, or NULL  [exec_story.h] */
};

struct exec_stats {
	u64 programs, ops, skipped, findings;
	u64 digest; /* of the machine at the end of the last program */
};

struct exec *exec_new(const struct exec_options *options);
void exec_delete(struct exec *x);
/*
 * Runs p from a fresh machine to its end; adds to *stats.  EXEC_FINDING
 * fills *f.  Deterministic: the same program gives the same outcome, digest
 * and finding, whatever ran before.
 */
enum exec_status exec_run(struct exec *x, const struct program *p,
			  struct exec_stats *stats, struct finding *f);
/*
 * The machine goes that boot lines and boot ops of a program's own have: the
 * next such program has a new one, whatever ran before.
 */
void exec_drop_own_machine(struct exec *x);
/* Why the last program could not boot: a phrase. */
const char *exec_why(const struct exec *x);

/*
 * While paused: machine and model as they stand, side by side, as tables.
 * Returns how many rows differ.  [exec_dump.c]
 */
u32 exec_dump(struct exec *x, FILE *to);

/*
 * Where a sanitizer's death callback finds what was running: the op's name
 * and index of the execution in progress in this process.
 */
const char *exec_current_op(u32 *index);

/* The clause in words, "" if it has none; a validator's without its number. */
const char *finding_sentence(const struct finding *f);
/* Prints a finding as people read it: a few lines, the last one replays it. */
void finding_print(FILE *to, const struct finding *f, const struct program *p,
		   const char *replay_path);

/*
 * State coverage: a counter for each rule, each report and each state (see
 * cover.h).  The engines read them.
 */
#define COVER_COUNTERS 2048
extern u8 cover_counters[COVER_COUNTERS];
void cover_enable(bool on); /* off: the counters stay 0 */

#endif
