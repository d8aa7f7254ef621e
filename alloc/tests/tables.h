/* SPDX-License-Identifier: MIT */
/*
 * tables.h - what the tests of directories and page tables share.
 */
#ifndef ALLOC_TESTS_TABLES_H
#define ALLOC_TESTS_TABLES_H

#include "objects.h"
#include "../pgd.h"

#define SMALL_PTES SMALL_PC " mem=nopentium"
#define VMALLOC 0xC2000000u /* of the small PC: 20M of low memory */
#define LOW_PFNS 5120u

/* The call draws this report, and nobody sees that it was made. */
#define EXPECT_MISUSE(m, kind, call)                                           \
	do {                                                                   \
		const u64 view_before = machine_view(m);                       \
                                                                               \
		as_task(m, 0);                                                 \
		EXPECT_EQ(-22, call);                                          \
		EXPECT_EQ(REPORT_##kind, mm_report(m));                        \
		EXPECT_EQ(view_before, machine_view(m));                       \
	} while (0)

/* Each of its page allocations fails once, and nobody sees it; then it works.
 */
#define EXPECT_TRIES(m, nr, call)                                              \
	do {                                                                   \
		const u64 view_before = machine_view(m);                       \
                                                                               \
		for (u8 nth = 1; nth <= (nr); nth++) {                         \
			failing(m, nth);                                       \
			EXPECT_EQ(-12, call);                                  \
			EXPECT_EQ(REPORT_none, mm_report(m));                  \
			EXPECT_EQ(view_before, machine_view(m));               \
			EXPECT_SOUND(m);                                       \
		}                                                              \
		failing(m, (nr) + 1);                                          \
		EXPECT_EQ(0, call);                                            \
		EXPECT(view_before != machine_view(m));                        \
	} while (0)

static inline pte_t *kernel_pde(struct machine *m, vaddr_t addr)
{
	return &m->swapper_pg_dir[pgd_index(addr)];
}

static inline u32 word_at(struct machine *m, const void *pgd, vaddr_t addr)
{
	const pte_t *pte = pgtable_pte(m, pgd, addr);

	return pte ? pte->word : 0;
}

static inline u32 kernel_word(struct machine *m, vaddr_t addr)
{
	return word_at(m, m->swapper_pg_dir, addr);
}

/* An area with one page. */
static inline vaddr_t vmap_one(struct machine *m, struct page *page, u32 prot)
{
	as_task(m, 0);
	return mm_vmap(m, &page, 1, VM_MAP, prot);
}

static inline u32 frame_word(struct machine *m, const struct page *page,
			     u32 bits)
{
	return page_to_pfn(m, page) << PAGE_SHIFT | bits;
}

static inline struct frame_view frame_seen(struct machine *m,
					   const struct page *page)
{
	struct frame_view view;

	mm_frame_view(m, mm_page_to_pfn(m, page), &view);
	return view;
}

static inline struct pgd *pgd_new(struct machine *m)
{
	struct pgd *pgd;

	on_cpu(m, 0);
	pgd = mm_pgd_alloc(m);
	if (!pgd)
		pc_end("pgd_alloc", "no directory");
	return pgd;
}

/* CPU 0, CPL 0: one byte at a linear address, by flat segments. */
static inline bool touch_byte(struct machine *m, enum access_kind kind,
			      vaddr_t addr, u32 *paddr, struct fault *f)
{
	const struct access a = {
		.kind = (u8)kind, .seg = SEG_DS, .offset = addr, .len = 1
	};
	struct access_pieces where;
	u8 byte = 0;
	bool done = mm_access(m, &a, &byte, &where, f);

	*paddr = done ? where.piece[0].start : 0;
	return done;
}

#endif
