/* SPDX-License-Identifier: MIT */
/*
 * kmap_model.h - the kmap window: which slot maps which high frame, for how
 * many; and the fixmap's slots, those of kmap_atomic among them.
 *
 *	struct kmaps
 *	  count[slot]		0: free; 1: mapped, without users; n: n - 1
 *				users
 *	  mapped[0..nr)		the slots whose count is not 0, in no order
 *	  chain[pfn % 1024]	which of them are of such frames: an index into
 *				mapped and one, then on by next; 0: no more
 *	  last			the slot that was looked at last
 *
 *	fixmap	0 hole | 1 vsyscall | 2.. atomic: 13 a CPU | boot: 17
 *		its words are the state: a slot is in use if its is not 0
 */
#ifndef ORACLE_KMAP_MODEL_H
#define ORACLE_KMAP_MODEL_H

#include "oracle.h"

#define SLOT_NONE LAST_PKMAP

#define KMAP_CHAINS 1024u

struct kmapped {
	pfn_t pfn;
	u16 slot, next;
};

struct kmaps {
	s32 count[LAST_PKMAP];
	struct kmapped mapped[LAST_PKMAP];
	u16 chain[KMAP_CHAINS];
	u32 nr, users, last;
	bool dirty; /* changed since the snapshot */
};

struct model;
struct judge;

/* kmap_model.c */
void kmaps_boot(struct model *o); /* none */
void kmaps_snapshot(struct model *o);
void kmaps_reset(struct model *o);
/* The direct map leaves room for it. */
bool kmap_has_window(const struct model *o);
vaddr_t kmap_address(const struct model *o, u32 slot);
/* SLOT_NONE: the frame has none. */
u32 kmap_slot_of(const struct model *o, pfn_t pfn);
/* A free slot, behind the last one; SLOT_NONE: none, after a flush. */
bool kmap_search(struct judge *j, u32 *slot);
/* It maps the frame, for nobody yet. */
bool kmap_take(struct judge *j, u32 slot, pfn_t pfn);
/* One user more, one less. */
void kmap_use(struct model *o, u32 slot, pfn_t pfn);
void kmap_unuse(struct model *o, u32 slot, pfn_t pfn);
/* kmap's part of the counts that are compared after every op. */
bool kmap_check_counts(struct model *o, const struct mapping_counts *machine,
		       struct divergence *d);
/* What it adds to all kmapcounts together; atomic slots too, where strict. */
u32 kmap_mappings(const struct model *o);
/* NULL, or what is wrong. */
const char *kmap_self_check(const struct model *o);

/* fixmap_model.c */
vaddr_t fix_address(u32 index);
u32 fix_index(vaddr_t addr);
u32 atomic_index(unsigned int cpu, u32 type);
bool fix_is_atomic(const struct model *o, u32 index);
/* Whether set_fixmap() may have it. */
bool fix_is_settable(const struct model *o, u32 index);
u32 fix_word(const struct model *o, u32 index);
void fixmap_set(struct model *o, u32 index, u32 word);
/* A high page is zeroed through its CPU's slot. */
void atomic_zeroes(struct model *o, unsigned int cpu, pfn_t pfn);

#endif
