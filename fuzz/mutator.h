/* SPDX-License-Identifier: MIT */
/*
 * mutator.h - generator, mutator and cross-over for engines: bytes in, bytes
 * out.  Every engine that takes a mutator of ours calls these.
 */
#ifndef FUZZ_MUTATOR_H
#define FUZZ_MUTATOR_H

#include "gen.h"
#include "targets.h"

struct mutator {
	const struct target_row *row;
	struct program first, second, child;
	const char *did; /* what the last call made of it: one word */
};

/* For programs of this target.  Owner: mutator_free(). */
void mutator_init(struct mutator *m, const struct target_row *row);
void mutator_free(struct mutator *m);
/*
 * One program of another, or, one time in eight, a new one.  `out` may be
 * `data`; at most `room` bytes and TARGET_OPS ops.  0: nothing was made, out
 * is as it was.
 */
size_t mutator_vary(struct mutator *m, struct prng *r, const u8 *data,
		    size_t size, u8 *out, size_t room);
/* A child of two, likewise; out is neither of them. */
size_t mutator_cross(struct mutator *m, struct prng *r, const u8 *a,
		     size_t a_size, const u8 *b, size_t b_size, u8 *out,
		     size_t room);

#endif
