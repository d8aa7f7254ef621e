// SPDX-License-Identifier: MIT
/*
 * slab_validate.c - every object of every slab is in one place: on its slab's
 * free chain, in one array, in a caller's hands, or the allocator's own.
 *
 *     sum of inuse = objects in arrays + callers' + own
 *
 * The slabs are walked by their lists, and counted once more in mem_map.  It
 * has no state: slab_validate(), S.
 */
#include "slab.h"

/* All arrays of a cache have no more: 8 of 120 and a shared one of 480. */
#define ENTRIES_MAX (NR_CPUS * 120u + 480u)

/* No slab has more: an object is a word at least. */
#define OBJECTS_MAX ((PAGE_SIZE << 5) / 4)

/* What a cache's slabs add up to. */
struct sums {
	u32 slabs, inuse, given;
};

/* --- one slab ------------------------------------------------------------- */

static UNSANITIZED const char *validate_frames(const struct machine *m,
					       const struct kmem_cache *cache,
					       const struct slab *slab)
{
	const void *block = slab_block(m, slab);
	const u32 nr = 1u << cache->gfporder;
	const struct page *page;

	CLAUSE(owner_covers(m, block) && !(ptr_link(block) % PAGE_SIZE),
	       "S3: a slab begins where a frame begins");
	page = page_of_ptr(m, block);
	CLAUSE(page_allocated(page) && page_order(page) == cache->gfporder,
	       "S3: a slab is a block of its cache's order");
	for (u32 i = 0; i < nr; i++)
		CLAUSE(page_in_slab(page + i) &&
			       page_cache(m, page + i) == cache &&
			       page_slab(m, page + i) == slab,
		       "S3: each frame of a slab leads to cache and slab");
	for (u32 i = 0; i < nr; i++)
		CLAUSE(front_of_frame(m, ptr_link(block))[i] ==
			       *front_number(m, ptr_link(cache)),
		       "S3: each frame of a slab has its cache's number");
	return NULL;
}

static UNSANITIZED const char *validate_place(const struct machine *m,
					      const struct kmem_cache *cache,
					      const struct slab *slab)
{
	u32 offset = slab->colouroff;

	if (off_slab(cache)) {
		CLAUSE(owner_has_own(m, slab),
		       "S4: management off slab is the allocator's own");
	} else {
		offset -= cache->slab_size;
		CLAUSE(slab == (void *)((u8 *)slab_block(m, slab) + offset),
		       "S4: management on slab is in front of the objects");
	}
	CLAUSE(offset % cache->colour_off == 0 &&
		       offset / cache->colour_off <=
			       (cache->colour ? cache->colour - 1 : 0),
	       "S4: a slab has one of its cache's colours");
	return NULL;
}

/* In a caller's hands, or the allocator's own? */
static force_inline bool is_given(const struct machine *m, const u8 *object,
				  u32 objsize)
{
	u8 mark = *owner_byte(m, object);

	if (objsize < 32)
		return mark & owner_bit(object);
	return mark && (mark == owner_mark(ptr_link(object)) ||
			mark == owner_own_mark(object));
}

/* Sets a bit for each object on the free chain. */
static UNSANITIZED const char *validate_chain(const struct kmem_cache *cache,
					      struct slab *slab, u32 *on_chain)
{
	const u16 *bufctl = slab_bufctl(slab);
	u32 i = slab->free, nr = 0;

	for (; i < cache->num; i = bufctl[i], nr++) {
		CLAUSE(!test_bit(on_chain, i),
		       "S5: no object is twice on the free chain");
		set_bit(on_chain, i);
	}
	CLAUSE(i == BUFCTL_END && nr == cache->num - slab->inuse,
	       "S5: the free chain has all that is not in use");
	return NULL;
}

static UNSANITIZED const char *validate_objects(const struct machine *m,
						const struct kmem_cache *cache,
						struct slab *slab,
						struct sums *sums)
{
	const u8 *object = slab_objp(m, cache, slab, 0);
	const u32 num = cache->num, objsize = cache->objsize;
	u32 on_chain[OBJECTS_MAX / 32 + 1], given = 0;
	const char *broken;

	for (u32 i = 0; i <= num / 32; i++)
		on_chain[i] = 0;
	broken = validate_chain(cache, slab, on_chain);
	CLAUSE(!broken, broken);
	object += cache->dbghead;
	for (u32 i = 0; i < num; i++, object += objsize) {
		if (!is_given(m, object, objsize))
			continue;
		CLAUSE(!test_bit(on_chain, i),
		       "S6: what is on the free chain is in nobody's hands");
		given++;
	}
	sums->given += given;
	return NULL;
}

/* --- one cache ------------------------------------------------------------ */

static UNSANITIZED bool in_right_list(const struct kmem_cache *cache,
				      const struct list_head *head, u32 inuse)
{
	if (head == &cache->lists.slabs_full)
		return inuse == cache->num;
	if (head == &cache->lists.slabs_free)
		return !inuse;
	return inuse && inuse < cache->num;
}

/* A link of a list leads to a slab's management, or nowhere. */
static UNSANITIZED bool leads_to_slab(const struct machine *m, u32 link)
{
	const void *slab = link_ptr(m->base, link);

	return owner_covers(m, slab) && page_in_slab(page_of_ptr(m, slab));
}

static UNSANITIZED const char *validate_slab(const struct machine *m,
					     const struct kmem_cache *cache,
					     struct slab *slab,
					     struct sums *sums)
{
	const char *broken = validate_frames(m, cache, slab);

	if (!broken)
		broken = validate_place(m, cache, slab);
	if (!broken)
		broken = validate_objects(m, cache, slab, sums);
	sums->slabs++;
	sums->inuse += slab->inuse;
	return broken;
}

static UNSANITIZED const char *validate_list(const struct machine *m,
					     const struct kmem_cache *cache,
					     const struct list_head *head,
					     struct sums *sums)
{
	u32 prev = ptr_link(head);

	for (u32 at = head->next; at != ptr_link(head);) {
		struct slab *slab = slab_of_list(m, at);
		const char *broken;

		CLAUSE(leads_to_slab(m, at) && slab->list.prev == prev,
		       "S1: a list's links agree, all of them slabs'");
		CLAUSE(sums->slabs < m->data->nr_slab,
		       "S1: a list has no more slabs than there are");
		CLAUSE(in_right_list(cache, head, slab->inuse),
		       "S2: a slab is in the list for what is in use of it");
		broken = validate_slab(m, cache, slab, sums);
		CLAUSE(!broken, broken);
		prev = at;
		at = slab->list.next;
	}
	CLAUSE(head->prev == prev,
	       "S1: a list's links agree, all of them slabs'");
	return NULL;
}

/* An array's entry, which is an object's slot. */
static UNSANITIZED const char *validate_entry(const struct machine *m,
					      const struct kmem_cache *cache,
					      u32 link)
{
	const u8 *objp = link_ptr(m->base, link);
	const struct page *page;
	u32 offset;

	CLAUSE(owner_covers(m, objp), "S7: an array has objects of its cache");
	page = page_of_ptr(m, objp);
	CLAUSE(page_in_slab(page) && page_cache(m, page) == cache,
	       "S7: an array has objects of its cache");
	offset = link - page_slab(m, page)->s_mem;
	CLAUSE(offset % cache->objsize == 0 &&
		       offset / cache->objsize < cache->num,
	       "S7: an array's entry is where an object begins");
	objp += cache->dbghead;
	CLAUSE(!owner_has(m, objp, cache->objsize),
	       "S8: what is in an array is in nobody's hands");
	return NULL;
}

/*
 * True: no word is there twice.  False: perhaps one is.  A bit stands for all
 * addresses that are 64 KiB apart.
 */
static UNSANITIZED bool surely_distinct(const u32 *word, u32 nr)
{
	u32 seen[(64u << 10) / 4 / 32] = { 0 };

	for (u32 i = 0; i < nr; i++) {
		u32 bit = word[i] / 4 % (64u << 10 >> 2);

		if (test_bit(seen, bit))
			return false;
		set_bit(seen, bit);
	}
	return true;
}

/* Ascending [Shell's sort]. */
static UNSANITIZED void sort(u32 *word, u32 nr)
{
	for (u32 gap = nr / 2; gap; gap /= 2)
		for (u32 i = gap; i < nr; i++) {
			u32 x = word[i], j = i;

			for (; j >= gap && word[j - gap] > x; j -= gap)
				word[j] = word[j - gap];
			word[j] = x;
		}
}

static UNSANITIZED bool distinct(u32 *word, u32 nr)
{
	u32 i = 1;

	sort(word, nr);
	while (i < nr && word[i - 1] != word[i])
		i++;
	return i >= nr;
}

static UNSANITIZED const char *collect(const struct machine *m,
				       const struct kmem_cache *cache, u32 link,
				       u32 *all, u32 *nr)
{
	struct array_cache *ac = array_at(m, link);

	if (!link)
		return NULL;
	CLAUSE(ac->avail <= ac->limit && *nr + ac->avail <= ENTRIES_MAX,
	       "S7: an array has no more than its limit");
	for (u32 i = 0; i < ac->avail; i++) {
		const char *broken;

		all[*nr] = array_entry(ac)[i];
		broken = validate_entry(m, cache, all[*nr]);
		CLAUSE(!broken, broken);
		(*nr)++;
	}
	return NULL;
}

static UNSANITIZED const char *validate_arrays(const struct machine *m,
					       const struct kmem_cache *cache,
					       const struct sums *sums)
{
	u32 all[ENTRIES_MAX], nr = 0;
	const char *broken = collect(m, cache, cache->lists.shared, all, &nr);

	for (u32 cpu = 0; !broken && cpu < m->setup.nr_cpus; cpu++)
		broken = collect(m, cache, cache->array[cpu], all, &nr);
	CLAUSE(!broken, broken);
	CLAUSE(surely_distinct(all, nr) || distinct(all, nr),
	       "S8: no object is in the arrays twice");
	CLAUSE(sums->inuse == nr + sums->given,
	       "S9: what is in use is in arrays or in hands");
	return NULL;
}

static UNSANITIZED const char *validate_cache(const struct machine *m,
					      const struct kmem_cache *cache,
					      struct sums *sums)
{
	const struct kmem_list3 *l3 = &cache->lists;
	const char *broken = validate_list(m, cache, &l3->slabs_full, sums);

	if (!broken)
		broken = validate_list(m, cache, &l3->slabs_partial, sums);
	if (!broken)
		broken = validate_list(m, cache, &l3->slabs_free, sums);
	CLAUSE(!broken, broken);
	CLAUSE(l3->free_objects == sums->slabs * cache->num - sums->inuse,
	       "S10: free_objects counts what the slabs have");
	return validate_arrays(m, cache, sums);
}

/* --- all of them ---------------------------------------------------------- */

struct totals {
	u32 frames, reclaim;
};

static UNSANITIZED void add_up(struct totals *totals,
			       const struct kmem_cache *cache, u32 slabs)
{
	totals->frames += slabs << cache->gfporder;
	if (cache->flags & SLAB_RECLAIM_ACCOUNT)
		totals->reclaim += slabs << cache->gfporder;
}

static UNSANITIZED const char *validate_rcu(const struct machine *m,
					    struct totals *totals)
{
	const struct list_head *rcu = &m->data->rcu_list;
	u32 prev = ptr_link(rcu), nr = 0;

	for (u32 at = rcu->next; at != ptr_link(rcu); nr++) {
		struct slab *slab = slab_of_list(m, at);
		const struct kmem_cache *cache;
		const char *broken;

		CLAUSE(leads_to_slab(m, at) && slab->list.prev == prev &&
			       nr < m->data->nr_rcu,
		       "S11: nr_rcu is the length of its list");
		cache = page_cache(m, page_of_ptr(m, slab_block(m, slab)));
		CLAUSE(cache_valid(m, cache) && !slab->inuse &&
			       cache->flags & SLAB_DESTROY_BY_RCU,
		       "S11: what waits is an empty slab of an RCU cache");
		broken = validate_frames(m, cache, slab);
		CLAUSE(!broken, broken);
		add_up(totals, cache, 1);
		prev = at;
		at = slab->list.next;
	}
	CLAUSE(nr == m->data->nr_rcu, "S11: nr_rcu is the length of its list");
	return NULL;
}

/* The second walk: mem_map, and the tables of owners. */
static UNSANITIZED const char *validate_mem_map(const struct machine *m)
{
	u32 nr = 0;

	for (pfn_t pfn = 0; pfn < m->nr_pages; pfn++)
		nr += page_in_slab(pfn_to_page(m, pfn));
	CLAUSE(nr == m->data->nr_slab, "S12: nr_slab counts PG_slab");
	for (pfn_t pfn = 0; pfn < m->setup.max_low_pfn; pfn++) {
		const u64 *owned = (const u64 *)(m->objects.owned +
						 (size_t)pfn * OWNED_BYTES);
		u64 any = 0;

		if (page_in_slab(pfn_to_page(m, pfn)))
			continue;
		for (u32 i = 0; i < OWNED_BYTES / 8; i++)
			any |= owned[i];
		CLAUSE(!any, "S13: only in slabs there are objects in hands");
	}
	return NULL;
}

/*
 * S1   the links of each list agree, and lead to slabs
 * S2   each is in the list for how much of it is in use
 * S3   its frames are a block of the cache's order, and lead to it
 * S4   it has one of the cache's colours, management is where it belongs
 * S5   its free chain has what is not in use, each object once
 * S6   and none of them is in anybody's hands
 * S7   arrays have objects of their cache, no more than their limit
 * S8   each in one array, once, and in nobody's hands
 * S9   what is in use is in arrays, in hands, or the allocator's own
 * S10  free_objects counts what is free in the slabs
 * S11  slabs that wait for a grace period are empty, and counted
 * S12  nr_slab and slab_reclaim_pages count the slabs' frames       (full)
 * S13  outside slabs there are no objects                           (full)
 *
 * Quick is for caches that were touched since the snapshot alone.
 */
UNSANITIZED const char *slab_validate(const struct machine *m,
				      enum validate_depth depth)
{
	struct kmem_cache *cache = NULL;
	struct totals totals = { 0 };
	const char *broken;
	u32 nr = 0;

	if (m->data->g_cpucache_up != CPUCACHE_FULL)
		return NULL;
	while ((cache = cache_next(m, cache, &nr))) {
		struct sums sums = { 0 };

		if (depth == VALIDATE_QUICK &&
		    !(cache_state(m, cache) & CACHE_TOUCHED))
			continue;
		broken = validate_cache(m, cache, &sums);
		CLAUSE(!broken, broken);
		add_up(&totals, cache, sums.slabs);
	}
	broken = validate_rcu(m, &totals);
	if (broken || depth == VALIDATE_QUICK)
		return broken;
	CLAUSE(totals.frames == m->data->nr_slab &&
		       totals.reclaim == m->data->slab_reclaim_pages,
	       "S12: nr_slab and slab_reclaim_pages count the slabs' frames");
	return validate_mem_map(m);
}
