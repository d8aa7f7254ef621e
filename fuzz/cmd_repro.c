// SPDX-License-Identifier: MIT
/*
 * cmd_repro.c - `mmtwin repro FILE`: a program as C that fails as it does.
 *
 * The finding is what the replay shows, or else what fuzzing does.  A child
 * looks first whether it kills; then the ops before the death, or all of a
 * program that differs, are run here, for their story.
 */
#include "cmd.h"
#include "cmd_find.h"
#include "repro.h"

#include <errno.h>
#include <string.h>

static int write_program(const struct repro *r, const char *out, bool lockstep)
{
	struct out_file o;
	bool ok;

	if (!out_open(&o, out))
		return cmd_error_file(out);
	ok = lockstep ? repro_write_lockstep(o.f, r) : repro_write(o.f, r);
	if (!ok) {
		out_abort(&o);
		return cmd_error("repro: not enough memory, or disk");
	}
	return out_close(&o) ? CMD_OK
			     : cmd_error_file(out ? out : "standard output");
}

static int retell(const struct loaded *l, const char *path, const char *out,
		  bool lockstep, const struct exec_options *options,
		  struct verdict *v)
{
	struct repro r = { .p = &l->p, .path = path, .died = v->died };
	struct story s = { 0 };
	int status;

	if (v->status == EXEC_FINDING)
		r.f = &v->f;
	r.s = &s;
	if (!find_story(&l->p, options, v, &s))
		return cmd_error("%s: not enough memory", path);
	status = write_program(&r, out, lockstep || !repro_can_stand_alone(&r));
	story_free(&s);
	return status;
}

static int repro_loaded(struct loaded *l, const char *path, const char *out,
			bool lockstep)
{
	struct exec_options options;
	struct verdict v;

	if (!find_again(&l->p, NULL, TRY_SECONDS, &options, &v))
		return cmd_error("no child process: %s", strerror(errno));
	switch (v.status) {
	case EXEC_FINDING:
	case EXEC_AGREES:
		return retell(l, path, out, lockstep, &options, &v);
	case EXEC_UNBOOTABLE:
		return cmd_unbootable(l, path, v.why);
	case EXEC_TOO_LARGE:
		return cmd_error("%s: needs more than a 32-bit host has room "
				 "for",
				 path);
	default:
		return cmd_error("%s: not enough memory to run it", path);
	}
}

int repro_main(int argc, char **argv)
{
	const char *out = NULL;
	bool lockstep = false;
	const struct cmd_option option[] = {
		{ "output", 'o', OPT_TEXT, &out, "write here, not to stdout" },
		{ "lockstep", 0, OPT_FLAG, &lockstep,
		  "a C program that runs machine and model" },
		{ NULL, 0, OPT_FLAG, NULL, NULL },
	};
	const struct cmd_usage usage = {
		"repro FILE [-o OUT.c]",
		"Writes a program as C in the interface of Linux, which fails "
		"as it does: by\nitself, or at a value that is not what the "
		"model expected.",
		1, 1, option
	};
	int status;
	struct loaded l;

	if (!cmd_parse_and_load(&usage, argc, argv, &l, &status))
		return status;
	status = repro_loaded(&l, argv[0], out, lockstep);
	loaded_free(&l);
	return status;
}
