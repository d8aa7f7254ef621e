/* SPDX-License-Identifier: MIT */
/*
 * source.h - a test reads the source that it tests, so as to miss nothing
 * that is written there.
 */
#ifndef ALLOC_TESTS_SOURCE_H
#define ALLOC_TESTS_SOURCE_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The path of a file of alloc/, in static storage. */
static inline const char *source_path(const char *file)
{
	static char path[4096];
	const char *here = __FILE__, *slash = strrchr(here, '/');

	snprintf(path, sizeof(path), "%.*s/../%s", (int)(slash - here), here,
		 file);
	return path;
}

static inline _Noreturn void source_end(const char *path)
{
	perror(path);
	exit(1);
}

/* To be closed. */
static inline DIR *source_folder(void)
{
	DIR *folder = opendir(source_path("."));

	if (!folder)
		source_end(source_path("."));
	return folder;
}

/* The text of a file, to be freed.  The test ends if there is none. */
static inline char *source_read(const char *file)
{
	const size_t room = 1 << 18;
	FILE *f = fopen(source_path(file), "r");
	char *text = calloc(1, room);
	size_t n = f && text ? fread(text, 1, room - 1, f) : 0;

	if (!n || n == room - 1)
		source_end(source_path(file));
	fclose(f);
	return text;
}

#endif
