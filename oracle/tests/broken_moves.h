/* SPDX-License-Identifier: MIT */
/*
 * broken_moves.h - rules B, P and W: false records, false verdicts.
 * Included by test_rules.c.
 */
#ifndef ORACLE_BROKEN_MOVES_H
#define ORACLE_BROKEN_MOVES_H

#include "broken.h"

/* --- trace records of allocations --------------------------------------- */

/*
 * An allocation whose outcome is falsified: first DMA's hot list, which is
 * full after boot, is used up to its low mark, so that a refill is due.
 */
struct order {
	gfp_t gfp;
	unsigned int order;
	bool refill;
};

static struct pair *before_alloc(struct order q, pfn_t *pfn)
{
	struct pair *p = pair_small();

	if (q.refill)
		for (int i = 0; i < 4; i++)
			good_alloc(p, ZONE_DMA, GFP, 0);
	begin(p);
	*pfn = puppet_alloc(p, ZONE_DMA, q.gfp, q.order);
	return p;
}

static void after_alloc(struct pair *p, struct order q, pfn_t pfn,
			enum rule rule)
{
	names(p, rule,
	      model_alloc_pages(p->o, &p->out, q.gfp, q.order, pfn, &p->d));
	pair_delete(p);
}

/* `falsify` is what is done to the trace t of nr records. */
#define FALSE_ALLOC(rule, q, falsify)                                          \
	do {                                                                   \
		const struct order which = q;                                  \
		pfn_t pfn;                                                     \
		struct pair *p = before_alloc(which, &pfn);                    \
		struct trace_record *t = p->trace;                             \
		u32 *nr = &p->out.nr_trace;                                    \
		(void)t, (void)nr;                                             \
		falsify;                                                       \
		after_alloc(p, which, pfn, RULE_##rule);                       \
	} while (0)

static const struct order block = { GFP, 3, false };
static const struct order page = { GFP, 0, false };
static const struct order refilled = { GFP, 0, true };

static void remove_record(struct pair *p, u32 at)
{
	p->out.nr_trace--;
	memmove(&p->trace[at], &p->trace[at + 1],
		(p->out.nr_trace - at) * sizeof(p->trace[0]));
}

static void insert_record(struct pair *p, u32 at, struct trace_record r)
{
	memmove(&p->trace[at + 1], &p->trace[at],
		(p->out.nr_trace - at) * sizeof(p->trace[0]));
	p->trace[at] = r;
	p->out.nr_trace++;
}

/* --- B ------------------------------------------------------------------ */

BROKEN(B1)
{
	struct trace_record extra = {
		TRACE_mm_page_alloc_zone_locked, 0, ZONE_DMA, 0, 2000, 0
	};

	FALSE_ALLOC(B1, block, remove_record(p, 0));
	FALSE_ALLOC(B1, page, insert_record(p, 0, extra));
}

BROKEN(B2)
{
	FALSE_ALLOC(B2, block, t[0].pfn += 8);
}

BROKEN(B3)
{
	FALSE_ALLOC(B3, block, t[0].order++);
	FALSE_ALLOC(B3, block, t[0].zone = ZONE_NORMAL);
	FALSE_ALLOC(B3, block, t[0].temp = PCP_COLD);
	FALSE_ALLOC(B3, block, t[0].arg = 1);
}

/* --- P ------------------------------------------------------------------ */

BROKEN(P1)
{
	struct trace_record extra = {
		TRACE_mm_page_alloc_zone_locked, 0, ZONE_DMA, 0, 2000, 1
	};

	/* a refill that did not happen, too many of one, one too early */
	FALSE_ALLOC(P1, refilled, remove_record(p, 0));
	FALSE_ALLOC(P1, refilled, insert_record(p, 0, t[0]);
		    t[1].pfn = p->t->now.list[ZONE_DMA][0]);
	FALSE_ALLOC(P1, page, insert_record(p, 0, extra));
}

BROKEN(P2)
{
	FALSE_ALLOC(P2, refilled, t[0].pfn++);
}

BROKEN(P3)
{
	FALSE_ALLOC(P3, refilled, t[0].order++);
	FALSE_ALLOC(P3, refilled, t[0].temp = PCP_COLD);
	FALSE_ALLOC(P3, refilled, t[0].zone = ZONE_NORMAL);
	FALSE_ALLOC(P3, refilled, t[0].arg = 0);
}

BROKEN(P4)
{
	FALSE_ALLOC(P4, page,
		    t[0].pfn = pfn = pcp_tail(p->o, ring_of(0, 0, 0)));
}

/* Frees until DMA's hot list is full; then one more, which drains one. */
static struct pair *before_drain(pfn_t *pfn)
{
	const u32 ring = ring_of(0, ZONE_DMA, PCP_HOT);
	struct pair *p = pair_small();
	pfn_t held[8];
	int i;

	for (i = 0; i < 8; i++)
		held[i] = good_alloc(p, ZONE_DMA, GFP, 0);
	for (i = 0; p->o->now.pcp[ring] < 6; i++)
		good_free(p, held[i], 0);
	*pfn = held[i];
	begin(p);
	puppet_free(p, *pfn, PCP_HOT);
	return p;
}

#define FALSE_FREE(rule, falsify)                                              \
	do {                                                                   \
		pfn_t pfn;                                                     \
		struct pair *p = before_drain(&pfn);                           \
		struct trace_record *t = p->trace;                             \
		(void)t;                                                       \
		falsify;                                                       \
		names(p, RULE_##rule,                                          \
		      model_free_pages(p->o, &p->out, pfn, 0, &p->d));         \
		pair_delete(p);                                                \
	} while (0)

/* drain_local_pages that leaves a list alone */
static void forgotten_drain(void)
{
	struct pair *p = pair_small();

	names(p, RULE_P5, model_drain_local_pages(p->o, silent(p), &p->d));
	pair_delete(p);
}

BROKEN(P5)
{
	FALSE_FREE(P5, remove_record(p, 1));
	FALSE_FREE(P5, insert_record(p, 2, t[1]));
	forgotten_drain();
}

BROKEN(P6)
{
	FALSE_FREE(P6, t[1].pfn++);
}

BROKEN(P7)
{
	FALSE_FREE(P7, t[1].zone = ZONE_NORMAL);
	FALSE_FREE(P7, t[1].temp = PCP_COLD);
}

/* --- W ------------------------------------------------------------------ */

static bool told(struct pair *p, gfp_t gfp, unsigned int order, pfn_t pfn)
{
	return model_alloc_pages(p->o, &p->out, gfp, order, pfn, &p->d);
}

/* A pair whose zones are all below their marks. */
static struct pair *pair_short(void)
{
	struct pair *p = pair_small();

	memset(&p->o->now.counts, 0, sizeof(p->o->now.counts));
	begin(p);
	return p;
}

BROKEN(W1)
{
	struct pair *p = pair_small();

	names(p, RULE_W1, (silent(p), told(p, GFP_KERNEL, 0, PFN_NONE)));
	p->out.oom = true;
	names(p, RULE_W1, told(p, GFP_KERNEL, 0, PFN_NONE));
	pair_delete(p);
}

BROKEN(W2)
{
	struct pair *p = pair_short();

	names(p, RULE_W2, told(p, GFP_ATOMIC, 0, 2000));
	p->out.oom = true;
	names(p, RULE_W2, told(p, GFP_ATOMIC, 0, PFN_NONE));
	pair_delete(p);
}

BROKEN(W3)
{
	struct pair *p = pair_short();

	names(p, RULE_W3, told(p, GFP_KERNEL, 0, PFN_NONE));
	names(p, RULE_W3, told(p, GFP_KERNEL, 0, 2000));
	/* and no oom of a call that allocates nothing */
	p->out.oom = true;
	names(p, RULE_W3, model_put_page(p->o, &p->out, 0, &p->d));
	pair_delete(p);
}

BROKEN(W4)
{
	FALSE_ALLOC(W4, block, pfn += 8);
	FALSE_ALLOC(W4, block, t[1].pfn += 8);
}

BROKEN(W5)
{
	struct pair *p = pair_small();

	names(p, RULE_W5, (silent(p), told(p, GFP_KERNEL, 11, 2000)));
	p->out.oom = true;
	names(p, RULE_W5, told(p, GFP_KERNEL, 11, PFN_NONE));
	pair_delete(p);
}

BROKEN(W6)
{
	struct pair *p = pair_small();
	pfn_t pfn;

	begin(p);
	p->out.task.fail_nth = 1;
	pfn = puppet_alloc(p, ZONE_DMA, GFP, 0);
	names(p, RULE_W6, told(p, GFP, 0, pfn));
	names(p, RULE_W6, told(p, GFP, 0, PFN_NONE));
	pair_delete(p);
}

BROKEN(W7)
{
	FALSE_ALLOC(W7, block, remove_record(p, 1));
	FALSE_ALLOC(W7, block, insert_record(p, 2, t[1]));
	FALSE_ALLOC(W7, block, t[1].order--);
	FALSE_ALLOC(W7, block, t[1].zone++);
	FALSE_ALLOC(W7, page, t[0].arg = GFP_ATOMIC);
	FALSE_ALLOC(W7, page, t[0].event = 77);
}

static const struct trace_record wake_normal = {
	TRACE_mm_vmscan_wakeup_kswapd, 0, ZONE_NORMAL, 0, 0, 0
};
static const struct trace_record wake_dma = {
	TRACE_mm_vmscan_wakeup_kswapd, 0, ZONE_DMA, 0, 0, 0
};
static const struct trace_record reclaim = {
	TRACE_mm_vmscan_direct_reclaim_begin, 0, 0, 0, 0, GFP_KERNEL
};
static const struct trace_record kill = {
	TRACE_oom_kill, 0, 0, 0, 0, GFP_KERNEL
};

/* GFP_KERNEL without memory, announced by these records, `oom` or NULL. */
static void wrong_shortage(enum rule rule, gfp_t gfp, bool oom, u32 nr,
			   const struct trace_record *const *records)
{
	struct pair *p = pair_short();

	p->out.oom = oom;
	for (u32 i = 0; i < nr; i++)
		announce(p, *records[i]);
	names(p, rule, told(p, gfp, 0, PFN_NONE));
	pair_delete(p);
}

#define SHORTAGE(rule, gfp, oom, ...)                                          \
	do {                                                                   \
		const struct trace_record *const r[] = { __VA_ARGS__ };        \
		wrong_shortage(RULE_##rule, gfp, oom,                          \
			       sizeof(r) / sizeof(r[0]), r);                   \
	} while (0)

BROKEN(W8)
{
	struct trace_record order = wake_dma;

	order.order++;
	SHORTAGE(W8, GFP_ATOMIC, false, &wake_normal);
	SHORTAGE(W8, GFP_ATOMIC, false, &wake_dma, &wake_normal);
	SHORTAGE(W8, GFP_ATOMIC, false, &wake_normal, &order);
	SHORTAGE(W8, GFP_ATOMIC, false, &wake_normal, &wake_dma, &wake_dma);
	FALSE_ALLOC(W8, page, insert_record(p, 0, wake_dma));
}

BROKEN(W9)
{
	SHORTAGE(W9, GFP_KERNEL, true, &wake_normal, &wake_dma, &kill);
	SHORTAGE(W9, GFP_ATOMIC, false, &wake_normal, &wake_dma, &reclaim);
}

BROKEN(W10)
{
	SHORTAGE(W10, GFP_KERNEL, true, &wake_normal, &wake_dma, &reclaim);
	SHORTAGE(W10, GFP_KERNEL, true, &wake_normal, &wake_dma, &reclaim,
		 &kill, &kill);
}

BROKEN(W11)
{
	struct pair *p = pair_small();
	pfn_t pfn;

	begin(p);
	pfn = puppet_alloc(p, ZONE_NORMAL, GFP_KERNEL, 0);
	names(p, RULE_W11,
	      model_get_free_pages(p->o, &p->out, GFP_KERNEL, 0,
				   PAGE_OFFSET + pfn * PAGE_SIZE + 1, &p->d));
	pair_delete(p);
}

#endif
