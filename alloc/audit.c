// SPDX-License-Identifier: MIT
/*
 * audit.c - the page allocator's account: every frame is in one place.
 *
 *     spanned = reserved + free blocks + per-CPU lists + allocated blocks
 *
 * One walk over mem_map, from block to block; what hangs in no block must be
 * on a per-CPU list, and their numbers must agree.  It has no state: it is
 * the validator of page_alloc.c and mem_init.c, page_alloc_validate(), A.
 */
#include "page_alloc.h"

struct account {
	u32 reserved, free, loose, allocated;
};

static const char *audit_compound(const struct page *page, u32 order)
{
	CLAUSE(page[1].index == order,
	       "A4: the first tail of a compound has its order");
	for (u32 i = 0; i < 1u << order; i++)
		CLAUSE(page_compound(page + i) &&
			       page[i].private == ptr_link(page),
		       "A4: a compound's pages lead to its head");
	return NULL;
}

static const char *audit_allocated(const struct machine *m,
				   const struct zone *zone,
				   const struct page *page)
{
	u32 order = page_order(page);

	CLAUSE(order < MAX_ORDER &&
		       !(page_to_pfn(m, page) & ((1u << order) - 1)) &&
		       zone_has(m, zone, page + (1u << order) - 1),
	       "A2: an allocated block is aligned, inside its zone");
	CLAUSE(m->touched[page_to_pfn(m, page)] || page_in_slab(page),
	       "A8: a reset will restore what is in hands");
	CLAUSE(page_was_returned(page) && !page_free_head(page) &&
		       !page->mapping,
	       "A3: an allocated head is marked as handed out, only");
	CLAUSE(!page_mapcount(page) ||
		       (!order && !page_in_slab(page) && !page_is_table(page) &&
			page_mapcount(page) <= page_count(page)),
	       "A11: a mapped frame is a single one, with as many references");
	CLAUSE(!page_is_table(page) || (!order && !page_in_slab(page)),
	       "A12: a page table is a frame of its own");
	CLAUSE(!page_kmapped(page) || (page->index && !page_in_slab(page) &&
				       !page_is_table(page) &&
				       page_count(page) > page_mapcount(page)),
	       "A13: what the kernel has mapped is held by more than users");
	for (u32 i = 1; i < 1u << order; i++)
		CLAUSE(page_in_slab(page + i) == page_in_slab(page),
		       "A10: a block is a slab, or none of its frames is");
	for (u32 i = 1; i < 1u << order; i++)
		CLAUSE(!page_count(page + i) && !page_free_head(page + i) &&
			       !page_reserved(page + i) &&
			       !page_kmapped(page + i) &&
			       page_compound(page + i) == page_compound(page),
		       "A3: tails have no references and no mark");
	return page_compound(page) ? audit_compound(page, order) : NULL;
}

/* Accounts for the block at page; *nr is its number of frames. */
static const char *audit_block(const struct machine *m, const struct zone *zone,
			       const struct page *page, struct account *a,
			       u32 *nr)
{
	*nr = 1;
	CLAUSE(page_zone_id(page) == zone->id,
	       "A5: a frame bears the number of its zone");
	if (page_reserved(page)) {
		a->reserved++;
		CLAUSE(!page_free_head(page) && !page_compound(page),
		       "A6: a reserved frame is in no block");
		return NULL;
	}
	if (page_free_head(page)) {
		CLAUSE(page_free_order(page) < MAX_ORDER,
		       "A2: a free block is of an order that exists");
		*nr = 1u << page_free_order(page);
		a->free += *nr;
		return NULL;
	}
	if (!page_allocated(page)) {
		a->loose++;
		CLAUSE(!page_compound(page) && !page_order(page),
		       "A3: a loose frame has no mark");
		return NULL;
	}
	*nr = 1u << page_order(page);
	a->allocated += *nr;
	return audit_allocated(m, zone, page);
}

static u32 pcp_pages(const struct zone *zone)
{
	u32 sum = 0;

	for (u32 cpu = 0; cpu < NR_CPUS; cpu++)
		for (u32 temp = 0; temp < NR_PCP_TEMPS; temp++)
			sum += zone->pageset[cpu].pcp[temp].count;
	return sum;
}

static const char *audit_zone(const struct machine *m, const struct zone *zone,
			      struct account *sum)
{
	struct account a = { 0 };

	for (u32 i = 0, nr; i < zone->spanned_pages; i += nr) {
		const struct page *page;
		const char *broken;

		page = pfn_to_page(m, zone->zone_start_pfn + i);
		broken = audit_block(m, zone, page, &a, &nr);
		CLAUSE(!broken, broken);
	}
	CLAUSE(a.free == zone->free_pages && a.loose == pcp_pages(zone),
	       "A1: what is in no block is on a per-CPU list");
	sum->reserved += a.reserved;
	sum->free += a.free;
	sum->loose += a.loose;
	sum->allocated += a.allocated;
	return NULL;
}

/* Every frame, as tails have the flag too. */
static const char *audit_highmem(const struct machine *m)
{
	const struct zone *high = &m->data->node_zones[ZONE_HIGHMEM];

	for (pfn_t pfn = 0; pfn < m->nr_pages; pfn++) {
		const struct page *page = pfn_to_page(m, pfn);
		bool in_zone = pfn - high->zone_start_pfn < high->spanned_pages;

		CLAUSE(!(page->flags & PAGE_FLAG(highmem)) ==
			       !(in_zone && !page_reserved(page)),
		       "A9: PG_highmem marks what HighMem has to give");
	}
	return NULL;
}

/*
 * A1  each frame is reserved, in a free block, on a per-CPU list or in an
 *     allocated block, and the zones' counters agree
 * A2  a block is of an order that exists, aligned, and inside its zone
 * A3  only heads have references; tails and loose frames bear no mark
 * A4  a compound block's pages all lead to its head, the first has its order
 * A5  a frame bears the number of the zone that spans it
 * A6  a reserved frame is in no block
 * A7  totalram_pages is the number of frames that are not reserved
 * A8  the heads of allocated blocks are listed for a reset, but for slabs'
 * A9  PG_highmem is on the frames of HighMem that are not reserved, only
 * A10 PG_slab is on all frames of an allocated block, or on none
 * A11 what is mapped is a single frame, no slab's and no table's, with a
 *     reference for each mapping
 * A12 PG_table is on single frames that are no slab's
 * A13 a block that the kernel has mapped has a reference that no user's
 *     mapping has, and is no slab and no table
 */
const char *page_alloc_validate(const struct machine *m)
{
	struct account sum = { 0 };

	for (u32 i = 0; i < NR_ZONES; i++) {
		const char *broken =
			audit_zone(m, &m->data->node_zones[i], &sum);

		CLAUSE(!broken, broken);
	}
	CLAUSE(sum.free + sum.loose + sum.allocated == m->data->totalram_pages,
	       "A7: totalram_pages counts what boot gave away");
	return audit_highmem(m);
}
