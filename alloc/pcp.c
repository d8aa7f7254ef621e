// SPDX-License-Identifier: MIT
/*
 * pcp.c - per-CPU lists: hot and cold, for order 0 [mm/page_alloc.c].
 *
 *                 take, put                      refill: a batch, in order
 *     CPU <------ head [ ][ ][ ][ ][ ][ ] tail <--------------- buddy
 *                                              ---------------> drain: a batch
 *
 * Refilled at or below `low` (not only when empty), drained before a frame
 * is put on at `high`.  A frame here has no references and no mark: the buddy
 * does not see it, merges nothing with it, and free_pages does not count it.
 * Validator: pcp_validate(), P.
 */
#include "pcp.h"

void pcp_refill(struct machine *m, struct zone *zone, enum pcp_temp temp)
{
	struct per_cpu_pages *pcp = pcp_of(m, zone, temp);

	for (u32 i = 0; i < pcp->batch; i++) {
		struct page *page = buddy_alloc(m, zone, 0);

		if (!page)
			break;
		pcp_add_tail(m, pcp, page);
		trace_mm_page_alloc_zone_locked(&m->trace, page_to_pfn(m, page),
						0, zone->id, temp, true);
	}
}

void pcp_drain(struct machine *m, struct zone *zone, enum pcp_temp temp, u32 nr)
{
	struct per_cpu_pages *pcp = pcp_of(m, zone, temp);

	CHECK(m, nr <= pcp->count, "pcp: draining more than there is");
	zone->all_unreclaimable = 0;
	zone->pages_scanned = 0;
	for (; nr; nr--) {
		struct page *page = pcp_del_last(m, pcp);

		trace_mm_page_pcpu_drain(&m->trace, page_to_pfn(m, page),
					 zone->id, temp);
		buddy_free(m, zone, page, 0);
	}
}

void pcp_put_full(struct machine *m, struct zone *zone, struct page *page,
		  enum pcp_temp temp)
{
	struct per_cpu_pages *pcp = pcp_of(m, zone, temp);

	pcp_drain(m, zone, temp, pcp->batch);
	pcp_add(m, pcp, page);
}

/* --- validating ----------------------------------------------------------- */

static UNSANITIZED const char *validate_list(const struct machine *m,
					     const struct zone *zone,
					     const struct per_cpu_pages *pcp)
{
	u32 prev = ptr_link(&pcp->list), nr = 0;

	CLAUSE(pcp->count <= pcp->high, "P3: no more than `high' are kept");
	for (u32 at = pcp->list.next; at != ptr_link(&pcp->list);) {
		pfn_t pfn = lru_to_pfn(m, at);
		const struct page *page;

		CLAUSE(pfn_valid(m, pfn) && list_at(m->base, at)->prev == prev,
		       "P1: a list's links agree, all of them pages'");
		CLAUSE(++nr <= pcp->count,
		       "P2: count is the length of its list");
		page = pfn_to_page(m, pfn);
		CLAUSE(!page_bad(page) && !page_compound(page) &&
			       !page->private,
		       "P4: a page in a list is free and unmarked");
		CLAUSE(m->touched[pfn],
		       "P7: a reset will restore what is in a list");
		CLAUSE(zone_has(m, zone, page),
		       "P5: a page in a list is of the list's zone");
		prev = at;
		at = page->lru.next;
	}
	CLAUSE(nr == pcp->count, "P2: count is the length of its list");
	CLAUSE(pcp->list.prev == prev,
	       "P1: a list's links agree, all of them pages'");
	return NULL;
}

/*
 * P1  the links of each list agree, and lead to struct pages
 * P2  count is the length of the list
 * P3  count is at most high
 * P4  a page in it has no references and no mark, and is not reserved
 * P5  and is of the list's zone
 * P6  the lists of CPUs that were not booted are empty
 * P7  the frames in the lists are listed for a reset
 */
UNSANITIZED const char *pcp_validate(const struct machine *m)
{
	for (u32 i = 0; i < NR_ZONES * NR_CPUS * NR_PCP_TEMPS; i++) {
		u32 cpu = i / NR_PCP_TEMPS % NR_CPUS;
		const struct zone *zone;
		const struct per_cpu_pages *pcp;
		const char *broken;

		zone = &m->data->node_zones[i / (NR_CPUS * NR_PCP_TEMPS)];
		pcp = &zone->pageset[cpu].pcp[i % NR_PCP_TEMPS];
		if (cpu >= m->setup.nr_cpus) {
			CLAUSE(!pcp->count && list_empty(&pcp->list),
			       "P6: a CPU that is not there has none");
			continue;
		}
		broken = validate_list(m, zone, pcp);
		CLAUSE(!broken, broken);
	}
	return NULL;
}
