// SPDX-License-Identifier: MIT
/*
 * vm_self_check.c - the model's books of areas, and of the kernel's mappings,
 * recounted naively.
 *
 * Validator: areas_self_check().  Its clauses are the strings it returns.
 * Words of the window are counted by areas, and again by tables; mappings by
 * words, and again by frames.
 */
#include "tables.h"

static bool is_own(const struct model *o, u32 address)
{
	struct place p;

	return place_of(o, address, &p) && p.object->is == OBJECT_OWN;
}

static u32 words_of(const struct model *o, const struct vm_area *a)
{
	struct pages r = pages_of(a->addr, a->size / PAGE_SIZE);
	u32 template = o->now.translation.template, nr = 0, page = r.from;

	while ((page = next_mapped(o, template, page, r.end)) < r.end) {
		nr++;
		page++;
	}
	return nr;
}

/* --- one area ------------------------------------------------------------- */

static const char *check_place(const struct model *o, const struct vm_area *a,
			       u32 i)
{
	if (a->size % PAGE_SIZE || a->size < 2 * PAGE_SIZE ||
	    !areas_in_window(o, a->addr, (u64)a->addr + a->size))
		return "an area is not in the window";
	if (i && a->addr - a[-1].addr < a[-1].size)
		return "areas overlap, or are not in order";
	if (word_in(o, o->now.translation.template,
		    a->addr + a->size - PAGE_SIZE))
		return "a guard page is mapped";
	return NULL;
}

static const char *check_array(const struct model *o, const struct vm_area *a)
{
	const struct vm_area *array;

	if (!a->nr_pages != !a->pages)
		return "an area has pages without an array, or the reverse";
	if (!(a->flags & VM_VPAGES))
		return a->pages && !is_own(o, a->pages)
			       ? "a page array is not the allocator's"
			       : NULL;
	array = areas_find(o, a->pages);
	return array && array->array ? NULL : "a page array is in no area";
}

static const char *check_area(const struct model *o, u32 i)
{
	const struct vm_area *a = &o->areas.area[i];
	const char *why = check_place(o, a, i);

	if (!why && !is_own(o, a->descriptor))
		why = "an area's descriptor is not the allocator's";
	if (!why)
		why = check_array(o, a);
	if (!why && a->nr_pages && words_of(o, a) != a->nr_pages)
		why = "an area does not map all its frames";
	return why;
}

/* --- sums ----------------------------------------------------------------- */

u32 areas_mappings(const struct model *o)
{
	u32 nr = 0;

	for (u32 i = 0; i < o->areas.nr; i++)
		if (o->areas.area[i].flags & (VM_ALLOC | VM_MAP))
			nr += words_of(o, &o->areas.area[i]);
	return nr;
}

/* Of all areas there must be as many words as in the tables of the window. */
static const char *check_words(const struct model *o)
{
	const struct mm_layout *l = &o->now.layout;
	const struct vm_area window = { .addr = l->vmalloc_start,
					.size = l->vmalloc_end -
						l->vmalloc_start };
	u32 nr = 0;

	for (u32 i = 0; i < o->areas.nr; i++)
		nr += words_of(o, &o->areas.area[i]);
	if (!areas_in_window(o, l->vmalloc_start, l->vmalloc_start))
		return nr ? "there are areas without a window" : NULL;
	return nr == words_of(o, &window) ? NULL
					  : "a word of the window is no area's";
}

static const char *check_frames(const struct model *o)
{
	u32 mapped = 0, owned = 0, pages = 0;

	for (u32 i = 0; i < o->areas.nr; i++)
		pages += o->areas.area[i].nr_pages;
	for (pfn_t pfn = 0; pfn < o->nr_frames; pfn++) {
		const struct frame *f = &o->frame[pfn];

		mapped += f->kmapcount;
		owned += !!(f->marks & MARK_AREA);
		if (f->kmapcount &&
		    (f->is != IS_ALLOCATED || f->count <= f->mapcount))
			return "the kernel maps what nobody holds";
	}
	if (owned != pages)
		return "areas and the frames that they own disagree";
	return mapped == areas_mappings(o) + kmap_mappings(o)
		       ? NULL
		       : "kmapcounts are not the words' sum";
}

const char *areas_self_check(const struct model *o)
{
	const char *why = NULL;
	u32 bytes = 0;

	for (u32 i = 0; !why && i < o->areas.nr; i++) {
		why = check_area(o, i);
		bytes += o->areas.area[i].size;
	}
	if (!why && bytes != o->areas.bytes)
		why = "the areas' bytes are miscounted";
	if (!why)
		why = check_words(o);
	return why ? why : check_frames(o);
}
