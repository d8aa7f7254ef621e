/* SPDX-License-Identifier: MIT */
/*
 * machine.h - what the files of the top layer share; the machine's calls are
 * in mm.h.
 */
#ifndef ALLOC_MACHINE_H
#define ALLOC_MACHINE_H

#include "state.h"

/*
 * Memory for the golden copy and the touched list; false: there is none.
 * snapshot_exit() gives back what there is of it, if there is any.
 */
bool snapshot_init(struct machine *m);
void snapshot_exit(struct machine *m);

#endif
