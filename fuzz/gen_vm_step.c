// SPDX-License-Identifier: MIT
/*
 * gen_vm_step.c - the ops of the steps that are about kernel mappings; those
 * of kmap and kmap_atomic are in gen_kmap_step.c.
 *
 * The focus has a map (the last one made), the one before it, and a page:
 * so that what was mapped is touched, given back, and touched once more.
 * Scripts: gen_vm_scripts.c; who plays them: gen_access_script.c.
 * Validator: fuzz/tests/test_gen_vm.c.
 */
#include "gen_access_steps.h"

static struct gen_focus *focus(struct gen *g)
{
	return &g->access.focus;
}

bool gen_is_map(const struct gen *g, u32 slot)
{
	return slot < SLOTS_WIRE && g->slot[slot].kind == RES_MAP;
}

bool gen_is_block(const struct gen *g, u32 slot)
{
	return slot < SLOTS_WIRE && g->slot[slot].kind == RES_PAGES &&
	       g->slot[slot].state == SLOT_LIVE;
}

/* What op makes is the focus. */
bool gen_step_made(struct gen *g, const struct op *op)
{
	struct gen_focus *f = focus(g);

	if (gen_is_map(g, f->map))
		f->other = f->map;
	f->map = (u8)op->out;
	f->kernel = true;
	return true;
}

static bool make(struct gen *g, struct op *op, enum op_code code)
{
	return draw(g, op, code) && gen_step_made(g, op);
}

/* --- areas ---------------------------------------------------------------- */

static bool step_vm(struct gen *g, struct op *op)
{
	static const u8 code[] = {
		OP_vmalloc,    OP_vmalloc,	OP_vmalloc,
		OP_vmalloc_32, OP_vmalloc_exec, OP___vmalloc
	};

	return make(g, op, (enum op_code)PICK(g, code));
}

static bool sized(struct gen *g, struct op *op, enum op_code code, u32 size)
{
	if (!size || !draw(g, op, code))
		return false;
	op->arg[0] = size;
	return gen_step_made(g, op);
}

static bool step_vm_atomic(struct gen *g, struct op *op)
{
	static const u32 gfp[] = { GFP_ATOMIC, GFP_ATOMIC | __GFP_HIGHMEM,
				   __GFP_HIGHMEM, 0 };

	if (!make(g, op, OP___vmalloc))
		return false;
	op->arg[1] = PICK(g, gfp);
	op->flags = TASK_ATOMIC;
	return true;
}

/* So much that some of it is not to be had, or just all. */
static u32 all_memory(struct gen *g)
{
	u32 pages = gen_frames_free(g);

	switch (prng_below(g->r, 4)) {
	case 0:
		return pages * PAGE_SIZE / 2;
	case 1:
		return (pages + prng_below(g->r, 64)) * PAGE_SIZE;
	default:
		return pages > 80 ? (pages - prng_below(g->r, 64)) * PAGE_SIZE
				  : pages * PAGE_SIZE;
	}
}

/* No memory for 4 MiB: then with what there is. */
static bool step_array(struct gen *g, struct op *op)
{
	u32 size = gen_array_size(g);

	if (!g->vm.heavy ||
	    (gen_frames_free(g) * PAGE_SIZE < size && prng_below(g->r, 4)))
		return false;
	return sized(g, op, OP_vmalloc, size);
}

static bool step_hole(struct gen *g, struct op *op)
{
	u32 hole = gen_area_hole(g, (g->vm.heavy ? 64 : 9) * PAGE_SIZE);
	u32 guard = PAGE_SIZE * prng_below(g->r, 3);

	if (!hole || hole <= guard)
		return false;
	return sized(g, op, gen_usable(g, OP_vmalloc) ? OP_vmalloc : OP_ioremap,
		     hole - guard);
}

static bool step_bare_end(struct gen *g, struct op *op)
{
	static const u8 pages[] = { 1, 1, 1, 0, 2, 3 };

	if (!sized(g, op, OP_get_vm_area,
		   gen_area_rest(g) - PICK(g, pages) * PAGE_SIZE))
		return false;
	op->arg[1] = 1u << prng_below(g->r, 3);
	return true;
}

/* --- vmap ----------------------------------------------------------------- */

static bool step_vmap(struct gen *g, struct op *op, enum op_code code)
{
	u32 page = focus(g)->page;

	if (!g->list[RES_PAGES].nr)
		code = OP_alloc_page;
	if (!draw(g, op, code))
		return false;
	if (code == OP_alloc_page) {
		focus(g)->page = (u8)op->out;
		return true;
	}
	if (gen_is_block(g, page) && op->arg[0] != page) {
		op->arg[0] = page;
		op->arg[1] = code == OP_vmap_flags ? 1 : 0;
		if (code == OP_vmap)
			op->arg[2] = 1u << g->slot[page].order;
		if (op->arg[2] > 64 && code == OP_vmap)
			op->arg[2] = 64;
	}
	return gen_step_made(g, op);
}

static bool step_gone(struct gen *g, struct op *op, enum op_code code)
{
	u32 page = focus(g)->page;

	if (g->clean || page >= SLOTS_WIRE || g->slot[page].kind != RES_PAGES ||
	    !draw(g, op, code))
		return false;
	op->arg[0] = page;
	op->arg[1] = 0;
	op->arg[2] = 1;
	return gen_step_made(g, op);
}

/* Of an area whose array is an area, too: that one, which lies behind it. */
static bool step_vmap_map(struct gen *g, struct op *op)
{
	u32 map = focus(g)->map;

	if (!gen_is_map(g, map) || g->slot[map].sort > SORT_VMAP ||
	    !draw(g, op, OP_vmap_area))
		return false;
	op->arg[0] = map;
	op->arg[1] = 0;
	if (op->arg[2] << PAGE_SHIFT > g->slot[map].size)
		op->arg[2] = g->slot[map].size >> PAGE_SHIFT;
	if (g->slot[map].size > GEN_ARRAY_BYTES && prng_below(g->r, 2)) {
		op->arg[1] = g->slot[map].size + PAGE_SIZE;
		op->arg[2] = 1;
	}
	return gen_step_made(g, op);
}

/* --- giving back ---------------------------------------------------------- */

static enum op_code call_of(const struct gen *g, u32 slot)
{
	const struct gen_slot *s = &g->slot[slot];

	for (u32 i = 0; s->sort == SORT_KIND && i < g->vm.nr_areas; i++)
		if (g->vm.area[i].addr == s->addr)
			return g->vm.area[i].flags == VM_ALLOC	   ? OP_vfree
			       : g->vm.area[i].flags == VM_IOREMAP ? OP_iounmap
								   : OP_vunmap;
	switch (s->sort) {
	case SORT_VMALLOC:
		return OP_vfree;
	case SORT_IOREMAP:
	case SORT_FLAT:
		return OP_iounmap;
	default:
		return OP_vunmap;
	}
}

static bool drop_map(struct gen *g, struct op *op, u32 slot, bool wrong)
{
	static const u8 other[] = { OP_vfree, OP_vunmap, OP_iounmap };
	enum op_code code;

	if (!gen_is_map(g, slot) || g->slot[slot].sort >= SORT_KMAP)
		return false;
	if (g->slot[slot].state != SLOT_LIVE && g->clean && prng_below(g->r, 8))
		return false;
	code = call_of(g, slot);
	if (wrong && !g->clean)
		code = (enum op_code)PICK(g, other);
	if (!draw(g, op, code))
		return false;
	op->arg[0] = slot;
	return true;
}

static bool drop_any(struct gen *g, struct op *op)
{
	u32 slot = gen_map_of(g, (1u << SORT_KMAP) - 1);

	return slot != GEN_NONE && drop_map(g, op, slot, false);
}

static bool drop_big(struct gen *g, struct op *op)
{
	const struct gen_area *big = NULL;

	for (u32 i = 0; i < g->vm.nr_areas; i++)
		if (!big || g->vm.area[i].size > big->size)
			big = &g->vm.area[i];
	return big && big->slot != GEN_NONE &&
	       drop_map(g, op, big->slot, false);
}

static bool drop_at(struct gen *g, struct op *op)
{
	static const u8 code[] = { OP_vfree_addr, OP_vunmap_addr,
				   OP_iounmap_addr, OP_vfree_inside,
				   OP_vfree_inside };

	return !g->clean && draw(g, op, (enum op_code)PICK(g, code));
}

static bool step_remove(struct gen *g, struct op *op)
{
	u32 map = focus(g)->map;

	if (gen_map_of(g, 1u << SORT_VMAP | 1u << SORT_BARE) == GEN_NONE ||
	    !draw(g, op, OP_remove_vm_area))
		return false;
	if (gen_is_map(g, map) &&
	    (g->slot[map].sort == SORT_VMAP || g->slot[map].sort == SORT_BARE))
		op->arg[0] = map;
	return true;
}

/* --- accesses ------------------------------------------------------------- */

static bool touch_map(struct gen *g, struct op *op, u32 slot)
{
	static const u8 code[] = { OP_load_area, OP_load_area, OP_store_area };

	if (!gen_is_map(g, slot) || !draw(g, op, (enum op_code)PICK(g, code)))
		return false;
	op->arg[0] = slot;
	op->arg[1] = prng_below(g->r, 2) ? 0 : gen_map_off(g, slot);
	if (g->cpus > 1 && prng_one_in(g->r, 4))
		op->cpu = (u8)prng_below(g->r, g->cpus);
	return true;
}

/* The guard's first byte, or the last ones before it and it. */
static bool step_guard(struct gen *g, struct op *op)
{
	u32 map = focus(g)->map;

	if (!touch_map(g, op, map))
		return false;
	op->arg[1] = g->slot[map].size - 2 * prng_below(g->r, 2);
	return true;
}

static bool step_to_page(struct gen *g, struct op *op)
{
	u32 map = focus(g)->map;

	if (!draw(g, op, OP_vmalloc_to_page))
		return false;
	if (gen_is_map(g, map)) {
		op->arg[0] = map;
		op->arg[1] = gen_map_off(g, map);
	}
	return true;
}

/* --- devices -------------------------------------------------------------- */

static bool step_io(struct gen *g, struct op *op, u32 step)
{
	static const u32 low[] = { 0,	     0x100000, 0x180000,
				   0x3FF000, 0x9F000,  0x9E000 };
	static const u32 isa[] = { 0xA0000, 0xB8000, 0xFF000, 0x9FFFF,
				   0xFFFFF };
	enum op_code code = OP_ioremap;

	if (step == IO_LOW || prng_below(g->r, 2))
		code = OP_ioremap_nocache;
	if (!draw(g, op, code))
		return false;
	if (step == IO_SAME)
		op->arg[0] = g->vm.phys[0];
	if (step == IO_LOW) {
		op->arg[0] = PICK(g, low);
		op->arg[1] = PAGE_SIZE * (1 + prng_below(g->r, 3));
		if (prng_one_in(g->r, 6)) /* a hole's, at times */
			op->arg[0] = (g->low_pfn << PAGE_SHIFT) - op->arg[1];
		focus(g)->pfn =
			(op->arg[0] >> PAGE_SHIFT) + prng_below(g->r, 2);
		focus(g)->addr = PAGE_OFFSET + op->arg[0];
	}
	if (step == IO_ISA) {
		op->arg[0] = PICK(g, isa);
		op->arg[1] = prng_below(g->r, 3) ? 1 + prng_below(g->r, 4)
						 : 0x100000 - op->arg[0];
	}
	if (step == IO_RAM && !g->clean)
		op->arg[0] = prng_below(g->r, g->max_pfn) << PAGE_SHIFT;
	return gen_step_made(g, op);
}

static bool step_fix(struct gen *g, struct op *op, enum op_code code)
{
	struct gen_focus *f = focus(g);

	if (!draw(g, op, code))
		return false;
	if (code == OP_clear_fixmap && prng_below(g->r, 8))
		op->arg[0] = f->fix;
	f->fix = (u8)op->arg[0];
	return code == OP_clear_fixmap || gen_step_made(g, op);
}

/* --- steps ---------------------------------------------------------------- */

bool gen_vm_step_focus(struct gen *g, u32 step)
{
	struct gen_focus *f = focus(g);

	switch (step) {
	case AT:
		if (gen_is_map(g, f->map) && g->slot[f->map].addr)
			f->addr = g->slot[f->map].addr & ~(PAGE_SIZE - 1);
		f->kernel = true;
		return true;
	case FIX_AT:
		f->addr = 0xFFFFF000u - ((u32)f->fix << PAGE_SHIFT);
		f->kernel = true;
		return true;
	case WRONG_TASK:
		if (!g->clean)
			f->task = prng_below(g->r, 2) ? TASK_IRQ : TASK_ATOMIC;
		return true;
	default:
		return false;
	}
}

static bool step_of_areas(struct gen *g, struct op *op, u32 step)
{
	switch (step) {
	case VM:
		return step_vm(g, op);
	case VM_PAGE:
		return sized(g, op, OP_vmalloc, PAGE_SIZE);
	case VM_GFP:
		return make(g, op, OP___vmalloc);
	case VM_ATOMIC:
		return step_vm_atomic(g, op);
	case VM_ARRAY:
		return step_array(g, op);
	case VM_DRY:
		return g->vm.heavy && sized(g, op, OP_vmalloc, all_memory(g));
	case VM_HOLE:
		return step_hole(g, op);
	case BARE:
		return make(g, op, OP_get_vm_area);
	case BARE_END:
		return step_bare_end(g, op);
	case BARE_TABLE:
		return sized(g, op, OP_get_vm_area, 0x400000);
	case VMAP:
		return step_vmap(g, op, OP_vmap);
	case VMAP_NULL:
		return step_vmap(g, op, OP_vmap_null);
	case VMAP_FLAGS:
		return step_vmap(g, op, OP_vmap_flags);
	case VMAP_GONE:
		return step_gone(g, op, OP_vmap);
	case KM_GONE:
		return step_gone(g, op, OP_kmap);
	case VMAP_MAP:
		return step_vmap_map(g, op);
	case DROP_MAP:
	case DROP_WRONG:
		return drop_map(g, op, focus(g)->map, step == DROP_WRONG);
	case DROP_OTHER:
		return drop_map(g, op, focus(g)->other, false);
	case DROP_ANY:
		return drop_any(g, op);
	case DROP_BIG:
		return drop_big(g, op);
	case DROP_AT:
		return drop_at(g, op);
	case REMOVE:
		return step_remove(g, op);
	default:
		return false;
	}
}

bool gen_vm_step_op(struct gen *g, struct op *op, u32 step)
{
	switch (step) {
	case TOUCHM:
		return touch_map(g, op, focus(g)->map);
	case TOUCHO:
		return touch_map(g, op, focus(g)->other);
	case GUARD:
		return step_guard(g, op);
	case TOPAGE:
		return step_to_page(g, op);
	case IO:
	case IO_SAME:
	case IO_LOW:
	case IO_ISA:
	case IO_RAM:
		return step_io(g, op, step);
	case FIX:
		return step_fix(g, op, OP_set_fixmap);
	case UNFIX:
		return step_fix(g, op, OP_clear_fixmap);
	default:
		return step_of_areas(g, op, step) ||
		       gen_kmap_step_op(g, op, step);
	}
}

bool gen_vm_relieve(struct gen *g, struct op *op)
{
	if (g->vm.held[focus(g)->cpu % g->cpus] && prng_one_in(g->r, 8) &&
	    gen_kmap_step_op(g, op, KUA))
		return true;
	return gen_usable(g, OP_vmalloc) && g->vm.nr_areas &&
	       gen_area_rest(g) < 64 * PAGE_SIZE && prng_one_in(g->r, 3) &&
	       drop_big(g, op);
}
