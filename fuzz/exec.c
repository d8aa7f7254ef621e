// SPDX-License-Identifier: MIT
/*
 * exec.c - machine and model in lockstep, one op at a time.
 *
 * After every op the aggregates are compared; at the end of a program, the
 * validators, the frames that were touched and the contents of what is still
 * live; and once more behind the reset, so that what it forgets is a finding
 * of the program that left it, and not of the next one.  A CHECK that fails
 * in the machine comes back here by longjmp; its unit is then booted anew
 * before its next use.
 */
#include "cover.h"
#include "exec_state.h"
#include "exec_story.h"

#include <stdlib.h>
#include <string.h>

static enum step (*const handler[NR_OPS])(struct exec *, const struct op *) = {
#define OP(name, code, weight, group, result, doc, ...) [code] = exec_##name,
#include "ops.def"
#undef OP
};

static const struct exec *running; /* for the death callback */

const char *exec_current_op(u32 *index)
{
	const struct exec *x = running;

	*index = x ? x->at : 0;
	if (!x)
		return "none";
	if (x->booting && x->at == 0)
		return "boot";
	if (x->resetting)
		return "reset";
	return x->at < x->p->nr ? op_info[x->p->op[x->at].code].name : "end";
}

const char *exec_why(const struct exec *x)
{
	return x->why;
}

/* --- findings ---------------------------------------------------------- */

/* op-clause-field in the characters of a file name; indices are dropped */
static void sign(struct finding *f, const char *op)
{
	char *s = f->signature;

	snprintf(s, SIGNATURE_MAX, "%s-%s-%.*s", op, f->clause,
		 (int)strcspn(f->field, "["), f->field);
	for (; *s; s++) {
		if (*s >= 'A' && *s <= 'Z')
			*s += 'a' - 'A';
		else if (!(*s >= 'a' && *s <= 'z') &&
			 !strchr("0123456789_.-", *s))
			*s = '_';
	}
}

enum step exec_find(struct exec *x, const char *layer, const char *clause,
		    const char *doc, const char *field)
{
	struct finding *f = x->f;
	size_t n = strcspn(clause, ": ");
	u32 at;

	if (n >= sizeof(x->clause))
		n = sizeof(x->clause) - 1;
	memcpy(x->clause, clause, n);
	x->clause[n] = '\0';
	f->op = x->at;
	f->layer = layer;
	f->clause = x->clause;
	f->doc = doc;
	f->field = field;
	f->expected = x->d.expected;
	f->actual = x->d.actual;
	sign(f, exec_current_op(&at));
	return STEP_DIVERGED;
}

enum step exec_diverged(struct exec *x)
{
	return exec_find(x, "oracle", rule_name(x->d.rule), rule_doc(x->d.rule),
			 x->d.field);
}

/* The machine's own word: "B3: sentence", from a validator or a CHECK. */
enum step exec_broken(struct exec *x, const char *clause, const char *who)
{
	x->d.expected = x->d.actual = 0;
	return exec_find(x, "machine", clause, clause, who);
}

void exec_on_panic(void *arg, const char *clause)
{
	struct exec *x = arg;

	x->panic_clause = clause;
	longjmp(x->panic, 1);
}

/* --- life ---------------------------------------------------------------- */

struct exec *exec_new(const struct exec_options *options)
{
	struct exec *x = calloc(1, sizeof(*x));

	if (x)
		x->opt = *options;
	return x;
}

void exec_delete(struct exec *x)
{
	if (!x)
		return;
	if (running == x)
		running = NULL;
	for (u32 i = 0; i < NR_UNITS; i++)
		exec_unit_delete(&x->unit[i]);
	exec_objects_free(x);
	free(x->slot);
	free(x->slabs);
	free(x->pages);
	free(x->pfn);
	free(x);
}

/* The slots that p names, all empty. */
static bool slots_ready(struct exec *x, const struct program *p)
{
	u32 need = SLOTS_WIRE;

	for (u32 i = 0; i < p->nr; i++) {
		u32 out = p->op[i].out;

		if (out != SLOT_NONE && out >= need)
			need = out + 1;
	}
	if (need > x->nr_slots) {
		struct slot *slot = realloc(x->slot, need * sizeof(*slot));

		if (!slot)
			return false;
		x->slot = slot;
		x->nr_slots = need;
		x->slots_used = need;
	}
	memset(x->slot, 0, x->slots_used * sizeof(*x->slot));
	x->slots_used = 0;
	return true;
}

/* --- the checks that belong to no one op --------------------------------- */

enum step exec_check_counts(struct exec *x, u32 cpu)
{
	struct object_counts objects;
	struct mm_counts counts;

	mm_counts(x->m, cpu, &counts);
	cover_op(x->out.report, x->out.trace, x->out.nr_trace, &counts,
		 &x->now);
	if (!model_check_counts(x->o, cpu, &counts, &x->d))
		return exec_diverged(x);
	if (exec_check_mapping_counts(x) != STEP_OK)
		return STEP_DIVERGED;
	mm_object_counts(x->m, &objects);
	return exec_judge(x, model_check_objects(x->o, &objects, &x->d));
}

/* --- running ------------------------------------------------------------- */

static enum expect expect_of(const struct exec *x, enum step step)
{
	if (x->out.report != REPORT_none)
		return EXPECT_BUG;
	if (x->out.oom)
		return EXPECT_OOM;
	switch (step) {
	case STEP_NULL:
		return EXPECT_NULL;
	case STEP_BLOCKS:
		return EXPECT_BLOCKS;
	case STEP_BUSY:
		return EXPECT_BUSY;
	case STEP_ENOMEM:
		return EXPECT_ENOMEM;
	case STEP_PF:
		return EXPECT_PF;
	case STEP_GP:
		return EXPECT_GP;
	case STEP_SS:
		return EXPECT_SS;
	case STEP_NP:
		return EXPECT_NP;
	default:
		return EXPECT_OK;
	}
}

#define ENDED "the op ends as the program says behind =>: it ended with "
static const char *const ended[] = {
	[EXPECT_OK] = ENDED "ok",     [EXPECT_NULL] = ENDED "null",
	[EXPECT_OOM] = ENDED "oom",   [EXPECT_BLOCKS] = ENDED "blocks",
	[EXPECT_BUSY] = ENDED "busy", [EXPECT_ENOMEM] = ENDED "-ENOMEM",
	[EXPECT_PF] = ENDED "PF",     [EXPECT_GP] = ENDED "GP",
	[EXPECT_SS] = ENDED "SS",     [EXPECT_NP] = ENDED "NP"
};
static const char *const ended_bug[] = {
#define X(name, doc) ENDED "BUG " #name,
	REPORT_KINDS(X)
#undef X
};

static enum step check_expect(struct exec *x, const struct op *op,
			      enum step step)
{
	enum expect got = expect_of(x, step);

	if (op->expect == EXPECT_NOTHING ||
	    (op->expect == got &&
	     (got != EXPECT_BUG || op->expect_report == x->out.report)))
		return step;
	x->d.expected = x->d.actual = 0;
	return exec_find(x, "expect", "E1",
			 got == EXPECT_BUG ? ended_bug[x->out.report]
					   : ended[got],
			 "result");
}

/*
 * A view costs a look at every frame: in a replay of what is small, each op
 * has one before it; in any other, and in what fuzzing looks at in full, those
 * that are made to fail.
 */
static bool wants_view(const struct exec *x, const struct op *op)
{
	bool small = x->opt.validate_full && x->u->layout.max_mapnr <= 16384 &&
		     x->p->nr <= 4096;

	return !x->booting && x->full && (small || op->fail_nth);
}

/*
 * Did the op come to nothing?  Not where callbacks of the program had calls
 * of their own: the reports may be theirs, and what they took is taken; nor
 * where calls of the op itself had gone before; nor where it gave what it was
 * asked for, and did without what a report is about (a cache, without its
 * shared array).
 */
static bool came_to_nothing(const struct exec *x, const struct op *op,
			    enum step step)
{
	bool of_pool = op_info[op->code].group == GROUP_MEMPOOL;

	if (x->out.nr_ctor || x->partly)
		return false;
	if (step != STEP_OK)
		return true;
	if (op_info[op->code].result != RES_NONE)
		return false;
	return x->out.report >= (of_pool ? REPORT_mempool_bad : 1);
}

/* All but the task; one by one, as what reads them is as narrow. */
static void forget_outcome(struct outcome *out)
{
	out->report = REPORT_none;
	out->oom = false;
	out->trace = NULL;
	out->nr_trace = 0;
	out->ctor = NULL;
	out->nr_ctor = 0;
	out->blocked = 0;
}

static enum step run_op(struct exec *x, const struct op *op)
{
	const u32 groups = op_info[op->code].group;
	bool boot_op = groups == GROUP_BOOT, view;
	u64 before = 0;
	enum step step;

	if (x->booting && !boot_op) {
		step = exec_finish_boot(x);
		if (step != STEP_OK)
			return step;
	}
	forget_outcome(&x->out);
	x->partly = false;
	view = wants_view(x, op);
	if (view)
		before = exec_view(x);
	x->in_call = true;
	step = handler[op->code](x, op);
	x->in_call = step == STEP_DIVERGED;
	if (step == STEP_SKIPPED || step == STEP_DIVERGED)
		return step;
	if (x->opt.trace)
		exec_trace(x);
	if (view && came_to_nothing(x, op, step) && exec_view(x) != before)
		return exec_broken(
			x, "V1: a failed op leaves the view as it was", "view");
	step = check_expect(x, op, step);
	if (step == STEP_DIVERGED || x->booting)
		return step;
	if (exec_check_counts(x, x->out.task.cpu) != STEP_OK ||
	    exec_resume_woken(x) != STEP_OK)
		return STEP_DIVERGED;
	if (exec_check_mapped(x, groups) != STEP_OK)
		return STEP_DIVERGED;
	if (groups & (GROUP_ACCESS | GROUP_MAPPING) &&
	    exec_check_cpu(x, x->out.task.cpu) != STEP_OK)
		return STEP_DIVERGED;
	return step;
}

/* Somebody looks, once a program. */
static void pause_here(struct exec *x, bool diverged)
{
	if (!x->opt.pause || x->paused)
		return;
	x->paused = true;
	x->diverged = diverged;
	x->opt.pause(x->opt.pause_arg, x);
}

static enum step run_ops(struct exec *x, struct exec_stats *stats)
{
	const struct program *p = x->p;
	u32 until = x->opt.until ? x->opt.until : p->nr;

	for (x->at = 0; x->at < p->nr && x->at < until; x->at++) {
		enum step step;

		if (x->at == x->opt.pause_at)
			pause_here(x, false);
		step = run_op(x, &p->op[x->at]);
		if (x->opt.story)
			story_tell(x, step);
		if (step == STEP_DIVERGED || step == STEP_UNBOOTABLE)
			return step;
		if (step == STEP_SKIPPED)
			stats->skipped++;
		else
			stats->ops++;
		if (x->opt.every && !x->booting &&
		    (x->at + 1) % x->opt.every == 0 &&
		    exec_check_all(x) != STEP_OK)
			return STEP_DIVERGED;
	}
	if (x->at == x->opt.pause_at) /* the end of boot may kill, too */
		pause_here(x, false);
	return x->booting ? exec_finish_boot(x) : STEP_OK;
}

/* Back to the snapshot, and a look at it. */
static enum step reset(struct exec *x)
{
	x->resetting = true;
	model_reset(x->o);
	machine_reset(x->m);
	x->now = x->u->layout;
	forget_outcome(&x->out);
	exec_begin_as(x, (struct task){ 0 });
	if (exec_check_all(x) != STEP_OK || exec_check_digest(x) != STEP_OK)
		return STEP_DIVERGED;
	return exec_judge(x, model_check_reset(x->o, &x->d));
}

/* From start to verdict; a panic of the machine ends it early. */
static enum exec_status execute(struct exec *x, struct exec_stats *stats)
{
	enum exec_status status;
	enum step step;

	if (setjmp(x->panic)) {
		exec_broken(x, x->panic_clause, "check");
		return EXEC_FINDING;
	}
	status = exec_start(x, x->p);
	if (status != EXEC_AGREES)
		return status;
	step = run_ops(x, stats);
	if (step == STEP_UNBOOTABLE)
		return EXEC_UNBOOTABLE;
	pause_here(x, step == STEP_DIVERGED);
	if (step != STEP_OK || exec_check_all(x) != STEP_OK)
		return EXEC_FINDING;
	if (x->opt.digest)
		stats->digest = machine_digest(x->m);
	if (x->u->booted && reset(x) != STEP_OK)
		return EXEC_FINDING;
	return EXEC_AGREES;
}

/*
 * Most programs are looked at where they have been alone.  What a reset has
 * left behind, or what only sums show, the others find: the ops say which, and
 * what they are about, so that few children of one that is looked at are too.
 */
#define FULL_HASH 0x9E3779B97F4A7C15u

static bool wants_full(const struct exec *x, const struct program *p)
{
	u64 hash = FULL_HASH * (p->nr + 1);

	if (x->opt.validate_full || !x->opt.full_one_in)
		return x->opt.validate_full;
	for (u32 i = 0; i < p->nr; i++)
		hash = (hash ^ p->op[i].code ^ (u64)p->op[i].arg[0] << 8) *
		       FULL_HASH;
	return (hash >> 32) % x->opt.full_one_in == 0;
}

enum exec_status exec_run(struct exec *x, const struct program *p,
			  struct exec_stats *stats, struct finding *f)
{
	enum exec_status status;

	if (!slots_ready(x, p) || !exec_objects_begin(x) ||
	    !exec_slabs_begin(x))
		return EXEC_NO_MEMORY;
	memset(&x->out, 0, sizeof(x->out));
	x->p = p;
	x->f = f;
	x->at = 0;
	x->full = wants_full(x, p);
	x->resetting = false;
	x->paused = false;
	x->in_call = false;
	running = x;
	status = execute(x, stats);
	stats->programs += status == EXEC_AGREES || status == EXEC_FINDING;
	if (status == EXEC_FINDING) {
		stats->findings++;
		if (x->opt.story)
			story_locate(x);
		exec_unit_delete(x->u); /* what is broken is not used again */
	}
	running = NULL;
	return status;
}
