// SPDX-License-Identifier: MIT
/* pages_fuzzer: the page-frame interface, on the boot profiles. */
#include "target.h"

const struct target target = {
	.name = "pages",
	.one = target_run_program,
};
