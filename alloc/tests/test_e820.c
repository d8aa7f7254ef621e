// SPDX-License-Identifier: MIT
/*
 * test_e820.c - the memory map of a boot line, and where low memory ends:
 * overlaps, mem=, memmap=, highmem=, vmalloc=, the lines that cannot boot.
 * Figures of whole machines are in test_layout.c.
 */
#include "pc.h"
#include "../e820.h"

static const char *read_line(struct memory_setup *s, const char *text)
{
	const struct boot_line line = pc_words(text);

	*s = (struct memory_setup){ 0 };
	return memory_setup(s, &line);
}

/* "0-9f000:1 100000-4000000:1", in hex */
static const char *map_text(const struct e820_map *map)
{
	static char text[4096];
	size_t n = 0;

	text[0] = '\0';
	for (u32 i = 0; i < map->nr; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
				      "%s%llx-%llx:%u", i ? " " : "",
				      (unsigned long long)map->range[i].start,
				      (unsigned long long)map->range[i].end,
				      map->range[i].type);
	return text;
}

TEST(maps)
{
	static const struct {
		const char *line, *map;
	} row[] = {
		{ "ram=16M",
		  "0-9fc00:1 9fc00-a0000:2 f0000-100000:2 100000-1000000:1" },
		/* the last ram= counts */
		{ "ram=64M ram=16M",
		  "0-9fc00:1 9fc00-a0000:2 f0000-100000:2 100000-1000000:1" },
		/* the highest type wins, wherever it stands in the line */
		{ "e820=0-10000000,2000000-3000000:nvs,1000000-4000000:"
		  "reserved",
		  "0-1000000:1 1000000-2000000:2 2000000-3000000:4 "
		  "3000000-4000000:2 "
		  "4000000-10000000:1" },
		/* neighbours and overlaps of one type merge */
		{ "e820=1000000-2000000,0-1000000,1800000-3000000",
		  "0-3000000:1" },
		{ "ram=16M e820=1000000-2000000",
		  "0-9fc00:1 9fc00-a0000:2 f0000-100000:2 100000-2000000:1" },
		{ "e820=0-1000000,2000000-3000000:acpi",
		  "0-1000000:1 2000000-3000000:3" },
		/* mem=: the first RAM range that reaches it is the last one */
		{ "e820=0-9f000,100000-1000000,2000000-3000000 mem=8M",
		  "0-9f000:1 100000-800000:1" },
		{ "e820=0-9f000,100000-1000000,2000000-3000000 mem=16M",
		  "0-9f000:1 100000-1000000:1" },
		{ "e820=0-1000000,1000000-2000000:nvs,2000000-3000000 mem=40M",
		  "0-1000000:1 1000000-2000000:4 2000000-2800000:1" },
		/* drops all later entries, of any type */
		{ "e820=0-1000000,1000000-1100000:nvs,2000000-3000000 mem=16M",
		  "0-1000000:1" },
		/* it begins at the limit, or behind: no range of size 0 */
		{ "e820=0-1000000,2000000-3000000 mem=32M", "0-1000000:1" },
		{ "e820=0-1000000,2000000-3000000 mem=24M", "0-1000000:1" },
		/* nothing reaches it: no limit */
		{ "e820=0-1000000 mem=64M", "0-1000000:1" },
		/* a limit, and what memmap= adds behind it is there */
		{ "e820=0-2000000 mem=16M memmap=4M@32M",
		  "0-1000000:1 2000000-2400000:1" },
		{ "e820=0-2000000 memmap=4M@32M mem=16M", "0-1000000:1" },
		{ "e820=0-2000000 memmap=16M", "0-1000000:1" },
		{ "ram=64M memmap=exactmap memmap=640K@0 memmap=31M@1M",
		  "0-a0000:1 100000-2000000:1" },
		/* before exactmap is forgotten, too */
		{ "ram=64M memmap=1M$4M memmap=exactmap memmap=16M@0",
		  "0-1000000:1" },
		{ "e820=0-2000000 memmap=1M$8M memmap=1M#16M",
		  "0-800000:1 800000-900000:2 900000-1000000:1 "
		  "1000000-1100000:3 1100000-2000000:1" },
		/* RAM does not win over what is reserved */
		{ "e820=0-1000000,1000000-1100000:reserved memmap=32M@0",
		  "0-1000000:1 1000000-1100000:2 1100000-2000000:1" },
		{ "e820=0-2000000 memmap=0@1G", "0-2000000:1" },
		{ "e820=0-2000000 memmap=0xFFFFFFFFFFFFFFEF$32M",
		  "0-2000000:1 2000000-ffffffffffffffff:2" },
	};
	struct memory_setup s;

	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		const char *why = read_line(&s, row[i].line);

		if (why || strcmp(map_text(&s.map), row[i].map) != 0)
			TEST_FAIL("%s: %s", row[i].line,
				  why ? why : map_text(&s.map));
	}
}

/* Table 1.3, row by row: frames of low memory, and of all memory. */
TEST(low_and_high)
{
	static const struct {
		const char *line;
		u32 low, max;
	} row[] = {
		/* max_pfn: the highest RAM frame that is whole */
		{ "e820=0-1000fff", 4096, 4096 },
		{ "e820=0-1000000,1000800-1002fff", 4098, 4098 },
		{ "e820=0-1000000,1000001-1001fff", 4096, 4096 },
		{ "e820=0-1000000,f0000000-f0001000:reserved", 4096, 4096 },
		/* from 4 GiB on RAM is dropped */
		{ "e820=0-1000000,100000000-200000000", 4096, 4096 },
		{ "e820=0-1000000,ff000000-200000000", 229376, 1048576 },
		/* above MAXMEM, no highmem= */
		{ "ram=896M", 229376, 229376 },
		{ "ram=897M", 229376, 229632 },
		{ "ram=4G", 229376, 1048576 },
		/* smaller: the surplus is lost */
		{ "ram=1G highmem=64M", 229376, 229376 + 16384 },
		{ "ram=1G highmem=0", 229376, 229376 },
		{ "ram=1G highmem=4095", 229376, 229376 },
		/* larger than there is: forgotten, and the split as it was */
		{ "ram=1G highmem=129M", 229376, 262144 },
		{ "ram=1G highmem=128M", 229376, 262144 },
		/* below MAXMEM, no highmem= */
		{ "ram=128M", 32768, 32768 },
		/* low memory shrinks by N ... */
		{ "ram=128M highmem=16M", 28672, 32768 },
		{ "ram=128M highmem=64M", 16384, 32768 },
		{ "ram=128M highmem=8191", 32767, 32768 },
		/* ... not below 64 MiB, and not by all of RAM */
		{ "ram=128M highmem=65M", 32768, 32768 },
		{ "ram=128M highmem=128M", 32768, 32768 },
		{ "ram=128M highmem=1G", 32768, 32768 },
		{ "ram=60M highmem=4M", 15360, 15360 },
		{ "ram=128M highmem=16M highmem=8M", 30720, 32768 },
		/* mem= is a limit */
		{ "ram=1G mem=512M", 131072, 131072 },
		{ "ram=64M mem=512M", 16384, 16384 },
		{ "ram=1G mem=960M highmem=16M", 229376, 233472 },
		/* vmalloc= sets the reserve, and so MAXMEM */
		{ "ram=1G vmalloc=256M", 196608, 262144 },
		{ "ram=1G vmalloc=64M", 245760, 262144 },
		{ "ram=1G vmalloc=4M", 261120, 262144 },
		{ "ram=24M vmalloc=1004M", 5120, 6144 },
		{ "ram=24M vmalloc=1016M", 2048, 6144 },
		{ "ram=24M vmalloc=8M vmalloc=1004M", 5120, 6144 },
		{ "ram=24M vmalloc=1004M highmem=1M", 5120, 5376 },
	};
	struct memory_setup s;

	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		const char *why = read_line(&s, row[i].line);

		if (why || s.max_low_pfn != row[i].low ||
		    s.max_pfn != row[i].max)
			TEST_FAIL("%s: %s, low %u, max %u", row[i].line,
				  why ? why : "boots", s.max_low_pfn,
				  s.max_pfn);
	}
}

struct refusal {
	const char *line, *why;
};

static void expect_refusals(const struct refusal *row, u32 nr)
{
	struct machine *m = pc_new();

	for (u32 i = 0; i < nr; i++) {
		const char *why = pc_boot_why(m, row[i].line);

		if (!why || strcmp(why, row[i].why) != 0)
			TEST_FAIL("\"%s\": %s", row[i].line,
				  why ? why : "boots");
	}
	EXPECT(!pc_boot_why(m, SMALL_PC));
	machine_delete(m);
}

TEST(unusable_lines)
{
	static const struct refusal row[] = {
		{ "", "there is no RAM" },
		{ "e820=0-1000000:nvs", "there is no RAM" },
		{ "ram=16M memmap=exactmap", "there is no RAM" },
		{ "e820=0-fff", "there is no RAM" },
		{ "ram=3M", "ram= must be 4M to 4G" },
		{ "ram=0x100001000", "ram= must be 4M to 4G" },
		{ "ram=4097K", "ram= must be a multiple of 4K" },
		{ "ram=16M cpus=0", "cpus= must be 1 to 8" },
		{ "ram=16M cpus=9", "cpus= must be 1 to 8" },
		{ "ram=16M vmalloc=0",
		  "vmalloc= must be 4M to 1016M, a multiple of 4M" },
		{ "ram=16M vmalloc=5M",
		  "vmalloc= must be 4M to 1016M, a multiple of 4M" },
		{ "ram=16M vmalloc=1020M",
		  "vmalloc= must be 4M to 1016M, a multiple of 4M" },
		{ "ram=16M memmap=1M$2M",
		  "the kernel image (1M to 4M) does not lie in low RAM" },
		{ "e820=0-3ff000",
		  "the kernel image (1M to 4M) does not lie in low RAM" },
		{ "ram=16M mem=2M",
		  "the kernel image (1M to 4M) does not lie in low RAM" },
		{ "ram=4M", "low memory has no room for bootmem's bitmap" },
		{ "ram=512M vmalloc=1016M",
		  "low memory has no room for mem_map" },
		{ "e820=100000-403000",
		  "low memory has no room for the kernel's page tables" },
	};

	expect_refusals(row, ARRAY_SIZE(row));
}

TEST(unusable_devices)
{
	static const struct refusal row[] = {
		{ "ram=16M mmio=0@1G", "mmio= must be 4K to 16M" },
		{ "ram=16M mmio=4095@1G", "mmio= must be 4K to 16M" },
		{ "ram=16M mmio=16388K@1G", "mmio= must be 4K to 16M" },
		{ "ram=16M mmio=4097@1G", "mmio= must be multiples of 4K" },
		{ "ram=16M mmio=4K@0x40000800",
		  "mmio= must be multiples of 4K" },
		{ "ram=16M mmio=8K@0xFFFFF000",
		  "mmio= must end at or below 4G" },
		{ "ram=16M mmio=4K@4G", "mmio= must end at or below 4G" },
		{ "ram=16M mmio=4K@0xFFFFFFFFFFFFF000",
		  "mmio= must end at or below 4G" },
		{ "ram=16M mmio=4K@1G mmio=4K@2G mmio=4K@3G mmio=8K@1M "
		  "mmio=4K@0xFFFFF000 memmap=1M$1M",
		  "the kernel image (1M to 4M) does not lie in low RAM" },
		{ "ram=16M mmio=4K@1G mmio=4K@2G mmio=4K@3G mmio=4K@17M "
		  "mmio=4K@18M",
		  "more than 4 devices" },
		{ "ram=16M mmio=4K@0", "a device where RAM is" },
		{ "ram=16M mmio=4K@0x9F000", "a device where RAM is" },
		{ "ram=16M mmio=8K@0xFFF000", "a device where RAM is" },
		{ "mmio=4K@32M ram=16M memmap=1M@32M",
		  "a device where RAM is" },
		{ "mmio=4K@17M ram=16M e820=2000800-2000801 mmio=8K@0x1fff000",
		  "a device where RAM is" },
		{ "ram=16M mmio=8K@1G mmio=4K@0x40001000",
		  "a device where another is" },
		{ "ram=16M mmio=4K@1G mmio=4K@1G",
		  "a device where another is" },
		{ "ram=16M mmio=4K@1G mmio=8K@0x3FFFF000",
		  "a device where another is" },
	};

	expect_refusals(row, ARRAY_SIZE(row));
}

/* Beside RAM, in holes, at both ends, one behind the other. */
TEST(devices)
{
	static const struct device_range want[] = {
		{ 0xB0000, 0x1000 },
		{ 0xA0000, 0x10000 },
		{ 0xB1000, 0x1000 },
		{ 0x900000, 0x100000 },
	};
	struct memory_setup s;

	EXPECT(!read_line(&s, "mmio=4K@0xB0000 ram=16M mmio=64K@0xA0000 "
			      "memmap=1M$9M mmio=4K@0xB1000 mmio=1M@9M"));
	EXPECT_EQ(ARRAY_SIZE(want), s.nr_devices);
	for (u32 i = 0; i < ARRAY_SIZE(want); i++) {
		EXPECT_EQ(want[i].start, s.device[i].start);
		EXPECT_EQ(want[i].size, s.device[i].size);
	}
	EXPECT(!s.kmap_strict);
	/* what mem= takes away is no RAM */
	EXPECT(!read_line(&s, "ram=64M mmio=4K@16M mem=16M kmap_strict"));
	EXPECT_EQ(1, s.nr_devices);
	EXPECT(s.kmap_strict);
	/* what lies beyond highmem= is */
	EXPECT_STR("a device where RAM is",
		   read_line(&s, "ram=1G highmem=4M mmio=4K@0x3F000000"));
}

/* A device changes no other figure; a machine that is off has none. */
TEST(devices_in_the_layout)
{
	struct machine *m = pc_on("ram=16M mmio=4K@1G kmap_strict");
	struct mm_layout with, without;

	mm_layout(m, &with);
	EXPECT_EQ(1, with.nr_devices);
	EXPECT_EQ(1, with.kmap_strict);
	EXPECT(pc_boot_why(m, "ram=16M mmio=4K@0"));
	mm_layout(m, &without);
	EXPECT_EQ(0, without.nr_devices);
	EXPECT_EQ(0, without.kmap_strict);
	EXPECT(!pc_boot_why(m, "ram=16M"));
	machine_mem_init(m);
	mm_layout(m, &without);
	EXPECT_EQ(0, without.nr_devices);
	EXPECT_EQ(without.max_pfn, with.max_pfn);
	EXPECT_EQ(without.max_low_pfn, with.max_low_pfn);
	EXPECT_EQ(without.max_mapnr, with.max_mapnr);
	EXPECT_EQ(without.high_memory, with.high_memory);
	EXPECT_EQ(without.vmalloc_start, with.vmalloc_start);
	EXPECT_EQ(without.vmalloc_end, with.vmalloc_end);
	EXPECT_EQ(without.totalram_pages, with.totalram_pages);
	EXPECT_EQ(without.min_free_kbytes, with.min_free_kbytes);
	EXPECT(!memcmp(with.zone, without.zone, sizeof(with.zone)));
	machine_delete(m);
}

/* Only what counts is judged: see DESIGN.md. */
TEST(replaced_words_do_no_harm)
{
	struct memory_setup s;

	EXPECT(!read_line(&s, "ram=1 ram=16M cpus=99 cpus=8 vmalloc=7 "
			      "vmalloc=64M"));
	EXPECT_EQ(8, s.nr_cpus);
	EXPECT(read_line(&s, "ram=16M cpus=2 cpus=9"));
}

/* Words that no text has, as a decoder of bytes may bring them. */
TEST(unusable_words)
{
	struct boot_line line = pc_words("ram=16M memmap=1M@8M");
	struct memory_setup s;

	EXPECT(!memory_setup(&s, &line));
	line.word[1].type = 0;
	EXPECT_STR("a memory range of an unknown type",
		   memory_setup(&s, &line));
	line.word[1].type = E820_NVS + 1;
	EXPECT_STR("a memory range of an unknown type",
		   memory_setup(&s, &line));
	line.word[1].kind = NR_BOOT_WORDS;
	EXPECT_STR("an unknown boot word", memory_setup(&s, &line));
	line.nr = BOOT_WORDS_MAX + 1;
	EXPECT_STR("more than 32 boot words", memory_setup(&s, &line));
}

/* 32 words of ranges, each overlapping all others. */
TEST(the_most_ranges)
{
	struct boot_line line = pc_words("ram=4G");
	struct memory_setup s;

	for (u32 i = 1; i < BOOT_WORDS_MAX; i++)
		line.word[line.nr++] = (struct boot_word){
			.kind = i % 2 ? BOOT_E820 : BOOT_MEMMAP,
			.type = (u8)(1 + i % 4),
			.start = 0x1000000ull + i * 0x100000,
			.size = (u64)(64 - 2 * i) * 0x100000,
		};
	EXPECT(!memory_setup(&s, &line));
	EXPECT(s.map.nr < E820_RANGES);
	for (u32 i = 1; i < s.map.nr; i++)
		EXPECT(s.map.range[i - 1].end <= s.map.range[i].start);
}

/* A hole stays reserved, and only whole frames are used. */
TEST(holes)
{
	struct machine *m = pc_on("e820=0-9f000,100000-1200000,"
				  "1400800-1600800,1700000-1a23000 "
				  "vmalloc=1004M");
	static const struct {
		pfn_t pfn;
		bool reserved;
	} row[] = {
		{ 0x9E, false },   { 0x9F, true },    { 0xFF, true },
		{ 0x11FF, false }, { 0x1200, true },  { 0x1400, true },
		{ 0x1401, false }, { 0x15FF, false }, { 0x1600, true },
		{ 0x16FF, true },  { 0x1700, false }, { 0x1A22, false },
		{ 0x1A23, true },
	};
	struct mm_layout l;

	mm_layout(m, &l);
	EXPECT_EQ(0x1A23, l.max_pfn);
	EXPECT_EQ(0x1A23 - 5120, l.zone[ZONE_HIGHMEM].present_pages);
	EXPECT_EQ(0x200 - 1 + 0x323, l.totalhigh_pages);
	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		struct frame_view f;

		mm_frame_view(m, row[i].pfn, &f);
		if ((f.state == FRAME_RESERVED) != row[i].reserved)
			TEST_FAIL("frame %x: state %u", row[i].pfn, f.state);
	}
	EXPECT_SOUND(m);
	machine_delete(m);
}
