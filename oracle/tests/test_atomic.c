// SPDX-License-Identifier: MIT
/*
 * test_atomic.c - kmap_atomic, by 2.6.12's rule and by kmap_strict's; what
 * its preempt_count does to other calls; the fixmap.
 */
#include "puppet_kmaps.h"

static u32 fix_word_of(struct pair *p, u32 index)
{
	return pte_at(p, 0, FIX(index));
}

static bool alloc_refused(struct pair *p, enum report_kind kind, gfp_t gfp)
{
	return model_alloc_pages(p->o, reported(p, kind), gfp, 0, PFN_NONE,
				 &p->d);
}

/* --- 2.6.12 --------------------------------------------------------------- */

/* KM_USER1 of CPU 1 is slot 2 + 4 + 13. */
TEST(overwrites_and_stays)
{
	struct pair *p = pair_kmaps(M(24), 2, false);
	pfn_t a = good_page(p, GFP_HIGHUSER), b = good_page(p, GFP_HIGHUSER);

	p->out.task.cpu = 1;
	EXPECT(atomic_told(p, a, KM_USER1, FIX(19)));
	EXPECT_EQ(a << 12 | 0x163, fix_word_of(p, 19));
	EXPECT(tlb_put(p->o, 0, FIX(19), false, TLB_VALID));
	EXPECT(tlb_put(p->o, 1, FIX(19), false, TLB_VALID));
	EXPECT(atomic_told(p, b, KM_USER1, FIX(19)));
	EXPECT_EQ(1, p->o->tlb[0].nr);
	EXPECT_EQ(0, p->o->tlb[1].nr);
	EXPECT(kunmap_atomic_told(p, FIX(19), KM_USER1));
	EXPECT(kunmap_atomic_told(p, FIX(19), KM_USER1));
	EXPECT_EQ(b << 12 | 0x163, fix_word_of(p, 19));
	EXPECT_EQ(0, p->o->frame[b].kmapcount);
	p->out.task.cpu = 0;
	good_page_free(p, b);
	put_tables(p);
	EXPECT(model_check_tables(p->o, true, &p->d));
	EXPECT(!model_self_check(p->o));
	model_reset(p->o);
	EXPECT_EQ(0, fix_word_of(p, 19));
	pair_delete(p);
}

TEST(checks_in_order)
{
	struct pair *p = pair_kmaps(M(24), 1, false);
	pfn_t pfn = good_page(p, GFP_HIGHUSER);
	struct model *o = p->o;

	EXPECT(model_kmap_atomic(o, reported(p, REPORT_kmap_type), 6144, 13, 0,
				 &p->d));
	EXPECT(model_kmap_atomic(o, reported(p, REPORT_bad_page), 6144, 12, 0,
				 &p->d));
	EXPECT(model_kmap_atomic(o, reported(p, REPORT_ref_free), pfn - 1, 12,
				 0, &p->d));
	EXPECT(model_kunmap_atomic(o, reported(p, REPORT_kmap_type), 0, 13,
				   &p->d));
	EXPECT(model_kunmap_atomic(o, reported(p, REPORT_kunmap_slot), 0, 12,
				   &p->d));
	EXPECT(model_kunmap_atomic(o, reported(p, REPORT_kunmap_unheld),
				   FIX(14), 12, &p->d));
	EXPECT_EQ(0, o->now.translation.cpu[0].preempt_count);
	/* in an interrupt, and where nothing may sleep */
	p->out.task.flags = TASK_IRQ | TASK_ATOMIC;
	EXPECT(atomic_told(p, pfn, 0, FIX(2)));
	EXPECT(kunmap_atomic_told(p, FIX(2), 0));
	pair_delete(p);
}

/* --- preempt_count -------------------------------------------------------- */

TEST(tasks_are_atomic)
{
	struct pair *p = pair_kmaps(M(24), 2, false);
	pfn_t pfn = good_page(p, GFP_HIGHUSER);

	EXPECT(atomic_told(p, 0, 0, PAGE_OFFSET));
	EXPECT(alloc_refused(p, REPORT_sleep_in_atomic, GFP_KERNEL));
	reported(p, REPORT_sleep_in_atomic);
	EXPECT(kmap_told(p, 0, 0));
	p->out.task.cpu = 1;
	good_page(p, GFP_KERNEL);
	kmap_new(p, pfn, 1);
	p->out.task.cpu = 0;
	good_page(p, GFP_ATOMIC);
	EXPECT(kunmap_atomic_told(p, PAGE_OFFSET, 0));
	good_page(p, GFP_KERNEL);
	pair_delete(p);
}

TEST(reset_gives_it_back)
{
	struct pair *p = pair_kmaps(M(24), 1, true);
	pfn_t pfn = good_page(p, GFP_HIGHUSER);

	EXPECT(atomic_told(p, pfn, 0, FIX(2)));
	model_reset(p->o);
	EXPECT_EQ(0, p->o->now.translation.cpu[0].preempt_count);
	EXPECT_EQ(0, fix_word_of(p, 2));
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

/* --- kmap_strict ---------------------------------------------------------- */

TEST(strict)
{
	struct pair *p = pair_kmaps(M(24), 2, true);
	pfn_t a = good_page(p, GFP_HIGHUSER), b = good_page(p, GFP_HIGHUSER);
	struct model *o = p->o;

	EXPECT(atomic_told(p, a, KM_IRQ0, FIX(11)));
	EXPECT(model_kmap_atomic(o, reported(p, REPORT_kmap_busy), b, KM_IRQ0,
				 0, &p->d));
	EXPECT_EQ(1, o->now.translation.cpu[0].preempt_count);
	EXPECT_EQ(1, kmap_mappings(o));
	EXPECT(model_free_pages(o, reported(p, REPORT_free_mapped), a, 0,
				&p->d));
	EXPECT(tlb_put(o, 0, FIX(11), false, TLB_VALID));
	EXPECT(kunmap_atomic_told(p, FIX(11) + 3, KM_IRQ0));
	EXPECT_EQ(0, o->tlb[0].nr);
	EXPECT_EQ(0, fix_word_of(p, 11));
	EXPECT_EQ(0, o->frame[a].kmapcount);
	EXPECT(model_kunmap_atomic(o, reported(p, REPORT_kunmap_unheld),
				   FIX(11), KM_IRQ0, &p->d));
	good_page_free(p, a);
	EXPECT(!model_self_check(o));
	pair_delete(p);
}

/* The slot is empty before and after, and nobody remembers it. */
TEST(strict_zeroing)
{
	struct pair *p = pair_kmaps(M(24), 1, true);
	pfn_t pfn = good_page(p, GFP_HIGHUSER | __GFP_ZERO);
	const gfp_t zeroed = __GFP_HIGH | __GFP_ZERO;

	EXPECT(pfn >= HIGH);
	EXPECT_EQ(0, fix_word_of(p, 5));
	EXPECT_EQ(0, p->o->tlb[0].nr);
	EXPECT(atomic_told(p, pfn, KM_USER0, FIX(5)));
	EXPECT(alloc_refused(p, REPORT_kmap_busy, zeroed | __GFP_HIGHMEM));
	good_page(p, zeroed);
	good_page(p, __GFP_HIGH | __GFP_HIGHMEM);
	p->out.task.flags = TASK_IRQ;
	EXPECT(alloc_refused(p, REPORT_zero_highmem_irq,
			     zeroed | __GFP_HIGHMEM));
	pair_delete(p);
}

/* Zeroing overwrites what a program has there. */
TEST(zeroing_overwrites)
{
	struct pair *p = pair_kmaps(M(24), 1, false);
	pfn_t a = good_page(p, GFP_HIGHUSER), b;

	EXPECT(atomic_told(p, a, KM_USER0, FIX(5)));
	b = good_page(p, __GFP_HIGH | __GFP_HIGHMEM | __GFP_ZERO);
	EXPECT_EQ(b << 12 | 0x163, fix_word_of(p, 5));
	EXPECT_EQ(1, p->o->tlb[0].nr);
	EXPECT(kunmap_atomic_told(p, FIX(5), KM_USER0));
	pair_delete(p);
}

/* --- from an address ------------------------------------------------------ */

static bool no_page(struct pair *p, vaddr_t addr)
{
	return model_kmap_atomic_to_page(p->o, reported(p, REPORT_bad_address),
					 addr, PFN_NONE, &p->d);
}

TEST(to_page)
{
	struct pair *p = pair_kmaps(M(24), 1, false);
	pfn_t pfn = good_page(p, GFP_HIGHUSER);

	EXPECT(no_page(p, 0));
	EXPECT(no_page(p, 0xC1400000));
	EXPECT(no_page(p, SLOT(1)));
	EXPECT(fixmap_told(p, 15, 0, FIX(15)));
	EXPECT(fixmap_told(p, 1, 0, FIX(1)));
	EXPECT(no_page(p, FIX(15)));
	EXPECT(no_page(p, FIX(1)));
	EXPECT(no_page(p, FIX(0)));
	EXPECT(no_page(p, FIX(14)));
	EXPECT(atomic_told(p, pfn, 12, FIX(14)));
	EXPECT(model_kmap_atomic_to_page(p->o, silent(p), FIX(14) + 4095, pfn,
					 &p->d));
	EXPECT(model_kmap_atomic_to_page(p->o, silent(p), 0xC13FFFFF, HIGH - 1,
					 &p->d));
	pair_delete(p);
}

/* --- the fixmap ----------------------------------------------------------- */

TEST(fixmap)
{
	struct pair *p = pair_kmaps(M(24), 2, false);
	struct model *o = p->o;
	pfn_t pfn = good_page(p, GFP_KERNEL);

	EXPECT(model_set_fixmap(o, reported(p, REPORT_map_frame), 1, pfn << 12,
				false, 0, &p->d));
	EXPECT(model_set_fixmap(o, reported(p, REPORT_map_frame), 106,
				6143 << 12, true, 0, &p->d));
	EXPECT(tlb_put(o, 0, FIX(106), false, TLB_VALID));
	EXPECT(tlb_put(o, 1, FIX(106), false, TLB_VALID));
	EXPECT(model_set_fixmap(o, silent(p), 106, 0xFEC00123, true, FIX(106),
				&p->d));
	EXPECT_EQ(0xFEC00173, fix_word_of(p, 106));
	EXPECT_EQ(0, o->tlb[0].nr);
	EXPECT_EQ(1, o->tlb[1].nr);
	EXPECT(fixmap_told(p, 106, 0x100000, FIX(106)));
	EXPECT_EQ(0x100163, fix_word_of(p, 106));
	p->out.task.cpu = 1;
	EXPECT(model_clear_fixmap(o, silent(p), 106, &p->d));
	EXPECT_EQ(0, fix_word_of(p, 106));
	EXPECT_EQ(0, o->tlb[1].nr);
	EXPECT(!model_self_check(o));
	pair_delete(p);
}
