// SPDX-License-Identifier: MIT
/*
 * digest.c - two hashes: all of RAM's metadata, and what a caller can see.
 *
 * The digest reads structures in simulated RAM as the bytes that they are:
 * their layout is fixed, so it is equal on every host, compiler and option.
 * The view is the owned frames with their counts, and what each zone has to
 * give: free and per-CPU pages together, since a refill is no one's business.
 */
#include "mm.h"
#include "machine.h"
#include "mempool.h"
#include "page.h"

/* multiply and fold; four lanes, so that one step need not wait for another */
struct hash {
	u64 lane[4];
};

static u64 hash_step(u64 lane, u64 word)
{
	lane = (lane ^ word) * 0x9E3779B97F4A7C15u;
	return lane ^ lane >> 29;
}

static void hash_init(struct hash *h)
{
	for (u32 i = 0; i < 4; i++)
		h->lane[i] = hash_step(0x6D6D7477696E0000u, i);
}

/* bytes is a multiple of 4 */
static void hash_bytes(struct hash *h, const void *data, u32 bytes)
{
	const u8 *at = data;

	for (; bytes >= 32; bytes -= 32, at += 32) {
		u64 word[4];

		memcpy(word, at, 32);
		for (u32 i = 0; i < 4; i++)
			h->lane[i] = hash_step(h->lane[i], word[i]);
	}
	for (; bytes >= 4; bytes -= 4, at += 4) {
		u32 word;

		memcpy(&word, at, 4);
		h->lane[0] = hash_step(h->lane[0], word);
	}
}

static u64 hash_end(const struct hash *h)
{
	u64 sum = 0;

	for (u32 i = 0; i < 4; i++)
		sum = hash_step(sum, h->lane[i]);
	return sum;
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

u64 machine_digest(const struct machine *m)
{
	struct hash h;

	hash_init(&h);
	if (m->phase != PHASE_OFF) {
		hash_bytes(&h, m->data, sizeof(*m->data));
		hash_bytes(&h, m->swapper_pg_dir, PAGE_SIZE);
		hash_bytes(&h, m->fixmap_pt, PAGE_SIZE);
		hash_bytes(&h, m->pkmap_pt, PAGE_SIZE);
		hash_bytes(&h, m->mem_map,
			   (m->nr_pages + 1) * PAGE_STRUCT_BYTES);
		hash_pools(&h, m);
	}
	return hash_end(&h);
}

static u64 view_pages(const struct machine *m, u64 hash)
{
	for (u32 pfn = 0; pfn < m->nr_pages;) {
		const struct page *page = m->mem_map + pfn;

		if (page_count(page)) {
			hash = hash_step(hash,
					 (u64)page_count(page) << 32 | pfn);
			hash = hash_step(hash, page_order(page) << 1 |
						       page_compound(page));
		}
		pfn += page_block_frames(page);
	}
	return hash;
}

static u64 view_zones(const struct machine *m, u64 hash)
{
	for (u32 i = 0; i < NR_ZONES; i++) {
		const struct zone *zone = &m->data->node_zones[i];
		u32 pages = zone->free_pages;

		for (u32 cpu = 0; cpu < m->setup.nr_cpus; cpu++)
			for (u32 temp = 0; temp < NR_PCP_TEMPS; temp++)
				pages += zone->pageset[cpu].pcp[temp].count;
		hash = hash_step(hash, pages);
	}
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

u64 machine_view(const struct machine *m)
{
	u64 hash = hash_step(0, m->phase);

	if (m->phase != PHASE_OFF)
		hash = view_pools(m, view_pages(m, view_zones(m, hash)));
	return hash;
}
