// SPDX-License-Identifier: MIT
/*
 * bench.c - `mmtwin bench`: what the machine's calls cost, beside a limit
 * that is measured in the same run.
 *
 * The limit of the page allocator is the least that its contract allows: a
 * list of 32-byte pages, count and flag checks, a watermark test and a
 * counter, called out of line.  Absolute times mean little on a shared
 * machine; the ratios are what is compared.
 */
#include "bench.h"
#include "bench_objects.h"

#include "../alloc/mm.h"
#include "cmd.h"
#include "prng.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static u32 rounds = 15;
static bool json;

u64 bench_cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (u64)t.tv_sec * 1000000000u + (u64)t.tv_nsec;
}

double bench_best(void (*body)(void *arg, u32 n), void *arg, u32 n)
{
	double best = 1e18;

	for (u32 i = 0; i < rounds; i++) {
		u64 start = bench_cpu_ns();
		double ns;

		body(arg, n);
		ns = (double)(bench_cpu_ns() - start) / n;
		if (ns < best)
			best = ns;
	}
	return best;
}

void bench_smoke(bool on)
{
	rounds = on ? 2 : 15;
}

u32 bench_rounds(void)
{
	return rounds;
}

bool bench_json(void)
{
	return json;
}

/* --- the limit ---------------------------------------------------------- */

struct limit_page {
	u32 flags;
	int count, mapcount;
	u32 private, mapping, index;
	u32 next, prev; /* indices; entry 0 is the list's head */
};

_Static_assert(sizeof(struct limit_page) == PAGE_STRUCT_BYTES, "as mem_map");

struct limit {
	struct limit_page *page;
	u32 free_pages, mark;
};

__attribute__((noinline)) static u32 limit_alloc(struct limit *l)
{
	struct limit_page *head = l->page, *p;
	u32 i = head->next;

	if (l->free_pages <= l->mark || i == 0)
		return 0;
	p = &l->page[i];
	head->next = p->next;
	l->page[p->next].prev = 0;
	if (p->count != -1 || p->mapcount != -1 || p->mapping ||
	    (p->flags & 0x40879))
		abort();
	p->flags &= ~0x2460eu;
	p->private = 0;
	p->count = 0;
	l->free_pages--;
	return i;
}

__attribute__((noinline)) static void limit_free(struct limit *l, u32 i)
{
	struct limit_page *head = l->page, *p = &l->page[i];

	if (p->flags & 0x800)
		return;
	if (--p->count >= 0)
		return;
	if (p->mapcount != -1 || p->mapping || (p->flags & 0x450e1))
		abort();
	p->next = head->next;
	p->prev = 0;
	l->page[head->next].prev = i;
	head->next = i;
	l->free_pages++;
}

#define LIMIT_PAGES 4096u

static bool limit_init(struct limit *l)
{
	l->page = calloc(LIMIT_PAGES, sizeof(*l->page));
	if (!l->page)
		return false;
	for (u32 i = 0; i < LIMIT_PAGES; i++) {
		l->page[i].count = -1;
		l->page[i].mapcount = -1;
		l->page[i].next = (i + 1) % LIMIT_PAGES;
		l->page[i].prev = (i + LIMIT_PAGES - 1) % LIMIT_PAGES;
	}
	l->free_pages = LIMIT_PAGES - 1;
	l->mark = 64;
	return true;
}

static void limit_pairs(void *arg, u32 n)
{
	for (u32 i = 0; i < n; i++)
		limit_free(arg, limit_alloc(arg));
}

/* --- the machine ---------------------------------------------------------- */

/* The trace is emptied at each op; a burst stands for one. */
#define BURST 256u

struct machine *bench_boot(const char *text)
{
	struct machine *m = machine_new();
	struct boot_line line;
	char why_buf[128];
	size_t at;

	if (!m || boot_line_parse(text, &line, &at, why_buf) ||
	    machine_boot(m, &line)) {
		machine_delete(m);
		return NULL;
	}
	machine_mem_init(m);
	if (!machine_kmem_cache_init(m))
		return m;
	machine_delete(m);
	return NULL;
}

int bench_no_memory(void)
{
	fprintf(stderr, "mmtwin: bench: no memory\n");
	return 2;
}

static void page_pairs(void *arg, u32 n)
{
	struct machine *m = arg;

	for (u32 i = 0; i < n; i++) {
		if (i % BURST == 0)
			mm_set_current(m, (struct task){ 0 });
		mm__free_pages(m, mm_alloc_pages(m, GFP_KERNEL, 0), 0);
	}
}

/* The order mix: half of the requests are single frames, then ever fewer. */
static u32 mixed_order(struct prng *r)
{
	u32 order = 0;

	while (order < MAX_ORDER - 1 && prng_below(r, 2))
		order++;
	return order;
}

#define MIX_SLOTS 2048u

struct mix {
	struct machine *m;
	struct prng r;
	struct page *page[MIX_SLOTS];
	u8 order[MIX_SLOTS];
};

static void mix_replace(struct mix *x, u32 i)
{
	if (x->page[i])
		mm__free_pages(x->m, x->page[i], x->order[i]);
	x->order[i] = (u8)mixed_order(&x->r);
	x->page[i] =
		mm_alloc_pages(x->m, GFP_HIGHUSER | __GFP_NORETRY, x->order[i]);
}

static void mix_churn(void *arg, u32 n)
{
	struct mix *x = arg;

	for (u32 i = 0; i < n; i++) {
		if (i % BURST == 0)
			mm_set_current(x->m, (struct task){ 0 });
		mix_replace(x, prng_below(&x->r, MIX_SLOTS));
	}
}

/* Takes blocks of the mix until half of the free frames are gone. */
static void mix_fill(struct mix *x)
{
	u32 half = mm_nr_free_pages(x->m) / 2;

	while (mm_nr_free_pages(x->m) > half) {
		mm_set_current(x->m, (struct task){ 0 });
		if (!mm_alloc_pages(x->m, GFP_HIGHUSER | __GFP_NORETRY,
				    mixed_order(&x->r)))
			break;
	}
}

static double mix_cost(const char *boot, u32 n)
{
	struct mix *x = calloc(1, sizeof(*x));
	double ns = -1;

	if (x && (x->m = bench_boot(boot))) {
		prng_seed(&x->r, 1);
		mix_fill(x);
		mix_churn(x, 4 * MIX_SLOTS);
		ns = bench_best(mix_churn, x, n);
		machine_delete(x->m);
	}
	free(x);
	return ns;
}

/* --- the table ------------------------------------------------------------ */

static void row(const char *name, double ns, double beside)
{
	if (json)
		printf("{\"bench\":\"%s\",\"ns\":%.2f,\"ratio\":%.3f}\n", name,
		       ns, ns / beside);
	else
		printf("%-44s %10.2f ns %8.2f\n", name, ns, ns / beside);
}

static int bench_pages(void)
{
	u32 n = rounds > 2 ? 1000000 : 20000;
	const char *const mix[] = { "ram=64M", "ram=256M", "ram=1G", "ram=4G" };
	struct limit limit;
	struct machine *m = bench_boot("ram=256M");
	double base, first = 0;

	if (!m || !limit_init(&limit)) {
		machine_delete(m);
		return bench_no_memory();
	}
	base = bench_best(limit_pairs, &limit, n);
	row("limit: list of pages, alloc+free", base, base);
	row("alloc_page + __free_page", bench_best(page_pairs, m, n), base);
	machine_delete(m);
	free(limit.page);
	for (u32 i = 0; i < 4; i++) {
		char name[64];
		double ns = mix_cost(mix[i], n / 4);

		if (ns < 0)
			continue; /* too large for a 32-bit host */
		if (first == 0)
			first = ns;
		snprintf(name, sizeof(name), "order mix, half full, %s",
			 mix[i]);
		row(name, ns, first);
	}
	return 0;
}

static const struct {
	const char *name;
	int (*run)(void);
	bool peers; /* loads the allocators of the distribution */
} benches[] = {
	{ "pages", bench_pages, false },
	{ "kmalloc", bench_kmalloc, true },
	{ "slab", bench_slab, true },
	{ "translate", bench_translate, false },
	{ "kmap", bench_kmap, false },
	{ "vmalloc", bench_vmalloc, false },
	{ "exec", bench_exec, false },
};

static int usage(int status, const char *what, const char *name)
{
	if (status)
		return cmd_error("bench: %s%s%s (see mmtwin bench --help)",
				 what, *name ? " " : "", name);
	printf("usage: mmtwin bench [--json] [--smoke] [NAME]\n");
	for (size_t i = 0; i < sizeof(benches) / sizeof(*benches); i++)
		printf("  %s\n", benches[i].name);
	return 0;
}

static bool wanted(size_t i, const char *name)
{
	return !name || strcmp(name, benches[i].name) == 0;
}

static int bench_run(const char *name)
{
	bool any = false;
	int status = 0;

	for (size_t i = 0; i < sizeof(benches) / sizeof(*benches); i++) {
		if (!wanted(i, name))
			continue;
		any = true;
		status |= benches[i].run();
		fflush(stdout);
	}
	return any ? status : usage(2, "no such bench:", name);
}

/* The same command once more, where an allocator needs a new process: argv is
 * behind the command's own name. */
static void exec_for_peers(char **argv, const char *name)
{
	bool peers = false;

	for (size_t i = 0; i < sizeof(benches) / sizeof(*benches); i++)
		peers |= wanted(i, name) && benches[i].peers;
	if (peers && peers_need_exec())
		execv("/proc/self/exe", argv - 1); /* or go on without it */
}

int bench_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "smoke", no_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	optind = 1;
	opterr = 0;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'j')
			json = true;
		else if (c == 's')
			bench_smoke(true);
		else if (c == 'h')
			return usage(0, "", "");
		else
			return usage(2, "unknown option", argv[optind - 1]);
	}
	if (argc - optind > 1)
		return usage(2, "one name at most, not also", argv[optind + 1]);
	exec_for_peers(argv, optind < argc ? argv[optind] : NULL);
	return bench_run(optind < argc ? argv[optind] : NULL);
}
