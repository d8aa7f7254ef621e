// SPDX-License-Identifier: MIT
/*
 * array_model.c - objects between their slabs and their owners: the per-CPU
 * arrays, the shared array, refill and flush.
 *
 *	take	the last entry; none: refill from the shared array's end, else
 *		from partial slabs, else from free ones; none at all: grow
 *	give	one entry more; full: the oldest batch goes to the shared
 *		array, or to the slabs
 *	slabs	objects come and go at the head of a slab's free chain
 *
 * [mm/slab.c: cache_alloc_refill, cache_flusharray, free_block,
 * drain_array_locked]
 */
#include "judge.h"

#define REFILL_COLD 16u /* BATCHREFILL_LIMIT */

static void move_entries(u32 *to, const u32 *from, u32 nr)
{
	for (u32 i = 0; i < nr; i++)
		to[i] = from[i];
}

/* --- refill --------------------------------------------------------------- */

static void take_shared(struct model *o, struct cache *c, unsigned int cpu,
			u32 nr)
{
	struct array *shared = &c->array[SHARED];

	if (nr > shared->avail)
		nr = shared->avail;
	shared->avail -= nr;
	shared->touched = 1;
	move_entries(array_entries(o, c, cpu),
		     array_entries(o, c, SHARED) + shared->avail, nr);
	c->array[cpu].avail = nr;
}

/* Up to nr objects off the slab's chain; how many. */
static u32 take_from_slab(struct model *o, struct cache *c, struct slab *slab,
			  u32 *slot, u32 nr)
{
	u32 taken = 0;

	slab_touch(o, slab);
	while (taken < nr && slab->free != BUFCTL_END) {
		struct object *object = object_of(o, slab, slab->free);

		slot[taken++] = slab->s_mem + slab->free * c->geo.objsize;
		object->is = OBJECT_ARRAY;
		slab->free = object->next;
		slab->inuse++;
	}
	return taken;
}

static void take_slabs(struct model *o, struct cache *c, unsigned int cpu,
		       u32 nr)
{
	u32 *slot = array_entries(o, c, cpu), taken = 0;

	while (taken < nr) {
		pfn_t pfn = c->list[SLABS_PARTIAL].head;
		struct slab *slab;

		if (pfn == PFN_NONE) {
			c->free_touched = 1;
			pfn = c->list[SLABS_FREE].head;
		}
		if (pfn == PFN_NONE)
			break;
		slab = &o->slab[pfn];
		taken += take_from_slab(o, c, slab, slot + taken, nr - taken);
		slab_leave(o, c, slab);
		slab_join(o, c,
			  slab->free == BUFCTL_END ? SLABS_FULL : SLABS_PARTIAL,
			  slab, false);
	}
	c->array[cpu].avail = taken;
	c->free_objects -= taken;
}

/* What the cache has without growing. */
static void fill(struct model *o, struct cache *c, unsigned int cpu)
{
	const struct array *a = &c->array[cpu];
	u32 nr = a->batch;

	if (!a->touched && nr > REFILL_COLD)
		nr = REFILL_COLD;
	if (c->array[SHARED].avail)
		take_shared(o, c, cpu, nr);
	else
		take_slabs(o, c, cpu, nr);
}

/* The array stays empty if nothing can be had. */
static __attribute__((noinline)) bool refill(struct judge *j, struct cache *c,
					     gfp_t gfp)
{
	u32 free_touched = c->free_touched;
	bool grown = true;

	while (grown) {
		enum report_kind kind;

		fill(j->o, c, j->cpu);
		if (c->array[j->cpu].avail)
			return true;
		kind = grow_misuse(c, gfp);
		if (kind) {
			note_report(j, kind);
			c->free_touched = free_touched;
			return true;
		}
		if (gfp & __GFP_NO_GROW)
			return true;
		if (!slab_grows(j, c, gfp, &grown))
			return false;
	}
	return true;
}

/* --- allocation ----------------------------------------------------------- */

enum report_kind alloc_misuse(const struct judge *j, const struct cache *c,
			      gfp_t gfp)
{
	if ((gfp & __GFP_WAIT) && (j->flags & (TASK_ATOMIC | TASK_IRQ)))
		return REPORT_sleep_in_atomic;
	if (j->o->now.objects.debug &&
	    !(gfp & __GFP_DMA) != !(c->geo.flags & SLAB_CACHE_DMA))
		return REPORT_object_dma;
	return REPORT_none;
}

static bool construct_again(struct judge *j, struct cache *c,
			    const struct place *p, gfp_t gfp)
{
	u8 flags = SLAB_CTOR_CONSTRUCTOR;

	if (!(c->life & OBJECT_CTOR) || !(c->geo.flags & SLAB_POISON))
		return true;
	if (!(gfp & __GFP_WAIT))
		flags |= SLAB_CTOR_ATOMIC;
	return construct(j, c, p, flags);
}

/* p->address is 0 where the cache has none to give. */
bool cache_take(struct judge *j, struct cache *c, gfp_t gfp, enum object_is is,
		u32 asked, struct place *p)
{
	struct array *a = &c->array[j->cpu];
	enum report_kind kind = REPORT_none;

	p->address = 0;
	cache_touch(j->o, c);
	if (unlikely(!a->avail)) {
		if (!refill(j, c, gfp))
			return false;
		if (!a->avail)
			return true;
	}
	*p = place_of_slot(j->o, array_entries(j->o, c, j->cpu)[a->avail - 1]);
	if (c->geo.flags & (SLAB_POISON | SLAB_RED_ZONE))
		kind = debug_alloc_finds(j->o, p);
	if (unlikely(kind)) {
		note_report(j, kind);
		p->address = 0;
		return true;
	}
	a->avail--;
	a->touched = 1;
	slab_touch(j->o, p->slab);
	p->object->is = (u8)is;
	p->object->asked = asked;
	if (!construct_again(j, c, p, gfp))
		return false;
	object_changes_hands(j, p);
	return true;
}

bool cache_gives(struct judge *j, struct cache *c, gfp_t gfp, enum object_is is,
		 u32 asked, u32 *address)
{
	enum report_kind kind = alloc_misuse(j, c, gfp);
	struct place p;

	*address = 0;
	if (unlikely(kind)) {
		note_report(j, kind);
		return true;
	}
	if (!cache_take(j, c, gfp, is, asked, &p))
		return false;
	*address = p.address;
	return true;
}

/* --- freeing -------------------------------------------------------------- */

bool free_block(struct judge *j, struct cache *c, const u32 *slot, u32 n)
{
	struct model *o = j->o;

	cache_touch(o, c);
	c->free_objects += n;
	for (u32 i = 0; i < n; i++) {
		struct place p = place_of_slot(o, slot[i]);
		struct slab *slab = p.slab;

		slab_leave(o, c, slab);
		p.object->is = OBJECT_FREE;
		p.object->next = slab->free;
		slab->free = (u16)p.index;
		slab->inuse--;
		if (slab->inuse) {
			slab_join(o, c, SLABS_PARTIAL, slab, true);
		} else if (c->free_objects <= c->free_limit) {
			slab_join(o, c, SLABS_FREE, slab, false);
		} else {
			c->free_objects -= c->geo.num;
			if (!slab_goes(j, c, slab))
				return false;
		}
	}
	return true;
}

static void drop_oldest(struct model *o, struct cache *c, unsigned int cpu,
			u32 n)
{
	u32 *entry = array_entries(o, c, cpu);

	c->array[cpu].avail -= n;
	move_entries(entry, entry + n, c->array[cpu].avail);
}

bool array_drains(struct judge *j, struct cache *c, unsigned int cpu, u32 n)
{
	if (!n)
		return true;
	if (!free_block(j, c, array_entries(j->o, c, cpu), n))
		return false;
	drop_oldest(j->o, c, cpu, n);
	return true;
}

static __attribute__((noinline)) bool flush(struct judge *j, struct cache *c)
{
	struct model *o = j->o;
	struct array *shared = &c->array[SHARED];
	u32 room = shared->limit - shared->avail;
	u32 n = c->array[j->cpu].batch;

	if (!shared->address || !room)
		return array_drains(j, c, j->cpu, n);
	if (n > room)
		n = room;
	move_entries(array_entries(o, c, SHARED) + shared->avail,
		     array_entries(o, c, j->cpu), n);
	shared->avail += n;
	drop_oldest(o, c, j->cpu, n);
	return true;
}

static bool debug_free(struct judge *j, struct cache *c, const struct place *p)
{
	if ((c->geo.flags & SLAB_DEBUG_INITIAL) &&
	    !construct(j, c, p, SLAB_CTOR_CONSTRUCTOR | SLAB_CTOR_VERIFY))
		return false;
	return !(c->geo.flags & SLAB_POISON) || !(c->life & OBJECT_DTOR) ||
	       destruct(j, c, p);
}

bool cache_takes_back(struct judge *j, const struct place *p)
{
	struct cache *c = p->cache;
	struct array *a = &c->array[j->cpu];

	cache_touch(j->o, c);
	slab_touch(j->o, p->slab);
	if (unlikely(c->geo.flags & (SLAB_POISON | SLAB_DEBUG_INITIAL)) &&
	    !debug_free(j, c, p))
		return false;
	p->object->is = OBJECT_ARRAY;
	object_changes_hands(j, p);
	if (unlikely(a->avail >= a->limit) && !flush(j, c))
		return false;
	array_entries(j->o, c, j->cpu)[a->avail++] = p->address - c->geo.head;
	return true;
}

bool own_kmalloc(struct judge *j, u32 size, gfp_t gfp, u32 *address)
{
	struct cache *c = general_cache_of(j->o, size, gfp);

	*address = 0;
	return !c || cache_gives(j, c, gfp, OBJECT_OWN, size, address);
}

bool own_free(struct judge *j, u32 address)
{
	struct place p;

	if (!place_of(j->o, address, &p))
		return diverge(j->d, RULE_S14, "own object", address, 0);
	return cache_takes_back(j, &p);
}
