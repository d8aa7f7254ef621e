// SPDX-License-Identifier: MIT
/*
 * pc.c - platform.h on a PC with Linux: mmap, memfd, ASan's interface.
 *
 * A machine's window is address space reserved for as long as the machine
 * lives; RAM is a memfd, sparse, and mapped shared, so that a frame could be
 * shown at a second address; devices' memory is at its end.  On a 32-bit host
 * the window is the real one, at PAGE_OFFSET, so that one machine at a time
 * exists in a process, and RAM is limited to what is free beside it.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memfd_create */
#endif
#include "../platform.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#if PLATFORM_POISON
#include <sanitizer/asan_interface.h>
#endif

/* On a 32-bit host it is also what there is of high memory. */
#if UINTPTR_MAX == UINT32_MAX
#define WINDOW_BYTES ((size_t)512 << 20)
#define FITS(low, high) ((low) <= WINDOW_BYTES && (high) <= WINDOW_BYTES)
#else
#define WINDOW_BYTES ((size_t)1 << 30)
#define FITS(low, high) true
#endif

void *platform_alloc(size_t bytes)
{
	void *ptr = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return ptr == MAP_FAILED ? NULL : ptr;
}

void platform_free(void *ptr, size_t bytes)
{
	if (ptr)
		munmap(ptr, bytes);
}

static void *reserve(uintptr_t at, size_t bytes, int more_flags)
{
	return mmap((void *)at, bytes, PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | more_flags,
		    -1, 0);
}

#if UINTPTR_MAX == UINT32_MAX
/* The real window, if nothing else is there. */
static bool reserve_window(struct platform_ram *ram)
{
	void *window = reserve(PAGE_OFFSET, WINDOW_BYTES, MAP_FIXED_NOREPLACE);

	if (window == MAP_FAILED)
		return false;
	if ((uintptr_t)window != PAGE_OFFSET) {
		munmap(window, WINDOW_BYTES);
		return false;
	}
	ram->base = 0;
	return true;
}

#else
/* 5 GiB have the last gigabyte of some 4 GiB in them; the rest goes back. */
static bool reserve_window(struct platform_ram *ram)
{
	const uintptr_t all = 5 * WINDOW_BYTES, step = 4 * WINDOW_BYTES;
	uintptr_t start = (uintptr_t)reserve(0, all, 0), window, end;

	if (start == (uintptr_t)MAP_FAILED)
		return false; /* unreachable: there is address space */
	window = start + ((PAGE_OFFSET - start) & (step - 1));
	end = window + WINDOW_BYTES;
	/* a rest of no bytes is refused, which does no harm */
	munmap((void *)start, window - start);
	munmap((void *)end, start + all - end);
	ram->base = window - PAGE_OFFSET;
	return true;
}
#endif

bool platform_ram_reserve(struct platform_ram *ram)
{
	*ram = (struct platform_ram){ .handle = -1 };
	return reserve_window(ram);
}

void platform_ram_release(struct platform_ram *ram)
{
	platform_ram_unmap(ram);
	munmap((void *)(ram->base + PAGE_OFFSET), WINDOW_BYTES);
}

static bool map_low(struct platform_ram *ram)
{
	void *window = (void *)(ram->base + PAGE_OFFSET);

	return mmap(window, (size_t)ram->low_bytes, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_FIXED, ram->handle, 0) != MAP_FAILED;
}

static bool map_high(struct platform_ram *ram)
{
	void *high;

	if (!ram->high_bytes)
		return true;
	high = mmap(NULL, (size_t)ram->high_bytes, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_NORESERVE, ram->handle,
		    (off_t)ram->low_bytes);
	if (high != MAP_FAILED)
		ram->high = (uintptr_t)high;
	return high != MAP_FAILED;
}

static bool map_devices(struct platform_ram *ram)
{
	void *devices;

	if (!ram->device_bytes)
		return true;
	devices = mmap(NULL, (size_t)ram->device_bytes, PROT_READ | PROT_WRITE,
		       MAP_SHARED, ram->handle,
		       (off_t)(ram->low_bytes + ram->high_bytes));
	if (devices != MAP_FAILED)
		ram->devices = (uintptr_t)devices;
	return devices != MAP_FAILED;
}

const char *platform_ram_map(struct platform_ram *ram, u64 low_bytes,
			     u64 high_bytes, u64 device_bytes)
{
	u64 all = low_bytes + high_bytes + device_bytes;

	if (!FITS(low_bytes, high_bytes))
		/* unreachable: in 64 bits everything fits */
		return "too large for a 32-bit host";
	ram->handle = memfd_create("mmtwin-ram", MFD_CLOEXEC);
	ram->low_bytes = low_bytes;
	ram->high_bytes = high_bytes;
	ram->device_bytes = device_bytes;
	if (ram->handle >= 0 && !ftruncate(ram->handle, (off_t)all) &&
	    map_low(ram) && map_high(ram) && map_devices(ram))
		return NULL;
	platform_ram_unmap(ram);
	return "the host has no memory";
}

void platform_ram_unmap(struct platform_ram *ram)
{
	if (ram->handle >= 0) {
		/* over it, and not away: the window stays ours */
		reserve(ram->base + PAGE_OFFSET,
			ram->mirrored ? WINDOW_BYTES : (size_t)ram->low_bytes,
			MAP_FIXED);
		if (ram->high)
			munmap((void *)ram->high, (size_t)ram->high_bytes);
		if (ram->devices)
			munmap((void *)ram->devices, (size_t)ram->device_bytes);
		close(ram->handle);
	}
	*ram = (struct platform_ram){ .base = ram->base, .handle = -1 };
}

/* --- mirror --------------------------------------------------------------- */

/* The process itself lives where a 32-bit host would show most of it. */
const char *platform_no_mirror(void)
{
	/* unreachable: programs run on machines without a mirror */
	return UINTPTR_MAX == UINT32_MAX ? "a 32-bit host has no mirror" : NULL;
}

/* Where in the memfd these bytes are. */
static off_t file_offset(const struct platform_ram *ram, const u8 *frame)
{
	/* unreachable: programs run on machines without a mirror */
	uintptr_t at = (uintptr_t)frame;

	if (at - (ram->base + PAGE_OFFSET) < ram->low_bytes)
		return (off_t)(at - (ram->base + PAGE_OFFSET));
	if (at - ram->high < ram->high_bytes)
		return (off_t)(at - ram->high + ram->low_bytes);
	return (off_t)(at - ram->devices + ram->low_bytes + ram->high_bytes);
}

bool platform_ram_mirror(struct platform_ram *ram, vaddr_t addr,
			 const u8 *frame, bool writable)
{
	/* unreachable: programs run on machines without a mirror */
	void *page = (void *)(ram->base + addr);
	int prot = writable ? PROT_READ | PROT_WRITE : PROT_READ;

	if (!frame)
		return reserve((uintptr_t)page, PAGE_SIZE, MAP_FIXED) == page;
	ram->mirrored = true;
	return mmap(page, PAGE_SIZE, prot, MAP_SHARED | MAP_FIXED, ram->handle,
		    file_offset(ram, frame)) == page;
}

void platform_panic(void *arg, const char *clause)
{
	/* unreachable: no program breaks the machine */
	(void)arg;
	fprintf(stderr, "machine: CHECK failed: %s\n", clause);
	abort();
}

#define LINE_WORDS (64 / sizeof(u64))

/* The barriers keep loops from becoming memcpy and memset, which ASan sees. */
UNSANITIZED void platform_copy(void *to, const void *from, size_t bytes)
{
	const u64 *old = from;
	u64 *word = to;

	for (; bytes; bytes -= 64, word += LINE_WORDS, old += LINE_WORDS) {
		for (size_t i = 0; i < LINE_WORDS; i++)
			word[i] = old[i];
		__asm__ volatile("" ::: "memory");
	}
}

UNSANITIZED void platform_zero(void *to, size_t bytes)
{
	u64 *word = to;

	for (; bytes; bytes -= 64, word += LINE_WORDS) {
		for (size_t i = 0; i < LINE_WORDS; i++)
			word[i] = 0;
		__asm__ volatile("" ::: "memory");
	}
}

#if PLATFORM_POISON
/*
 * ASan keeps a byte for 8 bytes; it must not be asked about its own, nor must
 * memcpy, which it watches.
 */
static UNSANITIZED volatile u64 *shadow_of(const void *page)
{
	size_t scale, offset;

	__asan_get_shadow_mapping(&scale, &offset);
	return (u64 *)(((uintptr_t)page >> scale) + offset);
}

/*
 * Objects are mostly small, and begin where 8 bytes of ASan's do: for them
 * its own way, which is for any region, costs several times what it does.
 */
#define GRANULE 8u
#define SMALL (64 * GRANULE)
typedef u64 shadow_t __attribute__((aligned(1), may_alias));
#define SHADOW_POISON 0xF7 /* what ASan itself stores: user poison */

static UNSANITIZED bool is_small(const void *ptr, size_t bytes)
{
	return bytes <= SMALL && (uintptr_t)ptr % GRANULE == 0;
}

UNSANITIZED void platform_poison(const void *ptr, size_t bytes)
{
	volatile u8 *shadow;

	if (!is_small(ptr, bytes) || bytes % GRANULE) {
		__asan_poison_memory_region(ptr, bytes);
		return;
	}
	shadow = (volatile u8 *)shadow_of(ptr);
	for (; bytes >= 8 * GRANULE; bytes -= 8 * GRANULE, shadow += 8)
		*(volatile shadow_t *)shadow = ~0ull / 255 * SHADOW_POISON;
	for (; bytes; bytes -= GRANULE)
		*shadow++ = SHADOW_POISON;
}

/* Of the last 8 bytes, those in front that were accessible stay so. */
UNSANITIZED void platform_unpoison(const void *ptr, size_t bytes)
{
	volatile u8 *shadow;
	u8 rest = bytes % GRANULE;

	if (!is_small(ptr, bytes)) {
		__asan_unpoison_memory_region(ptr, bytes);
		return;
	}
	shadow = (volatile u8 *)shadow_of(ptr);
	for (; bytes >= 8 * GRANULE; bytes -= 8 * GRANULE, shadow += 8)
		*(volatile shadow_t *)shadow = 0;
	for (; bytes >= GRANULE; bytes -= GRANULE)
		*shadow++ = 0;
	if (rest && *shadow && (signed char)*shadow < (signed char)rest)
		*shadow = rest;
}

UNSANITIZED void platform_poison_save(const void *page, u8 *poison)
{
	volatile u64 *shadow = shadow_of(page), *to = (u64 *)poison;

	for (u32 i = 0; i < PLATFORM_POISON_BYTES / 8; i++)
		to[i] = shadow[i];
}

UNSANITIZED void platform_poison_load(const void *page, const u8 *poison)
{
	volatile u64 *shadow = shadow_of(page);
	const volatile u64 *from = (const u64 *)poison;

	for (u32 i = 0; i < PLATFORM_POISON_BYTES / 8; i++)
		shadow[i] = from[i];
}
#endif
