/* SPDX-License-Identifier: MIT */
/*
 * play_objects.h - a program of calls on objects, drawn by lot: caches of all
 * kinds, kmalloc, misuse, damage, time, and page calls in between.  The same
 * dice play the same program.
 */
#ifndef ALLOC_TESTS_PLAY_OBJECTS_H
#define ALLOC_TESTS_PLAY_OBJECTS_H

#include "objects.h"
#include "play.h"

#define PLAY_CACHES 6u
#define PLAY_OBJECTS 160u

/* As fuzzing has them: UP, SMP of 2 and 8, wide lines, debugging. */
static const char *const play_object_lines[] = {
	"ram=24M vmalloc=1004M cpus=1",
	"ram=24M vmalloc=1004M cpus=2",
	"ram=40M vmalloc=992M cpus=8",
	"ram=24M vmalloc=1004M cpus=1 line=64",
	"ram=64M cpus=2 line=128",
	"ram=24M vmalloc=1004M cpus=1 slab_debug",
	"ram=24M vmalloc=1004M cpus=2 line=64 slab_debug",
	"vmalloc=1004M cpus=1 e820=0-9f000,100000-500000,1000000-1080000",
};

struct play_objects {
	struct play pages;
	struct kmem_cache *cache[PLAY_CACHES];
	struct {
		struct kmem_cache *cache; /* NULL: kmalloc */
		void *object;
	} slot[PLAY_OBJECTS];
};

static struct machine *play_machine;

static inline void play_ctor(void *object, struct kmem_cache *cache,
			     unsigned long flags)
{
	(void)cache;
	if (!(flags & SLAB_CTOR_VERIFY))
		*(u32 *)object = CTOR_PATTERN;
}

static inline void play_ctor_nested(void *object, struct kmem_cache *cache,
				    unsigned long flags)
{
	(void)cache;
	if (!(flags & SLAB_CTOR_VERIFY))
		*(u32 *)object = mm_vaddr(
			mm_kmalloc(play_machine, NESTED_BYTES, GFP_ATOMIC));
}

static inline void play_dtor_nested(void *object, struct kmem_cache *cache,
				    unsigned long flags)
{
	(void)cache;
	(void)flags;
	mm_kfree(play_machine, mm_ptr(play_machine, *(u32 *)object));
}

static inline void play_dtor(void *object, struct kmem_cache *cache,
			     unsigned long flags)
{
	(void)cache;
	(void)flags;
	*(u32 *)object = 0;
}

static inline struct play_objects play_objects_new(struct machine *m, u32 seed,
						   u32 cpus)
{
	play_machine = m;
	return (struct play_objects){ .pages = play_new(seed, cpus) };
}

static inline u32 play_size(struct pc_dice *dice)
{
	static const u32 usual[] = { 4, 32, 100, 256, 500, 512, 1000, 4096 };

	if (pc_roll(dice, 4))
		return usual[pc_roll(dice, ARRAY_SIZE(usual))];
	return pc_roll(dice, 8) ? pc_roll(dice, 5000) : pc_roll(dice, 140000);
}

static inline void play_cache(struct play_objects *p, struct machine *m, u32 i)
{
	static const char *const name[] = { "a", "b", "c", "d", "e", "f" };
	static const u32 flags[] = { 0,
				     SLAB_HWCACHE_ALIGN,
				     SLAB_DESTROY_BY_RCU,
				     SLAB_RECLAIM_ACCOUNT,
				     SLAB_CACHE_DMA,
				     SLAB_NO_REAP,
				     SLAB_PANIC };
	struct pc_dice *dice = &p->pages.dice;
	const u32 life = pc_roll(dice, 8);
	const u32 flag = flags[pc_roll(dice, ARRAY_SIZE(flags))];
	kmem_ctor_t ctor = NULL, dtor = NULL;

	if (p->cache[i]) {
		if (pc_roll(dice, 3))
			mm_kmem_cache_shrink(m, p->cache[i]);
		else if (!mm_kmem_cache_destroy(m, p->cache[i]))
			p->cache[i] = NULL;
		return;
	}
	if (life & OBJECT_CTOR)
		ctor = life & OBJECT_NESTED ? play_ctor_nested : play_ctor;
	if (ctor && flag != SLAB_DESTROY_BY_RCU && life & OBJECT_DTOR)
		dtor = life & OBJECT_NESTED ? play_dtor_nested : play_dtor;
	p->cache[i] = mm_kmem_cache_create(
		m, name[i], play_size(dice),
		pc_roll(dice, 3) ? 0 : 1u << pc_roll(dice, 14), flag, ctor,
		dtor);
}

static inline void play_object_new(struct play_objects *p, struct machine *m,
				   u32 slot)
{
	struct pc_dice *dice = &p->pages.dice;
	struct kmem_cache *cache = p->cache[pc_roll(dice, PLAY_CACHES)];
	gfp_t gfp = play_gfp(dice);
	void *object;

	if (cache && pc_roll(dice, 3))
		object = mm_kmem_cache_alloc(m, cache, gfp);
	else if (pc_roll(dice, 3))
		cache = NULL, object = mm_kmalloc(m, play_size(dice), gfp);
	else
		cache = NULL, object = mm_kzalloc(m, play_size(dice), gfp);
	if (!object)
		return;
	p->slot[slot].cache = cache;
	p->slot[slot].object = object;
}

/* Now and then with a pointer that is not right, or not any more. */
static inline void play_object_free(struct play_objects *p, struct machine *m,
				    u32 slot)
{
	struct pc_dice *dice = &p->pages.dice;
	u8 *object = p->slot[slot].object;
	struct kmem_cache *cache = p->slot[slot].cache;

	if (!pc_roll(dice, 16))
		object += 4 * pc_roll(dice, 64);
	if (!pc_roll(dice, 16))
		cache = p->cache[pc_roll(dice, PLAY_CACHES)];
	if (!pc_roll(dice, 8))
		mm_ksize(m, object);
	if (cache)
		mm_kmem_cache_free(m, cache, object);
	else
		mm_kfree(m, object);
}

/* Many of one size: arrays fill, slabs come and go. */
static inline void play_run(struct play_objects *p, struct machine *m,
			    struct task task)
{
	struct pc_dice *dice = &p->pages.dice;
	const u32 size = play_size(dice), nr = pc_roll(dice, PLAY_OBJECTS);

	for (u32 i = 0; i < nr; i++) {
		mm_set_current(m, task);
		if (p->slot[i].object)
			play_object_free(p, m, i);
		mm_set_current(m, task);
		p->slot[i].cache = NULL;
		p->slot[i].object = mm_kmalloc(m, size, GFP_ATOMIC);
	}
	for (u32 i = 0; i < nr; i++) {
		mm_set_current(m, task);
		mm_kfree(m, p->slot[i].object);
	}
}

static inline struct task play_task(struct play_objects *p)
{
	struct pc_dice *dice = &p->pages.dice;
	struct task task = { .cpu = (u8)pc_roll(dice, p->pages.cpus) };

	if (!pc_roll(dice, 8))
		task.flags = (u8)(1u << pc_roll(dice, 5));
	if (!pc_roll(dice, 12))
		task.fail_nth = (u8)(1 + pc_roll(dice, 4));
	return task;
}

static inline void play_objects_on(struct play_objects *p, struct machine *m,
				   u32 calls)
{
	struct pc_dice *dice = &p->pages.dice;

	while (calls--) {
		const u32 slot = pc_roll(dice, PLAY_OBJECTS);
		const struct task task = play_task(p);
		const u32 what = pc_roll(dice, 40);

		mm_set_current(m, task);
		if (what == 0)
			mm_tick(m, pc_roll(dice, 3000));
		else if (what == 1)
			play_run(p, m, task);
		else if (what < 5)
			play_cache(p, m, pc_roll(dice, PLAY_CACHES));
		else if (what < 8)
			play_on(&p->pages, m, 1);
		else if (!p->slot[slot].object || pc_roll(dice, 2))
			play_object_new(p, m, slot);
		else
			play_object_free(p, m, slot);
	}
}

#endif
