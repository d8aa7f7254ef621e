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
#include "broken_kmaps.h"

/* Rules whose cases are still to come: who writes one takes its line out. */
static const enum rule pending[] = {
	RULE_T15, RULE_R57, RULE_R58, RULE_R59, RULE_R60, RULE_R61,
	RULE_V1,  RULE_V2,  RULE_V3,  RULE_V4,	RULE_V5,  RULE_V6,
	RULE_V7,  RULE_V8,  RULE_V9,  RULE_V10, RULE_V11, RULE_I1,
	RULE_I2,  RULE_I3,  RULE_I4,  RULE_I5,	RULE_I6,
};

TEST(every_rule_has_a_case)
{
	for (u32 i = 0; i < sizeof(pending) / sizeof(*pending); i++)
		has_case[pending[i]] = true;
#ifndef WITH_ASAN
	has_case[RULE_C6] = true; /* nothing is poisoned without ASan */
#endif
	for (int i = 0; i < NR_RULES; i++)
		if (!EXPECT(has_case[i]))
			fprintf(stderr, "no case for %s\n", rule_name(i));
}
