/* SPDX-License-Identifier: MIT */
/*
 * bounce_disk.c - high pages to and from a disk that reaches low memory only,
 * as 2.6.12's mm/highmem.c does it for block devices; compiled as kernel
 * source of its time: C89, and nothing but the kernel's headers.
 */
#include <linux/errno.h>
#include <linux/string.h>
#include "bounce_disk.h"

static void *disk_page_alloc(unsigned int gfp, void *data)
{
	(void)data;
	return alloc_page(gfp);
}

static void disk_page_free(void *page, void *data)
{
	(void)data;
	__free_page(page);
}

int disk_probe(struct disk *disk, disk_transfer_t *transfer)
{
	disk->transfer = transfer;
	disk->pool = mempool_create(DISK_PAGES, disk_page_alloc, disk_page_free,
				    NULL);
	return disk->pool ? 0 : -ENOMEM;
}

void disk_remove(struct disk *disk)
{
	mempool_destroy(disk->pool);
}

/* --- copying -------------------------------------------------------------- */

/* Behind the disk's interrupt: nobody may sleep. */
static void bounce_to_high(struct page *to, struct page *from)
{
	void *vto = kmap_atomic(to, KM_BOUNCE_READ);

	memcpy(vto, page_address(from), PAGE_SIZE);
	kunmap_atomic(vto, KM_BOUNCE_READ);
}

/* Of a process that writes: it may sleep for a slot. */
static void high_to_bounce(struct page *to, struct page *from)
{
	memcpy(page_address(to), kmap(from), PAGE_SIZE);
	kunmap(from);
}

/* --- a request ------------------------------------------------------------ */

static void request_end(struct disk *disk, struct disk_request *request)
{
	unsigned int i;

	for (i = 0; i < request->nr; i++)
		if (request->bounce[i] &&
		    request->bounce[i] != request->page[i])
			mempool_free(request->bounce[i], disk->pool);
}

static int request_begin(struct disk *disk, struct disk_request *request,
			 unsigned int gfp)
{
	unsigned int i;

	memset(request->bounce, 0, sizeof(request->bounce));
	for (i = 0; i < request->nr; i++) {
		if (!PageHighMem(request->page[i])) {
			request->bounce[i] = request->page[i];
			continue;
		}
		request->bounce[i] = mempool_alloc(disk->pool, gfp);
		if (!request->bounce[i])
			goto fail;
		if (request->write)
			high_to_bounce(request->bounce[i], request->page[i]);
	}
	return 0;
fail:
	request_end(disk, request);
	return -ENOMEM;
}

int disk_do(struct disk *disk, struct disk_request *request,
	    unsigned int sector, unsigned int gfp)
{
	unsigned int i;
	int err = request_begin(disk, request, gfp);

	if (err)
		return err;
	for (i = 0; i < request->nr; i++)
		disk->transfer(sector + i, page_address(request->bounce[i]),
			       request->write);
	for (i = 0; i < request->nr && !request->write; i++)
		if (request->bounce[i] != request->page[i])
			bounce_to_high(request->page[i], request->bounce[i]);
	request_end(disk, request);
	return 0;
}

unsigned int disk_page_differs(struct page *page, int byte)
{
	const unsigned char *bytes = kmap(page);
	unsigned int i, differs = 0;

	for (i = 0; i < PAGE_SIZE; i++)
		differs += bytes[i] != (unsigned char)byte;
	kunmap(page);
	return differs;
}
