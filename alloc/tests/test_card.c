// SPDX-License-Identifier: MIT
/*
 * test_card.c - the life of a driver that maps its card and memory of its own,
 * on a mirrored machine: it uses pointers into the vmalloc window as they are.
 * The driver is card_fb.c, kernel source of 2.6.12.
 */
#include <linux/errno.h>
#include "card_fb.h"
#include "areas_io.h"

MMTWIN_DEFINE_MACHINE

#define REGS 0xFE000000u
#define VRAM 0xF0000000u
#define WIDTH 320u
#define HEIGHT 200u
#define CARD_PC SMALL_PC " mmio=4K@0xFE000000 mmio=1M@0xF0000000"

static void set_register(struct machine *m, u32 reg, u32 value)
{
	memcpy(device_seen(m, 0).bytes + reg, &value, sizeof(value));
}

static u32 get_register(struct machine *m, u32 reg)
{
	u32 value;

	memcpy(&value, device_seen(m, 0).bytes + reg, sizeof(value));
	return value;
}

static void plug_in(struct machine *m)
{
	set_register(m, FB_REG_ID, FB_ID);
	set_register(m, FB_REG_WIDTH, WIDTH);
	set_register(m, FB_REG_HEIGHT, HEIGHT);
	set_register(m, FB_REG_VRAM, VRAM);
}

static struct machine *card_pc(bool mirror)
{
	struct machine *m = pc_new();

	machine_set_mirror(m, mirror);
	EXPECT(!pc_boot_why(m, CARD_PC));
	machine_mem_init(m);
	EXPECT(!machine_kmem_cache_init(m));
	mmtwin_machine = m;
	as_task(m, 0);
	plug_in(m);
	return m;
}

static u8 pixel(u32 x, u32 y)
{
	return x >= 10 && x < 110 && y >= 20 && y < 70 ? 0x5A : 0;
}

/* The card's own memory, and through the tables. */
static void expect_picture(struct machine *m, struct fb *fb)
{
	const u8 *vram = device_seen(m, 1).bytes;
	u32 wrong = 0;
	u8 line[WIDTH];

	for (u32 y = 0; y < HEIGHT; y++) {
		EXPECT(io_access(m, ACCESS_READ,
				 mm_vaddr(fb->shadow) + y * WIDTH, line,
				 WIDTH));
		for (u32 x = 0; x < WIDTH; x++)
			wrong += vram[y * WIDTH + x] != pixel(x, y) ||
				 line[x] != pixel(x, y);
	}
	EXPECT_EQ(0, wrong);
}

static u32 sum_of(const u8 *vram)
{
	u32 sum = 0;

	for (u32 i = 0; i < WIDTH * HEIGHT; i++)
		sum = sum * 31 + vram[i] * 7u % 2048 * 0x010101;
	return sum;
}

TEST(a_life)
{
	struct machine *m;
	struct fb *fb;
	u64 view;

	if (HOST_32BIT)
		return; /* skipped: it has no mirror */
	m = card_pc(true);
	EXPECT_EQ(0, fb_probe(&fb, REGS));
	fb_remove(fb);
	view = machine_view(m);
	EXPECT_EQ(0, fb_probe(&fb, REGS));
	EXPECT_EQ(4, areas(m));
	EXPECT_EQ(1, get_register(m, FB_REG_POWER) & 0xFF);
	fb_fill(fb, 10, 20, 100, 50, 0x5A);
	fb_flush(fb);
	fb_flush(fb);
	EXPECT_EQ(2, get_register(m, FB_REG_FRAMES));
	/* 64000 bytes: pages of them, each time */
	EXPECT_EQ(2 * 16, device_seen(m, 1).writes);
	expect_picture(m, fb);
	EXPECT_EQ(sum_of(device_seen(m, 1).bytes), fb_sum(fb));
	EXPECT_EQ(0, device_seen(m, 1).reads);
	memset(fb->vram, 0x33, 100); /* by a pointer: seen by nobody */
	EXPECT_EQ(2 * 16, device_seen(m, 1).writes);
	fb_grab(fb);
	for (u32 i = 0; i < 100; i++)
		EXPECT_EQ(0x33, fb->shadow[i]);
	EXPECT_SOUND(m);
	fb_remove(fb);
	EXPECT_EQ(0, get_register(m, FB_REG_POWER) & 0xFF);
	EXPECT_EQ(0, areas(m));
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_EQ(view, machine_view(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* It finds out by readl(), which needs no mirror. */
TEST(another_card)
{
	struct machine *m = card_pc(false);
	struct fb *fb;

	set_register(m, FB_REG_ID, 0x1234);
	EXPECT_EQ(-ENODEV, fb_probe(&fb, REGS));
	EXPECT_EQ(0, areas(m));
	EXPECT_EQ(1, device_seen(m, 0).reads);
	/* nothing there at all: the bus is open */
	EXPECT_EQ(-ENODEV, fb_probe(&fb, 0xFD000000));
	/* memory, and what wraps */
	EXPECT_EQ(-ENOMEM, fb_probe(&fb, 0x800000));
	EXPECT_EQ(REPORT_ioremap_ram, mm_report(m));
	EXPECT_EQ(-ENOMEM, fb_probe(&fb, 0xFFFFFFFF));
	EXPECT_EQ(0, areas(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* Each of the page allocations that a probe makes fails once. */
TEST(each_allocation_may_fail)
{
	struct machine *m;
	struct fb *fb;
	u64 view;
	u32 nth;

	if (HOST_32BIT)
		return; /* skipped: it has no mirror */
	m = card_pc(true);
	/* slabs and the window's table stay */
	EXPECT_EQ(0, fb_probe(&fb, REGS));
	fb_remove(fb);
	view = machine_view(m);
	for (nth = 1; nth < 100; nth++) {
		failing(m, (u8)nth);
		if (!fb_probe(&fb, REGS))
			break;
		EXPECT_EQ(view, machine_view(m));
		EXPECT_EQ(0, areas(m));
		EXPECT_SOUND(m);
	}
	/* 16 pages of the shadow, 2 of the palette */
	EXPECT_EQ(1 + 16 + 2, nth);
	as_task(m, 0);
	fb_remove(fb);
	machine_delete(m);
}

/* Widths, and accesses that cross a page. */
TEST(accessors)
{
	struct machine *m = card_pc(false);
	u8 __iomem *vram = ioremap(VRAM, 0x4000);
	const u8 *bytes = device_seen(m, 1).bytes;
	u8 out[9000], in[9000];

	for (u32 i = 0; i < sizeof(out); i++)
		out[i] = (u8)(i * 7 + i / 256);
	writeb(0x11, vram + 1);
	writew(0x2233, vram + 2);
	writel(0x44556677, vram + 4);
	EXPECT(!memcmp(bytes, "\0\x11\x33\x22\x77\x66\x55\x44", 8));
	EXPECT_EQ(0x11, readb(vram + 1));
	EXPECT_EQ(0x2233, readw(vram + 2));
	EXPECT_EQ(0x44556677, readl(vram + 4));
	EXPECT_EQ(3, device_seen(m, 1).reads);
	EXPECT_EQ(3, device_seen(m, 1).writes);
	memcpy_toio(vram + 0xFFF, out, sizeof(out));
	EXPECT(!memcmp(bytes + 0xFFF, out, sizeof(out)));
	memcpy_fromio(in, vram + 0xFFF, sizeof(in));
	EXPECT(!memcmp(in, out, sizeof(in)));
	memset_io(vram + 0x800, 0xEE, 1000);
	EXPECT_EQ(0, bytes[0x7FF]);
	for (u32 i = 0; i < 1000; i++)
		EXPECT_EQ(0xEE, bytes[0x800 + i]);
	EXPECT_EQ(0, bytes[0x800 + 1000]);
	iounmap(vram + 5);
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_EQ(0, areas(m));
	/* low memory, either way */
	EXPECT_EQ(0xA8000, virt_to_phys(phys_to_virt(0xA8000)));
	/* sizes and addresses that no i386 has */
	if (!HOST_32BIT) {
		EXPECT(!ioremap((unsigned long)0x1F0000000ull, 0x1000));
		EXPECT(!ioremap_nocache(VRAM, (unsigned long)(1ull << 32)));
	}
	machine_delete(m);
}
