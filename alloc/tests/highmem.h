/* SPDX-License-Identifier: MIT */
/*
 * highmem.h - what the tests of kmap share: a PC with more high frames than
 * the kmap window has slots, and calls that succeed.
 */
#ifndef ALLOC_TESTS_HIGHMEM_H
#define ALLOC_TESTS_HIGHMEM_H

#include "objects.h"
#include "../highmem.h"

/* low 20M, high 12M: frames 5120 .. 8191 */
#define HIGH_PC "ram=32M vmalloc=1004M cpus=2"
#define HIGH_PFN 5120u
#define PKMAP 0xFF800000u

static inline struct machine *high_on(const char *text)
{
	struct machine *m = pc_on(text);

	machine_snapshot(m);
	return m;
}

static inline vaddr_t slot_at(u32 slot)
{
	return PKMAP + slot * PAGE_SIZE;
}

static inline struct page *high_page(struct machine *m)
{
	struct page *page = pc_alloc(m, GFP_HIGHUSER, 0);

	if (!page || page_to_pfn(m, page) < HIGH_PFN)
		pc_end("high_page", "none");
	return page;
}

/* As tasks without flags of CPU 0, without a report. */
static inline vaddr_t do_kmap(struct machine *m, struct page *page)
{
	vaddr_t addr;

	as_task(m, 0);
	addr = mm_kmap(m, page);
	EXPECT_EQ(REPORT_none, mm_report(m));
	return addr;
}

static inline void do_kunmap(struct machine *m, struct page *page)
{
	as_task(m, 0);
	mm_kunmap(m, page);
	EXPECT_EQ(REPORT_none, mm_report(m));
}

static inline void kmap_once(struct machine *m, struct page *page)
{
	do_kmap(m, page);
	do_kunmap(m, page);
}

static inline s32 slot_count(const struct machine *m, u32 slot)
{
	struct kmap_view view;

	mm_kmap_view(m, &view);
	return view.pkmap_count[slot];
}

static inline u32 kmaps_of(struct machine *m, const struct page *page)
{
	struct frame_view view;

	mm_frame_view(m, page_to_pfn(m, page), &view);
	return view.kmapcount;
}

/* The call draws this report, returns 0, and nobody sees that it was made. */
#define EXPECT_NOTHING(m, flags, kind, call)                                   \
	do {                                                                   \
		const u64 digest_before = machine_digest(m);                   \
                                                                               \
		as_task(m, flags);                                             \
		EXPECT_EQ(0, call);                                            \
		EXPECT_EQ(REPORT_##kind, mm_report(m));                        \
		EXPECT_EQ(digest_before, machine_digest(m));                   \
	} while (0)

#endif
