// SPDX-License-Identifier: MIT
/* test_op_wire.c - programs as bytes: exact, total, and there and back. */
#include "../codec.h"
#include "../gen.h"

#include "../../ci/test.h"

#include <stdlib.h>

#define OPS_MAX 1000

static void decode(struct program *p, const void *data, size_t size)
{
	program_init(p);
	EXPECT(wire_decode(p, data, size, OPS_MAX));
}

/* One op per record, by the bytes that matter. */
static void record(u8 *at, u8 code, u8 out, u8 slot)
{
	memset(at, 0, WIRE_RECORD);
	at[0] = code;
	at[1] = out;
	at[4] = slot;
}

TEST(zeros_are_the_smallest_program)
{
	u8 zero[100] = { 0 };
	struct program p;

	for (size_t size = 0; size <= sizeof(zero); size++) {
		decode(&p, zero, size);
		EXPECT_EQ(0, p.profile);
		EXPECT_EQ(0, p.nr);
		program_free(&p);
	}
}

TEST(a_record_is_laid_out_as_said)
{
	static const u8 bytes[] = { 0x63, 1,	5,    0xFA, 0xF3, 7,   0x34,
				    0x12, 0x81, 9,    9,    9,	  9,   9,
				    9,	  9,	9,    17,   0,	  0,   0,
				    5,	  0x11, 0x22, 0x33, 0x44, 0x55 };
	struct program p;

	decode(&p, bytes, sizeof(bytes));
	EXPECT_EQ(3, p.profile);
	EXPECT_EQ(2, p.nr);
	EXPECT_EQ(OP_alloc_pages, p.op[0].code);
	EXPECT_EQ(5, p.op[0].out);
	EXPECT_EQ(2, p.op[0].cpu);
	EXPECT_EQ(0x1F, p.op[0].flags);
	EXPECT_EQ(3, p.op[0].fail_nth);
	EXPECT_EQ(7, p.op[0].arg[0]);
	EXPECT_EQ(0x811234, p.op[0].arg[1]);
	EXPECT_EQ(OP_write, p.op[1].code);
	EXPECT_EQ(SLOT_NONE, p.op[1].out);
	EXPECT_EQ(5, p.op[1].arg[0]);
	EXPECT_EQ(0x332211, p.op[1].arg[1]);
	EXPECT_EQ(0x5544, p.op[1].arg[2]);
	program_free(&p);
}

/* Five bits name a profile; what none is called is as four bits say. */
TEST(profiles_are_named_by_five_bits)
{
	for (u32 byte = 0; byte < 0x80; byte++) {
		u32 number = byte % 32;
		u8 data = (u8)byte;
		struct program p;

		decode(&p, &data, 1);
		EXPECT_EQ(number < NR_PROFILES ? number : number % 16,
			  p.profile);
		EXPECT_EQ(1, wire_encode(&p, &data, 1, NULL, NULL));
		EXPECT_EQ(p.profile, data);
		program_free(&p);
	}
}

TEST(a_processor_without_large_pages_is_a_word)
{
	u8 bytes[1 + 2 * WIRE_RECORD] = { WIRE_BOOT_FREE, 0xFA, 3 };
	struct program p;

	bytes[1 + WIRE_RECORD] = OP_nr_free_pages;
	memset(bytes + 3, 0x55, 12);
	decode(&p, bytes, sizeof(bytes));
	EXPECT_EQ(PROFILE_FREE, p.profile);
	EXPECT_EQ(1, p.boot.nr);
	EXPECT_EQ(BOOT_NOPENTIUM, p.boot.word[0].kind);
	EXPECT_EQ(0, p.boot.word[0].size);
	EXPECT_EQ(0, p.boot.word[0].start);
	EXPECT_EQ(1, p.nr);
	program_free(&p);
}

TEST(a_cut_tail_reads_as_zeros)
{
	static const u8 bytes[] = { 0, OP_write, 0, 0, 0, 3, 1 };
	struct program p;

	decode(&p, bytes, sizeof(bytes));
	EXPECT_EQ(1, p.nr);
	EXPECT_EQ(3, p.op[0].arg[0]);
	EXPECT_EQ(1, p.op[0].arg[1]);
	EXPECT_EQ(0, p.op[0].arg[2]);
	program_free(&p);
}

TEST(an_unknown_opcode_is_a_row_of_the_table)
{
	u8 bytes[WIRE_HEADER + WIRE_RECORD] = { 0 };
	struct program p;

	for (u32 code = 1; code < 256; code++) {
		u8 want = op_info[code].name ? (u8)code
					     : op_codes[code % NR_OP_CODES];

		bytes[1] = (u8)code;
		decode(&p, bytes, sizeof(bytes));
		EXPECT_EQ(1, p.nr);
		EXPECT_EQ(want, p.op[0].code);
		program_free(&p);
	}
}

TEST(slots_by_age_are_resolved_once)
{
	u8 bytes[1 + 16 * 10] = { 0 };
	u8 *at = bytes + 1;
	struct program p;

	record(at, OP_free_page, 0, 200); /* nothing live: r0 */
	record(at + 16, OP_alloc_page, 10, 0);
	record(at + 32, OP_alloc_page, 11, 0);
	record(at + 48, OP_alloc_page, 12, 0);
	record(at + 64, OP_read, 0, 129);	/* the last but one: r11 */
	record(at + 80, OP_free_page, 0, 129);	/* the same: now freed */
	record(at + 96, OP_free_page, 0, 129);	/* r10 */
	record(at + 112, OP_free_page, 0, 131); /* one is left: r12 */
	record(at + 128, OP_read, 0, 128);	/* none is: r0 */
	record(at + 144, OP_free_page, 0, 127); /* exact */
	decode(&p, bytes, sizeof(bytes));
	EXPECT_EQ(10, p.nr);
	EXPECT_EQ(0, p.op[0].arg[0]);
	EXPECT_EQ(11, p.op[4].arg[0]);
	EXPECT_EQ(11, p.op[5].arg[0]);
	EXPECT_EQ(10, p.op[6].arg[0]);
	EXPECT_EQ(12, p.op[7].arg[0]);
	EXPECT_EQ(0, p.op[8].arg[0]);
	EXPECT_EQ(127, p.op[9].arg[0]);
	program_free(&p);
}

TEST(a_bootmem_result_is_no_block)
{
	u8 bytes[1 + 16 * 4] = { 0 };
	struct program p;

	record(bytes + 1, OP_alloc_page, 3, 0);
	record(bytes + 17, OP_alloc_page, 4, 0);
	record(bytes + 33, OP_alloc_bootmem, 4, 0);
	record(bytes + 49, OP_free_page, 0, 128); /* r4 holds an address */
	decode(&p, bytes, sizeof(bytes));
	EXPECT_EQ(3, p.op[3].arg[0]);
	program_free(&p);
}

/* Each kind of slot has a list of its own. */
TEST(slots_by_age_are_of_their_kind)
{
	u8 bytes[1 + 16 * 9] = { 0 };
	u8 *at = bytes + 1;
	struct program p;

	record(at, OP_kmem_cache_create, 1, 0);
	record(at + 16, OP_kmem_cache_alloc, 2, 128);
	record(at + 32, OP_kmalloc, 3, 0);
	record(at + 48, OP_mempool_create_kmalloc, 4, 0);
	record(at + 64, OP_mempool_alloc, 5, 128);
	record(at + 80, OP_kmem_cache_free, 0, 128);
	at[80 + 5] = 129; /* the last object but one: r2 */
	record(at + 96, OP_kfree, 0, 129);
	record(at + 112, OP_mempool_free, 0, 128);
	at[112 + 5] = 200;
	record(at + 128, OP_kmem_cache_destroy, 0, 255);
	decode(&p, bytes, sizeof(bytes));
	EXPECT_EQ(9, p.nr);
	EXPECT_EQ(1, p.op[1].arg[0]);
	EXPECT_EQ(4, p.op[4].arg[0]);
	EXPECT_EQ(1, p.op[5].arg[0]);
	EXPECT_EQ(2, p.op[5].arg[1]);
	EXPECT_EQ(3, p.op[6].arg[0]);
	EXPECT_EQ(4, p.op[7].arg[0]);
	EXPECT_EQ(5, p.op[7].arg[1]);
	EXPECT_EQ(1, p.op[8].arg[0]);
	program_free(&p);
}

TEST(a_cache_fills_its_record)
{
	static const u8 bytes[] = { 0,	  OP_kmem_cache_create,
				    9,	  0,
				    0,	  0x34,
				    0x12, 3,
				    2,	  1,
				    6,	  5,
				    4,	  9,
				    8,	  7,
				    0xFD };
	struct program p;

	decode(&p, bytes, sizeof(bytes));
	EXPECT_EQ(1, p.nr);
	EXPECT_EQ(9, p.op[0].out);
	EXPECT_EQ(0x1234, p.op[0].arg[0]);
	EXPECT_EQ(0x010203, p.op[0].arg[1]);
	EXPECT_EQ(0x040506, p.op[0].arg[2]);
	EXPECT_EQ(0x070809, p.op[0].arg[3]);
	EXPECT_EQ(0xFD, p.op[0].arg[4]);
	program_free(&p);
}

TEST(results_by_age_take_slots_that_are_free)
{
	u8 bytes[1 + 16 * 130] = { 0 };
	struct program p;
	u32 i;

	for (i = 0; i < 130; i++)
		record(bytes + 1 + 16 * i, OP_alloc_page, 128 + 126, 0);
	decode(&p, bytes, sizeof(bytes));
	for (i = 0; i < 128; i++)
		EXPECT_EQ((126 + i) % 128, p.op[i].out);
	EXPECT_EQ(126, p.op[128].out);
	EXPECT_EQ(126, p.op[129].out);
	program_free(&p);
}

TEST(a_boot_line_stands_in_front)
{
	struct program p, q;
	struct text_error err;
	const char *text = "boot ram=24M e820=0-9fc00,f0000-100000:nvs cpus=2 "
			   "mem=23M memmap=exactmap memmap=1M$2M vmalloc=4M "
			   "highmem=0 line=64 slab_debug\nnr_free_pages\n";
	u8 bytes[240];
	size_t n;

	program_init(&p);
	EXPECT(text_read(&p, text, strlen(text), &err));
	EXPECT_EQ(11, p.boot.nr);
	n = wire_encode(&p, bytes, sizeof(bytes), NULL, NULL);
	EXPECT_EQ(1 + 16 * 12, n);
	EXPECT_EQ(n, wire_size(&p));
	EXPECT_EQ(0x80, bytes[0]);
	EXPECT_EQ(0xF0 + BOOT_RAM, bytes[1]);
	decode(&q, bytes, n);
	EXPECT(program_equal(&p, &q));
	/* without bit 7 they are opcodes as any */
	bytes[0] = 2;
	program_free(&q);
	decode(&q, bytes, n);
	EXPECT_EQ(2, q.profile);
	EXPECT_EQ(12, q.nr);
	/* bit 7, and no word: the profile counts */
	memset(bytes, 0, sizeof(bytes));
	bytes[0] = 0x84;
	program_free(&q);
	decode(&q, bytes, n);
	EXPECT_EQ(4, q.profile);
	program_free(&p);
	program_free(&q);
}

TEST(ops_beyond_the_limits_are_dropped)
{
	const struct gen_options options = { GROUP_PAGES, 64, false };
	u8 bytes[1 + 64 * 16];
	struct program p, q;
	struct prng r;
	size_t n;

	prng_seed(&r, 3);
	program_init(&p);
	program_init(&q);
	while (p.nr < 20)
		EXPECT(gen_program(&p, &r, &options));
	n = wire_encode(&p, bytes, 1 + 5 * 16 + 15, NULL, NULL);
	EXPECT_EQ(1 + 5 * 16, n);
	EXPECT(wire_decode(&q, bytes, n, 3));
	EXPECT_EQ(3, q.nr);
	p.nr = 3;
	EXPECT(program_equal(&p, &q));
	EXPECT_EQ(0, wire_encode(&p, bytes, 0, NULL, NULL));
	program_free(&p);
	program_free(&q);
}

static const struct {
	const char *text, *why;
	u32 bad_op;
} refused[] = {
	{ "nr_free_pages\nr128 = alloc_page", "a slot past r127", 1 },
	{ "free_page r128", "a slot past r127", 0 },
	{ "boot ram=8M mem=0x1000000000000", "a boot word of 48 bits or more",
	  0 },
};

TEST(what_does_not_fit_is_refused)
{
	u8 bytes[100];

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		const char *why = NULL;
		u32 bad_op = 99;
		struct text_error err;
		struct program p;

		program_init(&p);
		EXPECT(text_read(&p, refused[i].text, strlen(refused[i].text),
				 &err));
		EXPECT_EQ(0,
			  wire_encode(&p, bytes, sizeof(bytes), &why, &bad_op));
		EXPECT_STR(refused[i].why, why ? why : "");
		EXPECT_EQ(refused[i].bad_op, bad_op);
		program_free(&p);
	}
}

/* What the text cannot even say: programs that were made by hand. */
TEST(what_no_text_says_is_refused)
{
	struct op good = op_default(OP_alloc_pages), bad[6];
	u8 bytes[100];
	struct program p;

	good.out = 0;
	for (u32 i = 0; i < 6; i++)
		bad[i] = good;
	bad[0].code = OP_end;
	bad[1].cpu = 8;
	bad[2].flags = 32;
	bad[3].fail_nth = 16;
	bad[4].arg[0] = 256;
	bad[5].arg[1] = 1u << 24;
	program_init(&p);
	EXPECT(program_append(&p, &good) != NULL);
	EXPECT_EQ(17, wire_encode(&p, bytes, sizeof(bytes), NULL, NULL));
	for (u32 i = 0; i < 6; i++) {
		p.op[0] = bad[i];
		EXPECT_EQ(0, wire_encode(&p, bytes, sizeof(bytes), NULL, NULL));
	}
	p.nr = 0;
	p.profile = PROFILE_FREE;
	EXPECT_EQ(0, wire_encode(&p, bytes, sizeof(bytes), NULL, NULL));
	program_free(&p);
}

static void there_and_back(const struct program *p, struct program *q)
{
	static u8 bytes[WIRE_HEADER + (OPS_MAX + 32) * WIRE_RECORD];
	size_t n = wire_encode(p, bytes, sizeof(bytes), NULL, NULL);

	EXPECT_EQ(wire_size(p), n);
	EXPECT(wire_decode(q, bytes, n, OPS_MAX));
	if (!program_equal(p, q))
		TEST_FAIL("not the same again");
}

TEST(generated_programs_survive_the_wire)
{
	const struct gen_options boot = { GROUP_BOOT | GROUP_PAGES, 40, true };
	const struct gen_options pages = { GROUP_PAGES | GROUP_SLAB |
						   GROUP_KMALLOC |
						   GROUP_MEMPOOL,
					   300, false };
	struct program p, q;
	struct prng r;

	program_init(&p);
	program_init(&q);
	for (u32 seed = 0; seed < 3000; seed++) {
		prng_seed(&r, seed);
		EXPECT(gen_program(&p, &r, seed % 2 ? &boot : &pages));
		there_and_back(&p, &q);
		EXPECT(mutate_program(&p, &r, seed % 2 ? &boot : &pages));
		there_and_back(&p, &q);
	}
	program_free(&p);
	program_free(&q);
}

TEST(random_bytes_are_programs)
{
	u8 bytes[1 + 16 * 50 + 7];
	struct program p, q;
	struct prng r;

	prng_seed(&r, 1);
	program_init(&p);
	program_init(&q);
	for (u32 i = 0; i < 5000; i++) {
		size_t size = prng_below(&r, sizeof(bytes) + 1), at;

		for (at = 0; at < size; at++)
			bytes[at] = (u8)prng_u64(&r);
		/* boot words are rare among random bytes */
		for (at = 1; i % 4 == 0 && at < size && at < 200; at += 16)
			bytes[at] |= 0xF0;
		EXPECT(wire_decode(&p, bytes, size, OPS_MAX));
		there_and_back(&p, &q);
	}
	program_free(&p);
	program_free(&q);
}
