/* SPDX-License-Identifier: MIT */
/*
 * import_text.h - what the importer's tests share: ftrace lines by macros,
 * and a trace's program as text.
 */
#ifndef FUZZ_TESTS_IMPORT_TEXT_H
#define FUZZ_TESTS_IMPORT_TEXT_H

#include "../import.h"
#include "../../ci/test.h"

#include <stdlib.h>

#define EVENT(name, rest)                                                      \
	"  init-1  [000] d..1.  19.263217: " name ": " rest "\n"
#define ALLOC(pfn, order, gfp)                                                 \
	EVENT("mm_page_alloc", "page=de96adc0 pfn=" pfn " order=" order        \
			       " migratetype=0 gfp_flags=" gfp)
#define FREE(pfn, order)                                                       \
	EVENT("mm_page_free", "page=de96adc0 pfn=" pfn " order=" order)
#define BATCHED(pfn)                                                           \
	EVENT("mm_page_free_batched", "page=de96adc0 pfn=" pfn " order=0")

static struct import_summary sum;

/* The ops as text, the boot line apart. */
static inline char *ops_text(const struct program *p)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	char line[640];

	for (u32 i = 0; f && i < p->nr; i++) {
		text_op(line, sizeof(line), &p->op[i]);
		fprintf(f, "%s\n", line);
	}
	if (f)
		fclose(f);
	return text;
}

static inline char *import_ops(const char *trace, struct text_error *err)
{
	struct program p;
	char *text = NULL;

	program_init(&p);
	err->line = 0;
	err->reason[0] = '\0';
	if (import_trace(&p, trace, strlen(trace), &sum, err))
		text = ops_text(&p);
	program_free(&p);
	return text;
}

struct row {
	const char *name, *trace, *ops;
};

static inline void import_rows(const struct row *row, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		struct text_error err;
		char *ops = import_ops(row[i].trace, &err);

		if (!ops)
			TEST_FAIL("%s: line %u: %s", row[i].name, err.line,
				  err.reason);
		else if (strcmp(ops, row[i].ops) != 0)
			TEST_FAIL("%s: expected\n%sgot\n%s", row[i].name,
				  row[i].ops, ops);
		if (sum.imported + import_left_out(&sum) != sum.events)
			TEST_FAIL("%s: the summary does not add up",
				  row[i].name);
		free(ops);
	}
}

struct bad {
	const char *trace;
	u32 line;
	const char *reason;
};

static inline void import_fails(const struct bad *bad, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		struct text_error err;
		char *ops = import_ops(bad[i].trace, &err);

		EXPECT(!ops);
		free(ops);
		EXPECT_EQ(bad[i].line, err.line);
		if (!strstr(err.reason, bad[i].reason))
			TEST_FAIL("expected ...%s..., got %s", bad[i].reason,
				  err.reason);
	}
}

#endif
