// SPDX-License-Identifier: MIT
/*
 * io.c - whole files in, whole files out: see io.h.
 *
 *	open		mkstemp("NAME.XXXXXX")
 *	...		the caller writes to o->f
 *	close		fflush, fsync, fclose, rename to NAME
 *
 * Any step that fails removes the temporary file, so that a full disk leaves
 * what was there before.  Tested by tests/test_io.c.
 */
#include "io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_CHUNK 65536u

bool has_suffix(const char *path, const char *suffix)
{
	size_t n = strlen(path), m = strlen(suffix);

	return n >= m && strcmp(path + n - m, suffix) == 0;
}

static bool read_all(int fd, struct buffer *b)
{
	size_t room = 0;

	for (;;) {
		ssize_t got;

		if (room - b->size < READ_CHUNK) {
			u8 *data;

			room = room ? 2 * room : 2 * READ_CHUNK;
			data = realloc(b->data, room);
			if (!data)
				return false;
			b->data = data;
		}
		got = read(fd, b->data + b->size, room - b->size);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		if (got == 0)
			return true;
		b->size += (size_t)got;
	}
}

bool io_read(const char *path, struct buffer *b)
{
	bool from_stdin = strcmp(path, "-") == 0;
	int fd = from_stdin ? 0 : open(path, O_RDONLY | O_CLOEXEC);
	int saved;
	bool ok;

	b->data = NULL;
	b->size = 0;
	if (fd < 0)
		return false;
	ok = read_all(fd, b);
	saved = errno;
	if (!from_stdin)
		close(fd);
	if (!ok)
		buffer_free(b);
	errno = saved;
	return ok;
}

void buffer_free(struct buffer *b)
{
	free(b->data);
	b->data = NULL;
	b->size = 0;
}

/* The final name: that of the file at the end of symbolic links. */
static char *final_path(const char *path)
{
	char *real = realpath(path, NULL);

	return real || errno != ENOENT ? real : strdup(path);
}

static bool open_temp(struct out_file *o, const char *path)
{
	mode_t mask = umask(0);
	int fd;

	umask(mask);
	o->path = final_path(path);
	if (!o->path || asprintf(&o->temp, "%s.XXXXXX", o->path) < 0) {
		o->temp = NULL;
		return false;
	}
	fd = mkstemp(o->temp);
	if (fd < 0) {
		free(o->temp);
		o->temp = NULL;
		return false;
	}
	if (fchmod(fd, 0666 & ~mask) == 0)
		o->f = fdopen(fd, "wb");
	if (!o->f)
		close(fd);
	return o->f;
}

bool out_open(struct out_file *o, const char *path)
{
	struct stat st;

	memset(o, 0, sizeof(*o));
	if (!path || strcmp(path, "-") == 0) {
		o->f = stdout;
		return true;
	}
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return false;
	}
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		o->f = fopen(path, "wb");
		return o->f;
	}
	if (open_temp(o, path))
		return true;
	out_abort(o);
	return false;
}

/* A write that failed before this flush left its reason in errno. */
static bool flush_stream(FILE *f)
{
	int earlier = errno;

	if (fflush(f) != 0)
		return false;
	if (ferror(f)) {
		errno = earlier ? earlier : EIO;
		return false;
	}
	return true;
}

/* A pipe or a device cannot be synced, and need not be. */
static bool sync_stream(FILE *f)
{
	if (!flush_stream(f))
		return false;
	return fsync(fileno(f)) == 0 || errno == EINVAL || errno == EROFS ||
	       errno == ENOTSUP;
}

bool out_close(struct out_file *o)
{
	bool ok = sync_stream(o->f);
	int saved = errno;

	if (o->f != stdout) {
		if (fclose(o->f) != 0 && ok) {
			saved = errno;
			ok = false;
		}
		if (ok && o->temp && rename(o->temp, o->path) != 0) {
			saved = errno;
			ok = false;
		}
	}
	o->f = NULL;
	if (ok) {
		free(o->temp);
		o->temp = NULL;
	}
	out_abort(o);
	errno = saved;
	return ok;
}

void out_abort(struct out_file *o)
{
	int saved = errno;

	if (o->f && o->f != stdout)
		fclose(o->f);
	if (o->temp)
		unlink(o->temp);
	free(o->temp);
	free(o->path);
	memset(o, 0, sizeof(*o));
	errno = saved;
}

bool stdout_close(void)
{
	return flush_stream(stdout) && close(STDOUT_FILENO) == 0;
}

/* A pipe or a device in a directory would hang the walk. */
static bool wanted(const char *name, mode_t mode)
{
	if (name[0] == '.')
		return false;
	if (!S_ISREG(mode))
		return S_ISDIR(mode);
	return has_suffix(name, ".ops") ||
	       (!strchr(name, '.') && strcmp(name, "README") != 0);
}

static bool walk_dir(const char *path, walk_fn visit, void *arg,
		     char **culprit);

static bool walk_entry(const char *dir, const char *name, walk_fn visit,
		       void *arg, char **culprit)
{
	struct stat st;
	char *path;
	bool ok = true;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return false;
	if (stat(path, &st) != 0) {
		*culprit = path;
		return false;
	}
	if (!wanted(name, st.st_mode)) {
		ok = true;
	} else if (S_ISDIR(st.st_mode)) {
		ok = walk_dir(path, visit, arg, culprit);
	} else if (!visit(arg, path)) {
		errno = 0;
		ok = false;
	}
	free(path);
	return ok;
}

static bool walk_dir(const char *path, walk_fn visit, void *arg, char **culprit)
{
	struct dirent **names;
	int n = scandir(path, &names, NULL, alphasort), saved;
	bool ok = true;

	if (n < 0) {
		saved = errno;
		*culprit = strdup(path);
		errno = saved;
		return false;
	}
	for (int i = 0; i < n; i++) {
		if (ok)
			ok = walk_entry(path, names[i]->d_name, visit, arg,
					culprit);
		saved = errno;
		free(names[i]);
		errno = saved;
	}
	saved = errno;
	free(names);
	errno = saved;
	return ok;
}

bool io_walk(const char *path, walk_fn visit, void *arg, char **culprit)
{
	struct stat st;

	*culprit = NULL;
	if (strcmp(path, "-") != 0 && stat(path, &st) != 0) {
		int saved = errno;

		*culprit = strdup(path);
		errno = saved;
		return false;
	}
	if (strcmp(path, "-") != 0 && S_ISDIR(st.st_mode))
		return walk_dir(path, visit, arg, culprit);
	if (visit(arg, path))
		return true;
	errno = 0;
	return false;
}
