// SPDX-License-Identifier: MIT
/*
 * accept_free.c - giving frames back: which misuse each call is, and where
 * the frames go.
 *
 *	__free_pages, free_pages,	checks; one reference less
 *	free_cold_page
 *	last reference of order 0	mm_page_free; count >= high: batch
 *					frames off the tail go to the buddy;
 *					then the frame joins the head
 *	last reference of a block	mm_page_free; the buddy takes it
 *
 * [mm/page_alloc.c: __free_pages, free_hot_cold_page, __free_pages_ok]
 */
#include "judge.h"

static enum report_kind freed_before(const struct frame *f)
{
	return f->marks & MARK_RETURNED ? REPORT_double_free
					: REPORT_never_allocated;
}

/* In DESIGN.md's order of checks. */
static inline enum report_kind misuse(const struct model *o, pfn_t pfn,
				      unsigned int order)
{
	const struct frame *f;

	if (pfn >= o->now.layout.max_mapnr)
		return REPORT_bad_page;
	if (order >= MAX_ORDER)
		return REPORT_order_too_large;
	f = &o->frame[pfn];
	switch (f->is) {
	case IS_ALLOCATED:
		return f->order == order ? REPORT_none : REPORT_wrong_order;
	case IS_RESERVED:
		return REPORT_free_reserved;
	case IS_INSIDE:
		if (o->frame[block_of(o, pfn)].is == IS_ALLOCATED)
			return REPORT_free_tail;
		return freed_before(f);
	default:
		return freed_before(f);
	}
}

bool drain_frames(struct judge *j, u32 ring, u32 nr)
{
	struct trace_record want = {
		.event = TRACE_mm_page_pcpu_drain,
		.zone = (u8)ring_zone(ring),
		.temp = (u8)ring_temp(ring),
	};

	while (nr--) {
		want.pfn = pcp_tail(j->o, ring);
		if (!want_record(
			    j, want, ~0u,
			    (struct record_rules){ RULE_P5, RULE_P6, RULE_P7 }))
			return false;
		pcp_drop_tail(j->o, ring);
		buddy_give(j->o, want.pfn, 0);
	}
	return true;
}

bool release_block(struct judge *j, pfn_t pfn, unsigned int temp)
{
	struct model *o = j->o;
	struct frame *f = frame_touch(o, pfn);
	unsigned int zone = zone_of(o, pfn);
	u32 ring = ring_of(j->cpu, zone, temp);
	const struct zone_layout *z = &o->now.layout.zone[zone];
	struct trace_record want = {
		.event = TRACE_mm_page_free,
		.order = f->order,
		.zone = (u8)zone,
		.temp = (u8)temp,
		.pfn = pfn,
	};

	if (!want_record(j, want, ~0u,
			 (struct record_rules){ j->free_rule, j->free_rule,
						j->free_rule }))
		return false;
	f->count = 0;
	f->marks &= (u8) ~(MARK_COMPOUND | MARK_AREA);
	if (f->order) {
		buddy_give(o, pfn, f->order);
		return true;
	}
	if (o->now.pcp[ring] >= z->pcp[temp].high &&
	    !drain_frames(j, ring, z->pcp[temp].batch))
		return false;
	pcp_push(o, ring, pfn);
	return true;
}

static inline bool judge_free(struct judge *j, pfn_t pfn, unsigned int order,
			      unsigned int temp)
{
	enum report_kind kind = misuse(j->o, pfn, order);
	struct frame *f;

	if (likely(!kind))
		kind = holder_of(&j->o->frame[pfn]);
	if (unlikely(kind))
		return judge_misuse(j, kind, pfn);
	if (!judge_no_report(j))
		return false;
	f = frame_touch(j->o, pfn);
	if (f->count > 1)
		f->count--;
	else if (!release_block(j, pfn, temp))
		return false;
	return want_plain_end(j);
}

bool nested_free_pages(struct judge *j, pfn_t pfn)
{
	struct frame *f = frame_touch(j->o, pfn);

	if (f->count == 1)
		return release_block(j, pfn, PCP_HOT);
	f->count--;
	return true;
}

bool model_free_pages(struct model *o, const struct outcome *out, pfn_t pfn,
		      unsigned int order, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);

	return judge_free(&j, pfn, order, PCP_HOT);
}

bool model_free_addr(struct model *o, const struct outcome *out, vaddr_t addr,
		     unsigned int order, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);

	if (!addr)
		return judge_no_report(&j) && want_plain_end(&j);
	if (addr < PAGE_OFFSET || addr >= o->now.layout.high_memory)
		return judge_report(&j, REPORT_bad_address, true);
	return judge_free(&j, (addr - PAGE_OFFSET) >> PAGE_SHIFT, order,
			  PCP_HOT);
}

bool model_free_cold_page(struct model *o, const struct outcome *out, pfn_t pfn,
			  struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);

	return judge_free(&j, pfn, 0, PCP_COLD);
}
