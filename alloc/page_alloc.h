/* SPDX-License-Identifier: MIT */
/*
 * page_alloc.h - what the files around page_alloc.c share; the allocator's
 * calls are in mm.h.
 */
#ifndef ALLOC_PAGE_ALLOC_H
#define ALLOC_PAGE_ALLOC_H

#include "pcp.h"

/*
 * Which report a free draws, if any: called where the fast test has failed.
 * False: it was good after all.  [misuse.c]
 */
bool free_misused(struct machine *m, const struct page *page, u32 order);

/* Every frame of every zone, accounted for.  [audit.c] */
const char *page_alloc_validate(const struct machine *m);

#endif
