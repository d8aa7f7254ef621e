// SPDX-License-Identifier: MIT
/*
 * mempool.c - reserves of elements for those who must not fail [mm/mempool.c].
 *
 *     mempool_alloc   the pool's allocator -> the reserve -> sleep
 *     mempool_free    the reserve, if it is short -> the pool's free function
 *
 * A pool's 40 bytes and the array of its elements are allocator's objects in
 * simulated RAM; a record stands beside it (mempool_table.c).
 *
 * Elements are the caller's: what is in a reserve is neither read nor known
 * to be alive, as in Linux.  Left out: locks, barriers.  mempool_validate(), R.
 */
#include "mempool.h"
#include "current.h"
#include "slab.h"

#define ENOMEM 12
#define EINVAL 22

/* --- the reserve ---------------------------------------------------------- */

/* False: it is full. */
static force_inline bool add_element(struct machine *m, struct mempool *pool,
				     const void *element)
{
	if (pool->curr_nr >= pool->min_nr)
		return false;
	mempool_elements(m, pool)[pool->curr_nr++] = ptr_link(element);
	return true;
}

/* Of a reserve that is not empty. */
static force_inline void *remove_element(struct machine *m,
					 struct mempool *pool)
{
	return link_ptr(m->base, mempool_elements(m, pool)[--pool->curr_nr]);
}

static bool in_reserve(const struct machine *m, const struct mempool *pool,
		       const void *element)
{
	const u32 *link = mempool_elements(m, pool);

	for (s32 i = 0; i < pool->curr_nr; i++)
		if (link[i] == ptr_link(element))
			return true;
	return false;
}

/* RAM has 32 bits for an element: one outside the window does not fit. */
static force_inline bool has_link(const struct machine *m, const void *element)
{
	return element == link_ptr(m->base, ptr_link(element));
}

/* Of one that is a pool. */
static force_inline struct mempool_record *record_of(const struct machine *m,
						     const struct mempool *pool)
{
	struct mempool_record *r = mempool_record(m, pool);

	CHECK(m, r, "mempool: a pool has lost its record");
	return r;
}

static void settle(const struct machine *m, const struct mempool *pool)
{
	struct mempool_record *r = record_of(m, pool);
	u32 lack = mempool_short(r, pool);

	if (r->unfilled > lack)
		r->unfilled = lack;
}

/* An element is back; it may be one that the pool never gave. */
static void element_returned(const struct machine *m,
			     const struct mempool *pool)
{
	struct mempool_record *r = record_of(m, pool);

	if (r->outstanding)
		r->outstanding--;
	settle(m, pool);
}

/* --- the pool's own functions --------------------------------------------- */

/* What earlier calls of the task drew is not the callback's. */
struct drawn {
	u8 report;
	bool oom;
};

static struct drawn drawn_begin(struct machine *m)
{
	struct drawn before = { m->faults.report, m->oom };

	m->faults.report = REPORT_none;
	m->oom = false;
	return before;
}

/* True if there was a report, or oom, since begin. */
static bool drawn_end(struct machine *m, struct drawn before)
{
	bool any = m->faults.report != REPORT_none || m->oom;

	if (before.report != REPORT_none)
		m->faults.report = before.report;
	m->oom |= before.oom;
	return any;
}

/* NULL: there is none; *ended: and a report, oom or sleep ends the call. */
static void *ask(struct machine *m, const struct mempool *pool, gfp_t gfp,
		 bool *ended)
{
	const struct mempool_record *r = record_of(m, pool);
	struct drawn before = drawn_begin(m);
	void *element = r->alloc(gfp, r->pool_data);

	if (element && !has_link(m, element)) {
		/* unreachable: programs have elements of the machine's only */
		report(&m->faults, REPORT_bad_address);
		element = NULL;
	}
	*ended = drawn_end(m, before) || m->blocked;
	return element;
}

/* False: the free function drew a report, the element is where it was. */
static bool give_back(struct machine *m, const struct mempool *pool,
		      void *element)
{
	const struct mempool_record *r = record_of(m, pool);
	struct drawn before = drawn_begin(m);

	r->free(element, r->pool_data);
	return !drawn_end(m, before);
}

/* Until the reserve is full, or the allocator has no more: then false. */
static bool fill(struct machine *m, struct mempool *pool, gfp_t gfp)
{
	/* nobody can be parked half-way */
	struct waiter was = wait_begin(m, NULL, 0, 0, 0);
	void *element = NULL;
	bool ended;

	while (pool->curr_nr < pool->min_nr) {
		element = ask(m, pool, gfp, &ended);
		if (!element)
			break;
		if (!add_element(m, pool, element))
			/* unreachable: no allocator of a program's fills it */
			give_back(m, pool, element);
	}
	wait_end(m, was);
	return pool->curr_nr == pool->min_nr;
}

/* Surplus elements go, the last first. */
static void empty(struct machine *m, struct mempool *pool, s32 down_to)
{
	while (pool->curr_nr > down_to)
		give_back(m, pool, remove_element(m, pool));
}

/* --- making, resizing, destroying ----------------------------------------- */

static bool pool_bad(struct machine *m, const struct mempool *pool)
{
	return misused(m, !mempool_record(m, pool), REPORT_mempool_bad);
}

/* 4 * nr bytes, NULL if they cannot be had or do not fit into 32 bits. */
static u32 *array_new(struct machine *m, s32 nr, gfp_t gfp)
{
	u64 bytes = (u64)nr * sizeof(u32);

	return bytes <= KMALLOC_MAX ? kmalloc_own(m, (u32)bytes, gfp) : NULL;
}

static void pool_free(struct machine *m, struct mempool *pool)
{
	empty(m, pool, 0);
	kfree_own(m, mempool_elements(m, pool));
	mempool_record_free(m, pool->pool_data);
	kfree_own(m, pool);
}

/* Its two pieces of memory, or NULL. */
static struct mempool *pool_new(struct machine *m, s32 min_nr, u32 handle)
{
	struct mempool *pool = kmalloc_own(m, MEMPOOL_BYTES, GFP_KERNEL);
	u32 *elements = pool ? array_new(m, min_nr, GFP_KERNEL) : NULL;

	if (pool && !elements)
		kfree_own(m, pool);
	if (!elements)
		return NULL;
	*pool = (struct mempool){
		.min_nr = min_nr,
		.elements = ptr_link(elements),
		.pool_data = handle,
		.alloc = handle,
		.free = handle,
	};
	wait_queue_init(&pool->wait);
	return pool;
}

struct mempool *mm_mempool_create(struct machine *m, s32 min_nr,
				  mempool_alloc_t *alloc, mempool_free_t *free,
				  void *pool_data)
{
	struct mempool *pool;
	u32 handle;

	if (current_may_not_sleep(m, GFP_KERNEL) ||
	    misused(m, min_nr < 0, REPORT_mempool_nr))
		return NULL;
	handle = mempool_record_new(m);
	if (!handle)
		return NULL; /* unreachable: the host has memory */
	pool = pool_new(m, min_nr, handle);
	if (!pool) {
		mempool_record_free(m, handle);
		return NULL;
	}
	*mempool_record_at(m, handle) = (struct mempool_record){
		.link = ptr_link(pool),
		.pool_data = pool_data,
		.alloc = alloc,
		.free = free,
	};
	if (fill(m, pool, GFP_KERNEL))
		return pool;
	pool_free(m, pool);
	return NULL;
}

static int grow(struct machine *m, struct mempool *pool, s32 min_nr, gfp_t gfp)
{
	u32 *old = mempool_elements(m, pool);
	u32 *elements = array_new(m, min_nr, gfp);
	struct mempool_record *r;

	if (!elements)
		return -ENOMEM;
	memcpy(elements, old, (size_t)pool->curr_nr * sizeof(*old));
	pool->elements = ptr_link(elements);
	kfree_own(m, old);
	pool->min_nr = min_nr;
	fill(m, pool, gfp);
	r = record_of(m, pool);
	r->unfilled = mempool_short(r, pool);
	return 0;
}

int mm_mempool_resize(struct machine *m, struct mempool *pool, s32 new_min_nr,
		      gfp_t gfp)
{
	if (pool_bad(m, pool) || current_may_not_sleep(m, gfp) ||
	    misused(m, new_min_nr <= 0, REPORT_mempool_nr))
		return -EINVAL;
	if (new_min_nr > pool->min_nr)
		return grow(m, pool, new_min_nr, gfp);
	empty(m, pool, new_min_nr);
	pool->min_nr = new_min_nr;
	settle(m, pool);
	return 0;
}

void mm_mempool_destroy(struct machine *m, struct mempool *pool)
{
	if (pool_bad(m, pool) ||
	    misused(m, waitqueue_active(m, &pool->wait),
		    REPORT_mempool_waited) ||
	    misused(m, pool->curr_nr != pool->min_nr, REPORT_mempool_short))
		return;
	pool_free(m, pool);
}

/* --- taking and giving back ----------------------------------------------- */

/* One round of mempool_alloc's loop: the allocator is asked with `now`. */
static void *attempt(struct machine *m, struct mempool *pool, gfp_t now,
		     gfp_t gfp, u32 ticket)
{
	struct waiter was = wait_begin(m, &pool->wait, gfp, ticket, 0);
	bool ended;
	void *element = ask(m, pool, now, &ended);

	if (!element && !ended && pool->curr_nr)
		element = remove_element(m, pool);
	if (element)
		record_of(m, pool)->outstanding++;
	else if (!ended && gfp & __GFP_WAIT)
		wait_sleep(m, &pool->wait);
	wait_end(m, was);
	return element;
}

void *mm_mempool_alloc(struct machine *m, struct mempool *pool, gfp_t gfp)
{
	if (pool_bad(m, pool) || current_may_not_sleep(m, gfp))
		return NULL;
	gfp |= __GFP_NOMEMALLOC | __GFP_NORETRY | __GFP_NOWARN;
	return attempt(m, pool, gfp & ~(__GFP_WAIT | __GFP_IO), gfp, 0);
}

void *mm_mempool_resume(struct machine *m, u32 ticket)
{
	const struct task was = current_resume(m);
	struct mempool *pool;
	void *element = NULL;

	if (!current_may_not_sleep(m, __GFP_WAIT)) {
		struct sleeper s = wait_go_on(m, ticket);

		pool = container_of(link_ptr(m->base, s.call), struct mempool,
				    wait);
		element = attempt(m, pool, s.gfp, s.gfp, ticket);
	}
	current_change(m, was);
	return element;
}

void mm_mempool_free(struct machine *m, struct mempool *pool, void *element)
{
	bool is_short;

	if (!ptr_link(element) || pool_bad(m, pool) ||
	    misused(m, in_reserve(m, pool, element), REPORT_mempool_element))
		return;
	is_short = pool->curr_nr < pool->min_nr;
	if (misused(m, is_short && !has_link(m, element), REPORT_bad_address))
		return; /* unreachable: as in ask() */
	if (!add_element(m, pool, element)) {
		if (give_back(m, pool, element))
			element_returned(m, pool);
		return;
	}
	element_returned(m, pool);
	wait_wake_all(m, &pool->wait);
}
