// SPDX-License-Identifier: MIT
/*
 * pgd.c - page directories of processes come and go [arch/i386/mm/init.c,
 * pgtable.c, include/asm-i386/mmu_context.h].
 *
 *     words ..767   user space: empty when it is made and when it is freed
 *     words 768..   copied from swapper_pg_dir by the constructor
 *
 *     pgd_list -> page -> page -> 0      index leads on, private back to what
 *                                        leads here: a list of struct pages
 *
 * A directory is an object of the cache "pgd", and stays constructed while it
 * is free: pgd_list has it, and a kernel PDE that changes is written to it.
 * One that is new to the template is not: faults bring it (pgtable.c).  An
 * object in use is the allocator's own, and so in nobody's hands.
 *
 * Left out: LDTs, the lazy TLB.  Validator: pgd_validate(), U.
 */
#include "mm.h"
#include "slab.h"
#include "pgd.h"

#define USER_PDES (TASK_SIZE >> PGDIR_SHIFT)

/* --- the list ------------------------------------------------------------- */

static force_inline struct page *page_at(const struct machine *m, u32 link)
{
	struct page *page = link_ptr(m->base, link);

	if (!link)
		return NULL;
	CHECK(m, page_valid(m, page), "pgd: the list leads out of mem_map");
	return page;
}

struct page *pgd_first(const struct machine *m)
{
	return page_at(m, m->data->pgd_list);
}

struct page *pgd_next(const struct machine *m, const struct page *page)
{
	return page_at(m, page->index);
}

/* What leads to a page now leads there instead: the list's head, or a page. */
static void set_pprev(struct machine *m, u32 pprev, u32 link)
{
	u32 *word = link_ptr(m->base, pprev);

	if (word != &m->data->pgd_list)
		page_touch(m, container_of(word, struct page, index));
	*word = link;
}

static void join_list(struct machine *m, struct page *page)
{
	struct page *next = pgd_first(m);

	if (next)
		page_set_next(m, next, next->index, ptr_link(&page->index));
	page_set_next(m, page, m->data->pgd_list, ptr_link(&m->data->pgd_list));
	m->data->pgd_list = ptr_link(page);
}

static void leave_list(struct machine *m, struct page *page)
{
	struct page *next = pgd_next(m, page);

	set_pprev(m, page->private, page->index);
	if (next)
		page_set_next(m, next, next->index, page->private);
	page_set_next(m, page, 0, 0);
}

/* A free directory is poisoned, and yet the kernel's words are kept. */
UNSANITIZED void pgd_set_kernel_pde(struct machine *m, u32 index, u32 word)
{
	u32 nr = 0;

	set_word(m, &m->swapper_pg_dir[index], word);
	for (struct page *page = pgd_first(m); page;
	     page = pgd_next(m, page), nr++) {
		CHECK(m, nr < m->nr_pages, "pgd: the list is without an end");
		set_word(m, (pte_t *)page_bytes(m, page) + index, word);
	}
}

/* --- the cache ------------------------------------------------------------ */

static void construct(struct machine *m, void *object)
{
	pte_t *word = object;

	memcpy(word + USER_PDES, m->swapper_pg_dir + USER_PDES,
	       PAGE_SIZE - USER_PDES * sizeof(*word));
	memset(word, 0, USER_PDES * sizeof(*word));
	join_list(m, page_of_ptr(m, object));
}

static void destruct(struct machine *m, void *object)
{
	leave_list(m, page_of_ptr(m, object));
}

bool pgd_cache_init(struct machine *m)
{
	const own_ctor_t ctor = construct, dtor = destruct;
	const struct kmem_cache *cache = cache_make(
		m, "pgd", PAGE_SIZE, PAGE_SIZE,
		cache_forced_flags(m, PAGE_SIZE, 0),
		(kmem_ctor_t)(handle_fn)ctor, (kmem_ctor_t)(handle_fn)dtor);

	if (cache)
		m->data->pgd_cache = ptr_link(cache);
	return cache;
}

/* --- directories ---------------------------------------------------------- */

bool pgd_is_live(const struct machine *m, const struct pgd *pgd)
{
	const struct page *page;

	if (!owner_covers(m, pgd))
		return false;
	page = page_of_ptr(m, pgd);
	return page_in_slab(page) && page->lru.next == m->data->pgd_cache &&
	       !(ptr_link(pgd) % PAGE_SIZE) && owner_has_own(m, pgd);
}

bool pgd_valid(struct machine *m, const struct pgd *pgd)
{
	if (pgd_is_live(m, pgd))
		return true;
	report(&m->faults, REPORT_pgd_bad);
	return false;
}

u32 pgd_paddr(const struct pgd *pgd)
{
	return ptr_link(pgd) - PAGE_OFFSET;
}

bool pgd_active(const struct machine *m, const struct pgd *pgd)
{
	for (u32 cpu = 0; cpu < m->setup.nr_cpus; cpu++)
		if (m->cpu[cpu].r.cr3 == pgd_paddr(pgd))
			return true;
	return false;
}

struct pgd *mm_pgd_alloc(struct machine *m)
{
	CHECK(m, m->data->pgd_cache, "pgd: not booted");
	if (current_may_not_sleep(m, GFP_KERNEL))
		return NULL;
	return cache_alloc_own(m, cache_at(m, m->data->pgd_cache), GFP_KERNEL,
			       PAGE_SIZE);
}

void pgd_free(struct machine *m, struct pgd *pgd)
{
	cache_free_own(m, cache_at(m, m->data->pgd_cache), pgd);
}

static bool populated(struct pgd *pgd)
{
	for (u32 i = 0; i < USER_PDES; i++)
		if (!pte_none(pgd_words(pgd)[i]))
			return true;
	return false;
}

int mm_pgd_free(struct machine *m, struct pgd *pgd)
{
	if (!pgd_valid(m, pgd))
		return -EINVAL;
	if (pgd_active(m, pgd))
		return pgtable_misused(m, REPORT_pgd_active);
	if (populated(pgd))
		return pgtable_misused(m, REPORT_pgd_populated);
	pgd_free(m, pgd);
	return 0;
}

/* --- CR3 and TLBs --------------------------------------------------------- */

int mm_switch_mm(struct machine *m, struct pgd *pgd)
{
	u32 cr3 = SWAPPER_PG_DIR_PADDR;

	if (pgd) {
		if (!pgd_valid(m, pgd))
			return -EINVAL;
		cr3 = pgd_paddr(pgd);
	}
	if (m->cpu[m->task.cpu].r.cr3 != cr3)
		cpu_load_cr3(m, m->task.cpu, cr3);
	return 0;
}

void flush_tlb_mm(struct machine *m, const struct pgd *pgd)
{
	for (u32 cpu = 0; cpu < m->setup.nr_cpus; cpu++)
		if (m->cpu[cpu].r.cr3 == pgd_paddr(pgd))
			cpu_load_cr3(m, cpu, pgd_paddr(pgd));
}

void flush_tlb_page(struct machine *m, const struct pgd *pgd, vaddr_t addr)
{
	for (u32 cpu = 0; cpu < m->setup.nr_cpus; cpu++)
		if (m->cpu[cpu].r.cr3 == pgd_paddr(pgd))
			tlb_drop_page(m, cpu, addr);
}

/* --- validating ----------------------------------------------------------- */

/* A and D bits are of each directory's own. */
static UNSANITIZED const char *validate_words(const struct machine *m,
					      const struct page *page)
{
	const u32 hw = PAGE_ACCESSED | PAGE_DIRTY;
	const pte_t *pgd = (const pte_t *)page_bytes(m, page);

	for (u32 i = USER_PDES; i < PTRS_PER_TABLE; i++)
		CLAUSE(pte_none(pgd[i]) ||
			       !((pgd[i].word ^ m->swapper_pg_dir[i].word) &
				 ~hw),
		       "U2: a kernel PDE of a directory is as the template's");
	if (owner_has_own(m, pgd))
		return NULL;
	for (u32 i = 0; i < USER_PDES; i++)
		CLAUSE(pte_none(pgd[i]), "U3: a free directory has no users");
	return NULL;
}

/* Constructed while it is free, but where free objects are filled. */
static bool is_directory(const struct machine *m, const struct page *page)
{
	const struct kmem_cache *cache;

	if (!page_in_slab(page) || page->lru.next != m->data->pgd_cache)
		return false;
	cache = page_cache(m, page);
	return !(cache->flags & SLAB_POISON) ||
	       owner_has_own(m, page_bytes(m, page));
}

/*
 * U1  pgd_list has each directory once, linked both ways, and nothing else
 * U2  what a directory has of the kernel's agrees with the template, but for A
 *     and D
 * U3  one that is free has nothing of users
 * U4  CR3 has swapper_pg_dir or a directory that is in use
 */
const char *pgd_validate(const struct machine *m)
{
	u32 pprev = ptr_link(&m->data->pgd_list), nr = 0;

	for (pfn_t pfn = 0; pfn < m->nr_pages; pfn++)
		nr += is_directory(m, pfn_to_page(m, pfn));
	for (u32 link = m->data->pgd_list; link; nr--) {
		const struct page *page = link_ptr(m->base, link);
		const char *broken;

		CLAUSE(nr && page_valid(m, page) && is_directory(m, page) &&
			       page->private == pprev,
		       "U1: pgd_list has the directories, each once");
		broken = validate_words(m, page);
		CLAUSE(!broken, broken);
		pprev = ptr_link(&page->index);
		link = page->index;
	}
	CLAUSE(!nr, "U1: pgd_list has all directories");
	for (u32 cpu = 0; cpu < m->setup.nr_cpus; cpu++) {
		u32 cr3 = m->cpu[cpu].r.cr3;

		CLAUSE(cr3 == SWAPPER_PG_DIR_PADDR ||
			       pgd_is_live(m, phys_ptr(m, cr3)),
		       "U4: a CPU runs on a directory that is in use");
	}
	return NULL;
}
