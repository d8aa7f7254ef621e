// SPDX-License-Identifier: MIT
/*
 * test_kmap.c - the kmap window: slots in turn, the flush at the wrap, who
 * sleeps; what is left behind; and the validator, each clause broken once.
 */
#include "puppet_kmaps.h"

#define BLOCK 1024u

static bool kmap_refused(struct pair *p, enum report_kind kind, pfn_t pfn)
{
	reported(p, kind);
	return kmap_told(p, pfn, 0);
}

static u32 slot_word(struct pair *p, u32 slot)
{
	return table_words(p->o, p->o->now.translation.pkmap)[slot];
}

/* --- slots ---------------------------------------------------------------- */

TEST(slots_in_turn)
{
	struct pair *p = pair_kmaps(M(24), 2, false);
	pfn_t a = good_page(p, GFP_HIGHUSER), b = good_page(p, GFP_HIGHUSER);

	EXPECT(page_address_told(p, a, 0));
	kmap_new(p, a, 1);
	kmap_new(p, b, 2);
	EXPECT_EQ(a << 12 | 0x163, slot_word(p, 1));
	EXPECT_EQ(1, p->o->frame[a].kmapcount);
	silent(p);
	EXPECT(kmap_told(p, a, SLOT(1)));
	EXPECT_EQ(1, p->o->frame[a].kmapcount);
	EXPECT_EQ(3, p->o->kmaps.users);
	EXPECT_EQ(a, model_kmapped_at(p->o, 0));
	EXPECT_EQ(b, model_kmapped_at(p->o, 1));
	EXPECT_EQ(PFN_NONE, model_kmapped_at(p->o, 2));
	EXPECT(!model_self_check(p->o));
	kunmap(p, a);
	EXPECT_EQ(1, p->o->frame[a].kmapcount);
	kunmap(p, a);
	EXPECT_EQ(0, p->o->frame[a].kmapcount);
	EXPECT(page_address_told(p, a, SLOT(1)));
	EXPECT(kmap_told(p, a, SLOT(1)));
	EXPECT(!model_self_check(p->o));
	model_reset(p->o);
	EXPECT_EQ(PFN_NONE, model_kmapped_at(p->o, 0));
	EXPECT_EQ(0, slot_word(p, 1));
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

/* A user keeps the page; without one it may go, and the slot stays. */
TEST(page_outlived_by_its_slot)
{
	struct pair *p = pair_kmaps(M(24), 1, false);
	pfn_t pfn = good_page(p, GFP_HIGHUSER);

	kmap_new(p, pfn, 1);
	EXPECT(model_free_pages(p->o, reported(p, REPORT_free_mapped), pfn, 0,
				&p->d));
	kunmap(p, pfn);
	good_page_free(p, pfn);
	EXPECT(page_address_told(p, pfn, SLOT(1)));
	EXPECT_EQ(pfn << 12 | 0x163, slot_word(p, 1));
	EXPECT(kmap_refused(p, REPORT_ref_free, pfn));
	EXPECT(!model_self_check(p->o));
	EXPECT_EQ(pfn, good_page(p, GFP_HIGHUSER));
	silent(p);
	EXPECT(kmap_told(p, pfn, SLOT(1)));
	pair_delete(p);
}

TEST(checks_in_order)
{
	struct pair *p = pair_kmaps(M(24), 2, false);

	p->out.task.flags = TASK_IRQ;
	EXPECT(kmap_refused(p, REPORT_sleep_in_atomic, ~0u));
	p->out.task.flags = TASK_ATOMIC;
	EXPECT(kmap_refused(p, REPORT_sleep_in_atomic, 0));
	EXPECT(model_kunmap(p->o, silent(p), 0, &p->d));
	p->out.task.flags = 0;
	EXPECT(kmap_refused(p, REPORT_bad_page, 6144));
	EXPECT(kmap_refused(p, REPORT_ref_free, 6143));
	silent(p);
	EXPECT(kmap_told(p, 0, PAGE_OFFSET));
	EXPECT(model_kunmap(p->o, reported(p, REPORT_bad_page), 6144, &p->d));
	EXPECT(model_kunmap(p->o, silent(p), HIGH - 1, &p->d));
	pair_delete(p);
}

/* Tails of a block count for its head. */
TEST(tails)
{
	struct pair *p = pair_kmaps(M(24), 1, false);
	pfn_t block = good(p, &(struct call){ .judge = judge_pages,
					      .gfp = GFP_HIGHUSER,
					      .a = 1 });

	kmap_new(p, block + 1, 1);
	kmap_new(p, block, 2);
	EXPECT_EQ(2, p->o->frame[block].kmapcount);
	EXPECT_EQ(2, kmap_mappings(p->o));
	kunmap(p, block);
	EXPECT(model_free_pages(p->o, reported(p, REPORT_free_mapped), block, 1,
				&p->d));
	pair_delete(p);
}

/* --- the wrap ------------------------------------------------------------- */

/* 12 MiB of high memory; slots 1..1023 have a user each, from the block on. */
static struct pair *pair_full(pfn_t *block, pfn_t *other)
{
	struct pair *p = pair_kmaps(M(32), 2, false);

	*other = high_block(p);
	*block = high_block(p);
	for (u32 i = 1; i < LAST_PKMAP; i++)
		kmap_new(p, *block + i, i);
	return p;
}

TEST(wrap)
{
	pfn_t block, other;
	struct pair *p = pair_full(&block, &other);

	kunmap(p, block + 7);
	kunmap(p, block + 1023);
	EXPECT(tlb_put(p->o, 1, SLOT(7), false, TLB_VALID | TLB_GLOBAL));
	begin(p);
	tell_flush(p, 2);
	tell_slot(p, block, 0);
	EXPECT(kmap_told(p, block, SLOT(0)));
	EXPECT_EQ(0, p->o->tlb[1].nr);
	EXPECT_EQ(0, slot_word(p, 7));
	EXPECT(page_address_told(p, block + 7, 0));
	EXPECT(!model_self_check(p->o));
	/* 7 and 1023 are free; then all are taken */
	kmap_new(p, other, 7);
	kmap_new(p, other + 1, 1023);
	EXPECT_EQ(1024, p->o->kmaps.nr);
	EXPECT_EQ(2, p->o->frame[other].kmapcount);
	EXPECT_EQ(1022, p->o->frame[block].kmapcount);
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

/* --- asleep --------------------------------------------------------------- */

static void falls_asleep(struct pair *p, pfn_t pfn, u32 ticket)
{
	begin(p);
	tell_flush(p, 0);
	p->out.blocked = ticket;
	EXPECT(kmap_told(p, pfn, 0));
	EXPECT_EQ(1023, p->o->kmaps.last);
}

static struct pair *pair_asleep(u32 sleepers, pfn_t *block, pfn_t *other)
{
	struct pair *p = pair_full(block, other);

	begin(p);
	tell_flush(p, 0);
	tell_slot(p, *block, 0);
	EXPECT(kmap_told(p, *block, SLOT(0)));
	for (u32 i = 0; i < sleepers; i++)
		falls_asleep(p, *other + i, 1 + i);
	return p;
}

static bool resume_told(struct pair *p, u32 ticket, vaddr_t got)
{
	return model_kmap_resume(p->o, &p->out, ticket, got, &p->d);
}

static bool woken_is(struct pair *p, u32 ticket)
{
	return model_check_woken(p->o, ticket, &p->d);
}

/* One slot for two: the second sleeps again, with its ticket. */
TEST(sleepers)
{
	pfn_t block, other;
	struct pair *p = pair_asleep(2, &block, &other);

	silent(p);
	EXPECT(kmap_told(p, block + 5, SLOT(5)));
	kunmap(p, block + 5);
	EXPECT(woken_is(p, 0)); /* it has a user still */
	kunmap(p, block + 5);
	EXPECT(woken_is(p, 1));
	begin(p);
	tell_flush(p, 1);
	tell_slot(p, other, 5);
	EXPECT(resume_told(p, 1, SLOT(5)));
	EXPECT(woken_is(p, 2));
	begin(p);
	tell_flush(p, 0);
	p->out.blocked = 2;
	EXPECT(resume_told(p, 2, 0));
	EXPECT(woken_is(p, 0));
	EXPECT_EQ(1, p->o->pools.asleep);
	EXPECT(!model_self_check(p->o));
	falls_asleep(p, other + 9, 3);
	model_reset(p->o);
	EXPECT_EQ(0, p->o->pools.asleep);
	pair_delete(p);
}

/* Three that sleep for one page: the first one's slot serves all. */
TEST(sleepers_for_one_page)
{
	pfn_t block, other;
	struct pair *p = pair_asleep(0, &block, &other);

	for (u32 ticket = 1; ticket <= 3; ticket++)
		falls_asleep(p, other, ticket);
	kunmap(p, block);
	begin(p);
	tell_flush(p, 1);
	tell_slot(p, other, 0);
	EXPECT(resume_told(p, 1, SLOT(0)));
	silent(p);
	EXPECT(resume_told(p, 2, SLOT(0)));
	EXPECT(!resume_told(p, 2, SLOT(0)));
	/* a kmap_atomic that its CPU holds is not the sleeper's */
	EXPECT(atomic_told(p, 0, 0, PAGE_OFFSET));
	silent(p);
	EXPECT(resume_told(p, 3, SLOT(0)));
	EXPECT_EQ(4, p->o->kmaps.count[0]);
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

TEST(sleeper_whose_page_is_freed)
{
	pfn_t block, other;
	struct pair *p = pair_asleep(1, &block, &other);

	good(p, &(struct call){ .judge = judge_block_free, .a = other });
	kunmap(p, block);
	reported(p, REPORT_ref_free);
	EXPECT(resume_told(p, 1, 0));
	EXPECT_EQ(0, p->o->pools.asleep);
	pair_delete(p);
}

TEST(too_many_sleepers)
{
	pfn_t block, other;
	struct pair *p = pair_asleep(128, &block, &other);

	begin(p);
	tell_flush(p, 0);
	p->out.oom = true;
	EXPECT(kmap_told(p, other, 0));
	EXPECT_EQ(128, p->o->pools.asleep);
	/* one who waits for a slot is in no pool */
	kunmap(p, block);
	EXPECT(!model_mempool_resume(p->o, silent(p), 1, 0, &p->d));
	EXPECT_EQ(RULE_N4, p->d.rule);
	pair_delete(p);
}

/* --- the validator -------------------------------------------------------- */

static void broken(struct pair *p, const char *why)
{
	const char *found = model_self_check(p->o);

	if (EXPECT(found))
		EXPECT(!strcmp(found, why));
	pair_delete(p);
}

static struct pair *pair_one(pfn_t *pfn)
{
	struct pair *p = pair_kmaps(M(24), 1, false);

	*pfn = good_page(p, GFP_HIGHUSER);
	kmap_new(p, *pfn, 1);
	EXPECT(!model_self_check(p->o));
	return p;
}

TEST(validator_of_slots)
{
	pfn_t pfn;
	struct pair *p = pair_one(&pfn);

	p->o->kmaps.count[2] = 1;
	broken(p, "a kmap slot's word and its count disagree");
	p = pair_one(&pfn);
	table_set(p->o, p->o->now.translation.pkmap, 2, 0x163);
	broken(p, "a kmap slot's word and its count disagree");
	p = pair_one(&pfn);
	p->o->kmaps.users++;
	broken(p, "kmap slots or their users are miscounted");
	p = pair_one(&pfn);
	p->o->kmaps.nr++;
	broken(p, "kmap slots or their users are miscounted");
	p = pair_one(&pfn);
	p->o->kmaps.last = LAST_PKMAP;
	broken(p, "kmap slots or their users are miscounted");
}

TEST(validator_of_frames)
{
	pfn_t pfn;
	struct pair *p = pair_one(&pfn);

	p->o->kmaps.mapped[0].slot = 2;
	broken(p, "a kmap slot that is listed is free");
	p = pair_one(&pfn);
	p->o->kmaps.mapped[0].pfn = HIGH - 1;
	broken(p, "a kmap slot maps what is no high frame");
	p = pair_one(&pfn);
	p->o->kmaps.mapped[0].pfn ^= 1;
	broken(p, "a kmap slot's word does not map its frame");
	p = pair_one(&pfn);
	p->o->frame[pfn].kmapcount = 0;
	broken(p, "a kmap is not counted for its block");
	p = pair_one(&pfn);
	p->o->kmaps.chain[pfn % KMAP_CHAINS] = 0;
	broken(p, "a kmap slot is not found by its frame");
	p = pair_one(&pfn);
	kmap_new(p, good_page(p, GFP_HIGHUSER), 2);
	p->o->kmaps.mapped[1] = p->o->kmaps.mapped[0];
	broken(p, "a frame or a kmap slot is listed twice");
}
