// SPDX-License-Identifier: MIT
/*
 * wire_fuzzer: every byte string is a program, and a program survives the
 * way through bytes and through text.
 */
#include "codec.h"
#include "target.h"

#include <stdlib.h>

static void through_bytes(const struct program *p)
{
	static u8 bytes[WIRE_HEADER + WIRE_RECORD * 1100];
	struct program q;
	size_t n = wire_encode(p, bytes, sizeof(bytes), NULL, NULL);

	program_init(&q);
	if (n == 0 || !wire_decode(&q, bytes, n, TARGET_OPS_MAX) ||
	    !program_equal(p, &q))
		target_fail("wire-round-trip");
	program_free(&q);
}

static void through_text(const struct program *p)
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
		target_fail("text-round-trip");
	program_free(&q);
	free(text);
}

static void one(const u8 *data, size_t size)
{
	struct program p;

	program_init(&p);
	if (!wire_decode(&p, data, size, TARGET_OPS_MAX))
		target_fail("wire-decode");
	through_bytes(&p);
	through_text(&p);
	program_free(&p);
}

const struct target target = { .name = "wire", .one = one };
