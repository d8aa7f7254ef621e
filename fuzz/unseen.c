// SPDX-License-Identifier: MIT
/*
 * unseen.c - counters put back to what they were: see unseen.h.
 *
 * They are the state counters, and of edges libFuzzer's (the section that
 * inline 8-bit counters are in) or AFL++'s (its map).
 */
#include "unseen.h"

#include "afl_map.h"
#include "exec.h"

#include <stdlib.h>
#include <string.h>

#define SECTION __attribute__((weak, visibility("hidden")))
extern u8 __start___sancov_cntrs[] SECTION, __stop___sancov_cntrs[] SECTION;

static u8 states[COVER_COUNTERS];
static u8 *kept;
static size_t room;

/* The engine's counters; how many. */
static size_t counters(u8 **first)
{
	if (afl_map_here())
		return afl_map(first);
	*first = __start___sancov_cntrs;
	return __start___sancov_cntrs ? (size_t)(__stop___sancov_cntrs -
						 __start___sancov_cntrs)
				      : 0;
}

void unseen_begin(void)
{
	u8 *first;
	size_t n = counters(&first);

	memcpy(states, cover_counters, sizeof(states));
	if (n > room) {
		free(kept);
		kept = malloc(n);
		room = kept ? n : 0; /* no memory: it is seen */
	}
	if (kept)
		memcpy(kept, first, n);
}

void unseen_end(void)
{
	u8 *first;
	size_t n = counters(&first);

	memcpy(cover_counters, states, sizeof(states));
	if (kept && n <= room)
		memcpy(first, kept, n);
}
