/* SPDX-License-Identifier: MIT */
/*
 * fixmap.h - kmap_atomic: a kernel address for a frame, for a moment.
 */
#ifndef ALLOC_FIXMAP_H
#define ALLOC_FIXMAP_H

#include "mm.h"
#include "page.h"

/*
 * The page's linear address, in slot `type` of the current CPU if the page
 * is high.  Whatever was in the slot is overwritten, as in 2.6.12.
 */
vaddr_t kmap_atomic(struct machine *m, struct page *page, u32 type);
/* 2.6.12 leaves the slot as it is. */
void kunmap_atomic(struct machine *m, vaddr_t addr, u32 type);

/* Zeroes the bytes of a page of any zone. */
void clear_highpage(struct machine *m, struct page *page);

const char *fixmap_validate(const struct machine *m, enum validate_depth depth);

#endif
