// SPDX-License-Identifier: MIT
/*
 * accept_bootmem.c - the program's calls of bootmem, before mem_init.
 *
 * Order of checks: bootmem_late; the range or size; the alignment; what the
 * map says. [mm/bootmem.c]
 */
#include "judge.h"

static bool past_the_end(const struct model *o, u32 addr, u32 size)
{
	u64 end = (u64)o->now.layout.max_low_pfn * PAGE_SIZE;

	return !size || (u64)addr + size > end;
}

bool model_alloc_bootmem(struct model *o, const struct outcome *out, u32 size,
			 u32 align, u32 goal, u32 got, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	bool packed;
	u32 addr;

	if (o->now.phase != PHASE_BOOTMEM)
		return judge_report(&j, REPORT_bootmem_late, !got);
	if (!size)
		return judge_report(&j, REPORT_bootmem_range, !got);
	if (align & (align - 1))
		return judge_report(&j, REPORT_bootmem_align, !got);
	if (!bootmem_alloc(o, size, align, goal, &addr, &packed))
		return judge_report(&j, REPORT_bootmem_panic, !got);
	bootmem_list(o, CLAIM_user, addr, size);
	return judge_no_report(&j) && want_plain_end(&j) &&
	       must(o, d, packed ? RULE_M5 : RULE_M4, "address", addr, got) &&
	       contents_boot(o, addr, size, d);
}

bool model_free_bootmem(struct model *o, const struct outcome *out, u32 addr,
			u32 size, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	enum report_kind kind;

	if (o->now.phase != PHASE_BOOTMEM)
		return judge_report(&j, REPORT_bootmem_late, true);
	if (past_the_end(o, addr, size))
		return judge_report(&j, REPORT_bootmem_range, true);
	kind = bootmem_free(o, addr, size);
	return judge_report(&j, kind, true) && want_plain_end(&j);
}

bool model_reserve_bootmem(struct model *o, const struct outcome *out, u32 addr,
			   u32 size, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);

	if (o->now.phase != PHASE_BOOTMEM)
		return judge_report(&j, REPORT_bootmem_late, true);
	if (past_the_end(o, addr, size))
		return judge_report(&j, REPORT_bootmem_range, true);
	bootmem_mark(o, addr, size, BOOT_USED);
	bootmem_list(o, CLAIM_user, addr, size);
	return judge_no_report(&j) && want_plain_end(&j);
}
