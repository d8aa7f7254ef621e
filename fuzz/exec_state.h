/* SPDX-License-Identifier: MIT */
/*
 * exec_state.h - what exec.c and the handlers of the ops share.
 *
 * A handler makes its call on the machine, collects what came of it and has
 * the model judge it.  A row of ops.def without a handler does not link.
 */
#ifndef FUZZ_EXEC_STATE_H
#define FUZZ_EXEC_STATE_H

#include "../alloc/mm.h"
#include "../oracle/oracle.h"
#include "exec.h"

#include <setjmp.h>

/* A booted machine and its model, with their snapshot. */
struct unit {
	struct machine *m;
	struct model *o;
	struct mm_layout layout;
	u8 profile; /* or PROFILE_FREE: `line` is the program's own */
	struct boot_line line;
	bool booted; /* so, with a snapshot to go back to */
	u64 digest;  /* of it */
};

/* What an op gave; kept when it is given back, for misuse. */
struct slot {
	u8 kind; /* enum res_kind */
	u8 order;
	union {
		pfn_t pfn;    /* RES_PAGES, RES_PHYS */
		vaddr_t addr; /* caches, objects, pools, elements, pgds, maps */
	};
};

enum step {
	STEP_OK,
	STEP_NULL,
	STEP_BLOCKS,
	STEP_BUSY,
	STEP_ENOMEM,
	STEP_PF, /* exceptions */
	STEP_GP,
	STEP_SS,
	STEP_NP,
	STEP_SKIPPED,
	STEP_DIVERGED,
	STEP_UNBOOTABLE, /* x->why says why */
};

/* An op that sleeps, and what it needs to go on. */
#define SLEEPERS_MAX 128u
struct parked {
	u32 ticket; /* 0: nobody */
	u32 out;    /* slot, or SLOT_NONE */
	u8 kind;    /* of its result: who resumes it */
	struct task task;
};

/* What is kept for the program's names and callbacks.  [exec_callbacks.c] */
struct object_table;

/* A 32-bit host has room for one window: one unit at a time. */
#if UINTPTR_MAX == UINT32_MAX
#define NR_UNITS 1
#else
#define NR_UNITS (NR_PROFILES + 1)
#endif

struct exec {
	struct exec_options opt;
	struct unit unit[NR_UNITS];
	struct slot *slot;
	u32 nr_slots, slots_used;
	struct object_table *objects;
	struct slab_view *slabs; /* room for the longest list */
	u32 room_slabs;
	struct page **pages; /* of a vmap, and their numbers */
	pfn_t *pfn;
	u32 room_pages;
	u8 bytes[ACCESS_BYTES_MAX]; /* of an access */

	/* the execution in progress */
	struct unit *u;
	struct machine *m; /* u->m */
	struct model *o;   /* u->o */
	const struct program *p;
	u32 at;		      /* index of the op; p->nr: the end */
	bool booting;	      /* before mem_init */
	bool full;	      /* all is looked at */
	bool resetting;	      /* after the last op */
	bool paused;	      /* opt.pause was called */
	bool diverged;	      /* ... in the midst of an op that diverged */
	bool in_call;	      /* the op's own call is made, and judged */
	bool partly;	      /* a call of the op went before this one */
	struct mm_layout now; /* the program may move the marks */
	struct outcome out;
	struct divergence d;
	struct parked parked[SLEEPERS_MAX];
	u32 nr_parked; /* those in use, and free ones among them */
	struct finding *f;

	jmp_buf panic;
	const char *panic_clause;
	const char *why; /* the last program could not boot */
	char why_buf[128];
	char clause[16]; /* of the last finding */
};

#define OP(name, code, weight, group, result, doc, ...)                        \
	enum step exec_##name(struct exec *x, const struct op *op);
#include "ops.def"
#undef OP

/*
 * The callbacks of programs act on x from now on; nothing is asked, nobody
 * sleeps.  false: no memory.  [exec_callbacks.c]
 */
bool exec_objects_begin(struct exec *x);
void exec_objects_free(struct exec *x);
/* After each op: what is compared of one CPU, and of all caches. */
enum step exec_check_counts(struct exec *x, u32 cpu);
/*
 * Validators, frames and all that follows here: all of it, or what was
 * touched; and what no check reads, the order of a free list, which must not
 * survive a reset either.  [exec_check.c]
 */
enum step exec_check_all(struct exec *x);
enum step exec_check_digest(struct exec *x);
/* machine_view(): before and after a call that came to nothing. */
u64 exec_view(struct exec *x);
/* Compares all caches, or those that were touched; and pools.  [exec_look.c] */
enum step exec_check_objects(struct exec *x, bool all);
/*
 * Room for the slabs of most lists, whatever was asked before: how often the
 * machine is asked is seen in its coverage.  false: no memory.
 */
bool exec_slabs_begin(struct exec *x);
/* A list's slabs go to x->slabs, which grows as needed; how many. */
u32 exec_slabs(struct exec *x, const struct kmem_cache *cache,
	       enum slab_list list);
/* Registers and TLB figures of one CPU.  [exec_access.c] */
enum step exec_check_cpu(struct exec *x, u32 cpu);
/* All CPUs, their TLBs, and tables: all, or those that were touched. */
enum step exec_check_translation(struct exec *x, bool all);
/* The moves of the op in progress, as text.  [exec_trace.c] */
void exec_trace(struct exec *x);
/* The op in progress fell asleep.  [exec_sleep.c] */
void exec_park(struct exec *x, const struct op *op);
/* The sleepers that are to go on, until nobody is. */
enum step exec_resume_woken(struct exec *x);
/* What vmalloc_to_page(addr) gives, judged; PFN_NONE: NULL.  [exec_vm.c] */
enum step exec_area_pfn(struct exec *x, const struct op *op, vaddr_t addr,
			pfn_t *pfn);
/* Areas, kmaps, devices: after an op of these groups; and all of them, or
 * those that were touched.  [exec_mappings.c] */
enum step exec_check_mapping_counts(struct exec *x);
enum step exec_check_mapped(struct exec *x, u32 groups);
enum step exec_check_mappings(struct exec *x, bool all);
/* The model learns where the devices' bytes are. */
void exec_set_devices(struct exec *x);

/* Makes a finding; expected and actual are x->d's. */
enum step exec_find(struct exec *x, const char *layer, const char *clause,
		    const char *doc, const char *field);
/* Makes x->d the finding. */
enum step exec_diverged(struct exec *x);
/* Makes the machine's own word the finding: "B3: sentence". */
enum step exec_broken(struct exec *x, const char *clause, const char *who);
void exec_on_panic(void *arg, const char *clause);

/*
 * Finds p's unit and leaves it at its snapshot; or, if p begins with boot
 * ops, before mem_init with x->booting set.  [exec_boot.c]
 */
enum exec_status exec_start(struct exec *x, const struct program *p);
/* The boot phase of this program is over. */
enum step exec_finish_boot(struct exec *x);
void exec_unit_delete(struct unit *u);

static inline void exec_begin_as(struct exec *x, struct task task)
{
	x->out.task = task;
	x->out.nr_ctor = 0;
	mm_set_current(x->m, task);
}

/* Opens a call on behalf of the op's task. */
static inline void exec_begin(struct exec *x, const struct op *op)
{
	x->out.task.cpu = op->cpu % x->u->layout.nr_cpus;
	x->out.task.flags = op->flags & TASK_FLAGS;
	x->out.task.fail_nth = op->fail_nth;
	exec_begin_as(x, x->out.task);
}

/* Closes it: what came of the call. */
static inline void exec_collect(struct exec *x)
{
	x->out.report = mm_report(x->m);
	x->out.oom = mm_oom(x->m);
	x->out.trace = mm_trace(x->m, &x->out.nr_trace);
}

/* The same of a call that may sleep. */
static inline void exec_collect_object(struct exec *x)
{
	exec_collect(x);
	x->out.blocked = mm_blocked(x->m);
}

static inline enum step exec_judge(struct exec *x, bool accepted)
{
	return accepted ? STEP_OK : exec_diverged(x);
}

static inline struct slot *exec_slot(struct exec *x, u32 index)
{
	return &x->slot[index < x->nr_slots ? index : 0];
}

/* Its address, if it has a mapping; else NULL. */
static inline const struct slot *exec_map(struct exec *x, u32 index)
{
	const struct slot *s = exec_slot(x, index);

	return s->kind == RES_MAP ? s : NULL;
}

static inline void exec_slot_set(struct exec *x, u32 index, enum res_kind kind,
				 u32 pfn_or_addr, u32 order)
{
	struct slot *s = exec_slot(x, index);

	s->kind = (u8)kind;
	s->order = (u8)order;
	s->pfn = pfn_or_addr;
	if (index >= x->slots_used)
		x->slots_used = index + 1;
}

/* An op that gives an address, or 0. */
static inline enum step exec_got_map(struct exec *x, const struct op *op,
				     vaddr_t addr, bool accepted)
{
	if (!accepted)
		return exec_diverged(x);
	if (!addr)
		return STEP_NULL;
	if (op->out != SLOT_NONE)
		exec_slot_set(x, op->out, RES_MAP, addr, 0);
	return STEP_OK;
}

#endif
