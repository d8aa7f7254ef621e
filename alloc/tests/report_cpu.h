/* SPDX-License-Identifier: MIT */
/*
 * report_cpu.h - cases of test_report.c: the CHECKs of the processor.
 */
#ifndef ALLOC_TESTS_REPORT_CPU_H
#define ALLOC_TESTS_REPORT_CPU_H

#include "panics.h"
#include "../mmu.h"

static void access_of(struct machine *m, u8 kind, u32 len)
{
	const struct access a = { .kind = kind, .seg = SEG_DS, .len = len };
	struct access_pieces where;
	static u8 buf[ACCESS_BYTES_MAX];
	struct fault f;

	mm_access(m, &a, buf, &where, &f);
}

PANIC(an_access_of_no_bytes, "access: 1 to 4096 bytes")
{
	access_of(m, ACCESS_READ, 0);
}

PANIC(an_access_of_no_kind,
      "access: there is no such kind, or no such register")
{
	access_of(m, ACCESS_EXEC + 1, 1);
}

PANIC(a_quick_load_of_no_register, "access: there is no such register")
{
	struct fault f;

	mm_load32(m, NR_SEG_REGS, 0, &f);
}

PANIC(a_load_of_no_register, "segment: there is no such register")
{
	struct fault f;

	mm_load_segment(m, NR_SEG_REGS, 0, &f);
}

PANIC(the_tlb_of_no_cpu, "tlb: there is no such CPU")
{
	mm_tlb_entry(m, 2, 0, false);
}

PANIC(the_view_of_no_cpu, "mmu: there is no such CPU")
{
	struct cpu_view view;

	mm_cpu_view(m, 2, &view);
}

PANIC(a_kernel_address_of_no_page, "mmu: the kernel's own write faults")
{
	mmu_kernel_ptr(m, fix_to_virt(FIX_KMAP_BEGIN));
}

PANIC(a_kernel_address_past_ram, "mmu: the kernel's own write leads out of RAM")
{
	vaddr_t addr = fix_to_virt(FIX_KMAP_BEGIN);

	m->fixmap_pt[pte_index(addr)].word = 6144u << 12 | PAGE_KERNEL;
	mmu_kernel_ptr(m, addr);
}

#endif
