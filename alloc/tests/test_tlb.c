// SPDX-License-Identifier: MIT
/*
 * test_tlb.c - what fills a TLB, what drops from it, what is counted, and
 * each clause of tlb_validate().
 */
#include "clauses.h"
#include "../mmu.h"

#define HOT (TLB_VALID | TLB_RW)
#define EVERYBODYS (HOT | TLB_GLOBAL)

static struct machine *setup(void)
{
	return pc_on(SMALL_PC);
}

static void fill_small(struct machine *m, u32 cpu, vaddr_t addr, u32 entry)
{
	tlb_fill(m, &m->cpu[cpu].tlb, tlb_small_slot(addr), addr, entry);
}

static void fill_large(struct machine *m, u32 cpu, vaddr_t addr, u32 entry)
{
	tlb_fill(m, &m->cpu[cpu].tlb, tlb_large_slot(addr), addr, entry);
}

static void expect_counts(const struct machine *m, u32 cpu, u32 small,
			  u32 large, u32 global)
{
	struct cpu_view v;

	mm_cpu_view(m, cpu, &v);
	EXPECT_EQ(small, v.tlb_small);
	EXPECT_EQ(large, v.tlb_large);
	EXPECT_EQ(global, v.tlb_global);
	EXPECT_STR("sound", pc_broken(tlb_validate(m)));
}

/* A 4 KiB page of CPU 0 and 1 each, a global one, a 4 MiB one of each kind */
static struct machine *filled(void)
{
	struct machine *m = setup();

	mm_flush_tlb_all(m);
	fill_small(m, 0, 0x00000000, 0x5000 | HOT);
	fill_small(m, 0, 0xFFFFF123, 0x6000 | EVERYBODYS);
	fill_large(m, 0, 0x00400000, 0x00800000 | HOT);
	fill_large(m, 0, 0xFFFFF123, 0x00C00000 | EVERYBODYS);
	fill_small(m, 1, 0x00000000, 0x7000 | HOT);
	return m;
}

TEST(entries_by_page)
{
	struct machine *m = filled();

	EXPECT_EQ(0x5000 | HOT, mm_tlb_entry(m, 0, 0x00000FFF, false));
	EXPECT_EQ(0, mm_tlb_entry(m, 0, 0x00001000, false));
	EXPECT_EQ(0, mm_tlb_entry(m, 0, 0x00000FFF, true));
	EXPECT_EQ(0x6000 | EVERYBODYS, mm_tlb_entry(m, 0, 0xFFFFF000, false));
	EXPECT_EQ(0x800000 | HOT, mm_tlb_entry(m, 0, 0x007FFFFF, true));
	EXPECT_EQ(0, mm_tlb_entry(m, 0, 0x00800000, true));
	EXPECT_EQ(0xC00000 | EVERYBODYS, mm_tlb_entry(m, 0, 0xFFC00000, true));
	EXPECT_EQ(0x7000 | HOT, mm_tlb_entry(m, 1, 0, false));
	expect_counts(m, 0, 2, 2, 2);
	expect_counts(m, 1, 1, 0, 0);
	machine_delete(m);
}

TEST(invlpg_drops_both_sizes_and_global_ones)
{
	struct machine *m = filled();

	mm_invlpg(m, 0xFFFFF800);
	expect_counts(m, 0, 1, 1, 0);
	mm_invlpg(m, 0x00401000);
	expect_counts(m, 0, 1, 0, 0);
	mm_invlpg(m, 0x00001000);
	expect_counts(m, 0, 1, 0, 0);
	mm_invlpg(m, 0x00000000);
	expect_counts(m, 0, 0, 0, 0);
	expect_counts(m, 1, 1, 0, 0);
	EXPECT_EQ(0, mm_tlb_entry(m, 0, 0, false));
	/* its place on the log is still its own: filled once more, it has one
	 */
	fill_small(m, 0, 0, 0x8000 | EVERYBODYS);
	expect_counts(m, 0, 1, 0, 1);
	EXPECT_EQ(4, m->cpu[0].tlb.nr_log);
	machine_delete(m);
}

TEST(loading_cr3_spares_global_entries)
{
	struct machine *m = filled();

	mm_flush_tlb(m);
	expect_counts(m, 0, 1, 1, 2);
	EXPECT_EQ(0x6000 | EVERYBODYS, mm_tlb_entry(m, 0, 0xFFFFF000, false));
	EXPECT_EQ(0, mm_tlb_entry(m, 0, 0, false));
	EXPECT_EQ(2, m->cpu[0].tlb.nr_log);
	expect_counts(m, 1, 1, 0, 0);
	cpu_load_cr3(m, 1, 0x101000);
	expect_counts(m, 1, 0, 0, 0);
	machine_delete(m);
}

TEST(flush_tlb_all_is_of_all_cpus)
{
	struct machine *m = filled();

	mm_flush_tlb_all(m);
	expect_counts(m, 0, 0, 0, 0);
	expect_counts(m, 1, 0, 0, 0);
	EXPECT_EQ(0, mm_tlb_entry(m, 0, 0xFFFFF000, false));
	machine_delete(m);
}

TEST(a_cr4_that_changes_drops_all)
{
	struct machine *m = filled();
	struct cpu_view v;

	mm_write_cr4(m, true);
	expect_counts(m, 0, 2, 2, 2);
	mm_write_cr4(m, false);
	expect_counts(m, 0, 0, 0, 0);
	expect_counts(m, 1, 1, 0, 0);
	mm_cpu_view(m, 0, &v);
	EXPECT_EQ(CR4_PSE, v.cr4);
	mm_cpu_view(m, 1, &v);
	EXPECT_EQ(CR4_PSE | CR4_PGE, v.cr4);
	mm_write_cr0(m, false);
	mm_cpu_view(m, 0, &v);
	EXPECT_EQ(0x80040033, v.cr0);
	machine_delete(m);
}

TEST(an_entry_replaced_is_counted_once)
{
	struct machine *m = filled();

	fill_small(m, 0, 0xFFFFF000, 0x9000 | HOT);
	expect_counts(m, 0, 2, 2, 1);
	fill_small(m, 0, 0, 0x9000 | EVERYBODYS);
	expect_counts(m, 0, 2, 2, 2);
	EXPECT_EQ(0x9000 | EVERYBODYS, mm_tlb_entry(m, 0, 0, false));
	machine_delete(m);
}

/* Low memory ends at 20 MiB, all of it at 24 MiB. */
TEST(pages_that_lie_in_one_place)
{
	static const struct {
		u32 frame;
		bool small, large;
	} rows[] = {
		{ 0x00000000, true, true },   { 0x01000000, true, true },
		{ 0x01400000, true, true },   { 0x01800000, false, false },
		{ 0xFFC00000, false, false },
	};
	struct machine *m = setup();

	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		fill_small(m, 0, 0x1000, rows[i].frame | HOT);
		fill_large(m, 0, 0x400000, rows[i].frame | HOT);
		EXPECT_EQ(rows[i].small,
			  !!(m->cpu[0].tlb.entry[1] & TLB_QUICK));
		EXPECT_EQ(rows[i].large,
			  !!(m->cpu[0].tlb.entry[TLB_SMALL_SLOTS + 1] &
			     TLB_QUICK));
	}
	EXPECT_STR("sound", pc_broken(tlb_validate(m)));
	machine_delete(m);
	/* 16.5 MiB of RAM, all low: the last 4 MiB are not all there */
	m = pc_on("e820=0-9f000,100000-1081000");
	fill_large(m, 0, 0x400000, 0x01000000 | HOT);
	EXPECT(!(m->cpu[0].tlb.entry[TLB_SMALL_SLOTS + 1] & TLB_QUICK));
	machine_delete(m);
}

/* --- clauses -------------------------------------------------------------- */

#define T1_ROOM "T1: the log has a place for a slot"
#define T1_SLOT "T1: the log names slots"
#define T1 "T1: what the log names is marked so"
#define T2 "T2: as many entries as are counted, of either size"
#define T2_GLOBAL "T2: as many global entries as are counted"
#define T3_DROPPED "T3: a dropped entry says nothing"
#define T3 "T3: an entry has a frame of its size, and bits that exist"
#define T4_PGE "T4: without CR4.PGE no entry is global"
#define T4_PSE "T4: without CR4.PSE no entry is of 4 MiB"
#define T5 "T5: what is reached is the frame"

#define SLOT3 m->cpu[1].tlb.entry[3]

NEGATIVE(a_log_without_end, QUICK, T1_ROOM)
{
	m->cpu[1].tlb.nr_log = TLB_SLOTS + 1;
}

NEGATIVE(a_slot_that_is_none, QUICK, T1_SLOT)
{
	fill_small(m, 1, 0x3000, 0x5000 | HOT);
	m->cpu[1].tlb.log[0] = TLB_SLOTS;
}

NEGATIVE(a_slot_not_marked, QUICK, T1)
{
	fill_small(m, 1, 0x3000, 0x5000 | HOT);
	SLOT3 &= ~TLB_LOGGED;
}

NEGATIVE(an_entry_not_on_the_log, QUICK, T2)
{
	fill_small(m, 1, 0x3000, 0x5000 | HOT);
	m->cpu[1].tlb.nr_log--;
}

NEGATIVE(an_entry_on_it_twice, QUICK, T2)
{
	struct tlb *tlb = &m->cpu[1].tlb;

	fill_large(m, 1, 0x3000, HOT);
	tlb->log[tlb->nr_log] = tlb->log[tlb->nr_log - 1];
	tlb->nr_log++;
}

NEGATIVE(a_global_entry_not_counted, QUICK, T2_GLOBAL)
{
	fill_small(m, 1, 0x3000, 0x5000 | HOT);
	SLOT3 |= TLB_GLOBAL;
}

NEGATIVE(a_rest_of_an_entry, QUICK, T3_DROPPED)
{
	fill_small(m, 1, 0x3000, 0x5000 | HOT);
	tlb_drop_page(m, 1, 0x3000);
	SLOT3 |= 0x5000;
}

NEGATIVE(an_accessed_entry, QUICK, T3)
{
	fill_small(m, 1, 0x3000, 0x5000 | HOT);
	SLOT3 |= 0x20;
}

NEGATIVE(a_large_entry_of_a_small_frame, QUICK, T3)
{
	fill_large(m, 1, 0, HOT);
	m->cpu[1].tlb.entry[TLB_SMALL_SLOTS] |= 0x1000;
}

NEGATIVE(a_global_entry_without_pge, QUICK, T4_PGE)
{
	fill_small(m, 1, 0x3000, 0x5000 | EVERYBODYS);
	m->cpu[1].r.cr4 &= ~CR4_PGE;
}

NEGATIVE(a_large_entry_without_pse, QUICK, T4_PSE)
{
	fill_large(m, 1, 0, HOT);
	m->cpu[1].r.cr4 &= ~CR4_PSE;
}

NEGATIVE(another_frame_is_reached, QUICK, T5)
{
	fill_small(m, 1, 0x3000, 0x5000 | HOT);
	m->cpu[1].tlb.reach[3] += 4096;
}

CLAUSES("tlb.c", tlb_validate, setup)
