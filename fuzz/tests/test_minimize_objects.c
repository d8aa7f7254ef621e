// SPDX-License-Identifier: MIT
/*
 * test_minimize_objects.c - the minimiser with caches, objects and pools: by
 * a table, as in test_minimize.c.
 */
#include "minimize_rows.h"

/* --- predicates ----------------------------------------------------------- */

/* An object is allocated from a cache that is destroyed. */
static bool used_when_destroyed(void *arg, const struct program *p)
{
	bool gone[SLOTS_WIRE] = { false };

	(void)arg;
	for (u32 i = 0; i < p->nr; i++) {
		const struct op *op = &p->op[i];

		if (op->code == OP_kmem_cache_create)
			gone[op->out] = false;
		else if (op->code == OP_kmem_cache_destroy)
			gone[op->arg[0]] = true;
		else if (op->code == OP_kmem_cache_alloc && gone[op->arg[0]])
			return true;
	}
	return false;
}

/* Each cache has an object: neither goes alone. */
static bool objects_for_caches(void *arg, const struct program *p)
{
	(void)arg;
	return count(p, OP_kmem_cache_create) ==
		       count(p, OP_kmem_cache_alloc) &&
	       find(p, OP_tick);
}

/* Objects of 256 bytes that are in hands at a kfree, pools' among them. */
static bool frees_among_12(void *arg, const struct program *p)
{
	u32 live = 0;

	(void)arg;
	for (u32 i = 0; i < p->nr; i++) {
		const struct op *op = &p->op[i];

		if (op->code == OP_kmalloc && op->arg[0] == 256)
			live++;
		if (op->code == OP_mempool_create_kmalloc &&
		    op->arg[1] == 256 && op->arg[0] < 1000)
			live += op->arg[0];
		if (op->code == OP_kfree && live >= 12)
			return true;
	}
	return false;
}

/* As an array that runs over when twelve objects have come back. */
static bool gives_12_back(void *arg, const struct program *p)
{
	u32 pool[SLOTS_WIRE] = { 0 }, back = 0;

	(void)arg;
	for (u32 i = 0; i < p->nr; i++) {
		const struct op *op = &p->op[i];

		if (op->code == OP_mempool_create)
			pool[op->out] = op->arg[0];
		if (op->code == OP_mempool_destroy)
			back += pool[op->arg[0]];
		if (op->code == OP_kmem_cache_free && ++back >= 12)
			return true;
	}
	return false;
}

/* A minute goes by, and a half. */
static bool ninety_seconds(void *arg, const struct program *p)
{
	u32 jiffies = 0;

	(void)arg;
	for (u32 i = 0; i < p->nr; i++)
		if (p->op[i].code == OP_tick)
			jiffies += p->op[i].arg[0];
	return jiffies >= 90 * HZ;
}

static bool two_names(void *arg, const struct program *p)
{
	const struct op *a = find(p, OP_kmem_cache_create);

	(void)arg;
	return count(p, OP_kmem_cache_create) == 2 &&
	       a[0].arg[0] != a[1].arg[0] && a[1].arg[3] & SLAB_HWCACHE_ALIGN &&
	       a[1].arg[4] & OBJECT_CTOR && a[1].arg[1] >= 300;
}

static bool below_0(void *arg, const struct program *p)
{
	const struct op *op = find(p, OP_mempool_resize);

	(void)arg;
	return op && (s32)op->arg[1] < 0;
}

/* An object of at least 300 bytes is taken from a pool's reserve. */
static bool from_reserve(void *arg, const struct program *p)
{
	u32 size = 0;

	(void)arg;
	for (u32 i = 0; i < p->nr; i++) {
		const struct op *op = &p->op[i];

		if (op->code == OP_kmem_cache_create)
			size = op->arg[1];
		if (op->code == OP_mempool_create_kmalloc)
			size = op->arg[1];
	}
	return size >= 300 &&
	       (find(p, OP_mempool_create) ||
		find(p, OP_mempool_create_kmalloc)) &&
	       find(p, OP_mempool_alloc);
}

/* --- the table ------------------------------------------------------------ */

static const struct row rows[] = {
	{ "a cache that is destroyed, among caches with objects",
	  "r1 = kmem_cache_create name=1\nr2 = kmem_cache_create name=2\n"
	  "r3 = kmem_cache_alloc r1\nr4 = kmem_cache_alloc r2\n"
	  "kmem_cache_free r1 object=r3\nkmem_cache_free r2 object=r4\n"
	  "kmem_cache_destroy r2\nr5 = kmem_cache_alloc r1\n"
	  "r6 = kmem_cache_alloc r2 gfp=GFP_ATOMIC\n",
	  used_when_destroyed,
	  "kmem_cache_destroy r1\nr2 = kmem_cache_alloc r1\n" },
	{ "families: a cache goes with its objects",
	  "r1 = kmem_cache_create\nr2 = kmem_cache_create\n"
	  "r3 = kmem_cache_create\nr4 = kmem_cache_alloc r3\n"
	  "r5 = kmem_cache_alloc r2\nr6 = kmem_cache_alloc r1\ntick\n",
	  objects_for_caches, "tick\n" },
	{ "a pool for many objects of kmalloc",
	  "r1 = kmalloc size=256\nr2 = kmalloc size=256\n"
	  "r3 = kmalloc size=256\nr4 = kmalloc size=256\n"
	  "r5 = kmalloc size=256\nr6 = kmalloc size=256\n"
	  "r7 = kmalloc size=256\nr8 = kmalloc size=256\n"
	  "r9 = kmalloc size=256\nr10 = kmalloc size=256\nkfree r7\n"
	  "r11 = kmalloc size=256\nr12 = kmalloc size=256\nkfree r3\n",
	  frees_among_12,
	  "r1 = mempool_create_kmalloc min_nr=12 size=256\nkfree r2\n" },
	{ "a pool that is destroyed, for many frees",
	  "r1 = kmem_cache_create\n"
	  "r2 = kmem_cache_alloc r1\nr3 = kmem_cache_alloc r1\n"
	  "r4 = kmem_cache_alloc r1\nr5 = kmem_cache_alloc r1\n"
	  "r6 = kmem_cache_alloc r1\nr7 = kmem_cache_alloc r1\n"
	  "kmem_cache_free r1 object=r2\nkmem_cache_free r1 object=r3\n"
	  "kmem_cache_free r1 object=r4\nkmem_cache_free r1 object=r5\n"
	  "kmem_cache_free r1 object=r6\nkmem_cache_free r1 object=r7\n"
	  "kmem_cache_free r1 object=r2\nkmem_cache_free r1 object=r3\n"
	  "kmem_cache_free r1 object=r4\nkmem_cache_free r1 object=r5\n"
	  "kmem_cache_free r1 object=r6\nkmem_cache_free r1 object=r7\n",
	  gives_12_back, NULL },
	{ "long ticks for many",
	  "tick jiffies=20000\ntick jiffies=8000\ntick jiffies=9000\n"
	  "tick jiffies=9000\ntick jiffies=30000\ntick jiffies=8000\n"
	  "tick jiffies=4000\ntick jiffies=9000\ntick jiffies=2000\n",
	  ninety_seconds, "tick jiffies=65535\ntick jiffies=24465\n" },
	{ "names, flags and lives",
	  "r1 = kmem_cache_create name=17 flags=SLAB_PANIC\n"
	  "r2 = kmem_cache_create name=900 size=4096 align=256 "
	  "flags=SLAB_HWCACHE_ALIGN|SLAB_NO_REAP|SLAB_PANIC life=7\n",
	  two_names,
	  "r1 = kmem_cache_create name=1\n"
	  "r2 = kmem_cache_create size=300 flags=SLAB_HWCACHE_ALIGN life=1\n" },
	{ "kmalloc for a cache of a size",
	  "r1 = kmem_cache_create size=300\nr2 = mempool_create r1 min_nr=8\n"
	  "kmem_cache_shrink r1\nr3 = mempool_alloc r2\n",
	  from_reserve,
	  "r1 = mempool_create_kmalloc size=300\nr2 = mempool_alloc r1\n" },
	{ "numbers below 0", "mempool_resize r1 min_nr=-77000\n", below_0,
	  "mempool_resize r1 min_nr=-1\n" },
};

TEST(the_table)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		try_row(&rows[i]);
}
