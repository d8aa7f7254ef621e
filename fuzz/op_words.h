/* SPDX-License-Identifier: MIT */
/*
 * op_words.h - the words of the text that are no op and no argument's name:
 * flags of GFP, caches, areas and tasks, types of kmap_atomic, expectations,
 * reports; and what moves of the machine are called.  Reader and printer share
 * the tables; each ends with a word without a name.
 */
#ifndef FUZZ_OP_WORDS_H
#define FUZZ_OP_WORDS_H

#include "op.h"

/* The longest boot line that a text may have, its NUL included. */
#define BOOT_LINE_BYTES 2048

struct word {
	const char *name;
	u8 len;
	bool composite; /* of GFP flags: printed only as the first one */
	bool alias;	/* read, but printed by another name */
	u32 value;
};

/* Composites first, the larger ones before those that they contain. */
extern const struct word gfp_words[];
extern const struct word slab_words[];
extern const struct word vm_words[];
/* Indexed by enum km_type. */
extern const struct word km_words[];
extern const struct word task_words[];
/* EXPECT_OK and on, in the order of enum expect. */
extern const struct word expect_words[];
/* Indexed by enum report_kind. */
extern const struct word report_words[];
/* Indexed by enum trace_event. */
extern const struct word event_words[];

/* The value of the word called so, or false. */
bool word_find(const struct word *words, const char *name, size_t len,
	       u32 *value);

#endif
