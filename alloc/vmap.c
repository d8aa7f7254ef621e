// SPDX-License-Identifier: MIT
/*
 * vmap.c - pages that somebody has, one behind the other in the window; and
 * which page is at an address of it [mm/vmalloc.c, mm/memory.c].
 *
 * No reference is taken: page_kmapcount() keeps the last one from going.  It
 * has no state; vm_validate() has its clauses.
 */
#include "mm.h"
#include "vmalloc.h"

/* --- vmap ----------------------------------------------------------------- */

static bool may_map(struct machine *m, struct page *const *pages, u32 count)
{
	for (u32 i = 0; i < count; i++)
		if (pages[i] && !pgtable_may_kmap(m, pages[i]))
			return false;
	return true;
}

static bool map(struct machine *m, const struct vm_struct *area,
		struct page *const *pages, u32 prot)
{
	for (u32 i = 0; i < vm_nr_pages(area); i++)
		if (!vm_map_page(m, area, i, pages[i], prot))
			return false;
	return true;
}

static void undo(struct machine *m, struct vm_struct *area)
{
	vm_area_remove(m, area);
	vm_area_free(m, area);
}

vaddr_t mm_vmap(struct machine *m, struct page *const *pages, u32 count,
		u32 flags, u32 prot)
{
	struct vm_struct *area;

	if (!count || count > m->data->highend_pfn)
		return 0;
	if (flags != VM_MAP) {
		report(&m->faults, REPORT_vm_flags);
		return 0;
	}
	if (vm_may_not_make(m, GFP_KERNEL) || !may_map(m, pages, count))
		return 0;
	area = vm_area_get(m, count << PAGE_SHIFT, flags, GFP_KERNEL);
	if (!area)
		return 0;
	if (map(m, area, pages, prot))
		return area->addr;
	undo(m, area);
	return 0;
}

void mm_vunmap(struct machine *m, vaddr_t addr)
{
	struct vm_struct *area;

	if (vm_may_not_free(m) || !addr)
		return;
	area = vm_area_find(m, addr);
	if (!area || !(area->flags & VM_MAP)) {
		report(&m->faults, area ? REPORT_vm_kind : REPORT_vm_unknown);
		return;
	}
	undo(m, area);
}

/* --- which page ----------------------------------------------------------- */

struct page *mm_vmalloc_to_page(struct machine *m, vaddr_t addr)
{
	vaddr_t start, end;
	const pte_t *pte;

	if (!vm_window(m, &start, &end) || addr < start || addr >= end) {
		report(&m->faults, REPORT_bad_address);
		return NULL;
	}
	pte = pgtable_pte(m, m->swapper_pg_dir, addr);
	if (!pte || !pte_present(*pte) || !pfn_valid(m, pte_pfn(*pte)))
		return NULL;
	return pfn_to_page(m, pte_pfn(*pte));
}
