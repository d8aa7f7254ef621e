// SPDX-License-Identifier: MIT
/*
 * accept_boot.c - boot: whether the line is usable, what boot may claim, and
 * the machine that mem_init leaves.
 *
 * The model boots for itself, by its own reading of the line, and then holds
 * each claim and each figure of the machine against its own.
 */
#include "judge.h"
#include "host.h"

/* --- arrays as long as RAM ---------------------------------------------- */

static void *array_new(u32 nr, size_t size)
{
	return model_host_alloc((size_t)nr * size);
}

static void array_delete(void *p, u32 nr, size_t size)
{
	model_host_free(p, (size_t)nr * size);
}

void model_arrays_delete(struct model *o)
{
	u32 nr = o->nr_frames;

	array_delete(o->frame, nr, sizeof(*o->frame));
	array_delete(o->frame_gold, nr, sizeof(*o->frame_gold));
	array_delete(o->touched, nr, sizeof(*o->touched));
	array_delete(o->slab, nr, sizeof(*o->slab));
	array_delete(o->slab_gold, nr, sizeof(*o->slab_gold));
	array_delete(o->slab_touched, nr, sizeof(*o->slab_touched));
	array_delete(o->painted, nr, sizeof(*o->painted));
	array_delete(o->paint, nr, sizeof(*o->paint));
	array_delete(o->boot_map, nr, sizeof(*o->boot_map));
	array_delete(o->boot_map_gold, nr, sizeof(*o->boot_map_gold));
	o->frame = o->frame_gold = NULL;
	o->slab = o->slab_gold = NULL;
	o->touched = o->painted = o->slab_touched = NULL;
	o->paint = NULL;
	o->boot_map = o->boot_map_gold = NULL;
	o->nr_frames = o->nr_touched = o->nr_painted = 0;
}

static bool arrays_new(struct model *o, u32 nr)
{
	model_arrays_delete(o);
	o->nr_frames = nr;
	o->frame = array_new(nr, sizeof(*o->frame));
	o->frame_gold = array_new(nr, sizeof(*o->frame_gold));
	o->touched = array_new(nr, sizeof(*o->touched));
	o->slab = array_new(nr, sizeof(*o->slab));
	o->slab_gold = array_new(nr, sizeof(*o->slab_gold));
	o->slab_touched = array_new(nr, sizeof(*o->slab_touched));
	o->painted = array_new(nr, sizeof(*o->painted));
	o->paint = array_new(nr, sizeof(*o->paint));
	o->boot_map = array_new(nr, sizeof(*o->boot_map));
	o->boot_map_gold = array_new(nr, sizeof(*o->boot_map_gold));
	return o->frame && o->frame_gold && o->touched && o->slab &&
	       o->slab_gold && o->slab_touched && o->painted && o->paint &&
	       o->boot_map && o->boot_map_gold;
}

/* --- claims ------------------------------------------------------------- */

static const char *const start_field[NR_CLAIM_LABELS] = {
#define X(name, doc) [CLAIM_##name] = #name ".start",
	BOOT_CLAIMS(X)
#undef X
};

static const char *const size_field[NR_CLAIM_LABELS] = {
#define X(name, doc) [CLAIM_##name] = #name ".size",
	BOOT_CLAIMS(X)
#undef X
};

static enum rule rule_of(u8 label)
{
	switch (label) {
	case CLAIM_direct_pt:
	case CLAIM_fixmap_pt:
	case CLAIM_pkmap_pt:
	case CLAIM_mem_map:
		return RULE_M3;
	case CLAIM_user:
		return RULE_M6;
	default:
		return RULE_M2;
	}
}

/* `list` is the rule for which claims there are. */
static bool judge_claims(struct model *o, enum rule list,
			 const struct boot_claim *claims, u32 nr,
			 struct divergence *d)
{
	const struct boot_claims *want = &o->claims;

	for (u32 i = 0; i < want->nr && i < nr; i++) {
		const struct boot_claim *w = &want->claim[i];
		enum rule rule = rule_of(w->label);

		if (!must(o, d, list, "claim.label", w->label,
			  claims[i].label) ||
		    !must(o, d, rule, start_field[w->label], w->start,
			  claims[i].start) ||
		    !must(o, d, rule, size_field[w->label], w->size,
			  claims[i].size))
			return false;
	}
	return must(o, d, list, "claims.nr", want->nr, nr);
}

/* --- the calls ---------------------------------------------------------- */

static void clear(struct model *o)
{
	o->now = (struct state){ .phase = PHASE_OFF };
	for (int zone = 0; zone < NR_ZONES; zone++)
		for (int order = 0; order < MAX_ORDER; order++)
			o->now.list[zone][order] = PFN_NONE;
	for (u32 ring = 0; ring < NR_RINGS; ring++)
		o->pcp[ring].first = 0;
	o->pcp_dirty = 0;
	objects_forget(o);
	object_contents_wipe(o);
	o->stored.nr = 0;
	pools_boot(o);
	kmaps_boot(o);
	areas_boot(o);
	devices_reset(o);
}

bool model_boot(struct model *o, const struct boot_line *line, bool refused,
		const struct boot_claim *claims, u32 nr, struct divergence *d)
{
	const char *why;

	clear(o);
	why = e820_read(&o->e820, line);
	if (!why)
		why = layout_compute(&o->now.layout, &o->e820, line);
	if (!why)
		why = mmio_read(o->mmio, &o->now.layout.nr_devices, &o->e820,
				line);
	if (!why && !arrays_new(o, o->now.layout.max_mapnr))
		return diverge(d, RULE_L1, "memory for the model", true, false);
	if (!why && !bootmem_boot(o))
		why = "bootmem runs out";
	if (!must(o, d, RULE_L1, "refused", why != NULL, refused))
		return false;
	if (why)
		return true;
	o->now.phase = PHASE_BOOTMEM;
	return judge_claims(o, RULE_M1, claims, nr, d);
}

bool model_check_claims(struct model *o, const struct boot_claim *claims,
			u32 nr, struct divergence *d)
{
	return judge_claims(o, RULE_M6, claims, nr, d);
}

bool model_mem_init(struct model *o, const struct mm_layout *layout,
		    struct divergence *d)
{
	bootmem_free_all(o);
	layout_init_marks(&o->now.layout);
	o->now.phase = PHASE_RUNNING;
	if (!translation_boot(o))
		return diverge(d, RULE_L1, "memory for the model", true, false);
	return layout_check(o, layout, d);
}
