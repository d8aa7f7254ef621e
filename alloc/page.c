// SPDX-License-Identifier: MIT
/*
 * page.c - what a frame is, told from mem_map.
 *
 * Linux never asks: a tail of a block bears no mark, and who frees one
 * corrupts the allocator.  The reports need the answer, so it is searched
 * for, on the paths of misuse and of inspection alone.
 */
#include "page.h"

static force_inline bool heads_past(const struct page *head, u32 distance)
{
	if (page_free_head(head))
		return distance < 1u << page_free_order(head);
	return page_allocated(head) && distance < 1u << page_order(head);
}

UNSANITIZED struct page *page_enclosing(const struct machine *m,
					const struct page *page)
{
	pfn_t pfn = page_to_pfn(m, page);

	/* a block's head is its number with some of the low bits cleared */
	for (u32 bit = 0; bit < MAX_ORDER - 1; bit++) {
		pfn_t first = pfn & ~((2u << bit) - 1);
		struct page *head = pfn_to_page(m, first);

		if (pfn >> bit & 1 && heads_past(head, pfn - first))
			return head;
	}
	return NULL;
}

struct page *page_head(const struct machine *m, struct page *page)
{
	if (page_reserved(page) || page_count(page) || page_free_head(page))
		return page;
	return page_compound(page) ? compound_head(m, page)
				   : page_enclosing(m, page);
}

/* Its head, which has an owner. */
static struct page *owned_head(const struct machine *m, struct page *page)
{
	struct page *head = page_head(m, page);

	CHECK(m, head && page_allocated(head),
	      "page: the kernel maps a frame of nobody's");
	return head;
}

void page_kmap_inc(struct machine *m, struct page *page)
{
	struct page *head = owned_head(m, page);
	u32 nr = page_kmapcount(head);

	page_touch(m, head);
	head->flags |= PAGE_FLAG(kmapped);
	head->index = nr + 1;
}

void page_kmap_dec(struct machine *m, struct page *page)
{
	struct page *head = owned_head(m, page);

	CHECK(m, page_kmapcount(head), "page: the kernel has not mapped it");
	page_touch(m, head);
	if (!--head->index)
		head->flags &= ~PAGE_FLAG(kmapped);
}

UNSANITIZED void page_look(const struct machine *m, const struct page *page,
			   struct frame_view *out)
{
	const struct page *head;

	*out = (struct frame_view){ .count = page_count(page),
				    .slab = page_in_slab(page),
				    .table = page_late_table(page),
				    .mapcount = page_mapcount(page),
				    .kmapcount = page_kmapcount(page) };
	if (page_reserved(page)) {
		out->state = FRAME_RESERVED;
		return;
	}
	out->compound = page_compound(page);
	if (page_allocated(page)) {
		out->state = FRAME_ALLOCATED;
		out->order = (u8)page_order(page);
		out->head = 1;
		return;
	}
	if (page_free_head(page)) {
		out->state = FRAME_BUDDY;
		out->order = (u8)page_free_order(page);
		out->head = 1;
		return;
	}
	head = page_enclosing(m, page);
	if (!head)
		out->state = FRAME_PCP;
	else
		out->state = page_free_head(head) ? FRAME_BUDDY : FRAME_TAIL;
}
