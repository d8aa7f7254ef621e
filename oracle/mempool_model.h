/* SPDX-License-Identifier: MIT */
/*
 * mempool_model.h - the pools that exist, their reserves, and who sleeps.
 *
 *	struct pools
 *	  pool[0..nr)		in no order; found by address through bucket[]
 *	  cell[]		the elements of all reserves: pool->cell is
 *				where a pool's begin, the oldest first
 *	  sleeper[0..asleep)	in the order in which they fell asleep, on
 *				pools and for kmap slots
 *
 * An element is any address that was given to the pool: the reserve holds it
 * as it came, and says nothing of what it bears.
 */
#ifndef ORACLE_MEMPOOL_MODEL_H
#define ORACLE_MEMPOOL_MODEL_H

#include "oracle.h"

#define SLEEPERS_MAX 128
#define POOL_BUCKETS 64
#define CELL_CLASSES 16 /* a reserve has room for 2^0 .. 2^15 elements */

struct pool {
	u32 addr;  /* of the mempool_t */
	u32 array; /* of its elements[] */
	s32 min_nr, curr_nr;
	u32 kind, value; /* enum pool_kind; the cache, or the size */
	u32 cell, class;
	u32 sleepers;
	u32 outstanding; /* handed out, and not given back */
	u32 unfilled;	 /* what a resize could not fill */
	u32 next;	 /* in its bucket: index + 1, 0: none */
};

struct sleeper {
	u32 ticket;
	u32 pool; /* its address; 0: it waits for a kmap slot */
	gfp_t gfp;
	pfn_t pfn; /* to be kmapped */
	u32 woken;
};

struct pools {
	struct pool *pool;
	u32 nr, room;
	u32 *cell;
	u32 nr_cells, room_cells;
	u32 cells_free[CELL_CLASSES]; /* first of a list: index + 1 */
	u32 bucket[POOL_BUCKETS];     /* index + 1 */
	struct sleeper sleeper[SLEEPERS_MAX];
	u32 asleep;
	u32 ticket; /* the last one given out */
	bool dirty; /* changed since the snapshot */
};

struct pool *pools_find(struct pools *p, u32 addr);
/* Like *new, with room for its elements; NULL: the host has no memory. */
struct pool *pools_add(struct pools *p, const struct pool *new);
/* Invalidates all struct pool pointers. */
void pools_remove(struct pools *p, struct pool *pool);
/* Room for min_nr elements; false: the host has no memory. */
bool pool_grow(struct pools *p, struct pool *pool, u32 array, s32 min_nr);

u32 *pool_elements(const struct pools *p, const struct pool *pool);
bool pool_has(const struct pools *p, const struct pool *pool, u32 element);
void pool_push(struct pools *p, struct pool *pool, u32 element);
u32 pool_pop(struct pools *p, struct pool *pool);

struct sleeper *pools_sleeper(struct pools *p, u32 ticket);
/* Behind all who sleep already; there must be room. */
void pools_sleep(struct pools *p, struct pool *pool, u32 ticket, gfp_t gfp);
void pools_sleep_kmap(struct pools *p, u32 ticket, pfn_t pfn);
void pools_rise(struct pools *p, struct sleeper *s);
void pools_wake(struct pools *p, const struct pool *pool);
void pools_wake_kmap(struct pools *p);
/* The ticket of the first who is awake again; 0: nobody is. */
u32 pools_woken(const struct pools *p);

/* NULL, or which clause is broken. */
const char *pools_check(const struct pools *p);

#endif
