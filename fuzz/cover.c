// SPDX-License-Identifier: MIT
/*
 * cover.c - the machine's events as coverage of states.
 *
 * Edges alone are blind to how full a zone is, or an array.  The engines read
 * these counters: libFuzzer from the section __libfuzzer_extra_counters, our
 * own fuzzer from the array.
 */
#include "cover_states.h"

_Static_assert((int)NR_STATES <= COVER_COUNTERS, "a counter for each state");

#if defined(__linux__)
__attribute__((section("__libfuzzer_extra_counters")))
#endif
u8 cover_counters[COVER_COUNTERS];

static bool enabled;

void cover_enable(bool on)
{
	enabled = on;
}

u8 *cover_rules(void)
{
	return enabled ? cover_counters : NULL;
}

const u8 *cover_reports(void)
{
	return cover_counters + FIRST_REPORT;
}

/* Seen, not how often: engines make eight features of a counter's size. */
static void bump(u32 index)
{
	cover_counters[index] = 1;
}

static u32 position(u32 free_pages, const struct zone_layout *z)
{
	return (free_pages > 0) + (free_pages > z->pages_min / 2) +
	       (free_pages > z->pages_min) + (free_pages > z->pages_low) +
	       (free_pages > z->pages_high);
}

static u32 order_class(u32 order)
{
	return (order > 0) + (order > 3) + (order > 8);
}

static u32 filling(u32 count, u32 low, u32 high)
{
	return (count > 0) + (count > low) + (count + 1 >= high) +
	       (count >= high);
}

static void cover_event(const struct trace_record *t,
			const struct mm_counts *counts,
			const struct mm_layout *layout)
{
	u32 zone = t->zone < NR_ZONES ? t->zone : 0;
	u32 at = position(counts->free_pages[zone], &layout->zone[zone]);

	bump(FIRST_EVENT + order_class(t->order) +
	     NR_ORDER_CLASSES *
		     (at + NR_POSITIONS * (zone + NR_ZONES * t->event)));
}

static void cover_list(u32 zone, u32 temp, const struct mm_counts *counts,
		       const struct mm_layout *layout)
{
	const struct zone_layout *z = &layout->zone[zone];

	bump(FIRST_LIST +
	     filling(counts->pcp[zone][temp], z->pcp[temp].low,
		     z->pcp[temp].high) +
	     NR_FILLINGS * (temp + NR_PCP_TEMPS * zone));
}

void cover_op(enum report_kind report, const struct trace_record *trace,
	      u32 nr_trace, const struct mm_counts *counts,
	      const struct mm_layout *layout)
{
	if (!enabled)
		return;
	bump(FIRST_REPORT + report);
	for (u32 i = 0; i < nr_trace; i++) {
		if (trace[i].event >= NR_PAGE_EVENTS)
			continue;
		cover_event(&trace[i], counts, layout);
		cover_list(trace[i].zone < NR_ZONES ? trace[i].zone : 0,
			   trace[i].temp & 1, counts, layout);
	}
}

static u32 cache_class(const struct cache_info *c)
{
	return (c->num > 1) + (c->num > 8) + (c->num > 31) +
	       4 * (c->off_slab != 0);
}

static u32 many(u32 n)
{
	return n < NR_MANY ? n : NR_MANY - 1;
}

void cover_slabs(const struct cache_info *c, const u32 nr[NR_SLAB_LISTS])
{
	u32 state = cache_class(c);

	for (u32 list = 0; list < NR_SLAB_LISTS; list++)
		state = state * NR_MANY + many(nr[list]);
	if (enabled)
		bump(FIRST_SLABS + state);
}

void cover_array(const struct cache_info *c, bool shared,
		 const struct array_view *v)
{
	if (enabled && v->limit)
		bump(FIRST_ARRAY + filling(v->avail, v->batch, v->limit) +
		     NR_FILLINGS * (shared + 2 * cache_class(c)));
}

void cover_pool(const struct mempool_info *pool, u32 sleepers)
{
	u32 reserve = (pool->curr_nr > 0) + (pool->curr_nr >= pool->min_nr);

	if (enabled)
		bump(FIRST_POOL + reserve * NR_MANY + many(sleepers));
}

/* Which vector, with a selector or without; of #PF its error code. */
void cover_fault(const struct fault *f)
{
	if (!enabled || f->vector < FAULT_NP)
		return;
	if (f->vector < FAULT_PF)
		bump(FIRST_FAULT + 2 * (f->vector - FAULT_NP) +
		     (f->error != 0));
	else
		bump(FIRST_FAULT + 6 + (f->error & 15));
}

void cover_cpu(const struct cpu_view *v)
{
	u32 state = v->cpl == 3;

	if (!enabled)
		return;
	state = state * 2 + !(v->cr0 & CR0_WP);
	state = state * 2 + !(v->cr4 & CR4_PGE);
	state = state * 2 + (v->preempt_count != 0);
	state = state * 2 + (v->cr3 != SWAPPER_PG_DIR_PADDR);
	state = state * 2 + (v->tlb_large != 0);
	state = state * 2 + (v->tlb_small > 1);
	state = state * 2 + (v->tlb_small != 0);
	state = state * 2 + (v->tlb_global != 0);
	bump(FIRST_CPU + state);
}

void cover_mappings(const struct mapping_counts *c)
{
	u32 slots = (c->kmap_slots > 0) + (c->kmap_slots > LAST_PKMAP / 2) +
		    (c->kmap_slots == LAST_PKMAP);

	if (enabled)
		bump(FIRST_MAPPINGS + many(c->nr_areas) +
		     NR_MANY * (slots + 4 * (c->kmap_users != 0)));
}
