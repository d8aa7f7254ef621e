// SPDX-License-Identifier: MIT
/*
 * minimize_bulk.c - the pass of the minimiser that lets a memory pool do what
 * many allocations and frees did.
 *
 *	r2 = kmem_cache_alloc r1		r9 = mempool_create r1 min_nr=3
 *	r3 = kmem_cache_alloc r1	->	mempool_destroy r9
 *	r4 = kmem_cache_alloc r1
 *	kmem_cache_free r1 r2	(r3, r4)
 *
 * What shows only when an array of objects runs full or empty needs some
 * hundred objects, and none of them in particular: a pool takes as many as it
 * is told to in one op, and gives them back in another.  Objects of one
 * source (a cache, or kmalloc of one size) are replaced, but for one or two
 * with which the finding may show itself.
 * And a cache that is one for its objects' size alone can be spared: kmalloc
 * and its pools have caches of all sizes.
 * The number of ops falls, so that this ends; the pool's size falls in the
 * pass over arguments.  Tested by tests/test_minimize.c.
 */
#include "minimize_state.h"

#include <string.h>

#define BULK_FROM 5u /* ops: what is shorter is short enough */

/* What the objects of a bulk have in common. */
struct source {
	u8 code;   /* kmem_cache_alloc, or one of the kmalloc family */
	u32 value; /* the cache's slot, or the size */
};

/* Objects that stay: what the last op is about, the last to be allocated. */
enum { KEEP_USED = 1, KEEP_LAST = 2, NR_KEEPS = 4 };

/* Where the pool is destroyed: where the first or last object was freed. */
enum giving_back { GIVE_NEVER, GIVE_FIRST, GIVE_LAST, NR_GIVINGS };

struct bulk {
	struct source source;
	u32 keep; /* KEEP_* */
	u32 nr;	  /* of elements; 0: as many as objects go */
	enum giving_back back;
};

static bool source_of(const struct op *op, struct source *s)
{
	s->code = op->code;
	s->value = op->arg[0];
	return op->code == OP_kmem_cache_alloc || op->code == OP_kmalloc ||
	       op->code == OP_kzalloc;
}

static bool same_source(const struct op *op, const struct source *s)
{
	return op->code == s->code && op->arg[0] == s->value;
}

static u32 count(const struct program *p, const struct source *s)
{
	u32 nr = 0;

	for (u32 i = 0; i < p->nr; i++)
		nr += same_source(&p->op[i], s);
	return nr;
}

static bool frees(const struct op *op)
{
	return op->code == OP_kmem_cache_free || op->code == OP_kfree;
}

static struct op pool_create(const struct bulk *b, const struct op *first,
			     u32 slot, u32 nr)
{
	bool slab = b->source.code == OP_kmem_cache_alloc;
	struct op op = op_default(slab ? OP_mempool_create
				       : OP_mempool_create_kmalloc);

	op.out = slot;
	op.cpu = first->cpu;
	op.arg[0] = b->nr ? b->nr : nr;
	op.arg[1] = b->source.value;
	return op;
}

static struct op pool_destroy(u32 slot, u8 cpu)
{
	struct op op = op_default(OP_mempool_destroy);

	op.arg[0] = slot;
	op.cpu = cpu;
	return op;
}

/* The last op that takes from the source, into `slot` if that is one. */
static u32 last_into(const struct program *p, const struct bulk *b, u32 slot)
{
	u32 i = p->nr;

	while (i-- && !(same_source(&p->op[i], &b->source) &&
			(slot == SLOT_NONE || p->op[i].out == slot)))
		;
	return i;
}

static u32 allocated_last(const struct program *p, const struct bulk *b)
{
	return last_into(p, b, SLOT_NONE);
}

static u32 used_last(const struct program *p, const struct bulk *b)
{
	return last_into(p, b, min_op_slot(&p->op[p->nr - 1]));
}

/*
 * m->unit marks what a bulk replaces: 1 an allocation, 2 a free, 3 what else
 * is done to such an object.  Returns the number of allocations.
 */
static u32 mark(struct min *m, const struct bulk *b)
{
	u32 last = b->keep & KEEP_LAST ? allocated_last(m->p, b) : m->p->nr;
	u32 used = b->keep & KEEP_USED ? used_last(m->p, b) : m->p->nr;
	u32 nr = 0;
	u32 *gone = m->unit + m->p->nr; /* of each slot: its object goes */

	memset(gone, 0, min_slots_used(m->p) * sizeof(*gone));
	for (u32 i = 0; i < m->p->nr; i++) {
		const struct op *op = &m->p->op[i];
		u32 slot = min_op_slot(op);

		m->unit[i] = 0;
		if (same_source(op, &b->source)) {
			gone[slot] = i != last && i != used;
			m->unit[i] = gone[slot];
			nr += gone[slot];
		} else if (op->out != SLOT_NONE) {
			gone[slot] = 0;
		} else if (slot != SLOT_NONE && gone[slot]) {
			m->unit[i] = frees(op) ? 2 : 3;
		}
	}
	return nr;
}

/* Where the pool is given back: in the place of which op. */
static u32 place_of_destroy(const struct min *m, enum giving_back back)
{
	u32 at = m->p->nr;

	for (u32 i = 0; i < m->p->nr && back != GIVE_NEVER; i++)
		if (m->unit[i] == 2 && (back == GIVE_LAST || at == m->p->nr))
			at = i;
	return at;
}

static bool try_bulk(struct min *m, const struct bulk *b)
{
	u32 slot = min_slots_used(m->p), kept = 0, nr, destroy;
	bool created = false;

	if (!min_trial_begin(m))
		return false;
	nr = mark(m, b);
	destroy = place_of_destroy(m, b->back);
	for (u32 i = 0; i < m->p->nr; i++) {
		const struct op *op = &m->p->op[i];

		if (!m->unit[i]) {
			m->trial.op[kept++] = *op;
		} else if (m->unit[i] == 1 && !created) {
			m->trial.op[kept++] = pool_create(b, op, slot, nr);
			created = true;
		} else if (i == destroy) {
			m->trial.op[kept++] = pool_destroy(slot, op->cpu);
		}
	}
	if (kept >= m->p->nr)
		return false;
	m->trial.nr = kept;
	return min_trial_end(m);
}

static bool bulk_of(struct min *m, const struct source *s)
{
	static const u32 nr[] = { 0, 4, 10, 26, 34, 64, 130, 260, 600 };
	struct bulk b = { .source = *s };

	for (b.keep = 0; b.keep < NR_KEEPS; b.keep++)
		for (u32 i = 0; i < sizeof(nr) / sizeof(nr[0]); i++)
			for (u32 back = NR_GIVINGS; back-- && !m->stop;) {
				b.back = (enum giving_back)back;
				b.nr = nr[i];
				if (try_bulk(m, &b))
					return true;
			}
	return false;
}

/* One number for each op, and one for each slot. */
static bool room_for_marks(struct min *m)
{
	u32 need = m->p->nr + min_slots_used(m->p);

	return min_units_room(m, need);
}

bool min_pass_bulk(struct min *m)
{
	bool any = false;
	struct source s;

	m->pass = "a pool can do the work of several";
	if (m->p->nr < BULK_FROM)
		return false;
	for (u32 i = 0; i < m->p->nr && !m->stop; i++)
		while (!m->stop && i < m->p->nr &&
		       source_of(&m->p->op[i], &s) && count(m->p, &s) > 1 &&
		       room_for_marks(m) && bulk_of(m, &s))
			any = true;
	return any;
}

/* --- kmalloc for a cache -------------------------------------------------- */

/* The op with kmalloc in the cache's place; false: nothing takes its place. */
static bool without_cache(struct op *op, u32 size)
{
	struct op was = *op;

	switch (op->code) {
	case OP_kmem_cache_alloc:
		op->code = OP_kmalloc;
		op->arg[0] = size;
		return true;
	case OP_mempool_create:
		op->code = OP_mempool_create_kmalloc;
		op->arg[1] = size;
		return true;
	case OP_kmem_cache_free:
	case OP_kmem_cache_free_addr:
		op->code = op->code == OP_kmem_cache_free ? OP_kfree
							  : OP_kfree_addr;
		op->arg[0] = was.arg[1];
		op->arg[1] = 0;
		return true;
	default:
		return false;
	}
}

static bool is_about(const struct op *op, u32 cache)
{
	const struct op_info *info = &op_info[op->code];
	int at = op_arg_of_kind(info, ARG_CACHE);

	if (at < 0)
		at = op_arg_of_kind(info, ARG_CACHE_FREED);
	return at >= 0 && op->arg[at] == cache;
}

static bool try_without_cache(struct min *m, u32 at)
{
	u32 cache = m->p->op[at].out, size = m->p->op[at].arg[1];
	u32 kept = at;

	if (m->p->op[at].code != OP_kmem_cache_create || !min_trial_begin(m))
		return false;
	for (u32 i = at + 1; i < m->p->nr; i++) {
		struct op op = m->p->op[i];

		if (!is_about(&op, cache) || without_cache(&op, size))
			m->trial.op[kept++] = op;
	}
	m->trial.nr = kept;
	return min_trial_end(m);
}

bool min_pass_kmalloc(struct min *m)
{
	return min_each_op(m, "kmalloc can do the work of a cache",
			   try_without_cache);
}
