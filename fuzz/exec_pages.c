// SPDX-License-Identifier: MIT
/*
 * exec_pages.c - the handlers of the page-frame and bootmem ops.
 *
 * A slot holds the head and the order of a block.  It keeps them when the
 * block is freed, so that a program can misuse what it once had.
 */
#include "exec_state.h"

static u32 freeing_order(const struct slot *s, u32 forder)
{
	return forder ? forder - 1 : s->order;
}

/* --- allocation -------------------------------------------------------- */

static enum step got_pages(struct exec *x, const struct op *op, pfn_t pfn,
			   u32 order, bool accepted)
{
	if (!accepted)
		return exec_diverged(x);
	if (pfn == PFN_NONE)
		return STEP_NULL;
	exec_slot_set(x, op->out, RES_PAGES, pfn, order);
	return STEP_OK;
}

static enum step alloc(struct exec *x, const struct op *op, u32 order,
		       gfp_t gfp)
{
	pfn_t pfn;

	exec_begin(x, op);
	pfn = mm_page_to_pfn(x->m, mm_alloc_pages(x->m, gfp, order));
	exec_collect(x);
	return got_pages(
		x, op, pfn, order,
		model_alloc_pages(x->o, &x->out, gfp, order, pfn, &x->d));
}

static pfn_t pfn_of(vaddr_t addr)
{
	return addr ? (addr - PAGE_OFFSET) >> PAGE_SHIFT : PFN_NONE;
}

static enum step alloc_addr(struct exec *x, const struct op *op, u32 order,
			    gfp_t gfp)
{
	vaddr_t addr;

	exec_begin(x, op);
	addr = mm__get_free_pages(x->m, gfp, order);
	exec_collect(x);
	return got_pages(
		x, op, pfn_of(addr), order,
		model_get_free_pages(x->o, &x->out, gfp, order, addr, &x->d));
}

enum step exec_alloc_pages(struct exec *x, const struct op *op)
{
	return alloc(x, op, op->arg[0], op->arg[1]);
}

enum step exec_alloc_page(struct exec *x, const struct op *op)
{
	return alloc(x, op, 0, op->arg[0]);
}

enum step exec___get_free_pages(struct exec *x, const struct op *op)
{
	return alloc_addr(x, op, op->arg[0], op->arg[1]);
}

enum step exec___get_free_page(struct exec *x, const struct op *op)
{
	return alloc_addr(x, op, 0, op->arg[0]);
}

enum step exec_get_zeroed_page(struct exec *x, const struct op *op)
{
	vaddr_t addr;

	exec_begin(x, op);
	addr = mm_get_zeroed_page(x->m, op->arg[0]);
	exec_collect(x);
	return got_pages(
		x, op, pfn_of(addr), 0,
		model_get_zeroed_page(x->o, &x->out, op->arg[0], addr, &x->d));
}

enum step exec___get_dma_pages(struct exec *x, const struct op *op)
{
	vaddr_t addr;

	exec_begin(x, op);
	addr = mm__get_dma_pages(x->m, op->arg[1], op->arg[0]);
	exec_collect(x);
	return got_pages(x, op, pfn_of(addr), op->arg[0],
			 model_get_dma_pages(x->o, &x->out, op->arg[1],
					     op->arg[0], addr, &x->d));
}

/* --- freeing ----------------------------------------------------------- */

static enum step free_pfn(struct exec *x, const struct op *op, pfn_t pfn,
			  u32 order)
{
	if (!model_before_free(x->o, pfn, &x->d))
		return exec_diverged(x);
	exec_begin(x, op);
	mm__free_pages(x->m, mm_pfn_to_page(x->m, pfn), order);
	exec_collect(x);
	return exec_judge(x,
			  model_free_pages(x->o, &x->out, pfn, order, &x->d));
}

static enum step free_addr(struct exec *x, const struct op *op, vaddr_t addr,
			   u32 order)
{
	if (addr >= PAGE_OFFSET && addr < x->u->layout.high_memory &&
	    !model_before_free(x->o, pfn_of(addr), &x->d))
		return exec_diverged(x);
	exec_begin(x, op);
	mm_free_pages(x->m, addr, order);
	exec_collect(x);
	return exec_judge(x,
			  model_free_addr(x->o, &x->out, addr, order, &x->d));
}

/* The address that a driver would hand to free_pages: 0 for a high frame. */
static vaddr_t addr_of(const struct exec *x, pfn_t pfn)
{
	return pfn < x->u->layout.max_low_pfn
		       ? PAGE_OFFSET + (pfn << PAGE_SHIFT)
		       : 0;
}

enum step exec___free_pages(struct exec *x, const struct op *op)
{
	const struct slot *s = exec_slot(x, op->arg[0]);

	if (s->kind != RES_PAGES)
		return STEP_SKIPPED;
	return free_pfn(x, op, s->pfn, freeing_order(s, op->arg[1]));
}

enum step exec___free_page(struct exec *x, const struct op *op)
{
	const struct slot *s = exec_slot(x, op->arg[0]);

	return s->kind == RES_PAGES ? free_pfn(x, op, s->pfn, 0) : STEP_SKIPPED;
}

enum step exec_free_pages(struct exec *x, const struct op *op)
{
	const struct slot *s = exec_slot(x, op->arg[0]);

	if (s->kind != RES_PAGES)
		return STEP_SKIPPED;
	return free_addr(x, op, addr_of(x, s->pfn),
			 freeing_order(s, op->arg[1]));
}

enum step exec_free_page(struct exec *x, const struct op *op)
{
	const struct slot *s = exec_slot(x, op->arg[0]);

	if (s->kind != RES_PAGES)
		return STEP_SKIPPED;
	return free_addr(x, op, addr_of(x, s->pfn), 0);
}

enum step exec_free_cold_page(struct exec *x, const struct op *op)
{
	const struct slot *s = exec_slot(x, op->arg[0]);

	if (s->kind != RES_PAGES)
		return STEP_SKIPPED;
	if (!model_before_free(x->o, s->pfn, &x->d))
		return exec_diverged(x);
	exec_begin(x, op);
	mm_free_cold_page(x->m, mm_pfn_to_page(x->m, s->pfn));
	exec_collect(x);
	return exec_judge(x,
			  model_free_cold_page(x->o, &x->out, s->pfn, &x->d));
}

enum step exec_free_pfn(struct exec *x, const struct op *op)
{
	return free_pfn(x, op, op->arg[0], op->arg[1]);
}

enum step exec_free_addr(struct exec *x, const struct op *op)
{
	return free_addr(x, op, op->arg[0], op->arg[1]);
}

enum step exec_free_tail(struct exec *x, const struct op *op)
{
	const struct slot *s = exec_slot(x, op->arg[0]);

	if (s->kind != RES_PAGES)
		return STEP_SKIPPED;
	return free_pfn(x, op, s->pfn + op->arg[1], op->arg[2]);
}

/* A pointer that is no struct page's is as bad as one outside mem_map. */
enum step exec_free_skewed(struct exec *x, const struct op *op)
{
	const struct slot *s = exec_slot(x, op->arg[0]);
	u32 skew = op->arg[1] % PAGE_STRUCT_BYTES;
	uintptr_t at;

	if (s->kind != RES_PAGES || !skew)
		return STEP_SKIPPED;
	exec_begin(x, op);
	at = (uintptr_t)mm_pfn_to_page(x->m, s->pfn) + skew;
	mm__free_pages(x->m, (struct page *)at, s->order);
	exec_collect(x);
	return exec_judge(
		x, model_free_pages(x->o, &x->out, PFN_NONE, s->order, &x->d));
}

/* --- references and look-ups -------------------------------------------- */

static enum step get_pfn(struct exec *x, const struct op *op, pfn_t pfn)
{
	exec_begin(x, op);
	mm_get_page(x->m, mm_pfn_to_page(x->m, pfn));
	exec_collect(x);
	return exec_judge(x, model_get_page(x->o, &x->out, pfn, &x->d));
}

static enum step put_pfn(struct exec *x, const struct op *op, pfn_t pfn)
{
	if (!model_before_free(x->o, pfn, &x->d))
		return exec_diverged(x);
	exec_begin(x, op);
	mm_put_page(x->m, mm_pfn_to_page(x->m, pfn));
	exec_collect(x);
	return exec_judge(x, model_put_page(x->o, &x->out, pfn, &x->d));
}

enum step exec_get_page(struct exec *x, const struct op *op)
{
	const struct slot *s = exec_slot(x, op->arg[0]);

	return s->kind == RES_PAGES ? get_pfn(x, op, s->pfn + op->arg[1])
				    : STEP_SKIPPED;
}

enum step exec_put_page(struct exec *x, const struct op *op)
{
	const struct slot *s = exec_slot(x, op->arg[0]);

	return s->kind == RES_PAGES ? put_pfn(x, op, s->pfn + op->arg[1])
				    : STEP_SKIPPED;
}

enum step exec_get_pfn(struct exec *x, const struct op *op)
{
	return get_pfn(x, op, op->arg[0]);
}

enum step exec_put_pfn(struct exec *x, const struct op *op)
{
	return put_pfn(x, op, op->arg[0]);
}

enum step exec_page_address(struct exec *x, const struct op *op)
{
	const struct slot *s = exec_slot(x, op->arg[0]);
	pfn_t pfn = s->pfn + op->arg[1];
	vaddr_t got;

	if (s->kind != RES_PAGES)
		return STEP_SKIPPED;
	exec_begin(x, op);
	got = mm_page_address(x->m, mm_pfn_to_page(x->m, pfn));
	exec_collect(x);
	if (!model_page_address(x->o, &x->out, pfn, got, &x->d))
		return exec_diverged(x);
	return got ? STEP_OK : STEP_NULL;
}

enum step exec_virt_to_page(struct exec *x, const struct op *op)
{
	pfn_t got;

	exec_begin(x, op);
	got = mm_page_to_pfn(x->m, mm_virt_to_page(x->m, op->arg[0]));
	exec_collect(x);
	return exec_judge(
		x, model_virt_to_page(x->o, &x->out, op->arg[0], got, &x->d));
}

enum step exec_nr_free_pages(struct exec *x, const struct op *op)
{
	u32 got;

	exec_begin(x, op);
	got = mm_nr_free_pages(x->m);
	exec_collect(x);
	return exec_judge(x, model_nr_free_pages(x->o, &x->out, got, &x->d));
}

/* The owner's own reads and writes: a slot that was freed has no owner. */
static bool owned(struct exec *x, const struct slot *s)
{
	struct frame_view v;

	if (s->kind != RES_PAGES)
		return false;
	mm_frame_view(x->m, s->pfn, &v);
	return v.state == FRAME_ALLOCATED && v.order == s->order;
}

/* [off, off + len) cut to the block; false: nothing is left. */
static bool range_in(const struct slot *s, u32 *off, u32 *len)
{
	u32 size = PAGE_SIZE << s->order;

	if (*off >= size || *len == 0)
		return false;
	if (*len > size - *off)
		*len = size - *off;
	return true;
}

enum step exec_write(struct exec *x, const struct op *op)
{
	const struct slot *s = exec_slot(x, op->arg[0]);
	u32 off = op->arg[1], len = op->arg[2];

	if (!owned(x, s) || !range_in(s, &off, &len))
		return STEP_SKIPPED;
	return exec_judge(x, model_write(x->o, s->pfn, off, len, &x->d));
}

enum step exec_read(struct exec *x, const struct op *op)
{
	const struct slot *s = exec_slot(x, op->arg[0]);
	u32 off = op->arg[1], len = op->arg[2];

	if (!owned(x, s) || !range_in(s, &off, &len))
		return STEP_SKIPPED;
	return exec_judge(x, model_read(x->o, s->pfn, off, len, &x->d));
}

/* --- the system --------------------------------------------------------- */

enum step exec_drain_local_pages(struct exec *x, const struct op *op)
{
	exec_begin(x, op);
	mm_drain_local_pages(x->m);
	exec_collect(x);
	return exec_judge(x, model_drain_local_pages(x->o, &x->out, &x->d));
}

enum step exec_min_free_kbytes(struct exec *x, const struct op *op)
{
	exec_begin(x, op);
	mm_set_min_free_kbytes(x->m, op->arg[0]);
	exec_collect(x);
	mm_layout(x->m, &x->now);
	return exec_judge(x,
			  model_set_min_free_kbytes(x->o, &x->out, op->arg[0],
						    &x->now, &x->d));
}

enum step exec_lowmem_reserve_ratio(struct exec *x, const struct op *op)
{
	exec_begin(x, op);
	mm_set_lowmem_reserve_ratio(x->m, op->arg[0], op->arg[1]);
	exec_collect(x);
	mm_layout(x->m, &x->now);
	return exec_judge(
		x, model_set_lowmem_reserve_ratio(x->o, &x->out, op->arg[0],
						  op->arg[1], &x->now, &x->d));
}

enum step exec_alloc_bootmem(struct exec *x, const struct op *op)
{
	u32 got;

	exec_begin(x, op);
	got = mm_alloc_bootmem(x->m, op->arg[0], op->arg[1], op->arg[2]);
	exec_collect(x);
	if (!model_alloc_bootmem(x->o, &x->out, op->arg[0], op->arg[1],
				 op->arg[2], got, &x->d))
		return exec_diverged(x);
	if (!got)
		return STEP_NULL;
	exec_slot_set(x, op->out, RES_PHYS, got >> PAGE_SHIFT, 0);
	return STEP_OK;
}

enum step exec_free_bootmem(struct exec *x, const struct op *op)
{
	exec_begin(x, op);
	mm_free_bootmem(x->m, op->arg[0], op->arg[1]);
	exec_collect(x);
	return exec_judge(x, model_free_bootmem(x->o, &x->out, op->arg[0],
						op->arg[1], &x->d));
}

enum step exec_reserve_bootmem(struct exec *x, const struct op *op)
{
	exec_begin(x, op);
	mm_reserve_bootmem(x->m, op->arg[0], op->arg[1]);
	exec_collect(x);
	return exec_judge(x, model_reserve_bootmem(x->o, &x->out, op->arg[0],
						   op->arg[1], &x->d));
}
