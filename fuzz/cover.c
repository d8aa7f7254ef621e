// SPDX-License-Identifier: MIT
/*
 * cover.c - the machine's events as coverage of states.
 *
 * Edges alone are blind to how full a zone is.  The engines read these
 * counters: libFuzzer from the section __libfuzzer_extra_counters, our own
 * fuzzer from the array.
 */
#include "cover.h"

#include "../oracle/oracle.h"

#define FIRST_REPORT NR_RULES
#define FIRST_STATE (NR_RULES + NR_REPORTS)
#define NR_STATES (COVER_COUNTERS - FIRST_STATE)

_Static_assert(FIRST_STATE < COVER_COUNTERS / 2, "most counters are states");

#if defined(__linux__)
__attribute__((section("__libfuzzer_extra_counters")))
#endif
u8 cover_counters[COVER_COUNTERS];

static bool enabled;
static u32 previous;

void cover_enable(bool on)
{
	enabled = on;
}

void cover_begin(void)
{
	previous = 0;
}

u8 *cover_rules(void)
{
	return enabled ? cover_counters : NULL;
}

static u32 log2_of(u32 n)
{
	return n ? 32 - (u32)__builtin_clz(n) : 0;
}

/* Seen, not how often: engines make eight features of a counter's size. */
static void bump(u32 index)
{
	cover_counters[index] = 1;
}

void cover_op(enum report_kind report, const struct trace_record *trace,
	      u32 nr_trace, const struct mm_counts *counts)
{
	if (!enabled)
		return;
	bump(FIRST_REPORT + report);
	for (u32 i = 0; i < nr_trace; i++) {
		const struct trace_record *t = &trace[i];
		u32 zone = t->zone < NR_ZONES ? t->zone : 0;
		u32 state = t->event + 8 * (zone + 4 * (previous + 8 *
				log2_of(counts->free_pages[zone])));

		bump(FIRST_STATE + (state * 2654435761u >> 12) % NR_STATES);
		previous = t->event + 1u;
	}
}
