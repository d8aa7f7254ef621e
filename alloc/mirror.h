/* SPDX-License-Identifier: MIT */
/*
 * mirror.h - the kernel's windows for the host, see machine_set_mirror().
 */
#ifndef ALLOC_MIRROR_H
#define ALLOC_MIRROR_H

#include "state.h"

/* At the end of boot: devices in holes of low memory are shown over it. */
void mirror_init(struct machine *m);

/*
 * Of a mirrored machine, behind every write of a PTE of the template's behind
 * low memory: the host's page at addr is what the word says.
 */
void mirror_word(struct machine *m, vaddr_t addr, u32 word);

#endif
