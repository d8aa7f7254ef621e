// SPDX-License-Identifier: MIT
/*
 * test_slab.c - a cache's life: made, named, shrunk, destroyed, and each
 * misuse of that: every set of simultaneous mistakes draws the report of the
 * first one in DESIGN.md's order, and changes nothing.  What is in a slab:
 * test_slab_grow.c; objects in wrong hands: test_slab_misuse.c.
 */
#include "objects.h"

static void ctor_nop(void *object, struct kmem_cache *cache, unsigned long f)
{
	(void)object;
	(void)cache;
	(void)f;
}

/* All that a report must leave alone. */
static u64 state_of(struct machine *m)
{
	return machine_digest(m) ^ objects_picture(m) * 3 ^ machine_view(m) * 5;
}

/* --- create --------------------------------------------------------------- */

enum create_mistake {
	NO_NAME,
	IN_INTERRUPT,
	IN_ATOMIC,
	BAD_SIZE,
	DTOR_ALONE,
	BAD_FLAGS,
	RCU_DTOR,
	BAD_ALIGN,
	DUPLICATE,
	NR_CREATE_MISTAKES
};

/* In the order of the checks. */
static const u8 create_report[NR_CREATE_MISTAKES] = {
	REPORT_cache_name, REPORT_cache_interrupt, REPORT_sleep_in_atomic,
	REPORT_cache_size, REPORT_cache_dtor,	   REPORT_cache_flags,
	REPORT_cache_dtor, REPORT_cache_align,	   REPORT_cache_duplicate,
};

static struct kmem_cache *create_wrongly(struct machine *m, u32 mistakes)
{
	const bool no_ctor = mistakes & 1 << DTOR_ALONE;
	const bool dtor = mistakes & (1 << DTOR_ALONE | 1 << RCU_DTOR);
	const char *name = "wrong";
	u32 flags = SLAB_PANIC, task = 0;

	if (mistakes & 1 << DUPLICATE)
		name = "size-64(DMA)";
	if (mistakes & 1 << NO_NAME)
		name = NULL;
	if (mistakes & 1 << IN_INTERRUPT)
		task |= TASK_IRQ;
	if (mistakes & 1 << IN_ATOMIC)
		task |= TASK_ATOMIC;
	if (mistakes & 1 << BAD_FLAGS)
		flags |= SLAB_RED_ZONE;
	if (mistakes & 1 << RCU_DTOR)
		flags |= SLAB_DESTROY_BY_RCU;
	as_task(m, task);
	return mm_kmem_cache_create(m, name, mistakes & 1 << BAD_SIZE ? 3 : 64,
				    mistakes & 1 << BAD_ALIGN ? 24 : 0, flags,
				    no_ctor ? NULL : ctor_nop,
				    dtor ? ctor_nop : NULL);
}

TEST(every_set_of_mistakes_of_create)
{
	struct machine *m = objects_on(SMALL_PC);
	const u64 state = state_of(m);

	for (u32 set = 1; set < 1u << NR_CREATE_MISTAKES; set++) {
		EXPECT(!create_wrongly(m, set));
		EXPECT_EQ(create_report[__builtin_ctz(set)], mm_report(m));
		if (!(set & (set + 1)) || !(set & (set - 1)))
			EXPECT_EQ(state, state_of(m));
	}
	EXPECT_EQ(state, state_of(m));
	EXPECT(create_wrongly(m, 0));
	EXPECT_EQ(REPORT_none, mm_report(m));
	machine_delete(m);
}

static u32 create_report_of(struct machine *m, u32 size, u32 align, u32 flags,
			    kmem_ctor_t ctor)
{
	struct kmem_cache *cache;
	u32 kind;

	as_task(m, 0);
	cache = mm_kmem_cache_create(m, "one", size, align, flags, ctor, NULL);
	kind = mm_report(m);
	EXPECT_EQ(kind == REPORT_none, cache != NULL);
	if (cache)
		EXPECT_EQ(0, cache_destroy(m, cache));
	return kind;
}

TEST(sizes_at_their_edges)
{
	static const struct {
		u32 size, report;
	} row[] = {
		{ 0, REPORT_cache_size },
		{ 1, REPORT_cache_size },
		{ 3, REPORT_cache_size },
		{ 4, REPORT_none },
		{ 131072, REPORT_none },
		{ 131073, REPORT_cache_size },
		{ 0xFFFFFFFF, REPORT_cache_size },
	};
	struct machine *m = objects_on(UP_PC);

	for (u32 i = 0; i < ARRAY_SIZE(row); i++)
		EXPECT_EQ(row[i].report,
			  create_report_of(m, row[i].size, 0, 0, NULL));
	machine_delete(m);
}

#define LEGAL_FLAGS                                                            \
	(SLAB_NO_REAP | SLAB_HWCACHE_ALIGN | SLAB_CACHE_DMA |                  \
	 SLAB_MUST_HWCACHE_ALIGN | SLAB_RECLAIM_ACCOUNT | SLAB_PANIC |         \
	 SLAB_DESTROY_BY_RCU)
#define DEBUG_FLAGS                                                            \
	(SLAB_DEBUG_INITIAL | SLAB_RED_ZONE | SLAB_POISON | SLAB_STORE_USER)

static void expect_legal(struct machine *m, u32 legal)
{
	for (u32 bit = 0; bit < 32; bit++)
		EXPECT_EQ(legal >> bit & 1 ? REPORT_none : REPORT_cache_flags,
			  create_report_of(m, 64, 0, 1u << bit, ctor_nop));
}

TEST(legal_flags)
{
	struct machine *m = objects_on(UP_PC);

	expect_legal(m, LEGAL_FLAGS);
	EXPECT_EQ(REPORT_none,
		  create_report_of(m, 64, 0, LEGAL_FLAGS, ctor_nop));
	machine_delete(m);
	m = objects_on(DEBUG_PC);
	expect_legal(m, LEGAL_FLAGS | DEBUG_FLAGS);
	EXPECT_EQ(REPORT_cache_flags,
		  create_report_of(m, 64, 0, SLAB_POISON | SLAB_DESTROY_BY_RCU,
				   NULL));
	machine_delete(m);
}

TEST(alignments_are_powers_of_two)
{
	struct machine *m = objects_on(UP_PC);

	for (u32 align = 0; align <= 64; align++)
		EXPECT_EQ(align & (align - 1) ? REPORT_cache_align
					      : REPORT_none,
			  create_report_of(m, 64, align, 0, NULL));
	EXPECT_EQ(REPORT_cache_align,
		  create_report_of(m, 64, 0x80000001, 0, NULL));
	EXPECT_EQ(REPORT_cache_align,
		  create_report_of(m, 64, 0xFFFFFFFF, 0, NULL));
	machine_delete(m);
}

/* The name is what was passed, not a copy; two caches of a text are one. */
TEST(names)
{
	struct machine *m = objects_on(UP_PC);
	char first[] = "twin", second[] = "twin";
	struct kmem_cache *cache = cache_new(m, first, 64, 0, 0);

	EXPECT(mm_kmem_cache_name(m, cache) == first);
	EXPECT_REPORT(m, cache_duplicate,
		      mm_kmem_cache_create(m, second, 32, 0, 0, NULL, NULL));
	EXPECT_EQ(0, cache_destroy(m, cache));
	cache = cache_new(m, second, 32, 0, 0);
	EXPECT(mm_kmem_cache_name(m, cache) == second);
	EXPECT_EQ(32, mm_kmem_cache_size(m, cache));
	machine_delete(m);
}

static bool no_name(struct machine *m, struct kmem_cache *cache)
{
	const char *name = mm_kmem_cache_name(m, cache);

	return !name;
}

TEST(name_and_size_of_what_is_no_cache)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache = cache_new(m, "gone", 33, 0, 0);
	void *object = object_new(m, cache, 0);

	EXPECT_EQ(36, mm_kmem_cache_size(m, cache));
	EXPECT_REPORT(m, cache_bad, EXPECT(no_name(m, object)));
	EXPECT_REPORT(m, cache_bad,
		      EXPECT_EQ(0, mm_kmem_cache_size(m, object)));
	object_free(m, cache, object, 0);
	EXPECT_EQ(0, cache_destroy(m, cache));
	EXPECT_REPORT(m, cache_bad, EXPECT(no_name(m, cache)));
	EXPECT_REPORT(m, cache_bad, EXPECT_EQ(0, mm_kmem_cache_size(m, cache)));
	EXPECT_REPORT(m, cache_bad, EXPECT_EQ(0, mm_kmem_cache_size(m, NULL)));
	EXPECT_REPORT(m, cache_bad, EXPECT(no_name(m, NULL)));
	machine_delete(m);
}

/* The youngest is the chain's head. */
TEST(chain)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *a = cache_new(m, "a", 64, 0, 0);
	struct kmem_cache *b = cache_new(m, "b", 64, 0, 0);
	struct kmem_cache *c = cache_new(m, "c", 64, 0, 0);

	EXPECT(mm_cache_at(m, 0) == c && mm_cache_at(m, 1) == b &&
	       mm_cache_at(m, 2) == a);
	EXPECT_EQ(35, counts_of(m).nr_caches);
	EXPECT_EQ(0, cache_destroy(m, b));
	EXPECT(mm_cache_at(m, 0) == c && mm_cache_at(m, 1) == a);
	EXPECT_EQ(34, counts_of(m).nr_caches);
	/* one with a live object goes to the head */
	object_new(m, a, 0);
	EXPECT_EQ(1, cache_destroy(m, a));
	EXPECT(mm_cache_at(m, 0) == a && mm_cache_at(m, 1) == c);
	EXPECT_EQ(34, counts_of(m).nr_caches);
	expect_objects_sound(m);
	machine_delete(m);
}

static void expect_panic(struct machine *m, u32 align, u32 nth)
{
	const u64 view = machine_view(m);

	failing(m, nth);
	EXPECT(!mm_kmem_cache_create(m, "panic", 64, align, SLAB_PANIC, NULL,
				     NULL));
	EXPECT_EQ(REPORT_cache_panic, mm_report(m));
	EXPECT_EQ(view, machine_view(m));
}

TEST(slab_panic)
{
	struct machine *m = objects_on(UP_PC);

	expect_panic(m, 131072, 0);
	cache_exhaust(m, cache_named(m, "kmem_cache"));
	expect_panic(m, 0, 1);
	EXPECT(cache_new(m, "panic", 64, 0, SLAB_PANIC));
	/* a misuse is reported as what it is */
	EXPECT_REPORT(
		m, cache_size,
		mm_kmem_cache_create(m, "small", 3, 0, SLAB_PANIC, NULL, NULL));
	machine_delete(m);
}

/* Names, constructors: what is beside RAM is given back with the cache. */
TEST(many_brief_lives)
{
	struct machine *m = objects_on(UP_PC);
	const u32 handles = m->objects.handles.nr;

	for (u32 i = 0; i < 300; i++) {
		struct kmem_cache *cache = cache_new(m, "brief", 64, 0, 0);

		EXPECT_EQ(1 + 32, counts_of(m).nr_caches);
		EXPECT_EQ(0, cache_destroy(m, cache));
	}
	EXPECT(m->objects.handles.nr <= handles + 1);
	expect_objects_sound(m);
	machine_delete(m);
}

/* next_reap: a second or two from now, spread by the descriptor's address. */
TEST(next_reap)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache;

	for (u32 i = 0; (cache = mm_cache_at(m, i)); i++)
		EXPECT_EQ(INITIAL_JIFFIES + 4000 + mm_vaddr(cache) % 4000,
			  info_of(m, cache).next_reap);
	ticks(m, 299999);
	EXPECT_EQ(0xFFFFFFFF, counts_of(m).jiffies);
	cache = cache_new(m, "late", 64, 0, 0);
	EXPECT_EQ(3999 + mm_vaddr(cache) % 4000, info_of(m, cache).next_reap);
	machine_delete(m);
}

/* --- shrink and destroy --------------------------------------------------- */

/* cache_bad, cache_interrupt, sleep_in_atomic, cache_own: in this order. */
TEST(every_set_of_mistakes_of_destroy)
{
	static const u8 report[] = { REPORT_cache_bad, REPORT_cache_interrupt,
				     REPORT_sleep_in_atomic, REPORT_cache_own };
	struct machine *m = objects_on(SMALL_PC);
	struct kmem_cache *mine = cache_new(m, "mine", 64, 0, 0);
	struct kmem_cache *own = cache_named(m, "size-32");
	u64 state;

	object_free(m, mine, object_new(m, mine, 0), 0);
	state = state_of(m);
	for (u32 set = 1; set < 16; set++) {
		struct kmem_cache *cache = set & 8 ? own : mine;

		as_task(m,
			(set & 2 ? TASK_IRQ : 0) | (set & 4 ? TASK_ATOMIC : 0));
		EXPECT_EQ(1, mm_kmem_cache_destroy(m, set & 1 ? NULL : cache));
		EXPECT_EQ(report[__builtin_ctz(set)], mm_report(m));
		EXPECT_EQ(state, state_of(m));
	}
	machine_delete(m);
}

TEST(the_allocators_own_caches_stay)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache;
	const u64 state = state_of(m);

	for (u32 i = 0; (cache = mm_cache_at(m, i)); i++)
		EXPECT_REPORT(m, cache_own,
			      EXPECT_EQ(1, mm_kmem_cache_destroy(m, cache)));
	EXPECT_EQ(state, state_of(m));
	machine_delete(m);
}

/* Shrinking is no matter of sleep: a spinlock may be held. */
TEST(mistakes_of_shrink)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache = cache_new(m, "mine", 64, 0, 0);
	u64 state;

	object_free(m, cache, object_new(m, cache, 0), 0);
	state = state_of(m);
	EXPECT_REPORT(m, cache_bad, mm_kmem_cache_shrink(m, NULL));
	as_task(m, TASK_IRQ);
	mm_kmem_cache_shrink(m, NULL);
	EXPECT_EQ(REPORT_cache_bad, mm_report(m));
	as_task(m, TASK_IRQ | TASK_ATOMIC);
	mm_kmem_cache_shrink(m, cache);
	EXPECT_EQ(REPORT_cache_interrupt, mm_report(m));
	EXPECT_EQ(state, state_of(m));
	as_task(m, TASK_ATOMIC);
	EXPECT_EQ(0, mm_kmem_cache_shrink(m, cache));
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_EQ(0, nr_slabs(m, cache, SLABS_FREE));
	machine_delete(m);
}

/* From every CPU's array and from the shared one, all that is free goes. */
TEST(shrink)
{
	struct machine *m = objects_on("ram=24M vmalloc=1004M cpus=4");
	struct kmem_cache *cache = cache_new(m, "shrunk", 256, 0, 0);
	const u32 before = counts_of(m).nr_slab;
	void *object[300];

	EXPECT_EQ(0, cache_shrink(m, cache));
	objects_new(m, cache, 0, object, 300);
	EXPECT_EQ(before + 20, counts_of(m).nr_slab);
	for (u32 i = 0; i < 299; i++)
		object_free(m, cache, object[i], i / 150 * 3);
	EXPECT(avail_of(m, cache, 0) && avail_of(m, cache, 3) &&
	       avail_of(m, cache, NR_CPUS));
	on_cpu(m, 1);
	EXPECT_EQ(1, mm_kmem_cache_shrink(m, cache));
	for (u32 cpu = 0; cpu <= NR_CPUS; cpu++)
		EXPECT_EQ(0, avail_of(m, cache, cpu));
	EXPECT_EQ(0, nr_slabs(m, cache, SLABS_FREE));
	EXPECT_EQ(1, nr_slabs(m, cache, SLABS_PARTIAL));
	EXPECT_EQ(14, info_of(m, cache).free_objects);
	EXPECT_EQ(before + 1, counts_of(m).nr_slab);
	expect_objects_sound(m);
	object_free(m, cache, object[299], 2);
	EXPECT_EQ(0, cache_shrink(m, cache));
	EXPECT_EQ(0, info_of(m, cache).free_objects);
	EXPECT_EQ(before, counts_of(m).nr_slab);
	expect_objects_sound(m);
	machine_delete(m);
}

/* A full slab alone: nothing is free, and yet it is not empty. */
TEST(shrink_of_a_full_slab)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache = cache_new(m, "one", 4096, 0, 0);
	void *object = object_new(m, cache, 0);

	EXPECT_EQ(1, nr_slabs(m, cache, SLABS_FULL));
	EXPECT_EQ(1, cache_shrink(m, cache));
	EXPECT_EQ(1, nr_slabs(m, cache, SLABS_FULL));
	object_free(m, cache, object, 0);
	EXPECT_EQ(0, cache_shrink(m, cache));
	EXPECT_EQ(0, nr_slabs(m, cache, SLABS_FULL));
	machine_delete(m);
}

/* Nothing is left of it: frames, arrays, management, descriptor. */
static void expect_gone(const char *line, u32 size, u32 objects)
{
	struct machine *m = objects_on(line);
	struct object_counts before;
	struct kmem_cache *cache;
	void *object[64];
	u64 view;

	shrink_all(m);
	before = counts_of(m);
	view = machine_view(m);
	cache = cache_new(m, "brief", size, 0, 0);
	objects_new(m, cache, 0, object, objects);
	objects_free(m, cache, 0, object, objects);
	EXPECT_EQ(0, cache_destroy(m, cache));
	EXPECT_EQ(view, machine_view(m));
	shrink_all(m);
	EXPECT_EQ(before.nr_slab, counts_of(m).nr_slab);
	EXPECT_EQ(before.nr_caches, counts_of(m).nr_caches);
	expect_objects_sound(m);
	machine_delete(m);
}

TEST(destroy)
{
	expect_gone(UP_PC, 64, 0);
	expect_gone(UP_PC, 64, 64);
	expect_gone(UP_PC, 4096, 40);
	expect_gone(SMALL_PC, 512, 64);
	expect_gone(SMALL_PC, 131072, 9);
	expect_gone("ram=24M vmalloc=1004M cpus=8", 1024, 64);
	expect_gone(DEBUG_PC, 100, 64);
	expect_gone(DEBUG_PC, 4096, 30);
}

/* 1, shrunk, and as useful as before. */
TEST(destroy_with_live_objects)
{
	struct machine *m = objects_on(SMALL_PC);
	struct kmem_cache *cache = cache_new(m, "busy", 256, 0, 0);
	void *object[40];

	objects_new(m, cache, 0, object, 40);
	objects_free(m, cache, 1, object, 39);
	EXPECT_EQ(1, cache_destroy(m, cache));
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_EQ(0, avail_of(m, cache, 0) + avail_of(m, cache, 1));
	EXPECT_EQ(0, nr_slabs(m, cache, SLABS_FREE));
	EXPECT_STR("busy", mm_kmem_cache_name(m, cache));
	EXPECT_REPORT(m, cache_duplicate,
		      mm_kmem_cache_create(m, "busy", 32, 0, 0, NULL, NULL));
	objects_new(m, cache, 1, object, 39);
	expect_objects_sound(m);
	objects_free(m, cache, 0, object, 40);
	EXPECT_EQ(0, cache_destroy(m, cache));
	EXPECT_REPORT(m, cache_bad, mm_kmem_cache_destroy(m, cache));
	EXPECT_REPORT(m, cache_bad, mm_kmem_cache_shrink(m, cache));
	EXPECT_REPORT(m, cache_bad, mm_kmem_cache_alloc(m, cache, GFP_KERNEL));
	expect_objects_sound(m);
	machine_delete(m);
}
