/* SPDX-License-Identifier: MIT */
/*
 * model.h - the model's state, and what its files offer each other.
 *
 *	struct model
 *	  now, gold		small state, and its copy at the snapshot
 *	  frame[pfn]		one record a frame; only heads bear a block's
 *	  pcp[ring]		the per-CPU lists, as rings of frame numbers
 *	  paint[pfn]		which window of the frame bears which pattern
 *
 * Blocks are marked at their head alone, so that a block of order 10 costs
 * what a frame does; block_of() finds the head that a frame lies behind.
 */
#ifndef ORACLE_MODEL_H
#define ORACLE_MODEL_H

#include "kmap_model.h"
#include "mempool_model.h"
#include "objects.h"
#include "translation.h"
#include "vm_model.h"

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* --- frames ------------------------------------------------------------- */

enum frame_is {
	IS_RESERVED,
	IS_INSIDE, /* of a block whose head is below it */
	IS_FREE,   /* head of a free block: on a list of the buddy */
	IS_PCP,
	IS_ALLOCATED, /* head of an allocated block */
};

enum frame_mark {
	MARK_RETURNED = 1, /* an allocation returned it as a head */
	MARK_COMPOUND = 2,
	MARK_TOUCHED = 4, /* it is in the list of touched frames */
	MARK_SLAB = 8,	  /* head of a slab's block */
	MARK_TABLE = 16,  /* a page table made after boot */
	MARK_AREA = 32,	  /* an area's own, by vmalloc */
};

struct frame {
	union {
		u32 next;  /* IS_FREE */
		u32 stamp; /* IS_ALLOCATED: names this allocation */
	};
	u32 prev; /* IS_FREE */
	u32 count;
	u32 mapcount;  /* words of processes' page tables that map it */
	u32 kmapcount; /* of a head: the kernel's mappings of its block */
	u32 table;     /* number of the table or directory that it holds */
	u8 is;	       /* enum frame_is */
	u8 order;      /* of the block, in its head */
	u8 marks;      /* enum frame_mark */
};

/* --- per-CPU lists ------------------------------------------------------ */

/* high is 6 * 31 at most, and a refill adds 31 to 62 at most */
#define RING 256
#define NR_RINGS (NR_CPUS * NR_ZONES * NR_PCP_TEMPS)

struct ring {
	u32 first; /* of the list's head; its tail is count - 1 further */
	pfn_t slot[RING];
};

static inline u32 ring_of(unsigned int cpu, unsigned int zone,
			  unsigned int temp)
{
	return (cpu * NR_ZONES + zone) * NR_PCP_TEMPS + temp;
}

static inline unsigned int ring_zone(u32 ring)
{
	return ring / NR_PCP_TEMPS % NR_ZONES;
}

static inline unsigned int ring_temp(u32 ring)
{
	return ring % NR_PCP_TEMPS;
}

/* --- contents ----------------------------------------------------------- */

struct window {
	u64 dirty; /* one bit for each 64 bytes written since the snapshot */
	u32 stamp; /* of the pattern */
	u32 gold;  /* index + 1 of its bytes in frame_bytes; 0: they were 0 */
	u32 owner; /* frame[head].stamp when it was painted */
	pfn_t head;
	pfn_t next;   /* the block's painted frames, from its head */
	u16 off, len; /* the window, in bytes */
};

/* --- the whole ---------------------------------------------------------- */

struct e820_range {
	u64 start, end;
	u8 type;
};

#define E820_MAX 160

struct e820_map {
	u32 nr;
	struct e820_range range[E820_MAX];
};

/* What a mmio= word says. */
struct mmio_range {
	u32 start, size;
};

#define BOOT_CLAIMS_MAX 512

struct boot_claims {
	u32 nr;
	struct boot_claim claim[BOOT_CLAIMS_MAX];
};

struct bootmem_pos {
	u32 last_success; /* a physical byte address */
	pfn_t last_pos;	  /* the last frame of the last allocation */
	u32 last_offset;  /* where it ended in that frame; 0: at its end */
};

enum phase { PHASE_OFF, PHASE_BOOTMEM, PHASE_RUNNING };

struct state {
	enum phase phase;
	struct mm_layout layout;
	struct mm_counts counts;	 /* pcp apart */
	u32 pcp[NR_RINGS];		 /* frames on each */
	pfn_t list[NR_ZONES][MAX_ORDER]; /* heads of the buddy's lists */
	struct bootmem_pos bootmem;
	u32 stamp; /* the last one given out */
	struct objects_state objects;
	struct translation translation;
};

/* The bytes that a store overwrites, between its two calls. */
struct stored {
	u32 nr; /* pieces; 0: nothing is kept */
	struct access_pieces where;
	u8 old[ACCESS_BYTES_MAX];
};

struct model {
	struct state now, gold;
	struct ring pcp[NR_RINGS], pcp_gold[NR_RINGS];
	u64 pcp_dirty; /* one bit for each ring changed since the snapshot */

	u32 nr_frames;
	struct frame *frame, *frame_gold;
	pfn_t *touched;
	u32 nr_touched;

	struct e820_map e820;
	struct mmio_range mmio[DEVICES_MAX]; /* layout.nr_devices of them */
	u8 *boot_map, *boot_map_gold; /* enum boot_frame of each low frame */
	struct boot_claims claims;    /* it only grows: */
	u32 nr_claims_gold;

	struct cache *cache, *cache_gold; /* CACHES_MAX */
	u32 *entry[ENTRY_SEGMENTS], *entry_gold[ENTRY_SEGMENTS];
	u16 chain[CACHES_MAX], chain_gold[CACHES_MAX]; /* the tail first */
	const struct cache *asked_for; /* by the last check, or NULL */
	bool chain_dirty;
	u16 cache_touched[CACHES_MAX];
	u32 nr_cache_touched;
	struct slab *slab, *slab_gold; /* one a frame */
	pfn_t *slab_touched;
	u32 nr_slab_touched;
	struct object *object[SEGMENTS_MAX], *object_gold[SEGMENTS_MAX];
	struct pools pools, pools_gold;
	struct object_watch watch;

	struct tables tables;
	struct descriptor gdt[NR_CPUS][GDT_ENTRIES];
	struct descriptor gdt_gold[NR_CPUS][GDT_ENTRIES];
	u32 gdt_dirty; /* one bit for each CPU's */
	struct tlb tlb[NR_CPUS];
	struct kmaps kmaps, kmaps_gold;
	struct stored stored;
	struct frames cleared; /* what words that became 0 have mapped */
	struct frames flight;  /* what an area is about to map */
	struct areas areas, areas_gold;
	struct device device[DEVICES_MAX];

	struct window *paint;
	pfn_t *painted; /* frames with paint[].dirty */
	u32 nr_painted;
	u8 *frame_bytes; /* of frames that a slab held at the snapshot */
	u32 nr_frame_bytes;
	enum paint mode;
	struct ram_view ram;

	/* what was due where a record or a constructor's call differed last */
	struct trace_record due;
	struct ctor_call due_ctor;

	u8 *hits; /* a counter for each rule */
	u8 hits_unread[NR_RULES];
};

/* The record of a frame that is about to change. */
static inline struct frame *frame_touch(struct model *o, pfn_t pfn)
{
	struct frame *f = &o->frame[pfn];

	if (!(f->marks & MARK_TOUCHED)) {
		f->marks |= MARK_TOUCHED;
		o->touched[o->nr_touched++] = pfn;
	}
	return f;
}

/* Why nobody but the kernel may drop a reference of this block. */
static inline enum report_kind holder_of(const struct frame *f)
{
	u32 held = f->mapcount + (f->kmapcount != 0);

	if (likely(f->count > 1 && f->count > held))
		return REPORT_none;
	if (f->marks & MARK_SLAB)
		return REPORT_free_slab;
	if (f->marks & MARK_TABLE)
		return REPORT_free_table;
	return f->count > held ? REPORT_none : REPORT_free_mapped;
}

static inline unsigned int zone_of(const struct model *o, pfn_t pfn)
{
	const struct mm_layout *l = &o->now.layout;

	if (pfn >= l->max_low_pfn)
		return ZONE_HIGHMEM;
	return pfn < 4096 ? ZONE_DMA : ZONE_NORMAL;
}

/* --- e820.c ------------------------------------------------------------- */

/* Why a boot line is unusable; NULL: it is not.  Fills the map. */
const char *e820_read(struct e820_map *map, const struct boot_line *line);
bool e820_is_ram(const struct e820_map *map, pfn_t pfn);

/* --- mmio_words.c --------------------------------------------------------- */

/* The devices of the line, in their order; why they cannot be, or NULL. */
const char *mmio_read(struct mmio_range *range, u32 *nr,
		      const struct e820_map *map, const struct boot_line *line);

/* --- layout.c ----------------------------------------------------------- */

/* The layout up to the marks, which are 0 until mem_init is over. */
const char *layout_compute(struct mm_layout *l, const struct e820_map *map,
			   const struct boot_line *line);
void layout_init_marks(struct mm_layout *l);
void layout_set_marks(struct mm_layout *l, u32 min_free_kbytes);
void layout_set_reserve(struct mm_layout *l, u32 dma, u32 normal);
/* layout_check.c */
bool layout_check(struct model *o, const struct mm_layout *machine,
		  struct divergence *d);

/* --- bootmem_model.c ---------------------------------------------------- */

enum boot_frame {
	BOOT_FREE = 0,
	BOOT_USED = 1,
	BOOT_OWN = 2, /* boot's own, a device's: never freed by a call */
};

/* Boot's reservations and allocations, listed; false: bootmem runs out. */
bool bootmem_boot(struct model *o);
/* Adds to the list of claims, if there is room. */
void bootmem_list(struct model *o, u8 label, u32 start, u32 size);
/* *packed: the run shares a frame with the last; false: no room. */
bool bootmem_alloc(struct model *o, u32 size, u32 align, u32 goal, u32 *addr,
		   bool *packed);
void bootmem_mark(struct model *o, u32 addr, u32 size, u8 mark);
enum report_kind bootmem_free(struct model *o, u32 addr, u32 size);
/* Frees all that is free, as mem_init does. */
void bootmem_free_all(struct model *o);

/* --- buddy_model.c ------------------------------------------------------ */

/* The head that `pfn` is or lies behind; PFN_NONE: it is in no block. */
pfn_t block_of(const struct model *o, pfn_t pfn);
/* The frame that a block of this order would be; PFN_NONE: none is left. */
pfn_t buddy_next(const struct model *o, unsigned int zone, unsigned int order);
/* Takes that block off the lists; its record is the caller's to fill. */
pfn_t buddy_take(struct model *o, unsigned int zone, unsigned int order);
void buddy_give(struct model *o, pfn_t pfn, unsigned int order);

/* --- pcp_model.c -------------------------------------------------------- */

pfn_t pcp_head(const struct model *o, u32 ring);
pfn_t pcp_tail(const struct model *o, u32 ring);
void pcp_push(struct model *o, u32 ring, pfn_t pfn);
void pcp_append(struct model *o, u32 ring, pfn_t pfn);
/* The frame is off the list; its record is the caller's to fill. */
void pcp_drop_head(struct model *o, u32 ring);
void pcp_drop_tail(struct model *o, u32 ring);

/* --- accept_boot.c ------------------------------------------------------ */

/* Gives back the arrays that are as long as RAM. */
void model_arrays_delete(struct model *o);

/* --- contents.c --------------------------------------------------------- */

/* A block was obtained: judges zeroes and poison, then paints. */
bool contents_obtained(struct model *o, pfn_t pfn, unsigned int order,
		       bool zero, struct divergence *d);
bool contents_boot(struct model *o, u32 addr, u32 size, struct divergence *d);
/* Zeroes every window painted, and forgets them. */
void contents_wipe(struct model *o);
/* Forgets without wiping; keeps what slabs' frames hold. */
void contents_forget(struct model *o);
void contents_end(struct model *o); /* gives its memory back */
/* [off, off + len) of a frame is written to: to be wiped. */
void contents_dirty(struct model *o, pfn_t pfn, u32 off, u32 len);

/* --- tables: looking up --------------------------------------------------- */

static inline struct table *table_of(const struct model *o, u32 number)
{
	return &o->tables.segment[number / TABLE_SEGMENT]
			->now[number % TABLE_SEGMENT];
}

static inline u32 *table_words(const struct model *o, u32 number)
{
	return o->tables.segment[number / TABLE_SEGMENT]
		->word[number % TABLE_SEGMENT];
}

/* --- objects: looking up ------------------------------------------------- */

static inline struct cache *cache_of(const struct model *o, u32 number)
{
	return &o->cache[number];
}

static inline u32 cache_number(const struct model *o, const struct cache *c)
{
	return (u32)(c - o->cache);
}

static inline u32 *array_entries(const struct model *o, const struct cache *c,
				 unsigned int cpu)
{
	u32 number = cache_number(o, c);

	return o->entry[number / ENTRY_CACHES] +
	       number % ENTRY_CACHES * ENTRIES_CACHE + cpu * ENTRIES_CPU;
}

static inline void cache_touch(struct model *o, struct cache *c)
{
	if (c->listed)
		return;
	c->listed = true;
	o->cache_touched[o->nr_cache_touched++] = (u16)cache_number(o, c);
}

static inline pfn_t slab_pfn(const struct model *o, const struct slab *slab)
{
	return (pfn_t)(slab - o->slab);
}

static inline void slab_touch(struct model *o, struct slab *slab)
{
	if (slab->listed)
		return;
	slab->listed = true;
	o->slab_touched[o->nr_slab_touched++] = slab_pfn(o, slab);
}

static inline bool is_direct(const struct model *o, u32 address)
{
	return address >= PAGE_OFFSET && address < o->now.layout.high_memory;
}

static inline struct slab *slab_at(const struct model *o, u32 address)
{
	pfn_t pfn = (address - PAGE_OFFSET) >> PAGE_SHIFT;

	if (!is_direct(o, address))
		return NULL;
	if (o->frame[pfn].is == IS_INSIDE)
		pfn = block_of(o, pfn);
	if (pfn == PFN_NONE || o->frame[pfn].is != IS_ALLOCATED ||
	    !(o->frame[pfn].marks & MARK_SLAB))
		return NULL;
	return &o->slab[pfn];
}

static inline struct object *object_of(const struct model *o,
				       const struct slab *slab, u32 index)
{
	u32 number = slab->objects + index;

	return &o->object[number / SEGMENT][number % SEGMENT];
}

static inline struct place place_in(const struct model *o, struct slab *slab,
				    u32 index)
{
	struct cache *c = cache_of(o, slab->cache);

	return (struct place){
		.cache = c,
		.slab = slab,
		.object = object_of(o, slab, index),
		.index = index,
		.address = slab->s_mem + index * c->geo.objsize + c->geo.head,
	};
}

static inline struct place place_of_slot(const struct model *o, u32 slot)
{
	struct slab *slab = slab_at(o, slot);
	u32 objsize = cache_of(o, slab->cache)->geo.objsize;

	return place_in(o, slab, (slot - slab->s_mem) / objsize);
}

static inline bool place_of(const struct model *o, u32 address, struct place *p)
{
	struct slab *slab = slab_at(o, address);
	const struct geometry *g;
	u32 off;

	if (!slab)
		return false;
	g = &cache_of(o, slab->cache)->geo;
	off = address - g->head - slab->s_mem;
	if (off / g->objsize >= g->num || off % g->objsize)
		return false;
	*p = place_in(o, slab, off / g->objsize);
	return true;
}

#endif
