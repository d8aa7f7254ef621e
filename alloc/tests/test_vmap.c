// SPDX-License-Identifier: MIT
/*
 * test_vmap.c - pages that somebody has, mapped in the window; that they do
 * not go while they are; and which page is where.
 */
#include "areas.h"

static vaddr_t vmap_of(struct machine *m, struct page *const *pages, u32 nr)
{
	return mm_vmap(m, pages, nr, VM_MAP, PAGE_KERNEL);
}

static void vunmap_of(struct machine *m, vaddr_t addr)
{
	as_task(m, 0);
	mm_vunmap(m, addr);
	EXPECT_EQ(REPORT_none, mm_report(m));
}

TEST(pages_in_a_row)
{
	struct machine *m = objects_on(SMALL_PC);
	struct page *low = pc_alloc(m, GFP_KERNEL, 0);
	struct page *block = pc_alloc(m, GFP_HIGHUSER, 2);
	struct page *comp = pc_alloc(m, GFP_KERNEL | __GFP_COMP, 1);
	struct page *pages[] = { low, block + 3, block, comp + 1, low };
	u64 view = machine_view(m);
	struct fault f;
	vaddr_t addr;
	u32 paddr;

	as_task(m, 0);
	addr = mm_vmap(m, pages, 5, VM_MAP, 0xFFFFFFFF);
	EXPECT_EQ(VMALLOC, addr);
	EXPECT_EQ(frame_word(m, low, 0x17F), kernel_word(m, addr));
	for (u32 i = 0; i < 5; i++) {
		EXPECT(page_at(m, addr + i * PAGE_SIZE + 77) == pages[i]);
		EXPECT(touch_byte(m, ACCESS_WRITE, addr + i * PAGE_SIZE + 7,
				  &paddr, &f));
		EXPECT_EQ(frame_word(m, pages[i], 7), paddr);
	}
	EXPECT(!page_at(m, addr + 5 * PAGE_SIZE));
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT(!touch_byte(m, ACCESS_READ, addr + 5 * PAGE_SIZE, &paddr, &f));
	EXPECT_EQ(2, frame_seen(m, low).kmapcount);
	EXPECT_EQ(2, frame_seen(m, block).kmapcount);
	EXPECT_EQ(0, frame_seen(m, block + 3).kmapcount);
	EXPECT_EQ(1, frame_seen(m, comp).kmapcount);
	EXPECT_EQ(1, frame_seen(m, low).count);
	EXPECT_SOUND(m);
	/* and once more, elsewhere */
	EXPECT_EQ(addr + 6 * PAGE_SIZE, vmap_of(m, pages, 5));
	EXPECT_EQ(4, frame_seen(m, low).kmapcount);
	vunmap_of(m, addr);
	EXPECT_SOUND(m);
	vunmap_of(m, addr + 6 * PAGE_SIZE);
	EXPECT_EQ(view, machine_view(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* A page that nothing maps is not present, and yet not none. */
TEST(bits_that_hide_a_page)
{
	struct machine *m = objects_on(SMALL_PC);
	struct page *page = pc_alloc(m, GFP_KERNEL, 0);

	EXPECT_EQ(VMALLOC, vmap_one(m, page, 0));
	EXPECT_EQ(frame_word(m, page, 0), kernel_word(m, VMALLOC));
	EXPECT(!page_at(m, VMALLOC));
	EXPECT_EQ(1, frame_seen(m, page).kmapcount);
	EXPECT_SOUND(m);
	vunmap_of(m, VMALLOC);
	EXPECT_EQ(0, frame_seen(m, page).kmapcount);
	machine_delete(m);
}

/* --- what goes wrong ------------------------------------------------------ */

TEST(vmap_misused)
{
	struct machine *m = objects_on(SMALL_PC);
	struct page *page = pc_alloc(m, GFP_KERNEL, 0);

	EXPECT_REFUSED(m, 0, none, vmap_of(m, &page, 0));
	EXPECT_REFUSED(m, TASK_IRQ, none, vmap_of(m, &page, 6145));
	EXPECT_REFUSED(m, TASK_IRQ, vm_flags,
		       mm_vmap(m, &page, 1, VM_ALLOC, 0x163));
	EXPECT_REFUSED(m, TASK_IRQ, vm_flags,
		       mm_vmap(m, &page, 1, VM_MAP | 8, 0x163));
	EXPECT_REFUSED(m, TASK_IRQ, vm_interrupt, vmap_of(m, &page, 1));
	EXPECT_REFUSED(m, TASK_ATOMIC, sleep_in_atomic, vmap_of(m, &page, 1));
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(pages_that_cannot_be_mapped)
{
	struct machine *m = objects_on(SMALL_PC);
	struct page *page = pc_alloc(m, GFP_KERNEL, 0);
	struct page *users = pc_alloc(m, GFP_HIGHUSER, 0);
	struct page *block = pc_alloc(m, GFP_KERNEL, 1);
	struct pgd *pgd = pgd_new(m);
	struct page *slab, *row[2] = { page };

	as_task(m, 0);
	slab = page_of_ptr(m, mm_kmalloc(m, 32, GFP_KERNEL));
	EXPECT_EQ(0, mm_map_page(m, pgd, 0x1000, users, USER_SHARED));
	mm_put_page(m, users);
	row[1] = m->mem_map + m->nr_pages;
	EXPECT_REFUSED(m, 0, bad_page, vmap_of(m, row, 2));
	row[1] = (struct page *)((u8 *)page + 4);
	EXPECT_REFUSED(m, 0, bad_page, vmap_of(m, row, 2));
	row[1] = pfn_to_page(m, 3000);
	EXPECT_REFUSED(m, 0, ref_free, vmap_of(m, row, 2));
	pc_free(m, block, 1);
	row[1] = block;
	EXPECT_REFUSED(m, 0, ref_free, vmap_of(m, row, 2));
	row[1] = m->mem_map;
	EXPECT_REFUSED(m, 0, map_frame, vmap_of(m, row, 2));
	row[1] = slab;
	EXPECT_REFUSED(m, 0, map_frame, vmap_of(m, row, 2));
	row[1] = users;
	EXPECT_REFUSED(m, 0, map_frame, vmap_of(m, row, 2));
	row[1] = page_of_ptr(m, pgtable_pte(m, pgd_words(pgd), 0x1000));
	EXPECT_REFUSED(m, 0, map_frame, vmap_of(m, row, 2));
	/* a caller's reference besides the users' */
	as_task(m, 0);
	mm_get_page(m, users);
	row[1] = users;
	EXPECT_EQ(VMALLOC, vmap_of(m, row, 2));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* NULL is found when its turn comes, behind its table. */
TEST(a_null_page)
{
	for (u32 at = 0; at < 3; at++) {
		struct machine *m = objects_on(SMALL_PC);
		struct page *page = pc_alloc(m, GFP_KERNEL, 0);
		struct page *row[] = { page, page, page };
		const struct trace_record *trace;
		u32 nr;

		row[at] = NULL;
		EXPECT_REFUSED(m, 0, none, vmap_of(m, row, 3));
		EXPECT(kernel_pde(m, VMALLOC)->word);
		trace = mm_trace(m, &nr);
		EXPECT_EQ(TRACE_free_vmap_area, trace[nr - 1].event);
		EXPECT_EQ(1, pc_events(m, TRACE_alloc_vmap_area));
		EXPECT_EQ(0, nr_areas(m));
		EXPECT_SOUND(m);
		machine_delete(m);
	}
}

/* One table, then another: what was mapped goes again. */
TEST(a_table_that_cannot_be_had)
{
	struct machine *m = objects_on(SMALL_PC);
	struct page *page = pc_alloc(m, GFP_KERNEL, 0);
	struct page *row[] = { page, page, page };
	u64 view;

	area_new(m, (1024 - 3) * PAGE_SIZE, VM_MAP); /* two pages are left */
	view = machine_view(m);
	for (u8 nth = 1; nth <= 2; nth++) {
		failing(m, nth);
		EXPECT_EQ(0, vmap_of(m, row, 3));
		EXPECT_EQ(REPORT_none, mm_report(m));
		EXPECT_EQ(view, machine_view(m));
		EXPECT_EQ(0, frame_seen(m, page).kmapcount);
		EXPECT_SOUND(m);
		/* the first table stays */
		if (nth == 1)
			EXPECT_EQ(0, kernel_pde(m, VMALLOC)->word);
	}
	as_task(m, 0);
	EXPECT_EQ(VMALLOC + 1022 * PAGE_SIZE, vmap_of(m, row, 3));
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(vunmap_misused)
{
	struct machine *m = objects_on(SMALL_PC);
	struct page *page = pc_alloc(m, GFP_KERNEL, 0);
	vaddr_t map = vmap_one(m, page, 0x163), memory = vmalloc_new(m, 1);
	vaddr_t device = area_new(m, 1, VM_IOREMAP);

	EXPECT_REFUSED(m, TASK_IRQ, vm_interrupt, (mm_vunmap(m, 0), 0));
	EXPECT_REFUSED(m, 0, none, (mm_vunmap(m, 0), 0));
	EXPECT_REFUSED(m, 0, vm_unknown, (mm_vunmap(m, map + 1), 0));
	EXPECT_REFUSED(m, 0, vm_unknown, (mm_vunmap(m, map + 0x1000), 0));
	EXPECT_REFUSED(m, 0, vm_kind, (mm_vunmap(m, memory), 0));
	EXPECT_REFUSED(m, 0, vm_kind, (mm_vunmap(m, device), 0));
	EXPECT_REFUSED(m, 0, vm_kind, (mm_vfree(m, map), 0));
	EXPECT_SOUND(m);
	/* of a task that must not sleep it is none's business */
	as_task(m, TASK_ATOMIC);
	mm_vunmap(m, map);
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_EQ(2, nr_areas(m));
	machine_delete(m);
}

/* --- that pages stay ------------------------------------------------------ */

#define EXPECT_STAYS(m, call) EXPECT_REFUSED(m, 0, free_mapped, ((call), 0))

TEST(a_page_that_is_mapped_does_not_go)
{
	struct machine *m = objects_on(SMALL_PC);
	struct page *page = pc_alloc(m, GFP_KERNEL, 0);
	vaddr_t addr;

	addr = vmap_one(m, page, 0x163);
	EXPECT_STAYS(m, mm__free_pages(m, page, 0));
	EXPECT_STAYS(m, mm_free_cold_page(m, page));
	EXPECT_STAYS(m, mm_put_page(m, page));
	EXPECT_STAYS(m, mm_free_pages(m, mm_page_address(m, page), 0));
	/* a reference more is one that may go */
	as_task(m, 0);
	mm_get_page(m, page);
	mm__free_pages(m, page, 0);
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_STAYS(m, mm__free_pages(m, page, 0));
	vunmap_of(m, addr);
	mm__free_pages(m, page, 0);
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_EQ(0, frame_seen(m, page).count);
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* By its head, whichever of its frames is mapped. */
TEST(a_block_that_is_mapped_does_not_go)
{
	for (u32 comp = 0; comp < 2; comp++) {
		struct machine *m = objects_on(SMALL_PC);
		gfp_t gfp = GFP_KERNEL | (comp ? __GFP_COMP : 0);
		struct page *block = pc_alloc(m, gfp, 3);
		vaddr_t addr = vmap_one(m, block + 5, 0x163);

		EXPECT_STAYS(m, mm__free_pages(m, block, 3));
		if (comp)
			EXPECT_STAYS(m, mm_put_page(m, block + 7));
		else
			EXPECT_REPORT(m, wrong_order,
				      (mm_put_page(m, block), 0));
		vunmap_of(m, addr);
		mm__free_pages(m, block, 3);
		EXPECT_EQ(REPORT_none, mm_report(m));
		EXPECT_SOUND(m);
		machine_delete(m);
	}
}

/* Users' mappings have references of their own, the kernel's need another. */
TEST(users_and_the_kernel)
{
	struct machine *m = objects_on(SMALL_PC);
	struct page *page = pc_alloc(m, GFP_HIGHUSER, 0);
	vaddr_t addr = vmap_one(m, page, 0x163);
	struct pgd *pgd = pgd_new(m);

	EXPECT_EQ(0, mm_map_page(m, pgd, 0x1000, page, USER_SHARED));
	EXPECT_EQ(0, mm_map_page(m, pgd, 0x2000, page, USER_SHARED));
	EXPECT_STAYS(m, mm_put_page(m, page));
	as_task(m, 0);
	EXPECT_EQ(0, mm_unmap(m, pgd, 0x1000, 1));
	EXPECT_EQ(0, mm_unmap(m, pgd, 0x2000, 1));
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_EQ(1, frame_seen(m, page).count);
	EXPECT_STAYS(m, mm_put_page(m, page));
	EXPECT_EQ(0, mm_map_page(m, pgd, 0x1000, page, USER_SHARED));
	vunmap_of(m, addr);
	mm_put_page(m, page);
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_STAYS(m, mm_put_page(m, page));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* --- which page ----------------------------------------------------------- */

TEST(addresses_outside_the_window)
{
	static const vaddr_t addr[] = { 0, PAGE_OFFSET, VMALLOC - 1,
					VMALLOC_LAST, 0xFFFFF000 };
	struct machine *m = objects_on(SMALL_PC);

	for (u32 i = 0; i < ARRAY_SIZE(addr); i++) {
		EXPECT(!page_at(m, addr[i]));
		EXPECT_EQ(REPORT_bad_address, mm_report(m));
	}
	EXPECT(!page_at(m, VMALLOC));
	EXPECT(!page_at(m, VMALLOC_LAST - 1));
	EXPECT_EQ(REPORT_none, mm_report(m));
	machine_delete(m);
}

/* A device's frame may have a struct page, or none. */
TEST(pages_of_devices)
{
	struct machine *m = objects_on(SMALL_PC);
	struct vm_struct *area;

	as_task(m, 0);
	area = vm_area_get(m, 0x2000, VM_IOREMAP, GFP_KERNEL);
	area->phys_addr = 0xF0000000;
	EXPECT(vm_map_frames(m, area, 0xF0000000 | PAGE_IOREMAP));
	EXPECT(!page_at(m, area->addr));
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_SOUND(m);
	vm_area_remove(m, area);
	area->phys_addr = 0xA0000;
	vm_area_free(m, area);
	area = vm_area_get(m, 0x2000, VM_IOREMAP, GFP_KERNEL);
	area->phys_addr = 0xA0000;
	EXPECT(vm_map_frames(m, area, 0xA0000 | PAGE_IOREMAP));
	EXPECT(page_at(m, area->addr + 0x1000) == m->mem_map + 0xA1);
	EXPECT_SOUND(m);
	machine_delete(m);
}
