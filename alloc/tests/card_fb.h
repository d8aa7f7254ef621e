/* SPDX-License-Identifier: MIT */
/*
 * card_fb.h - a driver of an invented card: a screen whose pixels are in the
 * card's memory, with a shadow of them in ours.  A header of a driver for
 * 2.6.12, as card_fb.c is its source.
 */
#ifndef CARD_FB_H
#define CARD_FB_H

#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <asm/io.h>

/* The card's registers, by their offsets. */
#define FB_REG_ID 0x00
#define FB_REG_WIDTH 0x04
#define FB_REG_HEIGHT 0x08
#define FB_REG_VRAM 0x0C   /* physical address of the pixels, a byte each */
#define FB_REG_FRAMES 0x10 /* how many the driver has shown */
#define FB_REG_POWER 0x14  /* a byte */
#define FB_REGS_BYTES 0x18

#define FB_ID 0x2612FBFBu
#define FB_PALETTE_PAGES 2

struct fb {
	unsigned char __iomem *regs, *vram;
	unsigned char *shadow; /* as large as vram */
	unsigned int *palette; /* FB_PALETTE_PAGES, together */
	struct page *palette_page[FB_PALETTE_PAGES];
	unsigned int width, height;
};

/* 0, and *fbp; -ENODEV: another card; -ENOMEM.  Nothing is kept then. */
int fb_probe(struct fb **fbp, unsigned long regs);
void fb_remove(struct fb *fb);
/* A rectangle of the shadow, which is on the screen. */
void fb_fill(struct fb *fb, unsigned int x, unsigned int y, unsigned int width,
	     unsigned int height, unsigned char colour);
/* The shadow becomes what is seen. */
void fb_flush(struct fb *fb);
/* What is seen becomes the shadow. */
void fb_grab(struct fb *fb);
/* Of what is seen, through pointers: a machine with a mirror only. */
unsigned int fb_sum(const struct fb *fb);

#endif
