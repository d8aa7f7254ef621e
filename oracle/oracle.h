/* SPDX-License-Identifier: MIT */
/*
 * oracle.h - the model: what page frames, objects and translation of 2.6.12
 * promise, and nothing of how the machine keeps the promise.
 *
 * The model is an acceptor.  For each call it is told who called, what came
 * out and which moves the machine announced (claims); it says whether all of
 * that is allowed, and then follows what happened.  It shares only abi.h
 * with the machine, and derives every figure itself.
 *
 * A call that answers false has filled *d with the rule that was broken; the
 * model is then of no further use until model_reset() or model_boot().
 */
#ifndef ORACLE_ORACLE_H
#define ORACLE_ORACLE_H

#include "../alloc/abi.h"

struct model;

/* The rules, one per line of rules.def; `mmtwin list rules` prints them. */
enum rule {
#define RULE(id, doc) RULE_##id,
#include "rules.def"
#undef RULE
	NR_RULES
};

struct divergence {
	enum rule rule;
	const char *field; /* what differs; static storage */
	u64 expected, actual;
	u32 at; /* of trace.*: the record's index; of a word in RAM: where */
};

const char *rule_name(enum rule rule); /* "W2" */
const char *rule_doc(enum rule rule);  /* one sentence */

/* What came of a call, as the machine tells it. */
struct outcome {
	struct task task;
	enum report_kind report;
	bool oom;
	const struct trace_record *trace;
	u32 nr_trace;
	const struct ctor_call *ctor; /* the program's, in their order */
	u32 nr_ctor;
	u32 blocked; /* mm_blocked() */
};

/* --- life --------------------------------------------------------------- */

struct model *model_new(void); /* NULL: the host gave no memory */
void model_delete(struct model *o);

/*
 * Follows machine_boot(): `refused` says that the machine would not boot
 * (true: must be impossible; the model is then unbooted).
 * The claims are judged: sizes by formula, places by bootmem's rules.
 */
bool model_boot(struct model *o, const struct boot_line *line, bool refused,
		const struct boot_claim *claims, u32 nr, struct divergence *d);
/* Follows machine_mem_init(), and judges the layout that the machine shows. */
bool model_mem_init(struct model *o, const struct mm_layout *layout,
		    struct divergence *d);
/*
 * Follows machine_kmem_cache_init(): `out` is of CPU 0, `refused` says that
 * it gave a reason.  `cache_cache` is the address of the chain's last cache,
 * which the machine may choose inside the image; all other addresses follow.
 * What it made is judged by model_check_cache() and its kin.
 */
bool model_kmem_cache_init(struct model *o, const struct outcome *out,
			   bool refused, u32 cache_cache, struct divergence *d);
/* Where the frames' bytes are: to be set before anything is painted. */
void model_set_ram(struct model *o, const struct ram_view *ram);

void model_snapshot(struct model *o);
/* Back to the snapshot; wipes (zeroes) what was painted since. */
void model_reset(struct model *o);

/*
 * Paint: how much of each frame bears a pattern.  WHOLE: every byte of every
 * frame.  SAMPLE: 64 bytes at an offset that varies, in the first frame of a
 * block and in one that varies.
 */
enum paint { PAINT_WHOLE, PAINT_SAMPLE };
void model_set_paint(struct model *o, enum paint paint);

/* One counter per rule, bumped when the rule is applied; may be NULL. */
void model_set_rule_counters(struct model *o, u8 counters[NR_RULES]);

/* --- checks that belong to no one call ---------------------------------- */

/* After every op: the aggregates of the zones and of one CPU's lists. */
bool model_check_counts(struct model *o, unsigned int cpu,
			const struct mm_counts *machine, struct divergence *d);
/* One frame as mem_map tells it. */
bool model_check_frame(struct model *o, pfn_t pfn,
		       const struct frame_view *machine, struct divergence *d);
/* The contents of every frame that is still live. */
bool model_check_contents(struct model *o, struct divergence *d);
/*
 * The frames whose state may differ from the snapshot's; *nr of them.  Of a
 * block that is or was allocated, its two ends, its second and middle frame.
 */
const pfn_t *model_touched(const struct model *o, u32 *nr);
/* The model's own bookkeeping, recounted naively; NULL or what is wrong. */
const char *model_self_check(const struct model *o)
	__attribute__((warn_unused_result));

/* --- page frames -------------------------------------------------------- */

/*
 * `got` is the head's frame number, PFN_NONE for NULL.  gfp as given by the
 * caller.  A block that was handed out is painted by the model.
 */
bool model_alloc_pages(struct model *o, const struct outcome *out, gfp_t gfp,
		       unsigned int order, pfn_t got, struct divergence *d);
/* `got` is the linear address, 0 for failure. */
bool model_get_free_pages(struct model *o, const struct outcome *out, gfp_t gfp,
			  unsigned int order, vaddr_t got,
			  struct divergence *d);
bool model_get_zeroed_page(struct model *o, const struct outcome *out,
			   gfp_t gfp, vaddr_t got, struct divergence *d);
bool model_get_dma_pages(struct model *o, const struct outcome *out, gfp_t gfp,
			 unsigned int order, vaddr_t got, struct divergence *d);
/*
 * To be called BEFORE the machine's call, as the machine poisons what it
 * takes: judges the contents of the block that the call is about to free.
 * Frames that the call may not free are left alone.
 */
bool model_before_free(struct model *o, pfn_t pfn, struct divergence *d);
/* pfn may be any number: those outside mem_map must be reported. */
bool model_free_pages(struct model *o, const struct outcome *out, pfn_t pfn,
		      unsigned int order, struct divergence *d);
bool model_free_addr(struct model *o, const struct outcome *out, vaddr_t addr,
		     unsigned int order, struct divergence *d);
bool model_free_cold_page(struct model *o, const struct outcome *out, pfn_t pfn,
			  struct divergence *d);
bool model_get_page(struct model *o, const struct outcome *out, pfn_t pfn,
		    struct divergence *d);
bool model_put_page(struct model *o, const struct outcome *out, pfn_t pfn,
		    struct divergence *d);
bool model_page_address(struct model *o, const struct outcome *out, pfn_t pfn,
			vaddr_t got, struct divergence *d);
bool model_virt_to_page(struct model *o, const struct outcome *out,
			vaddr_t addr, pfn_t got, struct divergence *d);
bool model_nr_free_pages(struct model *o, const struct outcome *out, u32 got,
			 struct divergence *d);
bool model_drain_local_pages(struct model *o, const struct outcome *out,
			     struct divergence *d);
/* The layout that the machine shows afterwards is judged: marks, reserves. */
bool model_set_min_free_kbytes(struct model *o, const struct outcome *out,
			       u32 kbytes, const struct mm_layout *layout,
			       struct divergence *d);
bool model_set_lowmem_reserve_ratio(struct model *o, const struct outcome *out,
				    u32 dma, u32 normal,
				    const struct mm_layout *layout,
				    struct divergence *d);

/* The caller of a block writes to it, or looks at it: [off, off + len). */
bool model_write(struct model *o, pfn_t pfn, u32 off, u32 len,
		 struct divergence *d);
bool model_read(struct model *o, pfn_t pfn, u32 off, u32 len,
		struct divergence *d);

/* --- objects ------------------------------------------------------------ */

/*
 * Caches, objects, elements and pools are named by their linear addresses;
 * 0 is NULL.  Addresses that are none of theirs must draw a report.
 * `name` identifies a name: equal numbers are equal strings, the general
 * caches' names are not among them, NAME_NULL is NULL.
 */
#define NAME_NULL 0xFFFFFFFFu

struct cache_args {
	u32 name, size, align, flags;
	u8 life; /* enum object_life: what ctor and dtor do */
};

/* `info` is mm_cache_info() of what was returned; NULL if got is 0. */
bool model_kmem_cache_create(struct model *o, const struct outcome *out,
			     const struct cache_args *args, u32 got,
			     const struct cache_info *info,
			     struct divergence *d);
bool model_kmem_cache_destroy(struct model *o, const struct outcome *out,
			      u32 cache, int got, struct divergence *d);
bool model_kmem_cache_shrink(struct model *o, const struct outcome *out,
			     u32 cache, int got, struct divergence *d);
bool model_kmem_cache_size(struct model *o, const struct outcome *out,
			   u32 cache, u32 got, struct divergence *d);
/* `got` is the name's number, NAME_NULL for NULL; a general cache's: 0. */
bool model_kmem_cache_name(struct model *o, const struct outcome *out,
			   u32 cache, u32 got, struct divergence *d);
/* An object that was handed out is painted by the model. */
bool model_kmem_cache_alloc(struct model *o, const struct outcome *out,
			    u32 cache, gfp_t gfp, u32 got,
			    struct divergence *d);
bool model_kmem_cache_free(struct model *o, const struct outcome *out,
			   u32 cache, u32 object, struct divergence *d);
bool model_find_general_cachep(struct model *o, const struct outcome *out,
			       u32 size, gfp_t gfp, u32 got,
			       struct divergence *d);
bool model_kmalloc(struct model *o, const struct outcome *out, u32 size,
		   gfp_t gfp, u32 got, struct divergence *d);
bool model_kzalloc(struct model *o, const struct outcome *out, u32 size,
		   gfp_t gfp, u32 got, struct divergence *d);
bool model_kcalloc(struct model *o, const struct outcome *out, u32 n, u32 size,
		   gfp_t gfp, u32 got, struct divergence *d);
bool model_kfree(struct model *o, const struct outcome *out, u32 object,
		 struct divergence *d);
bool model_ksize(struct model *o, const struct outcome *out, u32 object,
		 u32 got, struct divergence *d);
/* To be called BEFORE an object is freed: judges its contents. */
bool model_before_object_free(struct model *o, u32 object,
			      struct divergence *d);
/*
 * The owner writes to an object, or looks at it: [off, off + len), clipped
 * to the bytes that it asked for.  No live object: nothing.
 */
bool model_write_object(struct model *o, u32 object, u32 off, u32 len,
			struct divergence *d);
bool model_read_object(struct model *o, u32 object, u32 off, u32 len,
		       struct divergence *d);
/*
 * Damage, under slab_debug: flips the bits of one byte that is nobody's, off
 * bytes from the object's beginning (negative: before it).  False: nothing
 * there is watched by debugging (a red zone, the body of a free and poisoned
 * object; but not of the allocator's own), and nothing was written.
 */
bool model_damage(struct model *o, u32 object, s32 off);

bool model_tick(struct model *o, const struct outcome *out, u32 jiffies,
		struct divergence *d);

/* After every op: what all caches share. */
bool model_check_objects(struct model *o, const struct object_counts *machine,
			 struct divergence *d);
/* The model's chain, head first: the i-th cache, 0: there are fewer. */
u32 model_cache_at(const struct model *o, u32 i);
/* Whether anything happened to the i-th cache since the snapshot. */
bool model_cache_touched_at(const struct model *o, u32 i);
/* One cache as it stands, its arrays, its slabs in the order of a list. */
bool model_check_cache(struct model *o, u32 cache, const struct cache_info *i,
		       struct divergence *d);
bool model_check_array(struct model *o, u32 cache, unsigned int cpu,
		       const struct array_view *v, struct divergence *d);
bool model_check_slabs(struct model *o, u32 cache, enum slab_list list,
		       const struct slab_view *v, u32 nr, struct divergence *d);

/* --- memory pools ------------------------------------------------------- */

/* What a pool's allocator is. */
enum pool_kind {
	POOL_SLAB,    /* mempool_alloc_slab: value is the cache */
	POOL_KMALLOC, /* kmalloc and kfree: value is the size */
	NR_POOL_KINDS
};

bool model_mempool_create(struct model *o, const struct outcome *out,
			  s32 min_nr, enum pool_kind kind, u32 value, u32 got,
			  struct divergence *d);
bool model_mempool_alloc(struct model *o, const struct outcome *out, u32 pool,
			 gfp_t gfp, u32 got, struct divergence *d);
/* The sleeper `ticket`, woken, went on. */
bool model_mempool_resume(struct model *o, const struct outcome *out,
			  u32 ticket, u32 got, struct divergence *d);
/* After every op and every resume: who is to go on next, 0: nobody. */
bool model_check_woken(struct model *o, u32 ticket, struct divergence *d);
bool model_mempool_free(struct model *o, const struct outcome *out, u32 pool,
			u32 element, struct divergence *d);
bool model_mempool_resize(struct model *o, const struct outcome *out, u32 pool,
			  s32 new_min_nr, gfp_t gfp, int got,
			  struct divergence *d);
bool model_mempool_destroy(struct model *o, const struct outcome *out, u32 pool,
			   struct divergence *d);
/* The i-th pool that exists, 0: there are fewer; and one as it stands. */
u32 model_mempool_at(const struct model *o, u32 i);
bool model_check_mempool(struct model *o, u32 pool,
			 const struct mempool_info *info, struct divergence *d);

/* --- translation -------------------------------------------------------- */

/* Addresses of directories are linear, 0 is NULL; of pages, frame numbers. */
bool model_set_mode(struct model *o, const struct outcome *out, bool user,
		    struct divergence *d);
/* `f` is what the machine drew; vector FAULT_NONE: the register was loaded. */
bool model_load_segment(struct model *o, const struct outcome *out,
			enum seg_reg reg, u16 selector, const struct fault *f,
			struct divergence *d);
bool model_write_gdt_entry(struct model *o, const struct outcome *out,
			   u32 entry, u32 low, u32 high, struct divergence *d);
bool model_write_cr0(struct model *o, const struct outcome *out, bool wp,
		     struct divergence *d);
bool model_write_cr4(struct model *o, const struct outcome *out, bool pge,
		     struct divergence *d);
bool model_invlpg(struct model *o, const struct outcome *out, vaddr_t addr,
		  struct divergence *d);
bool model_flush_tlb(struct model *o, const struct outcome *out,
		     struct divergence *d);
bool model_flush_tlb_all(struct model *o, const struct outcome *out,
			 struct divergence *d);

/*
 * Before a store: fills buf with bytes that differ from those that are there,
 * and keeps these.  False: it would hit what the machine lives on (a page
 * table, a directory, a GDT), and must not be made.  A store that will fault
 * is let through.  `cpu` is the task's.
 */
bool model_before_store(struct model *o, unsigned int cpu,
			const struct access *a, u8 *buf);
/*
 * Judges fault or pieces, and the bytes: of a read buf is what came, of a
 * write what went.  After a write the old bytes are put back.  where NULL: the
 * machine did not say which bytes they were (mm_load32).
 */
bool model_access(struct model *o, const struct outcome *out,
		  const struct access *a, const u8 *buf,
		  const struct access_pieces *where, const struct fault *f,
		  struct divergence *d);
/* After every op: the registers and the TLB's figures of one CPU. */
bool model_check_cpu(struct model *o, unsigned int cpu,
		     const struct cpu_view *v, struct divergence *d);
/*
 * The model's TLB entries of a CPU, by index from 0; false: there are no
 * more.  *word is as mm_tlb_entry()'s.
 */
bool model_tlb_at(const struct model *o, unsigned int cpu, u32 index,
		  vaddr_t *addr, bool *large, u32 *word);
bool model_check_tlb(struct model *o, unsigned int cpu, vaddr_t addr,
		     bool large, u32 machine, struct divergence *d);
/*
 * What is in RAM: page directories, page tables, GDTs, word by word; those
 * that were touched since the snapshot, or all.
 */
bool model_check_tables(struct model *o, bool all, struct divergence *d);

/* `got`: 0, -12 or -22. */
bool model_change_page_attr(struct model *o, const struct outcome *out,
			    pfn_t pfn, u32 nr_pages, u32 prot, int got,
			    struct divergence *d);
bool model_global_flush_tlb(struct model *o, const struct outcome *out,
			    struct divergence *d);
bool model_pgd_alloc(struct model *o, const struct outcome *out, u32 got,
		     struct divergence *d);
bool model_pgd_free(struct model *o, const struct outcome *out, u32 pgd,
		    int got, struct divergence *d);
bool model_exit_mmap(struct model *o, const struct outcome *out, u32 pgd,
		     int got, struct divergence *d);
bool model_switch_mm(struct model *o, const struct outcome *out, u32 pgd,
		     int got, struct divergence *d);
bool model_map_page(struct model *o, const struct outcome *out, u32 pgd,
		    vaddr_t addr, pfn_t pfn, u32 prot, int got,
		    struct divergence *d);
bool model_unmap(struct model *o, const struct outcome *out, u32 pgd,
		 vaddr_t addr, u32 nr_pages, int got, struct divergence *d);
bool model_protect(struct model *o, const struct outcome *out, u32 pgd,
		   vaddr_t addr, u32 nr_pages, u32 prot, int got,
		   struct divergence *d);
bool model_set_pte(struct model *o, const struct outcome *out, u32 pgd,
		   vaddr_t addr, u32 bits, int got, struct divergence *d);
bool model_set_pde(struct model *o, const struct outcome *out, u32 pgd,
		   vaddr_t addr, u32 bits, int got, struct divergence *d);

/* --- kernel mappings ------------------------------------------------------ */

/* Where the devices' bytes are, in the order of the mmio= words. */
void model_set_devices(struct model *o, const struct device_view *devices,
		       u32 nr);
/* `got`: the address, 0 for NULL. */
bool model_get_vm_area(struct model *o, const struct outcome *out, u32 size,
		       u32 flags, vaddr_t got, struct divergence *d);
/* vmalloc(), vmalloc_32(), vmalloc_exec() are this with their flags. */
bool model_vmalloc(struct model *o, const struct outcome *out, u32 size,
		   gfp_t gfp, u32 prot, vaddr_t got, struct divergence *d);
/* To be called BEFORE vfree: judges the contents of what it is to free. */
bool model_before_vfree(struct model *o, vaddr_t addr, struct divergence *d);
bool model_vfree(struct model *o, const struct outcome *out, vaddr_t addr,
		 struct divergence *d);
/* pfn[i] PFN_NONE: a NULL page. */
bool model_vmap(struct model *o, const struct outcome *out, const pfn_t *pfn,
		u32 count, u32 flags, u32 prot, vaddr_t got,
		struct divergence *d);
bool model_vunmap(struct model *o, const struct outcome *out, vaddr_t addr,
		  struct divergence *d);
/* `got`: PFN_NONE for NULL. */
bool model_vmalloc_to_page(struct model *o, const struct outcome *out,
			   vaddr_t addr, pfn_t got, struct divergence *d);
bool model_ioremap(struct model *o, const struct outcome *out, u32 phys,
		   u32 size, bool nocache, vaddr_t got, struct divergence *d);
bool model_iounmap(struct model *o, const struct outcome *out, vaddr_t addr,
		   struct divergence *d);

bool model_kmap(struct model *o, const struct outcome *out, pfn_t pfn,
		vaddr_t got, struct divergence *d);
/* The sleeper `ticket`, woken, went on. */
bool model_kmap_resume(struct model *o, const struct outcome *out, u32 ticket,
		       vaddr_t got, struct divergence *d);
bool model_kunmap(struct model *o, const struct outcome *out, pfn_t pfn,
		  struct divergence *d);
bool model_kmap_atomic(struct model *o, const struct outcome *out, pfn_t pfn,
		       u32 type, vaddr_t got, struct divergence *d);
bool model_kunmap_atomic(struct model *o, const struct outcome *out,
			 vaddr_t addr, u32 type, struct divergence *d);
bool model_kmap_atomic_to_page(struct model *o, const struct outcome *out,
			       vaddr_t addr, pfn_t got, struct divergence *d);
bool model_set_fixmap(struct model *o, const struct outcome *out, u32 index,
		      u32 phys, bool nocache, vaddr_t got,
		      struct divergence *d);
bool model_clear_fixmap(struct model *o, const struct outcome *out, u32 index,
			struct divergence *d);
bool model_virt_addr_valid(struct model *o, const struct outcome *out,
			   vaddr_t addr, bool got, struct divergence *d);

/* After every op. */
bool model_check_mappings(struct model *o, const struct mapping_counts *machine,
			  struct divergence *d);
/*
 * The list of areas: the model's i-th by address (0: there are fewer), and
 * one as it stands; touched: something happened to it since the snapshot.
 */
vaddr_t model_vm_area_at(const struct model *o, u32 i, bool *touched);
bool model_check_vm_area(struct model *o, u32 i, const struct vm_area_view *v,
			 struct divergence *d);
bool model_check_kmap(struct model *o, const struct kmap_view *v,
		      struct divergence *d);
bool model_check_device(struct model *o, u32 i, const struct device_view *v,
			struct divergence *d);
/* After model_reset() and machine_reset(): what no look at a state shows. */
bool model_check_reset(struct model *o, struct divergence *d);
/* The frames that have a kmap slot, by index from 0; PFN_NONE: no more. */
pfn_t model_kmapped_at(const struct model *o, u32 i);

/* --- the model as it stands, in the machine's words ----------------------- */

/*
 * For people: what mm_counts() and its kin show of the machine, of the model.
 * Valid after a divergence too: the model is then as far as it had come.
 * false: there is none.
 */
void model_counts(const struct model *o, unsigned int cpu,
		  struct mm_counts *out);
void model_frame_view(const struct model *o, pfn_t pfn, struct frame_view *out);
void model_object_counts(const struct model *o, struct object_counts *out);
bool model_cache_info(const struct model *o, u32 cache, struct cache_info *out);
/* cpu = NR_CPUS: the shared array; the entries are good until the next call */
bool model_cache_array(const struct model *o, u32 cache, unsigned int cpu,
		       struct array_view *out);
u32 model_cache_slabs(const struct model *o, u32 cache, enum slab_list list,
		      struct slab_view *out, u32 max);
/* The i-th pool, as model_mempool_at() counts; the i-th area likewise. */
bool model_mempool_info(const struct model *o, u32 i, struct mempool_info *out);
bool model_vm_view(const struct model *o, u32 i, struct vm_area_view *out);
void model_cpu_view(const struct model *o, unsigned int cpu,
		    struct cpu_view *out);
void model_mapping_counts(const struct model *o, struct mapping_counts *out);
void model_kmap_view(const struct model *o, struct kmap_view *out);
void model_device_view(const struct model *o, u32 i, struct device_view *out);
const struct boot_claim *model_boot_claims(const struct model *o, u32 *nr);

/* --- bootmem, between model_boot() and model_mem_init() ----------------- */

/* `got` is the physical address, 0 with a report. */
bool model_alloc_bootmem(struct model *o, const struct outcome *out, u32 size,
			 u32 align, u32 goal, u32 got, struct divergence *d);
bool model_free_bootmem(struct model *o, const struct outcome *out, u32 addr,
			u32 size, struct divergence *d);
bool model_reserve_bootmem(struct model *o, const struct outcome *out, u32 addr,
			   u32 size, struct divergence *d);
/* All claims at the end of bootmem: boot's, then those of the calls above. */
bool model_check_claims(struct model *o, const struct boot_claim *claims,
			u32 nr, struct divergence *d);

#endif
