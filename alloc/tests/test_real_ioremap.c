// SPDX-License-Identifier: MIT
/*
 * test_real_ioremap.c - what a real i386 kernel, 6.1 with HIGHMEM4G, did when
 * it was asked to ioremap, and why 2.6.12 does it otherwise.
 *
 * Each row is what that kernel printed of itself in an emulator, with 64M, 512M
 * or 1G.  The mapping lies alone behind one page of vmalloc here, elsewhere
 * among others there, so that places are compared by their alignment.  From
 * ours and the differences named here, and nothing else, the row must come out:
 *
 *   CACHE  ioremap() of 6.1 is what ioremap_nocache() was, and
 *          ioremap_cache() what ioremap() was
 *   GLOBAL from 2.6.27 on its pages are global
 *   ALIGN  2.6.12 aligns to 2^fls(size), so to twice a power of two, 512 KiB
 *          at most; 6.1 to the size rounded up to a power of two, 4 MiB at most
 *   ISA    2.6.12 has the ISA window in the direct map
 *   GUARD  none: both have a page behind that is not there
 *   KIND   6.1 takes any area off by any call; ours reports it
 */
#include "areas_io.h"

#define REAL_MAX_ALIGN 0x400000u

/* 6.1's memory ends a bit sooner, and so does ours: see test_real_layout.c */
#define REAL_64M "e820=0-9fc00,100000-3fe0000 mmio=4K@0xFED00000"
#define REAL_1G "e820=0-9fc00,100000-3ffe0000 mmio=4K@0xFED00000"

struct real {
	const char *name;
	u32 phys, size;
	vaddr_t addr; /* 6.1's; 0: refused */
	u32 pte;
	bool cached; /* ioremap_cache() */
};

/* clang-format off */
static const struct real reals_64m[] = {
	{ "HPET", 0xfed00000, 0x400, 0xc4809000, 0xfed00173, false },
	{ "HPET+0x123", 0xfed00123, 4, 0xc480b123, 0xfed00173, false },
	{ "cross page", 0xfed00ffe, 4, 0xc480effe, 0xfed00173, false },
	{ "IOAPIC", 0xfec00000, 0x1000, 0xc4811000, 0xfec00173, false },
	{ "VGA bar 4M", 0xfd000000, 0x400000, 0xc4c00000, 0xfd000173, false },
	{ "VGA bar", 0xfd000000, 0x1000, 0xc4813000, 0xfd000163, true },
	{ "ISA a0000", 0xa0000, 0x20000, 0xc4880000, 0xa0173, false },
	{ "BIOS f0000", 0xf0000, 0x10000, 0xc48b0000, 0xf0173, false },
	{ "BIOS f0000", 0xf0000, 0x10000, 0xc48d0000, 0xf0163, true },
	{ "phys 0", 0, 0x1000, 0xc4819000, 0x173, false },
	{ "RAM low page", 0x2cb8000, 0x1000, 0, 0, false },
	{ "RAM", 0x2cb8000, 0x1000, 0, 0, true },
	{ "size 0", 0xfed00000, 0, 0, 0, false },
	{ "wrap", 0xffff0000, 0x20000, 0, 0, false },
	{ "last page", 0xfffff000, 0x1000, 0xc47ef000, 0xfffff173, false },
	{ "256M", 0xd0000000, 0x10000000, 0xc4c00000, 0xd0000173, false },
	{ "unbacked", 0xe0000000, 0x10000, 0xc4810000, 0xe0000173, false },
};
static const struct real reals_1g[] = {
	{ "HPET", 0xfed00000, 0x400, 0xf7427000, 0xfed00173, false },
	{ "HPET+0x123", 0xfed00123, 4, 0xf7429123, 0xfed00173, false },
	{ "cross page", 0xfed00ffe, 4, 0xf742cffe, 0xfed00173, false },
	{ "IOAPIC", 0xfec00000, 0x1000, 0xf742f000, 0xfec00173, false },
	{ "VGA bar 4M", 0xfd000000, 0x400000, 0xf7800000, 0xfd000173, false },
	{ "VGA bar", 0xfd000000, 0x1000, 0xf7431000, 0xfd000163, true },
	{ "ISA a0000", 0xa0000, 0x20000, 0xf74a0000, 0xa0173, false },
	{ "BIOS f0000", 0xf0000, 0x10000, 0xf74d0000, 0xf0173, false },
	{ "BIOS f0000", 0xf0000, 0x10000, 0xf74f0000, 0xf0163, true },
	{ "phys 0", 0, 0x1000, 0xf7437000, 0x173, false },
	{ "RAM low page", 0x2d23000, 0x1000, 0, 0, false },
	{ "RAM high page", 0x3f878000, 0x1000, 0, 0, false },
	{ "size 0", 0xfed00000, 0, 0, 0, false },
	{ "wrap", 0xffff0000, 0x20000, 0, 0, false },
	{ "last page", 0xfffff000, 0x1000, 0xf740d000, 0xfffff173, false },
	{ "256M", 0xd0000000, 0x10000000, 0, 0, false },
	{ "unbacked", 0xe0000000, 0x10000, 0xf7430000, 0xe0000173, false },
};
/* clang-format on */

/* A row's size in whole pages, to the next power of two. */
static u32 real_align(const struct real *r)
{
	u32 bytes = ((r->phys + r->size - 1) & PTE_FRAME) + PAGE_SIZE -
		    (r->phys & PTE_FRAME);
	u32 align = PAGE_SIZE;

	while (align < bytes && align < REAL_MAX_ALIGN)
		align *= 2;
	return align;
}

/* ALIGN: what 2.6.12 makes of the same size. */
static u32 our_align(const struct real *r)
{
	u32 bytes = ((r->phys + r->size - 1) & PTE_FRAME) + PAGE_SIZE -
		    (r->phys & PTE_FRAME);
	u32 align = 1;

	while (bytes) {
		bytes /= 2;
		align *= 2;
	}
	return align < IOREMAP_MAX_ALIGN ? align : IOREMAP_MAX_ALIGN;
}

static void expect_row(struct machine *m, const struct real *r, vaddr_t start)
{
	const bool isa =
		r->phys >= 0xA0000 && (u64)r->phys + r->size <= 0x100000;
	const vaddr_t got = r->cached /* CACHE */
				    ? io_map(m, r->phys, r->size)
				    : io_map_nocache(m, r->phys, r->size);
	u32 word;

	if (!r->addr) {
		EXPECT_EQ(0, got);
		return;
	}
	EXPECT_EQ(r->addr & 0xFFF, got & 0xFFF);
	EXPECT_EQ(0, (r->addr & PTE_FRAME) % real_align(r));
	if (isa) { /* ISA */
		EXPECT_EQ(PAGE_OFFSET + r->phys, got);
		EXPECT_EQ(1, areas(m));
		if (!r->cached)
			EXPECT_EQ(r->pte, kernel_word(m, got));
		mm_change_page_attr(m, pfn_to_page(m, r->phys >> PAGE_SHIFT),
				    r->size >> PAGE_SHIFT, PAGE_KERNEL);
		return;
	}
	word = kernel_word(m, got);
	EXPECT_EQ((start + 0x2000 + our_align(r) - 1) & ~(our_align(r) - 1),
		  got & PTE_FRAME);
	EXPECT_EQ(r->pte, word | PAGE_GLOBAL); /* GLOBAL */
	EXPECT_EQ(0, kernel_word(m, got + r->size - 1 + PAGE_SIZE));
	io_unmap(m, got);
	EXPECT_EQ(0, kernel_word(m, got));
}

static void expect_rows(const char *line, const struct real *row, u32 nr)
{
	struct machine *m = pc_on_if_it_fits(line);
	vaddr_t start;

	if (!m)
		return;
	EXPECT(!machine_kmem_cache_init(m));
	as_task(m, 0);
	start = mm_vmalloc(m, 1);
	EXPECT(start);
	for (u32 i = 0; i < nr; i++)
		expect_row(m, &row[i], start);
	EXPECT_EQ(1, areas(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(every_row_of_64m)
{
	expect_rows(REAL_64M, reals_64m, ARRAY_SIZE(reals_64m));
}

TEST(every_row_of_1g)
{
	expect_rows(REAL_1G, reals_1g, ARRAY_SIZE(reals_1g));
}

/* The calls that are wrong: nothing happens to others in either kernel. */
TEST(what_is_taken_off)
{
	struct machine *m = io_on(REAL_64M);
	vaddr_t io = io_map(m, 0xFED00000, 0x1000);
	vaddr_t memory = mm_vmalloc(m, 0x1000);

	EXPECT(io && memory);
	io_unmap(m, 0);
	as_task(m, 0);
	mm_iounmap(m, 0xFF7FE000 - 0x200000);
	EXPECT_EQ(REPORT_vm_unknown, mm_report(m));
	as_task(m, 0);
	mm_iounmap(m, memory); /* KIND */
	EXPECT_EQ(REPORT_vm_kind, mm_report(m));
	mm_set_current(m, task_plain);
	mm_vfree(m, io); /* KIND */
	EXPECT_EQ(REPORT_vm_kind, mm_report(m));
	EXPECT_EQ(2, areas(m));
	/* any byte of its first page */
	io_unmap(m, io + 0x10);
	EXPECT_EQ(1, areas(m));
	machine_delete(m);
}
