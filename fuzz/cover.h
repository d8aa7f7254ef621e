/* SPDX-License-Identifier: MIT */
/*
 * cover.h - coverage of states, beside the engines' coverage of code.
 *
 * The first counters are one for each oracle rule, then one for each report.
 * Then come the states: for each event its zone, its order's class and where
 * the zone's free pages stand among its watermarks; and for each per-CPU
 * list how full it is.  A thousand states that mean something serve better
 * than many: each new one keeps a program in the corpus.
 */
#ifndef FUZZ_COVER_H
#define FUZZ_COVER_H

#include "../alloc/abi.h"
#include "exec.h"

/* What one op announced, and the zones' state after it. */
void cover_op(enum report_kind report, const struct trace_record *trace,
	      u32 nr_trace, const struct mm_counts *counts,
	      const struct mm_layout *layout);
/* Where the oracle counts its rules; NULL while disabled. */
u8 *cover_rules(void);

#endif
