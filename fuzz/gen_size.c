// SPDX-License-Identifier: MIT
/*
 * gen_size.c - sizes, alignments, SLAB flags, constructors and counts.
 *
 * A program keeps to a few sizes of object, so that its caches have arrays
 * of few entries, or slabs of few objects, or a like geometry; and strays to
 * the edges: of a word, a cache line, on slab and off, a page, the largest.
 * Validator: fuzz/tests/test_gen.c.
 */
#include "gen_state.h"

static bool misuse(struct gen *g, u32 rate)
{
	return prng_one_in(g->r, g->clean ? 32 * rate : rate);
}

/* --- sizes ---------------------------------------------------------------- */

static const u32 edge_size[] = {
	4,     5,     7,     8,	    12,	    16,	    17,	    20,	  24,	28,
	31,    32,    33,    48,    60,	    63,	    64,	    65,	  95,	96,
	97,    100,   127,   128,   129,    191,    192,    193,  255,	256,
	257,   300,   400,   496,   500,    504,    508,    509,  510,	511,
	512,   513,   516,   580,   670,    800,    1000,   1020, 1023, 1024,
	1025,  1340,  1345,  2000,  2028,   2032,   2035,   2036, 2040, 2047,
	2048,  2049,  2720,  4000,  4068,   4070,   4072,   4083, 4084, 4085,
	4092,  4093,  4095,  4096,  4097,   5000,   8191,   8192, 8193, 16384,
	32768, 32769, 65536, 65537, 131068, 131071, 131072,
};

/* Up to 128 KiB, each power of two as likely as the next. */
static u32 any_size(struct gen *g)
{
	u32 top = 4u << prng_below(g->r, 15);

	return top + prng_below(g->r, top + 1);
}

u32 gen_size_like(struct gen *g, enum size_style style)
{
	static const u32 shared[] = {
		1025, 1200, 1340, 2000, 2048, 2048, 4000, 4092, 4096, 4096,
	};
	static const u32 large[] = {
		4097, 4100, 5000, 6000, 8192, 8192, 8192, 12288, 16384,
	};

	switch (style) {
	case SIZE_SHARED:
		return PICK(g, shared);
	case SIZE_LARGE:
		return PICK(g, large);
	case SIZE_SEVERAL:
		return 224 + prng_below(g->r, 1800);
	case SIZE_SMALL:
		return 4 + prng_below(g->r, prng_below(g->r, 2) ? 16 : 252);
	case SIZE_HUGE:
		return 32768u << prng_below(g->r, 3);
	default:
		return prng_below(g->r, 3) ? PICK(g, edge_size) : any_size(g);
	}
}

static u32 size_of_style(struct gen *g)
{
	static const u8 style[] = {
		SIZE_SHARED, SIZE_LARGE, SIZE_SEVERAL, SIZE_SEVERAL,
		SIZE_SMALL,  SIZE_ANY,	 SIZE_ANY,     SIZE_ANY,
	};

	return gen_size_like(g, (enum size_style)PICK(g, style));
}

void gen_swarm_sizes(struct gen *g)
{
	u32 i;

	for (i = 0; i < GEN_OBJECT_SIZES; i++)
		g->object_size[i] = size_of_style(g);
}

static u32 value_osize(struct gen *g)
{
	static const u32 illegal[] = {
		0, 1, 2, 3, 3, 131073, 131073, 131076, 0x40000, 0xFFFFFF,
	};

	if (misuse(g, 48))
		return PICK(g, illegal);
	return prng_below(g->r, 3) ? PICK(g, g->object_size) : size_of_style(g);
}

static u32 value_ksize(struct gen *g, const struct op *op)
{
	static const u32 size[] = {
		0,  0,	1,   8,	  31,  32,  33,	 40,   63,   64,     65,
		96, 97, 128, 129, 192, 193, 256, 257,  511,  512,    513,
		1,  2,	4,   8,	  16,  160, 496, 1024, 1025, 131072, 131073,
	};
	static const u32 beyond[] = {
		131073,	    131074,	0x40000,    0x10000000,
		0x7FFFFFFF, 0x80000000, 0xFFFFFFE0, UINT32_MAX,
	};

	if (misuse(g, op->code == OP_kmem_find_general_cachep ? 8 : 32))
		return PICK(g, beyond);
	switch (prng_below(g->r, 4)) {
	case 0:
		return PICK(g, size);
	case 1: /* about a class's end */
		return (32u << prng_below(g->r, 13)) + prng_below(g->r, 3) - 1;
	default:
		if (op->code == OP_kcalloc && prng_below(g->r, 2))
			return 1 + prng_below(g->r, 64);
		return PICK(g, g->object_size);
	}
}

/*
 * A product that just fits 32 bits, or comes out small because it does not;
 * the size is drawn by value_product() then.
 */
static const u32 product[][2] = {
	{ 0x10001, 0x10000 },
	{ 0x10000, 0x10000 },
	{ 0x10000, 0x8000 },
	{ 0x8000, 0x10000 },
	{ 0x40000001, 4 },
	{ 0x40000000, 4 },
	{ 4, 0x40000001 },
	{ 2, 0x80000001 },
	{ 0x80000001, 2 },
	{ 0x7FFFFFFF, 1 },
	{ 1, 0x7FFFFFFF },
	{ 1, 0x80000000 },
	{ 1, 131072 },
	{ 1, 131073 },
	{ 131072, 1 },
	{ 131073, 1 },
	{ 2, 65536 },
	{ 4, 32769 },
	{ 0xFFFFFFFF, 0xFFFFFFFF },
	{ 0xFFFFFFFF, 0 },
	{ 0xFFFFFFFF, 1 },
	{ 0xFFFF, 0x8000 },
	{ 3, 0x55555556 },
	{ 0x33333334, 5 },
	{ 0, 0xFFFFFFFF },
	{ 0, 64 },
};

static u32 value_count(struct gen *g)
{
	switch (prng_below(g->r, 4)) {
	case 0:
		return product[prng_below(g->r, COUNT(product))][0];
	case 1:
		return prng_below(g->r, 4);
	default:
		return 1 + prng_below(g->r, 40);
	}
}

static bool value_product(struct gen *g, const struct op *op, u32 *size)
{
	u32 first = prng_below(g->r, COUNT(product)), i;
	bool small = op->arg[0] < 5;

	if (op->code != OP_kcalloc || prng_below(g->r, 8) < (small ? 7 : 1))
		return false;
	for (i = 0; i < COUNT(product); i++) {
		u32 at = (first + i) % COUNT(product);

		*size = product[at][1];
		if (product[at][0] == op->arg[0])
			return true;
	}
	return false;
}

/* --- caches --------------------------------------------------------------- */

static u32 value_name(struct gen *g)
{
	u32 i;

	if (misuse(g, 64))
		return 0xFFFF;
	if (misuse(g, 48) && g->next_name)
		return prng_below(g->r, g->next_name);
	for (i = GEN_GENERAL; i < GEN_CACHES && prng_one_in(g->r, 4); i++)
		if (g->cache[i].state == SLOT_FREED)
			return g->cache[i].name;
	return g->next_name++;
}

static u32 value_oalign(struct gen *g)
{
	static const u32 wrong[] = { 3, 5, 6, 12, 24, 33, 96, 100, 0xFFFFFF };

	if (misuse(g, 48))
		return PICK(g, wrong);
	if (prng_below(g->r, 2))
		return 0;
	if (prng_below(g->r, 3))
		return 1u << prng_below(g->r, 9);
	return prng_one_in(g->r, 32) ? 262144 : 1u << prng_below(g->r, 18);
}

static u32 one_flag(struct gen *g)
{
	static const u32 flag[] = {
		SLAB_HWCACHE_ALIGN,   SLAB_HWCACHE_ALIGN,
		SLAB_HWCACHE_ALIGN,   SLAB_NO_REAP,
		SLAB_CACHE_DMA,	      SLAB_MUST_HWCACHE_ALIGN,
		SLAB_RECLAIM_ACCOUNT, SLAB_RECLAIM_ACCOUNT,
		SLAB_PANIC,	      SLAB_DESTROY_BY_RCU,
		SLAB_DESTROY_BY_RCU,
	};
	static const u32 debug[] = {
		SLAB_POISON,   SLAB_POISON,	SLAB_POISON,
		SLAB_RED_ZONE, SLAB_STORE_USER, SLAB_DEBUG_INITIAL,
	};

	if (g->debug && prng_below(g->r, 2))
		return PICK(g, debug);
	return PICK(g, flag);
}

static u32 value_sflags(struct gen *g)
{
	u32 flags = 0;

	if (misuse(g, 40))
		return 1u << prng_below(g->r, 24) | one_flag(g);
	if (prng_below(g->r, 3) == 0)
		return 0;
	do
		flags |= one_flag(g);
	while (prng_one_in(g->r, 3));
	if (flags & SLAB_DESTROY_BY_RCU && !misuse(g, 8))
		flags &= ~SLAB_POISON;
	return flags;
}

/*
 * A constructor that allocates does so for each object of a slab: of small
 * ones, hundreds of times in one op, which a few programs are enough for.
 */
static u32 value_life(struct gen *g, const struct op *op)
{
	bool rcu = op->arg[3] & SLAB_DESTROY_BY_RCU;
	u32 nested = g->nested ? 4 : 1;

	if (misuse(g, rcu ? 12 : 48))
		return prng_below(g->r, 8);
	if (op->arg[1] < 128 && prng_below(g->r, 8))
		nested = 0;
	if (prng_below(g->r, 8) < nested)
		return rcu || prng_one_in(g->r, 8)
			       ? OBJECT_NESTED | OBJECT_CTOR
			       : OBJECT_NESTED | OBJECT_CTOR | OBJECT_DTOR;
	if (prng_below(g->r, 2))
		return 0;
	return rcu || prng_below(g->r, 2) ? OBJECT_CTOR
					  : OBJECT_CTOR | OBJECT_DTOR;
}

/* --- pools ---------------------------------------------------------------- */

static u32 value_nr(struct gen *g, const struct op *op)
{
	static const u32 wrong[] = {
		0x40000000, 0x40000001, 0x40000008, 0x7FFFFFFF, 0x20000001,
		32769,	    0x10000,	0x80000000, 0xFFFFFFFF, 0,
	};
	bool resize = op->code == OP_mempool_resize;
	const struct gen_pool *p = &g->pool[0];

	if (misuse(g, 24))
		return PICK(g, wrong);
	if (resize)
		p = &g->pool[g->slot[op->arg[0] % SLOTS_WIRE].owner %
			     GEN_POOLS];
	if (resize && prng_below(g->r, 2)) {
		u32 n = p->min_nr + prng_below(g->r, 5);

		return n > 2 ? n - 2 : 1;
	}
	/* arrays of all sizes overflow, but each element is taken, too */
	if (prng_one_in(g->r, 16))
		return 16 + prng_below(g->r, prng_below(g->r, 8) ? 32 : 256);
	if (prng_one_in(g->r, 4096))
		return 32768;
	return resize + prng_below(g->r, prng_below(g->r, 3) ? 5 : 9);
}

/* Many large elements would be all of memory. */
u32 gen_pool_ksize(struct gen *g, const struct op *op, u32 size)
{
	return op->arg[0] >= 16 && prng_below(g->r, 64) ? size % 1024 : size;
}

u32 gen_size(struct gen *g, const struct op *op, u32 i)
{
	enum arg_kind kind = (enum arg_kind)op_info[op->code].arg[i].kind;
	u32 size;

	switch (kind) {
	case ARG_NAME:
		return value_name(g);
	case ARG_OSIZE:
		return value_osize(g);
	case ARG_OALIGN:
		return value_oalign(g);
	case ARG_SFLAGS:
		return value_sflags(g);
	case ARG_LIFE:
		return value_life(g, op);
	case ARG_KSIZE:
		if (value_product(g, op, &size))
			return size;
		size = value_ksize(g, op);
		return op->code == OP_mempool_create_kmalloc
			       ? gen_pool_ksize(g, op, size)
			       : size;
	case ARG_KCOUNT:
		return value_count(g);
	case ARG_NR:
		return value_nr(g, op);
	default:
		return gen_number(g, kind);
	}
}
