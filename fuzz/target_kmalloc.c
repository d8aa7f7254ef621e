// SPDX-License-Identifier: MIT
/* kmalloc_fuzzer: kmalloc and its kin, beside page frames. */
#include "target.h"

const struct target target = {
	.name = "kmalloc",
	.one = target_run_program,
};
