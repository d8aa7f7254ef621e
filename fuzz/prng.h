/* SPDX-License-Identifier: MIT */
/* prng.h - a small deterministic generator (splitmix64). */
#ifndef FUZZ_PRNG_H
#define FUZZ_PRNG_H

#include "../alloc/abi.h"

struct prng {
	u64 state;
};

static inline void prng_seed(struct prng *r, u64 seed)
{
	r->state = seed;
}

static inline u64 prng_u64(struct prng *r)
{
	u64 z = r->state += 0x9E3779B97F4A7C15u;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

/* Uniform in 0..n-1; n is not 0.  The bias of 2^-32 is of no matter here. */
static inline u32 prng_below(struct prng *r, u32 n)
{
	return (u32)(((prng_u64(r) >> 32) * n) >> 32);
}

/* True once in n times. */
static inline bool prng_one_in(struct prng *r, u32 n)
{
	return prng_below(r, n) == 0;
}

#endif
