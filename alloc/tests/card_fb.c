/* SPDX-License-Identifier: MIT */
/*
 * card_fb.c - mapping code as a driver for 2.6.12 has it, compiled as kernel
 * source of its time: C89, and nothing but the kernel's headers.  vmalloc'ed
 * and vmapped memory it uses through pointers, as one does.
 */
#include <linux/errno.h>
#include <linux/string.h>
#include "card_fb.h"

static unsigned long fb_bytes(const struct fb *fb)
{
	return (unsigned long)fb->width * fb->height;
}

/* --- the palette: single pages, that look like one piece ------------------ */

static void fb_free_palette(struct fb *fb)
{
	int i;

	if (fb->palette)
		vunmap(fb->palette);
	for (i = 0; i < FB_PALETTE_PAGES; i++)
		if (fb->palette_page[i])
			__free_page(fb->palette_page[i]);
}

static int fb_alloc_palette(struct fb *fb)
{
	unsigned int i;

	for (i = 0; i < FB_PALETTE_PAGES; i++) {
		fb->palette_page[i] = alloc_page(GFP_HIGHUSER);
		if (!fb->palette_page[i])
			goto fail;
	}
	fb->palette =
		vmap(fb->palette_page, FB_PALETTE_PAGES, VM_MAP, PAGE_KERNEL);
	if (!fb->palette)
		goto fail;
	for (i = 0; i < FB_PALETTE_PAGES * PAGE_SIZE / sizeof(*fb->palette);
	     i++)
		fb->palette[i] = i * 0x010101;
	return 0;
fail:
	fb_free_palette(fb);
	return -ENOMEM;
}

/* --- probe and remove ----------------------------------------------------- */

static int fb_map_regs(struct fb *fb, unsigned long regs)
{
	fb->regs = ioremap_nocache(regs, FB_REGS_BYTES);
	if (!fb->regs)
		return -ENOMEM;
	if (readl(fb->regs + FB_REG_ID) != FB_ID) {
		iounmap(fb->regs);
		return -ENODEV;
	}
	fb->width = readl(fb->regs + FB_REG_WIDTH);
	fb->height = readl(fb->regs + FB_REG_HEIGHT);
	return 0;
}

static int fb_map_pixels(struct fb *fb)
{
	fb->vram = ioremap(readl(fb->regs + FB_REG_VRAM), fb_bytes(fb));
	if (!fb->vram)
		return -ENOMEM;
	fb->shadow = vmalloc(fb_bytes(fb));
	if (!fb->shadow) {
		iounmap(fb->vram);
		return -ENOMEM;
	}
	memset(fb->shadow, 0, fb_bytes(fb));
	return 0;
}

int fb_probe(struct fb **fbp, unsigned long regs)
{
	struct fb *fb = kzalloc(sizeof(*fb), GFP_KERNEL);
	int err = -ENOMEM;

	if (!fb)
		goto out;
	err = fb_map_regs(fb, regs);
	if (err)
		goto out_fb;
	err = fb_map_pixels(fb);
	if (err)
		goto out_regs;
	err = fb_alloc_palette(fb);
	if (err)
		goto out_pixels;
	writeb(1, fb->regs + FB_REG_POWER);
	*fbp = fb;
	return 0;
out_pixels:
	vfree(fb->shadow);
	iounmap(fb->vram);
out_regs:
	iounmap(fb->regs);
out_fb:
	kfree(fb);
out:
	return err;
}

void fb_remove(struct fb *fb)
{
	writeb(0, fb->regs + FB_REG_POWER);
	fb_free_palette(fb);
	vfree(fb->shadow);
	iounmap(fb->vram);
	iounmap(fb->regs);
	kfree(fb);
}

/* --- pixels --------------------------------------------------------------- */

void fb_fill(struct fb *fb, unsigned int x, unsigned int y, unsigned int width,
	     unsigned int height, unsigned char colour)
{
	unsigned char *line = fb->shadow + y * fb->width + x;

	for (; height; height--, line += fb->width)
		memset(line, colour, width);
}

void fb_flush(struct fb *fb)
{
	memcpy_toio(fb->vram, fb->shadow, fb_bytes(fb));
	writel(readl(fb->regs + FB_REG_FRAMES) + 1, fb->regs + FB_REG_FRAMES);
}

void fb_grab(struct fb *fb)
{
	memcpy_fromio(fb->shadow, fb->vram, fb_bytes(fb));
}

unsigned int fb_sum(const struct fb *fb)
{
	const unsigned int colours =
		FB_PALETTE_PAGES * PAGE_SIZE / sizeof(*fb->palette);
	unsigned long i;
	unsigned int sum = 0;

	for (i = 0; i < fb_bytes(fb); i++)
		sum = sum * 31 + fb->palette[fb->vram[i] * 7 % colours];
	return sum;
}
