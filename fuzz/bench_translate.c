// SPDX-License-Identifier: MIT
/*
 * bench_translate.c - `mmtwin bench translate`: what segment and TLB cost.
 *
 * The limit is a chain of loads in 1 MiB, each of which says where the next
 * one is: one cycle through all of its words, in the order of chance.  The
 * machine's is the same chain in the same bytes, by logical addresses: its
 * direct map, of 4 MiB pages and (mem=nopentium) of 4 KiB ones.
 */
#include "bench.h"

#include "../alloc/mm.h"
#include "prng.h"

#include <stdio.h>

#define CHAIN_BYTES (1u << 20)
#define CHAIN_WORDS (CHAIN_BYTES / sizeof(u32))
#define CHAIN_ORDER 8u

struct chain {
	struct machine *m;
	vaddr_t start;
	u32 *word; /* word i of the chain is here; it has the next one's */
	u32 at;	   /* where it stands, as a logical address */
};

/* Sattolo's shuffle: a permutation of one cycle. */
static void chain_shuffle(struct chain *c)
{
	struct prng r;

	prng_seed(&r, 1);
	for (u32 i = 0; i < CHAIN_WORDS; i++)
		c->word[i] = i;
	for (u32 i = CHAIN_WORDS - 1; i > 0; i--) {
		u32 other = prng_below(&r, i), word = c->word[i];

		c->word[i] = c->word[other];
		c->word[other] = word;
	}
	for (u32 i = 0; i < CHAIN_WORDS; i++)
		c->word[i] = c->start + c->word[i] * (u32)sizeof(u32);
	c->at = c->start;
}

static bool chain_init(struct chain *c, const char *boot)
{
	struct page *page;

	c->m = bench_boot(boot);
	if (!c->m)
		return false;
	page = mm_alloc_pages(c->m, GFP_KERNEL, CHAIN_ORDER);
	c->start = mm_page_address(c->m, page);
	c->word = mm_ptr(c->m, c->start);
	chain_shuffle(c);
	return true;
}

static void native_loads(struct chain *c, u32 n)
{
	const uintptr_t base = (uintptr_t)c->word - c->start;
	u32 at = c->at;

	for (u32 i = 0; i < n; i++)
		at = *(const volatile u32 *)(base + at);
	c->at = at;
}

static void translated_loads(struct chain *c, u32 n)
{
	struct fault f;
	u32 at = c->at;

	for (u32 i = 0; i < n; i++)
		at = mm_load32(c->m, SEG_DS, at, &f);
	c->at = at;
}

static double least(double best, u64 total_ns, u32 n)
{
	double ns = (double)total_ns / n;

	return ns < best ? ns : best;
}

static void row(const char *name, double ns, double beside)
{
	if (bench_json())
		printf("{\"bench\":\"%s\",\"ns\":%.2f,\"ratio\":%.3f}\n", name,
		       ns, ns / beside);
	else
		printf("%-44s %10.2f ns %8.2f\n", name, ns, ns / beside);
}

/* The least of each, by turns: what else the host does meets both. */
static void compare(struct chain *c, const char *name)
{
	const u32 n = bench_rounds() > 2 ? 400000 : 20000;
	double native = 1e18, translated = 1e18;

	for (u32 i = 0; i < 10 * bench_rounds(); i++) {
		u64 start = bench_cpu_ns(), middle;

		native_loads(c, n);
		middle = bench_cpu_ns();
		translated_loads(c, n);
		translated = least(translated, bench_cpu_ns() - middle, n);
		native = least(native, middle - start, n);
	}
	row("limit: native dependent loads, 1 MiB", native, native);
	row(name, translated, native);
}

int bench_translate(void)
{
	static const struct {
		const char *boot, *name;
	} maps[] = {
		{ "ram=64M", "load32, 4 MiB pages" },
		{ "ram=64M mem=nopentium", "load32, 4 KiB pages" },
	};

	for (u32 i = 0; i < 2; i++) {
		struct chain c;

		if (!chain_init(&c, maps[i].boot))
			return bench_no_memory();
		compare(&c, maps[i].name);
		machine_delete(c.m);
	}
	return 0;
}
