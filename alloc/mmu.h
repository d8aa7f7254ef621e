/* SPDX-License-Identifier: MIT */
/*
 * mmu.h - linear -> physical: the TLB first, then the walk of the tables.
 */
#ifndef ALLOC_MMU_H
#define ALLOC_MMU_H

#include "tlb.h"

/* Drops the CPU's entries but for global ones, also where CR3 stays. */
void cpu_load_cr3(struct machine *m, u32 cpu, u32 cr3);

/*
 * For the current CPU with its CPL: true and the physical address, or false
 * and the #PF.  A walk may set A and D bits in RAM.
 */
bool mmu_translate(struct machine *m, vaddr_t addr, enum access_kind kind,
		   u32 *paddr, struct fault *f);

/*
 * Where in this process a supervisor's write of the current CPU leads to,
 * through its CR3 and its TLB; it must not fault, and must lead to RAM.
 */
void *mmu_kernel_ptr(struct machine *m, vaddr_t addr);

#endif
