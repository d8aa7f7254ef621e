// SPDX-License-Identifier: MIT
/* slab_fuzzer: caches and their objects, beside kmalloc and page frames. */
#include "target.h"

const struct target target = {
	.name = "slab",
	.one = target_run_program,
};
