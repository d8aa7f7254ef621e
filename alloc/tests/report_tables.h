/* SPDX-License-Identifier: MIT */
/*
 * report_tables.h - cases of test_report.c: the CHECKs of directories and page
 * tables.
 */
#ifndef ALLOC_TESTS_REPORT_TABLES_H
#define ALLOC_TESTS_REPORT_TABLES_H

#include "panics.h"
#include "../pgd.h"

PANIC(a_directory_before_its_cache, "pgd: not booted")
{
	mm_pgd_alloc(m);
}

PANIC(a_directory_list_into_the_image, "pgd: the list leads out of mem_map")
{
	if (machine_kmem_cache_init(m))
		pc_end(SMALL_PC, "no caches");
	m->data->pgd_list = ptr_link(m->data);
	mm_pgd_alloc(m);
}

PANIC(a_directory_list_that_is_a_ring, "pgd: the list is without an end")
{
	struct pgd *pgd;

	if (machine_kmem_cache_init(m))
		pc_end(SMALL_PC, "no caches");
	pgd = mm_pgd_alloc(m);
	page_of_ptr(m, pgd)->index = m->data->pgd_list;
	pgd_set_kernel_pde(m, 1000, 0);
}

PANIC(a_frame_that_is_no_table, "pgtable: what is freed is no table")
{
	pgtable_free(m, pc_alloc(m, GFP_KERNEL, 0));
}

PANIC(a_frame_that_nobody_maps, "pgtable: a frame that is not mapped")
{
	pgtable_put(m, pc_alloc(m, GFP_KERNEL, 0));
}

PANIC(a_frame_of_nobodys_that_the_kernel_maps,
      "page: the kernel maps a frame of nobody's")
{
	page_kmap_inc(m, pfn_to_page(m, 3000));
}

PANIC(a_frame_that_the_kernel_has_not_mapped,
      "page: the kernel has not mapped it")
{
	page_kmap_dec(m, pc_alloc(m, GFP_KERNEL, 0));
}

PANIC(a_fault_that_tables_cannot_mend, "pgtable: only a #PF can be mended")
{
	const struct fault f = { FAULT_GP, 0, PAGE_OFFSET };

	pgtable_kernel_fault(m, &f);
}

#endif
