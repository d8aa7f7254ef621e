// SPDX-License-Identifier: MIT
/*
 * test_bitops.c - the integer operations, at their edges.
 */
#include "../../ci/test.h"
#include "../bitops.h"

TEST(find_last_set)
{
	for (u32 bit = 0; bit < 32; bit++) {
		EXPECT_EQ(bit + 1, fls(1u << bit));
		EXPECT_EQ(bit + 1, fls((1u << bit) | ((1u << bit) - 1)));
	}
}

TEST(square_roots)
{
	for (u32 root = 1; root < 65536; root++) {
		EXPECT_EQ(root, int_sqrt(root * root));
		EXPECT_EQ(root - 1, int_sqrt(root * root - 1));
	}
	EXPECT_EQ(0, int_sqrt(0));
	EXPECT_EQ(65535, int_sqrt(0xFFFFFFFF));
}

TEST(powers_of_two)
{
	EXPECT(!is_power_of_2(0xFFFFFFFF));
	for (u32 bit = 0; bit < 32; bit++)
		EXPECT(is_power_of_2(1u << bit));
	for (u32 bit = 2; bit < 32; bit++)
		EXPECT(!is_power_of_2((1u << bit) - 1));
}

TEST(aligning)
{
	EXPECT_EQ(0, align_up(0, 4096));
	EXPECT_EQ(4096, align_up(1, 4096));
	EXPECT_EQ(4096, align_up(4096, 4096));
	EXPECT_EQ(0x100000000, align_up(0xFFFFFFFF, 4096));
	EXPECT_EQ(7, align_up(7, 1));
}

TEST(bits)
{
	u32 map[2] = { 0, 0 };

	set_bit(map, 0);
	set_bit(map, 63);
	EXPECT_EQ(1, map[0]);
	EXPECT_EQ(0x80000000, map[1]);
	EXPECT(test_bit(map, 63) && !test_bit(map, 62));
	clear_bit(map, 63);
	EXPECT_EQ(0, map[1]);
}
