// SPDX-License-Identifier: MIT
/*
 * tester.c - programs made, run on machine and model in lockstep, minimised:
 * mmtwin's own loop, for those who want another one.
 *
 * The finding that main() minimises is a made one: a program that expects an
 * allocation to fail which does not.
 */
#include <mmtwin/fuzz/codec.h>
#include <mmtwin/fuzz/exec.h>
#include <mmtwin/fuzz/gen.h>
#include <mmtwin/fuzz/minimize.h>

#include <stdio.h>
#include <string.h>

#define PROGRAMS 200

static struct exec *executor;

static enum exec_status run(const struct program *p, struct finding *f)
{
	static struct exec_stats stats;

	return exec_run(executor, p, &stats, f);
}

/* --- machine and model agree ---------------------------------------------- */

static int fuzz(void)
{
	const struct gen_options options = { .groups = GROUP_PAGES | GROUP_SLAB,
					     .ops = 64 };
	struct program p;
	struct finding f;
	struct prng r;
	int findings = 0;

	prng_seed(&r, 1);
	program_init(&p);
	for (int i = 0; i < PROGRAMS && gen_program(&p, &r, &options); i++) {
		if (run(&p, &f) == EXEC_AGREES)
			continue;
		finding_print(stdout, &f, &p, NULL);
		findings++;
	}
	program_free(&p);
	return findings;
}

/* --- a finding, minimised ------------------------------------------------- */

static bool holds(void *signature, const struct program *p)
{
	struct finding f;

	return run(p, &f) == EXEC_FINDING &&
	       strcmp(f.signature, signature) == 0;
}

static u32 ops_left(void)
{
	static const char text[] = "boot ram=24M\n"
				   "r1 = alloc_page gfp=GFP_KERNEL\n"
				   "r2 = kmalloc size=100 gfp=GFP_KERNEL\n"
				   "r3 = alloc_page gfp=GFP_KERNEL => null\n"
				   "__free_page r1\n";
	struct text_error error;
	struct program p;
	struct finding f;
	u32 nr = 0;

	program_init(&p);
	if (text_read(&p, text, strlen(text), &error) &&
	    run(&p, &f) == EXEC_FINDING) {
		minimize(&p, holds, f.signature, 0);
		nr = p.nr;
	}
	program_free(&p);
	return nr;
}

int main(void)
{
	const struct exec_options options = { .full_one_in = FULL_ONE_IN };
	int findings;
	u32 left;

	executor = exec_new(&options);
	if (!executor)
		return 1;
	findings = fuzz();
	left = ops_left();
	exec_delete(executor);
	printf("tester: %d findings in %d programs, 4 ops became %u\n",
	       findings, PROGRAMS, left);
	return findings || left != 1;
}
