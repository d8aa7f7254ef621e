// SPDX-License-Identifier: MIT
/*
 * exec_check.c - machine and model as a whole, at the end of a program, behind
 * the reset, and where somebody asks for it.
 *
 * Of the programs that an engine runs a few are looked at in full.  That is
 * our whim and not theirs, and costs as much as many of them: the engine does
 * not see what it covers, or it would keep these programs and their like.
 */
#include "exec_state.h"
#include "unseen.h"

static bool by_whim(const struct exec *x)
{
	return x->full && !x->opt.validate_full;
}

static enum step check_frame(struct exec *x, pfn_t pfn)
{
	struct frame_view v;

	mm_frame_view(x->m, pfn, &v);
	return exec_judge(x, model_check_frame(x->o, pfn, &v, &x->d));
}

static enum step check_frames(struct exec *x)
{
	u32 nr = x->u->layout.max_mapnr + 1; /* and one that mem_map has not */
	const pfn_t *touched = NULL;

	if (!x->full)
		touched = model_touched(x->o, &nr);
	for (u32 i = 0; i < nr; i++)
		if (check_frame(x, touched ? touched[i] : i) != STEP_OK)
			return STEP_DIVERGED;
	return STEP_OK;
}

static enum step look(struct exec *x)
{
	bool full = x->full;
	const char *bad =
		machine_validate(x->m, full ? VALIDATE_FULL : VALIDATE_QUICK);

	x->out.nr_trace = 0;
	if (bad)
		return exec_broken(x, bad, "validate");
	for (u32 cpu = 0; cpu < x->u->layout.nr_cpus; cpu++)
		if (exec_check_counts(x, cpu) != STEP_OK)
			return STEP_DIVERGED;
	if (check_frames(x) != STEP_OK)
		return STEP_DIVERGED;
	if (exec_check_objects(x, full) != STEP_OK ||
	    exec_check_translation(x, full) != STEP_OK ||
	    exec_check_mappings(x, full) != STEP_OK)
		return STEP_DIVERGED;
	bad = full ? model_self_check(x->o) : NULL;
	if (bad)
		return exec_find(x, "oracle", bad, bad, "self");
	return exec_judge(x, model_check_contents(x->o, &x->d));
}

enum step exec_check_all(struct exec *x)
{
	enum step step;

	if (by_whim(x))
		unseen_begin();
	step = look(x);
	if (by_whim(x))
		unseen_end();
	return step;
}

u64 exec_view(struct exec *x)
{
	u64 view;

	if (by_whim(x))
		unseen_begin();
	view = machine_view(x->m);
	if (by_whim(x))
		unseen_end();
	return view;
}

enum step exec_check_digest(struct exec *x)
{
	u64 digest;

	if (!x->full)
		return STEP_OK;
	unseen_begin();
	digest = machine_digest(x->m);
	unseen_end();
	if (digest == x->u->digest)
		return STEP_OK;
	x->d.expected = x->u->digest;
	x->d.actual = digest;
	return exec_find(x, "oracle", "E5",
			 "a reset leaves the machine as the snapshot was",
			 "digest");
}
