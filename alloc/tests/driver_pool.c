/* SPDX-License-Identifier: MIT */
/*
 * driver_pool.c - allocation code as a driver for 2.6.12 has it, compiled as
 * kernel source of its time: C89, and nothing but the kernel's headers.
 */
#include <linux/errno.h>
#include <linux/string.h>
#include "driver_pool.h"

static void ring_desc_ctor(void *object, kmem_cache_t *cachep,
			   unsigned long flags)
{
	struct ring_desc *desc = object;

	if ((flags & (SLAB_CTOR_VERIFY | SLAB_CTOR_CONSTRUCTOR)) !=
	    SLAB_CTOR_CONSTRUCTOR)
		return;
	memset(desc, 0, kmem_cache_size(cachep));
	desc->magic = RING_MAGIC;
}

static void ring_desc_dtor(void *object, kmem_cache_t *cachep,
			   unsigned long flags)
{
	struct ring_desc *desc = object;

	(void)cachep;
	(void)flags;
	desc->magic = 0;
}

/* --- descriptors: one a slot, for as long as the ring lives --------------- */

static void ring_free_descs(struct ring *ring)
{
	unsigned int i;

	for (i = 0; i < ring->slots; i++)
		if (ring->desc[i])
			kmem_cache_free(ring->desc_cache, ring->desc[i]);
}

static int ring_alloc_descs(struct ring *ring)
{
	unsigned int i;

	for (i = 0; i < ring->slots; i++) {
		ring->desc[i] = kmem_cache_alloc(ring->desc_cache, SLAB_KERNEL);
		if (!ring->desc[i])
			goto fail;
		ring->desc[i]->bus_addr =
			virt_to_phys((void *)ring->dma) + i * ring->slot_bytes;
	}
	return 0;
fail:
	ring_free_descs(ring);
	return -ENOMEM;
}

/* --- caches and the pool -------------------------------------------------- */

static int ring_alloc_caches(struct ring *ring)
{
	ring->desc_cache = kmem_cache_create(
		"ring_desc", sizeof(struct ring_desc), 0, SLAB_HWCACHE_ALIGN,
		ring_desc_ctor, ring_desc_dtor);
	if (!ring->desc_cache)
		goto fail;
	ring->request_cache = kmem_cache_create(
		"ring_request", sizeof(struct ring_request), 0, 0, NULL, NULL);
	if (!ring->request_cache)
		goto fail_desc;
	ring->pool = mempool_create(RING_EMERGENCY, mempool_alloc_slab,
				    mempool_free_slab, ring->request_cache);
	if (!ring->pool)
		goto fail_request;
	return 0;
fail_request:
	kmem_cache_destroy(ring->request_cache);
fail_desc:
	kmem_cache_destroy(ring->desc_cache);
fail:
	return -ENOMEM;
}

static void ring_free_caches(struct ring *ring)
{
	mempool_destroy(ring->pool);
	kmem_cache_destroy(ring->request_cache);
	kmem_cache_destroy(ring->desc_cache);
}

/* --- probe and remove ----------------------------------------------------- */

static int ring_alloc_tables(struct ring *ring)
{
	ring->desc = kcalloc(ring->slots, sizeof(void *), GFP_KERNEL);
	if (!ring->desc)
		return -ENOMEM;
	ring->request = kcalloc(ring->slots, sizeof(void *), GFP_KERNEL);
	if (!ring->request) {
		kfree(ring->desc);
		return -ENOMEM;
	}
	return 0;
}

int ring_probe(struct ring **ringp, unsigned int slots, size_t slot_bytes)
{
	struct ring *ring;
	int err = -ENOMEM;

	ring = kzalloc(sizeof(*ring), GFP_KERNEL);
	if (!ring)
		goto out;
	ring->slots = slots;
	ring->slot_bytes = slot_bytes;
	err = ring_alloc_tables(ring);
	if (err)
		goto out_ring;
	ring->dma_order = get_order(slots * slot_bytes);
	ring->dma = __get_dma_pages(GFP_KERNEL, ring->dma_order);
	err = -ENOMEM;
	if (!ring->dma)
		goto out_tables;
	err = ring_alloc_caches(ring);
	if (err)
		goto out_dma;
	err = ring_alloc_descs(ring);
	if (err)
		goto out_caches;
	*ringp = ring;
	return 0;
out_caches:
	ring_free_caches(ring);
out_dma:
	free_pages(ring->dma, ring->dma_order);
out_tables:
	kfree(ring->request);
	kfree(ring->desc);
out_ring:
	kfree(ring);
out:
	return err;
}

void ring_remove(struct ring *ring)
{
	while (ring_complete(ring) >= 0)
		;
	ring_free_descs(ring);
	ring_free_caches(ring);
	free_pages(ring->dma, ring->dma_order);
	kfree(ring->request);
	kfree(ring->desc);
	kfree(ring);
}

/* --- packets -------------------------------------------------------------- */

int ring_submit(struct ring *ring, const void *data, unsigned int length,
		unsigned int gfp_mask)
{
	unsigned int slot = ring->head % ring->slots;
	struct ring_request *request;

	if (length > ring->slot_bytes)
		return -EINVAL;
	if (ring->head - ring->tail == ring->slots)
		return -EAGAIN;
	request = mempool_alloc(ring->pool, gfp_mask);
	if (!request)
		return -ENOMEM;
	request->buffer = request->bytes;
	if (length > RING_INLINE) {
		request->buffer = kmalloc(length, gfp_mask);
		if (!request->buffer) {
			mempool_free(request, ring->pool);
			return -ENOMEM;
		}
	}
	memcpy(request->buffer, data, length);
	request->length = length;
	request->desc = ring->desc[slot];
	request->desc->length = length;
	request->desc->busy = 1;
	memcpy(phys_to_virt(request->desc->bus_addr), data, length);
	ring->request[slot] = request;
	ring->head++;
	return 0;
}

int ring_complete(struct ring *ring)
{
	unsigned int slot = ring->tail % ring->slots;
	struct ring_request *request = ring->request[slot];
	int length;

	if (ring->head == ring->tail)
		return -EAGAIN;
	length = request->length;
	/* back to what the constructor made of it, but for its address */
	request->desc->busy = 0;
	request->desc->length = 0;
	if (request->buffer != request->bytes)
		kfree(request->buffer);
	mempool_free(request, ring->pool);
	ring->request[slot] = NULL;
	ring->tail++;
	return length;
}
