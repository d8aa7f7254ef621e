/* SPDX-License-Identifier: MIT */
/*
 * source.h - a test reads the source that it tests, so as to miss nothing
 * that is written there.
 */
#ifndef ALLOC_TESTS_SOURCE_H
#define ALLOC_TESTS_SOURCE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The text of a file of alloc/, to be freed; the test ends if it is not. */
static inline char *source_read(const char *file)
{
	const char *here = __FILE__, *slash = strrchr(here, '/');
	char path[4096];
	size_t n;
	char *text;
	FILE *f;

	snprintf(path, sizeof(path), "%.*s/../%s", (int)(slash - here), here,
		 file);
	f = fopen(path, "r");
	text = calloc(1, 65536);
	if (!f || !text) {
		perror(path);
		exit(1);
	}
	n = fread(text, 1, 65535, f);
	if (!n || n == 65535) {
		fprintf(stderr, "%s: empty, or too large\n", path);
		exit(1);
	}
	fclose(f);
	return text;
}

#endif
