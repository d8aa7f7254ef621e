// SPDX-License-Identifier: MIT
/*
 * test_pcp.c - per-CPU lists: when they are refilled and drained, from which
 * end, what they announce, and each clause of pcp_validate().
 *
 * Zone Normal of a PC of 64M has batch 7: hot 14/42, cold 0/14.
 */
#include "clauses.h"
#include "../pcp.h"

#define BATCH 7u

static struct machine *setup(void)
{
	struct machine *m = pc_on("ram=64M cpus=2");

	mm_drain_local_pages(m);
	return m;
}

static struct per_cpu_pages *list_of(struct machine *m, u32 cpu,
				     enum pcp_temp temp)
{
	return &pc_zone(m, ZONE_NORMAL)->pageset[cpu].pcp[temp];
}

/* The frame at the head of a list, or PFN_NONE. */
static pfn_t head_of(struct machine *m, const struct per_cpu_pages *pcp)
{
	if (!pcp->count)
		return PFN_NONE;
	return page_to_pfn(m, page_of_link(m, pcp->list.next));
}

static void as_cpu(struct machine *m, u8 cpu)
{
	mm_set_current(m, (struct task){ .cpu = cpu });
}

/* --- taking --------------------------------------------------------------- */

/* At or below `low', and not only when empty. */
TEST(hot_is_refilled_when_low)
{
	static const u32 count[] = { 6, 12, 18, 17, 16, 15, 14, 20, 19 };
	struct machine *m = setup();

	for (u32 i = 0; i < ARRAY_SIZE(count); i++) {
		pc_alloc(m, GFP_KERNEL, 0);
		EXPECT_EQ(count[i], list_of(m, 0, PCP_HOT)->count);
	}
	EXPECT_EQ(0, list_of(m, 0, PCP_COLD)->count);
	EXPECT_EQ(0, list_of(m, 1, PCP_HOT)->count);
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(cold_is_refilled_when_empty)
{
	static const u32 count[] = { 6, 5, 4, 3, 2, 1, 0, 6 };
	struct machine *m = setup();

	for (u32 i = 0; i < ARRAY_SIZE(count); i++) {
		pc_alloc(m, GFP_KERNEL | __GFP_COLD, 0);
		EXPECT_EQ(count[i], list_of(m, 0, PCP_COLD)->count);
	}
	EXPECT_EQ(0, list_of(m, 0, PCP_HOT)->count);
	machine_delete(m);
}

/* A batch is appended in the buddy's order, and announced in it. */
TEST(a_refill_is_appended)
{
	struct machine *m = setup();
	const struct trace_record *trace;
	pfn_t first;
	u32 nr;

	first = page_to_pfn(m, pc_alloc(m, GFP_KERNEL, 0));
	trace = mm_trace(m, &nr);
	EXPECT_EQ(BATCH + 1, nr);
	EXPECT_EQ(first, trace[0].pfn);
	for (u32 i = 0; i < BATCH; i++) {
		EXPECT_EQ(TRACE_mm_page_alloc_zone_locked, trace[i].event);
		EXPECT_EQ(ZONE_NORMAL, trace[i].zone);
		EXPECT_EQ(PCP_HOT, trace[i].temp);
		EXPECT_EQ(1, trace[i].arg);
	}
	EXPECT_EQ(TRACE_mm_page_alloc, trace[BATCH].event);
	EXPECT_EQ(first, trace[BATCH].pfn);
	EXPECT_EQ(trace[1].pfn, head_of(m, list_of(m, 0, PCP_HOT)));
	machine_delete(m);
}

/* Three frames left, and a batch of seven. */
TEST(a_refill_takes_what_there_is)
{
	struct machine *m = setup();
	struct zone *zone = pc_zone(m, ZONE_NORMAL);
	struct page *page[3];

	for (u32 i = 0; i < ARRAY_SIZE(page); i++)
		page[i] = pc_alloc(m, GFP_KERNEL, 0);
	mm_drain_local_pages(m);
	while (buddy_alloc(m, zone, 0))
		;
	for (u32 i = 0; i < ARRAY_SIZE(page); i++)
		pc_free(m, page[i], 0);
	mm_drain_local_pages(m);
	EXPECT_EQ(3, zone->free_pages);
	mm_set_current(m, task_plain);
	pcp_refill(m, zone, PCP_COLD);
	EXPECT_EQ(3, list_of(m, 0, PCP_COLD)->count);
	EXPECT_EQ(0, zone->free_pages);
	pcp_refill(m, zone, PCP_HOT);
	EXPECT_EQ(0, list_of(m, 0, PCP_HOT)->count);
	EXPECT(!pcp_take(m, zone, PCP_HOT));
	machine_delete(m);
}

TEST(each_cpu_has_its_own)
{
	struct machine *m = setup();

	as_cpu(m, 1);
	mm_alloc_pages(m, GFP_KERNEL, 0);
	EXPECT_EQ(0, list_of(m, 0, PCP_HOT)->count);
	EXPECT_EQ(6, list_of(m, 1, PCP_HOT)->count);
	as_cpu(m, 0);
	mm_drain_local_pages(m);
	EXPECT_EQ(6, list_of(m, 1, PCP_HOT)->count);
	as_cpu(m, 1);
	mm_drain_local_pages(m);
	EXPECT_EQ(0, list_of(m, 1, PCP_HOT)->count);
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* --- putting -------------------------------------------------------------- */

TEST(last_put_is_first_taken)
{
	struct machine *m = setup();
	struct page *a = pc_alloc(m, GFP_KERNEL, 0);
	struct page *b = pc_alloc(m, GFP_KERNEL, 0);

	pc_free(m, a, 0);
	pc_free(m, b, 0);
	EXPECT(b == pc_alloc(m, GFP_KERNEL, 0));
	EXPECT(a == pc_alloc(m, GFP_KERNEL, 0));
	mm_set_current(m, task_plain);
	mm_free_cold_page(m, a);
	EXPECT_EQ(page_to_pfn(m, a), head_of(m, list_of(m, 0, PCP_COLD)));
	EXPECT(a == pc_alloc(m, GFP_KERNEL | __GFP_COLD, 0));
	machine_delete(m);
}

static void put(struct machine *m, struct page *page, enum pcp_temp temp)
{
	mm_set_current(m, task_plain);
	if (temp == PCP_HOT)
		mm__free_pages(m, page, 0);
	else
		mm_free_cold_page(m, page);
}

/* What a put that finds the list full announces: the tail's batch leaves. */
static void expect_drained(struct machine *m, struct page **page,
			   enum pcp_temp temp)
{
	const struct trace_record *trace;
	u32 nr;

	trace = mm_trace(m, &nr);
	EXPECT_EQ(1 + BATCH, nr);
	EXPECT_EQ(TRACE_mm_page_free, trace[0].event);
	for (u32 i = 0; i < BATCH; i++) {
		EXPECT_EQ(TRACE_mm_page_pcpu_drain, trace[1 + i].event);
		EXPECT_EQ(temp, trace[1 + i].temp);
		EXPECT_EQ(ZONE_NORMAL, trace[1 + i].zone);
		EXPECT_EQ(page_to_pfn(m, page[i]), trace[1 + i].pfn);
	}
}

/* Frees `high' + 1 frames: the last one drains a batch off the tail first. */
static void fill_and_drain(enum pcp_temp temp, u32 high)
{
	struct machine *m = setup();
	struct per_cpu_pages *pcp = list_of(m, 0, temp);
	struct zone *zone = pc_zone(m, ZONE_NORMAL);
	struct page *page[64];

	for (u32 i = 0; i <= high; i++)
		page[i] = pc_alloc(m, GFP_KERNEL, 0);
	mm_drain_local_pages(m);
	for (u32 i = 0; i < high; i++) {
		put(m, page[i], temp);
		EXPECT_EQ(i + 1, pcp->count);
		EXPECT_EQ(0, pc_events(m, TRACE_mm_page_pcpu_drain));
	}
	zone->all_unreclaimable = 1;
	zone->pages_scanned = 99;
	put(m, page[high], temp);
	EXPECT_EQ(high - BATCH + 1, pcp->count);
	EXPECT_EQ(page_to_pfn(m, page[high]), head_of(m, pcp));
	EXPECT_EQ(0, zone->all_unreclaimable);
	EXPECT_EQ(0, zone->pages_scanned);
	expect_drained(m, page, temp);
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(hot_is_drained_when_full)
{
	fill_and_drain(PCP_HOT, 6 * BATCH);
}

TEST(cold_is_drained_when_full)
{
	fill_and_drain(PCP_COLD, 2 * BATCH);
}

/* Zones upwards, hot before cold, the tail of each list first. */
TEST(drain_local_pages_in_order)
{
	static const gfp_t gfp[] = { GFP_KERNEL | __GFP_COLD, GFP_KERNEL,
				     GFP_KERNEL | GFP_DMA };
	struct machine *m = setup();
	const struct trace_record *trace;
	pfn_t tail;
	u32 nr;

	for (u32 i = 0; i < ARRAY_SIZE(gfp); i++)
		pc_alloc(m, gfp[i], 0);
	tail = page_to_pfn(m,
			   page_of_link(m, list_of(m, 0, PCP_HOT)->list.prev));
	mm_set_current(m, task_plain);
	mm_drain_local_pages(m);
	trace = mm_trace(m, &nr);
	/* DMA's batch is 1, and that one was taken */
	EXPECT_EQ(6 + 6, nr);
	EXPECT_EQ(tail, trace[0].pfn);
	for (u32 i = 0; i < nr; i++)
		EXPECT_EQ(i < 6 ? PCP_HOT : PCP_COLD, trace[i].temp);
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* --- clauses -------------------------------------------------------------- */

#define P1 "P1: a list's links agree, all of them pages'"
#define P2 "P2: count is the length of its list"
#define P3 "P3: no more than `high' are kept"
#define P4 "P4: a page in a list is free and unmarked"
#define P5 "P5: a page in a list is of the list's zone"
#define P6 "P6: a CPU that is not there has none"
#define P7 "P7: a reset will restore what is in a list"

/* A list of six. */
static struct machine *setup_list(void)
{
	struct machine *m = setup();

	pc_alloc(m, GFP_KERNEL, 0);
	return m;
}

static struct per_cpu_pages *list(struct machine *m)
{
	return list_of(m, 0, PCP_HOT);
}

static struct page *first(struct machine *m)
{
	return page_of_link(m, list(m)->list.next);
}

NEGATIVE(a_list_leads_into_the_image, QUICK, P1)
{
	list(m)->list.next = ptr_link(m->data);
}

NEGATIVE(a_list_leads_between_two_pages, QUICK, P1)
{
	list(m)->list.next += 4;
}

NEGATIVE(a_page_leads_back_elsewhere, QUICK, P1)
{
	first(m)->lru.prev = ptr_link(&first(m)->lru);
}

NEGATIVE(a_list_ends_elsewhere, QUICK, P1)
{
	list(m)->list.prev = list(m)->list.next;
}

NEGATIVE(a_cyclic_list, QUICK, P1)
{
	first(m)->lru.next = ptr_link(&first(m)->lru);
}

NEGATIVE(count_too_high, QUICK, P2)
{
	list(m)->count++;
}

NEGATIVE(count_too_low, QUICK, P2)
{
	list(m)->count--;
}

NEGATIVE(more_than_high, QUICK, P3)
{
	list(m)->count = list(m)->high + 1;
}

NEGATIVE(an_owner, QUICK, P4)
{
	first(m)->_count = 0;
}

NEGATIVE(a_mapping, QUICK, P4)
{
	first(m)->mapping = 1;
}

NEGATIVE(a_map_count, QUICK, P4)
{
	first(m)->_mapcount = 0;
}

NEGATIVE(a_free_heads_mark, QUICK, P4)
{
	first(m)->flags |= PAGE_FLAG(private);
}

NEGATIVE(a_reserved_page, QUICK, P4)
{
	first(m)->flags |= PAGE_FLAG(reserved);
}

NEGATIVE(a_compound_page, QUICK, P4)
{
	first(m)->flags |= PAGE_FLAG(compound);
}

NEGATIVE(a_page_that_leads_to_a_head, QUICK, P4)
{
	first(m)->private = 1;
}

NEGATIVE(a_page_of_another_zone, QUICK, P5)
{
	first(m)->flags ^= 1u << PG_zone;
}

NEGATIVE(a_count_of_no_cpu, QUICK, P6)
{
	list_of(m, 2, PCP_COLD)->count = 1;
}

NEGATIVE(a_list_of_no_cpu, QUICK, P6)
{
	list_of(m, NR_CPUS - 1, PCP_HOT)->list.next = ptr_link(&first(m)->lru);
}

NEGATIVE(a_page_that_no_reset_restores, QUICK, P7)
{
	m->touched[page_to_pfn(m, first(m))] = false;
}

CLAUSES("pcp.c", pcp_validate, setup_list)
