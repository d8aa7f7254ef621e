// SPDX-License-Identifier: MIT
/*
 * map_audit.c - the account of page tables and mappings: where directories
 * lead, and what struct pages say of it.
 *
 *     sum over PTEs of h(frame)     =  sum over frames of _mapcount * h(frame)
 *     sum over the kernel's of h(block's head)
 *                                   =  sum over heads of kmapcount * h(head)
 *     sum over PDEs of h(table)     =  sum over marked frames of h(frame)
 *
 * h is a hash: the sums agree when each frame's own counts do, and no room for
 * a count of each is needed.  It has no state: it is the validator of user.c
 * and of what pgtable.c maps, map_validate(), V.
 */
#include "map_audit.h"
#include "fixmap.h"
#include "hash.h"

#define USER_PDES (TASK_SIZE >> PGDIR_SHIFT)

struct map_account {
	u64 mapped, kmapped, tables;
};

static u64 weight(pfn_t pfn)
{
	return hash_step(0, pfn);
}

static const char *validate_pte(const struct machine *m, pte_t pte,
				struct map_account *a)
{
	const struct page *page;

	if (pte_none(pte))
		return NULL;
	CLAUSE(pfn_valid(m, pte_pfn(pte)), "V1: a PTE leads to a frame");
	page = pfn_to_page(m, pte_pfn(pte));
	CLAUSE(page_allocated(page) && page_mapcount(page),
	       "V1: a PTE leads to a live frame that knows of it");
	a->mapped += weight(pte_pfn(pte));
	return NULL;
}

/* A page in one of the kernel's windows counts for the head of its block. */
static const char *validate_kernel_pte(const struct machine *m, pte_t pte,
				       struct map_account *a)
{
	struct page *page, *head;

	if (pte_none(pte) || !pfn_valid(m, pte_pfn(pte)))
		return NULL;
	page = pfn_to_page(m, pte_pfn(pte));
	if (page_reserved(page))
		return NULL;
	head = page_head(m, page);
	CLAUSE(head && page_allocated(head) && page_kmapped(head),
	       "V5: a kernel PTE leads to a live frame that knows of it");
	a->kmapped += weight(page_to_pfn(m, head));
	return NULL;
}

typedef const char *validate_pte_t(const struct machine *m, pte_t pte,
				   struct map_account *a);

/* A PDE that leads to a table made later; NULL: whose PTEs are others'. */
static const char *validate_pde(const struct machine *m, pte_t pde,
				validate_pte_t *each, struct map_account *a)
{
	const char *broken = NULL;

	CLAUSE(pte_pfn(pde) < m->setup.max_low_pfn &&
		       page_late_table(pfn_to_page(m, pte_pfn(pde))),
	       "V2: a PDE leads to a marked table");
	a->tables += weight(pte_pfn(pde));
	for (u32 i = 0; each && i < PTRS_PER_TABLE && !broken; i++)
		broken = each(m, pde_table(m, pde)[i], a);
	return broken;
}

/* Splits of the direct map have tables, and map what is nobody's business. */
static const char *validate_template(const struct machine *m,
				     struct map_account *a)
{
	const char *broken = NULL;

	for (u32 i = USER_PDES; i < PTRS_PER_TABLE && !broken; i++) {
		pte_t pde = m->swapper_pg_dir[i];
		vaddr_t addr = i << PGDIR_SHIFT;

		if (pte_none(pde) || pde_large(pde) ||
		    page_reserved(pfn_to_page(m, pte_pfn(pde))))
			continue;
		broken = validate_pde(m, pde,
				      addr >= m->data->high_memory
					      ? validate_kernel_pte
					      : NULL,
				      a);
	}
	return broken;
}

/* Of kmap those with users; of kmap_atomic's those that are emptied, too. */
static const char *validate_slots(const struct machine *m,
				  struct map_account *a)
{
	const s32 *count = m->highmem.data->pkmap_count;
	const u32 end = m->setup.kmap_strict ? fix_slots(m->setup.nr_cpus) : 0;
	const char *broken = NULL;

	for (u32 slot = 0; slot < LAST_PKMAP && !broken; slot++)
		if (count[slot] > 1)
			broken = validate_kernel_pte(m, m->pkmap_pt[slot], a);
	for (u32 slot = FIX_KMAP_BEGIN; slot < end && !broken; slot++)
		broken = validate_kernel_pte(m, *fix_pte(m, slot), a);
	return broken;
}

static UNSANITIZED const char *validate_user(const struct machine *m,
					     const struct page *page,
					     struct map_account *a)
{
	const pte_t *pgd = (const pte_t *)page_bytes(m, page);
	const char *broken = NULL;

	for (u32 i = 0; i < USER_PDES && !broken; i++)
		if (!pte_none(pgd[i]))
			broken = validate_pde(m, pgd[i], validate_pte, a);
	return broken;
}

static void count_waiting(const struct machine *m, struct map_account *a)
{
	const struct list_head *df = &m->data->df_list;

	for (u32 at = df->next; at != ptr_link(df);) {
		const struct page *page = page_of_link(m, at);

		a->tables += weight(page_to_pfn(m, page));
		at = page->lru.next;
	}
}

/*
 * V1  a PTE that is not none leads to a live frame; those of fixmap and direct
 *     map are others' to judge
 * V2  a PDE that is not none leads to a frame that is marked as a table
 * V3  a frame is mapped as often as _mapcount says
 * V4  a marked frame is a table in one place: of a directory, or of df_list
 * V5  a PTE of the vmalloc window, or of a slot that counts, that leads to
 *     memory that is not reserved leads to a live block that the kernel has
 *     mapped
 * V6  a block is mapped by the kernel as often as page_kmapcount() says
 */
const char *map_validate(const struct machine *m)
{
	struct map_account a = { 0 };
	const char *broken = validate_template(m, &a);

	if (!broken)
		broken = validate_slots(m, &a);
	for (const struct page *page = pgd_first(m); page && !broken;
	     page = pgd_next(m, page))
		broken = validate_user(m, page, &a);
	CLAUSE(!broken, broken);
	count_waiting(m, &a);
	for (pfn_t pfn = 0; pfn < m->nr_pages; pfn++) {
		const struct page *page = pfn_to_page(m, pfn);

		a.mapped -= page_mapcount(page) * weight(pfn);
		a.kmapped -= page_kmapcount(page) * weight(pfn);
		a.tables -= page_late_table(page) * weight(pfn);
	}
	CLAUSE(!a.mapped, "V3: a frame counts its mappings");
	CLAUSE(!a.kmapped, "V6: a block counts the kernel's mappings");
	CLAUSE(!a.tables, "V4: a marked frame is a table, in one place");
	return NULL;
}
