/* SPDX-License-Identifier: MIT */
/*
 * linux/highmem.h - high memory by the names of 2.6.12, over the thread's
 * current machine: see gfp.h.
 *
 * What kmap() and kmap_atomic() return of a high page may be dereferenced
 * where the machine has a mirror (machine_set_mirror()); elsewhere no host
 * memory is there.  What copies and clears below needs none: its bytes go
 * through the current CPU's DS, TLB and page tables, at CPL 0.
 *
 * kmap() never fails in Linux.  Here one thread runs the machine: where the
 * task would sleep it is NULL, and mm_blocked() says so; code that is to run
 * unchanged must not be made to.
 */
#ifndef _LINUX_HIGHMEM_H
#define _LINUX_HIGHMEM_H

#include <asm/kmap_types.h>
#include "mm.h"

/* --- mapping -------------------------------------------------------------- */

static inline int PageHighMem(const struct page *page)
{
	return mm_page_to_pfn(mmtwin_machine, page) >=
	       mm_ram(mmtwin_machine)->low_pfns;
}

static inline void *kmap(struct page *page)
{
	return (void *)mmtwin_host(mm_kmap(mmtwin_machine, page));
}

static inline void kunmap(struct page *page)
{
	mm_kunmap(mmtwin_machine, page);
}

static inline void *kmap_atomic(struct page *page, enum km_type type)
{
	return (void *)mmtwin_host(mm_kmap_atomic(mmtwin_machine, page, type));
}

static inline void kunmap_atomic(void *kvaddr, enum km_type type)
{
	mm_kunmap_atomic(mmtwin_machine, mmtwin_linear((unsigned long)kvaddr),
			 type);
}

static inline struct page *kmap_atomic_to_page(void *ptr)
{
	return mm_kmap_atomic_to_page(mmtwin_machine,
				      mmtwin_linear((unsigned long)ptr));
}

static inline unsigned int nr_free_highpages(void)
{
	struct mm_counts counts;

	mm_counts(mmtwin_machine, 0, &counts);
	return counts.free_pages[ZONE_HIGHMEM];
}

/* --- bytes ---------------------------------------------------------------- */

/* One page's, at a kernel address; where Linux would have an oops, a trap. */
static inline void mmtwin_kernel_bytes(enum access_kind kind, void *kaddr,
				       void *bytes, unsigned int nr)
{
	struct access_pieces where;
	struct access a;
	struct fault f;

	if (!nr)
		return;
	a.kind = (u8)kind;
	a.seg = SEG_DS;
	a.offset = mmtwin_linear((unsigned long)kaddr);
	a.len = nr;
	if (!mm_access(mmtwin_machine, &a, bytes, &where, &f))
		__builtin_trap();
}

static inline void memclear_highpage_flush(struct page *page,
					   unsigned int offset,
					   unsigned int size)
{
	static const u8 zeroes[PAGE_SIZE];
	void *kaddr;

	if (offset > PAGE_SIZE || size > PAGE_SIZE - offset)
		__builtin_trap(); /* BUG_ON */
	kaddr = kmap_atomic(page, KM_USER0);
	mmtwin_kernel_bytes(ACCESS_WRITE, (char *)kaddr + offset,
			    (void *)(unsigned long)zeroes, size);
	kunmap_atomic(kaddr, KM_USER0);
}

static inline void clear_highpage(struct page *page)
{
	memclear_highpage_flush(page, 0, PAGE_SIZE);
}

/* i386 has no cache to colour: where the user sees it does not matter. */
static inline void clear_user_highpage(struct page *page, unsigned long vaddr)
{
	(void)vaddr;
	clear_highpage(page);
}

static inline void copy_highpage(struct page *to, struct page *from)
{
	void *vfrom = kmap_atomic(from, KM_USER0);
	void *vto = kmap_atomic(to, KM_USER1);
	u8 bytes[PAGE_SIZE];

	mmtwin_kernel_bytes(ACCESS_READ, vfrom, bytes, PAGE_SIZE);
	mmtwin_kernel_bytes(ACCESS_WRITE, vto, bytes, PAGE_SIZE);
	kunmap_atomic(vfrom, KM_USER0);
	kunmap_atomic(vto, KM_USER1);
}

static inline void copy_user_highpage(struct page *to, struct page *from,
				      unsigned long vaddr)
{
	(void)vaddr;
	copy_highpage(to, from);
}

#endif
