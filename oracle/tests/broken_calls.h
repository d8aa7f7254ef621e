/* SPDX-License-Identifier: MIT */
/*
 * broken_calls.h - rules R and F: false reports, false answers.
 * Included by test_rules.c.
 */
#ifndef ORACLE_BROKEN_CALLS_H
#define ORACLE_BROKEN_CALLS_H

#include "broken_moves.h"

/* --- R ------------------------------------------------------------------ */

BROKEN(R0)
{
	struct pair *p = pair_small();

	for (int kind = 1; kind < NR_REPORTS; kind++) {
		reported(p, kind);
		names(p, RULE_R0, told(p, GFP_KERNEL, 0, PFN_NONE));
		names(p, RULE_R0, told(p, GFP_KERNEL, 11, PFN_NONE));
		names(p, RULE_R0, model_put_page(p->o, &p->out, 0, &p->d));
		names(p, RULE_R0, model_free_addr(p->o, &p->out, 0, 0, &p->d));
		names(p, RULE_R0,
		      model_drain_local_pages(p->o, &p->out, &p->d));
	}
	pair_delete(p);
}

/* Freeing frame `pfn` with `order`, told that there was no report. */
static void unreported(enum rule rule, struct pair *p, pfn_t pfn,
		       unsigned int order)
{
	silent(p);
	names(p, rule, model_free_pages(p->o, &p->out, pfn, order, &p->d));
	reported(p, rule - RULE_R0 == 1 ? 2 : 1);
	names(p, rule, model_free_pages(p->o, &p->out, pfn, order, &p->d));
	pair_delete(p);
}

BROKEN(R1)
{
	struct pair *p = pair_small();
	pfn_t pfn = good_alloc(p, ZONE_DMA, GFP, 0);

	good_free(p, pfn, 0);
	unreported(RULE_R1, p, pfn, 0);
}

BROKEN(R2)
{
	unreported(RULE_R2, pair_small(), 3000, 0);
}

BROKEN(R3)
{
	struct pair *p = pair_small();

	unreported(RULE_R3, p, good_alloc(p, ZONE_DMA, GFP, 1), 0);
}

BROKEN(R4)
{
	unreported(RULE_R4, pair_small(), 300, 0);
}

BROKEN(R5)
{
	struct pair *p = pair_small();

	unreported(RULE_R5, p, good_alloc(p, ZONE_DMA, GFP, 1) + 1, 0);
}

BROKEN(R6)
{
	unreported(RULE_R6, pair_small(), 6144, 0);
}

BROKEN(R7)
{
	struct pair *p = pair_small();

	silent(p);
	names(p, RULE_R7, model_free_addr(p->o, &p->out, 0xF8800000, 0, &p->d));
	names(p, RULE_R7,
	      model_virt_to_page(p->o, &p->out, 0xF8800000, 5, &p->d));
	pair_delete(p);
}

BROKEN(R8)
{
	unreported(RULE_R8, pair_small(), 3000, 11);
}

/* An allocation by this task, told that it went well. */
static void allowed(enum rule rule, u8 flags, gfp_t gfp)
{
	struct pair *p = pair_small();

	begin(p);
	p->out.task.flags = flags;
	names(p, rule, told(p, gfp, 0, 2000));
	pair_delete(p);
}

BROKEN(R9)
{
	allowed(RULE_R9, 0, __GFP_DMA | __GFP_HIGHMEM);
}

BROKEN(R10)
{
	struct pair *p = pair_small();

	silent(p);
	names(p, RULE_R10, model_put_page(p->o, &p->out, 3000, &p->d));
	pair_delete(p);
}

BROKEN(R11)
{
	struct pair *p = pair_small();

	silent(p);
	names(p, RULE_R11, model_get_page(p->o, &p->out, 3000, &p->d));
	pair_delete(p);
}

BROKEN(R12)
{
	struct pair *p = pair_small();
	pfn_t pfn = good_alloc(p, ZONE_DMA, GFP, 1) + 1;

	silent(p);
	names(p, RULE_R12, model_get_page(p->o, &p->out, pfn, &p->d));
	names(p, RULE_R12, model_put_page(p->o, &p->out, pfn, &p->d));
	pair_delete(p);
}

BROKEN(R13)
{
	allowed(RULE_R13, TASK_ATOMIC, GFP_KERNEL);
	allowed(RULE_R13, TASK_IRQ, GFP_NOIO);
}

BROKEN(R14)
{
	allowed(RULE_R14, TASK_IRQ, __GFP_HIGHMEM | __GFP_ZERO);
}

BROKEN(R15)
{
	struct pair *p = pair_small();

	silent(p);
	names(p, RULE_R15,
	      model_get_free_pages(p->o, &p->out, GFP_HIGHUSER, 0, 0, &p->d));
	pair_delete(p);
}

BROKEN(R16)
{
	struct pair *p = pair_small();

	silent(p);
	names(p, RULE_R16,
	      model_alloc_bootmem(p->o, &p->out, 1, 1, 0, 4096, &p->d));
	pair_delete(p);
}

/* A bootmem call that must be reported, told that it was not. */
static void boot_allowed(enum rule rule, u32 size, u32 align)
{
	struct pair *p = pair_bootmem(M(24), M(1004), 1);

	silent(p);
	names(p, rule,
	      model_alloc_bootmem(p->o, &p->out, size, align, 0, 0, &p->d));
	pair_delete(p);
}

BROKEN(R17)
{
	boot_allowed(RULE_R17, 0, 1);
}

BROKEN(R18)
{
	struct pair *p = pair_bootmem(M(24), M(1004), 1);

	silent(p);
	names(p, RULE_R18,
	      model_free_bootmem(p->o, &p->out, 3000 * 4096, 4096, &p->d));
	pair_delete(p);
}

BROKEN(R19)
{
	boot_allowed(RULE_R19, 4096, 48);
}

BROKEN(R20)
{
	boot_allowed(RULE_R20, (u32)M(22), 1);
}

BROKEN(R21)
{
	struct pair *p = pair_small();

	reported(p, REPORT_free_reserved);
	announce(p, wake_dma);
	names(p, RULE_R21, model_free_pages(p->o, &p->out, 0, 0, &p->d));
	reported(p, REPORT_bad_zone_bits);
	names(p, RULE_R21, told(p, 3, 0, 2000));
	p->out.oom = true;
	names(p, RULE_R21, told(p, 3, 0, PFN_NONE));
	pair_delete(p);
}

/* --- F ------------------------------------------------------------------ */

/* Not while references are left, not for what is reserved. */
static void free_too_early(void)
{
	struct trace_record extra = {
		TRACE_mm_page_free, 0, ZONE_DMA, 0, 0, 0
	};
	struct pair *p = pair_small();
	pfn_t pfn = good_alloc(p, ZONE_DMA, GFP, 0);

	EXPECT(model_get_page(p->o, silent(p), pfn, &p->d));
	extra.pfn = pfn;
	announce(p, extra);
	names(p, RULE_F1, model_put_page(p->o, &p->out, pfn, &p->d));
	begin(p);
	announce(p, extra);
	names(p, RULE_F1, model_put_page(p->o, &p->out, 0, &p->d));
	pair_delete(p);
}

BROKEN(F1)
{
	FALSE_FREE(F1, remove_record(p, 0));
	FALSE_FREE(F1, t[0].pfn++);
	FALSE_FREE(F1, t[0].order++);
	FALSE_FREE(F1, t[0].temp = PCP_COLD);
	free_too_early();
}

BROKEN(F2)
{
	struct pair *p = pair_small();

	silent(p);
	names(p, RULE_F2, model_page_address(p->o, &p->out, 5119, 0, &p->d));
	names(p, RULE_F2,
	      model_page_address(p->o, &p->out, 5120,
				 PAGE_OFFSET + 5120 * PAGE_SIZE, &p->d));
	pair_delete(p);
}

BROKEN(F3)
{
	struct pair *p = pair_small();

	silent(p);
	names(p, RULE_F3,
	      model_virt_to_page(p->o, &p->out, PAGE_OFFSET + 4096, 2, &p->d));
	pair_delete(p);
}

BROKEN(F4)
{
	struct pair *p = pair_small();
	const struct mm_counts *c = &p->o->now.counts;
	u32 sum = c->free_pages[0] + c->free_pages[1] + c->free_pages[2];

	silent(p);
	EXPECT(model_nr_free_pages(p->o, &p->out, sum, &p->d));
	/* with the frames on per-CPU lists */
	names(p, RULE_F4, model_nr_free_pages(p->o, &p->out, sum + 6, &p->d));
	pair_delete(p);
}

/* Honest but for one field; the block is compound and its head has count 2. */
static void wrong_view(enum rule rule, u32 frame, struct frame_view add)
{
	struct pair *p = pair_small();
	pfn_t pfn = good_alloc(p, ZONE_DMA, GFP | __GFP_COMP, 2);
	struct frame_view v = { .state = FRAME_TAIL, .compound = 1 };

	EXPECT(model_get_page(p->o, silent(p), pfn, &p->d));
	if (!frame)
		v = (struct frame_view){ .state = FRAME_ALLOCATED,
					 .order = 2,
					 .head = 1,
					 .compound = 1,
					 .count = 2 };
	EXPECT(model_check_frame(p->o, pfn + frame, &v, &p->d));
	v.state ^= add.state;
	v.order ^= add.order;
	v.head ^= add.head;
	v.slab ^= add.slab;
	v.compound ^= add.compound;
	v.count ^= add.count;
	v.table ^= add.table;
	v.mapcount ^= add.mapcount;
	names(p, rule, model_check_frame(p->o, pfn + frame, &v, &p->d));
	pair_delete(p);
}

#define WRONG_VIEW(rule, ...)                                                  \
	do {                                                                   \
		wrong_view(RULE_##rule, 0,                                     \
			   (struct frame_view){ __VA_ARGS__ });                \
		wrong_view(RULE_##rule, 3,                                     \
			   (struct frame_view){ __VA_ARGS__ });                \
	} while (0)

BROKEN(F5)
{
	WRONG_VIEW(F5, .state = 1);
}

BROKEN(F6)
{
	WRONG_VIEW(F6, .order = 1);
}

BROKEN(F7)
{
	WRONG_VIEW(F7, .head = 1);
}

BROKEN(F8)
{
	WRONG_VIEW(F8, .compound = 1);
}

BROKEN(F9)
{
	WRONG_VIEW(F9, .count = 1);
}

#endif
