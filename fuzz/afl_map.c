// SPDX-License-Identifier: MIT
/*
 * afl_map.c - state counters in AFL++'s coverage map.
 *
 *	map	| reserved | edges of alloc/ | states |
 *
 * The run-time library of afl-clang-fast gives each module's guards places
 * in the map, from the module's constructor; the counters have guards of
 * their own, and come like one more module.  So no state shares its place
 * with an edge, and afl-fuzz learns the size of both.
 */
#include "afl_map.h"

#include "exec.h"

#include <stdlib.h>
#include <string.h>

/* Of AFL++'s run-time library, where it is linked. */
extern u8 *__afl_area_ptr __attribute__((weak));
extern u32 __afl_final_loc __attribute__((weak)); /* the last place given */
void __sanitizer_cov_trace_pc_guard_init(u32 *start, u32 *stop)
	__attribute__((weak));

static u32 place[COVER_COUNTERS];
static u8 *kept;

static u32 map_size(void)
{
	return __afl_final_loc + 1;
}

bool afl_map_here(void)
{
	return &__afl_area_ptr != NULL;
}

size_t afl_map(u8 **first)
{
	*first = __afl_area_ptr;
	return map_size();
}

/* A guard that is 0 is one that has no place yet. */
__attribute__((constructor)) static void claim_places(void)
{
	if (afl_map_here())
		__sanitizer_cov_trace_pc_guard_init(place,
						    place + COVER_COUNTERS);
}

void afl_map_forget(void)
{
	if (!afl_map_here())
		return;
	memset(__afl_area_ptr, 0, map_size());
	__afl_area_ptr[0] = 1; /* as each execution begins */
	memset(cover_counters, 0, sizeof(cover_counters));
}

/* No memory: no boot line's coverage is kept, and AFL++ sees it unstable. */
void afl_map_keep(void)
{
	if (!afl_map_here())
		return;
	afl_map_add_states();
	if (!kept)
		kept = malloc(map_size());
	if (kept)
		memcpy(kept, __afl_area_ptr, map_size());
}

void afl_map_add_kept(void)
{
	for (u32 i = 0; kept && i < map_size(); i++)
		__afl_area_ptr[i] |= kept[i];
}

void afl_map_add_states(void)
{
	u64 eight;

	if (!afl_map_here())
		return;
	for (u32 i = 0; i < COVER_COUNTERS; i += sizeof(eight)) {
		memcpy(&eight, cover_counters + i, sizeof(eight));
		if (!eight)
			continue;
		for (u32 k = i; k < i + sizeof(eight); k++)
			__afl_area_ptr[place[k]] |= cover_counters[k];
		memset(cover_counters + i, 0, sizeof(eight));
	}
}
