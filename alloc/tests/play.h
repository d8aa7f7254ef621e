/* SPDX-License-Identifier: MIT */
/*
 * play.h - a program of calls, drawn by lot: allocations of all kinds, frees
 * and misuse, knobs, any task.  The same dice play the same program.
 */
#ifndef ALLOC_TESTS_PLAY_H
#define ALLOC_TESTS_PLAY_H

#include "pc.h"

#define PLAY_SLOTS 64u

struct play {
	struct pc_dice dice;
	u32 cpus;
	struct {
		struct page *page;
		u32 order;
	} slot[PLAY_SLOTS];
};

/* Machines small enough to be played dry: every shape of zones. */
static const char *const play_lines[] = {
	"ram=24M vmalloc=1004M cpus=1",
	"ram=24M vmalloc=1004M cpus=2",
	"ram=16M cpus=1",
	"ram=6M cpus=2",
	"ram=32M vmalloc=1004M cpus=8",
	"ram=22532K vmalloc=1004M cpus=1",
	"ram=24M vmalloc=1016M cpus=1",
	"vmalloc=1004M cpus=4 e820=0-9f000,100000-1200000,1400000-1601000",
	"ram=64M cpus=1",
};

static inline struct play play_new(u32 seed, u32 cpus)
{
	return (struct play){ .dice = { seed }, .cpus = cpus };
}

static inline gfp_t play_gfp(struct pc_dice *dice)
{
	static const gfp_t usual[] = { GFP_KERNEL, GFP_ATOMIC, GFP_HIGHUSER,
				       GFP_DMA,	   GFP_NOFS,   GFP_NOIO };
	gfp_t gfp = usual[pc_roll(dice, ARRAY_SIZE(usual))];

	/* one more flag, of any kind */
	if (!pc_roll(dice, 3))
		gfp |= 1u << pc_roll(dice, 18);
	return gfp;
}

static inline void play_alloc(struct play *p, struct machine *m, u32 slot)
{
	gfp_t gfp = play_gfp(&p->dice);
	u32 order = pc_roll(&p->dice, 4) ? pc_roll(&p->dice, 3)
					 : pc_roll(&p->dice, MAX_ORDER + 1);
	struct page *page = mm_alloc_pages(m, gfp, order);

	if (!page)
		return;
	p->slot[slot].page = page;
	p->slot[slot].order = order;
}

/* With a page that is or was ours: so it is misuse, now and then. */
static inline void play_page(struct play *p, struct machine *m, u32 slot)
{
	struct page *page = p->slot[slot].page;
	u32 order = p->slot[slot].order;

	switch (pc_roll(&p->dice, 12)) {
	case 0:
		mm_get_page(m, page);
		break;
	case 1:
		mm_put_page(m, page);
		break;
	case 2:
		mm_free_cold_page(m, page);
		break;
	case 3:
		mm__free_pages(m, page + pc_roll(&p->dice, 2),
			       pc_roll(&p->dice, MAX_ORDER));
		break;
	case 4:
		mm_free_pages(m, mm_page_address(m, page), order);
		break;
	default:
		mm__free_pages(m, page, order);
	}
}

static inline void play_knob(struct play *p, struct machine *m)
{
	switch (pc_roll(&p->dice, 4)) {
	case 0:
		mm_set_min_free_kbytes(m, pc_roll(&p->dice, 4096));
		break;
	case 1:
		mm_set_lowmem_reserve_ratio(m, pc_roll(&p->dice, 300),
					    pc_roll(&p->dice, 40));
		break;
	case 2:
		mm_drain_local_pages(m);
		break;
	default:
		mm_get_page(m, mm_pfn_to_page(m, pc_roll(&p->dice, 9000)));
	}
}

static inline void play_on(struct play *p, struct machine *m, u32 calls)
{
	while (calls--) {
		u32 slot = pc_roll(&p->dice, PLAY_SLOTS);
		struct task task = { .cpu = (u8)pc_roll(&p->dice, p->cpus) };

		if (!pc_roll(&p->dice, 4))
			task.flags = (u8)(1u << pc_roll(&p->dice, 5));
		if (!pc_roll(&p->dice, 16))
			task.fail_nth = 1;
		mm_set_current(m, task);
		if (!pc_roll(&p->dice, 40))
			play_knob(p, m);
		else if (!p->slot[slot].page || pc_roll(&p->dice, 2))
			play_alloc(p, m, slot);
		else
			play_page(p, m, slot);
	}
}

#endif
