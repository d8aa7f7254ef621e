/* SPDX-License-Identifier: MIT */
/*
 * buddy.h - the blocks of free frames of a zone.
 */
#ifndef ALLOC_BUDDY_H
#define ALLOC_BUDDY_H

#include "mm.h"
#include "zone.h"

/* Takes a block out: its lowest frame, or NULL.  [__rmqueue] */
struct page *buddy_alloc(struct machine *m, struct zone *zone, u32 order);

/* Puts one back, merging upwards.  [__free_pages_bulk] */
void buddy_free(struct machine *m, struct zone *zone, struct page *page,
		u32 order);

const char *buddy_validate(const struct machine *m, enum validate_depth depth);

#endif
