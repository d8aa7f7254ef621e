/* SPDX-License-Identifier: MIT */
/*
 * pgtable.h - page directories and page tables: the words of the kernel's,
 * and what all who map frames share.
 */
#ifndef ALLOC_PGTABLE_H
#define ALLOC_PGTABLE_H

#include "bootmem.h"

/* --- words ---------------------------------------------------------------- */

static force_inline bool pte_none(pte_t pte)
{
	return !pte.word;
}

/* [pte_present()]: the kernel's view, which PROTNONE does not hide from. */
static force_inline bool pte_present(pte_t pte)
{
	return pte.word & (PAGE_PRESENT | PAGE_PROTNONE);
}

static force_inline pfn_t pte_pfn(pte_t pte)
{
	return pte.word >> PAGE_SHIFT;
}

static force_inline pte_t pfn_pte(pfn_t pfn, u32 bits)
{
	return (pte_t){ pfn << PAGE_SHIFT | bits };
}

/* The bits become others; the frame stays. */
static force_inline pte_t pte_with(pte_t pte, u32 bits)
{
	return (pte_t){ (pte.word & PTE_FRAME) | bits };
}

/* A PDE that maps 4 MiB, as the kernel made it: never without PSE. */
static force_inline bool pde_large(pte_t pde)
{
	return (pde.word & (PAGE_PRESENT | PAGE_PSE)) ==
	       (PAGE_PRESENT | PAGE_PSE);
}

/* The table that a PDE leads to, not none and not large. */
static force_inline pte_t *pde_table(const struct machine *m, pte_t pde)
{
	return phys_ptr(m, pde.word & PTE_FRAME);
}

/* --- the kernel's tables at boot ------------------------------------------ */

/*
 * The tables of head.S, the direct map, and the tables of fixmap and kmap
 * window, as claims.  False: bootmem has no room.
 */
bool pgtable_init(struct machine *m);
/* zap_low_mappings(): user space becomes empty; the TLBs are. */
void pgtable_zap_low(struct machine *m);

/* --- tables made later ---------------------------------------------------- */

/*
 * A zeroed frame, marked, or NULL: no memory, or a report.  It is nobody's
 * to give back but pgtable_free()'s.
 */
struct page *pgtable_alloc(struct machine *m);
/* The mark and a reference go. */
void pgtable_free(struct machine *m, struct page *page);
/*
 * The PTE of addr below this PDE, with a table made if it is none: then the
 * PDE leads to it.  NULL: no memory.
 */
pte_t *pgtable_pte_alloc(struct machine *m, pte_t *pde, vaddr_t addr);
/* The PTE of addr in a directory; NULL: there is no table. */
pte_t *pgtable_pte(const struct machine *m, pte_t *pgd, vaddr_t addr);

/* --- mapped frames -------------------------------------------------------- */

/* False, with a report: the page cannot be mapped. */
bool pgtable_may_map(struct machine *m, struct page *page);
/* A reference and a mapping more, and less: the last reference frees. */
void pgtable_get(struct machine *m, struct page *page);
void pgtable_put(struct machine *m, struct page *page);

/* --- the kernel's faults -------------------------------------------------- */

/*
 * #PF at CPL 0 on a kernel address that was not present: the directory in the
 * current CPU's CR3 takes over the template's PDE.  True: the kernel has a
 * page there, so translate anew; false: the fault stands.
 */
bool pgtable_kernel_fault(struct machine *m, const struct fault *f);

const char *pgtable_validate(const struct machine *m,
			     enum validate_depth depth);

#endif
