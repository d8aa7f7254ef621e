// SPDX-License-Identifier: MIT
/*
 * judge.c - the unlikely half of judge.h: naming what differs.
 */
#include "judge.h"

bool diverge(struct divergence *d, enum rule rule, const char *field,
	     u64 expected, u64 actual)
{
	return diverge_at(d, rule, field, expected, actual, 0);
}

bool diverge_at(struct divergence *d, enum rule rule, const char *field,
		u64 expected, u64 actual, u32 at)
{
	*d = (struct divergence){ rule, field, expected, actual, at };
	return false;
}

bool judge_report(struct judge *j, enum report_kind kind, bool null)
{
	if (!must(j->o, j->d, report_rule(kind), "report", kind,
		  j->out->report))
		return false;
	if (kind == REPORT_none)
		return true;
	return must(j->o, j->d, RULE_R21, "result is null", true, null) &&
	       must(j->o, j->d, RULE_R21, "oom", false, j->out->oom) &&
	       must(j->o, j->d, RULE_R21, "trace.nr", 0, j->out->nr_trace);
}

bool judge_misuse(struct judge *j, enum report_kind kind, pfn_t pfn)
{
	if (pfn < j->o->now.layout.max_mapnr)
		frame_touch(j->o, pfn);
	return judge_report(j, kind, true);
}

bool judge_end(struct judge *j)
{
	return must(j->o, j->d, report_rule(j->report), "report", j->report,
		    j->out->report) &&
	       must(j->o, j->d, RULE_W3, "oom", j->oom, j->out->oom) &&
	       want_end(j) &&
	       must(j->o, j->d, RULE_S8, "ctor.nr", j->at_ctor,
		    j->out->nr_ctor);
}

static enum rule rule_of(const struct trace_record *r)
{
	switch (r->event) {
	case TRACE_mm_page_alloc_zone_locked:
		return r->arg ? RULE_P1 : RULE_B1;
	case TRACE_mm_page_pcpu_drain:
		return RULE_P5;
	case TRACE_mm_page_free:
		return RULE_F1;
	case TRACE_mm_vmscan_wakeup_kswapd:
		return RULE_W8;
	case TRACE_mm_vmscan_direct_reclaim_begin:
		return RULE_W9;
	case TRACE_oom_kill:
		return RULE_W10;
	case TRACE_kmap_high:
		return RULE_H3;
	case TRACE_kmap_flush:
		return RULE_H4;
	case TRACE_alloc_vmap_area:
	case TRACE_free_vmap_area:
		return RULE_V5;
	default:
		return RULE_W7;
	}
}

/* want is NULL where no record may follow. */
static bool record_field(struct judge *j, const struct trace_record *want,
			 u32 arg_mask, struct record_rules rules)
{
	const struct trace_record *r = NULL;
	enum rule rule = rules.event;

	if (want)
		j->o->due = *want;
	/* a report that was not due, or is missing, explains all the rest */
	if (j->out->report != j->report)
		return diverge(j->d, report_rule(j->report), "report",
			       j->report, j->out->report);
	if (j->at < j->out->nr_trace)
		r = &j->out->trace[j->at];
	if (r && (!want || want->event == TRACE_mm_page_alloc))
		rule = rule_of(r);
	if (!r || !want || r->event != want->event)
		return diverge(j->d, rule, "trace.event",
			       want ? want->event : NR_TRACE_EVENTS,
			       r ? r->event : NR_TRACE_EVENTS);
	if (r->pfn != want->pfn)
		return diverge(j->d, rules.pfn, "trace.pfn", want->pfn, r->pfn);
	if (r->order != want->order)
		return diverge(j->d, rules.rest, "trace.order", want->order,
			       r->order);
	if (r->zone != want->zone)
		return diverge(j->d, rules.rest, "trace.zone", want->zone,
			       r->zone);
	if (r->temp != want->temp)
		return diverge(j->d, rules.rest, "trace.temp", want->temp,
			       r->temp);
	return diverge(j->d, rules.rest, "trace.arg", want->arg & arg_mask,
		       r->arg & arg_mask);
}

bool record_differs(struct judge *j, const struct trace_record *want,
		    u32 arg_mask, struct record_rules rules)
{
	record_field(j, want, arg_mask, rules);
	j->d->at = j->at;
	return false;
}
