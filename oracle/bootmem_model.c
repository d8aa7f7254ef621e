// SPDX-License-Identifier: MIT
/*
 * bootmem_model.c - boot memory: one byte for each low frame.
 *
 * All frames begin reserved; RAM is freed; boot reserves and allocates what
 * it needs; calls of the program follow; bootmem_free_all() gives the rest to
 * the page allocator.  Sizes and places are those of section 6 and of
 * DESIGN.md's boot table.
 *
 *	| page 0 | 1: trampoline | .. | 0x9F: ebda | hole | image | pg0 |
 *	| bitmap | free ...
 */
#include "model.h"

#define PG0_START (KERNEL_START + KERNEL_BYTES)
#define PG0_BYTES (2 * PAGE_SIZE)
#define BITMAP_START (PG0_START + PG0_BYTES)
#define GOAL_NORMAL 0x1000000u

static u32 frames_up(u64 bytes)
{
	return (u32)((bytes + PAGE_SIZE - 1) / PAGE_SIZE);
}

void bootmem_mark(struct model *o, u32 addr, u32 size, u8 mark)
{
	u32 end = frames_up((u64)addr + size);

	for (u32 i = addr / PAGE_SIZE; i < end; i++)
		o->boot_map[i] |= mark;
}

/* --- allocation --------------------------------------------------------- */

/*
 * The first multiple of `step` from `from` on that begins `nr` free frames;
 * a run that meets a used frame is taken up again behind it.
 */
static u32 find_run(const struct model *o, u32 from, u32 step, u32 nr)
{
	u32 end = o->now.layout.max_low_pfn;
	u64 i = ((u64)from + step - 1) / step * step;

	while (i + nr <= end) {
		u32 j = 0;

		while (j < nr && !(o->boot_map[i + j] & BOOT_USED))
			j++;
		if (j == nr)
			return (u32)i;
		i = (i + j + step) / step * step;
	}
	return PFN_NONE;
}

/*
 *	     last_pos      run
 *	| ....XXXX|oo yyyy|yyyyyyyy|yy      |	o: alignment, y: new
 *	          ^ last_offset
 */
static u32 pack(struct model *o, u32 run, u32 size, u32 align)
{
	struct bootmem_pos *b = &o->now.bootmem;
	u32 offset = (b->last_offset + align - 1) / align * align;
	u64 end = (u64)offset + size;
	u32 addr = b->last_pos * PAGE_SIZE + offset;

	if (end > PAGE_SIZE)
		bootmem_mark(o, run * PAGE_SIZE, (u32)(end - PAGE_SIZE),
			     BOOT_USED);
	b->last_pos += frames_up(end) - 1;
	b->last_offset = end % PAGE_SIZE;
	return addr;
}

bool bootmem_alloc(struct model *o, u32 size, u32 align, u32 goal, u32 *addr,
		   bool *packed)
{
	struct bootmem_pos *b = &o->now.bootmem;
	u64 end = (u64)o->now.layout.max_low_pfn * PAGE_SIZE;
	u32 step = align > PAGE_SIZE ? align / PAGE_SIZE : 1;
	u32 nr = frames_up(size), run;

	if (goal >= end)
		goal = 0;
	if (goal < b->last_success)
		goal = b->last_success;
	run = find_run(o, goal / PAGE_SIZE, step, nr);
	if (run == PFN_NONE)
		run = find_run(o, 0, step, nr);
	if (run == PFN_NONE)
		return false;
	b->last_success = run * PAGE_SIZE;
	*packed = align < PAGE_SIZE && b->last_offset && b->last_pos + 1 == run;
	if (*packed) {
		*addr = pack(o, run, size, align ? align : 1);
		return true;
	}
	*addr = run * PAGE_SIZE;
	bootmem_mark(o, *addr, size, BOOT_USED);
	b->last_pos = run + nr - 1;
	b->last_offset = size % PAGE_SIZE;
	return true;
}

/* --- freeing ------------------------------------------------------------ */

/* Whole frames only.  What is reported changes nothing. */
enum report_kind bootmem_free(struct model *o, u32 addr, u32 size)
{
	u32 start = frames_up(addr);
	u32 end = (u32)(((u64)addr + size) / PAGE_SIZE);

	for (u32 i = start; i < end; i++)
		if (o->boot_map[i] & BOOT_OWN)
			return REPORT_free_reserved;
	for (u32 i = start; i < end; i++)
		if (!(o->boot_map[i] & BOOT_USED))
			return REPORT_bootmem_double_free;
	if (start >= end)
		return REPORT_none;
	for (u32 i = start; i < end; i++)
		o->boot_map[i] = BOOT_FREE;
	if (addr < o->now.bootmem.last_success)
		o->now.bootmem.last_success = addr;
	return REPORT_none;
}

/* --- boot --------------------------------------------------------------- */

void bootmem_list(struct model *o, u8 label, u32 start, u32 size)
{
	struct boot_claims *c = &o->claims;

	if (c->nr < BOOT_CLAIMS_MAX)
		c->claim[c->nr++] = (struct boot_claim){ label, start, size };
}

static void claim(struct model *o, u8 label, u32 start, u32 size)
{
	bootmem_mark(o, start, size, BOOT_USED | BOOT_OWN);
	bootmem_list(o, label, start, size);
}

static bool claim_alloc(struct model *o, u8 label, u32 size, u32 align,
			u32 goal)
{
	u32 addr;
	bool packed;

	if (!bootmem_alloc(o, size, align, goal, &addr, &packed))
		return false;
	claim(o, label, addr, size);
	return true;
}

/* Without 4 MiB pages: a table for each 4 MiB begun that pg0 does not map. */
static bool claim_direct(struct model *o)
{
	const struct mm_layout *l = &o->now.layout;

	if (l->pse)
		return true;
	for (pfn_t pfn = 2 * WORDS; pfn < l->max_low_pfn; pfn += WORDS)
		if (!claim_alloc(o, CLAIM_direct_pt, PAGE_SIZE, PAGE_SIZE, 0))
			return false;
	return true;
}

bool bootmem_boot(struct model *o)
{
	const struct mm_layout *l = &o->now.layout;
	u32 bitmap_bytes = (l->max_low_pfn + 31) / 32 * 4;
	u32 bitmap_frames = frames_up(bitmap_bytes);

	o->claims.nr = 0;
	o->now.bootmem = (struct bootmem_pos){ 0 };
	if (BITMAP_START / PAGE_SIZE + bitmap_frames > l->max_low_pfn)
		return false;
	for (pfn_t pfn = 0; pfn < l->max_low_pfn; pfn++) {
		u8 hole = is_device(o, pfn << PAGE_SHIFT) ? BOOT_USED | BOOT_OWN
							  : BOOT_USED;

		o->boot_map[pfn] =
			e820_is_ram(&o->e820, pfn) ? BOOT_FREE : hole;
	}
	claim(o, CLAIM_image, KERNEL_START, KERNEL_BYTES);
	claim(o, CLAIM_pg0, PG0_START, PG0_BYTES);
	claim(o, CLAIM_bitmap, BITMAP_START, bitmap_frames * PAGE_SIZE);
	claim(o, CLAIM_page0, 0, PAGE_SIZE);
	claim(o, CLAIM_ebda, PC_EBDA_START / PAGE_SIZE * PAGE_SIZE, PAGE_SIZE);
	if (l->nr_cpus > 1)
		claim(o, CLAIM_trampoline, PAGE_SIZE, PAGE_SIZE);
	return claim_direct(o) &&
	       claim_alloc(o, CLAIM_fixmap_pt, PAGE_SIZE, PAGE_SIZE, 0) &&
	       claim_alloc(o, CLAIM_pkmap_pt, PAGE_SIZE, PAGE_SIZE, 0) &&
	       claim_alloc(o, CLAIM_mem_map,
			   (l->max_mapnr + 1) * PAGE_STRUCT_BYTES, 32,
			   GOAL_NORMAL);
}

/* --- the end of bootmem ------------------------------------------------- */

/* As boot CPU 0 frees: order 0 through its hot list. */
static void release(struct model *o, pfn_t pfn, unsigned int order)
{
	u32 ring = ring_of(0, zone_of(o, pfn), PCP_HOT);
	const struct zone_layout *z = &o->now.layout.zone[ring_zone(ring)];

	o->now.layout.totalram_pages += 1u << order;
	for (u32 i = 0; i < 1u << order; i++)
		frame_touch(o, pfn + i)->is = IS_INSIDE;
	if (order) {
		buddy_give(o, pfn, order);
		return;
	}
	if (o->now.pcp[ring] >= z->pcp[PCP_HOT].high)
		for (u32 i = 0; i < z->pcp[PCP_HOT].batch; i++) {
			pfn_t tail = pcp_tail(o, ring);

			pcp_drop_tail(o, ring);
			buddy_give(o, tail, 0);
		}
	pcp_push(o, ring, pfn);
}

static bool word_is_free(const struct model *o, pfn_t pfn)
{
	for (u32 i = 0; i < 32; i++)
		if (o->boot_map[pfn + i] & BOOT_USED)
			return false;
	return true;
}

/* A bitmap word of 32 free frames goes as one block, all else one by one. */
static void release_low(struct model *o)
{
	pfn_t end = o->now.layout.max_low_pfn;

	for (pfn_t word = 0; word < end; word += 32) {
		if (word + 32 <= end && word_is_free(o, word)) {
			release(o, word, 5);
			continue;
		}
		for (pfn_t pfn = word; pfn < word + 32 && pfn < end; pfn++)
			if (!(o->boot_map[pfn] & BOOT_USED))
				release(o, pfn, 0);
	}
}

void bootmem_free_all(struct model *o)
{
	struct mm_layout *l = &o->now.layout;
	const struct zone_layout *high = &l->zone[ZONE_HIGHMEM];
	u32 bitmap_frames = frames_up((l->max_low_pfn + 31) / 32 * 4);
	u32 low;

	l->totalram_pages = 0;
	release_low(o);
	for (u32 i = 0; i < bitmap_frames; i++)
		release(o, BITMAP_START / PAGE_SIZE + i, 0);
	low = l->totalram_pages;
	for (u32 i = 0; i < high->spanned_pages; i++)
		if (e820_is_ram(&o->e820, high->start_pfn + i))
			release(o, high->start_pfn + i, 0);
	l->totalhigh_pages = l->totalram_pages - low;
}
