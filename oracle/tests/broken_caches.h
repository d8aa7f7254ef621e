/* SPDX-License-Identifier: MIT */
/*
 * broken_caches.h - rules S about caches as they stand: each figure, array
 * and slab off by one.
 * Included by test_rules.c.
 */
#ifndef ORACLE_BROKEN_CACHES_H
#define ORACLE_BROKEN_CACHES_H

#include "broken.h"
#include "stocked.h"

/* What an honest machine would say of the cache. */
static struct cache_info info_of(const struct stock *s, const struct cache *c)
{
	const struct geometry *g = &c->geo;
	struct cache_info i = {
		.objsize = g->objsize,
		.user_size = g->user_size,
		.flags = g->flags,
		.num = g->num,
		.order = g->order,
		.colour = g->colour,
		.colour_off = g->colour_off,
		.colour_next = c->colour_next,
		.slab_size = g->slab_size,
		.off_slab = g->off_slab,
		.limit = c->limit,
		.batch = c->batch,
		.free_limit = c->free_limit,
		.next_reap = c->next_reap,
		.free_objects = c->free_objects,
		.free_touched = c->free_touched,
	};

	i.array[0] = c->array[0].address;
	EXPECT(model_check_cache(s->p->o, c->address, &i, &s->p->d));
	return i;
}

static void wrong_figure(enum rule rule, size_t at, const char *field)
{
	struct stock s = stocked(false, 0, 0);
	struct cache_info i = info_of(&s, s.own);

	++*(u32 *)(void *)((u8 *)&i + at);
	names(s.p, rule,
	      model_check_cache(s.p->o, s.own->address, &i, &s.p->d));
	EXPECT_STR(field, s.p->d.field);
	pair_delete(s.p);
}

#define WRONG_FIGURE(rule, member)                                             \
	wrong_figure(RULE_##rule, offsetof(struct cache_info, member), #member)

BROKEN(S12)
{
	WRONG_FIGURE(S12, objsize);
	WRONG_FIGURE(S12, user_size);
	WRONG_FIGURE(S12, flags);
	WRONG_FIGURE(S12, num);
	WRONG_FIGURE(S12, order);
	WRONG_FIGURE(S12, colour);
	WRONG_FIGURE(S12, colour_off);
	WRONG_FIGURE(S12, slab_size);
	WRONG_FIGURE(S12, off_slab);
	WRONG_FIGURE(S12, slabp_cache);
}

static struct array_view view_of(const struct stock *s, const struct cache *c)
{
	const struct array *a = &c->array[0];

	return (struct array_view){ .avail = a->avail,
				    .limit = a->limit,
				    .batch = a->batch,
				    .touched = a->touched,
				    .entry = array_entries(s->p->o, c, 0) };
}

static bool array_told(struct stock *s, const struct array_view *v)
{
	return model_check_array(s->p->o, s->own->address, 0, v, &s->p->d);
}

BROKEN(S13)
{
	struct stock s = stocked(false, 0, 0);
	struct array_view v = view_of(&s, s.own);

	WRONG_FIGURE(S13, limit);
	WRONG_FIGURE(S13, batch);
	WRONG_FIGURE(S13, free_limit);
	WRONG_FIGURE(S13, shared_limit);
	EXPECT(array_told(&s, &v));
	v.limit++;
	names(s.p, RULE_S13, array_told(&s, &v));
	pair_delete(s.p);
}

BROKEN(S14)
{
	struct stock s = stocked(false, 0, 0);
	struct array_view v = view_of(&s, s.own);
	u32 entry[ENTRIES_CPU];

	WRONG_FIGURE(S14, shared);
	wrong_figure(RULE_S14, offsetof(struct cache_info, array[1]), "array");
	memcpy(entry, v.entry, v.avail * 4);
	v.entry = entry;
	EXPECT(array_told(&s, &v));
	entry[v.avail - 1] = entry[0];
	names(s.p, RULE_S14, array_told(&s, &v));
	entry[v.avail - 1] = view_of(&s, s.own).entry[v.avail - 1];
	v.avail--;
	names(s.p, RULE_S14, array_told(&s, &v));
	v.avail++;
	v.touched ^= 1;
	names(s.p, RULE_S14, array_told(&s, &v));
	pair_delete(s.p);
}

static bool slabs_told(struct stock *s, enum slab_list list,
		       const struct slab_view *v, u32 nr)
{
	return model_check_slabs(s->p->o, s->own->address, list, v, nr,
				 &s->p->d);
}

BROKEN(S15)
{
	struct stock s = stocked(false, 0, 0);
	const struct slab *slab = &s.p->o->slab[s.own->list[SLABS_FULL].head];
	const struct slab_view good = { slab->management, slab->s_mem,
					s.own->geo.num, 0xFFFF };

	EXPECT(slabs_told(&s, SLABS_FULL, &good, 1));
	EXPECT(slabs_told(&s, SLABS_FREE, NULL, 0));
	names(s.p, RULE_S15, slabs_told(&s, SLABS_FULL, &good, 0));
	names(s.p, RULE_S15, slabs_told(&s, SLABS_PARTIAL, &good, 1));
	for (u32 i = 0; i < 4; i++) {
		struct slab_view v = good;

		(&v.slab)[i]++;
		names(s.p, RULE_S15, slabs_told(&s, SLABS_FULL, &v, 1));
	}
	pair_delete(s.p);
}

BROKEN(S16)
{
	WRONG_FIGURE(S16, free_objects);
	WRONG_FIGURE(S16, free_touched);
	WRONG_FIGURE(S16, next_reap);
	WRONG_FIGURE(S16, colour_next);
}

static void wrong_total(enum rule rule, size_t at, const char *field)
{
	struct stock s = stocked(false, 0, 0);
	const struct objects_state *o = &s.p->o->now.objects;
	struct object_counts c = { o->nr_slab, o->slab_reclaim_pages,
				   o->jiffies, o->nr_caches, o->nr_rcu };

	EXPECT(model_check_objects(s.p->o, &c, &s.p->d));
	++*(u32 *)(void *)((u8 *)&c + at);
	names(s.p, rule, model_check_objects(s.p->o, &c, &s.p->d));
	EXPECT_STR(field, s.p->d.field);
	pair_delete(s.p);
}

#define WRONG_TOTAL(rule, member)                                              \
	wrong_total(RULE_##rule, offsetof(struct object_counts, member),       \
		    #member)

BROKEN(S17)
{
	WRONG_TOTAL(S17, nr_slab);
	WRONG_TOTAL(S17, slab_reclaim_pages);
}

BROKEN(S18)
{
	WRONG_TOTAL(S18, jiffies);
	WRONG_TOTAL(S18, nr_caches);
	WRONG_TOTAL(S18, nr_rcu);
}

#endif
