/* SPDX-License-Identifier: MIT */
/*
 * page.h - struct page and its vocabulary: no other file touches its bits.
 *
 *     flags   31 29 28 27  24             15      12  11      8       0
 *            | zone |R| order | ........ | compound | private | highmem |
 *                                                     reserved
 *
 * The zone never changes.  `order` is the allocated block's, kept in its
 * head while it is allocated; R says that an allocation once returned this
 * frame as a head.  Both serve the reports only: Linux has neither.
 *
 * A frame's condition, told by its struct page alone:
 *
 *     reserved               PG_reserved
 *     allocated head         count > 0
 *     head of a free block   PG_private, private = order
 *     member of a compound   PG_compound, private = the head's link
 *     else                   tail of something, or on a per-CPU list
 *
 * PG_slab is on every frame of a slab, head or tail; lru then leads to its
 * cache and its management, and to no list.  A directory's frame is a slab's:
 * index and private link it with the others.  PG_table, ours, is on page
 * tables; those that boot made, and swapper_pg_dir, are reserved, too.
 *
 * Each mapping of a frame for users has a reference of its own: _mapcount
 * counts them.  The kernel's have none: the head of a block counts those of
 * all its frames in index, and PG_kmapped, ours, says that there are any.
 *
 * Who changes a struct page says so to page_touch(), so that a reset knows
 * what to restore.  Every verb here does, but for those whose frames are
 * touched already: frames come to the per-CPU lists and into hands out of the
 * buddy, which touches what it gives, or were there at the snapshot, which
 * touches those.  (P7 and A8 check that.)
 */
#ifndef ALLOC_PAGE_H
#define ALLOC_PAGE_H

#include "bitops.h"
#include "state.h"

struct page {
	u32 flags;
	s32 _count;    /* page_count() - 1: a free page has -1 */
	s32 _mapcount; /* likewise */
	u32 private;
	u32 mapping;
	u32 index;
	struct list_head lru;
};
_Static_assert(sizeof(struct page) == PAGE_STRUCT_BYTES, "i386 layout");

/* Flag numbers of 2.6.12 [include/linux/page-flags.h] */
enum page_flag {
	PG_locked = 0,
	PG_lru = 5,
	PG_active = 6,
	PG_slab = 7,
	PG_highmem = 8,
	PG_reserved = 11,
	PG_private = 12,
	PG_writeback = 13,
	PG_compound = 15,
	PG_swapcache = 16,
	PG_reclaim = 18,
	PG_table = 20,
	PG_kmapped = 21,
	PG_order = 24,	  /* 4 bits */
	PG_returned = 28, /* R */
	PG_zone = 29,	  /* 3 bits */
};

#define PAGE_FLAG(name) (1u << PG_##name)
#define PAGE_ORDER_MASK (15u << PG_order)
/* What no page that is freed or handed out may bear. */
#define PAGE_FLAGS_BAD                                                         \
	(PAGE_FLAG(locked) | PAGE_FLAG(lru) | PAGE_FLAG(active) |              \
	 PAGE_FLAG(slab) | PAGE_FLAG(reserved) | PAGE_FLAG(private) |          \
	 PAGE_FLAG(writeback) | PAGE_FLAG(swapcache) | PAGE_FLAG(reclaim) |    \
	 PAGE_FLAG(table) | PAGE_FLAG(kmapped))

/* --- which page ----------------------------------------------------------- */

static force_inline pfn_t page_to_pfn(const struct machine *m,
				      const struct page *page)
{
	return (pfn_t)(page - m->mem_map);
}

static force_inline struct page *pfn_to_page(const struct machine *m, pfn_t pfn)
{
	return m->mem_map + pfn;
}

static force_inline bool pfn_valid(const struct machine *m, pfn_t pfn)
{
	return pfn < m->nr_pages;
}

/*
 * The frame of a pointer that may not be a struct page: then it is not below
 * nr_pages, as the low bits of an address inside one come out on top.
 */
static force_inline size_t page_to_frame(const struct machine *m,
					 const struct page *page)
{
	return ror_size((uintptr_t)page - (uintptr_t)m->mem_map, 5);
}

/* True if it is an element of mem_map, and not inside one. */
static force_inline bool page_valid(const struct machine *m,
				    const struct page *page)
{
	return page_to_frame(m, page) < m->nr_pages;
}

/* Likewise: the frame whose lru the link leads to. */
static force_inline pfn_t lru_to_pfn(const struct machine *m, u32 link)
{
	return ror32(link - m->lru_link, 5);
}

/* The page whose lru this link leads to. */
static force_inline struct page *page_of_link(const struct machine *m, u32 link)
{
	CHECK(m, pfn_valid(m, lru_to_pfn(m, link)),
	      "page: a list leads out of mem_map");
	return container_of(list_at(m->base, link), struct page, lru);
}

/* --- predicates ----------------------------------------------------------- */

static force_inline u32 page_zone_id(const struct page *page)
{
	return page->flags >> PG_zone;
}

static force_inline struct zone *page_zone(const struct machine *m,
					   const struct page *page)
{
	return &m->data->node_zones[page_zone_id(page)];
}

static force_inline u32 page_count(const struct page *page)
{
	return (u32)page->_count + 1;
}

static force_inline bool page_reserved(const struct page *page)
{
	return page->flags & PAGE_FLAG(reserved);
}

static force_inline bool page_compound(const struct page *page)
{
	return page->flags & PAGE_FLAG(compound);
}

static force_inline bool page_in_slab(const struct page *page)
{
	return page->flags & PAGE_FLAG(slab);
}

static force_inline bool page_is_table(const struct page *page)
{
	return page->flags & PAGE_FLAG(table);
}

/* One that boot did not make. */
static force_inline bool page_late_table(const struct page *page)
{
	return page_is_table(page) && !page_reserved(page);
}

static force_inline u32 page_mapcount(const struct page *page)
{
	return (u32)page->_mapcount + 1;
}

static force_inline bool page_kmapped(const struct page *page)
{
	return page->flags & PAGE_FLAG(kmapped);
}

/* The kernel's mappings of the block that the page heads. */
static force_inline u32 page_kmapcount(const struct page *page)
{
	return page_kmapped(page) ? page->index : 0;
}

static force_inline bool page_was_returned(const struct page *page)
{
	return page->flags & PAGE_FLAG(returned);
}

static force_inline bool page_free_head(const struct page *page)
{
	return page->flags & PAGE_FLAG(private);
}

/* The order of a free block's head. */
static force_inline u32 page_free_order(const struct page *page)
{
	return page->private;
}

/* The order of an allocated block's head. */
static force_inline u32 page_order(const struct page *page)
{
	return (page->flags & PAGE_ORDER_MASK) >> PG_order;
}

static force_inline bool page_allocated(const struct page *page)
{
	return !page_reserved(page) && page_count(page) != 0;
}

/* True if it heads an allocated block of that order. */
static force_inline bool page_heads(const struct page *page, u32 order)
{
	const u32 mask = PAGE_ORDER_MASK | PAGE_FLAG(reserved);

	return (page->flags & mask) == order << PG_order &&
	       page_count(page) != 0 && order < MAX_ORDER;
}

/*
 * Nonzero if the page is not fit to be freed or handed out
 * [free_pages_check and prep_new_page].
 */
static force_inline u32 page_bad(const struct page *page)
{
	return (page->flags & PAGE_FLAGS_BAD) | page->mapping |
	       ~(u32)(page->_count & page->_mapcount);
}

/* True if it heads a block of order 0 with one reference, fit to be freed. */
static force_inline bool page_single(const struct page *page)
{
	const u32 mask = PAGE_FLAGS_BAD | PAGE_ORDER_MASK;

	return !((page->flags & mask) | page->mapping | (u32)page->_count |
		 ~(u32)page->_mapcount);
}

/* --- verbs ---------------------------------------------------------------- */

static force_inline void pfn_touch(struct machine *m, pfn_t pfn)
{
	if (likely(m->touched[pfn]))
		return;
	m->touched[pfn] = true;
	m->touched_pfn[m->nr_touched++] = pfn;
}

static force_inline void page_touch(struct machine *m, const struct page *page)
{
	pfn_touch(m, page_to_pfn(m, page));
}

/* A neighbour in a list is a page, or a list's head in the image. */
static force_inline void link_touch(struct machine *m, u32 link)
{
	pfn_t pfn = lru_to_pfn(m, link);

	if (pfn_valid(m, pfn))
		pfn_touch(m, pfn);
	else
		CHECK(m, link - ptr_link(m->data) < sizeof(*m->data),
		      "page: a list leads out of mem_map and image");
}

static force_inline void page_list_add(struct machine *m, struct page *page,
				       struct list_head *head)
{
	page_touch(m, page);
	link_touch(m, head->next);
	list_insert(m->base, &page->lru, ptr_link(head), head->next);
}

static force_inline void page_list_del(struct machine *m, struct page *page)
{
	link_touch(m, page->lru.next);
	link_touch(m, page->lru.prev);
	list_remove(m->base, &page->lru);
}

/* As all struct pages begin: reserved, with no references. */
static force_inline void page_init(struct machine *m, struct page *page,
				   u32 zone)
{
	page_touch(m, page);
	*page = (struct page){
		.flags = zone << PG_zone | PAGE_FLAG(reserved),
		._count = -1,
		._mapcount = -1,
	};
	list_init(&page->lru);
}

/* Boot gives the frame up: it is to be freed. */
static force_inline void page_unreserve(struct machine *m, struct page *page,
					u32 more_flags)
{
	page_touch(m, page);
	page->flags &= ~PAGE_FLAG(reserved);
	page->flags |= more_flags;
	page->_count = -1;
}

static force_inline void page_set_free_head(struct machine *m,
					    struct page *page, u32 order)
{
	page_touch(m, page);
	page->flags |= PAGE_FLAG(private);
	page->private = order;
}

static force_inline void page_clear_free_head(struct machine *m,
					      struct page *page)
{
	page_touch(m, page);
	page->flags &= ~PAGE_FLAG(private);
	page->private = 0;
}

/* The block that page heads has an owner, who has its only reference. */
static force_inline void page_set_allocated(struct page *page, u32 order)
{
	page->flags |= PAGE_FLAG(returned) | order << PG_order;
	page->_count = 0;
}

static force_inline void page_clear_order(struct page *page)
{
	page->flags &= ~PAGE_ORDER_MASK;
}

static force_inline void page_ref_inc(struct machine *m, struct page *page)
{
	page_touch(m, page);
	page->_count++;
}

/* The last reference is gone. */
static force_inline void page_set_unowned(struct page *page)
{
	page->_count = -1;
}

/* True if that was the last reference.  Not for reserved frames. */
static force_inline bool page_ref_dec(struct machine *m, struct page *page)
{
	page_touch(m, page); /* a slab's frame may not be listed yet */
	return --page->_count == -1;
}

static force_inline void page_set_compound(struct machine *m, struct page *page,
					   const struct page *head)
{
	page_touch(m, page);
	page->flags |= PAGE_FLAG(compound);
	page->private = ptr_link(head);
}

static force_inline void page_clear_compound(struct machine *m,
					     struct page *page)
{
	page_touch(m, page);
	page->flags &= ~PAGE_FLAG(compound);
	page->private = 0;
}

static force_inline struct page *compound_head(const struct machine *m,
					       const struct page *page)
{
	struct page *head = link_ptr(m->base, page->private);

	CHECK(m, page_valid(m, head), "page: a compound page without a head");
	return head;
}

/* A frame of that slab of that cache, by links. */
static force_inline void page_set_slab(struct machine *m, struct page *page,
				       u32 cache, u32 slab)
{
	page_touch(m, page);
	page->flags |= PAGE_FLAG(slab);
	page->lru.next = cache;
	page->lru.prev = slab;
}

static force_inline void page_clear_slab(struct machine *m, struct page *page)
{
	page_touch(m, page);
	page->flags &= ~PAGE_FLAG(slab);
}

static force_inline void page_set_table(struct machine *m, struct page *page)
{
	page_touch(m, page);
	page->flags |= PAGE_FLAG(table);
}

static force_inline void page_clear_table(struct machine *m, struct page *page)
{
	page_touch(m, page);
	page->flags &= ~PAGE_FLAG(table);
	page->private = 0;
}

/* How many words of a table are not those of the direct map. */
static force_inline void page_set_odd(struct machine *m, struct page *page,
				      u32 nr)
{
	page_touch(m, page);
	page->private = nr;
}

static force_inline u32 page_odd(const struct page *page)
{
	return page->private;
}

static force_inline void page_map_inc(struct machine *m, struct page *page)
{
	page_touch(m, page);
	page->_mapcount++;
}

static force_inline void page_map_dec(struct machine *m, struct page *page)
{
	page_touch(m, page);
	page->_mapcount--;
}

/* A directory's: the next one's struct page, and what leads to this one. */
static force_inline void page_set_next(struct machine *m, struct page *page,
				       u32 next, u32 pprev)
{
	page_touch(m, page);
	page->index = next;
	page->private = pprev;
}

/* The first tail of a compound block bears its order. */
static force_inline void page_set_index(struct machine *m, struct page *page,
					u32 index)
{
	page_touch(m, page);
	page->index = index;
}

/* How many frames of mem_map the page at a block's head stands for. */
static force_inline u32 page_block_frames(const struct page *page)
{
	if (page_reserved(page))
		return 1;
	return 1u << (page_free_head(page) ? page_free_order(page)
					   : page_order(page));
}

/* --- frames --------------------------------------------------------------- */

static force_inline u8 *page_bytes(const struct machine *m,
				   const struct page *page)
{
	return ram_frame(&m->view, page_to_pfn(m, page));
}

/* --- looking [page.c] ----------------------------------------------------- */

/*
 * The head of the block, free or allocated, that has this frame inside it;
 * NULL: the frame is in no block, so it is on a per-CPU list.  Neither for
 * heads nor for reserved frames.
 */
struct page *page_enclosing(const struct machine *m, const struct page *page);

/* The head of the block that has this frame; for frames of no block, NULL. */
struct page *page_head(const struct machine *m, struct page *page);

/*
 * The kernel has mapped this frame of an allocated block once more, or once
 * less.
 */
void page_kmap_inc(struct machine *m, struct page *page);
void page_kmap_dec(struct machine *m, struct page *page);

void page_look(const struct machine *m, const struct page *page,
	       struct frame_view *out);

#endif
