/* SPDX-License-Identifier: MIT */
/* cmd_codec.h - inputs for the targets of `mmtwin fuzz` that run no program. */
#ifndef FUZZ_CMD_CODEC_H
#define FUZZ_CMD_CODEC_H

#include "codec_check.h"
#include "io.h"
#include "prng.h"

/*
 * The program in that form; every other time with a few bytes changed.
 * false: no memory.  Owner: buffer_free().
 */
bool codec_input(enum codec_form form, const struct program *p, struct prng *r,
		 struct buffer *b);

#endif
