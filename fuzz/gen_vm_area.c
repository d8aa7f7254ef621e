// SPDX-License-Identifier: MIT
/*
 * gen_vm_area.c - the generator's list of areas, by their addresses, so that
 * it can ask for what just fits: into a hole, behind the last one, or not.
 *
 *	VMALLOC_START   [area|guard] hole [area|guard]      rest     END
 *
 * More areas than the list holds are forgotten.
 * Validator: fuzz/tests/test_gen_vm.c.
 */
#include "gen_state.h"

#include <string.h>

static u32 start_of(const struct gen *g)
{
	return g->access.window_start;
}

static u64 align_up(u64 addr, u32 align)
{
	return (addr + align - 1) & ~((u64)align - 1);
}

/* Where the gap in front of area i ends. */
static u32 gap_end(const struct gen *g, u32 i)
{
	return i < g->vm.nr_areas ? g->vm.area[i].addr : g->access.window_end;
}

/* Where it begins. */
static u32 gap_start(const struct gen *g, u32 i)
{
	const struct gen_area *before = &g->vm.area[i ? i - 1 : 0];

	return i ? before->addr + before->size : start_of(g);
}

u32 gen_area_place(const struct gen *g, u32 size, u32 align)
{
	for (u32 i = 0; i <= g->vm.nr_areas; i++) {
		u64 at = align_up(gap_start(g, i), align);

		if (at + size + PAGE_SIZE <= gap_end(g, i))
			return (u32)at;
	}
	return 0;
}

u32 gen_area_hole(struct gen *g, u32 most)
{
	u32 nr = g->vm.nr_areas, from = prng_below(g->r, nr + 1);

	for (u32 n = 0; n < nr; n++) {
		u32 i = (from + n) % nr;
		u32 hole = gap_end(g, i) - gap_start(g, i);

		if (hole > PAGE_SIZE && hole <= most)
			return hole;
	}
	return 0;
}

u32 gen_area_rest(const struct gen *g)
{
	u32 from = gap_start(g, g->vm.nr_areas);

	return from < g->access.window_end ? g->access.window_end - from : 0;
}

u32 gen_area_page(struct gen *g)
{
	const struct gen_vm *vm = &g->vm;
	u32 gone = vm->nr_gone < GEN_GONE ? vm->nr_gone : GEN_GONE;
	const struct gen_area *a;

	if (vm->nr_areas && (!gone || prng_below(g->r, 3)))
		a = &vm->area[prng_below(g->r, vm->nr_areas)];
	else if (gone)
		a = &vm->gone[prng_below(g->r, gone)];
	else
		return 0;
	switch (prng_below(g->r, 4)) {
	case 0:
		return a->addr + a->size - PAGE_SIZE; /* its guard */
	case 1:
		return a->addr +
		       prng_below(g->r, a->size >> PAGE_SHIFT) * PAGE_SIZE;
	case 2:
		return a->size > PAGE_SIZE ? a->addr + a->size - 2 * PAGE_SIZE
					   : a->addr;
	default:
		return a->addr;
	}
}

void gen_area_add(struct gen *g, const struct gen_area *area)
{
	struct gen_vm *vm = &g->vm;
	u32 i = vm->nr_areas;

	if (i == GEN_AREAS)
		return;
	while (i && vm->area[i - 1].addr > area->addr) {
		vm->area[i] = vm->area[i - 1];
		i--;
	}
	vm->area[i] = *area;
	vm->nr_areas++;
}

bool gen_area_remove(struct gen *g, u32 addr, struct gen_area *area)
{
	struct gen_vm *vm = &g->vm;
	u32 i = 0;

	while (i < vm->nr_areas && vm->area[i].addr != addr)
		i++;
	if (i == vm->nr_areas)
		return false;
	*area = vm->area[i];
	vm->gone[vm->nr_gone++ % GEN_GONE] = *area;
	vm->nr_areas--;
	memmove(&vm->area[i], &vm->area[i + 1],
		(vm->nr_areas - i) * sizeof(vm->area[0]));
	return true;
}
