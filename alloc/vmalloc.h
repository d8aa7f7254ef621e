/* SPDX-License-Identifier: MIT */
/*
 * vmalloc.h - areas of the vmalloc window: what all who map kernel pages
 * build on.
 *
 *     vmlist -> area ------------> area ------------> 0    ascending
 *               | pages .. guard |   | pages .. guard |
 *
 * An area is made, its pages are mapped, one by one; it is removed (unmapped,
 * flushed, out of the list), and its descriptor freed.  What was mapped when a
 * table could not be had goes with the removal.
 */
#ifndef ALLOC_VMALLOC_H
#define ALLOC_VMALLOC_H

#include "pgtable.h"
#include "slab.h"

/* [include/linux/vmalloc.h]; pointers are links */
struct vm_struct {
	u32 addr;
	u32 size; /* bytes, with the guard page */
	u32 flags;
	u32 pages; /* array of links of struct pages; 0: none */
	u32 nr_pages;
	u32 phys_addr;
	u32 next;
};
_Static_assert(sizeof(struct vm_struct) == VM_STRUCT_BYTES, "i386 layout");

/* A flag of ours: it is the page array of another area.  No one sees it. */
#define VM_ARRAY 0x20u

/* Of the vmalloc window; false: it has no address. */
static inline bool vm_window(const struct machine *m, vaddr_t *start,
			     vaddr_t *end)
{
	*start = vmalloc_start(m->data->high_memory);
	*end = vmalloc_end(m->setup.nr_cpus);
	return *start >= m->data->high_memory && *start < *end;
}

/* Without the guard. */
static inline u32 vm_nr_pages(const struct vm_struct *area)
{
	return (area->size >> PAGE_SHIFT) - 1;
}

/* True, with a report: no area can be given back here, or made. */
bool vm_may_not_free(struct machine *m);
bool vm_may_not_make(struct machine *m, gfp_t gfp);

/*
 * At the least address where size bytes, rounded up, and a guard page fit; an
 * ioremap's is aligned.  flags: VM_*, page bits << VM_PROT_SHIFT; gfp: of the
 * descriptor.  NULL: no byte, no room in the window, no memory; or a report.
 * Nothing is mapped in it.
 */
struct vm_struct *vm_area_get(struct machine *m, u32 size, u32 flags,
			      gfp_t gfp);
/* The area that begins at addr, or NULL. */
struct vm_struct *vm_area_find(const struct machine *m, vaddr_t addr);
/* Its first page's PTE gets `word', the next one's a page more, ...  False: a
 * table cannot be had, maybe with a report. */
bool vm_map_frames(struct machine *m, const struct vm_struct *area, u32 word);
/* Page i of a VM_ALLOC or VM_MAP area; bits of PAGE_ATTR_MASK.  NULL page, or
 * no table: false. */
bool vm_map_page(struct machine *m, const struct vm_struct *area, u32 i,
		 struct page *page, u32 bits);
/* Unmapped, flushed, out of the list; the descriptor is the caller's. */
void vm_area_remove(struct machine *m, struct vm_struct *area);
void vm_area_free(struct machine *m, struct vm_struct *area);

/* Pages and array of an area that has been removed, and its descriptor. */
void vm_area_release(struct machine *m, struct vm_struct *area);
/* Where the array has its i-th link, in this process. */
u32 *vm_array_word(const struct machine *m, const struct vm_struct *area,
		   u32 i);
/* vmalloc's own, past its checks; flags: VM_ARRAY or 0.  NULL: undone. */
struct vm_struct *vm_alloc(struct machine *m, u32 size, gfp_t gfp, u32 prot,
			   u32 flags);

/* There are none; what has been known of them goes. */
void vm_snapshot(struct machine *m);
void vm_reset(struct machine *m);
void vm_power_off(struct machine *m);

/* A hash of the areas that there are, whoever has them. */
u64 vm_view(const struct machine *m, u64 hash);

const char *vm_validate(const struct machine *m, enum validate_depth depth);

#endif
