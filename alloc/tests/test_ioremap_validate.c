// SPDX-License-Identifier: MIT
/*
 * test_ioremap_validate.c - each clause of ioremap_validate(), broken once.
 */
#include "areas_io.h"
#include "clauses.h"

/* One of vmalloc, one of a device, one of the image, in this order. */
static struct machine *setup(void)
{
	struct machine *m = io_on(IO_PC);

	EXPECT_EQ(VMALLOC, mm_vmalloc(m, 0x1000));
	EXPECT_EQ(VMALLOC + 0x4000, io_map(m, ROM - 0x1000, 0x2000));
	EXPECT_EQ(VMALLOC + 0x8000, io_map_nocache(m, 0x200000, 0x2000));
	return m;
}

static struct vm_struct *area_of(struct machine *m, vaddr_t addr)
{
	return vm_area_find(m, addr);
}

static pte_t *pte_of(struct machine *m, vaddr_t addr)
{
	return pgtable_pte(m, m->swapper_pg_dir, addr);
}

NEGATIVE(bits_of_another_area, FULL,
	 "I1: only ioremaps have page bits and a phys_addr")
{
	area_of(m, VMALLOC)->flags |= PAGE_PCD << VM_PROT_SHIFT;
}

NEGATIVE(phys_addr_of_another_area, FULL,
	 "I1: only ioremaps have page bits and a phys_addr")
{
	area_of(m, VMALLOC)->phys_addr = 0x1000;
}

NEGATIVE(phys_addr_in_a_page, FULL,
	 "I1: a phys_addr is a page's, the page bits are PCD")
{
	area_of(m, VMALLOC + 0x4000)->phys_addr++;
}

NEGATIVE(other_page_bits, BELOW,
	 "I1: a phys_addr is a page's, the page bits are PCD")
{
	area_of(m, VMALLOC + 0x4000)->flags |= PAGE_PWT << VM_PROT_SHIFT;
}

NEGATIVE(past_the_end, BELOW, "I2: what is mapped ends with physical memory")
{
	area_of(m, VMALLOC + 0x4000)->phys_addr = ROM;
}

NEGATIVE(another_frame, BELOW,
	 "I3: an ioremap is of phys_addr and what follows")
{
	pte_of(m, VMALLOC + 0x4000)->word += 0x1000;
}

NEGATIVE(a_page_that_is_not_mapped, BELOW,
	 "I3: an ioremap is of phys_addr and what follows")
{
	pte_of(m, VMALLOC + 0x5000)->word = 0;
}

NEGATIVE(a_global_page, BELOW,
	 "I4: an ioremap has its own bits, and is not global")
{
	pte_of(m, VMALLOC + 0x4000)->word |= PAGE_GLOBAL;
}

NEGATIVE(a_page_that_is_cached, BELOW,
	 "I4: an ioremap has its own bits, and is not global")
{
	pte_of(m, VMALLOC + 0x9000)->word &= ~PAGE_PCD;
}

NEGATIVE(memory, BELOW, "I5: an ioremap is of no memory")
{
	u32 phys = page_to_pfn(m, pc_alloc(m, GFP_KERNEL, 1)) << PAGE_SHIFT;

	area_of(m, VMALLOC + 0x4000)->phys_addr = phys;
	pte_of(m, VMALLOC + 0x4000)->word = phys | PAGE_IOREMAP;
	pte_of(m, VMALLOC + 0x5000)->word = (phys + 0x1000) | PAGE_IOREMAP;
}

CLAUSES("ioremap.c", ioremap_validate, setup)
