// SPDX-License-Identifier: MIT
/*
 * test_layout.c - boot lines and their figures, against the tables of the
 * facts on 2.6.12 and against lines worked out by hand.
 */
#include "puppet.h"

static struct mm_layout layout;
static struct e820_map map;

/* NULL, with the layout and its marks computed, or why not. */
static const char *compute(const struct boot_line *line)
{
	const char *why = e820_read(&map, line);

	if (!why)
		why = layout_compute(&layout, &map, line);
	if (!why)
		layout_init_marks(&layout);
	return why;
}

static void word(struct boot_line *line, enum boot_word_kind kind, u8 type,
		 u64 start, u64 size)
{
	line->word[line->nr++] =
		(struct boot_word){ (u8)kind, type, start, size };
}

/* Section 1.2. */
TEST(addresses)
{
	static const struct {
		u32 mib, pfns;
		vaddr_t high_memory, vmalloc_start;
	} row[] = {
		{ 16, 4096, 0xC1000000, 0xC1800000 },
		{ 64, 16384, 0xC4000000, 0xC4800000 },
		{ 100, 25600, 0xC6400000, 0xC7000000 },
		{ 256, 65536, 0xD0000000, 0xD0800000 },
		{ 512, 131072, 0xE0000000, 0xE0800000 },
		{ 895, 229120, 0xF7F00000, 0xF8800000 },
		{ 896, 229376, 0xF8000000, 0xF8800000 },
		{ 1024, 229376, 0xF8000000, 0xF8800000 },
		{ 4096, 229376, 0xF8000000, 0xF8800000 },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct boot_line line = line_of(M(row[i].mib), 0, 1);

		EXPECT(!compute(&line));
		EXPECT_EQ(layout.max_low_pfn, row[i].pfns);
		EXPECT_EQ(layout.high_memory, row[i].high_memory);
		EXPECT_EQ(layout.vmalloc_start, row[i].vmalloc_start);
		EXPECT_EQ(layout.vmalloc_end, 0xFF7FE000);
		EXPECT_EQ(layout.pkmap_base, 0xFF800000);
		EXPECT_EQ(layout.fixaddr_start, 0xFFFF0000);
		EXPECT_EQ(layout.max_mapnr, row[i].mib * 256);
	}
}

/* 106 permanent slots: 2 + 13 * 8. */
TEST(fixmap_of_smp)
{
	struct boot_line line = line_of(M(64), 0, 2);

	EXPECT(!compute(&line));
	EXPECT_EQ(layout.fixaddr_start, 0xFFF95000);
	EXPECT_EQ(layout.pkmap_base, 0xFF800000);
	EXPECT_EQ(layout.nr_cpus, 2);
}

/* Section 4.4, every cell. */
static const struct {
	u32 mib, kb, mark[NR_ZONES][3];
	u32 dma_normal, dma_high, normal_high;
} cells[] = {
	{ 16, 512, { { 128, 160, 192 } }, 0, 0, 0 },
	{ 64, 1024, { { 64, 80, 96 }, { 192, 240, 288 } }, 48, 48, 0 },
	{ 128, 1448, { { 45, 56, 67 }, { 316, 395, 474 } }, 112, 112, 0 },
	{ 256, 2048, { { 32, 40, 48 }, { 480, 600, 720 } }, 240, 240, 0 },
	{ 512, 2896, { { 22, 27, 33 }, { 701, 876, 1051 } }, 496, 496, 0 },
	{ 896, 3831, { { 17, 21, 25 }, { 939, 1173, 1408 } }, 880, 880, 0 },
	{ 1024,
	  3831,
	  { { 17, 21, 25 }, { 939, 1173, 1408 }, { 32, 40, 48 } },
	  880,
	  1008,
	  1024 },
	{ 2048,
	  3831,
	  { { 17, 21, 25 }, { 939, 1173, 1408 }, { 128, 160, 192 } },
	  880,
	  2032,
	  9216 },
	{ 4096,
	  3831,
	  { { 17, 21, 25 }, { 939, 1173, 1408 }, { 128, 160, 192 } },
	  880,
	  4080,
	  25600 },
};

TEST(marks_and_reserves)
{
	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		struct boot_line line = line_of(M(cells[i].mib), 0, 1);

		EXPECT(!compute(&line));
		EXPECT_EQ(layout.min_free_kbytes, cells[i].kb);
		for (int z = 0; z < NR_ZONES; z++) {
			const struct zone_layout *zone = &layout.zone[z];

			if (!zone->present_pages)
				continue;
			EXPECT_EQ(zone->pages_min, cells[i].mark[z][0]);
			EXPECT_EQ(zone->pages_low, cells[i].mark[z][1]);
			EXPECT_EQ(zone->pages_high, cells[i].mark[z][2]);
		}
		EXPECT_EQ(layout.zone[0].lowmem_reserve[0], 0);
		EXPECT_EQ(layout.zone[0].lowmem_reserve[1],
			  cells[i].dma_normal);
		EXPECT_EQ(layout.zone[0].lowmem_reserve[2], cells[i].dma_high);
		EXPECT_EQ(layout.zone[1].lowmem_reserve[2],
			  cells[i].normal_high);
	}
}

/* Section 5.5. */
TEST(batches)
{
	static const struct {
		u32 mib, dma, normal, high;
	} row[] = {
		{ 64, 1, 7, 1 },     { 128, 1, 15, 1 },	  { 256, 1, 31, 1 },
		{ 1024, 1, 31, 15 }, { 2048, 1, 31, 31 },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct boot_line line = line_of(M(row[i].mib), 0, 1);
		u32 b = row[i].normal;

		EXPECT(!compute(&line));
		EXPECT_EQ(layout.zone[0].pcp[PCP_HOT].batch, row[i].dma);
		EXPECT_EQ(layout.zone[2].pcp[PCP_HOT].batch, row[i].high);
		EXPECT_EQ(layout.zone[1].pcp[PCP_HOT].low, 2 * b);
		EXPECT_EQ(layout.zone[1].pcp[PCP_HOT].high, 6 * b);
		EXPECT_EQ(layout.zone[1].pcp[PCP_HOT].batch, b);
		EXPECT_EQ(layout.zone[1].pcp[PCP_COLD].low, 0);
		EXPECT_EQ(layout.zone[1].pcp[PCP_COLD].high, 2 * b);
		EXPECT_EQ(layout.zone[1].pcp[PCP_COLD].batch, b);
	}
}

TEST(zones_and_zonelists)
{
	struct boot_line line = line_of(M(24), M(1004), 1);

	EXPECT(!compute(&line));
	EXPECT_EQ(layout.max_low_pfn, 5120);
	EXPECT_EQ(layout.highend_pfn, 6144);
	EXPECT_EQ(layout.zone[0].present_pages, 4096);
	EXPECT_EQ(layout.zone[1].start_pfn, 4096);
	EXPECT_EQ(layout.zone[1].present_pages, 1024);
	EXPECT_EQ(layout.zone[2].start_pfn, 5120);
	EXPECT_EQ(layout.zone[2].spanned_pages, 1024);
	EXPECT_EQ(layout.nr_zonelist[0], 2);
	EXPECT_EQ(layout.zonelist[0][0], ZONE_NORMAL);
	EXPECT_EQ(layout.zonelist[0][1], ZONE_DMA);
	EXPECT_EQ(layout.nr_zonelist[1], 1);
	EXPECT_EQ(layout.zonelist[1][0], ZONE_DMA);
	EXPECT_EQ(layout.nr_zonelist[2], 3);
	EXPECT_EQ(layout.zonelist[2][0], ZONE_HIGHMEM);
	line = line_of(M(16), 0, 1);
	EXPECT(!compute(&line));
	EXPECT_EQ(layout.nr_zonelist[0], 1);
	EXPECT_EQ(layout.nr_zonelist[2], 1);
	EXPECT_EQ(layout.zonelist[2][0], ZONE_DMA);
	EXPECT_EQ(layout.zone[1].start_pfn, 0);
}

/* Less than 16 MiB of low memory: high frames belong to no zone. */
TEST(high_memory_without_a_zone)
{
	struct boot_line line = line_of(M(24), M(1012), 1);

	EXPECT(!compute(&line));
	EXPECT_EQ(layout.max_low_pfn, 3072);
	EXPECT_EQ(layout.max_mapnr, 6144);
	EXPECT_EQ(layout.zone[0].present_pages, 3072);
	EXPECT_EQ(layout.zone[1].present_pages, 0);
	EXPECT_EQ(layout.zone[2].present_pages, 0);
	EXPECT_EQ(layout.nr_zonelist[2], 1);
}

TEST(highmem_word)
{
	static const struct {
		u32 mib, highmem_mib, low, max;
	} row[] = {
		{ 1024, 100, 229376, 229376 + 25600 }, /* trimmed */
		{ 1024, 500, 229376, 262144 },	       /* more than there is */
		{ 1024, 0, 229376, 229376 },
		{ 128, 64, 16384, 32768 },
		{ 128, 65, 32768, 32768 }, /* low memory below 64 MiB */
		{ 128, 128, 32768, 32768 },
		{ 128, 500, 32768, 32768 },
		{ 128, 0, 32768, 32768 },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct boot_line line = line_of(M(row[i].mib), 0, 1);

		word(&line, BOOT_HIGHMEM, 0, 0, M(row[i].highmem_mib));
		EXPECT(!compute(&line));
		EXPECT_EQ(layout.max_low_pfn, row[i].low);
		EXPECT_EQ(layout.max_pfn, row[i].max);
		EXPECT_EQ(layout.highend_pfn, row[i].max);
	}
}

static void map_is(u32 i, u64 start, u64 end, u8 type)
{
	if (!EXPECT(i < map.nr))
		return;
	EXPECT_EQ(map.range[i].start, start);
	EXPECT_EQ(map.range[i].end, end);
	EXPECT_EQ(map.range[i].type, type);
}

TEST(overlaps_go_to_the_higher_type)
{
	struct boot_line line = { .nr = 0 };

	word(&line, BOOT_E820, E820_RAM, 0, M(32));
	word(&line, BOOT_E820, E820_RESERVED, M(8), M(8));
	word(&line, BOOT_E820, E820_NVS, M(12), M(8));
	word(&line, BOOT_E820, E820_RAM, M(32), M(4));
	EXPECT(!e820_read(&map, &line));
	EXPECT_EQ(map.nr, 4);
	map_is(0, 0, M(8), E820_RAM);
	map_is(1, M(8), M(12), E820_RESERVED);
	map_is(2, M(12), M(20), E820_NVS);
	map_is(3, M(20), M(36), E820_RAM);
	EXPECT(e820_is_ram(&map, 2047));
	EXPECT(!e820_is_ram(&map, 2048));
	EXPECT(e820_is_ram(&map, 8192));
}

/* The words work in their order: what is cut stays cut. */
TEST(mem_and_memmap)
{
	struct boot_line line = line_of(M(32), 0, 1);

	word(&line, BOOT_MEM, 0, 0, M(24));
	word(&line, BOOT_MEMMAP, E820_RESERVED, M(20), M(1));
	word(&line, BOOT_MEMMAP, E820_RAM, M(28), M(2));
	EXPECT(!compute(&line));
	EXPECT_EQ(map.nr, 7);
	map_is(3, M(1), M(20), E820_RAM);
	map_is(4, M(20), M(21), E820_RESERVED);
	map_is(5, M(21), M(24), E820_RAM);
	map_is(6, M(28), M(30), E820_RAM);
	EXPECT_EQ(layout.max_pfn, 30 * 256);
}

TEST(mem_that_cuts_a_range_away)
{
	struct boot_line line = line_of(M(32), 0, 1);

	word(&line, BOOT_MEM, 0, 0, 0xB0000);
	EXPECT(compute(&line));
	EXPECT_EQ(map.nr, 3);
	map_is(2, 0xF0000, M(1), E820_RESERVED);
}

/* A range that ends at the limit is the one, and what is behind it goes. */
TEST(mem_at_the_end_of_a_range)
{
	struct boot_line line = { .nr = 0 };

	word(&line, BOOT_E820, E820_RAM, 0, M(8));
	word(&line, BOOT_E820, E820_RAM, M(10), M(8));
	word(&line, BOOT_MEM, 0, 0, M(8));
	EXPECT(!compute(&line));
	EXPECT_EQ(map.nr, 1);
	EXPECT_EQ(layout.max_pfn, 2048);
}

TEST(exactmap)
{
	struct boot_line line = line_of(M(32), 0, 1);

	word(&line, BOOT_MEMMAP_EXACT, 0, 0, 0);
	word(&line, BOOT_MEMMAP, E820_RAM, 0x800, M(8));
	EXPECT(!compute(&line));
	EXPECT_EQ(map.nr, 1);
	EXPECT_EQ(layout.max_pfn, 2048);
	EXPECT(!e820_is_ram(&map, 0));
	EXPECT(!e820_is_ram(&map, 2048));
}

TEST(ram_above_4g_is_dropped)
{
	struct boot_line line = line_of(M(4096), 0, 1);

	word(&line, BOOT_E820, E820_RAM, M(4096), M(1024));
	EXPECT(!compute(&line));
	EXPECT_EQ(layout.max_pfn, 1u << 20);
}

static bool refused(u64 ram, u64 vmalloc, u64 cpus)
{
	struct boot_line line = line_of(ram, vmalloc, cpus);
	struct model *o = model_new();
	struct divergence d;
	bool yes = model_boot(o, &line, true, NULL, 0, &d);

	model_delete(o);
	return yes;
}

TEST(unusable_lines)
{
	struct boot_line none = { .nr = 0 };

	EXPECT(compute(&none));
	EXPECT(refused(M(4), 0, 1)); /* the bitmap would lie past the end */
	EXPECT(!refused(M(5), 0, 1));
	EXPECT(refused(M(24), M(6), 1));
	EXPECT(refused(M(24), M(1020), 1));
	EXPECT(refused(M(24), M(4) + 4096, 1));
	EXPECT(!refused(M(24), M(4), 1));
	EXPECT(!refused(M(24), M(1016), 1));
	EXPECT(refused(M(24), 0, 0));
	EXPECT(refused(M(24), 0, 9));
	EXPECT(!refused(M(24), 0, 8));
	EXPECT(refused(M(5000), 0, 1));
	EXPECT(refused(M(24) + 100, 0, 1));
}

/* mem_map of 4 GiB is 32 MiB: more than 16 MiB of low memory have. */
TEST(bootmem_runs_out)
{
	EXPECT(refused(M(4096), M(1008), 1));
	EXPECT(refused(M(4096), M(992), 1));
	EXPECT(!refused(M(4096), M(960), 1));
}

TEST(sysctls)
{
	struct boot_line line = line_of(M(1024), 0, 1);

	EXPECT(!compute(&line));
	/* 2^30 - 1 pages: 64-bit products */
	layout_set_marks(&layout, ~0u);
	EXPECT_EQ(layout.zone[1].pages_min, (0x3FFFFFFFull * 225280) / 229376);
	EXPECT_EQ(layout.zone[1].pages_low,
		  (0x3FFFFFFFull * 225280) / 229376 * 5 / 4);
	EXPECT_EQ(layout.zone[2].pages_min, 32);
	EXPECT_EQ(layout.zone[1].lowmem_reserve[2], 1024);
	layout_set_reserve(&layout, 0, 1);
	EXPECT_EQ(layout.zone[0].lowmem_reserve[1], 225280);
	EXPECT_EQ(layout.zone[0].lowmem_reserve[2], 225280 + 32768);
	EXPECT_EQ(layout.zone[1].lowmem_reserve[2], 32768);
}

/* --- devices -------------------------------------------------------------- */

static struct mmio_range range[DEVICES_MAX];
static u32 nr_ranges;

/* 24 MiB of RAM, and these. */
static const char *devices(const struct boot_word *w, u32 nr)
{
	struct boot_line line = line_of(M(24), 0, 1);

	for (u32 i = 0; i < nr; i++)
		line.word[line.nr++] = w[i];
	EXPECT(!compute(&line));
	return mmio_read(range, &nr_ranges, &map, &line);
}

static const char *one_device(u64 start, u64 size)
{
	const struct boot_word w = { BOOT_MMIO, 0, start, size };

	return devices(&w, 1);
}

TEST(devices)
{
	EXPECT(!one_device(0xFEC00000, 4096));
	EXPECT_EQ(1, nr_ranges);
	EXPECT_EQ(0xFEC00000, range[0].start);
	EXPECT_EQ(4096, range[0].size);
	EXPECT(!one_device(0xFF000000, M(16)));
	EXPECT(!one_device(M(24), M(1)));
	EXPECT(!one_device(0xA0000, 0x50000));
	EXPECT(one_device(0xFEC00000, 0));
	EXPECT(one_device(0xFEC00000, 4097));
	EXPECT(one_device(0xFEC00800, 4096));
	EXPECT(one_device(0xFE000000, M(16) + 4096));
	EXPECT(one_device(0xFFFFF000, 8192));
	EXPECT(one_device(1ull << 32, 4096));
	EXPECT(one_device(~0xFFFull, 4096));
}

/* The standard PC's map: RAM up to 0x9FC00, and from 1 MiB on. */
TEST(devices_in_ram)
{
	const struct boot_word cut[] = {
		{ BOOT_MEM, 0, 0, M(20) },
		{ BOOT_MMIO, 0, M(20), M(4) },
	};
	const struct boot_word more[] = {
		{ BOOT_MMIO, 0, M(64), 4096 },
		{ BOOT_MEMMAP, E820_RAM, M(64) + 4095, 1 },
	};

	EXPECT(one_device(M(24) - 4096, 8192));
	EXPECT(one_device(0x9F000, 4096));
	EXPECT(one_device(0, 4096));
	EXPECT(!devices(cut, 2));
	EXPECT(devices(more, 2));
}

TEST(devices_beside_each_other)
{
	struct boot_word w[5];

	for (u32 i = 0; i < 5; i++)
		w[i] = (struct boot_word){ BOOT_MMIO, 0, M(64) - M(i), M(1) };
	EXPECT(!devices(w, 4));
	EXPECT_EQ(M(61), range[3].start);
	EXPECT(devices(w, 5));
	w[1].size += 4096;
	EXPECT(devices(w, 2));
	w[1].size -= 4096;
	w[1].start = M(64) - 4096;
	EXPECT(devices(w, 2));
}
