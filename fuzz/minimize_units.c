// SPDX-License-Identifier: MIT
/*
 * minimize_units.c - the passes of the minimiser that remove ops which
 * belong together.
 *
 *	r1 = kmem_cache_create		a family: what is linked by slots
 *	r2 = kmem_cache_alloc r1	| a lifetime: r2's
 *	kmem_cache_free r1 r2		|
 *	kmem_cache_destroy r1
 *
 * A unit is a set of ops that go at once: all that any op ever does with a
 * slot, a family, a lifetime, or one op.  Units are numbered in the order of
 * their first ops, and removed in halving groups, from the last to the first.
 * Tested by tests/test_minimize.c.
 */
#include "minimize_state.h"

#include <stdlib.h>

bool min_units_room(struct min *m, u32 nr)
{
	u32 *unit;

	if (nr <= m->room_units)
		return true;
	unit = realloc(m->unit, nr * sizeof(*unit));
	if (!unit) {
		m->stop = true;
		return false;
	}
	m->unit = unit;
	m->room_units = nr;
	return true;
}

/* --- slots ---------------------------------------------------------------- */

static bool is_slot(const struct op_arg *a)
{
	return arg_slot_kind((enum arg_kind)a->kind) != RES_NONE;
}

u32 min_op_slots(const struct op *op, u32 slot[OP_ARGS_MAX + 1])
{
	const struct op_info *info = &op_info[op->code];
	u32 nr = 0;

	for (u32 i = 0; i < OP_ARGS_MAX && info->arg[i].kind != ARG_END; i++)
		if (is_slot(&info->arg[i]))
			slot[nr++] = op->arg[i];
	if (op->out != SLOT_NONE)
		slot[nr++] = op->out;
	return nr;
}

bool min_uses_slots(const struct op *op)
{
	u32 slot[OP_ARGS_MAX + 1];

	return min_op_slots(op, slot) > (op->out != SLOT_NONE);
}

u32 min_op_slot(const struct op *op)
{
	u32 slot[OP_ARGS_MAX + 1], nr = min_op_slots(op, slot);

	return nr ? slot[nr - 1] : SLOT_NONE;
}

u32 min_slots_used(const struct program *p)
{
	u32 slot[OP_ARGS_MAX + 1], used = 0;

	for (u32 i = 0; i < p->nr; i++)
		for (u32 k = min_op_slots(&p->op[i], slot); k--;)
			if (slot[k] < SLOTS_MAX && slot[k] >= used)
				used = slot[k] + 1;
	return used;
}

/* --- units ---------------------------------------------------------------- */

/*
 * A unit is a slot's lifetime: the op that fills it, and all that are about
 * it until another op fills it.  With `whole`, it is all that any op ever
 * does with the slot.  Returns the number of units.
 */
static u32 units_by_slot(struct min *m, bool whole)
{
	u32 nr = 0, nr_slots = min_slots_used(m->p);
	u32 *current = calloc((size_t)nr_slots + 1, sizeof(*current));

	if (!current || !min_units_room(m, m->p->nr)) {
		m->stop = true;
		free(current);
		return 0;
	}
	for (u32 i = 0; i < m->p->nr; i++) {
		const struct op *op = &m->p->op[i];
		u32 slot = min_op_slot(op);

		if (slot >= nr_slots) {
			m->unit[i] = nr++;
			continue;
		}
		if (!current[slot] || (!whole && op->out == slot))
			current[slot] = ++nr;
		m->unit[i] = current[slot] - 1;
	}
	free(current);
	return nr;
}

/* Who stands for a family: the first op of it, by way of others. */
static u32 head_of(const u32 *unit, u32 i)
{
	while (unit[i] != i)
		i = unit[i];
	return i;
}

/* Joins op i with the op that gave slot its present lifetime. */
static void join(struct min *m, u32 *giver, u32 slot, u32 i)
{
	u32 a, b;

	if (!giver[slot]) {
		giver[slot] = i + 1;
		return;
	}
	a = head_of(m->unit, giver[slot] - 1);
	b = head_of(m->unit, i);
	m->unit[a > b ? a : b] = a > b ? b : a;
}

/* A unit is a family: the lifetimes that ops link. */
static u32 units_by_family(struct min *m)
{
	u32 slot[OP_ARGS_MAX + 1], nr = 0, nr_slots = min_slots_used(m->p);
	u32 *giver = calloc((size_t)nr_slots + 1, sizeof(*giver));

	if (!giver || !min_units_room(m, m->p->nr)) {
		m->stop = true;
		free(giver);
		return 0;
	}
	for (u32 i = 0; i < m->p->nr; i++) {
		const struct op *op = &m->p->op[i];
		u32 n = min_op_slots(op, slot);

		m->unit[i] = i;
		for (u32 k = 0; k < n; k++) {
			if (slot[k] >= nr_slots)
				continue;
			if (op->out != SLOT_NONE && k == n - 1)
				giver[slot[k]] = 0;
			join(m, giver, slot[k], i);
		}
	}
	/* a head comes before its family: its number is final by then */
	for (u32 i = 0; i < m->p->nr; i++)
		m->unit[i] = m->unit[i] == i ? nr++ : m->unit[m->unit[i]];
	free(giver);
	return nr;
}

static u32 units_by_op(struct min *m)
{
	if (!min_units_room(m, m->p->nr))
		return 0;
	for (u32 i = 0; i < m->p->nr; i++)
		m->unit[i] = i;
	return m->p->nr;
}

/* --- removing ------------------------------------------------------------- */

/* Tries without the units from..to-1; renumbers nothing. */
static bool try_without_units(struct min *m, u32 from, u32 to)
{
	struct program *t = &m->trial;
	u32 kept = 0;

	if (!min_trial_begin(m))
		return false;
	for (u32 i = 0; i < t->nr; i++)
		if (m->unit[i] < from || m->unit[i] >= to)
			t->op[kept++] = t->op[i];
	if (kept == t->nr)
		return false;
	t->nr = kept;
	if (!min_trial_end(m) || m->checking)
		return m->stop;
	kept = 0;
	for (u32 i = 0; i < m->trial.nr; i++)
		if (m->unit[i] < from || m->unit[i] >= to)
			m->unit[kept++] = m->unit[i];
	return true;
}

static bool remove_units(struct min *m, u32 nr)
{
	bool any = false;

	for (u32 size = nr / 2 ? nr / 2 : nr; size && !m->stop; size /= 2)
		for (u32 to = nr; to && !m->stop;) {
			u32 from = to > size ? to - size : 0;

			if (try_without_units(m, from, to))
				any = true;
			to = from;
		}
	return any;
}

bool min_pass_slots(struct min *m)
{
	bool any;

	m->pass = "the ops of a slot can go";
	any = remove_units(m, units_by_slot(m, true));
	if (!m->stop)
		any |= remove_units(m, units_by_family(m));
	if (!m->stop)
		any |= remove_units(m, units_by_slot(m, false));
	return any;
}

bool min_pass_ops(struct min *m)
{
	m->pass = "an op can go";
	return remove_units(m, units_by_op(m));
}
