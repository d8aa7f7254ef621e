// SPDX-License-Identifier: MIT
/*
 * vmalloc.c - memory of single frames, one behind the other in the window
 * [mm/vmalloc.c].
 *
 *     area -> array of links -> frames, each alloc_page()'s
 *             kmalloc'ed, or of more than 1024 pages in an area of its own
 *
 * An area has its frames from the array's first on; so has one whose making
 * ended half way, and then all goes back as vfree() does it.
 *
 * Left out: locks.  Where 2.6.12 gives an array back another way than it came,
 * VM_VPAGES says how it came.  Validator: vm_validate(), H.
 */
#include "mm.h"
#include "vmalloc.h"

#define NOT_THE_ARRAYS (__GFP_HIGHMEM | __GFP_ZERO)

/* --- the array ------------------------------------------------------------ */

/* No processor is asked: it is the machine's own memory. */
static void *window_ptr(const struct machine *m, vaddr_t addr)
{
	const pte_t *pte = pgtable_pte(m, m->swapper_pg_dir, addr);

	CHECK(m, pte && !pte_none(*pte) && pfn_valid(m, pte_pfn(*pte)),
	      "vmalloc: an array that is not mapped");
	return ram_frame(&m->view, pte_pfn(*pte)) + addr % PAGE_SIZE;
}

u32 *vm_array_word(const struct machine *m, const struct vm_struct *area, u32 i)
{
	u32 link = area->pages + i * (u32)sizeof(u32);

	return area->flags & VM_VPAGES ? window_ptr(m, link)
				       : link_ptr(m->base, link);
}

static struct page *area_page(const struct machine *m,
			      const struct vm_struct *area, u32 i)
{
	struct page *page = link_ptr(m->base, *vm_array_word(m, area, i));

	CHECK(m, page_valid(m, page), "vmalloc: a page that is none");
	return page;
}

static bool take_array(struct machine *m, struct vm_struct *area, gfp_t gfp)
{
	u32 nr = vm_nr_pages(area), bytes = nr * (u32)sizeof(u32);

	if (bytes > PAGE_SIZE) {
		const struct vm_struct *array;

		array = vm_alloc(m, bytes, gfp, PAGE_KERNEL, VM_ARRAY);
		area->pages = array ? array->addr : 0;
		area->flags |= array ? VM_VPAGES : 0;
	} else {
		void *array = kmalloc_own(m, bytes, gfp & ~NOT_THE_ARRAYS);

		area->pages = array ? ptr_link(array) : 0;
	}
	for (u32 i = 0; area->pages && i < nr; i++)
		*vm_array_word(m, area, i) = 0;
	return area->pages;
}

/* --- making --------------------------------------------------------------- */

static bool take_frames(struct machine *m, struct vm_struct *area, gfp_t gfp)
{
	while (area->nr_pages < vm_nr_pages(area)) {
		const struct page *page = mm_alloc_pages(m, gfp, 0);

		if (!page)
			return false;
		*vm_array_word(m, area, area->nr_pages++) = ptr_link(page);
	}
	return true;
}

static bool furnish(struct machine *m, struct vm_struct *area, gfp_t gfp,
		    u32 prot)
{
	if (!take_array(m, area, gfp) || !take_frames(m, area, gfp))
		return false;
	for (u32 i = 0; i < area->nr_pages; i++)
		if (!vm_map_page(m, area, i, area_page(m, area, i), prot))
			return false;
	return true;
}

/* gfp is the frames'; the descriptor has of it what a slab's pages may have. */
struct vm_struct *vm_alloc(struct machine *m, u32 size, gfp_t gfp, u32 prot,
			   u32 flags)
{
	struct vm_struct *area =
		vm_area_get(m, size, VM_ALLOC | flags, gfp & GFP_LEVEL_MASK);

	if (!area || furnish(m, area, gfp, prot))
		return area;
	vm_area_remove(m, area);
	vm_area_release(m, area);
	return NULL;
}

vaddr_t mm__vmalloc(struct machine *m, u32 size, gfp_t gfp, u32 prot)
{
	u32 bytes = (size + PAGE_SIZE - 1) & PTE_FRAME;
	const struct vm_struct *area;

	if (!bytes || bytes >> PAGE_SHIFT > m->data->highend_pfn ||
	    vm_may_not_make(m, gfp))
		return 0;
	area = vm_alloc(m, size, gfp, prot, 0);
	return area ? area->addr : 0;
}

vaddr_t mm_vmalloc(struct machine *m, u32 size)
{
	return mm__vmalloc(m, size, GFP_KERNEL | __GFP_HIGHMEM, PAGE_KERNEL);
}

vaddr_t mm_vmalloc_32(struct machine *m, u32 size)
{
	return mm__vmalloc(m, size, GFP_KERNEL, PAGE_KERNEL);
}

/* Without NX every page of the kernel's can be executed. */
vaddr_t mm_vmalloc_exec(struct machine *m, u32 size)
{
	return mm_vmalloc(m, size);
}

/* --- giving back ---------------------------------------------------------- */

static void release_array(struct machine *m, const struct vm_struct *area)
{
	struct vm_struct *array;

	if (!(area->flags & VM_VPAGES)) {
		if (area->pages)
			kfree_own(m, link_ptr(m->base, area->pages));
		return;
	}
	array = vm_area_find(m, area->pages);
	CHECK(m, array && array->flags & VM_ARRAY,
	      "vmalloc: an array that is in no area");
	vm_area_remove(m, array);
	vm_area_release(m, array);
}

void vm_area_release(struct machine *m, struct vm_struct *area)
{
	for (u32 i = 0; i < area->nr_pages; i++)
		mm__free_pages(m, area_page(m, area, i), 0);
	release_array(m, area);
	vm_area_free(m, area);
}

/* When the area's own mappings and reference are gone. */
static bool can_lose(const struct page *page)
{
	return page_count(page) > page_mapcount(page) + 1 ||
	       (page_count(page) > page_mapcount(page) &&
		page_kmapcount(page) <= 1);
}

static bool can_release(const struct machine *m, const struct vm_struct *area)
{
	for (u32 i = 0; i < area->nr_pages; i++)
		if (!can_lose(area_page(m, area, i)))
			return false;
	return !(area->flags & VM_VPAGES) ||
	       can_release(m, vm_area_find(m, area->pages));
}

static enum report_kind vfree_kind(const struct machine *m,
				   const struct vm_struct *area)
{
	if (!area)
		return REPORT_vm_unknown;
	if ((area->flags & (VM_KIND_MASK | VM_ARRAY)) != VM_ALLOC)
		return REPORT_vm_kind;
	return can_release(m, area) ? REPORT_none : REPORT_free_mapped;
}

void mm_vfree(struct machine *m, vaddr_t addr)
{
	struct vm_struct *area;
	enum report_kind kind;

	if (vm_may_not_free(m) || !addr)
		return;
	area = vm_area_find(m, addr);
	kind = vfree_kind(m, area);
	if (kind != REPORT_none) {
		report(&m->faults, kind);
		return;
	}
	vm_area_remove(m, area);
	vm_area_release(m, area);
}
