/* SPDX-License-Identifier: MIT */
/*
 * objects.h - what the tests of objects share: a PC with its caches, calls
 * on behalf of a CPU, caches looked at by value, and the sums that must be
 * right whenever nobody calls.
 */
#ifndef ALLOC_TESTS_OBJECTS_H
#define ALLOC_TESTS_OBJECTS_H

#include "pc.h"
#include "../platform.h"

/* RAM of at most 32 MiB: slabs break at order 0; above, at order 1. */
#define UP_PC "ram=24M vmalloc=1004M cpus=1"
#define LARGE_PC "ram=40M vmalloc=992M cpus=1"
#define DEBUG_PC UP_PC " slab_debug"

#define SLABS_MAX 512u

/* Booted, with its caches. */
static inline struct machine *objects_on(const char *text)
{
	struct machine *m = pc_on(text);
	const char *why = machine_kmem_cache_init(m);

	if (why)
		pc_end(text, why);
	return m;
}

/* --- who calls ------------------------------------------------------------ */

static inline void on_cpu(struct machine *m, u32 cpu)
{
	mm_set_current(m, (struct task){ .cpu = (u8)cpu });
}

static inline void as_task(struct machine *m, u32 flags)
{
	mm_set_current(m, (struct task){ .flags = (u8)flags });
}

static inline void failing(struct machine *m, u32 nth)
{
	mm_set_current(m, (struct task){ .fail_nth = (u8)nth });
}

/* A call of CPU 0 that must draw this report. */
#define EXPECT_REPORT(m, kind, call)                                           \
	do {                                                                   \
		as_task(m, 0);                                                 \
		(void)(call);                                                  \
		EXPECT_EQ(REPORT_##kind, mm_report(m));                        \
	} while (0)

static inline struct kmem_cache *cache_new(struct machine *m, const char *name,
					   u32 size, u32 align, u32 flags)
{
	struct kmem_cache *cache;

	on_cpu(m, 0);
	cache = mm_kmem_cache_create(m, name, size, align, flags, NULL, NULL);
	if (!cache)
		pc_end(name, "no cache");
	return cache;
}

static inline void *object_new(struct machine *m, struct kmem_cache *cache,
			       u32 cpu)
{
	void *object;

	on_cpu(m, cpu);
	object = mm_kmem_cache_alloc(m, cache, GFP_KERNEL);
	if (!object)
		pc_end(mm_kmem_cache_name(m, cache), "no object");
	return object;
}

static inline void object_free(struct machine *m, struct kmem_cache *cache,
			       void *object, u32 cpu)
{
	on_cpu(m, cpu);
	mm_kmem_cache_free(m, cache, object);
	EXPECT_EQ(REPORT_none, mm_report(m));
}

static inline void objects_new(struct machine *m, struct kmem_cache *cache,
			       u32 cpu, void **object, u32 nr)
{
	for (u32 i = 0; i < nr; i++)
		object[i] = object_new(m, cache, cpu);
}

static inline void objects_free(struct machine *m, struct kmem_cache *cache,
				u32 cpu, void **object, u32 nr)
{
	for (u32 i = 0; i < nr; i++)
		object_free(m, cache, object[i], cpu);
}

static inline int cache_shrink(struct machine *m, struct kmem_cache *cache)
{
	on_cpu(m, 0);
	return mm_kmem_cache_shrink(m, cache);
}

static inline int cache_destroy(struct machine *m, struct kmem_cache *cache)
{
	on_cpu(m, 0);
	return mm_kmem_cache_destroy(m, cache);
}

static inline void ticks(struct machine *m, u32 jiffies)
{
	on_cpu(m, 0);
	mm_tick(m, jiffies);
}

/* --- looking -------------------------------------------------------------- */

static inline struct cache_info info_of(const struct machine *m,
					const struct kmem_cache *cache)
{
	struct cache_info info;

	mm_cache_info(m, cache, &info);
	return info;
}

static inline struct array_view
array_of(const struct machine *m, const struct kmem_cache *cache, u32 cpu)
{
	struct array_view array;

	mm_cache_array(m, cache, cpu, &array);
	return array;
}

static inline u32 avail_of(const struct machine *m,
			   const struct kmem_cache *cache, u32 cpu)
{
	return array_of(m, cache, cpu).avail;
}

static inline u32 nr_slabs(const struct machine *m,
			   const struct kmem_cache *cache, enum slab_list list)
{
	return mm_cache_slabs(m, cache, list, NULL, 0);
}

/* The i-th slab of a list. */
static inline struct slab_view slab_at(const struct machine *m,
				       const struct kmem_cache *cache,
				       enum slab_list list, u32 i)
{
	static struct slab_view slab[SLABS_MAX];
	u32 nr = mm_cache_slabs(m, cache, list, slab, SLABS_MAX);

	if (i >= nr)
		pc_end("slab_at", "too few slabs");
	return slab[i];
}

static inline struct object_counts counts_of(const struct machine *m)
{
	struct object_counts counts;

	mm_object_counts(m, &counts);
	return counts;
}

static inline struct frame_view frame_of(const struct machine *m,
					 const void *object)
{
	struct frame_view f;

	mm_frame_view(m, (mm_vaddr(object) - PAGE_OFFSET) >> PAGE_SHIFT, &f);
	return f;
}

static inline struct kmem_cache *cache_named(struct machine *m,
					     const char *name)
{
	struct kmem_cache *cache;

	for (u32 i = 0; (cache = mm_cache_at(m, i)); i++)
		if (!strcmp(name, mm_kmem_cache_name(m, cache)))
			return cache;
	pc_end(name, "no such cache");
}

static inline struct page *page_under(struct machine *m, const void *object)
{
	return mm_pfn_to_page(m,
			      (mm_vaddr(object) - PAGE_OFFSET) >> PAGE_SHIFT);
}

/* --- sums ----------------------------------------------------------------- */

struct cache_sums {
	u32 slabs, inuse, free, loose; /* loose: in arrays */
};

static inline void expect_slab_place(const struct cache_info *info,
				     enum slab_list list, u32 inuse)
{
	if (list == SLABS_FULL)
		EXPECT_EQ(info->num, inuse);
	else if (list == SLABS_FREE)
		EXPECT_EQ(0, inuse);
	else
		EXPECT(inuse > 0 && inuse < info->num);
}

static inline struct cache_sums sums_of(const struct machine *m,
					const struct kmem_cache *cache)
{
	static struct slab_view slab[SLABS_MAX];
	const struct cache_info info = info_of(m, cache);
	struct cache_sums sums = { 0 };

	for (u32 list = 0; list < NR_SLAB_LISTS; list++) {
		u32 nr = mm_cache_slabs(m, cache, list, slab, SLABS_MAX);

		sums.slabs += nr;
		EXPECT(nr <= SLABS_MAX);
		for (u32 i = 0; i < nr && i < SLABS_MAX; i++) {
			expect_slab_place(&info, list, slab[i].inuse);
			sums.inuse += slab[i].inuse;
			sums.free += info.num - slab[i].inuse;
		}
	}
	for (u32 cpu = 0; cpu <= NR_CPUS; cpu++)
		sums.loose += avail_of(m, cache, cpu);
	return sums;
}

/* Objects that are in the caller's hands, or the allocator's own. */
static inline u32 nr_live(const struct machine *m,
			  const struct kmem_cache *cache)
{
	const struct cache_sums sums = sums_of(m, cache);

	return sums.inuse - sums.loose;
}

/* Section 7.3's invariants, from what can be looked at; then the clauses. */
static inline void expect_objects_sound(struct machine *m)
{
	const struct object_counts counts = counts_of(m);
	const struct kmem_cache *cache;
	u32 frames = 0, marked = 0, i;

	for (i = 0; (cache = mm_cache_at(m, i)); i++) {
		const struct cache_info info = info_of(m, cache);
		const struct cache_sums sums = sums_of(m, cache);

		EXPECT_EQ(info.free_objects, sums.free);
		EXPECT(sums.inuse >= sums.loose);
		frames += sums.slabs << info.order;
	}
	EXPECT_EQ(counts.nr_caches, i);
	for (pfn_t pfn = 0; pfn < mm_ram(m)->nr_pfns; pfn++) {
		struct frame_view f;

		mm_frame_view(m, pfn, &f);
		marked += f.slab;
	}
	EXPECT_EQ(counts.nr_slab, marked);
	if (!counts.nr_rcu)
		EXPECT_EQ(counts.nr_slab, frames);
	EXPECT_SOUND(m);
}

/*
 * Gives back all that is free, so that what is left is what somebody holds:
 * management of slabs that were destroyed goes with the second round.
 */
static inline void shrink_all(struct machine *m)
{
	struct kmem_cache *cache;

	ticks(m, 1);
	for (u32 round = 0; round < 2; round++)
		for (u32 i = 0; (cache = mm_cache_at(m, i)); i++)
			cache_shrink(m, cache);
	ticks(m, 1);
}

/*
 * Until the next allocation of this cache must grow it: nothing is left in
 * any array, nor in a slab.
 */
static inline void cache_exhaust(struct machine *m, struct kmem_cache *cache)
{
	cache_shrink(m, cache);
	while (info_of(m, cache).free_objects || avail_of(m, cache, 0))
		object_new(m, cache, 0);
}

/* FNV-1a over words. */
static inline u64 picture_add(u64 hash, const void *words, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		hash = (hash ^ ((const u8 *)words)[i]) * 0x100000001B3u;
	return hash;
}

/* All that can be looked at of all caches, as one number. */
static inline u64 objects_picture(const struct machine *m)
{
	static struct slab_view slab[SLABS_MAX];
	const struct object_counts counts = counts_of(m);
	const struct kmem_cache *cache;
	u64 hash = picture_add(0xCBF29CE484222325u, &counts, sizeof(counts));

	for (u32 i = 0; (cache = mm_cache_at(m, i)); i++) {
		const struct cache_info info = info_of(m, cache);
		const u32 addr = mm_vaddr(cache);

		hash = picture_add(hash, &addr, sizeof(addr));
		hash = picture_add(hash, &info, sizeof(info));
		for (u32 list = 0; list < NR_SLAB_LISTS; list++)
			hash = picture_add(hash, slab,
					   mm_cache_slabs(m, cache, list, slab,
							  SLABS_MAX) *
						   sizeof(*slab));
		for (u32 cpu = 0; cpu <= NR_CPUS; cpu++) {
			const struct array_view a = array_of(m, cache, cpu);

			hash = picture_add(hash, &a.avail, sizeof(a.avail));
			hash = picture_add(hash, &a.touched, sizeof(a.touched));
			hash = picture_add(hash, a.entry,
					   a.avail * sizeof(*a.entry));
		}
	}
	return hash;
}

/* --- bytes that are not the caller's -------------------------------------- */

static UNSANITIZED inline u8 peek8(const struct machine *m, vaddr_t addr)
{
	return *(volatile u8 *)mm_ptr(m, addr);
}

static UNSANITIZED inline u32 peek32(const struct machine *m, vaddr_t addr)
{
	return *(volatile u32 *)mm_ptr(m, addr);
}

/* Damage, and its repair: what was there. */
static UNSANITIZED inline u8 poke8(const struct machine *m, vaddr_t addr,
				   u8 byte)
{
	volatile u8 *at = mm_ptr(m, addr);
	const u8 was = *at;

	*at = byte;
	return was;
}

#endif
