/* SPDX-License-Identifier: MIT */
/*
 * exec_dump.h - the parts of a dump: what machine and model have, side by side.
 */
#ifndef FUZZ_EXEC_DUMP_H
#define FUZZ_EXEC_DUMP_H

#include "exec_state.h"
#include "side.h"

/* Caches, arrays, slabs, pools.  [exec_dump_objects.c] */
void exec_dump_objects(struct exec *x, struct side *s);
/* CPUs, TLBs, tables, areas, kmaps, devices.  [exec_dump_mappings.c] */
void exec_dump_mappings(struct exec *x, struct side *s);

#endif
