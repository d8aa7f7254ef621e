// SPDX-License-Identifier: MIT
/*
 * pageattr.c - other attributes for pages of the direct map
 * [arch/i386/mm/pageattr.c].
 *
 *     PDE: 4 MiB, 0x1E3   -- an odd page -->   PDE: table, 1024 PTEs
 *                         <- no odd page left --    `-> df_list, until
 *                                                       global_flush_tlb()
 *
 * A page is odd whose attributes are not the direct map's own; page->private
 * of a table counts its odd words.  A PDE that changes does so in every
 * directory.  The tables of boot have no count and never go.
 *
 * Left out: cache attributes' own flushing (wbinvd).  Where 2.6.12 runs out of
 * memory half way, all tables are had here before anything changes.
 * Validator: pageattr_validate(), E.
 */
#include "mm.h"
#include "current.h"
#include "pageattr.h"

#define ATTR_GFP GFP_KERNEL
#define KERNEL_PDE (PAGE_OFFSET >> PGDIR_SHIFT)
#define DIRECT_PDES (PTRS_PER_TABLE - KERNEL_PDE)

struct tables {
	u32 nr;
	struct page *page[DIRECT_PDES];
};

static u32 direct_index(pfn_t pfn)
{
	return KERNEL_PDE + pfn / PTRS_PER_TABLE;
}

static pte_t direct_pde(const struct machine *m, pfn_t pfn)
{
	return m->swapper_pg_dir[direct_index(pfn)];
}

static u32 direct_word(pfn_t pfn, u32 bits)
{
	return pfn << PAGE_SHIFT | bits;
}

/* --- before --------------------------------------------------------------- */

/* How many large pages have one of these frames. */
static u32 count_large(const struct machine *m, pfn_t first, pfn_t end)
{
	u32 nr = 0;

	for (u32 i = direct_index(first); i <= direct_index(end - 1); i++)
		nr += pde_large(m->swapper_pg_dir[i]);
	return nr;
}

static bool take_tables(struct machine *m, struct tables *t, u32 nr)
{
	for (t->nr = 0; t->nr < nr; t->nr++) {
		t->page[t->nr] = pgtable_alloc(m, ATTR_GFP);
		if (t->page[t->nr])
			continue;
		while (t->nr)
			pgtable_free(m, t->page[--t->nr]);
		return false;
	}
	t->nr = 0;
	return true;
}

/* --- a page --------------------------------------------------------------- */

static void split(struct machine *m, pfn_t pfn, u32 prot, struct page *table)
{
	pte_t *pte = (pte_t *)page_bytes(m, table);
	pfn_t first = pfn - pfn % PTRS_PER_TABLE;

	for (u32 i = 0; i < PTRS_PER_TABLE; i++)
		pte[i].word = direct_word(
			first + i, first + i == pfn ? prot : PAGE_KERNEL);
	page_set_odd(m, table, 1);
	pgd_set_kernel_pde(m, direct_index(pfn),
			   direct_word(page_to_pfn(m, table), PAGE_KERNEL));
}

/* The table is no longer led to. */
static void revert(struct machine *m, pfn_t pfn, struct page *table)
{
	pgd_set_kernel_pde(
		m, direct_index(pfn),
		direct_word(pfn - pfn % PTRS_PER_TABLE, PAGE_KERNEL_PSE));
	page_list_add(m, table, &m->data->df_list);
}

static bool word_odd(pte_t pte)
{
	const u32 hw = PAGE_ACCESSED | PAGE_DIRTY;

	return (pte.word & ~PTE_FRAME & ~hw) != (PAGE_KERNEL & ~hw);
}

/* Its 4 MiB have a table. */
static void change_small(struct machine *m, pfn_t pfn, u32 prot)
{
	pte_t pde = direct_pde(m, pfn);
	pte_t *pte = &pde_table(m, pde)[pfn % PTRS_PER_TABLE];
	struct page *table = pfn_to_page(m, pte_pfn(pde));
	bool was_odd = word_odd(*pte);

	set_word(m, pte, direct_word(pfn, prot));
	if (page_reserved(table) || was_odd == word_odd(*pte))
		return;
	page_set_odd(m, table, page_odd(table) + (was_odd ? -1u : 1));
	if (!page_odd(table))
		revert(m, pfn, table);
}

int mm_change_page_attr(struct machine *m, struct page *page, u32 nr_pages,
			u32 prot)
{
	pfn_t first = page_to_pfn(m, page), end = first + nr_pages;
	struct tables t;
	u32 nr;

	prot = (prot & PAGE_ATTR_MASK) | PAGE_ACCESSED | PAGE_DIRTY;
	if (!nr_pages)
		return 0;
	if (!page_valid(m, page) || first >= m->setup.max_low_pfn ||
	    nr_pages > m->setup.max_low_pfn - first)
		return pgtable_misused(m, REPORT_attr_high);
	nr = prot == PAGE_KERNEL ? 0 : count_large(m, first, end);
	if (nr && current_may_not_sleep(m, ATTR_GFP))
		return -EINVAL;
	if (!take_tables(m, &t, nr))
		return -ENOMEM;
	for (pfn_t pfn = first; pfn < end; pfn++) {
		if (!pde_large(direct_pde(m, pfn)))
			change_small(m, pfn, prot);
		else if (prot != PAGE_KERNEL)
			split(m, pfn, prot, t.page[t.nr++]);
	}
	return 0;
}

/* --- afterwards ----------------------------------------------------------- */

void mm_global_flush_tlb(struct machine *m)
{
	const struct list_head *df = &m->data->df_list;

	if (m->task.flags & TASK_IRQ) {
		report(&m->faults, REPORT_sleep_in_atomic);
		return;
	}
	mm_flush_tlb_all(m);
	while (!list_empty(df)) {
		struct page *page = page_of_link(m, df->next);

		page_list_del(m, page);
		pgtable_free(m, page);
	}
}

/* --- validating ----------------------------------------------------------- */

static const char *validate_odd(const struct machine *m, u32 i)
{
	pte_t pde = m->swapper_pg_dir[i];
	const struct page *table = pfn_to_page(m, pte_pfn(pde));
	u32 nr = 0;

	if (pde_large(pde) || page_reserved(table))
		return NULL;
	for (u32 n = 0; n < PTRS_PER_TABLE; n++)
		nr += word_odd(pde_table(m, pde)[n]);
	CLAUSE(page_odd(table) == nr, "E1: a table counts its odd words");
	CLAUSE(nr, "E2: a table without odd words gives way to a large page");
	return NULL;
}

/*
 * E1  a table that was made by a split counts its odd words
 * E2  and has some
 * E3  df_list is linked both ways, and has tables that count none
 */
const char *pageattr_validate(const struct machine *m)
{
	const struct list_head *df = &m->data->df_list;
	u32 prev = ptr_link(df), nr = 0;
	u32 last = direct_index(m->setup.max_low_pfn - 1);

	for (u32 i = KERNEL_PDE; i <= last; i++) {
		const char *broken = validate_odd(m, i);

		CLAUSE(!broken, broken);
	}
	for (u32 at = df->next; at != ptr_link(df); nr++) {
		const struct page *page;

		CLAUSE(nr < m->nr_pages && pfn_valid(m, lru_to_pfn(m, at)),
		       "E3: df_list has an end, in mem_map");
		page = page_of_link(m, at);
		CLAUSE(page->lru.prev == prev && page_late_table(page) &&
			       !page_odd(page),
		       "E3: df_list has tables that nobody needs");
		prev = at;
		at = page->lru.next;
	}
	CLAUSE(df->prev == prev, "E3: df_list is linked both ways");
	return NULL;
}
