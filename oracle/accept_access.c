// SPDX-License-Identifier: MIT
/*
 * accept_access.c - bytes read, written and fetched through a segment: which
 * fault must come, or where the bytes must be.
 *
 *	segment: type, limit -> linear, mod 2^32 -> page by page: translated
 *	a store: old bytes kept, new ones made	(model_before_store)
 *		 new ones seen in RAM, old ones put back	(model_access)
 *
 * Nothing that a store writes outlives the call, but in a device; what the
 * machine lives on is not stored to.  Frames may be poisoned, so the loops
 * over their bytes are outside ASan.
 */
#include "judge.h"

#define NO_ASAN __attribute__((no_sanitize("address"), noinline))

#define OPEN_BUS 0xFFu
#define LARGE_SHIFT 22 /* of a 4 MiB page */

struct plan {
	struct checked fault;
	struct access_pieces where;
	bool hit; /* the last page was served by the TLB */
	struct translated last;
	vaddr_t last_addr;
};

/* --- planning ------------------------------------------------------------- */

static void add_piece(struct access_pieces *w, u32 start, u32 len)
{
	w->piece[w->nr].start = start;
	w->piece[w->nr].len = len;
	w->nr++;
}

/*
 * A page whose neighbour has just been translated, dry, finds the TLB as that
 * would have left it: without their old 4 MiB entry, or with one that says
 * what a walk says.
 */
static struct translated one_page(struct model *o, unsigned int cpu,
				  vaddr_t addr, bool write, bool dry,
				  const struct plan *before)
{
	bool user = o->now.translation.cpu[cpu].user;
	bool moved = before->last.moved &&
		     addr >> LARGE_SHIFT == before->last_addr >> LARGE_SHIFT;

	return dry ? translate_dry(o, cpu, addr, write, user,
				   moved ? TLB_SMALL : TLB_ALL)
		   : translate(o, cpu, addr, write, user);
}

static struct plan plan(struct model *o, unsigned int cpu,
			const struct access *a, bool dry)
{
	const struct cpu *c = &o->now.translation.cpu[cpu];
	struct plan p = { .fault = segment_use(c, a) };
	enum seg_reg reg =
		a->kind == ACCESS_EXEC ? SEG_CS : (enum seg_reg)a->seg;
	vaddr_t at = c->seg[reg].base + a->offset;

	if (p.fault.vector)
		return p;
	for (u32 left = a->len; left && p.where.nr < 2;) {
		u32 len = PAGE_SIZE - at % PAGE_SIZE;

		if (len > left)
			len = left;
		p.last = one_page(o, cpu, at, a->kind == ACCESS_WRITE, dry, &p);
		p.last_addr = at;
		p.fault = p.last.fault;
		if (p.fault.vector) {
			p.where.nr = 0;
			return p;
		}
		add_piece(&p.where, p.last.at, len);
		at += len;
		left -= len;
	}
	return p;
}

/* --- bytes ---------------------------------------------------------------- */

/* NULL: an open bus, or no bytes of ours. */
static u8 *bytes_at(const struct model *o, u32 start)
{
	pfn_t pfn = start >> PAGE_SHIFT;

	if (is_device(o, start))
		return device_bytes(o, start);
	if (pfn >= o->now.layout.max_pfn || pfn >= o->ram.nr_pfns)
		return NULL;
	return ram_frame(&o->ram, pfn) + start % PAGE_SIZE;
}

static bool is_open_bus(const struct model *o, u32 start)
{
	return start >> PAGE_SHIFT >= o->now.layout.max_pfn &&
	       !is_device(o, start);
}

typedef u64 word_t __attribute__((aligned(1), may_alias));

#define LINE (4 * sizeof(word_t))

/* The barrier keeps a loop from becoming memcpy, which ASan sees. */
static NO_ASAN void copy(u8 *to, const u8 *from, u32 len)
{
	u32 i = 0;

	for (; len - i >= LINE; i += LINE) {
		const word_t *old = (const word_t *)(from + i);
		word_t *word = (word_t *)(to + i);

		for (u32 k = 0; k < LINE / sizeof(*word); k++)
			word[k] = old[k];
		__asm__ volatile("" ::: "memory");
	}
	for (; i < len; i++) {
		to[i] = from[i];
		__asm__ volatile("" ::: "memory");
	}
}

/* The first byte that differs; len: none.  Lines first, where they agree. */
static NO_ASAN u32 differs(const u8 *a, const u8 *b, u32 len)
{
	u32 i = 0;

	for (; len - i >= LINE; i += LINE) {
		const word_t *x = (const word_t *)(a + i);
		const word_t *y = (const word_t *)(b + i);
		u64 bits = 0;

		for (u32 k = 0; k < LINE / sizeof(*x); k++)
			bits |= x[k] ^ y[k];
		if (bits)
			break;
	}
	while (i < len && a[i] == b[i])
		i++;
	return i;
}

static u32 not_open_bus(const u8 *a, u32 len)
{
	u32 i = 0;

	while (i < len && a[i] == OPEN_BUS)
		i++;
	return i;
}

/* The bytes in `buf` are those of the places. */
static bool judge_bytes(struct model *o, const struct access_pieces *w,
			const u8 *buf, bool written, struct divergence *d)
{
	enum rule rule = written ? RULE_T9 : RULE_T8;

	rule_hit(o, rule);
	for (u32 i = 0; i < w->nr; i++) {
		u32 len = w->piece[i].len, at = len;
		const u8 *ram = bytes_at(o, w->piece[i].start);

		if (ram)
			at = differs(ram, buf, len);
		else if (is_open_bus(o, w->piece[i].start) && !written)
			at = not_open_bus(buf, len);
		if (at < len)
			return diverge(d, rule, "byte",
				       written ? buf[at]
				       : ram   ? ram[at]
					       : OPEN_BUS,
				       written ? ram[at] : buf[at]);
		buf += len;
	}
	return true;
}

/* --- stores --------------------------------------------------------------- */

static bool is_vital(const struct model *o, u32 start)
{
	pfn_t pfn = start >> PAGE_SHIFT;
	const struct slab *slab;

	if (pfn >= o->nr_frames || is_device(o, start))
		return false;
	if (pfn == GDT_PADDR / PAGE_SIZE || o->frame[pfn].table != TABLE_NONE)
		return true;
	if (!o->now.objects.up || pfn >= o->now.layout.max_low_pfn)
		return false;
	slab = slab_at(o, PAGE_OFFSET + (pfn << PAGE_SHIFT));
	return slab && is_pgd_cache(o, cache_of(o, slab->cache));
}

static void keep(struct model *o, const struct access_pieces *w)
{
	u8 *old = o->stored.old;

	o->stored.nr = w->nr;
	o->stored.where = *w;
	for (u32 i = 0; i < w->nr; i++) {
		const u8 *ram = bytes_at(o, w->piece[i].start);

		if (ram)
			copy(old, ram, w->piece[i].len);
		old += w->piece[i].len;
	}
}

static void put_back(struct model *o)
{
	const struct access_pieces *w = &o->stored.where;
	const u8 *old = o->stored.old;

	for (u32 i = 0; i < o->stored.nr; i++) {
		u8 *ram = bytes_at(o, w->piece[i].start);

		if (ram && !is_device(o, w->piece[i].start))
			copy(ram, old, w->piece[i].len);
		old += w->piece[i].len;
	}
	o->stored.nr = 0;
}

/* Odd numbers: none is 0, so that old bytes all change by them. */
static void make_bytes(u8 *buf, u32 len)
{
	for (u32 i = 0; i < len; i++)
		buf[i] = (u8)(i * 37 | 1);
}

static void change_bytes(u8 *buf, const u8 *old, u32 len)
{
	for (u32 i = 0; i < len; i++)
		buf[i] ^= old[i];
}

bool model_before_store(struct model *o, unsigned int cpu,
			const struct access *a, u8 *buf)
{
	struct plan p = plan(o, cpu % NR_CPUS, a, true);

	for (u32 i = 0; i < p.where.nr; i++)
		if (is_vital(o, p.where.piece[i].start))
			return false;
	keep(o, &p.where);
	make_bytes(buf, a->len);
	if (p.where.nr)
		change_bytes(buf, o->stored.old, a->len);
	return true;
}

static void record_devices(struct model *o, const struct access_pieces *w,
			   bool write)
{
	for (u32 i = 0; i < w->nr; i++)
		device_record(o, w->piece[i].start, w->piece[i].len, write);
}

/* --- the call ------------------------------------------------------------- */

/* Was a translation served, or refused, that a walk would not give now? */
static bool is_stale(const struct model *o, unsigned int cpu,
		     const struct access *a, const struct plan *p)
{
	struct translated t;

	if (!p->last.hit)
		return false;
	t = translate_dry(o, cpu, p->last_addr, a->kind == ACCESS_WRITE,
			  o->now.translation.cpu[cpu].user, TLB_NOTHING);
	return t.fault.vector != p->last.fault.vector ||
	       t.fault.error != p->last.fault.error || t.at != p->last.at;
}

/* Whom to blame where one faults and the other does not. */
static enum rule fault_rule(const struct model *o, unsigned int cpu,
			    const struct access *a, const struct plan *p,
			    const struct fault *f)
{
	bool segment = f->vector && f->vector != FAULT_PF;
	bool past_segment = !p->fault.vector || p->fault.vector == FAULT_PF;

	if (p->fault.vector == f->vector)
		return p->fault.rule;
	if (segment && past_segment)
		return RULE_D13;
	if (p->last.synced && !p->fault.vector)
		return RULE_T15;
	return is_stale(o, cpu, a, p) ? RULE_T10 : p->fault.rule;
}

static bool judge_fault(struct judge *j, const struct access *a,
			const struct plan *p, const struct fault *f)
{
	struct model *o = j->o;
	bool page = p->fault.vector == FAULT_PF;
	enum rule rule = fault_rule(o, j->cpu, a, p, f);

	if (!must(o, j->d, rule, "fault.vector", p->fault.vector, f->vector))
		return false;
	return must(o, j->d, page ? RULE_T5 : rule, "fault.error",
		    p->fault.error, f->error) &&
	       must(o, j->d, page ? RULE_T5 : rule, "fault.cr2", p->fault.cr2,
		    f->cr2);
}

static bool judge_pieces(struct judge *j, const struct access *a,
			 const struct plan *p, const struct access_pieces *got)
{
	const struct access_pieces *w = &p->where;
	struct model *o = j->o;
	bool same = w->nr == got->nr;

	for (u32 i = 0; same && i < w->nr; i++)
		same = w->piece[i].start == got->piece[i].start &&
		       w->piece[i].len == got->piece[i].len;
	rule_hit(o, RULE_T7);
	if (likely(same))
		return true;
	if (is_stale(o, j->cpu, a, p))
		return diverge(j->d, RULE_T10, "piece.start",
			       w->piece[w->nr - 1].start,
			       got->nr ? got->piece[got->nr - 1].start : 0);
	if (!must(o, j->d, RULE_T7, "pieces.nr", w->nr, got->nr))
		return false;
	for (u32 i = 0; i < w->nr; i++)
		if (!must(o, j->d, RULE_T7, "piece.start", w->piece[i].start,
			  got->piece[i].start) ||
		    !must(o, j->d, RULE_T7, "piece.len", w->piece[i].len,
			  got->piece[i].len))
			return false;
	return true;
}

static bool judge_access(struct judge *j, const struct access *a, const u8 *buf,
			 const struct access_pieces *where,
			 const struct fault *f)
{
	struct plan p = plan(j->o, j->cpu, a, false);

	if (!judge_no_report(j) || !judge_fault(j, a, &p, f) ||
	    !want_plain_end(j))
		return false;
	record_devices(j->o, &p.where, a->kind == ACCESS_WRITE);
	return (!where || judge_pieces(j, a, &p, where)) &&
	       judge_bytes(j->o, &p.where, buf, a->kind == ACCESS_WRITE, j->d);
}

bool model_access(struct model *o, const struct outcome *out,
		  const struct access *a, const u8 *buf,
		  const struct access_pieces *where, const struct fault *f,
		  struct divergence *d)
{
	struct judge j = judge_begin(o, out, d);
	bool agreed = judge_access(&j, a, buf, where, f);

	put_back(o);
	return agreed;
}
