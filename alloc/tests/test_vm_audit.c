// SPDX-License-Identifier: MIT
/*
 * test_vm_audit.c - each clause of vm_validate(), on a machine with an area of
 * each kind, and one whose array is an area, too.
 */
#include "areas.h"
#include "clauses.h"

#define H5 "H5: an area lies in the window"
#define H5_PAGES "H5: an area is of whole pages, with a guard"
#define H6 "H6: the list ascends, without overlap"
#define H6_NR "H6: the list has as many areas, and bytes, as are counted"
#define H7 "H7: the index leads to what is in the list"
#define H8 "H8: a descriptor is the allocator's own"
#define H8_ARRAY "H8: an array is the allocator's own"
#define H9 "H9: an area is of one kind"
#define H10 "H10: an area that has pages is vmalloc's, and has all"
#define H10_NONE "H10: an area without pages has no array"
#define H11 "H11: an array that is too large for kmalloc is an area"
#define H11_ONE "H11: an area that is an array is one area's"
#define H12 "H12: an area's words lead to its pages, in order"
#define H13 "H13: of an area all pages are mapped, or it has none"
#define H14 "H14: each word of the window is of a page of one area"

/* In the list's order. */
static struct vm_struct *small, *large, *array, *map, *device, *empty;

static struct machine *setup(void)
{
	struct machine *m = objects_on(SMALL_PC);
	struct page *page[2];

	small = vm_area_find(m, vmalloc_new(m, 3 * PAGE_SIZE));
	large = vm_area_find(m, vmalloc_new(m, 1025 * PAGE_SIZE));
	array = vm_area_find(m, large->pages);
	page[0] = page[1] = pc_alloc(m, GFP_KERNEL, 0);
	map = vm_area_find(m, mm_vmap(m, page, 2, VM_MAP, PAGE_KERNEL));
	device = mm_get_vm_area(m, 2 * PAGE_SIZE, VM_IOREMAP);
	device->flags |= PAGE_PCD << VM_PROT_SHIFT;
	device->phys_addr = 0xE0000000;
	vm_map_frames(m, device, 0xE0000000 | PAGE_IOREMAP | PAGE_PCD);
	empty = mm_get_vm_area(m, 1, VM_ALLOC);
	return m;
}

static pte_t *pte_of(struct machine *m, const struct vm_struct *area, u32 i)
{
	return pgtable_pte(m, m->swapper_pg_dir,
			   area->addr + (i << PAGE_SHIFT));
}

NEGATIVE(an_area_before_the_window, QUICK, H5)
{
	small->addr -= PAGE_SIZE;
}

NEGATIVE(an_area_past_the_window, QUICK, H5)
{
	empty->size = VMALLOC_LAST - empty->addr + PAGE_SIZE;
}

NEGATIVE(an_area_without_a_guard, QUICK, H5_PAGES)
{
	empty->size = PAGE_SIZE;
}

NEGATIVE(an_area_of_odd_bytes, QUICK, H5_PAGES)
{
	small->size -= 4;
}

NEGATIVE(an_area_over_the_next, QUICK, H6)
{
	map->size += PAGE_SIZE;
}

NEGATIVE(a_list_that_goes_on, QUICK, H6_NR)
{
	m->vm.nr_areas--;
}

NEGATIVE(bytes_of_no_area, QUICK, H6_NR)
{
	m->vm.area_bytes++;
}

NEGATIVE(an_area_that_the_index_has_not, QUICK, H7)
{
	vm_index_del(m, map->addr);
}

NEGATIVE(a_list_of_a_callers_object, QUICK, H8)
{
	empty->next = ptr_link(mm_kmalloc(m, VM_STRUCT_BYTES, GFP_KERNEL));
	m->vm.nr_areas++;
}

NEGATIVE(a_list_that_ends_early, QUICK, H8)
{
	device->next = 0;
}

NEGATIVE(an_array_of_a_callers, FULL, H8_ARRAY)
{
	small->pages = ptr_link(mm_kmalloc(m, 12, GFP_KERNEL));
}

NEGATIVE(an_area_of_no_kind, QUICK, H9)
{
	empty->flags = 0;
}

NEGATIVE(an_area_of_two_kinds, QUICK, H9)
{
	map->flags |= VM_IOREMAP;
}

NEGATIVE(an_area_with_fewer_pages, QUICK, H10)
{
	small->nr_pages--;
}

NEGATIVE(a_map_with_pages, QUICK, H10)
{
	small->flags = VM_MAP;
}

NEGATIVE(an_array_of_no_pages, QUICK, H10_NONE)
{
	empty->pages = small->pages;
}

NEGATIVE(a_mark_of_no_array, QUICK, H10_NONE)
{
	empty->flags |= VM_ARRAY;
}

NEGATIVE(an_array_that_is_too_short, FULL, H11)
{
	struct vm_struct *one = vm_area_find(m, vmalloc_new(m, 1));

	large->pages = one->addr;
	array->flags &= ~VM_ARRAY;
	one->flags |= VM_ARRAY;
}

NEGATIVE(an_array_in_no_area, FULL, H11)
{
	large->pages += PAGE_SIZE;
}

NEGATIVE(an_array_of_no_ones, QUICK, H11_ONE)
{
	array->flags &= ~VM_ARRAY;
}

NEGATIVE(pages_in_another_order, FULL, H12)
{
	u32 word = pte_of(m, small, 0)->word;

	pte_of(m, small, 0)->word = pte_of(m, small, 1)->word;
	pte_of(m, small, 1)->word = word;
}

NEGATIVE(a_page_that_the_array_has_not, FULL, H12)
{
	*vm_array_word(m, large, 1024) += PAGE_STRUCT_BYTES;
}

NEGATIVE(a_device_with_other_bits, FULL, H12)
{
	pte_of(m, device, 1)->word ^= PAGE_PCD;
}

NEGATIVE(a_page_that_is_not_mapped, FULL, H13)
{
	pte_of(m, map, 1)->word = 0;
}

NEGATIVE(a_guard_that_is_mapped, FULL, H14)
{
	*pte_of(m, device, 2) = *pte_of(m, device, 1);
}

NEGATIVE(a_word_behind_all_areas, FULL, H14)
{
	*pte_of(m, empty, 2) = *pte_of(m, device, 1);
}

CLAUSES("vm_audit.c", NULL, setup)
