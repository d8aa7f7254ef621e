/* SPDX-License-Identifier: MIT */
/*
 * bootmem.h - the allocator of boot, until mem_init.
 */
#ifndef ALLOC_BOOTMEM_H
#define ALLOC_BOOTMEM_H

#include "page.h"

#define PG0_PADDR (KERNEL_START + KERNEL_BYTES)
#define PG0_BYTES (2 * PAGE_SIZE) /* head.S's page tables */

/*
 * Sets bootmem up over low memory, with the memory map's RAM free and the
 * kernel's own ranges claimed.  NULL, or why it cannot be.
 */
const char *bootmem_init(struct machine *m);

/*
 * Zeroed memory for boot itself, as a claim; false: there is no room.
 * align is a power of two.
 */
bool bootmem_claim(struct machine *m, enum boot_claim_label label, u32 size,
		   u32 align, u32 goal, u32 *paddr);

/* True if bootmem has the low frame reserved. */
bool bootmem_reserved(const struct machine *m, pfn_t pfn);

const char *bootmem_validate(const struct machine *m);

#endif
