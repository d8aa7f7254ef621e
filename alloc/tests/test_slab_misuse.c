// SPDX-License-Identifier: MIT
/*
 * test_slab_misuse.c - objects in wrong hands: pointers of every kind that is
 * no live object, given to each call that takes one, on a machine with and
 * without debugging; a slab's frames given to the page calls.  A report, and
 * nothing is changed.
 */
#include "objects.h"

/* Two caches alike, one off slab, one that is gone; objects of the first. */
struct scene {
	struct machine *m;
	struct kmem_cache *cache, *other, *off, *dead;
	u8 *live, *freed, *foreign;
	u8 *off_live;
};

static struct scene scene_new(const char *line)
{
	struct scene s = { .m = objects_on(line) };
	struct machine *m = s.m;

	s.cache = cache_new(m, "cache", 100, 0, 0);
	s.other = cache_new(m, "other", 100, 0, 0);
	s.off = cache_new(m, "off", 4096, 0, 0);
	s.dead = cache_new(m, "dead", 100, 0, 0);
	EXPECT_EQ(0, cache_destroy(m, s.dead));
	s.live = object_new(m, s.cache, 0);
	s.freed = object_new(m, s.cache, 0);
	object_free(m, s.cache, s.freed, 0);
	s.foreign = object_new(m, s.other, 0);
	s.off_live = object_new(m, s.off, 0);
	return s;
}

static u64 state_of(struct machine *m)
{
	return machine_digest(m) ^ objects_picture(m) * 3 ^ machine_view(m) * 5;
}

/* --- pointers ------------------------------------------------------------- */

struct wrong {
	vaddr_t at;
	u8 report; /* of kmem_cache_free(cache) */
	u8 kfree;  /* of kfree() and ksize() */
};

#define WRONGS 40u

static u32 wrongs_of_addresses(struct scene *s, struct wrong *w)
{
	struct mm_layout l;
	struct page *page;
	u32 nr = 0;
	u32 at;

	mm_layout(s->m, &l);
	const u32 bad[] = { 4,
			    0x1000,
			    PAGE_OFFSET - 4,
			    l.high_memory,
			    l.vmalloc_start,
			    l.pkmap_base,
			    0xFFFFFFFC };
	for (u32 i = 0; i < ARRAY_SIZE(bad); i++)
		w[nr++] = (struct wrong){ bad[i], REPORT_bad_address,
					  REPORT_bad_address };
	page = pc_alloc(s->m, GFP_KERNEL, 1);
	at = mm_page_address(s->m, page);
	const u32 foreign[] = { PAGE_OFFSET, PAGE_OFFSET + KERNEL_START,
				l.high_memory - 4, at, at + 4096 };
	for (u32 i = 0; i < ARRAY_SIZE(foreign); i++)
		w[nr++] = (struct wrong){ foreign[i], REPORT_object_foreign,
					  REPORT_object_foreign };
	return nr;
}

static u32 wrongs_of_slab(struct scene *s, struct wrong *w)
{
	const struct slab_view slab = slab_at(s->m, s->cache, SLABS_PARTIAL, 0);
	const struct cache_info info = info_of(s->m, s->cache);
	const u32 end = slab.s_mem + info.num * info.objsize;
	const u32 live = mm_vaddr(s->live);
	const u32 interior[] = { live + 1,
				 live + 4,
				 live - 1,
				 live - 4,
				 live + 99,
				 slab.slab,
				 slab.slab + 20,
				 slab.s_mem - 4,
				 end,
				 end + (live - slab.s_mem) % info.objsize,
				 (slab.s_mem | 4095) - 3 };
	/* given back, and never taken: the last of the slab */
	const u32 free[] = { mm_vaddr(s->freed),
			     end - info.objsize +
				     (live - slab.s_mem) % info.objsize };
	u32 nr = 0;

	for (u32 i = 0; i < ARRAY_SIZE(interior); i++)
		w[nr++] = (struct wrong){ interior[i], REPORT_object_interior,
					  REPORT_object_interior };
	for (u32 i = 0; i < ARRAY_SIZE(free); i++)
		w[nr++] = (struct wrong){ free[i], REPORT_object_double_free,
					  REPORT_object_double_free };
	return nr;
}

/* Of other caches: live, free, inside; and the allocator's own. */
static u32 wrongs_of_others(struct scene *s, struct wrong *w)
{
	const struct cache_info info = info_of(s->m, s->off);
	const struct wrong row[] = {
		{ mm_vaddr(s->foreign), REPORT_object_wrong_cache,
		  REPORT_none },
		{ mm_vaddr(s->foreign) + 4, REPORT_object_wrong_cache,
		  REPORT_object_interior },
		{ mm_vaddr(s->off_live), REPORT_object_wrong_cache,
		  REPORT_none },
		{ mm_vaddr(s->off_live) + 2048, REPORT_object_wrong_cache,
		  REPORT_object_interior },
		{ mm_vaddr(s->dead), REPORT_object_wrong_cache,
		  REPORT_object_double_free },
		{ mm_vaddr(s->cache), REPORT_object_wrong_cache,
		  REPORT_object_double_free },
		{ info.array[0], REPORT_object_wrong_cache,
		  REPORT_object_double_free },
		{ info.shared, REPORT_object_wrong_cache,
		  REPORT_object_double_free },
		{ slab_at(s->m, s->off, SLABS_FULL, 0).slab,
		  REPORT_object_wrong_cache, REPORT_object_double_free },
	};

	memcpy(w, row, sizeof(row));
	return ARRAY_SIZE(row);
}

static u32 wrongs_of(struct scene *s, struct wrong *w)
{
	u32 nr = wrongs_of_addresses(s, w);

	nr += wrongs_of_slab(s, w + nr);
	nr += wrongs_of_others(s, w + nr);
	return nr;
}

static void expect_wrong(struct scene *s, const struct wrong *w)
{
	struct machine *m = s->m;
	void *object = mm_ptr(m, w->at);
	const u32 before = test_failures;

	EXPECT_EQ(w->at, mm_vaddr(object));
	EXPECT_REPORT(m, cache_bad, mm_kmem_cache_free(m, NULL, object));
	EXPECT_REPORT(m, cache_bad, mm_kmem_cache_free(m, s->dead, object));
	EXPECT_REPORT(m, cache_bad,
		      mm_kmem_cache_free(m, (void *)s->live, object));
	as_task(m, TASK_IRQ);
	mm_kmem_cache_free(m, s->cache, object);
	EXPECT_EQ(w->report, mm_report(m));
	if (w->kfree) {
		as_task(m, TASK_ATOMIC);
		mm_kfree(m, object);
		EXPECT_EQ(w->kfree, mm_report(m));
		as_task(m, 0);
		EXPECT_EQ(0, mm_ksize(m, object));
		EXPECT_EQ(w->kfree, mm_report(m));
	}
	if (test_failures != before)
		TEST_FAIL("that was 0x%x", w->at);
}

static void expect_wrongs(const char *line)
{
	struct scene s = scene_new(line);
	struct wrong w[WRONGS];
	const u32 nr = wrongs_of(&s, w);
	const u64 state = state_of(s.m);

	for (u32 i = 0; i < nr; i++)
		expect_wrong(&s, &w[i]);
	EXPECT_REPORT(s.m, bad_address, mm_kmem_cache_free(s.m, s.cache, NULL));
	EXPECT_EQ(state, state_of(s.m));
	/* what is right is right after all that */
	object_free(s.m, s.cache, s.live, 0);
	object_free(s.m, s.other, s.foreign, 0);
	object_free(s.m, s.off, s.off_live, 0);
	expect_objects_sound(s.m);
	machine_delete(s.m);
}

TEST(wrong_pointers)
{
	expect_wrongs(UP_PC);
	expect_wrongs(SMALL_PC " line=128");
	expect_wrongs(DEBUG_PC);
}

/* Twice is once too often, wherever the object has gone meanwhile. */
TEST(double_free)
{
	struct machine *m = objects_on(SMALL_PC);
	struct kmem_cache *cache = cache_new(m, "twice", 256, 0, 0);
	void *object[200];

	objects_new(m, cache, 0, object, 200);
	objects_free(m, cache, 1, object, 200);
	for (u32 i = 0; i < 200; i++) {
		/* in the array, in the shared one */
		EXPECT_REPORT(m, object_double_free,
			      mm_kmem_cache_free(m, cache, object[i]));
		EXPECT_REPORT(m, object_double_free, mm_kfree(m, object[i]));
	}
	object[0] = object_new(m, cache, 1);
	cache_shrink(m, cache);
	for (u32 i = 1; i < 200; i++) {
		const bool slab = frame_of(m, object[i]).slab;

		as_task(m, 0);
		mm_kmem_cache_free(m, cache, object[i]);
		if (object[i] == object[0])
			EXPECT_EQ(REPORT_none, mm_report(m));
		else
			EXPECT_EQ(slab ? REPORT_object_double_free
				       : REPORT_object_foreign,
				  mm_report(m));
	}
	expect_objects_sound(m);
	machine_delete(m);
}

/* A cache is one as long as it is in the chain, and anything else is none. */
TEST(caches_that_are_none)
{
	struct scene s = scene_new(SMALL_PC);
	struct machine *m = s.m;
	struct kmem_cache *real = cache_named(m, "kmem_cache");
	void *const none[] = {
		NULL,
		s.dead,
		s.live,
		(u8 *)s.cache + 4,
		(u8 *)s.cache - KMEM_CACHE_BYTES / 2,
		(u8 *)real + KMEM_CACHE_BYTES,
		mm_ptr(m, 0),
		mm_ptr(m, 0xF8800000),
		mm_ptr(m, PAGE_OFFSET),
	};
	const u64 state = state_of(m);

	for (u32 i = 0; i < ARRAY_SIZE(none); i++) {
		struct kmem_cache *cache = none[i];

		EXPECT_REPORT(m, cache_bad,
			      EXPECT(!mm_kmem_cache_alloc(m, cache, 0)));
		EXPECT_REPORT(m, cache_bad,
			      mm_kmem_cache_free(m, cache, s.live));
		EXPECT_REPORT(m, cache_bad, mm_kmem_cache_shrink(m, cache));
		EXPECT_REPORT(m, cache_bad, mm_kmem_cache_destroy(m, cache));
	}
	EXPECT_EQ(state, state_of(m));
	/* cache_cache is one: who wants 160 bytes may have them */
	EXPECT(object_new(m, real, 0));
	machine_delete(m);
}

/* --- a slab's frames ------------------------------------------------------ */

static void expect_free_slab(struct machine *m, struct page *page, u32 order)
{
	const u64 state = state_of(m);

	EXPECT_REPORT(m, free_slab, mm__free_pages(m, page, order));
	EXPECT_REPORT(m, free_slab,
		      mm_free_pages(m, mm_page_address(m, page), order));
	if (!order) {
		EXPECT_REPORT(m, free_slab, mm_put_page(m, page));
		EXPECT_REPORT(m, free_slab, mm_free_cold_page(m, page));
	} else {
		EXPECT_REPORT(m, wrong_order, mm_put_page(m, page));
		EXPECT_REPORT(m, wrong_order, mm__free_pages(m, page, 0));
		EXPECT_REPORT(m, free_tail, mm__free_pages(m, page + 1, 0));
		EXPECT_REPORT(m, ref_tail, mm_get_page(m, page + 1));
	}
	EXPECT_EQ(state, state_of(m));
}

/* A reference more than the slab's own may come and go. */
static void expect_reference(struct machine *m, struct page *page, u32 order)
{
	const u64 state = state_of(m);

	as_task(m, 0);
	mm_get_page(m, page);
	EXPECT_EQ(REPORT_none, mm_report(m));
	as_task(m, 0);
	mm__free_pages(m, page, order);
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_EQ(state, state_of(m));
}

TEST(frames)
{
	static const struct {
		u32 size, order;
	} row[] = { { 100, 0 }, { 4096, 0 }, { 20000, 3 }, { 131072, 5 } };
	struct machine *m = objects_on(SMALL_PC);

	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		struct kmem_cache *cache =
			cache_new(m, "frames", row[i].size, 0, 0);
		void *object = object_new(m, cache, 0);

		expect_free_slab(m, page_under(m, object), row[i].order);
		expect_reference(m, page_under(m, object), row[i].order);
		object_free(m, cache, object, 0);
		expect_free_slab(m, page_under(m, object), row[i].order);
		EXPECT_EQ(0, cache_destroy(m, cache));
	}
	expect_objects_sound(m);
	machine_delete(m);
}

/* Who holds a reference when the slab goes owns what is left of it. */
TEST(a_reference_that_outlives_its_slab)
{
	struct machine *m = objects_on(SMALL_PC);
	struct kmem_cache *cache = cache_new(m, "brief", 4096, 0, 0);
	void *object = object_new(m, cache, 0);
	struct page *page = page_under(m, object);
	const u32 nr_slab = counts_of(m).nr_slab;

	as_task(m, 0);
	mm_get_page(m, page);
	object_free(m, cache, object, 0);
	EXPECT_EQ(0, cache_shrink(m, cache));
	EXPECT_EQ(nr_slab - 1, counts_of(m).nr_slab);
	EXPECT_EQ(0, frame_of(m, object).slab);
	EXPECT_EQ(FRAME_ALLOCATED, frame_of(m, object).state);
	EXPECT_EQ(1, frame_of(m, object).count);
	expect_objects_sound(m);
	EXPECT_REPORT(m, object_foreign, mm_kfree(m, object));
	as_task(m, 0);
	mm_put_page(m, page);
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_EQ(FRAME_PCP, frame_of(m, object).state);
	expect_objects_sound(m);
	machine_delete(m);
}
