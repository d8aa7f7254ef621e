// SPDX-License-Identifier: MIT
/*
 * cmd_sign.c - `mmtwin sign FILE...`: the signature of each program's finding.
 *
 * Where the boot line boots no machine it is as for run: bytes are a program
 * that shows nothing, since an engine made them; a text is unusable.
 */
#include "cmd.h"
#include "cmd_find.h"

/* "SIGNATURE OPS FILE"; `-' where there is none. */
static int sign_loaded(const struct loaded *l, const char *path, u32 seconds)
{
	struct exec_options options;
	struct verdict v;
	bool found;

	if (!find_again(&l->p, NULL, seconds, &options, &v))
		return cmd_no_child();
	if (v.status == EXEC_NO_MEMORY ||
	    (v.status == EXEC_UNBOOTABLE && l->is_text))
		return cmd_cannot_run(l, path, v.status, v.why);
	found = v.status == EXEC_FINDING;
	printf("%s %u %s\n", found ? v.f.signature : "-", l->p.nr, path);
	return found ? CMD_FINDING : CMD_OK;
}

static int sign(const char *path, u32 seconds)
{
	struct loaded l;
	int status;

	if (!load_program(&l, path))
		return CMD_UNUSABLE;
	status = sign_loaded(&l, path, seconds);
	loaded_free(&l);
	return status;
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
		"of ops and its file;\n- where there is none.  Each runs in a "
		"child of its own.",
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
