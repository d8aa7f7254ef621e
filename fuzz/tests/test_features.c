// SPDX-License-Identifier: MIT
/*
 * test_features.c - features belong to the program and not to its place in a
 * row of programs; they have names of their own; a pick loses none.
 */
#include "../../ci/test.h"
#include "../cover_states.h"
#include "../features.h"
#include "../features_pick.h"
#include "../gen.h"

#include <stdlib.h>
#include <string.h>

#define PROGRAMS 12

static void make(struct program *p, u64 seed)
{
	const struct gen_options options = { .groups = GROUP_PAGES | GROUP_SLAB,
					     .ops = 24,
					     .free_boot = seed % 3 == 0 };
	struct prng r;

	prng_seed(&r, seed);
	program_init(p);
	if (!gen_program(p, &r, &options))
		abort();
}

TEST(an_order_of_programs_changes_nothing)
{
	u32 nr = features_nr();
	u8 *first = calloc(PROGRAMS, nr), *again = calloc(1, nr);
	struct features *t = features_new(true);
	struct program p[PROGRAMS];
	struct finding f;

	for (u32 i = 0; i < PROGRAMS; i++) {
		make(&p[i], i);
		features_run(t, &p[i], first + (size_t)i * nr, &f);
		EXPECT(features_count(first + (size_t)i * nr, 0, nr) > 0);
	}
	for (u32 i = PROGRAMS; i-- > 0;) {
		features_run(t, &p[i], again, &f);
		EXPECT(memcmp(again, first + (size_t)i * nr, nr) == 0);
		program_free(&p[i]);
	}
	features_delete(t);
	free(first);
	free(again);
}

TEST(sets)
{
	u32 nr = features_nr();
	u8 *have = calloc(3, nr), *hit = have + nr, *fresh = hit + nr;

	have[3] = hit[3] = hit[nr - 1] = 1;
	EXPECT(!features_cover(have, hit));
	EXPECT(features_cover(hit, have));
	EXPECT(features_fresh(fresh, hit, have) == 1 && fresh[nr - 1]);
	EXPECT(features_fresh(fresh, have, hit) == 0);
	features_join(have, hit);
	EXPECT(features_cover(have, hit));
	EXPECT(features_count(have, 0, nr) == 2);
	EXPECT(features_count(have, 4, nr) == 1);
	free(have);
}

/* The same state cannot be in the corpus under two names, or two in one. */
TEST(each_state_has_a_name)
{
	static char name[NR_STATES][FEATURE_NAME_MAX];

	for (u32 i = 0; i < NR_STATES; i++) {
		feature_name(name[i], features_edges() + i);
		EXPECT(name[i]
			   [strspn(name[i],
				   "abcdefghijklmnopqrstuvwxyz0123456789_-")] ==
		       '\0');
		for (u32 j = 0; j < i; j++)
			EXPECT(strcmp(name[i], name[j]) != 0);
	}
	feature_name(name[0], features_edges() + FIRST_REPORT + 1);
	EXPECT(strcmp(name[0], "report-double_free") == 0);
	feature_name(name[0], features_edges() + FIRST_POOL + 5);
	EXPECT(strcmp(name[0], "pool-short-sleepers-more") == 0);
	feature_name(name[0], features_edges() + FIRST_CPU + 256 + 1);
	EXPECT(strcmp(name[0], "cpu-user-global") == 0);
}

/* Rows as text: a digit for each feature; what is kept, likewise. */
static void pick(const char *const *rows, u32 nr_rows, const char *have,
		 const char *wanted)
{
	u32 nr = (u32)strlen(have), kept_nr = 0;
	u8 row[64] = { 0 }, base[8] = { 0 };
	bool kept[8];

	for (u32 f = 0; f < nr; f++)
		base[f] = have[f] == '1';
	for (u32 i = 0; i < nr_rows; i++)
		for (u32 f = 0; f < nr; f++)
			row[i * nr + f] = rows[i][f] == '1';
	for (u32 i = 0; i < nr_rows; i++)
		kept_nr += wanted[i] == '1';
	EXPECT(features_pick(row, nr_rows, nr, base, kept) == kept_nr);
	for (u32 i = 0; i < nr_rows; i++)
		EXPECT(kept[i] == (wanted[i] == '1'));
}

TEST(a_pick_spares_what_others_reach)
{
	static const char *const rows[] = { "1100", "0110", "0011", "0001" };
	static const char *const late[] = { "111000", "100100", "010010",
					    "001001" };

	pick(rows, 4, "0000", "1010");
	pick(rows, 4, "1100", "0010");
	pick(rows, 4, "1111", "0000");
	pick(rows, 2, "0000", "1100");
	pick(rows, 0, "0000", "");
	/* the first one taken adds most, until the others are there */
	pick(late, 4, "000000", "0111");
}
