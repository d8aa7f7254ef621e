// SPDX-License-Identifier: MIT
/*
 * digest.c - a hash of all of RAM's metadata.
 *
 * It reads structures in simulated RAM as the bytes that they are: their
 * layout is fixed, so it is equal on every host, compiler and option.  Of
 * directories and tables the A and D bits are left out, and TLBs altogether:
 * what the processor remembers, and not what the kernel has decided.
 */
#include "mm.h"
#include "hash.h"
#include "mempool.h"
#include "slab.h"
#include "vmalloc.h"

static void hash_array(struct hash *h, struct array_cache *ac)
{
	hash_bytes(h, ac, sizeof(*ac));
	hash_bytes(h, array_entry(ac), ac->avail * 4);
}

/* Management, and its bufctls: a multiple of 4 bytes, or 2 more. */
static void hash_slab(struct hash *h, const struct kmem_cache *cache,
		      struct slab *slab)
{
	const u16 *bufctl = slab_bufctl(slab);
	u32 odd = cache->num & 1;

	hash_bytes(h, slab, SLAB_BYTES);
	hash_bytes(h, bufctl, (cache->num - odd) * BUFCTL_BYTES);
	if (odd)
		hash_word(h, bufctl[cache->num - 1]);
}

static void hash_slabs(struct hash *h, const struct machine *m,
		       const struct kmem_cache *cache,
		       const struct list_head *head)
{
	u32 nr = 0;

	for (u32 at = head->next; at != ptr_link(head); nr++) {
		struct slab *slab = slab_of_list(m, at);

		CHECK(m, nr < m->data->nr_slab,
		      "digest: a list without an end");
		hash_slab(h, cache, slab);
		at = slab->list.next;
	}
}

static void hash_cache(struct hash *h, const struct machine *m,
		       const struct kmem_cache *cache)
{
	hash_bytes(h, cache, sizeof(*cache));
	for (u32 cpu = 0; cpu < m->setup.nr_cpus; cpu++)
		hash_array(h, array_at(m, cache->array[cpu]));
	if (cache->lists.shared)
		hash_array(h, array_at(m, cache->lists.shared));
	hash_slabs(h, m, cache, &cache->lists.slabs_partial);
	hash_slabs(h, m, cache, &cache->lists.slabs_full);
	hash_slabs(h, m, cache, &cache->lists.slabs_free);
}

static void hash_objects(struct hash *h, const struct machine *m)
{
	const struct list_head *rcu = &m->data->rcu_list;
	const struct kmem_cache *cache = NULL;
	u32 nr = 0;

	if (m->data->g_cpucache_up != CPUCACHE_FULL)
		return; /* unreachable: programs have caches */
	while ((cache = cache_next(m, cache, &nr)))
		hash_cache(h, m, cache);
	nr = 0;
	for (u32 at = rcu->next; at != ptr_link(rcu); nr++) {
		struct slab *slab = slab_of_list(m, at);
		const struct page *page = page_of_ptr(m, slab_block(m, slab));

		CHECK(m, nr < m->data->nr_rcu,
		      "digest: slabs that wait without an end");
		hash_slab(h, page_cache(m, page), slab);
		at = slab->list.next;
	}
}

/* Pools, their reserves, and who sleeps. */
static void hash_pools(struct hash *h, const struct machine *m)
{
	const struct mempool *pool;
	const struct sleeper *s;

	for (u32 i = 0; (pool = mempool_next(m, &i));) {
		hash_bytes(h, pool, sizeof(*pool));
		hash_bytes(h, mempool_elements(m, pool),
			   (u32)pool->curr_nr * 4);
	}
	for (u32 i = 0; (s = wait_sleeper(m, i)); i++)
		hash_bytes(h, s, sizeof(*s));
}

/* Descriptors, in the list's order, and arrays. */
static void hash_areas(struct hash *h, const struct machine *m)
{
	const struct vm_struct *area = NULL;

	for (u32 nr = m->vm.nr_areas; nr; nr--) {
		area = mm_vm_next(m, area);
		hash_bytes(h, area, sizeof(*area));
		for (u32 i = 0; i < area->nr_pages; i++)
			hash_word(h, *vm_array_word(m, area, i));
	}
}

static UNSANITIZED void hash_words(struct hash *h, const pte_t *word)
{
	for (u32 i = 0; i < PTRS_PER_TABLE; i++)
		hash_word(h, word[i].word & ~(PAGE_ACCESSED | PAGE_DIRTY));
}

/* Directories, free ones too; swapper_pg_dir is marked as a table. */
static void hash_tables(struct hash *h, const struct machine *m)
{
	for (pfn_t pfn = 0; pfn < m->setup.max_low_pfn; pfn++) {
		const struct page *page = pfn_to_page(m, pfn);

		if (page_is_table(page) ||
		    (page_in_slab(page) &&
		     page->lru.next == m->data->pgd_cache))
			hash_words(h, (pte_t *)ram_frame(&m->view, pfn));
	}
}

static void hash_cpus(struct hash *h, const struct machine *m)
{
	hash_bytes(h, phys_ptr(m, GDT_PADDR),
		   m->setup.nr_cpus * GDT_ENTRIES * 8);
	for (u32 cpu = 0; cpu < m->setup.nr_cpus; cpu++) {
		hash_bytes(h, &m->cpu[cpu].r, sizeof(m->cpu[cpu].r));
		hash_word(h, m->cpu[cpu].preempt_count);
	}
}

u64 machine_digest(const struct machine *m)
{
	struct hash h;

	hash_init(&h);
	if (m->phase != PHASE_OFF) {
		hash_bytes(&h, m->data, sizeof(*m->data));
		hash_bytes(&h, m->highmem.data, sizeof(*m->highmem.data));
		hash_cpus(&h, m);
		hash_tables(&h, m);
		hash_bytes(&h, m->mem_map,
			   (m->nr_pages + 1) * PAGE_STRUCT_BYTES);
		hash_objects(&h, m);
		hash_pools(&h, m);
		hash_areas(&h, m);
	}
	return hash_end(&h);
}
