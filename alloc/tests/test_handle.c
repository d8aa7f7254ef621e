// SPDX-License-Identifier: MIT
/*
 * test_handle.c - handles: small numbers, the last one that was given back is
 * the next to be given out, and a reset knows those of the snapshot.
 */
#include "pc.h"
#include "../handle.h"

#define MANY 1000u /* the table grows twice */

static void first(void)
{
}

static void second(void)
{
}

static u32 give(struct machine *m, const void *data)
{
	return handle_new(m, first, second, data);
}

TEST(many_handles)
{
	struct machine *m = pc_on(SMALL_PC);
	static char thing[MANY];

	for (u32 i = 0; i < MANY; i++)
		EXPECT_EQ(i + 1, give(m, &thing[i]));
	for (u32 i = 0; i < MANY; i++) {
		const struct handle *h = handle_at(m, i + 1);

		EXPECT(h->fn[0] == first && h->fn[1] == second &&
		       h->data == &thing[i]);
	}
	handle_free(m, 7);
	handle_free(m, 300);
	handle_free(m, 9);
	EXPECT_EQ(9, give(m, NULL));
	EXPECT_EQ(300, give(m, NULL));
	EXPECT_EQ(7, give(m, NULL));
	EXPECT_EQ(MANY + 1, give(m, NULL));
	machine_delete(m);
}

TEST(handles_after_a_reset)
{
	struct machine *m = pc_on(SMALL_PC);
	char a, b;

	EXPECT_EQ(1, give(m, &a));
	EXPECT_EQ(2, give(m, &a));
	handle_free(m, 1);
	handles_snapshot(m);
	EXPECT_EQ(1, give(m, &b));
	handle_free(m, 2);
	for (u32 i = 0; i < MANY; i++)
		give(m, &b);
	handles_reset(m);
	EXPECT(handle_at(m, 2)->data == &a);
	EXPECT_EQ(1, give(m, &b));
	EXPECT_EQ(3, give(m, &b));
	machine_delete(m);
}
