// SPDX-License-Identifier: MIT
/*
 * exec_dump.c - `mmtwin run --dump`: the state of machine and model, side by
 * side; here the beginning, and page frames.
 *
 * Of frames, caches and areas those are shown to which something happened
 * since the snapshot, and those that differ; numbers that are 0 on both sides
 * are not.  Nothing that is looked at changes either side.
 */
#include "codec.h"
#include "exec_dump.h"

#include <stdlib.h>
#include <string.h>

static const char *const zone_name[] = { "DMA", "Normal", "HighMem" };

/* --- zones ---------------------------------------------------------------- */

static void blocks_text(char text[SIDE_TEXT], const u32 nr_free[MAX_ORDER])
{
	size_t n = 0;

	for (u32 order = 0; order < MAX_ORDER; order++)
		n += (size_t)snprintf(text + n, SIDE_TEXT - n, "%s%u",
				      order ? " " : "", nr_free[order]);
}

static void dump_zone(struct side *s, u32 zone, const struct mm_counts *m,
		      const struct mm_counts *o)
{
	char name[32], a[SIDE_TEXT], b[SIDE_TEXT];

	snprintf(name, sizeof(name), "%s free", zone_name[zone]);
	side_number(s, name, m->free_pages[zone], o->free_pages[zone]);
	if (!m->free_pages[zone] && !o->free_pages[zone])
		return;
	snprintf(name, sizeof(name), "%s blocks", zone_name[zone]);
	blocks_text(a, m->nr_free[zone]);
	blocks_text(b, o->nr_free[zone]);
	side_row(s, name, a, b);
}

static void dump_lists(struct side *s, u32 cpu, const struct mm_counts *m,
		       const struct mm_counts *o)
{
	char name[32], a[SIDE_TEXT], b[SIDE_TEXT];

	for (u32 zone = 0; zone < NR_ZONES; zone++) {
		const u32 *hot = m->pcp[zone], *want = o->pcp[zone];

		if (!(hot[0] | hot[1] | want[0] | want[1]))
			continue;
		snprintf(name, sizeof(name), "%s, CPU %u", zone_name[zone],
			 cpu);
		snprintf(a, sizeof(a), "hot %u, cold %u", hot[0], hot[1]);
		snprintf(b, sizeof(b), "hot %u, cold %u", want[0], want[1]);
		side_row(s, name, a, b);
	}
}

static void dump_zones(struct exec *x, struct side *s)
{
	struct mm_counts m, o;

	side_section(s, "zones");
	for (u32 cpu = 0; cpu < x->u->layout.nr_cpus; cpu++) {
		mm_counts(x->m, cpu, &m);
		model_counts(x->o, cpu, &o);
		for (u32 zone = 0; !cpu && zone < NR_ZONES; zone++)
			dump_zone(s, zone, &m, &o);
		dump_lists(s, cpu, &m, &o);
	}
	side_number(s, "kswapd's order", m.kswapd_max_order,
		    o.kswapd_max_order);
}

/* --- frames --------------------------------------------------------------- */

static void frame_text(char text[SIDE_TEXT], const struct frame_view *v)
{
	static const char *const state[] = {
		[FRAME_RESERVED] = "reserved",
		[FRAME_BUDDY] = "free",
		[FRAME_PCP] = "on a CPU's list",
		[FRAME_ALLOCATED] = "allocated",
		[FRAME_TAIL] = "inside a block",
	};
	int n = snprintf(text, SIDE_TEXT, "%s", state[v->state]);

	if (v->head)
		n += snprintf(text + n, SIDE_TEXT - (u32)n, ", order %u",
			      v->order);
	if (v->count)
		n += snprintf(text + n, SIDE_TEXT - (u32)n, ", count %u",
			      v->count);
	if (v->mapcount)
		n += snprintf(text + n, SIDE_TEXT - (u32)n, ", mapped %u",
			      v->mapcount);
	if (v->kmapcount)
		n += snprintf(text + n, SIDE_TEXT - (u32)n, ", kmapped %u",
			      v->kmapcount);
	snprintf(text + n, SIDE_TEXT - (u32)n, "%s%s%s",
		 v->slab ? ", slab" : "", v->compound ? ", compound" : "",
		 v->table ? ", table" : "");
}

/* What is inside a block, its head tells. */
static bool is_inside(const struct frame_view *v)
{
	return v->state == FRAME_TAIL || (v->state == FRAME_BUDDY && !v->head);
}

static void dump_frame(struct exec *x, struct side *s, pfn_t pfn, bool touched)
{
	char name[32], a[SIDE_TEXT], b[SIDE_TEXT];
	struct frame_view v;

	mm_frame_view(x->m, pfn, &v);
	frame_text(a, &v);
	model_frame_view(x->o, pfn, &v);
	frame_text(b, &v);
	if ((!touched || is_inside(&v)) && strcmp(a, b) == 0)
		return;
	snprintf(name, sizeof(name), "frame 0x%x", pfn);
	side_row(s, name, a, b);
}

static void dump_frames(struct exec *x, struct side *s)
{
	u32 nr, end = x->u->layout.max_mapnr;
	const pfn_t *touched = model_touched(x->o, &nr);
	u8 *is_touched = calloc(end, 1);

	side_section(s, "frames");
	for (u32 i = 0; is_touched && i < nr; i++)
		is_touched[touched[i]] = 1;
	for (pfn_t pfn = 0; pfn < end; pfn++)
		dump_frame(x, s, pfn, is_touched && is_touched[pfn]);
	free(is_touched);
}

/* --- the time of bootmem -------------------------------------------------- */

static const char *claim_text(char text[SIDE_TEXT],
			      const struct boot_claim *claim, u32 nr, u32 i)
{
	if (i >= nr)
		return NULL;
	snprintf(text, SIDE_TEXT, "0x%x, %u bytes", claim[i].start,
		 claim[i].size);
	return text;
}

static void dump_claims(struct exec *x, struct side *s)
{
	static const char *const label[] = {
#define X(name, doc) #name,
		BOOT_CLAIMS(X)
#undef X
	};
	u32 nr, want;
	const struct boot_claim *m = mm_boot_claims(x->m, &nr);
	const struct boot_claim *o = model_boot_claims(x->o, &want);
	char a[SIDE_TEXT], b[SIDE_TEXT];

	side_section(s, "bootmem");
	for (u32 i = 0; i < nr || i < want; i++)
		side_row(s, label[i < nr ? m[i].label : o[i].label],
			 claim_text(a, m, nr, i), claim_text(b, o, want, i));
}

/* -------------------------------------------------------------------------- */

static void dump_op(struct exec *x, FILE *to, const char *what, u32 index)
{
	char text[TEXT_OP_BYTES];

	if (index >= x->p->nr)
		return;
	text_op(text, sizeof(text), &x->p->op[index]);
	fprintf(to, "  %s op %u: %s\n", what, index + 1, text);
}

static void dump_head(struct exec *x, FILE *to)
{
	fprintf(to, "STATE %s %u of %u ops\n",
		x->diverged ? "at a divergence, behind" : "behind", x->at,
		x->p->nr);
	if (x->at)
		dump_op(x, to, "last", x->at - 1);
	dump_op(x, to, x->diverged ? "diverged" : "next", x->at);
}

u32 exec_dump(struct exec *x, FILE *to)
{
	struct side s = { .to = to };

	dump_head(x, to);
	if (x->booting) {
		dump_claims(x, &s);
	} else {
		dump_zones(x, &s);
		dump_frames(x, &s);
		exec_dump_objects(x, &s);
		exec_dump_mappings(x, &s);
	}
	if (s.differ)
		fprintf(to, "\n%u of %u rows differ\n", s.differ, s.rows);
	else
		fprintf(to, "\nall %u rows are the same\n", s.rows);
	return s.differ;
}
