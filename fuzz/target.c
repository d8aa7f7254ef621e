// SPDX-License-Identifier: MIT
/*
 * target.c - what the targets that run programs share.
 *
 * One executor lives as long as the process: its machines go back to their
 * snapshots at the end of each execution.
 */
#include "target.h"

#include "codec.h"

#include <stdlib.h>

static struct exec *executor;
static struct program program;
static struct exec_stats stats;

const struct exec_stats *target_stats(void)
{
	return &stats;
}

/*
 * libFuzzer dedups by DEDUP_TOKEN, ClusterFuzz by "ASSERTION FAILED", our
 * scripts by FINDING.
 */
_Noreturn void target_fail(const char *signature)
{
	fprintf(stderr, "DEDUP_TOKEN: %s\nASSERTION FAILED: %s\n", signature,
		signature);
	abort();
}

void target_run_program(const u8 *data, size_t size)
{
	const struct exec_options options = { .small_boot = !target.free_boot };
	struct finding f;

	if (!executor) {
		cover_enable(!getenv("MMTWIN_NO_STATES"));
		program_init(&program);
		executor = exec_new(&options);
	}
	if (!executor || !wire_decode(&program, data, size, TARGET_OPS_MAX))
		return;
	if (exec_run(executor, &program, &stats, &f) == EXEC_FINDING) {
		finding_print(stderr, &f, &program, NULL);
		target_fail(f.signature);
	}
}
