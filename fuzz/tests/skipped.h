/* SPDX-License-Identifier: MIT */
/*
 * skipped.h - how many ops of generated programs the executor skips.
 */
#ifndef FUZZ_TESTS_SKIPPED_H
#define FUZZ_TESTS_SKIPPED_H

#include "../exec.h"
#include "../gen.h"
#include "../../ci/test.h"

/* Ops per mille, on machine and model, of `programs' mutated so often. */
static inline u32 skipped(const struct gen_options *o, u32 programs,
			  u32 mutations)
{
	const struct exec_options options = { 0 };
	struct exec_stats stats = { 0 };
	struct exec *x = exec_new(&options);
	struct finding finding;
	struct program p;
	struct prng r;

	program_init(&p);
	for (u32 seed = 0; x && seed < programs; seed++) {
		prng_seed(&r, seed);
		EXPECT(gen_program(&p, &r, o));
		for (u32 i = 0; i < mutations; i++)
			EXPECT(mutate_program(&p, &r, o));
		exec_run(x, &p, &stats, &finding);
	}
	exec_delete(x);
	program_free(&p);
	EXPECT(stats.ops > 3000);
	return (u32)(stats.skipped * 1000 / (stats.ops + stats.skipped));
}

#endif
