// SPDX-License-Identifier: MIT
/*
 * import_objects.c - who owns which object of a trace, and the ops that
 * follow: see import.h.
 *
 *	held[]	address -> slot, and the cache's slot, 0: kmalloc'ed
 *	site[]	call site and size -> the cache's slot
 *
 * Both are open-addressed tables of at least twice as many entries as are in
 * use.  An address that is handed out while it is live was given back by a
 * call that has no event (kfree_bulk, kmem_cache_free_bulk): it is freed
 * before that.  An object that is not freed in the trace stays.
 *
 * A cache is made when it is first allocated from, of the size that its
 * objects have in the trace, alignment and all.  What kmalloc() took from the
 * page allocator there, or would in 2.6.12, is that allocator's event.
 * Tested by tests/test_import.c.
 */
#include "import_state.h"

#include <stdlib.h>
#include <string.h>

#define SLOT_LARGE 0xFFFFFFFFu /* beyond kmalloc(): known, not in a slot */
#define CACHE_BYTES_MIN 4u
#define CACHES_MAX 65535u /* the name 65535 is NULL */
#define HASH_FACTOR 0x9E3779B97F4A7C15u

/* --- address -> slot ----------------------------------------------------- */

static u32 home_of(const struct importer *im, u64 ptr)
{
	return (u32)((ptr * HASH_FACTOR) >> 32) & (im->room_held - 1);
}

/* The entry of ptr, or the empty one where it belongs. */
static struct held *held_find(const struct importer *im, u64 ptr)
{
	u32 i = home_of(im, ptr);

	while (im->held[i].ptr && im->held[i].ptr != ptr)
		i = (i + 1) & (im->room_held - 1);
	return &im->held[i];
}

/* Room for one more; false: no memory. */
static bool held_grow(struct importer *im)
{
	u32 room = im->room_held;
	struct held *old = im->held;

	if (2 * (im->nr_held + 1) <= room)
		return true;
	im->held = calloc(room ? 2 * room : 1024, sizeof(*old));
	if (!im->held) {
		im->held = old;
		return false;
	}
	im->room_held = room ? 2 * room : 1024;
	for (u32 i = 0; i < room; i++)
		if (old[i].ptr)
			*held_find(im, old[i].ptr) = old[i];
	free(old);
	return true;
}

/* Entries behind the hole move up, as far as their own homes permit. */
static void held_remove(struct importer *im, struct held *h)
{
	u32 mask = im->room_held - 1, hole = (u32)(h - im->held), i = hole;

	im->nr_held--;
	for (;;) {
		u32 home;

		im->held[hole].ptr = 0;
		do {
			i = (i + 1) & mask;
			if (!im->held[i].ptr)
				return;
			home = home_of(im, im->held[i].ptr);
		} while (((i - home) & mask) < ((i - hole) & mask));
		im->held[hole] = im->held[i];
		hole = i;
	}
}

/* --- call site and size -> cache ------------------------------------------ */

static u64 site_hash(const struct object_event *o)
{
	u64 hash = o->bytes;

	for (size_t i = 0; i < o->site_len; i++)
		hash = (hash ^ (u8)o->site[i]) * 0x100000001B3u;
	return hash * HASH_FACTOR;
}

static bool site_is(const struct site *s, const struct object_event *o,
		    u64 hash)
{
	return s->hash == hash && s->bytes == o->bytes &&
	       s->len == o->site_len && memcmp(s->name, o->site, s->len) == 0;
}

/* The entry of a call site, or the empty one where it belongs. */
static struct site *site_find(const struct importer *im,
			      const struct object_event *o, u64 hash)
{
	u32 i = (u32)(hash >> 32) & (im->room_sites - 1);

	while (im->site[i].slot && !site_is(&im->site[i], o, hash))
		i = (i + 1) & (im->room_sites - 1);
	return &im->site[i];
}

static bool site_grow(struct importer *im)
{
	u32 room = im->room_sites, new_room = room ? 2 * room : 256;
	struct site *table;

	if (2 * ((u32)im->sum->caches + 1) <= room)
		return true;
	table = calloc(new_room, sizeof(*table));
	if (!table)
		return false;
	for (u32 i = 0; i < room; i++) {
		u32 at = (u32)(im->site[i].hash >> 32) & (new_room - 1);

		if (!im->site[i].slot)
			continue;
		while (table[at].slot)
			at = (at + 1) & (new_room - 1);
		table[at] = im->site[i];
	}
	free(im->site);
	im->site = table;
	im->room_sites = new_room;
	return true;
}

static bool make_cache(struct importer *im, struct site *s,
		       const struct object_event *o, u64 hash)
{
	struct op op = im->create;
	u32 slot;

	if (im->sum->caches == CACHES_MAX)
		return import_fail(im, "more caches than there are names");
	slot = import_slot(im);
	if (!slot)
		return false;
	*s = (struct site){ .hash = hash, .bytes = o->bytes };
	s->name = malloc(o->site_len + 1);
	if (!s->name)
		return import_fail(im, "out of memory");
	memcpy(s->name, o->site, o->site_len);
	s->len = o->site_len;
	s->slot = slot;
	op.out = slot;
	op.arg[im->at.create_name] = (u32)im->sum->caches++;
	op.arg[im->at.create_size] =
		o->bytes < CACHE_BYTES_MIN ? CACHE_BYTES_MIN : (u32)o->bytes;
	return import_op(im, &op, o->cpu);
}

/* The slot of its cache, made if need be; 0: told. */
static u32 cache_slot(struct importer *im, const struct object_event *o)
{
	u64 hash = site_hash(o);
	struct site *s;

	if (!site_grow(im)) {
		import_fail(im, "out of memory");
		return 0;
	}
	s = site_find(im, o, hash);
	if (!s->slot && !make_cache(im, s, o, hash))
		return 0;
	return s->slot;
}

/* --- events ------------------------------------------------------------ */

static bool emit_free(struct importer *im, const struct held *h, bool of_cache,
		      u32 cpu)
{
	struct op op = of_cache ? im->cache_free : im->kfree;

	op.arg[of_cache ? im->at.cache_free_object : im->at.kfree_object] =
		h->slot;
	if (of_cache)
		op.arg[im->at.cache_free_cache] = h->cache;
	import_slot_put(im, h->slot);
	im->sum->object_live--;
	return import_op(im, &op, cpu);
}

static void refuse(struct importer *im, gfp_t *gfp, gfp_t flag,
		   const char *name)
{
	if (*gfp & flag)
		import_count(&im->sum->refused, name, strlen(name));
	*gfp &= ~flag;
}

/* The flags that a slab of 2.6.12 would not be grown with are taken away. */
static void emit_alloc(struct importer *im, const struct object_event *o,
		       const struct held *h, struct op *op)
{
	gfp_t gfp = o->gfp;

	refuse(im, &gfp, __GFP_HIGHMEM, "__GFP_HIGHMEM");
	if (o->of_cache) {
		refuse(im, &gfp, __GFP_ZERO, "__GFP_ZERO");
		refuse(im, &gfp, __GFP_DMA, "__GFP_DMA");
		*op = im->cache_alloc;
		op->arg[im->at.cache_alloc_cache] = h->cache;
		op->arg[im->at.cache_alloc_gfp] = gfp;
	} else {
		*op = gfp & __GFP_ZERO ? im->kzalloc : im->kmalloc;
		op->arg[im->at.kmalloc_size] = (u32)o->bytes;
		op->arg[im->at.kmalloc_gfp] = gfp & ~__GFP_ZERO;
	}
	op->out = h->slot;
}

/* A new entry for an address that has none; NULL: told. */
static struct held *hold(struct importer *im, const struct object_event *o)
{
	struct held new = { .ptr = o->ptr, .slot = SLOT_LARGE }, *h;

	if (o->bytes <= KMALLOC_MAX && o->of_cache) {
		new.cache = cache_slot(im, o);
		if (!new.cache)
			return NULL;
	}
	if (o->bytes <= KMALLOC_MAX) {
		new.slot = import_slot(im);
		if (!new.slot)
			return NULL;
	}
	if (!held_grow(im)) {
		import_fail(im, "out of memory");
		return NULL;
	}
	h = held_find(im, o->ptr);
	*h = new;
	im->nr_held++;
	return h;
}

/* The former owner of the address, if there is one, has lost it unseen. */
static bool free_implied(struct importer *im, u64 ptr, u32 cpu)
{
	struct held h;

	if (!im->nr_held || !held_find(im, ptr)->ptr)
		return true;
	h = *held_find(im, ptr);
	held_remove(im, held_find(im, ptr));
	if (h.slot == SLOT_LARGE)
		return true;
	im->sum->object_free_implied++;
	return emit_free(im, &h, h.cache != 0, cpu);
}

bool import_object_alloc(struct importer *im, const struct object_event *o)
{
	u32 ops = im->p->nr;
	struct held *h;
	struct op op;

	if (!free_implied(im, o->ptr, o->cpu))
		return false;
	h = hold(im, o);
	if (!h)
		return false;
	if (h->slot == SLOT_LARGE) {
		im->sum->object_large += im->p->nr == ops;
		return true;
	}
	im->sum->object_alloc++;
	if (++im->sum->object_live > im->sum->object_live_max)
		im->sum->object_live_max = im->sum->object_live;
	emit_alloc(im, o, h, &op);
	return import_op(im, &op, o->cpu);
}

/* kfree() takes a cache's object too; kmem_cache_free() needs its cache. */
bool import_object_free(struct importer *im, u64 ptr, bool of_cache, u32 cpu)
{
	struct held h = { 0 };

	if (ptr == 0 && !of_cache) {
		im->sum->kfree_null++;
		return import_op(im, &im->kfree_null, cpu);
	}
	if (im->nr_held)
		h = *held_find(im, ptr);
	if (!h.ptr) {
		im->sum->object_free_unknown++;
		return true;
	}
	held_remove(im, held_find(im, ptr));
	if (h.slot == SLOT_LARGE) {
		im->sum->object_free_large++;
		return true;
	}
	im->sum->object_free++;
	return emit_free(im, &h, of_cache && h.cache, cpu);
}

/* --- life ---------------------------------------------------------------- */

static int arg_at(enum op_code code, enum arg_kind kind)
{
	return op_arg_of_kind(&op_info[code], kind);
}

void import_objects_init(struct importer *im)
{
	im->create = op_default(OP_kmem_cache_create);
	im->cache_alloc = op_default(OP_kmem_cache_alloc);
	im->cache_free = op_default(OP_kmem_cache_free);
	im->kmalloc = op_default(OP_kmalloc);
	im->kzalloc = op_default(OP_kzalloc);
	im->kfree = op_default(OP_kfree);
	im->kfree_null = op_default(OP_kfree_addr);
	im->kfree_null.arg[arg_at(OP_kfree_addr, ARG_VADDR)] = 0;
	im->at = (struct object_args){
		.create_name = arg_at(OP_kmem_cache_create, ARG_NAME),
		.create_size = arg_at(OP_kmem_cache_create, ARG_OSIZE),
		.cache_alloc_cache = arg_at(OP_kmem_cache_alloc, ARG_CACHE),
		.cache_alloc_gfp = arg_at(OP_kmem_cache_alloc, ARG_GFP),
		.cache_free_cache = arg_at(OP_kmem_cache_free, ARG_CACHE),
		.cache_free_object =
			arg_at(OP_kmem_cache_free, ARG_OBJECT_FREED),
		.kmalloc_size = arg_at(OP_kmalloc, ARG_KSIZE),
		.kmalloc_gfp = arg_at(OP_kmalloc, ARG_GFP),
		.kfree_object = arg_at(OP_kfree, ARG_OBJECT_FREED),
	};
}

void import_objects_free(struct importer *im)
{
	for (u32 i = 0; i < im->room_sites; i++)
		free(im->site[i].name);
	free(im->site);
	free(im->held);
}
