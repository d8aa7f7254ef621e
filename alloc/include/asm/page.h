/* SPDX-License-Identifier: MIT */
/*
 * asm/page.h - what an address is, by the names of 2.6.12, over the thread's
 * current machine: see linux/gfp.h.
 */
#ifndef _ASM_PAGE_H
#define _ASM_PAGE_H

#include <linux/gfp.h>

/* Whether virt_to_page() may be asked: of low memory's direct map alone. */
static inline int virt_addr_valid(const void *kaddr)
{
	return mm_virt_addr_valid(mmtwin_machine,
				  mmtwin_linear((unsigned long)kaddr));
}

#endif
