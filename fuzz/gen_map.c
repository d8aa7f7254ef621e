// SPDX-License-Identifier: MIT
/*
 * gen_map.c - the generator's guess at the machine that a boot line gives:
 * how many free blocks each zone has, its marks, the CPUs.
 *
 * Blocks have an order here and no address.  That is enough to tell about
 * when a zone runs dry.  gen_follow.c goes on from here, op by op.
 * Validator: fuzz/tests/test_gen.c counts how often a guess leads astray.
 */
#include "gen_state.h"

#include "../alloc/mm.h"

#include <string.h>

#define MB (1u << 20)
#define DMA_PFNS 4096u
#define LOW_MB 1024u	      /* the kernel's gigabyte */
#define VMALLOC_MB 128u	      /* the default of vmalloc= */
#define KERNEL_END_PFN 0x406u /* image, page tables, bitmap and some slack */

/* --- the memory map ------------------------------------------------------ */

static u32 zone_start(const struct gen *g, u32 zone)
{
	u32 dma = g->low_pfn < DMA_PFNS ? g->low_pfn : DMA_PFNS;

	return zone == ZONE_DMA ? 0 : zone == ZONE_NORMAL ? dma : g->low_pfn;
}

/* Frames [start, end) of one zone: as aligned blocks, the largest first. */
static void zone_fill(struct gen_zone *z, u32 start, u32 end)
{
	while (start < end) {
		u32 order = MAX_ORDER - 1;

		while (start & ((1u << order) - 1) ||
		       start + (1u << order) > end)
			order--;
		z->nr[order]++;
		z->free += 1u << order;
		start += 1u << order;
	}
}

static u32 zone_end(const struct gen *g, u32 zone)
{
	return zone == ZONE_HIGHMEM ? g->max_pfn : zone_start(g, zone + 1);
}

static void map_fill(struct gen *g, u64 start, u64 end)
{
	u32 first = (u32)((start + PAGE_SIZE - 1) >> PAGE_SHIFT);
	u32 last = (u32)(end >> PAGE_SHIFT);
	u32 zone;

	for (zone = 0; zone < NR_ZONES; zone++) {
		u32 from = zone_start(g, zone);
		u32 to = zone_end(g, zone);

		if (from < first)
			from = first;
		if (to > last)
			to = last;
		if (from >= to)
			continue;
		zone_fill(&g->zone[zone], from, to);
		if (zone == ZONE_NORMAL && !g->slab_pfn)
			g->slab_pfn = from;
	}
}

/* The last word of a kind, or NULL. */
static const struct boot_word *last_word(const struct boot_line *line, u32 kind)
{
	u32 i;

	for (i = line->nr; i > 0; i--)
		if (line->word[i - 1].kind == kind)
			return &line->word[i - 1];
	return NULL;
}

static u32 size_pfns(const struct boot_word *w, u32 otherwise)
{
	u64 pfns = w ? w->size >> PAGE_SHIFT : otherwise;

	return pfns > 0x100000 ? 0x100000 : (u32)pfns;
}

/* The end of memory, and of low memory. */
static void map_ends(struct gen *g, const struct boot_line *line)
{
	u32 vmalloc = size_pfns(last_word(line, BOOT_VMALLOC), VMALLOC_MB << 8);
	u32 limit = size_pfns(last_word(line, BOOT_MEM), 0x100000);
	u32 high = size_pfns(last_word(line, BOOT_HIGHMEM), 0);
	u32 i;

	g->max_pfn = 1;
	for (i = 0; i < line->nr; i++) {
		const struct boot_word *w = &line->word[i];
		u64 end = (w->start + w->size) >> PAGE_SHIFT;

		if (w->kind != BOOT_RAM && w->kind != BOOT_E820)
			continue;
		if (w->kind == BOOT_RAM || w->type == E820_RAM)
			if (end > g->max_pfn)
				g->max_pfn =
					end > 0x100000 ? 0x100000 : (u32)end;
	}
	if (limit && limit < g->max_pfn)
		g->max_pfn = limit;
	g->low_pfn = vmalloc < LOW_MB << 8 ? (LOW_MB << 8) - vmalloc : 1;
	if (g->low_pfn > g->max_pfn)
		g->low_pfn = g->max_pfn;
	if (high && high < g->low_pfn && g->max_pfn - high < g->low_pfn)
		g->low_pfn = g->max_pfn - high;
}

/* RAM that the kernel image and mem_map leave over. */
static void map_ram(struct gen *g, const struct boot_line *line)
{
	u64 mem_map = (u64)g->max_pfn * PAGE_STRUCT_BYTES + PAGE_SIZE;
	u64 behind = (u64)KERNEL_END_PFN << PAGE_SHIFT;
	u64 goal = (u64)DMA_PFNS << PAGE_SHIFT;
	u32 i;

	/* mem_map is at 16 MiB if it fits there, else behind the kernel */
	if (goal + mem_map > (u64)g->low_pfn << PAGE_SHIFT)
		goal = behind;
	map_fill(g, PAGE_SIZE, PC_EBDA_START);
	for (i = 0; i < line->nr; i++) {
		const struct boot_word *w = &line->word[i];
		u64 start = w->start, end = w->start + w->size;

		if (w->kind != BOOT_RAM &&
		    (w->kind != BOOT_E820 || w->type != E820_RAM))
			continue;
		if (start < behind)
			start = behind;
		if (goal >= start && goal + mem_map <= end) {
			map_fill(g, start, goal);
			start = goal + mem_map;
		}
		if (start < end)
			map_fill(g, start, end);
	}
}

/* The largest x with x * x <= n */
static u32 root(u32 n)
{
	u32 bit, x = 0;

	for (bit = 1u << 15; bit; bit >>= 1)
		if ((u64)(x | bit) * (x | bit) <= n)
			x |= bit;
	return x;
}

void gen_map_watermarks(struct gen *g)
{
	u64 low = g->low_pfn;
	u32 zone, class;

	for (zone = 0; zone < NR_ZONES; zone++) {
		struct gen_zone *z = &g->zone[zone];
		u64 min;

		z->spanned = zone_end(g, zone) - zone_start(g, zone);
		min = (u64)g->min_kb / 4 * z->spanned / (low ? low : 1);

		if (zone == ZONE_HIGHMEM)
			min = z->spanned / 1024 < 32 ? 32 : z->spanned / 1024;
		z->min = min > UINT32_MAX / 2 ? UINT32_MAX / 2 : (u32)min;
	}
	for (class = 1; class < NR_ZONES; class ++) {
		u64 above = 0;

		for (zone = class; zone-- > 0;) {
			u32 ratio = g->ratio[zone] ? g->ratio[zone] : 1;

			above += g->zone[zone + 1].spanned;
			g->zone[zone].reserve[class] = (u32)(above / ratio);
		}
	}
}

static void map_devices(struct gen *g, const struct boot_line *line)
{
	for (u32 i = 0; i < line->nr; i++) {
		const struct boot_word *w = &line->word[i];

		if (w->kind == BOOT_MMIO && g->vm.nr_devices < DEVICES_MAX &&
		    w->size && w->size <= DEVICE_BYTES_MAX)
			g->vm.device[g->vm.nr_devices++] =
				(struct gen_device){ (u32)w->start,
						     (u32)w->size };
	}
}

void gen_map_init(struct gen *g, const struct program *p)
{
	struct boot_line parsed;
	const struct boot_line *line = &p->boot;
	const struct boot_word *cpus, *bytes;
	char why[128];
	size_t at;

	if (p->profile != PROFILE_FREE) {
		line = &parsed;
		if (boot_line_parse(profile_text[p->profile], &parsed, &at,
				    why))
			parsed.nr = 0;
	}
	cpus = last_word(line, BOOT_CPUS);
	g->cpus = cpus && cpus->size >= 1 && cpus->size <= NR_CPUS
			  ? (u32)cpus->size
			  : 1;
	bytes = last_word(line, BOOT_LINE);
	g->line = bytes && (bytes->size == 64 || bytes->size == 128)
			  ? (u32)bytes->size
			  : L1_CACHE_BYTES;
	g->debug = last_word(line, BOOT_SLAB_DEBUG) != NULL;
	g->vm.strict = last_word(line, BOOT_KMAP_STRICT) != NULL;
	map_devices(g, line);
	map_ends(g, line);
	map_ram(g, line);
	g->min_kb = root(g->low_pfn * 64);
	g->ratio[ZONE_DMA] = 256;
	g->ratio[ZONE_NORMAL] = 32;
	gen_map_watermarks(g);
	gen_cache_init(g);
}
