// SPDX-License-Identifier: MIT
/*
 * test_one_memory.c - one frame by many addresses: what is written at one is
 * there at each other, and in the frame.
 */
#include "areas_io.h"

#define WAYS_MAX 6u
#define AT 0xFC0u /* up to the page's end */
#define SPAN 64u

/* Addresses of one page. */
struct ways {
	vaddr_t addr[WAYS_MAX];
	u32 nr;
};

static void add(struct machine *m, struct ways *w, vaddr_t addr)
{
	if (!addr || w->nr == WAYS_MAX)
		pc_end("one memory", "no address");
	EXPECT_EQ(REPORT_none, mm_report(m));
	w->addr[w->nr++] = addr;
}

static void add_vmap(struct machine *m, struct ways *w, struct page *page)
{
	as_task(m, 0);
	add(m, w, mm_vmap(m, &page, 1, VM_MAP, PAGE_KERNEL));
}

static void expect_read(struct machine *m, const struct ways *w, const u8 *want)
{
	u8 in[SPAN];

	for (u32 i = 0; i < w->nr; i++) {
		EXPECT(io_access(m, ACCESS_READ, w->addr[i] + AT, in, SPAN));
		EXPECT(!memcmp(in, want, SPAN));
	}
}

/* Written by each of the ways, and by none of them. */
static void expect_one(struct machine *m, const struct ways *w, u8 *frame)
{
	u8 out[SPAN];

	for (u32 i = 0; i < w->nr; i++) {
		memset(out, (int)(0x11 * (i + 1)), SPAN);
		EXPECT(io_access(m, ACCESS_WRITE, w->addr[i] + AT, out, SPAN));
		EXPECT(!memcmp(frame + AT, out, SPAN));
		expect_read(m, w, out);
	}
	memset(out, 0xEE, SPAN);
	memcpy(frame + AT, out, SPAN);
	expect_read(m, w, out);
}

static void vunmap_last(struct machine *m, struct ways *w)
{
	as_task(m, 0);
	mm_vunmap(m, w->addr[--w->nr]);
	EXPECT_EQ(REPORT_none, mm_report(m));
}

TEST(a_high_frame)
{
	struct machine *m = io_on(SMALL_PC);
	struct ways w = { 0 };
	struct page *page;

	add(m, &w, mm_vmalloc(m, 2 * PAGE_SIZE));
	page = mm_vmalloc_to_page(m, w.addr[0]);
	EXPECT(page_to_pfn(m, page) >= m->setup.max_low_pfn);
	add(m, &w, mm_kmap(m, page));
	add_vmap(m, &w, page);
	add_vmap(m, &w, page);
	add(m, &w, mm_kmap_atomic(m, page, KM_USER0));
	expect_one(m, &w, page_bytes(m, page));
	EXPECT_SOUND(m);
	mm_kunmap_atomic(m, w.addr[--w.nr], KM_USER0);
	vunmap_last(m, &w);
	vunmap_last(m, &w);
	mm_kunmap(m, page);
	expect_one(m, &w, page_bytes(m, page)); /* kmap's slot stays */
	mm_vfree(m, w.addr[0]);
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(a_low_frame)
{
	struct machine *m = io_on(SMALL_PC);
	struct ways w = { 0 };
	struct page *page;

	add(m, &w, mm_vmalloc_32(m, PAGE_SIZE));
	page = mm_vmalloc_to_page(m, w.addr[0]);
	add(m, &w, mm_page_address(m, page));
	EXPECT_EQ(w.addr[1], mm_kmap(m, page));
	add_vmap(m, &w, page);
	add_vmap(m, &w, page);
	expect_one(m, &w, page_bytes(m, page));
	vunmap_last(m, &w);
	vunmap_last(m, &w);
	mm_vfree(m, w.addr[0]);
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* An access over the end of a page goes on where the area does. */
TEST(two_frames_the_other_way_round)
{
	struct machine *m = io_on(SMALL_PC);
	vaddr_t area = mm_vmalloc(m, 2 * PAGE_SIZE), other;
	struct page *pages[] = { mm_vmalloc_to_page(m, area + PAGE_SIZE),
				 mm_vmalloc_to_page(m, area) };
	const u32 half = SPAN / 2;
	u8 out[SPAN], in[SPAN];

	other = mm_vmap(m, pages, 2, VM_MAP, PAGE_KERNEL);
	for (u32 i = 0; i < SPAN; i++)
		out[i] = (u8)(i + 1);
	EXPECT(io_access(m, ACCESS_WRITE, area + PAGE_SIZE - half, out, SPAN));
	EXPECT(io_access(m, ACCESS_READ, other, in, half));
	EXPECT(!memcmp(in, out + half, half));
	EXPECT(io_access(m, ACCESS_READ, other + 2 * PAGE_SIZE - half, in,
			 half));
	EXPECT(!memcmp(in, out, half));
	EXPECT_EQ(REPORT_none, mm_report(m));
	machine_delete(m);
}
