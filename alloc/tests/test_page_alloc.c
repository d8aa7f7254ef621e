// SPDX-License-Identifier: MIT
/*
 * test_page_alloc.c - __alloc_pages pass by pass: fallback, the marks at
 * their edges on a machine that is drained to them, who gets how far below,
 * oom or null, kswapd, fail_nth.  Pages in hand: test_page_free.c.
 */
#include "pc.h"

#define SINGLES 2200u
#define GFP_QUIET (GFP_KERNEL | __GFP_NORETRY) /* fails with null */

static struct page *ask(struct machine *m, gfp_t gfp, u32 order, u8 flags)
{
	mm_set_current(m, (struct task){ .flags = flags });
	return mm_alloc_pages(m, gfp, order);
}

static u32 zone_of(const struct page *page)
{
	return page ? page_zone_id(page) : NR_ZONES;
}

/* --- a machine at an edge ------------------------------------------------- */

/*
 * All frames of all zones are owned, but for those that set_free() gives
 * back: of one zone, as single frames.
 */
struct edge {
	struct machine *m;
	struct zone *zone;
	struct page *single[SINGLES];
	u32 free; /* the first `free` of them are */
};

static void drain_all(struct machine *m)
{
	mm_set_current(m, task_plain);
	mm_drain_local_pages(m);
}

static void take_everything(struct machine *m)
{
	drain_all(m);
	for (u32 order = MAX_ORDER; order; order--)
		while (ask(m, GFP_HIGHUSER, order - 1, TASK_MEMALLOC))
			;
	for (u32 i = 0; i < NR_ZONES; i++)
		EXPECT_EQ(0, pc_zone(m, i)->free_pages);
}

static struct edge edge_of(struct machine *m, enum zone_id id)
{
	static const gfp_t gfp[] = { GFP_DMA, 0, __GFP_HIGHMEM };
	struct edge e = { .m = m, .zone = pc_zone(m, id) };

	drain_all(m);
	for (u32 i = 0; i < SINGLES; i++) {
		e.single[i] = ask(m, GFP_KERNEL | gfp[id], 0, TASK_MEMALLOC);
		if (zone_of(e.single[i]) != id)
			pc_end("edge_of", "the zone is too small");
	}
	take_everything(m);
	return e;
}

static void set_free(struct edge *e, u32 pages)
{
	for (; e->free < pages; e->free++)
		pc_free(e->m, e->single[e->free], 0);
	drain_all(e->m);
	if (e->free > pages) {
		while (ask(e->m, __GFP_HIGHMEM, 0, TASK_MEMALLOC))
			;
		e->free = 0;
		set_free(e, pages);
	}
	EXPECT_EQ(pages, e->zone->free_pages);
}

/* One frame can be had with mark + 1 free ones, and not with mark. */
static void expect_mark(struct edge *e, gfp_t gfp, u8 flags, u32 mark)
{
	struct page *page;

	set_free(e, mark);
	page = ask(e->m, gfp, 0, flags);
	if (page)
		TEST_FAIL("gfp %x, task %x: %u are enough", gfp, flags, mark);
	set_free(e, mark + 1);
	page = ask(e->m, gfp, 0, flags);
	if (zone_of(page) != e->zone->id)
		TEST_FAIL("gfp %x, task %x: %u are not enough", gfp, flags,
			  mark + 1);
	if (page)
		pc_free(e->m, page, 0);
	drain_all(e->m);
}

struct edge_row {
	gfp_t gfp;
	u8 flags;
	u32 mark;
};

static void expect_marks(struct machine *m, enum zone_id id,
			 const struct edge_row *row, u32 nr)
{
	static struct edge e; /* 17 KiB */

	e = edge_of(m, id);
	for (u32 i = 0; i < nr; i++)
		expect_mark(&e, row[i].gfp, row[i].flags, row[i].mark);
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* Section 4.5's example: the 1 GiB machine, zone Normal. */
TEST(marks_of_normal_on_1g)
{
	static const struct edge_row row[] = {
		{ GFP_QUIET, 0, 939 },
		{ GFP_QUIET, TASK_RT, 705 },
		{ GFP_QUIET | __GFP_HIGH, 0, 470 },
		{ GFP_QUIET | __GFP_HIGH, TASK_RT, 353 },
		{ GFP_ATOMIC, 0, 353 },
		{ GFP_ATOMIC, TASK_IRQ, 353 },
		{ __GFP_COLD, 0, 705 },
		{ __GFP_COLD, TASK_IRQ | TASK_RT, 705 },
		{ GFP_QUIET | __GFP_HIGHMEM, 0, 939 + 1024 },
		{ GFP_QUIET | __GFP_HIGHMEM, TASK_RT, 705 + 1024 },
		{ GFP_ATOMIC | __GFP_HIGHMEM, 0, 353 + 1024 },
		{ GFP_QUIET, TASK_MEMALLOC, 0 },
		{ GFP_QUIET | __GFP_HIGHMEM, TASK_MEMDIE, 0 },
		{ GFP_QUIET | __GFP_NOMEMALLOC, TASK_MEMALLOC, 939 },
		{ GFP_ATOMIC, TASK_MEMALLOC | TASK_IRQ, 353 },
	};
	struct machine *m = pc_on_if_it_fits("ram=1G");

	if (m)
		expect_marks(m, ZONE_NORMAL, row, ARRAY_SIZE(row));
}

/* And zone DMA, for those whom the rest has failed: min 17, reserves. */
TEST(marks_of_dma_on_1g)
{
	static const struct edge_row row[] = {
		{ GFP_QUIET | GFP_DMA, 0, 17 },
		{ GFP_QUIET | GFP_DMA, TASK_RT, 13 },
		{ GFP_QUIET | GFP_DMA | __GFP_HIGH, 0, 9 },
		{ GFP_ATOMIC | GFP_DMA, 0, 7 },
		{ GFP_QUIET, 0, 17 + 880 },
		{ GFP_ATOMIC, 0, 7 + 880 },
		{ GFP_QUIET | __GFP_HIGHMEM, 0, 17 + 1008 },
		{ GFP_ATOMIC | __GFP_HIGHMEM, 0, 7 + 1008 },
	};
	struct machine *m = pc_on_if_it_fits("ram=1G");

	if (m)
		expect_marks(m, ZONE_DMA, row, ARRAY_SIZE(row));
}

/* The same on a machine for every host: 192 for Normal, 64 and 48 for DMA. */
TEST(marks_of_normal_on_64m)
{
	static const struct edge_row row[] = {
		{ GFP_QUIET, 0, 192 },
		{ GFP_QUIET, TASK_RT, 144 },
		{ GFP_QUIET | __GFP_HIGH, 0, 96 },
		{ GFP_ATOMIC, 0, 72 },
		/* no high memory: its class is Normal's own */
		{ GFP_QUIET | __GFP_HIGHMEM, 0, 192 },
		{ GFP_QUIET, TASK_MEMDIE, 0 },
	};

	expect_marks(pc_on("ram=64M"), ZONE_NORMAL, row, ARRAY_SIZE(row));
}

TEST(marks_of_dma_on_64m)
{
	static const struct edge_row row[] = {
		{ GFP_QUIET | GFP_DMA, 0, 64 },
		{ GFP_QUIET, 0, 64 + 48 },
		{ GFP_ATOMIC, 0, 24 + 48 },
	};

	expect_marks(pc_on("ram=64M"), ZONE_DMA, row, ARRAY_SIZE(row));
}

/* --- passes --------------------------------------------------------------- */

/* Pass A is at pages_low: 240 on 64M.  At and below it, kswapd is woken. */
TEST(kswapd_is_woken_below_low)
{
	static struct edge e;
	struct machine *m = pc_on("ram=64M");
	struct mm_counts counts;

	e = edge_of(m, ZONE_NORMAL);
	m->data->kswapd_max_order = 0;
	set_free(&e, 241);
	EXPECT(ask(m, GFP_KERNEL, 0, 0));
	EXPECT_EQ(0, pc_events(m, TRACE_mm_vmscan_wakeup_kswapd));
	set_free(&e, 240);
	EXPECT(ask(m, GFP_KERNEL, 0, 0));
	/* zone Normal, and DMA, which is empty */
	EXPECT_EQ(2, pc_events(m, TRACE_mm_vmscan_wakeup_kswapd));
	mm_counts(m, 0, &counts);
	EXPECT_EQ(0, counts.kswapd_max_order);
	ask(m, GFP_ATOMIC, 5, 0);
	ask(m, GFP_ATOMIC, 3, 0);
	mm_counts(m, 0, &counts);
	EXPECT_EQ(5, counts.kswapd_max_order);
	machine_delete(m);
}

/* The mark counts, and not how many frames the CPU has on its list. */
TEST(a_full_list_is_no_free_memory)
{
	static struct edge e;

	for (u32 more = 0; more < 2; more++) {
		struct machine *m = pc_on("ram=64M");
		const struct per_cpu_pages *hot;

		hot = &pc_zone(m, ZONE_NORMAL)->pageset[0].pcp[PCP_HOT];
		e = edge_of(m, ZONE_NORMAL);
		set_free(&e, 240 + more);
		for (u32 i = 0; i < 20; i++)
			pc_free(m, e.single[300 + i], 0);
		EXPECT_EQ(20, hot->count);
		EXPECT(ask(m, GFP_KERNEL, 0, 0));
		EXPECT_EQ(19, hot->count);
		EXPECT_EQ(more ? 0 : 2,
			  pc_events(m, TRACE_mm_vmscan_wakeup_kswapd));
		machine_delete(m);
	}
}

/* kswapd's own test knows no reserve: DMA with 100 is above its low, 80. */
TEST(kswapd_knows_no_reserve)
{
	static struct edge e;
	struct machine *m = pc_on("ram=64M");

	e = edge_of(m, ZONE_DMA);
	set_free(&e, 100);
	/* but not above 64 + 48, either */
	EXPECT(!ask(m, GFP_QUIET, 0, 0));
	EXPECT_EQ(1, pc_events(m, TRACE_mm_vmscan_wakeup_kswapd));
	EXPECT_EQ(ZONE_NORMAL, mm_trace(m, &(u32){ 0 })[0].zone);
	machine_delete(m);
}

/*
 * HighMem, then Normal but for its reserve, then DMA but for its own: pass A,
 * and when that has failed pass B, from HighMem again.
 */
TEST(fallback)
{
	struct machine *m = pc_on(SMALL_PC);
	u32 got[NR_ZONES] = { 0 }, last = ZONE_HIGHMEM, ascents = 0;
	struct page *page;
	struct mm_layout l;

	mm_layout(m, &l);
	while ((page = ask(m, GFP_QUIET | __GFP_HIGHMEM, 0, 0))) {
		ascents += zone_of(page) > last;
		last = zone_of(page);
		got[last]++;
	}
	EXPECT_EQ(ZONE_DMA, last);
	EXPECT_EQ(1, ascents);
	for (u32 i = 0; i < NR_ZONES; i++)
		EXPECT_EQ(l.zone[i].pages_min +
				  l.zone[i].lowmem_reserve[ZONE_HIGHMEM],
			  pc_zone(m, i)->free_pages);
	EXPECT(got[ZONE_HIGHMEM] > 900 && got[ZONE_NORMAL] > 800);
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(zones_by_gfp)
{
	struct machine *m = pc_on(SMALL_PC);
	vaddr_t addr;

	EXPECT_EQ(ZONE_NORMAL, zone_of(ask(m, GFP_KERNEL, 0, 0)));
	EXPECT_EQ(ZONE_NORMAL, zone_of(ask(m, GFP_ATOMIC, 3, 0)));
	EXPECT_EQ(ZONE_DMA, zone_of(ask(m, GFP_KERNEL | GFP_DMA, 0, 0)));
	EXPECT_EQ(ZONE_HIGHMEM, zone_of(ask(m, GFP_HIGHUSER, 0, 0)));
	EXPECT_EQ(ZONE_HIGHMEM, zone_of(ask(m, __GFP_HIGHMEM, 9, 0)));
	/* high memory has no block of 4 MiB but all of it, which is broken */
	EXPECT_EQ(ZONE_DMA, zone_of(ask(m, GFP_HIGHUSER, 10, 0)));
	addr = mm__get_dma_pages(m, GFP_KERNEL, 1);
	EXPECT(addr && (addr - PAGE_OFFSET) >> PAGE_SHIFT < 4096);
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* --- the end of memory ---------------------------------------------------- */

/* Everything is owned: who gets null, and who would go round for ever. */
TEST(oom_or_null)
{
	static const struct {
		gfp_t gfp;
		u8 order, flags;
		bool oom;
		u8 reclaims, kills;
	} row[] = {
		{ GFP_KERNEL, 0, 0, true, 1, 1 },
		{ GFP_KERNEL, 3, 0, true, 1, 1 },
		{ GFP_KERNEL, 4, 0, true, 1, 1 },
		{ GFP_KERNEL, 10, 0, true, 1, 1 },
		{ GFP_KERNEL | __GFP_NORETRY, 0, 0, false, 1, 0 },
		{ GFP_KERNEL | __GFP_NORETRY | __GFP_NOFAIL, 0, 0, false, 1,
		  0 },
		/* no __GFP_FS: no killing */
		{ GFP_NOFS, 0, 0, true, 1, 0 },
		{ GFP_NOFS, 3, 0, true, 1, 0 },
		{ GFP_NOFS, 4, 0, false, 1, 0 },
		{ GFP_NOFS | __GFP_REPEAT, 4, 0, true, 1, 0 },
		{ GFP_NOIO | __GFP_NOFAIL, 10, 0, true, 1, 0 },
		{ GFP_NOFS | __GFP_NORETRY, 0, 0, false, 1, 0 },
		/* who may not wait */
		{ GFP_ATOMIC, 0, 0, false, 0, 0 },
		{ GFP_ATOMIC, 0, TASK_IRQ, false, 0, 0 },
		{ GFP_ATOMIC | __GFP_NOFAIL, 0, 0, false, 0, 0 },
		/* who frees memory, or dies */
		{ GFP_KERNEL, 0, TASK_MEMALLOC, false, 0, 0 },
		{ GFP_KERNEL, 0, TASK_MEMDIE, false, 0, 0 },
		{ GFP_KERNEL | __GFP_NOFAIL, 0, TASK_MEMALLOC, true, 0, 0 },
		{ GFP_KERNEL | __GFP_NOFAIL | __GFP_NOMEMALLOC, 0, TASK_MEMDIE,
		  true, 0, 0 },
		{ GFP_ATOMIC | __GFP_NOFAIL, 0, TASK_MEMALLOC, true, 0, 0 },
		{ GFP_ATOMIC | __GFP_NOFAIL, 0, TASK_MEMALLOC | TASK_IRQ, false,
		  0, 0 },
	};
	struct machine *m = pc_on(SMALL_PC);
	u64 view;

	take_everything(m);
	view = machine_view(m);
	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		EXPECT(!ask(m, row[i].gfp, row[i].order, row[i].flags));
		if (mm_oom(m) != row[i].oom ||
		    pc_events(m, TRACE_mm_vmscan_direct_reclaim_begin) !=
			    row[i].reclaims ||
		    pc_events(m, TRACE_oom_kill) != row[i].kills)
			TEST_FAIL(
				"row %u: oom %d, %u reclaims, %u kills", i,
				mm_oom(m),
				pc_events(m,
					  TRACE_mm_vmscan_direct_reclaim_begin),
				pc_events(m, TRACE_oom_kill));
		EXPECT_EQ(REPORT_none, mm_report(m));
		EXPECT_EQ(view, machine_view(m));
	}
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* --- reclaim, as it will be registered ------------------------------------ */

static struct edge reclaimed;
static u32 reclaim_calls, reclaim_goal, reclaim_says;

static u32 give_back(struct machine *m, gfp_t gfp, u32 order)
{
	(void)gfp;
	(void)order;
	reclaim_calls++;
	for (; reclaimed.free < reclaim_goal; reclaimed.free++)
		mm__free_pages(m, reclaimed.single[reclaimed.free], 0);
	mm_drain_local_pages(m);
	return reclaim_says;
}

/* An owned machine whose reclaim gives `goal' frames of zone Normal back. */
static struct machine *reclaiming(u32 goal, u32 says)
{
	struct machine *m = pc_on("ram=64M");

	reclaimed = edge_of(m, ZONE_NORMAL);
	m->reclaim = give_back;
	reclaim_calls = 0;
	reclaim_goal = goal;
	reclaim_says = says;
	return m;
}

/* The one way up: progress is pass B again, above min: 192. */
TEST(reclaim_makes_progress)
{
	struct machine *m = reclaiming(193, 32);

	EXPECT(ask(m, GFP_KERNEL, 0, 0));
	EXPECT(!mm_oom(m));
	EXPECT_EQ(1, reclaim_calls);
	/* progress, but not enough, and it is not to be tried again */
	reclaim_calls = 0;
	EXPECT(!ask(m, GFP_QUIET, 0, 0));
	EXPECT_EQ(1, reclaim_calls);
	EXPECT(!mm_oom(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* None: nobody is killed above high, 288; this pass helps nobody. */
TEST(reclaim_makes_no_progress)
{
	for (u32 more = 0; more < 2; more++) {
		struct machine *m = reclaiming(288 + more, 0);
		struct page *page = ask(m, GFP_KERNEL | __GFP_HIGH, 0, TASK_RT);

		EXPECT_EQ(more, page != NULL);
		EXPECT_EQ(!more, mm_oom(m));
		EXPECT_EQ(!more, pc_events(m, TRACE_oom_kill));
		EXPECT_EQ(1, reclaim_calls);
		machine_delete(m);
	}
}

/* --- fail_nth ------------------------------------------------------------- */

/* Counts entries within one call, after reports, and leaves no event. */
TEST(fail_nth)
{
	struct machine *m = pc_on(SMALL_PC);
	u64 digest = machine_digest(m), view = machine_view(m);
	u32 nr;

	mm_set_current(m, (struct task){ .fail_nth = 1 });
	EXPECT(!mm_alloc_pages(m, GFP_KERNEL, MAX_ORDER));
	EXPECT(!mm_alloc_pages(m, GFP_KERNEL, 0));
	EXPECT(!mm_oom(m));
	EXPECT_EQ(REPORT_none, mm_report(m));
	mm_trace(m, &nr);
	EXPECT_EQ(0, nr);
	EXPECT_EQ(digest, machine_digest(m));
	EXPECT(mm_alloc_pages(m, GFP_KERNEL, 0));
	mm_set_current(m, (struct task){ .fail_nth = 1 });
	view = machine_view(m);
	EXPECT(!mm__get_free_pages(m, GFP_KERNEL, 2));
	mm_set_current(m, (struct task){ .fail_nth = 1 });
	EXPECT(!mm_get_zeroed_page(m, GFP_KERNEL));
	mm_set_current(m, (struct task){ .fail_nth = 1 });
	EXPECT(!mm__get_dma_pages(m, GFP_KERNEL, 0));
	EXPECT_EQ(view, machine_view(m));
	mm_set_current(m, (struct task){ .fail_nth = 2 });
	EXPECT(mm_alloc_pages(m, GFP_KERNEL, 0));
	EXPECT(!mm_alloc_pages(m, GFP_KERNEL, 0));
	EXPECT(mm_alloc_pages(m, GFP_KERNEL, 0));
	EXPECT_SOUND(m);
	machine_delete(m);
}
