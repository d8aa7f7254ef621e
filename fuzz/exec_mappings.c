// SPDX-License-Identifier: MIT
/*
 * exec_mappings.c - kernel mappings as they stand, machine beside model: the
 * list of areas, the kmap window, who has an address in it, and the devices.
 *
 * Sums are compared after every op; the rest after the ops that it is about,
 * and at the end.  When fuzzing, only areas to which something happened are
 * looked at.
 */
#include "cover.h"
#include "exec_state.h"

enum step exec_check_mapping_counts(struct exec *x)
{
	struct mapping_counts counts;

	mm_mapping_counts(x->m, &counts);
	cover_mappings(&counts);
	return exec_judge(x, model_check_mappings(x->o, &counts, &x->d));
}

/* --- areas ---------------------------------------------------------------- */

/* Both lists are at this place; addr is the model's, 0: its end. */
static enum step check_area_place(struct exec *x, vaddr_t addr, vaddr_t machine)
{
	if (addr == machine)
		return STEP_OK;
	x->d.expected = addr;
	x->d.actual = machine;
	return exec_find(x, "oracle", "E4",
			 "both lists of areas are the same, in order", "list");
}

static enum step check_areas(struct exec *x, bool all)
{
	const struct vm_struct *area = NULL;

	for (u32 i = 0;; i++) {
		struct vm_area_view v = { 0 };
		bool touched = false;
		vaddr_t addr = model_vm_area_at(x->o, i, &touched);

		area = mm_vm_next(x->m, area);
		if (area)
			mm_vm_view(x->m, area, &v);
		if (check_area_place(x, addr, v.addr) != STEP_OK)
			return STEP_DIVERGED;
		if (!area)
			return STEP_OK;
		if ((all || touched) &&
		    !model_check_vm_area(x->o, i, &v, &x->d))
			return exec_diverged(x);
	}
}

/* --- kmaps ---------------------------------------------------------------- */

static enum step check_kmap(struct exec *x)
{
	struct kmap_view v;

	mm_kmap_view(x->m, &v);
	return exec_judge(x, model_check_kmap(x->o, &v, &x->d));
}

/* page_address() of each frame that has a slot. */
static enum step check_addresses(struct exec *x)
{
	pfn_t pfn;

	for (u32 i = 0; (pfn = model_kmapped_at(x->o, i)) != PFN_NONE; i++) {
		vaddr_t addr;

		exec_begin_as(x, (struct task){ 0 });
		addr = mm_page_address(x->m, mm_pfn_to_page(x->m, pfn));
		exec_collect_object(x);
		if (!model_page_address(x->o, &x->out, pfn, addr, &x->d))
			return exec_diverged(x);
	}
	return STEP_OK;
}

/* --- devices -------------------------------------------------------------- */

void exec_set_devices(struct exec *x)
{
	struct device_view device[DEVICES_MAX];
	u32 nr = x->u->layout.nr_devices;

	for (u32 i = 0; i < nr; i++)
		mm_device_view(x->m, i, &device[i]);
	model_set_devices(x->o, device, nr);
}

static enum step check_devices(struct exec *x)
{
	for (u32 i = 0; i < x->u->layout.nr_devices; i++) {
		struct device_view v;

		mm_device_view(x->m, i, &v);
		if (!model_check_device(x->o, i, &v, &x->d))
			return exec_diverged(x);
	}
	return STEP_OK;
}

/* -------------------------------------------------------------------------- */

enum step exec_check_mapped(struct exec *x, u32 groups)
{
	if (groups & (GROUP_VMALLOC | GROUP_IOREMAP) &&
	    check_areas(x, false) != STEP_OK)
		return STEP_DIVERGED;
	if (groups & GROUP_HIGHMEM && check_kmap(x) != STEP_OK)
		return STEP_DIVERGED;
	if (groups & (GROUP_ACCESS | GROUP_MAPPING))
		return check_devices(x);
	return STEP_OK;
}

enum step exec_check_mappings(struct exec *x, bool all)
{
	if (check_areas(x, all) != STEP_OK || check_kmap(x) != STEP_OK ||
	    check_devices(x) != STEP_OK)
		return STEP_DIVERGED;
	return check_addresses(x);
}
