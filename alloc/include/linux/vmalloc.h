/* SPDX-License-Identifier: MIT */
/*
 * linux/vmalloc.h - the vmalloc window by the names of 2.6.12, over the
 * thread's current machine: see gfp.h.
 *
 * An address of the window may be dereferenced under machine_set_mirror()
 * alone.  The fields of a vm_struct are links: who wants area->addr asks
 * mmtwin_area_addr(), and gives an area that was removed to mmtwin_free_area(),
 * where Linux has kfree().
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

/* --- areas ---------------------------------------------------------------- */

/* Nothing is mapped in it. */
static inline struct vm_struct *get_vm_area(unsigned long size,
					    unsigned long flags)
{
	return mm_get_vm_area(mmtwin_machine, mmtwin_size(size),
			      mmtwin_size(flags));
}

static inline struct vm_struct *remove_vm_area(void *addr)
{
	return mm_remove_vm_area(mmtwin_machine,
				 mmtwin_linear((unsigned long)addr));
}

static inline void *mmtwin_area_addr(const struct vm_struct *area)
{
	struct vm_area_view view;

	mm_vm_view(mmtwin_machine, area, &view);
	return (void *)mmtwin_host(view.addr);
}

static inline void mmtwin_free_area(struct vm_struct *area)
{
	mm_free_vm_area(mmtwin_machine, area);
}

/* --- memory, and pages side by side --------------------------------------- */

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
