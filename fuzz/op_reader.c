// SPDX-License-Identifier: MIT
/*
 * op_reader.c - the words of a line of text: where one ends, what number,
 * slot or set of flags it is, and how a refusal shows it.
 *
 * Words are parts of the text, never copied, and bear no NUL.  Numbers are
 * decimal or 0x hex, have a sign only where one is asked for, and end where
 * their word ends.
 * Validator: fuzz/tests/test_op_text.c.
 */
#include "op_reader.h"
#include "op_words.h"

#include <stdarg.h>
#include <string.h>

/* --- errors ------------------------------------------------------------- */

bool reader_fail(struct reader *r, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(r->err->reason, sizeof(r->err->reason), fmt, args);
	va_end(args);
	return false;
}

struct quoted quote(struct token t)
{
	struct quoted q;
	size_t i, room = sizeof(q.s) - 4;

	for (i = 0; i < t.len && i < room; i++)
		q.s[i] = (char)(t.s[i] >= ' ' && t.s[i] <= '~' ? t.s[i] : '?');
	strcpy(q.s + i, i < t.len ? "..." : "");
	return q;
}

/* --- words -------------------------------------------------------------- */

bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

void skip_blanks(struct reader *r)
{
	while (r->at < r->end && is_blank(*r->at))
		r->at++;
}

struct token next_token(struct reader *r)
{
	struct token t = { r->at, 0 };

	while (r->at < r->end && !is_blank(*r->at))
		r->at++;
	t.len = (size_t)(r->at - t.s);
	return t;
}

bool token_is(struct token t, const char *word)
{
	return strlen(word) == t.len && memcmp(t.s, word, t.len) == 0;
}

static int digit_of(char c)
{
	if (is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/* All of t is a number, decimal or 0x hex, of at most max. */
bool token_number(struct token t, u32 max, u32 *value)
{
	u32 base = 10;
	u64 n = 0;
	size_t i = 0;

	if (t.len > 2 && t.s[0] == '0' && (t.s[1] | 0x20) == 'x') {
		base = 16;
		i = 2;
	}
	if (i == t.len)
		return false;
	for (; i < t.len; i++) {
		u32 digit = (u32)digit_of(t.s[i]);

		n = n * base + digit;
		if (digit >= base || n > max)
			return false;
	}
	*value = (u32)n;
	return true;
}

/* The same of a number that may have a sign, within 32 bits. */
bool token_signed(struct token t, u32 *value)
{
	struct token digits = { t.s + 1, t.len - 1 };

	if (!t.len || *t.s != '-')
		return token_number(t, INT32_MAX, value);
	if (!token_number(digits, 1u << 31, value))
		return false;
	*value = 0u - *value;
	return true;
}

bool looks_like_slot(struct token t)
{
	return t.len > 1 && t.s[0] == 'r' && is_digit(t.s[1]);
}

bool read_slot(struct reader *r, struct token t, u32 *slot)
{
	struct token number = { t.s + 1, t.len - 1 };

	if (!token_number(number, SLOTS_MAX - 1, slot))
		return reader_fail(r, "slot `%s' is not one of r0..r%u",
				   QUOTE(t), SLOTS_MAX - 1);
	return true;
}

bool token_flags(struct token all_words, const struct word *words, u32 *flags)
{
	const char *s = all_words.s, *end = s + all_words.len;
	u32 all = 0;

	for (;;) {
		const char *bar = memchr(s, '|', (size_t)(end - s));
		struct token t = { s, (size_t)((bar ? bar : end) - s) };
		u32 value;

		if (!word_find(words, t.s, t.len, &value) &&
		    !token_number(t, UINT32_MAX, &value))
			return false;
		all |= value;
		if (!bar)
			break;
		s = bar + 1;
	}
	*flags = all;
	return true;
}

bool text_gfp_parse(const char *s, size_t len, u32 *gfp)
{
	return token_flags((struct token){ s, len }, gfp_words, gfp);
}
