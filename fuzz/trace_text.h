/* SPDX-License-Identifier: MIT */
/* trace_text.h - the machine's moves as ftrace text, and findings as prose. */
#ifndef FUZZ_TRACE_TEXT_H
#define FUZZ_TRACE_TEXT_H

#include "../oracle/oracle.h"

#include <stdio.h>

/* What an object's event says besides what its record bears. */
struct trace_object {
	const char *site;  /* stands for the caller */
	const char *cache; /* its name */
	u32 bytes_req, bytes_alloc;
};

/* Finds that out about the object that t is about. */
typedef void (*trace_object_t)(void *arg, const struct trace_record *t,
			       struct trace_object *o);

/* The moves of op `at`, a line each, in the format that `import` reads. */
void trace_text_print(FILE *to, u32 at, const struct outcome *out,
		      trace_object_t object, void *arg);

#endif
