/* SPDX-License-Identifier: MIT */
/*
 * objects.h - the model's caches, slabs and objects, and what the files that
 * follow them offer each other.
 *
 *	struct objects (model->now.objects)	small state: copied whole
 *	  cache[number]		a record a cache; numbers are given again
 *	  entry[number][cpu][]	its arrays' entries, oldest first
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
 * present; what is predicted on the way there (cache_alloc() and its like) is
 * the past, and must neither read nor write objects' bytes.
 */
#ifndef ORACLE_OBJECTS_H
#define ORACLE_OBJECTS_H

#include "oracle.h"

#define CACHES_MAX 4096u
#define CACHE_NONE 0xFFFFu
#define BUFCTL_END 0xFFFFu
#define SHARED NR_CPUS /* array[SHARED] */
#define ENTRIES_CPU 120u
#define ENTRIES_SHARED 480u
#define ENTRIES_CACHE (NR_CPUS * ENTRIES_CPU + ENTRIES_SHARED)
#define SEGMENT 65536u /* records of objects in a segment */
#define SEGMENTS_MAX 4096u
#define NR_GENERAL 15u
#define NAME_GENERAL 0xFFFFFFFEu /* struct cache's name, of no program's */

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
	u32 size;    /* as create was told */
	u8 life;     /* enum object_life */
	bool own;    /* of the allocator: never to be destroyed */
	bool listed; /* among the touched since the snapshot */
	u16 slabp_cache; /* CACHE_NONE: management is on the slab */
	u16 chain_prev, chain_next;
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
	u16 free;	/* index; BUFCTL_END: none */
	u8 list;	/* enum slab_list, of SLAB_LISTED */
	u8 is;		/* enum slab_is */
	u8 range;	/* it has 2^range records */
	bool listed;	/* among the touched since the snapshot */
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
	u8 marks;
	u32 stamp;
	u16 off, len;
};

/* --- small state ---------------------------------------------------------- */

struct objects_state {
	bool up; /* kmem_cache_init is over */
	bool debug;
	u32 line;
	u32 jiffies, reap_due[NR_CPUS];
	u32 nr_slab, slab_reclaim_pages, nr_caches, nr_rcu;
	struct slab_queue rcu;
	u16 chain_head;
	u16 cache_cache;
	u16 general[2][NR_GENERAL]; /* [1]: for DMA */
	u16 cache_free;	 /* by chain_next; CACHE_NONE: none */
	u16 nr_records;	 /* of caches that were ever used */
	u32 offslab_limit;
	u32 nr_objects;	     /* records of objects that were ever used */
	u32 range_free[17]; /* by .ref of its first record; ~0: none */
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

/* --- looking up ----------------------------------------------------------- */

struct cache *cache_of(const struct model *o, u32 number);
u32 cache_number(const struct model *o, const struct cache *c);
/* The cache of the chain whose descriptor is there; NULL: none. */
struct cache *cache_at_address(const struct model *o, u32 address);
/* What kmalloc(size, gfp) takes; NULL above KMALLOC_MAX. */
struct cache *general_cache(const struct model *o, u32 size, gfp_t gfp);
/* array[cpu].avail slots, oldest first; cpu may be SHARED. */
u32 *array_entries(const struct model *o, const struct cache *c,
		   unsigned int cpu);
/* The slab one of whose frames holds this address; NULL: none. */
struct slab *slab_at(const struct model *o, u32 address);
pfn_t slab_pfn(const struct model *o, const struct slab *slab);
struct object *object_of(const struct model *o, const struct slab *slab,
			 u32 index);
/* The object whose ADDRESS this is, in whatever state; false: none begins. */
bool place_of(const struct model *o, u32 address, struct place *p);

/* Records that are about to change. */
void cache_touch(struct model *o, struct cache *c);
void slab_touch(struct model *o, struct slab *slab);

/* --- moves: the past ------------------------------------------------------ */

/*
 * All of these answer false on a divergence.  An allocation that comes to
 * NULL leaves *address 0, with j->report or j->oom set where it drew one.
 */

/* From the checks behind cache_bad on; `is` is OBJECT_LIVE or OBJECT_OWN. */
bool cache_alloc(struct judge *j, struct cache *c, gfp_t gfp,
		 enum object_is is, u32 asked, u32 *address);
/* Without any checks; p->object is LIVE or OWN. */
bool cache_free(struct judge *j, const struct place *p);

/*
 * As code outside the allocator calls them: constructors, a pool's
 * functions.  Checks, moves, and the call's own record; NULL is allowed where
 * Linux allows it.
 */
bool call_cache_alloc(struct judge *j, u32 cache, gfp_t gfp, u32 *address);
bool call_cache_free(struct judge *j, u32 cache, u32 address);
bool call_kmalloc(struct judge *j, u32 size, gfp_t gfp, u32 *address);
bool call_kfree(struct judge *j, u32 address);

/* --- object_contents.c ---------------------------------------------------- */

/* The past: */
/* What debugging finds in an object that is about to be handed out: poison,
 * red zones.  Asked of caches with such flags only. */
enum report_kind debug_alloc_finds(const struct model *o,
				   const struct place *p);
/* ... and in the red zones of a LIVE one that is about to be freed. */
enum report_kind debug_free_finds(const struct model *o, const struct place *p);
/* It left the array, its constructor has run if there is one to run. */
void object_given(struct judge *j, const struct place *p);
/* Its owner gave it back, its destructor has run if there is one to run. */
void object_taken(struct judge *j, const struct place *p);

/*
 * The present, at the end of the outermost call: judges what a LIVE object
 * bears (constructed state, zeroes of p->object->asked bytes if `zero`,
 * debugging's words) and paints it.
 */
bool object_obtained(struct judge *j, const struct place *p, bool zero);

void object_contents_forget(struct model *o); /* a snapshot: nothing to wipe */
void object_contents_wipe(struct model *o);   /* a reset, before records are */

/* --- accept_mempool.c ----------------------------------------------------- */

void pools_boot(struct model *o); /* no pools */
bool pools_snapshot(struct model *o);
void pools_reset(struct model *o);
void pools_end(struct model *o); /* gives its memory back */

#endif
