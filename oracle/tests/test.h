/* SPDX-License-Identifier: MIT */
/*
 * test.h - the smallest test frame: a case registers itself, main() runs
 * those whose name contains the argument.  Silent when all is well; exit 1
 * when a CHECK failed, 2 when no case has that name.
 */
#ifndef ORACLE_TEST_H
#define ORACLE_TEST_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct test_case {
	const char *name;
	void (*run)(void);
	struct test_case *next;
};

static struct test_case *test_cases;
static const char *test_running;
static int test_failures;

#define TEST(id)                                                               \
	static void test_##id(void);                                           \
	__attribute__((constructor)) static void register_##id(void)           \
	{                                                                      \
		static struct test_case c = { #id, test_##id, NULL };          \
		c.next = test_cases;                                           \
		test_cases = &c;                                               \
	}                                                                      \
	static void test_##id(void)

static inline int test_check(int ok, const char *file, int line,
			     const char *what)
{
	if (!ok) {
		fprintf(stderr, "%s:%d: %s: %s\n", file, line, test_running,
			what);
		test_failures++;
	}
	return ok;
}

static inline int test_equal(unsigned long long a, unsigned long long b,
			     const char *file, int line, const char *what)
{
	if (a == b)
		return 1;
	fprintf(stderr, "%s:%d: %s: %s: %llu (0x%llx) and %llu (0x%llx)\n",
		file, line, test_running, what, a, a, b, b);
	test_failures++;
	return 0;
}

#define CHECK(x) test_check(!!(x), __FILE__, __LINE__, #x)
#define EQUAL(a, b)                                                            \
	test_equal((unsigned long long)(a), (unsigned long long)(b), __FILE__, \
		   __LINE__, #a " == " #b)

int main(int argc, char **argv)
{
	int run = 0;

	for (struct test_case *c = test_cases; c; c = c->next) {
		if (argc > 1 && !strstr(c->name, argv[1]))
			continue;
		test_running = c->name;
		c->run();
		run++;
	}
	if (!run) {
		fprintf(stderr, "no test case has this name: %s\n",
			argc > 1 ? argv[1] : "");
		return 2;
	}
	return test_failures ? 1 : 0;
}

#endif
