// SPDX-License-Identifier: MIT
/* paging_fuzzer: the kernel's tables and TLBs, beside directories and frames.
 */
#include "target.h"

const struct target target = {
	.name = "paging",
	.one = target_run_program,
};
