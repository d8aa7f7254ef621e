// SPDX-License-Identifier: MIT
/*
 * text_fuzzer: the text reader takes any bytes, and what it printed once it
 * prints again.
 */
#include "codec.h"
#include "target.h"

#include <stdlib.h>

static void reprint(const struct program *p)
{
	struct program q;
	struct text_error err;
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	if (!f || !text_write(f, p) || fclose(f))
		target_fail("text-write");
	program_init(&q);
	if (!text_read(&q, text, size, &err) || !program_equal(p, &q))
		target_fail("text-reprint");
	program_free(&q);
	free(text);
}

static void one(const u8 *data, size_t size)
{
	struct program p;
	struct text_error err;

	program_init(&p);
	if (text_read(&p, (const char *)data, size, &err))
		reprint(&p);
	else if (err.line == 0 || !err.reason[0])
		target_fail("text-error-says-nothing");
	program_free(&p);
}

const struct target target = { .name = "text", .one = one };
