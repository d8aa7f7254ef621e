/* SPDX-License-Identifier: MIT */
/*
 * generated.h - for tests that count what the generator makes: programs of
 * fixed seeds.
 */
#ifndef FUZZ_TESTS_GENERATED_H
#define FUZZ_TESTS_GENERATED_H

#include "../gen.h"
#include "../../ci/test.h"

static inline void generate(struct program *p, u64 seed,
			    const struct gen_options *o)
{
	struct prng r;

	prng_seed(&r, seed);
	EXPECT(gen_program(p, &r, o));
}

/* Calls `look` with each op of n programs. */
static inline void each_op(const struct gen_options *o, u32 n,
			   void (*look)(const struct program *p, u32 at))
{
	struct program p;

	program_init(&p);
	for (u32 seed = 0; seed < n; seed++) {
		generate(&p, seed, o);
		for (u32 i = 0; i < p.nr; i++)
			look(&p, i);
	}
	program_free(&p);
}

#endif
