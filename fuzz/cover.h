/* SPDX-License-Identifier: MIT */
/*
 * cover.h - coverage of states, beside the engines' coverage of code.
 *
 * The first counters are one for each oracle rule, then one for each report.
 * Then come the states: for each event its zone, its order's class and where
 * the zone's free pages stand among its watermarks; and for each per-CPU
 * list how full it is.  Of caches and pools it is how a program leaves them:
 * how many slabs each list has, how full arrays and reserves are.  Of the
 * processor: which fault with which error code, and what a CPU's registers
 * and TLB are like.  Of kernel mappings: how many areas there are, how full
 * the kmap window is.  A thousand states that mean something serve better than
 * many: each new one keeps a program in the corpus.
 */
#ifndef FUZZ_COVER_H
#define FUZZ_COVER_H

#include "../alloc/abi.h"
#include "exec.h"

/* What one op announced, and the zones' state after it. */
void cover_op(enum report_kind report, const struct trace_record *trace,
	      u32 nr_trace, const struct mm_counts *counts,
	      const struct mm_layout *layout);
/* A cache, its arrays, and a pool, as they stand at a program's end. */
void cover_slabs(const struct cache_info *c, const u32 nr[NR_SLAB_LISTS]);
void cover_array(const struct cache_info *c, bool shared,
		 const struct array_view *v);
void cover_pool(const struct mempool_info *pool, u32 sleepers);
/* What an access or a load drew; and a CPU behind it. */
void cover_fault(const struct fault *f);
void cover_cpu(const struct cpu_view *v);
/* How many areas and kmaps there are. */
void cover_mappings(const struct mapping_counts *c);
/* Where the oracle counts its rules; NULL while disabled. */
u8 *cover_rules(void);
/*
 * The state of a counter as a word of [a-z0-9_-]; returns like snprintf.
 */
int cover_name(char *buf, size_t room, u32 index);
/* Whether each report was drawn: 0 or 1; from REPORT_none on. */
const u8 *cover_reports(void);

#endif
