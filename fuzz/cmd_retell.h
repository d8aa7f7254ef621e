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
 * Loads and runs it.  The finding is what the replay shows, or else what
 * fuzzing does.  false: told, and *status is the exit status.
 * Owner: retold_free().
 */
bool retell(struct retold *t, const char *path, int *status);
void retold_free(struct retold *t);
/* To a file, or standard output for NULL.  Returns the exit status. */
int retold_write(const struct retold *t, const char *out,
		 bool (*write)(FILE *to, const struct repro *r));

#endif
