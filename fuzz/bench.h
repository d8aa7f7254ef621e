/* SPDX-License-Identifier: MIT */
/* bench.h - the parts of `mmtwin bench`. */
#ifndef FUZZ_BENCH_H
#define FUZZ_BENCH_H

#include "../alloc/abi.h"

/* CPU time of this process, in nanoseconds. */
u64 bench_cpu_ns(void);

/*
 * Runs `body` (which does `n` operations) until it is worth measuring, and
 * gives the least ns per operation of several rounds.
 */
double bench_best(void (*body)(void *arg, u32 n), void *arg, u32 n);

/* Fewer and shorter rounds: the run under CTest. */
void bench_smoke(bool on);
u32 bench_rounds(void);
/* Rows are to be JSON objects, one a line. */
bool bench_json(void);

struct machine;

/* A machine that is wholly booted, or NULL. */
struct machine *bench_boot(const char *line);
/* Says so; returns 2. */
int bench_no_memory(void);

/* The benches; an exit status. */
int bench_exec(void);
int bench_kmalloc(void);
int bench_kmap(void);
int bench_slab(void);
int bench_translate(void);
int bench_vmalloc(void);

#endif
