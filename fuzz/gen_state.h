/* SPDX-License-Identifier: MIT */
/*
 * gen_state.h - what generator and mutator know while they make a program:
 * the swarm's choices, which slots hold what, and a guess at how much memory
 * the machine has left.  Private to gen*.c and mutate.c.
 *
 * The guess is a count of free blocks by zone and order (gen_map.c), of
 * objects to be had by cache (gen_cache.c) and of elements by pool
 * (gen_pool.c), with no addresses; and of what is mapped (gen_access.h,
 * gen_vm.h).  It is neither machine nor model, and may be wrong: a wrong guess
 * costs an op that draws a report or is skipped, and no finding.
 */
#ifndef FUZZ_GEN_STATE_H
#define FUZZ_GEN_STATE_H

#include "gen.h"
#include "gen_access.h"
#include "gen_vm.h"

/* Which part an op plays; derived from its row in ops.def. */
enum gen_role {
	ROLE_ALLOC, /* a block of frames */
	ROLE_FREE,
	ROLE_REF,  /* get_page, put_page: a frame of a block */
	ROLE_LOOK, /* reads, writes, asks */
	ROLE_KNOB, /* moves the watermarks */
	ROLE_WILD, /* acts on an address that no slot gave: mostly misuse */
	ROLE_BOOT,
	ROLE_MAKE, /* a cache, a pool */
	ROLE_DROP,
	ROLE_TAKE, /* an object, an element */
	ROLE_GIVE,
	NR_ROLES
};

enum gen_phase {
	PHASE_GROW,
	PHASE_CHURN,
	PHASE_SHRINK,
	PHASE_EXHAUST, /* down a ladder of orders, until each one fails */
	PHASE_EDGE,    /* small blocks at the watermarks */
	NR_PHASES
};

/* A slot that waits for an element has a sleeper that will fill it. */
enum slot_state { SLOT_EMPTY, SLOT_LIVE, SLOT_FREED, SLOT_WAITED };

struct gen_slot {
	u8 state; /* enum slot_state */
	u8 kind;  /* enum res_kind of what it holds or held */
	u8 order;
	u8 zone;
	bool comp;
	u8 owner; /* of a cache or object: the cache; else the pool */
	u8 sort;  /* of a mapping: enum gen_map_sort */
	u8 page;  /* of a mapping: the slot of its block, or GEN_NONE */
	u8 type;  /* of kmap_atomic; likewise the next two */
	u8 cpu;
	u16 frame; /* of kmap */
	u16 kmaps; /* of a block: the kernel's mappings */
	u32 refs;
	u32 size; /* of an object: bytes asked for; of a mapping: mapped */
	u32 addr; /* of a mapping */
};

/* Slots that hold something of one kind, oldest first. */
struct gen_list {
	u32 nr;
	u8 slot[SLOTS_WIRE];
};

/* The general caches, each size's and then its DMA twin's, and the program's */
#define GEN_SIZES 15u
#define GEN_GENERAL (2 * GEN_SIZES)
#define GEN_CACHES 64u
#define GEN_POOLS 16u
#define GEN_SLEEPERS 8u
#define GEN_NONE 0xFFu /* no cache, pool or slot */

struct gen_cache {
	u8 state; /* enum slot_state */
	u8 slot;  /* that names it, or GEN_NONE */
	u8 order;
	u8 life;
	u16 num;   /* objects a slab */
	u32 each;  /* bytes from one object to the next */
	u16 limit; /* of a CPU's array */
	u16 slabs[NR_ZONES];
	u32 name, size, flags;
	u32 live;  /* objects in slots and pools */
	u32 spare; /* that can be had without another slab */
};

struct gen_pool {
	u8 state; /* enum slot_state */
	u8 slot;
	u8 cache; /* that its elements come from */
	u8 nr_sleepers;
	u8 sleeper[GEN_SLEEPERS]; /* their slots, the first to sleep first */
	u32 min_nr, curr_nr;
	u32 live; /* elements in slots */
};

struct gen_zone {
	u32 spanned; /* holes count for the marks */
	u32 free, min;
	u32 nr[MAX_ORDER];     /* free blocks of each order */
	u32 reserve[NR_ZONES]; /* lowmem_reserve, by the zone asked for */
};

struct gen_range {
	u32 start, size;
};

#define GEN_GFPS 6
#define GEN_RANGES 4
#define GEN_OBJECT_SIZES 3
#define GEN_SCRIPTS_MAX 112

/* Where a script stands: gen_script.c. */
struct gen_plan {
	const struct gen_step *now, *next; /* or NULL */
	u32 left;			   /* ops of the step that is now */
	u8 give;			   /* enum give_order */
	u8 cursor;
	u8 cache, pool; /* what the steps are about, or GEN_NONE */
	u8 back;	/* the cache before that */
	u8 made;	/* the slot of a cache or pool just made, likewise */
	u8 cpu;		/* that the steps are on */
	u8 skip_rate;	/* a step in so many is left out; 0: none */
	u8 fail_nth;	/* of the next op */
	u32 pfn;	/* of a slab's frame, maybe, with a reference more */
	u8 weight[GEN_SCRIPTS_MAX];
};

struct gen {
	struct prng *r;
	const struct gen_options *options;

	/* the machine, as guessed from its boot line */
	struct gen_zone zone[NR_ZONES];
	u32 cpus, low_pfn, max_pfn, min_kb;
	u32 ratio[2];
	u32 slab_pfn; /* slabs are likely from here on */
	u32 line;     /* bytes */
	u32 jiffies;  /* since boot */
	bool debug;
	struct gen_cache cache[GEN_CACHES];
	struct gen_pool pool[GEN_POOLS];
	u32 fails; /* page allocations until one fails; 0: none does */

	/* the swarm's choices for this program */
	u16 weight[NR_OP_CODES];
	u32 gfp[GEN_GFPS];
	u8 task_flags; /* that may appear */
	u8 task_rate;  /* on one op in so many; 0: none */
	u8 fail_rate;  /* fail_nth, likewise */
	u8 cpu_rate;   /* the CPU changes, likewise */
	u8 order_style;
	u8 pick_style; /* which live slot an op prefers */
	bool clean;    /* almost no misuse */
	u32 object_gfp[GEN_GFPS];
	u32 object_size[GEN_OBJECT_SIZES];
	u8 noise_rate; /* an op of no script, likewise */
	bool nested;   /* constructors that allocate */
	bool accesses; /* its scripts are those of translation */

	/* slots */
	struct gen_slot slot[SLOTS_WIRE];
	struct gen_list list[NR_RES_KINDS];
	u32 next;  /* where the search for a free slot begins */
	u32 named; /* slots below this have been named */
	u8 cpu;	   /* of the last op */
	struct gen_range range[GEN_RANGES]; /* reserved by boot ops */
	u32 nr_ranges;
	u32 next_name;

	/* the script, where there are objects */
	struct gen_plan plan;
	struct gen_access access;
	struct gen_vm vm;

	/* the phase */
	enum gen_phase phase;
	u32 left;	      /* ops */
	u32 sum[NR_OP_CODES]; /* running sums of weights in this phase */
	u32 ladder_order, ladder_fails, ladder_gfp;
	u8 ladder_flags;
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define PICK_OF(r, a) (a)[prng_below(r, COUNT(a))]
#define PICK(g, a) PICK_OF((g)->r, a)

enum gen_role gen_role_of(enum op_code code); /* gen_role.c */

#define GROUPS_SLABS (GROUP_OBJECTS | GROUP_MEMPOOL)
#define GROUPS_TRANSLATE (GROUP_ACCESS | GROUP_MAPPING)
#define GROUPS_RUN                                                             \
	(GROUP_PAGES | GROUPS_SLABS | GROUPS_TRANSLATE) /* not boot */

static inline bool gen_usable(const struct gen *g, enum op_code code)
{
	return op_info[code].group & g->options->groups;
}

static inline bool gen_objects(const struct gen *g)
{
	return g->options->groups & GROUPS_SLABS;
}

static inline bool gen_translates(const struct gen *g)
{
	return g->options->groups & GROUPS_TRANSLATE;
}

/* gen.c: the state for a program that boots as p does; no op yet. */
void gen_begin(struct gen *g, struct prng *r, const struct gen_options *options,
	       const struct program *p);
/* Draws the arguments, the out slot and the context of op, by its code. */
void gen_fill(struct gen *g, struct op *op);
/* Makes one op that fits the state, and follows it. */
void gen_op(struct gen *g, struct op *op);
/* The same without following: an op by weight, one of exhausting a zone. */
void gen_any_op(struct gen *g, struct op *op);
void gen_ladder_begin(struct gen *g);
/* False: the ladder has come to its end. */
bool gen_ladder_op(struct gen *g, struct op *op);
/* The same as gen_op(), for the boot phase. */
void gen_boot_op(struct gen *g, struct op *op);
/* Appends n ops to p; false: no memory. */
bool gen_run(struct gen *g, struct program *p, u32 n);
/* A slot that holds nothing that a program could miss. */
u32 gen_free_slot(struct gen *g);

/* gen_script.c */
void gen_swarm_scripts(struct gen *g);
void gen_script_op(struct gen *g, struct op *op);

/* gen_map.c: the booted machine, as guessed. */
void gen_map_init(struct gen *g, const struct program *p);
void gen_map_watermarks(struct gen *g);

/* gen_follow.c: what an op does to slots and free memory, as guessed. */
void gen_follow(struct gen *g, const struct op *op);
/* True if the guess is that op, an allocation, fails. */
bool gen_fails(const struct gen *g, const struct op *op);
/* A block for a slab: its zone, or NR_ZONES; and back. */
u32 gen_pages_take(struct gen *g, const struct op *op, u32 gfp, u32 order);
/* A frame of an area: of any zone. */
u32 gen_frame_take(struct gen *g, const struct op *op, u32 gfp);
void gen_pages_give(struct gen *g, u32 zone, u32 order);
void gen_slot_fill(struct gen *g, u32 slot, const struct gen_slot *with);
void gen_slot_freed(struct gen *g, u32 slot);

/* gen_cache.c: the same for caches and objects. */
void gen_cache_init(struct gen *g);
void gen_follow_object(struct gen *g, const struct op *op);
/* The general cache of that size, or GEN_NONE. */
u32 gen_general(const struct gen *g, u32 size, u32 gfp);
/* Takes up to n objects for op; returns how many. */
u32 gen_cache_take(struct gen *g, u32 cache, const struct op *op, u32 gfp,
		   u32 n);
void gen_cache_give(struct gen *g, u32 cache, u32 n);

/* gen_pool.c: the same for pools and elements. */
void gen_follow_pool(struct gen *g, const struct op *op);

/* The frame in a slot, if it is a block, has a reference less. */
void gen_page_unref(struct gen *g, u32 slot);

/* gen_access.c: the arguments of translation's ops; op->cpu is chosen. */
void gen_swarm_access(struct gen *g);
void gen_access_fill(struct gen *g, struct op *op);
u32 gen_access_value(struct gen *g, const struct op *op, u32 i);
/* The same of an access to this page, through a flat segment. */
void gen_access_at(struct gen *g, struct op *op, u32 addr);
/* Its address is chosen: maybe a range that begins or ends elsewhere. */
void gen_access_range(struct gen *g, struct op *op);
u32 gen_user_page(struct gen *g, u32 pgd);
u32 gen_window_page(struct gen *g);
u32 gen_pgd_slot(struct gen *g);
/* Where an access on that CPU may go: a page. */
u32 gen_target_page(struct gen *g, u32 cpu);

/* gen_descriptor.c */
struct gen_desc gen_descriptor(struct gen *g);
u32 gen_desc_base(const struct gen_desc *d);
u32 gen_desc_limit(const struct gen_desc *d); /* in bytes */
u32 gen_gdt_entry(struct gen *g);
u32 gen_selector(struct gen *g, u32 cpu, bool user);
/* The low 12 bits of a word, as that op may set them. */
u32 gen_page_bits(struct gen *g, enum op_code code);

/* gen_access_follow.c, gen_access_script.c */
void gen_follow_access(struct gen *g, const struct op *op);
void gen_swarm_access_scripts(struct gen *g, u8 profile);
void gen_access_script_op(struct gen *g, struct op *op);

/* gen_vm_area.c: the list of areas; sizes in bytes, without the guard. */
/* Where an area would go; 0: nowhere. */
u32 gen_area_place(const struct gen *g, u32 size, u32 align);
/* A hole that some area leaves, in bytes; 0: none is so small. */
u32 gen_area_hole(struct gen *g, u32 most);
/* What is left behind the last area. */
u32 gen_area_rest(const struct gen *g);
/* The address of a page of an area that is there, or was; 0: none. */
u32 gen_area_page(struct gen *g);
void gen_area_add(struct gen *g, const struct gen_area *area);
/* Takes the area out of the list; false: no area begins there. */
bool gen_area_remove(struct gen *g, u32 addr, struct gen_area *area);

/* gen_vm.c: the arguments of ops of kernel mappings; op->cpu is chosen. */
void gen_swarm_vm(struct gen *g);
void gen_vm_fill(struct gen *g, struct op *op);
u32 gen_vm_value(struct gen *g, const struct op *op, u32 i);
/* A slot with a mapping of one of these sorts (bits), or GEN_NONE. */
u32 gen_map_of(struct gen *g, u32 sorts);
/* An offset in the mapping of that slot: at its ends, at a page's. */
u32 gen_map_off(struct gen *g, u32 slot);
/* A size about that of the page array that is the last to be kmalloc'ed. */
u32 gen_array_size(struct gen *g);
u32 gen_frames_free(const struct gen *g);

/* gen_vm_io.c: what is ioremapped, and the fixmap. */
void gen_swarm_io(struct gen *g);
void gen_io_fill(struct gen *g, struct op *op);

/* gen_kmap.c: kmaps, with what is known of them. */
void gen_kmap_fill(struct gen *g, struct op *op);
void gen_follow_kmap(struct gen *g, const struct op *op);
/* How many new slots up to the wrap of the window. */
u32 gen_kmap_room(const struct gen *g);
/* A slot with a block in high memory, of at least that order; or GEN_NONE. */
u32 gen_high_block(struct gen *g, u32 order);
/* A slot whose kmap_atomic that CPU holds, the latest one; or GEN_NONE. */
u32 gen_held_slot(const struct gen *g, u32 cpu);

/* gen_vm_follow.c */
void gen_follow_vm(struct gen *g, const struct op *op);
struct gen_slot *gen_live(struct gen *g, u32 slot, enum res_kind kind);

/* gen_vm_step.c: a step that needs no op; an op of a step. */
bool gen_vm_step_focus(struct gen *g, u32 step);
bool gen_vm_step_op(struct gen *g, struct op *op, u32 step);
/* Of no script: a CPU that is atomic, or a window that is full, is so no more.
 */
bool gen_vm_relieve(struct gen *g, struct op *op);

/* gen_value.c */
void gen_swarm_values(struct gen *g);
/* A value for argument i of op; the arguments before it are chosen. */
u32 gen_value(struct gen *g, const struct op *op, u32 i);
/* A slot with a block of frames for op to act on: mostly a live one. */
u32 gen_slot_for(struct gen *g, const struct op *op);
u32 gen_gfp(struct gen *g);
void gen_context(struct gen *g, struct op *op);
/* Takes from op's GFP flags, mostly, what its context forbids. */
void gen_suit(struct gen *g, struct op *op);
/* An index into a list of n, by the program's taste. */
u32 gen_pick_live(struct gen *g, u32 n);

/* gen_object.c: the same for the arguments of object ops. */
void gen_swarm_objects(struct gen *g);
u32 gen_object_value(struct gen *g, const struct op *op, u32 i);
u32 gen_object_gfp(struct gen *g, const struct op *op);
/* A slot with a cache, object, pool or element for argument i of op. */
u32 gen_object_slot(struct gen *g, const struct op *op, u32 i);
/* A slot that once held such a thing, or GEN_NONE. */
u32 gen_stale_slot(struct gen *g, enum res_kind kind);

/*
 * Sizes of objects by what they make easy: arrays of 24 entries, and shared
 * ones; arrays of 8; several objects a slab; many; few blocks in all.
 */
enum size_style {
	SIZE_ANY,
	SIZE_SHARED,
	SIZE_LARGE,
	SIZE_SEVERAL,
	SIZE_SMALL,
	SIZE_HUGE,
};

/* gen_size.c: sizes, alignments, flags and counts of object ops. */
u32 gen_size_like(struct gen *g, enum size_style style);
/* Of the elements of op, which has so many: this size, or a small one. */
u32 gen_pool_ksize(struct gen *g, const struct op *op, u32 size);
u32 gen_size(struct gen *g, const struct op *op, u32 i);
void gen_swarm_sizes(struct gen *g);

/* gen_number.c: addresses, sizes, settings; other kinds at random. */
u32 gen_number(struct gen *g, enum arg_kind kind);
/* A value that is at or next to an edge. */
u32 gen_boundary(struct gen *g, enum arg_kind kind);
/* A frame that may be a slab's. */
u32 gen_slab_pfn(struct gen *g);

/* gen_boot.c */
void gen_boot_line(struct prng *r, struct boot_line *boot);
void gen_boot_mutate(struct prng *r, struct boot_line *boot);

/*
 * Small machines mostly: their programs cost less, and reach the edges.
 * Objects are debugged in two of the profiles only, and have shared arrays
 * on several CPUs.  Where TLBs are, several CPUs show more than one; where
 * kmaps are, high memory must be, and more of it than the window has slots.
 */
static inline u8 gen_profile(struct prng *r, const struct gen_options *options)
{
	static const u8 objects[] = { 2, 2, 13, 5, 5, 9, 9, 6 };

	static const u8 cpus[] = { 1, 5, 6, 7, 13, 13, 17, 18 };
	static const u8 high[] = { 24, 24, 25, 25, 25, 15, 8, 9, 6, 23 };

	if (options->groups & GROUP_HIGHMEM && prng_below(r, 2))
		return PICK_OF(r, high);
	if (options->groups & GROUP_MAPPING && prng_one_in(r, 3))
		return (u8)(FIRST_DEVICES +
			    prng_below(r, NR_PROFILES - FIRST_DEVICES));
	if (options->groups & GROUP_MAPPING && prng_below(r, 2))
		return PICK_OF(r, cpus);
	if (options->groups & GROUPS_SLABS && prng_one_in(r, 4))
		return PICK_OF(r, objects);
	if (options->groups & GROUP_ACCESS && prng_one_in(r, 5))
		return (u8)(FIRST_NO_PSE +
			    prng_below(r, ALIGNED_PROFILE - FIRST_NO_PSE));
	if (options->groups & GROUP_USER && prng_one_in(r, 12))
		return ALIGNED_PROFILE;
	if (options->groups & GROUP_ACCESS && prng_one_in(r, 3))
		return PICK_OF(r, cpus);
	return (u8)prng_below(r, prng_below(r, 4) ? NR_SMALL_PROFILES
						  : FIRST_NO_PSE);
}

#endif
