// SPDX-License-Identifier: MIT
/*
 * op_print.c - a program's text, in its one canonical form.
 *
 *	boot profile=5   # ram=40M vmalloc=992M cpus=2
 *	r1 = alloc_pages order=3 gfp=GFP_KERNEL|__GFP_ZERO cpu=1
 *	__free_pages r1 order=own   => ok
 *
 * The first slot argument stands bare; every argument is printed, also where
 * it has its default, and attributes that are 0 are not.  op_text.c reads
 * all of it back.  Validator: fuzz/tests/test_op_text.c.
 */
#include "codec.h"
#include "op_words.h"

#include <inttypes.h>
#include <string.h>

/* Collects text as snprintf would: counts what does not fit. */
struct sink {
	char *buf;
	size_t room, len;
};

static void put_bytes(struct sink *s, const char *text, size_t len)
{
	if (s->len < s->room) {
		size_t fits = s->room - s->len;

		memcpy(s->buf + s->len, text, len < fits ? len : fits);
	}
	s->len += len;
}

static void put(struct sink *s, const char *text)
{
	put_bytes(s, text, strlen(text));
}

static void put_number(struct sink *s, u64 value, u32 base)
{
	char digits[24];
	size_t at = sizeof(digits);

	do {
		digits[--at] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	put_bytes(s, digits + at, sizeof(digits) - at);
}

static void put_hex(struct sink *s, u64 value)
{
	put(s, "0x");
	put_number(s, value, 16);
}

static void put_signed(struct sink *s, u32 value)
{
	if (value > INT32_MAX)
		put(s, "-");
	put_number(s, value > INT32_MAX ? 0u - value : value, 10);
}

static int sink_close(struct sink *s)
{
	if (s->room)
		s->buf[s->len < s->room ? s->len : s->room - 1] = '\0';
	return (int)s->len;
}

static void put_flags(struct sink *s, const struct word *w, u32 flags)
{
	const char *bar = "";

	if (!flags)
		put(s, "0");
	for (; flags && w->name; w++) {
		if (w->alias || (flags & w->value) != w->value)
			continue;
		if (w->composite && *bar)
			continue;
		put(s, bar);
		put_bytes(s, w->name, w->len);
		flags &= ~w->value;
		bar = "|";
	}
	if (flags) {
		put(s, bar);
		put_hex(s, flags);
	}
}

int text_gfp(char *buf, size_t room, u32 gfp)
{
	struct sink s = { buf, room, 0 };

	put_flags(&s, gfp_words, gfp);
	return sink_close(&s);
}

static void put_slot(struct sink *s, u32 slot)
{
	put(s, "r");
	put_number(s, slot, 10);
}

static void put_arg(struct sink *s, const struct op_arg *a, u32 value)
{
	const struct arg_info *kind = &arg_info[a->kind];

	put(s, a->name);
	put(s, "=");
	if (arg_slot_kind((enum arg_kind)a->kind) != RES_NONE)
		put_slot(s, value);
	else if (a->kind == ARG_GFP)
		put_flags(s, gfp_words, value);
	else if (a->kind == ARG_SFLAGS)
		put_flags(s, slab_words, value);
	else if (a->kind == ARG_VMFLAGS)
		put_flags(s, vm_words, value);
	else if (a->kind == ARG_KMTYPE && value < KM_TYPE_NR)
		put(s, km_words[value].name);
	else if (a->kind == ARG_NR)
		put_signed(s, value);
	else if (a->kind == ARG_FORDER && value == 0)
		put(s, "own");
	else if (a->kind == ARG_FORDER)
		put_number(s, value - 1, 10);
	else if (kind->base == 16 && value > 9)
		put_hex(s, value);
	else
		put_number(s, value, 10);
}

static void put_args(struct sink *s, const struct op *op)
{
	const struct op_arg *a = op_info[op->code].arg;
	bool bare = false;
	u32 i;

	for (i = 0; a[i].kind != ARG_END; i++) {
		bool slot = arg_slot_kind((enum arg_kind)a[i].kind) != RES_NONE;

		put(s, " ");
		if (slot && !bare)
			put_slot(s, op->arg[i]);
		else
			put_arg(s, &a[i], op->arg[i]);
		bare |= slot;
	}
}

static void put_attributes(struct sink *s, const struct op *op)
{
	u32 i;

	if (op->cpu) {
		put(s, " cpu=");
		put_number(s, op->cpu, 10);
	}
	for (i = 0; task_words[i].name; i++) {
		if (op->flags & task_words[i].value) {
			put(s, " ");
			put(s, task_words[i].name);
		}
	}
	if (op->fail_nth) {
		put(s, " fail_nth=");
		put_number(s, op->fail_nth, 10);
	}
}

static void put_expect(struct sink *s, const struct op *op)
{
	if (op->expect == EXPECT_NOTHING)
		return;
	put(s, "   => ");
	put(s, expect_words[op->expect - 1].name);
	if (op->expect == EXPECT_BUG) {
		put(s, " ");
		put(s, report_words[op->expect_report].name);
	}
}

int text_op(char *buf, size_t room, const struct op *op)
{
	struct sink s = { buf, room, 0 };

	if (op_info[op->code].result != RES_NONE) {
		put_slot(&s, op->out);
		put(&s, " = ");
	}
	put(&s, op_info[op->code].name);
	put_args(&s, op);
	put_attributes(&s, op);
	put_expect(&s, op);
	return sink_close(&s);
}

/* 24M, 22532K, 0x9fc00, 17: whatever is shortest and exact. */
static void put_size(struct sink *s, u64 bytes)
{
	static const char unit[] = { 'G', 'M', 'K' };
	u32 i;

	for (i = 0; i < 3; i++) {
		u32 shift = 30 - 10 * i;

		if (bytes && (bytes & ((1ull << shift) - 1)) == 0) {
			put_number(s, bytes >> shift, 10);
			put_bytes(s, &unit[i], 1);
			return;
		}
	}
	if (bytes > 9)
		put_hex(s, bytes);
	else
		put_number(s, bytes, 10);
}

static void put_e820(struct sink *s, const struct boot_word *w, bool more)
{
	static const char *const type[] = {
		[E820_RAM] = "",
		[E820_RESERVED] = ":reserved",
		[E820_ACPI] = ":acpi",
		[E820_NVS] = ":nvs",
	};

	put(s, more ? "," : "e820=");
	put_number(s, w->start, 16);
	put(s, "-");
	put_number(s, w->start + w->size, 16);
	put(s, type[w->type]);
}

static void put_range(struct sink *s, const struct boot_word *w)
{
	bool device = w->kind == BOOT_MMIO;

	put_size(s, w->size);
	put(s, device || w->type == E820_RAM ? "@"
	       : w->type == E820_ACPI	     ? "#"
					     : "$");
	put_size(s, w->start);
}

static void put_boot_word(struct sink *s, const struct boot_word *w)
{
	static const char *const name[NR_BOOT_WORDS] = {
		[BOOT_RAM] = "ram=",
		[BOOT_CPUS] = "cpus=",
		[BOOT_MEM] = "mem=",
		[BOOT_HIGHMEM] = "highmem=",
		[BOOT_VMALLOC] = "vmalloc=",
		[BOOT_MEMMAP_EXACT] = "memmap=exactmap",
		[BOOT_MEMMAP] = "memmap=",
		[BOOT_LINE] = "line=",
		[BOOT_SLAB_DEBUG] = "slab_debug",
		[BOOT_NOPENTIUM] = "mem=nopentium",
		[BOOT_MMIO] = "mmio=",
		[BOOT_KMAP_STRICT] = "kmap_strict",
	};

	put(s, name[w->kind]);
	if (w->kind == BOOT_MEMMAP || w->kind == BOOT_MMIO)
		put_range(s, w);
	else if (w->kind == BOOT_CPUS || w->kind == BOOT_LINE)
		put_number(s, w->size, 10);
	else if (!boot_word_is_bare((enum boot_word_kind)w->kind))
		put_size(s, w->size);
}

int text_boot(char *buf, size_t room, const struct boot_line *boot)
{
	struct sink s = { buf, room, 0 };
	bool in_e820 = false;
	u32 i;

	for (i = 0; i < boot->nr; i++) {
		const struct boot_word *w = &boot->word[i];
		bool e820 = w->kind == BOOT_E820;

		if (i && !(e820 && in_e820))
			put(&s, " ");
		if (e820)
			put_e820(&s, w, in_e820);
		else
			put_boot_word(&s, w);
		in_e820 = e820;
	}
	return sink_close(&s);
}

void text_boot_of(char *buf, size_t room, const struct program *p)
{
	if (p->profile == PROFILE_FREE)
		text_boot(buf, room, &p->boot);
	else
		snprintf(buf, room, "%s", profile_text[p->profile]);
}

static bool write_boot(FILE *to, const struct program *p)
{
	char line[BOOT_LINE_BYTES];

	if (p->profile != PROFILE_FREE)
		return fprintf(to, "boot profile=%u   # %s\n", p->profile,
			       profile_text[p->profile]) > 0;
	text_boot(line, sizeof(line), &p->boot);
	return fprintf(to, "boot %s\n", line) > 0;
}

bool text_write(FILE *to, const struct program *p)
{
	char line[TEXT_OP_BYTES];
	u32 i;

	if (!write_boot(to, p))
		return false;
	for (i = 0; i < p->nr; i++) {
		size_t len = (size_t)text_op(line, sizeof(line), &p->op[i]);

		line[len++] = '\n';
		if (fwrite(line, 1, len, to) != len)
			return false;
	}
	return true;
}
