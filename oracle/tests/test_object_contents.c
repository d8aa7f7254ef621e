// SPDX-License-Identifier: MIT
/*
 * test_object_contents.c - what is seen of a byte that changes in an object:
 * the owner's bytes, constructed ones, and those of debugging.
 */
#include "stocked.h"
#include "../object_contents.h"

#define DEBUG_FLAGS (SLAB_RED_ZONE | SLAB_STORE_USER | SLAB_POISON)

static u32 good_kmalloc(struct stock *s, u32 size)
{
	struct cache *c = size <= 32 ? s->size32 : s->size64;
	u32 object = next_of(s, c, 0);

	begin(s->p);
	tell(s, TRACE_kmalloc, object, GFP_KERNEL);
	EXPECT(model_kmalloc(s->p->o, &s->p->out, size, GFP_KERNEL, object,
			     &s->p->d));
	return object;
}

static bool alloc_tells(struct stock *s, u32 object)
{
	begin(s->p);
	tell(s, TRACE_kmem_cache_alloc, object, GFP_KERNEL);
	return model_kmem_cache_alloc(s->p->o, &s->p->out, s->own->address,
				      GFP_KERNEL, object, &s->p->d);
}

static u32 good_alloc_own(struct stock *s)
{
	u32 object = next_of(s, s->own, 0);

	EXPECT(alloc_tells(s, object));
	return object;
}

static void good_kfree(struct stock *s, u32 object)
{
	begin(s->p);
	tell(s, TRACE_kfree, object, 0);
	EXPECT(model_before_object_free(s->p->o, object, &s->p->d));
	EXPECT(model_kfree(s->p->o, &s->p->out, object, &s->p->d));
}

/* Of the bytes [off, end) from the object on, those whose change is seen. */
static u32 bytes_seen(struct stock *s, u32 object, s32 off, s32 end)
{
	u32 seen = 0;

	for (; off < end; off++) {
		bytes(s, object)[off] ^= 1;
		seen += !model_before_object_free(s->p->o, object, &s->p->d);
		bytes(s, object)[off] ^= 1;
	}
	return seen;
}

/* --- the owner's bytes -------------------------------------------------- */

TEST(whole)
{
	struct stock s = stocked(false, 0, 0);

	model_set_paint(s.p->o, PAINT_WHOLE);
	for (u32 size = 0; size <= 64; size++) {
		u32 object = good_kmalloc(&s, size);

		EXPECT_EQ(bytes_seen(&s, object, 0, (s32)size), size);
		EXPECT_EQ(bytes_seen(&s, object, (s32)size, 64), 0);
		good_kfree(&s, object);
	}
	EXPECT_EQ(s.p->d.rule, RULE_O7);
	pair_delete(s.p);
}

TEST(sample)
{
	struct stock s = stocked(false, 0, 0);

	model_set_paint(s.p->o, PAINT_SAMPLE);
	for (u32 size = 0; size <= 64; size++) {
		u32 object = good_kmalloc(&s, size);
		u32 head = size < 16 ? size : 16;

		EXPECT_EQ(bytes_seen(&s, object, 0, (s32)head), head);
		if (size)
			EXPECT_EQ(bytes_seen(&s, object, (s32)size - 1,
					     (s32)size),
				  1);
		EXPECT_EQ(bytes_seen(&s, object, (s32)size, 64), 0);
		good_kfree(&s, object);
	}
	pair_delete(s.p);
}

/* Neighbours, and the same object's next owner, bear other bytes. */
TEST(patterns_differ)
{
	struct stock s = stocked(false, 0, 0);
	u32 a = good_kmalloc(&s, 32), b = good_kmalloc(&s, 32);
	u8 was[32];

	memcpy(was, bytes(&s, b), 32);
	EXPECT(memcmp(was, bytes(&s, a), 32));
	good_kfree(&s, b);
	EXPECT_EQ(good_kmalloc(&s, 32), b);
	memcpy(bytes(&s, b), was, 32);
	EXPECT(!model_before_object_free(s.p->o, b, &s.p->d));
	pair_delete(s.p);
}

TEST(reads_and_writes)
{
	for (int mode = PAINT_WHOLE; mode <= PAINT_SAMPLE; mode++) {
		struct stock s = stocked(false, 0, 0);
		struct model *o = s.p->o;
		struct divergence *d = &s.p->d;
		u32 a;

		model_set_paint(o, (enum paint)mode);
		a = good_alloc_own(&s);
		EXPECT(model_write_object(o, a, 100, 30, d));
		EXPECT(model_read_object(o, a, 0, 5000, d));
		bytes(&s, a)[110] ^= 8;
		EXPECT(!model_read_object(o, a, 0, 1, d));
		EXPECT_EQ(d->rule, RULE_O8);
		EXPECT(!model_write_object(o, a, 0, 1, d));
		EXPECT_EQ(d->rule, RULE_O9);
		EXPECT(!model_check_contents(o, d));
		EXPECT_EQ(d->rule, RULE_O10);
		bytes(&s, a)[110] ^= 8;
		EXPECT(model_check_contents(o, d));
		/* nothing is left of these, or they are of no live object */
		EXPECT(model_write_object(o, a, 200, 9, d));
		EXPECT(model_write_object(o, a, 0, 0, d));
		EXPECT(model_write_object(o, a + 4, 0, 9, d));
		EXPECT(model_write_object(o, a, 197, 0xFFFFFFFF, d));
		EXPECT(model_read_object(o, 0, 0, 9, d));
		EXPECT(model_check_contents(o, d));
		pair_delete(s.p);
	}
}

TEST(ksize_hands_the_slack_over)
{
	struct stock s = stocked(false, 0, 0);
	u32 a;

	model_set_paint(s.p->o, PAINT_WHOLE);
	a = good_kmalloc(&s, 41);
	EXPECT(model_ksize(s.p->o, silent(s.p), a, 64, &s.p->d));
	EXPECT_EQ(bytes_seen(&s, a, 0, 64), 64);
	good_kfree(&s, a);
	pair_delete(s.p);
}

static bool kzalloc_tells(struct stock *s, u32 size, u32 dirty)
{
	u32 object = next_of(s, s->size64, 0);

	memset(bytes(s, object), 0, 64);
	if (dirty < 64)
		bytes(s, object)[dirty] = 1;
	begin(s->p);
	tell(s, TRACE_kmalloc, object, GFP_KERNEL);
	return model_kzalloc(s->p->o, &s->p->out, size, GFP_KERNEL, object,
			     &s->p->d);
}

TEST(zeroes)
{
	for (u32 i = 0; i < 50; i += 7) {
		struct stock s = stocked(false, 0, 0);

		EXPECT(kzalloc_tells(&s, 50, ~0u));
		EXPECT(kzalloc_tells(&s, 50, 50));
		EXPECT(!kzalloc_tells(&s, 50, i));
		EXPECT_EQ(s.p->d.rule, RULE_O1);
		pair_delete(s.p);
	}
}

/* --- constructed objects ------------------------------------------------ */

static void construct_by_hand(struct stock *s, u32 object)
{
	for (u32 i = 0; i < 64; i += 4) {
		u32 word = (object + i) ^ CTOR_PATTERN;

		memcpy(bytes(s, object) + i, &word, 4);
	}
}

TEST(constructed)
{
	struct stock s = stocked(false, 0, OBJECT_CTOR);
	struct divergence *d = &s.p->d;
	u32 a = next_of(&s, s.own, 0), b = next_of(&s, s.own, 1);

	construct_by_hand(&s, a);
	construct_by_hand(&s, b);
	EXPECT(alloc_tells(&s, a));
	EXPECT_EQ(bytes_seen(&s, a, 0, 200), 64);
	EXPECT_EQ(d->rule, RULE_O2);
	EXPECT(model_write_object(s.p->o, a, 10, 100, d));
	EXPECT_EQ(bytes_seen(&s, a, 0, 200), 64);
	bytes(&s, b)[63] ^= 1;
	EXPECT(!alloc_tells(&s, b));
	EXPECT_EQ(d->rule, RULE_O2);
	pair_delete(s.p);
}

/* Word 0 is what the constructor was given. */
TEST(nested)
{
	struct stock s = stocked(false, 0, OBJECT_CTOR | OBJECT_NESTED);
	u32 a = next_of(&s, s.own, 0), nested = next_of(&s, s.size64, 0);
	struct place p = { 0 };

	construct_by_hand(&s, a);
	EXPECT(place_of(s.p->o, a, &p));
	p.object->ref = nested;
	memcpy(bytes(&s, a), &nested, 4);
	EXPECT(alloc_tells(&s, a));
	EXPECT_EQ(bytes_seen(&s, a, 0, 200), 64);
	pair_delete(s.p);
}

/* --- debugging ---------------------------------------------------------- */

static void put(struct stock *s, u32 address, u32 word)
{
	memcpy(bytes(s, address), &word, 4);
}

/* As the allocator leaves a slot of the own cache: 200 bytes and 3 words. */
static void lay(struct stock *s, u32 object, u8 body, u32 red, u32 user)
{
	put(s, object - 4, red);
	memset(bytes(s, object), body, 200);
	bytes(s, object)[199] = 0xA5;
	put(s, object + 200, red);
	put(s, object + 204, user);
}

#define GIVEN 0x5A, 0x170FC2A5
#define FREED 0x6B, 0x5A2CF071

static struct stock debugged(void)
{
	return stocked(true, DEBUG_FLAGS, 0);
}

static u32 good_debugged(struct stock *s)
{
	u32 object = next_of(s, s->own, 0);

	lay(s, object, GIVEN, 0x80000000);
	EXPECT(alloc_tells(s, object));
	return object;
}

static void good_debugged_free(struct stock *s, u32 object)
{
	EXPECT(model_before_object_free(s->p->o, object, &s->p->d));
	begin(s->p);
	tell(s, TRACE_kmem_cache_free, object, 0);
	EXPECT(model_kmem_cache_free(s->p->o, &s->p->out, s->own->address,
				     object, &s->p->d));
	lay(s, object, FREED, 0x80000000);
}

TEST(poison_and_red_zones_when_given)
{
	struct stock s = debugged();
	u32 object;

	model_set_paint(s.p->o, PAINT_WHOLE);
	EXPECT_EQ(s.own->geo.objsize, 212);
	object = good_debugged(&s);
	/* red zone, body, red zone, user word */
	EXPECT_EQ(bytes_seen(&s, object, -4, 208), 212);
	EXPECT(model_check_contents(s.p->o, &s.p->d));
	pair_delete(s.p);
}

TEST(body_when_given)
{
	static const u32 off[] = { 0, 15, 190, 199 };

	for (int i = 0; i < 4; i++) {
		struct stock s = debugged();
		u32 object = next_of(&s, s.own, 0);

		model_set_paint(s.p->o, PAINT_SAMPLE);
		lay(&s, object, GIVEN, 0x80000000);
		bytes(&s, object)[off[i]] ^= 1;
		EXPECT(!alloc_tells(&s, object));
		EXPECT_EQ(s.p->d.rule, RULE_O3);
		pair_delete(s.p);
	}
}

/* Who: CPU 0, an atomic task. */
TEST(user_word)
{
	struct stock s = debugged();
	u32 object = next_of(&s, s.own, 0);

	s.p->out.task.flags = TASK_RT;
	lay(&s, object, GIVEN, 0x80000004);
	EXPECT(alloc_tells(&s, object));
	lay(&s, next_of(&s, s.own, 0), GIVEN, 0x80000000);
	EXPECT(!alloc_tells(&s, next_of(&s, s.own, 0)));
	EXPECT_EQ(s.p->d.rule, RULE_O5);
	pair_delete(s.p);
}

TEST(free_objects_in_the_end)
{
	struct stock s = debugged();
	u32 object = good_debugged(&s), seen = 0;

	good_debugged_free(&s, object);
	EXPECT(model_check_contents(s.p->o, &s.p->d));
	for (s32 i = -4; i < 208; i++) {
		bytes(&s, object)[i] ^= 1;
		seen += !model_check_contents(s.p->o, &s.p->d);
		bytes(&s, object)[i] ^= 1;
	}
	EXPECT_EQ(seen, 212);
	pair_delete(s.p);
}

/* --- damage ------------------------------------------------------------- */

TEST(damage_to_a_red_zone)
{
	struct stock s = debugged();
	struct pair *p = s.p;
	u32 object = good_debugged(&s), cache = s.own->address;

	EXPECT(!model_damage(p->o, object, 0));
	EXPECT(!model_damage(p->o, object, 204));
	EXPECT(model_damage(p->o, object, 201));
	EXPECT_EQ(bytes(&s, object)[201], 0xC2 ^ 0xFF);
	EXPECT(model_check_contents(p->o, &p->d));
	EXPECT(model_kmem_cache_free(p->o, reported(p, REPORT_object_redzone),
				     cache, object, &p->d));
	/* flipped back */
	EXPECT(model_damage(p->o, object, 201));
	good_debugged_free(&s, object);
	pair_delete(s.p);
}

TEST(damage_to_a_free_object)
{
	struct stock s = debugged();
	struct pair *p = s.p;
	u32 object = good_debugged(&s), cache = s.own->address;

	good_debugged_free(&s, object);
	EXPECT(model_damage(p->o, object, 77));
	EXPECT(model_damage(p->o, object, -1));
	EXPECT(model_check_contents(p->o, &p->d));
	EXPECT(model_kmem_cache_alloc(p->o, reported(p, REPORT_object_poison),
				      cache, GFP_KERNEL, 0, &p->d));
	EXPECT(model_damage(p->o, object, 77));
	EXPECT(model_kmem_cache_alloc(p->o, reported(p, REPORT_object_redzone),
				      cache, GFP_KERNEL, 0, &p->d));
	EXPECT(model_damage(p->o, object, -1));
	EXPECT_EQ(good_debugged(&s), object);
	pair_delete(s.p);
}

TEST(damage_that_is_none)
{
	struct stock s = debugged(), plain = stocked(false, 0, 0);
	u32 object = good_kmalloc(&plain, 60);

	EXPECT(!model_damage(plain.p->o, object, -1));
	EXPECT(!model_damage(plain.p->o, object, 64));
	EXPECT(!model_damage(s.p->o, 0, 0));
	EXPECT(!model_damage(s.p->o, s.own->address, -4));
	EXPECT(!model_damage(s.p->o, PAGE_OFFSET + 4096, 0));
	EXPECT_EQ(s.p->o->watch.nr_damage, 0);
	pair_delete(s.p);
	pair_delete(plain.p);
}

/* --- reset -------------------------------------------------------------- */

/* What a slab held at the snapshot is there again; all else is zero. */
TEST(reset_leaves_no_trace)
{
	struct stock s = debugged();
	struct model *o = s.p->o;
	size_t size = s.p->ram_bytes;
	u8 *was = malloc(size);
	u32 object;

	for (size_t i = 0; i < size; i++)
		if (slab_at(o, PAGE_OFFSET + (u32)i))
			s.p->ram[i] = (u8)(i * 7);
	memcpy(was, s.p->ram, size);
	model_snapshot(o);
	object = next_of(&s, s.own, 0);
	lay(&s, object, GIVEN, 0x80000000);
	object_dirty(o, object - 4, 212);
	EXPECT(alloc_tells(&s, object));
	EXPECT(model_write_object(o, object, 8, 100, &s.p->d));
	EXPECT(model_damage(o, object, 200));
	model_reset(o);
	EXPECT(!memcmp(was, s.p->ram, size));
	EXPECT(!model_damage(o, object, 50000));
	EXPECT_EQ(o->watch.nr, 0);
	free(was);
	pair_delete(s.p);
}
