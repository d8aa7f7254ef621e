/* SPDX-License-Identifier: MIT */
/*
 * segment.h - the processors' registers and GDTs.
 */
#ifndef ALLOC_SEGMENT_H
#define ALLOC_SEGMENT_H

#include "state.h"

/*
 * GDTs and registers of the CPUs that run, as at the end of boot; their TLBs
 * are left alone.  RAM must be there, and the CPU count.  pse: CR4.PSE, so not
 * under mem=nopentium.
 */
void cpus_init(struct machine *m, bool pse);

/* Registers and GDTs as they are now; reset: as they were then, TLBs empty. */
void cpus_snapshot(struct machine *m);
void cpus_reset(struct machine *m);
void cpus_power_off(struct machine *m);

/*
 * 1..ACCESS_BYTES_MAX bytes at offset through a register of the current CPU:
 * true and their linear address, or false and the fault.
 */
bool segment_linear(const struct machine *m, const struct access *a,
		    vaddr_t *addr, struct fault *f);

/* Data, not null, not expand-down: it can be read up to its limit. */
static force_inline bool segment_is_plain_data(const struct segment *s)
{
	return (s->access & 0x1C) == 0x10;
}

const char *segment_validate(const struct machine *m);

#endif
