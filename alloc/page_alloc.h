/* SPDX-License-Identifier: MIT */
/*
 * page_alloc.h - what the files around page_alloc.c share; the allocator's
 * calls are in mm.h.
 */
#ifndef ALLOC_PAGE_ALLOC_H
#define ALLOC_PAGE_ALLOC_H

#include "pcp.h"

/* Reports why a free cannot be: the fast test has failed.  [misuse.c] */
void free_misused(struct machine *m, const struct page *page, u32 order);

/* Every frame of every zone, accounted for.  [audit.c] */
const char *page_alloc_validate(const struct machine *m);

#endif
