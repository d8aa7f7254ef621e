// SPDX-License-Identifier: MIT
/*
 * test_gen_vm.c - what the generator promises of kernel mappings: each op,
 * sizes at each edge, frames that are mapped in several ways, accesses behind
 * what was given back, kmaps up to the wrap.  Counted over many programs with
 * fixed seeds.
 */
#include "../cover.h"
#include "../gen_state.h"

#include "generated.h"
#include "skipped.h"
#include "../../ci/test.h"

static const struct gen_options vmalloc = { GROUP_VMALLOC | GROUP_PAGES, 64,
					    false };
static const struct gen_options ioremap = { GROUP_IOREMAP | GROUP_PAGES, 64,
					    false };
static const struct gen_options highmem = { GROUP_HIGHMEM | GROUP_PAGES, 64,
					    false };
static const struct gen_options mm = { GROUP_PAGES | GROUP_OBJECTS |
					       GROUP_MEMPOOL | GROUP_ACCESS |
					       GROUP_MAPPING,
				       64, false };
static const struct gen_options *const targets[] = { &vmalloc, &ioremap,
						     &highmem };

/* --- all ops, on machines with devices ------------------------------------ */

static u32 seen[NR_OPS], ops, devices, failing, strict;

static void see(const struct program *p, u32 at)
{
	const struct op *op = &p->op[at];
	bool mapping = op_info[op->code].group & GROUP_MAPPING;

	seen[op->code]++;
	ops++;
	devices += p->profile >= FIRST_DEVICES && p->profile < NR_PROFILES;
	strict += p->profile == 23 || p->profile == 25;
	failing += mapping && op->fail_nth;
}

static void every_op(const struct gen_options *o, const char *name, u32 least)
{
	memset(seen, 0, sizeof(seen));
	ops = devices = failing = strict = 0;
	each_op(o, 1500, see);
	for (u32 i = 0; i < NR_OP_CODES; i++) {
		u8 code = op_codes[i];

		if (op_info[code].group & o->groups & GROUP_MAPPING &&
		    seen[code] * least < ops)
			TEST_FAIL("%s: %s comes %u times of %u", name,
				  op_info[code].name, seen[code], ops);
	}
}

TEST(every_op_of_a_target_appears)
{
	static const char *const name[] = { "vmalloc", "ioremap", "highmem" };

	for (u32 t = 0; t < 3; t++) {
		every_op(targets[t], name[t], 4000);
		EXPECT(devices * 5 > ops);
		EXPECT(strict * 20 > ops);
		EXPECT(failing * 300 > ops || targets[t] == &highmem);
	}
}

TEST(every_op_appears_on_the_whole_machine)
{
	every_op(&mm, "mm", 40000);
}

/* --- sizes ---------------------------------------------------------------- */

static u32 sizes, arrays, past_arrays, odd, vain, large;

static void see_size(const struct program *p, u32 at)
{
	const struct op *op = &p->op[at];
	u32 pages = (u32)(((u64)op->arg[0] + PAGE_SIZE - 1) >> PAGE_SHIFT);

	if (op->code != OP_vmalloc && op->code != OP___vmalloc)
		return;
	sizes++;
	arrays += pages == 1023 || pages == 1024;
	past_arrays += pages >= 1025 && pages < 1100;
	odd += op->arg[0] % PAGE_SIZE == 1 || op->arg[0] % PAGE_SIZE == 4095;
	vain += pages == 0 || pages > 0x40000;
	large += pages > 100;
}

TEST(sizes_reach_the_array_and_the_last_of_memory)
{
	each_op(&vmalloc, 2000, see_size);
	EXPECT(sizes > 10000);
	/* of which few programs are enough */
	EXPECT(arrays > 20 && past_arrays > 20);
	EXPECT(odd * 10 > sizes);
	EXPECT(vain * 100 > sizes && vain * 10 < sizes);
	EXPECT(large * 100 > sizes && large * 20 < sizes);
}

static u32 powers, around, whole, wraps;

static void see_io(const struct program *p, u32 at)
{
	const struct op *op = &p->op[at];
	u32 size = op->arg[1];

	if (op->code != OP_ioremap && op->code != OP_ioremap_nocache)
		return;
	whole++;
	if (size && !(size & (size - 1)))
		powers++;
	else if ((size - PAGE_SIZE) & size && size > PAGE_SIZE)
		around++;
	wraps += op->arg[0] + size < op->arg[0];
}

static u32 window, over_isa, first_mb, last_page, ram;

static void see_phys(const struct program *p, u32 at)
{
	const struct op *op = &p->op[at];
	u32 phys = op->arg[0], last = phys + op->arg[1] - 1;

	if (op->code != OP_ioremap && op->code != OP_ioremap_nocache)
		return;
	window += phys >= 0xA0000 && last < 0x100000;
	over_isa += (phys < 0xA0000 && last >= 0xA0000) ||
		    (phys < 0x100000 && last >= 0x100000);
	first_mb += phys < 0x400000;
	last_page += last >= 0xFFFFF000u;
	ram += phys >= 0x1000000 && phys < 0x4000000;
}

TEST(ioremaps_are_of_devices_edges_and_powers_of_two)
{
	each_op(&ioremap, 1500, see_io);
	each_op(&ioremap, 1500, see_phys);
	EXPECT(whole > 8000);
	EXPECT(powers * 4 > whole && around * 20 > whole);
	EXPECT(wraps * 200 > whole);
	EXPECT(window * 20 > whole && over_isa * 50 > whole);
	EXPECT(first_mb * 4 > whole && last_page * 100 > whole);
	EXPECT(ram * 50 > whole);
}

/* --- what is guessed of areas --------------------------------------------- */

static struct gen_state_seen {
	u32 fits, over, rests, drops;
} fit;

/* Follows the program; was this area's place a hole that it just fills? */
static void see_holes(const struct program *p)
{
	struct prng r;
	struct gen g;

	prng_seed(&r, 1);
	gen_begin(&g, &r, &vmalloc, p);
	for (u32 i = 0; i < p->nr; i++) {
		const struct op *op = &p->op[i];
		u32 before = g.vm.nr_areas, rest = gen_area_rest(&g);

		gen_follow(&g, op);
		if (g.vm.nr_areas < before)
			fit.drops++;
		for (u32 k = 0; g.vm.nr_areas > before && k + 1 < before; k++)
			fit.fits += g.vm.area[k].slot == op->out &&
				    g.vm.area[k].addr + g.vm.area[k].size ==
					    g.vm.area[k + 1].addr;
		if (op->code != OP_get_vm_area)
			continue;
		fit.rests += op->arg[0] + PAGE_SIZE == rest;
		fit.over += op->arg[0] == rest;
	}
}

TEST(areas_fill_holes_and_the_window)
{
	struct program p;

	program_init(&p);
	for (u32 seed = 0; seed < 2000; seed++) {
		generate(&p, seed, &vmalloc);
		see_holes(&p);
	}
	program_free(&p);
	EXPECT(fit.drops > 5000);
	EXPECT(fit.fits > 500);
	EXPECT(fit.rests > 200 && fit.over > 50);
}

/* --- accesses ------------------------------------------------------------- */

static u32 touches, gone, guards, through_two, other_cpu;

static bool gives_back(enum op_code code)
{
	return code == OP_vfree || code == OP_vunmap || code == OP_iounmap ||
	       code == OP_remove_vm_area || code == OP_kunmap_atomic;
}

/* Its mapping was given back, or just made; was another CPU's? */
static void see_touch(const struct program *p, u32 at)
{
	const struct op *op = &p->op[at];
	u32 cpu = op->cpu;

	if (op->code != OP_load_area && op->code != OP_store_area)
		return;
	touches++;
	for (u32 i = at; i-- > 0;) {
		const struct op *by = &p->op[i];
		bool mine = op_info[by->code].result == RES_MAP &&
			    by->out == op->arg[0];

		if (by->code == OP_store_area && by->arg[0] != op->arg[0] &&
		    at - i < 4)
			through_two++;
		if (gives_back((enum op_code)by->code) &&
		    by->arg[0] == op->arg[0]) {
			gone++;
			return;
		}
		if (!mine)
			continue;
		other_cpu += by->cpu != cpu;
		guards += by->code == OP_vmalloc && op->arg[1] &&
			  op->arg[1] >= by->arg[0] &&
			  op->arg[1] < by->arg[0] + PAGE_SIZE;
		return;
	}
}

TEST(accesses_meet_what_was_given_back)
{
	each_op(&vmalloc, 2000, see_touch);
	EXPECT(touches > 20000);
	EXPECT(gone * 10 > touches);
	EXPECT(guards * 50 > touches);
	EXPECT(other_cpu * 20 > touches);
	EXPECT(through_two * 50 > touches);
}

static u32 attrs, of_nocache, elsewhere;

/* Attributes of frames that are ioremapped nocache, or were. */
static void see_attr(const struct program *p, u32 at)
{
	const struct op *op = &p->op[at];
	u32 pfn = op->arg[0];

	if (op->code != OP_change_pfn_attr)
		return;
	attrs++;
	for (u32 i = 0; i < at; i++) {
		const struct op *by = &p->op[i];
		u32 first = by->arg[0] >> PAGE_SHIFT;

		if (by->code != OP_ioremap_nocache || first >= 0x400 ||
		    pfn < first || pfn > first + (by->arg[1] >> PAGE_SHIFT))
			continue;
		of_nocache++;
		return;
	}
}

/* What one CPU gave back, another looks at. */
static void see_elsewhere(const struct program *p, u32 at)
{
	const struct op *op = &p->op[at];

	if (op->code != OP_load_area && op->code != OP_store_area)
		return;
	for (u32 i = at; i-- > 0;)
		if (gives_back((enum op_code)p->op[i].code) &&
		    p->op[i].arg[0] == op->arg[0]) {
			elsewhere += p->op[i].cpu != op->cpu;
			return;
		}
}

TEST(attributes_and_other_cpus_meet_mappings)
{
	each_op(&mm, 3000, see_attr);
	each_op(&vmalloc, 1500, see_elsewhere);
	EXPECT(attrs > 1000 && of_nocache > 100);
	EXPECT(elsewhere > 500);
}

/* --- frames mapped in several ways ---------------------------------------- */

static u32 twice, by_both, by_user, freed_mapped;

static bool maps_page(const struct op *op, u32 page)
{
	return (op->code == OP_vmap || op->code == OP_kmap ||
		op->code == OP_kmap_atomic) &&
	       op->arg[0] == page;
}

/* What maps the block of this op, since it was allocated. */
static void see_aliases(const struct program *p, u32 at)
{
	const struct op *op = &p->op[at];
	u32 vmaps = 0, kmaps = 0, user = 0, page = op->arg[0];
	bool frees = op->code == OP___free_pages || op->code == OP___free_page;

	if (!frees && !maps_page(op, page))
		return;
	for (u32 i = at; i-- > 0 && p->op[i].out != page;) {
		const struct op *by = &p->op[i];

		vmaps += by->code == OP_vmap && by->arg[0] == page;
		kmaps += maps_page(by, page) && by->code != OP_vmap;
		user += by->code == OP_map_page && by->arg[1] == page;
	}
	if (frees) {
		freed_mapped += vmaps + kmaps;
		return;
	}
	twice += vmaps && op->code == OP_vmap;
	by_both += (vmaps && op->code != OP_vmap) ||
		   (kmaps && op->code == OP_vmap);
	by_user += user;
}

TEST(frames_are_mapped_in_several_ways)
{
	each_op(&mm, 4000, see_aliases);
	EXPECT(twice > 250 && by_both > 300 && by_user > 100);
	EXPECT(freed_mapped > 300);
}

/* --- kmap ----------------------------------------------------------------- */

static struct {
	u32 wraps, with_users, full, waits, again, atomics, nested, types, over;
	u32 zeroed, held;
} kmaps;

static void see_kmaps(const struct program *p)
{
	struct prng r;
	struct gen g;

	prng_seed(&r, 1);
	gen_begin(&g, &r, &highmem, p);
	for (u32 i = 0; i < p->nr; i++) {
		const struct op *op = &p->op[i];
		u32 last = g.vm.last_kmap, cpu = op->cpu % g.cpus;
		u32 slot = gen_held_slot(&g, cpu);
		const struct gen_slot *s = &g.slot[slot % SLOTS_WIRE];

		kmaps.held += g.vm.held[cpu] != 0;
		if (op->code == OP_kmap_atomic && slot != GEN_NONE) {
			kmaps.nested++;
			kmaps.over += s->type == op->arg[2];
			kmaps.types +=
				s->type != op->arg[2] && s->page == op->arg[0];
		}
		kmaps.atomics += op->code == OP_kmap_atomic;
		kmaps.zeroed += op->code == OP_alloc_page &&
				op->arg[0] & __GFP_ZERO &&
				op->arg[0] & __GFP_HIGHMEM && g.vm.held[cpu];
		gen_follow(&g, op);
		if (g.vm.last_kmap < last) {
			kmaps.wraps++;
			kmaps.with_users += g.vm.nr_kmaps != 0;
		}
		if (op->code == OP_kmap && op->out < SLOTS_WIRE)
			kmaps.waits += g.slot[op->out].state == SLOT_WAITED;
	}
}

TEST(kmaps_wrap_and_atomic_ones_nest)
{
	struct program p;

	program_init(&p);
	for (u32 seed = 0; seed < 2000; seed++) {
		generate(&p, seed, &highmem);
		see_kmaps(&p);
	}
	program_free(&p);
	/* of which few programs are enough */
	EXPECT(kmaps.wraps > 20 && kmaps.with_users > 15);
	EXPECT(kmaps.waits > 10);
	EXPECT(kmaps.atomics > 5000 && kmaps.nested > 1000);
	EXPECT(kmaps.over > 300 && kmaps.types > 200);
	EXPECT(kmaps.zeroed > 50);
	/* and CPUs are not atomic for most of the time */
	EXPECT(kmaps.held < 2000u * 64 / 3);
}

/* --- and run -------------------------------------------------------------- */

TEST(few_ops_are_skipped)
{
	EXPECT(skipped(&vmalloc, 200, 0) < 50);
	EXPECT(skipped(&ioremap, 200, 0) < 50);
	EXPECT(skipped(&highmem, 200, 0) < 50);
	EXPECT(skipped(&mm, 200, 0) < 100);
	EXPECT(skipped(&highmem, 200, 20) < 300);
}

/* Runs programs; `seen' gets how many drew each report. */
static void reports_of(const struct gen_options *o, u32 programs, u32 *drawn)
{
	const struct exec_options options = { 0 };
	struct exec *x = exec_new(&options);
	struct exec_stats stats = { 0 };
	struct finding finding;
	struct program p;

	program_init(&p);
	for (u32 seed = 0; x && seed < programs; seed++) {
		generate(&p, seed, o);
		memset(cover_counters, 0, sizeof(cover_counters));
		exec_run(x, &p, &stats, &finding);
		for (u32 i = 0; i < NR_REPORTS; i++)
			drawn[i] += cover_reports()[i] != 0;
	}
	exec_delete(x);
	program_free(&p);
}

static void expect_report(const u32 *drawn, enum report_kind kind,
			  const char *name)
{
	if (drawn[kind] < 3)
		TEST_FAIL("%s comes in %u programs", name, drawn[kind]);
}

TEST(every_misuse_is_reached)
{
	u32 drawn[NR_REPORTS] = { 0 };

	cover_enable(true);
	for (u32 t = 0; t < 3; t++)
		reports_of(targets[t], 400, drawn);
	cover_enable(false);
#define R(kind) expect_report(drawn, REPORT_##kind, #kind)
	R(vm_interrupt);
	R(vm_unknown);
	R(vm_kind);
	R(vm_flags);
	R(ioremap_ram);
	R(kmap_type);
	R(kmap_busy);
	R(kunmap_interrupt);
	R(kunmap_unmapped);
	R(kunmap_slot);
	R(kunmap_unheld);
	R(fixmap_slot);
	R(free_mapped);
	R(map_frame);
	R(sleep_in_atomic);
#undef R
	/* and most programs do without any of these */
	EXPECT(drawn[REPORT_vm_unknown] < 600);
	EXPECT(drawn[REPORT_kunmap_unmapped] < 400);
}
