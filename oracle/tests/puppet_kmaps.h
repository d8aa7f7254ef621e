/* SPDX-License-Identifier: MIT */
/*
 * puppet_kmaps.h - what an honest machine tells of kmaps and of the fixmap:
 * figures worked out on paper, for `o` alone.
 */
#ifndef ORACLE_PUPPET_KMAPS_H
#define ORACLE_PUPPET_KMAPS_H

#include "puppet_tables.h"

#define HIGH 5120u /* the first high frame */
#define SLOT(n) (0xFF800000u + (n)*PAGE_SIZE)
#define FIX(index) (0xFFFFF000u - (index)*PAGE_SIZE)
#define ATOMIC(cpu, type) FIX(2 + (type) + 13 * (cpu))

/* 20 MiB of it low, without caches. */
static inline struct pair *pair_kmaps(u64 ram, u32 cpus, bool strict)
{
	struct boot_line line = line_of(ram, M(1004), cpus);
	struct pair *p;

	if (strict)
		line.word[line.nr++] =
			(struct boot_word){ .kind = BOOT_KMAP_STRICT };
	p = pair_new(&line);
	EXPECT(pair_boots(p, &line));
	pair_ram(p);
	EXPECT(pair_mem_init(p));
	model_snapshot(p->o);
	return p;
}

/* A block of 4 MiB of high memory. */
static inline pfn_t high_block(struct pair *p)
{
	return good(p, &(struct call){ .judge = judge_pages,
				       .gfp = GFP_HIGHUSER,
				       .a = 10 });
}

static inline bool judge_block_free(struct model *o, const struct outcome *out,
				    const struct call *c, u32 got,
				    struct divergence *d)
{
	(void)got;
	return model_free_pages(o, out, c->a, 10, d);
}

/* --- kmap ----------------------------------------------------------------- */

static inline void tell_flush(struct pair *p, u32 emptied)
{
	announce(p, (struct trace_record){ .event = TRACE_kmap_flush,
					   .arg = emptied });
}

static inline void tell_slot(struct pair *p, pfn_t pfn, u32 slot)
{
	announce(p, (struct trace_record){ .event = TRACE_kmap_high,
					   .pfn = pfn,
					   .arg = slot });
}

static inline bool kmap_told(struct pair *p, pfn_t pfn, vaddr_t got)
{
	return model_kmap(p->o, &p->out, pfn, got, &p->d);
}

/* Into a slot that is free. */
static inline void kmap_new(struct pair *p, pfn_t pfn, u32 slot)
{
	begin(p);
	tell_slot(p, pfn, slot);
	EXPECT(kmap_told(p, pfn, SLOT(slot)));
}

static inline void kunmap(struct pair *p, pfn_t pfn)
{
	EXPECT(model_kunmap(p->o, silent(p), pfn, &p->d));
}

static inline bool page_address_told(struct pair *p, pfn_t pfn, vaddr_t got)
{
	return model_page_address(p->o, silent(p), pfn, got, &p->d);
}

/* --- kmap_atomic ---------------------------------------------------------- */

static inline bool atomic_told(struct pair *p, pfn_t pfn, u32 type, vaddr_t got)
{
	return model_kmap_atomic(p->o, silent(p), pfn, type, got, &p->d);
}

static inline bool kunmap_atomic_told(struct pair *p, vaddr_t addr, u32 type)
{
	return model_kunmap_atomic(p->o, silent(p), addr, type, &p->d);
}

static inline bool fixmap_told(struct pair *p, u32 index, u32 phys, vaddr_t got)
{
	return model_set_fixmap(p->o, silent(p), index, phys, false, got,
				&p->d);
}

#endif
