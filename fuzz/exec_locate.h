/* SPDX-License-Identifier: MIT */
/*
 * exec_locate.h - what the parts of exec_locate.c share: a finding, and how
 * its place is said.
 */
#ifndef FUZZ_EXEC_LOCATE_H
#define FUZZ_EXEC_LOCATE_H

#include "exec_state.h"
#include "exec_story.h"

struct locate {
	struct exec *x;
	struct story *s;
	struct divergence d; /* the finding; the answers go to `again' */
	struct divergence again;
};

#define M "mmtwin_machine" /* as C calls it */

void locate_say(struct locate *l, const char *declaration, const char *look,
		const char *value);
/* The model was asked again: is this the place? */
bool locate_same(const struct locate *l, bool accepted);
bool locate_is(const struct locate *l, const char *field);
/* A field called "what.name", or "name": its name in the struct `what'. */
const char *locate_member(const struct locate *l, const char *what);

/* exec_locate_caches.c: is it there?  Then it is said. */
bool locate_in_chain(struct locate *l);
bool locate_in_caches(struct locate *l);
bool locate_in_pools(struct locate *l);

#endif
