// SPDX-License-Identifier: MIT
/*
 * gen_access.c - where the arguments of translation's ops come from.
 *
 * What an access can hit is little: some pages are mapped, some were, a few
 * frames of the direct map have attributes of their own.  So a program keeps
 * to a few places, and its accesses go there: to the page's first and last
 * bytes, over its end, and through a segment to the segment's limit.
 * All arguments of an op are drawn at once, as they belong together.
 * Validator: fuzz/tests/test_gen_access.c.
 */
#include "gen_state.h"

#define PDE_BYTES (PAGE_SIZE * 1024)

static bool misuse(struct gen *g, u32 rate)
{
	return prng_one_in(g->r, g->clean ? 64 * rate : rate);
}

/* --- the swarm ------------------------------------------------------------ */

/* Around 8 MiB of nothing behind the direct map; empty where no room is. */
static void swarm_window(struct gen *g)
{
	struct gen_access *a = &g->access;
	u64 high = (u64)PAGE_OFFSET + ((u64)g->low_pfn << PAGE_SHIFT);
	u64 start = (high + 0xFFFFFFu) & ~0x7FFFFFull;

	a->window_end = 0xFF7FE000u;
	a->window_start = start < a->window_end ? (u32)start : a->window_end;
}

static void swarm_hot(struct gen *g)
{
	struct gen_access *a = &g->access;
	u32 low = g->low_pfn ? g->low_pfn : 1;

	a->hot[0] = prng_below(g->r, low);
	a->hot[1] = (a->hot[0] & ~1023u) + prng_below(g->r, 1024);
	if (prng_below(g->r, 2))
		a->hot[1] = a->hot[0] + 1;
	a->hot[2] = prng_below(g->r, 2) ? low - 1 : low - 1 - (low & 1023);
	a->hot[3] = prng_below(g->r, low);
	if (a->hot[1] >= low)
		a->hot[1] = low - 1;
	if (a->hot[2] >= low)
		a->hot[2] = 0;
}

void gen_swarm_access(struct gen *g)
{
	static const u32 place[] = {
		0x8048000, 0x8048000,  0x40000000, 0,	       0x3FE000,
		0x3FF000,  0xBFFFE000, 0xBFFFF000, 0xBFC00000,
	};
	static const u8 entry[] = { 6, 6, 7, 7, 8, 1, 11, 17, 18, 25, 30 };
	static const u8 sel_rate[] = { 0, 0, 16, 4, 2 };
	static const u8 noise_rate[] = { 32, 16, 8, 4, 2 };
	struct gen_access *a = &g->access;
	u32 i, reg;

	for (i = 0; i < GEN_PLACES; i++)
		a->place[i] = PICK(g, place);
	for (i = 0; i < GEN_ENTRIES; i++)
		a->entry[i] = PICK(g, entry);
	swarm_window(g);
	swarm_hot(g);
	a->sel_rate = PICK(g, sel_rate);
	if (!(g->options->groups & GROUP_SEGMENT) && prng_below(g->r, 4))
		a->sel_rate = 0;
	g->noise_rate = PICK(g, noise_rate);
	for (i = 0; i < NR_CPUS; i++) {
		a->cpu[i].pgd = GEN_NONE;
		for (reg = 0; reg < NR_SEG_REGS; reg++)
			a->cpu[i].seg[reg] = GEN_FLAT;
	}
	a->focus.pgd = a->focus.page = GEN_NONE;
	a->focus.map = a->focus.other = GEN_NONE;
	a->focus.cpu = g->cpu;
}

/* --- places --------------------------------------------------------------- */

/* A span that is (or, if not live, was) mapped; or NULL. */
static const struct gen_span *any_span(struct gen *g, u32 pgd, bool live)
{
	const struct gen_access *a = &g->access;
	u32 n = a->nr < GEN_SPANS ? a->nr : GEN_SPANS, tries;

	for (tries = 0; n && tries < 6; tries++) {
		const struct gen_span *s = &a->span[prng_below(g->r, n)];

		if (s->live == live && s->pgd == pgd)
			return s;
	}
	return NULL;
}

u32 gen_user_page(struct gen *g, u32 pgd)
{
	const struct gen_span *s = NULL;

	if (prng_below(g->r, 2))
		s = any_span(g, pgd, prng_below(g->r, 4) != 0);
	if (s)
		return s->addr;
	if (misuse(g, 32))
		return prng_below(g->r, 2) ? TASK_SIZE
					   : gen_number(g, ARG_VADDR);
	return PICK(g, g->access.place) + PAGE_SIZE * prng_below(g->r, 3);
}

u32 gen_window_page(struct gen *g)
{
	const struct gen_access *a = &g->access;
	u32 addr = prng_below(g->r, 6) ? gen_area_page(g) : 0;

	if (addr)
		return addr;
	if (misuse(g, 32))
		return prng_below(g->r, 3) ? prng_below(g->r, 2)
						     ? a->window_start - 1
						     : a->window_end
					   : gen_number(g, ARG_VADDR);
	return a->window_start + PAGE_SIZE * prng_below(g->r, 4);
}

static u32 hot_page(struct gen *g)
{
	u32 pfn = PICK(g, g->access.hot);

	if (prng_one_in(g->r, 6))
		pfn += prng_below(g->r, 3) - 1;
	return PAGE_OFFSET + (pfn << PAGE_SHIFT);
}

/* Edges of the kernel's gigabyte, and of the address space. */
static u32 edge_page(struct gen *g)
{
	const u32 high = PAGE_OFFSET + (g->low_pfn << PAGE_SHIFT);
	const u32 edge[] = {
		high - PAGE_SIZE,
		high,
		((high - 1) | (PDE_BYTES - 1)) - PAGE_SIZE + 1,
		(high + PDE_BYTES - 1) & ~(PDE_BYTES - 1),
		PAGE_OFFSET,
		PAGE_OFFSET - PAGE_SIZE,
		PAGE_OFFSET + 0x100000,
		PAGE_OFFSET + SWAPPER_PG_DIR_PADDR,
		PAGE_OFFSET + GDT_PADDR,
		0xFFFFF000u,
		0,
		g->access.window_end,
		g->access.window_start - PAGE_SIZE,
	};

	return PICK(g, edge);
}

/* Where an access goes, by what the CPU's directory has: a page. */
u32 gen_target_page(struct gen *g, u32 cpu)
{
	const struct gen_cpu *c = &g->access.cpu[cpu];
	u32 groups = g->options->groups, at = prng_below(g->r, 16);

	if (at < 3)
		return g->access.last & ~(PAGE_SIZE - 1);
	if (at < 9 && groups & GROUP_USER &&
	    (c->pgd != GEN_NONE || prng_one_in(g->r, 8)))
		return gen_user_page(g, c->pgd);
	if (at < 12 && groups & (GROUP_PAGING | GROUP_MAPPING))
		return gen_window_page(g);
	if (at < 15)
		return hot_page(g);
	return prng_below(g->r, 8)
		       ? edge_page(g)
		       : gen_number(g, ARG_VADDR) & ~(PAGE_SIZE - 1);
}

/* In the page: at its ends, over its end, somewhere. */
static u32 within(struct gen *g, u32 page, u32 len)
{
	switch (prng_below(g->r, 6)) {
	case 0:
		return page + PAGE_SIZE - len;
	case 1:
		return page + PAGE_SIZE - prng_below(g->r, len) - 1;
	case 2:
		return page - prng_below(g->r, len);
	case 3:
		return page + prng_below(g->r, PAGE_SIZE);
	default:
		return page;
	}
}

/* --- an access ------------------------------------------------------------ */

static u32 any_len(struct gen *g)
{
	static const u16 len[] = { 1, 2, 4, 4, 4, 4, 8, 3, 16, 64, 4095, 4096 };

	if (prng_one_in(g->r, 64))
		return PICK(g, len) & 1 ? 0 : 0xFFFF;
	return prng_below(g->r, 8) ? PICK(g, len)
				   : 1 + prng_below(g->r, PAGE_SIZE);
}

/* The last byte that may be accessed, or the first, and one beside it. */
static u32 limit_offset(struct gen *g, const struct gen_desc *d, u32 len)
{
	u32 limit = gen_desc_limit(d),
	    top = d->high & 1u << 22 ? UINT32_MAX : 0xFFFF;
	bool data = (d->high >> 11 & 3) == 2;

	if (data && d->high & 1u << 10) /* expands down */
		return prng_below(g->r, 2) ? limit + prng_below(g->r, 3)
					   : top - len + prng_below(g->r, 3);
	if (prng_one_in(g->r, 8))
		return UINT32_MAX - prng_below(g->r, len + 1);
	return limit - len + prng_below(g->r, 3);
}

static u32 offset_for(struct gen *g, u32 cpu, u32 reg, u32 sel, u32 len)
{
	const struct gen_cpu *c = &g->access.cpu[cpu];
	u32 addr = within(g, gen_target_page(g, cpu), len);
	u32 entry = sel >> 3;
	const struct gen_desc *d = &c->held[reg];

	if (sel != 0xFFFF && entry < GDT_ENTRIES && !(sel & 4))
		d = &c->gdt[entry];
	else if (c->seg[reg] == GEN_FLAT)
		d = NULL;
	if (!d || !d->high)
		return addr;
	return prng_below(g->r, 8) < 5 ? limit_offset(g, d, len)
				       : addr - gen_desc_base(d);
}

static u32 any_reg(struct gen *g)
{
	static const u8 reg[] = { SEG_DS, SEG_DS, SEG_DS, SEG_ES,
				  SEG_SS, SEG_CS, SEG_FS, SEG_GS };

	if (prng_one_in(g->r, 64))
		return prng_below(g->r, 256);
	return PICK(g, reg);
}

/* A register that holds what the program made, if one does. */
static u32 made_reg(struct gen *g, u32 cpu)
{
	const struct gen_cpu *c = &g->access.cpu[cpu];
	u32 i, reg = prng_below(g->r, NR_SEG_REGS);

	for (i = 0; i < NR_SEG_REGS; i++)
		if (c->seg[(reg + i) % NR_SEG_REGS] != GEN_FLAT)
			return (reg + i) % NR_SEG_REGS;
	return any_reg(g);
}

/* User pages in user mode mostly, others mostly not. */
static u32 mode_for(struct gen *g, u32 cpu, u32 addr)
{
	if (prng_one_in(g->r, 6))
		return g->access.cpu[cpu].user;
	return addr < TASK_SIZE ? prng_below(g->r, 3) != 0
				: prng_one_in(g->r, 4);
}

void gen_access_at(struct gen *g, struct op *op, u32 addr)
{
	u32 at = op->code == OP_fetch ? 0 : 1, cpu = op->cpu;
	u32 len = any_len(g);

	op->arg[at] = 0xFFFF;
	op->arg[at + 1] = within(g, addr, len ? len : 1);
	op->arg[at + 2] = len;
	op->arg[at + 3] = mode_for(g, cpu, addr);
	if (at)
		op->arg[0] = SEG_DS;
}

static void fill_access(struct gen *g, struct op *op)
{
	const struct gen_access *a = &g->access;
	u32 at = op->code == OP_fetch ? 0 : 1, cpu = op->cpu, off, reg, len;

	len = any_len(g);
	reg = at == 0			 ? SEG_CS
	      : prng_below(g->r, 3) == 0 ? made_reg(g, cpu)
					 : any_reg(g);
	op->arg[at] = 0xFFFF;
	if (a->sel_rate && prng_one_in(g->r, a->sel_rate))
		op->arg[at] = gen_selector(g, cpu, a->cpu[cpu].user);
	off = offset_for(g, cpu, reg % NR_SEG_REGS, op->arg[at],
			 len && len <= PAGE_SIZE ? len : 1);
	op->arg[at + 1] = off;
	op->arg[at + 2] = len;
	op->arg[at + 3] = mode_for(g, cpu, off);
	/* the mode that is kept is the one whose segments are loaded */
	if (a->cpu[cpu].seg[reg % NR_SEG_REGS] != GEN_FLAT &&
	    prng_below(g->r, 8))
		op->arg[at + 3] = a->cpu[cpu].user;
	if (at)
		op->arg[0] = reg;
}

/* --- all ops -------------------------------------------------------------- */

static u32 nr_pages(struct gen *g)
{
	static const u16 some[] = { 0, 2, 2, 3, 4, 8 };
	static const u16 many[] = { 1023, 1024, 1025, 1100, 512 };

	if (prng_one_in(g->r, 48))
		return misuse(g, 4) ? 0xFFFF : PICK(g, many);
	return prng_below(g->r, 3) ? 1 : PICK(g, some);
}

static u32 user_prot(struct gen *g)
{
	static const u8 prot[] = { 3, 3, 3, 3, 1, 2, 0 };

	return prng_one_in(g->r, 64) ? prng_below(g->r, 256) : PICK(g, prot);
}

u32 gen_pgd_slot(struct gen *g)
{
	const struct gen_list *list = &g->list[RES_PGD];
	u32 stale = GEN_NONE;

	if (list->nr == 0 || misuse(g, 24))
		stale = gen_stale_slot(g, RES_PGD);
	if (stale != GEN_NONE)
		return stale;
	return list->nr ? list->slot[gen_pick_live(g, list->nr)] : 0;
}

/* A block that can be mapped: a single frame. */
static u32 single_page(struct gen *g)
{
	const struct gen_list *list = &g->list[RES_PAGES];
	u32 tries, slot = 0;

	for (tries = 0; list->nr && tries < 8; tries++) {
		slot = list->slot[prng_below(g->r, list->nr)];
		if (!g->slot[slot].order || misuse(g, 8))
			break;
	}
	if (misuse(g, 24) && g->named)
		slot = prng_below(g->r, g->named);
	return slot;
}

static u32 attr_pfn(struct gen *g)
{
	u32 pfn = PICK(g, g->access.hot);

	if (misuse(g, 24))
		return gen_number(g, ARG_PFN);
	return prng_one_in(g->r, 6) ? pfn + prng_below(g->r, 3) - 1 : pfn;
}

/* An argument that does not hang on the others. */
static u32 lone_value(struct gen *g, const struct op *op, enum arg_kind kind)
{
	u32 pgd = op->arg[0] % SLOTS_WIRE;

	switch (kind) {
	case ARG_PAGES:
		return single_page(g);
	case ARG_PGD:
	case ARG_PGD_FREED:
		return gen_pgd_slot(g);
	case ARG_UADDR:
		return gen_user_page(g, pgd);
	case ARG_VADDR:
		return op->code == OP_set_pde && prng_below(g->r, 3)
			       ? gen_user_page(g, pgd)
		       : op->code == OP_pgd_free_addr
			       ? gen_number(g, kind)
			       : gen_target_page(g, op->cpu);
	case ARG_PTEBITS:
		return gen_page_bits(g, (enum op_code)op->code);
	case ARG_NRPAGES:
		return nr_pages(g);
	case ARG_UPROT:
		return user_prot(g);
	case ARG_PFN:
		return op->code == OP_map_pfn ? gen_number(g, kind)
					      : attr_pfn(g);
	case ARG_FRAME:
		return prng_below(g->r, 4) ? 0 : prng_below(g->r, 4);
	case ARG_FLAG:
		return prng_below(g->r, 2);
	default:
		return gen_boundary(g, kind);
	}
}

/*
 * A range that reaches what is mapped from before it, by a page or by tables
 * that may be missing.
 */
static void widen(struct gen *g, struct op *op, u32 addr_at)
{
	static const u16 before[] = { 1, 1, 2, 3, 1023, 1024, 1025 };
	u32 d = PICK(g, before), nr_at = addr_at + 1;

	if (prng_below(g->r, 6) || op->arg[addr_at] < d << PAGE_SHIFT)
		return;
	op->arg[addr_at] -= d << PAGE_SHIFT;
	op->arg[nr_at] = d + prng_below(g->r, 3);
}

static void fill_load_segment(struct gen *g, struct op *op)
{
	bool user = g->access.cpu[op->cpu].user;

	if (prng_one_in(g->r, 4))
		user = !user;
	op->arg[0] = any_reg(g);
	op->arg[1] = gen_selector(g, op->cpu, user);
	op->arg[2] = user;
}

static void fill_descriptor(struct gen *g, struct op *op)
{
	struct gen_desc d = gen_descriptor(g);

	op->arg[0] = gen_gdt_entry(g);
	op->arg[1] = d.low;
	op->arg[2] = d.high;
}

void gen_access_range(struct gen *g, struct op *op)
{
	if (op->code == OP_unmap || op->code == OP_protect)
		widen(g, op, 1);
	if (op->code == OP_change_pfn_attr && prng_one_in(g->r, 12))
		op->arg[1] = 1024 - (op->arg[0] & 1023);
}

/* Its CPU is chosen. */
void gen_access_fill(struct gen *g, struct op *op)
{
	const struct op_arg *arg = op_info[op->code].arg;
	u32 i;

	switch (op->code) {
	case OP_load:
	case OP_store:
	case OP_fetch:
		fill_access(g, op);
		return;
	case OP_load_segment:
		fill_load_segment(g, op);
		return;
	case OP_write_gdt_entry:
		fill_descriptor(g, op);
		return;
	default:
		for (i = 0; arg[i].kind != ARG_END; i++)
			op->arg[i] =
				lone_value(g, op, (enum arg_kind)arg[i].kind);
		gen_access_range(g, op);
	}
}

u32 gen_access_value(struct gen *g, const struct op *op, u32 i)
{
	struct op other = *op;

	other.cpu = (u8)(op->cpu % g->cpus);
	gen_access_fill(g, &other);
	return other.arg[i];
}
