// SPDX-License-Identifier: MIT
/*
 * front.c - numbers of caches, and the arrays that go by them: see front.h.
 *
 *     front_cache[number]   the cache; NULL: the number is free
 *     cache_front[line]     by the 32 bytes where a descriptor begins
 *     frame_front[frame]    by linear address, for slabs' frames
 */
#include "front.h"

#define FRAMES 0x100000u /* of 4 GiB of linear addresses */

bool front_init(struct machine *m)
{
	struct objects *o = &m->objects;

	o->low_lines = o->low_bytes >> 5;
	o->cache_front = platform_alloc(o->low_lines);
	o->frame_front = platform_alloc(FRAMES);
	front_clear(m);
	return o->cache_front && o->frame_front;
}

void front_exit(struct machine *m)
{
	struct objects *o = &m->objects;

	platform_free(o->cache_front, o->low_lines);
	platform_free(o->frame_front, FRAMES);
	o->cache_front = NULL;
	o->frame_front = NULL;
	o->low_lines = 0;
	o->nr_fronts = 0;
	memset(o->front_cache, 0, sizeof(o->front_cache));
	front_clear(m);
}

/* --- numbers -------------------------------------------------------------- */

void front_new(struct machine *m, const struct kmem_cache *cache)
{
	struct objects *o = &m->objects;
	u32 n = FRONT_GENERAL;

	if (o->debug || cache->objsize < 32)
		return;
	while (n < FRONT_NUMBERS && o->front_cache[n])
		n++;
	if (n == FRONT_NUMBERS)
		return;
	if (n >= o->nr_fronts)
		o->nr_fronts = n + 1;
	o->front_cache[n] = cache;
	*front_number(m, ptr_link(cache)) = (u8)n;
}

void front_delete(struct machine *m, const struct kmem_cache *cache)
{
	u8 *number = front_number(m, ptr_link(cache));

	m->objects.front_cache[*number] = NULL;
	*number = 0;
}

/* --- arrays --------------------------------------------------------------- */

static void set_arrays(struct machine *m, const struct kmem_cache *cache,
		       bool at_hand)
{
	struct objects *o = &m->objects;
	u32 n = *front_number(m, ptr_link(cache));

	for (u32 cpu = 0; n && cpu < m->setup.nr_cpus; cpu++)
		o->fronts[cpu].array[n] =
			at_hand ? link_ptr(m->base, cache->array[cpu])
				: &o->no_array;
}

void front_add(struct machine *m, const struct kmem_cache *cache)
{
	set_arrays(m, cache, true);
}

void front_hide(struct machine *m, const struct kmem_cache *cache)
{
	set_arrays(m, cache, false);
}

static UNSANITIZED void clear(struct machine *m, struct front *front)
{
	for (u32 n = 0; n < FRONT_NUMBERS; n++)
		front->array[n] = &m->objects.no_array;
}

void front_clear(struct machine *m)
{
	for (u32 cpu = 0; cpu < NR_CPUS; cpu++)
		clear(m, &m->objects.fronts[cpu]);
	clear(m, &m->objects.no_front);
}

/* --- back to the snapshot ------------------------------------------------- */

void front_snapshot(struct machine *m)
{
	struct objects *o = &m->objects;

	memcpy(o->golden.front_cache, o->front_cache, sizeof(o->front_cache));
	o->golden.nr_fronts = o->nr_fronts;
}

/* A number may have gone from one cache to another: all go, then all come. */
UNSANITIZED void front_reset(struct machine *m)
{
	struct objects *o = &m->objects;
	const struct kmem_cache **cache = o->front_cache;

	for (u32 n = FRONT_GENERAL; n < o->nr_fronts; n++) {
		for (u32 cpu = 0; cpu < m->setup.nr_cpus; cpu++)
			o->fronts[cpu].array[n] = &o->no_array;
		if (cache[n])
			*front_number(m, ptr_link(cache[n])) = 0;
	}
	for (u32 n = FRONT_GENERAL; n < o->nr_fronts; n++) {
		cache[n] = o->golden.front_cache[n];
		if (cache[n])
			*front_number(m, ptr_link(cache[n])) = (u8)n;
	}
	o->nr_fronts = o->golden.nr_fronts;
}
