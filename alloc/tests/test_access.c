// SPDX-License-Identifier: MIT
/*
 * test_access.c - bytes that go through segment and tables: pieces, order,
 * faults that move nothing, the open bus, the kernel's answer to its own
 * faults, and the quick load beside the general way.
 */
#include "pc.h"
#include "../mmu.h"
#include "../pgtable.h"
#include "../segment.h"

/* Two pages of user space, PTEs 1022 and 1023 of PDE 0. */
#define ADDR 0x003FEFF0u
#define FRAME_A 0x00345000u
#define FRAME_B 0x00789000u

struct world {
	struct machine *m;
	u32 *pgd, *pte; /* of ADDR's page; the next one is behind it */
};

static struct world setup(void)
{
	struct world w = { .m = pc_on(SMALL_PC) };
	struct page *pgd = pc_alloc(w.m, GFP_KERNEL | __GFP_ZERO, 0);
	struct page *table = pc_alloc(w.m, GFP_KERNEL | __GFP_ZERO, 0);

	w.pgd = phys_ptr(w.m, page_to_pfn(w.m, pgd) << PAGE_SHIFT);
	w.pte = phys_ptr(w.m, page_to_pfn(w.m, table) << PAGE_SHIFT);
	w.pgd[0] = page_to_pfn(w.m, table) << PAGE_SHIFT | 7;
	w.pte += 1022;
	w.pte[0] = FRAME_A | 7;
	w.pte[1] = FRAME_B | 7;
	cpu_load_cr3(w.m, 0, page_to_pfn(w.m, pgd) << PAGE_SHIFT);
	return w;
}

static bool access_at(struct machine *m, enum access_kind kind, vaddr_t addr,
		      u32 len, u8 *buf, struct access_pieces *where,
		      struct fault *f)
{
	const struct access a = { kind, SEG_DS, addr, len };

	return mm_access(m, &a, buf, where, f);
}

static UNSANITIZED u8 ram_byte(const struct machine *m, u32 paddr)
{
	return ram_frame(mm_ram(m), paddr >> 12)[paddr & 4095];
}

TEST(bytes_across_two_pages)
{
	struct world w = setup();
	u8 out[32], in[32] = { 0 };
	struct access_pieces where;
	struct fault f;

	for (u32 i = 0; i < 32; i++)
		out[i] = (u8)(i + 1);
	EXPECT(access_at(w.m, ACCESS_WRITE, ADDR, 32, out, &where, &f));
	EXPECT_EQ(2, where.nr);
	EXPECT_EQ(FRAME_A | 0xFF0, where.piece[0].start);
	EXPECT_EQ(16, where.piece[0].len);
	EXPECT_EQ(FRAME_B, where.piece[1].start);
	EXPECT_EQ(16, where.piece[1].len);
	EXPECT_EQ(1, ram_byte(w.m, FRAME_A | 0xFF0));
	EXPECT_EQ(16, ram_byte(w.m, FRAME_A | 0xFFF));
	EXPECT_EQ(17, ram_byte(w.m, FRAME_B));
	EXPECT_EQ(32, ram_byte(w.m, FRAME_B | 15));
	EXPECT(access_at(w.m, ACCESS_READ, ADDR, 32, in, &where, &f));
	EXPECT(memcmp(in, out, 32) == 0);
	EXPECT_EQ(FAULT_NONE, f.vector);
	/* a whole page, at its beginning: one piece */
	{
		static u8 page[4096];

		EXPECT(access_at(w.m, ACCESS_READ, 0x3FE000, 4096, page, &where,
				 &f));
		EXPECT_EQ(1, where.nr);
		EXPECT_EQ(4096, where.piece[0].len);
		EXPECT_EQ(1, page[0xFF0]);
	}
	machine_delete(w.m);
}

/* The first page keeps A and its entry; no byte is moved. */
TEST(a_fault_on_the_second_page)
{
	struct world w = setup();
	u8 buf[32] = { 0xAA };
	struct access_pieces where;
	struct fault f;

	w.pte[1] = FRAME_B | 5;
	EXPECT(!access_at(w.m, ACCESS_WRITE, ADDR, 32, buf, &where, &f));
	EXPECT_EQ(FAULT_PF, f.vector);
	EXPECT_EQ(3, f.error);
	EXPECT_EQ(0x003FF000, f.cr2);
	EXPECT_EQ(0, where.nr);
	EXPECT_EQ(0, ram_byte(w.m, FRAME_A | 0xFF0));
	EXPECT_EQ(FRAME_A | 0x67, w.pte[0]);
	EXPECT_EQ(FRAME_B | 5, w.pte[1]);
	EXPECT_EQ(FRAME_A | 0x47, mm_tlb_entry(w.m, 0, ADDR, false));
	machine_delete(w.m);
}

TEST(the_segment_comes_first)
{
	struct world w = setup();
	u8 buf[4] = { 1, 2, 3, 4 };
	struct access_pieces where;
	struct fault f;

	mm_write_gdt_entry(w.m, 1, 0xEFF0000F, 0x0000923F); /* 0x3FEFF0 */
	EXPECT(mm_load_segment(w.m, SEG_DS, 8, &f));
	EXPECT(!access_at(w.m, ACCESS_WRITE, 13, 4, buf, &where, &f));
	EXPECT_EQ(FAULT_GP, f.vector);
	EXPECT_EQ(FRAME_A | 7, w.pte[0]);
	EXPECT(access_at(w.m, ACCESS_WRITE, 12, 4, buf, &where, &f));
	EXPECT_EQ(FRAME_A | 0xFFC, where.piece[0].start);
	EXPECT_EQ(4, ram_byte(w.m, FRAME_A | 0xFFF));
	machine_delete(w.m);
}

/* From 0xFFFFFFFF the next byte is at 0: by a base, not by an offset. */
TEST(linear_addresses_wrap)
{
	struct world w = setup();
	u8 buf[2];
	struct access_pieces where;
	struct fault f;

	w.pgd[1023] = 0x00C00087;
	w.pte[-1022] = FRAME_B | 7;
	mm_write_gdt_entry(w.m, 1, 0xFFFFFFFF, 0xFF0092FF);
	EXPECT(mm_load_segment(w.m, SEG_DS, 8, &f));
	EXPECT(access_at(w.m, ACCESS_READ, 0, 2, buf, &where, &f));
	EXPECT_EQ(2, where.nr);
	EXPECT_EQ(0x00FFFFFF, where.piece[0].start);
	EXPECT_EQ(FRAME_B, where.piece[1].start);
	machine_delete(w.m);
}

TEST(the_open_bus)
{
	struct world w = setup();
	u8 buf[2] = { 1, 2 };
	struct access_pieces where;
	struct fault f;

	w.pte[0] = 0x01800007; /* the first frame that is none */
	EXPECT(access_at(w.m, ACCESS_WRITE, 0x3FE000, 2, buf, &where, &f));
	EXPECT(access_at(w.m, ACCESS_READ, 0x3FE000, 2, buf, &where, &f));
	EXPECT_EQ(0xFF, buf[0]);
	EXPECT_EQ(0xFF, buf[1]);
	EXPECT_EQ(0xFFFFFFFF, mm_load32(w.m, SEG_DS, 0x3FE000, &f));
	EXPECT_EQ(0x01800000, where.piece[0].start);
	machine_delete(w.m);
}

/* A free frame is poisoned: that is the allocator's secret. */
TEST(free_memory_is_memory)
{
	struct world w = setup();
	struct page *page = pc_alloc(w.m, GFP_KERNEL, 0);
	pfn_t pfn = page_to_pfn(w.m, page);
	u8 buf[80] = { 7 };
	struct access_pieces where;
	struct fault f;

	pc_free(w.m, page, 0);
	w.pte[0] = pfn << PAGE_SHIFT | 7;
	EXPECT(access_at(w.m, ACCESS_WRITE, 0x3FE001, 80, buf, &where, &f));
	EXPECT(access_at(w.m, ACCESS_READ, 0x3FE001, 80, buf, &where, &f));
	EXPECT_EQ(7, buf[0]);
	EXPECT_EQ(7, mm_load32(w.m, SEG_DS, 0x3FE001, &f));
	machine_delete(w.m);
}

/* --- the kernel's faults -------------------------------------------------- */

TEST(the_kernels_part_comes_when_it_is_missed)
{
	struct world w = setup();
	const vaddr_t addr = PAGE_OFFSET + 0x345678;
	u8 byte;
	struct access_pieces where;
	struct fault f;

	mm_set_mode(w.m, true);
	EXPECT(!access_at(w.m, ACCESS_READ, addr, 1, &byte, &where, &f));
	EXPECT_EQ(4, f.error);
	EXPECT_EQ(0, w.pgd[768]);
	mm_set_mode(w.m, false);
	EXPECT(access_at(w.m, ACCESS_READ, addr, 1, &byte, &where, &f));
	EXPECT_EQ(FAULT_NONE, f.vector);
	EXPECT_EQ(0, f.cr2);
	EXPECT_EQ(0x345678, where.piece[0].start);
	EXPECT_EQ(w.m->swapper_pg_dir[768].word, w.pgd[768]);
	/* the template has nothing there, or it is no kernel address */
	EXPECT(!access_at(w.m, ACCESS_READ, 0xC1800000, 1, &byte, &where, &f));
	EXPECT_EQ(0xC1800000, f.cr2);
	EXPECT(!access_at(w.m, ACCESS_WRITE, 0x00400000, 1, &byte, &where, &f));
	EXPECT_EQ(2, f.error);
	machine_delete(w.m);
}

/* --- the quick way -------------------------------------------------------- */

static u32 general_load32(struct machine *m, enum seg_reg seg, u32 offset,
			  struct fault *f)
{
	const struct access a = { ACCESS_READ, (u8)seg, offset, 4 };
	struct access_pieces where;
	u32 value = 0;

	return mm_access(m, &a, &value, &where, f) ? value : 0;
}

/* Both ways, each from an empty TLB and then with what it has. */
static void both_ways(struct machine *m, enum seg_reg seg, u32 offset)
{
	for (u32 i = 0; i < 3; i++) {
		struct fault quick = { 9, 9, 9 }, general = { 9, 9, 9 };
		u32 was = mm_load32(m, seg, offset, &quick);

		EXPECT_EQ(general_load32(m, seg, offset, &general), was);
		EXPECT_EQ(general.vector, quick.vector);
		EXPECT_EQ(general.error, quick.error);
		EXPECT_EQ(general.cr2, quick.cr2);
	}
}

TEST(the_quick_way_is_the_general_one)
{
	static const u32 offsets[] = {
		0x003FE000, 0x003FEFFC, 0x003FEFFD, 0x003FF000, 0x00400000,
		0x003FFFFE, 0xC0000000, 0xC0345671, 0xC03FFFFD, 0xC13FFFFE,
		0xC1400000, 0xFFFFFFFD, 0xFFFFFFFC, 0x00000FFC, 0x00000FFD,
	};
	static const u32 highs[] = { 0x00CF9200, 0x00CFF200, 0x00C0F600,
				     0x00CFFA00, 0x0000F200, 0x00CFF000 };
	struct world w = setup();
	struct access_pieces where;
	struct fault f;
	u8 bytes[16];

	for (u32 i = 0; i < 16; i++)
		bytes[i] = (u8)(0x11 * i + 1);
	access_at(w.m, ACCESS_WRITE, ADDR + 8, 16, bytes, &where, &f);
	w.pte[-1022] = FRAME_B | 3;
	for (u32 i = 0; i < ARRAY_SIZE(highs) * 2; i++) {
		mm_write_gdt_entry(w.m, 1, 0xFFFF, highs[i / 2]);
		mm_set_mode(w.m, i & 1);
		mm_load_segment(w.m, SEG_FS, 8, &f);
		for (u32 k = 0; k < ARRAY_SIZE(offsets); k++)
			both_ways(w.m, SEG_FS, offsets[k]);
	}
	machine_delete(w.m);
}

TEST(a_load_does_not_set_what_a_walk_has_set)
{
	struct world w = setup();
	struct fault f;

	mm_load32(w.m, SEG_DS, 0x003FE000, &f);
	EXPECT_EQ(FRAME_A | 0x27, w.pte[0]);
	w.pte[0] = 0;
	mm_load32(w.m, SEG_DS, 0x003FE000, &f);
	EXPECT_EQ(FAULT_NONE, f.vector);
	EXPECT_EQ(0, w.pte[0]);
	mm_invlpg(w.m, 0x003FE000);
	EXPECT_EQ(0, mm_load32(w.m, SEG_DS, 0x003FE000, &f));
	EXPECT_EQ(FAULT_PF, f.vector);
	machine_delete(w.m);
}

TEST(a_small_entry_hides_a_large_one)
{
	struct world w = setup();
	struct fault f;

	w.pte[0] = FRAME_A | 3;
	mm_load32(w.m, SEG_DS, 0x003FE000, &f);
	w.pgd[0] = 0x00C00087;
	mm_load32(w.m, SEG_DS, 0x003FD000, &f);
	EXPECT_EQ(FAULT_NONE, f.vector);
	mm_set_mode(w.m, true);
	mm_load32(w.m, SEG_DS, 0x003FE000, &f);
	EXPECT_EQ(FAULT_PF, f.vector);
	EXPECT_EQ(5, f.error);
	machine_delete(w.m);
}

/* --- misuse --------------------------------------------------------------- */

static void no_bytes(struct machine *m)
{
	struct access_pieces where;
	struct fault f;

	access_at(m, ACCESS_READ, 0, 0, NULL, &where, &f);
}

static void too_many_bytes(struct machine *m)
{
	struct access_pieces where;
	struct fault f;

	access_at(m, ACCESS_READ, 0, 4097, NULL, &where, &f);
}

TEST(lengths)
{
	struct machine *m = pc_on(SMALL_PC);

	EXPECT_STR("access: 1 to 4096 bytes", pc_panic_of(m, no_bytes));
	EXPECT_STR("access: 1 to 4096 bytes", pc_panic_of(m, too_many_bytes));
	machine_delete(m);
}
