// SPDX-License-Identifier: MIT
/*
 * test_ioremap.c - ioremap and iounmap, row by row of the table: what is
 * refused, in which order, where the ranges end, what is mapped, what is left
 * behind.  Attributes are test_ioremap_attr.c's.
 */
#include "areas_io.h"

#define PAGES(n) ((n)*PAGE_SIZE)

/* An ioremap that returns 0 with this report, and changes nothing. */
#define EXPECT_REFUSED(m, kind, flags, call)                                   \
	do {                                                                   \
		const u64 view_before = machine_view(m);                       \
                                                                               \
		as_task(m, flags);                                             \
		EXPECT_EQ(0, call);                                            \
		EXPECT_EQ(REPORT_##kind, mm_report(m));                        \
		EXPECT(!mm_oom(m));                                            \
		EXPECT_EQ(view_before, machine_view(m));                       \
		EXPECT_EQ(0, areas(m));                                        \
	} while (0)

/* --- what is refused ------------------------------------------------------ */

TEST(sizes)
{
	static const struct {
		u32 phys, size;
	} row[] = {
		{ BAR, 0 },
		{ 0, 0 },
		{ 0xA0000, 0 },
		{ ROM, 0x1001 },
		{ 0xFFFFFFFF, 2 },
		{ 0xFFFF0000, 0x20000 },
		{ BAR, 0xFFFFFFFF },
		/* no room in the window */
		{ 0x80000000, 0x7FFFF000 },
		{ 0xC0000000, 0x3D7FE000 }, /* all but the guard fits */
	};
	struct machine *m = io_on(IO_PC);

	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		/* asked before who may call */
		EXPECT_REFUSED(m, none, i < 7 ? TASK_IRQ : 0,
			       mm_ioremap(m, row[i].phys, row[i].size));
		EXPECT_REFUSED(m, none, i < 7 ? TASK_IRQ : 0,
			       mm_ioremap_nocache(m, row[i].phys, row[i].size));
	}
	EXPECT_EQ(VMALLOC, io_map(m, 0xC0000000, 0x3D7FD000));
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(memory)
{
	struct machine *m = io_on(IO_PC);
	struct page *low = pc_alloc(m, GFP_KERNEL, 0);
	struct page *high = pc_alloc(m, GFP_HIGHUSER, 0);
	const struct {
		u32 phys, size;
	} row[] = {
		{ page_to_pfn(m, low) << 12, 1 },
		{ page_to_pfn(m, high) << 12 | 0xFFF, 1 },
		{ 0x13FF000, 0x1000 }, /* the last low frame */
		{ 0x13FF000, 0x2000 }, /* and the first high one */
		{ 0x1400000, 1 },      /* that alone: 2.6.12 allows it */
		{ 0x17FFFFF, 2 },      /* the last one, and what is behind */
		{ 0x17FFFFF, 0xFE800000 }, /* to the end of 4 GiB */
		{ 0x9E000, 0x2000 },	   /* then the EBDA */
		{ 0x9EFFF, 0x1002 },	   /* then that, and the ISA window */
		{ 0x100000, 0x700000 },	   /* behind the image */
		{ 0, 0xFFFFFFFF },
		{ 1, 0xFFFFFFFF },
	};

	EXPECT(low && high);
	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		/* before who may call */
		EXPECT_REFUSED(m, ioremap_ram, TASK_IRQ,
			       mm_ioremap(m, row[i].phys, row[i].size));
		EXPECT_REFUSED(m, ioremap_ram, 0,
			       mm_ioremap_nocache(m, row[i].phys, row[i].size));
	}
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(who_may_call)
{
	struct machine *m = io_on(IO_PC);

	EXPECT_REFUSED(m, vm_interrupt, TASK_IRQ, mm_ioremap(m, BAR, 1));
	EXPECT_REFUSED(m, vm_interrupt, TASK_IRQ | TASK_ATOMIC,
		       mm_ioremap_nocache(m, BAR, 1));
	EXPECT_REFUSED(m, sleep_in_atomic, TASK_ATOMIC, mm_ioremap(m, BAR, 1));
	EXPECT_REFUSED(m, sleep_in_atomic, TASK_ATOMIC,
		       mm_ioremap_nocache(m, 0x100000, 1));
	/* the ISA window's has attributes, but no area */
	EXPECT_REFUSED(m, vm_interrupt, TASK_IRQ,
		       mm_ioremap_nocache(m, VGA, 1));
	EXPECT_REFUSED(m, sleep_in_atomic, TASK_ATOMIC,
		       mm_ioremap_nocache(m, VGA, 1));
	as_task(m, TASK_IRQ);
	EXPECT_EQ(PAGE_OFFSET + VGA, mm_ioremap(m, VGA, 1));
	EXPECT_EQ(REPORT_none, mm_report(m));
	machine_delete(m);
}

/* --- where ---------------------------------------------------------------- */

/* Both ends inside: no area.  One outside: an area, if no memory is in it. */
TEST(the_isa_window)
{
	static const struct {
		u32 phys, size;
		vaddr_t addr; /* 0: an area's */
	} row[] = {
		{ 0xA0000, 1, 0xC00A0000 },
		{ 0xA0000, 0x60000, 0xC00A0000 },
		{ 0xFFFFF, 1, 0xC00FFFFF },
		{ 0xF0123, 0x456, 0xC00F0123 },
		{ 0x9FFFF, 1, 0 },
		{ 0x9FFFF, 2, 0 },
		{ 0x9F000, 0x61000, 0 },
		{ 0xA0000, 0x60001, 0 },
		{ 0xFFFFF, 2, 0 },
		{ 0x100000, 1, 0 },
		{ 0x9F123, 0x100000 - 0x9F123, 0 },
	};

	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		struct machine *m = io_on(IO_PC);
		vaddr_t got = io_map(m, row[i].phys, row[i].size);
		u32 offset = row[i].phys & 0xFFF;

		EXPECT_EQ(row[i].addr ? row[i].addr : VMALLOC + offset, got);
		EXPECT_EQ(!row[i].addr, areas(m));
		EXPECT_SOUND(m);
		io_unmap(m, got);
		EXPECT_EQ(0, areas(m));
		machine_delete(m);
	}
}

/* Reserved frames of low memory are nobody's memory: image, BIOS, holes. */
TEST(reserved_frames)
{
	static const struct {
		u32 phys, size;
	} row[] = {
		{ 0, 0x1000 },		 { 0, 1 },
		{ 0x100000, 0x300000 },	 { 0x3FFFFF, 1 },
		{ 0x9F000, 0x300000 },	 { 0x1800000, 0x1000 },
		{ 0x8000000, 0x100000 },
	};
	struct machine *m = io_on(IO_PC);

	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		vaddr_t got = io_map(m, row[i].phys, row[i].size);

		EXPECT_EQ(VMALLOC + (row[i].phys & 0xFFF), got);
		EXPECT_EQ(REPORT_none, mm_report(m));
		EXPECT_SOUND(m);
		io_unmap(m, got);
	}
	machine_delete(m);
}

/* Which pages a range has, and that the one behind them is a guard. */
TEST(ends)
{
	static const struct {
		u32 phys, size, pages;
	} row[] = {
		{ BAR, 1, 1 },
		{ BAR, 0xFFF, 1 },
		{ BAR, 0x1000, 1 },
		{ BAR, 0x1001, 2 },
		{ BAR + 0xFFF, 1, 1 },
		{ BAR + 0xFFF, 2, 2 }, /* the last byte begins a page */
		{ BAR + 0x123, 0x1000, 2 },
		{ BAR + 1, 0xFFF, 1 },
		{ BAR + 0x800, 0x10800, 17 },
		{ ROM, 0x1000, 1 }, /* 4 GiB: the sum wraps */
		{ 0xFFFFFFC0, 16, 1 },
		{ 0xFFFFFFFF, 1, 1 },
		{ 0xFFFFEFFF, 0x1001, 2 },
		{ 0xFFF00000, 0x100000, 256 },
		{ 0x1800000, 0x1000, 1 }, /* the first frame behind RAM */
	};
	struct machine *m = io_on(IO_PC);

	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		u32 first = row[i].phys & PTE_FRAME;
		vaddr_t got = io_map(m, row[i].phys, row[i].size);
		struct vm_area_view area = area_seen(m, 0);

		EXPECT_EQ(VMALLOC + row[i].phys - first, got);
		EXPECT_EQ(VMALLOC, area.addr);
		EXPECT_EQ(PAGES(row[i].pages + 1), area.size);
		EXPECT_EQ(VM_IOREMAP, area.flags);
		EXPECT_EQ(first, area.phys_addr);
		EXPECT_EQ(0, area.nr_pages | area.pages);
		for (u32 n = 0; n < row[i].pages; n++)
			EXPECT_EQ((first + PAGES(n)) | 0x063,
				  kernel_word(m, VMALLOC + PAGES(n)));
		EXPECT_EQ(0, kernel_word(m, VMALLOC + PAGES(row[i].pages)));
		EXPECT_SOUND(m);
		io_unmap(m, got);
		for (u32 n = 0; n <= row[i].pages; n++)
			EXPECT_EQ(0, kernel_word(m, VMALLOC + PAGES(n)));
		EXPECT_EQ(0, areas(m));
	}
	machine_delete(m);
}

/* 2^fls of the size in whole pages, 4 KiB to 512 KiB: twice itself. */
TEST(alignment)
{
	static const struct {
		u32 phys, size, align;
	} row[] = {
		{ BAR, 1, 0x2000 },	    { BAR, 0x1000, 0x2000 },
		{ BAR + 0xFFF, 2, 0x4000 }, { BAR, 0x2000, 0x4000 },
		{ BAR, 0x3000, 0x4000 },    { BAR, 0x4000, 0x8000 },
		{ BAR, 0x10000, 0x20000 },  { BAR, 0x3F000, 0x40000 },
		{ BAR, 0x40000, 0x80000 },  { BAR, 0x80000, 0x80000 },
		{ BAR, 0x400000, 0x80000 },
	};
	struct machine *m = io_on(IO_PC);

	EXPECT_EQ(VMALLOC, io_map(m, ROM, 1)); /* two pages */
	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		vaddr_t got = io_map(m, row[i].phys, row[i].size);

		EXPECT_EQ(VMALLOC + row[i].align + (row[i].phys & 0xFFF), got);
		EXPECT_EQ(2, areas(m));
		EXPECT_SOUND(m);
		io_unmap(m, got);
	}
	machine_delete(m);
}

TEST(one_range_twice)
{
	struct machine *m = io_on(IO_PC);
	vaddr_t one = io_map(m, BAR, 0x3000), two = io_map(m, BAR, 0x3000);

	EXPECT_EQ(VMALLOC, one);
	EXPECT_EQ(VMALLOC + 0x4000, two);
	EXPECT_EQ(kernel_word(m, one), kernel_word(m, two));
	io_unmap(m, one);
	EXPECT_EQ(0, kernel_word(m, one));
	EXPECT_EQ(BAR | 0x063, kernel_word(m, two));
	EXPECT_EQ(VMALLOC, io_map(m, BAR, 0x3000));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* The descriptor of one that is gone is the next one's. */
TEST(descriptors_go_back)
{
	struct machine *m = io_on(IO_PC);
	u32 descriptor = 0;

	for (u32 i = 0; i < 10; i++) {
		vaddr_t got = io_map(m, BAR, 0x1000);
		struct vm_area_view area = area_seen(m, 0);

		EXPECT(!i || area.descriptor == descriptor);
		descriptor = area.descriptor;
		io_unmap(m, got);
	}
	machine_delete(m);
}

/* Above high_memory nocache is a bit, and no more. */
TEST(nocache)
{
	struct machine *m = io_on(IO_PC);
	vaddr_t got = io_map_nocache(m, BAR + 0x123, 0x2000);

	EXPECT_EQ(VMALLOC + 0x123, got);
	EXPECT_EQ(BAR | 0x073, kernel_word(m, VMALLOC));
	EXPECT_EQ((BAR + 0x2000) | 0x073, kernel_word(m, VMALLOC + 0x2000));
	EXPECT_EQ(VM_IOREMAP | PAGE_PCD << VM_PROT_SHIFT,
		  area_seen(m, 0).flags);
	EXPECT_SOUND(m);
	io_unmap(m, got);
	EXPECT_EQ(0, areas(m));
	machine_delete(m);
}

/* --- failures ------------------------------------------------------------- */

/* Each page allocation inside fails once: nothing is left behind. */
TEST(each_allocation_may_fail)
{
	struct machine *m = io_on(IO_PC);
	const u64 view = machine_view(m);
	vaddr_t got = 0;
	u32 tries = 0;

	/* two tables: 4 MiB and 8 pages behind VMALLOC */
	EXPECT(io_map(m, BAR, 0x8000));
	io_unmap(m, VMALLOC);
	for (u8 nth = 1; !got && nth < 10; nth++, tries++) {
		failing(m, nth);
		got = mm_ioremap(m, 0x10000000, 0x800000);
		if (got)
			break;
		EXPECT_EQ(REPORT_none, mm_report(m));
		EXPECT_EQ(0, areas(m));
		for (u32 n = 0; n < 2048; n++)
			EXPECT_EQ(0, kernel_word(m, VMALLOC + PAGES(n)));
		EXPECT_SOUND(m);
	}
	EXPECT_EQ(VMALLOC, got);
	EXPECT_EQ(1, tries); /* the second table; the first one was there */
	io_unmap(m, got);
	EXPECT_EQ(view, machine_view(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* --- iounmap -------------------------------------------------------------- */

#define EXPECT_BAD_UNMAP(m, kind, flags, addr)                                 \
	do {                                                                   \
		const u64 view_before = machine_view(m);                       \
		const u32 areas_before = areas(m);                             \
                                                                               \
		as_task(m, flags);                                             \
		mm_iounmap(m, addr);                                           \
		EXPECT_EQ(REPORT_##kind, mm_report(m));                        \
		EXPECT_EQ(view_before, machine_view(m));                       \
		EXPECT_EQ(areas_before, areas(m));                             \
	} while (0)

TEST(misuses_of_iounmap)
{
	struct machine *m = io_on(IO_PC);
	vaddr_t io = io_map(m, BAR, 0x3000), memory;

	as_task(m, 0);
	memory = mm_vmalloc(m, 0x2000);
	EXPECT(memory);
	/* nothing, whoever calls */
	EXPECT_BAD_UNMAP(m, none, TASK_IRQ, 0);
	EXPECT_BAD_UNMAP(m, none, TASK_IRQ, 1);
	EXPECT_BAD_UNMAP(m, none, TASK_IRQ, PAGE_OFFSET + VGA);
	EXPECT_BAD_UNMAP(m, none, TASK_IRQ, HIGH_MEMORY);
	EXPECT_BAD_UNMAP(m, vm_interrupt, TASK_IRQ, HIGH_MEMORY + 1);
	EXPECT_BAD_UNMAP(m, vm_interrupt, TASK_IRQ, io);
	EXPECT_BAD_UNMAP(m, vm_unknown, 0, HIGH_MEMORY + 1);
	EXPECT_BAD_UNMAP(m, vm_unknown, 0, io + 0x1000);
	EXPECT_BAD_UNMAP(m, vm_unknown, 0, io + 0x3000);
	EXPECT_BAD_UNMAP(m, vm_unknown, 0, 0xFFFFFFFF);
	EXPECT_BAD_UNMAP(m, vm_kind, 0, memory);
	as_task(m, 0);
	mm_vfree(m, io);
	EXPECT_EQ(REPORT_vm_kind, mm_report(m));
	/* any byte of the first page, and no lock is too much */
	as_task(m, TASK_ATOMIC);
	mm_iounmap(m, io + 0xFFF);
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_BAD_UNMAP(m, vm_unknown, 0, io);
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* An area that get_vm_area() made maps nothing, and has no attributes. */
TEST(an_area_of_get_vm_area)
{
	struct machine *m = io_on(IO_PC);

	EXPECT(mm_get_vm_area(m, 0x3000, VM_IOREMAP));
	EXPECT_EQ(1, areas(m));
	EXPECT_SOUND(m);
	io_unmap(m, VMALLOC);
	EXPECT_EQ(0, areas(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* --- accesses ------------------------------------------------------------- */

TEST(a_device_is_reached)
{
	struct machine *m = io_on(IO_PC);
	vaddr_t bar = io_map(m, BAR + 0xFFFC, 8), rom = io_map(m, ROM, 0x1000);
	u8 out[8] = { 1, 2, 3, 4, 5, 6, 7, 8 }, in[8];
	struct device_view view;

	/* half of it, and the open bus */
	EXPECT(io_access(m, ACCESS_WRITE, bar, out, 8));
	EXPECT(io_access(m, ACCESS_READ, bar, in, 8));
	EXPECT(!memcmp(in, "\1\2\3\4\xFF\xFF\xFF\xFF", 8));
	view = device_seen(m, 0);
	EXPECT_EQ(1, view.reads);
	EXPECT_EQ(1, view.writes);
	EXPECT_EQ(0xFFFC, view.last_offset);
	EXPECT_EQ(4, view.last_len);
	EXPECT(!memcmp(view.bytes + 0xFFFC, out, 4));
	/* into the guard page: nothing is moved */
	EXPECT(!io_access(m, ACCESS_WRITE, rom + 0xFFC, out, 8));
	EXPECT_EQ(0, device_seen(m, 1).writes);
	EXPECT_EQ(0, mm_tlb_entry(m, 0, rom, false) & TLB_GLOBAL);
	EXPECT(mm_tlb_entry(m, 0, rom, false) & TLB_VALID);
	/* what is of the ISA window goes by the direct map */
	EXPECT(io_access(m, ACCESS_WRITE, io_map(m, VGA + 8, 8), out, 8));
	EXPECT(!memcmp(device_seen(m, 2).bytes + 8, out, 8));
	machine_delete(m);
}

/* Every CPU's TLB had it, and has forgotten. */
TEST(iounmap_flushes)
{
	struct machine *m = io_on(IO_PC);
	vaddr_t bar = io_map(m, BAR, 0x1000);
	u8 byte = 1;

	for (u32 cpu = 0; cpu < 2; cpu++) {
		on_cpu(m, cpu);
		EXPECT(io_access(m, ACCESS_WRITE, bar, &byte, 1));
		EXPECT(mm_tlb_entry(m, cpu, bar, false));
	}
	io_unmap(m, bar);
	for (u32 cpu = 0; cpu < 2; cpu++) {
		EXPECT_EQ(0, mm_tlb_entry(m, cpu, bar, false));
		on_cpu(m, cpu);
		EXPECT(!io_access(m, ACCESS_READ, bar, &byte, 1));
	}
	EXPECT_EQ(2, device_seen(m, 0).writes);
	EXPECT_EQ(0, device_seen(m, 0).reads);
	machine_delete(m);
}

/* In the list before any PTE, out of it when all are gone. */
TEST(events)
{
	struct machine *m = io_on(IO_PC);
	const struct trace_record *t;
	vaddr_t bar;
	u32 nr;

	bar = io_map(m, BAR + 1, 0x2000);
	t = mm_trace(m, &nr);
	EXPECT(nr > 0);
	EXPECT_EQ(1, pc_events(m, TRACE_alloc_vmap_area));
	for (u32 i = 0; i < nr; i++)
		if (t[i].event == TRACE_alloc_vmap_area) {
			EXPECT_EQ(VMALLOC, t[i].pfn);
			EXPECT_EQ(VM_IOREMAP, t[i].order);
			EXPECT_EQ(0x4000, t[i].arg);
		}
	io_unmap(m, bar);
	EXPECT_EQ(1, pc_events(m, TRACE_free_vmap_area));
	EXPECT_EQ(0, pc_events(m, TRACE_kfree));
	machine_delete(m);
}

/* A reset takes areas, PTEs and the devices' bytes away. */
TEST(a_reset)
{
	struct machine *m = io_on(IO_PC);
	vaddr_t bar;
	u8 byte = 1;
	u64 digest;

	machine_snapshot(m);
	digest = machine_digest(m);
	for (u32 round = 0; round < 2; round++) {
		bar = io_map(m, BAR, 0x10000);
		EXPECT_EQ(VMALLOC, bar);
		EXPECT(io_access(m, ACCESS_WRITE, bar + 0x8000, &byte, 1));
		EXPECT(io_map_nocache(m, 0x200000, 0x1000));
		EXPECT_SOUND(m);
		machine_reset(m);
		EXPECT_EQ(0, areas(m));
		EXPECT_EQ(0, device_seen(m, 0).writes);
		EXPECT_EQ(0, device_seen(m, 0).bytes[0x8000]);
		EXPECT_EQ(digest, machine_digest(m));
		EXPECT_SOUND(m);
	}
	machine_delete(m);
}
