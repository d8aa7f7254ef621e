/* SPDX-License-Identifier: MIT */
/*
 * broken_misuse.h - the reports of objects and caches, each of them missing;
 * and the mark of a slab's frame.  Included by test_rules.c.
 */
#ifndef ORACLE_BROKEN_MISUSE_H
#define ORACLE_BROKEN_MISUSE_H

#include "broken_slabs.h"

/* The machine says nothing, and does what it would do without the misuse. */
static void says_nothing(struct pair *p, enum rule rule, struct call c)
{
	u32 got = learn(p, &c);

	EXPECT(p->out.report);
	p->out.report = REPORT_none;
	names(p, rule, c.judge(p->o, &p->out, &c, got, &p->d));
	pair_delete(p);
}

/* --- objects -------------------------------------------------------------- */

BROKEN(R22)
{
	struct pair *p = pair_objects(1, false);
	u32 object = good_kmalloc(p, 64, GFP_KERNEL);
	pfn_t pfn = (object - PAGE_OFFSET) / PAGE_SIZE;

	names(p, RULE_R22, model_free_pages(p->o, silent(p), pfn, 0, &p->d));
	names(p, RULE_R22, model_put_page(p->o, silent(p), pfn, &p->d));
	names(p, RULE_R22, model_free_cold_page(p->o, silent(p), pfn, &p->d));
	pair_delete(p);
}

BROKEN(R23)
{
	struct pair *p = pair_objects(1, false);
	struct call c = { .judge = judge_kfree, .a = PAGE_OFFSET + PAGE_SIZE };

	says_nothing(p, RULE_R23, c);
}

BROKEN(R24)
{
	struct pair *p = pair_objects(1, false);
	struct call c = { .judge = judge_kfree,
			  .a = good_kmalloc(p, 64, GFP_KERNEL) + 4 };

	says_nothing(p, RULE_R24, c);
}

BROKEN(R25)
{
	struct pair *p = pair_objects(1, false);
	struct call c = { .judge = judge_kfree,
			  .a = good_kmalloc(p, 64, GFP_KERNEL) };

	good_kfree(p, c.a);
	says_nothing(p, RULE_R25, c);
}

BROKEN(R26)
{
	struct pair *p = pair_objects(1, false);
	struct call c = { .judge = judge_cache_free, .a = cache_64(p) };

	c.b = good_kmalloc(p, 64, GFP_KERNEL);
	says_nothing(p, RULE_R26, c);
}

/* Only the model is damaged here: the puppet has no bytes. */
BROKEN(R27)
{
	struct pair *p = pair_objects(1, true);
	u32 object = good_kmalloc(p, 64, GFP_KERNEL);

	pair_ram(p);
	EXPECT(model_damage(p->o, object, -1));
	names(p, RULE_R27, model_kfree(p->o, silent(p), object, &p->d));
	pair_delete(p);
}

BROKEN(R28)
{
	struct pair *p = pair_objects(1, true);
	u32 object = good_kmalloc(p, 64, GFP_KERNEL);

	good_kfree(p, object);
	pair_ram(p);
	EXPECT(model_damage(p->o, object, 0));
	names(p, RULE_R28,
	      model_kmalloc(p->o, silent(p), 64, GFP_KERNEL, 0, &p->d));
	pair_delete(p);
}

BROKEN(R29)
{
	struct pair *p = pair_objects(1, false);
	struct call c = { .judge = judge_cache_alloc,
			  .a = cache_64(p),
			  .gfp = GFP_KERNEL | __GFP_ZERO };

	says_nothing(p, RULE_R29, c);
}

BROKEN(R30)
{
	struct pair *p = pair_objects(1, false);
	struct call c = { .judge = judge_cache_alloc,
			  .a = cache_64(p),
			  .gfp = GFP_KERNEL | GFP_DMA };

	says_nothing(p, RULE_R30, c);
}

/* --- caches --------------------------------------------------------------- */

BROKEN(R31)
{
	struct pair *p = pair_objects(1, false);
	struct call c = { .judge = judge_cache_alloc,
			  .a = PAGE_OFFSET + PAGE_SIZE,
			  .gfp = GFP_KERNEL };

	says_nothing(p, RULE_R31, c);
}

BROKEN(R32)
{
	struct pair *p = pair_objects(1, false);
	struct call c = { .judge = judge_shrink, .a = cache_64(p) };

	p->out.task.flags = TASK_IRQ;
	says_nothing(p, RULE_R32, c);
}

static void create_unreported(enum rule rule, struct cache_args args)
{
	struct pair *p = pair_objects(1, false);
	struct call c = { .judge = judge_create, .args = args };

	says_nothing(p, rule, c);
}

BROKEN(R33)
{
	create_unreported(RULE_R33, CACHE_64(NAME_NULL));
}

BROKEN(R34)
{
	struct pair *p = pair_objects(1, false);
	struct call c = { .judge = judge_create, .args = CACHE_64(1) };

	cache_64(p);
	says_nothing(p, RULE_R34, c);
}

BROKEN(R35)
{
	create_unreported(RULE_R35, (struct cache_args){ .size = 3 });
	create_unreported(RULE_R35,
			  (struct cache_args){ .size = KMALLOC_MAX + 1 });
}

BROKEN(R36)
{
	create_unreported(RULE_R36,
			  (struct cache_args){ .size = 64, .align = 12 });
}

BROKEN(R37)
{
	create_unreported(
		RULE_R37,
		(struct cache_args){ .size = 64, .flags = SLAB_RED_ZONE });
}

BROKEN(R38)
{
	create_unreported(RULE_R38, (struct cache_args){ .size = 64,
							 .life = OBJECT_DTOR });
	create_unreported(
		RULE_R38,
		(struct cache_args){ .size = 64,
				     .flags = SLAB_DESTROY_BY_RCU,
				     .life = OBJECT_CTOR | OBJECT_DTOR });
}

BROKEN(R39)
{
	struct pair *p = pair_objects(1, false);
	struct call c = { .judge = judge_destroy,
			  .a = general_cache_of(p->o, 64, 0)->address };

	says_nothing(p, RULE_R39, c);
}

/* No slab holds an object that begins at a multiple of 128 KiB. */
BROKEN(R40)
{
	create_unreported(RULE_R40, (struct cache_args){ .size = 64,
							 .align = KMALLOC_MAX,
							 .flags = SLAB_PANIC });
}

/* --- frames --------------------------------------------------------------- */

BROKEN(F10)
{
	struct frame_view head = {
		.state = FRAME_ALLOCATED,
		.order = 1,
		.head = 1,
		.slab = 1,
		.count = 1,
	};
	struct frame_view tail = { .state = FRAME_TAIL, .slab = 1 };
	struct pair *p = pair_objects(1, false);
	u32 object = good_kmalloc(p, 8192, GFP_KERNEL);
	pfn_t pfn = (object - PAGE_OFFSET) / PAGE_SIZE;

	EXPECT(model_check_frame(p->o, pfn, &head, &p->d));
	EXPECT(model_check_frame(p->o, pfn + 1, &tail, &p->d));
	head.slab = tail.slab = 0;
	names(p, RULE_F10, model_check_frame(p->o, pfn, &head, &p->d));
	names(p, RULE_F10, model_check_frame(p->o, pfn + 1, &tail, &p->d));
	pair_delete(p);
}

#endif
