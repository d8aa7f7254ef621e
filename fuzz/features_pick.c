// SPDX-License-Identifier: MIT
/*
 * features_pick.c - set cover: the file that adds most, again and again;
 * then what the later ones have made superfluous goes.
 *
 *	times[f] = how many of the kept, and have[], reach f
 *
 * A file may go if times[f] > 1 for all that it reaches.  Greedy is within
 * ln(features) of the fewest.  Tested by tests/test_features.c.
 */
#include "features_pick.h"

#include <stdlib.h>

static u32 gain(const u8 *row, u32 nr, const u32 *times)
{
	u32 count = 0;

	for (u32 f = 0; f < nr; f++)
		count += row[f] && !times[f];
	return count;
}

static bool superfluous(const u8 *row, u32 nr, const u32 *times)
{
	for (u32 f = 0; f < nr; f++)
		if (row[f] && times[f] < 2)
			return false;
	return true;
}

/* False: none adds anything. */
static bool keep_best(const u8 *rows, u32 nr_rows, u32 nr, u32 *times,
		      bool *kept)
{
	u32 best = 0, best_gain = 0;

	for (u32 i = 0; i < nr_rows; i++) {
		u32 n = kept[i] ? 0 : gain(rows + (size_t)i * nr, nr, times);

		if (n > best_gain) {
			best = i;
			best_gain = n;
		}
	}
	if (!best_gain)
		return false;
	kept[best] = true;
	for (u32 f = 0; f < nr; f++)
		times[f] += rows[(size_t)best * nr + f];
	return true;
}

u32 features_pick(const u8 *rows, u32 nr_rows, u32 nr, const u8 *have,
		  bool *kept)
{
	u32 *times = calloc(nr ? nr : 1, sizeof(*times)), count = 0;

	if (!times)
		return UINT32_MAX;
	for (u32 f = 0; f < nr; f++)
		times[f] = have[f];
	for (u32 i = 0; i < nr_rows; i++)
		kept[i] = false;
	while (keep_best(rows, nr_rows, nr, times, kept))
		;
	for (u32 i = nr_rows; i-- > 0;) {
		const u8 *row = rows + (size_t)i * nr;

		if (!kept[i] || !superfluous(row, nr, times)) {
			count += kept[i];
			continue;
		}
		kept[i] = false;
		for (u32 f = 0; f < nr; f++)
			times[f] -= row[f];
	}
	free(times);
	return count;
}
