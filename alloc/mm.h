/* SPDX-License-Identifier: MIT */
/*
 * mm.h - the machine, as its users call it.  All that fuzz/ may include.
 *
 * Every call takes its machine.  A Linux function foo() is mm_foo() here,
 * with the machine in front; alloc/include/linux/ has the names of 2.6.12
 * over a current machine.  Calls are made on behalf of the current task: set
 * it with mm_set_current() first.
 *
 * A misuse draws a report (mm_report()) and changes nothing else.
 */
#ifndef ALLOC_MM_H
#define ALLOC_MM_H

#include "abi.h"

struct machine;
struct page;
struct kmem_cache;
struct mempool;

/* --- life ----------------------------------------------------------------- */

/* A machine that is not booted, or NULL: the host gave no memory. */
struct machine *machine_new(void);
void machine_delete(struct machine *m);

/*
 * The boot line's text -> words.  Returns NULL, or why the line cannot be
 * understood, in a phrase (static storage or in `why_buf`, 128 bytes); *at is
 * then the offset of the word that is wrong.
 * Sizes: decimal, 0x hex, with K, M or G.  Words may come more than once;
 * of ram=, cpus=, vmalloc= and highmem= the last one counts.
 */
const char *boot_line_parse(const char *text, struct boot_line *line,
			    size_t *at, char why_buf[128]);

/*
 * Boots to the point before mem_init: the memory map is read, low and high
 * memory split, bootmem set up, mem_map allocated.  Between this and
 * machine_mem_init() the bootmem calls are valid, and nothing else is.
 * Returns NULL, or why no machine can boot so, in a phrase (bad words, no
 * room for mem_map, ...); the machine is then as after machine_new().
 * A machine that was booted is powered off first.
 */
const char *machine_boot(struct machine *m, const struct boot_line *line);

/* bootmem -> buddy, low then high frames; watermarks and reserves follow. */
void machine_mem_init(struct machine *m);

/*
 * cache_cache and the general caches; then machine_boot()'s machine is whole.
 * Returns NULL, or why there can be none, in a phrase: the machine must then
 * be booted anew.  The calls that follow are on behalf of CPU 0; mm_trace()
 * has the moves.  Without it only the page-frame calls are valid.
 */
const char *machine_kmem_cache_init(struct machine *m);

/*
 * Remembers the booted state; machine_reset() returns to it at the cost of
 * what was touched since.  The frames' contents are not restored: who wrote
 * to frames (the harness's paint) wipes its own traces before.
 */
void machine_snapshot(struct machine *m);
void machine_reset(struct machine *m);

/*
 * Which free frames a sanitized build poisons, from the next boot on.
 * POISON_ALL is what a machine begins with (above 512 MiB of RAM: none, for
 * the shadow's sake); POISON_FREED is cheaper, for fuzzing: the first frame
 * of each block freed since the snapshot.
 */
enum poison { POISON_NONE, POISON_ALL, POISON_FREED };
void machine_set_poison(struct machine *m, enum poison poison);

/* --- looking -------------------------------------------------------------- */

void mm_layout(const struct machine *m, struct mm_layout *out);
/* Aggregates; the pcp counts are those of `cpu`. */
void mm_counts(const struct machine *m, unsigned int cpu,
	       struct mm_counts *out);
void mm_frame_view(const struct machine *m, pfn_t pfn, struct frame_view *out);
const struct ram_view *mm_ram(const struct machine *m);
/* What boot took from bootmem; *nr claims, in order. */
const struct boot_claim *mm_boot_claims(const struct machine *m, u32 *nr);

/*
 * A hash of RAM's metadata: mem_map, zones and counters, page directory and
 * page tables.  Equal on every host and compiler.
 */
u64 machine_digest(const struct machine *m);
/*
 * A hash of what a caller can see: owned frames and their counts, and per
 * zone free + per-CPU pages.  Equal before and after a call that failed.
 */
u64 machine_view(const struct machine *m);

/*
 * Every invariant, layer by layer, recounted from below.  Returns NULL, or
 * the number of the first clause that does not hold ("B3: ...").
 * QUICK walks lists only; FULL also scans mem_map.
 */
enum validate_depth { VALIDATE_QUICK, VALIDATE_FULL };
const char *machine_validate(const struct machine *m, enum validate_depth d)
	__attribute__((warn_unused_result));

/* --- the call's surroundings ---------------------------------------------- */

/*
 * Who makes the calls that follow; also forgets the last call's report, oom
 * and trace.  cpu must be below the number of CPUs.  While kmap_atomics are
 * held on that CPU, the task is atomic, whatever its flags say.
 */
void mm_set_current(struct machine *m, struct task task);

/* The misuse that the calls since mm_set_current() drew, or REPORT_none. */
enum report_kind mm_report(const struct machine *m);
/* True if 2.6.12 would retry or kill for ever: the call returned NULL. */
bool mm_oom(const struct machine *m);
/* The moves since mm_set_current(); valid until the next one. */
const struct trace_record *mm_trace(const struct machine *m, u32 *nr);

/*
 * Where a CHECK of the machine's own fails: the machine is broken and must
 * be booted anew.  The handler must not return; without one the host prints
 * and aborts.  `clause` has static storage.
 */
void machine_on_panic(struct machine *m,
		      void (*handler)(void *arg, const char *clause),
		      void *arg);

/* --- page frames [mm/page_alloc.c of 2.6.12] ------------------------------ */

struct page *mm_alloc_pages(struct machine *m, gfp_t gfp, unsigned int order);
vaddr_t mm__get_free_pages(struct machine *m, gfp_t gfp, unsigned int order);
vaddr_t mm_get_zeroed_page(struct machine *m, gfp_t gfp);
vaddr_t mm__get_dma_pages(struct machine *m, gfp_t gfp, unsigned int order);
void mm__free_pages(struct machine *m, struct page *page, unsigned int order);
void mm_free_pages(struct machine *m, vaddr_t addr, unsigned int order);
void mm_free_cold_page(struct machine *m, struct page *page);
void mm_get_page(struct machine *m, struct page *page);
void mm_put_page(struct machine *m, struct page *page);
/* 0: a high frame that has no kmap slot, or a page outside mem_map */
vaddr_t mm_page_address(struct machine *m, const struct page *page);
/* NULL, with a report bad_address: not in the direct map */
struct page *mm_virt_to_page(struct machine *m, vaddr_t addr);
u32 mm_nr_free_pages(struct machine *m);
/* The current CPU's per-CPU pages go back to the buddy. */
void mm_drain_local_pages(struct machine *m);
/* sysctl vm.min_free_kbytes: the watermarks follow. */
void mm_set_min_free_kbytes(struct machine *m, u32 kbytes);
/* sysctl vm.lowmem_reserve_ratio: {DMA, Normal}; below 1 means 1. */
void mm_set_lowmem_reserve_ratio(struct machine *m, u32 dma, u32 normal);

/*
 * Frame numbers <-> struct page.  A pfn at or past max_mapnr gives a pointer
 * outside mem_map, which every call reports as bad_page; page_to_pfn(NULL)
 * is PFN_NONE.
 */
struct page *mm_pfn_to_page(struct machine *m, pfn_t pfn);
pfn_t mm_page_to_pfn(const struct machine *m, const struct page *page);

/* --- objects [mm/slab.c, include/linux/slab.h] ---------------------------- */

/*
 * Objects are plain memory in the direct map.  A pointer's low 32 bits are
 * its linear address; mm_ptr() is the way back, for any address: what is not
 * in the direct map must not be dereferenced.
 */
static inline vaddr_t mm_vaddr(const void *ptr)
{
	return (vaddr_t)(uintptr_t)ptr;
}
void *mm_ptr(const struct machine *m, vaddr_t addr);

/*
 * Linux's own type: the object, its cache, SLAB_CTOR_* flags.  It may call
 * the allocator, but not for objects of the same cache.
 */
typedef void (*kmem_ctor_t)(void *object, struct kmem_cache *cache,
			    unsigned long flags);

/*
 * size: 4..KMALLOC_MAX bytes; align: 0 or a power of two, in bytes; flags:
 * SLAB_*.  The name is kept, not copied: it must outlive the cache.  NULL: a
 * report, or no memory, or
 * nothing of that size and alignment fits into a slab.
 */
struct kmem_cache *mm_kmem_cache_create(struct machine *m, const char *name,
					u32 size, u32 align, u32 flags,
					kmem_ctor_t ctor, kmem_ctor_t dtor);
/* 0, or 1 where objects are live (the cache stays usable) or with a report. */
int mm_kmem_cache_destroy(struct machine *m, struct kmem_cache *cache);
/* Gives all free slabs back; 0 if none is left at all, else 1. */
int mm_kmem_cache_shrink(struct machine *m, struct kmem_cache *cache);
/* Usable bytes of an object; 0 with a report. */
u32 mm_kmem_cache_size(struct machine *m, struct kmem_cache *cache);
/* As given to create; NULL with a report. */
const char *mm_kmem_cache_name(struct machine *m, struct kmem_cache *cache);
/*
 * An object is the caller's until it is freed: mm_kmem_cache_size() bytes,
 * constructed or of any content.  NULL: a report, or no memory.
 */
void *mm_kmem_cache_alloc(struct machine *m, struct kmem_cache *cache,
			  gfp_t gfp);
/* The object is as its constructor left it, and of this cache; not NULL. */
void mm_kmem_cache_free(struct machine *m, struct kmem_cache *cache,
			void *object);
/* The cache that kmalloc(size, gfp) takes; NULL above KMALLOC_MAX. */
struct kmem_cache *mm_kmem_find_general_cachep(struct machine *m, u32 size,
					       gfp_t gfp);
/*
 * size bytes, or n * size; of 0 an object of which no byte may be used.
 * kzalloc's and kcalloc's are zero.  NULL: a report, no memory, or, silently,
 * more than KMALLOC_MAX bytes or a product that fits no int.
 */
void *mm_kmalloc(struct machine *m, u32 size, gfp_t gfp);
void *mm_kzalloc(struct machine *m, u32 size, gfp_t gfp);
void *mm_kcalloc(struct machine *m, u32 n, u32 size, gfp_t gfp);
/* NULL, or an object of any cache. */
void mm_kfree(struct machine *m, const void *object);
/* Usable bytes, 0 for NULL or with a report; hands the slack over. */
u32 mm_ksize(struct machine *m, const void *object);

/* jiffies (1/HZ s) go by: grace periods end, caches are reaped. */
void mm_tick(struct machine *m, u32 jiffies);

/* --- memory pools [mm/mempool.c] ------------------------------------------ */

/* Function types, as in Linux: a driver says mempool_alloc_t *. */
typedef void *mempool_alloc_t(gfp_t gfp, void *pool_data);
typedef void mempool_free_t(void *element, void *pool_data);

/* NULL: a report, or no memory for min_nr elements. */
struct mempool *mm_mempool_create(struct machine *m, s32 min_nr,
				  mempool_alloc_t *alloc, mempool_free_t *free,
				  void *pool_data);
/*
 * NULL: a report, or oom; or no memory and no reserve, and then a task with
 * __GFP_WAIT fell asleep: mm_blocked() is its ticket.
 */
void *mm_mempool_alloc(struct machine *m, struct mempool *pool, gfp_t gfp);
/* The woken sleeper goes on, as the current task; as mm_mempool_alloc(). */
void *mm_mempool_resume(struct machine *m, u32 ticket);
/* Into the reserve, waking all who sleep, or to the pool's free function. */
void mm_mempool_free(struct machine *m, struct mempool *pool, void *element);
/*
 * 0, also where a larger reserve could not be filled; -12 (-ENOMEM), or -22
 * (-EINVAL) if misused: nothing is changed.
 */
int mm_mempool_resize(struct machine *m, struct mempool *pool, s32 new_min_nr,
		      gfp_t gfp);
/* Its reserve must be full, and nobody asleep. */
void mm_mempool_destroy(struct machine *m, struct mempool *pool);

/* The ticket under which the call since mm_set_current() sleeps, or 0. */
u32 mm_blocked(const struct machine *m);
/* The first sleeper that was woken and has not gone on, or 0. */
u32 mm_woken(const struct machine *m);

/* --- looking at objects --------------------------------------------------- */

void mm_object_counts(const struct machine *m, struct object_counts *out);
/* The cache must be one: what create returned, what mm_cache_at() names. */
void mm_cache_info(const struct machine *m, const struct kmem_cache *cache,
		   struct cache_info *out);
/* cpu = NR_CPUS: the shared array.  No such array: all 0. */
void mm_cache_array(const struct machine *m, const struct kmem_cache *cache,
		    unsigned int cpu, struct array_view *out);
/*
 * The slabs of one list, head first, into out[0..max); returns how many there
 * are.
 */
u32 mm_cache_slabs(const struct machine *m, const struct kmem_cache *cache,
		   enum slab_list list, struct slab_view *out, u32 max);
/* The i-th cache of the chain from its head; NULL: there are fewer. */
struct kmem_cache *mm_cache_at(const struct machine *m, u32 i);
/* The one behind `cache' (NULL: the first); NULL: there is none. */
struct kmem_cache *mm_cache_next(const struct machine *m,
				 const struct kmem_cache *cache);
void mm_mempool_info(const struct machine *m, const struct mempool *pool,
		     struct mempool_info *out);

/* --- the processor -------------------------------------------------------- */

/*
 * All of these are about the current CPU, but where they say otherwise.
 * Calls that can fault fill *f (FAULT_NONE: they did not) and return false.
 */

/* user: CPL 3, by iret; else CPL 0, by an interrupt.  DESIGN.md says which
 * segment registers that loads. */
void mm_set_mode(struct machine *m, bool user);
bool mm_load_segment(struct machine *m, enum seg_reg reg, u16 selector,
		     struct fault *f);
/* A descriptor's two words; report gdt_entry. */
void mm_write_gdt_entry(struct machine *m, u32 entry, u32 low, u32 high);
void mm_write_cr0(struct machine *m, bool wp);
void mm_write_cr4(struct machine *m, bool pge);
void mm_invlpg(struct machine *m, vaddr_t addr);
void mm_flush_tlb(struct machine *m);	  /* __flush_tlb(): CR3 anew */
void mm_flush_tlb_all(struct machine *m); /* each CPU, global entries too */

/*
 * a->len bytes between buf and what a->offset in the segment leads to, with
 * the kernel's answer to faults that it can mend; a fetch is a read.  *where
 * says which physical bytes they were.  A fault moves no byte.  A program may
 * write wherever its segments and tables lead; who writes over what the
 * kernel lives on (its image, mem_map, tables, slabs) and does not put it back
 * has a machine that is good for nothing but machine_boot().
 */
bool mm_access(struct machine *m, const struct access *a, void *buf,
	       struct access_pieces *where, struct fault *f);

/* A read of 4 bytes where nobody asks which they were; 0 with a fault. */
u32 mm_load32(struct machine *m, enum seg_reg seg, u32 offset, struct fault *f);

void mm_cpu_view(const struct machine *m, unsigned int cpu,
		 struct cpu_view *out);
/* The CPU's entry for addr, of a 4 MiB page or a 4 KiB one: frame | TLB_*
 * bits; 0: it has none. */
u32 mm_tlb_entry(const struct machine *m, unsigned int cpu, vaddr_t addr,
		 bool large);

/* --- page tables [arch/i386/mm] ------------------------------------------- */

struct pgd; /* a page directory: 1024 words, at its linear address */

/* All that return int: 0, -12 (-ENOMEM), or -22 (-EINVAL) with a report. */

/* The direct map's attributes of nr_pages pages from `page' on; the caller
 * then calls global_flush_tlb(). */
int mm_change_page_attr(struct machine *m, struct page *page, u32 nr_pages,
			u32 prot);
void mm_global_flush_tlb(struct machine *m);

/* --- directories of processes --------------------------------------------- */

struct pgd *mm_pgd_alloc(struct machine *m); /* NULL: a report, no memory */
int mm_pgd_free(struct machine *m, struct pgd *pgd);
int mm_exit_mmap(struct machine *m, struct pgd *pgd);
int mm_switch_mm(struct machine *m, struct pgd *pgd); /* NULL: the kernel's */
enum user_prot { USER_NONE, USER_READ, USER_COPY, USER_SHARED };
int mm_map_page(struct machine *m, struct pgd *pgd, vaddr_t addr,
		struct page *page, u32 prot);
int mm_unmap(struct machine *m, struct pgd *pgd, vaddr_t addr, u32 nr_pages);
int mm_protect(struct machine *m, struct pgd *pgd, vaddr_t addr, u32 nr_pages,
	       u32 prot);
/* The low 12 bits of a word, as set_pte() could set them. */
int mm_set_pte(struct machine *m, struct pgd *pgd, vaddr_t addr, u32 bits);
int mm_set_pde(struct machine *m, struct pgd *pgd, vaddr_t addr, u32 bits);

/* --- kernel mappings [mm/vmalloc.c, arch/i386/mm/ioremap.c] --------------- */

/*
 * Addresses in the vmalloc window.  No host memory is there, but under
 * machine_set_mirror(): mm_access() leads there.  0 is NULL: a report, no
 * memory, no room in the window, or, silently, a size of 0 or beyond all
 * memory.
 */
struct vm_struct;

/* flags: one of VM_IOREMAP, VM_ALLOC, VM_MAP.  size: bytes.  NULL as above. */
struct vm_struct *mm_get_vm_area(struct machine *m, u32 size, u32 flags);
/* Unmapped and out of the list; the caller kfree()s it with
 * mm_free_vm_area().  NULL, with a report: no area begins at addr. */
struct vm_struct *mm_remove_vm_area(struct machine *m, vaddr_t addr);
void mm_free_vm_area(struct machine *m, struct vm_struct *area);
/* size: bytes; prot: a page's bits, of PAGE_ATTR_MASK. */
vaddr_t mm__vmalloc(struct machine *m, u32 size, gfp_t gfp, u32 prot);
vaddr_t mm_vmalloc(struct machine *m, u32 size);
vaddr_t mm_vmalloc_32(struct machine *m, u32 size); /* no high memory */
vaddr_t mm_vmalloc_exec(struct machine *m, u32 size);
void mm_vfree(struct machine *m, vaddr_t addr); /* 0: nothing */
/* pages[i] may be NULL: then there is no mapping.  No reference is taken. */
vaddr_t mm_vmap(struct machine *m, struct page *const *pages, u32 count,
		u32 flags, u32 prot);
void mm_vunmap(struct machine *m, vaddr_t addr); /* 0: nothing */
/* NULL: nothing is mapped there, or no struct page; or a report. */
struct page *mm_vmalloc_to_page(struct machine *m, vaddr_t addr);

/* phys, size: bytes, of any alignment. */
vaddr_t mm_ioremap(struct machine *m, u32 phys, u32 size);
vaddr_t mm_ioremap_nocache(struct machine *m, u32 phys, u32 size);
void mm_iounmap(struct machine *m, vaddr_t addr);

/* --- high memory [mm/highmem.c, arch/i386/mm/highmem.c] ------------------- */

/*
 * A low page's linear address; a high page's in the kmap window.  0: a
 * report, or all slots are in use, and then the task fell asleep: mm_blocked()
 * is its ticket.
 */
vaddr_t mm_kmap(struct machine *m, struct page *page);
/* The woken sleeper goes on, as the current task; as mm_kmap(). */
vaddr_t mm_kmap_resume(struct machine *m, u32 ticket);
void mm_kunmap(struct machine *m, struct page *page);
/* The current CPU's slot of that type (enum km_type); preemption is off until
 * mm_kunmap_atomic().  0: a report. */
vaddr_t mm_kmap_atomic(struct machine *m, struct page *page, u32 type);
void mm_kunmap_atomic(struct machine *m, vaddr_t addr, u32 type);
/* NULL, with a report: no low memory's address, no atomic slot in use. */
struct page *mm_kmap_atomic_to_page(struct machine *m, vaddr_t addr);
/* phys: any byte of a frame that is not memory.  0: a report. */
vaddr_t mm_set_fixmap(struct machine *m, u32 index, u32 phys, bool nocache);
void mm_clear_fixmap(struct machine *m, u32 index);
/* Whether virt_to_page() may be asked. */
bool mm_virt_addr_valid(struct machine *m, vaddr_t addr);

/*
 * Mirror: from the next boot on, what the kernel's windows map (vmalloc, kmap,
 * fixmap, devices' memory too) is there for the host as well, at mm_ptr() of
 * its address, so that driver code runs unchanged.  Such accesses are seen by
 * no TLB and recorded by no device.  A mirrored machine takes no snapshot, and
 * on a 32-bit host none boots.
 */
void machine_set_mirror(struct machine *m, bool mirror);

/* --- looking at kernel mappings ------------------------------------------- */

void mm_mapping_counts(const struct machine *m, struct mapping_counts *out);
/* The area behind `area' in the list (NULL: the first), or NULL. */
const struct vm_struct *mm_vm_next(const struct machine *m,
				   const struct vm_struct *area);
void mm_vm_view(const struct machine *m, const struct vm_struct *area,
		struct vm_area_view *out);
void mm_kmap_view(const struct machine *m, struct kmap_view *out);
/* i below mm_layout's nr_devices: by the order of the mmio= words. */
void mm_device_view(const struct machine *m, u32 i, struct device_view *out);

/* --- bootmem [mm/bootmem.c], before machine_mem_init() only --------------- */

/* Physical address of zeroed memory, or 0: a report was drawn. */
u32 mm_alloc_bootmem(struct machine *m, u32 size, u32 align, u32 goal);
void mm_free_bootmem(struct machine *m, u32 addr, u32 size);
void mm_reserve_bootmem(struct machine *m, u32 addr, u32 size);

#endif
