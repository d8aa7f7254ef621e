// SPDX-License-Identifier: MIT
/*
 * accept_vmap.c - pages that others own, mapped side by side: vmap, vunmap;
 * where an address of the window leads; and the list of areas as it stands.
 *
 *	vmap	descriptor; the words, no reference; or all back
 *	vunmap	the words and the descriptor go
 *
 * [mm/vmalloc.c: vmap, __vunmap, vmalloc_to_page]
 */
#include "tables.h"

/* --- vmap, vunmap --------------------------------------------------------- */

/* Of the pages, from the first on; *bad is the one that it is about. */
static enum report_kind pages_misuse(const struct model *o, const pfn_t *pfn,
				     u32 count, pfn_t *bad)
{
	for (u32 i = 0; i < count; i++) {
		enum report_kind kind = REPORT_none;

		if (pfn[i] != PFN_NONE)
			kind = kmap_misuse(o, pfn[i]);
		*bad = pfn[i];
		if (kind)
			return kind;
	}
	return REPORT_none;
}

static enum report_kind misuse(const struct judge *j, u32 flags)
{
	if (flags != VM_MAP)
		return REPORT_vm_flags;
	if (j->flags & TASK_IRQ)
		return REPORT_vm_interrupt;
	return j->flags & TASK_ATOMIC ? REPORT_sleep_in_atomic : REPORT_none;
}

static bool vmap_arises(struct judge *j, const pfn_t *pfn, u32 count, u32 prot,
			vaddr_t *addr)
{
	struct frames *f = &j->o->flight;
	bool mapped;

	if (!area_arises(j, count * PAGE_SIZE, VM_MAP, PAGE_SIZE, GFP_KERNEL,
			 addr))
		return false;
	if (!*addr)
		return true;
	f->nr = 0;
	for (u32 i = 0; i < count; i++)
		if (!frames_add(f, pfn[i]))
			return diverge(j->d, RULE_V7, "memory for the model",
				       true, false);
	if (!area_maps(j, *addr, prot, &mapped))
		return false;
	if (mapped)
		return true;
	if (!area_goes(j, *addr))
		return false;
	*addr = 0;
	return true;
}

bool model_vmap(struct model *o, const struct outcome *out, const pfn_t *pfn,
		u32 count, u32 flags, u32 prot, vaddr_t got,
		struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	enum report_kind kind;
	vaddr_t addr = 0;
	pfn_t bad;

	if (!count || count > o->now.layout.highend_pfn)
		return judge_no_report(&j) &&
		       must(o, d, RULE_V7, "address", 0, got) &&
		       want_plain_end(&j);
	kind = misuse(&j, flags);
	if (kind)
		return judge_report(&j, kind, !got);
	kind = pages_misuse(o, pfn, count, &bad);
	if (kind) {
		if (bad < o->now.layout.max_mapnr)
			frame_touch(o, bad);
		return judge_report(&j, kind, !got);
	}
	return vmap_arises(&j, pfn, count, prot & PAGE_ATTR_MASK, &addr) &&
	       judge_end(&j) &&
	       must(o, d, addr && got ? RULE_V1 : RULE_V7, "address", addr,
		    got);
}

bool model_vunmap(struct model *o, const struct outcome *out, vaddr_t addr,
		  struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	enum report_kind kind = REPORT_none;

	if (j.flags & TASK_IRQ)
		kind = REPORT_vm_interrupt;
	if (!kind && !addr)
		return judge_no_report(&j) && want_plain_end(&j);
	if (!kind)
		kind = area_misuse(&j, addr, VM_MAP);
	if (kind)
		return judge_report(&j, kind, true);
	return area_goes(&j, addr) && judge_end(&j);
}

/* --- where an address leads ----------------------------------------------- */

bool model_vmalloc_to_page(struct model *o, const struct outcome *out,
			   vaddr_t addr, pfn_t got, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	pfn_t want = PFN_NONE;
	u32 word;

	if (!areas_in_window(o, addr, (u64)addr + 1))
		return judge_report(&j, REPORT_bad_address, got == PFN_NONE);
	word = word_in(o, o->now.translation.template, addr);
	if (word & (PAGE_PRESENT | PAGE_PROTNONE) &&
	    word >> PAGE_SHIFT < o->now.layout.max_mapnr)
		want = word >> PAGE_SHIFT;
	return judge_no_report(&j) && want_plain_end(&j) &&
	       must(o, d, RULE_V8, "pfn", want, got);
}

/* --- as they stand -------------------------------------------------------- */

bool model_check_vm_area(struct model *o, u32 i, const struct vm_area_view *v,
			 struct divergence *d)
{
	const struct vm_area none = { .addr = 0 };
	const struct vm_area *a = i < o->areas.nr ? &o->areas.area[i] : &none;

	return must(o, d, RULE_V9, "addr", a->addr, v->addr) &&
	       must(o, d, RULE_V9, "size", a->size, v->size) &&
	       must(o, d, RULE_V9, "flags", a->flags, v->flags) &&
	       must(o, d, RULE_V9, "descriptor", a->descriptor,
		    v->descriptor) &&
	       must(o, d, RULE_V9, "nr_pages", a->nr_pages, v->nr_pages) &&
	       must(o, d, RULE_V9, "pages", a->pages, v->pages) &&
	       must(o, d, RULE_V9, "phys_addr", a->phys_addr, v->phys_addr);
}
