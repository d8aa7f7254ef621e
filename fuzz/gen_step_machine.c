// SPDX-License-Identifier: MIT
/*
 * gen_step_machine.c - the steps of scripts that are about no cache and no
 * pool: memory, of which there is little or none, and time.
 *
 *     CPU k reaps 1000 + 3 * k jiffies after boot, and again each 2000 + k:
 *     1000 + 398 * 2000 == 1015 + 397 * 2005, so that CPUs 0 and 5 tie
 *
 * Of two CPUs' ties it is the first, and the only one that is near.
 * Validator: fuzz/tests/test_gen_objects.c.
 */
#include "gen_steps.h"

#define TIE 797000u
#define TICK_MAX 65535u

_Static_assert(TIE == 1000 + 398 * 2000 && TIE == 1015 + 397 * 2005,
	       "they tie");

/* --- memory --------------------------------------------------------------- */

static bool step_marks(struct gen *g, struct op *op, bool tight)
{
	static const u32 more[] = { 0x100000, 0x3FFFFFFF, 0x40000 };
	static const u32 little[] = { 0, 64, 128, 512, 1024 };
	u32 low = g->zone[ZONE_DMA].free + g->zone[ZONE_NORMAL].free;

	if (!gen_usable(g, OP_min_free_kbytes))
		return false;
	*op = op_default(OP_min_free_kbytes);
	op->arg[0] = tight ? PICK(g, more) : PICK(g, little);
	if (tight && prng_one_in(g->r, 4))
		op->arg[0] = 4 * (low - low / 16) + prng_below(g->r, low + 1);
	return gen_complete(g, op);
}

static bool step_dry(struct gen *g, struct op *op)
{
	if (!gen_usable(g, OP_alloc_pages))
		return false;
	if (!gen_ladder_op(g, op))
		g->plan.left = 0;
	return true;
}

/* --- time ----------------------------------------------------------------- */

static bool step_tick(struct gen *g, struct op *op, u32 style)
{
	static const u16 reap[] = { 2000, 2000, 2003, 4000, 4000, 8000, 9000 };

	if (!gen_draw(g, op, OP_tick))
		return false;
	if (style == TICK_REAP)
		op->arg[0] = PICK(g, reap);
	if (style == TICK_LITTLE)
		op->arg[0] = 1 + prng_below(g->r, 4);
	return gen_complete(g, op);
}

/* The jiffy before two CPUs fall due at once, some ticks from here. */
static bool step_tie(struct gen *g, struct op *op)
{
	u32 wait = TIE - 1 - g->jiffies;

	if (g->jiffies >= TIE - 1 || !gen_usable(g, OP_tick))
		return false;
	*op = op_default(OP_tick);
	op->arg[0] = wait < TICK_MAX ? wait : TICK_MAX;
	return gen_complete(g, op);
}

bool gen_machine_step(struct gen *g, struct op *op)
{
	switch (g->plan.now->code) {
	case STEP_TICK:
		return step_tick(g, op, g->plan.now->arg);
	case STEP_TIE:
		return step_tie(g, op);
	case STEP_TIGHT:
		return step_marks(g, op, true);
	case STEP_RELAX:
		return step_marks(g, op, false);
	case STEP_DRY:
		return step_dry(g, op);
	case STEP_PAGES:
		return g->list[RES_PAGES].nr &&
		       gen_drawn(g, op, OP___free_pages);
	default:
		return false;
	}
}
