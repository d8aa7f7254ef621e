// SPDX-License-Identifier: MIT
/*
 * gen_vm_scripts.c - what programs with kernel mappings do: scripts of a few
 * ops on one mapping, or on one page that is mapped in several ways.
 *
 *	vmalloc, access, vfree, access: the second one must fault, everywhere
 *	map a page here and there, free it: that must be told
 *	kmap up to the last slot, give some back, and once around
 *
 * Validator: fuzz/tests/test_gen_vm.c.
 */
#include "gen_access_steps.h"

#define SCRIPT(name) static const u8 name[]

/* --- areas ---------------------------------------------------------------- */

SCRIPT(life) = { VM, TOUCHM, GUARD, TOPAGE, TOUCHM, DROP_MAP, TOUCHM, END };
SCRIPT(stale) = { VM_PAGE, AT, TOUCHM, LOAD,	 DROP_MAP, LOAD,
		  TOUCHM,  VM, TOUCHM, DROP_MAP, TOUCHM,   END };
SCRIPT(cpus) = { VM,	TOUCHM,	  OTHER,  TOUCHM, OTHER,  TOUCHM,
		 OTHER, DROP_MAP, TOUCHM, OTHER,  TOUCHM, END };
/* Directories that are older than the area: completed when it is missed. */
SCRIPT(lazy) = { PGD_IF, SWITCH,   BARE_TABLE, VM, TOUCHM, LEAVE, TOUCHM,
		 SWITCH, DROP_MAP, TOUCHM,     VM, TOUCHM, END };
SCRIPT(lazy_cpus) = { PGD,    SWITCH, OTHER,  PGD,    SWITCH, BARE_TABLE,
		      VM,     TOUCHM, OTHER,  TOUCHM, MODE,   DROP_MAP,
		      TOUCHM, OTHER,  TOUCHM, END };
/* Gaps of exact sizes, and areas that fill them or do not. */
SCRIPT(holes) = { VM,	  VM,	   VM,	     DROP_OTHER, VM_HOLE,
		  TOUCHM, GUARD,   DROP_ANY, DROP_ANY,	 VM_HOLE,
		  TOUCHM, VM_HOLE, TOUCHO,   END };
SCRIPT(holes_bare) = { BARE, VM_PAGE,  BARE,	VM_PAGE, DROP_OTHER, VM_HOLE,
		       BARE, DROP_ANY, VM_HOLE, TOUCHM,	 END };
SCRIPT(window_end) = { BARE_END, VM_PAGE,  TOUCHM,   GUARD,
		       DROP_MAP, VM_PAGE,  VM_PAGE,  TOUCHO,
		       DROP_BIG, BARE_END, VM_HOLE,  VM,
		       TOUCHM,	 DROP_BIG, DROP_BIG, END };
SCRIPT(array) = { VM_ARRAY,   TOUCHM, TOPAGE,	GUARD,	  VM_PAGE,
		  DROP_OTHER, TOUCHO, VM_ARRAY, DROP_MAP, END };
SCRIPT(array_misuse) = { VM_ARRAY, VMAP_MAP, DROP_OTHER, DROP_AT,
			 DROP_MAP, DROP_AT,  DROP_OTHER, END };
SCRIPT(dry) = { VM_DRY,	  VM,	    TOUCHM,   VM_DRY,	VM_PAGE, TOUCHM,
		DROP_ANY, DROP_ANY, VM_ARRAY, DROP_ANY, END };
SCRIPT(fails) = { FAIL, VM,   FAIL, VM_PAGE,  FAIL, VM_ARRAY,
		  FAIL, VMAP, VM,   DROP_MAP, FAIL, BARE_TABLE,
		  FAIL, VM,   FAIL, VM_GFP,   END };
SCRIPT(gfps) = { VM_GFP,    VM_ATOMIC, TOUCHM,	 VM_GFP, WRONG_TASK,
		 VM_GFP,    VM_ATOMIC, DROP_ANY, VM_GFP, TOUCHM,
		 VM_ATOMIC, DROP_MAP,  END };
SCRIPT(contexts) = { WRONG_TASK, VM,	     VM,	 WRONG_TASK, DROP_MAP,
		     WRONG_TASK, VMAP,	     WRONG_TASK, BARE,	     WRONG_TASK,
		     IO,	 IO,	     WRONG_TASK, DROP_AT,    WRONG_TASK,
		     DROP_AT,	 WRONG_TASK, DROP_MAP,	 DROP_ANY,   END };
SCRIPT(kinds) = { BARE,	  DROP_WRONG, REMOVE,	  VMAP, DROP_WRONG,
		  REMOVE, TOUCHM,     DROP_WRONG, VM,	DROP_WRONG,
		  REMOVE, DROP_MAP,   DROP_MAP,	  END };
SCRIPT(wild) = { VM, DROP_AT, TOUCHM, DROP_AT, DROP_MAP, DROP_AT, END };
SCRIPT(bare) = { BARE, TOUCHM, TOPAGE, REMOVE, BARE, DROP_MAP, TOUCHM, END };

/* --- one frame, mapped in several ways ------------------------------------ */

SCRIPT(vmaps) = { PAGE,	    VMAP,   TOUCHM, VMAP,	TOUCHM, TOUCHO,
		  DROP_MAP, TOUCHO, TOUCHM, DROP_OTHER, FREE,	END };
SCRIPT(vmap_block) = { HBLOCK, VMAP, TOUCHM, GUARD,    TOPAGE, VMAP_NULL,
		       TOUCHO, FREE, TOUCHM, DROP_ANY, FREE,   END };
SCRIPT(vmap_frees) = { HPAGE, VMAP,	FREE, KM,   FREE, DROP_OTHER,
		       FREE,  DROP_ANY, KUM,  FREE, END };
/* Its frame is a table by then, or a slab's. */
SCRIPT(vmap_gone) = { PAGE,	 FREE,	  BARE_TABLE, VM_PAGE,
		      VMAP_GONE, KM_GONE, DROP_BIG,   END };
SCRIPT(user_gone) = { PAGE, FREE,      PGD_IF,	PAGE, PLACE,
		      MAP,  VMAP_GONE, KM_GONE, END };
SCRIPT(vmap_flags) = { PAGE,	 VMAP_FLAGS, VMAP_FLAGS, TOUCHM,
		       DROP_MAP, VMAP_NULL,  END };
SCRIPT(aliases) = { HPAGE,  VMAP,   TOUCHM, KM,	   TOUCHM,   TOUCHO, PGD_IF,
		    SWITCH, PLACE,  MAP,    TOUCH, DROP_ANY, TOUCH,  FREE,
		    UNMAP,  TOUCHM, KUM,    FREE,  TOUCHM,   END };
SCRIPT(alias_atomic) = { HPAGE, KM,	TOUCHM, KA,   TOUCHM, TOUCHO,
			 KUA,	TOUCHM, KUM,	FREE, TOUCHM, END };
SCRIPT(alias_area) = { VM,	 VMAP_MAP,   TOUCHM, TOUCHO,
		       KM_MAP,	 DROP_OTHER, TOUCHM, KUM_MAP,
		       DROP_MAP, DROP_OTHER, TOUCHO, END };
SCRIPT(alias_user) = { PAGE,  PGD_IF, SWITCH, PLACE, MAP,      VMAP, TOUCHM,
		       TOUCH, FREE,   UNMAP,  FREE,  DROP_MAP, FREE, END };

/* --- devices -------------------------------------------------------------- */

SCRIPT(io) = { IO, TOUCHM, GUARD, TOUCHM, DROP_MAP, TOUCHM, END };
SCRIPT(io_same) = { IO_SAME,  TOUCHM, IO_SAME,	  TOUCHM, TOUCHO,
		    DROP_MAP, TOUCHO, DROP_OTHER, TOUCHO, END };
SCRIPT(io_stale) = { IO,    AT,	      TOUCHM, LOAD,  OTHER,  TOUCHM,
		     OTHER, DROP_MAP, LOAD,   OTHER, TOUCHM, END };
SCRIPT(io_align) = { IO,       IO,	 IO, IO,     DROP_OTHER, IO,
		     DROP_ANY, DROP_ANY, IO, TOUCHM, GUARD,	 END };
/* Whose attributes somebody else changes, before and after. */
SCRIPT(io_low) = { IO_LOW,    TOUCHM,	DROP_MAP, ATTR,	  GFLUSH,
		   IO_LOW,    TOUCH,	TOUCHM,	  ATTR,	  TOUCH,
		   GFLUSH,    DROP_MAP, TOUCH,	  TOUCHM, IO_LOW,
		   ATTR_BACK, DROP_MAP, TOUCH,	  END };
SCRIPT(io_low_twice) = { IO_LOW, IO_LOW, TOUCHM, DROP_OTHER, TOUCHM, DROP_MAP,
			 FAIL,	 IO_LOW, TOUCHM, DROP_MAP,   END };
SCRIPT(io_isa) = { IO_ISA, TOUCHM, DROP_MAP, TOUCHM, IO_ISA, DROP_WRONG, END };
SCRIPT(io_ram) = { IO_RAM, PAGE, IO_RAM, WRONG_TASK, IO_RAM, IO, DROP_AT, END };
SCRIPT(io_fails) = { FAIL,   IO,   BARE_TABLE, FAIL,	 IO,	   IO_LOW,
		     TOUCHM, FAIL, IO_LOW,     DROP_MAP, DROP_ANY, END };
SCRIPT(fixes) = { FIX,	 TOUCHM, FIX_AT, TOUCH,	 OTHER, TOUCHM, UNFIX, TOUCHM,
		  OTHER, TOUCHM, FIX,	 TOUCHM, UNFIX, TOUCHM, END };

/* --- kmap ----------------------------------------------------------------- */

SCRIPT(kmap) = { HPAGE, KM,	TOUCHM, KM,   KUM,    TOUCHM, KUM, TOUCHM,
		 KM,	TOUCHM, KUM,	FREE, TOUCHM, KM,     END };
SCRIPT(kmap_cpus) = { HPAGE,  KM,      TOUCHM, OTHER, TOUCHM, KUM,
		      TOUCHM, KM_FILL, TOUCHM, OTHER, TOUCHM, END };
SCRIPT(kmap_wrap) = { HBLOCK,  HPAGE,	  KM,	   TOUCHM, KUM,
		      KM_FILL, KUM_BLOCK, KM_FILL, KM,	   TOUCHM,
		      TOUCHO,  KUM_BLOCK, END };
SCRIPT(kmap_again) = { HBLOCK,	KM_FILL,   KUM_BLOCK, HPAGE, KM, KUM,	 KM,
		       KM_FILL, KUM_BLOCK, TOUCHM,    KUM,   KM, TOUCHM, END };
SCRIPT(kmap_freed) = { HBLOCK, HPAGE,  KM,    KUM,     FREE, HPAGE,  KM, KUM,
		       FREE,   TOUCHM, HPAGE, KM_FILL, KM,   TOUCHM, END };
SCRIPT(kmap_full) = { HBLOCK,	 HPAGE, HPAGE,	KM_BLOCK,  KM,
		      KM_LOW,	 KM,	TOUCHM, KUM,	   TOUCHM,
		      KUM_BLOCK, KM,	TOUCHM, KUM_BLOCK, END };
SCRIPT(kmap_asleep) = { HBLOCK, HPAGE,	   KM_BLOCK, HPAGE, KM,	  HPAGE, KM,
			FREE,	KUM_BLOCK, TOUCHM,   KUM,   FREE, END };
SCRIPT(kmap_misuse) = { HPAGE, KM,	   KUM, KUM_TWICE, WRONG_TASK,
			KM,    WRONG_TASK, KUM, KM_PFN,	   FREE,
			KM,    KUM_TWICE,  END };
SCRIPT(kmap_frees) = { HPAGE, KM, FREE, KUM, FREE, KM, END };
SCRIPT(kmap_low) = { PAGE, KM_LOW, TOUCHM, KUM, VALID, KA_PAGE, END };
SCRIPT(kmap_objects) = { KM_PFN, KM_PFN, KA_PFN, KUA, KM_PFN, END };

/* --- kmap_atomic ---------------------------------------------------------- */

SCRIPT(atomic) = { HPAGE, KA, TOUCHM, KA_PAGE, KUA, TOUCHM, FREE, TOUCHM, END };
SCRIPT(atomic_types) = { HPAGE,	 KA,  TOUCHM, KA_TYPE, TOUCHM,
			 TOUCHO, KUA, KUA,    TOUCHM,  END };
SCRIPT(atomic_over) = { HPAGE,	KA,	TOUCHM, HPAGE, KA,
			TOUCHM, TOUCHO, KUA,	KUA,   END };
SCRIPT(atomic_cpus) = { HPAGE, OTHER,  HPAGE,  OTHER,  KA,     OTHER,
			KA,    TOUCHM, OTHER,  TOUCHM, TOUCHO, KUA,
			OTHER, KUA,    TOUCHM, OTHER,  TOUCHM, END };
SCRIPT(atomic_zero) = { HPAGE, KA,     TOUCHM, OTHER, ZPAGE,  OTHER,
			ZPAGE, TOUCHM, KUA,    ZPAGE, TOUCHM, END };
SCRIPT(atomic_sleep) = { HPAGE, HPAGE, KA, VM, KM, IO, KUA, VM, KM, END };
SCRIPT(atomic_misuse) = { HPAGE,     KUA_WRONG, KA,	 KUA_WRONG, KUA,
			  KUA_WRONG, KA_PFN,	KA_PAGE, END };
/* Nobody holds one, and the slot is in use (kmap_strict). */
SCRIPT(atomic_left) = {
	HPAGE, KA, KUA_LOW, KA, ZPAGE, FREE, KA, KUA, KUA, END
};
SCRIPT(atomic_pages) = { HPAGE, KA, KA_PAGE, KUA, KA_PAGE, VALID, END };

const struct access_script vm_scripts[] = {
	{ life, 10, GROUP_VMALLOC },
	{ stale, 10, GROUP_VMALLOC },
	{ cpus, 10, GROUP_VMALLOC },
	{ lazy, 10, GROUP_VMALLOC | GROUP_USER },
	{ lazy_cpus, 8, GROUP_VMALLOC | GROUP_USER },
	{ holes, 12, GROUP_VMALLOC },
	{ holes_bare, 8, GROUP_VMALLOC },
	{ window_end, 10, GROUP_VMALLOC },
	{ array, 5, GROUP_VMALLOC },
	{ array_misuse, 3, GROUP_VMALLOC },
	{ dry, 5, GROUP_VMALLOC },
	{ fails, 8, GROUP_VMALLOC },
	{ gfps, 6, GROUP_VMALLOC },
	{ contexts, 5, GROUP_VMALLOC },
	{ kinds, 8, GROUP_VMALLOC },
	{ wild, 4, GROUP_VMALLOC },
	{ bare, 6, GROUP_VMALLOC },
	{ vmaps, 8, GROUP_VMALLOC },
	{ vmap_block, 8, GROUP_VMALLOC },
	{ vmap_frees, 8, GROUP_VMALLOC },
	{ vmap_gone, 6, GROUP_VMALLOC },
	{ user_gone, 6, GROUP_VMALLOC | GROUP_USER },
	{ vmap_flags, 4, GROUP_VMALLOC },
	{ aliases, 10, GROUP_VMALLOC | GROUP_HIGHMEM | GROUP_USER },
	{ alias_atomic, 8, GROUP_HIGHMEM },
	{ alias_area, 8, GROUP_VMALLOC },
	{ alias_user, 8, GROUP_VMALLOC | GROUP_USER },
	{ io, 10, GROUP_IOREMAP },
	{ io_same, 10, GROUP_IOREMAP },
	{ io_stale, 10, GROUP_IOREMAP },
	{ io_align, 12, GROUP_IOREMAP },
	{ io_low, 10, GROUP_IOREMAP },
	{ io_low_twice, 10, GROUP_IOREMAP },
	{ io_isa, 5, GROUP_IOREMAP },
	{ io_ram, 4, GROUP_IOREMAP },
	{ io_fails, 8, GROUP_IOREMAP },
	{ fixes, 10, GROUP_IOREMAP },
	{ kmap, 12, GROUP_HIGHMEM },
	{ kmap_cpus, 8, GROUP_HIGHMEM },
	{ kmap_wrap, 24, GROUP_HIGHMEM },
	{ kmap_again, 20, GROUP_HIGHMEM },
	{ kmap_freed, 8, GROUP_HIGHMEM },
	{ kmap_full, 24, GROUP_HIGHMEM },
	{ kmap_asleep, 20, GROUP_HIGHMEM },
	{ kmap_misuse, 6, GROUP_HIGHMEM },
	{ kmap_frees, 6, GROUP_HIGHMEM },
	{ kmap_low, 4, GROUP_HIGHMEM },
	{ kmap_objects, 3, GROUP_HIGHMEM },
	{ atomic, 10, GROUP_HIGHMEM },
	{ atomic_types, 8, GROUP_HIGHMEM },
	{ atomic_over, 8, GROUP_HIGHMEM },
	{ atomic_cpus, 10, GROUP_HIGHMEM },
	{ atomic_zero, 10, GROUP_HIGHMEM },
	{ atomic_sleep, 6, GROUP_HIGHMEM },
	{ atomic_misuse, 6, GROUP_HIGHMEM },
	{ atomic_left, 6, GROUP_HIGHMEM },
	{ atomic_pages, 4, GROUP_HIGHMEM },
};

const u32 nr_vm_scripts = COUNT(vm_scripts);

_Static_assert(COUNT(vm_scripts) + 50 <= GEN_SCRIPTS_MAX,
	       "more scripts than weights");

bool gen_vm_favours(const struct gen *g, const struct access_script *s)
{
	for (const u8 *step = s->steps; *step != END; step++)
		if ((g->vm.heavy && (*step == VM_ARRAY || *step == VM_DRY)) ||
		    (g->vm.wraps && (*step == KM_FILL || *step == KM_BLOCK)))
			return true;
	return false;
}
