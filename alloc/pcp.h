/* SPDX-License-Identifier: MIT */
/*
 * pcp.h - the per-CPU lists of single frames in front of the buddy.
 */
#ifndef ALLOC_PCP_H
#define ALLOC_PCP_H

#include "buddy.h"

/* Up to pcp->batch frames from the buddy, appended in order. */
void pcp_refill(struct machine *m, struct zone *zone, enum pcp_temp temp);
/* The last nr frames go to the buddy, the last one first. */
void pcp_drain(struct machine *m, struct zone *zone, enum pcp_temp temp,
	       u32 nr);
const char *pcp_validate(const struct machine *m);

static inline struct per_cpu_pages *pcp_of(const struct machine *m,
					   struct zone *zone,
					   enum pcp_temp temp)
{
	return &zone->pageset[m->task.cpu].pcp[temp];
}

/* The first frame of the list, which is refilled when it is low; or NULL. */
static inline struct page *pcp_take(struct machine *m, struct zone *zone,
				    enum pcp_temp temp)
{
	struct per_cpu_pages *pcp = pcp_of(m, zone, temp);
	struct page *page;

	if (unlikely(pcp->count <= pcp->low))
		pcp_refill(m, zone, temp);
	if (unlikely(!pcp->count))
		return NULL;
	page = page_of_link(m, pcp->list.next);
	page_list_del(m, page);
	pcp->count--;
	return page;
}

/* The list is drained first if it is full. */
static inline void pcp_put(struct machine *m, struct zone *zone,
			   struct page *page, enum pcp_temp temp)
{
	struct per_cpu_pages *pcp = pcp_of(m, zone, temp);

	if (unlikely(pcp->count >= pcp->high))
		pcp_drain(m, zone, temp, pcp->batch);
	page_list_add(m, page, &pcp->list);
	pcp->count++;
}

#endif
