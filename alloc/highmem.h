/* SPDX-License-Identifier: MIT */
/*
 * highmem.h - the kmap window: what boot, reset and validators need of it.
 */
#ifndef ALLOC_HIGHMEM_H
#define ALLOC_HIGHMEM_H

#include "page_address.h"

/* highmem_data is the image's, and empty. */
void highmem_init(struct machine *m);
void highmem_snapshot(struct machine *m);
void highmem_reset(struct machine *m);

/* Has the machine one?  The direct map may have its place. */
bool kmap_window(const struct machine *m);
/* The frame that a slot in use maps. */
pfn_t kmap_pfn(const struct machine *m, u32 slot);

const char *kmap_validate(const struct machine *m, enum validate_depth depth);

#endif
