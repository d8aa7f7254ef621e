// SPDX-License-Identifier: MIT
/*
 * cmd_gdb.c - `mmtwin run --gdb OP FILE`: gdb, in front of an op.
 *
 * This process becomes a gdb that runs the same program again and stops twice:
 * in run_stopped(), which --stop calls in front of the op, and then in the
 * op's handler, exec_<op>(), from where the machine's call is a step away.
 * Another debugger does it by hand: `--stop OP`, a breakpoint at run_stopped.
 */
#include "cmd.h"
#include "cmd_run.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Kept as it is called: for its name alone is it there. */
__attribute__((noinline)) void run_stopped(void *arg, struct exec *x)
{
	__asm__ volatile("" : : "r"(arg), "r"(x) : "memory");
}

/* A leak checker cannot work in a process that is traced already. */
static bool without_leak_check(void)
{
	const char *before = getenv("ASAN_OPTIONS");
	char *all;
	bool ok;

	if (asprintf(&all, "%s%sdetect_leaks=0", before ? before : "",
		     before ? ":" : "") < 0)
		return false;
	ok = setenv("ASAN_OPTIONS", all, 1) == 0;
	free(all);
	return ok;
}

int run_in_gdb(const char *path, u32 op)
{
	char self[PATH_MAX], handler[64], number[16];
	struct loaded l;
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *argv[] = {
		"gdb", "-q",  "-nx",	"-ex",	"tbreak run_stopped", "-ex",
		"run", "-ex", handler,	"-ex",	"continue",	      "--args",
		self,  "run", "--stop", number, (char *)path,	      NULL
	};

	if (strcmp(path, "-") == 0)
		return cmd_error("run --gdb: of a file only: gdb reads "
				 "standard input");
	if (len < 0 || !without_leak_check())
		return cmd_error_file("/proc/self/exe");
	self[len] = '\0';
	if (!load_program(&l, path))
		return CMD_UNUSABLE;
	if (!op || op > l.p.nr) {
		cmd_error("%s: there is no op %u in its %u ops", path, op,
			  l.p.nr);
		loaded_free(&l);
		return CMD_UNUSABLE;
	}
	snprintf(handler, sizeof(handler), "tbreak exec_%s",
		 op_info[l.p.op[op - 1].code].name);
	snprintf(number, sizeof(number), "%u", op);
	loaded_free(&l);
	execvp("gdb", argv);
	if (errno == ENOENT)
		return cmd_error("gdb is not installed (apt-get install gdb)");
	return cmd_error_file("gdb");
}
