// SPDX-License-Identifier: MIT
/*
 * slab_grow.c - slabs come and go [cache_grow() and slab_destroy() of
 * mm/slab.c].
 *
 *     grow      pages -> management -> objects constructed -> the free list
 *     destroy   objects destroyed -> pages back -> management back
 *
 * Each frame of a slab bears PG_slab and leads to its cache and management.
 * Slabs of a SLAB_DESTROY_BY_RCU cache keep both until the grace period ends.
 * What fails on the way is undone.  Validator: slab_validate(), S.
 */
#include "object_poison.h"

/* --- growing -------------------------------------------------------------- */

bool grow_misused(struct machine *m, const struct kmem_cache *cache, gfp_t gfp)
{
	const gfp_t legal = GFP_LEVEL_MASK | __GFP_DMA | __GFP_NO_GROW;

	if (gfp & ~legal)
		report(&m->faults, REPORT_object_gfp);
	else if (gfp & __GFP_NO_GROW)
		return false;
	else if ((gfp & GFP_DMA) != cache->gfpflags)
		report(&m->faults, REPORT_object_dma);
	else
		return false;
	return true;
}

/* The offset of the slab that is begun; the next one has the next colour. */
static u32 next_colour(struct kmem_cache *cache)
{
	u32 offset = cache->colour_next * cache->colour_off;

	if (++cache->colour_next >= cache->colour)
		cache->colour_next = 0;
	return offset;
}

/* kmem_getpages(), without what marks them as a slab's. */
static void *get_block(struct machine *m, const struct kmem_cache *cache,
		       gfp_t gfp)
{
	struct page *page =
		mm_alloc_pages(m, gfp | cache->gfpflags, cache->gfporder);

	return page ? page_bytes(m, page) : NULL;
}

static struct slab *get_management(struct machine *m, struct kmem_cache *cache,
				   u8 *block, u32 colour, gfp_t gfp)
{
	struct slab *slab = (struct slab *)(block + colour);

	if (off_slab(cache)) {
		slab = cache_alloc_own(m, cache_at(m, cache->slabp_cache),
				       gfp & GFP_LEVEL_MASK, cache->slab_size);
		if (!slab)
			return NULL;
	} else {
		colour += cache->slab_size;
	}
	*slab = (struct slab){ .colouroff = colour,
			       .s_mem = ptr_link(block + colour) };
	return slab;
}

static void mark_frames(struct machine *m, const struct kmem_cache *cache,
			const struct slab *slab)
{
	struct page *page = page_of_ptr(m, slab_block(m, slab));
	const u32 nr = 1u << cache->gfporder;
	u8 *front = front_of_frame(m, slab->s_mem - slab->colouroff);

	for (u32 i = 0; i < nr; i++)
		page_set_slab(m, page + i, ptr_link(cache), ptr_link(slab));
	memset(front, *front_number(m, ptr_link(cache)), nr);
	m->data->nr_slab += nr;
	if (cache->flags & SLAB_RECLAIM_ACCOUNT)
		m->data->slab_reclaim_pages += nr;
}

static void init_objects(struct machine *m, struct kmem_cache *cache,
			 const struct slab *slab, gfp_t gfp)
{
	if (!cache->ctor && !m->objects.debug)
		return;
	for (u32 i = 0; i < cache->num; i++) {
		u8 *objp = slab_objp(m, cache, slab, i);

		if (m->objects.debug)
			debug_new_object(cache, objp);
		if (!(cache->flags & SLAB_POISON))
			object_construct(m, cache, objp + cache->dbghead, gfp);
	}
}

/* The free chain leads through all objects, in order. */
static void init_chain(const struct kmem_cache *cache, struct slab *slab)
{
	u16 *bufctl = slab_bufctl(slab);
	const u32 num = cache->num;

	for (u32 i = 0; i < num; i++)
		bufctl[i] = (u16)(i + 1);
	bufctl[num - 1] = BUFCTL_END;
	slab->free = 0;
}

bool slab_grow(struct machine *m, struct kmem_cache *cache, gfp_t gfp)
{
	struct list_head *free = &cache->lists.slabs_free;
	struct slab *slab;
	u32 colour;
	u8 *block;

	if (gfp & __GFP_NO_GROW)
		return false;
	colour = next_colour(cache);
	block = get_block(m, cache, gfp);
	if (!block)
		return false;
	slab = get_management(m, cache, block, colour, gfp);
	if (!slab) {
		mm__free_pages(m, page_of_ptr(m, block), cache->gfporder);
		return false;
	}
	mark_frames(m, cache, slab);
	init_objects(m, cache, slab, gfp);
	init_chain(cache, slab);
	slab_poison(m, cache, slab);
	list_insert(m->base, &slab->list, free->prev, ptr_link(free));
	cache->lists.free_objects += cache->num;
	return true;
}

/* --- destroying ----------------------------------------------------------- */

static void destroy_objects(struct machine *m, struct kmem_cache *cache,
			    const struct slab *slab)
{
	if (!cache->dtor || cache->flags & SLAB_POISON)
		return;
	slab_unpoison(m, cache, slab);
	for (u32 i = 0; i < cache->num; i++) {
		u8 *objp = slab_objp(m, cache, slab, i);

		object_destruct(m, cache, objp + cache->dbghead);
	}
}

void slab_release(struct machine *m, struct kmem_cache *cache,
		  struct slab *slab)
{
	struct page *page = page_of_ptr(m, slab_block(m, slab));
	const u32 nr = 1u << cache->gfporder;

	slab_unpoison(m, cache, slab);
	for (u32 i = 0; i < nr; i++) {
		CHECK(m, page_in_slab(page + i),
		      "slab: a frame of a slab that is not marked");
		page_clear_slab(m, page + i);
	}
	memset(front_of_frame(m, slab->s_mem - slab->colouroff), 0, nr);
	m->data->nr_slab -= nr;
	if (cache->flags & SLAB_RECLAIM_ACCOUNT)
		m->data->slab_reclaim_pages -= nr;
	mm__free_pages(m, page, cache->gfporder);
	if (off_slab(cache))
		cache_free_own(m, cache_at(m, cache->slabp_cache), slab);
}

/* call_rcu(): the frames and the management stay as they are. */
static void wait_for_grace(struct machine *m, struct slab *slab)
{
	struct list_head *rcu = &m->data->rcu_list;

	list_insert(m->base, &slab->list, rcu->prev, ptr_link(rcu));
	m->data->nr_rcu++;
}

void slab_destroy(struct machine *m, struct kmem_cache *cache,
		  struct slab *slab)
{
	CHECK(m, !slab->inuse, "slab: destroying what is in use");
	destroy_objects(m, cache, slab);
	if (cache->flags & SLAB_DESTROY_BY_RCU)
		wait_for_grace(m, slab);
	else
		slab_release(m, cache, slab);
}
