/* SPDX-License-Identifier: MIT */
/*
 * owner.h - in whose hands an object is: a table beside RAM, a byte for each
 * 32 of low memory.
 *
 *     0         nobody's: in a slab, in an array
 *     32 + n    a caller's object begins at byte n of the 32
 *     64 + n    the allocator's own object: management, an array, ...
 *
 * Giving an object out is a store, and taking it back a compare, which no
 * address but the object's own passes, and a store.  Objects that are less
 * than 32 bytes apart share a byte, and only callers have them: there, by
 * their cache, bit n is a caller's object at byte 4 * n.
 *
 * A second table says in the same way where caches are: descriptors lie at
 * multiples of 32.  slab_validate() holds slabs and tables together.
 */
#ifndef ALLOC_OWNER_H
#define ALLOC_OWNER_H

#include "bitops.h"
#include "page.h"

/* of one frame */
#define OWNED_BYTES (PAGE_SIZE / 32)

/* of a cache */
#define CACHE_LIVE 1u	 /* it is in the chain */
#define CACHE_TOUCHED 2u /* a reset will restore it: golden.h */

/* The tables, for as much low memory as there is; false: no host memory. */
bool owner_init(struct machine *m);
void owner_exit(struct machine *m);

/* The byte of a pointer into low memory. */
static force_inline u8 *owner_byte(const struct machine *m, const void *ptr)
{
	return &m->objects.owned[((uintptr_t)ptr - m->objects.low_start) >> 5];
}

static force_inline u8 owner_mark(u32 link)
{
	return (u8)((link & 31) | 32);
}

/* Of an object that shares its byte. */
static force_inline u8 owner_bit(const void *ptr)
{
	return (u8)(1u << ((uintptr_t)ptr >> 2 & 7));
}

/* True if it is the address of a word in low memory. */
static force_inline bool owner_covers(const struct machine *m, const void *ptr)
{
	return ror_size((uintptr_t)ptr - m->objects.low_start, 2) <
	       m->objects.low_bytes >> 2;
}

/*
 * The byte of any pointer, if it says that a caller has an object there; or
 * NULL.  Of objects that share theirs it may say anything.
 */
static force_inline u8 *owner_given(const struct machine *m, const void *ptr)
{
	size_t offset = (uintptr_t)ptr - m->objects.low_start;

	if (unlikely(offset >= m->objects.low_bytes) ||
	    unlikely(m->objects.owned[offset >> 5] !=
		     owner_mark((u32)(uintptr_t)ptr)))
		return NULL;
	return &m->objects.owned[offset >> 5];
}

/* The byte of a link into low memory. */
static force_inline u8 *owner_of_link(const struct machine *m, u32 link)
{
	return &m->objects.owned[(link - PAGE_OFFSET) >> 5];
}

/* An object of `objsize' bytes is a caller's ... */
static force_inline void owner_give(const struct machine *m, const void *ptr,
				    u32 objsize)
{
	if (likely(objsize >= 32))
		*owner_byte(m, ptr) = owner_mark((u32)(uintptr_t)ptr);
	else
		*owner_byte(m, ptr) |= owner_bit(ptr);
}

static force_inline bool owner_has(const struct machine *m, const void *ptr,
				   u32 objsize)
{
	if (likely(objsize >= 32))
		return *owner_byte(m, ptr) == owner_mark((u32)(uintptr_t)ptr);
	return *owner_byte(m, ptr) & owner_bit(ptr);
}

/* ... and nobody's. */
static force_inline void owner_take(const struct machine *m, const void *ptr,
				    u32 objsize)
{
	if (likely(objsize >= 32))
		*owner_byte(m, ptr) = 0;
	else
		*owner_byte(m, ptr) &= (u8)~owner_bit(ptr);
}

/* --- the allocator's own, of 32 bytes and more ---------------------------- */

static force_inline u8 owner_own_mark(const void *ptr)
{
	return (u8)(((uintptr_t)ptr & 31) | 64);
}

static force_inline void owner_give_own(const struct machine *m,
					const void *ptr)
{
	*owner_byte(m, ptr) = owner_own_mark(ptr);
}

static force_inline void owner_take_own(const struct machine *m,
					const void *ptr)
{
	*owner_byte(m, ptr) = 0;
}

static force_inline bool owner_has_own(const struct machine *m, const void *ptr)
{
	return *owner_byte(m, ptr) == owner_own_mark(ptr);
}

/* True if a byte of objects of that size says that a caller has one. */
static force_inline bool owner_mark_is_callers(u8 mark, u32 objsize)
{
	return objsize < 32 ? mark : mark & 32;
}

/* --- caches --------------------------------------------------------------- */

static force_inline u8 *cache_byte(const struct machine *m,
				   const struct kmem_cache *cache)
{
	return &m->objects
			.caches[((uintptr_t)cache - m->objects.low_start) >> 5];
}

/* What is known of it, without a look at its memory; 0: it is no cache. */
static force_inline u32 cache_state(const struct machine *m,
				    const struct kmem_cache *cache)
{
	size_t at = ror_size((uintptr_t)cache - m->objects.low_start, 5);

	return at < m->objects.low_bytes >> 5 ? m->objects.caches[at] : 0;
}

static force_inline bool cache_valid(const struct machine *m,
				     const struct kmem_cache *cache)
{
	return cache_state(m, cache) & CACHE_LIVE;
}

#endif
