/* SPDX-License-Identifier: MIT */
/*
 * clauses.h - the negative tests of a validator: each clause is broken once.
 *
 *	NEGATIVE(a_lost_frame, FULL, "A1: ...")
 *	{
 *		...break it...
 *	}
 *	CLAUSES("audit.c", page_alloc_validate, setup)
 *
 * A case begins with a machine that is sound, breaks one thing in it, and
 * expects these very words.  CLAUSES() is two tests: that each case is seen,
 * and that the source says and documents nothing which has no case; so a new
 * clause without a test fails.
 */
#ifndef ALLOC_TESTS_CLAUSES_H
#define ALLOC_TESTS_CLAUSES_H

#include "pc.h"
#include "source.h"

enum negative_kind {
	QUICK, /* either depth sees it */
	FULL,  /* VALIDATE_QUICK does not */
	BELOW, /* a clause of another file sees it first */
};

struct negative {
	const char *name;
	enum negative_kind kind;
	const char *clause;
	void (*break_it)(struct machine *m);
	struct negative *next;
};

static struct negative *negatives;

#define NEGATIVE(id, how, said)                                                \
	static void break_##id(struct machine *m);                             \
	__attribute__((constructor)) static void add_##id(void)                \
	{                                                                      \
		static struct negative n = { #id, how, said, break_##id,       \
					     NULL };                           \
		n.next = negatives;                                            \
		negatives = &n;                                                \
	}                                                                      \
	static void break_##id(__attribute__((unused)) struct machine *m)

static inline void negative_expect(const struct negative *n, const char *got,
				   const char *want, const char *who)
{
	if (strcmp(pc_broken(got), want) != 0)
		TEST_FAIL("%s: %s says \"%s\" and not \"%s\"", n->name, who,
			  pc_broken(got), want);
}

static inline void negative_run(const struct negative *n, struct machine *m,
				const char *(*own)(const struct machine *m))
{
	const char *quick, *full;

	negative_expect(n, machine_validate(m, VALIDATE_FULL), "sound",
			"before, machine_validate");
	n->break_it(m);
	quick = machine_validate(m, VALIDATE_QUICK);
	full = machine_validate(m, VALIDATE_FULL);
	if (n->kind == QUICK)
		negative_expect(n, quick, n->clause, "VALIDATE_QUICK");
	if (n->kind == FULL) {
		negative_expect(n, quick, "sound", "VALIDATE_QUICK");
		negative_expect(n, full, n->clause, "VALIDATE_FULL");
	}
	if (!full)
		TEST_FAIL("%s: VALIDATE_FULL sees nothing", n->name);
	if (own)
		negative_expect(n, own(m), n->clause, "its own validator");
}

static inline bool negative_has(const char *clause, size_t length)
{
	for (const struct negative *n = negatives; n; n = n->next)
		if (strncmp(n->clause, clause, length) == 0)
			return true;
	return false;
}

/* The length of "X1" here, or 0. */
static inline size_t clause_number(const char *at)
{
	size_t digits;

	if (*at < 'A' || *at > 'Z')
		return 0;
	digits = strspn(at + 1, "0123456789");
	return digits ? 1 + digits : 0;
}

static inline void negatives_want(const char *clause, size_t length)
{
	if (!negative_has(clause, length))
		TEST_FAIL("no case for \"%.*s\"", (int)length, clause);
}

/* Clauses as the code says them, "X1: ...", and as its comment lists them. */
static inline void negatives_cover(const char *file)
{
	char *source = source_read(file);
	unsigned int said = 0, listed = 0;

	for (char *at = source; (at = strchr(at, '"')); at++)
		if (clause_number(at + 1) &&
		    at[1 + clause_number(at + 1)] == ':') {
			negatives_want(at + 1, strcspn(at + 1, "\""));
			said++;
		}
	for (char *at = source; (at = strstr(at, "\n * ")); at++)
		if (clause_number(at + 4)) {
			negatives_want(at + 4, clause_number(at + 4));
			listed++;
		}
	if (!listed || said < listed)
		TEST_FAIL("%s: %u clauses said, %u listed", file, said, listed);
	free(source);
}

/* setup: a machine that is sound, each case its own; own may be NULL */
#define CLAUSES(file, own, setup)                                              \
	TEST(each_clause_sees_what_breaks_it)                                  \
	{                                                                      \
		for (struct negative *n = negatives; n; n = n->next) {         \
			struct machine *m = setup();                           \
                                                                               \
			negative_run(n, m, own);                               \
			machine_delete(m);                                     \
		}                                                              \
	}                                                                      \
	TEST(no_clause_is_without_a_case)                                      \
	{                                                                      \
		negatives_cover(file);                                         \
	}

#endif
