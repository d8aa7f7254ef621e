// SPDX-License-Identifier: MIT
/*
 * test_bounce.c - a driver that kmaps: bounce buffers for high memory.  It
 * dereferences what kmap gave it, so its machines have a mirror.  The driver is
 * bounce_disk.c, kernel source of 2.6.12.
 */
#include "bounce_disk.h"
#include "highmem.h"

MMTWIN_DEFINE_MACHINE

#define SECTORS 64u

static u8 sectors[SECTORS][PAGE_SIZE];

static void transfer(unsigned int sector, void *low, int write)
{
	if (write)
		memcpy(sectors[sector], low, PAGE_SIZE);
	else
		memcpy(low, sectors[sector], PAGE_SIZE);
}

/* NULL: the host has no mirror. */
static struct machine *mirrored(const char *line)
{
	struct machine *m;

	if (platform_no_mirror())
		return NULL;
	m = pc_new();
	machine_set_mirror(m, true);
	if (pc_boot_why(m, line))
		pc_end(line, "it does not boot");
	machine_mem_init(m);
	if (machine_kmem_cache_init(m))
		pc_end(line, "no caches");
	mmtwin_machine = m;
	as_task(m, 0);
	return m;
}

/* Every other page is a high one. */
static void request_new(struct machine *m, struct disk_request *request,
			int write)
{
	request->nr = DISK_PAGES;
	request->write = write;
	for (u32 i = 0; i < DISK_PAGES; i++)
		request->page[i] =
			pc_alloc(m, i % 2 ? GFP_HIGHUSER : GFP_KERNEL, 0);
	as_task(m, 0);
}

static void request_free(struct machine *m, struct disk_request *request)
{
	for (u32 i = 0; i < DISK_PAGES; i++)
		pc_free(m, request->page[i], 0);
	EXPECT_EQ(REPORT_none, mm_report(m));
}

static void write_and_read(const char *line)
{
	struct machine *m = mirrored(line);
	struct disk_request out, in;
	struct disk disk;
	u64 view;

	if (!m)
		return;
	EXPECT_EQ(0, disk_probe(&disk, transfer));
	view = machine_view(m);
	request_new(m, &out, 1);
	request_new(m, &in, 0);
	for (u32 i = 0; i < DISK_PAGES; i++)
		memset(ram_frame(mm_ram(m), page_to_pfn(m, out.page[i])),
		       (int)(0x40 + i), PAGE_SIZE);
	EXPECT_EQ(0, disk_do(&disk, &out, 5, GFP_NOIO));
	for (u32 i = 0; i < DISK_PAGES; i++)
		EXPECT_EQ(0x40 + i, sectors[5 + i][4095]);
	/* reading is behind an interrupt, in part */
	EXPECT_EQ(0, disk_do(&disk, &in, 5, GFP_ATOMIC));
	for (u32 i = 0; i < DISK_PAGES; i++)
		EXPECT_EQ(0, disk_page_differs(in.page[i], (int)(0x40 + i)));
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_SOUND(m);
	request_free(m, &out);
	request_free(m, &in);
	EXPECT_EQ(view, machine_view(m));
	as_task(m, 0);
	disk_remove(&disk);
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(what_is_written_is_read)
{
	write_and_read(HIGH_PC);
	write_and_read(HIGH_PC " kmap_strict");
	write_and_read(HIGH_PC " mem=nopentium slab_debug");
}

/* More pages than the window has slots: the host follows each flush. */
TEST(many_pages)
{
	struct machine *m = mirrored(HIGH_PC);
	struct disk disk;

	if (!m)
		return;
	EXPECT_EQ(0, disk_probe(&disk, transfer));
	for (u32 i = 0; i < SECTORS; i++)
		memset(sectors[i], (int)i, PAGE_SIZE);
	for (u32 i = 0; i < 2000; i++) {
		struct disk_request request = { .nr = 1 };

		request.page[0] = pc_alloc(m, GFP_HIGHUSER, 0);
		as_task(m, 0);
		EXPECT_EQ(0, disk_do(&disk, &request, i % SECTORS, GFP_NOIO));
		EXPECT_EQ(0, disk_page_differs(request.page[0],
					       (int)(i % SECTORS)));
	}
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* No low memory but the reserve: it is enough, and comes back. */
TEST(memory_is_gone)
{
	struct machine *m = mirrored(HIGH_PC);
	struct disk_request request;
	struct mempool_info info;
	struct disk disk;

	if (!m)
		return;
	EXPECT_EQ(0, disk_probe(&disk, transfer));
	request_new(m, &request, 0);
	while (pc_alloc(m, GFP_ATOMIC, 0))
		;
	EXPECT_EQ(0, disk_do(&disk, &request, 0, GFP_NOIO));
	mm_mempool_info(m, disk.pool, &info);
	EXPECT_EQ(DISK_PAGES, info.curr_nr);
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}
