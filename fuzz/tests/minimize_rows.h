/* SPDX-License-Identifier: MIT */
/*
 * minimize_rows.h - what the tests of the minimiser share: rows of (text,
 * predicate, expected text), and the trial of one.
 */
#ifndef FUZZ_TESTS_MINIMIZE_ROWS_H
#define FUZZ_TESTS_MINIMIZE_ROWS_H

#include "../codec.h"
#include "../minimize.h"
#include "../../ci/test.h"

#include <stdlib.h>

struct row {
	const char *name, *text;
	min_predicate holds;
	const char *expected;
};

static const struct op *find(const struct program *p, enum op_code code)
{
	for (u32 i = 0; i < p->nr; i++)
		if (p->op[i].code == code)
			return &p->op[i];
	return NULL;
}

static u32 count(const struct program *p, enum op_code code)
{
	u32 n = 0;

	for (u32 i = 0; i < p->nr; i++)
		n += p->op[i].code == code;
	return n;
}

static bool read_text(struct program *p, const char *text)
{
	struct text_error err;

	program_init(p);
	if (text_read(p, text, strlen(text), &err))
		return true;
	TEST_FAIL("line %u: %s: %s", err.line, err.reason, text);
	return false;
}

static char *print_text(const struct program *p)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (f) {
		text_write(f, p);
		fclose(f);
	}
	return text;
}

static void expect_program(const struct row *row, const struct program *got)
{
	struct program expected;
	char *a, *b;

	if (!read_text(&expected, row->expected))
		return;
	a = print_text(&expected);
	b = print_text(got);
	if (!a || !b || strcmp(a, b) != 0)
		TEST_FAIL("%s: expected\n%sgot\n%s", row->name, a, b);
	free(a);
	free(b);
	program_free(&expected);
}

static void try_row(const struct row *row)
{
	struct program p;
	const char *why;

	if (!read_text(&p, row->text))
		return;
	if (!row->holds(NULL, &p))
		TEST_FAIL("%s: does not hold at the start", row->name);
	if (!row->expected || strcmp(row->expected, row->text) != 0)
		if (minimize_check(&p, row->holds, NULL, 0, &why))
			TEST_FAIL("%s: called minimal at once", row->name);
	EXPECT(minimize(&p, row->holds, NULL, 0) > 0);
	if (!row->holds(NULL, &p))
		TEST_FAIL("%s: does not hold at the end", row->name);
	if (!minimize_check(&p, row->holds, NULL, 0, &why))
		TEST_FAIL("%s: not minimal: %s", row->name, why);
	if (row->expected)
		expect_program(row, &p);
	program_free(&p);
}

#endif
