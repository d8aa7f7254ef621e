/* SPDX-License-Identifier: MIT */
/*
 * bounce_disk.h - a disk that reaches low memory only, with bounce buffers for
 * the rest: see bounce_disk.c.
 */
#ifndef ALLOC_TESTS_BOUNCE_DISK_H
#define ALLOC_TESTS_BOUNCE_DISK_H

#include <linux/highmem.h>
#include <linux/mempool.h>

#define DISK_PAGES 8

struct disk_request {
	unsigned int nr;
	int write;			 /* to the disk */
	struct page *page[DISK_PAGES];	 /* where the data is wanted */
	struct page *bounce[DISK_PAGES]; /* where the disk sees it */
};

/* The hardware: a page to or from a sector, by its linear address. */
typedef void disk_transfer_t(unsigned int sector, void *low, int write);

struct disk {
	mempool_t *pool;
	disk_transfer_t *transfer;
};

int disk_probe(struct disk *disk, disk_transfer_t *transfer);
void disk_remove(struct disk *disk);
/* Sectors from the first one on; 0, or -ENOMEM: nothing is left behind. */
int disk_do(struct disk *disk, struct disk_request *request,
	    unsigned int sector, unsigned int gfp);
/* How many bytes of the page are not the byte. */
unsigned int disk_page_differs(struct page *page, int byte);

#endif
