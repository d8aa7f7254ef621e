/* SPDX-License-Identifier: MIT */
/*
 * cmd_campaign.h - a campaign: programs number 0..N-1 of a seed, run in a
 * child that is replaced when it dies.
 *
 * Program k is made of a generator seeded with (seed, k) and a pool of
 * programs that reached new states.  The pool lives in the child: at a new
 * finding and at a death the child ends, and its successor goes on with
 * program k + 1 and an empty pool.  So all that happens follows from the
 * options, whatever the machine's speed.
 */
#ifndef FUZZ_CMD_CAMPAIGN_H
#define FUZZ_CMD_CAMPAIGN_H

#include "cmd.h"

struct campaign_options {
	u64 seed, programs;
	u32 ops; /* of a program, at most */
	const struct target_row *target;
	bool in_process; /* no child: for debuggers and profilers */
	bool no_states;	 /* do not look at the state counters */
	bool progress;	 /* a line on stderr, now and then */
};

struct campaign;

/* NULL: no memory. */
struct campaign *campaign_new(const struct campaign_options *options);
void campaign_delete(struct campaign *c);

enum campaign_end {
	CAMPAIGN_DONE,	 /* all programs have run */
	CAMPAIGN_FOUND,	 /* a signature that is new: call again to go on */
	CAMPAIGN_FAILED, /* the host gave no memory or no child: told */
};

/*
 * Runs on until something new turns up: *p (initialised) is the program that
 * shows it, `signature` what, *number its k.
 */
enum campaign_end campaign_run(struct campaign *c, struct program *p,
			       char signature[SIGNATURE_MAX], u64 *number);
/* The bytes that did it, of a target without programs; valid until the next. */
const u8 *campaign_input(const struct campaign *c, size_t *size);
/* So far; findings: programs with a finding, known ones too. */
struct exec_stats campaign_total(const struct campaign *c);

#endif
