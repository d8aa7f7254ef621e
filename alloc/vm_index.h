/* SPDX-License-Identifier: MIT */
/*
 * vm_index.h - where areas are: a balanced tree beside RAM, so that a place
 * for one, or one by its address, is found in log n steps.
 *
 *     node    [start, end) of an area, and of all below it: where the first
 *             begins, where the last ends, and for each alignment the most
 *             that fits between two of them
 *
 * The two ends of the window are nodes as well, so that all room is between
 * two.  Heights differ by one at most (AVL), so that the deepest way is known.
 */
#ifndef ALLOC_VM_INDEX_H
#define ALLOC_VM_INDEX_H

#include "state.h"

/* Alignments: 4 KiB << 0 .. 7, up to IOREMAP_MAX_ALIGN. */
#define VM_ALIGNS 8u
/* Of 2^17 areas, as many as a window of 1 GiB may have. */
#define VM_INDEX_DEPTH 26u

struct vm_node {
	u32 area; /* link of its descriptor; 0: an end of the window */
	u32 start, end;
	u32 first, last; /* start and end of all below it */
	u32 kid[2];
	u32 height; /* 0: no node */
	u32 room[VM_ALIGNS];
};

/*
 * The least multiple of 4 KiB << align where size bytes (with the guard) are
 * in no area; false: there is none in [start, end), the window.
 */
bool vm_index_place(struct machine *m, vaddr_t start, vaddr_t end, u64 size,
		    u32 align, vaddr_t *addr);
/* [start, end) is an area's now; it was nobody's. */
void vm_index_add(struct machine *m, vaddr_t start, vaddr_t end, u32 area);
/* The area that begins at start is gone. */
void vm_index_del(struct machine *m, vaddr_t start);
/* Links of the area that begins at addr, of the last that begins before it; 0:
 * there is none. */
u32 vm_index_at(const struct machine *m, vaddr_t addr);
u32 vm_index_before(const struct machine *m, vaddr_t addr);
/* Room for one more node; false: the host has no memory. */
bool vm_index_reserve(struct machine *m);

/* No area is left; there is room for the first ones, as for a new machine. */
void vm_index_clear(struct machine *m);
void vm_index_exit(struct machine *m);

/* Its own clauses; that it says what the list says is vm_validate()'s. */
const char *vm_index_validate(const struct machine *m);

#endif
