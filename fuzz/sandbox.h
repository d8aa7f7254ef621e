/* SPDX-License-Identifier: MIT */
/*
 * sandbox.h - runs a program in a child of its own, so that it may crash,
 * hang or draw a sanitizer's report.
 *
 * The caller must have no executor: under -m32 a process has room for one
 * machine, and a forked machine would share its RAM with the parent's.
 */
#ifndef FUZZ_SANDBOX_H
#define FUZZ_SANDBOX_H

#include "death.h"
#include "exec.h"

#include <sys/types.h>

/* What came of it.  The strings of f stand in `text`: do not copy it. */
struct verdict {
	enum exec_status status; /* EXEC_FINDING also if the child died */
	bool died;
	struct finding f; /* layer "sanitizer" if it died */
	struct exec_stats stats;
	char why[128]; /* EXEC_UNBOOTABLE: the reason */
	char text[4][160];
};

/* false: the host would not fork (errno); else *v says what happened. */
bool sandbox_run(const struct exec_options *options, const struct program *p,
		 u32 seconds, struct verdict *v);
/* How many of `times` runs in fresh children end with this signature. */
u32 sandbox_confirm(const struct exec_options *options, const struct program *p,
		    u32 seconds, const char *signature, u32 times);

struct sandbox_min {
	const struct exec_options *options;
	const char *signature;
	bool died;     /* the finding kills: a child for each try */
	u32 seconds;   /* for each try */
	u32 tries_max; /* of the predicate; 0: no limit */
};

/*
 * minimize(), for "ends with this signature".  Divergences shrink inside one
 * child; if that dies of something else on the way, or if the finding is a
 * death, each try has its own.  Returns the number of tries.
 */
u32 sandbox_minimize(const struct sandbox_min *how, struct program *p);
/* minimize_check() likewise: *why is NULL, or what can be simpler. */
bool sandbox_minimize_check(const struct sandbox_min *how,
			    const struct program *p, const char **why);

/* --- children in general ------------------------------------------------- */

/* Memory that parent and children share, zeroed; munmap() ends it. */
void *sandbox_shared(size_t size);
/* fork(): the child is quiet, watched by *d, and goes when its parent does. */
pid_t sandbox_fork(struct death *d);
enum child_state { CHILD_RUNS, CHILD_ENDED, CHILD_DIED };
/* CHILD_DIED: *d has its signature.  Without `block` it may run still. */
enum child_state sandbox_wait(pid_t pid, struct death *d, bool block);

#endif
