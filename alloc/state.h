/* SPDX-License-Identifier: MIT */
/*
 * state.h - struct machine: all the state of one simulated PC.
 *
 * Two machines share nothing.  What Linux keeps in RAM is in RAM (image.h,
 * mem_map, page tables); here is the hardware, the way there, and what only
 * serves the simulation: faults, trace, the golden copy.
 */
#ifndef ALLOC_STATE_H
#define ALLOC_STATE_H

#include "mm.h"
#include "e820.h"
#include "image.h"
#include "platform.h"
#include "report.h"
#include "trace.h"
#include "x86.h"

struct page;

enum machine_phase {
	PHASE_OFF,     /* not booted */
	PHASE_BOOTMEM, /* before mem_init */
	PHASE_RUNNING,
};

/* contig_bootmem_data [include/linux/bootmem.h]; the bitmap is in RAM */
struct bootmem {
	u32 *map;	  /* a bit per low frame, 1: reserved */
	u32 map_start;	  /* its physical address ... */
	u32 map_bytes;	  /* ... and what is claimed for it */
	u32 last_pos;	  /* the last frame of the last allocation ... */
	u32 last_offset;  /* ... and where in it that ended; 0: at its end */
	u32 last_success; /* physical address: where scans begin */
};

#define BOOT_CLAIMS_MAX 512u

/* What machine_reset() needs: image and mem_map as they were. */
struct golden {
	bool taken;
	struct kernel_data data;
	struct page *mem_map;
};

/*
 * What a CPU asks for most, by pointers instead of links.  The pointers are
 * set at boot and never change: a short cut, and no state.
 */
struct cpu_front {
	struct {
		struct zone *zone; /* the first of the list */
		struct per_cpu_pages *hot;
	} list[GFP_ZONEMASK + 1]; /* an empty zone where there is no list */
	struct per_cpu_pages *hot[NR_ZONES];
	/*
	 * That of the last free's zone: the next free's is known before its
	 * struct page has been looked at, and does not have to wait for it.
	 */
	struct per_cpu_pages *guess;
	u32 guess_zone;
};

#define FRONT_NUMBERS 256u

/* A CPU's arrays at hand, by the numbers of their caches: see front.h. */
struct front {
	struct array_cache *array[FRONT_NUMBERS];
};

/* Pointers in RAM are handles: see handle.h. */
typedef void (*handle_fn)(void);

struct handle {
	handle_fn fn[2];
	const void *data;
	u32 next; /* free: the next free one, 0: none */
};

struct handles {
	struct handle *handle; /* handle n is at n - 1 */
	u32 nr, room;	       /* handles begun, and memory for */
	u32 free;	       /* the first free one, 0: none */
};

/* The frames that were slabs' at the snapshot: see golden.h. */
struct golden_slabs {
	u32 nr, nr_dirty;
	u32 *dirty; /* their numbers, each once */
	u32 *slot;  /* by frame: its number + 1, 0: none */
	pfn_t *pfn; /* by number, as all that follows */
	u64 *lines; /* a bit for each 64 bytes that are dirty */
	u8 *bytes;  /* PAGE_SIZE each */
	u8 *owned;  /* OWNED_BYTES each, and again: of both tables */
	u8 *poison; /* PLATFORM_POISON_BYTES each */
	u8 *front;  /* the numbers of their caches */
	const struct kmem_cache *front_cache[FRONT_NUMBERS];
	u32 nr_fronts;
	bool live;    /* callers had objects at the snapshot */
	bool touched; /* some cache was touched since */
	struct handles handles;
};

/* What objects have beside RAM. */
struct objects {
	uintptr_t low_start; /* where low memory begins */
	size_t low_bytes;    /* 0: no machine */
	size_t low_lines;    /* pieces of 32 bytes in it */
	u8 *owned;	     /* a byte for each: see owner.h ... */
	u8 *caches;	     /* ... and another */
	u8 *cache_front;     /* and another: see front.h */
	u8 *frame_front;     /* a byte for each frame, by linear address */
	/* the current CPU's; of nothing where calls must be looked at twice */
	const struct front *front;
	bool debug;			     /* CONFIG_DEBUG_SLAB */
	u8 size_front[KMALLOC_MAX / 32 + 1]; /* of 32 * i bytes: kmalloc.c */
	struct array_cache no_array;
	struct front fronts[NR_CPUS], no_front;
	const struct kmem_cache *front_cache[FRONT_NUMBERS];
	u32 nr_fronts; /* numbers are below it */
	struct handles handles;
	struct golden_slabs golden;
};

/* What high memory has beside highmem_data: see highmem.c. */
#define HIGHMEM_LINE 64u
#define HIGHMEM_LINES                                                          \
	((sizeof(struct highmem_data) + HIGHMEM_LINE - 1) / HIGHMEM_LINE)

struct highmem {
	struct highmem_data *data; /* in the image */
	struct kmap_sums {
		u32 users; /* kmaps outstanding */
		u32 slots; /* whose count is not 0 */
	} sums, golden_sums;
	u32 nr_dirty;
	u16 dirty[HIGHMEM_LINES]; /* lines written since the snapshot */
	bool is_dirty[HIGHMEM_LINES];
	struct highmem_data golden;
};

/* A task that 2.6.12 would have put to sleep: see wait.h. */
#define SLEEPERS_MAX 128u

struct sleeper {
	u32 queue;  /* link of the wait queue that it sleeps on ... */
	u32 call;   /* ... and of the one whose call goes on: mostly the same */
	gfp_t gfp;  /* of that call */
	u32 ticket; /* not 0 */
	u32 subject; /* what that call is about, if its queue does not say */
};

/* The current call, as one that may fall asleep. */
struct waiter {
	bool busy; /* there is one */
	u32 call;  /* link of the queue that it goes on with; 0: it cannot */
	gfp_t gfp;
	u32 ticket; /* that it had; 0: none yet */
	u32 subject;
};

struct sleepers {
	u32 nr, nr_woken;
	u32 last_ticket, golden_ticket;
	struct sleeper sleeper[SLEEPERS_MAX];
};

/* What a pool has besides its 40 bytes in RAM: see mempool.c. */
struct mempool_record {
	u32 link; /* of the pool; 0: a free record ... */
	u32 next; /* ... and the next one, as a handle; 0: the last */
	u32 outstanding, unfilled;
	void *pool_data;
	mempool_alloc_t *alloc;
	mempool_free_t *free;
};

struct mempool_table {
	struct mempool_record *record;
	u32 nr, room; /* records begun, and memory for */
	u32 nr_pools;
	u32 free; /* handle of the first free record, 0: none */
};

/* Where areas of the vmalloc window are: see vm_index.h. */
struct vm_index {
	struct vm_node *node; /* by number, from 1 */
	u32 nr, room;	      /* the last that was begun, and memory for */
	u32 free, root;	      /* 0: none */
};

/* Areas; what is in RAM of them is in their list. */
struct vm_areas {
	u32 nr_areas;
	u32 area_bytes; /* with the guard pages */
	struct vm_index index;
};

/*
 * A CPU's TLB: see tlb.h.  Slots: a 4 KiB page's linear page number; a 4 MiB
 * page's directory index behind them.
 */
#define TLB_SMALL_SLOTS (1u << 20)
#define TLB_SLOTS (TLB_SMALL_SLOTS + PTRS_PER_TABLE)

struct tlb {
	u32 *entry; /* by slot: frame | TLB_* bits, without VALID: none */
	uintptr_t
		*reach; /* linear address + this: a pointer, where TLB_QUICK */
	u32 *log;	/* the slots that were filled, each once */
	u32 nr_log;
	u32 nr_small, nr_large;
	u32 nr_global; /* of both */
};

/* A CPU's registers: what a program can see of them. */
struct registers {
	u32 cr0, cr3, cr4;
	u32 cpl;
	struct segment seg[NR_SEG_REGS];
};

struct cpu {
	struct registers r;
	u32 preempt_count; /* kmap_atomics held */
	struct tlb tlb;
	bool gdt_touched; /* since the snapshot */
};

/* A CPU as it was at the snapshot. */
struct golden_cpu {
	struct registers r;
	u32 preempt_count;
	u32 gdt[GDT_ENTRIES][2];
};

/* What a device has besides its memory, for a reset: see device.h. */
#define DEVICE_DIRTY_WORDS (DEVICE_BYTES_MAX / PAGE_SIZE / 64)

struct device {
	u32 start, size; /* physical, bytes */
	u8 *bytes;
	u32 reads, writes;
	u32 last_offset, last_len;
	u64 dirty[DEVICE_DIRTY_WORDS]; /* a bit for each page written to */
};

/*
 * A flag of the current task, besides enum task_flags: kmap_atomics are held
 * on its CPU.
 */
#define TASK_HELD 32u
#define TASK_MAY_NOT_SLEEP (TASK_ATOMIC | TASK_IRQ | TASK_HELD)

struct machine {
	struct faults faults; /* what CHECK and report() need */
	uintptr_t base;	      /* link + base is a pointer */
	struct page *mem_map;
	size_t nr_pages; /* in mem_map, the spare one apart; 0: none yet */
	u32 lru_link;	 /* link of mem_map[0].lru */
	struct cpu_front front; /* the current CPU's */
	struct kernel_data *data;
	struct objects objects;

	/*
	 * Frames whose struct pages a reset restores, each once: those that
	 * were on per-CPU lists or in hands at the snapshot, then those that
	 * were written since.
	 */
	bool *touched;
	pfn_t *touched_pfn;
	u32 nr_touched, nr_touched_golden;

	struct task task; /* current */
	u32 careful;	  /* nonzero: its calls must be looked at twice */
	u32 nr_entries;	  /* into the page allocator, for fail_nth */
	bool oom;
	u8 poison;	  /* enum poison of this boot ... */
	u8 poison_wanted; /* ... and of the next */
	bool *poisoned;	  /* frames that POISON_FREED has poisoned */
	bool mirror; /* this boot's kernel windows are the host's, too ... */
	bool mirror_wanted; /* ... and the next one's */

	/* registered by reclaim: pages freed, 0 is no progress */
	u32 (*reclaim)(struct machine *m, gfp_t gfp, u32 order);

	enum machine_phase phase;
	struct memory_setup setup;
	struct ram_view view;
	struct platform_ram ram;
	struct bootmem bootmem;
	u32 nr_claims;
	struct boot_claim claim[BOOT_CLAIMS_MAX];
	pte_t *swapper_pg_dir;
	pte_t *fixmap_pt; /* the page that maps the last 4 MiB */
	pte_t *pkmap_pt;

	struct device device[DEVICES_MAX]; /* as many as setup says */

	struct cpu cpu[NR_CPUS];
	struct golden_cpu golden_cpu[NR_CPUS];

	struct cpu_front fronts[NR_CPUS];
	struct zone no_zone; /* empty */

	/* those who sleep [wait.c], memory pools [mempool.c] */
	u32 blocked; /* the ticket under which the current call sleeps, or 0 */
	struct waiter waiter;
	struct sleepers sleepers;
	struct mempool_table pools;
	struct highmem highmem;

	struct vm_areas vm;

	struct golden golden;
	struct trace trace;
};

/* Low physical address -> where it is in this process. */
static force_inline void *phys_ptr(const struct machine *m, u32 paddr)
{
	return link_ptr(m->base, paddr + PAGE_OFFSET);
}

#endif
