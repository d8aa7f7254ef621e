// SPDX-License-Identifier: MIT
/*
 * show.c - the model's state in the structs in which the machine shows its
 * own, so that people can see both side by side.
 *
 * Nothing is judged here, and no check reads it: the checks compare with the
 * state itself.  Validator: fuzz/tests/test_dump.c, where all that is shown of
 * programs that agree must be the same.
 */
#include "judge.h"

/* --- page frames ---------------------------------------------------------- */

void model_counts(const struct model *o, unsigned int cpu,
		  struct mm_counts *out)
{
	*out = o->now.counts;
	for (u32 zone = 0; zone < NR_ZONES; zone++)
		for (u32 temp = 0; temp < NR_PCP_TEMPS; temp++)
			out->pcp[zone][temp] =
				o->now.pcp[ring_of(cpu % NR_CPUS, zone, temp)];
}

const struct boot_claim *model_boot_claims(const struct model *o, u32 *nr)
{
	*nr = o->claims.nr;
	return o->claims.claim;
}

/* --- objects -------------------------------------------------------------- */

void model_object_counts(const struct model *o, struct object_counts *out)
{
	const struct objects_state *s = &o->now.objects;

	*out = (struct object_counts){
		.nr_slab = s->nr_slab,
		.slab_reclaim_pages = s->slab_reclaim_pages,
		.jiffies = s->jiffies,
		.nr_caches = s->nr_caches,
		.nr_rcu = s->nr_rcu,
	};
}

bool model_cache_info(const struct model *o, u32 cache, struct cache_info *out)
{
	const struct cache *c = cache_at_address(o, cache);
	const struct geometry *g;

	if (!c)
		return false;
	g = &c->geo;
	*out = (struct cache_info){
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
		.slabp_cache = c->slabp_cache == CACHE_NONE
				       ? 0
				       : cache_of(o, c->slabp_cache)->address,
		.limit = c->limit,
		.batch = c->batch,
		.free_limit = c->free_limit,
		.shared_limit = c->array[SHARED].limit,
		.shared = c->array[SHARED].address,
		.next_reap = c->next_reap,
		.free_objects = c->free_objects,
		.free_touched = c->free_touched,
	};
	for (u32 cpu = 0; cpu < NR_CPUS; cpu++)
		out->array[cpu] = c->array[cpu].address;
	return true;
}

bool model_cache_array(const struct model *o, u32 cache, unsigned int cpu,
		       struct array_view *out)
{
	const struct cache *c = cache_at_address(o, cache);
	const struct array *a;

	if (!c || cpu > SHARED)
		return false;
	a = &c->array[cpu];
	*out = (struct array_view){ a->avail, a->limit, a->batch, a->touched,
				    array_entries(o, c, cpu) };
	return true;
}

u32 model_cache_slabs(const struct model *o, u32 cache, enum slab_list list,
		      struct slab_view *out, u32 max)
{
	const struct cache *c = cache_at_address(o, cache);
	pfn_t pfn = c ? c->list[list].head : PFN_NONE;
	u32 nr = 0;

	for (; pfn != PFN_NONE; pfn = o->slab[pfn].next, nr++) {
		const struct slab *s = &o->slab[pfn];

		if (nr < max)
			out[nr] = (struct slab_view){ s->management, s->s_mem,
						      s->inuse, s->free };
	}
	return nr;
}

bool model_mempool_info(const struct model *o, u32 i, struct mempool_info *out)
{
	const struct pool *p;

	if (i >= o->pools.nr)
		return false;
	p = &o->pools.pool[i];
	*out = (struct mempool_info){ p->min_nr, p->curr_nr,
				      pool_elements(&o->pools, p) };
	return true;
}

/* --- translation ---------------------------------------------------------- */

void model_cpu_view(const struct model *o, unsigned int cpu,
		    struct cpu_view *out)
{
	const struct cpu *c = &o->now.translation.cpu[cpu % NR_CPUS];
	const struct tlb *t = &o->tlb[cpu % NR_CPUS];

	*out = (struct cpu_view){
		.cr0 = CR0_BITS | (c->wp ? CR0_WP : 0),
		.cr3 = table_of(o, c->directory)->pfn << PAGE_SHIFT,
		.cr4 = (o->now.layout.pse ? CR4_PSE : 0) |
		       (c->pge ? CR4_PGE : 0),
		.cpl = c->user ? 3 : 0,
		.tlb_small = t->nr - t->nr_large,
		.tlb_large = t->nr_large,
		.tlb_global = t->nr_global,
		.preempt_count = c->preempt_count,
	};
	for (u32 i = 0; i < NR_SEG_REGS; i++)
		out->seg[i] = c->seg[i];
}

/* --- kernel mappings ------------------------------------------------------ */

void model_mapping_counts(const struct model *o, struct mapping_counts *out)
{
	*out = (struct mapping_counts){
		.nr_areas = o->areas.nr,
		.area_bytes = o->areas.bytes,
		.kmap_users = o->kmaps.users,
		.kmap_slots = o->kmaps.nr,
		.last_pkmap_nr = o->kmaps.last,
	};
}

bool model_vm_view(const struct model *o, u32 i, struct vm_area_view *out)
{
	const struct vm_area *a;

	if (i >= o->areas.nr)
		return false;
	a = &o->areas.area[i];
	*out = (struct vm_area_view){ a->descriptor, a->addr,	  a->size,
				      a->flags,	     a->nr_pages, a->pages,
				      a->phys_addr };
	return true;
}

void model_kmap_view(const struct model *o, struct kmap_view *out)
{
	*out = (struct kmap_view){ o->kmaps.last, o->kmaps.count };
}

void model_device_view(const struct model *o, u32 i, struct device_view *out)
{
	const struct device *v = &o->device[i % DEVICES_MAX];
	const struct mmio_range *range = &o->mmio[i % DEVICES_MAX];

	*out = (struct device_view){ range->start, range->size, v->bytes,
				     v->reads,	   v->writes,	v->last_offset,
				     v->last_len };
}
