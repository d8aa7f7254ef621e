// SPDX-License-Identifier: MIT
/*
 * target.c - what the targets that run programs share.
 *
 * One executor lives as long as the process: its machines go back to their
 * snapshots at the end of each execution.
 */
#include "target.h"

#include "boots.h"
#include "codec.h"

#include <stdlib.h>
#include <string.h>

static struct exec *executor;
static struct program program;
static struct exec_stats stats;

const struct target_row *target_row(void)
{
	const struct target_row *row = target_row_by_name(target.name);

	if (!row) {
		fprintf(stderr, "%s: no row in targets.c\n", target.name);
		abort();
	}
	return row;
}

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

/*
 * A line of the file that MMTWIN_KNOWN names?  Such a finding ends its
 * execution and not the process, so that a campaign gets past it.
 */
static bool known(const char *signature)
{
	const char *name = getenv("MMTWIN_KNOWN");
	FILE *f = name ? fopen(name, "r") : NULL;
	char line[2 * SIGNATURE_MAX];
	bool found = false;

	while (f && !found && fgets(line, sizeof(line), f)) {
		line[strcspn(line, " \t\n")] = '\0';
		found = strcmp(line, signature) == 0;
	}
	if (f)
		fclose(f);
	return found;
}

static bool executor_ready(void)
{
	const struct exec_options options = {
		.small_boot = !target_row()->free_boot,
		.full_one_in = FULL_ONE_IN,
	};

	if (!executor) {
		cover_enable(!getenv("MMTWIN_NO_STATES"));
		program_init(&program);
		executor = exec_new(&options);
	}
	return executor != NULL;
}

void target_run_program(const u8 *data, size_t size)
{
	enum exec_status status;
	struct finding f;

	if (!executor_ready() ||
	    !wire_decode(&program, data, size, TARGET_OPS_MAX))
		return;
	boots_ahead(executor, &program);
	status = exec_run(executor, &program, &stats, &f);
	if (status == EXEC_FINDING && !known(f.signature)) {
		finding_print(stderr, &f, &program, NULL);
		target_fail(f.signature);
	}
	boots_after(&program, status == EXEC_FINDING);
}
