/* SPDX-License-Identifier: MIT */
/*
 * object_contents.h - what object_contents.c (the owners' bytes) and
 * object_debug.c (debugging's) offer each other.
 */
#ifndef ORACLE_OBJECT_CONTENTS_H
#define ORACLE_OBJECT_CONTENTS_H

#include "judge.h"

enum object_mark {
	OBJECT_PAINTED = 1, /* its stamp's pattern is in it */
	OBJECT_WHOLE = 2,   /* in all that was asked for */
	OBJECT_WATCHED = 4, /* it is in the list of watched objects */
	OBJECT_USED = 8,    /* `user` says who allocated or freed it last */
	OBJECT_DAMAGED = 16,
};

/* --- object_contents.c -------------------------------------------------- */

u8 *object_bytes(const struct model *o, u32 address);
bool object_in_ram(const struct model *o, u32 address, u32 len);
/* [address, address + len) is written to: to be wiped. */
void object_dirty(struct model *o, u32 address, u32 len);
/* How much of an object a constructor writes to; 0: there is none. */
u32 object_constructed_bytes(const struct cache *c);
/* To be looked at in the end. */
void object_watch(struct model *o, const struct place *p);

/* --- object_debug.c ----------------------------------------------------- */

/* What an object bears that was just handed out: poison and words. */
bool debug_judge_given(struct judge *j, const struct place *p, bool zero);
/* Red zones and the user word of an object in whatever state. */
bool debug_judge_words(struct model *o, const struct place *p,
		       struct divergence *d);
/* These, and a free object's poison. */
bool debug_judge(struct model *o, const struct place *p, struct divergence *d);

#endif
