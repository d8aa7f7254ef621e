/* SPDX-License-Identifier: MIT */
/*
 * lockstep.h - for tests that run programs on machine and model: one
 * executor, one program, and what is expected of them.
 */
#ifndef FUZZ_TESTS_LOCKSTEP_H
#define FUZZ_TESTS_LOCKSTEP_H

#include "../codec.h"
#include "../exec.h"
#include "../../ci/test.h"

static struct exec *x;
static struct program program;
static struct exec_stats stats;
static struct finding finding;

static inline void start(const struct exec_options *options)
{
	x = exec_new(options);
	program_init(&program);
	stats = (struct exec_stats){ 0 };
}

static inline void stop(void)
{
	exec_delete(x);
	program_free(&program);
}

static inline enum exec_status run_text(const char *text)
{
	struct text_error err;

	if (!text_read(&program, text, strlen(text), &err)) {
		TEST_FAIL("%s: line %u: %s", text, err.line, err.reason);
		program.nr = 0;
	}
	return exec_run(x, &program, &stats, &finding);
}

/* Agrees, and no op of it was skipped; or is too large for this host. */
static inline void expect_agreement(enum exec_status status, u64 skipped,
				    const char *what)
{
	if (status == EXEC_FINDING)
		TEST_FAIL("%s: op %u: %s: %s: expected %llu, got %llu", what,
			  finding.op, finding.signature,
			  finding.doc ? finding.doc : "",
			  (unsigned long long)finding.expected,
			  (unsigned long long)finding.actual);
	else if (status == EXEC_TOO_LARGE && UINTPTR_MAX == UINT32_MAX)
		return;
	else if (status != EXEC_AGREES)
		TEST_FAIL("%s: %s", what, exec_why(x));
	else if (stats.skipped != skipped)
		TEST_FAIL("%s: ops were skipped", what);
}

static inline void expect_agrees(const char *text)
{
	u64 skipped = stats.skipped;

	expect_agreement(run_text(text), skipped, text);
}

/* A report, and a program that draws it. */
struct report_program {
	enum report_kind report;
	const char *text;
};

static inline void expect_reports(const struct report_program *row, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		expect_agrees(row[i].text);
}

/* Each report of [first, end) has a row, but for one. */
static inline void expect_all_reports(const struct report_program *row,
				      size_t nr, u32 first, u32 end,
				      enum report_kind but)
{
	bool seen[NR_REPORTS] = { false };

	seen[but] = true;
	for (size_t i = 0; i < nr; i++)
		seen[row[i].report] = true;
	for (u32 i = first; i < end; i++)
		if (!seen[i])
			TEST_FAIL("no program draws report %u", i);
}

/* What has been put into the program. */
static inline void expect_program_agrees(void)
{
	u64 skipped = stats.skipped;

	expect_agreement(exec_run(x, &program, &stats, &finding), skipped,
			 "the program");
}

#endif
