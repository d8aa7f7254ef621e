// SPDX-License-Identifier: MIT
/*
 * gen_boot.c - boot lines: small PCs, maps with holes and odd edges, limits
 * that bite, and now and then a line that no machine can boot.
 *
 * Mostly little memory, because a boot takes time by the frame.  Low memory
 * is mostly cut by vmalloc= so that there is some high memory.
 * Validator: fuzz/tests/test_gen.c.
 */
#include "gen_state.h"

#include <string.h>

#define KB_BYTES 1024ull
#define MB_BYTES (1024ull * 1024)
#define GB_BYTES (1024ull * 1024 * 1024)
#define WORD_LIMIT (1ull << 47) /* the wire's 48 bits, sums included */

static void add(struct boot_line *boot, u32 kind, u64 size)
{
	struct boot_word w = { .kind = (u8)kind, .size = size };

	if (boot->nr < BOOT_WORDS_MAX)
		boot->word[boot->nr++] = w;
}

static void add_range(struct boot_line *boot, u32 kind, u32 type, u64 start,
		      u64 size)
{
	if (boot->nr == BOOT_WORDS_MAX)
		return;
	add(boot, kind, size ? size : 1);
	boot->word[boot->nr - 1].type = (u8)type;
	boot->word[boot->nr - 1].start = start;
}

/*
 * A zone of a multiple of 1024 frames, or a few less: there its batch and its
 * marks change.  Normal memory begins where the DMA zone ends.
 */
static u64 edge_bytes(struct prng *r)
{
	u64 pfns = 1024 * (u64)(3 + prng_below(r, 13));

	return (pfns + 2 - prng_below(r, 8)) * PAGE_SIZE;
}

static u64 ram_bytes(struct prng *r)
{
	static const u8 mb[] = { 6,  8,	 12, 16, 17, 18, 20, 20,
				 22, 24, 24, 28, 32, 40, 48, 64 };
	static const u16 large_mb[] = { 96,  128,  256,	 512, 896,
					900, 1024, 2048, 4095 };

	if (prng_one_in(r, 64))
		return large_mb[prng_below(r, 9)] * MB_BYTES;
	if (prng_one_in(r, 64))
		return prng_below(r, 2) ? 4 * GB_BYTES
					: prng_below(r, 6) * MB_BYTES;
	if (prng_below(r, 2))
		return mb[prng_below(r, sizeof(mb))] * MB_BYTES;
	if (prng_one_in(r, 4))
		return edge_bytes(r);
	return (1536 + prng_below(r, 12000)) * 4 * KB_BYTES;
}

/* A few bytes off, in one of four cases. */
static u64 odd(struct prng *r, u64 at)
{
	if (prng_below(r, 4))
		return at;
	return at + prng_below(r, 2 * PAGE_SIZE) -
	       (at > PAGE_SIZE ? PAGE_SIZE : 0);
}

/* Low memory, then the image's 3 MiB and more, then ranges with holes. */
static u64 add_e820(struct prng *r, struct boot_line *boot)
{
	u32 n = 1 + prng_below(r, 6);
	u64 at = PC_BIOS_END, size = 5 * MB_BYTES;

	add_range(boot, BOOT_E820, E820_RAM, 0, odd(r, 0x9F000));
	size += prng_below(r, 4096) * (u64)PAGE_SIZE;
	while (n--) {
		u32 type = prng_below(r, 8) ? E820_RAM
					    : 1 + prng_below(r, E820_NVS);

		add_range(boot, BOOT_E820, type, at, odd(r, size));
		at += size +
		      prng_below(r, 3) * prng_below(r, 512) * (u64)PAGE_SIZE;
		at = odd(r, at);
		size = (1 + prng_below(r, 2048)) * (u64)PAGE_SIZE;
	}
	return at;
}

/* vmalloc= leaves low memory of some megabytes less than there is. */
static void add_vmalloc(struct prng *r, struct boot_line *boot, u64 ram)
{
	u64 cut = (1 + prng_below(r, 6)) * 4 * MB_BYTES, size;
	u64 low = ram < GB_BYTES ? ram : GB_BYTES; /* up to the kmap window */

	if (low > cut + 8 * MB_BYTES)
		low -= cut;
	low = (low + 4 * MB_BYTES - 1) & ~(4 * MB_BYTES - 1);
	size = low < GB_BYTES ? GB_BYTES - low : 4 * MB_BYTES;
	if (prng_one_in(r, 16))
		size = (1 + prng_below(r, 256)) * 4 * MB_BYTES;
	if (prng_one_in(r, 64))
		size = prng_below(r, 1024) * MB_BYTES + prng_below(r, 2);
	add(boot, BOOT_VMALLOC, size);
}

static void add_memmap(struct prng *r, struct boot_line *boot, u64 ram)
{
	u32 n = 1 + prng_below(r, 3);

	if (prng_one_in(r, 8)) {
		add(boot, BOOT_MEMMAP_EXACT, 0);
		add_range(boot, BOOT_MEMMAP, E820_RAM, 0, odd(r, 0x9F000));
		add_range(boot, BOOT_MEMMAP, E820_RAM, PC_BIOS_END,
			  odd(r, ram / 4 * 3));
	}
	while (n--) {
		u64 start = prng_below(r, (u32)(ram >> PAGE_SHIFT) + 512) *
			    (u64)PAGE_SIZE;
		u64 size = (1 + prng_below(r, 300)) * (u64)PAGE_SIZE;

		add_range(boot, BOOT_MEMMAP, 1 + prng_below(r, E820_ACPI),
			  odd(r, start), odd(r, size));
	}
}

static void add_cpus(struct prng *r, struct boot_line *boot)
{
	static const u8 cpus[] = { 1, 1, 1, 2, 2, 2, 4, 8 };
	u32 n = cpus[prng_below(r, sizeof(cpus))];

	if (prng_one_in(r, 64))
		n = prng_below(r, 12);
	add(boot, BOOT_CPUS, n);
}

/* What slabs are made by, and what page tables are. */
static void add_other_words(struct prng *r, struct boot_line *boot)
{
	if (prng_one_in(r, 4))
		add(boot, BOOT_LINE, 32u << prng_below(r, 3));
	if (prng_one_in(r, 64))
		add(boot, BOOT_LINE, prng_below(r, 300));
	if (prng_one_in(r, 6))
		add(boot, BOOT_SLAB_DEBUG, 0);
	if (prng_one_in(r, 6))
		add(boot, BOOT_NOPENTIUM, 0);
}

/* In the ISA hole, above all memory, or, seldom, where RAM may be. */
static void add_device(struct prng *r, struct boot_line *boot, u64 ram)
{
	const u64 at[] = { 0xA0000,	0xB8000,     0xC0000, 0xE0000000u,
			   0xFEC00000u, 0xFFF00000u, ram,     0x100000 };
	u64 start = at[prng_below(r, prng_below(r, 8) ? 6 : 8)];
	u64 size = PAGE_SIZE << prng_below(r, start < PC_BIOS_END ? 5 : 9);

	if (prng_one_in(r, 16))
		size = prng_below(r, 2) ? 2 * DEVICE_BYTES_MAX : odd(r, size);
	add_range(boot, BOOT_MMIO, 0, start, size);
}

/* Devices, and the rule for kmap_atomic. */
static void add_mapping_words(struct prng *r, struct boot_line *boot, u64 ram)
{
	while (boot->nr < BOOT_WORDS_MAX && prng_one_in(r, 5))
		add_device(r, boot, ram);
	if (prng_one_in(r, 8))
		add(boot, BOOT_KMAP_STRICT, 0);
}

/* The hardware's words count wherever they stand, mem= and memmap= in order. */
static void shuffle(struct prng *r, struct boot_line *boot)
{
	for (u32 i = boot->nr; i > 1; i--) {
		u32 at = prng_below(r, i);
		struct boot_word w = boot->word[at];

		boot->word[at] = boot->word[i - 1];
		boot->word[i - 1] = w;
	}
}

void gen_boot_line(struct prng *r, struct boot_line *boot)
{
	u64 ram = ram_bytes(r);

	memset(boot, 0, sizeof(*boot));
	if (prng_below(r, 3) == 0)
		ram = add_e820(r, boot);
	else
		add(boot, BOOT_RAM, ram);
	add_cpus(r, boot);
	if (prng_below(r, 4))
		add_vmalloc(r, boot, ram);
	if (prng_one_in(r, 6))
		add(boot, BOOT_HIGHMEM,
		    odd(r, prng_below(r, (u32)(ram / PAGE_SIZE / 2) + 1) *
				   (u64)PAGE_SIZE));
	if (prng_one_in(r, 6))
		add(boot, BOOT_MEM, odd(r, ram / 8 * (3 + prng_below(r, 7))));
	if (prng_one_in(r, 5))
		add_memmap(r, boot, ram);
	add_other_words(r, boot);
	add_mapping_words(r, boot, ram);
	if (prng_one_in(r, 6))
		shuffle(r, boot);
}

/* --- mutation ------------------------------------------------------------- */

static u64 nudge(struct prng *r, u64 value)
{
	static const u32 step[] = { 1,	       512,	      PAGE_SIZE - 1,
				    PAGE_SIZE, PAGE_SIZE + 1, 32 * PAGE_SIZE,
				    1 << 20,   4 << 20 };
	u64 by = step[prng_below(r, 8)];

	switch (prng_below(r, 6)) {
	case 0:
		value = by;
		break;
	case 1:
		value *= 2;
		break;
	case 2:
		value /= 2;
		break;
	case 3:
		value = value > by ? value - by : 0;
		break;
	default:
		value += by;
	}
	return value < WORD_LIMIT ? value : WORD_LIMIT;
}

static void nudge_word(struct prng *r, struct boot_word *w)
{
	bool range = w->kind == BOOT_E820 || w->kind == BOOT_MEMMAP ||
		     w->kind == BOOT_MMIO;

	if (w->kind == BOOT_MEMMAP_EXACT || w->kind == BOOT_SLAB_DEBUG ||
	    w->kind == BOOT_NOPENTIUM || w->kind == BOOT_KMAP_STRICT)
		return;
	if (w->kind == BOOT_CPUS)
		w->size = prng_below(r, NR_CPUS + 2);
	else if (w->kind == BOOT_LINE)
		w->size = 32u << prng_below(r, 3);
	else if (range && prng_below(r, 2))
		w->start = nudge(r, w->start);
	else if (range && w->kind != BOOT_MMIO && prng_one_in(r, 4))
		w->type = (u8)(1 + prng_below(r, E820_ACPI));
	else
		w->size = nudge(r, w->size);
	if (w->kind == BOOT_E820 && w->size == 0)
		w->size = 1;
}

void gen_boot_mutate(struct prng *r, struct boot_line *boot)
{
	u32 at = boot->nr ? prng_below(r, boot->nr) : 0;
	struct boot_word *w = &boot->word[at];

	switch (prng_below(r, 8)) {
	case 0:
		gen_boot_line(r, boot);
		break;
	case 1:
		if (boot->nr < 2)
			break;
		boot->nr--;
		memmove(w, w + 1, (boot->nr - at) * sizeof(*w));
		break;
	case 2:
		if (!boot->nr || boot->nr == BOOT_WORDS_MAX)
			break;
		boot->word[boot->nr] = *w;
		nudge_word(r, &boot->word[boot->nr++]);
		break;
	case 3:
		add_memmap(r, boot, 24 * MB_BYTES);
		break;
	default:
		if (boot->nr)
			nudge_word(r, w);
	}
}
