// SPDX-License-Identifier: MIT
/*
 * test_slab_smoke.c - the object layer as a whole: it boots to the geometry
 * that the reference computes, and a mixed program leaves it sound.
 */
#include "objects.h"

struct geometry {
	const char *name;
	u32 size, num, order, off_slab, limit, batch;
};

static const struct geometry reference[] = {
	{ "size-32", 32, 119, 0, 0, 120, 60 },
	{ "size-64", 64, 61, 0, 0, 120, 60 },
	{ "size-96", 96, 41, 0, 0, 120, 60 },
	{ "size-128", 128, 31, 0, 0, 120, 60 },
	{ "size-192", 192, 20, 0, 0, 120, 60 },
	{ "size-256", 256, 15, 0, 0, 120, 60 },
	{ "size-512", 512, 8, 0, 1, 54, 27 },
	{ "size-1024", 1024, 4, 0, 1, 54, 27 },
	{ "size-2048", 2048, 2, 0, 1, 24, 12 },
	{ "size-4096", 4096, 1, 0, 1, 24, 12 },
	{ "size-8192", 8192, 1, 1, 1, 8, 4 },
	{ "size-131072(DMA)", 131072, 1, 5, 1, 8, 4 },
};

TEST(the_reference_s_table)
{
	struct machine *m = objects_on(LARGE_PC);

	for (u32 i = 0; i < ARRAY_SIZE(reference); i++) {
		const struct geometry *g = &reference[i];
		struct cache_info info = info_of(m, cache_named(m, g->name));

		EXPECT_EQ(g->size, info.objsize);
		EXPECT_EQ(g->num, info.num);
		EXPECT_EQ(g->order, info.order);
		EXPECT_EQ(g->off_slab, info.off_slab);
		EXPECT_EQ(g->limit, info.limit);
		EXPECT_EQ(g->batch, info.batch);
	}
	expect_objects_sound(m);
	machine_delete(m);
}

#define SLOTS 400u

static const char *const lines[] = {
	SMALL_PC,
	LARGE_PC,
	DEBUG_PC,
	"ram=24M vmalloc=1004M cpus=4 line=64",
	"ram=40M vmalloc=992M cpus=8 line=128 slab_debug",
};

static void churn(struct machine *m, u32 seed, u32 calls)
{
	static void *slot[SLOTS];
	struct pc_dice dice = { seed };
	u32 cpus;
	struct mm_layout l;

	mm_layout(m, &l);
	cpus = l.nr_cpus;
	memset(slot, 0, sizeof(slot));
	for (u32 i = 0; i < calls; i++) {
		u32 n = pc_roll(&dice, SLOTS), size;

		on_cpu(m, pc_roll(&dice, cpus));
		if (slot[n]) {
			mm_kfree(m, slot[n]);
			slot[n] = NULL;
		} else {
			size = pc_roll(&dice, 17);
			size = pc_roll(&dice, 2u << size);
			slot[n] = mm_kmalloc(m, size,
					     pc_roll(&dice, 4)
						     ? GFP_KERNEL
						     : GFP_ATOMIC | GFP_DMA);
			if (slot[n])
				memset(slot[n], (int)i, size);
		}
		EXPECT_EQ(REPORT_none, mm_report(m));
		if (!pc_roll(&dice, 50))
			mm_tick(m, pc_roll(&dice, 5000));
	}
	for (u32 i = 0; i < SLOTS; i++) {
		on_cpu(m, 0);
		mm_kfree(m, slot[i]);
	}
}

TEST(a_mixed_program_and_a_reset)
{
	for (u32 i = 0; i < ARRAY_SIZE(lines); i++) {
		struct machine *m = objects_on(lines[i]);
		u64 digest, view;

		machine_snapshot(m);
		digest = machine_digest(m);
		view = machine_view(m);
		for (u32 seed = 0; seed < 4; seed++) {
			churn(m, seed, 3000);
			expect_objects_sound(m);
			machine_reset(m);
			EXPECT_EQ(digest, machine_digest(m));
			EXPECT_EQ(view, machine_view(m));
			expect_objects_sound(m);
		}
		machine_delete(m);
	}
}
