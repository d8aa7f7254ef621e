// SPDX-License-Identifier: MIT
/*
 * repro_vars.c - slots as variables of a C program.
 *
 * A variable is called by what it holds and by its slot: page1, cache2.  A
 * call's result goes to one only where somebody asks for it; a slot that is
 * filled by different kinds of calls has a variable for each.
 */
#include "repro_state.h"

#include <stdlib.h>
#include <string.h>

const char *const repro_type[NR_REPRO_KINDS] = {
	[REPRO_PAGE] = "struct page *",	  [REPRO_ADDR] = "unsigned long ",
	[REPRO_POINTER] = "void *",	  [REPRO_CACHE] = "kmem_cache_t *",
	[REPRO_POOL] = "mempool_t *",	  [REPRO_PGD] = "struct pgd *",
	[REPRO_NUMBER] = "unsigned int ", [REPRO_INT] = "int ",
	[REPRO_TEXT] = "const char *",	  [REPRO_FAULT] = "struct fault ",
};

static u32 slots_of(const struct program *p)
{
	u32 nr = SLOTS_WIRE;

	for (u32 i = 0; i < p->nr; i++)
		if (p->op[i].out != SLOT_NONE && p->op[i].out >= nr)
			nr = p->op[i].out + 1;
	return nr;
}

/* Is the variable of the op's k-th argument named by its call? */
static bool names_it(const struct writer *w, u32 i, u32 k)
{
	const struct op *op = &w->r->p->op[i];
	const struct repro_row *row = &repro_row[op->code];
	u32 giver = w->use[i].giver[k];

	if (giver == GIVER_NONE || row->kind == REPRO_NOTHING)
		return false;
	/* the address of high memory is 0 */
	return !strstr(row->call, "{page@}") ||
	       repro_row[w->r->p->op[giver].code].kind == REPRO_ADDR ||
	       repro_told(w, giver)->value < w->r->s->max_low_pfn;
}

static void use_arguments(struct writer *w, u32 i, const u32 *giver, u32 slots)
{
	const struct op *op = &w->r->p->op[i];
	const struct op_info *info = &op_info[op->code];

	for (u32 k = 0; k < OP_ARGS_MAX && info->arg[k].kind != ARG_END; k++) {
		u32 slot = op->arg[k];

		if (arg_slot_kind((enum arg_kind)info->arg[k].kind) == RES_NONE)
			continue;
		w->use[i].giver[k] =
			giver[slot < slots ? slot : 0]; /* as exec_slot() */
		if (names_it(w, i, k))
			w->use[w->use[i].giver[k]].used = true;
	}
}

/* The slots that op i fills: its own, and those of who went on behind it. */
static void fill_slots(const struct writer *w, u32 i, u32 *giver)
{
	const struct told_op *t = repro_told(w, i);
	const struct op *op = w->r->p->op;

	if (t && t->filled)
		giver[op[i].out] = i;
	for (u32 k = 0; w->use[i].sleepers && k < i; k++)
		if (op[k].out != SLOT_NONE && repro_told(w, k) &&
		    repro_told(w, k)->resumed_by == i &&
		    repro_told(w, k)->blocked)
			giver[op[k].out] = k;
}

/*
 * Who fell asleep sleeps until the op is over that woke him: first by how many
 * each op changes the number of sleepers, then their sums.
 */
static void find_sleepers(struct writer *w)
{
	s32 asleep = 0;

	for (u32 i = 0; i < w->nr; i++) {
		const struct told_op *t = repro_told(w, i);

		if (!t || !t->blocked)
			continue;
		w->use[i].sleepers++;
		if (t->resumed_by && t->resumed_by < w->nr)
			w->use[t->resumed_by + 1].sleepers--;
	}
	for (u32 i = 0; i < w->nr; i++) {
		asleep += w->use[i].sleepers;
		w->use[i].sleepers = asleep;
	}
}

bool repro_find_uses(struct writer *w)
{
	u32 slots = slots_of(w->r->p);
	u32 *giver = malloc(slots * sizeof(*giver));

	w->use = calloc((size_t)w->nr + 1, sizeof(*w->use));
	if (!giver || !w->use) {
		free(giver);
		return false;
	}
	memset(giver, 0xFF, slots * sizeof(*giver));
	find_sleepers(w);
	for (u32 i = 0; i < w->nr; i++) {
		const struct told_op *t = repro_told(w, i);

		memset(w->use[i].giver, 0xFF, sizeof(w->use[i].giver));
		if (t && t->skipped)
			continue;
		use_arguments(w, i, giver, slots);
		fill_slots(w, i, giver);
	}
	free(giver);
	return true;
}

void repro_name(const struct writer *w, u32 i, char *name, size_t room)
{
	const struct op *op = &w->r->p->op[i];
	const char *noun = repro_row[op->code].noun;

	if (op->out == SLOT_NONE)
		snprintf(name, room, "%s", noun);
	else
		snprintf(name, room, "%s%u", noun, op->out);
}

/* Has an op before i the same variable?  The last ones most often have. */
static bool declared(const struct writer *w, u32 i)
{
	const struct op *op = w->r->p->op;
	const char *noun = repro_row[op[i].code].noun;

	for (u32 k = i; k-- > 0;)
		if (w->use[k].used && op[k].out == op[i].out &&
		    strcmp(repro_row[op[k].code].noun, noun) == 0)
			return true;
	return false;
}

bool repro_declare(const struct writer *w)
{
	bool any = false;
	char name[32];

	for (u32 i = 0; i < w->nr; i++) {
		u8 kind = repro_row[w->r->p->op[i].code].kind;
		const char *zero =
			kind == REPRO_FAULT ? "{ 0 }"
			: strchr(repro_type[kind] ? repro_type[kind] : "", '*')
				? "NULL"
				: "0";

		if (!w->use[i].used || !repro_type[kind])
			continue;
		if (declared(w, i))
			continue;
		repro_name(w, i, name, sizeof(name));
		fprintf(w->to, "\t%s%s = %s;\n", repro_type[kind], name, zero);
		any = true;
	}
	return any;
}
