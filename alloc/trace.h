/* SPDX-License-Identifier: MIT */
/*
 * trace.h - the machine's moves, in the order in which it makes them.
 *
 * One buffer a machine, emptied when the current task is set.  It holds a
 * whole drain: 3 zones, a hot list of at most 6 * 31 + 1 frames and a cold
 * one of at most 2 * 31 + 1.  What does not fit is counted: a reader of the
 * trace checks that nothing was lost, and who never reads it loses nothing.
 */
#ifndef ALLOC_TRACE_H
#define ALLOC_TRACE_H

#include "types.h"

#define TRACE_RECORDS 1024u

struct trace {
	u32 nr;
	u32 room; /* TRACE_RECORDS, or 0 while nothing is announced */
	u32 lost;
	struct trace_record record[TRACE_RECORDS];
};

static inline void trace_clear(struct trace *t)
{
	t->nr = 0;
	t->room = TRACE_RECORDS;
	t->lost = 0;
}

static inline void trace_mute(struct trace *t)
{
	t->nr = 0;
	t->room = 0;
}

static inline void trace_add(struct trace *t, struct trace_record record)
{
	if (likely(t->nr < t->room))
		t->record[t->nr++] = record;
	else
		t->lost++;
}

#endif
