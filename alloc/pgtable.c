// SPDX-License-Identifier: MIT
/*
 * pgtable.c - the kernel's page tables [arch/i386/kernel/head.S,
 * arch/i386/mm/init.c, fault.c, mm/vmalloc.c].
 *
 *     swapper_pg_dir   768..       the direct map: 4 MiB pages, or tables
 *      (the template)  then        the vmalloc window: tables made when needed
 *                      of PKMAP_BASE   -> pkmap_pt (no one maps there yet)
 *                      1023            -> fixmap_pt
 *
 * Here too is what everyone does who maps frames: tables are made and given
 * back, a mapping takes a reference.  Kernel pages are mapped in the template
 * alone; other directories learn of a new PDE by faulting.  A word is written
 * behind word_touch(), so that a reset finds the table.
 *
 * Left out: the locks, and so a table that another CPU made meanwhile.
 * Validator: pgtable_validate(), D; map_audit.c accounts for all tables.
 */
#include "mm.h"
#include "pgtable.h"
#include "current.h"

#define TABLE_GFP (GFP_KERNEL | __GFP_REPEAT | __GFP_ZERO)
#define KERNEL_PDE (PAGE_OFFSET >> PGDIR_SHIFT)

/* --- boot ----------------------------------------------------------------- */

static u32 direct_pdes(const struct machine *m)
{
	return (m->setup.max_low_pfn + PTRS_PER_TABLE - 1) / PTRS_PER_TABLE;
}

/* 8 MiB, at 0 and at PAGE_OFFSET. */
static void map_as_head_s(struct machine *m)
{
	pte_t *pte = phys_ptr(m, PG0_PADDR);

	for (u32 i = 0; i < PG0_BYTES / PAGE_SIZE; i++) {
		u32 pde = (PG0_PADDR + i * PAGE_SIZE) | HEAD_S_BITS;

		m->swapper_pg_dir[i].word = pde;
		m->swapper_pg_dir[KERNEL_PDE + i].word = pde;
	}
	for (u32 i = 0; i < PG0_BYTES / sizeof(*pte); i++)
		pte[i].word = i << PAGE_SHIFT | HEAD_S_BITS;
}

/* The last 4 MiB over-map if low memory ends inside them. */
static void map_large_pages(struct machine *m)
{
	for (u32 i = 0; i < direct_pdes(m); i++)
		m->swapper_pg_dir[KERNEL_PDE + i].word =
			i << PGDIR_SHIFT | PAGE_KERNEL_PSE;
}

static bool map_small_pages(struct machine *m)
{
	for (u32 i = 0; i < direct_pdes(m); i++) {
		pte_t *pde = &m->swapper_pg_dir[KERNEL_PDE + i];
		u32 paddr;

		if (!pte_none(*pde))
			continue;
		if (!bootmem_claim(m, CLAIM_direct_pt, PAGE_SIZE, PAGE_SIZE, 0,
				   &paddr))
			return false;
		pde->word = paddr | KERNPG_TABLE;
	}
	for (pfn_t pfn = 0; pfn < m->setup.max_low_pfn; pfn++) {
		u32 pde = KERNEL_PDE + pfn / PTRS_PER_TABLE;

		pde_table(m, m->swapper_pg_dir[pde])[pfn % PTRS_PER_TABLE]
			.word = pfn << PAGE_SHIFT | PAGE_KERNEL;
	}
	return true;
}

/* As 2.6.12: what the direct map has taken stays as it is. */
static bool make_table(struct machine *m, enum boot_claim_label label,
		       vaddr_t addr, pte_t **table)
{
	pte_t *pde = &m->swapper_pg_dir[pgd_index(addr)];
	u32 paddr;

	if (!bootmem_claim(m, label, PAGE_SIZE, PAGE_SIZE, 0, &paddr))
		return false;
	*table = phys_ptr(m, paddr);
	if (pte_none(*pde))
		pde->word = paddr | KERNPG_TABLE;
	return true;
}

bool pgtable_init(struct machine *m)
{
	map_as_head_s(m);
	if (m->setup.pse)
		map_large_pages(m);
	else if (!map_small_pages(m))
		return false;
	return make_table(m, CLAIM_fixmap_pt, FIXADDR_TOP, &m->fixmap_pt) &&
	       make_table(m, CLAIM_pkmap_pt, pkmap_base(m->setup.nr_cpus),
			  &m->pkmap_pt);
}

static bool claims_tables(const struct boot_claim *claim)
{
	return claim->label == CLAIM_pg0 || claim->label == CLAIM_direct_pt ||
	       claim->label == CLAIM_fixmap_pt ||
	       claim->label == CLAIM_pkmap_pt;
}

void pgtable_mark_boot(struct machine *m)
{
	page_set_table(m, pfn_to_page(m, SWAPPER_PG_DIR_PADDR >> PAGE_SHIFT));
	for (u32 i = 0; i < m->nr_claims; i++) {
		const struct boot_claim *claim = &m->claim[i];
		pfn_t first = claim->start >> PAGE_SHIFT;

		if (!claims_tables(claim))
			continue;
		for (u32 n = 0; n < claim->size >> PAGE_SHIFT; n++)
			page_set_table(m, pfn_to_page(m, first + n));
	}
}

void pgtable_zap_low(struct machine *m)
{
	for (u32 i = 0; i < KERNEL_PDE; i++)
		set_word(m, &m->swapper_pg_dir[i], 0);
	mm_flush_tlb_all(m);
}

/* --- tables --------------------------------------------------------------- */

int pgtable_misused(struct machine *m, enum report_kind kind)
{
	report(&m->faults, kind);
	return -EINVAL;
}

struct page *pgtable_alloc(struct machine *m, gfp_t gfp)
{
	struct page *page = mm_alloc_pages(m, gfp, 0);

	if (page)
		page_set_table(m, page);
	return page;
}

void pgtable_free(struct machine *m, struct page *page)
{
	CHECK(m, page_late_table(page), "pgtable: what is freed is no table");
	page_clear_table(m, page);
	mm__free_pages(m, page, 0);
}

pte_t *pgtable_pte(const struct machine *m, const pte_t *pgd, vaddr_t addr)
{
	pte_t pde = pgd[pgd_index(addr)];

	return pte_none(pde) ? NULL : pde_table(m, pde) + pte_index(addr);
}

pte_t *pgtable_pte_alloc(struct machine *m, pte_t *pgd, vaddr_t addr, int *err)
{
	pte_t *pte = pgtable_pte(m, pgd, addr);
	struct page *page;

	if (pte)
		return pte;
	*err = current_may_not_sleep(m, TABLE_GFP) ? -EINVAL : -ENOMEM;
	page = *err == -ENOMEM ? pgtable_alloc(m, TABLE_GFP) : NULL;
	if (!page)
		return NULL;
	set_word(m, &pgd[pgd_index(addr)],
		 page_to_pfn(m, page) << PAGE_SHIFT | KERNPG_TABLE);
	return pgtable_pte(m, pgd, addr);
}

/* --- mapped frames -------------------------------------------------------- */

static enum report_kind map_kind(const struct machine *m,
				 const struct page *page)
{
	struct frame_view frame;

	if (!page_valid(m, page))
		return REPORT_bad_page;
	page_look(m, page, &frame);
	if (frame.state == FRAME_TAIL && !frame.compound)
		return REPORT_ref_tail;
	if (frame.state == FRAME_BUDDY || frame.state == FRAME_PCP)
		return REPORT_ref_free;
	if (frame.state != FRAME_ALLOCATED || frame.order || frame.slab ||
	    frame.table)
		return REPORT_map_frame;
	return REPORT_none;
}

bool pgtable_may_map(struct machine *m, const struct page *page)
{
	enum report_kind kind = map_kind(m, page);

	if (kind != REPORT_none)
		report(&m->faults, kind);
	return kind == REPORT_none;
}

static enum report_kind kmap_kind(const struct machine *m,
				  const struct page *page)
{
	const struct page *head;
	struct frame_view frame;

	if (!page_valid(m, page))
		return REPORT_bad_page;
	page_look(m, page, &frame);
	if (frame.state == FRAME_BUDDY || frame.state == FRAME_PCP)
		return REPORT_ref_free;
	if (frame.state == FRAME_RESERVED || frame.slab || frame.table)
		return REPORT_map_frame;
	head = page_head(m, pfn_to_page(m, page_to_pfn(m, page)));
	return page_count(head) > page_mapcount(head) ? REPORT_none
						      : REPORT_map_frame;
}

/* The short way to most answers: a head that somebody holds. */
static bool is_held(const struct page *page)
{
	const u32 others =
		PAGE_FLAG(reserved) | PAGE_FLAG(slab) | PAGE_FLAG(table);

	return !(page->flags & others) &&
	       page_count(page) > page_mapcount(page);
}

/* The same of one inside a block. */
static bool head_is_held(const struct machine *m, const struct page *page)
{
	const struct page *head =
		page_head(m, pfn_to_page(m, page_to_pfn(m, page)));

	return head && head != page && is_held(head);
}

bool pgtable_may_kmap(struct machine *m, const struct page *page)
{
	enum report_kind kind;

	if (page_valid(m, page) && (is_held(page) || head_is_held(m, page)))
		return true;
	kind = kmap_kind(m, page);
	if (kind != REPORT_none)
		report(&m->faults, kind);
	return kind == REPORT_none;
}

void pgtable_get(struct machine *m, struct page *page)
{
	page_ref_inc(m, page);
	page_map_inc(m, page);
}

void pgtable_put(struct machine *m, struct page *page)
{
	CHECK(m, page_mapcount(page), "pgtable: a frame that is not mapped");
	page_map_dec(m, page);
	mm_put_page(m, page);
}

bool pgtable_range(vaddr_t addr, u32 nr, struct zap *z)
{
	u64 first = addr >> PAGE_SHIFT;

	if (!nr)
		nr = 1;
	if (first + nr > TASK_SIZE >> PAGE_SHIFT)
		return false;
	*z = (struct zap){ .next = (u32)first, .end = (u32)first + nr };
	return true;
}

/* From pte on, as far as its table and the batch go. */
static void zap_table(struct machine *m, pte_t *pte, struct zap *z)
{
	u32 next = z->next, end = (next | (PTRS_PER_TABLE - 1)) + 1;

	if (end > z->end)
		end = z->end;
	for (; next < end && z->nr < ZAP_BATCH; next++, pte++) {
		if (pte_none(*pte))
			continue;
		z->pfn[z->nr++] = pte_pfn(*pte);
		set_word(m, pte, 0);
	}
	z->next = next;
}

u32 zap_some(struct machine *m, const pte_t *pgd, struct zap *z)
{
	z->nr = 0;
	while (z->next < z->end && z->nr < ZAP_BATCH) {
		pte_t *pte = pgtable_pte(m, pgd, z->next << PAGE_SHIFT);

		if (pte)
			zap_table(m, pte, z);
		else
			z->next = (z->next | (PTRS_PER_TABLE - 1)) + 1;
	}
	return z->nr;
}

void zap_release(struct machine *m, const struct zap *z)
{
	for (u32 i = 0; i < z->nr; i++)
		pgtable_put(m, pfn_to_page(m, z->pfn[i]));
}

/* --- the kernel's faults -------------------------------------------------- */

bool pgtable_kernel_fault(struct machine *m, const struct fault *f)
{
	u32 index = pgd_index(f->cr2);
	pte_t pde = m->swapper_pg_dir[index];
	pte_t *live;

	CHECK(m, f->vector == FAULT_PF, "pgtable: only a #PF can be mended");
	if (f->error & 5 || f->cr2 < TASK_SIZE || !(pde.word & PAGE_PRESENT))
		return false;
	live = &cr3_pgd(m, m->cpu[m->task.cpu].r.cr3)[index];
	set_word(m, live, pde.word);
	return pde_large(pde) ||
	       pte_present(pde_table(m, pde)[pte_index(f->cr2)]);
}

/* --- validating ----------------------------------------------------------- */

static bool low_table(const struct machine *m, pte_t pde)
{
	pfn_t pfn = pte_pfn(pde);

	return pfn < m->setup.max_low_pfn && page_is_table(pfn_to_page(m, pfn));
}

/* A 4 MiB piece of the direct map. */
static const char *validate_direct(const struct machine *m, u32 i)
{
	pte_t pde = m->swapper_pg_dir[KERNEL_PDE + i];
	pfn_t first = i * PTRS_PER_TABLE;
	const pte_t *pte;

	CLAUSE(pde.word & PAGE_PRESENT, "D1: the direct map has no gap");
	if (pde_large(pde)) {
		CLAUSE(m->setup.pse && pte_pfn(pde) == first,
		       "D2: a large page of the direct map is in its place");
		return NULL;
	}
	CLAUSE(low_table(m, pde) && !(pde.word & PAGE_PSE),
	       "D3: a split piece of the direct map has a table");
	pte = pde_table(m, pde);
	for (u32 n = 0; n < PTRS_PER_TABLE; n++) {
		/* tables of boot end where low memory does */
		bool boot = page_reserved(pfn_to_page(m, pte_pfn(pde)));

		CLAUSE(pte_pfn(pte[n]) == first + n ||
			       (boot && first + n >= m->setup.max_low_pfn &&
				pte_none(pte[n])),
		       "D4: a small page of the direct map is in its place");
	}
	return NULL;
}

/* What has been made since boot; A and D mean nothing. */
static const char *validate_late(const struct machine *m, u32 i)
{
	const u32 hw = PAGE_ACCESSED | PAGE_DIRTY;
	vaddr_t addr = i << PGDIR_SHIFT;
	u32 word = m->swapper_pg_dir[i].word;

	if (!word)
		return NULL;
	CLAUSE(addr >= vmalloc_start(m->data->high_memory) &&
		       addr >= m->data->high_memory &&
		       addr < vmalloc_end(m->setup.nr_cpus),
	       "D5: else the template has the vmalloc window alone");
	CLAUSE((word & ~PTE_FRAME & ~hw) == (KERNPG_TABLE & ~hw) &&
		       low_table(m, m->swapper_pg_dir[i]) &&
		       page_late_table(pfn_to_page(m, word >> PAGE_SHIFT)),
	       "D6: a PDE of the vmalloc window leads to a table");
	return NULL;
}

static const char *validate_fixed(const struct machine *m, vaddr_t addr,
				  const pte_t *table)
{
	const u32 hw = PAGE_ACCESSED | PAGE_DIRTY;
	pte_t pde = m->swapper_pg_dir[pgd_index(addr)];

	CLAUSE((pde.word & ~PTE_FRAME & ~hw) == (KERNPG_TABLE & ~hw) &&
		       phys_ptr(m, pde.word & PTE_FRAME) == (const void *)table,
	       "D7: fixmap and kmap window have their page tables");
	return NULL;
}

/*
 * D1  every 4 MiB of low memory begun has a PDE that is present
 * D2  a large one is in its place, and there are none under mem=nopentium
 * D3  any other leads to a table, ...
 * D4  ... whose PTEs are all in their place
 * D5  there is nothing below PAGE_OFFSET, and nothing behind low memory but
 *     the vmalloc window, kmap window and fixmap
 * D6  a PDE of the vmalloc window is empty or leads to a table made later
 * D7  kmap window and fixmap have the tables of boot, but for the kmap
 *     window's where the direct map reaches it
 *
 * In full only.
 */
UNSANITIZED const char *pgtable_validate(const struct machine *m,
					 enum validate_depth depth)
{
	u32 end = KERNEL_PDE + direct_pdes(m);
	vaddr_t pkmap = pkmap_base(m->setup.nr_cpus);
	const char *broken = NULL;

	if (depth != VALIDATE_FULL)
		return NULL;
	for (u32 i = 0; i < PTRS_PER_TABLE && !broken; i++) {
		if (i >= KERNEL_PDE && i < end)
			broken = validate_direct(m, i - KERNEL_PDE);
		else if (i == pgd_index(FIXADDR_TOP))
			broken = validate_fixed(m, FIXADDR_TOP, m->fixmap_pt);
		else if (i == pgd_index(pkmap))
			broken = validate_fixed(m, pkmap, m->pkmap_pt);
		else
			broken = validate_late(m, i);
	}
	return broken;
}
