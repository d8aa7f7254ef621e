// SPDX-License-Identifier: MIT
/*
 * object_self_check.c - the model's books of caches, slabs and objects,
 * recounted naively.
 *
 * Validator: objects_self_check().  Its clauses are the strings it returns.
 * Slabs are walked by the lists of the caches in the chain, and counted again
 * by the marks of frames; objects by free chains, by arrays, and by state.
 */
#include "model.h"

struct tally {
	u32 slabs, frames, reclaim; /* of all caches */
	u32 free, in_arrays;	    /* of one: objects */
};

/* The free chain is as long as it must be, and all on it are free. */
static const char *check_free_chain(const struct model *o,
				    const struct cache *c,
				    const struct slab *slab)
{
	u32 nr = c->geo.num - slab->inuse, at = slab->free;

	for (; nr && at != BUFCTL_END; nr--) {
		const struct object *object;

		if (at >= c->geo.num)
			return "a free chain leaves its slab";
		object = object_of(o, slab, at);
		if (object->is != OBJECT_FREE)
			return "a free chain holds what is not free";
		at = object->next;
	}
	return nr || at != BUFCTL_END ? "a free chain has a wrong length"
				      : NULL;
}

static const char *check_slab(const struct model *o, const struct cache *c,
			      const struct slab *slab, struct tally *t)
{
	u32 first = PAGE_OFFSET + slab_pfn(o, slab) * PAGE_SIZE;
	u32 free = 0;

	if (slab->cache != cache_number(o, c))
		return "a slab is in another cache's list";
	if (slab_at(o, first) != slab)
		return "a slab's frames are not marked";
	if (o->frame[slab_pfn(o, slab)].order != c->geo.order)
		return "a slab has another order than its cache";
	if (slab->s_mem < first || slab->s_mem + c->geo.num * c->geo.objsize >
					   first + (PAGE_SIZE << c->geo.order))
		return "a slab's objects leave its frames";
	for (u32 i = 0; i < c->geo.num; i++) {
		u8 is = object_of(o, slab, i)->is;

		free += is == OBJECT_FREE;
		t->in_arrays += is == OBJECT_ARRAY;
	}
	if (free != c->geo.num - slab->inuse)
		return "a slab's inuse is not the number of its objects";
	t->free += free;
	t->slabs++;
	t->frames += 1u << c->geo.order;
	if (c->geo.flags & SLAB_RECLAIM_ACCOUNT)
		t->reclaim += 1u << c->geo.order;
	return check_free_chain(o, c, slab);
}

static bool suits(const struct cache *c, const struct slab *slab, u32 list)
{
	if (slab->is != SLAB_LISTED || slab->list != list)
		return false;
	if (list == SLABS_FULL)
		return slab->inuse == c->geo.num;
	if (list == SLABS_FREE)
		return !slab->inuse;
	return slab->inuse && slab->inuse < c->geo.num;
}

static const char *check_list(const struct model *o, const struct cache *c,
			      u32 list, struct tally *t)
{
	pfn_t prev = PFN_NONE, pfn = c->list[list].head;

	for (u32 n = 0; pfn != PFN_NONE; n++) {
		const struct slab *slab = &o->slab[pfn];
		const char *why;

		if (n > o->nr_frames)
			return "a list of slabs has no end";
		if (slab->prev != prev)
			return "a list of slabs has links that disagree";
		if (!suits(c, slab, list))
			return "a slab is in a list that does not suit it";
		why = check_slab(o, c, slab, t);
		if (why)
			return why;
		prev = pfn;
		pfn = slab->next;
	}
	return c->list[list].tail == prev ? NULL
					  : "a list of slabs has another tail";
}

static const char *check_array(const struct model *o, const struct cache *c,
			       u32 cpu, u32 *nr)
{
	const struct array *a = &c->array[cpu];
	struct place p;

	if (a->avail > a->limit)
		return "an array holds more than its limit";
	if (!a->address)
		return a->avail ? "no array holds objects" : NULL;
	if (!place_of(o, a->address, &p) || p.object->is != OBJECT_OWN)
		return "an array is no object of the allocator's own";
	for (u32 i = 0; i < a->avail; i++) {
		u32 slot = array_entries(o, c, cpu)[i];

		if (!place_of(o, slot + c->geo.head, &p) || p.cache != c ||
		    p.object->is != OBJECT_ARRAY)
			return "an array holds what is not in arrays";
	}
	*nr += a->avail;
	return NULL;
}

static const char *check_cache(const struct model *o, const struct cache *c,
			       struct tally *t)
{
	const char *why = NULL;
	u32 nr = 0;

	t->free = t->in_arrays = 0;
	if (cache_at_address(o, c->address) != c)
		return "a cache is not where its descriptor is";
	for (u32 list = 0; !why && list < NR_SLAB_LISTS; list++)
		why = check_list(o, c, list, t);
	for (u32 cpu = 0; !why && cpu <= SHARED; cpu++)
		why = check_array(o, c, cpu, &nr);
	if (why)
		return why;
	if (t->free != c->free_objects)
		return "free_objects is not the slabs' sum";
	return nr == t->in_arrays ? NULL : "an object is in no array, or two";
}

static const char *check_rcu(const struct model *o, struct tally *t)
{
	const struct objects_state *s = &o->now.objects;
	u32 nr = 0;

	for (pfn_t pfn = s->rcu.head; pfn != PFN_NONE;
	     pfn = o->slab[pfn].next) {
		const struct slab *slab = &o->slab[pfn];
		const char *why;

		if (nr++ > o->nr_frames || slab->is != SLAB_RCU)
			return "who waits for a grace period is no such slab";
		why = check_slab(o, cache_of(o, slab->cache), slab, t);
		if (why)
			return why;
	}
	return nr == s->nr_rcu ? NULL : "nr_rcu is not the number of slabs";
}

const char *objects_self_check(const struct model *o)
{
	const struct objects_state *s = &o->now.objects;
	struct tally t = { .slabs = 0 };
	const char *why;
	u32 marked = 0;

	if (!s->up)
		return NULL;
	for (u32 i = 0; i < s->nr_caches; i++) {
		why = check_cache(o, cache_of(o, o->chain[i]), &t);
		if (why)
			return why;
	}
	why = check_rcu(o, &t);
	if (why)
		return why;
	for (pfn_t pfn = 0; pfn < o->now.layout.max_low_pfn; pfn++)
		marked += o->frame[pfn].is == IS_ALLOCATED &&
			  o->frame[pfn].marks & MARK_SLAB;
	if (marked != t.slabs)
		return "slabs and marked frames disagree";
	if (t.frames != s->nr_slab)
		return "nr_slab is not the slabs' sum";
	return t.reclaim == s->slab_reclaim_pages
		       ? NULL
		       : "slab_reclaim_pages is not the slabs' sum";
}
