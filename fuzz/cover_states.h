/* SPDX-License-Identifier: MIT */
/*
 * cover_states.h - where each state's counter is: what counts them (cover.c)
 * and what calls them by name (cover_name.c) agree by this.
 */
#ifndef FUZZ_COVER_STATES_H
#define FUZZ_COVER_STATES_H

#include "cover.h"

#include "../oracle/oracle.h"

#define NR_POSITIONS 6	   /* of a zone's free pages among its marks */
#define NR_ORDER_CLASSES 4 /* 0, 1..3, 4..8, 9.. */
#define NR_FILLINGS 5	   /* of a per-CPU list */

#define NR_PAGE_EVENTS (TRACE_oom_kill + 1)
#define NR_CACHE_CLASSES 8 /* 1, 2..8, 9..31, 32.. a slab; on and off slab */
#define NR_MANY 3	   /* 0, 1, more */
#define NR_RESERVES 3	   /* of a pool: empty, short, full */
#define NR_FAULTS 22	   /* #NP, #SS, #GP by selector or 0; #PF by code */
#define NR_CPU_STATES 512  /* CPL, WP, PGE, CR3, kmap_atomics; of a TLB four */
#define NR_MAPPINGS 24	   /* areas, filling of the kmap window, kmaps */

#define FIRST_REPORT NR_RULES
#define FIRST_EVENT (FIRST_REPORT + NR_REPORTS)
#define FIRST_LIST                                                             \
	(FIRST_EVENT +                                                         \
	 NR_PAGE_EVENTS * NR_ZONES * NR_POSITIONS * NR_ORDER_CLASSES)
#define FIRST_SLABS (FIRST_LIST + NR_ZONES * NR_PCP_TEMPS * NR_FILLINGS)
#define FIRST_ARRAY                                                            \
	(FIRST_SLABS + NR_CACHE_CLASSES * NR_MANY * NR_MANY * NR_MANY)
#define FIRST_POOL (FIRST_ARRAY + NR_CACHE_CLASSES * 2 * NR_FILLINGS)
#define FIRST_FAULT (FIRST_POOL + NR_RESERVES * NR_MANY)
#define FIRST_CPU (FIRST_FAULT + NR_FAULTS)
#define FIRST_MAPPINGS (FIRST_CPU + NR_CPU_STATES)
#define NR_STATES (FIRST_MAPPINGS + NR_MAPPINGS)

#endif
