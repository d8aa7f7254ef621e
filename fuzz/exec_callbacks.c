// SPDX-License-Identifier: MIT
/*
 * exec_callbacks.c - the program's side of the interface: names of caches,
 * constructors and destructors, allocators of pools.
 *
 * The functions have Linux's signatures, which bear no machine: they act on
 * the executor that began last.  What they do is fixed by abi.h's enum
 * object_life, so that the model can tell it beforehand; each call is written
 * down for it.
 * A name must live as long as any cache of any unit, so that names are kept
 * until the executor goes.
 */
#include "exec_callbacks.h"

#include <stdlib.h>
#include <string.h>

#define NAME_BYTES 12 /* "cache-65534" and its NUL */
#define NAMES_BLOCK 1024u
#define NAME_BLOCKS 64u
#define NAME_IS_NULL 65535u /* the op's argument */
#define NAME_OF_NOBODY 0xFFFFFFFEu
#define CACHE_STRIDE 32u /* descriptors are this far apart, at least */

struct name_block {
	char name[NAMES_BLOCK][NAME_BYTES];
};

/* The size that the program asked for: it bounds the paint. */
struct asked {
	u32 cache; /* 0: empty */
	u32 size;
};

struct object_table {
	struct name_block *names[NAME_BLOCKS];
	struct ctor_call *ctor;
	u32 room_ctor;
	struct asked *asked; /* open addressing */
	u32 nr_asked, room_asked;
};

static struct exec *calling;

bool exec_objects_begin(struct exec *x)
{
	struct object_table *t = x->objects;

	calling = x;
	if (!t)
		t = x->objects = calloc(1, sizeof(*t));
	if (!t)
		return false;
	if (t->nr_asked)
		memset(t->asked, 0, t->room_asked * sizeof(*t->asked));
	t->nr_asked = 0;
	x->nr_parked = 0;
	return true;
}

void exec_objects_free(struct exec *x)
{
	struct object_table *t = x->objects;

	if (calling == x)
		calling = NULL;
	if (!t)
		return;
	for (u32 i = 0; i < NAME_BLOCKS; i++)
		free(t->names[i]);
	free(t->ctor);
	free(t->asked);
	free(t);
}

/* Callbacks return nothing that could say so. */
static _Noreturn void no_memory(struct exec *x)
{
	exec_on_panic(x, "host: no memory for what callbacks write down");
	abort();
}

/* --- names ---------------------------------------------------------------- */

const char *exec_name(struct exec *x, u32 number)
{
	struct name_block **block;
	char *name;

	if (number >= NAME_IS_NULL)
		return NULL;
	block = &x->objects->names[number / NAMES_BLOCK];
	if (!*block)
		*block = calloc(1, sizeof(**block));
	if (!*block)
		no_memory(x);
	name = (*block)->name[number % NAMES_BLOCK];
	if (!*name)
		snprintf(name, NAME_BYTES, "cache-%u", number);
	return name;
}

u32 exec_name_id(u32 number)
{
	return number >= NAME_IS_NULL ? NAME_NULL : number + 1;
}

u32 exec_name_id_of(const struct exec *x, const char *name)
{
	if (!name)
		return NAME_NULL;
	for (u32 i = 0; i < NAME_BLOCKS; i++) {
		const struct name_block *b = x->objects->names[i];
		size_t at = (size_t)((uintptr_t)name - (uintptr_t)b);

		if (b && at < sizeof(*b) && at % NAME_BYTES == 0)
			return exec_name_id(i * NAMES_BLOCK +
					    (u32)at / NAME_BYTES);
	}
	return strncmp(name, "size-", 5) == 0 ? 0 : NAME_OF_NOBODY;
}

/* --- what a cache's objects are asked to be ------------------------------- */

/* Where `cache` is, or may be put. */
static struct asked *asked_place(const struct object_table *t, u32 cache)
{
	u32 at = (cache / CACHE_STRIDE) & (t->room_asked - 1);

	while (t->asked[at].cache && t->asked[at].cache != cache)
		at = (at + 1) & (t->room_asked - 1);
	return &t->asked[at];
}

static bool asked_grow(struct object_table *t)
{
	struct object_table old = *t;

	t->room_asked = old.room_asked ? 2 * old.room_asked : 64;
	t->asked = calloc(t->room_asked, sizeof(*t->asked));
	if (!t->asked) {
		t->asked = old.asked;
		t->room_asked = old.room_asked;
		return false;
	}
	for (u32 i = 0; i < old.room_asked; i++)
		if (old.asked[i].cache)
			*asked_place(t, old.asked[i].cache) = old.asked[i];
	free(old.asked);
	return true;
}

void exec_cache_asked(struct exec *x, u32 cache, u32 size)
{
	struct object_table *t = x->objects;
	struct asked *a;

	if (2 * t->nr_asked >= t->room_asked && !asked_grow(t))
		no_memory(x);
	a = asked_place(t, cache);
	t->nr_asked += a->cache == 0;
	a->cache = cache;
	a->size = size;
}

u32 exec_cache_size(const struct exec *x, u32 cache)
{
	const struct object_table *t = x->objects;

	return t->nr_asked ? asked_place(t, cache)->size : 0;
}

/* --- constructors and destructors ----------------------------------------- */

static void write_down(void *object, struct kmem_cache *cache,
		       unsigned long flags, bool dtor)
{
	struct exec *x = calling;
	struct object_table *t = x->objects;

	if (x->out.nr_ctor == t->room_ctor) {
		u32 room = t->room_ctor ? 2 * t->room_ctor : 256;
		struct ctor_call *ctor = realloc(t->ctor, room * sizeof(*ctor));

		if (!ctor)
			no_memory(x);
		t->ctor = ctor;
		t->room_ctor = room;
	}
	t->ctor[x->out.nr_ctor++] = (struct ctor_call){
		.object = mm_vaddr(object),
		.cache = mm_vaddr(cache),
		.flags = (u8)flags,
		.dtor = dtor,
	};
	x->out.ctor = t->ctor;
}

static u32 paint_bytes(struct kmem_cache *cache)
{
	u32 size = exec_cache_size(calling, mm_vaddr(cache));

	return size < CTOR_PAINT_BYTES ? size : CTOR_PAINT_BYTES;
}

static void construct(void *object, struct kmem_cache *cache,
		      unsigned long flags)
{
	u32 bytes = paint_bytes(cache), *word = object;

	write_down(object, cache, flags, false);
	if (flags & SLAB_CTOR_VERIFY)
		return;
	for (u32 i = 0; i < bytes; i += 4)
		word[i / 4] = (mm_vaddr(object) + i) ^ CTOR_PATTERN;
}

static void construct_nested(void *object, struct kmem_cache *cache,
			     unsigned long flags)
{
	gfp_t gfp = flags & SLAB_CTOR_ATOMIC ? GFP_ATOMIC : GFP_KERNEL;

	construct(object, cache, flags);
	if (!(flags & SLAB_CTOR_VERIFY))
		*(u32 *)object =
			mm_vaddr(mm_kmalloc(calling->m, NESTED_BYTES, gfp));
}

static void destruct(void *object, struct kmem_cache *cache,
		     unsigned long flags)
{
	u32 bytes = paint_bytes(cache), *word = object;

	write_down(object, cache, flags, true);
	for (u32 i = 0; i < bytes; i += 4)
		word[i / 4] = 0;
}

static void destruct_nested(void *object, struct kmem_cache *cache,
			    unsigned long flags)
{
	struct machine *m = calling->m;
	u32 nested = *(u32 *)object;

	mm_kfree(m, nested ? mm_ptr(m, nested) : NULL);
	destruct(object, cache, flags);
}

kmem_ctor_t exec_ctor(u32 life)
{
	if (!(life & OBJECT_CTOR))
		return NULL;
	return life & OBJECT_NESTED ? construct_nested : construct;
}

kmem_ctor_t exec_dtor(u32 life)
{
	if (!(life & OBJECT_DTOR))
		return NULL;
	return life & OBJECT_NESTED ? destruct_nested : destruct;
}

/* --- allocators of pools -------------------------------------------------- */

void *exec_pool_alloc_slab(gfp_t gfp, void *pool_data)
{
	return mm_kmem_cache_alloc(calling->m, pool_data, gfp);
}

void exec_pool_free_slab(void *element, void *pool_data)
{
	mm_kmem_cache_free(calling->m, pool_data, element);
}

void *exec_pool_alloc_kmalloc(gfp_t gfp, void *pool_data)
{
	return mm_kmalloc(calling->m, (u32)(uintptr_t)pool_data, gfp);
}

void exec_pool_free_kmalloc(void *element, void *pool_data)
{
	(void)pool_data;
	mm_kfree(calling->m, element);
}
