// SPDX-License-Identifier: MIT
/*
 * test_highmem_face.c - linux/highmem.h: each name, on a machine without a
 * mirror, whose kmap addresses have no host memory.
 */
#include <linux/highmem.h>
#include "highmem.h"

MMTWIN_DEFINE_MACHINE

static struct machine *face_on(const char *line)
{
	struct machine *m = pc_on(line);

	mmtwin_machine = m;
	as_task(m, 0);
	return m;
}

static u8 *bytes_of(struct machine *m, const struct page *page)
{
	return ram_frame(mm_ram(m), page_to_pfn(m, page));
}

static bool all_bytes(const u8 *bytes, u8 value, u32 nr)
{
	for (u32 i = 0; i < nr; i++)
		if (bytes[i] != value)
			return false;
	return true;
}

TEST(names_of_mapping)
{
	struct machine *m = face_on(HIGH_PC);
	struct page *high = alloc_page(GFP_HIGHUSER);
	struct page *low = alloc_page(GFP_KERNEL);
	void *addr;

	EXPECT(PageHighMem(high) && !PageHighMem(low));
	EXPECT(!page_address(high));
	addr = kmap(high);
	EXPECT_EQ(slot_at(1), mm_vaddr(addr));
	EXPECT(page_address(high) == addr);
	EXPECT(!virt_addr_valid(addr));
	kunmap(high);
	EXPECT(kmap(low) == page_address(low));
	EXPECT(virt_addr_valid(kmap(low)));
	addr = kmap_atomic(high, KM_SOFTIRQ1);
	EXPECT_EQ(0xFFFF1000, mm_vaddr(addr));
	EXPECT(kmap_atomic_to_page(addr) == high);
	EXPECT(!alloc_page(GFP_KERNEL)); /* in_atomic() */
	EXPECT_EQ(REPORT_sleep_in_atomic, mm_report(m));
	kunmap_atomic(addr, KM_SOFTIRQ1);
	as_task(m, 0);
	addr = kmap_atomic(low, KM_USER0);
	EXPECT(addr == page_address(low));
	EXPECT(kmap_atomic_to_page(addr) == low);
	kunmap_atomic(addr, KM_USER0);
	EXPECT_EQ(13, KM_TYPE_NR);
	EXPECT_EQ(REPORT_none, mm_report(m));
	machine_delete(m);
}

TEST(free_high_pages)
{
	struct machine *m = face_on(HIGH_PC);
	u32 before = nr_free_highpages();

	EXPECT(before > 3000 && before <= 3072);
	__free_pages(alloc_pages(GFP_KERNEL, 4), 4);
	EXPECT_EQ(before, nr_free_highpages());
	alloc_pages(GFP_HIGHUSER, 4);
	EXPECT_EQ(before - 16, nr_free_highpages());
	machine_delete(m);
}

/* From and to each zone, under both rules. */
TEST(bytes_are_copied_and_cleared)
{
	for (u32 strict = 0; strict < 2; strict++) {
		struct machine *m =
			face_on(strict ? HIGH_PC " kmap_strict" : HIGH_PC);
		struct page *page[4];

		for (u32 i = 0; i < 4; i++) {
			page[i] = alloc_page(i % 2 ? GFP_HIGHUSER : GFP_KERNEL);
			memset(bytes_of(m, page[i]), (int)(i + 1), PAGE_SIZE);
		}
		for (u32 i = 1; i < 4; i++) {
			copy_highpage(page[i], page[i - 1]);
			EXPECT(all_bytes(bytes_of(m, page[i]), 1, PAGE_SIZE));
		}
		memset(bytes_of(m, page[1]), 0x99, PAGE_SIZE);
		copy_user_highpage(page[3], page[1], 0x8048000);
		EXPECT(all_bytes(bytes_of(m, page[3]), 0x99, PAGE_SIZE));
		memclear_highpage_flush(page[3], 1, 4094);
		EXPECT_EQ(0x99, bytes_of(m, page[3])[0]);
		EXPECT(all_bytes(bytes_of(m, page[3]) + 1, 0, 4094));
		EXPECT_EQ(0x99, bytes_of(m, page[3])[4095]);
		memclear_highpage_flush(page[3], 4096, 0);
		clear_highpage(page[1]);
		EXPECT(all_bytes(bytes_of(m, page[1]), 0, PAGE_SIZE));
		clear_user_highpage(page[0], 0x8048000);
		EXPECT(all_bytes(bytes_of(m, page[0]), 0, PAGE_SIZE));
		EXPECT_EQ(REPORT_none, mm_report(m));
		EXPECT_EQ(0, m->cpu[0].preempt_count);
		EXPECT_SOUND(m);
		machine_delete(m);
	}
}
