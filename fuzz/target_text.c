// SPDX-License-Identifier: MIT
/* text_fuzzer: the reader takes any bytes; what it printed it prints again. */
#include "codec_check.h"
#include "target.h"

static void one(const u8 *data, size_t size)
{
	const char *broken = codec_check(FORM_TEXT, data, size);

	if (broken)
		target_fail(broken);
}

const struct target target = { .name = "text", .one = one };
