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
	struct trace_record *next;
	struct trace_record *end; /* `next` where nothing is announced */
	u32 lost;
	struct trace_record record[TRACE_RECORDS];
};

static inline void trace_clear(struct trace *t)
{
	t->next = t->record;
	t->end = t->record + TRACE_RECORDS;
	t->lost = 0;
}

static inline void trace_mute(struct trace *t)
{
	t->next = t->record;
	t->end = t->record;
}

static inline u32 trace_nr(const struct trace *t)
{
	return (u32)(t->next - t->record);
}

static inline void trace_add(struct trace *t, struct trace_record record)
{
	if (likely(t->next != t->end))
		*t->next++ = record;
	else
		t->lost++;
}

#endif
