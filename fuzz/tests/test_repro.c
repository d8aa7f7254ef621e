// SPDX-License-Identifier: MIT
/*
 * test_repro.c - every op has its row in repro.def, and what a call names is
 * an argument of the op.  What is written is compiled and run by
 * ci/repro-test.
 */
#include "../../ci/test.h"
#include "../repro_state.h"

#include <string.h>

static bool is_argument(const struct op_info *info, const char *name, size_t n)
{
	if (n == strlen("stored") && memcmp(name, "stored", n) == 0)
		return op_arg_of_kind(info, ARG_ALEN) >= 0;
	for (u32 k = 0; k < OP_ARGS_MAX && info->arg[k].kind != ARG_END; k++)
		if (strlen(info->arg[k].name) == n &&
		    memcmp(info->arg[k].name, name, n) == 0)
			return true;
	return false;
}

TEST(rows)
{
	for (u32 i = 0; i < NR_OP_CODES; i++) {
		u8 code = op_codes[i];
		const struct repro_row *row = &repro_row[code];
		bool gives = op_info[code].result != RES_NONE;

		EXPECT(row->call != NULL);
		if (!row->call)
			continue;
		EXPECT((row->kind == REPRO_NOTHING) == !*row->call);
		EXPECT(!gives || row->kind > REPRO_VOID);
	}
}

TEST(arguments)
{
	for (u32 i = 0; i < NR_OP_CODES; i++) {
		const struct op_info *info = &op_info[op_codes[i]];
		const char *s = repro_row[op_codes[i]].call;

		while (s && (s = strchr(s, '{'))) {
			size_t n = strcspn(++s, "@#*+}");

			EXPECT(is_argument(info, s, n));
			if (s[n] == '+')
				EXPECT(is_argument(info, s + n + 1,
						   strcspn(s + n + 1, "}")));
		}
	}
}

/* A variable is declared once, by its noun and slot: of one type, then. */
TEST(nouns)
{
	for (u32 i = 0; i < NR_OP_CODES; i++)
		for (u32 k = 0; k < i; k++) {
			const struct repro_row *a = &repro_row[op_codes[i]];
			const struct repro_row *b = &repro_row[op_codes[k]];

			EXPECT(strcmp(a->noun, b->noun) != 0 ||
			       a->kind == b->kind || !*a->noun);
		}
}
