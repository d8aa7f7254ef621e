// SPDX-License-Identifier: MIT
/*
 * test_free.c - freeing and references: which misuse each call is, where the
 * frames go, and that a report changes nothing.
 */
#include "puppet.h"

#define GFP (GFP_KERNEL | GFP_DMA)

static bool free_draws(struct pair *p, pfn_t pfn, unsigned int order,
		       enum report_kind kind)
{
	return model_free_pages(p->o, reported(p, kind), pfn, order, &p->d);
}

static bool get_draws(struct pair *p, pfn_t pfn, enum report_kind kind)
{
	return model_get_page(p->o, reported(p, kind), pfn, &p->d);
}

static bool put_draws(struct pair *p, pfn_t pfn, enum report_kind kind)
{
	return model_put_page(p->o, reported(p, kind), pfn, &p->d);
}

static struct frame_view view(u8 state, u8 order, u8 head, u8 compound,
			      u32 count)
{
	return (struct frame_view){ .state = state,
				    .order = order,
				    .head = head,
				    .compound = compound,
				    .count = count };
}

static bool frame_is(struct pair *p, pfn_t pfn, struct frame_view v)
{
	return model_check_frame(p->o, pfn, &v, &p->d);
}

TEST(misuse_of_free)
{
	struct pair *p = pair_small();
	pfn_t block = good_alloc(p, ZONE_DMA, GFP, 2);
	pfn_t page = good_alloc(p, ZONE_DMA, GFP, 0);
	pfn_t never = p->o->now.list[ZONE_DMA][10];

	EXPECT(free_draws(p, 6144, 11, REPORT_bad_page));
	EXPECT(free_draws(p, PFN_NONE, 0, REPORT_bad_page));
	EXPECT(free_draws(p, 0, 11, REPORT_order_too_large));
	EXPECT(free_draws(p, 0, 0, REPORT_free_reserved));
	EXPECT(free_draws(p, block, 1, REPORT_wrong_order));
	EXPECT(free_draws(p, block, 3, REPORT_wrong_order));
	EXPECT(free_draws(p, block + 1, 0, REPORT_free_tail));
	EXPECT(free_draws(p, never, 0, REPORT_never_allocated));
	EXPECT(free_draws(p, never + 1, 3, REPORT_never_allocated));
	good_free(p, page, 0);
	EXPECT(frame_is(p, page, view(FRAME_PCP, 0, 0, 0, 0)));
	EXPECT(free_draws(p, page, 0, REPORT_double_free));
	EXPECT(free_draws(p, page, 5, REPORT_double_free));
	good_free(p, block, 2);
	EXPECT(free_draws(p, block, 2, REPORT_double_free));
	/* only the head was returned by an allocation */
	EXPECT(free_draws(p, block + 1, 0, REPORT_never_allocated));
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

TEST(free_by_address)
{
	struct pair *p = pair_small();
	const u32 high_memory = PAGE_OFFSET + 5120 * PAGE_SIZE;
	pfn_t pfn = good_alloc(p, ZONE_DMA, GFP, 0);

	EXPECT(model_free_addr(p->o, silent(p), 0, 11, &p->d));
	EXPECT(model_free_addr(p->o, reported(p, REPORT_bad_address), 1, 0,
			       &p->d));
	EXPECT(model_free_addr(p->o, reported(p, REPORT_bad_address),
			       PAGE_OFFSET - 1, 11, &p->d));
	EXPECT(model_free_addr(p->o, reported(p, REPORT_bad_address),
			       high_memory, 0, &p->d));
	EXPECT(model_free_addr(p->o, reported(p, REPORT_order_too_large),
			       high_memory - 1, 11, &p->d));
	begin(p);
	puppet_free(p, pfn, PCP_HOT);
	EXPECT(model_free_addr(p->o, &p->out,
			       PAGE_OFFSET + pfn * PAGE_SIZE + 4095, 0, &p->d));
	pair_delete(p);
}

TEST(cold_frees)
{
	struct pair *p = pair_small();
	pfn_t page = good_alloc(p, ZONE_DMA, GFP, 0);
	pfn_t block = good_alloc(p, ZONE_DMA, GFP, 1);
	u32 ring = ring_of(0, ZONE_DMA, PCP_COLD);

	EXPECT(model_free_cold_page(p->o, reported(p, REPORT_wrong_order),
				    block, &p->d));
	EXPECT_EQ(p->o->now.pcp[ring], 0);
	begin(p);
	puppet_free(p, page, PCP_COLD);
	EXPECT(model_free_cold_page(p->o, &p->out, page, &p->d));
	EXPECT_EQ(p->o->now.pcp[ring], 1);
	EXPECT_EQ(pcp_head(p->o, ring), page);
	pair_delete(p);
}

/* DMA's batch is 1: hot list 6 at most, and a full one drains its tail. */
TEST(drain_at_high)
{
	struct pair *p = pair_small();
	u32 ring = ring_of(0, ZONE_DMA, PCP_HOT);
	pfn_t pfn[8], tail;

	for (int i = 0; i < 8; i++)
		pfn[i] = good_alloc(p, ZONE_DMA, GFP, 0);
	for (int i = 0; p->o->now.pcp[ring] < 6; i++) {
		good_free(p, pfn[i], 0);
		EXPECT_EQ(p->out.nr_trace, 1);
		pfn[i] = 0;
	}
	tail = pcp_tail(p->o, ring);
	good_free(p, pfn[7], 0);
	EXPECT_EQ(p->out.nr_trace, 2);
	EXPECT_EQ(p->trace[1].event, TRACE_mm_page_pcpu_drain);
	EXPECT_EQ(p->trace[1].pfn, tail);
	EXPECT_EQ(p->o->now.pcp[ring], 6);
	EXPECT_EQ(pcp_head(p->o, ring), pfn[7]);
	pair_delete(p);
}

TEST(drain_local_pages)
{
	struct pair *p = pair_small();

	good_alloc(p, ZONE_DMA, GFP | __GFP_COLD, 0);
	begin(p);
	for (u32 zone = 0; zone < NR_ZONES; zone++)
		for (u32 temp = 0; temp < NR_PCP_TEMPS; temp++) {
			u32 ring = ring_of(0, zone, temp);

			puppet_drain(p, ring, p->t->now.pcp[ring]);
		}
	EXPECT(p->out.nr_trace >= 12);
	EXPECT(model_drain_local_pages(p->o, &p->out, &p->d));
	EXPECT(model_drain_local_pages(p->o, silent(p), &p->d));
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

TEST(references)
{
	struct pair *p = pair_small();
	pfn_t page = good_alloc(p, ZONE_DMA, GFP, 0);
	pfn_t block = good_alloc(p, ZONE_DMA, GFP, 1);

	EXPECT(get_draws(p, 6144, REPORT_bad_page));
	EXPECT(put_draws(p, 6144, REPORT_bad_page));
	/* reserved: counted up, never down */
	EXPECT(get_draws(p, 0, REPORT_none));
	EXPECT(put_draws(p, 0, REPORT_none));
	EXPECT(frame_is(p, 0, view(FRAME_RESERVED, 0, 0, 0, 1)));
	EXPECT(get_draws(p, block + 1, REPORT_ref_tail));
	EXPECT(put_draws(p, block + 1, REPORT_ref_tail));
	EXPECT(get_draws(p, block, REPORT_none));
	EXPECT(frame_is(p, block, view(FRAME_ALLOCATED, 1, 1, 0, 2)));
	/* a free with another order is wrong with any count */
	EXPECT(free_draws(p, block, 0, REPORT_wrong_order));
	EXPECT(put_draws(p, block, REPORT_none));
	EXPECT(put_draws(p, block, REPORT_wrong_order));
	EXPECT(get_draws(p, page, REPORT_none));
	EXPECT(free_draws(p, page, 0, REPORT_none));
	begin(p);
	puppet_free(p, page, PCP_HOT);
	EXPECT(model_put_page(p->o, &p->out, page, &p->d));
	EXPECT(get_draws(p, page, REPORT_ref_free));
	EXPECT(put_draws(p, page, REPORT_ref_underflow));
	EXPECT(get_draws(p, p->o->now.list[ZONE_DMA][10] + 7, REPORT_ref_free));
	pair_delete(p);
}

TEST(compound_blocks)
{
	struct pair *p = pair_small();
	pfn_t block = good_alloc(p, ZONE_DMA, GFP | __GFP_COMP, 3);

	EXPECT(frame_is(p, block, view(FRAME_ALLOCATED, 3, 1, 1, 1)));
	EXPECT(frame_is(p, block + 7, view(FRAME_TAIL, 0, 0, 1, 0)));
	EXPECT(get_draws(p, block + 5, REPORT_none));
	EXPECT(frame_is(p, block, view(FRAME_ALLOCATED, 3, 1, 1, 2)));
	EXPECT(free_draws(p, block + 5, 0, REPORT_free_tail));
	EXPECT(put_draws(p, block + 2, REPORT_none));
	/* the last one, by a tail, frees the whole block */
	begin(p);
	puppet_free(p, block, PCP_HOT);
	EXPECT(model_before_free(p->o, block + 7, &p->d));
	EXPECT(model_put_page(p->o, &p->out, block + 7, &p->d));
	EXPECT(frame_is(p, block + 7, view(FRAME_BUDDY, 0, 0, 0, 0)));
	EXPECT(put_draws(p, block + 7, REPORT_ref_underflow));
	EXPECT(!model_self_check(p->o));
	/* with order 0 the flag has no effect */
	block = good_alloc(p, ZONE_DMA, GFP | __GFP_COMP, 0);
	EXPECT(frame_is(p, block, view(FRAME_ALLOCATED, 0, 1, 0, 1)));
	/* without the flag, none */
	block = good_alloc(p, ZONE_DMA, GFP, 3);
	EXPECT(frame_is(p, block + 7, view(FRAME_TAIL, 0, 0, 0, 0)));
	pair_delete(p);
}

TEST(addresses_of_frames)
{
	struct pair *p = pair_small();
	struct model *o = p->o;

	EXPECT(model_page_address(o, silent(p), 5119,
				  PAGE_OFFSET + 5119 * PAGE_SIZE, &p->d));
	EXPECT(model_page_address(o, silent(p), 5120, 0, &p->d));
	EXPECT(model_page_address(o, reported(p, REPORT_bad_page), 6144, 0,
				  &p->d));
	EXPECT(model_virt_to_page(o, silent(p), PAGE_OFFSET + 8191, 1, &p->d));
	EXPECT(model_virt_to_page(o, reported(p, REPORT_bad_address),
				  PAGE_OFFSET + 5120 * PAGE_SIZE, PFN_NONE,
				  &p->d));
	EXPECT(model_virt_to_page(o, reported(p, REPORT_bad_address),
				  PAGE_OFFSET - 1, PFN_NONE, &p->d));
	pair_delete(p);
}

/* High frames that no zone has are reserved for ever. */
TEST(frames_without_a_zone)
{
	struct pair *p = pair_run(M(24), M(1012), 1);

	EXPECT_EQ(p->o->now.layout.totalhigh_pages, 0);
	EXPECT(frame_is(p, 4000, view(FRAME_RESERVED, 0, 0, 0, 0)));
	EXPECT(free_draws(p, 6143, 0, REPORT_free_reserved));
	EXPECT(free_draws(p, 6144, 0, REPORT_bad_page));
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

/* What was misused is looked at when the program ends. */
TEST(misuse_touches_its_frame)
{
	struct pair *p = pair_small();
	const struct outcome *out = reported(p, REPORT_free_reserved);
	const pfn_t *touched;
	u32 nr;

	EXPECT(model_free_pages(p->o, out, 0, 0, &p->d));
	out = reported(p, REPORT_ref_free);
	EXPECT(model_get_page(p->o, out, 3072, &p->d));
	out = reported(p, REPORT_ref_underflow);
	EXPECT(model_put_page(p->o, out, 3073, &p->d));
	out = reported(p, REPORT_bad_page);
	EXPECT(model_free_pages(p->o, out, 6144, 0, &p->d));
	touched = model_touched(p->o, &nr);
	EXPECT_EQ(nr, 3);
	EXPECT_EQ(touched[0], 0);
	EXPECT_EQ(touched[1], 3072);
	EXPECT_EQ(touched[2], 3073);
	pair_delete(p);
}
