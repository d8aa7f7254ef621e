// SPDX-License-Identifier: MIT
/*
 * engine_replay.c - a corpus through a target, without any fuzzer.
 *
 * Each argument is a file or a folder of files; a property that fails
 * aborts, as it does under an engine.  Files are taken in the order of
 * their names, so that a run can be repeated.
 */
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char **path;
static size_t nr_paths;

static int keep(const char *name, const struct stat *st, int type,
		struct FTW *where)
{
	(void)st;
	(void)where;
	if (type != FTW_F)
		return 0;
	path = realloc(path, (nr_paths + 1) * sizeof(*path));
	if (!path)
		return 1;
	path[nr_paths] = strdup(name);
	return path[nr_paths++] ? 0 : 1;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int replay(const char *name)
{
	FILE *f = fopen(name, "rb");
	uint8_t *data = NULL;
	long size = -1;
	int bad = 1;

	if (f && fseek(f, 0, SEEK_END) == 0)
		size = ftell(f);
	if (size >= 0 && fseek(f, 0, SEEK_SET) == 0)
		data = malloc((size_t)size + 1);
	if (data && fread(data, 1, (size_t)size, f) == (size_t)size) {
		LLVMFuzzerTestOneInput(data, (size_t)size);
		bad = 0;
	} else {
		fprintf(stderr, "%s: cannot be read\n", name);
	}
	free(data);
	if (f)
		fclose(f);
	return bad;
}

int main(int argc, char **argv)
{
	int bad = 0;

	LLVMFuzzerInitialize(&argc, &argv);
	for (int i = 1; i < argc; i++)
		if (nftw(argv[i], keep, 16, FTW_PHYS)) {
			fprintf(stderr, "%s: cannot be read\n", argv[i]);
			bad = 1;
		}
	if (nr_paths)
		qsort(path, nr_paths, sizeof(*path), by_name);
	for (size_t i = 0; i < nr_paths; i++)
		bad |= replay(path[i]);
	printf("replayed %zu files\n", nr_paths);
	return bad ? 2 : 0;
}
