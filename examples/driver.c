// SPDX-License-Identifier: MIT
/*
 * driver.c - a driver's memory, written for the interface of 2.6.12, on a
 * machine of its own: a cache of requests, a kmalloc'ed table, a buffer of
 * pages, a log in the vmalloc window.
 *
 * Only main() knows that there is no Linux.  It fails each page allocation of
 * the driver in its turn, and looks whether pages or areas are kept.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include <stdio.h>

#define REQUESTS 16
#define BUFFER_ORDER 2
#define LOG_BYTES (5 * PAGE_SIZE)

struct request {
	unsigned long sector;
	struct request *next;
};

struct disk {
	kmem_cache_t *cache;
	struct request **table;
	struct page *buffer;
	void *log;
};

static void disk_free(struct disk *disk)
{
	int i;

	vfree(disk->log);
	if (disk->buffer)
		__free_pages(disk->buffer, BUFFER_ORDER);
	for (i = 0; disk->table && i < REQUESTS; i++)
		if (disk->table[i])
			kmem_cache_free(disk->cache, disk->table[i]);
	kfree(disk->table);
	if (disk->cache)
		kmem_cache_destroy(disk->cache);
	memset(disk, 0, sizeof(*disk));
}

static int disk_alloc(struct disk *disk)
{
	int i;

	disk->cache = kmem_cache_create("disk_request", sizeof(struct request),
					0, SLAB_HWCACHE_ALIGN, NULL, NULL);
	if (!disk->cache)
		goto out;
	disk->table = kcalloc(REQUESTS, sizeof(*disk->table), GFP_KERNEL);
	if (!disk->table)
		goto out;
	for (i = 0; i < REQUESTS; i++) {
		disk->table[i] = kmem_cache_alloc(disk->cache, GFP_KERNEL);
		if (!disk->table[i])
			goto out;
		disk->table[i]->sector = 8 * i;
	}
	disk->buffer = alloc_pages(GFP_KERNEL, BUFFER_ORDER);
	disk->log = vmalloc(LOG_BYTES);
	if (!disk->buffer || !disk->log)
		goto out;
	memset(page_address(disk->buffer), 0, PAGE_SIZE << BUFFER_ORDER);
	return 0;
out:
	disk_free(disk);
	return -1;
}

/* --- and from outside ----------------------------------------------------- */

MMTWIN_DEFINE_MACHINE

static struct machine *boot(const char *text)
{
	struct machine *m = machine_new();
	struct boot_line line;
	const char *why;
	char buf[128];
	size_t at;

	why = boot_line_parse(text, &line, &at, buf);
	if (!why && m)
		why = machine_boot(m, &line);
	if (!why && m) {
		machine_mem_init(m);
		why = machine_kmem_cache_init(m);
	}
	if (!why && m)
		return m;
	fprintf(stderr, "driver: %s\n", why ? why : "not enough memory");
	machine_delete(m);
	return NULL;
}

/*
 * Frames that are free, or a slab's: the kernel's own caches keep theirs.  So
 * pages and areas that the driver forgets are seen.  A cache that still has
 * objects, or still is there when it is made again, is reported; what kmalloc
 * gave and nobody freed is not noticed.
 */
static unsigned int left(struct machine *m)
{
	struct object_counts counts;

	mm_drain_local_pages(m);
	mm_object_counts(m, &counts);
	return mm_nr_free_pages(m) + counts.nr_slab;
}

int main(void)
{
	struct machine *m = boot("ram=64M cpus=2");
	struct disk disk = { NULL, NULL, NULL, NULL };
	unsigned int failed = 0, before;
	const char *bad = NULL;

	if (!m)
		return 1;
	mmtwin_machine = m;
	if (!disk_alloc(&disk)) /* the first area has its table for ever */
		disk_free(&disk);
	before = left(m);
	for (unsigned int nth = 1; nth < 16 && !bad; nth++) {
		mm_set_current(m, (struct task){ .fail_nth = (u8)nth });
		if (disk_alloc(&disk))
			failed++;
		else
			disk_free(&disk);
		if (mm_report(m) != REPORT_none || left(m) != before)
			bad = "something is kept, or was misused";
		if (!bad)
			bad = machine_validate(m, VALIDATE_FULL);
	}
	machine_delete(m);
	printf("driver: %u failures: %s\n", failed, bad ? bad : "all is well");
	return bad || !failed;
}
