// SPDX-License-Identifier: MIT
/*
 * object_debug.c - what SLAB debugging leaves around objects and in free
 * ones, and the damage that a program does to it.
 *
 *	slot    address         + user_size     slot + objsize
 *	| red 1 | object ... A5 | ... | red 2 | user |
 *
 * red 1 and 2 with RED_ZONE, user with STORE_USER; without one the others
 * move up to the ends.  A byte that was damaged is flipped, and is expected
 * so from then on; it draws a report when the allocator looks at it.
 *
 * None of these bytes is the owner's: they are poisoned to all but the
 * allocator, and the loops here are outside ASan.  [mm/slab.c: poison_obj,
 * dbg_redzone1, cache_alloc_debugcheck_after]
 */
#include "object_contents.h"

#define NO_ASAN __attribute__((no_sanitize("address"), noinline))

#define RED_INACTIVE 0x5A2CF071u
#define RED_ACTIVE 0x170FC2A5u
#define USER_BASE 0x80000000u
#define POISON_GIVEN 0x5A
#define POISON_FREE 0x6B
#define POISON_LAST 0xA5
#define WORD_BYTES 4u
#define SAMPLE_BYTES 16u

/* --- the layout of one slot --------------------------------------------- */

static bool has(const struct place *p, u32 flag)
{
	return p->cache->geo.flags & flag;
}

static u32 slot_of(const struct place *p)
{
	return p->address - p->cache->geo.head;
}

static u32 user_at(const struct place *p)
{
	return slot_of(p) + p->cache->geo.objsize - WORD_BYTES;
}

static u32 red2_at(const struct place *p)
{
	return user_at(p) - (has(p, SLAB_STORE_USER) ? WORD_BYTES : 0);
}

static bool is_red(const struct place *p, u32 byte)
{
	return has(p, SLAB_RED_ZONE) && (byte - slot_of(p) < WORD_BYTES ||
					 byte - red2_at(p) < WORD_BYTES);
}

static bool is_body(const struct place *p, u32 byte)
{
	return has(p, SLAB_POISON) &&
	       byte - p->address < p->cache->geo.user_size;
}

static bool in_slot(const struct place *p, u32 byte)
{
	return byte - slot_of(p) < p->cache->geo.objsize;
}

static bool is_free(const struct object *b)
{
	return b->is == OBJECT_FREE || b->is == OBJECT_ARRAY;
}

/* --- bytes that are nobody's -------------------------------------------- */

static NO_ASAN u8 peek(const struct model *o, u32 address)
{
	return *object_bytes(o, address);
}

static NO_ASAN void flip(const struct model *o, u32 address)
{
	*object_bytes(o, address) ^= 0xFF;
}

static NO_ASAN u32 peek_word(const struct model *o, u32 address)
{
	const u8 *at = object_bytes(o, address);
	u32 word = 0;

	for (u32 i = 0; i < WORD_BYTES; i++)
		word |= (u32)at[i] << i * 8;
	return word;
}

/* The first byte of [address, end) that is not `value`; end: none. */
static NO_ASAN u32 not_filled(const struct model *o, u32 address, u32 end,
			      u8 value)
{
	typedef u64 word_t __attribute__((aligned(1), may_alias));
	const u8 *at = object_bytes(o, address);
	u64 want = value * 0x0101010101010101ull, bits = 0;
	u32 i = 0, len = end - address;

	for (; i + 8 <= len; i += 8)
		bits |= *(const word_t *)(at + i) ^ want;
	for (; i < len; i++)
		bits |= at[i] ^ (u64)value;
	if (likely(!bits))
		return end;
	for (i = 0; at[i] == value;)
		i++;
	return address + i;
}

/* --- damage ------------------------------------------------------------- */

static bool is_flipped(const struct model *o, const struct place *p, u32 byte)
{
	const struct object_watch *w = &o->watch;

	if (likely(!(p->object->marks & OBJECT_DAMAGED)))
		return false;
	for (u32 i = 0; i < w->nr_damage; i++)
		if (w->damage[i] == byte)
			return true;
	return false;
}

/* Is any byte flipped of which `inside` is true? */
static bool finds(const struct model *o, const struct place *p,
		  bool (*inside)(const struct place *, u32))
{
	const struct object_watch *w = &o->watch;

	if (likely(!(p->object->marks & OBJECT_DAMAGED)))
		return false;
	for (u32 i = 0; i < w->nr_damage; i++)
		if (in_slot(p, w->damage[i]) && inside(p, w->damage[i]))
			return true;
	return false;
}

enum report_kind debug_alloc_finds(const struct model *o, const struct place *p)
{
	if (finds(o, p, is_body))
		return REPORT_object_poison;
	return debug_free_finds(o, p);
}

enum report_kind debug_free_finds(const struct model *o, const struct place *p)
{
	return finds(o, p, is_red) ? REPORT_object_redzone : REPORT_none;
}

/* Entries of this slot are of another slab that was there before. */
static void forget_damage(struct object_watch *w, const struct place *p)
{
	u32 nr = w->nr_damage;

	w->nr_damage = 0;
	for (u32 i = 0; i < nr; i++)
		if (!in_slot(p, w->damage[i]))
			w->damage[w->nr_damage++] = w->damage[i];
}

static bool note_damage(struct model *o, const struct place *p, u32 byte)
{
	struct object_watch *w = &o->watch;

	if (!(p->object->marks & OBJECT_DAMAGED))
		forget_damage(w, p);
	for (u32 i = 0; i < w->nr_damage; i++)
		if (w->damage[i] == byte) {
			w->damage[i] = w->damage[--w->nr_damage];
			return true;
		}
	if (w->nr_damage == DAMAGE_MAX)
		return false;
	w->damage[w->nr_damage++] = byte;
	return true;
}

/* The object in whose slot this byte is; false: in none. */
static bool place_around(const struct model *o, u32 byte, struct place *p)
{
	struct slab *slab = slab_at(o, byte);
	const struct geometry *g;
	u32 index;

	if (!slab || slab->is != SLAB_LISTED)
		return false;
	g = &cache_of(o, slab->cache)->geo;
	index = (byte - slab->s_mem) / g->objsize;
	if (byte < slab->s_mem || index >= g->num)
		return false;
	*p = place_in(o, slab, index);
	return true;
}

bool model_damage(struct model *o, u32 object, s32 off)
{
	u32 byte = object + (u32)off;
	struct place p;

	if (!o->now.objects.debug || !place_around(o, byte, &p) ||
	    !object_in_ram(o, slot_of(&p), p.cache->geo.objsize))
		return false;
	if (p.object->is == OBJECT_OWN)
		return false;
	if (!is_red(&p, byte) && !(is_free(p.object) && is_body(&p, byte)))
		return false;
	if (!note_damage(o, &p, byte))
		return false;
	slab_touch(o, p.slab);
	p.object->marks |= OBJECT_DAMAGED;
	object_watch(o, &p);
	object_dirty(o, byte, 1);
	flip(o, byte);
	return true;
}

/* --- the past ----------------------------------------------------------- */

void object_changes_hands(struct judge *j, const struct place *p)
{
	struct object *b = p->object;

	b->marks &= (u8) ~(OBJECT_PAINTED | OBJECT_WHOLE);
	if (likely(!j->o->now.objects.debug))
		return;
	b->marks |= OBJECT_USED;
	b->user = (u8)(j->cpu * 32 + (j->flags & TASK_FLAGS));
	object_watch(j->o, p);
}

/* --- the present -------------------------------------------------------- */

static u32 user_word(const struct object *b)
{
	if (!(b->marks & OBJECT_USED))
		return 0;
	return USER_BASE + b->user / 32 * 256 + b->user % 32;
}

static bool judge_red(struct model *o, const struct place *p, u32 at,
		      const char *field, struct divergence *d)
{
	u32 want = is_free(p->object) ? RED_INACTIVE : RED_ACTIVE;

	for (u32 i = 0; i < WORD_BYTES; i++)
		if (is_flipped(o, p, at + i))
			want ^= 0xFFu << i * 8;
	return must(o, d, RULE_O4, field, want, peek_word(o, at));
}

bool debug_judge_words(struct model *o, const struct place *p,
		       struct divergence *d)
{
	if (!object_in_ram(o, slot_of(p), p->cache->geo.objsize))
		return true;
	if (has(p, SLAB_RED_ZONE) &&
	    (!judge_red(o, p, slot_of(p), "red zone 1", d) ||
	     !judge_red(o, p, red2_at(p), "red zone 2", d)))
		return false;
	return !has(p, SLAB_STORE_USER) ||
	       must(o, d, RULE_O5, "user word", user_word(p->object),
		    peek_word(o, user_at(p)));
}

/* Bytes [from, to) of a body whose last one is POISON_LAST. */
static bool judge_poison(struct model *o, const struct place *p, u32 from,
			 u32 to, u8 value, enum rule rule, struct divergence *d)
{
	u32 last = p->address + p->cache->geo.user_size - 1;
	u32 at = p->address + from, end = p->address + to;

	rule_hit(o, rule);
	while (at < end) {
		u32 run = end <= last ? end : last;
		u8 want = POISON_LAST;

		if (at < run) {
			at = not_filled(o, at, run, value);
			if (at == run)
				continue;
			want = value;
		}
		want ^= is_flipped(o, p, at) ? 0xFF : 0;
		if (!must(o, d, rule, "poison", want, peek(o, at)))
			return false;
		at++;
	}
	return true;
}

/* All of the body in the end and for WHOLE; else both its ends. */
static bool judge_body(struct model *o, const struct place *p, u32 from,
		       u8 value, enum rule rule, struct divergence *d)
{
	u32 to = p->cache->geo.user_size;

	if (o->mode == PAINT_WHOLE || rule == RULE_O6 ||
	    to - from <= 2 * SAMPLE_BYTES)
		return judge_poison(o, p, from, to, value, rule, d);
	return judge_poison(o, p, from, from + SAMPLE_BYTES, value, rule, d) &&
	       judge_poison(o, p, to - SAMPLE_BYTES, to, value, rule, d);
}

bool debug_judge_given(struct judge *j, const struct place *p, bool zero)
{
	u32 from = object_constructed_bytes(p->cache);

	if (zero)
		from = p->object->asked;
	if (!debug_judge_words(j->o, p, j->d))
		return false;
	return !has(p, SLAB_POISON) ||
	       judge_body(j->o, p, from, POISON_GIVEN, RULE_O3, j->d);
}

bool debug_judge(struct model *o, const struct place *p, struct divergence *d)
{
	if (p->slab->is != SLAB_LISTED)
		return true;
	return debug_judge_words(o, p, d) &&
	       (!has(p, SLAB_POISON) || !is_free(p->object) ||
		judge_body(o, p, 0, POISON_FREE, RULE_O6, d));
}
