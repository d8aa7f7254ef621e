// SPDX-License-Identifier: MIT
/*
 * e820.c - the map of physical memory, and the split into low and high
 * [arch/i386/kernel/setup.c].  It has no state: the caller keeps the result.
 *
 * The map is a list of ranges, ascending and disjoint, neighbours of one type
 * merged.  Where ranges overlap, a byte has the highest type that covers it:
 *
 *     RAM      |------------------------|
 *     reserved          |----|
 *     map      |--RAM---|res |---RAM----|
 *
 * Against 2.6.12: memmap= ranges are sorted out too, so that a reserved one
 * has an effect, and mem= never leaves a range of size 0.
 */
#include "e820.h"
#include "bitops.h"
#include "x86.h"

/* --- the map -------------------------------------------------------------- */

static u32 collect_edges(const struct e820_map *map, u64 *edge)
{
	u32 nr = 0;

	for (u32 i = 0; i < map->nr; i++) {
		edge[nr++] = map->range[i].start;
		edge[nr++] = map->range[i].end;
	}
	for (u32 i = 1; i < nr; i++) {
		u64 x = edge[i];
		u32 j = i;

		for (; j && edge[j - 1] > x; j--)
			edge[j] = edge[j - 1];
		edge[j] = x;
	}
	return nr;
}

static u32 type_at(const struct e820_map *map, u64 addr)
{
	u32 type = 0;

	for (u32 i = 0; i < map->nr; i++) {
		const struct e820_range *r = &map->range[i];

		if (r->start <= addr && addr < r->end && r->type > type)
			type = r->type;
	}
	return type;
}

/* Ranges in any order, overlapping -> ascending, disjoint, merged. */
static void sanitize(struct e820_map *map)
{
	u64 edge[2 * E820_RANGES];
	u32 nr = collect_edges(map, edge);
	struct e820_map out = { 0 };

	for (u32 i = 0; i + 1 < nr; i++) {
		struct e820_range *last = &out.range[out.nr ? out.nr - 1 : 0];
		u32 type;

		if (edge[i] == edge[i + 1])
			continue;
		type = type_at(map, edge[i]);
		if (!type)
			continue;
		if (out.nr && last->end == edge[i] && last->type == type) {
			last->end = edge[i + 1];
			continue;
		}
		out.range[out.nr++] = (struct e820_range){
			.start = edge[i],
			.end = edge[i + 1],
			.type = type,
		};
	}
	*map = out;
}

static void add_range(struct e820_map *map, u64 start, u64 size, u32 type)
{
	u64 end = size > UINT64_MAX - start ? UINT64_MAX : start + size;

	if (end == start)
		return;
	map->range[map->nr++] = (struct e820_range){
		.start = start,
		.end = end,
		.type = type,
	};
	sanitize(map);
}

/* mem=: the first RAM range that reaches the limit is the last range. */
static void limit_regions(struct e820_map *map, u64 limit)
{
	for (u32 i = 0; i < map->nr; i++) {
		struct e820_range *r = &map->range[i];

		if (r->type != E820_RAM || r->end < limit)
			continue;
		r->end = limit;
		map->nr = r->start < limit ? i + 1 : i;
		return;
	}
}

bool e820_all_ram(const struct e820_map *map, u64 start, u64 end)
{
	for (u32 i = 0; i < map->nr; i++) {
		const struct e820_range *r = &map->range[i];

		if (r->type == E820_RAM && r->start <= start && end <= r->end)
			return true;
	}
	return false;
}

bool e820_no_ram(const struct e820_map *map, u64 start, u64 end)
{
	for (u32 i = 0; i < map->nr; i++) {
		const struct e820_range *r = &map->range[i];

		if (r->type == E820_RAM && r->start < end && start < r->end)
			return false;
	}
	return true;
}

void e820_ram_pfns(const struct e820_range *range, u64 *first, u64 *end)
{
	*first = 0;
	*end = 0;
	if (range->type != E820_RAM)
		return;
	*end = min_u64(range->end >> PAGE_SHIFT, MAX_NONPAE_PFN);
	*first = (range->start >> PAGE_SHIFT) +
		 ((range->start & (PAGE_SIZE - 1)) != 0);
	if (*first > *end)
		*first = *end;
}

/* --- the boot line -------------------------------------------------------- */

static const char *judge_word(const struct boot_word *w)
{
	const u64 mib = 1u << 20;

	switch (w->kind) {
	case BOOT_RAM:
		if (w->size < 4 * mib || w->size > 4096 * mib)
			return "ram= must be 4M to 4G";
		if (w->size % PAGE_SIZE)
			return "ram= must be a multiple of 4K";
		return NULL;
	case BOOT_E820:
	case BOOT_MEMMAP:
		if (w->type < E820_RAM || w->type > E820_NVS)
			/* unreachable: who reads a line knows these four */
			return "a memory range of an unknown type";
		return NULL;
	case BOOT_CPUS:
		if (w->size < 1 || w->size > NR_CPUS)
			return "cpus= must be 1 to 8";
		return NULL;
	case BOOT_VMALLOC:
		if (w->size < 4 * mib || w->size > 1016 * mib ||
		    w->size % (4 * mib))
			return "vmalloc= must be 4M to 1016M, a multiple of 4M";
		return NULL;
	case BOOT_LINE:
		if (w->size != 32 && w->size != 64 && w->size != 128)
			return "line= must be 32, 64 or 128";
		return NULL;
	case BOOT_MMIO:
		if (w->size < PAGE_SIZE || w->size > DEVICE_BYTES_MAX)
			return "mmio= must be 4K to 16M";
		if (w->size % PAGE_SIZE || w->start % PAGE_SIZE)
			return "mmio= must be multiples of 4K";
		if (w->start > 4096 * mib - w->size)
			return "mmio= must end at or below 4G";
		return NULL;
	default:
		return w->kind < NR_BOOT_WORDS ? NULL : "an unknown boot word";
	}
}

/* The last word of a kind, or NULL. */
static const struct boot_word *last_word(const struct boot_line *line,
					 enum boot_word_kind kind)
{
	for (u32 i = line->nr; i; i--)
		if (line->word[i - 1].kind == kind)
			return &line->word[i - 1];
	return NULL;
}

/* Of these only the last one counts. */
static bool replaced_later(const struct boot_line *line,
			   const struct boot_word *w)
{
	switch (w->kind) {
	case BOOT_RAM:
	case BOOT_CPUS:
	case BOOT_VMALLOC:
	case BOOT_HIGHMEM:
	case BOOT_LINE:
		return last_word(line, w->kind) != w;
	default:
		return false;
	}
}

static const char *judge_line(const struct boot_line *line)
{
	if (line->nr > BOOT_WORDS_MAX)
		/* unreachable: who reads a line takes no more */
		return "more than 32 boot words";
	for (u32 i = 0; i < line->nr; i++) {
		const struct boot_word *w = &line->word[i];
		const char *why;

		why = replaced_later(line, w) ? NULL : judge_word(w);
		if (why)
			return why;
	}
	return NULL;
}

static void add_standard_pc(struct e820_map *map, u64 size)
{
	add_range(map, 0, PC_EBDA_START, E820_RAM);
	add_range(map, PC_EBDA_START, PC_EBDA_END - PC_EBDA_START,
		  E820_RESERVED);
	add_range(map, PC_BIOS_START, PC_BIOS_END - PC_BIOS_START,
		  E820_RESERVED);
	add_range(map, PC_BIOS_END, size - PC_BIOS_END, E820_RAM);
}

static void read_map(struct e820_map *map, const struct boot_line *line)
{
	const struct boot_word *ram = last_word(line, BOOT_RAM);

	map->nr = 0;
	if (ram)
		add_standard_pc(map, ram->size);
	for (u32 i = 0; i < line->nr; i++) {
		const struct boot_word *w = &line->word[i];

		if (w->kind == BOOT_E820)
			add_range(map, w->start, w->size, w->type);
	}
	for (u32 i = 0; i < line->nr; i++) {
		const struct boot_word *w = &line->word[i];

		if (w->kind == BOOT_MEM)
			limit_regions(map, w->size);
		else if (w->kind == BOOT_MEMMAP_EXACT)
			map->nr = 0;
		else if (w->kind == BOOT_MEMMAP)
			add_range(map, w->start, w->size, w->type);
	}
}

static bool overlap(const struct device_range *a, const struct boot_word *b)
{
	return a->start < b->start + b->size &&
	       b->start < (u64)a->start + a->size;
}

/* The map is as booted. */
static const char *add_device(struct memory_setup *s, const struct boot_word *w)
{
	if (s->nr_devices == DEVICES_MAX)
		return "more than 4 devices";
	if (!e820_no_ram(&s->map, w->start, w->start + w->size))
		return "a device where RAM is";
	for (u32 i = 0; i < s->nr_devices; i++)
		if (overlap(&s->device[i], w))
			return "a device where another is";
	s->device[s->nr_devices++] = (struct device_range){
		.start = (u32)w->start,
		.size = (u32)w->size,
	};
	return NULL;
}

static const char *read_devices(struct memory_setup *s,
				const struct boot_line *line)
{
	s->nr_devices = 0;
	for (u32 i = 0; i < line->nr; i++) {
		const struct boot_word *w = &line->word[i];
		const char *why;

		why = w->kind == BOOT_MMIO ? add_device(s, w) : NULL;
		if (why)
			return why;
	}
	return NULL;
}

static pfn_t find_max_pfn(const struct e820_map *map)
{
	u64 max = 0;

	for (u32 i = 0; i < map->nr; i++) {
		u64 first, end;

		e820_ram_pfns(&map->range[i], &first, &end);
		if (first < end)
			max = end; /* they ascend */
	}
	return (pfn_t)max;
}

/*
 * max_pfn above MAXMEM: what is above is high, all of it or the first
 * highmem= of it.  Below: no high memory, unless highmem= takes it off the
 * top, and leaves at least 64 MiB.
 */
static void split_low_high(struct memory_setup *s,
			   const struct boot_word *highmem, u32 maxmem_pfn)
{
	u64 high = highmem ? highmem->size >> PAGE_SHIFT : 0;

	s->max_low_pfn = s->max_pfn;
	if (s->max_pfn > maxmem_pfn) {
		if (highmem && high < s->max_pfn - maxmem_pfn)
			s->max_pfn = maxmem_pfn + (pfn_t)high;
		s->max_low_pfn = maxmem_pfn;
	} else if (high < s->max_pfn &&
		   s->max_pfn - high >= (64u << (20 - PAGE_SHIFT))) {
		s->max_low_pfn -= (pfn_t)high;
	}
}

const char *memory_setup(struct memory_setup *s, const struct boot_line *line)
{
	const char *why = judge_line(line);
	const struct boot_word *vmalloc, *cpus, *cache_line;
	u32 reserve;

	if (why)
		return why;
	read_map(&s->map, line);
	s->max_pfn = find_max_pfn(&s->map);
	if (!s->max_pfn)
		return "there is no RAM";
	vmalloc = last_word(line, BOOT_VMALLOC);
	reserve = vmalloc ? (u32)vmalloc->size : VMALLOC_RESERVE;
	split_low_high(s, last_word(line, BOOT_HIGHMEM),
		       (0u - PAGE_OFFSET - reserve) >> PAGE_SHIFT);
	cpus = last_word(line, BOOT_CPUS);
	s->nr_cpus = cpus ? (u32)cpus->size : 1;
	cache_line = last_word(line, BOOT_LINE);
	s->cache_line = cache_line ? (u32)cache_line->size : L1_CACHE_BYTES;
	s->slab_debug = last_word(line, BOOT_SLAB_DEBUG);
	s->pse = !last_word(line, BOOT_NOPENTIUM);
	s->kmap_strict = last_word(line, BOOT_KMAP_STRICT);
	/* and low: no split leaves less than 8 MiB of it below */
	if (!e820_all_ram(&s->map, KERNEL_START, KERNEL_START + KERNEL_BYTES))
		return "the kernel image (1M to 4M) does not lie in low RAM";
	return read_devices(s, line);
}
