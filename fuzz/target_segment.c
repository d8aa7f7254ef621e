// SPDX-License-Identifier: MIT
/* segment_fuzzer: descriptors, segment registers, accesses through them. */
#include "target.h"

const struct target target = {
	.name = "segment",
	.one = target_run_program,
};
