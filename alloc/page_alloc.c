// SPDX-License-Identifier: MIT
/*
 * page_alloc.c - __alloc_pages and the calls around it [mm/page_alloc.c,
 * include/linux/gfp.h].
 *
 *     pass A  pages_low              -> wake kswapd
 *     pass B  pages_min, with help
 *     pass C  no marks               (the task frees memory, or is dying)
 *     direct reclaim -> pass B again | pages_high -> OOM killer -> from A
 *
 * A pass goes down the zonelist and takes from the first zone whose mark
 * holds.  Where 2.6.12 would go round for ever without progress, the call
 * ends: NULL, and mm_oom() says so.  All checks stand before the first write.
 *
 * Left out: the warning of a failure, statistics, NUMA.
 */
#include "mm.h"
#include "page_alloc.h"
#include "poison.h"
#include "fixmap.h"

struct request {
	const struct zonelist *list;
	gfp_t gfp;
	u32 order;
	u32 class; /* the first zone of the list: its reserve holds */
};

/* --- handing out ---------------------------------------------------------- */

static void make_compound(struct machine *m, struct page *page, u32 order)
{
	page_set_index(m, page + 1, order);
	for (u32 i = 0; i < 1u << order; i++)
		page_set_compound(m, page + i, page);
}

static void zero_block(struct machine *m, struct page *page, u32 order)
{
	for (u32 i = 0; i < 1u << order; i++)
		clear_highpage(m, page + i);
}

/* prep_new_page(), without what only some ask for */
static force_inline struct page *hand_out(struct machine *m, struct page *page,
					  gfp_t gfp, u32 order)
{
	CHECK(m, !page_bad(page),
	      "page_alloc: a page that is not free was about to be given");
	page_set_allocated(page, order);
	page_unpoison(m, page, order);
	trace_mm_page_alloc(&m->trace, page_to_pfn(m, page), order,
			    page_zone_id(page), gfp);
	return page;
}

static force_inline struct page *take_block(struct machine *m,
					    struct zone *zone, u32 order)
{
	struct page *page = buddy_alloc(m, zone, order);

	if (page)
		trace_mm_page_alloc_zone_locked(&m->trace, page_to_pfn(m, page),
						order, zone->id, 0, false);
	return page;
}

static struct page *prepare(struct machine *m, struct page *page, gfp_t gfp,
			    u32 order)
{
	hand_out(m, page, gfp, order);
	if (gfp & __GFP_ZERO)
		zero_block(m, page, order);
	if (gfp & __GFP_COMP && order)
		make_compound(m, page, order);
	return page;
}

/* buffered_rmqueue() */
static struct page *take(struct machine *m, struct zone *zone, gfp_t gfp,
			 u32 order)
{
	struct page *page = NULL;

	if (!order)
		page = pcp_take(m, zone, gfp & __GFP_COLD ? PCP_COLD : PCP_HOT);
	if (!page) {
		page = take_block(m, zone, order);
		if (!page)
			return NULL;
	}
	return prepare(m, page, gfp, order);
}

/* --- the slow path -------------------------------------------------------- */

static struct page *pass(struct machine *m, const struct request *rq,
			 enum zone_mark mark, struct watermark_help help)
{
	for (const u32 *link = rq->list->zone; *link; link++) {
		struct zone *zone = zone_at(m, *link);
		struct page *page;

		if (!zone_watermark_ok(zone, rq->order, mark, rq->class, help))
			continue;
		page = take(m, zone, rq->gfp, rq->order);
		if (page)
			return page;
	}
	return NULL;
}

static struct page *pass_without_marks(struct machine *m,
				       const struct request *rq)
{
	for (const u32 *link = rq->list->zone; *link; link++) {
		struct page *page =
			take(m, zone_at(m, *link), rq->gfp, rq->order);

		if (page)
			return page;
	}
	return NULL;
}

/* kswapd's own test knows neither the request's class nor its help. */
static void wake_kswapd(struct machine *m, const struct request *rq)
{
	const struct watermark_help none = { false, false };

	for (const u32 *link = rq->list->zone; *link; link++) {
		struct zone *zone = zone_at(m, *link);

		if (zone_watermark_ok(zone, rq->order, PAGES_LOW, 0, none))
			continue;
		if (m->data->kswapd_max_order < rq->order)
			m->data->kswapd_max_order = rq->order;
		trace_mm_vmscan_wakeup_kswapd(&m->trace, zone->id, rq->order);
	}
}

static struct page *out_of_memory(struct machine *m)
{
	m->oom = true;
	return NULL;
}

static u32 direct_reclaim(struct machine *m, const struct request *rq)
{
	platform_yield(m, YIELD_RECLAIM);
	trace_mm_vmscan_direct_reclaim_begin(&m->trace, rq->order, rq->gfp);
	return m->reclaim ? m->reclaim(m, rq->gfp, rq->order) : 0;
}

static bool retries(const struct request *rq)
{
	return !(rq->gfp & __GFP_NORETRY) &&
	       (rq->order <= 3 || rq->gfp & (__GFP_REPEAT | __GFP_NOFAIL));
}

/* Reclaim until there is enough, or no progress. */
static struct page *reclaim_and_retry(struct machine *m,
				      const struct request *rq,
				      struct watermark_help help)
{
	struct page *page;

	while (direct_reclaim(m, rq)) {
		/* unreachable: nobody has registered reclaim, it frees none */
		page = pass(m, rq, PAGES_MIN, help);
		if (page || !retries(rq))
			return page;
		platform_yield(m, YIELD_RETRY);
	}
	if (rq->gfp & __GFP_FS && !(rq->gfp & __GFP_NORETRY)) {
		page = pass(m, rq, PAGES_HIGH,
			    (struct watermark_help){ false, false });
		if (page)
			return page; /* unreachable: nor has anybody freed */
		trace_oom_kill(&m->trace, rq->order, rq->gfp);
		return out_of_memory(m);
	}
	return retries(rq) ? out_of_memory(m) : NULL;
}

static bool in_interrupt(const struct machine *m)
{
	return m->task.flags & TASK_IRQ;
}

static bool tries_harder(const struct machine *m, gfp_t gfp)
{
	bool realtime = m->task.flags & TASK_RT;

	return (realtime && !in_interrupt(m)) || !(gfp & __GFP_WAIT);
}

/* Pass A has failed. */
static struct page *alloc_slowly(struct machine *m, const struct request *rq)
{
	struct watermark_help help = {
		.harder = tries_harder(m, rq->gfp),
		.high = rq->gfp & __GFP_HIGH,
	};
	struct page *page;

	wake_kswapd(m, rq);
	page = pass(m, rq, PAGES_MIN, help);
	if (page)
		return page;
	/* the planted fault of the build that must fail: see types.h */
	if (m->task.flags & (TASK_MEMALLOC | TASK_MEMDIE) &&
	    (CANARY || !in_interrupt(m))) {
		if (!(rq->gfp & __GFP_NOMEMALLOC))
			page = pass_without_marks(m, rq);
		if (!page && rq->gfp & __GFP_NOFAIL)
			return out_of_memory(m);
		return page;
	}
	if (!(rq->gfp & __GFP_WAIT))
		return NULL;
	return reclaim_and_retry(m, rq, help);
}

static struct page *__alloc_pages(struct machine *m, gfp_t gfp, u32 order)
{
	const struct zonelist *list;
	struct request rq = { .gfp = gfp, .order = order };
	struct page *page;

	list = &m->data->node_zonelists[gfp & GFP_ZONEMASK];
	rq.list = list;
	rq.class = zone_at(m, list->zone[0])->id;
	if (gfp & __GFP_WAIT)
		platform_yield(m, YIELD_ALLOC);
	page = pass(m, &rq, PAGES_LOW, (struct watermark_help){ false, false });
	return page ? page : alloc_slowly(m, &rq);
}

/* --- asking --------------------------------------------------------------- */

/* The misuse of an allocation, in the order of DESIGN.md's table. */
static bool gfp_misused(struct machine *m, gfp_t gfp)
{
	const gfp_t zero_high = __GFP_ZERO | __GFP_HIGHMEM;

	if (unlikely((gfp & GFP_ZONEMASK) == GFP_ZONEMASK))
		report(&m->faults, REPORT_bad_zone_bits);
	else if (gfp & __GFP_WAIT && m->task.flags & TASK_MAY_NOT_SLEEP)
		report(&m->faults, REPORT_sleep_in_atomic);
	else if (likely((gfp & zero_high) != zero_high))
		return false;
	else if (in_interrupt(m))
		report(&m->faults, REPORT_zero_highmem_irq);
	else if (clear_highpage_busy(m))
		report(&m->faults, REPORT_kmap_busy);
	else
		return false;
	return true;
}

static __attribute__((noinline)) struct page *
alloc_generally(struct machine *m, gfp_t gfp, u32 order)
{
	if (order >= MAX_ORDER || gfp_misused(m, gfp))
		return NULL;
	CHECK(m, m->phase == PHASE_RUNNING, "page_alloc: not booted");
	if (m->task.fail_nth && ++m->nr_entries == m->task.fail_nth)
		return NULL;
	return __alloc_pages(m, gfp, order);
}

/*
 * The most frequent request, one frame of the first zone whose hot list is
 * not low: all of the above, with what cannot happen left out.
 */
struct page *mm_alloc_pages(struct machine *m, gfp_t gfp, unsigned int order)
{
	const struct zone *zone = m->front.list[gfp & GFP_ZONEMASK].zone;
	struct per_cpu_pages *hot = m->front.list[gfp & GFP_ZONEMASK].hot;

	if (unlikely(order | m->careful | (gfp & (__GFP_COLD | __GFP_ZERO))) ||
	    unlikely(!zone_above(zone, PAGES_LOW)) ||
	    unlikely(hot->count <= hot->low))
		return alloc_generally(m, gfp, order);
	if (gfp & __GFP_WAIT)
		platform_yield(m, YIELD_ALLOC);
	return hand_out(m, pcp_del_first(m, hot), gfp, 0);
}

vaddr_t mm__get_free_pages(struct machine *m, gfp_t gfp, unsigned int order)
{
	struct page *page;

	if (gfp & __GFP_HIGHMEM) {
		report(&m->faults, REPORT_highmem_no_address);
		return 0;
	}
	page = mm_alloc_pages(m, gfp, order);
	return page ? mm_page_address(m, page) : 0;
}

vaddr_t mm_get_zeroed_page(struct machine *m, gfp_t gfp)
{
	return mm__get_free_pages(m, gfp | __GFP_ZERO, 0);
}

vaddr_t mm__get_dma_pages(struct machine *m, gfp_t gfp, unsigned int order)
{
	return mm__get_free_pages(m, gfp | GFP_DMA, order);
}

/* --- counts and knobs ----------------------------------------------------- */

u32 mm_nr_free_pages(struct machine *m)
{
	u32 sum = 0;

	for (u32 i = 0; i < NR_ZONES; i++)
		sum += m->data->node_zones[i].free_pages;
	return sum;
}

void mm_drain_local_pages(struct machine *m)
{
	for (u32 i = 0; i < NR_ZONES; i++) {
		struct zone *zone = &m->data->node_zones[i];

		for (u32 temp = 0; temp < NR_PCP_TEMPS; temp++)
			pcp_drain(m, zone, temp, pcp_of(m, zone, temp)->count);
	}
}

void mm_set_min_free_kbytes(struct machine *m, u32 kbytes)
{
	m->data->min_free_kbytes = kbytes;
	zones_set_marks(m);
}

void mm_set_lowmem_reserve_ratio(struct machine *m, u32 dma, u32 normal)
{
	m->data->lowmem_reserve_ratio[ZONE_DMA] = dma;
	m->data->lowmem_reserve_ratio[ZONE_NORMAL] = normal;
	zones_set_reserves(m);
}
