// SPDX-License-Identifier: MIT
/*
 * cmd_story.c - `mmtwin story FILE`: what machine and model did, op by op, up
 * to where they part; and `mmtwin sign FILE...`: the signature of each.
 *
 * Both run what they are given in a child first, so that it may die; a story
 * then ends where the child did.
 */
#include "cmd.h"
#include "cmd_find.h"
#include "codec.h"
#include "repro.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define OP_TEXT_MAX 640

static const char *const report_name[] = {
#define X(name, doc) #name,
	REPORT_KINDS(X)
#undef X
};

static int cannot_fork(void)
{
	return cmd_error("no child process: %s", strerror(errno));
}

/* --- the story ------------------------------------------------------------ */

/* What one side, or both, say came of an op. */
static void tell_end(FILE *to, const char *who, const struct op *op,
		     const struct told_op *t)
{
	fprintf(to, "     %s: %s", who, t->end);
	if (t->filled)
		fprintf(to, ", r%u = %#x", op->out, t->value);
	if (t->report)
		fprintf(to, ", BUG %s", report_name[t->report]);
	if (t->oom)
		fputs(", oom", to);
	if (t->resumed_by)
		fprintf(to, "; woken by op %u", t->resumed_by + 1);
	fputc('\n', to);
	for (u32 i = 0; i < t->nr_moves; i++)
		fprintf(to, "       %s\n", t->move[i].text);
}

static void tell_difference(FILE *to, const struct repro *r)
{
	const struct finding *f = r->f;

	fprintf(to, "     %s, %s: %s\n", f->layer, f->clause,
		f->doc ? f->doc : "");
	if (r->died) {
		fprintf(to, "     machine: %s\n", f->signature);
		return;
	}
	if (strcmp(f->layer, "oracle") != 0)
		return;
	fprintf(to, "     model:   %s is %#" PRIx64 "\n", f->field,
		f->expected);
	fprintf(to, "     machine: %s is %#" PRIx64 "\n", f->field, f->actual);
	if (*r->s->value)
		fprintf(to, "     to be seen at: %s\n", r->s->value);
}

static void tell_op(FILE *to, const struct repro *r, u32 i)
{
	const struct told_op *t = i < r->s->nr ? &r->s->op[i] : NULL;
	bool here = r->f && r->f->op == i;
	char text[OP_TEXT_MAX];

	text_op(text, sizeof(text), &r->p->op[i]);
	fprintf(to, "%c%3u. %s\n", here ? '>' : ' ', i + 1, text);
	if (t)
		tell_end(to, t->diverged ? "machine" : "both", &r->p->op[i], t);
	if (here)
		tell_difference(to, r);
}

static bool tell(FILE *to, const struct repro *r)
{
	char line[2048];
	u32 nr = r->p->nr;

	if (r->p->profile == PROFILE_FREE)
		text_boot(line, sizeof(line), &r->p->boot);
	else
		snprintf(line, sizeof(line), "%s", profile_text[r->p->profile]);
	fprintf(to, "%s\n\n     boot %s\n",
		r->f ? r->f->signature : "machine and model agree", line);
	if (r->f && r->f->op < nr)
		nr = r->f->op + 1;
	for (u32 i = 0; i < nr; i++)
		tell_op(to, r, i);
	if (r->f && r->f->op >= r->p->nr) {
		fputs(">    at the end of the program\n", to);
		tell_difference(to, r);
	}
	return !ferror(to);
}

static int save_story(const char *out, const struct repro *r)
{
	struct out_file o;

	if (!out_open(&o, out))
		return cmd_error_file(out);
	tell(o.f, r);
	return out_close(&o) ? CMD_OK
			     : cmd_error_file(out ? out : "standard output");
}

static int story_of(struct loaded *l, const char *path, const char *out)
{
	struct repro r = { .p = &l->p, .path = path };
	struct exec_options options;
	struct story s = { 0 };
	struct verdict v;
	int status;

	if (!find_again(&l->p, NULL, TRY_SECONDS, &options, &v))
		return cannot_fork();
	if (v.status == EXEC_UNBOOTABLE)
		return cmd_unbootable(l, path, v.why);
	if (v.status != EXEC_FINDING && v.status != EXEC_AGREES)
		return cmd_error("%s: not enough memory to run it", path);
	r.s = &s;
	r.f = v.status == EXEC_FINDING ? &v.f : NULL;
	r.died = v.died;
	if (!find_story(&l->p, &options, &v, &s))
		return cmd_error("%s: not enough memory", path);
	status = save_story(out, &r);
	story_free(&s);
	return status;
}

int story_main(int argc, char **argv)
{
	const char *out = NULL;
	const struct cmd_option option[] = {
		{ "output", 'o', OPT_TEXT, &out, "write here, not to stdout" },
		{ NULL, 0, OPT_FLAG, NULL, NULL },
	};
	const struct cmd_usage usage = {
		"story FILE [-o OUT]",
		"Tells op by op what machine and model did, and where they "
		"part.",
		1, 1, option
	};
	int status;
	struct loaded l;

	if (!cmd_parse_and_load(&usage, argc, argv, &l, &status))
		return status;
	status = story_of(&l, argv[0], out);
	loaded_free(&l);
	return status;
}

/* --- signatures ----------------------------------------------------------- */

/* "SIGNATURE OPS FILE"; `-' where there is none. */
static int sign(const char *path, u32 seconds)
{
	struct exec_options options;
	struct loaded l;
	struct verdict v;

	if (!load_program(&l, path))
		return CMD_UNUSABLE;
	if (!find_again(&l.p, NULL, seconds, &options, &v)) {
		loaded_free(&l);
		return cannot_fork();
	}
	printf("%s %u %s\n", v.status == EXEC_FINDING ? v.f.signature : "-",
	       l.p.nr, path);
	loaded_free(&l);
	return v.status == EXEC_FINDING ? CMD_FINDING : CMD_OK;
}

int sign_main(int argc, char **argv)
{
	u32 seconds = TRY_SECONDS;
	const struct cmd_option option[] = {
		{ "seconds", 0, OPT_U32, &seconds,
		  "a run that takes longer hangs (default 10)" },
		{ NULL, 0, OPT_FLAG, NULL, NULL },
	};
	const struct cmd_usage usage = {
		"sign FILE...",
		"Prints the signature of each program's finding, its number "
		"of ops and its file;\n- where machine and model agree.  Each "
		"runs in a child of its own.",
		1, UINT32_MAX, option
	};
	int status, worst = CMD_OK, nr = cmd_parse(&usage, argc, argv, &status);

	if (nr < 0)
		return status;
	for (int i = 0; i < nr; i++) {
		status = sign(argv[i], seconds);
		if (status > worst)
			worst = status;
	}
	return worst;
}
