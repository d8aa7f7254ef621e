// SPDX-License-Identifier: MIT
/*
 * test_bootmem.c - boot's claims, the bootmem calls, and what mem_init makes
 * of them, on a 16 MiB UP machine that was worked out on paper:
 *
 *	0 page0, 1 fixmap_pt, 2 pkmap_pt, 3..35 mem_map, 36..158 free,
 *	159 ebda, 160..255 hole, 256..1023 image, 1024..1025 pg0, 1026 bitmap,
 *	1027..4095 free
 */
#include "puppet.h"

static void claim_is(const struct pair *p, u32 i, u8 label, u32 start, u32 size)
{
	if (!EXPECT(i < p->claims.nr))
		return;
	EXPECT_EQ(p->claims.claim[i].label, label);
	EXPECT_EQ(p->claims.claim[i].start, start);
	EXPECT_EQ(p->claims.claim[i].size, size);
}

TEST(claims_of_16m)
{
	struct pair *p = pair_bootmem(M(16), 0, 1);

	EXPECT_EQ(p->claims.nr, 8);
	claim_is(p, 0, CLAIM_image, 0x100000, 0x300000);
	claim_is(p, 1, CLAIM_pg0, 0x400000, 0x2000);
	claim_is(p, 2, CLAIM_bitmap, 0x402000, 0x1000);
	claim_is(p, 3, CLAIM_page0, 0, 0x1000);
	claim_is(p, 4, CLAIM_ebda, 0x9F000, 0x1000);
	claim_is(p, 5, CLAIM_fixmap_pt, 0x1000, 0x1000);
	claim_is(p, 6, CLAIM_pkmap_pt, 0x2000, 0x1000);
	/* the goal is past the end, so the scan is from the last success on */
	claim_is(p, 7, CLAIM_mem_map, 0x3000, 4097 * 32);
	pair_delete(p);
}

TEST(claims_of_smp)
{
	struct pair *p = pair_bootmem(M(24), M(1004), 2);

	EXPECT_EQ(p->claims.nr, 9);
	claim_is(p, 5, CLAIM_trampoline, 0x1000, 0x1000);
	claim_is(p, 6, CLAIM_fixmap_pt, 0x2000, 0x1000);
	claim_is(p, 7, CLAIM_pkmap_pt, 0x3000, 0x1000);
	claim_is(p, 8, CLAIM_mem_map, 0x1000000, 6145 * 32);
	pair_delete(p);
}

TEST(mem_init_of_16m)
{
	static const u32 nr_free[MAX_ORDER] = {
		3, 2, 3, 4, 2, 1, 2, 1, 1, 1, 2
	};
	static const pfn_t list[] = { 1026, 1055, 1054, 1053, 1052, 1051 };
	struct pair *p = pair_bootmem(M(16), 0, 1);
	const struct state *s = &p->o->now;
	u32 ring = ring_of(0, ZONE_DMA, PCP_HOT);

	EXPECT(pair_mem_init(p));
	EXPECT_EQ(s->layout.totalram_pages, 3193);
	EXPECT_EQ(s->layout.totalhigh_pages, 0);
	EXPECT_EQ(s->counts.free_pages[ZONE_DMA], 3187);
	for (int i = 0; i < MAX_ORDER; i++)
		EXPECT_EQ(s->counts.nr_free[ZONE_DMA][i], nr_free[i]);
	EXPECT_EQ(s->pcp[ring], 6);
	for (u32 i = 0; i < 6; i++)
		EXPECT_EQ(p->o->pcp[ring]
				  .slot[(p->o->pcp[ring].first + i) % RING],
			  list[i]);
	/* last in, first out */
	EXPECT_EQ(s->list[ZONE_DMA][10], 3072);
	EXPECT_EQ(p->o->frame[3072].next, 2048);
	EXPECT_EQ(s->list[ZONE_DMA][0], 1050);
	EXPECT_EQ(p->o->frame[1050].next, 1027);
	EXPECT_EQ(p->o->frame[1027].next, 158);
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

/* 20 MiB of low memory, 4 MiB high: totals count both. */
TEST(mem_init_with_high_memory)
{
	struct pair *p = pair_bootmem(M(24), M(1004), 1);
	const struct mm_layout *l = &p->o->now.layout;

	EXPECT(pair_mem_init(p));
	EXPECT_EQ(l->totalhigh_pages, 1024);
	/* 3..158, 1027..4095 and 4096..5119 less 49 of mem_map, bitmap, high */
	EXPECT_EQ(l->totalram_pages, 156 + 3069 + 1024 - 49 + 1 + 1024);
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

/* --- calls -------------------------------------------------------------- */

static u32 alloc(struct pair *p, u32 size, u32 align, u32 goal, bool *packed)
{
	u32 addr = 0;

	EXPECT(bootmem_alloc(p->o, size, align, goal, &addr, packed));
	return addr;
}

TEST(scan_and_packing)
{
	struct pair *p = pair_bootmem(M(24), M(1004), 1);
	bool packed;

	/* mem_map: 196640 bytes from frame 4096, it ends 32 into 4144 */
	EXPECT_EQ(alloc(p, 100, 64, 0, &packed), 4144 * 4096 + 64);
	EXPECT(packed);
	EXPECT_EQ(alloc(p, 3932, 1, 0, &packed), 4144 * 4096 + 164);
	EXPECT(packed);
	/* that filled the frame: no more to share */
	EXPECT_EQ(alloc(p, 10, 1, 0, &packed), 4145 * 4096);
	EXPECT(!packed);
	/* 8192 bytes: 4086 in 4145, the rest needs 4146 and 4147 */
	EXPECT_EQ(alloc(p, 8192, 0, 0, &packed), 4145 * 4096 + 10);
	EXPECT(packed);
	EXPECT_EQ(p->o->now.bootmem.last_pos, 4147);
	EXPECT_EQ(p->o->now.bootmem.last_offset, 10);
	EXPECT(!(p->o->boot_map[4148] & BOOT_USED));
	/* whole frames never share */
	EXPECT_EQ(alloc(p, 4096, 4096, 0, &packed), 4148 * 4096);
	EXPECT(!packed);
	/* a step of 16 frames */
	EXPECT_EQ(alloc(p, 5, 65536, 0, &packed), 4160 * 4096);
	/* it ended inside its frame, but a run elsewhere shares nothing */
	EXPECT(p->o->now.bootmem.last_offset == 5);
	p->o->boot_map[4161] |= BOOT_USED;
	EXPECT_EQ(alloc(p, 5, 1, 0, &packed), 4162 * 4096);
	EXPECT(!packed);
	/* a goal below the last success does not go back... */
	EXPECT_EQ(alloc(p, 4096, 4096, 0x10000, &packed), 4163 * 4096);
	/* ... unless nothing fits above */
	EXPECT_EQ(alloc(p, 3000 * 4096, 4096, M(17), &packed), 1027 * 4096);
	EXPECT_EQ(p->o->now.bootmem.last_success, 1027 * 4096);
	pair_delete(p);
}

/* The next multiple of the alignment may be the end of the shared frame. */
TEST(packing_at_the_very_end)
{
	struct pair *p = pair_bootmem(M(24), M(1004), 1);
	bool packed;

	EXPECT_EQ(alloc(p, 4000, 4096, M(18), &packed), M(18));
	EXPECT_EQ(alloc(p, 16, 2048, 0, &packed), M(18) + 4096);
	EXPECT(packed);
	EXPECT_EQ(p->o->now.bootmem.last_pos, 4609);
	EXPECT_EQ(p->o->now.bootmem.last_offset, 16);
	EXPECT(p->o->boot_map[4609] & BOOT_USED);
	pair_delete(p);
}

TEST(free_and_reserve)
{
	struct pair *p = pair_bootmem(M(24), M(1004), 1);
	struct model *o = p->o;
	bool packed;

	EXPECT_EQ(alloc(p, 3 * 4096, 4096, M(18), &packed), M(18));
	/* start up, end down: only the middle frame */
	EXPECT_EQ(bootmem_free(o, (u32)M(18) + 1, 2 * 4096), REPORT_none);
	EXPECT(o->boot_map[4608] & BOOT_USED);
	EXPECT(!(o->boot_map[4609] & BOOT_USED));
	EXPECT(o->boot_map[4610] & BOOT_USED);
	/* not last_success: it was 18 MiB, below the address */
	EXPECT_EQ(o->now.bootmem.last_success, M(18));
	EXPECT_EQ(bootmem_free(o, (u32)M(18), 3 * 4096),
		  REPORT_bootmem_double_free);
	EXPECT(o->boot_map[4608] & BOOT_USED);
	EXPECT_EQ(bootmem_free(o, 0x100000, 4096), REPORT_free_reserved);
	/* the ebda's frame is boot's, the hole behind it is nobody's */
	EXPECT_EQ(bootmem_free(o, 160 * 4096 - 1, 2 * 4096), REPORT_none);
	EXPECT(!(o->boot_map[160] & BOOT_USED));
	EXPECT_EQ(o->now.bootmem.last_success, 160 * 4096 - 1);
	EXPECT_EQ(alloc(p, 4096, 4096, 0, &packed), 160 * 4096);
	/* no whole frame: nothing at all */
	EXPECT_EQ(bootmem_free(o, 5, 4096), REPORT_none);
	EXPECT_EQ(o->now.bootmem.last_success, 160 * 4096);
	/* reserved as bytes: both frames touched; twice is allowed */
	EXPECT(model_reserve_bootmem(o, silent(p), (u32)M(19) + 4095, 2,
				     &p->d));
	EXPECT(model_reserve_bootmem(o, silent(p), (u32)M(19), 4096, &p->d));
	EXPECT(o->boot_map[4864] & BOOT_USED);
	EXPECT(o->boot_map[4865] & BOOT_USED);
	EXPECT(!(o->boot_map[4866] & BOOT_USED));
	pair_delete(p);
}

/* A hole may become memory, but for the part of it that is a device. */
TEST(free_of_a_device)
{
	struct boot_line line = line_of(M(24), M(1004), 1);
	struct pair *p;

	line.word[line.nr++] =
		(struct boot_word){ BOOT_MMIO, 0, 0xA1000, 4096 };
	p = pair_new(&line);
	EXPECT(pair_boots(p, &line));
	EXPECT_EQ(bootmem_free(p->o, 0xA0000, 8192), REPORT_free_reserved);
	EXPECT_EQ(bootmem_free(p->o, 0xA0000, 8191), REPORT_none);
	EXPECT_EQ(bootmem_free(p->o, 0xA1001, 8191), REPORT_none);
	EXPECT_EQ(bootmem_free(p->o, 0xA1000, 4096), REPORT_free_reserved);
	pair_delete(p);
}

TEST(late_calls)
{
	struct pair *p = pair_small();
	const struct outcome *late = reported(p, REPORT_bootmem_late);

	EXPECT(model_alloc_bootmem(p->o, late, 0, 3, 0, 0, &p->d));
	EXPECT(model_free_bootmem(p->o, late, 0, 0, &p->d));
	EXPECT(model_reserve_bootmem(p->o, late, 0, 0, &p->d));
	pair_delete(p);
}

TEST(order_of_bootmem_reports)
{
	struct pair *p = pair_bootmem(M(24), M(1004), 1);
	struct model *o = p->o;
	struct divergence *d = &p->d;
	u32 end = (u32)M(20);

	EXPECT(model_alloc_bootmem(o, reported(p, REPORT_bootmem_range), 0, 3,
				   0, 0, d));
	EXPECT(model_alloc_bootmem(o, reported(p, REPORT_bootmem_align), ~0u, 3,
				   0, 0, d));
	EXPECT(model_alloc_bootmem(o, reported(p, REPORT_bootmem_panic),
				   (u32)M(21), 4096, 0, 0, d));
	EXPECT(model_free_bootmem(o, reported(p, REPORT_bootmem_range), 0, 0,
				  d));
	EXPECT(model_free_bootmem(o, reported(p, REPORT_bootmem_range), end - 1,
				  2, d));
	EXPECT(model_free_bootmem(o, reported(p, REPORT_free_reserved), 0, end,
				  d));
	EXPECT(model_free_bootmem(o, silent(p), end - 1, 1, d));
	EXPECT(model_reserve_bootmem(o, reported(p, REPORT_bootmem_range), ~0u,
				     ~0u, d));
	pair_delete(p);
}
