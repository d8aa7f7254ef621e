// SPDX-License-Identifier: MIT
/*
 * gen_kmap.c - kmap, kmap_atomic and their undoing: arguments, and a guess of
 * who has a slot.
 *
 * The window has 1024 slots, taken in turn; those without users are emptied
 * when the turn begins anew.  So the generator counts how many are taken, and
 * a kmap_block gets there in one op, or stops just before.
 * Validator: fuzz/tests/test_gen_vm.c.
 */
#include "gen_state.h"

#define FIX_TOP 0xFFFFF000u
#define FIX_KMAP 2u
#define FEW 8u /* kmaps by an op where the window need not wrap */

static bool misuse(struct gen *g, u32 rate)
{
	return prng_one_in(g->r, g->clean ? 64 * rate : rate);
}

/* --- slots ---------------------------------------------------------------- */

u32 gen_kmap_room(const struct gen *g)
{
	return LAST_PKMAP - 1 - g->vm.last_kmap;
}

u32 gen_high_block(struct gen *g, u32 order)
{
	const struct gen_list *list = &g->list[RES_PAGES];
	u32 from = list->nr ? prng_below(g->r, list->nr) : 0;

	for (u32 i = 0; i < list->nr; i++) {
		u32 slot = list->slot[(from + i) % list->nr];

		if (g->slot[slot].zone == ZONE_HIGHMEM &&
		    g->slot[slot].order >= order)
			return slot;
	}
	return GEN_NONE;
}

u32 gen_held_slot(const struct gen *g, u32 cpu)
{
	const struct gen_list *list = &g->list[RES_MAP];

	for (u32 i = list->nr; i-- > 0;) {
		const struct gen_slot *s = &g->slot[list->slot[i]];

		if (s->sort == SORT_ATOMIC && s->cpu == cpu)
			return list->slot[i];
	}
	return GEN_NONE;
}

/* A block whose frames have no address, mostly. */
static u32 block_for(struct gen *g)
{
	const struct gen_list *list = &g->list[RES_PAGES];
	u32 slot = GEN_NONE;

	if (misuse(g, 24))
		slot = gen_stale_slot(g, RES_PAGES);
	if (slot == GEN_NONE && prng_below(g->r, 6))
		slot = gen_high_block(g, 0);
	if (slot == GEN_NONE && list->nr)
		slot = list->slot[gen_pick_live(g, list->nr)];
	return slot == GEN_NONE ? 0 : slot;
}

/* kmaps that have users, or of those that had them; or NULL. */
static const struct gen_kmap *any_kmap(struct gen *g, bool used)
{
	const struct gen_vm *vm = &g->vm;
	u32 from = vm->nr_kmaps ? prng_below(g->r, vm->nr_kmaps) : 0;

	for (u32 i = 0; i < vm->nr_kmaps; i++) {
		const struct gen_kmap *k = &vm->kmap[(from + i) % vm->nr_kmaps];

		if ((k->users != 0) == used)
			return k;
	}
	return NULL;
}

static u32 frame_of(struct gen *g, u32 slot)
{
	u32 n = 1u << g->slot[slot % SLOTS_WIRE].order;

	return prng_below(g->r, 3) ? prng_below(g->r, n) : n - 1;
}

/* --- arguments ------------------------------------------------------------ */

/* Now and then a page that has a slot, with users or without. */
static void fill_kmap(struct gen *g, struct op *op)
{
	const struct gen_kmap *k = any_kmap(g, prng_below(g->r, 2));

	op->arg[0] = block_for(g);
	op->arg[1] = frame_of(g, op->arg[0]);
	if (!k || prng_below(g->r, 4))
		return;
	op->arg[0] = k->page;
	op->arg[1] = k->frame + prng_below(g->r, k->nr);
}

static void fill_kmap_block(struct gen *g, struct op *op)
{
	u32 slot = gen_high_block(g, 5), room = gen_kmap_room(g), n;

	op->arg[0] = slot == GEN_NONE ? block_for(g) : slot;
	n = 1u << g->slot[op->arg[0] % SLOTS_WIRE].order;
	op->arg[1] = prng_below(g->r, 3) ? 0 : prng_below(g->r, n);
	if (!g->vm.wraps && n > FEW) {
		op->arg[2] = 1 + prng_below(g->r, FEW);
		return;
	}
	switch (prng_below(g->r, 4)) {
	case 0:
		op->arg[2] = room + prng_below(g->r, 3);
		break;
	case 1:
		op->arg[2] = 1 + prng_below(g->r, 32);
		break;
	case 2:
		op->arg[2] = n - 1 + prng_below(g->r, 2);
		break;
	default:
		op->arg[2] = n;
	}
}

static void fill_kunmap(struct gen *g, struct op *op)
{
	const struct gen_kmap *k = any_kmap(g, !misuse(g, 12));

	op->arg[0] = block_for(g);
	op->arg[1] = frame_of(g, op->arg[0]);
	if (!k || misuse(g, 24))
		return;
	op->arg[0] = k->page;
	op->arg[1] = k->frame + prng_below(g->r, k->nr);
}

static void fill_kunmap_block(struct gen *g, struct op *op)
{
	const struct gen_kmap *k = any_kmap(g, !misuse(g, 12));

	fill_kunmap(g, op);
	op->arg[2] = 1 + prng_below(g->r, 4);
	if (!k)
		return;
	op->arg[0] = k->page;
	op->arg[1] = k->frame;
	op->arg[2] = prng_below(g->r, 4) ? k->nr : 1 + prng_below(g->r, k->nr);
}

static u32 km_type(struct gen *g)
{
	static const u8 bad[] = { KM_TYPE_NR, KM_TYPE_NR + 1, 26, 255 };

	if (misuse(g, 24))
		return PICK(g, bad);
	return prng_below(g->r, 4) ? PICK(g, g->vm.type)
				   : prng_below(g->r, KM_TYPE_NR);
}

/* What the CPU holds, latest first; or another's, or of another type. */
static void fill_kunmap_atomic(struct gen *g, struct op *op)
{
	u32 slot = gen_held_slot(g, op->cpu);

	if (slot != GEN_NONE && !misuse(g, 12)) {
		op->arg[0] = slot;
		op->arg[1] = g->slot[slot].type;
		return;
	}
	if (misuse(g, 2) || slot == GEN_NONE)
		slot = gen_map_of(g, 1u << SORT_ATOMIC);
	if (slot != GEN_NONE)
		op->arg[0] = slot;
	op->arg[1] = slot != GEN_NONE && prng_below(g->r, 2)
			     ? g->slot[slot].type
			     : km_type(g);
}

/* About the fixmap, the kmap window, the ends of the direct map. */
static u32 high_addr(struct gen *g)
{
	u32 high = PAGE_OFFSET + (g->low_pfn << PAGE_SHIFT);
	const u32 at[] = {
		FIX_TOP - ((FIX_KMAP + g->vm.type[0]) << PAGE_SHIFT),
		FIX_TOP - ((FIX_KMAP + g->vm.type[0]) << PAGE_SHIFT),
		FIX_TOP - ((FIX_KMAP + g->vm.type[1] + KM_TYPE_NR) << 12),
		FIX_TOP - PAGE_SIZE,
		FIX_TOP,
		high - 1,
		high,
		PAGE_OFFSET,
		PAGE_OFFSET - 1,
		0xFF800000u,
		0xFF801000u,
		0xFFBFF000u,
		g->access.window_start,
		UINT32_MAX,
		0,
	};

	return prng_below(g->r, 4) ? PICK(g, at)
				   : PICK(g, at) + prng_below(g->r, PAGE_SIZE);
}

/* Of any frame: high ones, as often as not. */
static u32 any_pfn(struct gen *g)
{
	if (g->max_pfn > g->low_pfn && prng_below(g->r, 2))
		return g->low_pfn + prng_below(g->r, g->max_pfn - g->low_pfn);
	return prng_below(g->r, 3) ? gen_number(g, ARG_PFN) : gen_slab_pfn(g);
}

void gen_kmap_fill(struct gen *g, struct op *op)
{
	switch (op->code) {
	case OP_kmap:
		fill_kmap(g, op);
		break;
	case OP_kmap_block:
		fill_kmap_block(g, op);
		break;
	case OP_kunmap:
		fill_kunmap(g, op);
		break;
	case OP_kunmap_block:
		fill_kunmap_block(g, op);
		break;
	case OP_kmap_atomic:
		op->arg[0] = block_for(g);
		op->arg[1] = frame_of(g, op->arg[0]);
		op->arg[2] = km_type(g);
		break;
	case OP_kunmap_atomic:
		fill_kunmap_atomic(g, op);
		break;
	case OP_kunmap_atomic_addr:
	case OP_kmap_atomic_to_page_addr:
	case OP_virt_addr_valid:
		op->arg[0] = high_addr(g);
		op->arg[1] = op->code == OP_kunmap_atomic_addr ? km_type(g) : 0;
		break;
	case OP_kmap_pfn:
	case OP_kunmap_pfn:
	case OP_kmap_atomic_pfn:
		op->arg[0] = any_pfn(g);
		op->arg[1] = op->code == OP_kmap_atomic_pfn ? km_type(g) : 0;
		break;
	default:
		break;
	}
}

/* --- what is known -------------------------------------------------------- */

static struct gen_kmap *kmap_of(struct gen *g, u32 page, u32 frame)
{
	for (u32 i = 0; i < g->vm.nr_kmaps; i++) {
		struct gen_kmap *k = &g->vm.kmap[i];

		if (k->page == page && frame - k->frame < k->nr)
			return k;
	}
	return NULL;
}

/* The window begins anew: who has no users goes. */
static void wrap(struct gen *g)
{
	struct gen_vm *vm = &g->vm;
	u32 kept = 0;

	for (u32 i = 0; i < vm->nr_kmaps; i++)
		if (vm->kmap[i].users)
			vm->kmap[kept++] = vm->kmap[i];
	vm->nr_kmaps = kept;
	vm->last_kmap = 0;
}

static u32 used_slots(const struct gen *g)
{
	u32 n = 0;

	for (u32 i = 0; i < g->vm.nr_kmaps; i++)
		n += g->vm.kmap[i].users ? g->vm.kmap[i].nr : 0;
	return n;
}

/* False: all slots are in use. */
static bool kmap_run(struct gen *g, u32 page, u32 frame, u32 nr)
{
	struct gen_kmap *k = kmap_of(g, page, frame);
	struct gen_slot *s = &g->slot[page];

	if (s->zone != ZONE_HIGHMEM)
		return true;
	if (k && k->nr >= nr) {
		s->kmaps += k->users ? 0 : 1;
		k->users++;
		return true;
	}
	if (used_slots(g) + nr > LAST_PKMAP)
		return false;
	g->vm.last_kmap += nr;
	if (g->vm.last_kmap >= LAST_PKMAP)
		wrap(g);
	s->kmaps++;
	if (g->vm.nr_kmaps < GEN_KMAPS)
		g->vm.kmap[g->vm.nr_kmaps++] =
			(struct gen_kmap){ (u8)page, (u16)frame, (u16)nr, 1 };
	return true;
}

static void kunmap_run(struct gen *g, u32 page, u32 frame)
{
	struct gen_kmap *k = kmap_of(g, page, frame);

	if (!k || !k->users || --k->users)
		return;
	if (g->slot[page].kmaps)
		g->slot[page].kmaps--;
	for (u32 i = 0; i < SLOTS_WIRE; i++) /* sleepers go on */
		if (g->slot[i].kind == RES_MAP &&
		    g->slot[i].state == SLOT_WAITED) {
			struct gen_slot s = g->slot[i];

			s.state = SLOT_LIVE;
			gen_slot_fill(g, i, &s);
		}
}

static void fill_slot(struct gen *g, const struct op *op, u8 sort, bool there)
{
	struct gen_slot s = { .state = SLOT_LIVE,
			      .kind = RES_MAP,
			      .sort = sort,
			      .page = (u8)op->arg[0],
			      .size = PAGE_SIZE,
			      .refs = 1 };

	if (op->out >= SLOTS_WIRE)
		return;
	s.frame = (u16)op->arg[1];
	s.type = (u8)op->arg[2];
	s.cpu = op->cpu;
	gen_slot_fill(g, op->out, &s);
	if (there)
		return;
	gen_slot_freed(g, op->out);
	g->slot[op->out].state = SLOT_WAITED;
}

/* A low page's address is linear: for whatever it is, and by any type. */
static bool has_address(const struct gen *g, const struct op *op)
{
	const struct gen_slot *s = &g->slot[op->arg[0] % SLOTS_WIRE];

	if (op->code == OP_kmap_atomic_pfn)
		return op->arg[0] < g->low_pfn;
	return s->kind == RES_PAGES && s->zone != ZONE_HIGHMEM;
}

static void follow_atomic(struct gen *g, const struct op *op)
{
	struct op as = *op;

	if (op->code == OP_kmap_atomic_pfn) {
		as.arg[2] = op->arg[1];
		as.arg[1] = 0;
	}
	if (as.arg[2] >= KM_TYPE_NR ||
	    (!has_address(g, op) && (op->code == OP_kmap_atomic_pfn ||
				     !gen_live(g, op->arg[0], RES_PAGES))))
		return;
	as.arg[0] = has_address(g, op) ? GEN_NONE : op->arg[0];
	fill_slot(g, &as, SORT_ATOMIC, true);
	g->vm.held[op->cpu % g->cpus]++;
}

/* By an address of the direct map: whose slot it was is not asked. */
static void follow_unatomic_addr(struct gen *g, const struct op *op)
{
	u32 pfn = (op->arg[0] - PAGE_OFFSET) >> PAGE_SHIFT;
	u32 cpu = op->cpu % g->cpus;

	if (op->arg[0] >= PAGE_OFFSET && pfn < g->low_pfn &&
	    op->arg[1] < KM_TYPE_NR && g->vm.held[cpu])
		g->vm.held[cpu]--;
}

static void follow_unatomic(struct gen *g, const struct op *op)
{
	const struct gen_slot *s = gen_live(g, op->arg[0], RES_MAP);
	u32 cpu = op->cpu % g->cpus;

	if (!s || !g->vm.held[cpu] || s->sort != SORT_ATOMIC ||
	    (s->page != GEN_NONE &&
	     (s->cpu % g->cpus != cpu || s->type != op->arg[1])))
		return;
	g->vm.held[cpu]--;
	gen_slot_freed(g, op->arg[0]);
}

static bool may_not_sleep(const struct gen *g, const struct op *op)
{
	return op->flags & (TASK_ATOMIC | TASK_IRQ) ||
	       g->vm.held[op->cpu % g->cpus];
}

void gen_follow_kmap(struct gen *g, const struct op *op)
{
	u32 slot = op->arg[0], order, room;

	if (op->code == OP_kmap_atomic || op->code == OP_kmap_atomic_pfn)
		follow_atomic(g, op);
	if (op->code == OP_kunmap_atomic)
		follow_unatomic(g, op);
	if (op->code == OP_kunmap_atomic_addr)
		follow_unatomic_addr(g, op);
	if (op->code == OP_kmap && has_address(g, op) && !may_not_sleep(g, op))
		fill_slot(g, op, SORT_KMAP, true);
	if (!gen_live(g, slot, RES_PAGES))
		return;
	order = g->slot[slot].order;
	if (op->code == OP_kmap && !may_not_sleep(g, op))
		fill_slot(g, op, SORT_KMAP, kmap_run(g, slot, op->arg[1], 1));
	room = (1u << order) - op->arg[1]; /* no frame past the block */
	if (op->code == OP_kmap_block && !may_not_sleep(g, op) && op->arg[2] &&
	    op->arg[1] < 1u << order)
		kmap_run(g, slot, op->arg[1],
			 op->arg[2] < room ? op->arg[2] : room);
	if ((op->code == OP_kunmap || op->code == OP_kunmap_block) &&
	    !(op->flags & TASK_IRQ))
		kunmap_run(g, slot, op->arg[1]);
}
