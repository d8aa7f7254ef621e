// SPDX-License-Identifier: MIT
/*
 * cmd_repro.c - `mmtwin repro FILE`: a program as C that fails as it does.
 */
#include "cmd_retell.h"

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
	struct retold t;
	int status;

	if (!cmd_parse_and_retell(&usage, argc, argv, &t, &status))
		return status;
	lockstep = lockstep || !repro_can_stand_alone(&t.r);
	status = retold_write(&t, out,
			      lockstep ? repro_write_lockstep : repro_write);
	retold_free(&t);
	return status;
}
