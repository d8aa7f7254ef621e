/* SPDX-License-Identifier: MIT */
/*
 * gen.h - makes and varies programs: generator, mutator, cross-over.
 * Deterministic: everything comes from the prng that is passed in.
 */
#ifndef FUZZ_GEN_H
#define FUZZ_GEN_H

#include "op.h"
#include "prng.h"

struct gen_options {
	u16 groups;	/* enum op_group bits: which ops */
	u32 ops;	/* how many, at most */
	bool free_boot; /* make a boot line of one's own (boot_fuzzer) */
};

/*
 * A program of up to options->ops ops.  Swarm: each program uses a random
 * subset of the ops, GFP flags and contexts.  At most 10 % of its ops refer
 * to slots that hold nothing.
 */
bool gen_program(struct program *p, struct prng *r,
		 const struct gen_options *options);
/* One to a few edits; the result has at most options->ops ops. */
bool mutate_program(struct program *p, struct prng *r,
		    const struct gen_options *options);
/* Child of two parents, into *child (initialised). */
bool cross_programs(struct program *child, const struct program *a,
		    const struct program *b, struct prng *r,
		    const struct gen_options *options);

#endif
