// SPDX-License-Identifier: MIT
/*
 * minimize.c - greedy passes over a program, repeated until none of them
 * finds anything more.
 *
 *	tail -> lifetimes of slots -> groups -> single ops -> pairs -> merges
 *	     -> arguments -> attributes -> boot line	(and again)
 *	     -> slots renumbered r1, r2, ...
 *
 * Every edit is made on a copy (`trial`), which becomes the program if the
 * predicate still holds.  Each edit lowers a measure (the number of ops; the
 * rank of a value; the number of the profile), so that the passes end.
 * Programs are remembered by a hash: none is tried twice.
 *
 * minimize_check() is the same passes with nothing applied: the first edit
 * that holds is the answer.
 */
#include "minimize.h"
#include "minimize_state.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* Any two ops where the program is so short; else ops this near. */
#define PAIRS_ALL_OPS 64u
#define PAIRS_WINDOW 8u

static u64 program_hash(const struct program *p)
{
	u64 h = XXH3_64bits_withSeed(&p->profile, 1, p->nr);

	for (u32 i = 0; p->profile == PROFILE_FREE && i < p->boot.nr; i++) {
		const struct boot_word *w = &p->boot.word[i];
		u64 fields[3] = { w->kind | (u64)w->type << 8, w->start,
				  w->size };

		h = XXH3_64bits_withSeed(fields, sizeof(fields), h);
	}
	for (u32 i = 0; i < p->nr; i++) {
		const struct op *op = &p->op[i];
		u32 fields[3 + OP_ARGS_MAX] = {
			op->code | (u32)op->cpu << 8 | (u32)op->flags << 16 |
				(u32)op->fail_nth << 24,
			op->expect | (u32)op->expect_report << 8, op->out
		};

		memcpy(fields + 3, op->arg, sizeof(op->arg));
		h = XXH3_64bits_withSeed(fields, sizeof(fields), h);
	}
	return h ? h : 1;
}

static bool seen_grow(struct min *m)
{
	u32 room = m->room_seen ? 2 * m->room_seen : 1024;
	u64 *seen = calloc(room, sizeof(*seen));

	if (!seen)
		return false;
	for (u32 i = 0; i < m->room_seen; i++) {
		u32 at = (u32)m->seen[i] & (room - 1);

		if (!m->seen[i])
			continue;
		while (seen[at])
			at = (at + 1) & (room - 1);
		seen[at] = m->seen[i];
	}
	free(m->seen);
	m->seen = seen;
	m->room_seen = room;
	return true;
}

/* True if the hash is new; it is remembered then. */
static bool seen_add(struct min *m, u64 hash)
{
	u32 at;

	if (2 * m->nr_seen >= m->room_seen && !seen_grow(m)) {
		m->stop = true;
		return false;
	}
	at = (u32)hash & (m->room_seen - 1);
	while (m->seen[at]) {
		if (m->seen[at] == hash)
			return false;
		at = (at + 1) & (m->room_seen - 1);
	}
	m->seen[at] = hash;
	m->nr_seen++;
	return true;
}

bool min_trial_begin(struct min *m)
{
	if (!m->stop && !program_copy(&m->trial, m->p))
		m->stop = true;
	return !m->stop;
}

bool min_trial_end(struct min *m)
{
	struct program swap = *m->p;

	if (m->stop || !seen_add(m, program_hash(&m->trial)))
		return false;
	if (m->tries_max && m->tries >= m->tries_max) {
		m->stop = true;
		return false;
	}
	m->tries++;
	if (!m->holds(m->arg, &m->trial))
		return false;
	if (m->checking) {
		m->found = m->pass;
		m->stop = true;
		return true;
	}
	*m->p = m->trial;
	m->trial = swap;
	return true;
}

static bool try_without(struct min *m, u32 at, u32 n)
{
	if (!min_trial_begin(m))
		return false;
	program_remove(&m->trial, at, n);
	return min_trial_end(m);
}

/* The longest tail that can go, by halving steps. */
static bool pass_tail(struct min *m)
{
	bool any = false;

	m->pass = "its tail can go";
	for (u32 step = m->p->nr; step && !m->stop; step /= 2)
		while (step <= m->p->nr &&
		       try_without(m, m->p->nr - step, step))
			any = true;
	return any;
}

/*
 * Units: ops that are removed together.  `unit_room` ops have room; the
 * passes below number the units 0..nr-1 in the order of their first ops.
 */
static bool units_room(struct min *m)
{
	u32 *unit;

	if (m->p->nr <= m->room_units)
		return true;
	unit = realloc(m->unit, m->p->nr * sizeof(*unit));
	if (!unit) {
		m->stop = true;
		return false;
	}
	m->unit = unit;
	m->room_units = m->p->nr;
	return true;
}

u32 min_op_slot(const struct op *op)
{
	const struct op_info *info = &op_info[op->code];

	if (op->out != SLOT_NONE)
		return op->out;
	for (u32 i = 0; i < OP_ARGS_MAX && info->arg[i].kind != ARG_END; i++)
		if (arg_slot_kind(info->arg[i].kind) != RES_NONE)
			return op->arg[i];
	return SLOT_NONE;
}

u32 min_slots_used(const struct program *p)
{
	u32 nr = 0;

	for (u32 i = 0; i < p->nr; i++) {
		u32 slot = min_op_slot(&p->op[i]);

		if (slot != SLOT_NONE && slot < SLOTS_MAX && slot >= nr)
			nr = slot + 1;
	}
	return nr;
}

/*
 * A unit is a slot's lifetime: the op that fills it, and all that use it
 * until another op fills it.  With `whole`, it is all that any op ever does
 * with the slot.  Returns the number of units.
 */
static u32 units_by_slot(struct min *m, bool whole)
{
	u32 nr = 0, nr_slots = min_slots_used(m->p);
	u32 *current = calloc((size_t)nr_slots + 1, sizeof(*current));

	if (!current || !units_room(m)) {
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

static u32 units_by_op(struct min *m)
{
	if (!units_room(m))
		return 0;
	for (u32 i = 0; i < m->p->nr; i++)
		m->unit[i] = i;
	return m->p->nr;
}

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

/* Halving groups of units, from the last to the first. */
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

static bool pass_slots(struct min *m)
{
	bool any;

	m->pass = "the ops of a slot can go";
	any = remove_units(m, units_by_slot(m, true));
	if (!m->stop)
		any |= remove_units(m, units_by_slot(m, false));
	return any;
}

static bool pass_ops(struct min *m)
{
	m->pass = "an op can go";
	return remove_units(m, units_by_op(m));
}

static bool try_without_pair(struct min *m, u32 a, u32 b)
{
	if (!min_trial_begin(m))
		return false;
	program_remove(&m->trial, b, 1);
	program_remove(&m->trial, a, 1);
	return min_trial_end(m);
}

static bool pass_pairs(struct min *m)
{
	bool any = false;

	m->pass = "a pair of ops can go";
	for (u32 b = m->p->nr; b-- > 1 && !m->stop;) {
		u32 low = m->p->nr <= PAIRS_ALL_OPS || b < PAIRS_WINDOW
				  ? 0
				  : b - PAIRS_WINDOW;

		for (u32 a = b; a-- > low && !m->stop;)
			if (try_without_pair(m, a, b)) {
				any = true;
				b = m->p->nr < b ? m->p->nr : b - 1;
				break;
			}
	}
	return any;
}

/* Fewer ops first: simpler arguments often need more of them. */
static bool run_op_passes(struct min *m)
{
	bool any = false, again;

	do {
		again = pass_tail(m);
		again |= pass_slots(m);
		again |= pass_ops(m);
		again |= pass_pairs(m);
		again |= min_pass_merge(m);
		any |= again;
	} while (again && !m->stop);
	return any;
}

static void run_passes(struct min *m)
{
	bool any = true;

	seen_add(m, program_hash(m->p));
	while (any && !m->stop) {
		any = run_op_passes(m);
		any |= min_pass_pressure(m);
		any |= min_pass_args(m);
		any |= min_pass_attributes(m);
		any |= min_pass_boot(m);
	}
}

static void min_free(struct min *m)
{
	program_free(&m->trial);
	free(m->seen);
	free(m->unit);
}

u32 minimize(struct program *p, min_predicate holds, void *arg, u32 tries_max)
{
	struct min m = { .p = p, .holds = holds, .arg = arg };

	m.tries_max = tries_max;
	program_init(&m.trial);
	run_passes(&m);
	if (!m.stop)
		min_renumber(&m);
	min_free(&m);
	return m.tries;
}

bool minimize_check(const struct program *p, min_predicate holds, void *arg,
		    const char **why)
{
	struct program copy;
	struct min m = { .p = &copy, .holds = holds, .arg = arg };

	*why = NULL;
	program_init(&copy);
	program_init(&m.trial);
	m.checking = true;
	if (!program_copy(&copy, p)) {
		*why = "out of memory";
		return false;
	}
	run_passes(&m);
	*why = m.found;
	if (!m.found && m.stop)
		*why = "out of memory";
	min_free(&m);
	program_free(&copy);
	return !*why;
}
