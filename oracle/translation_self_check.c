// SPDX-License-Identifier: MIT
/*
 * translation_self_check.c - the model's books of tables, directories,
 * mappings and TLBs, recounted naively.
 *
 * Validator: translation_self_check().  Its clauses are the strings it
 * returns.  Tables are found by the words that lead to them, and again by the
 * marks of frames; mappings are counted by words, and again by frames.
 */
#include "model.h"

struct tally {
	u32 led_to;  /* tables, by words of directories */
	u32 mapped;  /* words that map a frame */
	u32 waiting; /* tables in df_list */
};

static const char *check_word(const struct model *o, u32 word, struct tally *t)
{
	const struct frame *f = &o->frame[word >> PAGE_SHIFT];

	if (!word)
		return NULL;
	if (word >> PAGE_SHIFT >= o->nr_frames || f->is != IS_ALLOCATED)
		return "a table maps a frame that is not allocated";
	if (!f->mapcount || f->count < f->mapcount)
		return "a mapping holds no reference";
	t->mapped++;
	return NULL;
}

static const char *check_user_table(const struct model *o, u32 pde,
				    struct tally *t)
{
	u32 number = table_below(o, pde);
	const char *why = NULL;

	if (number == TABLE_NONE || table_of(o, number)->is != TABLE_USER)
		return "a directory leads to what is no such table";
	t->led_to++;
	for (u32 i = 0; !why && i < WORDS; i++)
		why = check_word(o, table_words(o, number)[i], t);
	return why;
}

static const char *check_split(const struct model *o, u32 number)
{
	const struct table *t = table_of(o, number);
	u32 first = (t->index - USER_WORDS) * WORDS, odd = 0;

	for (u32 i = 0; i < WORDS; i++)
		odd += table_words(o, number)[i] !=
		       ((first + i) << PAGE_SHIFT | WORD_KERNEL);
	return odd == t->odd ? NULL : "a split page's odd words are miscounted";
}

static const char *check_template(const struct model *o, struct tally *t)
{
	const u32 *word = table_words(o, o->now.translation.template);
	const char *why = NULL;

	for (u32 i = 0; !why && i < WORDS; i++) {
		u32 number = table_below(o, word[i]);

		if (i < USER_WORDS && word[i])
			return "the template has user words";
		if (!word[i] || (o->now.layout.pse && word[i] & PAGE_PSE))
			continue;
		if (number == TABLE_NONE)
			return "the template leads to what is no table";
		if (table_of(o, number)->is == TABLE_KERNEL) {
			t->led_to++;
		} else if (table_of(o, number)->is == TABLE_SPLIT) {
			t->led_to++;
			why = check_split(o, number);
			if (!why && !table_of(o, number)->odd)
				why = "a split page has no odd word";
		}
	}
	return why;
}

static const char *check_directory(const struct model *o, u32 number,
				   struct tally *t)
{
	const u32 *word = table_words(o, number);
	const u32 *template = table_words(o, o->now.translation.template);
	const u32 ad = PAGE_ACCESSED | PAGE_DIRTY;
	const char *why = NULL;

	if (table_of(o, number)->is != TABLE_DIRECTORY)
		return "pgd_list holds what is no directory";
	for (u32 i = 0; !why && i < USER_WORDS; i++) {
		if (!word[i])
			continue;
		if (!table_of(o, number)->live)
			return "a free directory has user words";
		why = check_user_table(o, word[i], t);
	}
	for (u32 i = USER_WORDS; !why && i < WORDS; i++)
		if (word[i] && (word[i] ^ template[i]) & ~ad)
			why = "a directory disagrees with the template";
	return why;
}

static const char *check_lists(const struct model *o, struct tally *t)
{
	const struct translation *s = &o->now.translation;
	u32 prev = TABLE_NONE, nr = 0;
	const char *why;

	for (u32 i = s->pgd_list; i != TABLE_NONE; i = table_of(o, i)->next) {
		if (nr++ > s->nr_directories || table_of(o, i)->prev != prev)
			return "pgd_list's links disagree";
		why = check_directory(o, i, t);
		if (why)
			return why;
		prev = i;
	}
	if (nr != s->nr_directories)
		return "pgd_list is not as long as it should be";
	for (u32 i = s->df_list; i != TABLE_NONE; i = table_of(o, i)->next) {
		if (t->waiting++ > s->nr || table_of(o, i)->is != TABLE_SPLIT ||
		    table_of(o, i)->odd)
			return "df_list holds what has odd words";
		why = check_split(o, i);
		if (why)
			return why;
	}
	return NULL;
}

static const char *check_frames(const struct model *o, const struct tally *t)
{
	u32 marked = 0, mapped = 0;

	for (pfn_t pfn = 0; pfn < o->nr_frames; pfn++) {
		const struct frame *f = &o->frame[pfn];

		mapped += f->mapcount;
		if (f->table != TABLE_NONE && table_of(o, f->table)->pfn != pfn)
			return "a frame leads to another's table";
		if (!(f->marks & MARK_TABLE))
			continue;
		if (f->is != IS_ALLOCATED || f->table == TABLE_NONE)
			return "a marked frame holds no table";
		marked++;
	}
	if (marked != t->led_to + t->waiting)
		return "tables and marked frames disagree";
	return mapped == t->mapped ? NULL : "mapcounts are not the words' sum";
}

static const char *check_tlb(const struct model *o, u32 cpu)
{
	const struct tlb *t = &o->tlb[cpu];
	u32 nr_large = 0, nr_global = 0;

	for (u32 i = 0; i < t->nr; i++) {
		const struct tlb_entry *e = &t->entry[i];

		if (tlb_find(o, cpu, e->addr, e->large) != e)
			return "an entry of a TLB is not found";
		nr_large += e->large;
		nr_global += !!(e->word & TLB_GLOBAL);
	}
	return nr_large == t->nr_large && nr_global == t->nr_global
		       ? NULL
		       : "a TLB's counts disagree";
}

const char *translation_self_check(const struct model *o)
{
	struct tally t = { .led_to = 0 };
	const char *why = check_template(o, &t);

	if (!why)
		why = check_lists(o, &t);
	if (!why)
		why = check_frames(o, &t);
	for (u32 cpu = 0; !why && cpu < NR_CPUS; cpu++) {
		u32 number = o->now.translation.cpu[cpu].directory;

		why = check_tlb(o, cpu);
		if (!why && number != o->now.translation.template &&
		    !table_of(o, number)->live)
			why = "a CPU runs on a directory that is free";
	}
	return why;
}
