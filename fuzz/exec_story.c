// SPDX-License-Identifier: MIT
/*
 * exec_story.c - what happened, op by op: see exec_story.h.  Where a finding
 * stands is found by exec_locate.c.
 */
#include "exec_story.h"
#include "exec_state.h"
#include "op_words.h"

#include <stdlib.h>
#include <string.h>

void story_free(struct story *s)
{
	for (u32 i = 0; i < s->nr; i++) {
		free(s->op[i].stored);
		free(s->op[i].move);
	}
	free(s->op);
	memset(s, 0, sizeof(*s));
}

static struct told_op *append(struct story *s)
{
	if (s->nr == s->room) {
		u32 room = s->room ? 2 * s->room : 64;
		struct told_op *op = realloc(s->op, room * sizeof(*op));

		if (!op) {
			s->incomplete = true;
			return NULL;
		}
		s->op = op;
		s->room = room;
	}
	memset(&s->op[s->nr], 0, sizeof(s->op[0]));
	return &s->op[s->nr++];
}

/* --- how it ended --------------------------------------------------------- */

static const char *end_of(const struct exec *x, int step)
{
	static const char *const name[] = {
		[STEP_OK] = "ok",	    [STEP_NULL] = "null",
		[STEP_BLOCKS] = "blocks",   [STEP_BUSY] = "busy",
		[STEP_ENOMEM] = "-ENOMEM",  [STEP_PF] = "PF",
		[STEP_GP] = "GP",	    [STEP_SS] = "SS",
		[STEP_NP] = "NP",	    [STEP_SKIPPED] = "skipped",
		[STEP_DIVERGED] = "differs"
	};

	return x->out.oom && step == STEP_NULL ? "oom" : name[step];
}

/* The bytes that a store found: what it wrote, less the model's pattern. */
static void keep_stored(const struct exec *x, const struct op *op,
			struct told_op *t)
{
	struct story *s = x->opt.story;
	int len = op_arg_of_kind(&op_info[op->code], ARG_ALEN);
	u32 nr;

	if (op->code != OP_store && op->code != OP_store_area)
		return;
	nr = op->arg[len] ? op->arg[len] : 1;
	if (nr > ACCESS_BYTES_MAX)
		nr = ACCESS_BYTES_MAX;
	t->stored = malloc(nr);
	s->incomplete |= !t->stored;
	for (u32 i = 0; t->stored && i < nr; i++)
		t->stored[i] = x->bytes[i] ^ (u8)(i * 37 | 1);
}

static void keep_moves(const struct exec *x, struct told_op *t)
{
	struct story *s = x->opt.story;

	if (!x->out.nr_trace)
		return;
	t->move = calloc(x->out.nr_trace, sizeof(*t->move));
	s->incomplete |= !t->move;
	t->nr_moves = t->move ? x->out.nr_trace : 0;
	for (u32 i = 0; i < t->nr_moves; i++) {
		const struct trace_record *r = &x->out.trace[i];

		snprintf(t->move[i].text, sizeof(t->move[i].text),
			 "%s %s=%#x order=%u zone=%u temp=%u arg=%#x",
			 r->event < NR_TRACE_EVENTS ? event_words[r->event].name
						    : "?",
			 r->pfn >= PAGE_OFFSET ? "addr" : "pfn", r->pfn,
			 r->order, r->zone, r->temp, r->arg);
	}
}

/* --- those who sleep ------------------------------------------------------ */

static bool is_parked(const struct exec *x, u32 out)
{
	for (u32 i = 0; i < x->nr_parked; i++)
		if (x->parked[i].ticket && x->parked[i].out == out)
			return true;
	return false;
}

/* Ops that slept and sleep no more: this op woke them. */
static void tell_woken(const struct exec *x, struct story *s)
{
	for (u32 i = 0; s->nr_asleep && i + 1 < s->nr; i++) {
		struct told_op *t = &s->op[i];
		u32 out = x->p->op[i].out;

		if (!t->blocked || t->resumed_by || is_parked(x, out))
			continue;
		t->resumed_by = s->nr - 1;
		s->nr_asleep--;
	}
}

void story_tell(struct exec *x, int step)
{
	struct story *s = x->opt.story;
	const struct op *op = &x->p->op[x->at];
	struct told_op *t;

	if (step == STEP_UNBOOTABLE || s->nr != x->at)
		return;
	t = append(s);
	if (!t)
		return;
	s->max_low_pfn = x->u->layout.max_low_pfn;
	s->nr_cpus = x->u->layout.nr_cpus;
	t->end = end_of(x, step);
	t->skipped = step == STEP_SKIPPED;
	t->diverged = step == STEP_DIVERGED;
	t->entered = t->skipped &&
		     (op->code == OP_store ||
		      (op->code == OP_store_area && exec_map(x, op->arg[0])));
	if (t->skipped)
		return;
	t->report = (u8)x->out.report;
	t->oom = x->out.oom;
	t->blocked = step == STEP_BLOCKS;
	t->filled = step == STEP_OK && op->out != SLOT_NONE;
	if (t->filled) {
		t->value = exec_slot(x, op->out)->pfn;
		t->order = exec_slot(x, op->out)->order;
	}
	keep_stored(x, op, t);
	keep_moves(x, t);
	tell_woken(x, s);
	s->nr_asleep += t->blocked;
}
