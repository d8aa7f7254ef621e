// SPDX-License-Identifier: MIT
/*
 * test_buddy.c - split, merge and the lists' order, by numbers worked out on
 * paper; and the self-check, which must see each thing that can be broken.
 */
#include "puppet.h"

/* 16 MiB: the lists are those of test_bootmem.c's mem_init_of_16m. */
TEST(split_keeps_the_lowest)
{
	struct pair *p = pair_run(M(16), 0, 1);
	const struct state *s = &p->o->now;

	/* both blocks of order 10 are there; the later one is the head */
	EXPECT_EQ(buddy_take(p->o, ZONE_DMA, 10), 3072);
	EXPECT_EQ(buddy_take(p->o, ZONE_DMA, 10), 2048);
	/* order 9: 1536; then order 8 itself; then split 1152, order 7 */
	EXPECT_EQ(buddy_take(p->o, ZONE_DMA, 9), 1536);
	EXPECT_EQ(buddy_take(p->o, ZONE_DMA, 8), 1280);
	/* 1056 is the one block of order 5; then 1088, order 6, is split */
	EXPECT_EQ(buddy_take(p->o, ZONE_DMA, 5), 1056);
	EXPECT_EQ(buddy_take(p->o, ZONE_DMA, 5), 1088);
	EXPECT_EQ(s->list[ZONE_DMA][5], 1120);
	EXPECT_EQ(s->counts.nr_free[ZONE_DMA][6], 1);
	EXPECT_EQ(s->counts.free_pages[ZONE_DMA], 3187 - 2048 - 512 - 256 - 64);
	EXPECT(buddy_next(p->o, ZONE_DMA, 8) == PFN_NONE);
	EXPECT_EQ(block_of(p->o, 1130), 1120);
	pair_delete(p);
}

/* Three upper halves, marked and pushed, greatest first. */
TEST(split_down_and_merge_up)
{
	struct pair *p = pair_run(M(16), 0, 1);
	const struct state *s = &p->o->now;
	pfn_t a, b;

	while (s->counts.nr_free[ZONE_DMA][0])
		buddy_take(p->o, ZONE_DMA, 0);
	while (s->counts.nr_free[ZONE_DMA][1])
		buddy_take(p->o, ZONE_DMA, 1);
	while (s->counts.nr_free[ZONE_DMA][2])
		buddy_take(p->o, ZONE_DMA, 2);
	/* order 3: 40, 144, 1032, 1040 were pushed in this order */
	a = buddy_take(p->o, ZONE_DMA, 0);
	EXPECT_EQ(a, 1040);
	EXPECT_EQ(s->list[ZONE_DMA][0], 1041);
	EXPECT_EQ(s->list[ZONE_DMA][1], 1042);
	EXPECT_EQ(s->list[ZONE_DMA][2], 1044);
	b = buddy_take(p->o, ZONE_DMA, 0);
	EXPECT_EQ(b, 1041);
	buddy_give(p->o, a, 0);
	EXPECT_EQ(s->counts.nr_free[ZONE_DMA][0], 1);
	buddy_give(p->o, b, 0);
	EXPECT_EQ(s->counts.nr_free[ZONE_DMA][0], 0);
	EXPECT_EQ(s->counts.nr_free[ZONE_DMA][2], 0);
	EXPECT_EQ(s->list[ZONE_DMA][3], 1040);
	pair_delete(p);
}

/* A zone that begins off a 4 MiB border has blocks aligned by pfn. */
TEST(zone_borders)
{
	struct boot_line line = line_of(M(128) + 5 * 4096, 0, 1);
	struct pair *p;
	const struct zone_layout *high;
	pfn_t top = PFN_NONE;

	line.word[line.nr++] =
		(struct boot_word){ .kind = BOOT_HIGHMEM, .size = M(10) };
	p = pair_new(&line);
	EXPECT(pair_boots(p, &line));
	EXPECT(pair_mem_init(p));
	for (u32 ring = 0; ring < NR_RINGS; ring++)
		while (p->o->now.pcp[ring]) {
			pfn_t pfn = pcp_tail(p->o, ring);

			pcp_drop_tail(p->o, ring);
			buddy_give(p->o, pfn, 0);
		}
	high = &p->o->now.layout.zone[ZONE_HIGHMEM];
	EXPECT_EQ(high->start_pfn, 32768 + 5 - 2560);
	EXPECT(!model_self_check(p->o));
	for (pfn_t pfn = high->start_pfn;
	     pfn < high->start_pfn + high->spanned_pages; pfn++)
		if (p->o->frame[pfn].is == IS_FREE) {
			EXPECT_EQ(pfn % (1u << p->o->frame[pfn].order), 0);
			top = pfn;
		}
	EXPECT(top != PFN_NONE);
	pair_delete(p);
}

TEST(long_run_keeps_the_books)
{
	struct pair *p = pair_small();
	pfn_t held[64] = { 0 };
	u8 order[64] = { 0 };
	u32 rng = 12345;

	for (u32 i = 0; i < 20000; i++) {
		u32 k = (rng >> 8) % 64, n = (rng >> 16) % 24;

		rng = rng * 1103515245 + 12345;
		p->out.task.cpu = (rng >> 30) & 1;
		if (held[k]) {
			good_free(p, held[k], order[k]);
			held[k] = 0;
			continue;
		}
		order[k] = (u8)(n < 4 ? n : 0);
		held[k] =
			good_alloc(p, ZONE_DMA, GFP_DMA | __GFP_WAIT, order[k]);
		if (test_failures)
			break;
	}
	EXPECT(!model_self_check(p->o));
	EXPECT(model_check_contents(p->o, &p->d));
	for (u32 k = 0; k < 64; k++)
		if (held[k])
			good_free(p, held[k], order[k]);
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

/* --- the self-check sees what is broken --------------------------------- */

static void sees(struct pair *p, const char *clause)
{
	const char *why = model_self_check(p->o);

	if (!EXPECT(why))
		fprintf(stderr, "not seen: %s\n", clause);
	else if (strcmp(why, clause))
		fprintf(stderr, "%s: %s, not %s\n", test_running, why, clause);
	EXPECT(why && !strcmp(why, clause));
	pair_delete(p);
}

#define BREAK(what, clause)                                                    \
	do {                                                                   \
		struct pair *p = pair_small();                                 \
		struct model *o = p->o;                                        \
		struct state *s = &o->now;                                     \
		pfn_t top = s->list[ZONE_DMA][10];                             \
		u32 ring = ring_of(0, ZONE_DMA, PCP_HOT);                      \
		(void)s, (void)top, (void)ring;                                \
		EXPECT(!model_self_check(o));                                  \
		what;                                                          \
		sees(p, clause);                                               \
	} while (0)

TEST(self_check_clauses)
{
	BREAK(o->frame[top + 9].is = IS_RESERVED,
	      "a frame behind a head is not inside its block");
	BREAK(o->frame[0].is = IS_INSIDE, "a frame is inside no block");
	BREAK(o->frame[top].count = 1,
	      "a count does not suit the frame's state");
	BREAK(o->frame[o->nr_frames - 1].is = IS_FREE;
	      o->frame[o->nr_frames - 1].order = 10,
	      "a block ends past mem_map");
	BREAK(o->frame[3072].is = IS_ALLOCATED; o->frame[3072].count = 1;
	      s->layout.zone[ZONE_DMA].spanned_pages--,
	      "a block crosses the end of its zone");
	BREAK(o->frame[top].order = 9; o->frame[top + 512].is = IS_FREE;
	      o->frame[top + 512].order = 9, "a free block is not maximal");
	BREAK(s->list[ZONE_DMA][9] = top,
	      "a buddy list holds what is no such block");
	BREAK(s->list[ZONE_DMA][9] = s->list[ZONE_HIGHMEM][9],
	      "a buddy list holds another zone's block");
	BREAK(o->frame[top].prev = 5, "a buddy list's links disagree");
	BREAK(o->frame[top].next = PFN_NONE,
	      "a buddy list is not as long as nr_free");
	BREAK(s->list[ZONE_DMA][10] = o->frame[top].next;
	      o->frame[o->frame[top].next].prev = PFN_NONE;
	      s->counts.nr_free[ZONE_DMA][10]--,
	      "nr_free is not the blocks' number");
	BREAK(s->counts.free_pages[ZONE_DMA]++,
	      "free_pages is not the blocks' sum");
	BREAK(s->pcp[ring] = 99, "a per-CPU list is longer than its limit");
	BREAK(o->pcp[ring].slot[o->pcp[ring].first] = top,
	      "a per-CPU list holds another's frame");
	BREAK(s->pcp[ring]--, "per-CPU lists and frames disagree");
}
