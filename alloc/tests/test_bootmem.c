// SPDX-License-Identifier: MIT
/*
 * test_bootmem.c - the allocator of boot: what it takes for itself, first
 * fit, goals, packing, what it refuses, and each clause of
 * bootmem_validate().
 */
#include "clauses.h"
#include "../bootmem.h"

#define BOOTMEM_LINE "ram=24M vmalloc=1004M cpus=2"
#define LOW_END (20u << 20)

static struct machine *setup(void)
{
	return pc_bootmem(BOOTMEM_LINE);
}

static u32 alloc(struct machine *m, u32 size, u32 align, u32 goal)
{
	mm_set_current(m, task_plain);
	return mm_alloc_bootmem(m, size, align, goal);
}

static enum report_kind free_range(struct machine *m, u32 addr, u32 size)
{
	mm_set_current(m, task_plain);
	mm_free_bootmem(m, addr, size);
	return mm_report(m);
}

static enum report_kind reserve(struct machine *m, u32 addr, u32 size)
{
	mm_set_current(m, task_plain);
	mm_reserve_bootmem(m, addr, size);
	return mm_report(m);
}

/* --- what boot takes ------------------------------------------------------ */

TEST(claims)
{
	static const struct boot_claim want[] = {
		{ CLAIM_image, 0x100000, 0x300000 },
		{ CLAIM_pg0, 0x400000, 0x2000 },
		{ CLAIM_bitmap, 0x402000, 0x1000 },
		{ CLAIM_page0, 0, 0x1000 },
		{ CLAIM_ebda, 0x9F000, 0x1000 },
		{ CLAIM_trampoline, 0x1000, 0x1000 },
		{ CLAIM_fixmap_pt, 0x2000, 0x1000 },
		{ CLAIM_pkmap_pt, 0x3000, 0x1000 },
		{ CLAIM_mem_map, 0x1000000, 6145 * 32 },
	};
	struct machine *m = setup();
	const struct boot_claim *claim;
	u32 nr;

	claim = mm_boot_claims(m, &nr);
	EXPECT_EQ(ARRAY_SIZE(want), nr);
	for (u32 i = 0; i < ARRAY_SIZE(want) && i < nr; i++) {
		EXPECT_EQ(want[i].label, claim[i].label);
		EXPECT_EQ(want[i].start, claim[i].start);
		EXPECT_EQ(want[i].size, claim[i].size);
	}
	machine_delete(m);
}

/* ceil(pfns / 8) bytes to a word, then to frames: 7 for 896 MiB. */
TEST(size_of_the_bitmap)
{
	static const struct {
		const char *line;
		u32 frames;
	} row[] = {
		{ "ram=16M", 1 },  { "ram=128M", 1 }, { "e820=0-8001000", 2 },
		{ "ram=256M", 2 }, { "ram=896M", 7 },
	};

	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		struct machine *m = pc_on_if_it_fits(row[i].line);
		u32 nr;

		if (!m)
			continue;
		EXPECT_EQ(row[i].frames * PAGE_SIZE,
			  mm_boot_claims(m, &nr)[2].size);
		machine_delete(m);
	}
}

TEST(no_trampoline_on_up)
{
	struct machine *m = pc_bootmem("ram=20M cpus=1");
	const struct boot_claim *claim;
	u32 nr;

	claim = mm_boot_claims(m, &nr);
	for (u32 i = 0; i < nr; i++)
		EXPECT(claim[i].label != CLAIM_trampoline);
	EXPECT(!bootmem_reserved(m, 3));
	machine_delete(m);
}

/* --- allocating ----------------------------------------------------------- */

/* Behind mem_map, 49 frames at 16 MiB, of which the last is not full. */
TEST(first_fit_and_packing)
{
	const u32 map_end = (16u << 20) + 6145 * 32;
	struct machine *m = setup();
	u32 nr;

	/* right behind mem_map's end, in its last frame and beyond */
	EXPECT_EQ(map_end, alloc(m, 100, 1, 0));
	EXPECT_EQ(map_end + 112, alloc(m, 16, 16, 0));
	/* a whole frame's alignment shares nothing */
	EXPECT_EQ(0x1031000, alloc(m, 100, 4096, 0));
	EXPECT_EQ(0x1031080, alloc(m, 8000, 64, 0));
	EXPECT_EQ(0x1040000, alloc(m, 4096, 65536, 0));
	EXPECT_EQ(9 + 5, (mm_boot_claims(m, &nr), nr));
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(goals)
{
	struct machine *m = setup();

	EXPECT_EQ(0x1200000, alloc(m, 4096, 4096, 0x1200000));
	/* scans begin at the last success, even with a lower goal */
	EXPECT_EQ(0x1201000, alloc(m, 4096, 4096, 0));
	/* a goal at or past the end is none */
	EXPECT_EQ(0x1202000, alloc(m, 4096, 4096, LOW_END));
	/* nothing above: once more from the bottom */
	EXPECT_EQ(0x4000, alloc(m, 16 << 10, 4096, 0x13FF000));
	/* and there the next scan begins */
	EXPECT_EQ(0x8000, alloc(m, 4096, 4096, 0));
	machine_delete(m);
}

/* A free below the last success moves it down to there. */
TEST(a_free_moves_the_scan)
{
	struct machine *m = setup();
	u32 a = alloc(m, 4096, 4096, 0x1200000);
	u32 b = alloc(m, 4096, 4096, 0);

	EXPECT_EQ(REPORT_none, free_range(m, b, 4096));
	EXPECT_EQ(b, alloc(m, 4096, 4096, 0));
	EXPECT_EQ(REPORT_none, free_range(m, a, 4096));
	EXPECT_EQ(a, alloc(m, 4096, 4096, 0));
	/* half of a frame at each end: nothing is free, and nothing moves */
	EXPECT_EQ(REPORT_none, free_range(m, a + 1, 4096));
	EXPECT_EQ(0x1202000, alloc(m, 4096, 4096, 0));
	machine_delete(m);
}

TEST(memory_is_zero)
{
	struct machine *m = setup();
	u32 a = alloc(m, 8192, 4096, 0);
	u8 *bytes = phys_ptr(m, a);

	memset(bytes, 0xAA, 8192);
	EXPECT_EQ(REPORT_none, free_range(m, a, 8192));
	EXPECT_EQ(a, alloc(m, 8192, 4096, 0));
	for (u32 i = 0; i < 8192; i++)
		EXPECT_EQ(0, bytes[i]);
	machine_delete(m);
}

/* A reserved range is rounded out, a freed one in; reserving twice is fine. */
TEST(rounding)
{
	struct machine *m = setup();

	EXPECT_EQ(REPORT_none, reserve(m, 0x1200FFF, 2));
	EXPECT(bootmem_reserved(m, 0x1200) && bootmem_reserved(m, 0x1201));
	EXPECT(!bootmem_reserved(m, 0x11FF) && !bootmem_reserved(m, 0x1202));
	EXPECT_EQ(REPORT_none, reserve(m, 0x1200000, 0x3000));
	EXPECT_EQ(REPORT_none, free_range(m, 0x1200001, 0x2FFE));
	EXPECT(bootmem_reserved(m, 0x1200) && !bootmem_reserved(m, 0x1201));
	EXPECT(bootmem_reserved(m, 0x1202));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* What a hole frees becomes memory, and all of it is counted. */
TEST(a_hole_becomes_memory)
{
	struct machine *m = setup();
	struct mm_layout l;
	u32 before;

	machine_mem_init(m);
	mm_layout(m, &l);
	before = l.totalram_pages;
	EXPECT(!pc_boot_why(m, BOOTMEM_LINE));
	EXPECT_EQ(REPORT_none, free_range(m, 0xA0000, 0x60000));
	machine_mem_init(m);
	mm_layout(m, &l);
	EXPECT_EQ(before + 0x60, l.totalram_pages);
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* The 513th claim and those behind it are not listed, but they hold. */
TEST(more_claims_than_are_listed)
{
	struct machine *m = setup();
	u32 nr, last = 0;

	for (u32 i = 0; i < 600; i++)
		last = alloc(m, 4096, 4096, 0);
	mm_boot_claims(m, &nr);
	EXPECT_EQ(512, nr);
	EXPECT(bootmem_reserved(m, last >> PAGE_SHIFT));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* --- misuse --------------------------------------------------------------- */

enum verb { ALLOC, FREE, RESERVE };

/* Every bootmem report, in the order of checks; the bitmap stays as it is. */
TEST(misuse)
{
	static const struct {
		enum verb verb;
		u32 addr, size, align;
		enum report_kind report;
	} row[] = {
		{ ALLOC, 0, 0, 1, REPORT_bootmem_range },
		{ ALLOC, 0, 0, 3, REPORT_bootmem_range },
		{ ALLOC, 0, 1, 3, REPORT_bootmem_align },
		{ ALLOC, 0, 1, 0xFFFFFFFF, REPORT_bootmem_align },
		{ ALLOC, 0, LOW_END, 1, REPORT_bootmem_panic },
		{ ALLOC, 0, 0xFFFFFFFF, 1, REPORT_bootmem_panic },
		{ ALLOC, 0, 4096, 0x80000000, REPORT_bootmem_panic },
		{ FREE, 0x1200000, 0, 0, REPORT_bootmem_range },
		{ FREE, LOW_END - 4096, 4097, 0, REPORT_bootmem_range },
		{ FREE, 0xFFFFF000, 0xFFFFFFFF, 0, REPORT_bootmem_range },
		{ FREE, 0x1200000, 4096, 0, REPORT_bootmem_double_free },
		{ FREE, 0xFF000, 0x2000, 0, REPORT_free_reserved },
		{ FREE, 0x402000, 0x1000, 0, REPORT_free_reserved },
		{ FREE, 0x1030000, 0x1000, 0, REPORT_free_reserved },
		/* boot's own before what is free */
		{ FREE, 0x1030000, 0x2000, 0, REPORT_free_reserved },
		{ RESERVE, 0x1200000, 0, 0, REPORT_bootmem_range },
		{ RESERVE, LOW_END, 1, 0, REPORT_bootmem_range },
	};
	struct machine *m = setup();
	u8 before[4096];

	memcpy(before, m->bootmem.map, sizeof(before));
	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		const struct bootmem cursors = m->bootmem;

		if (row[i].verb == ALLOC)
			EXPECT_EQ(0, alloc(m, row[i].size, row[i].align,
					   row[i].addr));
		else if (row[i].verb == FREE)
			free_range(m, row[i].addr, row[i].size);
		else
			reserve(m, row[i].addr, row[i].size);
		if (mm_report(m) != row[i].report)
			TEST_FAIL("row %u: report %u", i, mm_report(m));
		EXPECT(!memcmp(before, m->bootmem.map, sizeof(before)));
		EXPECT_EQ(cursors.last_pos, m->bootmem.last_pos);
		EXPECT_EQ(cursors.last_offset, m->bootmem.last_offset);
		EXPECT_EQ(cursors.last_success, m->bootmem.last_success);
	}
	machine_delete(m);
}

TEST(late)
{
	struct machine *m = pc_on(BOOTMEM_LINE);
	u64 digest = machine_digest(m);

	EXPECT_EQ(0, alloc(m, 4096, 3, 0));
	EXPECT_EQ(REPORT_bootmem_late, mm_report(m));
	EXPECT_EQ(REPORT_bootmem_late, free_range(m, 0x1200000, 4096));
	EXPECT_EQ(REPORT_bootmem_late, reserve(m, 0x1200000, 0));
	EXPECT_EQ(digest, machine_digest(m));
	machine_delete(m);
}

/* --- clauses -------------------------------------------------------------- */

#define M1 "M1: boot's own frames are reserved"
#define M2 "M2: nothing is free behind low memory"
#define M3 "M3: the cursors lie in low memory"

NEGATIVE(a_free_frame_of_the_image, QUICK, M1)
{
	m->bootmem.map[0x100 / 32 + 1] &= ~1u;
}

NEGATIVE(the_last_frame_of_mem_map_free, QUICK, M1)
{
	m->bootmem.map[0x1030 / 32] &= ~(1u << 0x1030 % 32);
}

NEGATIVE(a_free_frame_behind_the_end, QUICK, M2)
{
	m->bootmem.map[5120 / 32] &= ~1u;
}

NEGATIVE(the_last_position_outside, QUICK, M3)
{
	m->bootmem.last_pos = 5120;
}

NEGATIVE(the_last_offset_outside, QUICK, M3)
{
	m->bootmem.last_offset = PAGE_SIZE;
}

NEGATIVE(the_last_success_outside, QUICK, M3)
{
	m->bootmem.last_success = LOW_END;
}

CLAUSES("bootmem.c", bootmem_validate, setup)
