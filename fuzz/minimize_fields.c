// SPDX-License-Identifier: MIT
/*
 * minimize_fields.c - the passes of the minimiser that keep the ops and
 * simplify what stands in them: arguments, attributes, the boot line, and at
 * the end the numbers of the slots.
 *
 * Each kind of value has a rank that an accepted edit lowers: the default is
 * the simplest, then 0, then the lower the simpler; flags lose bits.  The
 * passes over whole ops are in minimize.c; tests/test_minimize.c has both.
 */
#include "minimize_state.h"

#include <stdlib.h>
#include <string.h>

/*
 * Fields of an op that hold a number: the arguments, then the attributes.
 * One accessor, so that a pass does not care which it shrinks.
 */
enum { FIELD_CPU = OP_ARGS_MAX, FIELD_FLAGS, FIELD_FAIL_NTH, FIELD_EXPECT };

static u32 field_get(const struct op *op, u32 field)
{
	switch (field) {
	case FIELD_CPU:
		return op->cpu;
	case FIELD_FLAGS:
		return op->flags;
	case FIELD_FAIL_NTH:
		return op->fail_nth;
	case FIELD_EXPECT:
		return op->expect;
	default:
		return op->arg[field];
	}
}

static void field_set(struct op *op, u32 field, u32 value)
{
	switch (field) {
	case FIELD_CPU:
		op->cpu = (u8)value;
		break;
	case FIELD_FLAGS:
		op->flags = (u8)value;
		break;
	case FIELD_FAIL_NTH:
		op->fail_nth = (u8)value;
		break;
	case FIELD_EXPECT:
		op->expect = (u8)value;
		if (value == EXPECT_NOTHING)
			op->expect_report = REPORT_none;
		break;
	default:
		op->arg[field] = value;
	}
}

static bool try_value(struct min *m, u32 at, u32 field, u32 value)
{
	if (!min_trial_begin(m))
		return false;
	field_set(&m->trial.op[at], field, value);
	return min_trial_end(m);
}

/*
 * Ranks: the default is the simplest value, then 0, then the lower the
 * simpler.  A value falls to the lowest one that bisection finds: below it
 * the predicate failed, at it it holds.
 */
static bool shrink_number(struct min *m, u32 at, u32 field, u32 deflt)
{
	u32 high = field_get(&m->p->op[at], field), low = 0;
	bool any = false;

	if (high == deflt)
		return false;
	if (try_value(m, at, field, deflt))
		return true;
	if (high == 0 || try_value(m, at, field, 0))
		return high != 0;
	while (high - low > 1 && !m->stop) {
		u32 mid = low + (high - low) / 2;

		if (mid != deflt && try_value(m, at, field, mid)) {
			any = true;
			high = mid;
		} else {
			low = mid;
		}
	}
	return any;
}

/* Flags: the default, else bit by bit. */
static bool shrink_bits(struct min *m, u32 at, u32 field, u32 deflt)
{
	u32 value = field_get(&m->p->op[at], field);
	bool any = false;

	if (value == deflt)
		return false;
	if (try_value(m, at, field, deflt))
		return true;
	for (u32 bit = 0; bit < 32 && !m->stop; bit++) {
		u32 now = field_get(&m->p->op[at], field);

		if (now & 1u << bit && (now & ~(1u << bit)) != deflt)
			any |= try_value(m, at, field, now & ~(1u << bit));
	}
	return any;
}

/* -1 is the simplest of the numbers below 0; they rank above all others. */
static bool shrink_signed(struct min *m, u32 at, u32 field, u32 deflt)
{
	u32 value = m->p->op[at].arg[field];

	if (value <= INT32_MAX)
		return shrink_number(m, at, field, deflt);
	if (try_value(m, at, field, deflt) || try_value(m, at, field, 0))
		return true;
	return value != UINT32_MAX && try_value(m, at, field, UINT32_MAX);
}

/* The default, 0, the 4 MiB's first byte, the page's; then the lowest. */
static bool shrink_address(struct min *m, u32 at, u32 field, u32 deflt)
{
	u32 value = m->p->op[at].arg[field];
	const u32 simpler[] = { deflt, 0, value & ~0x3FFFFFu,
				value & ~(PAGE_SIZE - 1) };

	if (value == deflt || value == 0)
		return false;
	for (u32 i = 0; i < 4 && !m->stop; i++)
		if (simpler[i] != value && try_value(m, at, field, simpler[i]))
			return true;
	return false;
}

/* In a mapping: at its first byte, at a page's; before it, from the end. */
static bool shrink_offset(struct min *m, u32 at, u32 field, u32 deflt)
{
	u32 value = m->p->op[at].arg[field], page = value & ~(PAGE_SIZE - 1);

	if (value == deflt || value == 0)
		return false;
	if (try_value(m, at, field, deflt) || try_value(m, at, field, 0))
		return true;
	if (value > INT32_MAX) /* one byte before its begin is the simplest */
		return value != UINT32_MAX &&
		       try_value(m, at, field, UINT32_MAX);
	if (value != page && try_value(m, at, field, page))
		return true;
	return shrink_number(m, at, field, deflt);
}

/* The default, a page, whole pages; then the lowest. */
static bool shrink_size(struct min *m, u32 at, u32 field, u32 deflt)
{
	u32 value = m->p->op[at].arg[field];
	bool any = false;

	if (value == deflt || value == PAGE_SIZE)
		return false;
	if (try_value(m, at, field, deflt) ||
	    try_value(m, at, field, PAGE_SIZE))
		return true;
	if (value % PAGE_SIZE)
		any = try_value(m, at, field, value & ~(PAGE_SIZE - 1));
	return shrink_number(m, at, field, deflt) || any;
}

/* The default is what an op wants, one byte is what it needs. */
static bool shrink_length(struct min *m, u32 at, u32 field, u32 deflt)
{
	u32 value = m->p->op[at].arg[field];

	if (value == deflt)
		return false;
	if (try_value(m, at, field, deflt))
		return true;
	if (value == 1)
		return false;
	if (try_value(m, at, field, 1))
		return true;
	return shrink_number(m, at, field, deflt);
}

#define NAMES_TRIED 8u

/* Names are told apart, and no more: the first one that nobody else has. */
static bool shrink_name(struct min *m, u32 at, u32 field)
{
	u32 value = m->p->op[at].arg[field];

	for (u32 i = 0; i < NAMES_TRIED && i < value && !m->stop; i++)
		if (try_value(m, at, field, i))
			return true;
	return false;
}

static bool shrink_arg(struct min *m, u32 at, u32 i, const struct op_arg *a)
{
	u32 group = op_info[m->p->op[at].code].group;
	bool maps = group & (GROUP_ACCESS | GROUP_MAPPING);

	switch (a->kind) {
	case ARG_VADDR:
	case ARG_UADDR:
		return maps ? shrink_address(m, at, i, a->deflt)
			    : shrink_number(m, at, i, a->deflt);
	case ARG_PHYS:
		return maps ? shrink_address(m, at, i, a->deflt)
			    : shrink_number(m, at, i, a->deflt);
	case ARG_AOFF:
		return shrink_offset(m, at, i, a->deflt);
	case ARG_VSIZE:
	case ARG_DSIZE:
		return shrink_size(m, at, i, a->deflt);
	case ARG_ALEN:
		return shrink_length(m, at, i, a->deflt);
	case ARG_SELECTOR:
	case ARG_DESCLOW:
	case ARG_DESCHIGH:
	case ARG_PTEBITS:
	case ARG_GFP:
	case ARG_SFLAGS:
	case ARG_VMFLAGS:
	case ARG_LIFE:
		return shrink_bits(m, at, i, a->deflt);
	case ARG_NR:
		return shrink_signed(m, at, i, a->deflt);
	case ARG_NAME:
		return shrink_name(m, at, i);
	default:
		return shrink_number(m, at, i, a->deflt);
	}
}

static bool shrink_args(struct min *m, u32 at)
{
	const struct op_info *info = &op_info[m->p->op[at].code];
	bool any = false;

	for (u32 i = 0; i < OP_ARGS_MAX && info->arg[i].kind != ARG_END; i++) {
		if (arg_slot_kind(info->arg[i].kind) != RES_NONE)
			continue;
		any |= shrink_arg(m, at, i, &info->arg[i]);
	}
	return any;
}

bool min_pass_args(struct min *m)
{
	return min_each_op(m, "an argument can be simpler", shrink_args);
}

static bool shrink_attributes(struct min *m, u32 at)
{
	bool any = shrink_number(m, at, FIELD_CPU, 0);

	any |= shrink_bits(m, at, FIELD_FLAGS, 0);
	any |= shrink_number(m, at, FIELD_FAIL_NTH, 0);
	if (m->p->op[at].expect != EXPECT_NOTHING)
		any |= try_value(m, at, FIELD_EXPECT, EXPECT_NOTHING);
	return any;
}

bool min_pass_attributes(struct min *m)
{
	return min_each_op(m, "an attribute can be simpler", shrink_attributes);
}

bool min_try_profile(struct min *m, u8 profile)
{
	if (!min_trial_begin(m))
		return false;
	m->trial.profile = profile;
	memset(&m->trial.boot, 0, sizeof(m->trial.boot));
	return min_trial_end(m);
}

static bool try_without_word(struct min *m, u32 at)
{
	struct boot_line *boot = &m->trial.boot;

	if (!min_trial_begin(m))
		return false;
	boot->nr--;
	memmove(&boot->word[at], &boot->word[at + 1],
		(boot->nr - at) * sizeof(boot->word[0]));
	return min_trial_end(m);
}

bool min_pass_boot(struct min *m)
{
	bool any = false;

	m->pass = "the boot line can be simpler";
	for (u32 i = 0; i < NR_PROFILES && i < m->p->profile; i++)
		if (min_try_profile(m, (u8)i))
			return true;
	if (m->p->profile != PROFILE_FREE)
		return false;
	for (u32 i = m->p->boot.nr; i-- && !m->stop;)
		any |= try_without_word(m, i);
	return any;
}

/* Each slot's name, in the order of appearance; 0: it appears nowhere. */
static void name_slots(const struct program *p, u32 *name)
{
	u32 slot[OP_ARGS_MAX + 1], next = 1;

	for (u32 i = 0; i < p->nr; i++) {
		u32 nr = min_op_slots(&p->op[i], slot);

		for (u32 k = 0; k < nr; k++)
			if (slot[k] < SLOTS_MAX && !name[slot[k]])
				name[slot[k]] = next++;
	}
}

void min_renumber(struct min *m)
{
	u32 *name = calloc((size_t)min_slots_used(m->p) + 1, sizeof(*name));
	struct program *t = &m->trial;

	if (!name || !min_trial_begin(m))
		goto out;
	name_slots(t, name);
	for (u32 i = 0; i < t->nr; i++) {
		struct op *op = &t->op[i];
		const struct op_arg *a = op_info[op->code].arg;

		if (op->out < SLOTS_MAX)
			op->out = name[op->out];
		for (u32 k = 0; k < OP_ARGS_MAX && a[k].kind != ARG_END; k++)
			if (arg_slot_kind((enum arg_kind)a[k].kind) !=
				    RES_NONE &&
			    op->arg[k] < SLOTS_MAX)
				op->arg[k] = name[op->arg[k]];
	}
	if (!program_equal(t, m->p))
		min_trial_end(m);
out:
	free(name);
}
