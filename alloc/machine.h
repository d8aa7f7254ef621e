/* SPDX-License-Identifier: MIT */
/*
 * machine.h - what the files of the top layer share; the machine's calls are
 * in mm.h.
 */
#ifndef ALLOC_MACHINE_H
#define ALLOC_MACHINE_H

#include "state.h"

/* Memory for the golden copy and the touched list; false: there is none. */
bool snapshot_init(struct machine *m);
void snapshot_exit(struct machine *m);

/* True if RAM's metadata is what it was at machine_snapshot(), every byte. */
bool machine_at_snapshot(const struct machine *m);

#endif
