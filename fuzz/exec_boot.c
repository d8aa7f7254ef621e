// SPDX-License-Identifier: MIT
/*
 * exec_boot.c - the units: booted pairs of machine and model.
 *
 * There is one per boot profile, which goes back to its snapshot after each
 * program, and a scratch unit for boot lines and boot ops of the program's
 * own.  On a 32-bit host one unit has to do for all.
 */
#include "cover.h"
#include "exec_state.h"

#include <string.h>

void exec_unit_delete(struct unit *u)
{
	machine_delete(u->m);
	model_delete(u->o);
	memset(u, 0, sizeof(*u));
}

void exec_drop_own_machine(struct exec *x)
{
	exec_unit_delete(&x->unit[NR_UNITS - 1]);
}

static bool begins_with_boot_ops(const struct program *p)
{
	return p->nr && op_info[p->op[0].code].group == GROUP_BOOT;
}

static bool same_line(const struct boot_line *a, const struct boot_line *b)
{
	if (a->nr != b->nr)
		return false;
	for (u32 i = 0; i < a->nr; i++) {
		const struct boot_word *v = &a->word[i], *w = &b->word[i];

		if (v->kind != w->kind || v->type != w->type ||
		    v->start != w->start || v->size != w->size)
			return false;
	}
	return true;
}

static struct unit *unit_for(struct exec *x, const struct program *p)
{
	bool scratch = p->profile == PROFILE_FREE || begins_with_boot_ops(p);

	return &x->unit[scratch ? NR_UNITS - 1 : p->profile % NR_UNITS];
}

/* Booting costs what there is of mem_map: an engine's whims must be cheap. */
#define SMALL_BOOT_BYTES (64u << 20)

/* Where the highest range ends that the words give; past 2^64: there. */
static u64 memory_end(const struct boot_line *line)
{
	u64 end = 0;

	for (u32 i = 0; i < line->nr; i++) {
		const struct boot_word *w = &line->word[i];
		bool range = w->kind == BOOT_RAM || w->kind == BOOT_E820 ||
			     w->kind == BOOT_MEMMAP;
		u64 last = w->start + w->size;

		if (last < w->start)
			last = UINT64_MAX;
		if (range && last > end)
			end = last;
	}
	return end;
}

/* Booted just as p wants it? */
static bool booted_for(const struct unit *u, const struct program *p)
{
	return u->booted && u->profile == p->profile &&
	       !begins_with_boot_ops(p) &&
	       (p->profile != PROFILE_FREE || same_line(&u->line, &p->boot));
}

static enum exec_status unit_ready(struct exec *x, const struct program *p,
				   struct boot_line *line)
{
	struct unit *u = x->u;
	size_t at;

	u->profile = p->profile;
	if (p->profile == PROFILE_FREE)
		*line = p->boot;
	else
		x->why = boot_line_parse(profile_text[p->profile], line, &at,
					 x->why_buf);
	if (x->why)
		return EXEC_UNBOOTABLE;
	if (!u->m)
		u->m = machine_new();
	if (!u->o)
		u->o = model_new();
	x->m = u->m;
	x->o = u->o;
	return u->m && u->o ? EXEC_AGREES : EXEC_NO_MEMORY;
}

/* Boots machine and model to the point before mem_init. */
static enum exec_status boot(struct exec *x, const struct boot_line *line)
{
	struct unit *u = x->u;
	const struct boot_claim *claims = NULL;
	u32 nr = 0;

	u->booted = false;
	u->line = *line;
	machine_on_panic(u->m, exec_on_panic, x);
	machine_set_poison(u->m,
			   x->opt.paint_whole ? POISON_ALL : POISON_FREED);
	model_set_rule_counters(u->o, cover_rules());
	model_set_paint(u->o, x->opt.paint_whole ? PAINT_WHOLE : PAINT_SAMPLE);
	x->why = machine_boot(u->m, line);
	mm_layout(u->m, &u->layout); /* of what is not booted: nothing */
	if (x->why && strstr(x->why, "host"))
		return strstr(x->why, "32-bit") ? EXEC_TOO_LARGE
						: EXEC_NO_MEMORY;
	if (!x->why)
		claims = mm_boot_claims(u->m, &nr);
	if (!model_boot(u->o, line, x->why != NULL, claims, nr, &x->d)) {
		exec_diverged(x);
		return EXEC_FINDING;
	}
	if (x->why)
		return EXEC_UNBOOTABLE;
	model_set_ram(u->o, mm_ram(u->m));
	exec_set_devices(x);
	return EXEC_AGREES;
}

/* The chain's last, cache_cache: the one that no call returned. */
static u32 last_cache(const struct machine *m)
{
	u32 addr = 0;

	for (u32 i = 0; mm_cache_at(m, i); i++)
		addr = mm_vaddr(mm_cache_at(m, i));
	return addr;
}

/* From page frames to a whole machine; CPU 0 does it. */
static enum step init_caches(struct exec *x)
{
	exec_begin_as(x, (struct task){ 0 });
	x->why = machine_kmem_cache_init(x->m);
	exec_collect_object(x);
	if (!model_kmem_cache_init(x->o, &x->out, x->why != NULL,
				   x->why ? 0 : last_cache(x->m), &x->d))
		return exec_diverged(x);
	if (x->why)
		return STEP_UNBOOTABLE;
	if (exec_check_counts(x, 0) != STEP_OK)
		return STEP_DIVERGED;
	if (exec_check_objects(x, true) != STEP_OK)
		return STEP_DIVERGED;
	if (exec_check_mappings(x, true) != STEP_OK)
		return STEP_DIVERGED;
	return exec_check_translation(x, true);
}

/* The boot phase of this program is over. */
enum step exec_finish_boot(struct exec *x)
{
	enum step step;
	const char *bad = machine_validate(x->m, VALIDATE_QUICK);
	const struct boot_claim *claims;
	u32 nr;

	if (bad)
		return exec_broken(x, bad, "validate");
	claims = mm_boot_claims(x->m, &nr);
	if (!model_check_claims(x->o, claims, nr, &x->d))
		return exec_diverged(x);
	machine_mem_init(x->m);
	mm_layout(x->m, &x->u->layout);
	x->now = x->u->layout;
	if (!model_mem_init(x->o, &x->u->layout, &x->d))
		return exec_diverged(x);
	bad = machine_validate(x->m, VALIDATE_QUICK);
	if (bad)
		return exec_broken(x, bad, "validate");
	step = init_caches(x);
	if (step != STEP_OK)
		return step;
	/* in full: what boot alone writes, no later look would find broken */
	bad = machine_validate(x->m, VALIDATE_FULL);
	if (bad)
		return exec_broken(x, bad, "validate");
	x->booting = false;
	return STEP_OK;
}

/* Leaves a unit at its snapshot, or before mem_init with x->booting. */
enum exec_status exec_start(struct exec *x, const struct program *p)
{
	struct boot_line line;
	enum exec_status status;
	enum step step;

	x->why = NULL;
	if (p->profile == PROFILE_FREE && x->opt.small_boot &&
	    memory_end(&p->boot) > SMALL_BOOT_BYTES) {
		x->why = "too much memory for a program that is only fuzzed";
		return EXEC_UNBOOTABLE;
	}
	x->u = unit_for(x, p);
	x->m = x->u->m;
	x->o = x->u->o;
	x->booting = !booted_for(x->u, p);
	x->now = x->u->layout;
	if (!x->booting)
		return EXEC_AGREES;
	status = unit_ready(x, p, &line);
	if (status == EXEC_AGREES)
		status = boot(x, &line);
	if (status != EXEC_AGREES || begins_with_boot_ops(p))
		return status;
	step = exec_finish_boot(x);
	if (step != STEP_OK)
		return step == STEP_UNBOOTABLE ? EXEC_UNBOOTABLE : EXEC_FINDING;
	machine_snapshot(x->m);
	model_snapshot(x->o);
	x->u->digest = machine_digest(x->m);
	x->u->booted = true;
	return EXEC_AGREES;
}
