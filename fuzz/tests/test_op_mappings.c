// SPDX-License-Identifier: MIT
/*
 * test_op_mappings.c - what kernel mappings have of their own in text and
 * bytes: flags of areas, types of kmap_atomic, two boot words, slots; and the
 * opcodes that were retired for them.
 */
#include "../codec.h"

#include "../../ci/test.h"

#include <stdlib.h>

#define BOOT0 "boot profile=0\n"

static const struct {
	const char *text, *canonical;
} canonical[] = {
	{ "boot ram=24M kmap_strict mmio=65536@0xf8000000 mmio=4096@4095M",
	  "boot ram=24M kmap_strict mmio=64K@3968M mmio=4K@4095M\n" },
	{ "boot ram=24M mmio=0@0", "boot ram=24M mmio=0@0\n" },
	{ "r1 = vmalloc", BOOT0 "r1 = vmalloc size=0x2000\n" },
	{ "r1 = __vmalloc size=4294967295 gfp=GFP_USER prot=0x161",
	  BOOT0 "r1 = __vmalloc size=0xffffffff gfp=GFP_KERNEL prot=0x161\n" },
	{ "r1 = vmap r2 nr=4 stride=65535",
	  BOOT0 "r1 = vmap r2 frame=0 nr=4 stride=65535 prot=0x163\n" },
	{ "r1 = get_vm_area flags=VM_IOREMAP|0x1700010",
	  BOOT0 "r1 = get_vm_area size=0x1000 "
		"flags=VM_IOREMAP|VM_VPAGES|0x1700000\n" },
	{ "r1 = get_vm_area flags=7\nr2 = get_vm_area flags=0",
	  BOOT0 "r1 = get_vm_area size=0x1000 "
		"flags=VM_IOREMAP|VM_ALLOC|VM_MAP\n"
		"r2 = get_vm_area size=0x1000 flags=0\n" },
	{ "r1 = kmap_atomic r0 type=KM_SOFTIRQ1\nr1 = kmap_atomic r0 type=0\n"
	  "kunmap_atomic r1 type=13\nkunmap_atomic_addr type=255",
	  BOOT0 "r1 = kmap_atomic r0 frame=0 type=KM_SOFTIRQ1\n"
		"r1 = kmap_atomic r0 frame=0 type=KM_BOUNCE_READ\n"
		"kunmap_atomic r1 type=13\n"
		"kunmap_atomic_addr addr=0xc0000000 type=255\n" },
	{ "kmap_block r3 => blocks",
	  BOOT0 "kmap_block r3 frame=0 nr=1024   => blocks\n" },
	{ "vfree area=r7 => BUG vm_kind", BOOT0 "vfree r7   => BUG vm_kind\n" },
	{ "load_area r7 off=0xfffffffc len=8 user=1 => PF",
	  BOOT0 "load_area r7 off=0xfffffffc len=8 user=1   => PF\n" },
};

static void read_text(struct program *p, const char *text)
{
	struct text_error err;

	program_init(p);
	if (!text_read(p, text, strlen(text), &err))
		TEST_FAIL("%s: line %u: %s", text, err.line, err.reason);
}

static char *print(const struct program *p)
{
	char *text = NULL, *comment;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	EXPECT(text_write(f, p));
	fclose(f);
	comment = strstr(text, "   # ");
	if (comment) {
		char *end = strchr(comment, '\n');

		memmove(comment, end, strlen(end) + 1);
	}
	return text;
}

TEST(mappings_have_one_canonical_text)
{
	for (size_t i = 0; i < sizeof(canonical) / sizeof(canonical[0]); i++) {
		struct program p;
		char *text;

		read_text(&p, canonical[i].text);
		text = print(&p);
		EXPECT_STR(canonical[i].canonical, text);
		free(text);
		program_free(&p);
	}
}

TEST(mappings_survive_the_wire)
{
	for (size_t i = 0; i < sizeof(canonical) / sizeof(canonical[0]); i++) {
		u8 bytes[8 * WIRE_RECORD];
		struct program p, q;
		const char *why = "";
		u32 bad = 0;
		size_t n;

		read_text(&p, canonical[i].text);
		program_init(&q);
		n = wire_encode(&p, bytes, sizeof(bytes), &why, &bad);
		if (!n)
			TEST_FAIL("%s: %s", canonical[i].text, why);
		EXPECT(wire_decode(&q, bytes, n, 1000));
		EXPECT(program_equal(&p, &q));
		program_free(&p);
		program_free(&q);
	}
}

static const struct {
	const char *text, *reason;
} errors[] = {
	{ "r1 = get_vm_area flags=VM_FOO",
	  "flags= takes VM flags, not `VM_FOO'" },
	{ "r1 = get_vm_area flags=SLAB_POISON",
	  "flags= takes VM flags, not `SLAB_POISON'" },
	{ "r1 = kmap_atomic r0 type=KM_TYPE_NR",
	  "type= takes 0..255, not `KM_TYPE_NR'" },
	{ "r1 = kmap_atomic r0 type=256", "type= takes 0..255, not `256'" },
	{ "vfree", "`vfree' needs a slot: area=rN" },
	{ "vmalloc", "`vmalloc' has a result: rN = vmalloc ..." },
	{ "boot mmio=4K", "boot: a device is SIZE@START: mmio=4K" },
	{ "r1 = map_kernel r0", "unknown op `map_kernel'" },
	{ "unmap_kernel", "unknown op `unmap_kernel'" },
};

TEST(errors_about_mappings_name_the_reason)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		const char *text = errors[i].text;
		struct text_error err;
		struct program p;

		program_init(&p);
		EXPECT(!text_read(&p, text, strlen(text), &err));
		EXPECT_STR(errors[i].reason, err.reason);
		program_free(&p);
	}
}

/* Bytes that were kept from before must not come to mean another op. */
TEST(a_retired_opcode_is_as_one_that_never_was)
{
	static const u8 retired[] = { 81, 82 };

	for (size_t i = 0; i < sizeof(retired); i++) {
		u8 bytes[1 + WIRE_RECORD] = { 0, retired[i] };
		struct program p;

		EXPECT(op_info[retired[i]].name == NULL);
		program_init(&p);
		EXPECT(wire_decode(&p, bytes, sizeof(bytes), 10));
		EXPECT_EQ(1, p.nr);
		EXPECT_EQ(op_codes[retired[i] % NR_OP_CODES], p.op[0].code);
		program_free(&p);
	}
}

/* A device's record has no type, and kmap_strict's is all zero. */
TEST(words_of_bytes_are_words_of_the_text)
{
	u8 bytes[1 + 3 * WIRE_RECORD] = { WIRE_BOOT_FREE };
	struct program p;

	memset(bytes + 1, 0x11, 2 * WIRE_RECORD);
	bytes[1] = WIRE_BOOT_WORD + BOOT_MMIO;
	bytes[1 + WIRE_RECORD] = WIRE_BOOT_WORD + BOOT_KMAP_STRICT;
	program_init(&p);
	EXPECT(wire_decode(&p, bytes, sizeof(bytes), 10));
	EXPECT_EQ(2, p.boot.nr);
	EXPECT_EQ(0, p.boot.word[0].type);
	EXPECT(p.boot.word[0].start == 0x111111111111u);
	EXPECT(p.boot.word[0].size == 0x111111111111u);
	EXPECT_EQ(BOOT_KMAP_STRICT, p.boot.word[1].kind);
	EXPECT(p.boot.word[1].start == 0 && p.boot.word[1].size == 0);
	program_free(&p);
}

/* 128 is the last live mapping; what gives it back ends its life. */
TEST(mappings_are_named_by_age)
{
	struct program p;
	u8 bytes[1 + 5 * WIRE_RECORD] = { 0 };
	u8 *at = bytes + 1;

	at[0] = OP_vmalloc, at[1] = 3, at += WIRE_RECORD;
	at[0] = OP_alloc_page, at[1] = 4, at += WIRE_RECORD;
	at[0] = OP_ioremap, at[1] = 5, at += WIRE_RECORD;
	at[0] = OP_iounmap, at[4] = 128, at += WIRE_RECORD;
	at[0] = OP_load_area, at[4] = 128;
	program_init(&p);
	EXPECT(wire_decode(&p, bytes, sizeof(bytes), 10));
	EXPECT_EQ(5, p.nr);
	EXPECT_EQ(5, p.op[3].arg[0]);
	EXPECT_EQ(3, p.op[4].arg[0]);
	EXPECT(arg_frees_slot(ARG_MAP_FREED) && !arg_frees_slot(ARG_MAP));
	EXPECT_EQ(RES_MAP, arg_slot_kind(ARG_MAP));
	program_free(&p);
}
