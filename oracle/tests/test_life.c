// SPDX-License-Identifier: MIT
/*
 * test_life.c - snapshot and reset: a run after a reset is judged as the
 * first one was; what was touched is named.
 */
#include "puppet.h"
#include "../judge.h"

#define GFP (GFP_KERNEL | GFP_DMA)

/* The same calls, with the same outcomes, in front of a fresh puppet. */
static void program(struct pair *p)
{
	pfn_t a = good_alloc(p, ZONE_DMA, GFP, 0);
	pfn_t b = good_alloc(p, ZONE_NORMAL, GFP_KERNEL, 3);
	pfn_t c = good_alloc(p, ZONE_HIGHMEM, GFP_HIGHUSER, 0);

	EXPECT(model_get_page(p->o, silent(p), 0, &p->d));
	good_free(p, a, 0);
	good_free(p, b, 3);
	good_free(p, c, 0);
	p->out.task.cpu = 1;
	good_alloc(p, ZONE_NORMAL, GFP_KERNEL | __GFP_COLD, 0);
	p->out.task.cpu = 0;
}

static void puppet_anew(struct pair *p)
{
	struct boot_line line = line_of(M(24), M(1004), 2);
	struct mm_layout none = { 0 };

	model_boot(p->t, &line, false, NULL, 0, &p->d);
	EXPECT(bootmem_boot(p->t));
	p->claims = p->t->claims;
	model_mem_init(p->t, &none, &p->d);
}

TEST(reset_gives_the_snapshot_back)
{
	struct pair *p = pair_small();
	struct frame *before = malloc(p->o->nr_frames * sizeof(*before));
	const struct state *now = &p->o->now, *gold = &p->o->gold;
	struct frame_view v = { .state = FRAME_RESERVED };
	u32 nr;

	memcpy(before, p->o->frame, p->o->nr_frames * sizeof(*before));
	for (int i = 0; i < 3; i++) {
		program(p);
		EXPECT(model_touched(p->o, &nr) && nr > 0);
		model_reset(p->o);
		model_touched(p->o, &nr);
		EXPECT_EQ(nr, 0);
		EXPECT(!memcmp(before, p->o->frame,
			       p->o->nr_frames * sizeof(*before)));
		EXPECT(!memcmp(&now->counts, &gold->counts,
			       sizeof(now->counts)));
		EXPECT(!memcmp(now->pcp, gold->pcp, sizeof(now->pcp)));
		EXPECT(!memcmp(now->list, gold->list, sizeof(now->list)));
		EXPECT_EQ(now->stamp, gold->stamp);
		EXPECT(!memcmp(p->o->pcp, p->o->pcp_gold, sizeof(p->o->pcp)));
		EXPECT(model_check_frame(p->o, 0, &v, &p->d));
		EXPECT(!model_self_check(p->o));
		puppet_anew(p);
	}
	free(before);
	pair_delete(p);
}

/* What was returned before the snapshot was returned. */
TEST(snapshot_keeps_the_past)
{
	struct pair *p = pair_small();
	pfn_t pfn = good_alloc(p, ZONE_DMA, GFP, 0);

	good_free(p, pfn, 0);
	model_snapshot(p->o);
	EXPECT(good_alloc(p, ZONE_DMA, GFP, 0) == pfn);
	model_reset(p->o);
	EXPECT(model_free_pages(p->o, reported(p, REPORT_double_free), pfn, 0,
				&p->d));
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

TEST(reset_to_bootmem)
{
	struct pair *p = pair_bootmem(M(24), M(1004), 2);
	const u32 addr = 4144 * 4096 + 32;

	model_snapshot(p->o);
	for (int i = 0; i < 2; i++) {
		EXPECT(model_alloc_bootmem(p->o, silent(p), 9000, 32, 0, addr,
					   &p->d));
		EXPECT(!model_self_check(p->o));
		model_reset(p->o);
	}
	EXPECT(pair_mem_init(p));
	EXPECT(!model_self_check(p->o));
	model_reset(p->o);
	EXPECT_EQ(p->o->now.phase, PHASE_BOOTMEM);
	EXPECT_EQ(p->o->frame[2000].is, IS_RESERVED);
	pair_delete(p);
}

/* Each frame once, and the ends and the middle of a block. */
TEST(touched_frames)
{
	struct pair *p = pair_small();
	pfn_t b = good_alloc(p, ZONE_DMA, GFP, 4);
	u32 nr, found = 0;
	const pfn_t *touched;

	good_free(p, b, 4);
	good_alloc(p, ZONE_DMA, GFP, 4);
	touched = model_touched(p->o, &nr);
	for (u32 i = 0; i < nr; i++) {
		for (u32 k = 0; k < i; k++)
			EXPECT(touched[i] != touched[k]);
		found += touched[i] == b || touched[i] == b + 1 ||
			 touched[i] == b + 8 || touched[i] == b + 15;
	}
	EXPECT_EQ(found, 4);
	pair_delete(p);
}

TEST(boot_again)
{
	struct pair *p = pair_small();
	struct boot_line line = line_of(M(16), 0, 1);
	struct pair *q = pair_new(&line);

	good_alloc(p, ZONE_DMA, GFP, 0);
	EXPECT(model_boot(p->o, &line, false, q->claims.claim, q->claims.nr,
			  &p->d));
	EXPECT_EQ(p->o->nr_frames, 4096);
	EXPECT_EQ(p->o->nr_painted, 0);
	pair_delete(q);
	pair_delete(p);
}

TEST(names)
{
	EXPECT(!strcmp(rule_name(RULE_L1), "L1"));
	EXPECT(!strcmp(rule_name(RULE_K4), "K4"));
	for (int i = 0; i < NR_RULES; i++) {
		const char *doc = rule_doc(i);

		EXPECT(strlen(doc) > 10);
		EXPECT(!strchr(doc, '\n'));
		for (int k = 0; k < i; k++)
			EXPECT(strcmp(doc, rule_doc(k)));
	}
	EXPECT_EQ(RULE_R0, report_rule(REPORT_none));
	EXPECT_EQ(RULE_R20, report_rule(REPORT_bootmem_panic));
	EXPECT_EQ(RULE_R69, report_rule(NR_REPORTS - 1));
}

TEST(counters)
{
	struct pair *p = pair_small();
	u8 counters[NR_RULES] = { 0 };

	model_set_rule_counters(p->o, counters);
	for (int i = 0; i < 300; i++)
		EXPECT(model_free_pages(p->o, reported(p, REPORT_free_reserved),
					0, 0, &p->d));
	EXPECT_EQ(counters[RULE_R4], 255);
	EXPECT_EQ(counters[RULE_R1], 0);
	model_set_rule_counters(p->o, NULL);
	EXPECT(model_free_pages(p->o, reported(p, REPORT_bad_page), PFN_NONE, 0,
				&p->d));
	EXPECT_EQ(counters[RULE_R6], 0);
	pair_delete(p);
}
