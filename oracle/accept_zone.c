// SPDX-License-Identifier: MIT
/*
 * accept_zone.c - calls about zones and lists as a whole: the count of free
 * pages, draining a CPU's lists, and the two sysctls.
 */
#include "judge.h"

bool model_nr_free_pages(struct model *o, const struct outcome *out, u32 got,
			 struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	u32 sum = 0;

	for (int i = 0; i < NR_ZONES; i++)
		sum += o->now.counts.free_pages[i];
	return judge_no_report(&j) && want_plain_end(&j) &&
	       must(o, d, RULE_F4, "nr_free_pages", sum, got);
}

/* Zone 0 first, hot then cold, each list from its tail. */
bool model_drain_local_pages(struct model *o, const struct outcome *out,
			     struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);

	if (!judge_no_report(&j))
		return false;
	for (unsigned int zone = 0; zone < NR_ZONES; zone++)
		for (unsigned int temp = 0; temp < NR_PCP_TEMPS; temp++) {
			u32 ring = ring_of(j.cpu, zone, temp);

			if (!drain_frames(&j, ring, o->now.pcp[ring]))
				return false;
		}
	return want_plain_end(&j);
}

/* Marks follow; reserves do not. */
bool model_set_min_free_kbytes(struct model *o, const struct outcome *out,
			       u32 kbytes, const struct mm_layout *layout,
			       struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);

	layout_set_marks(&o->now.layout, kbytes);
	return judge_no_report(&j) && want_plain_end(&j) &&
	       layout_check(o, layout, d);
}

bool model_set_lowmem_reserve_ratio(struct model *o, const struct outcome *out,
				    u32 dma, u32 normal,
				    const struct mm_layout *layout,
				    struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);

	layout_set_reserve(&o->now.layout, dma, normal);
	return judge_no_report(&j) && want_plain_end(&j) &&
	       layout_check(o, layout, d);
}
