/* SPDX-License-Identifier: MIT */
/*
 * import_state.h - what the two halves of the importer share: the reader of
 * lines (import.c), and who owns which frame (import_frames.c).
 */
#ifndef FUZZ_IMPORT_STATE_H
#define FUZZ_IMPORT_STATE_H

#include "import.h"

#define LEAF_FRAMES 4096u
#define LEAVES 4096u
#define FRAMES_MAX (LEAF_FRAMES * LEAVES) /* 64 GiB of RAM */

struct block {
	pfn_t head;
	u32 left; /* frames not freed yet; of a free slot: the next free one */
	u8 order;
};

struct importer {
	struct program *p;
	struct import_summary *sum;
	const struct boot_line *boot;
	struct op alloc, free; /* templates */
	int arg_order, arg_gfp, arg_page;
	u32 *owner[LEAVES]; /* slot of each frame, 0: none */
	struct block *block;
	u32 nr_slots, room_slots, free_slot; /* slots 1..nr_slots exist */
	char *carry;			     /* a line that is not yet whole */
	size_t nr_carry;
	struct text_error *err;
};

/* *im->err says it, with the line that is being read; returns false. */
bool import_fail(struct importer *im, const char *reason);
/* The op or ops of an event; frames are below FRAMES_MAX.  false: told. */
bool import_page_alloc(struct importer *im, pfn_t pfn, u32 order, gfp_t gfp,
		       u32 cpu);
bool import_page_free(struct importer *im, pfn_t pfn, u32 order, u32 cpu);

#endif
