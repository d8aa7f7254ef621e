// SPDX-License-Identifier: MIT
/*
 * page_address.c - the hash of high pages that have an address [mm/highmem.c].
 *
 *     page_address_htable   128 lists of descriptors, by the struct page's link
 *     page_address_maps     1024 descriptors: as many as the kmap window has
 *                           slots, so that the pool cannot run out
 *     page_address_pool     those not in use, the next one first
 *
 * All lies in the image (struct highmem_data), and is written behind
 * highmem_touch(), so that a reset knows what to restore.
 *
 * Left out: the spinlocks.  Validator: page_address_validate(), N.
 */
#include "page_address.h"

#define GOLDEN_RATIO_PRIME 0x9E370001u /* [include/linux/hash.h] */

static struct list_head *bucket_of(const struct machine *m, u32 link)
{
	u32 index = link * GOLDEN_RATIO_PRIME >> (32 - PA_HASH_ORDER);

	return &m->highmem.data->page_address_htable[index];
}

static struct page_address_map *map_of(const struct machine *m, u32 at)
{
	return container_of(list_at(m->base, at), struct page_address_map,
			    list);
}

static void move_tail(struct machine *m, struct list_head *entry,
		      struct list_head *head)
{
	highmem_touch(m, list_at(m->base, entry->next));
	highmem_touch(m, list_at(m->base, entry->prev));
	list_remove(m->base, entry);
	highmem_touch(m, entry);
	highmem_touch(m, head);
	highmem_touch(m, list_at(m->base, head->prev));
	list_insert(m->base, entry, head->prev, ptr_link(head));
}

/* Its descriptor, or NULL. */
static struct page_address_map *find(const struct machine *m,
				     const struct page *page)
{
	const u32 link = ptr_link(page);
	const struct list_head *head = bucket_of(m, link);
	u32 nr = 0;

	for (u32 at = head->next; at != ptr_link(head); nr++) {
		struct page_address_map *map = map_of(m, at);

		CHECK(m, nr < LAST_PKMAP, "page_address: a list without end");
		if (map->page == link)
			return map;
		at = map->list.next;
	}
	return NULL;
}

vaddr_t page_virt(const struct machine *m, const struct page *page)
{
	const struct page_address_map *map;

	if (page_low(m, page))
		return PAGE_OFFSET + (page_to_pfn(m, page) << PAGE_SHIFT);
	map = find(m, page);
	return map ? map->virtual : 0;
}

void page_address_set(struct machine *m, const struct page *page, vaddr_t addr)
{
	struct list_head *pool = &m->highmem.data->page_address_pool;
	struct page_address_map *map = map_of(m, pool->next);

	CHECK(m, !list_empty(pool), "page_address: the pool is empty");
	highmem_touch(m, map);
	map->page = ptr_link(page);
	map->virtual = addr;
	move_tail(m, &map->list, bucket_of(m, map->page));
}

void page_address_clear(struct machine *m, const struct page *page)
{
	struct page_address_map *map = find(m, page);

	CHECK(m, map, "page_address: a page that has none");
	move_tail(m, &map->list, &m->highmem.data->page_address_pool);
}

/* As 2.6.12: the last descriptor is the pool's first. */
void page_address_init(struct machine *m)
{
	struct highmem_data *d = m->highmem.data;
	struct list_head *pool = &d->page_address_pool;

	for (u32 i = 0; i < 1u << PA_HASH_ORDER; i++)
		list_init(&d->page_address_htable[i]);
	list_init(pool);
	for (u32 i = 0; i < LAST_PKMAP; i++)
		list_insert(m->base, &d->page_address_maps[i].list,
			    ptr_link(pool), pool->next);
}

/* --- validating ----------------------------------------------------------- */

static bool is_descriptor(const struct machine *m, u32 at)
{
	const struct highmem_data *d = m->highmem.data;
	u32 offset = at - ptr_link(&d->page_address_maps[0].list);

	return offset < sizeof(d->page_address_maps) &&
	       offset % sizeof(struct page_address_map) == 0;
}

/* Counts on in *nr. */
static const char *validate_list(const struct machine *m,
				 const struct list_head *head, u32 *nr)
{
	u32 prev = ptr_link(head);

	for (u32 at = head->next; at != ptr_link(head); (*nr)++) {
		CLAUSE(*nr < LAST_PKMAP && is_descriptor(m, at),
		       "N1: a list has descriptors, and an end");
		CLAUSE(list_at(m->base, at)->prev == prev,
		       "N2: neighbours in a list lead to each other");
		prev = at;
		at = list_at(m->base, at)->next;
	}
	CLAUSE(head->prev == prev,
	       "N2: neighbours in a list lead to each other");
	return NULL;
}

static const char *validate_bucket(const struct machine *m,
				   const struct list_head *head)
{
	for (u32 at = head->next; at != ptr_link(head);) {
		const struct page_address_map *map = map_of(m, at);
		const struct page *page = link_ptr(m->base, map->page);

		CLAUSE(page_valid(m, page) && !page_low(m, page),
		       "N3: the hash is of high pages");
		CLAUSE(bucket_of(m, map->page) == head,
		       "N4: a page is in the list that its link says");
		CLAUSE(find(m, page) == map, "N5: a page is in the hash once");
		at = map->list.next;
	}
	return NULL;
}

/*
 * N1  the lists of hash and pool have descriptors, and an end
 * N2  neighbours in a list lead to each other
 * N3  the hash is of high pages
 * N4  a page is in the list that its link says ...
 * N5  ... once
 * N6  each of the 1024 descriptors is in the hash or in the pool
 */
const char *page_address_validate(const struct machine *m, u32 *nr)
{
	const struct highmem_data *d = m->highmem.data;
	const char *broken = NULL;
	u32 all;

	*nr = 0;
	for (u32 i = 0; i < 1u << PA_HASH_ORDER && !broken; i++) {
		const struct list_head *head = &d->page_address_htable[i];

		broken = validate_list(m, head, nr);
		if (!broken)
			broken = validate_bucket(m, head);
	}
	all = *nr;
	if (!broken)
		broken = validate_list(m, &d->page_address_pool, &all);
	CLAUSE(!broken, broken);
	CLAUSE(all == LAST_PKMAP,
	       "N6: a descriptor is in the hash or in the pool");
	return NULL;
}
