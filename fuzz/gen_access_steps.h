/* SPDX-License-Identifier: MIT */
/*
 * gen_access_steps.h - the steps that translation's scripts are made of:
 * gen_access_scripts.c strings them together, gen_access_script.c plays them.
 */
#ifndef FUZZ_GEN_ACCESS_STEPS_H
#define FUZZ_GEN_ACCESS_STEPS_H

#include "gen_state.h"

enum access_step {
	END,
	PGD,	/* a directory; then the focus is on it */
	PGD_IF, /* if there is none */
	SWITCH,
	LEAVE,
	PAGE,	/* a frame, which is the focus */
	ZPAGE,	/* the same, high and zeroed: by way of kmap_atomic */
	PLACE,	/* another user page */
	NEXT,	/* the page behind */
	BESIDE, /* the page's twin, and back */
	MAP,
	LOAD,
	STORE,
	FETCH,
	TOUCH, /* one of these */
	UNMAP,
	PROTECT,
	READONLY,
	SHARED,
	PTE,
	PDE,
	GLOBAL, /* a user's page gets G */
	LARGE,	/* a user's PDE gets PS */
	MIRROR, /* large pages get other bits */
	OTHER,	/* another CPU goes on */
	CHANGE, /* the words that lead there, in any way, with no flush */
	DROP,	/* a flush of any kind */
	FREE,	/* the page */
	PGD_FREE,
	PGD_WILD, /* the free of one that never was */
	EXIT,
	WINDOW, /* a page of the vmalloc window */
	KMAP,
	KUNMAP,
	HOT, /* a frame of the direct map */
	ATTR,
	ATTR_BACK,
	GFLUSH,
	FLUSH,
	FLUSH_ALL,
	INVLPG,
	WP_OFF,
	WP_ON,
	PGE_OFF,
	PGE_ON,
	DESC, /* a descriptor */
	SELECT,
	EDGE, /* an access through what was selected */
	MODE, /* in the other mode */
	FAIL, /* the next op meets a page allocation that fails */
	ANY,
};

struct access_script {
	const u8 *steps; /* up to END */
	u8 weight;
	u16 groups; /* all that it needs; the last one needs none */
};

/* What a program begins with where the first frames may be large pages. */
extern const u8 *const access_script_large;

extern const struct access_script access_scripts[];
extern const u32 nr_access_scripts;

#endif
