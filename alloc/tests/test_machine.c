// SPDX-License-Identifier: MIT
/*
 * test_machine.c - power, boot and the call's surroundings; a machine is a
 * value: two of them live at once and know nothing of each other.
 */
#include "play.h"

TEST(life)
{
	struct machine *m = pc_new();
	const u64 off = machine_digest(m);
	struct mm_layout l;

	EXPECT_SOUND(m);
	mm_layout(m, &l);
	EXPECT_EQ(0, l.max_pfn);
	EXPECT(!pc_boot_why(m, "ram=16M cpus=8"));
	EXPECT_SOUND(m);
	machine_mem_init(m);
	EXPECT_SOUND(m);
	mm_layout(m, &l);
	EXPECT_EQ(8, l.nr_cpus);
	EXPECT_EQ(4096, l.max_pfn);
	/* booted anew, it is another PC */
	EXPECT(!pc_boot_why(m, "ram=6M"));
	machine_mem_init(m);
	mm_layout(m, &l);
	EXPECT_EQ(1, l.nr_cpus);
	EXPECT_EQ(1536, l.max_pfn);
	EXPECT_SOUND(m);
	/* and where no PC can be, it is off */
	EXPECT_STR("there is no RAM", pc_boot_why(m, ""));
	mm_layout(m, &l);
	EXPECT_EQ(0, l.max_pfn);
	EXPECT_EQ(off, machine_digest(m));
	EXPECT_SOUND(m);
	machine_delete(m);
	machine_delete(NULL);
}

/* RAM is new at each boot: nothing of the last life is in it. */
TEST(ram_is_zero_after_boot)
{
	struct machine *m = pc_on(SMALL_PC);
	const u64 digest = machine_digest(m);
	struct page *page[2];

	for (u32 round = 0; round < 2; round++) {
		page[0] = pc_alloc(m, GFP_KERNEL, 0);
		page[1] = pc_alloc(m, GFP_HIGHUSER, 0);
		for (u32 i = 0; i < 2; i++) {
			u8 *bytes = ram_frame(mm_ram(m),
					      mm_page_to_pfn(m, page[i]));

			for (u32 at = 0; at < PAGE_SIZE; at++)
				EXPECT_EQ(0, bytes[at]);
			memset(bytes, 0xAA, PAGE_SIZE);
		}
		EXPECT(!pc_boot_why(m, SMALL_PC));
		machine_mem_init(m);
		EXPECT_EQ(digest, machine_digest(m));
	}
	machine_delete(m);
}

/* The low 32 bits of the direct map's host address are PAGE_OFFSET's. */
TEST(the_window)
{
	struct machine *m = pc_on(SMALL_PC);
	const struct ram_view *ram = mm_ram(m);

	EXPECT_EQ(PAGE_OFFSET, (u32)ram->low);
	EXPECT_EQ(5120, ram->low_pfns);
	EXPECT_EQ(6144, ram->nr_pfns);
	EXPECT_EQ(PAGE_OFFSET + 0x1234000, ptr_link(ram_frame(ram, 0x1234)));
	EXPECT_EQ(ram->high + (uintptr_t)5121 * PAGE_SIZE,
		  (uintptr_t)ram_frame(ram, 5121));
	machine_delete(m);
}

TEST(the_current_task)
{
	struct machine *m = pc_on(SMALL_PC);
	u32 nr;

	mm_set_current(m, (struct task){ .fail_nth = 1 });
	mm__free_pages(m, NULL, 0);
	EXPECT(!mm_alloc_pages(m, GFP_KERNEL, 0));
	EXPECT_EQ(REPORT_bad_page, mm_report(m));
	mm_set_current(m, task_plain);
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT(mm_alloc_pages(m, GFP_KERNEL, 1));
	mm_trace(m, &nr);
	EXPECT(nr > 0);
	mm_set_current(m, (struct task){ .cpu = 1 });
	mm_trace(m, &nr);
	EXPECT_EQ(0, nr);
	machine_delete(m);
}

/* --- two machines --------------------------------------------------------- */

static u64 played_alone(const char *line, u32 seed, u32 cpus)
{
	struct machine *m = pc_on(line);
	struct play p = play_new(seed, cpus);
	u64 digest;

	play_on(&p, m, 500);
	digest = machine_digest(m);
	machine_delete(m);
	return digest;
}

/* Call by call in turns, and each ends as it would have ended alone. */
TEST(two_machines)
{
	static const char other[] = "ram=22532K vmalloc=1004M cpus=1";
	const u64 want[2] = { played_alone(SMALL_PC, 1, 2),
			      played_alone(other, 2, 1) };
	struct play p[2] = { play_new(1, 2), play_new(2, 1) };
	struct machine *m[2];

	if (HOST_32BIT)
		return;
	m[0] = pc_on(SMALL_PC);
	m[1] = pc_on(other);
	for (u32 i = 0; i < 500; i++) {
		play_on(&p[0], m[0], 1);
		play_on(&p[1], m[1], 1);
	}
	for (u32 i = 0; i < 2; i++) {
		EXPECT_EQ(want[i], machine_digest(m[i]));
		EXPECT_SOUND(m[i]);
	}
	machine_delete(m[0]);
	EXPECT_EQ(want[1], machine_digest(m[1]));
	EXPECT_SOUND(m[1]);
	machine_delete(m[1]);
}

/* The frames of two machines are not the same memory. */
TEST(two_rams)
{
	struct machine *m[2];
	u8 *bytes[2];

	if (HOST_32BIT)
		return;
	for (u32 i = 0; i < 2; i++) {
		m[i] = pc_on(SMALL_PC);
		bytes[i] = ram_frame(mm_ram(m[i]), 5120 + 17);
	}
	EXPECT(pc_alloc(m[0], GFP_HIGHUSER, 9));
	EXPECT(pc_alloc(m[1], GFP_HIGHUSER, 9));
	memset(bytes[0], 0xAA, PAGE_SIZE);
	for (u32 at = 0; at < PAGE_SIZE; at++)
		EXPECT_EQ(0, bytes[1][at]);
	machine_delete(m[1]);
	EXPECT_EQ(0xAA, bytes[0][4095]);
	machine_delete(m[0]);
}

/* A 32-bit process has one window. */
TEST(one_machine_on_a_32_bit_host)
{
	struct machine *m = pc_new(), *second;

	if (HOST_32BIT) {
		second = machine_new();
		EXPECT(!second);
		machine_delete(second);
	}
	machine_delete(m);
	m = pc_new();
	machine_delete(m);
}
