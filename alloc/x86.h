/* SPDX-License-Identifier: MIT */
/*
 * x86.h - the processor's page tables and the kernel's place in them: i386,
 * non-PAE [include/asm-i386/pgtable.h, fixmap.h, highmem.h, dma.h].
 *
 *     0xC0000000  the direct map: physical 0 .. max_low_pfn
 *     high_memory .. a hole of 8 to 16 MiB
 *     VMALLOC_START .. VMALLOC_END
 *     2 pages
 *     PKMAP_BASE  1024 pages of kmap
 *     FIXADDR_BOOT_START, FIXADDR_START .. FIXADDR_TOP, indices downwards
 */
#ifndef ALLOC_X86_H
#define ALLOC_X86_H

#include "types.h"

#define PGDIR_SHIFT 22
#define PTRS_PER_TABLE 1024u
#define PMD_SIZE (1u << PGDIR_SHIFT)

#define PTE_PRESENT 0x001u
#define PTE_PSE 0x080u
#define PTE_FRAME 0xFFFFF000u
#define HEAD_S_BITS 0x007u     /* of head.S's PTEs and PDEs */
#define KERNPG_TABLE 0x067u    /* a PDE that points to a page table */
#define PAGE_KERNEL 0x163u     /* a PTE, with PGE; or a PDE, of a split */
#define PAGE_KERNEL_PSE 0x1E3u /* a PDE that maps 4 MiB */

typedef struct {
	u32 word;
} pte_t;

#define MAX_NONPAE_PFN (1u << 20)    /* RAM from 4 GiB on is out of reach */
#define MAX_DMA_PFN 4096u	     /* 16 MiB: what ISA DMA reaches */
#define VMALLOC_RESERVE (128u << 20) /* unless vmalloc= says otherwise */
#define VMALLOC_OFFSET (8u << 20)
#define VMALLOC_EARLYRESERVE 0u

#define FIXADDR_TOP 0xFFFFF000u
#define FIX_KMAP_BEGIN 2u  /* 0 is FIX_HOLE, 1 FIX_VSYSCALL */
#define FIX_BOOT_SLOTS 17u /* 16 of boot-time ioremap, 1 of the WP test */

static inline u32 fix_slots(u32 nr_cpus)
{
	return FIX_KMAP_BEGIN + (u32)KM_TYPE_NR * (nr_cpus > 1 ? NR_CPUS : 1);
}

static inline vaddr_t fix_to_virt(u32 index)
{
	return FIXADDR_TOP - (index << PAGE_SHIFT);
}

static inline vaddr_t fixaddr_start(u32 nr_cpus)
{
	return fix_to_virt(fix_slots(nr_cpus));
}

static inline vaddr_t pkmap_base(u32 nr_cpus)
{
	u32 slots = fix_slots(nr_cpus) + FIX_BOOT_SLOTS;

	return (fix_to_virt(slots) - (LAST_PKMAP + 1) * PAGE_SIZE) &
	       ~(PMD_SIZE - 1);
}

/* (high_memory + reserve + 16 MiB - 1) down to 8 MiB, in 32 bits */
static inline vaddr_t vmalloc_start(vaddr_t high_memory)
{
	return (high_memory + VMALLOC_EARLYRESERVE + 2 * VMALLOC_OFFSET - 1) &
	       ~(VMALLOC_OFFSET - 1);
}

static inline vaddr_t vmalloc_end(u32 nr_cpus)
{
	return pkmap_base(nr_cpus) - 2 * PAGE_SIZE;
}

static inline u32 pgd_index(vaddr_t addr)
{
	return addr >> PGDIR_SHIFT;
}

static inline u32 pte_index(vaddr_t addr)
{
	return addr >> PAGE_SHIFT & (PTRS_PER_TABLE - 1);
}

#endif
