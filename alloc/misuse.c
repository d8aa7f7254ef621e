// SPDX-License-Identifier: MIT
/*
 * misuse.c - which report a free draws.  It has no state.
 *
 * The fast path asks one question, "does this page head an allocated block of
 * this order?", and comes here when it does not.  2.6.12 is silent about most
 * of these, or corrupts itself; DESIGN.md has the table and the order.
 */
#include "page_alloc.h"

static enum report_kind free_kind(const struct machine *m,
				  const struct page *page, u32 order)
{
	struct frame_view frame;

	if (!page_valid(m, page))
		return REPORT_bad_page;
	if (order >= MAX_ORDER)
		return REPORT_order_too_large;
	page_look(m, page, &frame);
	switch (frame.state) {
	case FRAME_RESERVED:
		return REPORT_free_reserved;
	case FRAME_ALLOCATED:
		CHECK(m, frame.order != order,
		      "misuse: a free neither good nor bad");
		return REPORT_wrong_order;
	case FRAME_TAIL:
		return REPORT_free_tail;
	default:
		return page_was_returned(page) ? REPORT_double_free
					       : REPORT_never_allocated;
	}
}

void free_misused(struct machine *m, const struct page *page, u32 order)
{
	report(&m->faults, free_kind(m, page, order));
}
