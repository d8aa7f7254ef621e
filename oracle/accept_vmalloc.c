// SPDX-License-Identifier: MIT
/*
 * accept_vmalloc.c - areas that own their frames, and what get_vm_area gives.
 *
 *	__vmalloc	area; page array, of kmalloc or, above a page, of
 *			__vmalloc; frames one by one; mapped.  Or all back:
 *			area, frames, array, descriptor
 *	vfree		the same way back; nothing at all where a frame is
 *			held by another mapping alone
 *
 * The frames are blocks like any other: painted when the call is over, and
 * looked at before they go.  The array is the machine's own, and its bytes
 * are not judged.  [mm/vmalloc.c: __vmalloc, __vunmap]
 */
#include "tables.h"

#define ARRAY_KMALLOC_MAX PAGE_SIZE
#define ARRAY_DEPTH 3 /* 4 GiB of pages: an array, its array, an object */

/* --- shared --------------------------------------------------------------- */

/* Of making an area, behind the checks of the call's own. */
static enum report_kind may_not(const struct judge *j, gfp_t gfp)
{
	if (j->flags & TASK_IRQ)
		return REPORT_vm_interrupt;
	if (gfp & __GFP_WAIT && j->flags & TASK_ATOMIC)
		return REPORT_sleep_in_atomic;
	return REPORT_none;
}

/* NULL, silently, before anything else. */
static bool judge_null(struct judge *j, enum rule rule, u32 got)
{
	return judge_no_report(j) &&
	       must(j->o, j->d, rule, "address", 0, got) && want_plain_end(j);
}

static bool one_bit(u32 bits)
{
	return bits && !(bits & (bits - 1));
}

/* --- get_vm_area ---------------------------------------------------------- */

u32 area_align(u32 size, u32 flags)
{
	u32 align = PAGE_SIZE;

	if (!(flags & VM_IOREMAP))
		return align;
	/* 2^fls: more than the size */
	while (align <= size && align < IOREMAP_MAX_ALIGN)
		align *= 2;
	return align;
}

bool model_get_vm_area(struct model *o, const struct outcome *out, u32 size,
		       u32 flags, vaddr_t got, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	enum report_kind kind = may_not(&j, GFP_KERNEL);
	vaddr_t addr;

	if (flags & ~VM_KIND_MASK || !one_bit(flags))
		kind = REPORT_vm_flags;
	if (kind)
		return judge_report(&j, kind, !got);
	return area_arises(&j, size, flags, area_align(size, flags), GFP_KERNEL,
			   &addr) &&
	       judge_end(&j) &&
	       must(o, d, addr ? RULE_V1 : RULE_V2, "address", addr, got);
}

/* --- giving back ---------------------------------------------------------- */

static bool array_goes(struct judge *j, const struct vm_area *a);

/* What was unmapped is given back, too: the frames in `f`. */
static bool frames_go(struct judge *j, const struct frames *f)
{
	enum rule rule = j->free_rule;

	j->free_rule = RULE_V6;
	for (u32 i = 0; i < f->nr; i++) {
		frame_touch(j->o, f->pfn[i])->marks &= (u8)~MARK_AREA;
		if (!nested_free_pages(j, f->pfn[i]))
			return false;
	}
	j->free_rule = rule;
	return true;
}

/* With frames, array and descriptor. */
static bool vmalloc_goes(struct judge *j, vaddr_t addr)
{
	struct vm_area a = *areas_find(j->o, addr);

	return area_leaves(j, &a) &&
	       (!a.nr_pages || frames_go(j, &j->o->cleared)) &&
	       array_goes(j, &a) && own_free(j, a.descriptor);
}

static bool array_goes(struct judge *j, const struct vm_area *a)
{
	if (!a->pages)
		return true;
	return a->flags & VM_VPAGES ? vmalloc_goes(j, a->pages)
				    : own_free(j, a->pages);
}

/* Could each frame go, if the area's word did? */
static bool all_could_go(const struct model *o, const struct vm_area *a)
{
	for (u32 i = 0; i < a->nr_pages; i++) {
		u32 word = word_in(o, o->now.translation.template,
				   a->addr + i * PAGE_SIZE);
		const struct frame *f = &o->frame[word >> PAGE_SHIFT];

		if (f->count <= f->mapcount + (f->kmapcount > 1))
			return false;
	}
	return !(a->flags & VM_VPAGES) ||
	       all_could_go(o, areas_find(o, a->pages));
}

bool model_vfree(struct model *o, const struct outcome *out, vaddr_t addr,
		 struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	enum report_kind kind = may_not(&j, 0);

	if (!kind && !addr)
		return judge_no_report(&j) && want_plain_end(&j);
	if (!kind)
		kind = area_misuse(&j, addr, VM_ALLOC);
	if (!kind && !all_could_go(o, areas_find(o, addr)))
		kind = REPORT_free_mapped;
	if (kind)
		return judge_report(&j, kind, true);
	return vmalloc_goes(&j, addr) && judge_end(&j);
}

/* --- vmalloc -------------------------------------------------------------- */

static bool vmalloc_arises(struct judge *j, u32 nr, gfp_t gfp, u32 prot,
			   u32 depth, vaddr_t *addr);

/* *pages is 0 where there is none. */
static bool array_arises(struct judge *j, u32 nr, gfp_t gfp, u32 depth,
			 u32 *pages)
{
	u32 bytes = 4 * nr;

	if (bytes <= ARRAY_KMALLOC_MAX)
		return own_kmalloc(j, bytes,
				   gfp & ~(__GFP_HIGHMEM | __GFP_ZERO), pages);
	return vmalloc_arises(j, (bytes + PAGE_SIZE - 1) / PAGE_SIZE, gfp,
			      WORD_KERNEL, depth + 1, pages);
}

/* Into o->flight, until one is not to be had. */
static bool frames_arise(struct judge *j, u32 nr, gfp_t gfp, bool *all)
{
	struct frames *f = &j->o->flight;

	*all = true;
	f->nr = 0;
	while (*all && f->nr < nr) {
		pfn_t pfn;

		if (!nested_pages(j, gfp, 0, &pfn))
			return false;
		*all = pfn != PFN_NONE;
		if (*all && !frames_add(f, pfn))
			return diverge(j->d, RULE_V4, "memory for the model",
				       true, false);
	}
	return true;
}

/* What there is of it goes back. */
static bool undo(struct judge *j, vaddr_t addr, bool with_frames)
{
	struct vm_area a = *areas_find(j->o, addr);

	return area_leaves(j, &a) &&
	       (!with_frames || frames_go(j, &j->o->flight)) &&
	       array_goes(j, &a) && own_free(j, a.descriptor);
}

static bool fill(struct judge *j, vaddr_t addr, u32 nr, gfp_t gfp, u32 prot,
		 bool *filled)
{
	if (!frames_arise(j, nr, gfp, filled))
		return false;
	return !*filled || area_maps(j, addr, prot, filled);
}

/* An area whose array is there. */
static void owns(struct model *o, vaddr_t addr, u32 pages)
{
	struct vm_area *a = areas_find(o, addr), *array;

	a->pages = pages;
	array = areas_find(o, pages);
	if (!array)
		return;
	array->array = true;
	a->flags |= VM_VPAGES;
}

static bool vmalloc_arises(struct judge *j, u32 nr, gfp_t gfp, u32 prot,
			   u32 depth, vaddr_t *addr)
{
	struct model *o = j->o;
	u32 pages = 0;
	bool filled;

	*addr = 0;
	if (depth == ARRAY_DEPTH)
		return diverge(j->d, RULE_V4, "depth of arrays", depth, 0);
	if (!area_arises(j, nr * PAGE_SIZE, VM_ALLOC, PAGE_SIZE, gfp, addr))
		return false;
	if (!*addr)
		return true;
	if (!array_arises(j, nr, gfp, depth, &pages))
		return false;
	if (pages) {
		owns(o, *addr, pages);
		if (!fill(j, *addr, nr, gfp, prot, &filled))
			return false;
		if (filled) {
			areas_find(o, *addr)->nr_pages = nr;
			for (u32 i = 0; i < nr; i++)
				o->frame[o->flight.pfn[i]].marks |= MARK_AREA;
			return true;
		}
	}
	if (!undo(j, *addr, pages))
		return false;
	*addr = 0;
	return true;
}

/* The present: the frames are the caller's. */
static bool judge_frames(struct judge *j, gfp_t gfp)
{
	const struct frames *f = &j->o->flight;

	for (u32 i = 0; i < f->nr; i++)
		if (!contents_obtained(j->o, f->pfn[i], 0, gfp & __GFP_ZERO,
				       j->d))
			return false;
	return true;
}

bool model_vmalloc(struct model *o, const struct outcome *out, u32 size,
		   gfp_t gfp, u32 prot, vaddr_t got, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	enum report_kind kind = may_not(&j, gfp);
	u32 bytes = (size + PAGE_SIZE - 1) & FRAME_BITS;
	vaddr_t addr;

	if (!bytes)
		return judge_null(&j, RULE_V2, got);
	if (bytes / PAGE_SIZE > o->now.layout.highend_pfn)
		return judge_null(&j, RULE_V3, got);
	if (kind)
		return judge_report(&j, kind, !got);
	return vmalloc_arises(&j, bytes / PAGE_SIZE, gfp, prot & PAGE_ATTR_MASK,
			      0, &addr) &&
	       judge_end(&j) &&
	       must(o, d, addr && got ? RULE_V1 : RULE_V4, "address", addr,
		    got) &&
	       (!addr || judge_frames(&j, gfp));
}
