/* SPDX-License-Identifier: MIT */
/*
 * cmd_features.h - what the parts of `mmtwin features` share: the command
 * and its worker (cmd_features.c), a candidate's way into the corpus
 * (cmd_features_grow.c).
 */
#ifndef FUZZ_CMD_FEATURES_H
#define FUZZ_CMD_FEATURES_H

#include "cmd.h"
#include "features.h"

#define GROWN_FILES_MAX 300u /* in a target's folder */
#define GROWN_OPS_MAX 64u
#define GROW_TRIES_MAX 3000u /* a candidate; about a millisecond each */
#define GROW_SECONDS 10u     /* ... and each of them ends in this time */

enum grown {
	GROWN_ADDED,
	GROWN_NOTHING_NEW,
	GROWN_FINDING, /* shows one: that is for ci/fuzz, not for the corpus */
	GROWN_UNFIT,   /* boots no machine, or stays too long */
	GROWN_NO_ROOM, /* new, but the folder has as many as it may have */
	GROWN_NO_MEMORY,
	GROWN_FAILED, /* could not be written; told */
	NR_GROWN
};

struct grower {
	struct features *t;
	const char *into;   /* the folder */
	const char *target; /* for the file's opening words */
	u32 files_max, nr_files;
	u8 *hit, *fresh; /* features_nr() each */
};

/*
 * If p reaches what *have has not, shrinks it as long as it does, and adds
 * it to the folder and what it reaches to *have.
 */
enum grown grow_candidate(struct grower *g, struct program *p, u8 *have,
			  struct finding *f);

#endif
