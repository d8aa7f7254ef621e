// SPDX-License-Identifier: MIT
/*
 * layout.c - the figures of a booted machine: addresses, zones, marks.
 *
 *	PAGE_OFFSET             high_memory   VMALLOC_START
 *	| direct map of low RAM | 8..16M hole | vmalloc ...
 *	... VMALLOC_END | 2 pages | PKMAP_BASE, 1024 slots | ... | fixmap |
 *
 * Each equation is that of section 1 or 4 of the facts on 2.6.12, in wide
 * integers.  Nothing here reads a frame.  layout_check.c compares.
 */
#include "model.h"

#define MIB (1ull << 20)
#define DMA_PFNS 4096u	    /* 16 MiB */
#define LOWMEM_LEAST 16384u /* what highmem= must leave: 64 MiB */

#define FIX_FIRST_KMAP 2u /* behind FIX_HOLE and FIX_VSYSCALL */

static u64 last_size(const struct boot_line *line, enum boot_word_kind kind,
		     u64 otherwise)
{
	for (u32 i = line->nr; i-- > 0;)
		if (line->word[i].kind == kind)
			return line->word[i].size;
	return otherwise;
}

static bool has_word(const struct boot_line *line, enum boot_word_kind kind)
{
	for (u32 i = 0; i < line->nr; i++)
		if (line->word[i].kind == kind)
			return true;
	return false;
}

static pfn_t max_pfn_of(const struct e820_map *map)
{
	pfn_t max = 0;

	for (u32 i = 0; i < map->nr; i++) {
		const struct e820_range *r = &map->range[i];
		u64 start = (r->start + PAGE_SIZE - 1) / PAGE_SIZE;
		u64 end = r->end / PAGE_SIZE;

		if (r->type == E820_RAM && start < end && end > max)
			max = (pfn_t)end;
	}
	return max;
}

/* 1.3: where low memory ends, and how much of high memory is used. */
static void split(struct mm_layout *l, u32 maxmem_pfn, u64 highmem)
{
	const u64 unset = ~0ull;

	if (l->max_pfn > maxmem_pfn) {
		l->max_low_pfn = maxmem_pfn;
		if (highmem < l->max_pfn - maxmem_pfn)
			l->max_pfn = maxmem_pfn + (u32)highmem;
	} else {
		l->max_low_pfn = l->max_pfn;
		if (highmem != unset && highmem < l->max_pfn &&
		    l->max_pfn - highmem >= LOWMEM_LEAST)
			l->max_low_pfn -= (u32)highmem;
	}
	l->highstart_pfn = l->max_low_pfn;
	l->highend_pfn = l->max_pfn;
	l->max_mapnr = l->highend_pfn;
}

static void set_addresses(struct mm_layout *l)
{
	u32 slots =
		FIX_FIRST_KMAP + KM_TYPE_NR * (l->nr_cpus > 1 ? NR_CPUS : 1);
	u32 boot_start = FIXADDR_TOP - (slots + FIX_BOOT_SLOTS) * PAGE_SIZE;

	l->high_memory = PAGE_OFFSET + l->max_low_pfn * PAGE_SIZE;
	l->vmalloc_start =
		(l->high_memory + (u32)(16 * MIB) - 1) & ~(u32)(8 * MIB - 1);
	l->fixaddr_start = FIXADDR_TOP - slots * PAGE_SIZE;
	l->pkmap_base = (boot_start - (LAST_PKMAP + 1) * PAGE_SIZE) &
			~(u32)(4 * MIB - 1);
	l->vmalloc_end = l->pkmap_base - 2 * PAGE_SIZE;
}

static u32 fls(u32 x)
{
	u32 bits = 0;

	for (; x; x >>= 1)
		bits++;
	return bits;
}

/* 5.5: batch = 2^fls(b0 + b0/2) - 1, b0 a 4096th of the zone, 1..16 */
static void set_pcp_limits(struct zone_layout *z)
{
	u32 b0 = z->present_pages / 1024;
	u32 batch;

	if (b0 > 64)
		b0 = 64;
	b0 /= 4;
	if (b0 < 1)
		b0 = 1;
	batch = (1u << fls(b0 + b0 / 2)) - 1;
	z->pcp[PCP_HOT].low = 2 * batch;
	z->pcp[PCP_HOT].high = 6 * batch;
	z->pcp[PCP_COLD].low = 0;
	z->pcp[PCP_COLD].high = 2 * batch;
	z->pcp[PCP_HOT].batch = z->pcp[PCP_COLD].batch = batch;
}

static void set_zones(struct mm_layout *l)
{
	pfn_t end[NR_ZONES] = { l->max_low_pfn, l->max_low_pfn,
				l->highend_pfn };
	pfn_t start = 0;

	if (l->max_low_pfn >= DMA_PFNS)
		end[ZONE_DMA] = DMA_PFNS;
	else
		end[ZONE_HIGHMEM] = l->max_low_pfn;
	for (int i = 0; i < NR_ZONES; i++) {
		struct zone_layout *z = &l->zone[i];

		z->spanned_pages = z->present_pages = end[i] - start;
		z->start_pfn = end[i] > start ? start : 0;
		start = end[i];
		set_pcp_limits(z);
	}
}

/* 4.3: the populated zones from `top` down */
static void set_zonelist(struct mm_layout *l, u32 index, int top)
{
	u32 nr = 0;

	for (int i = top; i >= 0; i--)
		if (l->zone[i].present_pages)
			l->zonelist[index][nr++] = (u8)i;
	l->nr_zonelist[index] = nr;
}

static const char *image_why(const struct mm_layout *l,
			     const struct e820_map *map)
{
	pfn_t pfn = KERNEL_START / PAGE_SIZE;

	for (; pfn < (KERNEL_START + KERNEL_BYTES) / PAGE_SIZE; pfn++) {
		if (pfn >= l->max_low_pfn)
			return "the kernel image is not in low memory";
		if (!e820_is_ram(map, pfn))
			return "the kernel image is not in RAM";
	}
	return NULL;
}

const char *layout_compute(struct mm_layout *l, const struct e820_map *map,
			   const struct boot_line *line)
{
	u64 cpus = last_size(line, BOOT_CPUS, 1);
	u64 cache_line = last_size(line, BOOT_LINE, 32);
	u64 reserve = last_size(line, BOOT_VMALLOC, 128 * MIB);
	u64 highmem = last_size(line, BOOT_HIGHMEM, ~0ull);

	*l = (struct mm_layout){
		.nr_cpus = (u32)cpus,
		.cache_line = (u32)cache_line,
		.slab_debug = has_word(line, BOOT_SLAB_DEBUG),
		.pse = !has_word(line, BOOT_NOPENTIUM),
		.kmap_strict = has_word(line, BOOT_KMAP_STRICT),
	};
	if (cpus < 1 || cpus > NR_CPUS)
		return "cpus= outside 1..8";
	if (cache_line != 32 && cache_line != 64 && cache_line != 128)
		return "line= is none of 32, 64, 128";
	if (reserve % (4 * MIB) || reserve < 4 * MIB || reserve > 1016 * MIB)
		return "vmalloc= is no multiple of 4M in 4M..1016M";
	l->max_pfn = max_pfn_of(map);
	if (!l->max_pfn)
		return "no RAM";
	split(l, (u32)((1024 * MIB - reserve) / PAGE_SIZE),
	      highmem == ~0ull ? highmem : highmem / PAGE_SIZE);
	set_addresses(l);
	set_zones(l);
	set_zonelist(l, 0, ZONE_NORMAL);
	set_zonelist(l, __GFP_DMA, ZONE_DMA);
	set_zonelist(l, __GFP_HIGHMEM, ZONE_HIGHMEM);
	return image_why(l, map);
}

/* --- marks and reserves (4.4) ------------------------------------------- */

void layout_set_marks(struct mm_layout *l, u32 min_free_kbytes)
{
	u64 total_min = min_free_kbytes / (PAGE_SIZE / 1024);
	u64 lowmem = (u64)l->zone[ZONE_DMA].present_pages +
		     l->zone[ZONE_NORMAL].present_pages;

	l->min_free_kbytes = min_free_kbytes;
	for (int i = 0; i < NR_ZONES; i++) {
		struct zone_layout *z = &l->zone[i];
		u64 min = total_min * z->present_pages / lowmem;

		if (i == ZONE_HIGHMEM) {
			min = z->present_pages / 1024;
			min = min < 32 ? 32 : min > 128 ? 128 : min;
		}
		z->pages_min = (u32)min;
		z->pages_low = (u32)(min * 5 / 4);
		z->pages_high = (u32)(min * 6 / 4);
	}
}

/* reserve_i[j] = sum of present over i+1..j, by ratio_i */
void layout_set_reserve(struct mm_layout *l, u32 dma, u32 normal)
{
	const u32 ratio[NR_ZONES] = { dma ? dma : 1, normal ? normal : 1, 1 };

	for (int i = 0; i < NR_ZONES; i++) {
		u32 above = 0;

		for (int j = i + 1; j < NR_ZONES; j++) {
			above += l->zone[j].present_pages;
			l->zone[i].lowmem_reserve[j] = above / ratio[i];
		}
	}
}

void layout_init_marks(struct mm_layout *l)
{
	u64 lowmem_kbytes = 4ull * (l->zone[ZONE_DMA].present_pages +
				    l->zone[ZONE_NORMAL].present_pages);
	u32 kbytes = 0;

	while ((u64)(kbytes + 1) * (kbytes + 1) <= 16 * lowmem_kbytes)
		kbytes++;
	kbytes = kbytes < 128 ? 128 : kbytes > 65536 ? 65536 : kbytes;
	layout_set_marks(l, kbytes);
	layout_set_reserve(l, 256, 32);
}
