// SPDX-License-Identifier: MIT
/*
 * minimize.c - greedy passes over a program, repeated until none of them
 * finds anything more.
 *
 *	tail -> families and lifetimes of slots -> groups -> single ops
 *	     -> pairs -> one slot for two -> merges
 *	     -> pools for many objects			(and again)
 *	     -> the last op alone, or under a raised watermark
 *	     -> arguments -> attributes -> boot line	(and again)
 *	     -> the other profiles, where fewer ops do	(and again)
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
#define DETOUR_FROM 4u /* ops: what is shorter is short enough */

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

static bool spent(const struct min *m)
{
	return m->tries_max && m->tries >= m->tries_max;
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
	if (spent(m)) {
		m->stop = true;
		return false;
	}
	m->tries++;
	if (!m->holds(m->arg, &m->trial))
		return false;
	if (m->checking) {
		m->found = min_say(m);
		m->stop = true;
		return true;
	}
	*m->p = m->trial;
	m->trial = swap;
	return true;
}

bool min_each_op(struct min *m, const char *pass,
		 bool (*edit)(struct min *m, u32 at))
{
	bool any = false;

	m->pass = pass;
	for (u32 at = m->p->nr; at-- && !m->stop;)
		any |= edit(m, at);
	return any;
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
		again |= min_pass_slots(m);
		again |= min_pass_ops(m);
		again |= pass_pairs(m);
		again |= min_pass_share(m);
		again |= min_pass_instead(m);
		again |= min_pass_modes(m);
		again |= min_pass_merge(m);
		again |= min_pass_bulk(m);
		again |= min_pass_kmalloc(m);
		any |= again;
	} while (again && !m->stop);
	return any;
}

/*
 * A detour: on another machine, with more memory say, the program may be
 * shorter.  Lower profiles that show the finding were taken already.  There
 * are many to try, so that only single ops and pairs are tried there.
 */
static bool detour(struct min *m, u8 profile)
{
	struct program before;
	bool shorter = false;

	program_init(&before);
	if (!program_copy(&before, m->p))
		m->stop = true;
	else if (min_try_profile(m, profile)) {
		shorter = min_pass_ops(m);
		shorter |= pass_pairs(m);
		if (!shorter && !program_copy(m->p, &before))
			m->stop = true;
	}
	program_free(&before);
	return shorter;
}

/* What takes many tries: only where nothing else helps any more. */
static bool pass_detours(struct min *m)
{
	if (min_pass_pressure(m))
		return true;
	if (m->checking || m->p->nr < DETOUR_FROM)
		return false;
	for (u32 i = m->p->profile + 1u; i < NR_PROFILES && !m->stop; i++)
		if (detour(m, (u8)i))
			return true;
	return false;
}

static void run_passes(struct min *m)
{
	bool any = true;

	seen_add(m, program_hash(m->p));
	while (any && !m->stop) {
		any = run_op_passes(m);
		any |= min_pass_alone(m);
		any |= min_pass_args(m);
		any |= min_pass_attributes(m);
		any |= min_pass_boot(m);
		if (!any && !m->stop)
			any = pass_detours(m);
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

u32 minimize_trim(struct program *p, min_predicate holds, void *arg,
		  u32 tries_max)
{
	struct min m = { .p = p, .holds = holds, .arg = arg };

	m.tries_max = tries_max;
	program_init(&m.trial);
	seen_add(&m, program_hash(p));
	pass_tail(&m);
	min_pass_slots(&m);
	min_pass_ops(&m);
	min_free(&m);
	return m.tries;
}

bool minimize_check(const struct program *p, min_predicate holds, void *arg,
		    u32 tries_max, const char **why)
{
	struct program copy;
	struct min m = { .p = &copy, .holds = holds, .arg = arg };

	m.tries_max = tries_max;
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
	if (!m.found && m.stop && !spent(&m))
		*why = "out of memory";
	min_free(&m);
	program_free(&copy);
	return !*why;
}
