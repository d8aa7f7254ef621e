// SPDX-License-Identifier: MIT
/*
 * test_vm_area.c - where areas come to lie: the window at every size of RAM,
 * the least place that fits, alignment, guards; and how they go.
 */
#include "areas.h"

/* --- the window ----------------------------------------------------------- */

/* RAM, VMALLOC_START [reference, 1.2]; one and more CPUs end at the same. */
static const struct {
	const char *line;
	vaddr_t start;
} windows[] = {
	{ "ram=16M", 0xC1800000 },	   { "ram=64M", 0xC4800000 },
	{ "ram=100M cpus=8", 0xC7000000 }, { "ram=256M", 0xD0800000 },
	{ "ram=512M", 0xE0800000 },	   { "ram=895M", 0xF8800000 },
	{ "ram=896M cpus=2", 0xF8800000 }, { "ram=1G", 0xF8800000 },
};

TEST(the_window_is_full_to_the_last_page)
{
	for (u32 i = 0; i < ARRAY_SIZE(windows); i++) {
		struct machine *m = pc_on_if_it_fits(windows[i].line);
		u32 room = VMALLOC_LAST - windows[i].start;

		if (!m)
			continue;
		EXPECT(!machine_kmem_cache_init(m));
		EXPECT_EQ(0, area_new(m, room - PAGE_SIZE + 1, VM_MAP));
		EXPECT_EQ(0, area_new(m, room, VM_MAP));
		EXPECT_EQ(windows[i].start,
			  area_new(m, room - PAGE_SIZE, VM_MAP));
		EXPECT_EQ(0, area_new(m, 1, VM_MAP));
		EXPECT_EQ(REPORT_none, mm_report(m));
		EXPECT_SOUND(m);
		area_gone(m, windows[i].start);
		EXPECT_EQ(windows[i].start, vmalloc_new(m, 1));
		EXPECT_SOUND(m);
		machine_delete(m);
	}
}

/*
 * With vmalloc=4M and 12M VMALLOC_START wraps to below high_memory; with 16M it
 * does not, but is past VMALLOC_END.
 */
TEST(a_window_without_an_address)
{
	static const char *const lines[] = { "ram=1G vmalloc=4M",
					     "ram=1G vmalloc=12M",
					     "ram=1G vmalloc=16M" };

	for (u32 i = 0; i < ARRAY_SIZE(lines); i++) {
		struct machine *m = pc_on_if_it_fits(lines[i]);
		struct page *page;
		u64 view;

		if (!m)
			continue;
		EXPECT(!machine_kmem_cache_init(m));
		page = pc_alloc(m, GFP_KERNEL, 0);
		view = machine_view(m);
		EXPECT_EQ(0, area_new(m, 1, VM_ALLOC));
		EXPECT_EQ(0, vmalloc_new(m, 1));
		EXPECT_EQ(0, vmap_one(m, page, PAGE_KERNEL));
		EXPECT_EQ(REPORT_none, mm_report(m));
		EXPECT(!page_at(m, VMALLOC_LAST - PAGE_SIZE));
		EXPECT_EQ(REPORT_bad_address, mm_report(m));
		EXPECT_EQ(view, machine_view(m));
		EXPECT_SOUND(m);
		machine_delete(m);
	}
}

/* --- places --------------------------------------------------------------- */

TEST(sizes_that_no_area_has)
{
	struct machine *m = objects_on(SMALL_PC);

	EXPECT_REFUSED(m, 0, none, area_new(m, 0, VM_MAP));
	EXPECT_REFUSED(m, 0, none, area_new(m, 0xFFFFF001, VM_MAP));
	EXPECT_REFUSED(m, 0, none, area_new(m, 0xFFFFF000, VM_MAP));
	EXPECT_REFUSED(m, 0, none, area_new(m, 0x40000000, VM_MAP));
	machine_delete(m);
}

/* The first gap that holds an area and its guard, from below. */
TEST(the_first_gap_that_fits)
{
	struct machine *m = objects_on(SMALL_PC);
	const vaddr_t a = VMALLOC;

	EXPECT_EQ(a, area_new(m, 1, VM_MAP));		    /* 2 pages */
	EXPECT_EQ(a + 0x2000, area_new(m, 0x3000, VM_MAP)); /* 4 */
	EXPECT_EQ(a + 0x6000, area_new(m, 1, VM_MAP));	    /* 2 */
	EXPECT_EQ(a + 0x8000, area_new(m, 1, VM_MAP));
	area_gone(m, a + 0x2000);
	EXPECT_EQ(a + 0xA000, area_new(m, 0x3001, VM_MAP)); /* 5: behind all */
	EXPECT_EQ(a + 0x2000, area_new(m, 0x1001, VM_MAP)); /* 3, of 4 */
	EXPECT_EQ(a + 0xF000, area_new(m, 1, VM_MAP)); /* a page is too few */
	area_gone(m, a);
	area_gone(m, a + 0x2000);
	EXPECT_EQ(a, area_new(m, 0x5000, VM_MAP)); /* 6, all that is there */
	EXPECT_EQ(5, nr_areas(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* 2^fls(size), from 4 KiB to 512 KiB; others' lie at any page. */
TEST(areas_of_ioremap_are_aligned)
{
	static const struct {
		u32 size;
		vaddr_t want;
	} row[] = {
		{ 1, VMALLOC + 0x1000 * 2 },
		{ 0xFFF, VMALLOC + 0x4000 },
		{ 0x1000, VMALLOC + 0x6000 },
		{ 0x1001, VMALLOC + 0x8000 },
		{ 0x2000, VMALLOC + 0xC000 },
		{ 0x10000, VMALLOC + 0x20000 },
		{ 0x3FFFF, VMALLOC + 0x40000 },
		{ 0x40000, VMALLOC + 0x100000 },
		{ 0x80000, VMALLOC + 0x180000 },
	};
	struct machine *m = objects_on(SMALL_PC);

	EXPECT_EQ(VMALLOC, area_new(m, 1, VM_MAP));
	for (u32 i = 0; i < ARRAY_SIZE(row); i++)
		EXPECT_EQ(row[i].want, area_new(m, row[i].size, VM_IOREMAP));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* The list, as it shows itself, and what is counted. */
TEST(the_list_ascends)
{
	struct machine *m = objects_on(SMALL_PC);
	const struct vm_struct *area = NULL;
	struct mapping_counts counts;
	struct vm_area_view view;
	u32 nr = 0, bytes = 0;
	vaddr_t end = 0;

	EXPECT(!mm_vm_next(m, NULL));
	for (u32 i = 1; i <= 20; i++)
		area_new(m, i * 0x1801, i & 1 ? VM_MAP : VM_IOREMAP);
	for (u32 i = 0; i < 10; i++)
		area_gone(m, mm_vm_next(m, NULL)->addr);
	for (u32 i = 1; i <= 20; i++)
		area_new(m, i * 0x1003, VM_ALLOC);
	while ((area = mm_vm_next(m, area))) {
		mm_vm_view(m, area, &view);
		EXPECT(view.addr >= end);
		EXPECT_EQ(mm_vaddr(area), view.descriptor);
		EXPECT_EQ(0, view.nr_pages | view.pages | view.phys_addr);
		end = view.addr + view.size;
		bytes += view.size;
		nr++;
	}
	mm_mapping_counts(m, &counts);
	EXPECT_EQ(30, nr);
	EXPECT_EQ(30, counts.nr_areas);
	EXPECT_EQ(bytes, counts.area_bytes);
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* --- misuse, failure, going ----------------------------------------------- */

TEST(get_vm_area_misused)
{
	static const u32 flags[] = { 0, 3, 5, 6, 7, 8, 0x12, 0x100001 };
	struct machine *m = objects_on(SMALL_PC);

	for (u32 i = 0; i < ARRAY_SIZE(flags); i++)
		EXPECT_REFUSED(m, TASK_IRQ, vm_flags,
			       (uintptr_t)mm_get_vm_area(m, 0, flags[i]));
	EXPECT_REFUSED(m, TASK_IRQ | TASK_ATOMIC, vm_interrupt,
		       (uintptr_t)mm_get_vm_area(m, 0, VM_MAP));
	EXPECT_REFUSED(m, TASK_ATOMIC, sleep_in_atomic,
		       (uintptr_t)mm_get_vm_area(m, 0, VM_MAP));
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(remove_vm_area_misused)
{
	struct machine *m = objects_on(SMALL_PC);
	vaddr_t one = vmalloc_new(m, 1), large = vmalloc_new(m, 0x401000);
	vaddr_t array = vm_area_find(m, large)->pages;

	EXPECT_REFUSED(m, 0, vm_unknown, (uintptr_t)mm_remove_vm_area(m, 0));
	EXPECT_REFUSED(m, 0, vm_unknown,
		       (uintptr_t)mm_remove_vm_area(m, one + PAGE_SIZE));
	EXPECT_REFUSED(m, 0, vm_unknown,
		       (uintptr_t)mm_remove_vm_area(m, one + 1));
	EXPECT_REFUSED(m, 0, vm_kind, (uintptr_t)mm_remove_vm_area(m, one));
	EXPECT_REFUSED(m, 0, vm_kind, (uintptr_t)mm_remove_vm_area(m, array));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* A descriptor that cannot be had: no slab of its size has room. */
TEST(no_descriptor)
{
	struct machine *m = objects_on(SMALL_PC);
	struct kmem_cache *cache = mm_kmem_find_general_cachep(m, 28, 0);
	struct object_counts counts;
	u32 nr_slab;
	u64 view;

	mm_object_counts(m, &counts);
	nr_slab = counts.nr_slab;
	while (counts.nr_slab == nr_slab) {
		mm_kmem_cache_alloc(m, cache, GFP_KERNEL);
		mm_object_counts(m, &counts);
	}
	/* the new slab, all of it, too */
	failing(m, 1);
	while (mm_kmem_cache_alloc(m, cache, GFP_KERNEL))
		failing(m, 1);
	view = machine_view(m);
	failing(m, 1);
	EXPECT(!mm_get_vm_area(m, 1, VM_MAP));
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_EQ(view, machine_view(m));
	EXPECT_SOUND(m);
	EXPECT_EQ(VMALLOC, area_new(m, 1, VM_MAP));
	machine_delete(m);
}

TEST(an_area_that_is_removed_is_the_callers)
{
	struct machine *m = objects_on(SMALL_PC);
	struct page *page = pc_alloc(m, GFP_HIGHUSER, 0);
	u64 view = machine_view(m);
	struct vm_struct *area;
	vaddr_t addr = vmap_one(m, page, PAGE_KERNEL);
	const struct trace_record *trace;
	struct fault f;
	u32 nr, paddr;

	EXPECT(touch_byte(m, ACCESS_READ, addr, &paddr, &f));
	EXPECT(mm_tlb_entry(m, 0, addr, false));
	as_task(m, 0);
	area = mm_remove_vm_area(m, addr);
	EXPECT_EQ(addr, area->addr);
	trace = mm_trace(m, &nr);
	EXPECT_EQ(1, nr);
	EXPECT_EQ(TRACE_free_vmap_area, trace[0].event);
	EXPECT_EQ(addr, trace[0].pfn);
	EXPECT_EQ(VM_MAP, trace[0].order);
	EXPECT_EQ(0, mm_tlb_entry(m, 0, addr, false));
	EXPECT(!touch_byte(m, ACCESS_READ, addr, &paddr, &f));
	EXPECT_EQ(0, frame_seen(m, page).kmapcount);
	EXPECT_SOUND(m);
	/* its place is another's, it is still there */
	EXPECT_EQ(addr, area_new(m, 1, VM_ALLOC));
	mm_free_vm_area(m, area);
	vmalloc_gone(m, addr);
	EXPECT_EQ(view, machine_view(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}
