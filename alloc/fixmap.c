// SPDX-License-Identifier: MIT
/*
 * fixmap.c - the atomic kmap slots [arch/i386/mm/highmem.c].
 *
 *     FIXADDR_TOP  slot 0, hole | 1, vsyscall | 2 + type + 13 * cpu | ...
 *
 * A high frame has no kernel address: to clear one, its PTE is written into
 * its CPU's slot, the TLB forgets what was there, and the address is
 * translated as the hardware would.  kunmap_atomic() leaves the PTE behind.
 * Validator: fixmap_validate(), F.
 */
#include "fixmap.h"
#include "mmu.h"

static u32 kmap_slot(const struct machine *m, u32 type)
{
	return FIX_KMAP_BEGIN + type + KM_TYPE_NR * m->task.cpu;
}

static bool page_low(const struct machine *m, const struct page *page)
{
	return page_to_pfn(m, page) < m->setup.max_low_pfn;
}

vaddr_t kmap_atomic(struct machine *m, struct page *page, u32 type)
{
	u32 paddr = page_to_pfn(m, page) << PAGE_SHIFT;
	vaddr_t addr = fix_to_virt(kmap_slot(m, type));
	pte_t *pte = &m->fixmap_pt[pte_index(addr)];

	if (page_low(m, page))
		return PAGE_OFFSET + paddr;
	word_touch(m, pte);
	pte->word = paddr | PAGE_KERNEL;
	tlb_drop_page(m, m->task.cpu, addr);
	return addr;
}

void kunmap_atomic(struct machine *m, vaddr_t addr, u32 type)
{
	CHECK(m,
	      addr < fixaddr_start(m->setup.nr_cpus) ||
		      addr == fix_to_virt(kmap_slot(m, type)),
	      "fixmap: kunmap_atomic of another slot");
}

/* What is in the direct map is reached without translation. */
void clear_highpage(struct machine *m, struct page *page)
{
	vaddr_t addr = kmap_atomic(m, page, KM_USER0);

	memset(page_low(m, page) ? page_bytes(m, page)
				 : mmu_kernel_ptr(m, addr),
	       0, PAGE_SIZE);
	kunmap_atomic(m, addr, KM_USER0);
}

/* --- validating ----------------------------------------------------------- */

/* Slots grow downwards, so those below the first wrap to no CPU at all. */
static const char *validate_slot(const struct machine *m, u32 slot, u32 pte)
{
	const u32 hw = PAGE_ACCESSED | PAGE_DIRTY;
	u32 past = slot - (FIX_KMAP_BEGIN + KM_USER0);
	pfn_t pfn = pte >> PAGE_SHIFT;

	CLAUSE(past % KM_TYPE_NR == 0 && past / KM_TYPE_NR < m->setup.nr_cpus,
	       "F1: the slots in use are KM_USER0's of CPUs that run");
	CLAUSE((pte & ~PTE_FRAME & ~hw) == (PAGE_KERNEL & ~hw) &&
		       pfn >= m->setup.max_low_pfn && pfn < m->setup.max_pfn,
	       "F2: a kmap slot maps a high frame");
	return NULL;
}

static pfn_t fixmap_pfn(const struct machine *m)
{
	return (pfn_t)(((uintptr_t)m->fixmap_pt - m->view.low) >> PAGE_SHIFT);
}

/*
 * F1  a PTE of the fixmap is empty, or it is KM_USER0's of a CPU that runs
 * F2  and it maps a high frame
 *
 * In full, and where a slot was used since the snapshot.
 */
const char *fixmap_validate(const struct machine *m, enum validate_depth depth)
{
	const char *broken = NULL;

	if (depth != VALIDATE_FULL && !m->touched[fixmap_pfn(m)])
		return NULL;
	for (u32 i = 0; i < PTRS_PER_TABLE && !broken; i++) {
		u32 pte = m->fixmap_pt[i].word;

		if (pte)
			broken = validate_slot(m, pte_index(FIXADDR_TOP) - i,
					       pte);
	}
	return broken;
}
