/* SPDX-License-Identifier: MIT */
/*
 * judge.h - how a call is judged: what must hold, and which records must
 * come next.
 *
 * A judge walks the machine's records in step with the model's own moves.
 * must() names the rule it applies; want_*() take the next record and name
 * the rule for its presence, its frame and the rest of it.  Where one record
 * stands in another's place, the blame goes to the one that should not have
 * come if it is a move (a refill too many), and else to the one that should
 * have (a refill too few).
 */
#ifndef ORACLE_JUDGE_H
#define ORACLE_JUDGE_H

#include "model.h"

struct judge {
	struct model *o;
	const struct outcome *out;
	struct divergence *d;
	u32 at; /* records taken */
	/* who acts: the task, or a CPU that it makes work */
	u8 cpu, flags;
	u32 entries;	     /* into the page allocator, for fail_nth */
	u32 at_ctor;	     /* calls of constructors and destructors taken */
	enum rule free_rule; /* that a block is given back by */
	/* what the moves so far must have drawn; of reports the first */
	enum report_kind report;
	bool oom;
};

/* A task that fell asleep goes on: it holds no kmap_atomic. */
static inline struct judge
judge_resume(struct model *o, const struct outcome *out, struct divergence *d)
{
	return (struct judge){
		.o = o,
		.out = out,
		.d = d,
		.cpu = out->task.cpu % NR_CPUS,
		.flags = out->task.flags,
		.free_rule = RULE_F1,
	};
}

static inline struct judge
judge_begin(struct model *o, const struct outcome *out, struct divergence *d)
{
	struct judge j = judge_resume(o, out, d);

	if (unlikely(o->now.translation.cpu[j.cpu].preempt_count))
		j.flags |= TASK_ATOMIC;
	return j;
}

/* Fills *d; answers false, so that a caller can return it. */
bool diverge(struct divergence *d, enum rule rule, const char *field,
	     u64 expected, u64 actual) __attribute__((cold, noinline));
/* The same of a word in RAM, which has this physical address. */
bool diverge_at(struct divergence *d, enum rule rule, const char *field,
		u64 expected, u64 actual, u32 at)
	__attribute__((cold, noinline));

static inline void rule_hit(struct model *o, enum rule rule)
{
	u8 *counter = &o->hits[rule];

	*counter += *counter != 255;
}

static inline bool must(struct model *o, struct divergence *d, enum rule rule,
			const char *field, u64 expected, u64 actual)
{
	rule_hit(o, rule);
	return likely(expected == actual) ||
	       diverge(d, rule, field, expected, actual);
}

/* --- reports ------------------------------------------------------------ */

/*
 * The report must be this one.  With a report, the call must have returned
 * nothing (`null`) and moved nothing.
 */
bool judge_report(struct judge *j, enum report_kind kind, bool null)
	__attribute__((noinline));
/* So, of frame pfn, which may be any: the program's end looks at it again. */
bool judge_misuse(struct judge *j, enum report_kind kind, pfn_t pfn);

/* R21 is the rule about all of them: those behind it are one further on. */
static inline enum rule report_rule(enum report_kind kind)
{
	return RULE_R0 + kind + (kind >= REPORT_free_slab);
}

static inline bool judge_no_report(struct judge *j)
{
	return must(j->o, j->d, RULE_R0, "report", REPORT_none, j->out->report);
}

/* A misuse on the way: the call around it goes on. */
static inline void note_report(struct judge *j, enum report_kind kind)
{
	if (!j->report)
		j->report = kind;
}

/* --- records ------------------------------------------------------------ */

struct record_rules {
	enum rule event, pfn, rest;
};

/* The next record must be `want`; its arg is compared under `arg_mask`. */
bool record_differs(struct judge *j, const struct trace_record *want,
		    u32 arg_mask, struct record_rules rules)
	__attribute__((cold, noinline));

static inline bool want_record(struct judge *j, struct trace_record want,
			       u32 arg_mask, struct record_rules rules)
{
	const struct trace_record *r = &j->out->trace[j->at];

	rule_hit(j->o, rules.event);
	if (unlikely(j->at >= j->out->nr_trace || r->event != want.event ||
		     r->pfn != want.pfn || r->order != want.order ||
		     r->zone != want.zone || r->temp != want.temp ||
		     ((r->arg ^ want.arg) & arg_mask)))
		return record_differs(j, &want, arg_mask, rules);
	if (rules.pfn != rules.event)
		rule_hit(j->o, rules.pfn);
	if (rules.rest != rules.event)
		rule_hit(j->o, rules.rest);
	j->at++;
	return true;
}

/* No record is left. */
static inline bool want_end(struct judge *j)
{
	return likely(j->at == j->out->nr_trace) ||
	       record_differs(
		       j, NULL, 0,
		       (struct record_rules){ RULE_W7, RULE_W7, RULE_W7 });
}

/* A call that allocates nothing is over: no record is left, and no oom. */
static inline bool want_plain_end(struct judge *j)
{
	return must(j->o, j->d, RULE_W3, "oom", false, j->out->oom) &&
	       want_end(j);
}

/*
 * The end of a call whose moves may have drawn reports or oom on their way:
 * these, no record more, and no more calls of constructors.
 */
bool judge_end(struct judge *j);

/* --- what accept_*.c share ---------------------------------------------- */

/*
 * The last reference of a block has gone: mm_page_free, the drain where it
 * is due, and the block joins list or buddy.
 */
bool release_block(struct judge *j, pfn_t pfn, unsigned int temp);
bool drain_frames(struct judge *j, u32 ring, u32 nr);
/*
 * An allocation inside another call: *pfn is the frame that it must have
 * come to, PFN_NONE for NULL; reports and oom are noted in j.
 */
bool nested_pages(struct judge *j, gfp_t gfp, unsigned int order, pfn_t *pfn);
/* One reference of a block that is known to be free_pages()able. */
bool nested_free_pages(struct judge *j, pfn_t pfn);

#endif
