/* SPDX-License-Identifier: MIT */
/*
 * broken_boot.h - rules L and M: a false layout, a false claim.
 * Included by test_rules.c.
 */
#ifndef ORACLE_BROKEN_BOOT_H
#define ORACLE_BROKEN_BOOT_H

#include "broken.h"

/* --- L: the layout, one field wrong ------------------------------------- */

/* The model follows mem_init with the honest layout, `at` bytes in wrong. */
static void wrong_field(enum rule rule, size_t at)
{
	struct pair *p = pair_bootmem(M(24), M(1004), 2);
	struct mm_layout l;
	u32 value;

	EXPECT(pair_mem_init(p));
	l = p->t->now.layout;
	memcpy(&value, (u8 *)&l + at, sizeof(value));
	value++;
	memcpy((u8 *)&l + at, &value, sizeof(value));
	names(p, rule,
	      model_set_min_free_kbytes(p->o, silent(p), l.min_free_kbytes, &l,
					&p->d));
	pair_delete(p);
}

#define WRONG(rule, member)                                                    \
	wrong_field(RULE_##rule, offsetof(struct mm_layout, member))

BROKEN(L1)
{
	struct boot_line line = line_of(M(24), M(6), 1);
	struct pair *p = pair_new(&line);

	names(p, RULE_L1, model_boot(p->o, &line, false, NULL, 0, &p->d));
	line = line_of(M(24), M(1004), 1);
	names(p, RULE_L1, model_boot(p->o, &line, true, NULL, 0, &p->d));
	pair_delete(p);
}

BROKEN(L16)
{
	WRONG(L16, cache_line);
}

BROKEN(L17)
{
	WRONG(L17, slab_debug);
}

BROKEN(L19)
{
	WRONG(L19, kmap_strict);
}

BROKEN(I7)
{
	WRONG(I7, nr_devices);
}

BROKEN(L2)
{
	WRONG(L2, nr_cpus);
}

BROKEN(L3)
{
	WRONG(L3, max_pfn);
}

BROKEN(L4)
{
	WRONG(L4, max_low_pfn);
	WRONG(L4, highstart_pfn);
	WRONG(L4, highend_pfn);
}

BROKEN(L5)
{
	WRONG(L5, max_mapnr);
}

BROKEN(L6)
{
	WRONG(L6, high_memory);
}

BROKEN(L7)
{
	WRONG(L7, vmalloc_start);
	WRONG(L7, vmalloc_end);
}

BROKEN(L8)
{
	WRONG(L8, pkmap_base);
	WRONG(L8, fixaddr_start);
}

BROKEN(L9)
{
	WRONG(L9, totalram_pages);
	WRONG(L9, totalhigh_pages);
}

BROKEN(L10)
{
	WRONG(L10, zone[1].start_pfn);
	WRONG(L10, zone[2].spanned_pages);
	WRONG(L10, zone[0].present_pages);
}

BROKEN(L11)
{
	WRONG(L11, nr_zonelist[2]);
	WRONG(L11, zonelist[2]);
}

BROKEN(L12)
{
	WRONG(L12, zone[0].pcp[0].low);
	WRONG(L12, zone[1].pcp[1].high);
	WRONG(L12, zone[2].pcp[0].batch);
}

/* The figure that was set is the one that is shown. */
BROKEN(L13)
{
	struct pair *p = pair_small();
	struct mm_layout l = p->t->now.layout;

	layout_set_marks(&l, 4000);
	l.min_free_kbytes++;
	names(p, RULE_L13,
	      model_set_min_free_kbytes(p->o, silent(p), 4000, &l, &p->d));
	pair_delete(p);
}

BROKEN(L14)
{
	WRONG(L14, zone[0].pages_min);
	WRONG(L14, zone[1].pages_low);
	WRONG(L14, zone[2].pages_high);
}

BROKEN(L15)
{
	struct pair *p = pair_small();
	struct mm_layout l = p->t->now.layout;

	WRONG(L15, zone[0].lowmem_reserve[2]);
	/* the old reserves, with a new ratio */
	names(p, RULE_L15,
	      model_set_lowmem_reserve_ratio(p->o, silent(p), 7, 7, &l, &p->d));
	pair_delete(p);
}

/* --- M: bootmem --------------------------------------------------------- */

static void wrong_claim(enum rule rule, u32 i, int start, int size, int label,
			int nr)
{
	struct boot_line line = line_of(M(24), M(1004), 2);
	struct pair *p = pair_new(&line);

	p->claims.claim[i].start += (u32)start;
	p->claims.claim[i].size += (u32)size;
	p->claims.claim[i].label += (u8)label;
	p->claims.nr += (u32)nr;
	names(p, rule, pair_boots(p, &line));
	pair_delete(p);
}

BROKEN(M1)
{
	wrong_claim(RULE_M1, 3, 0, 0, 1, 0);
	wrong_claim(RULE_M1, 3, 0, 0, 0, -1);
	wrong_claim(RULE_M1, 3, 0, 0, 0, 1);
}

BROKEN(M2)
{
	for (u32 i = 0; i < 6; i++) {
		wrong_claim(RULE_M2, i, 4096, 0, 0, 0);
		wrong_claim(RULE_M2, i, 0, -4096, 0, 0);
	}
}

BROKEN(M3)
{
	for (u32 i = 6; i < 9; i++) {
		wrong_claim(RULE_M3, i, -4096, 0, 0, 0);
		wrong_claim(RULE_M3, i, 0, 32, 0, 0);
	}
}

BROKEN(M4)
{
	struct pair *p = pair_bootmem(M(24), M(1004), 1);

	names(p, RULE_M4,
	      model_alloc_bootmem(p->o, silent(p), 4096, 4096, 0, 4146 * 4096,
				  &p->d));
	pair_delete(p);
}

BROKEN(M5)
{
	struct pair *p = pair_bootmem(M(24), M(1004), 1);

	names(p, RULE_M5,
	      model_alloc_bootmem(p->o, silent(p), 100, 64, 0, 4145 * 4096,
				  &p->d));
	pair_delete(p);
}

/* After one allocation and one reservation: claim 8 and 9 of UP. */
static void wrong_user_claim(u32 i, u32 start, u32 size, u8 label, int nr)
{
	struct pair *p = pair_bootmem(M(24), M(1004), 1);
	struct boot_claims saved;

	EXPECT(model_alloc_bootmem(p->o, silent(p), 4096, 4096, 0, 4145 * 4096,
				   &p->d));
	EXPECT(model_reserve_bootmem(p->o, silent(p), 5000, 100, &p->d));
	saved = p->o->claims;
	EXPECT_EQ(saved.nr, 10);
	EXPECT(model_check_claims(p->o, saved.claim, saved.nr, &p->d));
	saved.claim[i].start += start;
	saved.claim[i].size += size;
	saved.claim[i].label ^= label;
	names(p, RULE_M6,
	      model_check_claims(p->o, saved.claim, saved.nr + (u32)nr, &p->d));
	pair_delete(p);
}

BROKEN(M6)
{
	for (u32 i = 8; i < 10; i++) {
		wrong_user_claim(i, 4096, 0, 0, 0);
		wrong_user_claim(i, 0, 1, 0, 0);
		wrong_user_claim(i, 0, 0, 1, 0);
	}
	wrong_user_claim(9, 0, 0, 0, -1);
	wrong_user_claim(9, 0, 0, 0, 1);
}

#endif
