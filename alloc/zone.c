// SPDX-License-Identifier: MIT
/*
 * zone.c - the three zones of a PC [mm/page_alloc.c, arch/i386/mm/init.c].
 *
 *     pfn   0         4096          max_low_pfn        highend_pfn
 *           |-- DMA --|--- Normal ---|---- HighMem -----|
 *
 * Owns: sizes, pages_min/low/high, lowmem_reserve, the per-CPU limits and
 * the zonelists.  i386 tells the zones of no holes, so present is spanned,
 * and the marks are in proportion to that.  Validator: zone_validate(), Z.
 *
 * Left out: nodes, and the boot pagesets that a late CPU would use.
 */
#include "zone.h"
#include "bitops.h"

/* --- watermarks ----------------------------------------------------------- */

/*
 * For every k from 0 to order, with m the mark after help:
 *
 *     sum over j >= k of nr_free[j] * 2^j  -  2^order + 1
 *             >  (m >> k) + (k = 0 ? reserve : 0)
 */
bool zone_watermark_ok(const struct zone *zone, u32 order, enum zone_mark mark,
		       u32 class, struct watermark_help help)
{
	const struct free_area *area = zone->free_area;
	u32 m = zone->mark[mark];
	/* marks are below 2^31, and so are all of these */
	s32 left = (s32)(zone->free_pages - (1u << order) + 1);

	if (help.high)
		m -= m / 2;
	if (help.harder)
		m -= m / 4;
	if (left <= (s32)(m + zone->lowmem_reserve[class]))
		return false;
	for (u32 k = 0; k < order; k++, area++) {
		left -= (s32)(area->nr_free << k);
		m /= 2;
		if (left <= (s32)m)
			return false;
	}
	return true;
}

static u32 lowmem_pages(const struct machine *m)
{
	const struct zone *zones = m->data->node_zones;

	return zones[ZONE_DMA].present_pages + zones[ZONE_NORMAL].present_pages;
}

/* floor(sqrt(16 * lowmem_kbytes)), 128 to 65536 */
u32 zones_min_free_kbytes(const struct machine *m)
{
	u32 kbytes = int_sqrt(lowmem_pages(m) * (PAGE_SIZE / 1024) * 16);

	return (u32)max_u64(128, min_u64(kbytes, 65536));
}

/* min = total * present / lowmem; low = min * 5/4; high = min * 6/4 */
static u32 mark_of(const struct machine *m, const struct zone *zone,
		   enum zone_mark mark)
{
	u64 min;

	if (zone->id == ZONE_HIGHMEM) {
		min = max_u64(32, min_u64(zone->present_pages / 1024, 128));
	} else {
		min = m->data->min_free_kbytes / (PAGE_SIZE / 1024);
		min = min * zone->present_pages / lowmem_pages(m);
	}
	return (u32)(min * (4 + (u32)mark) / 4);
}

void zones_set_marks(struct machine *m)
{
	for (u32 i = 0; i < NR_ZONES; i++) {
		struct zone *zone = &m->data->node_zones[i];

		for (u32 mark = 0; mark < NR_ZONE_MARKS; mark++)
			zone->mark[mark] = mark_of(m, zone, mark);
	}
}

/* What zone keeps back from requests that begin at class: 0 at its own. */
static u32 reserve_of(const struct machine *m, u32 zone, u32 class)
{
	u32 pages = 0;

	if (class <= zone)
		return 0;
	for (u32 i = zone + 1; i <= class; i++)
		pages += m->data->node_zones[i].present_pages;
	return pages / m->data->lowmem_reserve_ratio[zone];
}

void zones_set_reserves(struct machine *m)
{
	for (u32 i = 0; i < NR_ZONES - 1; i++)
		if (m->data->lowmem_reserve_ratio[i] < 1)
			m->data->lowmem_reserve_ratio[i] = 1;
	for (u32 i = 0; i < NR_ZONES; i++)
		for (u32 class = 0; class < NR_ZONES; class ++)
			m->data->node_zones[i].lowmem_reserve[class] =
				reserve_of(m, i, class);
}

/* --- making --------------------------------------------------------------- */

/* 2^n - 1, so that batches do not keep step with cache colours. */
static u32 zone_batch(u32 present)
{
	u32 batch = (u32)min_u64(present / 1024, 256 * 1024 / PAGE_SIZE) / 4;

	if (batch < 1)
		batch = 1;
	return (1u << fls(batch + batch / 2)) - 1;
}

static void pcp_init(struct per_cpu_pages *pcp, u32 low, u32 high, u32 batch)
{
	pcp->count = 0;
	pcp->low = low;
	pcp->high = high;
	pcp->batch = batch;
	list_init(&pcp->list);
}

static void zone_init(struct machine *m, u32 id, pfn_t start, u32 pages)
{
	struct zone *zone = &m->data->node_zones[id];
	u32 batch = zone_batch(pages);

	*zone = (struct zone){ .id = id };
	for (u32 cpu = 0; cpu < NR_CPUS; cpu++) {
		struct per_cpu_pageset *set = &zone->pageset[cpu];

		pcp_init(&set->pcp[PCP_HOT], 2 * batch, 6 * batch, batch);
		pcp_init(&set->pcp[PCP_COLD], 0, 2 * batch, batch);
	}
	for (u32 order = 0; order < MAX_ORDER; order++)
		list_init(&zone->free_area[order].free_list);
	if (!pages)
		return;
	zone->zone_mem_map = ptr_link(pfn_to_page(m, start));
	zone->zone_start_pfn = start;
	zone->spanned_pages = pages;
	zone->present_pages = pages;
	for (u32 i = 0; i < pages; i++)
		page_init(m, pfn_to_page(m, start + i), id);
}

/* Populated zones, the highest first, down from `top`. */
static void zonelist_init(struct machine *m, struct zonelist *list, u32 top)
{
	u32 nr = 0;

	*list = (struct zonelist){ .zone = { 0 } };
	for (u32 i = top + 1; i; i--) {
		struct zone *zone = &m->data->node_zones[i - 1];

		if (zone->present_pages)
			list->zone[nr++] = ptr_link(zone);
	}
}

static void front_init(struct machine *m, u32 cpu)
{
	struct cpu_front *front = &m->fronts[cpu];
	struct zone *zones = m->data->node_zones;

	for (u32 i = 0; i < NR_ZONES; i++)
		front->hot[i] = &zones[i].pageset[cpu].pcp[PCP_HOT];
	front->guess = front->hot[ZONE_DMA];
	front->guess_zone = ZONE_DMA;
	for (u32 i = 0; i <= GFP_ZONEMASK; i++) {
		struct zone *zone = &m->no_zone;

		if (i < NR_ZONES)
			zone = zone_at(m, m->data->node_zonelists[i].zone[0]);
		front->list[i].zone = zone;
		front->list[i].hot = &zone->pageset[cpu].pcp[PCP_HOT];
	}
}

/* By the zone bits of a gfp: 0, __GFP_DMA, __GFP_HIGHMEM. */
static const u8 zonelist_top[NR_ZONES] = { ZONE_NORMAL, ZONE_DMA,
					   ZONE_HIGHMEM };

void zones_init(struct machine *m)
{
	pfn_t low = m->setup.max_low_pfn, high = m->setup.max_pfn;
	pfn_t dma = (pfn_t)min_u64(low, MAX_DMA_PFN);

	if (low < MAX_DMA_PFN) {
		/* high frames have no zone then, and are reserved for ever */
		for (pfn_t pfn = low; pfn < high; pfn++)
			page_init(m, pfn_to_page(m, pfn), ZONE_DMA);
		high = low;
	}
	zone_init(m, ZONE_DMA, 0, dma);
	zone_init(m, ZONE_NORMAL, dma, low - dma);
	zone_init(m, ZONE_HIGHMEM, low, high - low);
	for (u32 i = 0; i < NR_ZONES; i++)
		zonelist_init(m, &m->data->node_zonelists[i], zonelist_top[i]);
	for (u32 cpu = 0; cpu < NR_CPUS; cpu++)
		front_init(m, cpu);
	m->front = m->fronts[m->task.cpu];
}

/* --- validating ----------------------------------------------------------- */

static UNSANITIZED const char *validate_marks(const struct machine *m,
					      const struct zone *zone)
{
	for (u32 mark = 0; mark < NR_ZONE_MARKS; mark++)
		CLAUSE(zone->mark[mark] == mark_of(m, zone, mark),
		       "Z2: a mark is min_free_kbytes' share");
	for (u32 class = 0; class < NR_ZONES; class ++)
		CLAUSE(zone->lowmem_reserve[class] ==
			       reserve_of(m, zone->id, class),
		       "Z3: a reserve is the higher zones' share");
	return NULL;
}

static UNSANITIZED const char *validate_limits(const struct zone *zone)
{
	u32 batch = zone_batch(zone->present_pages);

	for (u32 cpu = 0; cpu < NR_CPUS; cpu++) {
		const struct per_cpu_pages *hot, *cold;

		hot = &zone->pageset[cpu].pcp[PCP_HOT];
		cold = &zone->pageset[cpu].pcp[PCP_COLD];
		CLAUSE(hot->low == 2 * batch && hot->high == 6 * batch &&
			       hot->batch == batch && cold->low == 0 &&
			       cold->high == 2 * batch && cold->batch == batch,
		       "Z4: per-CPU limits follow from the batch");
	}
	return NULL;
}

static UNSANITIZED const char *validate_zonelist(const struct machine *m,
						 u32 index)
{
	const struct zonelist *list = &m->data->node_zonelists[index];
	u32 nr = 0;

	for (u32 i = zonelist_top[index] + 1u; i; i--) {
		const struct zone *zone = &m->data->node_zones[i - 1];

		CLAUSE(!zone->present_pages ||
			       list->zone[nr++] == ptr_link(zone),
		       "Z5: a zonelist is the populated zones, down");
	}
	CLAUSE(!list->zone[nr], "Z6: 0 ends a zonelist");
	return NULL;
}

static UNSANITIZED const char *validate_span(const struct machine *m,
					     const struct zone *zone, pfn_t *at)
{
	CLAUSE(zone->id == (u32)(zone - m->data->node_zones) &&
		       zone->spanned_pages == zone->present_pages &&
		       (!zone->spanned_pages || zone->zone_start_pfn == *at) &&
		       zone->spanned_pages <= m->data->max_mapnr - *at,
	       "Z1: the zones follow each other inside mem_map");
	*at += zone->spanned_pages;
	return NULL;
}

static UNSANITIZED const char *validate_links(const struct machine *m)
{
	CLAUSE(m->data->mem_map == ptr_link(m->mem_map),
	       "Z7: mem_map's link leads to mem_map");
	for (u32 i = 0; i < NR_ZONES; i++) {
		const struct zone *zone = &m->data->node_zones[i];
		pfn_t first = zone->zone_start_pfn;
		u32 link = ptr_link(pfn_to_page(m, first));

		CLAUSE(zone->zone_mem_map == (zone->spanned_pages ? link : 0),
		       "Z7: a zone's link leads to its first page");
	}
	return NULL;
}

/*
 * Z1  zones lie behind each other in mem_map, present is spanned
 * Z2  pages_min, low and high follow from min_free_kbytes
 * Z3  lowmem_reserve follows from lowmem_reserve_ratio
 * Z4  the per-CPU lists' limits follow from the zone's batch
 * Z5  a zonelist has the populated zones, highest first
 * Z6  and nothing behind them
 * Z7  the links to mem_map, and to each zone's part of it, lead there
 */
UNSANITIZED const char *zone_validate(const struct machine *m)
{
	const char *broken = NULL;
	pfn_t at = 0;

	for (u32 i = 0; i < NR_ZONES && !broken; i++) {
		const struct zone *zone = &m->data->node_zones[i];

		broken = validate_span(m, zone, &at);
		if (!broken)
			broken = validate_marks(m, zone);
		if (!broken)
			broken = validate_limits(zone);
		if (!broken)
			broken = validate_zonelist(m, i);
	}
	return broken ? broken : validate_links(m);
}
