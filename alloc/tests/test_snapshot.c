// SPDX-License-Identifier: MIT
/*
 * test_snapshot.c - after any program, machine_reset() gives the machine that
 * was there at machine_snapshot(): every byte, on machines of all shapes.
 */
#include "play.h"
#include "../machine.h"

#define CALLS 600u

static u32 cpus_of(const struct machine *m)
{
	struct mm_layout l;

	mm_layout(m, &l);
	return l.nr_cpus;
}

static u64 digest_of_boot(const char *line)
{
	struct machine *m = pc_on(line);
	u64 digest = machine_digest(m);

	machine_delete(m);
	return digest;
}

/* True if RAM's metadata is what it was at the snapshot, every byte. */
static bool machine_at_snapshot(const struct machine *m)
{
	const struct golden *g = &m->golden;

	return g->taken && !memcmp(&g->data, m->data, sizeof(g->data)) &&
	       !memcmp(g->mem_map, m->mem_map,
		       (m->nr_pages + 1) * PAGE_STRUCT_BYTES);
}

static void expect_reset(struct machine *m, u64 digest, u64 view)
{
	machine_reset(m);
	EXPECT_EQ(digest, machine_digest(m));
	EXPECT_EQ(view, machine_view(m));
	EXPECT(machine_at_snapshot(m));
	EXPECT_SOUND(m);
}

/* And a fresh boot is the same machine again. */
TEST(reset_is_a_fresh_boot)
{
	for (u32 i = 0; i < ARRAY_SIZE(play_lines); i++) {
		u64 fresh = digest_of_boot(play_lines[i]);
		struct machine *m = pc_on(play_lines[i]);
		u64 view = machine_view(m);

		machine_snapshot(m);
		EXPECT(machine_at_snapshot(m));
		for (u32 seed = 0; seed < 5; seed++) {
			struct play p = play_new(i * 10 + seed, cpus_of(m));

			play_on(&p, m, CALLS);
			EXPECT_SOUND(m);
			EXPECT(machine_digest(m) != fresh);
			EXPECT(!machine_at_snapshot(m));
			expect_reset(m, fresh, view);
		}
		machine_delete(m);
	}
}

/* Nothing survives: the same program ends the same way. */
TEST(a_program_after_a_reset_is_the_same_program)
{
	for (u32 i = 0; i < ARRAY_SIZE(play_lines); i++) {
		struct machine *m = pc_on(play_lines[i]);
		u64 digest = 0;

		machine_snapshot(m);
		for (u32 round = 0; round < 3; round++) {
			struct play other = play_new(round, cpus_of(m));
			struct play p = play_new(77, cpus_of(m));

			play_on(&p, m, CALLS);
			if (round)
				EXPECT_EQ(digest, machine_digest(m));
			digest = machine_digest(m);
			machine_reset(m);
			play_on(&other, m, CALLS / 2);
			machine_reset(m);
		}
		machine_delete(m);
	}
}

/* A snapshot in the middle: owned blocks and lists are restored as well. */
TEST(a_snapshot_with_owned_frames)
{
	for (u32 i = 0; i < ARRAY_SIZE(play_lines); i++) {
		struct machine *m = pc_on(play_lines[i]);
		struct play before = play_new(i, cpus_of(m));
		u64 digest, view;

		play_on(&before, m, CALLS);
		machine_snapshot(m);
		digest = machine_digest(m);
		view = machine_view(m);
		for (u32 round = 0; round < 3; round++) {
			struct play p = before;

			p.dice.state += round;
			play_on(&p, m, CALLS);
			expect_reset(m, digest, view);
		}
		machine_delete(m);
	}
}

/* The later one counts. */
TEST(a_second_snapshot)
{
	struct machine *m = pc_on(SMALL_PC);
	u64 digest, view;

	machine_snapshot(m);
	pc_alloc(m, GFP_KERNEL, 3);
	machine_snapshot(m);
	digest = machine_digest(m);
	view = machine_view(m);
	pc_alloc(m, GFP_HIGHUSER | __GFP_ZERO, 2);
	expect_reset(m, digest, view);
	expect_reset(m, digest, view);
	machine_delete(m);
}

/* One case for each thing that a reset restores, or that it forgets. */
TEST(what_a_reset_restores)
{
	struct machine *m = pc_on(SMALL_PC);
	u64 digest = machine_digest(m), view = machine_view(m);
	struct page *page;
	u32 nr;

	machine_snapshot(m);
	pc_alloc(m, GFP_HIGHUSER | __GFP_ZERO, 0); /* a PTE of the fixmap */
	expect_reset(m, digest, view);
	mm_set_min_free_kbytes(m, 1);
	mm_set_lowmem_reserve_ratio(m, 1, 1);
	expect_reset(m, digest, view);
	mm_get_page(m, mm_pfn_to_page(m, pc_reserved_pfn()));
	expect_reset(m, digest, view);
	page = pc_alloc(m, GFP_KERNEL | __GFP_COMP, 10);
	EXPECT(page);
	mm_get_page(m, page + 1000);
	expect_reset(m, digest, view);
	mm_set_current(m, (struct task){ .cpu = 1 });
	mm_alloc_pages(m, GFP_KERNEL | __GFP_COLD, 0);
	EXPECT(machine_digest(m) != digest);
	expect_reset(m, digest, view);
	mm__free_pages(m, NULL, 0);
	EXPECT_EQ(REPORT_bad_page, mm_report(m));
	machine_reset(m);
	EXPECT_EQ(REPORT_none, mm_report(m));
	mm_trace(m, &nr);
	EXPECT_EQ(0, nr);
	machine_delete(m);
}

/* The price is what was touched, and not the size of the machine. */
TEST(a_reset_costs_what_was_touched)
{
	struct machine *m = pc_on("ram=64M");
	struct play p = play_new(5, 1);
	u32 at_snapshot;

	machine_snapshot(m);
	at_snapshot = m->nr_touched;
	play_on(&p, m, 20);
	EXPECT(m->nr_touched > at_snapshot);
	EXPECT(m->nr_touched < at_snapshot + 20 * 100);
	machine_reset(m);
	EXPECT_EQ(at_snapshot, m->nr_touched);
	machine_delete(m);
}
