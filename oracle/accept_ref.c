// SPDX-License-Identifier: MIT
/*
 * accept_ref.c - references, and the arithmetic between frames and addresses.
 *
 *			get_page	put_page
 *	reserved	count + 1	nothing at all
 *	compound member	the head's	the head's; at 0 the block is freed
 *	head, order 0	count + 1	count - 1; at 0 it is freed, hot
 *	head, order > 0	count + 1	count - 1, but never to 0
 *
 * [include/linux/mm.h, mm/swap.c: put_page]
 */
#include "judge.h"

/* Whom a reference to this frame counts for. */
static pfn_t counted(const struct model *o, pfn_t pfn)
{
	pfn_t head;

	if (o->frame[pfn].is != IS_INSIDE)
		return pfn;
	head = block_of(o, pfn);
	return o->frame[head].marks & MARK_COMPOUND ? head : pfn;
}

/* Of a frame in mem_map that is not reserved; `free` is the report at 0. */
static enum report_kind misuse(const struct model *o, pfn_t pfn,
			       enum report_kind free)
{
	const struct frame *f = &o->frame[pfn];

	if (f->is == IS_INSIDE && o->frame[block_of(o, pfn)].is == IS_ALLOCATED)
		return REPORT_ref_tail;
	return f->is == IS_ALLOCATED ? REPORT_none : free;
}

bool model_get_page(struct model *o, const struct outcome *out, pfn_t pfn,
		    struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	enum report_kind kind = REPORT_none;

	if (pfn >= o->now.layout.max_mapnr)
		return judge_report(&j, REPORT_bad_page, true);
	pfn = counted(o, pfn);
	if (o->frame[pfn].is != IS_RESERVED)
		kind = misuse(o, pfn, REPORT_ref_free);
	if (kind)
		return judge_misuse(&j, kind, pfn);
	frame_touch(o, pfn)->count++;
	return judge_no_report(&j) && want_plain_end(&j);
}

bool model_put_page(struct model *o, const struct outcome *out, pfn_t pfn,
		    struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	enum report_kind kind;
	struct frame *f;

	if (pfn >= o->now.layout.max_mapnr)
		return judge_report(&j, REPORT_bad_page, true);
	pfn = counted(o, pfn);
	f = &o->frame[pfn];
	if (f->is == IS_RESERVED)
		return judge_no_report(&j) && want_plain_end(&j);
	kind = misuse(o, pfn, REPORT_ref_underflow);
	if (!kind && f->count == 1 && f->order && !(f->marks & MARK_COMPOUND))
		kind = REPORT_wrong_order;
	if (!kind)
		kind = holder_of(f);
	if (kind)
		return judge_misuse(&j, kind, pfn);
	if (!judge_no_report(&j))
		return false;
	if (f->count > 1)
		frame_touch(o, pfn)->count--;
	else if (!release_block(&j, pfn, PCP_HOT))
		return false;
	return want_plain_end(&j);
}

bool model_page_address(struct model *o, const struct outcome *out, pfn_t pfn,
			vaddr_t got, struct divergence *d)
{
	const struct mm_layout *l = &o->now.layout;
	struct judge j = judge_begin(o, out, d);
	u32 slot = kmap_slot_of(o, pfn);
	enum rule rule = RULE_F2;
	vaddr_t want = 0;

	if (pfn >= l->max_mapnr)
		return judge_report(&j, REPORT_bad_page, !got);
	if (pfn < l->max_low_pfn) {
		want = PAGE_OFFSET + pfn * PAGE_SIZE;
	} else if (slot != SLOT_NONE) {
		rule = RULE_H7;
		want = kmap_address(o, slot);
	}
	return judge_no_report(&j) && want_plain_end(&j) &&
	       must(o, d, rule, "address", want, got);
}

bool model_virt_to_page(struct model *o, const struct outcome *out,
			vaddr_t addr, pfn_t got, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);

	if (addr < PAGE_OFFSET || addr >= o->now.layout.high_memory)
		return judge_report(&j, REPORT_bad_address, got == PFN_NONE);
	return judge_no_report(&j) && want_plain_end(&j) &&
	       must(o, d, RULE_F3, "pfn", (addr - PAGE_OFFSET) >> PAGE_SHIFT,
		    got);
}
