/* SPDX-License-Identifier: MIT */
/*
 * pgd.h - page directories of processes: the cache that they are of, and the
 * list of those that there are.
 */
#ifndef ALLOC_PGD_H
#define ALLOC_PGD_H

#include "pgtable.h"

/* [pgtable_cache_init()]; false: no memory. */
bool pgd_cache_init(struct machine *m);

/* False, with a report: mm_pgd_alloc() never gave it, or it was freed. */
bool pgd_valid(struct machine *m, const struct pgd *pgd);
bool pgd_is_live(const struct machine *m, const struct pgd *pgd);
/* True if some CPU's CR3 has it. */
bool pgd_active(const struct machine *m, const struct pgd *pgd);
/* The physical address: what CR3 says. */
u32 pgd_paddr(const struct pgd *pgd);

static force_inline pte_t *pgd_words(struct pgd *pgd)
{
	return (pte_t *)pgd;
}

/* No user page nor table is left in it. */
void pgd_free(struct machine *m, struct pgd *pgd);

/*
 * The directories that are constructed, whether somebody has them or not: the
 * first one's struct page, and the one behind; NULL: there is none.
 */
struct page *pgd_first(const struct machine *m);
struct page *pgd_next(const struct machine *m, const struct page *page);

/* A PDE that changes: in the template, and in every directory. */
void pgd_set_kernel_pde(struct machine *m, u32 index, u32 word);

/* CR3 anew, or one page, on each CPU that runs on it. */
void flush_tlb_mm(struct machine *m, const struct pgd *pgd);
void flush_tlb_page(struct machine *m, const struct pgd *pgd, vaddr_t addr);

const char *pgd_validate(const struct machine *m);

#endif
