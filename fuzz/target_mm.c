// SPDX-License-Identifier: MIT
/* mm_fuzzer: the whole machine, ops of every kind but boot's. */
#include "target.h"

const struct target target = {
	.name = "mm",
	.one = target_run_program,
};
