// SPDX-License-Identifier: MIT
/*
 * kmap_model.c - the kmap window: slots taken in turn, emptied all at once.
 *
 *	last	-> last + 1, ... -> 1023 -> 0: flush -> 1, ...
 *	flush	each slot without users: count 0, word 0; then every TLB
 *
 * What a call must come to is for accept_kmap.c to say.
 * [mm/highmem.c: map_new_virtual, flush_all_zero_pkmaps]
 *
 * Validator: kmap_self_check().
 */
#include "judge.h"

/* --- looking up ----------------------------------------------------------- */

bool kmap_has_window(const struct model *o)
{
	return o->now.layout.high_memory <= o->now.layout.pkmap_base;
}

vaddr_t kmap_address(const struct model *o, u32 slot)
{
	return o->now.layout.pkmap_base + slot * PAGE_SIZE;
}

u32 kmap_slot_of(const struct model *o, pfn_t pfn)
{
	const struct kmaps *k = &o->kmaps;

	for (u32 i = k->chain[pfn % KMAP_CHAINS]; i; i = k->mapped[i - 1].next)
		if (k->mapped[i - 1].pfn == pfn)
			return k->mapped[i - 1].slot;
	return SLOT_NONE;
}

pfn_t model_kmapped_at(const struct model *o, u32 i)
{
	return i < o->kmaps.nr ? o->kmaps.mapped[i].pfn : PFN_NONE;
}

/* --- slots ---------------------------------------------------------------- */

static void list(struct kmaps *k, pfn_t pfn, u32 slot)
{
	u16 *chain = &k->chain[pfn % KMAP_CHAINS];

	k->mapped[k->nr++] = (struct kmapped){ pfn, (u16)slot, *chain };
	*chain = (u16)k->nr;
}

static bool flush(struct judge *j)
{
	struct model *o = j->o;
	struct kmaps *k = &o->kmaps;
	struct trace_record want = { .event = TRACE_kmap_flush };
	u32 nr = k->nr;

	k->nr = 0;
	for (u32 i = 0; i < KMAP_CHAINS; i++)
		k->chain[i] = 0;
	for (u32 i = 0; i < nr; i++) {
		const struct kmapped *m = &k->mapped[i];

		if (k->count[m->slot] > 1) {
			list(k, m->pfn, m->slot);
			continue;
		}
		k->count[m->slot] = 0;
		table_set(o, o->now.translation.pkmap, m->slot, 0);
	}
	want.arg = nr - k->nr;
	tlb_drop_everywhere(o);
	return want_record(j, want, ~0u,
			   (struct record_rules){ RULE_H4, RULE_H4, RULE_H4 });
}

bool kmap_search(struct judge *j, u32 *slot)
{
	struct kmaps *k = &j->o->kmaps;

	*slot = SLOT_NONE;
	k->dirty = true;
	for (u32 left = LAST_PKMAP; left; left--) {
		k->last = (k->last + 1) % LAST_PKMAP;
		if (!k->last) {
			if (!flush(j))
				return false;
			left = LAST_PKMAP;
		}
		if (!k->count[k->last]) {
			*slot = k->last;
			return true;
		}
	}
	return true;
}

bool kmap_take(struct judge *j, u32 slot, pfn_t pfn)
{
	struct model *o = j->o;
	struct kmaps *k = &o->kmaps;
	struct trace_record want = { .event = TRACE_kmap_high,
				     .pfn = pfn,
				     .arg = slot };

	k->dirty = true;
	k->count[slot] = 1;
	list(k, pfn, slot);
	table_set(o, o->now.translation.pkmap, slot,
		  pfn << PAGE_SHIFT | WORD_KERNEL);
	return want_record(j, want, ~0u,
			   (struct record_rules){ RULE_H3, RULE_H3, RULE_H3 });
}

void kmap_use(struct model *o, u32 slot, pfn_t pfn)
{
	o->kmaps.dirty = true;
	o->kmaps.users++;
	if (++o->kmaps.count[slot] == 2)
		kmap_inc(o, pfn);
}

void kmap_unuse(struct model *o, u32 slot, pfn_t pfn)
{
	o->kmaps.dirty = true;
	o->kmaps.users--;
	if (--o->kmaps.count[slot] == 1)
		kmap_dec(o, pfn);
}

/* --- as it stands --------------------------------------------------------- */

bool kmap_check_counts(struct model *o, const struct mapping_counts *machine,
		       struct divergence *d)
{
	const struct kmaps *k = &o->kmaps;

	return must(o, d, RULE_H8, "kmap_users", k->users,
		    machine->kmap_users) &&
	       must(o, d, RULE_H8, "kmap_slots", k->nr, machine->kmap_slots) &&
	       must(o, d, RULE_H8, "last_pkmap_nr", k->last,
		    machine->last_pkmap_nr);
}

bool model_check_kmap(struct model *o, const struct kmap_view *v,
		      struct divergence *d)
{
	const struct kmaps *k = &o->kmaps;
	u32 bits = 0, at = 0;

	if (!must(o, d, RULE_H8, "last_pkmap_nr", k->last, v->last_pkmap_nr))
		return false;
	rule_hit(o, RULE_H6);
	for (u32 i = 0; i < LAST_PKMAP; i++)
		bits |= (u32)(k->count[i] ^ v->pkmap_count[i]);
	if (likely(!bits))
		return true;
	while (k->count[at] == v->pkmap_count[at])
		at++;
	return diverge(d, RULE_H6, "pkmap_count", (u32)k->count[at],
		       (u32)v->pkmap_count[at]);
}

/* --- life ----------------------------------------------------------------- */

void kmaps_boot(struct model *o)
{
	o->kmaps = (struct kmaps){ .nr = 0 };
}

void kmaps_snapshot(struct model *o)
{
	o->kmaps.dirty = false;
	o->kmaps_gold = o->kmaps;
}

void kmaps_reset(struct model *o)
{
	if (o->kmaps.dirty)
		o->kmaps = o->kmaps_gold;
}

/* --- validator ------------------------------------------------------------ */

u32 kmap_mappings(const struct model *o)
{
	u32 nr = 0;

	for (u32 slot = 0; slot < LAST_PKMAP; slot++)
		nr += o->kmaps.count[slot] > 1;
	for (u32 cpu = 0; cpu < o->now.layout.nr_cpus; cpu++)
		for (u32 type = 0; type < KM_TYPE_NR; type++)
			nr += o->now.layout.kmap_strict &&
			      fix_word(o, atomic_index(cpu, type));
	return nr;
}

static const char *check_mapped(const struct model *o, u32 i)
{
	const struct kmaps *k = &o->kmaps;
	const struct kmapped *m = &k->mapped[i];
	u32 word = table_words(o, o->now.translation.pkmap)[m->slot];

	for (u32 n = 0; n < i; n++)
		if (k->mapped[n].pfn == m->pfn || k->mapped[n].slot == m->slot)
			return "a frame or a kmap slot is listed twice";
	if (k->count[m->slot] < 1)
		return "a kmap slot that is listed is free";
	if (m->pfn < o->now.layout.max_low_pfn ||
	    m->pfn >= o->now.layout.max_mapnr)
		return "a kmap slot maps what is no high frame";
	if (word != (m->pfn << PAGE_SHIFT | WORD_KERNEL))
		return "a kmap slot's word does not map its frame";
	if (k->count[m->slot] > 1 && !o->frame[block_of(o, m->pfn)].kmapcount)
		return "a kmap is not counted for its block";
	if (kmap_slot_of(o, m->pfn) != m->slot)
		return "a kmap slot is not found by its frame";
	return NULL;
}

const char *kmap_self_check(const struct model *o)
{
	const struct kmaps *k = &o->kmaps;
	u32 nr = 0, users = 0;

	if (!kmap_has_window(o))
		return k->nr ? "there are kmap slots without a window" : NULL;
	for (u32 slot = 0; slot < LAST_PKMAP; slot++) {
		nr += k->count[slot] != 0;
		users += k->count[slot] ? (u32)k->count[slot] - 1 : 0;
		if (!k->count[slot] !=
		    !table_words(o, o->now.translation.pkmap)[slot])
			return "a kmap slot's word and its count disagree";
	}
	if (nr != k->nr || users != k->users || k->last >= LAST_PKMAP)
		return "kmap slots or their users are miscounted";
	for (u32 i = 0; i < k->nr; i++) {
		const char *why = check_mapped(o, i);

		if (why)
			return why;
	}
	return NULL;
}
