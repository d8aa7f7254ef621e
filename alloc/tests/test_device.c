// SPDX-License-Identifier: MIT
/*
 * test_device.c - devices' memory through page tables: which bytes answer, what
 * is recorded, what a reset and a power-off leave.
 */
#include "objects.h"
#include "../mmu.h"
#include "../table_word.h"

/* Above RAM, at the end of 4 GiB, and in two holes, low and high. */
#define LINE                                                                   \
	"e820=0-9f000,100000-1000000,1001000-1700000,1701000-1800000 "         \
	"vmalloc=1004M cpus=2 mmio=8K@0x8000000 mmio=4K@0xFFFFF000 "           \
	"mmio=4K@16M mmio=4K@23M"
enum { ABOVE, LAST, LOW_HOLE, HIGH_HOLE, NR_DEVICES };

/* Three pages of user space, PTEs 0 to 2 of PDE 1. */
#define ADDR 0x00400000u

struct world {
	struct machine *m;
	u32 *pte;
};

static struct world setup(void)
{
	struct world w = { .m = pc_on(LINE) };
	struct page *pgd = pc_alloc(w.m, GFP_KERNEL | __GFP_ZERO, 0);
	struct page *table = pc_alloc(w.m, GFP_KERNEL | __GFP_ZERO, 0);
	u32 *pde = phys_ptr(w.m, page_to_pfn(w.m, pgd) << PAGE_SHIFT);

	w.pte = phys_ptr(w.m, page_to_pfn(w.m, table) << PAGE_SHIFT);
	memcpy(pde + 768, w.m->swapper_pg_dir + 768, 1024);
	pde[1] = page_to_pfn(w.m, table) << PAGE_SHIFT | 7;
	cpu_load_cr3(w.m, 0, page_to_pfn(w.m, pgd) << PAGE_SHIFT);
	return w;
}

static void lead_to(struct world *w, u32 first, u32 second)
{
	w->pte[0] = first | 7;
	w->pte[1] = second | 7;
	mm_flush_tlb_all(w->m);
}

static bool access_at(struct machine *m, enum access_kind kind, vaddr_t addr,
		      u32 len, void *buf)
{
	const struct access a = { kind, SEG_DS, addr, len };
	struct access_pieces where;
	struct fault f;

	return mm_access(m, &a, buf, &where, &f);
}

static struct device_view seen(struct machine *m, u32 i)
{
	struct device_view view;

	mm_device_view(m, i, &view);
	return view;
}

static void expect_record(struct machine *m, u32 i, u32 reads, u32 writes,
			  u32 offset, u32 len)
{
	const struct device_view view = seen(m, i);

	EXPECT_EQ(reads, view.reads);
	EXPECT_EQ(writes, view.writes);
	EXPECT_EQ(offset, view.last_offset);
	EXPECT_EQ(len, view.last_len);
}

static UNSANITIZED u8 ram_byte(const struct machine *m, u32 paddr)
{
	return ram_frame(mm_ram(m), paddr >> 12)[paddr & 4095];
}

TEST(as_the_line_says)
{
	static const struct {
		u32 start, size;
	} want[NR_DEVICES] = { { 0x8000000, 0x2000 },
			       { 0xFFFFF000, 0x1000 },
			       { 0x1000000, 0x1000 },
			       { 0x1700000, 0x1000 } };
	struct machine *m = pc_on(LINE);

	for (u32 i = 0; i < NR_DEVICES; i++) {
		const struct device_view view = seen(m, i);

		EXPECT_EQ(want[i].start, view.start);
		EXPECT_EQ(want[i].size, view.size);
		/* memory of its own */
		for (u32 n = 0; n < i; n++)
			EXPECT(view.bytes >= seen(m, n).bytes + want[n].size ||
			       view.bytes + view.size <= seen(m, n).bytes);
		EXPECT_EQ(0, view.reads | view.writes);
		EXPECT_EQ(0, view.last_offset | view.last_len);
		for (u32 at = 0; at < view.size; at++)
			EXPECT_EQ(0, view.bytes[at]);
	}
	machine_delete(m);
}

static void look_past_the_last(struct machine *m)
{
	seen(m, NR_DEVICES);
}

TEST(there_are_no_more)
{
	struct machine *m = pc_on(LINE);

	EXPECT_STR("device: there is no such device",
		   pc_panic_of(m, look_past_the_last));
	machine_delete(m);
}

TEST(writes_and_reads)
{
	struct world w = setup();
	u32 word = 0x11223344, got = 0;

	lead_to(&w, 0x8001000, 0xFFFFF000);
	EXPECT(access_at(w.m, ACCESS_WRITE, ADDR + 0x123, 4, &word));
	expect_record(w.m, ABOVE, 0, 1, 0x1123, 4);
	EXPECT(!memcmp(&word, seen(w.m, ABOVE).bytes + 0x1123, 4));
	EXPECT(access_at(w.m, ACCESS_READ, ADDR + 0x123, 4, &got));
	EXPECT_EQ(word, got);
	expect_record(w.m, ABOVE, 1, 1, 0x1123, 4);
	EXPECT(access_at(w.m, ACCESS_EXEC, ADDR + 0x124, 1, &got));
	expect_record(w.m, ABOVE, 2, 1, 0x1124, 1);
	expect_record(w.m, LAST, 0, 0, 0, 0);
	EXPECT(access_at(w.m, ACCESS_WRITE, ADDR + 0x1FFC, 4, &word));
	expect_record(w.m, LAST, 0, 1, 0xFFC, 4);
	expect_record(w.m, ABOVE, 2, 1, 0x1124, 1);
	machine_delete(w.m);
}

/* A piece each; behind the end is RAM, open bus, another device. */
TEST(across_the_end)
{
	struct world w = setup();
	u8 out[8] = { 1, 2, 3, 4, 5, 6, 7, 8 }, in[8];

	lead_to(&w, 0x8001000, 0x8002000);
	EXPECT(access_at(w.m, ACCESS_WRITE, ADDR + 0xFFD, 8, out));
	expect_record(w.m, ABOVE, 0, 1, 0x1FFD, 3);
	EXPECT(access_at(w.m, ACCESS_READ, ADDR + 0xFFD, 8, in));
	EXPECT(!memcmp(in, "\1\2\3\xFF\xFF\xFF\xFF\xFF", 8));
	expect_record(w.m, ABOVE, 1, 1, 0x1FFD, 3);

	lead_to(&w, 0xFFFFF000, 0x8000000);
	EXPECT(access_at(w.m, ACCESS_WRITE, ADDR + 0xFFD, 8, out));
	expect_record(w.m, LAST, 0, 1, 0xFFD, 3);
	expect_record(w.m, ABOVE, 1, 2, 0, 5);

	lead_to(&w, 0x345000, 0xFFFFF000);
	EXPECT(access_at(w.m, ACCESS_WRITE, ADDR + 0xFFD, 8, out));
	expect_record(w.m, LAST, 0, 2, 0, 5);
	EXPECT(!memcmp(seen(w.m, LAST).bytes, out + 3, 5));

	/* both pages of it, and the whole of one */
	lead_to(&w, 0x8000000, 0x8001000);
	EXPECT(access_at(w.m, ACCESS_WRITE, ADDR + 0xFFD, 8, out));
	expect_record(w.m, ABOVE, 1, 4, 0x1000, 5);
	machine_delete(w.m);
}

/* What faults on its second page has asked no device. */
TEST(a_fault_is_not_recorded)
{
	struct world w = setup();
	u8 buf[8] = { 0 };

	lead_to(&w, 0x8000000, 0);
	w.pte[1] = 0;
	EXPECT(!access_at(w.m, ACCESS_WRITE, ADDR + 0xFFD, 8, buf));
	EXPECT(!access_at(w.m, ACCESS_READ, ADDR + 0xFFD, 8, buf));
	expect_record(w.m, ABOVE, 0, 0, 0, 0);
	machine_delete(w.m);
}

/* Through the direct map's page, 4 MiB large; the RAM under it stays. */
TEST(in_a_hole_of_low_memory)
{
	struct machine *m = pc_on(LINE);
	u8 out[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };

	mm_set_current(m, task_plain);
	EXPECT(access_at(m, ACCESS_WRITE, 0xC1000800, 8, out));
	expect_record(m, LOW_HOLE, 0, 1, 0x800, 8);
	EXPECT(!memcmp(seen(m, LOW_HOLE).bytes + 0x800, out, 8));
	EXPECT_EQ(0, ram_byte(m, 0x1000800));
	/* the frames beside it are memory */
	EXPECT(access_at(m, ACCESS_READ, 0xC0FFFFFC, 8, out));
	expect_record(m, LOW_HOLE, 1, 1, 0, 4);
	machine_delete(m);
}

TEST(in_a_hole_of_high_memory)
{
	struct world w = setup();
	u8 byte = 9;

	lead_to(&w, 0x1700000, 0x1701000);
	EXPECT(access_at(w.m, ACCESS_WRITE, ADDR + 5, 1, &byte));
	expect_record(w.m, HIGH_HOLE, 0, 1, 5, 1);
	EXPECT_EQ(0, ram_byte(w.m, 0x1700005));
	EXPECT(access_at(w.m, ACCESS_WRITE, ADDR + 0x1005, 1, &byte));
	EXPECT_EQ(9, ram_byte(w.m, 0x1701005));
	expect_record(w.m, HIGH_HOLE, 0, 1, 5, 1);
	machine_delete(w.m);
}

/* Each of them is recorded: none goes the quick way, small page or large. */
TEST(loads_are_not_quick)
{
	struct world w = setup();
	struct fault f;

	lead_to(&w, 0x1700000, 0x1701000);
	for (u32 i = 0; i < 3; i++) {
		EXPECT_EQ(0, mm_load32(w.m, SEG_DS, ADDR + 8, &f));
		EXPECT_EQ(0, mm_load32(w.m, SEG_DS, 0xC1000004, &f));
	}
	expect_record(w.m, HIGH_HOLE, 3, 0, 8, 4);
	expect_record(w.m, LOW_HOLE, 3, 0, 4, 4);
	EXPECT(!tlb_validate(w.m));
	/* memory's are */
	EXPECT_EQ(0, mm_load32(w.m, SEG_DS, ADDR + 0x1008, &f));
	EXPECT(w.m->cpu[0].tlb.entry[tlb_small_slot(ADDR + 0x1000)] &
	       TLB_QUICK);
	EXPECT(!(w.m->cpu[0].tlb.entry[tlb_small_slot(ADDR)] & TLB_QUICK));
	EXPECT(!(w.m->cpu[0].tlb.entry[tlb_large_slot(0xC1000000)] &
		 TLB_QUICK));
	machine_delete(w.m);
}

static bool io_read(struct machine *m, vaddr_t addr)
{
	u8 byte;

	return access_at(m, ACCESS_READ, addr, 1, &byte);
}

/* The first page and the last of 16 MiB, and one in between. */
TEST(a_reset_wipes)
{
	static const u32 at[] = { 0, 63 * 4096 + 4095, 64 * 4096, 0xFFFFFF };
	struct machine *m = pc_on("ram=24M vmalloc=1004M mmio=16M@0x8000000");
	const u32 pte_of = pte_index(fix_to_virt(5));
	struct device_view view;
	u8 byte = 7;

	EXPECT(!machine_kmem_cache_init(m));
	machine_snapshot(m);
	for (u32 round = 0; round < 2; round++) {
		for (u32 i = 0; i < ARRAY_SIZE(at); i++) {
			word_touch(m, &m->fixmap_pt[pte_of]);
			m->fixmap_pt[pte_of].word =
				((0x8000000 + at[i]) & ~4095u) | PAGE_KERNEL;
			mm_flush_tlb_all(m);
			EXPECT(access_at(m, ACCESS_WRITE,
					 fix_to_virt(5) + (at[i] & 4095), 1,
					 &byte));
		}
		EXPECT(io_read(m, fix_to_virt(5)));
		expect_record(m, 0, 1, 4, 0xFFF000, 1);
		view = seen(m, 0);
		for (u32 i = 0; i < ARRAY_SIZE(at); i++)
			EXPECT_EQ(7, view.bytes[at[i]]);
		machine_reset(m);
		expect_record(m, 0, 0, 0, 0, 0);
		for (u32 i = 0; i < ARRAY_SIZE(at); i++)
			EXPECT_EQ(0, view.bytes[at[i]]);
	}
	machine_delete(m);
}

TEST(another_boot_has_other_devices)
{
	struct world w = setup();
	u8 byte = 7;

	lead_to(&w, 0x8000000, 0x8000000);
	EXPECT(access_at(w.m, ACCESS_WRITE, ADDR, 1, &byte));
	EXPECT(!pc_boot_why(w.m, "ram=24M mmio=4K@0x9000000"));
	EXPECT_EQ(0x9000000, seen(w.m, 0).start);
	EXPECT_EQ(0, seen(w.m, 0).bytes[0]);
	expect_record(w.m, 0, 0, 0, 0, 0);
	machine_delete(w.m);
}

/* A hole can become memory; a device cannot. */
TEST(free_bootmem)
{
	static const struct {
		u32 addr, size;
		enum report_kind report;
	} row[] = {
		{ 0x1000000, 0x1000, REPORT_free_reserved },
		{ 0xFFF000, 0x2000, REPORT_free_reserved },
		{ 0xA0000, 0x1000, REPORT_none },
		/* no whole frame of it */
		{ 0x1000001, 0xFFF, REPORT_none },
		{ 0x13FF000, 0x1000, REPORT_bootmem_double_free },
	};
	struct machine *m = pc_bootmem(LINE);

	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		mm_set_current(m, task_plain);
		mm_free_bootmem(m, row[i].addr, row[i].size);
		EXPECT_EQ(row[i].report, mm_report(m));
	}
	machine_mem_init(m);
	EXPECT(page_reserved(pfn_to_page(m, 0x1000)));
	EXPECT(!page_reserved(pfn_to_page(m, 0xA0)));
	EXPECT_SOUND(m);
	machine_delete(m);
}
