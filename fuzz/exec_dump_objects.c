// SPDX-License-Identifier: MIT
/*
 * exec_dump_objects.c - caches, their arrays and slabs, and pools, side by
 * side.  A cache is shown where something happened to it or where it differs.
 */
#include "exec_dump.h"

#include <stdlib.h>
#include <string.h>

/* --- a cache's figures ---------------------------------------------------- */

static void dump_geometry(struct side *s, const struct cache_info *m,
			  const struct cache_info *o)
{
	side_number(s, "  objsize", m->objsize, o->objsize);
	side_number(s, "  user_size", m->user_size, o->user_size);
	side_hex(s, "  flags", m->flags, o->flags);
	side_number(s, "  num", m->num, o->num);
	side_number(s, "  order", m->order, o->order);
	side_number(s, "  colour", m->colour, o->colour);
	side_number(s, "  colour_off", m->colour_off, o->colour_off);
	side_number(s, "  colour_next", m->colour_next, o->colour_next);
	side_number(s, "  slab_size", m->slab_size, o->slab_size);
	side_number(s, "  off_slab", m->off_slab, o->off_slab);
	side_hex(s, "  slabp_cache", m->slabp_cache, o->slabp_cache);
}

static void dump_limits(struct side *s, const struct cache_info *m,
			const struct cache_info *o)
{
	side_number(s, "  limit", m->limit, o->limit);
	side_number(s, "  batch", m->batch, o->batch);
	side_number(s, "  free_limit", m->free_limit, o->free_limit);
	side_number(s, "  shared_limit", m->shared_limit, o->shared_limit);
	side_hex(s, "  shared", m->shared, o->shared);
	for (u32 cpu = 0; cpu < NR_CPUS; cpu++)
		if (m->array[cpu] != o->array[cpu])
			side_hex(s, "  array", m->array[cpu], o->array[cpu]);
	side_number(s, "  next_reap", m->next_reap, o->next_reap);
	side_number(s, "  free_objects", m->free_objects, o->free_objects);
	side_number(s, "  free_touched", m->free_touched, o->free_touched);
}

/* --- its arrays ----------------------------------------------------------- */

#define ENTRIES_SHOWN 3u

/* The last entries, which go first. */
static void array_text(char text[SIDE_TEXT], const struct array_view *v)
{
	u32 shown = v->avail < ENTRIES_SHOWN ? v->avail : ENTRIES_SHOWN;
	int n = snprintf(text, SIDE_TEXT, "%u:", v->avail);

	for (u32 i = 0; i < shown; i++)
		n += snprintf(text + n, SIDE_TEXT - (u32)n, " %x",
			      v->entry[v->avail - 1 - i]);
	if (shown < v->avail)
		snprintf(text + n, SIDE_TEXT - (u32)n, " ...");
}

/* Those that are not shown may differ, too. */
static void dump_entries(struct side *s, const struct array_view *m,
			 const struct array_view *o)
{
	for (u32 i = 0; i < m->avail && i < o->avail; i++)
		if (m->entry[i] != o->entry[i])
			side_hex(s, "    entry", m->entry[i], o->entry[i]);
}

static void dump_array(struct exec *x, struct side *s,
		       const struct kmem_cache *cache, u32 addr, u32 cpu)
{
	char name[32], a[SIDE_TEXT], b[SIDE_TEXT];
	struct array_view m, o;

	mm_cache_array(x->m, cache, cpu, &m);
	if (!model_cache_array(x->o, addr, cpu, &o) ||
	    !(m.avail | o.avail | m.limit | o.limit))
		return;
	array_text(a, &m);
	array_text(b, &o);
	if (cpu == NR_CPUS)
		snprintf(name, sizeof(name), "  shared array");
	else
		snprintf(name, sizeof(name), "  array, CPU %u", cpu);
	side_row(s, name, a, b);
	dump_entries(s, &m, &o);
	if (m.limit != o.limit || m.batch != o.batch ||
	    m.touched != o.touched) {
		side_number(s, "    limit", m.limit, o.limit);
		side_number(s, "    batch", m.batch, o.batch);
		side_number(s, "    touched", m.touched, o.touched);
	}
}

/* --- its slabs ------------------------------------------------------------ */

static const char *slab_text(char text[SIDE_TEXT], const struct slab_view *v)
{
	char first[16] = "none";

	if (v->free != 0xFFFF)
		snprintf(first, sizeof(first), "%u", v->free);
	snprintf(text, SIDE_TEXT, "%x s_mem %x inuse %u free %s", v->slab,
		 v->s_mem, v->inuse, first);
	return text;
}

static void dump_slabs(struct exec *x, struct side *s,
		       const struct kmem_cache *cache, u32 addr,
		       enum slab_list list)
{
	static const char *const name[] = { "  full slab", "  partial slab",
					    "  free slab" };
	u32 nr = exec_slabs(x, cache, list);
	u32 want = model_cache_slabs(x->o, addr, list, NULL, 0);
	struct slab_view *o = calloc(want + 1, sizeof(*o));
	char a[SIDE_TEXT], b[SIDE_TEXT];

	if (!o)
		return;
	model_cache_slabs(x->o, addr, list, o, want);
	for (u32 i = 0; i < nr || i < want; i++)
		side_row(s, name[list],
			 i < nr ? slab_text(a, &x->slabs[i]) : NULL,
			 i < want ? slab_text(b, &o[i]) : NULL);
	free(o);
}

/* -------------------------------------------------------------------------- */

static void dump_cache(struct exec *x, struct side *s,
		       const struct kmem_cache *cache)
{
	const u32 addr = mm_vaddr(cache);
	struct cache_info m, o = { 0 };
	char name[32], text[SIDE_TEXT];
	bool both = model_cache_info(x->o, addr, &o);

	mm_cache_info(x->m, cache, &m);
	snprintf(name, sizeof(name), "cache %x", addr);
	snprintf(text, sizeof(text), "%s",
		 mm_kmem_cache_name(x->m, (struct kmem_cache *)cache));
	side_row(s, name, text, both ? text : NULL);
	if (!both)
		return;
	dump_geometry(s, &m, &o);
	dump_limits(s, &m, &o);
	for (u32 cpu = 0; cpu < x->u->layout.nr_cpus; cpu++)
		dump_array(x, s, cache, addr, cpu);
	dump_array(x, s, cache, addr, NR_CPUS);
	for (u32 list = 0; list < NR_SLAB_LISTS; list++)
		dump_slabs(x, s, cache, addr, (enum slab_list)list);
}

/* Whether a look at it alone shows a difference. */
static bool differs(struct exec *x, const struct kmem_cache *cache)
{
	struct side quiet = { .to = NULL };

	dump_cache(x, &quiet, cache);
	return quiet.differ;
}

static void dump_caches(struct exec *x, struct side *s)
{
	const struct kmem_cache *cache = mm_cache_next(x->m, NULL);
	u32 addr;

	for (u32 i = 0; (addr = model_cache_at(x->o, i)) || cache; i++) {
		if (mm_vaddr(cache) != addr)
			side_hex(s, "in the chain", mm_vaddr(cache), addr);
		if (cache &&
		    (addr != mm_vaddr(cache) ||
		     model_cache_touched_at(x->o, i) || differs(x, cache)))
			dump_cache(x, s, cache);
		cache = cache ? mm_cache_next(x->m, cache) : NULL;
	}
}

static void dump_counts(struct exec *x, struct side *s)
{
	struct object_counts m, o;

	mm_object_counts(x->m, &m);
	model_object_counts(x->o, &o);
	side_number(s, "nr_slab", m.nr_slab, o.nr_slab);
	side_number(s, "slab_reclaim_pages", m.slab_reclaim_pages,
		    o.slab_reclaim_pages);
	side_hex(s, "jiffies", m.jiffies, o.jiffies);
	side_number(s, "nr_caches", m.nr_caches, o.nr_caches);
	side_number(s, "nr_rcu", m.nr_rcu, o.nr_rcu);
}

static void elements_text(char text[SIDE_TEXT], const struct mempool_info *v)
{
	int n = snprintf(text, SIDE_TEXT, "min %d, has %d:", v->min_nr,
			 v->curr_nr);

	for (s32 i = 0; i < v->curr_nr && i < (s32)ENTRIES_SHOWN; i++)
		n += snprintf(text + n, SIDE_TEXT - (u32)n, " %x",
			      v->elements[i]);
	if (v->curr_nr > (s32)ENTRIES_SHOWN)
		snprintf(text + n, SIDE_TEXT - (u32)n, " ...");
}

/* The model says which pools there are: the machine has no list of them. */
static void dump_pools(struct exec *x, struct side *s)
{
	struct mempool_info m, o;
	u32 addr;

	for (u32 i = 0; (addr = model_mempool_at(x->o, i)); i++) {
		char name[32], a[SIDE_TEXT], b[SIDE_TEXT];

		mm_mempool_info(x->m, mm_ptr(x->m, addr), &m);
		model_mempool_info(x->o, i, &o);
		elements_text(a, &m);
		elements_text(b, &o);
		snprintf(name, sizeof(name), "pool %x", addr);
		side_row(s, name, a, b);
		for (s32 e = 0; e < m.curr_nr && e < o.curr_nr; e++)
			if (m.elements[e] != o.elements[e])
				side_hex(s, "  element", m.elements[e],
					 o.elements[e]);
	}
}

void exec_dump_objects(struct exec *x, struct side *s)
{
	side_section(s, "objects");
	dump_counts(x, s);
	dump_caches(x, s);
	dump_pools(x, s);
}
