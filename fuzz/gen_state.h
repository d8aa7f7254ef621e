/* SPDX-License-Identifier: MIT */
/*
 * gen_state.h - what generator and mutator know while they make a program:
 * the swarm's choices, which slots hold what, and a guess at how much memory
 * the machine has left.  Private to gen*.c and mutate.c.
 *
 * The guess (gen_map.c) is a count of free blocks by zone and order, with no
 * addresses.  It is neither machine nor model, and may be wrong: a wrong
 * guess costs an op that draws a report or is skipped, and no finding.
 */
#ifndef FUZZ_GEN_STATE_H
#define FUZZ_GEN_STATE_H

#include "gen.h"

/* Which part an op plays; derived from its row in ops.def. */
enum gen_role {
	ROLE_ALLOC,
	ROLE_FREE,
	ROLE_REF,  /* get_page, put_page: a frame of a block */
	ROLE_LOOK, /* reads, writes, asks */
	ROLE_KNOB, /* moves the watermarks */
	ROLE_WILD, /* acts on an address that no slot gave: mostly misuse */
	ROLE_BOOT,
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

enum slot_state { SLOT_EMPTY, SLOT_LIVE, SLOT_FREED };

struct gen_slot {
	u8 state; /* enum slot_state */
	u8 order;
	u8 zone;
	bool comp;
	u32 refs;
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

struct gen {
	struct prng *r;
	const struct gen_options *options;

	/* the machine, as guessed from its boot line */
	struct gen_zone zone[NR_ZONES];
	u32 cpus, low_pfn, max_pfn, min_kb;
	u32 ratio[2];

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

	/* slots */
	struct gen_slot slot[SLOTS_WIRE];
	u8 live[SLOTS_WIRE]; /* slots that hold a block, oldest first */
	u32 nr_live;
	u32 next;  /* where the search for a free slot begins */
	u32 named; /* slots below this have been named */
	u8 cpu;	   /* of the last op */
	struct gen_range range[GEN_RANGES]; /* reserved by boot ops */
	u32 nr_ranges;

	/* the phase */
	enum gen_phase phase;
	u32 left;	      /* ops */
	u32 sum[NR_OP_CODES]; /* running sums of weights in this phase */
	u32 ladder_order, ladder_fails, ladder_gfp;
	u8 ladder_flags;
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define PICK(g, a) (a)[prng_below((g)->r, COUNT(a))]

enum gen_role gen_role_of(enum op_code code);

/* gen.c: the state for a program that boots as p does; no op yet. */
void gen_begin(struct gen *g, struct prng *r, const struct gen_options *options,
	       const struct program *p);
/* Draws the arguments, the out slot and the context of op, by its code. */
void gen_fill(struct gen *g, struct op *op);
/* Makes one op that fits the state, and follows it. */
void gen_op(struct gen *g, struct op *op);
/* The same, for the boot phase. */
void gen_boot_op(struct gen *g, struct op *op);
/* Appends n ops to p; false: no memory. */
bool gen_run(struct gen *g, struct program *p, u32 n);

/* gen_map.c: what an op does to slots and free memory, as guessed. */
void gen_map_init(struct gen *g, const struct program *p);
void gen_map_watermarks(struct gen *g);
void gen_follow(struct gen *g, const struct op *op);
/* True if the guess is that op, an allocation, fails. */
bool gen_fails(const struct gen *g, const struct op *op);

/* gen_value.c */
void gen_swarm_values(struct gen *g);
/* A value for argument i of op; the arguments before it are chosen. */
u32 gen_value(struct gen *g, const struct op *op, u32 i);
/* A slot for op to act on: mostly a live one. */
u32 gen_slot_for(struct gen *g, const struct op *op);
u32 gen_gfp(struct gen *g);
void gen_context(struct gen *g, struct op *op);
/* Takes from op's GFP flags, mostly, what its context forbids. */
void gen_suit(struct gen *g, struct op *op);

/* gen_number.c: addresses, sizes, settings; other kinds at random. */
u32 gen_number(struct gen *g, enum arg_kind kind);
/* A value that is at or next to an edge. */
u32 gen_boundary(struct gen *g, enum arg_kind kind);

/* gen_boot.c */
void gen_boot_line(struct prng *r, struct boot_line *boot);
void gen_boot_mutate(struct prng *r, struct boot_line *boot);

/* Small machines mostly: their programs cost less, and reach the edges. */
static inline u8 gen_profile(struct prng *r)
{
	return (u8)prng_below(r, prng_below(r, 4) ? NR_SMALL_PROFILES
						  : NR_PROFILES);
}

#endif
