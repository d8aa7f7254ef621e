// SPDX-License-Identifier: MIT
/*
 * accept_ioremap.c - devices' memory mapped: ioremap, ioremap_nocache,
 * iounmap.
 *
 *	no byte, or past 4 GiB		NULL
 *	in 0xA0000..0xFFFFF		the direct map has it: no area
 *	memory in it			ioremap_ram
 *	else				an area, words without GLOBAL
 *	nocache, below high_memory	the direct map's words follow, those of
 *					the ISA window too; iounmap puts back
 *					an area's
 *
 * [arch/i386/mm/ioremap.c]
 */
#include "tables.h"

#define ISA_START 0xA0000u
#define ISA_LAST 0xFFFFFu

/* Physical bytes, and the pages that hold them. */
struct range {
	u32 start, last;
	pfn_t first;
	u32 nr; /* pages */
};

static struct range range_of(u32 phys, u32 size)
{
	struct range r = { .start = phys, .last = phys + size - 1 };

	r.first = r.start >> PAGE_SHIFT;
	r.nr = (r.last >> PAGE_SHIFT) - r.first + 1;
	return r;
}

static bool is_isa(const struct range *r)
{
	return r->start >= ISA_START && r->last <= ISA_LAST;
}

/* In the direct map, wholly. */
static bool is_low(const struct model *o, pfn_t first, u32 nr)
{
	return (u64)first + nr <= o->now.layout.max_low_pfn;
}

/* Some frame of it is memory that boot did not keep. */
static bool has_memory(const struct model *o, const struct range *r)
{
	for (u32 i = 0; i < r->nr; i++) {
		if (r->first + i >= o->now.layout.max_mapnr)
			return false;
		if (o->frame[r->first + i].is != IS_RESERVED)
			return true;
	}
	return false;
}

static enum report_kind may_not(const struct judge *j)
{
	if (j->flags & TASK_IRQ)
		return REPORT_vm_interrupt;
	return j->flags & TASK_ATOMIC ? REPORT_sleep_in_atomic : REPORT_none;
}

static enum report_kind misuse(const struct judge *j, const struct range *r,
			       bool nocache)
{
	if (!is_isa(r) && has_memory(j->o, r))
		return REPORT_ioremap_ram;
	if (is_isa(r) && !(nocache && is_low(j->o, r->first, r->nr)))
		return REPORT_none;
	return may_not(j);
}

/* --- making --------------------------------------------------------------- */

static bool range_arises(struct judge *j, const struct range *r, u32 bits,
			 vaddr_t *addr)
{
	struct frames *f = &j->o->flight;
	u32 size = r->nr * PAGE_SIZE,
	    flags = VM_IOREMAP | bits << VM_PROT_SHIFT;
	bool mapped;

	if (!area_arises(j, size, flags, area_align(size, flags), GFP_KERNEL,
			 addr))
		return false;
	if (!*addr)
		return true;
	areas_find(j->o, *addr)->phys_addr = r->first * PAGE_SIZE;
	f->nr = 0;
	for (u32 i = 0; i < r->nr; i++)
		if (!frames_add(f, r->first + i))
			return diverge(j->d, RULE_I3, "memory for the model",
				       true, false);
	if (!area_maps(j, *addr, PAGE_IOREMAP | bits, &mapped))
		return false;
	if (mapped)
		return true;
	if (!area_goes(j, *addr))
		return false;
	*addr = 0;
	return true;
}

/* The direct map follows; where it cannot, the area goes again. */
static bool range_follows(struct judge *j, const struct range *r, vaddr_t *addr)
{
	bool enough;

	rule_hit(j->o, RULE_I4);
	if (!change_attr(j, r->first, r->nr, WORD_KERNEL | PAGE_PCD, &enough))
		return false;
	if (!enough && !is_isa(r) && !area_goes(j, *addr))
		return false;
	if (!enough)
		*addr = 0;
	return flush_global(j);
}

static enum rule rule_of(const struct range *r, bool nocache, vaddr_t addr)
{
	if (is_isa(r) && addr)
		return RULE_I2;
	return addr || !nocache ? RULE_I3 : RULE_I4;
}

bool model_ioremap(struct model *o, const struct outcome *out, u32 phys,
		   u32 size, bool nocache, vaddr_t got, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	struct range r = range_of(phys, size);
	enum report_kind kind;
	vaddr_t addr = PAGE_OFFSET + phys / PAGE_SIZE * PAGE_SIZE;

	if (!size || r.last < phys)
		return judge_no_report(&j) &&
		       must(o, d, RULE_I1, "address", 0, got) &&
		       want_plain_end(&j);
	kind = misuse(&j, &r, nocache);
	if (kind)
		return judge_report(&j, kind, !got);
	if (!is_isa(&r) && !range_arises(&j, &r, nocache ? PAGE_PCD : 0, &addr))
		return false;
	if (addr && nocache && is_low(o, r.first, r.nr) &&
	    !range_follows(&j, &r, &addr))
		return false;
	if (addr)
		addr += phys % PAGE_SIZE;
	return judge_end(&j) &&
	       must(o, d, rule_of(&r, nocache, addr), "address", addr, got);
}

/* --- giving back ---------------------------------------------------------- */

static bool range_goes(struct judge *j, vaddr_t addr)
{
	struct vm_area a = *areas_find(j->o, addr);
	pfn_t first = a.phys_addr >> PAGE_SHIFT;
	u32 nr = a.size / PAGE_SIZE - 1;
	bool enough;

	if (!area_leaves(j, &a))
		return false;
	if (a.flags >> VM_PROT_SHIFT && is_low(j->o, first, nr)) {
		j->free_rule = RULE_I4;
		if (!change_attr(j, first, nr, WORD_KERNEL, &enough) ||
		    !flush_global(j))
			return false;
		j->free_rule = RULE_F1;
	}
	return own_free(j, a.descriptor);
}

/* Up to high_memory there is nothing of ioremap's, and nothing is said. */
static bool judge_silence(struct judge *j)
{
	return must(j->o, j->d, RULE_I5, "report", REPORT_none,
		    j->out->report) &&
	       must(j->o, j->d, RULE_I5, "trace.nr", 0, j->out->nr_trace) &&
	       want_plain_end(j);
}

bool model_iounmap(struct model *o, const struct outcome *out, vaddr_t addr,
		   struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	enum report_kind kind = REPORT_none;

	if (addr <= o->now.layout.high_memory)
		return judge_silence(&j);
	if (j.flags & TASK_IRQ)
		kind = REPORT_vm_interrupt;
	addr &= FRAME_BITS;
	if (!kind)
		kind = area_misuse(&j, addr, VM_IOREMAP);
	if (kind)
		return judge_report(&j, kind, true);
	return range_goes(&j, addr) && judge_end(&j);
}
