// SPDX-License-Identifier: MIT
/*
 * area_moves.c - what calls about areas are made of: an area arises, maps,
 * leaves, goes.
 *
 *	arises	descriptor, a place; alloc_vmap_area
 *	maps	page by page: a table where there is none, the word
 *	leaves	words 0; every TLB flushed; free_vmap_area
 *	goes	leaves, and its descriptor with it
 *
 * A table that is made stays, whatever comes of the call.
 * [mm/vmalloc.c: __get_vm_area, map_vm_area, remove_vm_area]
 */
#include "tables.h"

static bool no_room(struct judge *j)
{
	return diverge(j->d, RULE_V4, "memory for the model", true, false);
}

/* --- arising -------------------------------------------------------------- */

static bool want_area(struct judge *j, enum trace_event event,
		      const struct vm_area *a)
{
	struct trace_record want = {
		.event = (u8)event,
		.order = a->flags & VM_KIND_MASK,
		.pfn = a->addr,
		.arg = event == TRACE_alloc_vmap_area ? a->size : 0,
	};

	return want_record(j, want, ~0u,
			   (struct record_rules){ RULE_V5, RULE_V1, RULE_V5 });
}

bool area_arises(struct judge *j, u32 size, u32 flags, u32 align, gfp_t gfp,
		 vaddr_t *addr)
{
	struct vm_area a = { .flags = flags };
	u64 bytes = ((u64)size + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE;

	*addr = 0;
	/* in 32 bits: 2^32 is none */
	if (!(u32)bytes)
		return true;
	if (!own_kmalloc(j, VM_STRUCT_BYTES, gfp & GFP_LEVEL_MASK,
			 &a.descriptor))
		return false;
	if (!a.descriptor)
		return true;
	if (!areas_place(j->o, bytes + PAGE_SIZE, align, &a.addr))
		return own_free(j, a.descriptor);
	a.size = (u32)bytes + PAGE_SIZE;
	if (!areas_add(j->o, &a))
		return no_room(j);
	*addr = a.addr;
	return want_area(j, TRACE_alloc_vmap_area, &a);
}

/* --- mapping -------------------------------------------------------------- */

/* *enough: there is a table for the address. */
static bool kernel_table(struct judge *j, vaddr_t addr, bool *enough)
{
	u32 template = j->o->now.translation.template, table;

	*enough = table_words(j->o, template)[addr >> 22];
	if (*enough)
		return true;
	if (!table_arises(j, GFP_TABLE, TABLE_KERNEL, &table))
		return false;
	*enough = table != TABLE_NONE;
	if (*enough)
		table_set(j->o, template, addr >> 22,
			  table_of(j->o, table)->pfn << PAGE_SHIFT |
				  WORD_TABLE);
	return true;
}

static bool counts(const struct vm_area *a)
{
	return a->flags & (VM_ALLOC | VM_MAP);
}

bool area_maps(struct judge *j, vaddr_t addr, u32 bits, bool *mapped)
{
	struct model *o = j->o;
	const struct frames *f = &o->flight;
	bool counted = counts(areas_find(o, addr));

	*mapped = true;
	for (u32 i = 0; i < f->nr; i++, addr += PAGE_SIZE) {
		if (!kernel_table(j, addr, mapped))
			return false;
		if (f->pfn[i] == PFN_NONE)
			*mapped = false;
		if (!*mapped)
			return true;
		word_put(o, o->now.translation.template, addr,
			 f->pfn[i] << PAGE_SHIFT | bits);
		if (counted)
			kmap_inc(o, f->pfn[i]);
	}
	return true;
}

/* --- leaving -------------------------------------------------------------- */

bool area_leaves(struct judge *j, const struct vm_area *area)
{
	struct model *o = j->o;
	struct vm_area a = *area;
	struct pages range = pages_of(a.addr, a.size / PAGE_SIZE - 1);

	if (!clear_words(o, o->now.translation.template, range))
		return no_room(j);
	for (u32 i = 0; counts(&a) && i < o->cleared.nr; i++)
		kmap_dec(o, o->cleared.pfn[i]);
	tlb_drop_everywhere(o);
	areas_remove(o, a.addr);
	return want_area(j, TRACE_free_vmap_area, &a);
}

bool area_goes(struct judge *j, vaddr_t addr)
{
	struct vm_area a = *areas_find(j->o, addr);

	return area_leaves(j, &a) && own_free(j, a.descriptor);
}

enum report_kind area_misuse(const struct judge *j, vaddr_t addr, u32 kind)
{
	const struct vm_area *a = areas_find(j->o, addr);

	if (!a)
		return REPORT_vm_unknown;
	return a->flags & kind && !a->array ? REPORT_none : REPORT_vm_kind;
}
