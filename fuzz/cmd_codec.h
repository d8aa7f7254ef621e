/* SPDX-License-Identifier: MIT */
/*
 * cmd_codec.h - the targets of `mmtwin fuzz` that run no program: their
 * inputs are bytes, and the property is one of reader, decoder or importer.
 */
#ifndef FUZZ_CMD_CODEC_H
#define FUZZ_CMD_CODEC_H

#include "io.h"
#include "op.h"
#include "prng.h"

enum codec_form { FORM_NONE, FORM_WIRE, FORM_TEXT, FORM_TRACE };

/*
 * The program in that form; every other time with a few bytes changed.
 * false: no memory.  Owner: buffer_free().
 */
bool codec_input(enum codec_form form, const struct program *p, struct prng *r,
		 struct buffer *b);

/* NULL, or the signature of what does not hold. */
const char *codec_check(enum codec_form form, const u8 *data, size_t size);

#endif
