// SPDX-License-Identifier: MIT
/*
 * vm_audit.c - the account of the vmalloc window: its list, its index, and
 * whose each word of its tables is.
 *
 *     words that are not empty  =  sum over areas of those of their pages
 *
 * Areas do not overlap, so that the sums agree when each word is in one.  It
 * has no state: it is the validator of vm_area.c, vmalloc.c and vmap.c,
 * vm_validate(), H; vm_index.c has the first clauses.
 */
#include "mm.h"
#include "vm_index.h"
#include "vmalloc.h"

#define HARDWARE (PAGE_ACCESSED | PAGE_DIRTY)

/* What the areas so far have. */
struct vm_account {
	vaddr_t end; /* of the last one */
	u32 bytes;
	u32 vpages, arrays;
	u32 words;
};

static bool validate_own(const struct machine *m, u32 link)
{
	const void *ptr = link_ptr(m->base, link);

	return link && owner_covers(m, ptr) && owner_has_own(m, ptr);
}

/* --- an area -------------------------------------------------------------- */

static const char *validate_place(const struct machine *m,
				  const struct vm_struct *area,
				  struct vm_account *a)
{
	vaddr_t start, end;

	CLAUSE(vm_window(m, &start, &end) && area->addr >= start &&
		       area->addr <= end && area->size <= end - area->addr,
	       "H5: an area lies in the window");
	CLAUSE(area->size >= 2 * PAGE_SIZE &&
		       !((area->addr | area->size) % PAGE_SIZE),
	       "H5: an area is of whole pages, with a guard");
	CLAUSE(area->addr >= a->end, "H6: the list ascends, without overlap");
	CLAUSE(vm_index_at(m, area->addr) == ptr_link(area),
	       "H7: the index leads to what is in the list");
	a->end = area->addr + area->size;
	a->bytes += area->size;
	return NULL;
}

static const char *validate_kind(const struct vm_struct *area,
				 struct vm_account *a)
{
	u32 kind = area->flags & VM_KIND_MASK;

	CLAUSE(kind && !(kind & (kind - 1)), "H9: an area is of one kind");
	CLAUSE(!area->nr_pages || (kind == VM_ALLOC && area->pages &&
				   area->nr_pages == vm_nr_pages(area)),
	       "H10: an area that has pages is vmalloc's, and has all");
	CLAUSE(area->nr_pages ||
		       !(area->flags & (VM_VPAGES | VM_ARRAY) || area->pages),
	       "H10: an area without pages has no array");
	a->vpages += !!(area->flags & VM_VPAGES);
	a->arrays += !!(area->flags & VM_ARRAY);
	return NULL;
}

static const char *validate_array(const struct machine *m,
				  const struct vm_struct *area)
{
	const struct vm_struct *array;

	if (!area->nr_pages)
		return NULL;
	if (!(area->flags & VM_VPAGES)) {
		CLAUSE(validate_own(m, area->pages),
		       "H8: an array is the allocator's own");
		return NULL;
	}
	array = vm_area_find(m, area->pages);
	CLAUSE(array && array->flags & VM_ARRAY &&
		       array->size - PAGE_SIZE >= area->nr_pages * 4,
	       "H11: an array that is too large for kmalloc is an area");
	return NULL;
}

static const char *validate_list(const struct machine *m, struct vm_account *a)
{
	u32 link = m->data->vmlist;

	for (u32 nr = m->vm.nr_areas; nr; nr--) {
		const struct vm_struct *area = link_ptr(m->base, link);
		const char *broken;

		CLAUSE(validate_own(m, link),
		       "H8: a descriptor is the allocator's own");
		broken = validate_place(m, area, a);
		if (!broken)
			broken = validate_kind(area, a);
		CLAUSE(!broken, broken);
		link = area->next;
	}
	CLAUSE(!link && a->bytes == m->vm.area_bytes,
	       "H6: the list has as many areas, and bytes, as are counted");
	CLAUSE(a->vpages == a->arrays,
	       "H11: an area that is an array is one area's");
	return NULL;
}

/* --- words ---------------------------------------------------------------- */

/* What the area's i-th PTE is without A and D; 0: that is not known. */
static u32 word_expected(const struct machine *m, const struct vm_struct *area,
			 u32 i)
{
	const struct page *page;

	if (area->flags & VM_IOREMAP)
		return (area->phys_addr + (i << PAGE_SHIFT)) |
		       (PAGE_IOREMAP & ~HARDWARE) |
		       area->flags >> VM_PROT_SHIFT;
	if (!area->nr_pages)
		return 0;
	page = link_ptr(m->base, *vm_array_word(m, area, i));
	return page_to_pfn(m, page) << PAGE_SHIFT;
}

static u32 word_at(const struct machine *m, vaddr_t addr)
{
	const pte_t *pte = pgtable_pte(m, m->swapper_pg_dir, addr);

	return pte ? pte->word : 0;
}

static const char *validate_pages(const struct machine *m,
				  const struct vm_struct *area,
				  struct vm_account *a)
{
	u32 nr = vm_nr_pages(area), mapped = 0;

	for (u32 i = 0; i < nr; i++) {
		u32 word = word_at(m, area->addr + (i << PAGE_SHIFT));
		u32 want = word_expected(m, area, i);
		u32 mask = area->flags & VM_IOREMAP ? ~HARDWARE : PTE_FRAME;

		mapped += !!word;
		CLAUSE(!word || !want || (word & mask) == want,
		       "H12: an area's words lead to its pages, in order");
	}
	CLAUSE(mapped == nr || (!mapped && !area->nr_pages),
	       "H13: of an area all pages are mapped, or it has none");
	a->words += mapped;
	return NULL;
}

static u32 count_words(const struct machine *m)
{
	vaddr_t start, end;
	u32 nr = 0;

	if (!vm_window(m, &start, &end))
		return 0;
	for (u32 i = pgd_index(start); i <= pgd_index(end - 1); i++) {
		pte_t pde = m->swapper_pg_dir[i];

		if (pte_none(pde))
			continue;
		for (u32 n = 0; n < PTRS_PER_TABLE; n++)
			nr += !pte_none(pde_table(m, pde)[n]);
	}
	return nr;
}

static const char *validate_words(const struct machine *m, struct vm_account *a)
{
	const struct vm_struct *area = NULL;

	for (u32 nr = m->vm.nr_areas; nr; nr--) {
		const char *broken;

		area = mm_vm_next(m, area);
		broken = validate_array(m, area);
		if (!broken)
			broken = validate_pages(m, area, a);
		CLAUSE(!broken, broken);
	}
	CLAUSE(count_words(m) == a->words,
	       "H14: each word of the window is of a page of one area");
	return NULL;
}

/*
 * H5  an area lies in the window, and has pages and a guard
 * H6  the list ascends, without overlap, and is counted
 * H7  the index leads to each area of the list
 * H8  descriptors and arrays are the allocator's own: in no caller's hands
 * H9  an area is of one kind
 * H10 one that has pages is vmalloc's, has all, and an array of them
 * H11 an array too large for kmalloc is in an area that is one area's array
 *
 * and in full
 *
 * H12 an area's words lead to its pages, in order: to those of its array, or
 *     from the first frame of an ioremap on, with its bits
 * H13 all pages of an area are mapped, or none of one that has none
 * H14 each word of the window that is not empty is in one area, so that guards
 *     are empty
 */
UNSANITIZED const char *vm_validate(const struct machine *m,
				    enum validate_depth depth)
{
	struct vm_account a = { 0 };
	const char *broken = validate_list(m, &a);

	if (!broken)
		broken = vm_index_validate(m);
	if (!broken && depth == VALIDATE_FULL)
		broken = validate_words(m, &a);
	return broken;
}
