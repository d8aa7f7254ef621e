// SPDX-License-Identifier: MIT
/*
 * exec_access.c - the handlers of what the processor does: accesses through
 * a segment, loads of segment registers, descriptors, CR0 and CR4, the TLB.
 *
 * An op that names a mode has that mode first, then its selector loaded, then
 * the access: three calls of the machine, each judged by itself, and a fault
 * of the second ends the op.  Who may store where is the model's to say: a
 * store into what the machine lives on is skipped.  A load of 4 bytes is made
 * the quick way first, and then, if it did not fault, the general way too.
 */
#include "cover.h"
#include "exec_state.h"

#include <string.h>

#define SEL_NONE 0xFFFFu

static enum step step_of(const struct fault *f)
{
	switch (f->vector) {
	case FAULT_NP:
		return STEP_NP;
	case FAULT_SS:
		return STEP_SS;
	case FAULT_GP:
		return STEP_GP;
	case FAULT_PF:
		return STEP_PF;
	default:
		return STEP_OK;
	}
}

/* What a call finds where its answer goes. */
static const struct fault stale_fault = { FAULT_PF, 0xF, 0x5A5A5A5A };

static bool set_mode(struct exec *x, const struct op *op, u32 user)
{
	exec_begin(x, op);
	mm_set_mode(x->m, user & 1);
	exec_collect(x);
	return model_set_mode(x->o, &x->out, user & 1, &x->d);
}

static enum step load_segment(struct exec *x, const struct op *op,
			      enum seg_reg reg, u32 selector)
{
	struct fault f = stale_fault;

	exec_begin(x, op);
	mm_load_segment(x->m, reg, (u16)selector, &f);
	exec_collect(x);
	cover_fault(&f);
	if (!model_load_segment(x->o, &x->out, reg, (u16)selector, &f, &x->d))
		return exec_diverged(x);
	return step_of(&f);
}

/* It comes first: so it finds the TLB as the program left it. */
static enum step load32(struct exec *x, const struct op *op,
			const struct access *a)
{
	struct fault f = stale_fault;
	u32 value;

	exec_begin(x, op);
	value = mm_load32(x->m, (enum seg_reg)a->seg, a->offset, &f);
	exec_collect(x);
	cover_fault(&f);
	memcpy(x->bytes, &value, sizeof(value));
	if (!model_access(x->o, &x->out, a, x->bytes, NULL, &f, &x->d))
		return exec_diverged(x);
	return step_of(&f);
}

static enum step access(struct exec *x, const struct op *op,
			const struct access *a)
{
	struct access_pieces where = { .nr = 1 };
	struct fault f = stale_fault;
	enum step step;

	if (a->kind == ACCESS_READ && a->len == sizeof(u32)) {
		step = load32(x, op, a);
		if (step != STEP_OK)
			return step;
	}
	if (a->kind == ACCESS_WRITE &&
	    !model_before_store(x->o, x->out.task.cpu, a, x->bytes))
		return STEP_SKIPPED;
	exec_begin(x, op);
	mm_access(x->m, a, x->bytes, &where, &f);
	exec_collect(x);
	cover_fault(&f);
	if (!model_access(x->o, &x->out, a, x->bytes, &where, &f, &x->d))
		return exec_diverged(x);
	return step_of(&f);
}

static struct access access_of(enum access_kind kind, enum seg_reg reg,
			       u32 offset, u32 len)
{
	if (len == 0)
		len = 1;
	if (len > ACCESS_BYTES_MAX)
		len = ACCESS_BYTES_MAX;
	return (struct access){ (u8)kind, (u8)reg, offset, len };
}

/* Mode, selector, access; its arguments stand behind the register's. */
static enum step access_as(struct exec *x, const struct op *op,
			   enum access_kind kind, enum seg_reg reg,
			   const u32 *arg)
{
	const struct access a = access_of(kind, reg, arg[1], arg[2]);
	enum step step;

	if (!set_mode(x, op, arg[3]))
		return exec_diverged(x);
	if (arg[0] != SEL_NONE) {
		step = load_segment(x, op, reg, arg[0]);
		if (step != STEP_OK)
			return step;
	}
	return access(x, op, &a);
}

static enum seg_reg reg_of(u32 arg)
{
	return (enum seg_reg)(arg % NR_SEG_REGS);
}

enum step exec_load(struct exec *x, const struct op *op)
{
	return access_as(x, op, ACCESS_READ, reg_of(op->arg[0]), op->arg + 1);
}

enum step exec_store(struct exec *x, const struct op *op)
{
	return access_as(x, op, ACCESS_WRITE, reg_of(op->arg[0]), op->arg + 1);
}

enum step exec_fetch(struct exec *x, const struct op *op)
{
	return access_as(x, op, ACCESS_EXEC, SEG_CS, op->arg);
}

/* Through DS as it is, to where a slot's mapping is or was. */
static enum step access_area(struct exec *x, const struct op *op,
			     enum access_kind kind)
{
	const struct slot *s = exec_map(x, op->arg[0]);
	struct access a;

	if (!s)
		return STEP_SKIPPED;
	a = access_of(kind, SEG_DS, s->addr + op->arg[1], op->arg[2]);
	if (!set_mode(x, op, op->arg[3]))
		return exec_diverged(x);
	return access(x, op, &a);
}

enum step exec_load_area(struct exec *x, const struct op *op)
{
	return access_area(x, op, ACCESS_READ);
}

enum step exec_store_area(struct exec *x, const struct op *op)
{
	return access_area(x, op, ACCESS_WRITE);
}

enum step exec_load_segment(struct exec *x, const struct op *op)
{
	if (!set_mode(x, op, op->arg[2]))
		return exec_diverged(x);
	return load_segment(x, op, reg_of(op->arg[0]), op->arg[1]);
}

enum step exec_write_gdt_entry(struct exec *x, const struct op *op)
{
	exec_begin(x, op);
	mm_write_gdt_entry(x->m, op->arg[0], op->arg[1], op->arg[2]);
	exec_collect(x);
	return exec_judge(x,
			  model_write_gdt_entry(x->o, &x->out, op->arg[0],
						op->arg[1], op->arg[2], &x->d));
}

enum step exec_write_cr0(struct exec *x, const struct op *op)
{
	exec_begin(x, op);
	mm_write_cr0(x->m, op->arg[0] & 1);
	exec_collect(x);
	return exec_judge(
		x, model_write_cr0(x->o, &x->out, op->arg[0] & 1, &x->d));
}

enum step exec_write_cr4(struct exec *x, const struct op *op)
{
	exec_begin(x, op);
	mm_write_cr4(x->m, op->arg[0] & 1);
	exec_collect(x);
	return exec_judge(
		x, model_write_cr4(x->o, &x->out, op->arg[0] & 1, &x->d));
}

enum step exec_invlpg(struct exec *x, const struct op *op)
{
	exec_begin(x, op);
	mm_invlpg(x->m, op->arg[0]);
	exec_collect(x);
	return exec_judge(x, model_invlpg(x->o, &x->out, op->arg[0], &x->d));
}

enum step exec_flush_tlb(struct exec *x, const struct op *op)
{
	exec_begin(x, op);
	mm_flush_tlb(x->m);
	exec_collect(x);
	return exec_judge(x, model_flush_tlb(x->o, &x->out, &x->d));
}

enum step exec_flush_tlb_all(struct exec *x, const struct op *op)
{
	exec_begin(x, op);
	mm_flush_tlb_all(x->m);
	exec_collect(x);
	return exec_judge(x, model_flush_tlb_all(x->o, &x->out, &x->d));
}

/* --- as it stands --------------------------------------------------------- */

enum step exec_check_cpu(struct exec *x, u32 cpu)
{
	struct cpu_view v;

	mm_cpu_view(x->m, cpu, &v);
	cover_cpu(&v);
	return exec_judge(x, model_check_cpu(x->o, cpu, &v, &x->d));
}

/* The counts are equal: so each of the model's is all that there are. */
static enum step check_tlb(struct exec *x, u32 cpu)
{
	vaddr_t addr;
	bool large;
	u32 word;

	for (u32 i = 0; model_tlb_at(x->o, cpu, i, &addr, &large, &word); i++) {
		word = mm_tlb_entry(x->m, cpu, addr, large);
		if (!model_check_tlb(x->o, cpu, addr, large, word, &x->d))
			return exec_diverged(x);
	}
	return STEP_OK;
}

enum step exec_check_translation(struct exec *x, bool all)
{
	for (u32 cpu = 0; cpu < x->u->layout.nr_cpus; cpu++)
		if (exec_check_cpu(x, cpu) != STEP_OK ||
		    check_tlb(x, cpu) != STEP_OK)
			return STEP_DIVERGED;
	return exec_judge(x, model_check_tables(x->o, all, &x->d));
}
