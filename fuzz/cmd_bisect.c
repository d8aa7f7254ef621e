// SPDX-License-Identifier: MIT
/*
 * cmd_bisect.c - `mmtwin bisect FINDING`: becomes ci/bisect of the tree that
 * this command was built in, or else of the one that it is called in.
 */
#include "cmd.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

/* `path`, a directory, or one above it, has the script: its path. */
static bool find_above(char path[PATH_MAX])
{
	static const char script[] = "/ci/bisect";

	for (;;) {
		size_t n = strlen(path);
		char *slash;

		if (n + sizeof(script) <= PATH_MAX) {
			memcpy(path + n, script, sizeof(script));
			if (access(path, X_OK) == 0)
				return true;
			path[n] = '\0';
		}
		slash = strrchr(path, '/');
		if (!slash)
			return false;
		*slash = '\0';
	}
}

int bisect_main(int argc, char **argv)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	(void)argc;
	path[n > 0 ? n : 0] = '\0';
	if (!find_above(path) &&
	    (!getcwd(path, sizeof(path)) || !find_above(path)))
		return cmd_error("bisect: not in a tree of mmtwin's: there is "
				 "no ci/bisect");
	argv[0] = path;
	execv(path, argv);
	return cmd_error_file(path);
}
