// SPDX-License-Identifier: MIT
/*
 * look.c - the machine as it shows itself: layout, aggregates, frames.  It
 * changes nothing.
 */
#include "mm.h"
#include "page.h"

static void look_at_zone(const struct zone *zone, struct zone_layout *out)
{
	const struct per_cpu_pageset *set = &zone->pageset[0];

	out->start_pfn = zone->zone_start_pfn;
	out->spanned_pages = zone->spanned_pages;
	out->present_pages = zone->present_pages;
	out->pages_min = zone->mark[PAGES_MIN];
	out->pages_low = zone->mark[PAGES_LOW];
	out->pages_high = zone->mark[PAGES_HIGH];
	for (u32 class = 0; class < NR_ZONES; class ++)
		out->lowmem_reserve[class] = zone->lowmem_reserve[class];
	for (u32 temp = 0; temp < NR_PCP_TEMPS; temp++) {
		out->pcp[temp].low = set->pcp[temp].low;
		out->pcp[temp].high = set->pcp[temp].high;
		out->pcp[temp].batch = set->pcp[temp].batch;
	}
}

static void look_at_zonelist(const struct machine *m, u32 index,
			     struct mm_layout *out)
{
	const u32 *link = m->data->node_zonelists[index].zone;
	u32 nr = 0;

	for (; link[nr]; nr++) {
		const struct zone *zone = link_ptr(m->base, link[nr]);

		CHECK(m, nr < NR_ZONES, "look: a zonelist without an end");
		out->zonelist[index][nr] = (u8)zone->id;
	}
	out->nr_zonelist[index] = nr;
}

static void look_at_layout(const struct machine *m, struct mm_layout *out)
{
	const struct kernel_data *k = m->data;

	out->max_pfn = m->setup.max_pfn;
	out->max_low_pfn = m->setup.max_low_pfn;
	out->highstart_pfn = k->highstart_pfn;
	out->highend_pfn = k->highend_pfn;
	out->max_mapnr = k->max_mapnr;
	out->high_memory = k->high_memory;
	out->vmalloc_start = vmalloc_start(k->high_memory);
	out->vmalloc_end = vmalloc_end(m->setup.nr_cpus);
	out->pkmap_base = pkmap_base(m->setup.nr_cpus);
	out->fixaddr_start = fixaddr_start(m->setup.nr_cpus);
	out->min_free_kbytes = k->min_free_kbytes;
	out->totalram_pages = k->totalram_pages;
	out->totalhigh_pages = k->totalhigh_pages;
	for (u32 i = 0; i < NR_ZONES; i++) {
		look_at_zone(&k->node_zones[i], &out->zone[i]);
		look_at_zonelist(m, i, out);
	}
}

void mm_layout(const struct machine *m, struct mm_layout *out)
{
	*out = (struct mm_layout){ .nr_cpus = m->setup.nr_cpus,
				   .cache_line = m->setup.cache_line,
				   .slab_debug = m->setup.slab_debug,
				   .pse = m->setup.pse,
				   .kmap_strict = m->setup.kmap_strict,
				   .nr_devices = m->setup.nr_devices };
	if (m->phase != PHASE_OFF)
		look_at_layout(m, out);
}

UNSANITIZED void mm_counts(const struct machine *m, unsigned int cpu,
			   struct mm_counts *out)
{
	CHECK(m, m->phase != PHASE_OFF && cpu < NR_CPUS,
	      "look: counts of a machine or CPU that is not there");
	out->kswapd_max_order = m->data->kswapd_max_order;
	for (u32 i = 0; i < NR_ZONES; i++) {
		const struct zone *zone = &m->data->node_zones[i];

		out->free_pages[i] = zone->free_pages;
		for (u32 order = 0; order < MAX_ORDER; order++)
			out->nr_free[i][order] = zone->free_area[order].nr_free;
		for (u32 temp = 0; temp < NR_PCP_TEMPS; temp++)
			out->pcp[i][temp] = zone->pageset[cpu].pcp[temp].count;
	}
}

UNSANITIZED void mm_mapping_counts(const struct machine *m,
				   struct mapping_counts *out)
{
	CHECK(m, m->phase != PHASE_OFF, "look: mappings of no machine");
	*out = (struct mapping_counts){
		.nr_areas = m->vm.nr_areas,
		.area_bytes = m->vm.area_bytes,
		.kmap_users = m->highmem.sums.users,
		.kmap_slots = m->highmem.sums.slots,
		.last_pkmap_nr = m->highmem.data->last_pkmap_nr,
	};
}

void mm_frame_view(const struct machine *m, pfn_t pfn, struct frame_view *out)
{
	if (pfn_valid(m, pfn))
		page_look(m, pfn_to_page(m, pfn), out);
	else
		*out = (struct frame_view){ .state = FRAME_RESERVED };
}

const struct ram_view *mm_ram(const struct machine *m)
{
	return &m->view;
}

const struct boot_claim *mm_boot_claims(const struct machine *m, u32 *nr)
{
	*nr = m->nr_claims;
	return m->claim;
}

/* The spare element stands for every frame that mem_map has not. */
struct page *mm_pfn_to_page(struct machine *m, pfn_t pfn)
{
	pfn_t element = pfn < m->nr_pages ? pfn : m->nr_pages;

	return m->mem_map ? m->mem_map + element : NULL;
}

pfn_t mm_page_to_pfn(const struct machine *m, const struct page *page)
{
	return page ? page_to_pfn(m, page) : PFN_NONE;
}
