// SPDX-License-Identifier: MIT
/*
 * minimize_say.c - what can still be simpler, in words: the pass that found
 * it, and the op that it is about.
 */
#include "codec.h"
#include "minimize_state.h"

#include <string.h>

#define SAY_MAX 300

static bool same_op(const struct op *a, const struct op *b)
{
	return a->code == b->code && a->cpu == b->cpu && a->flags == b->flags &&
	       a->fail_nth == b->fail_nth && a->expect == b->expect &&
	       a->expect_report == b->expect_report && a->out == b->out &&
	       memcmp(a->arg, b->arg, sizeof(a->arg)) == 0;
}

/* The first op that the trial has not, or has otherwise; nr: there is none. */
static u32 first_change(const struct min *m)
{
	u32 i = 0;

	while (i < m->p->nr && i < m->trial.nr &&
	       same_op(&m->p->op[i], &m->trial.op[i]))
		i++;
	return i;
}

const char *min_say(const struct min *m)
{
	static char text[SAY_MAX];
	u32 at = first_change(m);
	char op[SAY_MAX / 2];
	int n;

	if (at >= m->p->nr)
		return m->pass; /* it is the boot line */
	text_op(op, sizeof(op), &m->p->op[at]);
	n = snprintf(text, sizeof(text), "%s: op %u, %s", m->pass, at + 1, op);
	if (m->trial.nr == m->p->nr && n > 0 && n < SAY_MAX) {
		text_op(op, sizeof(op), &m->trial.op[at]);
		snprintf(text + n, (size_t)(SAY_MAX - n), " -> %s", op);
	}
	return text;
}
