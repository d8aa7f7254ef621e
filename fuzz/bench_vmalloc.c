// SPDX-License-Identifier: MIT
/*
 * bench_vmalloc.c - `mmtwin bench vmalloc`: what an area costs, beside the
 * frames that it is made of, and among how many others.
 *
 * The first table's limit is the same number of single frames, taken and given
 * back.  The second one's rows are the same call among ever more areas that
 * live, in places that chance has left: beside the first row, and beside what
 * log n would be, of a search that halves.
 */
#include "bench.h"

#include "../alloc/mm.h"
#include "prng.h"

#include <stdio.h>
#include <stdlib.h>

#define AREA_PAGES 16u
/* Low memory enough for descriptors, and a window that holds all of them. */
#define BOOT "ram=128M vmalloc=896M"
#define BURST 64u

static void current(struct machine *m, u32 i)
{
	if (i % BURST == 0)
		mm_set_current(m, (struct task){ 0 });
}

static void frames(void *arg, u32 n)
{
	struct page *page[AREA_PAGES];

	for (u32 i = 0; i < n; i++) {
		current(arg, i);
		for (u32 k = 0; k < AREA_PAGES; k++)
			page[k] = mm_alloc_pages(arg, GFP_HIGHUSER, 0);
		for (u32 k = 0; k < AREA_PAGES; k++)
			mm__free_pages(arg, page[k], 0);
	}
}

static void areas(struct machine *m, u32 n, u32 bytes)
{
	for (u32 i = 0; i < n; i++) {
		current(m, i);
		mm_vfree(m, mm_vmalloc(m, bytes));
	}
}

static void large_areas(void *arg, u32 n)
{
	areas(arg, n, AREA_PAGES * PAGE_SIZE);
}

static void small_areas(void *arg, u32 n)
{
	areas(arg, n, PAGE_SIZE);
}

static void row(const char *name, double ns, double beside)
{
	if (bench_json())
		printf("{\"bench\":\"%s\",\"ns\":%.2f,\"ratio\":%.3f}\n", name,
		       ns, ns / beside);
	else
		printf("%-44s %10.2f ns %8.2f\n", name, ns, ns / beside);
}

static void row_of_live(u32 nr, double ns, double first, u32 log_n)
{
	if (bench_json())
		printf("{\"bench\":\"vmalloc + vfree, 1 page, %u live\","
		       "\"ns\":%.2f,\"ratio\":%.3f,\"log_n\":%u}\n",
		       nr, ns, ns / first, log_n);
	else
		printf("vmalloc + vfree, 1 page, %5u live %18.2f ns %8.2f"
		       "   (log n: %u)\n",
		       nr, ns, ns / first, log_n);
}

/*
 * nr areas of one page live, and as many that lay between them have gone, in
 * the order of chance.
 */
static bool live_init(struct machine *m, u32 nr)
{
	vaddr_t *area = calloc(2 * (size_t)nr, sizeof(*area));
	bool done = area;
	struct prng r;

	prng_seed(&r, 1);
	for (u32 i = 0; done && i < 2 * nr; i++) {
		current(m, 0);
		area[i] = mm_vmalloc(m, PAGE_SIZE);
		done = area[i];
	}
	for (u32 left = 2 * nr; done && left > nr; left--) {
		u32 i = prng_below(&r, left);

		current(m, 0);
		mm_vfree(m, area[i]);
		area[i] = area[left - 1];
	}
	free(area);
	return done;
}

static double live_cost(u32 nr, u32 n)
{
	struct machine *m = bench_boot(BOOT);
	double ns = m && live_init(m, nr) ? bench_best(small_areas, m, n) : -1;

	machine_delete(m);
	return ns;
}

/* Each row has ten times as many: log n is as the rows' numbers. */
static int bench_live(u32 n)
{
	static const u32 live[] = { 10, 100, 1000, 10000 };
	double first = 0;

	for (u32 i = 0; i < sizeof(live) / sizeof(*live); i++) {
		double ns = live_cost(live[i], n);

		if (ns < 0)
			return bench_no_memory();
		if (i == 0)
			first = ns;
		row_of_live(live[i], ns, first, i + 1);
	}
	return 0;
}

int bench_vmalloc(void)
{
	u32 n = bench_rounds() > 2 ? 40000 : 1000;
	struct machine *m = bench_boot(BOOT);
	double base;

	if (!m)
		return bench_no_memory();
	base = bench_best(frames, m, n);
	row("limit: 16 alloc_page, 16 __free_page", base, base);
	row("vmalloc + vfree, 16 pages", bench_best(large_areas, m, n), base);
	machine_delete(m);
	return bench_live(n);
}
