// SPDX-License-Identifier: MIT
/*
 * ioremap.c - physical pages that are no memory, in the vmalloc window
 * [arch/i386/mm/ioremap.c].
 *
 *     phys              |    .....#####|########|##....|
 *     area, aligned     |    .....#####|########|##....|  guard  |
 *                            ^ address + offset in the page
 *
 *     PTE = frame | 0x063 | flags; never global
 *
 * What lies in the ISA window needs no area: the direct map has it.  Of frames
 * below high_memory there are two mappings then, and the processor's caches
 * want them alike: ioremap_nocache() gives the direct map's the same bit, and
 * iounmap() takes it away.
 *
 * Against 2.6.12: all of memory is refused and not low memory alone, and the
 * direct map's attributes are changed of each page of the range, and of no
 * other.  Left out: bt_ioremap.  Validator: ioremap_validate(), I.
 */
#include "mm.h"
#include "ioremap.h"
#include "pageattr.h"

#define ISA_START 0xA0000u
#define ISA_END 0x100000u
#define AREA_GFP GFP_KERNEL
#define NOCACHE PAGE_PCD

/* Bytes of physical memory, from 1 on; last is inclusive. */
struct range {
	u32 phys, last;
};

static pfn_t first_pfn(const struct range *r)
{
	return r->phys >> PAGE_SHIFT;
}

/* At most 2^20. */
static u32 nr_frames(const struct range *r)
{
	return (r->last >> PAGE_SHIFT) - first_pfn(r) + 1;
}

static bool is_isa(const struct range *r)
{
	return r->phys >= ISA_START && r->last < ISA_END;
}

/* Some of these frames are memory that boot has not reserved. */
static bool has_memory(const struct machine *m, pfn_t first, u32 nr)
{
	pfn_t end = (pfn_t)min_u64((u64)first + nr, m->nr_pages);

	for (pfn_t pfn = first; pfn < end; pfn++)
		if (!page_reserved(pfn_to_page(m, pfn)))
			return true;
	return false;
}

/* --- mapping -------------------------------------------------------------- */

static void give_back(struct machine *m, struct vm_struct *area)
{
	vm_area_remove(m, area);
	vm_area_free(m, area);
}

/* NULL: nothing is changed. */
static struct vm_struct *map(struct machine *m, const struct range *r,
			     u32 flags)
{
	u32 bytes = nr_frames(r) << PAGE_SHIFT; /* 2^32 is 0: no room */
	struct vm_struct *area = vm_area_get(
		m, bytes, VM_IOREMAP | flags << VM_PROT_SHIFT, AREA_GFP);

	if (!area)
		return NULL;
	area->phys_addr = first_pfn(r) << PAGE_SHIFT;
	if (vm_map_frames(m, area, area->phys_addr | PAGE_IOREMAP | flags))
		return area;
	give_back(m, area);
	return NULL;
}

/* Below high_memory some attributes are the direct map's, too. */
static bool has_attributes(const struct machine *m, const struct range *r,
			   u32 flags)
{
	return flags && r->last >> PAGE_SHIFT < m->setup.max_low_pfn;
}

/* True, with a report. */
static bool may_not_map(struct machine *m, const struct range *r, u32 flags)
{
	if (!is_isa(r) && has_memory(m, first_pfn(r), nr_frames(r))) {
		report(&m->faults, REPORT_ioremap_ram);
		return true;
	}
	return (!is_isa(r) || has_attributes(m, r, flags)) &&
	       vm_may_not_make(m, AREA_GFP);
}

/* area: NULL in the ISA window.  False: it is gone. */
static bool set_attributes(struct machine *m, const struct range *r, u32 flags,
			   struct vm_struct *area)
{
	struct page *page = pfn_to_page(m, first_pfn(r));
	bool failed =
		mm_change_page_attr(m, page, nr_frames(r), PAGE_KERNEL | flags);

	if (failed && area)
		give_back(m, area);
	mm_global_flush_tlb(m);
	return !failed;
}

static vaddr_t ioremap(struct machine *m, u32 phys, u32 size, u32 flags)
{
	const struct range r = { phys, phys + size - 1 };
	struct vm_struct *area = NULL;

	if (!size || r.last < phys || may_not_map(m, &r, flags))
		return 0;
	if (!is_isa(&r)) {
		area = map(m, &r, flags);
		if (!area)
			return 0;
	}
	if (has_attributes(m, &r, flags) && !set_attributes(m, &r, flags, area))
		return 0;
	return area ? area->addr + phys % PAGE_SIZE : PAGE_OFFSET + phys;
}

vaddr_t mm_ioremap(struct machine *m, u32 phys, u32 size)
{
	return ioremap(m, phys, size, 0);
}

vaddr_t mm_ioremap_nocache(struct machine *m, u32 phys, u32 size)
{
	return ioremap(m, phys, size, NOCACHE);
}

/* --- unmapping ------------------------------------------------------------ */

static enum report_kind unmap_kind(const struct vm_struct *area)
{
	if (!area)
		return REPORT_vm_unknown;
	return area->flags & VM_IOREMAP ? REPORT_none : REPORT_vm_kind;
}

void mm_iounmap(struct machine *m, vaddr_t addr)
{
	struct vm_struct *area;
	enum report_kind kind;
	pfn_t first;
	u32 nr;

	if (addr <= m->data->high_memory || vm_may_not_free(m))
		return;
	area = vm_area_find(m, addr & PTE_FRAME);
	kind = unmap_kind(area);
	if (kind != REPORT_none) {
		report(&m->faults, kind);
		return;
	}
	first = area->phys_addr >> PAGE_SHIFT;
	nr = vm_nr_pages(area);
	vm_area_remove(m, area);
	if (area->flags >> VM_PROT_SHIFT &&
	    (u64)first + nr <= m->setup.max_low_pfn) {
		int err = mm_change_page_attr(m, pfn_to_page(m, first), nr,
					      PAGE_KERNEL);

		CHECK(m, !err, "ioremap: the direct map's own bits are had");
		mm_global_flush_tlb(m);
	}
	vm_area_free(m, area);
}

/* --- validating ----------------------------------------------------------- */

static u32 area_word(const struct machine *m, const struct vm_struct *area,
		     u32 i)
{
	const pte_t *pte = pgtable_pte(m, m->swapper_pg_dir,
				       area->addr + (i << PAGE_SHIFT));

	return pte ? pte->word : 0;
}

/* One of get_vm_area() alone maps nothing. */
static bool is_mapped(const struct machine *m, const struct vm_struct *area)
{
	for (u32 i = 0; i < vm_nr_pages(area); i++)
		if (area_word(m, area, i))
			return true;
	return false;
}

static const char *validate_mapped(const struct machine *m,
				   const struct vm_struct *area)
{
	u32 bits = PAGE_IOREMAP | area->flags >> VM_PROT_SHIFT;
	pfn_t first = area->phys_addr >> PAGE_SHIFT;

	CLAUSE((u64)first + vm_nr_pages(area) <= MAX_NONPAE_PFN,
	       "I2: what is mapped ends with physical memory");
	for (u32 i = 0; i < vm_nr_pages(area); i++) {
		u32 word = area_word(m, area, i);

		CLAUSE(word >> PAGE_SHIFT == first + i,
		       "I3: an ioremap is of phys_addr and what follows");
		CLAUSE((word & ~PTE_FRAME) == bits,
		       "I4: an ioremap has its own bits, and is not global");
	}
	CLAUSE(!has_memory(m, first, vm_nr_pages(area)),
	       "I5: an ioremap is of no memory");
	return NULL;
}

static const char *validate_area(const struct machine *m,
				 const struct vm_struct *area)
{
	u32 flags = area->flags >> VM_PROT_SHIFT;

	CLAUSE(area->flags & VM_IOREMAP || (!flags && !area->phys_addr),
	       "I1: only ioremaps have page bits and a phys_addr");
	CLAUSE(!(area->phys_addr % PAGE_SIZE) && !(flags & ~NOCACHE),
	       "I1: a phys_addr is a page's, the page bits are PCD");
	if (area->flags & VM_IOREMAP && is_mapped(m, area))
		return validate_mapped(m, area);
	return NULL;
}

/*
 * I1  phys_addr, a page's, and page bits, PCD or none, are ioremaps' alone
 * I2  what an ioremap maps does not go on behind 4 GiB
 * I3  its PTEs, if it has any, map all of phys_addr and what follows
 * I4  with 0x063 and its page bits
 * I5  none of it is memory, but for what is reserved
 *
 * In full only.
 */
const char *ioremap_validate(const struct machine *m)
{
	const struct vm_struct *area = NULL;
	const char *broken = NULL;

	while (!broken && (area = mm_vm_next(m, area)))
		broken = validate_area(m, area);
	return broken;
}
