/* SPDX-License-Identifier: MIT */
/*
 * targets.h - the targets as a table: what the command, and mutators that
 * are no part of a target's program, know of them.  What a target does is in
 * target_<t>.c.
 */
#ifndef FUZZ_TARGETS_H
#define FUZZ_TARGETS_H

#include "codec_check.h"

/* Ops of a program that a mutator makes; and that the decoder takes. */
#define TARGET_OPS 64
#define TARGET_OPS_MAX 1000

/* What a target's programs are made of. */
struct target_row {
	const char *name;
	u16 groups;
	bool free_boot;
	enum codec_form form; /* FORM_NONE: programs that are run */
	const char *doc;
};

extern const struct target_row target_rows[];
extern const u32 nr_target_rows;
/* NULL: no such target. */
const struct target_row *target_row_by_name(const char *name);

#endif
