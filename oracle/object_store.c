// SPDX-License-Identifier: MIT
/*
 * object_store.c - where the model's records of caches, slabs and objects
 * live, and how a reset puts them back.
 *
 * A slab's objects have their records side by side, in a range of 2^n of
 * them, cut from segments as long as the program runs; ranges given back are
 * chained by size.  A range never crosses a segment, as both are aligned.
 * At a snapshot the chains are forgotten: what was free then stays unused,
 * so that no free record needs to be put back.
 *
 * Validator: objects_self_check(), in object_self_check.c.
 */
#include "model.h"
#include "host.h"

#define NO_RANGE 0xFFFFFFFFu

#define CACHE_BYTES (CACHES_MAX * sizeof(struct cache))
#define ENTRY_BYTES ((size_t)ENTRY_CACHES * ENTRIES_CACHE * sizeof(u32))
#define SEGMENT_BYTES (SEGMENT * sizeof(struct object))

/* --- life ----------------------------------------------------------------- */

static bool tables_new(struct model *o)
{
	if (o->cache)
		return true;
	o->cache = model_host_alloc(CACHE_BYTES);
	o->cache_gold = model_host_alloc(CACHE_BYTES);
	if (o->cache && o->cache_gold)
		return true;
	objects_end(o);
	return false;
}

void objects_forget(struct model *o)
{
	for (u32 i = 0; i < o->nr_cache_touched; i++)
		o->cache[o->cache_touched[i]].listed = false;
	o->nr_cache_touched = 0;
	o->nr_slab_touched = 0;
	o->chain_dirty = false;
}

bool objects_boot(struct model *o)
{
	struct objects_state *s = &o->now.objects;

	if (!tables_new(o))
		return false;
	o->chain_dirty = true;
	*s = (struct objects_state){ .record_free = CACHE_NONE };
	s->rcu = (struct slab_queue){ PFN_NONE, PFN_NONE };
	for (u32 i = 0; i < RANGES; i++)
		s->range_free[i] = NO_RANGE;
	return true;
}

void objects_end(struct model *o)
{
	model_host_free(o->cache, CACHE_BYTES);
	model_host_free(o->cache_gold, CACHE_BYTES);
	o->cache = o->cache_gold = NULL;
	o->asked_for = NULL;
	for (u32 i = 0; i < ENTRY_SEGMENTS && o->entry[i]; i++) {
		model_host_free(o->entry[i], ENTRY_BYTES);
		model_host_free(o->entry_gold[i], ENTRY_BYTES);
		o->entry[i] = o->entry_gold[i] = NULL;
	}
	for (u32 i = 0; i < SEGMENTS_MAX && o->object[i]; i++) {
		model_host_free(o->object[i], SEGMENT_BYTES);
		model_host_free(o->object_gold[i], SEGMENT_BYTES);
		o->object[i] = o->object_gold[i] = NULL;
	}
}

/* --- caches --------------------------------------------------------------- */

static bool entries_new(struct model *o, u32 i)
{
	if (!o->entry[i])
		o->entry[i] = model_host_alloc(ENTRY_BYTES);
	if (!o->entry_gold[i])
		o->entry_gold[i] = model_host_alloc(ENTRY_BYTES);
	return o->entry[i] && o->entry_gold[i];
}

struct cache *cache_new(struct model *o)
{
	struct objects_state *s = &o->now.objects;
	struct cache *c;

	if (s->record_free != CACHE_NONE) {
		c = cache_of(o, s->record_free);
		s->record_free = c->next_free;
	} else if (s->nr_records < CACHES_MAX &&
		   entries_new(o, s->nr_records / ENTRY_CACHES)) {
		c = cache_of(o, s->nr_records++);
	} else {
		return NULL;
	}
	cache_touch(o, c);
	*c = (struct cache){ .listed = true };
	for (u32 i = 0; i < NR_SLAB_LISTS; i++)
		c->list[i] = (struct slab_queue){ PFN_NONE, PFN_NONE };
	return c;
}

void cache_delete(struct model *o, struct cache *c)
{
	cache_touch(o, c);
	c->address = 0;
	c->next_free = o->now.objects.record_free;
	o->now.objects.record_free = (u16)cache_number(o, c);
}

void chain_add(struct model *o, const struct cache *c)
{
	o->chain_dirty = true;
	o->chain[o->now.objects.nr_caches++] = (u16)cache_number(o, c);
}

void chain_remove(struct model *o, const struct cache *c)
{
	u32 nr = o->now.objects.nr_caches, at = 0;

	while (at < nr && o->chain[at] != cache_number(o, c))
		at++;
	o->chain_dirty = true;
	o->now.objects.nr_caches--;
	for (; at + 1 < nr; at++)
		o->chain[at] = o->chain[at + 1];
}

struct cache *cache_at_address(const struct model *o, u32 address)
{
	const struct objects_state *s = &o->now.objects;
	struct place p;

	if (s->up && address == cache_of(o, s->cache_cache)->address)
		return cache_of(o, s->cache_cache);
	if (!place_of(o, address, &p) || p.slab->cache != s->cache_cache ||
	    p.object->is != OBJECT_OWN)
		return NULL;
	return cache_of(o, p.object->ref);
}

/* 32 64 96 128 192 256, then powers of two */
static u32 general_index(u32 size)
{
	static const u8 index[9] = { 0, 0, 1, 2, 3, 4, 4, 5, 5 };
	u32 at = 5;

	if (size <= 256)
		return index[(size + 31) / 32];
	while (256u << (at - 5) < size)
		at++;
	return at;
}

struct cache *general_cache_of(const struct model *o, u32 size, gfp_t gfp)
{
	if (size > KMALLOC_MAX)
		return NULL;
	return cache_of(o, o->now.objects.general[!!(gfp & __GFP_DMA)]
						 [general_index(size)]);
}

/* --- ranges of objects ---------------------------------------------------- */

static struct object *record(const struct model *o, u32 number)
{
	return &o->object[number / SEGMENT][number % SEGMENT];
}

static bool segment_new(struct model *o, u32 i)
{
	if (i >= SEGMENTS_MAX)
		return false;
	if (!o->object[i])
		o->object[i] = model_host_alloc(SEGMENT_BYTES);
	if (!o->object_gold[i])
		o->object_gold[i] = model_host_alloc(SEGMENT_BYTES);
	return o->object[i] && o->object_gold[i];
}

bool slab_objects_new(struct model *o, struct slab *slab, u32 num)
{
	struct objects_state *s = &o->now.objects;
	u32 range = 0, size;

	while (1u << range < num)
		range++;
	size = 1u << range;
	slab->range = (u8)range;
	slab->objects = s->range_free[range];
	if (slab->objects != NO_RANGE) {
		s->range_free[range] = record(o, slab->objects)->ref;
	} else {
		slab->objects = (s->nr_objects + size - 1) & ~(size - 1);
		if (!segment_new(o, slab->objects / SEGMENT))
			return false;
		s->nr_objects = slab->objects + size;
	}
	for (u32 i = 0; i < num; i++)
		*record(o, slab->objects + i) = (struct object){
			.is = OBJECT_FREE,
			.next = (u16)(i + 1 < num ? i + 1 : BUFCTL_END),
		};
	return true;
}

void slab_objects_delete(struct model *o, const struct slab *slab)
{
	u32 *list = &o->now.objects.range_free[slab->range];

	record(o, slab->objects)->ref = *list;
	*list = slab->objects;
}

/* --- snapshot and reset --------------------------------------------------- */

/* The barrier: no memcpy, each of which ASan would look at. */
static inline void copy_words(u32 *to, const u32 *from, u32 nr)
{
	for (u32 i = 0; i < nr; i++) {
		to[i] = from[i];
		__asm__ volatile("" ::: "memory");
	}
}

static void copy_entries(u32 *to, const u32 *from, const struct cache *c)
{
	for (u32 cpu = 0; cpu <= SHARED; cpu++)
		copy_words(to + cpu * ENTRIES_CPU, from + cpu * ENTRIES_CPU,
			   c->array[cpu].avail);
}

static void copy_cache(struct model *o, u32 number, bool to_gold)
{
	u32 *now = array_entries(o, &o->cache[number], 0);
	u32 *gold = o->entry_gold[number / ENTRY_CACHES] +
		    number % ENTRY_CACHES * ENTRIES_CACHE;

	o->cache[number].listed = false;
	if (to_gold) {
		o->cache_gold[number] = o->cache[number];
		copy_entries(gold, now, &o->cache_gold[number]);
	} else {
		o->cache[number] = o->cache_gold[number];
		copy_entries(now, gold, &o->cache[number]);
	}
}

static void copy_objects(struct object **to, struct object *const *from,
			 const struct slab *slab)
{
	u32 segment = slab->objects / SEGMENT, at = slab->objects % SEGMENT;

	for (u32 i = 0; i < 1u << slab->range; i++) {
		to[segment][at + i] = from[segment][at + i];
		__asm__ volatile("" ::: "memory");
	}
}

void objects_snapshot(struct model *o)
{
	struct objects_state *s = &o->now.objects;

	for (u32 i = 0; i < o->nr_cache_touched; i++)
		copy_cache(o, o->cache_touched[i], true);
	o->nr_cache_touched = 0;
	for (u32 i = 0; i < o->nr_slab_touched; i++) {
		struct slab *slab = &o->slab[o->slab_touched[i]];

		slab->listed = false;
		o->slab_gold[o->slab_touched[i]] = *slab;
		if (slab->is != SLAB_GONE)
			copy_objects(o->object_gold, o->object, slab);
	}
	o->nr_slab_touched = 0;
	for (u32 i = 0; i < s->nr_caches; i++)
		o->chain_gold[i] = o->chain[i];
	o->chain_dirty = false;
	for (u32 i = 0; i < RANGES; i++)
		s->range_free[i] = NO_RANGE;
}

void objects_reset(struct model *o)
{
	for (u32 i = 0; i < o->nr_cache_touched; i++)
		copy_cache(o, o->cache_touched[i], false);
	o->nr_cache_touched = 0;
	for (u32 i = 0; i < o->nr_slab_touched; i++) {
		struct slab *slab = &o->slab[o->slab_touched[i]];

		*slab = o->slab_gold[o->slab_touched[i]];
		if (slab->is != SLAB_GONE)
			copy_objects(o->object, o->object_gold, slab);
	}
	o->nr_slab_touched = 0;
	if (o->chain_dirty)
		for (u32 i = 0; i < o->gold.objects.nr_caches; i++)
			o->chain[i] = o->chain_gold[i];
	o->chain_dirty = false;
}
