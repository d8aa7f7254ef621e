/* SPDX-License-Identifier: MIT */
/*
 * broken_access.h - rules D and T: false faults, places, bytes, registers.
 * Included by test_rules.c.
 */
#ifndef ORACLE_BROKEN_ACCESS_H
#define ORACLE_BROKEN_ACCESS_H

#include "broken.h"
#include "puppet_areas.h"

#define DIRECT(paddr) (PAGE_OFFSET + (paddr))

/* --- D: loads ------------------------------------------------------------- */

static bool load_told(struct pair *p, enum seg_reg reg, u16 selector,
		      u32 vector, u32 error)
{
	struct fault f = { vector, error, 0 };

	return model_load_segment(p->o, silent(p), reg, selector, &f, &p->d);
}

static void wrong_load(enum rule rule, bool user, enum seg_reg reg,
		       u16 selector, u32 vector, u32 error)
{
	struct pair *p = pair_small();

	EXPECT(model_write_gdt_entry(p->o, silent(p), 6, 0xFFFF, 0x00CF7200,
				     &p->d));
	set_mode(p, user);
	names(p, rule, load_told(p, reg, selector, vector, error));
	pair_delete(p);
}

BROKEN(D1)
{
	wrong_load(RULE_D1, false, SEG_SS, 3, FAULT_NONE, 0);
	wrong_load(RULE_D1, false, SEG_CS, 0, FAULT_GP, 4);
	wrong_load(RULE_D1, false, SEG_ES, 1, FAULT_GP, 0);
}

BROKEN(D2)
{
	wrong_load(RULE_D2, false, SEG_DS, 0x7F, FAULT_NONE, 0);
	wrong_load(RULE_D2, false, SEG_DS, 0x100, FAULT_GP, 0);
}

BROKEN(D3)
{
	wrong_load(RULE_D3, false, SEG_DS, 0x80, FAULT_NONE, 0);
	wrong_load(RULE_D3, false, SEG_SS, 0x60, FAULT_NONE, 0);
	wrong_load(RULE_D3, false, SEG_CS, 0x68, FAULT_NP, 0x68);
}

BROKEN(D4)
{
	wrong_load(RULE_D4, true, SEG_DS, 0x68, FAULT_NONE, 0);
	wrong_load(RULE_D4, false, SEG_SS, 0x6B, FAULT_NONE, 0);
	wrong_load(RULE_D4, false, SEG_CS, 0x73, FAULT_NONE, 0);
}

BROKEN(D5)
{
	wrong_load(RULE_D5, false, SEG_DS, 0x30, FAULT_GP, 0x30);
}

BROKEN(D6)
{
	wrong_load(RULE_D6, true, SEG_DS, 0x7B, FAULT_GP, 0x78);
}

/* --- D, T: a CPU as it stands --------------------------------------------- */

static struct cpu_view cpu_view(void)
{
	const struct segment code = { 0x60, 0x9B, 0xC, 0, 0xFFFFFFFF };
	const struct segment stack = { 0x68, 0x93, 0xC, 0, 0xFFFFFFFF };
	const struct segment data = { 0x7B, 0xF3, 0xC, 0, 0xFFFFFFFF };
	struct cpu_view v = { .cr0 = 0x80050033,
			      .cr3 = SWAPPER_PG_DIR_PADDR,
			      .cr4 = CR4_PSE | CR4_PGE };

	v.seg[SEG_CS] = code;
	v.seg[SEG_SS] = stack;
	v.seg[SEG_DS] = v.seg[SEG_ES] = data;
	return v;
}

static void wrong_view_of_cpu(enum rule rule, size_t at, u8 by)
{
	struct pair *p = pair_small();
	struct cpu_view v = cpu_view();

	EXPECT(model_check_cpu(p->o, 1, &v, &p->d));
	((u8 *)&v)[at] ^= by;
	names(p, rule, model_check_cpu(p->o, 1, &v, &p->d));
	pair_delete(p);
}

#define WRONG_CPU(rule, member)                                                \
	wrong_view_of_cpu(RULE_##rule, offsetof(struct cpu_view, member), 1)

BROKEN(D7)
{
	WRONG_CPU(D7, seg[SEG_CS].selector);
	WRONG_CPU(D7, seg[SEG_SS].access);
	WRONG_CPU(D7, seg[SEG_DS].flags);
	WRONG_CPU(D7, seg[SEG_ES].base);
	WRONG_CPU(D7, seg[SEG_FS].limit);
}

BROKEN(D12)
{
	WRONG_CPU(D12, cpl);
}

BROKEN(T11)
{
	WRONG_CPU(T11, tlb_small);
	WRONG_CPU(T11, tlb_large);
	WRONG_CPU(T11, tlb_global);
}

BROKEN(T13)
{
	WRONG_CPU(T13, cr0);
	WRONG_CPU(T13, cr3);
	WRONG_CPU(T13, cr4);
}

/* The A bit of the kernel's code segment, in CPU 1's GDT. */
BROKEN(D8)
{
	struct pair *p = pair_small();

	put_tables(p);
	EXPECT(model_check_tables(p->o, true, &p->d));
	ram_words(p, GDT_PADDR + 256 + 12 * 8)[1] ^= 0x100;
	names(p, RULE_D8, model_check_tables(p->o, true, &p->d));
	pair_delete(p);
}

/* --- D: uses -------------------------------------------------------------- */

static void wrong_use(enum rule rule, struct access a, struct told t)
{
	struct pair *p = pair_small();

	/* entry 6: 4 bytes of data from 0xC0001000 on, DPL 3 */
	EXPECT(model_write_gdt_entry(p->o, silent(p), 6, 0x10000003, 0xC040F200,
				     &p->d));
	EXPECT(load_told(p, SEG_FS, 0x33, FAULT_NONE, 0));
	names(p, rule, access_told(p, a, t));
	pair_delete(p);
}

BROKEN(D9)
{
	wrong_use(RULE_D9, access_at(ACCESS_READ, SEG_GS, 0, 1),
		  one_piece(0, 1));
}

BROKEN(D10)
{
	wrong_use(RULE_D10, access_at(ACCESS_WRITE, SEG_CS, DIRECT(M(8)), 4),
		  one_piece(M(8), 4));
}

BROKEN(D11)
{
	wrong_use(RULE_D11, access_at(ACCESS_READ, SEG_FS, 1, 4),
		  one_piece(0x1001, 4));
	wrong_use(RULE_D11, access_at(ACCESS_READ, SEG_SS, 0xFFFFFFFF, 2),
		  faulted(FAULT_GP, 0, 0));
}

BROKEN(D13)
{
	wrong_use(RULE_D13, access_at(ACCESS_READ, SEG_FS, 0, 4),
		  faulted(FAULT_GP, 0, 0));
	wrong_use(RULE_D13, access_at(ACCESS_READ, SEG_DS, 0, 4),
		  faulted(FAULT_SS, 0, 0));
}

/* --- T: faults ------------------------------------------------------------ */

/* A page at USER_ADDR, that CPU 0 runs on; its frame. */
static struct pair *pair_user(u32 prot, u32 *pgd, pfn_t *pfn)
{
	struct pair *p = pair_tables(1);

	*pgd = good_pgd(p);
	*pfn = good_page(p, GFP_KERNEL);
	EXPECT_EQ(0, good_map_page(p, *pgd, USER_ADDR, *pfn, prot));
	good_switch(p, *pgd);
	return p;
}

BROKEN(T1)
{
	struct pair *p = pair_small();

	names(p, RULE_T1, read_told(p, 0x1000, one_piece(0x1000, 4)));
	pair_delete(p);
}

BROKEN(T2)
{
	struct pair *p = pair_small();

	set_mode(p, true);
	names(p, RULE_T2, read_told(p, DIRECT(M(8)), one_piece((u32)M(8), 4)));
	pair_delete(p);
}

BROKEN(T3)
{
	u32 pgd;
	pfn_t pfn;
	struct pair *p = pair_user(1, &pgd, &pfn);

	names(p, RULE_T3,
	      write_told(p, USER_ADDR, one_piece(pfn * PAGE_SIZE, 4)));
	pair_delete(p);
}

BROKEN(T4)
{
	u32 pgd, error = 1 | 8;
	pfn_t pfn;
	struct pair *p = pair_user(3, &pgd, &pfn);

	good_set_pde(p, pgd, USER_ADDR, 0xE7);
	EXPECT(read_told(p, USER_ADDR, faulted(FAULT_PF, error, USER_ADDR)));
	names(p, RULE_T4,
	      read_told(p, USER_ADDR, one_piece(pfn * PAGE_SIZE, 4)));
	pair_delete(p);
}

BROKEN(T5)
{
	struct pair *p = pair_small();

	EXPECT(read_told(p, 0x1000, faulted(FAULT_PF, 0, 0x1000)));
	names(p, RULE_T5, read_told(p, 0x1000, faulted(FAULT_PF, 2, 0x1000)));
	names(p, RULE_T5, read_told(p, 0x1000, faulted(FAULT_PF, 0, 0x1004)));
	pair_delete(p);
}

BROKEN(T6)
{
	u32 pgd;
	pfn_t pfn;
	struct pair *p = pair_user(3, &pgd, &pfn);
	struct told there = one_piece(pfn * PAGE_SIZE, 4);

	names(p, RULE_T6,
	      write_told(p, USER_ADDR, faulted(FAULT_PF, 3, USER_ADDR)));
	there.fault.cr2 = USER_ADDR; /* 0, but for a #PF */
	names(p, RULE_T6, write_told(p, USER_ADDR, there));
	there.fault.cr2 = 0;
	EXPECT(write_told(p, USER_ADDR, there));
	pair_delete(p);
}

/* --- T: places and bytes -------------------------------------------------- */

BROKEN(T7)
{
	struct pair *p = pair_small();
	struct told two = { .where.nr = 2 };

	names(p, RULE_T7, read_told(p, DIRECT(M(8)), one_piece(4, 4)));
	two.where.piece[0].start = (u32)M(8) - 2;
	two.where.piece[1].start = (u32)M(8);
	two.where.piece[0].len = two.where.piece[1].len = 2;
	EXPECT(read_told(p, DIRECT(M(8) - 2), two));
	names(p, RULE_T7,
	      read_told(p, DIRECT(M(8) - 2), one_piece((u32)M(8) - 2, 4)));
	pair_delete(p);
}

BROKEN(T8)
{
	struct access a = access_at(ACCESS_READ, SEG_DS, DIRECT(M(8)), 4);
	struct pair *p = pair_small();
	struct told t = one_piece((u32)M(8), 4);
	u8 buf[4] = { 0, 0, 0, 1 };

	names(p, RULE_T8,
	      model_access(p->o, silent(p), &a, buf, &t.where, &t.fault,
			   &p->d));
	names(p, RULE_T8,
	      model_access(p->o, silent(p), &a, buf, NULL, &t.fault, &p->d));
	buf[3] = 0;
	EXPECT(model_access(p->o, silent(p), &a, buf, NULL, &t.fault, &p->d));
	pair_delete(p);
}

/* What was not stored is not there. */
BROKEN(T9)
{
	struct access a = access_at(ACCESS_WRITE, SEG_DS, DIRECT(M(8)), 4);
	struct pair *p = pair_small();
	struct told t = one_piece((u32)M(8), 4);
	u8 buf[4];

	EXPECT(write_told(p, DIRECT(M(8)), t));
	EXPECT(model_before_store(p->o, 0, &a, buf));
	names(p, RULE_T9,
	      model_access(p->o, silent(p), &a, buf, &t.where, &t.fault,
			   &p->d));
	pair_delete(p);
}

/* --- T: what is remembered ------------------------------------------------ */

/* A right that was taken away is still served, until it is flushed. */
BROKEN(T10)
{
	u32 pgd;
	pfn_t pfn;
	struct pair *p = pair_user(3, &pgd, &pfn);
	struct told there = one_piece(pfn * PAGE_SIZE, 4);

	EXPECT(write_told(p, USER_ADDR, there));
	good_set_pte(p, pgd, USER_ADDR, 0x25);
	EXPECT(write_told(p, USER_ADDR, there));
	names(p, RULE_T10,
	      write_told(p, USER_ADDR, faulted(FAULT_PF, 3, USER_ADDR)));
	EXPECT(model_invlpg(p->o, silent(p), USER_ADDR, &p->d));
	names(p, RULE_T3, write_told(p, USER_ADDR, there));
	pair_delete(p);
}

/* Frame 2048, RW, D and global: 0x1E3 without what the TLB has not. */
BROKEN(T12)
{
	const u32 word = (u32)M(8) | 0x143;
	struct pair *p = pair_small();

	EXPECT(read_told(p, DIRECT(M(8)), one_piece((u32)M(8), 4)));
	EXPECT(model_check_tlb(p->o, 0, DIRECT(M(8)), true, word, &p->d));
	EXPECT(model_check_tlb(p->o, 0, DIRECT(M(8)), false, 0, &p->d));
	names(p, RULE_T12,
	      model_check_tlb(p->o, 0, DIRECT(M(8)), true, word ^ 0x40, &p->d));
	names(p, RULE_T12,
	      model_check_tlb(p->o, 0, DIRECT(M(8)), false, word, &p->d));
	pair_delete(p);
}

BROKEN(T14)
{
	u32 pgd, *word;
	pfn_t pfn;
	struct pair *p = pair_user(3, &pgd, &pfn);

	EXPECT(write_told(p, USER_ADDR, one_piece(pfn * PAGE_SIZE, 4)));
	put_tables(p);
	EXPECT(model_check_tables(p->o, false, &p->d));
	word = ram_words(p, word_at(p, pgd, USER_ADDR) & FRAME_BITS);
	word[0x48] ^= PAGE_DIRTY;
	names(p, RULE_T14, model_check_tables(p->o, false, &p->d));
	pair_delete(p);
}

/* A directory that was made before the window's table was. */
BROKEN(T15)
{
	struct pair *p = pair_tables(1);
	u32 pgd = good_pgd(p);

	EXPECT_EQ(VM_START, good_vmalloc(p, 1));
	good_switch(p, pgd);
	EXPECT_EQ(0, word_at(p, pgd, VM_START));
	names(p, RULE_T15,
	      read_told(p, VM_START, faulted(FAULT_PF, 0, VM_START)));
	pair_delete(p);
}

#endif
