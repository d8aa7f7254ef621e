/* SPDX-License-Identifier: MIT */
/*
 * driver_pool.h - a driver of an invented card: a ring of packets in a DMA
 * area.  A header of a driver for 2.6.12, as driver_pool.c is its source.
 */
#ifndef DRIVER_POOL_H
#define DRIVER_POOL_H

#include <linux/mempool.h>
#include <linux/mm.h>
#include <linux/slab.h>

#define RING_INLINE 48	 /* bytes of a packet that need no buffer */
#define RING_EMERGENCY 4 /* requests that are always to be had */
#define RING_MAGIC 0x51E57A1Au

/* What the card reads; constructed: free, with its magic. */
struct ring_desc {
	unsigned int magic;
	unsigned int busy;
	unsigned long bus_addr;
	unsigned int length;
};

/* One packet on its way; short ones have their bytes in here. */
struct ring_request {
	struct ring_desc *desc;
	void *buffer;
	unsigned int length;
	unsigned char bytes[RING_INLINE];
};

struct ring {
	unsigned int slots, slot_bytes;
	unsigned int head, tail; /* put at head, taken at tail */
	struct ring_desc **desc;
	struct ring_request **request;
	kmem_cache_t *desc_cache, *request_cache;
	mempool_t *pool;
	unsigned long dma; /* the card's area, below 16 MiB */
	int dma_order;
};

/* 0, and *ringp; or -ENOMEM, and nothing is kept. */
int ring_probe(struct ring **ringp, unsigned int slots, size_t slot_bytes);
/* 0; -EINVAL: too long; -EAGAIN: the ring is full; -ENOMEM. */
int ring_submit(struct ring *ring, const void *data, unsigned int length,
		unsigned int gfp_mask);
/* The oldest packet was sent: its length, or -EAGAIN. */
int ring_complete(struct ring *ring);
void ring_remove(struct ring *ring);

#endif
