// SPDX-License-Identifier: MIT
/*
 * gen_cache.c - the generator's guess at caches: what a slab holds, how many
 * objects can be had without another slab, which slots hold which cache's
 * objects.
 *
 * An object that is free is `spare`, in whatever array or slab it is; a
 * cache grows when it has none.  Left out: debugging's words, colours,
 * management off slab, arrays as such, grace periods.
 * Validator: fuzz/tests/test_gen.c counts how often a guess leads astray.
 */
#include "gen_state.h"

#define ORDER_MAX 5u
#define ON_SLAB_MAX 512u /* objects from here on have management elsewhere */
#define NESTED_MAX 512u	 /* of one slab, that are followed */

static const u32 general_size[GEN_SIZES] = {
	32,   64,   96,	  128,	 192,	256,   512,    1024,
	2048, 4096, 8192, 16384, 32768, 65536, 131072,
};

/* --- geometry ------------------------------------------------------------- */

static u32 rounded(u32 size, u32 to)
{
	return to ? (size + to - 1) / to * to : size;
}

static u32 object_bytes(const struct gen *g, u32 size, u32 align, u32 flags)
{
	u32 line = g->line;

	while (flags & SLAB_HWCACHE_ALIGN && line > 4 && size <= line / 2)
		line /= 2;
	size = rounded(size, flags & SLAB_HWCACHE_ALIGN ? line : 4);
	if (align)
		return rounded(size, align);
	return g->debug ? size + 12 : size;
}

static u16 limit_of(const struct gen *g, u32 bytes)
{
	u16 limit = bytes > 4096   ? 8
		    : bytes > 1024 ? 24
		    : bytes > 256  ? 54
				   : 120;

	return g->debug && limit > 32 ? 32 : limit;
}

/* False: nothing fits. */
static bool geometry(const struct gen *g, struct gen_cache *c, u32 align)
{
	u32 bytes = object_bytes(g, c->size, align, c->flags);
	u32 own = bytes < ON_SLAB_MAX ? SLAB_BYTES : 0;
	u32 each = bytes + (own ? BUFCTL_BYTES : 0);

	if (bytes == 0 || bytes > KMALLOC_MAX)
		return false;
	while ((PAGE_SIZE << c->order) < each + own)
		if (++c->order > ORDER_MAX)
			return false;
	c->num = (u16)(((PAGE_SIZE << c->order) - own) / each);
	c->limit = limit_of(g, bytes);
	c->each = bytes;
	return true;
}

/* --- objects of a cache --------------------------------------------------- */

/* Misuse that only a cache that must grow finds out. */
static bool grow_refused(const struct gen_cache *c, u32 gfp)
{
	bool dma = c->flags & SLAB_CACHE_DMA;

	if (gfp & __GFP_NO_GROW || gfp & ~(GFP_LEVEL_MASK | __GFP_DMA))
		return true;
	return dma != !!(gfp & __GFP_DMA);
}

static bool grow(struct gen *g, struct gen_cache *c, const struct op *op,
		 u32 gfp)
{
	u32 zone, nested, spare;

	if (grow_refused(c, gfp))
		return false;
	zone = gen_pages_take(g, op, gfp, c->order);
	if (zone == NR_ZONES)
		return false;
	c->slabs[zone]++;
	c->spare += c->num;
	if (!(c->life & OBJECT_NESTED) || !(c->life & OBJECT_CTOR))
		return true;
	nested = gen_general(g, NESTED_BYTES, 0);
	spare = c->num < NESTED_MAX ? c->num : NESTED_MAX;
	gen_cache_take(g, nested, op, gfp & ~__GFP_DMA, spare);
	return true;
}

u32 gen_cache_take(struct gen *g, u32 cache, const struct op *op, u32 gfp,
		   u32 n)
{
	struct gen_cache *c = &g->cache[cache];
	u32 got = 0;

	if (c->state != SLOT_LIVE)
		return 0;
	while (got < n) {
		u32 some = n - got < c->spare ? n - got : c->spare;

		c->spare -= some;
		c->live += some;
		got += some;
		if (got < n && !grow(g, c, op, gfp))
			break;
	}
	return got;
}

/* Gives whole slabs back until no more than `keep` objects are spare. */
static void trim(struct gen *g, struct gen_cache *c, u32 keep)
{
	u32 zone = 0;

	while (c->spare >= c->num && c->spare > keep && zone < NR_ZONES) {
		if (!c->slabs[zone]) {
			zone++;
			continue;
		}
		c->slabs[zone]--;
		c->spare -= c->num;
		gen_pages_give(g, zone, c->order);
	}
}

/* Free slabs beyond the limit go at once. */
void gen_cache_give(struct gen *g, u32 cache, u32 n)
{
	struct gen_cache *c = &g->cache[cache];

	n = n < c->live ? n : c->live;
	c->live -= n;
	c->spare += n;
	trim(g, c, c->limit + (1 + g->cpus) * c->limit / 2 + c->num);
}

/* --- caches --------------------------------------------------------------- */

u32 gen_general(const struct gen *g, u32 size, u32 gfp)
{
	u32 i;

	for (i = 0; i < GEN_SIZES; i++)
		if (size <= general_size[i] &&
		    g->cache[2 * i].state == SLOT_LIVE)
			return 2 * i + !!(gfp & __GFP_DMA);
	return GEN_NONE;
}

/*
 * Boot's own objects: an array for each cache and CPU, a shared one for each
 * cache of small objects, a few frames more.
 */
static void boot_takes(struct gen *g)
{
	static const struct op op = { .flags = TASK_MEMALLOC };
	u32 frames = 4, arrays = GEN_GENERAL * g->cpus;

	gen_cache_take(g, gen_general(g, 496, 0), &op, GFP_KERNEL, arrays / 2);
	gen_cache_take(g, gen_general(g, 232, 0), &op, GFP_KERNEL, arrays / 7);
	gen_cache_take(g, gen_general(g, 112, 0), &op, GFP_KERNEL, arrays / 7);
	gen_cache_take(g, gen_general(g, 48, 0), &op, GFP_KERNEL, arrays / 4);
	gen_cache_take(g, gen_general(g, 20, 0), &op, GFP_KERNEL, 16);
	if (g->cpus > 1)
		gen_cache_take(g, gen_general(g, 1936, 0), &op, GFP_KERNEL, 14);
	while (frames--)
		gen_pages_take(g, &op, GFP_KERNEL, 0);
}

void gen_cache_init(struct gen *g)
{
	u32 i;

	for (i = 0; i < GEN_GENERAL; i++) {
		struct gen_cache *c = &g->cache[i];

		c->slot = GEN_NONE;
		c->state = SLOT_LIVE;
		c->size = general_size[i / 2];
		c->flags = SLAB_HWCACHE_ALIGN | (i % 2 ? SLAB_CACHE_DMA : 0);
		c->name = UINT32_MAX;
		geometry(g, c, 0);
	}
	boot_takes(g);
}

/* A place for a new cache: an unused one, or a destroyed cache's. */
static u32 cache_place(const struct gen *g)
{
	u32 i;

	for (i = GEN_GENERAL; i < GEN_CACHES; i++)
		if (g->cache[i].state == SLOT_EMPTY)
			return i;
	for (i = GEN_GENERAL; i < GEN_CACHES; i++)
		if (g->cache[i].state == SLOT_FREED)
			return i;
	return GEN_NONE;
}

static bool name_taken(const struct gen *g, u32 name)
{
	u32 i;

	for (i = GEN_GENERAL; i < GEN_CACHES; i++)
		if (g->cache[i].state == SLOT_LIVE && g->cache[i].name == name)
			return true;
	return false;
}

/* Calls of kmem_cache_create that draw a report. */
static bool create_refused(const struct gen *g, const struct op *op)
{
	u32 name = op->arg[0], size = op->arg[1], align = op->arg[2];
	u32 flags = op->arg[3], life = op->arg[4] & OBJECT_LIFE_MASK;
	u32 legal = SLAB_NO_REAP | SLAB_HWCACHE_ALIGN | SLAB_CACHE_DMA |
		    SLAB_MUST_HWCACHE_ALIGN | SLAB_RECLAIM_ACCOUNT |
		    SLAB_PANIC | SLAB_DESTROY_BY_RCU;

	if (g->debug)
		legal |= SLAB_DEBUG_INITIAL | SLAB_RED_ZONE | SLAB_POISON |
			 SLAB_STORE_USER;
	if (name == 0xFFFF || name_taken(g, name) ||
	    op->flags & (TASK_IRQ | TASK_ATOMIC))
		return true;
	if (size < 4 || size > KMALLOC_MAX || align & (align - 1))
		return true;
	if (flags & ~legal)
		return true;
	if (flags & SLAB_DESTROY_BY_RCU &&
	    (life & OBJECT_DTOR || flags & SLAB_POISON))
		return true;
	return life & OBJECT_DTOR && !(life & OBJECT_CTOR);
}

/* The arrays of a new cache are objects too. */
static bool arrays_take(struct gen *g, const struct op *op,
			const struct gen_cache *c)
{
	u32 entries = 8u * ((c->limit + 1u) / 2);
	u32 array = gen_general(g, ARRAY_CACHE_BYTES + 4 * c->limit, 0);
	u32 shared = gen_general(g, ARRAY_CACHE_BYTES + 4 * entries, 0);

	if (gen_cache_take(g, array, op, GFP_KERNEL, g->cpus) < g->cpus)
		return false;
	if (g->cpus > 1 && c->size <= PAGE_SIZE)
		gen_cache_take(g, shared, op, GFP_KERNEL, 1);
	return true;
}

static void follow_create(struct gen *g, const struct op *op)
{
	struct gen_slot s = { .state = SLOT_LIVE, .kind = RES_CACHE };
	struct gen_cache c = { .state = SLOT_LIVE };
	u32 at = cache_place(g);

	if (op->out >= SLOTS_WIRE || create_refused(g, op) || at == GEN_NONE)
		return;
	c.slot = (u8)op->out;
	c.name = op->arg[0];
	c.size = op->arg[1];
	c.flags = op->arg[3];
	c.life = op->arg[4] & OBJECT_LIFE_MASK;
	if (!geometry(g, &c, op->arg[2]) || !arrays_take(g, op, &c))
		return;
	g->cache[at] = c;
	s.owner = (u8)at;
	gen_slot_fill(g, op->out, &s);
}

static void follow_find(struct gen *g, const struct op *op)
{
	struct gen_slot s = { .state = SLOT_LIVE, .kind = RES_CACHE };
	u32 at = gen_general(g, op->arg[0], op->arg[1]);

	if (op->out >= SLOTS_WIRE || at == GEN_NONE)
		return;
	s.owner = (u8)at;
	gen_slot_fill(g, op->out, &s);
	g->cache[at].slot = (u8)op->out;
}

/* The cache that argument i of op names, or NULL. */
static struct gen_cache *cache_of(struct gen *g, const struct op *op, u32 i)
{
	const struct gen_slot *s = &g->slot[op->arg[i] % SLOTS_WIRE];

	if (s->state != SLOT_LIVE || s->kind != RES_CACHE)
		return NULL;
	return &g->cache[s->owner];
}

static void follow_destroy(struct gen *g, const struct op *op)
{
	struct gen_cache *c = cache_of(g, op, 0);

	if (!c || op->flags & (TASK_IRQ | TASK_ATOMIC) || c->live ||
	    c < g->cache + GEN_GENERAL)
		return;
	trim(g, c, 0);
	c->state = SLOT_FREED;
	gen_slot_freed(g, op->arg[0] % SLOTS_WIRE);
}

/* Where objects are live, spare ones may lie among them in their slabs. */
static void follow_shrink(struct gen *g, const struct op *op)
{
	struct gen_cache *c = cache_of(g, op, 0);

	if (c && !(op->flags & TASK_IRQ))
		trim(g, c, c->live ? c->spare / 2 : 0);
}

/* --- objects -------------------------------------------------------------- */

static void object_made(struct gen *g, const struct op *op, u32 cache, u32 gfp,
			u32 size)
{
	struct gen_slot s = { .state = SLOT_LIVE, .kind = RES_OBJECT };
	bool atomic = op->flags & (TASK_ATOMIC | TASK_IRQ);

	if (cache == GEN_NONE || op->out >= SLOTS_WIRE ||
	    (atomic && gfp & __GFP_WAIT))
		return;
	if (!gen_cache_take(g, cache, op, gfp, 1))
		return;
	s.owner = (u8)cache;
	s.size = size;
	gen_slot_fill(g, op->out, &s);
}

static void follow_kmalloc(struct gen *g, const struct op *op)
{
	u64 size = op->arg[0];
	u32 gfp = op->arg[1];

	if (op->code == OP_kcalloc) {
		size *= op->arg[1];
		gfp = op->arg[2];
	}
	if (size <= KMALLOC_MAX)
		object_made(g, op, gen_general(g, (u32)size, gfp), gfp,
			    (u32)size);
}

static void object_freed(struct gen *g, const struct op *op, u32 i)
{
	u32 slot = op->arg[i] % SLOTS_WIRE;
	struct gen_slot *s = &g->slot[slot];

	if (s->state != SLOT_LIVE || s->kind != RES_OBJECT)
		return;
	if (i == 1 && cache_of(g, op, 0) != &g->cache[s->owner])
		return;
	gen_slot_freed(g, slot);
	gen_cache_give(g, s->owner, 1);
}

/* All caches are reaped, the longer the better. */
static void follow_tick(struct gen *g, const struct op *op)
{
	u32 i;

	g->jiffies += op->arg[0];
	for (i = 0; i < GEN_CACHES && op->arg[0] >= 4000; i++)
		if (g->cache[i].state == SLOT_LIVE)
			trim(g, &g->cache[i], g->cache[i].spare / 2);
}

void gen_follow_object(struct gen *g, const struct op *op)
{
	const struct gen_cache *c;

	switch (op->code) {
	case OP_kmem_cache_create:
		follow_create(g, op);
		break;
	case OP_kmem_find_general_cachep:
		follow_find(g, op);
		break;
	case OP_kmem_cache_destroy:
		follow_destroy(g, op);
		break;
	case OP_kmem_cache_shrink:
		follow_shrink(g, op);
		break;
	case OP_kmem_cache_alloc:
		c = cache_of(g, op, 0);
		if (c)
			object_made(g, op, (u32)(c - g->cache), op->arg[1],
				    c->size);
		break;
	case OP_kmalloc:
	case OP_kzalloc:
	case OP_kcalloc:
		follow_kmalloc(g, op);
		break;
	case OP_kmem_cache_free:
		object_freed(g, op, 1);
		break;
	case OP_kfree:
		object_freed(g, op, 0);
		break;
	case OP_tick:
		follow_tick(g, op);
		break;
	default:
		break;
	}
}
