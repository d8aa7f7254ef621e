// SPDX-License-Identifier: MIT
/*
 * bench_exec.c - how many ops a second the whole of it executes: machine,
 * model and comparison, from decoded programs of our own generator.
 *
 *     fuzzing   programs of 64 ops, 128 painted bytes in some frames
 *     replay    programs of 1,000 ops, frames painted whole
 *
 * In a sanitized build these are the figures of a sanitized campaign,
 * without what an engine itself costs.
 */
#include "bench.h"
#include "exec.h"
#include "gen.h"

#include <stdio.h>
#include <stdlib.h>

#define PROGRAMS 512u

static struct program program[PROGRAMS];

static bool generate(u32 ops)
{
	const struct gen_options options = { .groups = GROUP_PAGES,
					     .ops = ops };
	struct prng r;

	prng_seed(&r, 1);
	for (u32 i = 0; i < PROGRAMS; i++) {
		program_init(&program[i]);
		if (!gen_program(&program[i], &r, &options))
			return false;
	}
	return true;
}

/* The orders asked for, as shares of all allocations that name one. */
static void print_orders(void)
{
	u32 nr[MAX_ORDER + 1] = { 0 }, all = 0;

	for (u32 i = 0; i < PROGRAMS; i++) {
		for (u32 k = 0; k < program[i].nr; k++) {
			const struct op *op = &program[i].op[k];
			int at = op_arg_of_kind(&op_info[op->code], ARG_ORDER);

			if (op_info[op->code].result != RES_PAGES)
				continue;
			all++;
			if (at < 0)
				nr[0]++;
			else
				nr[op->arg[at] < MAX_ORDER ? op->arg[at] :
							     MAX_ORDER]++;
		}
	}
	printf("  orders asked for, per cent:");
	for (u32 order = 0; order <= MAX_ORDER; order++)
		printf(" %.1f", 100.0 * nr[order] / all);
	printf("\n");
}

static int run(const char *name, u32 ops, bool paint_whole, u32 rounds)
{
	const struct exec_options options = { .paint_whole = paint_whole };
	struct exec *x = exec_new(&options);
	struct exec_stats stats = { 0 }, warm = { 0 };
	struct finding f;
	u64 start;
	double s;

	if (!x || !generate(ops))
		return 2;
	for (u32 i = 0; i < PROGRAMS; i++)
		exec_run(x, &program[i], &warm, &f);
	start = bench_cpu_ns();
	for (u32 k = 0; k < rounds; k++)
		for (u32 i = 0; i < PROGRAMS; i++)
			exec_run(x, &program[i], &stats, &f);
	s = (double)(bench_cpu_ns() - start) / 1e9;
	printf("%-8s %8.0f programs/s %6.2f million executed ops/s "
	       "(%.1f executed, %.1f skipped a program)\n",
	       name, (double)stats.programs / s, (double)stats.ops / s / 1e6,
	       (double)stats.ops / (double)stats.programs,
	       (double)stats.skipped / (double)stats.programs);
	print_orders();
	for (u32 i = 0; i < PROGRAMS; i++)
		program_free(&program[i]);
	exec_delete(x);
	return stats.findings ? 1 : 0;
}

int bench_exec(void)
{
	return run("fuzzing", 64, false, 8*bench_rounds()) |
	       (getenv("R")?run("replay", 1000, true, bench_rounds() / 4 + 1):0);
}
