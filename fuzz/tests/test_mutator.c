// SPDX-License-Identifier: MIT
/*
 * test_mutator.c - bytes in, bytes out; and libmmtwin_mutator.so, loaded as
 * afl-fuzz loads it.
 */
#include "../codec.h"
#include "../mutator.h"

#include "../../ci/test.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROOM (WIRE_HEADER + TARGET_OPS * WIRE_RECORD)

/* The bytes are a program as the encoder writes it, of the target's ops. */
static void whole(const char *target, const u8 *data, size_t size)
{
	const struct target_row *row = target_row_by_name(target);
	struct program p;
	u8 again[ROOM];

	program_init(&p);
	EXPECT(size > 0 && size <= ROOM);
	EXPECT(wire_decode(&p, data, size, TARGET_OPS_MAX));
	EXPECT_EQ(size, wire_encode(&p, again, sizeof(again), NULL, NULL));
	EXPECT(memcmp(data, again, size) == 0);
	EXPECT(p.nr <= TARGET_OPS);
	for (u32 i = 0; i < p.nr; i++)
		EXPECT(op_info[p.op[i].code].group & row->groups);
	program_free(&p);
}

TEST(room_is_kept)
{
	struct mutator m;
	struct prng r;
	u8 out[ROOM];

	mutator_init(&m, target_row_by_name("mm"));
	prng_seed(&r, 1);
	for (size_t room = 0; room <= ROOM; room++) {
		size_t n = mutator_vary(&m, &r, out, 0, out, room);

		EXPECT(n <= room);
		EXPECT((n == 0) == (room < WIRE_HEADER + WIRE_RECORD));
		if (n)
			whole("mm", out, n);
	}
	mutator_free(&m);
}

TEST(every_row_has_its_name_once)
{
	for (u32 i = 0; i < nr_target_rows; i++)
		EXPECT(target_row_by_name(target_rows[i].name) ==
		       &target_rows[i]);
	EXPECT(target_row_by_name("") == NULL);
}

/* --- the library ---------------------------------------------------------- */

static struct {
	void *(*init)(void *, unsigned int);
	void (*deinit)(void *);
	size_t (*fuzz)(void *, u8 *, size_t, u8 **, u8 *, size_t, size_t);
	const char *(*describe)(void *, size_t);
	s32 (*init_trim)(void *, u8 *, size_t);
	size_t (*trim)(void *, u8 **);
	s32 (*post_trim)(void *, unsigned char);
} afl;

static bool load(const char *target)
{
	void *library = dlopen(MUTATOR_LIBRARY, RTLD_NOW | RTLD_LOCAL);

	setenv("MMTWIN_TARGET", target, 1);
	if (!library) {
		TEST_FAIL("%s", dlerror());
		return false;
	}
#define LOAD(name) *(void **)&afl.name = dlsym(library, "afl_custom_" #name)
	LOAD(init);
	LOAD(deinit);
	LOAD(fuzz);
	LOAD(describe);
	LOAD(init_trim);
	LOAD(trim);
	LOAD(post_trim);
#undef LOAD
	return EXPECT(afl.init && afl.deinit && afl.fuzz && afl.describe &&
		      afl.init_trim && afl.trim && afl.post_trim);
}

/* How many of 300 inputs in a row differ between two seeds. */
static u32 differing(unsigned int seed, unsigned int other)
{
	void *a = afl.init(NULL, seed), *b = afl.init(NULL, other);
	u8 data[ROOM] = { 0 }, add[ROOM] = { 0 }, *x, *y;
	size_t size = 1, add_size = 1;
	u32 nr = 0;

	for (u32 i = 0; i < 300; i++) {
		size_t n = afl.fuzz(a, data, size, &x, add, add_size, 1 << 20);
		size_t k = afl.fuzz(b, data, size, &y, add, add_size, 1 << 20);

		nr += n != k || memcmp(x, y, n) != 0;
		whole("slab", x, n);
		memcpy(add, data, size);
		add_size = size;
		memcpy(data, x, n);
		size = n;
	}
	afl.deinit(a);
	afl.deinit(b);
	return nr;
}

TEST(the_library_makes_programs_by_its_seed)
{
	if (!load("slab"))
		return;
	EXPECT_EQ(0, differing(7, 7));
	EXPECT(differing(7, 8) > 250);
}

TEST(the_library_says_what_it_did)
{
	u8 data[] = { 0, OP_alloc_page }, add[] = { 0, OP___free_page }, *out;
	u32 news = 0, crosses = 0;
	void *a;

	if (!load("pages"))
		return;
	a = afl.init(NULL, 1);
	for (u32 i = 0; i < 100; i++) {
		afl.fuzz(a, data, sizeof(data), &out, i % 2 ? add : NULL,
			 i % 2 ? sizeof(add) : 0, 1 << 20);
		news += strcmp(afl.describe(a, 100), "new") == 0;
		crosses += strncmp(afl.describe(a, 100), "cross", 5) == 0;
		EXPECT(strlen(afl.describe(a, 4)) < 4);
	}
	EXPECT(news > 2);
	EXPECT(crosses > 10 && crosses < 40);
	afl.deinit(a);
}

/* As afl-fuzz does it; what is kept has the op, and is a part of the input. */
static size_t trim(void *a, u8 *data, size_t size, u8 wanted)
{
	s32 steps = afl.init_trim(a, data, size), step = 0;
	size_t best = size;

	while (step < steps) {
		u8 *out = NULL;
		size_t n = afl.trim(a, &out);
		bool holds = false;

		EXPECT(out && n <= best);
		for (size_t i = WIRE_HEADER; i < n; i += WIRE_RECORD)
			holds |= out[i] == wanted;
		if (holds)
			best = n;
		step = afl.post_trim(a, holds);
	}
	return best;
}

TEST(the_library_trims)
{
	u8 data[ROOM] = { 0 };
	void *a;

	if (!load("pages"))
		return;
	a = afl.init(NULL, 1);
	for (u32 i = 0; i < TARGET_OPS; i++)
		data[WIRE_HEADER + i * WIRE_RECORD] =
			i == 20 ? OP___free_page : OP_alloc_page;
	EXPECT_EQ(WIRE_HEADER + WIRE_RECORD,
		  trim(a, data, sizeof(data), OP___free_page));
	/* nothing of it can go, as nothing can of no op at all */
	EXPECT_EQ(sizeof(data), trim(a, data, sizeof(data), OP_end));
	EXPECT_EQ(0, afl.init_trim(a, data, 1));
	/* a record that is cut off: what is left must not be longer */
	EXPECT(trim(a, data, WIRE_HEADER + WIRE_RECORD + 1, OP_end) > 0);
	afl.init_trim(a, data, sizeof(data)); /* abandoned */
	afl.deinit(a);
}

TEST(the_library_refuses_what_it_cannot_make)
{
	static const char *const names[] = { "", "nothing", "wire" };
	int status = 0;

	for (u32 i = 0; i < 3; i++) {
		pid_t pid;

		if (!load(names[i]))
			return;
		pid = fork();
		if (pid == 0) {
			close(STDERR_FILENO);
			afl.init(NULL, 1);
			_exit(0);
		}
		EXPECT(waitpid(pid, &status, 0) == pid);
		EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 2);
	}
}
