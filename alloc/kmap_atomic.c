// SPDX-License-Identifier: MIT
/*
 * kmap_atomic.c - the fixmap as programs use it [arch/i386/mm/highmem.c,
 * pgtable.c].
 *
 *     kmap_atomic     a page in a slot of the current CPU, by type; from then
 *                     on nobody on that CPU may sleep
 *     kunmap_atomic   by the address: a low page's is in the direct map
 *     set_fixmap      a frame that is no memory, in a slot of all CPUs
 *
 * preempt_count, of each CPU, is how many are held, of low pages, too; it has
 * no other use here.  fixmap.c has the slots and validates them, F.
 *
 * Left out: CONFIG_DEBUG_HIGHMEM, whose checks of 2.6.19 are kmap_strict's.
 */
#include "mm.h"
#include "current.h"
#include "fixmap.h"
#include "pgtable.h"

static u32 preempt_count(const struct machine *m)
{
	return m->cpu[m->task.cpu].preempt_count;
}

/* --- atomic slots --------------------------------------------------------- */

/* A high page, into a slot. */
static vaddr_t map_high(struct machine *m, struct page *page, u32 slot)
{
	bool strict = m->setup.kmap_strict;

	if (!pgtable_may_kmap(m, page) ||
	    misused(m, strict && !pte_none(*fix_pte(m, slot)),
		    REPORT_kmap_busy))
		return 0;
	if (strict)
		page_kmap_inc(m, page);
	return fix_map_atomic(m, page, slot);
}

vaddr_t mm_kmap_atomic(struct machine *m, struct page *page, u32 type)
{
	vaddr_t addr;

	if (misused(m, type >= KM_TYPE_NR, REPORT_kmap_type) ||
	    misused(m, !page_valid(m, page), REPORT_bad_page))
		return 0;
	addr = page_low(m, page) ? page_virt(m, page)
				 : map_high(m, page, kmap_slot(m, type));
	if (addr)
		current_set_preempt(m, preempt_count(m) + 1);
	return addr;
}

static bool in_direct_map(const struct machine *m, vaddr_t addr)
{
	return addr >= PAGE_OFFSET && addr < m->data->high_memory;
}

/* False, with a report: there is nothing in the slot. */
static bool unmap_strict(struct machine *m, u32 slot)
{
	pte_t pte = *fix_pte(m, slot);

	if (misused(m, pte_none(pte), REPORT_kunmap_unheld))
		return false;
	page_kmap_dec(m, pfn_to_page(m, pte_pfn(pte)));
	fix_unmap_atomic(m, slot);
	return true;
}

void mm_kunmap_atomic(struct machine *m, vaddr_t addr, u32 type)
{
	bool high = !in_direct_map(m, addr);
	u32 slot = kmap_slot(m, type);

	if (misused(m, type >= KM_TYPE_NR, REPORT_kmap_type) ||
	    misused(m, high && (addr & PTE_FRAME) != fix_to_virt(slot),
		    REPORT_kunmap_slot) ||
	    misused(m, !preempt_count(m), REPORT_kunmap_unheld) ||
	    (high && m->setup.kmap_strict && !unmap_strict(m, slot)))
		return;
	current_set_preempt(m, preempt_count(m) - 1);
}

/* NULL: no atomic slot in use. */
static struct page *slot_page(const struct machine *m, vaddr_t addr)
{
	u32 slot = virt_to_fix(addr);
	pte_t pte;

	if (!fix_is_atomic(m, slot))
		return NULL;
	pte = *fix_pte(m, slot);
	if (pte_none(pte) || !pfn_valid(m, pte_pfn(pte)))
		return NULL;
	return pfn_to_page(m, pte_pfn(pte));
}

struct page *mm_kmap_atomic_to_page(struct machine *m, vaddr_t addr)
{
	struct page *page;

	if (addr < fixaddr_start(m->setup.nr_cpus))
		return mm_virt_to_page(m, addr);
	page = slot_page(m, addr);
	misused(m, !page, REPORT_bad_address);
	return page;
}

/* --- the other slots ------------------------------------------------------ */

vaddr_t mm_set_fixmap(struct machine *m, u32 index, u32 phys, bool nocache)
{
	pfn_t pfn = phys >> PAGE_SHIFT;
	bool memory = pfn_valid(m, pfn) && !page_reserved(pfn_to_page(m, pfn));

	if (misused(m, !fix_is_free(m, index), REPORT_fixmap_slot) ||
	    misused(m, memory, REPORT_map_frame))
		return 0;
	fix_set(m, index,
		(phys & PTE_FRAME) | PAGE_KERNEL | (nocache ? PAGE_PCD : 0),
		true);
	return fix_to_virt(index);
}

void mm_clear_fixmap(struct machine *m, u32 index)
{
	if (!misused(m, !fix_is_free(m, index), REPORT_fixmap_slot))
		fix_set(m, index, 0, true);
}
