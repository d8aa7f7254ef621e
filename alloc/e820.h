/* SPDX-License-Identifier: MIT */
/*
 * e820.h - the map of physical memory, and where low memory ends.
 */
#ifndef ALLOC_E820_H
#define ALLOC_E820_H

#include "types.h"

/* 32 words bring at most 70 edges, so at most 69 ranges, and one to add */
#define E820_RANGES 80u

struct e820_range {
	u64 start, end; /* end exclusive */
	u32 type;	/* enum e820_type */
};

struct e820_map {
	u32 nr;
	struct e820_range range[E820_RANGES]; /* ascending, disjoint */
};

/* A device's memory, in physical bytes: see device.h. */
struct device_range {
	u32 start, size;
};

/* What setup_arch() makes of the boot line. */
struct memory_setup {
	struct e820_map map;
	u32 nr_cpus;
	u32 cache_line;	  /* cache_line_size(), in bytes */
	bool slab_debug;  /* CONFIG_DEBUG_SLAB */
	bool pse;	  /* the processor has 4 MiB pages */
	bool kmap_strict; /* kmap_atomic as of 2.6.19 */
	u32 nr_devices;
	struct device_range device[DEVICES_MAX]; /* in the line's order */
	pfn_t max_pfn;				 /* highend_pfn */
	pfn_t max_low_pfn;			 /* highstart_pfn */
};

/* NULL, or why no machine can boot so, in a phrase. */
const char *memory_setup(struct memory_setup *s, const struct boot_line *line);

/* True if [start, end) is RAM, every byte of it. */
bool e820_all_ram(const struct e820_map *map, u64 start, u64 end);

/* True if no byte of [start, end) is RAM. */
bool e820_no_ram(const struct e820_map *map, u64 start, u64 end);

/* The frames that are wholly inside a RAM range: [*first, *end). */
void e820_ram_pfns(const struct e820_range *range, u64 *first, u64 *end);

#endif
