// SPDX-License-Identifier: MIT
/*
 * test_ioremap.c - ioremap and devices against figures worked out on paper.
 *
 * The machine: 20 MiB low, 4 MiB high, a device of 16 KiB at 0xFB000000; the
 * window begins at 0xC2000000.
 */
#include "puppet_areas.h"

#define DIRECT(paddr) (PAGE_OFFSET + (paddr))

/* The area's address and the offset; whole pages, words without GLOBAL. */
TEST(ioremap_and_iounmap)
{
	struct pair *p = pair_device();
	vaddr_t addr = good_ioremap(p, DEVICE_START + 0xFFE, 4, false);
	const struct vm_area *a = areas_find(p->o, VM_START);

	EXPECT_EQ(VM_START + 0xFFE, addr);
	EXPECT_EQ(0x3000, a->size);
	EXPECT_EQ(VM_IOREMAP, a->flags);
	EXPECT_EQ(DEVICE_START, a->phys_addr);
	EXPECT_EQ(0, a->nr_pages);
	EXPECT_EQ(DEVICE_START | 0x063, pte_at(p, 0, VM_START));
	EXPECT_EQ((DEVICE_START + 0x1000) | 0x063, pte_at(p, 0, addr + 4));
	EXPECT_EQ(PFN_NONE, good_to_page(p, VM_START)); /* past mem_map */
	EXPECT(!model_self_check(p->o));
	/* 12 KiB: the next multiple of 16 KiB */
	addr = good_ioremap(p, DEVICE_START + 0x1000, 0x3000, true);
	EXPECT_EQ(VM_START + 0x4000, addr);
	EXPECT_EQ(VM_IOREMAP | PAGE_PCD << VM_PROT_SHIFT,
		  areas_find(p->o, addr)->flags);
	EXPECT_EQ((DEVICE_START + 0x1000) | 0x073, pte_at(p, 0, addr));
	good_iounmap(p, VM_START + 5);
	good_iounmap(p, addr);
	EXPECT_EQ(0, p->o->areas.nr);
	EXPECT_EQ(0, pte_at(p, 0, addr));
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

/* Both ends must be inside; the last byte of 4 GiB can be mapped. */
TEST(the_isa_window)
{
	struct pair *p = pair_device();

	EXPECT_EQ(0xC00A0000, good_ioremap(p, 0xA0000, 0x60000, false));
	EXPECT_EQ(0xC00FFFFF, good_ioremap(p, 0xFFFFF, 1, false));
	EXPECT_EQ(0, p->o->areas.nr);
	EXPECT_EQ(VM_START + 0xFFF, good_ioremap(p, 0x9FFFF, 2, false));
	EXPECT_EQ(0x9F063, pte_at(p, 0, VM_START));
	EXPECT_EQ(1, p->o->areas.nr);
	good_iounmap(p, 0xC00A0000);
	EXPECT_EQ(VM_START + 0x4FFF, good_ioremap(p, ~0u, 1, false));
	EXPECT_EQ(0xFFFFF063, pte_at(p, 0, VM_START + 0x4000));
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

/* The direct map's words follow; iounmap restores an area's, not ISA's. */
TEST(nocache)
{
	struct pair *p = pair_device();
	vaddr_t addr;

	EXPECT_EQ(DIRECT(0xB8000), good_ioremap(p, 0xB8000, 0x1001, true));
	EXPECT_EQ(0xB8173, pte_at(p, 0, DIRECT(0xB8000)));
	EXPECT_EQ(0xB9173, pte_at(p, 0, DIRECT(0xB9000)));
	EXPECT_EQ(0xBA163, pte_at(p, 0, DIRECT(0xBA000)));
	good_iounmap(p, DIRECT(0xB8000));
	EXPECT_EQ(0xB8173, pte_at(p, 0, DIRECT(0xB8000)));
	addr = good_ioremap(p, 0x9F800, 0x1000, true);
	EXPECT_EQ(VM_START + 0x800, addr);
	EXPECT_EQ(0x9F173, pte_at(p, 0, DIRECT(0x9F000)));
	EXPECT_EQ(0xA0173, pte_at(p, 0, DIRECT(0xA0000)));
	good_iounmap(p, addr);
	EXPECT_EQ(0x9F163, pte_at(p, 0, DIRECT(0x9F000)));
	EXPECT_EQ(0xA0163, pte_at(p, 0, DIRECT(0xA0000)));
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

/* The page of the EBDA: no table for its attributes, so no area either. */
TEST(nocache_fails)
{
	struct pair *p = pair_device();

	good_area(p, 1, VM_MAP);
	good_vmalloc(p, 1); /* the window's table is there */
	p->out.task.fail_nth = 1;
	EXPECT_EQ(0, good_ioremap(p, 0x9F000, 1, true));
	p->out.task.fail_nth = 0;
	EXPECT_EQ(2, p->o->areas.nr);
	EXPECT_EQ(0x1E3, word_at(p, 0, DIRECT(0)) & 0xFFF);
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

/* ISA's window asks for an atomic task only where it is to be uncached. */
TEST(order_of_checks)
{
	struct pair *p = pair_device();
	struct call c = call_ioremap(0xB8000, 1, false);

	p->out.task.flags = TASK_IRQ;
	EXPECT(c.judge(p->o, silent(p), &c, DIRECT(0xB8000), &p->d));
	c.gfp = true;
	EXPECT(c.judge(p->o, reported(p, REPORT_vm_interrupt), &c, 0, &p->d));
	p->out.task.flags = TASK_ATOMIC;
	EXPECT(c.judge(p->o, reported(p, REPORT_sleep_in_atomic), &c, 0,
		       &p->d));
	c.a = (u32)M(8);
	EXPECT(c.judge(p->o, reported(p, REPORT_ioremap_ram), &c, 0, &p->d));
	pair_delete(p);
}

/* Bytes of a device: what is stored is seen, and stays. */
TEST(devices)
{
	struct pair *p = pair_device();
	vaddr_t addr = good_ioremap(p, DEVICE_START, DEVICE_BYTES, true);

	device_memory[5] = 0x77;
	EXPECT(device_access(p, ACCESS_READ, addr + 4, 4, 4));
	EXPECT(device_access(p, ACCESS_WRITE, addr + 4, 4, 8));
	EXPECT_EQ(0x77 ^ 37, device_memory[5]);
	EXPECT_EQ(1, device_memory[4]);
	EXPECT(device_access(p, ACCESS_EXEC, addr + 0x3FF8, 0x3FF8, 8));
	EXPECT_EQ(2, p->o->device[0].reads);
	EXPECT_EQ(1, p->o->device[0].writes);
	EXPECT_EQ(0x3FF8, p->o->device[0].last_offset);
	/* past it: an open bus, and nobody's */
	EXPECT_EQ(addr + 0x6000,
		  good_ioremap(p, DEVICE_START + DEVICE_BYTES, 4, false));
	EXPECT(read_told(p, addr + 0x6000,
			 one_piece(DEVICE_START + DEVICE_BYTES, 4)));
	EXPECT_EQ(2, p->o->device[0].reads);
	model_reset(p->o);
	EXPECT_EQ(0, p->o->device[0].reads + p->o->device[0].last_offset);
	pair_delete(p);
}
