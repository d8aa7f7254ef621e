// SPDX-License-Identifier: MIT
/*
 * table_model.c - page tables and directories as the kernel keeps them: what
 * boot leaves, the template and those who follow it, and who holds a frame.
 *
 *	template	swapper_pg_dir, in the image
 *	directory	an object of the cache pgd, in pgd_list from when it
 *			is constructed until it is destructed, free or not
 *	table		a frame marked so
 *	mapped frame	count >= mapcount + 1 if kmapcount is not 0: each
 *			mapping of a process has its reference; the kernel's
 *			have none, and rely on another's
 *
 * [arch/i386/mm/init.c: paging_init; arch/i386/mm/pgtable.c: pgd_ctor,
 * pgd_dtor; mm/memory.c: pte_alloc_map]
 */
#include "judge.h"

#define WORD_HEAD 0x007u /* head.S */

/* --- looking up ----------------------------------------------------------- */

u32 table_below(const struct model *o, u32 pde)
{
	pfn_t pfn = pde >> PAGE_SHIFT;
	u32 number = pfn < o->nr_frames ? o->frame[pfn].table : TABLE_NONE;

	return pde ? number : TABLE_NONE;
}

u32 directory_at(const struct model *o, u32 address)
{
	u32 number;

	if (!is_direct(o, address) || address % PAGE_SIZE)
		return TABLE_NONE;
	number = o->frame[(address - PAGE_OFFSET) >> PAGE_SHIFT].table;
	if (number == TABLE_NONE || table_of(o, number)->is != TABLE_DIRECTORY)
		return TABLE_NONE;
	return table_of(o, number)->live ? number : TABLE_NONE;
}

bool directory_active(const struct model *o, u32 number)
{
	for (u32 cpu = 0; cpu < o->now.layout.nr_cpus; cpu++)
		if (o->now.translation.cpu[cpu].directory == number)
			return true;
	return false;
}

bool is_pgd_cache(const struct model *o, const struct cache *c)
{
	return cache_number(o, c) == o->now.translation.pgd_cache;
}

/* --- boot ----------------------------------------------------------------- */

/* The n-th claim with this label; its frame. */
static pfn_t claimed(const struct model *o, u8 label, u32 n)
{
	for (u32 i = 0; i < o->claims.nr; i++)
		if (o->claims.claim[i].label == label && !n--)
			return o->claims.claim[i].start / PAGE_SIZE;
	return PFN_NONE;
}

static u32 boot_table(struct model *o, pfn_t pfn, u32 index, u32 bits)
{
	u32 number = table_new(o, pfn, TABLE_BOOT);

	/* where the direct map reaches that far up, its word stands */
	if (number != TABLE_NONE &&
	    !table_words(o, o->now.translation.template)[index])
		table_set(o, o->now.translation.template, index,
			  pfn << PAGE_SHIFT | bits);
	return number;
}

static void map_large(struct model *o)
{
	for (u32 i = 0; i * WORDS < o->now.layout.max_low_pfn; i++)
		table_set(o, o->now.translation.template, USER_WORDS + i,
			  i * WORDS << PAGE_SHIFT | WORD_LARGE);
}

/* The two tables of pg0 map 8 MiB, however much of it is RAM. */
static bool map_small(struct model *o)
{
	pfn_t end = o->now.layout.max_low_pfn;

	for (u32 i = 0; i * WORDS < end || i < 2; i++) {
		pfn_t pfn = i < 2 ? claimed(o, CLAIM_pg0, 0) + i
				  : claimed(o, CLAIM_direct_pt, i - 2);
		u32 number = boot_table(o, pfn, USER_WORDS + i,
					i < 2 ? WORD_HEAD : WORD_TABLE);

		if (number == TABLE_NONE)
			return false;
		for (u32 k = 0; k < WORDS; k++) {
			pfn_t frame = i * WORDS + k;

			if (frame < end || i < 2)
				table_set(o, number, k,
					  frame << PAGE_SHIFT |
						  (frame < end ? WORD_KERNEL
							       : WORD_HEAD));
		}
	}
	return true;
}

static void set_registers(struct model *o)
{
	struct translation *s = &o->now.translation;

	o->gdt_dirty = 0;
	for (u32 cpu = 0; cpu < NR_CPUS; cpu++) {
		s->cpu[cpu] = (struct cpu){ .directory = s->template,
					    .wp = true,
					    .pge = true };
		segments_boot(o, cpu);
	}
}

bool translation_boot(struct model *o)
{
	struct translation *s = &o->now.translation;
	const struct mm_layout *l = &o->now.layout;

	if (!tables_boot(o))
		return false;
	tlb_drop_everywhere(o);
	s->pgd_cache = CACHE_NONE;
	s->template =
		table_new(o, SWAPPER_PG_DIR_PADDR / PAGE_SIZE, TABLE_TEMPLATE);
	if (l->pse)
		map_large(o);
	else if (!map_small(o))
		return false;
	s->fixmap = boot_table(o, claimed(o, CLAIM_fixmap_pt, 0),
			       l->fixaddr_start >> 22, WORD_TABLE);
	s->pkmap = boot_table(o, claimed(o, CLAIM_pkmap_pt, 0),
			      l->pkmap_base >> 22, WORD_TABLE);
	if (s->fixmap == TABLE_NONE || s->pkmap == TABLE_NONE)
		return false;
	set_registers(o);
	return true;
}

/* --- the template and its followers --------------------------------------- */

void kernel_pde_set(struct model *o, u32 index, u32 word)
{
	const struct translation *s = &o->now.translation;

	table_set(o, s->template, index, word);
	for (u32 i = s->pgd_list; i != TABLE_NONE; i = table_of(o, i)->next)
		table_set(o, i, index, word);
}

bool directory_constructs(struct judge *j, const struct place *p)
{
	struct model *o = j->o;
	struct translation *s = &o->now.translation;
	u32 number = table_new(o, (p->address - PAGE_OFFSET) >> PAGE_SHIFT,
			       TABLE_DIRECTORY);
	const u32 *kernel;
	u32 *words;

	if (number == TABLE_NONE)
		return diverge(j->d, RULE_U2, "memory for the model", true,
			       false);
	/* it is new, and so touched */
	kernel = table_words(o, s->template);
	words = table_words(o, number);
	for (u32 i = USER_WORDS; i < WORDS; i++)
		words[i] = kernel[i];
	table_of(o, number)->next = s->pgd_list;
	if (s->pgd_list != TABLE_NONE)
		table_touch(o, s->pgd_list)->prev = number;
	s->pgd_list = number;
	s->nr_directories++;
	return true;
}

void directory_destructs(struct judge *j, const struct place *p)
{
	struct model *o = j->o;
	struct translation *s = &o->now.translation;
	pfn_t pfn = (p->address - PAGE_OFFSET) >> PAGE_SHIFT;
	u32 number = o->frame[pfn].table;
	struct table *t = table_touch(o, number);

	if (t->prev != TABLE_NONE)
		table_touch(o, t->prev)->next = t->next;
	else
		s->pgd_list = t->next;
	if (t->next != TABLE_NONE)
		table_touch(o, t->next)->prev = t->prev;
	s->nr_directories--;
	table_delete(o, number);
}

/* --- mapped frames -------------------------------------------------------- */

enum report_kind map_misuse(const struct model *o, pfn_t pfn)
{
	const struct frame *f, *head;

	if (pfn >= o->now.layout.max_mapnr)
		return REPORT_bad_page;
	f = &o->frame[pfn];
	switch (f->is) {
	case IS_RESERVED:
		return REPORT_map_frame;
	case IS_ALLOCATED:
		return f->order || f->marks & (MARK_SLAB | MARK_TABLE)
			       ? REPORT_map_frame
			       : REPORT_none;
	case IS_INSIDE:
		head = &o->frame[block_of(o, pfn)];
		if (head->is != IS_ALLOCATED)
			return REPORT_ref_free;
		return head->marks & MARK_COMPOUND ? REPORT_map_frame
						   : REPORT_ref_tail;
	default:
		return REPORT_ref_free;
	}
}

void frame_map(struct model *o, pfn_t pfn)
{
	struct frame *f = frame_touch(o, pfn);

	f->count++;
	f->mapcount++;
}

bool frame_unmap(struct judge *j, pfn_t pfn)
{
	frame_touch(j->o, pfn)->mapcount--;
	return nested_free_pages(j, pfn);
}

/* --- the kernel's mappings ------------------------------------------------ */

enum report_kind kmap_misuse(const struct model *o, pfn_t pfn)
{
	const struct frame *head;

	if (pfn >= o->now.layout.max_mapnr)
		return REPORT_bad_page;
	if (o->frame[pfn].is == IS_RESERVED)
		return REPORT_map_frame;
	if (o->frame[pfn].is == IS_PCP)
		return REPORT_ref_free;
	head = &o->frame[block_of(o, pfn)];
	if (head->is != IS_ALLOCATED)
		return REPORT_ref_free;
	if (head->marks & (MARK_SLAB | MARK_TABLE))
		return REPORT_map_frame;
	/* processes alone hold it: it may go when they unmap it */
	return head->count > head->mapcount ? REPORT_none : REPORT_map_frame;
}

bool judge_may_kmap(struct judge *j, pfn_t pfn, bool null, bool *may)
{
	enum report_kind kind = kmap_misuse(j->o, pfn);

	*may = !kind;
	if (kind && pfn < j->o->now.layout.max_mapnr)
		frame_touch(j->o, pfn);
	return !kind || judge_report(j, kind, null);
}

void kmap_inc(struct model *o, pfn_t pfn)
{
	frame_touch(o, block_of(o, pfn))->kmapcount++;
}

void kmap_dec(struct model *o, pfn_t pfn)
{
	frame_touch(o, block_of(o, pfn))->kmapcount--;
}

/* --- tables come and go --------------------------------------------------- */

bool table_arises(struct judge *j, gfp_t gfp, enum table_is is, u32 *number)
{
	pfn_t pfn;

	*number = TABLE_NONE;
	if (!nested_pages(j, gfp, 0, &pfn))
		return false;
	if (pfn == PFN_NONE)
		return true;
	*number = table_new(j->o, pfn, is);
	if (*number == TABLE_NONE)
		return diverge(j->d, RULE_U1, "memory for the model", true,
			       false);
	frame_touch(j->o, pfn)->marks |= MARK_TABLE;
	return true;
}

bool table_goes(struct judge *j, u32 number)
{
	pfn_t pfn = table_of(j->o, number)->pfn;

	table_delete(j->o, number);
	frame_touch(j->o, pfn)->marks &= (u8)~MARK_TABLE;
	return nested_free_pages(j, pfn);
}
