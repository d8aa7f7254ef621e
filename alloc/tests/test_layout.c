// SPDX-License-Identifier: MIT
/*
 * test_layout.c - the layout tables of the facts on 2.6.12, cell by cell,
 * from machines that were booted: addresses (1.2), watermarks and reserves
 * (4.4), per-CPU batches (5.5).  16 MiB to 4 GiB; what a 32-bit host has no
 * room for is skipped, and the skipped ones are counted.
 */
#include "pc.h"

struct marks {
	u32 min, low, high;
};

struct row {
	u32 mib, low_pfns;
	vaddr_t high_memory, vmalloc_start;
	u32 min_free_kbytes;
	struct marks dma, normal, highmem;
	u32 dma_normal, dma_high, normal_high; /* zone's reserve from class */
	u32 batch[NR_ZONES];
};

/* clang-format off */
static const struct row rows[] = {
	{ 16, 4096, 0xC1000000, 0xC1800000, 512,
	  { 128, 160, 192 }, { 0, 0, 0 }, { 32, 40, 48 },
	  0, 0, 0, { 1, 1, 1 } },
	{ 64, 16384, 0xC4000000, 0xC4800000, 1024,
	  { 64, 80, 96 }, { 192, 240, 288 }, { 32, 40, 48 },
	  48, 48, 0, { 1, 7, 1 } },
	{ 100, 25600, 0xC6400000, 0xC7000000, 1280,
	  { 51, 63, 76 }, { 268, 335, 402 }, { 32, 40, 48 },
	  84, 84, 0, { 1, 7, 1 } },
	{ 128, 32768, 0xC8000000, 0xC8800000, 1448,
	  { 45, 56, 67 }, { 316, 395, 474 }, { 32, 40, 48 },
	  112, 112, 0, { 1, 15, 1 } },
	{ 256, 65536, 0xD0000000, 0xD0800000, 2048,
	  { 32, 40, 48 }, { 480, 600, 720 }, { 32, 40, 48 },
	  240, 240, 0, { 1, 31, 1 } },
	{ 512, 131072, 0xE0000000, 0xE0800000, 2896,
	  { 22, 27, 33 }, { 701, 876, 1051 }, { 32, 40, 48 },
	  496, 496, 0, { 1, 31, 1 } },
	{ 895, 229120, 0xF7F00000, 0xF8800000, 3829,
	  { 17, 21, 25 }, { 939, 1173, 1408 }, { 32, 40, 48 },
	  879, 879, 0, { 1, 31, 1 } },
	{ 896, 229376, 0xF8000000, 0xF8800000, 3831,
	  { 17, 21, 25 }, { 939, 1173, 1408 }, { 32, 40, 48 },
	  880, 880, 0, { 1, 31, 1 } },
	{ 1024, 229376, 0xF8000000, 0xF8800000, 3831,
	  { 17, 21, 25 }, { 939, 1173, 1408 }, { 32, 40, 48 },
	  880, 1008, 1024, { 1, 31, 15 } },
	{ 2048, 229376, 0xF8000000, 0xF8800000, 3831,
	  { 17, 21, 25 }, { 939, 1173, 1408 }, { 128, 160, 192 },
	  880, 2032, 9216, { 1, 31, 31 } },
	{ 4096, 229376, 0xF8000000, 0xF8800000, 3831,
	  { 17, 21, 25 }, { 939, 1173, 1408 }, { 128, 160, 192 },
	  880, 4080, 25600, { 1, 31, 31 } },
};
/* clang-format on */

static void expect_addresses(const struct row *row, const struct mm_layout *l)
{
	EXPECT_EQ(1, l->nr_cpus);
	EXPECT_EQ(row->mib * 256, l->max_pfn);
	EXPECT_EQ(row->low_pfns, l->max_low_pfn);
	EXPECT_EQ(row->low_pfns, l->highstart_pfn);
	EXPECT_EQ(row->mib * 256, l->highend_pfn);
	EXPECT_EQ(row->mib * 256, l->max_mapnr);
	EXPECT_EQ(row->high_memory, l->high_memory);
	EXPECT_EQ(row->vmalloc_start, l->vmalloc_start);
	EXPECT_EQ(0xFF7FE000, l->vmalloc_end);
	EXPECT_EQ(0xFF800000, l->pkmap_base);
	EXPECT_EQ(0xFFFF0000, l->fixaddr_start);
}

static void expect_zone(const struct zone_layout *zone, u32 start, u32 pages,
			const struct marks *marks, u32 batch)
{
	EXPECT_EQ(pages ? start : 0, zone->start_pfn);
	EXPECT_EQ(pages, zone->spanned_pages);
	EXPECT_EQ(pages, zone->present_pages);
	EXPECT_EQ(marks->min, zone->pages_min);
	EXPECT_EQ(marks->low, zone->pages_low);
	EXPECT_EQ(marks->high, zone->pages_high);
	EXPECT_EQ(2 * batch, zone->pcp[PCP_HOT].low);
	EXPECT_EQ(6 * batch, zone->pcp[PCP_HOT].high);
	EXPECT_EQ(batch, zone->pcp[PCP_HOT].batch);
	EXPECT_EQ(0, zone->pcp[PCP_COLD].low);
	EXPECT_EQ(2 * batch, zone->pcp[PCP_COLD].high);
	EXPECT_EQ(batch, zone->pcp[PCP_COLD].batch);
}

static void expect_reserves(const struct row *row, const struct mm_layout *l)
{
	const u32 want[NR_ZONES][NR_ZONES] = {
		{ 0, row->dma_normal, row->dma_high },
		{ 0, 0, row->normal_high },
		{ 0, 0, 0 },
	};

	for (u32 zone = 0; zone < NR_ZONES; zone++)
		for (u32 class = 0; class < NR_ZONES; class ++)
			EXPECT_EQ(want[zone][class],
				  l->zone[zone].lowmem_reserve[class]);
}

/* Populated zones, highest first. */
static void expect_zonelists(const struct mm_layout *l)
{
	static const u8 top[NR_ZONES] = { ZONE_NORMAL, ZONE_DMA, ZONE_HIGHMEM };

	for (u32 i = 0; i < NR_ZONES; i++) {
		u32 nr = 0;

		for (u32 zone = top[i] + 1u; zone; zone--)
			if (l->zone[zone - 1].present_pages)
				EXPECT_EQ(zone - 1, l->zonelist[i][nr++]);
		EXPECT_EQ(nr, l->nr_zonelist[i]);
	}
}

static void expect_row(const struct row *row)
{
	const u32 dma = 4096, high = row->mib * 256 - row->low_pfns;
	struct mm_layout l;
	struct machine *m;
	char line[32];

	snprintf(line, sizeof(line), "ram=%uM", row->mib);
	m = pc_on_if_it_fits(line);
	if (!m)
		return;
	mm_layout(m, &l);
	expect_addresses(row, &l);
	expect_zone(&l.zone[ZONE_DMA], 0, dma, &row->dma, row->batch[ZONE_DMA]);
	expect_zone(&l.zone[ZONE_NORMAL], dma, row->low_pfns - dma,
		    &row->normal, row->batch[ZONE_NORMAL]);
	expect_zone(&l.zone[ZONE_HIGHMEM], row->low_pfns, high, &row->highmem,
		    row->batch[ZONE_HIGHMEM]);
	expect_reserves(row, &l);
	expect_zonelists(&l);
	EXPECT_EQ(row->min_free_kbytes, l.min_free_kbytes);
	EXPECT_EQ(high, l.totalhigh_pages);
	machine_delete(m);
}

TEST(tables_of_the_reference)
{
	pcs_too_large = 0;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++)
		expect_row(&rows[i]);
	/* above 512M of low memory */
	EXPECT_EQ(HOST_32BIT ? 5 : 0, pcs_too_large);
}

/*
 * Every 4 MiB: the hole is 8 MiB where high_memory is a multiple of that, and
 * else as much more as is missing to the next.
 */
TEST(windows_of_every_size)
{
	struct machine *m = pc_new();

	for (u32 mib = 16; mib <= (HOST_32BIT ? 512 : 1024); mib += 4) {
		u32 low = mib < 896 ? mib : 896;
		struct mm_layout l;
		char line[32];

		snprintf(line, sizeof(line), "ram=%uM", mib);
		EXPECT(!pc_boot_why(m, line));
		mm_layout(m, &l);
		EXPECT_EQ(PAGE_OFFSET + (low << 20), l.high_memory);
		EXPECT_EQ(low % 8 ? 12 : 8,
			  (l.vmalloc_start - l.high_memory) >> 20);
		EXPECT_EQ(0xFF7FE000, l.vmalloc_end);
	}
	machine_delete(m);
}

/* vmalloc= moves high_memory, and the window's beginning with it. */
TEST(windows_of_every_reserve)
{
	struct machine *m = pc_new();

	for (u32 mib = 4; mib <= 1008; mib += 4) {
		struct mm_layout l;
		char line[48];
		u32 high = 0u - (mib << 20);

		snprintf(line, sizeof(line), "ram=512M vmalloc=%uM", mib);
		if (pc_boot_why(m, line)) {
			/* mem_map of 512 MiB takes 4 MiB of low memory */
			EXPECT(mib > 1000);
			continue;
		}
		if (mib < 512)
			high = PAGE_OFFSET + (512u << 20);
		mm_layout(m, &l);
		EXPECT_EQ(high, l.high_memory);
		EXPECT_EQ((u32)((high + (16ull << 20) - 1) >> 23 << 23),
			  l.vmalloc_start);
	}
	machine_delete(m);
}

/* 8 CPUs' kmap slots: 2 + 13 * 8 permanent ones. */
TEST(fixmap_of_smp)
{
	struct machine *m = pc_on("ram=64M cpus=2");
	struct mm_layout l;

	mm_layout(m, &l);
	EXPECT_EQ(2, l.nr_cpus);
	EXPECT_EQ(0xFFFFF000 - 106 * 4096, l.fixaddr_start);
	EXPECT_EQ(0xFF800000, l.pkmap_base);
	EXPECT_EQ(0xFF7FE000, l.vmalloc_end);
	machine_delete(m);
}

/* What boot takes, by the formulas; all other RAM is handed out. */
TEST(totalram_pages)
{
	static const struct {
		const char *line;
		u32 ram, taken;
	} row[] = {
		/* 0x9F + 15 MiB; page 0, image, pg0, two tables, mem_map */
		{ "ram=16M cpus=1", 159 + 15 * 256, 1 + 768 + 2 + 2 + 33 },
		{ "ram=16M cpus=2", 159 + 15 * 256, 2 + 768 + 2 + 2 + 33 },
		{ "ram=64M cpus=1", 159 + 63 * 256, 1 + 768 + 2 + 2 + 129 },
	};

	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		struct machine *m = pc_on(row[i].line);
		struct mm_layout l;

		mm_layout(m, &l);
		EXPECT_EQ(row[i].ram - row[i].taken, l.totalram_pages);
		mm_drain_local_pages(m);
		EXPECT_EQ(l.totalram_pages, mm_nr_free_pages(m));
		machine_delete(m);
	}
}
