// SPDX-License-Identifier: MIT
/*
 * minimize_merge.c - the passes of the minimiser that make one op do the work
 * of several.
 *
 *	r1 = alloc_pages order=3		r1 = alloc_pages order=4
 *	r2 = alloc_pages order=3	->	free_pages r9
 *	free_pages r9
 *
 * A program that must use memory up needs none of its many allocations in
 * particular, and still can lose none of them: only a larger block in the
 * place of two shortens it.  So an order is raised and, in the same edit, up
 * to MERGE_RUN ops behind it go.  The number of ops falls, so that this ends;
 * what was raised too far falls again in the pass over arguments.  Objects
 * grow likewise, pools and areas; a long tick stands for several; and a
 * kmap_block for many kmaps, as does a kunmap_block.
 *
 * And where memory is used up to come down to a watermark, the watermark can
 * come up instead: one min_free_kbytes for all that is before the last op.
 * A fault at the mark shows at one value only, so that all are tried.
 * Or nothing needs to be before the last op at all, if that asks for more
 * than some machine has.
 *
 * An op that left the CPU in a mode, or a register loaded, can leave that to
 * the next one there that names a mode: it has the arguments for both.
 * Tested by tests/test_minimize.c.
 */
#include "minimize_state.h"

#include <string.h>

#define MERGE_RUN 8u
#define POOL_NR_MAX 4096u
#define AREA_MAX 0x40000000u /* get_vm_area takes that much, and no memory */
#define JIFFIES_MAX 65535u   /* what the wire has room for */
#define PRESSURE_FROM 5u     /* ops: what is shorter is short enough */
#define PRESSURE_KB 4u	     /* a page: marks are in pages */
#define PRESSURE_KB_MAX 32768u

/* A larger object, or a larger pool. */
static bool raise_number(struct op *op, u32 by)
{
	int size = op_arg_of_kind(&op_info[op->code], ARG_KSIZE);
	int nr = op_arg_of_kind(&op_info[op->code], ARG_NR);

	if (nr >= 0) {
		op->arg[nr] += by;
		return op->arg[nr] <= POOL_NR_MAX;
	}
	if (op_info[op->code].arg[0].kind == ARG_VSIZE) {
		if (op->arg[0] > AREA_MAX >> by)
			return false;
		op->arg[0] <<= by;
		return op->arg[0] != 0;
	}
	if (size < 0 || op->arg[size] > KMALLOC_MAX >> by)
		return false;
	op->arg[size] <<= by;
	return op->arg[size] != 0;
}

static bool raise_time(struct op *op, u32 by)
{
	int jiffies = op_arg_of_kind(&op_info[op->code], ARG_JIFFIES);
	u32 more;

	if (jiffies < 0 || op->arg[jiffies] >= JIFFIES_MAX)
		return false;
	more = (op->arg[jiffies] + 1) << by;
	op->arg[jiffies] = more < JIFFIES_MAX ? more : JIFFIES_MAX;
	return true;
}

/* The slot that a kmap gave is the program's loss, if it needs it. */
static bool raise_kmaps(struct op *op, u32 by)
{
	bool one = op->code == OP_kmap || op->code == OP_kunmap;

	if (one) {
		op->code =
			op->code == OP_kmap ? OP_kmap_block : OP_kunmap_block;
		op->out = SLOT_NONE;
		op->arg[2] = 1;
	}
	if (op->code != OP_kmap_block && op->code != OP_kunmap_block)
		return false;
	op->arg[2] <<= by;
	return op->arg[2] && op->arg[2] <= LAST_PKMAP;
}

/* The op with a larger order; false: it has none, or not so large a one. */
static bool raise(struct op *op, u32 by)
{
	const u32 gfp = op->arg[0];
	int order;

	if (raise_kmaps(op, by))
		return true;
	if (op->out == SLOT_NONE)
		return raise_time(op, by);
	if (op->code == OP_alloc_page || op->code == OP___get_free_page) {
		op->code = op->code == OP_alloc_page ? OP_alloc_pages
						     : OP___get_free_pages;
		op->arg[1] = gfp;
		op->arg[0] = 0;
	}
	order = op_arg_of_kind(&op_info[op->code], ARG_ORDER);
	if (order < 0)
		return raise_number(op, by);
	op->arg[order] += by;
	return op->arg[order] < MAX_ORDER;
}

static bool try_merge(struct min *m, u32 at, u32 by, u32 run)
{
	if (!min_trial_begin(m) || !raise(&m->trial.op[at], by))
		return false;
	program_remove(&m->trial, at + 1, run);
	return min_trial_end(m);
}

static bool merge_at(struct min *m, u32 at)
{
	for (u32 run = MERGE_RUN; run; run /= 2) {
		if (run > m->p->nr - at - 1)
			continue;
		for (u32 by = 1; by < MAX_ORDER && !m->stop; by++)
			if (try_merge(m, at, by, run))
				return true;
	}
	return false;
}

bool min_pass_merge(struct min *m)
{
	bool any = false;

	m->pass = "one op can do the work of several";
	for (u32 at = 0; at < m->p->nr && !m->stop; at++)
		while (!m->stop && merge_at(m, at))
			any = true;
	return any;
}

/* The last op alone, behind min_free_kbytes kb=... */
static bool try_pressure(struct min *m, u32 kb)
{
	struct op op = op_default(OP_min_free_kbytes);

	if (!min_trial_begin(m))
		return false;
	op.arg[0] = kb;
	program_remove(&m->trial, 1, m->trial.nr - 2);
	m->trial.op[0] = op;
	return min_trial_end(m);
}

/*
 * The last op allocates, and from nothing that an op before it made; and there
 * are more tries left than it takes.
 */
static bool can_stand_alone(const struct min *m, u32 tries)
{
	const struct op *op = &m->p->op[m->p->nr - 1];

	return op->out != SLOT_NONE && !min_uses_slots(op) &&
	       (!m->tries_max || m->tries_max - m->tries >= tries);
}

static bool try_alone(struct min *m, u8 profile, u32 by)
{
	if (!min_trial_begin(m))
		return false;
	program_remove(&m->trial, 0, m->trial.nr - 1);
	if (by && !raise(&m->trial.op[0], by))
		return false;
	m->trial.profile = profile;
	memset(&m->trial.boot, 0, sizeof(m->trial.boot));
	return min_trial_end(m);
}

bool min_pass_alone(struct min *m)
{
	m->pass = "its last op alone, and larger, can show it";
	if (m->p->nr < 2 || !can_stand_alone(m, NR_PROFILES * MAX_ORDER))
		return false;
	for (u32 i = 0; i < NR_PROFILES; i++)
		for (u32 by = 0; by < MAX_ORDER && !m->stop; by++)
			if (try_alone(m, (u8)i, by))
				return true;
	return false;
}

bool min_pass_pressure(struct min *m)
{
	u32 tries = PRESSURE_KB_MAX / PRESSURE_KB;

	m->pass = "a watermark can come up instead";
	if (m->p->nr < PRESSURE_FROM || !can_stand_alone(m, tries))
		return false;
	for (u32 kb = PRESSURE_KB; kb <= PRESSURE_KB_MAX && !m->stop;
	     kb += PRESSURE_KB)
		if (try_pressure(m, kb))
			return true;
	return false;
}

/* --- modes and selectors -------------------------------------------------- */

static int mode_of(const struct op *op)
{
	return op_arg_of_kind(&op_info[op->code], ARG_MODE);
}

/* The register that an op loads or uses; a fetch's is CS. */
static u32 reg_of(const struct op *op)
{
	int reg = op_arg_of_kind(&op_info[op->code], ARG_SEGREG);

	return reg < 0 ? SEG_CS : op->arg[reg] % NR_SEG_REGS;
}

/* The next op behind `at' that runs in a mode of its own; nr: there is none */
static u32 next_with_mode(const struct program *p, u32 at)
{
	do
		at++;
	while (at < p->nr && mode_of(&p->op[at]) < 0);
	return at;
}

static bool try_without_mode(struct min *m, u32 at, bool with_selector)
{
	u32 next = next_with_mode(m->p, at);
	const struct op *gone = &m->p->op[at];
	struct op *op;
	int sel;

	if (next == m->p->nr || !min_trial_begin(m))
		return false;
	op = &m->trial.op[next];
	sel = op_arg_of_kind(&op_info[op->code], ARG_SELECTOR);
	op->arg[mode_of(op)] = gone->arg[mode_of(gone)];
	if (with_selector) {
		if (reg_of(op) != reg_of(gone))
			return false;
		op->arg[sel] = gone->arg[op_arg_of_kind(&op_info[gone->code],
							ARG_SELECTOR)];
	}
	program_remove(&m->trial, at, 1);
	return min_trial_end(m);
}

static bool leave_mode(struct min *m, u32 at)
{
	return mode_of(&m->p->op[at]) >= 0 && (try_without_mode(m, at, true) ||
					       try_without_mode(m, at, false));
}

bool min_pass_modes(struct min *m)
{
	return min_each_op(m, "an op can set up its mode itself", leave_mode);
}
