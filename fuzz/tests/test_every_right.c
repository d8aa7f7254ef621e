// SPDX-License-Identifier: MIT
/*
 * test_every_right.c - every combination of the bits of PDE and PTE that
 * matter, by kind of access, mode and CR0.WP, judged by the model; and a
 * sample of them with the answer worked out by hand.
 *
 * A user page has P, RW, US, PSE and G in both words: 1024 pairs, 12 accesses
 * each, on a processor that has 4 MiB pages and on one that has not.  A 4 MiB
 * page has RW, US and G (of the direct map, where each page has one).
 * "SDM" is the IA-32 manual's volume 3 of 2005.
 */
#include "../../alloc/mm.h"
#include "booted.h"
#include "lockstep.h"

#define ADDR 0x8048000u
#define LARGE PAGE_OFFSET /* its first page is frame 0 */
#define COMBINATIONS 1024u
#define ACCESSES 12u

static const struct exec_options quick = { 0 };

/* An op with its first arguments; those that it has not are dropped. */
static void append(enum op_code code, u32 out, u32 a, u32 b, u32 c)
{
	const u32 value[] = { a, b, c };
	struct op op = op_default(code);

	op.out = out;
	for (u32 i = 0; i < 3 && op_info[code].arg[i].kind != ARG_END; i++)
		op.arg[i] = value[i];
	program_append(&program, &op);
}

static void begin(const char *boot)
{
	struct text_error err;
	char text[160];

	start(&quick);
	snprintf(text, sizeof(text), "boot %s\n", boot);
	EXPECT(text_read(&program, text, strlen(text), &err));
	program.nr = 0;
}

static void end(void)
{
	expect_program_agrees();
	stop();
}

/* A word of P, RW, US, PSE and G, from five bits. */
static u32 word_bits(u32 n)
{
	static const u32 bit[] = { PAGE_PRESENT, PAGE_RW, PAGE_USER, PAGE_PSE,
				   PAGE_GLOBAL };
	u32 bits = 0;

	for (u32 i = 0; i < 5; i++)
		if (n >> i & 1)
			bits |= bit[i];
	return bits;
}

static void access_op(u32 kind, u32 addr, bool user)
{
	static const u8 code[] = { OP_load, OP_store, OP_fetch };
	struct op op = op_default((enum op_code)code[kind]);
	int at = op_arg_of_kind(&op_info[op.code], ARG_VADDR);
	int mode = op_arg_of_kind(&op_info[op.code], ARG_MODE);

	op.arg[at] = addr;
	op.arg[mode] = user;
	program_append(&program, &op);
}

/* All twelve, each by a walk of its own. */
static void accesses(u32 addr)
{
	for (u32 i = 0; i < ACCESSES; i++) {
		append(OP_write_cr0, SLOT_NONE, i & 1, 0, 0);
		append(OP_flush_tlb_all, SLOT_NONE, 0, 0, 0);
		access_op(i / 4, addr, i >> 1 & 1);
	}
}

/* A user page in the current directory: slots 0 and 1. */
static void user_page(void)
{
	struct op op = op_default(OP_map_page);

	append(OP_pgd_alloc, 0, 0, 0, 0);
	append(OP_alloc_page, 1, GFP_KERNEL, 0, 0);
	op.arg[0] = 0;
	op.arg[1] = 1;
	op.arg[2] = ADDR;
	op.arg[3] = USER_SHARED;
	program_append(&program, &op);
	append(OP_switch_mm, SLOT_NONE, 0, 0, 0);
}

static void every_pair(void)
{
	user_page();
	for (u32 i = 0; i < COMBINATIONS; i++) {
		append(OP_set_pde, SLOT_NONE, 0, ADDR, word_bits(i % 32));
		append(OP_set_pte, SLOT_NONE, 0, ADDR, word_bits(i / 32));
		accesses(ADDR);
	}
}

TEST(every_pair_of_words)
{
	begin("ram=24M vmalloc=1004M cpus=1");
	every_pair();
	end();
}

TEST(without_large_pages)
{
	begin("ram=24M vmalloc=1004M cpus=1 mem=nopentium");
	every_pair();
	end();
}

TEST(without_global_pages)
{
	begin("ram=24M vmalloc=1004M cpus=1");
	append(OP_write_cr4, SLOT_NONE, 0, 0, 0);
	every_pair();
	end();
}

TEST(every_large_page)
{
	static const u32 bit[] = { PAGE_RW, PAGE_USER, PAGE_GLOBAL };

	begin("ram=24M vmalloc=1004M cpus=1");
	user_page();
	for (u32 i = 0; i < 8; i++) {
		u32 bits = PAGE_PRESENT | PAGE_PSE;

		for (u32 n = 0; n < 3; n++)
			bits |= i >> n & 1 ? bit[n] : 0;
		append(OP_set_pde, SLOT_NONE, 0, LARGE, bits);
		accesses(LARGE + 0x20000); /* a frame that is no table */
	}
	end();
}

/* --- by hand ------------------------------------------------------------- */

#define R ACCESS_READ
#define W ACCESS_WRITE
#define X ACCESS_EXEC
#define OK 0xFFu /* no fault */

/*
 * An error code: 1 the page was there, 2 a write, 4 of the user, 8 reserved
 * bits (SDM 5.15, interrupt 14).  A page is the user's, or writable, if both
 * levels say so (4.11.5); the kernel may write everywhere unless CR0.WP is
 * set (4.11.3).
 */
static const struct {
	u32 pde, pte;
	u8 kind, user, wp;
	u8 error;
	const char *why;
} by_hand[] = {
	{ 0x067, 0x067, R, 0, 1, OK, "4.11.2: the kernel reads user pages" },
	{ 0x067, 0x067, W, 1, 1, OK, "4.11: user, writable" },
	{ 0x067, 0x067, X, 1, 1, OK, "4.11: no page forbids execution" },
	{ 0x066, 0x067, R, 0, 1, 0, "3.7.6: no table: P of the PDE" },
	{ 0x066, 0x067, W, 1, 1, 6, "5.15: not present, a user's write" },
	{ 0x067, 0x066, R, 1, 1, 4, "3.7.6: no page: P of the PTE" },
	{ 0x067, 0x066, X, 1, 1, 4, "5.15: a fetch is told as a read" },
	{ 0x067, 0x066, W, 0, 0, 2, "5.15: not present, a kernel's write" },
	{ 0x067, 0x063, R, 1, 1, 5, "4.11.1: a supervisor's page" },
	{ 0x063, 0x067, R, 1, 1, 5, "4.11.5: a supervisor's table" },
	{ 0x063, 0x067, X, 1, 1, 5, "4.11.1: fetches too" },
	{ 0x063, 0x063, R, 0, 1, OK, "4.11.1: the supervisor's own" },
	{ 0x067, 0x065, W, 1, 1, 7, "4.11.2: read-only, a user's write" },
	{ 0x065, 0x067, W, 1, 1, 7, "4.11.5: a read-only table" },
	{ 0x067, 0x065, W, 1, 0, 7, "4.11.3: WP is the supervisor's matter" },
	{ 0x067, 0x065, W, 0, 1, 3, "4.11.3: WP: the kernel too" },
	{ 0x067, 0x065, W, 0, 0, OK, "4.11.3: no WP: the kernel may" },
	{ 0x065, 0x067, W, 0, 1, 3, "4.11.5: of both levels" },
	{ 0x067, 0x065, R, 1, 1, OK, "4.11.2: read-only is read" },
	{ 0x061, 0x061, W, 0, 0, OK, "4.11.3: the supervisor's read-only" },
	{ 0x061, 0x061, W, 1, 0, 7, "4.11.1, 4.11.2: neither" },
	{ 0x0E7, 0x067, R, 0, 1, 9, "3.7.6: a 4 MiB page's bits 21..13" },
	{ 0x0E7, 0x067, W, 1, 1, 15, "5.15: reserved bits, a user's write" },
	{ 0x0E3, 0x067, R, 1, 1, 13, "5.15: reserved before privilege" },
	{ 0x0E6, 0x067, R, 0, 1, 0, "3.7.6: not present: bit 7 means nothing" },
	{ 0x067, 0x0E7, R, 1, 1, OK, "3.7.6: bit 7 of a PTE is not a size" },
	{ 0x167, 0x167, R, 1, 1, OK, "3.7.6: G changes no right" },
};

static void check_by_hand(struct machine *m, struct pgd *pgd, size_t i)
{
	struct access a = { by_hand[i].kind, SEG_DS, ADDR, 4 };
	struct access_pieces where;
	struct fault f;
	u8 bytes[4] = { 0 };
	bool done;

	if (a.kind == ACCESS_EXEC)
		a.seg = SEG_CS;
	EXPECT_EQ(0, mm_set_pde(m, pgd, ADDR, by_hand[i].pde));
	EXPECT_EQ(0, mm_set_pte(m, pgd, ADDR, by_hand[i].pte));
	mm_write_cr0(m, by_hand[i].wp);
	mm_flush_tlb_all(m);
	mm_set_mode(m, by_hand[i].user);
	done = mm_access(m, &a, bytes, &where, &f);
	if (done != (by_hand[i].error == OK) ||
	    (!done && (f.vector != FAULT_PF || f.error != by_hand[i].error ||
		       f.cr2 != ADDR)))
		TEST_FAIL("%s: vector %u, error %u, cr2 0x%x", by_hand[i].why,
			  f.vector, f.error, f.cr2);
}

TEST(by_hand)
{
	struct machine *m = booted_machine();
	struct pgd *pgd = mm_pgd_alloc(m);
	struct page *page = mm_alloc_pages(m, GFP_KERNEL, 0);

	EXPECT_EQ(0, mm_map_page(m, pgd, ADDR, page, USER_SHARED));
	EXPECT_EQ(0, mm_switch_mm(m, pgd));
	for (size_t i = 0; i < sizeof(by_hand) / sizeof(by_hand[0]); i++)
		check_by_hand(m, pgd, i);
	machine_delete(m);
}
