// SPDX-License-Identifier: MIT
/* import_fuzzer: the importer takes any bytes; what it makes is a program. */
#include "import.h"
#include "target.h"

static void one(const u8 *data, size_t size)
{
	struct program p;
	struct import_summary summary;
	struct text_error err;

	program_init(&p);
	if (import_trace(&p, (const char *)data, size, &summary, &err)) {
		for (u32 i = 0; i < p.nr; i++)
			if (!op_info[p.op[i].code].name)
				target_fail("import-unknown-op");
	} else if (err.line == 0 || !err.reason[0]) {
		target_fail("import-error-says-nothing");
	}
	program_free(&p);
}

const struct target target = { .name = "import", .one = one };
