// SPDX-License-Identifier: MIT
/*
 * gen_vm_io.c - what programs ioremap: devices and their ends, the ISA window
 * and what reaches over it, reserved frames below high_memory, memory, the
 * end of the 4 GiB; and the slots of the fixmap.
 *
 * ioremap aligns by size: up to twice it, at most 512 KiB; so sizes are powers
 * of two, by a byte or a page more or less.
 * Validator: fuzz/tests/test_gen_vm.c.
 */
#include "gen_state.h"

#define ISA_START 0xA0000u
#define ISA_END 0x100000u
#define IO_MOST 0x200000u /* more is seldom, as each page is a PTE */
#define IO_OFTEN 0x10000u /* and up to here it is not */

static bool misuse(struct gen *g, u32 rate)
{
	return prng_one_in(g->r, g->clean ? 64 * rate : rate);
}

/* --- places --------------------------------------------------------------- */

static u32 device_phys(struct gen *g)
{
	const struct gen_device *d;

	if (!g->vm.nr_devices)
		return 0xFD000000u + prng_below(g->r, 4) * PAGE_SIZE;
	d = &g->vm.device[prng_below(g->r, g->vm.nr_devices)];
	switch (prng_below(g->r, 5)) {
	case 0:
		return d->start + d->size - PAGE_SIZE;
	case 1:
		return d->start + d->size - 1 - prng_below(g->r, 4);
	case 2:
		return d->start + prng_below(g->r, d->size);
	case 3:
		return d->start - PAGE_SIZE * prng_below(g->r, 2);
	default:
		return d->start;
	}
}

/* Low frames that are no memory: boot's own, the EBDA, the BIOS, holes. */
static u32 reserved_phys(struct gen *g)
{
	static const u32 at[] = {
		0,	  0,	    0x9F000,  0x9FC00, ISA_START, KERNEL_START,
		0x180000, 0x3FF000, 0x400000, 0xF0000, 0xFF000,	  ISA_END - 1,
		0x9FFFF,
	};

	return PICK(g, at);
}

static u32 edge_phys(struct gen *g)
{
	const u32 high = g->low_pfn << PAGE_SHIFT;
	const u32 end = g->max_pfn << PAGE_SHIFT;
	const u32 at[] = {
		high,	     high - PAGE_SIZE, end,	    end - PAGE_SIZE,
		end,	     0xFFFFF000u,      0xFFFFF000u, UINT32_MAX,
		0xFFFFFFC0u, 0xFFF80000u,      0x80000000u, end + PAGE_SIZE,
		0x40000000,  0xFFFFF000u,
	};

	return PICK(g, at);
}

static u32 any_phys(struct gen *g)
{
	switch (prng_below(g->r, 8)) {
	case 0:
	case 1:
	case 2:
		return device_phys(g);
	case 3:
	case 4:
		return reserved_phys(g);
	case 5:
		return 0xB8000 + prng_below(g->r, 0x10000);
	default:
		return edge_phys(g);
	}
}

/* --- sizes ---------------------------------------------------------------- */

static bool may_be_large(struct gen *g)
{
	return g->vm.heavy || prng_one_in(g->r, 12);
}

static u32 power_size(struct gen *g)
{
	u32 size = PAGE_SIZE << prng_below(g->r, may_be_large(g) ? 9 : 4);

	switch (prng_below(g->r, 6)) {
	case 0:
		return size + 1;
	case 1:
		return size - 1;
	case 2:
		return size + PAGE_SIZE;
	case 3:
		return size > PAGE_SIZE ? size - PAGE_SIZE : 1;
	default:
		return size;
	}
}

/* Up to the end of what phys is in, or past it by a byte or a page. */
static u32 size_to_end(struct gen *g, u32 phys)
{
	u32 end = phys < ISA_START ? ISA_START : phys < ISA_END ? ISA_END : 0;
	u32 i, size;

	for (i = 0; i < g->vm.nr_devices; i++)
		if (phys - g->vm.device[i].start < g->vm.device[i].size)
			end = g->vm.device[i].start + g->vm.device[i].size;
	size = end - phys;
	if (size > IO_MOST || (size > IO_OFTEN && !may_be_large(g)))
		return PAGE_SIZE;
	switch (prng_below(g->r, 4)) {
	case 0:
		return size + 1;
	case 1:
		return size + PAGE_SIZE;
	default:
		return size;
	}
}

static u32 any_size(struct gen *g, u32 phys)
{
	static const u32 vain[] = { 0, 0, UINT32_MAX, 0x80000000u, 0x2000000 };
	const u32 nr = COUNT(vain) - !g->vm.heavy; /* the last one fits */

	if (misuse(g, 48) || prng_one_in(g->r, 48))
		return vain[prng_below(g->r, nr)];
	if (phys >= 0xFFF00000u && prng_below(g->r, 2))
		return size_to_end(g, phys);
	switch (prng_below(g->r, 4)) {
	case 0:
		return size_to_end(g, phys);
	case 1:
		return 1 + prng_below(g->r, 2 * PAGE_SIZE);
	default:
		return power_size(g);
	}
}

void gen_swarm_io(struct gen *g)
{
	for (u32 i = 0; i < GEN_PHYSES; i++) {
		g->vm.phys[i] = i ? any_phys(g) : device_phys(g);
		g->vm.size[i] = power_size(g);
	}
}

/* --- ops ------------------------------------------------------------------ */

static bool is_ram(const struct gen *g, u32 phys)
{
	return phys >> PAGE_SHIFT < g->max_pfn && phys >= 0x400000 &&
	       g->max_pfn > 1;
}

static void fill_ioremap(struct gen *g, struct op *op)
{
	u32 i = prng_below(g->r, GEN_PHYSES);

	op->arg[0] = g->vm.phys[i];
	op->arg[1] = g->vm.size[i];
	if (prng_below(g->r, 2))
		op->arg[0] = any_phys(g);
	if (prng_below(g->r, 2))
		op->arg[1] = any_size(g, op->arg[0]);
	if (is_ram(g, op->arg[0]) && !misuse(g, 4))
		op->arg[0] = device_phys(g);
}

/* The slots that are nobody's: the first ones, behind the atomic ones. */
static u32 fix_index(struct gen *g)
{
	u32 atomic = 2 + KM_TYPE_NR * (g->cpus == 1 ? 1 : NR_CPUS);
	const u32 bad[] = { 0, 0, 2, atomic - 1, atomic + 17, 200, 65535 };

	if (misuse(g, 8))
		return PICK(g, bad);
	return prng_below(g->r, 3) ? 1 : atomic + prng_below(g->r, 17);
}

void gen_io_fill(struct gen *g, struct op *op)
{
	switch (op->code) {
	case OP_ioremap:
	case OP_ioremap_nocache:
		fill_ioremap(g, op);
		break;
	case OP_set_fixmap:
		op->arg[0] = fix_index(g);
		op->arg[1] = misuse(g, 12)	   ? edge_phys(g)
			     : prng_below(g->r, 2) ? device_phys(g)
						   : reserved_phys(g);
		op->arg[2] = prng_below(g->r, 2);
		break;
	case OP_clear_fixmap:
		op->arg[0] = fix_index(g);
		break;
	default:
		break;
	}
}
