/* SPDX-License-Identifier: MIT */
/*
 * linux/gfp.h - the page allocator by the names of 2.6.12, over the thread's
 * current machine.
 *
 * A kernel address here is a host address that may be dereferenced: its low
 * 32 bits are the i386 linear address, and 0 is failure, as in Linux.  Who
 * runs such code sets mmtwin_machine; one file of the program has the line
 * MMTWIN_DEFINE_MACHINE.
 */
#ifndef _LINUX_GFP_H
#define _LINUX_GFP_H

#include "../../mm.h"

extern _Thread_local struct machine *mmtwin_machine;
#define MMTWIN_DEFINE_MACHINE _Thread_local struct machine *mmtwin_machine;

/* i386 linear address <-> where it is in this process */
static inline unsigned long mmtwin_host(vaddr_t addr)
{
	const struct ram_view *ram = mm_ram(mmtwin_machine);

	return addr ? ram->low + (addr - PAGE_OFFSET) : 0;
}

/* Addresses below the window keep their value, so as to be reported. */
static inline vaddr_t mmtwin_linear(unsigned long addr)
{
	return (vaddr_t)addr;
}

static inline struct page *alloc_pages(unsigned int gfp_mask,
				       unsigned int order)
{
	return mm_alloc_pages(mmtwin_machine, gfp_mask, order);
}

#define alloc_page(gfp_mask) alloc_pages(gfp_mask, 0)

static inline unsigned long __get_free_pages(unsigned int gfp_mask,
					     unsigned int order)
{
	return mmtwin_host(mm__get_free_pages(mmtwin_machine, gfp_mask, order));
}

#define __get_free_page(gfp_mask) __get_free_pages(gfp_mask, 0)

static inline unsigned long get_zeroed_page(unsigned int gfp_mask)
{
	return mmtwin_host(mm_get_zeroed_page(mmtwin_machine, gfp_mask));
}

static inline unsigned long __get_dma_pages(unsigned int gfp_mask,
					    unsigned int order)
{
	return mmtwin_host(mm__get_dma_pages(mmtwin_machine, gfp_mask, order));
}

static inline void __free_pages(struct page *page, unsigned int order)
{
	mm__free_pages(mmtwin_machine, page, order);
}

#define __free_page(page) __free_pages(page, 0)

static inline void free_pages(unsigned long addr, unsigned int order)
{
	mm_free_pages(mmtwin_machine, mmtwin_linear(addr), order);
}

#define free_page(addr) free_pages(addr, 0)

static inline void free_cold_page(struct page *page)
{
	mm_free_cold_page(mmtwin_machine, page);
}

static inline void drain_local_pages(void)
{
	mm_drain_local_pages(mmtwin_machine);
}

static inline void *page_address(const struct page *page)
{
	return (void *)mmtwin_host(mm_page_address(mmtwin_machine, page));
}

static inline struct page *virt_to_page(const void *addr)
{
	return mm_virt_to_page(mmtwin_machine,
			       mmtwin_linear((unsigned long)addr));
}

#endif
