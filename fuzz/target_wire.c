// SPDX-License-Identifier: MIT
/* wire_fuzzer: any bytes are a program, which survives bytes and text. */
#include "codec_check.h"
#include "target.h"

static void one(const u8 *data, size_t size)
{
	const char *broken = codec_check(FORM_WIRE, data, size);

	if (broken)
		target_fail(broken);
}

const struct target target = { .name = "wire", .one = one };
