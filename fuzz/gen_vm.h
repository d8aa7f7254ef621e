/* SPDX-License-Identifier: MIT */
/*
 * gen_vm.h - what the generator knows of the kernel's mappings: where areas
 * are, which frames have kmap slots, which atomic slots each CPU holds, where
 * devices are.  Private to gen*.c and mutate.c.
 *
 * As all of the generator's knowledge it is a guess, and may be wrong.
 */
#ifndef FUZZ_GEN_VM_H
#define FUZZ_GEN_VM_H

#include "op.h"

#define GEN_AREAS 96u /* areas that are there; more are forgotten */
#define GEN_GONE 8u   /* areas that were, the latest ones */
#define GEN_KMAPS 64u /* runs of kmapped frames */
#define GEN_PHYSES 3u /* places of a program's ioremaps */
#define GEN_KERNEL_PDE 768u
#define GEN_ARRAY_BYTES 0x400000u /* more: the page array is an area, too */

/* What a slot of RES_MAP holds. */
enum gen_map_sort {
	SORT_VMALLOC,
	SORT_VMAP,
	SORT_BARE, /* get_vm_area: nothing is mapped */
	SORT_KIND, /* the same of VM_ALLOC or VM_IOREMAP */
	SORT_IOREMAP,
	SORT_FLAT, /* ioremap of the ISA window: an address, and no area */
	SORT_KMAP,
	SORT_ATOMIC,
	NR_SORTS
};

/* An area, in the list by its address; sizes with the guard page. */
struct gen_area {
	u32 addr, size;
	u8 slot;  /* GEN_NONE: another's page array */
	u8 sort;  /* enum gen_map_sort */
	u8 flags; /* of a bare one */
	u8 page;  /* of vmap: the slot of its block */
	u32 frames[NR_ZONES];
};

/* kmaps of one page: frames [frame, frame + nr) of its block. */
struct gen_kmap {
	u8 page; /* its slot */
	u16 frame, nr;
	u16 users; /* of each */
};

struct gen_device {
	u32 start, size;
};

struct gen_vm {
	struct gen_area area[GEN_AREAS];
	u32 nr_areas;
	struct gen_area gone[GEN_GONE];
	u32 nr_gone; /* ever */
	struct gen_kmap kmap[GEN_KMAPS];
	u32 nr_kmaps;
	u32 last_kmap;	  /* the slot of the window taken last */
	u32 idle;	  /* slots with no users that wait for the flush */
	u8 held[NR_CPUS]; /* kmap_atomics */
	bool strict;
	struct gen_device device[DEVICES_MAX];
	u32 nr_devices;
	bool table[1024 - GEN_KERNEL_PDE]; /* tables of the window */

	/* the swarm's choices */
	bool heavy; /* thousands of frames are to be had */
	bool wraps; /* so many kmaps that their window begins anew */
	u32 phys[GEN_PHYSES];
	u32 size[GEN_PHYSES]; /* of ioremap */
	u32 pages;	      /* of a vmalloc, about */
	u8 type[2];	      /* of kmap_atomic */
};

#endif
