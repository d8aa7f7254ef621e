// SPDX-License-Identifier: MIT
/*
 * cmd_retell.c - a program, run for its story: see cmd_retell.h.
 *
 * A child looks first whether it kills.  What does not is run here, whole;
 * of what does, the ops before the death are, and nothing looks at what they
 * left behind, since that look may be what dies.
 */
#include "cmd_retell.h"
#include "cmd_find.h"

#include <setjmp.h>
#include <string.h>

static void leave(void *to, struct exec *x)
{
	(void)x;
	longjmp(*(jmp_buf *)to, 1);
}

/* false: no memory. */
static bool tell(struct retold *t, const struct exec_options *options)
{
	struct exec_options with = *options;
	struct exec_stats stats = { 0 };
	struct finding f;
	struct exec *x;
	jmp_buf died_here;

	with.story = &t->s;
	if (t->v.died) {
		with.pause = leave;
		with.pause_arg = &died_here;
		with.pause_at = t->v.f.op;
	}
	x = exec_new(&with);
	if (!x)
		return false;
	if (!setjmp(died_here) &&
	    exec_run(x, &t->l.p, &stats, &f) == EXEC_NO_MEMORY)
		t->s.incomplete = true;
	exec_delete(x);
	return !t->s.incomplete;
}

/* The exit status where there is nothing to tell, or CMD_OK. */
static int run(struct retold *t, const char *path)
{
	struct exec_options options;

	if (!find_again(&t->l.p, NULL, TRY_SECONDS, &options, &t->v))
		return cmd_no_child();
	if (t->v.status != EXEC_FINDING && t->v.status != EXEC_AGREES)
		return cmd_cannot_run(&t->l, path, t->v.status, t->v.why);
	t->r = (struct repro){
		.p = &t->l.p,
		.s = &t->s,
		.f = t->v.status == EXEC_FINDING ? &t->v.f : NULL,
		.died = t->v.died,
		.path = path,
	};
	/* of what dies at its first op, or at boot, there is no story */
	if ((t->v.died && t->v.f.op == 0) || tell(t, &options))
		return CMD_OK;
	return cmd_cannot_run(&t->l, path, EXEC_NO_MEMORY, NULL);
}

bool cmd_parse_and_retell(const struct cmd_usage *usage, int argc, char **argv,
			  struct retold *t, int *status)
{
	memset(t, 0, sizeof(*t));
	if (!cmd_parse_and_load(usage, argc, argv, &t->l, status))
		return false;
	*status = run(t, argv[0]);
	if (*status != CMD_OK)
		retold_free(t);
	return *status == CMD_OK;
}

void retold_free(struct retold *t)
{
	story_free(&t->s);
	loaded_free(&t->l);
}

int retold_write(const struct retold *t, const char *out,
		 bool (*write)(FILE *to, const struct repro *r))
{
	struct out_file o;

	if (!out_open(&o, out))
		return cmd_error_file(out);
	if (!write(o.f, &t->r) && !ferror(o.f)) {
		out_abort(&o);
		return cmd_error("not enough memory");
	}
	return out_close(&o) ? CMD_OK
			     : cmd_error_file(out ? out : "standard output");
}
