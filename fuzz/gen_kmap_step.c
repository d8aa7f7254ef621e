// SPDX-License-Identifier: MIT
/*
 * gen_kmap_step.c - the ops of the steps that are about high memory: pages of
 * it, kmaps up to the wrap and beyond, kmap_atomic in pairs or not.
 * Scripts: gen_vm_scripts.c.  Validator: fuzz/tests/test_gen_vm.c.
 */
#include "gen_access_steps.h"

#define HIGH_BLOCK 10u /* as many frames as there are slots */

static struct gen_focus *focus(struct gen *g)
{
	return &g->access.focus;
}

static bool step_high(struct gen *g, struct op *op, u32 order)
{
	if (!draw(g, op, OP_alloc_pages))
		return false;
	op->arg[0] = order;
	op->arg[1] = GFP_HIGHUSER;
	gen_suit(g, op);
	focus(g)->page = (u8)op->out;
	return true;
}

static u32 block_order(struct gen *g)
{
	if (!g->vm.wraps)
		return 1 + prng_below(g->r, 3);
	return prng_below(g->r, 3) ? HIGH_BLOCK : 1 + prng_below(g->r, 9);
}

/* The focus's page, if it is there. */
static bool on_page(struct gen *g, struct op *op, enum op_code code)
{
	u32 page = focus(g)->page;

	if (!g->list[RES_PAGES].nr && step_high(g, op, 0))
		return true;
	if (!draw(g, op, code))
		return false;
	if (!gen_is_block(g, page))
		return true;
	op->arg[0] = page;
	op->arg[1] &= (1u << g->slot[page].order) - 1;
	return true;
}

static bool step_kmap_low(struct gen *g, struct op *op)
{
	const struct gen_list *list = &g->list[RES_PAGES];

	if (!list->nr || !draw(g, op, OP_kmap))
		return false;
	op->arg[0] = list->slot[prng_below(g->r, list->nr)];
	op->arg[1] = 0;
	return gen_step_made(g, op);
}

static bool step_kmap_fill(struct gen *g, struct op *op, bool all)
{
	u32 slot = gen_high_block(g, HIGH_BLOCK);

	if (slot == GEN_NONE)
		slot = gen_high_block(g, g->vm.wraps ? 5 : 1);
	if (slot == GEN_NONE || !draw(g, op, OP_kmap_block))
		return false;
	focus(g)->page = (u8)slot;
	op->arg[0] = slot;
	op->arg[1] = 0;
	op->arg[2] = all ? 1024 : gen_kmap_room(g) + prng_below(g->r, 3);
	if (!g->vm.wraps)
		op->arg[2] = 1 + prng_below(g->r, 8);
	return true;
}

static bool step_of_map(struct gen *g, struct op *op, enum op_code code)
{
	u32 map = focus(g)->map;

	if (!draw(g, op, code))
		return false;
	if (gen_is_map(g, map) && g->slot[map].sort <= SORT_VMAP) {
		op->arg[0] = map;
		op->arg[1] = 0;
	}
	return true;
}

static bool step_atomic(struct gen *g, struct op *op, bool other_type)
{
	const struct gen_slot *s = &g->slot[focus(g)->map % SLOTS_WIRE];

	if (!on_page(g, op, OP_kmap_atomic))
		return false;
	if (other_type && s->kind == RES_MAP && s->sort == SORT_ATOMIC &&
	    s->page != GEN_NONE) {
		op->arg[0] = s->page;
		op->arg[1] = s->frame;
		op->arg[2] = (s->type + 1u) % KM_TYPE_NR;
	}
	return gen_step_made(g, op);
}

static bool step_unatomic(struct gen *g, struct op *op)
{
	u32 slot = gen_held_slot(g, focus(g)->cpu % g->cpus);

	if (slot == GEN_NONE || !draw(g, op, OP_kunmap_atomic))
		return false;
	op->arg[0] = slot;
	op->arg[1] = g->slot[slot].type;
	return true;
}

static bool step_unatomic_low(struct gen *g, struct op *op)
{
	if (g->clean || !g->vm.held[focus(g)->cpu % g->cpus] ||
	    !draw(g, op, OP_kunmap_atomic_addr))
		return false;
	op->arg[0] = PAGE_OFFSET;
	op->arg[1] = KM_USER0;
	return true;
}

static bool step_unatomic_wrong(struct gen *g, struct op *op)
{
	u32 slot = gen_map_of(g, 1u << SORT_ATOMIC);

	if (g->clean)
		return false;
	if (slot == GEN_NONE || prng_one_in(g->r, 3))
		return draw(g, op, OP_kunmap_atomic_addr);
	if (!draw(g, op, OP_kunmap_atomic))
		return false;
	op->arg[0] = slot;
	op->arg[1] = prng_below(g->r, KM_TYPE_NR + 1);
	return true;
}

bool gen_kmap_step_op(struct gen *g, struct op *op, u32 step)
{
	switch (step) {
	case HPAGE:
		return step_high(g, op, 0);
	case HBLOCK:
		return step_high(g, op, block_order(g));
	case KM:
		return on_page(g, op, OP_kmap) && gen_step_made(g, op);
	case KM_LOW:
		return step_kmap_low(g, op);
	case KM_FILL:
	case KM_BLOCK:
		return step_kmap_fill(g, op, step == KM_BLOCK);
	case KM_PFN:
		return draw(g, op, OP_kmap_pfn) && gen_step_made(g, op);
	case KM_MAP:
		return step_of_map(g, op, OP_kmap_area);
	case KUM:
		return draw(g, op, OP_kunmap);
	case KUM_TWICE:
		return !g->clean &&
		       draw(g, op,
			    prng_below(g->r, 2) ? OP_kunmap : OP_kunmap_pfn);
	case KUM_BLOCK:
		return draw(g, op, OP_kunmap_block);
	case KUM_MAP:
		return step_of_map(g, op, OP_kunmap_area);
	case KA:
	case KA_TYPE:
		return step_atomic(g, op, step == KA_TYPE);
	case KA_PFN:
		return !g->clean && draw(g, op, OP_kmap_atomic_pfn) &&
		       gen_step_made(g, op);
	case KUA:
		return step_unatomic(g, op);
	case KUA_LOW:
		return step_unatomic_low(g, op);
	case KUA_WRONG:
		return step_unatomic_wrong(g, op);
	case KA_PAGE:
		return draw(g, op,
			    prng_below(g->r, 2) ? OP_kmap_atomic_to_page
						: OP_kmap_atomic_to_page_addr);
	case VALID:
		return draw(g, op, OP_virt_addr_valid);
	default:
		return false;
	}
}
