// SPDX-License-Identifier: MIT
/*
 * test_sandbox.c - deaths have signatures, and programs in children give
 * the verdicts that they give here.
 */
#include "../codec.h"
#include "../death.h"
#include "../sandbox.h"
#include "../../ci/test.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static const struct exec_options options;

static void segv(void)
{
	raise(SIGSEGV);
}

static void hang(void)
{
	death_alarm(1);
	for (;;)
		pause();
}

static void end(void)
{
	_exit(0);
}

static void killed(void)
{
	raise(SIGKILL);
}

static void exit_3(void)
{
	_exit(3);
}

struct death_row {
	void (*body)(void);
	const char *signature; /* empty: no death */
};

TEST(deaths_have_signatures)
{
	static const struct death_row rows[] = {
		{ segv, "none-segv" },	     { abort, "none-abort" },
		{ hang, "none-hang" },	     { end, "" },
		{ killed, "unseen-killed" }, { exit_3, "unseen-abort" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct death *d = sandbox_shared(sizeof(*d));
		pid_t pid = sandbox_fork(d);
		enum child_state state;

		if (pid == 0) {
			rows[i].body();
			_exit(0);
		}
		state = sandbox_wait(pid, d, true);
		EXPECT_EQ(rows[i].signature[0] ? CHILD_DIED : CHILD_ENDED,
			  state);
		EXPECT_STR(rows[i].signature, d->signature);
		munmap(d, sizeof(*d));
	}
}

static bool read_text(struct program *p, const char *text)
{
	struct text_error err;

	program_init(p);
	if (text_read(p, text, strlen(text), &err))
		return true;
	TEST_FAIL("line %u: %s", err.line, err.reason);
	return false;
}

static const char finding_text[] = "r1 = alloc_pages order=2 gfp=GFP_KERNEL\n"
				   "r2 = alloc_page gfp=GFP_KERNEL => null\n"
				   "__free_pages r1\n";

TEST(a_verdict_is_that_of_this_process)
{
	struct exec_stats stats = { 0 };
	struct exec *x;
	struct program p;
	struct finding f;
	struct verdict v;

	if (!read_text(&p, finding_text))
		return;
	EXPECT(sandbox_run(&options, &p, 10, &v));
	EXPECT_EQ(EXEC_FINDING, v.status);
	EXPECT(!v.died);
	x = exec_new(&options);
	EXPECT_EQ(EXEC_FINDING, exec_run(x, &p, &stats, &f));
	EXPECT_STR(f.signature, v.f.signature);
	EXPECT_STR(f.layer, v.f.layer);
	EXPECT_STR(f.clause, v.f.clause);
	EXPECT_STR(f.field, v.f.field);
	EXPECT_EQ(f.op, v.f.op);
	EXPECT_EQ(stats.ops, v.stats.ops);
	exec_delete(x);
	p.op[1].expect = EXPECT_NOTHING;
	EXPECT(sandbox_run(&options, &p, 10, &v));
	EXPECT_EQ(EXEC_AGREES, v.status);
	program_free(&p);
}

TEST(an_impossible_boot_line_says_why)
{
	struct program p;
	struct verdict v;

	if (!read_text(&p, "boot ram=64M vmalloc=3M\n"))
		return;
	EXPECT(sandbox_run(&options, &p, 10, &v));
	EXPECT_EQ(EXEC_UNBOOTABLE, v.status);
	EXPECT(v.why[0] != '\0');
	program_free(&p);
}

static void shrink(bool died)
{
	struct sandbox_min how = { .options = &options,
				   .died = died,
				   .seconds = 10 };
	struct program p;
	struct verdict v;
	const char *why;

	if (!read_text(&p, finding_text))
		return;
	EXPECT(sandbox_run(&options, &p, 10, &v));
	how.signature = v.f.signature;
	EXPECT(!sandbox_minimize_check(&how, &p, &why));
	EXPECT(why != NULL);
	EXPECT(sandbox_minimize(&how, &p) > 0);
	EXPECT_EQ(1, p.nr);
	EXPECT_EQ(OP_alloc_page, p.op[0].code);
	EXPECT_EQ(EXPECT_NULL, p.op[0].expect);
	EXPECT(sandbox_minimize_check(&how, &p, &why));
	EXPECT_EQ(3, sandbox_confirm(&options, &p, 10, how.signature, 3));
	EXPECT_EQ(0, sandbox_confirm(&options, &p, 10, "another", 3));
	program_free(&p);
}

TEST(divergences_shrink_in_one_child)
{
	shrink(false);
}

TEST(deaths_shrink_in_a_child_each)
{
	shrink(true);
}
