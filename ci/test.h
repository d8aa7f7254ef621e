/* SPDX-License-Identifier: MIT */
/*
 * test.h - the tests of one file: cases that register themselves, and main().
 *
 *	TEST(slots_are_exact)
 *	{
 *		EXPECT_EQ(5, slot);
 *	}
 *
 * Included by one C file per executable.  Without arguments all cases run;
 * an argument is a part of the names of those that shall.  Silent when all
 * is well; else a line for each expectation that failed, and exit 1.
 */
#ifndef CI_TEST_H
#define CI_TEST_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct test_case {
	const char *name;
	void (*run)(void);
	struct test_case *next;
};

static struct test_case *test_first, **test_last = &test_first;
static const char *test_running;
static unsigned int test_failures;

#define TEST(title)                                                            \
	static void test_##title(void);                                        \
	__attribute__((constructor)) static void test_add_##title(void)        \
	{                                                                      \
		static struct test_case c = { #title, test_##title, NULL };    \
		*test_last = &c;                                               \
		test_last = &c.next;                                           \
	}                                                                      \
	static void test_##title(void)

/* A case that fails at every step would tell nothing by its thousandth line. */
#define TEST_FAILURES_TOLD 20

#define TEST_FAIL(...)                                                         \
	do {                                                                   \
		if (test_failures++ < TEST_FAILURES_TOLD) {                    \
			fprintf(stderr, "%s:%d: %s: ", __FILE__, __LINE__,     \
				test_running);                                 \
			fprintf(stderr, __VA_ARGS__);                          \
			fputc('\n', stderr);                                   \
		}                                                              \
	} while (0)

/* Both are true where the expectation holds. */
#define EXPECT(condition)                                                      \
	({                                                                     \
		bool test_holds = !!(condition);                               \
		if (!test_holds)                                               \
			TEST_FAIL("expected %s", #condition);                  \
		test_holds;                                                    \
	})

#define EXPECT_EQ(expected, actual)                                            \
	({                                                                     \
		uint64_t test_e = (uint64_t)(expected);                        \
		uint64_t test_a = (uint64_t)(actual);                          \
		if (test_e != test_a)                                          \
			TEST_FAIL("%s: expected %llu (0x%llx), got %llu "      \
				  "(0x%llx)",                                  \
				  #actual, (unsigned long long)test_e,         \
				  (unsigned long long)test_e,                  \
				  (unsigned long long)test_a,                  \
				  (unsigned long long)test_a);                 \
		test_e == test_a;                                              \
	})

#define EXPECT_STR(expected, actual)                                           \
	do {                                                                   \
		const char *test_e = (expected), *test_a = (actual);           \
		if (strcmp(test_e, test_a) != 0)                               \
			TEST_FAIL("expected \"%s\", got \"%s\"", test_e,       \
				  test_a);                                     \
	} while (0)

int main(int argc, char **argv)
{
	const struct test_case *c;
	unsigned int ran = 0;
	int i;

	for (c = test_first; c; c = c->next) {
		bool wanted = argc < 2;

		for (i = 1; i < argc; i++)
			wanted |= strstr(c->name, argv[i]) != NULL;
		if (!wanted)
			continue;
		test_running = c->name;
		c->run();
		ran++;
	}
	if (!ran) {
		fprintf(stderr, "%s: no such test\n", argv[0]);
		return 2;
	}
	if (test_failures)
		fprintf(stderr, "%u expectations failed\n", test_failures);
	return test_failures != 0;
}

#endif
