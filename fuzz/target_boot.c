// SPDX-License-Identifier: MIT
/* boot_fuzzer: boot lines of any kind, and bootmem before mem_init. */
#include "target.h"

const struct target target = {
	.name = "boot",
	.one = target_run_program,
};
