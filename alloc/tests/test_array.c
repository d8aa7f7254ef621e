// SPDX-License-Identifier: MIT
/*
 * test_array.c - the arrays between callers and slabs: how much a refill
 * takes and from where, what is handed out next, what a flush gives to
 * whom, and when an empty slab is destroyed.  As time goes by: test_reap.c.
 */
#include "objects.h"

/* Objects of 256 bytes: 15 a slab; of 32: 119.  Both have arrays of 120/60. */
#define BYTES_15 256u
#define BYTES_119 32u

static u32 entry_of(const struct machine *m, const struct kmem_cache *cache,
		    u32 cpu, u32 i)
{
	const struct array_view a = array_of(m, cache, cpu);

	return i < a.avail ? a.entry[i] : 0;
}

/* --- refill --------------------------------------------------------------- */

/* 16 at first; a batch once the array was used; what there is, at the end. */
TEST(refill_counts)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache = cache_new(m, "refilled", BYTES_119, 0, 0);
	void *object[119];

	EXPECT_EQ(0, array_of(m, cache, 0).touched);
	object[0] = object_new(m, cache, 0);
	EXPECT_EQ(15, avail_of(m, cache, 0));
	EXPECT_EQ(1, array_of(m, cache, 0).touched);
	EXPECT_EQ(119 - 16, info_of(m, cache).free_objects);
	EXPECT_EQ(16, slab_at(m, cache, SLABS_PARTIAL, 0).inuse);
	objects_new(m, cache, 0, object + 1, 15);
	EXPECT_EQ(0, avail_of(m, cache, 0));
	object[16] = object_new(m, cache, 0);
	EXPECT_EQ(59, avail_of(m, cache, 0));
	EXPECT_EQ(119 - 76, info_of(m, cache).free_objects);
	objects_new(m, cache, 0, object + 17, 59);
	object[76] = object_new(m, cache, 0);
	EXPECT_EQ(42, avail_of(m, cache, 0));
	EXPECT_EQ(0, info_of(m, cache).free_objects);
	EXPECT_EQ(1, nr_slabs(m, cache, SLABS_FULL));
	EXPECT_EQ(0, nr_slabs(m, cache, SLABS_PARTIAL));
	expect_objects_sound(m);
	machine_delete(m);
}

/* A batch of less than 16 is not raised to it. */
TEST(refill_of_a_small_batch)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache = cache_new(m, "small", 4096, 0, 0);
	void *object[30];

	objects_new(m, cache, 0, object, 30);
	objects_free(m, cache, 0, object, 30);
	EXPECT_EQ(18, avail_of(m, cache, 0));
	objects_new(m, cache, 0, object, 18);
	EXPECT_EQ(12, nr_slabs(m, cache, SLABS_FREE));
	ticks(m, 1000);
	EXPECT_EQ(0, array_of(m, cache, 0).touched);
	object_new(m, cache, 0);
	EXPECT_EQ(11, avail_of(m, cache, 0));
	EXPECT_EQ(0, nr_slabs(m, cache, SLABS_FREE));
	machine_delete(m);
}

/* Along the slab's free chain: object 0 first in the array, the last first
 * out. */
TEST(refill_order)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache = cache_new(m, "ordered", BYTES_15, 0, 0);
	void *object[15];
	u32 s_mem;

	objects_new(m, cache, 0, object, 1);
	s_mem = slab_at(m, cache, SLABS_FULL, 0).s_mem;
	for (u32 i = 0; i < 14; i++)
		EXPECT_EQ(s_mem + i * BYTES_15, entry_of(m, cache, 0, i));
	objects_new(m, cache, 0, object + 1, 14);
	for (u32 i = 0; i < 15; i++)
		EXPECT_EQ(s_mem + (14 - i) * BYTES_15, mm_vaddr(object[i]));
	/* the chain is last in, first out too */
	objects_free(m, cache, 0, object + 3, 2);
	cache_shrink(m, cache);
	EXPECT_EQ(10, slab_at(m, cache, SLABS_PARTIAL, 0).free);
	EXPECT(object_new(m, cache, 0) == object[3]);
	EXPECT(object_new(m, cache, 0) == object[4]);
	EXPECT_EQ(0xFFFF, slab_at(m, cache, SLABS_FULL, 0).free);
	machine_delete(m);
}

TEST(last_in_first_out)
{
	struct machine *m = objects_on(SMALL_PC);
	struct kmem_cache *cache = cache_new(m, "lifo", 100, 0, 0);
	void *object[50];

	objects_new(m, cache, 0, object, 50);
	objects_free(m, cache, 0, object, 50);
	for (u32 i = 50; i--;)
		EXPECT(object_new(m, cache, 0) == object[i]);
	/* each CPU its own */
	object_free(m, cache, object[0], 0);
	object_free(m, cache, object[1], 1);
	EXPECT(object_new(m, cache, 0) == object[0]);
	EXPECT(object_new(m, cache, 1) == object[1]);
	machine_delete(m);
}

/* Partial slabs before free ones, the head first; a slab that is left partial
 * goes to the head. */
TEST(refill_takes_partial_slabs_first)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache = cache_new(m, "partial", BYTES_15, 0, 0);
	void *object[60];
	u32 partial, more, free_slab;

	objects_new(m, cache, 0, object, 60);
	/* the first slab loses 5, the second 4, the fourth all */
	objects_free(m, cache, 0, object, 5);
	objects_free(m, cache, 0, object + 15, 4);
	objects_free(m, cache, 0, object + 45, 15);
	ticks(m, 1000); /* untouched */
	ticks(m, 2000); /* 24 of the limit: all but none */
	EXPECT_EQ(0, avail_of(m, cache, 0));
	EXPECT_EQ(2, nr_slabs(m, cache, SLABS_PARTIAL));
	EXPECT_EQ(1, nr_slabs(m, cache, SLABS_FREE));
	partial = slab_at(m, cache, SLABS_PARTIAL, 0).slab;
	more = slab_at(m, cache, SLABS_PARTIAL, 1).slab;
	free_slab = slab_at(m, cache, SLABS_FREE, 0).slab;
	EXPECT_EQ(10, slab_at(m, cache, SLABS_PARTIAL, 0).inuse);
	EXPECT_EQ(11, slab_at(m, cache, SLABS_PARTIAL, 1).inuse);
	/* 5 + 4, and 7 of the free one: 16 */
	object_new(m, cache, 0);
	EXPECT_EQ(15, avail_of(m, cache, 0));
	EXPECT_EQ(0, nr_slabs(m, cache, SLABS_FREE));
	EXPECT_EQ(1, nr_slabs(m, cache, SLABS_PARTIAL));
	EXPECT_EQ(free_slab, slab_at(m, cache, SLABS_PARTIAL, 0).slab);
	EXPECT_EQ(7, slab_at(m, cache, SLABS_PARTIAL, 0).inuse);
	/* full slabs: the last to fill is the head */
	EXPECT_EQ(more, slab_at(m, cache, SLABS_FULL, 0).slab);
	EXPECT_EQ(partial, slab_at(m, cache, SLABS_FULL, 1).slab);
	EXPECT_EQ(1, info_of(m, cache).free_touched);
	expect_objects_sound(m);
	machine_delete(m);
}

/* free_touched: only where the partial slabs were not enough. */
TEST(free_touched)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache = cache_new(m, "touched", BYTES_119, 0, 0);
	void *object[16];
	u32 jiffies = 0;

	EXPECT_EQ(0, info_of(m, cache).free_touched);
	objects_new(m, cache, 0, object, 16);
	EXPECT_EQ(1, info_of(m, cache).free_touched);
	while (info_of(m, cache).free_touched && jiffies++ < 12000)
		ticks(m, 1);
	EXPECT(jiffies < 12000);
	object_new(m, cache, 0);
	EXPECT_EQ(0, info_of(m, cache).free_touched);
	machine_delete(m);
}

/* --- flush ---------------------------------------------------------------- */

/* UP: the oldest 60 go to the slabs, the others move down. */
TEST(flush_to_slabs)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache = cache_new(m, "flushed", BYTES_119, 0, 0);
	void *object[238];

	objects_new(m, cache, 0, object, 238);
	EXPECT_EQ(0, avail_of(m, cache, 0));
	EXPECT_EQ(2, nr_slabs(m, cache, SLABS_FULL));
	objects_free(m, cache, 0, object, 120);
	EXPECT_EQ(120, avail_of(m, cache, 0));
	EXPECT_EQ(2, nr_slabs(m, cache, SLABS_FULL));
	object_free(m, cache, object[120], 0);
	EXPECT_EQ(61, avail_of(m, cache, 0));
	EXPECT_EQ(60, info_of(m, cache).free_objects);
	for (u32 i = 0; i < 61; i++)
		EXPECT_EQ(mm_vaddr(object[60 + i]), entry_of(m, cache, 0, i));
	EXPECT_EQ(1, nr_slabs(m, cache, SLABS_PARTIAL));
	EXPECT_EQ(59, slab_at(m, cache, SLABS_PARTIAL, 0).inuse);
	/* the youngest of the flushed is the slab's first free one */
	EXPECT_EQ(mm_vaddr(object[59]),
		  slab_at(m, cache, SLABS_PARTIAL, 0).s_mem +
			  slab_at(m, cache, SLABS_PARTIAL, 0).free * 32);
	expect_objects_sound(m);
	machine_delete(m);
}

/* A slab that an object comes back to goes to the tail of partial. */
TEST(free_block_moves_slabs_to_the_tail)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache = cache_new(m, "moved", 4000 / 2, 0, 0);
	void *object[8];
	u32 slab[4];

	/* two a slab */
	objects_new(m, cache, 0, object, 8);
	for (u32 i = 0; i < 4; i++)
		slab[i] = mm_vaddr(object[2 * i]) & ~(PAGE_SIZE - 1);
	for (u32 i = 0; i < 4; i++) {
		object_free(m, cache, object[2 * (3 - i)], 0);
		cache_shrink(m, cache);
		EXPECT_EQ(i + 1, nr_slabs(m, cache, SLABS_PARTIAL));
		EXPECT_EQ(slab[3 - i],
			  slab_at(m, cache, SLABS_PARTIAL, i).slab &
				  ~(PAGE_SIZE - 1));
	}
	expect_objects_sound(m);
	machine_delete(m);
}

/*
 * Slabs of 15, free_limit 2 * 60 + 15 = 135.  300 objects freed: three
 * flushes of 60.  The whole number is added first: at the third there are
 * 180, and its slabs go until 135 are left.
 */
TEST(free_limit)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache = cache_new(m, "limited", BYTES_15, 0, 0);
	const u32 before = counts_of(m).nr_slab;
	void *object[300];
	u32 slab[20];

	objects_new(m, cache, 0, object, 300);
	EXPECT_EQ(before + 20, counts_of(m).nr_slab);
	for (u32 i = 0; i < 20; i++)
		slab[i] = mm_vaddr(object[15 * i]) & ~(PAGE_SIZE - 1);
	objects_free(m, cache, 0, object, 240);
	EXPECT_EQ(120, info_of(m, cache).free_objects);
	EXPECT_EQ(8, nr_slabs(m, cache, SLABS_FREE));
	objects_free(m, cache, 0, object + 240, 60);
	EXPECT_EQ(120, avail_of(m, cache, 0));
	EXPECT_EQ(135, info_of(m, cache).free_objects);
	EXPECT_EQ(9, nr_slabs(m, cache, SLABS_FREE));
	EXPECT_EQ(8, nr_slabs(m, cache, SLABS_FULL));
	EXPECT_EQ(before + 17, counts_of(m).nr_slab);
	/* the head is the last to become empty */
	EXPECT_EQ(slab[11],
		  slab_at(m, cache, SLABS_FREE, 0).slab & ~(PAGE_SIZE - 1));
	for (u32 i = 0; i < 8; i++)
		EXPECT_EQ(slab[7 - i],
			  slab_at(m, cache, SLABS_FREE, 1 + i).slab &
				  ~(PAGE_SIZE - 1));
	for (u32 i = 8; i < 11; i++)
		EXPECT_EQ(0, frame_of(m, mm_ptr(m, slab[i])).slab);
	/* shrink: from the tail */
	as_task(m, 0);
	EXPECT_EQ(0, mm_kmem_cache_shrink(m, cache));
	EXPECT_EQ(before, counts_of(m).nr_slab);
	expect_objects_sound(m);
	machine_delete(m);
}

/* --- the shared array ----------------------------------------------------- */

TEST(flush_to_shared)
{
	struct machine *m = objects_on(SMALL_PC);
	struct kmem_cache *cache = cache_new(m, "shared", BYTES_119, 0, 0);
	static void *object[714]; /* six slabs */

	EXPECT_EQ(480, array_of(m, cache, NR_CPUS).limit);
	objects_new(m, cache, 0, object, 714);
	objects_free(m, cache, 0, object, 121);
	EXPECT_EQ(61, avail_of(m, cache, 0));
	EXPECT_EQ(60, avail_of(m, cache, NR_CPUS));
	EXPECT_EQ(0, info_of(m, cache).free_objects);
	for (u32 i = 0; i < 60; i++)
		EXPECT_EQ(mm_vaddr(object[i]), entry_of(m, cache, NR_CPUS, i));
	for (u32 i = 0; i < 61; i++)
		EXPECT_EQ(mm_vaddr(object[60 + i]), entry_of(m, cache, 0, i));
	/* eight batches fill it, the ninth goes to the slabs */
	objects_free(m, cache, 0, object + 121, 420);
	EXPECT_EQ(480, avail_of(m, cache, NR_CPUS));
	EXPECT_EQ(61, avail_of(m, cache, 0));
	EXPECT_EQ(0, info_of(m, cache).free_objects);
	objects_free(m, cache, 0, object + 541, 60);
	EXPECT_EQ(480, avail_of(m, cache, NR_CPUS));
	EXPECT_EQ(60, info_of(m, cache).free_objects);
	expect_objects_sound(m);
	machine_delete(m);
}

/* The other CPU takes the last ones, in their order: 16 of them, then 60. */
TEST(refill_from_shared)
{
	struct machine *m = objects_on(SMALL_PC);
	struct kmem_cache *cache = cache_new(m, "shared", BYTES_119, 0, 0);
	static void *object[714];

	objects_new(m, cache, 0, object, 714);
	objects_free(m, cache, 0, object, 541);
	EXPECT_EQ(480, avail_of(m, cache, NR_CPUS));
	EXPECT_EQ(0, array_of(m, cache, NR_CPUS).touched);
	EXPECT(object_new(m, cache, 1) == object[479]);
	EXPECT_EQ(15, avail_of(m, cache, 1));
	EXPECT_EQ(464, avail_of(m, cache, NR_CPUS));
	EXPECT_EQ(1, array_of(m, cache, NR_CPUS).touched);
	for (u32 i = 0; i < 15; i++)
		EXPECT_EQ(mm_vaddr(object[464 + i]), entry_of(m, cache, 1, i));
	for (u32 i = 478; i >= 464; i--)
		EXPECT(object_new(m, cache, 1) == object[i]);
	EXPECT(object_new(m, cache, 1) == object[463]);
	EXPECT_EQ(404, avail_of(m, cache, NR_CPUS));
	EXPECT_EQ(59, avail_of(m, cache, 1));
	/* and a flush goes as far as there is room: 76, then 60 and 16 */
	objects_free(m, cache, 0, object + 541, 120);
	EXPECT_EQ(480, avail_of(m, cache, NR_CPUS));
	EXPECT_EQ(105, avail_of(m, cache, 0));
	EXPECT_EQ(0, info_of(m, cache).free_objects);
	for (u32 i = 0; i < 105; i++)
		EXPECT_EQ(mm_vaddr(object[556 + i]), entry_of(m, cache, 0, i));
	expect_objects_sound(m);
	machine_delete(m);
}

/* What is left of it, if that is less; only then the slabs are asked. */
TEST(refill_of_the_rest_of_shared)
{
	struct machine *m = objects_on(SMALL_PC);
	struct kmem_cache *cache = cache_new(m, "shared", 4096, 0, 0);
	void *object[25];

	objects_new(m, cache, 0, object, 25);
	objects_free(m, cache, 0, object, 25);
	EXPECT_EQ(12, avail_of(m, cache, NR_CPUS));
	for (u32 i = 12; i--;)
		EXPECT(object_new(m, cache, 1) == object[i]);
	EXPECT_EQ(0, avail_of(m, cache, NR_CPUS));
	EXPECT_EQ(0, avail_of(m, cache, 1));
	EXPECT_EQ(25, nr_slabs(m, cache, SLABS_FULL));
	object_new(m, cache, 1);
	EXPECT_EQ(26, nr_slabs(m, cache, SLABS_FULL));
	expect_objects_sound(m);
	machine_delete(m);
}

/* Objects of more than a page have none, also on SMP. */
TEST(no_shared_array_for_large_objects)
{
	struct machine *m = objects_on(SMALL_PC);
	struct kmem_cache *cache = cache_new(m, "large", 8192, 0, 0);
	void *object[9];

	EXPECT(info_of(m, cache).shared);
	EXPECT_EQ(0, info_of(m, cache).shared_limit);
	objects_new(m, cache, 0, object, 9);
	objects_free(m, cache, 0, object, 9);
	EXPECT_EQ(5, avail_of(m, cache, 0));
	EXPECT_EQ(0, avail_of(m, cache, NR_CPUS));
	EXPECT_EQ(4, nr_slabs(m, cache, SLABS_FREE));
	machine_delete(m);
}
