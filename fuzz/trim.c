// SPDX-License-Identifier: MIT
/*
 * trim.c - the minimiser in a context of its own: see trim.h.
 *
 *	engine			minimiser
 *	trim_begin()	---->	minimize_trim()
 *	trim_next()	<----	  asks whether a program holds
 *	trim_answer()	---->	  has its answer, goes on
 *	trim_next(): NULL <----	returns
 *
 * So there is one minimiser, and it stays a pure function.  What is abandoned
 * is told "no" until it returns, which calls nobody and frees what it has; so
 * it is, unasked, of a program without ops.
 * Tested by tests/test_trim.c.
 */
#include "trim.h"

#include "minimize.h"

#include <stdlib.h>
#include <ucontext.h>

#define STACK_BYTES (256u << 10)

struct trim {
	ucontext_t engine, minimizer;
	char *stack;
	struct program p;
	const struct program *asked; /* NULL: the minimiser has returned */
	u32 tries_max;
	bool holds, abandoned;
};

static bool ask(void *arg, const struct program *p)
{
	struct trim *t = arg;

	if (t->abandoned || !p->nr)
		return false;
	t->asked = p;
	swapcontext(&t->minimizer, &t->engine);
	return t->holds;
}

/* makecontext() passes ints: a pointer is two of them. */
static void run(unsigned int high, unsigned int low)
{
	struct trim *t = (struct trim *)(uintptr_t)((u64)high << 32 | low);

	minimize_trim(&t->p, ask, t, t->tries_max);
	t->asked = NULL;
}

struct trim *trim_new(void)
{
	struct trim *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	program_init(&t->p);
	t->stack = malloc(STACK_BYTES);
	if (!t->stack) {
		free(t);
		return NULL;
	}
	return t;
}

static void abandon(struct trim *t)
{
	t->abandoned = true;
	if (t->asked)
		trim_answer(t, false);
	t->abandoned = false;
}

void trim_free(struct trim *t)
{
	if (!t)
		return;
	abandon(t);
	program_free(&t->p);
	free(t->stack);
	free(t);
}

bool trim_begin(struct trim *t, const struct program *p, u32 tries_max)
{
	u64 self = (uintptr_t)t;

	abandon(t);
	if (!program_copy(&t->p, p) || getcontext(&t->minimizer))
		return false;
	t->tries_max = tries_max;
	t->minimizer.uc_stack.ss_sp = t->stack;
	t->minimizer.uc_stack.ss_size = STACK_BYTES;
	t->minimizer.uc_link = &t->engine;
	makecontext(&t->minimizer, (void (*)(void))run, 2,
		    (unsigned int)(self >> 32), (unsigned int)self);
	swapcontext(&t->engine, &t->minimizer);
	return true;
}

const struct program *trim_next(const struct trim *t)
{
	return t->asked;
}

void trim_answer(struct trim *t, bool holds)
{
	t->holds = holds;
	swapcontext(&t->engine, &t->minimizer);
}
