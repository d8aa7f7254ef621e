// SPDX-License-Identifier: MIT
/*
 * test_contents.c - painting: what is seen of a byte that changes, in whole
 * frames and in samples, and that a reset leaves no trace.
 */
#include "puppet.h"

#define GFP (GFP_KERNEL | GFP_DMA)

static u8 *frame(struct pair *p, pfn_t pfn)
{
	return p->ram + (size_t)pfn * PAGE_SIZE;
}

/* How many of the frame's bytes a change of is seen before the block goes. */
static u32 bytes_seen(struct pair *p, pfn_t head, pfn_t pfn)
{
	u32 seen = 0;

	for (u32 i = 0; i < PAGE_SIZE; i++) {
		frame(p, pfn)[i] ^= 1;
		seen += !model_before_free(p->o, head, &p->d);
		frame(p, pfn)[i] ^= 1;
	}
	return seen;
}

TEST(whole_frames)
{
	struct pair *p = pair_small();
	pfn_t block;

	model_set_paint(p->o, PAINT_WHOLE);
	block = good_alloc(p, ZONE_DMA, GFP, 2);
	for (pfn_t i = 0; i < 4; i++)
		EXPECT_EQ(bytes_seen(p, block, block + i), PAGE_SIZE);
	EXPECT_EQ(p->d.rule, RULE_C2);
	pair_delete(p);
}

TEST(samples)
{
	struct pair *p = pair_small();
	u32 painted = 0, off[8];
	pfn_t block;

	model_set_paint(p->o, PAINT_SAMPLE);
	block = good_alloc(p, ZONE_DMA, GFP, 5);
	for (pfn_t i = 0; i < 32; i++) {
		u32 seen = bytes_seen(p, block, block + i);

		EXPECT(seen <= 64);
		EXPECT(seen || i != 0);
		painted += seen != 0;
	}
	EXPECT_EQ(painted, 2);
	/* where, varies with the allocation */
	for (int i = 0; i < 8; i++) {
		block = good_alloc(p, ZONE_DMA, GFP, 0);
		for (off[i] = 0; !frame(p, block)[off[i]]; off[i] += 8)
			;
		EXPECT(!i || off[i] != off[i - 1]);
	}
	pair_delete(p);
}

TEST(every_order_is_sampled)
{
	struct pair *p = pair_small();

	model_set_paint(p->o, PAINT_SAMPLE);
	for (unsigned int order = 0; order < MAX_ORDER; order++) {
		u32 before = p->o->nr_painted;
		u32 frames = 1u << order;

		good_alloc(p, ZONE_DMA, GFP, order);
		EXPECT_EQ(p->o->nr_painted - before, frames < 2 ? frames : 2);
	}
	pair_delete(p);
}

TEST(patterns_differ)
{
	struct pair *p = pair_small();
	pfn_t a, b;

	model_set_paint(p->o, PAINT_WHOLE);
	a = good_alloc(p, ZONE_DMA, GFP, 0);
	b = good_alloc(p, ZONE_DMA, GFP, 0);
	EXPECT(memcmp(frame(p, a), frame(p, b), PAGE_SIZE));
	/* another frame's bytes are as wrong as any */
	memcpy(frame(p, a), frame(p, b), PAGE_SIZE);
	EXPECT(!model_before_free(p->o, a, &p->d));
	pair_delete(p);
}

TEST(writes_and_reads)
{
	for (enum paint mode = PAINT_WHOLE; mode <= PAINT_SAMPLE; mode++) {
		struct pair *p = pair_small();
		struct model *o = p->o;
		pfn_t b;

		model_set_paint(o, mode);
		b = good_alloc(p, ZONE_DMA, GFP, 3);
		EXPECT(model_write(o, b, 2 * PAGE_SIZE + 40, 30, &p->d));
		EXPECT(model_read(o, b, 2 * PAGE_SIZE, 3 * PAGE_SIZE, &p->d));
		frame(p, b + 2)[45] ^= 0x80;
		EXPECT(model_read(o, b, 0, PAGE_SIZE, &p->d));
		EXPECT(!model_read(o, b, 2 * PAGE_SIZE, 1, &p->d));
		EXPECT_EQ(p->d.rule, RULE_C3);
		EXPECT(!model_write(o, b, 2 * PAGE_SIZE, 1, &p->d));
		EXPECT_EQ(p->d.rule, RULE_C4);
		EXPECT(!model_before_free(o, b, &p->d));
		EXPECT(!model_check_contents(o, &p->d));
		EXPECT_EQ(p->d.rule, RULE_C5);
		frame(p, b + 2)[45] ^= 0x80;
		EXPECT(model_check_contents(o, &p->d));
		/* beyond the block, or of no block: nothing happens */
		EXPECT(model_write(o, b, 8 * PAGE_SIZE, 9, &p->d));
		EXPECT(model_write(o, b + 1, 0, 9, &p->d));
		EXPECT(model_write(o, b, 0, 0, &p->d));
		/* all of it, and then some */
		EXPECT(model_write(o, b, 5, 9 * PAGE_SIZE, &p->d));
		EXPECT(model_read(o, b, 0, 9 * PAGE_SIZE, &p->d));
		good_free(p, b, 3);
		pair_delete(p);
	}
}

TEST(zeroed_blocks)
{
	for (enum paint mode = PAINT_WHOLE; mode <= PAINT_SAMPLE; mode++) {
		struct pair *p = pair_small();
		const gfp_t gfp = GFP | __GFP_ZERO;
		pfn_t b;

		model_set_paint(p->o, mode);
		good_alloc(p, ZONE_DMA, gfp, 4);
		begin(p);
		b = puppet_alloc(p, ZONE_DMA, gfp, 4);
		frame(p, b + 15)[4095] = 1;
		EXPECT(!model_alloc_pages(p->o, &p->out, gfp, 4, b, &p->d));
		EXPECT_EQ(p->d.rule, RULE_C1);
		pair_delete(p);
	}
}

/* What an earlier owner painted is nobody's any more. */
TEST(old_owners)
{
	struct pair *p = pair_small();
	pfn_t b, head;

	model_set_paint(p->o, PAINT_WHOLE);
	while (p->o->now.counts.nr_free[ZONE_DMA][2])
		good_alloc(p, ZONE_DMA, GFP, 2);
	b = good_alloc(p, ZONE_DMA, GFP, 3);
	good_free(p, b, 3);
	/* the same head again, with less behind it */
	head = good_alloc(p, ZONE_DMA, GFP, 2);
	EXPECT_EQ(head, b);
	memset(frame(p, b + 4), 0, 4 * PAGE_SIZE);
	EXPECT(model_check_contents(p->o, &p->d));
	memset(frame(p, b + 3), 0, PAGE_SIZE);
	EXPECT(!model_check_contents(p->o, &p->d));
	pair_delete(p);
}

/* Painted twice at different places: both are wiped. */
TEST(reset_wipes_older_windows)
{
	struct pair *p = pair_small();
	pfn_t b = good_alloc(p, ZONE_DMA, GFP, 0);

	model_set_paint(p->o, PAINT_SAMPLE);
	for (u32 off = 0; off < PAGE_SIZE; off += 500)
		EXPECT(model_write(p->o, b, off, 40, &p->d));
	model_reset(p->o);
	for (u32 i = 0; i < PAGE_SIZE; i++)
		EXPECT(!frame(p, b)[i]);
	pair_delete(p);
}

/* A free that cannot free looks at nothing. */
TEST(before_a_free_that_is_none)
{
	struct pair *p = pair_small();
	pfn_t b = good_alloc(p, ZONE_DMA, GFP, 1);

	memset(frame(p, b), 0, 2 * PAGE_SIZE);
	EXPECT(model_before_free(p->o, b + 1, &p->d));
	EXPECT(model_before_free(p->o, PFN_NONE, &p->d));
	EXPECT(model_before_free(p->o, 0, &p->d));
	EXPECT(model_get_page(p->o, silent(p), b, &p->d));
	EXPECT(model_before_free(p->o, b, &p->d));
	EXPECT(model_put_page(p->o, silent(p), b, &p->d));
	EXPECT(!model_before_free(p->o, b, &p->d));
	pair_delete(p);
}

TEST(reset_wipes)
{
	for (enum paint mode = PAINT_WHOLE; mode <= PAINT_SAMPLE; mode++) {
		struct pair *p = pair_small();
		size_t dirty = 0;
		pfn_t b;

		model_set_paint(p->o, mode);
		b = good_alloc(p, ZONE_DMA, GFP, 5);
		good_alloc(p, ZONE_HIGHMEM, GFP_HIGHUSER, 0);
		EXPECT(model_write(p->o, b, 100, 0x8000, &p->d));
		good_free(p, b, 5);
		model_reset(p->o);
		for (size_t i = 0; i < p->ram_bytes; i++)
			dirty += p->ram[i] != 0;
		EXPECT_EQ(dirty, 0);
		EXPECT(model_check_contents(p->o, &p->d));
		pair_delete(p);
	}
}

TEST(boot_memory_is_zero)
{
	struct pair *p = pair_bootmem(M(24), M(1004), 1);
	u32 addr = 4144 * 4096 + 64;

	EXPECT(model_alloc_bootmem(p->o, silent(p), 100, 64, 0, addr, &p->d));
	/* it is smeared now: given out again, it must have been zeroed */
	EXPECT(p->ram[addr] && p->ram[addr + 99]);
	EXPECT(!p->ram[addr - 1] && !p->ram[addr + 100]);
	addr += 128;
	p->ram[addr] = 1;
	EXPECT(!model_alloc_bootmem(p->o, silent(p), 1, 64, 0, addr, &p->d));
	EXPECT_EQ(p->d.rule, RULE_C7);
	pair_delete(p);
}

/* Five pages, given back and asked for again: which byte may be left over? */
static bool boot_again(enum paint mode, u32 left)
{
	struct pair *p = pair_bootmem(M(24), M(1004), 1);
	const u32 size = 5 * 4096, addr = (u32)M(18);
	bool ok;

	model_set_paint(p->o, mode);
	EXPECT(model_alloc_bootmem(p->o, silent(p), size, 4096, addr, addr,
				   &p->d));
	for (u32 page = 0; page < 5; page++) {
		const u8 *at = p->ram + addr + page * 4096;
		u32 i = 0;

		while (i < 4096 && !at[i])
			i++;
		EXPECT(i < 4096);
	}
	memset(p->ram + addr, 0, size);
	if (left < size)
		p->ram[addr + left] = 1;
	EXPECT(model_free_bootmem(p->o, silent(p), addr, size, &p->d));
	ok = model_alloc_bootmem(p->o, silent(p), size, 4096, addr, addr,
				 &p->d);
	EXPECT(ok || p->d.rule == RULE_C7);
	pair_delete(p);
	return ok;
}

TEST(boot_memory_is_zero_again)
{
	for (int mode = PAINT_WHOLE; mode <= PAINT_SAMPLE; mode++) {
		EXPECT(boot_again((enum paint)mode, ~0u));
		for (u32 page = 0; page < 5; page++)
			EXPECT(!boot_again((enum paint)mode,
					   page * 4096 + page * 1000));
	}
}
