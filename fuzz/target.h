/* SPDX-License-Identifier: MIT */
/*
 * target.h - what a fuzz target is: one property, stated by target_<t>.c,
 * and the same for every engine.
 */
#ifndef FUZZ_TARGET_H
#define FUZZ_TARGET_H

#include "exec.h"
#include "targets.h"

struct target {
	const char *name;
	/* Judges one input; does not return when the property fails. */
	void (*one)(const u8 *data, size_t size);
};

/* Each target_<t>.c defines it. */
extern const struct target target;
/* Its row in targets.c; aborts where there is none. */
const struct target_row *target_row(void);

/* Runs the bytes as a program; aborts with a finding's story. */
void target_run_program(const u8 *data, size_t size);
/* The property failed: tells it in the engines' words and aborts. */
_Noreturn void target_fail(const char *signature);
/* What target_run_program() did in this process. */
const struct exec_stats *target_stats(void);

#endif
