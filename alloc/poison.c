// SPDX-License-Identifier: MIT
/*
 * poison.c - finds the frames that POISON_FREED has poisoned: a byte a frame
 * says so, and eight of them are looked at at once.
 */
#include "poison.h"

static void unpoison_frame(struct machine *m, pfn_t pfn)
{
	if (!m->poisoned[pfn])
		return;
	m->poisoned[pfn] = false;
	platform_unpoison(ram_frame(&m->view, pfn), PAGE_SIZE);
}

static UNSANITIZED bool any_of_eight(const bool *poisoned)
{
	u64 word;

	memcpy(&word, poisoned, sizeof(word));
	return word;
}

UNSANITIZED void unpoison_freed(struct machine *m, pfn_t pfn, u32 order)
{
	pfn_t end = pfn + (1u << order);

	for (; pfn < end; pfn += order < 3 ? 1 : 8) {
		if (order < 3)
			unpoison_frame(m, pfn);
		else if (unlikely(any_of_eight(m->poisoned + pfn)))
			for (u32 i = 0; i < 8; i++)
				unpoison_frame(m, pfn + i);
	}
}
