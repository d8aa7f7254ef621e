// SPDX-License-Identifier: MIT
/*
 * object_contents.c - what objects bear in their owners' hands.
 *
 *	without constructor	painted: word i is mix(stamp) + i * STEP
 *	with one		its pattern, and the nested object's address
 *
 * PAINT_WHOLE: every byte that the owner asked for.  PAINT_SAMPLE: the first
 * 16 bytes, the last 8 or fewer, and where the owner wrote last.  It is
 * judged when the object is freed, read, written to, and at the end.
 *
 * An owner's bytes are read and written under ASan, as by any owner: one that
 * is poisoned while its object is live is a finding by itself.  Debugging's
 * own bytes are object_debug.c's.
 */
#include "host.h"
#include "object_contents.h"

#define WORD 8u
#define STEP 0xD6E8FEB86659FD93ull
#define HEAD_BYTES 16u
#define WINDOW_BYTES 64u

/* Objects begin at multiples of 4, and what was asked for ends anywhere. */
typedef u64 word_t __attribute__((aligned(1), may_alias));
typedef u32 half_t __attribute__((aligned(1), may_alias));
typedef u16 quarter_t __attribute__((aligned(1), may_alias));

static u64 mix(u32 stamp)
{
	return (stamp + 1ull) * 0x9E3779B97F4A7C15ull;
}

u8 *object_bytes(const struct model *o, u32 address)
{
	return (u8 *)(o->ram.low + (address - PAGE_OFFSET));
}

bool object_in_ram(const struct model *o, u32 address, u32 len)
{
	u64 end = (u64)address - PAGE_OFFSET + len;

	return end <= (u64)o->ram.low_pfns * PAGE_SIZE &&
	       end <= (u64)o->ram.nr_pfns * PAGE_SIZE;
}

void object_dirty(struct model *o, u32 address, u32 len)
{
	u32 at = address - PAGE_OFFSET;

	while (len) {
		u32 off = at % PAGE_SIZE, some = PAGE_SIZE - off;

		if (some > len)
			some = len;
		contents_dirty(o, at / PAGE_SIZE, off, some);
		at += some;
		len -= some;
	}
}

/* --- loops over bytes [off, end); off is a multiple of WORD -------------- */

static void fill(u8 *at, u32 off, u32 end, u64 value)
{
	u32 i = off;

	for (; i + WORD <= end; i += WORD)
		*(word_t *)(at + i) = value + i / WORD * STEP;
	value += i / WORD * STEP;
	if ((end - i) & 4) {
		*(half_t *)(at + i) = (u32)value;
		value >>= 32;
		i += 4;
	}
	if ((end - i) & 2) {
		*(quarter_t *)(at + i) = (u16)value;
		value >>= 16;
		i += 2;
	}
	if ((end - i) & 1)
		at[i] = (u8)value;
}

/* Not 0: some byte of [off, end) is not the pattern's. */
static u64 differs(const u8 *at, u32 off, u32 end, u64 value)
{
	u64 bits = 0;
	u32 i = off;

	for (; i + WORD <= end; i += WORD)
		bits |= *(const word_t *)(at + i) ^ (value + i / WORD * STEP);
	value += i / WORD * STEP;
	if ((end - i) & 4) {
		bits |= *(const half_t *)(at + i) ^ (u32)value;
		value >>= 32;
		i += 4;
	}
	if ((end - i) & 2) {
		bits |= *(const quarter_t *)(at + i) ^ (u64)(u16)value;
		value >>= 16;
		i += 2;
	}
	if ((end - i) & 1)
		bits |= at[i] ^ (u64)(u8)value;
	return bits;
}

static u8 pattern_byte(u64 value, u32 i)
{
	return (u8)((value + i / WORD * STEP) >> i % WORD * 8);
}

static bool is_zero(const u8 *at, u32 off, u32 end)
{
	u64 bits = 0;
	u32 i = off;

	for (; i + WORD <= end; i += WORD)
		bits |= *(const word_t *)(at + i);
	for (; i < end; i++)
		bits |= at[i];
	return !bits;
}

/* --- windows ------------------------------------------------------------ */

struct range {
	u32 off, end;
};

/* The parts of a painted object that bear its pattern; how many. */
static inline u32 windows_of(const struct object *b, struct range r[3])
{
	u32 asked = b->asked, nr = 0;

	if (b->marks & OBJECT_WHOLE || asked <= HEAD_BYTES) {
		r[0] = (struct range){ 0, asked };
		return 1;
	}
	r[nr++] = (struct range){ 0, HEAD_BYTES };
	r[nr++] = (struct range){ (asked - 1) & ~(WORD - 1), asked };
	if (b->len)
		r[nr++] =
			(struct range){ b->off * WORD, b->off * WORD + b->len };
	return nr;
}

static void note_paint(struct model *o, const struct place *p)
{
	u8 whole = o->mode == PAINT_WHOLE ? OBJECT_WHOLE : 0;

	p->object->marks &= (u8)~OBJECT_WHOLE;
	p->object->marks |= OBJECT_PAINTED | whole;
	p->object->stamp = ++o->now.stamp;
	object_watch(o, p);
}

static void paint(struct model *o, const struct place *p)
{
	struct range r[3];
	u32 nr;
	u64 value;

	note_paint(o, p);
	nr = windows_of(p->object, r);
	value = mix(p->object->stamp);
	for (u32 i = 0; i < nr; i++) {
		fill(object_bytes(o, p->address), r[i].off, r[i].end, value);
		object_dirty(o, p->address + r[i].off, r[i].end - r[i].off);
	}
}

static __attribute__((cold, noinline)) bool
paint_differs(const u8 *at, struct range r, u64 value, enum rule rule,
	      struct divergence *d)
{
	u32 i = r.off;

	while (at[i] == pattern_byte(value, i))
		i++;
	return diverge(d, rule, "contents", pattern_byte(value, i), at[i]);
}

static inline bool judge_paint(struct model *o, const struct place *p,
			       enum rule rule, struct divergence *d)
{
	const u8 *at = object_bytes(o, p->address);
	u64 value = mix(p->object->stamp);
	struct range r[3];
	u32 nr = windows_of(p->object, r);

	rule_hit(o, rule);
	for (u32 i = 0; i < nr; i++)
		if (unlikely(differs(at, r[i].off, r[i].end, value)))
			return paint_differs(at, r[i], value, rule, d);
	return true;
}

/* --- constructed objects ------------------------------------------------ */

u32 object_constructed_bytes(const struct cache *c)
{
	u32 size = c->size;

	if (!(c->life & OBJECT_CTOR))
		return 0;
	if (size > CTOR_PAINT_BYTES)
		size = CTOR_PAINT_BYTES;
	return (size + 3) & ~3u;
}

void object_constructed(struct model *o, const struct place *p)
{
	u32 len = object_constructed_bytes(p->cache);

	if (object_in_ram(o, p->address, len))
		object_dirty(o, p->address, len);
}

static u32 constructed_word(const struct place *p, u32 i)
{
	if (i == 0 && p->cache->life & OBJECT_NESTED)
		return p->object->ref;
	return (p->address + i) ^ CTOR_PATTERN;
}

static __attribute__((cold, noinline)) bool
constructed_differs(const u8 *at, u32 i, u32 word, struct divergence *d)
{
	const char *field = i ? "contents" : "word 0";

	for (; (u8)word == at[i]; word >>= 8)
		i++;
	return diverge(d, RULE_O2, field, (u8)word, at[i]);
}

static bool judge_constructed(struct model *o, const struct place *p,
			      struct divergence *d)
{
	const u8 *at = object_bytes(o, p->address);
	u32 end = object_constructed_bytes(p->cache);

	rule_hit(o, RULE_O2);
	for (u32 i = 0; i < end; i += 4) {
		u32 word = constructed_word(p, i);

		if (unlikely(*(const half_t *)(at + i) != word))
			return constructed_differs(at, i, word, d);
	}
	return true;
}

/* What is there already, so that a write is seen to be allowed. */
static void construct_again(struct model *o, const struct place *p, u32 off,
			    u32 end)
{
	u8 *at = object_bytes(o, p->address);

	if (end > object_constructed_bytes(p->cache))
		end = object_constructed_bytes(p->cache);
	for (u32 i = off; i < end; i++)
		at[i] = (u8)(constructed_word(p, i & ~3u) >> i % 4 * 8);
}

/* --- handing out -------------------------------------------------------- */

/*
 * SAMPLE looks at both ends, and at chunks that were ever written to: all
 * others are zero without anyone's doing.
 */
static bool judge_zero(struct judge *j, const struct place *p)
{
	struct model *o = j->o;
	const u8 *at = object_bytes(o, p->address);
	u32 asked = p->object->asked, tail = (asked - 1) & ~(WORD - 1);
	bool zero;

	if (o->mode == PAINT_WHOLE || asked <= 4 * WINDOW_BYTES)
		return must(o, j->d, RULE_O1, "object is zero", true,
			    is_zero(at, 0, asked));
	zero = is_zero(at, 0, HEAD_BYTES) && is_zero(at, tail, asked);
	for (u32 off = 0; zero && off < asked;) {
		u32 ram = p->address - PAGE_OFFSET + off;
		u32 end = off + PAGE_SIZE - ram % PAGE_SIZE;

		if (end > asked)
			end = asked;
		if (o->paint[ram / PAGE_SIZE].dirty)
			zero = is_zero(at, off, end);
		off = end;
	}
	return must(o, j->d, RULE_O1, "object is zero", true, zero);
}

bool object_obtained(struct judge *j, const struct place *p, bool zero)
{
	struct model *o = j->o;
	struct object *b = p->object;

	if (unlikely(!object_in_ram(o, p->address, b->asked)))
		return true;
	if (unlikely(o->now.objects.debug) && !debug_judge_given(j, p, zero))
		return false;
	b->len = 0;
	if (unlikely(p->cache->life & OBJECT_CTOR)) {
		object_watch(o, p);
		return judge_constructed(o, p, j->d);
	}
	if (!b->asked)
		return true;
	if (zero && !judge_zero(j, p))
		return false;
	paint(o, p);
	return true;
}

/* --- live objects ------------------------------------------------------- */

/* What there is to judge of a live object's own bytes. */
static bool judge_bytes(struct model *o, const struct place *p, enum rule rule,
			struct divergence *d)
{
	if (!object_in_ram(o, p->address, p->object->asked))
		return true;
	if (unlikely(p->cache->life & OBJECT_CTOR))
		return judge_constructed(o, p, d);
	return !(p->object->marks & OBJECT_PAINTED) ||
	       judge_paint(o, p, rule, d);
}

static inline bool live_at(const struct model *o, u32 address, struct place *p)
{
	return place_of(o, address, p) && p->object->is == OBJECT_LIVE;
}

bool object_kept(struct judge *j, const struct place *p)
{
	if (!(p->object->marks & OBJECT_PAINTED))
		return object_obtained(j, p, false);
	return judge_bytes(j->o, p, RULE_O11, j->d);
}

bool model_before_object_free(struct model *o, u32 object, struct divergence *d)
{
	struct place p;

	if (!live_at(o, object, &p))
		return true;
	return judge_bytes(o, &p, RULE_O7, d) &&
	       (likely(!o->now.objects.debug) || debug_judge_words(o, &p, d));
}

bool object_extend(struct model *o, const struct place *p, u32 size,
		   struct divergence *d)
{
	bool painted = p->object->marks & OBJECT_PAINTED;

	if (p->object->asked == size)
		return true;
	slab_touch(o, p->slab);
	if (painted && !judge_bytes(o, p, RULE_O9, d))
		return false;
	p->object->asked = size;
	if (!(p->cache->life & OBJECT_CTOR) &&
	    object_in_ram(o, p->address, size))
		paint(o, p);
	return true;
}

/* [off, *end) of what the owner asked for; false: nothing is left. */
static bool in_object(const struct place *p, u32 off, u32 len, u32 *end)
{
	u32 asked = p->object->asked;

	if (off >= asked || !len)
		return false;
	*end = len < asked - off ? off + len : asked;
	return true;
}

bool model_read_object(struct model *o, u32 object, u32 off, u32 len,
		       struct divergence *d)
{
	struct place p;
	u32 end;

	return !live_at(o, object, &p) || !in_object(&p, off, len, &end) ||
	       judge_bytes(o, &p, RULE_O8, d);
}

bool model_write_object(struct model *o, u32 object, u32 off, u32 len,
			struct divergence *d)
{
	struct place p;
	u32 end;

	if (!live_at(o, object, &p) || !in_object(&p, off, len, &end) ||
	    !object_in_ram(o, p.address, p.object->asked))
		return true;
	if (!judge_bytes(o, &p, RULE_O9, d))
		return false;
	if (p.cache->life & OBJECT_CTOR) {
		construct_again(o, &p, off, end);
		return true;
	}
	off &= ~(WORD - 1);
	end = (end + WORD - 1) & ~(WORD - 1);
	if (end > off + WINDOW_BYTES)
		end = off + WINDOW_BYTES;
	if (end > p.object->asked)
		end = p.object->asked;
	p.object->off = (u16)(off / WORD);
	p.object->len = (u8)(end - off);
	slab_touch(o, p.slab);
	paint(o, &p);
	return true;
}

/* --- the end, the snapshot, the reset ------------------------------------ */

static bool watch_room(struct object_watch *w)
{
	u32 room = w->room ? 2 * w->room : 4096;
	u32 *more;

	if (w->nr < w->room)
		return true;
	more = model_host_alloc(room * sizeof(*more));
	if (!more)
		return false;
	for (u32 i = 0; i < w->nr; i++)
		more[i] = w->address[i];
	model_host_free(w->address, w->room * sizeof(*more));
	w->address = more;
	w->room = room;
	return true;
}

void object_watch(struct model *o, const struct place *p)
{
	struct object_watch *w = &o->watch;

	if (p->object->marks & OBJECT_WATCHED || !watch_room(w))
		return;
	p->object->marks |= OBJECT_WATCHED;
	w->address[w->nr++] = p->address;
}

bool object_contents_check(struct model *o, struct divergence *d)
{
	struct object_watch *w = &o->watch;
	u32 nr = w->nr;

	w->nr = 0;
	for (u32 i = 0; i < nr; i++) {
		struct place p;

		/* its slab may have gone, and another may be there */
		if (!place_of(o, w->address[i], &p) ||
		    !(p.object->marks & OBJECT_WATCHED))
			continue;
		w->address[w->nr++] = p.address;
		if (p.object->is == OBJECT_LIVE &&
		    !judge_bytes(o, &p, RULE_O10, d))
			return false;
		if (o->now.objects.debug && !debug_judge(o, &p, d))
			return false;
	}
	return true;
}

void object_contents_forget(struct model *o)
{
	struct place p;

	for (u32 i = 0; i < o->watch.nr; i++)
		if (place_of(o, o->watch.address[i], &p))
			p.object->marks &=
				(u8) ~(OBJECT_WATCHED | OBJECT_PAINTED);
	o->watch.nr = 0;
}

void object_contents_wipe(struct model *o)
{
	o->watch.nr = 0;
	o->watch.nr_damage = 0;
}

void object_contents_end(struct model *o)
{
	model_host_free(o->watch.address,
			o->watch.room * sizeof(*o->watch.address));
	o->watch = (struct object_watch){ .nr = 0 };
}
