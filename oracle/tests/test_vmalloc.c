// SPDX-License-Identifier: MIT
/*
 * test_vmalloc.c - areas of the vmalloc window against figures worked out on
 * paper: where they are, what they map, what comes back.
 *
 * The machine: 20 MiB low, 4 MiB high; the window is 0xC2000000..0xFF7FE000.
 */
#include "puppet_areas.h"

static u32 frames_of(const struct pair *p, vaddr_t addr)
{
	return areas_find(p->o, addr)->nr_pages;
}

static u32 free_frames(const struct pair *p)
{
	u32 nr = 0;

	for (pfn_t pfn = 0; pfn < p->o->nr_frames; pfn++)
		nr += p->o->frame[pfn].is == IS_PCP;
	for (u32 zone = 0; zone < NR_ZONES; zone++)
		nr += p->o->now.counts.free_pages[zone];
	return nr;
}

static bool refuses(struct pair *p, struct call c, u8 flags,
		    enum report_kind kind)
{
	bool agreed;

	p->out.task.flags = flags;
	agreed = c.judge(p->o, reported(p, kind), &c, 0, &p->d);
	p->out.task.flags = 0;
	return agreed;
}

/* --- places --------------------------------------------------------------- */

/* First fit, guard pages between; a hole is filled if it is large enough. */
TEST(places)
{
	struct pair *p = pair_tables(1);

	EXPECT_EQ(VM_START, good_area(p, 1, VM_MAP));
	EXPECT_EQ(VM_START + 0x2000, good_area(p, 0x1001, VM_ALLOC));
	EXPECT_EQ(VM_START + 0x5000, good_area(p, 0x1000, VM_MAP));
	good_vfree(p, VM_START + 0x2000);
	EXPECT_EQ(VM_START + 0x7000, good_area(p, 0x3000, VM_MAP));
	EXPECT_EQ(VM_START + 0x2000, good_area(p, 0x2000, VM_MAP));
	EXPECT_EQ(5 * 0x1000 + 2 * 0x1000 + 4 * 0x1000, p->o->areas.bytes);
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

/* 2^fls, from 4 KiB to 512 KiB: twice a power of two. */
TEST(alignment_of_ioremap)
{
	static const u32 align[][2] = {
		{ 1, 0x1000 },	      { 0xFFF, 0x1000 },
		{ 0x1000, 0x2000 },   { 0x1001, 0x2000 },
		{ 0x2000, 0x4000 },   { 0x3FFFF, 0x40000 },
		{ 0x40000, 0x80000 }, { 0x80000, 0x80000 },
		{ ~0u, 0x80000 },
	};
	struct pair *p = pair_tables(1);

	for (u32 i = 0; i < sizeof(align) / sizeof(*align); i++) {
		EXPECT_EQ(align[i][1], area_align(align[i][0], VM_IOREMAP));
		EXPECT_EQ(PAGE_SIZE, area_align(align[i][0], VM_MAP));
	}
	EXPECT_EQ(VM_START, good_area(p, 0x1000, VM_MAP));
	EXPECT_EQ(VM_START + 0x4000, good_area(p, 0x2000, VM_IOREMAP));
	EXPECT_EQ(VM_START + 0x2000, good_area(p, 0x1000, VM_IOREMAP));
	pair_delete(p);
}

/* The window holds 0x3D7FE000 bytes; the guard may end where it ends. */
TEST(end_of_the_window)
{
	const u32 whole = VM_END - VM_START;
	struct pair *p = pair_tables(1);

	EXPECT_EQ(0, good_area(p, whole, VM_MAP));
	EXPECT_EQ(0, good_area(p, 0, VM_MAP));
	EXPECT_EQ(0, good_area(p, 0xFFFFF001, VM_MAP));
	EXPECT_EQ(0, good_area(p, 0xFFFFF000, VM_MAP));
	EXPECT_EQ(VM_START, good_area(p, whole - 0x1000, VM_MAP));
	EXPECT_EQ(0, good_area(p, 1, VM_MAP));
	EXPECT(!model_self_check(p->o));
	model_reset(p->o);
	EXPECT_EQ(0, p->o->areas.nr);
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

/* --- vmalloc -------------------------------------------------------------- */

TEST(vmalloc_and_vfree)
{
	struct pair *p = pair_tables(1);
	u32 was = free_frames(p);
	vaddr_t addr = good_vmalloc(p, 3 * PAGE_SIZE - 1);
	pfn_t pfn = good_to_page(p, addr + 0x2FFF);
	const struct vm_area *a = areas_find(p->o, addr);

	EXPECT_EQ(VM_START, addr);
	EXPECT(pfn >= 5120); /* high */
	EXPECT_EQ(pfn << PAGE_SHIFT | 0x163, pte_at(p, 0, addr + 0x2000));
	EXPECT_EQ(0, pte_at(p, 0, addr + 0x3000));
	EXPECT_EQ(PFN_NONE, good_to_page(p, addr + 0x3000));
	EXPECT_EQ(1, p->o->frame[pfn].kmapcount);
	EXPECT_EQ(0x4000, a->size);
	EXPECT_EQ(VM_ALLOC, a->flags);
	EXPECT_EQ(3, a->nr_pages);
	/* three frames and a table; descriptor and array are objects */
	EXPECT_EQ(was - 4, free_frames(p));
	EXPECT(!model_self_check(p->o));
	EXPECT(touch_at(p, addr));
	EXPECT_EQ(1, p->o->tlb[0].nr);
	EXPECT(model_before_vfree(p->o, addr, &p->d));
	good_vfree(p, addr);
	EXPECT_EQ(0, p->o->tlb[0].nr);
	EXPECT_EQ(was - 1, free_frames(p));
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

/* 1024 pages have their array in kmalloc, 1025 in an area of their own. */
TEST(array_in_an_area)
{
	struct pair *p = pair_tables(1);
	u32 was = free_frames(p);
	vaddr_t addr = good_vmalloc(p, 1024 * PAGE_SIZE);
	vaddr_t big = good_vmalloc(p, 1025 * PAGE_SIZE), array;

	EXPECT(!(areas_find(p->o, addr)->flags & VM_VPAGES));
	EXPECT_EQ(1024, frames_of(p, addr));
	EXPECT_EQ(VM_ALLOC | VM_VPAGES, areas_find(p->o, big)->flags);
	array = areas_find(p->o, big)->pages;
	EXPECT_EQ(big + 1026 * PAGE_SIZE, array);
	EXPECT_EQ(2, frames_of(p, array));
	EXPECT(!model_self_check(p->o));
	EXPECT(refuses(p, (struct call){ .judge = judge_vfree, .a = array }, 0,
		       REPORT_vm_kind));
	good_vfree(p, big);
	EXPECT_EQ(1, p->o->areas.nr);
	good_vfree(p, addr);
	/* three tables stay, and what slabs hold */
	EXPECT(was - free_frames(p) < 8);
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

/* Whichever page fails, all else comes back. */
TEST(vmalloc_fails)
{
	struct pair *p = pair_tables(1);
	vaddr_t addr = good_vmalloc(p, PAGE_SIZE);
	u32 was;

	good_vfree(p, addr);
	was = free_frames(p);
	for (u32 n = 1; n < 6; n++) {
		p->out.task.fail_nth = (u8)n;
		addr = good_vmalloc(p, 5 * PAGE_SIZE);
		p->out.task.fail_nth = 0;
		EXPECT_EQ(0, addr);
		EXPECT_EQ(0, p->o->areas.nr);
		EXPECT_EQ(was, free_frames(p));
		EXPECT(!model_self_check(p->o));
	}
	EXPECT_EQ(VM_START, good_vmalloc(p, 5 * PAGE_SIZE));
	pair_delete(p);
}

/* Zeroed high pages leave the atomic slot behind, and are zero. */
TEST(vmalloc_of_zeroes)
{
	struct pair *p = pair_tables(1);
	vaddr_t addr =
		good_vmalloc_of(p, 2 * PAGE_SIZE, GFP_HIGHUSER | __GFP_ZERO);
	pfn_t pfn = good_to_page(p, addr + PAGE_SIZE);

	EXPECT_EQ(pfn << PAGE_SHIFT | 0x163, pte_at(p, 0, 0xFFFFA000));
	EXPECT_EQ(1, p->o->tlb[0].nr);
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

/* In order: silence, the interrupt, the sleep. */
TEST(order_of_checks)
{
	const struct call none = { .judge = judge_vmalloc, .gfp = GFP_KERNEL };
	const struct call many = { .judge = judge_vmalloc,
				   .a = 6145 * PAGE_SIZE,
				   .gfp = GFP_KERNEL };
	struct call one = { .judge = judge_vmalloc, .a = 1, .gfp = GFP_KERNEL };
	struct call area = { .judge = judge_area, .b = VM_MAP };
	struct pair *p = pair_tables(1);

	EXPECT(refuses(p, none, TASK_IRQ, REPORT_none));
	EXPECT(refuses(p, many, TASK_IRQ, REPORT_none));
	EXPECT(refuses(p, one, TASK_IRQ | TASK_ATOMIC, REPORT_vm_interrupt));
	EXPECT(refuses(p, one, TASK_ATOMIC, REPORT_sleep_in_atomic));
	one.gfp = GFP_ATOMIC;
	EXPECT(refuses(p, one, TASK_IRQ, REPORT_vm_interrupt));
	EXPECT(refuses(p, area, TASK_ATOMIC, REPORT_sleep_in_atomic));
	area.b = VM_MAP | VM_ALLOC;
	EXPECT(refuses(p, area, TASK_IRQ, REPORT_vm_flags));
	area.b = VM_MAP | VM_VPAGES;
	EXPECT(refuses(p, area, 0, REPORT_vm_flags));
	/* the first table of the window would sleep: told, and undone */
	p->out.task.flags = TASK_ATOMIC;
	EXPECT_EQ(0, good_vmalloc_of(p, 1, GFP_ATOMIC));
	EXPECT_EQ(REPORT_sleep_in_atomic, p->out.report);
	p->out.task.flags = 0;
	EXPECT_EQ(0, p->o->areas.nr);
	EXPECT_EQ(VM_START, good_vmalloc(p, 1));
	p->out.task.flags = TASK_ATOMIC;
	EXPECT_EQ(VM_START + 0x2000, good_vmalloc_of(p, 1, GFP_ATOMIC));
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

/* --- who else has the frames ---------------------------------------------- */

/* Mapped by a process, and its owner's reference is the area's: not freed. */
TEST(vfree_of_what_others_map)
{
	struct pair *p = pair_tables(1);
	vaddr_t addr = good_vmalloc_of(p, 2 * PAGE_SIZE, GFP_KERNEL), twice;
	struct call c = { .judge = judge_vfree, .a = addr };
	pfn_t pfn = good_to_page(p, addr + PAGE_SIZE);
	u32 pgd = good_pgd(p);

	EXPECT_EQ(0, good_map_page(p, pgd, USER_ADDR, pfn, 3));
	good_vfree(p, addr);
	EXPECT_EQ(1, p->o->frame[pfn].count);
	EXPECT_EQ(0, p->o->frame[pfn].kmapcount);
	EXPECT(!model_self_check(p->o));
	EXPECT_EQ(0, good_unmap(p, pgd, USER_ADDR, 1));
	EXPECT_EQ(addr, good_vmalloc_of(p, 2 * PAGE_SIZE, GFP_KERNEL));
	pfn = good_to_page(p, addr);
	twice = good_vmap(p, &pfn, 1, KERNEL_PROT);
	EXPECT_EQ(2, p->o->frame[pfn].kmapcount);
	EXPECT(refuses(p, c, 0, REPORT_free_mapped));
	EXPECT(!model_self_check(p->o));
	good_vunmap(p, twice);
	good_vfree(p, addr);
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

/* --- vmap ----------------------------------------------------------------- */

TEST(vmap_and_vunmap)
{
	struct pair *p = pair_tables(1);
	pfn_t head = good(p, &(struct call){ .judge = judge_pages,
					     .gfp = GFP_KERNEL,
					     .a = 1 });
	pfn_t pfn[3] = { head + 1, head, head + 1 };
	vaddr_t addr = good_vmap(p, pfn, 3, 0xFFFFFFFF);

	EXPECT_EQ(3, p->o->frame[head].kmapcount);
	EXPECT_EQ(1, p->o->frame[head].count);
	EXPECT_EQ((head + 1) << PAGE_SHIFT | 0x17F,
		  pte_at(p, 0, addr + 0x2000));
	EXPECT(!model_self_check(p->o));
	EXPECT(refuses(p, (struct call){ .judge = judge_vfree, .a = addr }, 0,
		       REPORT_vm_kind));
	EXPECT(refuses(p, (struct call){ .judge = judge_vunmap, .a = addr + 1 },
		       0, REPORT_vm_unknown));
	good_vunmap(p, addr);
	EXPECT_EQ(0, p->o->frame[head].kmapcount);
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

/* No P: the word is not none, and leads nowhere. */
TEST(vmap_without_present)
{
	struct pair *p = pair_tables(1);
	pfn_t pfn = good_page(p, GFP_KERNEL);
	vaddr_t addr = good_vmap(p, &pfn, 1, 0x002);

	EXPECT_EQ(PFN_NONE, good_to_page(p, addr));
	EXPECT_EQ(1, p->o->frame[pfn].kmapcount);
	good_vunmap(p, addr);
	addr = good_vmap(p, &pfn, 1, 0x080);
	EXPECT_EQ(addr, VM_START);
	EXPECT_EQ(PFN_NONE, good_to_page(p, addr)); /* 0x080 is none of 0x17F */
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

/* A NULL page: found on the way, and all is undone; but its table stays. */
TEST(vmap_of_a_null_page)
{
	struct pair *p = pair_tables(1);
	pfn_t pfn[2] = { PFN_NONE, good_page(p, GFP_KERNEL) };

	EXPECT_EQ(0, good_vmap(p, pfn, 2, KERNEL_PROT));
	EXPECT_EQ(0x067, word_at(p, 0, VM_START) & 0xFFF);
	EXPECT_EQ(0, p->o->frame[pfn[1]].kmapcount);
	pfn[0] = pfn[1];
	pfn[1] = PFN_NONE;
	EXPECT_EQ(0, good_vmap(p, pfn, 2, KERNEL_PROT));
	EXPECT_EQ(0, p->o->frame[pfn[0]].kmapcount);
	EXPECT_EQ(0, p->o->areas.nr);
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

/* Which pages: in DESIGN.md's order. */
TEST(pages_that_cannot_be_mapped)
{
	struct pair *p = pair_tables(1);
	pfn_t slab = (good_kmalloc(p, 64, GFP_KERNEL) - PAGE_OFFSET) / 4096;
	pfn_t user = good_page(p, GFP_KERNEL), gone = good_page(p, GFP_KERNEL);
	u32 pgd = good_pgd(p), nr = 0;
	struct {
		pfn_t pfn;
		enum report_kind kind;
	} page[] = {
		{ 6144, REPORT_bad_page },  { 0, REPORT_map_frame },
		{ slab, REPORT_map_frame }, { user, REPORT_map_frame },
		{ gone, REPORT_ref_free },  { 4095, REPORT_ref_free },
	};

	EXPECT_EQ(0, good_map_page(p, pgd, USER_ADDR, user, 3));
	good_page_free(p, user);
	good_page_free(p, gone);
	for (; nr < sizeof(page) / sizeof(*page); nr++)
		EXPECT(refuses(p, call_vmap(&page[nr].pfn, 1, 0), 0,
			       page[nr].kind));
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

/* --- the books ------------------------------------------------------------ */

TEST(areas_made_to_lie)
{
	struct pair *p = pair_tables(1);
	vaddr_t addr = good_vmalloc(p, 2 * PAGE_SIZE);
	struct model *o = p->o;
	struct vm_area *a;

	good_vmalloc(p, 1025 * PAGE_SIZE);
	a = areas_find(o, addr);
	EXPECT(!model_self_check(o));
#define LIES(field, by, text)                                                  \
	do {                                                                   \
		(field) ^= (by);                                               \
		EXPECT_STR(text, model_self_check(o));                         \
		(field) ^= (by);                                               \
	} while (0)
	LIES(a->size, 1, "an area is not in the window");
	LIES(a[1].addr, 0x3000 ^ 0x1000, "areas overlap, or are not in order");
	LIES(a->descriptor, 4, "an area's descriptor is not the allocator's");
	LIES(a->pages, 4, "a page array is not the allocator's");
	LIES(a->nr_pages, 1, "an area does not map all its frames");
	LIES(a->nr_pages, 2,
	     "an area has pages without an array, or the "
	     "reverse");
	LIES(a[2].array, 1, "a page array is in no area");
	LIES(o->areas.bytes, 1, "the areas' bytes are miscounted");
	LIES(o->frame[good_to_page(p, addr)].marks, MARK_AREA,
	     "areas and the frames that they own disagree");
	LIES(o->frame[good_to_page(p, addr)].kmapcount, 2,
	     "kmapcounts are not the words' sum");
	o->frame[4095].kmapcount = 1;
	EXPECT_STR("the kernel maps what nobody holds", model_self_check(o));
	o->frame[4095].kmapcount = 0;
	EXPECT(!model_self_check(o));
	pair_delete(p);
}
