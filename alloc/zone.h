/* SPDX-License-Identifier: MIT */
/*
 * zone.h - zones: their sizes, watermarks, reserves and fallback lists.
 */
#ifndef ALLOC_ZONE_H
#define ALLOC_ZONE_H

#include "page.h"

/* Who is helped below a mark, besides those that go without marks. */
struct watermark_help {
	bool harder; /* real-time, or may not wait */
	bool high;   /* __GFP_HIGH */
};

/* Zones, their per-CPU limits and zonelists; every frame reserved. */
void zones_init(struct machine *m);
/* From min_free_kbytes: the marks of all zones. */
void zones_set_marks(struct machine *m);
/* From lowmem_reserve_ratio: the reserves of all zones. */
void zones_set_reserves(struct machine *m);
/* The value that min_free_kbytes has before anyone sets it. */
u32 zones_min_free_kbytes(const struct machine *m);
const char *zone_validate(const struct machine *m);

static force_inline struct zone *zone_at(const struct machine *m, u32 link)
{
	return link_ptr(m->base, link);
}

/* BUG if the page is not this zone's: Linux's bad_range(). */
static force_inline bool zone_has(const struct machine *m,
				  const struct zone *zone,
				  const struct page *page)
{
	pfn_t pfn = page_to_pfn(m, page);

	return pfn - zone->zone_start_pfn < zone->spanned_pages &&
	       page_zone_id(page) == zone->id;
}

/* watermark_ok for one frame of the zone's own class: its reserve is 0 */
static force_inline bool zone_above(const struct zone *zone,
				    enum zone_mark mark)
{
	return zone->free_pages > zone->mark[mark];
}

bool zone_watermark_ok(const struct zone *zone, u32 order, enum zone_mark mark,
		       u32 class, struct watermark_help help);

#endif
