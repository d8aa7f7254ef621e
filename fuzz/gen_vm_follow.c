// SPDX-License-Identifier: MIT
/*
 * gen_vm_follow.c - the generator's guess at what ops of kernel mappings do:
 * which areas there are and where, and what memory they take.
 *
 * Left out: descriptors and page arrays, which come from slabs that have
 * objects to spare, mostly; an array past a page is an area, though.
 * Validator: fuzz/tests/test_gen_vm.c.
 */
#include "gen_state.h"

#define ISA_START 0xA0000u
#define ISA_END 0x100000u
#define IOREMAP_PAGES_MAX 0x20000u

struct gen_slot *gen_live(struct gen *g, u32 slot, enum res_kind kind)
{
	struct gen_slot *s = slot < SLOTS_WIRE ? &g->slot[slot] : NULL;

	return s && s->state == SLOT_LIVE && s->kind == kind ? s : NULL;
}

static bool may_not_sleep(const struct gen *g, const struct op *op)
{
	return op->flags & (TASK_ATOMIC | TASK_IRQ) ||
	       g->vm.held[op->cpu % g->cpus];
}

/* --- memory --------------------------------------------------------------- */

static void give_frames(struct gen *g, const struct gen_area *a)
{
	for (u32 zone = 0; zone < NR_ZONES; zone++)
		for (u32 i = 0; i < a->frames[zone]; i++)
			gen_pages_give(g, zone, 0);
}

static bool take_frames(struct gen *g, const struct op *op, u32 gfp, u32 nr,
			struct gen_area *a)
{
	while (nr--) {
		u32 zone = gen_frame_take(g, op, gfp);

		if (zone == NR_ZONES) {
			give_frames(g, a);
			return false;
		}
		a->frames[zone]++;
	}
	return true;
}

/* The tables that the area needs, which stay. */
static bool take_tables(struct gen *g, const struct op *op, u32 addr, u32 size)
{
	u32 last = (addr + size - 1) >> 22;

	for (u32 pde = addr >> 22; size && pde <= last; pde++) {
		bool *table = &g->vm.table[pde - GEN_KERNEL_PDE];

		if (!*table && gen_frame_take(g, op, GFP_KERNEL) == NR_ZONES)
			return false;
		*table = true;
	}
	return true;
}

/* --- areas ---------------------------------------------------------------- */

static void make(struct gen *g, const struct op *op, struct gen_area *a,
		 u32 size, u32 offset)
{
	struct gen_slot s = { .state = SLOT_LIVE,
			      .kind = RES_MAP,
			      .sort = a->sort,
			      .page = a->page,
			      .refs = 1 };

	a->slot = (u8)op->out;
	a->size = size + PAGE_SIZE;
	gen_area_add(g, a);
	s.size = size;
	s.addr = a->addr + offset;
	g->access.last = s.addr;
	if (op->out < SLOTS_WIRE)
		gen_slot_fill(g, op->out, &s);
}

static u32 gfp_of(const struct op *op)
{
	return op->code == OP___vmalloc	   ? op->arg[1]
	       : op->code == OP_vmalloc_32 ? GFP_KERNEL
					   : GFP_HIGHUSER;
}

static void follow_vmalloc(struct gen *g, const struct op *op)
{
	u64 bytes = ((u64)op->arg[0] + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1ull);
	struct gen_area a = { .sort = SORT_VMALLOC, .page = GEN_NONE };
	u32 size = (u32)bytes, gfp = gfp_of(op);

	if (!size || bytes >> 32 || size >> PAGE_SHIFT > g->max_pfn ||
	    op->flags & TASK_IRQ || (may_not_sleep(g, op) && gfp & __GFP_WAIT))
		return;
	a.addr = gen_area_place(g, size, PAGE_SIZE);
	if (a.addr && take_frames(g, op, gfp, size >> PAGE_SHIFT, &a) &&
	    take_tables(g, op, a.addr, size))
		make(g, op, &a, size, 0);
}

static void follow_bare(struct gen *g, const struct op *op)
{
	u64 bytes = ((u64)op->arg[0] + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1ull);
	struct gen_area a = { .sort = SORT_BARE, .page = GEN_NONE };
	u32 flags = op->arg[1], size = (u32)bytes;

	if (may_not_sleep(g, op) || !size || bytes >> 32 ||
	    (flags != VM_IOREMAP && flags != VM_ALLOC && flags != VM_MAP))
		return;
	a.flags = (u8)flags;
	if (flags != VM_MAP)
		a.sort = SORT_KIND;
	a.addr = gen_area_place(g, size, PAGE_SIZE);
	if (a.addr)
		make(g, op, &a, size, 0);
}

static void follow_vmap(struct gen *g, const struct op *op)
{
	bool by_flags = op->code == OP_vmap_flags;
	u32 nr = op->arg[by_flags ? 1 : 2];
	struct gen_area a = { .sort = SORT_VMAP, .page = (u8)op->arg[0] };
	struct gen_slot *s = gen_live(g, op->arg[0], RES_PAGES);

	if (!s || !nr || nr > g->max_pfn || may_not_sleep(g, op) ||
	    (by_flags && op->arg[2] != VM_MAP) ||
	    (op->code == OP_vmap_null && op->arg[3] < nr))
		return;
	a.addr = gen_area_place(g, nr * PAGE_SIZE, PAGE_SIZE);
	if (!a.addr || !take_tables(g, op, a.addr, nr * PAGE_SIZE))
		return;
	s->kmaps++;
	make(g, op, &a, nr * PAGE_SIZE, 0);
}

static void follow_vmap_area(struct gen *g, const struct op *op)
{
	struct gen_slot *s = gen_live(g, op->arg[0], RES_MAP);
	struct gen_area a = { .sort = SORT_VMAP, .page = GEN_NONE };
	u32 size = op->arg[2] * PAGE_SIZE;

	if (!s || !size || may_not_sleep(g, op) || s->sort > SORT_VMAP ||
	    (op->arg[1] & ~(PAGE_SIZE - 1)) + size > s->size)
		return;
	a.addr = gen_area_place(g, size, PAGE_SIZE);
	if (a.addr)
		make(g, op, &a, size, 0);
}

/* 2^fls(size), from a page to 512 KiB. */
static u32 io_align(u32 size)
{
	u32 align = PAGE_SIZE;

	while (align <= size && align < IOREMAP_MAX_ALIGN)
		align *= 2;
	return align;
}

static void follow_ioremap(struct gen *g, const struct op *op)
{
	u32 phys = op->arg[0], last = phys + op->arg[1] - 1, size;
	struct gen_area a = { .sort = SORT_IOREMAP, .page = GEN_NONE };
	struct gen_slot s = { .state = SLOT_LIVE,
			      .kind = RES_MAP,
			      .sort = SORT_FLAT,
			      .page = GEN_NONE,
			      .size = op->arg[1],
			      .refs = 1 };

	if (!op->arg[1] || last < phys)
		return;
	if (phys >= ISA_START && last < ISA_END) {
		s.addr = PAGE_OFFSET + phys;
		if (op->out < SLOTS_WIRE)
			gen_slot_fill(g, op->out, &s);
		return;
	}
	size = (last & ~(PAGE_SIZE - 1)) - (phys & ~(PAGE_SIZE - 1)) +
	       PAGE_SIZE;
	if (may_not_sleep(g, op) || size >> PAGE_SHIFT > IOREMAP_PAGES_MAX ||
	    (last >> PAGE_SHIFT >= 0x400 && phys >> PAGE_SHIFT < g->max_pfn))
		return;
	a.addr = gen_area_place(g, size, io_align(size));
	if (a.addr && take_tables(g, op, a.addr, size))
		make(g, op, &a, size, phys & (PAGE_SIZE - 1));
}

/* Does the call take back an area of this sort? */
static bool takes(enum op_code code, const struct gen_area *a)
{
	switch (code) {
	case OP_vfree:
		return a->sort == SORT_VMALLOC ||
		       (a->sort == SORT_KIND && a->flags == VM_ALLOC);
	case OP_vunmap:
		return a->sort == SORT_VMAP || a->sort == SORT_BARE;
	case OP_iounmap:
		return a->sort == SORT_IOREMAP ||
		       (a->sort == SORT_KIND && a->flags == VM_IOREMAP);
	default: /* remove_vm_area */
		return a->sort == SORT_VMAP || a->sort == SORT_BARE;
	}
}

static void follow_drop(struct gen *g, const struct op *op)
{
	const struct gen_slot *s = gen_live(g, op->arg[0], RES_MAP);
	struct gen_area a;
	u32 i = 0;

	if (s && s->sort == SORT_FLAT && op->code == OP_iounmap)
		gen_slot_freed(g, op->arg[0]);
	if (!s || op->flags & TASK_IRQ)
		return;
	while (i < g->vm.nr_areas &&
	       g->vm.area[i].addr != (s->addr & ~(PAGE_SIZE - 1)))
		i++;
	if (i == g->vm.nr_areas ||
	    !takes((enum op_code)op->code, &g->vm.area[i]))
		return;
	gen_area_remove(g, g->vm.area[i].addr, &a);
	if (a.page != GEN_NONE && g->slot[a.page].kmaps)
		g->slot[a.page].kmaps--;
	if (op->code == OP_vfree)
		give_frames(g, &a);
	gen_slot_freed(g, op->arg[0]);
}

void gen_follow_vm(struct gen *g, const struct op *op)
{
	switch (op->code) {
	case OP_vmalloc:
	case OP_vmalloc_32:
	case OP_vmalloc_exec:
	case OP___vmalloc:
		follow_vmalloc(g, op);
		break;
	case OP_vmap:
	case OP_vmap_null:
	case OP_vmap_flags:
		follow_vmap(g, op);
		break;
	case OP_vmap_area:
		follow_vmap_area(g, op);
		break;
	case OP_get_vm_area:
		follow_bare(g, op);
		break;
	case OP_ioremap:
	case OP_ioremap_nocache:
		follow_ioremap(g, op);
		break;
	case OP_vfree:
	case OP_vunmap:
	case OP_iounmap:
	case OP_remove_vm_area:
		follow_drop(g, op);
		break;
	default:
		gen_follow_kmap(g, op);
	}
}
