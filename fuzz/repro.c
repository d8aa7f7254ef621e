// SPDX-License-Identifier: MIT
/*
 * repro.c - a C program from a program: see repro.h.
 *
 *	what broke, and how to build it		a comment
 *	variables				one a result that is asked for
 *	boot
 *	call(i, "op"); the call			for each op, with its outcome
 *	expect(what, model, machine)		where the finding is
 *
 * Tested by ci/repro-test.
 */
#include "repro.h"
#include "codec.h"
#include "op_words.h"
#include "repro_state.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define BOOT_COLUMNS 48u /* of a boot line, behind its call */

static const char *file_name(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	return slash ? slash + 1 : path ? path : "a program";
}

/* --- the head ----------------------------------------------------------- */

static void head_finding(FILE *to, const struct repro *r)
{
	const struct finding *f = r->f;
	char line[512];

	snprintf(line, sizeof(line), "%s: %s", f->clause, finding_sentence(f));
	repro_comment(to, "", line);
	if (!repro_is_layer(r, "oracle"))
		return;
	snprintf(line, sizeof(line),
		 "The model expects %s %#" PRIx64 ", the machine has "
		 "%#" PRIx64 ".",
		 f->field, f->expected, f->actual);
	repro_comment(to, "", line);
}

static void head(FILE *to, const struct repro *r, const char *package)
{
	char line[512];

	fprintf(to, "/*\n * %s\n *\n",
		r->f ? r->f->signature : "Machine and model agree.");
	if (r->f) {
		head_finding(to, r);
		fputs(" *\n", to);
	}
	snprintf(line, sizeof(line),
		 "Made by mmtwin repro of %s.  To build:", file_name(r->path));
	repro_comment(to, "", line);
	fprintf(to,
		" *\n *\tcc -g -Wall -Wextra -Werror THIS.c "
		"$(pkg-config --cflags --libs %s)\n *\n",
		package);
	repro_comment(
		to, "",
		"Exit status: 0 nothing differs, 1 the finding; a sanitizer's "
		"report needs a sanitized library.");
	fputs(" */\n", to);
}

/* --- the boot line ------------------------------------------------------ */

/* How many ops come before mem_init. */
static u32 boot_ops(const struct program *p)
{
	u32 nr = 0;

	while (nr < p->nr && op_info[p->op[nr].code].group == GROUP_BOOT)
		nr++;
	return nr;
}

/* The rest of the string, in parts where it is too long for a line. */
static void write_boot_line(FILE *to, const char *line)
{
	const size_t room = BOOT_COLUMNS;

	while (strlen(line) > room) {
		size_t n = room;

		while (n && line[n - 1] != ' ' && line[n - 1] != ',')
			n--;
		if (!n)
			break;
		fprintf(to, "%.*s\"\n\t     \"", (int)n, line);
		line += n;
	}
	fprintf(to, "%s\");\n", line);
}

static void write_boot(const struct writer *w)
{
	char line[BOOT_LINE_BYTES];
	bool early = boot_ops(w->r->p) > 0;

	text_boot_of(line, sizeof(line), w->r->p);
	fprintf(w->to, "\tboot%s(\"", early ? "_early" : "");
	write_boot_line(w->to, line);
	if (repro_after_reset(w->r)) {
		repro_statement(w->to, "machine_snapshot(mmtwin_machine);");
		if (repro_is_digest(w->r))
			repro_statement(w->to,
					"digest = "
					"machine_digest(mmtwin_machine);");
	}
}

/* --- one op ------------------------------------------------------------- */

static bool is_finding_op(const struct writer *w, u32 i)
{
	return w->r->f && !repro_at_boot(w->r) && w->r->f->op == i &&
	       i < w->r->p->nr;
}

static void write_task(const struct writer *w, u32 i)
{
	const struct op *op = &w->r->p->op[i];
	const char *name = op_info[op->code].name, *bar = "";
	char line[256], flags[128] = "";
	static const struct {
		u32 flag;
		const char *name;
	} known[] = { { TASK_ATOMIC, "TASK_ATOMIC" },
		      { TASK_IRQ, "TASK_IRQ" },
		      { TASK_RT, "TASK_RT" },
		      { TASK_MEMALLOC, "TASK_MEMALLOC" },
		      { TASK_MEMDIE, "TASK_MEMDIE" } };

	for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++)
		if (op->flags & known[k].flag) {
			strcat(strcat(flags, bar), known[k].name);
			bar = " | ";
		}
	if (op->cpu || op->flags & TASK_FLAGS || op->fail_nth)
		snprintf(line, sizeof(line), "call_as(%u, \"%s\", %u, %s, %u);",
			 i + 1, name,
			 op->cpu % (w->r->s->nr_cpus ? w->r->s->nr_cpus : 1),
			 *flags ? flags : "0", op->fail_nth);
	else
		snprintf(line, sizeof(line), "call(%u, \"%s\");", i + 1, name);
	repro_statement(w->to, line);
}

/* What both sides say came of it. */
static void write_outcome(const struct writer *w, u32 i)
{
	const struct told_op *t = repro_told(w, i);

	if (!t)
		return;
	if (t->report)
		fprintf(w->to, "\t/* reported: %s */\n",
			report_words[t->report].name);
	else if (!t->diverged && strcmp(t->end, "ok") != 0)
		fprintf(w->to, "\t/* %s */\n",
			t->blocked ? "falls asleep" : t->end);
}

static bool takes_result(const struct writer *w, u32 i)
{
	const struct told_op *t = repro_told(w, i);

	if (!w->use[i].used)
		return false;
	return is_finding_op(w, i) || !t || t->filled;
}

static bool can_sleep(const struct op *op)
{
	return op->code == OP_mempool_alloc || op->code == OP_kmap ||
	       op->code == OP_kmap_pfn || op->code == OP_kmap_area;
}

static void write_sleep(const struct writer *w, u32 i)
{
	const struct op *op = &w->r->p->op[i];
	const struct told_op *t = repro_told(w, i);
	char name[32];

	if (!t || !t->blocked || !can_sleep(op))
		return;
	repro_name(w, i, name, sizeof(name));
	fprintf(w->to, "\tmay_sleep(%s%s, %s);\n", w->use[i].used ? "&" : "",
		w->use[i].used ? name : "NULL",
		op->code == OP_mempool_alloc ? "false" : "true");
}

static void write_call(const struct writer *w, u32 i)
{
	char call[CALL_MAX], name[32], line[CALL_MAX + 64];

	repro_call(w, i, call, sizeof(call));
	if (takes_result(w, i)) {
		repro_name(w, i, name, sizeof(name));
		snprintf(line, sizeof(line), "%s = %s;", name, call);
	} else {
		snprintf(line, sizeof(line), "%s;", call);
	}
	repro_statement(w->to, line);
}

/* --- an op, whole ------------------------------------------------------ */

/* A store that must not be made: the processor changed its mode all the same */
static void write_skipped(const struct writer *w, u32 i)
{
	const struct op *op = &w->r->p->op[i];
	bool area = op->code == OP_store_area;
	char line[128];

	if (!repro_told(w, i)->entered)
		return;
	fputc('\n', w->to);
	write_task(w, i);
	snprintf(line, sizeof(line), "enter(%s, (enum seg_reg)%u, %#x);",
		 op->arg[area ? 3 : 4] & 1 ? "true" : "false",
		 area ? SEG_DS : op->arg[0] % NR_SEG_REGS,
		 area ? 0xFFFF : op->arg[1]);
	repro_statement(w->to, line);
}

static void write_op(const struct writer *w, u32 i)
{
	const struct program *p = w->r->p;

	if (repro_told(w, i) && repro_told(w, i)->skipped) {
		write_skipped(w, i);
		return;
	}
	if (repro_row[p->op[i].code].kind == REPRO_NOTHING)
		return;
	fputc('\n', w->to);
	write_task(w, i);
	if (is_finding_op(w, i) && repro_is_view(w->r))
		repro_statement(w->to, "view = machine_view(mmtwin_machine);");
	write_call(w, i);
	write_outcome(w, i);
	write_sleep(w, i);
	if (is_finding_op(w, i) && w->r->s->of_call)
		repro_write_finding(w, i);
	if (w->use[i].sleepers)
		repro_statement(w->to, "wake();");
	if (is_finding_op(w, i) && !w->r->s->of_call)
		repro_write_finding(w, i);
	if (i + 1 == boot_ops(p))
		repro_statement(w->to, "boot_late();");
}

/* --- the whole ---------------------------------------------------------- */

static void write_end(const struct writer *w)
{
	const struct repro *r = w->r;

	fputc('\n', w->to);
	if (repro_at_boot(r) && repro_is_layer(r, "oracle"))
		repro_write_finding(w, 0);
	if (r->f && r->f->op >= r->p->nr) {
		if (repro_after_reset(r))
			repro_statement(w->to,
					"machine_reset(mmtwin_machine);");
		fprintf(w->to, "\tcall(%u, \"%s\");\n", r->p->nr + 1,
			repro_after_reset(r) ? "reset" : "end");
		if (repro_is_field(r, "validate") || r->died)
			repro_statement(w->to, "validate(VALIDATE_FULL);");
		else
			repro_write_finding(w, r->p->nr);
		fputc('\n', w->to);
	}
	if (!r->f)
		repro_statement(w->to, "validate(VALIDATE_FULL);");
	repro_statement(w->to, "return repro_end();");
	fputs("}\n", w->to);
}

static void write_main(const struct writer *w)
{
	const struct repro *r = w->r;
	bool any;

	fputs("#include <mmtwin/repro.h>\n", w->to);
	if (r->died && strstr(r->f->signature, "-hang"))
		fputs("#include <unistd.h>\n", w->to);
	repro_stored_arrays(w);
	fputs("\nint main(void)\n{\n", w->to);
	any = repro_declare(w);
	if (repro_is_view(r) || repro_is_digest(r)) {
		fprintf(w->to, "\tu64 %s = 0;\n",
			repro_is_view(r) ? "view" : "digest");
		any = true;
	}
	if (any)
		fputc('\n', w->to);
	fprintf(w->to, "\trepro_begin(\"%s\");\n", r->f ? r->f->signature : "");
	if (r->died && strstr(r->f->signature, "-hang"))
		repro_statement(w->to, "alarm(10); /* it hangs */");
	write_boot(w);
	for (u32 i = 0; i < w->nr; i++)
		write_op(w, i);
	write_end(w);
}

bool repro_write(FILE *to, const struct repro *r)
{
	struct writer w = { .r = r, .to = to, .nr = r->p->nr };

	if (repro_at_boot(r))
		w.nr = boot_ops(r->p);
	else if (r->f && r->f->op < r->p->nr)
		w.nr = r->f->op + 1;
	if (!repro_find_uses(&w))
		return false;
	if (repro_asks_for_result(r) || repro_asks_for_ending(r))
		w.use[r->f->op].used = true;
	head(to, r, "mmtwin-alloc");
	write_main(&w);
	free(w.use);
	return !ferror(to);
}

/* A line of text as a line of a C string. */
static void write_string(FILE *to, const char *line)
{
	fputs("\t\"", to);
	for (; *line && *line != '\n'; line++) {
		if (*line == '"' || *line == '\\')
			fputc('\\', to);
		fputc(*line, to);
	}
	fputs("\\n\"\n", to);
}

bool repro_write_lockstep(FILE *to, const struct repro *r)
{
	char line[BOOT_LINE_BYTES], text[BOOT_LINE_BYTES + 8];

	head(to, r, "mmtwin-fuzz");
	fputs("#include <mmtwin/fuzz/lockstep.h>\n\n"
	      "/* No look at the machine shows it: the model must watch. */\n"
	      "static const char program[] =\n",
	      to);
	text_boot_of(line, sizeof(line), r->p);
	snprintf(text, sizeof(text), "boot %s", line);
	write_string(to, text);
	for (u32 i = 0; i < r->p->nr; i++) {
		text_op(line, sizeof(line), &r->p->op[i]);
		write_string(to, line);
	}
	fputs("\t\"\";\n\nint main(void)\n{\n"
	      "\treturn lockstep_run(program);\n}\n",
	      to);
	return !ferror(to);
}
