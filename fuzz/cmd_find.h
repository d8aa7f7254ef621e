/* SPDX-License-Identifier: MIT */
/*
 * cmd_find.h - from a program that shows a finding to the smallest one: what
 * `min` does to a file and `fuzz` to what it finds.
 */
#ifndef FUZZ_CMD_FIND_H
#define FUZZ_CMD_FIND_H

#include "sandbox.h"

#define TRY_SECONDS 10u
#define CONFIRM_TIMES 10u
#define DEATH_TRIES_MAX 4000u	/* a child each: milliseconds */
#define HANG_TRIES_MAX 100u	/* ... each of which may take HANG_SECONDS */
#define LOOKING_TRIES_MAX 4000u /* with full looks: a millisecond each */
#define HANG_SECONDS 2u		/* enough for what hangs for ever */
#define HEADER_MAX 1024

struct smallest {
	char signature[SIGNATURE_MAX];
	u32 ops_before, tries;
	u32 same; /* of CONFIRM_TIMES fresh runs */
};

/*
 * Runs p as the replay does; if that does not show what is wanted (NULL: any
 * finding), as fuzzing does.  *options are those that gave *v.  false: no
 * child could be made.
 */
bool find_again(const struct program *p, const char *wanted, u32 seconds,
		struct exec_options *options, struct verdict *v);
/* Shrinks p, which shows *v with these options; *v is of the result then. */
bool find_smallest(struct program *p, const struct exec_options *options,
		   u32 seconds, struct verdict *v, struct smallest *out);
/* What was found, as comments. */
void find_header(char header[HEADER_MAX], const struct smallest *s,
		 const struct verdict *v);

#endif
