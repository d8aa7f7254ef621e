/* SPDX-License-Identifier: MIT */
/*
 * gen_access.h - what the generator knows of translation: which pages are
 * mapped where, which directory each CPU runs on, what its descriptors and
 * its segment registers say.  Private to gen*.c and mutate.c.
 *
 * As all of the generator's knowledge it is a guess, and may be wrong.
 */
#ifndef FUZZ_GEN_ACCESS_H
#define FUZZ_GEN_ACCESS_H

#include "op.h"

#define GEN_SPANS 24u  /* pages that are or were mapped, the latest ones */
#define GEN_PLACES 3u  /* of a program's pages: user and kernel */
#define GEN_HOT 4u     /* frames of the direct map */
#define GEN_ENTRIES 3u /* of a GDT */
#define GEN_FLAT 0xFFu /* a register holds one of the kernel's segments */

struct gen_span {
	u32 addr; /* page-aligned; 0 and not live: nothing */
	u8 pgd;	  /* its slot */
	u8 page;  /* the slot of the frame */
	bool live;
};

struct gen_desc {
	u32 low, high;
};

struct gen_cpu {
	u8 pgd; /* the slot of CR3's; GEN_NONE: swapper_pg_dir */
	bool user;
	u8 seg[NR_SEG_REGS]; /* an entry of the GDT, or GEN_FLAT */
	struct gen_desc held[NR_SEG_REGS];
	struct gen_desc gdt[GDT_ENTRIES];
};

/* What a script is about. */
struct gen_focus {
	const u8 *next; /* step, or NULL */
	u8 cpu;
	u8 pgd, page;  /* slots, or GEN_NONE */
	u8 map, other; /* likewise: mappings, the last one and one before */
	u8 entry;      /* of the GDT */
	u8 reg;
	bool kernel; /* addr is in the window, or of the direct map */
	u32 addr;
	u32 pfn;
	u8 task; /* flags of the next op */
	u8 fix;	 /* an index into the fixmap */
};

struct gen_access {
	struct gen_span span[GEN_SPANS];
	u32 nr; /* spans ever */
	struct gen_cpu cpu[NR_CPUS];
	u32 place[GEN_PLACES]; /* user pages */
	u32 window_start, window_end;
	u32 hot[GEN_HOT]; /* frame numbers */
	u8 entry[GEN_ENTRIES];
	u8 sel_rate; /* an access loads a selector, once in so many; 0: none */
	u32 last;    /* the last access, linear */
	u32 learnt;  /* places that ops went to, in turn */
	struct gen_focus focus;
};

#endif
