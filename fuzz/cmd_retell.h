/* SPDX-License-Identifier: MIT */
/*
 * cmd_retell.h - a program that was run to be told again: as C (cmd_repro.c),
 * or op by op (cmd_story.c).
 */
#ifndef FUZZ_CMD_RETELL_H
#define FUZZ_CMD_RETELL_H

#include "cmd.h"
#include "repro.h"
#include "sandbox.h"

/* Its parts point to each other: it is not copied. */
struct retold {
	struct loaded l;
	struct verdict v;
	struct story s;
	struct repro r; /* what there is to tell, of the three */
};

/*
 * For a command whose first argument is a program: it is loaded and run.  The
 * finding is what the replay shows, or else what fuzzing does.  false: *status
 * is the exit status, and nothing is left to free.  Owner: retold_free().
 */
bool cmd_parse_and_retell(const struct cmd_usage *usage, int argc, char **argv,
			  struct retold *t, int *status);
void retold_free(struct retold *t);
/* To a file, or standard output for NULL.  Returns the exit status. */
int retold_write(const struct retold *t, const char *out,
		 bool (*write)(FILE *to, const struct repro *r));

#endif
