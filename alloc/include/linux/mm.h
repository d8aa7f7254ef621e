/* SPDX-License-Identifier: MIT */
/*
 * linux/mm.h - references to pages by the names of 2.6.12, over the thread's
 * current machine: see gfp.h.
 */
#ifndef _LINUX_MM_H
#define _LINUX_MM_H

#include <asm/io.h>
#include <asm/page.h>
#include "gfp.h"

static inline void get_page(struct page *page)
{
	mm_get_page(mmtwin_machine, page);
}

static inline void put_page(struct page *page)
{
	mm_put_page(mmtwin_machine, page);
}

/* The least order whose block has `size` bytes; size is not 0. */
static inline int get_order(unsigned long size)
{
	int order = 0;

	for (size = (size - 1) >> PAGE_SHIFT; size; size >>= 1)
		order++;
	return order;
}

static inline unsigned int nr_free_pages(void)
{
	return mm_nr_free_pages(mmtwin_machine);
}

#endif
