/* SPDX-License-Identifier: MIT */
/* cmd_run.h - run's way to a debugger.  [cmd_gdb.c] */
#ifndef FUZZ_CMD_RUN_H
#define FUZZ_CMD_RUN_H

#include "exec.h"

/* Does nothing; a debugger's breakpoint.  An exec_options.pause. */
void run_stopped(void *arg, struct exec *x);
/*
 * Becomes a gdb that stands in front of the op, counted from 1.  Returns only
 * where it cannot, with an exit status, and has told why.
 */
int run_in_gdb(const char *path, u32 op);

#endif
