/* SPDX-License-Identifier: MIT */
/*
 * table_word.h - how words of page tables and directories are written: so that
 * a reset finds the frame, and the mirror shows what it maps.
 */
#ifndef ALLOC_TABLE_WORD_H
#define ALLOC_TABLE_WORD_H

#include "mirror.h"
#include "page.h"

/* Before a word of a page table or of a directory is written. */
static force_inline void word_touch(struct machine *m, const pte_t *word)
{
	pfn_touch(m, (pfn_t)(((uintptr_t)word - m->view.low) >> PAGE_SHIFT));
}

static force_inline void set_word(struct machine *m, pte_t *word, u32 value)
{
	word_touch(m, word);
	word->word = value;
}

/* The same of a PTE of the kernel's, for addr in the template's tables. */
static force_inline void set_kernel_word(struct machine *m, vaddr_t addr,
					 pte_t *pte, u32 value)
{
	set_word(m, pte, value);
	if (unlikely(m->mirror)) /* unreachable: mirror.c */
		mirror_word(m, addr, value);
}

#endif
