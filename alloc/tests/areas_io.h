/* SPDX-License-Identifier: MIT */
/*
 * areas_io.h - what the tests of ioremap share: a PC with devices, and areas
 * looked at by value.
 */
#ifndef ALLOC_TESTS_AREAS_IO_H
#define ALLOC_TESTS_AREAS_IO_H

#include "tables.h"
#include "../ioremap.h"

/* Low memory ends at 20M, RAM at 24M; VMALLOC is 32M above PAGE_OFFSET. */
#define IO_DEVICES " mmio=64K@0xFD000000 mmio=4K@0xFFFFF000 mmio=8K@0xA8000"
#define IO_PC SMALL_PC IO_DEVICES
#define BAR 0xFD000000u
#define ROM 0xFFFFF000u
#define VGA 0xA8000u
#define HIGH_MEMORY 0xC1400000u

static inline struct machine *io_on(const char *line)
{
	struct machine *m = objects_on(line);

	as_task(m, 0);
	return m;
}

/* The i-th area of the list, all 0: there is none. */
static inline struct vm_area_view area_seen(struct machine *m, u32 i)
{
	struct vm_area_view view = { 0 };
	const struct vm_struct *area = NULL;

	do
		area = mm_vm_next(m, area);
	while (area && i--);
	if (area)
		mm_vm_view(m, area, &view);
	return view;
}

static inline u32 areas(struct machine *m)
{
	struct mapping_counts counts;

	mm_mapping_counts(m, &counts);
	return counts.nr_areas;
}

static inline vaddr_t io_map(struct machine *m, u32 phys, u32 size)
{
	as_task(m, 0);
	return mm_ioremap(m, phys, size);
}

static inline vaddr_t io_map_nocache(struct machine *m, u32 phys, u32 size)
{
	as_task(m, 0);
	return mm_ioremap_nocache(m, phys, size);
}

static inline void io_unmap(struct machine *m, vaddr_t addr)
{
	as_task(m, 0);
	mm_iounmap(m, addr);
	EXPECT_EQ(REPORT_none, mm_report(m));
}

static inline struct device_view device_seen(struct machine *m, u32 i)
{
	struct device_view view;

	mm_device_view(m, i, &view);
	return view;
}

/* CPU 0, CPL 0, by flat segments; false: a fault. */
static inline bool io_access(struct machine *m, enum access_kind kind,
			     vaddr_t addr, void *buf, u32 len)
{
	const struct access a = { (u8)kind, SEG_DS, addr, len };
	struct access_pieces where;
	struct fault f;

	return mm_access(m, &a, buf, &where, &f);
}

#endif
