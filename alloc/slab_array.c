// SPDX-License-Identifier: MIT
/*
 * slab_array.c - arrays of free objects in front of the slabs: one a CPU,
 * last in, first out, and one that the CPUs of an SMP kernel share
 * [cache_alloc_refill(), cache_flusharray(), drain_array_locked()].
 *
 *     array    | oldest ... newest | <-> alloc, free
 *                \ flush: a batch    \ refill: up to a batch, when empty
 *     shared   | oldest ... newest |
 *                                    \ when there is no shared one, or it has
 *     slabs                            none, or no room
 *
 * What is in an array counts as in use in its slab.  An object is in nobody's
 * hands here; who has it is said by those who call.  Validator:
 * slab_validate(), S.
 */
#include "object_poison.h"
#include "golden.h"

#define BATCHREFILL_LIMIT 16u

static struct array_cache *shared_of(const struct machine *m,
				     const struct kmem_cache *cache)
{
	return cache->lists.shared ? array_at(m, cache->lists.shared) : NULL;
}

/* --- refilling ------------------------------------------------------------ */

/* True if only a new slab can help. */
static bool nothing_left(const struct machine *m,
			 const struct kmem_cache *cache)
{
	const struct array_cache *shared = shared_of(m, cache);

	return !(shared && shared->avail) &&
	       list_empty(&cache->lists.slabs_partial) &&
	       list_empty(&cache->lists.slabs_free);
}

/* The newest of the shared array, in their order. */
static void take_shared(struct array_cache *ac, struct array_cache *shared,
			u32 nr)
{
	if (nr > shared->avail)
		nr = shared->avail;
	shared->avail -= nr;
	ac->avail = nr;
	memcpy(array_entry(ac), array_entry(shared) + shared->avail,
	       nr * sizeof(u32));
	shared->touched = 1;
}

static void refill_from_what_is_there(struct machine *m,
				      struct kmem_cache *cache,
				      struct array_cache *ac)
{
	struct array_cache *shared = shared_of(m, cache);
	u32 batch = ac->batchcount;

	if (!ac->touched && batch > BATCHREFILL_LIMIT)
		batch = BATCHREFILL_LIMIT;
	if (shared && shared->avail)
		take_shared(ac, shared, batch);
	else
		slab_take_objects(m, cache, ac, batch);
}

/* The array is empty; false: it still is. */
static bool refill(struct machine *m, struct kmem_cache *cache,
		   struct array_cache *ac, gfp_t gfp)
{
	if (nothing_left(m, cache) && grow_misused(m, cache, gfp))
		return false;
	refill_from_what_is_there(m, cache, ac);
	if (ac->avail)
		return true;
	if (!slab_grow(m, cache, gfp))
		return false;
	if (!ac->avail) /* a constructor has filled it? */
		refill_from_what_is_there(m, cache, ac);
	CHECK(m, ac->avail, "slab: a new slab without objects");
	return true;
}

/* --- objects -------------------------------------------------------------- */

/* True if the free object is as it was left: then it stays accessible. */
static bool untouched(struct machine *m, const struct kmem_cache *cache,
		      void *objp)
{
	bool intact;

	slot_unpoison(m, cache, objp);
	intact = debug_intact(m, cache, objp);
	if (!intact)
		slot_poison(m, cache, objp);
	return intact;
}

static void prepare_debugged(struct machine *m, struct kmem_cache *cache,
			     u8 *objp, gfp_t gfp)
{
	debug_alloc(m, cache, objp);
	if (cache->flags & SLAB_POISON)
		object_construct(m, cache, objp + cache->dbghead, gfp);
	slot_poison(m, cache, objp);
}

void *cache_alloc(struct machine *m, struct kmem_cache *cache, gfp_t gfp,
		  u32 size)
{
	struct array_cache *ac = array_of_cpu(m, cache);
	u8 *objp;

	cache_touch(m, cache);
	if (!ac->avail && !refill(m, cache, ac, gfp))
		return NULL;
	objp = link_ptr(m->base, array_entry(ac)[ac->avail - 1]);
	if (m->objects.debug && !untouched(m, cache, objp))
		return NULL;
	ac->avail--;
	ac->touched = 1;
	if (m->objects.debug)
		prepare_debugged(m, cache, objp, gfp);
	object_unpoison(m, objp + cache->dbghead, size);
	return objp + cache->dbghead;
}

static void forget(struct array_cache *ac, u32 nr)
{
	u32 *entry = array_entry(ac);

	ac->avail -= nr;
	for (u32 i = 0; i < ac->avail; i++)
		entry[i] = entry[i + nr];
}

/* The oldest make room. */
static void flush(struct machine *m, struct kmem_cache *cache,
		  struct array_cache *ac)
{
	struct array_cache *shared = shared_of(m, cache);
	u32 room = shared ? shared->limit - shared->avail : 0;
	u32 nr = ac->batchcount;

	if (room) {
		if (nr > room)
			nr = room;
		memcpy(array_entry(shared) + shared->avail, array_entry(ac),
		       nr * sizeof(u32));
		shared->avail += nr;
	} else {
		slab_free_block(m, cache, array_entry(ac), nr);
	}
	forget(ac, nr);
}

static void retire_debugged(struct machine *m, struct kmem_cache *cache,
			    u8 *objp)
{
	slot_unpoison(m, cache, objp);
	if (cache->flags & SLAB_DEBUG_INITIAL)
		object_verify(m, cache, objp + cache->dbghead);
	if (cache->flags & SLAB_POISON)
		object_destruct(m, cache, objp + cache->dbghead);
	debug_free(m, cache, objp);
}

void cache_free(struct machine *m, struct kmem_cache *cache, void *object)
{
	struct array_cache *ac = array_of_cpu(m, cache);
	u8 *objp = (u8 *)object - cache->dbghead;

	cache_touch(m, cache);
	if (m->objects.debug)
		retire_debugged(m, cache, objp);
	slot_poison(m, cache, objp);
	CHECK(m, ac->avail <= ac->limit, "slab: an array of too many objects");
	if (ac->avail == ac->limit)
		flush(m, cache, ac);
	array_entry(ac)[ac->avail++] = ptr_link(objp);
}

void *cache_alloc_own(struct machine *m, struct kmem_cache *cache, gfp_t gfp,
		      u32 size)
{
	void *object = cache_alloc(m, cache, gfp, size);

	if (object)
		owner_give_own(m, object);
	return object;
}

void cache_free_own(struct machine *m, struct kmem_cache *cache, void *object)
{
	CHECK(m, owner_has_own(m, object),
	      "slab: what the allocator gives back is not its own");
	owner_take_own(m, object);
	cache_free(m, cache, object);
}

/* --- arrays --------------------------------------------------------------- */

struct array_cache *array_cache_new(struct machine *m, u32 limit, u32 batch)
{
	struct array_cache *ac =
		kmalloc_own(m, ARRAY_CACHE_BYTES + 4 * limit, GFP_KERNEL);

	if (ac)
		*ac = (struct array_cache){ .limit = limit,
					    .batchcount = batch };
	return ac;
}

void array_drain(struct machine *m, struct kmem_cache *cache,
		 struct array_cache *ac)
{
	slab_free_block(m, cache, array_entry(ac), ac->avail);
	ac->avail = 0;
}

void array_reap(struct machine *m, struct kmem_cache *cache,
		struct array_cache *ac)
{
	u32 nr;

	if (!ac->touched && !ac->avail)
		return;
	nr = (ac->limit + 4) / 5;
	cache_touch(m, cache);
	if (ac->touched) {
		ac->touched = 0;
		return;
	}
	if (nr > ac->avail)
		nr = (ac->avail + 1) / 2;
	slab_free_block(m, cache, array_entry(ac), nr);
	forget(ac, nr);
}
