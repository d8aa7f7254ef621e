// SPDX-License-Identifier: MIT
/*
 * slab_model.c - slabs: their lists, growing, destroying, and the calls of
 * constructors and destructors that go with it.
 *
 *	grow	flags judged; a colour; frames; management, if it is elsewhere;
 *		constructors; the free list's tail
 *	destroy	destructors; frames; management; under RCU the last two when
 *		the grace period ends
 *
 * Under poisoning constructors run when objects are handed out instead, and
 * destructors when they come back. [mm/slab.c: cache_grow, slab_destroy]
 */
#include "judge.h"

/* --- lists ---------------------------------------------------------------- */

static struct slab *slab_of(struct model *o, pfn_t pfn)
{
	slab_touch(o, &o->slab[pfn]);
	return &o->slab[pfn];
}

static void queue_add(struct model *o, struct slab_queue *q, struct slab *slab,
		      bool at_tail)
{
	pfn_t pfn = slab_pfn(o, slab);

	slab_touch(o, slab);
	slab->prev = at_tail ? q->tail : PFN_NONE;
	slab->next = at_tail ? PFN_NONE : q->head;
	if (slab->prev != PFN_NONE)
		slab_of(o, slab->prev)->next = pfn;
	else
		q->head = pfn;
	if (slab->next != PFN_NONE)
		slab_of(o, slab->next)->prev = pfn;
	else
		q->tail = pfn;
}

static void queue_remove(struct model *o, struct slab_queue *q,
			 struct slab *slab)
{
	slab_touch(o, slab);
	if (slab->prev != PFN_NONE)
		slab_of(o, slab->prev)->next = slab->next;
	else
		q->head = slab->next;
	if (slab->next != PFN_NONE)
		slab_of(o, slab->next)->prev = slab->prev;
	else
		q->tail = slab->prev;
}

void slab_join(struct model *o, struct cache *c, enum slab_list list,
	       struct slab *slab, bool at_tail)
{
	cache_touch(o, c);
	queue_add(o, &c->list[list], slab, at_tail);
	slab->list = (u8)list;
	slab->is = SLAB_LISTED;
}

void slab_leave(struct model *o, struct cache *c, struct slab *slab)
{
	cache_touch(o, c);
	queue_remove(o, &c->list[slab->list], slab);
}

/* --- constructors and destructors ----------------------------------------- */

static bool want_ctor(struct judge *j, struct ctor_call want)
{
	const struct ctor_call *got = &j->out->ctor[j->at_ctor];
	struct divergence *d = j->d;

	j->o->due_ctor = want;
	if (!must(j->o, d, RULE_S8, "ctor", true, j->at_ctor < j->out->nr_ctor))
		return false;
	j->at_ctor++;
	return must(j->o, d, RULE_S7, "ctor.object", want.object,
		    got->object) &&
	       must(j->o, d, RULE_S7, "ctor.cache", want.cache, got->cache) &&
	       must(j->o, d, RULE_S7, "ctor.dtor", want.dtor, got->dtor) &&
	       must(j->o, d, RULE_S7, "ctor.flags", want.flags, got->flags);
}

bool construct(struct judge *j, struct cache *c, const struct place *p,
	       u8 flags)
{
	gfp_t gfp = flags & SLAB_CTOR_ATOMIC ? GFP_ATOMIC : GFP_KERNEL;
	u32 nested;

	if (c->life & LIFE_DIRECTORY)
		return directory_constructs(j, p);
	if (!want_ctor(j, (struct ctor_call){ p->address, c->address, flags,
					      false }))
		return false;
	if (flags & SLAB_CTOR_VERIFY)
		return true;
	object_constructed(j->o, p);
	if (!(c->life & OBJECT_NESTED))
		return true;
	if (!call_kmalloc(j, NESTED_BYTES, gfp, &nested))
		return false;
	p->object->ref = nested;
	return true;
}

bool destruct(struct judge *j, struct cache *c, const struct place *p)
{
	u32 nested = p->object->ref;

	if (c->life & LIFE_DIRECTORY) {
		directory_destructs(j, p);
		return true;
	}
	if (!want_ctor(j,
		       (struct ctor_call){ p->address, c->address, 0, true }))
		return false;
	p->object->ref = 0;
	return !(c->life & OBJECT_NESTED) || call_kfree(j, nested);
}

static bool construct_all(struct judge *j, struct cache *c, struct slab *slab,
			  gfp_t gfp)
{
	u8 flags = SLAB_CTOR_CONSTRUCTOR;

	if (!(c->life & OBJECT_CTOR) || c->geo.flags & SLAB_POISON)
		return true;
	if (!(gfp & __GFP_WAIT))
		flags |= SLAB_CTOR_ATOMIC;
	for (u32 i = 0; i < c->geo.num; i++) {
		struct place p = place_in(j->o, slab, i);

		if (!construct(j, c, &p, flags))
			return false;
	}
	return true;
}

static bool destruct_all(struct judge *j, struct cache *c, struct slab *slab)
{
	if (!(c->life & OBJECT_DTOR) || c->geo.flags & SLAB_POISON)
		return true;
	for (u32 i = 0; i < c->geo.num; i++) {
		struct place p = place_in(j->o, slab, i);

		if (!destruct(j, c, &p))
			return false;
	}
	return true;
}

/* --- frames --------------------------------------------------------------- */

static void count_frames(struct model *o, const struct cache *c, bool more)
{
	struct objects_state *s = &o->now.objects;
	u32 nr = 1u << c->geo.order;

	s->nr_slab += more ? nr : 0 - nr;
	if (c->geo.flags & SLAB_RECLAIM_ACCOUNT)
		s->slab_reclaim_pages += more ? nr : 0 - nr;
}

static bool frames_get(struct judge *j, struct cache *c, gfp_t gfp, pfn_t *pfn)
{
	if (c->geo.flags & SLAB_CACHE_DMA)
		gfp |= GFP_DMA;
	if (!nested_pages(j, gfp, c->geo.order, pfn))
		return false;
	if (*pfn == PFN_NONE)
		return true;
	frame_touch(j->o, *pfn)->marks |= MARK_SLAB;
	count_frames(j->o, c, true);
	return true;
}

static bool frames_put(struct judge *j, struct cache *c, pfn_t pfn)
{
	frame_touch(j->o, pfn)->marks &= (u8)~MARK_SLAB;
	count_frames(j->o, c, false);
	return nested_free_pages(j, pfn);
}

/* --- growing -------------------------------------------------------------- */

enum report_kind grow_misuse(const struct cache *c, gfp_t gfp)
{
	if (gfp & ~(GFP_LEVEL_MASK | __GFP_DMA | __GFP_NO_GROW))
		return REPORT_object_gfp;
	if (gfp & __GFP_NO_GROW)
		return REPORT_none;
	if (!(gfp & __GFP_DMA) != !(c->geo.flags & SLAB_CACHE_DMA))
		return REPORT_object_dma;
	return REPORT_none;
}

/* Bytes before the first thing in the next slab. */
static u32 next_colour(struct model *o, struct cache *c)
{
	u32 colour = c->colour_next;

	cache_touch(o, c);
	c->colour_next = colour + 1 < c->geo.colour ? colour + 1 : 0;
	return colour * c->geo.colour_off;
}

/* *management: 0 if it could not be had. */
static bool management_get(struct judge *j, struct cache *c, gfp_t gfp,
			   u32 begin, u32 *management)
{
	*management = begin;
	if (!c->geo.off_slab)
		return true;
	return cache_gives(j, cache_of(j->o, c->slabp_cache),
			   gfp & GFP_LEVEL_MASK, OBJECT_OWN, 0, management);
}

static bool slab_new(struct judge *j, struct cache *c, pfn_t pfn, u32 begin,
		     u32 management)
{
	struct slab *slab = slab_of(j->o, pfn);

	*slab = (struct slab){
		.s_mem = begin + (c->geo.off_slab ? 0 : c->geo.slab_size),
		.management = management,
		.cache = (u16)cache_number(j->o, c),
		.listed = true,
	};
	return slab_objects_new(j->o, slab, c->geo.num) ||
	       diverge(j->d, RULE_S6, "memory for the model", true, false);
}

/* Of a request that is no misuse and may grow. */
bool slab_grows(struct judge *j, struct cache *c, gfp_t gfp, bool *grown)
{
	u32 begin = next_colour(j->o, c), management;
	pfn_t pfn;

	*grown = false;
	if (!frames_get(j, c, gfp, &pfn))
		return false;
	if (pfn == PFN_NONE)
		return true;
	begin += PAGE_OFFSET + pfn * PAGE_SIZE;
	if (!management_get(j, c, gfp, begin, &management))
		return false;
	if (!management)
		return frames_put(j, c, pfn);
	if (!slab_new(j, c, pfn, begin, management) ||
	    !construct_all(j, c, &j->o->slab[pfn], gfp))
		return false;
	slab_join(j->o, c, SLABS_FREE, &j->o->slab[pfn], true);
	c->free_objects += c->geo.num;
	*grown = true;
	return true;
}

/* --- destroying ----------------------------------------------------------- */

static bool slab_release(struct judge *j, struct cache *c, struct slab *slab)
{
	u32 management = slab->management;

	slab_touch(j->o, slab);
	slab->is = SLAB_GONE;
	slab_objects_delete(j->o, slab);
	if (!frames_put(j, c, slab_pfn(j->o, slab)))
		return false;
	return !c->geo.off_slab || own_free(j, management);
}

bool slab_goes(struct judge *j, struct cache *c, struct slab *slab)
{
	struct objects_state *s = &j->o->now.objects;

	slab_touch(j->o, slab);
	if (!destruct_all(j, c, slab))
		return false;
	if (!(c->geo.flags & SLAB_DESTROY_BY_RCU))
		return slab_release(j, c, slab);
	queue_add(j->o, &s->rcu, slab, true);
	slab->is = SLAB_RCU;
	s->nr_rcu++;
	return true;
}

bool slab_discard(struct judge *j, struct cache *c, pfn_t pfn)
{
	struct slab *slab = &j->o->slab[pfn];

	slab_leave(j->o, c, slab);
	c->free_objects -= c->geo.num;
	return slab_goes(j, c, slab);
}

bool grace_period(struct judge *j)
{
	struct objects_state *s = &j->o->now.objects;

	while (s->rcu.head != PFN_NONE) {
		struct slab *slab = slab_of(j->o, s->rcu.head);

		queue_remove(j->o, &s->rcu, slab);
		s->nr_rcu--;
		if (!slab_release(j, cache_of(j->o, slab->cache), slab))
			return false;
	}
	return true;
}
