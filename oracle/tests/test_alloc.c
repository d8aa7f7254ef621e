// SPDX-License-Identifier: MIT
/*
 * test_alloc.c - when an allocation must succeed, be NULL, or be oom: the
 * marks of section 4.5 and the sequence of 5.6, on counts set by hand.
 */
#include "puppet.h"

enum verdict { MUST_SUCCEED, MUST_BE_NULL, MUST_BE_OOM, NO_VERDICT };

/*
 * What the model expects of an allocation in this state: it is told NULL
 * without oom, and what it says of that tells.
 */
static enum verdict verdict_of(struct pair *p, u8 flags, gfp_t gfp,
			       unsigned int order)
{
	bool agreed;

	begin(p);
	p->out.task.flags = flags;
	agreed = model_alloc_pages(p->o, &p->out, gfp, order, PFN_NONE, &p->d);
	if (agreed || p->d.rule == RULE_W8)
		return MUST_BE_NULL;
	if (p->d.rule == RULE_W1)
		return MUST_SUCCEED;
	return p->d.rule == RULE_W3 ? MUST_BE_OOM : NO_VERDICT;
}

/* 1 GiB; DMA and HIGHMEM are empty, NORMAL has so many single frames. */
static void only_normal(struct pair *p, u32 frames)
{
	struct mm_counts *c = &p->o->now.counts;

	memset(c, 0, sizeof(*c));
	c->free_pages[ZONE_NORMAL] = frames;
	c->nr_free[ZONE_NORMAL][0] = frames;
}

/* The least number of free frames with which the call succeeds. */
static u32 least(struct pair *p, u8 flags, gfp_t gfp)
{
	for (u32 n = 1; n < 4000; n++) {
		only_normal(p, n);
		if (verdict_of(p, flags, gfp, 0) == MUST_SUCCEED)
			return n;
	}
	return 0;
}

/* Section 4.5: the effective minimum, one more than the mark. */
TEST(effective_minimum)
{
	struct pair *p = pair_run(M(1024), 0, 1);

	EXPECT_EQ(least(p, 0, GFP_KERNEL), 939 + 1);
	EXPECT_EQ(least(p, TASK_RT, GFP_KERNEL), 705 + 1);
	EXPECT_EQ(least(p, 0, GFP_KERNEL | __GFP_HIGH), 470 + 1);
	EXPECT_EQ(least(p, 0, GFP_ATOMIC), 353 + 1);
	EXPECT_EQ(least(p, TASK_IRQ, GFP_ATOMIC), 353 + 1);
	/* class HIGHMEM pays NORMAL's reserve */
	EXPECT_EQ(least(p, 0, GFP_HIGHUSER), 939 + 1024 + 1);
	EXPECT_EQ(least(p, 0, GFP_ATOMIC | __GFP_HIGHMEM), 353 + 1024 + 1);
	pair_delete(p);
}

/* Class NORMAL in DMA: the mark and 880. */
TEST(reserve_of_dma)
{
	struct pair *p = pair_run(M(1024), 0, 1);
	struct mm_counts *c = &p->o->now.counts;

	for (u32 n = 880 + 17; n <= 880 + 18; n++) {
		memset(c, 0, sizeof(*c));
		c->free_pages[ZONE_DMA] = c->nr_free[ZONE_DMA][0] = n;
		EXPECT_EQ(verdict_of(p, 0, GFP_KERNEL, 0),
			  n > 880 + 17 ? MUST_SUCCEED : MUST_BE_OOM);
	}
	/* its own class pays none */
	memset(c, 0, sizeof(*c));
	c->free_pages[ZONE_DMA] = c->nr_free[ZONE_DMA][0] = 18;
	EXPECT_EQ(verdict_of(p, 0, GFP_KERNEL | GFP_DMA, 0), MUST_SUCCEED);
	pair_delete(p);
}

/* Pass A is at pages_low: at 1173 kswapd is woken, at 1174 it is not. */
TEST(first_pass)
{
	struct pair *p = pair_run(M(1024), 0, 1);

	only_normal(p, 1173);
	begin(p);
	EXPECT(!model_alloc_pages(p->o, &p->out, GFP_KERNEL, 0, 5, &p->d));
	EXPECT_EQ(p->d.rule, RULE_W8);
	only_normal(p, 1174);
	begin(p);
	EXPECT(!model_alloc_pages(p->o, &p->out, GFP_KERNEL, 0, 5, &p->d));
	EXPECT_EQ(p->d.rule,
		  RULE_P1); /* 31 frames are on the list, low is 62 */
	pair_delete(p);
}

/*
 * Order 2, mark m = 939 for a waiter: with single frames in the way the zone
 * must have f > m, then f - nr_0 > m/2, then f - nr_0 - 2 nr_1 > m/4.
 */
TEST(higher_orders)
{
	static const struct {
		u32 nr[3];
		enum verdict verdict;
	} row[] = {
		{ { 0, 0, 236 }, MUST_SUCCEED }, /* 944 - 3 = 941 > 939 */
		{ { 0, 0, 235 }, MUST_BE_OOM },	 /* 937 */
		{ { 471, 0, 236 }, MUST_SUCCEED },
		{ { 2000, 0, 118 }, MUST_BE_OOM },  /* 469 <= 469 */
		{ { 2000, 0, 119 }, MUST_SUCCEED }, /* 473 > 469 */
		{ { 2000, 200, 59 }, MUST_BE_OOM }, /* 233 <= 234 */
		{ { 2000, 200, 60 }, MUST_SUCCEED },
		{ { 5000, 5000, 0 }, MUST_BE_OOM },
		{ { 2, 0, 0 }, MUST_BE_OOM }, /* f is negative */
	};
	struct pair *p = pair_run(M(1024), 0, 1);

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		u32 *nr = p->o->now.counts.nr_free[ZONE_NORMAL];

		only_normal(p,
			    row[i].nr[0] + 2 * row[i].nr[1] + 4 * row[i].nr[2]);
		for (int k = 0; k < 3; k++)
			nr[k] = row[i].nr[k];
		EXPECT_EQ(verdict_of(p, 0, GFP_KERNEL, 2), row[i].verdict);
	}
	pair_delete(p);
}

/* Nothing is free anywhere: 5.6 from step 5 on. */
TEST(verdicts_when_all_is_taken)
{
	const gfp_t nofs = GFP_NOFS, nowait = 0;
	const struct {
		u8 flags;
		gfp_t gfp;
		u8 order;
		enum verdict verdict;
	} row[] = {
		{ 0, GFP_KERNEL, 0, MUST_BE_OOM },
		{ 0, GFP_KERNEL, 9, MUST_BE_OOM },
		{ 0, GFP_KERNEL | __GFP_NORETRY, 0, MUST_BE_NULL },
		{ 0, GFP_KERNEL | __GFP_NORETRY | __GFP_NOFAIL, 0,
		  MUST_BE_NULL },
		{ 0, nofs, 0, MUST_BE_OOM },
		{ 0, nofs, 3, MUST_BE_OOM },
		{ 0, nofs, 4, MUST_BE_NULL },
		{ 0, nofs | __GFP_REPEAT, 4, MUST_BE_OOM },
		{ 0, nofs | __GFP_NOFAIL, 4, MUST_BE_OOM },
		{ 0, nofs | __GFP_NORETRY, 3, MUST_BE_NULL },
		{ 0, nowait, 0, MUST_BE_NULL },
		{ 0, GFP_ATOMIC | __GFP_NOFAIL, 0, MUST_BE_NULL },
		{ TASK_MEMALLOC, GFP_KERNEL, 0, MUST_BE_NULL },
		{ TASK_MEMDIE, GFP_KERNEL, 0, MUST_BE_NULL },
		{ TASK_MEMALLOC, GFP_KERNEL | __GFP_NOFAIL, 0, MUST_BE_OOM },
		{ TASK_MEMALLOC, GFP_KERNEL | __GFP_NOFAIL | __GFP_NOMEMALLOC,
		  0, MUST_BE_OOM },
		{ TASK_MEMALLOC | TASK_IRQ, GFP_ATOMIC | __GFP_NOFAIL, 0,
		  MUST_BE_NULL },
	};
	struct pair *p = pair_run(M(1024), 0, 1);

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		only_normal(p, 0);
		for (int z = 0; z < NR_ZONES; z++)
			for (int k = 0; k < MAX_ORDER; k++)
				p->o->now.list[z][k] = PFN_NONE;
		for (int k = 0; k < NR_RINGS; k++)
			p->o->now.pcp[k] = 0;
		if (!EXPECT_EQ(verdict_of(p, row[i].flags, row[i].gfp,
					  row[i].order),
			       row[i].verdict))
			fprintf(stderr, "row %zu\n", i);
	}
	pair_delete(p);
}

/* Below all marks: PF_MEMALLOC takes what is there, but not in an interrupt. */
TEST(pass_without_marks)
{
	struct pair *p = pair_run(M(1024), 0, 1);
	gfp_t gfp = GFP_ATOMIC;

	only_normal(p, 10);
	EXPECT_EQ(verdict_of(p, 0, gfp, 0), MUST_BE_NULL);
	only_normal(p, 10);
	EXPECT_EQ(verdict_of(p, TASK_MEMALLOC, gfp, 0), MUST_SUCCEED);
	only_normal(p, 10);
	EXPECT_EQ(verdict_of(p, TASK_MEMDIE, gfp, 0), MUST_SUCCEED);
	only_normal(p, 10);
	EXPECT_EQ(verdict_of(p, TASK_MEMALLOC, gfp | __GFP_NOMEMALLOC, 0),
		  MUST_BE_NULL);
	only_normal(p, 10);
	EXPECT_EQ(verdict_of(p, TASK_MEMALLOC | TASK_IRQ, gfp, 0),
		  MUST_BE_NULL);
	/* frames on the list alone will do for order 0 */
	only_normal(p, 0);
	for (int z = 0; z < NR_ZONES; z++)
		for (int k = 0; k < MAX_ORDER; k++)
			p->o->now.list[z][k] = PFN_NONE;
	p->o->now.pcp[ring_of(0, ZONE_NORMAL, PCP_HOT)] = 1;
	EXPECT_EQ(verdict_of(p, TASK_MEMALLOC, gfp, 0), MUST_SUCCEED);
	EXPECT_EQ(verdict_of(p, TASK_MEMALLOC, gfp, 1), MUST_BE_NULL);
	pair_delete(p);
}

/* oom: a wake for each zone that is low, then reclaim, then the killer. */
TEST(records_of_a_shortage)
{
	struct pair *p = pair_small();
	static const struct trace_record want[] = {
		{ TRACE_mm_vmscan_wakeup_kswapd, 2, ZONE_NORMAL, 0, 0, 0 },
		{ TRACE_mm_vmscan_wakeup_kswapd, 2, ZONE_DMA, 0, 0, 0 },
		{ TRACE_mm_vmscan_direct_reclaim_begin, 2, 0, 0, 0,
		  GFP_KERNEL },
		{ TRACE_oom_kill, 2, 0, 0, 0, GFP_KERNEL },
	};

	only_normal(p, 0);
	begin(p);
	p->out.oom = true;
	for (u32 i = 0; i < 4; i++)
		announce(p, want[i]);
	EXPECT(model_alloc_pages(p->o, &p->out, GFP_KERNEL, 2, PFN_NONE,
				 &p->d));
	EXPECT_EQ(p->o->now.counts.kswapd_max_order, 2);
	/* no __GFP_FS, no killer; a smaller order wakes, but records nothing */
	begin(p);
	p->out.oom = true;
	for (u32 i = 0; i < 3; i++) {
		struct trace_record r = want[i];

		r.order = 1;
		if (i == 2)
			r.arg = GFP_NOFS;
		announce(p, r);
	}
	EXPECT(model_alloc_pages(p->o, &p->out, GFP_NOFS, 1, PFN_NONE, &p->d));
	EXPECT_EQ(p->o->now.counts.kswapd_max_order, 2);
	pair_delete(p);
}

/* The wake asks with class 0: DMA's own 880 for class NORMAL say nothing. */
TEST(wakes_without_reserves)
{
	struct pair *p = pair_run(M(1024), 0, 1);
	struct mm_counts *c = &p->o->now.counts;

	only_normal(p, 0);
	c->free_pages[ZONE_DMA] = c->nr_free[ZONE_DMA][0] = 22;
	begin(p);
	announce(p, (struct trace_record){ TRACE_mm_vmscan_wakeup_kswapd, 0,
					   ZONE_NORMAL, 0, 0, 0 });
	EXPECT(model_alloc_pages(p->o, &p->out, GFP_ATOMIC, 0, PFN_NONE,
				 &p->d));
	pair_delete(p);
}

/* UP, 16 MiB: batch 1, low 2: six frames on the list, then a refill of one. */
TEST(refill_at_low)
{
	static const pfn_t order[] = { 1026, 1055, 1054, 1053, 1052, 1051 };
	struct pair *p = pair_run(M(16), 0, 1);
	pfn_t cold;

	for (u32 i = 0; i < 4; i++) {
		EXPECT_EQ(good_alloc(p, ZONE_DMA, GFP_KERNEL, 0), order[i]);
		EXPECT_EQ(p->out.nr_trace, 1);
	}
	/* two are left: the refill's frame, 1050, goes to the tail */
	EXPECT_EQ(good_alloc(p, ZONE_DMA, GFP_KERNEL, 0), 1052);
	EXPECT_EQ(p->out.nr_trace, 2);
	EXPECT_EQ(p->trace[0].pfn, 1050);
	EXPECT_EQ(good_alloc(p, ZONE_DMA, GFP_KERNEL, 0), 1051);
	EXPECT_EQ(good_alloc(p, ZONE_DMA, GFP_KERNEL, 0), 1050);
	/* the cold list is refilled when it is empty */
	cold = good_alloc(p, ZONE_DMA, GFP_KERNEL | __GFP_COLD, 0);
	EXPECT_EQ(cold, p->trace[0].pfn);
	EXPECT_EQ(p->trace[0].temp, PCP_COLD);
	EXPECT_EQ(p->out.nr_trace, 2);
	pair_delete(p);
}

TEST(order_of_checks)
{
	struct pair *p = pair_small();
	struct model *o = p->o;
	const gfp_t both = __GFP_DMA | __GFP_HIGHMEM;

	EXPECT(model_alloc_pages(o, silent(p), both | __GFP_WAIT, 11, PFN_NONE,
				 &p->d));
	p->out.task.flags = TASK_IRQ;
	EXPECT(model_alloc_pages(o, reported(p, REPORT_bad_zone_bits),
				 both | __GFP_WAIT, 0, PFN_NONE, &p->d));
	EXPECT(model_alloc_pages(o, reported(p, REPORT_sleep_in_atomic),
				 GFP_HIGHUSER | __GFP_ZERO, 0, PFN_NONE,
				 &p->d));
	EXPECT(model_alloc_pages(o, reported(p, REPORT_zero_highmem_irq),
				 __GFP_HIGHMEM | __GFP_ZERO, 0, PFN_NONE,
				 &p->d));
	p->out.task.flags = TASK_ATOMIC;
	EXPECT(model_alloc_pages(o, reported(p, REPORT_sleep_in_atomic),
				 GFP_KERNEL, 0, PFN_NONE, &p->d));
	p->out.task.flags = 0;
	p->out.task.fail_nth = 1;
	EXPECT(model_alloc_pages(o, silent(p), GFP_KERNEL, 0, PFN_NONE, &p->d));
	EXPECT(model_get_free_pages(o, reported(p, REPORT_highmem_no_address),
				    GFP_HIGHUSER, 11, 0, &p->d));
	EXPECT(model_get_zeroed_page(o, reported(p, REPORT_highmem_no_address),
				     GFP_HIGHUSER, 0, &p->d));
	EXPECT(model_get_dma_pages(o, reported(p, REPORT_highmem_no_address),
				   GFP_HIGHUSER, 0, 0, &p->d));
	pair_delete(p);
}

TEST(addresses)
{
	struct pair *p = pair_small();
	gfp_t gfp = GFP_KERNEL;
	pfn_t pfn;

	begin(p);
	pfn = puppet_alloc(p, ZONE_NORMAL, gfp, 1);
	EXPECT(model_get_free_pages(p->o, &p->out, gfp, 1,
				    PAGE_OFFSET + pfn * PAGE_SIZE, &p->d));
	begin(p);
	pfn = puppet_alloc(p, ZONE_NORMAL, gfp | __GFP_ZERO, 0);
	EXPECT(model_get_zeroed_page(p->o, &p->out, gfp,
				     PAGE_OFFSET + pfn * PAGE_SIZE, &p->d));
	begin(p);
	pfn = puppet_alloc(p, ZONE_DMA, gfp | GFP_DMA, 0);
	EXPECT(model_get_dma_pages(p->o, &p->out, gfp, 0,
				   PAGE_OFFSET + pfn * PAGE_SIZE, &p->d));
	EXPECT(pfn < 4096);
	pair_delete(p);
}
