// SPDX-License-Identifier: MIT
/*
 * owner.c - memory for the tables of owners and caches: of the host, given
 * as it is written, so that what has no objects costs nothing.
 */
#include "owner.h"

static size_t table_bytes(const struct machine *m)
{
	return m->objects.low_bytes >> 5;
}

bool owner_init(struct machine *m)
{
	struct objects *o = &m->objects;

	o->low_start = m->base + PAGE_OFFSET;
	o->low_bytes = (size_t)m->ram.low_bytes;
	o->owned = platform_alloc(2 * table_bytes(m));
	o->caches = o->owned + table_bytes(m);
	return o->owned;
}

void owner_exit(struct machine *m)
{
	platform_free(m->objects.owned, 2 * table_bytes(m));
	m->objects.owned = NULL;
	m->objects.caches = NULL;
	m->objects.low_bytes = 0;
}
