/* SPDX-License-Identifier: MIT */
/*
 * platform.h - the machine's only door to its host.
 *
 * Everything in alloc/ but host/ is freestanding C: besides these functions
 * it needs memcpy, memset, memmove and memcmp, which a compiler calls on its
 * own account.  host/pc.c is this header on a PC; a bare machine has another.
 */
#ifndef ALLOC_PLATFORM_H
#define ALLOC_PLATFORM_H

#include "types.h"

struct machine;

void *memcpy(void *to, const void *from, size_t n);
void *memset(void *to, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);

/* Zeroed memory for what is not in simulated RAM, or NULL. */
void *platform_alloc(size_t bytes);
void platform_free(void *ptr, size_t bytes);

/*
 * A machine's RAM.  The window is the kernel's gigabyte, reserved for as long
 * as the machine lives; low memory is mapped at its beginning, and the high
 * frames somewhere else.
 */
struct platform_ram {
	uintptr_t base;	   /* base + PAGE_OFFSET is the window; 4 GiB aligned */
	uintptr_t high;	   /* where the first high frame is */
	uintptr_t devices; /* where the devices' memory is */
	u64 low_bytes, high_bytes, device_bytes;
	int handle;    /* the host's */
	bool mirrored; /* there is more than low memory in the window */
};

/* False: there is no such window, or it is taken. */
bool platform_ram_reserve(struct platform_ram *ram);
void platform_ram_release(struct platform_ram *ram);
/* Maps zeroed RAM and devices' memory; NULL, or why it cannot be. */
const char *platform_ram_map(struct platform_ram *ram, u64 low_bytes,
			     u64 high_bytes, u64 device_bytes);
void platform_ram_unmap(struct platform_ram *ram);

/*
 * A page of RAM or of a device, which is at `frame', is shown at another
 * linear address of the window, where it replaces what was shown there; NULL:
 * nothing is there, and who touches it faults.  False: the host cannot.
 */
bool platform_ram_mirror(struct platform_ram *ram, vaddr_t addr,
			 const u8 *frame, bool writable);
/* NULL, or why this host has no mirror, in a phrase. */
const char *platform_no_mirror(void);

/* Where 2.6.12 may sleep: all of its waiting goes through one door. */
enum yield_point {
	YIELD_ALLOC,   /* an allocation with __GFP_WAIT begins */
	YIELD_RECLAIM, /* direct reclaim */
	YIELD_RETRY,   /* the short wait before a retry */
	YIELD_WAIT,    /* a task falls asleep on a wait queue */
};

/* One thread runs a machine: nobody else can run while it waits. */
static inline void platform_yield(struct machine *m, enum yield_point point)
{
	(void)m;
	(void)point;
}

/* The panic handler of a machine that was given none: says why and ends. */
void platform_panic(void *arg, const char *clause);

/*
 * Poisoned memory is nobody's: a sanitizer reports who touches it.  Where
 * there is no such sanitizer, nothing happens.
 */
#if defined(__SANITIZE_ADDRESS__)
#define PLATFORM_POISON 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PLATFORM_POISON 1
#endif
#endif
#ifndef PLATFORM_POISON
#define PLATFORM_POISON 0
#endif

/*
 * Serves the harness alone: sanitizing it would find nothing of the
 * machine's own, at a tenth of the fuzzing time.
 */
#ifdef __clang__
#define UNSANITIZED                                                            \
	__attribute__((no_sanitize("address", "undefined", "coverage")))
#else
#define UNSANITIZED __attribute__((no_sanitize("address", "undefined")))
#endif

/* What a page's poison takes to remember. */
#define PLATFORM_POISON_BYTES (PLATFORM_POISON ? 4096u / 8 : 0)

/*
 * For resets: multiples of 64 bytes, poisoned or not, and without a
 * sanitizer's look at each of them.
 */
void platform_copy(void *to, const void *from, size_t bytes);
void platform_zero(void *to, size_t bytes);

#if PLATFORM_POISON
void platform_poison(const void *ptr, size_t bytes);
void platform_unpoison(const void *ptr, size_t bytes);
/* A page's poison, to and from PLATFORM_POISON_BYTES. */
void platform_poison_save(const void *page, u8 *poison);
void platform_poison_load(const void *page, const u8 *poison);
#else
static inline void platform_poison(const void *ptr, size_t bytes)
{
	(void)ptr;
	(void)bytes;
}

static inline void platform_unpoison(const void *ptr, size_t bytes)
{
	(void)ptr;
	(void)bytes;
}

static inline void platform_poison_save(const void *page, u8 *poison)
{
	(void)page;
	(void)poison;
}

static inline void platform_poison_load(const void *page, const u8 *poison)
{
	(void)page;
	(void)poison;
}
#endif

#endif
