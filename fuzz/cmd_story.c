// SPDX-License-Identifier: MIT
/*
 * cmd_story.c - `mmtwin story FILE`: what machine and model did, op by op, up
 * to where they part, or to where the process died.
 */
#include "cmd_retell.h"
#include "codec.h"
#include "op_words.h"

#include <inttypes.h>
#include <string.h>

/* What one side, or both, say came of an op. */
static void tell_end(FILE *to, const char *who, const struct op *op,
		     const struct told_op *t)
{
	fprintf(to, "     %s: %s", who, t->end);
	if (t->filled)
		fprintf(to, ", r%u = %#x", op->out, t->value);
	if (t->report)
		fprintf(to, ", BUG %s", report_words[t->report].name);
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
		finding_sentence(f));
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
	char text[TEXT_OP_BYTES];

	text_op(text, sizeof(text), &r->p->op[i]);
	fprintf(to, "%c%3u. %s\n", here ? '>' : ' ', i + 1, text);
	if (t)
		tell_end(to, t->diverged ? "machine" : "both", &r->p->op[i], t);
	if (here)
		tell_difference(to, r);
}

static bool tell(FILE *to, const struct repro *r)
{
	char line[BOOT_LINE_BYTES];
	u32 nr = r->p->nr;

	text_boot_of(line, sizeof(line), r->p);
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
	struct retold t;
	int status;

	if (!cmd_parse_and_retell(&usage, argc, argv, &t, &status))
		return status;
	status = retold_write(&t, out, tell);
	retold_free(&t);
	return status;
}
