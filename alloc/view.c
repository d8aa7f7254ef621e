// SPDX-License-Identifier: MIT
/*
 * view.c - a hash of what a caller can see: equal before and after a call
 * that failed.
 *
 *     frames    owned ones, and how often; a slab's or a table's only where
 *               somebody else has a reference too
 *     zones     what there is to give: in the buddy, on per-CPU lists, in slabs
 *               and tables, since refills, new slabs and new tables are no
 *               one's business
 *     objects   those in callers' hands, of whatever cache; the caches
 *     pools     what they promise, and their reserves
 *     pages     what is mapped where, for users and for the kernel; of kmap's
 *               slots those with users, of kmap_atomic's only strict ones
 *     CPUs      kmap_atomics held
 *     areas     where they are, and of which kind
 */
#include "mm.h"
#include "fixmap.h"
#include "hash.h"
#include "highmem.h"
#include "mempool.h"
#include "pgd.h"
#include "slab.h"
#include "vmalloc.h"

/* A reference that the allocator has of its own. */
static u32 own_count(const struct page *page)
{
	return page_in_slab(page) || page_late_table(page);
}

static u64 view_pages(const struct machine *m, u64 hash)
{
	for (u32 pfn = 0; pfn < m->nr_pages;) {
		const struct page *page = m->mem_map + pfn;

		u32 count = page_count(page) - own_count(page);

		if (count) {
			hash = hash_step(hash, (u64)count << 32 | pfn);
			hash = hash_step(hash, page_order(page) << 1 |
						       page_compound(page));
		}
		pfn += page_block_frames(page);
	}
	return hash;
}

/* Those of slabs and tables that nobody else holds. */
static void count_own(const struct machine *m, u32 *pages)
{
	for (u32 pfn = 0; pfn < m->nr_pages;) {
		const struct page *page = m->mem_map + pfn;
		u32 nr = page_block_frames(page);

		if (own_count(page) && page_count(page) == 1)
			pages[page_zone_id(page)] += nr;
		pfn += nr;
	}
}

static u64 view_zones(const struct machine *m, u64 hash)
{
	u32 own[NR_ZONES] = { 0 };

	count_own(m, own);
	for (u32 i = 0; i < NR_ZONES; i++) {
		const struct zone *zone = &m->data->node_zones[i];
		u32 pages = zone->free_pages + own[i];

		for (u32 cpu = 0; cpu < m->setup.nr_cpus; cpu++)
			for (u32 temp = 0; temp < NR_PCP_TEMPS; temp++)
				pages += zone->pageset[cpu].pcp[temp].count;
		hash = hash_step(hash, pages);
	}
	return hash;
}

/* The objects of one frame of a slab that callers have. */
static u64 view_frame(const struct machine *m, pfn_t pfn, u64 hash)
{
	const struct kmem_cache *cache = page_cache(m, pfn_to_page(m, pfn));
	const u8 *owned = m->objects.owned + (size_t)pfn * OWNED_BYTES;
	u32 objsize = cache->objsize;

	for (u32 i = 0; i < OWNED_BYTES; i++)
		if (unlikely(owned[i]) &&
		    owner_mark_is_callers(owned[i], objsize))
			hash = hash_step(hash,
					 ((u64)pfn << 8 | i) << 8 | owned[i]);
	return hash;
}

static u64 view_objects(const struct machine *m, u64 hash)
{
	const struct kmem_cache *cache = NULL;
	u64 caches = 0;
	u32 nr = 0;

	while ((cache = cache_next(m, cache, &nr)))
		caches += hash_step(0, ptr_link(cache));
	hash = hash_step(hash, caches);
	for (pfn_t pfn = 0; pfn < m->nr_pages; pfn++)
		if (page_in_slab(pfn_to_page(m, pfn)))
			hash = view_frame(m, pfn, hash);
	return hash;
}

/* That a pool exists, what it promises, and its reserve. */
static u64 view_pools(const struct machine *m, u64 hash)
{
	const struct mempool *pool;

	for (u32 i = 0; (pool = mempool_next(m, &i));) {
		const u32 *link = mempool_elements(m, pool);

		hash = hash_step(hash,
				 (u64)pool->min_nr << 32 | ptr_link(pool));
		for (s32 n = 0; n < pool->curr_nr; n++)
			hash = hash_step(hash, link[n]);
	}
	return hash;
}

/* What a PDE leads to; A and D are the processor's. */
static u64 view_pde(const struct machine *m, const pte_t *pgd, u32 index,
		    u64 hash)
{
	const u32 hw = PAGE_ACCESSED | PAGE_DIRTY;
	const pte_t *pte = pde_table(m, pgd[index]);

	for (u32 i = 0; i < PTRS_PER_TABLE; i++)
		if (!pte_none(pte[i])) {
			hash = hash_step(hash, index * PTRS_PER_TABLE + i);
			hash = hash_step(hash, pte[i].word & ~hw);
			hash = hash_step(hash,
					 pgd[index].word & ~PTE_FRAME & ~hw);
		}
	return hash;
}

/* Up to the kmap window; a large page is what its PDE says. */
static u64 view_kernel(const struct machine *m, u64 hash)
{
	const u32 hw = PAGE_ACCESSED | PAGE_DIRTY;
	const pte_t *pgd = m->swapper_pg_dir;

	for (u32 i = pgd_index(PAGE_OFFSET); i < pgd_index(FIXADDR_TOP); i++) {
		if (pde_large(pgd[i]))
			hash = hash_step(hash, pgd[i].word & ~hw);
		else if (!pte_none(pgd[i]) &&
			 pde_table(m, pgd[i]) != m->pkmap_pt)
			hash = view_pde(m, pgd, i, hash);
	}
	return hash;
}

static u64 view_kmaps(const struct machine *m, u64 hash)
{
	const s32 *count = m->highmem.data->pkmap_count;

	for (u32 slot = 0; slot < LAST_PKMAP; slot++)
		if (count[slot] > 1) {
			hash = hash_step(hash,
					 (u64)slot << 32 | kmap_pfn(m, slot));
			hash = hash_step(hash, (u32)count[slot]);
		}
	return hash;
}

/* What kmap_atomic leaves behind in a slot is nobody's, unless it is strict. */
static u64 view_fixmap(const struct machine *m, u64 hash)
{
	const u32 hw = PAGE_ACCESSED | PAGE_DIRTY;
	const u32 slots = fix_slots(m->setup.nr_cpus) + FIX_BOOT_SLOTS;

	for (u32 slot = 0; slot < slots; slot++) {
		u32 word = fix_pte(m, slot)->word;

		if (word && (m->setup.kmap_strict || !fix_is_atomic(m, slot)))
			hash = hash_step(hash, (u64)slot << 32 | (word & ~hw));
	}
	for (u32 cpu = 0; cpu < m->setup.nr_cpus; cpu++)
		hash = hash_step(hash, m->cpu[cpu].preempt_count);
	return hash;
}

static u64 view_mappings(const struct machine *m, u64 hash)
{
	hash = view_fixmap(m, view_kmaps(m, view_kernel(m, hash)));
	for (pfn_t pfn = 0; pfn < m->setup.max_low_pfn; pfn++) {
		struct pgd *pgd = phys_ptr(m, pfn << PAGE_SHIFT);

		if (!page_in_slab(pfn_to_page(m, pfn)) || !pgd_is_live(m, pgd))
			continue;
		hash = hash_step(hash, pfn);
		for (u32 i = 0; i < pgd_index(TASK_SIZE); i++)
			if (!pte_none(pgd_words(pgd)[i]))
				hash = view_pde(m, pgd_words(pgd), i, hash);
	}
	return hash;
}

u64 machine_view(const struct machine *m)
{
	u64 hash = hash_step(0, m->phase);

	if (m->phase != PHASE_OFF) {
		hash = view_pages(m, view_zones(m, hash));
		hash = view_pools(m, view_objects(m, hash));
		hash = vm_view(m, view_mappings(m, hash));
	}
	return hash;
}
