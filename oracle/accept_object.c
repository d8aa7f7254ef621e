// SPDX-License-Identifier: MIT
/*
 * accept_object.c - objects handed out and given back: kmem_cache_alloc,
 * kmem_cache_free, and the kmalloc family.
 *
 * Each call has two forms here.  call_*() is the call as a constructor or a
 * pool makes it inside another; its reports and moves add to the other's.
 * model_*() is the call that a program made; it judges what came out, and
 * only then are an object's bytes looked at.
 */
#include "judge.h"

/* --- records -------------------------------------------------------------- */

static bool want_object(struct judge *j, enum trace_event event, u32 address,
			gfp_t gfp, enum rule rule)
{
	struct trace_record want = {
		.event = (u8)event,
		.pfn = address,
		.arg = gfp,
	};

	return want_record(j, want, GFP_ALL_FLAGS,
			   (struct record_rules){ rule, rule, rule });
}

/* --- misuse --------------------------------------------------------------- */

/*
 * Of giving an object back, or asking its size; `of` is the cache that it
 * must be of, NULL: any.
 */
static inline enum report_kind misuse(const struct model *o,
				      const struct cache *of, u32 address,
				      struct place *p)
{
	const struct slab *slab;

	if (!is_direct(o, address))
		return REPORT_bad_address;
	slab = slab_at(o, address);
	if (!slab)
		return REPORT_object_foreign;
	if (of && slab->cache != cache_number(o, of))
		return REPORT_object_wrong_cache;
	if (!place_of(o, address, p))
		return REPORT_object_interior;
	return p->object->is == OBJECT_LIVE ? REPORT_none
					    : REPORT_object_double_free;
}

static inline enum report_kind free_misuse(const struct model *o,
					   const struct cache *of, u32 address,
					   struct place *p)
{
	enum report_kind kind = misuse(o, of, address, p);

	if (!kind && (p->cache->geo.flags & SLAB_RED_ZONE))
		kind = debug_free_finds(o, p);
	return kind;
}

/* The frame is looked at again when the program ends. */
static bool judge_object_misuse(struct judge *j, enum report_kind kind,
				u32 address)
{
	return judge_misuse(j, kind,
			    is_direct(j->o, address)
				    ? (address - PAGE_OFFSET) >> PAGE_SHIFT
				    : PFN_NONE);
}

/* --- inside other calls --------------------------------------------------- */

static bool call_alloc(struct judge *j, struct cache *c, gfp_t gfp, u32 asked,
		       enum trace_event event, enum rule rule, u32 *address)
{
	return cache_gives(j, c, gfp, OBJECT_LIVE, asked, address) &&
	       (!*address || want_object(j, event, *address, gfp, rule));
}

bool call_cache_alloc(struct judge *j, u32 cache, gfp_t gfp, u32 *address)
{
	struct cache *c = cache_at_address(j->o, cache);

	*address = 0;
	if (!c) {
		note_report(j, REPORT_cache_bad);
		return true;
	}
	return call_alloc(j, c, gfp, c->geo.user_size, TRACE_kmem_cache_alloc,
			  RULE_S9, address);
}

bool call_kmalloc(struct judge *j, u32 size, gfp_t gfp, u32 *address)
{
	struct cache *c = general_cache_of(j->o, size, gfp);

	*address = 0;
	return !c ||
	       call_alloc(j, c, gfp, size, TRACE_kmalloc, RULE_Q3, address);
}

static bool call_free(struct judge *j, const struct cache *of, u32 address,
		      enum trace_event event, enum rule rule)
{
	struct place p;
	enum report_kind kind = free_misuse(j->o, of, address, &p);

	if (kind) {
		note_report(j, kind);
		return true;
	}
	return want_object(j, event, address, 0, rule) &&
	       cache_takes_back(j, &p);
}

bool call_cache_free(struct judge *j, u32 cache, u32 address)
{
	const struct cache *c = cache_at_address(j->o, cache);

	if (!c) {
		note_report(j, REPORT_cache_bad);
		return true;
	}
	return call_free(j, c, address, TRACE_kmem_cache_free, RULE_S10);
}

bool call_kfree(struct judge *j, u32 address)
{
	return !address || call_free(j, NULL, address, TRACE_kfree, RULE_Q4);
}

/* --- a program's allocations ---------------------------------------------- */

struct request {
	struct cache *cache;
	gfp_t gfp;
	u32 asked;
	bool zero;
	enum trace_event event;
	enum rule rule; /* of the record */
};

static inline bool judge_alloc(struct judge *j, const struct request *q,
			       u32 got)
{
	enum report_kind kind = alloc_misuse(j, q->cache, q->gfp);
	struct place p;

	if (unlikely(kind))
		return judge_report(j, kind, !got);
	if (!cache_take(j, q->cache, q->gfp, OBJECT_LIVE, q->asked, &p))
		return false;
	if (!p.address)
		return judge_end(j) &&
		       must(j->o, j->d, RULE_S6, "object", 0, got);
	if (!must(j->o, j->d, report_rule(j->report), "report", j->report,
		  j->out->report) ||
	    !must(j->o, j->d, RULE_S6, "object", p.address, got))
		return false;
	return want_object(j, q->event, p.address, q->gfp, q->rule) &&
	       judge_end(j) && object_obtained(j, &p, q->zero);
}

bool model_kmem_cache_alloc(struct model *o, const struct outcome *out,
			    u32 cache, gfp_t gfp, u32 got, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	struct request q = {
		.cache = cache_at_address(o, cache),
		.gfp = gfp,
		.event = TRACE_kmem_cache_alloc,
		.rule = RULE_S9,
	};

	if (!q.cache)
		return judge_report(&j, REPORT_cache_bad, !got);
	q.asked = q.cache->geo.user_size;
	return judge_alloc(&j, &q, got);
}

/* What must be NULL before anything else is looked at. */
static bool judge_null(struct judge *j, enum rule rule, u32 got)
{
	return judge_no_report(j) && must(j->o, j->d, rule, "object", 0, got) &&
	       want_plain_end(j);
}

static bool judge_kmalloc(struct model *o, const struct outcome *out, u32 size,
			  gfp_t gfp, bool zero, u32 got, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	struct request q = {
		.cache = general_cache_of(o, size, gfp),
		.gfp = gfp,
		.asked = size,
		.zero = zero,
		.event = TRACE_kmalloc,
		.rule = RULE_Q3,
	};

	return q.cache ? judge_alloc(&j, &q, got)
		       : judge_null(&j, RULE_Q1, got);
}

bool model_kmalloc(struct model *o, const struct outcome *out, u32 size,
		   gfp_t gfp, u32 got, struct divergence *d)
{
	return judge_kmalloc(o, out, size, gfp, false, got, d);
}

bool model_kzalloc(struct model *o, const struct outcome *out, u32 size,
		   gfp_t gfp, u32 got, struct divergence *d)
{
	return judge_kmalloc(o, out, size, gfp, true, got, d);
}

bool model_kcalloc(struct model *o, const struct outcome *out, u32 n, u32 size,
		   gfp_t gfp, u32 got, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);

	if (n && size > 0x7FFFFFFFu / n)
		return judge_null(&j, RULE_Q2, got);
	return judge_kmalloc(o, out, n * size, gfp, true, got, d);
}

/* --- a program's frees ---------------------------------------------------- */

static inline bool judge_free(struct judge *j, const struct cache *of,
			      u32 address, enum trace_event event,
			      enum rule rule)
{
	struct place p;
	enum report_kind kind = free_misuse(j->o, of, address, &p);

	if (unlikely(kind))
		return judge_object_misuse(j, kind, address);
	return want_object(j, event, address, 0, rule) &&
	       cache_takes_back(j, &p) && judge_end(j);
}

bool model_kmem_cache_free(struct model *o, const struct outcome *out,
			   u32 cache, u32 object, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	const struct cache *c = cache_at_address(o, cache);

	if (!c)
		return judge_report(&j, REPORT_cache_bad, true);
	return judge_free(&j, c, object, TRACE_kmem_cache_free, RULE_S10);
}

bool model_kfree(struct model *o, const struct outcome *out, u32 object,
		 struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);

	if (!object)
		return judge_no_report(&j) && want_plain_end(&j);
	return judge_free(&j, NULL, object, TRACE_kfree, RULE_Q4);
}

/* The slack is the owner's from now on. */
bool model_ksize(struct model *o, const struct outcome *out, u32 object,
		 u32 got, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	enum report_kind kind;
	struct place p;
	u32 size = 0;

	if (object) {
		kind = misuse(o, NULL, object, &p);
		if (kind)
			return judge_report(&j, kind, !got);
		size = p.cache->geo.user_size;
	}
	return judge_no_report(&j) && want_plain_end(&j) &&
	       must(o, d, RULE_Q5, "ksize", size, got) &&
	       (!size || object_extend(o, &p, size, d));
}
