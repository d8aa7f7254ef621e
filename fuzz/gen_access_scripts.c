// SPDX-License-Identifier: MIT
/*
 * gen_access_scripts.c - what programs with translation do: scripts of a few
 * ops on one page, seen from one CPU or two.
 *
 *	map, access, unmap, access: the second one must fault
 *	map on one CPU, access on another, unmap on the first, access there
 *
 * Ops drawn one by one seldom meet on a page, and a stale translation shows
 * only where they do.
 * Validator: fuzz/tests/test_gen_access.c.
 */
#include "gen_access_steps.h"

#define SCRIPT(name) static const u8 name[]

/* --- user pages ----------------------------------------------------------- */

SCRIPT(life) = { PGD,	SWITCH, PAGE,  PLACE, MAP,  TOUCH, UNMAP,
		 TOUCH, MAP,	TOUCH, LEAVE, EXIT, END };
SCRIPT(user_stale) = {
	PGD_IF, SWITCH, PAGE, PLACE, MAP, LOAD, UNMAP, TOUCH, END
};
SCRIPT(over) = { PGD_IF, SWITCH, PAGE, PLACE, MAP, STORE,
		 PAGE,	 MAP,	 LOAD, STORE, END };
SCRIPT(write) = { PGD_IF, SWITCH, PAGE,	 PLACE,	  MAP,	 STORE, READONLY,
		  STORE,  SHARED, STORE, PROTECT, TOUCH, END };
SCRIPT(dirty) = { PGD_IF, SWITCH, PAGE, PLACE, MAP, LOAD,
		  STORE,  PTE,	  LOAD, STORE, END };
SCRIPT(two_cpus) = { PGD_IF, SWITCH, PAGE,  PLACE, MAP,	  LOAD,	 OTHER, SWITCH,
		     LOAD,   OTHER,  UNMAP, OTHER, TOUCH, OTHER, TOUCH, END };
SCRIPT(two_protect) = { PGD_IF, SWITCH, PAGE,  PLACE,	 MAP,	STORE, OTHER,
			SWITCH, STORE,	OTHER, READONLY, OTHER, STORE, END };
SCRIPT(two_over) = { PGD_IF, SWITCH, PAGE, PLACE, MAP,	OTHER, SWITCH, LOAD,
		     OTHER,  PAGE,   MAP,  OTHER, LOAD, STORE, END };
SCRIPT(switches) = { PGD_IF, SWITCH, PAGE, PLACE, MAP,	 TOUCH, PGD, SWITCH,
		     TOUCH,  PAGE,   MAP,  TOUCH, LEAVE, TOUCH, END };
SCRIPT(set_pte) = { PGD_IF, SWITCH, PAGE,   PLACE, MAP, TOUCH,
		    PTE,    TOUCH,  INVLPG, TOUCH, END };
SCRIPT(set_pde) = { PGD_IF, SWITCH, PAGE,  PLACE, MAP,	 TOUCH, PDE,
		    TOUCH,  FLUSH,  TOUCH, MODE,  TOUCH, END };
SCRIPT(large) = { PGD_IF, SWITCH, PAGE,	  PLACE, MAP,	LOAD,  LARGE,
		  BESIDE, TOUCH,  BESIDE, STORE, TOUCH, LARGE, TOUCH,
		  DROP,	  TOUCH,  PDE,	  TOUCH, DROP,	TOUCH, END };
SCRIPT(global) = { PGD_IF, SWITCH, PAGE,  PLACE, MAP,	 GLOBAL, TOUCH,
		   UNMAP,  TOUCH,  FLUSH, TOUCH, INVLPG, TOUCH,	 END };
SCRIPT(global_off) = { PGD_IF, SWITCH, PAGE,	PLACE, MAP,    GLOBAL, TOUCH,
		       UNMAP,  TOUCH,  PGE_OFF, TOUCH, PGE_ON, END };
SCRIPT(wp) = { PGD_IF, SWITCH, PAGE,  PLACE, MAP,   READONLY, WP_OFF,
	       STORE,  MODE,   STORE, WP_ON, STORE, END };
SCRIPT(crossing) = { PGD_IF, SWITCH, PAGE,  PLACE, MAP,	    NEXT,  PAGE,
		     MAP,    TOUCH,  UNMAP, TOUCH, PROTECT, TOUCH, END };
SCRIPT(frees) = { PGD_IF, PAGE, PLACE, MAP, FREE, UNMAP, FREE, END };
SCRIPT(pgd_misuse) = { PGD_IF,	 SWITCH, PGD_FREE, EXIT, PAGE,	MAP,	  LEAVE,
		       PGD_FREE, UNMAP,	 PGD_FREE, MAP,	 TOUCH, PGD_WILD, END };
SCRIPT(exits) = { PGD,	 PAGE, PLACE, MAP,  NEXT, PAGE, MAP,
		  PLACE, MAP,  FREE,  EXIT, PGD,  END };
/* What is mapped anew over itself, and over what had other bits. */
SCRIPT(remap) = { PGD_IF, SWITCH, PAGE, PLACE,	MAP, TOUCH, FREE,
		  MAP,	  TOUCH,  PAGE, CHANGE, MAP, TOUCH, END };
SCRIPT(changes_user) = { PGD_IF, SWITCH, PAGE,	PLACE,	MAP,  TOUCH, CHANGE,
			 TOUCH,	 DROP,	 TOUCH, CHANGE, DROP, TOUCH, END };
/* The list of directories: they leave it in any order. */
SCRIPT(directories) = { PGD,	  PGD, PGD,	  LEAVE, PGD_FREE, EXIT,
			PGD,	  HOT, ATTR,	  PGD,	 PGD_FREE, EXIT,
			PGD_FREE, PGD, ATTR_BACK, END };
SCRIPT(fails) = { PGD_IF, PAGE, PLACE, FAIL, MAP, FAIL, PGD, FAIL, VMAP, END };

/* --- kernel pages --------------------------------------------------------- */

SCRIPT(window) = { PAGE, VMAP, TOUCH, DROP_MAP, TOUCH, END };
SCRIPT(window_cpus) = { PAGE,  VMAP,	 TOUCH, OTHER, TOUCH,
			OTHER, DROP_MAP, OTHER, TOUCH, END };
SCRIPT(window_busy) = { PAGE, VMAP, VMAP, FREE, DROP_MAP, DROP_MAP, END };
SCRIPT(synced) = { PGD_IF,   SWITCH, PAGE,  VMAP, TOUCH, LEAVE,
		   DROP_MAP, SWITCH, TOUCH, VMAP, TOUCH, END };
SCRIPT(synced_two) = { PGD,   SWITCH, PAGE,  VMAP, OTHER, PGD, SWITCH,
		       TOUCH, OTHER,  TOUCH, MODE, TOUCH, END };
SCRIPT(attr) = { HOT,	    ATTR,  TOUCH,  GFLUSH, TOUCH,
		 ATTR_BACK, TOUCH, GFLUSH, TOUCH,  END };
SCRIPT(attr_stale) = { HOT,	  STORE, ATTR,	 STORE, GFLUSH, STORE,
		       ATTR_BACK, LOAD,	 GFLUSH, STORE, END };
SCRIPT(attr_twice) = { HOT,	  ATTR,	     NEXT,   ATTR,  TOUCH,
		       ATTR_BACK, ATTR_BACK, GFLUSH, HOT,   ATTR,
		       ATTR,	  ATTR_BACK, GFLUSH, TOUCH, END };
SCRIPT(attr_cpus) = { HOT,	 TOUCH,	 OTHER, TOUCH, ATTR,
		      OTHER,	 GFLUSH, TOUCH, OTHER, TOUCH,
		      ATTR_BACK, GFLUSH, OTHER, TOUCH, END };
SCRIPT(attr_pgd) = { PGD_IF, SWITCH,	HOT,	TOUCH, ATTR,
		     FLUSH,  TOUCH,	GFLUSH, TOUCH, PGD,
		     SWITCH, ATTR_BACK, GFLUSH, TOUCH, END };
SCRIPT(attr_fails) = { HOT,  FAIL,	ATTR,	HOT,   ATTR,
		       FAIL, ATTR_BACK, GFLUSH, TOUCH, END };
SCRIPT(mirror) = { PGD_IF, SWITCH, HOT,	  TOUCH,  MIRROR, TOUCH, FLUSH_ALL,
		   TOUCH,  MODE,   TOUCH, MIRROR, INVLPG, TOUCH, END };
SCRIPT(flushes) = { HOT,       TOUCH, WINDOW, TOUCH, FLUSH, TOUCH,
		    FLUSH_ALL, TOUCH, INVLPG, TOUCH, END };
/* Words that change behind the TLB's back, and whatever flushes it. */
SCRIPT(changes) = { HOT,  TOUCH, CHANGE, TOUCH, DROP,  TOUCH,
		    DROP, TOUCH, CHANGE, DROP,	TOUCH, END };
SCRIPT(changes_pge) = { HOT,   PGE_OFF, TOUCH,	CHANGE, DROP,
			TOUCH, CHANGE,	PGE_ON, TOUCH,	END };
SCRIPT(changes_cpus) = { HOT,	TOUCH, OTHER, TOUCH, PGE_OFF, CHANGE, DROP,
			 OTHER, TOUCH, DROP,  OTHER, TOUCH,   END };
SCRIPT(both_sizes) = { HOT,    ATTR,   GFLUSH, LOAD, ATTR_BACK, BESIDE, LOAD,
		       BESIDE, INVLPG, TOUCH,  ATTR, GFLUSH,	LOAD,	MIRROR,
		       BESIDE, TOUCH,  BESIDE, DROP, TOUCH,	END };
SCRIPT(zeroed) = { OTHER, ZPAGE, ZPAGE, OTHER, ZPAGE, FREE, ZPAGE, END };
SCRIPT(pge) = { HOT, TOUCH, PGE_OFF, TOUCH, FLUSH, TOUCH, PGE_ON, TOUCH, END };

/* --- segments ------------------------------------------------------------- */

SCRIPT(edges) = { DESC, SELECT, EDGE, EDGE, EDGE, END };
SCRIPT(rewritten) = { DESC, SELECT, DESC, EDGE, SELECT, EDGE, END };
SCRIPT(modes) = { DESC, SELECT, MODE, EDGE, SELECT, EDGE, MODE, EDGE, END };
SCRIPT(other_gdt) = { DESC, SELECT, OTHER,  SELECT, DESC, SELECT,
		      EDGE, OTHER,  SELECT, EDGE,   END };
SCRIPT(anything) = { ANY, ANY, ANY, ANY, END };

const u8 *const access_script_large = large;

const struct access_script access_scripts[] = {
	{ life, 6, GROUP_USER },
	{ user_stale, 8, GROUP_USER },
	{ over, 8, GROUP_USER },
	{ write, 8, GROUP_USER },
	{ dirty, 6, GROUP_USER },
	{ two_cpus, 10, GROUP_USER },
	{ two_protect, 8, GROUP_USER },
	{ two_over, 8, GROUP_USER },
	{ switches, 8, GROUP_USER },
	{ set_pte, 8, GROUP_USER },
	{ set_pde, 8, GROUP_USER },
	{ large, 6, GROUP_USER },
	{ global, 5, GROUP_USER },
	{ global_off, 4, GROUP_USER | GROUP_PAGING },
	{ wp, 6, GROUP_USER | GROUP_PAGING },
	{ crossing, 6, GROUP_USER },
	{ frees, 5, GROUP_USER },
	{ pgd_misuse, 4, GROUP_USER },
	{ exits, 6, GROUP_USER },
	{ fails, 4, GROUP_USER },
	{ remap, 8, GROUP_USER },
	{ directories, 8, GROUP_USER },
	{ changes_user, 8, GROUP_USER | GROUP_PAGING },
	{ window, 8, GROUP_PAGING },
	{ window_cpus, 8, GROUP_PAGING },
	{ window_busy, 3, GROUP_PAGING },
	{ synced, 10, GROUP_PAGING | GROUP_USER },
	{ synced_two, 8, GROUP_PAGING | GROUP_USER },
	{ attr, 8, GROUP_PAGING },
	{ attr_stale, 8, GROUP_PAGING },
	{ attr_twice, 8, GROUP_PAGING },
	{ attr_cpus, 8, GROUP_PAGING },
	{ attr_pgd, 8, GROUP_PAGING | GROUP_USER },
	{ attr_fails, 4, GROUP_PAGING },
	{ mirror, 8, GROUP_PAGING | GROUP_USER },
	{ flushes, 6, GROUP_PAGING },
	{ changes, 8, GROUP_PAGING | GROUP_USER },
	{ changes_pge, 8, GROUP_PAGING | GROUP_USER },
	{ changes_cpus, 8, GROUP_PAGING | GROUP_USER },
	{ both_sizes, 8, GROUP_PAGING },
	{ zeroed, 6, GROUP_PAGING },
	{ pge, 5, GROUP_PAGING },
	{ edges, 40, GROUP_SEGMENT },
	{ rewritten, 20, GROUP_SEGMENT },
	{ modes, 20, GROUP_SEGMENT },
	{ other_gdt, 12, GROUP_SEGMENT },
	{ anything, 8, 0 },
};

const u32 nr_access_scripts = COUNT(access_scripts);

_Static_assert(COUNT(access_scripts) <= GEN_SCRIPTS_MAX,
	       "more scripts than weights");
