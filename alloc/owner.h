/* SPDX-License-Identifier: MIT */
/*
 * owner.h - in whose hands an object is: a table beside RAM, one bit for each
 * 4 bytes of low memory, so that a byte covers 32.
 *
 *     0              nobody's: in a slab, in an array
 *     1 << n         a caller's object begins at byte 4 * n of the 32
 *     ~(1 << n)      the allocator's own object: management, an array, ...
 *
 * Objects that are 32 bytes apart have their byte alone: giving one out is a
 * store, and taking it back a compare and a store.  Smaller ones share it,
 * and only callers have them: there each bit is a caller's object.
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
#define CACHE_FAST 4u	 /* and objects come and go without debugging */

/* The tables, for as much low memory as there is; false: no host memory. */
bool owner_init(struct machine *m);
void owner_exit(struct machine *m);

/* The byte of a pointer into low memory. */
static force_inline u8 *owner_byte(const struct machine *m, const void *ptr)
{
	return &m->objects.owned[((uintptr_t)ptr - m->objects.low_start) >> 5];
}

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
 * True if the caller has it, and its byte is its own: then it is an object,
 * and the byte may be cleared.
 */
static force_inline bool owner_alone(const struct machine *m, const void *ptr)
{
	return owner_covers(m, ptr) && *owner_byte(m, ptr) == owner_bit(ptr);
}

/* An object of `objsize' bytes is a caller's ... */
static force_inline void owner_give(const struct machine *m, const void *ptr,
				    u32 objsize)
{
	if (likely(objsize >= 32))
		*owner_byte(m, ptr) = owner_bit(ptr);
	else
		*owner_byte(m, ptr) |= owner_bit(ptr);
}

static force_inline bool owner_has(const struct machine *m, const void *ptr,
				   u32 objsize)
{
	if (likely(objsize >= 32))
		return *owner_byte(m, ptr) == owner_bit(ptr);
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
	return (u8)(0xFF - owner_bit(ptr));
}

static force_inline void owner_give_own(const struct machine *m,
					const void *ptr)
{
	*owner_byte(m, ptr) = owner_own_mark(ptr);
}

static force_inline bool owner_has_own(const struct machine *m, const void *ptr)
{
	return *owner_byte(m, ptr) == owner_own_mark(ptr);
}

/* True if a byte of objects of that size says that a caller has one. */
static force_inline bool owner_mark_is_callers(u8 mark, u32 objsize)
{
	return mark && (objsize < 32 || is_power_of_2(mark));
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

/* Likewise, if nothing needs a second look: its arrays may be used at once. */
static force_inline bool cache_fast(const struct machine *m,
				    const struct kmem_cache *cache)
{
	return cache_state(m, cache) ==
	       (CACHE_LIVE | CACHE_TOUCHED | CACHE_FAST);
}

#endif
