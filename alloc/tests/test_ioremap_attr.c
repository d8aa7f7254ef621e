// SPDX-License-Identifier: MIT
/*
 * test_ioremap_attr.c - ioremap_nocache of frames below high_memory: the
 * direct map's attributes follow, and go back, of these pages and of no other;
 * and when it fails, everything is as it was.
 */
#include "areas_io.h"

#define READONLY 0x161u
#define PIECE 0x400000u /* of a large page */

static u32 direct_word(struct machine *m, u32 phys)
{
	pte_t pde = *kernel_pde(m, PAGE_OFFSET + phys);

	if (pde_large(pde))
		return (pde.word & ~PAGE_PSE) + (phys & (PMD_SIZE - 1));
	return kernel_word(m, PAGE_OFFSET + phys);
}

static bool is_large(struct machine *m, u32 phys)
{
	return pde_large(*kernel_pde(m, PAGE_OFFSET + phys));
}

static int change(struct machine *m, u32 phys, u32 nr, u32 prot)
{
	as_task(m, 0);
	return mm_change_page_attr(m, pfn_to_page(m, phys >> PAGE_SHIFT), nr,
				   prot);
}

/* Each page of the first 8 MiB: nocache in [from, to), else the kernel's. */
static void expect_nocache(struct machine *m, u32 from, u32 to)
{
	for (u32 at = 0; at < 2 * PIECE; at += PAGE_SIZE)
		EXPECT_EQ(at | (at >= from && at < to ? 0x173 : 0x163),
			  direct_word(m, at));
}

static u32 df_tables(struct machine *m)
{
	const struct list_head *df = &m->data->df_list;
	u32 nr = 0;

	for (u32 at = df->next; at != ptr_link(df); nr++)
		at = list_at(m->base, at)->next;
	return nr;
}

TEST(there_and_back)
{
	static const struct {
		u32 phys, size, from, to;
	} row[] = {
		{ 0x200000, 0x1000, 0x200000, 0x201000 },
		{ 0x200000, 0x1001, 0x200000, 0x202000 },
		/* 2.6.12 would have counted one page */
		{ 0x200FFF, 2, 0x200000, 0x202000 },
		{ 0x200123, 1, 0x200000, 0x201000 },
		{ 0, 0x1000, 0, 0x1000 },
		{ 0x9F000, 0x2000, 0x9F000, 0xA1000 },
		{ 0x3FF000, 0x1000, 0x3FF000, 0x400000 },
		/* of the image and pg0: two large pages */
		{ 0x3FF000, 0x2000, 0x3FF000, 0x401000 },
	};
	struct machine *m = io_on(IO_PC);
	vaddr_t got;

	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		u32 pages = (row[i].to - row[i].from) >> PAGE_SHIFT;

		got = io_map_nocache(m, row[i].phys, row[i].size);
		EXPECT_EQ(VMALLOC + (row[i].phys & 0xFFF), got);
		expect_nocache(m, row[i].from, row[i].to);
		for (u32 n = 0; n < pages; n++)
			EXPECT_EQ((row[i].from + n * 4096) | 0x073,
				  kernel_word(m, VMALLOC + n * 4096));
		EXPECT_SOUND(m);
		io_unmap(m, got);
		EXPECT_EQ(0, areas(m));
		expect_nocache(m, 0, 0);
		EXPECT(is_large(m, 0) && is_large(m, PIECE));
		EXPECT_EQ(0, df_tables(m));
		EXPECT_SOUND(m);
	}
	machine_delete(m);
}

/* Plain ones leave the direct map alone, both ways. */
TEST(ioremap_has_no_attributes)
{
	struct machine *m = io_on(IO_PC);
	vaddr_t got = io_map(m, 0x200000, 0x2000);

	EXPECT(is_large(m, 0));
	EXPECT_EQ(0, change(m, 0x200000, 1, READONLY));
	io_unmap(m, got);
	EXPECT_EQ(0x200000 | READONLY, direct_word(m, 0x200000));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* Small pages need no table, and where there is one none is made. */
TEST(where_there_is_a_table)
{
	struct machine *m = io_on(SMALL_PTES IO_DEVICES);
	vaddr_t got = io_map_nocache(m, 0x200000, 0x1000);

	expect_nocache(m, 0x200000, 0x201000);
	io_unmap(m, got);
	expect_nocache(m, 0, 0);
	EXPECT_SOUND(m);
	machine_delete(m);
	m = io_on(IO_PC);
	EXPECT_EQ(0, change(m, 0x300000, 1, READONLY));
	got = io_map_nocache(m, 0x200000, 0x1000);
	EXPECT_EQ(0x200173, direct_word(m, 0x200000));
	io_unmap(m, got);
	EXPECT_EQ(0x200163, direct_word(m, 0x200000));
	EXPECT_EQ(0x300000 | READONLY, direct_word(m, 0x300000));
	EXPECT(!is_large(m, 0));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* What follows the range is another's, also where low memory ends. */
TEST(the_guard_is_not_restored)
{
	struct machine *m = io_on(IO_PC);
	vaddr_t got;

	got = io_map_nocache(m, 0x200000, 0x1000);
	EXPECT_EQ(0, change(m, 0x201000, 1, READONLY));
	io_unmap(m, got);
	EXPECT_EQ(0x201000 | READONLY, direct_word(m, 0x201000));
	machine_delete(m);

	m = pc_bootmem(IO_PC);
	mm_reserve_bootmem(m, 0x13FF000, 0x1000);
	machine_mem_init(m);
	EXPECT(!machine_kmem_cache_init(m));
	got = io_map_nocache(m, 0x13FF000, 0x1000);
	EXPECT_EQ(VMALLOC, got);
	EXPECT_EQ(0x13FF173, direct_word(m, 0x13FF000));
	io_unmap(m, got);
	EXPECT_EQ(0x13FF163, direct_word(m, 0x13FF000));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* A range that goes on behind high_memory has none. */
TEST(across_high_memory)
{
	struct machine *m = io_on("e820=0-9f000,100000-13ff000,1401000-1800000 "
				  "vmalloc=1004M cpus=2");
	vaddr_t got = io_map_nocache(m, 0x13FF000, 0x2000);

	EXPECT_EQ(VMALLOC, got);
	EXPECT_EQ(0x13FF073, kernel_word(m, VMALLOC));
	EXPECT_EQ(0x1400073, kernel_word(m, VMALLOC + 0x1000));
	EXPECT(is_large(m, 0x13FF000));
	io_unmap(m, got);
	EXPECT(is_large(m, 0x13FF000));
	/* up to it: one */
	EXPECT(io_map_nocache(m, 0x13FF000, 0x1000));
	EXPECT_EQ(0x13FF173, direct_word(m, 0x13FF000));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* The ISA window has no area, so that iounmap has nothing to undo. */
TEST(the_isa_window_keeps_them)
{
	struct machine *m = io_on(IO_PC);

	EXPECT_EQ(PAGE_OFFSET + VGA, io_map_nocache(m, VGA, 0x2000));
	EXPECT_EQ(0, areas(m));
	expect_nocache(m, VGA, VGA + 0x2000);
	io_unmap(m, PAGE_OFFSET + VGA);
	expect_nocache(m, VGA, VGA + 0x2000);
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* The first iounmap of two takes the attributes, as in 2.6.12. */
TEST(two_of_one_range)
{
	struct machine *m = io_on(IO_PC);
	vaddr_t one = io_map_nocache(m, 0x200000, 0x1000);
	vaddr_t two = io_map_nocache(m, 0x200000, 0x2000);

	io_unmap(m, one);
	expect_nocache(m, 0x201000, 0x202000);
	io_unmap(m, two);
	expect_nocache(m, 0, 0);
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* --- failures ------------------------------------------------------------- */

/* How many of its page allocations fail before it works. */
static u32 tries(struct machine *m, u32 phys, u32 size, vaddr_t want)
{
	u32 old = areas(m), nth = 1;

	for (; nth < 10; nth++) {
		vaddr_t got;

		failing(m, (u8)nth);
		got = mm_ioremap_nocache(m, phys, size);
		if (got) {
			EXPECT_EQ(want, got);
			break;
		}
		EXPECT_EQ(REPORT_none, mm_report(m));
		EXPECT_EQ(old, areas(m));
		EXPECT_EQ(0, kernel_word(m, VMALLOC));
		expect_nocache(m, 0, 0);
		EXPECT(is_large(m, 0) && is_large(m, PIECE));
		EXPECT_EQ(0, df_tables(m));
		EXPECT_SOUND(m);
	}
	return nth - 1;
}

/* A table of the window, and one for each large page. */
TEST(each_allocation_may_fail)
{
	struct machine *m = io_on(IO_PC);

	/* the descriptor's slab is there then */
	io_unmap(m, io_map(m, BAR + 0x0, 0x1000));
	EXPECT_EQ(2, tries(m, 0x3FF000, 0x2000, VMALLOC));
	expect_nocache(m, 0x3FF000, 0x401000);
	EXPECT_SOUND(m);
	machine_delete(m);

	m = io_on(IO_PC);
	EXPECT_EQ(1, tries(m, VGA, 0x1000, PAGE_OFFSET + VGA));
	expect_nocache(m, VGA, VGA + 0x1000);
	machine_delete(m);
}

/* Failing or not, it ends with a global flush. */
TEST(a_failure_flushes)
{
	struct machine *m = io_on(IO_PC);

	EXPECT_EQ(0, change(m, 0x800000, 1, READONLY));
	EXPECT_EQ(0, change(m, 0x800000, 1, 0x163));
	EXPECT_EQ(1, df_tables(m));
	EXPECT(mm_load32(m, SEG_DS, PAGE_OFFSET, &(struct fault){ 0 }) | 1);
	EXPECT(mm_tlb_entry(m, 0, PAGE_OFFSET, true));
	failing(m, 1);
	EXPECT_EQ(0, mm_ioremap_nocache(m, VGA, 0x1000));
	EXPECT_EQ(0, df_tables(m));
	EXPECT_EQ(0, mm_tlb_entry(m, 0, PAGE_OFFSET, true));
	EXPECT_SOUND(m);
	machine_delete(m);
}
