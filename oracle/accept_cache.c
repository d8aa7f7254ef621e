// SPDX-License-Identifier: MIT
/*
 * accept_cache.c - calls about a cache as a whole: create, destroy, shrink,
 * its size and name, and the general cache of a size.
 *
 * Misuse is looked for in DESIGN.md's order.  What a call then comes to is
 * worked out by moving the model's own cache: see cache_model.c.
 * [mm/slab.c: kmem_cache_create, kmem_cache_destroy, kmem_cache_shrink]
 */
#include "judge.h"
#include "geometry.h"

#define LEGAL                                                                  \
	(SLAB_NO_REAP | SLAB_HWCACHE_ALIGN | SLAB_CACHE_DMA |                  \
	 SLAB_MUST_HWCACHE_ALIGN | SLAB_RECLAIM_ACCOUNT | SLAB_PANIC |         \
	 SLAB_DESTROY_BY_RCU)
#define LEGAL_DEBUG                                                            \
	(SLAB_DEBUG_INITIAL | SLAB_RED_ZONE | SLAB_POISON | SLAB_STORE_USER)

/* --- create --------------------------------------------------------------- */

static bool is_named(const struct model *o, u32 name)
{
	for (u32 i = 0; i < o->now.objects.nr_caches; i++)
		if (cache_of(o, o->chain[i])->name == name)
			return true;
	return false;
}

static bool flags_illegal(const struct model *o, u32 flags)
{
	u32 poisoned_rcu = SLAB_POISON | SLAB_DESTROY_BY_RCU;
	u32 legal = o->now.objects.debug ? LEGAL | LEGAL_DEBUG : LEGAL;

	return flags & ~legal || (flags & poisoned_rcu) == poisoned_rcu;
}

static enum report_kind create_misuse(const struct judge *j,
				      const struct cache_args *a)
{
	bool dtor = a->life & OBJECT_DTOR;

	if (a->name == NAME_NULL)
		return REPORT_cache_name;
	if (j->flags & TASK_IRQ)
		return REPORT_cache_interrupt;
	if (j->flags & TASK_ATOMIC)
		return REPORT_sleep_in_atomic;
	if (a->size < 4 || a->size > KMALLOC_MAX)
		return REPORT_cache_size;
	if (dtor && !(a->life & OBJECT_CTOR))
		return REPORT_cache_dtor;
	if (flags_illegal(j->o, a->flags))
		return REPORT_cache_flags;
	if (dtor && (a->flags & SLAB_DESTROY_BY_RCU))
		return REPORT_cache_dtor;
	if (a->align & (a->align - 1))
		return REPORT_cache_align;
	return is_named(j->o, a->name) ? REPORT_cache_duplicate : REPORT_none;
}

bool model_kmem_cache_create(struct model *o, const struct outcome *out,
			     const struct cache_args *args, u32 got,
			     const struct cache_info *info,
			     struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	enum report_kind kind = create_misuse(&j, args);
	struct cache_plan plan = {
		.name = args->name,
		.size = args->size,
		.align = args->align,
		.flags = args->flags,
		.life = args->life,
	};
	struct cache *c;

	if (kind)
		return judge_report(&j, kind, !got);
	if (o->now.objects.debug)
		plan.flags = forced_flags(args->size, args->flags,
					  args->life & OBJECT_CTOR);
	if (!cache_arises(&j, &plan, &c))
		return false;
	if (!c && (args->flags & SLAB_PANIC))
		note_report(&j, REPORT_cache_panic);
	if (!judge_end(&j) ||
	    !must(o, d, RULE_S1, "cache", c ? c->address : 0, got))
		return false;
	return !c || model_check_cache(o, got, info, d);
}

/* --- shrink and destroy --------------------------------------------------- */

/* Each CPU's array, by that CPU in an interrupt: the caller's own first. */
static bool drain_cpus(struct judge *j, struct cache *c)
{
	u8 cpu = j->cpu, flags = j->flags;
	u32 nr = j->o->now.layout.nr_cpus;

	j->flags = TASK_IRQ;
	for (u32 i = 0; i < nr; i++) {
		/* cpu, then 0, 1, ... without it */
		j->cpu = (u8)(i == 0 ? cpu : i <= cpu ? i - 1 : i);
		if (!array_drains(j, c, j->cpu, c->array[j->cpu].avail))
			return false;
	}
	j->cpu = cpu;
	j->flags = flags;
	return true;
}

/* *left: some object is in use. */
static bool shrink(struct judge *j, struct cache *c, bool *left)
{
	if (!drain_cpus(j, c) ||
	    !array_drains(j, c, SHARED, c->array[SHARED].avail))
		return false;
	while (c->list[SLABS_FREE].tail != PFN_NONE)
		if (!slab_discard(j, c, c->list[SLABS_FREE].tail))
			return false;
	*left = c->list[SLABS_FULL].head != PFN_NONE ||
		c->list[SLABS_PARTIAL].head != PFN_NONE;
	return true;
}

bool model_kmem_cache_shrink(struct model *o, const struct outcome *out,
			     u32 cache, int got, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	struct cache *c = cache_at_address(o, cache);
	bool left;

	if (!c)
		return judge_report(&j, REPORT_cache_bad, got == 1);
	if (j.flags & TASK_IRQ)
		return judge_report(&j, REPORT_cache_interrupt, got == 1);
	return shrink(&j, c, &left) && judge_end(&j) &&
	       must(o, d, RULE_S3, "kmem_cache_shrink", left, (u64)got);
}

static enum report_kind destroy_misuse(const struct judge *j,
				       const struct cache *c)
{
	if (!c)
		return REPORT_cache_bad;
	if (j->flags & TASK_IRQ)
		return REPORT_cache_interrupt;
	if (j->flags & TASK_ATOMIC)
		return REPORT_sleep_in_atomic;
	return c->own ? REPORT_cache_own : REPORT_none;
}

bool model_kmem_cache_destroy(struct model *o, const struct outcome *out,
			      u32 cache, int got, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	struct cache *c = cache_at_address(o, cache);
	enum report_kind kind = destroy_misuse(&j, c);
	bool left;

	if (kind)
		return judge_report(&j, kind, got == 1);
	if (!shrink(&j, c, &left))
		return false;
	chain_remove(o, c);
	if (left)
		chain_add(o, c);
	else if (((c->geo.flags & SLAB_DESTROY_BY_RCU) && !grace_period(&j)) ||
		 !cache_unmake(&j, c))
		return false;
	return judge_end(&j) &&
	       must(o, d, RULE_S2, "kmem_cache_destroy", left, (u64)got);
}

/* --- looking -------------------------------------------------------------- */

bool model_kmem_cache_size(struct model *o, const struct outcome *out,
			   u32 cache, u32 got, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	const struct cache *c = cache_at_address(o, cache);

	if (!c)
		return judge_report(&j, REPORT_cache_bad, !got);
	return judge_no_report(&j) && want_plain_end(&j) &&
	       must(o, d, RULE_S4, "kmem_cache_size", c->geo.user_size, got);
}

bool model_kmem_cache_name(struct model *o, const struct outcome *out,
			   u32 cache, u32 got, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	const struct cache *c = cache_at_address(o, cache);

	if (!c)
		return judge_report(&j, REPORT_cache_bad, got == NAME_NULL);
	return judge_no_report(&j) && want_plain_end(&j) &&
	       must(o, d, RULE_S5, "kmem_cache_name",
		    c->name == NAME_GENERAL ? 0 : c->name, got);
}

bool model_find_general_cachep(struct model *o, const struct outcome *out,
			       u32 size, gfp_t gfp, u32 got,
			       struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	const struct cache *c = general_cache_of(o, size, gfp);

	return judge_no_report(&j) && want_plain_end(&j) &&
	       must(o, d, RULE_Q6, "kmem_find_general_cachep",
		    c ? c->address : 0, got);
}

u32 model_cache_at(const struct model *o, u32 i)
{
	u32 nr = o->now.objects.nr_caches;

	return i < nr ? cache_of(o, o->chain[nr - 1 - i])->address : 0;
}

bool model_cache_touched_at(const struct model *o, u32 i)
{
	u32 nr = o->now.objects.nr_caches;

	return i < nr && cache_of(o, o->chain[nr - 1 - i])->listed;
}
