/* SPDX-License-Identifier: MIT */
/*
 * abi_cpu.h - the part of abi.h that is about the processor: page tables'
 * words, control registers, segments, faults, accesses [IA-32 SDM vol. 3;
 * include/asm-i386].  Included by abi.h alone.
 */
#ifndef ALLOC_ABI_CPU_H
#define ALLOC_ABI_CPU_H

#define TASK_SIZE PAGE_OFFSET /* user space ends here */

/* Bits of a PDE or PTE */
#define PAGE_PRESENT 0x001u
#define PAGE_RW 0x002u
#define PAGE_USER 0x004u
#define PAGE_PWT 0x008u
#define PAGE_PCD 0x010u
#define PAGE_ACCESSED 0x020u
#define PAGE_DIRTY 0x040u
#define PAGE_PSE 0x080u	     /* of a PDE: 4 MiB */
#define PAGE_PROTNONE 0x080u /* of a PTE without PRESENT */
#define PAGE_GLOBAL 0x100u
#define PAGE_ATTR_MASK 0x17Fu /* what programs may give a kernel page */
#define PAGE_IOREMAP 0x063u   /* ioremap's page: no GLOBAL */

#define CR0_BITS 0x80040033u /* PG AM NE ET MP PE: always so */
#define CR0_WP 0x00010000u
#define CR4_PSE 0x10u
#define CR4_PGE 0x80u

/* Fixed places in the kernel image */
#define SWAPPER_PG_DIR_PADDR (KERNEL_START + 0x1000u)
#define GDT_PADDR (KERNEL_START + 0x2000u) /* of CPU 0; 256 bytes each */
#define GDT_ENTRIES 32u
#define TSS_PADDR (KERNEL_START + 0x2800u) /* of CPU 0; 128 bytes each */
#define TSS_DOUBLEFAULT 0x400u		   /* so far behind it: entry 31's */

#define SEL_KERNEL_CS 0x60u
#define SEL_KERNEL_DS 0x68u
#define SEL_USER_CS 0x73u
#define SEL_USER_DS 0x7Bu

/* In the order of their machine encoding. */
enum seg_reg { SEG_ES, SEG_CS, SEG_SS, SEG_DS, SEG_FS, SEG_GS, NR_SEG_REGS };

/* A segment register: all 0 if null, but for the selector. */
struct segment {
	u16 selector;
	u8 access; /* P, DPL, S, type: bits 47..40 of the descriptor */
	u8 flags;  /* G, D/B, L, AVL: bits 55..52, as a number below 16 */
	u32 base;
	u32 limit; /* in bytes: the last offset (of expand-down: below it) */
};

/* Exceptions. */
enum fault_vector {
	FAULT_NONE = 0,
	FAULT_NP = 11, /* #NP: segment not present */
	FAULT_SS = 12, /* #SS */
	FAULT_GP = 13, /* #GP */
	FAULT_PF = 14, /* #PF */
};

struct fault {
	u32 vector; /* enum fault_vector */
	u32 error;
	vaddr_t cr2; /* of #PF; else 0 */
};

enum access_kind { ACCESS_READ, ACCESS_WRITE, ACCESS_EXEC };

#define ACCESS_BYTES_MAX 4096u

struct access {
	u8 kind; /* enum access_kind */
	u8 seg;	 /* enum seg_reg; of ACCESS_EXEC: SEG_CS */
	u32 offset;
	u32 len; /* 1..ACCESS_BYTES_MAX bytes */
};

/* Where it went: nr pieces of physical memory, in order; 0 with a fault. */
struct access_pieces {
	u32 nr;
	struct {
		u32 start, len; /* bytes */
	} piece[2];
};

/* One CPU as it stands. */
struct cpu_view {
	u32 cr0, cr3, cr4;
	u32 cpl;
	struct segment seg[NR_SEG_REGS];
	u32 tlb_small, tlb_large; /* entries of 4 KiB and of 4 MiB */
	u32 tlb_global;		  /* how many of both are global */
	u32 preempt_count;	  /* kmap_atomics held */
};

/* A TLB's entry, as a word: frame | these. */
#define TLB_VALID 0x001u
#define TLB_RW 0x002u
#define TLB_USER 0x004u
#define TLB_DIRTY 0x040u
#define TLB_GLOBAL 0x100u

#endif
