/* SPDX-License-Identifier: MIT */
/*
 * bitops.h - the few integer operations that the kernel's formulas need.
 */
#ifndef ALLOC_BITOPS_H
#define ALLOC_BITOPS_H

#include "types.h"

/* The number of the highest set bit, from 1; x is not 0. */
static force_inline u32 fls(u32 x)
{
	return 32 - (u32)__builtin_clz(x);
}

static force_inline u32 ror32(u32 x, u32 n)
{
	return x >> n | x << (32 - n);
}

static force_inline size_t ror_size(size_t x, u32 n)
{
	return x >> n | x << (sizeof(x) * 8 - n);
}

/* floor(sqrt(x)) */
static force_inline u32 int_sqrt(u32 x)
{
	u32 root = 0;

	for (u32 bit = 1u << 15; bit; bit >>= 1) {
		u32 trial = root | bit;

		if (trial * trial <= x)
			root = trial;
	}
	return root;
}

/* x is not 0. */
static force_inline bool is_power_of_2(u32 x)
{
	return !(x & (x - 1));
}

/* x up to a multiple of a, a power of two */
static force_inline u64 align_up(u64 x, u64 a)
{
	return (x + a - 1) & ~(a - 1);
}

static force_inline bool test_bit(const u32 *map, u32 nr)
{
	return map[nr / 32] >> (nr % 32) & 1;
}

static force_inline void set_bit(u32 *map, u32 nr)
{
	map[nr / 32] |= 1u << (nr % 32);
}

static force_inline void clear_bit(u32 *map, u32 nr)
{
	map[nr / 32] &= ~(1u << (nr % 32));
}

#endif
