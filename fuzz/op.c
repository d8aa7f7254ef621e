// SPDX-License-Identifier: MIT
/*
 * op.c - the vocabulary of programs, made of the tables, and the list of ops
 * that a program is.
 *
 * ops.def, args.def and profiles.def are the only places that know an op, a
 * kind of argument or a boot profile; the arrays here are those tables as C
 * data.  A second row with the same opcode does not compile (an initialiser
 * would be overridden), nor does a profile that is missing.
 * Validator: fuzz/tests/test_op.c, which also holds the opcodes for ever.
 */
#include "op.h"

#include <stdlib.h>
#include <string.h>

#define A(kind, name, deflt) { ARG_##kind, name, deflt },
const struct op_info op_info[NR_OPS] = {
#define OP(name, code, weight, group, result, doc, ...)                        \
	[code] = { #name,                                                      \
		   weight,                                                     \
		   RES_##result,                                               \
		   GROUP_##group,                                              \
		   { __VA_ARGS__{ ARG_END, NULL, 0 } },                        \
		   doc },
#include "ops.def"
#undef OP
};
#undef A

const u8 op_codes[NR_OP_CODES] = {
#define OP(name, code, weight, group, result, doc, ...) (code),
#include "ops.def"
#undef OP
};

const struct arg_info arg_info[NR_ARG_KINDS] = {
#define ARG(name, bytes, base, low, high, doc)                                 \
	[ARG_##name] = { #name, bytes, base, low, high, doc },
#include "args.def"
#undef ARG
};

const char *const profile_text[NR_PROFILES] = {
#define PROFILE(number, text) [number] = text,
#include "profiles.def"
#undef PROFILE
};

/* The low five bits of the wire's boot byte name a profile. */
_Static_assert(0
#define PROFILE(number, text) +1
#include "profiles.def"
#undef PROFILE
		       == NR_PROFILES,
	       "profiles.def has one row for each number");

/*
 * Names with their lengths, so that a look-up compares lengths and one
 * string.  The reader of imported traces calls this a million times.
 */
struct op_name {
	const char *name;
	u8 len, code;
};

static const struct op_name op_names[NR_OP_CODES] = {
#define OP(name, code, weight, group, result, doc, ...)                        \
	{ #name, sizeof(#name) - 1, code },
#include "ops.def"
#undef OP
};

enum op_code op_by_name(const char *name, size_t len)
{
	u32 i;

	for (i = 0; i < NR_OP_CODES; i++) {
		const struct op_name *n = &op_names[i];

		if (n->len == len && memcmp(n->name, name, len) == 0)
			return (enum op_code)n->code;
	}
	return OP_end;
}

struct op op_default(enum op_code code)
{
	const struct op_info *info = &op_info[code];
	struct op op = { .code = (u8)code, .out = SLOT_NONE };
	u32 i;

	for (i = 0; info->name && info->arg[i].kind != ARG_END; i++)
		op.arg[i] = info->arg[i].deflt;
	return op;
}

int op_arg_of_kind(const struct op_info *info, enum arg_kind kind)
{
	int i;

	for (i = 0; i < OP_ARGS_MAX && info->arg[i].kind != ARG_END; i++)
		if (info->arg[i].kind == kind)
			return i;
	return -1;
}

static const u8 slot_kind[NR_ARG_KINDS] = {
	[ARG_PAGES] = RES_PAGES,
	[ARG_PAGES_FREED] = RES_PAGES,
	[ARG_CACHE] = RES_CACHE,
	[ARG_CACHE_FREED] = RES_CACHE,
	[ARG_OBJECT] = RES_OBJECT,
	[ARG_OBJECT_FREED] = RES_OBJECT,
	[ARG_POOL] = RES_POOL,
	[ARG_POOL_FREED] = RES_POOL,
	[ARG_ELEMENT_FREED] = RES_ELEMENT,
	[ARG_PGD] = RES_PGD,
	[ARG_PGD_FREED] = RES_PGD,
	[ARG_MAP] = RES_MAP,
	[ARG_MAP_FREED] = RES_MAP,
};

enum res_kind arg_slot_kind(enum arg_kind kind)
{
	return (enum res_kind)slot_kind[kind];
}

bool arg_frees_slot(enum arg_kind kind)
{
	return kind == ARG_PAGES_FREED || kind == ARG_CACHE_FREED ||
	       kind == ARG_OBJECT_FREED || kind == ARG_POOL_FREED ||
	       kind == ARG_ELEMENT_FREED || kind == ARG_PGD_FREED ||
	       kind == ARG_MAP_FREED;
}

bool boot_word_is_bare(enum boot_word_kind kind)
{
	return kind == BOOT_MEMMAP_EXACT || kind == BOOT_SLAB_DEBUG ||
	       kind == BOOT_NOPENTIUM || kind == BOOT_KMAP_STRICT;
}

void program_init(struct program *p)
{
	memset(p, 0, sizeof(*p));
}

void program_free(struct program *p)
{
	free(p->op);
	program_init(p);
}

bool program_reserve(struct program *p, u32 n)
{
	u64 want = (u64)p->nr + n;
	u64 room = p->room ? p->room : 64;
	struct op *op;

	if (want <= p->room)
		return true;
	while (room < want)
		room *= 2;
	if (room > UINT32_MAX || room > SIZE_MAX / sizeof(*op))
		return false;
	op = realloc(p->op, (size_t)room * sizeof(*op));
	if (!op)
		return false;
	p->op = op;
	p->room = (u32)room;
	return true;
}

struct op *program_append(struct program *p, const struct op *op)
{
	struct op copy = *op; /* op may stand in p, which may move */

	if (!program_reserve(p, 1))
		return NULL;
	p->op[p->nr] = copy;
	return &p->op[p->nr++];
}

bool program_insert(struct program *p, u32 at, const struct op *op)
{
	struct op copy = *op;

	if (!program_reserve(p, 1))
		return false;
	memmove(p->op + at + 1, p->op + at, (p->nr - at) * sizeof(*op));
	p->op[at] = copy;
	p->nr++;
	return true;
}

void program_remove(struct program *p, u32 at, u32 n)
{
	if (!n)
		return;
	memmove(p->op + at, p->op + at + n, (p->nr - at - n) * sizeof(*p->op));
	p->nr -= n;
}

bool program_copy(struct program *to, const struct program *from)
{
	to->nr = 0;
	if (!program_reserve(to, from->nr))
		return false;
	to->profile = from->profile;
	to->boot = from->boot;
	if (from->nr)
		memcpy(to->op, from->op, from->nr * sizeof(*to->op));
	to->nr = from->nr;
	return true;
}

static bool boot_equal(const struct boot_line *a, const struct boot_line *b)
{
	u32 i;

	if (a->nr != b->nr)
		return false;
	for (i = 0; i < a->nr; i++) {
		const struct boot_word *x = &a->word[i], *y = &b->word[i];

		if (x->kind != y->kind || x->type != y->type)
			return false;
		if (x->start != y->start || x->size != y->size)
			return false;
	}
	return true;
}

static bool op_equal(const struct op *a, const struct op *b)
{
	if (a->code != b->code || a->out != b->out)
		return false;
	if (a->cpu != b->cpu || a->flags != b->flags)
		return false;
	if (a->fail_nth != b->fail_nth)
		return false;
	return memcmp(a->arg, b->arg, sizeof(a->arg)) == 0;
}

bool program_equal(const struct program *a, const struct program *b)
{
	u32 i;

	if (a->profile != b->profile || a->nr != b->nr)
		return false;
	if (a->profile == PROFILE_FREE && !boot_equal(&a->boot, &b->boot))
		return false;
	for (i = 0; i < a->nr; i++)
		if (!op_equal(&a->op[i], &b->op[i]))
			return false;
	return true;
}
