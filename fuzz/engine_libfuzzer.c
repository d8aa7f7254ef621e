// SPDX-License-Identifier: MIT
/*
 * engine_libfuzzer.c - the entry points of libFuzzer, and of every engine
 * that speaks its language.
 *
 * One time in sixteen it is the engine that turns the bytes over, else our
 * mutator; the engine alone where MMTWIN_NO_MUTATOR is set, to measure what
 * ours is worth.
 */
#include "afl_map.h"
#include "death.h"
#include "mutator.h"
#include "target.h"

#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
size_t LLVMFuzzerCustomMutator(u8 *data, size_t size, size_t max_size,
			       unsigned int seed);
size_t LLVMFuzzerCustomCrossOver(const u8 *a, size_t a_size, const u8 *b,
				 size_t b_size, u8 *out, size_t max_out_size,
				 unsigned int seed);
/* libFuzzer's own; another engine has it not. */
__attribute__((weak)) size_t LLVMFuzzerMutate(u8 *data, size_t size,
					      size_t max_size);

static void print_stats(void)
{
	const struct exec_stats *s = target_stats();

	fprintf(stderr,
		"stat::programs: %llu\nstat::ops_executed: %llu\n"
		"stat::ops_skipped: %llu\n",
		(unsigned long long)s->programs, (unsigned long long)s->ops,
		(unsigned long long)s->skipped);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	if (afl_map_here())
		death_announce_signals();
	else
		death_announce();
	if (getenv("MMTWIN_STATS"))
		atexit(print_stats);
	return 0;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	target.one(data, size);
	afl_map_add_states();
	return 0;
}

/* NULL: the target's input is no program, or the engine is to do it. */
static struct mutator *own_mutator(void)
{
	static struct mutator m;
	static bool engine_alone;

	if (!m.row) {
		mutator_init(&m, target_row());
		engine_alone = getenv("MMTWIN_NO_MUTATOR");
	}
	return m.row->form == FORM_NONE && !engine_alone ? &m : NULL;
}

size_t LLVMFuzzerCustomMutator(u8 *data, size_t size, size_t max_size,
			       unsigned int seed)
{
	struct mutator *m = own_mutator();
	struct prng r;
	size_t n;

	prng_seed(&r, seed);
	if (!m || (LLVMFuzzerMutate && prng_one_in(&r, 16)))
		return LLVMFuzzerMutate ? LLVMFuzzerMutate(data, size, max_size)
					: size;
	n = mutator_vary(m, &r, data, size, data, max_size);
	return n ? n : size;
}

size_t LLVMFuzzerCustomCrossOver(const u8 *a, size_t a_size, const u8 *b,
				 size_t b_size, u8 *out, size_t max_out_size,
				 unsigned int seed)
{
	struct mutator *m = own_mutator();
	struct prng r;

	prng_seed(&r, seed);
	return m ? mutator_cross(m, &r, a, a_size, b, b_size, out, max_out_size)
		 : 0;
}
