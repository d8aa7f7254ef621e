// SPDX-License-Identifier: MIT
/*
 * geometry.c - how a cache's objects lie in a slab: section 7.2 as equations,
 * and the sizes of arrays of section 7.3.
 *
 *	on slab   | colour | struct slab, bufctl[num] | objects ... | rest |
 *	off slab  | colour | objects ...                            | rest |
 *
 *	object with red zones and caller's word
 *	          | zone 4 | the caller's bytes | zone 4 | user 4 |
 *
 * Nothing here reads the model: figures in, figures out.
 */
#include "geometry.h"

#define WORD 4u
#define ORDER_LAST 5u	   /* MAX_GFP_ORDER */
#define OFF_SLAB_SIZE 512u /* PAGE_SIZE / 8 */
#define ALL_ZONES (SLAB_RED_ZONE | SLAB_STORE_USER)

static u32 round_up(u32 x, u32 to)
{
	return (x + to - 1) & ~(to - 1);
}

static u32 fls(u32 x)
{
	u32 bits = 0;

	for (; x; x >>= 1)
		bits++;
	return bits;
}

u32 forced_flags(u32 size, u32 flags, bool ctor)
{
	if (!ctor)
		flags &= ~SLAB_DEBUG_INITIAL;
	if (size < PAGE_SIZE || fls(size - 1) == fls(size - 1 + 3 * WORD))
		flags |= ALL_ZONES;
	if (!(flags & SLAB_DESTROY_BY_RCU))
		flags |= SLAB_POISON;
	return flags;
}

/* Step 2: at most `line`, halved while two objects would fit into it. */
static u32 own_align(u32 size, u32 flags, u32 line)
{
	if (!(flags & SLAB_HWCACHE_ALIGN))
		return WORD;
	while (size <= line / 2)
		line /= 2;
	return line;
}

static u32 management(u32 num)
{
	return SLAB_BYTES + num * BUFCTL_BYTES;
}

/*
 * The greatest num with num * size + management <= slab, where management,
 * on the slab, is rounded up to the alignment; *left is what remains.
 */
static u32 fit(const struct geometry *g, u32 order, u32 *left)
{
	u32 slab = PAGE_SIZE << order, used = 0, num = 0;

	for (;;) {
		u32 head =
			g->off_slab ? 0 : round_up(management(num), g->align);
		u64 end = (u64)num * g->objsize + head;

		if (end > slab)
			break;
		used = (u32)end;
		num++;
	}
	*left = slab - used;
	return num ? num - 1 : 0;
}

/* Step 5; returns what is left over. */
static u32 choose_order(struct geometry *g, const struct geometry_rules *r)
{
	u32 left;

	g->order = 0;
	g->num = fit(g, 0, &left);
	if ((g->flags & SLAB_RECLAIM_ACCOUNT) && g->objsize <= PAGE_SIZE)
		return left;
	while (g->order < ORDER_LAST) {
		if (g->num && g->off_slab && g->num > r->offslab_limit) {
			if (g->order)
				g->num = fit(g, --g->order, &left);
			break;
		}
		if (g->num && (g->order >= r->break_order ||
			       left * 8 <= PAGE_SIZE << g->order))
			break;
		g->num = fit(g, ++g->order, &left);
	}
	return left;
}

/* Steps 6 and 7. */
static void place_management(struct geometry *g, u32 left, u32 line)
{
	g->slab_size = round_up(management(g->num), g->align);
	if (g->off_slab && left >= g->slab_size) {
		g->off_slab = 0;
		left -= g->slab_size;
	}
	if (g->off_slab)
		g->slab_size = management(g->num);
	g->colour_off = line > g->align ? line : g->align;
	g->colour = left / g->colour_off;
}

bool geometry_compute(struct geometry *g, u32 size, u32 align, u32 flags,
		      const struct geometry_rules *r)
{
	u32 own, bytes = round_up(size, WORD), left;

	own = own_align(bytes, flags, r->line);
	if (align > own) {
		own = align;
		if (own > WORD)
			flags &= ~ALL_ZONES;
	}
	*g = (struct geometry){ .flags = flags, .align = own };
	g->user_size = bytes;
	if (flags & SLAB_RED_ZONE) {
		g->head = WORD;
		bytes += 2 * WORD;
	}
	if (flags & SLAB_STORE_USER)
		bytes += WORD;
	if (flags & ALL_ZONES)
		g->align = WORD;
	g->off_slab = bytes >= OFF_SLAB_SIZE;
	g->objsize = round_up(bytes, g->align);
	if (!r->debug)
		g->user_size = g->objsize;
	left = choose_order(g, r);
	if (!g->num)
		return false;
	place_management(g, left, r->line);
	return true;
}

void geometry_of_caches(struct geometry *g, const struct geometry_rules *r)
{
	u32 left;

	*g = (struct geometry){
		.flags = SLAB_NO_REAP,
		.align = r->line,
		.objsize = round_up(KMEM_CACHE_BYTES, r->line),
	};
	g->user_size = r->debug ? KMEM_CACHE_BYTES : g->objsize;
	g->num = fit(g, 0, &left);
	place_management(g, left, r->line);
}

u32 array_limit(u32 objsize, bool debug)
{
	u32 limit = 120;

	if (objsize > KMALLOC_MAX)
		limit = 1;
	else if (objsize > PAGE_SIZE)
		limit = 8;
	else if (objsize > 1024)
		limit = 24;
	else if (objsize > 256)
		limit = 54;
	return debug && limit > 32 ? 32 : limit;
}
