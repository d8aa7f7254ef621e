// SPDX-License-Identifier: MIT
/* import_fuzzer: the importer takes any bytes; what it makes is a program. */
#include "codec_check.h"
#include "target.h"

static void one(const u8 *data, size_t size)
{
	const char *broken = codec_check(FORM_TRACE, data, size);

	if (broken)
		target_fail(broken);
}

const struct target target = { .name = "import", .one = one };
