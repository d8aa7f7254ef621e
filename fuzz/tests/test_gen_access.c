// SPDX-License-Identifier: MIT
/*
 * test_gen_access.c - what the generator promises of translation: places
 * that accesses hit, descriptors of every type, selectors that name them,
 * offsets at limits.  Counted over many programs.
 */
#include "../exec.h"
#include "../gen.h"

#include "generated.h"
#include "skipped.h"
#include "../../ci/test.h"

static const struct gen_options segment = { GROUP_SEGMENT, 64, false };
static const struct gen_options paging = {
	GROUP_PAGING | GROUP_USER | GROUP_PAGES, 64, false
};
static const struct gen_options user = {
	GROUP_USER | GROUP_PAGING | GROUP_SEGMENT | GROUP_PAGES, 64, false
};
static const struct gen_options *const targets[] = { &segment, &paging, &user };

/* --- all ops appear, and so do processors without 4 MiB pages ------------- */

static u32 seen[NR_OPS], ops, no_pse;

static void see(const struct program *p, u32 at)
{
	seen[p->op[at].code]++;
	ops++;
	no_pse += p->profile >= FIRST_NO_PSE && p->profile < ALIGNED_PROFILE;
}

TEST(every_op_of_a_target_appears)
{
	for (u32 t = 0; t < 3; t++) {
		memset(seen, 0, sizeof(seen));
		ops = no_pse = 0;
		each_op(targets[t], 2000, see);
		for (u32 i = 0; i < NR_OP_CODES; i++) {
			u8 group = op_info[op_codes[i]].group;
			bool ours = group & targets[t]->groups & GROUP_ACCESS;

			if (ours && seen[op_codes[i]] * 5000 < ops)
				TEST_FAIL("%u: %s comes %u times", t,
					  op_info[op_codes[i]].name,
					  seen[op_codes[i]]);
		}
		EXPECT(no_pse * 20 > ops);
	}
}

/* --- descriptors and selectors -------------------------------------------- */

static u32 types[32], absent, grain, dpl[4], named, selectors, rpl[4];

static void see_descriptor(const struct program *p, u32 at)
{
	const struct op *op = &p->op[at];
	bool made = false;

	if (op->code == OP_write_gdt_entry) {
		types[op->arg[2] >> 8 & 31]++;
		absent += !(op->arg[2] & 0x8000);
		grain += op->arg[2] >> 23 & 1;
		dpl[op->arg[2] >> 13 & 3]++;
	}
	if (op->code != OP_load_segment)
		return;
	selectors++;
	rpl[op->arg[1] & 3]++;
	for (u32 i = 0; i < at; i++)
		made |= p->op[i].code == OP_write_gdt_entry &&
			p->op[i].arg[0] == op->arg[1] >> 3;
	named += made;
}

TEST(descriptors_are_of_all_types_and_are_loaded)
{
	each_op(&segment, 2000, see_descriptor);
	for (u32 i = 0; i < 32; i++)
		EXPECT(types[i] > 20);
	for (u32 i = 0; i < 4; i++)
		EXPECT(dpl[i] > 100 && rpl[i] > 100);
	EXPECT(absent > 100 && grain > 100);
	EXPECT(named * 2 > selectors);
}

/* --- accesses ------------------------------------------------------------- */

static u32 accesses, mapped, crossing, by_user, other_cpu;

/* Was the page mapped by an op before, at its address? */
static bool was_mapped(const struct program *p, u32 at, u32 addr)
{
	for (u32 i = 0; i < at; i++) {
		const struct op *op = &p->op[i];

		if (op->code == OP_map_page && op->arg[2] >> 12 == addr >> 12)
			return true;
	}
	return false;
}

static void see_access(const struct program *p, u32 at)
{
	const struct op *op = &p->op[at];
	u32 addr = op->arg[2], len = op->arg[3];

	if (op->code != OP_load && op->code != OP_store)
		return;
	accesses++;
	mapped += was_mapped(p, at, addr) || was_mapped(p, at, addr + len - 1);
	crossing += addr >> 12 != (addr + len - 1) >> 12;
	by_user += op->arg[4];
	other_cpu += op->cpu != 0;
}

TEST(accesses_go_where_pages_are)
{
	each_op(&user, 2000, see_access);
	EXPECT(accesses > 10000);
	EXPECT(mapped * 3 > accesses);
	EXPECT(crossing * 10 > accesses && crossing * 2 < accesses);
	EXPECT(by_user * 4 > accesses && by_user * 4 < accesses * 3);
	EXPECT(other_cpu * 10 > accesses);
}

/* --- ranges, and words that change ---------------------------------------- */

static u32 ranges, wide, tables, changed, flushed;

/* A range that reaches a mapped page from before it, or from another table. */
static void see_range(const struct program *p, u32 at)
{
	const struct op *op = &p->op[at];
	u32 first = op->arg[1] >> 12, last = first + op->arg[2] - 1;
	bool reached = false, far = false;

	if (op->code != OP_unmap)
		return;
	ranges++;
	for (u32 i = 0; i < at; i++) {
		u32 page = p->op[i].arg[2] >> 12;

		if (p->op[i].code != OP_map_page || page <= first ||
		    page > last)
			continue;
		reached = true;
		far |= page >> 10 != first >> 10;
	}
	wide += reached;
	tables += far;
}

/* Of a word that has changed, the next ops access it and flush. */
static void see_change(const struct program *p, u32 at)
{
	enum op_code code = (enum op_code)p->op[at].code;
	u32 seen_at = 0;

	if (code != OP_set_pte && code != OP_set_pde &&
	    code != OP_change_pfn_attr)
		return;
	changed++;
	for (u32 i = at + 1; i < p->nr && i < at + 5; i++) {
		enum op_code next = (enum op_code)p->op[i].code;

		if (next == OP_load || next == OP_store)
			seen_at = i;
		if (seen_at &&
		    (next == OP_invlpg || next == OP_flush_tlb ||
		     next == OP_flush_tlb_all || next == OP_write_cr4 ||
		     next == OP_switch_mm || next == OP_global_flush_tlb)) {
			flushed++;
			return;
		}
	}
}

TEST(ranges_begin_before_what_is_mapped)
{
	each_op(&user, 2000, see_range);
	EXPECT(wide * 20 > ranges);
	EXPECT(tables * 200 > ranges);
}

TEST(words_change_and_then_are_flushed)
{
	each_op(&paging, 2000, see_change);
	EXPECT(flushed * 5 > changed);
}

/* --- and run -------------------------------------------------------------- */

TEST(few_ops_are_skipped)
{
	EXPECT(skipped(&segment, 300, 0) < 100);
	EXPECT(skipped(&paging, 300, 0) < 100);
	EXPECT(skipped(&user, 300, 0) < 100);
	EXPECT(skipped(&user, 300, 20) < 300);
}
