// SPDX-License-Identifier: MIT
/*
 * gen_script.c - plays scripts: a program draws which it likes, leaves steps
 * out, and mixes in ops that belong to none.
 *
 * The scripts are in gen_scripts.c, the ops of their steps in gen_steps.c.
 * What a script made lives on when it has ended, and the next one may find
 * it: so mechanisms meet.
 * Validator: fuzz/tests/test_gen.c.
 */
#include "gen_steps.h"

static bool fits(const struct gen *g, const struct gen_script *s)
{
	switch (s->only) {
	case IF_SMP:
		return g->cpus > 1;
	case IF_TIES:
		return g->cpus > 5;
	case IF_DEBUG:
		return g->debug;
	case IF_DIRTY:
		return !g->clean;
	default:
		return true;
	}
}

void gen_swarm_scripts(struct gen *g)
{
	static const u8 factor[] = { 0, 0, 1, 1, 1, 2, 4 };
	static const u8 skip_rate[] = { 0, 0, 0, 24, 12 };
	u32 i, sum = 0;

	for (i = 0; i < gen_nr_scripts; i++) {
		const struct gen_script *s = &gen_scripts[i];
		u32 f = PICK(g, factor);

		if (s->only == IF_TIES) /* hundreds of reaps away */
			f = prng_one_in(g->r, 64) ? 8 : 0;
		if ((s->groups & ~g->options->groups) || !fits(g, s))
			f = 0;
		g->plan.weight[i] = (u8)(s->weight * f);
		sum += g->plan.weight[i];
	}
	for (i = 0; !sum && i < gen_nr_scripts; i++)
		g->plan.weight[i] = gen_scripts[i].groups == 0;
	g->plan.cpu = g->cpu;
	g->plan.skip_rate = PICK(g, skip_rate);
	g->plan.cache = g->plan.back = GEN_NONE;
	g->plan.pool = g->plan.made = GEN_NONE;
}

static const struct gen_step *pick_script(struct gen *g)
{
	u32 i, sum = 0, at;

	for (i = 0; i < gen_nr_scripts; i++)
		sum += g->plan.weight[i];
	at = prng_below(g->r, sum);
	for (i = 0; at >= g->plan.weight[i]; i++)
		at -= g->plan.weight[i];
	return gen_scripts[i].steps;
}

/* On to the next step of the script, or of another one. */
static const struct gen_step *next_step(struct gen *g)
{
	struct gen_plan *p = &g->plan;
	const struct gen_step *step;

	do {
		if (!p->next || p->next->code == STEP_END)
			p->next = pick_script(g);
		step = p->next++;
	} while (p->skip_rate && prng_one_in(g->r, p->skip_rate));
	return step;
}

void gen_script_op(struct gen *g, struct op *op)
{
	struct gen_plan *p = &g->plan;
	u32 tries;

	gen_step_settle(g);
	if (g->noise_rate && prng_one_in(g->r, g->noise_rate)) {
		gen_any_op(g, op);
		return;
	}
	for (tries = 0; tries < 24; tries++) {
		if (p->left == 0)
			p->left = gen_step_begin(g, next_step(g));
		if (p->left == 0)
			continue;
		p->left--;
		if (gen_step_op(g, op))
			return;
		p->left = 0;
	}
	gen_any_op(g, op);
}
