/* SPDX-License-Identifier: MIT */
/*
 * import_state.h - what the parts of the importer share: the reader of lines
 * (import.c), the events (import_event.c), who owns which frame
 * (import_frames.c) and which object (import_objects.c).
 */
#ifndef FUZZ_IMPORT_STATE_H
#define FUZZ_IMPORT_STATE_H

#include "import.h"

#define LEAF_FRAMES 4096u
#define LEAVES 4096u
#define FRAMES_MAX (LEAF_FRAMES * LEAVES) /* 64 GiB of RAM */
#define PTR_HIDDEN UINT64_MAX /* an address that the kernel did not tell */

/* A line's parts; `end` is behind its last byte. */
struct event {
	const char *name, *args, *end;
	size_t name_len;
	u32 cpu;
};

struct block {
	pfn_t head;
	u32 left; /* frames not freed yet; of a free slot: the next free one */
	u8 order;
};

/* kmalloc or kmem_cache_alloc, as the trace has it. */
struct object_event {
	const char *site; /* of a cache's */
	size_t site_len;
	u64 ptr;
	u64 bytes; /* asked of kmalloc; an object's of a cache */
	gfp_t gfp;
	u32 cpu;
	bool of_cache;
};

struct held {
	u64 ptr; /* 0: no entry */
	u32 slot, cache;
};

struct site {
	u64 hash, bytes;
	char *name;
	size_t len;
	u32 slot; /* 0: no entry */
};

/* Where the ops' arguments are. */
struct object_args {
	int create_name, create_size;
	int cache_alloc_cache, cache_alloc_gfp;
	int cache_free_cache, cache_free_object;
	int kmalloc_size, kmalloc_gfp; /* of kzalloc too */
	int kfree_object;
};

struct importer {
	struct program *p;
	struct import_summary *sum;
	const struct boot_line *boot;
	struct text_error *err;
	char *carry; /* a line that is not yet whole */
	size_t nr_carry;

	struct op alloc, free; /* templates */
	int arg_order, arg_gfp, arg_page;
	u32 *owner[LEAVES]; /* slot of each frame, 0: none */
	struct block *block;
	u32 nr_slots, room_slots, free_slot; /* slots 1..nr_slots exist */

	struct op create, cache_alloc, cache_free; /* templates */
	struct op kmalloc, kzalloc, kfree, kfree_null;
	struct object_args at;
	struct held *held;
	struct site *site;
	u32 nr_held, room_held, room_sites; /* rooms are powers of two, or 0 */
};

/* *im->err says it, with the line that is being read; returns false. */
bool import_fail(struct importer *im, const char *reason);
/* Decimal, or hexadecimal behind 0x. */
bool import_number(const char *s, size_t len, u64 *value);
/* The op or ops of an event, or a count.  false: told. */
bool import_event(struct importer *im, const struct event *e);

/* Appends an op of that CPU; false: told. */
bool import_op(struct importer *im, const struct op *op, u32 cpu);
/* A slot that nothing is in; 0: told. */
u32 import_slot(struct importer *im);
void import_slot_put(struct importer *im, u32 slot);

/* The op or ops of a page event; frames are below FRAMES_MAX. */
bool import_page_alloc(struct importer *im, pfn_t pfn, u32 order, gfp_t gfp,
		       u32 cpu);
bool import_page_free(struct importer *im, pfn_t pfn, u32 order, u32 cpu);
void import_frames_init(struct importer *im);
void import_frames_free(struct importer *im);

/* Those of an object event. */
bool import_object_alloc(struct importer *im, const struct object_event *o);
bool import_object_free(struct importer *im, u64 ptr, bool of_cache, u32 cpu);
void import_objects_init(struct importer *im);
void import_objects_free(struct importer *im);

#endif
