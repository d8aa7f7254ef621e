// SPDX-License-Identifier: MIT
/*
 * test_rules.c - every rule of rules.def is broken at least once, by one false
 * fact in what is otherwise an honest outcome, and must be the one that is
 * named.
 *
 * The cases are in broken_*.h; the test here fails if a rule has none.
 */
#include "broken_boot.h"
#include "broken_moves.h"
#include "broken_calls.h"
#include "broken_state.h"
#include "broken_caches.h"
#include "broken_objects.h"
#include "broken_slabs.h"
#include "broken_misuse.h"
#include "broken_tables.h"
#include "broken_areas.h"
#include "broken_kmaps.h"

TEST(every_rule_has_a_case)
{
#ifndef WITH_ASAN
	has_case[RULE_C6] = true; /* nothing is poisoned without ASan */
#endif
	for (int i = 0; i < NR_RULES; i++)
		if (!EXPECT(has_case[i]))
			fprintf(stderr, "no case for %s\n", rule_name(i));
}
