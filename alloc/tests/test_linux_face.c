// SPDX-License-Identifier: MIT
/*
 * test_linux_face.c - a driver's allocation code, as it would be written for
 * 2.6.12: nothing in the first part knows that there is no Linux.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>

/* A ring of DMA buffers with descriptors in a page of their own. */
#define RING_BUFFERS 8
#define BUFFER_ORDER 1

struct descriptor {
	unsigned long address;
	unsigned int length;
};

struct ring {
	struct descriptor *table;
	struct page *buffer[RING_BUFFERS];
	unsigned long bounce;
};

static void ring_free(struct ring *ring)
{
	int i;

	for (i = 0; i < RING_BUFFERS; i++)
		if (ring->buffer[i])
			__free_pages(ring->buffer[i], BUFFER_ORDER);
	if (ring->bounce)
		free_pages(ring->bounce, 2);
	if (ring->table)
		free_page((unsigned long)ring->table);
}

static int ring_alloc(struct ring *ring)
{
	int i;

	ring->table = (struct descriptor *)get_zeroed_page(GFP_KERNEL);
	if (!ring->table)
		return -1;
	ring->bounce = __get_dma_pages(GFP_KERNEL, 2);
	if (!ring->bounce)
		goto out;
	for (i = 0; i < RING_BUFFERS; i++) {
		ring->buffer[i] = alloc_pages(GFP_KERNEL, BUFFER_ORDER);
		if (!ring->buffer[i])
			goto out;
		ring->table[i].address =
			(unsigned long)page_address(ring->buffer[i]);
		ring->table[i].length = PAGE_SIZE << BUFFER_ORDER;
	}
	return 0;
out:
	ring_free(ring);
	return -1;
}

static void ring_fill(struct ring *ring, int byte)
{
	unsigned int i, at;

	for (i = 0; i < RING_BUFFERS; i++)
		for (at = 0; at < ring->table[i].length; at++)
			((char *)ring->table[i].address)[at] = (char)byte;
}

/* --- and from outside ----------------------------------------------------- */

#include "objects.h"

MMTWIN_DEFINE_MACHINE

TEST(a_driver)
{
	struct machine *m = pc_on(SMALL_PC);
	struct ring ring = { 0 };
	unsigned int before, held = 1 + 4 + RING_BUFFERS * 2;

	mmtwin_machine = m;
	mm_drain_local_pages(m);
	before = nr_free_pages();
	EXPECT(!ring_alloc(&ring));
	ring_fill(&ring, 0x5A);
	for (unsigned int i = RING_BUFFERS; i < 256; i++)
		EXPECT_EQ(0, ring.table[i].address);
	EXPECT_EQ(0x5A,
		  *ram_frame(mm_ram(m), mm_page_to_pfn(m, ring.buffer[3]) + 1));
	EXPECT((u32)ring.bounce < PAGE_OFFSET + (16u << 20));
	EXPECT(virt_to_page(ring.table) && virt_to_page((void *)ring.bounce));
	mm_drain_local_pages(m);
	EXPECT_EQ(before - held, nr_free_pages());
	ring_free(&ring);
	mm_drain_local_pages(m);
	EXPECT_EQ(before, nr_free_pages());
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* The second of its allocations fails, and nothing is kept. */
TEST(a_driver_that_fails)
{
	struct machine *m = pc_on(SMALL_PC);
	u64 view = machine_view(m);

	mmtwin_machine = m;
	for (u8 nth = 1; nth <= 2 + RING_BUFFERS; nth++) {
		struct ring ring = { 0 };

		mm_set_current(m, (struct task){ .fail_nth = nth });
		EXPECT(ring_alloc(&ring) < 0);
		EXPECT_EQ(view, machine_view(m));
		EXPECT_EQ(REPORT_none, mm_report(m));
	}
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(every_name)
{
	struct machine *m = pc_on(SMALL_PC);
	struct page *page;
	unsigned long addr;

	mmtwin_machine = m;
	mm_set_current(m, task_plain);
	page = alloc_page(GFP_KERNEL);
	get_page(page);
	put_page(page);
	EXPECT(virt_to_page(page_address(page)) == page);
	__free_page(page);
	addr = __get_free_page(GFP_ATOMIC);
	EXPECT(addr && addr % PAGE_SIZE == 0);
	*(char *)addr = 1;
	free_page(addr);
	addr = __get_free_pages(GFP_KERNEL, 3);
	free_pages(addr + 5, 3);
	free_pages(0, 0);
	page = alloc_pages(GFP_HIGHUSER | __GFP_ZERO, 2);
	EXPECT(page && !page_address(page));
	__free_pages(page, 2);
	EXPECT(!alloc_pages(GFP_KERNEL, MAX_ORDER));
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* Each by its address alone: no mirror is there. */
TEST(every_name_of_vmalloc)
{
	struct machine *m = objects_on(SMALL_PC);
	struct page *pages[2];
	struct mapping_counts counts;
	void *area[5];

	mmtwin_machine = m;
	mm_set_current(m, task_plain);
	area[0] = vmalloc(PAGE_SIZE + 1);
	area[1] = vmalloc_32(1);
	area[2] = vmalloc_exec(1);
	area[3] = __vmalloc(1, GFP_KERNEL | __GFP_ZERO, PAGE_KERNEL_RO);
	pages[0] = vmalloc_to_page((char *)area[0] + PAGE_SIZE);
	pages[1] = vmalloc_to_page(area[1]);
	EXPECT(pages[0] && page_address(pages[1]));
	EXPECT(!vmalloc_to_page((char *)area[0] + 2 * PAGE_SIZE));
	area[4] = vmap(pages, 2, VM_MAP, PAGE_KERNEL);
	EXPECT(vmalloc_to_page(area[4]) == pages[0]);
	EXPECT_EQ(mmtwin_linear((unsigned long)area[0]) + 3 * PAGE_SIZE,
		  mmtwin_linear((unsigned long)area[1]));
	mm_mapping_counts(m, &counts);
	EXPECT_EQ(5, counts.nr_areas);
	EXPECT_SOUND(m);
	vunmap(area[4]);
	vunmap(NULL);
	vfree(NULL);
	for (u32 i = 0; i < 4; i++)
		vfree(area[i]);
	EXPECT(!vmalloc(0) && !vmap(pages, 0, VM_MAP, PAGE_KERNEL));
	if (!HOST_32BIT)
		EXPECT(!vmalloc((unsigned long)(1ull << 32)));
	EXPECT_EQ(REPORT_none, mm_report(m));
	mm_mapping_counts(m, &counts);
	EXPECT_EQ(0, counts.nr_areas);
	EXPECT_SOUND(m);
	vfree((char *)area[0] + 1);
	EXPECT_EQ(REPORT_vm_unknown, mm_report(m));
	machine_delete(m);
}

TEST(every_name_of_areas)
{
	struct machine *m = objects_on(SMALL_PC);
	struct vm_struct *area;
	void *addr, *behind;

	mmtwin_machine = m;
	mm_set_current(m, task_plain);
	area = get_vm_area(PAGE_SIZE + 1, VM_MAP);
	addr = mmtwin_area_addr(area);
	behind = vmalloc(1);
	EXPECT_EQ(mmtwin_linear((unsigned long)addr) + 3 * PAGE_SIZE,
		  mmtwin_linear((unsigned long)behind));
	EXPECT(!vmalloc_to_page(addr));
	EXPECT(remove_vm_area(addr) == area);
	mmtwin_free_area(area);
	EXPECT(!get_vm_area(0, VM_ALLOC));
	if (!HOST_32BIT)
		EXPECT(!get_vm_area((unsigned long)(1ull << 32), VM_ALLOC));
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT(!remove_vm_area(addr));
	EXPECT_EQ(REPORT_vm_unknown, mm_report(m));
	mm_set_current(m, task_plain);
	EXPECT(!remove_vm_area(behind)); /* it has pages */
	EXPECT_EQ(REPORT_vm_kind, mm_report(m));
	vfree(behind);
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* Misuse by these names draws the reports. */
TEST(misuse)
{
	struct machine *m = pc_on(SMALL_PC);
	struct page *page;

	mmtwin_machine = m;
	page = pc_alloc(m, GFP_KERNEL, 0);
	pc_free(m, page, 0);
	__free_page(page);
	EXPECT_EQ(REPORT_double_free, mm_report(m));
	mm_set_current(m, task_plain);
	EXPECT_EQ(0, __get_free_page(GFP_HIGHUSER));
	EXPECT_EQ(REPORT_highmem_no_address, mm_report(m));
	mm_set_current(m, task_plain);
	free_page(0x1000);
	EXPECT_EQ(REPORT_bad_address, mm_report(m));
	machine_delete(m);
}
