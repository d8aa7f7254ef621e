// SPDX-License-Identifier: MIT
/*
 * bench_exec.c - how many ops a second the whole of it executes: machine,
 * model and comparison, from decoded programs of our own generator.
 *
 *     fuzzing   generated programs of 64 ops, frames painted in samples
 *     slab, kmalloc, mempool, segment, paging, user, vmalloc, ioremap,
 *     highmem, mm                       the same, of those targets' ops
 *     churn     programs of 1,000 ops that take and give back what a real
 *               kernel does: 97 of 100 blocks of one frame
 *     replay    the same, frames painted whole
 *
 * In a sanitized build these are the figures of a sanitized campaign,
 * without what an engine itself costs.
 */
#include "bench.h"
#include "exec.h"
#include "gen.h"

#include <stdio.h>

#define PROGRAMS 512u

static struct program program[PROGRAMS];

struct row {
	const char *name;
	u16 groups; /* as in target_<name>.c; 0: churn */
	bool paint_whole;
};

#define CHURN_OPS 1000u
#define CHURN_SLOTS 64u

/* 97 % of order 0, 2 % of order 1, 1 % of order 2 or 3: as in the traces */
static u32 churn_order(struct prng *r)
{
	u32 n = prng_below(r, 200);

	return n < 194 ? 0 : n < 198 ? 1 : n - 196;
}

static bool churn(struct program *p, struct prng *r)
{
	bool live[CHURN_SLOTS] = { false };

	p->profile = 8;
	for (u32 i = 0; i < CHURN_OPS; i++) {
		u32 slot = prng_below(r, CHURN_SLOTS);
		struct op op = op_default(live[slot] ? OP___free_pages
						     : OP_alloc_pages);

		live[slot] = !live[slot];
		if (live[slot]) {
			op.out = slot;
			op.arg[0] = churn_order(r);
			op.arg[1] = GFP_HIGHUSER;
		} else {
			op.arg[0] = slot;
		}
		if (!program_append(p, &op))
			return false;
	}
	return true;
}

static bool make(const struct row *row)
{
	const struct gen_options options = { .groups = row->groups, .ops = 64 };
	struct prng r;

	prng_seed(&r, 1);
	for (u32 i = 0; i < PROGRAMS; i++) {
		program_init(&program[i]);
		if (row->groups ? !gen_program(&program[i], &r, &options)
				: !churn(&program[i], &r))
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
				nr[op->arg[at] < MAX_ORDER ? op->arg[at]
							   : MAX_ORDER]++;
		}
	}
	printf("  orders asked for, per cent:");
	for (u32 order = 0; order <= MAX_ORDER; order++)
		printf(" %.1f", 100.0 * nr[order] / all);
	printf("\n");
}

static void print_row(const struct row *row, const struct exec_stats *stats,
		      double s)
{
	const double programs = (double)stats->programs;
	const double ops = (double)stats->ops;

	if (bench_json()) {
		printf("{\"bench\":\"%s\",\"programs_per_s\":%.0f,"
		       "\"ops_per_s\":%.0f}\n",
		       row->name, programs / s, ops / s);
		return;
	}
	printf("%-8s %8.0f programs/s %6.2f million executed ops/s "
	       "(%.1f executed, %.1f skipped a program)\n",
	       row->name, programs / s, ops / s / 1e6, ops / programs,
	       (double)stats->skipped / programs);
	if (!(row->groups & ~GROUP_PAGES))
		print_orders();
}

static int run(const struct row *row, u32 rounds)
{
	const struct exec_options options = { .paint_whole = row->paint_whole };
	struct exec *x = exec_new(&options);
	struct exec_stats stats = { 0 }, warm = { 0 };
	struct finding f;
	u64 start;

	if (!x || !make(row))
		return 2;
	for (u32 i = 0; i < PROGRAMS; i++)
		exec_run(x, &program[i], &warm, &f);
	start = bench_cpu_ns();
	for (u32 k = 0; k < rounds; k++)
		for (u32 i = 0; i < PROGRAMS; i++)
			exec_run(x, &program[i], &stats, &f);
	print_row(row, &stats, (double)(bench_cpu_ns() - start) / 1e9);
	for (u32 i = 0; i < PROGRAMS; i++)
		program_free(&program[i]);
	exec_delete(x);
	return stats.findings ? 1 : 0;
}

int bench_exec(void)
{
	static const struct row rows[] = {
		{ "fuzzing", GROUP_PAGES, false },
		{ "slab", GROUP_SLAB | GROUP_KMALLOC | GROUP_PAGES, false },
		{ "kmalloc", GROUP_KMALLOC | GROUP_PAGES, false },
		{ "mempool",
		  GROUP_MEMPOOL | GROUP_SLAB | GROUP_KMALLOC | GROUP_PAGES,
		  false },
		{ "segment", GROUP_SEGMENT, false },
		{ "paging", GROUP_PAGING | GROUP_USER | GROUP_PAGES, false },
		{ "user",
		  GROUP_USER | GROUP_PAGING | GROUP_SEGMENT | GROUP_PAGES,
		  false },
		{ "vmalloc", GROUP_VMALLOC | GROUP_PAGES, false },
		{ "ioremap", GROUP_IOREMAP | GROUP_PAGES, false },
		{ "highmem", GROUP_HIGHMEM | GROUP_PAGES, false },
		{ "mm",
		  GROUP_PAGES | GROUP_OBJECTS | GROUP_MEMPOOL | GROUP_ACCESS |
			  GROUP_MAPPING,
		  false },
		{ "churn", 0, false },
		{ "replay", 0, true },
	};
	u32 rounds = bench_rounds();
	int status = 0;

	for (u32 i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		status |= run(&rows[i], (rows[i].groups ? 8 : 1) * rounds);
	return status;
}
