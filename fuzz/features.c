// SPDX-License-Identifier: MIT
/*
 * features.c - counters in, features out: see features.h.
 *
 * Edges are clang's inline counters, which the linker has put side by side
 * in a section; beside it is a table with the place of each in the code.
 * Where nothing was instrumented there is neither.  Tested by
 * tests/test_features.c, and in builds with edges by ci/grow-test.
 */
#include "features.h"
#include "cover.h"

#include <stdlib.h>
#include <string.h>

#define SECTION __attribute__((weak, visibility("hidden")))

struct edge {
	uintptr_t pc, flags;
};

/* Named by the linker after the sections. */
extern u8 __start___sancov_cntrs[] SECTION, __stop___sancov_cntrs[] SECTION;
extern const struct edge __start___sancov_pcs[] SECTION;
/* The sanitizers' run-time library has it. */
void __sanitizer_symbolize_pc(const void *pc, const char *format, char *out,
			      size_t room) __attribute__((weak));

/* One machine is all that a 32-bit host has room for. */
#define ONE_MACHINE (UINTPTR_MAX <= UINT32_MAX)

struct features {
	struct exec_options options;
	struct exec *x, *own; /* of the profiles; of a boot line of its own */
};

u32 features_edges(void)
{
	return (u32)(__stop___sancov_cntrs - __start___sancov_cntrs);
}

u32 features_nr(void)
{
	return features_edges() + COVER_COUNTERS;
}

/* --- running --------------------------------------------------------------*/

struct features *features_new(bool small_boot)
{
	struct features *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->options.small_boot = small_boot;
	cover_enable(true);
	return t;
}

static void forget(struct exec **x)
{
	exec_delete(*x);
	*x = NULL;
}

void features_delete(struct features *t)
{
	if (!t)
		return;
	forget(&t->x);
	forget(&t->own);
	free(t);
}

static struct exec *own_boot(struct features *t)
{
	forget(&t->own);
	if (ONE_MACHINE)
		forget(&t->x);
	t->own = exec_new(&t->options);
	return t->own;
}

/*
 * Its machine for this profile is booted, and p has run there: what grows
 * once, and then has room, is no feature of whoever comes first.
 */
static struct exec *profile_boot(struct features *t, const struct program *p)
{
	struct exec_stats stats = { 0 };
	struct finding f;

	if (ONE_MACHINE)
		forget(&t->own);
	if (!t->x)
		t->x = exec_new(&t->options);
	if (t->x && exec_run(t->x, p, &stats, &f) == EXEC_FINDING) {
		forget(&t->x);
		t->x = exec_new(&t->options);
	}
	return t->x;
}

static void collect(u8 *hit)
{
	u32 edges = features_edges();

	for (u32 i = 0; i < edges; i++)
		hit[i] = __start___sancov_cntrs[i] != 0;
	for (u32 i = 0; i < COVER_COUNTERS; i++)
		hit[edges + i] = cover_counters[i] != 0;
}

enum exec_status features_run(struct features *t, const struct program *p,
			      u8 *hit, struct finding *f)
{
	bool own = p->profile == PROFILE_FREE;
	struct exec *x = own ? own_boot(t) : profile_boot(t, p);
	struct exec_stats stats = { 0 };
	enum exec_status status;

	if (!x)
		return EXEC_NO_MEMORY;
	if (features_edges())
		memset(__start___sancov_cntrs, 0, features_edges());
	memset(cover_counters, 0, COVER_COUNTERS);
	status = exec_run(x, p, &stats, f);
	collect(hit);
	return status;
}

/* --- sets -----------------------------------------------------------------*/

void features_join(u8 *have, const u8 *hit)
{
	u32 nr = features_nr();

	for (u32 i = 0; i < nr; i++)
		have[i] |= hit[i];
}

bool features_cover(const u8 *hit, const u8 *wanted)
{
	u32 nr = features_nr(), missing = 0;

	for (u32 i = 0; i < nr; i++)
		missing |= wanted[i] & ~hit[i];
	return !missing;
}

u32 features_count(const u8 *hit, u32 first, u32 last)
{
	u32 count = 0;

	for (u32 i = first; i < last; i++)
		count += hit[i];
	return count;
}

u32 features_fresh(u8 *fresh, const u8 *hit, const u8 *have)
{
	u32 nr = features_nr();

	for (u32 i = 0; i < nr; i++)
		fresh[i] = hit[i] & !have[i];
	return features_count(fresh, 0, nr);
}

/* --- names --------------------------------------------------------------- */

static void clean(char *s)
{
	for (; *s; s++)
		if ((*s < 'a' || *s > 'z') && (*s < '0' || *s > '9') &&
		    *s != '_' && *s != '-')
			*s = '_';
}

/* "cache_grow /a/b/slab_grow.c" -> "slab_grow-cache_grow" */
static bool edge_name(char *name, char *told)
{
	char *path = strchr(told, ' '), *file, *end;

	if (!path)
		return false;
	*path++ = '\0';
	file = strrchr(path, '/');
	file = file ? file + 1 : path;
	end = strchr(file, '.');
	if (!end || strcmp(file, "<null>") == 0)
		return false;
	snprintf(name, FEATURE_NAME_MAX, "%.*s-%.100s", (int)(end - file), file,
		 told);
	return true;
}

void feature_name(char name[FEATURE_NAME_MAX], u32 feature)
{
	u32 edges = features_edges();
	char told[512] = "";

	if (feature >= edges)
		cover_name(name, FEATURE_NAME_MAX, feature - edges);
	else if (__sanitizer_symbolize_pc)
		/* takes a call's return address: one past the place */
		__sanitizer_symbolize_pc(
			(const void *)(__start___sancov_pcs[feature].pc + 1),
			"%f %s", told, sizeof(told));
	if (feature < edges && !edge_name(name, told))
		snprintf(name, FEATURE_NAME_MAX, "edge-%u", feature);
	clean(name);
}
