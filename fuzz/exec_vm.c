// SPDX-License-Identifier: MIT
/*
 * exec_vm.c - the handlers of the vmalloc window's ops: vmalloc, vmap, areas
 * of get_vm_area, and who looks a page up there.
 *
 * A slot holds an area's address, and keeps it when the area is given back,
 * so that a program can misuse what it once had.  The pages of a vmap are
 * frames of a block, or of another area.
 */
#include "exec_state.h"

#include <stdlib.h>

#define PROT_KERNEL 0x163u

/* --- vmalloc -------------------------------------------------------------- */

enum step exec_vmalloc(struct exec *x, const struct op *op)
{
	vaddr_t addr;

	exec_begin(x, op);
	addr = mm_vmalloc(x->m, op->arg[0]);
	exec_collect_object(x);
	return exec_got_map(x, op, addr,
			    model_vmalloc(x->o, &x->out, op->arg[0],
					  GFP_HIGHUSER, PROT_KERNEL, addr,
					  &x->d));
}

enum step exec_vmalloc_32(struct exec *x, const struct op *op)
{
	vaddr_t addr;

	exec_begin(x, op);
	addr = mm_vmalloc_32(x->m, op->arg[0]);
	exec_collect_object(x);
	return exec_got_map(x, op, addr,
			    model_vmalloc(x->o, &x->out, op->arg[0], GFP_KERNEL,
					  PROT_KERNEL, addr, &x->d));
}

enum step exec_vmalloc_exec(struct exec *x, const struct op *op)
{
	vaddr_t addr;

	exec_begin(x, op);
	addr = mm_vmalloc_exec(x->m, op->arg[0]);
	exec_collect_object(x);
	return exec_got_map(x, op, addr,
			    model_vmalloc(x->o, &x->out, op->arg[0],
					  GFP_HIGHUSER, PROT_KERNEL, addr,
					  &x->d));
}

enum step exec___vmalloc(struct exec *x, const struct op *op)
{
	vaddr_t addr;

	exec_begin(x, op);
	addr = mm__vmalloc(x->m, op->arg[0], op->arg[1], op->arg[2]);
	exec_collect_object(x);
	return exec_got_map(x, op, addr,
			    model_vmalloc(x->o, &x->out, op->arg[0], op->arg[1],
					  op->arg[2], addr, &x->d));
}

static enum step vfree(struct exec *x, const struct op *op, vaddr_t addr)
{
	if (!model_before_vfree(x->o, addr, &x->d))
		return exec_diverged(x);
	exec_begin(x, op);
	mm_vfree(x->m, addr);
	exec_collect_object(x);
	return exec_judge(x, model_vfree(x->o, &x->out, addr, &x->d));
}

/* At the slot's address and so many bytes on. */
static enum step at_map(struct exec *x, const struct op *op, u32 off,
			enum step (*call)(struct exec *x, const struct op *op,
					  vaddr_t addr))
{
	const struct slot *s = exec_map(x, op->arg[0]);

	return s ? call(x, op, s->addr + off) : STEP_SKIPPED;
}

enum step exec_vfree(struct exec *x, const struct op *op)
{
	return at_map(x, op, 0, vfree);
}

enum step exec_vfree_addr(struct exec *x, const struct op *op)
{
	return vfree(x, op, op->arg[0]);
}

enum step exec_vfree_inside(struct exec *x, const struct op *op)
{
	return at_map(x, op, op->arg[1], vfree);
}

/* --- vmap ----------------------------------------------------------------- */

static void pages_room(struct exec *x, u32 nr)
{
	struct page **pages;
	pfn_t *pfn;

	if (nr <= x->room_pages)
		return;
	pages = realloc(x->pages, nr * sizeof(struct page *));
	if (pages)
		x->pages = pages;
	pfn = realloc(x->pfn, nr * sizeof(pfn_t));
	if (pfn)
		x->pfn = pfn;
	if (!pages || !pfn)
		exec_on_panic(x, "host: no memory for the pages of a vmap");
	x->room_pages = nr;
}

static void page_set(struct exec *x, u32 i, pfn_t pfn)
{
	x->pfn[i] = pfn;
	x->pages[i] = pfn == PFN_NONE ? NULL : mm_pfn_to_page(x->m, pfn);
}

/* Of x->pages and x->pfn. */
static enum step vmap(struct exec *x, const struct op *op, u32 nr, u32 flags,
		      u32 prot)
{
	vaddr_t addr;

	exec_begin(x, op);
	addr = mm_vmap(x->m, x->pages, nr, flags, prot);
	exec_collect_object(x);
	return exec_got_map(x, op, addr,
			    model_vmap(x->o, &x->out, x->pfn, nr, flags, prot,
				       addr, &x->d));
}

/* Frames of the slot's block: first, first + stride ..., modulo its size. */
static bool block_pages(struct exec *x, u32 slot, u32 first, u32 nr, u32 stride)
{
	const struct slot *s = exec_slot(x, slot);
	u32 mask = (1u << s->order) - 1;

	if (s->kind != RES_PAGES)
		return false;
	pages_room(x, nr);
	for (u32 i = 0; i < nr; i++)
		page_set(x, i, s->pfn + ((first + i * stride) & mask));
	return true;
}

enum step exec_vmap(struct exec *x, const struct op *op)
{
	const u32 *a = op->arg;

	if (!block_pages(x, a[0], a[1], a[2], a[3]))
		return STEP_SKIPPED;
	return vmap(x, op, a[2], VM_MAP, a[4]);
}

enum step exec_vmap_null(struct exec *x, const struct op *op)
{
	const u32 *a = op->arg;

	if (!block_pages(x, a[0], a[1], a[2], 1))
		return STEP_SKIPPED;
	if (a[3] < a[2])
		page_set(x, a[3], PFN_NONE);
	return vmap(x, op, a[2], VM_MAP, PROT_KERNEL);
}

enum step exec_vmap_flags(struct exec *x, const struct op *op)
{
	if (!block_pages(x, op->arg[0], 0, op->arg[1], 1))
		return STEP_SKIPPED;
	return vmap(x, op, op->arg[1], op->arg[2], PROT_KERNEL);
}

enum step exec_vmap_pfn(struct exec *x, const struct op *op)
{
	u32 nr = op->arg[1];

	pages_room(x, nr);
	for (u32 i = 0; i < nr; i++)
		page_set(x, i, op->arg[0] + i);
	return vmap(x, op, nr, VM_MAP, PROT_KERNEL);
}

enum step exec_vmap_area(struct exec *x, const struct op *op)
{
	const struct slot *s = exec_map(x, op->arg[0]);
	u32 nr = op->arg[2];

	if (!s)
		return STEP_SKIPPED;
	pages_room(x, nr);
	for (u32 i = 0; i < nr; i++) {
		vaddr_t addr = s->addr + op->arg[1] + i * PAGE_SIZE;
		enum step step;
		pfn_t pfn;

		step = exec_area_pfn(x, op, addr, &pfn);
		if (step == STEP_DIVERGED || x->out.report != REPORT_none)
			return step;
		page_set(x, i, pfn);
	}
	return vmap(x, op, nr, VM_MAP, op->arg[3]);
}

static enum step vunmap(struct exec *x, const struct op *op, vaddr_t addr)
{
	exec_begin(x, op);
	mm_vunmap(x->m, addr);
	exec_collect_object(x);
	return exec_judge(x, model_vunmap(x->o, &x->out, addr, &x->d));
}

enum step exec_vunmap(struct exec *x, const struct op *op)
{
	return at_map(x, op, 0, vunmap);
}

enum step exec_vunmap_addr(struct exec *x, const struct op *op)
{
	return vunmap(x, op, op->arg[0]);
}

/* --- areas ---------------------------------------------------------------- */

enum step exec_get_vm_area(struct exec *x, const struct op *op)
{
	const struct vm_struct *area;
	struct vm_area_view v = { 0 };

	exec_begin(x, op);
	area = mm_get_vm_area(x->m, op->arg[0], op->arg[1]);
	exec_collect_object(x);
	if (area)
		mm_vm_view(x->m, area, &v);
	return exec_got_map(x, op, v.addr,
			    model_get_vm_area(x->o, &x->out, op->arg[0],
					      op->arg[1], v.addr, &x->d));
}

static const struct vm_struct *area_at(const struct exec *x, vaddr_t addr)
{
	const struct vm_struct *area = NULL;
	struct vm_area_view v;

	while ((area = mm_vm_next(x->m, area))) {
		mm_vm_view(x->m, area, &v);
		if (v.addr == addr)
			break;
	}
	return area;
}

/* Pages of its own are vfree's: who else is asked says vm_kind. */
static bool judge_removal(struct exec *x, const struct vm_area_view *v,
			  vaddr_t addr)
{
	if (v->flags & VM_ALLOC && !v->nr_pages)
		return model_vfree(x->o, &x->out, addr, &x->d);
	if (v->flags & VM_IOREMAP)
		return model_iounmap(x->o, &x->out, addr, &x->d);
	return model_vunmap(x->o, &x->out, addr, &x->d);
}

/*
 * Of what has no attributes it comes to the same as the call that gives such
 * an area back, and is judged as that.
 */
enum step exec_remove_vm_area(struct exec *x, const struct op *op)
{
	const struct slot *s = exec_map(x, op->arg[0]);
	const struct vm_struct *area = s ? area_at(x, s->addr) : NULL;
	struct vm_area_view v = { 0 };
	struct vm_struct *removed;

	if (area)
		mm_vm_view(x->m, area, &v);
	if (!s || op->flags & TASK_IRQ || v.flags >> VM_PROT_SHIFT)
		return STEP_SKIPPED;
	exec_begin(x, op);
	removed = mm_remove_vm_area(x->m, s->addr);
	if (removed)
		mm_free_vm_area(x->m, removed);
	exec_collect_object(x);
	return exec_judge(x, judge_removal(x, &v, s->addr));
}

/* --- looking up ----------------------------------------------------------- */

enum step exec_area_pfn(struct exec *x, const struct op *op, vaddr_t addr,
			pfn_t *pfn)
{
	exec_begin(x, op);
	*pfn = mm_page_to_pfn(x->m, mm_vmalloc_to_page(x->m, addr));
	exec_collect_object(x);
	if (!model_vmalloc_to_page(x->o, &x->out, addr, *pfn, &x->d))
		return exec_diverged(x);
	return *pfn == PFN_NONE ? STEP_NULL : STEP_OK;
}

enum step exec_vmalloc_to_page(struct exec *x, const struct op *op)
{
	const struct slot *s = exec_map(x, op->arg[0]);
	pfn_t pfn;

	return s ? exec_area_pfn(x, op, s->addr + op->arg[1], &pfn)
		 : STEP_SKIPPED;
}

enum step exec_vmalloc_to_page_addr(struct exec *x, const struct op *op)
{
	pfn_t pfn;

	return exec_area_pfn(x, op, op->arg[0], &pfn);
}
