// SPDX-License-Identifier: MIT
/*
 * pc.c - platform.h on a PC with Linux: mmap, memfd, ASan's interface.
 *
 * A machine's window is address space reserved for as long as the machine
 * lives; RAM is a memfd, sparse, and mapped shared, so that a frame could be
 * shown at a second address.  On a 32-bit host the window is the real one, at
 * PAGE_OFFSET, so that one machine at a time exists in a process, and RAM is
 * limited to what is free beside it.
 */
#include "../platform.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#if PLATFORM_POISON
#include <sanitizer/asan_interface.h>
#endif

#define GIGABYTE ((size_t)1 << 30)
#define HOST_32BIT (sizeof(void *) == 4)
/* of low memory, and of high memory, where addresses have 32 bits */
#define RAM_32BIT_MAX ((u64)512 << 20)
#define WINDOW_BYTES (HOST_32BIT ? (size_t)RAM_32BIT_MAX : GIGABYTE)

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

/* The real window, if nothing else is there. */
static bool reserve_32bit(struct platform_ram *ram)
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

#if UINTPTR_MAX > UINT32_MAX
/* 5 GiB have the last gigabyte of some 4 GiB in them; the rest goes back. */
static bool reserve_64bit(struct platform_ram *ram)
{
	const uintptr_t all = 5 * GIGABYTE, step = 4 * GIGABYTE;
	uintptr_t start = (uintptr_t)reserve(0, all, 0), window, end;

	if (start == (uintptr_t)MAP_FAILED)
		return false;
	window = (start & ~(step - 1)) + PAGE_OFFSET;
	if (window < start)
		window += step;
	end = window + GIGABYTE;
	if (window > start)
		munmap((void *)start, window - start);
	if (end < start + all)
		munmap((void *)end, start + all - end);
	ram->base = window - PAGE_OFFSET;
	return true;
}
#else
static bool reserve_64bit(struct platform_ram *ram)
{
	(void)ram;
	return false;
}
#endif

bool platform_ram_reserve(struct platform_ram *ram)
{
	*ram = (struct platform_ram){ .handle = -1 };
	return HOST_32BIT ? reserve_32bit(ram) : reserve_64bit(ram);
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
	if (high == MAP_FAILED)
		return false;
	ram->high = (uintptr_t)high;
	return true;
}

const char *platform_ram_map(struct platform_ram *ram, u64 low_bytes,
			     u64 high_bytes)
{
	if (HOST_32BIT &&
	    (low_bytes > RAM_32BIT_MAX || high_bytes > RAM_32BIT_MAX))
		return "too large for a 32-bit host";
	ram->handle = memfd_create("mmtwin-ram", MFD_CLOEXEC);
	ram->low_bytes = low_bytes;
	ram->high_bytes = high_bytes;
	if (ram->handle >= 0 &&
	    !ftruncate(ram->handle, (off_t)(low_bytes + high_bytes)) &&
	    map_low(ram) && map_high(ram))
		return NULL;
	platform_ram_unmap(ram);
	return "the host has no memory";
}

void platform_ram_unmap(struct platform_ram *ram)
{
	if (ram->handle < 0)
		return;
	/* over it, and not away: the window stays ours */
	reserve(ram->base + PAGE_OFFSET, (size_t)ram->low_bytes, MAP_FIXED);
	if (ram->high)
		munmap((void *)ram->high, (size_t)ram->high_bytes);
	close(ram->handle);
	ram->handle = -1;
	ram->high = 0;
	ram->low_bytes = 0;
	ram->high_bytes = 0;
}

void platform_panic(void *arg, const char *clause)
{
	(void)arg;
	fprintf(stderr, "machine: CHECK failed: %s\n", clause);
	abort();
}

#if PLATFORM_POISON
void platform_poison(const void *ptr, size_t bytes)
{
	__asan_poison_memory_region(ptr, bytes);
}

void platform_unpoison(const void *ptr, size_t bytes)
{
	__asan_unpoison_memory_region(ptr, bytes);
}
#endif
