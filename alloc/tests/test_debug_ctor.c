// SPDX-License-Identifier: MIT
/*
 * test_debug_ctor.c - constructors under slab_debug: with POISON they run at
 * every allocation, and destructors at every free; with DEBUG_INITIAL the
 * constructor verifies what is given back.  RCU caches are as ever.
 */
#include "objects.h"

#define CALLS_MAX 64u

static struct {
	struct ctor_call call[CALLS_MAX];
	u8 first[CALLS_MAX]; /* the object's first byte, then */
	u32 nr;
} calls;

static void log_call(void *object, struct kmem_cache *cache,
		     unsigned long flags, bool dtor)
{
	if (calls.nr == CALLS_MAX)
		pc_end("log_call", "too many calls");
	calls.first[calls.nr] = *(u8 *)object;
	calls.call[calls.nr++] = (struct ctor_call){
		.object = mm_vaddr(object),
		.cache = mm_vaddr(cache),
		.flags = (u8)flags,
		.dtor = dtor,
	};
}

static void ctor(void *object, struct kmem_cache *cache, unsigned long flags)
{
	log_call(object, cache, flags, false);
	if (!(flags & SLAB_CTOR_VERIFY))
		*(u32 *)object = CTOR_PATTERN;
}

static void dtor(void *object, struct kmem_cache *cache, unsigned long flags)
{
	log_call(object, cache, flags, true);
	*(u32 *)object = 0;
}

static struct kmem_cache *constructed(struct machine *m, u32 size, u32 flags,
				      bool with_dtor)
{
	as_task(m, 0);
	calls.nr = 0;
	return mm_kmem_cache_create(m, "made", size, 0, flags, ctor,
				    with_dtor ? dtor : NULL);
}

static void expect_call(u32 i, const struct kmem_cache *cache,
			const void *object, u32 flags, u32 first, bool is_dtor)
{
	EXPECT(i < calls.nr);
	EXPECT_EQ(mm_vaddr(object), calls.call[i].object);
	EXPECT_EQ(mm_vaddr(cache), calls.call[i].cache);
	EXPECT_EQ(flags, calls.call[i].flags);
	EXPECT_EQ(first, calls.first[i]);
	EXPECT_EQ(is_dtor, calls.call[i].dtor);
}

/* At the allocation, on the pattern; at the free; none when slabs come and go.
 */
TEST(at_every_allocation)
{
	struct machine *m = objects_on(DEBUG_PC);
	struct kmem_cache *cache = constructed(m, 100, 0, true);
	void *object = object_new(m, cache, 0);

	EXPECT_EQ(1, calls.nr);
	expect_call(0, cache, object, SLAB_CTOR_CONSTRUCTOR, 0x5A, false);
	EXPECT_EQ(CTOR_PATTERN, *(u32 *)object);
	*(u8 *)object = 0x77;
	object_free(m, cache, object, 0);
	EXPECT_EQ(2, calls.nr);
	expect_call(1, cache, object, 0, 0x77, true);
	/* the destructor's zeroes are under the poison */
	EXPECT_EQ(0x6B6B6B6B, peek32(m, mm_vaddr(object)));
	as_task(m, TASK_ATOMIC);
	EXPECT(mm_kmem_cache_alloc(m, cache, GFP_ATOMIC) == object);
	EXPECT_EQ(3, calls.nr);
	expect_call(2, cache, object, SLAB_CTOR_CONSTRUCTOR | SLAB_CTOR_ATOMIC,
		    0x5A, false);
	object_free(m, cache, object, 0);
	EXPECT_EQ(4, calls.nr);
	EXPECT_EQ(0, cache_destroy(m, cache));
	EXPECT_EQ(4, calls.nr);
	machine_delete(m);
}

/* Verified first, destroyed then, at each free. */
TEST(debug_initial)
{
	struct machine *m = objects_on(DEBUG_PC);
	struct kmem_cache *cache =
		constructed(m, 100, SLAB_DEBUG_INITIAL, true);
	void *object = object_new(m, cache, 0);

	EXPECT(info_of(m, cache).flags & SLAB_DEBUG_INITIAL);
	calls.nr = 0;
	*(u8 *)object = 0x77;
	object_free(m, cache, object, 0);
	EXPECT_EQ(2, calls.nr);
	expect_call(0, cache, object, SLAB_CTOR_CONSTRUCTOR | SLAB_CTOR_VERIFY,
		    0x77, false);
	expect_call(1, cache, object, 0, 0x77, true);
	object = object_new(m, cache, 0);
	calls.nr = 0;
	as_task(m, TASK_IRQ);
	mm_kfree(m, object);
	EXPECT_EQ(2, calls.nr);
	EXPECT_EQ(SLAB_CTOR_CONSTRUCTOR | SLAB_CTOR_VERIFY,
		  calls.call[0].flags);
	/* a report is a report: nobody is called */
	EXPECT_REPORT(m, object_double_free, mm_kfree(m, object));
	EXPECT_EQ(2, calls.nr);
	machine_delete(m);
}

/* Without a constructor there is nobody to verify. */
TEST(debug_initial_is_dropped)
{
	struct machine *m = objects_on(DEBUG_PC);
	struct kmem_cache *cache =
		cache_new(m, "plain", 100, 0, SLAB_DEBUG_INITIAL);

	EXPECT_EQ(0, info_of(m, cache).flags & SLAB_DEBUG_INITIAL);
	object_free(m, cache, object_new(m, cache, 0), 0);
	machine_delete(m);
}

/* RCU: no poison, so constructors run once a slab; red zones all the same. */
TEST(rcu)
{
	struct machine *m = objects_on(DEBUG_PC);
	struct kmem_cache *cache = constructed(
		m, 400, SLAB_DESTROY_BY_RCU | SLAB_DEBUG_INITIAL, false);
	const struct cache_info info = info_of(m, cache);
	void *object = object_new(m, cache, 0);
	const u32 s_mem = slab_at(m, cache, SLABS_FULL, 0).s_mem;

	/* 412 bytes an object */
	EXPECT_EQ(9, info.num);
	EXPECT_EQ(9, calls.nr);
	for (u32 i = 0; i < 9; i++) {
		EXPECT_EQ(s_mem + i * 412 + 4, calls.call[i].object);
		EXPECT_EQ(SLAB_CTOR_CONSTRUCTOR, calls.call[i].flags);
	}
	object_free(m, cache, object, 0);
	EXPECT_EQ(10, calls.nr);
	EXPECT_EQ(SLAB_CTOR_CONSTRUCTOR | SLAB_CTOR_VERIFY,
		  calls.call[9].flags);
	EXPECT_EQ(CTOR_PATTERN, peek32(m, mm_vaddr(object)));
	EXPECT_EQ(0x5A2CF071, peek32(m, mm_vaddr(object) - 4));
	EXPECT(object_new(m, cache, 0) == object);
	EXPECT_EQ(10, calls.nr);
	EXPECT_EQ(CTOR_PATTERN, *(u32 *)object);
	poke8(m, mm_vaddr(object) + 400, 0);
	EXPECT_REPORT(m, object_redzone, mm_kmem_cache_free(m, cache, object));
	machine_delete(m);
}

/* Damage is seen before the constructor is called. */
TEST(damage)
{
	struct machine *m = objects_on(DEBUG_PC);
	struct kmem_cache *cache =
		constructed(m, 100, SLAB_DEBUG_INITIAL, true);
	void *object = object_new(m, cache, 0);

	poke8(m, mm_vaddr(object) + 100, 0);
	calls.nr = 0;
	EXPECT_REPORT(m, object_redzone, mm_kmem_cache_free(m, cache, object));
	EXPECT_EQ(0, calls.nr);
	poke8(m, mm_vaddr(object) + 100, 0xA5);
	object_free(m, cache, object, 0);
	poke8(m, mm_vaddr(object) + 7, 0);
	calls.nr = 0;
	EXPECT_REPORT(m, object_poison, mm_kmem_cache_alloc(m, cache, 0));
	EXPECT_EQ(0, calls.nr);
	machine_delete(m);
}
