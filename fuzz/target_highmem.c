// SPDX-License-Identifier: MIT
/* highmem_fuzzer: kmap, kmap_atomic and accesses, beside page frames. */
#include "target.h"

const struct target target = {
	.name = "highmem",
	.one = target_run_program,
};
