/* SPDX-License-Identifier: MIT */
/*
 * gen_steps.h - the steps that scripts are made of: gen_script.c strings
 * them together, gen_steps.c makes their ops.
 */
#ifndef FUZZ_GEN_STEPS_H
#define FUZZ_GEN_STEPS_H

#include "gen_state.h"

/* What the steps are about: a cache, and a pool; the last one made. */
enum step_code {
	STEP_END,
	STEP_NEW,     /* kmem_cache_create; by enum new_style */
	STEP_OLD,     /* any cache that there is */
	STEP_GENERAL, /* a general cache: of so many 32 bytes, or 0: any */
	STEP_FIND,    /* the same, and a slot that names it */
	STEP_BACK,    /* the cache before the last one made */
	STEP_TAKE,
	STEP_GIVE, /* by enum give_style */
	STEP_LOOK,
	STEP_SHRINK,
	STEP_DESTROY,
	STEP_TICK,  /* by enum tick_style */
	STEP_TIE,   /* up to where two CPUs reap at once; needs six */
	STEP_TIGHT, /* memory's marks at more than there is */
	STEP_RELAX,
	STEP_DRY,     /* takes all blocks, down a ladder of orders */
	STEP_PAGES,   /* gives blocks back */
	STEP_CPU,     /* another CPU goes on */
	STEP_FAIL,    /* the next op meets a page allocation that fails */
	STEP_KMALLOC, /* of any size */
	STEP_KFREE,
	STEP_DAMAGE, /* 1: of a live object, 0: of a freed one */
	STEP_WILD,
	STEP_CONTEXT, /* a call that may sleep, where it must not */
	STEP_REF,     /* somebody else's reference to a slab's frame */
	STEP_UNREF,
	STEP_STALE, /* what was destroyed or freed */
	STEP_ANY,
	STEP_POOL,  /* mempool_create; by enum pool_style */
	STEP_PTAKE, /* 1: one that may sleep */
	STEP_PGIVE,
	STEP_RESIZE,
	STEP_PDESTROY,
	STEP_PSTALE,
};

/* How many ops; by the cache or pool that the step is about. */
enum step_count {
	ONE,
	FEW,
	MANY,
	LOTS,
	ALL,
	HALF,	 /* of what is live */
	SLABS,	 /* one or two slabs and a bit */
	BATCH,	 /* with what one refill left, more than an array holds */
	LIMIT,	 /* more than an array holds */
	FLOOD,	 /* more than the cache may keep */
	RESERVE, /* a pool's reserve and one or two */
	DOWN,	 /* till memory is gone */
};

enum new_style {
	NEW_ANY,
	NEW_SHARED,
	NEW_LARGE,
	NEW_SEVERAL,
	NEW_NESTED,
	NEW_RCU,
	NEW_DEBUG,
};

enum pool_style { POOL_ANY, POOL_LARGE, POOL_CACHE, POOL_BIG };
enum give_style { GIVE_HERE, GIVE_SPREAD }; /* by all CPUs */
enum tick_style { TICK_ANY, TICK_REAP, TICK_LITTLE };

struct gen_step {
	u8 code, count, arg;
};

enum script_if { ALWAYS, IF_SMP, IF_TIES, IF_DEBUG, IF_DIRTY };

/* gen_scripts.c; one of them, at least, needs no groups. */
struct gen_script {
	const struct gen_step *steps; /* up to STEP_END */
	u8 weight;
	u16 groups; /* all that it needs */
	u8 only;    /* enum script_if */
};

extern const struct gen_script gen_scripts[];
extern const u32 gen_nr_scripts;

/* The cache, the pool that the steps are about, or NULL. */
struct gen_cache *gen_cache_now(struct gen *g);
struct gen_pool *gen_pool_now(struct gen *g);

/*
 * An op with all of its arguments drawn, some of which the caller replaces;
 * false: the options do not have it.
 */
bool gen_draw(struct gen *g, struct op *op, enum op_code code);
/* Then its out slot, context, and the failure that STEP_FAIL asked for. */
bool gen_complete(struct gen *g, struct op *op);
/* Both. */
bool gen_drawn(struct gen *g, struct op *op, enum op_code code);
/* The next to go of the slots that hold something of this owner. */
u32 gen_pick_given(struct gen *g, enum res_kind kind, u32 owner);

bool gen_machine_step(struct gen *g, struct op *op);
bool gen_pool_step(struct gen *g, struct op *op);
bool gen_misuse_step(struct gen *g, struct op *op);

/* What the last op made is what the steps are about from now on. */
void gen_step_settle(struct gen *g);
/* How many ops this step has: 0 where it needs none. */
u32 gen_step_begin(struct gen *g, const struct gen_step *step);
/* One of them; false: it can have none. */
bool gen_step_op(struct gen *g, struct op *op);

#endif
