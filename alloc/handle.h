/* SPDX-License-Identifier: MIT */
/*
 * handle.h - what a structure in simulated RAM says instead of a pointer into
 * the program: a small number, the same on every host.
 *
 * One handle stands for two functions and a datum; 0 is none.  The handle
 * given back last is the next one to be given out.
 */
#ifndef ALLOC_HANDLE_H
#define ALLOC_HANDLE_H

#include "state.h"

/* 0: the host has no memory. */
u32 handle_new(struct machine *m, handle_fn fn1, handle_fn fn2,
	       const void *data);
void handle_free(struct machine *m, u32 handle);

/* The handles are remembered, are what they were then, are none. */
bool handles_snapshot(struct machine *m);
void handles_reset(struct machine *m);
void handles_exit(struct machine *m);

static force_inline const struct handle *handle_at(const struct machine *m,
						   u32 handle)
{
	CHECK(m, handle - 1 < m->objects.handles.nr,
	      "handle: a number that was not given out");
	return &m->objects.handles.handle[handle - 1];
}

#endif
