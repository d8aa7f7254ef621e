// SPDX-License-Identifier: MIT
/*
 * accept_tick.c - time goes by: the grace period ends, and each CPU in its
 * turn takes from each cache what lies unused.
 *
 *	a CPU's array	not touched since: a fifth of its limit, the oldest
 *	every 4 s	the shared array likewise; a fifth of what the cache
 *			may keep, in whole free slabs, from the list's head
 *
 * [mm/slab.c: cache_reap, drain_array_locked]
 */
#include "judge.h"

#define REAP_LISTS 4000u
#define REAP_CPU 2000u

static bool reap_array(struct judge *j, struct cache *c, unsigned int cpu)
{
	struct array *a = &c->array[cpu];
	u32 n;

	if (a->touched) {
		cache_touch(j->o, c);
		a->touched = 0;
		return true;
	}
	if (!a->avail) /* as most are */
		return true;
	n = (a->limit + 4) / 5;
	if (n > a->avail)
		n = (a->avail + 1) / 2;
	return array_drains(j, c, cpu, n);
}

static bool reap_slabs(struct judge *j, struct cache *c)
{
	u32 few = 5 * c->geo.num;
	u32 n = (c->free_limit + few - 1) / few;

	if (c->free_touched) {
		c->free_touched = 0;
		return true;
	}
	while (n-- && c->list[SLABS_FREE].head != PFN_NONE)
		if (!slab_discard(j, c, c->list[SLABS_FREE].head))
			return false;
	return true;
}

static bool reap_cache(struct judge *j, struct cache *c)
{
	u32 now = j->o->now.objects.jiffies;

	if (c->geo.flags & SLAB_NO_REAP)
		return true;
	if (!reap_array(j, c, j->cpu))
		return false;
	if ((s32)(now - c->next_reap) < 0)
		return true;
	cache_touch(j->o, c);
	c->next_reap = now + REAP_LISTS;
	return reap_array(j, c, SHARED) && reap_slabs(j, c);
}

/* The CPU whose turn is next, the lower one first; *in jiffies from now. */
static u32 next_turn(const struct model *o, u32 *in)
{
	const struct objects_state *s = &o->now.objects;
	u32 first = 0;

	for (u32 cpu = 1; cpu < o->now.layout.nr_cpus; cpu++)
		if ((s32)(s->reap_due[cpu] - s->reap_due[first]) < 0)
			first = cpu;
	*in = s->reap_due[first] - s->jiffies;
	return first;
}

static bool reap(struct judge *j, u32 cpu)
{
	struct objects_state *s = &j->o->now.objects;

	s->reap_due[cpu] += REAP_CPU + cpu;
	j->cpu = (u8)cpu;
	j->flags = 0;
	for (u32 i = s->nr_caches; i-- > 0;)
		if (!reap_cache(j, cache_of(j->o, j->o->chain[i])))
			return false;
	return true;
}

bool model_tick(struct model *o, const struct outcome *out, u32 jiffies,
		struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	struct objects_state *s = &o->now.objects;

	if (!jiffies)
		return judge_end(&j);
	j.cpu = j.flags = 0;
	if (!grace_period(&j))
		return false;
	for (;;) { /* to the end: others may be due at the last jiffy, too */
		u32 in, cpu = next_turn(o, &in);

		if (in > jiffies)
			break;
		s->jiffies += in;
		jiffies -= in;
		if (!reap(&j, cpu))
			return false;
	}
	s->jiffies += jiffies;
	return judge_end(&j);
}
