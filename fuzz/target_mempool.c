// SPDX-License-Identifier: MIT
/* mempool_fuzzer: memory pools over caches and kmalloc. */
#include "target.h"

const struct target target = {
	.name = "mempool",
	.one = target_run_program,
};
