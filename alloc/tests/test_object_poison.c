// SPDX-License-Identifier: MIT
/*
 * test_object_poison.c - in a build with ASan whoever touches what is no live
 * object's ends with use-after-poison: a byte before and behind, slack, what
 * was freed, what nobody has had, red zones, a slab's own.  ASan's granules
 * are of 8 bytes, and only the end of one can be poisoned: so a byte before
 * an object is, if the object begins a granule.
 */
#include "child.h"
#include "objects.h"

#if PLATFORM_POISON

#include <sanitizer/asan_interface.h>

/* What the child touches; one of these makes it. */
static volatile u8 *target;

static void reads(struct machine *m)
{
	(void)m;
	(void)*target;
}

static void writes(struct machine *m)
{
	(void)m;
	*target = 1;
}

/* ASan does not know a name for the end of a granule before a live one. */
static bool died_of(const char *words, const char *access)
{
	return (strstr(words, "use-after-poison") ||
		strstr(words, "unknown-crash")) &&
	       strstr(words, access);
}

static void expect_dead(struct machine *m, const char *what, const void *at)
{
	target = (volatile u8 *)(uintptr_t)at;
	if (!died_of(child_last_words(m, reads), "READ of size 1"))
		TEST_FAIL("%s: who reads it does not die", what);
	if (!died_of(child_last_words(m, writes), "WRITE of size 1"))
		TEST_FAIL("%s: who writes it does not die", what);
}

static bool poisoned(const void *at, u32 bytes)
{
	for (u32 i = 0; i < bytes; i++)
		if (!__asan_address_is_poisoned((const u8 *)at + i))
			return false;
	return true;
}

static bool clean(const void *at, u32 bytes)
{
	return !__asan_region_is_poisoned((void *)(uintptr_t)at, bytes);
}

static u8 *kmalloc(struct machine *m, u32 size)
{
	as_task(m, 0);
	return mm_kmalloc(m, size, GFP_KERNEL);
}

static void kfree(struct machine *m, const void *object)
{
	as_task(m, 0);
	mm_kfree(m, object);
	EXPECT_EQ(REPORT_none, mm_report(m));
}

/* Its neighbours are not live. */
static u8 *lonely(struct machine *m, u32 size)
{
	u8 *object[3];

	/* out of a new slab */
	cache_exhaust(m, mm_kmem_find_general_cachep(m, size, GFP_KERNEL));
	for (u32 i = 0; i < 3; i++)
		object[i] = kmalloc(m, size);
	kfree(m, object[0]);
	kfree(m, object[2]);
	return object[1];
}

/* --- who touches what ----------------------------------------------------- */

TEST(a_live_object)
{
	static const u32 size[] = { 1, 32, 64, 100, 128, 1000, 4096, 131072 };
	struct machine *m = objects_on(UP_PC);

	for (u32 i = 0; i < ARRAY_SIZE(size); i++) {
		u8 *object = lonely(m, size[i]);

		memset(object, 1, size[i]);
		EXPECT(clean(object, size[i]));
		if (size[i] <= 128) {
			expect_dead(m, "before", object - 1);
			expect_dead(m, "behind", object + size[i]);
		}
	}
	machine_delete(m);
}

TEST(slack)
{
	struct machine *m = objects_on(UP_PC);
	u8 *object = kmalloc(m, 100);

	expect_dead(m, "kmalloc(100)[100]", object + 100);
	expect_dead(m, "kmalloc(100)[127]", object + 127);
	kfree(m, object);
	as_task(m, 0);
	object = mm_kzalloc(m, 97, GFP_KERNEL);
	expect_dead(m, "kzalloc(97)[97]", object + 97);
	as_task(m, 0);
	object = mm_kcalloc(m, 9, 11, GFP_KERNEL);
	expect_dead(m, "kcalloc(9, 11)[99]", object + 99);
	/* who asks for it has it */
	as_task(m, 0);
	EXPECT_EQ(128, mm_ksize(m, object));
	EXPECT(clean(object, 128));
	memset(object, 1, 128);
	/* for as long as he has the object */
	kfree(m, object);
	object = kmalloc(m, 100);
	expect_dead(m, "kmalloc(100)[100] again", object + 100);
	machine_delete(m);
}

TEST(freed)
{
	static const u32 size[] = { 8, 32, 100, 512, 4096, 131072 };
	struct machine *m = objects_on(UP_PC);

	for (u32 i = 0; i < ARRAY_SIZE(size); i++) {
		u8 *object = kmalloc(m, size[i]);

		kfree(m, object);
		EXPECT(poisoned(object, size[i]));
		expect_dead(m, "the first byte", object);
		expect_dead(m, "the last byte", object + size[i] - 1);
		EXPECT(kmalloc(m, size[i]) == object);
		EXPECT(clean(object, size[i]));
	}
	machine_delete(m);
}

/* In a slab, in an array, in the shared one; and when the slab is gone. */
TEST(of_a_cache)
{
	struct machine *m = objects_on(SMALL_PC);
	struct kmem_cache *cache = cache_new(m, "mine", 256, 0, 0);
	u8 *object[200];

	objects_new(m, cache, 0, (void **)object, 200);
	for (u32 i = 0; i < 200; i++)
		EXPECT(clean(object[i], 256));
	objects_free(m, cache, 0, (void **)object, 199);
	for (u32 i = 0; i < 199; i++)
		EXPECT(poisoned(object[i], 256));
	EXPECT(clean(object[199], 256));
	expect_dead(m, "in the shared array", object[0]);
	expect_dead(m, "in the array", object[198]);
	cache_shrink(m, cache);
	for (u32 i = 0; i < 199; i++)
		EXPECT(poisoned(object[i], 256));
	expect_dead(m, "in a free frame", object[0]);
	expect_dead(m, "in a slab", object[198]);
	EXPECT(clean(object[199], 256));
	machine_delete(m);
}

/* What nobody has had, what is behind the last object, and management. */
TEST(the_rest_of_a_slab)
{
	struct machine *m = objects_on(UP_PC);
	struct kmem_cache *cache = cache_new(m, "mine", 100, 0, 0);
	u8 *object = object_new(m, cache, 0);
	const struct slab_view slab = slab_at(m, cache, SLABS_PARTIAL, 0);
	u8 *s_mem = mm_ptr(m, slab.s_mem);

	/* the object begins in the middle of a granule */
	EXPECT(poisoned(s_mem, 15 * 100 - 4));
	EXPECT(clean(object, 100));
	EXPECT(poisoned(object + 104, 23 * 100 - 4));
	expect_dead(m, "in the array", s_mem);
	expect_dead(m, "in the slab", s_mem + 38 * 100);
	expect_dead(m, "behind the last object", s_mem + 39 * 100 + 4);
	machine_delete(m);
}

/* A constructor, a destructor may touch it, and only then. */
static u8 last_seen;

static void ctor(void *object, struct kmem_cache *cache, unsigned long flags)
{
	(void)cache;
	(void)flags;
	memset(object, 0xC7, 256);
}

static void dtor(void *object, struct kmem_cache *cache, unsigned long flags)
{
	(void)cache;
	(void)flags;
	last_seen = ((u8 *)object)[255];
}

static void expect_constructed(const char *line)
{
	struct machine *m = objects_on(line);
	struct kmem_cache *cache;
	u8 *object;

	last_seen = 0;
	as_task(m, 0);
	cache = mm_kmem_cache_create(m, "mine", 256, 0, 0, ctor, dtor);
	object = object_new(m, cache, 0);
	EXPECT_EQ(0xC7, object[255]);
	object_free(m, cache, object, 0);
	EXPECT(poisoned(object, 256));
	EXPECT(object_new(m, cache, 0) == object);
	EXPECT_EQ(0xC7, object[0]);
	object_free(m, cache, object, 0);
	EXPECT_EQ(0, cache_destroy(m, cache));
	EXPECT_EQ(0xC7, last_seen);
	machine_delete(m);
}

TEST(constructors)
{
	expect_constructed(UP_PC);
	expect_constructed(DEBUG_PC);
}

/* Red zones of a live object, if it begins a granule: every other one does. */
TEST(red_zones)
{
	struct machine *m = objects_on(DEBUG_PC);
	struct kmem_cache *cache = cache_new(m, "mine", 104, 0, 0);
	u8 *object = object_new(m, cache, 0);

	if (mm_vaddr(object) & 7)
		object = object_new(m, cache, 0);
	EXPECT_EQ(0, mm_vaddr(object) & 7);
	expect_dead(m, "red zone 1", object - 1);
	expect_dead(m, "red zone 2", object + 104);
	EXPECT(clean(object, 104));
	object_free(m, cache, object, 0);
	EXPECT(poisoned(object, 112));
	expect_dead(m, "its poison", object);
	expect_dead(m, "its poison's end", object + 103);
	machine_delete(m);
}

/* Whoever damages it is told, and it is still nobody's. */
TEST(a_damaged_object)
{
	struct machine *m = objects_on(DEBUG_PC);
	struct kmem_cache *cache = cache_new(m, "hurt", 104, 0, 0);
	u8 *object = object_new(m, cache, 0);

	object_free(m, cache, object, 0);
	poke8(m, mm_vaddr(object) + 50, 0);
	EXPECT_REPORT(m, object_poison,
		      mm_kmem_cache_alloc(m, cache, GFP_KERNEL));
	EXPECT(poisoned(object + 8, 96));
	machine_delete(m);
}

/* --- what stays clean ----------------------------------------------------- */

static u8 *kept;

static void uses_what_is_his(struct machine *m)
{
	u8 *object = kmalloc(m, 100);

	memset(object, 1, 100);
	as_task(m, 0);
	memset(object, 2, mm_ksize(m, object));
	memset(kept, 3, 64);
	kfree(m, kept);
}

TEST(who_touches_what_is_his_lives)
{
	struct machine *m = objects_on(UP_PC);

	kept = kmalloc(m, 64);
	EXPECT_STR("survived", child_last_words(m, uses_what_is_his));
	machine_delete(m);
}

/* As it was: what was live is clean, what came since is not. */
TEST(reset)
{
	struct machine *m = objects_on(UP_PC);
	u8 *old = kmalloc(m, 100), *young, *large;

	machine_snapshot(m);
	for (u32 round = 0; round < 3; round++) {
		young = kmalloc(m, 100);
		large = kmalloc(m, 20000);
		kfree(m, old);
		EXPECT(poisoned(old, 100) && clean(young, 100));
		machine_reset(m);
		EXPECT(clean(old, 100));
		EXPECT(poisoned(old + 100, 28));
		EXPECT(poisoned(young, 128));
		EXPECT(poisoned(large, 20000));
	}
	expect_objects_sound(m);
	machine_delete(m);
}

TEST(poison_none)
{
	struct machine *m = pc_new();
	u8 *object;

	machine_set_poison(m, POISON_NONE);
	EXPECT(!pc_boot_why(m, UP_PC));
	machine_mem_init(m);
	EXPECT(!machine_kmem_cache_init(m));
	object = kmalloc(m, 100);
	EXPECT(clean(object, 128));
	kfree(m, object);
	EXPECT(clean(object, 128));
	machine_delete(m);
}

/* While fuzzing objects are as well guarded. */
TEST(poison_freed)
{
	struct machine *m = pc_new();
	u8 *object, *live, *large;

	machine_set_poison(m, POISON_FREED);
	EXPECT(!pc_boot_why(m, UP_PC));
	machine_mem_init(m);
	EXPECT(!machine_kmem_cache_init(m));
	machine_snapshot(m);
	for (u32 round = 0; round < 3; round++) {
		large = kmalloc(m, 20000);
		live = kmalloc(m, 100);
		object = kmalloc(m, 100);
		EXPECT(clean(live, 100) && poisoned(live + 100, 28));
		kfree(m, object);
		EXPECT(poisoned(object, 128));
		expect_dead(m, "freed", object);
		machine_reset(m);
		/* of free frames only those freed since are poisoned */
		EXPECT(clean(large, 32768));
	}
	machine_delete(m);
}

#else

TEST(nothing_is_poisoned_without_asan)
{
	struct machine *m = objects_on(UP_PC);
	u8 *object;

	as_task(m, 0);
	object = mm_kmalloc(m, 100, GFP_KERNEL);
	object[127] = 77;
	mm_kfree(m, object);
	EXPECT_EQ(77, object[127]);
	machine_delete(m);
}

#endif
