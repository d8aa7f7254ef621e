// SPDX-License-Identifier: MIT
/*
 * vm_area.c - areas of the vmalloc window: made, mapped, removed
 * [mm/vmalloc.c].
 *
 *     index -> the least address that holds it -> PTEs, one by one
 *              vmlist, behind the area before     -> 0, flushed, unlinked
 *
 * An area is a descriptor in the list; vm_index.c finds its place.  The tables
 * are made when needed, in the template alone, and stay.
 *
 * Left out: vmlist_lock.  Validator: vm_validate(), H.
 */
#include "mm.h"
#include "hash.h"
#include "current.h"
#include "vm_index.h"
#include "vmalloc.h"

static struct vm_struct *area_at(const struct machine *m, u32 link)
{
	return link ? link_ptr(m->base, link) : NULL;
}

/* --- who may -------------------------------------------------------------- */

bool vm_may_not_free(struct machine *m)
{
	if (!(m->task.flags & TASK_IRQ))
		return false;
	report(&m->faults, REPORT_vm_interrupt);
	return true;
}

bool vm_may_not_make(struct machine *m, gfp_t gfp)
{
	return vm_may_not_free(m) || current_may_not_sleep(m, gfp);
}

/* --- making --------------------------------------------------------------- */

/* An ioremap's is 2^fls(size): a power of two is aligned to twice itself. */
static u32 align_of(u32 size, u32 flags)
{
	u32 align = 0;

	if (!(flags & VM_IOREMAP))
		return 0;
	while (align < VM_ALIGNS - 1 && size >> (PAGE_SHIFT + align))
		align++;
	return align;
}

/* Behind `before', 0: at the beginning. */
static void link_in(struct machine *m, struct vm_struct *area, u32 before)
{
	u32 *at = before ? &area_at(m, before)->next : &m->data->vmlist;

	area->next = *at;
	*at = ptr_link(area);
	m->vm.nr_areas++;
	m->vm.area_bytes += area->size;
}

static bool find_place(struct machine *m, u64 bytes, u32 align, vaddr_t *addr)
{
	vaddr_t start, end;

	return vm_window(m, &start, &end) &&
	       vm_index_place(m, start, end, bytes, align, addr);
}

struct vm_struct *vm_area_get(struct machine *m, u32 size, u32 flags, gfp_t gfp)
{
	u32 bytes = (size + PAGE_SIZE - 1) & PTE_FRAME;
	struct vm_struct *area;
	vaddr_t addr;

	if (!bytes || !vm_index_reserve(m))
		return NULL;
	area = kmalloc_own(m, VM_STRUCT_BYTES, gfp);
	if (!area)
		return NULL;
	if (!find_place(m, (u64)bytes + PAGE_SIZE, align_of(size, flags),
			&addr)) {
		kfree_own(m, area);
		return NULL;
	}
	*area = (struct vm_struct){
		.addr = addr,
		.size = bytes + PAGE_SIZE,
		.flags = flags,
	};
	link_in(m, area, vm_index_before(m, addr));
	vm_index_add(m, addr, addr + area->size, ptr_link(area));
	trace_alloc_vmap_area(&m->trace, addr, flags & VM_KIND_MASK,
			      area->size);
	return area;
}

struct vm_struct *vm_area_find(const struct machine *m, vaddr_t addr)
{
	return area_at(m, vm_index_at(m, addr));
}

/* --- mapping -------------------------------------------------------------- */

static bool map_one(struct machine *m, const struct vm_struct *area, u32 i,
		    u32 word)
{
	vaddr_t addr = area->addr + (i << PAGE_SHIFT);
	int err;
	pte_t *pte = pgtable_pte_alloc(m, m->swapper_pg_dir, addr, &err);

	if (!pte || !word)
		return false;
	CHECK(m, i < vm_nr_pages(area) && pte_none(*pte),
	      "vmalloc: a page that is not its area's");
	set_kernel_word(m, addr, pte, word);
	return true;
}

bool vm_map_frames(struct machine *m, const struct vm_struct *area, u32 word)
{
	for (u32 i = 0; i < vm_nr_pages(area); i++)
		if (!map_one(m, area, i, word + (i << PAGE_SHIFT)))
			return false;
	return true;
}

bool vm_map_page(struct machine *m, const struct vm_struct *area, u32 i,
		 struct page *page, u32 bits)
{
	/* no frame 0 is mapped so: it is reserved */
	u32 word = page ? page_to_pfn(m, page) << PAGE_SHIFT |
				   (bits & PAGE_ATTR_MASK)
			: 0;

	if (!map_one(m, area, i, word))
		return false;
	page_kmap_inc(m, page);
	return true;
}

/* --- removing ------------------------------------------------------------- */

static void unmap_one(struct machine *m, const struct vm_struct *area,
		      vaddr_t addr, pte_t *pte)
{
	pfn_t pfn = pte_pfn(*pte);

	set_kernel_word(m, addr, pte, 0);
	if (!(area->flags & VM_IOREMAP))
		page_kmap_dec(m, pfn_to_page(m, pfn));
}

static void unmap(struct machine *m, const struct vm_struct *area)
{
	u32 page = area->addr >> PAGE_SHIFT, end = page + vm_nr_pages(area);

	while (page < end) {
		vaddr_t addr = page << PAGE_SHIFT;
		pte_t *pte = pgtable_pte(m, m->swapper_pg_dir, addr);

		if (!pte)
			page |= PTRS_PER_TABLE - 1;
		else if (!pte_none(*pte))
			unmap_one(m, area, addr, pte);
		page++;
	}
	mm_flush_tlb_all(m);
}

void vm_area_remove(struct machine *m, struct vm_struct *area)
{
	u32 before = vm_index_before(m, area->addr);
	u32 *at = before ? &area_at(m, before)->next : &m->data->vmlist;

	CHECK(m, *at == ptr_link(area), "vmalloc: an area that is in no list");
	unmap(m, area);
	*at = area->next;
	area->next = 0;
	vm_index_del(m, area->addr);
	m->vm.nr_areas--;
	m->vm.area_bytes -= area->size;
	trace_free_vmap_area(&m->trace, area->addr, area->flags & VM_KIND_MASK);
}

void vm_area_free(struct machine *m, struct vm_struct *area)
{
	kfree_own(m, area);
}

/* --- the interface -------------------------------------------------------- */

static bool one_kind(u32 flags)
{
	return flags == VM_IOREMAP || flags == VM_ALLOC || flags == VM_MAP;
}

struct vm_struct *mm_get_vm_area(struct machine *m, u32 size, u32 flags)
{
	if (!one_kind(flags)) {
		report(&m->faults, REPORT_vm_flags);
		return NULL;
	}
	if (vm_may_not_make(m, GFP_KERNEL))
		return NULL;
	return vm_area_get(m, size, flags, GFP_KERNEL);
}

struct vm_struct *mm_remove_vm_area(struct machine *m, vaddr_t addr)
{
	struct vm_struct *area = vm_area_find(m, addr);

	if (!area || area->nr_pages || area->flags & VM_ARRAY) {
		report(&m->faults, area ? REPORT_vm_kind : REPORT_vm_unknown);
		return NULL;
	}
	vm_area_remove(m, area);
	return area;
}

void mm_free_vm_area(struct machine *m, struct vm_struct *area)
{
	CHECK(m,
	      owner_covers(m, area) && owner_has_own(m, area) &&
		      vm_area_find(m, area->addr) != area,
	      "vmalloc: what is freed is no area that was removed");
	vm_area_free(m, area);
}

/* --- looking -------------------------------------------------------------- */

const struct vm_struct *mm_vm_next(const struct machine *m,
				   const struct vm_struct *area)
{
	return area_at(m, area ? area->next : m->data->vmlist);
}

void mm_vm_view(const struct machine *m, const struct vm_struct *area,
		struct vm_area_view *out)
{
	(void)m;
	*out = (struct vm_area_view){
		.descriptor = ptr_link(area),
		.addr = area->addr,
		.size = area->size,
		.flags = area->flags & ~VM_ARRAY,
		.nr_pages = area->nr_pages,
		.pages = area->pages,
		.phys_addr = area->phys_addr,
	};
}

u64 vm_view(const struct machine *m, u64 hash)
{
	const struct vm_struct *area = NULL;

	for (u32 nr = m->vm.nr_areas; nr; nr--) {
		area = mm_vm_next(m, area);
		hash = hash_step(hash, (u64)area->addr << 32 | area->size);
		hash = hash_step(hash, (u64)area->flags << 32 | area->nr_pages);
		hash = hash_step(hash, area->phys_addr);
	}
	return hash;
}

/* --- life ----------------------------------------------------------------- */

void vm_snapshot(struct machine *m)
{
	CHECK(m, !m->vm.nr_areas, "vmalloc: an area at the snapshot");
	vm_index_clear(m);
}

/* The image has no list any more. */
void vm_reset(struct machine *m)
{
	m->vm.nr_areas = 0;
	m->vm.area_bytes = 0;
	vm_index_clear(m);
}

void vm_power_off(struct machine *m)
{
	vm_index_exit(m);
	m->vm = (struct vm_areas){ 0 };
}
