/* SPDX-License-Identifier: MIT */
/*
 * broken_objects.h - rules O: one byte wrong in an object, or around it
 * (test_object_contents.c has the rest).
 * Included by test_rules.c.
 */
#ifndef ORACLE_BROKEN_OBJECTS_H
#define ORACLE_BROKEN_OBJECTS_H

#include "broken_pools.h"

static bool given_told(struct stock *s, u32 object)
{
	begin(s->p);
	tell(s, TRACE_kmem_cache_alloc, object, GFP_KERNEL);
	return model_kmem_cache_alloc(s->p->o, &s->p->out, s->own->address,
				      GFP_KERNEL, object, &s->p->d);
}

/* A live object of 200 bytes; one of its bytes is wrong. */
static struct stock marred(u32 *object)
{
	struct stock s = stocked(false, 0, 0);

	*object = next_of(&s, s.own, 0);
	EXPECT(given_told(&s, *object));
	bytes(&s, *object)[199]++;
	return s;
}

BROKEN(O1)
{
	struct stock s = stocked(false, 0, 0);
	u32 object = next_of(&s, s.size64, 0);

	begin(s.p);
	tell(&s, TRACE_kmalloc, object, GFP_KERNEL);
	bytes(&s, object)[49] = 1;
	names(s.p, RULE_O1,
	      model_kzalloc(s.p->o, &s.p->out, 50, GFP_KERNEL, object,
			    &s.p->d));
	pair_delete(s.p);
}

BROKEN(O2)
{
	struct stock s = stocked(false, 0, OBJECT_CTOR);

	names(s.p, RULE_O2, given_told(&s, next_of(&s, s.own, 0)));
	pair_delete(s.p);
}

/* A slot of 200 bytes and three words, as it is when it was just given. */
static struct stock watched(u32 *object)
{
	struct stock s =
		stocked(true, SLAB_RED_ZONE | SLAB_STORE_USER | SLAB_POISON, 0);
	const u32 red = 0x170FC2A5, user = 0x80000000;

	*object = next_of(&s, s.own, 0);
	memset(bytes(&s, *object), 0x5A, 199);
	bytes(&s, *object)[199] = 0xA5;
	memcpy(bytes(&s, *object - 4), &red, 4);
	memcpy(bytes(&s, *object + 200), &red, 4);
	memcpy(bytes(&s, *object + 204), &user, 4);
	return s;
}

BROKEN(O3)
{
	u32 object;
	struct stock s = watched(&object);

	bytes(&s, object)[199] = 0x5A;
	names(s.p, RULE_O3, given_told(&s, object));
	pair_delete(s.p);
}

BROKEN(O4)
{
	u32 object;
	struct stock s = watched(&object);

	bytes(&s, object)[-4]++;
	names(s.p, RULE_O4, given_told(&s, object));
	pair_delete(s.p);
}

BROKEN(O5)
{
	u32 object;
	struct stock s = watched(&object);

	bytes(&s, object)[205]++;
	names(s.p, RULE_O5, given_told(&s, object));
	pair_delete(s.p);
}

/* It is free, its red zones say so, its body does not. */
BROKEN(O6)
{
	const u32 red = 0x5A2CF071;
	u32 object;
	struct stock s = watched(&object);
	struct pair *p = s.p;

	EXPECT(given_told(&s, object));
	begin(p);
	tell(&s, TRACE_kmem_cache_free, object, 0);
	EXPECT(model_kmem_cache_free(p->o, &p->out, s.own->address, object,
				     &p->d));
	memcpy(bytes(&s, object - 4), &red, 4);
	memcpy(bytes(&s, object + 200), &red, 4);
	names(p, RULE_O6, model_check_contents(p->o, &p->d));
	pair_delete(p);
}

BROKEN(O7)
{
	u32 object;
	struct stock s = marred(&object);

	names(s.p, RULE_O7, model_before_object_free(s.p->o, object, &s.p->d));
	pair_delete(s.p);
}

BROKEN(O8)
{
	u32 object;
	struct stock s = marred(&object);

	names(s.p, RULE_O8, model_read_object(s.p->o, object, 0, 4, &s.p->d));
	pair_delete(s.p);
}

BROKEN(O9)
{
	u32 object;
	struct stock s = marred(&object);

	names(s.p, RULE_O9, model_write_object(s.p->o, object, 0, 4, &s.p->d));
	pair_delete(s.p);
}

BROKEN(O10)
{
	u32 object;
	struct stock s = marred(&object);

	names(s.p, RULE_O10, model_check_contents(s.p->o, &s.p->d));
	pair_delete(s.p);
}

/* An element that was painted, given back, and handed out again. */
BROKEN(O11)
{
	u32 pool;
	struct stock s = pooled(1, &pool);
	struct pair *p = s.p;
	u32 element = last_reserved(&s, pool);

	EXPECT(short_alloc_told(&s, pool, element, 0));
	EXPECT(model_mempool_free(p->o, silent(p), pool, element, &p->d));
	bytes(&s, element)[59]++;
	names(p, RULE_O11, short_alloc_told(&s, pool, element, 0));
	pair_delete(p);
}

#endif
