// SPDX-License-Identifier: MIT
/*
 * gen_descriptor.c - the generator's descriptors, selectors and bits of page
 * tables: bases where there is something to hit, limits that are reached.
 *
 * A program keeps to a few entries of the GDT, and its selectors mostly name
 * one of them, with the privilege that will do.  Left out: gates.
 * Validator: fuzz/tests/test_gen_access.c.
 */
#include "gen_state.h"

u32 gen_desc_base(const struct gen_desc *d)
{
	return d->low >> 16 | (d->high & 0xFF) << 16 | (d->high & 0xFF000000u);
}

u32 gen_desc_limit(const struct gen_desc *d)
{
	u32 limit = (d->low & 0xFFFF) | (d->high & 0xF0000);

	return d->high & 1u << 23 ? limit << 12 | 0xFFF : limit;
}

static u32 any_limit(struct gen *g)
{
	static const u32 limit[] = { 0,	     1,	     3,	      4,      7,
				     0xFF,   0xFFE,  0xFFF,   0x1000, 0x1001,
				     0xFFFF, 0xFFFF, 0xFFFFF, 0xFFFFF };

	return prng_below(g->r, 4) ? PICK(g, limit)
				   : prng_below(g->r, 0x100000);
}

static u32 any_base(struct gen *g)
{
	switch (prng_below(g->r, 8)) {
	case 0:
	case 1:
		return 0;
	case 2:
		return PAGE_OFFSET;
	case 3:
		return prng_below(g->r, UINT32_MAX);
	case 4:
		return 0u - prng_below(g->r, 3) * PAGE_SIZE -
		       prng_below(g->r, 5);
	default:
		return gen_target_page(g, g->access.focus.cpu) -
		       prng_below(g->r, 4);
	}
}

/* Data twice as often as code, most of them present. */
struct gen_desc gen_descriptor(struct gen *g)
{
	u32 base = any_base(g), limit = any_limit(g), access;
	static const u8 dpl[] = { 0, 3, 0, 3, 3, 1, 2 };
	struct gen_desc d;

	access = 0x80 | (u32)PICK(g, dpl) << 5 | 0x10 | prng_below(g->r, 16);
	if (prng_one_in(g->r, 3)) /* data */
		access &= ~8u;
	if (prng_one_in(g->r, 8)) /* a system segment */
		access &= ~0x10u;
	if (prng_one_in(g->r, 8)) /* not present */
		access &= ~0x80u;
	d.low = limit & 0xFFFF;
	d.low |= base << 16;
	d.high = base >> 24 << 24 | (base >> 16 & 0xFF) | (limit & 0xF0000) |
		 access << 8 | prng_below(g->r, 16) << 20;
	if (prng_one_in(g->r, 64))
		d.high = (u32)prng_u64(g->r);
	return d;
}

u32 gen_gdt_entry(struct gen *g)
{
	static const u8 bad[] = { 0, 12, 13, 14, 15, 16, 31, 32, 33, 255 };

	if (prng_one_in(g->r, g->clean ? 1280 : 20))
		return PICK(g, bad);
	return prng_below(g->r, 8) ? PICK(g, g->access.entry)
				   : 17 + prng_below(g->r, 14);
}

/* The privilege that the segment wants, or any. */
static u32 any_rpl(struct gen *g, const struct gen_desc *d, bool user)
{
	switch (prng_below(g->r, 8)) {
	case 0:
		return prng_below(g->r, 4);
	case 1:
		return d->high >> 13 & 3;
	default:
		return user ? 3 : 0;
	}
}

u32 gen_selector(struct gen *g, u32 cpu, bool user)
{
	static const u16 own[] = { 0x60, 0x68, 0x73, 0x7B, 0x7B, 0x78,
				   0x70, 0x80, 0x90, 0x98, 0xA0, 0xB8,
				   0xC0, 0xF8, 0x61, 0x6B };
	static const u16 odd[] = { 0,	   1,	   2,	 3,	4,
				   7,	   0x7F,   0x84, 0x100, 0x108,
				   0xFFF8, 0xFFFC, 0x8,	 0x50 };
	u32 entry = PICK(g, g->access.entry);

	if (prng_one_in(g->r, 12))
		return PICK(g, odd);
	if (prng_one_in(g->r, 4))
		return PICK(g, own);
	return entry << 3 | any_rpl(g, &g->access.cpu[cpu].gdt[entry], user);
}

/* --- words of tables ------------------------------------------------------ */

static u32 pte_bits(struct gen *g)
{
	static const u16 user[] = { 0x027, 0x025, 0x067, 0x007, 0x005,
				    0x023, 0x021, 0x026, 0x080, 0x0A0,
				    0x127, 0x0A7, 0,	 0x167 };
	u32 bits = PICK(g, user);

	if (prng_one_in(g->r, 3))
		bits ^= 1u << prng_below(g->r, 9);
	return prng_one_in(g->r, 16) ? prng_below(g->r, 0x1000) : bits;
}

static u32 attr_bits(struct gen *g)
{
	static const u16 attr[] = { 0x163, 0x163, 0x163, 0x161, 0x161,
				    0x173, 0x063, 0x061, 0x162, 0x167,
				    0x165, 0x103, 0x123 };

	return prng_one_in(g->r, 16) ? prng_below(g->r, 0x1000) : PICK(g, attr);
}

static u32 kernel_bits(struct gen *g)
{
	static const u16 bits[] = { 0x163, 0x163, 0x163, 0x161, 0x063,
				    0x167, 0x160, 0x080, 0x027, 0x123 };

	return prng_one_in(g->r, 16) ? prng_below(g->r, 0x1000) : PICK(g, bits);
}

u32 gen_page_bits(struct gen *g, enum op_code code)
{
	switch (code) {
	case OP_vmap:
		return kernel_bits(g);
	case OP_change_page_attr:
	case OP_change_pfn_attr:
		return attr_bits(g);
	default:
		return pte_bits(g);
	}
}
