// SPDX-License-Identifier: MIT
/*
 * page_free.c - giving blocks back, references, and addresses
 * [mm/page_alloc.c, mm/swap.c, include/linux/mm.h].
 *
 *     __free_pages, put_page   a reference less; the last one frees
 *     order 0                  -> the CPU's hot list, or the cold one
 *     else                     -> the buddy
 *
 * A free asks one question first, "does this page head an allocated block of
 * this order?", and misuse.c says why not.  All checks stand before the first
 * write.  It has no state; page_alloc_validate() accounts for the frames.
 */
#include "mm.h"
#include "page_address.h"
#include "page_alloc.h"
#include "poison.h"

/* --- giving back ---------------------------------------------------------- */

/*
 * Each page of the block is looked at before it joins the free ones.  It has
 * no more to find than mem_map's own, and is most of what a large block costs.
 */
static UNSANITIZED void check_block(const struct machine *m,
				    const struct page *page, u32 order)
{
	const struct page *end = page + (1u << order);
	u32 bad = 0;

	for (; page < end; page++)
		bad |= page_bad(page);
	CHECK(m, !bad, "page_alloc: a bad page in a block that is freed");
}

static void break_compound(struct machine *m, struct page *page, u32 order)
{
	CHECK(m, page[1].index == order, "page_alloc: a compound's order");
	for (u32 i = 0; i < 1u << order; i++) {
		CHECK(m,
		      page_compound(page + i) &&
			      page[i].private == ptr_link(page),
		      "page_alloc: a page that left its compound block");
		page_clear_compound(m, page + i);
	}
}

/* The block's last reference is gone. */
static void free_block(struct machine *m, struct page *page, u32 order,
		       enum pcp_temp temp)
{
	struct zone *zone = page_zone(m, page);

	trace_mm_page_free(&m->trace, page_to_pfn(m, page), order, zone->id,
			   temp);
	check_block(m, page, order);
	page_poison(m, page, order);
	page_clear_order(page);
	if (page_compound(page))
		break_compound(m, page, order);
	if (order)
		buddy_free(m, zone, page, order);
	else
		pcp_put(m, zone, page, temp);
}

/* Whose the reference is that is to go, if it is not the caller's. */
static enum report_kind drop_kind(const struct page *page)
{
	if (page_count(page) == 1 && page_in_slab(page))
		return REPORT_free_slab;
	if (page_count(page) == 1 && page_is_table(page))
		return REPORT_free_table;
	return page_count(page) == page_mapcount(page) + page_kmapped(page)
		       ? REPORT_free_mapped
		       : REPORT_none;
}

/*
 * Drops a reference of an allocated block; the last one of a slab's or a
 * table's is its own, so is one of each user mapping, and the kernel's
 * mappings want one that is not a user's.
 */
static force_inline void drop(struct machine *m, struct page *page,
			      enum pcp_temp temp)
{
	enum report_kind kind = drop_kind(page);

	if (unlikely(kind != REPORT_none))
		report(&m->faults, kind);
	else if (page_ref_dec(m, page))
		free_block(m, page, page_order(page), temp);
}

static __attribute__((noinline)) void free_generally(struct machine *m,
						     struct page *page,
						     u32 order,
						     enum pcp_temp temp)
{
	if (!page_valid(m, page) || !page_heads(page, order))
		free_misused(m, page, order);
	else
		drop(m, page, temp);
}

/*
 * The most frequent free, of a single frame that has one reference, to a hot
 * list that is not full: likewise.
 */
void mm__free_pages(struct machine *m, struct page *page, unsigned int order)
{
	size_t frame = page_to_frame(m, page);
	struct per_cpu_pages *hot;
	u32 zone;

	if (unlikely(order) || unlikely(frame >= m->nr_pages) ||
	    unlikely(!page_single(page))) {
		free_generally(m, page, order, PCP_HOT);
		return;
	}
	zone = page_zone_id(page);
	if (unlikely(zone != m->front.guess_zone)) {
		m->front.guess = m->front.hot[zone];
		m->front.guess_zone = zone;
	}
	hot = m->front.guess;
	if (unlikely(hot->count >= hot->high)) {
		free_generally(m, page, 0, PCP_HOT);
		return;
	}
	page_set_unowned(page);
	pcp_add(m, hot, page);
	trace_mm_page_free(&m->trace, (pfn_t)frame, 0, zone, PCP_HOT);
	page_poison(m, page, 0);
}

void mm_free_pages(struct machine *m, vaddr_t addr, unsigned int order)
{
	struct page *page;

	if (!addr)
		return;
	page = mm_virt_to_page(m, addr);
	if (page)
		mm__free_pages(m, page, order);
}

void mm_free_cold_page(struct machine *m, struct page *page)
{
	free_generally(m, page, 0, PCP_COLD);
}

/* --- references ----------------------------------------------------------- */

/*
 * The page whose count a get or put acts on; NULL: none, a report was drawn.
 * if_free is what it means that nobody has it.
 */
static struct page *counted_page(struct machine *m, struct page *page,
				 enum report_kind if_free)
{
	struct frame_view frame;

	if (!page_valid(m, page)) {
		report(&m->faults, REPORT_bad_page);
		return NULL;
	}
	if (page_reserved(page))
		return page;
	if (page_compound(page))
		return compound_head(m, page);
	if (page_count(page))
		return page;
	page_look(m, page, &frame);
	report(&m->faults,
	       frame.state == FRAME_TAIL ? REPORT_ref_tail : if_free);
	return NULL;
}

void mm_get_page(struct machine *m, struct page *page)
{
	page = counted_page(m, page, REPORT_ref_free);
	if (page)
		page_ref_inc(m, page);
}

void mm_put_page(struct machine *m, struct page *page)
{
	page = counted_page(m, page, REPORT_ref_underflow);
	if (!page || page_reserved(page))
		return;
	if (page_count(page) == 1 && page_order(page) && !page_compound(page)) {
		report(&m->faults, REPORT_wrong_order);
		return;
	}
	drop(m, page, PCP_HOT);
}

/* --- addresses ------------------------------------------------------------ */

vaddr_t mm_page_address(struct machine *m, const struct page *page)
{
	if (!page_valid(m, page)) {
		report(&m->faults, REPORT_bad_page);
		return 0;
	}
	return page_virt(m, page);
}

bool mm_virt_addr_valid(struct machine *m, vaddr_t addr)
{
	return addr >= PAGE_OFFSET && addr < m->data->high_memory;
}

struct page *mm_virt_to_page(struct machine *m, vaddr_t addr)
{
	pfn_t pfn = (addr - PAGE_OFFSET) >> PAGE_SHIFT;

	if (addr < PAGE_OFFSET || pfn >= m->setup.max_low_pfn) {
		report(&m->faults, REPORT_bad_address);
		return NULL;
	}
	return pfn_to_page(m, pfn);
}
