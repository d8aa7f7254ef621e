// SPDX-License-Identifier: MIT
/*
 * contents.c - what the frames hold: painted when a block is obtained or
 * written to, and read back when it is freed, read, or at the end.
 *
 * A painted frame bears a pattern in a window [off, off + len) of it:
 *
 *	word i of frame pfn = mix(stamp, pfn) + i * STEP
 *
 * so that another frame's bytes, an older owner's, or the same frame's from
 * elsewhere are all wrong.  PAINT_WHOLE: every frame, wholly.  PAINT_SAMPLE:
 * at most 64 bytes of at most 2 frames of a block; where, the stamp says.
 *
 * The loops over frames' bytes are outside ASan, as what a machine poisoned
 * by mistake is asked apart (C6).  A reset is contents_reset.c's.
 */
#include "tables.h"

/*
 * Weak: the program has ASan even where the model is built without it.  By
 * pointers: a build with another sanitizer may have no call of ASan's names,
 * which OSS-Fuzz counts.
 */
#if __STDC_HOSTED__
void *__asan_region_is_poisoned(void *begin, size_t size) __attribute__((weak));
int __asan_address_is_poisoned(const void volatile *addr) __attribute__((weak));

static void *(*const volatile poisoned_in)(void *begin, size_t size) =
	__asan_region_is_poisoned;
static int (*const volatile is_poisoned)(const void volatile *addr) =
	__asan_address_is_poisoned;
#endif

#define NO_ASAN __attribute__((no_sanitize("address"), noinline))

#define WORD sizeof(u64)
#define SAMPLE_BYTES 64u
#define STEP 0xD6E8FEB86659FD93ull

static u64 mix(u32 stamp, pfn_t pfn)
{
	return (stamp + 1ull) * 0x9E3779B97F4A7C15ull ^
	       (pfn + 1ull) * 0xC2B2AE3D27D4EB4Full;
}

static u8 *bytes_of(const struct model *o, pfn_t pfn)
{
	return ram_frame(&o->ram, pfn);
}

static bool in_ram(const struct model *o, pfn_t pfn)
{
	return pfn < o->ram.nr_pfns && pfn < o->nr_frames;
}

/* --- loops over bytes --------------------------------------------------- */

/* Two words side by side; four of them are a cache line. */
typedef u64 pair_t __attribute__((vector_size(16), aligned(8), may_alias));

static NO_ASAN void fill(u64 *word, u32 nr, u64 value)
{
	pair_t a = { value, value + STEP }, b = a + 2 * STEP;
	pair_t c = a + 4 * STEP, d = a + 6 * STEP;
	u32 i = 0;

	for (; i + 8 <= nr; i += 8) {
		pair_t *line = (pair_t *)(word + i);

		line[0] = a;
		line[1] = b;
		line[2] = c;
		line[3] = d;
		a += 8 * STEP;
		b += 8 * STEP;
		c += 8 * STEP;
		d += 8 * STEP;
	}
	for (; i < nr; i++)
		word[i] = value + i * STEP;
}

/* The index of the first word that is not the pattern's; nr: none. */
static NO_ASAN u32 differs(const u64 *word, u32 nr, u64 value)
{
	pair_t a = { value, value + STEP }, b = a + 2 * STEP;
	pair_t c = a + 4 * STEP, d = a + 6 * STEP;
	pair_t bits = { 0, 0 };
	u32 i = 0;

	for (; i + 8 <= nr; i += 8) {
		const pair_t *line = (const pair_t *)(word + i);

		bits |= (line[0] ^ a) | (line[1] ^ b) | (line[2] ^ c) |
			(line[3] ^ d);
		a += 8 * STEP;
		b += 8 * STEP;
		c += 8 * STEP;
		d += 8 * STEP;
	}
	for (; i < nr; i++)
		bits[0] |= word[i] ^ (value + i * STEP);
	if (likely(!(bits[0] | bits[1])))
		return nr;
	for (i = 0; word[i] == value + i * STEP;)
		i++;
	return i;
}

static NO_ASAN bool is_zero(const u8 *p, u32 size)
{
	u64 bits = 0;

	for (; size && (uintptr_t)p % WORD; p++, size--)
		bits |= *p;
	for (u32 i = 0; i < size / WORD; i++)
		bits |= ((const u64 *)(const void *)p)[i];
	for (u32 i = size / WORD * WORD; i < size; i++)
		bits |= p[i];
	return !bits;
}

static NO_ASAN void smear(u8 *p, u32 size)
{
	for (u32 i = 0; i < size; i++)
		p[i] = (u8)(0xB5 + i);
}

/* --- one frame ---------------------------------------------------------- */

/* The first byte of [at, at + len) that is poisoned; of a sample, its ends. */
static u8 *poisoned(u8 *at, u32 len)
{
#if __STDC_HOSTED__
	/* (AFL++'s run-time library has the other one, which says NULL) */
	if (!is_poisoned)
		return NULL;
	if (len > SAMPLE_BYTES)
		return poisoned_in(at, len);
	if (is_poisoned(at))
		return at;
	if (is_poisoned(at + len - 1))
		return at + len - 1;
#else
	(void)at, (void)len;
#endif
	return NULL;
}

static bool judge_poison(struct model *o, pfn_t pfn, u32 off, u32 len,
			 struct divergence *d)
{
	u8 *at = bytes_of(o, pfn) + off, *bad = poisoned(at, len);

	rule_hit(o, RULE_C6);
	return likely(!bad) || diverge(d, RULE_C6, "poisoned byte", PAGE_SIZE,
				       (u64)(bad - at) + off);
}

/* Is the record that of a block which is live now? */
static bool is_live(const struct model *o, const struct window *p)
{
	const struct frame *head = &o->frame[p->head];

	return p->owner && head->is == IS_ALLOCATED && head->stamp == p->owner;
}

/* Reads the frame's window back; a frame that is not painted passes. */
static bool judge_frame(struct model *o, pfn_t pfn, enum rule rule,
			struct divergence *d)
{
	const struct window *p = &o->paint[pfn];
	const u64 *word;
	u64 value;
	u32 nr = p->len / WORD, at;

	if (!judge_poison(o, pfn, p->off, p->len, d))
		return false;
	word = (const u64 *)(void *)(bytes_of(o, pfn) + p->off);
	value = mix(p->stamp, pfn) + p->off / WORD * STEP;
	at = differs(word, nr, value);
	rule_hit(o, rule);
	if (likely(at == nr))
		return true;
	return diverge(d, rule, "contents", value + at * STEP, word[at]);
}

static void paint_frame(struct model *o, pfn_t pfn, u32 stamp, u32 off, u32 len)
{
	struct window *p = &o->paint[pfn];

	contents_dirty(o, pfn, off, len);
	p->stamp = stamp;
	p->off = (u16)off;
	p->len = (u16)len;
	fill((u64 *)(void *)(bytes_of(o, pfn) + off), len / WORD,
	     mix(stamp, pfn) + off / WORD * STEP);
}

/* Adds a frame to its block's list, behind the head. */
static void join_block(struct model *o, pfn_t head, pfn_t pfn)
{
	struct window *p = &o->paint[pfn];

	p->owner = o->frame[head].stamp;
	p->head = head;
	p->next = PFN_NONE;
	if (pfn != head) {
		p->next = o->paint[head].next;
		o->paint[head].next = pfn;
	}
}

/* --- which frames ------------------------------------------------------- */

/*
 * The k-th of the frames to paint among `nr` of them, and PFN_NONE behind the
 * last: the first, and one that the stamp picks.
 */
static u32 sample(u32 nr, u32 stamp, u32 k)
{
	if (k == 0)
		return 0;
	return k == 1 && nr > 1 ? 1 + stamp % (nr - 1) : PFN_NONE;
}

static u32 pick(const struct model *o, u32 nr, u32 stamp, u32 k)
{
	if (o->mode == PAINT_WHOLE)
		return k < nr ? k : PFN_NONE;
	return sample(nr, stamp, k);
}

/* The window of a frame that is painted as a whole block is. */
static u32 window(const struct model *o, u32 stamp, u32 *len)
{
	const u32 places = (PAGE_SIZE - SAMPLE_BYTES) / WORD + 1;

	*len = PAGE_SIZE;
	if (o->mode == PAINT_WHOLE)
		return 0;
	*len = SAMPLE_BYTES;
	return (u32)(stamp * 0x9E3779B1u >> 16) * places / 65536 * WORD;
}

/* --- blocks ------------------------------------------------------------- */

static bool judge_zero(struct model *o, pfn_t pfn, struct divergence *d)
{
	return must(o, d, RULE_C1, "frame is zero", true,
		    is_zero(bytes_of(o, pfn), PAGE_SIZE));
}

/* The sample alone would miss the end, and frames that were ever painted. */
static bool judge_zero_block(struct model *o, pfn_t pfn, u32 nr,
			     struct divergence *d)
{
	for (u32 i = 0; i < nr; i++)
		if (o->paint[pfn + i].dirty && !judge_zero(o, pfn + i, d))
			return false;
	return judge_zero(o, pfn + nr - 1, d);
}

static bool obtained_frame(struct model *o, pfn_t head, pfn_t pfn, bool zero,
			   struct divergence *d)
{
	u32 stamp = o->frame[head].stamp, len;
	u32 off = window(o, stamp, &len);

	if (!judge_poison(o, pfn, off, len, d))
		return false;
	if (zero && !judge_zero(o, pfn, d))
		return false;
	join_block(o, head, pfn);
	paint_frame(o, pfn, stamp, off, len);
	return true;
}

bool contents_obtained(struct model *o, pfn_t pfn, unsigned int order,
		       bool zero, struct divergence *d)
{
	u32 nr = 1u << order, stamp = o->frame[pfn].stamp;

	if (!in_ram(o, pfn + nr - 1))
		return true;
	if (!order)
		return obtained_frame(o, pfn, pfn, zero, d);
	if (zero && !judge_zero_block(o, pfn, nr, d))
		return false;
	for (u32 k = 0, i = 0; i != PFN_NONE; i = pick(o, nr, stamp, ++k))
		if (!obtained_frame(o, pfn, pfn + i, zero, d))
			return false;
	return true;
}

static bool judge_block(struct model *o, pfn_t head, enum rule rule,
			struct divergence *d)
{
	if (!in_ram(o, head) || !is_live(o, &o->paint[head]))
		return true;
	for (pfn_t pfn = head; pfn != PFN_NONE; pfn = o->paint[pfn].next)
		if (!judge_frame(o, pfn, rule, d))
			return false;
	return true;
}

bool model_before_free(struct model *o, pfn_t pfn, struct divergence *d)
{
	pfn_t head;

	if (pfn >= o->now.layout.max_mapnr)
		return true;
	head = block_of(o, pfn);
	if (head == PFN_NONE || o->frame[head].is != IS_ALLOCATED ||
	    o->frame[head].count != 1)
		return true;
	if (head != pfn && !(o->frame[head].marks & MARK_COMPOUND))
		return true;
	return judge_block(o, head, RULE_C2, d);
}

bool model_before_vfree(struct model *o, vaddr_t addr, struct divergence *d)
{
	const struct vm_area *a = areas_find(o, addr);
	u32 nr = a ? a->nr_pages : 0;

	for (u32 i = 0; i < nr; i++) {
		u32 word = word_in(o, o->now.translation.template,
				   addr + i * PAGE_SIZE);

		if (!judge_block(o, word >> PAGE_SHIFT, RULE_V11, d))
			return false;
	}
	return true;
}

bool model_check_contents(struct model *o, struct divergence *d)
{
	for (u32 i = 0; i < o->nr_painted; i++) {
		pfn_t pfn = o->painted[i];
		bool area = o->frame[pfn].marks & MARK_AREA;

		if (is_live(o, &o->paint[pfn]) &&
		    !judge_frame(o, pfn, area ? RULE_V11 : RULE_C5, d))
			return false;
	}
	return object_contents_check(o, d);
}

/* --- the owner's reads and writes --------------------------------------- */

/* [off, off + len) of a live block, cut to it; false: nothing is left. */
static bool in_block(const struct model *o, pfn_t head, u32 off, u32 *len)
{
	u32 size;

	if (head >= o->now.layout.max_mapnr || !in_ram(o, head) ||
	    !is_live(o, &o->paint[head]) || o->paint[head].head != head)
		return false;
	size = PAGE_SIZE << o->frame[head].order;
	if (off >= size || !*len)
		return false;
	if (*len > size - off)
		*len = size - off;
	return true;
}

static bool write_frame(struct model *o, pfn_t head, pfn_t pfn, u32 off,
			u32 end, u32 stamp, struct divergence *d)
{
	bool known = is_live(o, &o->paint[pfn]);

	if (known && !judge_frame(o, pfn, RULE_C4, d))
		return false;
	off &= ~((u32)WORD - 1);
	end = (end + (u32)WORD - 1) & ~((u32)WORD - 1);
	if (o->mode == PAINT_WHOLE) {
		off = 0;
		end = PAGE_SIZE;
	} else if (end - off > SAMPLE_BYTES) {
		end = off + SAMPLE_BYTES;
	}
	if (!judge_poison(o, pfn, off, end - off, d))
		return false;
	if (!known)
		join_block(o, head, pfn);
	paint_frame(o, pfn, stamp, off, end - off);
	return true;
}

bool model_write(struct model *o, pfn_t pfn, u32 off, u32 len,
		 struct divergence *d)
{
	u32 first, nr, stamp;

	if (!in_block(o, pfn, off, &len))
		return true;
	stamp = ++o->now.stamp;
	first = off / PAGE_SIZE;
	nr = (off + len - 1) / PAGE_SIZE - first + 1;
	for (u32 k = 0, i = 0; i != PFN_NONE; i = pick(o, nr, stamp, ++k)) {
		u32 from = i ? 0 : off % PAGE_SIZE;
		u32 end = i < nr - 1 ? PAGE_SIZE
				     : (off + len - 1) % PAGE_SIZE + 1;

		if (!write_frame(o, pfn, pfn + first + i, from, end, stamp, d))
			return false;
	}
	return true;
}

bool model_read(struct model *o, pfn_t pfn, u32 off, u32 len,
		struct divergence *d)
{
	u32 i, last;

	if (!in_block(o, pfn, off, &len))
		return true;
	last = (off + len - 1) / PAGE_SIZE;
	for (i = off / PAGE_SIZE; i <= last; i++)
		if (is_live(o, &o->paint[pfn + i]) &&
		    !judge_frame(o, pfn + i, RULE_C3, d))
			return false;
	return true;
}

/* --- boot memory -------------------------------------------------------- */

static u32 page_part(u32 at, u64 end)
{
	u32 len = PAGE_SIZE - at % PAGE_SIZE;

	return at + (u64)len > end ? (u32)(end - at) : len;
}

/*
 * Zero, and then no longer, so that the next one has something to zero.
 * SAMPLE looks at both ends and at what was ever painted, and leaves some
 * bytes in each page between.
 */
bool contents_boot(struct model *o, u32 addr, u32 size, struct divergence *d)
{
	u64 end = (u64)addr + size;
	bool zero = true;

	if (!in_ram(o, (u32)((end - 1) / PAGE_SIZE)))
		return true;
	for (u32 at = addr, len; at < end && zero; at += len) {
		pfn_t pfn = at / PAGE_SIZE;
		u32 off = at % PAGE_SIZE, some;
		bool wholly = o->mode == PAINT_WHOLE || at - addr < PAGE_SIZE ||
			      end - at <= PAGE_SIZE;

		len = page_part(at, end);
		wholly |= len < PAGE_SIZE;
		if (wholly || o->paint[pfn].dirty)
			zero = is_zero(bytes_of(o, pfn) + off, len);
		some = len;
		if (!wholly)
			off = window(o, pfn, &some);
		contents_dirty(o, pfn, off, some);
		smear(bytes_of(o, pfn) + off, some);
	}
	return must(o, d, RULE_C7, "memory is zero", true, zero);
}
