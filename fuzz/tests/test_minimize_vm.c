// SPDX-License-Identifier: MIT
/*
 * test_minimize_vm.c - the minimiser with ops of kernel mappings: by a table,
 * as in test_minimize.c.
 */
#include "minimize_rows.h"

/* --- predicates ----------------------------------------------------------- */

static const struct op *last(const struct program *p)
{
	return p->nr ? &p->op[p->nr - 1] : NULL;
}

/* The last op acts on what this one gave; it is not given back before. */
static bool acts_on(const struct program *p, enum op_code code,
		    enum op_code maker)
{
	const struct op *op = last(p), *made = NULL;

	if (!op || op->code != code)
		return false;
	for (u32 i = 0; i + 1 < p->nr; i++) {
		if (p->op[i].code == maker && p->op[i].out == op->arg[0])
			made = &p->op[i];
		if (p->op[i].code == OP_vfree && p->op[i].arg[0] == op->arg[0])
			made = NULL;
	}
	return made != NULL;
}

/* The guard of an area of two pages and more is read. */
static bool reads_the_guard(void *arg, const struct program *p)
{
	const struct op *op = last(p), *area = find(p, OP_vmalloc);

	(void)arg;
	return acts_on(p, OP_load_area, OP_vmalloc) && area->arg[0] >= 8192 &&
	       op->arg[1] >= area->arg[0] &&
	       op->arg[1] - area->arg[0] < PAGE_SIZE;
}

static bool reads_before(void *arg, const struct program *p)
{
	(void)arg;
	return acts_on(p, OP_load_area, OP_vmalloc) &&
	       last(p)->arg[1] > INT32_MAX;
}

/* Areas of 40 pages and more, as they come. */
static bool many_pages(void *arg, const struct program *p)
{
	u32 pages = 0;

	(void)arg;
	for (u32 i = 0; i < p->nr; i++)
		if (p->op[i].code == OP_vmalloc)
			pages += (p->op[i].arg[0] + PAGE_SIZE - 1) / PAGE_SIZE;
	return pages >= 40;
}

/* As many frames are kmapped in all. */
static u32 kmapped(const struct program *p)
{
	u32 frames = count(p, OP_kmap);

	for (u32 i = 0; i < p->nr; i++)
		if (p->op[i].code == OP_kmap_block)
			frames += p->op[i].arg[2];
	return frames;
}

static bool kmaps_ten(void *arg, const struct program *p)
{
	(void)arg;
	return find(p, OP_alloc_pages) && kmapped(p) >= 10;
}

static bool far_device(void *arg, const struct program *p)
{
	const struct op *op = find(p, OP_ioremap);

	(void)arg;
	return op && op->arg[0] >> 22 == 0xFD000000u >> 22 &&
	       op->arg[1] > PAGE_SIZE;
}

static bool held_twice(void *arg, const struct program *p)
{
	u32 held = 0;

	(void)arg;
	for (u32 i = 0; i < p->nr; i++) {
		held += p->op[i].code == OP_kmap_atomic;
		held -= held && p->op[i].code == OP_kunmap_atomic;
		if (held == 2)
			return true;
	}
	return false;
}

static bool kind_alloc(void *arg, const struct program *p)
{
	const struct op *op = find(p, OP_get_vm_area);

	(void)arg;
	return op && op->arg[1] & VM_ALLOC;
}

static const struct row rows[] = {
	{ "what is not about the area goes, pairs with it",
	  "boot profile=0\nr1 = vmalloc size=0x3000\nr2 = vmalloc\n"
	  "r3 = alloc_page\nr4 = vmap r3\nload_area r2 off=0\nvfree r2\n"
	  "vunmap r4\n__free_page r3\nr5 = ioremap phys=0xfd000000 size=9\n"
	  "iounmap r5\nload_area r1 off=0x3ffd len=9\n",
	  reads_the_guard,
	  "boot profile=0\nr1 = vmalloc\nload_area r1 off=0x2000\n" },
	{ "an offset before the begin is the last byte there",
	  "boot profile=0\nr1 = vmalloc size=0x12345\n"
	  "store_area r1 off=0x10\nload_area r1 off=0xfffff123 len=64\n",
	  reads_before,
	  "boot profile=0\nr1 = vmalloc\nload_area r1 off=0xffffffff\n" },
	{ "one area for several",
	  "boot profile=0\nr1 = vmalloc size=0xc000\nr2 = vmalloc size=0xc000\n"
	  "r3 = vmalloc size=0xc000\nr4 = vmalloc size=0xc000\n",
	  many_pages, "boot profile=0\nr1 = vmalloc size=0x27001\n" },
	{ "one kmap_block for many kmaps",
	  "boot profile=0\nr1 = alloc_pages order=4\nr2 = kmap r1\n"
	  "r3 = kmap r1 frame=1\nr4 = kmap r1 frame=2\nr5 = kmap r1 frame=3\n"
	  "r6 = kmap r1 frame=4\nr7 = kmap r1 frame=5\nr8 = kmap r1 frame=6\n"
	  "r9 = kmap r1 frame=7\nr10 = kmap r1 frame=8\nr11 = kmap r1 frame=9\n"
	  "kunmap r1 frame=3\n",
	  kmaps_ten,
	  "boot profile=0\nr1 = alloc_pages order=0\nkmap_block r1\n" },
	{ "a device's address falls to its 4 MiB, the size to a byte more",
	  "boot profile=0\nr1 = ioremap phys=0xfd012345 size=0x12345\n"
	  "load_area r1 off=0x77\niounmap r1\n",
	  far_device,
	  "boot profile=0\nr1 = ioremap phys=0xfd000000 size=0x1001\n" },
	{ "pairs of kmap_atomic go",
	  "boot profile=0\nr1 = alloc_page\nr2 = kmap_atomic r1 type=4\n"
	  "kunmap_atomic r2 type=4\nr3 = kmap_atomic r1 type=7\n"
	  "r4 = kmap_atomic r1 type=9\nkunmap_atomic r4 type=9\n"
	  "kunmap_atomic r3 type=7\n",
	  held_twice,
	  "boot profile=0\nr2 = kmap_atomic r1\nr3 = kmap_atomic r1\n" },
	{ "flags of an area lose bits",
	  "boot profile=0\nr1 = get_vm_area size=0x4000 flags=0x17\n",
	  kind_alloc, "boot profile=0\nr1 = get_vm_area flags=VM_ALLOC\n" },
};

TEST(programs_become_minimal)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		try_row(&rows[i]);
}
