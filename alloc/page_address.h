/* SPDX-License-Identifier: MIT */
/*
 * page_address.h - page -> address: low memory's by arithmetic, that of high
 * pages in the kmap window by a hash.
 */
#ifndef ALLOC_PAGE_ADDRESS_H
#define ALLOC_PAGE_ADDRESS_H

#include "page.h"

/* --- writing to highmem_data ---------------------------------------------- */

/* Before a word, or a list's head, is written. */
static force_inline void highmem_touch(struct machine *m, const void *at)
{
	struct highmem *h = &m->highmem;
	size_t line =
		(size_t)((const u8 *)at - (const u8 *)h->data) / HIGHMEM_LINE;

	CHECK(m, line < HIGHMEM_LINES, "page_address: what is not highmem's");
	if (h->is_dirty[line])
		return;
	h->is_dirty[line] = true;
	h->dirty[h->nr_dirty++] = (u16)line;
}

/* --- addresses ------------------------------------------------------------ */

static force_inline bool page_low(const struct machine *m,
				  const struct page *page)
{
	return page_to_pfn(m, page) < m->setup.max_low_pfn;
}

/* All descriptors into the pool. */
void page_address_init(struct machine *m);
/* Of any page; 0: a high one without an address. */
vaddr_t page_virt(const struct machine *m, const struct page *page);
/* Of a high page: it has none, and this becomes its. */
void page_address_set(struct machine *m, const struct page *page, vaddr_t addr);
/* It has one, which ends to be its. */
void page_address_clear(struct machine *m, const struct page *page);

/* *nr: how many high pages have an address. */
const char *page_address_validate(const struct machine *m, u32 *nr);

#endif
