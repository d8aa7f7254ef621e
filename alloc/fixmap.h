/* SPDX-License-Identifier: MIT */
/*
 * fixmap.h - slots of single pages with addresses that never change.
 */
#ifndef ALLOC_FIXMAP_H
#define ALLOC_FIXMAP_H

#include "mm.h"
#include "page_address.h"
#include "table_word.h"

/* --- which slot ----------------------------------------------------------- */

/* That of a type, of the current CPU. */
static inline u32 kmap_slot(const struct machine *m, u32 type)
{
	return FIX_KMAP_BEGIN + type + KM_TYPE_NR * m->task.cpu;
}

/* kmap_atomic's, of CPUs that do not run, too. */
static inline bool fix_is_atomic(const struct machine *m, u32 slot)
{
	return slot >= FIX_KMAP_BEGIN && slot < fix_slots(m->setup.nr_cpus);
}

/* Those that set_fixmap may write to: the vsyscall page's, and boot's. */
static inline bool fix_is_free(const struct machine *m, u32 slot)
{
	return slot && slot < fix_slots(m->setup.nr_cpus) + FIX_BOOT_SLOTS &&
	       !fix_is_atomic(m, slot);
}

/* Of an address in the fixmap, or behind it. */
static inline u32 virt_to_fix(vaddr_t addr)
{
	return (FIXADDR_TOP - (addr & PTE_FRAME)) >> PAGE_SHIFT;
}

static inline pte_t *fix_pte(const struct machine *m, u32 slot)
{
	return &m->fixmap_pt[pte_index(fix_to_virt(slot))];
}

/* --- writing -------------------------------------------------------------- */

/* The slot's PTE; the current CPU's TLB forgets what was there, if told so. */
void fix_set(struct machine *m, u32 slot, u32 word, bool forget);
/* A high page into an atomic slot of the current CPU, and out of it. */
vaddr_t fix_map_atomic(struct machine *m, const struct page *page, u32 slot);
void fix_unmap_atomic(struct machine *m, u32 slot);

/* Zeroes the bytes of a page of any zone, by KM_USER0. */
void clear_highpage(struct machine *m, struct page *page);
/* True: it cannot, as the slot is in use. */
bool clear_highpage_busy(const struct machine *m);

const char *fixmap_validate(const struct machine *m, enum validate_depth depth);

#endif
