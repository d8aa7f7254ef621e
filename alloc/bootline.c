// SPDX-License-Identifier: MIT
/*
 * bootline.c - the boot line: text -> words.  It has no state.
 *
 *     ram=48M  cpus=2  vmalloc=992M  highmem=4M  mem=23M
 *     e820=0-9f000,100000-4000000:reserved     hex, the end exclusive
 *     memmap=exactmap  memmap=1M@2M  memmap=1M#2M  memmap=1M$21M  memmap=23M
 *     line=64  slab_debug  mem=nopentium  kmap_strict
 *     mmio=64K@0xf8000000                      a device's memory
 *
 * A size is decimal or 0x hex, with K, M or G.  Only the form is judged
 * here; whether a machine can boot so is judged where it boots.
 */
#include "mm.h"
#include "types.h"

struct reader {
	const char *at;
	const char *why; /* the first complaint */
	struct boot_line *line;
};

static void refuse(struct reader *r, const char *why)
{
	if (!r->why)
		r->why = why;
}

static bool accept(struct reader *r, const char *word)
{
	const char *at = r->at;

	while (*word)
		if (*at++ != *word++)
			return false;
	r->at = at;
	return true;
}

static bool at_end(const struct reader *r)
{
	return *r->at == ' ' || *r->at == '\0';
}

static u32 digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (u32)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (u32)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (u32)(c - 'A') + 10;
	return 99;
}

static u64 read_number(struct reader *r, u32 radix)
{
	u64 value = 0;

	if (digit_value(*r->at) >= radix)
		refuse(r, "a number is missing");
	for (; digit_value(*r->at) < radix; r->at++) {
		if (value > (UINT64_MAX - radix) / radix)
			refuse(r, "a number is too large");
		value = value * radix + digit_value(*r->at);
	}
	return value;
}

static u64 read_size(struct reader *r)
{
	u32 radix = accept(r, "0x") || accept(r, "0X") ? 16 : 10;
	u64 size = read_number(r, radix);
	u32 shift = 0;

	switch (*r->at) {
	case 'K':
	case 'k':
		shift = 10;
		break;
	case 'M':
	case 'm':
		shift = 20;
		break;
	case 'G':
	case 'g':
		shift = 30;
		break;
	default:
		return size;
	}
	r->at++;
	if (size > UINT64_MAX >> shift)
		refuse(r, "a number is too large");
	return size << shift;
}

static void add_word(struct reader *r, enum boot_word_kind kind, u32 type,
		     u64 start, u64 size)
{
	if (r->line->nr == BOOT_WORDS_MAX) {
		refuse(r, "more than 32 words");
		return;
	}
	r->line->word[r->line->nr++] = (struct boot_word){
		.kind = (u8)kind,
		.type = (u8)type,
		.start = start,
		.size = size,
	};
}

static u32 read_type(struct reader *r)
{
	if (!accept(r, ":"))
		return E820_RAM;
	if (accept(r, "ram"))
		return E820_RAM;
	if (accept(r, "reserved"))
		return E820_RESERVED;
	if (accept(r, "acpi"))
		return E820_ACPI;
	if (accept(r, "nvs"))
		return E820_NVS;
	refuse(r, "a type is one of ram, reserved, acpi, nvs");
	return E820_RAM;
}

static void read_e820(struct reader *r)
{
	do {
		u64 start = read_number(r, 16), end;

		if (!accept(r, "-")) {
			refuse(r, "a range is START-END, in hex");
			return;
		}
		end = read_number(r, 16);
		if (end <= start)
			refuse(r, "a range that is empty");
		add_word(r, BOOT_E820, read_type(r), start, end - start);
	} while (!r->why && accept(r, ","));
}

static void read_memmap(struct reader *r)
{
	u64 size;
	u32 type = 0;

	if (accept(r, "exactmap")) {
		add_word(r, BOOT_MEMMAP_EXACT, 0, 0, 0);
		return;
	}
	size = read_size(r);
	if (accept(r, "@"))
		type = E820_RAM;
	else if (accept(r, "#"))
		type = E820_ACPI;
	else if (accept(r, "$"))
		type = E820_RESERVED;
	if (type)
		add_word(r, BOOT_MEMMAP, type, read_size(r), size);
	else
		add_word(r, BOOT_MEM, 0, 0, size);
}

static void read_mmio(struct reader *r)
{
	u64 size = read_size(r);

	if (accept(r, "@"))
		add_word(r, BOOT_MMIO, 0, read_size(r), size);
	else
		refuse(r, "a device is SIZE@START");
}

static void read_word(struct reader *r)
{
	if (accept(r, "e820="))
		read_e820(r);
	else if (accept(r, "memmap="))
		read_memmap(r);
	else if (accept(r, "ram="))
		add_word(r, BOOT_RAM, 0, 0, read_size(r));
	else if (accept(r, "cpus="))
		add_word(r, BOOT_CPUS, 0, 0, read_number(r, 10));
	else if (accept(r, "mem=nopentium"))
		add_word(r, BOOT_NOPENTIUM, 0, 0, 0);
	else if (accept(r, "mem="))
		add_word(r, BOOT_MEM, 0, 0, read_size(r));
	else if (accept(r, "highmem="))
		add_word(r, BOOT_HIGHMEM, 0, 0, read_size(r));
	else if (accept(r, "vmalloc="))
		add_word(r, BOOT_VMALLOC, 0, 0, read_size(r));
	else if (accept(r, "line="))
		add_word(r, BOOT_LINE, 0, 0, read_number(r, 10));
	else if (accept(r, "slab_debug"))
		add_word(r, BOOT_SLAB_DEBUG, 0, 0, 0);
	else if (accept(r, "mmio="))
		read_mmio(r);
	else if (accept(r, "kmap_strict"))
		add_word(r, BOOT_KMAP_STRICT, 0, 0, 0);
	else
		refuse(r, "no such word");
	if (!at_end(r))
		refuse(r, "something follows the value");
}

/* "no such word: foo=7", cut to fit; the reasons are short */
static const char *name_word(const char *why, const char *word, char *buf)
{
	size_t n = 0;

	while (*why)
		buf[n++] = *why++;
	buf[n++] = ':';
	buf[n++] = ' ';
	for (; *word && *word != ' ' && n < 127; word++)
		buf[n++] = *word >= '!' && *word <= '~' ? *word : '?';
	buf[n] = '\0';
	return buf;
}

const char *boot_line_parse(const char *text, struct boot_line *line,
			    size_t *at, char why_buf[128])
{
	struct reader r = { .at = text, .line = line };

	*line = (struct boot_line){ 0 };
	*at = 0;
	for (;;) {
		const char *word;

		while (*r.at == ' ')
			r.at++;
		if (!*r.at)
			return NULL;
		word = r.at;
		read_word(&r);
		if (r.why) {
			*at = (size_t)(word - text);
			return name_word(r.why, word, why_buf);
		}
	}
}
