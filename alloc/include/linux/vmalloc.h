/* SPDX-License-Identifier: MIT */
/*
 * linux/vmalloc.h - the vmalloc window by the names of 2.6.12, over the
 * thread's current machine: see gfp.h.
 *
 * An address of the window may be dereferenced under machine_set_mirror()
 * alone.  Areas of get_vm_area() are left out: their fields are links.
 */
#ifndef _LINUX_VMALLOC_H
#define _LINUX_VMALLOC_H

#include "slab.h"

/* [asm/pgtable.h] */
typedef unsigned int pgprot_t;
#define PAGE_KERNEL 0x163u
#define PAGE_KERNEL_EXEC 0x163u
#define PAGE_KERNEL_RO 0x161u
#define PAGE_KERNEL_NOCACHE 0x173u

static inline void *__vmalloc(unsigned long size, unsigned int gfp_mask,
			      pgprot_t prot)
{
	return (void *)mmtwin_host(
		mm__vmalloc(mmtwin_machine, mmtwin_size(size), gfp_mask, prot));
}

static inline void *vmalloc(unsigned long size)
{
	return (void *)mmtwin_host(
		mm_vmalloc(mmtwin_machine, mmtwin_size(size)));
}

static inline void *vmalloc_exec(unsigned long size)
{
	return (void *)mmtwin_host(
		mm_vmalloc_exec(mmtwin_machine, mmtwin_size(size)));
}

static inline void *vmalloc_32(unsigned long size)
{
	return (void *)mmtwin_host(
		mm_vmalloc_32(mmtwin_machine, mmtwin_size(size)));
}

static inline void vfree(void *addr)
{
	mm_vfree(mmtwin_machine, mmtwin_linear((unsigned long)addr));
}

static inline void *vmap(struct page **pages, unsigned int count,
			 unsigned long flags, pgprot_t prot)
{
	return (void *)mmtwin_host(mm_vmap(mmtwin_machine, pages, count,
					   mmtwin_size(flags), prot));
}

static inline void vunmap(void *addr)
{
	mm_vunmap(mmtwin_machine, mmtwin_linear((unsigned long)addr));
}

static inline struct page *vmalloc_to_page(void *addr)
{
	return mm_vmalloc_to_page(mmtwin_machine,
				  mmtwin_linear((unsigned long)addr));
}

#endif
