// SPDX-License-Identifier: MIT
/*
 * cache_model.c - caches: made, given their arrays, unmade; and how boot
 * makes those that all others stand on.
 *
 *	boot	cache_cache and size-32 work with arrays in the image of one
 *		entry, all others with kmalloc(20); then those two move to
 *		kmalloc'ed ones; then each is tuned, from the chain's head
 *	later	a cache is tuned at once
 *
 * [mm/slab.c: kmem_cache_init, kmem_cache_create, do_tune_cpucache]
 */
#include "judge.h"
#include "geometry.h"

#define BREAK_PFN 8192u /* 32 MiB */
#define BOOT_ENTRIES 1u
#define IN_IMAGE 4u /* where some array is, nobody asks */
#define REAP_LISTS 4000u
#define REAP_FIRST 1000u
/* what 2.6.12 leaves in the shared array's batchcount */
#define SHARED_BATCH 0xBAADF00Du

static const u32 general_size[NR_GENERAL] = {
	32,   64,   96,	  128,	 192,	256,   512,    1024,
	2048, 4096, 8192, 16384, 32768, 65536, 131072,
};

struct geometry_rules geometry_rules_of(const struct model *o)
{
	return (struct geometry_rules){
		.line = o->now.objects.line,
		.break_order = o->now.layout.highend_pfn > BREAK_PFN,
		.offslab_limit = o->now.objects.offslab_limit,
		.debug = o->now.objects.debug,
	};
}

/* --- arrays --------------------------------------------------------------- */

static bool array_new(struct judge *j, u32 entries, u32 *address)
{
	u32 bytes = ARRAY_CACHE_BYTES + 4 * entries;

	return cache_gives(j, general_cache_of(j->o, bytes, 0), GFP_KERNEL,
			   OBJECT_OWN, 0, address);
}

static void set_limits(struct model *o, struct cache *c, u32 limit, u32 batch)
{
	c->limit = limit;
	c->batch = batch;
	c->free_limit = (1 + o->now.layout.nr_cpus) * batch + c->geo.num;
}

/* All or none; *got says which. */
static bool arrays_new(struct judge *j, u32 entries, u32 address[NR_CPUS],
		       bool *got)
{
	u32 nr = j->o->now.layout.nr_cpus, made = 0;

	for (; made < nr; made++) {
		if (!array_new(j, entries, &address[made]))
			return false;
		if (!address[made])
			break;
	}
	*got = made == nr;
	while (!*got && made--)
		if (!own_free(j, address[made]))
			return false;
	return true;
}

/* What the old arrays held goes to the slabs, each array behind it. */
static bool arrays_old(struct judge *j, struct cache *c,
		       const struct array old[NR_CPUS],
		       const u32 entry[NR_CPUS][BOOT_ENTRIES])
{
	for (u32 cpu = 0; cpu < NR_CPUS; cpu++) {
		if (!old[cpu].address)
			continue;
		if (!free_block(j, c, entry[cpu], old[cpu].avail) ||
		    !own_free(j, old[cpu].address))
			return false;
	}
	return true;
}

static bool shared_new(struct judge *j, struct cache *c)
{
	bool smp = j->o->now.layout.nr_cpus > 1;
	u32 limit = smp && c->geo.objsize <= PAGE_SIZE ? 8 * c->batch : 0;
	u32 address;

	if (!array_new(j, limit, &address))
		return false;
	if (address)
		c->array[SHARED] = (struct array){
			.address = address,
			.limit = limit,
			.batch = SHARED_BATCH,
		};
	return true;
}

bool cache_tunes(struct judge *j, struct cache *c, bool *done)
{
	u32 limit = array_limit(c->geo.objsize, j->o->now.objects.debug);
	u32 address[NR_CPUS], entry[NR_CPUS][BOOT_ENTRIES];
	struct array old[NR_CPUS];

	if (!arrays_new(j, limit, address, done))
		return false;
	if (!*done)
		return true;
	cache_touch(j->o, c);
	for (u32 cpu = 0; cpu < NR_CPUS; cpu++) {
		old[cpu] = c->array[cpu];
		entry[cpu][0] = array_entries(j->o, c, cpu)[0];
	}
	set_limits(j->o, c, limit, (limit + 1) / 2);
	for (u32 cpu = 0; cpu < j->o->now.layout.nr_cpus; cpu++)
		c->array[cpu] = (struct array){
			.address = address[cpu],
			.limit = limit,
			.batch = c->batch,
		};
	return arrays_old(j, c, old, entry) && shared_new(j, c);
}

/* --- making and unmaking -------------------------------------------------- */

static void cache_fill(struct model *o, struct cache *c,
		       const struct cache_plan *plan)
{
	struct objects_state *s = &o->now.objects;

	c->name = plan->name;
	c->size = plan->size;
	c->life = plan->life;
	c->own = plan->own;
	c->slabp_cache = CACHE_NONE;
	if (c->geo.off_slab)
		c->slabp_cache = (u16)cache_number(
			o, general_cache_of(o, c->geo.slab_size, 0));
	c->next_reap = s->jiffies + REAP_LISTS + c->address % REAP_LISTS;
}

/* Descriptor and record, without arrays. */
static bool cache_begin(struct judge *j, const struct cache_plan *plan,
			struct cache **made)
{
	struct model *o = j->o;
	struct cache *caches = cache_of(o, o->now.objects.cache_cache);
	struct geometry_rules rules = geometry_rules_of(o);
	struct geometry geo;
	struct place p;
	u32 address;

	*made = NULL;
	if (!cache_gives(j, caches, GFP_KERNEL, OBJECT_OWN, 0, &address))
		return false;
	if (!address)
		return true;
	if (!geometry_compute(&geo, plan->size, plan->align, plan->flags,
			      &rules))
		return own_free(j, address);
	*made = cache_new(o);
	if (!*made)
		return diverge(j->d, RULE_S1, "memory for the model", true,
			       false);
	(*made)->geo = geo;
	(*made)->address = address;
	cache_fill(o, *made, plan);
	if (place_of(o, address, &p))
		p.object->ref = cache_number(o, *made);
	return true;
}

bool cache_unmake(struct judge *j, struct cache *c)
{
	u32 address = c->address;

	for (u32 cpu = 0; cpu <= SHARED; cpu++)
		if (c->array[cpu].address &&
		    !own_free(j, c->array[cpu].address))
			return false;
	cache_delete(j->o, c);
	return own_free(j, address);
}

bool cache_arises(struct judge *j, const struct cache_plan *plan,
		  struct cache **made)
{
	bool tuned;

	if (!cache_begin(j, plan, made))
		return false;
	if (!*made)
		return true;
	if (!cache_tunes(j, *made, &tuned))
		return false;
	if (tuned) {
		chain_add(j->o, *made);
		return true;
	}
	if (!cache_unmake(j, *made))
		return false;
	*made = NULL;
	return true;
}

/* --- boot ----------------------------------------------------------------- */

/* Each step of boot notes in *ok whether memory was to be had. */

static void set_boot_array(struct model *o, struct cache *c, u32 address)
{
	c->array[0] = (struct array){
		.address = address,
		.limit = BOOT_ENTRIES,
		.batch = BOOT_ENTRIES,
	};
	set_limits(o, c, BOOT_ENTRIES, BOOT_ENTRIES);
}

static void make_cache_cache(struct model *o, u32 address)
{
	const struct cache_plan plan = {
		.name = NAME_GENERAL,
		.size = KMEM_CACHE_BYTES,
		.own = true,
	};
	struct geometry_rules rules = geometry_rules_of(o);
	struct cache *c = cache_new(o);

	c->address = address;
	geometry_of_caches(&c->geo, &rules);
	cache_fill(o, c, &plan);
	set_boot_array(o, c, IN_IMAGE);
	o->now.objects.cache_cache = (u16)cache_number(o, c);
	chain_add(o, c);
}

static bool make_general(struct judge *j, u32 index, bool dma, bool *ok)
{
	struct objects_state *s = &j->o->now.objects;
	struct cache_plan plan = {
		.name = NAME_GENERAL,
		.size = general_size[index],
		.flags = SLAB_HWCACHE_ALIGN | SLAB_PANIC,
		.own = true,
	};
	u32 array = IN_IMAGE;
	struct cache *c;

	if (dma)
		plan.flags |= SLAB_CACHE_DMA;
	if (s->debug)
		plan.flags = forced_flags(plan.size, plan.flags, false);
	if (!cache_begin(j, &plan, &c))
		return false;
	if (c && (index || dma) && !array_new(j, BOOT_ENTRIES, &array))
		return false;
	*ok = c && array;
	if (!*ok)
		return true;
	set_boot_array(j->o, c, array);
	chain_add(j->o, c);
	s->general[dma][index] = (u16)cache_number(j->o, c);
	if (!dma && !c->geo.off_slab)
		s->offslab_limit = (plan.size - SLAB_BYTES) / BUFCTL_BYTES;
	return true;
}

/* An array in the image moves to where it stays till the tuning. */
static bool move_array(struct judge *j, struct cache *c, bool *ok)
{
	u32 address;

	if (!array_new(j, BOOT_ENTRIES, &address))
		return false;
	*ok = address;
	c->array[0].address = address;
	return true;
}

static bool tune_chain(struct judge *j, bool *ok)
{
	for (u32 i = j->o->now.objects.nr_caches; *ok && i-- > 0;)
		if (!cache_tunes(j, cache_of(j->o, j->o->chain[i]), ok))
			return false;
	return true;
}

/* pgtable_cache_init(): the directories' */
static bool make_pgd(struct judge *j, bool *ok)
{
	struct cache_plan plan = {
		.name = NAME_GENERAL,
		.size = PAGE_SIZE,
		.align = PAGE_SIZE,
		.life = OBJECT_CTOR | OBJECT_DTOR | LIFE_DIRECTORY,
		.own = true,
	};
	struct cache *c;

	if (j->o->now.objects.debug)
		plan.flags = forced_flags(plan.size, 0, true);
	if (!cache_arises(j, &plan, &c))
		return false;
	*ok = c;
	if (c)
		j->o->now.translation.pgd_cache = (u16)cache_number(j->o, c);
	return true;
}

static bool make_all(struct judge *j, u32 cache_cache, bool *ok)
{
	struct objects_state *s = &j->o->now.objects;

	make_cache_cache(j->o, cache_cache);
	*ok = true;
	for (u32 i = 0; *ok && i < NR_GENERAL; i++)
		if (!make_general(j, i, false, ok) ||
		    (*ok && !make_general(j, i, true, ok)))
			return false;
	if (*ok && !move_array(j, cache_of(j->o, s->cache_cache), ok))
		return false;
	if (*ok && !move_array(j, cache_of(j->o, s->general[0][0]), ok))
		return false;
	return tune_chain(j, ok) && (!*ok || make_pgd(j, ok));
}

bool model_kmem_cache_init(struct model *o, const struct outcome *out,
			   bool refused, u32 cache_cache, struct divergence *d)
{
	const u32 image = PAGE_OFFSET + KERNEL_START;
	struct judge j = judge_begin(o, out, d);
	struct objects_state *s = &o->now.objects;
	bool ok;

	if (!objects_boot(o))
		return diverge(d, RULE_S11, "memory for the model", true,
			       false);
	if (!refused && (cache_cache < image || cache_cache % 4 ||
			 cache_cache > image + KERNEL_BYTES - KMEM_CACHE_BYTES))
		return diverge(d, RULE_S11, "cache_cache", image, cache_cache);
	s->line = o->now.layout.cache_line;
	s->debug = o->now.layout.slab_debug;
	s->offslab_limit = ~0u;
	s->jiffies = INITIAL_JIFFIES;
	for (u32 cpu = 0; cpu < NR_CPUS; cpu++)
		s->reap_due[cpu] = INITIAL_JIFFIES + REAP_FIRST + 3 * cpu;
	if (!make_all(&j, cache_cache, &ok))
		return false;
	s->up = ok;
	return must(o, d, RULE_S11, "refused", !ok, refused) && judge_end(&j);
}
