// SPDX-License-Identifier: MIT
/*
 * engine_libfuzzer.c - the entry points of libFuzzer, and of every engine
 * that speaks its language.
 *
 * The mutator works on programs: one time in eight it makes a new one, one
 * time in sixteen it lets the engine turn the bytes over, else it edits.
 */
#include "codec.h"
#include "death.h"
#include "gen.h"
#include "target.h"

#include <stdlib.h>
#include <string.h>

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

static struct program first, second, child;

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
	death_announce();
	if (getenv("MMTWIN_STATS"))
		atexit(print_stats);
	return 0;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	target.one(data, size);
	return 0;
}

static struct gen_options options_for(size_t max_size)
{
	size_t room = max_size < WIRE_HEADER
			      ? 0
			      : (max_size - WIRE_HEADER) / WIRE_RECORD;

	return (struct gen_options){
		.groups = target.groups,
		.ops = room < TARGET_OPS ? (u32)room : TARGET_OPS,
		.free_boot = target.free_boot,
	};
}

/* The child's bytes; what cannot be encoded leaves the input as it was. */
static size_t encoded(u8 *data, size_t size, size_t max_size)
{
	size_t n = wire_encode(&child, data, max_size, NULL, NULL);

	return n ? n : size;
}

size_t LLVMFuzzerCustomMutator(u8 *data, size_t size, size_t max_size,
			       unsigned int seed)
{
	struct gen_options options = options_for(max_size);
	struct prng r;
	bool ok;

	prng_seed(&r, seed);
	if (!target.groups || (LLVMFuzzerMutate && prng_one_in(&r, 16)))
		return LLVMFuzzerMutate ? LLVMFuzzerMutate(data, size, max_size)
					: size;
	if (options.ops == 0)
		return size;
	if (size <= WIRE_HEADER || prng_one_in(&r, 8))
		ok = gen_program(&child, &r, &options);
	else
		ok = wire_decode(&child, data, size, TARGET_OPS_MAX) &&
		     mutate_program(&child, &r, &options);
	return ok ? encoded(data, size, max_size) : size;
}

size_t LLVMFuzzerCustomCrossOver(const u8 *a, size_t a_size, const u8 *b,
				 size_t b_size, u8 *out, size_t max_out_size,
				 unsigned int seed)
{
	struct gen_options options = options_for(max_out_size);
	struct prng r;

	prng_seed(&r, seed);
	if (!target.groups || options.ops == 0 ||
	    !wire_decode(&first, a, a_size, TARGET_OPS_MAX) ||
	    !wire_decode(&second, b, b_size, TARGET_OPS_MAX) ||
	    !cross_programs(&child, &first, &second, &r, &options))
		return 0;
	return encoded(out, 0, max_out_size);
}
