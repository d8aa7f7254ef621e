// SPDX-License-Identifier: MIT
/*
 * test_objects.c - caches, arrays and slabs against figures worked out from
 * section 7: who gets which object, when slabs come and go, what a tick takes.
 */
#include "puppet_objects.h"

#define OBJECT(base, i, size) ((base) + (i) * (size))

static const struct cache *cache_named(const struct pair *p, u32 address)
{
	return cache_at_address(p->o, address);
}

static u32 nr_slabs(const struct pair *p, u32 address, enum slab_list list)
{
	const struct cache *c = cache_named(p, address);
	u32 nr = 0;

	for (pfn_t pfn = c->list[list].head; pfn != PFN_NONE; nr++)
		pfn = p->o->slab[pfn].next;
	return nr;
}

static u32 new_cache(struct pair *p, u32 name, u32 size, u32 flags, u8 life)
{
	const struct cache_args args = {
		.name = name,
		.size = size,
		.flags = flags,
		.life = life,
	};

	return good_create(p, &args);
}

TEST(boot_makes_32_caches)
{
	for (u32 cpus = 1; cpus <= NR_CPUS; cpus += 7) {
		struct pair *p = pair_objects(cpus, cpus == 1);

		EXPECT_EQ(32, p->o->now.objects.nr_caches);
		EXPECT_EQ(CACHE_CACHE, model_cache_at(p->o, 31));
		EXPECT(model_cache_at(p->o, 0));
		EXPECT_EQ(0, model_cache_at(p->o, 32));
		pair_delete(p);
	}
}

/* 1000 bytes, 4 to a page: 24 + 8 bytes of management fit behind them. */
TEST(first_slab)
{
	struct pair *p = pair_objects(1, false);
	u32 cache = new_cache(p, 1, 1000, 0, 0);
	u32 object[5];

	for (u32 i = 0; i < 5; i++)
		object[i] = good_cache_alloc(p, cache, GFP_KERNEL);
	/* the array holds them in the chain's order; its last goes first */
	for (u32 i = 1; i < 4; i++)
		EXPECT_EQ(OBJECT(object[0], 0 - i, 1000), object[i]);
	EXPECT(slab_at(p->o, object[4]) != slab_at(p->o, object[0]));
	EXPECT_EQ(2, nr_slabs(p, cache, SLABS_FULL));
	EXPECT_EQ(0, cache_named(p, cache)->free_objects);
	for (u32 i = 0; i < 5; i++)
		good_cache_free(p, cache, object[i]);
	EXPECT_EQ(object[4], good_cache_alloc(p, cache, GFP_KERNEL));
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

TEST(destroy_of_a_used_cache)
{
	struct pair *p = pair_objects(2, false);
	u32 first = new_cache(p, 1, 64, 0, 0), cache, object;

	cache = new_cache(p, 2, 64, 0, 0);
	object = good_cache_alloc(p, first, GFP_KERNEL);
	EXPECT_EQ(cache, model_cache_at(p->o, 0));
	EXPECT_EQ(1, good_destroy(p, first));
	EXPECT_EQ(first, model_cache_at(p->o, 0));
	EXPECT_EQ(1, nr_slabs(p, first, SLABS_PARTIAL));
	good_cache_free(p, first, object);
	EXPECT_EQ(0, good_destroy(p, first));
	EXPECT_EQ(cache, model_cache_at(p->o, 0));
	EXPECT_EQ(0, good_shrink(p, cache));
	EXPECT_EQ(0, good_destroy(p, cache));
	EXPECT_EQ(32, p->o->now.objects.nr_caches);
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

/* limit 120, batch 60: the 121st free takes the 60 oldest to the slabs. */
TEST(flush)
{
	struct pair *p = pair_objects(1, false);
	u32 cache = new_cache(p, 1, 32, 0, 0), object[122];
	const struct array *a = &cache_named(p, cache)->array[0];

	for (u32 i = 0; i < 122; i++)
		object[i] = good_cache_alloc(p, cache, GFP_KERNEL);
	for (u32 i = 0; i < 122 && a->avail < 120; i++)
		good_cache_free(p, cache, object[i]);
	EXPECT_EQ(120, a->avail);
	good_cache_free(p, cache, object[121]);
	EXPECT_EQ(61, a->avail);
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

/* CPU 0 is first due 1000 jiffies after boot, and finds the array touched. */
TEST(reaping)
{
	struct pair *p = pair_objects(1, false);
	u32 cache = new_cache(p, 1, 32, 0, 0), object[40];
	const struct array *a = &cache_named(p, cache)->array[0];

	for (u32 i = 0; i < 40; i++)
		object[i] = good_cache_alloc(p, cache, GFP_KERNEL);
	for (u32 i = 0; i < 40; i++)
		good_cache_free(p, cache, object[i]);
	EXPECT_EQ(1, a->touched);
	good_tick(p, 999);
	EXPECT_EQ(1, a->touched);
	good_tick(p, 1);
	EXPECT_EQ(0, a->touched);
	EXPECT_EQ(16 + 60, a->avail); /* refills of 16, then of a batch */
	good_tick(p, 1999);
	EXPECT_EQ(16 + 60, a->avail);
	good_tick(p, 1);
	EXPECT_EQ(16 + 60 - 24, a->avail); /* a fifth of the limit */
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

/* Slabs wait for the first jiffy of a tick, with their frames. */
TEST(grace)
{
	struct pair *p = pair_objects(1, false);
	u32 cache = new_cache(p, 1, 4096, SLAB_DESTROY_BY_RCU, 0);
	u32 before = p->o->now.objects.nr_slab, object;

	object = good_cache_alloc(p, cache, GFP_KERNEL);
	EXPECT_EQ(before + 1, p->o->now.objects.nr_slab);
	good_cache_free(p, cache, object);
	EXPECT_EQ(0, good_shrink(p, cache));
	EXPECT_EQ(1, p->o->now.objects.nr_rcu);
	EXPECT_EQ(before + 1, p->o->now.objects.nr_slab);
	good_tick(p, 0);
	EXPECT_EQ(1, p->o->now.objects.nr_rcu);
	good_tick(p, 1);
	EXPECT_EQ(0, p->o->now.objects.nr_rcu);
	EXPECT_EQ(before, p->o->now.objects.nr_slab);
	pair_delete(p);
}

/* One call an object; 40 bytes of each come from size-64. */
TEST(constructors_that_allocate)
{
	struct pair *p = pair_objects(1, false);
	u32 cache = new_cache(p, 1, 1000, 0, OBJECT_LIFE_MASK), object;
	struct place place = { .cache = NULL };

	object = good_cache_alloc(p, cache, GFP_ATOMIC);
	EXPECT_EQ(4, p->out.nr_ctor);
	EXPECT_EQ(SLAB_CTOR_CONSTRUCTOR | SLAB_CTOR_ATOMIC,
		  puppet_ctor[0].flags);
	EXPECT(place_of(p->o, object, &place));
	EXPECT(place_of(p->o, place.object->ref, &place));
	EXPECT_EQ(64, place.cache->geo.objsize);
	EXPECT_EQ(NESTED_BYTES, place.object->asked);
	good_cache_free(p, cache, object);
	EXPECT_EQ(0, good_destroy(p, cache));
	EXPECT_EQ(4, p->out.nr_ctor);
	EXPECT_EQ(1, puppet_ctor[3].dtor);
	pair_delete(p);
}

/* What a program did is forgotten, wherever it did it. */
TEST(reset)
{
	struct pair *p = pair_objects(2, false);
	u32 at = good_kmalloc(p, 32, GFP_KERNEL), cache;

	good_kfree(p, at);
	cache = new_cache(p, 7, 500, SLAB_RECLAIM_ACCOUNT, 0);
	for (u32 i = 0; i < 20; i++) {
		good_cache_alloc(p, cache, GFP_KERNEL);
		good_kmalloc(p, 4000, GFP_KERNEL);
	}
	EXPECT_EQ(cache, model_cache_at(p->o, 0));
	EXPECT(model_cache_touched_at(p->o, 0));
	EXPECT(!model_self_check(p->o));
	model_reset(p->o);
	EXPECT(!model_self_check(p->o));
	EXPECT_EQ(32, p->o->now.objects.nr_caches);
	EXPECT(!cache_at_address(p->o, cache));
	for (u32 i = 0; i < 32; i++)
		EXPECT(!model_cache_touched_at(p->o, i));
	pair_delete(p);
}
