// SPDX-License-Identifier: MIT
/*
 * host.c - the model's memory on a PC: anonymous mappings.
 *
 * Not malloc: the arrays are as long as the simulated RAM has frames, and a
 * short program touches a few pages of each.
 */
#define _GNU_SOURCE
#include "../host.h"

#include <sys/mman.h>

void *model_host_alloc(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void model_host_free(void *p, size_t bytes)
{
	if (p)
		munmap(p, bytes);
}
