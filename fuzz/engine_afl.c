// SPDX-License-Identifier: MIT
/*
 * engine_afl.c - the entry points of AFL++'s custom mutators, as a library
 * that afl-fuzz loads: AFL_CUSTOM_MUTATOR_LIBRARY=.../libmmtwin_mutator.so.
 *
 * Which target's programs to make says MMTWIN_TARGET.  Generator, mutator and
 * cross-over are libFuzzer's (mutator.h), trimming is the minimiser's start
 * (trim.h).  Inputs need no post-processing: any bytes decode.
 *
 * Results belong to the library, and stand until the next call of the same
 * kind.  Deterministic by the seed that afl-fuzz passes (its option -s).
 */
#include "codec.h"
#include "mutator.h"
#include "trim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BYTES_MAX (WIRE_HEADER + TARGET_OPS * WIRE_RECORD)
#define TRIM_TRIES 128u

struct afl_mutator {
	struct mutator m;
	struct prng r;
	char story[32]; /* how the last input was made */
	u8 out[BYTES_MAX];

	struct trim *trim;
	struct program whole;
	u8 *trimmed; /* room for as much as there was */
	size_t room;
	s32 step;
};

#define EXPORT __attribute__((visibility("default")))
EXPORT void *afl_custom_init(void *afl, unsigned int seed);
EXPORT void afl_custom_deinit(void *data);
EXPORT size_t afl_custom_fuzz(void *data, u8 *buf, size_t size, u8 **out,
			      u8 *add_buf, size_t add_size, size_t max_size);
EXPORT const char *afl_custom_describe(void *data, size_t max_len);
EXPORT s32 afl_custom_init_trim(void *data, u8 *buf, size_t size);
EXPORT size_t afl_custom_trim(void *data, u8 **out);
EXPORT s32 afl_custom_post_trim(void *data, unsigned char success);

/* afl-fuzz would go on without us: nothing but an end is seen. */
static _Noreturn void refuse(const char *why, const char *target)
{
	fprintf(stderr, "mmtwin mutator: MMTWIN_TARGET=%s: %s\n", target, why);
	exit(2);
}

void *afl_custom_init(void *afl, unsigned int seed)
{
	const char *name = getenv("MMTWIN_TARGET");
	const struct target_row *row = target_row_by_name(name ? name : "");
	struct afl_mutator *a;

	(void)afl;
	if (!row)
		refuse("no such target", name ? name : "");
	if (row->form != FORM_NONE)
		refuse("its input is no program: it needs no mutator", name);
	a = calloc(1, sizeof(*a));
	if (a)
		a->trim = trim_new();
	if (!a || !a->trim)
		refuse("not enough memory", name);
	mutator_init(&a->m, row);
	prng_seed(&a->r, seed);
	program_init(&a->whole);
	return a;
}

void afl_custom_deinit(void *data)
{
	struct afl_mutator *a = data;

	trim_free(a->trim);
	mutator_free(&a->m);
	program_free(&a->whole);
	free(a->trimmed);
	free(a);
}

/* --- an input ------------------------------------------------------------- */

/* A word behind the others, which become a part of the file's name. */
static void tell(struct afl_mutator *a, const char *word)
{
	size_t n = strlen(a->story);

	snprintf(a->story + n, sizeof(a->story) - n, "%s%s", n ? "+" : "",
		 word);
}

/* A child of two, half of the time; half of those are edited, as all else. */
size_t afl_custom_fuzz(void *data, u8 *buf, size_t size, u8 **out, u8 *add_buf,
		       size_t add_size, size_t max_size)
{
	struct afl_mutator *a = data;
	size_t room = max_size < BYTES_MAX ? max_size : BYTES_MAX, n = 0,
	       edited;

	a->story[0] = '\0';
	*out = a->out;
	if (add_buf && prng_below(&a->r, 2))
		n = mutator_cross(&a->m, &a->r, buf, size, add_buf, add_size,
				  a->out, room);
	if (n)
		tell(a, a->m.did);
	if (n && prng_below(&a->r, 2))
		return n;
	edited = n ? mutator_vary(&a->m, &a->r, a->out, n, a->out, room)
		   : mutator_vary(&a->m, &a->r, buf, size, a->out, room);
	if (edited)
		tell(a, a->m.did);
	return edited ? edited : n;
}

const char *afl_custom_describe(void *data, size_t max_len)
{
	struct afl_mutator *a = data;

	if (strlen(a->story) >= max_len)
		a->story[max_len ? max_len - 1 : 0] = '\0';
	return a->story;
}

/* --- trimming ------------------------------------------------------------- */

/* afl-fuzz takes nothing longer than what it had: cut-off records may be. */
static void skip_longer(struct afl_mutator *a)
{
	const struct program *p;

	while ((p = trim_next(a->trim)) && wire_size(p) > a->room)
		trim_answer(a->trim, false);
}

/* Returns the number of steps: as many as there may be. */
s32 afl_custom_init_trim(void *data, u8 *buf, size_t size)
{
	struct afl_mutator *a = data;
	u8 *trimmed = realloc(a->trimmed, size + 1);

	if (!trimmed)
		return 0;
	a->trimmed = trimmed;
	a->room = size;
	a->step = 0;
	if (!wire_decode(&a->whole, buf, size, TARGET_OPS_MAX) ||
	    !trim_begin(a->trim, &a->whole, TRIM_TRIES))
		return 0;
	skip_longer(a);
	return trim_next(a->trim) ? (s32)TRIM_TRIES : 0;
}

size_t afl_custom_trim(void *data, u8 **out)
{
	struct afl_mutator *a = data;

	*out = a->trimmed;
	return wire_encode(trim_next(a->trim), a->trimmed, a->room, NULL, NULL);
}

/* Returns the next step; behind the last one: the end. */
s32 afl_custom_post_trim(void *data, unsigned char success)
{
	struct afl_mutator *a = data;

	trim_answer(a->trim, success);
	skip_longer(a);
	return trim_next(a->trim) ? ++a->step : (s32)TRIM_TRIES;
}
