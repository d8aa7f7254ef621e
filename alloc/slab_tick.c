// SPDX-License-Identifier: MIT
/*
 * slab_tick.c - time: grace periods end, and caches that are little used are
 * reaped [cache_reap(), kmem_rcu_free() of mm/slab.c].
 *
 *     CPU k is due at 1000 + 3 * k, then every 2000 + k jiffies.  It takes a
 *     fifth of its arrays, and, of a cache whose next_reap has come (every
 *     4000), of the shared one, and some of the free slabs.
 *
 * What was used since the last time is left alone, once.  Time stands still
 * but for mm_tick(), which goes from one event to the next.  Its state is in
 * the image; slab_validate(), S, knows the slabs that wait.
 */
#include "golden.h"

void rcu_run(struct machine *m)
{
	struct list_head *rcu = &m->data->rcu_list;

	while (!list_empty(rcu)) {
		struct slab *slab = slab_of_list(m, rcu->next);
		struct page *page = page_of_ptr(m, slab_block(m, slab));
		struct kmem_cache *cache = page_cache(m, page);

		CHECK(m, page_in_slab(page) && m->data->nr_rcu,
		      "slab: what waits for the grace period is no slab");
		cache_touch(m, cache);
		list_remove(m->base, &slab->list);
		m->data->nr_rcu--;
		slab_release(m, cache, slab);
	}
}

/* Some free slabs, unless a refill has looked at them. */
static void reap_slabs(struct machine *m, struct kmem_cache *cache)
{
	const u32 five = 5 * cache->num;

	if (cache->lists.free_touched) {
		cache->lists.free_touched = 0;
		return;
	}
	if (list_empty(&cache->lists.slabs_free))
		return;
	cache_touch(m, cache);
	slab_free_slabs(m, cache, (cache->free_limit + five - 1) / five, false);
}

static void reap_cache(struct machine *m, struct kmem_cache *cache)
{
	struct kmem_list3 *l3 = &cache->lists;

	array_reap(m, cache, array_of_cpu(m, cache));
	if ((s32)(l3->next_reap - m->data->jiffies) > 0)
		return;
	cache_touch_descriptor(m, cache);
	l3->next_reap = m->data->jiffies + REAPTIMEOUT_LIST3;
	if (l3->shared)
		array_reap(m, cache, array_at(m, l3->shared));
	reap_slabs(m, cache);
}

/* Most are: nothing at hand of the CPU's, and not yet due for more. */
static force_inline bool is_idle(const struct machine *m,
				 const struct kmem_cache *cache)
{
	const struct array_cache *ac = array_of_cpu(m, cache);

	return !ac->touched && !ac->avail &&
	       (s32)(cache->lists.next_reap - m->data->jiffies) > 0;
}

/* cache_reap(), as the thread of that CPU. */
static UNSANITIZED void reap(struct machine *m, u32 cpu)
{
	const struct task was = current_switch(m, cpu, 0);
	struct kmem_cache *cache = NULL;
	u32 nr = 0;

	while ((cache = cache_next(m, cache, &nr)))
		if (!(cache->flags & SLAB_NO_REAP) && !is_idle(m, cache))
			reap_cache(m, cache);
	current_change(m, was);
	m->data->reap_due[cpu] += REAPTIMEOUT_CPUC + cpu;
}

/* The CPU that is due next; the lower one, of two at once. */
static u32 next_due(const struct machine *m)
{
	const u32 *due = m->data->reap_due;
	u32 next = 0;

	for (u32 cpu = 1; cpu < m->setup.nr_cpus; cpu++)
		if ((s32)(due[cpu] - due[next]) < 0)
			next = cpu;
	return next;
}

static void end_grace(struct machine *m)
{
	struct task was;

	if (list_empty(&m->data->rcu_list))
		return;
	was = current_switch(m, 0, 0);
	rcu_run(m);
	current_change(m, was);
}

void mm_tick(struct machine *m, u32 jiffies)
{
	struct kernel_data *data = m->data;

	CHECK(m, data->g_cpucache_up == CPUCACHE_FULL, "slab: not booted");
	if (!jiffies)
		return;
	end_grace(m);
	for (;;) {
		u32 cpu = next_due(m),
		    wait = data->reap_due[cpu] - data->jiffies;

		if (wait > jiffies)
			break;
		jiffies -= wait;
		data->jiffies += wait;
		reap(m, cpu);
	}
	data->jiffies += jiffies;
}
