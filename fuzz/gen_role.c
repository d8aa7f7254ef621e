// SPDX-License-Identifier: MIT
/*
 * gen_role.c - which part each op plays in a program: it makes something,
 * takes from it, gives back, looks, or acts on what no slot gave.  It follows
 * from the op's row in ops.def: the kinds of its arguments and its result.
 * Validator: fuzz/tests/test_gen.c.
 */
#include "gen_state.h"

/* Which kinds of arguments each op has, as bits: roles follow from them. */
#define HAS(kind) (1ull << ARG_##kind)
#define A(kind, name, deflt) | HAS(kind)
static const u64 op_has[NR_OPS] = {
#define OP(name, code, weight, group, result, doc, ...) [code] = 0 __VA_ARGS__,
#include "ops.def"
#undef OP
};
#undef A

_Static_assert(NR_ARG_KINDS <= 64, "a kind of argument is a bit of a u64");

static enum gen_role role_by_result(enum op_code code)
{
	switch (op_info[code].result) {
	case RES_PAGES:
		return ROLE_ALLOC;
	case RES_CACHE:
	case RES_POOL:
	case RES_PGD:
	case RES_MAP:
		return ROLE_MAKE;
	case RES_OBJECT:
	case RES_ELEMENT:
		return ROLE_TAKE;
	default:
		return NR_ROLES;
	}
}

/* Of the kernel's mappings: calls on an address or a frame of no slot. */
static enum gen_role role_of_mapping(enum op_code code, u64 has)
{
	if (has & (HAS(PFN) | HAS(VADDR)) || code == OP_vfree_inside ||
	    code == OP_vmap_flags)
		return ROLE_WILD;
	if (op_info[code].result == RES_MAP)
		return ROLE_MAKE;
	return has & HAS(MAP_FREED) || code == OP_kunmap ||
			       code == OP_kunmap_block || code == OP_kunmap_area
		       ? ROLE_DROP
		       : ROLE_LOOK;
}

enum gen_role gen_role_of(enum op_code code)
{
	u64 has = op_has[code];
	enum gen_role role = role_by_result(code);

	if (op_info[code].group == GROUP_BOOT)
		return ROLE_BOOT;
	if (op_info[code].group & GROUP_MAPPING)
		return role_of_mapping(code, has);
	if (role != NR_ROLES)
		return role;
	if (op_info[code].group & GROUP_ACCESS && !(has & HAS(PGD_FREED)))
		return code == OP_pgd_free_addr || code == OP_map_pfn
			       ? ROLE_WILD
			       : ROLE_LOOK;
	if (has & HAS(PAGES_FREED))
		return ROLE_FREE;
	if (has & (HAS(OBJECT_FREED) | HAS(ELEMENT_FREED)))
		return ROLE_GIVE;
	if (has & (HAS(CACHE_FREED) | HAS(POOL_FREED) | HAS(PGD_FREED)))
		return ROLE_DROP;
	if (has & (HAS(PFN) | HAS(VADDR) | HAS(ORDER) | HAS(REACH)) ||
	    code == OP_kfree_inside)
		return ROLE_WILD;
	if (has & HAS(FRAME))
		return ROLE_REF;
	return has & (HAS(KB) | HAS(RATIO) | HAS(JIFFIES) | HAS(NR))
		       ? ROLE_KNOB
		       : ROLE_LOOK;
}
