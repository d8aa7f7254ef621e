// SPDX-License-Identifier: MIT
/*
 * mmio_words.c - the devices that a boot line describes: mmio=SIZE@START.
 *
 *	SIZE		4 KiB .. 16 MiB, whole pages
 *	START		of a page; the last byte is below 4 GiB
 *	not in		RAM of the map as booted, another device
 *
 * A device is no range of the memory map, and moves nothing in the layout.
 */
#include "model.h"

static const char *range_why(const struct boot_word *w)
{
	const u64 top = 4ull << 30;

	if (w->size < PAGE_SIZE || w->size > DEVICE_BYTES_MAX)
		return "mmio= of less than 4K or more than 16M";
	if (w->size % PAGE_SIZE || w->start % PAGE_SIZE)
		return "mmio= of no whole pages";
	if (w->start >= top || w->start + w->size > top)
		return "mmio= past 4G";
	return NULL;
}

static bool overlap(const struct boot_word *w, u64 start, u64 end)
{
	return w->start < end && start < w->start + w->size;
}

static bool hits_ram(const struct e820_map *map, const struct boot_word *w)
{
	for (u32 i = 0; i < map->nr; i++) {
		const struct e820_range *r = &map->range[i];

		if (r->type == E820_RAM && overlap(w, r->start, r->end))
			return true;
	}
	return false;
}

static const char *place_why(const struct mmio_range *range, u32 nr,
			     const struct e820_map *map,
			     const struct boot_word *w)
{
	if (hits_ram(map, w))
		return "mmio= in RAM";
	for (u32 i = 0; i < nr; i++) {
		u64 start = range[i].start;

		if (overlap(w, start, start + range[i].size))
			return "mmio= in another's";
	}
	return nr == DEVICES_MAX ? "more than 4 mmio=" : NULL;
}

const char *mmio_read(struct mmio_range *range, u32 *nr,
		      const struct e820_map *map, const struct boot_line *line)
{
	*nr = 0;
	for (u32 i = 0; i < line->nr; i++) {
		const struct boot_word *w = &line->word[i];
		const char *why;

		if (w->kind != BOOT_MMIO)
			continue;
		why = range_why(w);
		if (!why)
			why = place_why(range, *nr, map, w);
		if (why)
			return why;
		range[*nr] = (struct mmio_range){ (u32)w->start, (u32)w->size };
		++*nr;
	}
	return NULL;
}
