/* SPDX-License-Identifier: MIT */
/*
 * poison.h - free frames are no one's: in sanitized builds ASan reports who
 * touches one.
 *
 * POISON_ALL keeps every free frame poisoned.  POISON_FREED, for fuzzing,
 * only the first frame of each block that was freed since the snapshot: it
 * costs the same for every order, and catches a use after free where it
 * mostly is.  m->poisoned has a byte a frame for it.
 */
#ifndef ALLOC_POISON_H
#define ALLOC_POISON_H

#include "mm.h"
#include "page.h"

/* Nobody may touch the block's bytes ... */
static force_inline void page_poison(struct machine *m, const struct page *page,
				     u32 order)
{
	pfn_t pfn = page_to_pfn(m, page);

	if (!PLATFORM_POISON || m->poison == POISON_NONE)
		return;
	if (m->poison == POISON_ALL) {
		platform_poison(page_bytes(m, page), PAGE_SIZE << order);
	} else if (m->golden.taken) {
		m->poisoned[pfn] = true;
		platform_poison(page_bytes(m, page), PAGE_SIZE);
	}
}

/* The frames of the block that POISON_FREED has poisoned. */
void unpoison_freed(struct machine *m, pfn_t pfn, u32 order);

/* ... but its owner. */
static force_inline void page_unpoison(struct machine *m,
				       const struct page *page, u32 order)
{
	if (!PLATFORM_POISON || m->poison == POISON_NONE)
		return;
	if (m->poison == POISON_ALL)
		platform_unpoison(page_bytes(m, page), PAGE_SIZE << order);
	else
		unpoison_freed(m, page_to_pfn(m, page), order);
}

#endif
