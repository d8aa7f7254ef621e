// SPDX-License-Identifier: MIT
/*
 * gen_vm.c - where the arguments of vmalloc, vmap and their kin come from.
 *
 * What goes wrong with areas goes wrong at edges: a size that just fits a
 * hole, the end of the window, or the array of page pointers; the guard page;
 * the last of memory.  Much of the rest is to have areas at all.
 * ioremap and the fixmap are gen_vm_io.c's, kmaps gen_kmap.c's.
 * Validator: fuzz/tests/test_gen_vm.c.
 */
#include "gen_state.h"

#define ARRAY_PAGES (GEN_ARRAY_BYTES / PAGE_SIZE)
/* Programs with such sizes, or so many kmaps, cost as much as a hundred. */
#define HEAVY_RATE 96u
#define WRAPS_RATE 16u

static bool misuse(struct gen *g, u32 rate)
{
	return prng_one_in(g->r, g->clean ? 64 * rate : rate);
}

void gen_swarm_vm(struct gen *g)
{
	static const u8 pages[] = { 1, 1, 1, 1, 1, 2, 2, 4 };
	static const u8 heavy_pages[] = { 2, 5, 8, 16, 40 };
	static const u8 type[] = { KM_USER0, KM_USER0,	  KM_USER1,
				   KM_IRQ0,  KM_SOFTIRQ1, KM_BOUNCE_READ };

	g->vm.heavy = prng_one_in(g->r, HEAVY_RATE);
	g->vm.wraps = prng_one_in(g->r, WRAPS_RATE << gen_objects(g));
	g->vm.pages = g->vm.heavy ? PICK(g, heavy_pages) : PICK(g, pages);
	g->vm.type[0] = PICK(g, type);
	g->vm.type[1] = (u8)prng_below(g->r, KM_TYPE_NR);
	gen_swarm_io(g);
}

/* --- slots ---------------------------------------------------------------- */

u32 gen_map_of(struct gen *g, u32 sorts)
{
	const struct gen_list *list = &g->list[RES_MAP];
	u32 tries, i;

	for (tries = 0; list->nr && tries < 4; tries++) {
		u32 slot = list->slot[tries ? prng_below(g->r, list->nr)
					    : gen_pick_live(g, list->nr)];

		if (1u << g->slot[slot].sort & sorts)
			return slot;
	}
	for (i = 0; i < list->nr; i++)
		if (1u << g->slot[list->slot[i]].sort & sorts)
			return list->slot[i];
	return GEN_NONE;
}

/* Which mappings op wants. */
static u32 sorts_for(const struct op *op)
{
	switch (op->code) {
	case OP_vfree:
	case OP_vfree_inside:
		return 1u << SORT_VMALLOC;
	case OP_vunmap:
		return 1u << SORT_VMAP;
	case OP_iounmap:
		return 1u << SORT_IOREMAP | 1u << SORT_FLAT;
	case OP_remove_vm_area:
		return 1u << SORT_VMAP | 1u << SORT_BARE;
	case OP_vmap_area:
	case OP_kmap_area:
	case OP_kunmap_area:
	case OP_vmalloc_to_page:
		return 1u << SORT_VMALLOC | 1u << SORT_VMAP;
	case OP_kunmap_atomic:
		return 1u << SORT_ATOMIC;
	case OP_kmap_atomic_to_page:
		return 1u << SORT_ATOMIC | 1u << SORT_KMAP;
	default:
		return (1u << NR_SORTS) - 1;
	}
}

/* One that suits, or at least one that the op can be told off for. */
static u32 map_slot(struct gen *g, const struct op *op)
{
	const struct gen_list *list = &g->list[RES_MAP];
	u32 slot = GEN_NONE;
	bool freed = op->code == OP_load_area || op->code == OP_store_area;

	if (freed ? prng_one_in(g->r, 5) : misuse(g, 24))
		slot = gen_stale_slot(g, RES_MAP);
	if (slot == GEN_NONE && !misuse(g, 24))
		slot = gen_map_of(g, sorts_for(op));
	if (slot == GEN_NONE && list->nr)
		slot = list->slot[gen_pick_live(g, list->nr)];
	if (slot == GEN_NONE)
		slot = gen_stale_slot(g, RES_MAP);
	return slot == GEN_NONE ? 0 : slot;
}

/* A block that can be mapped. */
static u32 block_slot(struct gen *g)
{
	const struct gen_list *list = &g->list[RES_PAGES];
	u32 slot = misuse(g, 24) ? gen_stale_slot(g, RES_PAGES) : GEN_NONE;

	if (slot == GEN_NONE && list->nr)
		slot = list->slot[gen_pick_live(g, list->nr)];
	return slot == GEN_NONE ? 0 : slot;
}

u32 gen_map_off(struct gen *g, u32 slot)
{
	u32 size = g->slot[slot % SLOTS_WIRE].size;

	if (!size)
		size = PAGE_SIZE;
	switch (prng_below(g->r, 10)) {
	case 0:
		return size; /* the guard page's first byte */
	case 1:
		return size - 1 - prng_below(g->r, 4);
	case 2:
		return size + PAGE_SIZE; /* what is behind the guard */
	case 3:
		return 0u - 1 - prng_below(g->r, PAGE_SIZE);
	case 4:
		return prng_below(g->r, size);
	case 5:
	case 6:
		return prng_below(g->r, size) & ~(PAGE_SIZE - 1);
	case 7:
		return (prng_below(g->r, size) | (PAGE_SIZE - 1)) - 1;
	default:
		return 0;
	}
}

/* --- sizes ---------------------------------------------------------------- */

u32 gen_frames_free(const struct gen *g)
{
	return g->zone[ZONE_DMA].free + g->zone[ZONE_NORMAL].free +
	       g->zone[ZONE_HIGHMEM].free;
}

static u32 few_pages(struct gen *g)
{
	static const u16 byte[] = { 0, 0, 0, 1, 1, 4095, 2048 };
	u32 pages = 1 + prng_below(g->r, 2 * g->vm.pages);

	return pages * PAGE_SIZE - PICK(g, byte);
}

u32 gen_array_size(struct gen *g)
{
	static const u16 pages[] = { ARRAY_PAGES - 1, ARRAY_PAGES,
				     ARRAY_PAGES,     ARRAY_PAGES + 1,
				     ARRAY_PAGES + 1, ARRAY_PAGES + 32 };
	u32 size = PICK(g, pages) * PAGE_SIZE;

	return prng_below(g->r, 3) ? size : size + 1;
}

/*
 * What no memory and no window has room for, and what comes to nothing; the
 * last ones take what memory there is before they fail.
 */
static u32 vain_size(struct gen *g)
{
	const u32 size[] = {
		0,
		0,
		0xFFFFF001u,
		0xFFFFF000u,
		UINT32_MAX,
		0x80000000u,
		(g->max_pfn << PAGE_SHIFT) + 1,
		g->max_pfn << PAGE_SHIFT,
		gen_frames_free(g) * PAGE_SIZE,
		g->access.window_end - g->access.window_start,
	};

	return size[prng_below(g->r, COUNT(size) - (g->vm.heavy ? 0 : 3))];
}

/* What fits a hole, by a page more or less; 0: there is none. */
static u32 hole_size(struct gen *g, u32 most)
{
	u32 hole = gen_area_hole(g, most);
	u32 size = hole - prng_below(g->r, 3) * PAGE_SIZE;

	return hole ? size : 0;
}

static u32 area_size(struct gen *g)
{
	u32 size = 0;

	if (prng_one_in(g->r, 24))
		return vain_size(g);
	if (g->vm.heavy && prng_one_in(g->r, 16) &&
	    gen_frames_free(g) > ARRAY_PAGES + 64)
		return gen_array_size(g);
	if (prng_one_in(g->r, 4))
		size = hole_size(g, (g->vm.heavy ? 65 : 9) * PAGE_SIZE);
	return size ? size : few_pages(g);
}

/* The same of an area that needs no memory: the window's end is near. */
static u32 bare_size(struct gen *g)
{
	u32 size = 0;

	switch (prng_below(g->r, 6)) {
	case 0:
	case 1:
		size = gen_area_rest(g) - prng_below(g->r, 3) * PAGE_SIZE;
		break;
	case 2:
		size = hole_size(g, UINT32_MAX);
		break;
	case 3:
		size = gen_area_rest(g) / 2;
		break;
	default:
		break;
	}
	return size ? size : area_size(g);
}

/* --- all the others ------------------------------------------------------- */

/* As many as there are, or one too many; what has no room in 2 bytes is cut. */
static u32 all_pages(struct gen *g)
{
	u32 nr = g->max_pfn + prng_below(g->r, 2);

	return nr < 0xFFFF ? nr : 0xFFFF;
}

static u32 area_gfp(struct gen *g)
{
	static const u32 gfp[] = {
		GFP_HIGHUSER,
		GFP_HIGHUSER,
		GFP_KERNEL,
		GFP_KERNEL,
		GFP_ATOMIC,
		GFP_ATOMIC | __GFP_HIGHMEM,
		__GFP_HIGHMEM,
		GFP_NOFS,
		GFP_KERNEL | __GFP_DMA,
		GFP_HIGHUSER | __GFP_ZERO,
		GFP_HIGHUSER | __GFP_NORETRY,
	};

	return prng_one_in(g->r, 6) ? gen_gfp(g) : PICK(g, gfp);
}

static u32 vm_flags(struct gen *g)
{
	static const u32 flags[] = { VM_IOREMAP, VM_ALLOC, VM_MAP, VM_MAP };
	static const u32 bad[] = { 0, 3,    5,	  6,	      7,
				   8, 0x12, 0x14, 0x10000001, UINT32_MAX };

	return misuse(g, 12) ? PICK(g, bad) : PICK(g, flags);
}

/* How many pages of the block: some, all, and some of them again. */
static u32 block_pages(struct gen *g, u32 order)
{
	static const u16 odd[] = { 0, 0, 65535, 1023, 1024, 1025 };
	u32 n = 1u << order;

	if (misuse(g, 24))
		return PICK(g, odd);
	switch (prng_below(g->r, 4)) {
	case 0:
		return n < 300 ? n : 300;
	case 1:
		return 1 + prng_below(g->r, n < 64 ? n : 64);
	case 2:
		return 1 + prng_below(g->r, 8);
	default:
		return 1;
	}
}

static void fill_vmap(struct gen *g, struct op *op)
{
	static const u16 stride[] = { 1, 1, 1, 0, 2, 3, 1023 };
	u32 slot = block_slot(g), order;

	order = g->slot[slot % SLOTS_WIRE].order;
	op->arg[0] = slot;
	if (op->code == OP_vmap_flags) {
		op->arg[1] = block_pages(g, order);
		op->arg[2] = prng_below(g->r, 3) ? vm_flags(g) : VM_MAP;
		return;
	}
	op->arg[1] = prng_below(g->r, 3) ? 0 : prng_below(g->r, 1u << order);
	op->arg[2] = block_pages(g, order);
	if (op->code == OP_vmap_null) {
		op->arg[2] += prng_below(g->r, 3);
		op->arg[3] = prng_below(g->r, op->arg[2] + 1);
		return;
	}
	op->arg[3] = PICK(g, stride);
	op->arg[4] = gen_page_bits(g, OP_vmap);
}

static void fill_sizes(struct gen *g, struct op *op)
{
	op->arg[0] = op->code == OP_get_vm_area ? bare_size(g) : area_size(g);
	if (op->code == OP_get_vm_area)
		op->arg[1] = vm_flags(g);
	if (op->code == OP___vmalloc) {
		op->arg[1] = area_gfp(g);
		op->arg[2] = gen_page_bits(g, OP_vmap);
	}
}

static u32 window_addr(struct gen *g, const struct op *op)
{
	u32 addr = gen_window_page(g);

	/* up to high_memory, and itself, iounmap does nothing */
	if (op->code == OP_iounmap_addr && prng_one_in(g->r, 6))
		return PAGE_OFFSET + (g->low_pfn << PAGE_SHIFT) +
		       prng_below(g->r, 3) - 1;
	/* the others nothing with 0, but in an interrupt */
	if (op->code != OP_iounmap_addr && prng_one_in(g->r, 6))
		return 0;
	if (prng_one_in(g->r, 6))
		addr += 1 + prng_below(g->r, PAGE_SIZE - 1);
	return prng_one_in(g->r, 8) ? gen_number(g, ARG_VADDR) : addr;
}

static void fill_area_access(struct gen *g, struct op *op)
{
	static const u16 len[] = { 1, 2, 4, 4, 4, 4, 8, 64, 4095, 4096 };

	op->arg[0] = map_slot(g, op);
	op->arg[1] = gen_map_off(g, op->arg[0]);
	op->arg[2] = PICK(g, len);
	op->arg[3] = prng_one_in(g->r, 16);
}

/* What hangs on no other argument. */
static u32 other_value(struct gen *g, const struct op *op, enum arg_kind kind)
{
	switch (kind) {
	case ARG_MAP:
	case ARG_MAP_FREED:
		return map_slot(g, op);
	case ARG_AOFF:
		return op->code == OP_vfree_inside && prng_below(g->r, 2)
			       ? PAGE_SIZE
			       : gen_map_off(g, op->arg[0]);
	case ARG_NRPAGES:
		return op->code == OP_vmap_pfn && prng_one_in(g->r, 8)
			       ? all_pages(g)
			       : 1 + prng_below(g->r, 4);
	case ARG_PTEBITS:
		return gen_page_bits(g, OP_vmap);
	case ARG_VADDR:
		return window_addr(g, op);
	default:
		return gen_number(g, kind);
	}
}

void gen_vm_fill(struct gen *g, struct op *op)
{
	const struct op_info *info = &op_info[op->code];

	switch (op->code) {
	case OP_vmalloc:
	case OP_vmalloc_32:
	case OP_vmalloc_exec:
	case OP___vmalloc:
	case OP_get_vm_area:
		fill_sizes(g, op);
		return;
	case OP_vmap:
	case OP_vmap_null:
	case OP_vmap_flags:
		fill_vmap(g, op);
		return;
	case OP_load_area:
	case OP_store_area:
		fill_area_access(g, op);
		return;
	default:
		break;
	}
	for (u32 i = 0; info->arg[i].kind != ARG_END; i++)
		op->arg[i] =
			other_value(g, op, (enum arg_kind)info->arg[i].kind);
	if (info->group == GROUP_IOREMAP)
		gen_io_fill(g, op);
	if (info->group == GROUP_HIGHMEM)
		gen_kmap_fill(g, op);
}

u32 gen_vm_value(struct gen *g, const struct op *op, u32 i)
{
	struct op other = *op;

	other.cpu = (u8)(op->cpu % g->cpus);
	gen_vm_fill(g, &other);
	return other.arg[i];
}
