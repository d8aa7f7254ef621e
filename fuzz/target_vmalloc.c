// SPDX-License-Identifier: MIT
/* vmalloc_fuzzer: areas: vmalloc, vmap and accesses, beside page frames. */
#include "target.h"

const struct target target = {
	.name = "vmalloc",
	.one = target_run_program,
};
