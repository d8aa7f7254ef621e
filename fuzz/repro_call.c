// SPDX-License-Identifier: MIT
/*
 * repro_call.c - an op as a call in C: the rows of repro.def with their
 * arguments filled in.
 */
#include "codec.h"
#include "op_words.h"
#include "repro_state.h"

#include <stdarg.h>
#include <string.h>

const struct repro_row repro_row[NR_OPS] = {
#define REPRO(name, kind, noun, call)                                          \
	[OP_##name] = { REPRO_##kind, noun, call },
#include "repro.def"
#undef REPRO
};

#define REACH_BEFORE 64 /* bytes before an object that `damage' can reach */
#define KEEP_SELECTOR 0xFFFFu

struct text {
	char *buf;
	size_t room, len;
};

static void put(struct text *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void put(struct text *t, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(t->buf + t->len, t->room - t->len, format, args);
	va_end(args);
	if (n > 0)
		t->len += (size_t)n < t->room - t->len ? (size_t)n
						       : t->room - t->len - 1;
}

/* --- numbers -------------------------------------------------------------- */

static void put_flags(struct text *t, const struct word *w, u32 flags)
{
	const char *bar = "";

	if (!flags)
		put(t, "0");
	for (; flags && w->name; w++) {
		if (w->alias || (flags & w->value) != w->value ||
		    (w->composite && *bar))
			continue;
		put(t, "%s%s", bar, w->name);
		flags &= ~w->value;
		bar = " | ";
	}
	if (flags)
		put(t, "%s%#x", bar, flags);
}

static void put_life(struct text *t, u32 life)
{
	const char *nested = life & OBJECT_NESTED ? "_nested" : "";

	if (life & OBJECT_CTOR)
		put(t, "construct%s, ", nested);
	else
		put(t, "NULL, ");
	if (life & OBJECT_DTOR)
		put(t, "destruct%s", nested);
	else
		put(t, "NULL");
}

static void put_number(struct text *t, const char *const *name, u32 names,
		       u32 value)
{
	if (value < names)
		put(t, "%s", name[value]);
	else
		put(t, "%u", value);
}

static u32 length(u32 len)
{
	return len == 0 ? 1 : len > ACCESS_BYTES_MAX ? ACCESS_BYTES_MAX : len;
}

static void put_value(struct text *t, u8 kind, u32 value)
{
	static const char *const seg[] = { "SEG_ES", "SEG_CS", "SEG_SS",
					   "SEG_DS", "SEG_FS", "SEG_GS" };
	static const char *const prot[] = { "USER_NONE", "USER_READ",
					    "USER_COPY", "USER_SHARED" };

	switch (kind) {
	case ARG_GFP:
		put_flags(t, gfp_words, value);
		break;
	case ARG_SFLAGS:
		put_flags(t, slab_words, value);
		break;
	case ARG_VMFLAGS:
		put_flags(t, vm_words, value);
		break;
	case ARG_KMTYPE:
		if (value < KM_TYPE_NR)
			put(t, "%s", km_words[value].name);
		else
			put(t, "(enum km_type)%u", value);
		break;
	case ARG_SEGREG:
		put(t, "%s", seg[value % NR_SEG_REGS]);
		break;
	case ARG_SELECTOR:
		put(t, value == KEEP_SELECTOR ? "SEL_AS_IT_IS" : "%#x", value);
		break;
	case ARG_UPROT:
		put_number(t, prot, 4, value);
		break;
	case ARG_LIFE:
		put_life(t, value);
		break;
	case ARG_NAME:
		put(t, value == 65535 ? "NULL" : "\"cache-%u\"", value);
		break;
	case ARG_MODE:
	case ARG_FLAG:
		put(t, "%s", value & 1 ? "true" : "false");
		break;
	case ARG_ALEN:
		put(t, "%u", length(value));
		break;
	case ARG_NR:
		put(t, "%d", (s32)value);
		break;
	case ARG_REACH:
		put(t, "%d", (s32)value - REACH_BEFORE);
		break;
	case ARG_SKEW:
		put(t, "%u", value % PAGE_STRUCT_BYTES);
		break;
	case ARG_OFF:
		put(t, "%#x", value);
		break;
	default:
		put(t, arg_info[kind].base == 16 && value > 9 ? "%#x" : "%u",
		    value);
	}
}

/* --- slots ---------------------------------------------------------------- */

struct slot_arg {
	const struct writer *w;
	u32 giver; /* the op whose result it is */
	char name[32];
};

static const struct told_op *told(const struct slot_arg *a)
{
	return a->giver == GIVER_NONE ? NULL : repro_told(a->w, a->giver);
}

static bool is_address(const struct slot_arg *a)
{
	return a->giver != GIVER_NONE &&
	       repro_row[a->w->r->p->op[a->giver].code].kind == REPRO_ADDR;
}

/* As a struct page *, n pages on. */
static void put_page(struct text *t, const struct slot_arg *a, u32 n)
{
	if (n)
		put(t, "nth_page(");
	put(t, is_address(a) ? "page_of(%s)" : "%s", a->name);
	if (n)
		put(t, ", %u)", n);
}

/* What a driver would hand to free_pages(): 0 for high memory. */
static void put_page_address(struct text *t, const struct slot_arg *a)
{
	if (is_address(a))
		put(t, "%s", a->name);
	else if (told(a) && told(a)->value >= a->w->r->s->max_low_pfn)
		put(t, "0");
	else
		put(t, "addr_of(%s)", a->name);
}

static void put_inside(struct text *t, const struct slot_arg *a, s32 off)
{
	if (off == 0)
		put(t, "%s", a->name);
	else
		put(t, "(char *)%s %c %#x", a->name, off < 0 ? '-' : '+',
		    off < 0 ? 0u - (u32)off : (u32)off);
}

/* --- a call ------------------------------------------------------------- */

static const struct op_info *info_of(const struct writer *w, u32 i)
{
	return &op_info[w->r->p->op[i].code];
}

/* The argument called so; OP_ARGS_MAX: there is none. */
static u32 arg_called(const struct op_info *info, const char *name, size_t len)
{
	u32 k = 0;

	while (k < OP_ARGS_MAX && info->arg[k].kind != ARG_END &&
	       (strlen(info->arg[k].name) != len ||
		memcmp(info->arg[k].name, name, len) != 0))
		k++;
	return k < OP_ARGS_MAX && info->arg[k].kind == ARG_END ? OP_ARGS_MAX
							       : k;
}

static struct slot_arg slot_arg(const struct writer *w, u32 i, u32 k)
{
	struct slot_arg a = { .w = w,
			      .giver = w->use[i].giver[k],
			      .name = "NULL" };

	if (a.giver != GIVER_NONE)
		repro_name(w, a.giver, a.name, sizeof(a.name));
	return a;
}

#define STORED_INLINE 16u /* bytes: more are an array of their own */

/* The bytes that a store finds, so that it changes nothing; NULL: zeroes. */
static const u8 *stored_by(const struct writer *w, u32 i, u32 *nr)
{
	const u8 *stored = i < w->r->s->nr ? w->r->s->op[i].stored : NULL;
	int len = op_arg_of_kind(info_of(w, i), ARG_ALEN);

	if (!stored)
		return NULL;
	*nr = length(w->r->p->op[i].arg[len]);
	for (u32 k = 0; k < *nr; k++)
		if (stored[k])
			return stored;
	return NULL;
}

static void put_stored(struct text *t, const struct writer *w, u32 i)
{
	u32 nr = 0;
	const u8 *stored = stored_by(w, i, &nr);

	if (!stored) {
		put(t, "NULL");
	} else if (nr > STORED_INLINE) {
		put(t, "stored%u", i + 1);
	} else {
		put(t, "(const u8[]){");
		for (u32 k = 0; k < nr; k++)
			put(t, "%s %#x", k ? "," : "", stored[k]);
		put(t, " }");
	}
}

void repro_stored_arrays(const struct writer *w)
{
	for (u32 i = 0; i < w->nr; i++) {
		u32 nr = 0;
		const u8 *stored = stored_by(w, i, &nr);

		if (!stored || nr <= STORED_INLINE)
			continue;
		fprintf(w->to, "\nstatic const u8 stored%u[] = {", i + 1);
		for (u32 k = 0; k < nr; k++)
			fprintf(w->to, "%s0x%02x,", k % 12 ? " " : "\n\t",
				stored[k]);
		fputs("\n};\n", w->to);
	}
}

/* A frame's argument, cut where the op cuts it. */
static u32 number_of(const struct writer *w, u32 i, u32 k)
{
	const struct op *op = &w->r->p->op[i];
	u32 size, first = op->arg[1];

	if (k != 2 ||
	    (op->code != OP_kmap_block && op->code != OP_kunmap_block))
		return op->arg[k];
	if (w->use[i].giver[0] == GIVER_NONE)
		return op->arg[k];
	size = 1u << w->r->s->op[w->use[i].giver[0]].order;
	return first < size && op->arg[k] > size - first ? size - first
							 : op->arg[k];
}

static void put_order(struct text *t, const struct writer *w, u32 i, u32 forder)
{
	struct slot_arg a = slot_arg(w, i, 0);

	if (forder)
		put(t, "%u", forder - 1);
	else
		put(t, "%u", told(&a) ? told(&a)->order : 0);
}

/* {name}, {name@}, {name#}, {name*} or {name+other}; len: of `name'. */
static void put_arg(struct text *t, const struct writer *w, u32 i,
		    const char *name, size_t len)
{
	const struct op_info *info = info_of(w, i);
	const u32 *arg = w->r->p->op[i].arg;
	u32 k = arg_called(info, name, len), other;
	char form = name[len];
	struct slot_arg a;

	if (k == OP_ARGS_MAX) {
		put_stored(t, w, i); /* {stored}, which is no argument */
		return;
	}
	if (form == '*')
		put(t, "at(%#x)", arg[k]);
	else if (info->arg[k].kind == ARG_FORDER)
		put_order(t, w, i, arg[k]);
	if (form == '*' || info->arg[k].kind == ARG_FORDER)
		return;
	if (arg_slot_kind((enum arg_kind)info->arg[k].kind) == RES_NONE) {
		put_value(t, info->arg[k].kind, number_of(w, i, k));
		return;
	}
	a = slot_arg(w, i, k);
	other = form == '+' ? arg_called(info, name + len + 1,
					 strcspn(name + len + 1, "}"))
			    : OP_ARGS_MAX;
	if (form == '#')
		put(t, "%u", told(&a) ? told(&a)->order : 0);
	else if (form == '@')
		put_page_address(t, &a);
	else if (arg_slot_kind((enum arg_kind)info->arg[k].kind) == RES_PAGES)
		put_page(t, &a, other < OP_ARGS_MAX ? arg[other] : 0);
	else
		put_inside(t, &a, other < OP_ARGS_MAX ? (s32)arg[other] : 0);
}

void repro_call(const struct writer *w, u32 i, char *call, size_t room)
{
	const char *s = repro_row[w->r->p->op[i].code].call;
	struct text t = { call, room, 0 };

	while (*s) {
		size_t n = strcspn(s, "{");

		put(&t, "%.*s", (int)n, s);
		s += n;
		if (!*s)
			break;
		put_arg(&t, w, i, s + 1, strcspn(s + 1, "@#*+}"));
		s += strcspn(s, "}") + 1;
	}
}
