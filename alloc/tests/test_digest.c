// SPDX-License-Identifier: MIT
/*
 * test_digest.c - the two hashes: the digest sees every bit of metadata, and
 * the view what a caller sees, and no more.
 */
#include "pc.h"

/*
 * Flips each 97th bit of some memory: the digest sees each of them, but for
 * those of each word that are `blind'.
 */
static void expect_seen(struct machine *m, void *bytes, size_t nr, u32 blind)
{
	const u64 digest = machine_digest(m);
	u32 *word = bytes;

	for (size_t bit = 0; bit < nr * 8; bit += 97) {
		word[bit / 32] ^= 1u << bit % 32;
		if ((machine_digest(m) == digest) != (blind >> bit % 32 & 1))
			TEST_FAIL("bit %zu of %zu bytes", bit, nr);
		word[bit / 32] ^= 1u << bit % 32;
	}
	EXPECT_EQ(digest, machine_digest(m));
}

TEST(the_digest_sees_all_metadata)
{
	const u32 hw = PAGE_ACCESSED | PAGE_DIRTY;
	struct machine *m = pc_on("ram=8M");
	struct pgd *pgd;

	expect_seen(m, m->data, sizeof(*m->data), 0);
	expect_seen(m, m->highmem.data, sizeof(*m->highmem.data), 0);
	expect_seen(m, &m->cpu[0].preempt_count, 4, 0);
	expect_seen(m, m->swapper_pg_dir, PAGE_SIZE, hw);
	expect_seen(m, m->fixmap_pt, PAGE_SIZE, hw);
	expect_seen(m, m->pkmap_pt, PAGE_SIZE, hw);
	expect_seen(m, m->mem_map, 64 * sizeof(struct page), 0);
	expect_seen(m, m->mem_map + 2000, 49 * sizeof(struct page), 0);
	expect_seen(m, &m->cpu[0].r, sizeof(m->cpu[0].r), 0);
	expect_seen(m, link_ptr(m->base, GDT_PADDR + PAGE_OFFSET), 256, 0);
	EXPECT(!machine_kmem_cache_init(m));
	pgd = mm_pgd_alloc(m);
	expect_seen(m, pgd, PAGE_SIZE, hw);
	machine_delete(m);
}

/* Equal neighbours that change places are another state. */
TEST(the_digest_sees_order)
{
	struct machine *m = pc_on("ram=8M");
	u64 digest = machine_digest(m);
	u32 *word = &m->mem_map[2000].private;

	word[0] = 1;
	word[8] = 2;
	digest = machine_digest(m);
	word[0] = 2;
	word[8] = 1;
	EXPECT(machine_digest(m) != digest);
	machine_delete(m);
}

TEST(the_digest_is_the_machines_own)
{
	struct machine *m = pc_on(SMALL_PC);
	const u64 digest = machine_digest(m), view = machine_view(m);

	machine_delete(m);
	m = pc_on(SMALL_PC);
	EXPECT_EQ(digest, machine_digest(m));
	EXPECT_EQ(view, machine_view(m));
	/* what is in the frames is none of it */
	memset(ram_frame(mm_ram(m), pc_reserved_pfn() + 0x100), 0xAA, 4096);
	EXPECT_EQ(digest, machine_digest(m));
	machine_delete(m);
}

/* A refill, a drain, a knob and a wake-up are nobody's business. */
TEST(the_view_is_what_a_caller_sees)
{
	struct machine *m = pc_on(SMALL_PC);
	struct page *page = pc_alloc(m, GFP_KERNEL, 2);
	u64 view = machine_view(m), digest = machine_digest(m);

	mm_drain_local_pages(m);
	mm_set_min_free_kbytes(m, 1);
	m->data->kswapd_max_order = 4;
	EXPECT_EQ(view, machine_view(m));
	EXPECT(machine_digest(m) != digest);
	mm_get_page(m, page);
	EXPECT(machine_view(m) != view);
	mm_put_page(m, page);
	EXPECT_EQ(view, machine_view(m));
	pc_free(m, page, 2);
	EXPECT(machine_view(m) != view);
	EXPECT(page == pc_alloc(m, GFP_KERNEL, 2));
	EXPECT_EQ(view, machine_view(m));
	machine_delete(m);
}

/* Nor is what another CPU's lists do. */
TEST(the_view_counts_every_cpus_lists)
{
	struct machine *m = pc_on("ram=64M cpus=2");
	u64 view = machine_view(m);
	struct page *page;

	mm_set_current(m, (struct task){ .cpu = 1 });
	page = mm_alloc_pages(m, GFP_KERNEL, 0);
	mm_free_cold_page(m, page);
	EXPECT(pc_zone(m, ZONE_NORMAL)->pageset[1].pcp[PCP_COLD].count);
	EXPECT_EQ(view, machine_view(m));
	machine_delete(m);
}

/* An order that is not the owner's is another view, all else equal. */
TEST(the_view_sees_orders)
{
	struct machine *m = pc_on(SMALL_PC);
	struct page *page = pc_alloc(m, GFP_KERNEL, 3);
	u64 view = machine_view(m);

	page->flags ^= 1u << PG_order;
	EXPECT(machine_view(m) != view);
	machine_delete(m);
}

/* Which frame, which order and which kind of block are seen. */
TEST(the_view_tells_blocks_apart)
{
	static const struct {
		gfp_t gfp;
		u32 order;
	} row[] = {
		{ GFP_KERNEL, 0 },	     { GFP_KERNEL, 1 },
		{ GFP_KERNEL, 2 },	     { GFP_KERNEL | __GFP_COMP, 2 },
		{ GFP_KERNEL | GFP_DMA, 2 }, { GFP_HIGHUSER, 2 },
	};
	u64 seen[ARRAY_SIZE(row)];

	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		struct machine *m = pc_on(SMALL_PC);

		EXPECT(pc_alloc(m, row[i].gfp, row[i].order));
		seen[i] = machine_view(m);
		for (u32 j = 0; j < i; j++)
			EXPECT(seen[i] != seen[j]);
		machine_delete(m);
	}
}

TEST(phases_have_hashes)
{
	struct machine *m = pc_new();
	u64 off = machine_digest(m), off_view = machine_view(m);

	EXPECT(!pc_boot_why(m, SMALL_PC));
	EXPECT(machine_digest(m) != off);
	EXPECT(machine_view(m) != off_view);
	off_view = machine_view(m);
	machine_mem_init(m);
	EXPECT(machine_view(m) != off_view);
	EXPECT(pc_boot_why(m, "ram=4M"));
	EXPECT_EQ(off, machine_digest(m));
	machine_delete(m);
}
