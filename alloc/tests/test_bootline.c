// SPDX-License-Identifier: MIT
/*
 * test_bootline.c - the boot line's text: every word and form, and for each
 * thing that can be wrong where it is and what is said.
 */
#include "pc.h"

static const char *parse(const char *text, struct boot_line *line, size_t *at)
{
	static char buf[128];

	return boot_line_parse(text, line, at, buf);
}

TEST(every_word)
{
	static const struct {
		const char *text;
		struct boot_word word;
	} row[] = {
		{ "ram=48M", { BOOT_RAM, 0, 0, 48 << 20 } },
		{ "ram=20484K", { BOOT_RAM, 0, 0, 20484 << 10 } },
		{ "ram=4g", { BOOT_RAM, 0, 0, 1ull << 32 } },
		{ "ram=0x1000000", { BOOT_RAM, 0, 0, 16 << 20 } },
		{ "ram=0X10m", { BOOT_RAM, 0, 0, 16 << 20 } },
		{ "ram=12345", { BOOT_RAM, 0, 0, 12345 } },
		{ "cpus=8", { BOOT_CPUS, 0, 0, 8 } },
		{ "mem=23M", { BOOT_MEM, 0, 0, 23 << 20 } },
		{ "mem=nopentium", { BOOT_NOPENTIUM, 0, 0, 0 } },
		{ "highmem=4M", { BOOT_HIGHMEM, 0, 0, 4 << 20 } },
		{ "highmem=0", { BOOT_HIGHMEM, 0, 0, 0 } },
		{ "vmalloc=992M", { BOOT_VMALLOC, 0, 0, 992u << 20 } },
		{ "memmap=exactmap", { BOOT_MEMMAP_EXACT, 0, 0, 0 } },
		{ "memmap=1M@2M", { BOOT_MEMMAP, E820_RAM, 2 << 20, 1 << 20 } },
		{ "memmap=1M#2M",
		  { BOOT_MEMMAP, E820_ACPI, 2 << 20, 1 << 20 } },
		{ "memmap=1M$21M",
		  { BOOT_MEMMAP, E820_RESERVED, 21 << 20, 1 << 20 } },
		{ "memmap=23M", { BOOT_MEM, 0, 0, 23 << 20 } },
		{ "e820=0-9f000", { BOOT_E820, E820_RAM, 0, 0x9F000 } },
		{ "e820=1000-2000:ram",
		  { BOOT_E820, E820_RAM, 0x1000, 0x1000 } },
		{ "e820=aB-100000000:reserved",
		  { BOOT_E820, E820_RESERVED, 0xAB, 0xFFFFFF55 } },
		{ "e820=1000-2000:acpi",
		  { BOOT_E820, E820_ACPI, 0x1000, 0x1000 } },
		{ "e820=1000-2000:nvs",
		  { BOOT_E820, E820_NVS, 0x1000, 0x1000 } },
		{ "mmio=64K@0xF8000000",
		  { BOOT_MMIO, 0, 0xF8000000, 64 << 10 } },
		{ "mmio=16m@3G", { BOOT_MMIO, 0, 3ull << 30, 16 << 20 } },
		{ "mmio=0@0", { BOOT_MMIO, 0, 0, 0 } },
		{ "kmap_strict", { BOOT_KMAP_STRICT, 0, 0, 0 } },
		{ "  ram=16M  ", { BOOT_RAM, 0, 0, 16 << 20 } },
	};
	struct boot_line line;
	size_t at;

	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		const struct boot_word *got = &line.word[0];
		const struct boot_word *want = &row[i].word;

		if (parse(row[i].text, &line, &at) || line.nr != 1 ||
		    got->kind != want->kind || got->type != want->type ||
		    got->start != want->start || got->size != want->size)
			TEST_FAIL("%s", row[i].text);
	}
}

TEST(words_keep_their_order)
{
	static const u8 kind[] = { BOOT_E820, BOOT_E820,    BOOT_CPUS,
				   BOOT_MEM,  BOOT_HIGHMEM, BOOT_MEMMAP,
				   BOOT_RAM,  BOOT_VMALLOC, BOOT_MEMMAP_EXACT };
	struct boot_line line;
	size_t at;

	EXPECT(!parse("e820=0-1,2-3:nvs cpus=2 mem=1 highmem=1 memmap=1@1 "
		      "ram=1  vmalloc=1 memmap=exactmap",
		      &line, &at));
	EXPECT_EQ(ARRAY_SIZE(kind), line.nr);
	for (u32 i = 0; i < ARRAY_SIZE(kind); i++)
		EXPECT_EQ(kind[i], line.word[i].kind);
	EXPECT(!parse("", &line, &at));
	EXPECT_EQ(0, line.nr);
}

TEST(every_complaint)
{
	static const struct {
		const char *text, *why;
		size_t at;
	} row[] = {
		{ "foo=7", "no such word: foo=7", 0 },
		{ "ram=16M foo=7 cpus=1", "no such word: foo=7", 8 },
		{ "ram", "no such word: ram", 0 },
		{ "RAM=16M", "no such word: RAM=16M", 0 },
		{ "ram=16M\tcpus=1",
		  "something follows the value: ram=16M?cpus=1", 0 },
		{ "ram=", "a number is missing: ram=", 0 },
		{ "ram=M", "a number is missing: ram=M", 0 },
		{ "ram=-1", "a number is missing: ram=-1", 0 },
		{ "ram=0x", "a number is missing: ram=0x", 0 },
		{ "mem=nopentiumX",
		  "something follows the value: mem=nopentiumX", 0 },
		{ "ram=16MB", "something follows the value: ram=16MB", 0 },
		{ "ram=16M,", "something follows the value: ram=16M,", 0 },
		{ "cpus=2K", "something follows the value: cpus=2K", 0 },
		{ "ram=99999999999999999999",
		  "a number is too large: ram=99999999999999999999", 0 },
		{ "ram=0x4000000000G",
		  "a number is too large: ram=0x4000000000G", 0 },
		{ "  e820=10", "a range is START-END, in hex: e820=10", 2 },
		{ "e820=10-", "a number is missing: e820=10-", 0 },
		{ "e820=10-10", "a range that is empty: e820=10-10", 0 },
		{ "e820=10-8", "a range that is empty: e820=10-8", 0 },
		{ "e820=0-10,", "a number is missing: e820=0-10,", 0 },
		{ "e820=0-10:usb",
		  "a type is one of ram, reserved, acpi, nvs: e820=0-10:usb",
		  0 },
		{ "e820=0-10:ramp",
		  "something follows the value: e820=0-10:ramp", 0 },
		{ "memmap=1M@", "a number is missing: memmap=1M@", 0 },
		{ "memmap=exact", "a number is missing: memmap=exact", 0 },
		{ "mmio=4K", "a device is SIZE@START: mmio=4K", 0 },
		{ "mmio=4K#1G", "a device is SIZE@START: mmio=4K#1G", 0 },
		{ "mmio=4K@", "a number is missing: mmio=4K@", 0 },
		{ "mmio=@1G", "a number is missing: mmio=@1G", 0 },
		{ "mmio=4K@1G,", "something follows the value: mmio=4K@1G,",
		  0 },
		{ "kmap_strict=1", "something follows the value: kmap_strict=1",
		  0 },
		{ "memmap=1M!1M", "something follows the value: memmap=1M!1M",
		  0 },
	};
	struct boot_line line;

	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		size_t at = 99;
		const char *why = parse(row[i].text, &line, &at);

		if (!why || strcmp(why, row[i].why) != 0 || at != row[i].at)
			TEST_FAIL("%s: at %zu: %s", row[i].text, at,
				  why ? why : "fine");
	}
}

TEST(as_many_words_as_there_is_room_for)
{
	char text[256] = "e820=0-1";
	struct boot_line line;
	size_t at;

	for (u32 i = 1; i < BOOT_WORDS_MAX; i++)
		strcat(text, ",0-1");
	EXPECT(!parse(text, &line, &at));
	EXPECT_EQ(BOOT_WORDS_MAX, line.nr);
	strcat(text, " cpus=1");
	EXPECT_STR("more than 32 words: cpus=1", parse(text, &line, &at));
	EXPECT_EQ(strlen(text) - strlen("cpus=1"), at);
}

/* A long word is cut: the reason fits into the buffer, whatever comes. */
TEST(a_long_word_is_cut)
{
	struct boot_line line;
	const char *why;
	char text[1000];
	size_t at;

	memset(text, 'x', sizeof(text));
	text[999] = '\0';
	why = parse(text, &line, &at);
	EXPECT_EQ(127, strlen(why));
	EXPECT(!strncmp(why, "no such word: xxx", 17));
}
