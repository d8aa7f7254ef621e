/* SPDX-License-Identifier: MIT */
/*
 * puppet_tables.h - an honest machine for calls about tables, directories and
 * accesses.
 *
 * Calls that allocate are learnt, as in puppet_objects.h.  RAM is made honest
 * by put_tables(), which copies the model's own words there: that these are
 * the right ones is shown by figures worked out on paper, and by the machine.
 */
#ifndef ORACLE_PUPPET_TABLES_H
#define ORACLE_PUPPET_TABLES_H

#include "puppet_objects.h"

#define USER_ADDR 0x08048000u

/* 24 MiB, all zones, caches made; with bytes for RAM. */
static inline struct pair *pair_tables(u32 cpus)
{
	struct pair *p = pair_objects(cpus, false);

	pair_ram(p);
	return p;
}

/* --- the calls ------------------------------------------------------------ */

static inline bool judge_pages(struct model *o, const struct outcome *out,
			       const struct call *c, u32 got,
			       struct divergence *d)
{
	return model_alloc_pages(o, out, c->gfp, c->a, got, d);
}

static inline bool judge_pages_free(struct model *o, const struct outcome *out,
				    const struct call *c, u32 got,
				    struct divergence *d)
{
	(void)got;
	return model_free_pages(o, out, c->a, 0, d);
}

static inline bool judge_attr(struct model *o, const struct outcome *out,
			      const struct call *c, u32 got,
			      struct divergence *d)
{
	return model_change_page_attr(o, out, c->a, c->b, c->gfp, (int)got, d);
}

static inline bool judge_global_flush(struct model *o,
				      const struct outcome *out,
				      const struct call *c, u32 got,
				      struct divergence *d)
{
	(void)c, (void)got;
	return model_global_flush_tlb(o, out, d);
}

static inline bool judge_pgd_alloc(struct model *o, const struct outcome *out,
				   const struct call *c, u32 got,
				   struct divergence *d)
{
	(void)c;
	return model_pgd_alloc(o, out, got, d);
}

static inline bool judge_pgd_free(struct model *o, const struct outcome *out,
				  const struct call *c, u32 got,
				  struct divergence *d)
{
	return model_pgd_free(o, out, c->a, (int)got, d);
}

static inline bool judge_exit_mmap(struct model *o, const struct outcome *out,
				   const struct call *c, u32 got,
				   struct divergence *d)
{
	return model_exit_mmap(o, out, c->a, (int)got, d);
}

static inline bool judge_map_page(struct model *o, const struct outcome *out,
				  const struct call *c, u32 got,
				  struct divergence *d)
{
	return model_map_page(o, out, c->a, c->b, c->gfp, c->args.flags,
			      (int)got, d);
}

static inline bool judge_unmap(struct model *o, const struct outcome *out,
			       const struct call *c, u32 got,
			       struct divergence *d)
{
	return model_unmap(o, out, c->a, c->b, c->gfp, (int)got, d);
}

/* --- whole calls, honest -------------------------------------------------- */

static inline pfn_t good_page(struct pair *p, gfp_t gfp)
{
	return good(p, &(struct call){ .judge = judge_pages, .gfp = gfp });
}

static inline void good_page_free(struct pair *p, pfn_t pfn)
{
	good(p, &(struct call){ .judge = judge_pages_free, .a = pfn });
}

static inline int good_attr(struct pair *p, pfn_t pfn, u32 nr, u32 prot)
{
	return (int)good(p, &(struct call){ .judge = judge_attr,
					    .a = pfn,
					    .b = nr,
					    .gfp = prot });
}

static inline void good_global_flush(struct pair *p)
{
	good(p, &(struct call){ .judge = judge_global_flush });
}

static inline u32 good_pgd(struct pair *p)
{
	return good(p, &(struct call){ .judge = judge_pgd_alloc });
}

static inline int good_pgd_free(struct pair *p, u32 pgd)
{
	return (int)good(p,
			 &(struct call){ .judge = judge_pgd_free, .a = pgd });
}

static inline int good_exit_mmap(struct pair *p, u32 pgd)
{
	return (int)good(p,
			 &(struct call){ .judge = judge_exit_mmap, .a = pgd });
}

static inline int good_map_page(struct pair *p, u32 pgd, vaddr_t addr,
				pfn_t pfn, u32 prot)
{
	return (int)good(p, &(struct call){ .judge = judge_map_page,
					    .a = pgd,
					    .b = addr,
					    .gfp = pfn,
					    .args.flags = prot });
}

static inline int good_unmap(struct pair *p, u32 pgd, vaddr_t addr, u32 nr)
{
	return (int)good(p, &(struct call){ .judge = judge_unmap,
					    .a = pgd,
					    .b = addr,
					    .gfp = nr });
}

/* These change t's directories in use and its words, too. */
static inline void good_switch(struct pair *p, u32 pgd)
{
	EXPECT(model_switch_mm(p->t, silent(p), pgd, 0, &p->d));
	EXPECT(model_switch_mm(p->o, silent(p), pgd, 0, &p->d));
}

static inline void good_set_pte(struct pair *p, u32 pgd, vaddr_t addr, u32 bits)
{
	EXPECT(model_set_pte(p->t, silent(p), pgd, addr, bits, 0, &p->d));
	EXPECT(model_set_pte(p->o, silent(p), pgd, addr, bits, 0, &p->d));
}

static inline void good_set_pde(struct pair *p, u32 pgd, vaddr_t addr, u32 bits)
{
	EXPECT(model_set_pde(p->t, silent(p), pgd, addr, bits, 0, &p->d));
	EXPECT(model_set_pde(p->o, silent(p), pgd, addr, bits, 0, &p->d));
}

static inline void set_mode(struct pair *p, bool user)
{
	EXPECT(model_set_mode(p->o, silent(p), user, &p->d));
}

/* --- accesses ------------------------------------------------------------- */

/* What the machine told of an access. */
struct told {
	struct fault fault;
	struct access_pieces where;
};

static inline struct told faulted(u32 vector, u32 error, vaddr_t cr2)
{
	return (struct told){ .fault = { vector, error, cr2 } };
}

static inline struct told one_piece(u32 start, u32 len)
{
	struct told t = { .where.nr = 1 };

	t.where.piece[0].start = start;
	t.where.piece[0].len = len;
	return t;
}

static inline struct access access_at(u8 kind, u8 seg, u32 off, u32 len)
{
	return (struct access){ kind, seg, off, len };
}

/* The bytes come and go as an honest machine would have it. */
static inline bool access_told(struct pair *p, struct access a, struct told t)
{
	static u8 buf[ACCESS_BYTES_MAX];
	u32 at = 0;
	bool write = a.kind == ACCESS_WRITE;

	if (write && !model_before_store(p->o, p->out.task.cpu, &a, buf))
		return false;
	for (u32 i = 0; i < t.where.nr; i++) {
		u8 *ram = p->ram + t.where.piece[i].start;
		u32 len = t.where.piece[i].len;

		if (t.where.piece[i].start >= p->ram_bytes) {
			memset(buf + at, write ? buf[at] : 0xFF, len);
		} else if (write) {
			memcpy(ram, buf + at, len);
		} else {
			memcpy(buf + at, ram, len);
		}
		at += len;
	}
	return model_access(p->o, silent(p), &a, buf, &t.where, &t.fault,
			    &p->d);
}

static inline bool read_told(struct pair *p, vaddr_t addr, struct told t)
{
	return access_told(p, access_at(ACCESS_READ, SEG_DS, addr, 4), t);
}

static inline bool write_told(struct pair *p, vaddr_t addr, struct told t)
{
	return access_told(p, access_at(ACCESS_WRITE, SEG_DS, addr, 4), t);
}

/* A read by the kernel on CPU 0, whatever comes of its bytes. */
static inline bool touch_at(struct pair *p, vaddr_t addr)
{
	return !translate(p->o, 0, addr, false, false).fault.vector;
}

/* --- RAM ------------------------------------------------------------------ */

static inline u32 *ram_words(struct pair *p, u32 paddr)
{
	return (u32 *)(void *)(p->ram + paddr);
}

static inline void put_tables(struct pair *p)
{
	for (u32 i = 1; i < p->o->now.translation.nr; i++) {
		const struct table *t = table_of(p->o, i);

		if (t->is != TABLE_UNUSED)
			memcpy(ram_words(p, t->pfn * PAGE_SIZE),
			       table_words(p->o, i), PAGE_SIZE);
	}
	for (u32 cpu = 0; cpu < p->o->now.layout.nr_cpus; cpu++)
		memcpy(ram_words(p, GDT_PADDR + 256 * cpu), p->o->gdt[cpu],
		       256);
}

static inline u32 word_at(struct pair *p, u32 directory, vaddr_t addr)
{
	u32 number = directory ? directory_at(p->o, directory)
			       : p->o->now.translation.template;

	return table_words(p->o, number)[addr >> 22];
}

/* Of the table that the PDE leads to. */
static inline u32 pte_at(struct pair *p, u32 directory, vaddr_t addr)
{
	u32 number = table_below(p->o, word_at(p, directory, addr));

	return table_words(p->o, number)[addr >> PAGE_SHIFT & (WORDS - 1)];
}

#endif
