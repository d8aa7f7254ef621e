// SPDX-License-Identifier: MIT
/*
 * slab.c - the three lists of a cache's slabs, and the free objects in them
 * [cache_alloc_refill() and free_block() of mm/slab.c].
 *
 *     full      inuse == num
 *     partial   0 < inuse < num     taken from the head; a slab that gets an
 *     free      inuse == 0          object back goes to the tail
 *
 *     slab->free -> i -> bufctl[i] -> ... -> BUFCTL_END: the free chain, last
 *                                            in, first out
 *
 * inuse counts what is out of the slab, be it in hands or in an array;
 * free_objects is the sum of num - inuse.  Validator: slab_validate(), S.
 */
#include "slab.h"

static void list_add(const struct machine *m, struct slab *slab,
		     struct list_head *head)
{
	list_insert(m->base, &slab->list, ptr_link(head), head->next);
}

static void list_add_tail(const struct machine *m, struct slab *slab,
			  struct list_head *head)
{
	list_insert(m->base, &slab->list, head->prev, ptr_link(head));
}

/* The slab whose list this link leads to. */
static struct slab *slab_in_list(const struct machine *m, u32 link)
{
	const struct list_head *list = list_at(m->base, link);

	CHECK(m, owner_covers(m, list) && page_in_slab(page_of_ptr(m, list)),
	      "slab: a list leads to what is in no slab");
	return slab_of_list(m, link);
}

/* --- taking --------------------------------------------------------------- */

/* The slab to take from; NULL: there is none with a free object. */
static struct slab *slab_with_free(struct machine *m, struct kmem_cache *cache)
{
	struct kmem_list3 *l3 = &cache->lists;

	if (!list_empty(&l3->slabs_partial))
		return slab_in_list(m, l3->slabs_partial.next);
	l3->free_touched = 1;
	if (!list_empty(&l3->slabs_free))
		return slab_in_list(m, l3->slabs_free.next);
	return NULL;
}

/* What the slab has, as far as the array may have it, along the chain. */
static void take_from(const struct machine *m, const struct kmem_cache *cache,
		      struct slab *slab, struct array_cache *ac, u32 max)
{
	const u32 num = cache->num, objsize = cache->objsize;
	const u32 s_mem = slab->s_mem;
	const bool debug = m->objects.debug;
	u32 *entry = array_entry(ac) + ac->avail;
	u16 *bufctl = slab_bufctl(slab);
	u32 nr = num - slab->inuse, i = slab->free;

	CHECK(m, slab->inuse < num,
	      "slab: a full slab where there are free objects");
	if (nr > max - ac->avail)
		nr = max - ac->avail;
	for (u32 n = 0; n < nr; n++) {
		u32 next;

		CHECK(m, i < num, "slab: a free chain that leads nowhere");
		entry[n] = s_mem + i * objsize;
		next = bufctl[i];
		if (debug)
			bufctl[i] = BUFCTL_FREE;
		i = next;
	}
	slab->free = (u16)i;
	slab->inuse += nr;
	ac->avail += nr;
}

void slab_take_objects(struct machine *m, struct kmem_cache *cache,
		       struct array_cache *ac, u32 max)
{
	struct kmem_list3 *l3 = &cache->lists;

	while (ac->avail < max) {
		struct slab *slab = slab_with_free(m, cache);

		if (!slab)
			break;
		take_from(m, cache, slab, ac, max);
		list_remove(m->base, &slab->list);
		if (slab->free == BUFCTL_END)
			list_add(m, slab, &l3->slabs_full);
		else
			list_add(m, slab, &l3->slabs_partial);
	}
	l3->free_objects -= ac->avail;
}

/* --- giving back ---------------------------------------------------------- */

/* x / n == x * reciprocal(n) >> 32 for multiples x of n below 2^32 */
static u64 reciprocal(u32 n)
{
	return ((1ull << 32) + n - 1) / n;
}

/*
 * The first of `nr' objects goes back into its slab, and those behind it that
 * are the same slab's; returns how many.
 */
static u32 put_objects(const struct machine *m, const struct kmem_cache *cache,
		       struct slab *slab, const u32 *entry, u32 nr, u64 recip)
{
	const u32 objsize = cache->objsize, bytes = cache->num * objsize;
	const u32 s_mem = slab->s_mem;
	const bool debug = m->objects.debug;
	u16 *bufctl = slab_bufctl(slab);
	u32 free = slab->free, n = 0;

	for (; n < nr && entry[n] - s_mem < bytes; n++) {
		u32 offset = entry[n] - s_mem;
		u32 i = (u32)(offset * recip >> 32);

		CHECK(m, i * objsize == offset,
		      "slab: where no object begins, one is given back");
		CHECK(m, !debug || bufctl[i] == BUFCTL_FREE,
		      "slab: an object that is in its slab already");
		bufctl[i] = (u16)free;
		free = i;
	}
	CHECK(m, n && n <= slab->inuse,
	      "slab: objects that are none of their slab's");
	slab->free = (u16)free;
	slab->inuse -= n;
	return n;
}

static void put_slab(struct machine *m, struct kmem_cache *cache,
		     struct slab *slab)
{
	struct kmem_list3 *l3 = &cache->lists;

	if (slab->inuse) {
		list_add_tail(m, slab, &l3->slabs_partial);
	} else if (l3->free_objects > cache->free_limit) {
		l3->free_objects -= cache->num;
		slab_destroy(m, cache, slab);
	} else {
		list_add(m, slab, &l3->slabs_free);
	}
}

/*
 * One object after another would move its slab to the tail each time: of
 * several in a row, the last one's move is what remains.
 */
void slab_free_block(struct machine *m, struct kmem_cache *cache,
		     const u32 *entry, u32 nr)
{
	const u64 recip = reciprocal(cache->objsize);

	cache->lists.free_objects += nr;
	for (u32 i = 0; i < nr;) {
		const struct page *page =
			page_of_ptr(m, link_ptr(m->base, entry[i]));
		struct slab *slab = page_slab(m, page);

		CHECK(m, page_in_slab(page) && page_cache(m, page) == cache,
		      "slab: an object of another cache in an array");
		list_remove(m->base, &slab->list);
		i += put_objects(m, cache, slab, entry + i, nr - i, recip);
		put_slab(m, cache, slab);
	}
}

void slab_free_slabs(struct machine *m, struct kmem_cache *cache, u32 max,
		     bool tail)
{
	struct list_head *free = &cache->lists.slabs_free;

	for (; max && !list_empty(free); max--) {
		struct slab *slab =
			slab_in_list(m, tail ? free->prev : free->next);

		list_remove(m->base, &slab->list);
		cache->lists.free_objects -= cache->num;
		slab_destroy(m, cache, slab);
	}
}
