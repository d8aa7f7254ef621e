/* SPDX-License-Identifier: MIT */
/*
 * codec_check.h - the targets that run no program: their inputs are bytes,
 * and the property is one of reader, decoder or importer.
 */
#ifndef FUZZ_CODEC_CHECK_H
#define FUZZ_CODEC_CHECK_H

#include "op.h"

enum codec_form { FORM_NONE, FORM_WIRE, FORM_TEXT, FORM_TRACE };

/* NULL, or the signature of what does not hold. */
const char *codec_check(enum codec_form form, const u8 *data, size_t size);

#endif
