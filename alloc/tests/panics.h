/* SPDX-License-Identifier: MIT */
/*
 * panics.h - the cases of test_report.c, which are in several files: what is
 * done to a machine, and the CHECK that must fire.
 */
#ifndef ALLOC_TESTS_PANICS_H
#define ALLOC_TESTS_PANICS_H

#include "pc.h"

struct panic {
	const char *name, *clause;
	void (*act)(struct machine *m);
	struct panic *next;
};

static struct panic *panics;

#define PANIC(id, says)                                                        \
	static void act_##id(struct machine *m);                               \
	__attribute__((constructor)) static void add_##id(void)                \
	{                                                                      \
		static struct panic p = { #id, says, act_##id, NULL };         \
		p.next = panics;                                               \
		panics = &p;                                                   \
	}                                                                      \
	static void act_##id(struct machine *m)

#endif
