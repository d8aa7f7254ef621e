/* SPDX-License-Identifier: MIT */
/*
 * repro_state.h - what the parts of the C writer share: which variable holds
 * what a slot holds (repro_vars.c), how a call is written (repro_call.c), and
 * the program around them (repro.c).
 */
#ifndef FUZZ_REPRO_STATE_H
#define FUZZ_REPRO_STATE_H

#include "repro.h"

/* What a call gives. */
enum repro_kind {
	REPRO_NOTHING, /* no call: the owner looks at what is his */
	REPRO_VOID,
	REPRO_PAGE,
	REPRO_ADDR,
	REPRO_POINTER,
	REPRO_CACHE,
	REPRO_POOL,
	REPRO_PGD,
	REPRO_NUMBER,
	REPRO_INT,
	REPRO_TEXT,
	REPRO_FAULT,
	NR_REPRO_KINDS
};

struct repro_row {
	u8 kind;
	const char *noun, *call;
};

/* By opcode.  An op without a row has no call. */
extern const struct repro_row repro_row[NR_OPS];
/* "struct page *": with the blank that a name needs. */
extern const char *const repro_type[NR_REPRO_KINDS];

#define GIVER_NONE 0xFFFFFFFFu

/* Of each op: who gave what its slot arguments hold, and is it asked for? */
struct repro_use {
	u32 giver[OP_ARGS_MAX];
	bool used;
	s32 sleepers; /* ops asleep during this one, or from it on */
};

struct writer {
	const struct repro *r;
	FILE *to;
	struct repro_use *use; /* malloc'ed, one an op */
	u32 nr;		       /* ops to be written */
};

/* What came of op i; NULL: it was not run. */
static inline const struct told_op *repro_told(const struct writer *w, u32 i)
{
	return i < w->r->s->nr ? &w->r->s->op[i] : NULL;
}

/* repro_vars.c */
bool repro_find_uses(struct writer *w);
/* The variable of what op i gives. */
void repro_name(const struct writer *w, u32 i, char *name, size_t room);
bool repro_declare(const struct writer *w);
/* repro_call.c: the call of op i, as an expression; its length. */
#define CALL_MAX 1024
/* ... and the bytes that calls name and that are too many for a line. */
void repro_stored_arrays(const struct writer *w);
void repro_call(const struct writer *w, u32 i, char *call, size_t room);

/*
 * repro_text.c: words behind " * "; lines of code behind so many tabs, or one.
 * What is too long is broken: words at blanks, code at commas.
 */
void repro_comment(FILE *to, const char *indent, const char *text);
void repro_statements(FILE *to, u32 tabs, const char *text);
void repro_statement(FILE *to, const char *text);

/* repro_finding.c */
bool repro_is_layer(const struct repro *r, const char *layer);
bool repro_is_field(const struct repro *r, const char *field);
bool repro_at_boot(const struct repro *r);
bool repro_after_reset(const struct repro *r);
/* Clauses of the harness that compare a hash with what it was before. */
bool repro_is_view(const struct repro *r);
bool repro_is_digest(const struct repro *r);
/* Does the finding lie in what the last call returned? */
bool repro_asks_for_result(const struct repro *r);
/* ... or in how the last call ended, as that result tells it? */
bool repro_asks_for_ending(const struct repro *r);
/* Where op i differs, or the end. */
void repro_write_finding(const struct writer *w, u32 i);

#endif
