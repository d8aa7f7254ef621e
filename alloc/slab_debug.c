// SPDX-License-Identifier: MIT
/*
 * slab_debug.c - what CONFIG_DEBUG_SLAB writes into objects, and looks for
 * [mm/slab.c].
 *
 *     slot   | red zone 1 | the caller's bytes ... | red zone 2 | user |
 *              4, RED_ZONE  reallen                  4            4, STORE_USER
 *
 *     free     0x5A2CF071   6B 6B ... 6B A5          0x5A2CF071   who freed it
 *     in use   0x170FC2A5   the caller's; at first   0x170FC2A5   who has it
 *                           5A 5A ... 5A A5
 *
 * The bytes are accessible while these functions run: see object_poison.h.
 * It has no state; what callers damage they are told, so there is no clause.
 */
#include "current.h"
#include "slab.h"

#define RED_INACTIVE 0x5A2CF071u
#define RED_ACTIVE 0x170FC2A5u
#define POISON_INUSE 0x5A
#define POISON_FREE 0x6B
#define POISON_END 0xA5
#define USER_MARK 0x80000000u

static u32 *red_zone1(void *objp)
{
	return objp;
}

static u32 *last_word(const struct kmem_cache *cache, void *objp)
{
	return (u32 *)((u8 *)objp + cache->objsize) - 1;
}

static u32 *red_zone2(const struct kmem_cache *cache, void *objp)
{
	return last_word(cache, objp) - !!(cache->flags & SLAB_STORE_USER);
}

static void set_red_zones(const struct kmem_cache *cache, void *objp, u32 value)
{
	if (!(cache->flags & SLAB_RED_ZONE))
		return;
	*red_zone1(objp) = value;
	*red_zone2(cache, objp) = value;
}

static bool red_zones_are(const struct kmem_cache *cache, void *objp, u32 value)
{
	return !(cache->flags & SLAB_RED_ZONE) ||
	       (*red_zone1(objp) == value && *red_zone2(cache, objp) == value);
}

static void fill(const struct kmem_cache *cache, void *objp, u8 byte)
{
	u8 *bytes = (u8 *)objp + cache->dbghead;

	if (!(cache->flags & SLAB_POISON))
		return;
	memset(bytes, byte, cache->reallen);
	bytes[cache->reallen - 1] = POISON_END;
}

static bool still_poisoned(const struct kmem_cache *cache, void *objp)
{
	const u8 *bytes = (u8 *)objp + cache->dbghead;
	u32 nr = cache->reallen - 1;

	if (!(cache->flags & SLAB_POISON))
		return true;
	/* each byte is as its neighbour, and the first is right */
	return bytes[0] == POISON_FREE && !memcmp(bytes, bytes + 1, nr - 1) &&
	       bytes[nr] == POISON_END;
}

static void set_user(const struct machine *m, const struct kmem_cache *cache,
		     void *objp)
{
	if (cache->flags & SLAB_STORE_USER)
		*last_word(cache, objp) =
			USER_MARK + m->task.cpu * 256u + current_task_flags(m);
}

void debug_new_object(const struct kmem_cache *cache, void *objp)
{
	fill(cache, objp, POISON_FREE);
	if (cache->flags & SLAB_STORE_USER)
		*last_word(cache, objp) = 0;
	set_red_zones(cache, objp, RED_INACTIVE);
}

bool debug_intact(struct machine *m, const struct kmem_cache *cache, void *objp)
{
	if (!still_poisoned(cache, objp))
		report(&m->faults, REPORT_object_poison);
	else if (!red_zones_are(cache, objp, RED_INACTIVE))
		report(&m->faults, REPORT_object_redzone);
	else
		return true;
	return false;
}

void debug_alloc(const struct machine *m, const struct kmem_cache *cache,
		 void *objp)
{
	fill(cache, objp, POISON_INUSE);
	set_user(m, cache, objp);
	set_red_zones(cache, objp, RED_ACTIVE);
}

void debug_free(const struct machine *m, const struct kmem_cache *cache,
		void *objp)
{
	fill(cache, objp, POISON_FREE);
	set_user(m, cache, objp);
	set_red_zones(cache, objp, RED_INACTIVE);
}

UNSANITIZED bool debug_redzones(const struct kmem_cache *cache,
				const void *object)
{
	const u8 *objp = (const u8 *)object - cache->dbghead;
	u32 first, second, end = cache->objsize - 4;

	if (!(cache->flags & SLAB_RED_ZONE))
		return true;
	if (cache->flags & SLAB_STORE_USER)
		end -= 4;
	first = *(const volatile u32 *)objp;
	second = *(const volatile u32 *)(objp + end);
	return first == RED_ACTIVE && second == RED_ACTIVE;
}
