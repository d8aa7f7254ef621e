/* SPDX-License-Identifier: MIT */
/* features_pick.h - which of many files are enough: a pure function. */
#ifndef FUZZ_FEATURES_PICK_H
#define FUZZ_FEATURES_PICK_H

#include "../alloc/abi.h"

/*
 * row[i * nr_features..] has what file i reaches, have[] what is there
 * anyhow, each 0 or 1.  Sets kept[i] for files that reach together with
 * have[] all that all rows and have[] do; none of them can be spared.  Of
 * two that do as well the first is kept.  Returns how many, or UINT32_MAX:
 * no memory.
 */
u32 features_pick(const u8 *row, u32 nr_rows, u32 nr_features, const u8 *have,
		  bool *kept);

#endif
