// SPDX-License-Identifier: MIT
/*
 * vm_model.c - the areas of the vmalloc window as a sorted array.
 *
 *	VMALLOC_START                                   VMALLOC_END
 *	| gap | area, guard | gap | area, guard | gap        |
 *
 * A place is looked for from the window's beginning, area by area: the least
 * aligned address at which the bytes fit before the next one.  [mm/vmalloc.c:
 * __get_vm_area, with the end tested always]
 *
 * Validator: areas_self_check(), in vm_self_check.c.
 */
#include "host.h"
#include "judge.h"

#define ROOM_FIRST 64u

static u64 align_up(u64 addr, u32 align)
{
	return (addr + align - 1) / align * align;
}

bool areas_in_window(const struct model *o, u64 from, u64 end)
{
	const struct mm_layout *l = &o->now.layout;

	return l->vmalloc_start >= l->high_memory && from >= l->vmalloc_start &&
	       end <= l->vmalloc_end;
}

bool areas_place(const struct model *o, u64 bytes, u32 align, vaddr_t *addr)
{
	u64 at = align_up(o->now.layout.vmalloc_start, align);

	for (u32 i = 0; i < o->areas.nr; i++) {
		const struct vm_area *a = &o->areas.area[i];

		if (at + bytes <= a->addr)
			break;
		at = align_up((u64)a->addr + a->size, align);
	}
	*addr = (vaddr_t)at;
	return areas_in_window(o, at, at + bytes);
}

/* The first area from `addr` on; nr: none. */
static u32 index_of(const struct areas *s, vaddr_t addr)
{
	u32 i = 0;

	while (i < s->nr && s->area[i].addr < addr)
		i++;
	return i;
}

struct vm_area *areas_find(const struct model *o, vaddr_t addr)
{
	u32 i = index_of(&o->areas, addr);

	if (i == o->areas.nr || o->areas.area[i].addr != addr)
		return NULL;
	return &o->areas.area[i];
}

static bool make_room(struct areas *s, u32 need)
{
	u32 more = s->room ? s->room : ROOM_FIRST;
	struct vm_area *area;

	if (need <= s->room)
		return true;
	while (more < need)
		more *= 2;
	area = model_host_alloc(more * sizeof(*area));
	if (!area)
		return false;
	for (u32 i = 0; i < s->nr; i++)
		area[i] = s->area[i];
	model_host_free(s->area, s->room * sizeof(*area));
	s->area = area;
	s->room = more;
	return true;
}

struct vm_area *areas_add(struct model *o, const struct vm_area *new)
{
	struct areas *s = &o->areas;
	u32 at = index_of(s, new->addr);

	if (!make_room(s, s->nr + 1))
		return NULL;
	for (u32 i = s->nr++; i > at; i--)
		s->area[i] = s->area[i - 1];
	s->area[at] = *new;
	s->area[at].touched = true;
	s->bytes += new->size;
	s->dirty = true;
	return &s->area[at];
}

void areas_remove(struct model *o, vaddr_t addr)
{
	struct areas *s = &o->areas;
	u32 at = index_of(s, addr);

	s->bytes -= s->area[at].size;
	s->dirty = true;
	s->nr--;
	for (u32 i = at; i < s->nr; i++)
		s->area[i] = s->area[i + 1];
}

/* --- life ----------------------------------------------------------------- */

static bool copy(struct areas *to, const struct areas *from)
{
	if (!make_room(to, from->nr))
		return false;
	for (u32 i = 0; i < from->nr; i++) {
		to->area[i] = from->area[i];
		to->area[i].touched = false;
	}
	to->nr = from->nr;
	to->bytes = from->bytes;
	to->dirty = false;
	return true;
}

void areas_boot(struct model *o)
{
	o->areas.nr = o->areas.bytes = 0;
	o->areas.dirty = true;
}

bool areas_snapshot(struct model *o)
{
	for (u32 i = 0; i < o->areas.nr; i++)
		o->areas.area[i].touched = false;
	o->areas.dirty = false;
	return copy(&o->areas_gold, &o->areas);
}

void areas_reset(struct model *o)
{
	/* the array never shrinks: what was there has room */
	if (o->areas.dirty)
		copy(&o->areas, &o->areas_gold);
}

static void release(struct areas *s)
{
	model_host_free(s->area, s->room * sizeof(*s->area));
	*s = (struct areas){ .nr = 0 };
}

void areas_end(struct model *o)
{
	release(&o->areas);
	release(&o->areas_gold);
	frames_end(&o->flight);
}

/* --- as they stand -------------------------------------------------------- */

vaddr_t model_vm_area_at(const struct model *o, u32 i, bool *touched)
{
	if (i >= o->areas.nr)
		return 0;
	*touched = o->areas.area[i].touched;
	return o->areas.area[i].addr;
}

bool model_check_mappings(struct model *o, const struct mapping_counts *machine,
			  struct divergence *d)
{
	return must(o, d, RULE_V10, "nr_areas", o->areas.nr,
		    machine->nr_areas) &&
	       must(o, d, RULE_V10, "area_bytes", o->areas.bytes,
		    machine->area_bytes) &&
	       kmap_check_counts(o, machine, d);
}
