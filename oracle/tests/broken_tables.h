/* SPDX-License-Identifier: MIT */
/*
 * broken_tables.h - rules U, and R, F, L about tables: misuse that is not
 * reported, false answers, false words in RAM.
 * Included by test_rules.c.
 */
#ifndef ORACLE_BROKEN_TABLES_H
#define ORACLE_BROKEN_TABLES_H

#include "broken_access.h"

/* --- R -------------------------------------------------------------------- */

/* The call, told that it went well; and that it drew another report. */
static void misused(struct pair *p, enum rule rule, struct call c)
{
	struct model *o = p->o;

	names(p, rule, c.judge(o, silent(p), &c, 0, &p->d));
	names(p, rule, c.judge(o, reported(p, REPORT_cache_bad), &c, 0, &p->d));
	/* with the report, -EINVAL is due */
	names(p, RULE_R21,
	      c.judge(o, reported(p, (enum report_kind)(rule - RULE_R0 - 1)),
		      &c, 0, &p->d));
	EXPECT(c.judge(o, &p->out, &c, (u32)-22, &p->d));
}

BROKEN(R46)
{
	static const u32 entry[] = { 0, 12, 16, 31, 32, ~0u };
	struct pair *p = pair_small();

	for (u32 i = 0; i < 6; i++)
		names(p, RULE_R46,
		      model_write_gdt_entry(p->o, silent(p), entry[i], 0, 0,
					    &p->d));
	pair_delete(p);
}

BROKEN(R47)
{
	struct pair *p = pair_tables(1);
	struct call c = { .judge = judge_map_page,
			  .a = good_pgd(p),
			  .b = USER_ADDR,
			  .gfp = SWAPPER_PG_DIR_PADDR / PAGE_SIZE };

	misused(p, RULE_R47, c);
	/* a slab's; a block's head */
	c.gfp = (good_kmalloc(p, 64, GFP_KERNEL) - PAGE_OFFSET) / PAGE_SIZE;
	misused(p, RULE_R47, c);
	c.gfp = good(p, &(struct call){ .judge = judge_pages,
					.gfp = GFP_KERNEL,
					.a = 1 });
	misused(p, RULE_R47, c);
	pair_delete(p);
}

BROKEN(R48)
{
	struct pair *p = pair_tables(1);
	u32 pgd = good_pgd(p);

	misused(p, RULE_R48,
		(struct call){ .judge = judge_unmap,
			       .a = pgd,
			       .b = TASK_SIZE - 1,
			       .gfp = 2 });
	misused(p, RULE_R48,
		(struct call){ .judge = judge_map_page,
			       .a = pgd,
			       .b = TASK_SIZE,
			       .gfp = ~0u });
	pair_delete(p);
}

BROKEN(R50)
{
	struct pair *p = pair_tables(1);
	u32 pgd = good_pgd(p);

	names(p, RULE_R50,
	      model_set_pte(p->o, silent(p), pgd, USER_ADDR, 0x27, 0, &p->d));
	names(p, RULE_R50,
	      model_set_pde(p->o, silent(p), pgd, USER_ADDR, 0x67, 0, &p->d));
	names(p, RULE_R50,
	      model_set_pde(p->o, silent(p), 0, VM_START, 0x67, 0, &p->d));
	pair_delete(p);
}

BROKEN(R51)
{
	struct pair *p = pair_tables(1);

	misused(p, RULE_R51,
		(struct call){ .judge = judge_attr, .a = 5119, .b = 2 });
	misused(p, RULE_R51,
		(struct call){ .judge = judge_attr, .a = ~0u, .b = 1 });
	pair_delete(p);
}

BROKEN(R52)
{
	struct pair *p = pair_tables(1);
	u32 pgd = good_pgd(p);

	EXPECT_EQ(0, good_pgd_free(p, pgd));
	misused(p, RULE_R52,
		(struct call){ .judge = judge_pgd_free, .a = pgd });
	misused(p, RULE_R52,
		(struct call){ .judge = judge_exit_mmap,
			       .a = DIRECT(SWAPPER_PG_DIR_PADDR) });
	names(p, RULE_R52, model_switch_mm(p->o, silent(p), pgd + 4, 0, &p->d));
	pair_delete(p);
}

BROKEN(R53)
{
	struct pair *p = pair_tables(1);
	u32 pgd = good_pgd(p);

	good_switch(p, pgd);
	misused(p, RULE_R53,
		(struct call){ .judge = judge_pgd_free, .a = pgd });
	misused(p, RULE_R53,
		(struct call){ .judge = judge_exit_mmap, .a = pgd });
	pair_delete(p);
}

BROKEN(R54)
{
	u32 pgd;
	pfn_t pfn;
	struct pair *p = pair_user(3, &pgd, &pfn);

	EXPECT_EQ(0, good_unmap(p, pgd, USER_ADDR, 1));
	good_switch(p, 0);
	misused(p, RULE_R54,
		(struct call){ .judge = judge_pgd_free, .a = pgd });
	pair_delete(p);
}

/* By whatever way a reference is dropped. */
static void held(struct pair *p, enum rule rule, pfn_t pfn)
{
	names(p, rule, model_free_pages(p->o, silent(p), pfn, 0, &p->d));
	names(p, rule, model_put_page(p->o, silent(p), pfn, &p->d));
	names(p, rule, model_free_cold_page(p->o, silent(p), pfn, &p->d));
	names(p, rule,
	      model_free_addr(p->o, silent(p), DIRECT(pfn * PAGE_SIZE), 0,
			      &p->d));
	pair_delete(p);
}

BROKEN(R55)
{
	u32 pgd;
	pfn_t pfn;
	struct pair *p = pair_user(3, &pgd, &pfn);

	held(p, RULE_R55, word_at(p, pgd, USER_ADDR) >> PAGE_SHIFT);
}

/* Mapped twice, its owner gone: two references, and both are mappings'. */
BROKEN(R56)
{
	u32 pgd;
	pfn_t pfn;
	struct pair *p = pair_user(3, &pgd, &pfn);

	EXPECT_EQ(0, good_map_page(p, pgd, 0, pfn, 3));
	good_page_free(p, pfn);
	held(p, RULE_R56, pfn);
}

/* --- L, F ----------------------------------------------------------------- */

BROKEN(L18)
{
	WRONG(L18, pse);
}

BROKEN(F11)
{
	struct frame_view v = {
		.state = FRAME_ALLOCATED, .head = 1, .count = 1, .table = 1
	};
	u32 pgd;
	pfn_t pfn;
	struct pair *p = pair_user(3, &pgd, &pfn);
	pfn_t table = word_at(p, pgd, USER_ADDR) >> PAGE_SHIFT;

	EXPECT(model_check_frame(p->o, table, &v, &p->d));
	v.table = 0;
	names(p, RULE_F11, model_check_frame(p->o, table, &v, &p->d));
	pair_delete(p);
}

BROKEN(F12)
{
	struct frame_view v = {
		.state = FRAME_ALLOCATED, .head = 1, .count = 2, .mapcount = 1
	};
	u32 pgd;
	pfn_t pfn;
	struct pair *p = pair_user(3, &pgd, &pfn);

	EXPECT(model_check_frame(p->o, pfn, &v, &p->d));
	v.mapcount = 2;
	names(p, RULE_F12, model_check_frame(p->o, pfn, &v, &p->d));
	pair_delete(p);
}

/* Mapped by the kernel, and held by its owner alone. */
BROKEN(V12)
{
	struct frame_view v = {
		.state = FRAME_ALLOCATED, .head = 1, .count = 1, .kmapcount = 1
	};
	struct pair *p = pair_tables(1);
	pfn_t pfn = good_page(p, GFP_KERNEL);

	kmap_inc(p->o, pfn);
	EXPECT(model_check_frame(p->o, pfn, &v, &p->d));
	v.kmapcount = 0;
	names(p, RULE_V12, model_check_frame(p->o, pfn, &v, &p->d));
	held(p, RULE_R56, pfn);
}

/* --- U -------------------------------------------------------------------- */

/* A call that goes well, told to have answered -ENOMEM. */
static void answers_nomem(struct pair *p, struct call c)
{
	EXPECT_EQ(0, learn(p, &c));
	names(p, RULE_U1, c.judge(p->o, &p->out, &c, (u32)-12, &p->d));
	pair_delete(p);
}

BROKEN(U1)
{
	struct pair *p = pair_tables(1);
	pfn_t pfn;
	u32 pgd;

	answers_nomem(p, (struct call){ .judge = judge_attr,
					.a = 1500,
					.b = 2000,
					.gfp = 0x161 });
	p = pair_user(3, &pgd, &pfn);
	answers_nomem(p, (struct call){ .judge = judge_unmap,
					.a = pgd,
					.b = USER_ADDR });
}

BROKEN(U2)
{
	struct pair *p = pair_tables(1);
	struct call c = { .judge = judge_pgd_alloc };
	u32 pgd = learn(p, &c);

	names(p, RULE_U2, model_pgd_alloc(p->o, &p->out, pgd + 4096, &p->d));
	pair_delete(p);
}

/* RAM is honest but for one word of this page. */
static void wrong_word(enum rule rule, struct pair *p, u32 paddr, u32 index)
{
	put_tables(p);
	EXPECT(model_check_tables(p->o, true, &p->d));
	ram_words(p, paddr & FRAME_BITS)[index] ^= PAGE_PWT;
	names(p, rule, model_check_tables(p->o, true, &p->d));
	pair_delete(p);
}

BROKEN(U3)
{
	wrong_word(RULE_U3, pair_tables(1), SWAPPER_PG_DIR_PADDR, 0);
	wrong_word(RULE_U3, pair_tables(1), SWAPPER_PG_DIR_PADDR, 768);
}

BROKEN(U4)
{
	u32 pgd;
	pfn_t pfn;
	struct pair *p = pair_user(3, &pgd, &pfn);

	wrong_word(RULE_U4, p, pgd - PAGE_OFFSET, 768);
}

/* A directory that is free, but constructed, is looked at too. */
BROKEN(U5)
{
	struct pair *p = pair_tables(1);
	u32 pgd = good_pgd(p);

	EXPECT_EQ(0, good_pgd_free(p, pgd));
	wrong_word(RULE_U5, p, pgd - PAGE_OFFSET, 767);
}

BROKEN(U6)
{
	u32 pgd;
	pfn_t pfn;
	struct pair *p = pair_user(3, &pgd, &pfn);

	wrong_word(RULE_U6, p, word_at(p, pgd, USER_ADDR), 0x48);
	p = pair_tables(1);
	EXPECT_EQ(0, good_attr(p, 1500, 1, 0x161));
	wrong_word(RULE_U6, p, word_at(p, 0, DIRECT(1500 * 4096)), 1);
}

#endif
