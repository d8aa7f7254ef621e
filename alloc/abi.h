/* SPDX-License-Identifier: MIT */
/*
 * abi.h - the words that the machine, the model and the harness share.
 *
 * Numbers and plain data only: no function, no state.  With abi_cpu.h and
 * abi_map.h, its last parts, it is all of alloc/ that oracle/ may include, so
 * that nothing here can hide a bug from both sides: every derived figure (zone
 * sizes, watermarks, addresses) is worked out twice, and only the structs that
 * carry the figures are common.
 *
 * Numeric values are those of Linux 2.6.12, i386, non-PAE, HIGHMEM4G.
 */
#ifndef ALLOC_ABI_H
#define ALLOC_ABI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;

typedef u32 vaddr_t; /* an i386 linear address */
typedef u64 paddr_t; /* a physical byte address: 4 GiB itself must fit */
typedef u32 pfn_t;   /* a physical frame number: paddr >> PAGE_SHIFT */
typedef u32 gfp_t;

#define PFN_NONE 0xFFFFFFFFu /* "no frame": NULL as a frame number */

#define PAGE_SHIFT 12
#define PAGE_SIZE 4096u
#define PAGE_OFFSET 0xC0000000u
#define MAX_ORDER 11 /* orders 0..10 exist */
#define NR_CPUS 8    /* of an SMP kernel; cpus=1 boots the UP kernel */

enum zone_id { ZONE_DMA, ZONE_NORMAL, ZONE_HIGHMEM, NR_ZONES };
enum pcp_temp { PCP_HOT, PCP_COLD, NR_PCP_TEMPS };

/* GFP flags [include/linux/gfp.h of 2.6.12] */
#define __GFP_DMA 0x01u
#define __GFP_HIGHMEM 0x02u
#define __GFP_WAIT 0x10u
#define __GFP_HIGH 0x20u
#define __GFP_IO 0x40u
#define __GFP_FS 0x80u
#define __GFP_COLD 0x100u
#define __GFP_NOWARN 0x200u
#define __GFP_REPEAT 0x400u
#define __GFP_NOFAIL 0x800u
#define __GFP_NORETRY 0x1000u
#define __GFP_NO_GROW 0x2000u
#define __GFP_COMP 0x4000u
#define __GFP_ZERO 0x8000u
#define __GFP_NOMEMALLOC 0x10000u
#define GFP_ZONEMASK 0x03u
#define GFP_ALL_FLAGS 0x1FFF3u /* every bit that 2.6.12 defines */
#define GFP_ATOMIC __GFP_HIGH
#define GFP_NOIO __GFP_WAIT
#define GFP_NOFS (__GFP_WAIT | __GFP_IO)
#define GFP_KERNEL (__GFP_WAIT | __GFP_IO | __GFP_FS)
#define GFP_USER GFP_KERNEL
#define GFP_HIGHUSER (GFP_KERNEL | __GFP_HIGHMEM)
#define GFP_DMA __GFP_DMA
/* What a slab may be grown with, besides __GFP_DMA. */
#define GFP_LEVEL_MASK 0x17FF0u

/*
 * Who asks.  The context of a call: its CPU, and what Linux reads from
 * preempt_count and from `current`.
 */
enum task_flags {
	TASK_ATOMIC = 1,   /* a spinlock is held: in_atomic() */
	TASK_IRQ = 2,	   /* in_interrupt() */
	TASK_RT = 4,	   /* rt_task(current) */
	TASK_MEMALLOC = 8, /* PF_MEMALLOC */
	TASK_MEMDIE = 16,  /* TIF_MEMDIE: chosen by the OOM killer */
	TASK_FLAGS = 31,
};

struct task {
	u8 cpu;	     /* below the number of CPUs booted */
	u8 flags;    /* enum task_flags */
	u8 fail_nth; /* the n-th page allocation of this call fails; 0: none */
};

/*
 * Reports: one kind for each misuse.  A report changes nothing else: the
 * call that draws it has no other effect and returns NULL or nothing.
 */
#define REPORT_KINDS(X)                                                        \
	X(none, "no report")                                                   \
	X(double_free, "freeing a frame that an earlier free gave back")       \
	X(never_allocated, "freeing a frame that no allocation ever returned") \
	X(wrong_order, "freeing a block with another order than its own")      \
	X(free_reserved, "freeing a reserved frame")                           \
	X(free_tail, "freeing a frame inside a block, not its head")           \
	X(bad_page, "a struct page outside mem_map")                           \
	X(bad_address, "an address outside the direct map of low memory")      \
	X(order_too_large, "freeing with an order of MAX_ORDER or more")       \
	X(bad_zone_bits, "__GFP_DMA and __GFP_HIGHMEM together")               \
	X(ref_underflow, "put_page of a frame whose count is 0")               \
	X(ref_free, "get_page of a free frame")                                \
	X(ref_tail, "get_page or put_page inside a block not compound")        \
	X(sleep_in_atomic, "an allocation that may sleep where none may")      \
	X(zero_highmem_irq, "__GFP_ZERO|__GFP_HIGHMEM in an interrupt")        \
	X(highmem_no_address, "an address was asked of high memory")           \
	X(bootmem_late, "a bootmem call after mem_init")                       \
	X(bootmem_range, "a bootmem range that is empty or past the end")      \
	X(bootmem_double_free, "free_bootmem of a frame that is free")         \
	X(bootmem_align, "a bootmem alignment that is no power of two")        \
	X(bootmem_panic, "alloc_bootmem found no room: 2.6.12 panics")         \
	X(free_slab, "dropping the last reference of a slab's frame")          \
	X(object_foreign, "an address in no slab's frame")                     \
	X(object_interior, "an address in a slab where no object begins")      \
	X(object_double_free, "an object that is in nobody's hands")           \
	X(object_wrong_cache, "kmem_cache_free of another cache's object")     \
	X(object_redzone, "a red zone was overwritten")                        \
	X(object_poison, "a free object was written to")                       \
	X(object_gfp, "GFP flags that no slab can be grown with")              \
	X(object_dma, "__GFP_DMA of a cache that has it not, or the reverse")  \
	X(cache_bad, "a cache that does not exist")                            \
	X(cache_interrupt, "a cache made, shrunk, destroyed in an interrupt")  \
	X(cache_name, "a cache without a name")                                \
	X(cache_duplicate, "a cache's name that another cache has")            \
	X(cache_size, "objects of less than 4 or more than 131072 bytes")      \
	X(cache_align, "an alignment that is no power of two")                 \
	X(cache_flags, "SLAB flags that kmem_cache_create does not take")      \
	X(cache_dtor, "a destructor where there can be none")                  \
	X(cache_own, "destroying a cache of the allocator's own")              \
	X(cache_panic, "SLAB_PANIC and no cache: 2.6.12 panics")               \
	X(mempool_bad, "a pool that does not exist")                           \
	X(mempool_nr, "a pool of fewer than no elements, or resized to none")  \
	X(mempool_element, "an element that is in the pool's reserve already") \
	X(mempool_short, "destroying a pool whose reserve is short")           \
	X(mempool_waited, "destroying a pool that somebody waits for")         \
	X(gdt_entry, "a GDT entry that is the kernel's, or is not there")      \
	X(map_frame, "mapping a frame that is not the caller's to map so")     \
	X(map_address, "mapping outside user space")                           \
	X(map_empty, "attributes of what is not mapped")                       \
	X(attr_high, "change_page_attr of frames that are not low memory")     \
	X(pgd_bad, "a page directory that does not exist")                     \
	X(pgd_active, "freeing a page directory that a CPU runs on")           \
	X(pgd_populated, "freeing a page directory that has user pages")       \
	X(free_table, "dropping the last reference of a page table's frame")   \
	X(free_mapped, "dropping the last reference of a mapped frame")        \
	X(vm_interrupt, "an area made or given back in an interrupt")          \
	X(vm_unknown, "an address where no area begins")                       \
	X(vm_kind, "an area given back by another call than its own")          \
	X(vm_flags, "flags of an area that are not one kind that it can be")   \
	X(ioremap_ram, "ioremap of memory")                                    \
	X(kmap_window, "kmap where the direct map covers the kmap window")     \
	X(kmap_type, "a kmap_atomic type that does not exist")                 \
	X(kmap_busy, "kmap_atomic into a slot in use, under kmap_strict")      \
	X(kunmap_interrupt, "kunmap in an interrupt")                          \
	X(kunmap_unmapped, "kunmap of a page that nobody has kmapped")         \
	X(kunmap_slot, "kunmap_atomic of an address that is not its slot's")   \
	X(kunmap_unheld, "kunmap_atomic where no kmap_atomic is held")         \
	X(fixmap_slot, "a fixmap slot that is not the caller's")

enum report_kind {
#define X(name, doc) REPORT_##name,
	REPORT_KINDS(X)
#undef X
		NR_REPORTS
};

/*
 * Tracepoints.  The machine announces its moves in the order in which it
 * makes them, with the kernel's own event names where it has one.
 */
#define TRACE_EVENTS(X)                                                        \
	X(mm_page_alloc, "a block leaves the allocator: pfn, order, arg=gfp")  \
	X(mm_page_free, "a block's last reference went: pfn, order, temp")     \
	X(mm_page_alloc_zone_locked,                                           \
	  "a block leaves the buddy: pfn, order, zone, temp; arg=1: pcp "      \
	  "refill")                                                            \
	X(mm_page_pcpu_drain, "a list gives a frame back: pfn, zone, temp")    \
	X(mm_vmscan_wakeup_kswapd, "zone, order")                              \
	X(mm_vmscan_direct_reclaim_begin, "order, arg=gfp")                    \
	X(oom_kill, "order, arg=gfp")                                          \
	X(kmalloc, "pfn=address, arg=gfp; kzalloc and kcalloc too")            \
	X(kfree, "pfn=address")                                                \
	X(kmem_cache_alloc, "pfn=address, arg=gfp")                            \
	X(kmem_cache_free, "pfn=address")                                      \
	X(alloc_vmap_area, "an area joins the list: pfn=address, order=kind, " \
			   "arg=bytes with the guard page")                    \
	X(free_vmap_area, "an area leaves the list: pfn=address, order=kind")  \
	X(kmap_high, "a kmap slot is taken into use: pfn, arg=slot")           \
	X(kmap_flush, "unused kmap slots are emptied: arg=how many")

enum trace_event {
#define X(name, doc) TRACE_##name,
	TRACE_EVENTS(X)
#undef X
		NR_TRACE_EVENTS
};

struct trace_record {
	u8 event; /* enum trace_event */
	u8 order;
	u8 zone;
	u8 temp; /* enum pcp_temp, for the events that bear it */
	pfn_t pfn;
	u32 arg;
};

/*
 * The boot line, parsed: hardware words, and Linux's own words in the order
 * in which they were given.  Sizes in bytes.
 */
enum boot_word_kind {
	BOOT_RAM,	   /* ram=SIZE: the standard PC map of that much RAM */
	BOOT_E820,	   /* e820=START-END[:TYPE],...: one word per range */
	BOOT_CPUS,	   /* cpus=N, in size: 1 is UP, 2..8 is SMP */
	BOOT_MEM,	   /* mem=SIZE: a limit */
	BOOT_HIGHMEM,	   /* highmem=SIZE */
	BOOT_VMALLOC,	   /* vmalloc=SIZE, a multiple of 4 MiB */
	BOOT_MEMMAP_EXACT, /* memmap=exactmap: forget the hardware's map */
	BOOT_MEMMAP,	   /* memmap=SIZE@START, #, $: a range of some type */
	BOOT_LINE,	   /* line=N, in size: a cache line of 32, 64 or 128 */
	BOOT_SLAB_DEBUG,   /* slab_debug: CONFIG_DEBUG_SLAB */
	BOOT_NOPENTIUM,	   /* mem=nopentium: no 4 MiB pages */
	BOOT_MMIO,	   /* mmio=SIZE@START: a device's memory */
	BOOT_KMAP_STRICT,  /* kmap_strict: kmap_atomic as of 2.6.19 */
	NR_BOOT_WORDS
};

/* e820 types; where ranges overlap, the higher number wins */
enum e820_type {
	E820_RAM = 1,
	E820_RESERVED = 2,
	E820_ACPI = 3,
	E820_NVS = 4,
};

struct boot_word {
	u8 kind; /* enum boot_word_kind */
	u8 type; /* enum e820_type, of a range */
	u64 start;
	u64 size;
};

#define BOOT_WORDS_MAX 32

struct boot_line {
	u32 nr;
	struct boot_word word[BOOT_WORDS_MAX];
};

/*
 * The standard PC of ram=SIZE (4 MiB .. 4 GiB, a multiple of 4 KiB):
 * RAM 0 .. 0x9FC00, reserved 0x9FC00 .. 0xA0000 (the EBDA), reserved
 * 0xF0000 .. 1 MiB (the BIOS), RAM 1 MiB .. SIZE.
 */
#define PC_EBDA_START 0x9FC00u
#define PC_EBDA_END 0xA0000u
#define PC_BIOS_START 0xF0000u
#define PC_BIOS_END 0x100000u

/* The kernel image: code, data and the machine's own static structures. */
#define KERNEL_START 0x100000u
#define KERNEL_BYTES 0x300000u

/* sizeof(struct page) in mem_map, on i386 with HIGHMEM */
#define PAGE_STRUCT_BYTES 32u
/* SMP_CACHE_BYTES: the alignment of alloc_bootmem() */
#define L1_CACHE_BYTES 32u

/* What boot took from bootmem, in the order in which it took it. */
#define BOOT_CLAIMS(X)                                                         \
	X(page0, "physical page 0")                                            \
	X(image, "the kernel image")                                           \
	X(pg0, "head.S's page tables, right behind the image")                 \
	X(bitmap, "bootmem's bitmap, behind pg0; freed by mem_init")           \
	X(ebda, "the extended BIOS data area's page")                          \
	X(trampoline, "page 1, on SMP")                                        \
	X(fixmap_pt, "the page table of the fixmap")                           \
	X(pkmap_pt, "the page table of the kmap window")                       \
	X(mem_map, "the struct page array, with its spare element")            \
	X(user, "a bootmem op of the program")                                 \
	X(direct_pt, "a page table of the direct map, under mem=nopentium")

enum boot_claim_label {
#define X(name, doc) CLAIM_##name,
	BOOT_CLAIMS(X)
#undef X
		NR_CLAIM_LABELS
};

struct boot_claim {
	u8 label;  /* enum boot_claim_label */
	u32 start; /* physical byte address */
	u32 size;  /* bytes */
};

/* What the booted machine says of itself; both sides fill one. */
struct zone_layout {
	pfn_t start_pfn;
	u32 spanned_pages;
	u32 present_pages;
	u32 pages_min, pages_low, pages_high;
	u32 lowmem_reserve[NR_ZONES];
	struct {
		u32 low, high, batch;
	} pcp[NR_PCP_TEMPS];
};

struct mm_layout {
	u32 nr_cpus;
	u32 cache_line;	     /* bytes */
	u32 slab_debug;	     /* 0 or 1 */
	u32 pse;	     /* 0 or 1: the processor has 4 MiB pages */
	u32 kmap_strict;     /* 0 or 1 */
	u32 nr_devices;	     /* mmio= words */
	pfn_t max_pfn;	     /* one past the highest RAM frame, trimmed */
	pfn_t max_low_pfn;   /* one past low memory */
	pfn_t highstart_pfn; /* first high frame: max_low_pfn */
	pfn_t highend_pfn;   /* == max_low_pfn where there is no high memory */
	pfn_t max_mapnr;     /* entries of mem_map, the spare one apart */
	vaddr_t high_memory;
	vaddr_t vmalloc_start, vmalloc_end;
	vaddr_t pkmap_base;
	vaddr_t fixaddr_start;
	u32 min_free_kbytes;
	u32 totalram_pages, totalhigh_pages;
	u32 nr_zonelist[NR_ZONES]; /* by gfp & GFP_ZONEMASK: 0, DMA, HIGHMEM */
	u8 zonelist[NR_ZONES][NR_ZONES];
	struct zone_layout zone[NR_ZONES];
};

/* The aggregates that are compared after every op. */
struct mm_counts {
	u32 free_pages[NR_ZONES];
	u32 nr_free[NR_ZONES][MAX_ORDER];
	u32 pcp[NR_ZONES][NR_PCP_TEMPS]; /* of the CPU asked about */
	u32 kswapd_max_order;
};

/* One frame, as mem_map tells it and as the model has it. */
enum frame_state {
	FRAME_RESERVED,
	FRAME_BUDDY,	 /* in a free block: head or not */
	FRAME_PCP,	 /* on a per-CPU list */
	FRAME_ALLOCATED, /* head of an allocated block */
	FRAME_TAIL,	 /* inside an allocated block */
	NR_FRAME_STATES
};

/* On a per-CPU list: order 0, head 0. */
struct frame_view {
	u8 state;      /* enum frame_state */
	u8 order;      /* of the block, in its head; 0 in all other frames */
	u8 head;       /* 1: head of a free or allocated block */
	u8 slab;       /* 1: PG_slab: a slab's frame */
	u8 compound;   /* 1: member of a compound block */
	u8 table;      /* 1: a page table made after boot */
	u32 count;     /* logical page_count(): 0 is free; a tail's own is 0 */
	u32 mapcount;  /* user PTEs that map it: page_mapcount() */
	u32 kmapcount; /* of a head: the kernel's mappings of its block */
};

/* --- objects [include/linux/slab.h, mm/slab.c] ---------------------------- */

#define SLAB_DEBUG_FREE 0x100u
#define SLAB_DEBUG_INITIAL 0x200u
#define SLAB_RED_ZONE 0x400u
#define SLAB_POISON 0x800u
#define SLAB_NO_REAP 0x1000u
#define SLAB_HWCACHE_ALIGN 0x2000u
#define SLAB_CACHE_DMA 0x4000u
#define SLAB_MUST_HWCACHE_ALIGN 0x8000u
#define SLAB_STORE_USER 0x10000u
#define SLAB_RECLAIM_ACCOUNT 0x20000u
#define SLAB_PANIC 0x40000u
#define SLAB_DESTROY_BY_RCU 0x80000u

/* flags of a constructor's or destructor's call */
#define SLAB_CTOR_CONSTRUCTOR 1u
#define SLAB_CTOR_ATOMIC 2u
#define SLAB_CTOR_VERIFY 4u

#define HZ 1000u
#define INITIAL_JIFFIES ((u32)-300000)

/* sizes in simulated RAM, in bytes */
#define KMEM_CACHE_BYTES 160u /* struct kmem_cache */
#define SLAB_BYTES 24u	      /* struct slab; bufctls follow */
#define BUFCTL_BYTES 2u
#define ARRAY_CACHE_BYTES 16u /* struct array_cache; 4 an entry follow */
#define MEMPOOL_BYTES 40u     /* mempool_t */
#define KMALLOC_MAX 131072u

/*
 * The constructors of the op language.  What a program's cache does to its
 * objects, when it is made and when it is destroyed: bits, so 2 and 6 have a
 * destructor and no constructor.
 * The constructor paints: each 4-byte word at offset i < min(size, 64) of
 * the object at linear address a becomes (a + i) ^ CTOR_PATTERN; with
 * OBJECT_NESTED it then stores in word 0 what kmalloc(NESTED_BYTES, flags)
 * gave, GFP_ATOMIC if it was called with ATOMIC, else GFP_KERNEL; 0 for
 * NULL.  Called with VERIFY it does nothing.  The destructor, with
 * OBJECT_NESTED, kfree()s what word 0 holds, then zeroes what was painted.
 */
enum object_life {
	OBJECT_CTOR = 1,
	OBJECT_DTOR = 2,
	OBJECT_NESTED = 4, /* of whichever of the two there is */
	OBJECT_LIFE_MASK = 7,
};
#define CTOR_PATTERN 0xC7C7C7C7u
#define CTOR_PAINT_BYTES 64u
#define NESTED_BYTES 40u

/* One call of a constructor or destructor, as the program's code saw it. */
struct ctor_call {
	u32 object; /* linear address */
	u32 cache;
	u8 flags; /* SLAB_CTOR_* */
	u8 dtor;  /* 1: the destructor */
};

/* A cache as it stands; sizes in bytes. */
struct cache_info {
	u32 objsize;   /* rounded, with debugging's words */
	u32 user_size; /* kmem_cache_size() */
	u32 flags;     /* as they came out; OFF_SLAB is `off_slab` */
	u32 num;       /* objects a slab */
	u32 order;
	u32 colour, colour_off, colour_next;
	u32 slab_size;	 /* management of one slab */
	u32 off_slab;	 /* 0 or 1 */
	u32 slabp_cache; /* address of management's cache; 0: on slab */
	u32 limit, batch, free_limit;
	u32 shared_limit;   /* entries of the shared array */
	u32 shared;	    /* its address, 0: none */
	u32 array[NR_CPUS]; /* addresses, 0: no such CPU */
	u32 next_reap;
	u32 free_objects, free_touched;
};

/* An array of object addresses: a CPU's (`entry` oldest first), or shared. */
struct array_view {
	u32 avail, limit, batch, touched;
	const u32 *entry;
};

enum slab_list { SLABS_FULL, SLABS_PARTIAL, SLABS_FREE, NR_SLAB_LISTS };

struct slab_view {
	u32 slab;  /* address of its management */
	u32 s_mem; /* of object 0 */
	u32 inuse;
	u32 free; /* index of the first free object, 0xFFFF: none */
};

/* What is compared after every op, besides mm_counts. */
struct object_counts {
	u32 nr_slab;		/* frames with PG_slab */
	u32 slab_reclaim_pages; /* those of SLAB_RECLAIM_ACCOUNT caches */
	u32 jiffies;
	u32 nr_caches; /* in the chain */
	u32 nr_rcu;    /* slabs that wait for a grace period */
};

struct mempool_info {
	s32 min_nr, curr_nr;
	const u32 *elements; /* curr_nr of them */
};

/*
 * Where the frames' bytes are in this process.  The machine's direct map is
 * at `low`; high frames have no kernel address and are found at `high`.
 */
struct ram_view {
	uintptr_t low;	/* frame f < low_pfns is at low + f * 4096 */
	uintptr_t high; /* frame f >= low_pfns is at high + f * 4096 */
	pfn_t low_pfns;
	pfn_t nr_pfns; /* frames that may be touched are below this */
};

static inline u8 *ram_frame(const struct ram_view *ram, pfn_t pfn)
{
	uintptr_t base = pfn < ram->low_pfns ? ram->low : ram->high;

	return (u8 *)(base + (uintptr_t)pfn * PAGE_SIZE);
}

#include "abi_cpu.h"
#include "abi_map.h"

#endif
