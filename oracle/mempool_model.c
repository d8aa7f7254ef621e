// SPDX-License-Identifier: MIT
/*
 * mempool_model.c - memory pools as a table: the reserve of each, last in
 * first out, and the sleepers of all, first in first out.
 *
 * Reserves lie in one array of cells.  Each has a power of two of them, and
 * what a pool no longer needs joins the list of its class, linked through
 * its first cell; so a program may make pools for ever in bounded room.
 *
 * What a call on a pool must come to is for accept_mempool.c to say.
 * Validator: pools_check().  [mm/mempool.c]
 */
#include "model.h"
#include "host.h"

/* --- room --------------------------------------------------------------- */

/* A larger array with the same `used` bytes; NULL: none is to be had. */
static void *array_grow(void *array, size_t used, size_t room, size_t more)
{
	u8 *p = model_host_alloc(more);

	if (!p)
		return NULL;
	for (size_t i = 0; i < used; i++)
		p[i] = ((const u8 *)array)[i];
	model_host_free(array, room);
	return p;
}

static u32 enough(u32 room, u32 need)
{
	room = room ? room : 64;
	while (room < need)
		room *= 2;
	return room;
}

static bool pool_room(struct pools *p, u32 need)
{
	const size_t size = sizeof(*p->pool);
	u32 more = enough(p->room, need);
	void *pool;

	if (need <= p->room)
		return true;
	pool = array_grow(p->pool, p->nr * size, p->room * size, more * size);
	if (!pool)
		return false;
	p->pool = pool;
	p->room = more;
	return true;
}

static bool cell_room(struct pools *p, u32 need)
{
	const size_t size = sizeof(*p->cell);
	u32 more = enough(p->room_cells, need);
	void *cell;

	if (need <= p->room_cells)
		return true;
	cell = array_grow(p->cell, p->nr_cells * size, p->room_cells * size,
			  more * size);
	if (!cell)
		return false;
	p->cell = cell;
	p->room_cells = more;
	return true;
}

static u32 class_of(s32 nr)
{
	u32 class = 0;

	while ((int64_t)1 << class < nr)
		class ++;
	return class;
}

static bool cells_take(struct pools *p, u32 class, u32 *cell)
{
	u32 first = p->cells_free[class];

	if (first) {
		*cell = first - 1;
		p->cells_free[class] = p->cell[*cell];
		return true;
	}
	if (!cell_room(p, p->nr_cells + (1u << class)))
		return false;
	*cell = p->nr_cells;
	p->nr_cells += 1u << class;
	return true;
}

static void cells_give(struct pools *p, u32 class, u32 cell)
{
	p->cell[cell] = p->cells_free[class];
	p->cells_free[class] = cell + 1;
}

/* --- the table ---------------------------------------------------------- */

/* Where the index of the pool at this address is held; of 0: the chain's end */
static u32 *link_of(struct pools *p, u32 addr)
{
	u32 *link = &p->bucket[addr / MEMPOOL_BYTES % POOL_BUCKETS];

	while (*link && p->pool[*link - 1].addr != addr)
		link = &p->pool[*link - 1].next;
	return link;
}

struct pool *pools_find(struct pools *p, u32 addr)
{
	u32 at = *link_of(p, addr);

	return at ? &p->pool[at - 1] : NULL;
}

struct pool *pools_add(struct pools *p, const struct pool *new)
{
	struct pool pool = *new;

	pool.class = class_of(pool.min_nr);
	if (!pool_room(p, p->nr + 1) || !cells_take(p, pool.class, &pool.cell))
		return NULL;
	p->dirty = true;
	p->pool[p->nr] = pool;
	*link_of(p, pool.addr) = p->nr + 1;
	return &p->pool[p->nr++];
}

/* The last of the table moves to where the pool was. */
void pools_remove(struct pools *p, struct pool *pool)
{
	struct pool *last = &p->pool[p->nr - 1];

	p->dirty = true;
	cells_give(p, pool->class, pool->cell);
	*link_of(p, pool->addr) = pool->next;
	if (pool != last) {
		*link_of(p, last->addr) = (u32)(pool - p->pool) + 1;
		*pool = *last;
	}
	p->nr--;
}

bool pool_grow(struct pools *p, struct pool *pool, u32 array, s32 min_nr)
{
	u32 class = class_of(min_nr), cell;

	p->dirty = true;
	if (class > pool->class) {
		if (!cells_take(p, class, &cell))
			return false;
		for (s32 i = 0; i < pool->curr_nr; i++)
			p->cell[cell + (u32)i] = p->cell[pool->cell + (u32)i];
		cells_give(p, pool->class, pool->cell);
		pool->class = class;
		pool->cell = cell;
	}
	pool->array = array;
	pool->min_nr = min_nr;
	return true;
}

/* --- a reserve ---------------------------------------------------------- */

u32 *pool_elements(const struct pools *p, const struct pool *pool)
{
	return p->cell + pool->cell;
}

bool pool_has(const struct pools *p, const struct pool *pool, u32 element)
{
	const u32 *cell = pool_elements(p, pool);
	u32 found = 0;

	for (s32 i = 0; i < pool->curr_nr; i++)
		found |= cell[i] == element;
	return found;
}

void pool_push(struct pools *p, struct pool *pool, u32 element)
{
	p->dirty = true;
	pool_elements(p, pool)[pool->curr_nr++] = element;
}

u32 pool_pop(struct pools *p, struct pool *pool)
{
	p->dirty = true;
	return pool_elements(p, pool)[--pool->curr_nr];
}

/* --- sleepers ----------------------------------------------------------- */

struct sleeper *pools_sleeper(struct pools *p, u32 ticket)
{
	for (u32 i = 0; i < p->asleep; i++)
		if (p->sleeper[i].ticket == ticket)
			return &p->sleeper[i];
	return NULL;
}

void pools_sleep(struct pools *p, struct pool *pool, u32 ticket, gfp_t gfp)
{
	p->dirty = true;
	pool->sleepers++;
	p->sleeper[p->asleep++] = (struct sleeper){ .ticket = ticket,
						    .pool = pool->addr,
						    .gfp = gfp };
}

void pools_sleep_kmap(struct pools *p, u32 ticket, pfn_t pfn)
{
	p->dirty = true;
	p->sleeper[p->asleep++] =
		(struct sleeper){ .ticket = ticket, .pfn = pfn };
}

void pools_rise(struct pools *p, struct sleeper *s)
{
	struct pool *pool = pools_find(p, s->pool);

	p->dirty = true;
	if (pool)
		pool->sleepers--;
	for (p->asleep--; s < &p->sleeper[p->asleep]; s++)
		s[0] = s[1];
}

void pools_wake(struct pools *p, const struct pool *pool)
{
	for (u32 i = 0; pool->sleepers && i < p->asleep; i++)
		p->sleeper[i].woken |= p->sleeper[i].pool == pool->addr;
}

void pools_wake_kmap(struct pools *p)
{
	for (u32 i = 0; i < p->asleep; i++)
		if (!p->sleeper[i].pool) {
			p->dirty = true;
			p->sleeper[i].woken = true;
		}
}

u32 pools_woken(const struct pools *p)
{
	for (u32 i = 0; i < p->asleep; i++)
		if (p->sleeper[i].woken)
			return p->sleeper[i].ticket;
	return 0;
}

/* --- life --------------------------------------------------------------- */

static bool pools_copy(struct pools *to, const struct pools *from)
{
	struct pools was;

	if (!pool_room(to, from->nr) || !cell_room(to, from->nr_cells))
		return false;
	was = *to;
	*to = *from;
	to->pool = was.pool;
	to->room = was.room;
	to->cell = was.cell;
	to->room_cells = was.room_cells;
	to->dirty = false;
	for (u32 i = 0; i < from->nr; i++)
		to->pool[i] = from->pool[i];
	for (u32 i = 0; i < from->nr_cells; i++)
		to->cell[i] = from->cell[i];
	return true;
}

static void pools_delete(struct pools *p)
{
	model_host_free(p->pool, p->room * sizeof(*p->pool));
	model_host_free(p->cell, p->room_cells * sizeof(*p->cell));
	*p = (struct pools){ .nr = 0 };
}

void pools_boot(struct model *o)
{
	struct pools *p = &o->pools;

	*p = (struct pools){ .pool = p->pool,
			     .room = p->room,
			     .cell = p->cell,
			     .room_cells = p->room_cells };
}

bool pools_snapshot(struct model *o)
{
	o->pools.dirty = false;
	return pools_copy(&o->pools_gold, &o->pools);
}

void pools_reset(struct model *o)
{
	/* what is in use has room for what was: a table never shrinks */
	if (o->pools.dirty)
		pools_copy(&o->pools, &o->pools_gold);
}

void pools_end(struct model *o)
{
	pools_delete(&o->pools);
	pools_delete(&o->pools_gold);
}

/* --- validator ---------------------------------------------------------- */

static const char *check_pool(const struct pools *p, u32 i)
{
	const struct pool *pool = &p->pool[i];
	u32 at = p->bucket[pool->addr / MEMPOOL_BYTES % POOL_BUCKETS];
	u32 sleepers = 0, hops = 0;

	if (pool->min_nr < 0 || pool->curr_nr < 0 ||
	    pool->curr_nr > pool->min_nr)
		return "a reserve holds more than min_nr";
	if ((int64_t)pool->min_nr > (int64_t)1 << pool->class ||
	    pool->cell + (1u << pool->class) > p->nr_cells)
		return "a reserve lies outside its cells";
	while (at && at - 1 != i && hops++ < p->nr)
		at = p->pool[at - 1].next;
	if (!at || at - 1 != i)
		return "a pool is not in its bucket";
	for (u32 s = 0; s < p->asleep; s++)
		sleepers += p->sleeper[s].pool == pool->addr;
	if (sleepers != pool->sleepers)
		return "a pool's sleepers are not those of the list";
	if ((int64_t)pool->curr_nr + pool->outstanding + pool->unfilled <
	    pool->min_nr)
		return "a reserve and what is outstanding are below min_nr";
	return NULL;
}

/* No two pools share a cell, and lists of free cells hold no pool's. */
static const char *check_cells(const struct pools *p)
{
	u64 cells = 0;

	for (u32 i = 0; i < p->nr; i++)
		cells += 1u << p->pool[i].class;
	for (u32 class = 0; class < CELL_CLASSES; class ++)
		for (u32 at = p->cells_free[class]; at; at = p->cell[at - 1]) {
			cells += 1u << class;
			if (at > p->nr_cells || cells > p->nr_cells)
				return "a list of free cells does not end";
		}
	return cells == p->nr_cells ? NULL : "a reserve's cells are lost";
}

const char *pools_check(const struct pools *p)
{
	for (u32 i = 0; i < p->nr; i++) {
		const char *why = check_pool(p, i);

		if (why)
			return why;
	}
	for (u32 i = 1; i < p->asleep; i++)
		if (p->sleeper[i].woken && !p->sleeper[i - 1].woken &&
		    p->sleeper[i].pool == p->sleeper[i - 1].pool)
			return "a sleeper was woken before an earlier one";
	if (p->asleep > SLEEPERS_MAX)
		return "there are too many sleepers";
	return check_cells(p);
}
