// SPDX-License-Identifier: MIT
/*
 * bench_kmap.c - `mmtwin bench kmap`: what an address for a high page costs.
 *
 * The limit is the least that kmap's contract allows for a page that has a
 * slot: a look into 128 hashed lists for the address, and a count, on the way
 * there and back, called out of line.  Ever new pages take a slot each, and
 * at each wrap of the window all slots without users are emptied: that share
 * is what the same costs less before the first wrap.
 */
#include "bench.h"

#include "../alloc/mm.h"

#include <stdio.h>
#include <stdlib.h>

#define BOOT "ram=64M vmalloc=992M" /* low 32M, high 32M */
#define BURST 256u
#define PAGES 4096u /* more than there are slots: each comes back as new */

/* --- the limit ------------------------------------------------------------ */

struct limit_entry {
	u32 page, address;
	struct limit_entry *next;
};

struct limit {
	struct limit_entry *bucket[128];
	struct limit_entry entry[LAST_PKMAP];
	u32 count[LAST_PKMAP];
	u32 live;
};

static struct limit_entry **limit_bucket(struct limit *l, u32 page)
{
	return &l->bucket[page * 0x9E370001u >> 25];
}

static void limit_init(struct limit *l, u32 live)
{
	l->live = live + 1;
	for (u32 i = 0; i < l->live; i++) {
		struct limit_entry *e = &l->entry[i];
		struct limit_entry **at = limit_bucket(l, i * 32);

		*e = (struct limit_entry){ i * 32, i, *at };
		*at = e;
	}
}

__attribute__((noinline)) static u32 limit_count(struct limit *l, u32 page,
						 u32 by)
{
	struct limit_entry *e = *limit_bucket(l, page);

	while (e && e->page != page)
		e = e->next;
	if (!e)
		abort();
	l->count[e->address] += by;
	return e->address;
}

static void limit_pairs(void *arg, u32 n)
{
	struct limit *l = arg;
	u32 page = 32 * (l->live - 1);

	for (u32 i = 0; i < n; i++) {
		limit_count(l, page, 1);
		limit_count(l, page, ~0u);
	}
}

/* --- the machine ---------------------------------------------------------- */

struct kmaps {
	struct machine *m;
	u32 next;
	struct page *page[PAGES]; /* of these the first are live */
	u32 live;
};

static void pair(struct kmaps *k, struct page *page)
{
	if (!mm_kmap(k->m, page))
		abort();
	mm_kunmap(k->m, page);
}

static void same_page(void *arg, u32 n)
{
	struct kmaps *k = arg;

	for (u32 i = 0; i < n; i++) {
		if (i % BURST == 0)
			mm_set_current(k->m, (struct task){ 0 });
		pair(k, k->page[PAGES - 1]);
	}
}

static void new_pages(void *arg, u32 n)
{
	struct kmaps *k = arg;

	for (u32 i = 0; i < n; i++) {
		if (i % BURST == 0)
			mm_set_current(k->m, (struct task){ 0 });
		pair(k, k->page[k->next]);
		if (++k->next == PAGES)
			k->next = k->live;
	}
}

static void atomic_pairs(void *arg, u32 n)
{
	struct kmaps *k = arg;

	for (u32 i = 0; i < n; i++) {
		vaddr_t addr;

		if (i % BURST == 0)
			mm_set_current(k->m, (struct task){ 0 });
		addr = mm_kmap_atomic(k->m, k->page[PAGES - 1], KM_USER0);
		mm_kunmap_atomic(k->m, addr, KM_USER0);
	}
}

/* All slots that there are before the first wrap, by the least of several. */
static double before_the_wrap(struct kmaps *k)
{
	const u32 slots = LAST_PKMAP - 1 - k->live;
	double best = 1e18;

	for (u32 i = 0; i < 20 * bench_rounds(); i++) {
		u64 start;
		double ns;

		machine_reset(k->m);
		start = bench_cpu_ns();
		new_pages(k, slots);
		ns = (double)(bench_cpu_ns() - start) / slots;
		if (ns < best)
			best = ns;
	}
	return best;
}

static bool kmaps_init(struct kmaps *k, u32 live)
{
	k->m = bench_boot(BOOT);
	if (!k->m)
		return false;
	mm_set_current(k->m, (struct task){ 0 });
	for (u32 i = 0; i < PAGES; i++) {
		k->page[i] = mm_alloc_pages(k->m, GFP_HIGHUSER, 0);
		mm_set_current(k->m, (struct task){ 0 });
	}
	for (u32 i = 0; i < live; i++)
		mm_kmap(k->m, k->page[i]);
	k->live = live;
	k->next = live;
	machine_snapshot(k->m);
	return true;
}

/* --- the table ------------------------------------------------------------ */

static void row(const char *name, u32 live, double ns, double beside)
{
	char text[64];

	snprintf(text, sizeof(text), "%s, %u live", name, live);
	if (bench_json())
		printf("{\"bench\":\"%s\",\"ns\":%.2f,\"ratio\":%.3f}\n", text,
		       ns, ns / beside);
	else
		printf("%-44s %10.2f ns %8.2f\n", text, ns, ns / beside);
}

static void rows(struct kmaps *k, struct limit *l)
{
	const u32 n = bench_rounds() > 2 ? 400000 : 20000;
	double base = bench_best(limit_pairs, l, n), all, first;

	row("limit: hash and count, twice", k->live, base, base);
	row("kmap + kunmap, has a slot", k->live, bench_best(same_page, k, n),
	    base);
	first = before_the_wrap(k);
	all = bench_best(new_pages, k, n);
	row("kmap + kunmap, ever new pages", k->live, all, base);
	row("  of that: flushes", k->live, all - first, base);
	row("kmap_atomic + kunmap_atomic", k->live,
	    bench_best(atomic_pairs, k, n), base);
}

int bench_kmap(void)
{
	static const u32 live[] = { 10, 100, 1000 };

	for (u32 i = 0; i < 3; i++) {
		struct kmaps *k = calloc(1, sizeof(*k));
		struct limit *l = calloc(1, sizeof(*l));
		bool booted = k && l && kmaps_init(k, live[i]);

		if (booted) {
			limit_init(l, live[i]);
			rows(k, l);
			machine_delete(k->m);
		}
		free(l);
		free(k);
		if (!booted)
			return bench_no_memory();
	}
	return 0;
}
