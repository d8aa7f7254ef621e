/* SPDX-License-Identifier: MIT */
/* trace_text.h - the machine's moves as ftrace text, and findings as prose. */
#ifndef FUZZ_TRACE_TEXT_H
#define FUZZ_TRACE_TEXT_H

#include "../oracle/oracle.h"

#include <stdio.h>

/* The moves of op `at`, a line each, in the format that `import` reads. */
void trace_text_print(FILE *to, u32 at, const struct outcome *out);

#endif
