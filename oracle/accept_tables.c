// SPDX-License-Identifier: MIT
/*
 * accept_tables.c - the attributes of the direct map, and what all files
 * share that are about ranges of pages.
 *
 *	large page -- an attribute differs --> table, odd words: 1
 *	table -- no odd word is left --> large page; the table waits in
 *		df_list for global_flush_tlb()
 *
 * All of it is in the template; a PDE that changes also in each directory.
 * [arch/i386/mm/pageattr.c]
 */
#include "host.h"
#include "tables.h"

#define KERNEL_WORDS (WORDS - USER_WORDS)
#define DOWN_22(pfn) ((pfn) & ~(WORDS - 1))

/* --- shared --------------------------------------------------------------- */

bool judge_answer(struct judge *j, int want, int got)
{
	if (j->report)
		want = ANSWER_MISUSE;
	return judge_end(j) &&
	       must(j->o, j->d, RULE_U1, "result", (u32)want, (u32)got);
}

bool judge_table_misuse(struct judge *j, enum report_kind kind, int got)
{
	return judge_report(j, kind, got == ANSWER_MISUSE);
}

/* The frame is looked at again when the program ends. */
bool judge_map_misuse(struct judge *j, enum report_kind kind, pfn_t pfn,
		      int got)
{
	if (pfn < j->o->now.layout.max_mapnr)
		frame_touch(j->o, pfn);
	return judge_table_misuse(j, kind, got);
}

u32 word_in(const struct model *o, u32 directory, vaddr_t addr)
{
	u32 pde = table_words(o, directory)[addr >> 22];
	u32 table = table_below(o, pde);

	if (table == TABLE_NONE)
		return 0;
	return table_words(o, table)[addr >> PAGE_SHIFT & (WORDS - 1)];
}

void word_put(struct model *o, u32 directory, vaddr_t addr, u32 word)
{
	u32 table = table_below(o, table_words(o, directory)[addr >> 22]);

	table_set(o, table, addr >> PAGE_SHIFT & (WORDS - 1), word);
}

/* Most words are 0: they are passed by in rows. */
u32 next_word(const u32 *words, u32 at, u32 end)
{
	const u32 row = 16;

	while (at + row <= end) {
		u32 bits = 0;

		for (u32 i = 0; i < row; i++)
			bits |= words[at + i];
		if (bits)
			break;
		at += row;
	}
	while (at < end && !words[at])
		at++;
	return at;
}

u32 next_mapped(const struct model *o, u32 directory, u32 page, u32 end)
{
	const u32 *words = table_words(o, directory);

	while (page < end) {
		u32 index = page / WORDS, first = index * WORDS, stop, table;

		if (!words[index]) {
			page = next_word(words, index, (end - 1) / WORDS + 1) *
			       WORDS;
			continue;
		}
		table = table_below(o, words[index]);
		stop = first + WORDS < end ? first + WORDS : end;
		if (table != TABLE_NONE)
			page = first + next_word(table_words(o, table),
						 page - first, stop - first);
		else
			page = stop;
		if (page < stop)
			return page;
	}
	return end;
}

bool frames_add(struct frames *f, pfn_t pfn)
{
	u32 more = f->room ? 2 * f->room : 256;
	pfn_t *p;

	if (f->nr == f->room) {
		p = model_host_alloc(more * sizeof(*p));
		if (!p)
			return false;
		for (u32 i = 0; i < f->nr; i++)
			p[i] = f->pfn[i];
		frames_end(f);
		f->pfn = p;
		f->room = more;
	}
	f->pfn[f->nr++] = pfn;
	return true;
}

void frames_end(struct frames *f)
{
	model_host_free(f->pfn, f->room * sizeof(*f->pfn));
	f->pfn = NULL;
	f->room = 0;
}

bool clear_words(struct model *o, u32 directory, struct pages range)
{
	u32 page = range.from;

	o->cleared.nr = 0;
	for (;; page++) {
		page = next_mapped(o, directory, page, range.end);
		if (page == range.end)
			return true;
		if (!frames_add(&o->cleared,
				word_in(o, directory, page << PAGE_SHIFT) >>
					PAGE_SHIFT))
			return false;
		word_put(o, directory, page << PAGE_SHIFT, 0);
	}
}

bool release_cleared(struct judge *j)
{
	for (u32 i = 0; i < j->o->cleared.nr; i++)
		if (!frame_unmap(j, j->o->cleared.pfn[i]))
			return false;
	return true;
}

/* --- attributes ----------------------------------------------------------- */

static u32 template_word(const struct model *o, u32 index)
{
	return table_words(o, o->now.translation.template)[index];
}

static bool is_large(const struct model *o, u32 index)
{
	return o->now.layout.pse && template_word(o, index) & PAGE_PSE;
}

static u32 index_of(pfn_t pfn)
{
	return USER_WORDS + pfn / WORDS;
}

/* A table, not yet in use, for each large page of the range; *got: all. */
static bool tables_get(struct judge *j, pfn_t first, pfn_t last,
		       u32 number[KERNEL_WORDS], bool *got)
{
	u32 made = 0;

	*got = true;
	for (u32 i = index_of(first); *got && i <= index_of(last); i++) {
		if (!is_large(j->o, i))
			continue;
		if (!table_arises(j, GFP_KERNEL, TABLE_SPLIT, &number[made]))
			return false;
		*got = number[made] != TABLE_NONE;
		made += *got;
	}
	while (!*got && made--)
		if (!table_goes(j, number[made]))
			return false;
	return true;
}

static void split(struct model *o, u32 number, pfn_t pfn, u32 prot)
{
	struct table *t = table_touch(o, number);
	u32 *word = table_words(o, number);
	pfn_t first = DOWN_22(pfn);

	t->index = index_of(pfn);
	t->odd = 1;
	for (u32 i = 0; i < WORDS; i++)
		word[i] = (first + i) << PAGE_SHIFT | WORD_KERNEL;
	word[pfn - first] = pfn << PAGE_SHIFT | prot;
	kernel_pde_set(o, t->index, t->pfn << PAGE_SHIFT | WORD_KERNEL);
}

/* The table waits. */
static void restore(struct model *o, u32 number, pfn_t pfn)
{
	struct translation *s = &o->now.translation;

	kernel_pde_set(o, index_of(pfn),
		       DOWN_22(pfn) << PAGE_SHIFT | WORD_LARGE);
	table_touch(o, number)->next = s->df_list;
	s->df_list = number;
}

static void set_attr(struct model *o, pfn_t pfn, u32 prot)
{
	u32 number = table_below(o, template_word(o, index_of(pfn)));
	u32 usual = pfn << PAGE_SHIFT | WORD_KERNEL;
	u32 old = table_words(o, number)[pfn % WORDS];
	struct table *t = table_touch(o, number);

	table_set(o, number, pfn % WORDS, pfn << PAGE_SHIFT | prot);
	if (t->is != TABLE_SPLIT)
		return;
	if (prot != WORD_KERNEL && old == usual)
		t->odd++;
	if (prot == WORD_KERNEL && old != usual)
		t->odd--;
	if (!t->odd)
		restore(o, number, pfn);
}

bool change_attr(struct judge *j, pfn_t pfn, u32 nr_pages, u32 prot,
		 bool *enough)
{
	struct model *o = j->o;
	u32 number[KERNEL_WORDS], next = 0;

	*enough = true;
	prot = (prot & PAGE_ATTR_MASK) | PAGE_ACCESSED | PAGE_DIRTY;
	if (prot != WORD_KERNEL &&
	    !tables_get(j, pfn, pfn + nr_pages - 1, number, enough))
		return false;
	for (u32 i = 0; *enough && i < nr_pages; i++, pfn++) {
		if (!is_large(o, index_of(pfn)))
			set_attr(o, pfn, prot);
		else if (prot != WORD_KERNEL)
			split(o, number[next++], pfn, prot);
	}
	return true;
}

bool model_change_page_attr(struct model *o, const struct outcome *out,
			    pfn_t pfn, u32 nr_pages, u32 prot, int got,
			    struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	bool enough;

	if (!nr_pages)
		return judge_answer(&j, 0, got);
	if ((u64)pfn + nr_pages > o->now.layout.max_low_pfn)
		return judge_table_misuse(&j, REPORT_attr_high, got);
	return change_attr(&j, pfn, nr_pages, prot, &enough) &&
	       judge_answer(&j, enough ? 0 : ANSWER_NOMEM, got);
}

bool flush_global(struct judge *j)
{
	struct model *o = j->o;
	struct translation *s = &o->now.translation;

	tlb_drop_everywhere(o);
	while (s->df_list != TABLE_NONE) {
		u32 number = s->df_list;

		s->df_list = table_of(o, number)->next;
		if (!table_goes(j, number))
			return false;
	}
	return true;
}

bool model_global_flush_tlb(struct model *o, const struct outcome *out,
			    struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);

	if (j.flags & TASK_IRQ)
		return judge_report(&j, REPORT_sleep_in_atomic, true);
	return flush_global(&j) && judge_end(&j);
}
