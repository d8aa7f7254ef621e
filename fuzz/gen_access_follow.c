// SPDX-License-Identifier: MIT
/*
 * gen_access_follow.c - the generator's guess at what translation's ops do:
 * which pages are mapped, what each CPU runs on, what its registers hold.
 *
 * A frame that is mapped has a reference more.  Left out: tables and their
 * frames, and whether an access faults.
 * Validator: fuzz/tests/test_gen_access.c.
 */
#include "gen_state.h"

#define PAGE_OF(addr) ((addr) & ~(PAGE_SIZE - 1))

static struct gen_slot *live_slot(struct gen *g, u32 slot, enum res_kind kind)
{
	struct gen_slot *s = slot < SLOTS_WIRE ? &g->slot[slot] : NULL;

	return s && s->state == SLOT_LIVE && s->kind == kind ? s : NULL;
}

/* --- spans ---------------------------------------------------------------- */

static void span_unmap(struct gen *g, struct gen_span *s)
{
	if (!s->live)
		return;
	s->live = false;
	gen_page_unref(g, s->page);
}

static void unmap(struct gen *g, u32 pgd, u32 addr, u32 nr)
{
	u64 end = (u64)PAGE_OF(addr) + (u64)(nr ? nr : 1) * PAGE_SIZE;
	u32 i;

	for (i = 0; i < GEN_SPANS; i++) {
		struct gen_span *s = &g->access.span[i];

		if (s->pgd == pgd && s->addr >= PAGE_OF(addr) && s->addr < end)
			span_unmap(g, s);
	}
}

/* What has no room any more stays mapped, and is forgotten. */
static void map(struct gen *g, u32 pgd, u32 addr, u32 page)
{
	struct gen_slot *s = live_slot(g, page, RES_PAGES);
	struct gen_span *span = &g->access.span[g->access.nr % GEN_SPANS];

	if (!s || s->order)
		return;
	s->refs++;
	unmap(g, pgd, addr, 1);
	g->access.nr++;
	*span = (struct gen_span){ PAGE_OF(addr), (u8)pgd, (u8)page, true };
}

/* --- places --------------------------------------------------------------- */

/* Where the program goes, the ops to come go too; near is near enough. */
static void learn(struct gen *g, u32 *known, u32 n, u32 value, u32 near)
{
	u32 i;

	for (i = 0; i < n; i++)
		if (value - known[i] + near <= 2 * near)
			return;
	known[g->access.learnt++ % n] = value;
}

static void learn_entry(struct gen *g, u32 entry)
{
	u8 *known = g->access.entry;
	u32 i;

	for (i = 0; i < GEN_ENTRIES; i++)
		if (known[i] == entry)
			return;
	known[g->access.learnt++ % GEN_ENTRIES] = (u8)entry;
}

/* --- directories ---------------------------------------------------------- */

static bool runs_on(const struct gen *g, u32 pgd)
{
	u32 i;

	for (i = 0; i < g->cpus; i++)
		if (g->access.cpu[i].pgd == pgd)
			return true;
	return false;
}

static void drop(struct gen *g, u32 pgd, bool exit)
{
	u32 i;

	if (!live_slot(g, pgd, RES_PGD) || runs_on(g, pgd))
		return;
	for (i = 0; i < GEN_SPANS; i++) {
		struct gen_span *s = &g->access.span[i];

		if (s->pgd != pgd)
			continue;
		if (s->live && !exit)
			return;
		span_unmap(g, s);
	}
	gen_slot_freed(g, pgd);
}

static void follow_pgd(struct gen *g, const struct op *op)
{
	struct gen_slot s = { .state = SLOT_LIVE, .kind = RES_PGD, .refs = 1 };

	if (op->code == OP_pgd_alloc && op->out < SLOTS_WIRE &&
	    op->fail_nth != 1)
		gen_slot_fill(g, op->out, &s);
	if (op->code == OP_pgd_free)
		drop(g, op->arg[0], false);
	if (op->code == OP_exit_mmap)
		drop(g, op->arg[0], true);
}

/* --- the processor -------------------------------------------------------- */

static void mode(struct gen_cpu *c, u32 user)
{
	static const u8 reloaded[] = { SEG_ES, SEG_CS, SEG_SS, SEG_DS };
	u32 i;

	if (c->user == (user & 1))
		return;
	c->user = user & 1;
	for (i = 0; i < COUNT(reloaded); i++)
		c->seg[reloaded[i]] = GEN_FLAT;
}

/* What is there is taken for fit. */
static void load(struct gen_cpu *c, u32 reg, u32 sel)
{
	u32 entry = sel >> 3;
	const struct gen_desc *d = &c->gdt[entry % GDT_ENTRIES];

	reg %= NR_SEG_REGS;
	if (entry >= GDT_ENTRIES || sel & 4 || !(d->high & 0x8000))
		return;
	c->seg[reg] = (u8)entry;
	c->held[reg] = *d;
}

static void follow_processor(struct gen *g, const struct op *op)
{
	struct gen_cpu *c = &g->access.cpu[op->cpu % g->cpus];
	u32 at = op->code == OP_fetch ? 0 : 1;

	switch (op->code) {
	case OP_load:
	case OP_store:
	case OP_fetch:
		mode(c, op->arg[at + 3]);
		if (op->arg[at] != 0xFFFF)
			load(c, at ? op->arg[0] : SEG_CS, op->arg[at]);
		if (c->seg[at ? op->arg[0] % NR_SEG_REGS : SEG_CS] == GEN_FLAT)
			g->access.last = op->arg[at + 1];
		break;
	case OP_load_segment:
		mode(c, op->arg[2]);
		load(c, op->arg[0], op->arg[1]);
		break;
	case OP_write_gdt_entry:
		if (!op->arg[0] || op->arg[0] >= GDT_ENTRIES - 1 ||
		    (op->arg[0] >= 12 && op->arg[0] <= 16))
			break;
		c->gdt[op->arg[0]] =
			(struct gen_desc){ op->arg[1], op->arg[2] };
		learn_entry(g, op->arg[0]);
		break;
	default:
		break;
	}
}

static void follow_map(struct gen *g, const struct op *op)
{
	struct gen_access *a = &g->access;
	u32 user = op->arg[2];

	if (op->code == OP_map_page && user < TASK_SIZE &&
	    live_slot(g, op->arg[0], RES_PGD)) {
		map(g, op->arg[0], user, op->arg[1]);
		learn(g, a->place, GEN_PLACES, PAGE_OF(user), 4 * PAGE_SIZE);
	}
}

void gen_follow_access(struct gen *g, const struct op *op)
{
	struct gen_cpu *c = &g->access.cpu[op->cpu % g->cpus];
	u32 pgd = op->arg[0];

	switch (op->code) {
	case OP_map_page:
		follow_map(g, op);
		break;
	case OP_change_pfn_attr:
		if (op->arg[0] < g->low_pfn)
			learn(g, g->access.hot, GEN_HOT, op->arg[0], 1);
		break;
	case OP_unmap:
		unmap(g, pgd, op->arg[1], op->arg[2]);
		break;
	case OP_switch_mm:
		if (live_slot(g, pgd, RES_PGD))
			c->pgd = (u8)pgd;
		break;
	case OP_leave_mm:
		c->pgd = GEN_NONE;
		break;
	case OP_pgd_alloc:
	case OP_pgd_free:
	case OP_exit_mmap:
		follow_pgd(g, op);
		break;
	default:
		follow_processor(g, op);
	}
}
