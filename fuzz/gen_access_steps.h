/* SPDX-License-Identifier: MIT */
/*
 * gen_access_steps.h - the steps that translation's scripts are made of:
 * gen_access_scripts.c strings them together, gen_access_script.c plays them.
 */
#ifndef FUZZ_GEN_ACCESS_STEPS_H
#define FUZZ_GEN_ACCESS_STEPS_H

#include "gen_state.h"

enum access_step {
	END,
	PGD,	/* a directory; then the focus is on it */
	PGD_IF, /* if there is none */
	SWITCH,
	LEAVE,
	PAGE,	/* a frame, which is the focus */
	ZPAGE,	/* the same, high and zeroed: by way of kmap_atomic */
	PLACE,	/* another user page */
	NEXT,	/* the page behind */
	BESIDE, /* the page's twin, and back */
	MAP,
	LOAD,
	STORE,
	FETCH,
	TOUCH, /* one of these */
	UNMAP,
	PROTECT,
	READONLY,
	SHARED,
	PTE,
	PDE,
	GLOBAL, /* a user's page gets G */
	LARGE,	/* a user's PDE gets PS */
	MIRROR, /* large pages get other bits */
	OTHER,	/* another CPU goes on */
	CHANGE, /* the words that lead there, in any way, with no flush */
	DROP,	/* a flush of any kind */
	FREE,	/* the page */
	PGD_FREE,
	PGD_WILD, /* the free of one that never was */
	EXIT,
	WINDOW, /* a page of the vmalloc window */
	HOT,	/* a frame of the direct map */
	ATTR,
	ATTR_BACK,
	GFLUSH,
	FLUSH,
	FLUSH_ALL,
	INVLPG,
	WP_OFF,
	WP_ON,
	PGE_OFF,
	PGE_ON,
	DESC, /* a descriptor */
	SELECT,
	EDGE, /* an access through what was selected */
	MODE, /* in the other mode */
	FAIL, /* the next op meets a page allocation that fails */
	ANY,
	/* kernel mappings [gen_vm_step.c]: a map is what the focus is on */
	VM,	    /* vmalloc of any kind */
	VM_PAGE,    /* of one page */
	VM_GFP,	    /* __vmalloc */
	VM_ATOMIC,  /* by who may not sleep, and does not ask to */
	VM_ARRAY,   /* about the size where its array is vmalloc'ed */
	VM_DRY,	    /* with the last of memory */
	VM_HOLE,    /* into a hole, or a page too large for it */
	BARE,	    /* get_vm_area */
	BARE_END,   /* up to the window's end, or a page less or more */
	BARE_TABLE, /* so that the next area needs a table */
	VMAP,	    /* the page, or block */
	VMAP_NULL,
	VMAP_MAP, /* of the map's own frames */
	VMAP_FLAGS,
	VMAP_GONE,  /* the page, though it is free, or somebody else's */
	DROP_MAP,   /* given back, by its call */
	DROP_OTHER, /* the one before it */
	DROP_ANY,
	DROP_BIG,   /* the one that takes most of the window */
	DROP_WRONG, /* by another call */
	DROP_AT,    /* by its address, or one inside */
	REMOVE,
	AT,	/* the focus's address is the map's from here on */
	TOUCHM, /* an access through the map's slot, live or not */
	TOUCHO, /* and through the one before it */
	GUARD,
	TOPAGE,
	IO,
	IO_SAME, /* what the last one is of, again */
	IO_LOW,	 /* reserved frames, nocache */
	IO_ISA,
	IO_RAM,
	FIX,
	FIX_AT, /* the focus's address is that slot's */
	UNFIX,
	HPAGE,	/* a high page, which is the focus */
	HBLOCK, /* a large block of them */
	KM,
	KM_LOW,	  /* of a low page */
	KM_FILL,  /* kmaps up to the wrap, or one less or more */
	KM_BLOCK, /* all of the block */
	KM_PFN,
	KM_GONE, /* as VMAP_GONE */
	KM_MAP,	 /* of the map's frames */
	KUM,
	KUM_BLOCK,
	KUM_MAP,
	KUM_TWICE,
	KA,
	KA_TYPE, /* the same page, another type */
	KA_PFN,
	KUA,	   /* the last that the CPU holds */
	KUA_LOW,   /* as if it were a low page's */
	KUA_WRONG, /* another type, another CPU, an address */
	KA_PAGE,
	VALID,
	WRONG_TASK, /* the next op is an interrupt's, or a spinlock's holder's
		     */
};

/* The op on the focus's CPU, its arguments drawn; false: it is not to be had.
 */
bool gen_step_draw(struct gen *g, struct op *op, enum op_code code);

static inline bool draw(struct gen *g, struct op *op, enum op_code code)
{
	return gen_step_draw(g, op, code);
}

struct access_script {
	const u8 *steps; /* up to END */
	u8 weight;
	u16 groups; /* all that it needs; the last one needs none */
};

/* What a program begins with where the first frames may be large pages. */
extern const u8 *const access_script_large;

extern const struct access_script access_scripts[];
extern const u32 nr_access_scripts;

/* gen_vm_scripts.c: those of kernel mappings. */
extern const struct access_script vm_scripts[];
extern const u32 nr_vm_scripts;
/* Has it a step that only such a program as this one has as it is meant? */
bool gen_vm_favours(const struct gen *g, const struct access_script *s);

/* What a step makes; the slots of the focus.  [gen_vm_step.c] */
bool gen_step_made(struct gen *g, const struct op *op);
bool gen_is_map(const struct gen *g, u32 slot);
bool gen_is_block(const struct gen *g, u32 slot);
/* gen_kmap_step.c */
bool gen_kmap_step_op(struct gen *g, struct op *op, u32 step);

#endif
