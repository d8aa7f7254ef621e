// SPDX-License-Identifier: MIT
/*
 * exec_dump_mappings.c - processors with their TLBs, page tables, and the
 * kernel's mappings, side by side.
 *
 * Tables lie in RAM, where the machine's words are; the model has its own.  Of
 * the two the first word that differs is shown.
 */
#include "exec_dump.h"

#include <string.h>

/* --- processors ----------------------------------------------------------- */

static void segment_text(char text[SIDE_TEXT], const struct segment *v)
{
	snprintf(text, SIDE_TEXT, "%x: base %x limit %x access %x flags %x",
		 v->selector, v->base, v->limit, v->access, v->flags);
}

static void dump_segments(struct side *s, const struct cpu_view *m,
			  const struct cpu_view *o)
{
	static const char *const name[] = { "  ES", "  CS", "  SS",
					    "  DS", "  FS", "  GS" };
	char a[SIDE_TEXT], b[SIDE_TEXT];

	for (u32 reg = 0; reg < NR_SEG_REGS; reg++) {
		segment_text(a, &m->seg[reg]);
		segment_text(b, &o->seg[reg]);
		if (m->seg[reg].selector || strcmp(a, b) != 0)
			side_row(s, name[reg], a, b);
	}
}

/* The entries are those that the model has: it says how many there are. */
static void dump_tlb(struct exec *x, struct side *s, u32 cpu)
{
	vaddr_t addr;
	bool large;
	u32 word;

	for (u32 i = 0; model_tlb_at(x->o, cpu, i, &addr, &large, &word); i++) {
		char name[32];

		snprintf(name, sizeof(name), "  TLB %x%s", addr,
			 large ? ", 4 MiB" : "");
		side_hex(s, name, mm_tlb_entry(x->m, cpu, addr, large), word);
	}
}

static void dump_cpu(struct exec *x, struct side *s, u32 cpu)
{
	static const char *const name[NR_CPUS] = {
		"CPU 0", "CPU 1", "CPU 2", "CPU 3",
		"CPU 4", "CPU 5", "CPU 6", "CPU 7",
	};
	struct cpu_view m, o;

	mm_cpu_view(x->m, cpu, &m);
	model_cpu_view(x->o, cpu, &o);
	side_section(s, name[cpu]);
	side_number(s, "  CPL", m.cpl, o.cpl);
	side_hex(s, "  CR0", m.cr0, o.cr0);
	side_hex(s, "  CR3", m.cr3, o.cr3);
	side_hex(s, "  CR4", m.cr4, o.cr4);
	dump_segments(s, &m, &o);
	side_number(s, "  preempt_count", m.preempt_count, o.preempt_count);
	side_number(s, "  tlb_small", m.tlb_small, o.tlb_small);
	side_number(s, "  tlb_large", m.tlb_large, o.tlb_large);
	side_number(s, "  tlb_global", m.tlb_global, o.tlb_global);
	dump_tlb(x, s, cpu);
}

static void dump_tables(struct exec *x, struct side *s)
{
	struct divergence d;
	char a[SIDE_TEXT], b[SIDE_TEXT];

	side_section(s, "tables");
	if (model_check_tables(x->o, true, &d)) {
		side_row(s, "words in RAM", "as the model's", "as the model's");
		return;
	}
	snprintf(a, sizeof(a), "0x%llx", (unsigned long long)d.actual);
	snprintf(b, sizeof(b), "0x%llx", (unsigned long long)d.expected);
	side_row(s, d.field, a, b);
}

/* --- areas, kmaps, devices ------------------------------------------------ */

static void area_text(char text[SIDE_TEXT], const struct vm_area_view *v)
{
	snprintf(text, SIDE_TEXT, "%u bytes, flags %x, %u pages, phys %x",
		 v->size, v->flags, v->nr_pages, v->phys_addr);
}

static void dump_area(struct side *s, const struct vm_area_view *m,
		      const struct vm_area_view *o)
{
	char name[32], a[SIDE_TEXT], b[SIDE_TEXT];

	area_text(a, m);
	area_text(b, o);
	snprintf(name, sizeof(name), "area %x", m->size ? m->addr : o->addr);
	side_row(s, name, m->size ? a : NULL, o->size ? b : NULL);
	if (m->addr != o->addr || m->descriptor != o->descriptor ||
	    m->pages != o->pages) {
		side_hex(s, "  addr", m->addr, o->addr);
		side_hex(s, "  descriptor", m->descriptor, o->descriptor);
		side_hex(s, "  pages", m->pages, o->pages);
	}
}

static void dump_areas(struct exec *x, struct side *s)
{
	const struct vm_struct *area = NULL;

	for (u32 i = 0;; i++) {
		struct vm_area_view m = { 0 }, o = { 0 };

		if (!i || area)
			area = mm_vm_next(x->m, area);
		if (area)
			mm_vm_view(x->m, area, &m);
		if (!model_vm_view(x->o, i, &o) && !area)
			return;
		dump_area(s, &m, &o);
	}
}

static void dump_kmaps(struct exec *x, struct side *s)
{
	struct kmap_view m, o;

	mm_kmap_view(x->m, &m);
	model_kmap_view(x->o, &o);
	for (u32 i = 0; i < LAST_PKMAP; i++) {
		char name[32];

		snprintf(name, sizeof(name), "pkmap_count[%u]", i);
		side_number(s, name, (u32)m.pkmap_count[i],
			    (u32)o.pkmap_count[i]);
	}
}

static void device_text(char text[SIDE_TEXT], const struct device_view *v)
{
	snprintf(text, SIDE_TEXT, "%u reads, %u writes, last %u at 0x%x",
		 v->reads, v->writes, v->last_len, v->last_offset);
}

static void dump_devices(struct exec *x, struct side *s)
{
	for (u32 i = 0; i < x->u->layout.nr_devices; i++) {
		char name[32], a[SIDE_TEXT], b[SIDE_TEXT];
		struct device_view m, o;

		mm_device_view(x->m, i, &m);
		model_device_view(x->o, i, &o);
		device_text(a, &m);
		device_text(b, &o);
		snprintf(name, sizeof(name), "device %x", m.start);
		side_row(s, name, a, b);
	}
}

static void dump_mappings(struct exec *x, struct side *s)
{
	struct mapping_counts m, o;

	mm_mapping_counts(x->m, &m);
	model_mapping_counts(x->o, &o);
	side_section(s, "kernel mappings");
	side_number(s, "nr_areas", m.nr_areas, o.nr_areas);
	side_number(s, "area_bytes", m.area_bytes, o.area_bytes);
	side_number(s, "kmap_users", m.kmap_users, o.kmap_users);
	side_number(s, "kmap_slots", m.kmap_slots, o.kmap_slots);
	side_number(s, "last_pkmap_nr", m.last_pkmap_nr, o.last_pkmap_nr);
	dump_areas(x, s);
	dump_kmaps(x, s);
	dump_devices(x, s);
}

void exec_dump_mappings(struct exec *x, struct side *s)
{
	for (u32 cpu = 0; cpu < x->u->layout.nr_cpus; cpu++)
		dump_cpu(x, s, cpu);
	dump_tables(x, s);
	dump_mappings(x, s);
}
