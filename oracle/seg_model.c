// SPDX-License-Identifier: MIT
/*
 * seg_model.c - segment registers and descriptors: what may be loaded, what a
 * load leaves, and what may be reached through it.
 *
 *	descriptor, high word
 *	31     24 23 22 21  20 19   16 15 14 13 12 11  8 7      0
 *	| base   |G |DB|L |AVL|limit |P |DPL |S |type  |base    |
 *	low word: base 15..0, limit 15..0
 *
 *	type	code: 8, C 4, R 2, A 1	data: E 4, W 2, A 1
 *
 * Checks at a load are of type, privilege and presence; at a use of type and
 * limit. [SDM vol. 3, 3.4.5, 5.3 to 5.8]
 */
#include "judge.h"

#define GDT_LIMIT 255u
#define SELECTOR_TI 4u
#define SELECTOR_BITS 0xFFFCu

enum access_bits {
	SEG_ACCESSED = 1,
	SEG_WRITE = 2, /* of data */
	SEG_READ = 2,  /* of code */
	SEG_DOWN = 4,  /* of data: expand-down */
	SEG_CONFORM = 4,
	SEG_CODE = 8,
	SEG_S = 16,
	SEG_P = 128,
};

#define FLAG_G 8u
#define FLAG_DB 4u

/* --- words ---------------------------------------------------------------- */

static struct segment decode(struct descriptor e, u16 selector)
{
	u32 limit = (e.low & 0xFFFF) | (e.high & 0xF0000);
	struct segment s = {
		.selector = selector,
		.access = (u8)(e.high >> 8),
		.flags = (u8)(e.high >> 20 & 15),
		.base = e.low >> 16 | (e.high & 0xFF) << 16 |
			(e.high & 0xFF000000),
		.limit = limit,
	};

	if (s.flags & FLAG_G)
		s.limit = limit << 12 | 0xFFF;
	return s;
}

static struct descriptor encode_tss(u32 base, u8 access)
{
	return (struct descriptor){
		.low = base << 16 | 0x67,
		.high = (base & 0xFF000000) | (base >> 16 & 0xFF) |
			(u32)access << 8,
	};
}

static u32 dpl_of(const struct segment *s)
{
	return s->access >> 5 & 3;
}

static bool is_code(const struct segment *s)
{
	return (s->access & (SEG_S | SEG_CODE)) == (SEG_S | SEG_CODE);
}

static bool is_data(const struct segment *s)
{
	return (s->access & (SEG_S | SEG_CODE)) == SEG_S;
}

static bool is_conforming(const struct segment *s)
{
	return is_code(s) && s->access & SEG_CONFORM;
}

/* --- checks at a load ----------------------------------------------------- */

static struct checked fault(u32 vector, u32 error, enum rule rule)
{
	return (struct checked){ .vector = vector,
				 .error = error & SELECTOR_BITS,
				 .rule = rule };
}

static struct checked passed(void)
{
	return (struct checked){ .rule = RULE_D6 };
}

/* ES, DS, FS, GS: 5.6 */
static struct checked check_data(const struct segment *s, u32 cpl)
{
	u32 rpl = s->selector & 3;

	if (!is_data(s) && !(is_code(s) && s->access & SEG_READ))
		return fault(FAULT_GP, s->selector, RULE_D3);
	if (!is_conforming(s) && (rpl > cpl ? rpl : cpl) > dpl_of(s))
		return fault(FAULT_GP, s->selector, RULE_D4);
	if (!(s->access & SEG_P))
		return fault(FAULT_NP, s->selector, RULE_D5);
	return passed();
}

/* 5.7 */
static struct checked check_stack(const struct segment *s, u32 cpl)
{
	if ((s->selector & 3) != cpl)
		return fault(FAULT_GP, s->selector, RULE_D4);
	if (!is_data(s) || !(s->access & SEG_WRITE))
		return fault(FAULT_GP, s->selector, RULE_D3);
	if (dpl_of(s) != cpl)
		return fault(FAULT_GP, s->selector, RULE_D4);
	if (!(s->access & SEG_P))
		return fault(FAULT_SS, s->selector, RULE_D5);
	return passed();
}

/* A far jump: 5.8.1 */
static struct checked check_code(const struct segment *s, u32 cpl)
{
	u32 rpl = s->selector & 3;
	bool allowed;

	if (!is_code(s))
		return fault(FAULT_GP, s->selector, RULE_D3);
	allowed = is_conforming(s) ? dpl_of(s) <= cpl
				   : rpl <= cpl && dpl_of(s) == cpl;
	if (!allowed)
		return fault(FAULT_GP, s->selector, RULE_D4);
	if (!(s->access & SEG_P))
		return fault(FAULT_NP, s->selector, RULE_D5);
	return passed();
}

/* --- loading -------------------------------------------------------------- */

static void put_accessed(struct model *o, unsigned int cpu, u32 entry)
{
	struct descriptor e = o->gdt[cpu][entry];

	descriptor_set(o, cpu, entry, e.low, e.high | SEG_ACCESSED << 8);
}

static void load(struct model *o, unsigned int cpu, enum seg_reg reg,
		 u16 selector)
{
	u32 entry = selector >> 3;

	put_accessed(o, cpu, entry);
	o->now.translation.cpu[cpu].seg[reg] =
		decode(o->gdt[cpu][entry], selector);
}

static struct checked check(const struct segment *s, enum seg_reg reg, u32 cpl)
{
	if (reg == SEG_CS)
		return check_code(s, cpl);
	return reg == SEG_SS ? check_stack(s, cpl) : check_data(s, cpl);
}

struct checked segment_load(struct model *o, unsigned int cpu, enum seg_reg reg,
			    u16 selector)
{
	struct cpu *c = &o->now.translation.cpu[cpu];
	u32 cpl = c->user ? 3 : 0;
	struct segment s;
	struct checked v;

	if (!(selector & SELECTOR_BITS)) {
		if (reg == SEG_CS || reg == SEG_SS)
			return fault(FAULT_GP, 0, RULE_D1);
		c->seg[reg] = (struct segment){ .selector = selector };
		return (struct checked){ .rule = RULE_D1 };
	}
	if (selector & SELECTOR_TI || (selector | 7) > GDT_LIMIT)
		return fault(FAULT_GP, selector, RULE_D2);
	s = decode(o->gdt[cpu][selector >> 3], selector);
	v = check(&s, reg, cpl);
	if (v.vector)
		return v;
	if (reg == SEG_CS)
		selector = (u16)((selector & SELECTOR_BITS) | cpl);
	load(o, cpu, reg, selector);
	return v;
}

/* --- modes ---------------------------------------------------------------- */

/* What an iret to user space does to a register: 5.11 */
static void forget_privileged(struct segment *s)
{
	if (s->access && !is_conforming(s) && dpl_of(s) < 3)
		*s = (struct segment){ .selector = 0 };
}

static void load_flat_data(struct model *o, unsigned int cpu)
{
	load(o, cpu, SEG_DS, SEL_USER_DS);
	load(o, cpu, SEG_ES, SEL_USER_DS);
}

void segments_enter_user(struct model *o, unsigned int cpu)
{
	struct cpu *c = &o->now.translation.cpu[cpu];

	c->user = true;
	load(o, cpu, SEG_CS, SEL_USER_CS);
	load(o, cpu, SEG_SS, SEL_USER_DS);
	load_flat_data(o, cpu);
	forget_privileged(&c->seg[SEG_FS]);
	forget_privileged(&c->seg[SEG_GS]);
}

void segments_enter_kernel(struct model *o, unsigned int cpu)
{
	o->now.translation.cpu[cpu].user = false;
	load(o, cpu, SEG_CS, SEL_KERNEL_CS);
	load(o, cpu, SEG_SS, SEL_KERNEL_DS);
	load_flat_data(o, cpu);
}

/* --- uses ----------------------------------------------------------------- */

static bool within(const struct segment *s, u32 offset, u32 len)
{
	u64 last = (u64)offset + len - 1;

	if (last > 0xFFFFFFFFu)
		return false;
	if (!is_data(s) || !(s->access & SEG_DOWN))
		return last <= s->limit;
	return offset > s->limit && (s->flags & FLAG_DB || last <= 0xFFFF);
}

static bool type_allows(const struct segment *s, u8 kind)
{
	if (kind == ACCESS_EXEC)
		return true;
	if (kind == ACCESS_WRITE)
		return is_data(s) && s->access & SEG_WRITE;
	return is_data(s) || s->access & SEG_READ;
}

struct checked segment_use(const struct cpu *c, const struct access *a)
{
	enum seg_reg reg =
		a->kind == ACCESS_EXEC ? SEG_CS : (enum seg_reg)a->seg;
	const struct segment *s = &c->seg[reg];

	if (!s->access)
		return fault(FAULT_GP, 0, RULE_D9);
	if (!type_allows(s, a->kind))
		return fault(FAULT_GP, 0, RULE_D10);
	if (!within(s, a->offset, a->len))
		return fault(reg == SEG_SS ? FAULT_SS : FAULT_GP, 0, RULE_D11);
	return (struct checked){ .rule = RULE_D13 };
}

/* --- the GDT -------------------------------------------------------------- */

void descriptor_set(struct model *o, unsigned int cpu, u32 entry, u32 low,
		    u32 high)
{
	struct descriptor *e = &o->gdt[cpu][entry];

	if (e->low == low && e->high == high)
		return;
	o->gdt_dirty |= 1u << cpu;
	*e = (struct descriptor){ low, high };
}

void segments_boot(struct model *o, unsigned int cpu)
{
	static const struct {
		u32 entry;
		struct descriptor word;
	} own[] = {
		{ 12, { 0x0000FFFF, 0x00CF9A00 } },
		{ 13, { 0x0000FFFF, 0x00CF9200 } },
		{ 14, { 0x0000FFFF, 0x00CFFA00 } },
		{ 15, { 0x0000FFFF, 0x00CFF200 } },
		{ 18, { 0, 0x00C09A00 } },
		{ 19, { 0, 0x00809A00 } },
		{ 20, { 0, 0x00809200 } },
		{ 21, { 0, 0x00809200 } },
		{ 22, { 0, 0x00809200 } },
		{ 23, { 0, 0x00409A00 } },
		{ 24, { 0, 0x00009A00 } },
		{ 25, { 0, 0x00409200 } },
		{ 26, { 0, 0x00009200 } },
	};
	struct descriptor *gdt = o->gdt[cpu];
	u32 tss = PAGE_OFFSET + TSS_PADDR + 128 * cpu;

	for (u32 i = 0; i < GDT_ENTRIES; i++)
		gdt[i] = (struct descriptor){ 0, 0 };
	for (u32 i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		gdt[own[i].entry] = own[i].word;
	gdt[16] = encode_tss(tss, 0x8B);
	gdt[31] = encode_tss(tss + TSS_DOUBLEFAULT, 0x89);
	segments_enter_kernel(o, cpu);
}

static void copy(struct descriptor *to, const struct descriptor *from)
{
	for (u32 i = 0; i < GDT_ENTRIES; i++)
		to[i] = from[i];
}

void segments_snapshot(struct model *o)
{
	for (u32 cpu = 0; cpu < NR_CPUS; cpu++)
		copy(o->gdt_gold[cpu], o->gdt[cpu]);
	o->gdt_dirty = 0;
}

void segments_reset(struct model *o)
{
	for (; o->gdt_dirty; o->gdt_dirty &= o->gdt_dirty - 1) {
		int cpu = __builtin_ctz(o->gdt_dirty);

		copy(o->gdt[cpu], o->gdt_gold[cpu]);
	}
}
