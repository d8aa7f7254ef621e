// SPDX-License-Identifier: MIT
/* mempool_fuzzer: memory pools over caches and kmalloc. */
#include "target.h"

const struct target target = {
	.name = "mempool",
	.one = target_run_program,
	.groups = GROUP_MEMPOOL | GROUP_SLAB | GROUP_KMALLOC | GROUP_PAGES,
};
