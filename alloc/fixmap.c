// SPDX-License-Identifier: MIT
/*
 * fixmap.c - the slots of the fixmap [arch/i386/mm/highmem.c, pgtable.c].
 *
 *     FIXADDR_TOP  slot 0, hole | 1, vsyscall | 2 + type + 13 * cpu | ...
 *                  17 slots that boot used
 *
 * A high frame has no kernel address: for a moment its PTE stands in a slot
 * of the CPU that is in need of it.  As in 2.6.12 it stays there, and the TLB
 * forgets it when the next one comes; under kmap_strict as of 2.6.19: a slot
 * is emptied, and forgotten, at once.  kmap_atomic.c has the calls; the page
 * allocator clears its high frames so.
 *
 * Validator: fixmap_validate(), F.
 */
#include "fixmap.h"
#include "mmu.h"

void fix_set(struct machine *m, u32 slot, u32 word, bool forget)
{
	vaddr_t addr = fix_to_virt(slot);

	set_kernel_word(m, addr, fix_pte(m, slot), word);
	if (forget)
		tlb_drop_page(m, m->task.cpu, addr);
}

vaddr_t fix_map_atomic(struct machine *m, const struct page *page, u32 slot)
{
	bool strict = m->setup.kmap_strict;

	CHECK(m, !strict || !fix_pte(m, slot)->word,
	      "fixmap: a slot that is in use");
	fix_set(m, slot, page_to_pfn(m, page) << PAGE_SHIFT | PAGE_KERNEL,
		!strict);
	return fix_to_virt(slot);
}

void fix_unmap_atomic(struct machine *m, u32 slot)
{
	if (m->setup.kmap_strict)
		fix_set(m, slot, 0, true);
}

/* What is in the direct map is reached without translation. */
void clear_highpage(struct machine *m, struct page *page)
{
	u32 slot = kmap_slot(m, KM_USER0);

	if (page_low(m, page)) {
		memset(page_bytes(m, page), 0, PAGE_SIZE);
		return;
	}
	memset(mmu_kernel_ptr(m, fix_map_atomic(m, page, slot)), 0, PAGE_SIZE);
	fix_unmap_atomic(m, slot);
}

bool clear_highpage_busy(const struct machine *m)
{
	return m->setup.kmap_strict && fix_pte(m, kmap_slot(m, KM_USER0))->word;
}

/* --- validating ----------------------------------------------------------- */

#define HW_BITS (PAGE_ACCESSED | PAGE_DIRTY)

static const char *validate_atomic(const struct machine *m, u32 slot, u32 pte)
{
	pfn_t pfn = pte >> PAGE_SHIFT;
	const struct page *head;

	CLAUSE((slot - FIX_KMAP_BEGIN) / KM_TYPE_NR < m->setup.nr_cpus,
	       "F2: an atomic slot in use is that of a CPU that runs");
	CLAUSE((pte & ~PTE_FRAME & ~HW_BITS) == (PAGE_KERNEL & ~HW_BITS) &&
		       pfn >= m->setup.max_low_pfn && pfn < m->setup.max_pfn,
	       "F3: an atomic slot maps a high frame");
	if (!m->setup.kmap_strict)
		return NULL;
	head = page_head(m, pfn_to_page(m, pfn));
	CLAUSE(head && page_allocated(head) && page_kmapped(head),
	       "F4: a strict slot maps a live frame that knows of it");
	return NULL;
}

/* Not memory, as far as there are struct pages. */
static const char *validate_free_slot(const struct machine *m, u32 pte)
{
	const u32 bits = pte & ~PTE_FRAME & ~(HW_BITS | PAGE_PCD);
	pfn_t pfn = pte >> PAGE_SHIFT;

	CLAUSE(bits == (PAGE_KERNEL & ~HW_BITS) &&
		       (!pfn_valid(m, pfn) ||
			page_reserved(pfn_to_page(m, pfn))),
	       "F5: the other slots map what is no memory");
	return NULL;
}

static const char *validate_slot(const struct machine *m, u32 slot, u32 pte)
{
	if (fix_is_atomic(m, slot))
		return validate_atomic(m, slot, pte);
	CLAUSE(fix_is_free(m, slot), "F1: only slots that exist are in use");
	return validate_free_slot(m, pte);
}

static pfn_t fixmap_pfn(const struct machine *m)
{
	return (pfn_t)(((uintptr_t)m->fixmap_pt - m->view.low) >> PAGE_SHIFT);
}

/*
 * F1  a PTE of the fixmap is empty, or it is that of a slot: not of the hole,
 *     nor past the last one of boot
 * F2  an atomic slot in use is that of a CPU that runs ...
 * F3  ... and maps a high frame
 * F4  under kmap_strict a live one, that the kernel has mapped
 * F5  any other slot maps what is reserved, or past mem_map
 * Left out: a strict slot with nobody who holds it.  kunmap_atomic of a low
 * address takes no notice of whose kmap_atomic it ends.
 *
 * In full, and where a slot was used since the snapshot.
 */
UNSANITIZED const char *fixmap_validate(const struct machine *m,
					enum validate_depth depth)
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
