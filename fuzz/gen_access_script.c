// SPDX-License-Identifier: MIT
/*
 * gen_access_script.c - plays the scripts of translation: each program likes
 * some more than others, leaves steps out, and mixes in ops that belong to
 * none.  A script's focus (CPU, directory, page, address) mostly outlives it,
 * so that mechanisms meet.
 * Validator: fuzz/tests/test_gen_access.c.
 */
#include "gen_access_steps.h"

static const struct access_script *script_of(u32 i)
{
	return i < nr_access_scripts ? &access_scripts[i]
				     : &vm_scripts[i - nr_access_scripts];
}

void gen_swarm_access_scripts(struct gen *g, u8 profile)
{
	static const u8 factor[] = { 0, 0, 1, 1, 1, 2, 4 };
	static const u8 skip_rate[] = { 0, 0, 24, 12, 6 };
	u32 i, sum = 0, nr = nr_access_scripts;

	if (g->options->groups & GROUP_MAPPING)
		nr += nr_vm_scripts;
	for (i = 0; i < nr; i++) {
		const struct access_script *s = script_of(i);
		u32 f = gen_vm_favours(g, s) ? 8 : PICK(g, factor);

		if (s->groups & ~g->options->groups)
			f = 0;
		g->plan.weight[i] = (u8)(s->weight * f);
		sum += g->plan.weight[i];
	}
	if (!sum)
		g->plan.weight[nr_access_scripts - 1] = 1;
	g->plan.skip_rate = PICK(g, skip_rate);
	if (profile == ALIGNED_PROFILE && g->options->groups & GROUP_USER)
		g->access.focus.next = access_script_large;
}

static const u8 *pick_script(struct gen *g)
{
	u32 i, sum = 0, at;

	for (i = 0; i < nr_access_scripts + nr_vm_scripts; i++)
		sum += g->plan.weight[i];
	at = prng_below(g->r, sum);
	for (i = 0; at >= g->plan.weight[i]; i++)
		at -= g->plan.weight[i];
	return script_of(i)->steps;
}

/* --- the focus ------------------------------------------------------------ */

static bool lives(const struct gen *g, u32 slot, enum res_kind kind)
{
	return slot < SLOTS_WIRE && g->slot[slot].state == SLOT_LIVE &&
	       g->slot[slot].kind == kind;
}

/* Steps that need no op: what the next ones are about. */
static bool step_focus(struct gen *g, enum access_step step)
{
	static const u8 nth[] = { 1, 1, 1, 2, 2, 3 };
	struct gen_focus *f = &g->access.focus;

	switch (step) {
	case PLACE:
		f->addr = g->access.place[prng_below(g->r, GEN_PLACES)] +
			  PAGE_SIZE * prng_below(g->r, 3);
		f->kernel = false;
		return true;
	case WINDOW:
		f->addr = gen_window_page(g) & ~(PAGE_SIZE - 1);
		f->kernel = true;
		return true;
	case HOT:
		f->pfn = PICK(g, g->access.hot);
		f->addr = PAGE_OFFSET + (f->pfn << PAGE_SHIFT);
		f->kernel = true;
		return true;
	case NEXT:
		f->addr += PAGE_SIZE;
		f->pfn++;
		return true;
	case BESIDE:
		f->addr ^= PAGE_SIZE;
		f->pfn ^= 1;
		return true;
	case OTHER:
		if (g->cpus > 1)
			f->cpu = g->cpus == 2 || prng_below(g->r, 4)
					 ? f->cpu ^ 1
					 : (u8)prng_below(g->r, g->cpus);
		return true;
	case FAIL:
		g->plan.fail_nth = PICK(g, nth);
		return true;
	default:
		return gen_vm_step_focus(g, step);
	}
}

/* --- ops ------------------------------------------------------------------ */

/* On the focus's CPU, arguments drawn. */
bool gen_step_draw(struct gen *g, struct op *op, enum op_code code)
{
	if (!gen_usable(g, code))
		return false;
	*op = op_default(code);
	op->cpu = (u8)(g->access.focus.cpu % g->cpus);
	if (op_info[code].group & GROUP_MAPPING)
		gen_vm_fill(g, op);
	else if (op_info[code].group & GROUP_ACCESS)
		gen_access_fill(g, op);
	else
		for (u32 i = 0; op_info[code].arg[i].kind != ARG_END; i++)
			op->arg[i] = gen_value(g, op, i);
	if (op_info[code].result != RES_NONE)
		op->out = gen_free_slot(g);
	op->fail_nth = g->plan.fail_nth;
	g->plan.fail_nth = 0;
	if (g->task_rate && prng_one_in(g->r, 4 * g->task_rate))
		op->flags =
			(u8)prng_below(g->r, TASK_FLAGS + 1) & g->task_flags;
	gen_suit(g, op);
	op->flags |= g->access.focus.task;
	g->access.focus.task = 0;
	return true;
}

static bool step_page(struct gen *g, struct op *op)
{
	if (!draw(g, op, OP_alloc_page))
		return false;
	if (prng_below(g->r, 8))
		op->arg[0] = prng_below(g->r, 2) ? GFP_KERNEL : GFP_HIGHUSER;
	gen_suit(g, op);
	g->access.focus.page = (u8)op->out;
	return true;
}

static bool step_zeroed_page(struct gen *g, struct op *op)
{
	if (!step_page(g, op))
		return false;
	op->arg[0] = GFP_HIGHUSER | __GFP_ZERO;
	gen_suit(g, op);
	return true;
}

static bool step_pgd(struct gen *g, struct op *op)
{
	if (!draw(g, op, OP_pgd_alloc))
		return false;
	g->access.focus.pgd = (u8)op->out;
	return true;
}

static bool has_pgd(struct gen *g)
{
	struct gen_focus *f = &g->access.focus;
	const struct gen_list *list = &g->list[RES_PGD];

	if (!lives(g, f->pgd, RES_PGD) && list->nr)
		f->pgd = list->slot[prng_below(g->r, list->nr)];
	return lives(g, f->pgd, RES_PGD) || (f->pgd != GEN_NONE && !g->clean);
}

/* An op on the focus's directory; at its address, if it has one. */
static bool on_pgd(struct gen *g, struct op *op, enum op_code code)
{
	const struct gen_focus *f = &g->access.focus;
	int addr = op_arg_of_kind(&op_info[code], ARG_UADDR);

	if (!has_pgd(g) || !draw(g, op, code))
		return false;
	op->arg[0] = f->pgd;
	if (addr < 0 && code == OP_set_pde)
		addr = 1;
	if (addr >= 0 && (!f->kernel || code == OP_set_pde))
		op->arg[addr] = f->addr;
	gen_access_range(g, op);
	return true;
}

static bool step_map(struct gen *g, struct op *op)
{
	const struct gen_focus *f = &g->access.focus;

	if (!on_pgd(g, op, OP_map_page))
		return false;
	if (f->page != GEN_NONE && prng_below(g->r, 12))
		op->arg[1] = f->page;
	return true;
}

static bool step_access(struct gen *g, struct op *op, enum op_code code)
{
	const struct gen_focus *f = &g->access.focus;

	if (!draw(g, op, code))
		return false;
	if (prng_below(g->r, 12))
		gen_access_at(g, op, f->addr);
	return true;
}

static bool step_touch(struct gen *g, struct op *op)
{
	static const u8 code[] = { OP_load,  OP_load,  OP_load, OP_store,
				   OP_store, OP_store, OP_fetch };

	return step_access(g, op, (enum op_code)PICK(g, code));
}

static bool step_bits(struct gen *g, struct op *op, enum op_code code, u32 bits)
{
	if (!on_pgd(g, op, code))
		return false;
	op->arg[2] = bits;
	return true;
}

static bool step_protect(struct gen *g, struct op *op, u32 prot)
{
	if (!on_pgd(g, op, OP_protect))
		return false;
	op->arg[2] = 1 + prng_below(g->r, 2);
	op->arg[3] = prot;
	return true;
}

static bool step_mirror(struct gen *g, struct op *op)
{
	static const u16 bits[] = { 0x1E3, 0x1E1, 0x0E3, 0x1E7, 0x1E5, 0x183 };

	if (!g->access.focus.kernel)
		step_focus(g, HOT);
	return step_bits(g, op, OP_set_pde, PICK(g, bits));
}

static bool step_large(struct gen *g, struct op *op)
{
	static const u16 bits[] = { 0x0E7, 0x0E7, 0x087, 0x0E5, 0x0E3, 0x1E7 };

	return step_bits(g, op, OP_set_pde, PICK(g, bits));
}

static bool step_attr(struct gen *g, struct op *op, bool back)
{
	const struct gen_focus *f = &g->access.focus;

	if (!draw(g, op, OP_change_pfn_attr))
		return false;
	if (prng_below(g->r, 12))
		op->arg[0] = f->pfn;
	if (back)
		op->arg[2] = 0x163;
	return true;
}

static bool step_flag(struct gen *g, struct op *op, enum op_code code, u32 on)
{
	if (!draw(g, op, code))
		return false;
	op->arg[0] = on;
	return true;
}

static bool step_select(struct gen *g, struct op *op)
{
	struct gen_focus *f = &g->access.focus;
	const struct gen_cpu *c = &g->access.cpu[f->cpu % g->cpus];
	static const u8 reg[] = { SEG_DS, SEG_DS, SEG_ES, SEG_SS,
				  SEG_SS, SEG_CS, SEG_FS, SEG_GS };
	u32 rpl = c->user ? 3 : 0;

	if (!draw(g, op, OP_load_segment))
		return false;
	f->reg = PICK(g, reg);
	if (prng_one_in(g->r, 4))
		rpl = prng_below(g->r, 4);
	op->arg[0] = f->reg;
	if (prng_below(g->r, 12))
		op->arg[1] = (u32)f->entry << 3 | rpl;
	op->arg[2] = c->user;
	return true;
}

/* Mostly one that the mode can load. */
static bool step_desc(struct gen *g, struct op *op)
{
	struct gen_focus *f = &g->access.focus;
	const struct gen_cpu *c = &g->access.cpu[f->cpu % g->cpus];

	if (!draw(g, op, OP_write_gdt_entry))
		return false;
	if (prng_below(g->r, 3))
		op->arg[2] = (op->arg[2] & ~0x6000u) | 0x8000 |
			     (c->user ? 0x6000u : 0);
	f->entry = (u8)op->arg[0];
	return true;
}

static bool step_edge(struct gen *g, struct op *op)
{
	static const u8 code[] = { OP_load, OP_load, OP_store, OP_store };
	const struct gen_focus *f = &g->access.focus;

	if (f->reg == SEG_CS && prng_below(g->r, 2))
		return draw(g, op, OP_fetch);
	return draw(g, op, (enum op_code)PICK(g, code));
}

/* The focus's address again, from the other mode. */
static bool step_mode(struct gen *g, struct op *op)
{
	const struct gen_cpu *c = &g->access.cpu[g->access.focus.cpu % g->cpus];

	if (!step_access(g, op, prng_below(g->r, 2) ? OP_load : OP_store))
		return false;
	op->arg[4] = !c->user;
	return true;
}

static bool step_of_user(struct gen *g, struct op *op, enum access_step step)
{
	switch (step) {
	case PGD:
		return step_pgd(g, op);
	case PGD_IF:
		return !has_pgd(g) && step_pgd(g, op);
	case SWITCH:
		return on_pgd(g, op, OP_switch_mm);
	case LEAVE:
		return draw(g, op, OP_leave_mm);
	case MAP:
		return step_map(g, op);
	case UNMAP:
		return on_pgd(g, op, OP_unmap);
	case PROTECT:
		return on_pgd(g, op, OP_protect);
	case READONLY:
		return step_protect(g, op, 1);
	case SHARED:
		return step_protect(g, op, 3);
	case PTE:
		return on_pgd(g, op, OP_set_pte);
	case PDE:
		return on_pgd(g, op, OP_set_pde);
	case GLOBAL:
		return step_bits(g, op, OP_set_pte, 0x127);
	case LARGE:
		return step_large(g, op);
	case MIRROR:
		return step_mirror(g, op);
	case PGD_FREE:
		return on_pgd(g, op, OP_pgd_free);
	case PGD_WILD:
		return !g->clean && draw(g, op, OP_pgd_free_addr);
	case EXIT:
		return on_pgd(g, op, OP_exit_mmap);
	default:
		return false;
	}
}

static bool step_of_kernel(struct gen *g, struct op *op, enum access_step step)
{
	switch (step) {
	case ATTR:
		return step_attr(g, op, false);
	case ATTR_BACK:
		return step_attr(g, op, true);
	case GFLUSH:
		return draw(g, op, OP_global_flush_tlb);
	case FLUSH:
		return draw(g, op, OP_flush_tlb);
	case FLUSH_ALL:
		return draw(g, op, OP_flush_tlb_all);
	case INVLPG:
		return step_flag(g, op, OP_invlpg, g->access.focus.addr);
	case WP_OFF:
	case WP_ON:
		return step_flag(g, op, OP_write_cr0, step == WP_ON);
	case PGE_OFF:
	case PGE_ON:
		return step_flag(g, op, OP_write_cr4, step == PGE_ON);
	default:
		return false;
	}
}

static bool step_change(struct gen *g, struct op *op)
{
	static const u8 user[] = { PTE, PTE, PDE, PDE, GLOBAL };
	static const u8 kernel[] = { MIRROR, MIRROR, ATTR, ATTR_BACK };
	enum access_step step = (enum access_step)PICK(g, user);

	if (g->access.focus.kernel)
		step = (enum access_step)PICK(g, kernel);
	return step_of_user(g, op, step) || step_of_kernel(g, op, step);
}

static bool step_drop(struct gen *g, struct op *op)
{
	static const u8 step[] = { FLUSH,    FLUSH,  FLUSH_ALL, INVLPG,
				   INVLPG,   GFLUSH, PGE_OFF,	PGE_ON,
				   DROP_MAP, SWITCH, LEAVE,	UNMAP };
	enum access_step drop = (enum access_step)PICK(g, step);

	return step_of_user(g, op, drop) || step_of_kernel(g, op, drop) ||
	       gen_vm_step_op(g, op, drop);
}

static bool step_op(struct gen *g, struct op *op, enum access_step step)
{
	u32 page = g->access.focus.page;

	switch (step) {
	case PAGE:
		return step_page(g, op);
	case ZPAGE:
		return step_zeroed_page(g, op);
	case CHANGE:
		return step_change(g, op);
	case DROP:
		return step_drop(g, op);
	case FREE:
		if (page == GEN_NONE || !draw(g, op, OP___free_pages))
			return false;
		op->arg[0] = page;
		op->arg[1] = 0;
		return true;
	case LOAD:
		return step_access(g, op, OP_load);
	case STORE:
		return step_access(g, op, OP_store);
	case FETCH:
		return step_access(g, op, OP_fetch);
	case TOUCH:
		return step_touch(g, op);
	case DESC:
		return step_desc(g, op);
	case SELECT:
		return step_select(g, op);
	case EDGE:
		return step_edge(g, op);
	case MODE:
		return step_mode(g, op);
	case ANY:
		gen_any_op(g, op);
		return true;
	default:
		return step_of_user(g, op, step) ||
		       step_of_kernel(g, op, step) ||
		       gen_vm_step_op(g, op, step);
	}
}

/* On to the next step of the script, or of another one. */
static enum access_step next_step(struct gen *g)
{
	struct gen_focus *f = &g->access.focus;
	enum access_step step;

	do {
		if (!f->next || *f->next == END) {
			f->next = pick_script(g);
			if (prng_one_in(g->r, 4))
				f->pgd = f->page = f->map = GEN_NONE;
		}
		step = (enum access_step) * f->next++;
	} while (g->plan.skip_rate && prng_one_in(g->r, g->plan.skip_rate));
	return step;
}

void gen_access_script_op(struct gen *g, struct op *op)
{
	u32 tries;

	if (g->noise_rate && prng_one_in(g->r, g->noise_rate)) {
		gen_any_op(g, op);
		return;
	}
	if (gen_vm_relieve(g, op))
		return;
	for (tries = 0; tries < 48; tries++) {
		enum access_step step = next_step(g);

		if (!step_focus(g, step) && step_op(g, op, step))
			return;
	}
	gen_any_op(g, op);
}
