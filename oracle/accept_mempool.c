// SPDX-License-Identifier: MIT
/*
 * accept_mempool.c - memory pools: what each call must come to.
 *
 *	create	kmalloc 40, kmalloc 4 * min_nr, min_nr elements; or all back
 *	alloc	the allocator, without __GFP_WAIT and __GFP_IO; the reserve's
 *		last; asleep, if it may wait
 *	resume	the allocator with the full mask; the reserve's last; asleep
 *	free	into the reserve if that is short, waking all; else the free
 *		function
 *	resize	down: elements back, last first; up: a new array, elements
 *
 * A pool's own memory is OBJECT_OWN and is not announced; elements are had
 * and given back by calls like any caller's.  [mm/mempool.c]
 */
#include "judge.h"

#define ENOMEM 12
#define EINVAL 22 /* with a report */

/* --- the pool's own memory ---------------------------------------------- */

/* 4 * nr bytes; *address stays 0 if that is no 32-bit number. */
static bool own_array(struct judge *j, s32 nr, gfp_t gfp, u32 *address)
{
	*address = 0;
	return (u32)nr > UINT32_MAX / 4 ||
	       own_kmalloc(j, 4 * (u32)nr, gfp, address);
}

/* --- elements ----------------------------------------------------------- */

static bool element_alloc(struct judge *j, const struct pool *pool, gfp_t gfp,
			  u32 *element)
{
	*element = 0;
	if (pool->kind == POOL_SLAB)
		return call_cache_alloc(j, pool->value, gfp, element);
	return call_kmalloc(j, pool->value, gfp, element);
}

static bool element_free(struct judge *j, const struct pool *pool, u32 element)
{
	if (pool->kind == POOL_SLAB)
		return call_cache_free(j, pool->value, element);
	return call_kfree(j, element);
}

/* Until the reserve is full or the allocator has none. */
static bool fill(struct judge *j, struct pool *pool, gfp_t gfp)
{
	while (pool->curr_nr < pool->min_nr) {
		u32 element;

		if (!element_alloc(j, pool, gfp, &element))
			return false;
		if (!element)
			break;
		pool_push(&j->o->pools, pool, element);
	}
	return true;
}

/* Last first, down to nr of them. */
static bool empty(struct judge *j, struct pool *pool, s32 nr)
{
	while (pool->curr_nr > nr)
		if (!element_free(j, pool, pool_pop(&j->o->pools, pool)))
			return false;
	return true;
}

/* [free_pool] */
static bool dissolve(struct judge *j, struct pool *pool)
{
	struct pool was = *pool;

	if (!empty(j, pool, 0))
		return false;
	pools_remove(&j->o->pools, pool);
	return own_free(j, was.array) && own_free(j, was.addr);
}

/* What the guarantee is short of: elements that a growth could not get. */
static void settle(struct pool *pool)
{
	int64_t has = (int64_t)pool->curr_nr + pool->outstanding;

	pool->unfilled = has < pool->min_nr ? (u32)(pool->min_nr - has) : 0;
}

/* --- creating ----------------------------------------------------------- */

static bool no_room(struct judge *j)
{
	return diverge(j->d, RULE_N1, "memory for the model", true, false);
}

static bool create(struct judge *j, struct pool pool, u32 *addr)
{
	struct pools *p = &j->o->pools;
	struct pool *new;

	if (!own_kmalloc(j, MEMPOOL_BYTES, GFP_KERNEL, &pool.addr))
		return false;
	if (!pool.addr)
		return true;
	if (!own_array(j, pool.min_nr, GFP_KERNEL, &pool.array))
		return false;
	if (!pool.array)
		return own_free(j, pool.addr);
	new = pools_add(p, &pool);
	if (!new)
		return no_room(j);
	if (!fill(j, new, GFP_KERNEL))
		return false;
	if (new->curr_nr < new->min_nr)
		return dissolve(j, new);
	*addr = pool.addr;
	return true;
}

static bool may_not_sleep(const struct judge *j)
{
	return j->flags & (TASK_ATOMIC | TASK_IRQ);
}

bool model_mempool_create(struct model *o, const struct outcome *out,
			  s32 min_nr, enum pool_kind kind, u32 value, u32 got,
			  struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	struct pool pool = { .min_nr = min_nr, .kind = kind, .value = value };
	u32 addr = 0;

	if (may_not_sleep(&j))
		return judge_report(&j, REPORT_sleep_in_atomic, !got);
	if (min_nr < 0)
		return judge_report(&j, REPORT_mempool_nr, !got);
	return create(&j, pool, &addr) && judge_end(&j) &&
	       must(o, d, RULE_N1, "pool", addr, got);
}

/* --- allocating --------------------------------------------------------- */

struct handed {
	u32 element, ticket; /* one or none of them */
	bool fresh;	     /* not from the reserve */
};

/* `ticket` is for who must sleep. */
static bool hand_out(struct judge *j, struct pool *pool, gfp_t first,
		     gfp_t full, u32 ticket, struct handed *h)
{
	struct pools *p = &j->o->pools;

	*h = (struct handed){ .fresh = true };
	if (!element_alloc(j, pool, first, &h->element))
		return false;
	if (!h->element && (j->report || j->oom))
		return true;
	if (!h->element && pool->curr_nr) {
		h->element = pool_pop(p, pool);
		h->fresh = false;
	}
	if (h->element) {
		p->dirty = true;
		pool->outstanding++;
	} else if (full & __GFP_WAIT) {
		if (p->asleep == SLEEPERS_MAX) {
			j->oom = true;
			return true;
		}
		if (ticket > p->ticket)
			p->ticket = ticket;
		pools_sleep(p, pool, ticket, full);
		h->ticket = ticket;
	}
	return true;
}

/* A fresh element is painted; one of the reserve bears what it bore. */
static bool judge_element(struct judge *j, u32 element, bool fresh)
{
	struct place p;

	if (!element || !place_of(j->o, element, &p) ||
	    p.object->is != OBJECT_LIVE)
		return true;
	return fresh ? object_obtained(j, &p, false) : object_kept(j, &p);
}

static bool judge_handed(struct judge *j, const struct handed *h, u32 got)
{
	return judge_end(j) &&
	       must(j->o, j->d, RULE_N3, "blocked", h->ticket,
		    j->out->blocked) &&
	       must(j->o, j->d, RULE_N2, "element", h->element, got) &&
	       judge_element(j, h->element, h->fresh);
}

bool model_mempool_alloc(struct model *o, const struct outcome *out, u32 pool,
			 gfp_t gfp, u32 got, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	struct pool *p = pools_find(&o->pools, pool);
	struct handed h;
	gfp_t full = gfp | __GFP_NOMEMALLOC | __GFP_NORETRY | __GFP_NOWARN;

	if (!p)
		return judge_report(&j, REPORT_mempool_bad, !got);
	if ((gfp & __GFP_WAIT) && may_not_sleep(&j))
		return judge_report(&j, REPORT_sleep_in_atomic, !got);
	return hand_out(&j, p, full & ~(__GFP_WAIT | __GFP_IO), full,
			o->pools.ticket + 1, &h) &&
	       judge_handed(&j, &h, got);
}

bool model_mempool_resume(struct model *o, const struct outcome *out,
			  u32 ticket, u32 got, struct divergence *d)
{
	struct judge j = judge_resume(o, out, d);
	struct sleeper *s = pools_sleeper(&o->pools, ticket);
	struct sleeper was;
	struct pool *p;
	struct handed h;

	rule_hit(o, RULE_N4);
	if (!s || !s->woken || !s->pool)
		return diverge(d, RULE_N4, "ticket", pools_woken(&o->pools),
			       ticket);
	was = *s;
	p = pools_find(&o->pools, was.pool);
	pools_rise(&o->pools, s);
	return hand_out(&j, p, was.gfp, was.gfp, ticket, &h) &&
	       judge_handed(&j, &h, got);
}

bool model_check_woken(struct model *o, u32 ticket, struct divergence *d)
{
	return must(o, d, RULE_N4, "woken", pools_woken(&o->pools), ticket);
}

/* --- giving back -------------------------------------------------------- */

static bool give_back(struct judge *j, struct pool *pool, u32 element)
{
	struct pools *p = &j->o->pools;

	if (pool->curr_nr >= pool->min_nr) {
		if (!element_free(j, pool, element))
			return false;
		if (!j->report && pool->outstanding) {
			p->dirty = true;
			pool->outstanding--;
		}
		return true;
	}
	pool_push(p, pool, element);
	if (pool->outstanding)
		pool->outstanding--;
	settle(pool);
	pools_wake(p, pool);
	return true;
}

bool model_mempool_free(struct model *o, const struct outcome *out, u32 pool,
			u32 element, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	struct pool *p = pools_find(&o->pools, pool);

	if (!element)
		return judge_end(&j);
	if (!p)
		return judge_report(&j, REPORT_mempool_bad, true);
	if (pool_has(&o->pools, p, element))
		return judge_report(&j, REPORT_mempool_element, true);
	if (p->curr_nr < p->min_nr && !is_direct(o, element))
		return judge_report(&j, REPORT_bad_address, true);
	return give_back(&j, p, element) && judge_end(&j);
}

/* --- resizing, destroying ----------------------------------------------- */

static bool grow(struct judge *j, struct pool *pool, s32 nr, gfp_t gfp,
		 int *answer)
{
	u32 array, old = pool->array;

	if (!own_array(j, nr, gfp, &array))
		return false;
	if (!array) {
		*answer = -ENOMEM;
		return true;
	}
	if (!pool_grow(&j->o->pools, pool, array, nr))
		return no_room(j);
	if (!own_free(j, old) || !fill(j, pool, gfp))
		return false;
	settle(pool);
	return true;
}

static bool shrink(struct judge *j, struct pool *pool, s32 nr)
{
	if (!empty(j, pool, nr))
		return false;
	j->o->pools.dirty = true;
	pool->min_nr = nr;
	settle(pool);
	return true;
}

static bool resize(struct judge *j, struct pool *pool, s32 nr, gfp_t gfp,
		   int *answer)
{
	if (nr > pool->min_nr)
		return grow(j, pool, nr, gfp, answer);
	return nr == pool->min_nr || shrink(j, pool, nr);
}

bool model_mempool_resize(struct model *o, const struct outcome *out, u32 pool,
			  s32 new_min_nr, gfp_t gfp, int got,
			  struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	struct pool *p = pools_find(&o->pools, pool);
	int answer = 0;

	if (!p)
		return judge_report(&j, REPORT_mempool_bad, got == -EINVAL);
	if ((gfp & __GFP_WAIT) && may_not_sleep(&j))
		return judge_report(&j, REPORT_sleep_in_atomic, got == -EINVAL);
	if (new_min_nr <= 0)
		return judge_report(&j, REPORT_mempool_nr, got == -EINVAL);
	return resize(&j, p, new_min_nr, gfp, &answer) && judge_end(&j) &&
	       must(o, d, RULE_N5, "answer", (u64)answer, (u64)got);
}

bool model_mempool_destroy(struct model *o, const struct outcome *out, u32 pool,
			   struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	struct pool *p = pools_find(&o->pools, pool);

	if (!p)
		return judge_report(&j, REPORT_mempool_bad, true);
	if (p->sleepers)
		return judge_report(&j, REPORT_mempool_waited, true);
	if (p->curr_nr != p->min_nr)
		return judge_report(&j, REPORT_mempool_short, true);
	return dissolve(&j, p) && judge_end(&j);
}
