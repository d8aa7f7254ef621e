// SPDX-License-Identifier: MIT
/*
 * mempool_table.c - which pools there are: their records, and their clauses.
 *
 *     RAM     pool --handle--> record     host
 *                  <---link---
 *
 * Host pointers, which RAM cannot hold, stand in a record, and with them what
 * only the clauses count.  The record's number + 1 is the handle in RAM, so
 * that one look says of any pointer whether it is a pool: the handle there
 * leads to a record that leads back.  Free records are used again, the last
 * one first.  mempool_validate(), R.
 */
#include "mempool.h"
#include "owner.h"

/* --- records: which pools there are --------------------------------------- */

#define RECORDS_FIRST 64u

/* Any address: what is there may be poisoned. */
static UNSANITIZED u32 handle_in_ram(const struct mempool *pool)
{
	return pool->pool_data;
}

struct mempool_record *mempool_record(const struct machine *m,
				      const struct mempool *pool)
{
	size_t low_bytes = (size_t)m->view.low_pfns << PAGE_SHIFT;
	size_t at = (uintptr_t)pool - m->view.low;
	u32 handle;

	if (!m->pools.nr_pools || at > low_bytes - MEMPOOL_BYTES || at % 4)
		return NULL;
	handle = handle_in_ram(pool);
	if (!handle || handle > m->pools.nr ||
	    mempool_record_at(m, handle)->link != ptr_link(pool))
		return NULL;
	return mempool_record_at(m, handle);
}

static bool records_grow(struct mempool_table *t)
{
	u32 room = t->room ? 2 * t->room : RECORDS_FIRST;
	struct mempool_record *more = platform_alloc(room * sizeof(*more));

	if (!more)
		return false; /* unreachable: the host had memory for RAM */
	if (t->room)
		memcpy(more, t->record, t->nr * sizeof(*more));
	platform_free(t->record, t->room * sizeof(*more));
	t->record = more;
	t->room = room;
	return true;
}

u32 mempool_record_new(struct machine *m)
{
	struct mempool_table *t = &m->pools;
	u32 handle = t->free;

	if (handle) {
		t->free = mempool_record_at(m, handle)->next;
	} else {
		if (t->nr == t->room && !records_grow(t))
			return 0; /* unreachable: see there */
		handle = ++t->nr;
	}
	t->nr_pools++;
	return handle;
}

void mempool_record_free(struct machine *m, u32 handle)
{
	struct mempool_table *t = &m->pools;

	*mempool_record_at(m, handle) =
		(struct mempool_record){ .next = t->free };
	t->free = handle;
	t->nr_pools--;
}

/* --- looking -------------------------------------------------------------- */

const struct mempool *mempool_next(const struct machine *m, u32 *i)
{
	while (*i < m->pools.nr) {
		u32 link = m->pools.record[(*i)++].link;

		if (link)
			return link_ptr(m->base, link);
	}
	return NULL;
}

void mm_mempool_info(const struct machine *m, const struct mempool *pool,
		     struct mempool_info *out)
{
	*out = (struct mempool_info){ 0 };
	if (!mempool_record(m, pool))
		return; /* unreachable: programs look at pools alone */
	out->min_nr = pool->min_nr;
	out->curr_nr = pool->curr_nr;
	out->elements = mempool_elements(m, pool);
}

/* --- life ----------------------------------------------------------------- */

void mempools_power_off(struct machine *m)
{
	struct mempool_table *t = &m->pools;

	platform_free(t->record, t->room * sizeof(*t->record));
	*t = (struct mempool_table){ 0 };
}

/* Room for the first is made ahead: the next use finds what this one did. */
void mempools_reset(struct machine *m)
{
	struct mempool_table *t = &m->pools;

	if (t->room > RECORDS_FIRST)
		mempools_power_off(m);
	if (t->nr)
		memset(t->record, 0, t->nr * sizeof(*t->record));
	t->nr = 0;
	t->nr_pools = 0;
	t->free = 0;
	if (!t->room)
		records_grow(t); /* no memory: the next pool tries again */
}

void mempools_snapshot(struct machine *m)
{
	CHECK(m, !m->pools.nr_pools, "mempool: a pool at the snapshot");
	mempools_reset(m);
}

/* --- validating ----------------------------------------------------------- */

static UNSANITIZED const char *validate_reserve(const struct machine *m,
						const struct mempool *pool)
{
	const u32 *link = mempool_elements(m, pool);

	for (s32 i = 0; i < pool->curr_nr; i++)
		CLAUSE(link[i], "R3: no element of a reserve is NULL");
	return NULL;
}

static UNSANITIZED const char *validate_own(const struct machine *m,
					    const void *ptr)
{
	CLAUSE(owner_covers(m, ptr) && owner_has_own(m, ptr),
	       "R8: a pool and its array are the allocator's own");
	return NULL;
}

static UNSANITIZED const char *validate_pool(const struct machine *m,
					     const struct mempool *pool,
					     const struct mempool_record *r)
{
	u32 handle = (u32)(r - m->pools.record) + 1;
	u32 tasks = ptr_link(&pool->wait.task_list);
	const char *broken;

	CLAUSE(pool->pool_data == handle && pool->alloc == handle &&
		       pool->free == handle,
	       "R1: a pool and its record lead to each other");
	broken = validate_own(m, pool);
	if (!broken)
		broken = validate_own(m, mempool_elements(m, pool));
	CLAUSE(!broken, broken);
	CLAUSE(pool->curr_nr >= 0 && pool->curr_nr <= pool->min_nr,
	       "R2: a reserve has 0 to min_nr elements");
	CLAUSE(mempool_short(r, pool) <= r->unfilled,
	       "R4: a pool that is short has given elements away");
	CLAUSE(!pool->lock && !pool->wait.lock &&
		       pool->wait.task_list.next == tasks &&
		       pool->wait.task_list.prev == tasks,
	       "R5: nobody holds a lock, nobody hangs in the queue");
	return NULL;
}

/* Free records: as many as are no pool's. */
static UNSANITIZED const char *validate_free(const struct mempool_table *t)
{
	u32 nr = t->nr_pools, handle = t->free;

	for (; handle; handle = t->record[handle - 1].next) {
		CLAUSE(handle <= t->nr && !t->record[handle - 1].link &&
			       nr++ < t->nr,
		       "R6: a free record is no pool's");
	}
	CLAUSE(nr == t->nr, "R6: a record is a pool's or free");
	return NULL;
}

static UNSANITIZED bool is_queue_of_pool(const struct machine *m, u32 link)
{
	const struct mempool *pool;

	pool = container_of(link_ptr(m->base, link), struct mempool, wait);
	return mempool_record(m, pool);
}

static bool is_queue(const struct machine *m, u32 link)
{
	return link == ptr_link(&m->highmem.data->pkmap_map_wait) ||
	       is_queue_of_pool(m, link);
}

/* Pools and the kmap window are all that there is to sleep on. */
static UNSANITIZED const char *validate_sleepers(const struct machine *m)
{
	const struct sleeper *s;

	for (u32 i = 0; (s = wait_sleeper(m, i)); i++)
		CLAUSE(is_queue(m, s->queue) && is_queue(m, s->call),
		       "R7: who sleeps sleeps on a queue that exists");
	return NULL;
}

/*
 * R1  a pool and its record lead to each other
 * R2  0 <= curr_nr <= min_nr
 * R3  no element of a reserve is NULL
 * R4  the guarantee: curr_nr + outstanding >= min_nr, but for what a resize
 *     could not fill; outstanding is what mempool_alloc gave and
 *     mempool_free did not get back
 * R5  locks are free and the wait queue's list is empty
 * R6  each record is a pool's or on the list of free ones
 * R7  who sleeps sleeps on a queue that exists: a pool's, or kmap's
 * R8  a pool and its array are the allocator's own: in no caller's hands
 */
UNSANITIZED const char *mempool_validate(const struct machine *m,
					 enum validate_depth d)
{
	const char *broken = validate_free(&m->pools);

	for (u32 i = 0; !broken && i < m->pools.nr; i++) {
		const struct mempool_record *r = &m->pools.record[i];
		const struct mempool *pool = link_ptr(m->base, r->link);

		if (!r->link)
			continue;
		broken = validate_pool(m, pool, r);
		if (!broken && d == VALIDATE_FULL)
			broken = validate_reserve(m, pool);
	}
	return broken ? broken : validate_sleepers(m);
}
