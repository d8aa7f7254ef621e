/* SPDX-License-Identifier: MIT */
/*
 * broken_kmaps.h - rules H and A, and R, U about kmaps and the fixmap: false
 * slots, false counts, misuse that is not reported.
 * Included by test_rules.c.
 */
#ifndef ORACLE_BROKEN_KMAPS_H
#define ORACLE_BROKEN_KMAPS_H

#include "broken.h"
#include "puppet_kmaps.h"

/* A high page that the program has. */
static struct pair *pair_high(bool strict, pfn_t *pfn)
{
	struct pair *p = pair_kmaps(M(24), 2, strict);

	*pfn = good_page(p, GFP_HIGHUSER);
	EXPECT(*pfn >= HIGH);
	return p;
}

/* All slots have users, as the books say; the next search ends asleep. */
static void fill_books(struct pair *p)
{
	for (u32 i = 0; i < LAST_PKMAP; i++)
		p->o->kmaps.count[i] = 2;
	begin(p);
	tell_flush(p, 0);
}

/* --- R -------------------------------------------------------------------- */

/* 1020 MiB are low; the window has no room. */
BROKEN(R62)
{
	struct boot_line line = line_of(M(1028), M(4), 1);
	struct pair *p = pair_new(&line);

	EXPECT(pair_boots(p, &line));
	EXPECT(pair_mem_init(p));
	silent(p);
	names(p, RULE_R62, kmap_told(p, 0x3FC00, 0));
	reported(p, REPORT_kmap_window);
	EXPECT(kmap_told(p, 0x3FC00, 0));
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

BROKEN(R63)
{
	pfn_t pfn;
	struct pair *p = pair_high(false, &pfn);

	names(p, RULE_R63, atomic_told(p, pfn, 13, 0));
	names(p, RULE_R63, atomic_told(p, ~0u, ~0u, 0));
	names(p, RULE_R63, kunmap_atomic_told(p, ATOMIC(1, 0), 13));
	pair_delete(p);
}

BROKEN(R64)
{
	pfn_t pfn;
	struct pair *p = pair_high(true, &pfn);

	EXPECT(atomic_told(p, pfn, KM_USER0, ATOMIC(0, 3)));
	names(p, RULE_R64, atomic_told(p, pfn, KM_USER0, ATOMIC(0, 3)));
	/* zeroing would need it, wherever the block is from */
	names(p, RULE_R64,
	      model_alloc_pages(p->o, silent(p),
				__GFP_HIGH | __GFP_ZERO | __GFP_HIGHMEM, 0, ~0u,
				&p->d));
	pair_delete(p);
}

BROKEN(R65)
{
	struct pair *p = pair_small();

	p->out.task.flags = TASK_IRQ;
	names(p, RULE_R65, model_kunmap(p->o, silent(p), 0, &p->d));
	names(p, RULE_R65, model_kunmap(p->o, silent(p), ~0u, &p->d));
	pair_delete(p);
}

BROKEN(R66)
{
	pfn_t pfn;
	struct pair *p = pair_high(false, &pfn);

	names(p, RULE_R66, model_kunmap(p->o, silent(p), pfn, &p->d));
	kmap_new(p, pfn, 1);
	kunmap(p, pfn);
	names(p, RULE_R66, model_kunmap(p->o, silent(p), pfn, &p->d));
	pair_delete(p);
}

BROKEN(R67)
{
	pfn_t pfn;
	struct pair *p = pair_high(false, &pfn);

	EXPECT(atomic_told(p, pfn, 4, ATOMIC(0, 4)));
	names(p, RULE_R67, kunmap_atomic_told(p, ATOMIC(0, 4), 5));
	names(p, RULE_R67, kunmap_atomic_told(p, ATOMIC(1, 4), 4));
	names(p, RULE_R67, kunmap_atomic_told(p, ATOMIC(0, 4) - 1, 4));
	names(p, RULE_R67, kunmap_atomic_told(p, 0xC1400000, 4));
	EXPECT(kunmap_atomic_told(p, ATOMIC(0, 4) + 4095, 4));
	pair_delete(p);
}

BROKEN(R68)
{
	pfn_t pfn;
	struct pair *p = pair_high(true, &pfn);

	names(p, RULE_R68, kunmap_atomic_told(p, ATOMIC(0, 4), 4));
	names(p, RULE_R68, kunmap_atomic_told(p, PAGE_OFFSET, 4));
	EXPECT(atomic_told(p, 0, 4, PAGE_OFFSET));
	names(p, RULE_R68, kunmap_atomic_told(p, ATOMIC(0, 4), 4));
	EXPECT(kunmap_atomic_told(p, PAGE_OFFSET, 4));
	pair_delete(p);
}

BROKEN(R69)
{
	static const u32 up[] = { 0, 2, 14, 32, ~0u };
	static const u32 smp[] = { 0, 2, 105, 123, ~0u };
	struct pair *p = pair_kmaps(M(24), 1, false);

	for (u32 i = 0; i < 5; i++)
		names(p, RULE_R69, fixmap_told(p, up[i], 0, 0));
	EXPECT(fixmap_told(p, 15, 0, FIX(15)));
	EXPECT(fixmap_told(p, 31, 0, FIX(31)));
	pair_delete(p);
	p = pair_small();
	for (u32 i = 0; i < 5; i++)
		names(p, RULE_R69,
		      model_clear_fixmap(p->o, silent(p), smp[i], &p->d));
	EXPECT(model_clear_fixmap(p->o, silent(p), 106, &p->d));
	EXPECT(model_clear_fixmap(p->o, silent(p), 122, &p->d));
	pair_delete(p);
}

/* --- H -------------------------------------------------------------------- */

BROKEN(H1)
{
	struct pair *p = pair_small();

	silent(p);
	names(p, RULE_H1, kmap_told(p, HIGH - 1, 0xC13FE000));
	EXPECT(kmap_told(p, HIGH - 1, 0xC13FF000));
	pair_delete(p);
}

BROKEN(H2)
{
	pfn_t pfn;
	struct pair *p = pair_high(false, &pfn);

	kmap_new(p, pfn, 1);
	silent(p);
	EXPECT(kmap_told(p, pfn, SLOT(1)));
	names(p, RULE_H2, kmap_told(p, pfn, SLOT(2)));
	pair_delete(p);
}

BROKEN(H3)
{
	pfn_t pfn;
	struct pair *p = pair_high(false, &pfn);

	silent(p);
	names(p, RULE_H3, kmap_told(p, pfn, SLOT(1)));
	pair_delete(p);
	p = pair_high(false, &pfn);
	begin(p);
	tell_slot(p, pfn, 0);
	names(p, RULE_H3, kmap_told(p, pfn, SLOT(0)));
	pair_delete(p);
	p = pair_high(false, &pfn);
	begin(p);
	tell_slot(p, pfn, 1);
	names(p, RULE_H3, kmap_told(p, pfn, SLOT(2)));
	/* it has its slot: there is nothing to be taken */
	names(p, RULE_H3, kmap_told(p, pfn, SLOT(1)));
	pair_delete(p);
}

/* The next slot is 0. */
static struct pair *pair_wrapping(pfn_t *pfn)
{
	struct pair *p = pair_high(false, pfn);

	kmap_new(p, *pfn, 1);
	kunmap(p, *pfn);
	*pfn = good_page(p, GFP_HIGHUSER);
	p->o->kmaps.last = LAST_PKMAP - 1;
	begin(p);
	return p;
}

BROKEN(H4)
{
	pfn_t pfn;
	struct pair *p = pair_wrapping(&pfn);

	tell_slot(p, pfn, 0);
	names(p, RULE_H4, kmap_told(p, pfn, SLOT(0)));
	pair_delete(p);
	p = pair_wrapping(&pfn);
	tell_flush(p, 0);
	tell_slot(p, pfn, 0);
	names(p, RULE_H4, kmap_told(p, pfn, SLOT(0)));
	pair_delete(p);
	/* one that is not due */
	p = pair_high(false, &pfn);
	begin(p);
	tell_slot(p, pfn, 1);
	tell_flush(p, 0);
	names(p, RULE_H4, kmap_told(p, pfn, SLOT(1)));
	pair_delete(p);
}

BROKEN(H5)
{
	pfn_t pfn;
	struct pair *p = pair_high(false, &pfn);

	fill_books(p);
	names(p, RULE_H5, kmap_told(p, pfn, 0));
	p->out.blocked = 2;
	names(p, RULE_H5, kmap_told(p, pfn, SLOT(1)));
	/* nobody sleeps for a slot that he has */
	model_reset(p->o);
	silent(p);
	p->out.blocked = 1;
	names(p, RULE_H5, kmap_told(p, 0, PAGE_OFFSET));
	pair_delete(p);
}

BROKEN(H6)
{
	static s32 count[LAST_PKMAP];
	struct kmap_view v = { 1, count };
	pfn_t pfn;
	struct pair *p = pair_high(false, &pfn);

	kmap_new(p, pfn, 1);
	names(p, RULE_H6, model_check_kmap(p->o, &v, &p->d));
	count[1] = 2;
	EXPECT(model_check_kmap(p->o, &v, &p->d));
	count[1023] = 1;
	names(p, RULE_H6, model_check_kmap(p->o, &v, &p->d));
	pair_delete(p);
}

BROKEN(H7)
{
	pfn_t pfn;
	struct pair *p = pair_high(false, &pfn);

	kmap_new(p, pfn, 1);
	EXPECT(page_address_told(p, pfn, SLOT(1)));
	kunmap(p, pfn);
	names(p, RULE_H7, page_address_told(p, pfn, 0));
	EXPECT(page_address_told(p, pfn, SLOT(1)));
	pair_delete(p);
}

static void wrong_kmap_count(size_t at)
{
	struct mapping_counts c = { .kmap_users = 2,
				    .kmap_slots = 1,
				    .last_pkmap_nr = 1 };
	pfn_t pfn;
	struct pair *p = pair_high(false, &pfn);

	kmap_new(p, pfn, 1);
	silent(p);
	EXPECT(kmap_told(p, pfn, SLOT(1)));
	EXPECT(kmap_check_counts(p->o, &c, &p->d));
	++*(u32 *)(void *)((u8 *)&c + at);
	names(p, RULE_H8, kmap_check_counts(p->o, &c, &p->d));
	pair_delete(p);
}

BROKEN(H8)
{
	static const s32 count[LAST_PKMAP];
	const struct kmap_view v = { 1, count };
	struct pair *p = pair_small();

	wrong_kmap_count(offsetof(struct mapping_counts, kmap_users));
	wrong_kmap_count(offsetof(struct mapping_counts, kmap_slots));
	wrong_kmap_count(offsetof(struct mapping_counts, last_pkmap_nr));
	names(p, RULE_H8, model_check_kmap(p->o, &v, &p->d));
	pair_delete(p);
}

/* --- A -------------------------------------------------------------------- */

BROKEN(A1)
{
	pfn_t pfn;
	struct pair *p = pair_high(false, &pfn);

	names(p, RULE_A1, atomic_told(p, pfn, KM_USER0, FIX(4)));
	names(p, RULE_A1, atomic_told(p, 0, KM_USER0, FIX(5)));
	p->out.task.cpu = 1;
	names(p, RULE_A1, atomic_told(p, pfn, 0, FIX(2)));
	EXPECT(atomic_told(p, pfn, 0, FIX(15)));
	pair_delete(p);
}

BROKEN(A2)
{
	struct pair *p = pair_small();
	struct cpu_view v = cpu_view();

	WRONG_CPU(A2, preempt_count);
	EXPECT(atomic_told(p, 0, 0, PAGE_OFFSET));
	EXPECT(model_check_cpu(p->o, 1, &v, &p->d));
	names(p, RULE_A2, model_check_cpu(p->o, 0, &v, &p->d));
	v.preempt_count = 1;
	EXPECT(model_check_cpu(p->o, 0, &v, &p->d));
	pair_delete(p);
}

static bool to_page_told(struct pair *p, vaddr_t addr, pfn_t got)
{
	return model_kmap_atomic_to_page(p->o, silent(p), addr, got, &p->d);
}

BROKEN(A3)
{
	pfn_t pfn;
	struct pair *p = pair_high(false, &pfn);

	EXPECT(atomic_told(p, pfn, 12, FIX(14)));
	names(p, RULE_A3, to_page_told(p, FIX(14), pfn + 1));
	names(p, RULE_A3, to_page_told(p, PAGE_OFFSET, 1));
	EXPECT(to_page_told(p, FIX(14) + 1, pfn));
	pair_delete(p);
}

BROKEN(A4)
{
	struct pair *p = pair_small();

	names(p, RULE_A4, fixmap_told(p, 1, 0xFEC00000, FIX(2)));
	EXPECT(fixmap_told(p, 1, 0xFEC00FFF, FIX(1)));
	pair_delete(p);
}

static bool valid_told(struct pair *p, vaddr_t addr, bool got)
{
	return model_virt_addr_valid(p->o, silent(p), addr, got, &p->d);
}

BROKEN(A5)
{
	struct pair *p = pair_small();

	names(p, RULE_A5, valid_told(p, PAGE_OFFSET, false));
	names(p, RULE_A5, valid_told(p, 0xC1400000, true));
	EXPECT(valid_told(p, PAGE_OFFSET - 1, false));
	EXPECT(valid_told(p, 0xC13FFFFF, true));
	pair_delete(p);
}

/* --- U -------------------------------------------------------------------- */

/* The page is the buddy's again, behind everybody's back. */
BROKEN(U7)
{
	pfn_t pfn;
	struct pair *p = pair_high(false, &pfn);

	kmap_new(p, pfn, 1);
	put_tables(p);
	EXPECT(model_check_tables(p->o, false, &p->d));
	p->o->frame[pfn].is = IS_PCP;
	names(p, RULE_U7, model_check_tables(p->o, false, &p->d));
	p->o->kmaps.count[1] = 1;
	EXPECT(model_check_tables(p->o, false, &p->d));
	pair_delete(p);
	/* an atomic slot is left behind where that is allowed */
	for (u32 strict = 0; strict < 2; strict++) {
		p = pair_high(strict, &pfn);
		EXPECT(atomic_told(p, pfn, 0, FIX(2)));
		put_tables(p);
		EXPECT(model_check_tables(p->o, true, &p->d));
		p->o->frame[pfn].is = IS_PCP;
		if (strict)
			names(p, RULE_U7,
			      model_check_tables(p->o, true, &p->d));
		else
			EXPECT(model_check_tables(p->o, true, &p->d));
		pair_delete(p);
	}
}

#endif
