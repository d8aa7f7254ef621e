// SPDX-License-Identifier: MIT
/*
 * exec_locate.c - where a finding stands, as C that a reader can run.
 *
 * A finding names a field and its two values, and not whose field it is.  So
 * the model is asked again about each thing that the machine shows, one by
 * one, until it gives the same answer: this rule, this field, these values.
 * What no look shows is what the call gave: a report, a move, a result.
 */
#include "exec_locate.h"

#include <string.h>

void locate_say(struct locate *l, const char *declaration, const char *look,
		const char *value)
{
	snprintf(l->s->declaration, LOOK_MAX, "%s", declaration);
	snprintf(l->s->look, LOOK_MAX, "%s", look);
	snprintf(l->s->value, LOOK_MAX, "%s", value);
}

/* The model was asked again: is this the place? */
bool locate_same(const struct locate *l, bool accepted)
{
	return !accepted && l->again.rule == l->d.rule &&
	       l->again.expected == l->d.expected &&
	       l->again.actual == l->d.actual &&
	       strcmp(l->again.field, l->d.field) == 0;
}

bool locate_is(const struct locate *l, const char *field)
{
	return strcmp(l->d.field, field) == 0;
}

/* A field called "what.name", or "name": its name in the struct `what'. */
const char *locate_member(const struct locate *l, const char *what)
{
	size_t n = strlen(what);

	if (strncmp(l->d.field, what, n) == 0 && l->d.field[n] == '.')
		return l->d.field + n + 1;
	return l->d.field;
}

/* --- counts --------------------------------------------------------------- */

static bool in_counts(struct locate *l)
{
	struct exec *x = l->x;
	char look[LOOK_MAX], value[LOOK_MAX];

	for (u32 cpu = 0; cpu < x->u->layout.nr_cpus; cpu++) {
		struct mm_counts c;
		u32 zone;

		mm_counts(x->m, cpu, &c);
		if (!locate_same(l,
				 model_check_counts(x->o, cpu, &c, &l->again)))
			continue;
		snprintf(look, LOOK_MAX, "mm_counts(" M ", %u, &counts);", cpu);
		snprintf(value, LOOK_MAX, "counts.%s", l->d.field);
		if (sscanf(l->d.field, "pcp[%u].", &zone) == 1)
			snprintf(value, LOOK_MAX, "counts.pcp[%u][%s]", zone,
				 strstr(l->d.field, "hot") ? "PCP_HOT"
							   : "PCP_COLD");
		locate_say(l, "struct mm_counts counts;", look, value);
		return true;
	}
	return false;
}

static bool in_sums(struct locate *l)
{
	struct mapping_counts mapping;
	struct object_counts objects;
	char value[LOOK_MAX];

	snprintf(value, LOOK_MAX, "counts.%s", l->d.field);
	mm_object_counts(l->x->m, &objects);
	if (locate_same(l, model_check_objects(l->x->o, &objects, &l->again))) {
		locate_say(l, "struct object_counts counts;",
			   "mm_object_counts(" M ", &counts);", value);
		return true;
	}
	mm_mapping_counts(l->x->m, &mapping);
	if (locate_same(l,
			model_check_mappings(l->x->o, &mapping, &l->again))) {
		locate_say(l, "struct mapping_counts counts;",
			   "mm_mapping_counts(" M ", &counts);", value);
		return true;
	}
	return false;
}

static bool in_frames(struct locate *l)
{
	struct exec *x = l->x;
	char look[LOOK_MAX], value[LOOK_MAX];

	for (pfn_t pfn = 0; pfn <= x->u->layout.max_mapnr; pfn++) {
		struct frame_view v;

		mm_frame_view(x->m, pfn, &v);
		if (!locate_same(l,
				 model_check_frame(x->o, pfn, &v, &l->again)))
			continue;
		snprintf(look, LOOK_MAX, "mm_frame_view(" M ", %#x, &frame);",
			 pfn);
		snprintf(value, LOOK_MAX, "frame.%s", l->d.field);
		locate_say(l, "struct frame_view frame;", look, value);
		return true;
	}
	return false;
}

/* --- processors and tables ------------------------------------------------ */

static u32 segment_word(const struct segment *s, const char *name)
{
	return strcmp(name, "selector") == 0 ? s->selector
	       : strcmp(name, "access") == 0 ? s->access
	       : strcmp(name, "flags") == 0  ? s->flags
	       : strcmp(name, "base") == 0   ? s->base
					     : s->limit;
}

static void say_cpu(struct locate *l, u32 cpu, const struct cpu_view *v)
{
	static const char *const seg = "selector access flags base limit";
	char look[LOOK_MAX], value[LOOK_MAX];
	u32 i = 0;

	snprintf(look, LOOK_MAX, "mm_cpu_view(" M ", %u, &cpu);", cpu);
	snprintf(value, LOOK_MAX, "cpu.%s", l->d.field);
	while (i + 1 < NR_SEG_REGS &&
	       segment_word(&v->seg[i], l->d.field) != l->d.actual)
		i++;
	if (strstr(seg, l->d.field))
		snprintf(value, LOOK_MAX, "cpu.seg[%u].%s", i, l->d.field);
	locate_say(l, "struct cpu_view cpu;", look, value);
}

static bool in_cpus(struct locate *l)
{
	struct exec *x = l->x;
	char value[LOOK_MAX];
	vaddr_t addr;
	bool large;
	u32 word;

	for (u32 cpu = 0; cpu < x->u->layout.nr_cpus; cpu++) {
		struct cpu_view v;

		mm_cpu_view(x->m, cpu, &v);
		if (locate_same(l, model_check_cpu(x->o, cpu, &v, &l->again))) {
			say_cpu(l, cpu, &v);
			return true;
		}
		for (u32 i = 0;
		     model_tlb_at(x->o, cpu, i, &addr, &large, &word); i++) {
			word = mm_tlb_entry(x->m, cpu, addr, large);
			if (!locate_same(l,
					 model_check_tlb(x->o, cpu, addr, large,
							 word, &l->again)))
				continue;
			snprintf(value, LOOK_MAX,
				 "mm_tlb_entry(" M ", %u, %#x, %s)", cpu, addr,
				 large ? "true" : "false");
			locate_say(l, "", "", value);
			return true;
		}
	}
	return false;
}

static bool in_tables(struct locate *l)
{
	char value[LOOK_MAX];

	if (!locate_same(l, model_check_tables(l->x->o, true, &l->again)) ||
	    !l->again.at)
		return false;
	snprintf(value, LOOK_MAX, "ram_word(%#x)", l->again.at);
	locate_say(l, "", "", value);
	return true;
}

/* --- mappings ------------------------------------------------------------- */

static bool in_areas(struct locate *l)
{
	const struct vm_struct *area = NULL;
	char look[LOOK_MAX], value[LOOK_MAX], *end = look;
	bool touched;

	end += snprintf(look, LOOK_MAX, "area = mm_vm_next(" M ", NULL);");
	for (u32 i = 0; i < 4; i++) {
		struct vm_area_view v = { 0 };

		area = mm_vm_next(l->x->m, area);
		if (area)
			mm_vm_view(l->x->m, area, &v);
		if (locate_is(l, "list")
			    ? model_vm_area_at(l->x->o, i, &touched) != v.addr
			    : area && locate_same(l, model_check_vm_area(
							     l->x->o, i, &v,
							     &l->again))) {
			snprintf(end, (size_t)(look + LOOK_MAX - end),
				 "\nif (area)"
				 "\n\tmm_vm_view(" M ", area, &view);");
			snprintf(value, LOOK_MAX, "view.%s",
				 locate_is(l, "list") ? "addr" : l->d.field);
			locate_say(l,
				   "struct vm_area_view view = { 0 };\n"
				   "const struct vm_struct *area;",
				   look, value);
			return true;
		}
		if (!area)
			return false;
		end += snprintf(end, (size_t)(look + LOOK_MAX - end),
				"\narea = mm_vm_next(" M ", area);");
	}
	return false;
}

static bool in_kmaps(struct locate *l)
{
	char value[LOOK_MAX];
	struct kmap_view v;
	u32 i = 0;

	mm_kmap_view(l->x->m, &v);
	if (!locate_same(l, model_check_kmap(l->x->o, &v, &l->again)))
		return false;
	while (i + 1 < LAST_PKMAP && (u32)v.pkmap_count[i] != l->d.actual)
		i++;
	snprintf(value, LOOK_MAX,
		 locate_is(l, "pkmap_count") ? "(u32)kmaps.pkmap_count[%u]"
					     : "kmaps.last_pkmap_nr",
		 i);
	locate_say(l, "struct kmap_view kmaps;", "mm_kmap_view(" M ", &kmaps);",
		   value);
	return true;
}

static bool in_devices(struct locate *l)
{
	char look[LOOK_MAX], value[LOOK_MAX];

	for (u32 i = 0; i < l->x->u->layout.nr_devices; i++) {
		struct device_view v;

		mm_device_view(l->x->m, i, &v);
		if (!locate_same(
			    l, model_check_device(l->x->o, i, &v, &l->again)) ||
		    locate_is(l, "bytes"))
			continue;
		snprintf(look, LOOK_MAX, "mm_device_view(" M ", %u, &device);",
			 i);
		snprintf(value, LOOK_MAX, "device.%s", l->d.field);
		locate_say(l, "struct device_view device;", look, value);
		return true;
	}
	return false;
}

static bool in_addresses(struct locate *l)
{
	char value[LOOK_MAX];
	pfn_t pfn;

	if (!locate_is(l, "address"))
		return false;
	for (u32 i = 0; (pfn = model_kmapped_at(l->x->o, i)) != PFN_NONE; i++) {
		struct outcome none = { .report = REPORT_none };
		vaddr_t addr =
			mm_page_address(l->x->m, mm_pfn_to_page(l->x->m, pfn));

		if (!locate_same(l, model_page_address(l->x->o, &none, pfn,
						       addr, &l->again)))
			continue;
		snprintf(value, LOOK_MAX,
			 "mm_page_address(" M ", pfn_to_page(%#x))", pfn);
		locate_say(l, "", "", value);
		return true;
	}
	return false;
}

static bool in_woken(struct locate *l)
{
	if (!locate_is(l, "woken"))
		return false;
	locate_say(l, "", "", "mm_woken(" M ")");
	return true;
}

/* --- what a call gave --------------------------------------------------- */

static bool of_outcome(struct locate *l)
{
	static const struct {
		const char *field, *value;
	} plain[] = {
		{ "report", "mm_report(" M ")" },
		{ "oom", "mm_oom(" M ")" },
		{ "trace.nr", "move(0).event != NR_TRACE_EVENTS" },
		{ "blocked", "mm_blocked(" M ")" },
	};
	char value[LOOK_MAX];

	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		if (!locate_is(l, plain[i].field))
			continue;
		locate_say(l, "", "", plain[i].value);
		return true;
	}
	if (strncmp(l->d.field, "trace.", 6) != 0)
		return false;
	snprintf(value, LOOK_MAX, "move(%u).%s", l->d.at, l->d.field + 6);
	locate_say(l, "", "", value);
	return true;
}

/* The layout is judged field by field, under the names that C has for them. */
static bool in_layout(struct locate *l)
{
	char value[LOOK_MAX];

	if (rule_name(l->d.rule)[0] != 'L' || locate_is(l, "refused") ||
	    strncmp(l->d.field, "zonelist", 8) == 0)
		return false;
	snprintf(value, LOOK_MAX, "layout.%s", l->d.field);
	locate_say(l, "struct mm_layout layout;", "mm_layout(" M ", &layout);",
		   value);
	return true;
}

/* While a call is judged the model is between two states: no look then. */
void story_locate(struct exec *x)
{
	struct locate l = { .x = x, .s = x->opt.story, .d = x->d };
	static bool (*const places[])(struct locate *) = {
		locate_in_chain, in_woken,   in_counts,
		in_sums,	 in_frames,  locate_in_caches,
		locate_in_pools, in_cpus,    in_areas,
		in_kmaps,	 in_devices, in_addresses,
		in_tables,
	};
	bool found = false;

	l.s->of_call = x->in_call;
	if (strcmp(x->f->layer, "oracle") != 0 || of_outcome(&l) ||
	    in_layout(&l) || x->in_call)
		return;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && !found;
	     i++)
		found = places[i](&l);
}
