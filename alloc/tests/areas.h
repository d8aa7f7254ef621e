/* SPDX-License-Identifier: MIT */
/*
 * areas.h - what the tests of the vmalloc window share.
 */
#ifndef ALLOC_TESTS_AREAS_H
#define ALLOC_TESTS_AREAS_H

#include "tables.h"
#include "../vm_index.h"
#include "../vmalloc.h"

#define VMALLOC_LAST 0xFF7FE000u /* VMALLOC_END of the small PC */

/* The call gives this, draws this report, and nobody sees that it was made. */
#define EXPECT_REFUSED(m, flags, kind, call)                                   \
	do {                                                                   \
		const u64 view_before = machine_view(m);                       \
                                                                               \
		as_task(m, flags);                                             \
		EXPECT_EQ(0, call);                                            \
		EXPECT_EQ(REPORT_##kind, mm_report(m));                        \
		EXPECT_EQ(view_before, machine_view(m));                       \
	} while (0)

static inline vaddr_t area_new(struct machine *m, u32 size, u32 flags)
{
	const struct vm_struct *area;

	as_task(m, 0);
	area = mm_get_vm_area(m, size, flags);
	return area ? area->addr : 0;
}

static inline vaddr_t vmalloc_new(struct machine *m, u32 size)
{
	as_task(m, 0);
	return mm_vmalloc(m, size);
}

static inline void vmalloc_gone(struct machine *m, vaddr_t addr)
{
	as_task(m, 0);
	mm_vfree(m, addr);
	EXPECT_EQ(REPORT_none, mm_report(m));
}

static inline void area_gone(struct machine *m, vaddr_t addr)
{
	struct vm_struct *area;

	as_task(m, 0);
	area = mm_remove_vm_area(m, addr);
	if (!area)
		pc_end("remove_vm_area", "no area");
	mm_free_vm_area(m, area);
	EXPECT_EQ(REPORT_none, mm_report(m));
}

static inline struct page *page_at(struct machine *m, vaddr_t addr)
{
	as_task(m, 0);
	return mm_vmalloc_to_page(m, addr);
}

static inline u32 nr_areas(struct machine *m)
{
	struct mapping_counts counts;

	mm_mapping_counts(m, &counts);
	return counts.nr_areas;
}

#endif
