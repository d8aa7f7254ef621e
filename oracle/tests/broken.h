/* SPDX-License-Identifier: MIT */
/*
 * broken.h - a case for a broken rule: BROKEN(rule) registers it, and names()
 * is what it must come to.
 */
#ifndef ORACLE_BROKEN_H
#define ORACLE_BROKEN_H

#include "puppet.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#endif
#ifdef WITH_ASAN
#include <sanitizer/asan_interface.h>
#endif

#define GFP (GFP_KERNEL | GFP_DMA)

static bool has_case[NR_RULES];

#define BROKEN(id)                                                             \
	static void broken_##id(void);                                         \
	__attribute__((constructor)) static void note_##id(void)               \
	{                                                                      \
		has_case[RULE_##id] = true;                                    \
	}                                                                      \
	TEST(rule_##id)                                                        \
	{                                                                      \
		broken_##id();                                                 \
	}                                                                      \
	static void broken_##id(void)

/* The call disagreed, and named this rule. */
static void names(const struct pair *p, enum rule rule, bool agreed)
{
	if (!EXPECT(!agreed))
		return;
	if (p->d.rule != rule)
		fprintf(stderr, "%s: %s is named, by %s\n", test_running,
			rule_name(p->d.rule), p->d.field);
	EXPECT_EQ(p->d.rule, rule);
	EXPECT(p->d.field && p->d.field[0]);
	EXPECT(p->d.expected != p->d.actual || rule == RULE_C6);
}

#endif
