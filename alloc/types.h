/* SPDX-License-Identifier: MIT */
/*
 * types.h - what every file of the machine starts from: the ABI's words, and
 * the conversion between stored links and pointers.
 *
 * What lies in simulated RAM stores addresses as 32-bit kernel linear
 * addresses ("links").  The host maps the kernel's gigabyte at an address
 * whose low 32 bits equal them, so that
 *
 *     pointer = base + link        link = the pointer's low 32 bits
 *
 * with base a multiple of 4 GiB: 0 on a 32-bit host.
 */
#ifndef ALLOC_TYPES_H
#define ALLOC_TYPES_H

#include "abi.h"

typedef int64_t s64;

/*
 * As 2.6.12 means `inline': sanitizers and coverage make the smallest verb too
 * large for a compiler's own taste, and a call of it costs more than it does.
 */
#define force_inline inline __attribute__((always_inline))

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
/* It will be written to soon; no access. */
#define prefetchw(ptr) __builtin_prefetch((ptr), 1)
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define container_of(ptr, type, member)                                        \
	((type *)((uintptr_t)(ptr)-offsetof(type, member)))

/* The build that must fail: it has one fault, which the fuzzer must find. */
#ifdef MMTWIN_CANARY
#define CANARY 1
#else
#define CANARY 0
#endif

static force_inline void *link_ptr(uintptr_t base, u32 link)
{
	return (void *)(base + link);
}

static force_inline u32 ptr_link(const void *ptr)
{
	return (u32)(uintptr_t)ptr;
}

static force_inline u64 min_u64(u64 a, u64 b)
{
	return a < b ? a : b;
}

static force_inline u64 max_u64(u64 a, u64 b)
{
	return a > b ? a : b;
}

#endif
