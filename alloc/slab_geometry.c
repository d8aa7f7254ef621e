// SPDX-License-Identifier: MIT
/*
 * slab_geometry.c - how objects of a size lie in a slab [kmem_cache_create()
 * and cache_estimate() of mm/slab.c].  It has no state.
 *
 *     on slab    | colour | struct slab, bufctls | object | object | ... |
 *     off slab   | colour | object | object | ...                    |
 *
 *     num = the largest i with i * objsize + align_up(24 + 2 * i) <= bytes
 *                    (off slab: i * objsize <= bytes)
 *     left_over = bytes - that sum         colours = left_over / colour_off
 *
 * Rounding the management up never costs an object: where one fits, align
 * divides objsize and bytes, and so what the objects leave.
 *
 * The order is the first with little waste: left_over * 8 <= bytes; below
 * slab_break_gfp_order only.  All of it is 32-bit arithmetic.
 * Validator: cache_validate(), C, computes it again.
 */
#include "slab.h"

#define MAX_GFP_ORDER 5u
#define WORD 4u

struct estimate {
	u32 objsize, align, flags;
	u32 num, left_over;
};

/* cache_estimate(): what fits into a block of that order. */
static void estimate(struct estimate *e, u32 order)
{
	const bool off = e->flags & OFF_SLAB;
	const u32 base = off ? 0 : SLAB_BYTES, extra = off ? 0 : BUFCTL_BYTES;
	const u32 bytes = PAGE_SIZE << order;

	e->num = (bytes - base) / (e->objsize + extra);
	e->left_over = bytes - e->num * e->objsize -
		       (u32)align_up(base + e->num * extra, e->align);
}

/* Sets num and left_over; returns the order. */
static u32 choose_order(const struct machine *m, struct estimate *e)
{
	u32 order = 0;

	estimate(e, order);
	if (e->flags & SLAB_RECLAIM_ACCOUNT && e->objsize <= PAGE_SIZE)
		return order;
	while (order < MAX_GFP_ORDER) {
		if (e->num && (order >= m->data->slab_break_gfp_order ||
			       e->left_over * 8 <= PAGE_SIZE << order))
			break;
		estimate(e, ++order);
	}
	/* 2.6.12 would take an order less: 16 objects are the most there are */
	CHECK(m, !(e->flags & OFF_SLAB) || e->num <= m->data->offslab_limit,
	      "slab: management that no general cache holds");
	return order;
}

/* The line, halved while two objects would fit, or the caller's wish. */
static u32 choose_align(const struct machine *m, u32 size, u32 align,
			u32 *flags)
{
	u32 own = WORD;

	if (*flags & SLAB_HWCACHE_ALIGN)
		for (own = m->setup.cache_line; size <= own / 2;)
			own /= 2;
	if (own >= align)
		return own;
	*flags &= ~(SLAB_RED_ZONE | SLAB_STORE_USER);
	return align;
}

u32 cache_forced_flags(const struct machine *m, u32 size, u32 flags)
{
	if (!m->objects.debug)
		return flags;
	if (size < 4096 || fls(size - 1) == fls(size - 1 + 3 * WORD))
		flags |= SLAB_RED_ZONE | SLAB_STORE_USER;
	if (!(flags & SLAB_DESTROY_BY_RCU))
		flags |= SLAB_POISON;
	return flags;
}

static u32 management(u32 num)
{
	return SLAB_BYTES + num * BUFCTL_BYTES;
}

static void set_place(struct kmem_cache *cache, struct estimate *e, u32 line)
{
	u32 on_slab = (u32)align_up(management(e->num), e->align);

	if (e->flags & OFF_SLAB && e->left_over >= on_slab) {
		e->flags &= ~OFF_SLAB;
		e->left_over -= on_slab;
	}
	cache->slab_size = e->flags & OFF_SLAB ? management(e->num) : on_slab;
	cache->colour_off = line < e->align ? e->align : line;
	cache->colour = e->left_over / cache->colour_off;
}

bool cache_geometry(const struct machine *m, struct kmem_cache *cache, u32 size,
		    u32 align, u32 flags)
{
	struct estimate e;
	u32 asked = (u32)align_up(size, WORD);

	align = choose_align(m, asked, align, &flags);
	size = asked;
	if (flags & SLAB_RED_ZONE)
		size += 2 * WORD;
	if (flags & SLAB_STORE_USER)
		size += WORD;
	if (flags & (SLAB_RED_ZONE | SLAB_STORE_USER))
		align = WORD;
	if (size >= PAGE_SIZE / 8)
		flags |= OFF_SLAB;
	e = (struct estimate){ .objsize = (u32)align_up(size, align),
			       .align = align,
			       .flags = flags };
	cache->gfporder = choose_order(m, &e);
	if (!e.num)
		return false;
	set_place(cache, &e, m->setup.cache_line);
	cache->num = e.num;
	cache->objsize = e.objsize;
	cache->flags = e.flags;
	cache->gfpflags = flags & SLAB_CACHE_DMA ? GFP_DMA : 0;
	cache->dbghead = flags & SLAB_RED_ZONE ? WORD : 0;
	cache->reallen = m->objects.debug ? asked : e.objsize;
	return true;
}
