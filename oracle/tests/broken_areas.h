/* SPDX-License-Identifier: MIT */
/*
 * broken_areas.h - rules V and I, and R about areas: false places, frames,
 * answers, silence where a report is due.
 * Included by test_rules.c.
 */
#ifndef ORACLE_BROKEN_AREAS_H
#define ORACLE_BROKEN_AREAS_H

#include "broken_tables.h"

/* The call, told honestly but for what it returned. */
static void wrong_result(struct pair *p, enum rule rule, struct call c, u32 by)
{
	u32 got = learn(p, &c);

	names(p, rule, c.judge(p->o, &p->out, &c, got ^ by, &p->d));
	pair_delete(p);
}

/* NULL without a word, told as an address; `want` is 0. */
static void wrong_null(struct pair *p, enum rule rule, struct call c)
{
	names(p, rule, c.judge(p->o, silent(p), &c, VM_START, &p->d));
	EXPECT(c.judge(p->o, silent(p), &c, 0, &p->d));
	pair_delete(p);
}

/* One record of an honest call is another. */
static void wrong_move(struct pair *p, enum rule rule, struct call c, u8 event,
		       u32 nth)
{
	u32 got = learn(p, &c), i = 0;

	for (; i < p->out.nr_trace; i++)
		if (p->trace[i].event == event && !nth--)
			break;
	EXPECT(i < p->out.nr_trace);
	p->trace[i].order ^= 1;
	names(p, rule, c.judge(p->o, &p->out, &c, got, &p->d));
	pair_delete(p);
}

/* A misuse of which nothing was said; told, it agrees. */
static void not_told(struct pair *p, enum rule rule, struct call c)
{
	const enum report_kind kind =
		(enum report_kind)(rule - RULE_R0 - (rule > RULE_R21));

	names(p, rule, c.judge(p->o, silent(p), &c, 0, &p->d));
	EXPECT(c.judge(p->o, reported(p, kind), &c, 0, &p->d));
}

/* --- R -------------------------------------------------------------------- */

BROKEN(R57)
{
	struct pair *p = pair_tables(1);
	pfn_t pfn = good_page(p, GFP_KERNEL);

	p->out.task.flags = TASK_IRQ;
	not_told(p, RULE_R57,
		 (struct call){ .judge = judge_area, .a = 1, .b = VM_MAP });
	not_told(p, RULE_R57, (struct call){ .judge = judge_vmalloc, .a = 1 });
	not_told(p, RULE_R57, (struct call){ .judge = judge_vfree });
	not_told(p, RULE_R57, call_vmap(&pfn, 1, KERNEL_PROT));
	not_told(p, RULE_R57, (struct call){ .judge = judge_vunmap });
	not_told(p, RULE_R57, call_ioremap(DEVICE_START, 1, false));
	not_told(p, RULE_R57,
		 (struct call){ .judge = judge_iounmap, .a = VM_START });
	pair_delete(p);
}

/* In the middle of one, below it, behind its guard. */
BROKEN(R58)
{
	struct pair *p = pair_tables(1);
	vaddr_t addr = good_vmalloc(p, 2 * PAGE_SIZE);

	not_told(p, RULE_R58,
		 (struct call){ .judge = judge_vfree, .a = addr + PAGE_SIZE });
	not_told(p, RULE_R58,
		 (struct call){ .judge = judge_vfree, .a = addr + 1 });
	not_told(p, RULE_R58, (struct call){ .judge = judge_vunmap, .a = 1 });
	not_told(p, RULE_R58,
		 (struct call){ .judge = judge_iounmap,
				.a = addr + 3 * PAGE_SIZE });
	pair_delete(p);
}

BROKEN(R59)
{
	struct pair *p = pair_tables(1);
	vaddr_t addr = good_vmalloc(p, 1);
	vaddr_t other = good_area(p, 1, VM_IOREMAP);

	not_told(p, RULE_R59,
		 (struct call){ .judge = judge_vunmap, .a = addr });
	not_told(p, RULE_R59,
		 (struct call){ .judge = judge_iounmap, .a = addr + 5 });
	not_told(p, RULE_R59,
		 (struct call){ .judge = judge_vfree, .a = other });
	pair_delete(p);
}

BROKEN(R60)
{
	static const u32 flags[] = { 0, 3, 5, 7, 0x10, 0x14, 0x100001 };
	struct pair *p = pair_tables(1);
	pfn_t pfn = good_page(p, GFP_KERNEL);
	struct call c = call_vmap(&pfn, 1, KERNEL_PROT);

	for (u32 i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		not_told(p, RULE_R60,
			 (struct call){
				 .judge = judge_area, .a = 1, .b = flags[i] });
	c.args.flags = VM_ALLOC;
	not_told(p, RULE_R60, c);
	pair_delete(p);
}

/* The first page above the image, and the last of high memory. */
BROKEN(R61)
{
	struct pair *p = pair_device();

	not_told(p, RULE_R61, call_ioremap((u32)M(8) - 1, 2, false));
	not_told(p, RULE_R61, call_ioremap((u32)M(24) - 1, 0x3000, true));
	not_told(p, RULE_R61, call_ioremap(0xFF000, (u32)M(4), false));
	pair_delete(p);
}

/* --- V: areas ------------------------------------------------------------- */

BROKEN(V1)
{
	wrong_result(pair_tables(1), RULE_V1,
		     (struct call){ .judge = judge_area, .a = 1, .b = VM_MAP },
		     PAGE_SIZE);
	wrong_result(pair_tables(1), RULE_V1,
		     (struct call){ .judge = judge_vmalloc,
				    .a = 1,
				    .gfp = GFP_KERNEL },
		     PAGE_SIZE);
}

BROKEN(V2)
{
	wrong_null(pair_tables(1), RULE_V2,
		   (struct call){ .judge = judge_area, .b = VM_MAP });
	wrong_null(pair_tables(1), RULE_V2,
		   (struct call){ .judge = judge_vmalloc, .a = 0xFFFFF001 });
}

BROKEN(V3)
{
	wrong_null(
		pair_tables(1), RULE_V3,
		(struct call){ .judge = judge_vmalloc, .a = 6145 * PAGE_SIZE });
}

/* A frame that failed, and an address all the same; and the reverse. */
BROKEN(V4)
{
	struct call c = { .judge = judge_vmalloc, .a = 1, .gfp = GFP_KERNEL };
	struct pair *p = pair_tables(1);

	p->out.task.fail_nth = 1;
	wrong_result(p, RULE_V4, c, VM_START);
	wrong_result(pair_tables(1), RULE_V4, c, VM_START);
}

BROKEN(V5)
{
	struct pair *p = pair_tables(1);
	vaddr_t addr = good_vmalloc(p, 1);

	wrong_move(p, RULE_V5, (struct call){ .judge = judge_vfree, .a = addr },
		   TRACE_free_vmap_area, 0);
	wrong_move(pair_tables(1), RULE_V5,
		   (struct call){
			   .judge = judge_vmalloc, .a = 1, .gfp = GFP_KERNEL },
		   TRACE_alloc_vmap_area, 0);
}

BROKEN(V6)
{
	struct pair *p = pair_tables(1);
	vaddr_t addr = good_vmalloc(p, 2 * PAGE_SIZE);

	wrong_move(p, RULE_V6, (struct call){ .judge = judge_vfree, .a = addr },
		   TRACE_mm_page_free, 1);
}

BROKEN(V7)
{
	pfn_t pfn = PFN_NONE;
	struct pair *p = pair_tables(1);

	wrong_null(pair_tables(1), RULE_V7, call_vmap(&pfn, 0, 0));
	wrong_null(pair_tables(1), RULE_V7, call_vmap(&pfn, 6145, 0));
	good_vmalloc(p, 1);
	wrong_result(p, RULE_V7, call_vmap(&pfn, 1, 0), VM_START);
}

BROKEN(V8)
{
	struct pair *p = pair_tables(1);
	vaddr_t addr = good_vmalloc(p, 1);

	wrong_result(p, RULE_V8,
		     (struct call){ .judge = judge_to_page, .a = addr }, 1);
}

/* --- V: as they stand ----------------------------------------------------- */

static void wrong_area(size_t at)
{
	struct pair *p = pair_tables(1);
	struct vm_area_view v;
	bool touched = false;

	good_vmalloc(p, 1);
	EXPECT_EQ(VM_START, model_vm_area_at(p->o, 0, &touched));
	EXPECT(touched);
	v = view_of_area(p, 0);
	EXPECT(model_check_vm_area(p->o, 0, &v, &p->d));
	((u8 *)&v)[at] ^= 1;
	names(p, RULE_V9, model_check_vm_area(p->o, 0, &v, &p->d));
	pair_delete(p);
}

BROKEN(V9)
{
	wrong_area(offsetof(struct vm_area_view, descriptor));
	wrong_area(offsetof(struct vm_area_view, addr));
	wrong_area(offsetof(struct vm_area_view, size));
	wrong_area(offsetof(struct vm_area_view, flags));
	wrong_area(offsetof(struct vm_area_view, nr_pages));
	wrong_area(offsetof(struct vm_area_view, pages));
	wrong_area(offsetof(struct vm_area_view, phys_addr));
}

BROKEN(V10)
{
	struct mapping_counts m = { .nr_areas = 1, .area_bytes = 0x2000 };
	struct pair *p = pair_tables(1);

	good_vmalloc(p, 1);
	EXPECT(model_check_mappings(p->o, &m, &p->d));
	m.nr_areas = 2;
	names(p, RULE_V10, model_check_mappings(p->o, &m, &p->d));
	m.nr_areas = 1;
	m.area_bytes = 0x1000;
	names(p, RULE_V10, model_check_mappings(p->o, &m, &p->d));
	pair_delete(p);
}

/* What stands in the second frame is not what was painted there. */
BROKEN(V11)
{
	struct pair *p = pair_tables(1);
	vaddr_t addr = good_vmalloc(p, 2 * PAGE_SIZE);
	pfn_t pfn = good_to_page(p, addr + PAGE_SIZE);

	EXPECT(model_before_vfree(p->o, addr, &p->d));
	EXPECT(model_check_contents(p->o, &p->d));
	*ram_words(p, pfn * PAGE_SIZE + 64) ^= 1;
	names(p, RULE_V11, model_before_vfree(p->o, addr, &p->d));
	names(p, RULE_V11, model_check_contents(p->o, &p->d));
	pair_delete(p);
}

/* --- I -------------------------------------------------------------------- */

BROKEN(I1)
{
	wrong_null(pair_device(), RULE_I1, call_ioremap(DEVICE_START, 0, 0));
	wrong_null(pair_device(), RULE_I1, call_ioremap(0xFFFFF000, 0x1001, 1));
}

BROKEN(I2)
{
	wrong_result(pair_device(), RULE_I2, call_ioremap(0xB8000, 80, false),
		     0x02000000);
}

BROKEN(I3)
{
	wrong_result(pair_device(), RULE_I3,
		     call_ioremap(DEVICE_START + 5, 4, false), 5);
}

/* Its table could not be had: no address may come of it. */
BROKEN(I4)
{
	struct call c = call_ioremap(0xB8000, 1, true);
	struct pair *p = pair_device();

	p->out.task.fail_nth = 1;
	wrong_result(p, RULE_I4, c, DIRECT(0xB8000));
	/* the table that is given back at the end */
	p = pair_device();
	c.a = good_ioremap(p, 0x9F000, 0x2000, true);
	EXPECT_EQ(VM_START, c.a);
	c.judge = judge_iounmap;
	wrong_move(p, RULE_I4, c, TRACE_mm_page_free, 0);
}

BROKEN(I5)
{
	struct pair *p = pair_device();

	p->out.task.flags = TASK_IRQ;
	names(p, RULE_I5,
	      model_iounmap(p->o, reported(p, REPORT_vm_unknown),
			    p->o->now.layout.high_memory, &p->d));
	EXPECT(model_iounmap(p->o, silent(p), 0, &p->d));
	pair_delete(p);
}

BROKEN(I6)
{
	struct device_view v = { .start = DEVICE_START, .size = DEVICE_BYTES };
	struct pair *p = pair_device();
	vaddr_t addr = good_ioremap(p, DEVICE_START, DEVICE_BYTES, false);

	EXPECT(model_check_device(p->o, 0, &v, &p->d));
	EXPECT(device_access(p, ACCESS_READ, addr + 4, 4, 2));
	names(p, RULE_I6, model_check_device(p->o, 0, &v, &p->d));
	v.reads = 1;
	v.last_offset = 4;
	v.last_len = 2;
	EXPECT(model_check_device(p->o, 0, &v, &p->d));
	EXPECT(device_access(p, ACCESS_WRITE, addr + 8, 8, 4));
	v.last_offset = 8;
	names(p, RULE_I6, model_check_device(p->o, 0, &v, &p->d));
	v.writes = 1;
	names(p, RULE_I6, model_check_device(p->o, 0, &v, &p->d));
	v.last_len = 4;
	EXPECT(model_check_device(p->o, 0, &v, &p->d));
	pair_delete(p);
}

/* Looked at once, page by page; what the machine stores nowhere is not. */
BROKEN(I8)
{
	struct pair *p = pair_device();
	vaddr_t addr = good_ioremap(p, DEVICE_START, DEVICE_BYTES, false);

	device_memory[4096] = 1;
	EXPECT(device_access(p, ACCESS_WRITE, addr + 0x2FFC, 0x2FFC, 4));
	EXPECT(device_memory[0x2FFF]);
	model_reset(p->o);
	names(p, RULE_I8, model_check_reset(p->o, &p->d));
	memset(device_memory + 0x2FFC, 0, 4);
	EXPECT(model_check_reset(p->o, &p->d));
	memset(device_memory + 0x2FFC, 1, 4);
	EXPECT(model_check_reset(p->o, &p->d));
	pair_delete(p);
}

/* A byte in common is one too many. */
BROKEN(I9)
{
	struct device_view v = { .start = DEVICE_START, .size = DEVICE_BYTES };
	struct pair *p = pair_device();
	struct device *device = p->o->device;

	EXPECT(model_check_device(p->o, 0, &v, &p->d));
	device[0].bytes = p->ram + p->ram_bytes - 1;
	names(p, RULE_I9, model_check_device(p->o, 0, &v, &p->d));
	device[0].bytes++;
	EXPECT(model_check_device(p->o, 0, &v, &p->d));
	device[0].bytes = p->ram + 1 - DEVICE_BYTES;
	names(p, RULE_I9, model_check_device(p->o, 0, &v, &p->d));
	device[0].bytes = device_memory;
	p->o->mmio[1] = p->o->mmio[0];
	device[1].bytes = device_memory + DEVICE_BYTES - 1;
	names(p, RULE_I9, model_check_device(p->o, 1, &v, &p->d));
	device[1].bytes++;
	EXPECT(model_check_device(p->o, 1, &v, &p->d));
	pair_delete(p);
}

#endif
