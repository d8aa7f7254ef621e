// SPDX-License-Identifier: MIT
/*
 * cmd_run.c - `mmtwin run FILE...`: replays programs in lockstep.
 *
 * Replay is thorough where fuzzing is quick: frames are painted whole, and
 * everything is validated at the end.  Text that cannot be read or boots no
 * machine is unusable input; bytes always are a program, and those whose
 * boot line boots no machine are part of the answer: they are counted.
 */
#include "cmd.h"
#include "cmd_run.h"
#include "death.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NOWHERE UINT32_MAX /* no op's number */

struct run {
	struct exec *x;
	struct exec_stats total; /* digest: folded */
	u64 files, unbootable, too_large;
	bool json, digests, unusable;
	bool dump;
	bool looked; /* at the state of the program that runs */
};

static void look(void *arg, struct exec *x)
{
	struct run *r = arg;

	exec_dump(x, stdout);
	r->looked = true;
}

static void tell_finding(const struct run *r, const struct finding *f,
			 const struct program *p, const char *path)
{
	if (r->json)
		cmd_finding_json(f, path);
	else
		finding_print(stdout, f, p, path);
}

static void tell_unknown(const struct finding *f)
{
	printf("STATE unknown: the machine stopped in the midst of op %u",
	       f->op + 1);
	if (f->op) /* ops are counted from 1 */
		printf(" (--until %u ends before it)", f->op);
	putchar('\n');
}

/* One program that is loaded; false: unusable, and told. */
static bool run_loaded(struct run *r, const struct loaded *l, const char *path)
{
	struct exec_stats *total = &r->total;
	u64 digest = total->digest;
	struct finding f;

	total->digest = 0;
	r->looked = false;
	switch (exec_run(r->x, &l->p, total, &f)) {
	case EXEC_AGREES:
		if (r->digests)
			printf("%016llx %s\n",
			       (unsigned long long)total->digest, path);
		total->digest = cmd_fold(digest, total->digest);
		return true;
	case EXEC_FINDING:
		if (r->dump && !r->looked)
			tell_unknown(&f);
		tell_finding(r, &f, &l->p, path);
		total->digest = cmd_fold_text(digest, f.signature);
		return true;
	case EXEC_UNBOOTABLE:
		total->digest = digest;
		r->unbootable++;
		if (l->is_text)
			cmd_unbootable(l, path, exec_why(r->x));
		return !l->is_text;
	case EXEC_TOO_LARGE:
		total->digest = digest;
		r->too_large++;
		return true;
	default:
		cmd_error("%s: not enough memory to run it", path);
		return false;
	}
}

static bool run_file(void *arg, const char *path)
{
	struct run *r = arg;
	struct loaded l;

	r->files++;
	if (!load_program(&l, path)) {
		r->unusable = true;
		return false;
	}
	if (!run_loaded(r, &l, path))
		r->unusable = true;
	loaded_free(&l);
	return !r->unusable;
}

static void run_path(struct run *r, const char *path)
{
	u64 before = r->files;
	char *culprit;

	if (!io_walk(path, run_file, r, &culprit) && !r->unusable) {
		cmd_error_file(culprit ? culprit : path);
		r->unusable = true;
	} else if (r->files == before) {
		cmd_error("%s: no programs in it", path);
		r->unusable = true;
	}
	free(culprit);
}

static int finish(const struct run *r)
{
	if (r->unusable)
		return CMD_UNUSABLE;
	if (r->unbootable)
		fprintf(stderr, "mmtwin: %llu programs boot no machine\n",
			(unsigned long long)r->unbootable);
	if (r->too_large)
		fprintf(stderr,
			"mmtwin: %llu programs need more than a 32-bit host "
			"has room for\n",
			(unsigned long long)r->too_large);
	cmd_totals(&r->total, r->json);
	return r->total.findings ? CMD_FINDING : CMD_OK;
}

int run_main(int argc, char **argv)
{
	struct exec_options options = cmd_replay_options();
	struct run r = { 0 };
	u32 until = NOWHERE, stop = NOWHERE, gdb = NOWHERE;
	bool trace = false;
	const struct cmd_option option[] = {
		{ "trace", 0, OPT_FLAG, &trace,
		  "print the machine's moves as ftrace text" },
		{ "until", 0, OPT_U32, &until,
		  "end behind op N, counted from 1 as in findings" },
		{ "dump", 0, OPT_FLAG, &r.dump,
		  "at the end: machine and model, side by side" },
		{ "gdb", 0, OPT_U32, &gdb, "stop in gdb, in front of op N" },
		{ "stop", 0, OPT_U32, &stop,
		  "call run_stopped() there, for any debugger" },
		{ "every", 0, OPT_U32, &options.every,
		  "validate everything after every N ops too" },
		{ "digests", 0, OPT_FLAG, &r.digests,
		  "a line for each program: its digest and file" },
		{ "json", 0, OPT_FLAG, &r.json, "one JSON object a line" },
		{ NULL, 0, OPT_FLAG, NULL, NULL },
	};
	const struct cmd_usage usage = {
		"run FILE...",
		"Replays programs on machine and model, in lockstep.  *.ops "
		"and "
		"- (standard\ninput) are text, other files bytes; of a "
		"directory, *.ops and names without a\ndot.",
		1, UINT32_MAX, option
	};
	int status, nr = cmd_parse(&usage, argc, argv, &status);

	if (nr < 0)
		return status;
	if (!until || !stop)
		return cmd_error("run: ops are counted from 1");
	if (gdb != NOWHERE && nr != 1)
		return cmd_error("run --gdb: one program, not %d", nr);
	if (stop != NOWHERE && r.dump)
		return cmd_error("run: --stop and --dump exclude each other");
	if (gdb != NOWHERE)
		return run_in_gdb(argv[0], gdb);
	options.trace = trace ? stdout : NULL;
	options.until = until == NOWHERE ? 0 : until;
	options.pause_arg = &r;
	options.pause_at = stop == NOWHERE ? NOWHERE : stop - 1;
	options.pause = r.dump ? look : stop != NOWHERE ? run_stopped : NULL;
	death_announce();
	r.x = exec_new(&options);
	if (!r.x)
		return cmd_error("not enough memory");
	for (int i = 0; i < nr && !r.unusable; i++)
		run_path(&r, argv[i]);
	exec_delete(r.x);
	return finish(&r);
}
