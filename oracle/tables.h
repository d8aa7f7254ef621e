/* SPDX-License-Identifier: MIT */
/*
 * tables.h - what accept_tables.c and accept_user.c share: ranges of pages,
 * the words for them, and the answers of calls about them.
 */
#ifndef ORACLE_TABLES_H
#define ORACLE_TABLES_H

#include "judge.h"

#define ANSWER_NOMEM (-12)
#define ANSWER_MISUSE (-22)
#define GFP_TABLE (GFP_KERNEL | __GFP_REPEAT | __GFP_ZERO)

/* Numbers of linear pages; `end` is cut to the last one. */
struct pages {
	u32 from, end;
	u64 end64;
};

static inline struct pages pages_of(vaddr_t addr, u32 nr)
{
	struct pages r = { .from = addr >> PAGE_SHIFT };

	r.end64 = (u64)r.from + (nr ? nr : 1);
	r.end = r.end64 < 1u << 20 ? (u32)r.end64 : 1u << 20;
	return r;
}

/* The call is over; a report that came on its way is the answer. */
bool judge_answer(struct judge *j, int want, int got);
bool judge_table_misuse(struct judge *j, enum report_kind kind, int got);
/* ... of a frame that cannot be mapped. */
bool judge_map_misuse(struct judge *j, enum report_kind kind, pfn_t pfn,
		      int got);

/* The first word of a table from `at' on that is not 0; end: there is none. */
u32 next_word(const u32 *words, u32 at, u32 end);
/* The word of a page; 0 where there is no table. */
u32 word_in(const struct model *o, u32 directory, vaddr_t addr);
/* There must be a table. */
void word_put(struct model *o, u32 directory, vaddr_t addr, u32 word);
/* The first page from `page` on that has a word; end: none. */
u32 next_mapped(const struct model *o, u32 directory, u32 page, u32 end);
/* All words of the range become 0; false: no memory for what they mapped. */
bool clear_words(struct model *o, u32 directory, struct pages range);
/* The frames are low; *enough is false where a table was not to be had. */
bool change_attr(struct judge *j, pfn_t pfn, u32 nr_pages, u32 prot,
		 bool *enough);
/* All TLBs; then the tables that wait in df_list. */
bool flush_global(struct judge *j);
/* The frames that they mapped lose a mapping each, in ascending order. */
bool release_cleared(struct judge *j);

#endif
