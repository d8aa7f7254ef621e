/* SPDX-License-Identifier: MIT */
/*
 * broken_state.h - rules C and K: false bytes, false counts.
 * Included by test_rules.c.
 */
#ifndef ORACLE_BROKEN_STATE_H
#define ORACLE_BROKEN_STATE_H

#include "broken_moves.h"

/* --- C: one byte wrong (test_contents.c has the rest) ------------------- */

/* A whole-painted page, and its bytes. */
static struct pair *painted(pfn_t *pfn, u8 **bytes)
{
	struct pair *p = pair_small();

	model_set_paint(p->o, PAINT_WHOLE);
	*pfn = good_alloc(p, ZONE_DMA, GFP, 0);
	*bytes = p->ram + (size_t)*pfn * PAGE_SIZE;
	return p;
}

BROKEN(C1)
{
	struct pair *p = pair_small();
	pfn_t pfn;

	begin(p);
	pfn = puppet_alloc(p, ZONE_DMA, GFP | __GFP_ZERO, 0);
	p->ram[(size_t)pfn * PAGE_SIZE + 4095] = 1;
	names(p, RULE_C1, told(p, GFP | __GFP_ZERO, 0, pfn));
	pair_delete(p);
}

BROKEN(C2)
{
	pfn_t pfn;
	u8 *bytes;
	struct pair *p = painted(&pfn, &bytes);

	bytes[77]++;
	names(p, RULE_C2, model_before_free(p->o, pfn, &p->d));
	pair_delete(p);
}

BROKEN(C3)
{
	pfn_t pfn;
	u8 *bytes;
	struct pair *p = painted(&pfn, &bytes);

	bytes[77]++;
	names(p, RULE_C3, model_read(p->o, pfn, 0, 4, &p->d));
	pair_delete(p);
}

BROKEN(C4)
{
	pfn_t pfn;
	u8 *bytes;
	struct pair *p = painted(&pfn, &bytes);

	bytes[77]++;
	names(p, RULE_C4, model_write(p->o, pfn, 0, 4, &p->d));
	pair_delete(p);
}

BROKEN(C5)
{
	pfn_t pfn;
	u8 *bytes;
	struct pair *p = painted(&pfn, &bytes);

	bytes[77]++;
	names(p, RULE_C5, model_check_contents(p->o, &p->d));
	pair_delete(p);
}

#ifdef WITH_ASAN
BROKEN(C6)
{
	pfn_t pfn;
	u8 *bytes;
	struct pair *p = painted(&pfn, &bytes);

	ASAN_POISON_MEMORY_REGION(bytes + 4088, 8);
	names(p, RULE_C6, model_before_free(p->o, pfn, &p->d));
	names(p, RULE_C6, model_write(p->o, pfn, 0, 4, &p->d));
	/* the wipe is for frames that are poisoned as well */
	model_reset(p->o);
	ASAN_UNPOISON_MEMORY_REGION(bytes + 4088, 8);
	EXPECT(!bytes[4095]);
	pair_delete(p);
}
#endif

BROKEN(C7)
{
	struct pair *p = pair_bootmem(M(24), M(1004), 1);
	u32 addr = 4144 * 4096 + 32;

	p->ram[addr + 9999] = 1;
	names(p, RULE_C7,
	      model_alloc_bootmem(p->o, silent(p), 10000, 1, 0, addr, &p->d));
	pair_delete(p);
}

/* --- K: each aggregate off by one, by its name -------------------------- */

static void wrong_count(enum rule rule, size_t at, const char *field)
{
	struct pair *p = pair_small();
	struct mm_counts c = p->o->now.counts;
	const u32 cpu = 1;

	memcpy(c.pcp, &p->o->now.pcp[ring_of(cpu, 0, 0)], sizeof(c.pcp));
	EXPECT(model_check_counts(p->o, cpu, &c, &p->d));
	++*(u32 *)(void *)((u8 *)&c + at);
	names(p, rule, model_check_counts(p->o, cpu, &c, &p->d));
	EXPECT(!strcmp(p->d.field, field));
	EXPECT_EQ(p->d.expected + 1, p->d.actual);
	pair_delete(p);
}

#define WRONG_COUNT(rule, member)                                              \
	wrong_count(RULE_##rule, offsetof(struct mm_counts, member), #member)

BROKEN(K1)
{
	WRONG_COUNT(K1, free_pages[0]);
	WRONG_COUNT(K1, free_pages[2]);
}

BROKEN(K2)
{
	WRONG_COUNT(K2, nr_free[0][0]);
	WRONG_COUNT(K2, nr_free[1][3]);
	WRONG_COUNT(K2, nr_free[2][10]);
}

BROKEN(K3)
{
	wrong_count(RULE_K3, offsetof(struct mm_counts, pcp[1][PCP_COLD]),
		    "pcp[1].cold");
	wrong_count(RULE_K3, offsetof(struct mm_counts, pcp[2][PCP_HOT]),
		    "pcp[2].hot");
}

BROKEN(K4)
{
	WRONG_COUNT(K4, kswapd_max_order);
}

#endif
