// SPDX-License-Identifier: MIT
/*
 * gen_scripts.c - what programs with objects do: scripts of a few steps, each
 * of which is an op or a run of them.
 *
 * A slab allocator's mechanisms need runs: more objects than an array holds,
 * some slabs of one cache, their frees in another order, ticks with nothing
 * between.  Sixty ops drawn one by one get to none of that.  So each script
 * leads to one mechanism.  gen_script.c plays them, gen_steps.c makes their
 * ops.
 * Validator: fuzz/tests/test_gen.c.
 */
#include "gen_steps.h"

#define S(code, ...)                                                           \
	{                                                                      \
		STEP_##code, __VA_ARGS__                                       \
	}
#define END                                                                    \
	{                                                                      \
		STEP_END, 0, 0                                                 \
	}

#define SCRIPT(name) static const struct gen_step name[]

/* --- caches and slabs ----------------------------------------------------- */

SCRIPT(life) = {
	S(NEW, ONE, NEW_ANY),
	S(TAKE, FEW, 0),
	S(LOOK, FEW, 0),
	S(GIVE, ALL, 0),
	S(SHRINK, ONE, 0),
	S(DESTROY, ONE, 0),
	END,
};

/* Full, partial and free slabs, and the order of each list. */
SCRIPT(slabs) = {
	S(NEW, ONE, NEW_SEVERAL),
	S(TAKE, SLABS, 0),
	S(GIVE, HALF, 0),
	S(SHRINK, ONE, 0),
	S(TAKE, FEW, 0),
	S(GIVE, HALF, 0),
	S(SHRINK, ONE, 0),
	S(TAKE, SLABS, 0),
	S(GIVE, ALL, 0),
	S(SHRINK, ONE, 0),
	END,
};

/* More frees than an array has room for. */
SCRIPT(flush) = {
	S(NEW, ONE, NEW_LARGE),
	S(TAKE, LIMIT, 0),
	S(GIVE, ALL, 0),
	S(TAKE, FEW, 0),
	S(GIVE, ALL, 0),
	S(TICK, ONE, 0),
	END,
};

SCRIPT(flush_wide) = {
	S(NEW, ONE, NEW_SHARED),
	S(TAKE, LIMIT, 0),
	S(GIVE, ALL, 0),
	S(TAKE, FEW, 0),
	END,
};

/* More free objects than a cache may keep. */
SCRIPT(flood) = {
	S(NEW, ONE, NEW_LARGE),
	S(TAKE, FLOOD, 0),
	S(GIVE, ALL, 0),
	S(TAKE, FEW, 0),
	S(TICK, ONE, 0),
	S(SHRINK, ONE, 0),
	END,
};

/* One CPU frees, another takes: by way of the shared array. */
SCRIPT(shared) = {
	S(NEW, ONE, NEW_SHARED), S(TAKE, FEW, 0),
	S(CPU, ONE, 0),		 S(TAKE, BATCH, 0),
	S(CPU, ONE, 0),		 S(GIVE, ALL, 0),
	S(CPU, ONE, 0),		 S(TAKE, FEW, 0),
	S(TICK, ONE, TICK_REAP), S(GIVE, ALL, 0),
	S(TICK, ONE, 0),	 S(SHRINK, ONE, 0),
	S(DESTROY, ONE, 0),	 END,
};

SCRIPT(shared_debug) = {
	S(NEW, ONE, NEW_SHARED),
	S(TAKE, LIMIT, 0),
	S(CPU, ONE, 0),
	S(GIVE, ALL, 0),
	S(CPU, ONE, 0),
	S(TAKE, FEW, 0),
	END,
};

/* A constructor's objects by the hundred, in and out of a general cache. */
SCRIPT(nested) = {
	S(NEW, ONE, NEW_NESTED), S(TAKE, ONE, 0),   S(GIVE, ALL, 0),
	S(CPU, ONE, 0),		 S(SHRINK, ONE, 0), S(GENERAL, ONE, 64 / 32),
	S(TAKE, FEW, 0),	 S(CPU, ONE, 0),    S(TAKE, FEW, 0),
	S(GIVE, HALF, 0),	 S(TICK, FEW, 0),   S(TAKE, FEW, 0),
	S(FIND, ONE, 64 / 32),	 S(SHRINK, ONE, 0), END,
};

/* Two at a time, so that a shared array is as good as full. */
SCRIPT(nested_twice) = {
	S(NEW, ONE, NEW_NESTED),
	S(TAKE, ONE, 0),
	S(NEW, ONE, NEW_NESTED),
	S(TAKE, ONE, 0),
	S(GIVE, ALL, 0),
	S(SHRINK, ONE, 0),
	S(CPU, ONE, 0),
	S(GENERAL, ONE, 64 / 32),
	S(TAKE, FEW, 0),
	S(CPU, ONE, 0),
	S(BACK, ONE, 0),
	S(GIVE, ALL, 0),
	S(SHRINK, ONE, 0),
	S(TICK, ONE, 0),
	END,
};

/* A cache of the allocator's own, by its name. */
SCRIPT(general) = {
	S(FIND, ONE, 0),   S(TAKE, SLABS, 0), S(GIVE, HALF, 0),
	S(SHRINK, ONE, 0), S(TAKE, FEW, 0),   S(DESTROY, ONE, 0),
	S(GIVE, ALL, 0),   S(SHRINK, ONE, 0), END,
};

SCRIPT(busy) = {
	S(NEW, ONE, NEW_ANY), S(TAKE, FEW, 0),	S(DESTROY, ONE, 0),
	S(SHRINK, ONE, 0),    S(TAKE, ONE, 0),	S(GIVE, ALL, 0),
	S(DESTROY, ONE, 0),   S(STALE, FEW, 0), END,
};

/* Freed slabs wait for a grace period. */
SCRIPT(rcu) = {
	S(NEW, ONE, NEW_RCU),
	S(TAKE, SLABS, 0),
	S(GIVE, ALL, 0),
	S(SHRINK, ONE, 0),
	S(TAKE, FEW, 0),
	S(TICK, ONE, 0),
	S(GIVE, ALL, 0),
	S(SHRINK, ONE, 0),
	S(DESTROY, ONE, 0),
	S(TICK, ONE, 0),
	END,
};

SCRIPT(creates) = {
	S(NEW, MANY, NEW_ANY),
	S(TAKE, FEW, 0),
	S(TICK, ONE, 0),
	END,
};

/* More descriptors than boot left room for. */
SCRIPT(descriptors) = {
	S(NEW, LOTS, NEW_ANY), S(FAIL, ONE, 0),	   S(NEW, ONE, NEW_ANY),
	S(NEW, FEW, NEW_ANY),  S(DESTROY, ONE, 0), END,
};

SCRIPT(create_destroy) = {
	S(NEW, ONE, NEW_ANY),
	S(DESTROY, ONE, 0),
	S(NEW, ONE, NEW_ANY),
	S(TAKE, ONE, 0),
	S(GIVE, ALL, 0),
	S(DESTROY, ONE, 0),
	END,
};

/* --- time ----------------------------------------------------------------- */

SCRIPT(reap) = {
	S(NEW, ONE, NEW_LARGE),	 S(TAKE, LIMIT, 0),	  S(GIVE, ALL, 0),
	S(TICK, FEW, TICK_REAP), S(TAKE, ONE, 0),	  S(TICK, FEW, 0),
	S(GIVE, ALL, 0),	 S(TICK, FEW, TICK_REAP), END,
};

SCRIPT(reap_slabs) = {
	S(NEW, ONE, NEW_SEVERAL), S(TAKE, SLABS, 0), S(GIVE, ALL, 0),
	S(TICK, FEW, TICK_REAP),  S(TAKE, SLABS, 0), S(GIVE, HALF, 0),
	S(TICK, FEW, TICK_REAP),  S(TAKE, FEW, 0),   END,
};

SCRIPT(ticks) = {
	S(OLD, ONE, 0),	  S(TAKE, FEW, 0), S(TICK, FEW, 0),
	S(GIVE, HALF, 0), S(TICK, FEW, 0), END,
};

/* Two CPUs reap at the same jiffy: the lower one first. */
SCRIPT(tie) = {
	S(NEW, ONE, NEW_LARGE),
	S(TAKE, MANY, 0),
	S(TIE, LOTS, 0),
	S(GIVE, ALL, GIVE_SPREAD),
	S(TICK, ONE, TICK_LITTLE),
	S(SHRINK, ONE, 0),
	END,
};

/* --- no memory ------------------------------------------------------------ */

SCRIPT(fail) = {
	S(NEW, ONE, NEW_ANY),	 S(FAIL, ONE, 0),   S(TAKE, ONE, 0),
	S(TAKE, ONE, 0),	 S(FAIL, ONE, 0),   S(NEW, ONE, NEW_ANY),
	S(NEW, FEW, NEW_NESTED), S(FAIL, ONE, 0),   S(TAKE, ONE, 0),
	S(GIVE, ALL, 0),	 S(SHRINK, ONE, 0), END,
};

SCRIPT(fail_create) = {
	S(NEW, FEW, NEW_ANY), S(FAIL, ONE, 0),	    S(NEW, ONE, NEW_ANY),
	S(FAIL, ONE, 0),      S(NEW, ONE, NEW_ANY), S(FAIL, ONE, 0),
	S(NEW, ONE, NEW_ANY), S(TAKE, FEW, 0),	    END,
};

SCRIPT(tight) = {
	S(NEW, ONE, NEW_SEVERAL),
	S(TAKE, FEW, 0),
	S(TIGHT, ONE, 0),
	S(TAKE, SLABS, 0),
	S(NEW, ONE, NEW_ANY),
	S(GIVE, HALF, 0),
	S(TAKE, FEW, 0),
	S(SHRINK, ONE, 0),
	S(RELAX, ONE, 0),
	S(TAKE, FEW, 0),
	END,
};

SCRIPT(dry) = {
	S(NEW, ONE, NEW_ANY), S(TAKE, FEW, 0),
	S(DRY, DOWN, 0),      S(TAKE, SLABS, 0),
	S(NEW, ONE, NEW_ANY), S(GIVE, ALL, 0),
	S(PAGES, FEW, 0),     S(TAKE, FEW, 0),
	S(SHRINK, ONE, 0),    END,
};

SCRIPT(dry_objects) = {
	S(GENERAL, ONE, 0), S(TAKE, LIMIT, 0),
	S(OLD, ONE, 0),	    S(TAKE, FEW, 0),
	S(GIVE, FEW, 0),    S(GENERAL, ONE, 0),
	S(GIVE, ALL, 0),    END,
};

/* --- kmalloc -------------------------------------------------------------- */

SCRIPT(kmallocs) = {
	S(KMALLOC, MANY, 0),
	S(LOOK, FEW, 0),
	S(KFREE, MANY, 0),
	END,
};

SCRIPT(kmalloc_flush) = {
	S(GENERAL, ONE, 0),
	S(TAKE, LIMIT, 0),
	S(GIVE, ALL, 0),
	S(TAKE, FEW, 0),
	S(TICK, ONE, 0),
	S(GIVE, ALL, 0),
	END,
};

SCRIPT(kmalloc_flood) = {
	S(GENERAL, ONE, 0),
	S(TAKE, FLOOD, 0),
	S(CPU, ONE, 0),
	S(GIVE, ALL, 0),
	S(TAKE, FEW, 0),
	S(TICK, FEW, TICK_REAP),
	END,
};

SCRIPT(kmalloc_shared) = {
	S(GENERAL, ONE, 4096 / 32),
	S(TAKE, FEW, 0),
	S(CPU, ONE, 0),
	S(TAKE, BATCH, 0),
	S(CPU, ONE, 0),
	S(GIVE, ALL, 0),
	S(CPU, ONE, 0),
	S(TAKE, FEW, 0),
	S(TICK, FEW, TICK_REAP),
	END,
};

SCRIPT(kmalloc_fail) = {
	S(GENERAL, ONE, 0), S(FAIL, ONE, 0),  S(TAKE, ONE, 0), S(FAIL, ONE, 0),
	S(TAKE, ONE, 0),    S(TIGHT, ONE, 0), S(TAKE, FEW, 0), S(GIVE, HALF, 0),
	S(TAKE, FEW, 0),    S(RELAX, ONE, 0), S(TAKE, FEW, 0), END,
};

/* --- misuse --------------------------------------------------------------- */

SCRIPT(damage) = {
	S(NEW, ONE, NEW_DEBUG), S(TAKE, FEW, 0),    S(DAMAGE, ONE, 1),
	S(GIVE, ALL, 0),	S(TAKE, FEW, 0),    S(GIVE, ALL, 0),
	S(DAMAGE, FEW, 0),	S(TAKE, FEW, 0),    S(GIVE, ALL, 0),
	S(SHRINK, ONE, 0),	S(DESTROY, ONE, 0), END,
};

SCRIPT(damage_kmalloc) = {
	S(GENERAL, ONE, 0), S(TAKE, FEW, 0),
	S(GIVE, HALF, 0),   S(DAMAGE, FEW, 0),
	S(TAKE, FEW, 0),    S(DAMAGE, ONE, 1),
	S(GIVE, ALL, 0),    END,
};

SCRIPT(references) = {
	S(NEW, ONE, NEW_ANY), S(TAKE, FEW, 0),
	S(REF, ONE, 0),	      S(GIVE, ALL, 0),
	S(SHRINK, ONE, 0),    S(TAKE, ONE, 0),
	S(UNREF, ONE, 0),     S(TAKE, FEW, 0),
	S(UNREF, ONE, 0),     END,
};

SCRIPT(contexts) = {
	S(NEW, ONE, NEW_ANY), S(POOL, ONE, POOL_ANY), S(CONTEXT, FEW, 0),
	S(TAKE, FEW, 0),      S(CONTEXT, FEW, 0),     END,
};

SCRIPT(wild) = {
	S(OLD, ONE, 0),	  S(TAKE, FEW, 0), S(WILD, FEW, 0),
	S(STALE, FEW, 0), S(GIVE, ALL, 0), END,
};

SCRIPT(anything) = {
	S(ANY, MANY, 0),
	END,
};

/* --- memory pools --------------------------------------------------------- */

SCRIPT(pool) = {
	S(POOL, ONE, POOL_ANY),
	S(PTAKE, RESERVE, 0),
	S(PGIVE, ALL, 0),
	S(PDESTROY, ONE, 0),
	END,
};

SCRIPT(pool_sleep) = {
	S(POOL, ONE, POOL_LARGE),
	S(TIGHT, ONE, 0),
	S(PTAKE, RESERVE, 1),
	S(PGIVE, HALF, 0),
	S(PTAKE, FEW, 1),
	S(RELAX, ONE, 0),
	S(PGIVE, FEW, 0),
	S(PTAKE, FEW, 1),
	S(PGIVE, ALL, 0),
	S(PDESTROY, ONE, 0),
	END,
};

/* A cache's elements, with none to spare. */
SCRIPT(pool_cache) = {
	S(NEW, ONE, NEW_LARGE),
	S(POOL, ONE, POOL_CACHE),
	S(TIGHT, ONE, 0),
	S(PTAKE, RESERVE, 1),
	S(TAKE, ONE, 0),
	S(PGIVE, ALL, 0),
	S(RELAX, ONE, 0),
	S(PTAKE, RESERVE, 0),
	S(PGIVE, ALL, 0),
	S(PDESTROY, ONE, 0),
	S(GIVE, ALL, 0),
	S(DESTROY, ONE, 0),
	END,
};

SCRIPT(pool_dry) = {
	S(POOL, ONE, POOL_LARGE), S(DRY, DOWN, 0),     S(PTAKE, RESERVE, 1),
	S(PGIVE, FEW, 0),	  S(PAGES, FEW, 0),    S(PTAKE, FEW, 0),
	S(PGIVE, ALL, 0),	  S(PDESTROY, ONE, 0), END,
};

SCRIPT(pool_resize) = {
	S(POOL, ONE, POOL_LARGE), S(RESIZE, ONE, 0),
	S(PTAKE, FEW, 0),	  S(RESIZE, FEW, 0),
	S(TIGHT, ONE, 0),	  S(PTAKE, RESERVE, 0),
	S(RESIZE, FEW, 0),	  S(PGIVE, HALF, 0),
	S(RESIZE, ONE, 0),	  S(RELAX, ONE, 0),
	S(RESIZE, ONE, 0),	  S(PGIVE, ALL, 0),
	S(PDESTROY, ONE, 0),	  END,
};

SCRIPT(pool_fail) = {
	S(FAIL, ONE, 0),     S(POOL, ONE, POOL_LARGE),
	S(FAIL, ONE, 0),     S(POOL, ONE, POOL_BIG),
	S(TIGHT, ONE, 0),    S(POOL, FEW, POOL_ANY),
	S(RELAX, ONE, 0),    S(POOL, ONE, POOL_ANY),
	S(FAIL, ONE, 0),     S(RESIZE, ONE, 0),
	S(FAIL, ONE, 0),     S(PTAKE, ONE, 0),
	S(PDESTROY, ONE, 0), END,
};

/* Its elements flood arrays, shared ones too, in two ops. */
SCRIPT(pool_flood) = {
	S(NEW, ONE, NEW_ANY),
	S(POOL, ONE, POOL_BIG),
	S(CPU, ONE, 0),
	S(PTAKE, FEW, 0),
	S(PGIVE, ALL, 0),
	S(PDESTROY, ONE, 0),
	S(CPU, ONE, 0),
	S(TAKE, FEW, 0),
	S(TICK, FEW, TICK_REAP),
	S(SHRINK, ONE, 0),
	END,
};

SCRIPT(pool_misuse) = {
	S(POOL, ONE, POOL_LARGE),
	S(TIGHT, ONE, 0),
	S(PTAKE, RESERVE, 1),
	S(PDESTROY, ONE, 0),
	S(PGIVE, HALF, 0),
	S(PSTALE, FEW, 0),
	S(PDESTROY, ONE, 0),
	S(PGIVE, ALL, 0),
	S(PDESTROY, ONE, 0),
	S(PSTALE, FEW, 0),
	END,
};

/* --- all of them ---------------------------------------------------------- */

const struct gen_script gen_scripts[] = {
	{ life, 4, GROUP_SLAB, ALWAYS },
	{ slabs, 8, GROUP_SLAB, ALWAYS },
	{ flush, 6, GROUP_SLAB, ALWAYS },
	{ flush_wide, 3, GROUP_SLAB, ALWAYS },
	{ flood, 4, GROUP_SLAB, ALWAYS },
	{ shared, 8, GROUP_SLAB, IF_SMP },
	{ shared_debug, 4, GROUP_SLAB, IF_SMP },
	{ nested, 4, GROUP_SLAB | GROUP_KMALLOC, ALWAYS },
	{ nested_twice, 3, GROUP_SLAB | GROUP_KMALLOC, IF_SMP },
	{ general, 4, GROUP_SLAB | GROUP_KMALLOC, ALWAYS },
	{ busy, 4, GROUP_SLAB, ALWAYS },
	{ rcu, 4, GROUP_SLAB, ALWAYS },
	{ creates, 4, GROUP_SLAB, ALWAYS },
	{ descriptors, 1, GROUP_SLAB, ALWAYS },
	{ create_destroy, 3, GROUP_SLAB, ALWAYS },
	{ reap, 5, GROUP_SLAB, ALWAYS },
	{ reap_slabs, 5, GROUP_SLAB, ALWAYS },
	{ ticks, 3, GROUP_KMALLOC, ALWAYS },
	{ tie, 8, GROUP_SLAB, IF_TIES },
	{ fail, 5, GROUP_SLAB, ALWAYS },
	{ fail_create, 4, GROUP_SLAB, ALWAYS },
	{ tight, 5, GROUP_SLAB | GROUP_PAGES, ALWAYS },
	{ dry, 2, GROUP_SLAB | GROUP_PAGES, ALWAYS },
	{ dry_objects, 2, GROUP_KMALLOC, ALWAYS },
	{ kmallocs, 6, GROUP_KMALLOC, ALWAYS },
	{ kmalloc_flush, 5, GROUP_KMALLOC, ALWAYS },
	{ kmalloc_flood, 4, GROUP_KMALLOC, ALWAYS },
	{ kmalloc_shared, 10, GROUP_KMALLOC, IF_SMP },
	{ kmalloc_fail, 4, GROUP_KMALLOC, ALWAYS },
	{ damage, 30, GROUP_SLAB, IF_DEBUG },
	{ damage_kmalloc, 15, GROUP_KMALLOC, IF_DEBUG },
	{ references, 2, GROUP_SLAB | GROUP_PAGES, IF_DIRTY },
	{ contexts, 4, GROUP_KMALLOC, IF_DIRTY },
	{ wild, 8, GROUP_KMALLOC, IF_DIRTY },
	{ anything, 10, 0, ALWAYS },
	{ pool, 24, GROUP_MEMPOOL, ALWAYS },
	{ pool_sleep, 24, GROUP_MEMPOOL | GROUP_PAGES, ALWAYS },
	{ pool_cache, 24, GROUP_MEMPOOL | GROUP_SLAB, ALWAYS },
	{ pool_dry, 6, GROUP_MEMPOOL | GROUP_PAGES, ALWAYS },
	{ pool_resize, 24, GROUP_MEMPOOL, ALWAYS },
	{ pool_fail, 18, GROUP_MEMPOOL, ALWAYS },
	{ pool_flood, 18, GROUP_MEMPOOL, ALWAYS },
	{ pool_misuse, 12, GROUP_MEMPOOL, IF_DIRTY },
};

const u32 gen_nr_scripts = COUNT(gen_scripts);

_Static_assert(COUNT(gen_scripts) <= GEN_SCRIPTS_MAX,
	       "more scripts than weights");
