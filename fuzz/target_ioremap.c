// SPDX-License-Identifier: MIT
/* ioremap_fuzzer: devices, the fixmap, and accesses to them. */
#include "target.h"

const struct target target = {
	.name = "ioremap",
	.one = target_run_program,
};
