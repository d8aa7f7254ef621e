/* SPDX-License-Identifier: MIT */
/*
 * tlb.h - a CPU's TLB: what it remembers of the walks that succeeded.
 *
 * The hardest that a processor may have: as large as there are pages, so that
 * nothing leaves it but by a flush.  An entry is a word, frame | TLB_* bits.
 */
#ifndef ALLOC_TLB_H
#define ALLOC_TLB_H

#include "state.h"

/* Not part of what an entry says: */
#define TLB_LOGGED 0x800u /* its slot is on the log */
#define TLB_QUICK 0x400u  /* its bytes lie in this process as in the page */
#define TLB_OWN (TLB_LOGGED | TLB_QUICK)

/* Host memory for the CPUs that run; false: there is none. */
bool tlb_init(struct machine *m);
void tlb_exit(struct machine *m);

static force_inline u32 tlb_small_slot(vaddr_t addr)
{
	return addr >> PAGE_SHIFT;
}

static force_inline u32 tlb_large_slot(vaddr_t addr)
{
	return TLB_SMALL_SLOTS + pgd_index(addr);
}

/* frame | TLB_* bits, or 0: none. */
static force_inline u32 tlb_look(const struct tlb *tlb, u32 slot)
{
	u32 entry = tlb->entry[slot];

	return entry & TLB_VALID ? entry & ~TLB_OWN : 0;
}

/* Fill it; what it was is replaced.  entry: frame | TLB_* bits. */
void tlb_fill(struct machine *m, struct tlb *tlb, u32 slot, vaddr_t addr,
	      u32 entry);
void tlb_drop_slot(struct tlb *tlb, u32 slot);

/* The CPU's entries of both sizes for addr, global ones too. */
void tlb_drop_page(struct machine *m, u32 cpu, vaddr_t addr);
void tlb_drop_nonglobal(struct machine *m, u32 cpu);
void tlb_drop_all(struct machine *m, u32 cpu);

const char *tlb_validate(const struct machine *m);

#endif
