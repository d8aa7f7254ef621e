// SPDX-License-Identifier: MIT
/*
 * test_real_tables.c - the page tables of a real i386 kernel, 6.1 with
 * HIGHMEM4G, from PAGE_OFFSET to 4 GiB, and why they are otherwise than ours.
 *
 * The rows are what that kernel printed of itself in an emulator, with 64M,
 * 512M and 1G.  Our machine is booted with the same low memory (and less of the
 * 1G's HighMem, where highmem= can draw 6.1's border); from its words and the
 * differences named here, and nothing else, each PDE and each PTE of the rows
 * must come out.  Which difference a place has follows from where it is, but
 * for ALIAS, whose pieces are listed:
 *
 *   SAME     none: the word itself, or none on both sides
 *   FIRST    6.1 has small pages below 4 MiB, where memory types change by
 *            pages; 2.6.12 one large page.  Its table is that of 6.1's
 *            head.S, whose PDEs have 0x063 where 2.6.12's have 0x007
 *   TEXT     6.1 takes RW from its image, in large pages as far as these
 *            lie inside; 2.6.12's text is writable
 *   SECTION  a piece where what is read-only ends is split, as
 *            change_page_attr would; 6.1's PDE is then 0x063, ours 0x163
 *   ALIAS    likewise: low frames that the vmalloc window has too, read-only
 *            there, are so at both addresses.  Which these are is chance;
 *            with HighMem the window has high frames, and there are none
 *   END      6.1 has small pages where low memory ends inside 4 MiB, to the
 *            last frame; 2.6.12's large page over-maps.  Under mem=nopentium
 *            it does what 6.1 does
 *   WINDOW   6.1 has mapped something there by then: the words are those of
 *            mm_vmalloc.  It starts at high_memory + 8 MiB, unrounded
 *   KMAP     kmap's table stands lower: the fixmap below it has grown
 *   AREA     the CPU entry area and the rest of that fixmap, which ours has
 *            in one table: more such tables
 *   HEAD     the fixmap's own table is 6.1's head.S's: 0x063, ours 0x067
 *
 * No NX, as ours: 6.1 has it with PAE only.  What lies below PAGE_OFFSET is of
 * the process that asked, and frames of tables are where each kernel had room.
 */
#include "tables.h"

#define PIECE(addr) ((addr) & ~(PMD_SIZE - 1))
#define TEXT_START 0xC1000000u /* 6.1's image stands at 16 MiB */
#define TEXT_LAST 0xC1C00000u  /* in here its read-only part ends */
#define REAL_PKMAP 0xFEC00000u
#define REAL_CPU_AREA 0xFF400000u
#define REAL_FIXMAP 0xFFC00000u
#define REAL_CR4 0x000006D0u
#define CR4_OF_LATER 0x640u /* MCE, and two of SSE */
#define LISTED 0x187u	    /* what makes a row: P, RW, US, PSE, G */

enum level { NONE, PTE, PDE }; /* where the word is */

struct pde_row {
	vaddr_t start;
	u32 nr, word; /* the first one's */
};

struct pte_row {
	vaddr_t addr;
	enum level level;
	u32 word;
};

struct real {
	const char *line; /* for ours, with the same low memory */
	vaddr_t high_memory;
	bool highmem;
	vaddr_t alias[2];
	struct pde_row pde[16];
	struct pte_row pte[16];
};

#define RAM(end) "e820=0-9fc00,100000-" end

/* clang-format off */
static const struct real reals[] = {
	{ RAM("3fe0000"), 0xc3fe0000, false, { 0xc2000000, 0xc2c00000 },
	  { { 0xc0000000,   1, 0x01ee6063 }, { 0xc0400000,   3, 0x004001e3 },
	    { 0xc1000000,   3, 0x010001e1 }, { 0xc1c00000,   2, 0x020f8063 },
	    { 0xc2400000,   2, 0x024001e3 }, { 0xc2c00000,   1, 0x02cca063 },
	    { 0xc3000000,   3, 0x030001e3 }, { 0xc3c00000,   1, 0x01ef0067 },
	    { 0xc4000000,   1, 0x00000000 }, { 0xc4400000,   2, 0x020f9067 },
	    { 0xc4c00000, 232, 0x00000000 }, { 0xfec00000,   1, 0x01ef1067 },
	    { 0xff000000,   1, 0x00000000 }, { 0xff400000,   2, 0x01ef2067 },
	    { 0xffc00000,   1, 0x01e73063 } },
	  { { 0xc0000000, PTE, 0x00000163 }, { 0xc0001000, PTE, 0x00001163 },
	    { 0xc00a0000, PTE, 0x000a0163 }, { 0xc0100000, PTE, 0x00100163 },
	    { 0xc0400000, PDE, 0x004001e3 }, { 0xc1000000, PDE, 0x010001e1 },
	    { 0xc2c10000, PTE, 0x02c10163 }, { 0xc3fdf000, PTE, 0x03fdf163 },
	    { 0xc3fe0000, PTE, 0x00000000 }, { 0xc47e0000, PTE, 0x03fe1163 },
	    { 0xfebfe000, NONE, 0x00000000 }, { 0xfec00000, PTE, 0x00000000 },
	    { 0xffdb8000, PTE, 0x00000000 },
	    { 0xfffbb000, PTE, 0x00000000 } } },
	{ RAM("1ffe0000"), 0xdffe0000, false, { 0xc2000000, 0xc2c00000 },
	  { { 0xc0000000,   1, 0x01ee6063 }, { 0xc0400000,   3, 0x004001e3 },
	    { 0xc1000000,   3, 0x010001e1 }, { 0xc1c00000,   2, 0x020f8063 },
	    { 0xc2400000,   2, 0x024001e3 }, { 0xc2c00000,   1, 0x02d14063 },
	    { 0xc3000000, 115, 0x030001e3 }, { 0xdfc00000,   1, 0x01ef0067 },
	    { 0xe0000000,   1, 0x00000000 }, { 0xe0400000,   2, 0x020f9067 },
	    { 0xe0c00000, 120, 0x00000000 }, { 0xfec00000,   1, 0x01ef1067 },
	    { 0xff000000,   1, 0x00000000 }, { 0xff400000,   2, 0x01ef2067 },
	    { 0xffc00000,   1, 0x01e73063 } },
	  { { 0xc0000000, PTE, 0x00000163 }, { 0xc0001000, PTE, 0x00001163 },
	    { 0xc00a0000, PTE, 0x000a0163 }, { 0xc0100000, PTE, 0x00100163 },
	    { 0xc0400000, PDE, 0x004001e3 }, { 0xc1000000, PDE, 0x010001e1 },
	    { 0xc2cab000, PTE, 0x02cab163 }, { 0xdffdf000, PTE, 0x1ffdf163 },
	    { 0xdffe0000, PTE, 0x00000000 }, { 0xe07e0000, PTE, 0x1ffe1163 },
	    { 0xfebfe000, NONE, 0x00000000 }, { 0xfec00000, PTE, 0x00000000 },
	    { 0xffdb8000, PTE, 0x00000000 },
	    { 0xfffbb000, PTE, 0x00000000 } } },
	{ RAM("38000000") " highmem=20488K", 0xf6bfe000, true, { 0 },
	  { { 0xc0000000,   1, 0x01ee6063 }, { 0xc0400000,   3, 0x004001e3 },
	    { 0xc1000000,   3, 0x010001e1 }, { 0xc1c00000,   1, 0x020f3063 },
	    { 0xc2000000, 210, 0x020001e3 }, { 0xf6800000,   1, 0x01ef0067 },
	    { 0xf6c00000,   1, 0x00000000 }, { 0xf7000000,   2, 0x02100067 },
	    { 0xf7800000,  29, 0x00000000 }, { 0xfec00000,   1, 0x01ef1067 },
	    { 0xff000000,   1, 0x00000000 }, { 0xff400000,   2, 0x01ef2067 },
	    { 0xffc00000,   1, 0x01e73063 } },
	  { { 0xc0000000, PTE, 0x00000163 }, { 0xc0001000, PTE, 0x00001163 },
	    { 0xc00a0000, PTE, 0x000a0163 }, { 0xc0100000, PTE, 0x00100163 },
	    { 0xc0400000, PDE, 0x004001e3 }, { 0xc1000000, PDE, 0x010001e1 },
	    { 0xf6bfd000, PTE, 0x36bfd163 }, { 0xf6bfe000, PTE, 0x00000000 },
	    { 0xf73fe000, PTE, 0x3ffe1163 }, { 0xfebfe000, NONE, 0x00000000 },
	    { 0xfec00000, PTE, 0x00000000 },
	    { 0xffdb8000, PTE, 0x00000000 },
	    { 0xfffbb000, PTE, 0x00000000 } } },
};
/* clang-format on */

/* --- which difference ----------------------------------------------------- */

enum cause {
	SAME,
	FIRST,
	TEXT,
	SECTION,
	ALIAS,
	END,
	WINDOW,
	KMAP,
	AREA,
	HEAD,
};

static enum cause low_cause(const struct real *r, vaddr_t piece)
{
	if (piece == PAGE_OFFSET)
		return FIRST;
	if (piece >= TEXT_START && piece < TEXT_LAST)
		return TEXT;
	if (piece == TEXT_LAST)
		return SECTION;
	if (r->high_memory - piece < PMD_SIZE)
		return END;
	if (!r->highmem && (piece == r->alias[0] || piece == r->alias[1]))
		return ALIAS;
	return SAME;
}

static enum cause cause_of(const struct real *r, vaddr_t addr)
{
	vaddr_t piece = PIECE(addr);
	vaddr_t window = PIECE(r->high_memory + VMALLOC_OFFSET);

	if (piece < r->high_memory)
		return low_cause(r, piece);
	if (piece == window || piece == window + PMD_SIZE)
		return WINDOW;
	if (piece == REAL_PKMAP)
		return KMAP;
	if (piece >= REAL_FIXMAP)
		return HEAD;
	return piece >= REAL_CPU_AREA ? AREA : SAME;
}

static bool is_of_small_pages(enum cause cause)
{
	return cause == FIRST || cause == END;
}

/* --- 6.1's words from ours ------------------------------------------------ */

static u32 pde_at(const struct machine *m, vaddr_t addr)
{
	return m->swapper_pg_dir[pgd_index(addr)].word;
}

/* Of a page in our window, seen in a machine that is for this alone. */
static struct {
	u32 pde, pte;
} window;

static void see_window(const char *line)
{
	struct machine *m = objects_on(line);
	vaddr_t addr = vmalloc_start(m->data->high_memory);

	as_task(m, 0);
	EXPECT_EQ(addr, mm_vmalloc(m, PAGE_SIZE));
	window.pde = pde_at(m, addr);
	window.pte = kernel_word(m, addr);
	machine_delete(m);
}

/* The machine of small pages for FIRST and END, else that of large ones. */
static u32 derive_pde(struct machine *m, const struct real *r, vaddr_t addr)
{
	const u32 hw = PAGE_ACCESSED | PAGE_DIRTY;

	switch (cause_of(r, addr)) {
	case FIRST:
		return (pde_at(m, addr) & ~PAGE_USER) | hw;
	case TEXT:
		return pde_at(m, addr) & ~PAGE_RW;
	case SECTION:
	case ALIAS:
		return pde_at(m, addr) & ~PAGE_GLOBAL;
	case WINDOW:
		return window.pde;
	case KMAP:
		return pde_at(m, pkmap_base(m->setup.nr_cpus));
	case AREA:
		return pde_at(m, FIXADDR_TOP);
	case HEAD:
		return pde_at(m, FIXADDR_TOP) & ~PAGE_USER;
	default:
		return pde_at(m, addr);
	}
}

static u32 derive_pte(struct machine *m, const struct real *r, vaddr_t addr)
{
	switch (cause_of(r, addr)) {
	case WINDOW:
		return window.pte;
	case KMAP:
		return kernel_word(m, pkmap_base(m->setup.nr_cpus));
	case HEAD:
		return kernel_word(m, fix_to_virt(FIX_KMAP_BEGIN));
	default:
		return kernel_word(m, addr);
	}
}

/* --- the rows ------------------------------------------------------------- */

/* A table is some low frame; else the word is the word. */
static void expect_pde(u32 word, u32 derived)
{
	bool table = word && !(word & PAGE_PSE);

	if (table)
		EXPECT(word >> PAGE_SHIFT && derived >> PAGE_SHIFT);
	EXPECT_EQ(word & (table ? ~PTE_FRAME : ~0u),
		  derived & (table ? ~PTE_FRAME : ~0u));
}

static void expect_pdes(struct machine *m, const struct real *r,
			const struct pde_row *row, bool small)
{
	for (u32 i = 0; i < row->nr; i++) {
		vaddr_t addr = row->start + i * PMD_SIZE;
		u32 derived, failed = test_failures;

		if (is_of_small_pages(cause_of(r, addr)) != small)
			continue;
		derived = derive_pde(m, r, addr);
		EXPECT_EQ(row->word & LISTED, derived & LISTED);
		if (i == 0)
			expect_pde(row->word, derived);
		if (test_failures != failed)
			TEST_FAIL("%s: PDE of 0x%x", r->line, addr);
	}
}

/* What boot maps first into the window is firmware's, behind RAM. */
static void expect_pte(struct machine *m, const struct real *r,
		       const struct pte_row *row)
{
	u32 derived = derive_pde(m, r, row->addr);
	bool foreign = cause_of(r, row->addr) == WINDOW;
	enum level level = !derived ? NONE : derived & PAGE_PSE ? PDE : PTE;

	if (level == PTE)
		derived = derive_pte(m, r, row->addr);
	if (foreign)
		EXPECT(row->word >> PAGE_SHIFT >= m->setup.max_pfn);
	EXPECT_EQ(row->level, level);
	EXPECT_EQ(row->word & (foreign ? ~PTE_FRAME : ~0u),
		  derived & (foreign ? ~PTE_FRAME : ~0u));
}

static void expect_rows(struct machine *m, const struct real *r, bool small)
{
	for (u32 i = 0; i < ARRAY_SIZE(r->pde); i++)
		expect_pdes(m, r, &r->pde[i], small);
	for (u32 i = 0; i < ARRAY_SIZE(r->pte); i++) {
		const struct pte_row *row = &r->pte[i];
		u32 failed = test_failures;

		if (!row->addr ||
		    is_of_small_pages(cause_of(r, row->addr)) != small)
			continue;
		expect_pte(m, r, row);
		if (test_failures != failed)
			TEST_FAIL("%s: PTE of 0x%x", r->line, row->addr);
	}
}

/* --- our machine ---------------------------------------------------------- */

static void split(struct machine *m, vaddr_t addr)
{
	pfn_t pfn = (addr - PAGE_OFFSET) >> PAGE_SHIFT;

	EXPECT_EQ(0, mm_change_page_attr(m, pfn_to_page(m, pfn), 1,
					 PAGE_KERNEL & ~PAGE_RW));
}

static void split_as_it_did(struct machine *m, const struct real *r)
{
	split(m, TEXT_LAST);
	for (u32 i = 0; i < ARRAY_SIZE(r->alias); i++)
		if (r->alias[i])
			split(m, r->alias[i]);
}

static void expect_real(const struct real *r, bool small)
{
	char line[96];
	struct machine *m;

	snprintf(line, sizeof(line), "%s%s", r->line,
		 small ? " mem=nopentium" : "");
	m = pc_on_if_it_fits(line);
	if (!m)
		return;
	EXPECT_EQ(r->high_memory, m->data->high_memory);
	if (!small)
		split_as_it_did(m, r);
	expect_rows(m, r, small);
	machine_delete(m);
}

TEST(every_row_of_the_real_tables)
{
	see_window(reals[0].line);
	for (u32 i = 0; i < ARRAY_SIZE(reals); i++) {
		expect_real(&reals[i], false);
		expect_real(&reals[i], true);
	}
}

/* No gap, from PAGE_OFFSET to the end. */
TEST(the_rows_have_each_pde)
{
	for (u32 i = 0; i < ARRAY_SIZE(reals); i++) {
		vaddr_t next = PAGE_OFFSET;

		for (u32 k = 0; k < ARRAY_SIZE(reals[i].pde); k++) {
			const struct pde_row *row = &reals[i].pde[k];

			if (row->nr)
				EXPECT_EQ(next, row->start);
			next += row->nr * PMD_SIZE;
		}
		EXPECT_EQ(0, next);
	}
}

TEST(both_have_the_paging_bits_of_cr4)
{
	struct machine *m = pc_on(reals[0].line);
	struct cpu_view v;

	mm_cpu_view(m, 0, &v);
	EXPECT_EQ(REAL_CR4 & ~CR4_OF_LATER, v.cr4);
	machine_delete(m);
}
