// SPDX-License-Identifier: MIT
/* user_fuzzer: processes: directories, their pages, and accesses. */
#include "target.h"

const struct target target = {
	.name = "user",
	.one = target_run_program,
};
