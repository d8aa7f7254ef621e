/* SPDX-License-Identifier: MIT */
/*
 * broken_slabs.h - rules S and Q about calls: false addresses and answers,
 * records and constructors that are missing.  Included by test_rules.c.
 */
#ifndef ORACLE_BROKEN_SLABS_H
#define ORACLE_BROKEN_SLABS_H

#include "broken.h"
#include "puppet_objects.h"

#define CACHE_64(number) ((struct cache_args){ .name = (number), .size = 64 })

static u32 cache_64(struct pair *p)
{
	return good_create(p, &CACHE_64(1));
}

/* Learns the call, makes the answer wrong by `by`, and has it judged. */
static void wrong_answer(struct pair *p, enum rule rule, struct call c, u32 by)
{
	u32 got = learn(p, &c);

	names(p, rule, c.judge(p->o, &p->out, &c, got + by, &p->d));
	pair_delete(p);
}

/* The first record of the call is missing, or its last. */
static void wrong_record(struct pair *p, enum rule rule, struct call c)
{
	u32 got = learn(p, &c);

	EXPECT(p->out.nr_trace);
	p->out.nr_trace--;
	names(p, rule, c.judge(p->o, &p->out, &c, got, &p->d));
	pair_delete(p);
}

/* --- caches --------------------------------------------------------------- */

BROKEN(S1)
{
	struct pair *p = pair_objects(1, false);
	struct call c = { .judge = judge_create, .args = CACHE_64(1) };

	wrong_answer(p, RULE_S1, c, 32);
}

BROKEN(S2)
{
	struct pair *p = pair_objects(1, false);
	struct call c = { .judge = judge_destroy, .a = cache_64(p) };

	wrong_answer(p, RULE_S2, c, 1);
}

BROKEN(S3)
{
	struct pair *p = pair_objects(1, false);
	struct call c = { .judge = judge_shrink, .a = cache_64(p) };

	wrong_answer(p, RULE_S3, c, 1);
}

BROKEN(S4)
{
	struct pair *p = pair_objects(1, false);
	u32 cache = cache_64(p);

	names(p, RULE_S4,
	      model_kmem_cache_size(p->o, silent(p), cache, 60, &p->d));
	pair_delete(p);
}

BROKEN(S5)
{
	struct pair *p = pair_objects(1, false);
	u32 cache = cache_64(p);

	names(p, RULE_S5,
	      model_kmem_cache_name(p->o, silent(p), cache, 2, &p->d));
	pair_delete(p);
}

/* --- objects -------------------------------------------------------------- */

BROKEN(S6)
{
	struct pair *p = pair_objects(1, false);
	struct call c = { .judge = judge_kmalloc, .a = 64, .gfp = GFP_KERNEL };

	wrong_answer(p, RULE_S6, c, 64);
}

static struct call first_constructed(struct pair *p)
{
	struct cache_args args = CACHE_64(1);

	args.life = OBJECT_CTOR;
	return (struct call){ .judge = judge_cache_alloc,
			      .a = good_create(p, &args),
			      .gfp = GFP_KERNEL };
}

BROKEN(S7)
{
	for (u32 field = 0; field < 4; field++) {
		struct pair *p = pair_objects(1, false);
		struct call c = first_constructed(p);
		u32 got = learn(p, &c);
		struct ctor_call *call = &puppet_ctor[3];

		call->object += field == 0 ? 4 : 0;
		call->cache += field == 1 ? 160 : 0;
		call->flags ^= field == 2 ? SLAB_CTOR_ATOMIC : 0;
		call->dtor ^= field == 3;
		names(p, RULE_S7, c.judge(p->o, &p->out, &c, got, &p->d));
		pair_delete(p);
	}
}

BROKEN(S8)
{
	for (u32 more = 0; more < 2; more++) {
		struct pair *p = pair_objects(1, false);
		struct call c = first_constructed(p);
		u32 got = learn(p, &c);

		p->out.nr_ctor += more ? 1 : 0u - 1;
		names(p, RULE_S8, c.judge(p->o, &p->out, &c, got, &p->d));
		pair_delete(p);
	}
}

BROKEN(S9)
{
	struct pair *p = pair_objects(1, false);
	struct call c = { .judge = judge_cache_alloc,
			  .a = cache_64(p),
			  .gfp = GFP_KERNEL };

	wrong_record(p, RULE_S9, c);
}

BROKEN(S10)
{
	struct pair *p = pair_objects(1, false);
	struct call c = { .judge = judge_cache_free, .a = cache_64(p) };

	c.b = good_cache_alloc(p, c.a, GFP_KERNEL);
	wrong_record(p, RULE_S10, c);
}

BROKEN(S11)
{
	struct boot_line line = line_of(M(24), M(1004), 1);
	struct call c = { .judge = judge_init };
	struct pair *p = pair_new(&line);

	EXPECT(pair_boots(p, &line));
	EXPECT(pair_mem_init(p));
	learn(p, &c);
	names(p, RULE_S11,
	      model_kmem_cache_init(p->o, &p->out, false, PAGE_OFFSET, &p->d));
	model_snapshot(p->o);
	names(p, RULE_S11,
	      model_kmem_cache_init(p->o, &p->out, true, CACHE_CACHE, &p->d));
	pair_delete(p);
}

/* --- kmalloc -------------------------------------------------------------- */

BROKEN(Q1)
{
	struct pair *p = pair_objects(1, false);

	names(p, RULE_Q1,
	      model_kmalloc(p->o, silent(p), KMALLOC_MAX + 1, GFP_KERNEL,
			    PAGE_OFFSET, &p->d));
	names(p, RULE_Q1,
	      model_kzalloc(p->o, silent(p), ~0u, GFP_KERNEL, PAGE_OFFSET,
			    &p->d));
	pair_delete(p);
}

BROKEN(Q2)
{
	struct pair *p = pair_objects(1, false);

	/* the product is 64, in 32 bits */
	names(p, RULE_Q2,
	      model_kcalloc(p->o, silent(p), 0x10000001, 64, GFP_KERNEL,
			    PAGE_OFFSET, &p->d));
	pair_delete(p);
}

BROKEN(Q3)
{
	struct pair *p = pair_objects(1, false);
	struct call c = { .judge = judge_kmalloc, .a = 64, .gfp = GFP_KERNEL };

	wrong_record(p, RULE_Q3, c);
}

BROKEN(Q4)
{
	struct pair *p = pair_objects(1, false);
	struct call c = { .judge = judge_kfree,
			  .a = good_kmalloc(p, 64, GFP_KERNEL) };

	wrong_record(p, RULE_Q4, c);
}

BROKEN(Q5)
{
	struct pair *p = pair_objects(1, false);
	u32 object = good_kmalloc(p, 60, GFP_KERNEL);

	names(p, RULE_Q5, model_ksize(p->o, silent(p), object, 60, &p->d));
	names(p, RULE_Q5, model_ksize(p->o, silent(p), 0, 32, &p->d));
	pair_delete(p);
}

BROKEN(Q6)
{
	struct pair *p = pair_objects(1, false);
	u32 dma = general_cache_of(p->o, 64, GFP_DMA)->address;
	u32 next = general_cache_of(p->o, 65, 0)->address;

	names(p, RULE_Q6,
	      model_find_general_cachep(p->o, silent(p), 64, 0, dma, &p->d));
	names(p, RULE_Q6,
	      model_find_general_cachep(p->o, silent(p), 64, 0, next, &p->d));
	names(p, RULE_Q6,
	      model_find_general_cachep(p->o, silent(p), KMALLOC_MAX + 1, 0,
					next, &p->d));
	pair_delete(p);
}

#endif
