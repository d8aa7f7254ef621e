// SPDX-License-Identifier: MIT
/*
 * test_minimize_access.c - the minimiser with translation's ops: by a table,
 * as in test_minimize.c.
 */
#include "minimize_rows.h"

/* --- predicates ----------------------------------------------------------- */

static const struct op *last(const struct program *p)
{
	return p->nr ? &p->op[p->nr - 1] : NULL;
}

static bool ends_with(const struct program *p, enum op_code code)
{
	return p->nr && last(p)->code == code;
}

/* The last byte read is at 0x9fff or past it, in that page. */
static bool reads_over(void *arg, const struct program *p)
{
	const struct op *op = find(p, OP_load);

	(void)arg;
	return op && op->arg[2] >> 12 == 9;
}

/* A user's store through a DS that was loaded with 0x33. */
static bool user_store_through_33(void *arg, const struct program *p)
{
	u32 ds = 0, user = 0;

	(void)arg;
	for (u32 i = 0; i < p->nr; i++) {
		const struct op *op = &p->op[i];
		bool load = op->code == OP_load_segment;

		if (!load && op->code != OP_store)
			continue;
		user = op->arg[load ? 2 : 4];
		if (op->arg[1] != 0xFFFF && op->arg[0] == SEG_DS)
			ds = op->arg[1];
	}
	return user && ds == 0x33 && ends_with(p, OP_store);
}

static bool long_write_protected(void *arg, const struct program *p)
{
	const struct op *op = find(p, OP_store);
	const struct op *cr0 = find(p, OP_write_cr0);

	(void)arg;
	return op && op->arg[3] >= 3 && cr0 && !cr0->arg[0];
}

static bool expands_down(void *arg, const struct program *p)
{
	const struct op *op = find(p, OP_write_gdt_entry);

	(void)arg;
	return op && op->arg[0] == 6 && op->arg[2] & 0x400;
}

static bool maps_twice(void *arg, const struct program *p)
{
	(void)arg;
	return count(p, OP_map_page) == 2 && ends_with(p, OP_unmap);
}

/* The page that op `at` maps was allocated before it. */
static bool holds_page(const struct program *p, u32 at)
{
	for (u32 i = 0; i < at; i++)
		if (p->op[i].code == OP_alloc_page &&
		    p->op[i].out == p->op[at].arg[1])
			return true;
	return false;
}

/* A page is mapped in the place of one whose PTE lost P: whichever it is. */
static bool maps_where_not_present(void *arg, const struct program *p)
{
	bool mapped = false, lost = false;

	(void)arg;
	for (u32 i = 0; i < p->nr; i++) {
		const struct op *op = &p->op[i];

		if (op->code == OP_map_page) {
			if (!find(p, OP_pgd_alloc) || !holds_page(p, i))
				return false;
			if (lost)
				return true;
			mapped = true;
		}
		lost |= mapped && op->code == OP_set_pte;
	}
	return false;
}

/* ... and at the end one is freed that the op before has allocated. */
static bool maps_and_frees(void *arg, const struct program *p)
{
	const struct op *op = p->op;
	u32 last = p->nr - 1;

	return p->nr > 1 && ends_with(p, OP___free_page) &&
	       op[last - 1].code == OP_alloc_page &&
	       op[last - 1].out == op[last].arg[0] &&
	       maps_where_not_present(arg, p);
}

/* One of two areas, whatever is in them, is freed. */
static bool frees_the_second(void *arg, const struct program *p)
{
	u32 areas = 0;

	(void)arg;
	for (u32 i = 0; i < p->nr; i++) {
		const struct op *op = &p->op[i];

		if (op->code == OP_vfree)
			return areas == 2 && op->arg[0] == p->op[i - 1].out;
		areas += op->out != SLOT_NONE &&
			 op_info[op->code].result == RES_MAP;
	}
	return false;
}

static const struct row rows[] = {
	{ "an address falls to its page",
	  "boot profile=0\nload seg=1 off=0x9ff3 len=77 user=1\n", reads_over,
	  "boot profile=0\nload off=0x9000\n" },
	{ "a mode and a selector are set up by the op that needs them",
	  "boot profile=0\nload_segment sel=0x33 user=1\n"
	  "store user=1 off=0x1000 len=1\n",
	  user_store_through_33, "boot profile=0\nstore sel=0x33 user=1\n" },
	{ "a length has a default, and else is as short as can be",
	  "boot profile=0\nwrite_cr0 wp=0\nstore len=4000\n",
	  long_write_protected, "boot profile=0\nwrite_cr0 wp=0\nstore\n" },
	{ "a descriptor loses bits",
	  "boot profile=0\nwrite_gdt_entry entry=6 low=0x12345678 "
	  "high=0x00cff65a\n",
	  expands_down,
	  "boot profile=0\nwrite_gdt_entry entry=6 high=0x400\n" },
	{ "what is not about the directory goes",
	  "boot profile=0\nr7 = pgd_alloc\nr8 = alloc_page\nr9 = pgd_alloc\n"
	  "map_page r9 page=r8 addr=0x40001234 prot=1\nflush_tlb\n"
	  "map_page r9 page=r8 addr=0x40001000\nunmap r9 addr=0x40001000 "
	  "nr=9\n",
	  maps_twice,
	  "boot profile=0\nmap_page r1 page=r2\nmap_page r1 page=r2\n"
	  "unmap r1\n" },
	{ "an area is one without pages of its own",
	  "boot profile=0\nr1 = alloc_pages order=2\n"
	  "r2 = vmap r1 nr=3 cpu=1\nr3 = vmap r1\nvfree r3\n",
	  frees_the_second,
	  "boot profile=0\nr1 = vmalloc\nr2 = vmalloc\nvfree r2\n" },
	{ "one page does for two",
	  "boot profile=0\nr1 = pgd_alloc\nr2 = alloc_page\n"
	  "map_page r1 page=r2\nset_pte r1\nr3 = alloc_page\n"
	  "map_page r1 page=r3\n",
	  maps_where_not_present,
	  "boot profile=0\nr1 = pgd_alloc\nr2 = alloc_page\n"
	  "map_page r1 page=r2\nset_pte r1\nmap_page r1 page=r2\n" },
	{ "one page does for two, and none for what its slot holds later",
	  "boot profile=0\nr1 = pgd_alloc\nr2 = alloc_page\n"
	  "map_page r1 page=r2\nset_pte r1\nr3 = alloc_page\n"
	  "map_page r1 page=r3\nr3 = alloc_page\n__free_page r3\n",
	  maps_and_frees,
	  "boot profile=0\nr1 = pgd_alloc\nr2 = alloc_page\n"
	  "map_page r1 page=r2\nset_pte r1\nmap_page r1 page=r2\n"
	  "r3 = alloc_page\n__free_page r3\n" },
};

TEST(programs_become_minimal)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		try_row(&rows[i]);
}
