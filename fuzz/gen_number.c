// SPDX-License-Identifier: MIT
/*
 * gen_number.c - frame numbers, addresses, sizes and settings: numbers that
 * stand for themselves, and not for a slot or its block.
 *
 * Half of them lie at an edge of the map that the boot line draws: a zone's
 * end, the image, the BIOS, mem_map, the type's own limits.
 * Validator: fuzz/tests/test_gen.c.
 */
#include "gen_state.h"

/* --- addresses ------------------------------------------------------------ */

/* Boot's caches take the first frames of a zone, or what DMA is left over. */
u32 gen_slab_pfn(struct gen *g)
{
	u32 low = prng_below(g->r, 4) ? 0x400 + prng_below(g->r, 0x20)
				      : 0x98 + prng_below(g->r, 7);

	if (!g->slab_pfn || !prng_below(g->r, 6))
		return low;
	return g->slab_pfn + prng_below(g->r, prng_below(g->r, 3) ? 24 : 192);
}

static u32 value_pfn(struct gen *g)
{
	const u32 edge[] = {
		0,
		1,
		0x9E,
		0x9F,
		0xA0,
		0xF0,
		0xFF,
		0x100,
		0x3FF,
		0x400,
		0x401,
		0x402,
		0x403,
		0x404,
		0xFFF,
		0x1000,
		0x1001,
		0x1028,
		g->low_pfn - 1,
		g->low_pfn,
		g->max_pfn - 1,
		g->max_pfn,
		g->max_pfn + 1,
		0xFFFFF,
		0x100000,
		UINT32_MAX,
	};

	if (gen_objects(g) && prng_below(g->r, 2))
		return gen_slab_pfn(g);
	if (prng_one_in(g->r, 3))
		return PICK(g, edge);
	return prng_below(g->r, g->max_pfn);
}

static u32 value_vaddr(struct gen *g)
{
	const u32 edge[] = {
		0,
		1,
		PAGE_SIZE,
		PAGE_OFFSET - 1,
		PAGE_OFFSET,
		PAGE_OFFSET + (g->low_pfn << PAGE_SHIFT) - 1,
		PAGE_OFFSET + (g->low_pfn << PAGE_SHIFT),
		PAGE_OFFSET + (g->max_pfn << PAGE_SHIFT),
		0xFFFFF000u,
		UINT32_MAX,
	};
	u32 addr = PAGE_OFFSET + (value_pfn(g) << PAGE_SHIFT);

	if (prng_one_in(g->r, 4))
		return PICK(g, edge);
	return prng_below(g->r, 4) ? addr : addr + prng_below(g->r, PAGE_SIZE);
}

/* An edge of the physical map, or a byte or a page beside it. */
static u32 value_phys(struct gen *g)
{
	const u32 edge[] = {
		0,
		PAGE_SIZE,
		PC_EBDA_START,
		PC_EBDA_END,
		PC_BIOS_END,
		KERNEL_START + KERNEL_BYTES,
		KERNEL_START + KERNEL_BYTES + 0x2000,
		0x1000000,
		0x1000000 + g->max_pfn * PAGE_STRUCT_BYTES,
		g->low_pfn << PAGE_SHIFT,
		g->max_pfn << PAGE_SHIFT,
		UINT32_MAX,
	};
	u32 at = PICK(g, edge);

	switch (prng_below(g->r, 8)) {
	case 0:
		return at - 1;
	case 1:
		return at - PAGE_SIZE;
	case 2:
		return at + PAGE_SIZE;
	case 3:
		return at + prng_below(g->r, 0x40000);
	case 4:
		return prng_below(g->r, g->low_pfn) << PAGE_SHIFT;
	case 5:
		return prng_below(g->r, g->low_pfn) * PAGE_SIZE +
		       prng_below(g->r, PAGE_SIZE);
	default:
		return at;
	}
}

static u32 value_size(struct gen *g)
{
	const u32 edge[] = {
		0,	 1,	   31,	       32,
		33,	 2048,	   4064,       4095,
		4096,	 4097,	   8191,       8192,
		0x10000, 0x100000, UINT32_MAX, g->low_pfn << PAGE_SHIFT,
	};

	switch (prng_below(g->r, 4)) {
	case 0:
		return PICK(g, edge);
	case 1:
		return (1 + prng_below(g->r, 64)) * PAGE_SIZE;
	case 2:
		return 1 + prng_below(g->r, 0x40000);
	default:
		return 1 + prng_below(g->r, 3 * PAGE_SIZE);
	}
}

static u32 value_align(struct gen *g)
{
	static const u32 align[] = {
		0,  1,	      4,	 32,	     32,	  32,
		64, 4096,     4096,	 8192,	     0x10000,	  0x100000,
		3,  0x400000, 0x1000000, UINT32_MAX, 0x80000000u,
	};

	return PICK(g, align);
}

static u32 value_kb(struct gen *g)
{
	static const u32 fixed[] = {
		0, 0, 1, 4, 128, 512, 1024, 0x3FFFFFFF, UINT32_MAX,
	};
	u32 low = g->zone[ZONE_DMA].free + g->zone[ZONE_NORMAL].free;

	switch (prng_below(g->r, 4)) {
	case 0:
		return PICK(g, fixed);
	case 1: /* marks at about what is free now */
		return low * 4 + prng_below(g->r, 257) - (low >= 32 ? 128 : 0);
	case 2:
		return 100 + prng_below(g->r, 60000);
	default:
		return prng_below(g->r, 2048);
	}
}

static u32 value_ratio(struct gen *g)
{
	static const u32 ratio[] = {
		0, 1, 2, 8, 32, 64, 256, 256, 1024, 65535
	};

	return PICK(g, ratio);
}

u32 gen_number(struct gen *g, enum arg_kind kind)
{
	switch (kind) {
	case ARG_PFN:
		return value_pfn(g);
	case ARG_VADDR:
		return value_vaddr(g);
	case ARG_PHYS:
		return value_phys(g);
	case ARG_SIZE:
		return value_size(g);
	case ARG_ALIGN:
		return value_align(g);
	case ARG_KB:
		return value_kb(g);
	case ARG_RATIO:
		return value_ratio(g);
	default:
		return gen_boundary(g, kind);
	}
}

u32 gen_boundary(struct gen *g, enum arg_kind kind)
{
	const struct arg_info *info = &arg_info[kind];
	u32 max = UINT32_MAX >> (32 - 8 * info->bytes);
	const u32 edge[] = {
		0,
		1,
		info->low,
		info->low + 1,
		info->high,
		info->high - 1,
		info->high + 1,
		max,
		max - 1,
		max / 2 + 1,
	};

	return PICK(g, edge) & max;
}
