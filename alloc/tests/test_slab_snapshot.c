// SPDX-License-Identifier: MIT
/*
 * test_slab_snapshot.c - after any program of objects machine_reset() gives
 * the machine that was there at the snapshot: caches, arrays, slabs, owners,
 * jiffies; on machines of every kind that fuzzing boots.
 */
#include "play_objects.h"

#define CALLS 500u

static u32 cpus_of(const struct machine *m)
{
	struct mm_layout l;

	mm_layout(m, &l);
	return l.nr_cpus;
}

/* All that can be looked at, as three numbers. */
struct picture {
	u64 digest, view, objects;
};

static struct picture picture_of(struct machine *m)
{
	return (struct picture){ machine_digest(m), machine_view(m),
				 objects_picture(m) };
}

static void expect_picture(const struct picture *want, struct machine *m)
{
	const struct picture is = picture_of(m);

	EXPECT_EQ(want->digest, is.digest);
	EXPECT_EQ(want->view, is.view);
	EXPECT_EQ(want->objects, is.objects);
}

static struct picture fresh(const char *line)
{
	struct machine *m = objects_on(line);
	struct picture picture = picture_of(m);

	machine_delete(m);
	return picture;
}

/* And a fresh boot is the same machine again. */
TEST(reset_is_a_fresh_boot)
{
	for (u32 i = 0; i < ARRAY_SIZE(play_object_lines); i++) {
		struct picture want = fresh(play_object_lines[i]);
		struct machine *m = objects_on(play_object_lines[i]);

		machine_snapshot(m);
		expect_picture(&want, m);
		for (u32 seed = 0; seed < 4; seed++) {
			struct play_objects p =
				play_objects_new(m, i * 10 + seed, cpus_of(m));

			play_objects_on(&p, m, CALLS);
			expect_objects_sound(m);
			EXPECT(want.objects != objects_picture(m));
			machine_reset(m);
			expect_picture(&want, m);
			expect_objects_sound(m);
		}
		machine_delete(m);
	}
}

/* Nothing survives: the same program ends the same way. */
TEST(a_program_after_a_reset_is_the_same_program)
{
	for (u32 i = 0; i < ARRAY_SIZE(play_object_lines); i++) {
		struct machine *m = objects_on(play_object_lines[i]);
		struct picture want = { 0, 0, 0 };

		machine_snapshot(m);
		for (u32 round = 0; round < 3; round++) {
			struct play_objects other =
				play_objects_new(m, round, cpus_of(m));
			struct play_objects p =
				play_objects_new(m, 77, cpus_of(m));

			play_objects_on(&p, m, CALLS);
			if (round)
				expect_picture(&want, m);
			want = picture_of(m);
			machine_reset(m);
			play_objects_on(&other, m, CALLS / 2);
			machine_reset(m);
		}
		machine_delete(m);
	}
}

/* A snapshot in the middle: objects in hands, caches half used, slabs that
 * wait. */
TEST(a_snapshot_with_objects)
{
	for (u32 i = 0; i < ARRAY_SIZE(play_object_lines); i++) {
		struct machine *m = objects_on(play_object_lines[i]);
		struct play_objects before = play_objects_new(m, i, cpus_of(m));
		struct picture want;

		play_objects_on(&before, m, CALLS);
		machine_snapshot(m);
		want = picture_of(m);
		for (u32 round = 0; round < 3; round++) {
			struct play_objects p = before;

			p.pages.dice.state += round;
			play_objects_on(&p, m, CALLS);
			expect_objects_sound(m);
			machine_reset(m);
			expect_picture(&want, m);
			expect_objects_sound(m);
		}
		machine_delete(m);
	}
}

/* --- one thing at a time -------------------------------------------------- */

static void expect_reset(struct machine *m, const struct picture *want)
{
	machine_reset(m);
	expect_picture(want, m);
	expect_objects_sound(m);
}

/* Each thing that a reset restores, or that it forgets. */
TEST(what_a_reset_restores)
{
	struct machine *m = objects_on(SMALL_PC);
	struct kmem_cache *cache = cache_new(m, "old", 256, 0, 0), *young;
	struct kmem_cache *rcu =
		cache_new(m, "rcu", 4096, 0, SLAB_DESTROY_BY_RCU);
	u8 *object = object_new(m, cache, 0);
	void *last = object_new(m, rcu, 0);
	struct picture want;

	machine_snapshot(m);
	want = picture_of(m);
	/* an object, its owner */
	object_free(m, cache, object, 1);
	expect_reset(m, &want);
	object_free(m, cache, object, 0);
	EXPECT(object_new(m, cache, 0) == object);
	expect_reset(m, &want);
	/* a cache: its name is free, it is none */
	young = cache_new(m, "young", 100, 0, 0);
	expect_reset(m, &want);
	EXPECT_REPORT(m, cache_bad, mm_kmem_cache_alloc(m, young, GFP_KERNEL));
	EXPECT(cache_new(m, "young", 100, 0, 0) == young);
	expect_reset(m, &want);
	/* a cache that was destroyed */
	object_free(m, cache, object, 0);
	EXPECT_EQ(0, cache_destroy(m, cache));
	expect_reset(m, &want);
	EXPECT_STR("old", mm_kmem_cache_name(m, cache));
	object_free(m, cache, object, 0);
	expect_reset(m, &want);
	/* time, and what waits for it */
	object_free(m, rcu, last, 0);
	cache_shrink(m, rcu);
	EXPECT_EQ(1, counts_of(m).nr_rcu);
	expect_reset(m, &want);
	EXPECT_EQ(0, counts_of(m).nr_rcu);
	ticks(m, 50000);
	expect_reset(m, &want);
	EXPECT_EQ(INITIAL_JIFFIES, counts_of(m).jiffies);
	/* what was on no CPU's array, and a colour */
	for (u32 i = 0; i < 300; i++)
		object_new(m, cache, 1);
	expect_reset(m, &want);
	/* a report */
	EXPECT_REPORT(m, bad_address, mm_kmem_cache_free(m, cache, NULL));
	expect_reset(m, &want);
	EXPECT_EQ(REPORT_none, mm_report(m));
	machine_delete(m);
}

/*
 * One cache alone is used, so that nothing else has made its frames dirty:
 * one CPU's array, the shared one, management off slab, each list of slabs.
 * Where somebody holds an object all caches are as good as used.
 */
static void expect_alone(const char *line, u32 size, u32 kept, u32 cpu)
{
	struct machine *m = objects_on(line);
	struct kmem_cache *cache, *size_512 = cache_named(m, "size-512");
	void *object[400], *more[400];
	struct picture want;

	/* arrays of one cache in two frames */
	objects_new(m, size_512, 0, more, 3);
	cache = cache_new(m, "alone", size, 0, SLAB_NO_REAP);
	objects_free(m, size_512, 0, more, 3);
	objects_new(m, cache, 0, object, 400);
	objects_free(m, cache, 0, object + kept, 400 - kept);
	machine_snapshot(m);
	want = picture_of(m);
	object_free(m, cache, object_new(m, cache, cpu), cpu);
	expect_reset(m, &want);
	objects_free(m, cache, cpu, object, kept < 3 ? kept : 3);
	expect_reset(m, &want);
	objects_new(m, cache, cpu, more, 400);
	expect_reset(m, &want);
	objects_new(m, cache, cpu, more, 400);
	objects_free(m, cache, cpu, more, 400);
	expect_reset(m, &want);
	cache_shrink(m, cache);
	expect_reset(m, &want);
	machine_delete(m);
}

TEST(what_one_cache_touches)
{
	static const u32 size[] = { 32, 256, 512, 2048, 5000 };

	for (u32 i = 0; i < ARRAY_SIZE(size); i++) {
		expect_alone(UP_PC, size[i], 0, 0);
		expect_alone(UP_PC, size[i], 250, 0);
		expect_alone(SMALL_PC, size[i], 0, 1);
		expect_alone(SMALL_PC, size[i], 125, 1);
		expect_alone("ram=24M vmalloc=1004M cpus=8", size[i], 0, 7);
		expect_alone("ram=24M vmalloc=1004M cpus=8", size[i], 125, 7);
		expect_alone(DEBUG_PC, size[i], 0, 0);
		expect_alone(DEBUG_PC, size[i], 125, 0);
	}
}

/* Time alone, right after boot: a second, a list's, many; and a shrink. */
TEST(what_time_touches)
{
	static const u32 jiffies[] = { 1000, 3003, 9000, 50000, 400000 };

	for (u32 i = 0; i < ARRAY_SIZE(play_object_lines); i++) {
		struct machine *m = objects_on(play_object_lines[i]);
		struct kmem_cache *rcu =
			cache_new(m, "rcu", 4096, 0, SLAB_DESTROY_BY_RCU);
		struct picture want;

		object_free(m, rcu, object_new(m, rcu, 0), 0);
		cache_shrink(m, rcu);
		object_free(m, rcu, object_new(m, rcu, 0), 0);
		machine_snapshot(m);
		want = picture_of(m);
		ticks(m, 1);
		expect_reset(m, &want);
		for (u32 j = 0; j < ARRAY_SIZE(jiffies); j++) {
			ticks(m, jiffies[j]);
			expect_reset(m, &want);
		}
		for (u32 j = 0; mm_cache_at(m, j); j++) {
			cache_shrink(m, mm_cache_at(m, j));
			expect_reset(m, &want);
		}
		machine_delete(m);
	}
}

/* One kmalloc, of each size, and nothing else: of an array that is filled. */
TEST(one_call)
{
	for (u32 size = 32; size <= KMALLOC_MAX; size *= 2) {
		struct machine *m = objects_on(UP_PC);
		struct picture want;

		as_task(m, 0);
		mm_kfree(m, mm_kmalloc(m, size, GFP_KERNEL));
		machine_snapshot(m);
		want = picture_of(m);
		for (u32 round = 0; round < 2; round++) {
			as_task(m, 0);
			EXPECT(mm_kmalloc(m, size, GFP_KERNEL));
			expect_reset(m, &want);
		}
		machine_delete(m);
	}
}

/* Of caches that nobody uses time changes next_reap, and no more. */
TEST(idle_caches)
{
	struct machine *m = objects_on(UP_PC);
	static char name[100][8];
	struct picture want;

	for (u32 i = 0; i < 100; i++) {
		snprintf(name[i], sizeof(name[i]), "c%u", i);
		cache_new(m, name[i], 64, 0, 0);
	}
	machine_snapshot(m);
	want = picture_of(m);
	ticks(m, 9000);
	EXPECT(want.objects != objects_picture(m));
	expect_reset(m, &want);
	ticks(m, 1000);
	expect_reset(m, &want);
	machine_delete(m);
}

/* An object that was live is given back before anything else happens. */
TEST(a_free_is_the_first_call)
{
	struct machine *m = objects_on(SMALL_PC);
	struct picture want;
	void *object;

	as_task(m, 0);
	object = mm_kmalloc(m, 100, GFP_KERNEL);
	machine_snapshot(m);
	want = picture_of(m);
	for (u32 round = 0; round < 3; round++) {
		on_cpu(m, round & 1);
		mm_kfree(m, object);
		EXPECT_EQ(REPORT_none, mm_report(m));
		expect_reset(m, &want);
	}
	machine_delete(m);
}

/* More caches than the frames of the snapshot have room for. */
TEST(caches_in_new_frames)
{
	struct machine *m = objects_on(UP_PC);
	static char name[100][8];
	struct kmem_cache *cache[100];
	struct picture want;

	machine_snapshot(m);
	want = picture_of(m);
	for (u32 i = 0; i < 100; i++) {
		snprintf(name[i], sizeof(name[i]), "c%u", i);
		cache[i] = cache_new(m, name[i], 32 + i, 0, 0);
		object_new(m, cache[i], 0);
	}
	expect_reset(m, &want);
	for (u32 i = 0; i < 100; i++)
		EXPECT_REPORT(m, cache_bad, mm_kmem_cache_shrink(m, cache[i]));
	expect_reset(m, &want);
	machine_delete(m);
}

/* Reaps are due as after boot. */
TEST(time_begins_anew)
{
	struct machine *m = objects_on(SMALL_PC);
	struct kmem_cache *cache = cache_new(m, "old", 256, 0, 0);

	machine_snapshot(m);
	for (u32 round = 0; round < 3; round++) {
		object_new(m, cache, 1);
		ticks(m, 1002);
		EXPECT_EQ(1, array_of(m, cache, 1).touched);
		ticks(m, 1);
		EXPECT_EQ(0, array_of(m, cache, 1).touched);
		ticks(m, 12345 * round);
		machine_reset(m);
	}
	machine_delete(m);
}

/* The later one counts. */
TEST(a_second_snapshot)
{
	struct machine *m = objects_on(SMALL_PC);
	struct kmem_cache *cache;
	struct picture want;

	machine_snapshot(m);
	cache = cache_new(m, "late", 100, 0, 0);
	object_new(m, cache, 0);
	machine_snapshot(m);
	want = picture_of(m);
	for (u32 i = 0; i < 100; i++)
		object_new(m, cache, i % 2);
	expect_reset(m, &want);
	object_new(m, cache, 0);
	expect_reset(m, &want);
	machine_delete(m);
}
