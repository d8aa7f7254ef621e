// SPDX-License-Identifier: MIT
/*
 * mem_init.c - bootmem's frames become the buddy's [mm/bootmem.c's
 * free_all_bootmem, arch/i386/mm/init.c].
 *
 *     low frames   a word of 32 free bits -> one block of order 5
 *                  else bit by bit        -> single frames, the hot list
 *     the bitmap's own frames
 *     high frames  one by one, if they are RAM
 *
 * All lowest first, as frees of CPU 0, and without a trace.  The watermarks
 * are set after that.  Validator: page_alloc_validate(), A: the sum over all
 * that the page allocator hands out.
 */
#include "mm.h"
#include "mem_init.h"
#include "poison.h"
#include "bootmem.h"

static void give(struct machine *m, pfn_t pfn, u32 order, u32 flags)
{
	struct page *page = pfn_to_page(m, pfn);

	for (u32 i = 0; i < 1u << order; i++)
		page_unreserve(m, page + i, flags);
	page_poison(m, page, order);
	if (order)
		buddy_free(m, page_zone(m, page), page, order);
	else
		pcp_put(m, page_zone(m, page), page, PCP_HOT);
	m->data->totalram_pages += 1u << order;
}

static void free_all_bootmem(struct machine *m)
{
	const struct bootmem *b = &m->bootmem;
	pfn_t low = m->setup.max_low_pfn;
	pfn_t first = b->map_start >> PAGE_SHIFT;

	for (pfn_t pfn = 0; pfn < low;) {
		bool whole = pfn % 32 == 0 && low - pfn >= 32;

		if (whole && !b->map[pfn / 32]) {
			give(m, pfn, 5, 0);
			pfn += 32;
			continue;
		}
		if (!bootmem_reserved(m, pfn))
			give(m, pfn, 0, 0);
		pfn++;
	}
	for (u32 i = 0; i < b->map_bytes >> PAGE_SHIFT; i++)
		give(m, first + i, 0, 0);
}

static void free_high_frames(struct machine *m)
{
	const struct zone *zone = &m->data->node_zones[ZONE_HIGHMEM];
	const struct e820_map *map = &m->setup.map;
	u64 zone_end = zone->zone_start_pfn + zone->spanned_pages;

	for (u32 i = 0; i < map->nr; i++) {
		u64 first, end;

		e820_ram_pfns(&map->range[i], &first, &end);
		first = max_u64(first, zone->zone_start_pfn);
		end = min_u64(end, zone_end);
		for (u64 pfn = first; pfn < end; pfn++) {
			give(m, (pfn_t)pfn, 0, PAGE_FLAG(highmem));
			m->data->totalhigh_pages++;
		}
	}
}

void mem_init(struct machine *m)
{
	trace_mute(&m->trace);
	free_all_bootmem(m);
	free_high_frames(m);
	m->data->min_free_kbytes = zones_min_free_kbytes(m);
	m->data->lowmem_reserve_ratio[ZONE_DMA] = 256;
	m->data->lowmem_reserve_ratio[ZONE_NORMAL] = 32;
	zones_set_marks(m);
	zones_set_reserves(m);
}
