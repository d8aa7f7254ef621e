/* SPDX-License-Identifier: MIT */
/*
 * pcp.h - the per-CPU lists of single frames in front of the buddy.
 */
#ifndef ALLOC_PCP_H
#define ALLOC_PCP_H

#include "buddy.h"

/* Up to pcp->batch frames from the buddy, appended in order. */
void pcp_refill(struct machine *m, struct zone *zone, enum pcp_temp temp);
/* A put that finds the list full: a batch is drained first. */
void pcp_put_full(struct machine *m, struct zone *zone, struct page *page,
		  enum pcp_temp temp);
/* The last nr frames go to the buddy, the last one first. */
void pcp_drain(struct machine *m, struct zone *zone, enum pcp_temp temp,
	       u32 nr);
const char *pcp_validate(const struct machine *m);

static force_inline struct per_cpu_pages *
pcp_of(const struct machine *m, struct zone *zone, enum pcp_temp temp)
{
	return &zone->pageset[m->task.cpu].pcp[temp];
}

/* --- one list; its frames are touched already: see page.h ----------------- */

static force_inline struct page *pcp_del_first(const struct machine *m,
					       struct per_cpu_pages *pcp)
{
	struct page *page = page_of_link(m, pcp->list.next);
	u32 next = page->lru.next;

	pcp->list.next = next;
	list_at(m->base, next)->prev = ptr_link(&pcp->list);
	pcp->count--;
	return page;
}

static force_inline struct page *pcp_del_last(const struct machine *m,
					      struct per_cpu_pages *pcp)
{
	struct page *page = page_of_link(m, pcp->list.prev);
	u32 prev = page->lru.prev;

	pcp->list.prev = prev;
	list_at(m->base, prev)->next = ptr_link(&pcp->list);
	pcp->count--;
	return page;
}

static force_inline void pcp_add(const struct machine *m,
				 struct per_cpu_pages *pcp, struct page *page)
{
	u32 next = pcp->list.next, link = ptr_link(&page->lru);

	page->lru.next = next;
	page->lru.prev = ptr_link(&pcp->list);
	pcp->list.next = link;
	list_at(m->base, next)->prev = link;
	pcp->count++;
}

static force_inline void pcp_add_tail(const struct machine *m,
				      struct per_cpu_pages *pcp,
				      struct page *page)
{
	list_insert(m->base, &page->lru, pcp->list.prev, ptr_link(&pcp->list));
	pcp->count++;
}

/* --- what the page allocator calls ---------------------------------------- */

/* The first frame of the list, which is refilled when it is low; or NULL. */
static force_inline struct page *pcp_take(struct machine *m, struct zone *zone,
					  enum pcp_temp temp)
{
	struct per_cpu_pages *pcp = pcp_of(m, zone, temp);

	if (pcp->count <= pcp->low)
		pcp_refill(m, zone, temp);
	return pcp->count ? pcp_del_first(m, pcp) : NULL;
}

static force_inline void pcp_put(struct machine *m, struct zone *zone,
				 struct page *page, enum pcp_temp temp)
{
	struct per_cpu_pages *pcp = pcp_of(m, zone, temp);

	if (likely(pcp->count < pcp->high))
		pcp_add(m, pcp, page);
	else
		pcp_put_full(m, zone, page, temp);
}

#endif
