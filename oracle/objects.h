/* SPDX-License-Identifier: MIT */
/*
 * objects.h - the model's caches, slabs and objects, and what the files that
 * follow them offer each other.
 *
 *	struct objects (model->now.objects)	small state: copied whole
 *	  cache[number]		a record a cache; numbers are given again
 *	  entry (segments)	its arrays' entries, by CPU, oldest first
 *	  slab[pfn]		a record a slab, at its first frame's number
 *	  object (segments)	a record an object: a range for each slab
 *
 * Addresses: an object's SLOT is where its bytes in the slab begin, which is
 * what arrays hold; its ADDRESS is the caller's: slot + cache->head, 4 bytes
 * on under red zones, the same without.
 * Records of caches and slabs are listed when first touched, and copied back
 * from gold at a reset, with a slab's objects.
 *
 * The past and the present: a call is judged when it is over.  RAM shows the
 * present; what is predicted on the way there (cache_gives() and its like) is
 * the past, and must neither read nor write objects' bytes.
 */
#ifndef ORACLE_OBJECTS_H
#define ORACLE_OBJECTS_H

#include "oracle.h"

#define CACHES_MAX 65535u /* numbers are 16 bits wide */
#define CACHE_NONE 0xFFFFu
#define BUFCTL_END 0xFFFFu
#define SHARED NR_CPUS /* array[SHARED] */
#define ENTRIES_CPU 120u
#define ENTRIES_SHARED 480u
#define ENTRIES_CACHE (NR_CPUS * ENTRIES_CPU + ENTRIES_SHARED)
#define ENTRY_CACHES 256u /* caches whose entries are in one segment */
#define ENTRY_SEGMENTS (CACHES_MAX / ENTRY_CACHES + 1)
#define SEGMENT 65536u /* records of objects in a segment */
#define SEGMENTS_MAX 4096u
#define RANGES 17u /* a slab has room for 2^0 .. 2^16 records */
#define NR_GENERAL 15u
#define NAME_GENERAL 0xFFFFFFFEu /* struct cache's name, of no program's */

/* Of the cache pgd: what its objects are made by is no program's code. */
#define LIFE_DIRECTORY 8u

/* --- one cache ------------------------------------------------------------ */

struct geometry {
	u32 objsize, user_size;
	u32 flags; /* OFF_SLAB apart */
	u32 num, order;
	u32 align;
	u32 colour, colour_off;
	u32 slab_size;
	u32 off_slab; /* 0 or 1 */
	u32 head;     /* from slot to address: 4 with red zones, else 0 */
};

struct array {
	u32 address; /* 0: there is none */
	u32 avail, limit, batch, touched;
};

/* A list of slabs by the numbers of their first frames; PFN_NONE ends it. */
struct slab_queue {
	pfn_t head, tail;
};

struct cache {
	u32 address; /* of the descriptor; 0: the record is unused */
	u32 name;    /* as create was told, or NAME_GENERAL */
	struct geometry geo;
	u32 size;	 /* as create was told */
	u8 life;	 /* enum object_life, LIFE_DIRECTORY */
	bool own;	 /* of the allocator: never to be destroyed */
	bool listed;	 /* among the touched since the snapshot */
	u16 slabp_cache; /* CACHE_NONE: management is on the slab */
	u16 next_free;	 /* of an unused record */
	u32 limit, batch, free_limit;
	u32 colour_next;
	u32 free_objects, free_touched;
	u32 next_reap;
	struct array array[NR_CPUS + 1];
	struct slab_queue list[NR_SLAB_LISTS];
};

/* --- one slab ------------------------------------------------------------- */

enum slab_is {
	SLAB_GONE, /* no slab begins at this frame */
	SLAB_LISTED = 1,
	SLAB_RCU, /* waits for a grace period */
};

struct slab {
	pfn_t prev, next; /* in its list */
	u32 s_mem, management;
	u32 inuse;
	u32 objects; /* number of the first of its objects' records */
	u16 cache;
	u16 free;    /* index; BUFCTL_END: none */
	u8 list;     /* enum slab_list, of SLAB_LISTED */
	u8 is;	     /* enum slab_is */
	u8 range;    /* it has 2^range records */
	bool listed; /* among the touched since the snapshot */
};

/* --- one object ----------------------------------------------------------- */

enum object_is {
	OBJECT_FREE,  /* in its slab */
	OBJECT_ARRAY, /* in some array */
	OBJECT_OWN,   /* a descriptor, an array, management */
	OBJECT_LIVE,  /* in the caller's hands */
};

struct object {
	u32 asked; /* bytes that a LIVE object's owner may use */
	/*
	 * Of a descriptor: its cache's number.  Of a constructed object with
	 * OBJECT_NESTED: the address in word 0, where it must stand again
	 * when the object is freed.
	 */
	u32 ref;
	u16 next; /* of a FREE one: the chain; BUFCTL_END ends it */
	u8 is;	  /* enum object_is */
	/* object_contents.c's own; zeroed with the slab, kept by all else */
	u8 marks; /* enum object_mark */
	u32 stamp;
	u16 off; /* in words of 8 bytes */
	u8 len;	 /* in bytes */
	u8 user; /* of the user word: cpu * 32 + task flags */
};

/* --- small state ---------------------------------------------------------- */

struct objects_state {
	bool up; /* kmem_cache_init is over */
	bool debug;
	u32 line;
	u32 jiffies, reap_due[NR_CPUS];
	u32 nr_slab, slab_reclaim_pages, nr_caches, nr_rcu;
	struct slab_queue rcu;
	u16 cache_cache;
	u16 general[2][NR_GENERAL]; /* [1]: for DMA */
	u16 record_free;	    /* by next_free; CACHE_NONE: none */
	u16 nr_records;		    /* of caches that were ever used */
	u32 offslab_limit;
	u32 nr_objects;		/* records of objects that were ever used */
	u32 range_free[RANGES]; /* by .ref of its first record; ~0: none */
};

/* What object_contents.c keeps besides the objects' records. */
#define DAMAGE_MAX 64u

struct object_watch {
	u32 *address; /* objects to be looked at in the end */
	u32 nr, room;
	u32 damage[DAMAGE_MAX]; /* addresses of bytes that are flipped */
	u32 nr_damage;
};

/* A live reference to one object. */
struct place {
	struct cache *cache;
	struct slab *slab;
	struct object *object;
	u32 index;
	u32 address;
};

struct model;
struct judge;
struct geometry_rules;

/* --- looking up [object_store.c, and inline at the end of model.h] -------- */

/* The cache of the chain whose descriptor is there; NULL: none. */
struct cache *cache_at_address(const struct model *o, u32 address);
/* What kmalloc(size, gfp) takes; NULL above KMALLOC_MAX. */
struct cache *general_cache_of(const struct model *o, u32 size, gfp_t gfp);

/*
 * Inline:
 *   cache_of(o, number), cache_number(o, c)
 *   array_entries(o, c, cpu)	array[cpu].avail slots, oldest first; cpu may
 *				be SHARED
 *   slab_at(o, address)	the slab one of whose frames holds this
 *				address, which may be any; NULL: none
 *   slab_pfn(o, slab)
 *   object_of(o, slab, index)
 *   place_of_slot(o, slot)	of a slot, which must be one
 *   place_of(o, address, &p)	the object whose address this is, in whatever
 *				state; false: none begins there
 *   cache_touch(o, c), slab_touch(o, slab)
 *				records that are about to change; an object's
 *				is its slab's
 */

/* --- object_store.c ------------------------------------------------------- */

/* A boot begins: what was touched is of another machine. */
void objects_forget(struct model *o);
/* No caches and no slabs; false: the host has no memory. */
bool objects_boot(struct model *o);
void objects_snapshot(struct model *o);
void objects_reset(struct model *o);
void objects_end(struct model *o); /* gives its memory back */
/* An empty record, touched; NULL: there are CACHES_MAX of them. */
struct cache *cache_new(struct model *o);
void cache_delete(struct model *o, struct cache *c);
/* The chain: a new one joins at its head. */
void chain_add(struct model *o, const struct cache *c);
void chain_remove(struct model *o, const struct cache *c);
/* Records for num objects, all FREE and chained; false: no memory. */
bool slab_objects_new(struct model *o, struct slab *slab, u32 num);
void slab_objects_delete(struct model *o, const struct slab *slab);

/* object_self_check.c: NULL, or what is wrong. */
const char *objects_self_check(const struct model *o);

/* --- moves: the past ------------------------------------------------------ */

/*
 * All of these answer false on a divergence.  An allocation that comes to
 * NULL leaves *address 0, with j->report or j->oom set where it drew one.
 */

/* From the checks behind cache_bad on; `is` is OBJECT_LIVE or OBJECT_OWN. */
bool cache_gives(struct judge *j, struct cache *c, gfp_t gfp, enum object_is is,
		 u32 asked, u32 *address);
/* The same behind those checks, which are: */
enum report_kind alloc_misuse(const struct judge *j, const struct cache *c,
			      gfp_t gfp);
bool cache_take(struct judge *j, struct cache *c, gfp_t gfp, enum object_is is,
		u32 asked, struct place *p);
/* Without any checks; p->object is LIVE or OWN. */
bool cache_takes_back(struct judge *j, const struct place *p);
/* kmalloc() and kfree() of what the kernel's own code keeps: no record. */
bool own_kmalloc(struct judge *j, u32 size, gfp_t gfp, u32 *address);
bool own_free(struct judge *j, u32 address);

/* array_model.c: n slots, from the oldest, go to the slabs. */
bool free_block(struct judge *j, struct cache *c, const u32 *slot, u32 n);
/* ... and leave their array. */
bool array_drains(struct judge *j, struct cache *c, unsigned int cpu, u32 n);

/* slab_model.c */
void slab_join(struct model *o, struct cache *c, enum slab_list list,
	       struct slab *slab, bool at_tail);
void slab_leave(struct model *o, struct cache *c, struct slab *slab);
enum report_kind grow_misuse(const struct cache *c, gfp_t gfp);
bool slab_grows(struct judge *j, struct cache *c, gfp_t gfp, bool *grown);
/* Of a slab in no list, all of whose objects are FREE. */
bool slab_goes(struct judge *j, struct cache *c, struct slab *slab);
/* A free slab leaves its list and is destroyed. */
bool slab_discard(struct judge *j, struct cache *c, pfn_t pfn);
bool grace_period(struct judge *j);
bool construct(struct judge *j, struct cache *c, const struct place *p,
	       u8 flags);
bool destruct(struct judge *j, struct cache *c, const struct place *p);

/* cache_model.c */
struct cache_plan {
	u32 name, size, align, flags;
	u8 life;
	bool own;
};
/* *made is NULL where there can be none: no memory, or nothing fits. */
bool cache_arises(struct judge *j, const struct cache_plan *plan,
		  struct cache **made);
/* enable_cpucache(); *done is false where no array could be had. */
bool cache_tunes(struct judge *j, struct cache *c, bool *done);
/* Empty and in nobody's hands: arrays, descriptor, record. */
bool cache_unmake(struct judge *j, struct cache *c);
struct geometry_rules geometry_rules_of(const struct model *o);

/*
 * As code outside the allocator calls them: constructors, a pool's
 * functions.  Checks, moves, and the call's own record; NULL is allowed where
 * Linux allows it.
 */
bool call_cache_alloc(struct judge *j, u32 cache, gfp_t gfp, u32 *address);
bool call_cache_free(struct judge *j, u32 cache, u32 address);
bool call_kmalloc(struct judge *j, u32 size, gfp_t gfp, u32 *address);
bool call_kfree(struct judge *j, u32 address);

/* --- object_contents.c, object_debug.c ------------------------------------ */

/* The past: */
/* What debugging finds in an object that is about to be handed out: poison,
 * red zones.  Asked of caches with such flags only. */
enum report_kind debug_alloc_finds(const struct model *o,
				   const struct place *p);
/* ... and in the red zones of a LIVE one that is about to be freed. */
enum report_kind debug_free_finds(const struct model *o, const struct place *p);
/* Its constructor wrote to it: that is to be wiped. */
void object_constructed(struct model *o, const struct place *p);
/*
 * It left the array, or its owner gave it back; its constructor or destructor
 * has run if there is one to run.
 */
void object_changes_hands(struct judge *j, const struct place *p);

/*
 * The present, at the end of the outermost call: judges what a LIVE object
 * bears (constructed state, zeroes of p->object->asked bytes if `zero`,
 * debugging's words) and paints it.
 */
bool object_obtained(struct judge *j, const struct place *p, bool zero);
/* ... of an element from a pool's reserve: it bears what it bore. */
bool object_kept(struct judge *j, const struct place *p);
/* Its owner asked for its size, and may use all of it from now on. */
bool object_extend(struct model *o, const struct place *p, u32 size,
		   struct divergence *d);
/* All objects that were handed out or given back since the snapshot. */
bool object_contents_check(struct model *o, struct divergence *d);

void object_contents_forget(struct model *o); /* a snapshot: nothing to wipe */
void object_contents_wipe(struct model *o);   /* a reset, before records are */
void object_contents_end(struct model *o);    /* gives its memory back */

/* --- mempool_model.c ------------------------------------------------------ */

void pools_boot(struct model *o); /* no pools */
bool pools_snapshot(struct model *o);
void pools_reset(struct model *o);
void pools_end(struct model *o); /* gives its memory back */

#endif
