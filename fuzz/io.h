/* SPDX-License-Identifier: MIT */
/*
 * io.h - whole files in, whole files out.
 *
 * A file that is written appears under its name complete, or not at all: it
 * grows under a temporary name beside it, is synced and then renamed.
 * Nothing here prints; a call that answers false has set errno.
 */
#ifndef FUZZ_IO_H
#define FUZZ_IO_H

#include "../alloc/abi.h"

#include <stdio.h>

struct buffer {
	u8 *data; /* malloc'ed */
	size_t size;
};

/* All of a file, or of standard input for "-".  Owner: buffer_free(). */
bool io_read(const char *path, struct buffer *b);
void buffer_free(struct buffer *b);

struct out_file {
	FILE *f;
	char *path, *temp; /* malloc'ed; NULL: written in place */
};

/*
 * path NULL or "-" is standard output.  What is no regular file (a pipe, a
 * device) is written in place; a symbolic link's target is replaced.
 */
bool out_open(struct out_file *o, const char *path);
/* Gives the file its name, or removes every trace of it. */
bool out_close(struct out_file *o);
void out_abort(struct out_file *o);
/* Nothing that was printed to standard output got lost. */
bool stdout_close(void);

/* Called with each file's path; false ends the walk. */
typedef bool (*walk_fn)(void *arg, const char *path);
/*
 * A path that is no directory is visited as it is.  In a directory: files
 * called *.ops or without a dot, README apart, sorted, subdirectories in their
 * place.  false, errno 0: `visit` ended it.  On a real error *culprit
 * (malloc'ed) is the path that it befell.
 */
bool io_walk(const char *path, walk_fn visit, void *arg, char **culprit);
/* Does the name end so? */
bool has_suffix(const char *path, const char *suffix);

#endif
