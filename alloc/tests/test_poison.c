// SPDX-License-Identifier: MIT
/*
 * test_poison.c - in a build with ASan free frames are poisoned, owned ones
 * are not, after any program and any reset; who touches a freed frame ends
 * with use-after-poison.  In other builds there is nothing to test.
 */
#include "child.h"
#include "play.h"
#include "../poison.h"

#if PLATFORM_POISON

#include <sanitizer/asan_interface.h>

static bool frame_poisoned(struct machine *m, pfn_t pfn)
{
	const u8 *bytes = ram_frame(mm_ram(m), pfn);

	return __asan_address_is_poisoned(bytes) &&
	       __asan_address_is_poisoned(bytes + PAGE_SIZE - 1);
}

static bool frame_clean(struct machine *m, pfn_t pfn)
{
	return !__asan_region_is_poisoned(ram_frame(mm_ram(m), pfn), PAGE_SIZE);
}

/* Free frames are, all others are not. */
static void expect_all_poisoned(struct machine *m)
{
	for (pfn_t pfn = 0; pfn < mm_ram(m)->nr_pfns; pfn++) {
		struct frame_view f;

		mm_frame_view(m, pfn, &f);
		if (f.state == FRAME_BUDDY || f.state == FRAME_PCP)
			EXPECT(frame_poisoned(m, pfn));
		else
			EXPECT(frame_clean(m, pfn));
	}
}

TEST(free_frames_are_poisoned)
{
	for (u32 i = 0; i < ARRAY_SIZE(play_lines); i += 2) {
		struct machine *m = pc_on(play_lines[i]);
		struct play p = play_new(i, m->setup.nr_cpus);

		expect_all_poisoned(m);
		play_on(&p, m, 300);
		expect_all_poisoned(m);
		machine_snapshot(m);
		for (u32 round = 0; round < 3; round++) {
			struct play more = p;

			more.dice.state += round;
			play_on(&more, m, 300);
			expect_all_poisoned(m);
			machine_reset(m);
			expect_all_poisoned(m);
		}
		machine_delete(m);
	}
}

/* Of what was freed since the snapshot, the first frame; owned ones never. */
static void expect_owned_clean(struct machine *m)
{
	for (pfn_t pfn = 0; pfn < mm_ram(m)->nr_pfns; pfn++) {
		struct frame_view f;

		mm_frame_view(m, pfn, &f);
		if (f.state == FRAME_ALLOCATED || f.state == FRAME_TAIL)
			EXPECT(frame_clean(m, pfn));
	}
}

TEST(poison_freed)
{
	struct machine *m = pc_new();
	struct play p = play_new(3, 2);
	struct page *page;
	pfn_t pfn;

	machine_set_poison(m, POISON_FREED);
	EXPECT(!pc_boot_why(m, SMALL_PC));
	machine_mem_init(m);
	machine_snapshot(m);
	for (u32 round = 0; round < 3; round++) {
		page = pc_alloc(m, GFP_HIGHUSER, 3);
		pfn = mm_page_to_pfn(m, page);
		EXPECT(frame_clean(m, pfn));
		pc_free(m, page, 3);
		EXPECT(frame_poisoned(m, pfn) && frame_clean(m, pfn + 1));
		play_on(&p, m, 300);
		expect_owned_clean(m);
		machine_reset(m);
		for (pfn = 0; pfn < 6144; pfn++)
			EXPECT(frame_clean(m, pfn));
	}
	machine_delete(m);
}

/* Who takes a block leaves the block behind it as it is. */
TEST(poison_freed_behind)
{
	struct machine *m = pc_new();

	machine_set_poison(m, POISON_FREED);
	EXPECT(!pc_boot_why(m, SMALL_PC));
	machine_mem_init(m);
	machine_snapshot(m);
	for (u32 order = 1; order < 5; order++) {
		struct page *b = pc_alloc(m, GFP_HIGHUSER, order), *a;

		do {
			a = b;
			b = pc_alloc(m, GFP_HIGHUSER, order);
		} while (b && b != a + (1u << order));
		pc_free(m, b, order);
		pc_free(m, a, order);
		EXPECT(pc_alloc(m, GFP_HIGHUSER, order) == a);
		EXPECT(frame_clean(m, mm_page_to_pfn(m, a)));
		EXPECT(frame_poisoned(m, mm_page_to_pfn(m, b)));
		machine_reset(m);
	}
	machine_delete(m);
}

TEST(poison_none)
{
	struct machine *m = pc_new();
	struct page *page;

	machine_set_poison(m, POISON_NONE);
	EXPECT(!pc_boot_why(m, SMALL_PC));
	machine_mem_init(m);
	page = pc_alloc(m, GFP_KERNEL, 0);
	pc_free(m, page, 0);
	for (pfn_t pfn = 0; pfn < 6144; pfn++)
		EXPECT(frame_clean(m, pfn));
	machine_delete(m);
}

/* --- who touches one ------------------------------------------------------ */

static struct page *freed(struct machine *m, gfp_t gfp, u32 order)
{
	struct page *page = pc_alloc(m, gfp, order);

	pc_free(m, page, order);
	return page;
}

static volatile u8 *bytes_of(struct machine *m, const struct page *page)
{
	return ram_frame(mm_ram(m), mm_page_to_pfn(m, page));
}

static void reads_low(struct machine *m)
{
	(void)bytes_of(m, freed(m, GFP_KERNEL, 0))[123];
}

static void writes_low(struct machine *m)
{
	bytes_of(m, freed(m, GFP_KERNEL, 0))[4095] = 1;
}

static void reads_high(struct machine *m)
{
	(void)bytes_of(m, freed(m, GFP_HIGHUSER, 0))[0];
}

static void writes_high(struct machine *m)
{
	bytes_of(m, freed(m, GFP_HIGHUSER, 2))[3 * PAGE_SIZE] = 1;
}

static void writes_behind_its_block(struct machine *m)
{
	bytes_of(m, pc_alloc(m, GFP_KERNEL, 2))[4 * PAGE_SIZE] = 1;
}

static void stays_inside(struct machine *m)
{
	struct page *page = pc_alloc(m, GFP_HIGHUSER | __GFP_ZERO, 2);

	memset(ram_frame(mm_ram(m), mm_page_to_pfn(m, page)), 1, 4 * PAGE_SIZE);
}

TEST(who_touches_a_free_frame_dies)
{
	static void (*const act[])(struct machine *) = {
		reads_low,
		writes_low,
		reads_high,
		writes_high,
		writes_behind_its_block,
	};
	static const bool write[] = { false, true, false, true, true };
	struct machine *m = pc_on(SMALL_PC);

	for (u32 i = 0; i < ARRAY_SIZE(act); i++) {
		const char *words = child_last_words(m, act[i]);

		EXPECT(strstr(words, "use-after-poison"));
		EXPECT(strstr(words,
			      write[i] ? "WRITE of size 1" : "READ of size 1"));
	}
	EXPECT_STR("survived", child_last_words(m, stays_inside));
	machine_delete(m);
}

#else

TEST(nothing_is_poisoned_without_asan)
{
	struct machine *m = pc_on(SMALL_PC);
	struct page *page = pc_alloc(m, GFP_KERNEL, 0);

	pc_free(m, page, 0);
	EXPECT_EQ(0, *ram_frame(mm_ram(m), mm_page_to_pfn(m, page)));
	machine_delete(m);
}

#endif
