// SPDX-License-Identifier: MIT
/*
 * test_zone.c - zones: the watermark test at its edges, the knobs, and each
 * clause of zone_validate().  The figures of real sizes are in test_layout.c.
 */
#include "clauses.h"
#include "../zone.h"

static const struct watermark_help none,
	harder = { .harder = true }, high = { .high = true },
	both = { .harder = true, .high = true };

/* --- watermark_ok --------------------------------------------------------- */

/* The least number of single free pages with which order 0 passes. */
static u32 least_free(u32 mark, u32 reserve, struct watermark_help help)
{
	struct zone zone = {
		.mark = { mark },
		.lowmem_reserve = { 0, reserve, 0 },
	};

	while (!zone_watermark_ok(&zone, 0, PAGES_MIN, 1, help))
		zone.free_area[0].nr_free = ++zone.free_pages;
	return zone.free_pages;
}

/* Section 4.5's example; its figures are what must be exceeded. */
TEST(helped_marks)
{
	EXPECT_EQ(939 + 1, least_free(939, 0, none));
	EXPECT_EQ(705 + 1, least_free(939, 0, harder));
	EXPECT_EQ(470 + 1, least_free(939, 0, high));
	EXPECT_EQ(353 + 1, least_free(939, 0, both));
	EXPECT_EQ(939 + 1024 + 1, least_free(939, 1024, none));
	EXPECT_EQ(353 + 1024 + 1, least_free(939, 1024, both));
	EXPECT_EQ(0 + 1, least_free(0, 0, none));
	EXPECT_EQ(1 + 1, least_free(1, 0, both));
}

/*
 * The highest mark at which the order passes, -1: none.  By the equation over
 * zone_watermark_ok(), with sums over j >= k of nr_free[j] * 2^j.
 */
TEST(higher_orders)
{
	static const struct {
		u32 order, reserve, nr_free[4];
		int mark;
	} row[] = {
		{ 0, 0, { 2, 1, 1 }, 7 },  /* 8 > 7 */
		{ 1, 0, { 2, 1, 1 }, 6 },  /* 7 > 6, 5 > 3 */
		{ 2, 0, { 2, 1, 1 }, 3 },  /* 5 > 3, 3 > 1, 1 > 0 */
		{ 3, 0, { 2, 1, 1 }, -1 }, /* 1 > 0, but not -1 > 0 */
		{ 1, 0, { 6, 1 }, 1 },	   /* 7 > 1, 1 > 0: order 1 is short */
		{ 1, 3, { 2, 1, 1 }, 3 },  /* 7 > 3 + 3, and then 5 > 1 */
		{ 1, 0, { 8 }, -1 },	   /* nothing but single frames */
		{ 3, 0, { 0, 0, 0, 1 }, 0 }, /* 1 > 0, four times */
		{ 3, 1, { 0, 0, 0, 1 }, -1 },
	};

	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		struct zone zone = { .lowmem_reserve = { row[i].reserve } };
		int mark = -1;

		for (u32 j = 0; j < 4; j++) {
			zone.free_area[j].nr_free = row[i].nr_free[j];
			zone.free_pages += row[i].nr_free[j] << j;
		}
		for (u32 m = 0; m < 9; m++) {
			zone.mark[PAGES_MIN] = m;
			if (zone_watermark_ok(&zone, row[i].order, PAGES_MIN, 0,
					      none))
				mark = (int)m;
		}
		if (mark != row[i].mark)
			TEST_FAIL("row %u: %d, and not %d", i, mark,
				  row[i].mark);
	}
}

/* --- knobs ---------------------------------------------------------------- */

/* 76264 kB and more wrapped in 2.6.12, on 896 MiB of low memory. */
TEST(min_free_kbytes_takes_any_value)
{
	static const struct {
		u32 kbytes, min[NR_ZONES], high[NR_ZONES];
	} row[] = {
		/* present: 4096, 1024, 1024 */
		{ 0, { 0, 0, 32 }, { 0, 0, 48 } },
		{ 3, { 0, 0, 32 }, { 0, 0, 48 } },
		{ 4, { 0, 0, 32 }, { 0, 0, 48 } },
		{ 8, { 1, 0, 32 }, { 1, 0, 48 } },
		{ 20, { 4, 1, 32 }, { 6, 1, 48 } },
		{ 1000, { 200, 50, 32 }, { 300, 75, 48 } },
		{ 20480, { 4096, 1024, 32 }, { 6144, 1536, 48 } },
		{ 0xFFFFFFFF,
		  { 858993458, 214748364, 32 },
		  { 1288490187, 322122546, 48 } },
	};
	struct machine *m = pc_on(SMALL_PC);
	struct mm_layout before, after;

	mm_layout(m, &before);
	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		mm_set_min_free_kbytes(m, row[i].kbytes);
		mm_layout(m, &after);
		EXPECT_EQ(row[i].kbytes, after.min_free_kbytes);
		for (u32 z = 0; z < NR_ZONES; z++) {
			EXPECT_EQ(row[i].min[z], after.zone[z].pages_min);
			EXPECT_EQ(row[i].high[z], after.zone[z].pages_high);
			EXPECT(!memcmp(before.zone[z].lowmem_reserve,
				       after.zone[z].lowmem_reserve,
				       sizeof(after.zone[z].lowmem_reserve)));
		}
		EXPECT_SOUND(m);
	}
	/* the last row: no sum wraps, and nothing is enough */
	for (u32 order = 0; order < MAX_ORDER; order++) {
		EXPECT(!pc_alloc(m, GFP_DMA | GFP_ATOMIC, order));
		EXPECT(!pc_alloc(m, GFP_KERNEL | __GFP_NORETRY, order));
	}
	machine_delete(m);
}

TEST(reserve_ratios)
{
	static const struct {
		u32 dma, normal, dma_normal, dma_high, normal_high;
	} row[] = {
		{ 256, 32, 4, 8, 32 },	      { 1, 1, 1024, 2048, 1024 },
		{ 0, 0, 1024, 2048, 1024 },   { 1024, 1025, 1, 2, 0 },
		{ 0xFFFFFFFF, 3, 0, 0, 341 },
	};
	struct machine *m = pc_on(SMALL_PC);
	struct mm_layout l;

	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		mm_set_lowmem_reserve_ratio(m, row[i].dma, row[i].normal);
		mm_layout(m, &l);
		EXPECT_EQ(0, l.zone[ZONE_DMA].lowmem_reserve[ZONE_DMA]);
		EXPECT_EQ(row[i].dma_normal,
			  l.zone[ZONE_DMA].lowmem_reserve[ZONE_NORMAL]);
		EXPECT_EQ(row[i].dma_high,
			  l.zone[ZONE_DMA].lowmem_reserve[ZONE_HIGHMEM]);
		EXPECT_EQ(0, l.zone[ZONE_NORMAL].lowmem_reserve[ZONE_DMA]);
		EXPECT_EQ(row[i].normal_high,
			  l.zone[ZONE_NORMAL].lowmem_reserve[ZONE_HIGHMEM]);
		EXPECT_EQ(0, l.zone[ZONE_HIGHMEM].lowmem_reserve[ZONE_HIGHMEM]);
		EXPECT_SOUND(m);
	}
	machine_delete(m);
}

/* --- clauses -------------------------------------------------------------- */

#define Z1 "Z1: the zones follow each other inside mem_map"
#define Z2 "Z2: a mark is min_free_kbytes' share"
#define Z3 "Z3: a reserve is the higher zones' share"
#define Z4 "Z4: per-CPU limits follow from the batch"
#define Z5 "Z5: a zonelist is the populated zones, down"
#define Z6 "Z6: 0 ends a zonelist"
#define Z7 "Z7: mem_map's link leads to mem_map"
#define Z7_ZONE "Z7: a zone's link leads to its first page"

static struct machine *setup(void)
{
	return pc_on(SMALL_PC);
}

NEGATIVE(zone_id, QUICK, Z1)
{
	pc_zone(m, ZONE_NORMAL)->id = ZONE_DMA;
}

NEGATIVE(zone_start, QUICK, Z1)
{
	pc_zone(m, ZONE_NORMAL)->zone_start_pfn++;
}

NEGATIVE(zone_present, QUICK, Z1)
{
	pc_zone(m, ZONE_DMA)->present_pages--;
}

NEGATIVE(zone_past_mem_map, QUICK, Z1)
{
	pc_zone(m, ZONE_HIGHMEM)->present_pages++;
	pc_zone(m, ZONE_HIGHMEM)->spanned_pages++;
}

NEGATIVE(pages_min, QUICK, Z2)
{
	pc_zone(m, ZONE_DMA)->mark[PAGES_MIN]++;
}

NEGATIVE(pages_low, QUICK, Z2)
{
	pc_zone(m, ZONE_NORMAL)->mark[PAGES_LOW]--;
}

NEGATIVE(pages_high, QUICK, Z2)
{
	pc_zone(m, ZONE_HIGHMEM)->mark[PAGES_HIGH]++;
}

NEGATIVE(min_free_kbytes, QUICK, Z2)
{
	m->data->min_free_kbytes += 64;
}

NEGATIVE(reserve, QUICK, Z3)
{
	pc_zone(m, ZONE_DMA)->lowmem_reserve[ZONE_HIGHMEM]++;
}

NEGATIVE(reserve_of_its_own, QUICK, Z3)
{
	pc_zone(m, ZONE_HIGHMEM)->lowmem_reserve[ZONE_HIGHMEM] = 1;
}

static struct per_cpu_pages *pcp_at(struct machine *m, enum pcp_temp temp)
{
	return &pc_zone(m, ZONE_NORMAL)->pageset[NR_CPUS - 1].pcp[temp];
}

NEGATIVE(hot_low, QUICK, Z4)
{
	pcp_at(m, PCP_HOT)->low++;
}

NEGATIVE(hot_high, QUICK, Z4)
{
	pcp_at(m, PCP_HOT)->high++;
}

NEGATIVE(hot_batch, QUICK, Z4)
{
	pcp_at(m, PCP_HOT)->batch++;
}

NEGATIVE(cold_low, QUICK, Z4)
{
	pcp_at(m, PCP_COLD)->low++;
}

NEGATIVE(cold_high, QUICK, Z4)
{
	pcp_at(m, PCP_COLD)->high--;
}

NEGATIVE(cold_batch, QUICK, Z4)
{
	pcp_at(m, PCP_COLD)->batch++;
}

NEGATIVE(list_of_another_order, QUICK, Z5)
{
	u32 *zone = m->data->node_zonelists[2].zone;
	u32 first = zone[0];

	zone[0] = zone[1];
	zone[1] = first;
}

NEGATIVE(list_too_short, QUICK, Z5)
{
	m->data->node_zonelists[0].zone[1] = 0;
}

NEGATIVE(list_too_long, QUICK, Z6)
{
	struct zonelist *list = m->data->node_zonelists;

	list[1].zone[1] = list[0].zone[0];
}

NEGATIVE(link_of_mem_map, QUICK, Z7)
{
	m->data->mem_map += PAGE_STRUCT_BYTES;
}

NEGATIVE(link_of_a_zone, QUICK, Z7_ZONE)
{
	pc_zone(m, ZONE_HIGHMEM)->zone_mem_map -= PAGE_STRUCT_BYTES;
}

NEGATIVE(link_of_the_zone_below, QUICK, Z7_ZONE)
{
	pc_zone(m, ZONE_NORMAL)->zone_mem_map =
		pc_zone(m, ZONE_DMA)->zone_mem_map;
}

CLAUSES("zone.c", zone_validate, setup)
