/* SPDX-License-Identifier: MIT */
/*
 * pgtable.h - page directories and page tables: the words of the kernel's,
 * and what all who map frames share.
 */
#ifndef ALLOC_PGTABLE_H
#define ALLOC_PGTABLE_H

#include "bootmem.h"
#include "mmu.h"
#include "table_word.h"

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

/* The directory that a CR3 says, as words. */
static force_inline pte_t *cr3_pgd(const struct machine *m, u32 cr3)
{
	return phys_ptr(m, cr3);
}

/* --- the kernel's tables at boot ------------------------------------------ */

/*
 * The tables of head.S, the direct map, and the tables of fixmap and kmap
 * window, as claims.  False: bootmem has no room.
 */
bool pgtable_init(struct machine *m);
/* Their struct pages are there: they are marked as tables. */
void pgtable_mark_boot(struct machine *m);
/* zap_low_mappings(): user space becomes empty; the TLBs are. */
void pgtable_zap_low(struct machine *m);

/* --- tables made later ---------------------------------------------------- */

/*
 * A frame that is marked, or NULL: no memory, or a report.  It is nobody's to
 * give back but pgtable_free()'s.
 */
struct page *pgtable_alloc(struct machine *m, gfp_t gfp);
/* The mark and a reference go. */
void pgtable_free(struct machine *m, struct page *page);
/* The PTE of addr in a directory; NULL: there is no table. */
pte_t *pgtable_pte(const struct machine *m, const pte_t *pgd, vaddr_t addr);
/*
 * The same, and where there is no table one is made.  NULL: none; *err says
 * whether there is no memory or a report.
 */
pte_t *pgtable_pte_alloc(struct machine *m, pte_t *pgd, vaddr_t addr, int *err);

#define ENOMEM 12
#define EINVAL 22

/* -EINVAL, with this report. */
int pgtable_misused(struct machine *m, enum report_kind kind);

/* --- mapped frames -------------------------------------------------------- */

/* False, with a report: the page cannot be mapped. */
bool pgtable_may_map(struct machine *m, const struct page *page);
/* Likewise, for the kernel, without a reference. */
bool pgtable_may_kmap(struct machine *m, const struct page *page);
/* A reference and a mapping more, and less: the last reference frees. */
void pgtable_get(struct machine *m, struct page *page);
void pgtable_put(struct machine *m, struct page *page);

/* Unmapping: some PTEs become empty, the caller flushes, their frames go. */
#define ZAP_BATCH 64u

struct zap {
	u32 next, end; /* page numbers: addr >> PAGE_SHIFT */
	u32 nr;
	pfn_t pfn[ZAP_BATCH];
};

/* Empties the next ones; returns how many, 0: there are none any more. */
u32 zap_some(struct machine *m, const pte_t *pgd, struct zap *z);
void zap_release(struct machine *m, const struct zap *z);

/*
 * The page numbers of nr pages (0 is one) from addr; false: they are not all
 * a user's.
 */
bool pgtable_range(vaddr_t addr, u32 nr, struct zap *z);

/* --- the kernel's faults -------------------------------------------------- */

/*
 * What comes of a #PF.  At CPL 0, of a kernel address that was not present:
 * the directory in the current CPU's CR3 takes over the template's PDE.  True:
 * the kernel has a page there, so translate anew; false: the fault stands.
 */
bool pgtable_kernel_fault(struct machine *m, const struct fault *f);

const char *pgtable_validate(const struct machine *m,
			     enum validate_depth depth);

#endif
