// SPDX-License-Identifier: MIT
/*
 * e820.c - the memory map that a boot line describes.
 *
 * The map is a sorted list of disjoint ranges.  A word adds a range that may
 * overlap others; flatten() then gives each byte the highest type that covers
 * it, by looking at every piece between two borders:
 *
 *	RAM       |-------1-------|                  |--1--|
 *	reserved        |--2--|          ->    |--1--|
 *	                                             |--2--|  ...
 *
 * [arch/i386/kernel/setup.c: sanitize_e820_map, parse_cmdline_early,
 * limit_regions]
 */
#include "model.h"

static void add(struct e820_map *map, u64 start, u64 size, u8 type)
{
	u64 end = size > ~0ull - start ? ~0ull : start + size;

	if (start < end)
		map->range[map->nr++] = (struct e820_range){ start, end, type };
}

static void sort(u64 *v, u32 nr)
{
	for (u32 i = 1; i < nr; i++) {
		u64 x = v[i];
		u32 j = i;

		for (; j && v[j - 1] > x; j--)
			v[j] = v[j - 1];
		v[j] = x;
	}
}

static u8 type_at(const struct e820_map *map, u64 byte)
{
	u8 type = 0;

	for (u32 i = 0; i < map->nr; i++) {
		const struct e820_range *r = &map->range[i];

		if (r->start <= byte && byte < r->end && r->type > type)
			type = r->type;
	}
	return type;
}

/* Adds a range behind all others, or makes the last one longer. */
static void append(struct e820_map *map, u64 start, u64 size, u8 type)
{
	struct e820_range *last = map->nr ? &map->range[map->nr - 1] : NULL;

	if (last && last->end == start && last->type == type)
		last->end += size;
	else
		add(map, start, size, type);
}

static void flatten(struct e820_map *map)
{
	u64 border[2 * E820_MAX];
	struct e820_map flat = { .nr = 0 };
	u32 nr = 0;

	for (u32 i = 0; i < map->nr; i++) {
		border[nr++] = map->range[i].start;
		border[nr++] = map->range[i].end;
	}
	sort(border, nr);
	for (u32 i = 0; i + 1 < nr; i++) {
		u64 size = border[i + 1] - border[i];
		u8 type = type_at(map, border[i]);

		if (type)
			append(&flat, border[i], size, type);
	}
	*map = flat;
}

/* mem=: cuts the first RAM range that reaches `limit`, and all behind it. */
static void cut(struct e820_map *map, u64 limit)
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

static const char *word_why(const struct boot_word *w)
{
	if (w->kind >= NR_BOOT_WORDS)
		return "an unknown word";
	if (w->kind != BOOT_E820 && w->kind != BOOT_MEMMAP)
		return NULL;
	if (w->type < E820_RAM || w->type > E820_NVS)
		return "a range of an unknown type";
	return NULL;
}

static const char *add_pc(struct e820_map *map, u64 size)
{
	if (size < (4ull << 20) || size > (4ull << 30) || size % PAGE_SIZE)
		return "ram= outside 4M..4G";
	add(map, 0, PC_EBDA_START, E820_RAM);
	add(map, PC_EBDA_START, PC_EBDA_END - PC_EBDA_START, E820_RESERVED);
	add(map, PC_BIOS_START, PC_BIOS_END - PC_BIOS_START, E820_RESERVED);
	add(map, PC_BIOS_END, size - PC_BIOS_END, E820_RAM);
	return NULL;
}

static const char *read_hardware(struct e820_map *map,
				 const struct boot_line *line)
{
	const struct boot_word *ram = NULL;

	for (u32 i = 0; i < line->nr; i++) {
		const struct boot_word *w = &line->word[i];

		if (w->kind == BOOT_RAM)
			ram = w;
		if (w->kind == BOOT_E820)
			add(map, w->start, w->size, w->type);
	}
	return ram ? add_pc(map, ram->size) : NULL;
}

static void read_word(struct e820_map *map, const struct boot_word *w)
{
	switch (w->kind) {
	case BOOT_MEM:
		cut(map, w->size);
		break;
	case BOOT_MEMMAP_EXACT:
		map->nr = 0;
		break;
	case BOOT_MEMMAP:
		add(map, w->start, w->size, w->type);
		flatten(map);
		break;
	default:
		break;
	}
}

/* RAM at 4 GiB and above is beyond a 32-bit kernel. */
static void drop_high_ram(struct e820_map *map)
{
	u32 kept = 0;

	for (u32 i = 0; i < map->nr; i++) {
		struct e820_range r = map->range[i];

		if (r.end > 4ull << 30)
			r.end = 4ull << 30;
		if (r.start < r.end)
			map->range[kept++] = r;
	}
	map->nr = kept;
}

const char *e820_read(struct e820_map *map, const struct boot_line *line)
{
	const char *why;

	map->nr = 0;
	if (line->nr > BOOT_WORDS_MAX)
		return "too many words";
	for (u32 i = 0; i < line->nr; i++) {
		why = word_why(&line->word[i]);
		if (why)
			return why;
	}
	why = read_hardware(map, line);
	if (why)
		return why;
	flatten(map);
	for (u32 i = 0; i < line->nr; i++)
		read_word(map, &line->word[i]);
	drop_high_ram(map);
	return NULL;
}

/* A frame is RAM if all of it is. */
bool e820_is_ram(const struct e820_map *map, pfn_t pfn)
{
	u64 start = (u64)pfn * PAGE_SIZE;

	for (u32 i = 0; i < map->nr; i++) {
		const struct e820_range *r = &map->range[i];

		if (r->type == E820_RAM && r->start <= start &&
		    start + PAGE_SIZE <= r->end)
			return true;
	}
	return false;
}
