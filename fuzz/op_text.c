// SPDX-License-Identifier: MIT
/*
 * op_text.c - reads a program's text; corpus/README.md has the grammar.
 *
 * One pass, one line at a time, nothing copied but the boot line.  A line is
 * cut into words at blanks; `#' at the start of a word opens a comment (a
 * boot line's memmap=1M#8M has one inside a word).  Every refusal names the
 * line and the word: text is what people write.
 * Which slots hold something is no concern of the reader: a program whose
 * ops were partly deleted must still read.  op_print.c is the way back.
 * Validator: fuzz/tests/test_op_text.c, and the target text_fuzzer.
 */
#include "codec.h"
#include "op_reader.h"
#include "op_words.h"

#include "../alloc/mm.h"

#include <string.h>

#define OPS_MAX (1u << 24)
#define CPU_MAX (NR_CPUS - 1)
#define FAIL_NTH_MAX 15

/* Bits of what a line has given so far, beside one for each argument. */
enum { SEEN_CPU = OP_ARGS_MAX, SEEN_FAIL_NTH, SEEN_FLAGS };

/* --- arguments ---------------------------------------------------------- */

/* The largest value that the wire's bytes hold; text takes no more. */
static u32 arg_max(const struct arg_info *kind)
{
	return UINT32_MAX >> (32 - 8 * kind->bytes);
}

static bool read_flags(struct reader *r, const struct op_arg *a, struct token t,
		       u32 *value)
{
	const struct word *words = a->kind == ARG_GFP	   ? gfp_words
				   : a->kind == ARG_SFLAGS ? slab_words
							   : vm_words;
	const char *whose = a->kind == ARG_GFP	    ? "GFP"
			    : a->kind == ARG_SFLAGS ? "SLAB"
						    : "VM";

	if (token_flags(t, words, value) &&
	    *value <= arg_max(&arg_info[a->kind]))
		return true;
	return reader_fail(r, "%s= takes %s flags, not `%s'", a->name, whose,
			   QUOTE(t));
}

static bool read_value(struct reader *r, const struct op_arg *a, struct token t,
		       u32 *value)
{
	const struct arg_info *kind = &arg_info[a->kind];
	u32 max = arg_max(kind);

	if (arg_slot_kind((enum arg_kind)a->kind) != RES_NONE) {
		if (!looks_like_slot(t))
			return reader_fail(r, "%s= takes a slot, not `%s'",
					   a->name, QUOTE(t));
		return read_slot(r, t, value);
	}
	if (a->kind == ARG_GFP || a->kind == ARG_SFLAGS ||
	    a->kind == ARG_VMFLAGS)
		return read_flags(r, a, t, value);
	if (a->kind == ARG_KMTYPE && word_find(km_words, t.s, t.len, value))
		return true;
	if (a->kind == ARG_NR) {
		if (!token_signed(t, value))
			return reader_fail(r,
					   "%s= takes a signed number of 32 "
					   "bits, not `%s'",
					   a->name, QUOTE(t));
		return true;
	}
	if (a->kind == ARG_FORDER) {
		*value = 0;
		if (token_is(t, "own"))
			return true;
		if (!token_number(t, max - 1, value))
			return reader_fail(r,
					   "%s= takes own or 0..%u, not `%s'",
					   a->name, max - 1, QUOTE(t));
		++*value;
		return true;
	}
	if (!token_number(t, max, value))
		return reader_fail(r,
				   kind->base == 16
					   ? "%s= takes 0..0x%x, not `%s'"
					   : "%s= takes 0..%u, not `%s'",
				   a->name, max, QUOTE(t));
	return true;
}

static bool see(struct reader *r, u32 *seen, u32 bit, struct token name)
{
	if (*seen & (1u << bit))
		return reader_fail(r, "duplicate argument `%s'", QUOTE(name));
	*seen |= 1u << bit;
	return true;
}

static bool read_small(struct reader *r, const char *name, struct token t,
		       u32 max, u8 *value)
{
	u32 n;

	if (!token_number(t, max, &n))
		return reader_fail(r, "%s= takes 0..%u, not `%s'", name, max,
				   QUOTE(t));
	*value = (u8)n;
	return true;
}

/* name=value */
static bool read_named(struct reader *r, struct op *op, u32 *seen,
		       struct token name, struct token value)
{
	const struct op_info *info = &op_info[op->code];
	u32 i;

	for (i = 0; info->arg[i].kind != ARG_END; i++)
		if (token_is(name, info->arg[i].name))
			return see(r, seen, i, name) &&
			       read_value(r, &info->arg[i], value, &op->arg[i]);
	if (token_is(name, "cpu"))
		return see(r, seen, SEEN_CPU, name) &&
		       read_small(r, "cpu", value, CPU_MAX, &op->cpu);
	if (token_is(name, "fail_nth"))
		return see(r, seen, SEEN_FAIL_NTH, name) &&
		       read_small(r, "fail_nth", value, FAIL_NTH_MAX,
				  &op->fail_nth);
	return reader_fail(r, "`%s' has no argument `%s'", info->name,
			   QUOTE(name));
}

static struct token name_of(const struct op_arg *a)
{
	struct token name = { a->name, strlen(a->name) };

	return name;
}

/* A slot without its argument's name: it is the first slot argument. */
static bool read_bare_slot(struct reader *r, struct op *op, u32 *seen,
			   struct token t)
{
	const struct op_info *info = &op_info[op->code];
	u32 i;

	for (i = 0; info->arg[i].kind != ARG_END; i++)
		if (arg_slot_kind((enum arg_kind)info->arg[i].kind))
			return see(r, seen, i, name_of(&info->arg[i])) &&
			       read_slot(r, t, &op->arg[i]);
	return reader_fail(r, "`%s' takes no slot, but there is `%s'",
			   info->name, QUOTE(t));
}

static bool read_word(struct reader *r, struct op *op, u32 *seen,
		      struct token t)
{
	const char *eq = memchr(t.s, '=', t.len);
	u32 flag;

	if (eq) {
		struct token name = { t.s, (size_t)(eq - t.s) };
		struct token value = { eq + 1, t.len - name.len - 1 };

		return read_named(r, op, seen, name, value);
	}
	if (looks_like_slot(t))
		return read_bare_slot(r, op, seen, t);
	if (!word_find(task_words, t.s, t.len, &flag))
		return reader_fail(r, "unknown word `%s'", QUOTE(t));
	if (op->flags & flag)
		return reader_fail(r, "duplicate argument `%s'", QUOTE(t));
	op->flags |= (u8)flag;
	return true;
}

/* What stands behind `=>' */
static bool read_expect(struct reader *r, struct op *op)
{
	struct token t;
	u32 value;

	skip_blanks(r);
	t = next_token(r);
	if (!word_find(expect_words, t.s, t.len, &value))
		return reader_fail(r, "unknown expectation `%s'", QUOTE(t));
	op->expect = (u8)value;
	if (op->expect == EXPECT_BUG) {
		skip_blanks(r);
		t = next_token(r);
		if (!word_find(report_words, t.s, t.len, &value) ||
		    value == REPORT_none)
			return reader_fail(r, "unknown report `%s'", QUOTE(t));
		op->expect_report = (u8)value;
	}
	skip_blanks(r);
	t = next_token(r);
	if (t.len)
		return reader_fail(r, "`%s' stands behind the expectation",
				   QUOTE(t));
	return true;
}

/* Arguments, attributes and the expectation: the rest of an op's line. */
static bool read_rest(struct reader *r, struct op *op)
{
	const struct op_arg *a = op_info[op->code].arg;
	u32 i, seen = 0;

	for (;;) {
		skip_blanks(r);
		if (r->at == r->end)
			break;
		if (r->end - r->at >= 2 && r->at[0] == '=' && r->at[1] == '>') {
			r->at += 2;
			if (!read_expect(r, op))
				return false;
			break;
		}
		if (!read_word(r, op, &seen, next_token(r)))
			return false;
	}
	for (i = 0; a[i].kind != ARG_END; i++)
		if (arg_slot_kind((enum arg_kind)a[i].kind) &&
		    !(seen & (1u << i)))
			return reader_fail(r, "`%s' needs a slot: %s=rN",
					   op_info[op->code].name, a[i].name);
	return true;
}

/* --- lines -------------------------------------------------------------- */

/* `rN =', if the line begins with a slot. */
static bool read_out(struct reader *r, u32 *out)
{
	struct token t = { r->at, 1 };

	if (r->end - r->at < 2 || r->at[0] != 'r' || !is_digit(r->at[1]))
		return true;
	while (r->at + t.len < r->end && is_digit(r->at[t.len]))
		t.len++;
	if (!read_slot(r, t, out))
		return false;
	r->at += t.len;
	skip_blanks(r);
	if (r->at == r->end || *r->at != '=')
		return reader_fail(r, "`=' and an op are missing behind `%s'",
				   QUOTE(t));
	r->at++;
	skip_blanks(r);
	return true;
}

static bool read_op(struct reader *r)
{
	struct program *p = r->p;
	u32 out = SLOT_NONE;
	struct token name;
	struct op *op;
	enum op_code code;
	bool result;

	if (p->nr == OPS_MAX)
		return reader_fail(r, "more than %u ops", OPS_MAX);
	if (!read_out(r, &out))
		return false;
	name = next_token(r);
	code = op_by_name(name.s, name.len);
	if (code == OP_end)
		return reader_fail(r, "unknown op `%s'", QUOTE(name));
	result = op_info[code].result != RES_NONE;
	if (result && out == SLOT_NONE)
		return reader_fail(r, "`%s' has a result: rN = %s ...",
				   op_info[code].name, op_info[code].name);
	if (!result && out != SLOT_NONE)
		return reader_fail(r, "`%s' has no result for r%u",
				   op_info[code].name, out);
	if (!program_reserve(p, 1))
		return reader_fail(r, "no memory for %u ops", p->nr);
	op = &p->op[p->nr];
	*op = op_default(code);
	op->out = out;
	op->line = r->err->line;
	if (!read_rest(r, op))
		return false;
	p->nr++;
	return true;
}

static bool read_profile(struct reader *r, struct token t)
{
	struct token value = { t.s + 8, t.len - 8 };
	u32 profile;

	if (!token_number(value, NR_PROFILES - 1, &profile))
		return reader_fail(r, "boot: profile= takes 0..%u, not `%s'",
				   NR_PROFILES - 1, QUOTE(value));
	skip_blanks(r);
	if (r->at != r->end)
		return reader_fail(
			r, "boot: profile= stands alone, but there is `%s'",
			QUOTE(next_token(r)));
	r->p->profile = (u8)profile;
	return true;
}

/* The words of boot_line_parse(), which wants a string. */
static bool read_boot_words(struct reader *r)
{
	char line[BOOT_LINE_BYTES], why_buf[128];
	size_t i, at = 0, len = (size_t)(r->end - r->at);
	const char *why;

	if (len >= sizeof(line))
		return reader_fail(r, "boot: longer than %u bytes",
				   BOOT_LINE_BYTES - 1);
	if (memchr(r->at, '\0', len))
		return reader_fail(r, "boot: a NUL byte");
	for (i = 0; i < len; i++)
		line[i] = (char)(is_blank(r->at[i]) ? ' ' : r->at[i]);
	line[len] = '\0';
	why = boot_line_parse(line, &r->p->boot, &at, why_buf);
	if (!why) {
		r->p->profile = PROFILE_FREE;
		return true;
	}
	return reader_fail(r, "boot: %s", why);
}

static bool read_boot(struct reader *r)
{
	struct token t;

	if (r->booted)
		return reader_fail(r, "a second boot line");
	if (r->p->nr)
		return reader_fail(r, "the boot line stands behind an op");
	r->booted = true;
	skip_blanks(r);
	t = next_token(r);
	if (t.len == 0)
		return reader_fail(r, "boot: no words");
	if (t.len >= 8 && memcmp(t.s, "profile=", 8) == 0)
		return read_profile(r, t);
	r->at = t.s;
	return read_boot_words(r);
}

static bool read_line(struct reader *r)
{
	const char *hash = r->at;

	while ((hash = memchr(hash, '#', (size_t)(r->end - hash)))) {
		if (hash == r->at || is_blank(hash[-1])) {
			r->end = hash;
			break;
		}
		hash++;
	}
	skip_blanks(r);
	if (r->at == r->end)
		return true;
	if (r->end - r->at >= 4 && memcmp(r->at, "boot", 4) == 0 &&
	    (r->end - r->at == 4 || is_blank(r->at[4]))) {
		r->at += 4;
		return read_boot(r);
	}
	return read_op(r);
}

bool text_read(struct program *p, const char *text, size_t size,
	       struct text_error *err)
{
	struct reader r = { NULL, NULL, p, err, false };
	const char *end = size ? text + size : text;

	p->profile = 0;
	p->nr = 0;
	err->line = 0;
	err->reason[0] = '\0';
	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));

		err->line++;
		r.at = text;
		r.end = newline ? newline : end;
		text = newline ? newline + 1 : end;
		if (!read_line(&r)) {
			program_free(p);
			return false;
		}
	}
	return true;
}
