/* SPDX-License-Identifier: MIT */
/*
 * stocked.h - a model with four caches made by hand, so that objects can be
 * told of without a machine and without a page allocated.
 *
 * cache_cache, size-32, size-64 and a cache of the program's, whose flags and
 * constructor the test chooses, each with one full slab all of whose objects
 * are in CPU 0's array: the next one handed out is the last entry.  What is
 * more than that must grow, and can be made to fail by fail_nth=1.
 */
#ifndef ORACLE_STOCKED_H
#define ORACLE_STOCKED_H

#include "puppet.h"
#include "../geometry.h"

struct stock {
	struct pair *p;
	struct cache *size32, *size64, *own;
};

/* --- by hand ------------------------------------------------------------ */

static inline struct slab *stock_slab(struct model *o, struct cache *c)
{
	pfn_t pfn = buddy_take(o, ZONE_DMA, c->geo.order);
	struct frame *f = frame_touch(o, pfn);
	struct slab *slab = &o->slab[pfn];
	u32 begin = PAGE_OFFSET + pfn * PAGE_SIZE;

	f->is = IS_ALLOCATED;
	f->order = (u8)c->geo.order;
	f->count = 1;
	f->marks |= MARK_SLAB;
	slab_touch(o, slab);
	slab->s_mem = begin + c->geo.slab_size;
	slab->management = begin;
	slab->cache = (u16)cache_number(o, c);
	slab->free = BUFCTL_END;
	slab->inuse = c->geo.num;
	EXPECT(slab_objects_new(o, slab, c->geo.num));
	slab_join(o, c, SLABS_FULL, slab, true);
	o->now.objects.nr_slab += 1u << c->geo.order;
	return slab;
}

static inline void stock_array(struct model *o, struct cache *c)
{
	struct slab *slab = stock_slab(o, c);
	u32 *entry = array_entries(o, c, 0);

	c->array[0] = (struct array){ .avail = c->geo.num,
				      .limit = ENTRIES_CPU,
				      .batch = ENTRIES_CPU / 2 };
	for (u32 i = 0; i < c->geo.num; i++) {
		object_of(o, slab, i)->is = OBJECT_ARRAY;
		entry[i] = slab->s_mem + i * c->geo.objsize;
	}
}

static inline struct cache *stock_cache(struct model *o, u32 size, u32 flags,
					u8 life)
{
	struct geometry_rules r = geometry_rules_of(o);
	struct cache *c = cache_new(o);

	c->size = size;
	c->life = life;
	c->name = NAME_GENERAL;
	c->limit = ENTRIES_CPU;
	c->batch = ENTRIES_CPU / 2;
	c->slabp_cache = CACHE_NONE;
	c->free_limit = 1000;
	EXPECT(geometry_compute(&c->geo, size, 0, flags, &r));
	stock_array(o, c);
	chain_add(o, c);
	return c;
}

/* The image has it, and nobody's descriptor. */
static inline struct cache *stock_cache_cache(struct model *o)
{
	struct cache *c = stock_cache(o, KMEM_CACHE_BYTES, 0, 0);

	c->address = PAGE_OFFSET + KERNEL_START;
	o->now.objects.cache_cache = (u16)cache_number(o, c);
	return c;
}

/* The last object of the cache's array is the allocator's own. */
static inline struct place stock_take(struct model *o, struct cache *from)
{
	u32 slot = array_entries(o, from, 0)[--from->array[0].avail];
	struct place p = place_of_slot(o, slot);

	p.object->is = OBJECT_OWN;
	return p;
}

static inline void stock_descriptor(struct model *o, struct cache *c)
{
	struct place p = stock_take(o, cache_of(o, o->now.objects.cache_cache));

	p.object->ref = cache_number(o, c);
	c->address = p.address;
}

/* `flags` and `life` are the own cache's, of objects of 200 bytes. */
static inline struct stock stocked(bool debug, u32 flags, u8 life)
{
	struct stock s = { .p = pair_run(M(24), M(1004), 1) };
	struct model *o = s.p->o;
	struct objects_state *state = &o->now.objects;
	struct cache *caches;
	u32 watched = debug ? SLAB_RED_ZONE | SLAB_STORE_USER | SLAB_POISON : 0;

	EXPECT(objects_boot(o));
	state->line = 32;
	state->debug = debug;
	state->offslab_limit = ~0u;
	caches = stock_cache_cache(o);
	s.size32 = stock_cache(o, 32, watched, 0);
	s.size64 = stock_cache(o, 64, watched, 0);
	s.own = stock_cache(o, 200, flags, life);
	stock_descriptor(o, s.size32);
	stock_descriptor(o, s.size64);
	stock_descriptor(o, s.own);
	caches->array[0].address = stock_take(o, s.size32).address;
	s.size32->array[0].address = stock_take(o, s.size32).address;
	s.size64->array[0].address = stock_take(o, s.size32).address;
	s.own->array[0].address = stock_take(o, s.size32).address;
	state->general[0][0] = (u16)cache_number(o, s.size32);
	state->general[0][1] = (u16)cache_number(o, s.size64);
	stock_descriptor(o, s.size32);
	stock_descriptor(o, s.size64);
	stock_descriptor(o, s.own);
	state->up = true;
	model_snapshot(o);
	return s;
}

/* --- what comes next ---------------------------------------------------- */

/* The address of the n-th object to be handed out, from 0. */
static inline u32 next_of(const struct stock *s, const struct cache *c, u32 n)
{
	return array_entries(s->p->o, c, 0)[c->array[0].avail - 1 - n] +
	       c->geo.head;
}

/*
 * All but `left` objects of the array are gone; with fail_nth the cache, to
 * which pages are not to be had, cannot grow.
 */
static inline void leave(struct stock *s, struct cache *c, u32 left)
{
	struct model *o = s->p->o;
	u32 *entry = array_entries(o, c, 0);

	while (c->array[0].avail > left)
		place_of_slot(o, entry[--c->array[0].avail]).object->is =
			OBJECT_OWN;
}

static inline void run_dry(struct stock *s, struct cache *c)
{
	leave(s, c, 0);
}

static inline u8 *bytes(const struct stock *s, u32 address)
{
	return s->p->ram + (address - PAGE_OFFSET);
}

static inline void tell(struct stock *s, enum trace_event event, u32 address,
			gfp_t gfp)
{
	announce(s->p, (struct trace_record){ .event = (u8)event,
					      .pfn = address,
					      .arg = gfp });
}

#endif
