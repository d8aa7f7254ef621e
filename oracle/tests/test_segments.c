// SPDX-License-Identifier: MIT
/*
 * test_segments.c - loads and uses of segments against what the manual says,
 * worked out on paper.  Sections are those of the IA-32 SDM, vol. 3.
 */
#include "puppet_tables.h"

/* A descriptor of base 0xC0001000; limit and G by `flags` and `limit`. */
static void write_entry(struct pair *p, u32 entry, u8 access, u8 flags,
			u32 limit)
{
	EXPECT(model_write_gdt_entry(
		p->o, silent(p), entry, 0x10000000 | (limit & 0xFFFF),
		0xC0000000 | (u32)flags << 20 | (limit & 0xF0000) |
			(u32)access << 8,
		&p->d));
}

/* The vector that a load draws, with this error code if any. */
static u32 load(struct pair *p, enum seg_reg reg, u16 selector)
{
	static const u32 vector[] = { FAULT_NONE, FAULT_NP, FAULT_SS,
				      FAULT_GP };

	for (u32 i = 0; i < 4; i++) {
		struct fault f = { vector[i], selector & 0xFFFC, 0 };

		if (model_load_segment(p->o, silent(p), reg, selector, &f,
				       &p->d))
			return vector[i];
	}
	return ~0u;
}

static const struct segment *reg_of(const struct pair *p, enum seg_reg reg)
{
	return &p->o->now.translation.cpu[0].seg[reg];
}

/* Vol. 3, 5.5: a null selector. */
TEST(null)
{
	struct pair *p = pair_small();

	for (u16 selector = 0; selector < 4; selector++) {
		EXPECT_EQ(FAULT_NONE, load(p, SEG_DS, selector));
		EXPECT_EQ(selector, reg_of(p, SEG_DS)->selector);
		EXPECT_EQ(0, reg_of(p, SEG_DS)->access);
		EXPECT_EQ(FAULT_GP, load(p, SEG_SS, selector));
		EXPECT_EQ(FAULT_GP, load(p, SEG_CS, selector));
	}
	pair_delete(p);
}

/*
 * Vol. 3, 3.4.5.1: of the 32 types, who may be loaded at CPL 0 with DPL and
 * RPL 0.  One bit a type, S in bit 4.
 */
TEST(types)
{
	static const struct {
		enum seg_reg reg;
		u32 types;
	} row[] = {
		{ SEG_DS, 0xCCFF0000 }, /* data, and code that is readable */
		{ SEG_SS, 0x00CC0000 }, /* data that is writable */
		{ SEG_CS, 0xFF000000 }, /* code */
	};
	struct pair *p = pair_small();

	for (u32 type = 0; type < 32; type++) {
		write_entry(p, 6, (u8)(0x80 | type), 12, 0xFFFFF);
		for (u32 i = 0; i < 3; i++)
			EXPECT_EQ(row[i].types >> type & 1 ? FAULT_NONE
							   : FAULT_GP,
				  load(p, row[i].reg, 0x30));
		EXPECT_EQ(FAULT_NONE, load(p, SEG_CS, 0x60));
	}
	pair_delete(p);
}

/*
 * Vol. 3, 5.6: data and non-conforming code: max(CPL, RPL) <= DPL;
 * conforming: always.  5.7: SS: all three equal.  5.8.1: code:
 * non-conforming DPL == CPL, RPL <= CPL; conforming DPL <= CPL.
 */
TEST(privilege)
{
	struct pair *p = pair_small();

	for (u32 i = 0; i < 32; i++) {
		bool user = i & 16;
		u32 dpl = i >> 2 & 3, rpl = i & 3, cpl = user ? 3 : 0;
		u32 worst = rpl > cpl ? rpl : cpl;
		u16 sel = (u16)(0x30 | rpl);
		u8 bits = (u8)(0x90 | dpl << 5);

		set_mode(p, user);
		write_entry(p, 6, bits | 2, 12, 0xFFFFF);
		EXPECT_EQ(worst <= dpl, load(p, SEG_ES, sel) == FAULT_NONE);
		EXPECT_EQ(rpl == cpl && dpl == cpl,
			  load(p, SEG_SS, sel) == FAULT_NONE);
		write_entry(p, 6, bits | 14, 12, 0xFFFFF);
		EXPECT_EQ(FAULT_NONE, load(p, SEG_FS, sel));
		EXPECT_EQ(dpl <= cpl, load(p, SEG_CS, sel) == FAULT_NONE);
		write_entry(p, 6, bits | 10, 12, 0xFFFFF);
		EXPECT_EQ(worst <= dpl, load(p, SEG_GS, sel) == FAULT_NONE);
		EXPECT_EQ(dpl == cpl && rpl <= cpl,
			  load(p, SEG_CS, sel) == FAULT_NONE);
		EXPECT_EQ(cpl, reg_of(p, SEG_CS)->selector & 3);
	}
	pair_delete(p);
}

/* Presence is judged last; SS has its own vector (5.6, 5.7). */
TEST(presence)
{
	struct pair *p = pair_small();

	write_entry(p, 6, 0x12, 12, 0xFFFFF);
	EXPECT_EQ(FAULT_NP, load(p, SEG_DS, 0x30));
	EXPECT_EQ(FAULT_SS, load(p, SEG_SS, 0x30));
	EXPECT_EQ(FAULT_GP, load(p, SEG_DS, 0x33));
	write_entry(p, 6, 0x1A, 12, 0xFFFFF);
	EXPECT_EQ(FAULT_NP, load(p, SEG_CS, 0x30));
	EXPECT_EQ(0x00001A00, p->o->gdt[0][6].high & 0xFF00);
	pair_delete(p);
}

/* Base, limit with G, access with A, flags; A in RAM too (3.4.5). */
TEST(what_a_load_leaves)
{
	struct pair *p = pair_small();
	const struct segment *s = reg_of(p, SEG_FS);

	write_entry(p, 7, 0xF2, 0xC, 0x12345);
	EXPECT_EQ(FAULT_NONE, load(p, SEG_FS, 0x3B));
	EXPECT_EQ(0xC0001000, s->base);
	EXPECT_EQ(0x12345FFF, s->limit);
	EXPECT_EQ(0xF3, s->access);
	EXPECT_EQ(0xC, s->flags);
	EXPECT_EQ(0xC0C1F300, p->o->gdt[0][7].high);
	/* the hidden part outlives its descriptor */
	write_entry(p, 7, 0xF2, 0x4, 5);
	EXPECT_EQ(0x12345FFF, s->limit);
	EXPECT_EQ(FAULT_NONE, load(p, SEG_FS, 0x3B));
	EXPECT_EQ(5, s->limit);
	pair_delete(p);
}

/* --- uses ----------------------------------------------------------------- */

static u32 use(const struct pair *p, u8 kind, enum seg_reg reg, u32 off,
	       u32 len)
{
	struct access a = access_at(kind, (u8)reg, off, len);

	return segment_use(&p->o->now.translation.cpu[0], &a).vector;
}

/* Vol. 3, 5.3: limits, to the byte. */
TEST(limits)
{
	struct pair *p = pair_small();

	write_entry(p, 6, 0xF2, 4, 9);
	EXPECT_EQ(FAULT_NONE, load(p, SEG_FS, 0x33));
	EXPECT_EQ(FAULT_NONE, use(p, ACCESS_READ, SEG_FS, 6, 4));
	EXPECT_EQ(FAULT_GP, use(p, ACCESS_READ, SEG_FS, 7, 4));
	EXPECT_EQ(FAULT_GP, use(p, ACCESS_READ, SEG_FS, 10, 1));
	/* expand-down, of 64 KiB and of 4 GiB */
	write_entry(p, 6, 0xF6, 0, 0x0FFF);
	EXPECT_EQ(FAULT_NONE, load(p, SEG_FS, 0x33));
	EXPECT_EQ(FAULT_GP, use(p, ACCESS_READ, SEG_FS, 0x0FFF, 1));
	EXPECT_EQ(FAULT_NONE, use(p, ACCESS_READ, SEG_FS, 0x1000, 4096));
	EXPECT_EQ(FAULT_NONE, use(p, ACCESS_READ, SEG_FS, 0xFFFC, 4));
	EXPECT_EQ(FAULT_GP, use(p, ACCESS_READ, SEG_FS, 0xFFFD, 4));
	write_entry(p, 6, 0xF6, 4, 0x0FFF);
	EXPECT_EQ(FAULT_NONE, load(p, SEG_FS, 0x33));
	EXPECT_EQ(FAULT_NONE, use(p, ACCESS_READ, SEG_FS, 0xFFFFFFFC, 4));
	EXPECT_EQ(FAULT_GP, use(p, ACCESS_READ, SEG_FS, 0xFFFFFFFD, 4));
	/* flat: only a wrap is past it; of SS it is #SS */
	EXPECT_EQ(FAULT_NONE, use(p, ACCESS_READ, SEG_DS, 0xFFFFFFFF, 1));
	EXPECT_EQ(FAULT_GP, use(p, ACCESS_READ, SEG_DS, 0xFFFFFFFF, 2));
	EXPECT_EQ(FAULT_SS, use(p, ACCESS_WRITE, SEG_SS, 0xFFFFFFFF, 2));
	EXPECT_EQ(FAULT_GP, use(p, ACCESS_EXEC, SEG_CS, 0xFFFFFFFF, 2));
	pair_delete(p);
}

/* Vol. 3, 5.5: what each type of a data or readable code segment allows. */
TEST(uses)
{
	struct pair *p = pair_small();

	for (u32 type = 0; type < 16; type++) {
		bool code = type & 8, bit = type & 2;

		if (code && !bit)
			continue;
		/* expand-down: all above 0 */
		write_entry(p, 6, (u8)(0x90 | type), 12,
			    !code && type & 4 ? 0 : 0xFFFFF);
		EXPECT_EQ(FAULT_NONE, load(p, SEG_ES, 0x30));
		EXPECT_EQ(FAULT_NONE, use(p, ACCESS_READ, SEG_ES, 4096, 4));
		EXPECT_EQ(!code && bit ? FAULT_NONE : FAULT_GP,
			  use(p, ACCESS_WRITE, SEG_ES, 4096, 4));
	}
	/* execute-only, through CS: fetched, not read */
	write_entry(p, 6, 0x98, 12, 0xFFFFF);
	EXPECT_EQ(FAULT_NONE, load(p, SEG_CS, 0x30));
	EXPECT_EQ(FAULT_NONE, use(p, ACCESS_EXEC, SEG_DS, 0, 4));
	EXPECT_EQ(FAULT_GP, use(p, ACCESS_READ, SEG_CS, 0, 4));
	pair_delete(p);
}

/* Vol. 3, 5.11: what user space may not have goes on the way there. */
TEST(modes)
{
	struct pair *p = pair_small();

	EXPECT_EQ(FAULT_NONE, load(p, SEG_FS, 0x68));
	EXPECT_EQ(FAULT_NONE, load(p, SEG_GS, 3));
	set_mode(p, false); /* nothing */
	EXPECT_EQ(0x68, reg_of(p, SEG_FS)->selector);
	set_mode(p, true);
	EXPECT_EQ(0x73, reg_of(p, SEG_CS)->selector);
	EXPECT_EQ(0x7B, reg_of(p, SEG_SS)->selector);
	EXPECT_EQ(0x7B, reg_of(p, SEG_DS)->selector);
	EXPECT_EQ(0, reg_of(p, SEG_FS)->selector);
	EXPECT_EQ(0, reg_of(p, SEG_FS)->access);
	EXPECT_EQ(3, reg_of(p, SEG_GS)->selector);
	/* entries 14 and 15 were loaded */
	EXPECT_EQ(0x00CFFB00, p->o->gdt[0][14].high);
	EXPECT_EQ(0x00CFF300, p->o->gdt[0][15].high);
	EXPECT_EQ(0x00CFFA00, p->o->gdt[1][14].high);
	EXPECT_EQ(FAULT_NONE, load(p, SEG_GS, 0x7B));
	set_mode(p, false);
	write_entry(p, 6, 0xD2, 12, 0xFFFFF); /* DPL 2 */
	EXPECT_EQ(FAULT_NONE, load(p, SEG_FS, 0x30));
	set_mode(p, true);
	EXPECT_EQ(0, reg_of(p, SEG_FS)->selector);
	set_mode(p, false);
	write_entry(p, 6, 0x9E, 12, 0xFFFFF); /* conforming: stays */
	EXPECT_EQ(FAULT_NONE, load(p, SEG_FS, 0x30));
	set_mode(p, true);
	EXPECT_EQ(0x30, reg_of(p, SEG_FS)->selector);
	set_mode(p, false);
	EXPECT_EQ(0x60, reg_of(p, SEG_CS)->selector);
	EXPECT_EQ(0x68, reg_of(p, SEG_SS)->selector);
	EXPECT_EQ(0x7B, reg_of(p, SEG_GS)->selector);
	model_reset(p->o);
	EXPECT_EQ(0x00CFFA00, p->o->gdt[0][14].high);
	EXPECT_EQ(0, reg_of(p, SEG_GS)->selector);
	pair_delete(p);
}

/* The TSSs of CPU 1: 0xC0102880, and the double fault's behind it. */
TEST(gdt)
{
	struct pair *p = pair_small();
	const struct descriptor *e = p->o->gdt[1];

	EXPECT_EQ(0x28800067, e[16].low);
	EXPECT_EQ(0xC0008B10, e[16].high);
	EXPECT_EQ(0x2C800067, e[31].low);
	EXPECT_EQ(0xC0008910, e[31].high);
	EXPECT_EQ(0, e[17].high);
	EXPECT_EQ(0x00CF9B00, e[12].high);
	EXPECT_EQ(0x00CF9300, e[13].high);
	EXPECT_EQ(0x00CFF300, e[15].high);
	EXPECT_EQ(0x00409A00, e[23].high);
	pair_delete(p);
}
