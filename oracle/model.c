// SPDX-License-Identifier: MIT
/*
 * model.c - a model's life: made, set up, snapshot, reset, deleted.
 *
 * A reset costs what was touched: the frames, caches and slabs on the lists
 * of touched ones, the rings marked dirty, the windows painted; small state
 * is copied whole.
 */
#include "model.h"
#include "host.h"

/* --- rules -------------------------------------------------------------- */

static const struct {
	const char *name, *doc;
} rules[NR_RULES] = {
#define RULE(id, doc) { #id, doc },
#include "rules.def"
#undef RULE
};

const char *rule_name(enum rule rule)
{
	return rules[rule].name;
}

const char *rule_doc(enum rule rule)
{
	return rules[rule].doc;
}

/* --- life --------------------------------------------------------------- */

struct model *model_new(void)
{
	struct model *o = model_host_alloc(sizeof(*o));

	if (o)
		o->hits = o->hits_unread;
	return o;
}

void model_delete(struct model *o)
{
	if (!o)
		return;
	model_arrays_delete(o);
	contents_end(o);
	object_contents_end(o);
	objects_end(o);
	pools_end(o);
	tables_end(o);
	tlb_end(o);
	frames_end(&o->cleared);
	areas_end(o);
	model_host_free(o, sizeof(*o));
}

void model_set_ram(struct model *o, const struct ram_view *ram)
{
	o->ram = *ram;
}

void model_set_paint(struct model *o, enum paint paint)
{
	o->mode = paint;
}

void model_set_rule_counters(struct model *o, u8 counters[NR_RULES])
{
	o->hits = counters ? counters : o->hits_unread;
}

const pfn_t *model_touched(const struct model *o, u32 *nr)
{
	*nr = o->nr_touched;
	return o->touched;
}

/* --- snapshot and reset ------------------------------------------------- */

void model_snapshot(struct model *o)
{
	for (u32 i = 0; i < o->nr_touched; i++)
		o->frame[o->touched[i]].marks &= (u8)~MARK_TOUCHED;
	o->nr_touched = 0;
	o->pcp_dirty = 0;
	contents_forget(o);
	object_contents_forget(o);
	objects_snapshot(o);
	pools_snapshot(o);
	kmaps_snapshot(o);
	tables_snapshot(o);
	areas_snapshot(o);
	segments_snapshot(o);
	tlb_drop_everywhere(o);
	o->gold = o->now;
	o->nr_claims_gold = o->claims.nr;
	for (u32 i = 0; i < NR_RINGS; i++)
		o->pcp_gold[i] = o->pcp[i];
	for (u32 i = 0; i < o->nr_frames; i++) {
		o->frame_gold[i] = o->frame[i];
		o->boot_map_gold[i] = o->boot_map[i];
	}
}

void model_reset(struct model *o)
{
	u32 nr_low = o->gold.layout.max_low_pfn;

	contents_wipe(o);
	object_contents_wipe(o);
	objects_reset(o);
	pools_reset(o);
	kmaps_reset(o);
	tables_reset(o);
	areas_reset(o);
	devices_reset(o);
	segments_reset(o);
	tlb_drop_everywhere(o);
	o->stored.nr = 0;
	for (u32 i = 0; i < o->nr_touched; i++) {
		pfn_t pfn = o->touched[i];

		o->frame[pfn] = o->frame_gold[pfn];
	}
	o->nr_touched = 0;
	for (; o->pcp_dirty; o->pcp_dirty &= o->pcp_dirty - 1) {
		int ring = __builtin_ctzll(o->pcp_dirty);

		o->pcp[ring] = o->pcp_gold[ring];
	}
	if (o->gold.phase == PHASE_BOOTMEM)
		for (u32 i = 0; i < nr_low; i++)
			o->boot_map[i] = o->boot_map_gold[i];
	o->claims.nr = o->nr_claims_gold;
	o->now = o->gold;
}
