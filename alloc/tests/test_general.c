// SPDX-License-Identifier: MIT
/*
 * test_general.c - section 7.2's table of the general caches, and
 * cache_cache, out of the booted machine: every cell, UP and SMP, RAM below
 * and above 32 MiB, each line size.  Other caches: test_geometry.c; with
 * debugging: test_slab_debug.c.
 */
#include "objects.h"

static const u32 line_bytes[] = { 32, 64, 128 };

#define NR_LINES ARRAY_SIZE(line_bytes)

struct general {
	u32 size, order, off, limit, batch, shared;
	struct {
		u32 objsize, num, slab_size, colour;
	} line[NR_LINES];
};

/*
 * 4096 = num * objsize + management + colour * line + rest.  Management is 24
 * + 2 * num, on slab in multiples of the alignment: 24 + 2 * 119 = 262
 * becomes 288 in multiples of 32.
 */
#define OFF_SLAB(size, order, limit, batch, shared, num, slab_size)            \
	{                                                                      \
		size, order, 1, limit, batch, shared,                          \
		{                                                              \
			{ size, num, slab_size, 0 },                           \
				{ size, num, slab_size, 0 },                   \
				{ size, num, slab_size, 0 },                   \
		}                                                              \
	}

static const struct general generals[] = {
	{ 32,
	  0,
	  0,
	  120,
	  60,
	  480,
	  { { 32, 119, 288, 0 }, { 32, 119, 288, 0 }, { 32, 119, 288, 0 } } },
	{ 64,
	  0,
	  0,
	  120,
	  60,
	  480,
	  { { 64, 61, 160, 1 }, { 64, 61, 192, 0 }, { 64, 61, 192, 0 } } },
	{ 96,
	  0,
	  0,
	  120,
	  60,
	  480,
	  { { 96, 41, 128, 1 }, { 128, 31, 128, 0 }, { 128, 31, 128, 0 } } },
	{ 128,
	  0,
	  0,
	  120,
	  60,
	  480,
	  { { 128, 31, 96, 1 }, { 128, 31, 128, 0 }, { 128, 31, 128, 0 } } },
	{ 192,
	  0,
	  0,
	  120,
	  60,
	  480,
	  { { 192, 20, 64, 6 }, { 192, 20, 64, 3 }, { 256, 15, 128, 1 } } },
	{ 256,
	  0,
	  0,
	  120,
	  60,
	  480,
	  { { 256, 15, 64, 6 }, { 256, 15, 64, 3 }, { 256, 15, 128, 1 } } },
	OFF_SLAB(512, 0, 54, 27, 216, 8, 40),
	OFF_SLAB(1024, 0, 54, 27, 216, 4, 32),
	OFF_SLAB(2048, 0, 24, 12, 96, 2, 28),
	OFF_SLAB(4096, 0, 24, 12, 96, 1, 26),
	OFF_SLAB(8192, 1, 8, 4, 0, 1, 26),
	OFF_SLAB(16384, 2, 8, 4, 0, 1, 26),
	OFF_SLAB(32768, 3, 8, 4, 0, 1, 26),
	OFF_SLAB(65536, 4, 8, 4, 0, 1, 26),
	OFF_SLAB(131072, 5, 8, 4, 0, 1, 26),
};

/* Below 32 MiB and above; UP, SMP, the largest SMP. */
static const char *const general_lines[] = {
	UP_PC,
	LARGE_PC,
	"ram=24M vmalloc=1004M cpus=2",
	"ram=40M vmalloc=992M cpus=8",
	"ram=64M cpus=3",
};

static void expect_arrays(struct machine *m, const struct kmem_cache *cache,
			  const struct general *row, u32 num, u32 cpus)
{
	const struct cache_info info = info_of(m, cache);

	for (u32 cpu = 0; cpu < NR_CPUS; cpu++) {
		const struct array_view a = array_of(m, cache, cpu);

		EXPECT_EQ(cpu < cpus, info.array[cpu] != 0);
		EXPECT_EQ(cpu < cpus ? row->limit : 0, a.limit);
		EXPECT_EQ(cpu < cpus ? row->batch : 0, a.batch);
	}
	EXPECT_EQ(row->limit, info.limit);
	EXPECT_EQ(row->batch, info.batch);
	EXPECT_EQ((1 + cpus) * row->batch + num, info.free_limit);
	EXPECT(info.shared);
	EXPECT_EQ(cpus > 1 ? row->shared : 0, info.shared_limit);
	EXPECT_EQ(cpus > 1 ? row->shared : 0,
		  array_of(m, cache, NR_CPUS).limit);
}

static void expect_general(struct machine *m, const char *name,
			   const struct general *row, u32 line, u32 dma)
{
	struct kmem_cache *cache = cache_named(m, name);
	const struct cache_info info = info_of(m, cache);
	const char *slabp =
		row->line[line].slab_size > 32 ? "size-64" : "size-32";

	EXPECT_EQ(row->line[line].objsize, info.objsize);
	EXPECT_EQ(row->line[line].objsize, info.user_size);
	EXPECT_EQ(row->line[line].objsize, mm_kmem_cache_size(m, cache));
	EXPECT_EQ(SLAB_HWCACHE_ALIGN | SLAB_PANIC | dma, info.flags);
	EXPECT_EQ(row->line[line].num, info.num);
	EXPECT_EQ(row->order, info.order);
	EXPECT_EQ(row->off, info.off_slab);
	EXPECT_EQ(row->line[line].slab_size, info.slab_size);
	EXPECT_EQ(row->line[line].colour, info.colour);
	EXPECT_EQ(line_bytes[line], info.colour_off);
	EXPECT_EQ(row->off ? mm_vaddr(cache_named(m, slabp)) : 0,
		  info.slabp_cache);
}

static void expect_generals(const char *text, u32 line)
{
	char boot[128], name[32];
	struct mm_layout l;
	struct machine *m;
	u32 nr = 0;

	snprintf(boot, sizeof(boot), "%s line=%u", text, line_bytes[line]);
	m = objects_on(boot);
	mm_layout(m, &l);
	EXPECT_EQ(line_bytes[line], l.cache_line);
	EXPECT_EQ(0, l.slab_debug);
	for (u32 i = 0; i < ARRAY_SIZE(generals); i++) {
		const struct general *row = &generals[i];

		for (u32 dma = 0; dma < 2; dma++) {
			snprintf(name, sizeof(name), "size-%u%s", row->size,
				 dma ? "(DMA)" : "");
			expect_general(m, name, row, line,
				       dma ? SLAB_CACHE_DMA : 0);
			expect_arrays(m, cache_named(m, name), row,
				      row->line[line].num, l.nr_cpus);
			/* the chain's head is the youngest */
			EXPECT(cache_named(m, name) ==
			       mm_cache_at(m, counts_of(m).nr_caches - 2 - nr));
			nr++;
		}
	}
	/* and "pgd", the youngest */
	EXPECT_EQ(2 + nr, counts_of(m).nr_caches);
	EXPECT(!mm_cache_at(m, 2 + nr));
	expect_objects_sound(m);
	machine_delete(m);
}

TEST(general_caches)
{
	for (u32 i = 0; i < ARRAY_SIZE(general_lines); i++)
		for (u32 line = 0; line < NR_LINES; line++)
			expect_generals(general_lines[i], line);
}

/* 32 bytes without a word in the boot line; names are the kernel's. */
TEST(line_of_32_is_the_default)
{
	struct machine *m = objects_on(UP_PC);
	struct mm_layout l;

	mm_layout(m, &l);
	EXPECT_EQ(32, l.cache_line);
	EXPECT_EQ(32, counts_of(m).nr_caches);
	EXPECT_STR("pgd", mm_kmem_cache_name(m, mm_cache_at(m, 0)));
	EXPECT_STR("size-131072(DMA)",
		   mm_kmem_cache_name(m, mm_cache_at(m, 1)));
	EXPECT_STR("size-131072", mm_kmem_cache_name(m, mm_cache_at(m, 2)));
	EXPECT_STR("size-32", mm_kmem_cache_name(m, mm_cache_at(m, 30)));
	EXPECT_STR("kmem_cache", mm_kmem_cache_name(m, mm_cache_at(m, 31)));
	machine_delete(m);
}

/* 160 bytes, in whole lines; the oldest of the chain; lies in the image. */
TEST(cache_cache)
{
	static const struct {
		u32 size, num, slab_size, colour;
	} row[NR_LINES] = {
		{ 160, 25, 96, 0 },
		{ 192, 20, 64, 3 },
		{ 256, 15, 128, 1 },
	};

	for (u32 line = 0; line < NR_LINES; line++) {
		struct kmem_cache *cache;
		struct cache_info info;
		struct machine *m;
		char boot[128];
		u32 addr;

		snprintf(boot, sizeof(boot), SMALL_PC " line=%u",
			 line_bytes[line]);
		m = objects_on(boot);
		cache = mm_cache_at(m, counts_of(m).nr_caches - 1);
		info = info_of(m, cache);
		addr = mm_vaddr(cache) - PAGE_OFFSET;
		EXPECT(addr >= KERNEL_START &&
		       addr + KMEM_CACHE_BYTES <= KERNEL_START + KERNEL_BYTES);
		EXPECT_EQ(row[line].size, info.objsize);
		EXPECT_EQ(row[line].num, info.num);
		EXPECT_EQ(row[line].slab_size, info.slab_size);
		EXPECT_EQ(row[line].colour, info.colour);
		EXPECT_EQ(line_bytes[line], info.colour_off);
		EXPECT_EQ(0, info.order);
		EXPECT_EQ(0, info.off_slab);
		EXPECT_EQ(0, info.slabp_cache);
		EXPECT(info.flags & SLAB_NO_REAP);
		EXPECT_EQ(120, info.limit);
		EXPECT_EQ(60, info.batch);
		EXPECT_EQ(3 * 60 + row[line].num, info.free_limit);
		EXPECT_EQ(480, info.shared_limit);
		machine_delete(m);
	}
}

/* A frame for each of what boot makes; one too few, and there is no machine. */
TEST(boot_without_memory)
{
	u32 frames = 0;

	for (;; frames++) {
		struct machine *m = pc_on(SMALL_PC);
		struct page *page[64];
		const char *why;

		for (u32 i = 0; i < frames; i++)
			page[i] = pc_alloc(m, GFP_KERNEL, 0);
		while (pc_alloc(m, __GFP_HIGHMEM | __GFP_NORETRY, 0))
			;
		mm_set_current(m, (struct task){ .flags = TASK_MEMALLOC });
		while (mm_alloc_pages(m, GFP_KERNEL, 0))
			;
		for (u32 i = 0; i < frames; i++)
			pc_free(m, page[i], 0);
		mm_set_min_free_kbytes(m, 0);
		mm_set_lowmem_reserve_ratio(m, 1 << 30, 1 << 30);
		why = machine_kmem_cache_init(m);
		if (!why)
			expect_objects_sound(m);
		else
			EXPECT_STR("low memory has no room for the caches",
				   why);
		machine_delete(m);
		if (!why || frames == 63)
			break;
	}
	EXPECT(frames > 5 && frames < 63);
}
