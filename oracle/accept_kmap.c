// SPDX-License-Identifier: MIT
/*
 * accept_kmap.c - kmap and kunmap: who gets which slot, and who must wait.
 *
 *	kmap	low: its linear address; its slot if it has one; the next
 *		that is free; asleep
 *	resume	the page's checks anew; then the same
 *	kunmap	one user less; the last one wakes all who sleep
 *
 * [mm/highmem.c: kmap_high, kunmap_high; arch/i386/mm/highmem.c]
 */
#include "judge.h"

/* --- kmap ----------------------------------------------------------------- */

static bool must_be(struct judge *j, enum rule rule, vaddr_t want, vaddr_t got)
{
	return judge_end(j) &&
	       must(j->o, j->d, RULE_H5, "blocked", 0, j->out->blocked) &&
	       must(j->o, j->d, rule, "address", want, got);
}

/* All slots have users. */
static bool falls_asleep(struct judge *j, pfn_t pfn, u32 ticket, vaddr_t got)
{
	struct pools *p = &j->o->pools;

	if (p->asleep == SLEEPERS_MAX) {
		j->oom = true;
		return must_be(j, RULE_H5, 0, got);
	}
	if (ticket > p->ticket)
		p->ticket = ticket;
	pools_sleep_kmap(p, ticket, pfn);
	return judge_end(j) &&
	       must(j->o, j->d, RULE_H5, "blocked", ticket, j->out->blocked) &&
	       must(j->o, j->d, RULE_H5, "address", 0, got);
}

/* From the page's checks on; `ticket` is for who must sleep. */
static bool kmap_high(struct judge *j, pfn_t pfn, u32 ticket, vaddr_t got)
{
	u32 slot = kmap_slot_of(j->o, pfn);
	enum rule rule = RULE_H2;
	bool may;

	if (!judge_may_kmap(j, pfn, !got, &may))
		return false;
	if (!may)
		return true;
	if (slot == SLOT_NONE) {
		rule = RULE_H3;
		if (!kmap_search(j, &slot))
			return false;
		if (slot == SLOT_NONE)
			return falls_asleep(j, pfn, ticket, got);
		if (!kmap_take(j, slot, pfn))
			return false;
	}
	kmap_use(j->o, slot, pfn);
	return must_be(j, rule, kmap_address(j->o, slot), got);
}

bool model_kmap(struct model *o, const struct outcome *out, pfn_t pfn,
		vaddr_t got, struct divergence *d)
{
	const struct mm_layout *l = &o->now.layout;
	struct judge j = judge_begin(o, out, d);

	if (j.flags & (TASK_ATOMIC | TASK_IRQ))
		return judge_report(&j, REPORT_sleep_in_atomic, !got);
	if (pfn >= l->max_mapnr)
		return judge_report(&j, REPORT_bad_page, !got);
	if (pfn < l->max_low_pfn)
		return must_be(&j, RULE_H1, PAGE_OFFSET + pfn * PAGE_SIZE, got);
	if (!kmap_has_window(o))
		return judge_report(&j, REPORT_kmap_window, !got);
	return kmap_high(&j, pfn, o->pools.ticket + 1, got);
}

bool model_kmap_resume(struct model *o, const struct outcome *out, u32 ticket,
		       vaddr_t got, struct divergence *d)
{
	struct judge j = judge_resume(o, out, d);
	struct sleeper *s = pools_sleeper(&o->pools, ticket);
	pfn_t pfn;

	rule_hit(o, RULE_N4);
	if (!s || !s->woken || s->pool)
		return diverge(d, RULE_N4, "ticket", pools_woken(&o->pools),
			       ticket);
	pfn = s->pfn;
	pools_rise(&o->pools, s);
	return kmap_high(&j, pfn, ticket, got);
}

/* --- kunmap --------------------------------------------------------------- */

bool model_kunmap(struct model *o, const struct outcome *out, pfn_t pfn,
		  struct divergence *d)
{
	const struct mm_layout *l = &o->now.layout;
	struct judge j = judge_begin(o, out, d);
	u32 slot = kmap_slot_of(o, pfn);

	if (j.flags & TASK_IRQ)
		return judge_report(&j, REPORT_kunmap_interrupt, true);
	if (pfn >= l->max_mapnr)
		return judge_report(&j, REPORT_bad_page, true);
	if (pfn < l->max_low_pfn)
		return judge_end(&j);
	if (slot == SLOT_NONE || o->kmaps.count[slot] < 2)
		return judge_misuse(&j, REPORT_kunmap_unmapped, pfn);
	kmap_unuse(o, slot, pfn);
	if (o->kmaps.count[slot] == 1)
		pools_wake_kmap(&o->pools);
	return judge_end(&j);
}
