// SPDX-License-Identifier: MIT
/*
 * translation_check.c - processors, TLBs and tables as they stand: registers,
 * what is remembered, and each word in RAM.
 *
 * Words in RAM are compared with the model's own, A and D among them: each
 * was set by a walk that the model has made, too.
 */
#include "tables.h"

#define NO_ASAN __attribute__((no_sanitize("address"), noinline))

#define AD_BITS (PAGE_ACCESSED | PAGE_DIRTY)

/* --- one CPU -------------------------------------------------------------- */

static bool judge_segment(struct model *o, const struct segment *want,
			  const struct segment *got, struct divergence *d)
{
	return must(o, d, RULE_D7, "selector", want->selector, got->selector) &&
	       must(o, d, RULE_D7, "access", want->access, got->access) &&
	       must(o, d, RULE_D7, "flags", want->flags, got->flags) &&
	       must(o, d, RULE_D7, "base", want->base, got->base) &&
	       must(o, d, RULE_D7, "limit", want->limit, got->limit);
}

/* A counter of hits a field would cost more than the fields. */
static inline bool same_segment(const struct segment *a,
				const struct segment *b)
{
	return !((a->selector ^ b->selector) | (a->access ^ b->access) |
		 (a->flags ^ b->flags) | (a->base ^ b->base) |
		 (a->limit ^ b->limit));
}

bool model_check_cpu(struct model *o, unsigned int cpu,
		     const struct cpu_view *v, struct divergence *d)
{
	const struct cpu *c = &o->now.translation.cpu[cpu % NR_CPUS];
	const struct tlb *t = &o->tlb[cpu % NR_CPUS];
	u32 cr4 = (o->now.layout.pse ? CR4_PSE : 0) | (c->pge ? CR4_PGE : 0);

	for (u32 i = 0; i < NR_SEG_REGS; i++)
		if (unlikely(!same_segment(&c->seg[i], &v->seg[i])))
			return judge_segment(o, &c->seg[i], &v->seg[i], d);
	rule_hit(o, RULE_D7);
	return must(o, d, RULE_D12, "cpl", c->user ? 3 : 0, v->cpl) &&
	       must(o, d, RULE_T13, "cr0", CR0_BITS | (c->wp ? CR0_WP : 0),
		    v->cr0) &&
	       must(o, d, RULE_T13, "cr3",
		    table_of(o, c->directory)->pfn << PAGE_SHIFT, v->cr3) &&
	       must(o, d, RULE_T13, "cr4", cr4, v->cr4) &&
	       must(o, d, RULE_A2, "preempt_count", c->preempt_count,
		    v->preempt_count) &&
	       must(o, d, RULE_T11, "tlb_small", t->nr - t->nr_large,
		    v->tlb_small) &&
	       must(o, d, RULE_T11, "tlb_large", t->nr_large, v->tlb_large) &&
	       must(o, d, RULE_T11, "tlb_global", t->nr_global, v->tlb_global);
}

bool model_tlb_at(const struct model *o, unsigned int cpu, u32 index,
		  vaddr_t *addr, bool *large, u32 *word)
{
	const struct tlb *t = &o->tlb[cpu % NR_CPUS];

	if (index >= t->nr)
		return false;
	*addr = t->entry[index].addr;
	*large = t->entry[index].large;
	*word = t->entry[index].word;
	return true;
}

bool model_check_tlb(struct model *o, unsigned int cpu, vaddr_t addr,
		     bool large, u32 machine, struct divergence *d)
{
	const struct tlb_entry *e = tlb_find(o, cpu % NR_CPUS, addr, large);

	return must(o, d, RULE_T12, large ? "4M entry" : "4K entry",
		    e ? e->word : 0, machine);
}

/* --- words in RAM --------------------------------------------------------- */

static const u8 *bytes_of(const struct model *o, u32 paddr)
{
	pfn_t pfn = paddr >> PAGE_SHIFT;

	if (pfn >= o->ram.nr_pfns)
		return NULL;
	return ram_frame(&o->ram, pfn) + paddr % PAGE_SIZE;
}

/* The first word that differs; nr: none. */
static NO_ASAN u32 differs(const u32 *a, const u32 *b, u32 nr)
{
	u32 bits = 0, at = 0;

	for (u32 i = 0; i < nr; i++)
		bits |= a[i] ^ b[i];
	if (likely(!bits))
		return nr;
	while (a[at] == b[at])
		at++;
	return at;
}

static NO_ASAN u32 peek(const u32 *word)
{
	return *word;
}

static enum rule rule_of(const struct table *t, u32 index)
{
	if (t->is == TABLE_TEMPLATE)
		return RULE_U3;
	if (t->is != TABLE_DIRECTORY)
		return RULE_U6;
	return index < USER_WORDS ? RULE_U5 : RULE_U4;
}

static const char *field_of(enum rule rule)
{
	switch (rule) {
	case RULE_U3:
		return "template's PDE";
	case RULE_U4:
		return "kernel PDE";
	case RULE_U5:
		return "user PDE";
	default:
		return "PTE";
	}
}

static void hit_rules(struct model *o, const struct table *t)
{
	rule_hit(o, RULE_T14);
	rule_hit(o, rule_of(t, 0));
	rule_hit(o, rule_of(t, USER_WORDS));
}

/* --- free frames ---------------------------------------------------------- */

static bool is_free(const struct model *o, pfn_t pfn)
{
	const struct frame *f;

	if (pfn >= o->now.layout.max_mapnr)
		return false;
	f = &o->frame[pfn];
	if (f->is == IS_INSIDE)
		f = &o->frame[block_of(o, pfn)];
	return f->is == IS_FREE || f->is == IS_PCP;
}

/* Whether what this table's words map is somebody's. */
static bool maps_owned(const struct model *o, u32 number)
{
	switch (table_of(o, number)->is) {
	case TABLE_KERNEL:
	case TABLE_USER:
		return true;
	case TABLE_BOOT:
		return number == o->now.translation.fixmap ||
		       number == o->now.translation.pkmap;
	default:
		return false;
	}
}

/* What is left behind: slots without users, atomic ones if not strict. */
static bool may_map_free(const struct model *o, u32 number, u32 index)
{
	if (number == o->now.translation.pkmap)
		return o->kmaps.count[index] == 1;
	return number == o->now.translation.fixmap &&
	       fix_is_atomic(o, WORDS - 1 - index) &&
	       !o->now.layout.kmap_strict;
}

static u32 paddr_of(const struct model *o, u32 number, u32 index)
{
	return (table_of(o, number)->pfn << PAGE_SHIFT) + 4 * index;
}

static bool judge_mapped(struct model *o, u32 number, struct divergence *d)
{
	const u32 *word = table_words(o, number);

	if (!maps_owned(o, number))
		return true;
	rule_hit(o, RULE_U7);
	for (u32 i = 0; (i = next_word(word, i, WORDS)) < WORDS; i++)
		if (is_free(o, word[i] >> PAGE_SHIFT) &&
		    !may_map_free(o, number, i))
			return diverge_at(d, RULE_U7, "PTE", 0, word[i],
					  paddr_of(o, number, i));
	return true;
}

/* --- tables --------------------------------------------------------------- */

static bool judge_table(struct model *o, u32 number, struct divergence *d)
{
	const struct table *t = table_of(o, number);
	const u32 *want = table_words(o, number), *got;
	enum rule rule;
	u32 at, word;

	if (t->is == TABLE_UNUSED)
		return true;
	got = (const u32 *)(const void *)bytes_of(o, t->pfn << PAGE_SHIFT);
	if (!got)
		return true;
	hit_rules(o, t);
	at = differs(want, got, WORDS);
	if (likely(at == WORDS))
		return judge_mapped(o, number, d);
	word = peek(&got[at]);
	rule = rule_of(t, at);
	return diverge_at(d, (want[at] ^ word) & ~AD_BITS ? rule : RULE_T14,
			  field_of(rule), want[at], word,
			  paddr_of(o, number, at));
}

static bool judge_gdt(struct model *o, u32 cpu, struct divergence *d)
{
	const u32 nr = 2 * GDT_ENTRIES;
	const u32 *want = &o->gdt[cpu][0].low, *got;
	u32 at;

	got = (const u32 *)(const void *)bytes_of(o, GDT_PADDR + 256 * cpu);
	if (!got)
		return true;
	rule_hit(o, RULE_D8);
	at = differs(want, got, nr);
	return likely(at == nr) ||
	       diverge_at(d, RULE_D8, at % 2 ? "high word" : "low word",
			  want[at], peek(&got[at]),
			  GDT_PADDR + 256 * cpu + 4 * at);
}

bool model_check_tables(struct model *o, bool all, struct divergence *d)
{
	u32 i;

	for (u32 cpu = 0; cpu < o->now.layout.nr_cpus; cpu++)
		if ((all || o->gdt_dirty >> cpu & 1) && !judge_gdt(o, cpu, d))
			return false;
	if (all) {
		for (i = TABLE_NONE + 1; i < o->now.translation.nr; i++)
			if (!judge_table(o, i, d))
				return false;
		return true;
	}
	for (i = o->tables.touched; i != TABLE_NONE;
	     i = table_of(o, i)->touched)
		if (!judge_table(o, i, d))
			return false;
	return true;
}
