// SPDX-License-Identifier: MIT
/*
 * test_every_descriptor.c - every type of descriptor by DPL, presence, RPL
 * and CPL, loaded into every segment register and then read, written and
 * fetched through, judged by the model; segment limits to the byte; and a
 * sample with the answer worked out by hand.
 *
 * "SDM" is the IA-32 manual's volume 3 of 2005.
 */
#include "../../alloc/mm.h"
#include "booted.h"
#include "lockstep.h"

#define ENTRY 6u  /* GDT entry that programs may write */
#define CODE 0x8u /* of the type: a code segment */

static const struct exec_options quick = { 0 };

static void append(enum op_code code, u32 a, u32 b, u32 c, u32 d, u32 e)
{
	const u32 value[OP_ARGS_MAX] = { a, b, c, d, e };
	struct op op = op_default(code);

	for (u32 i = 0; i < OP_ARGS_MAX; i++)
		if (op_info[code].arg[i].kind != ARG_END)
			op.arg[i] = value[i];
		else
			break;
	program_append(&program, &op);
}

static void begin(void)
{
	start(&quick);
	program.profile = 8;
}

static void end(void)
{
	expect_program_agrees();
	stop();
}

/* A descriptor: limit's 20 bits, the access byte, G and D/B in `flags'. */
static u32 desc_low(u32 base, u32 limit)
{
	return base << 16 | (limit & 0xFFFF);
}

static u32 desc_high(u32 base, u32 limit, u32 access, u32 flags)
{
	return (base & 0xFF000000) | flags << 20 | (limit & 0xF0000) |
	       access << 8 | (base >> 16 & 0xFF);
}

static void write_entry(u32 base, u32 limit, u32 access, u32 flags)
{
	append(OP_write_gdt_entry, ENTRY, desc_low(base, limit),
	       desc_high(base, limit, access, flags), 0, 0);
}

/* S and type in five bits, DPL, P -> the access byte. */
static u32 access_byte(u32 type, u32 dpl, u32 present)
{
	return present << 7 | dpl << 5 | type;
}

/* --- types and privileges ------------------------------------------------- */

#define NO_LOAD 0xFFFFu

/* Loaded, used, and CS as the mode has it again. */
static void use(u32 reg, u32 selector, bool user)
{
	append(OP_load_segment, reg, selector, user, 0, 0);
	append(OP_load, reg, NO_LOAD, PAGE_OFFSET, 4, user);
	append(OP_store, reg, NO_LOAD, PAGE_OFFSET + 0x500000, 4, user);
	append(OP_fetch, NO_LOAD, PAGE_OFFSET, 4, user, 0);
	if (reg == SEG_CS)
		append(OP_load_segment, reg, user ? SEL_USER_CS : SEL_KERNEL_CS,
		       user, 0, 0);
	if (reg == SEG_SS)
		append(OP_load_segment, reg, user ? SEL_USER_DS : SEL_KERNEL_DS,
		       user, 0, 0);
}

/* Each register, from both modes, with each RPL. */
static void use_everywhere(void)
{
	for (u32 user = 0; user < 2; user++)
		for (u32 rpl = 0; rpl < 4; rpl++)
			for (u32 reg = 0; reg < NR_SEG_REGS; reg++)
				use(reg, ENTRY << 3 | rpl, user);
}

static void every_type(u32 base)
{
	for (u32 type = 0; type < 32; type++)
		for (u32 dpl = 0; dpl < 4; dpl++)
			for (u32 present = 0; present < 2; present++) {
				write_entry(base, 0xFFFFF,
					    access_byte(type, dpl, present),
					    0xC);
				use_everywhere();
			}
}

TEST(every_type)
{
	begin();
	every_type(0);
	end();
}

TEST(every_type_with_a_base)
{
	begin();
	every_type(0x1000);
	end();
}

/* Every entry that is there and some that are not, by TI and RPL. */
TEST(every_selector)
{
	begin();
	for (u32 selector = 0; selector < 0x140; selector++)
		for (u32 user = 0; user < 2; user++)
			for (u32 reg = 0; reg < NR_SEG_REGS; reg++)
				use(reg, selector, user);
	end();
}

/* FS and GS on the way out of the kernel, as their descriptors have it. */
TEST(every_type_on_the_way_to_user_mode)
{
	begin();
	for (u32 type = 16; type < 32; type++)
		for (u32 dpl = 0; dpl < 4; dpl++) {
			write_entry(0, 0xFFFFF, access_byte(type, dpl, 1), 0xC);
			append(OP_load_segment, SEG_FS, ENTRY << 3, 0, 0, 0);
			append(OP_load_segment, SEG_GS, ENTRY << 3, 0, 0, 0);
			append(OP_load, SEG_FS, NO_LOAD, PAGE_OFFSET, 4, 1);
			append(OP_load, SEG_GS, NO_LOAD, PAGE_OFFSET, 4, 1);
			append(OP_load, SEG_GS, NO_LOAD, PAGE_OFFSET, 4, 0);
		}
	end();
}

/* --- limits --------------------------------------------------------------- */

static void about(u32 offset)
{
	static const u16 len[] = { 1, 2, 4, 4096 };

	for (u32 i = 0; i < 4; i++)
		for (s32 by = -5; by <= 2; by++) {
			u32 at = offset + (u32)by;

			append(OP_load, SEG_ES, NO_LOAD, at, len[i], 0);
			append(OP_load, SEG_ES, NO_LOAD, at - len[i] + 1,
			       len[i], 0);
			append(OP_load, SEG_SS, NO_LOAD, at, len[i], 0);
		}
}

/* Around the limit as a number of bytes, and of pages; around 64K and 4G. */
static void every_edge(u32 limit)
{
	about(limit);
	about(limit << 12 | 0xFFF);
	about(0xFFFF);
	about(0xFFFFFFFF);
}

TEST(limits_to_the_byte)
{
	static const u32 limit[] = {
		0,	1,	0xFFE,	 0xFFF,	  0x1000,
		0xFFFE, 0xFFFF, 0x10000, 0xC0100, 0xFFFFF
	};
	static const u8 type[] = { 0x10, 0x12, 0x14, 0x16, 0x1A };

	begin();
	for (u32 i = 0; i < sizeof(limit) / sizeof(limit[0]); i++)
		for (u32 t = 0; t < sizeof(type); t++)
			for (u32 flags = 0; flags < 16; flags += 4) {
				write_entry(PAGE_OFFSET - 0x800, limit[i],
					    access_byte(type[t], 0, 1), flags);
				append(OP_load_segment, SEG_ES, ENTRY << 3, 0,
				       0, 0);
				append(OP_load_segment, SEG_SS, ENTRY << 3, 0,
				       0, 0);
				every_edge(limit[i]);
			}
	end();
}

/* --- by hand -------------------------------------------------------------- */

#define GP FAULT_GP
#define NP FAULT_NP
#define SS FAULT_SS
#define NONE FAULT_NONE
#define SEL(rpl) (ENTRY << 3 | (rpl))

/* What comes of loading entry 6, with this access byte, into a register. */
static const struct {
	u8 access, reg, rpl, user;
	u8 vector;
	u16 error;
	const char *why;
} loads[] = {
	{ 0x92, SEG_DS, 0, 0, NONE, 0, "4.6: CPL 0, RPL 0, DPL 0" },
	{ 0x92, SEG_DS, 3, 0, GP, SEL(0), "4.6: RPL 3 is above DPL 0" },
	{ 0x92, SEG_DS, 0, 1, GP, SEL(0), "4.6: CPL 3 is above DPL 0" },
	{ 0xF2, SEG_DS, 3, 1, NONE, 0, "4.6: CPL, RPL, DPL 3" },
	{ 0xB2, SEG_ES, 1, 0, NONE, 0, "4.6: max(0, 1) is not above DPL 1" },
	{ 0xB2, SEG_ES, 2, 0, GP, SEL(0), "4.6: max(0, 2) is above DPL 1" },
	{ 0x98, SEG_DS, 0, 0, GP, SEL(0), "4.4: code that is not readable" },
	{ 0x9A, SEG_DS, 0, 0, NONE, 0, "4.6.1: readable code" },
	{ 0x9E, SEG_FS, 3, 1, NONE, 0, "4.6.1: conforming: any privilege" },
	{ 0x9A, SEG_FS, 3, 1, GP, SEL(0), "4.6.1: non-conforming: as data" },
	{ 0x12, SEG_DS, 0, 0, NP, SEL(0), "5.11: a segment that is away" },
	{ 0x12, SEG_DS, 3, 0, GP, SEL(0), "5.11: privilege comes first" },
	{ 0x89, SEG_DS, 0, 0, GP, SEL(0), "4.4: a system segment" },
	{ 0x92, SEG_SS, 0, 0, NONE, 0, "4.7: CPL, RPL and DPL are equal" },
	{ 0xF2, SEG_SS, 3, 1, NONE, 0, "4.7: in user mode too" },
	{ 0x92, SEG_SS, 1, 0, GP, SEL(0), "4.7: RPL is not CPL" },
	{ 0xF2, SEG_SS, 0, 0, GP, SEL(0), "4.7: DPL is not CPL" },
	{ 0x90, SEG_SS, 0, 0, GP, SEL(0), "4.4: a stack must be writable" },
	{ 0x9A, SEG_SS, 0, 0, GP, SEL(0), "4.4: code is not writable" },
	{ 0x12, SEG_SS, 0, 0, SS, SEL(0), "5.12: a stack that is away" },
	{ 0x9A, SEG_CS, 0, 0, NONE, 0, "4.8.1.1: DPL is CPL" },
	{ 0xFA, SEG_CS, 0, 0, GP, SEL(0), "4.8.1.1: DPL 3 from CPL 0" },
	{ 0x9A, SEG_CS, 3, 1, GP, SEL(0), "4.8.1.1: DPL 0 from CPL 3" },
	{ 0x9A, SEG_CS, 1, 0, GP, SEL(0), "4.8.1.1: RPL above CPL" },
	{ 0xFA, SEG_CS, 0, 1, NONE, 0, "4.8.1.1: RPL below CPL" },
	{ 0x9E, SEG_CS, 3, 1, NONE, 0, "4.8.1.2: conforming: DPL below CPL" },
	{ 0xFE, SEG_CS, 0, 0, GP, SEL(0), "4.8.1.2: DPL above CPL" },
	{ 0x1A, SEG_CS, 0, 0, NP, SEL(0), "5.11: code that is away" },
	{ 0x92, SEG_CS, 0, 0, GP, SEL(0), "4.4: data is not code" },
};

TEST(loads_by_hand)
{
	struct machine *m = booted_machine();

	for (size_t i = 0; i < sizeof(loads) / sizeof(loads[0]); i++) {
		struct fault f;
		bool done;

		mm_write_gdt_entry(m, ENTRY, desc_low(0, 0xFFFFF),
				   desc_high(0, 0xFFFFF, loads[i].access, 0xC));
		mm_set_mode(m, !loads[i].user); /* so that all is loaded anew */
		mm_set_mode(m, loads[i].user);
		done = mm_load_segment(m, loads[i].reg, SEL(loads[i].rpl), &f);
		if (done != (loads[i].vector == NONE) ||
		    f.vector != loads[i].vector || f.error != loads[i].error)
			TEST_FAIL("%s: vector %u, error 0x%x", loads[i].why,
				  f.vector, f.error);
	}
	machine_delete(m);
}

/* A segment at PAGE_OFFSET, and an access through it. */
static const struct {
	u8 access, flags, reg, kind;
	u32 limit, offset, len;
	u8 vector;
	const char *why;
} uses[] = {
	{ 0x92, 4, SEG_ES, ACCESS_READ, 9, 6, 4, NONE, "4.3: the last byte" },
	{ 0x92, 4, SEG_ES, ACCESS_READ, 9, 7, 4, GP, "4.3: one byte past it" },
	{ 0x92, 4, SEG_SS, ACCESS_READ, 9, 7, 4, SS, "5.12: of a stack" },
	{ 0x92, 12, SEG_ES, ACCESS_READ, 0, 0xFFC, 4, NONE,
	  "4.3: G: 0 is FFF" },
	{ 0x92, 12, SEG_ES, ACCESS_READ, 0, 0xFFD, 4, GP,
	  "4.3: G: and no more" },
	{ 0x96, 4, SEG_ES, ACCESS_READ, 9, 9, 1, GP, "4.3: expand-down" },
	{ 0x96, 4, SEG_ES, ACCESS_READ, 9, 10, 4, NONE,
	  "4.3: above the limit" },
	{ 0x96, 0, SEG_ES, ACCESS_READ, 9, 0xFFFC, 4, NONE,
	  "4.3: B: up to 64K" },
	{ 0x96, 0, SEG_ES, ACCESS_READ, 9, 0xFFFD, 4, GP,
	  "4.3: B: and no more" },
	{ 0x96, 4, SEG_ES, ACCESS_READ, 9, 0x10000, 4, NONE, "4.3: B: 4G" },
	{ 0x90, 4, SEG_ES, ACCESS_WRITE, 9, 0, 4, GP, "4.4: read-only data" },
	{ 0x92, 4, SEG_ES, ACCESS_WRITE, 9, 0, 4, NONE, "4.4: writable" },
	{ 0x9A, 4, SEG_ES, ACCESS_WRITE, 9, 0, 4, GP,
	  "4.4: no code is written" },
	{ 0x9A, 4, SEG_CS, ACCESS_READ, 9, 0, 4, NONE, "4.4: readable code" },
	{ 0x98, 4, SEG_CS, ACCESS_READ, 9, 0, 4, GP, "4.4: execute-only" },
	{ 0x98, 4, SEG_CS, ACCESS_EXEC, 9, 6, 4, NONE, "4.4: it is executed" },
	{ 0x98, 4, SEG_CS, ACCESS_EXEC, 9, 7, 4, GP, "4.3: within its limit" },
};

TEST(uses_by_hand)
{
	struct machine *m = booted_machine();

	for (size_t i = 0; i < sizeof(uses) / sizeof(uses[0]); i++) {
		struct access a = { uses[i].kind, uses[i].reg, uses[i].offset,
				    uses[i].len };
		struct access_pieces where;
		struct fault f;
		u8 bytes[4] = { 0 };
		bool done;

		mm_set_mode(m, true);
		mm_set_mode(m, false);
		mm_write_gdt_entry(m, ENTRY,
				   desc_low(PAGE_OFFSET, uses[i].limit),
				   desc_high(PAGE_OFFSET, uses[i].limit,
					     uses[i].access, uses[i].flags));
		EXPECT(mm_load_segment(m, a.seg, ENTRY << 3, &f));
		done = mm_access(m, &a, bytes, &where, &f);
		if (done != (uses[i].vector == NONE) ||
		    f.vector != uses[i].vector || f.error != 0 ||
		    (done && where.piece[0].start != uses[i].offset))
			TEST_FAIL("%s: vector %u, error 0x%x", uses[i].why,
				  f.vector, f.error);
	}
	machine_delete(m);
}

/* A null register: 4.4.1: it may be loaded, and not be used. */
TEST(null_by_hand)
{
	struct access a = { ACCESS_READ, SEG_DS, PAGE_OFFSET, 4 };
	struct machine *m = booted_machine();
	struct access_pieces where;
	struct fault f;
	u8 bytes[4];

	for (u16 rpl = 0; rpl < 4; rpl++) {
		EXPECT(mm_load_segment(m, SEG_DS, rpl, &f));
		EXPECT(!mm_access(m, &a, bytes, &where, &f));
		EXPECT_EQ(FAULT_GP, f.vector);
		EXPECT_EQ(0, f.error);
		EXPECT(!mm_load_segment(m, SEG_SS, rpl, &f));
		EXPECT_EQ(FAULT_GP, f.vector);
		EXPECT(!mm_load_segment(m, SEG_CS, rpl, &f));
		EXPECT_EQ(FAULT_GP, f.vector);
		EXPECT_EQ(0, f.error);
	}
	machine_delete(m);
}
