// SPDX-License-Identifier: MIT
/*
 * buddy.c - the binary buddy system [mm/page_alloc.c].
 *
 * A free block of order o is 2^o frames, aligned to 2^o by frame number; its
 * head has PG_private and private = o, and hangs in free_area[o].  Its buddy
 * differs from it in bit o alone:
 *
 *     buddy = pfn ^ 2^o        merged = pfn & ~2^o
 *
 * Two free buddies of one order below 10 never stay apart.  Lists are last
 * in, first out; a split keeps the lowest frames, and so repeated requests
 * come out ascending.  The zone's frames alone: a buddy beyond its borders is
 * none.  Validator: buddy_validate(), B.
 */
#include "buddy.h"

static force_inline void area_add(struct machine *m, struct zone *zone,
				  struct page *page, u32 order)
{
	struct free_area *area = &zone->free_area[order];

	page_set_free_head(m, page, order);
	page_list_add(m, page, &area->free_list);
	area->nr_free++;
}

static force_inline void area_del(struct machine *m, struct zone *zone,
				  struct page *page, u32 order)
{
	page_list_del(m, page);
	page_clear_free_head(m, page);
	zone->free_area[order].nr_free--;
}

/* Gives the upper halves back until the block is of the order asked for. */
static void split(struct machine *m, struct zone *zone, struct page *page,
		  u32 from, u32 order)
{
	while (from > order) {
		from--;
		area_add(m, zone, page + (1u << from), from);
	}
}

struct page *buddy_alloc(struct machine *m, struct zone *zone, u32 order)
{
	for (u32 o = order; o < MAX_ORDER; o++) {
		struct free_area *area = &zone->free_area[o];
		struct page *page;

		if (list_empty(&area->free_list))
			continue;
		page = page_of_link(m, area->free_list.next);
		CHECK(m, page_free_head(page) && page_free_order(page) == o,
		      "buddy: the first of a list is no head of its order");
		CHECK(m, zone_has(m, zone, page),
		      "buddy: a free block of another zone");
		area_del(m, zone, page, o);
		zone->free_pages -= 1u << order;
		split(m, zone, page, o, order);
		return page;
	}
	return NULL;
}

/* The buddy of the block at pfn, if it is free and just as large; or NULL. */
static force_inline struct page *free_buddy(const struct machine *m,
					    const struct zone *zone, pfn_t pfn,
					    u32 order)
{
	pfn_t other = pfn ^ 1u << order;
	struct page *buddy;

	if (other - zone->zone_start_pfn >= zone->spanned_pages)
		return NULL;
	buddy = pfn_to_page(m, other);
	if (!page_free_head(buddy) || page_free_order(buddy) != order ||
	    page_reserved(buddy) || page_count(buddy) ||
	    page_zone_id(buddy) != zone->id)
		return NULL;
	return buddy;
}

void buddy_free(struct machine *m, struct zone *zone, struct page *page,
		u32 order)
{
	pfn_t pfn = page_to_pfn(m, page);

	CHECK(m, !(pfn & ((1u << order) - 1)), "buddy: a block not aligned");
	CHECK(m, zone_has(m, zone, page), "buddy: a page of another zone");
	zone->free_pages += 1u << order;
	for (; order < MAX_ORDER - 1; order++) {
		struct page *buddy = free_buddy(m, zone, pfn, order);

		if (!buddy)
			break;
		area_del(m, zone, buddy, order);
		pfn &= ~(1u << order);
	}
	area_add(m, zone, pfn_to_page(m, pfn), order);
}

/* --- validating ----------------------------------------------------------- */

static UNSANITIZED const char *validate_head(const struct machine *m,
					     const struct zone *zone,
					     const struct page *page, u32 order)
{
	pfn_t pfn = page_to_pfn(m, page);

	CLAUSE(page_free_head(page) && page_free_order(page) == order,
	       "B2: a block in a list is marked with its order");
	CLAUSE(!page_count(page) && !page_reserved(page),
	       "B3: a free block has no owner");
	CLAUSE(!(pfn & ((1u << order) - 1)) && zone_has(m, zone, page) &&
		       zone_has(m, zone, page + (1u << order) - 1),
	       "B4: a block is aligned, and inside its zone");
	CLAUSE(order == MAX_ORDER - 1 || !free_buddy(m, zone, pfn, order),
	       "B5: free buddies are merged");
	return NULL;
}

static UNSANITIZED const char *validate_area(const struct machine *m,
					     const struct zone *zone, u32 order)
{
	const struct list_head *head = &zone->free_area[order].free_list;
	u32 prev = ptr_link(head), nr = 0;

	for (u32 at = head->next; at != ptr_link(head);) {
		pfn_t pfn = lru_to_pfn(m, at);
		const struct page *page;
		const char *broken;

		CLAUSE(pfn_valid(m, pfn) && list_at(m->base, at)->prev == prev,
		       "B1: a list's links agree, all of them pages'");
		CLAUSE(++nr <= zone->free_area[order].nr_free,
		       "B6: nr_free is the length of its list");
		page = pfn_to_page(m, pfn);
		broken = validate_head(m, zone, page, order);
		CLAUSE(!broken, broken);
		prev = at;
		at = page->lru.next;
	}
	CLAUSE(nr == zone->free_area[order].nr_free,
	       "B6: nr_free is the length of its list");
	CLAUSE(head->prev == prev,
	       "B1: a list's links agree, all of them pages'");
	return NULL;
}

static UNSANITIZED const char *validate_zone(const struct machine *m,
					     const struct zone *zone)
{
	u32 free_pages = 0;

	for (u32 order = 0; order < MAX_ORDER; order++) {
		const char *broken = validate_area(m, zone, order);

		CLAUSE(!broken, broken);
		free_pages += zone->free_area[order].nr_free << order;
	}
	CLAUSE(free_pages == zone->free_pages,
	       "B7: free_pages is the sum of the blocks");
	return NULL;
}

/* The second walk: mem_map, and not the lists, says what is free. */
static const char *validate_mem_map(const struct machine *m,
				    const struct zone *zone)
{
	u32 nr[MAX_ORDER] = { 0 };
	u32 inside = 0;

	for (u32 i = 0; i < zone->spanned_pages; i++) {
		const struct page *page;

		page = pfn_to_page(m, zone->zone_start_pfn + i);
		if (inside)
			inside--;
		else if (page_free_head(page) &&
			 page_free_order(page) < MAX_ORDER) {
			inside = (1u << page_free_order(page)) - 1;
			nr[page_free_order(page)]++;
			continue;
		} else if (!page_free_head(page))
			continue;
		CLAUSE(!page_free_head(page) && !page_count(page) &&
			       !page_reserved(page),
		       "B8: inside a free block nothing is marked");
	}
	for (u32 order = 0; order < MAX_ORDER; order++)
		CLAUSE(nr[order] == zone->free_area[order].nr_free,
		       "B9: every block that is marked is in a list");
	return NULL;
}

/*
 * B1  the links of each list agree, and lead to struct pages
 * B2  each block in the list of an order is marked with that order
 * B3  and has no references and is not reserved
 * B4  and is aligned to its size, and inside its zone
 * B5  and its buddy is not free with the same order, below 10
 * B6  nr_free is the length of its list
 * B7  free_pages is the sum over the orders of nr_free * 2^order
 * B8  inside a free block no page is marked, owned or reserved   (full)
 * B9  mem_map has as many marked heads of each order as the lists (full)
 */
UNSANITIZED const char *buddy_validate(const struct machine *m,
				       enum validate_depth depth)
{
	for (u32 i = 0; i < NR_ZONES; i++) {
		const struct zone *zone = &m->data->node_zones[i];
		const char *broken = validate_zone(m, zone);

		if (!broken && depth == VALIDATE_FULL)
			broken = validate_mem_map(m, zone);
		CLAUSE(!broken, broken);
	}
	return NULL;
}
