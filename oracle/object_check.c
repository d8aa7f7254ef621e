// SPDX-License-Identifier: MIT
/*
 * object_check.c - caches, slabs and pools as they stand, the machine's
 * beside the model's own: checks that belong to no one call.
 *
 *	after every op		what all caches share; who is to go on next
 *	at a program's end	each cache touched: figures, arrays, slabs in
 *				the order of their lists; each pool
 */
#include "judge.h"

/* --- after every op ----------------------------------------------------- */

bool model_check_objects(struct model *o, const struct object_counts *machine,
			 struct divergence *d)
{
	const struct objects_state *s = &o->now.objects;

	return must(o, d, RULE_S17, "nr_slab", s->nr_slab, machine->nr_slab) &&
	       must(o, d, RULE_S17, "slab_reclaim_pages", s->slab_reclaim_pages,
		    machine->slab_reclaim_pages) &&
	       must(o, d, RULE_S18, "jiffies", s->jiffies, machine->jiffies) &&
	       must(o, d, RULE_S18, "nr_caches", s->nr_caches,
		    machine->nr_caches) &&
	       must(o, d, RULE_S18, "nr_rcu", s->nr_rcu, machine->nr_rcu);
}

/* The cache at that address; it is asked for time and again. */
static const struct cache *cache_asked_for(struct model *o, u32 address)
{
	const struct cache *c = o->asked_for;

	if (!c || !address || c->address != address ||
	    cache_number(o, c) >= o->now.objects.nr_records)
		o->asked_for = c = cache_at_address(o, address);
	return c;
}

/* --- one cache ---------------------------------------------------------- */

static bool check_geometry(struct model *o, const struct cache *c,
			   const struct cache_info *i, struct divergence *d)
{
	const struct geometry *g = &c->geo;
	u32 slabp = c->slabp_cache == CACHE_NONE
			    ? 0
			    : cache_of(o, c->slabp_cache)->address;

	return must(o, d, RULE_S12, "objsize", g->objsize, i->objsize) &&
	       must(o, d, RULE_S12, "user_size", g->user_size, i->user_size) &&
	       must(o, d, RULE_S12, "flags", g->flags, i->flags) &&
	       must(o, d, RULE_S12, "num", g->num, i->num) &&
	       must(o, d, RULE_S12, "order", g->order, i->order) &&
	       must(o, d, RULE_S12, "colour", g->colour, i->colour) &&
	       must(o, d, RULE_S12, "colour_off", g->colour_off,
		    i->colour_off) &&
	       must(o, d, RULE_S12, "slab_size", g->slab_size, i->slab_size) &&
	       must(o, d, RULE_S12, "off_slab", g->off_slab, i->off_slab) &&
	       must(o, d, RULE_S12, "slabp_cache", slabp, i->slabp_cache);
}

static bool check_limits(struct model *o, const struct cache *c,
			 const struct cache_info *i, struct divergence *d)
{
	return must(o, d, RULE_S13, "limit", c->limit, i->limit) &&
	       must(o, d, RULE_S13, "batch", c->batch, i->batch) &&
	       must(o, d, RULE_S13, "free_limit", c->free_limit,
		    i->free_limit) &&
	       must(o, d, RULE_S13, "shared_limit", c->array[SHARED].limit,
		    i->shared_limit);
}

static bool check_addresses(struct model *o, const struct cache *c,
			    const struct cache_info *i, struct divergence *d)
{
	for (u32 cpu = 0; cpu < NR_CPUS; cpu++)
		if (!must(o, d, RULE_S14, "array", c->array[cpu].address,
			  i->array[cpu]))
			return false;
	return must(o, d, RULE_S14, "shared", c->array[SHARED].address,
		    i->shared);
}

static bool check_state(struct model *o, const struct cache *c,
			const struct cache_info *i, struct divergence *d)
{
	return must(o, d, RULE_S16, "free_objects", c->free_objects,
		    i->free_objects) &&
	       must(o, d, RULE_S16, "free_touched", c->free_touched,
		    i->free_touched) &&
	       must(o, d, RULE_S16, "next_reap", c->next_reap, i->next_reap) &&
	       must(o, d, RULE_S16, "colour_next", c->colour_next,
		    i->colour_next);
}

bool model_check_cache(struct model *o, u32 cache, const struct cache_info *i,
		       struct divergence *d)
{
	const struct cache *c = cache_asked_for(o, cache);

	if (!c)
		return diverge(d, RULE_S18, "cache", 0, cache);
	return check_geometry(o, c, i, d) && check_limits(o, c, i, d) &&
	       check_addresses(o, c, i, d) && check_state(o, c, i, d);
}

/* --- its arrays --------------------------------------------------------- */

bool model_check_array(struct model *o, u32 cache, unsigned int cpu,
		       const struct array_view *v, struct divergence *d)
{
	const struct cache *c = cache_asked_for(o, cache);
	const struct array *a;
	const u32 *entry;

	if (!c)
		return diverge(d, RULE_S18, "cache", 0, cache);
	if (cpu > SHARED)
		return diverge(d, RULE_S14, "array.cpu", SHARED, cpu);
	a = &c->array[cpu];
	entry = array_entries(o, c, cpu);
	if (!must(o, d, RULE_S14, "array.avail", a->avail, v->avail) ||
	    !must(o, d, RULE_S13, "array.limit", a->limit, v->limit) ||
	    !must(o, d, RULE_S13, "array.batch", a->batch, v->batch) ||
	    !must(o, d, RULE_S14, "array.touched", a->touched, v->touched))
		return false;
	for (u32 i = 0; i < a->avail; i++)
		if (unlikely(entry[i] != v->entry[i]))
			return diverge(d, RULE_S14, "array.entry", entry[i],
				       v->entry[i]);
	return true;
}

/* --- its slabs ---------------------------------------------------------- */

static bool check_slab(struct model *o, const struct slab *want,
		       const struct slab_view *v, struct divergence *d)
{
	return must(o, d, RULE_S15, "slab", want->management, v->slab) &&
	       must(o, d, RULE_S15, "slab.s_mem", want->s_mem, v->s_mem) &&
	       must(o, d, RULE_S15, "slab.inuse", want->inuse, v->inuse) &&
	       must(o, d, RULE_S15, "slab.free", want->free, v->free);
}

bool model_check_slabs(struct model *o, u32 cache, enum slab_list list,
		       const struct slab_view *v, u32 nr, struct divergence *d)
{
	const struct cache *c = cache_asked_for(o, cache);
	pfn_t pfn;
	u32 want = 0;

	if (!c)
		return diverge(d, RULE_S18, "cache", 0, cache);
	for (pfn = c->list[list].head; pfn != PFN_NONE;
	     pfn = o->slab[pfn].next, want++)
		if (want < nr && !check_slab(o, &o->slab[pfn], &v[want], d))
			return false;
	return must(o, d, RULE_S15, "slabs.nr", want, nr);
}

/* --- pools -------------------------------------------------------------- */

u32 model_mempool_at(const struct model *o, u32 i)
{
	return i < o->pools.nr ? o->pools.pool[i].addr : 0;
}

/* curr_nr + outstanding >= min_nr, but for what a growth could not get. */
static bool check_guarantee(struct model *o, const struct pool *p,
			    const struct mempool_info *info,
			    struct divergence *d)
{
	int64_t has = (int64_t)info->curr_nr + p->outstanding + p->unfilled;

	rule_hit(o, RULE_N8);
	return has >= info->min_nr ||
	       diverge(d, RULE_N8, "curr_nr + outstanding", (u64)info->min_nr,
		       (u64)has);
}

bool model_check_mempool(struct model *o, u32 pool,
			 const struct mempool_info *info, struct divergence *d)
{
	const struct pool *p = pools_find(&o->pools, pool);
	const u32 *want;

	if (!p)
		return diverge(d, RULE_N1, "pool", 0, pool);
	if (!check_guarantee(o, p, info, d) ||
	    !must(o, d, RULE_N6, "min_nr", (u64)p->min_nr, (u64)info->min_nr) ||
	    !must(o, d, RULE_N6, "curr_nr", (u64)p->curr_nr,
		  (u64)info->curr_nr))
		return false;
	want = pool_elements(&o->pools, p);
	for (s32 i = 0; i < p->curr_nr; i++)
		if (!must(o, d, RULE_N7, "element", want[i], info->elements[i]))
			return false;
	return true;
}
