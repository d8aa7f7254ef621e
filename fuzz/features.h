/* SPDX-License-Identifier: MIT */
/*
 * features.h - what a program reaches: the edges of the machine's code that
 * this build has counters for, and the machine's states (cover.h).
 *
 * A feature is there or not; how often does not count.  They are the
 * program's alone: on the boot profiles it runs twice, and the second run
 * counts, when all has been booted and has its room; a machine with a boot
 * line of its own is new each time.
 * Other compilers draw other edges, so that features are compared within one
 * build and never kept.
 */
#ifndef FUZZ_FEATURES_H
#define FUZZ_FEATURES_H

#include "exec.h"

/* How many there are, edges first; and how many of them are edges. */
u32 features_nr(void);
/* 0: a build without counters in the machine's code. */
u32 features_edges(void);

struct features;

/* small_boot: as in struct exec_options.  NULL: no memory. */
struct features *features_new(bool small_boot);
void features_delete(struct features *t);
/*
 * Runs p, and sets hit[0..features_nr()) to 0 or 1.  EXEC_FINDING fills *f;
 * its strings are valid until the next run.
 */
enum exec_status features_run(struct features *t, const struct program *p,
			      u8 *hit, struct finding *f);

#define FEATURE_NAME_MAX 160
/*
 * A word of [a-z0-9_-] for people and file names: an edge's source file and
 * function ("slab_grow-cache_grow"), a state's name.  Edges are "edge-N"
 * where no symbolizer is linked in or found.
 */
void feature_name(char name[FEATURE_NAME_MAX], u32 feature);

/* The union, the question whether one has all of another, and the count. */
void features_join(u8 *have, const u8 *hit);
bool features_cover(const u8 *hit, const u8 *wanted);
u32 features_count(const u8 *hit, u32 first, u32 last);
/* fresh = what hit has and have has not; returns how many. */
u32 features_fresh(u8 *fresh, const u8 *hit, const u8 *have);

#endif
