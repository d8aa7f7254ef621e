/* SPDX-License-Identifier: MIT */
/*
 * report_areas.h - cases of test_report.c: the CHECKs of the vmalloc window.
 */
#ifndef ALLOC_TESTS_REPORT_AREAS_H
#define ALLOC_TESTS_REPORT_AREAS_H

#include "panics.h"
#include "../vm_index.h"
#include "../vmalloc.h"

static struct vm_struct *area_with_caches(struct machine *m, u32 size)
{
	if (machine_kmem_cache_init(m))
		pc_end(SMALL_PC, "no caches");
	mm_set_current(m, task_plain);
	return vm_area_find(m, mm_vmalloc(m, size));
}

PANIC(an_area_at_the_snapshot, "vmalloc: an area at the snapshot")
{
	area_with_caches(m, 1);
	machine_snapshot(m);
}

PANIC(a_node_that_was_not_reserved, "vm_index: no node was reserved")
{
	vm_index_add(m, 0, PAGE_SIZE, 0);
}

PANIC(an_index_that_bites_its_tail, "vm_index: too deep a tree")
{
	struct vm_node *node;

	area_with_caches(m, 1);
	node = m->vm.index.node;
	for (u32 n = 1; n < 4; n++)
		node[n].kid[0] = node[n].kid[1] = n;
	vm_index_del(m, 1);
}

PANIC(an_area_that_the_index_has_not, "vm_index: an area that is not there")
{
	area_with_caches(m, 1);
	vm_index_del(m, 1);
}

PANIC(room_that_the_index_has_not, "vm_index: room that is not there")
{
	vaddr_t addr;

	area_with_caches(m, 1);
	m->vm.index.node[m->vm.index.root].room[0] = ~0u;
	vm_index_place(m, 0, 0, 1u << 30, 0, &addr);
}

PANIC(a_page_past_its_area, "vmalloc: a page that is not its area's")
{
	const struct vm_struct *area = area_with_caches(m, 1);

	vm_map_page(m, area, 1, pc_alloc(m, GFP_KERNEL, 0), PAGE_KERNEL);
}

PANIC(a_page_in_anothers_place, "vmalloc: a page that is not its area's")
{
	vm_map_frames(m, area_with_caches(m, 1), 0x10000);
}

PANIC(an_area_that_the_list_has_not, "vmalloc: an area that is in no list")
{
	struct vm_struct *area = area_with_caches(m, 1);

	m->data->vmlist = 0;
	vm_area_remove(m, area);
}

PANIC(an_area_that_was_not_removed,
      "vmalloc: what is freed is no area that was removed")
{
	mm_free_vm_area(m, area_with_caches(m, 1));
}

PANIC(an_array_that_is_not_mapped, "vmalloc: an array that is not mapped")
{
	struct vm_struct *area = area_with_caches(m, 1025 * PAGE_SIZE);

	area->pages -= PAGE_SIZE;
	vm_array_word(m, area, 0);
}

PANIC(an_area_with_a_page_that_is_none, "vmalloc: a page that is none")
{
	struct vm_struct *area = area_with_caches(m, 1);

	*vm_array_word(m, area, 0) += 4;
	mm_vfree(m, area->addr);
}

PANIC(an_array_in_no_area, "vmalloc: an array that is in no area")
{
	struct vm_struct *area = area_with_caches(m, 1025 * PAGE_SIZE);

	vm_area_find(m, area->pages)->flags &= ~VM_ARRAY;
	vm_area_release(m, area);
}

#endif
