// SPDX-License-Identifier: MIT
/*
 * accept_atomic.c - kmap_atomic and its kin, and the fixmap's other slots.
 *
 *			2.6.12			strict
 *	kmap_atomic	overwrites, invlpg	a slot in use is a misuse
 *	kunmap_atomic	leaves the word		empties the slot, invlpg
 *
 * Both count: while a CPU holds one, its tasks are atomic, of a low page too.
 * [arch/i386/mm/highmem.c: kmap_atomic, kunmap_atomic, kmap_atomic_to_page;
 * arch/i386/mm/pgtable.c: __set_fixmap]
 */
#include "judge.h"

static u32 *preempt_count(struct judge *j)
{
	return &j->o->now.translation.cpu[j->cpu].preempt_count;
}

/* --- kmap_atomic ---------------------------------------------------------- */

static bool atomic_high(struct judge *j, pfn_t pfn, u32 index, vaddr_t got)
{
	struct model *o = j->o;
	bool strict = o->now.layout.kmap_strict, may;

	if (!judge_may_kmap(j, pfn, !got, &may))
		return false;
	if (!may)
		return true;
	if (strict && fix_word(o, index))
		return judge_report(j, REPORT_kmap_busy, !got);
	++*preempt_count(j);
	fixmap_set(o, index, pfn << PAGE_SHIFT | WORD_KERNEL);
	if (strict)
		kmap_inc(o, pfn);
	else
		tlb_drop(o, j->cpu, fix_address(index));
	return judge_end(j) &&
	       must(o, j->d, RULE_A1, "address", fix_address(index), got);
}

bool model_kmap_atomic(struct model *o, const struct outcome *out, pfn_t pfn,
		       u32 type, vaddr_t got, struct divergence *d)
{
	const struct mm_layout *l = &o->now.layout;
	struct judge j = judge_begin(o, out, d);

	if (type >= KM_TYPE_NR)
		return judge_report(&j, REPORT_kmap_type, !got);
	if (pfn >= l->max_mapnr)
		return judge_report(&j, REPORT_bad_page, !got);
	if (pfn >= l->max_low_pfn)
		return atomic_high(&j, pfn, atomic_index(j.cpu, type), got);
	++*preempt_count(&j);
	return judge_end(&j) && must(o, d, RULE_A1, "address",
				     PAGE_OFFSET + pfn * PAGE_SIZE, got);
}

static void empty_slot(struct judge *j, u32 index)
{
	kmap_dec(j->o, fix_word(j->o, index) >> PAGE_SHIFT);
	fixmap_set(j->o, index, 0);
	tlb_drop(j->o, j->cpu, fix_address(index));
}

bool model_kunmap_atomic(struct model *o, const struct outcome *out,
			 vaddr_t addr, u32 type, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	u32 index = atomic_index(j.cpu, type);
	bool is_slot = fix_index(addr) == index;
	bool empties = is_slot && o->now.layout.kmap_strict;

	if (type >= KM_TYPE_NR)
		return judge_report(&j, REPORT_kmap_type, true);
	if (!is_slot && !is_direct(o, addr))
		return judge_report(&j, REPORT_kunmap_slot, true);
	if (!*preempt_count(&j) || (empties && !fix_word(o, index)))
		return judge_report(&j, REPORT_kunmap_unheld, true);
	if (empties)
		empty_slot(&j, index);
	--*preempt_count(&j);
	return judge_end(&j);
}

/* The frame behind such an address; PFN_NONE: there is none. */
static pfn_t behind(const struct model *o, vaddr_t addr)
{
	u32 index = fix_index(addr);

	if (addr < o->now.layout.fixaddr_start)
		return is_direct(o, addr) ? (addr - PAGE_OFFSET) >> PAGE_SHIFT
					  : PFN_NONE;
	if (!fix_is_atomic(o, index) || !fix_word(o, index))
		return PFN_NONE;
	return fix_word(o, index) >> PAGE_SHIFT;
}

bool model_kmap_atomic_to_page(struct model *o, const struct outcome *out,
			       vaddr_t addr, pfn_t got, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	pfn_t pfn = behind(o, addr);

	if (pfn == PFN_NONE)
		return judge_report(&j, REPORT_bad_address, got == PFN_NONE);
	return judge_end(&j) && must(o, d, RULE_A3, "pfn", pfn, got);
}

/* --- the fixmap ----------------------------------------------------------- */

static bool is_memory(const struct model *o, pfn_t pfn)
{
	return pfn < o->now.layout.max_mapnr && o->frame[pfn].is != IS_RESERVED;
}

bool model_set_fixmap(struct model *o, const struct outcome *out, u32 index,
		      u32 phys, bool nocache, vaddr_t got, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);

	if (!fix_is_settable(o, index))
		return judge_report(&j, REPORT_fixmap_slot, !got);
	if (is_memory(o, phys >> PAGE_SHIFT)) {
		frame_touch(o, phys >> PAGE_SHIFT);
		return judge_report(&j, REPORT_map_frame, !got);
	}
	fixmap_set(o, index,
		   (phys & FRAME_BITS) | WORD_KERNEL |
			   (nocache ? PAGE_PCD : 0));
	tlb_drop(o, j.cpu, fix_address(index));
	return judge_end(&j) &&
	       must(o, d, RULE_A4, "address", fix_address(index), got);
}

bool model_clear_fixmap(struct model *o, const struct outcome *out, u32 index,
			struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);

	if (!fix_is_settable(o, index))
		return judge_report(&j, REPORT_fixmap_slot, true);
	fixmap_set(o, index, 0);
	tlb_drop(o, j.cpu, fix_address(index));
	return judge_end(&j);
}

bool model_virt_addr_valid(struct model *o, const struct outcome *out,
			   vaddr_t addr, bool got, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);

	return judge_end(&j) &&
	       must(o, d, RULE_A5, "valid", is_direct(o, addr), got);
}
