// SPDX-License-Identifier: MIT
/*
 * test_real_layout.c - how a real i386 kernel, 6.1 with HIGHMEM4G, split the
 * same RAM, and why it did so otherwise than 2.6.12.
 *
 * Each row is what that kernel printed of itself in an emulator.  From our
 * machine's layout and the differences named here, and nothing else, every
 * figure of the row must come out:
 *
 *   S  2.6.12's zone DMA spans from frame 0; 6.1's from the first frame that
 *      it manages, 1
 *   P  2.6.12 counts holes as present; 6.1 does not: 0x9F..0xFF are none
 *   M  2.6.12 lets low memory end at 4 GiB - reserve; 6.1 puts the reserve
 *      below VMALLOC_END, which the CPU entry area, the LDT remap and a larger
 *      fixmap have pushed down to 0xFEBFE000
 *   H  a vmalloc= of 6.1 does not count the 8 MiB hole: it is added
 *   V  2.6.12 rounds VMALLOC_START to 8 MiB; from 2.6.28 it is high_memory +
 *      8 MiB exactly
 *   R  both divide by the same ratios, but 6.1 what it manages: the reserve
 *      for HighMem in Normal agrees, as no frame of HighMem was taken
 *
 * Its watermarks have no such derivation: they follow managed pages, grew with
 * 2.6.15's rule for low and high, and transparent huge pages raise
 * min_free_kbytes from 768 MiB on.
 */
#include "pc.h"

#define REAL_VMALLOC_END 0xFEBFE000u
#define REAL_PKMAP_BASE 0xFEC00000u
#define REAL_FIXADDR_TOP 0xFFFFF000u
#define REAL_FIXADDR_START 0xFFDB8000u
#define REAL_FIX_SLOTS 0x247u
#define LOW_HOLE 97u /* frames 0x9F..0xFF */

struct real {
	const char *name;
	u32 end_pfn; /* the emulator keeps the last 32 frames for ACPI */
	const char *words;
	u32 reserve_mib;
	u32 dma_spanned, dma_present, normal_spanned;
	u32 high_start, high_spanned, normal_high_reserve;
	vaddr_t high_memory, vmalloc_start;
};

/* clang-format off */
static const struct real reals[] = {
	{ "40M", 0x27E0, "", 128, 4095, 3998, 6112,
	  0, 0, 0, 0xc27e0000, 0xc2fe0000 },
	{ "48M", 0x2FE0, "", 128, 4095, 3998, 8160,
	  0, 0, 0, 0xc2fe0000, 0xc37e0000 },
	{ "64M", 0x3FE0, "", 128, 4095, 3998, 12256,
	  0, 0, 0, 0xc3fe0000, 0xc47e0000 },
	{ "128M", 0x7FE0, "", 128, 4095, 3998, 28640,
	  0, 0, 0, 0xc7fe0000, 0xc87e0000 },
	{ "256M", 0xFFE0, "", 128, 4095, 3998, 61408,
	  0, 0, 0, 0xcffe0000, 0xd07e0000 },
	{ "512M", 0x1FFE0, "", 128, 4095, 3998, 126944,
	  0, 0, 0, 0xdffe0000, 0xe07e0000 },
	{ "512M-highmem64M", 0x1FFE0, " highmem=64M", 128, 4095, 3998, 110560,
	  114656, 16384, 512, 0xdbfe0000, 0xdc7e0000 },
	{ "768M", 0x2FFE0, "", 128, 4095, 3998, 192480,
	  0, 0, 0, 0xeffe0000, 0xf07e0000 },
	{ "896M", 0x37FE0, "", 128, 4095, 3998, 220158,
	  224254, 5090, 159, 0xf6bfe000, 0xf73fe000 },
	{ "1G", 0x3FFE0, "", 128, 4095, 3998, 220158,
	  224254, 37858, 1183, 0xf6bfe000, 0xf73fe000 },
	{ "1G-smp2", 0x3FFE0, " cpus=2", 128, 4095, 3998, 220158,
	  224254, 37858, 1183, 0xf6bfe000, 0xf73fe000 },
	{ "1G-vmalloc256M", 0x3FFE0, " vmalloc=256M", 256, 4095, 3998, 185342,
	  189438, 72674, 2271, 0xee3fe000, 0xeebfe000 },
	{ "1G-vmalloc64M", 0x3FFE0, " vmalloc=64M", 64, 4095, 3998, 234494,
	  238590, 23522, 735, 0xfa3fe000, 0xfabfe000 },
	{ "2G", 0x7FFE0, "", 128, 4095, 3998, 220158,
	  224254, 300002, 9375, 0xf6bfe000, 0xf73fe000 },
	{ "3G", 0xBFFE0, "", 128, 4095, 3998, 220158,
	  224254, 562146, 17567, 0xf6bfe000, 0xf73fe000 },
	{ "3500M", 0xDABE0, "", 128, 4095, 3998, 220158,
	  224254, 671714, 20991, 0xf6bfe000, 0xf73fe000 },
	/* the fourth gigabyte is above 4 GiB, and out of reach for both */
	{ "4G", 0xBFFE0, ",100000000-140000000", 128, 4095, 3998, 220158,
	  224254, 562146, 17567, 0xf6bfe000, 0xf73fe000 },
};
/* clang-format on */

/* M: how much sooner than ours its low memory ends, where RAM goes on. */
static u32 split_moves(const struct real *r, const struct mm_layout *l)
{
	u64 ours = 0x100000000u - PAGE_OFFSET - ((u64)r->reserve_mib << 20);
	u64 hole = *r->words == ' ' && r->words[1] == 'v' ? 8 : 0; /* H */
	u64 real = REAL_VMALLOC_END - PAGE_OFFSET -
		   ((r->reserve_mib + hole) << 20);
	u32 limit = (u32)(real >> PAGE_SHIFT);

	EXPECT(l->max_low_pfn <= ours >> PAGE_SHIFT);
	return l->max_low_pfn > limit ? l->max_low_pfn - limit : 0;
}

static void expect_real(const struct real *r, const struct mm_layout *l)
{
	const struct zone_layout *z = l->zone;
	u32 moved = split_moves(r, l);
	u32 low = l->max_low_pfn - moved, high = l->max_pfn - low;

	EXPECT_EQ(r->end_pfn, l->max_pfn);
	EXPECT_EQ(r->dma_spanned, z[ZONE_DMA].spanned_pages - 1); /* S */
	EXPECT_EQ(r->dma_present,
		  z[ZONE_DMA].present_pages - 1 - LOW_HOLE); /* P */
	EXPECT_EQ(r->normal_spanned, z[ZONE_NORMAL].spanned_pages - moved);
	EXPECT_EQ(r->high_spanned, high);
	EXPECT_EQ(r->high_start, high ? low : 0);
	EXPECT_EQ(high, z[ZONE_HIGHMEM].spanned_pages + moved);
	EXPECT_EQ(r->high_memory, PAGE_OFFSET + (low << PAGE_SHIFT));
	EXPECT_EQ(r->vmalloc_start, r->high_memory + (8u << 20)); /* V */
	EXPECT_EQ(l->vmalloc_start,
		  (l->high_memory + (16u << 20) - 1) & ~((8u << 20) - 1));
	EXPECT_EQ(r->normal_high_reserve, high / 32); /* R */
	EXPECT_EQ(z[ZONE_NORMAL].lowmem_reserve[ZONE_HIGHMEM],
		  z[ZONE_HIGHMEM].present_pages / 32);
}

/*
 * Where the windows end goes by the same rules on both: two pages between
 * vmalloc's and kmap's, which begins at a table's, and slots downwards from
 * the last page but one.
 */
static void expect_ends(vaddr_t vmalloc_end, vaddr_t pkmap_base,
			vaddr_t fixaddr_start, u32 slots)
{
	EXPECT_EQ(pkmap_base - 2 * PAGE_SIZE, vmalloc_end);
	EXPECT_EQ(0, pkmap_base % PMD_SIZE);
	EXPECT_EQ(REAL_FIXADDR_TOP - slots * PAGE_SIZE, fixaddr_start);
	EXPECT(pkmap_base + LAST_PKMAP * PAGE_SIZE < fixaddr_start);
}

TEST(the_ends_of_the_windows)
{
	for (u32 cpus = 1; cpus <= 8; cpus++) {
		struct mm_layout l;
		struct machine *m;
		char line[32];

		snprintf(line, sizeof(line), "ram=64M cpus=%u", cpus);
		m = pc_on(line);
		mm_layout(m, &l);
		expect_ends(l.vmalloc_end, l.pkmap_base, l.fixaddr_start,
			    2 + 13 * (cpus == 1 ? 1 : 8));
		machine_delete(m);
	}
	expect_ends(REAL_VMALLOC_END, REAL_PKMAP_BASE, REAL_FIXADDR_START,
		    REAL_FIX_SLOTS);
}

TEST(every_row_of_the_real_kernel)
{
	for (u32 i = 0; i < ARRAY_SIZE(reals); i++) {
		char line[96];
		struct mm_layout l;
		struct machine *m;

		snprintf(line, sizeof(line), "e820=0-9fc00,100000-%x%s",
			 reals[i].end_pfn << PAGE_SHIFT, reals[i].words);
		m = pc_on_if_it_fits(line);
		if (!m)
			continue;
		mm_layout(m, &l);
		expect_real(&reals[i], &l);
		machine_delete(m);
	}
}
