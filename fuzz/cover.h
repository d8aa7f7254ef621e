/* SPDX-License-Identifier: MIT */
/*
 * cover.h - coverage of states, beside the engines' coverage of code.
 *
 * The first counters are one for each oracle rule, then one for each report;
 * the rest is a hash of (event, zone, log2 of the zone's free pages,
 * previous event).
 */
#ifndef FUZZ_COVER_H
#define FUZZ_COVER_H

#include "../alloc/abi.h"
#include "exec.h"

/* What one op announced, and the zones' state after it. */
void cover_op(enum report_kind report, const struct trace_record *trace,
	      u32 nr_trace, const struct mm_counts *counts);
/* Forgets the previous event: a new program begins. */
void cover_begin(void);
/* Where the oracle counts its rules; NULL while disabled. */
u8 *cover_rules(void);

#endif
