// SPDX-License-Identifier: MIT
/*
 * cmd_import.c - `mmtwin import TRACE`: ftrace text -> a program, with what
 * was skipped and dropped as the comments that open it.
 */
#include "cmd.h"
#include "import.h"

#include "../alloc/mm.h"

#include <errno.h>
#include <string.h>

/* Why no machine boots so; NULL: one does, or would with a larger host. */
static const char *unbootable(const struct boot_line *boot)
{
	struct machine *m = machine_new();
	const char *why = m ? machine_boot(m, boot) : NULL;

	machine_delete(m);
	return why && !strstr(why, "host") ? why : NULL;
}

/* --boot TEXT: false: told. */
static bool boot_of(const char *text, struct boot_line *boot)
{
	char buf[128];
	size_t at;
	const char *why;

	if (strncmp(text, "boot ", 5) == 0)
		text += 5;
	why = boot_line_parse(text, boot, &at, buf);
	if (why) {
		cmd_error("import: --boot: %s: %s", text + at, why);
		return false;
	}
	why = unbootable(boot);
	if (why)
		cmd_error("import: --boot: %s: %s", text, why);
	return !why;
}

static int save(const struct program *p, const struct import_summary *summary,
		const char *trace, const char *out)
{
	const char *base = strrchr(trace, '/');
	struct out_file o;

	if (!out_open(&o, out))
		return cmd_error_file(out);
	fprintf(o.f, "# imported from %s\n", base ? base + 1 : trace);
	import_summary_write(o.f, summary, "# ");
	text_write(o.f, p);
	return out_close(&o) ? CMD_OK
			     : cmd_error_file(out ? out : "standard output");
}

static int import(const char *trace, const struct boot_line *boot,
		  const char *out, bool only_summary)
{
	struct import_summary summary;
	struct text_error err = { 0, "" };
	struct program p;
	int status;

	program_init(&p);
	if (!import_file(&p, trace, boot, &summary, &err)) {
		program_free(&p);
		if (err.line)
			return cmd_error("%s:%u: %s", trace, err.line,
					 err.reason);
		return cmd_error("%s: %s", trace, err.reason);
	}
	if (only_summary) {
		import_summary_write(stdout, &summary, "");
		status = CMD_OK;
	} else {
		status = save(&p, &summary, trace, out);
	}
	program_free(&p);
	return status;
}

int import_main(int argc, char **argv)
{
	const char *out = NULL, *boot_text = NULL;
	bool only_summary = false;
	struct boot_line boot;
	const struct cmd_option option[] = {
		{ "output", 'o', OPT_TEXT, &out, "write here, not to stdout" },
		{ "boot", 0, OPT_TEXT, &boot_text,
		  "the boot line; else RAM and CPUs are as the trace needs" },
		{ "summary", 0, OPT_FLAG, &only_summary,
		  "only say what would be imported, skipped and dropped" },
		{ NULL, 0, OPT_FLAG, NULL, NULL },
	};
	const struct cmd_usage usage = {
		"import TRACE [-o OUT] [--boot TEXT]",
		"Makes a program of the page and object events in ftrace text, "
		"gzipped or not.",
		1, 1, option
	};
	int status;

	if (cmd_parse(&usage, argc, argv, &status) < 0)
		return status;
	if (boot_text && !boot_of(boot_text, &boot))
		return CMD_UNUSABLE;
	return import(argv[0], boot_text ? &boot : NULL, out, only_summary);
}
