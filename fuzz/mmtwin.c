// SPDX-License-Identifier: MIT
/*
 * mmtwin.c - the command: a table of subcommands, and the care for standard
 * output that they share.
 *
 * Each subcommand has a cmd_*.c of its own and gets its arguments with its
 * name in argv[0].  What was printed and could not be written (a full disk)
 * is an error like any other: one line on stderr, exit status 2.
 * Tested by tests/cli.sh.
 */
#include "cmd.h"

#include <errno.h>
#include <string.h>

struct command {
	const char *name;
	int (*main)(int argc, char **argv);
	const char *doc;
};

static const struct command commands[] = {
#define X(name, doc) { #name, name##_main, doc },
	COMMANDS(X)
#undef X
};

static const u32 nr_commands = sizeof(commands) / sizeof(commands[0]);

static int help(void)
{
	printf("mmtwin: a simulated memory subsystem and its model, in "
	       "lockstep\n\nmmtwin COMMAND [ARGUMENT...]\n\n");
	for (u32 i = 0; i < nr_commands; i++)
		printf("  %-8s %s\n", commands[i].name, commands[i].doc);
	printf("\nmmtwin COMMAND --help says more.  Exit status: 0 agrees, 1 a "
	       "finding,\n2 unusable input or arguments.\n");
	return CMD_OK;
}

static int dispatch(int argc, char **argv)
{
	if (argc < 2)
		return cmd_error("no command given (see mmtwin --help)");
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0)
		return help();
	for (u32 i = 0; i < nr_commands; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].main(argc - 1, argv + 1);
	return cmd_error("%s: no such command (see mmtwin --help)", argv[1]);
}

int main(int argc, char **argv)
{
	int status = dispatch(argc, argv);

	if (!stdout_close() && status != CMD_UNUSABLE)
		status = cmd_error_file("standard output");
	return status;
}
