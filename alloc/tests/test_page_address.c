// SPDX-License-Identifier: MIT
/*
 * test_page_address.c - the hash of pages that have an address, and each
 * clause of page_address_validate().
 */
#include "clauses.h"
#include "highmem.h"

static struct machine *setup(void)
{
	return high_on(HIGH_PC);
}

static struct list_head *bucket(struct machine *m, const struct page *page)
{
	u32 index = ptr_link(page) * 0x9E370001u >> 25;

	return &m->highmem.data->page_address_htable[index];
}

static struct page_address_map *first(struct machine *m,
				      const struct list_head *head)
{
	return container_of(list_at(m->base, head->next),
			    struct page_address_map, list);
}

TEST(what_has_an_address)
{
	struct machine *m = setup();
	const struct page *page = pfn_to_page(m, HIGH_PFN + 3);

	EXPECT_EQ(PAGE_OFFSET, page_virt(m, m->mem_map));
	EXPECT_EQ(PAGE_OFFSET + 5119 * 4096, page_virt(m, page - 4));
	EXPECT_EQ(0, page_virt(m, page));
	page_address_set(m, page, PKMAP);
	EXPECT_EQ(PKMAP, page_virt(m, page));
	EXPECT_EQ(0, page_virt(m, page + 1));
	page_address_clear(m, page);
	EXPECT_EQ(0, page_virt(m, page));
	machine_delete(m);
}

/* 2.6.12 fills the pool from its head on. */
TEST(descriptors_go_round)
{
	struct machine *m = setup();
	struct highmem_data *d = m->highmem.data;
	const struct page *page = pfn_to_page(m, HIGH_PFN);

	for (u32 i = 0; i < 3; i++) {
		page_address_set(m, page + i, PKMAP + i * PAGE_SIZE);
		EXPECT(first(m, bucket(m, page + i)) ==
		       &d->page_address_maps[1023 - i]);
	}
	page_address_clear(m, page + 1);
	EXPECT_EQ(ptr_link(&d->page_address_maps[1022].list),
		  d->page_address_pool.prev);
	page_address_set(m, page + 3, PKMAP);
	EXPECT(first(m, bucket(m, page + 3)) == &d->page_address_maps[1020]);
	machine_delete(m);
}

/* Behind those that are there: a bucket is as old as its head. */
TEST(pages_of_one_bucket)
{
	struct machine *m = setup();
	const struct page *page[3] = { pfn_to_page(m, HIGH_PFN) };
	struct list_head *head = bucket(m, page[0]);
	u32 nr = 1;

	for (const struct page *p = page[0] + 1; nr < 3; p++)
		if (bucket(m, p) == head)
			page[nr++] = p;
	for (u32 i = 0; i < 3; i++)
		page_address_set(m, page[i], PKMAP + i * PAGE_SIZE);
	EXPECT_EQ(ptr_link(page[0]), first(m, head)->page);
	page_address_clear(m, page[0]);
	EXPECT_EQ(ptr_link(page[1]), first(m, head)->page);
	EXPECT_EQ(PKMAP + 2 * PAGE_SIZE, page_virt(m, page[2]));
	page_address_clear(m, page[2]);
	EXPECT_EQ(0, page_virt(m, page[2]));
	EXPECT_EQ(PKMAP + PAGE_SIZE, page_virt(m, page[1]));
	machine_delete(m);
}

/* Of every high page that there may be, the bucket is one of 128. */
TEST(all_descriptors_in_use)
{
	struct machine *m = setup();
	u32 nr;

	for (u32 i = 0; i < LAST_PKMAP; i++)
		page_address_set(m, pfn_to_page(m, HIGH_PFN + 2 * i),
				 PKMAP + i * PAGE_SIZE);
	EXPECT_STR("sound", pc_broken(page_address_validate(m, &nr)));
	EXPECT_EQ(LAST_PKMAP, nr);
	EXPECT(list_empty(&m->highmem.data->page_address_pool));
	for (u32 i = 0; i < LAST_PKMAP; i++)
		EXPECT_EQ(PKMAP + i * PAGE_SIZE,
			  page_virt(m, pfn_to_page(m, HIGH_PFN + 2 * i)));
	machine_reset(m);
	EXPECT_STR("sound", pc_broken(page_address_validate(m, &nr)));
	EXPECT_EQ(0, nr);
	machine_delete(m);
}

/* --- clauses -------------------------------------------------------------- */

#define N1 "N1: a list has descriptors, and an end"
#define N2 "N2: neighbours in a list lead to each other"
#define N3 "N3: the hash is of high pages"
#define N4 "N4: a page is in the list that its link says"
#define N5 "N5: a page is in the hash once"
#define N6 "N6: a descriptor is in the hash or in the pool"

static struct page_address_map *mapped(struct machine *m)
{
	struct page *page = high_page(m);

	do_kmap(m, page);
	return first(m, bucket(m, page));
}

NEGATIVE(a_list_that_leads_elsewhere, FULL, N1)
{
	m->highmem.data->page_address_pool.next = ptr_link(m->mem_map);
}

NEGATIVE(a_list_into_a_descriptor, FULL, N1)
{
	m->highmem.data->page_address_pool.next += 4;
}

NEGATIVE(a_list_without_an_end, FULL, N2)
{
	struct page_address_map *map =
		first(m, &m->highmem.data->page_address_pool);

	map->list.next = ptr_link(&map->list);
	map->list.prev = ptr_link(&map->list);
	m->highmem.data->page_address_pool.prev = ptr_link(&map->list);
}

NEGATIVE(a_neighbour_that_does_not_know, FULL, N2)
{
	m->highmem.data->page_address_maps[500].list.prev += 16;
}

NEGATIVE(a_heads_last_neighbour, FULL, N2)
{
	m->highmem.data->page_address_pool.prev += 16;
}

NEGATIVE(a_low_page_in_the_hash, BELOW, N3)
{
	mapped(m)->page = ptr_link(m->mem_map);
}

NEGATIVE(no_page_in_the_hash, BELOW, N3)
{
	mapped(m)->page += 4;
}

NEGATIVE(a_page_in_another_list, BELOW, N4)
{
	struct page_address_map *map = mapped(m);

	do
		map->page -= PAGE_STRUCT_BYTES;
	while (bucket(m, link_ptr(m->base, map->page)) ==
	       list_at(m->base, map->list.next));
}

NEGATIVE(a_page_that_is_there_twice, FULL, N5)
{
	page_address_set(m, link_ptr(m->base, mapped(m)->page), PKMAP);
}

NEGATIVE(a_descriptor_that_is_lost, FULL, N6)
{
	list_remove(m->base, &m->highmem.data->page_address_maps[77].list);
}

static const char *validate(const struct machine *m)
{
	u32 nr;

	return page_address_validate(m, &nr);
}

CLAUSES("page_address.c", validate, setup)
