/* SPDX-License-Identifier: MIT */
/*
 * op_reader.h - a line of text, cut into words.  Private to op_text.c and
 * op_reader.c.
 */
#ifndef FUZZ_OP_READER_H
#define FUZZ_OP_READER_H

#include "codec.h"
#include "op_words.h"

struct reader {
	const char *at, *end; /* of the current line, without its comment */
	struct program *p;
	struct text_error *err;
	bool booted; /* a boot line was read */
};

struct token {
	const char *s;
	size_t len;
};

/* Fills the error's reason; returns false. */
bool reader_fail(struct reader *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* A token as a message shows it: short, and nothing that upsets a terminal. */
struct quoted {
	char s[48];
};

struct quoted quote(struct token t);
#define QUOTE(t) quote(t).s

bool is_blank(char c);
bool is_digit(char c);
void skip_blanks(struct reader *r);
/* All up to the next blank; of length 0 at the end of the line. */
struct token next_token(struct reader *r);
bool token_is(struct token t, const char *word);
/* All of t is a number, decimal or 0x hex, of at most max. */
bool token_number(struct token t, u32 max, u32 *value);
bool token_signed(struct token t, u32 *value);
/* Flags by name or number, with bars between. */
bool token_flags(struct token t, const struct word *words, u32 *flags);
bool looks_like_slot(struct token t);
bool read_slot(struct reader *r, struct token t, u32 *slot);

#endif
