/* SPDX-License-Identifier: MIT */
/*
 * geometry.h - how many objects of which size lie where in a slab.
 */
#ifndef ORACLE_GEOMETRY_H
#define ORACLE_GEOMETRY_H

#include "objects.h"

/* What a machine's caches have in common. */
struct geometry_rules {
	u32 line;
	u32 break_order;
	u32 offslab_limit; /* objects a slab, management elsewhere; ~0: any */
	bool debug;
};

/* Under slab_debug: the flags of a cache of this size, as asked for. */
u32 forced_flags(u32 size, u32 flags, bool ctor);
/* Of a legal request, its flags forced already; false: nothing fits. */
bool geometry_compute(struct geometry *g, u32 size, u32 align, u32 flags,
		      const struct geometry_rules *r);
/* Of cache_cache. */
void geometry_of_caches(struct geometry *g, const struct geometry_rules *r);
/* Entries of a CPU's array; a batch is half of it, rounded up. */
u32 array_limit(u32 objsize, bool debug);

#endif
