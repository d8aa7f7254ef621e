/* SPDX-License-Identifier: MIT */
/*
 * translation.h - the model's processors, page tables and TLBs, and what the
 * files that follow them offer each other.
 *
 *	struct translation (model->now.translation)	small state
 *	  cpu[]			registers
 *	model->gdt[cpu]		the words of each CPU's GDT
 *	model->tables		a record, and 1024 words, for each page table
 *				and page directory; numbers are given again
 *	model->tlb[cpu]		what each CPU remembers
 *
 * Words are the model's own: RAM is compared with them, and never read for
 * a walk.  frame->table leads from a frame to the number of its record.
 */
#ifndef ORACLE_TRANSLATION_H
#define ORACLE_TRANSLATION_H

#include "oracle.h"

/* --- tables and directories ----------------------------------------------- */

#define WORDS 1024u
#define USER_WORDS 768u	  /* of a directory: those of user space */
#define TABLE_NONE 0u	  /* no number */
#define TABLE_SEGMENT 64u /* records in a segment */
#define TABLE_SEGMENTS 4096u

#define FRAME_BITS 0xFFFFF000u
#define LARGE_BITS 0xFFC00000u
#define WORD_TABLE 0x067u  /* of a PDE: _PAGE_TABLE */
#define WORD_KERNEL 0x163u /* PAGE_KERNEL, and the PDE of a split page */
#define WORD_LARGE 0x1E3u  /* a large page of the direct map */

#define FIXADDR_TOP 0xFFFFF000u
#define FIX_BOOT_SLOTS 17u /* 16 of boot-ioremap and the WP test */

enum table_is {
	TABLE_UNUSED,
	TABLE_BOOT,	/* of boot, for ever */
	TABLE_KERNEL,	/* of the vmalloc window, for ever */
	TABLE_SPLIT,	/* of what was a large page */
	TABLE_USER,	/* of one directory */
	TABLE_TEMPLATE, /* swapper_pg_dir */
	TABLE_DIRECTORY,
};

struct table {
	pfn_t pfn;
	u32 next, prev; /* in pgd_list; in df_list or unused, next alone */
	u32 touched;	/* the next one that was touched */
	u32 index;	/* SPLIT: of its PDE */
	u32 odd;	/* SPLIT: words that are not PAGE_KERNEL's */
	u8 is;		/* enum table_is */
	bool listed;	/* among the touched since the snapshot */
	bool live;	/* DIRECTORY: in the program's hands */
};

struct table_segment {
	struct table now[TABLE_SEGMENT], gold[TABLE_SEGMENT];
	u32 word[TABLE_SEGMENT][WORDS], word_gold[TABLE_SEGMENT][WORDS];
};

struct tables {
	struct table_segment *segment[TABLE_SEGMENTS];
	u32 touched; /* the first; TABLE_NONE: none */
};

/* --- processors ----------------------------------------------------------- */

struct cpu {
	u32 directory; /* in CR3: a number */
	bool wp, pge;
	bool user;	   /* CPL 3, not 0 */
	u32 preempt_count; /* kmap_atomics held: its tasks are atomic */
	struct segment seg[NR_SEG_REGS];
};

struct descriptor {
	u32 low, high;
};

struct translation {
	struct cpu cpu[NR_CPUS];
	u32 template; /* numbers */
	u32 fixmap, pkmap;
	u32 pgd_list, df_list;
	u32 unused;
	u32 nr; /* numbers that were ever used */
	u32 nr_directories;
	u16 pgd_cache;
};

/* --- TLB ------------------------------------------------------------------ */

#define TLB_BUCKETS 64u

struct tlb_entry {
	vaddr_t addr; /* of the page */
	u32 word;     /* frame | TLB_* */
	u32 next;     /* in its bucket: index + 1, 0: none */
	bool large;
};

struct tlb {
	struct tlb_entry *entry;
	u32 nr, room;
	u32 nr_large, nr_global;
	u32 bucket[TLB_BUCKETS]; /* index + 1 */
};

/* Frames that a call has to do with, in their order. */
struct frames {
	pfn_t *pfn;
	u32 nr, room;
};

struct model;
struct judge;
struct cache;
struct place;

/* accept_tables.c */
bool frames_add(struct frames *f, pfn_t pfn); /* false: no memory */
void frames_end(struct frames *f);	      /* gives its memory back */

/* tlb_model.c.  An entry is good until the next call that changes the TLB. */
const struct tlb_entry *tlb_find(const struct model *o, unsigned int cpu,
				 vaddr_t addr, bool large);
/* In the place of the one for this page; false: the host has no memory. */
bool tlb_put(struct model *o, unsigned int cpu, vaddr_t addr, bool large,
	     u32 word);
void tlb_drop_entry(struct model *o, unsigned int cpu, vaddr_t addr,
		    bool large);
void tlb_drop(struct model *o, unsigned int cpu, vaddr_t addr); /* both sizes */
void tlb_drop_local(struct model *o, unsigned int cpu); /* all not global */
void tlb_drop_each(struct model *o, unsigned int cpu);
void tlb_drop_everywhere(struct model *o);
void tlb_end(struct model *o); /* gives its memory back */

/* --- table_store.c -------------------------------------------------------- */

bool tables_boot(struct model *o); /* none; false: no memory */
void tables_snapshot(struct model *o);
void tables_reset(struct model *o);
void tables_end(struct model *o);
/* A record of zeroes, which the frame leads to; TABLE_NONE: no memory. */
u32 table_new(struct model *o, pfn_t pfn, enum table_is is);
void table_delete(struct model *o, u32 number);
/* A word changes, or stays. */
void table_set(struct model *o, u32 number, u32 index, u32 word);
/* The record is about to change. */
struct table *table_touch(struct model *o, u32 number);

/* --- table_model.c -------------------------------------------------------- */

/* What boot leaves: template, tables, registers, GDTs; false: no memory. */
bool translation_boot(struct model *o);
/* A PDE of the template, and of every directory. */
void kernel_pde_set(struct model *o, u32 index, u32 word);
/* The table that a PDE leads to whatever its low bits; TABLE_NONE: none. */
u32 table_below(const struct model *o, u32 pde);
/* Of the cache pgd: a directory is constructed, destructed. */
bool directory_constructs(struct judge *j, const struct place *p);
void directory_destructs(struct judge *j, const struct place *p);
/* The directory that a program was given; TABLE_NONE: it is none. */
u32 directory_at(const struct model *o, u32 address);
bool directory_active(const struct model *o, u32 number);
bool is_pgd_cache(const struct model *o, const struct cache *c);

/* Why this frame cannot be mapped. */
enum report_kind map_misuse(const struct model *o, pfn_t pfn);
void frame_map(struct model *o, pfn_t pfn);
/* The mapping goes, and its reference. */
bool frame_unmap(struct judge *j, pfn_t pfn);
/* Why this frame cannot be mapped by the kernel: in an area, a kmap slot. */
enum report_kind kmap_misuse(const struct model *o, pfn_t pfn);
/* The same, judged where it cannot: `null` is what the call returned. */
bool judge_may_kmap(struct judge *j, pfn_t pfn, bool null, bool *may);
/* The kernel's mappings of its block: one more, one less. */
void kmap_inc(struct model *o, pfn_t pfn);
void kmap_dec(struct model *o, pfn_t pfn);
/* *number is TABLE_NONE where there is no frame for it. */
bool table_arises(struct judge *j, gfp_t gfp, enum table_is is, u32 *number);
/* Its mark and the kernel's reference go. */
bool table_goes(struct judge *j, u32 number);

/* --- seg_model.c ---------------------------------------------------------- */

/* What a check comes to: FAULT_NONE, or an exception, and who says so. */
struct checked {
	u32 vector, error;
	vaddr_t cr2;
	enum rule rule;
};

void segments_boot(struct model *o, unsigned int cpu);
void segments_snapshot(struct model *o);
void segments_reset(struct model *o);
/* Loads the register if it may be. */
struct checked segment_load(struct model *o, unsigned int cpu, enum seg_reg reg,
			    u16 selector);
void segments_enter_user(struct model *o, unsigned int cpu);
void segments_enter_kernel(struct model *o, unsigned int cpu);
struct checked segment_use(const struct cpu *c, const struct access *a);
void descriptor_set(struct model *o, unsigned int cpu, u32 entry, u32 low,
		    u32 high);

/* --- paging_model.c ------------------------------------------------------- */

struct translated {
	struct checked fault;
	u32 at;	     /* the physical byte */
	bool hit;    /* the TLB said so */
	bool moved;  /* a 4 MiB entry was put in for it, or taken out */
	bool synced; /* the kernel completed its directory for it */
};

/* One byte of a page; with `user`, as CPL 3 does. */
struct translated translate(struct model *o, unsigned int cpu, vaddr_t addr,
			    bool write, bool user);
/*
 * The same, and nothing changes; of what the TLB has, so much counts: all, the
 * 4 KiB entries, or nothing.
 */
enum tlb_counts { TLB_ALL, TLB_SMALL, TLB_NOTHING };
struct translated translate_dry(const struct model *o, unsigned int cpu,
				vaddr_t addr, bool write, bool user,
				enum tlb_counts counts);
/* CR3 is loaded. */
void load_directory(struct model *o, unsigned int cpu, u32 number);

/* translation_self_check.c: NULL, or what is wrong. */
const char *translation_self_check(const struct model *o);

#endif
