// SPDX-License-Identifier: MIT
/*
 * user.c - user space: pages are mapped, protected, unmapped, and it all goes
 * [mm/fremap.c, memory.c, mprotect.c, mmap.c].
 *
 *     directory -> PDE -> table, made when needed -> PTE -> frame
 *
 * "Not none" is a word that is not 0: its frame is mapped, or its table is in
 * use, whatever its low 12 bits have been set to.  Tables stay until
 * exit_mmap.  It has no state; map_audit.c accounts for tables and mappings.
 *
 * Left out: vmas, swap, file pages, copy on write, the highmem tables of
 * CONFIG_HIGHPTE.
 */
#include "mm.h"
#include "pgd.h"

#define USER_PDES (TASK_SIZE >> PGDIR_SHIFT)

static const u16 prot_bits[] = {
	[USER_NONE] = PAGE_PROTNONE | PAGE_ACCESSED,
	[USER_READ] = PAGE_PRESENT | PAGE_USER | PAGE_ACCESSED,
	[USER_COPY] = PAGE_PRESENT | PAGE_USER | PAGE_ACCESSED,
	[USER_SHARED] = PAGE_PRESENT | PAGE_RW | PAGE_USER | PAGE_ACCESSED,
};

/* True if nr pages from addr are a live directory's; else a report. */
static bool user_range(struct machine *m, const struct pgd *pgd, vaddr_t addr,
		       u32 nr, struct zap *z)
{
	if (!pgd_valid(m, pgd))
		return false;
	if (pgtable_range(addr, nr, z))
		return true;
	report(&m->faults, REPORT_map_address);
	return false;
}

/* --- mapping -------------------------------------------------------------- */

static void unmap_one(struct machine *m, const struct pgd *pgd, vaddr_t addr,
		      pte_t *pte)
{
	struct page *page = pfn_to_page(m, pte_pfn(*pte));

	set_word(m, pte, 0);
	flush_tlb_page(m, pgd, addr);
	pgtable_put(m, page);
}

int mm_map_page(struct machine *m, struct pgd *pgd, vaddr_t addr,
		struct page *page, u32 prot)
{
	struct zap z;
	pte_t *pte;
	int err;

	if (!user_range(m, pgd, addr, 1, &z) || !pgtable_may_map(m, page))
		return -EINVAL;
	pte = pgtable_pte_alloc(m, pgd_words(pgd), addr, &err);
	if (!pte)
		return err;
	pgtable_get(m, page);
	if (!pte_none(*pte))
		unmap_one(m, pgd, addr, pte);
	set_word(m, pte,
		 page_to_pfn(m, page) << PAGE_SHIFT | prot_bits[prot & 3]);
	return 0;
}

/* The frames go when no TLB leads to them any more. */
static void unmap_range(struct machine *m, struct pgd *pgd, struct zap *z)
{
	while (zap_some(m, pgd_words(pgd), z)) {
		flush_tlb_mm(m, pgd);
		zap_release(m, z);
	}
}

int mm_unmap(struct machine *m, struct pgd *pgd, vaddr_t addr, u32 nr_pages)
{
	struct zap z;

	if (!user_range(m, pgd, addr, nr_pages, &z))
		return -EINVAL;
	unmap_range(m, pgd, &z);
	return 0;
}

static void free_tables(struct machine *m, struct pgd *pgd)
{
	for (u32 i = 0; i < USER_PDES; i++) {
		pte_t *pde = &pgd_words(pgd)[i];
		pfn_t pfn = pte_pfn(*pde);

		if (pte_none(*pde))
			continue;
		set_word(m, pde, 0);
		pgtable_free(m, pfn_to_page(m, pfn));
	}
}

int mm_exit_mmap(struct machine *m, struct pgd *pgd)
{
	struct zap all = { .end = TASK_SIZE >> PAGE_SHIFT };

	if (!pgd_valid(m, pgd))
		return -EINVAL;
	if (pgd_active(m, pgd))
		return pgtable_misused(m, REPORT_pgd_active);
	unmap_range(m, pgd, &all);
	free_tables(m, pgd);
	pgd_free(m, pgd);
	return 0;
}

/* --- attributes ----------------------------------------------------------- */

static void protect_one(struct machine *m, pte_t *pte, u32 bits)
{
	const u32 keep = PTE_FRAME | PAGE_ACCESSED | PAGE_DIRTY;

	if (pte_present(*pte))
		set_word(m, pte, (pte->word & keep) | bits);
}

int mm_protect(struct machine *m, struct pgd *pgd, vaddr_t addr, u32 nr_pages,
	       u32 prot)
{
	struct zap z;

	if (!user_range(m, pgd, addr, nr_pages, &z))
		return -EINVAL;
	while (z.next < z.end) {
		pte_t *pte =
			pgtable_pte(m, pgd_words(pgd), z.next << PAGE_SHIFT);

		if (pte)
			protect_one(m, pte, prot_bits[prot & 3]);
		else
			z.next |= PTRS_PER_TABLE - 1;
		z.next++;
	}
	flush_tlb_mm(m, pgd);
	return 0;
}

static int set_bits(struct machine *m, pte_t *word, u32 bits)
{
	if (!word || pte_none(*word))
		return pgtable_misused(m, REPORT_map_empty);
	set_word(m, word, (word->word & PTE_FRAME) | (bits & ~PTE_FRAME));
	return 0;
}

int mm_set_pte(struct machine *m, struct pgd *pgd, vaddr_t addr, u32 bits)
{
	struct zap z;

	if (!user_range(m, pgd, addr, 1, &z))
		return -EINVAL;
	return set_bits(m, pgtable_pte(m, pgd_words(pgd), addr), bits);
}

static int set_kernel_pde(struct machine *m, u32 index, u32 bits)
{
	pte_t pde = m->swapper_pg_dir[index];

	if (!pde_large(pde))
		return pgtable_misused(m, REPORT_map_empty);
	pgd_set_kernel_pde(m, index,
			   (pde.word & PTE_FRAME) | (bits & PAGE_ATTR_MASK) |
				   PAGE_PRESENT | PAGE_PSE);
	return 0;
}

int mm_set_pde(struct machine *m, struct pgd *pgd, vaddr_t addr, u32 bits)
{
	if (addr >= TASK_SIZE)
		return set_kernel_pde(m, pgd_index(addr), bits);
	if (!pgd_valid(m, pgd))
		return -EINVAL;
	return set_bits(m, &pgd_words(pgd)[pgd_index(addr)], bits);
}
