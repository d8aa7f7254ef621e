// SPDX-License-Identifier: MIT
/*
 * test_vm_index.c - the tree beside RAM against a list that is walked: places,
 * predecessors, every clause.
 */
#include "areas.h"
#include "clauses.h"

#define PAGES 600u
#define START 0xC8000000u
#define END (START + PAGES * PAGE_SIZE)

/* --- against a map of pages ----------------------------------------------- */

static u32 owner[PAGES]; /* by page: the area's number + 1 */

static vaddr_t first_fit(u32 pages, u32 align)
{
	const u32 step = 1u << align;

	for (u32 i = 0; i + pages <= PAGES; i += step) {
		u32 n = 0;

		while (n < pages && !owner[i + n])
			n++;
		if (n == pages)
			return START + i * PAGE_SIZE;
	}
	return 0;
}

static u32 before(vaddr_t addr)
{
	for (u32 i = (addr - START) / PAGE_SIZE; i--;)
		if (owner[i])
			return owner[i];
	return 0;
}

static void own(vaddr_t addr, u32 pages, u32 who)
{
	for (u32 i = 0; i < pages; i++)
		owner[(addr - START) / PAGE_SIZE + i] = who;
}

struct live {
	vaddr_t addr;
	u32 pages;
};

static void add_one(struct machine *m, struct pc_dice *dice, struct live *live,
		    u32 number)
{
	u32 pages = 1 + pc_roll(dice, pc_roll(dice, 8) ? 6 : 60);
	u32 align = pc_roll(dice, 3) ? 0 : pc_roll(dice, VM_ALIGNS);
	vaddr_t want = first_fit(pages, align), got = 0;

	EXPECT(vm_index_reserve(m));
	EXPECT_EQ(want != 0, vm_index_place(m, START, END, pages * PAGE_SIZE,
					    align, &got));
	EXPECT_EQ(want, got);
	if (!want)
		return;
	EXPECT_EQ(before(want), vm_index_before(m, want));
	vm_index_add(m, want, want + pages * PAGE_SIZE, number);
	own(want, pages, number);
	*live = (struct live){ want, pages };
	m->vm.nr_areas++;
}

TEST(places_are_the_least_that_fit)
{
	struct machine *m = objects_on(SMALL_PC);
	struct pc_dice dice = { 5 };
	struct live live[PAGES] = { 0 };

	for (u32 round = 0; round < 6000; round++) {
		u32 i = pc_roll(&dice, round / 1000 & 1 ? 40 : PAGES);

		if (!live[i].addr) {
			add_one(m, &dice, &live[i], i + 1);
			continue;
		}
		EXPECT_EQ(i + 1, vm_index_at(m, live[i].addr));
		EXPECT_EQ(0, vm_index_at(m, live[i].addr + 1));
		vm_index_del(m, live[i].addr);
		m->vm.nr_areas--;
		own(live[i].addr, live[i].pages, 0);
		live[i].addr = 0;
		EXPECT_STR("sound", pc_broken(vm_index_validate(m)));
	}
	vm_reset(m);
	EXPECT_SOUND(m);
	machine_delete(m);
}

/* More areas than a window of 1 GiB has: the depth is what it must be. */
TEST(areas_in_a_row)
{
	struct machine *m = objects_on(SMALL_PC);
	const u32 nr = 1 << 16;
	vaddr_t addr;

	for (u32 i = 0; i < nr; i++) {
		vm_index_reserve(m);
		vm_index_place(m, 0x80000000, 0xC0000000, 8192, 0, &addr);
		EXPECT_EQ(0x80000000 + i * 8192, addr);
		vm_index_add(m, addr, addr + 8192, i + 1);
	}
	EXPECT(m->vm.index.node[m->vm.index.root].height <= 18);
	for (u32 i = 0; i < nr; i += 2)
		vm_index_del(m, 0x80000000 + i * 8192);
	m->vm.nr_areas = nr / 2;
	EXPECT_STR("sound", pc_broken(vm_index_validate(m)));
	EXPECT(!vm_index_place(m, 0, 0, (1u << 30) - nr * 8192 + 1, 0, &addr));
	EXPECT(vm_index_place(m, 0, 0, (1u << 30) - nr * 8192, 0, &addr));
	EXPECT_EQ(0x80000000 + nr * 8192, addr);
	vm_reset(m);
	machine_delete(m);
}

/* --- clauses -------------------------------------------------------------- */

#define H1 "H1: the heights of two kids differ by one at most"
#define H2 "H2: the index is in order, and nothing in it overlaps"
#define H3 "H3: a node says what is below it"
#define H4 "H4: the index has as many nodes as there are areas, and two"
#define H15 "H15: a free node is in no tree, and there"
#define H16 "H16: a node is in the tree, or free"

static struct machine *setup(void)
{
	struct machine *m = objects_on(SMALL_PC);

	for (u32 i = 0; i < 5; i++)
		area_new(m, (i + 1) * PAGE_SIZE, VM_MAP);
	area_gone(m, VMALLOC);
	return m;
}

static struct vm_node *root(struct machine *m)
{
	return &m->vm.index.node[m->vm.index.root];
}

static struct vm_node *root_kid(struct machine *m, u32 side)
{
	return &m->vm.index.node[root(m)->kid[side]];
}

NEGATIVE(a_tree_that_leans, QUICK, H1)
{
	root_kid(m, 0)->height += 2;
}

NEGATIVE(two_nodes_that_overlap, QUICK, H2)
{
	root_kid(m, 1)->first = root(m)->end - PAGE_SIZE;
}

NEGATIVE(a_node_too_low, QUICK, H2)
{
	root_kid(m, 0)->last = root(m)->start + PAGE_SIZE;
}

NEGATIVE(an_empty_node, QUICK, H2)
{
	root(m)->end = root(m)->start;
}

NEGATIVE(room_that_is_not_there, QUICK, H3)
{
	root(m)->room[3]++;
}

NEGATIVE(an_end_that_is_not_there, QUICK, H3)
{
	root(m)->last--;
}

NEGATIVE(a_height_that_is_not_there, QUICK, H3)
{
	root(m)->height++;
}

NEGATIVE(a_node_of_no_area, QUICK, H4)
{
	vm_index_reserve(m);
	vm_index_add(m, VMALLOC, VMALLOC + 2 * PAGE_SIZE, 0);
}

NEGATIVE(a_free_node_in_the_tree, QUICK, H15)
{
	m->vm.index.free = m->vm.index.root;
}

NEGATIVE(a_free_node_that_is_not_there, QUICK, H15)
{
	m->vm.index.free = m->vm.index.nr + 1;
}

NEGATIVE(free_nodes_in_a_circle, QUICK, H15)
{
	m->vm.index.node[m->vm.index.free].kid[0] = m->vm.index.free;
}

NEGATIVE(a_lost_node, QUICK, H16)
{
	m->vm.index.free = 0;
}

CLAUSES("vm_index.c", vm_index_validate, setup)
