// SPDX-License-Identifier: MIT
/*
 * golden.c - the golden copy of the frames that were slabs' or page tables at
 * the snapshot.
 *
 *     slot[pfn]    0, or n + 1 of the n-th golden frame
 *     bytes[n]     what was in it        owned[n]   whose its objects were
 *     poison[n]    what was poisoned     lines[n]   what to copy back of it
 *                                        dirty      where there is something
 *
 * A cache is as it was at the snapshot until its first operation; what is
 * golden of it is then known from its lists alone.  Its arrays at hand
 * (front.h) come with that, too.  Words of tables and directories are written
 * at any time, and so behind a pfn_touch().  Validator: slab_validate(), S.
 */
#include "golden.h"

/* --- dirty ---------------------------------------------------------------- */

#define LINE 64u /* a bit of `lines' */
#define ALL_LINES (~0ull)

static UNSANITIZED void touch_lines(struct machine *m, pfn_t pfn, u64 lines)
{
	struct golden_slabs *g = &m->objects.golden;
	u32 slot = g->slot[pfn];

	if (!slot)
		return;
	if (!g->lines[slot - 1])
		g->dirty[g->nr_dirty++] = slot - 1;
	g->lines[slot - 1] |= lines;
}

/* The bytes of one object, where its owner writes and nobody else. */
static UNSANITIZED void touch_bytes(struct machine *m, const void *object,
				    u32 bytes)
{
	u32 paddr = ptr_link(object) - PAGE_OFFSET, end = paddr + bytes;

	while (paddr < end) {
		u32 page_end = (paddr | (PAGE_SIZE - 1)) + 1;
		u32 stop = end < page_end ? end : page_end;
		u32 first = paddr % PAGE_SIZE / LINE;
		u32 last = (stop - 1) % PAGE_SIZE / LINE;

		touch_lines(m, paddr >> PAGE_SHIFT,
			    ALL_LINES << first & ALL_LINES >> (63 - last));
		paddr = stop;
	}
}

static UNSANITIZED void touch_array(struct machine *m, u32 link)
{
	const struct array_cache *ac = array_at(m, link);

	touch_bytes(m, ac, ARRAY_CACHE_BYTES + ac->limit * sizeof(u32));
}

static UNSANITIZED void touch_slabs(struct machine *m,
				    const struct kmem_cache *cache,
				    const struct list_head *head)
{
	u32 nr = 0;

	for (u32 at = head->next; at != ptr_link(head); nr++) {
		const struct slab *slab = slab_of_list(m, at);
		pfn_t pfn = page_to_pfn(m, page_of_ptr(m, slab_block(m, slab)));

		CHECK(m, nr < m->data->nr_slab,
		      "golden: a list without an end");
		touch_bytes(m, slab, cache->slab_size);
		for (u32 i = 0; i < 1u << cache->gfporder; i++)
			touch_lines(m, pfn + i, ALL_LINES);
		at = slab->list.next;
	}
}

/* Those who wait for the end of a grace period are one list for all caches. */
static UNSANITIZED void touch_waiting(struct machine *m)
{
	/* unreachable: boot makes no such cache; later ones are born touched */
	const struct list_head *rcu = &m->data->rcu_list;
	u32 nr = 0;

	for (u32 at = rcu->next; at != ptr_link(rcu); nr++) {
		const struct slab *slab = slab_of_list(m, at);

		CHECK(m, nr < m->data->nr_rcu, "golden: a list without an end");
		touch_bytes(m, slab, SLAB_BYTES);
		at = slab->list.next;
	}
}

/* All that a cache may write to. */
static UNSANITIZED void touch_frames(struct machine *m,
				     const struct kmem_cache *cache)
{
	const struct kmem_list3 *l3 = &cache->lists;

	touch_bytes(m, cache, KMEM_CACHE_BYTES);
	for (u32 cpu = 0; cpu < m->setup.nr_cpus; cpu++)
		touch_array(m, cache->array[cpu]);
	if (l3->shared)
		touch_array(m, l3->shared);
	touch_slabs(m, cache, &l3->slabs_partial);
	touch_slabs(m, cache, &l3->slabs_full);
	touch_slabs(m, cache, &l3->slabs_free);
	if (cache->flags & SLAB_DESTROY_BY_RCU)
		touch_waiting(m); /* unreachable: see there */
}

/* Without a snapshot every cache is as good as touched: see cache_begin(). */
void cache_touch_first(struct machine *m, struct kmem_cache *cache)
{
	u8 *state = cache_byte(m, cache);

	*state |= CACHE_TOUCHED;
	m->objects.golden.touched = true;
	touch_frames(m, cache);
	front_add(m, cache);
}

void cache_touch_descriptor(struct machine *m, const struct kmem_cache *cache)
{
	if (!(cache_state(m, cache) & CACHE_TOUCHED))
		touch_bytes(m, cache, KMEM_CACHE_BYTES);
}

static void untouch_chain(struct machine *m)
{
	struct kmem_cache *cache = NULL;
	u32 nr = 0;

	while ((cache = cache_next(m, cache, &nr)))
		*cache_byte(m, cache) = CACHE_LIVE;
	front_clear(m);
	front_snapshot(m);
	m->objects.golden.touched = false;
}

/* --- the snapshot --------------------------------------------------------- */

static size_t room_bytes(const struct machine *m, u32 nr)
{
	return (size_t)nr * (PAGE_SIZE + PLATFORM_POISON_BYTES +
			     2 * OWNED_BYTES + sizeof(u64) + sizeof(u32) +
			     sizeof(pfn_t) + sizeof(u8)) +
	       m->nr_pages * sizeof(u32);
}

void golden_exit(struct machine *m)
{
	struct golden_slabs *g = &m->objects.golden;
	struct handles handles = g->handles;

	platform_free(g->bytes, room_bytes(m, g->nr));
	*g = (struct golden_slabs){ .handles = handles };
}

/* A slab's, or a table: what is in it is the machine's. */
static bool page_kept(const struct page *page)
{
	return page_in_slab(page) || page_is_table(page);
}

static u32 count_frames(const struct machine *m)
{
	u32 nr = 0;

	for (pfn_t pfn = 0; pfn < m->nr_pages; pfn++)
		nr += page_kept(pfn_to_page(m, pfn));
	return nr;
}

/* Memory for nr frames, in one piece. */
static bool make_room(struct machine *m, u32 nr)
{
	struct golden_slabs *g = &m->objects.golden;

	golden_exit(m);
	g->bytes = platform_alloc(room_bytes(m, nr));
	if (!g->bytes)
		return false; /* unreachable: a host without memory */
	g->nr = nr;
	g->poison = g->bytes + (size_t)nr * PAGE_SIZE;
	g->owned = g->poison + (size_t)nr * PLATFORM_POISON_BYTES;
	g->lines = (u64 *)(g->owned + (size_t)nr * 2 * OWNED_BYTES);
	g->slot = (u32 *)(g->lines + nr);
	g->dirty = g->slot + m->nr_pages;
	g->pfn = g->dirty + nr;
	g->front = (u8 *)(g->pfn + nr);
	return true;
}

static u8 *golden_bytes(const struct golden_slabs *g, u32 n)
{
	return g->bytes + (size_t)n * PAGE_SIZE;
}

static u8 *golden_poison(const struct golden_slabs *g, u32 n)
{
	return g->poison + (size_t)n * PLATFORM_POISON_BYTES;
}

static u8 *golden_owned(const struct golden_slabs *g, u32 n)
{
	return g->owned + (size_t)n * 2 * OWNED_BYTES;
}

/* Where the two tables have a frame. */
static u8 *owned_of(const struct machine *m, pfn_t pfn)
{
	return m->objects.owned + (size_t)pfn * OWNED_BYTES;
}

static u8 *caches_of(const struct machine *m, pfn_t pfn)
{
	return m->objects.caches + (size_t)pfn * OWNED_BYTES;
}

static u8 *frame_front(const struct machine *m, pfn_t pfn)
{
	return front_of_frame(m, PAGE_OFFSET + (pfn << PAGE_SHIFT));
}

static void copy_frame(struct machine *m, u32 n, pfn_t pfn)
{
	struct golden_slabs *g = &m->objects.golden;
	u8 *bytes = ram_frame(&m->view, pfn);

	g->slot[pfn] = n + 1;
	g->pfn[n] = pfn;
	platform_poison_save(bytes, golden_poison(g, n));
	platform_unpoison(bytes, PAGE_SIZE);
	memcpy(golden_bytes(g, n), bytes, PAGE_SIZE);
	platform_poison_load(bytes, golden_poison(g, n));
	g->front[n] = *frame_front(m, pfn);
	memcpy(golden_owned(g, n), owned_of(m, pfn), OWNED_BYTES);
	memcpy(golden_owned(g, n) + OWNED_BYTES, caches_of(m, pfn),
	       OWNED_BYTES);
}

/* True if callers have objects in the frame. */
static bool frame_is_live(const struct machine *m, pfn_t pfn)
{
	const struct page *page = pfn_to_page(m, pfn);
	const u8 *owned = owned_of(m, pfn);
	const struct kmem_cache *cache;

	if (!page_in_slab(page))
		return false;
	cache = page_cache(m, page);
	for (u32 i = 0; i < OWNED_BYTES; i++)
		if (owner_mark_is_callers(owned[i], cache->objsize))
			return true; /* unreachable: no program's are there */
	return false;
}

bool golden_snapshot(struct machine *m)
{
	struct golden_slabs *g = &m->objects.golden;
	u32 n = 0;

	if (!make_room(m, count_frames(m)) || !handles_snapshot(m))
		return false; /* unreachable: a host without memory */
	untouch_chain(m);
	for (pfn_t pfn = 0; pfn < m->nr_pages; pfn++) {
		if (!page_kept(pfn_to_page(m, pfn)))
			continue;
		g->live |= frame_is_live(m, pfn);
		copy_frame(m, n++, pfn);
	}
	return true;
}

void golden_begin(struct machine *m)
{
	struct kmem_cache *cache = NULL;
	u32 nr = 0;

	if (!m->objects.golden.live)
		return;
	/* unreachable: see frame_is_live() */
	while ((cache = cache_next(m, cache, &nr)))
		cache_touch(m, cache);
}

/* --- the reset ------------------------------------------------------------ */

UNSANITIZED void golden_reset_frame(struct machine *m, pfn_t pfn)
{
	const struct page *golden = &m->golden.mem_map[pfn];
	struct golden_slabs *g = &m->objects.golden;

	if (g->slot[pfn]) {
		for (u32 i = 0; i < 1u << page_order(golden); i++)
			touch_lines(m, pfn + i, ALL_LINES);
		return;
	}
	if (page_is_table(pfn_to_page(m, pfn)))
		platform_zero(ram_frame(&m->view, pfn), PAGE_SIZE);
	*frame_front(m, pfn) = 0;
	platform_zero(owned_of(m, pfn), OWNED_BYTES);
	platform_zero(caches_of(m, pfn), OWNED_BYTES);
	if (m->poison == POISON_FREED)
		platform_unpoison(ram_frame(&m->view, pfn), PAGE_SIZE);
}

static UNSANITIZED void restore_bytes(u8 *bytes, const u8 *golden, u64 lines)
{
	if (lines == ALL_LINES) {
		platform_copy(bytes, golden, PAGE_SIZE);
		return;
	}
	for (; lines; lines &= lines - 1) {
		u32 at = (u32)__builtin_ctzll(lines) * LINE;

		platform_copy(bytes + at, golden + at, LINE);
	}
}

/* Poison changes where a slab's own cache is touched, only. */
static UNSANITIZED void restore_frame(struct machine *m, u32 n)
{
	struct golden_slabs *g = &m->objects.golden;
	pfn_t pfn = g->pfn[n];
	u8 *bytes = ram_frame(&m->view, pfn);

	restore_bytes(bytes, golden_bytes(g, n), g->lines[n]);
	if (g->lines[n] == ALL_LINES)
		platform_poison_load(bytes, golden_poison(g, n));
	*frame_front(m, pfn) = g->front[n];
	platform_copy(owned_of(m, pfn), golden_owned(g, n), OWNED_BYTES);
	platform_copy(caches_of(m, pfn), golden_owned(g, n) + OWNED_BYTES,
		      OWNED_BYTES);
	g->lines[n] = 0;
}

UNSANITIZED void golden_reset(struct machine *m)
{
	struct golden_slabs *g = &m->objects.golden;

	for (u32 i = 0; i < g->nr_dirty; i++)
		restore_frame(m, g->dirty[i]);
	g->nr_dirty = 0;
	if (!g->touched)
		return;
	g->touched = false;
	*cache_byte(m, &m->data->cache_cache) =
		m->data->g_cpucache_up == CPUCACHE_FULL ? CACHE_LIVE : 0;
	front_reset(m);
	handles_reset(m);
	golden_begin(m);
}
