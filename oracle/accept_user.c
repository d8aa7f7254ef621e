// SPDX-License-Identifier: MIT
/*
 * accept_user.c - calls about processes' directories: made, switched to,
 * filled, emptied, freed.
 *
 *	pgd_alloc	an object of the cache pgd: kernel words as the
 *			template has them, user words 0
 *	map_page	a table where there is none; what was mapped goes
 *	unmap		words, flush, frames; tables stay till exit_mmap
 *
 * A word that is not 0 is followed whatever its low bits say.
 * [arch/i386/mm/pgtable.c; mm/memory.c: zap_page_range, exit_mmap;
 * mm/fremap.c: install_page; mm/mprotect.c]
 */
#include "tables.h"

#define PAGE_FLAG_BITS 0xFFFu

static const u32 prots[4] = {
	PAGE_PROTNONE | PAGE_ACCESSED,
	PAGE_PRESENT | PAGE_USER | PAGE_ACCESSED,
	PAGE_PRESENT | PAGE_USER | PAGE_ACCESSED,
	PAGE_PRESENT | PAGE_USER | PAGE_ACCESSED | PAGE_RW,
};

/* --- misuse --------------------------------------------------------------- */

static bool in_user(struct pages range)
{
	return range.end64 <= TASK_SIZE >> PAGE_SHIFT;
}

static enum report_kind range_misuse(u32 directory, struct pages range)
{
	if (directory == TABLE_NONE)
		return REPORT_pgd_bad;
	return in_user(range) ? REPORT_none : REPORT_map_address;
}

static enum report_kind gone_misuse(const struct model *o, u32 directory)
{
	if (directory == TABLE_NONE)
		return REPORT_pgd_bad;
	return directory_active(o, directory) ? REPORT_pgd_active : REPORT_none;
}

static bool is_populated(const struct model *o, u32 directory)
{
	return next_word(table_words(o, directory), 0, USER_WORDS) < USER_WORDS;
}

/* --- flushing ------------------------------------------------------------- */

static bool runs(const struct model *o, u32 cpu, u32 directory)
{
	return o->now.translation.cpu[cpu].directory == directory;
}

static void flush_mm(struct model *o, u32 directory)
{
	for (u32 cpu = 0; cpu < o->now.layout.nr_cpus; cpu++)
		if (runs(o, cpu, directory))
			tlb_drop_local(o, cpu);
}

static void flush_page(struct model *o, u32 directory, vaddr_t addr)
{
	for (u32 cpu = 0; cpu < o->now.layout.nr_cpus; cpu++)
		if (runs(o, cpu, directory))
			tlb_drop(o, cpu, addr);
}

/* --- directories ---------------------------------------------------------- */

bool model_pgd_alloc(struct model *o, const struct outcome *out, u32 got,
		     struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	struct cache *c = cache_of(o, o->now.translation.pgd_cache);
	u32 address, number;

	if (!cache_gives(&j, c, GFP_KERNEL, OBJECT_OWN, 0, &address))
		return false;
	if (address) {
		number = o->frame[(address - PAGE_OFFSET) >> PAGE_SHIFT].table;
		table_touch(o, number)->live = true;
	}
	return judge_end(&j) && must(o, d, RULE_U2, "pgd", address, got);
}

static bool directory_goes(struct judge *j, u32 directory)
{
	struct place p;

	table_touch(j->o, directory)->live = false;
	if (!place_of(j->o,
		      PAGE_OFFSET +
			      (table_of(j->o, directory)->pfn << PAGE_SHIFT),
		      &p))
		return diverge(j->d, RULE_U2, "directory", directory, 0);
	return cache_takes_back(j, &p);
}

bool model_pgd_free(struct model *o, const struct outcome *out, u32 pgd,
		    int got, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	u32 directory = directory_at(o, pgd);
	enum report_kind kind = gone_misuse(o, directory);

	if (!kind && is_populated(o, directory))
		kind = REPORT_pgd_populated;
	if (kind)
		return judge_table_misuse(&j, kind, got);
	return directory_goes(&j, directory) && judge_answer(&j, 0, got);
}

static bool tables_go(struct judge *j, u32 directory)
{
	for (u32 i = 0;; i++) {
		const u32 *words = table_words(j->o, directory);
		u32 pde;

		i = next_word(words, i, USER_WORDS);
		if (i == USER_WORDS)
			return true;
		pde = words[i];
		table_set(j->o, directory, i, 0);
		if (!table_goes(j, table_below(j->o, pde)))
			return false;
	}
}

bool model_exit_mmap(struct model *o, const struct outcome *out, u32 pgd,
		     int got, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	u32 directory = directory_at(o, pgd);
	enum report_kind kind = gone_misuse(o, directory);

	if (kind)
		return judge_table_misuse(&j, kind, got);
	if (!clear_words(o, directory, pages_of(0, USER_WORDS * WORDS)))
		return diverge(d, RULE_U1, "memory for the model", true, false);
	return release_cleared(&j) && tables_go(&j, directory) &&
	       directory_goes(&j, directory) && judge_answer(&j, 0, got);
}

bool model_switch_mm(struct model *o, const struct outcome *out, u32 pgd,
		     int got, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	u32 directory =
		pgd ? directory_at(o, pgd) : o->now.translation.template;

	if (directory == TABLE_NONE)
		return judge_table_misuse(&j, REPORT_pgd_bad, got);
	if (!runs(o, j.cpu, directory))
		load_directory(o, j.cpu, directory);
	return judge_answer(&j, 0, got);
}

/* --- pages ---------------------------------------------------------------- */

/* *enough: there is a table for the address. */
static bool user_table(struct judge *j, u32 directory, vaddr_t addr,
		       bool *enough)
{
	u32 table;

	*enough = table_words(j->o, directory)[addr >> 22];
	if (*enough)
		return true;
	if (!table_arises(j, GFP_TABLE, TABLE_USER, &table))
		return false;
	*enough = table != TABLE_NONE;
	if (*enough)
		table_set(j->o, directory, addr >> 22,
			  table_of(j->o, table)->pfn << PAGE_SHIFT |
				  WORD_TABLE);
	return true;
}

bool model_map_page(struct model *o, const struct outcome *out, u32 pgd,
		    vaddr_t addr, pfn_t pfn, u32 prot, int got,
		    struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	u32 directory = directory_at(o, pgd), old;
	enum report_kind kind = range_misuse(directory, pages_of(addr, 1));
	bool enough;

	if (kind)
		return judge_table_misuse(&j, kind, got);
	kind = map_misuse(o, pfn);
	if (kind)
		return judge_map_misuse(&j, kind, pfn, got);
	if (!user_table(&j, directory, addr, &enough))
		return false;
	if (!enough)
		return judge_answer(&j, ANSWER_NOMEM, got);
	frame_map(o, pfn);
	old = word_in(o, directory, addr);
	if (old) {
		flush_page(o, directory, addr);
		if (!frame_unmap(&j, old >> PAGE_SHIFT))
			return false;
	}
	word_put(o, directory, addr, pfn << PAGE_SHIFT | prots[prot & 3]);
	return judge_answer(&j, 0, got);
}

bool model_unmap(struct model *o, const struct outcome *out, u32 pgd,
		 vaddr_t addr, u32 nr_pages, int got, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	u32 directory = directory_at(o, pgd);
	struct pages range = pages_of(addr, nr_pages);
	enum report_kind kind = range_misuse(directory, range);

	if (kind)
		return judge_table_misuse(&j, kind, got);
	if (!clear_words(o, directory, range))
		return diverge(d, RULE_U1, "memory for the model", true, false);
	if (o->cleared.nr)
		flush_mm(o, directory);
	return release_cleared(&j) && judge_answer(&j, 0, got);
}

bool model_protect(struct model *o, const struct outcome *out, u32 pgd,
		   vaddr_t addr, u32 nr_pages, u32 prot, int got,
		   struct divergence *d)
{
	const u32 stays = FRAME_BITS | PAGE_ACCESSED | PAGE_DIRTY;
	struct judge j = judge_begin(o, out, d);
	u32 directory = directory_at(o, pgd), page;
	struct pages range = pages_of(addr, nr_pages);
	enum report_kind kind = range_misuse(directory, range);

	if (kind)
		return judge_table_misuse(&j, kind, got);
	page = next_mapped(o, directory, range.from, range.end);
	while (page < range.end) {
		vaddr_t at = page << PAGE_SHIFT;
		u32 word = word_in(o, directory, at);

		if (word & (PAGE_PRESENT | PAGE_PROTNONE))
			word_put(o, directory, at,
				 (word & stays) | prots[prot & 3]);
		page = next_mapped(o, directory, page + 1, range.end);
	}
	flush_mm(o, directory);
	return judge_answer(&j, 0, got);
}

/* --- words ---------------------------------------------------------------- */

bool model_set_pte(struct model *o, const struct outcome *out, u32 pgd,
		   vaddr_t addr, u32 bits, int got, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	u32 directory = directory_at(o, pgd), word;
	enum report_kind kind = range_misuse(directory, pages_of(addr, 1));

	if (kind)
		return judge_table_misuse(&j, kind, got);
	word = word_in(o, directory, addr);
	if (!word)
		return judge_table_misuse(&j, REPORT_map_empty, got);
	word_put(o, directory, addr,
		 (word & FRAME_BITS) | (bits & PAGE_FLAG_BITS));
	return judge_answer(&j, 0, got);
}

/* Of a large page of the direct map: everywhere. */
static bool set_kernel_pde(struct judge *j, u32 index, u32 bits, int got)
{
	struct model *o = j->o;
	u32 pde = table_words(o, o->now.translation.template)[index];

	if ((pde & (PAGE_PRESENT | PAGE_PSE)) != (PAGE_PRESENT | PAGE_PSE))
		return judge_table_misuse(j, REPORT_map_empty, got);
	kernel_pde_set(o, index,
		       (pde & LARGE_BITS) | (bits & PAGE_ATTR_MASK) |
			       PAGE_PRESENT | PAGE_PSE);
	return judge_answer(j, 0, got);
}

bool model_set_pde(struct model *o, const struct outcome *out, u32 pgd,
		   vaddr_t addr, u32 bits, int got, struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	u32 directory = directory_at(o, pgd), index = addr >> 22, pde;

	if (addr >= TASK_SIZE)
		return set_kernel_pde(&j, index, bits, got);
	if (directory == TABLE_NONE)
		return judge_table_misuse(&j, REPORT_pgd_bad, got);
	pde = table_words(o, directory)[index];
	if (!pde)
		return judge_table_misuse(&j, REPORT_map_empty, got);
	table_set(o, directory, index,
		  (pde & FRAME_BITS) | (bits & PAGE_FLAG_BITS));
	return judge_answer(&j, 0, got);
}
