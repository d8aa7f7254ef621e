// SPDX-License-Identifier: MIT
/*
 * handle.c - the table of handles: it grows, and those that were given back
 * hang in a list, last in, first out.  Its validator is the chain's, which
 * knows who has which: cache_validate(), C.
 */
#include "handle.h"

#define HANDLES_FIRST 256u

/* Memory for twice as many, with what is there. */
static bool grow(struct handles *h)
{
	u32 room = h->room ? h->room * 2 : HANDLES_FIRST;
	struct handle *bigger = platform_alloc(room * sizeof(*bigger));

	if (!bigger)
		return false; /* unreachable: a host without memory */
	if (h->handle)
		memcpy(bigger, h->handle, h->nr * sizeof(*bigger));
	platform_free(h->handle, h->room * sizeof(*bigger));
	h->handle = bigger;
	h->room = room;
	return true;
}

u32 handle_new(struct machine *m, handle_fn fn1, handle_fn fn2,
	       const void *data)
{
	struct handles *h = &m->objects.handles;
	u32 handle = h->free;

	if (handle) {
		h->free = h->handle[handle - 1].next;
	} else {
		if (h->nr == h->room && !grow(h))
			return 0; /* unreachable: likewise */
		handle = ++h->nr;
	}
	h->handle[handle - 1] =
		(struct handle){ .fn = { fn1, fn2 }, .data = data };
	return handle;
}

void handle_free(struct machine *m, u32 handle)
{
	struct handles *h = &m->objects.handles;

	CHECK(m, handle - 1 < h->nr, "handle: giving back what is none");
	h->handle[handle - 1] = (struct handle){ .next = h->free };
	h->free = handle;
}

static void forget(struct handles *h)
{
	platform_free(h->handle, h->room * sizeof(*h->handle));
	*h = (struct handles){ 0 };
}

bool handles_snapshot(struct machine *m)
{
	const struct handles *now = &m->objects.handles;
	struct handles *golden = &m->objects.golden.handles;

	forget(golden);
	if (!now->nr)
		return true; /* unreachable: programs have caches then */
	golden->handle = platform_alloc(now->room * sizeof(*now->handle));
	if (!golden->handle)
		return false; /* unreachable: likewise */
	memcpy(golden->handle, now->handle, now->nr * sizeof(*now->handle));
	golden->nr = now->nr;
	golden->room = now->room;
	golden->free = now->free;
	return true;
}

/* The table never shrinks, so that what was then fits. */
void handles_reset(struct machine *m)
{
	struct handles *now = &m->objects.handles;
	const struct handles *golden = &m->objects.golden.handles;

	if (golden->nr)
		memcpy(now->handle, golden->handle,
		       golden->nr * sizeof(*now->handle));
	now->nr = golden->nr;
	now->free = golden->free;
}

void handles_exit(struct machine *m)
{
	forget(&m->objects.handles);
	forget(&m->objects.golden.handles);
}
