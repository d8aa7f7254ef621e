// SPDX-License-Identifier: MIT
/*
 * test_mirror.c - what the kernel's windows map, through plain pointers: the
 * same bytes as the frames' and as those that mm_access() moves; and nothing
 * where nothing is mapped any more.
 */
#include "areas_io.h"
#include "child.h"

static struct machine *mirror_on(const char *line)
{
	struct machine *m = pc_new();

	machine_set_mirror(m, true);
	if (pc_boot_why(m, line))
		pc_end(line, "no mirror");
	machine_mem_init(m);
	EXPECT(!machine_kmem_cache_init(m));
	as_task(m, 0);
	return m;
}

/* Where a child of us touches these bytes, or "survived". */
static u8 *volatile touched;

static void read_it(struct machine *m)
{
	(void)m;
	(void)*(volatile u8 *)touched;
}

static void write_it(struct machine *m)
{
	(void)m;
	*(volatile u8 *)touched = 1;
}

static bool can(struct machine *m, void (*act)(struct machine *m), vaddr_t addr)
{
	touched = mm_ptr(m, addr);
	return !strcmp(child_last_words(m, act), "survived");
}

static u8 *ram_of(struct machine *m, vaddr_t addr)
{
	return ram_frame(mm_ram(m), kernel_word(m, addr) >> PAGE_SHIFT);
}

/* Written by a pointer, seen in the frame and through the tables. */
static void expect_same_bytes(struct machine *m, vaddr_t addr, u8 *frame)
{
	u8 *ptr = mm_ptr(m, addr);
	u8 in[64];

	for (u32 i = 0; i < sizeof(in); i++)
		ptr[i] = (u8)(i * 5 + 1);
	EXPECT(!memcmp(frame, ptr, sizeof(in)));
	EXPECT(io_access(m, ACCESS_READ, addr, in, sizeof(in)));
	EXPECT(!memcmp(in, ptr, sizeof(in)));
	memset(in, 0x77, sizeof(in));
	EXPECT(io_access(m, ACCESS_WRITE, addr, in, sizeof(in)));
	EXPECT(!memcmp(in, ptr, sizeof(in)));
	memset(frame, 0x78, 4);
	EXPECT_EQ(0x78, ptr[3]);
}

TEST(a_32_bit_host_has_none)
{
	struct machine *m = pc_new();
	const char *why;

	machine_set_mirror(m, true);
	why = pc_boot_why(m, SMALL_PC);
	EXPECT_STR(HOST_32BIT ? "a 32-bit host has no mirror" : "boots",
		   why ? why : "boots");
	/* from the next boot on */
	machine_set_mirror(m, false);
	EXPECT(!pc_boot_why(m, SMALL_PC));
	machine_delete(m);
}

#define SKIP_ON_A_32_BIT_HOST                                                  \
	if (HOST_32BIT)                                                        \
	return /* it says why above */

TEST(vmalloc)
{
	struct machine *m;
	vaddr_t addr;

	SKIP_ON_A_32_BIT_HOST;
	m = mirror_on(IO_PC);
	addr = mm_vmalloc(m, 3 * PAGE_SIZE);
	for (u32 at = 0; at < 3 * PAGE_SIZE; at += PAGE_SIZE)
		expect_same_bytes(m, addr + at, ram_of(m, addr + at));
	/* the guard, and the page before */
	EXPECT(can(m, read_it, addr + 3 * PAGE_SIZE - 1));
	EXPECT(!can(m, read_it, addr + 3 * PAGE_SIZE));
	EXPECT(!can(m, read_it, addr - 1));
	as_task(m, 0);
	mm_vfree(m, addr);
	for (u32 at = 0; at < 3 * PAGE_SIZE; at += PAGE_SIZE)
		EXPECT(!can(m, read_it, addr + at));
	/* and again, by another's frames */
	EXPECT_EQ(addr, mm_vmalloc_32(m, PAGE_SIZE));
	expect_same_bytes(m, addr, ram_of(m, addr));
	EXPECT(!can(m, read_it, addr + PAGE_SIZE));
	EXPECT_SOUND(m);
	machine_delete(m);
}

TEST(read_only)
{
	struct machine *m;
	vaddr_t addr;

	SKIP_ON_A_32_BIT_HOST;
	m = mirror_on(IO_PC);
	addr = mm__vmalloc(m, PAGE_SIZE, GFP_KERNEL | __GFP_ZERO, 0x161);
	EXPECT(can(m, read_it, addr));
	EXPECT(!can(m, write_it, addr));
	as_task(m, 0);
	mm_vfree(m, addr);
	/* not present */
	EXPECT_EQ(addr, mm__vmalloc(m, PAGE_SIZE, GFP_KERNEL, 0x162));
	EXPECT(!can(m, read_it, addr));
	machine_delete(m);
}

/* One frame twice, and a low one that the direct map has as well. */
TEST(vmap)
{
	struct machine *m;
	struct page *pages[3];
	vaddr_t addr;
	volatile u8 *ptr; /* two addresses of one byte: no compiler knows */

	SKIP_ON_A_32_BIT_HOST;
	m = mirror_on(IO_PC);
	pages[0] = pages[2] = pc_alloc(m, GFP_HIGHUSER, 0);
	pages[1] = pc_alloc(m, GFP_KERNEL, 0);
	addr = mm_vmap(m, pages, 3, VM_MAP, PAGE_KERNEL);
	ptr = mm_ptr(m, addr);
	for (u32 i = 0; i < 3; i++)
		expect_same_bytes(m, addr + i * PAGE_SIZE,
				  page_bytes(m, pages[i]));
	ptr[7] = 0xA7;
	EXPECT_EQ(0xA7, ptr[2 * PAGE_SIZE + 7]);
	ptr[PAGE_SIZE + 9] = 0xA9;
	EXPECT_EQ(0xA9, ((u8 *)mm_ptr(m, mm_page_address(m, pages[1])))[9]);
	as_task(m, 0);
	mm_vunmap(m, addr);
	EXPECT(!can(m, read_it, addr + 7));
	EXPECT_EQ(0xA7, page_bytes(m, pages[0])[7]);
	machine_delete(m);
}

TEST(ioremap)
{
	struct machine *m;
	vaddr_t addr;

	SKIP_ON_A_32_BIT_HOST;
	m = mirror_on(IO_PC);
	addr = io_map(m, BAR + 0xF000, 0x2000);
	expect_same_bytes(m, addr, device_seen(m, 0).bytes + 0xF000);
	EXPECT_EQ(1, device_seen(m, 0).writes); /* mm_access() alone */
	/* behind the device is nothing, for the tables the open bus */
	EXPECT(!can(m, read_it, addr + 0x1000));
	/* the last one of its file */
	addr = io_map_nocache(m, ROM, 0x1000);
	expect_same_bytes(m, addr, device_seen(m, 1).bytes);
	io_unmap(m, addr);
	EXPECT(!can(m, read_it, addr));
	/* the ISA window is in the direct map */
	addr = io_map(m, VGA, 0x2000);
	EXPECT_EQ(PAGE_OFFSET + VGA, addr);
	expect_same_bytes(m, addr, device_seen(m, 2).bytes);
	expect_same_bytes(m, addr + 0x1000, device_seen(m, 2).bytes + 0x1000);
	/* memory beside it, and reserved memory by another address */
	expect_same_bytes(m, io_map(m, 0x9F000, 0x1000),
			  ram_frame(mm_ram(m), 0x9F));
	machine_delete(m);
}

TEST(the_fixmap)
{
	struct machine *m;
	struct page *page;
	vaddr_t addr;

	SKIP_ON_A_32_BIT_HOST;
	m = mirror_on(IO_PC);
	page = pc_alloc(m, GFP_HIGHUSER, 0);
	addr = mm_kmap_atomic(m, page, KM_USER1);
	expect_same_bytes(m, addr, page_bytes(m, page));
	mm_kunmap_atomic(m, addr, KM_USER1);
	addr = mm_set_fixmap(m, 2 + 13 * 8, BAR, true);
	expect_same_bytes(m, addr, device_seen(m, 0).bytes);
	mm_clear_fixmap(m, 2 + 13 * 8);
	EXPECT(!can(m, read_it, addr));
	machine_delete(m);
}

/* A slot stays until the next flush, as its PTE does. */
TEST(kmap)
{
	struct machine *m;
	struct page *page;
	vaddr_t addr;

	SKIP_ON_A_32_BIT_HOST;
	m = mirror_on(IO_PC);
	page = pc_alloc(m, GFP_HIGHUSER, 0);
	addr = mm_kmap(m, page);
	EXPECT(addr);
	expect_same_bytes(m, addr, page_bytes(m, page));
	mm_kunmap(m, page);
	EXPECT(can(m, read_it, addr));
	machine_delete(m);
}

/* --- life ----------------------------------------------------------------- */

TEST(power_off_takes_it_away)
{
	struct machine *m;
	vaddr_t addr, isa = PAGE_OFFSET + VGA;

	SKIP_ON_A_32_BIT_HOST;
	m = mirror_on(IO_PC);
	addr = mm_vmalloc(m, PAGE_SIZE);
	EXPECT(can(m, write_it, addr));
	/* with less RAM, and no mirror */
	machine_set_mirror(m, false);
	EXPECT(!pc_boot_why(m, "ram=16M"));
	machine_mem_init(m);
	EXPECT(!machine_kmem_cache_init(m));
	EXPECT(!can(m, read_it, addr));
	EXPECT(can(m, write_it, isa));
	as_task(m, 0);
	addr = mm_vmalloc(m, PAGE_SIZE);
	EXPECT(addr);
	EXPECT(!can(m, read_it, addr));
	machine_delete(m);
}

static void take_a_snapshot(struct machine *m)
{
	machine_snapshot(m);
}

TEST(it_takes_no_snapshot)
{
	struct machine *m;

	SKIP_ON_A_32_BIT_HOST;
	m = mirror_on(IO_PC);
	EXPECT_STR("machine: a snapshot of a mirrored machine",
		   pc_panic_of(m, take_a_snapshot));
	machine_set_mirror(m, false);
	EXPECT(!pc_boot_why(m, IO_PC));
	machine_mem_init(m);
	machine_snapshot(m);
	machine_delete(m);
}
