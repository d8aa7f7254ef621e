// SPDX-License-Identifier: MIT
/*
 * cmd_features_grow.c - from a candidate with new features to a file of the
 * corpus.
 *
 *	candidate -> runs? -> fresh = its features - those of the corpus
 *	  -> minimize() for "reaches all of fresh"
 *	  -> through its bytes and back: is that what an engine would run?
 *	  -> AREA-WHAT.ops, which opens with what it is there for
 */
#include "cmd_features.h"
#include "codec.h"
#include "death.h"
#include "minimize.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REASONS_MAX 8
#define HEADER_ROOM 2048

static bool reaches_fresh(void *arg, const struct program *p)
{
	struct grower *g = arg;
	struct finding f;

	death_alarm(GROW_SECONDS);
	return features_run(g->t, p, g->hit, &f) == EXEC_AGREES &&
	       features_cover(g->hit, g->fresh);
}

/* What an engine makes of the file's bytes. */
static bool survives_bytes(struct grower *g, const struct program *p)
{
	size_t size = wire_size(p);
	u8 *data = malloc(size ? size : 1);
	struct program back;
	bool ok = false;

	program_init(&back);
	if (data)
		size = wire_encode(p, data, size, NULL, NULL);
	if (data && size && wire_decode(&back, data, size, UINT32_MAX))
		ok = reaches_fresh(g, &back);
	program_free(&back);
	free(data);
	return ok;
}

/* INTO/NAME.ops, or the first of NAME-2, NAME-3, ... that is free. */
static char *free_path(const char *into, const char *name)
{
	char *path = NULL;

	for (u32 i = 1; i <= GROWN_FILES_MAX + 1; i++) {
		char number[16] = "";

		if (i > 1)
			snprintf(number, sizeof(number), "-%u", i);
		if (asprintf(&path, "%s/%s%s.ops", into, name, number) < 0)
			return NULL;
		if (access(path, F_OK) != 0)
			return path;
		free(path);
	}
	errno = EEXIST;
	return NULL;
}

/* One line for each name: edges of one function have the same. */
static void write_reasons(char *header, const struct grower *g, char *name)
{
	u32 nr = features_nr(), lines = 0, left = 0;
	char last[FEATURE_NAME_MAX] = "", now[FEATURE_NAME_MAX];
	size_t n = (size_t)snprintf(header, HEADER_ROOM,
				    "# Grown for %s; the first there to reach",
				    g->target);

	for (u32 i = 0; i < nr; i++) {
		if (!g->fresh[i])
			continue;
		if (lines == REASONS_MAX) {
			left++;
			continue;
		}
		feature_name(now, i);
		if (!lines)
			strcpy(name, now);
		if (strcmp(now, last) == 0)
			continue;
		strcpy(last, now);
		lines++;
		n += (size_t)snprintf(header + n, HEADER_ROOM - n, "\n#   %s",
				      now);
	}
	if (left)
		n += (size_t)snprintf(header + n, HEADER_ROOM - n,
				      "\n#   and %u more", left);
	snprintf(header + n, HEADER_ROOM - n, "\n");
}

static enum grown add(struct grower *g, const struct program *p)
{
	char header[HEADER_ROOM], name[FEATURE_NAME_MAX] = "";
	char *path;
	bool ok;

	write_reasons(header, g, name);
	path = free_path(g->into, name);
	if (!path) {
		cmd_error_file(g->into);
		return GROWN_FAILED;
	}
	ok = save_text(p, path, header);
	if (ok)
		printf("%s\n", path);
	free(path);
	return ok ? GROWN_ADDED : GROWN_FAILED;
}

enum grown grow_candidate(struct grower *g, struct program *p, u8 *have,
			  struct finding *f)
{
	enum exec_status status;
	enum grown result;

	death_alarm(GROW_SECONDS);
	status = features_run(g->t, p, g->hit, f);
	if (status == EXEC_FINDING)
		return GROWN_FINDING;
	if (status != EXEC_AGREES)
		return status == EXEC_NO_MEMORY ? GROWN_NO_MEMORY : GROWN_UNFIT;
	if (!features_fresh(g->fresh, g->hit, have))
		return GROWN_NOTHING_NEW;
	if (g->nr_files >= g->files_max)
		return GROWN_NO_ROOM;
	minimize(p, reaches_fresh, g, GROW_TRIES_MAX);
	if (p->nr > GROWN_OPS_MAX || !survives_bytes(g, p))
		return GROWN_UNFIT;
	result = add(g, p);
	if (result != GROWN_ADDED)
		return result;
	features_join(have, g->hit);
	g->nr_files++;
	return GROWN_ADDED;
}
