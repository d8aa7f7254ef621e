/* SPDX-License-Identifier: MIT */
/*
 * image.h - what lies in the kernel image: the structures that links in RAM
 * lead to, byte for byte.
 *
 *     physical 1 MiB  +0x1000    swapper_pg_dir
 *              +0x2000           the CPUs' GDTs, then their TSSs
 *              +0x200000         struct kernel_data
 *              +0x210000         struct highmem_data
 *              4 MiB             end of the image, pg0 follows
 *
 * 2.6.12 spreads these over its .data and .bss, with padding that depends on
 * the configuration; here they are packed, and one layout serves UP and SMP.
 */
#ifndef ALLOC_IMAGE_H
#define ALLOC_IMAGE_H

#include "object.h"

#define KERNEL_DATA_PADDR (KERNEL_START + 0x200000u)
#define HIGHMEM_DATA_PADDR (KERNEL_START + 0x210000u)

struct per_cpu_pages {
	u32 count; /* pages in the list */
	u32 low;   /* at or below: refill */
	u32 high;  /* at or above: drain */
	u32 batch;
	struct list_head list;
};

struct per_cpu_pageset {
	struct per_cpu_pages pcp[NR_PCP_TEMPS]; /* hot, cold */
};

struct free_area {
	struct list_head free_list;
	u32 nr_free;
};

enum zone_mark { PAGES_MIN, PAGES_LOW, PAGES_HIGH, NR_ZONE_MARKS };

struct zone {
	u32 id;		/* enum zone_id: what pointer arithmetic gives Linux */
	u32 free_pages; /* in the buddy; those of per-CPU lists are not */
	u32 mark[NR_ZONE_MARKS]; /* pages_min, pages_low, pages_high */
	u32 lowmem_reserve[NR_ZONES];
	struct per_cpu_pageset pageset[NR_CPUS];
	struct free_area free_area[MAX_ORDER];
	u32 all_unreclaimable, pages_scanned;
	u32 zone_mem_map; /* link of its first struct page; 0: empty zone */
	u32 zone_start_pfn, spanned_pages, present_pages;
};

/* Links of the zones to try, in order; 0 ends the list. */
struct zonelist {
	u32 zone[NR_ZONES + 1];
};

struct kernel_data {
	struct zone node_zones[NR_ZONES];
	struct zonelist node_zonelists[NR_ZONES]; /* by gfp & GFP_ZONEMASK */
	u32 kswapd_max_order;
	u32 mem_map; /* link */
	u32 max_mapnr;
	u32 highstart_pfn, highend_pfn;
	u32 high_memory;
	u32 totalram_pages, totalhigh_pages;
	u32 min_free_kbytes;
	u32 lowmem_reserve_ratio[NR_ZONES - 1]; /* DMA, Normal */

	/* objects [mm/slab.c]; nothing of it before kmem_cache_init */
	u32 g_cpucache_up; /* enum cpucache_up */
	u32 slab_break_gfp_order;
	u32 offslab_limit;
	u32 pad;
	struct kmem_cache cache_cache; /* at a multiple of 32: see owner.h */
	struct list_head cache_chain;
	u32 nr_caches; /* in it */
	struct arraycache_init initarray_cache, initarray_generic;
	struct cache_sizes malloc_sizes[NR_GENERAL + 1]; /* the last one is 0 */
	u32 nr_slab;					 /* frames */
	u32 slab_reclaim_pages;
	u32 jiffies;
	u32 reap_due[NR_CPUS];	   /* in jiffies */
	struct list_head rcu_list; /* slabs that wait for a grace period */
	u32 nr_rcu;

	/* directories and tables [arch/i386/mm/pgtable.c, pageattr.c] */
	u32 pgd_cache; /* 0: not yet */
	u32 pgd_list;  /* the first directory's struct page, 0: none */
	struct list_head df_list; /* tables that wait to be freed */

	/* kernel mappings [mm/vmalloc.c] */
	u32 vmlist; /* the first area's descriptor, 0: none */
};

/* [include/linux/wait.h] */
struct wait_queue_head {
	u32 lock;
	struct list_head task_list;
};

#define PA_HASH_ORDER 7

struct page_address_map {
	u32 page;    /* link of the struct page ... */
	u32 virtual; /* ... and its address; in the pool: what they were */
	struct list_head list;
};

/* Apart from kernel_data: a reset restores what was written of it. */
struct highmem_data {
	s32 pkmap_count[LAST_PKMAP]; /* 0: empty; n: n - 1 users */
	u32 last_pkmap_nr;
	struct wait_queue_head pkmap_map_wait;
	struct list_head page_address_htable[1 << PA_HASH_ORDER];
	struct page_address_map page_address_maps[LAST_PKMAP];
	struct list_head page_address_pool; /* descriptors not in use */
};

/* How far boot has come; in RAM, too, it is the first of its words. */
enum cpucache_up { CPUCACHE_NONE, CPUCACHE_PARTIAL, CPUCACHE_FULL };

_Static_assert(sizeof(struct per_cpu_pages) == 24, "i386 layout");
_Static_assert(sizeof(struct free_area) == 12, "i386 layout");
_Static_assert(offsetof(struct zone, pageset) == 32, "i386 layout");
_Static_assert(offsetof(struct zone, free_area) == 416, "i386 layout");
_Static_assert(sizeof(struct zone) == 572, "i386 layout");
_Static_assert(offsetof(struct kernel_data, cache_cache) ==
		       3 * 572 + 48 + 44 + 16,
	       "i386 layout");
_Static_assert(offsetof(struct kernel_data, cache_cache) % 32 == 0,
	       "i386 layout");
_Static_assert(sizeof(struct kernel_data) == 3 * 572 + 48 + 44 + 16 + 160 + 12 +
						     40 + 16 * 12 + 12 + 8 * 4 +
						     12 + 16 + 4,
	       "i386 layout");
_Static_assert(sizeof(struct wait_queue_head) == 12, "i386 layout");
_Static_assert(sizeof(struct page_address_map) == 16, "i386 layout");
_Static_assert(offsetof(struct highmem_data, last_pkmap_nr) == 4096,
	       "i386 layout");
_Static_assert(offsetof(struct highmem_data, page_address_htable) == 4112,
	       "i386 layout");
_Static_assert(offsetof(struct highmem_data, page_address_maps) == 5136,
	       "i386 layout");
_Static_assert(sizeof(struct highmem_data) == 4096 + 4 + 12 + 1024 + 16384 + 8,
	       "i386 layout");
_Static_assert(KERNEL_DATA_PADDR + sizeof(struct kernel_data) <=
			       HIGHMEM_DATA_PADDR &&
		       HIGHMEM_DATA_PADDR + sizeof(struct highmem_data) <=
			       KERNEL_START + KERNEL_BYTES,
	       "they fit into the image");

#endif
