// SPDX-License-Identifier: MIT
/*
 * test_mmu.c - the walk, the rights, the error codes, A and D, and what the
 * TLB answers instead: expectations from IA-32 SDM vol. 3, 3.7, 3.11, 4.11,
 * 5.15 (interrupt 14).
 */
#include "pc.h"
#include "../mmu.h"
#include "../segment.h"
#include "../tlb.h"

#define ADDR 0x40403123u /* PDE 257, PTE 3 */
#define FRAME 0x00345000u
#define OK 0x100u /* no fault: no error code has this bit */

/* A directory of our own, with one table in it. */
struct tables {
	struct machine *m;
	u32 pgd, table; /* physical */
	u32 *pde, *pte; /* ADDR's */
};

static u32 new_frame(struct machine *m)
{
	struct page *page = pc_alloc(m, GFP_KERNEL | __GFP_ZERO, 0);

	return page_to_pfn(m, page) << PAGE_SHIFT;
}

static struct tables setup(u32 pde_bits, u32 pte)
{
	struct tables t = { .m = pc_on(SMALL_PC) };

	t.pgd = new_frame(t.m);
	t.table = new_frame(t.m);
	t.pde = (u32 *)phys_ptr(t.m, t.pgd) + 257;
	t.pte = (u32 *)phys_ptr(t.m, t.table) + 3;
	*t.pde = t.table | pde_bits;
	*t.pte = pte;
	cpu_load_cr3(t.m, 0, t.pgd);
	return t;
}

/* OK, or the error code; the address in CR2 and the frame are right. */
static u32 touch(struct machine *m, vaddr_t addr, enum access_kind kind,
		 u32 *paddr)
{
	struct fault f = { 0 };

	if (mmu_translate(m, addr, kind, paddr, &f))
		return OK;
	EXPECT_EQ(FAULT_PF, f.vector);
	EXPECT_EQ(addr, f.cr2);
	EXPECT_EQ(0, mm_tlb_entry(m, m->task.cpu, addr, false));
	EXPECT_EQ(0, mm_tlb_entry(m, m->task.cpu, addr, true));
	return f.error;
}

static u32 touch_addr(struct machine *m, enum access_kind kind)
{
	u32 paddr = 0;

	return touch(m, ADDR, kind, &paddr);
}

/* --- presence, rights ----------------------------------------------------- */

#define RD ACCESS_READ
#define WR ACCESS_WRITE
#define EX ACCESS_EXEC

static const struct right {
	u32 pde, pte; /* their low bits */
	u8 user, wp, kind;
	u32 want;
} rights[] = {
	/* not present: the other bits do not count */
	{ 0x006, 0x007, 0, 1, RD, 0 },
	{ 0x007, 0x006, 0, 1, WR, 2 },
	{ 0x007, 0x006, 1, 1, RD, 4 },
	{ 0x007, 0x006, 1, 1, WR, 6 },
	{ 0x007, 0x006, 1, 1, EX, 4 },
	{ 0x007, 0x0A6, 0, 1, RD, 0 }, /* PROTNONE */
	{ 0x001, 0x006, 1, 1, WR, 6 }, /* presence before rights */
	/* a supervisor */
	{ 0x001, 0x001, 0, 1, RD, OK },
	{ 0x001, 0x001, 0, 1, EX, OK },
	{ 0x001, 0x003, 0, 1, WR, 3 },
	{ 0x003, 0x001, 0, 1, WR, 3 },
	{ 0x003, 0x003, 0, 1, WR, OK },
	{ 0x007, 0x005, 0, 1, WR, 3 },
	{ 0x001, 0x001, 0, 0, WR, OK }, /* without WP */
	{ 0x005, 0x005, 0, 0, WR, OK },
	/* a user: both levels must say U, and RW for a write, WP or not */
	{ 0x007, 0x003, 1, 1, RD, 5 },
	{ 0x003, 0x007, 1, 1, RD, 5 },
	{ 0x003, 0x007, 1, 1, EX, 5 },
	{ 0x003, 0x003, 1, 1, WR, 7 },
	{ 0x007, 0x007, 1, 1, WR, OK },
	{ 0x005, 0x005, 1, 1, RD, OK },
	{ 0x005, 0x005, 1, 1, EX, OK },
	{ 0x005, 0x007, 1, 1, WR, 7 },
	{ 0x007, 0x005, 1, 1, WR, 7 },
	{ 0x007, 0x005, 1, 0, WR, 7 },
	/* bit 7 of a PTE, here PAT, means nothing */
	{ 0x007, 0x087, 1, 1, WR, OK },
};

static void check_right(const struct right *row, u32 nr)
{
	struct tables t = setup(row->pde, FRAME | row->pte);
	bool wrote = row->kind == WR;
	u32 got, paddr = 0;

	mm_write_cr0(t.m, row->wp);
	mm_set_mode(t.m, row->user);
	got = touch(t.m, ADDR, row->kind, &paddr);
	if (got != row->want)
		TEST_FAIL("row %u: 0x%x and not 0x%x", nr, got, row->want);
	if (row->want == OK) {
		EXPECT_EQ(FRAME | 0x123, paddr);
		EXPECT_EQ(t.table | row->pde | 0x20, *t.pde);
		EXPECT_EQ(FRAME | row->pte | (wrote ? 0x60 : 0x20), *t.pte);
	} else {
		EXPECT_EQ(t.table | row->pde, *t.pde);
		EXPECT_EQ(FRAME | row->pte, *t.pte);
	}
	EXPECT_STR("sound", pc_broken(tlb_validate(t.m)));
	machine_delete(t.m);
}

TEST(rights_of_both_levels)
{
	for (u32 i = 0; i < ARRAY_SIZE(rights); i++)
		check_right(&rights[i], i);
}

/* --- 4 MiB ---------------------------------------------------------------- */

TEST(large_pages)
{
	struct tables t = setup(0, 0);
	struct machine *m = t.m;
	u32 paddr = 0;

	*t.pde = 0x00C01087; /* bit 12, the PAT's, means nothing */
	EXPECT_EQ(OK, touch(m, ADDR, RD, &paddr));
	EXPECT_EQ(0x00C03123, paddr);
	EXPECT_EQ(0x00C010A7, *t.pde);
	EXPECT_EQ(0x00C00007, mm_tlb_entry(m, 0, ADDR, true));
	EXPECT_EQ(OK, touch(m, ADDR, WR, &paddr));
	EXPECT_EQ(0x00C010E7, *t.pde);
	EXPECT_EQ(0x00C00047, mm_tlb_entry(m, 0, ADDR, true));
	EXPECT_EQ(0, mm_tlb_entry(m, 0, ADDR, false));
	/* each of the reserved bits, before rights */
	mm_set_mode(m, true);
	for (u32 bit = 13; bit <= 21; bit++) {
		*t.pde = 0x00C00081 | 1u << bit;
		mm_invlpg(m, ADDR);
		EXPECT_EQ(0xF, touch(m, ADDR, WR, &paddr));
		EXPECT_EQ(0x00C00081 | 1u << bit, *t.pde);
	}
	*t.pde = 0x00C00085;
	EXPECT_EQ(7, touch(m, ADDR, WR, &paddr));
	machine_delete(m);
}

TEST(without_pse_bit_7_means_nothing)
{
	struct tables t = setup(0x087, FRAME | 7);
	u32 paddr = 0;

	t.m->cpu[0].r.cr4 &= ~CR4_PSE;
	tlb_drop_all(t.m, 0);
	EXPECT_EQ(OK, touch(t.m, ADDR, RD, &paddr));
	EXPECT_EQ(FRAME | 0x123, paddr);
	machine_delete(t.m);
}

/* The bus is open where a table is not in low memory: all ones. */
TEST(tables_past_low_memory)
{
	struct tables t = setup(0, 0);
	u32 paddr = 0;

	*t.pde = 0x01400007; /* high: present, RW, U, of the last frame */
	EXPECT_EQ(OK, touch(t.m, ADDR, WR, &paddr));
	EXPECT_EQ(0xFFFFF123, paddr);
	EXPECT_EQ(0x01400027, *t.pde);
	/* the entry is global, as all ones say; the directory itself: a
	 * 4 MiB page with reserved bits */
	mm_flush_tlb_all(t.m);
	cpu_load_cr3(t.m, 0, 0xFFFFF000);
	EXPECT_EQ(0xB, touch(t.m, ADDR, WR, &paddr));
	machine_delete(t.m);
}

/* --- the TLB's answers ---------------------------------------------------- */

TEST(a_stale_entry_serves)
{
	struct tables t = setup(7, FRAME | 7);
	u32 paddr = 0;

	EXPECT_EQ(OK, touch(t.m, ADDR, WR, &paddr));
	*t.pte = 0;
	EXPECT_EQ(OK, touch(t.m, ADDR, WR, &paddr));
	EXPECT_EQ(FRAME | 0x123, paddr);
	EXPECT_EQ(0, *t.pte);
	mm_invlpg(t.m, ADDR);
	EXPECT_EQ(2, touch(t.m, ADDR, WR, &paddr));
	machine_delete(t.m);
}

/* Rights are the entry's, CPL and WP today's; the fault drops it. */
TEST(an_entry_judges)
{
	struct tables t = setup(7, FRAME | 3);
	struct machine *m = t.m;

	EXPECT_EQ(OK, touch_addr(m, RD));
	*t.pte = FRAME | 7;
	mm_set_mode(m, true);
	EXPECT_EQ(5, touch_addr(m, RD));
	EXPECT_EQ(OK, touch_addr(m, RD));
	/* not writable by the entry: no walk, though D is not set */
	*t.pte = FRAME | 5;
	mm_invlpg(m, ADDR);
	EXPECT_EQ(OK, touch_addr(m, RD));
	*t.pte = FRAME | 7;
	EXPECT_EQ(7, touch_addr(m, WR));
	EXPECT_EQ(OK, touch_addr(m, WR));
	machine_delete(m);
}

TEST(a_write_through_a_clean_entry_walks)
{
	struct tables t = setup(7, FRAME | 7);
	struct machine *m = t.m;
	u32 paddr = 0;

	EXPECT_EQ(OK, touch_addr(m, RD));
	EXPECT_EQ(FRAME | 7, mm_tlb_entry(m, 0, ADDR, false));
	*t.pte = (FRAME + 0x1000) | 7;
	EXPECT_EQ(OK, touch(m, ADDR, WR, &paddr));
	EXPECT_EQ(FRAME + 0x1123, paddr);
	EXPECT_EQ((FRAME + 0x1000) | 0x47, mm_tlb_entry(m, 0, ADDR, false));
	EXPECT_EQ((FRAME + 0x1000) | 0x67, *t.pte);
	/* D that the tables had: no walk, and no D is set */
	mm_invlpg(m, ADDR);
	EXPECT_EQ(OK, touch_addr(m, RD));
	EXPECT_EQ((FRAME + 0x1000) | 0x47, mm_tlb_entry(m, 0, ADDR, false));
	*t.pte = 0;
	EXPECT_EQ(OK, touch_addr(m, WR));
	EXPECT_EQ(0, *t.pte);
	/* the outcome may be a fault, or a page of the other size */
	*t.pte = FRAME | 7;
	mm_invlpg(m, ADDR);
	EXPECT_EQ(OK, touch_addr(m, RD));
	*t.pde = 0x00C00087;
	EXPECT_EQ(OK, touch_addr(m, WR));
	EXPECT_EQ(0, mm_tlb_entry(m, 0, ADDR, false));
	EXPECT_EQ(0x00C00047, mm_tlb_entry(m, 0, ADDR, true));
	mm_invlpg(m, ADDR);
	EXPECT_EQ(OK, touch_addr(m, RD)); /* D is set: not clean */
	*t.pde = 0x00C00087;
	mm_invlpg(m, ADDR);
	EXPECT_EQ(OK, touch_addr(m, RD));
	*t.pde = 0;
	EXPECT_EQ(2, touch_addr(m, WR));
	machine_delete(m);
}

TEST(the_small_entry_comes_first)
{
	struct tables t = setup(7, FRAME | 7);
	struct machine *m = t.m;
	u32 paddr = 0;

	EXPECT_EQ(OK, touch_addr(m, WR));
	*t.pde = 0x00C00087;
	EXPECT_EQ(OK, touch(m, ADDR + 0x1000, WR, &paddr));
	EXPECT_EQ(0x00C04123, paddr);
	EXPECT_EQ(OK, touch(m, ADDR, WR, &paddr));
	EXPECT_EQ(FRAME | 0x123, paddr);
	/* and by itself: what it does not allow the large one cannot */
	m->cpu[0].tlb.entry[ADDR >> 12] &= ~TLB_RW;
	EXPECT_EQ(3, touch(m, ADDR, WR, &paddr));
	EXPECT_EQ(0, m->cpu[0].tlb.nr_large);
	machine_delete(m);
}

TEST(global_pages)
{
	struct tables t = setup(7, FRAME | 0x107);
	struct machine *m = t.m;

	EXPECT_EQ(OK, touch_addr(m, RD));
	EXPECT_EQ(FRAME | 0x107, mm_tlb_entry(m, 0, ADDR, false));
	*t.pte = 0;
	mm_flush_tlb(m);
	EXPECT_EQ(OK, touch_addr(m, RD));
	/* G of a PDE that leads to a table means nothing */
	*t.pte = FRAME | 7;
	*t.pde |= 0x100;
	mm_flush_tlb_all(m);
	EXPECT_EQ(OK, touch_addr(m, RD));
	EXPECT_EQ(FRAME | 7, mm_tlb_entry(m, 0, ADDR, false));
	*t.pte = FRAME | 0x107;
	mm_write_cr4(m, false);
	EXPECT_EQ(OK, touch_addr(m, RD));
	EXPECT_EQ(FRAME | 7, mm_tlb_entry(m, 0, ADDR, false));
	machine_delete(m);
}

/* --- a reset -------------------------------------------------------------- */

/* Without 4 MiB pages, head.S's words have neither A nor D. */
TEST(a_reset_takes_back_a_and_d)
{
	struct machine *m = pc_on(SMALL_PC " mem=nopentium");
	const u32 *pde = &m->swapper_pg_dir[768].word;
	const u32 *pte = (const u32 *)phys_ptr(m, *pde & ~4095u) + 3;
	const u32 old_pde = *pde, old_pte = *pte;
	u32 paddr;

	machine_snapshot(m);
	EXPECT_EQ(0, old_pde & 0x60);
	for (u32 i = 0; i < 2; i++) {
		EXPECT_EQ(OK, touch(m, PAGE_OFFSET + 0x3000, WR, &paddr));
		EXPECT_EQ(0x3000, paddr);
		EXPECT_EQ(old_pde | 0x20, *pde);
		EXPECT_EQ(old_pte | 0x60, *pte);
		machine_reset(m);
		EXPECT_EQ(old_pde, *pde);
		EXPECT_EQ(old_pte, *pte);
		EXPECT_EQ(0, m->cpu[0].tlb.nr_small);
	}
	machine_delete(m);
}

/* --- the kernel's own ----------------------------------------------------- */

static void write_to_nowhere(struct machine *m)
{
	mmu_kernel_ptr(m, 0x1000);
}

static void write_past_ram(struct machine *m)
{
	/* the direct map ends inside a large page: 16.5 MiB of RAM */
	mmu_kernel_ptr(m, PAGE_OFFSET + (20u << 20) - 1);
}

TEST(kernel_pointers)
{
	struct machine *m = pc_on("e820=0-9f000,100000-1081000");

	mm_set_mode(m, true); /* a supervisor's all the same */
	EXPECT(mmu_kernel_ptr(m, PAGE_OFFSET + 0x1034567) ==
	       ram_frame(mm_ram(m), 0x1034) + 0x567);
	EXPECT_EQ(0x010001E3u & ~0xA0u,
		  mm_tlb_entry(m, 0, PAGE_OFFSET + 0x1034567, true));
	EXPECT_STR("mmu: the kernel's own write faults",
		   pc_panic_of(m, write_to_nowhere));
	EXPECT_STR("mmu: the kernel's own write leads out of RAM",
		   pc_panic_of(m, write_past_ram));
	machine_delete(m);
}
