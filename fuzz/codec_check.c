// SPDX-License-Identifier: MIT
/*
 * codec_check.c - properties of the three ways into a program.
 *
 *	wire	any bytes decode, and what they decode to comes back the same
 *		through bytes and through text
 *	text	any bytes are read or refused with a line and a reason; what
 *		was read comes back the same
 *	trace	any bytes are imported or refused likewise; what was imported
 *		comes back through text
 */
#include "codec_check.h"
#include "codec.h"
#include "import.h"

#include <stdlib.h>

static bool same_through_text(const struct program *p)
{
	struct text_error err;
	struct program q;
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);
	bool same;

	program_init(&q);
	same = f && text_write(f, p);
	same = f && fclose(f) == 0 && same && text_read(&q, text, size, &err) &&
	       program_equal(p, &q);
	program_free(&q);
	free(text);
	return same;
}

static bool same_through_bytes(const struct program *p)
{
	struct program q;
	size_t size = wire_size(p);
	u8 *bytes = malloc(size);
	u32 bad;
	bool same = false;

	program_init(&q);
	if (bytes)
		size = wire_encode(p, bytes, size, NULL, &bad);
	if (bytes && size)
		same = wire_decode(&q, bytes, size, UINT32_MAX) &&
		       program_equal(p, &q);
	program_free(&q);
	free(bytes);
	return same;
}

static const char *check_wire(struct program *p, const u8 *data, size_t size)
{
	if (!wire_decode(p, data, size, UINT32_MAX))
		return "wire-decode";
	if (!same_through_bytes(p))
		return "wire-round-trip";
	return same_through_text(p) ? NULL : "wire-text-round-trip";
}

static const char *check_text(struct program *p, const u8 *data, size_t size)
{
	struct text_error err = { 0, "" };

	if (text_read(p, (const char *)data, size, &err))
		return same_through_text(p) ? NULL : "text-round-trip";
	return err.line && err.reason[0] ? NULL : "text-error-says-nothing";
}

static const char *check_trace(struct program *p, const u8 *data, size_t size)
{
	struct import_summary summary;
	struct text_error err = { 0, "" };

	if (import_trace(p, (const char *)data, size, &summary, &err))
		return same_through_text(p) ? NULL : "import-round-trip";
	return err.line && err.reason[0] ? NULL : "import-error-says-nothing";
}

const char *codec_check(enum codec_form form, const u8 *data, size_t size)
{
	struct program p;
	const char *broken;

	program_init(&p);
	switch (form) {
	case FORM_WIRE:
		broken = check_wire(&p, data, size);
		break;
	case FORM_TEXT:
		broken = check_text(&p, data, size);
		break;
	default:
		broken = check_trace(&p, data, size);
	}
	program_free(&p);
	return broken;
}
