// SPDX-License-Identifier: MIT
/*
 * accept_alloc.c - allocations: whether one must succeed, and from where.
 *
 * plan() walks the passes of section 5.6 over the model's own counts and
 * says, before the machine is looked at, what must come of the call:
 *
 *	A   pages_low, no help                        -> GET
 *	    wake kswapd
 *	B   pages_min, __GFP_HIGH and "harder" help   -> GET
 *	C   PF_MEMALLOC, TIF_MEMDIE: no marks         -> GET, NULL or OOM
 *	    no __GFP_WAIT                             -> NULL
 *	    reclaim, which has nothing to give        -> OOM or NULL
 *
 * Then each record, and the frame returned, must be the one that the model's
 * own buddy and lists give.
 */
#include "judge.h"

struct request {
	gfp_t gfp;
	unsigned int order;
	unsigned int cpu;
	unsigned int temp;
	u8 flags;	/* enum task_flags */
	const u8 *list; /* zones, first choice first */
	u32 nr;
};

enum verdict { GET, IS_NULL, IS_OOM };

struct plan {
	enum verdict verdict;
	unsigned int zone; /* of GET */
	bool wake, reclaim, kill;
};

/* --- marks (4.5) -------------------------------------------------------- */

struct help {
	bool high, harder;
};

/*
 * m = mark, less m/2 if high, less m/4 of that if harder
 * f = free - 2^order + 1 > m + reserve[class], and for each o below order:
 * f -= nr_free[o] * 2^o, m /= 2, f > m
 */
static bool above_mark(const struct state *s, unsigned int zone,
		       unsigned int order, u32 mark, unsigned int class,
		       struct help help)
{
	const struct zone_layout *z = &s->layout.zone[zone];
	int64_t f = (int64_t)s->counts.free_pages[zone] - (1 << order) + 1;
	int64_t m = mark;

	if (help.high)
		m -= m / 2;
	if (help.harder)
		m -= m / 4;
	if (f <= m + z->lowmem_reserve[class])
		return false;
	for (unsigned int o = 0; o < order; o++) {
		f -= (int64_t)s->counts.nr_free[zone][o] << o;
		m >>= 1;
		if (f <= m)
			return false;
	}
	return true;
}

static bool pass_low(const struct state *s, const struct request *q,
		     struct plan *p)
{
	for (u32 i = 0; i < q->nr; i++) {
		p->zone = q->list[i];
		if (above_mark(s, p->zone, q->order,
			       s->layout.zone[p->zone].pages_low, q->list[0],
			       (struct help){ false, false }))
			return true;
	}
	return false;
}

static bool pass_min(const struct state *s, const struct request *q,
		     struct plan *p)
{
	struct help help = {
		.high = q->gfp & __GFP_HIGH,
		.harder = !(q->gfp & __GFP_WAIT) ||
			  ((q->flags & TASK_RT) && !(q->flags & TASK_IRQ)),
	};

	for (u32 i = 0; i < q->nr; i++) {
		p->zone = q->list[i];
		if (above_mark(s, p->zone, q->order,
			       s->layout.zone[p->zone].pages_min, q->list[0],
			       help))
			return true;
	}
	return false;
}

static bool pass_no_marks(const struct model *o, const struct request *q,
			  struct plan *p)
{
	for (u32 i = 0; i < q->nr; i++) {
		p->zone = q->list[i];
		if (buddy_next(o, p->zone, q->order) != PFN_NONE)
			return true;
		if (!q->order && o->now.pcp[ring_of(q->cpu, p->zone, q->temp)])
			return true;
	}
	return false;
}

/* --- the passes (5.6) --------------------------------------------------- */

static enum verdict without_progress(const struct request *q, struct plan *p)
{
	p->reclaim = true;
	if (q->gfp & __GFP_NORETRY)
		return IS_NULL;
	p->kill = q->gfp & __GFP_FS;
	if (p->kill || q->order <= 3 ||
	    (q->gfp & (__GFP_REPEAT | __GFP_NOFAIL)))
		return IS_OOM;
	return IS_NULL;
}

static __attribute__((noinline)) struct plan plan_short(const struct model *o,
							const struct request *q)
{
	const u8 dying = TASK_MEMALLOC | TASK_MEMDIE;
	struct plan p = { .verdict = GET, .wake = true };

	if (pass_min(&o->now, q, &p))
		return p;
	if ((q->flags & dying) && !(q->flags & TASK_IRQ)) {
		if (!(q->gfp & __GFP_NOMEMALLOC) && pass_no_marks(o, q, &p))
			return p;
		p.verdict = q->gfp & __GFP_NOFAIL ? IS_OOM : IS_NULL;
		return p;
	}
	p.verdict = q->gfp & __GFP_WAIT ? without_progress(q, &p) : IS_NULL;
	return p;
}

static inline struct plan plan(const struct model *o, const struct request *q)
{
	struct plan p = { .verdict = GET };

	return likely(pass_low(&o->now, q, &p)) ? p : plan_short(o, q);
}

static __attribute__((noinline)) bool
judge_shortage(struct judge *j, const struct request *q, const struct plan *p)
{
	struct state *s = &j->o->now;
	struct trace_record want = { .event = TRACE_mm_vmscan_wakeup_kswapd,
				     .order = (u8)q->order };

	for (u32 i = 0; i < q->nr; i++) {
		want.zone = q->list[i];
		if (above_mark(s, want.zone, q->order,
			       s->layout.zone[want.zone].pages_low, 0,
			       (struct help){ false, false }))
			continue;
		if (!want_record(
			    j, want, ~0u,
			    (struct record_rules){ RULE_W8, RULE_W8, RULE_W8 }))
			return false;
		if (s->counts.kswapd_max_order < q->order)
			s->counts.kswapd_max_order = q->order;
	}
	want.zone = 0;
	want.arg = q->gfp;
	want.event = TRACE_mm_vmscan_direct_reclaim_begin;
	if (p->reclaim &&
	    !want_record(j, want, GFP_ALL_FLAGS,
			 (struct record_rules){ RULE_W9, RULE_W9, RULE_W9 }))
		return false;
	want.event = TRACE_oom_kill;
	return !p->kill || want_record(j, want, GFP_ALL_FLAGS,
				       (struct record_rules){
					       RULE_W10, RULE_W10, RULE_W10 });
}

/* --- where the block comes from ----------------------------------------- */

/* A refill: min(batch, free) single frames, each to the list's tail. */
static __attribute__((noinline)) bool refill(struct judge *j, u32 ring)
{
	unsigned int zone = ring_zone(ring), temp = ring_temp(ring);
	u32 batch = j->o->now.layout.zone[zone].pcp[temp].batch;
	struct trace_record want = {
		.event = TRACE_mm_page_alloc_zone_locked,
		.zone = (u8)zone,
		.temp = (u8)temp,
		.arg = 1,
	};

	while (batch--) {
		want.pfn = buddy_take(j->o, zone, 0);
		if (want.pfn == PFN_NONE)
			break;
		if (!want_record(
			    j, want, ~0u,
			    (struct record_rules){ RULE_P1, RULE_P2, RULE_P3 }))
			return false;
		pcp_append(j->o, ring, want.pfn);
	}
	return true;
}

static inline bool take_from_list(struct judge *j, const struct request *q,
				  unsigned int zone, pfn_t *pfn)
{
	struct model *o = j->o;
	u32 ring = ring_of(q->cpu, zone, q->temp);

	if (o->now.pcp[ring] <= o->now.layout.zone[zone].pcp[q->temp].low &&
	    !refill(j, ring))
		return false;
	*pfn = pcp_head(o, ring);
	pcp_drop_head(o, ring);
	return true;
}

static bool take_from_buddy(struct judge *j, const struct request *q,
			    unsigned int zone, pfn_t *pfn)
{
	/* of no list: temp is 0, whatever was asked for */
	struct trace_record want = {
		.event = TRACE_mm_page_alloc_zone_locked,
		.order = (u8)q->order,
		.zone = (u8)zone,
	};

	*pfn = want.pfn = buddy_take(j->o, zone, q->order);
	return want_record(j, want, ~0u,
			   (struct record_rules){ RULE_B1, RULE_B2, RULE_B3 });
}

static void prepare(struct model *o, pfn_t pfn, const struct request *q)
{
	struct frame *f = frame_touch(o, pfn);
	u32 size = 1u << q->order;

	f->is = IS_ALLOCATED;
	f->order = (u8)q->order;
	f->count = 1;
	f->stamp = ++o->now.stamp;
	f->marks |= MARK_RETURNED;
	if (!q->order)
		return;
	if (q->gfp & __GFP_COMP)
		f->marks |= MARK_COMPOUND;
	/* enough of a block to see whether its tails are as they should be */
	frame_touch(o, pfn + 1);
	frame_touch(o, pfn + size / 2);
	frame_touch(o, pfn + size - 1);
}

static inline bool take(struct judge *j, const struct request *q,
			unsigned int zone, pfn_t *pfn)
{
	struct trace_record want = {
		.event = TRACE_mm_page_alloc,
		.order = (u8)q->order,
		.zone = (u8)zone,
		.arg = q->gfp,
	};

	if (q->order ? !take_from_buddy(j, q, zone, pfn)
		     : !take_from_list(j, q, zone, pfn))
		return false;
	prepare(j->o, *pfn, q);
	want.pfn = *pfn;
	/* each high page through the same slot: the last one stays there */
	if (q->gfp & __GFP_ZERO && zone == ZONE_HIGHMEM)
		atomic_zeroes(j->o, q->cpu, *pfn + (1u << q->order) - 1);
	return want_record(j, want, GFP_ALL_FLAGS,
			   (struct record_rules){ RULE_W7,
						  q->order ? RULE_W4 : RULE_P4,
						  RULE_W7 });
}

/* --- the calls ---------------------------------------------------------- */

/* Under kmap_strict: the slot through which a high page would be zeroed. */
static bool zeroing_is_busy(const struct judge *j)
{
	return j->o->now.layout.kmap_strict &&
	       fix_word(j->o, atomic_index(j->cpu, KM_USER0));
}

static enum report_kind misuse(const struct judge *j, gfp_t gfp)
{
	const gfp_t zeroed = __GFP_ZERO | __GFP_HIGHMEM;
	u8 flags = j->flags;

	if ((gfp & GFP_ZONEMASK) == (__GFP_DMA | __GFP_HIGHMEM))
		return REPORT_bad_zone_bits;
	if ((gfp & __GFP_WAIT) && (flags & (TASK_ATOMIC | TASK_IRQ)))
		return REPORT_sleep_in_atomic;
	if (likely((gfp & zeroed) != zeroed))
		return REPORT_none;
	if (flags & TASK_IRQ)
		return REPORT_zero_highmem_irq;
	return zeroing_is_busy(j) ? REPORT_kmap_busy : REPORT_none;
}

/* What must be NULL, with no record and for this reason. */
static bool silent_null(struct judge *j, enum rule rule, bool null)
{
	return must(j->o, j->d, rule, "result is null", true, null) &&
	       must(j->o, j->d, rule, "oom", false, j->out->oom) &&
	       must(j->o, j->d, rule, "trace.nr", 0, j->out->nr_trace);
}

/* Success, NULL or oom: the plan's verdict and the machine's must agree. */
static inline bool judge_verdict(struct judge *j, enum verdict verdict,
				 bool null)
{
	struct model *o = j->o;

	if (verdict == GET)
		return must(o, j->d, RULE_W1, "result is null", false, null) &&
		       must(o, j->d, RULE_W1, "oom", false, j->out->oom);
	if (verdict == IS_NULL)
		return must(o, j->d, RULE_W2, "result is null", true, null) &&
		       must(o, j->d, RULE_W2, "oom", false, j->out->oom);
	return must(o, j->d, RULE_W3, "result is null", true, null) &&
	       must(o, j->d, RULE_W3, "oom", true, j->out->oom);
}

static inline struct request request_of(const struct judge *j, gfp_t gfp,
					unsigned int order)
{
	const struct mm_layout *l = &j->o->now.layout;

	return (struct request){
		.gfp = gfp,
		.order = order,
		.cpu = j->cpu,
		.temp = gfp & __GFP_COLD ? PCP_COLD : PCP_HOT,
		.flags = j->flags,
		.list = l->zonelist[gfp & GFP_ZONEMASK],
		.nr = l->nr_zonelist[gfp & GFP_ZONEMASK],
	};
}

/* The records of what was planned; *pfn is set if a block was taken. */
static inline bool follow(struct judge *j, const struct request *q,
			  const struct plan *p, pfn_t *pfn)
{
	if (unlikely(p->wake) && !judge_shortage(j, q, p))
		return false;
	return p->verdict != GET || take(j, q, p->zone, pfn);
}

static inline bool must_fail(struct judge *j)
{
	return unlikely(++j->entries == j->out->task.fail_nth);
}

/*
 * Judges all but the value returned, of which it is told whether it was
 * NULL; *pfn is the frame that must have been returned, PFN_NONE for NULL.
 */
static inline bool judge_alloc(struct judge *j, gfp_t gfp, unsigned int order,
			       bool null, pfn_t *pfn)
{
	enum report_kind kind = misuse(j, gfp);
	struct request q;
	struct plan p;

	*pfn = PFN_NONE;
	if (unlikely(order >= MAX_ORDER))
		return judge_no_report(j) && silent_null(j, RULE_W5, null);
	if (unlikely(kind))
		return judge_report(j, kind, null);
	if (!judge_no_report(j))
		return false;
	if (must_fail(j))
		return silent_null(j, RULE_W6, null);
	q = request_of(j, gfp, order);
	p = plan(j->o, &q);
	return judge_verdict(j, p.verdict, null) && follow(j, &q, &p, pfn) &&
	       want_end(j);
}

bool nested_pages(struct judge *j, gfp_t gfp, unsigned int order, pfn_t *pfn)
{
	enum report_kind kind = misuse(j, gfp);
	struct request q;
	struct plan p;

	*pfn = PFN_NONE;
	if (unlikely(kind)) {
		note_report(j, kind);
		return true;
	}
	if (must_fail(j)) {
		rule_hit(j->o, RULE_W6);
		return true;
	}
	q = request_of(j, gfp, order);
	p = plan(j->o, &q);
	j->oom |= p.verdict == IS_OOM;
	return follow(j, &q, &p, pfn);
}

bool model_alloc_pages(struct model *o, const struct outcome *out, gfp_t gfp,
		       unsigned int order, pfn_t got, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	pfn_t pfn;

	if (!judge_alloc(&j, gfp, order, got == PFN_NONE, &pfn))
		return false;
	if (pfn == PFN_NONE)
		return true;
	return must(o, d, RULE_W4, "pfn", pfn, got) &&
	       contents_obtained(o, pfn, order, gfp & __GFP_ZERO, d);
}

bool model_get_free_pages(struct model *o, const struct outcome *out, gfp_t gfp,
			  unsigned int order, vaddr_t got, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	pfn_t pfn;

	if (unlikely(gfp & __GFP_HIGHMEM))
		return judge_report(&j, REPORT_highmem_no_address, !got);
	if (!judge_alloc(&j, gfp, order, !got, &pfn))
		return false;
	if (pfn == PFN_NONE)
		return true;
	return must(o, d, RULE_W11, "address", PAGE_OFFSET + pfn * PAGE_SIZE,
		    got) &&
	       contents_obtained(o, pfn, order, gfp & __GFP_ZERO, d);
}

bool model_get_zeroed_page(struct model *o, const struct outcome *out,
			   gfp_t gfp, vaddr_t got, struct divergence *d)
{
	return model_get_free_pages(o, out, gfp | __GFP_ZERO, 0, got, d);
}

bool model_get_dma_pages(struct model *o, const struct outcome *out, gfp_t gfp,
			 unsigned int order, vaddr_t got, struct divergence *d)
{
	return model_get_free_pages(o, out, gfp | GFP_DMA, order, got, d);
}
