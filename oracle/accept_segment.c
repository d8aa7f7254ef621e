// SPDX-License-Identifier: MIT
/*
 * accept_segment.c - calls about the current CPU's registers: modes, segment
 * registers, descriptors, CR0, CR4, and what drops TLB entries.
 *
 * None of them allocates, and but for a write to the kernel's descriptors
 * none can be misused. [SDM vol. 3, 2.5, 4.10.4, 5]
 */
#include "judge.h"

static struct cpu *cpu_of(struct judge *j)
{
	return &j->o->now.translation.cpu[j->cpu];
}

static bool plain(struct judge *j)
{
	return judge_no_report(j) && want_plain_end(j);
}

/* --- segments ------------------------------------------------------------- */

bool model_set_mode(struct model *o, const struct outcome *out, bool user,
		    struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);

	if (cpu_of(&j)->user != user) {
		if (user)
			segments_enter_user(o, j.cpu);
		else
			segments_enter_kernel(o, j.cpu);
	}
	return plain(&j);
}

bool model_load_segment(struct model *o, const struct outcome *out,
			enum seg_reg reg, u16 selector, const struct fault *f,
			struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	struct checked v = segment_load(o, j.cpu, reg, selector);

	return plain(&j) &&
	       must(o, d, v.rule, "fault.vector", v.vector, f->vector) &&
	       (!v.vector ||
		(must(o, d, v.rule, "fault.error", v.error, f->error) &&
		 must(o, d, v.rule, "fault.cr2", 0, f->cr2)));
}

static bool is_kernels(u32 entry)
{
	return !entry || (entry >= 12 && entry <= 16) ||
	       entry >= GDT_ENTRIES - 1;
}

bool model_write_gdt_entry(struct model *o, const struct outcome *out,
			   u32 entry, u32 low, u32 high, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);

	if (is_kernels(entry))
		return judge_report(&j, REPORT_gdt_entry, true);
	descriptor_set(o, j.cpu, entry, low, high);
	return plain(&j);
}

/* --- control registers ---------------------------------------------------- */

bool model_write_cr0(struct model *o, const struct outcome *out, bool wp,
		     struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);

	cpu_of(&j)->wp = wp;
	return plain(&j);
}

bool model_write_cr4(struct model *o, const struct outcome *out, bool pge,
		     struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);

	if (cpu_of(&j)->pge != pge)
		tlb_drop_each(o, j.cpu);
	cpu_of(&j)->pge = pge;
	return plain(&j);
}

/* --- the TLB -------------------------------------------------------------- */

bool model_invlpg(struct model *o, const struct outcome *out, vaddr_t addr,
		  struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);

	tlb_drop(o, j.cpu, addr);
	return plain(&j);
}

bool model_flush_tlb(struct model *o, const struct outcome *out,
		     struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);

	tlb_drop_local(o, j.cpu);
	return plain(&j);
}

bool model_flush_tlb_all(struct model *o, const struct outcome *out,
			 struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);

	tlb_drop_everywhere(o);
	return plain(&j);
}
