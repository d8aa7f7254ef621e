// SPDX-License-Identifier: MIT
/*
 * exec_ioremap.c - the handlers of ioremap and of the fixmap.
 *
 * Physical addresses are as the program gives them: of a device or not.
 */
#include "exec_state.h"

static enum step ioremap(struct exec *x, const struct op *op, bool nocache)
{
	u32 phys = op->arg[0], size = op->arg[1];
	vaddr_t addr;

	exec_begin(x, op);
	addr = nocache ? mm_ioremap_nocache(x->m, phys, size)
		       : mm_ioremap(x->m, phys, size);
	exec_collect_object(x);
	return exec_got_map(
		x, op, addr,
		model_ioremap(x->o, &x->out, phys, size, nocache, addr, &x->d));
}

enum step exec_ioremap(struct exec *x, const struct op *op)
{
	return ioremap(x, op, false);
}

enum step exec_ioremap_nocache(struct exec *x, const struct op *op)
{
	return ioremap(x, op, true);
}

static enum step iounmap(struct exec *x, const struct op *op, vaddr_t addr)
{
	exec_begin(x, op);
	mm_iounmap(x->m, addr);
	exec_collect_object(x);
	return exec_judge(x, model_iounmap(x->o, &x->out, addr, &x->d));
}

enum step exec_iounmap(struct exec *x, const struct op *op)
{
	const struct slot *s = exec_map(x, op->arg[0]);

	return s ? iounmap(x, op, s->addr) : STEP_SKIPPED;
}

enum step exec_iounmap_addr(struct exec *x, const struct op *op)
{
	return iounmap(x, op, op->arg[0]);
}

enum step exec_set_fixmap(struct exec *x, const struct op *op)
{
	u32 index = op->arg[0], phys = op->arg[1];
	bool nocache = op->arg[2] & 1;
	vaddr_t addr;

	exec_begin(x, op);
	addr = mm_set_fixmap(x->m, index, phys, nocache);
	exec_collect_object(x);
	return exec_got_map(x, op, addr,
			    model_set_fixmap(x->o, &x->out, index, phys,
					     nocache, addr, &x->d));
}

enum step exec_clear_fixmap(struct exec *x, const struct op *op)
{
	exec_begin(x, op);
	mm_clear_fixmap(x->m, op->arg[0]);
	exec_collect_object(x);
	return exec_judge(x,
			  model_clear_fixmap(x->o, &x->out, op->arg[0], &x->d));
}
