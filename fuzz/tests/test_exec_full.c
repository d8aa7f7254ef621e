// SPDX-License-Identifier: MIT
/*
 * test_exec_full.c - which programs of a campaign are looked at in full: some;
 * and what such a look finds behind a reset.
 *
 * What is broken is the struct page of a frame that no program touches.
 */
#include "../codec.h"
#include "../exec_state.h"
#include "../../ci/test.h"

#include <stdlib.h>

#define PROGRAMS 64u
#define COUNT_AT 4u /* in a struct page: see alloc/page.h */

static struct finding finding;

static enum exec_status run_text(struct exec *x, const char *text)
{
	struct exec_stats stats = { 0 };
	struct program program;
	struct text_error err;
	enum exec_status status;

	program_init(&program);
	if (!text_read(&program, text, strlen(text), &err))
		abort();
	status = exec_run(x, &program, &stats, &finding);
	program_free(&program);
	return status;
}

/* The first frame, which is reserved, has a reference. */
static void break_frame(const struct exec *x)
{
	struct machine *m = x->unit[0].m;
	const struct boot_claim *claim;
	u32 nr;

	claim = mm_boot_claims(m, &nr);
	while (nr-- && claim->label != CLAIM_mem_map)
		claim++;
	((u8 *)mm_ram(m)->low)[claim->start + COUNT_AT] ^= 1;
}

/* Of programs each of which is longer by an op: how many agree. */
static u32 nr_that_agree(const struct exec_options *options)
{
	struct exec *x = exec_new(options);
	char text[16 * PROGRAMS] = "";
	u32 nr = 0;

	EXPECT_EQ(EXEC_AGREES, run_text(x, text));
	break_frame(x);
	for (; nr < PROGRAMS; nr++) {
		strcat(text, "nr_free_pages\n");
		if (run_text(x, text) != EXEC_AGREES)
			break;
	}
	exec_delete(x);
	return nr;
}

TEST(some_programs_are_looked_at_in_full)
{
	struct exec_options options = { .digest = true };
	u32 nr;

	EXPECT_EQ(PROGRAMS, nr_that_agree(&options));
	options.full_one_in = 8;
	nr = nr_that_agree(&options);
	EXPECT(0 < nr && nr < PROGRAMS);
	options.validate_full = true;
	EXPECT_EQ(0, nr_that_agree(&options));
}

/* As if the reset had changed something that nothing looks at. */
TEST(a_reset_leaves_what_the_snapshot_was)
{
	struct exec *x = exec_new(&(struct exec_options){
		.digest = true, .validate_full = true });

	EXPECT_EQ(EXEC_AGREES, run_text(x, "r0 = alloc_page\n"));
	x->unit[0].digest ^= 1;
	EXPECT_EQ(EXEC_FINDING, run_text(x, "r0 = alloc_page\n"));
	EXPECT_STR("reset-e5-digest", finding.signature);
	EXPECT_EQ(1, finding.op);
	exec_delete(x);
}
